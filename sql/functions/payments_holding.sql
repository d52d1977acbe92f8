CREATE OR REPLACE FUNCTION gongji.payments_holding(p_people bigint[]) RETURNS SETOF gongji.payment
LANGUAGE sql STABLE AS $$
    SELECT p.*
      FROM gongji.payment p
     WHERE p.insured = ANY (p_people) AND p.status IN ('awaiting_cash', 'manual_review')
     UNION
    SELECT p.*
      FROM (SELECT DISTINCT h.payment_id, h.insured FROM gongji.hold h WHERE h.person = ANY (p_people) AND h.state = 'held') s
      JOIN gongji.payment p ON p.id = s.payment_id AND p.insured = s.insured
$$;
COMMENT ON FUNCTION gongji.payments_holding(bigint[]) IS 'Payments not yet completed that hold money of one of these people, or are for one of them';

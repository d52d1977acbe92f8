CREATE OR REPLACE FUNCTION gongji.hold_partners(p_people bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT x.person), '{}')
      FROM (SELECT u.person FROM unnest(p_people) AS u (person)
             UNION ALL
            SELECT unnest(gongji.payment_parties(p))
              FROM gongji.payments_holding(p_people) p) x
     WHERE x.person IS NOT NULL
$$;
COMMENT ON FUNCTION gongji.hold_partners(bigint[]) IS 'People, and all parties of the payments that hold their money or are for them';

CREATE OR REPLACE FUNCTION gongji.payment_parties(p_payment gongji.payment) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(DISTINCT x.person)
      FROM (SELECT p_payment.insured AS person
             UNION ALL
            SELECT b.grantor
              FROM jsonb_array_elements(p_payment.legs) l
              JOIN gongji.binding b ON b.beneficiary = p_payment.insured AND b.id = substr(l ->> 'binding_id', 5)::uuid) x
$$;
COMMENT ON FUNCTION gongji.payment_parties(gongji.payment) IS 'Everyone whose account a payment touches: the insured and the grantors of its legs, bound still or not any more';

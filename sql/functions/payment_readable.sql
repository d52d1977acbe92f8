CREATE OR REPLACE FUNCTION gongji.payment_readable(p gongji.payment, p_me bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_me IN (p.insured, p.payer)
           OR EXISTS (SELECT FROM gongji.binding_by_grantor m
                       WHERE m.grantor = p_me AND m.beneficiary = p.insured
                         AND p.legs @> jsonb_build_array(jsonb_build_object('binding_id', 'bnd_' || m.id)))
$$;
COMMENT ON FUNCTION gongji.payment_readable(gongji.payment, bigint) IS 'Whether a payment concerns a citizen: insured, payer, or a grantor whose money is in it';

CREATE OR REPLACE FUNCTION gongji.payment_draws(p_payment gongji.payment)
RETURNS TABLE (n bigint, person bigint, binding_id uuid, bucket text, amount_fen bigint, use text)
LANGUAGE sql STABLE AS $$
    SELECT l.n, CASE l.leg ->> 'source' WHEN 'own' THEN p_payment.insured ELSE b.grantor END, b.id, l.leg ->> 'bucket', (l.leg ->> 'amount_fen')::bigint, coalesce(l.leg ->> 'use', p_payment.use)
      FROM jsonb_array_elements(p_payment.legs) WITH ORDINALITY AS l (leg, n)
      LEFT JOIN gongji.binding b ON b.id = substr(l.leg ->> 'binding_id', 5)::uuid AND b.beneficiary = p_payment.insured
     WHERE l.leg ->> 'source' IN ('own', 'aid')
$$;
COMMENT ON FUNCTION gongji.payment_draws(gongji.payment) IS 'Whose account each leg of a payment was taken from, whether the binding still stands or not';

CREATE OR REPLACE FUNCTION gongji.funding_areas(p_parties gongji.premium_party[], p_day date) RETURNS gongji.premium_area[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_areas gongji.premium_area[];
BEGIN
    SELECT array_agg((e.area, e.version, e.rules, b.basis)::gongji.premium_area)
      INTO v_areas
      FROM (SELECT DISTINCT p.area FROM unnest((SELECT p_parties)) p) d
     CROSS JOIN LATERAL (SELECT f.*
                           FROM gongji.policy_effective f
                          WHERE f.area = d.area AND f.valid_from <= (SELECT p_day)
                          ORDER BY f.valid_from DESC, f.version DESC
                          LIMIT 1) e
     CROSS JOIN LATERAL (SELECT jsonb_object_agg(m.name, o.legal_basis) AS basis
                           FROM unnest(ARRAY['uses', 'own_bucket_order', 'shareable_buckets', 'retained_minimum_fen', 'per_payment_cap_editable',
                                             'premium_cap_fen', 'daily_cap_fen', 'yearly_cap_fen', 'waiting']) AS m (name)
                           JOIN gongji.policy o ON o.area = e.origins -> m.name ->> 'area'
                                               AND o.valid_from = (e.origins -> m.name ->> 'valid_from')::date
                                               AND o.version = (e.origins -> m.name ->> 'version')::bigint) b;
    RETURN v_areas;
END
$$;
COMMENT ON FUNCTION gongji.funding_areas(gongji.premium_party[], date) IS 'The rules of the areas of some people on a day, with the legal basis of those that set amounts';

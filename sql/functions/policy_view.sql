CREATE OR REPLACE FUNCTION gongji.policy_view(p_area text, p_on date) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('area', e.area, 'on', p_on, 'version', e.version, 'rules', jsonb_object_agg(o.member, jsonb_build_object(
               'value', to_jsonb(e.rules) -> o.member,
               'source', coalesce(p.source #> ARRAY['members', o.member], p.source - 'members'),
               'legal_basis', p.legal_basis,
               'valid_from', p.valid_from,
               'from_area', p.area)))
      FROM gongji.policy_on(p_area, p_on) e
     CROSS JOIN jsonb_each(e.origins) AS o (member, origin)
      JOIN gongji.policy p ON p.area = o.origin ->> 'area'
                          AND p.valid_from = (o.origin ->> 'valid_from')::date
                          AND p.version = (o.origin ->> 'version')::bigint
     GROUP BY e.area, e.version
$$;
COMMENT ON FUNCTION gongji.policy_view(text, date) IS
    'The rules in force in an area on a day, each with where it comes from (S0-05, P-24); no row when nothing is in force';

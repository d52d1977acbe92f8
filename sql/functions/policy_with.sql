CREATE OR REPLACE FUNCTION gongji.policy_with(p_effective gongji.policy_effective, p_area text, p_changes jsonb) RETURNS gongji.policy_rules
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_area NOT IN ('000000', p_effective.area, left(p_effective.area, 2) || '0000') THEN p_effective.rules
                ELSE jsonb_populate_record(p_effective.rules, (
                    SELECT coalesce(jsonb_object_agg(c.key, c.value), '{}')
                      FROM jsonb_each(p_changes) c
                     WHERE gongji.area_nearness(coalesce(p_effective.origins -> c.key ->> 'area', '000000')) <= gongji.area_nearness(p_area))) END
$$;
COMMENT ON FUNCTION gongji.policy_with(gongji.policy_effective, text, jsonb) IS
    'The rules of an area as they would be if an area, province or the nation stated p_changes: a member that a nearer one states stands';

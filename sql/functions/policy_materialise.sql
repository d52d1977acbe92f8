CREATE OR REPLACE FUNCTION gongji.policy_materialise(p_area text, p_from date, p_version bigint) RETURNS void
LANGUAGE sql AS $$
    WITH standing AS MATERIALIZED ( -- of each area and first day the last version
        SELECT DISTINCT ON (p.area, p.valid_from) p.area, p.valid_from, p.version, p.states, to_jsonb(p.rules) AS rules
          FROM gongji.policy p
         ORDER BY p.area, p.valid_from, p.version DESC
    ), stated AS (
        SELECT s.area, s.valid_from, s.version, m.member
          FROM standing s
         CROSS JOIN unnest(s.states) AS m (member)
    ), reached AS ( -- areas that this change reaches, each with those of its own, its province and the nation that state anything
        SELECT a.code AS area,
               CASE WHEN a.code IN (SELECT area FROM standing) THEN a.code ELSE '-' END AS own,
               CASE WHEN a.province_code IN (SELECT area FROM standing) THEN a.province_code ELSE '-' END AS province
          FROM gongji.pooling_area a
         WHERE p_area IN ('000000', a.code, a.province_code)
    ), chain AS ( -- few: most areas state nothing themselves, so they share what is worked out for their province
        SELECT DISTINCT r.own, r.province
          FROM reached r
    ), link AS (
        SELECT c.own, c.province, l.area, l.nearness
          FROM chain c
         CROSS JOIN LATERAL (VALUES (c.own, 1), (c.province, 2), ('000000', 3)) AS l (area, nearness)
    ), day AS (
        SELECT c.own, c.province, p_from AS day
          FROM chain c
        UNION
        SELECT l.own, l.province, s.valid_from
          FROM link l
          JOIN standing s USING (area)
         WHERE s.valid_from > p_from
    ), winner AS (
        SELECT DISTINCT ON (d.own, d.province, d.day, s.member) d.own, d.province, d.day, s.member, s.area, s.valid_from, s.version
          FROM day d
          JOIN link l USING (own, province)
          JOIN stated s ON s.area = l.area AND s.valid_from <= d.day
         ORDER BY d.own, d.province, d.day, s.member, l.nearness, s.valid_from DESC
    ), resolved AS (
        SELECT w.own, w.province, w.day,
               jsonb_populate_record(NULL::gongji.policy_rules, jsonb_object_agg(w.member, s.rules -> w.member)) AS rules,
               jsonb_object_agg(w.member, jsonb_build_object('area', w.area, 'valid_from', w.valid_from, 'version', w.version)) AS origins
          FROM winner w
          JOIN standing s USING (area, valid_from, version)
         GROUP BY w.own, w.province, w.day
    )
    INSERT INTO gongji.policy_effective (area, valid_from, version, rules, origins)
    SELECT r.area, v.day, p_version, v.rules, v.origins
      FROM reached r
      JOIN resolved v USING (own, province)
$$;
COMMENT ON FUNCTION gongji.policy_materialise(text, date, bigint) IS
    'Resolves inheritance again after policy rows of an area, province or the nation were added: for every area under it, for p_from and each later day on which one of its three levels changes. Per member the area''s latest row that states it, else the province''s, else the nation''s; a stated null stands';

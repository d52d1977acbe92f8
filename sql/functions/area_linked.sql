CREATE OR REPLACE FUNCTION gongji.area_linked(p_grantor_area text, p_insured_area text, p_day date, p_use text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM gongji.area_link l
         WHERE l.grantor_area IN (p_grantor_area, left(p_grantor_area, 2) || '0000')
           AND l.beneficiary_area IN (p_insured_area, left(p_insured_area, 2) || '0000')
           AND p_day BETWEEN l.valid_from AND coalesce(l.valid_to, p_day)
           AND cardinality(l.uses) > 0
           AND (p_use IS NULL OR p_use = ANY (l.uses))
           AND NOT EXISTS (
               SELECT FROM gongji.area_link n
                WHERE n.grantor_area = l.grantor_area AND n.beneficiary_area = l.beneficiary_area
                  AND n.valid_from <= p_day AND (n.valid_from, n.version) > (l.valid_from, l.version)))
$$;
COMMENT ON FUNCTION gongji.area_linked(text, text, date, text) IS 'Whether a link is open on a day from a grantor''s area or province to an insured''s, for a use (NULL: for any)';

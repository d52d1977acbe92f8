CREATE OR REPLACE FUNCTION gongji.funding_given(p_parties gongji.premium_party[], p_areas gongji.premium_area[], p_day date) RETURNS gongji.premium_party[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_parties gongji.premium_party[];
BEGIN
    IF NOT EXISTS (SELECT FROM unnest(p_areas) a WHERE (a.rules).daily_cap_fen IS NOT NULL OR (a.rules).yearly_cap_fen IS NOT NULL) THEN
        RETURN p_parties;
    END IF;
    SELECT array_agg((p.person, p.person_no, p.area, p.scheme, p.status, p.person_class, p.excluded, p.birth_date, p.identity_version, p.name_digest,
                      p.name_mask, p.id_number_mask, p.enrolled_years, p.missed_years, p.stored, p.account,
                      gongji.given_fen(p.person, p_day, p_day),
                      gongji.given_fen(p.person, make_date(extract(year FROM p_day)::integer, 1, 1), p_day))::gongji.premium_party ORDER BY p.person)
      INTO v_parties
      FROM unnest(p_parties) p;
    RETURN v_parties;
END
$$;
COMMENT ON FUNCTION gongji.funding_given(gongji.premium_party[], gongji.premium_area[], date) IS 'The parties with what their accounts gave relatives today and this year, when a rule of any of their areas counts it';

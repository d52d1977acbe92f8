CREATE OR REPLACE FUNCTION gongji.institution_serves(p_place gongji.institution, p_use text, p_day date) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN coalesce(p_day BETWEEN p_place.designated_from AND coalesce(p_place.designated_to, p_day)
                    AND CASE p_place.kind
                            WHEN 'pharmacy' THEN p_use IN ('drug', 'device', 'disinfectant')
                            WHEN 'checkup' THEN p_use = 'checkup'
                            WHEN 'vaccination' THEN p_use = 'vaccine'
                            ELSE true
                        END, false);
END
$$;
COMMENT ON FUNCTION gongji.institution_serves(gongji.institution, text, date) IS
    'Whether a place is designated on a day, for a use: a hospital for all (S1-20), a pharmacy for drugs, devices and disinfectants (S1-21), a check-up or vaccination place for its own (S1-22, S1-38)';

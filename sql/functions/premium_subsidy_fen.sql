CREATE OR REPLACE FUNCTION gongji.premium_subsidy_fen(p_standard gongji.premium_standard, p_person_class text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_subsidy jsonb := jsonb_path_query_first(p_standard.subsidies, '$[*] ? (@.person_class == $class)', jsonb_build_object('class', p_person_class));
BEGIN
    RETURN CASE v_subsidy ->> 'mode'
        WHEN 'full' THEN p_standard.amount_fen
        WHEN 'fixed' THEN least((v_subsidy ->> 'amount_fen')::bigint, p_standard.amount_fen)
        WHEN 'rate' THEN div(p_standard.amount_fen * (v_subsidy ->> 'rate_percent')::numeric, 100)::bigint
        ELSE 0
    END;
END
$$;
COMMENT ON FUNCTION gongji.premium_subsidy_fen(gongji.premium_standard, text) IS 'What the public purse pays of a standard for a class of people (P-25); a rate rounds down to the fen';

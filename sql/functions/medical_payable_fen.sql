CREATE OR REPLACE FUNCTION gongji.medical_payable_fen(p_item jsonb) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (p_item ->> 'amount_fen')::bigint - (p_item ->> 'fund_paid_fen')::bigint - (p_item ->> 'out_of_scope_fen')::bigint;
END
$$;
COMMENT ON FUNCTION gongji.medical_payable_fen(jsonb) IS 'What of an item is borne by the patient and lies inside the scope of the insurance: all that accounts may pay (S1-03, S1-04)';

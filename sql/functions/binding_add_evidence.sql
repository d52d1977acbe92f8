CREATE OR REPLACE FUNCTION gongji.binding_add_evidence(p_beneficiary bigint, p_id uuid, p_evidence_ids uuid[], p_at timestamptz) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.binding_evidence (beneficiary, binding_id, evidence_id, added_at)
    SELECT DISTINCT p_beneficiary, p_id, shown.id, p_at
      FROM unnest(p_evidence_ids) AS shown (id)
    ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION gongji.binding_add_evidence(bigint, uuid, uuid[], timestamptz) IS 'Shows documents for a binding; the same one twice is once';

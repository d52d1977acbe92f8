CREATE OR REPLACE FUNCTION gongji.binding_audit_look(p_ctx jsonb, p_at timestamptz, p_action text, p_binding gongji.binding) RETURNS void
LANGUAGE sql AS $$
    SELECT gongji.audit(p_ctx, p_at, p_action, party.person, jsonb_build_object('binding_id', 'bnd_' || p_binding.id))
      FROM unnest(ARRAY[p_binding.grantor, p_binding.beneficiary]) AS party (person)
     WHERE gongji.by_another(p_ctx)
$$;
COMMENT ON FUNCTION gongji.binding_audit_look(jsonb, timestamptz, text, gongji.binding) IS 'Staff, or who acts for a party, looked at a binding: one audit row for each of its two people; nothing for the parties themselves';

CREATE OR REPLACE FUNCTION gongji.binding_move(p_ctx jsonb, p_beneficiary bigint, p_id uuid, p_event text, p_status text, p_at timestamptz,
                                               p_reason_code text DEFAULT NULL, p_reason text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_binding gongji.binding;
    v_ends boolean := p_status NOT IN ('pending_review', 'active', 'suspended');
BEGIN
    UPDATE gongji.binding
       SET status = p_status,
           effective_at = CASE WHEN p_status = 'active' THEN coalesce(effective_at, greatest(p_at, gongji.start_of_day(valid_from))) ELSE effective_at END,
           ended_at = CASE WHEN v_ends THEN p_at END
     WHERE id = p_id AND beneficiary = p_beneficiary
    RETURNING * INTO STRICT v_binding;

    INSERT INTO gongji.binding_event (beneficiary, binding_id, n, at, event, status, by, actor, channel, reason_code, reason)
    SELECT p_beneficiary, p_id, coalesce(max(e.n), 0) + 1, p_at, p_event, p_status, coalesce(p_ctx ->> 'sub', 'system'),
           p_ctx ->> 'actor', p_ctx ->> 'channel', p_reason_code, p_reason
      FROM gongji.binding_event e
     WHERE e.beneficiary = p_beneficiary AND e.binding_id = p_id;

    IF p_status <> 'pending_review' THEN
        UPDATE gongji.review
           SET state = 'decided',
               decision = coalesce(decision, p_event),
               decided_by = coalesce(decided_by, p_ctx ->> 'sub', 'system'),
               decided_at = p_at,
               claimed_by = NULL,
               lease_until = NULL,
               automatic_check = CASE WHEN mode IN ('automatic', 'manual') THEN gongji.relation_check(v_binding.grantor, p_beneficiary, v_binding.relation) END
         WHERE beneficiary = p_beneficiary AND binding_id = p_id AND state <> 'decided';
    END IF;

    PERFORM gongji.audit(p_ctx, p_at, 'binding.' || p_event, person, jsonb_build_object('binding_id', 'bnd_' || p_id, 'status', p_status))
       FROM unnest(ARRAY[v_binding.grantor, p_beneficiary]) AS person;
    PERFORM gongji.emit(p_at, 'binding.' || p_event, p_beneficiary, jsonb_build_object('binding_id', 'bnd_' || p_id, 'status', p_status));
END
$$;
COMMENT ON FUNCTION gongji.binding_move(jsonb, bigint, uuid, text, text, timestamptz, text, text) IS
    'The one way a binding changes status: writes status, history, audit and event together and closes the review of an application that ends. Both accounts must be locked. Events: applied approved rejected more_requested evidence_added withdrawn release_scheduled released suspended resumed expired priority_changed cap_changed';

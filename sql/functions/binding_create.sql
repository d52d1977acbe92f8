CREATE OR REPLACE FUNCTION api.binding_create(p_ctx jsonb, p_id uuid, p_blind_indexes text[], p_match_digests text[], p_relation text,
                                              p_notice_version text, p_evidence_ids uuid[], p_valid_from date, p_valid_to date)
RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome;
    v_grantor bigint := gongji.person_of(p_ctx ->> 'sub');
    v_beneficiary bigint := gongji.person_of_identity(p_blind_indexes, p_match_digests);
    v_now timestamptz;
    v_policy gongji.policy_effective;
    v_rules gongji.policy_rules;
    v_accepted text[];
    v_codes text[];
    v_priority integer;
BEGIN
    v_out := gongji.idempotency_claim(p_ctx);
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    IF v_grantor IS NULL THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['PERSON_NOT_FOUND']));
    END IF;

    PERFORM gongji.lock_accounts(ARRAY[v_grantor, v_beneficiary], true);
    v_now := gongji.now_cn();
    IF gongji.identity_failures_left(v_grantor, gongji.date_cn(v_now)) <= 0 THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['RATE_LIMITED'], gongji.retry_tomorrow(v_now)));
    END IF;

    v_policy := gongji.policy_of(v_grantor, v_now);
    v_rules := v_policy.rules;
    v_codes := CASE WHEN NOT gongji.channel_open(v_rules.channels, 'bind', p_ctx ->> 'channel') THEN ARRAY['CHANNEL_NOT_ALLOWED'] ELSE '{}' END
               || gongji.grantor_refusals(v_grantor, v_now);
    IF v_beneficiary IS NULL THEN
        PERFORM gongji.identity_failed(v_grantor, gongji.date_cn(v_now));
        PERFORM gongji.audit(p_ctx, v_now, 'binding.name_id_mismatch', v_grantor);
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(v_codes || ARRAY['NAME_ID_MISMATCH']));
    END IF;

    PERFORM gongji.binding_lapse(v_grantor, v_beneficiary, v_now);
    -- Documents are asked for only where data cannot verify (P-21).
    v_accepted := CASE gongji.relation_check(v_grantor, v_beneficiary, p_relation) ->> 'result'
                      WHEN 'match' THEN '{}' ELSE gongji.relation_evidence(v_rules, p_relation) END;
    v_codes := v_codes || gongji.binding_refusals(v_grantor, v_beneficiary, p_relation, v_now) || array_remove(ARRAY[
        CASE WHEN NOT gongji.evidence_suffices(v_grantor, p_evidence_ids, v_accepted) THEN 'EVIDENCE_REQUIRED' END,
        CASE WHEN v_rules.notice_version <> p_notice_version THEN 'NOTICE_NOT_ACCEPTED' END,
        CASE WHEN EXISTS (SELECT FROM gongji.binding b
                           WHERE b.beneficiary = v_beneficiary AND b.grantor = v_grantor AND gongji.binding_is_live(b, v_now))
             THEN 'BINDING_EXISTS' END], NULL);
    IF cardinality(v_codes) > 0 THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(v_codes, jsonb_build_object(
            'AREA_NOT_ENABLED', jsonb_build_object('area', (SELECT p.area FROM gongji.person p WHERE p.id = v_beneficiary)),
            'EVIDENCE_REQUIRED', jsonb_build_object('accepted', v_accepted),
            'NOTICE_NOT_ACCEPTED', jsonb_build_object('notice_version', v_rules.notice_version))));
    END IF;

    SELECT coalesce(max(b.priority), 0) + 1
      INTO v_priority
      FROM gongji.binding b
     WHERE b.beneficiary = v_beneficiary AND gongji.binding_is_live(b, v_now);
    PERFORM gongji.binding_write(p_ctx, jsonb_populate_record(NULL::gongji.binding, jsonb_build_object(
        'id', p_id, 'beneficiary', v_beneficiary, 'grantor', v_grantor, 'relation', p_relation, 'status', 'pending_review',
        'priority', v_priority, 'notice_version', p_notice_version, 'valid_from', p_valid_from, 'valid_to', p_valid_to,
        'created_at', v_now, 'issuer', p_ctx ->> 'issuer', 'channel', p_ctx ->> 'channel', 'applied_by', p_ctx ->> 'sub',
        'actor', p_ctx ->> 'actor', 'terminal_id', p_ctx ->> 'terminal_id', 'id_sighted', (p_ctx -> 'id_sighted') = 'true' OR NULL,
        'policy_version', v_policy.version)), v_rules, p_evidence_ids);
    RETURN gongji.idempotency_store(p_ctx, gongji.ok(gongji.binding_body(v_beneficiary, p_id, v_now), 'CREATED'));
END
$$;
COMMENT ON FUNCTION api.binding_create(jsonb, uuid, text[], text[], text, text, uuid[], date, date) IS
    'A grantor applies to share the account with a relative (S0-16, S0-19): refused with every reason at once, pending in the queue, or active at once. After a name and ID number that do not match, nothing about the beneficiary is looked at, and the eleventh of a day is not answered';
REVOKE ALL ON FUNCTION api.binding_create(jsonb, uuid, text[], text[], text, text, uuid[], date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_create(jsonb, uuid, text[], text[], text, text, uuid[], date, date) TO gongji_app;

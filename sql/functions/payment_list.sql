-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.payment_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_me gongji.person := gongji.person_asked(p_ctx, p_filter ->> 'person_id');
    v_now timestamptz := gongji.now_cn();
    v_insured bigint[];
    v_result jsonb;
BEGIN
    IF v_me.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_me.id, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    IF NOT gongji.range_fits(p_filter) THEN
        RETURN gongji.refuse(ARRAY['RANGE_INVALID']);
    END IF;
    IF gongji.by_another(p_ctx) THEN
        PERFORM gongji.audit(p_ctx, v_now, 'payment.list', v_me.id);
    END IF;
    SELECT array_agg(f.person) INTO v_insured
      FROM (SELECT v_me.id AS person UNION SELECT m.beneficiary FROM gongji.binding_by_grantor m WHERE m.grantor = v_me.id) f
     WHERE (p_filter ->> 'insured_id' IS NULL OR f.person = gongji.person_of(p_filter ->> 'insured_id'))
       AND NOT gongji.channel_shut(p_ctx, 'read', f.person, v_now);

    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(x.body ORDER BY x.n) FILTER (WHERE x.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN jsonb_agg(jsonb_build_object('at', x.at, 'id', x.id)) FILTER (WHERE x.n = p_limit) -> 0 END)
      INTO v_result
      FROM (SELECT p.id, gongji.rfc3339(p.created_at) AS at, row_number() OVER (ORDER BY p.created_at DESC, p.id DESC) AS n,
                   gongji.payment_view(p) AS body
              FROM gongji.payment p
             WHERE p.insured = ANY (v_insured)
               AND gongji.payment_readable(p, v_me.id)
               AND gongji.at_in_range(p.created_at, p_filter)
               AND p.status = coalesce(p_filter ->> 'status', p.status)
               AND (p_filter ->> 'client_reference' IS NULL OR p.client_reference = p_filter ->> 'client_reference')
               AND (p_after IS NULL OR (p.created_at, p.id) < ((p_after ->> 'at')::timestamptz, (p_after ->> 'id')::uuid))
             ORDER BY p.created_at DESC, p.id DESC
             LIMIT p_limit + 1) x;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.payment_list(jsonb, jsonb, jsonb, integer) IS
    'Payments that concern a citizen (or the person_id staff name), newest first, found through the people the citizen has ever bound, where their areas let the channel read';
REVOKE ALL ON FUNCTION api.payment_list(jsonb, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.payment_list(jsonb, jsonb, jsonb, integer) TO gongji_app;

-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.binding_entries(p_ctx jsonb, p_binding_id uuid, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_me bigint := gongji.person_of(p_ctx ->> 'sub');
    v_staff boolean := p_ctx ->> 'kind' = 'staff';
    v_binding gongji.binding;
    v_page jsonb;
BEGIN
    SELECT b.* INTO v_binding
      FROM gongji.binding b
      JOIN gongji.person g ON g.id = b.grantor
      JOIN gongji.person p ON p.id = b.beneficiary
     WHERE b.id = p_binding_id
       AND CASE WHEN v_staff THEN gongji.staff_covers(p_ctx, g.area) OR gongji.staff_covers(p_ctx, p.area)
                ELSE v_me IN (b.grantor, b.beneficiary) END;
    IF NOT FOUND THEN
        RETURN gongji.refuse(ARRAY['BINDING_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_binding.beneficiary, gongji.now_cn()) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    IF NOT gongji.range_fits(p_filter) THEN
        RETURN gongji.refuse(ARRAY['RANGE_INVALID']);
    END IF;
    IF gongji.by_another(p_ctx) THEN
        PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'binding.read_entries', v_binding.beneficiary, jsonb_build_object('binding_id', 'bnd_' || v_binding.id));
    END IF;
    v_page := gongji.entry_page(v_binding.grantor, v_binding.id, p_filter, p_after, p_limit);
    RETURN gongji.ok(jsonb_set(v_page, '{data}', coalesce((
        SELECT jsonb_agg(d.entry - 'balance_after_fen' ORDER BY d.n)
          FROM jsonb_array_elements(v_page -> 'data') WITH ORDINALITY d (entry, n)), '[]')));
END
$$;
COMMENT ON FUNCTION api.binding_entries(jsonb, uuid, jsonb, jsonb, integer) IS
    'What a member spent of a grantor''s money, newest first, the same for both sides (S1-30, P-34): amounts, never the grantor''s balance; stays readable after the binding has ended';
REVOKE ALL ON FUNCTION api.binding_entries(jsonb, uuid, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_entries(jsonb, uuid, jsonb, jsonb, integer) TO gongji_app;

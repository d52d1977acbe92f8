CREATE OR REPLACE FUNCTION gongji.binding_set_release(p_ctx jsonb, p_binding gongji.binding, p_next_day boolean, p_reason text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_later boolean := coalesce(p_next_day, false);
BEGIN
    UPDATE gongji.binding
       SET release_at = CASE WHEN v_later THEN gongji.start_of_day(gongji.date_cn(p_now) + 1) ELSE p_now END
     WHERE id = p_binding.id AND beneficiary = p_binding.beneficiary;
    PERFORM gongji.binding_move(p_ctx, p_binding.beneficiary, p_binding.id, CASE WHEN v_later THEN 'release_scheduled' ELSE 'released' END,
                                CASE WHEN v_later THEN p_binding.status ELSE 'released' END, p_now, NULL, p_reason);
END
$$;
COMMENT ON FUNCTION gongji.binding_set_release(jsonb, gongji.binding, boolean, text, timestamptz) IS
    'Releases a binding now, or sets release_at to the next 00:00: until then it stays as it is, from then on binding_state() calls it released';

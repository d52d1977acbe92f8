CREATE OR REPLACE FUNCTION api.review_claim(p_ctx jsonb, p_area text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_next gongji.review;
BEGIN
    -- Only the UPDATE decides who gets an application; whoever lost it to another reviewer looks for the next.
    LOOP
        v_next := gongji.review_next(p_ctx, p_area, v_now);
        IF v_next.binding_id IS NULL THEN
            RETURN gongji.ok(NULL, 'NO_CONTENT');
        END IF;
        UPDATE gongji.review r
           SET state = 'claimed', claimed_by = gongji.operator_name(p_ctx), lease_until = v_now + interval '15 minutes'
         WHERE r.beneficiary = v_next.beneficiary
           AND r.binding_id = v_next.binding_id
           AND (r.state = 'queued' OR r.state = 'claimed' AND r.lease_until <= v_now);
        EXIT WHEN FOUND;
    END LOOP;
    PERFORM gongji.audit(p_ctx, v_now, 'review.claim', v_next.beneficiary, jsonb_build_object('binding_id', 'bnd_' || v_next.binding_id));
    RETURN gongji.ok(gongji.review_body(v_next.beneficiary, v_next.binding_id, v_now));
END
$$;
COMMENT ON FUNCTION api.review_claim(jsonb, text) IS 'Leases the next application to this reviewer for 15 minutes; two reviewers never get the same; NO_CONTENT when nothing waits';
REVOKE ALL ON FUNCTION api.review_claim(jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.review_claim(jsonb, text) TO gongji_app;

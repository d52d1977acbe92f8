-- repeatable: reads only.
CREATE OR REPLACE FUNCTION api.binding_options(p_ctx jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER STABLE SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_person gongji.person;
    v_rules gongji.policy_rules;
    v_members bigint;
    v_relations jsonb;
BEGIN
    SELECT * INTO v_person FROM gongji.person WHERE id = gongji.person_of(p_ctx ->> 'sub');
    IF v_person.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    v_rules := (gongji.policy_on(v_person.area, gongji.date_cn(v_now))).rules;

    WITH live AS (
        SELECT b.beneficiary, b.relation
          FROM gongji.binding_by_grantor g
          JOIN gongji.binding b ON b.id = g.id AND b.beneficiary = g.beneficiary
         WHERE g.grantor = v_person.id AND gongji.binding_is_live(b, v_now)
    )
    SELECT (SELECT count(DISTINCT l.beneficiary) FROM live l),
           coalesce(jsonb_agg(jsonb_build_object(
               'relation', r.relation,
               'limit', v_rules.relation_limits -> r.relation,
               'left', gongji.places_left((v_rules.relation_limits ->> r.relation)::bigint, (SELECT count(*) FROM live l WHERE l.relation = r.relation)),
               'evidence', to_jsonb(gongji.relation_evidence(v_rules, r.relation))) ORDER BY r.n), '[]')
      INTO v_members, v_relations
      FROM unnest(v_rules.relations) WITH ORDINALITY AS r (relation, n);

    RETURN gongji.ok(jsonb_build_object(
        'relations', v_relations,
        'max_members', v_rules.max_members,
        'members_left', gongji.places_left(v_rules.max_members, v_members),
        'review', jsonb_build_object('mode', v_rules.review_mode, 'sla_workdays', v_rules.review_sla_workdays),
        'notice', jsonb_build_object('version', v_rules.notice_version, 'text', v_rules.notice_text),
        'why_not', to_jsonb(array_remove(ARRAY[
            CASE WHEN NOT gongji.channel_open(v_rules.channels, 'bind', p_ctx ->> 'channel') THEN 'CHANNEL_NOT_ALLOWED' END], NULL)
            || gongji.grantor_refusals(v_person.id, v_now))));
END
$$;
COMMENT ON FUNCTION api.binding_options(jsonb) IS
    'What this grantor may apply for today: relations, places left (null: no limit), documents asked for (any one of the list), the notice to accept, and in why_not what would be refused whoever the relative is';
REVOKE ALL ON FUNCTION api.binding_options(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_options(jsonb) TO gongji_app;

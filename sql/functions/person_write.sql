CREATE OR REPLACE FUNCTION gongji.person_write(p_ctx jsonb, p_record jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql AS $$
DECLARE
    v_new gongji.person := jsonb_populate_record(NULL::gongji.person, p_record);
    v_old gongji.person;
    v_name_digests text[] := p_record ->> 'name_digests';
    v_claimed integer;
    v_changed text[];
    v_now timestamptz;
    v_people bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM gongji.pooling_area WHERE code = v_new.area AND pooling) THEN
        RETURN gongji.refuse(ARRAY['AREA_UNKNOWN']);
    END IF;
    IF NOT gongji.staff_covers(p_ctx, v_new.area) THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;

    -- Of two first writes of one person the second waits here, and goes on as a change of what the first made.
    v_new.id := gongji.person_of(v_new.person_no);
    IF v_new.id IS NULL THEN
        INSERT INTO gongji.person_no_key (person_no, person)
        VALUES (v_new.person_no, nextval('gongji.person_id'))
        ON CONFLICT DO NOTHING
        RETURNING person INTO v_new.id;
    END IF;
    v_new.id := coalesce(v_new.id, gongji.person_of(v_new.person_no));
    v_people := v_new.id || CASE WHEN gongji.person_insurance_moves(v_new.id, p_record) THEN gongji.person_relatives(v_new.id) ELSE '{}' END;
    IF v_new.status = 'deceased' THEN
        PERFORM gongji.lock_with_holds(v_people);
    ELSE
        PERFORM gongji.lock_accounts(v_people, true);
    END IF;
    v_now := gongji.now_cn();

    SELECT * INTO v_old FROM gongji.person WHERE id = v_new.id;
    IF v_old.id IS NOT NULL AND NOT gongji.staff_covers(p_ctx, v_old.area) THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    v_claimed := gongji.identity_claim(v_new.id, p_record);
    IF v_claimed IS NULL THEN
        IF v_old.id IS NULL THEN
            DELETE FROM gongji.person_no_key WHERE person_no = v_new.person_no;
        END IF;
        RETURN gongji.refuse(ARRAY['ID_NUMBER_TAKEN']);
    END IF;

    v_new.name_digest := v_name_digests[1];
    IF v_old.id IS NULL THEN
        INSERT INTO gongji.person (id, person_no, name_sealed, id_number_sealed, name_mask, id_number_mask, name_digest, birth_date, area, scheme,
                                   status, person_class, excluded, created_at, updated_at)
        VALUES (v_new.id, v_new.person_no, v_new.name_sealed, v_new.id_number_sealed, v_new.name_mask, v_new.id_number_mask, v_new.name_digest,
                v_new.birth_date, v_new.area, v_new.scheme, v_new.status, v_new.person_class, v_new.excluded, v_now, v_now);
        INSERT INTO gongji.account (person, current_year)
        VALUES (v_new.id, extract(year FROM gongji.date_cn(v_now)));
    ELSE
        -- A seal differs at every writing; the keyed digests tell whether what is under it does.
        v_changed := array_remove(ARRAY[
            CASE WHEN v_old.name_digest <> ALL (v_name_digests) THEN 'name' END,
            CASE WHEN v_claimed = cardinality((p_record ->> 'blind_indexes')::text[]) THEN 'id_number' END,
            CASE WHEN v_old.area <> v_new.area THEN 'area' END,
            CASE WHEN v_old.scheme <> v_new.scheme THEN 'scheme' END,
            CASE WHEN v_old.status <> v_new.status THEN 'status' END,
            CASE WHEN v_old.person_class <> v_new.person_class THEN 'person_class' END,
            CASE WHEN v_old.excluded <> v_new.excluded THEN 'excluded' END], NULL);
        UPDATE gongji.person
           SET name_sealed = v_new.name_sealed,
               id_number_sealed = v_new.id_number_sealed,
               name_mask = v_new.name_mask,
               id_number_mask = v_new.id_number_mask,
               name_digest = v_new.name_digest,
               birth_date = v_new.birth_date,
               area = v_new.area,
               scheme = v_new.scheme,
               status = v_new.status,
               person_class = v_new.person_class,
               excluded = v_new.excluded,
               identity_version = identity_version + (v_changed && ARRAY['name', 'id_number', 'area'])::integer,
               updated_at = CASE WHEN cardinality(v_changed) > 0 THEN v_now ELSE updated_at END
         WHERE id = v_new.id;
        IF v_old.scheme = 'employee' AND v_new.scheme <> 'employee' THEN
            PERFORM gongji.enrollment_of_employee(v_new.id, v_now);
        END IF;
        IF v_new.status = 'deceased' THEN
            PERFORM gongji.payments_cancel_of(p_ctx, v_new.id, 'deceased', v_now);
        END IF;
    END IF;
    PERFORM gongji.audit(p_ctx, v_now, 'person.put', v_new.id, jsonb_build_object(
        'changed', v_changed, 'now', jsonb_build_object('area', v_new.area, 'scheme', v_new.scheme, 'status', v_new.status)));
    IF v_changed && ARRAY['status', 'scheme', 'area'] OR v_old.status <> 'normal' THEN
        PERFORM gongji.binding_settle(p_ctx, v_new.id, v_now);
    END IF;
    IF v_old.id IS NULL OR cardinality(v_changed) > 0 THEN
        PERFORM gongji.emit(v_now, 'person.changed', v_new.id, jsonb_build_object('person_id', v_new.person_no));
    END IF;
    RETURN gongji.ok(gongji.person_body(v_new.id), CASE WHEN v_old.id IS NULL THEN 'CREATED' ELSE 'OK' END);
END
$$;
COMMENT ON FUNCTION gongji.person_write(jsonb, jsonb) IS
    'Registers a person with an account, or changes one. p_record: the columns of person that come from outside, and as array literals name_digests, blind_indexes, match_digests, index_key_ids, one a key, the active first. Staff must cover the area before and after. A changed status moves the person''s bindings with it, one that is not normal and stated anew to where the policy of today puts them';

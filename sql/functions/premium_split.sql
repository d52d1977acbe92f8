-- Own account first, then the calling grantor, then the other grantors by priority, then cash (S1-25; mission decision "order").
CREATE OR REPLACE FUNCTION gongji.premium_split(p_use text, p_whole_rule text, p_payable bigint, p_insured gongji.premium_party, p_area gongji.premium_area,
                                                p_calling integer, p_order integer[], p_sources gongji.premium_source[], p_parties gongji.premium_party[],
                                                p_party_ids bigint[], p_areas gongji.premium_area[], p_area_codes text[], p_links text[],
                                                p_givers bigint[]) RETURNS gongji.premium_split
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_rules CONSTANT gongji.policy_rules := p_area.rules;
    v_split gongji.premium_split;
    v_account gongji.account := p_insured.account;
    v_left bigint := p_payable;
    v_givers bigint[] := p_givers;
    v_use_open boolean;
    v_position integer;
    v_source gongji.premium_source;
    v_grantor gongji.premium_party;
    v_grantor_area gongji.premium_area;
    v_minimum bigint;
    v_available bigint;
    v_cap gongji.giving_cap;
    v_caps gongji.policy_rules;
    v_gives bigint;
    v_part bigint;
    v_bucket text;
    v_rule text;
    v_why_not text;
    v_facts jsonb;
BEGIN
    v_split.legs := '[]';
    v_split.skipped := '[]';
    v_split.draws := '{}';
    v_split.own_fen := 0;
    v_split.aid_fen := 0;

    IF NOT v_account.frozen AND v_rules.uses -> p_use ? 'self' THEN
        FOREACH v_bucket IN ARRAY coalesce(v_rules.own_bucket_order, ARRAY['current_year', 'prior_year']) LOOP
            v_available := CASE v_bucket WHEN 'current_year' THEN v_account.current_fen - v_account.held_current_fen
                                         ELSE v_account.prior_fen - v_account.held_prior_fen END;
            v_part := least(v_left, v_available);
            CONTINUE WHEN v_part <= 0;
            v_split.legs := v_split.legs || jsonb_build_object(
                'source', 'own', 'bucket', v_bucket, 'amount_fen', v_part, 'rule', 'own_bucket_order', 'legal_basis', p_area.basis -> 'own_bucket_order',
                'facts', jsonb_build_object('left_fen', v_left, 'available_fen', v_available));
            v_split.draws := v_split.draws || (p_insured.person, v_bucket, v_part, NULL)::gongji.premium_draw;
            v_split.own_fen := v_split.own_fen + v_part;
            v_left := v_left - v_part;
        END LOOP;
    END IF;

    -- A binding of the grade premium_only is good for the resident premium alone (P-11).
    v_use_open := coalesce(v_rules.uses -> p_use ? 'relative', false)
                  AND (p_use = 'resident_premium' OR p_insured.scheme <> 'resident' OR p_insured.status = 'normal');
    FOREACH v_position IN ARRAY p_order LOOP
        EXIT WHEN v_left = 0;
        v_source := p_sources[v_position];
        v_grantor := p_parties[array_position(p_party_ids, v_source.grantor)];
        v_grantor_area := p_areas[array_position(p_area_codes, v_grantor.area)];
        v_account := v_grantor.account;

        -- A grantor who cannot give is passed over, and the answer says why.
        v_why_not := CASE
            WHEN v_position <> p_calling AND v_rules.other_grantors = 'not_drawn' THEN 'OTHER_GRANTORS_NOT_DRAWN'
            ELSE gongji.grantor_why_not(
                v_grantor_area.rules, v_account, v_grantor.status, v_grantor.scheme = 'employee' AND NOT v_grantor.excluded,
                v_use_open,
                CASE WHEN v_grantor.area <> p_insured.area
                     THEN gongji.crossing(v_grantor.area, p_insured.area, v_grantor_area.rules, v_rules,
                                          coalesce(concat_ws(':', v_grantor.area, p_insured.area, p_use) = ANY (p_links), false)) END)
        END;
        IF NOT v_source.active AND coalesce(v_why_not NOT IN ('GRANTOR_STATUS_ABNORMAL', 'ACCOUNT_FROZEN', 'ACCOUNT_UNDER_REVIEW'), true) THEN
            v_why_not := 'BINDING_NOT_ACTIVE';
        END IF;
        v_cap := NULL;
        IF v_source.per_payment_cap_fen IS NOT NULL OR (v_grantor_area.rules).premium_cap_fen IS NOT NULL
           OR (v_grantor_area.rules).daily_cap_fen IS NOT NULL OR (v_grantor_area.rules).yearly_cap_fen IS NOT NULL THEN
            v_caps := v_grantor_area.rules;
            IF p_whole_rule <> 'premium_standard' THEN
                v_caps.premium_cap_fen := NULL;
            END IF;
            v_cap := gongji.giving_cap(v_caps, v_source.per_payment_cap_fen, v_grantor.given_today_fen, v_grantor.given_year_fen);
        END IF;
        IF v_why_not IS NULL AND v_cap.left_fen = 0 THEN
            v_why_not := 'CAP_REACHED';
        END IF;
        IF v_why_not IS NULL AND v_grantor.person <> ALL (v_givers) AND cardinality(v_givers) >= v_rules.max_grantors_per_payment THEN
            v_why_not := 'GRANTOR_LIMIT_REACHED';
        END IF;
        IF v_why_not IS NOT NULL THEN
            v_split.skipped := v_split.skipped || jsonb_build_object('binding_id', 'bnd_' || v_source.binding_id, 'why_not', v_why_not);
            CONTINUE;
        END IF;

        v_minimum := coalesce((v_grantor_area.rules).retained_minimum_fen, 0);
        v_available := gongji.shareable_fen(v_grantor_area.rules, v_account, v_grantor.status);
        v_gives := least(v_left, v_available, v_cap.left_fen);
        v_rule := CASE
            WHEN v_gives = v_left THEN p_whole_rule
            WHEN v_cap.left_fen < v_available THEN v_cap.rule
            WHEN v_minimum > 0
                 AND v_account.current_fen + v_account.prior_fen - v_account.held_current_fen - v_account.held_prior_fen - v_minimum = v_available
                THEN 'retained_minimum_fen'
            ELSE 'shareable_buckets'
        END;
        v_facts := jsonb_build_object('grantor_name', v_grantor.name_mask, 'left_fen', v_left, 'shareable_fen', v_available);
        IF v_rule = 'retained_minimum_fen' THEN -- told only where it set the amount: beside it what may be shared tells the balance
            v_facts := v_facts || jsonb_build_object('retained_minimum_fen', v_minimum);
        ELSIF v_rule = v_cap.rule THEN
            v_facts := v_facts || jsonb_build_object('cap_fen', v_cap.cap_fen, 'cap_left_fen', v_cap.left_fen);
        END IF;
        v_left := v_left - v_gives;
        v_split.aid_fen := v_split.aid_fen + v_gives;
        IF v_grantor.person <> ALL (v_givers) THEN
            v_givers := v_givers || v_grantor.person;
        END IF;
        FOREACH v_bucket IN ARRAY ARRAY['prior_year', 'current_year'] LOOP
            CONTINUE WHEN v_bucket <> ALL ((v_grantor_area.rules).shareable_buckets);
            v_part := least(v_gives, CASE v_bucket WHEN 'prior_year' THEN v_account.prior_fen - v_account.held_prior_fen
                                                   ELSE v_account.current_fen - v_account.held_current_fen END);
            CONTINUE WHEN v_part <= 0;
            v_split.legs := v_split.legs || jsonb_build_object(
                'source', 'aid', 'binding_id', 'bnd_' || v_source.binding_id, 'bucket', v_bucket, 'amount_fen', v_part,
                'rule', v_rule, 'legal_basis', CASE v_rule WHEN p_whole_rule THEN p_area.basis -> 'uses'
                                                     WHEN 'per_payment_cap_fen' THEN v_grantor_area.basis -> 'per_payment_cap_editable'
                                                     ELSE v_grantor_area.basis -> v_rule END,
                'facts', v_facts);
            v_split.draws := v_split.draws || (v_grantor.person, v_bucket, v_part, v_source.binding_id)::gongji.premium_draw;
            v_gives := v_gives - v_part;
        END LOOP;
    END LOOP;

    IF v_left > 0 THEN
        v_split.legs := v_split.legs || jsonb_build_object(
            'source', 'cash', 'amount_fen', v_left, 'rule', 'shortfall', 'legal_basis', NULL,
            'facts', jsonb_build_object('payable_fen', p_payable, 'own_fen', v_split.own_fen, 'aid_fen', v_split.aid_fen));
    END IF;
    v_split.shortfall_fen := v_left;
    RETURN v_split;
END
$$;
COMMENT ON FUNCTION gongji.premium_split(text, text, bigint, gongji.premium_party, gongji.premium_area, integer, integer[], gongji.premium_source[],
                                         gongji.premium_party[], bigint[], gongji.premium_area[], text[], text[], bigint[]) IS
    'Splits what is to be paid for one use over own account, grantors in p_order and cash. Each leg names the rule that set its amount (p_whole_rule: the rest was all that was needed) and the numbers it follows from: least(what was left, what the source may give). A grantor gives prior-year money first. p_links: grantor area:insured area:use; p_givers: who gave to this payment already, for another use of it';

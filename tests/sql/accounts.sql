-- Balances, what relatives can give, usage records, and payments as the people they concern read them.
BEGIN;
SELECT no_plan();

SELECT fixture.clock('2026-03-01 09:00+08');
SELECT fixture.policy('340500'), fixture.policy('340100'), fixture.policy('350100', '{"retained_minimum_fen": 200000}'), fixture.policy('320100');
CREATE TEMP TABLE who AS
SELECT fixture.person('FATHER') AS father, fixture.person('MOTHER') AS mother, fixture.person('GIRL', '340500', 'resident') AS girl,
       fixture.person('FUZHOU', '350100') AS fuzhou, fixture.person('STRANGER') AS stranger;

CREATE FUNCTION pg_temp.get(p_sub text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT result FROM api.account_get(ARRAY[fixture.ctx(p_sub)], ARRAY[NULL::text], true) $$;
CREATE FUNCTION pg_temp.staff(p_areas jsonb DEFAULT '["*"]') RETURNS jsonb LANGUAGE sql AS $$
    SELECT fixture.ctx('op-1', 'staff', jsonb_build_object('areas', p_areas, 'scope', 'inquiry', 'reason', '柜台查询')) $$;
CREATE FUNCTION pg_temp.shareable(p_sub text) RETURNS bigint LANGUAGE sql AS $$ SELECT (pg_temp.get(p_sub) ->> 'shareable_fen')::bigint $$;
CREATE FUNCTION pg_temp.aid(p_sub text) RETURNS jsonb LANGUAGE sql AS $$ SELECT (api.account_aid(fixture.ctx(p_sub), NULL)).result $$;

-- Balance
SELECT is(pg_temp.get('GIRL') - 'as_of', '{
    "person_id": "GIRL", "area": "340500", "buckets": {"current_year_fen": 0, "prior_year_fen": 0}, "held": {"current_year_fen": 0, "prior_year_fen": 0},
    "balance_fen": 0, "held_fen": 0, "available_fen": 0, "retained_minimum_fen": 0, "shareable_fen": 0, "frozen": false}'::jsonb,
    'S1-32: without a personal account everything reads zero');
SELECT fixture.money(father, 'prior_year', 50000), fixture.money(father, 'current_year', 900) FROM who;
SELECT is(pg_temp.get('FATHER') - 'as_of', '{
    "person_id": "FATHER", "area": "340500", "buckets": {"current_year_fen": 900, "prior_year_fen": 50000}, "held": {"current_year_fen": 0, "prior_year_fen": 0},
    "balance_fen": 50900, "held_fen": 0, "available_fen": 50900, "retained_minimum_fen": 0, "shareable_fen": 50000, "frozen": false}'::jsonb,
    'S1-30, S1-32: balance by bucket; S0-07: only earlier years'' money may be shared');
SELECT is(pg_temp.get('FATHER') ->> 'as_of' LIKE '2026-03-01T09:00:%+08:00', true, 'as of now, in China''s time');
SELECT is((SELECT array_agg(code) FROM api.account_get(ARRAY[fixture.ctx('NOBODY')], ARRAY[NULL::text], true)), '{PERSON_NOT_FOUND}', 'a subject the register does not know');

SELECT fixture.money(mother, 'current_year', 90000) FROM who;
SELECT is(pg_temp.shareable('MOTHER'), 0::bigint, 'E5: nothing but current-year money, nothing to share');
SELECT fixture.money(fuzhou, 'prior_year', 200000) FROM who;
SELECT is(pg_temp.shareable('FUZHOU'), 0::bigint, 'E6, S1-24: exactly the retained minimum leaves nothing');
SELECT fixture.money(fuzhou, 'prior_year', 1) FROM who;
SELECT is(pg_temp.shareable('FUZHOU'), 1::bigint, 'E6, S1-24: one fen above leaves one fen');
SELECT is(pg_temp.get('FUZHOU') -> 'retained_minimum_fen', '200000'::jsonb, 'S1-24: the retained minimum is told');

SELECT fixture.clock('2027-01-01 00:00+08');
SELECT is(pg_temp.get('MOTHER') -> 'buckets', '{"current_year_fen": 0, "prior_year_fen": 90000}'::jsonb, 'F13: from 00:00 of New Year''s Day current-year money reads as prior-year money');
SELECT is(pg_temp.shareable('MOTHER'), 90000::bigint, 'F13, S0-07: and may be shared');
SELECT is((SELECT current_year FROM gongji.account WHERE person = (SELECT mother FROM who)), 2026, 'a read writes nothing');
SELECT fixture.clock('2026-03-01 09:00+08');

UPDATE gongji.account SET frozen = true WHERE person = (SELECT father FROM who);
SELECT is((pg_temp.get('FATHER') -> 'shareable_fen', pg_temp.get('FATHER') -> 'frozen', pg_temp.get('FATHER') -> 'available_fen')::text, '(0,true,50900)', 'frozen: nothing to share, the balance stays');
UPDATE gongji.account SET frozen = false WHERE person = (SELECT father FROM who);
UPDATE gongji.person SET status = 'paused' WHERE person_no = 'FATHER';
SELECT is(pg_temp.shareable('FATHER'), 0::bigint, 'S0-10: nothing to share while insurance is paused');
UPDATE gongji.person SET status = 'normal' WHERE person_no = 'FATHER';

SELECT results_eq(
    $$ SELECT code, codes, result - 'as_of' FROM api.account_get(
           ARRAY[fixture.ctx('FATHER'), fixture.ctx('NOBODY'), pg_temp.staff(), fixture.ctx('GIRL'), fixture.ctx('FATHER'), pg_temp.staff('["35"]')],
           ARRAY[NULL, NULL, 'FUZHOU', NULL, NULL, 'FATHER'], true) $$,
    $$ SELECT o.code, o.codes, o.result - 'as_of'
         FROM unnest(ARRAY[fixture.ctx('FATHER'), fixture.ctx('NOBODY'), pg_temp.staff(), fixture.ctx('GIRL'), fixture.ctx('FATHER'), pg_temp.staff('["35"]')],
                     ARRAY[NULL, NULL, 'FUZHOU', NULL, NULL, 'FATHER']) WITH ORDINALITY i (ctx, person_no, n)
        CROSS JOIN LATERAL api.account_get(ARRAY[i.ctx], ARRAY[i.person_no], true) o
        ORDER BY i.n $$,
    'a batch of N answers as N single calls, in order');

-- Staff at the counter
CREATE FUNCTION pg_temp.looks(p_action text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM gongji.audit_log WHERE action = p_action AND subject = 'op-1' AND reason = '柜台查询' $$;
CREATE TEMP TABLE before AS SELECT pg_temp.looks('account.read') AS looks;
SELECT is((SELECT result ->> 'balance_fen' FROM api.account_get(ARRAY[pg_temp.staff('["340000"]')], ARRAY['FATHER'], true)), '50900', 'S1-35: staff of the province read the balance');
SELECT is(pg_temp.looks('account.read') - (SELECT looks FROM before), 1::bigint, 'S1-35, F18: and are recorded with their reason');
SELECT is((SELECT code FROM api.account_get(ARRAY[pg_temp.staff('["350000"]')], ARRAY['FATHER'], true)), 'PERSON_NOT_FOUND', 'S1-35: staff of another province find nobody');
SELECT is((SELECT code FROM api.account_get(ARRAY[pg_temp.staff('[]')], ARRAY['FATHER'], true)), 'PERSON_NOT_FOUND', 'no areas, nobody');
SELECT is(pg_temp.looks('account.read') - (SELECT looks FROM before), 1::bigint, 'what was not shown is not recorded as read');

SELECT fixture.policy('340500', '{"channels": {"read": ["alipay_city", "kiosk"]}}');
SELECT is((SELECT code FROM api.account_get(ARRAY[fixture.ctx('FATHER')], ARRAY[NULL::text], true)), 'CHANNEL_NOT_ALLOWED', 'S1-32: by a channel the area has not opened for reading');
SELECT is((SELECT code FROM api.account_get(ARRAY[fixture.ctx('FATHER', 'citizen', '{"channel": "alipay_city"}')], ARRAY[NULL::text], true)), 'OK', 'S1-32: by one that it has');
SELECT is((api.account_aid(fixture.ctx('GIRL'), NULL)).code, 'CHANNEL_NOT_ALLOWED', 'the same for what relatives can give');
SELECT is((api.account_entries(fixture.ctx('FATHER'), NULL, '{}', NULL, 50)).code, 'CHANNEL_NOT_ALLOWED', 'the same for usage records');
SELECT fixture.policy('340500');

-- Why a source gives nothing: the reason is there exactly when the sum is zero
SELECT is_empty($$
    SELECT r.*, f.*, a.account
      FROM (VALUES ('{"shareable_buckets": ["prior_year"], "grantor_status_required": ["normal"], "retained_minimum_fen": 0}'::jsonb),
                   ('{"shareable_buckets": ["prior_year"], "grantor_status_required": ["normal"], "retained_minimum_fen": 1000}'),
                   ('{"shareable_buckets": ["prior_year", "current_year"], "grantor_status_required": ["normal", "paused"], "retained_minimum_fen": 1000}'),
                   ('{"shareable_buckets": ["current_year"], "grantor_status_required": null, "retained_minimum_fen": null}'),
                   ('{"shareable_buckets": [], "grantor_status_required": ["normal"]}')) AS r (rules)
     CROSS JOIN (SELECT (1, c, p, hc, hp, 2026, 0, z, NULL, u)::gongji.account AS account
                   FROM unnest('{0,1,999,1000,1001,5000}'::bigint[]) c, unnest('{0,1,999,1000,1001,5000}'::bigint[]) p,
                        unnest('{0,1,999}'::bigint[]) hc, unnest('{0,1,999}'::bigint[]) hp, unnest('{t,f}'::boolean[]) z, unnest('{t,f}'::boolean[]) u
                  WHERE hc <= c AND hp <= p) a
     CROSS JOIN unnest('{normal,paused}'::text[]) AS f (status)
     WHERE (gongji.source_why_not(jsonb_populate_record(NULL::gongji.policy_rules, r.rules), a.account, f.status) IS NULL)
           <> (gongji.shareable_fen(jsonb_populate_record(NULL::gongji.policy_rules, r.rules), a.account, f.status) > 0) $$,
    'S1-12: a grantor has a reason why not exactly when there is nothing to share');

-- What relatives can give
CREATE TEMP TABLE bound AS
SELECT fixture.bind(father, girl, 'child', 2) AS by_father, fixture.bind(mother, girl, 'child', 1) AS by_mother, fixture.bind(fuzhou, girl, 'grandchild', 3) AS by_fuzhou FROM who;
INSERT INTO gongji.area_link (grantor_area, beneficiary_area, valid_from, uses, created_at, created_by) VALUES ('350000', '340500', '2026-01-01', '{resident_premium}', now(), 'test');
SELECT is(pg_temp.aid('GIRL'), (SELECT jsonb_build_object('available_fen', 50001, 'sources', jsonb_build_array(
    jsonb_build_object('binding_id', 'bnd_' || by_mother, 'grantor', '{"name": "张*"}'::jsonb, 'relation', 'child', 'priority', 1, 'available_fen', 0, 'usable', false,
                       'why_not', 'PRIOR_YEAR_BALANCE_INSUFFICIENT'),
    jsonb_build_object('binding_id', 'bnd_' || by_father, 'grantor', '{"name": "张*"}'::jsonb, 'relation', 'child', 'priority', 2, 'available_fen', 50000, 'usable', true),
    jsonb_build_object('binding_id', 'bnd_' || by_fuzhou, 'grantor', '{"name": "张*"}'::jsonb, 'relation', 'grandchild', 'priority', 3, 'available_fen', 1, 'usable', true))) FROM bound),
    'S1-30: sources in the order in which they give, what each may give and no more about a grantor''s account');

CREATE FUNCTION pg_temp.why_not(p_no integer, p_change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_why text;
BEGIN
    BEGIN
        EXECUTE p_change;
        v_why := pg_temp.aid('GIRL') -> 'sources' -> p_no ->> 'why_not';
        RAISE EXCEPTION USING ERRCODE = 'UNDO0', MESSAGE = 'undone';
    EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
        RETURN v_why;
    END;
END
$$;
SELECT is(pg_temp.why_not(1, c.change), c.why, format('S1-12: %s: %s', c.what, coalesce(c.why, 'gives')))
  FROM (VALUES
        ('nothing changed', 'SELECT 1', NULL),
        ('under review', $$ UPDATE gongji.binding SET status = 'pending_review' $$, 'BINDING_NOT_ACTIVE'),
        ('suspended for the beneficiary''s sake', $$ UPDATE gongji.binding SET status = 'suspended' $$, 'BINDING_NOT_ACTIVE'),
        ('suspended as the grantor is paused', $$ UPDATE gongji.binding SET status = 'suspended'; UPDATE gongji.person SET status = 'paused' WHERE person_no = 'FATHER' $$,
         'GRANTOR_STATUS_ABNORMAL'),
        ('not begun', $$ UPDATE gongji.binding SET valid_from = '2026-03-02' $$, 'BINDING_NOT_ACTIVE'),
        ('grantor no longer in the employee scheme', $$ UPDATE gongji.person SET scheme = 'resident' WHERE person_no = 'FATHER' $$, 'GRANTOR_STATUS_ABNORMAL'),
        ('grantor frozen', $$ UPDATE gongji.account SET frozen = true $$, 'ACCOUNT_FROZEN'),
        ('use closed to relatives', $$ SELECT fixture.policy('340500', '{"uses": {"resident_premium": ["self"]}}') $$, 'USE_NOT_PERMITTED'),
        ('grantor moved to another province', $$ UPDATE gongji.person SET area = '320100' WHERE person_no = 'FATHER' $$, 'CROSS_PROVINCE_NOT_ALLOWED'),
        ('the grantor''s area is closed', $$ UPDATE gongji.person SET area = '340100' WHERE person_no = 'FATHER'; SELECT fixture.policy('340100', '{"cross_area": false}') $$,
         'CROSS_AREA_NOT_ALLOWED'),
        ('the insured''s area is closed', $$ UPDATE gongji.person SET area = '340100' WHERE person_no = 'FATHER'; SELECT fixture.policy('340500', '{"cross_area": false}') $$,
         'AREA_NOT_ENABLED'),
        ('a retained minimum above the balance', $$ SELECT fixture.policy('340500', '{"retained_minimum_fen": 50900}') $$, 'RETAINED_MINIMUM'),
        ('all of it spent', $$ UPDATE gongji.account SET prior_fen = 0, current_fen = 0 $$, 'MUTUAL_AID_FUNDS_EMPTY')) AS c (what, change, why);
SELECT is(pg_temp.why_not(2, $$ DELETE FROM gongji.area_link $$), 'CROSS_PROVINCE_NOT_ALLOWED', 'S0-15: no link, no money from another province');
SELECT is(pg_temp.why_not(2, $$ UPDATE gongji.area_link SET uses = '{outpatient}' $$), 'CROSS_PROVINCE_NOT_ALLOWED', 'S0-15: nor over a link that is open for something else');
-- Another use than the resident premium: opened by itself, linked by itself, and only to those in order (S1-41, P-08, P-11)
CREATE FUNCTION pg_temp.why_not_for(p_use text, p_change text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    v_why text[];
BEGIN
    BEGIN
        EXECUTE p_change;
        SELECT array_agg(coalesce(s ->> 'why_not', s ->> 'available_fen') ORDER BY n) INTO v_why
          FROM jsonb_array_elements((api.account_aid(fixture.ctx('GIRL'), NULL, p_use)).result -> 'sources') WITH ORDINALITY x (s, n);
        RAISE EXCEPTION USING ERRCODE = 'UNDO0', MESSAGE = 'undone';
    EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
        RETURN v_why;
    END;
END
$$;
SELECT is(pg_temp.why_not_for(c.use, c.change), c.why::text[], format('S1-41: %s, %s', c.use, c.what))
  FROM (VALUES
        ('resident_premium', 'as when no use is named', 'SELECT 1', (SELECT array_agg(coalesce(s ->> 'why_not', s ->> 'available_fen') ORDER BY n)::text
                                                                       FROM jsonb_array_elements(pg_temp.aid('GIRL') -> 'sources') WITH ORDINALITY x (s, n))),
        ('outpatient', 'not opened', 'SELECT 1', '{USE_NOT_PERMITTED,USE_NOT_PERMITTED,USE_NOT_PERMITTED}'),
        ('resident_premium', 'where only care is open', $$ SELECT fixture.policy('340500', '{"uses": {"outpatient": ["self", "relative"]}}') $$, '{USE_NOT_PERMITTED,USE_NOT_PERMITTED,USE_NOT_PERMITTED}'),
        ('outpatient', 'where only care is open', $$ SELECT fixture.policy('340500', '{"uses": {"outpatient": ["self", "relative"]}}') $$, '{PRIOR_YEAR_BALANCE_INSUFFICIENT,50000,CROSS_PROVINCE_NOT_ALLOWED}'),
        ('outpatient', 'opened for oneself only', $$ SELECT fixture.policy('340500', '{"uses": {"outpatient": ["self"]}}') $$, '{USE_NOT_PERMITTED,USE_NOT_PERMITTED,USE_NOT_PERMITTED}'),
        ('outpatient', 'a premium''s cap is none of its', $$ SELECT fixture.policy('340500', '{"premium_cap_fen": 1, "uses": {"outpatient": ["relative"]}}') $$, '{PRIOR_YEAR_BALANCE_INSUFFICIENT,50000,CROSS_PROVINCE_NOT_ALLOWED}'),
        ('outpatient', 'while the binding is good for the premium alone', $$ SELECT fixture.policy('340500', '{"uses": {"outpatient": ["relative"]}}'); UPDATE gongji.person SET status = 'paused' WHERE person_no = 'GIRL' $$, '{USE_NOT_PERMITTED,USE_NOT_PERMITTED,USE_NOT_PERMITTED}')
       ) AS c (use, what, change, why);
SELECT is(jsonb_array_length(pg_temp.aid('STRANGER') -> 'sources'), 0, 'nobody bound, no sources');
UPDATE gongji.binding SET release_at = gongji.now_cn() WHERE id = (SELECT by_fuzhou FROM bound);
SELECT is(jsonb_array_length(pg_temp.aid('GIRL') -> 'sources'), 2, 'a binding that time has ended is no source');
SELECT is((api.account_aid(pg_temp.staff('["340500"]'), 'GIRL')).result, pg_temp.aid('GIRL'), 'S1-35: staff see what the insured sees');
SELECT is(pg_temp.looks('account.read_aid'), 1::bigint, 'S1-35: recorded');
SELECT is((api.account_aid(pg_temp.staff('["350000"]'), 'GIRL')).code, 'PERSON_NOT_FOUND', 'S1-35: not outside their areas');

-- Usage records
CREATE TEMP TABLE paid (n integer, id uuid);
SELECT fixture.clock('2026-03-02 10:00+08');
SELECT fixture.money(girl, 'current_year', 10000) FROM who;
INSERT INTO paid SELECT 1, fixture.payment(girl, father, 2026, 10000, jsonb_build_array(jsonb_build_object('binding_id', 'bnd_' || by_father, 'bucket', 'prior_year', 'amount_fen', 30000)))
  FROM who, bound;
SELECT fixture.clock('2026-10-02 10:00+08');
INSERT INTO paid SELECT 2, fixture.payment(girl, girl, 2027, 0, jsonb_build_array(jsonb_build_object('binding_id', 'bnd_' || by_father, 'bucket', 'prior_year', 'amount_fen', 5000)))
  FROM who, bound;

CREATE FUNCTION pg_temp.entries(p_sub text, p_filter jsonb DEFAULT '{}', p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 50) RETURNS jsonb LANGUAGE sql AS $$
    SELECT (api.account_entries(fixture.ctx(p_sub), NULL, p_filter, p_after, p_limit)).result $$;
CREATE FUNCTION pg_temp.amounts(p_page jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(e ->> 'amount_fen', ' ' ORDER BY n), '') FROM jsonb_array_elements(p_page -> 'data') WITH ORDINALITY d (e, n) $$;
SELECT is(pg_temp.amounts(pg_temp.entries('FATHER')), '-5000 -30000 900 50000', 'S1-30: usage records, newest first');
SELECT is((pg_temp.entries('FATHER') -> 'data' -> 1) - 'id' - 'at', (SELECT jsonb_build_object('kind', 'premium', 'amount_fen', -30000, 'bucket', 'prior_year',
              'balance_after_fen', 20900, 'payment_id', 'pay_' || p.id, 'binding_id', 'bnd_' || b.by_father, 'use', 'resident_premium', 'for_whom', 'relative',
              'receipt_no', 'R' || p.id) FROM paid p, bound b WHERE p.n = 1), 'S1-30: what it was for, for whom, with the receipt''s number');
SELECT is(pg_temp.amounts(pg_temp.entries('GIRL')), '-10000 10000', 'own money is told in one''s own account only');
SELECT is(pg_temp.amounts(pg_temp.entries('FATHER', '{"from": "2026-03-02T00:00:00+08:00", "to": "2026-10-01T00:00:00+08:00"}')), '-30000', 'S1-31: by time range');
SELECT is(pg_temp.amounts(pg_temp.entries('FATHER', jsonb_build_object('from', pg_temp.entries('FATHER') -> 'data' -> 1 -> 'at', 'to', pg_temp.entries('FATHER') -> 'data' -> 0 -> 'at'))),
          '-30000', 'S1-31: from is inclusive, to is exclusive, to the microsecond');
SELECT is(pg_temp.amounts(pg_temp.entries('FATHER', '{"kind": "contribution"}')), '900 50000', 'S1-31: by kind');
SELECT is((api.account_entries(fixture.ctx('FATHER'), NULL, '{"from": "2026-03-02T00:00:00Z", "to": "2026-03-02T08:00:00+08:00"}', NULL, 50)).code, 'RANGE_INVALID',
          'S1-31: an empty range is refused, whatever the offsets look like');
SELECT is((api.account_entries(fixture.ctx('NOBODY'), NULL, '{}', NULL, 50)).code, 'PERSON_NOT_FOUND', 'nobody''s records');
SELECT is(pg_temp.amounts(pg_temp.entries('FATHER', '{}', NULL, 3)), '-5000 -30000 900', 'paged: the first page');
SELECT is(pg_temp.amounts(pg_temp.entries('FATHER', '{}', pg_temp.entries('FATHER', '{}', NULL, 3) -> 'next', 3)), '50000', 'paged: the next one goes on where it ended');
SELECT is(pg_temp.entries('FATHER', '{}', NULL, 4) -> 'next', 'null'::jsonb, 'paged: a full last page is the last');
SELECT is(pg_temp.amounts((api.account_entries(pg_temp.staff('["340500"]'), 'FATHER', '{}', NULL, 50)).result), '-5000 -30000 900 50000', 'S1-35: staff read them too');
SELECT is(pg_temp.looks('account.read_entries'), 1::bigint, 'S1-35: recorded');

CREATE FUNCTION pg_temp.spent(p_ctx jsonb, p_filter jsonb DEFAULT '{}') RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT o FROM bound b CROSS JOIN LATERAL api.binding_entries(p_ctx, b.by_father, p_filter, NULL, 50) o $$;
SELECT is(pg_temp.amounts((pg_temp.spent(fixture.ctx('FATHER'))).result), '-5000 -30000', 'S1-30, P-34: the grantor sees what this member spent');
SELECT is((pg_temp.spent(fixture.ctx('GIRL'))).result, (pg_temp.spent(fixture.ctx('FATHER'))).result, 'S1-30, P-34: the member sees the same');
SELECT ok(NOT (pg_temp.spent(fixture.ctx('GIRL'))).result::text LIKE '%balance%', 'a grantor''s balance is never shown to others');
SELECT is(pg_temp.amounts((pg_temp.spent(fixture.ctx('GIRL'), '{"from": "2026-10-01T00:00:00+08:00"}')).result), '-5000', 'S1-31: by time range');
SELECT is((pg_temp.spent(fixture.ctx('GIRL'), '{"from": "2026-10-02T00:00:00+08:00", "to": "2026-10-01T00:00:00+08:00"}')).code, 'RANGE_INVALID', 'S1-31: in order');
SELECT is((pg_temp.spent(fixture.ctx('MOTHER'))).code, 'BINDING_NOT_FOUND', 'another grantor of the same member sees nothing of it');
SELECT is((pg_temp.spent(pg_temp.staff('["350000"]'))).code, 'BINDING_NOT_FOUND', 'nor do staff of another area');
SELECT is(pg_temp.amounts((pg_temp.spent(pg_temp.staff('["340500"]'))).result), '-5000 -30000', 'S1-35: staff of the area do');
SELECT is((api.binding_entries(fixture.ctx('GIRL'), gen_random_uuid(), '{}', NULL, 50)).code, 'BINDING_NOT_FOUND', 'no such binding');
UPDATE gongji.binding SET status = 'released' WHERE id = (SELECT by_father FROM bound);
SELECT is(pg_temp.amounts((pg_temp.spent(fixture.ctx('GIRL'))).result), '-5000 -30000', 'P-22: history stays readable after release');

-- Payments
CREATE FUNCTION pg_temp.payment(p_ctx jsonb, p_n integer) RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT o FROM paid p CROSS JOIN LATERAL api.payment_get(p_ctx, p.id) o WHERE p.n = p_n $$;
SELECT is((pg_temp.payment(fixture.ctx('GIRL'), 2)).result ->> 'payable_fen', '5000', 'the insured reads the payment');
SELECT is((pg_temp.payment(fixture.ctx('FATHER'), 2)).result ->> 'insured_id', 'GIRL', 'so does a grantor whose money is in it, released since');
SELECT is((pg_temp.payment(fixture.ctx('MOTHER'), 2)).code, 'PAYMENT_NOT_FOUND', 'a grantor whose money is not in it does not');
SELECT is((pg_temp.payment(fixture.ctx('NOBODY'), 2)).code, 'PAYMENT_NOT_FOUND', 'nor does one the register does not know');
SELECT is((api.payment_get(fixture.ctx('GIRL'), gen_random_uuid())).code, 'PAYMENT_NOT_FOUND', 'no such payment');
SELECT is((pg_temp.payment(pg_temp.staff('["340000"]'), 1)).code, 'OK', 'staff of the insured''s area read it');
SELECT is((pg_temp.payment(pg_temp.staff('["350000"]'), 1)).code, 'PAYMENT_NOT_FOUND', 'others do not');
SELECT is((api.payment_get(pg_temp.staff(), gen_random_uuid())).code, 'PAYMENT_NOT_FOUND', 'staff, no such payment');
SELECT is(pg_temp.looks('payment.read'), 1::bigint, 'F18: recorded');

CREATE FUNCTION pg_temp.list(p_ctx jsonb, p_filter jsonb DEFAULT '{}', p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 50) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(d.e ->> 'benefit_year', ' ' ORDER BY d.n), '')
      FROM api.payment_list(p_ctx, p_filter, p_after, p_limit) o CROSS JOIN LATERAL jsonb_array_elements(o.result -> 'data') WITH ORDINALITY d (e, n) $$;
SELECT is(pg_temp.list(fixture.ctx('GIRL')), '2027 2026', 'S0-29: my payments, newest first');
SELECT is(pg_temp.list(fixture.ctx('FATHER')), '2027 2026', 'those my money is in');
SELECT is(pg_temp.list(fixture.ctx('MOTHER')), '', 'not those it is not in, though the child is bound to me');
SELECT is(pg_temp.list(fixture.ctx('FATHER'), '{"insured_id": "GIRL"}'), '2027 2026', 'by insured');
SELECT is(pg_temp.list(fixture.ctx('FATHER'), '{"insured_id": "FATHER"}'), '', 'by insured: none');
SELECT is(pg_temp.list(fixture.ctx('FATHER'), '{"insured_id": "NOBODY"}'), '', 'by insured: nobody');
SELECT is(pg_temp.list(fixture.ctx('FATHER'), '{"status": "refunded"}'), '', 'by status');
SELECT is(pg_temp.list(fixture.ctx('FATHER'), '{"to": "2026-10-01T00:00:00+08:00"}'), '2026', 'by time');
UPDATE gongji.payment SET client_reference = 'order-1' WHERE id = (SELECT id FROM paid WHERE n = 1);
SELECT is(pg_temp.list(fixture.ctx('GIRL'), '{"client_reference": "order-1"}'), '2026', 'by the client''s reference');
SELECT is(pg_temp.list(fixture.ctx('GIRL'), '{}', (SELECT result -> 'next' FROM api.payment_list(fixture.ctx('GIRL'), '{}', NULL, 1)), 1), '2026', 'paged');
SELECT is((SELECT result -> 'next' FROM api.payment_list(fixture.ctx('GIRL'), '{}', NULL, 2)), 'null'::jsonb, 'paged: the last page says so');
SELECT is((api.payment_list(fixture.ctx('GIRL'), '{"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}', NULL, 50)).code, 'RANGE_INVALID', 'from before to');
SELECT is(pg_temp.list(pg_temp.staff('["340500"]'), '{"person_id": "FATHER"}'), '2027 2026', 'S1-35: staff list those of the person they name');
SELECT is((api.payment_list(pg_temp.staff('["350000"]'), '{"person_id": "FATHER"}', NULL, 50)).code, 'PERSON_NOT_FOUND', 'S1-35: not outside their areas');

SELECT is(o.result - 'issued_at' - 'paid_at' - 'legs', jsonb_build_object('receipt_no', 'R' || p.id, 'payment_id', 'pay_' || p.id, 'status', 'succeeded',
              'insured', '{"person_id": "GIRL", "name": "张*", "id_number": "340*************1X"}'::jsonb, 'area', '340500', 'benefit_year', 2026, 'product', 'resident_basic',
              'payable_fen', 40000, 'own_fen', 10000, 'aid_fen', 30000, 'cash_fen', 0, 'coverage', '{}'::jsonb), 'S0-29: the receipt, masked')
  FROM paid p CROSS JOIN LATERAL api.payment_receipt(fixture.ctx('FATHER'), p.id) o WHERE p.n = 1;
SELECT is(o.code, 'PAYMENT_NOT_FOUND', 'the receipt of others'' payments') FROM paid p CROSS JOIN LATERAL api.payment_receipt(fixture.ctx('STRANGER'), p.id) o WHERE p.n = 1;

SELECT is((api.ledger_proof('{}')).result -> 'ok', 'true'::jsonb, 'and the books are in order');
SELECT * FROM finish();
ROLLBACK;

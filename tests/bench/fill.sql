-- The benchmark's people, bulk-loaded: psql -v families=25000 -v hot_groups=5. Person n has number 1000000000 + n:
-- family f (from 0) is 4f+1 father, 4f+2 mother, 4f+3 and 4f+4 children, each parent bound to each child; then come
-- hot_groups × (one grantor, 1,000 insured bound to that grantor alone). Every tenth family pays from the child's own account,
-- every tenth from the mother's because the father's is empty; every fifth crosses areas.
SET client_min_messages = warning;
BEGIN;
SET LOCAL ROLE gongji_owner;

CREATE TEMPORARY TABLE body ON COMMIT DROP AS
SELECT n AS id, f, i, hot,
       CASE WHEN f % 5 = 3 THEN '350100' WHEN f % 5 = 4 AND i > 2 THEN '340100' ELSE '340500' END AS area,
       CASE WHEN i > 2 THEN 'resident' ELSE 'employee' END AS scheme,
       CASE WHEN hot THEN CASE i WHEN 1 THEN 1000000000000 ELSE 0 END
            WHEN i = 1 AND f % 10 = 9 THEN 0
            WHEN i <= 2 THEN 100000000 ELSE 0 END AS prior_fen,
       CASE WHEN NOT hot AND i > 2 AND f % 10 = 0 THEN 100000000 ELSE 0 END AS current_fen
  FROM (SELECT n, (n - 1) / 4 AS f, 1 + (n - 1) % 4 AS i, false AS hot
          FROM generate_series(1, 4 * :families) n
         UNION ALL
        SELECT 4 * :families + h, 0, CASE WHEN (h - 1) % 1001 = 0 THEN 1 ELSE 3 END, true
          FROM generate_series(1, 1001 * :hot_groups) h) x;

ANALYZE body;

INSERT INTO gongji.person (id, person_no, name_sealed, id_number_sealed, name_mask, id_number_mask, name_digest, birth_date, area, scheme, status, person_class,
                           created_at, updated_at)
SELECT id, 1000000000 + id, 's1:' || repeat('n', 60), 's1:' || repeat('i', 76), '张*', '340*************1X', md5('n' || id) || md5('m' || id),
       CASE WHEN i > 2 THEN date '2015-01-01' + (id % 2000)::integer ELSE date '1970-01-01' + (id % 5000)::integer END,
       area, scheme, 'normal', CASE WHEN i > 2 THEN 'student' ELSE 'general' END, now(), now()
  FROM body;
SELECT setval('gongji.person_id', max(id)) FROM body \g /dev/null
INSERT INTO gongji.person_no_key (person_no, person) SELECT 1000000000 + id, id FROM body;
INSERT INTO gongji.person_identity (blind_index, index_key_id, match_digest, person)
SELECT md5('b' || id) || md5('c' || id), 'i1', md5('d' || id) || md5('e' || id), id FROM body;

-- Money, each account's by one contribution with its ledger entries.
INSERT INTO gongji.account (person, prior_fen, current_fen, current_year, version)
SELECT id, prior_fen, current_fen, extract(year FROM gongji.date_cn(now())), CASE WHEN prior_fen + current_fen > 0 THEN 1 ELSE 0 END FROM body;
CREATE TEMPORARY TABLE paid_in ON COMMIT DROP AS
SELECT b.id, ('01900000-0000-7000-8000-' || lpad(to_hex(b.id), 12, '0'))::uuid AS movement, b.prior_fen + b.current_fen AS fen,
       CASE WHEN b.prior_fen > 0 THEN 'prior_year' ELSE 'current_year' END::gongji.ledger_bucket AS bucket,
       a.current_year - CASE WHEN b.prior_fen > 0 THEN 1 ELSE 0 END AS year
  FROM body b JOIN gongji.account a ON a.person = b.id
 WHERE b.prior_fen + b.current_fen > 0;
INSERT INTO gongji.ledger_entry (person, account, kind, bucket, money_year, movement_id, amount_fen, balance_after_fen, account_version, at, effective_on)
SELECT id, 'personal'::gongji.ledger_account, 'contribution'::gongji.ledger_kind, bucket, year, movement, fen, fen, 1, now(), gongji.date_cn(now()) FROM paid_in
 UNION ALL
SELECT id, 'contribution_clearing', 'contribution', NULL, year, movement, -fen, NULL, NULL, now(), gongji.date_cn(now()) FROM paid_in;
INSERT INTO gongji.contribution (person, reference, movement_id, amount_fen, year, result)
SELECT id, 'opening-' || id, movement, fen, year, '{}' FROM paid_in;

CREATE TEMPORARY TABLE bond ON COMMIT DROP AS
SELECT ('01900000-0000-7000-9000-' || lpad(to_hex(2 * c.id + g.i), 12, '0'))::uuid AS id, c.id - c.i + g.i AS grantor, c.id AS beneficiary, g.i AS priority
  FROM body c
 CROSS JOIN (VALUES (1), (2)) AS g (i)
 WHERE NOT c.hot AND c.i > 2
 UNION ALL
SELECT ('01900000-0000-7000-a000-' || lpad(to_hex(c.id), 12, '0'))::uuid, c.id - (c.id - 4 * :families - 1) % 1001, c.id, 1
  FROM body c
 WHERE c.hot AND c.i > 2;
INSERT INTO gongji.binding (id, beneficiary, grantor, relation, status, priority, notice_version, created_at, effective_at, issuer, channel, applied_by, policy_version)
SELECT id, beneficiary, grantor, 'child', 'active', priority, '2025-1', now(), now(), 'hs', 'web_hall', 1000000000 + grantor, 1 FROM bond;
INSERT INTO gongji.binding_by_grantor (grantor, id, beneficiary) SELECT grantor, id, beneficiary FROM bond;
INSERT INTO gongji.binding_event (beneficiary, binding_id, n, at, event, status, by) SELECT beneficiary, id, 1, now(), 'created', 'active', 'bench' FROM bond;

-- One premium a child and benefit year: years enough that nobody runs out of premiums to pay.
INSERT INTO gongji.premium_standard (area, benefit_year, product, amount_fen, benefit_from, benefit_to, windows, subsidies, source, created_at, created_by)
SELECT a.area, y.year, 'resident_basic', 40000, make_date(y.year, 1, 1), make_date(y.year, 12, 31),
       jsonb_build_array(jsonb_build_object('from', gongji.date_cn(now()) - 30, 'to', gongji.date_cn(now()) + 30)),
       '[{"person_class": "extreme_hardship", "mode": "full"}, {"person_class": "relapse_monitored", "mode": "fixed", "amount_fen": 20000}]',
       '{"confidence": "demo"}', now(), 'bench'
  FROM unnest(ARRAY['340500', '340100', '350100']) a (area), generate_series(2100, 2899) y (year);
COMMIT;

-- Premiums of a benefit year paid by set statements, without checks, idempotency included: the history of the growth sizes, and the
-- physical floor (what writing the rows alone costs). From families that pay from the father's prior-year money; then of hot group 1.
CREATE FUNCTION bench.bulk_pay(p_year integer, p_children integer, p_hot integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_today date := gongji.date_cn(v_now);
    v_year integer := extract(year FROM v_today);
    v_count bigint;
    v_position bigint; -- history was published: nobody has it to do while payments are measured
BEGIN
    CREATE TEMPORARY TABLE due ON COMMIT DROP AS
    SELECT bench.uuid7() AS id, c.*, row_number() OVER (PARTITION BY c.grantor ORDER BY c.insured) AS nth
      FROM ((SELECT b.beneficiary AS insured, b.grantor, b.id AS binding, i.person_no, i.area, g.area AS grantor_area, a.prior_fen, a.current_fen, a.version, e.version AS policy
               FROM gongji.binding b
               JOIN gongji.account a ON a.person = b.grantor
               JOIN gongji.person i ON i.id = b.beneficiary
               JOIN gongji.person g ON g.id = b.grantor
              CROSS JOIN LATERAL (SELECT f.version FROM gongji.policy_effective f WHERE f.area = i.area ORDER BY f.valid_from DESC, f.version DESC LIMIT 1) e
              WHERE b.priority = 1 AND b.grantor % 4 = 1 AND (b.grantor - 1) / 4 % 10 NOT IN (0, 9) AND b.beneficiary - b.grantor < 4
              ORDER BY b.beneficiary
              LIMIT p_children)
            UNION ALL
            (SELECT b.beneficiary, b.grantor, b.id, i.person_no, i.area, i.area, a.prior_fen, a.current_fen, a.version, 1
               FROM gongji.binding b
               JOIN gongji.account a ON a.person = b.grantor
               JOIN gongji.person i ON i.id = b.beneficiary
              WHERE a.prior_fen > 100000000
              ORDER BY b.beneficiary
              LIMIT p_hot)) c;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    INSERT INTO gongji.payment (id, insured, payer, status, use, benefit_year, product, payable_fen, own_fen, aid_fen, cash_fen, legs, coverage, policy_version,
                                standard_version, receipt_no, channel, created_at)
    SELECT d.id, d.insured, d.grantor, 'succeeded', 'resident_premium', p_year, 'resident_basic', 40000, 0, 40000, 0,
           jsonb_build_array(jsonb_build_object('source', 'aid', 'binding_id', 'bnd_' || d.binding, 'bucket', 'prior_year', 'amount_fen', 40000,
                             'rule', 'premium_standard', 'legal_basis', NULL,
                             'facts', jsonb_build_object('grantor_name', '张*', 'left_fen', 40000, 'shareable_fen', d.prior_fen, 'retained_minimum_fen', 0))),
           jsonb_build_object('starts_on', make_date(p_year, 1, 1), 'ends_on', make_date(p_year, 12, 31), 'waiting_months', 0, 'missed_years', 0, 'rule', 'in_window'),
           d.policy, 1, d.area || to_char(v_today, 'YYYYMMDD') || lpad(nextval('gongji.receipt_number')::text, 10, '0'), 'web_hall', v_now
      FROM due d;
    INSERT INTO gongji.ledger_entry (person, account, kind, bucket, money_year, movement_id, amount_fen, balance_after_fen, account_version, at, effective_on, payment_id,
                                     binding_id, insured, use, for_whom, grantor_area, insured_area, grantor_policy, insured_policy)
    SELECT d.grantor, 'personal'::gongji.ledger_account, 'premium'::gongji.ledger_kind, 'prior_year'::gongji.ledger_bucket, v_year - 1, d.id, -40000,
           d.prior_fen + d.current_fen - 40000 * d.nth, d.version + d.nth, v_now, v_today, d.id, d.binding, d.insured, 'resident_premium', 'relative', d.grantor_area,
           d.area, d.policy, d.policy
      FROM due d
     UNION ALL
    SELECT d.insured, 'premium_fund', 'premium', NULL, v_year, d.id, 40000, NULL, NULL, v_now, v_today, d.id, NULL, d.insured, 'resident_premium', NULL, NULL, d.area,
           NULL, d.policy
      FROM due d;
    UPDATE gongji.account a
       SET prior_fen = a.prior_fen - 40000 * s.times, version = a.version + s.times
      FROM (SELECT grantor, count(*) AS times FROM due GROUP BY grantor) s
     WHERE a.person = s.grantor;
    UPDATE gongji.event_feed SET position = position + v_count RETURNING position - v_count INTO STRICT v_position;
    INSERT INTO gongji.outbox (person, at, type, payload, position, event_id, channel)
    SELECT d.insured, v_now, 'payment.succeeded', jsonb_build_object('payment_id', 'pay_' || d.id), v_position + row_number() OVER (), bench.uuid7(), 'web_hall'
      FROM due d;
    INSERT INTO gongji.idempotency_key (key, request, code, result, at)
    SELECT gen_random_uuid(), repeat('r', 300), 'CREATED', gongji.payment_body(p, d.person_no), v_now
      FROM due d
      JOIN gongji.payment p ON p.id = d.id AND p.insured = d.insured;
    RETURN v_count;
END
$$;
VACUUM ANALYZE;

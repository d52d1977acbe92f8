"""The benchmark's plain single-payment function is no straw man: same rules, same rows, same answers as the batch."""
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import test_batch_property as batches
from harness import ROOT
from test_batch_property import build, essence, families, items, parameters

PAY = """SELECT o.code, o.codes, o.result, o.replayed
           FROM bench.pay_single(%(ctx)s::jsonb, %(payment)s::uuid, %(quote)s::uuid, %(fresh)s::uuid, %(insured)s::text, %(year)s::integer, %(product)s::text,
                                 %(expected)s::bigint, %(amount_sent)s::boolean, %(digests)s::text[], %(reference)s::text,
                                 %(cash_channel)s::text, %(repair)s::integer[]) AS o"""
ROWS = """SELECT (SELECT array_agg(concat_ws('/', p.insured, p.payer, p.status, p.benefit_year, p.payable_fen, p.own_fen, p.aid_fen, p.cash_fen, p.legs, p.coverage,
                                             p.policy_version, p.standard_version, p.quote_id, p.channel, p.area, p.cash_channel,
                                             p.repair_years, p.repair) ORDER BY p.insured, p.benefit_year) FROM gongji.payment p),
                 (SELECT array_agg(concat_ws('/', e.person, e.account, e.kind, e.bucket, e.money_year, e.amount_fen, e.balance_after_fen, e.account_version,
                                             e.effective_on, e.binding_id, e.insured, e.use, e.for_whom, e.grantor_area, e.insured_area, e.grantor_policy,
                                             e.insured_policy) ORDER BY e.person, e.account_version, e.payment_id) FROM gongji.ledger_entry e),
                 (SELECT array_agg(concat_ws('/', k.key, k.request, k.code, k.codes) ORDER BY k.key) FROM gongji.idempotency_key k),
                 (SELECT count(*) FROM gongji.quote), (SELECT count(*) FROM gongji.outbox)"""
# What the batch's own families do not vary.
TWISTS = {
    "none": "SELECT 1",
    "suspended": "UPDATE gongji.binding SET status = 'suspended' WHERE priority = 0",
    "ends today": "UPDATE gongji.binding SET valid_to = gongji.date_cn(gongji.now_cn()) - priority",
    "caps": "UPDATE gongji.binding SET per_payment_cap_fen = 10000 * priority; SELECT fixture.policy('340500', '{\"per_payment_cap_editable\": true, \"daily_cap_fen\": 50000}')",
    "one grantor": "SELECT fixture.policy('340500', '{\"max_grantors_per_payment\": 1, \"shareable_buckets\": [\"prior_year\", \"current_year\"]}')",
    "another city": "SELECT fixture.policy('340100', '{\"retained_minimum_fen\": 10000}'); UPDATE gongji.person SET area = '340100' WHERE person_no = 'g0'",
    "another province": "SELECT fixture.policy('320100'); UPDATE gongji.person SET area = '320100' WHERE person_no = 'g0'",
    "a student without cover": "UPDATE gongji.person SET person_class = 'student' WHERE person_no = 'c0'; INSERT INTO gongji.enrollment"
                               " SELECT id, 2025, true, 'test', now() FROM gongji.person WHERE person_no = 'c0' ON CONFLICT DO NOTHING",
    "repair is dear": "SELECT fixture.standard('340500', 2027, 50001, '[{\"from\": \"2026-09-01\", \"to\": \"2026-12-31\"}]',"
                      " '[{\"person_class\": \"general\", \"mode\": \"full\"}]')",
    "a gap is marked": "INSERT INTO gongji.enrollment SELECT gongji.person_of('c' || i), 2026, false, 'test', now() FROM generate_series(0, 2) i",
    "under review": "UPDATE gongji.account SET under_review = true WHERE person = gongji.person_of('g1')",
    "a credential link": "INSERT INTO gongji.credential_link (id, member, holder, created_at) SELECT gen_random_uuid(), gongji.person_of('c0'), gongji.person_of('g2'), now()",
    "another product": "INSERT INTO gongji.product (area, product, use, scheme, valid_from, updated_at) VALUES ('340000', 'resident_basic', 'long_term_care', NULL, '2020-01-01', now());"
                       " SELECT fixture.policy('340500', '{\"uses\": {\"long_term_care\": [\"self\", \"relative\"]}}')",
    "a bad status": "UPDATE gongji.person SET status = 'terminated' WHERE person_no IN ('g1', 'c1')",
}
cursor = batches.cursor


@pytest.fixture(scope="module")
def single(cursor):
    cursor.execute((ROOT / "tests/bench/pay_single.sql").read_text())
    cursor.connection.commit()
    return cursor


def run(cursor, pay, rows):
    cursor.execute("SAVEPOINT run")
    answers = [essence(answer) for row in rows for answer in pay(cursor, row)]
    cursor.execute(ROWS)
    written = cursor.fetchone()
    cursor.execute(batches.BOOKS)
    books = cursor.fetchall()
    cursor.execute("ROLLBACK TO SAVEPOINT run")
    return answers, written, books


def pay_single(cursor, row):
    cursor.execute(PAY, row)
    return cursor.fetchall()


def pay_batch(cursor, row):
    return batches.pay(cursor, [row])


@settings(max_examples=int(os.environ.get("GONGJI_EXAMPLES", "100")), deadline=None, suppress_health_check=list(HealthCheck))
@given(family=families, calls=items, twist=st.sampled_from(sorted(TWISTS)))
def test_the_single_call_answers_and_writes_as_the_batch(single, family, calls, twist):
    try:
        rows = parameters(calls, build(single, family))
        single.execute(TWISTS[twist])
        assert run(single, pay_single, rows) == run(single, pay_batch, rows)
    finally:
        single.connection.rollback()
        single.execute("SELECT fixture.clock('2026-11-21 10:00+08')")

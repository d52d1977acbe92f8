"""The benchmark's plain single-payment function is no straw man: same rules, same rows, same answers as the batch."""
import os

import pytest
from hypothesis import HealthCheck, given, settings

import test_batch_property as batches
from harness import ROOT
from test_batch_property import build, essence, families, items, parameters

PAY = """SELECT o.code, o.codes, o.result, o.replayed
           FROM bench.pay_single(%(ctx)s::jsonb, %(payment)s::uuid, %(quote)s::uuid, %(fresh)s::uuid, %(insured)s::text, %(year)s::integer, %(product)s::text,
                                 %(expected)s::bigint, %(amount_sent)s::boolean, %(digests)s::text[], %(reference)s::text) AS o"""
ROWS = """SELECT (SELECT array_agg(concat_ws('/', p.insured, p.payer, p.status, p.benefit_year, p.payable_fen, p.own_fen, p.aid_fen, p.cash_fen, p.legs, p.coverage,
                                             p.policy_version, p.standard_version, p.quote_id, p.channel) ORDER BY p.insured, p.benefit_year) FROM gongji.payment p),
                 (SELECT array_agg(concat_ws('/', e.person, e.account, e.kind, e.bucket, e.money_year, e.amount_fen, e.balance_after_fen, e.account_version,
                                             e.effective_on, e.binding_id, e.insured, e.use, e.for_whom, e.grantor_area, e.insured_area, e.grantor_policy,
                                             e.insured_policy) ORDER BY e.person, e.account_version, e.payment_id) FROM gongji.ledger_entry e),
                 (SELECT array_agg(concat_ws('/', k.key, k.request, k.code, k.codes) ORDER BY k.key) FROM gongji.idempotency_key k),
                 (SELECT count(*) FROM gongji.quote), (SELECT count(*) FROM gongji.outbox)"""
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
@given(family=families, calls=items)
def test_the_single_call_answers_and_writes_as_the_batch(single, family, calls):
    try:
        rows = parameters(calls, build(single, family))
        assert run(single, pay_single, rows) == run(single, pay_batch, rows)
    finally:
        single.connection.rollback()
        single.execute("SELECT fixture.clock('2026-11-21 10:00+08')")

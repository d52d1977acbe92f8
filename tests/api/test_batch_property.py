"""A batch of N payments is the same as N single calls in order: random small families, random batches, compared to the fen."""
import os
import uuid

import psycopg2
import psycopg2.extras
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import PGHOST, PGUSER, ROOT

PEOPLE = ("g0", "g1", "g2", "c0", "c1", "c2", "stranger")
CHILDREN = ("c0", "c1", "c2", "nobody")
FIXTURE = (ROOT / "tests/sql/helpers/fixture.sql").read_text()
PAY = """SELECT o.code, o.codes, o.result, o.replayed
           FROM api.premium_pay(%(ctx)s::jsonb[], %(payment)s::uuid[], %(quote)s::uuid[], %(fresh)s::uuid[], %(insured)s::text[], %(year)s::integer[],
                                %(product)s::text[], %(expected)s::bigint[], %(amount_sent)s::boolean[], %(digests)s::text[], %(reference)s::text[],
                                %(cash_channel)s::text[], %(repair)s::text[], true) AS o"""
BOOKS = """SELECT p.person_no, a.current_fen, a.prior_fen, a.held_current_fen, a.held_prior_fen, a.current_year, a.version,
                  (SELECT array_agg(concat_ws('/', e.kind, e.bucket, e.amount_fen, e.balance_after_fen) ORDER BY e.account_version)
                     FROM gongji.ledger_entry e WHERE e.person = p.id AND e.account = 'personal'),
                  (SELECT array_agg(concat_ws('/', h.payment_id, h.n, h.bucket, h.money_year, h.amount_fen) ORDER BY h.payment_id, h.n)
                     FROM gongji.hold h WHERE h.person = p.id)
             FROM gongji.account a JOIN gongji.person p ON p.id = a.person ORDER BY 1"""

items = st.lists(st.fixed_dictionaries({
    "caller": st.sampled_from(PEOPLE), "insured": st.sampled_from(CHILDREN), "year": st.sampled_from((2027, 2027, 2027, 2028)),
    "key": st.integers(0, 7), "expected": st.sampled_from((None, None, None, 40000, 1)), "quote": st.sampled_from((None, None, None, 0, 1, 2)),
    "cash": st.sampled_from((None, None, "wechatpay", "counter")), "repair": st.sampled_from((None, None, None, "{2026}", "{2026,2025}", "{2027}", "{2026,2026}"))}),
    min_size=1, max_size=12)
families = st.fixed_dictionaries({
    "prior": st.lists(st.sampled_from((0, 1, 15000, 38000, 40000, 90000, 100001)), min_size=3, max_size=3),
    "own": st.lists(st.sampled_from((0, 100, 10000, 40000)), min_size=3, max_size=3),
    "stale_year": st.booleans(),
    "floor": st.sampled_from((0, 20000)),
    "frozen": st.sampled_from((None, None, "g0", "c1")),
    "enrolled_in": st.lists(st.sampled_from((None, 2023, 2024, 2025)), min_size=3, max_size=3),  # years after it without a row are missed
    "bound": st.lists(st.tuples(st.sampled_from("012"), st.sampled_from("012"), st.sampled_from(("active", "active", "active", "pending_review", "released"))),
                      min_size=1, max_size=6, unique_by=lambda bond: bond[:2])})


@pytest.fixture(scope="module")
def cursor(new_server):
    server = new_server("batch", load=False)
    connection = psycopg2.connect(host=PGHOST, user=PGUSER, dbname=server.database)
    with connection.cursor() as cursor:
        cursor.execute(FIXTURE)
        cursor.execute("SELECT fixture.clock('2026-11-21 10:00+08')")
        connection.commit()
        yield cursor
    connection.rollback()
    connection.close()


def build(cursor, family):
    """The family's rows, and three quotes made before anything is paid, one of them of a missed year as well."""
    cursor.execute("SELECT fixture.policy('340500', jsonb_build_object('retained_minimum_fen', %s))", (family["floor"],))
    for year in (2027, 2028):
        cursor.execute("SELECT fixture.standard('340500', %s, 40000, '[{\"from\": \"2026-09-01\", \"to\": \"2026-12-31\"}]')", (year,))
    for i in range(3):
        cursor.execute("SELECT fixture.person(%s, '340500')", (f"g{i}",))
        cursor.execute("SELECT fixture.person(%s, '340500', 'resident', 'normal', 'general', '2019-04-01')", (f"c{i}",))
        if family["prior"][i]:
            cursor.execute("SELECT fixture.money(gongji.person_of(%s), 'prior_year', %s)", (f"g{i}", family["prior"][i]))
        if family["enrolled_in"][i]:
            cursor.execute("INSERT INTO gongji.enrollment VALUES (gongji.person_of(%s), %s, true, 'test', now())", (f"c{i}", family["enrolled_in"][i]))
        if family["own"][i]:
            cursor.execute("SELECT fixture.money(gongji.person_of(%s), 'current_year', %s)", (f"c{i}", family["own"][i]))
    cursor.execute("SELECT fixture.person('stranger', '340500')")
    for n, (grantor, child, status) in enumerate(family["bound"]):
        cursor.execute("SELECT fixture.bind(gongji.person_of(%s), gongji.person_of(%s), 'child', %s, %s)", (f"g{grantor}", f"c{child}", n, status))
    if family["frozen"]:
        cursor.execute("UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of(%s)", (family["frozen"],))
    if family["stale_year"]:
        cursor.execute("UPDATE gongji.account SET current_year = 2025")
        cursor.execute("UPDATE gongji.account SET current_year = 2026 WHERE current_fen = 0 AND prior_fen = 0")
    quotes = []
    for i in range(3):
        cursor.execute("SELECT (o.result ->> 'id') FROM fixture.quote(%s, %s, 2027, '{}', %s) o", (f"c{i}", f"c{i}", "{2026}" if i == 1 else None))
        quotes.append((cursor.fetchone()[0] or "quo_" + str(uuid.UUID(int=i)))[4:])
    return quotes


def parameters(batch, quotes):
    rows = []
    for n, item in enumerate(batch):
        quoted = item["quote"] is not None
        request = "|".join(str(item[name]) for name in ("insured", "year", "expected", "quote", "cash", "repair"))
        rows.append({
            "ctx": psycopg2.extras.Json({"issuer": "dev", "sub": item["caller"], "kind": "citizen", "channel": "web_hall", "areas": [],
                                         "key": str(uuid.UUID(int=100 + n if item["repair"] else item["key"])), "request": request}),  # a 400 frees its key
            "payment": str(uuid.UUID(int=1000 + n)), "fresh": str(uuid.UUID(int=2000 + n)), "quote": quotes[item["quote"]] if quoted else None,
            "insured": None if quoted else item["insured"], "year": None if quoted else item["year"], "product": "resident_basic",
            "expected": item["expected"], "amount_sent": False, "digests": None, "reference": None,
            "cash_channel": item["cash"], "repair": None if quoted else item["repair"]})
    return rows


def pay(cursor, rows):
    cursor.execute(PAY, {name: [row[name] for row in rows] for name in rows[0]})
    return cursor.fetchall()


def essence(answer):
    """What must be equal: everything but instants and receipt numbers."""
    code, codes, result, replayed = answer
    result = dict(result or {})
    for name in ("created_at", "receipt_no", "expires_at"):
        result.pop(name, None)
        result.get("cash", {}).pop(name, None)
    for extra in result.values():
        if isinstance(extra, dict) and "quote" in extra:
            extra["quote"].pop("expires_at")
    return code, codes, result, replayed


def run(cursor, batches):
    cursor.execute("SAVEPOINT run")
    answers = [essence(answer) for batch in batches for answer in pay(cursor, batch)]
    cursor.execute(BOOKS)
    books = cursor.fetchall()
    cursor.execute("ROLLBACK TO SAVEPOINT run")
    return answers, books


@settings(max_examples=int(os.environ.get("GONGJI_EXAMPLES", "150")), deadline=None, suppress_health_check=list(HealthCheck))
@given(family=families, batch=items)
def test_a_batch_is_its_single_calls_in_order(cursor, family, batch):
    try:
        rows = parameters(batch, build(cursor, family))
        together = run(cursor, [rows])
        one_by_one = run(cursor, [[row] for row in rows])
        assert together == one_by_one
    finally:
        cursor.connection.rollback()
        cursor.execute("SELECT fixture.clock('2026-11-21 10:00+08')")

"""A batch of N settlements is the same as N single calls in order: random small families, random batches, compared to the fen; and many at one moment."""
import os
import uuid

import psycopg2
import psycopg2.extras
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import PGHOST, PGUSER, ROOT, World, code, mint
from volley import Shot, balances, pay_shot, volley

PATIENTS = ("c0", "c1", "nobody")
FIXTURE = (ROOT / "tests/sql/helpers/fixture.sql").read_text()
SETTLE = """SELECT o.code, o.codes, o.result, o.replayed
              FROM api.medical_settle(%(ctx)s::jsonb[], %(payment)s::uuid[], %(incident)s::uuid[], %(patient)s::text[], %(holder)s::text[], %(kind)s::text[],
                                      %(presenter)s::text[], %(number)s::text[], %(expected)s::bigint[], %(items)s::jsonb[], true) AS o"""
BOOKS = """SELECT p.person_no, a.current_fen, a.prior_fen, a.current_year, a.version,
                  (SELECT array_agg(concat_ws('/', e.kind, e.use, e.bucket, e.amount_fen, e.balance_after_fen) ORDER BY e.account_version)
                     FROM gongji.ledger_entry e WHERE e.person = p.id AND e.account = 'personal'),
                  (SELECT array_agg(concat_ws('/', i.kind, i.settlement_no, i.id) ORDER BY i.id) FROM gongji.incident i WHERE i.patient = p.id)
             FROM gongji.account a JOIN gongji.person p ON p.id = a.person ORDER BY 1"""
KEYS = "SELECT key, payment_id FROM gongji.settlement_key ORDER BY 1"

uses = st.sampled_from(("outpatient", "outpatient", "drug", "checkup", "inpatient", "vaccine"))
goods = st.lists(st.tuples(uses, st.sampled_from((0, 1, 700, 15000, 40000))), min_size=1, max_size=4)
items = st.lists(st.fixed_dictionaries({
    "patient": st.sampled_from(PATIENTS), "holder": st.sampled_from((None, None, None, None, "g0", "invalid")), "presenter": st.sampled_from((None, None, None, "g0", "g1")),
    "number": st.integers(0, 6), "key": st.integers(0, 8), "place": st.sampled_from(("H1", "H1", "D1")), "goods": goods, "expected": st.sampled_from((None, None, None, 1))}),
    min_size=1, max_size=10)
families = st.fixed_dictionaries({
    "prior": st.lists(st.sampled_from((0, 1, 15000, 60000)), min_size=2, max_size=2), "own": st.lists(st.sampled_from((0, 100, 20000)), min_size=2, max_size=2),
    "stale_year": st.booleans(), "one_grantor": st.booleans(), "frozen": st.sampled_from((None, None, "g0", "c1")), "suspended": st.booleans(), "linked": st.booleans(),
    "bound": st.lists(st.tuples(st.sampled_from("01"), st.sampled_from("01"), st.sampled_from(("active", "active", "released"))), min_size=1, max_size=4,
                      unique_by=lambda bond: bond[:2])})


@pytest.fixture(scope="module")
def cursor(new_server):
    server = new_server("care", load=False)
    connection = psycopg2.connect(host=PGHOST, user=PGUSER, dbname=server.database)
    with connection.cursor() as cursor:
        cursor.execute(FIXTURE)
        cursor.execute("SELECT fixture.clock('2026-11-21 10:00+08')")
        connection.commit()
        yield cursor
    connection.rollback()
    connection.close()


def build(cursor, family):
    cursor.execute("SELECT fixture.policy('340500', %s)", (psycopg2.extras.Json({
        "uses": {"outpatient": ["self", "relative"], "drug": ["self", "relative"], "vaccine": ["self", "relative"], "checkup": ["self"]},
        "max_grantors_per_payment": 1 if family["one_grantor"] else None}),))
    cursor.execute("SELECT fixture.place('H1', 'hospital'), fixture.place('D1', 'pharmacy')")
    for i in range(2):
        cursor.execute("SELECT fixture.person(%s, '340500')", (f"g{i}",))
        cursor.execute("SELECT fixture.person(%s, '340500', 'resident', 'normal', 'general', '2019-04-01')", (f"c{i}",))
        if family["prior"][i]:
            cursor.execute("SELECT fixture.money(gongji.person_of(%s), 'prior_year', %s)", (f"g{i}", family["prior"][i]))
        if family["own"][i]:
            cursor.execute("SELECT fixture.money(gongji.person_of(%s), 'current_year', %s)", (f"c{i}", family["own"][i]))
    for n, (grantor, child, status) in enumerate(family["bound"]):
        cursor.execute("SELECT fixture.bind(gongji.person_of(%s), gongji.person_of(%s), 'child', %s, %s)", (f"g{grantor}", f"c{child}", n, status))
    if family["frozen"]:
        cursor.execute("UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of(%s)", (family["frozen"],))
    if family["stale_year"]:
        cursor.execute("UPDATE gongji.account SET current_year = 2025 WHERE current_fen > 0 OR prior_fen > 0")
    if family["suspended"]:
        cursor.execute("INSERT INTO gongji.settlement_suspension VALUES (gongji.person_of('c1'), '2026-01-01', '2026-12-31', 'test', now())")
    if family["linked"]:
        cursor.execute("INSERT INTO gongji.credential_link VALUES (gen_random_uuid(), gongji.person_of('c0'), gongji.person_of('g0'), now(), NULL)")


def parameters(batch):
    rows = []
    for n, item in enumerate(batch):
        rows.append({
            "ctx": psycopg2.extras.Json({"issuer": "his", "sub": item["place"], "kind": "institution", "channel": "institution", "areas": [],
                                         "key": str(uuid.UUID(int=item["key"])), "request": repr(item)}),
            "payment": str(uuid.UUID(int=1000 + n)), "incident": str(uuid.UUID(int=2000 + n)), "patient": item["patient"],
            "holder": {None: item["patient"], "invalid": None}.get(item["holder"], item["holder"]), "kind": "card", "presenter": item["presenter"],
            "number": f"s{item['number']}", "expected": item["expected"],
            "items": psycopg2.extras.Json([{"use": use, "amount_fen": fen + 10, "fund_paid_fen": 4, "out_of_scope_fen": 6} for use, fen in item["goods"]])})
    return rows


def essence(answer):
    """What must be equal: everything but instants and receipt numbers."""
    result = {name: value for name, value in (answer[2] or {}).items() if name not in ("created_at", "receipt_no")}
    return answer[0], answer[1], result, answer[3]


def run(cursor, batches):
    cursor.execute("SAVEPOINT run")
    answers, books = [], []
    for batch in batches:
        cursor.execute(SETTLE, {name: [row[name] for row in batch] for name in batch[0]})
        answers += [essence(answer) for answer in cursor.fetchall()]
    for text in (BOOKS, KEYS):
        cursor.execute(text)
        books.append(cursor.fetchall())
    cursor.execute("SELECT rule, subject FROM gongji.ledger_breach WHERE rule NOT IN ('contributions_equal_entries')")
    books.append(cursor.fetchall())
    cursor.execute("ROLLBACK TO SAVEPOINT run")
    return answers, books


@settings(max_examples=int(os.environ.get("GONGJI_EXAMPLES", "150")), deadline=None, suppress_health_check=list(HealthCheck))
@given(family=families, batch=items)
def test_a_batch_is_its_single_calls_in_order(cursor, family, batch):
    try:
        build(cursor, family)
        rows = parameters(batch)
        together = run(cursor, [rows])
        one_by_one = run(cursor, [[row] for row in rows])
        assert together == one_by_one
        assert not together[1][2], "the books prove"
    finally:
        cursor.connection.rollback()
        cursor.execute("SELECT fixture.clock('2026-11-21 10:00+08')")


def care_shot(server, place, patient, fen, number=None, key=None):
    proof = {"kind": "card", "token": mint(server, patient.no, issuer="card", areas=None)}
    return Shot(server, place, "POST", "/v1/medical-payments", {"patient_id": patient.no, "credential": proof, "settlement_no": number or uuid.uuid4().hex, "items": [
        {"use": "outpatient", "amount_fen": fen, "fund_paid_fen": 0, "out_of_scope_fen": 0}]}, key, "medical", issuer="his")


def test_F9_care_and_premiums_of_many_children_draw_on_one_mother_to_the_fen(new_server):
    """The sum of what is drawn never exceeds what may be shared; what is missing is cash, and nobody is turned away for contention."""
    server = new_server("rush").start()
    world = World(server)
    place, mother = world.place(area="350100"), world.person("350100", prior=200000 + 100000)
    children = [world.child("350100") for _ in range(10)]
    for child in children:
        world.bind(mother, child)
    answers = volley([shot for child in children for shot in (care_shot(server, place, child, 15000), pay_shot(server, mother, child), care_shot(server, place, child, 500))])
    assert {code(answer) for answer in answers} <= {201, "SHORTFALL_CASH_REQUIRED"}
    drawn = sum(answer.json()["aid_fen"] for answer in answers if answer.status_code == 201)
    assert drawn == 100000 and balances(server, mother) == {mother.no: (200000, 0)}


def test_F1_one_settlement_sent_by_everybody_at_once_is_paid_once(new_server):
    server = new_server("once").start()
    world = World(server)
    place, child = world.place(), world.child(current=100000)
    answers = volley([care_shot(server, place, child, 1000, number="same") for _ in range(20)])
    assert sorted(code(answer) for answer in answers if answer.status_code != 201) == ["SETTLEMENT_NO_REUSED"] * 19
    assert balances(server, child) == {child.no: (0, 99000)}

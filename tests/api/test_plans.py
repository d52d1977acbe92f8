"""No statement of any function of the interface reads a growing table from end to end: asked of the planner in a town of 100,000 people.

Every statement, nested ones included, is explained by auto_explain while it runs; with plans made for the values at hand and with
generic ones, since a connection uses both."""
import ctypes
import json
import re
import time

import psycopg2
import pytest

from harness import PGHOST, PGUSER, ROOT

LIBPQ = ctypes.CDLL("libpq.so.5")
HELPERS = ROOT / "tests/sql/helpers"
REFERENCE = {"pooling_area", "policy", "policy_effective", "premium_standard", "area_link", "calendar_exception", "schema_migration", "schema_state", "event_feed", "webhook", "institution", "product"}  # small, and the same on every node
MOST_ROWS = 2500  # looked at by one node of a plan; a batch of 64 families is some hundreds
WHOLE_BOOKS = {"ledger_proof", "ledger_trial_balance", "ledger_block", "report_funds", "reconciliation_get", "reconciliation_compare", "reconciliation_cash", "policy_what_if"}  # read everything, on the long connection
NO_GROWING_TABLE = {"area_link_get", "area_link_put", "institution_import", "institution_put", "product_get", "product_put", "policy_get", "policy_load", "policy_put", "premium_standard_get", "premium_standard_put", "schema_state"}

KEYED = """jsonb_build_object('key', gen_random_uuid(), 'request', 'x')"""
STAFF = """fixture.ctx('op', 'staff')"""
BINDING = "md5('binding' || 4 * {n} - 3 || ':' || 4 * {n} - 1)::uuid"  # of the father and child a
WAITING = "md5('binding' || 4 * {n} - 2 || ':' || 4 * {n})::uuid"  # of the mother and child b
PAYMENT = "md5('payment' || {n})::uuid"
AWAITED = "md5('waiting' || {n})::uuid"
CASHIER = """fixture.ctx('backend', 'staff', '{{"scope": "cash", "cash_channels": ["counter"]}}')"""


def many(expression):
    """An array of it, one for each of the families i."""
    return f"(SELECT array_agg({expression} ORDER BY i) FROM generate_series({{n}}, {{n}} + {{items}} - 1) i)"


PAY = f"""SELECT o.code FROM api.premium_pay({many("fixture.ctx('f' || i, 'citizen', " + KEYED + ")")}, {many("gen_random_uuid()")}, {many("NULL::uuid")}, {many("gen_random_uuid()")},
          {many("'a' || i")}, {many("2027")}, {many("'resident_basic'::text")}, {many("NULL::bigint")}, {many("false")}, {many("NULL::text")}, {many("NULL::text")}, {many("'counter'::text")}, {many("NULL::text")}, {{wait}}) o"""
QUOTE = f"""SELECT o.code FROM api.quote_create({many("fixture.ctx('m' || i)")}, {many("gen_random_uuid()")}, {many("'b' || i")}, {many("2027")}, {many("'resident_basic'::text")},
            {many("false")}, {many("NULL::text")}, false) o"""
CARE = f"""SELECT o.code FROM api.medical_settle({many("fixture.ctx('H1', 'institution', " + KEYED + ")")}, {many("gen_random_uuid()")}, {many("gen_random_uuid()")},
           {many("'a' || i")}, {many("'a' || i")}, {many("'card'::text")}, {many("'f' || i")}, {many("'new' || i")}, {many("NULL::bigint")},
           {many("'[{{{{" + '"use": "drug", "amount_fen": 500, "fund_paid_fen": 0, "out_of_scope_fen": 0' + "}}}}]'::jsonb")}, {{wait}}) o"""
BALANCE = f"SELECT o.code FROM api.account_get({many('fixture.ctx(' + repr('f') + ' || i)')}, {many('NULL::text')}, false) o"
PERSON = """jsonb_build_object('person_no', '{no}', 'name_sealed', 's', 'id_number_sealed', 's', 'name_mask', '张*', 'id_number_mask', '3*X', 'birth_date', '1990-01-01',
            'area', '340500', 'scheme', 'employee', 'status', 'normal', 'person_class', 'general', 'excluded', false, 'name_digests', '{{{{d}}}}',
            'blind_indexes', '{{{{id:{no}}}}}', 'match_digests', '{{{{match:{no}}}}}', 'index_key_ids', '{{{{k1}}}}')"""

# (function, what is special, statement, codes it must answer); {n} is another family at each call.
CALLS = [
    ("premium_pay", "alone", PAY.format(n="{n}", items=1, wait="false"), {"CREATED"}),
    ("premium_pay", "a batch of 64", PAY.format(n="{n}", items=64, wait="false"), {"CREATED"}),
    ("premium_pay", "a batch of 64 that waits", PAY.format(n="{n}", items=64, wait="true"), {"CREATED"}),
    ("quote_create", "alone", QUOTE.format(n="{n}", items=1), {"CREATED"}),
    ("quote_create", "a batch of 64", QUOTE.format(n="{n}", items=64), {"CREATED", "BINDING_NOT_ACTIVE"}),
    ("medical_settle", "alone", CARE.format(n="{n}", items=1, wait="false"), {"CREATED"}),
    ("medical_settle", "a batch of 64", CARE.format(n="{n}", items=64, wait="false"), {"CREATED"}),
    ("medical_settle", "a batch of 64 that waits", CARE.format(n="{n}", items=64, wait="true"), {"CREATED"}),
    ("medical_reverse", "", f"SELECT code FROM api.medical_reverse(fixture.ctx('H1', 'institution', {KEYED}), md5('care' || {{n}})::uuid, NULL)", {"OK"}),
    ("settlement_suspension_put", "", f"SELECT code FROM api.settlement_suspension_put({STAFF}, 'a{{n}}', '2026-12-01', '2026-12-31', 'test')", {"OK"}),
    ("incident_list", "", f"SELECT code FROM api.incident_list({STAFF}, '{{{{}}}}', NULL, 50)", {"OK"}),
    ("incident_list", "a later page", f"SELECT code FROM api.incident_list({STAFF}, '{{{{\"institution_id\": \"H1\"}}}}', '{{{{\"at\": \"2026-01-10T00:00:00+08:00\","
     " \"id\": \"00000000-0000-0000-0000-000000000000\"}}', 50)", {"OK"}),
    ("credential_link_create", "", "SELECT code FROM api.credential_link_create(fixture.ctx('f{n}'), gen_random_uuid(), ARRAY['id:b{n}'], ARRAY['match:b{n}'])", {"CREATED"}),
    ("credential_link_list", "", "SELECT code FROM api.credential_link_list(fixture.ctx('a{n}'), '{{}}', NULL, 50)", {"OK"}),
    ("credential_link_delete", "", "SELECT code FROM api.credential_link_delete(fixture.ctx('a{n}'), md5('link' || {n})::uuid)", {"NO_CONTENT"}),
    ("payment_get", "of care", "SELECT code FROM api.payment_get(fixture.ctx('b{n}'), md5('care' || {n})::uuid)", {"OK"}),
    ("payment_receipt", "of care", "SELECT code FROM api.payment_receipt(fixture.ctx('b{n}'), md5('care' || {n})::uuid)", {"OK"}),
    ("account_get", "alone", BALANCE.format(n="{n}", items=1), {"OK"}),
    ("account_get", "a batch of 64", BALANCE.format(n="{n}", items=64), {"OK"}),
    ("account_aid", "", "SELECT code FROM api.account_aid(fixture.ctx('a{n}'), NULL)", {"OK"}),
    ("account_entries", "", "SELECT code FROM api.account_entries(fixture.ctx('f{n}'), NULL, '{{}}', NULL, 50)", {"OK"}),
    ("account_entries", "a range, a kind, a later page", "SELECT code FROM api.account_entries(fixture.ctx('f{n}'), NULL, "
     "'{{\"from\": \"2026-01-01T00:00:00+08:00\", \"to\": \"2027-01-01T00:00:00+08:00\", \"kind\": \"premium\"}}', '{{\"version\": 9}}', 50)", {"OK"}),
    ("account_at", "", "SELECT code FROM api.account_at(fixture.ctx('f{n}'), NULL, '2026-06-01')", {"OK"}),
    ("account_close", "", f"SELECT code FROM api.account_close({STAFF}, 'f{{n}}', gen_random_uuid(), 'test', 'sealed')", {"CREATED"}),
    ("audit_list", "about a person", f"SELECT code FROM api.audit_list({STAFF}, jsonb_build_object('person_id', 'f{{n}}'), NULL, 50)", {"OK"}),
    ("audit_list", "by time, a later page", f"SELECT code FROM api.audit_list({STAFF}, '{{{{}}}}', '{{{{\"at\": \"2027-01-01T00:00:00+08:00\", \"id\": \"aud_9\"}}}}', 50)", {"OK"}),
    ("event_list", "", "SELECT code FROM api.event_list(fixture.ctx('backend', 'staff'), '{{}}', NULL, 50)", {"OK"}),
    ("work_gauges", "", "SELECT code FROM api.work_gauges('{{}}')", {"OK"}),
    ("webhook_create", "", "SELECT code FROM api.webhook_create(fixture.ctx('backend', 'staff'), gen_random_uuid(), 'https://{n}.example', NULL, 'sealed')", {"CREATED"}),
    ("webhook_list", "", "SELECT code FROM api.webhook_list(fixture.ctx('backend', 'staff', '{{\"channel\": \"c1\"}}'))", {"OK"}),
    ("webhook_delete", "", "SELECT code FROM api.webhook_delete(fixture.ctx('backend', 'staff', '{{\"channel\": \"c1\"}}'), md5('webhook1')::uuid)", {"NO_CONTENT"}),
    ("webhook_rotate", "", "SELECT code FROM api.webhook_rotate(fixture.ctx('backend', 'staff', '{{\"channel\": \"c1\"}}'), md5('webhook1')::uuid, 'sealed')", {"OK"}),
    ("webhook_deliveries", "", "SELECT code FROM api.webhook_deliveries(fixture.ctx('backend', 'staff', '{{\"channel\": \"c1\"}}'), md5('webhook1')::uuid, '{{}}', NULL, 50)", {"OK"}),
    ("webhook_claim", "", "SELECT code FROM api.webhook_claim('{{}}', 16)", {"OK"}),
    ("webhook_report", "", "SELECT code FROM api.webhook_report('{{}}', md5('webhook1')::uuid, md5('event' || {n})::uuid, 1, 500, NULL, 5)", {"NO_CONTENT"}),
    ("binding_create", "", f"SELECT code FROM api.binding_create(fixture.ctx('f{{n}}', 'citizen', {KEYED}), gen_random_uuid(), ARRAY['id:m{{n}}'], ARRAY['match:m{{n}}'], 'spouse', '2025-1',"
     " ARRAY[md5('evidence' || 4 * {n} - 3)::uuid], NULL, NULL)", {"CREATED"}),
    ("binding_create", "refused", f"SELECT code FROM api.binding_create(fixture.ctx('f{{n}}', 'citizen', {KEYED}), gen_random_uuid(), ARRAY['id:nobody'], ARRAY['match:nobody'], 'spouse',"
     " '2025-1', '{{}}', NULL, NULL)", {"NAME_ID_MISMATCH"}),
    ("binding_list", "as grantor", "SELECT code FROM api.binding_list(fixture.ctx('f{n}'), NULL, '{{\"role\": \"grantor\"}}', NULL, 50)", {"OK"}),
    ("binding_list", "in both roles, by staff", f"SELECT code FROM api.binding_list({STAFF}, 'a{{n}}', '{{{{}}}}', NULL, 50)", {"OK"}),
    ("binding_list", "a later page of active ones", "SELECT code FROM api.binding_list(fixture.ctx('a{n}'), NULL, '{{\"status\": \"active\"}}', "
     "'{{\"at\": \"2027-01-01T00:00:00+08:00\", \"id\": \"00000000-0000-0000-0000-000000000000\"}}', 50)", {"OK"}),
    ("binding_get", "", f"SELECT code FROM api.binding_get(fixture.ctx('f{{n}}'), {BINDING})", {"OK"}),
    ("binding_history", "", f"SELECT code FROM api.binding_history(fixture.ctx('f{{n}}'), {BINDING})", {"OK"}),
    ("binding_entries", "", f"SELECT code FROM api.binding_entries(fixture.ctx('f{{n}}'), {BINDING}, '{{{{}}}}', NULL, 50)", {"OK"}),
    ("binding_options", "", "SELECT code FROM api.binding_options(fixture.ctx('f{n}'))", {"OK"}),
    ("binding_cap", "", f"SELECT code FROM api.binding_cap(fixture.ctx('f{{n}}'), {BINDING}, 100)", {"OK"}),
    ("binding_priority", "", f"SELECT code FROM api.binding_priority(fixture.ctx('a{{n}}'), {BINDING}, 3)", {"OK"}),
    ("binding_release", "", f"SELECT code FROM api.binding_release(fixture.ctx('f{{n}}', 'citizen', {KEYED}), {BINDING}, NULL)", {"OK"}),
    ("binding_evidence", "", f"SELECT code FROM api.binding_evidence(fixture.ctx('m{{fifty}}', 'citizen', {KEYED}), {WAITING.replace('{n}', '{fifty}')},"
     " ARRAY[md5('evidence' || 4 * {fifty} - 2)::uuid])", {"OK"}),
    ("binding_withdraw", "", f"SELECT code FROM api.binding_withdraw(fixture.ctx('m{{fifty}}', 'citizen', {KEYED}), {WAITING.replace('{n}', '{fifty}')})", {"OK"}),
    ("review_claim", "", f"SELECT code FROM api.review_claim({STAFF}, NULL)", {"OK"}),
    ("review_claim", "an area", f"SELECT code FROM api.review_claim({STAFF}, '340500')", {"OK"}),
    ("review_list", "what waits", f"SELECT code FROM api.review_list({STAFF}, '{{{{\"state\": \"queued\"}}}}', NULL, 50)", {"OK"}),
    ("review_list", "everything, a later page", f"SELECT code FROM api.review_list({STAFF}, '{{{{}}}}', '{{{{\"at\": \"2026-01-10T00:00:00+08:00\","
     " \"id\": \"00000000-0000-0000-0000-000000000000\"}}', 50)", {"OK"}),
    ("review_list", "decided", f"SELECT code FROM api.review_list({STAFF}, '{{{{\"state\": \"decided\"}}}}', NULL, 50)", {"OK"}),
    ("review_list", "overdue", f"SELECT code FROM api.review_list({STAFF}, '{{{{\"state\": \"queued\", \"overdue\": \"true\", \"area\": \"340500\"}}}}', NULL, 50)", {"OK"}),
    ("review_decide", "", f"SELECT code FROM api.review_decide(fixture.ctx('op', 'staff', {KEYED}), {WAITING.replace('{n}', '{fifty}')}, 'reject', NULL, 'test')", {"OK"}),
    ("payment_get", "", f"SELECT code FROM api.payment_get(fixture.ctx('f{{n}}'), {PAYMENT})", {"OK"}),
    ("payment_list", "", "SELECT code FROM api.payment_list(fixture.ctx('f{n}'), '{{}}', NULL, 50)", {"OK"}),
    ("payment_list", "a reference, a status, a later page", "SELECT code FROM api.payment_list(fixture.ctx('a{n}'), '{{\"client_reference\": \"x\", \"status\": \"succeeded\"}}', "
     "'{{\"at\": \"2027-01-01T00:00:00+08:00\", \"id\": \"00000000-0000-0000-0000-000000000000\"}}', 50)", {"OK"}),
    ("payment_receipt", "", f"SELECT code FROM api.payment_receipt(fixture.ctx('f{{n}}'), {PAYMENT})", {"OK"}),
    ("payment_history", "", f"SELECT code FROM api.payment_history(fixture.ctx('f{{n}}'), {PAYMENT})", {"OK"}),
    ("payment_cancel", "", f"SELECT code FROM api.payment_cancel(fixture.ctx('f{{n}}', 'citizen', {KEYED}), {AWAITED})", {"OK"}),
    ("payment_cash", "captured", f"SELECT code FROM api.payment_cash({CASHIER}, {AWAITED}, 'counter', 'new', 39999, now())", {"OK"}),
    ("payment_cash", "wrong amount", f"SELECT code FROM api.payment_cash({CASHIER}, {AWAITED}, 'counter', 'new', 1, now())", {"OK"}),
    ("cash_notify", "late", "SELECT code FROM api.cash_notify(fixture.ctx('bureau'), 'wechatpay', md5('waiting' || {n} + 1), 'new', 1, now())", {"OK"}),
    ("cash_notify", "unknown", "SELECT code FROM api.cash_notify(fixture.ctx('bureau'), 'wechatpay', md5('none'), 'new', 1, now())", {"OK"}),
    ("payment_resolve", "accept", f"SELECT code FROM api.payment_resolve(fixture.ctx('op', 'staff', {KEYED}), {AWAITED}, 'accept', 'test')", {"PAYMENT_NOT_IN_REVIEW"}),
    ("refund_create", "", f"SELECT code FROM api.refund_create(fixture.ctx('op', 'staff', {KEYED} || '{{{{\"scope\": \"refund\"}}}}'), {PAYMENT}, gen_random_uuid(), 'duplicate', NULL)",
     {"CREATED"}),
    ("refund_get", "", "SELECT code FROM api.refund_get(fixture.ctx('op', 'staff', '{{\"scope\": \"refund\"}}'), md5('refund' || {n} + 1)::uuid)", {"OK"}),
    ("refund_list", "all", "SELECT code FROM api.refund_list(fixture.ctx('op', 'staff', '{{\"scope\": \"refund\"}}'), '{{}}', NULL, 50)", {"OK"}),
    ("refund_list", "a backend's work, a later page", f"SELECT code FROM api.refund_list({CASHIER}, '{{{{\"status\": \"processing\"}}}}', "
     "'{{\"at\": \"2026-01-01T00:00:00+08:00\", \"id\": \"00000000-0000-0000-0000-000000000000\"}}', 50)", {"OK"}),
    ("refund_result", "", f"SELECT code FROM api.refund_result({CASHIER}, md5('refund' || {{n}} + 1)::uuid, 'SUCCESS', NULL, NULL)", {"OK"}),
    ("cash_resolve", "", "SELECT code FROM api.cash_resolve(fixture.ctx('op', 'staff', '{{\"scope\": \"refund\"}}'), md5('cash{n}')::uuid, 'test')", {"CASH_NOT_FOUND"}),
    ("work_item_list", "", "SELECT code FROM api.work_item_list(fixture.ctx('op', 'staff', '{{\"scope\": \"refund\"}}'), '{{}}', NULL, 50)", {"OK"}),
    ("payments_expire", "", "SELECT code FROM api.payments_expire('{{}}', 50)", {"OK"}),
    ("premium_list", "everyone", "SELECT code FROM api.premium_list(fixture.ctx('f{n}'), NULL, 2027)", {"OK"}),
    ("premium_list", "one", "SELECT code FROM api.premium_list(fixture.ctx('f{n}'), 'a{n}', NULL)", {"OK"}),
    ("contribution_create", "", f"SELECT code FROM api.contribution_create(fixture.ctx('op', 'staff', {KEYED}), 'f{{n}}', 100, 2026, 'new')", {"CREATED"}),
    ("contribution_import", "", f"SELECT code FROM api.contribution_import({STAFF}, (SELECT jsonb_agg(jsonb_build_object('person_no', 'm' || i, 'amount_fen', 5, 'year', 2026, 'reference', 'x'))"
     " FROM generate_series({n}, {n} + 200) i))", {"OK"}),
    ("enrollment_put", "", f"SELECT code FROM api.enrollment_put({STAFF}, 'a{{n}}', 2027, true)", {"CREATED"}),
    ("enrollment_import", "", f"SELECT code FROM api.enrollment_import({STAFF}, (SELECT jsonb_agg(jsonb_build_object('person_no', 'b' || i, 'benefit_year', 2027, 'enrolled', true))"
     " FROM generate_series({n}, {n} + 200) i))", {"OK"}),
    ("evidence_create", "", f"SELECT code FROM api.evidence_create(fixture.ctx('f{{n}}', 'citizen', {KEYED}), gen_random_uuid(), 'other', 'image/png', repeat('a', 64), 8, 'sealed')", {"CREATED"}),
    ("evidence_get", "", "SELECT code FROM api.evidence_get(fixture.ctx('f{n}'), md5('evidence' || 4 * {n} - 3)::uuid)", {"OK"}),
    ("person_get", "", f"SELECT code FROM api.person_get({STAFF}, 'f{{n}}')", {"OK"}),
    ("person_resolve", "", f"SELECT code FROM api.person_resolve({STAFF}, ARRAY['id:m{{n}}'], ARRAY['match:m{{n}}'])", {"OK"}),
    ("person_put", "new", f"SELECT code FROM api.person_put({STAFF}, {PERSON.format(no='new{n}')})", {"CREATED"}),
    ("person_put", "known", f"SELECT code FROM api.person_put({STAFF}, {PERSON.format(no='f{n}')})", {"OK"}),
    ("person_import", "", f"SELECT code FROM api.person_import({STAFF}, jsonb_build_array({PERSON.format(no='f{n}')}, {PERSON.format(no='m{n}')}))", {"OK"}),
    ("person_put", "paused", f"SELECT code FROM api.person_put({STAFF}, {PERSON.format(no='f{n}')} || '{{{{\"status\": \"paused\"}}}}')", {"OK"}),
    ("person_import", "paused", f"SELECT code FROM api.person_import({STAFF}, jsonb_build_array({PERSON.format(no='f{n}')} || '{{{{\"status\": \"paused\"}}}}',"
     f" {PERSON.format(no='m{n}')} || '{{{{\"status\": \"paused\"}}}}'))", {"OK"}),
    ("relation_import", "", f"SELECT code FROM api.relation_import({STAFF}, (SELECT jsonb_agg(jsonb_build_object('person_no', 'f' || i, 'relative_no', 'm' || i, 'relations', ARRAY['spouse']))"
     " FROM generate_series({n}, {n} + 200) i))", {"OK"}),
    ("person_freeze", "", f"SELECT code FROM api.person_freeze({STAFF}, 'f{{n}}', true, 'test')", {"OK"}),
]


@pytest.fixture(scope="module")
def leading(cursor):
    cursor.execute("""SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
                        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
                       WHERE c.relnamespace = 'gongji'::regnamespace AND t.relname <> ALL (%s)""", (list(REFERENCE),))
    return dict(cursor.fetchall())


class Notices(list):
    """psycopg2 keeps the last fifty only, when left to itself."""


@pytest.fixture(scope="module")
def cursor(new_server):
    server = new_server("town")
    connection = psycopg2.connect(host=PGHOST, user=PGUSER, dbname=server.database)
    connection.notices = Notices()
    with connection.cursor() as cursor:
        started = time.monotonic()
        cursor.execute((HELPERS / "fixture.sql").read_text())
        cursor.execute((HELPERS / "town.sql").read_text())
        cursor.execute("""INSERT INTO gongji.policy_effective (area, valid_from, version, rules, origins) -- every limit that is counted
                          SELECT area, '2026-11-21', nextval('gongji.policy_version'), jsonb_populate_record(rules, '{"per_payment_cap_editable": true,
                                 "daily_cap_fen": 90000000, "yearly_cap_fen": 90000000}'), origins FROM gongji.policy_on('340500', '2026-11-21')""")
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM")  # as autovacuum would have by then: index-only scans are cheap
        assert time.monotonic() - started < 90
        connection.autocommit = False
        cursor.execute("GRANT USAGE ON SCHEMA fixture TO PUBLIC; SELECT fixture.clock('2026-11-21 10:00+08')")
        cursor.execute("LOAD 'auto_explain'")
        for name, value in (("log_min_duration", "0"), ("log_nested_statements", "on"), ("log_format", "json"), ("log_level", "notice"), ("log_analyze", "on"), ("log_timing", "off")):
            cursor.execute(f"SET auto_explain.{name} = {value}")
        connection.commit()
        yield cursor
    connection.close()


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def explained(cursor, text):
    """Runs a statement, gives the rows and what auto_explain said of it and of all inside it."""
    cursor.connection.notices.clear()
    cursor.execute(text)
    rows = cursor.fetchall()
    plans = [json.loads(notice[notice.index("{"):]) for notice in cursor.connection.notices if "plan:" in notice]
    return rows, plans


def faults(plan, leading):
    """leading: the first column of every index; a condition on later columns only reads the index from end to end."""
    for node in nodes(plan["Plan"]):
        kind, table, condition = node["Node Type"], node.get("Relation Name"), node.get("Index Cond", "")
        first = leading.get(node.get("Index Name"))
        if "Scan" not in kind or table in REFERENCE or not (table or first):
            continue
        looked_at = sum(node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")) * node.get("Actual Loops", 1)
        if kind == "Seq Scan":
            yield f"Seq Scan on {table}: {node.get('Filter')}"
        elif first and not re.search(rf"\b{first}\b", condition):
            yield f"{kind} of all of {node['Index Name']}: {condition} {node.get('Filter')}"
        elif looked_at > MOST_ROWS:
            yield f"{kind} on {table or node['Index Name']} looks at {looked_at} rows: {condition} {node.get('Filter')}"


def test_the_town_is_as_large_as_it_should_be(cursor):
    cursor.execute("""SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'gongji'::regnamespace AND c.relkind = 'r' AND c.reltuples < 10000""")
    assert {name for name, in cursor.fetchall()} <= REFERENCE, "a table that grows is too small here for its plans to mean anything"


@pytest.mark.parametrize("text, seen", [
    ("SELECT count(*) FROM gongji.payment WHERE channel = 'kiosk'", "Seq Scan on payment: (channel = 'kiosk'::text)"),
    ("SET LOCAL enable_seqscan = off; SELECT count(*) FROM gongji.contribution WHERE reference = 'x'", "of all of contribution_key"),
    ("SET LOCAL enable_seqscan = off; SELECT count(*) FROM gongji.ledger_entry WHERE id > 7", "looks at"),
])
def test_a_table_read_whole_would_be_seen(cursor, leading, text, seen):
    _, plans = explained(cursor, text)
    assert [fault for plan in plans for fault in faults(plan, leading) if seen in fault]
    cursor.connection.rollback()


def test_every_function_of_the_interface_is_asked(cursor):
    cursor.execute("SELECT DISTINCT p.proname FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace")
    assert {name for name, in cursor.fetchall()} == {name for name, *_ in CALLS} | WHOLE_BOOKS | NO_GROWING_TABLE


@pytest.mark.parametrize("mode", ("force_custom_plan", "force_generic_plan"))
@pytest.mark.parametrize("call", CALLS, ids=[f"{name} {special}".strip() for name, special, _, _ in CALLS])
def test_no_growing_table_is_read_whole(cursor, leading, call, mode):
    name, _, text, expected = call
    number = CALLS.index(call)
    try:
        cursor.execute(f"SET LOCAL plan_cache_mode = {mode}; SET LOCAL ROLE gongji_app")
        rows, plans = explained(cursor, text.format(n=1001 + 100 * number, fifty=1050 + 100 * number))
        assert {code for code, in rows} <= expected, rows[:3]
        assert len(plans) > 1, "nested statements were not explained"
        found = {f"{fault}\n    in {' '.join(plan['Query Text'].split())[:300]}" for plan in plans for fault in faults(plan, leading)}
        assert not found, "\n".join(sorted(found))
    finally:
        cursor.connection.rollback()


@pytest.mark.parametrize("special", ("alone", "a batch of 64"))
@pytest.mark.parametrize("name", ("premium_pay", "quote_create", "account_get", "medical_settle"))
def test_after_some_calls_a_hot_function_is_not_planned_anew(cursor, name, special):
    """How many items a batch has is hidden from the planner: it would price a plan for just so many below the general one, and make it anew every time."""
    text = next(call[2] for call in CALLS if call[:2] == (name, special))
    try:
        cursor.execute("SET LOCAL auto_explain.log_min_duration = -1; PREPARE hot AS " + text.format(n="$1::integer"))
        for family in range(8):
            cursor.execute("EXECUTE hot (%s)", (9001 + 100 * family,))
        cursor.connection.notices.clear()
        LIBPQ.PQsetErrorContextVisibility(ctypes.c_void_p(cursor.connection.pgconn_ptr), 2)  # with every notice, too
        cursor.execute("SET LOCAL client_min_messages = log; SET LOCAL log_planner_stats = on; EXECUTE hot (9901)")
        planned = [notice.partition("CONTEXT:")[2].strip() for notice in cursor.connection.notices if "PLANNER STATISTICS" in notice]
        planned = [context for context in planned if "api." + name in context and context.startswith(("SQL statement", "SQL function"))]  # not: an expression met for the first time
        assert not planned, "\n".join(planned)
    finally:
        LIBPQ.PQsetErrorContextVisibility(ctypes.c_void_p(cursor.connection.pgconn_ptr), 1)  # with errors
        cursor.connection.rollback()
        cursor.execute("DEALLOCATE ALL")
        cursor.connection.commit()


def test_an_account_of_many_entries_is_paged_like_one_of_few(cursor, leading):
    """The planner knows only how many entries people have on average: the page must not depend on it."""
    try:
        cursor.execute("""WITH account AS (SELECT person, version, current_year FROM gongji.account WHERE person = gongji.person_of('f7')),
                               made AS (SELECT gen_random_uuid() AS movement, n FROM generate_series(1, 20000) n)
                          INSERT INTO gongji.ledger_entry (person, account, kind, bucket, money_year, movement_id, amount_fen, balance_after_fen, account_version, at, effective_on)
                          SELECT a.person, side.account::gongji.ledger_account, 'contribution', side.bucket::gongji.ledger_bucket, a.current_year, m.movement, side.sign,
                                 CASE side.sign WHEN 1 THEN m.n END, CASE side.sign WHEN 1 THEN a.version + m.n END, gongji.now_cn(), gongji.date_cn(gongji.now_cn())
                            FROM account a CROSS JOIN made m CROSS JOIN (VALUES ('personal', 'current_year', 1), ('contribution_clearing', NULL, -1)) AS side (account, bucket, sign)""")
        cursor.execute("ALTER TABLE gongji.ledger_entry ALTER person SET (n_distinct = 400); ANALYZE gongji.ledger_entry")  # as after years: some hundreds each
        for after in ("NULL", "jsonb_build_object('version', 9000)"):
            rows, plans = explained(cursor, f"SELECT o.code, jsonb_array_length(o.result -> 'data') FROM api.account_entries(fixture.ctx('f7'), NULL, '{{}}', {after}, 50) o")
            assert rows == [("OK", 50)]
            found = [fault for plan in plans for fault in faults(plan, leading)]
            assert not found, "\n".join(found)
    finally:
        cursor.connection.rollback()

"""The books prove, and when somebody lays a hand on them the proof says what is wrong (F20, S0-45)."""
import os
import re

import psycopg2
import pytest

from harness import PGHOST, PGUSER, World, sql

AREA, FLOOR_FEN = "350100", 200000

# What a hand with all rights could do, and the checks that must name it. {mother}, {child}: person keys; {payment}, {binding}: ids.
TAMPERINGS = {
    "a fen more on an account": ("UPDATE gongji.account SET prior_fen = prior_fen + 1 WHERE person = {mother}", {"account_equals_entries"}),
    "a fen moved between buckets": ("UPDATE gongji.account SET prior_fen = prior_fen - 1, current_fen = current_fen + 1 WHERE person = {mother}",
                                    {"account_equals_entries"}),
    "an account that is gone": ("DELETE FROM gongji.account WHERE person = {child}",
                                {"account_equals_entries", "entry_versions_without_gap", "person_keys_complete"}),
    "a version that jumped": ("UPDATE gongji.account SET version = version + 1 WHERE person = {mother}", {"entry_versions_without_gap"}),
    "money held for nothing": ("UPDATE gongji.account SET held_prior_fen = 1 WHERE person = {mother}", {"held_equals_holds"}),
    "a balance below zero": ("ALTER TABLE gongji.account DROP CONSTRAINT account_balance_not_negative, DROP CONSTRAINT account_hold_within_bucket;"
                             "UPDATE gongji.account SET prior_fen = -1 WHERE person = {child}", {"no_negative", "account_equals_entries"}),
    "an entry with another amount": ("UPDATE gongji.ledger_entry SET amount_fen = amount_fen - 1 WHERE payment_id = '{payment}' AND person = {mother}",
                                     {"movements_sum_to_zero", "account_equals_entries", "balance_after_is_running_sum", "payments_equal_entries"}),
    "a sum that no longer is zero": ("UPDATE gongji.ledger_entry SET amount_fen = amount_fen - 1 WHERE account = 'contribution_clearing' AND person = {mother}",
                                     {"movements_sum_to_zero"}),
    "both sides of a movement": ("UPDATE gongji.ledger_entry SET amount_fen = amount_fen + sign(amount_fen) WHERE payment_id = '{payment}' AND (account = 'premium_fund' OR person = {mother})",
                                 {"account_equals_entries", "balance_after_is_running_sum", "payments_equal_entries", "fund_equals_payments"}),
    "a balance after an entry": ("UPDATE gongji.ledger_entry SET balance_after_fen = balance_after_fen + 1 WHERE payment_id = '{payment}' AND person = {mother}",
                                 {"balance_after_is_running_sum"}),
    "an entry in another bucket": ("UPDATE gongji.ledger_entry SET bucket = 'current_year' WHERE payment_id = '{payment}' AND person = {mother}",
                                   {"account_equals_entries", "payments_equal_entries"}),
    "an entry that is gone": ("DELETE FROM gongji.ledger_entry WHERE payment_id = '{payment}' AND person = {mother}",
                              {"movements_sum_to_zero", "account_equals_entries", "entry_versions_without_gap", "payments_equal_entries"}),
    "a whole movement that is gone": ("DELETE FROM gongji.ledger_entry WHERE payment_id = '{payment}'",
                                      {"account_equals_entries", "entry_versions_without_gap", "payments_equal_entries", "fund_equals_payments"}),
    "a debit and its account made to fit": (
        "UPDATE gongji.account a SET prior_fen = a.prior_fen - e.amount_fen, version = a.version - 1 FROM gongji.ledger_entry e "
        "WHERE e.payment_id = '{payment}' AND e.person = {mother} AND a.person = {mother};"
        "DELETE FROM gongji.ledger_entry WHERE payment_id = '{payment}' AND person = {mother}", {"movements_sum_to_zero", "payments_equal_entries"}),
    "a debit put on another relative": ("UPDATE gongji.ledger_entry SET binding_id = gen_random_uuid() WHERE payment_id = '{payment}' AND person = {mother}",
                                        {"payments_equal_entries"}),
    "a payment that is gone": ("DELETE FROM gongji.payment WHERE id = '{payment}'", {"payments_equal_entries", "fund_equals_payments"}),
    "a payment that never was": ("INSERT INTO gongji.payment SELECT (jsonb_populate_record(y, jsonb_build_object('id', gen_random_uuid(), 'benefit_year', 2099))).* "
                                 "FROM gongji.payment y WHERE y.id = '{payment}'", {"payments_equal_entries", "fund_equals_payments"}),
    "a payment that waits for nothing": ("UPDATE gongji.payment SET status = 'awaiting_cash' WHERE id = '{payment}'",
                                         {"payments_equal_entries", "fund_equals_payments", "holds_equal_legs"}),
    "a payment said to be refunded": ("UPDATE gongji.payment SET status = 'refunded' WHERE id = '{payment}'", {"refunds_mirror_payments"}),
    "cash out of nowhere": ("INSERT INTO gongji.cash_transaction VALUES ('counter', 'x', gen_random_uuid(), {child}, '{payment}', 'x', 1, now(), now(), 'x', 'to_refund')",
                            {"clearing_equals_channels"}),
    "cash that waits, in no account": ("INSERT INTO gongji.cash_transaction VALUES ('counter', 'x', gen_random_uuid(), {child}, '{payment}', 'x', 1, now(), now(), 'x', 'manual_review')",
                                       {"clearing_equals_channels", "suspense_equals_open_cash"}),
    "parts of a payment": ("UPDATE gongji.payment SET own_fen = own_fen + 1, aid_fen = aid_fen - 1 WHERE id = '{payment}'", {"payment_parts_equal_legs"}),
    "legs of a payment": ("UPDATE gongji.payment SET legs = jsonb_set(legs, '{{0,amount_fen}}', '1') WHERE id = '{payment}'",
                          {"payments_equal_entries", "payment_parts_equal_legs"}),
    "a contribution's amount": ("UPDATE gongji.contribution SET amount_fen = amount_fen + 1 WHERE person = {mother}", {"contributions_equal_entries"}),
    "a contribution that is gone": ("DELETE FROM gongji.contribution WHERE person = {mother}", {"contributions_equal_entries"}),
    "a closure that never was": ("INSERT INTO gongji.account_closure VALUES ({child}, gen_random_uuid(), 1, 'x', 'x', 'x', now(), '{{}}')", {"closures_equal_entries"}),
    "a settlement that is gone": ("DELETE FROM gongji.medical_settlement WHERE payment_id = '{care}'", {"settlements_equal_entries"}),
    "a settlement's items": ("UPDATE gongji.medical_settlement SET items = jsonb_set(items, '{{0,amount_fen}}', '1') WHERE payment_id = '{care}'", {"settlements_equal_entries"}),
    "a settlement's number": ("DELETE FROM gongji.settlement_key WHERE payment_id = '{care}'", {"settlements_equal_entries"}),
    "a reversal that never was": ("UPDATE gongji.payment SET status = 'refunded' WHERE id = '{care}'", {"settlements_equal_entries", "reversals_mirror_payments"}),
    "a reversal to another relative": ("UPDATE gongji.ledger_entry SET binding_id = gen_random_uuid() WHERE payment_id = '{reversed}' AND kind = 'medical_reversal' AND person = {mother}",
                                       {"reversals_mirror_payments"}),
    "half of a binding": ("DELETE FROM gongji.binding_by_grantor WHERE id = '{binding}'", {"binding_mirror_complete"}),
    "the other half of a binding": ("DELETE FROM gongji.binding WHERE id = '{binding}'", {"binding_mirror_complete"}),
    "a person number": ("UPDATE gongji.person_no_key SET person_no = person_no || 'x' WHERE person = {child}", {"person_keys_complete"}),
    "a payment of nobody": ("UPDATE gongji.payment SET insured = 0 WHERE id = '{payment}'", {"person_keys_complete"}),
    "an identity": ("DELETE FROM gongji.person_identity WHERE person = {child}", {"person_keys_complete"}),
}


@pytest.fixture(scope="module")
def books(new_server):
    """A family that paid once, and for care, once taken back; the server is stopped, so that its database can be copied."""
    server = new_server("books").start()
    world = World(server)
    mother, child = world.person(AREA, prior=FLOOR_FEN + 100000), world.child(AREA, current=10000)
    binding = world.bind(mother, child)
    hospital, sister = world.place(), world.child(AREA)
    world.bind(mother, sister)
    care, reversed_care = (world.must(world.settle(hospital, sister, ("outpatient", 20000)), 201) for _ in range(2))
    world.must(world.reverse(hospital, reversed_care["id"]), 200)
    payment = world.must(world.pay(mother, child), 201)
    keys = dict(server.sql("SELECT person_no, person FROM gongji.person_no_key"))
    server.ids = {"mother": keys[mother.no], "child": keys[child.no], "payment": payment["id"][4:], "binding": binding[4:], "care": care["id"][4:], "reversed": reversed_care["id"][4:]}
    server.mother, server.child = mother, child
    assert server.stop() == 0
    return server


@pytest.fixture
def copy(books):
    """A database to spoil."""
    name = f"gongji_spoiled_{os.getpid()}"
    sql("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{books.database}"')
    yield name
    sql("postgres", f'DROP DATABASE "{name}" WITH (FORCE)')


def verify(server, database):
    return server.run("verify", check=False, environment={"GONGJI_DATABASE_URL": f"host={PGHOST} user=gongji_app dbname={database}"})


def breached(output):
    return {line.split()[1].rstrip(":") for line in output.splitlines() if line.startswith("BREACH")}


def spoil(database, text):
    """As a superuser who takes the triggers away first; foreign keys are checked by triggers, too."""
    tables = sql(database, "SELECT string_agg(format('ALTER TABLE %s DISABLE TRIGGER ALL', c.oid::regclass), ';') FROM pg_class c WHERE c.relnamespace = 'gongji'::regnamespace AND c.relkind = 'r'")
    sql(database, f"{tables[0][0]};{text}")


def test_f20_untouched_books_prove(books, copy):
    done = verify(books, copy)
    assert done.returncode == 0 and breached(done.stdout) == set()
    assert len([line for line in done.stdout.splitlines() if line.startswith("ok ")]) == 19


@pytest.mark.parametrize("what", TAMPERINGS)
def test_f20_verify_exits_1_and_names_what_was_tampered_with(books, copy, what):
    text, expected = TAMPERINGS[what]
    spoil(copy, text.format(**books.ids))
    done = verify(books, copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert breached(done.stdout) == expected, done.stdout
    lines = [line for line in done.stdout.splitlines() if line.startswith("BREACH")]
    assert all(re.search(rf"{books.mother.no}|{books.child.no}|pay_|bnd_|movement [0-9a-f]", line) for line in lines), lines
    assert books.mother.name not in done.stdout and books.mother.number not in done.stdout


def test_f20_every_check_has_a_tampering_that_it_finds():
    found = set().union(*(expected for _, expected in TAMPERINGS.values()))
    assert found == {"movements_sum_to_zero", "account_equals_entries", "entry_versions_without_gap", "balance_after_is_running_sum", "held_equals_holds",
                     "holds_equal_legs", "payments_equal_entries", "payment_parts_equal_legs", "fund_equals_payments", "refunds_mirror_payments",
                     "suspense_equals_open_cash", "clearing_equals_channels", "contributions_equal_entries", "closures_equal_entries", "binding_mirror_complete", "person_keys_complete",
                     "no_negative", "settlements_equal_entries", "reversals_mirror_payments"}


def test_f20_the_proof_over_http_says_the_same_while_the_server_runs(books):
    books.start()
    try:
        world = World(books)
        proof = world.must(world.staff.get("/v1/ledger/proof"), 200)
        assert proof["ok"] and all(check["ok"] and check["detail"] for check in proof["checks"])
        books.sql("UPDATE gongji.account SET prior_fen = prior_fen + 1 WHERE person = %s", books.ids["mother"])
        spoiled = world.must(world.staff.get("/v1/ledger/proof"), 200)
        books.sql("UPDATE gongji.account SET prior_fen = prior_fen - 1 WHERE person = %s", books.ids["mother"])
        assert not spoiled["ok"]
        assert [(check["name"], books.mother.no in check["detail"]) for check in spoiled["checks"] if not check["ok"]] == [("account_equals_entries", True)]
        assert world.must(world.staff.get("/v1/ledger/proof"), 200) == proof
    finally:
        assert books.stop() == 0


def test_f20_a_proof_that_cannot_run_is_neither_green_nor_a_breach(books):
    done = verify(books, "gongji_there_is_no_such_database")
    assert done.returncode not in (0, 1) and not done.stdout.strip() and done.stderr.strip()


# --- history cannot be changed ------------------------------------------------------------------------------------------------
APPEND_ONLY = ("ledger_entry", "audit_log", "binding_event", "payment_event", "policy", "policy_effective")
CHANGES = ("UPDATE gongji.{0} SET {1} = {1}", "DELETE FROM gongji.{0}", "TRUNCATE gongji.{0} CASCADE")
COLUMN = {"ledger_entry": "amount_fen", "audit_log": "action", "binding_event": "event", "payment_event": "event", "policy": "version", "policy_effective": "version"}


def refusal(database, text, *setup):
    connection = psycopg2.connect(host=PGHOST, user=PGUSER, dbname=database)
    try:
        with connection.cursor() as cursor:
            for each in setup:
                cursor.execute(each)
            cursor.execute(text)
            return None
    except psycopg2.Error as error:
        return error.pgerror
    finally:
        connection.close()


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", CHANGES)
def test_s0_45_history_is_append_only_even_for_a_superuser(books, table, change):
    text = change.format(table, COLUMN[table])
    assert "append-only" in refusal(books.database, text)
    assert "append-only" in refusal(books.database, text, "SET session_replication_role = replica")


def test_double_entry_holds_even_for_a_superuser(books):
    text = """INSERT INTO gongji.ledger_entry (person, account, kind, money_year, movement_id, amount_fen, at, effective_on)
              VALUES (1, 'premium_fund', 'premium', 2026, gen_random_uuid(), 1, now(), '2026-11-21')"""
    assert "do not sum to zero" in refusal(books.database, text, "SET session_replication_role = replica")


def test_the_application_role_may_call_and_nothing_else(books):
    tables = [name for name, in books.sql("SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'gongji'::regnamespace AND c.relkind IN ('r', 'v')")]
    assert {"ledger_entry", "account", "person", "ledger_breach"} <= set(tables)
    for table in tables:
        for text in (f"SELECT FROM gongji.{table}", f"DELETE FROM gongji.{table}", f"INSERT INTO gongji.{table} DEFAULT VALUES"):
            assert "permission denied" in refusal(books.database, text, "SET ROLE gongji_app")
    inner = books.sql("SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'gongji'::regnamespace AND has_function_privilege('gongji_app', p.oid, 'EXECUTE')")
    assert inner == []
    assert "permission denied" in refusal(books.database, "SELECT gongji.lock_accounts(ARRAY[1], true)", "SET ROLE gongji_app")


def test_auditors_read_the_books_but_no_sealed_identity(books):
    assert refusal(books.database, "SELECT * FROM gongji.ledger_entry", "SET ROLE gongji_audit") is None
    assert "permission denied" in refusal(books.database, "SELECT id_number_sealed FROM gongji.person", "SET ROLE gongji_audit")
    assert "permission denied" in refusal(books.database, "DELETE FROM gongji.outbox", "SET ROLE gongji_audit")

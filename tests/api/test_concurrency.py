"""Many callers at one moment: exact sums, one effect a key, no deadlock, nothing half done (S1-45, F1, F9, F10, E12).

Every test is run against one server process, and against two on the same database."""
import random
import time
import uuid
from contextlib import contextmanager

import psycopg2
import pytest

from harness import PGHOST, PGUSER, World, code, codes, split
from volley import (SECONDS, Shot, balances, beside, contribution_shot, freeze_shot, metric, pay_shot, payments_of, release_shot, times, volley)

AREA = "350100"  # bindings are active at once, both buckets are shared above 2000.00
FLOOR_FEN, PREMIUM_FEN = 200000, 40000
PATIENCE_S = 4.5  # server.request_ms


@pytest.fixture(scope="module")
def first(new_server):
    server = new_server("parallel")
    server.sql(f'ALTER DATABASE "{server.database}" SET deadlock_timeout = 20')  # a deadlock is found before any lock_timeout hides it
    yield server.start()
    assert server.stop() == 0  # its sessions give up what they counted
    assert server.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == [(0,)]


@pytest.fixture(scope="module")
def second(first, tmp_path_factory):
    server = beside(first, tmp_path_factory.mktemp("beside")).start()
    yield server
    assert server.stop() == 0


@pytest.fixture(params=("one process", "two processes"))
def servers(request, first):
    return [first] if request.param == "one process" else [first, request.getfixturevalue("second")]


@pytest.fixture
def town(first):
    return World(first)


def bind_all(town, grantors, children):
    """{(grantor, child): binding id}, all active."""
    found = {}
    for grantor in grantors:
        caller = town.caller(grantor)
        notice = caller.get("/v1/bindings/options").json()["notice"]["version"]
        for child in children:
            found[grantor, child] = town.must(town.apply(grantor, child, caller=caller, notice_version=notice), 201)["id"]
    return found


def household(town, children, fen, grantors=1):
    """Grantors who may give so much each, and children bound to all of them."""
    adults = [town.person(AREA, prior=FLOOR_FEN + fen) for _ in range(grantors)]
    kids = [town.child(AREA) for _ in range(children)]
    return adults, kids, bind_all(town, adults, kids)


def spread(servers, n):
    return servers[n % len(servers)]


def given(answers):
    return [answer for answer in answers if answer.status_code == 201]


def expect_codes(answers, *allowed):
    """Nothing but success and these refusals; in particular no 5xx."""
    others = [(answer.status_code, answer.text[:300]) for answer in answers if code(answer) not in (200, 201, *allowed)]
    assert not others, others[:3]


# --- one grantor, many payments -----------------------------------------------------------------------------------------
def test_s1_45_fifty_parallel_payments_take_what_there_is_and_not_a_fen_more(servers, town):
    """F9: 31 of 50 are paid in full, one could be given a part and is told what is missing, the others all of it."""
    (mother,), children, _ = household(town, 50, 31 * PREMIUM_FEN + 15000)
    answers = volley([pay_shot(spread(servers, n), mother, child) for n, child in enumerate(children)])
    expect_codes(answers, "SHORTFALL_CASH_REQUIRED")
    assert len(given(answers)) == 31
    assert {answer.json()["shortfall_fen"] for answer in answers if answer.status_code == 409} == {PREMIUM_FEN - 15000}
    assert balances(town.server, mother) == {mother.no: (FLOOR_FEN + 15000, 0)}
    assert sorted(id_ for _, _, id_, _ in payments_of(town.server, *children)) == sorted(answer.json()["id"] for answer in given(answers))


def test_e12_two_parallel_payments_against_500_yuan(servers, town):
    (father,), (boy, girl), _ = household(town, 2, 50000)
    answers = volley([pay_shot(spread(servers, n), father, child) for n, child in enumerate((boy, girl))])
    paid, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert split(town.must(paid, 201)) == {"aid:prior_year": PREMIUM_FEN}
    assert codes(refused) == ["SHORTFALL_CASH_REQUIRED"] and refused.json()["shortfall_fen"] == 30000
    left_out = (boy, girl)[answers.index(refused)]
    assert town.must(town.quote(father, left_out), 201)["aid_fen"] == 10000


def test_f2_one_premium_paid_by_everybody_at_once_is_paid_once(servers, town):
    adults, (child,), _ = household(town, 1, PREMIUM_FEN, grantors=3)
    callers = [*adults, child] * 5
    answers = volley([pay_shot(spread(servers, n), caller, child) for n, caller in enumerate(callers)])
    expect_codes(answers, "PREMIUM_ALREADY_PAID")
    assert len(given(answers)) == 1
    assert sum(sum(fen) for fen in balances(town.server, *adults).values()) == 3 * (FLOOR_FEN + PREMIUM_FEN) - PREMIUM_FEN


# --- one key ------------------------------------------------------------------------------------------------------------
def test_f1_e13_fifty_parallel_requests_with_one_key_have_one_effect(servers, town):
    (mother,), (child,), _ = household(town, 1, 10 * PREMIUM_FEN)
    key = str(uuid.uuid4())
    answers = volley([pay_shot(spread(servers, n), mother, child, key=key) for n in range(50)])
    assert [answer.status_code for answer in answers] == [201] * 50
    assert sum(answer.headers.get("Idempotency-Replayed") == "true" for answer in answers) == 49
    assert len({answer.text for answer in answers}) == 1
    assert balances(town.server, mother) == {mother.no: (FLOOR_FEN + 9 * PREMIUM_FEN, 0)}


def test_f1_a_refusal_is_replayed_to_all_who_ask_with_its_key(servers, town):
    (mother,), (child,), _ = household(town, 1, 100)
    key = str(uuid.uuid4())
    answers = volley([pay_shot(spread(servers, n), mother, child, key=key) for n in range(20)])
    assert {code(answer) for answer in answers} == {"SHORTFALL_CASH_REQUIRED"}
    assert sum(answer.headers.get("Idempotency-Replayed") == "true" for answer in answers) == 19


def test_e13_one_key_and_two_bodies_at_once(servers, town):
    (mother,), (boy, girl), _ = household(town, 2, 10 * PREMIUM_FEN)
    key = str(uuid.uuid4())
    answers = volley([pay_shot(spread(servers, n // 2), mother, (boy, girl)[n % 2], key=key) for n in range(20)])
    expect_codes(answers, "IDEMPOTENCY_KEY_REUSED")
    assert len(given(answers)) == 10 and len(payments_of(town.server, boy, girl)) == 1
    assert all(answer.json()["errors"][0]["pointer"] == "/insured_id" for answer in answers if answer.status_code == 422)


def test_f1_an_application_fired_twenty_times_under_one_key_is_one(servers, town):
    mother, child = town.person(AREA, prior=FLOOR_FEN), town.child(AREA)
    body = {"beneficiary": {"name": child.name, "id_number": child.number}, "relation": "child",
            "notice_version": town.caller(mother).get("/v1/bindings/options").json()["notice"]["version"]}
    key = str(uuid.uuid4())
    answers = volley([Shot(spread(servers, n), mother.no, "POST", "/v1/bindings", body, key) for n in range(20)])
    assert [answer.status_code for answer in answers] == [201] * 20 and len({answer.json()["id"] for answer in answers}) == 1
    others = volley([Shot(spread(servers, n), mother.no, "POST", "/v1/bindings", body) for n in range(10)])
    assert {code(answer) for answer in others} == {"BINDING_EXISTS"}


def test_a_contribution_reported_twenty_times_is_booked_once(servers, town):
    person = town.person(AREA)
    shot = contribution_shot(servers[0], person, 700)
    answers = volley([Shot(spread(servers, n), shot.sub, "POST", shot.path, shot.body, scope="registry") for n in range(20)])
    expect_codes(answers)
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert balances(town.server, person) == {person.no: (700, 0)}


# --- families that overlap ------------------------------------------------------------------------------------------------
def couple(town):
    """Two people each of whom is bound to the other: one was insured as a resident when the other applied, and they changed places later."""
    one, other = town.person(AREA, prior=FLOOR_FEN + 100000), town.child(AREA, prior=30000)
    bind_all(town, [one], [other])
    one.scheme, other.scheme = "resident", "employee"
    town.change(one)
    town.change(other)
    town.contribute(other, FLOOR_FEN)
    bind_all(town, [other], [one])
    return one, other


def test_f9_a_to_b_and_b_to_a_in_parallel(servers, town):
    """Each payment needs both accounts: the payer's as insured or grantor, the other's as the other."""
    couples = [couple(town) for _ in range(6)]
    shots = [pay_shot(spread(servers, n), caller, insured, year)
             for year in (2026, 2027) for n, (one, other) in enumerate(couples * 3) for caller, insured in ((one, one), (other, one), (other, other), (one, other))]
    random.Random(9).shuffle(shots)
    answers = volley(shots[:72]) + volley(shots[72:])
    expect_codes(answers, "PREMIUM_ALREADY_PAID", "NOT_RESIDENT_SCHEME", "GRANTOR_STATUS_ABNORMAL")
    assert len(given(answers)) == 2 * len(couples)
    for one, other in couples:
        assert [year for _, year, _, _ in sorted(payments_of(town.server, one))] == [2026, 2027]
        assert balances(town.server, one, other) == {one.no: (FLOOR_FEN + 100000 - 2 * PREMIUM_FEN, 0), other.no: (FLOOR_FEN + 30000, 0)}


def test_f9_families_that_share_their_grantors_in_every_order(servers, town):
    """Eight children, each bound to three of four grantors in an order of their own; every payment draws on two of them."""
    adults = [town.person(AREA, prior=FLOOR_FEN + 4 * 25000) for _ in range(4)]
    children = [town.child(AREA, current=1000) for _ in range(8)]
    for n, child in enumerate(children):
        bind_all(town, [adults[(n * 3 + step) % 4] for step in range(3)][:: -1 if n % 2 else 1], [child])
    answers = volley([pay_shot(spread(servers, n), caller, child) for n, child in enumerate(children) for caller in (child,) * 6])
    expect_codes(answers, "PREMIUM_ALREADY_PAID", "SHORTFALL_CASH_REQUIRED", "MUTUAL_AID_FUNDS_EMPTY")
    taken = sum(answer.json()["aid_fen"] for answer in given(answers))
    after = balances(town.server, *adults)
    assert sum(prior for prior, _ in after.values()) == 4 * (FLOOR_FEN + 100000) - taken
    assert all(prior >= FLOOR_FEN for prior, _ in after.values())


# --- paying while something else happens ------------------------------------------------------------------------------------
def race(servers, rounds, make):
    """Fires rounds of (payment, other), whichever won last time a little later than the time before, so that both win now and then.

    [(payment answer, other answer, what make gave, whether one process, that is one clock, answered both)]"""
    seen, head_start = [], 0.0
    for n in range(rounds):
        servers_now = spread(servers, n), spread(servers, n + n // 2)
        payment, other, about = make(*servers_now)
        payment.load()
        other.load()
        for shot in (payment, other) if head_start >= 0 else (other, payment):
            shot.fire()
            time.sleep(abs(head_start))
        seen.append((payment.answer(), other.answer(), about, servers_now[0] is servers_now[1]))
        head_start += -0.0005 if seen[-1][0].status_code == 201 else 0.0005
    return seen


def test_f10_a_release_and_a_payment_are_one_before_the_other(servers, town):
    (mother,), children, bindings = household(town, times(20), times(20) * PREMIUM_FEN)
    left = iter(children)

    def make(one, other):
        child = next(left)
        return pay_shot(one, mother, child), release_shot(other, mother, bindings[mother, child]), child

    seen = race(servers, len(children), make)
    assert {paid.status_code for paid, *_ in seen} == {201, 409}, "the race always had the same winner"
    for paid, released, child, one_clock in seen:
        town.must(released, 200)
        events = town.must(town.caller(mother).get(f"/v1/bindings/{bindings[mother, child]}/history"), 200)["data"]
        released_at = next(event["at"] for event in events if event["event"] == "released")
        used = town.must(town.caller(mother).get(f"/v1/bindings/{bindings[mother, child]}/entries"), 200)["data"]
        if paid.status_code == 201:
            assert paid.json()["created_at"] < released_at or not one_clock
            assert [entry["amount_fen"] for entry in used] == [-PREMIUM_FEN]
        else:
            assert codes(paid) == ["BINDING_NOT_ACTIVE"] and used == []
    assert balances(town.server, mother)[mother.no][0] == FLOOR_FEN + PREMIUM_FEN * (len(children) - len(payments_of(town.server, *children)))


def test_f10_when_another_relative_calls_a_released_grantor_gives_nothing(servers, town):
    """The child calls, and draws on both parents: a release leaves the one out, wholly or not at all."""
    rounds = times(10)
    (mother, father), children, bindings = household(town, rounds, rounds * 25000, grantors=2)
    left = iter(children)

    def make(one, other):
        child = next(left)
        town.contribute(child, PREMIUM_FEN - 10000)
        return pay_shot(one, child, child), release_shot(other, mother, bindings[mother, child]), child

    for paid, released, child, one_clock in race(servers, rounds, make):
        released_at = town.must(released, 200)["ended_at"]
        payment = town.must(paid, 201)
        giver, = [leg["binding_id"] for leg in payment["legs"] if leg["source"] == "aid"]
        assert giver in (bindings[mother, child], bindings[father, child])
        if one_clock:
            assert giver == bindings[mother if payment["created_at"] < released_at else father, child]
        for grantor in mother, father:
            entries = town.must(town.caller(child).get(f"/v1/bindings/{bindings[grantor, child]}/entries"), 200)["data"]
            assert [entry["amount_fen"] for entry in entries] == [-10000] * (giver == bindings[grantor, child])


def test_a_freeze_and_a_payment_are_one_before_the_other(servers, town):
    def make(one, other):
        (mother,), (child,), _ = household(town, 1, PREMIUM_FEN)
        return pay_shot(one, mother, child), freeze_shot(other, mother), mother

    for paid, frozen, mother, one_clock in race(servers, times(12), make):
        town.must(frozen, 200)
        if paid.status_code == 201:
            assert balances(town.server, mother) == {mother.no: (FLOOR_FEN, 0)}
        else:
            assert codes(paid) == ["GRANTOR_FROZEN"] and balances(town.server, mother) == {mother.no: (FLOOR_FEN + PREMIUM_FEN, 0)}
        (frozen_at,), = town.server.sql("SELECT l.at FROM gongji.audit_log l JOIN gongji.person p ON p.id = l.person WHERE p.person_no = %s AND l.action = 'person.freeze'",
                                        mother.no)
        entries = town.server.sql("""SELECT e.at FROM gongji.ledger_entry e JOIN gongji.person p ON p.id = e.person
                                      WHERE p.person_no = %s AND e.kind = 'premium' AND e.account = 'personal'""", mother.no)
        assert [at < frozen_at or not one_clock for at, in entries] == [True] * (paid.status_code == 201)


def test_contributions_while_paying_leave_exact_sums(servers, town):
    """Twenty payments' worth comes in while thirty are asked for: what was paid and what is left make what came."""
    (mother,), children, _ = household(town, 30, 5 * PREMIUM_FEN)
    shots = [pay_shot(spread(servers, n), mother, child) for n, child in enumerate(children)]
    shots += [contribution_shot(spread(servers, n), mother, PREMIUM_FEN // 2, 2025 + n % 2) for n in range(40)]
    random.Random(1).shuffle(shots)
    answers = volley(shots)
    expect_codes(answers, "SHORTFALL_CASH_REQUIRED", "MUTUAL_AID_FUNDS_EMPTY")
    paid = sum("coverage" in answer.json() for answer in given(answers))
    assert paid == len(payments_of(town.server, *children)) >= 5
    assert sum(balances(town.server, mother)[mother.no]) == FLOOR_FEN + (5 + 20 - paid) * PREMIUM_FEN


# --- an account locked elsewhere ----------------------------------------------------------------------------------------------
@contextmanager
def locked(server, person):
    """An open transaction beside the server holds this person's account."""
    connection = psycopg2.connect(host=PGHOST, user=PGUSER, dbname=server.database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT gongji.lock_accounts(ARRAY[gongji.person_of(%s)], true)", (person.no,))
            yield
    finally:
        connection.close()


def fire(shots):
    for shot in shots:
        shot.load()
    for shot in shots:
        shot.fire()
    return time.monotonic()


def test_f10_who_waited_for_the_account_is_dated_after_who_had_it(servers, town):
    """Payment and freeze queue up for one account: the books tell the order in which they got it, not the order in which they came."""
    seen = set()
    for n in range(6):
        (mother,), (child,), _ = household(town, 1, PREMIUM_FEN)
        payment, frozen = pay_shot(servers[0], mother, child), freeze_shot(servers[0], mother)
        with locked(town.server, mother):
            for shot in (payment, frozen) if n % 2 else (frozen, payment):
                fire([shot])
                time.sleep(0.04)
        answer, _ = payment.answer(), town.must(frozen.answer(), 200)
        times_of = dict(town.server.sql("""SELECT e.kind::text, e.at FROM gongji.ledger_entry e WHERE e.person = gongji.person_of(%s) AND e.kind = 'premium'
                                           UNION ALL SELECT l.action, l.at FROM gongji.audit_log l WHERE l.person = gongji.person_of(%s) AND l.action = 'person.freeze'""",
                                        mother.no, mother.no))
        assert codes(answer) == ["GRANTOR_FROZEN"] if answer.status_code != 201 else times_of["premium"] < times_of["person.freeze"]
        seen.add(answer.status_code)
    assert seen == {201, 409}


def test_a_locked_account_holds_up_its_own_family_only(servers, town):
    """The long-locked one waits on its own lane; it succeeds once the lock is gone."""
    (held,), (child,), _ = household(town, 1, PREMIUM_FEN)
    families = [household(town, 2, 3 * PREMIUM_FEN) for _ in range(6)]
    waiting = pay_shot(servers[0], held, child)
    with locked(town.server, held):
        since = fire([waiting])
        rounds = 0
        while time.monotonic() - since < 1.0 or rounds < 2:
            shots = [pay_shot(spread(servers, n + i), adults[0], kid, 2026 + rounds % 2)
                     for n, (adults, kids, _) in enumerate(families) for i, kid in enumerate(kids)]
            started = fire(shots)
            answers = [shot.answer() for shot in shots]
            assert time.monotonic() - started < 1.0, "others waited for a lock that was none of theirs"
            expect_codes(answers, "PREMIUM_ALREADY_PAID", "SHORTFALL_CASH_REQUIRED", "MUTUAL_AID_FUNDS_EMPTY")
            rounds += 1
        assert payments_of(town.server, child) == []
    assert town.must(waiting.answer(), 201)["aid_fen"] == PREMIUM_FEN
    assert time.monotonic() - since < PATIENCE_S + 0.5


def test_f19_an_account_locked_for_too_long_is_overload_and_nothing_happened(first, second, town):
    (held,), (child,), _ = household(town, 1, PREMIUM_FEN)
    shot = pay_shot(first, held, child)
    with locked(town.server, held):
        since = fire([shot])
        answer = shot.answer()
        assert answer.status_code == 503 and code(answer) == "OVERLOADED" and answer.headers["Retry-After"], answer.text
        assert time.monotonic() - since < PATIENCE_S + 0.5
        assert payments_of(town.server, child) == []
    again = pay_shot(second, held, child, key=shot.key).once()
    assert town.must(again, 201)["aid_fen"] == PREMIUM_FEN and "Idempotency-Replayed" not in again.headers


def test_others_wait_briefly_at_most_when_they_meet_on_the_waiting_lane(servers, town):
    """Families that are busy of themselves come to the waiting lane, too: behind a long lock they still end well."""
    (held,), (child,), _ = household(town, 1, PREMIUM_FEN)
    adults, kids, _ = household(town, 40, 40 * PREMIUM_FEN)
    waiting = pay_shot(servers[0], held, child)
    with locked(town.server, held):
        fire([waiting])
        started = time.monotonic()
        answers = volley([pay_shot(spread(servers, n), adults[0], kid) for n, kid in enumerate(kids)])
        assert [answer.status_code for answer in answers] == [201] * 40
        assert time.monotonic() - started < 1.5
    town.must(waiting.answer(), 201)
    assert balances(town.server, *adults) == {adults[0].no: (FLOOR_FEN, 0)}


def test_a_retry_that_reaches_the_other_process_waits_and_delays_nobody(first, second, town):
    """F1: the client gave up on one process and asks the other, while the first still waits for the account."""
    (held,), (child,), _ = household(town, 1, PREMIUM_FEN)
    adults, kids, _ = household(town, 30, 30 * PREMIUM_FEN)
    shots = [pay_shot(first, held, child)]
    shots += [pay_shot(second, held, child, key=shots[0].key) for _ in range(3)]
    with locked(town.server, held):
        since = fire(shots)
        time.sleep(0.3)
        others = [pay_shot(second, adults[0], kid) for kid in kids]
        started = fire(others)
        assert [other.answer().status_code for other in others] == [201] * 30
        assert time.monotonic() - started < 1.5
    answers = [shot.answer() for shot in shots]
    assert [answer.status_code for answer in answers] == [201] * 4 and len({answer.text for answer in answers}) == 1
    assert sum(answer.headers.get("Idempotency-Replayed") == "true" for answer in answers) == 3
    assert time.monotonic() - since < PATIENCE_S


# --- everything at once, as long as one likes ------------------------------------------------------------------------------------
def test_mixed_traffic_leaves_books_that_prove(servers, town):
    """Pay, quote, read, release, bind again, freeze, contribute, by everybody, for GONGJI_SECONDS."""
    adults, kids, bindings = household(town, 8, 20 * PREMIUM_FEN, grantors=4)
    notice = town.caller(adults[0]).get("/v1/bindings/options").json()["notice"]["version"]
    chance = random.Random(45)
    contributed, until = 0, time.monotonic() + max(SECONDS, 1.5)

    def random_shot(n):
        server, adult, kid = spread(servers, n), chance.choice(adults), chance.choice(kids)
        kind = chance.choice(("pay", "pay", "pay", "quote", "release", "bind", "freeze", "thaw", "contribute", "read"))
        if kind == "pay":
            return pay_shot(server, chance.choice((adult, kid)), kid, chance.choice((2026, 2027)), key=f"traffic-{town.tag}-{chance.randrange(200)}")
        if kind == "quote":
            return Shot(server, adult.no, "POST", "/v1/quotes", {"insured_id": kid.no, "benefit_year": 2027})
        if kind == "release":
            return release_shot(server, adult, bindings[adult, kid])
        if kind == "bind":
            return Shot(server, adult.no, "POST", "/v1/bindings", {"beneficiary": {"name": kid.name, "id_number": kid.number}, "relation": "child", "notice_version": notice})
        if kind == "contribute":
            return contribution_shot(server, adult, 1000)
        if kind == "read":
            return Shot(server, adult.no, "GET", "/v1/accounts/me", {})
        return freeze_shot(server, adult, kind == "freeze")

    while time.monotonic() < until:
        shots = [random_shot(n) for n in range(40)]
        answers = volley([shot for shot in shots if shot.method != "GET"])
        assert not [answer.text for answer in answers if answer.status_code >= 500]
        contributed += sum(answer.status_code == 201 for shot, answer in zip([shot for shot in shots if shot.method != "GET"], answers)
                           if shot.path.endswith("/contributions"))
    taken, = town.server.sql("SELECT coalesce(sum(y.aid_fen), 0)::bigint FROM gongji.payment y JOIN gongji.person p ON p.id = y.insured WHERE p.person_no = ANY (%s)",
                             [kid.no for kid in kids])[0]
    assert sum(sum(fen) for fen in balances(town.server, *adults).values()) == 4 * (FLOOR_FEN + 20 * PREMIUM_FEN) + 1000 * contributed - taken
    assert town.must(town.staff.get("/v1/ledger/proof"), 200)["ok"]
    assert metric(servers[0], "gongji_batches_total") > 0

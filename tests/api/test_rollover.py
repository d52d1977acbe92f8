"""New Year on a moved clock: this year's money becomes earlier years' money, once an account, whoever touches it first (F13, S0-07).

Clocks of several server processes differ by up to seconds here, as they do nowhere else: the books must not mind."""
import random
import time

import pytest

from harness import World, codes, split
from volley import Load, balances, beside, contribution_shot, pay_shot, times, volley

OLD_YEAR, NEW_YEAR = "2026-12-31T20:00:00+08:00", "2027-01-01T08:00:00+08:00"
MIDNIGHT = "2027-01-01T00:00:00.000000+08:00"
PREMIUM_FEN, FLOOR_FEN = 40000, 200000
REVIEWED, AT_ONCE = "340500", "350100"  # shares earlier years' money only; shares both above 2000.00, bindings active at once


@pytest.fixture(scope="module")
def old(new_server):
    return new_server("newyear", {"GONGJI_CLOCK_NOW": OLD_YEAR}).start()


@pytest.fixture(scope="module")
def new(old, tmp_path_factory):
    """Two processes in which it is the next year already."""
    servers = [beside(old, tmp_path_factory.mktemp("next"), GONGJI_CLOCK_NOW=NEW_YEAR).start() for _ in range(2)]
    yield servers
    for server in servers:
        assert server.stop() == 0


@pytest.fixture
def town(old):
    return World(old)


def at(town, server):
    """The same town, asked through another process."""
    there = World(server)
    there.counter, there.tag = town.counter, town.tag
    return there


def entries(server, person):
    """[(kind, bucket, fen, money year, effective on)] of the personal account, in order."""
    return [(kind, bucket, fen, year, str(day)) for kind, bucket, fen, year, day in server.sql(
        """SELECT e.kind::text, e.bucket::text, e.amount_fen, e.money_year, e.effective_on FROM gongji.ledger_entry e
            WHERE e.person = gongji.person_of(%s) AND e.account = 'personal' ORDER BY e.account_version""", person.no)]


def rollover(fen):
    return [("rollover", "prior_year", fen, 2026, "2027-01-01"), ("rollover", "current_year", -fen, 2026, "2027-01-01")]


def rollovers(server, person):
    return [entry for entry in entries(server, person) if entry[0] == "rollover"]


def year_of(server, person):
    return server.sql("SELECT current_year FROM gongji.account WHERE person = gongji.person_of(%s)", person.no)[0][0]


def test_s0_07_shareable_money_grows_at_new_year_before_anybody_touches_the_account(town, new):
    mother, child = town.person(REVIEWED, prior=10000, current=50000), town.child(REVIEWED)
    town.bind(mother, child)
    before = town.account(mother)
    assert before["shareable_fen"] == 10000 and before["buckets"] == {"current_year_fen": 50000, "prior_year_fen": 10000}
    assert codes(town.pay(mother, child)) == ["SHORTFALL_CASH_REQUIRED"]
    later = at(town, new[0])
    after = later.account(mother)
    assert after["shareable_fen"] == 60000 and after["buckets"] == {"current_year_fen": 0, "prior_year_fen": 60000}
    assert rollovers(town.server, mother) == []  # reading moved nothing
    assert split(later.must(later.pay(mother, child), 201)) == {"aid:prior_year": PREMIUM_FEN}
    assert entries(town.server, mother)[2:] == [*rollover(50000), ("premium", "prior_year", -PREMIUM_FEN, 2026, "2027-01-01")]
    assert year_of(town.server, mother) == 2027


@pytest.mark.parametrize("round_", range(times(2)))
def test_f13_two_processes_that_touch_the_same_accounts_roll_each_over_once(town, new, round_):
    """Payments and contributions for the same ten accounts arrive at both at one moment."""
    mothers = [town.person(AT_ONCE, prior=FLOOR_FEN, current=3 * PREMIUM_FEN) for _ in range(5)]
    kids = [town.child(AT_ONCE, current=7000) for _ in mothers]
    for mother, child in zip(mothers, kids):
        town.bind(mother, child)
    shots = [shot for n, (mother, child) in enumerate(zip(mothers, kids))
             for shot in (pay_shot(new[n % 2], mother, child), pay_shot(new[1 - n % 2], child, child), contribution_shot(new[0], mother, 100, 2027),
                          contribution_shot(new[1], child, 30, 2026), contribution_shot(new[1], mother, 200, 2025))]
    random.Random(round_).shuffle(shots)
    answers = volley(shots)
    assert not [answer.text for answer in answers if answer.status_code >= 500]
    assert sum(answer.status_code == 409 for answer in answers) == 5  # each child is paid for once
    for mother, child in zip(mothers, kids):
        assert rollovers(town.server, mother) == rollover(3 * PREMIUM_FEN)
        assert rollovers(town.server, child) == rollover(7000)
        assert year_of(town.server, mother) == year_of(town.server, child) == 2027
        left = balances(town.server, mother, child)
        assert sum(left[mother.no]) + sum(left[child.no]) == FLOOR_FEN + 3 * PREMIUM_FEN + 7000 + 100 + 30 + 200 - PREMIUM_FEN
        assert left[mother.no][1] == 100, "only what came for 2027 is this year's money"


def test_f13_an_account_untouched_for_years_rolls_over_once_to_the_first_new_year(town, tmp_path):
    person = town.person(AT_ONCE, prior=1, current=500)
    far = beside(town.server, tmp_path, GONGJI_CLOCK_NOW="2029-03-01T00:00:00+08:00").start()
    try:
        there = at(town, far)
        assert there.account(person)["buckets"] == {"current_year_fen": 0, "prior_year_fen": 501}
        there.contribute(person, 9, 2029)
    finally:
        assert far.stop() == 0
    assert entries(town.server, person)[2:] == [*rollover(500), ("contribution", "current_year", 9, 2029, "2029-03-01")]
    assert year_of(town.server, person) == 2029


def test_f13_an_older_clock_never_moves_a_year_back(town, new):
    """Touched by the new year, then paid from and into by a process that still lives in the old one."""
    mother, child = town.person(AT_ONCE, prior=FLOOR_FEN, current=2 * PREMIUM_FEN), town.child(AT_ONCE)
    town.bind(mother, child)
    at(town, new[0]).contribute(mother, 30000, 2027)
    assert balances(town.server, mother)[mother.no] == (FLOOR_FEN + 2 * PREMIUM_FEN, 30000)
    assert split(town.must(town.pay(mother, child, 2026), 201)) == {"aid:prior_year": PREMIUM_FEN}
    town.contribute(mother, 5, 2026)
    assert year_of(town.server, mother) == 2027
    assert balances(town.server, mother)[mother.no] == (FLOOR_FEN + PREMIUM_FEN + 5, 30000)
    assert split(town.must(town.pay(mother, child, 2027), 201)) == {"aid:prior_year": PREMIUM_FEN}
    other = town.child(AT_ONCE)
    town.bind(mother, other)
    at(town, new[1]).contribute(mother, 20000, 2027)
    paid = town.must(town.pay(mother, other, 2027), 201)
    assert split(paid) == {"aid:prior_year": PREMIUM_FEN}
    assert rollovers(town.server, mother) == rollover(2 * PREMIUM_FEN)
    assert {(bucket, year) for kind, bucket, _, year, _ in entries(town.server, mother) if kind == "premium"} == {("prior_year", 2026)}


def test_f13_money_of_the_new_year_spent_under_an_old_clock_is_still_that_years(town, new):
    child = town.child(AT_ONCE)
    at(town, new[0]).contribute(child, PREMIUM_FEN, 2027)
    assert split(town.must(town.pay(child, child), 201)) == {"own:current_year": PREMIUM_FEN}
    assert [(bucket, year) for kind, bucket, _, year, _ in entries(town.server, child) if kind == "premium"] == [("current_year", 2027)]


def test_f13_f14_payments_in_flight_at_midnight_keep_their_benefit_year(town, tmp_path):
    """A process lives through midnight under load: every payment is of the year it was asked for, with the cover of the instant it was made."""
    mothers = [town.person(AT_ONCE, prior=FLOOR_FEN, current=12 * PREMIUM_FEN) for _ in range(4)]
    kids = {mother: [town.child(AT_ONCE) for _ in range(12)] for mother in mothers}
    for mother in mothers:
        caller = town.caller(mother)
        for child in kids[mother]:
            town.must(town.apply(mother, child, caller=caller, notice_version="2025-1"), 201)
    through = beside(town.server, tmp_path, GONGJI_CLOCK_NOW="2026-12-31T23:59:57+08:00").start()
    there = at(town, through)
    shots = [pay_shot(through, mother, kids[mother][n]) for n in range(12) for mother in mothers]
    paced = iter(shots)
    try:
        with Load(iter(lambda: time.sleep(0.085) or next(paced, None), None), threads=4) as load:
            load.wait_for(len(shots))
        answers = [answer for _, answer in load.pairs()]
        assert [answer.status_code for answer in answers] == [201] * len(answers), [answer.text for answer in answers if answer.status_code != 201][:1]
        paid = [answer.json() for answer in answers]
        before = [payment for payment in paid if payment["created_at"] < MIDNIGHT]
        after = [payment for payment in paid if payment["created_at"] >= MIDNIGHT]
        assert before and after
        assert all(payment["benefit_year"] == 2027 for payment in paid)
        assert {(payment["coverage"]["starts_on"], payment["coverage"]["waiting_months"]) for payment in before} == {("2027-01-01", 0)}
        assert {(payment["coverage"]["starts_on"], payment["coverage"]["waiting_months"]) for payment in after} == {("2027-04-01", 3)}
        assert {leg["bucket"] for payment in after for leg in payment["legs"]} == {"prior_year"}
        for mother in mothers:
            assert sum(balances(town.server, mother)[mother.no]) == FLOOR_FEN
            moved = rollovers(town.server, mother)
            assert moved == rollover(-moved[1][2])
            premiums = [(bucket, year) for kind, bucket, _, year, _ in entries(town.server, mother) if kind == "premium"]
            assert set(premiums) <= {("prior_year", 2025), ("current_year", 2026), ("prior_year", 2026)}
        assert there.account(mothers[0])["buckets"] == {"current_year_fen": 0, "prior_year_fen": FLOOR_FEN}
    finally:
        assert through.stop() == 0


def test_f14_a_quote_of_the_old_year_is_not_charged_in_the_new_one(town, new):
    """It has run out by then; the fresh quote in the refusal tells the new waiting period."""
    mother, child = town.person(AT_ONCE, prior=FLOOR_FEN, current=2 * PREMIUM_FEN), town.child(AT_ONCE)
    town.bind(mother, child)
    quote = town.must(town.quote(mother, child), 201)
    assert quote["coverage"]["waiting_months"] == 0
    later = at(town, new[0])
    refused = later.caller(mother).post("/v1/premium-payments", {"quote_id": quote["id"]})
    assert codes(refused) == ["QUOTE_EXPIRED", "QUOTE_STALE"] and refused.json()["quote"]["coverage"]["waiting_months"] == 3
    assert split(refused.json()["quote"]) == {"aid:prior_year": PREMIUM_FEN}
    payment = later.must(later.caller(mother).post("/v1/premium-payments", {"quote_id": refused.json()["quote"]["id"]}), 201)
    assert payment["coverage"]["starts_on"] == "2027-04-01" and payment["benefit_year"] == 2027

"""Balances at any past moment are what was answered at that moment, whatever happened since, New Year included (F13, S1-30)."""
import random

import pytest

from harness import Caller, World, code
from volley import beside

OLD_YEAR, NEW_YEAR = "2026-12-31T20:00:00+08:00", "2027-01-01T08:00:00+08:00"


@pytest.fixture(scope="module")
def old(new_server):
    return new_server("asof", {"GONGJI_CLOCK_NOW": OLD_YEAR}).start()


@pytest.fixture(scope="module")
def new(old, tmp_path_factory):
    server = beside(old, tmp_path_factory.mktemp("asof-next"), GONGJI_CLOCK_NOW=NEW_YEAR).start()
    yield server
    server.stop()


def test_f13_as_of_answers_what_was_answered_then(old, new):
    dice = random.Random(7)
    town, seen = World(old), []
    mother, child = town.person(prior=150000, current=20000), town.child(current=1000)
    town.bind(mother, child)

    def look(world):
        for person in (mother, child):
            answer = World.must(world.caller(person).get("/v1/accounts/me"), 200)
            seen.append((person, answer))

    for world in (town, World(new)):
        for year in (2026, 2027):
            look(world)
            world.contribute(dice.choice((mother, child)), dice.randrange(1, 5000), 2026)
            look(world)
            world.pay(mother, child, year)
            look(world)
        World.must(world.staff.put(f"/v1/persons/{mother.no}/freeze", {"frozen": world is town, "reason": "test"}), 200)
        look(world)
        town.change(mother, status="paused")
    later = World(new)
    for person, answer in seen:
        again = World.must(later.caller(person).get("/v1/accounts/me", params={"as_of": answer["as_of"]}), 200)
        assert again == answer
        staff = World.must(Caller(new, "op-9", "inquiry").get(f"/v1/accounts/{person.no}", params={"as_of": answer["as_of"]}), 200)
        assert staff == answer


def test_there_is_no_balance_of_the_future(old):
    town = World(old)
    anybody = town.caller(town.person())
    answer = anybody.get("/v1/accounts/me?as_of=2099-01-01")
    assert code(answer) == "VALIDATION_FAILED" and answer.json()["errors"][0]["pointer"] == "?as_of"
    assert code(anybody.get("/v1/accounts/me?as_of=yesterday")) == "VALIDATION_FAILED"
    assert World.must(anybody.get("/v1/accounts/me?as_of=2020-01-01"), 200)["balance_fen"] == 0

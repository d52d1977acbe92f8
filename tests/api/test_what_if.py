"""Other rules tried on past payments (S1-48): the same rules change nothing, whatever happened since; nothing is written."""
import random

import pytest

from harness import Caller, World, code
from inside import contents


@pytest.fixture(scope="module")
def house(new_server):
    return new_server("whatif").start()


@pytest.fixture(scope="module")
def past(house):
    """Families of two areas who paid this and that, and were changed afterwards."""
    dice, world = random.Random(11), World(house)
    for n in range(8):
        area = dice.choice(("340500", "350100"))
        parents = [world.person(area, prior=dice.randrange(0, 300000, 500) + 1, current=dice.randrange(0, 20000, 100)) for _ in range(2)]
        child = world.child(area, current=dice.randrange(0, 50000, 1000))
        for parent in parents:
            world.bind(parent, child)
        for year in (2026, 2027):
            world.pay(dice.choice([child, *parents]), child, year)
    world.must(world.staff.put(f"/v1/persons/{parents[0].no}/freeze", {"frozen": True, "reason": "later"}), 200)
    world.change(parents[1], status="paused")
    world.contribute(child, 777)
    return house


def attempt(house, changes, area="340500", first="2026-11-21", last="2026-11-22", **claims):
    return Caller(house, "planner", "policy", **claims).post(f"/v1/policies/{area}/what-if", {"from": first, "to": last, "changes": changes}, key=None)


def test_s1_48_the_same_rules_give_zero_differences(past):
    before = contents(past)
    for area in "340500", "350100", "340000", "000000":
        report = World.must(attempt(past, {}, area), 200)
        assert report["replayed"] >= 8 and report["not_reproduced"] == 0 and report["payments"] == []
        assert set(report["differences"].values()) == {0}
    assert contents(past) == before, "nothing is written"


def test_s1_48_other_rules_tell_what_would_differ(past):
    report = World.must(attempt(past, {"retained_minimum_fen": 10**12}, "350100"), 200)
    found = report["differences"]
    assert found["payments"] == len(report["payments"]) > 0 and found["aid_fen"] == -found["cash_fen"] < 0 and report["changes"] == ["retained_minimum_fen"]
    for each in report["payments"]:
        paid = World.must(Caller(past, "op", "inquiry").get(f"/v1/payments/{each['payment_id']}"), 200)
        assert (each["before"]["own_fen"], each["before"]["aid_fen"]) == (paid["own_fen"], paid["aid_fen"])
        assert each["after"]["aid_fen"] == 0 and each["after"]["cash_fen"] == each["before"]["aid_fen"]
    refused = World.must(attempt(past, {"channels": {"bind": [], "pay": ["kiosk"], "read": []}}), 200)["differences"]
    assert refused["refused"] == refused["payments"] > 0


def test_a_try_that_cannot_be_made_is_refused(past):
    assert code(attempt(past, {"nonsense": 1})) == "VALIDATION_FAILED"
    assert code(attempt(past, {"retained_minimum_fen": -1})) == "VALIDATION_FAILED"
    assert code(attempt(past, {}, first="soon")) == "VALIDATION_FAILED"
    assert code(attempt(past, {}, first="2026-11-23")) == "RANGE_INVALID"
    assert code(attempt(past, {}, "999999")) == "AREA_UNKNOWN"
    assert code(attempt(past, {}, areas=["350000"])) == "POLICY_NOT_FOUND"

"""Who may share with whom, as time goes by: insurance that stops and starts again, relations known from data, limits on what is given."""
import uuid

import pytest

from harness import code, codes, split
from steps import amend, at_once, beside, family, place, publish

STATUSES = ("active", "suspended", "released")


def binding_of(world, person, id_):
    return world.must(world.caller(person).get(f"/v1/bindings/{id_}"), 200)


def history(world, person, id_):
    return [(event["event"], event["by"], event.get("reason_code")) for event in world.must(world.caller(person).get(f"/v1/bindings/{id_}/history"), 200)["data"]]


# --- Insurance that changes -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rules, scheme, who, status, expected", [
    ({}, "resident", "grantor", "paused", "suspended"), ({}, "resident", "grantor", "terminated", "released"), ({}, "resident", "grantor", "deceased", "released"),
    ({"grantor_status_required": ["normal", "paused"]}, "resident", "grantor", "paused", "active"),
    ({}, "resident", "child", "paused", "active"), ({}, "resident", "child", "deceased", "released"), ({}, "employee", "child", "paused", "suspended"),
    ({}, "employee", "child", "terminated", "released"), ({"insured_status_allowed": {"*": ["normal"]}}, "resident", "child", "paused", "suspended")])
def test_f16_a_binding_follows_both_sides_insurance(world, rules, scheme, who, status, expected):
    """F16 P-11 P-12 P-16 P-30 S1-18 S1-44: paused suspends, terminated and deceased release, unless policy takes the status; the history says why."""
    area = place(world, **rules)
    grantor, child = world.person(area, prior=100000), world.person(area, scheme)
    id_ = world.bind(grantor, child)
    changed = grantor if who == "grantor" else child
    world.change(changed, status=status)
    seen = binding_of(world, grantor, id_)
    assert seen["status"] == expected and seen == binding_of(world, child, id_)
    reason = ("GRANTOR_" if who == "grantor" else "BENEFICIARY_") + status.upper()
    assert history(world, child, id_)[1:] == ([] if expected == "active" else [(expected, "office", reason)])
    assert ("ended_at" in seen) == (expected == "released")
    world.change(changed, status="normal")
    assert binding_of(world, grantor, id_)["status"] == ("released" if expected == "released" else "active")
    assert binding_of(world, grantor, id_)["effective_at"] == seen["effective_at"]


def test_f16_the_payment_after_a_pause_is_refused_with_its_cause(world):
    """F16 S0-10 S1-12: the calling grantor hears both codes; for others the account is passed over; normal again, it pays."""
    area = place(world)
    grantor, child, _ = family(world, area, prior=100000, own=10000)
    quote = world.must(world.quote(grantor, child), 201)
    report = world.must(world.staff.call("POST", "/v1/imports?kind=persons", data=(
        "person_id,name,id_number,area,scheme,status\n" + f"{grantor.no},{grantor.name},{grantor.number},{area},employee,paused\n").encode(),
        headers={"Content-Type": "text/csv"}), 200)  # the midnight file
    assert report["accepted"] == 1
    for answer in world.pay(grantor, child), world.quote(grantor, child), world.caller(grantor).post("/v1/premium-payments", {"quote_id": quote["id"]}):
        assert codes(answer)[:2] == ["BINDING_NOT_ACTIVE", "GRANTOR_STATUS_ABNORMAL"] and answer.status_code == 409
    assert world.must(world.caller(child).get("/v1/accounts/me/aid"), 200)["sources"][0]["why_not"] == "GRANTOR_STATUS_ABNORMAL"
    assert world.must(world.quote(child, child), 201)["skipped"][0]["why_not"] == "GRANTOR_STATUS_ABNORMAL"
    assert codes(world.pay(child, child)) == ["SHORTFALL_CASH_REQUIRED", "MUTUAL_AID_FUNDS_EMPTY"]
    world.change(grantor, status="normal")
    assert split(world.must(world.pay(grantor, child), 201)) == {"own:current_year": 10000, "aid:prior_year": 30000}


@pytest.mark.parametrize("what, expected", [
    ("divorce", ["BINDING_NOT_ACTIVE"]), ("death of the grantor", ["BINDING_NOT_ACTIVE"]), ("end of the grantor's insurance", ["BINDING_NOT_ACTIVE"]),
    ("death of the insured", ["BINDING_NOT_ACTIVE"]), ("transfer of the grantor", ["CROSS_PROVINCE_NOT_ALLOWED"]), ("transfer of the insured", ["CROSS_PROVINCE_NOT_ALLOWED"])])
def test_f12_what_happens_between_approval_and_use(world, what, expected):
    """F12: approved yesterday, no longer true today: looked at again inside the payment, also when a quote was given in between."""
    area, away = place(world, review_mode="manual"), place(world, "53")
    grantor, child, id_ = family(world, area, prior=100000, relation="spouse")
    quote = world.must(world.quote(grantor, child), 201)
    {"divorce": lambda: world.must(world.caller(grantor).post(f"/v1/bindings/{id_}/release", {"reason": "divorce"}), 200),
     "death of the grantor": lambda: world.change(grantor, status="deceased"), "end of the grantor's insurance": lambda: world.change(grantor, status="terminated"),
     "death of the insured": lambda: world.change(child, status="deceased"), "transfer of the grantor": lambda: world.change(grantor, area=away),
     "transfer of the insured": lambda: world.change(child, area=away)}[what]()
    refused = world.caller(grantor).post("/v1/premium-payments", {"quote_id": quote["id"]})
    assert refused.status_code == 409 and [each for each in codes(refused) if each in expected] == expected
    assert code(world.pay(grantor, child)) == expected[0]
    assert world.account(grantor)["balance_fen"] == 100000
    aid = world.caller(child).get("/v1/accounts/me/aid").json()
    assert aid["available_fen"] == 0


def test_p_30_death_ends_applications_too(world):
    """P-30: the review desk has nothing left to decide; an application of someone whose insurance merely ended waits."""
    area = place(world, review_mode="manual")
    grantor, child = world.person(area, prior=100), world.child(area)
    id_ = world.must(world.apply(grantor, child), 201)["id"]
    world.change(grantor, status="terminated")
    assert codes(world.decide(id_)) == ["GRANTOR_STATUS_ABNORMAL"]
    world.change(grantor, status="deceased")
    assert history(world, child, id_) == [("applied", "grantor", None), ("released", "office", "GRANTOR_DECEASED")]
    assert codes(world.decide(id_)) == ["REVIEW_ALREADY_DECIDED"]
    assert world.staff.get(f"/v1/reviews?area={area}&state=queued").json()["data"] == []


def test_f9_f12_status_changes_and_payments_at_once(world):
    """F9 F12: whichever comes first, nothing is half done: a payment that stands was made while the binding was active, and nobody deadlocks."""
    area = place(world)
    families = [family(world, area, prior=100000) for _ in range(4)]
    others = [(grantor, families[(n + 1) % 4][1]) for n, (grantor, _, _) in enumerate(families)]  # each grantor has two children
    for grantor, child in others:
        world.bind(grantor, child)
    calls = [lambda g=g, c=c: world.pay(g, c) for g, c, _ in families]
    calls += [lambda g=g, status=status: world.change(g, status=status) for g, _, _ in families for status in ("paused", "normal")]
    answers = at_once(*calls)
    for (grantor, child, _), answer in zip(families, answers):
        assert answer.status_code == 201 or set(codes(answer)) <= {"BINDING_NOT_ACTIVE", "GRANTOR_STATUS_ABNORMAL", "SHORTFALL_CASH_REQUIRED", "MUTUAL_AID_FUNDS_EMPTY"}, answer.text
    for grantor, _, id_ in families:
        world.change(grantor, status="normal")
        assert binding_of(world, grantor, id_)["status"] == "active"
    assert sum(400 * 100 for answer in answers[:4] if answer.status_code == 201) == sum(100000 - world.account(grantor)["balance_fen"] for grantor, _, _ in families)

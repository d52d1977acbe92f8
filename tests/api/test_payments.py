"""Premiums: what there is to pay, quotes, payments and receipts. Funding order, windows and waiting, every refusal, and who may look."""
import pytest

from harness import CHANNELS, Caller, Server, World, code, codes, id_number, split
from steps import amend, at_once, audited, beside, everything, family, place, pointers, problem, publish, unknown

LATER = "2026-11-21T10:40:00+08:00"
WAITING = {"fixed_months": 3, "months_per_gap_year": 1, "free_gap_years": 0, "epoch_year": 2024, "repair_months_per_year": 1, "floor_gap_years": 4,
           "floor_months": 6, "exempt_classes": ["newborn"]}


def premiums(world, person, more=""):
    return world.must(world.caller(person).get("/v1/premiums" + more), 200)["data"]


def pay_quote(world, person, quote, **more):
    return world.caller(person).post("/v1/premium-payments", {"quote_id": quote["id"], **more})


def freeze(world, person):
    world.must(world.staff.put(f"/v1/persons/{person.no}/freeze", {"frozen": True, "reason": "test"}), 200)


def aid_amounts(body, bindings):
    return [(bindings.index(leg["binding_id"]), leg["amount_fen"]) for leg in body["legs"] if leg["source"] == "aid"]


def balances(world, *people):
    return [world.account(person)["balance_fen"] for person in people]


# --- What there is to pay ---------------------------------------------------------------------------------------------
def test_s0_25_everyone_i_may_pay_for(world):
    """S0-25 S0-41: oneself and every member with an active binding, masked, with window, cover and whether it is paid."""
    mother, girl, boy = world.person(prior=100000), world.child(), world.child()
    world.bind(mother, girl)
    pending = world.must(world.apply(mother, boy), 201)
    (item,) = premiums(world, mother, "?benefit_year=2027")
    assert item["insured"] == {"person_id": girl.no, "name": girl.name[0] + "*" + girl.name[-1], "id_number": girl.number[:3] + "*" * 13 + girl.number[-2:], "area": "340500"}
    assert (item["benefit_year"], item["product"], item["standard_fen"], item["subsidy_fen"], item["payable_fen"], item["paid"]) == (
        2027, "resident_basic", 40000, 0, 40000, False)
    assert item["window"] == {"from": "2026-09-01", "to": "2026-12-31", "state": "open"}
    assert (item["coverage"]["starts_on"], item["coverage"]["ends_on"], item["coverage"]["waiting_months"], item["coverage"]["missed_years"]) == (
        "2027-01-01", "2027-12-31", 0, 0) and item["coverage"]["why"]
    world.must(world.decide(pending["id"]), 200)
    assert {each["insured"]["person_id"] for each in premiums(world, mother, "?benefit_year=2027")} == {girl.no, boy.no}
    world.must(world.pay(mother, girl), 201)
    assert {each["insured"]["person_id"]: each["paid"] for each in premiums(world, mother, "?benefit_year=2027")} == {girl.no: True, boy.no: False}
    assert [each["paid"] for each in premiums(world, girl, f"?insured_id={girl.no}&benefit_year=2027")] == [True]
    assert {each["benefit_year"] for each in premiums(world, girl)} == {2026, 2027}  # 2025 is over
    assert [each["window"]["state"] for each in premiums(world, girl, "?benefit_year=2025")] == ["closed"]
    assert pointers(world.caller(girl).get("/v1/premiums?benefit_year=27&insured=x")) == ["?benefit_year", "?insured"]


def test_s0_03_whom_one_has_not_bound_does_not_exist(world):
    """S0-03 S0-22: known or not, the same answer; a binding that is not active says so."""
    mother, stranger = world.person(prior=100000), world.child(current=40000)
    body = {"benefit_year": 2027}
    for path, key in (("/v1/quotes", None), ("/v1/premium-payments", True)):
        known = world.caller(mother).post(path, {"insured_id": stranger.no, **body}, key=key)
        nobody = world.caller(mother).post(path, {"insured_id": "nobody-7", **body}, key=key)
        assert problem(known) == problem(nobody) and codes(known) == ["BINDING_REQUIRED"] and known.status_code == 409
    assert problem(world.caller(mother).get(f"/v1/premiums?insured_id={stranger.no}")) == problem(world.caller(mother).get("/v1/premiums?insured_id=nobody-7"))
    assert code(world.caller(mother).get(f"/v1/premiums?insured_id={stranger.no}")) == "BINDING_REQUIRED"
    world.must(world.apply(mother, stranger), 201)
    assert code(world.caller(mother).get(f"/v1/premiums?insured_id={stranger.no}")) == "BINDING_NOT_ACTIVE"
    assert codes(world.quote(mother, stranger)) == ["BINDING_NOT_ACTIVE"]
    assert codes(world.quote(stranger, mother)) == ["BINDING_REQUIRED"]  # a binding goes one way
    assert [code(Caller(world.server, "nobody-7", "premium").post("/v1/quotes", {"insured_id": stranger.no, **body}, key=None))] == ["PERSON_NOT_FOUND"]


@pytest.mark.parametrize("windows, window_state, refusal, waiting, starts_on", [
    ([("2026-11-22", "2026-12-31")], "not_open", "ENROLLMENT_WINDOW_NOT_OPEN", 0, "2027-01-01"),
    ([("2026-11-21", "2026-11-21")], "open", None, 0, "2027-01-01"), ([("2026-09-01", "2026-11-21")], "open", None, 0, "2027-01-01"),
    ([("2026-09-01", "2026-11-20")], "late", None, 3, "2027-04-01"), ([("2026-09-01", "2026-11-19", "2026-11-21")], "late", None, 3, "2027-04-01"),
    ([("2026-09-01", "2026-11-19", "2026-11-20")], "closed", "ENROLLMENT_CLOSED", None, None),
    ([("2026-09-01", "2026-09-30", "2026-09-30"), ("2026-12-01", "2026-12-31")], "not_open", "ENROLLMENT_WINDOW_NOT_OPEN", 0, "2027-01-01"),
    ([("2026-09-01", "2026-09-30", "2026-09-30"), ("2026-11-01", "2026-12-31")], "open", None, 0, "2027-01-01")])
def test_s0_35_s0_36_s0_37_windows(world, windows, window_state, refusal, waiting, starts_on):
    """S0-35 S0-36 S0-37 E7: inclusive on both ends; inside, the whole year without a wait; late, a wait that is shown before paying."""
    area = place(world, waiting=WAITING)
    publish(world, area, windows=[dict(zip(("from", "to", "late_until"), each)) for each in windows])
    child = world.child(area, current=40000)
    (item,) = premiums(world, child, "?benefit_year=2027")
    assert item["window"]["state"] == window_state
    if refusal:
        assert codes(world.quote(child, child)) == codes(world.pay(child, child)) == [refusal]
    else:
        coverage = world.must(world.quote(child, child), 201)["coverage"]
        assert (coverage["waiting_months"], coverage["starts_on"], coverage["ends_on"]) == (waiting, starts_on, "2027-12-31")
        assert world.must(world.pay(child, child), 201)["coverage"] == coverage


@pytest.mark.parametrize("person_class, window_state", [("migrant_worker", "open"), ("general", "late"), ("student", "late")])
def test_a_class_with_windows_of_its_own(world, person_class, window_state):
    area = place(world, waiting=WAITING)
    publish(world, area, windows=[{"from": "2026-09-01", "to": "2026-10-31"}, {"from": "2026-09-01", "to": "2027-02-28", "person_class": "migrant_worker"}])
    (item,) = premiums(world, world.child(area, person_class=person_class), "?benefit_year=2027")
    assert item["window"]["state"] == window_state


@pytest.mark.parametrize("years, person_class, missed, waiting, starts_on", [
    ({}, "general", 0, 0, "2027-01-01"), ({2026: True}, "general", 0, 0, "2027-01-01"), ({2024: True, 2025: False, 2026: True}, "general", 0, 0, "2027-01-01"),
    ({2026: False}, "general", 1, 4, "2027-05-01"), ({2024: True}, "general", 2, 5, "2027-06-01"), ({2024: True, 2026: False}, "general", 2, 5, "2027-06-01"),
    ({2019: True}, "general", 3, 6, "2027-07-01"), ({2026: False}, "newborn", 1, 0, "2027-01-01")])
def test_p01_p02_missed_years_wait(world, years, person_class, missed, waiting, starts_on):
    """P-01 P-02: fixed and variable waiting; no history is no gap, nothing before the epoch counts."""
    area = place(world, waiting=WAITING)
    child = world.child(area, person_class=person_class)
    for year, enrolled in years.items():
        world.must(world.staff.put(f"/v1/persons/{child.no}/enrollments/{year}", {"enrolled": enrolled}), 201)
    coverage = world.must(world.quote(child, child), 201)["coverage"]
    assert (coverage["missed_years"], coverage["waiting_months"], coverage["starts_on"]) == (missed, waiting, starts_on)


@pytest.mark.parametrize("birth, starts_on, waiting, window_state", [
    ("20260823", "2026-08-23", 0, "open"), ("20260822", "2026-12-01", 0, "late"), ("20261121", "2026-11-21", 0, "open")])
def test_e11_newborns_are_covered_from_birth_for_ninety_days(world, birth, starts_on, waiting, window_state):
    """E11 P-26: day 90 from birth, day 91 by the area's rule; windows do not matter before."""
    area = place(world, waiting=WAITING, newborn_days=90, newborn_late="next_month")
    publish(world, area, 2026, windows=[{"from": "2025-09-01", "to": "2025-12-31"}])
    newborn = world.child(area, current=40000, birth=birth, person_class="newborn", status="not_insured")
    quote = world.must(world.quote(newborn, newborn, 2026), 201)
    assert (quote["coverage"]["starts_on"], quote["coverage"]["waiting_months"]) == (starts_on, waiting)
    assert premiums(world, newborn, "?benefit_year=2026")[0]["window"]["state"] == window_state


def test_s0_35_f14_the_real_window_of_2025_to_the_second(new_server, tmp_path_factory):
    """S0-35 S0-36 F14: Ma'anshan, 5 September to 31 December 2024; a quote of 23:55 is not charged with a waiting period at 00:00."""
    first = new_server("window", {"GONGJI_CLOCK_NOW": "2024-09-04T23:59:30+08:00"})
    world = World(first.start())
    child = world.child()
    world.must(world.staff.post(f"/v1/persons/{child.no}/contributions", {"amount_fen": 40000, "year": 2024, "reference": "r"}), 201)

    def at(clock):
        made = Server(tmp_path_factory.mktemp("window"), first.database, {"GONGJI_CLOCK_NOW": clock}, secret=first.secret).start()
        others.append(made)
        return beside(world, made)

    others = []
    try:
        assert codes(world.quote(child, child, 2025)) == ["ENROLLMENT_WINDOW_NOT_OPEN"]
        opened, ending, closed = at("2024-09-05T00:00:00+08:00"), at("2024-12-31T23:55:00+08:00"), at("2025-01-01T00:00:01+08:00")
        for now in opened, ending:
            coverage = now.must(now.quote(child, child, 2025), 201)["coverage"]
            assert (coverage["starts_on"], coverage["ends_on"], coverage["waiting_months"]) == ("2025-01-01", "2025-12-31", 0)
        quote = ending.must(ending.quote(child, child, 2025), 201)
        stale = pay_quote(closed, child, quote)
        assert codes(stale) == ["QUOTE_STALE"]
        fresh = stale.json()["quote"]
        assert (fresh["coverage"]["waiting_months"], fresh["coverage"]["starts_on"]) == (3, "2025-04-01")
        assert closed.must(pay_quote(closed, child, fresh), 201)["coverage"]["starts_on"] == "2025-04-01"
    finally:
        for each in others:
            each.stop()


# --- Amounts ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("amount, subsidy, subsidy_fen", [
    (40000, None, 0), (40000, {"mode": "full"}, 40000), (40000, {"mode": "fixed", "amount_fen": 15000}, 15000), (40000, {"mode": "fixed", "amount_fen": 99999}, 40000),
    (40001, {"mode": "rate", "rate_percent": 33}, 13200), (99, {"mode": "rate", "rate_percent": 1}, 0), (40000, {"mode": "rate", "rate_percent": 100}, 40000)], ids=str)
def test_s0_38_the_standard_and_its_subsidies(world, amount, subsidy, subsidy_fen):
    """S0-38: by area, year and class; a rate rounds down to the fen; nothing to pay is paid at once, without legs."""
    area = place(world)
    publish(world, area, amount_fen=amount, subsidies=[{"person_class": "subsistence_allowance", **subsidy}] if subsidy else [])
    child = world.child(area, current=50000, person_class="subsistence_allowance")
    (item,) = premiums(world, child, "?benefit_year=2027")
    assert (item["standard_fen"], item["subsidy_fen"], item["payable_fen"]) == (amount, subsidy_fen, amount - subsidy_fen)
    payment = world.must(world.pay(child, child), 201)
    assert payment["payable_fen"] == amount - subsidy_fen and payment["status"] == "succeeded" and payment["receipt_no"]
    assert split(payment) == ({} if amount == subsidy_fen else {"own:current_year": amount - subsidy_fen, **({"subsidy": subsidy_fen} if subsidy_fen else {})})
    assert balances(world, child) == [50000 - amount + subsidy_fen]


def test_s0_38_no_standard_no_payment(world):
    child = world.child(current=100000)
    for year in 2024, 2028:
        assert codes(world.quote(child, child, year)) == codes(world.pay(child, child, year)) == ["PREMIUM_STANDARD_NOT_PUBLISHED"]
    assert codes(world.quote(child, child, product="long_term_care"))[0] == "USE_NOT_PERMITTED"


@pytest.mark.parametrize("own_prior, own_current, order, expected", [
    (10000, 0, None, {"own:prior_year": 10000, "aid:prior_year": 30000}), (10000, 20000, None, {"own:current_year": 20000, "own:prior_year": 10000, "aid:prior_year": 10000}),
    (30000, 20000, ["prior_year", "current_year"], {"own:prior_year": 30000, "own:current_year": 10000}), (0, 0, None, {"aid:prior_year": 40000}),
    (250000, 0, None, {"own:prior_year": 40000}), (0, 1, None, {"own:current_year": 1, "aid:prior_year": 39999})])
def test_e3_s1_25_own_money_first(world, own_prior, own_current, order, expected):
    """E3 S1-25: no retained minimum on the insured's own account; only what is missing comes from relatives."""
    area = place(world, retained_minimum_fen=200000, own_bucket_order=order or ["current_year", "prior_year"])
    grantor, child = world.person(area, prior=300000), world.child(area, prior=own_prior, current=own_current)
    world.bind(grantor, child)
    payment = world.must(world.pay(grantor, child), 201)
    assert split(payment) == expected and payment["own_fen"] + payment["aid_fen"] == payment["payable_fen"] == 40000 and payment["cash_fen"] == 0
    assert balances(world, child, grantor) == [own_prior + own_current - payment["own_fen"], 300000 - payment["aid_fen"]]


def test_e5_prior_year_money_only(world):
    """E5 S0-07: grantor prior 0, current 900.00; the share is 0 and the whole premium is cash."""
    grantor, child, binding = family(world, "340500", current=90000)
    quote = world.must(world.quote(grantor, child), 201)
    assert split(quote) == {"cash": 40000} and quote["shortfall_fen"] == 40000
    assert quote["skipped"] == [{"binding_id": binding, "why_not": "PRIOR_YEAR_BALANCE_INSUFFICIENT"}]
    refused = world.pay(grantor, child)
    assert codes(refused) == ["SHORTFALL_CASH_REQUIRED", "MUTUAL_AID_FUNDS_EMPTY"] and refused.json()["shortfall_fen"] == 40000
    assert refused.json()["errors"][0]["shortfall_fen"] == 40000


@pytest.mark.parametrize("prior, shortfall", [(200000, 40000), (200001, 39999), (239999, 1), (240000, 0)])
def test_e6_s0_39_the_floor_stays_to_the_fen(world, prior, shortfall):
    """E6 S0-39 S0-40 S1-24: what is missing is said to the fen, and nothing is moved; one fen more and it is paid down to the floor."""
    grantor, child, _ = family(world, "350100", prior=prior)
    answer = world.pay(grantor, child)
    if shortfall:
        assert codes(answer) == ["SHORTFALL_CASH_REQUIRED"] + (["MUTUAL_AID_FUNDS_EMPTY"] if shortfall == 40000 else []) and answer.json()["shortfall_fen"] == shortfall
        assert balances(world, grantor) == [prior]
    else:
        world.must(answer, 201)
        assert balances(world, grantor) == [200000]


def test_e12_two_payments_at_once_against_one_grantor(world):
    """E12 F9: 500.00 shareable, twice 400.00: one in full, the other sees 100.00 and a shortfall of 300.00."""
    mother, kids = world.person(prior=50000), [world.child() for _ in range(2)]
    for child in kids:
        world.bind(mother, child)
    answers = sorted(at_once(*[lambda child=child: world.pay(mother, child) for child in kids]), key=lambda answer: answer.status_code)
    assert split(world.must(answers[0], 201)) == {"aid:prior_year": 40000}
    assert codes(answers[1]) == ["SHORTFALL_CASH_REQUIRED"] and answers[1].json()["shortfall_fen"] == 30000
    assert balances(world, mother) == [10000]


def test_f2_one_payment_per_person_year_and_product(world):
    """F2: two grantors and the child itself pay at once; one payment, nobody is charged twice."""
    father, mother, child = world.person(prior=100000), world.person(prior=100000), world.child(current=40000)
    for grantor in father, mother:
        world.bind(grantor, child)
    answers = at_once(*[lambda caller=caller: world.pay(caller, child) for caller in (father, mother, child) * 3])
    paid = [answer for answer in answers if answer.status_code == 201]
    assert len(paid) == 1 and {tuple(codes(answer)) for answer in answers if answer not in paid} == {("PREMIUM_ALREADY_PAID",)}
    assert balances(world, father, mother, child) == [100000, 100000, 0]


def test_f10_a_release_while_paying_is_before_or_after(world):
    """F10 S0-22: either the payment stands in full or it is refused; never half."""
    area = place(world)
    for _ in range(8):
        grantor, child, binding = family(world, area, prior=40000)
        released, paid = at_once(lambda: world.caller(child).post(f"/v1/bindings/{binding}/release", {}), lambda: world.pay(grantor, child))
        assert released.status_code == 200
        assert (paid.status_code, balances(world, grantor)) == (201, [0]) or (codes(paid), balances(world, grantor)) == (["BINDING_NOT_ACTIVE"], [40000])


# --- Whose money, in which order --------------------------------------------------------------------------------------
def three_grantors(world, **rules):
    area = place(world, **rules)
    grantors, child = [world.person(area, prior=15000) for _ in range(3)], world.child(area)
    return area, grantors, child, [world.bind(grantor, child) for grantor in grantors]


def test_the_calling_grantor_gives_first_then_the_others_by_priority(world):
    area, grantors, child, bindings = three_grantors(world)
    assert aid_amounts(world.must(world.quote(child, child), 201), bindings) == [(0, 15000), (1, 15000), (2, 10000)]
    assert aid_amounts(world.must(world.quote(grantors[2], child), 201), bindings) == [(2, 15000), (0, 15000), (1, 10000)]
    payment = world.must(world.pay(grantors[1], child), 201)
    assert aid_amounts(payment, bindings) == [(1, 15000), (0, 15000), (2, 10000)] and balances(world, *grantors) == [0, 0, 5000]


def test_other_grantors_are_left_alone_where_the_policy_says_so(world):
    area, grantors, child, bindings = three_grantors(world, other_grantors="not_drawn")
    quote = world.must(world.quote(grantors[0], child), 201)
    assert aid_amounts(quote, bindings) == [(0, 15000)] and quote["shortfall_fen"] == 25000
    assert {skipped["why_not"] for skipped in quote["skipped"]} == {"OTHER_GRANTORS_NOT_DRAWN"} and len(quote["skipped"]) == 2
    assert aid_amounts(world.must(world.quote(child, child), 201), bindings) == [(0, 15000), (1, 15000), (2, 10000)]  # no grantor calls: all give


def test_p12_the_number_of_grantors_counts_those_who_give(world):
    area, grantors, child, bindings = three_grantors(world, max_grantors_per_payment=1)
    freeze(world, grantors[0])
    quote = world.must(world.quote(child, child), 201)
    assert aid_amounts(quote, bindings) == [(1, 15000)] and quote["shortfall_fen"] == 25000
    assert [(bindings.index(skipped["binding_id"]), skipped["why_not"]) for skipped in quote["skipped"]] == [(0, "ACCOUNT_FROZEN"), (2, "GRANTOR_LIMIT_REACHED")]


def test_a_grantor_who_cannot_give_is_skipped_but_refuses_when_calling(world):
    """S0-10 S1-26: status, freeze and area of the calling grantor refuse, all at once; of another they only pass that one over."""
    area, grantors, child, bindings = three_grantors(world)
    world.contribute(grantors[2], 100000)
    world.change(grantors[0], status="paused")
    freeze(world, grantors[0])
    world.change(grantors[1], area=place(world, cross_area=False))
    quote = world.must(world.quote(grantors[2], child), 201)
    assert aid_amounts(quote, bindings) == [(2, 40000)]
    assert codes(world.quote(grantors[0], child)) == codes(world.pay(grantors[0], child)) == ["BINDING_NOT_ACTIVE", "GRANTOR_STATUS_ABNORMAL", "GRANTOR_FROZEN"]
    assert codes(world.quote(grantors[1], child)) == ["CROSS_AREA_NOT_ALLOWED"]
    amend(world, area, cross_area=False)
    world.change(grantors[2], area=place(world))
    refused = world.quote(grantors[2], child)
    assert codes(refused) == ["AREA_NOT_ENABLED"] and refused.json()["area"] == area
    skipped = world.must(world.quote(child, child), 201)["skipped"]
    assert [(bindings.index(each["binding_id"]), each["why_not"]) for each in skipped] == [
        (0, "GRANTOR_STATUS_ABNORMAL"), (1, "CROSS_AREA_NOT_ALLOWED"), (2, "AREA_NOT_ENABLED")]


def test_the_insureds_own_freeze_refuses(world):
    grantor, child, _ = family(world, "340500", prior=100000)
    freeze(world, child)
    assert codes(world.pay(grantor, child)) == codes(world.quote(child, child)) == ["ACCOUNT_FROZEN"]


# --- Refusals ---------------------------------------------------------------------------------------------------------
def test_s0_13_only_members_of_the_resident_scheme(world):
    """S0-13: an employee may be bound, but has no resident premium; a child that changed scheme neither."""
    grantor, employee, child = world.person(prior=100000), world.person(), world.child()
    for member in employee, child:
        world.bind(grantor, member)
    assert codes(world.quote(grantor, employee)) == ["NOT_RESIDENT_SCHEME"]
    assert premiums(world, grantor, f"?insured_id={employee.no}") == []
    world.change(child, scheme="employee")
    assert codes(world.pay(grantor, child)) == ["NOT_RESIDENT_SCHEME"]


@pytest.mark.parametrize("status, paid", [("normal", True), ("paused", True), ("terminated", True), ("not_insured", True), ("deceased", False)])
def test_s1_18_the_premium_is_for_those_whom_it_makes_insured(world, status, paid):
    child = world.child(current=40000, status=status)
    answer = world.pay(child, child)
    assert answer.status_code == 201 if paid else codes(answer) == ["BENEFICIARY_STATUS_ABNORMAL"]


@pytest.mark.parametrize("uses, by_child, by_grantor", [
    ({"resident_premium": ["self", "relative"]}, {"own:current_year": 100, "aid:prior_year": 39900}, {"own:current_year": 100, "aid:prior_year": 39900}),
    ({"resident_premium": ["self"]}, {"own:current_year": 100, "cash": 39900}, "USE_NOT_PERMITTED"),
    ({"resident_premium": ["relative"]}, {"aid:prior_year": 40000}, {"aid:prior_year": 40000}),
    ({"outpatient": ["self", "relative"]}, "USE_NOT_PERMITTED", "USE_NOT_PERMITTED"), ({}, "USE_NOT_PERMITTED", "USE_NOT_PERMITTED")], ids=lambda value: "")
def test_s1_23_uses_by_area_and_for_whom(world, uses, by_child, by_grantor):
    """S1-23 S1-41: default deny; for oneself, for relatives, or both, as the insured's area says."""
    area = place(world)
    grantor, child, _ = family(world, area, prior=100000, own=100)
    amend(world, area, uses=uses)
    for caller, expected in ((child, by_child), (grantor, by_grantor)):
        answer = world.quote(caller, child)
        assert codes(answer) == [expected] if isinstance(expected, str) else split(world.must(answer, 201)) == expected


@pytest.mark.parametrize("channel", CHANNELS)
def test_s0_23_s0_32_channels_that_pay(world, channel):
    """S0-23 S0-32: where the insured's area says so; others are told, a kiosk reads only."""
    child = world.child()
    answer = Caller(world.server, child.no, "premium", issuer="dev-" + channel).post("/v1/quotes", {"insured_id": child.no, "benefit_year": 2027}, key=None)
    if channel in ("wechat_oa", "website", "alipay_city", "wechat_city", "third_party", "kiosk"):
        assert codes(answer) == ["CHANNEL_NOT_ALLOWED"]
    else:
        world.must(answer, 201)


def test_s0_31_every_refusal_at_once_in_the_documented_order(world):
    """S0-31: channel, scheme, status, use, standard, amount, name, grantor, own account, area."""
    area = place(world)
    grantor, child, _ = family(world, area, prior=100000)
    shut = place(world, cross_area=False, channels={"pay": ["counter"]}, uses={}, insured_status_allowed={"*": ["normal"]})
    world.change(child, scheme="employee", status="paused", area=shut)
    world.change(grantor, status="paused")
    freeze(world, grantor)
    freeze(world, child)
    body = {"expected_fen": 1, "insured_name": "某某某"}
    expected = ["CHANNEL_NOT_ALLOWED", "BINDING_NOT_ACTIVE", "NOT_RESIDENT_SCHEME", "BENEFICIARY_STATUS_ABNORMAL", "USE_NOT_PERMITTED", "AMOUNT_NOT_ADJUSTABLE", "INSURED_INFO_CHANGED",
                "GRANTOR_STATUS_ABNORMAL", "GRANTOR_FROZEN", "ACCOUNT_FROZEN", "AREA_NOT_ENABLED"]
    refused = world.pay(grantor, child, **body)
    assert codes(refused) == expected and code(refused) == expected[0] and refused.status_code == 409
    unpublished = world.pay(grantor, child, 2031, insured_name="某某某", amount_fen=1)
    assert codes(unpublished) == expected[:5] + ["PREMIUM_STANDARD_NOT_PUBLISHED"] + expected[5:]
    assert balances(world, grantor, child) == [100000, 0]


def test_s1_46_nobody_sets_the_amount(world):
    """S1-46: an amount that is sent is never used: expected_fen is compared, amount_fen refused, even when right."""
    child = world.child(current=50000)
    for body in {"expected_fen": 39999}, {"expected_fen": 40001}, {"amount_fen": 40000}, {"amount_fen": 40000, "expected_fen": 40000}, {"amount_fen": "x"}, {"amount_fen": 0}:
        refused = world.pay(child, child, **body)
        assert codes(refused) == ["AMOUNT_NOT_ADJUSTABLE"] and refused.json()["payable_fen"] == 40000, body
    assert codes(world.quote(child, child, amount_fen=1)) == ["AMOUNT_NOT_ADJUSTABLE"]
    assert world.must(world.pay(child, child, expected_fen=40000), 201)["payable_fen"] == 40000


@pytest.mark.parametrize("body, expected", [
    ({}, ["/insured_id", "/benefit_year"]), ({"insured_id": "x"}, ["/benefit_year"]), ({"quote_id": "quo_x", "insured_id": "x"}, ["/quote_id"]),
    ({"insured_id": "x", "benefit_year": "2027"}, ["/benefit_year"]), ({"insured_id": "x", "benefit_year": 2027, "grantor_id": "y"}, ["/grantor_id"]),
    ({"insured_id": "x", "benefit_year": 2027, "binding_id": "y", "account": 1}, ["/binding_id", "/account"]), ({"insured_id": "x y", "benefit_year": 2027}, ["/insured_id"]),
    ({"insured_id": "x", "benefit_year": 2027, "expected_fen": -1}, ["/expected_fen"]),
    ({"insured_id": "x", "benefit_year": 2027, "client_reference": "r" * 65}, ["/client_reference"])],
    ids=str)
def test_s0_26_a_payment_names_whom_never_an_account(world, body, expected):
    """S0-26 S0-33: the accounts follow from the bindings; nothing else can be said."""
    assert pointers(world.caller(world.child()).post("/v1/premium-payments", body)) == expected


def test_already_paid_names_the_payment_to_those_who_may_read_it(world):
    father, mother, child = world.person(prior=100000), world.person(prior=100000), world.child()
    for grantor in father, mother:
        world.bind(grantor, child)
    payment = world.must(world.pay(father, child), 201)
    for caller, told in ((father, True), (child, True), (mother, False)):
        for refused in world.pay(caller, child), world.quote(caller, child):
            assert codes(refused) == ["PREMIUM_ALREADY_PAID"] and refused.json().get("payment_id") == (payment["id"] if told else None)


# --- Quotes -----------------------------------------------------------------------------------------------------------
def test_s0_27_a_quote_promises_and_moves_nothing(world):
    """S0-27 S0-28 S0-41: insured, area, year, standard, split, cover and expiry; the payment is exactly the quote."""
    grantor, child, binding = family(world, "350100", prior=300000, own=10000)
    quote = world.must(world.quote(grantor, child), 201)
    assert quote["id"].startswith("quo_") and "2026-11-21T10:15" <= quote["expires_at"] < "2026-11-21T10:40" and quote["policy_version"]
    assert quote["insured"]["person_id"] == child.no and "*" in quote["insured"]["name"] and quote["insured"]["area"] == "350100"
    assert [(leg["source"], leg["amount_fen"], leg.get("bucket"), leg.get("binding_id"), leg["rule"]) for leg in quote["legs"]] == [
        ("own", 10000, "current_year", None, "own_bucket_order"), ("aid", 30000, "prior_year", binding, "premium_standard")]
    assert quote["own_fen"] + quote["aid_fen"] + quote["shortfall_fen"] == quote["payable_fen"] == 40000
    assert balances(world, grantor, child) == [300000, 10000] and everything(world.caller(child), "/v1/payments") == []
    payment = world.must(pay_quote(world, grantor, quote), 201)
    assert payment["legs"] == quote["legs"] and payment["coverage"] == quote["coverage"] and payment["policy_version"] == quote["policy_version"]
    assert code(pay_quote(world, grantor, quote)) == "PREMIUM_ALREADY_PAID"


def test_a_quote_is_its_callers_own(world):
    grantor, child, _ = family(world, "340500", prior=100000)
    quote = world.must(world.quote(grantor, child), 201)
    for caller in child, world.person():
        assert problem(pay_quote(world, caller, quote)) == problem(pay_quote(world, caller, {"id": unknown("quo")}))
        assert (pay_quote(world, caller, quote).status_code, code(pay_quote(world, caller, quote))) == (404, "QUOTE_NOT_FOUND")
    assert code(pay_quote(world, grantor, {"id": "quo_x"})) == "QUOTE_NOT_FOUND"


def test_an_expired_quote_comes_back_fresh(world, later_server):
    """15 minutes; the refusal brings a fresh quote that can be paid as it stands."""
    grantor, child, _ = family(world, "340500", prior=100000)
    quote = world.must(world.quote(grantor, child), 201)
    later = beside(world, later_server(LATER))
    refused = pay_quote(later, grantor, quote)
    assert (refused.status_code, codes(refused)) == (409, ["QUOTE_EXPIRED"])
    fresh = refused.json()["quote"]
    assert fresh["id"] != quote["id"] and fresh["legs"] == quote["legs"] and fresh["expires_at"] > "2026-11-21T10:50" and all(leg["why"] for leg in fresh["legs"])
    assert split(later.must(pay_quote(later, grantor, fresh), 201)) == {"aid:prior_year": 40000}


@pytest.mark.parametrize("change", ["own money came", "standard changed", "a gap was entered", "money left", "floor raised"])
def test_a_stale_quote_comes_back_fresh(world, change):
    """F15: charged exactly as quoted or refused with what it would be now."""
    area = place(world, waiting=WAITING)
    grantor, child, _ = family(world, area, prior=100000)
    sibling = world.child(area)
    world.bind(grantor, sibling)
    quote = world.must(world.quote(grantor, child), 201)
    {"own money came": lambda: world.contribute(child, 100), "money left": lambda: (world.must(world.pay(grantor, sibling), 201), amend(world, area, retained_minimum_fen=30000)),
     "standard changed": lambda: publish(world, area, amount_fen=40001), "floor raised": lambda: amend(world, area, retained_minimum_fen=70000),
     "a gap was entered": lambda: world.must(world.staff.put(f"/v1/persons/{child.no}/enrollments/2026", {"enrolled": False}), 201)}[change]()
    refused = pay_quote(world, grantor, quote)
    shortfall = {"money left": 10000, "floor raised": 10000}.get(change, 0)
    assert codes(refused) == ["QUOTE_STALE"] + (["SHORTFALL_CASH_REQUIRED"] if shortfall else [])
    fresh = refused.json()["quote"]
    assert fresh["id"] != quote["id"] and fresh["shortfall_fen"] == shortfall == refused.json().get("shortfall_fen", 0)
    if not shortfall:
        payment = world.must(pay_quote(world, grantor, fresh), 201)
        assert payment["legs"] == fresh["legs"] and payment["coverage"] == fresh["coverage"]
    else:
        assert codes(pay_quote(world, grantor, fresh)) == ["SHORTFALL_CASH_REQUIRED"]


def test_a_quote_is_honoured_when_nothing_it_says_changed(world):
    """F15: money that does not alter a leg, or a new policy revision with equal results."""
    area = place(world)
    grantor, child, _ = family(world, area, prior=100000)
    quote = world.must(world.quote(grantor, child), 201)
    world.contribute(grantor, 500)
    version = amend(world, area, retained_minimum_fen=50000)["version"]
    payment = world.must(pay_quote(world, grantor, quote), 201)
    assert split(payment) == {"aid:prior_year": 40000} and payment["policy_version"] == version > quote["policy_version"]


@pytest.mark.parametrize("change", ["name", "id_number", "area"])
def test_s0_41_who_is_paid_for_is_compared_again(world, change):
    """S0-41 F8: name, ID number or area changed since the quote, or another name than the registered one."""
    grantor, child, _ = family(world, "340500", prior=100000)
    quote = world.must(world.quote(grantor, child), 201)
    world.change(child, **{change: {"name": "李改名", "id_number": id_number(), "area": "340100"}[change]})
    assert codes(pay_quote(world, grantor, quote))[0] == ("INSURED_INFO_CHANGED" if change != "area" else "PREMIUM_STANDARD_NOT_PUBLISHED")
    assert "INSURED_INFO_CHANGED" in codes(pay_quote(world, grantor, quote)) and balances(world, grantor) == [100000]


def test_s0_41_the_name_given_must_be_the_insureds(world):
    grantor, child, _ = family(world, "340500", prior=100000)
    assert codes(world.pay(grantor, child, insured_name="某某某")) == ["INSURED_INFO_CHANGED"]
    world.must(world.pay(grantor, child, insured_name=child.name), 201)


# --- Records ----------------------------------------------------------------------------------------------------------
def test_s0_29_payments_and_receipts_are_for_those_concerned(world, server):
    """S0-29: the payer, the insured and every grantor whose money was taken; to anyone else there is no such payment."""
    father, mother, child, uncle = world.person(prior=30000), world.person(prior=100000), world.child(), world.person(prior=100)
    for grantor in father, mother, uncle:
        world.bind(grantor, child)
    payment = world.must(world.pay(father, child, client_reference="order-1"), 201)
    for person in father, mother, child:
        seen = world.must(world.caller(person).get(f"/v1/payments/{payment['id']}"), 200)
        assert seen == payment and [each["id"] for each in everything(world.caller(person), "/v1/payments")] == [payment["id"]]
        receipt = world.must(world.caller(person).get(f"/v1/payments/{payment['id']}/receipt"), 200)
        assert (receipt["receipt_no"], receipt["payment_id"], receipt["payable_fen"], receipt["legs"]) == (payment["receipt_no"], payment["id"], 40000, payment["legs"])
        assert receipt["insured"]["id_number"] == child.number[:3] + "*" * 13 + child.number[-2:] and receipt["area"] == "340500" and receipt["paid_at"] == payment["created_at"]
    office = {name: Caller(server, "op-9", "inquiry", areas=[area]) for name, area in (("here", "340500"), ("there", "350100"))}
    for path in "", "/receipt":
        nobody = problem(world.caller(uncle).get(f"/v1/payments/{unknown('pay')}{path}"))
        for caller in world.caller(uncle), office["there"]:
            assert problem(caller.get(f"/v1/payments/{payment['id']}{path}")) == nobody and nobody["code"] == "PAYMENT_NOT_FOUND"
        world.must(office["here"].get(f"/v1/payments/{payment['id']}{path}"), 200)
        assert code(world.caller(child).get(f"/v1/payments/pay_x{path}")) == "PAYMENT_NOT_FOUND"
    assert everything(world.caller(uncle), "/v1/payments") == []
    assert [len(audited(world, child.no, action)) for action in ("payment.read", "payment.read_receipt")] == [1, 1]
    assert [each["id"] for each in everything(office["here"], f"/v1/payments?person_id={father.no}")] == [payment["id"]]
    assert code(office["there"].get(f"/v1/payments?person_id={father.no}")) == "PERSON_NOT_FOUND" and pointers(office["here"].get("/v1/payments")) == ["?person_id"]
    office["here"].session.headers.pop("Access-Reason")
    for path in f"/v1/payments/{payment['id']}", f"/v1/payments/{payment['id']}/receipt", f"/v1/payments?person_id={father.no}":
        assert code(office["here"].get(path)) == "ACCESS_REASON_REQUIRED"


def test_a_payment_stays_readable_after_the_binding_has_ended(world):
    grantor, child, binding = family(world, "340500", prior=100000)
    payment = world.must(world.pay(child, child), 201)
    world.must(world.caller(grantor).post(f"/v1/bindings/{binding}/release", {}), 200)
    assert world.must(world.caller(grantor).get(f"/v1/payments/{payment['id']}"), 200) == payment


def test_payments_are_listed_by_filter_newest_first(world):
    mother, kids = world.person(prior=500000), [world.child() for _ in range(3)]
    for child in kids:
        world.bind(mother, child)
    paid = [world.must(world.pay(mother, child, year, client_reference=f"r{n}"), 201) for n, (child, year) in enumerate((child, year) for child in kids for year in (2026, 2027))]
    ids, me = [payment["id"] for payment in paid][::-1], world.caller(mother)
    for query, expected in (("", ids), (f"?insured_id={kids[1].no}", ids[2:4]), ("?client_reference=r4", ids[1:2]), ("?status=succeeded", ids), ("?status=cancelled", []),
                            ("?from=2026-11-22", []), ("?from=2026-11-21&to=2026-11-22", ids), ("?insured_id=nobody-7", []), ("?client_reference=r", [])):
        for limit in None, 2:
            assert [payment["id"] for payment in everything(me, "/v1/payments" + query, limit)] == expected, query
    assert set(pointers(me.get("/v1/payments?status=done&insured_id=a%20b&person_id=x"))) == {"?status", "?insured_id", "?person_id"}


def test_s0_34_who_really_paid_is_recorded(world):
    """S0-34: a proxy works inside the grantor's session; without allow_act the channel may not."""
    grantor, child, _ = family(world, "340500", prior=100000)
    body = {"insured_id": child.no, "benefit_year": 2027}
    refused = Caller(world.server, grantor.no, "premium", issuer="noact", act={"sub": "aunt-1"}).post("/v1/premium-payments", body)
    assert (refused.status_code, code(refused)) == (403, "PROXY_NOT_AUTHORISED")
    payment = world.must(Caller(world.server, grantor.no, "premium", act={"sub": "aunt-1"}).post("/v1/premium-payments", body), 201)
    assert payment["actor"] == "aunt-1" and "actor" not in world.must(world.pay(grantor, child, 2026), 201)


def test_why_is_said_in_the_callers_language(world):
    """Whose money pays what and why, in words with the very amounts; zh-CN unless en is wanted."""
    grantor, child, _ = family(world, "350100", prior=238000, own=100)
    said = {}
    for language, header in (("zh-CN", None), ("zh-CN", "fr, zh;q=0.9"), ("en", "en-GB, zh;q=0.5")):
        answer = world.caller(grantor).post("/v1/quotes", {"insured_id": child.no, "benefit_year": 2027}, key=None, headers={"Accept-Language": header} if header else {})
        assert answer.status_code == 201
        body = answer.json()
        said[language] = [leg["why"] for leg in body["legs"]] + [body["coverage"]["why"]]
        assert all(why.isascii() == (language == "en") or "*" in why for why in said[language]) and not any("{" in why for why in said[language])
        for leg, why in zip(body["legs"], said[language]):
            assert f"{leg['amount_fen'] // 100}.{leg['amount_fen'] % 100:02}" in why
        refused = world.caller(grantor).post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": 2027}, headers={"Accept-Language": header} if header else {})
        assert refused.headers["Content-Language"] == language and "Accept-Language" in refused.headers["Vary"]
        assert refused.json()["title"].isascii() == (language == "en")
    assert "2000.00" in said["zh-CN"][1] and "2000.00" in said["en"][1]  # the retained minimum that set the amount


def test_amounts_can_be_recomputed_from_the_answer(world):
    """Each leg gives the least of what was left and what its source may give; the facts beside it say both."""
    area = place(world, retained_minimum_fen=12345)
    publish(world, area, amount_fen=54321, subsidies=[{"person_class": "relapse_monitored", "mode": "rate", "rate_percent": 7}])
    grantors, child = [world.person(area, prior=prior, current=current) for prior, current in ((20000, 3), (1, 13000), (500000, 0))], \
        world.child(area, prior=17, current=101, person_class="relapse_monitored")
    for grantor in grantors:
        world.bind(grantor, child)
    quote = world.must(world.quote(child, child), 201)
    left = quote["payable_fen"]
    assert quote["subsidy_fen"] == 54321 * 7 // 100 and left == 54321 - quote["subsidy_fen"]
    by_source = {}
    for leg in quote["legs"]:
        if leg["source"] != "subsidy":
            by_source.setdefault((leg["source"], leg.get("binding_id"), leg["bucket"] if leg["source"] == "own" else None), []).append(leg)
    for legs in by_source.values():
        facts, given = legs[0]["facts"], sum(leg["amount_fen"] for leg in legs)
        assert facts["left_fen"] == left and given == min(left, facts.get("available_fen", facts.get("shareable_fen")))
        left -= given
    assert left == 0 and sum(leg["amount_fen"] for leg in quote["legs"]) == 54321
    assert [sum(leg["amount_fen"] for leg in legs) for key, legs in by_source.items() if key[0] == "aid"] == [7658, 656, quote["payable_fen"] - 118 - 7658 - 656]


def test_s1_48_each_area_by_its_own_rules(world):
    """S1-48: the same family in two areas: the grantor's decides what may be shared, the insured's what is paid."""
    here, there = place(world, shareable_buckets=["prior_year"]), place(world, retained_minimum_fen=100)
    publish(world, there, amount_fen=30000)
    grantor, child, _ = family(world, here, prior=1000, current=50000)
    assert split(world.must(world.quote(grantor, child), 201)) == {"aid:prior_year": 1000, "cash": 39000}
    world.change(child, area=there)
    assert split(world.must(world.quote(grantor, child), 201)) == {"aid:prior_year": 1000, "cash": 29000}
    amend(world, here, uses={})
    assert split(world.must(world.quote(grantor, child), 201)) == {"aid:prior_year": 1000, "cash": 29000}, "what the grantor's area opens is for its own insured"
    world.change(grantor, area=there)
    assert split(world.must(world.quote(grantor, child), 201)) == {"aid:prior_year": 1000, "aid:current_year": 29000}

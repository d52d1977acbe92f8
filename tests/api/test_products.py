"""Premiums other than the resident one: the product decides the use, the area lists it, policy says whose money may pay."""
import pytest

from harness import Caller, World, code, codes, split
from steps import state

AREA = "340500"
STANDARD = {"amount_fen": 9900, "benefit": {"from": "2027-01-01", "to": "2027-12-31"}, "windows": [{"from": "2026-11-01", "to": "2026-12-31"}], "source": {"confidence": "demo"}}


@pytest.fixture(scope="module")
def world(new_server):
    return World(new_server("products").start())  # of its own: what is listed here would be offered to everybody


@pytest.fixture(scope="module")
def products(world):
    """Listed for Ma'anshan: large-amount subsidy for the employee scheme, a city insurance for everybody; each with its amount."""
    for product, use, more in (("large_2027", "large_amount_subsidy", {"scheme": "employee"}), ("city_2027", "city_inclusive", {}), ("over_2027", "large_amount_subsidy", {"valid_to": "2026-11-20"})):
        world.must(world.staff.put(f"/v1/products/{AREA}/{product}", {"use": use, "valid_from": "2026-01-01", **more}), 201)
    for product in ("large_2027", "city_2027", "over_2027", "unlisted"):
        world.must(world.staff.put(f"/v1/premium-standards/{AREA}/2027/{product}", STANDARD), 201)


def test_ones_own_account_pays_ones_own_large_amount_subsidy(world, products):
    """S1-39."""
    holder = world.person(current=20000)
    offer = {each["product"]: each for each in world.must(world.caller(holder).get("/v1/premiums"), 200)["data"]}
    assert "large_2027" in offer and "resident_basic" not in offer, "an employee is offered what is for employees"
    paid = world.must(world.pay(holder, holder, product="large_2027"), 201)
    assert (paid["use"], split(paid), paid["coverage"]["waiting_months"]) == ("large_amount_subsidy", {"own:current_year": 9900}, 0)
    assert code(world.pay(holder, holder, product="large_2027")) == "PREMIUM_ALREADY_PAID"


def test_no_relative_pays_it(world, products):
    """S1-39: Anhui opens it for oneself only."""
    mother, father = world.person(prior=100000), world.person()
    world.bind(mother, father, "spouse")
    assert codes(world.pay(mother, father, product="large_2027")) == ["USE_NOT_PERMITTED"]
    refused = world.pay(father, father, product="large_2027")
    assert (code(refused), refused.json()["shortfall_fen"]) == ("SHORTFALL_CASH_REQUIRED", 9900), "nor when the insured calls"
    assert "large_2027" not in [each["product"] for each in world.must(world.caller(mother).get(f"/v1/premiums?insured_id={father.no}"), 200)["data"]]


def test_for_whom_is_the_areas_to_say(world):
    """P-06: where an area widens sharing to near relatives and opens long-term care to them, a grandmother pays it; where it is one's own affair she does not."""
    for area, for_whom in (("320100", ["self", "relative"]), ("320200", ["self"])):
        state(world, area, relations=["spouse", "parent", "child", "sibling", "grandparent", "maternal_grandparent", "grandchild", "maternal_grandchild"],
              uses={"long_term_care": for_whom, "outpatient": ["self", "relative"]}, shareable_buckets=["prior_year"], review_mode="none")
        world.must(world.staff.put(f"/v1/products/{area}/care_2027", {"use": "long_term_care", "valid_from": "2026-01-01"}), 201)
        world.must(world.staff.put(f"/v1/premium-standards/{area}/2027/care_2027", STANDARD), 201)
        grandmother, grandson = world.person(area, prior=100000), world.child(area)
        world.bind(grandmother, grandson, "grandchild")
        answer = world.pay(grandmother, grandson, product="care_2027")
        if "relative" in for_whom:
            assert split(world.must(answer, 201)) == {"aid:prior_year": 9900}
        else:
            assert codes(answer) == ["USE_NOT_PERMITTED"]


def test_what_the_area_does_not_open_or_list_is_for_no_use(world, products):
    """S1-40 S1-42."""
    holder, child = world.person(current=20000), world.child(current=20000)
    assert codes(world.pay(holder, holder, product="city_2027")) == ["USE_NOT_PERMITTED"], "Anhui's rows do not open city insurance"
    assert "USE_NOT_PERMITTED" in codes(world.pay(holder, holder, product="unlisted"))
    assert codes(world.pay(holder, holder, product="over_2027")) == ["USE_NOT_PERMITTED"], "its days are over"
    assert codes(world.pay(child, child, product="large_2027")) == ["USE_NOT_PERMITTED"], "for the employee scheme"


def test_a_city_insurance_where_policy_opens_it(new_server):
    """S1-42."""
    world = World(new_server("city").start())
    rules = {"legal_basis": "乌鲁木齐", "source": {"confidence": "demo"}, "uses": {"city_inclusive": ["self", "relative"]}}
    world.must(world.staff.put(f"/v1/policies/{AREA}/2026-11-21", rules), 201)
    world.must(world.staff.put("/v1/products/340000/hongshan", {"use": "city_inclusive", "valid_from": "2026-01-01"}), 201)
    world.must(world.staff.put(f"/v1/premium-standards/{AREA}/2027/hongshan", STANDARD), 201)
    mother, child = world.person(prior=100000), world.child()
    world.bind(mother, child)
    paid = world.must(world.pay(mother, child, product="hongshan"), 201)
    assert (paid["use"], split(paid)) == ("city_inclusive", {"aid:prior_year": 9900})
    world.must(world.staff.put(f"/v1/products/{AREA}/hongshan", {"use": "city_inclusive", "valid_from": "2026-01-01", "valid_to": "2026-01-31"}), 201)
    other = world.child()
    world.bind(mother, other)
    assert codes(world.pay(mother, other, product="hongshan")) == ["USE_NOT_PERMITTED"], "the area's own row counts before the province's"


def test_products_are_staff_data_of_their_area(world, products):
    body = {"use": "long_term_care", "valid_from": "2026-01-01"}
    assert world.must(world.staff.get(f"/v1/products/{AREA}/large_2027"), 200)["scheme"] == "employee"
    assert code(world.staff.get(f"/v1/products/{AREA}/nothing")) == "PRODUCT_NOT_FOUND"
    assert code(world.staff.put("/v1/products/999999/care", body)) == "AREA_UNKNOWN"
    assert code(Caller(world.server, "op", "policy", areas=["350100"]).put(f"/v1/products/{AREA}/care", body)) == "PRODUCT_NOT_FOUND"
    assert code(world.staff.put(f"/v1/products/{AREA}/care", {**body, "use": "drug"})) == "VALIDATION_FAILED"
    assert code(world.staff.put(f"/v1/products/{AREA}/care", {**body, "valid_to": "2025-01-01"})) == "VALIDATION_FAILED"

"""The main job over HTTP: bind, review, quote, pay, look at the books. Worked examples and the rules of premium payments."""
from harness import Caller, code, codes, split


def test_s0_01_a_mother_pays_her_childs_premium(world):
    """S0-01 S0-03 S0-19 S0-21 S0-25 S0-26 S0-27 S0-29: the whole way of the headline use case."""
    mother, girl = world.person(prior=100000), world.child(current=10000)
    assert codes(world.quote(mother, girl)) == ["BINDING_REQUIRED"]
    binding = world.must(world.apply(mother, girl), 201)
    assert binding["status"] == "pending_review"
    assert codes(world.pay(mother, girl)) == ["BINDING_NOT_ACTIVE"]
    approved = world.must(world.decide(binding["id"]), 200)
    assert approved["status"] == "active"

    mine = world.must(world.caller(mother).get("/v1/premiums?benefit_year=2027"), 200)["data"]
    assert [each["insured"]["person_id"] for each in mine] == [girl.no]
    quote = world.must(world.quote(mother, girl), 201)
    assert split(quote) == {"own:current_year": 10000, "aid:prior_year": 30000}
    assert all(leg["why"] for leg in quote["legs"])
    payment = world.must(world.caller(mother).post("/v1/premium-payments", {"quote_id": quote["id"]}), 201)
    assert payment["status"] == "succeeded" and payment["receipt_no"]
    assert split(payment) == split(quote)
    assert world.account(mother)["balance_fen"] == 70000
    assert world.account(girl)["balance_fen"] == 0
    assert codes(world.pay(girl, girl)) == ["PREMIUM_ALREADY_PAID"]


def test_e1_the_shortfall_is_said_to_the_fen(world):
    father, child = world.person("350100", prior=238000), world.child("350100")
    world.bind(father, child)
    assert split(world.must(world.quote(father, child), 201)) == {"aid:prior_year": 38000, "cash": 2000}
    refused = world.pay(father, child)
    assert code(refused) == "SHORTFALL_CASH_REQUIRED" and refused.status_code == 409
    assert refused.json()["shortfall_fen"] == 2000
    assert world.account(father)["balance_fen"] == 238000


def test_e2_two_grantors_in_their_order(world):
    father, mother, child = world.person("350100", prior=215000), world.person("350100", prior=260000), world.child("350100")
    world.bind(father, child)
    world.bind(mother, child)
    for caller in father, child:
        amounts = [leg["amount_fen"] for leg in world.must(world.quote(caller, child), 201)["legs"]]
        assert amounts == [15000, 25000]
    assert [leg["amount_fen"] for leg in world.must(world.quote(mother, child), 201)["legs"]] == [40000]
    world.must(world.pay(child, child), 201)
    assert (world.account(father)["balance_fen"], world.account(mother)["balance_fen"]) == (200000, 235000)


def test_what_was_bought_stays_what_it_is(world, later_server):
    """S0-36 S0-37: a premium paid in the window shows the cover it bought, also when paying then would be late; one not paid shows what it would buy."""
    father, paid, owing = world.person(prior=100000), world.child(), world.child()
    world.bind(father, paid)
    world.bind(father, owing)
    payment = world.must(world.pay(father, paid), 201)
    in_january = Caller(later_server("2027-01-31T12:00:00+08:00"), father.no, "premium")
    shown = {each["insured"]["person_id"]: each for each in world.must(in_january.get("/v1/premiums?benefit_year=2027"), 200)["data"]}
    assert (shown[paid.no]["paid"], shown[paid.no]["window"]["state"], shown[paid.no]["coverage"]) == (True, "late", payment["coverage"])
    assert (shown[owing.no]["paid"], shown[owing.no]["coverage"]["starts_on"], shown[owing.no]["coverage"]["waiting_months"]) == (False, "2027-04-30", 3)
    over = world.must(world.caller(father).get(f"/v1/premiums?insured_id={owing.no}&benefit_year=2025"), 200)["data"][0]
    assert (over["window"]["state"], over["coverage"]["rule"], over["coverage"]["waiting_months"]) == ("closed", "closed", 3)

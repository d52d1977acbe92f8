"""Care and medicine over HTTP: whose credential, whose money, what is refused, what is given back; and links that hold no money."""
import time
import uuid

import pytest

from harness import Caller, code, codes, mint, split
from steps import SOURCE, place, pointers

VISIT = ("outpatient", 5000)


@pytest.fixture(scope="module")
def hospital(world):
    return world.place()


@pytest.fixture(scope="module")
def family(world):
    mother, child = world.person(prior=100000), world.child(current=1000)
    world.bind(mother, child)
    return mother, child


def test_a_relative_pays_what_the_own_account_cannot(world, hospital):
    """S1-01 S1-20 S1-25."""
    mother, child = world.person(prior=3000), world.child(current=1000)
    binding = world.bind(mother, child)
    paid = world.must(world.settle(hospital, child, {"use": "outpatient", "amount_fen": 20000, "fund_paid_fen": 13000, "out_of_scope_fen": 2000}), 201)
    assert split(paid) == {"own:current_year": 1000, "aid:prior_year": 3000, "cash": 1000}
    assert (paid["payable_fen"], paid["own_fen"], paid["aid_fen"], paid["cash_fen"], paid["status"]) == (5000, 1000, 3000, 1000, "succeeded")
    assert world.account(mother)["balance_fen"] == 0 and world.account(child)["balance_fen"] == 0
    # P-34: both sides find it, with its use and receipt
    spent = world.must(world.caller(child).get(f"/v1/bindings/{binding}/entries"), 200)["data"]
    assert [(entry["kind"], entry["use"], entry["for_whom"], entry["receipt_no"]) for entry in spent] == [("medical", "outpatient", "relative", paid["receipt_no"])]
    for person in (mother, child):
        assert world.must(world.caller(person).get(f"/v1/payments/{paid['id']}"), 200)["settlement_no"] == paid["settlement_no"]
        assert [each["id"] for each in world.must(world.caller(person).get("/v1/payments"), 200)["data"]] == [paid["id"]]
        assert world.must(world.caller(person).get(f"/v1/payments/{paid['id']}/receipt"), 200)["institution_id"] == hospital


def test_anothers_credential_is_refused_and_recorded(world, hospital, family):
    """S1-05 S1-16 S1-47."""
    mother, child = family
    refused = world.settle(hospital, child, VISIT, shown=mother, number="lent-card")
    assert codes(refused) == ["CREDENTIAL_NOT_PATIENT"]
    auditor = Caller(world.server, "op-1", "audit")
    found = [each for each in world.must(auditor.get(f"/v1/incidents?institution_id={hospital}"), 200)["data"] if each["settlement_no"] == "lent-card"]
    assert [(each["patient_id"], each["credential_holder_id"], each["kind"]) for each in found] == [(child.no, mother.no, "credential_of_another")]
    assert world.must(auditor.get(f"/v1/incidents?person_id={mother.no}"), 200)["data"][0]["id"] == found[0]["id"]
    elsewhere = Caller(world.server, "op-2", "audit", areas=["350100"])
    assert found[0]["id"] not in [each["id"] for each in world.must(elsewhere.get("/v1/incidents"), 200)["data"]], "staff of another area do not see it"
    assert code(Caller(world.server, "op-1", "inquiry").get("/v1/incidents")) == "SCOPE_MISSING"


@pytest.mark.parametrize("claims", [{"issuer": "dev-wechat_mini"}, {"issuer": "card", "lifetime": -100}, {"issuer": "nobody"}])
def test_a_proof_is_a_fresh_token_of_a_credential_issuer(world, hospital, family, claims):
    """S1-05."""
    token = mint(world.server, family[1].no, **claims)
    assert code(world.settle(hospital, family[1], VISIT, credential={"kind": "card", "token": token})) == "CREDENTIAL_INVALID"


def test_a_proof_opens_no_route(world, family):
    assert code(Caller(world.server, family[1].no, issuer="card").get("/v1/accounts/me")) == "TOKEN_INVALID"


def test_a_credential_link_shows_and_never_pays(world, hospital):
    """S0-42 S0-43 S1-15."""
    holder, member = world.person(prior=100000), world.child()
    shown = {"presented_by": holder.no}
    assert code(world.settle(hospital, member, VISIT, **shown)) == "CREDENTIAL_NOT_PATIENT"
    asks = {"member": {"name": member.name, "id_number": member.number}}
    link = world.must(world.caller(holder).post("/v1/credential-links", asks, key=None), 201)
    assert world.must(world.caller(holder).post("/v1/credential-links", asks, key=None), 200) == link
    for person in (holder, member):
        assert [each["id"] for each in world.must(world.caller(person).get("/v1/credential-links"), 200)["data"]] == [link["id"]]
    paid = world.must(world.settle(hospital, member, VISIT, **shown), 201)
    assert (split(paid), paid["presented_by"]) == ({"cash": 5000}, holder.no)
    assert code(world.pay(holder, member)) == "CREDENTIAL_LINK_HAS_NO_FUNDS"
    assert code(world.quote(holder, member)) == "CREDENTIAL_LINK_HAS_NO_FUNDS"
    assert world.account(holder)["balance_fen"] == 100000
    assert code(world.caller(world.person()).call("DELETE", f"/v1/credential-links/{link['id']}")) == "CREDENTIAL_LINK_NOT_FOUND"
    assert world.caller(member).call("DELETE", f"/v1/credential-links/{link['id']}").status_code == 204
    assert code(world.caller(member).call("DELETE", f"/v1/credential-links/{link['id']}")) == "CREDENTIAL_LINK_NOT_FOUND"
    assert code(world.settle(hospital, member, VISIT, **shown)) == "CREDENTIAL_NOT_PATIENT"
    assert code(world.pay(holder, member)) == "BINDING_REQUIRED"


def test_a_link_needs_the_right_name_and_another_person(world):
    holder, member = world.person(), world.child()
    ask = lambda name, number: world.caller(holder).post("/v1/credential-links", {"member": {"name": name, "id_number": number}}, key=None)
    assert code(ask("别人", member.number)) == "NAME_ID_MISMATCH"
    assert code(ask(holder.name, holder.number)) == "SELF_BINDING"
    assert code(ask(member.name, "123")) == "ID_NUMBER_INVALID"


def test_suspended_from_to_both_inclusive(world, hospital, family, later_server):
    """P-27 S1-16."""
    child = world.child(current=1000)
    suspend = lambda start, end: world.staff.put(f"/v1/persons/{child.no}/settlement-suspension", {"from": start, "to": end, "reason": "冒名就医"})
    world.must(suspend("2026-09-01", "2026-11-21"), 200)
    assert code(world.settle(hospital, child, ("drug", 10))) == "SETTLEMENT_SUSPENDED"
    world.must(suspend("2026-09-01", "2026-11-20"), 200)
    assert world.settle(hospital, child, ("drug", 10)).status_code == 201
    world.must(suspend("2026-11-22", "2027-11-21"), 200)
    assert world.settle(hospital, child, ("drug", 10)).status_code == 201
    assert code(suspend("2026-12-02", "2026-12-01")) == "VALIDATION_FAILED"
    assert code(world.staff.put("/v1/persons/nobody/settlement-suspension", {"from": "2026-12-01", "to": "2026-12-02", "reason": "x"})) == "PERSON_NOT_FOUND"


def test_places_are_designated_for_their_days_and_uses(world, family):
    """S1-20 S1-21 S1-22."""
    child = family[1]
    pharmacy, checkup = world.place("pharmacy"), world.place("checkup")
    assert code(world.settle("unheard-of", child, VISIT)) == "INSTITUTION_NOT_DESIGNATED"
    assert code(world.settle(pharmacy, child, VISIT)) == "INSTITUTION_NOT_DESIGNATED"
    assert world.settle(pharmacy, child, ("drug", 10), ("device", 10), ("disinfectant", 10)).status_code == 201
    assert world.settle(checkup, child, ("checkup", 10)).status_code == 201
    over = world.place(designated_to="2026-11-20")
    assert code(world.settle(over, child, VISIT)) == "INSTITUTION_NOT_DESIGNATED"
    place = {"name": "某某医院", "kind": "hospital", "area": "340500", "designated_from": "2020-01-01", "designated_to": "2026-11-21"}
    world.must(world.staff.put(f"/v1/institutions/{over}", place), 200)
    assert world.settle(over, child, VISIT).status_code == 201


def test_institutions_are_staff_data_of_their_area(world):
    place = {"name": "某某医院", "kind": "hospital", "area": "350100", "designated_from": "2020-01-01"}
    assert code(Caller(world.server, "op", "registry", areas=["340500"]).put("/v1/institutions/far", place)) == "INSTITUTION_NOT_FOUND"
    assert code(world.staff.put("/v1/institutions/far", {**place, "area": "999999"})) == "AREA_UNKNOWN"
    assert code(world.staff.put("/v1/institutions/far", {**place, "designated_to": "2019-01-01", "kind": "spa"})) == "VALIDATION_FAILED"
    report = world.must(world.staff.call("POST", "/v1/imports?kind=institutions", headers={"Content-Type": "text/csv"}, data=(
        "code,name,kind,area,designated_from,designated_to\nCSV1,一院,hospital,340500,2020-01-01,\nCSV2,二院,spa,340500,2020-01-01,\nCSV3,三店,pharmacy,340599,2020-01-01,2030-12-31\n").encode()), 200)
    assert (report["accepted"], [(error["line"], error["code"]) for error in report["errors"]]) == (1, [(3, "VALIDATION_FAILED"), (4, "AREA_UNKNOWN")])


def test_what_is_not_payable(world, hospital, family):
    """S1-03 S1-04 S1-38 S1-46."""
    child = family[1]
    item = {"use": "vaccine", "amount_fen": 1000, "fund_paid_fen": 300, "out_of_scope_fen": 200}
    assert codes(world.settle(hospital, child, item, expected_fen=501)) == ["ITEM_CODE_REQUIRED", "EXCEEDS_PERSONAL_BURDEN"]
    assert world.settle(hospital, child, item, expected_fen=501).json()["payable_fen"] == 500
    assert codes(world.settle(hospital, child, {**item, "item_code": "XJ01"}, expected_fen=499)) == ["AMOUNT_NOT_ADJUSTABLE"]
    assert world.settle(hospital, child, {**item, "item_code": "XJ01"}, expected_fen=500).status_code == 201
    assert code(world.settle(hospital, child, ("massage", 100))) == "VALIDATION_FAILED"
    faults = world.settle(hospital, child, {"use": "drug", "amount_fen": 1, "fund_paid_fen": 1, "out_of_scope_fen": 1}, {"use": "drug", "own_fen": 1}).json()["errors"]
    assert {fault["pointer"] for fault in faults} == {"/items/0/amount_fen", "/items/1/own_fen", "/items/1/amount_fen", "/items/1/fund_paid_fen", "/items/1/out_of_scope_fen"}


def test_an_area_opens_uses_one_by_one(world, hospital):
    """S1-04 P-08: what the patient's area does not open is refused use by use; public health, sport and wellness are no uses that an area could open."""
    area = place(world, uses={"drug": ["self"]})
    child = world.child(area, current=1000)
    for use in "outpatient", "inpatient", "treatment", "device", "disinfectant", "checkup", "vaccine":
        refused = world.settle(hospital, child, {"use": use, "item_code": "X", "amount_fen": 10, "fund_paid_fen": 0, "out_of_scope_fen": 0})
        assert (code(refused), refused.json()["use"]) == ("USE_NOT_PERMITTED", use)
    assert split(world.must(world.settle(hospital, child, ("drug", 10)), 201)) == {"own:current_year": 10}
    for use in "public_health", "fitness", "wellness":
        assert code(world.settle(hospital, child, (use, 10))) == "VALIDATION_FAILED"
        refused = world.staff.put(f"/v1/policies/{area}/2026-12-01", {"legal_basis": "test", "source": SOURCE, "uses": {use: ["self"]}})
        assert code(refused) == "VALIDATION_FAILED" and pointers(refused)[0].startswith("/uses")


def test_payable_zero_takes_nothing(world, hospital, family):
    paid = world.must(world.settle(hospital, family[1], {"use": "inpatient", "amount_fen": 700, "fund_paid_fen": 700, "out_of_scope_fen": 0}), 201)
    assert (paid["legs"], paid["payable_fen"], paid["status"]) == ([], 0, "succeeded")


def test_a_settlement_is_paid_once_and_a_retry_hears_the_first_answer(world, hospital, family):
    mother, child = family
    number, key = uuid.uuid4().hex, uuid.uuid4().hex
    proof = {"kind": "card", "token": mint(world.server, child.no, issuer="card", lifetime=2)}
    first = world.settle(hospital, child, VISIT, number=number, key=key, credential=proof)
    before = world.account(mother)["balance_fen"]
    again = world.settle(hospital, child, VISIT, number=number, key=key, credential=proof)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    refused = world.settle(hospital, child, VISIT, number=number)
    assert (code(refused), refused.json()["payment_id"]) == ("SETTLEMENT_NO_REUSED", first.json()["id"])
    assert world.settle(world.place(), child, VISIT, number=number).status_code == 201, "another place has its own numbers"
    assert before - world.account(mother)["balance_fen"] == 5000
    assert code(world.settle(hospital, child, ("drug", 1), number=number, key=key)) == "IDEMPOTENCY_KEY_REUSED"


def test_a_reversal_gives_each_account_its_own_money_back(world, later_server):
    """F7 F13."""
    place, mother, child = world.place(), world.person(prior=3000), world.child(current=1000)
    binding = world.bind(mother, child)
    paid = world.must(world.settle(place, child, VISIT), 201)
    assert code(world.reverse(world.place(), paid["id"])) == "PAYMENT_NOT_FOUND", "another place's payment"
    world.must(world.caller(mother).post(f"/v1/bindings/{binding}/release", {}), 200)
    new_year = type(world)(later_server("2027-01-03T09:00:00+08:00"))
    key = uuid.uuid4().hex
    back = world.must(new_year.reverse(place, paid["id"], key=key), 200)
    assert [each["event"] for each in world.must(world.caller(child).get(f"/v1/payments/{paid['id']}/history"), 200)["data"]] == ["created", "refunded"]
    assert back["status"] == "refunded" and back["reversed_at"].startswith("2027-01-03")
    assert new_year.account(child)["buckets"] == {"current_year_fen": 0, "prior_year_fen": 1000}, "last year's money is prior-year money by now"
    assert new_year.account(mother)["buckets"] == {"current_year_fen": 0, "prior_year_fen": 3000}
    assert new_year.reverse(place, paid["id"], key=key).json() == back
    assert code(new_year.reverse(place, paid["id"])) == "ALREADY_REFUNDED"
    assert new_year.account(mother)["balance_fen"] == 3000


def test_care_is_taken_back_by_its_place_and_not_refunded_by_the_bureau(world, hospital, family):
    paid = world.must(world.settle(hospital, family[1], VISIT), 201)
    for caller in (Caller(world.server, "op-1", "refund"), world.caller(family[1])):
        assert code(caller.post(f"/v1/payments/{paid['id']}/refunds", {"reason_code": "wrong_insured"})) == "PAYMENT_NOT_REFUNDABLE"


def test_only_institutions_settle_and_only_with_a_key(world, hospital, family):
    body = {"patient_id": family[1].no, "settlement_no": "1", "items": []}
    assert code(world.caller(family[0]).post("/v1/medical-payments", body)) == "SCOPE_MISSING"
    assert code(Caller(world.server, hospital, "medical", issuer="his").post("/v1/medical-payments", body, key=None)) == "IDEMPOTENCY_KEY_MISSING"


def test_an_unknown_patient_with_a_proof_of_their_own(world, hospital):
    nobody = type("P", (), {"no": "not-registered"})
    assert code(world.settle(hospital, nobody, VISIT)) == "PERSON_NOT_FOUND"

"""Who may share with whom, as time goes by: insurance that stops and starts again, relations known from data, limits on what is given."""
import pytest

from harness import code, codes, split
from steps import amend, at_once, beside, family, place, publish


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


# --- Relations known from data ----------------------------------------------------------------------------------------
def load(caller, text, **options):
    return caller.call("POST", "/v1/imports?kind=relations", data=text.encode(), headers={"Content-Type": "text/csv"}, **options)


@pytest.mark.parametrize("said, claimed, matches", [
    ("child", "child", True), ("2", "child", True), ("30", "child", True), ("27", "child", True), ("12", "spouse", True), ("51", "parent", True), ("6", "maternal_grandparent", True),
    ("61", "grandparent", True), ("61", "maternal_grandparent", False), ("44", "maternal_grandchild", True), ("75", "sibling", True), ("parent", "child", False)])
def test_p_20_an_automatic_review_decides_by_the_records(world, said, claimed, matches):
    """P-20 P-21 S1-28 S1-43: a record that matches decides at once and spares the documents; otherwise a document and the queue."""
    area = place(world, "53", review_mode="automatic", evidence_required={claimed: ["household_register"]},
                 relations="spouse parent child sibling grandparent maternal_grandparent grandchild maternal_grandchild".split())
    grantor, relative = world.person(area, prior=100000), world.child(area)
    assert codes(world.apply(grantor, relative, claimed)) == ["EVIDENCE_REQUIRED"]
    assert world.must(load(world.staff, f"grantor_id,relative_id,relation\n{grantor.no},{relative.no},{said}\n"), 200)["accepted"] == 1
    answer = world.apply(grantor, relative, claimed)
    if not matches:
        assert codes(answer) == ["EVIDENCE_REQUIRED"]
        amend(world, area, evidence_required={})
        answer = world.apply(grantor, relative, claimed)
    binding = world.must(answer, 201)
    assert (binding["status"], binding["review"]["mode"], binding["review"]["state"]) == (("active", "automatic", "decided") if matches else ("pending_review", "automatic", "queued"))
    item = world.must(world.staff.get(f"/v1/reviews?area={area}"), 200)["data"][0]
    assert item["automatic_check"]["result"] == ("match" if matches else "mismatch") and (item["decision"] == "approve") == matches
    assert history(world, grantor, binding["id"])[1:] == ([("approved", "system", None)] if matches else [])


def test_p_20_a_record_that_comes_later_is_seen_by_the_desk(world):
    """P-20 S1-29: the queue shows what is known today; a record counts from both sides."""
    area = place(world, review_mode="automatic")
    grantor, child = world.person(area, prior=100), world.child(area)
    id_ = world.must(world.apply(grantor, child), 201)["id"]

    def found():
        return world.must(world.staff.get(f"/v1/reviews?area={area}"), 200)["data"][0]["automatic_check"]

    assert found() == {"result": "none"}
    world.must(load(world.staff, f"person_id,relative_id,relation\n{child.no},{grantor.no},52\n"), 200)
    assert found() == {"result": "match", "recorded": ["child"]}
    world.must(world.decide(id_), 200)
    world.must(load(world.staff, f"person_id,relative_id,relation\n{child.no},{grantor.no},7\n"), 200)
    assert found() == {"result": "match", "recorded": ["child"]}  # what was known when it was decided


def test_p_07_in_laws_are_left_out_with_a_code(world):
    """P-07 S0-11 S1-07: 28, 38 and 53 to 56 are no near relatives, nor is oneself; the other lines are taken."""
    mother, child = world.person(), world.child()
    bad = [("28", "NOT_A_NEAR_RELATIVE"), ("38", "NOT_A_NEAR_RELATIVE"), ("53", "NOT_A_NEAR_RELATIVE"), ("56", "NOT_A_NEAR_RELATIVE"), ("0", "NOT_A_NEAR_RELATIVE"),
           ("99", "NOT_A_NEAR_RELATIVE"), ("daughter_in_law", "VALIDATION_FAILED"), ("", "VALIDATION_FAILED")]
    text = "relation,beneficiary_id,grantor_id\n" + "".join(f"{relation},{child.no},{mother.no}\n" for relation, _ in bad) + f"2,{child.no},{mother.no}\n2,nobody,{mother.no}\n2,{mother.no},{mother.no}\n"
    report = world.must(load(world.staff, text), 200)
    assert (report["accepted"], report["rejected"]) == (1, len(bad) + 2)
    assert [error["code"] for error in report["errors"]] == [expected for _, expected in bad] + ["PERSON_NOT_FOUND", "VALIDATION_FAILED"]
    assert "近亲属" in report["errors"][0]["detail"]


def test_relations_are_recorded_by_two_offices_at_once(world):
    """The same file twice at the same time, in other orders: nobody deadlocks, nothing is doubled."""
    people = [world.person() for _ in range(6)]
    rows = [f"{one.no},{other.no},sibling\n" for n, one in enumerate(people) for other in people[n + 1:]]
    answers = at_once(*[lambda order=order: load(world.staff, "person_id,relative_id,relation\n" + "".join(order)) for order in (rows, rows[::-1]) * 2])
    assert [answer.json()["accepted"] for answer in answers] == [len(rows)] * 4
    assert world.server.sql("SELECT count(*) FROM gongji.relation_record r JOIN gongji.person p ON p.id = r.person WHERE p.person_no = ANY (%s)", [each.no for each in people]) == [(30,)]


# --- Limits -----------------------------------------------------------------------------------------------------------
def legs(body):
    return [(leg["amount_fen"], leg["rule"]) for leg in body["legs"] if leg["source"] == "aid"]


@pytest.mark.parametrize("code_, name, rules, relatives", [
    ("411000", "Xuchang", {"relation_limits": {"parent": 2, "spouse": 1, "child": 3}, "max_members": 5, "max_grantors_per_beneficiary": 1}, ["parent", "parent", "spouse", "child", "child"]),
    ("340700", "Tongling", {"max_members": 6, "premium_cap_fen": 38000}, ["child"] * 6), ("450500", "Beihai", {"relations": ["child"], "max_members": 1}, ["child"]),
    ("340800", "Anqing", {"daily_cap_fen": 50000}, ["child", "child"])])
def test_p_18_p_19_limits_of_real_cities_are_rows(world, code_, name, rules, relatives):
    """P-18 P-19: what cities are said to limit can be stated under their GB/T 2260 codes, and then counts."""
    world.must(world.staff.put(f"/v1/policies/{code_}/2026-11-21", {"legal_basis": "test", "source": {"confidence": "C", "note": name}, "review_mode": "none",
                                                                      "notice_version": "n1", **rules}), 201)
    grantor = world.person(code_, prior=500000)
    members = [world.child(code_) for _ in relatives]
    for member, relation in zip(members, relatives):
        world.must(world.apply(grantor, member, relation), 201)
    more = world.apply(grantor, world.child(code_), "child")
    if "max_members" in rules:
        assert "MEMBER_LIMIT_REACHED" in codes(more)
    if "max_grantors_per_beneficiary" in rules:
        assert codes(world.apply(world.person(code_, prior=1), members[0], "child")) == ["GRANTOR_LIMIT_REACHED"]
    if "relation_limits" in rules:
        assert "RELATION_LIMIT_REACHED" in codes(world.apply(grantor, world.child(code_), "parent"))


def test_p_12_a_grantor_limits_what_one_member_gets_in_one_payment(world):
    """P-12 S1-46: only by the grantor, only where the area has such limits; the leg says that it was this."""
    area, plain = place(world, per_payment_cap_editable=True), place(world)
    grantor, child, id_ = family(world, area, prior=100000)
    path = f"/v1/bindings/{id_}/cap"
    assert world.must(world.caller(grantor).put(path, {"per_payment_cap_fen": 15000}), 200)["per_payment_cap_fen"] == 15000
    assert code(world.caller(child).put(path, {"per_payment_cap_fen": 1})) == "BINDING_NOT_FOUND"
    for body in {}, {"per_payment_cap_fen": -1}, {"per_payment_cap_fen": "5"}, {"per_payment_cap_fen": 1.5}, {"per_payment_cap_fen": 5, "amount_fen": 5}:
        assert code(world.caller(grantor).put(path, body)) == "VALIDATION_FAILED"
    quote = world.must(world.quote(grantor, child), 201)
    assert legs(quote) == [(15000, "per_payment_cap_fen")] and quote["shortfall_fen"] == 25000 and quote["legs"][0]["legal_basis"] == "test"
    assert "150.00" in quote["legs"][0]["why"] and quote["legs"][0]["facts"]["cap_fen"] == 15000
    english = world.caller(grantor).post("/v1/quotes", {"insured_id": child.no, "benefit_year": 2027}, key=None, headers={"Accept-Language": "en"}).json()
    assert "gives this relative at most 150.00 yuan a payment" in english["legs"][0]["why"]
    assert code(world.pay(grantor, child)) == "SHORTFALL_CASH_REQUIRED"
    world.must(world.caller(grantor).put(path, {"per_payment_cap_fen": None}), 200)
    assert split(world.must(world.pay(grantor, child), 201)) == {"aid:prior_year": 40000}
    grantor, child, id_ = family(world, plain, prior=100000)
    refused = world.caller(grantor).put(f"/v1/bindings/{id_}/cap", {"per_payment_cap_fen": 1})
    assert (refused.status_code, code(refused)) == (409, "NOT_EDITABLE")


def test_p_19_limits_of_a_day_and_a_year(world, later_server):
    """P-19: counted over all relatives from the ledger; the day ends at 24:00 in China; who has given enough is passed over."""
    area = place(world, daily_cap_fen=50000, yearly_cap_fen=90000, max_grantors_per_beneficiary=None)
    mother, first, _ = family(world, area, prior=500000)
    second, third = world.child(area), world.child(area)
    father = world.person(area, prior=500000)
    for child in second, third:
        world.bind(mother, child)
        world.bind(father, child)
    world.must(world.pay(mother, first), 201)
    quote = world.must(world.quote(mother, second), 201)
    assert legs(quote) == [(10000, "daily_cap_fen"), (30000, "premium_standard")]
    world.must(world.pay(mother, second), 201)
    quote = world.must(world.quote(mother, third), 201)
    assert [each["why_not"] for each in quote["skipped"]] == ["CAP_REACHED"] and legs(quote) == [(20000, "daily_cap_fen")]
    sources = world.must(world.caller(third).get("/v1/accounts/me/aid"), 200)["sources"]
    assert [(source["available_fen"], source.get("why_not")) for source in sources] == [(0, "CAP_REACHED"), (20000, None)]
    tomorrow = beside(world, later_server("2026-11-22T00:00:01+08:00"))
    assert legs(tomorrow.must(tomorrow.quote(mother, third), 201)) == [(40000, "premium_standard")]
    tomorrow.must(tomorrow.pay(mother, third), 201)
    fourth = world.child(area)
    tomorrow.bind(mother, fourth)
    quote = tomorrow.must(tomorrow.quote(mother, fourth), 201)
    assert quote["skipped"][0]["why_not"] == "CAP_REACHED" and quote["shortfall_fen"] == 40000


def test_f9_p_19_payments_at_once_keep_the_days_limit(world):
    """F9 P-19: six children paid for at the same instant: as many as the day's limit pays for, not one fen more."""
    area = place(world, daily_cap_fen=100000)
    mother = world.person(area, prior=500000)
    kids = [world.child(area) for _ in range(6)]
    for kid in kids:
        world.bind(mother, kid)
    answers = at_once(*[lambda kid=kid: world.pay(mother, kid) for kid in kids])
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409, 409]
    assert world.account(mother)["balance_fen"] == 500000 - 80000


def test_p_35_a_binding_lapses_after_its_last_day(world, later_server):
    """P-35: to its last day it pays; from the next on it is expired wherever it is shown, gives nothing and frees its place."""
    area = place(world, max_members=1)
    grantor, child = world.person(area, prior=100000), world.child(area)
    id_ = world.must(world.apply(grantor, child, valid_to="2026-11-22"), 201)["id"]
    last = beside(world, later_server("2026-11-22T23:00:00+08:00"))
    assert binding_of(last, grantor, id_)["status"] == "active" and legs(last.must(last.quote(grantor, child), 201)) == [(40000, "premium_standard")]
    after = beside(world, later_server("2026-11-23T00:00:01+08:00"))
    seen = binding_of(after, grantor, id_)
    assert (seen["status"], seen["ended_at"]) == ("expired", "2026-11-23T00:00:00.000000+08:00")
    assert after.must(after.caller(child).get("/v1/bindings?status=expired"), 200)["data"][0]["id"] == id_
    assert history(after, child, id_)[-1][:2] == ("expired", "system")
    assert codes(after.quote(grantor, child)) == ["BINDING_NOT_ACTIVE"]
    assert after.must(after.caller(child).get("/v1/accounts/me/aid"), 200)["sources"] == []
    assert after.must(after.caller(grantor).get("/v1/bindings/options"), 200)["members_left"] == 1


def test_f11_an_applicant_sees_the_place_in_the_queue(world):
    """F11: in a backlog an applicant sees how many are before, and by when it is due; each decision moves the others up."""
    area = place(world, review_mode="manual")
    grantor = world.person(area, prior=100)
    ids = [world.must(world.apply(grantor, world.child(area)), 201)["id"] for _ in range(4)]

    def places():
        return [binding_of(world, grantor, id_)["review"].get("position") for id_ in ids]

    assert places() == [1, 2, 3, 4]
    world.must(world.decide(ids[1]), 200)
    assert places() == [1, None, 2, 3]
    world.must(world.caller(grantor).post(f"/v1/bindings/{ids[0]}/withdraw"), 200)
    assert places() == [None, None, 1, 2]
    assert binding_of(world, grantor, ids[3])["review"]["due_at"].startswith("2026-11-26")


def test_f11_applied_inside_the_window_and_approved_after_it(world, later_server):
    """F11: the instant of the payment decides window and cover, not that of the application; the quote says so before."""
    area = place(world, review_mode="manual")
    publish(world, area, windows=[{"from": "2026-09-01", "to": "2026-11-22"}])
    grantor, child = world.person(area, prior=100000), world.child(area)
    id_ = world.must(world.apply(grantor, child), 201)["id"]
    after = beside(world, later_server("2026-11-25T09:00:00+08:00"))
    after.must(after.decide(id_), 200)
    quote = after.must(after.quote(grantor, child), 201)
    assert (quote["coverage"]["rule"], quote["coverage"]["waiting_months"]) == ("late", 3)


def test_f15_f16_a_policy_about_statuses_counts_at_the_next_payment(world):
    """F15 F16 P-16: an edit of grantor_status_required is heard at once where money is asked for, in both directions."""
    area = place(world, grantor_status_required=["normal", "paused"])
    grantor, child = world.person(area, prior=100000), world.child(area)
    id_ = world.bind(grantor, child)
    world.change(grantor, status="paused")
    assert binding_of(world, grantor, id_)["status"] == "active" and world.account(grantor)["shareable_fen"] == 100000
    amend(world, area, grantor_status_required=["normal"])
    assert codes(world.quote(grantor, child)) == ["GRANTOR_STATUS_ABNORMAL"] and world.account(grantor)["shareable_fen"] == 0
    skipped = world.must(world.caller(child).get("/v1/accounts/me/aid"), 200)["sources"][0]
    assert skipped["why_not"] == "GRANTOR_STATUS_ABNORMAL"
    assert codes(world.pay(grantor, child)) == ["GRANTOR_STATUS_ABNORMAL"]
    amend(world, area, grantor_status_required=["normal", "paused"])
    assert split(world.must(world.pay(grantor, child), 201)) == {"aid:prior_year": 40000}


def test_f15_f16_a_binding_follows_a_policy_about_statuses_when_the_register_states_them_anew(world):
    """F15 F16 P-16: what the area takes by now resumes, what it takes no more is suspended, with the next import that says nothing new."""
    area = place(world)
    grantor, child = world.person(area, prior=100000), world.child(area)
    id_ = world.bind(grantor, child)
    world.change(grantor, status="paused")
    assert binding_of(world, grantor, id_)["status"] == "suspended"
    amend(world, area, grantor_status_required=["normal", "paused"])
    world.change(grantor, status="paused")
    assert binding_of(world, grantor, id_)["status"] == "active"
    amend(world, area, grantor_status_required=["normal"])
    header = "person_id,name,id_number,area,scheme,status\n"
    row = grantor.body(status="paused")
    text = header + ",".join([grantor.no, row["name"], row["id_number"], row["area"], row["scheme"], "paused"]) + "\n"
    report = world.must(world.staff.call("POST", "/v1/imports?kind=persons", data=text.encode(), headers={"Content-Type": "text/csv"}), 200)
    assert report["accepted"] == 1 and binding_of(world, grantor, id_)["status"] == "suspended"
    assert [event for event, _, _ in history(world, child, id_)[1:]] == ["suspended", "resumed", "suspended"]
    world.change(grantor, status="normal")
    assert binding_of(world, grantor, id_)["status"] == "active"

"""The review desk: one queue oldest first, leases so that two reviewers never hold the same case, decisions that stand once and are checked again."""
import pytest

from harness import Caller, code, codes, split
from steps import amend, at_once, audited, beside, everything, pointers, place, problem, statuses, unknown

LATER, MONDAY_WEEK = "2026-11-21T10:40:00+08:00", "2026-11-30T09:00:00+08:00"


def reviewer(world, name="rev-1", **claims):
    caller = Caller(world.server, name, "review", **claims)
    caller.session.headers.pop("Access-Reason")  # the desk needs none
    return caller


def desk(world, count=1, **rules):
    """An area whose applications are reviewed by hand, and some of them, oldest first."""
    area = place(world, review_mode="manual", **rules)
    grantor = world.person(area, prior=100000)
    return area, grantor, [world.must(world.apply(grantor, world.child(area), notice_version="n1"), 201) for _ in range(count)]


def claim(caller, area):
    return caller.post("/v1/reviews/claim", {"area": area}, key=None)


def decide(caller, id_, decision="approve", **more):
    return caller.post(f"/v1/bindings/{id_}/decision", {"decision": decision, **more})


def queue(caller, area, more=""):
    return everything(caller, f"/v1/reviews?area={area}{more}")


# --- The list ---------------------------------------------------------------------------------------------------------
def test_s1_29_the_queue_is_oldest_first_with_age_and_evidence(world):
    """S1-29: what a reviewer must know, masked, without a reason to give."""
    area, grantor, applications = desk(world, 3, review_sla_workdays=2)
    items = everything(reviewer(world), f"/v1/reviews?state=queued&area={area}", 2)
    assert [item["binding_id"] for item in items] == [each["id"] for each in applications]
    first = items[0]
    assert (first["area"], first["state"], first["overdue"], first["age_workdays"], first["evidence"], first["automatic_check"]) == (area, "queued", False, 0, [], {"result": "none"})
    assert first["due_at"].startswith("2026-11-25T00:00:00") and first["relation"] == "child" and first["lease"] is None
    assert grantor.number not in str(items) and grantor.name not in str(items)
    assert len([item for item in everything(reviewer(world), "/v1/reviews?area=510000", 50) if item["area"] == area]) == 3


def test_s1_29_age_counts_working_days_and_tells_what_is_overdue(world, later_server):
    """F11: due 24:00 of the last working day; 21 November 2026 is a Saturday."""
    area, _, applications = desk(world, 2, review_sla_workdays=3)
    world.must(decide(reviewer(world), applications[1]["id"]), 200)
    desk_later = reviewer(beside(world, later_server(MONDAY_WEEK)))
    items = queue(desk_later, area)
    assert [(item["age_workdays"], item["overdue"], item["state"]) for item in items] == [(6, True, "queued"), (0, False, "decided")]
    assert [item["binding_id"] for item in queue(desk_later, area, "&overdue=true")] == [applications[0]["id"]]
    assert [item["binding_id"] for item in queue(desk_later, area, "&overdue=false")] == [applications[1]["id"]]
    assert queue(reviewer(world), area, "&overdue=true") == []


def test_the_list_is_filtered_and_keeps_to_the_reviewers_areas(world):
    area, _, applications = desk(world, 4)
    first = reviewer(world)
    assert claim(first, area).json()["binding_id"] == applications[0]["id"]
    world.must(decide(first, applications[1]["id"], "request_more", reason="x"), 200)
    world.must(decide(first, applications[2]["id"], "reject", reason="x"), 200)
    for n, name in enumerate(("claimed", "more_requested", "decided", "queued")):
        assert [item["binding_id"] for item in queue(first, area, f"&state={name}")] == [applications[n]["id"]], name
    assert set(pointers(first.get("/v1/reviews?state=open&overdue=yes&area=x"))) == {"?state", "?overdue", "?area"}
    for areas, count in ((["*"], 4), ([area], 4), (["510000"], 4), (["340500"], 0), ([], 0), (None, 0)):
        assert len(queue(reviewer(world, areas=areas), area)) == count
    assert code(Caller(world.server, "op", "registry inquiry").get("/v1/reviews")) == "SCOPE_MISSING"


def test_areas_that_review_nothing_have_no_queue(world):
    area = place(world, review_mode="commitment")
    world.bind(world.person(area, prior=100), world.child(area))
    assert queue(reviewer(world), area) == [] and claim(reviewer(world), area).status_code == 204


# --- Claims -----------------------------------------------------------------------------------------------------------
def test_s1_29_two_reviewers_never_get_the_same(world):
    """20 claims at once over 12 applications: 12 different ones, and nothing for the other 8."""
    area, _, applications = desk(world, 12)
    answers = at_once(*[lambda n=n: claim(reviewer(world, f"rev-{n}"), area) for n in range(20)])
    assert statuses(answers) == {200: 12, 204: 8}
    assert {answer.json()["binding_id"] for answer in answers if answer.content} == {each["id"] for each in applications}


def test_a_claim_is_leased_and_named(world):
    """The oldest is given, with its lease, and the claim is in the audit; another's lease stands against a decision."""
    area, _, applications = desk(world, 2)
    mine = world.must(claim(reviewer(world, "rev-a"), area), 200)
    assert mine["binding_id"] == applications[0]["id"] and mine["state"] == "claimed" and "2026-11-21T10:15" <= mine["lease"]["until"] <= "2026-11-21T10:25"
    assert [row[0] for row in audited(world, applications[0]["beneficiary"]["person_id"], "review.claim")] == ["rev-a"]
    for decision in "approve", "reject", "request_more":
        refused = decide(reviewer(world, "rev-b"), mine["binding_id"], decision, reason="x")
        assert (refused.status_code, code(refused)) == (409, "REVIEW_CLAIMED")
    world.must(decide(reviewer(world, "rev-a"), mine["binding_id"]), 200)
    world.must(decide(reviewer(world, "rev-b"), applications[1]["id"]), 200)  # a claim is not needed
    assert claim(reviewer(world, "rev-a"), area).status_code == 204


def test_a_lease_that_ran_out_is_in_the_queue_again(world, later_server):
    """F11: after 15 minutes the next reviewer gets it, and the former one's lease counts for nothing."""
    area, _, applications = desk(world, 1)
    world.must(claim(reviewer(world, "rev-a"), area), 200)
    assert claim(reviewer(world, "rev-b"), area).status_code == 204
    later = beside(world, later_server(LATER))
    assert [item["state"] for item in queue(reviewer(later), area)] == ["queued"]
    taken = later.must(claim(reviewer(later, "rev-b"), area), 200)
    assert taken["binding_id"] == applications[0]["id"] and taken["lease"]["until"] > "2026-11-21T10:50"
    assert code(decide(reviewer(later, "rev-a"), taken["binding_id"])) == "REVIEW_CLAIMED"
    later.must(decide(reviewer(later, "rev-b"), taken["binding_id"]), 200)


def test_claims_keep_to_areas_and_give_nobody_their_own_case(world):
    area, grantor, applications = desk(world, 1)
    assert claim(reviewer(world, areas=["340500"]), area).status_code == 204
    assert claim(reviewer(world, person_id=grantor.no), area).status_code == 204
    assert reviewer(world, areas=[area]).post("/v1/reviews/claim", {}, key=None).json()["binding_id"] == applications[0]["id"]
    assert pointers(claim(reviewer(world), "x")) == ["/area"] and pointers(reviewer(world).post("/v1/reviews/claim", {"state": "x"}, key=None)) == ["/state"]


# --- Decisions --------------------------------------------------------------------------------------------------------
def test_s0_21_nothing_is_usable_before_approval(world):
    """S0-21 S1-29: approved, it can pay at once; the history says how it came to be, not which clerk did it."""
    area, grantor, (application,) = desk(world)
    child = application["beneficiary"]["person_id"]
    payer = Caller(world.server, grantor.no, "premium")

    def pay():
        return payer.post("/v1/premium-payments", {"insured_id": child, "benefit_year": 2027})

    assert codes(pay()) == ["BINDING_NOT_ACTIVE"]
    approved = world.must(decide(reviewer(world), application["id"]), 200)
    assert (approved["status"], approved["review"]["state"]) == ("active", "decided") and approved["effective_at"]
    assert split(world.must(pay(), 201)) == {"aid:prior_year": 40000}
    history = world.caller(grantor).get(f"/v1/bindings/{application['id']}/history")
    assert [(event["event"], event["by"]) for event in history.json()["data"]] == [("applied", "grantor"), ("approved", "office")] and "rev-1" not in history.text


def test_a_rejection_says_why_and_frees_the_pair(world):
    area, grantor, (application,) = desk(world)
    rejected = world.must(decide(reviewer(world), application["id"], "reject", reason_code="RELATION_UNPROVEN", reason="户口本不清晰"), 200)
    assert rejected["status"] == "rejected"
    mine = world.must(world.caller(grantor).get(f"/v1/bindings/{application['id']}"), 200)
    assert (mine["review"]["reason_code"], mine["review"]["reason"]) == ("RELATION_UNPROVEN", "户口本不清晰") and mine["ended_at"]
    wanted = {"insured_id": application["beneficiary"]["person_id"], "benefit_year": 2027}
    assert codes(Caller(world.server, grantor.no, "premium").post("/v1/quotes", wanted, key=None)) == ["BINDING_NOT_ACTIVE"]


@pytest.mark.parametrize("first, then", [("approve", "approve"), ("approve", "reject"), ("reject", "approve"), ("reject", "request_more")])
def test_a_decision_stands(world, first, then):
    area, _, (application,) = desk(world)
    world.must(decide(reviewer(world), application["id"], first, reason="x"), 200)
    refused = decide(reviewer(world), application["id"], then, reason="x")
    assert (refused.status_code, code(refused)) == (409, "REVIEW_ALREADY_DECIDED")


def test_two_decisions_at_once_are_one(world):
    area, _, (application,) = desk(world)
    answers = at_once(*[lambda n=n: decide(reviewer(world, f"rev-{n}"), application["id"], "approve" if n % 2 else "reject", reason="x") for n in range(6)])
    assert statuses(answers) == {200: 1, 409: 5} and {code(answer) for answer in answers if answer.status_code == 409} == {"REVIEW_ALREADY_DECIDED"}


def test_a_more_requested_application_waits_for_the_applicant(world):
    """It is nobody's to claim until documents come; it may still be decided."""
    area, grantor, (application,) = desk(world)
    world.must(decide(reviewer(world), application["id"], "request_more", reason_code="PAGE_MISSING"), 200)
    assert claim(reviewer(world), area).status_code == 204
    assert world.must(decide(reviewer(world), application["id"]), 200)["status"] == "active"


@pytest.mark.parametrize("body, expected", [
    ({}, ["/decision"]), ({"decision": "maybe"}, ["/decision"]), ({"decision": "reject"}, ["/reason_code"]), ({"decision": "request_more"}, ["/reason_code"]),
    ({"decision": "approve", "note": 1}, ["/note"]), ({"decision": "reject", "reason": ""}, ["/reason"]), ({"decision": "reject", "reason_code": "x" * 65}, ["/reason_code"])],
    ids=str)
def test_decisions_that_speak_against_need_a_reason(world, body, expected):
    area, _, (application,) = desk(world)
    assert pointers(reviewer(world).post(f"/v1/bindings/{application['id']}/decision", body)) == expected


def test_nobody_decides_about_oneself(world):
    """REVIEWER_CONFLICT: a party to it, or who made the application for the grantor."""
    area = place(world, review_mode="manual")
    grantor, child = world.person(area, prior=100), world.child(area)
    clerk = Caller(world.server, grantor.no, "family", act={"sub": "clerk-9"})
    id_ = world.must(world.apply(grantor, child, caller=clerk, notice_version="n1"), 201)["id"]
    for caller in reviewer(world, person_id=grantor.no), reviewer(world, person_id=child.no), reviewer(world, "clerk-9"):
        for decision in "approve", "reject", "request_more":
            refused = decide(caller, id_, decision, reason="x")
            assert (refused.status_code, code(refused)) == (403, "REVIEWER_CONFLICT")
    world.must(decide(reviewer(world, person_id=world.person(area).no), id_), 200)


def test_reviewers_reach_only_their_areas(world):
    area, _, (application,) = desk(world)
    nobody = problem(decide(reviewer(world), unknown("bnd")))
    assert nobody["code"] == "BINDING_NOT_FOUND"
    for areas in ["340500"], ["340000"], [], None:
        assert problem(decide(reviewer(world, areas=areas), application["id"])) == nobody
    assert code(decide(Caller(world.server, "op", "registry policy"), application["id"])) == "SCOPE_MISSING"
    world.must(decide(reviewer(world, areas=["510000"]), application["id"]), 200)


@pytest.mark.parametrize("change, expected", [
    ("grantor paused", ["GRANTOR_STATUS_ABNORMAL"]), ("grantor frozen", ["GRANTOR_FROZEN"]), ("grantor joined residents", ["GRANTOR_NOT_EMPLOYEE_INSURED"]),
    ("beneficiary not insured", ["BENEFICIARY_NOT_INSURED"]), ("beneficiary moved away", ["CROSS_PROVINCE_NOT_ALLOWED"]),
    ("relation closed", ["RELATION_NOT_PERMITTED"]), ("grantor paused and moved", ["GRANTOR_STATUS_ABNORMAL", "CROSS_PROVINCE_NOT_ALLOWED"])])
def test_f12_conditions_are_checked_again_at_approval(world, change, expected):
    """F12: what changed since the application refuses the approval and leaves the case open; rejecting it is still possible."""
    area = place(world, review_mode="manual")
    grantor, child = world.person(area, prior=100), world.child(area)
    id_ = world.must(world.apply(grantor, child), 201)["id"]
    {"grantor paused": lambda: world.change(grantor, status="paused"), "grantor joined residents": lambda: world.change(grantor, scheme="resident"),
     "grantor frozen": lambda: world.must(world.staff.put(f"/v1/persons/{grantor.no}/freeze", {"frozen": True, "reason": "x"}), 200),
     "beneficiary not insured": lambda: world.change(child, status="not_insured", scheme="employee"), "beneficiary moved away": lambda: world.change(child, area="320100"),
     "relation closed": lambda: amend(world, area, relations=["spouse"]),
     "grantor paused and moved": lambda: world.change(grantor, status="paused", area="340500")}[change]()
    refused = decide(reviewer(world), id_)
    assert refused.status_code == 409 and codes(refused) == expected
    assert [item["state"] for item in queue(reviewer(world), area)] == ["queued"]
    assert world.must(decide(reviewer(world), id_, "reject", reason="x"), 200)["status"] == "rejected"


def test_its_own_place_is_not_counted_again_at_approval(world):
    """Limits that were just met at the application are met at the approval too."""
    area, _, (application,) = desk(world, 1, max_members=1, relation_limits={"child": 1}, max_grantors_per_beneficiary=1)
    world.must(decide(reviewer(world), application["id"]), 200)

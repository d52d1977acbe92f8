"""Whoever of the staff reads a person's data leaves who, what and why; auditors read that, and are recorded themselves (F18, S0-45, S1-35, P-37)."""
import pytest

from harness import Caller, World, code

REASON = "群众来电核对"


@pytest.fixture(scope="module")
def family(world: World):
    mother, child = world.person(prior=100000), world.child(birth="20180201")
    binding = world.bind(mother, child)
    payment = world.must(world.pay(mother, child), 201)["id"]
    return {"mother": mother.no, "child": child.no, "binding": binding, "payment": payment}


LOOKS = {
    "person.read": "/v1/persons/{child}", "account.read": "/v1/accounts/{child}", "account.read_aid": "/v1/accounts/{child}/aid",
    "account.read_entries": "/v1/accounts/{child}/entries", "binding.list": "/v1/bindings?person_id={child}", "binding.read": "/v1/bindings/{binding}",
    "binding.read_history": "/v1/bindings/{binding}/history", "binding.read_entries": "/v1/bindings/{binding}/entries", "payment.list": "/v1/payments?person_id={child}",
    "payment.read": "/v1/payments/{payment}", "payment.read_receipt": "/v1/payments/{payment}/receipt",
}


def rows(server, query, **claims):
    return World.must(Caller(server, "auditor-1", "audit", **claims).get("/v1/audit?" + query), 200)["data"]


@pytest.mark.parametrize("action", LOOKS)
def test_f18_a_look_at_a_person_is_recorded_with_its_reason(server, family, action):
    operator = f"curious-{action}"
    look = Caller(server, operator, "inquiry")
    assert look.get(LOOKS[action].format(**family), headers={"Access-Reason": REASON.encode()}).status_code == 200
    found = rows(server, f"person_id={family['child']}&subject={operator}")
    assert len(found) == 1, found
    assert (found[0]["subject"], found[0]["reason"], found[0]["person_id"]) == (operator, REASON, family["child"])


def test_f18_the_record_of_a_person_holds_the_payments_too(server, family):
    assert {"id": family["payment"], "action": "payment.create", "subject": family["mother"]}.items() <= [
        row for row in rows(server, f"person_id={family['child']}") if row["action"] == "payment.create"][0].items()
    assert [row["details"]["payment_id"] for row in rows(server, f"person_id={family['mother']}") if row["action"] == "account.draw"] == [family["payment"]]


def test_f18_reading_the_audit_of_a_person_needs_a_reason_and_is_recorded(server, family):
    auditor = Caller(server, "auditor-2", "audit")
    del auditor.session.headers["Access-Reason"]
    assert code(auditor.get(f"/v1/audit?person_id={family['child']}")) == "ACCESS_REASON_REQUIRED"
    rows(server, f"person_id={family['child']}")
    assert "audit.read" in [row["action"] for row in rows(server, f"person_id={family['child']}&subject=auditor-1")]


def test_f18_auditors_see_their_areas_only(server, family):
    far = Caller(server, "auditor-3", "audit", areas=["350000"])
    assert code(far.get(f"/v1/audit?person_id={family['child']}")) == "PERSON_NOT_FOUND"
    assert not [row for row in rows(server, "limit=200", areas=["350000"]) if row.get("person_id") in family.values()]


def test_the_audit_is_paged_and_ranged(server, family):
    auditor = Caller(server, "auditor-4", "audit")
    seen, path = [], "/v1/audit?limit=7"
    for _ in range(3):
        page = World.must(auditor.get(path), 200)
        seen += [row["id"] for row in page["data"]]
        path = "/v1/audit?limit=7&cursor=" + page["next_cursor"]
    assert len(seen) == len(set(seen)) == 21
    assert code(auditor.get("/v1/audit?from=2026-11-22&to=2026-11-21")) == "RANGE_INVALID"
    assert code(Caller(server, "clerk", "inquiry").get("/v1/audit")) == "SCOPE_MISSING"

"""Idempotency-Key: where it is needed, what counts as the same request, what is replayed, and that one key has one effect however often it comes."""
import time
import uuid

import pytest

from harness import Caller, World, code, codes, id_number, mint
from steps import at_once, family, problem, statuses, unknown

KEYED = ["/v1/bindings", "/v1/bindings/{bnd}/withdraw", "/v1/bindings/{bnd}/release", "/v1/bindings/{bnd}/evidence", "/v1/bindings/{bnd}/decision",
         "/v1/persons/nobody/contributions", "/v1/premium-payments"]
UNKEYED = ["/v1/quotes", "/v1/reviews/claim", "/v1/persons/resolve", "/v1/evidence", "/v1/imports?kind=persons"]


def key():
    return uuid.uuid4().hex


def paid(world, person, key_, headers=None, **changes):
    return world.caller(person).post("/v1/premium-payments", {"insured_id": person.no, "benefit_year": 2027, **changes}, key=key_, headers=headers or {})


def replayed(answer):
    return answer.headers.get("Idempotency-Replayed") == "true"


# --- Where a key is needed --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", KEYED)
def test_exactly_these_writes_need_a_key(world, path):
    """Asked before the body is read: a missing key is told first, whatever the body is."""
    path = path.format(bnd=unknown("bnd"))
    refused = world.staff.post(path, {"nonsense": 1}, key=None)
    assert (refused.status_code, code(refused)) == (400, "IDEMPOTENCY_KEY_MISSING") and not replayed(refused)
    assert code(world.staff.post(path, {"nonsense": 1})) == "VALIDATION_FAILED"
    assert code(Caller(world.server, "x", "events").post(path, {}, key=None)) == "SCOPE_MISSING"  # and the scope before the key
    assert code(world.staff.call("POST", path, data=b"a=1", headers={"Content-Type": "application/x-www-form-urlencoded"})) == "MEDIA_TYPE_NOT_SUPPORTED"


@pytest.mark.parametrize("path", UNKEYED)
def test_no_other_write_needs_one(world, path):
    assert code(world.staff.post(path, {}, key=None)) != "IDEMPOTENCY_KEY_MISSING"


def test_puts_and_quotes_take_no_notice_of_a_key(world):
    child, same = world.child(current=40000), key()
    quotes = [world.caller(child).post("/v1/quotes", {"insured_id": child.no, "benefit_year": 2027}, key=same) for _ in range(2)]
    assert quotes[0].json()["id"] != quotes[1].json()["id"] and not any(map(replayed, quotes))


@pytest.mark.parametrize("bad", ["", '""', "x" * 256, "two words", "\u00e4", "键", '"open', "a,b c", "tab\tbed"])
def test_keys_are_visible_ascii(world, bad):
    child = world.child(current=40000)
    refused = paid(world, child, None, {"Idempotency-Key": bad.encode()})
    assert refused.status_code == 400 and code(refused) in ("IDEMPOTENCY_KEY_INVALID", "IDEMPOTENCY_KEY_MISSING", "REQUEST_MALFORMED")
    assert world.account(child)["balance_fen"] == 40000


@pytest.mark.parametrize("good", ["x", "x" * 255, "!#$%&'*+-.^_`|~", "a,b;c=d", "0", "null"])
def test_any_visible_ascii_is_a_key(world, good):
    child = world.child(current=40000)
    world.must(paid(world, child, good), 201)
    assert replayed(paid(world, child, good))


def test_a_quoted_key_is_the_same_as_a_bare_one(world):
    child, same = world.child(current=40000), key()
    first = world.must(paid(world, child, same), 201)
    again = paid(world, child, f'"{same}"')
    assert replayed(again) and again.json() == first and code(paid(world, child, same.upper())) == "PREMIUM_ALREADY_PAID"


# --- The same again ----------------------------------------------------------------------------------------------------
def test_e13_the_same_request_again_is_the_first_answer(world):
    """F1 F3: same status and result, marked as a replay; one effect."""
    child, same = world.child(current=100000), key()
    first = paid(world, child, same)
    assert first.status_code == 201 and not replayed(first)
    for _ in range(3):
        again = paid(world, child, same)
        assert (again.status_code, again.json()) == (201, first.json()) and replayed(again)
    assert world.account(child)["balance_fen"] == 60000
    assert again.headers["Request-Id"] != first.headers["Request-Id"]


@pytest.mark.parametrize("count", [20])
def test_f1_one_key_many_times_at_once_has_one_effect(world, count):
    """F1: in flight, the others wait and replay; also for writes that are not batched."""
    grantor, child, binding = family(world, "340500", prior=100000)
    pay_key, release_key = key(), key()
    answers = at_once(*[lambda: world.pay(grantor, child, key=pay_key)] * count)
    assert statuses(answers) == {201: count} and len({answer.text for answer in answers}) == 1 and sum(map(replayed, answers)) == count - 1
    assert world.account(grantor)["balance_fen"] == 60000
    answers = at_once(*[lambda: world.caller(grantor).post(f"/v1/bindings/{binding}/release", {}, key=release_key)] * count)
    assert statuses(answers) == {200: count} and len({answer.text for answer in answers}) == 1 and sum(map(replayed, answers)) == count - 1


def test_every_keyed_write_replays(world):
    """Applied, withdrawn, decided, released, shown, contributed: the answer of then, also after the state has moved on."""
    grantor, child = world.person(prior=100), world.child()
    me, office = world.caller(grantor), Caller(world.server, "reviewer-1", "review")
    document = me.call("POST", "/v1/evidence", data=b"%PDF-1.7", headers={"Content-Type": "application/pdf", "Evidence-Type": "other"}).json()["id"]
    application = {"beneficiary": {"name": child.name, "id_number": child.number}, "relation": "child", "notice_version": "2025-1"}
    done = []

    def write(caller, path, body, expected):
        done.append((caller, path, body, key()))
        answer = caller.post(path, body, key=done[-1][3])
        done[-1] += (world.must(answer, expected), expected)
        return done[-1][4]

    first = write(me, "/v1/bindings", application, 201)["id"]
    write(me, f"/v1/bindings/{first}/evidence", {"evidence_ids": [document]}, 200)
    write(me, f"/v1/bindings/{first}/withdraw", {}, 200)
    second = write(me, "/v1/bindings", application, 201)["id"]
    write(office, f"/v1/bindings/{second}/decision", {"decision": "approve"}, 200)
    write(me, f"/v1/bindings/{second}/release", {"reason": "x"}, 200)
    write(world.staff, f"/v1/persons/{grantor.no}/contributions", {"amount_fen": 5, "year": 2026, "reference": "r"}, 201)
    for caller, path, body, same, result, status in done:
        again = caller.post(path, body, key=same)
        assert (again.status_code, again.json()) == (status, result) and replayed(again), path
    assert world.account(grantor)["balance_fen"] == 105


# --- What is replayed and what is not ---------------------------------------------------------------------------------
def test_business_refusals_are_replayed_after_their_cause_is_cured(world):
    """Stored: the 403, 404, 409 and 422 decided after the body was found valid."""
    child, same = world.child(), key()
    refused = paid(world, child, same)
    assert codes(refused) == ["SHORTFALL_CASH_REQUIRED", "MUTUAL_AID_FUNDS_EMPTY"]
    world.contribute(child, 40000)
    again = paid(world, child, same)
    assert problem(again) == problem(refused) and again.status_code == 409 and replayed(again) and again.json()["shortfall_fen"] == 40000
    world.must(paid(world, child, key()), 201)
    binding, missing = unknown("bnd"), key()
    for _ in range(2):
        gone = world.caller(child).post(f"/v1/bindings/{binding}/release", {}, key=missing)
        assert (gone.status_code, code(gone)) == (404, "BINDING_NOT_FOUND")
    assert replayed(gone)


def test_a_conflict_of_the_reviewer_is_replayed(world):
    grantor, child = world.person(prior=100), world.child()
    binding = world.must(world.apply(grantor, child), 201)["id"]
    caller, same = Caller(world.server, "rev-9", "review", person_id=grantor.no), key()
    answers = [caller.post(f"/v1/bindings/{binding}/decision", {"decision": "approve"}, key=same) for _ in range(2)]
    assert [(answer.status_code, code(answer), replayed(answer)) for answer in answers] == [(403, "REVIEWER_CONFLICT", False), (403, "REVIEWER_CONFLICT", True)]


def test_a_replayed_mismatch_is_not_another_guess(world):
    """Ten wrong identities a day: the same one repeated under its key is one of them."""
    grantor, child, same, number = world.person(prior=100), world.child(), key(), id_number()
    body = {"beneficiary": {"name": "某某", "id_number": number}, "relation": "child", "notice_version": "2025-1"}
    assert statuses([world.caller(grantor).post("/v1/bindings", body, key=same) for _ in range(15)]) == {422: 15}
    world.must(world.apply(grantor, child), 201)


def test_faults_of_the_request_are_not_stored(world):
    """400, 401, 403 SCOPE_MISSING, 415 and 429 leave the key free."""
    grantor, child, same = world.person(prior=100), world.child(current=40000), key()
    me, body = world.caller(child), {"insured_id": child.no, "benefit_year": 2027}
    assert code(me.post("/v1/premium-payments", {**body, "benefit_year": "x"}, key=same)) == "VALIDATION_FAILED"
    assert code(me.call("POST", "/v1/premium-payments", data=b"{", key=same, headers={"Content-Type": "application/json"})) == "VALIDATION_FAILED"
    assert code(Caller(world.server, child.no, "family").post("/v1/premium-payments", body, key=same)) == "SCOPE_MISSING"
    assert code(me.call("POST", "/v1/premium-payments", data=b"<a/>", key=same, headers={"Content-Type": "text/xml"})) == "MEDIA_TYPE_NOT_SUPPORTED"
    answer = me.post("/v1/premium-payments", body, key=same)
    assert answer.status_code == 201 and not replayed(answer)
    application = {"beneficiary": {"name": child.name, "id_number": child.number[:17] + ("0" if child.number[17] != "0" else "1")}, "relation": "child", "notice_version": "2025-1"}
    office = world.caller(grantor)
    assert code(office.post("/v1/bindings", application, key=same)) == "ID_NUMBER_INVALID"
    answer = office.post("/v1/bindings", {**application, "beneficiary": {"name": child.name, "id_number": child.number}}, key=same)
    assert answer.status_code == 201 and not replayed(answer)
    for _ in range(2):
        later = world.staff.post(f"/v1/persons/{child.no}/contributions", {"amount_fen": 1, "year": 2027, "reference": "r"}, key=same)
        assert code(later) == "VALIDATION_FAILED" and not replayed(later)


def test_a_day_out_of_guesses_is_not_stored(world):
    grantor = world.person(prior=100)
    bodies = [{"beneficiary": {"name": "某某", "id_number": id_number()}, "relation": "child", "notice_version": "2025-1"} for _ in range(11)]
    same = key()
    answers = [world.caller(grantor).post("/v1/bindings", body) for body in bodies[:10]] + [world.caller(grantor).post("/v1/bindings", bodies[10], key=same) for _ in range(2)]
    assert statuses(answers) == {422: 10, 429: 2} and not any(map(replayed, answers))


# --- Another request under a used key ---------------------------------------------------------------------------------
@pytest.mark.parametrize("first, second, pointer", [
    ({}, {"expected_fen": 40000}, "/expected_fen"), ({"expected_fen": 40000}, {}, "/expected_fen"), ({"expected_fen": 40000}, {"expected_fen": 40001}, "/expected_fen"),
    ({}, {"benefit_year": 2026}, "/benefit_year"), ({}, {"benefit_year": 2026, "client_reference": "x"}, "/benefit_year"),
    ({"client_reference": "a"}, {"client_reference": "b"}, "/client_reference"),
    ({}, {"insured_id": "nobody"}, "/insured_id")], ids=str)
def test_e13_another_body_is_refused_naming_the_first_difference(world, first, second, pointer):
    """422, nothing moves, and the first request's answer stays what it was."""
    child, same = world.child(current=100000), key()
    answer = world.must(paid(world, child, same, **first), 201)
    refused = paid(world, child, same, **second)
    assert (refused.status_code, code(refused)) == (422, "IDEMPOTENCY_KEY_REUSED") and not replayed(refused)
    assert refused.json()["errors"][0]["pointer"] == refused.json()["pointer"] == pointer
    assert world.account(child)["balance_fen"] == 60000 and paid(world, child, same, **first).json() == answer


def test_differences_inside_objects_in_the_path_and_in_act_are_named(world):
    grantor, child, same = world.person(prior=100), world.child(), key()
    body = {"beneficiary": {"name": child.name, "id_number": child.number}, "relation": "child", "notice_version": "2025-1"}
    binding = world.must(world.caller(grantor).post("/v1/bindings", body, key=same), 201)["id"]

    def pointer(caller, path, body_):
        answer = caller.post(path, body_, key=same)
        assert (answer.status_code, code(answer)) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert child.number not in answer.text and child.name not in answer.text
        return answer.json()["errors"][0]["pointer"]

    me = world.caller(grantor)
    assert pointer(me, "/v1/bindings", {**body, "beneficiary": {"name": child.name, "id_number": id_number()}}) == "/beneficiary/id_number"
    assert pointer(me, "/v1/bindings", {**body, "beneficiary": {"name": "某某", "id_number": id_number()}, "relation": "spouse"}).startswith("/beneficiary/")
    assert pointer(me, "/v1/bindings", {**body, "evidence_ids": [unknown("evi")]}).startswith("/evidence_ids")
    assert pointer(me, f"/v1/bindings/{binding}/withdraw", {}) == "path"
    assert pointer(Caller(world.server, grantor.no, "family", act={"sub": "clerk"}), "/v1/bindings", body) == "act"
    assert all(child.number not in row[0] for row in world.server.sql("SELECT request FROM gongji.idempotency_key"))


def test_the_same_body_written_otherwise_is_the_same(world):
    """Compared as parsed: the order of members, blanks and escapes do not matter."""
    child, same = world.child(current=40000), key()
    first = world.must(paid(world, child, same, client_reference="é/x"), 201)
    text = f'{{ "client_reference" : "\\u00e9\\/x",\n "benefit_year":2027, "insured_id" :"{child.no}" }}'
    again = world.caller(child).call("POST", "/v1/premium-payments", data=text.encode(), key=same, headers={"Content-Type": "application/json; charset=utf-8"})
    assert replayed(again) and again.json() == first


# --- Whose key --------------------------------------------------------------------------------------------------------
def test_a_key_belongs_to_issuer_client_and_subject(world):
    """Scope: (iss, client_id, sub, key): elsewhere the same text is another key."""
    child, other, same = world.child(current=100000), world.child(current=100000), key()
    body = {"insured_id": child.no, "benefit_year": 2027}
    first = world.must(paid(world, child, same), 201)
    world.must(paid(world, other, same), 201)
    for more in {"client_id": "app-1"}, {"client_id": "app-2"}, {"issuer": "noact"}, {"issuer": "dev-counter"}:
        answer = Caller(world.server, child.no, "premium", **more).post("/v1/premium-payments", body, key=same)
        assert codes(answer) == ["PREMIUM_ALREADY_PAID"] and not replayed(answer)
    again = Caller(world.server, child.no, "premium", client_id="app-1").post("/v1/premium-payments", body, key=same)
    assert codes(again) == ["PREMIUM_ALREADY_PAID"] and replayed(again)
    assert paid(world, child, same).json() == first


def test_a_replay_needs_a_valid_token_and_scope(world):
    child, same = world.child(current=40000), key()
    world.must(paid(world, child, same), 201)
    body = {"insured_id": child.no, "benefit_year": 2027}
    for scope, lifetime, expected in (("family account", 900, (403, "SCOPE_MISSING")), ("premium", -3600, (401, "TOKEN_EXPIRED"))):
        caller = world.caller(child)
        now = int(time.time())
        caller.session.headers["Authorization"] = "Bearer " + mint(world.server, child.no, scope, iat=now + min(lifetime, 0) - 60, exp=now + lifetime)
        answer = caller.post("/v1/premium-payments", body, key=same)
        assert (answer.status_code, code(answer)) == expected and not replayed(answer)
    assert replayed(paid(world, child, same))


def test_a_replay_speaks_the_language_of_the_new_request(world):
    """Codes and amounts stay; words are those of who asks now."""
    child, poor, same = world.child(current=40000), world.child(), key()
    first, again = paid(world, child, same), paid(world, child, same, {"Accept-Language": "en"})
    assert replayed(again) and first.json()["legs"][0]["why"] != again.json()["legs"][0]["why"] and again.json()["legs"][0]["why"].isascii()

    def wordless(body):
        return {name: [{k: v for k, v in leg.items() if k != "why"} for leg in value] if name == "legs" else value for name, value in body.items() if name != "coverage"}

    assert wordless(first.json()) == wordless(again.json())
    refused, english = paid(world, poor, same), paid(world, poor, same, {"Accept-Language": "en"})
    assert (codes(refused), refused.headers["Content-Language"]) == (codes(english), "zh-CN") and english.headers["Content-Language"] == "en"
    assert replayed(english) and english.json()["title"].isascii() and not refused.json()["title"].isascii()


def test_a_replay_after_the_process_was_restarted(world, later_server):
    """F3: the answer lies in the database, beside its effect; another process gives it too."""
    child, same = world.child(current=40000), key()
    first = world.must(paid(world, child, same), 201)
    elsewhere = World.__new__(World)
    elsewhere.__dict__.update(world.__dict__, server=later_server("2026-11-21T10:40:00+08:00"))
    again = paid(elsewhere, child, same)
    assert replayed(again) and again.json() == first

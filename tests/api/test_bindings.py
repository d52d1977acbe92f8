"""Family bindings: who may bind whom, every refusal at once, review or none, how a binding ends, and in which order grantors give."""
import hashlib

import pytest

from harness import CHANNELS, Caller, Person, code, codes, id_number, split
from steps import amend, at_once, beside, everything, family, place, pointers, problem, statuses, unknown

PNG = b"\x89PNG\r\n\x1a\n" + b"a household register, photographed" * 9
REFUSALS = """CHANNEL_NOT_ALLOWED GRANTOR_NOT_EMPLOYEE_INSURED GRANTOR_STATUS_ABNORMAL GRANTOR_FROZEN GRANTOR_NO_BALANCE NAME_ID_MISMATCH SELF_BINDING
BENEFICIARY_NOT_INSURED BENEFICIARY_STATUS_ABNORMAL RELATION_NOT_PERMITTED RELATION_LIMIT_REACHED MEMBER_LIMIT_REACHED GRANTOR_LIMIT_REACHED
CROSS_PROVINCE_NOT_ALLOWED CROSS_AREA_NOT_ALLOWED AREA_NOT_ENABLED EVIDENCE_REQUIRED NOTICE_NOT_ACCEPTED BINDING_EXISTS""".split()
MISMATCHES_A_DAY = 10


def freeze(world, person, frozen=True):
    world.must(world.staff.put(f"/v1/persons/{person.no}/freeze", {"frozen": frozen, "reason": "test"}), 200)


def upload(caller, content=PNG, media_type="image/png", kind="household_register"):
    return caller.call("POST", "/v1/evidence", data=content, headers={"Content-Type": media_type, **({"Evidence-Type": kind} if kind else {})})


def release(world, person, binding_id, **body):
    return world.caller(person).post(f"/v1/bindings/{binding_id}/release", body)


def seen(world, person, binding_id):
    return world.must(world.caller(person).get(f"/v1/bindings/{binding_id}"), 200)


# --- Conditions one by one --------------------------------------------------------------------------------------------
def test_s0_19_a_new_binding_is_answered_whole(world):
    """S0-19 S0-21 S1-27: name, ID number and relation in; masked identity and the state of the review out."""
    mother, girl = world.person(prior=100), world.child()
    binding = world.must(world.apply(mother, girl), 201)
    assert binding["id"].startswith("bnd_") and binding["grantor_id"] == mother.no
    assert binding["beneficiary"] == {"person_id": girl.no, "name": girl.name[0] + "*" + girl.name[-1], "area": "340500",
                                      "id_number": girl.number[:3] + "*" * 13 + girl.number[-2:]}
    assert (binding["status"], binding["grade"], binding["relation"], binding["priority"]) == ("pending_review", "full", "child", 1)
    assert binding["review"]["mode"] == "manual" and binding["review"]["state"] == "queued"
    assert binding["review"]["due_at"].startswith("2026-11-26T00:00:00") and binding["created_at"].endswith("+08:00")  # Saturday + 3 working days
    again = seen(world, mother, binding["id"])
    assert binding["effective_at"] is None and seen(world, girl, binding["id"]) == again
    assert again["review"].pop("position") >= 1 and again == binding


@pytest.mark.parametrize("grantor, expected", [
    ({"scheme": "resident"}, ["GRANTOR_NOT_EMPLOYEE_INSURED"]), ({"excluded": True}, ["GRANTOR_NOT_EMPLOYEE_INSURED"]),
    ({"status": "paused"}, ["GRANTOR_STATUS_ABNORMAL"]), ({"status": "terminated"}, ["GRANTOR_STATUS_ABNORMAL"]),
    ({"status": "not_insured"}, ["GRANTOR_STATUS_ABNORMAL"]), ({"status": "deceased"}, ["GRANTOR_STATUS_ABNORMAL"]),
    ({"frozen": True}, ["GRANTOR_FROZEN"]), ({"prior": 0}, ["GRANTOR_NO_BALANCE"]), ({"prior": 0, "current": 1}, None), ({"prior": 1}, None)],
    ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_s0_08_s0_09_s0_10_conditions_on_the_grantor(world, grantor, expected):
    """S0-08 S0-09 S0-10 S1-06 S1-18 S1-19 S1-44: employee scheme, a balance in either bucket, a normal status, no freeze."""
    frozen = grantor.pop("frozen", False) if (grantor := dict(grantor)) else False
    person = world.person(**{"prior": 100, **grantor})
    if frozen:
        freeze(world, person)
    answer = world.apply(person, world.child())
    assert codes(answer) == expected if expected else world.must(answer, 201)
    assert world.must(world.caller(person).get("/v1/bindings/options"), 200)["why_not"] == (expected or [])


@pytest.mark.parametrize("province, permitted", [("34", {"spouse", "parent", "child"}), ("35", {
    "spouse", "parent", "child", "sibling", "grandparent", "maternal_grandparent", "grandchild", "maternal_grandchild"})])
def test_s0_11_s1_09_relations_are_the_provinces(world, province, permitted):
    """S0-11 S1-07 S1-09 S1-11: immediate family in Anhui, near relatives in Fujian; nobody else anywhere."""
    area = {"34": "340500", "35": "350100"}[province]
    grantor = world.person(area, prior=100)
    for relation in "spouse parent child sibling grandparent maternal_grandparent grandchild maternal_grandchild".split():
        answer = world.apply(grantor, world.child(area), relation)
        assert answer.status_code == 201 if relation in permitted else codes(answer) == ["RELATION_NOT_PERMITTED"], relation
    options = world.must(world.caller(grantor).get("/v1/bindings/options"), 200)
    assert {each["relation"] for each in options["relations"]} == permitted
    assert pointers(world.apply(grantor, world.child(area), "daughter_in_law")) == ["/relation"]


@pytest.mark.parametrize("area, scheme, status, expected", [
    ("340500", "employee", "normal", "full"), ("340500", "employee", "paused", "BENEFICIARY_STATUS_ABNORMAL"),
    ("340500", "employee", "terminated", "BENEFICIARY_STATUS_ABNORMAL"), ("340500", "employee", "not_insured", "BENEFICIARY_NOT_INSURED"),
    ("340500", "employee", "deceased", "BENEFICIARY_NOT_INSURED"), ("340500", "resident", "normal", "full"), ("340500", "resident", "paused", "premium_only"),
    ("340500", "resident", "terminated", "premium_only"), ("340500", "resident", "not_insured", "premium_only"),
    ("340500", "resident", "deceased", "BENEFICIARY_NOT_INSURED"), ("650100", "resident", "normal", "full"),
    ("650100", "resident", "paused", "BENEFICIARY_STATUS_ABNORMAL"), ("650100", "resident", "not_insured", "BENEFICIARY_NOT_INSURED")])
def test_s0_12_s1_18_conditions_on_the_beneficiary(world, area, scheme, status, expected):
    """S0-12 S1-11 S1-18 S1-44: insured and normal, but for those whom the premium is to make so where the area lets relatives pay it."""
    answer = world.apply(world.person(area, prior=100), world.person(area, scheme, status=status))
    assert codes(answer) == [expected] if expected.isupper() else world.must(answer, 201)["grade"] == expected


def test_premium_only_becomes_full_by_itself_once_normal(world):
    """The grade follows the beneficiary's status; nobody has to touch the binding."""
    grantor, newborn = world.person(prior=100), world.child(status="not_insured", person_class="newborn", birth="20261101")
    binding = world.bind(grantor, newborn)
    assert seen(world, grantor, binding)["grade"] == "premium_only"
    world.change(newborn, status="normal")
    assert (seen(world, grantor, binding)["grade"], seen(world, grantor, binding)["status"]) == ("full", "active")


def test_s0_14_s1_26_areas_of_one_province_when_both_are_enabled(world):
    """S0-14 S1-26: any area of the province; the side that is not enabled is named, the grantor's first."""
    world.must(world.apply(world.person("340500", prior=100), world.child("340100")), 201)
    open_, shut = place(world, "53"), place(world, "53", cross_area=False)
    assert codes(world.apply(world.person(shut, prior=100), world.child(open_))) == ["CROSS_AREA_NOT_ALLOWED"]
    refused = world.apply(world.person(open_, prior=100), world.child(shut))
    assert codes(refused) == ["AREA_NOT_ENABLED"] and refused.json()["area"] == refused.json()["errors"][0]["area"] == shut
    world.must(world.apply(world.person(shut, prior=100), world.child(shut)), 201)


def test_s0_15_another_province_only_over_an_open_link(world):
    """S0-02 S0-15 S1-10: closed until a dated link opens some use; the link's direction counts."""
    here, there = place(world, "51"), place(world, "53")
    grantor = world.person(here, prior=100)
    assert codes(world.apply(grantor, world.child(there))) == ["CROSS_PROVINCE_NOT_ALLOWED"]
    for path, uses in ((f"{there}/{here}", ["outpatient"]), (f"{here}/{there}", [])):
        world.must(world.staff.put(f"/v1/area-links/{path}/2026-11-21", {"uses": uses}), 201)
    assert codes(world.apply(grantor, world.child(there))) == ["CROSS_PROVINCE_NOT_ALLOWED"]
    world.must(world.staff.put(f"/v1/area-links/{here}/{there}/2026-11-21", {"uses": ["outpatient"]}), 200)
    world.must(world.apply(grantor, world.child(there)), 201)


@pytest.mark.parametrize("channel", CHANNELS)
def test_s0_16_bindings_come_by_the_channels_of_the_area(world, channel):
    """S0-16 S0-17 S0-32 S1-13 S1-14: by the grantor, through an opened channel, which is recorded."""
    grantor, child = world.person(prior=100), world.child()
    caller = Caller(world.server, grantor.no, "family", issuer="dev-" + channel)
    answer = world.apply(grantor, child, caller=caller)
    if channel in ("wechat_mini", "web_hall", "nhsa_app", "counter"):
        history = world.must(caller.get(f"/v1/bindings/{world.must(answer, 201)['id']}/history"), 200)["data"]
        assert [(event["event"], event["by"], event["channel"]) for event in history] == [("applied", "grantor", channel)]
    else:
        assert codes(answer) == ["CHANNEL_NOT_ALLOWED"]


def test_s0_16_who_really_operates_is_recorded(world):
    """S0-16 S0-34 S1-14: a clerk works inside the grantor's session; a channel without `act` may not."""
    grantor, child = world.person(prior=100), world.child()
    binding = world.must(world.apply(grantor, child, caller=Caller(world.server, grantor.no, "family", act={"sub": "clerk-7"})), 201)
    assert binding["actor"] == "clerk-7"
    refused = world.apply(grantor, child, notice_version="2025-1", caller=Caller(world.server, grantor.no, "family", issuer="noact", act={"sub": "clerk-7"}))
    assert (refused.status_code, code(refused)) == (403, "PROXY_NOT_AUTHORISED")


def test_s0_20_identity_must_match(world):
    """S0-20: a wrong check digit is a fault of the body; wrong and unknown identities answer alike."""
    grantor, child, other = world.person(prior=100), world.child(), world.child()

    def bind(name, number):
        return world.caller(grantor).post("/v1/bindings", {"beneficiary": {"name": name, "id_number": number}, "relation": "child", "notice_version": "2025-1"})

    digit = child.number[:17] + ("0" if child.number[17] != "0" else "1")
    assert (bind(child.name, digit).status_code, code(bind(child.name, digit))) == (400, "ID_NUMBER_INVALID")
    answers = [bind("某某某", child.number), bind(child.name, id_number()), bind(child.name, other.number)]
    assert {(answer.status_code, *codes(answer)) for answer in answers} == {(422, "NAME_ID_MISMATCH")}
    assert problem(answers[0]) == problem(answers[1]) == problem(answers[2])
    world.must(bind(child.name, child.number), 201)


def test_s0_20_ten_wrong_identities_a_day_then_no_answer(world, later_server):
    """S0-20: guessing is stopped, for this grantor and day, even when the eleventh guess is right."""
    grantor, other, child = world.person(prior=100), world.person(prior=100), world.child()

    def guess(grantor_, number, where=world):
        return where.caller(grantor_).post("/v1/bindings", {"beneficiary": {"name": child.name, "id_number": number}, "relation": "child", "notice_version": "2025-1"})

    answers = at_once(*[lambda: guess(grantor, id_number())] * (MISMATCHES_A_DAY + 4))
    assert statuses(answers) == {422: MISMATCHES_A_DAY, 429: 4}
    stopped = guess(grantor, child.number)
    assert (stopped.status_code, code(stopped)) == (429, "RATE_LIMITED")
    assert 13 * 3600 < int(stopped.headers["Retry-After"]) <= 14 * 3600  # 10:00 to 24:00
    world.must(guess(other, child.number), 201)
    tomorrow = beside(world, later_server("2026-11-22T00:00:01+08:00"))
    world.must(guess(grantor, child.number, tomorrow), 201)


def test_s1_17_the_current_notice_must_be_accepted(world):
    """S1-17: the notice is shown, its version is accepted and stored; an older one does not count."""
    area = place(world, notice_version="n1")
    grantor, child = world.person(area, prior=100), world.child(area)
    assert world.must(world.caller(grantor).get("/v1/bindings/options"), 200)["notice"] == {"version": "n1", "text": "告知书"}
    amend(world, area, notice_version="n2", notice_text="新告知书")
    refused = world.apply(grantor, child, notice_version="n1")
    assert codes(refused) == ["NOTICE_NOT_ACCEPTED"] and refused.json()["notice_version"] == "n2"
    assert world.must(world.apply(grantor, child), 201)["notice_version"] == "n2"


# --- All at once ------------------------------------------------------------------------------------------------------
def test_s0_31_every_failure_at_once_in_the_documented_order(world):
    """S0-31: nothing has to be repaired step by step; the first decides the status."""
    shut = place(world, "51", relations=["spouse"], relation_limits={"child": 0}, max_members=0, evidence_required={"child": ["birth_certificate"]},
                 channels={"bind": ["counter"]}, notice_version="n2")
    closed = place(world, "53", max_grantors_per_beneficiary=0, uses={"resident_premium": ["self"], "outpatient": ["self", "relative"]})
    near = place(world, "51", cross_area=False, max_grantors_per_beneficiary=0, insured_status_allowed={"*": ["normal"]})
    grantor = world.person(shut, "resident", status="paused")
    freeze(world, grantor)
    on_the_grantor = REFUSALS[:5]
    on_both = ["RELATION_NOT_PERMITTED", "RELATION_LIMIT_REACHED", "MEMBER_LIMIT_REACHED", "GRANTOR_LIMIT_REACHED"]
    at_the_end = ["EVIDENCE_REQUIRED", "NOTICE_NOT_ACCEPTED"]
    cases = [
        (world.person(closed, status="paused"), ["BENEFICIARY_STATUS_ABNORMAL", *on_both, "CROSS_PROVINCE_NOT_ALLOWED", *at_the_end]),
        (world.person(closed, status="deceased"), ["BENEFICIARY_NOT_INSURED", *on_both, "CROSS_PROVINCE_NOT_ALLOWED", *at_the_end]),
        (world.child(near, status="paused"), ["BENEFICIARY_STATUS_ABNORMAL", *on_both, "AREA_NOT_ENABLED", *at_the_end]),
        (grantor, ["SELF_BINDING", "BENEFICIARY_STATUS_ABNORMAL", *on_both[:3], *at_the_end])]
    for beneficiary, expected in cases:
        if beneficiary is grantor:
            expected = [each for each in expected if each != "BENEFICIARY_STATUS_ABNORMAL"]  # a lapsed resident: good for the premium
        refused = world.apply(grantor, beneficiary, notice_version="n1")
        assert codes(refused) == on_the_grantor + expected and refused.status_code == 409
        assert codes(refused) == sorted(codes(refused), key=REFUSALS.index) and code(refused) == codes(refused)[0]
    nobody = world.apply(grantor, Person("x", "某某", id_number(), "", ""), notice_version="n1")
    assert codes(nobody) == on_the_grantor + ["NAME_ID_MISMATCH"] and nobody.status_code == 409


def test_s0_31_after_a_mismatch_nothing_about_the_beneficiary_is_said(world):
    grantor, child = world.person(prior=100), world.child("320100", status="deceased")
    wrong = world.apply(grantor, Person(child.no, "某某某", child.number, "", ""), "sibling", notice_version="old")
    assert (wrong.status_code, codes(wrong)) == (422, ["NAME_ID_MISMATCH"])


def test_body_faults_are_told_at_once(world):
    refused = world.caller(world.person(prior=100)).post("/v1/bindings", {
        "beneficiary": {"name": "李明", "age": 7}, "relation": "friend", "evidence_ids": ["x"], "valid_from": "tomorrow", "cap": 1})
    assert code(refused) == "VALIDATION_FAILED"
    assert set(pointers(refused)) == {"/beneficiary/id_number", "/beneficiary/age", "/relation", "/notice_version", "/evidence_ids/0", "/valid_from", "/cap"}


def test_a_caller_whom_the_register_does_not_know(world, server):
    stranger = Caller(server, "nobody-1", "family")
    answers = [stranger.post("/v1/bindings", {"beneficiary": {"name": "李明", "id_number": id_number()}, "relation": "child", "notice_version": "1"}),
               stranger.get("/v1/bindings"), stranger.get("/v1/bindings/options")]
    assert [(answer.status_code, code(answer)) for answer in answers] == [(404, "PERSON_NOT_FOUND")] * 3


# --- Limits -----------------------------------------------------------------------------------------------------------
def test_limits_count_pending_and_active_and_leave_places_free_again(world):
    """max_members counts beneficiaries, not the grantor; a rejected, withdrawn or released binding takes no place."""
    area = place(world, max_members=2, relation_limits={"child": 1}, review_mode="manual")
    grantor, children = world.person(area, prior=100), [world.child(area) for _ in range(3)]
    first = world.must(world.apply(grantor, children[0]), 201)["id"]
    assert codes(world.apply(grantor, children[1])) == ["RELATION_LIMIT_REACHED"]
    second = world.must(world.apply(grantor, children[1], "parent"), 201)["id"]
    assert codes(world.apply(grantor, children[2], "spouse")) == ["MEMBER_LIMIT_REACHED"]
    options = world.must(world.caller(grantor).get("/v1/bindings/options"), 200)
    assert (options["max_members"], options["members_left"]) == (2, 0)
    assert {each["relation"]: each["left"] for each in options["relations"]} == {"spouse": None, "parent": None, "child": 0}
    world.must(world.decide(first, "reject", reason_code="RELATION_UNPROVEN"), 200)
    world.must(world.caller(grantor).post(f"/v1/bindings/{second}/withdraw", {}), 200)
    third = world.bind(grantor, children[2])
    world.must(release(world, grantor, third), 200)
    assert world.must(world.caller(grantor).get("/v1/bindings/options"), 200)["members_left"] == 2
    world.must(world.apply(grantor, children[2]), 201)


def apply_at_once(world, pairs, relation="child", notice_version="n1"):
    """Applications made in parallel, the callers connected before."""
    callers = {grantor: world.caller(grantor) for grantor, _ in pairs}
    for caller in callers.values():
        caller.get("/v1/bindings/options")
    return at_once(*[lambda pair=pair: world.apply(*pair, relation, notice_version=notice_version, caller=callers[pair[0]]) for pair in pairs])


@pytest.mark.parametrize("limit, refusal, sides", [("max_members", "MEMBER_LIMIT_REACHED", (1, 12)), ("max_grantors_per_beneficiary", "GRANTOR_LIMIT_REACHED", (12, 1))])
def test_limits_hold_when_requests_come_at_once(world, limit, refusal, sides):
    """Parallel applications are serialised by the grantor and by the beneficiary."""
    area = place(world, **{limit: 2})
    for _ in range(4):
        grantors, children = [world.person(area, prior=100) for _ in range(sides[0])], [world.child(area) for _ in range(sides[1])]
        answers = apply_at_once(world, [(grantor, child) for grantor in grantors for child in children])
        assert statuses(answers) == {201: 2, 409: 10} and {code(answer) for answer in answers if answer.status_code == 409} == {refusal}


def test_one_pair_is_bound_once_however_often_it_is_asked(world):
    grantor, child = world.person(prior=100), world.child()
    answers = at_once(*[lambda: world.apply(grantor, child, notice_version="2025-1")] * 8)
    assert statuses(answers) == {201: 1, 409: 7} and {tuple(codes(answer)) for answer in answers if answer.status_code == 409} == {("BINDING_EXISTS",)}
    binding = [answer.json()["id"] for answer in answers if answer.status_code == 201][0]
    world.must(world.decide(binding), 200)
    assert codes(world.apply(grantor, child)) == ["BINDING_EXISTS"]
    world.must(release(world, grantor, binding), 200)
    world.must(world.apply(grantor, child), 201)


def test_both_ways_at_once_do_not_block_each_other(world):
    """F9: A binds B while B binds A, again and again."""
    area = place(world)
    pairs = [(world.person(area, prior=100), world.person(area, prior=100)) for _ in range(6)]
    assert statuses(apply_at_once(world, [way for pair in pairs for way in (pair, pair[::-1])], "spouse")) == {201: 12}


# --- Evidence ---------------------------------------------------------------------------------------------------------
def test_s1_28_evidence_where_the_policy_asks_for_it(world):
    """S1-28: one document of an accepted type, the applicant's own; other relations need none."""
    area = place(world, evidence_required={"child": ["birth_certificate", "household_register"]})
    grantor, other, child = world.person(area, prior=100), world.person(area, prior=100), world.child(area)
    refused = world.apply(grantor, child)
    assert codes(refused) == ["EVIDENCE_REQUIRED"] and refused.json()["accepted"] == ["birth_certificate", "household_register"]
    wrong_type = world.must(upload(world.caller(grantor), kind="marriage_certificate"), 201)["id"]
    not_mine = world.must(upload(world.caller(other)), 201)["id"]
    for ids in [wrong_type], [not_mine], [wrong_type, not_mine], [unknown("evi")], []:
        assert codes(world.apply(grantor, child, evidence_ids=ids)) == ["EVIDENCE_REQUIRED"]
    right = world.must(upload(world.caller(grantor)), 201)["id"]
    for relation in "child", "parent":  # another's document is never shown for mine, needed or not
        assert codes(world.apply(grantor, child, relation, evidence_ids=[right, not_mine])) == ["EVIDENCE_REQUIRED"]
    world.must(world.apply(grantor, child, evidence_ids=[right, wrong_type]), 201)
    world.must(world.apply(grantor, world.child(area), "parent"), 201)
    assert [each["evidence"] for each in world.must(world.caller(grantor).get("/v1/bindings/options"), 200)["relations"]] == [
        [], [], ["birth_certificate", "household_register"]]


@pytest.mark.parametrize("content, media_type, kind, expected", [
    (PNG, "image/png", "other", 201), (b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg", "birth_certificate", 201), (b"%PDF-1.7\n", "application/pdf", "guardianship", 201),
    (PNG, "image/jpeg", "other", "MEDIA_TYPE_NOT_SUPPORTED"), (b"GIF89a" + bytes(20), "image/png", "other", "MEDIA_TYPE_NOT_SUPPORTED"),
    (b"GIF89a", "image/gif", "other", "MEDIA_TYPE_NOT_SUPPORTED"), (b"", "image/png", "other", "MEDIA_TYPE_NOT_SUPPORTED"), (PNG, "image/png", None, "VALIDATION_FAILED"),
    (PNG, "image/png", "selfie", "VALIDATION_FAILED"), (PNG + bytes(5 * 1024 * 1024), "image/png", "other", "BODY_TOO_LARGE"),
    (PNG + bytes(5 * 1024 * 1024 - len(PNG)), "image/png", "other", 201)],
    ids=["png", "jpeg", "pdf", "misnamed", "no png", "gif", "empty", "no type", "unknown type", "too large", "5 MiB"])
def test_s1_28_a_document_is_what_its_content_says(world, content, media_type, kind, expected):
    answer = upload(world.caller(world.child()), content, media_type, kind)
    assert code(answer) == expected
    if expected == 201:
        assert (answer.json()["sha256"], answer.json()["size"]) == (hashlib.sha256(content).hexdigest(), len(content))


def test_s1_28_a_document_is_for_its_owner_and_reviewers(world, server):
    owner = world.person()
    path = "/v1/evidence/" + world.must(upload(world.caller(owner)), 201)["id"]
    for caller in world.caller(owner), Caller(server, "rev", "review"), Caller(server, "rev", "review", areas=["340000"]):
        answer = caller.get(path)
        assert answer.status_code == 200 and answer.content == PNG and answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Content-Type-Options"] == "nosniff"
    nobody = problem(world.caller(owner).get("/v1/evidence/" + unknown("evi")))
    for caller in world.caller(world.person()), Caller(server, "rev", "review", areas=["350100"]):
        assert problem(caller.get(path)) == nobody and nobody["code"] == "EVIDENCE_NOT_FOUND"
    assert code(Caller(server, owner.no, "account premium").get(path)) == "SCOPE_MISSING"
    assert world.server.sql("SELECT count(*) FROM gongji.evidence WHERE content_sealed LIKE '%%register%%'") == [(0,)]  # sealed


def test_s1_28_answering_request_more(world):
    """S1-28 S1-29: sent back with a reason the applicant reads; more documents bring it into the queue again."""
    grantor, child = world.person(prior=100), world.child()
    binding = world.must(world.apply(grantor, child), 201)["id"]
    path = f"/v1/bindings/{binding}/evidence"
    world.must(world.decide(binding, "request_more", reason_code="PAGE_MISSING", reason="请补充户口本首页"), 200)
    review = seen(world, grantor, binding)["review"]
    assert (review["state"], review["reason_code"], review["reason"]) == ("more_requested", "PAGE_MISSING", "请补充户口本首页")
    document = world.must(upload(world.caller(grantor)), 201)["id"]
    assert world.must(world.caller(grantor).post(path, {"evidence_ids": [document]}), 200)["review"]["state"] == "queued"
    for ids, expected in (([unknown("evi")], "EVIDENCE_NOT_FOUND"), ([], "VALIDATION_FAILED"), (["evi_x"], "VALIDATION_FAILED")):
        assert code(world.caller(grantor).post(path, {"evidence_ids": ids})) == expected
    assert code(world.caller(child).post(path, {"evidence_ids": [document]})) == "BINDING_NOT_FOUND"
    world.must(world.decide(binding), 200)
    assert code(world.caller(grantor).post(path, {"evidence_ids": [document]})) == "BINDING_NOT_PENDING"
    events = [event["event"] for event in world.must(world.caller(child).get(f"/v1/bindings/{binding}/history"), 200)["data"]]
    assert events == ["applied", "more_requested", "evidence_added", "approved"]


# --- Reading ----------------------------------------------------------------------------------------------------------
def test_s0_18_s1_30_lists_by_role_and_status(world, server):
    """S0-18 S1-30: both sides see their bindings, newest first; staff name a person and say why."""
    area = place(world, review_mode="manual")
    grantor, children = world.person(area, prior=100), [world.child(area) for _ in range(5)]
    ids = [world.must(world.apply(grantor, child), 201)["id"] for child in children]
    spouse = world.person(area, prior=100)
    mine_too = world.must(world.apply(spouse, grantor, "spouse"), 201)["id"]
    world.must(world.decide(ids[0]), 200)
    world.must(world.decide(ids[1], "reject", reason="x"), 200)
    me = world.caller(grantor)
    assert [each["id"] for each in everything(me, "/v1/bindings")] == [mine_too] + ids[::-1]
    assert [each["id"] for each in everything(me, "/v1/bindings?role=grantor", 2)] == ids[::-1]
    assert [each["id"] for each in everything(me, "/v1/bindings?role=beneficiary")] == [mine_too]
    assert [each["id"] for each in everything(me, "/v1/bindings?status=pending_review&role=grantor", 1)] == ids[:1:-1]
    assert [each["id"] for each in everything(me, "/v1/bindings?status=active")] == ids[:1]
    assert [each["id"] for each in everything(world.caller(children[0]), "/v1/bindings")] == ids[:1]
    assert everything(world.caller(children[0]), "/v1/bindings?role=grantor") == []
    office = Caller(server, "op-5", "inquiry")
    assert [each["id"] for each in everything(office, f"/v1/bindings?person_id={grantor.no}&role=grantor", 3)] == ids[::-1]
    assert pointers(office.get("/v1/bindings")) == ["?person_id"] and pointers(me.get(f"/v1/bindings?person_id={grantor.no}")) == ["?person_id"]
    assert code(Caller(server, "op-5", "inquiry", areas=["340500"]).get(f"/v1/bindings?person_id={grantor.no}")) == "PERSON_NOT_FOUND"
    office.session.headers.pop("Access-Reason")
    assert code(office.get(f"/v1/bindings?person_id={grantor.no}")) == "ACCESS_REASON_REQUIRED"
    assert set(pointers(me.get("/v1/bindings?role=uncle&status=old&x=1"))) == {"?role", "?status", "?x"}


def test_someone_elses_binding_is_no_binding(world, server):
    """404 for strangers, the same as for an id that never was; the beneficiary may not do what is the grantor's."""
    grantor, child = world.person(prior=100), world.child()
    binding = world.must(world.apply(grantor, child), 201)["id"]
    stranger = world.caller(world.person(prior=100))
    document = world.must(upload(stranger), 201)["id"]

    def tried(caller, id_):
        return [caller.get(f"/v1/bindings/{id_}"), caller.get(f"/v1/bindings/{id_}/history"), caller.get(f"/v1/bindings/{id_}/entries"),
                caller.post(f"/v1/bindings/{id_}/withdraw", {}), caller.post(f"/v1/bindings/{id_}/release", {}),
                caller.post(f"/v1/bindings/{id_}/evidence", {"evidence_ids": [document]}), caller.put(f"/v1/bindings/{id_}/priority", {"priority": 2})]

    assert [problem(answer) for answer in tried(stranger, binding)] == [problem(answer) for answer in tried(stranger, unknown("bnd"))]
    for id_ in binding, unknown("bnd"), "bnd_x", binding.upper(), binding[4:], "x":
        assert {(answer.status_code, code(answer)) for answer in tried(stranger, id_)} == {(404, "BINDING_NOT_FOUND")}
    assert code(world.caller(child).post(f"/v1/bindings/{binding}/withdraw", {})) == "BINDING_NOT_FOUND"
    elsewhere = Caller(server, "op-6", "inquiry", areas=["350100"])
    assert [code(elsewhere.get(f"/v1/bindings/{binding}{path}")) for path in ("", "/history", "/entries")] == ["BINDING_NOT_FOUND"] * 3
    world.must(Caller(server, "op-6", "inquiry", areas=["340500"]).get(f"/v1/bindings/{binding}"), 200)


# --- Ends -------------------------------------------------------------------------------------------------------------
def test_an_application_is_withdrawn_by_its_grantor(world):
    grantor, child = world.person(prior=100), world.child()
    binding = world.must(world.apply(grantor, child), 201)["id"]
    assert world.must(world.caller(grantor).post(f"/v1/bindings/{binding}/withdraw", {}), 200)["status"] == "withdrawn"
    assert code(world.caller(grantor).post(f"/v1/bindings/{binding}/withdraw", {})) == "BINDING_NOT_PENDING"
    assert code(world.decide(binding)) == "REVIEW_ALREADY_DECIDED" and code(release(world, grantor, binding)) == "BINDING_NOT_RELEASABLE"
    assert codes(world.pay(grantor, child)) == ["BINDING_NOT_ACTIVE"]


@pytest.mark.parametrize("by_child", [False, True], ids=["by the grantor", "by the beneficiary"])
def test_either_side_ends_a_binding_at_once(world, by_child):
    """P-22 F10: at once; what was spent stays spent, and nothing more is."""
    grantor, child, binding = family(world, "340500", prior=100000)
    world.must(world.pay(grantor, child), 201)
    ended = world.must(release(world, child if by_child else grantor, binding, reason="不再需要"), 200)
    assert ended["status"] == "released" and ended["ended_at"]
    assert codes(world.quote(grantor, child, 2026)) == ["BINDING_NOT_ACTIVE"]
    assert codes(world.pay(child, child, 2026)) == ["SHORTFALL_CASH_REQUIRED", "MUTUAL_AID_FUNDS_EMPTY"]
    assert world.account(grantor)["balance_fen"] == 60000
    last = world.must(world.caller(child).get(f"/v1/bindings/{binding}/history"), 200)["data"][-1]
    assert (last["event"], last["status"], last["by"], last["reason"]) == ("released", "released", "beneficiary" if by_child else "grantor", "不再需要")


def test_next_day_release_works_until_midnight(world, later_server):
    """P-22: it stays active with release_at next 00:00, and is over then without anybody's doing."""
    area = place(world, release_effective="next_day")
    grantor, child, binding = family(world, area, prior=100000)
    first = world.must(release(world, grantor, binding), 200)
    assert (first["status"], first["release_at"]) == ("active", "2026-11-22T00:00:00.000000+08:00")
    assert world.must(release(world, child, binding), 200)["release_at"] == first["release_at"]
    world.must(world.quote(grantor, child), 201)
    tomorrow = beside(world, later_server("2026-11-22T00:00:01+08:00"))
    assert (seen(tomorrow, child, binding)["status"], seen(tomorrow, child, binding)["ended_at"]) == ("released", first["release_at"])
    assert codes(tomorrow.pay(grantor, child)) == ["BINDING_NOT_ACTIVE"]
    assert everything(tomorrow.caller(grantor), "/v1/bindings?status=active") == []
    history = tomorrow.must(tomorrow.caller(grantor).get(f"/v1/bindings/{binding}/history"), 200)["data"]
    assert [(event["event"], event["by"]) for event in history][1:] == [("release_scheduled", "grantor"), ("released", "system")]
    tomorrow.must(tomorrow.apply(grantor, child), 201)


def test_min_bound_days_are_waited_for(world, later_server):
    area = place(world, min_bound_days=3)
    grantor, child, binding = family(world, area, prior=100)
    for person in grantor, child:
        refused = release(world, person, binding)
        assert codes(refused) == ["MIN_BOUND_DAYS"] and refused.json()["earliest"] == "2026-11-24"
    assert code(release(beside(world, later_server("2026-11-23T23:59:00+08:00")), grantor, binding)) == "MIN_BOUND_DAYS"
    assert world.must(release(beside(world, later_server("2026-11-24T00:00:01+08:00")), grantor, binding), 200)["status"] == "released"


def test_a_binding_for_a_time_starts_and_ends_by_itself(world, later_server):
    area = place(world)
    grantor, child = world.person(area, prior=100000), world.child(area)
    binding = world.must(world.apply(grantor, child, valid_from="2026-11-22", valid_to="2026-11-23"), 201)
    assert (binding["valid_from"], binding["valid_to"]) == ("2026-11-22", "2026-11-23")
    assert codes(world.pay(grantor, child)) == ["BINDING_NOT_ACTIVE"]
    sources = world.must(world.caller(child).get("/v1/accounts/me/aid"), 200)["sources"]
    assert [(source["usable"], source["why_not"]) for source in sources] == [(False, "BINDING_NOT_ACTIVE")]
    tomorrow, after = beside(world, later_server("2026-11-22T00:00:01+08:00")), beside(world, later_server("2026-11-24T00:00:01+08:00"))
    tomorrow.must(tomorrow.quote(grantor, child), 201)
    assert codes(after.quote(grantor, child)) == ["BINDING_NOT_ACTIVE"] and seen(after, grantor, binding["id"])["status"] == "expired"
    after.must(after.apply(grantor, child), 201)
    for dates, pointer in (({"valid_to": "2026-11-20"}, "/valid_to"), ({"valid_from": "2026-12-02", "valid_to": "2026-12-01"}, "/valid_to")):
        assert pointers(world.apply(grantor, world.child(area), **dates)) == [pointer]


# --- Order of grantors ------------------------------------------------------------------------------------------------
def test_e2_priority_changes_who_gives_first(world):
    """E2 P-09 P-16: father 150.00 then mother 250.00; the other way round once the mother is set first."""
    father, mother, child = world.person("350100", prior=215000), world.person("350100", prior=260000), world.child("350100")
    bindings = [world.bind(father, child), world.bind(mother, child)]

    def amounts(caller):
        return [(bindings.index(leg["binding_id"]), leg["amount_fen"]) for leg in world.must(world.quote(caller, child), 201)["legs"]]

    def put_at(person, binding, priority):
        return world.must(world.caller(person).put(f"/v1/bindings/{binding}/priority", {"priority": priority}), 200)

    assert amounts(child) == amounts(father) == [(0, 15000), (1, 25000)] and amounts(mother) == [(1, 40000)]
    assert put_at(father, bindings[0], 3)["priority"] == 3
    assert amounts(child) == [(1, 40000)] and amounts(father) == [(0, 15000), (1, 25000)]
    put_at(child, bindings[1], 3)  # equal places: by time of activation
    assert amounts(child) == [(0, 15000), (1, 25000)]
    assert split(world.must(world.pay(child, child), 201)) == {"aid:prior_year": 40000}
    for priority in 0, -1, 1001, "1", None:
        assert pointers(world.caller(father).put(f"/v1/bindings/{bindings[0]}/priority", {"priority": priority})) == ["/priority"]


def test_priority_is_fixed_where_the_policy_says_so(world):
    area = place(world, grantor_order_editable=False)
    grantor, child, binding = family(world, area, prior=100)
    assert code(world.caller(grantor).put(f"/v1/bindings/{binding}/priority", {"priority": 2})) == "NOT_EDITABLE"
    other = place(world)
    grantor, child, binding = family(world, other, prior=100)
    world.must(release(world, grantor, binding), 200)
    assert code(world.caller(grantor).put(f"/v1/bindings/{binding}/priority", {"priority": 2})) == "NOT_EDITABLE"


def test_s0_04_the_notice_says_what_sharing_is_for(world):
    """S0-04: in every area: whose account helps with what, and that a binding can be ended."""
    for area in "340500", "340100", "350100", "140100", "650100", "441900":
        notice = world.must(world.caller(world.person(area, prior=1)).get("/v1/bindings/options"), 200)["notice"]
        assert notice["version"] and all(word in notice["text"] for word in ("个人账户", "看病买药", "解除")), (area, notice)


def test_s0_30_a_binding_allows_and_a_payment_uses(world):
    """S0-30: two resources with ids, states and scopes of their own; allowing moves nothing, using changes nothing about what is allowed."""
    grantor, child, binding = family(world, "340500", prior=100000)
    assert [entry["kind"] for entry in everything(world.caller(grantor), "/v1/accounts/me/entries")] == ["contribution"] and world.account(grantor)["held_fen"] == 0
    before = world.must(world.caller(grantor).get(f"/v1/bindings/{binding}"), 200)
    payment = world.must(world.pay(grantor, child), 201)
    assert world.must(world.caller(grantor).get(f"/v1/bindings/{binding}"), 200) == before
    world.must(world.caller(grantor).post(f"/v1/bindings/{binding}/release", {}), 200)
    assert world.must(world.caller(grantor).get(f"/v1/payments/{payment['id']}"), 200) == payment
    assert code(world.caller(grantor, "family").post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": 2026})) == "SCOPE_MISSING"
    assert code(world.caller(grantor, "premium").post("/v1/bindings", {})) == "SCOPE_MISSING"


@pytest.mark.parametrize("mode, status, review", [
    ("none", "active", "decided"), ("commitment", "active", "decided"), ("manual", "pending_review", "queued"), ("automatic", "pending_review", "queued")])
def test_s0_21_review_modes(world, mode, status, review):
    """S0-21 P-20: active at once where nobody reviews; otherwise not usable before approval."""
    area = place(world, review_mode=mode)
    grantor, child = world.person(area, prior=100000), world.child(area)
    binding = world.must(world.apply(grantor, child), 201)
    assert (binding["status"], binding["review"]["mode"], binding["review"]["state"]) == (status, mode, review)
    assert (binding["effective_at"] is not None) == (status == "active")
    answer = world.pay(grantor, child)
    assert answer.status_code == 201 if status == "active" else codes(answer) == ["BINDING_NOT_ACTIVE"]


def test_an_area_that_states_nothing_permits_what_the_nation_does(world):
    """S1-08 S1-48: sharing inside a province is open everywhere; relatives' premiums only where the area says so (S1-41)."""
    area = "441900"
    for here, there in (area, area), (area, "440300"), ("130100", "130200"):
        world.must(world.apply(world.person(here, prior=100000), world.child(there)), 201)
    grantor = world.person(area, prior=100000)
    assert codes(world.apply(grantor, world.child(area, status="paused"))) == ["BENEFICIARY_STATUS_ABNORMAL"]

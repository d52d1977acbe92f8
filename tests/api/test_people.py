"""The register: persons, identities, freezes, contributions, enrollments. Who may see and change what, and what is left behind in the audit."""
import json
import uuid

import pytest

from harness import WEIGHTS, Caller, code, codes, id_number
from steps import at_once, audited, pointers, problem, statuses


def number(prefix, birth, sequence=1):
    head = f"{prefix}{birth}{sequence:03}"
    return head + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS)) % 11]


def wrong_check(text):
    return text[:17] + ("0" if text[17] != "0" else "1")


def put(world, **changes):
    """A PUT of somebody new with these members changed; None leaves a member out."""
    body = {"name": "赵安宁", "id_number": id_number(), "area": "340500", "scheme": "employee", "status": "normal", **changes}
    return world.staff.put(f"/v1/persons/n{uuid.uuid4().hex[:20]}", {name: value for name, value in body.items() if value is not None})


# --- PUT, GET and what is shown ---------------------------------------------------------------------------------------
def test_a_person_is_registered_changed_and_shown_masked(world):
    person = world.person(person_class="student", birth="20100203")
    shown = world.must(world.staff.get(f"/v1/persons/{person.no}"), 200)
    assert shown["id_number"] == person.number[:3] + "*" * 13 + person.number[-2:]
    assert shown["name"] == person.name[0] + "*" * (len(person.name) - 2) + person.name[-1]
    assert (shown["person_id"], shown["area"], shown["scheme"], shown["status"]) == (person.no, "340500", "employee", "normal")
    assert (shown["person_class"], shown["birth_date"], shown["excluded"], shown["frozen"]) == ("student", "2010-02-03", False, False)
    assert world.change(person, status="paused", area="350100")["area"] == "350100"
    assert world.must(world.staff.get(f"/v1/persons/{person.no}"), 200)["status"] == "paused"


@pytest.mark.parametrize("name, mask", [("李明", "李*"), ("欧阳修文", "欧**文"), ("阿卜杜拉·买买提", "阿******提"), ("张小明", "张*明")])
def test_names_are_masked(world, name, mask):
    assert world.must(put(world, name=name), 201)["name"] == mask


def test_an_id_number_never_comes_back_whole(world, server):
    person = world.person()
    answers = [world.staff.get(f"/v1/persons/{person.no}"), world.staff.put(f"/v1/persons/{person.no}", person.body()),
               put(world, id_number=person.number), put(world, id_number=wrong_check(person.number)),
               Caller(server, "op", "resolve").post("/v1/persons/resolve", {"name": "某某", "id_number": person.number})]
    for answer in answers:
        assert person.number not in answer.text and person.number[3:16] not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert person.number not in server.log_text()


@pytest.mark.parametrize("bad", [
    wrong_check(number("340503", "19850612")), number("340503", "20230230"), number("340503", "19851301"), number("340503", "20991231"),
    number("340503", "20261122"), "34050319850612", number("340503", "19850612") + "1", "34050319850612001Y", "3405031985061200X1", "345031985061200"])
def test_s0_20_wrong_id_numbers_are_refused(world, bad):
    """S0-20: length, digits, a real birth date not after today, and the check character."""
    refused = put(world, id_number=bad)
    assert (refused.status_code, code(refused)) == (400, "ID_NUMBER_INVALID")


@pytest.mark.parametrize("good", [number("340502", "19560101", 7), number("421023", "19491001", 2), number("513423", "19000101", 3), number("340521", "20261121", 4)])
def test_abolished_area_prefixes_and_far_birth_dates_are_accepted(world, good):
    """340502 is 金家庄, abolished; people still carry it."""
    world.must(put(world, id_number=good), 201)


def test_a_small_x_and_full_width_names_are_the_same_identity(world, server):
    n = next(n for n in range(100, 400) if number("340521", "19700101", n).endswith("X"))
    world.must(put(world, name="麦克·李", id_number=number("340521", "19700101", n).lower()), 201)
    assert Caller(server, "op", "resolve").post("/v1/persons/resolve", {"name": " 麦克•李 ", "id_number": number("340521", "19700101", n)}).status_code == 200


@pytest.mark.parametrize("area, known", [
    ("340500", True), ("110000", True), ("500000", True), ("429004", True), ("659001", True), ("340000", False), ("000000", False), ("340503", False),
    ("340599", False), ("999999", False), ("34050", False), ("abc", False)])
def test_areas_are_pooling_areas(world, area, known):
    answer = put(world, area=area)
    assert (answer.status_code, code(answer)) == ((201, 201) if known else (400, "AREA_UNKNOWN"))


def test_all_faults_of_a_body_are_told_at_once(world):
    refused = put(world, scheme="both", status=None, birth_date="1985-02-30", excluded="no", nickname="x")
    assert code(refused) == "VALIDATION_FAILED" and refused.status_code == 400
    assert {(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]} == {
        ("/scheme", "not_allowed"), ("/status", "missing"), ("/birth_date", "bad_format"), ("/excluded", "wrong_type"), ("/nickname", "unknown_member")}
    twice = world.staff.call("PUT", "/v1/persons/twice", data=b'{"name": "a", "name": "b"}', headers={"Content-Type": "application/json"})
    assert ("/name", "duplicate_member") in {(fault["pointer"], fault["code"]) for fault in twice.json()["errors"]}
    assert pointers(put(world, id_number=number("340503", "19850612", 9), birth_date="1985-06-13")) == ["/birth_date"]
    assert code(put(world, name=7)) == "VALIDATION_FAILED" and code(put(world, name="")) == "VALIDATION_FAILED"
    for person_id in "x" * 33, "a.b", "a~b":
        assert code(world.staff.put(f"/v1/persons/{person_id}", {})) == "VALIDATION_FAILED"


def test_one_person_per_id_number(world):
    first, second = world.person(), world.person()
    taken = world.staff.put(f"/v1/persons/{second.no}", second.body(id_number=first.number))
    assert (taken.status_code, code(taken)) == (409, "ID_NUMBER_TAKEN")
    assert code(put(world, id_number=first.number)) == "ID_NUMBER_TAKEN"
    world.change(second)  # one's own is not taken
    world.change(first, id_number=id_number())
    world.change(second, id_number=first.number)  # free again


def test_one_id_number_registered_twice_at_once_is_one_person(world):
    new = id_number()
    assert statuses(at_once(*[lambda: put(world, id_number=new)] * 6)) == {201: 1, 409: 5}


# --- Who may see and change whom --------------------------------------------------------------------------------------
def test_staff_reach_only_their_areas(world, server):
    """An area outside one's own answers the same as nobody at all."""
    here, there = world.person("340500"), world.person("350100")
    for areas, may in ((["340500"], True), (["340000"], True), (["*"], True), (["350100", "340500"], True), (["340100"], False), (["350000"], False),
                       ([], False), (None, False)):
        staff = Caller(server, "op-2", areas=areas)
        nobody = problem(staff.get("/v1/persons/nobody"))
        for answer in (staff.get(f"/v1/persons/{here.no}"), staff.put(f"/v1/persons/{here.no}", here.body()),
                       staff.put(f"/v1/persons/{here.no}/freeze", {"frozen": False, "reason": "test"}),
                       staff.put(f"/v1/persons/{here.no}/enrollments/2026", {"enrolled": True}),
                       staff.post(f"/v1/persons/{here.no}/contributions", {"amount_fen": 1, "year": 2026, "reference": "r1"})):
            assert answer.status_code in (200, 201) if may else problem(answer) == nobody, (areas, answer.text)
    clerk = Caller(server, "op-3", areas=["340500"])
    assert code(clerk.put(f"/v1/persons/{there.no}", there.body(area="340500"))) == "PERSON_NOT_FOUND"
    assert code(clerk.put(f"/v1/persons/{here.no}", here.body(area="350100"))) == "PERSON_NOT_FOUND"


@pytest.mark.parametrize("scope, method, path", [
    ("inquiry", "PUT", ""), ("family account premium", "GET", ""), ("registry", "PUT", "/freeze"), ("freeze", "PUT", "/enrollments/2026"),
    ("freeze inquiry", "POST", "/contributions"), ("review", "GET", "")])
def test_each_path_asks_for_its_scope(world, server, scope, method, path):
    refused = Caller(server, "op", scope).call(method, f"/v1/persons/{world.tag}{path}", {})
    assert (refused.status_code, code(refused)) == (403, "SCOPE_MISSING")


@pytest.mark.parametrize("reason, accepted", [
    (None, False), ("", False), ("x" * 201, False), ("核" * 201, False), ("x" * 200, True), ("核" * 200, True), ("群众来电核对", True)],
    ids=["none", "empty", "201 letters", "201 characters", "200 letters", "200 characters", "words"])
def test_f18_reading_a_person_needs_a_reason(world, server, reason, accepted):
    """F18: looking somebody up leaves who, whom and why; without a reason nothing is shown."""
    person, clerk = world.person(), Caller(server, "op-look", "inquiry", act={"sub": "trainee-1"})
    clerk.session.headers.pop("Access-Reason")
    answer = clerk.get(f"/v1/persons/{person.no}", headers={"Access-Reason": reason.encode()} if reason is not None else {})
    if accepted:
        world.must(answer, 200)
        assert audited(world, person.no, "person.read") == [("op-look", reason, "trainee-1")]
    else:
        assert (answer.status_code, code(answer)) == (400, "ACCESS_REASON_REQUIRED")
        assert audited(world, person.no, "person.read") == []


def test_s0_45_every_change_is_in_the_audit(world):
    """S0-45: what changed is named, its old and new value are not."""
    person = world.person()
    world.change(person, status="paused", name="孙某某")
    rows = world.server.sql("SELECT a.details, a.request_id FROM gongji.audit_log a JOIN gongji.person p ON p.id = a.person"
                            " WHERE p.person_no = %s AND a.action = 'person.put' ORDER BY a.id", person.no)
    assert [row[0]["changed"] for row in rows][1] == ["name", "status"] and all(row[1] for row in rows)
    assert "孙" not in json.dumps(rows[1][0], ensure_ascii=False)


# --- Resolve ----------------------------------------------------------------------------------------------------------
def test_s0_20_resolve_tells_wrong_and_unknown_alike(world, server):
    person, channel = world.person(), Caller(server, "channel-1", "resolve")

    def ask(name, id_number_):
        return channel.post("/v1/persons/resolve", {"name": name, "id_number": id_number_}, key=None)

    assert world.must(ask(person.name, person.number), 200) == {"person_id": person.no}
    wrong, nobody = ask("钱某某", person.number), ask(person.name, id_number())
    assert (wrong.status_code, codes(wrong)) == (422, ["NAME_ID_MISMATCH"]) and problem(wrong) == problem(nobody)
    assert len(audited(world, person.no, "person.resolve")) == 1
    assert code(ask(person.name, wrong_check(person.number))) == "ID_NUMBER_INVALID"
    assert pointers(channel.post("/v1/persons/resolve", {}, key=None)) == ["/name", "/id_number"]
    assert code(world.caller(person).post("/v1/persons/resolve", {"name": person.name, "id_number": person.number})) == "SCOPE_MISSING"


def test_resolve_is_limited_per_caller(world, later_server):
    slow = later_server(GONGJI_LIMIT_RESOLVE_PER_MINUTE="3")
    asked = [Caller(slow, "channel-2", "resolve").post("/v1/persons/resolve", {"name": "某某", "id_number": id_number()}) for _ in range(4)]
    assert [answer.status_code for answer in asked] == [422, 422, 422, 429] and code(asked[3]) == "RATE_LIMITED"
    assert int(asked[3].headers["Retry-After"]) > 0 and asked[3].headers["RateLimit"] and asked[3].headers["RateLimit-Policy"]
    assert Caller(slow, "channel-3", "resolve").post("/v1/persons/resolve", {"name": "某某", "id_number": id_number()}).status_code == 422


# --- Freeze -----------------------------------------------------------------------------------------------------------
def test_a_freeze_blocks_debits_and_never_credits(world):
    child = world.child(current=40000)
    frozen = world.must(world.staff.put(f"/v1/persons/{child.no}/freeze", {"frozen": True, "reason": "法院冻结"}), 200)
    assert frozen["frozen"] is True and audited(world, child.no, "person.freeze") == [("op-1", "法院冻结", None)]
    assert codes(world.pay(child, child))[0] == "ACCOUNT_FROZEN"
    world.contribute(child, 500)
    account = world.account(child)
    assert (account["balance_fen"], account["frozen"], account["shareable_fen"]) == (40500, True, 0)
    world.must(world.staff.put(f"/v1/persons/{child.no}/freeze", {"frozen": False, "reason": "解除"}), 200)
    world.must(world.pay(child, child), 201)


def test_a_freeze_gives_its_reason(world):
    child = world.child()
    path = f"/v1/persons/{child.no}/freeze"
    for body, expected in (({}, ["/frozen", "/reason"]), ({"frozen": 1, "reason": "x"}, ["/frozen"]), ({"frozen": True, "reason": ""}, ["/reason"])):
        assert pointers(world.staff.put(path, body)) == expected
    assert code(world.staff.put("/v1/persons/nobody/freeze", {"frozen": True, "reason": "x"})) == "PERSON_NOT_FOUND"


# --- Contributions ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_money_goes_into_the_bucket_of_its_year(world, scheme):
    person = world.person(scheme=scheme)
    for year, fen in ((2026, 700), (2025, 40), (2001, 2)):
        world.contribute(person, fen, year)
    assert world.account(person)["buckets"] == {"current_year_fen": 700, "prior_year_fen": 42}
    assert world.account(person)["balance_fen"] == 742


@pytest.mark.parametrize("change, pointer", [
    ({"year": 2027}, "/year"), ({"year": "2026"}, "/year"), ({"amount_fen": 0}, "/amount_fen"), ({"amount_fen": -1}, "/amount_fen"), ({"amount_fen": 1.5}, "/amount_fen"),
    ({"amount_fen": 1e2}, "/amount_fen"), ({"amount_fen": "1"}, "/amount_fen"), ({"amount_fen": 2 ** 53}, "/amount_fen"), ({"amount_fen": 2 ** 63}, "/amount_fen"),
    ({"amount_fen": None}, "/amount_fen"), ({"reference": ""}, "/reference"), ({"reference": "x" * 101}, "/reference"), ({"amount": 1}, "/amount")])
def test_contributions_are_whole_fen_of_years_begun(world, change, pointer):
    person = world.child()
    refused = world.staff.post(f"/v1/persons/{person.no}/contributions", {"amount_fen": 1, "year": 2026, "reference": "r", **change})
    assert code(refused) == "VALIDATION_FAILED" and pointers(refused) == [pointer]
    assert world.account(person)["balance_fen"] == 0


def test_a_reference_counts_once(world):
    person, other = world.person(), world.person()
    path, body = f"/v1/persons/{person.no}/contributions", {"amount_fen": 1200, "year": 2026, "reference": "2026-11"}
    first = world.must(world.staff.post(path, body), 201)
    assert world.must(world.staff.post(path, body), 200) == first
    for change in {"amount_fen": 1201}, {"year": 2025}:
        refused = world.staff.post(path, {**body, **change})
        assert (refused.status_code, code(refused)) == (409, "REFERENCE_REUSED")
    world.must(world.staff.post(f"/v1/persons/{other.no}/contributions", body), 201)
    assert world.account(person)["balance_fen"] == 1200


def test_a_reference_sent_many_times_at_once_counts_once(world):
    person = world.person()
    body = {"amount_fen": 1200, "year": 2026, "reference": "2026-11"}
    answers = at_once(*[lambda: world.staff.post(f"/v1/persons/{person.no}/contributions", body)] * 8)
    assert statuses(answers) == {201: 1, 200: 7} and len({answer.text for answer in answers}) == 1
    assert world.account(person)["balance_fen"] == 1200


def test_contributions_need_a_key_and_a_person(world):
    body = {"amount_fen": 1, "year": 2026, "reference": "r"}
    assert code(world.staff.post("/v1/persons/nobody/contributions", body, key=None)) == "IDEMPOTENCY_KEY_MISSING"
    assert code(world.staff.post("/v1/persons/nobody/contributions", body)) == "PERSON_NOT_FOUND"


# --- Enrollments ------------------------------------------------------------------------------------------------------
def test_enrollment_years_are_set_and_changed(world):
    child = world.child()
    path = f"/v1/persons/{child.no}/enrollments/"
    assert world.must(world.staff.put(path + "2026", {"enrolled": True}), 201) == {"person_id": child.no, "benefit_year": 2026, "enrolled": True}
    assert world.must(world.staff.put(path + "2026", {"enrolled": False}), 200)["enrolled"] is False
    world.must(world.staff.put(path + "2025", {"enrolled": True}), 201)
    assert world.must(world.quote(child, child), 201)["coverage"]["missed_years"] == 1
    for year in "1899", "3000", "26", "x", "2026.0":
        assert code(world.staff.put(path + year, {"enrolled": True})) == "VALIDATION_FAILED"
    assert code(world.staff.put("/v1/persons/nobody/enrollments/2026", {"enrolled": True})) == "PERSON_NOT_FOUND"

"""Rules as dated data: inherited member by member, told with where they come from, changed only for days to come. Standards, area links, channels."""
import itertools

import pytest

from harness import Caller, code, codes, split
from steps import OPEN, SOURCE, TODAY, amend, at_once, beside, family, fresh_area, place, pointers, problem, publish, state, statuses

TOMORROW, DAY_AFTER = "2026-11-22", "2026-11-23"


def rules(world, area, on=None):
    return world.must(world.staff.get(f"/v1/policies/{area}" + (f"?on={on}" if on else "")), 200)["rules"]


def value(world, area, member, on=None):
    return rules(world, area, on)[member]["value"]


def put(world, area, valid_from=TODAY, **members):
    return world.staff.put(f"/v1/policies/{area}/{valid_from}", {"legal_basis": "test", "source": SOURCE, **members})


def link(world, grantor_area, beneficiary_area, uses, valid_from=TODAY, **more):
    answer = world.staff.put(f"/v1/area-links/{grantor_area}/{beneficiary_area}/{valid_from}", {"uses": uses, **more})
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


# --- Inheritance and provenance ---------------------------------------------------------------------------------------
def test_s0_05_s1_48_every_rule_tells_where_it_comes_from(world):
    """S0-05 S1-48 P-24: area, else province, else nation, each with day, legal basis and how sure it is."""
    ours = rules(world, "340500")
    assert [(ours[name]["value"], ours[name]["from_area"]) for name in ("retained_minimum_fen", "shareable_buckets", "own_bucket_order")] == [
        (0, "340500"), (["prior_year"], "340000"), (["current_year", "prior_year"], "000000")]
    assert all(rule["legal_basis"] and rule["source"]["confidence"] and rule["valid_from"] <= TODAY and rule["from_area"] for rule in ours.values())
    assert "门诊共济保障机制" in ours["shareable_buckets"]["legal_basis"]
    assert ours["retained_minimum_fen"]["source"]["confidence"] == "demo" and ours["shareable_buckets"]["source"]["confidence"] == "C"
    assert (value(world, "350100", "retained_minimum_fen"), value(world, "140100", "retained_minimum_fen"), value(world, "140100", "max_grantors_per_payment")) == (
        200000, 100000, 1)
    assert value(world, "650100", "uses")["city_inclusive"] == ["self", "relative"]
    assert set(rules(world, "440100")) == set(ours)  # the nation states every rule


def test_rules_are_those_of_the_day_asked(world):
    assert (value(world, "350100", "retained_minimum_fen", "2023-12-31"), value(world, "350100", "retained_minimum_fen", "2024-01-01")) == (0, 200000)
    assert value(world, "340500", "relations", "2021-04-21") == [] and value(world, "340500", "relations", "2021-04-22") == ["spouse", "parent", "child"]
    assert code(world.staff.get("/v1/policies/340500?on=2019-12-31")) == "POLICY_NOT_FOUND"
    assert code(world.staff.get("/v1/policies/349999")) == "POLICY_NOT_FOUND"
    assert pointers(world.staff.get("/v1/policies/340500?on=2026-02-30&at=x")) == ["?on", "?at"]


def test_a_member_is_inherited_stated_null_and_replaced_whole(world):
    """Per member the area's latest row that states it; null is stated, absent is inherited, objects are replaced whole."""
    area = fresh_area(world)
    first = world.must(put(world, area, max_members=5, uses={"resident_premium": ["self"], "outpatient": ["self"]}), 201)
    assert first["rules"]["max_members"]["from_area"] == area and first["rules"]["relations"]["from_area"] == "000000"
    second = world.must(put(world, area, max_members=None, uses={"resident_premium": ["self", "relative"]}), 200)
    assert second["version"] > first["version"]
    assert second["rules"]["max_members"]["value"] is None and second["rules"]["max_members"]["from_area"] == area
    assert second["rules"]["uses"]["value"] == {"resident_premium": ["self", "relative"]}
    third = world.must(put(world, area, retained_minimum_fen=1), 200)  # the day is said anew: what it does not state is inherited again
    assert third["rules"]["max_members"]["from_area"] == "000000" and third["rules"]["retained_minimum_fen"]["value"] == 1


def test_the_area_goes_before_its_province_whenever_it_spoke(world):
    """An area's own row stands also against a later one of its province; other areas of the province follow that from its day on."""
    own, other = "620100", "620200"
    world.must(put(world, own, max_members=3), 201)
    world.must(put(world, "620000", TOMORROW, max_members=9, min_bound_days=7), 201)
    assert (value(world, own, "max_members", TOMORROW), value(world, own, "min_bound_days", TOMORROW)) == (3, 7)
    assert (value(world, other, "max_members"), value(world, other, "max_members", TOMORROW)) == (None, 9)
    assert rules(world, other, TOMORROW)["max_members"]["from_area"] == "620000" and value(world, "630100", "max_members", TOMORROW) is None


# --- PUT --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("valid_from, expected", [(TODAY, 201), (TOMORROW, 201), ("2031-01-01", 201), ("2026-11-20", "POLICY_IN_EFFECT"), ("2024-01-01", "POLICY_IN_EFFECT"),
                                                  ("2026-02-30", "VALIDATION_FAILED"), ("tomorrow", "VALIDATION_FAILED"), ("20261201", "VALIDATION_FAILED")])
def test_history_is_never_rewritten(world, valid_from, expected):
    """POLICY_IN_EFFECT: today or later; what was in force on a day gone by stays so."""
    area = fresh_area(world)
    answer = put(world, area, valid_from, max_members=4)
    assert code(answer) == expected and answer.status_code == {201: 201, "POLICY_IN_EFFECT": 409, "VALIDATION_FAILED": 400}[expected]


def test_a_later_row_waits_for_its_day(world, later_server):
    area = place(world, retained_minimum_fen=0)
    grantor, child, _ = family(world, area, prior=50000)
    amend(world, area, TOMORROW, retained_minimum_fen=20000)
    assert (value(world, area, "retained_minimum_fen"), value(world, area, "retained_minimum_fen", TOMORROW)) == (0, 20000)
    assert world.account(grantor)["shareable_fen"] == 50000
    tomorrow = beside(world, later_server("2026-11-22T00:00:01+08:00"))
    assert tomorrow.account(grantor)["shareable_fen"] == 30000 and codes(tomorrow.pay(grantor, child)) == ["SHORTFALL_CASH_REQUIRED"]
    world.must(world.pay(grantor, child), 201)


@pytest.mark.parametrize("change, expected", [
    ({"retained_minimum": 1}, ["/retained_minimum"]),
    ({"retained_minimum_fen": -1, "max_members": "6", "relations": ["uncle"]}, ["/retained_minimum_fen", "/relations/0", "/max_members"]),
    ({"uses": {"gym": ["self"], "drug": ["friend"]}}, ["/uses/gym", "/uses/drug/0"]), ({"waiting": {"fixed_month": 3}}, ["/waiting/fixed_month"]),
    ({"own_bucket_order": ["prior_year", "prior_year"]}, ["/own_bucket_order/1"]), ({"own_bucket_order": ["prior_year"]}, ["/own_bucket_order"]),
    ({"uses": None, "review_mode": None}, ["/uses", "/review_mode"]), ({"review_mode": "quick"}, ["/review_mode"]),
    ({"insured_status_allowed": {"*": ["alive"]}}, ["/insured_status_allowed/*/0"]),
    ({"evidence_required": {"child": ["selfie"]}}, ["/evidence_required/child/0"]), ({"relation_limits": {"child": -1}}, ["/relation_limits/child"]),
    ({"channels": {"bind": ["Web Hall"]}}, ["/channels/bind/0"]), ({"cash_hold_minutes": 0}, ["/cash_hold_minutes"]), ({"source": {"confidence": ""}}, ["/source/confidence"]),
    ({"legal_basis": None}, ["/legal_basis"])], ids=str)
def test_policy_faults_are_told_at_once(world, change, expected):
    refused = put(world, "620300", **change)
    assert code(refused) == "VALIDATION_FAILED" and sorted(pointers(refused)) == sorted(expected)


def test_policies_are_changed_by_their_areas_staff(world, server):
    area = fresh_area(world)
    body = {"legal_basis": "test", "source": SOURCE, "max_members": 4}
    nobody = None
    for areas, path, may in ((["*"], area, True), ([area], area, True), (["510000"], area, True), (["510000"], "510000", True), ([area], "510000", False),
                             (["340000"], area, False), ([], area, False), (None, area, False), (["510000"], "000000", False)):
        answer = Caller(server, "op-p", "policy", areas=areas).put(f"/v1/policies/{path}/2031-0{1 + len(areas or [])}-01", body)
        assert answer.status_code in (200, 201) if may else (answer.status_code, code(answer)) == (404, "POLICY_NOT_FOUND"), (areas, path)
        if not may:
            nobody = nobody or problem(answer)
            assert problem(answer) == nobody
    assert (put(world, "999999", max_members=1).status_code, code(put(world, "999999", max_members=1))) == (400, "AREA_UNKNOWN")
    for method, path in (("GET", f"/v1/policies/{area}"), ("PUT", f"/v1/policies/{area}/{TODAY}"), ("GET", "/v1/premium-standards/340500/2027/resident_basic"),
                         ("PUT", f"/v1/area-links/{area}/340500/{TODAY}")):
        assert code(Caller(server, "op-p", "registry review inquiry family").call(method, path, body if method == "PUT" else None)) == "SCOPE_MISSING"
    assert server.sql("SELECT count(*) FROM gongji.audit_log WHERE action = 'policy.put' AND details ->> 'area' = %s", area)[0][0] == 3


def test_versions_grow_one_by_one_when_offices_change_at_once(world):
    area = fresh_area(world)
    answers = at_once(*[lambda n=n: put(world, area, max_members=n) for n in range(6)])
    assert statuses(answers) == {201: 1, 200: 5}
    versions = sorted((answer.json()["version"], answer.json()["rules"]["max_members"]["value"]) for answer in answers)
    assert len({version for version, _ in versions}) == 6 and value(world, area, "max_members") == versions[-1][1]


@pytest.mark.parametrize("member, probe", [("max_members", "bind"), ("relation_limits", "bind"), ("grantor_status_required", "grantor paused"), ("notice_version", "bind"),
                                           ("min_bound_days", "release"), ("retained_minimum_fen", "pay"), ("max_grantors_per_payment", "pay"),
                                           ("max_grantors_per_beneficiary", "bind"), ("evidence_required", "bind"), ("channels", "pay"), ("insured_status_allowed", "child paused"),
                                           ("waiting", "pay"), ("cross_area", "bind")])
def test_null_is_no_limit(world, member, probe):
    """null says "no limit": nothing is refused for its sake."""
    area = place(world, **{member: None})
    grantor, child = world.person(area, prior=100000), world.child(area)
    if probe == "grantor paused":
        world.change(grantor, status="paused")
    if probe == "child paused":
        world.change(child, status="paused")
    binding = world.must(world.apply(grantor, child, notice_version="any"), 201) if member == "notice_version" else world.must(world.apply(grantor, child), 201)
    assert binding["status"] == "active"
    if probe == "release":
        world.must(world.caller(grantor).post(f"/v1/bindings/{binding['id']}/release", {}), 200)
    else:
        assert split(world.must(world.pay(grantor, child), 201)) == {"aid:prior_year": 40000}


# --- New rows change what is quoted -----------------------------------------------------------------------------------
def test_f15_a_floor_raised_between_quote_and_payment(world):
    """F15: refused with the fresh split; the payment stores the version it was made under, the earlier one keeps its own."""
    area = place(world, retained_minimum_fen=0)
    grantor, child, _ = family(world, area, prior=100000, own=10000)
    sibling = world.child(area, current=40000)
    before = world.must(world.pay(sibling, sibling), 201)
    quote = world.must(world.quote(grantor, child), 201)
    version = amend(world, area, retained_minimum_fen=80000)["version"]
    stale = world.caller(grantor).post("/v1/premium-payments", {"quote_id": quote["id"]})
    assert codes(stale) == ["QUOTE_STALE", "SHORTFALL_CASH_REQUIRED"] and stale.json()["shortfall_fen"] == 10000
    assert split(stale.json()["quote"]) == {"own:current_year": 10000, "aid:prior_year": 20000, "cash": 10000}
    leg = [leg for leg in stale.json()["quote"]["legs"] if leg["source"] == "aid"][0]
    assert (leg["rule"], leg["legal_basis"], stale.json()["quote"]["policy_version"]) == ("retained_minimum_fen", "test", version)
    assert world.must(world.caller(sibling).get(f"/v1/payments/{before['id']}"), 200)["policy_version"] == before["policy_version"] < version
    assert world.account(grantor)["balance_fen"] == 100000


# --- Premium standards ------------------------------------------------------------------------------------------------
def test_s0_38_standards_are_rows_with_versions(world):
    """S0-38: by area, year and product; what stands already changes nothing, anything else is a new version that counts at once."""
    area = fresh_area(world)
    path = f"/v1/premium-standards/{area}/2027/resident_basic"
    assert code(world.staff.get(path)) == "PREMIUM_STANDARD_NOT_FOUND"
    first = publish(world, area)
    assert world.must(world.staff.get(path), 200) == first and (first["area"], first["benefit_year"], first["amount_fen"]) == (area, 2027, 40000)
    assert publish(world, area) == first
    second = publish(world, area, amount_fen=41000)
    assert second["version"] > first["version"] and world.must(world.staff.get(path), 200) == second
    child = world.child(area, current=50000)
    state(world, area, **OPEN)
    assert world.must(world.pay(child, child), 201)["payable_fen"] == 41000
    assert code(world.staff.get(f"/v1/premium-standards/{area}/2028/resident_basic")) == "PREMIUM_STANDARD_NOT_FOUND"


@pytest.mark.parametrize("change, expected", [
    ({"amount_fen": -1}, ["/amount_fen"]), ({"amount_fen": 40000.5}, ["/amount_fen"]), ({"windows": []}, ["/windows"]),
    ({"windows": None}, ["/windows"]), ({"windows": {}}, ["/windows"]),
    ({"windows": [{"from": "2026-12-31", "to": "2026-09-01"}]}, ["/windows/0/to"]),
    ({"windows": [{"from": "2026-09-01", "to": "2026-12-31", "late_until": "2026-12-30"}]}, ["/windows/0/late_until"]),
    ({"windows": [{"from": "2026-09-01", "until": "x"}]}, ["/windows/0/to", "/windows/0/until"]), ({"benefit": {"from": "2027-12-31", "to": "2027-01-01"}}, ["/benefit/to"]),
    ({"subsidies": [{"person_class": "student", "mode": "fixed"}]}, ["/subsidies/0/amount_fen"]),
    ({"subsidies": [{"person_class": "rich", "mode": "half"}]}, ["/subsidies/0/person_class", "/subsidies/0/mode"]),
    ({"subsidies": [{"person_class": "student", "mode": "rate", "rate_percent": 101}]}, ["/subsidies/0/rate_percent"]),
    ({"subsidies": [{"person_class": "student", "mode": "full", "amount_fen": 1}]}, ["/subsidies/0/amount_fen"]),
    ({"subsidies": [{"person_class": "student", "mode": "full"}] * 2}, ["/subsidies/1/person_class"]), ({"note": 1}, ["/note"]), ({"source": {}}, ["/source/confidence"]),
    ({"source": ""}, ["/source"]), ({"source": ["x"]}, ["/source"])], ids=str)
def test_standard_faults_are_told_at_once(world, change, expected):
    body = {"amount_fen": 40000, "benefit": {"from": "2027-01-01", "to": "2027-12-31"}, "windows": [{"from": "2026-09-01", "to": "2026-12-31"}], "source": SOURCE, **change}
    refused = world.staff.put("/v1/premium-standards/620300/2027/resident_basic", {name: item for name, item in body.items() if item is not None})
    assert code(refused) == "VALIDATION_FAILED" and sorted(pointers(refused)) == sorted(expected)


def test_the_source_of_a_standard_may_be_a_plain_text(world):
    area = fresh_area(world)
    first = publish(world, area, source="浙医保发〔2026〕1号")
    assert first["source"] == "浙医保发〔2026〕1号" and publish(world, area, source="浙医保发〔2026〕1号") == first
    assert publish(world, area)["source"] == SOURCE


def test_standards_belong_to_pooling_areas_and_their_staff(world, server):
    area = fresh_area(world)
    body = {"amount_fen": 1, "benefit": {"from": "2027-01-01", "to": "2027-12-31"}, "windows": [{"from": "2026-09-01", "to": "2026-12-31"}], "source": SOURCE}
    for elsewhere in "510000", "000000", "340503", "999999":
        assert code(world.staff.put(f"/v1/premium-standards/{elsewhere}/2027/resident_basic", body)) == "AREA_UNKNOWN"
    path = f"/v1/premium-standards/{area}/2027/resident_basic"
    for areas in ["340000"], [], None:
        assert code(Caller(server, "op-p", "policy", areas=areas).put(path, body)) == "PREMIUM_STANDARD_NOT_FOUND"
    world.must(Caller(server, "op-p", "policy", areas=[area]).put(path, body), 201)
    for year, product in ("27", "resident_basic"), ("x", "resident_basic"), ("2027", "Resident"), ("2027", "x" * 41):
        assert code(world.staff.put(f"/v1/premium-standards/{area}/{year}/{product}", body)) == "VALIDATION_FAILED"


# --- Area links -------------------------------------------------------------------------------------------------------
def test_s0_15_s1_10_provinces_open_and_close_by_date(world, later_server):
    """S0-02 S0-15 S1-10 P-32: closed without a link; open from its first to its last day; another use opens binding, not the premium."""
    here, there = place(world, "51"), place(world, "53")
    grantor, child = world.person(here, prior=100000), world.child(there)
    link(world, here, there, ["outpatient"], TODAY)
    world.must(world.apply(grantor, child), 201)
    assert codes(world.quote(grantor, child)) == ["CROSS_PROVINCE_NOT_ALLOWED"]
    link(world, here, there, ["resident_premium"], TOMORROW, valid_to=TOMORROW)
    days = {day: beside(world, later_server(f"{day}T00:00:01+08:00")) for day in (TOMORROW, DAY_AFTER)}
    assert codes(world.quote(grantor, child)) == ["CROSS_PROVINCE_NOT_ALLOWED"]
    assert split(world.must(days[TOMORROW].quote(grantor, child), 201)) == {"aid:prior_year": 40000}
    assert codes(days[DAY_AFTER].pay(grantor, child)) == ["CROSS_PROVINCE_NOT_ALLOWED"]
    assert codes(days[DAY_AFTER].apply(grantor, world.child(there))) == ["CROSS_PROVINCE_NOT_ALLOWED"]


@pytest.mark.parametrize("from_province, to_province", list(itertools.product((False, True), repeat=2)))
def test_links_are_between_areas_or_provinces(world, from_province, to_province):
    """An area's link counts for it, a province's for all its areas; the other direction stays closed."""
    pair = {(False, False): ("15", "21"), (False, True): ("15", "22"), (True, False): ("23", "21"), (True, True): ("23", "22")}[from_province, to_province]
    here, there = place(world, pair[0]), place(world, pair[1])
    ends = [province + "0000" if whole else area for area, province, whole in zip((here, there), pair, (from_province, to_province))]
    grantor, child = world.person(here, prior=100000), world.child(there)
    assert codes(world.apply(grantor, child)) == ["CROSS_PROVINCE_NOT_ALLOWED"]
    link(world, *ends, ["resident_premium"])
    world.must(world.apply(grantor, child), 201)
    world.must(world.pay(grantor, child), 201)
    assert codes(world.apply(world.person(there, prior=1), world.child(here))) == ["CROSS_PROVINCE_NOT_ALLOWED"]
    link(world, *ends, [])  # closed again


def test_s1_26_both_provinces_policies_must_let_it(world):
    """S1-26: a link is not enough where a side bars other provinces."""
    here, there = place(world, "51", cross_province=False), place(world, "53", cross_province=False)
    open_here, open_there = place(world, "51"), place(world, "53")
    for ends in (here, open_there), (open_here, there):
        link(world, *ends, ["resident_premium"])
    assert codes(world.apply(world.person(here, prior=1), world.child(open_there))) == ["CROSS_PROVINCE_NOT_ALLOWED"]
    refused = world.apply(world.person(open_here, prior=1), world.child(there))
    assert codes(refused) == ["AREA_NOT_ENABLED"] and refused.json()["area"] == there


def test_links_are_read_checked_and_guarded(world, server):
    here, there = fresh_area(world, "51"), fresh_area(world, "53")
    path = f"/v1/area-links/{here}/{there}/{TODAY}"
    assert code(world.staff.get(path)) == "AREA_LINK_NOT_FOUND"
    first = world.must(world.staff.put(path, {"uses": ["resident_premium"], "valid_to": "2027-12-31"}), 201)
    assert {name: first[name] for name in ("grantor_area", "beneficiary_area", "valid_from", "valid_to", "uses")} == {
        "grantor_area": here, "beneficiary_area": there, "valid_from": TODAY, "valid_to": "2027-12-31", "uses": ["resident_premium"]}
    assert world.must(world.staff.get(path), 200) == first
    assert world.must(world.staff.put(path, {"uses": []}), 200)["version"] > first["version"]
    for body, expected in (({}, ["/uses"]), ({"uses": ["gym"]}, ["/uses/0"]), ({"uses": [], "valid_to": "2026-11-20"}, ["/valid_to"]), ({"uses": [], "x": 1}, ["/x"])):
        assert pointers(world.staff.put(path, body)) == expected
    for ends in ("999999", there), (here, "000000"):
        assert code(world.staff.put(f"/v1/area-links/{ends[0]}/{ends[1]}/{TODAY}", {"uses": []})) == "AREA_UNKNOWN"
    for areas, may in (([here], False), ([there], False), ([here, there], True), (["510000", "530000"], True), (["*"], True), ([], False)):
        answer = Caller(server, "op-p", "policy", areas=areas).put(path, {"uses": []})
        assert answer.status_code == 200 if may else code(answer) == "AREA_LINK_NOT_FOUND"


# --- Channels ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", ["bind", "pay", "read"])
def test_s0_32_channels_are_opened_per_operation(world, operation):
    """S0-23 S0-32: binding by the grantor's area, paying and reading by the insured's; the other operations stay open."""
    area = place(world, channels={operation: ["wechat_mini"]})
    grantor, child = world.person(area, prior=100000), world.child(area)

    def results(channel):
        me = Caller(world.server, grantor.no, "family account premium", issuer="dev-" + channel)
        bound = world.apply(grantor, child, caller=me, notice_version="n1")
        if bound.status_code != 201:
            world.apply(grantor, child, caller=Caller(world.server, grantor.no, "family", issuer="dev-wechat_mini"), notice_version="n1")
        return {"bind": code(bound), "pay": code(me.post("/v1/quotes", {"insured_id": child.no, "benefit_year": 2027}, key=None)), "read": code(me.get("/v1/accounts/me"))}

    assert results("counter") == {"bind": 201, "pay": 201, "read": 200, operation: "CHANNEL_NOT_ALLOWED"}
    child = world.child(area)
    assert results("wechat_mini") == {"bind": 201, "pay": 201, "read": 200}


def test_s0_32_premiums_are_read_where_the_insureds_area_lets_the_channel(world):
    area = place(world, channels={"read": ["wechat_mini"]})
    grantor, child = world.person(area, prior=100000), world.child(area)
    world.bind(grantor, child)
    for channel, expected, people in ("wechat_mini", 200, [child.no]), ("counter", "CHANNEL_NOT_ALLOWED", []):
        me = Caller(world.server, grantor.no, "premium", issuer="dev-" + channel)
        assert code(me.get(f"/v1/premiums?insured_id={child.no}&benefit_year=2027")) == expected
        assert [each["insured"]["person_id"] for each in me.get("/v1/premiums?benefit_year=2027").json()["data"]] == people

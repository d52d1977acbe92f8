"""Balances, what relatives can give and why not, usage records by time range, the books as a whole, and the turn of the year."""
import csv
import io

import pytest

from harness import CHANNELS, Caller, World, code, codes, split
from steps import amend, audited, beside, everything, family, place, pointers, problem, publish, unknown

NEW_YEAR = "2027-01-01T00:00:05+08:00"


def aid(world, person):
    return world.must(world.caller(person).get("/v1/accounts/me/aid"), 200)


def entries(world, person, more="", limit=None):
    return everything(world.caller(person), "/v1/accounts/me/entries" + more, limit)


def freeze(world, person):
    world.must(world.staff.put(f"/v1/persons/{person.no}/freeze", {"frozen": True, "reason": "test"}), 200)


# --- Balance ----------------------------------------------------------------------------------------------------------
def test_s1_30_a_balance_is_shown_bucket_by_bucket(world):
    """S1-30 S1-32: everything a holder asks, as of now; the sums can be checked from the answer."""
    person = world.person("350100", prior=150000, current=90000)
    account = world.account(person)
    assert account["as_of"].startswith("2026-11-21T10:") and account["as_of"].endswith("+08:00")
    assert {name: value for name, value in account.items() if name != "as_of"} == {
        "person_id": person.no, "area": "350100", "buckets": {"current_year_fen": 90000, "prior_year_fen": 150000},
        "held": {"current_year_fen": 0, "prior_year_fen": 0}, "balance_fen": 240000, "held_fen": 0, "available_fen": 240000,
        "retained_minimum_fen": 200000, "shareable_fen": 40000, "frozen": False}


def test_no_money_reads_zeros(world):
    account = world.account(world.child())
    assert [account[name] for name in ("balance_fen", "held_fen", "available_fen", "shareable_fen")] == [0] * 4
    assert entries(world, world.child()) == []


@pytest.mark.parametrize("prior, current, minimum, buckets, shareable", [
    (200000, 0, 200000, "both", 0), (200001, 0, 200000, "both", 1), (199999, 0, 200000, "both", 0), (1, 200000, 200000, "both", 1),
    (100000, 150000, 200000, "both", 50000), (10000, 400000, 200000, "both", 210000),
    (0, 90000, 0, "prior", 0), (50000, 90000, 0, "prior", 50000), (50000, 200000, 200000, "prior", 50000), (50000, 160000, 200000, "prior", 10000),
    (50000, 90000, 0, "none", 0)])
def test_e5_e6_s1_24_what_may_be_shared(world, prior, current, minimum, buckets, shareable):
    """E5 E6 S0-07 S1-24 S1-45: max(0, min(shareable buckets, balance - retained minimum)); exactly the minimum gives 0, one fen above gives one."""
    area = place(world, retained_minimum_fen=minimum,
                 shareable_buckets={"both": ["prior_year", "current_year"], "prior": ["prior_year"], "none": []}[buckets])
    grantor, child, _ = family(world, area, prior=prior, current=current)
    account = world.account(grantor)
    assert account["shareable_fen"] == shareable and account["retained_minimum_fen"] == minimum
    assert aid(world, child)["available_fen"] == shareable
    legs = split(world.must(world.quote(grantor, child), 201))
    assert sum(fen for name, fen in legs.items() if name.startswith("aid")) == min(shareable, 40000)


@pytest.mark.parametrize("change", ["frozen", "paused", "terminated", "deceased"])
def test_nothing_is_shareable_when_frozen_or_not_normal(world, change):
    person = world.person("350100", prior=300000)
    if change == "frozen":
        freeze(world, person)
    else:
        world.change(person, status=change)
    account = world.account(person)
    assert (account["balance_fen"], account["available_fen"], account["shareable_fen"], account["frozen"]) == (300000, 300000, 0, change == "frozen")


@pytest.mark.parametrize("channel", CHANNELS)
def test_s1_32_balances_are_read_by_the_channels_of_the_area(world, channel):
    """S1-32 S1-33 S1-34 S1-36: city services, third parties and kiosks may read where the area says so."""
    person = world.person(prior=5)
    caller = Caller(world.server, person.no, "account", issuer="dev-" + channel)
    assert [code(caller.get("/v1/accounts/me" + path)) for path in ("", "/aid", "/entries")] == [200] * 3
    area = place(world, channels={"read": ["counter"]})
    world.change(person, area=area)
    assert [code(caller.get("/v1/accounts/me" + path)) for path in ("", "/aid", "/entries")] == [200 if channel == "counter" else "CHANNEL_NOT_ALLOWED"] * 3


def test_staff_read_with_a_reason_inside_their_areas(world, server):
    """S1-35: the counter's inquiry is audited; other areas, unknown people and missing scopes see nothing."""
    person = world.person(prior=500)
    office = Caller(server, "op-7", "inquiry", areas=["340000"])
    paths = ["", "/aid", "/entries"]
    actions = ["account.read", "account.read_aid", "account.read_entries"]
    for path, action in zip(paths, actions):
        world.must(office.get(f"/v1/accounts/{person.no}{path}", headers={"Access-Reason": "窗口查询".encode()}), 200)
        assert audited(world, person.no, action) == [("op-7", "窗口查询", None)]
    elsewhere = Caller(server, "op-7", "inquiry", areas=["350000"])
    assert problem(elsewhere.get(f"/v1/accounts/{person.no}")) == problem(elsewhere.get("/v1/accounts/nobody"))
    for path in paths:
        assert code(elsewhere.get(f"/v1/accounts/{person.no}{path}")) == "PERSON_NOT_FOUND"
        assert code(world.caller(person).get(f"/v1/accounts/{person.no}{path}")) == "SCOPE_MISSING"
        assert code(Caller(server, person.no, "family premium").get(f"/v1/accounts/me{path}")) == "SCOPE_MISSING"
        assert code(Caller(server, "nobody", "account").get(f"/v1/accounts/me{path}")) == "PERSON_NOT_FOUND"
    office.session.headers.pop("Access-Reason")
    assert [code(office.get(f"/v1/accounts/{person.no}{path}")) for path in paths] == ["ACCESS_REASON_REQUIRED"] * 3
    assert [len(audited(world, person.no, action)) for action in actions] == [1, 1, 1]


def test_money_is_exact_up_to_the_largest_fen(new_server):
    """2^53 - 1, what every JSON reader still tells apart; one fen more is refused, one premium less is exact."""
    world, most = World(new_server("largest").start()), 2 ** 53 - 1
    child = world.child(prior=most - 1)
    world.contribute(child, 1)
    assert world.account(child)["balance_fen"] == world.account(child)["shareable_fen"] == most
    refused = world.staff.post(f"/v1/persons/{child.no}/contributions", {"amount_fen": 1, "year": 2026, "reference": "r"})
    assert code(refused) == "VALIDATION_FAILED" and pointers(refused) == ["/amount_fen"]
    world.must(world.pay(child, child), 201)
    assert world.account(child)["balance_fen"] == entries(world, child)[0]["balance_after_fen"] == most - 40000
    assert world.must(Caller(world.server, "auditor", "audit").get("/v1/ledger/trial-balance"), 200)["total_fen"] == 0


# --- What relatives can give ------------------------------------------------------------------------------------------
def test_s1_12_why_a_relative_gives_nothing(world):
    """S1-12 S1-24 S0-07 S0-10 S1-26: each source with the first reason against it; never its balance."""
    area, floor = place(world, retained_minimum_fen=200000, review_mode="none"), place(world, shareable_buckets=["prior_year"])
    shut, far = place(world, cross_area=False), place(world, "44")
    child = world.child(area)
    cases = [  # grantor, what happens after the binding, usable, why_not
        (world.person(area, prior=215000), None, 15000, None),
        (world.person(area, prior=200000), None, 0, "RETAINED_MINIMUM"),
        (world.person(floor, prior=0, current=77700), None, 0, "PRIOR_YEAR_BALANCE_INSUFFICIENT"),
        (world.person(area, prior=987654), lambda each: world.change(each, status="paused"), 0, "GRANTOR_STATUS_ABNORMAL"),
        (world.person(area, prior=987654), lambda each: world.change(each, scheme="resident"), 0, "GRANTOR_STATUS_ABNORMAL"),
        (world.person(area, prior=987654), lambda each: freeze(world, each), 0, "ACCOUNT_FROZEN"),
        (world.person(area, prior=987654), lambda each: world.change(each, area=shut), 0, "CROSS_AREA_NOT_ALLOWED"),
        (world.person(area, prior=987654), lambda each: world.change(each, area=far), 0, "CROSS_PROVINCE_NOT_ALLOWED")]
    for grantor, after, _, _ in cases:
        world.bind(grantor, child)
        if after:
            after(grantor)
    amend(world, area, review_mode="manual")
    waiting = world.person(area, prior=987654)
    world.must(world.apply(waiting, child), 201)
    body = aid(world, child)
    assert [(source["available_fen"], source.get("why_not")) for source in body["sources"]] == [(fen, why) for _, _, fen, why in cases] + [(0, "BINDING_NOT_ACTIVE")]
    assert all(source["usable"] == ("why_not" not in source) for source in body["sources"])
    assert body["available_fen"] == 15000 and [source["priority"] for source in body["sources"]] == list(range(1, 10))
    assert all(set(source["grantor"]) == {"name"} and "*" in source["grantor"]["name"] for source in body["sources"])
    text = world.caller(child).get("/v1/accounts/me/aid").text
    assert not any(fen in text for fen in ("215000", "200000", "77700", "987654"))


def test_s1_41_a_use_that_is_not_open_gives_nothing(world):
    """S1-41: where relatives may not pay the premium, no source is usable for it."""
    area = place(world, uses={"resident_premium": ["self"], "outpatient": ["self", "relative"]})
    grantor, child, _ = family(world, area, prior=100000)
    assert [source["why_not"] for source in aid(world, child)["sources"]] == ["USE_NOT_PERMITTED"]
    assert codes(world.quote(grantor, child)) == ["USE_NOT_PERMITTED"]
    for use, gives in ("resident_premium", False), ("outpatient", True), ("drug", False):
        answer = world.must(world.caller(child).get("/v1/accounts/me/aid", params={"use": use}), 200)
        assert (answer["available_fen"], answer["sources"][0].get("why_not")) == ((100000, None) if gives else (0, "USE_NOT_PERMITTED"))
        staff = world.must(Caller(world.server, "op-9", "inquiry").get(f"/v1/accounts/{child.no}/aid", params={"use": use}), 200)
        assert staff == answer
    assert world.must(world.settle(world.place(area=area), child, ("outpatient", 100000)), 201)["aid_fen"] == 100000, "as told"
    refused = world.caller(child).get("/v1/accounts/me/aid", params={"use": "food"})
    assert code(refused) == "VALIDATION_FAILED" and refused.json()["errors"][0]["pointer"] == "?use"


def test_a_grantors_whole_balance_is_never_shown_to_others(world):
    """A relative sees what may be given, up to what is needed; not what is there (S1-30)."""
    grantor, child, binding = family(world, "350100", prior=7654321)
    me = world.caller(child)
    payment = world.must(world.pay(child, child), 201)
    paths = ["/v1/accounts/me", "/v1/accounts/me/entries", "/v1/bindings", f"/v1/bindings/{binding}", f"/v1/bindings/{binding}/history", f"/v1/bindings/{binding}/entries",
             f"/v1/payments/{payment['id']}", f"/v1/payments/{payment['id']}/receipt", "/v1/payments", "/v1/premiums", "/v1/bindings/options"]
    for path in paths:
        text = world.must(me.get(path), 200) and me.get(path).text
        assert "7654321" not in text and "7614321" not in text, path


# --- Usage records ----------------------------------------------------------------------------------------------------
def test_s1_31_entries_tell_what_was_spent_and_what_was_left(world):
    """S1-30 S1-31: newest first, signed, each with the balance after it; premiums name use, for whom and receipt."""
    grantor, child, binding = family(world, "340500", prior=100000, own=10000)
    payment = world.must(world.pay(grantor, child), 201)
    mine = entries(world, grantor)
    assert [(entry["kind"], entry["amount_fen"], entry["bucket"], entry["balance_after_fen"]) for entry in mine] == [
        ("premium", -30000, "prior_year", 70000), ("contribution", 100000, "prior_year", 100000)]
    assert (mine[0]["payment_id"], mine[0]["binding_id"], mine[0]["receipt_no"], mine[0]["use"], mine[0]["for_whom"]) == (
        payment["id"], binding, payment["receipt_no"], "resident_premium", "relative")
    own = entries(world, child)
    assert [(entry["amount_fen"], entry.get("for_whom"), entry["balance_after_fen"]) for entry in own] == [(-10000, "self", 0), (10000, None, 10000)]
    assert [entry["id"] for entry in entries(world, grantor, "?kind=premium")] == [mine[0]["id"]] and entries(world, grantor, "?kind=rollover") == []
    assert pointers(world.caller(grantor).get("/v1/accounts/me/entries?kind=all")) == ["?kind"]


def test_s1_31_paging_shows_every_entry_exactly_once(world):
    """S1-31: whatever the page size, and while new entries come in front."""
    person = world.person()
    for n in range(23):
        world.contribute(person, n + 1, 2025 + n % 2)
    whole = entries(world, person, limit=200)
    assert [entry["amount_fen"] for entry in whole] == list(range(23, 0, -1)) and len({entry["id"] for entry in whole}) == 23
    for limit in 1, 5, 22, 23, 24:
        assert entries(world, person, limit=limit) == whole
    first = world.must(world.caller(person).get("/v1/accounts/me/entries?limit=10"), 200)
    world.contribute(person, 500)
    rest = world.must(world.caller(person).get(f"/v1/accounts/me/entries?cursor={first['next_cursor']}&limit=200"), 200)
    assert first["data"] + rest["data"] == whole and rest["next_cursor"] is None


@pytest.mark.parametrize("query, expected", [
    ("from=2026-11-21&to=2026-11-22", 3), ("from=2026-11-22", 0), ("to=2026-11-21", 0), ("from=2026-11-21T09:59:59%2B08:00", 3), ("from=2026-11-21T09:59:59+08:00", 3),
    ("to=2026-11-21T02:00:00Z", 0), ("from=2026-11-21T01:59:59Z", 3), ("from=2026-11-20T22:00:00.5-04:00", 3), ("from=2026-11-21&to=2026-11-21", "RANGE_INVALID"),
    ("from=2026-11-22&to=2026-11-21", "RANGE_INVALID"), ("from=2026-11-21T10:00:00%2B08:00&to=2026-11-21T02:00:00Z", "RANGE_INVALID"),
    ("from=yesterday", "VALIDATION_FAILED"), ("from=2026-02-30", "VALIDATION_FAILED"), ("from=2026-11-21T10:00:00", "VALIDATION_FAILED"), ("from=", "VALIDATION_FAILED")])
def test_s1_31_ranges(world, query, expected):
    """S1-31: from inclusive, to exclusive; a bare date is midnight in China, a blank before the offset is its plus sign."""
    person, binding = family(world, "340500", prior=1)[1:]
    for n in range(3):
        world.contribute(person, n + 1)
    answer = world.caller(person).get("/v1/accounts/me/entries?" + query)
    assert code(answer) == expected if isinstance(expected, str) else len(world.must(answer, 200)["data"]) == expected
    if isinstance(expected, str):
        assert answer.status_code == 400 and code(world.caller(person).get(f"/v1/bindings/{binding}/entries?{query}")) == expected
        assert code(world.caller(person).get(f"/v1/payments?{query}")) == expected


def test_s1_31_from_is_inclusive_and_to_exclusive_to_the_microsecond(world):
    person = world.person()
    for fen in 1, 2, 3:
        world.contribute(person, fen)
    at = [entry["at"].replace("+", "%2B") for entry in entries(world, person)]
    assert [entry["amount_fen"] for entry in entries(world, person, f"?from={at[1]}")] == [3, 2]
    assert [entry["amount_fen"] for entry in entries(world, person, f"?to={at[1]}")] == [1]


def test_s1_31_csv_says_the_same_as_json(world):
    """S1-31: the same rows in the same order; the next page is in Link."""
    grantor, child, binding = family(world, "340500", prior=100000, own=5)
    world.must(world.pay(grantor, child), 201)
    for path in "/v1/accounts/me/entries", f"/v1/bindings/{binding}/entries":
        rows, next_path = [], path + "?limit=1"
        while next_path:
            answer = world.caller(grantor).get(next_path, headers={"Accept": "text/csv"})
            assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/csv") and answer.text.count("\r\n") == 2
            assert "Accept" in answer.headers["Vary"]
            rows += csv.DictReader(io.StringIO(answer.text))
            next_path = answer.links.get("next", {}).get("url", "") and answer.links["next"]["url"] + "&limit=1"
        json_rows = everything(world.caller(grantor), path)
        assert [{name: value for name, value in row.items() if value} for row in rows] == [{name: str(value) for name, value in row.items()} for row in json_rows]
    assert code(world.caller(grantor).get("/v1/accounts/me/entries", headers={"Accept": "image/png"})) == "NOT_ACCEPTABLE"
    assert world.caller(grantor).get("/v1/accounts/me/entries", headers={"Accept": "text/csv;q=0.5, application/json"}).headers["Content-Type"] == "application/json"


def test_s1_30_what_one_member_spent_is_the_same_for_both_sides(world, server):
    """S1-30 P-34: per binding, amounts without the grantor's balance, also after the release; nobody else's binding."""
    grantor, child, binding = family(world, "340500", prior=100000)
    other = world.child()
    world.bind(grantor, other)
    world.must(world.pay(grantor, child), 201)
    world.must(world.pay(grantor, other), 201)
    world.must(world.caller(child).post(f"/v1/bindings/{binding}/release", {}), 200)
    path = f"/v1/bindings/{binding}/entries"
    for caller in world.caller(grantor), world.caller(child), Caller(server, "op-8", "inquiry", areas=["340500"]):
        seen = everything(caller, path)
        assert [(entry["amount_fen"], entry["binding_id"], "balance_after_fen" in entry) for entry in seen] == [(-40000, binding, False)]
    for caller in world.caller(other), Caller(server, "op-8", "inquiry", areas=["350100"]):
        assert problem(caller.get(path)) == problem(caller.get(f"/v1/bindings/{unknown('bnd')}/entries"))
    assert code(Caller(server, "op-8", "inquiry", areas=["340500"]).get(path, headers={"Access-Reason": ""})) == "ACCESS_REASON_REQUIRED"


# --- The turn of the year ---------------------------------------------------------------------------------------------
def test_f13_on_new_year_current_money_becomes_prior_once(world, later_server):
    """S0-07 F13: computed when read, written once at the first touch, to be shared from then on where only earlier years' money may be."""
    area = place(world, shareable_buckets=["prior_year"])
    publish(world, area, 2028, windows=[{"from": "2027-01-01", "to": "2027-12-31"}])
    grantor, child, _ = family(world, area, prior=1000, current=90000)
    assert world.account(grantor)["shareable_fen"] == 1000
    later = beside(world, later_server(NEW_YEAR))
    read = later.account(grantor)
    assert (read["buckets"], read["balance_fen"], read["shareable_fen"]) == ({"current_year_fen": 0, "prior_year_fen": 91000}, 91000, 91000)
    assert [entry["kind"] for entry in entries(later, grantor)] == ["contribution", "contribution"]
    for fen in 5, 7:  # the first touch writes the rollover, the second does not
        later.must(later.staff.post(f"/v1/persons/{grantor.no}/contributions", {"amount_fen": fen, "year": 2027, "reference": f"n{fen}"}), 201)
    assert later.account(grantor)["buckets"] == {"current_year_fen": 12, "prior_year_fen": 91000}
    assert split(later.must(later.pay(grantor, child, 2028), 201)) == {"aid:prior_year": 40000}
    told = [(entry["kind"], entry["amount_fen"], entry["bucket"], entry["balance_after_fen"]) for entry in entries(later, grantor)][::-1]
    assert told[2:] == [("rollover", 90000, "prior_year", 181000), ("rollover", -90000, "current_year", 91000), ("contribution", 5, "current_year", 91005),
                        ("contribution", 7, "current_year", 91012), ("premium", -40000, "prior_year", 51012)]
    assert pointers(later.staff.post(f"/v1/persons/{grantor.no}/contributions", {"amount_fen": 1, "year": 2028, "reference": "x"})) == ["/year"]


def test_f13_a_payment_is_a_first_touch_too(world, later_server):
    area = place(world, shareable_buckets=["prior_year"])
    publish(world, area, 2028, windows=[{"from": "2027-01-01", "to": "2027-12-31"}])
    grantor, child, _ = family(world, area, current=50000, own=300)
    later = beside(world, later_server(NEW_YEAR))
    assert split(later.must(later.pay(grantor, child, 2028), 201)) == {"own:prior_year": 300, "aid:prior_year": 39700}
    assert later.account(grantor)["buckets"] == {"current_year_fen": 0, "prior_year_fen": 10300}
    assert [entry["amount_fen"] for entry in entries(later, child)] == [-300, -300, 300, 300]


# --- The books as a whole ---------------------------------------------------------------------------------------------
def test_the_trial_balance_is_zero_and_moves_with_the_money(world, server):
    office = Caller(server, "auditor", "audit")

    def balances(on=""):
        body = world.must(office.get("/v1/ledger/trial-balance" + on), 200)
        assert body["total_fen"] == 0 == sum(account["balance_fen"] for account in body["accounts"])
        assert all(account["balance_fen"] == account["credit_fen"] - account["debit_fen"] for account in body["accounts"])
        return body["on"], {account["account"]: account["balance_fen"] for account in body["accounts"]}

    day, before = balances()
    child = world.child(current=50000)
    world.must(world.pay(child, child), 201)
    after = balances()[1]
    assert day == "2026-11-21" and {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "personal": 10000, "premium_fund": 40000, "contribution_clearing": -50000}
    assert set(balances("?on=2026-11-20")[1].values()) == {0} and balances("?on=2026-11-21")[1] == after
    assert pointers(office.get("/v1/ledger/trial-balance?on=2026-11-31")) == ["?on"]


def test_f20_the_proof_names_each_rule(world, server):
    office = Caller(server, "auditor", "audit")
    body = world.must(office.get("/v1/ledger/proof"), 200)
    assert body["ok"] is True and len(body["checks"]) >= 8 and all(check["ok"] and check["detail"] for check in body["checks"])
    assert len({check["name"] for check in body["checks"]}) == len(body["checks"])
    for path in "/v1/ledger/proof", "/v1/ledger/trial-balance":
        assert code(Caller(server, "op", "registry inquiry policy").get(path)) == "SCOPE_MISSING"


def test_f20_a_tampered_balance_is_found_and_named(new_server):
    """F20: what somebody changes by hand past the functions is told with the account's person number."""
    world = World(new_server("tampered").start())
    person = world.person(prior=500)
    office = Caller(world.server, "auditor", "audit")
    statements = ["UPDATE gongji.account SET prior_fen = prior_fen + 1 WHERE prior_fen = 500", "UPDATE gongji.account SET prior_fen = prior_fen - 1 WHERE prior_fen = 501"]
    world.server.sql(statements[0])
    broken = world.must(office.get("/v1/ledger/proof"), 200)
    assert broken["ok"] is False and [check["name"] for check in broken["checks"] if not check["ok"]] and person.no in str(broken)
    world.server.sql(statements[1])
    assert world.must(office.get("/v1/ledger/proof"), 200)["ok"] is True


# --- A token of both kinds ----------------------------------------------------------------------------------------------
def test_a_token_of_both_kinds_is_staff_when_it_gives_a_reason(world):
    """The development issuer grants everything at once: without Access-Reason the citizen's scope counts, with one the staff's."""
    father, child = world.person(prior=50000), world.child()
    binding = world.bind(father, child)
    both = Caller(world.server, father.no, "family inquiry premium account review")
    assert both.get(f"/v1/bindings?person_id={child.no}").status_code == 200
    del both.session.headers["Access-Reason"]
    assert [each["id"] for each in both.get("/v1/bindings").json()["data"]] == [binding]
    assert code(both.get(f"/v1/bindings?person_id={child.no}")) == "VALIDATION_FAILED"
    assert both.get("/v1/payments").status_code == 200

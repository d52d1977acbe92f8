"""Lists: how many at once, and cursors that say where one was, hold the filters, and cannot be made up."""
import base64
import json

import pytest

from harness import Caller, code
from steps import everything, place, pointers, publish


@pytest.fixture(scope="module")
def household(world):
    """Somebody with three of everything that can be listed."""
    area = place(world, review_mode="manual")
    publish(world, area, 2026)
    mother, kids = world.person(area, prior=500000), [world.child(area) for _ in range(3)]
    binding = [world.bind(mother, child) for child in kids][0]
    for child in kids:
        world.must(world.pay(mother, child), 201)
    world.must(world.pay(mother, kids[0], 2026), 201)
    for _ in range(3):
        world.must(world.apply(mother, world.child(area)), 201)
    lists = {"/v1/bindings": world.caller(mother), "/v1/payments": world.caller(mother), "/v1/accounts/me/entries": world.caller(mother),
             f"/v1/bindings/{binding}/entries": world.caller(mother), "/v1/reviews": Caller(world.server, "rev", "review", areas=[area]),
             f"/v1/accounts/{mother.no}/entries": Caller(world.server, "op", "inquiry")}
    return mother, lists


PATHS = ["/v1/bindings", "/v1/payments", "/v1/accounts/me/entries", "binding entries", "/v1/reviews", "staff entries"]


def chosen(household, name):
    mother, lists = household
    path = {"binding entries": [path for path in lists if path.startswith("/v1/bindings/")][0], "staff entries": f"/v1/accounts/{mother.no}/entries"}.get(name, name)
    return lists[path], path


@pytest.mark.parametrize("name", PATHS)
def test_limits_are_one_to_two_hundred(household, name):
    caller, path = chosen(household, name)
    for limit in "0", "-1", "201", "x", "1.5", "", "9999999999999999999":
        assert pointers(caller.get(f"{path}?limit={limit}")) == ["?limit"], limit
    for limit in 1, 200:
        page = caller.get(f"{path}?limit={limit}").json()
        assert set(page) == {"data", "next_cursor"} and 1 <= len(page["data"]) <= limit
    assert pointers(caller.get(f"{path}?limit=1&limit=2")) == ["?limit"] and pointers(caller.get(f"{path}?page=2")) == ["?page"]


@pytest.mark.parametrize("name", PATHS)
def test_pages_join_to_the_whole_without_gap_or_overlap(household, name):
    caller, path = chosen(household, name)
    whole = everything(caller, path, 200)
    assert everything(caller, path, 1) == whole and len({item["id"] for item in whole}) == len(whole) > 1
    assert [item.get("created_at", item.get("at")) for item in whole] == sorted((item.get("created_at", item.get("at")) for item in whole), reverse=name != "/v1/reviews")


@pytest.mark.parametrize("name", PATHS)
def test_cursors_cannot_be_made_up(household, name):
    """Another place, another list, another signature: CURSOR_INVALID, and nothing of what is inside is believed."""
    caller, path = chosen(household, name)
    cursor = caller.get(f"{path}?limit=1").json()["next_cursor"]
    payload, signature = cursor.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    forged = base64.urlsafe_b64encode(json.dumps({**said, "filter": {**said["filter"], "person_id": "somebody"}}).encode()).decode().rstrip("=")
    foreign_caller, foreign_path = chosen(household, PATHS[PATHS.index(name) - 1])
    foreign = foreign_caller.get(f"{foreign_path}?limit=1").json()["next_cursor"]
    bad = [cursor[:-1] + ("0" if cursor[-1] != "0" else "1"), cursor[1:], cursor + "0", payload, payload + ".", "." + signature, f"{forged}.{signature}", foreign, "x", "e30.e30",
           "..", "%00", "W10." + signature, "a" * 1000]
    for each in bad:
        refused = caller.get(f"{path}?cursor={each}")
        assert refused.status_code == 400 and code(refused) in ("CURSOR_INVALID", "VALIDATION_FAILED" if each == "%00" else "CURSOR_INVALID"), each
    assert pointers(caller.get(f"{path}?cursor=")) == ["?cursor"]
    assert caller.get(f"{path}?cursor={cursor}").status_code == 200


def test_filters_travel_in_the_cursor(household):
    """The next page is of the list that was asked for, whether or not the filters are repeated."""
    caller, path = chosen(household, "/v1/bindings")
    active = everything(caller, path + "?status=active", 200)
    assert 1 < len(active) < len(everything(caller, path, 200))
    assert everything(caller, path + "?status=active", 1) == active
    first = caller.get(path + "?status=active&limit=1").json()
    for more in "", "&status=active", "&status=pending_review":
        assert caller.get(f"{path}?cursor={first['next_cursor']}{more}").json()["data"] == active[1:]
    entries, entries_path = chosen(household, "/v1/accounts/me/entries")
    premiums = everything(entries, entries_path + "?kind=premium", 1)
    assert len(premiums) == 4 and {entry["kind"] for entry in premiums} == {"premium"}


def test_a_cursor_gives_no_one_more_than_they_may_see(world, household):
    """Staff areas and the caller are looked at anew on every page."""
    mother, _ = household
    cursor = Caller(world.server, "op", "inquiry").get(f"/v1/bindings?person_id={mother.no}&limit=1").json()["next_cursor"]
    assert len(Caller(world.server, "op", "inquiry").get(f"/v1/bindings?cursor={cursor}").json()["data"]) == 5  # of six
    assert code(Caller(world.server, "op", "inquiry", areas=["350100"]).get(f"/v1/bindings?cursor={cursor}")) == "PERSON_NOT_FOUND"
    mine = world.caller(mother).get("/v1/accounts/me/entries?limit=1").json()["next_cursor"]
    assert world.caller(world.child()).get(f"/v1/accounts/me/entries?cursor={mine}").json()["data"] == []
    assert code(Caller(world.server, mother.no, "family").get(f"/v1/accounts/me/entries?cursor={mine}")) == "SCOPE_MISSING"


def test_nothing_to_list_is_an_empty_page(world):
    child = world.caller(world.child())
    for path in "/v1/bindings", "/v1/payments", "/v1/accounts/me/entries":
        assert child.get(path).json() == {"data": [], "next_cursor": None}

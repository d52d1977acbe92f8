"""Drift of one account, found by the nightly proof, stops sharing of that account only; a proof that passes gives it back (F20)."""
import pytest

from harness import World, code, codes


@pytest.fixture(scope="module")
def house(new_server):
    return new_server("drift").start()


def test_f20_a_drifted_account_stops_giving_and_no_other(house):
    """F20: the nightly proof finds it, names the account and stops sharing of that one until a later proof passes."""
    town = World(house)
    father, mother, girl, boy = town.person(prior=100000), town.person(prior=100000), town.child(), town.child()
    bound = town.bind(father, girl)
    town.bind(father, boy), town.bind(mother, girl)
    drift = "UPDATE gongji.account SET prior_fen = prior_fen {} WHERE person = gongji.person_of('" + father.no + "')"

    house.sql(drift.format("+ 1"))
    done = house.run("verify", check=False)
    assert done.returncode == 1 and "blocked" not in done.stdout, "a look alone marks nothing"
    done = house.run("verify", "--block", check=False)
    assert done.returncode == 1 and f"blocked  person {father.no}" in done.stdout and mother.no not in done.stdout

    sources = {source["binding_id"]: source for source in town.caller(girl).get("/v1/accounts/me/aid").json()["sources"]}
    assert sources[bound]["why_not"] == "ACCOUNT_UNDER_REVIEW" and sum(source["usable"] for source in sources.values()) == 1
    assert town.account(father)["shareable_fen"] == 0 and town.account(father)["under_review"]
    assert codes(town.pay(father, boy)) == ["ACCOUNT_UNDER_REVIEW"]
    paid = World.must(town.pay(girl, girl), 201)
    assert [leg["binding_id"] for leg in paid["legs"]] == [binding for binding in sources if binding != bound]

    house.sql(drift.format("- 1"))
    done = house.run("verify", "--block")
    assert f"released person {father.no}" in done.stdout
    assert code(town.pay(father, boy)) == 201


def test_verify_block_takes_no_value(house):
    assert house.run("verify", "--block=yes", check=False).returncode == 2

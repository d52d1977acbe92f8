"""Closing an account after a death or on request: paid out once, bindings released, the payee sealed (P-30)."""
import concurrent.futures

from harness import Caller, World, code, codes

PAYEE = {"name": "欧阳承恩", "account": "6217000011112222333", "bank": "徽商银行"}


def close(world, person, payee=None, **more):
    return Caller(world.server, "op-1", "registry").post(f"/v1/persons/{person.no}/account-closure", {"reason": "参保人去世", "payee": payee or PAYEE, **more}, key=None)


def test_p30_a_closed_account_is_paid_out_once(world, server):
    mother, child = world.person(prior=60000, current=5), world.child()
    binding = world.bind(mother, child)
    first = World.must(close(world, mother), 201)
    assert (first["amount_fen"], first["released_bindings"]) == (60005, [binding])
    assert World.must(close(world, mother), 200) == first
    assert world.account(mother)["balance_fen"] == 0
    kinds = [entry["kind"] for entry in world.caller(mother).get("/v1/accounts/me/entries?kind=closure").json()["data"]]
    assert kinds == ["closure", "closure"]
    assert world.caller(mother).get(f"/v1/bindings/{binding}").json()["status"] == "released"
    assert codes(world.pay(mother, child)) == ["BINDING_NOT_ACTIVE"]
    stored = server.sql("SELECT c::text FROM gongji.account_closure c")
    assert stored and not any(text in row[0] for row in stored for text in PAYEE.values())
    assert not any(text in server.log_text() for text in PAYEE.values())


def test_p30_many_closures_at_once_pay_once(world):
    mother = world.person(prior=1000)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: close(world, mother), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_a_frozen_account_is_not_closed(world):
    mother = world.person(prior=1000)
    World.must(world.staff.put(f"/v1/persons/{mother.no}/freeze", {"frozen": True, "reason": "法院"}), 200)
    assert code(close(world, mother)) == "ACCOUNT_FROZEN"
    assert world.account(mother)["balance_fen"] == 1000


def test_a_closure_says_who_gets_the_money(world):
    mother = world.person()
    for payee in ({}, [], 7, "", {"name": 7}, {"name": ""}):
        answer = Caller(world.server, "op-1", "registry").post(f"/v1/persons/{mother.no}/account-closure", {"reason": "x", "payee": payee}, key=None)
        assert code(answer) == "VALIDATION_FAILED" and answer.json()["errors"][0]["pointer"].startswith("/payee"), payee
    assert close(world, mother, "现金").status_code == 201

"""What a binding is and what it is not, what people are told first, and how dated links between provinces open and close."""
from harness import Caller, World, code


def test_s0_04_the_notice_says_what_sharing_is_for(world):
    notice = world.caller(world.person(prior=100)).get("/v1/bindings/options").json()["notice"]
    assert notice["version"] and all(word in notice["text"] for word in ("共济", "看病买药", "居民医保费", "解除绑定"))


def test_s0_30_a_binding_authorises_and_a_payment_uses(world):
    """Two resources, two permissions: binding moves no fen, and who may bind may not for that reason pay."""
    mother, child = world.person(prior=100000), world.child()
    before = world.account(mother)["balance_fen"]
    binding = world.bind(mother, child)
    assert world.account(mother)["balance_fen"] == before == 100000 and world.account(child)["balance_fen"] == 0
    body = {"insured_id": child.no, "benefit_year": 2027}
    assert code(Caller(world.server, mother.no, "family").post("/v1/premium-payments", body)) == "SCOPE_MISSING"
    assert code(Caller(world.server, mother.no, "premium").post(f"/v1/bindings/{binding}/release", {})) == "SCOPE_MISSING"
    paid = World.must(world.pay(mother, child), 201)
    world.must(world.caller(mother).post(f"/v1/bindings/{binding}/release", {}), 200)
    assert world.caller(mother).get(f"/v1/payments/{paid['id']}").json()["status"] == "succeeded", "what was used stays used when the authorisation ends"


def test_p_32_provinces_are_linked_by_dated_rows_alone(world):
    """No province list is built in: a link opens on its day, for its uses, and a later row closes it."""
    mother, child = world.person("420100", prior=100000), world.child("350100")
    link = "/v1/area-links/420000/350000/{}"

    def why_not():
        answer = world.apply(mother, child)
        return None if answer.status_code == 201 else code(answer)

    assert why_not() == "CROSS_PROVINCE_NOT_ALLOWED"
    assert world.staff.put(link.format("2026-11-22"), {"uses": ["resident_premium"]}).status_code == 201
    assert why_not() == "CROSS_PROVINCE_NOT_ALLOWED", "not before its day"
    assert world.staff.put(link.format("2026-11-21"), {"uses": ["resident_premium"]}).status_code == 201
    binding = world.must(world.apply(mother, child), 201)["id"]
    world.must(world.decide(binding), 200)
    assert world.quote(mother, child).status_code == 201
    assert world.staff.put(link.format("2026-11-21"), {"uses": []}).status_code == 200
    assert code(world.quote(mother, child)) == "CROSS_PROVINCE_NOT_ALLOWED", "closed again"
    assert world.staff.put(link.format("2026-11-22"), {"uses": []}).status_code == 200

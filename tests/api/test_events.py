"""Events: each channel reads its own, in order, none missed; webhooks get them signed, again when they fail, once from many processes."""
import concurrent.futures
import json
import time

import pytest

from harness import Caller, World, code
from receiver import Receiver, signature
from volley import beside

ORIGINS = {"GONGJI_WEBHOOK_ORIGINS": "http://127.0.0.1 https://hooks.example.org:8443"}


@pytest.fixture(scope="module")
def house(new_server):
    return new_server("events", ORIGINS).start()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


def channel(server, name="web_hall"):
    return Caller(server, f"backend-{name}", "events", issuer="dev" if name == "web_hall" else f"dev-{name}")


def feed(caller, after=None, limit=200):
    events = []
    while True:
        page = World.must(caller.get(f"/v1/events?limit={limit}" + (f"&after={after}" if after else "")), 200)
        events += page["data"]
        if not page["next_cursor"]:
            return events
        after = events[-1]["id"]


def family_through(world, name):
    """A binding and a payment that came through one channel."""
    mother, child = world.person("350100", prior=400000), world.child("350100")
    caller = Caller(world.server, mother.no, "family account premium", issuer=f"dev-{name}")
    binding = World.must(world.apply(mother, child, caller=caller), 201)["id"]
    payment = World.must(caller.post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": 2027}), 201)["id"]
    return binding, payment


def test_a_channel_reads_its_own_events_in_order(house):
    world = World(house)
    before = {name: (feed(channel(house, name)) or [{"id": None}])[-1]["id"] for name in ("wechat_mini", "counter")}
    ours = family_through(world, "wechat_mini")
    family_through(world, "counter")
    events = feed(channel(house, "wechat_mini"), before["wechat_mini"], limit=1)
    assert [event["type"] for event in events] == ["binding.applied", "payment.succeeded"]
    assert [event["data"].get("binding_id") or event["data"]["payment_id"] for event in events] == list(ours)
    assert not {event["id"] for event in events} & {event["id"] for event in feed(channel(house, "counter"))}
    assert feed(channel(house, "wechat_mini"), events[-1]["id"]) == []
    assert all(event["id"][4:].split("-")[2][0] == "7" for event in events), "ids are UUIDs of version 7"
    assert code(channel(house).get("/v1/events?after=evt_x")) == "VALIDATION_FAILED"
    assert code(Caller(house, "someone", "family").get("/v1/events")) == "SCOPE_MISSING"


def test_readers_miss_nothing_while_events_are_made(house):
    """Ids are drawn before commits: whoever follows places must not pass over an event that commits later."""
    world, reader = World(house), channel(house, "counter")
    last = (feed(reader) or [{"id": None}])[-1]["id"]
    seen = []
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        work = [pool.submit(family_through, world, "counter") for _ in range(24)]
        while not all(each.done() for each in work) or feed(reader, last):
            for event in feed(reader, last, limit=5):
                seen.append(event)
                last = event["id"]
    made = [each for family in work for each in family.result()]
    assert sorted(event["data"].get("binding_id") or event["data"]["payment_id"] for event in seen) == sorted(made)


def test_a_webhook_gets_signed_events(house, receiver):
    world, backend = World(house), channel(house, "website")
    hook = World.must(backend.post("/v1/webhooks", {"url": receiver.url}, key=None), 201)
    assert code(backend.post("/v1/webhooks", {"url": receiver.url}, key=None)) == "WEBHOOK_EXISTS"
    listed = World.must(backend.get("/v1/webhooks"), 200)["data"]
    assert [each["id"] for each in listed] == [hook["id"]] and "secret" not in listed[0]
    assert hook["secret"] not in str(house.sql("SELECT w::text FROM gongji.webhook w"))
    family_through(world, "website")
    got = receiver.wait(2)
    for headers, body in got[:2]:
        assert headers["webhook-signature"] == signature(hook["secret"], headers, body)
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 300, "real time, as receivers compare it, whatever business day it is"
        assert json.loads(body)["id"] == headers["webhook-id"]
    assert [json.loads(body) for _, body in got[:2]] == feed(backend)[-2:]
    for _ in range(100):
        log = World.must(backend.get(f"/v1/webhooks/{hook['id']}/deliveries"), 200)["data"]
        if [each["state"] for each in log] == ["delivered", "delivered"]:
            break
        time.sleep(0.05)
    assert [len(each["attempts"]) for each in log] == [1, 1] and log[0]["attempts"][0]["http_status"] == 204

    assert code(channel(house, "counter").call("DELETE", f"/v1/webhooks/{hook['id']}")) == "WEBHOOK_NOT_FOUND"
    assert backend.call("DELETE", f"/v1/webhooks/{hook['id']}").status_code == 204
    assert code(backend.get(f"/v1/webhooks/{hook['id']}/deliveries")) == "WEBHOOK_NOT_FOUND"
    family_through(world, "website")
    feed(backend)
    time.sleep(1.5)
    assert len(receiver.got) == 2, "nothing is sent to a deleted webhook"


def test_a_failed_delivery_is_tried_again_and_redirects_are_failures(house, receiver):
    world, backend = World(house), channel(house, "nhsa_app")
    receiver.answers = [500, 302]
    hook = World.must(backend.post("/v1/webhooks", {"url": receiver.url, "types": ["payment."]}, key=None), 201)
    family_through(world, "nhsa_app")
    receiver.wait(2, 30)
    sent = "SELECT count(*) FROM gongji.webhook_attempt WHERE webhook_id = %s::uuid"
    for _ in range(100):
        if house.sql(sent, hook["id"][4:])[0][0] == 2:
            break
        time.sleep(0.05)
    delivery = World.must(backend.get(f"/v1/webhooks/{hook['id']}/deliveries?state=pending"), 200)["data"]
    assert [attempt["http_status"] for attempt in delivery[0]["attempts"]] == [500, 302] and delivery[0]["next_attempt_at"]
    house.sql("UPDATE gongji.webhook_delivery SET next_at = '2020-01-01' WHERE webhook_id = %s::uuid", hook["id"][4:])
    receiver.wait(3)
    assert len({body for _, body in receiver.got}) == 1 and json.loads(receiver.got[0][1])["type"] == "payment.succeeded", "binding events were not asked for"


def test_an_endpoint_that_is_gone_is_left_alone(house, receiver):
    """Standard Webhooks: 410 Gone disables the webhook; what waited for it is given up, and the log says so."""
    world, backend = World(house), channel(house, "wechat_mini")
    receiver.answers, receiver.delay = [500, 410], 0.2
    hook = World.must(backend.post("/v1/webhooks", {"url": receiver.url}, key=None), 201)
    assert "disabled_at" not in World.must(backend.get("/v1/webhooks"), 200)["data"][0]
    family_through(world, "wechat_mini")
    receiver.wait(2)
    for _ in range(100):
        listed = World.must(backend.get("/v1/webhooks"), 200)["data"]
        if "disabled_at" in listed[0]:
            break
        time.sleep(0.05)
    assert listed[0]["disabled_at"] and listed[0]["id"] == hook["id"]
    family_through(world, "wechat_mini")
    feed(backend)
    time.sleep(1.5)
    log = World.must(backend.get(f"/v1/webhooks/{hook['id']}/deliveries"), 200)["data"]
    assert [each["state"] for each in log] == ["failed", "failed"] and len(receiver.got) == 2, "nothing waits, nothing new is queued"
    assert sorted(each["attempts"][0]["http_status"] for each in log) == [410, 500]
    assert house.sql("SELECT count(*) FROM gongji.audit_log WHERE action = 'webhook.disable' AND details ->> 'webhook_id' = %s", hook["id"]) == [(1,)]
    assert code(backend.post("/v1/webhooks", {"url": receiver.url}, key=None)) == "WEBHOOK_EXISTS"
    assert backend.call("DELETE", f"/v1/webhooks/{hook['id']}").status_code == 204
    again = World.must(backend.post("/v1/webhooks", {"url": receiver.url}, key=None), 201)
    family_through(world, "wechat_mini")
    receiver.wait(4)
    assert backend.call("DELETE", f"/v1/webhooks/{again['id']}").status_code == 204


def test_both_secrets_sign_while_receivers_change_over(house, receiver):
    world, backend = World(house), channel(house, "counter")
    hook = World.must(backend.post("/v1/webhooks", {"url": receiver.url, "types": ["payment."]}, key=None), 201)
    secrets = [hook["secret"]]

    def signed_by():
        sent = len(receiver.got)
        family_through(world, "counter")
        headers, body = receiver.wait(sent + 1)[sent]
        return [each for sign in headers["webhook-signature"].split(" ") for each in secrets if sign == signature(each, headers, body)]

    for _ in range(2):
        changed = World.must(backend.post(f"/v1/webhooks/{hook['id']}/secret", {}, key=None), 200)
        secrets.append(changed["secret"])
        assert changed["id"] == hook["id"] and len(set(secrets)) == len(secrets)
        assert signed_by() == [secrets[-1], secrets[-2]], "the new one first, the one before beside it, none before that"
        listed = World.must(backend.get("/v1/webhooks"), 200)["data"][0]
        assert listed["previous_secret_until"] == changed["previous_secret_until"] and "secret" not in listed
    assert not any(secret in str(house.sql("SELECT w::text FROM gongji.webhook w")) for secret in secrets)
    house.sql("UPDATE gongji.webhook SET previous_secret_until = '2020-01-01' WHERE id = %s::uuid", hook["id"][4:])
    assert signed_by() == [secrets[-1]] and "previous_secret_until" not in World.must(backend.get("/v1/webhooks"), 200)["data"][0]
    assert code(channel(house, "website").post(f"/v1/webhooks/{hook['id']}/secret", {}, key=None)) == "WEBHOOK_NOT_FOUND"
    assert code(backend.post("/v1/webhooks/whk_x/secret", {}, key=None)) == "WEBHOOK_NOT_FOUND"
    assert backend.call("DELETE", f"/v1/webhooks/{hook['id']}").status_code == 204


def test_several_processes_deliver_each_event_once(house, receiver, tmp_path):
    others = [beside(house, tmp_path / f"beside{n}", **ORIGINS).start() for n in range(2)]
    try:
        world, backend = World(house), channel(house, "wechat_oa")
        receiver.delay = 0.02
        World.must(backend.post("/v1/webhooks", {"url": receiver.url}, key=None), 201)
        for _ in range(15):
            family_through(world, "wechat_oa")
        receiver.wait(30, 30)
        time.sleep(1.5)
        ids = [headers["webhook-id"] for headers, _ in receiver.got]
        assert len(ids) == len(set(ids)) == 30
    finally:
        for other in others:
            other.stop()


@pytest.mark.parametrize("url, said", [
    ("http://127.0.0.1:9/x", 201), ("https://hooks.example.org:8443/", 201), ("https://hooks.example.org/", "WEBHOOK_URL_NOT_ALLOWED"),
    ("http://127.0.0.1.example.org/", "WEBHOOK_URL_NOT_ALLOWED"), ("http://169.254.169.254/latest", "WEBHOOK_URL_NOT_ALLOWED"), ("https://127.0.0.1/", "WEBHOOK_URL_NOT_ALLOWED"),
    ("http://127.0.0.1@example.org/", "VALIDATION_FAILED"), ("http://127.0.0.1:80:80/", "VALIDATION_FAILED"), ("http://127.0.0.1\\example.org/", "VALIDATION_FAILED"),
    ("ftp://127.0.0.1/", "VALIDATION_FAILED"), ("http://", "VALIDATION_FAILED"), ("http://*/", "VALIDATION_FAILED"), ("http://127.0.0.1/#a", "VALIDATION_FAILED"),
    ("127.0.0.1/x", "VALIDATION_FAILED")])
def test_events_go_only_where_the_configuration_lets_them(house, url, said):
    assert code(channel(house, "third_party").post("/v1/webhooks", {"url": url}, key=None)) == said


def test_without_origins_there_are_no_webhooks(world):
    assert code(Caller(world.server, "backend", "events").post("/v1/webhooks", {"url": "https://hooks.example.org/"}, key=None)) == "WEBHOOK_URL_NOT_ALLOWED"

"""Channels: each walks its own flow with the token its section of config/gongji.ini lets it have, and is stopped where it may not go.

The issuers here are those of the sample configuration, with keys of the test's own; the rules are the shipped policies."""
import configparser
import json
import secrets
import shutil
import subprocess
import time

import jwt
import pytest
import requests

from harness import CHANNELS, ROOT, Caller, World, code, codes, split
from steps import PREMIUM, YEAR, amend, beside, family, place

HERE, FUZHOU = "340500", "350100"  # Ma'anshan names its channels, Fuzhou has the national ones


# --- Issuers as shipped -----------------------------------------------------------------------------------------------
def sections(path):
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.read(path, encoding="utf-8")
    return {name.split()[1]: dict(parser[name]) for name in parser.sections() if name.startswith("issuer ")}


SAMPLE = sections(ROOT / "config/gongji.ini")
SHOWN = {"counter": {"act": {"sub": "clerk-7"}, "id_sighted": True, "terminal_id": "window-3"}, "kiosk": {"terminal_id": "kiosk-12"}}  # what its tokens say


@pytest.fixture(scope="module")
def hall(new_server):
    """A server whose issuers are those of the sample configuration, each with a key of its own."""
    server = new_server("channels", {"GONGJI_TOKEN_LEEWAY_SECONDS": "0"})
    server.secrets = {name: secrets.token_hex(32) for name in SAMPLE}
    with open(server.folder / "gongji.ini", "a") as file:
        for name, section in SAMPLE.items():
            (server.folder / f"{name}.secret").write_text(server.secrets[name])
            lines = {**section, "algorithm": "HS256", "keys": f"k1={name}.secret"}
            file.write(f"\n[issuer {name}]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items()))
    return server.start()


@pytest.fixture(scope="module")
def bureau(hall):
    return World(hall)


def token(server, channel, sub, /, scope=None, key=None, **changes):
    """A token of a channel's issuer with all it may grant, which says what the channel has to say."""
    section, now = SAMPLE[channel], int(time.time())
    claims = {"iss": section["iss"], "aud": section.get("aud", "gongji"), "sub": sub, "iat": now, "exp": now + 120,
              "scope": section["scopes"] if scope is None else scope, **SHOWN.get(channel, {}), **changes}
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key or server.secrets[channel], algorithm="HS256", headers={"kid": "k1"})


def caller(world, channel, person, /, scope=None, **changes):
    made = Caller(world.server, getattr(person, "no", person))
    made.session.headers["Authorization"] = "Bearer " + token(world.server, channel, made.sub, scope, **changes)
    return made


# --- The matrix -------------------------------------------------------------------------------------------------------
S, C = "SCOPE_MISSING", "CHANNEL_NOT_ALLOWED"
MATRIX = {  # channel: bind, pay and read in Ma'anshan, then bind and pay in Fuzhou; the rules each row stands for
    "wechat_mini": (201, 201, 200, 201, 201),  # S0-17 S0-23
    "web_hall":    (201, 201, 200, 201, 201),  # S0-17
    "wansht_app":  (S, 201, 200, S, 201),      # S0-23
    "wechat_tax":  (S, 201, 200, S, 201),      # S0-23
    "alipay_tax":  (S, 201, 200, S, 201),      # S0-23
    "nhsa_app":    (201, 201, 200, 201, 201),  # S1-13
    "wechat_oa":   (C, C, 200, 201, 201),      # S1-13: where the area opens it
    "website":     (C, C, 200, 201, 201),      # S1-13 S1-31
    "alipay_city": (S, S, 200, S, S),          # S1-32
    "wechat_city": (S, S, 200, S, S),          # S1-33
    "third_party": (S, S, 200, S, S),          # S1-34
    "counter":     (201, 201, 200, 201, 201),  # S1-14
    "kiosk":       (S, S, 200, S, S),          # S1-36
}


def bind(world, me, grantor, child):
    """The channel's own way: options, then the application; where it may not apply nobody gets a binding."""
    options = me.get("/v1/bindings/options")
    notice = options.json()["notice"]["version"] if options.status_code == 200 else "2025-1"
    return me.post("/v1/bindings", {"beneficiary": {"name": child.name, "id_number": child.number}, "relation": "child", "notice_version": notice})


def pay(me, child, **more):
    """Quote, then pay what was quoted."""
    quote = me.post("/v1/quotes", {"insured_id": child.no, "benefit_year": YEAR}, key=None)
    if quote.status_code != 201:
        assert code(me.post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": YEAR})) == code(quote), "quotes and payments are opened together"
        return quote
    assert split(quote.json()) == {"aid:prior_year": PREMIUM}
    return me.post("/v1/premium-payments", {"quote_id": quote.json()["id"], **more})


@pytest.mark.parametrize("area", [HERE, FUZHOU])
@pytest.mark.parametrize("channel", CHANNELS)
def test_s0_32_each_channel_walks_its_own_flow(bureau, channel, area):
    """S0-16 S0-17 S0-23 S0-32 S1-13 S1-14 S1-32 S1-33 S1-34 S1-36: bind, pay, read with its own token, or be refused."""
    bound, paid = MATRIX[channel][:2] if area == HERE else MATRIX[channel][3:]
    father, child = bureau.person(area, prior=300000), bureau.child(area)
    me = caller(bureau, channel, father)
    answer = bind(bureau, me, father, child)
    assert code(answer) == bound
    if bound == 201:
        binding = answer.json()
        assert binding["grantor_id"] == father.no and binding.get("actor") == (SHOWN.get(channel) or {}).get("act", {}).get("sub")
        if binding["status"] == "pending_review":
            bureau.must(bureau.decide(binding["id"]), 200)
        assert code(me.get("/v1/bindings/" + binding["id"])) == 200
        history = bureau.must(me.get(f"/v1/bindings/{binding['id']}/history"), 200)["data"]
        assert (history[0]["by"], history[0]["channel"]) == ("grantor", channel), "S0-16: the grantor is the applicant, the channel is recorded"
    else:
        assert bureau.must(bureau.caller(father).get("/v1/bindings"), 200)["data"] == []
        bureau.bind(father, child)

    answer = pay(me, child)
    assert code(answer) == paid
    if paid == 201:
        payment = answer.json()
        assert (payment["status"], payment["aid_fen"]) == ("succeeded", PREMIUM)
        for path in ("", "/receipt", "/history"):
            assert code(me.get(f"/v1/payments/{payment['id']}{path}")) == 200
        assert [each["id"] for each in me.get(f"/v1/payments?insured_id={child.no}").json()["data"]] == [payment["id"]]
        assert bureau.server.sql("SELECT channel FROM gongji.payment WHERE id = %s", payment["id"][4:]) == [(channel,)]
    else:
        assert bureau.must(bureau.caller(father).get(f"/v1/payments?insured_id={child.no}"), 200)["data"] == []

    read = [me.get("/v1/accounts/me" + path) for path in ("", "/aid", "/entries")]
    assert [code(each) for each in read] == [MATRIX[channel][2]] * 3
    assert read[0].json()["balance_fen"] == 300000 - (PREMIUM if paid == 201 else 0)
    assert code(me.get("/v1/bindings")) == (200 if "family" in SAMPLE[channel]["scopes"].split() else S)
    assert code(me.get("/v1/premiums")) == (200 if "premium" in SAMPLE[channel]["scopes"].split() else S)


def test_s0_32_every_channel_has_a_section_that_fits(hall):
    """S0-32: scopes as far as any area opens the channel and no further; short sessions where it only reads; staff scopes nowhere."""
    national = json.loads((ROOT / "config/policies/000000.json").read_text())["rows"][0]["channels"]
    assert set(MATRIX) == set(CHANNELS) == set(national["read"]) and set(national["bind"]) | set(national["pay"]) < set(CHANNELS)
    for channel in CHANNELS:
        section, scopes = SAMPLE[channel], set(SAMPLE[channel]["scopes"].split())
        assert section["channel"] == channel and "account" in scopes
        assert ("family" in scopes, "premium" in scopes) == (channel in national["bind"], channel in national["pay"])
        assert scopes <= {"family", "account", "premium", "resolve", "events"} and ("channel" in section["kind"].split()) == bool(scopes & {"resolve", "events"})
        assert (section.get("allow_act") == "true") == (channel in ("web_hall", "counter"))
        if scopes == {"account"}:
            assert int(section["max_lifetime"]) <= 900
    assert SAMPLE["counter"]["required_claims"].split() == ["act", "id_sighted", "terminal_id"] and SAMPLE["kiosk"]["required_claims"] == "terminal_id"


@pytest.mark.parametrize("channel", CHANNELS)
def test_s1_36_sessions_last_no_longer_than_the_channel_may(bureau, channel):
    """S1-36 F17: a kiosk's session is short; one second more than an issuer's limit and the token is none."""
    person, limit, now = bureau.person(prior=1), int(SAMPLE[channel].get("max_lifetime", 3600)), int(time.time())
    assert channel != "kiosk" or limit <= 300
    results = [code(caller(bureau, channel, person, iat=now - 5, exp=now - 5 + lifetime).get("/v1/accounts/me")) for lifetime in (limit, limit + 1)]
    assert results == [200, "TOKEN_INVALID"]


def test_s0_32_the_configuration_of_make_run_has_an_issuer_for_every_channel(tmp_path):
    (tmp_path / "deploy/local").mkdir(parents=True)
    shutil.copy(ROOT / "deploy/local/config.sh", tmp_path / "deploy/local")
    subprocess.run([tmp_path / "deploy/local/config.sh"], check=True, timeout=60)
    written = sections(tmp_path / "var/gongji.ini")
    assert {"dev", *("dev-" + channel for channel in CHANNELS)} <= set(written)
    assert all(written["dev-" + channel]["channel"] == channel and {"family", "account", "premium"} <= set(written["dev-" + channel]["scopes"].split()) for channel in CHANNELS)
    assert "\n[token]\nleeway_seconds = 1\n" in (tmp_path / "var/gongji.ini").read_text()  # one clock: a token of --ttl 1s is over after two


# --- Every route asks ------------------------------------------------------------------------------------------------
ROUTES = {  # what a citizen can ask: the operation whose list of channels decides; None: not a matter of channels
    "GET /v1/accounts/me": "read", "GET /v1/accounts/me/aid": "read", "GET /v1/accounts/me/entries": "read",
    "GET /v1/bindings": "read", "GET /v1/bindings/{binding_id}": "read", "GET /v1/bindings/{binding_id}/history": "read",
    "GET /v1/bindings/{binding_id}/entries": "read", "GET /v1/evidence/{evidence_id}": "read",
    "GET /v1/premiums": "read", "GET /v1/payments": "read", "GET /v1/payments/{payment_id}": "read", "GET /v1/payments/{payment_id}/receipt": "read",
    "GET /v1/payments/{payment_id}/history": "read", "GET /v1/refunds/{refund_id}": "read",
    "POST /v1/bindings": "bind", "POST /v1/bindings/{binding_id}/withdraw": "bind", "POST /v1/bindings/{binding_id}/release": "bind",
    "POST /v1/bindings/{binding_id}/evidence": "bind", "PUT /v1/bindings/{binding_id}/priority": "bind", "PUT /v1/bindings/{binding_id}/cap": "bind",
    "POST /v1/evidence": "bind",
    "POST /v1/quotes": "pay", "POST /v1/premium-payments": "pay", "POST /v1/payments/{payment_id}/cancel": "pay", "POST /v1/payments/{payment_id}/refunds": "pay",
    "GET /v1/bindings/options": None,  # tells it in why_not
    "POST /v1/credential-links": None, "GET /v1/credential-links": None, "DELETE /v1/credential-links/{credential_link_id}": None,  # no money, no binding
}


def test_s0_32_no_route_of_citizens_is_forgotten():
    rows = [line.split() for line in (ROOT / "tests/golden/routes.txt").read_text().splitlines()]
    assert {f"{row[0]} {row[1]}" for row in rows if {"family", "account", "premium"} & set(row[2:])} == set(ROUTES)


@pytest.mark.parametrize("shut", ["bind", "pay", "read"])
def test_s0_32_a_channel_that_is_not_opened_is_refused_by_every_route(bureau, shut):
    """S0-32: each operation by itself, the other two as before; what is refused leaves no trace. Staff are not bound by it."""
    area = place(bureau, per_payment_cap_editable=True)
    grantor, child, binding = family(bureau, area, prior=3 * PREMIUM)
    me = caller(bureau, "web_hall", grantor)
    document = me.session.post(bureau.server.url("/v1/evidence"), data=b"%PDF-1.4\n%%EOF\n", headers={"Content-Type": "application/pdf", "Evidence-Type": "other"})
    bureau.must(document, 201)
    paid = bureau.must(bureau.pay(grantor, child), 201)
    refund = bureau.must(bureau.staff.post(f"/v1/payments/{paid['id']}/refunds", {"reason_code": "duplicate"}), 201)
    paid = bureau.must(bureau.pay(grantor, child), 201)
    other = bureau.child(area)
    amend(bureau, area, channels={shut: []})

    ids = {"binding_id": binding, "payment_id": paid["id"], "refund_id": refund["id"], "evidence_id": document.json()["id"]}
    bodies = {"POST /v1/bindings": {"beneficiary": {"name": other.name, "id_number": other.number}, "relation": "child", "notice_version": "n1"},
              "POST /v1/bindings/{binding_id}/evidence": {"evidence_ids": [document.json()["id"]]}, "PUT /v1/bindings/{binding_id}/priority": {"priority": 2},
              "PUT /v1/bindings/{binding_id}/cap": {"per_payment_cap_fen": 1}, "POST /v1/quotes": {"insured_id": child.no, "benefit_year": YEAR},
              "POST /v1/premium-payments": {"insured_id": child.no, "benefit_year": YEAR}, "POST /v1/payments/{payment_id}/refunds": {"reason_code": "other"}}
    before = bureau.server.sql("SELECT count(*), sum(version) FROM gongji.account WHERE person IN (SELECT person FROM gongji.person_no_key WHERE person_no = %s)", grantor.no)
    told = {}
    for route in (each for each, operation in ROUTES.items() if operation == shut):
        method, path = route.format(**ids).split()
        if route == "GET /v1/premiums":
            path += f"?insured_id={child.no}"
        if route == "POST /v1/evidence":
            answer = me.session.post(bureau.server.url(path), data=b"%PDF-1.4\n%%EOF\n", headers={"Content-Type": "application/pdf", "Evidence-Type": "other"})
        else:
            answer = me.call(method, path, bodies.get(route, {} if method == "POST" else None), key=secrets.token_hex(8) if method == "POST" else None)
        told[route] = codes(answer)[0]
    assert set(told.values()) == {"CHANNEL_NOT_ALLOWED"} and len(told) >= 4, told
    assert bureau.server.sql("SELECT count(*), sum(version) FROM gongji.account WHERE person IN (SELECT person FROM gongji.person_no_key WHERE person_no = %s)", grantor.no) == before
    assert bureau.must(bureau.staff.get(f"/v1/bindings/{binding}"), 200)["status"] == "active"
    assert [each["id"] for each in bureau.must(bureau.staff.get(f"/v1/payments?person_id={grantor.no}"), 200)["data"]] == [paid["id"], refund["payment_id"]]
    open_still = {"bind": code(me.post("/v1/bindings", bodies["POST /v1/bindings"])), "pay": code(me.post("/v1/quotes", {"insured_id": grantor.no, "benefit_year": YEAR}, key=None)),
                  "read": code(me.get("/v1/accounts/me"))}
    assert open_still == {"bind": 201, "pay": "NOT_RESIDENT_SCHEME", "read": 200, shut: "CHANNEL_NOT_ALLOWED"}


def test_s0_32_whose_area_decides(bureau):
    """S0-32: to bind, the grantor's area, also when the beneficiary quits; to pay and read, the insured's."""
    giving, insured = place(bureau, province="52"), place(bureau, province="52")
    grantor, child = bureau.person(giving, prior=100000), bureau.child(insured)
    binding = bureau.bind(grantor, child)
    paid = bureau.must(bureau.pay(grantor, child), 201)
    amend(bureau, giving, channels={"pay": [], "read": []})
    mother, girl = (caller(bureau, "web_hall", each) for each in (grantor, child))
    assert code(mother.get("/v1/payments/" + paid["id"])) == code(mother.get("/v1/bindings/" + binding)) == code(girl.get("/v1/bindings")) == 200
    assert code(mother.get("/v1/accounts/me")) == code(mother.get("/v1/bindings")) == code(mother.get("/v1/payments")) == "CHANNEL_NOT_ALLOWED"
    amend(bureau, giving, channels={"bind": []})
    assert code(girl.post(f"/v1/bindings/{binding}/release", {})) == "CHANNEL_NOT_ALLOWED"
    amend(bureau, insured, channels={"read": [], "bind": []})
    assert code(mother.get("/v1/payments/" + paid["id"])) == code(mother.get("/v1/bindings/" + binding)) == "CHANNEL_NOT_ALLOWED"
    assert mother.get("/v1/bindings").json()["data"] == [] and mother.get("/v1/payments").json()["data"] == []
    amend(bureau, giving, channels={})
    bureau.must(girl.post(f"/v1/bindings/{binding}/release", {}), 200)


# --- The counter, the kiosk, the window -------------------------------------------------------------------------------
LACKING = {"act": (403, "PROXY_NOT_AUTHORISED"), "id_sighted": (403, "PROXY_NOT_AUTHORISED"), "terminal_id": (401, "TOKEN_INVALID")}


@pytest.mark.parametrize("claim", LACKING)
def test_s1_14_the_counter_says_who_where_and_with_which_document(bureau, claim):
    """S1-14: no clerk's name, no ID document in hand, or no counter: nothing is bound, paid or read there."""
    grantor, child = bureau.person(prior=100000), bureau.child()
    bureau.bind(grantor, child)
    for value in (None, False) if claim == "id_sighted" else (None,):
        clerk = caller(bureau, "counter", grantor, **{claim: value})
        for answer in (bind(bureau, clerk, grantor, bureau.child()), clerk.post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": YEAR}), clerk.get("/v1/accounts/me")):
            assert (answer.status_code, code(answer)) == LACKING[claim]
    assert len(bureau.must(bureau.caller(grantor).get("/v1/bindings"), 200)["data"]) == 1 and bureau.account(grantor)["balance_fen"] == 100000


def test_s1_14_a_binding_at_the_counter_records_the_clerk_the_counter_and_the_document(bureau):
    """S1-14 S0-34: shown with the binding and in the audit; somewhere else there is nothing to show."""
    grantor, child = bureau.person(prior=100), bureau.child()
    binding = bureau.must(bind(bureau, caller(bureau, "counter", grantor), grantor, child), 201)
    assert (binding["actor"], binding["terminal_id"], binding["id_sighted"]) == ("clerk-7", "window-3", True)
    assert bureau.must(bureau.caller(child).get("/v1/bindings/" + binding["id"]), 200)["id_sighted"] is True
    audit = bureau.must(bureau.staff.get(f"/v1/audit?person_id={grantor.no}"), 200)["data"]
    applied = next(row for row in audit if row["action"] == "binding.applied")
    assert (applied["subject"], applied["actor"], applied["channel"]) == (grantor.no, "clerk-7", "counter")
    assert (applied["details"]["terminal_id"], applied["details"]["id_sighted"]) == ("window-3", True)
    online = bureau.must(bind(bureau, caller(bureau, "wechat_mini", grantor), grantor, bureau.child()), 201)
    assert not {"actor", "terminal_id", "id_sighted"} & set(online)
    assert code(Caller(bureau.server, "clerk-7", "review").post(f"/v1/bindings/{binding['id']}/decision", {"decision": "approve"})) == "REVIEWER_CONFLICT"


def test_s1_36_a_kiosk_reads_and_says_where_it_stands(bureau):
    """S1-36: read-only, with a terminal's name, which the log keeps; not even a scope it asks for lets it do more."""
    person, child = bureau.person(prior=500), bureau.child()
    kiosk = caller(bureau, "kiosk", person, scope="family account premium registry inquiry")
    assert bureau.must(kiosk.get("/v1/accounts/me"), 200)["balance_fen"] == 500
    assert "kiosk-12" in bureau.server.log_text()
    assert [code(each) for each in (bind(bureau, kiosk, person, child), kiosk.post("/v1/quotes", {"insured_id": child.no, "benefit_year": YEAR}, key=None),
                                    kiosk.get(f"/v1/accounts/{person.no}"), kiosk.get("/v1/payments"))] == ["SCOPE_MISSING"] * 4
    assert code(caller(bureau, "kiosk", person, terminal_id=None).get("/v1/accounts/me")) == "TOKEN_INVALID"
    assert code(caller(bureau, "kiosk", person, act={"sub": "clerk-7"}).get("/v1/accounts/me")) == "PROXY_NOT_AUTHORISED"


def test_s1_35_the_window_looks_up_with_a_reason_and_is_recorded(bureau):
    """S1-35: staff name the person and say why; without a reason or outside their areas nothing is shown, and each look is in the audit."""
    person = bureau.person(prior=700)
    window = caller(bureau, "staff", "op-35", areas=["340000"])
    window.session.headers["Access-Reason"] = "窗口查询：本人持身份证".encode()
    assert bureau.must(window.get(f"/v1/accounts/{person.no}"), 200)["balance_fen"] == 700
    looks = [row for row in bureau.must(bureau.staff.get(f"/v1/audit?person_id={person.no}"), 200)["data"] if row["subject"] == "op-35"]
    assert [(row["action"], row["reason"], row["channel"]) for row in looks] == [("account.read", "窗口查询：本人持身份证", "counter")]
    assert code(caller(bureau, "staff", "op-36", areas=["350000"]).get(f"/v1/accounts/{person.no}")) == "PERSON_NOT_FOUND"
    assert code(window.get("/v1/accounts/me")) == "SCOPE_MISSING"
    del window.session.headers["Access-Reason"]
    assert code(window.get(f"/v1/accounts/{person.no}")) == "ACCESS_REASON_REQUIRED"


def test_f18_what_somebody_reads_for_a_person_is_recorded_as_a_look(bureau):
    """S0-34 S1-14 S1-35 F18: each read by a clerk inside the citizen's session is in the audit with clerk, counter and document; the person's own is not."""
    grantor, child = bureau.person(prior=100000), bureau.child()
    binding = bureau.bind(grantor, child)
    payment = bureau.must(bureau.pay(grantor, child), 201)
    document = bureau.caller(grantor).session.post(bureau.server.url("/v1/evidence"), data=b"%PDF-1.4\n%%EOF\n", headers={"Content-Type": "application/pdf", "Evidence-Type": "other"}).json()
    refund = bureau.must(bureau.staff.post(f"/v1/payments/{payment['id']}/refunds", {"reason_code": "duplicate"}), 201)
    looks = {"/v1/accounts/me": "account.read", "/v1/accounts/me?as_of=2026-11-01": "account.read", "/v1/accounts/me/aid": "account.read_aid",
             "/v1/accounts/me/entries": "account.read_entries", "/v1/bindings": "binding.list", f"/v1/bindings/{binding}": "binding.read",
             f"/v1/bindings/{binding}/history": "binding.read_history", f"/v1/bindings/{binding}/entries": "binding.read_entries", "/v1/payments": "payment.list",
             f"/v1/payments/{payment['id']}": "payment.read", f"/v1/payments/{payment['id']}/receipt": "payment.read_receipt",
             f"/v1/payments/{payment['id']}/history": "payment.read_history", f"/v1/evidence/{document['id']}": "evidence.read",
             f"/v1/refunds/{refund['id']}": "refund.read", "/v1/premiums": "premium.list"}
    rows = lambda: bureau.server.sql("SELECT DISTINCT action, details ->> 'terminal_id', details ->> 'id_sighted' FROM gongji.audit_log "
                                     "WHERE subject = %s AND actor IS NOT DISTINCT FROM 'clerk-7' AND request_id = %s", grantor.no, asked)
    for path, action in looks.items():
        answer = caller(bureau, "counter", grantor).session.get(bureau.server.url(path))
        asked = answer.headers["Request-Id"]
        assert answer.status_code == 200 and rows() == [(action, "window-3", "true")], path
    count = lambda: bureau.server.sql("SELECT count(*) FROM gongji.audit_log WHERE subject = %s", grantor.no)
    before = count()
    for path in looks:
        assert caller(bureau, "web_hall", grantor).session.get(bureau.server.url(path)).status_code == 200
    assert count() == before


# --- Proxy payment ------------------------------------------------------------------------------------------------------
def test_s0_34_somebody_else_pays_inside_the_grantors_session(bureau):
    """S0-34: the helper is named on the payment, and in the audit beside the grantor; the grantor stays payer and whose money it is."""
    father, child = bureau.person(prior=100000), bureau.child()
    bureau.bind(father, child)
    helper = caller(bureau, "web_hall", father, act={"sub": "aunt-5"})
    payment = bureau.must(pay(helper, child), 201)
    assert payment["actor"] == "aunt-5" and split(payment) == {"aid:prior_year": PREMIUM}
    assert bureau.must(bureau.caller(child).get("/v1/payments/" + payment["id"]), 200)["actor"] == "aunt-5"
    made = next(row for row in bureau.must(bureau.staff.get(f"/v1/audit?person_id={child.no}"), 200)["data"] if row["action"] == "payment.create")
    assert (made["subject"], made["actor"], made["channel"]) == (father.no, "aunt-5", "web_hall")
    assert bureau.account(father)["balance_fen"] == 100000 - PREMIUM


@pytest.mark.parametrize("channel", [each for each in CHANNELS if SAMPLE[each].get("allow_act") != "true"])
def test_s0_34_channels_that_may_not_act_for_others_do_not(bureau, channel):
    """S0-34: neither pay nor look, whoever the proxy is, the person itself included."""
    father, child = bureau.person(prior=100000), bureau.child()
    bureau.bind(father, child)
    for act in "aunt-5", father.no:
        me = caller(bureau, channel, father, act={"sub": act})
        for answer in me.get("/v1/accounts/me"), me.post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": YEAR}):
            assert (answer.status_code, code(answer)) == (403, "PROXY_NOT_AUTHORISED")
    assert bureau.account(father)["balance_fen"] == 100000


def test_s0_34_wrong_scope_wrong_channel_wrong_subject(bureau):
    """S0-34 F17: a proxy gets no further than the grantor's own session through that channel would."""
    father, aunt, child = bureau.person(prior=100000), bureau.person(prior=100000), bureau.child()
    bureau.bind(father, child)
    body = {"insured_id": child.no, "benefit_year": YEAR}
    quote = bureau.must(caller(bureau, "web_hall", father).post("/v1/quotes", body, key=None), 201)["id"]
    act = {"act": {"sub": "aunt-5"}}
    assert code(caller(bureau, "web_hall", father, scope="account family", **act).post("/v1/premium-payments", body)) == "SCOPE_MISSING"
    assert code(caller(bureau, "wechat_tax", father, **act).post("/v1/premium-payments", body)) == "PROXY_NOT_AUTHORISED"
    assert code(caller(bureau, "web_hall", aunt, act={"sub": father.no}).post("/v1/premium-payments", body)) == "BINDING_REQUIRED"
    assert code(caller(bureau, "web_hall", aunt, act={"sub": father.no}).post("/v1/premium-payments", {"quote_id": quote})) == "QUOTE_NOT_FOUND"
    assert code(caller(bureau, "web_hall", "oXk4-openid-of-nobody", **act).post("/v1/premium-payments", body)) == "PERSON_NOT_FOUND"
    assert [bureau.account(each)["balance_fen"] for each in (father, aunt)] == [100000] * 2


# --- F17: forged, replayed, stolen --------------------------------------------------------------------------------------
def unsigned(server, sub):
    claims = jwt.decode(token(server, "wechat_tax", sub), options={"verify_signature": False})
    return jwt.encode(claims, None, algorithm="none")


def other_subject(server, sub):
    """Somebody's genuine token with the body of another."""
    head, _, signature = token(server, "wechat_tax", "somebody").split(".")
    return ".".join((head, token(server, "wechat_tax", sub).split(".")[1], signature))


def timed(begins, ends):
    return lambda server, sub: token(server, "wechat_tax", sub, iat=int(time.time()) + begins, exp=int(time.time()) + ends)


FORGED = {  # what would pay from the subject's account if it were believed
    "forged: a key of one's own": lambda server, sub: token(server, "wechat_tax", sub, key=secrets.token_hex(32)),
    "forged: no algorithm": unsigned,
    "forged: the secret of another channel": lambda server, sub: token(server, "wechat_tax", sub, key=server.secrets["kiosk"]),
    "forged: another subject under a genuine signature": other_subject,
    "forged: cut short": lambda server, sub: token(server, "wechat_tax", sub)[:-4],
    "replayed after its time": timed(-300, -60),
    "without an end": lambda server, sub: token(server, "wechat_tax", sub, exp=None),
    "for a day": timed(0, 86400),
    "not yet": timed(300, 600),
    "for another audience": lambda server, sub: token(server, "wechat_tax", sub, aud="payments.example.cn"),
    "for no audience": lambda server, sub: token(server, "wechat_tax", sub, aud=None),
    "of an issuer nobody knows": lambda server, sub: token(server, "wechat_tax", sub, iss="https://wechat-tax.example.com"),
    "a proof of a card instead of a session": lambda server, sub: token(server, "credential", sub),
}


@pytest.mark.parametrize("name", FORGED)
def test_f17_a_token_that_is_not_good_moves_nothing(bureau, name):
    """F17: signature, audience, expiry and issuer are checked before anything is looked at."""
    father, child = bureau.person(prior=100000), bureau.child()
    bureau.bind(father, child)
    answer = requests.post(bureau.server.url("/v1/premium-payments"), json={"insured_id": child.no, "benefit_year": YEAR},
                           headers={"Authorization": "Bearer " + FORGED[name](bureau.server, father.no), "Idempotency-Key": "k"})
    assert answer.status_code == 401 and code(answer) == ("TOKEN_EXPIRED" if name.startswith("replayed") else "TOKEN_INVALID")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert bureau.account(father)["balance_fen"] == 100000
    assert bureau.must(pay(caller(bureau, "wechat_tax", father), child), 201)["status"] == "succeeded"


def test_f17_a_replayed_request_pays_once_and_a_replayed_token_only_what_is_the_subjects(bureau):
    """F17: the same token and key give the first answer; under another key, channel or client the premium is paid already."""
    father, child, stranger = bureau.person(prior=100000), bureau.child(), bureau.child()
    bureau.bind(father, child)
    body = {"insured_id": child.no, "benefit_year": YEAR}
    mine = caller(bureau, "wechat_tax", father)
    first = bureau.must(mine.post("/v1/premium-payments", body, key="tap"), 201)
    again = mine.post("/v1/premium-payments", body, key="tap")
    assert again.json()["id"] == first["id"] and again.headers["Idempotency-Replayed"] == "true"
    for other, key in (mine, "tap-2"), (caller(bureau, "alipay_tax", father), "tap"), (caller(bureau, "wechat_tax", father, client_id="other"), "tap"):
        assert codes(other.post("/v1/premium-payments", body, key=key)) == ["PREMIUM_ALREADY_PAID"]
    assert codes(mine.post("/v1/premium-payments", {"insured_id": stranger.no, "benefit_year": YEAR})) == ["BINDING_REQUIRED"]
    assert bureau.account(father)["balance_fen"] == 100000 - PREMIUM


def test_f17_a_stolen_session_sees_and_moves_only_its_subjects(bureau):
    """F17: with the daughter's session nobody reads, binds, releases or pays as her father; an openid is nobody."""
    father, child = bureau.person(prior=100000), bureau.child()
    binding = bureau.bind(father, child)
    payment = bureau.must(pay(caller(bureau, "wechat_mini", father), child), 201)
    thief = bureau.person(prior=100)
    for stolen in (caller(bureau, "wechat_mini", thief), caller(bureau, "wechat_mini", thief, person_id=father.no, areas=["*"], channel="counter")):
        assert [code(stolen.get(path)) for path in (f"/v1/bindings/{binding}", f"/v1/bindings/{binding}/entries", f"/v1/payments/{payment['id']}")] == \
               ["BINDING_NOT_FOUND", "BINDING_NOT_FOUND", "PAYMENT_NOT_FOUND"]
        assert code(stolen.post(f"/v1/bindings/{binding}/release", {})) == "BINDING_NOT_FOUND"
        assert code(stolen.get(f"/v1/accounts/{father.no}")) == "SCOPE_MISSING"
        assert stolen.get("/v1/accounts/me").json()["person_id"] == thief.no
    openid = caller(bureau, "wechat_mini", "oXk4-openid-of-nobody")
    assert {code(openid.get(path)) for path in ("/v1/accounts/me", "/v1/bindings", "/v1/premiums", "/v1/payments")} == {"PERSON_NOT_FOUND"}
    assert bureau.account(father)["balance_fen"] == 100000 - PREMIUM


# --- What is paid, and how regions differ -----------------------------------------------------------------------------------
def test_s0_24_the_entry_is_the_resident_premium_paid_by_a_shared_account(bureau):
    """S0-24: 城乡居民(个人共济账户)缴费 is product resident_basic of use resident_premium; it is what is offered, quoted, paid and receipted when none is named."""
    father, child = bureau.person(prior=100000), bureau.child()
    bureau.bind(father, child)
    me = caller(bureau, "wechat_tax", father)
    offered = bureau.must(me.get(f"/v1/premiums?insured_id={child.no}&benefit_year={YEAR}"), 200)["data"]
    assert [each["product"] for each in offered] == ["resident_basic"]
    named = bureau.must(me.post("/v1/quotes", {"insured_id": child.no, "benefit_year": YEAR, "product": "resident_basic"}, key=None), 201)
    unnamed = bureau.must(me.post("/v1/quotes", {"insured_id": child.no, "benefit_year": YEAR}, key=None), 201)
    assert named["legs"] == unnamed["legs"]
    assert "USE_NOT_PERMITTED" in codes(me.post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": YEAR, "product": "resident_premium"}))
    payment = bureau.must(me.post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": YEAR}), 201)
    assert (payment["product"], payment["use"]) == ("resident_basic", "resident_premium")
    assert bureau.must(me.get(f"/v1/payments/{payment['id']}/receipt"), 200)["product"] == "resident_basic"
    spent = bureau.must(me.get("/v1/accounts/me/entries"), 200)["data"][0]
    assert (spent["use"], spent["for_whom"], spent["amount_fen"]) == ("resident_premium", "relative", -PREMIUM)
    assert codes(caller(bureau, "alipay_tax", father).post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": YEAR})) == ["PREMIUM_ALREADY_PAID"]


def test_p_13_a_release_waits_for_the_night_only_on_the_day_the_binding_began(world, later_server):
    """P-13: Shanxi: unbinding takes effect the same day if the authorisation began earlier, else the next day."""
    shanxi = json.loads((ROOT / "config/policies/140000.json").read_text())["rows"][-1]
    area = place(world, release_effective=shanxi["release_effective"])
    grantor, child, early = family(world, area, prior=300000)
    other = world.child(area)
    late = world.bind(grantor, other)
    waiting = world.must(world.caller(grantor).post(f"/v1/bindings/{late}/release", {}), 200)
    assert (waiting["status"], waiting["release_at"]) == ("active", "2026-11-22T00:00:00.000000+08:00")
    world.must(world.quote(grantor, other), 201)
    tomorrow = beside(world, later_server("2026-11-22T00:00:01+08:00"))
    assert tomorrow.must(tomorrow.caller(grantor).get("/v1/bindings/" + late), 200)["status"] == "released"
    at_once = tomorrow.must(tomorrow.caller(grantor).post(f"/v1/bindings/{early}/release", {}), 200)
    assert at_once["status"] == "released"
    assert codes(tomorrow.quote(grantor, child)) == ["BINDING_NOT_ACTIVE"]


def test_p_14_money_of_earlier_years_only_and_the_channel_hears_of_the_success(bureau):
    """P-14: Zhejiang: a grantor with 历年结余 authorises; the channel that filed it is told, so that it can send its message, and unbinding is in the same place."""
    area = place(bureau, province="33", shareable_buckets=["prior_year"], review_mode="commitment")
    grantor, child = bureau.person(area, prior=30000, current=90000), bureau.child(area)
    me = caller(bureau, "wechat_mini", grantor)
    binding = bureau.must(bind(bureau, me, grantor, child), 201)
    told = bureau.must(caller(bureau, "wechat_mini", "backend").get("/v1/events?limit=200"), 200)["data"]
    assert [(each["type"], each["data"]["status"]) for each in told if each["data"].get("binding_id") == binding["id"]] == [("binding.applied", "active")]
    elsewhere = bureau.must(caller(bureau, "nhsa_app", "backend").get("/v1/events?limit=200"), 200)["data"]
    assert binding["id"] not in json.dumps(elsewhere)
    quote = bureau.must(me.post("/v1/quotes", {"insured_id": child.no, "benefit_year": YEAR}, key=None), 201)
    assert split(quote) == {"aid:prior_year": 30000, "cash": PREMIUM - 30000}
    assert bureau.must(me.post(f"/v1/bindings/{binding['id']}/release", {}), 200)["status"] == "released"


def test_p_10_fujians_family_is_declared_joined_from_elsewhere_and_left_again(bureau):
    """P-10: in force by declaration, open to members insured elsewhere in the province, one family at a time where the area says so; the creator removes, a member quits."""
    creator, member = bureau.person(FUZHOU, prior=500000), bureau.child("350200")
    me = caller(bureau, "nhsa_app", creator)
    binding = bureau.must(bind(bureau, me, creator, member), 201)
    assert (binding["status"], binding["review"]["mode"]) == ("active", "commitment")
    assert bureau.must(caller(bureau, "nhsa_app", member).post(f"/v1/bindings/{binding['id']}/release", {"reason": "退出"}), 200)["status"] == "released"
    again = bureau.must(bind(bureau, me, creator, member), 201)
    assert bureau.must(me.post(f"/v1/bindings/{again['id']}/release", {}), 200)["status"] == "released"
    area = place(bureau, province="54", review_mode="commitment", max_grantors_per_beneficiary=1)
    first, second, child = bureau.person(area, prior=100), bureau.person(area, prior=100), bureau.child(area)
    bureau.bind(first, child)
    assert codes(bind(bureau, caller(bureau, "nhsa_app", second), second, child)) == ["GRANTOR_LIMIT_REACHED"]

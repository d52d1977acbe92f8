"""What the black-box tests share: a server of one's own, callers with tokens, synthetic people, and answers held against OpenAPI."""
import base64
import itertools
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import time
import uuid
from pathlib import Path

import channels
import jsonschema
import jwt
import psycopg2
import requests
import yaml

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("GONGJI_BIN", ROOT / "build/gongji")).resolve()
PGHOST = os.environ.get("GONGJI_TEST_PGHOST", "/var/run/postgresql")
PGUSER = os.environ.get("GONGJI_TEST_PGUSER", "postgres")
SCOPES = "family account premium registry review policy audit freeze inquiry resolve cash events refund medical"
CHANNELS = ("wechat_mini web_hall wansht_app wechat_tax alipay_tax nhsa_app wechat_oa website alipay_city wechat_city "
            "third_party counter kiosk").split()
CLOCK = "2026-11-21T10:00:00+08:00"


# --- Database and server ----------------------------------------------------------------------------------------------
def sql(database, text, *values, user=PGUSER):
    """Rows of one statement, run past the server as the cluster's superuser."""
    connection = psycopg2.connect(host=PGHOST, user=user, dbname=database)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(text, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A database, a configuration and a running `gongji serve`; others may be started beside it on the same database."""

    def __init__(self, folder, database, environment=None, listen=None, secret=None):
        self.folder, self.database = Path(folder), database
        self.folder.mkdir(parents=True, exist_ok=True)
        self.listen = listen or f"127.0.0.1:{free_port()}"
        self.secret = secret or secrets.token_hex(32)
        self.environment = {"GONGJI_CLOCK_NOW": CLOCK, **(environment or {})}
        self.log_path = self.folder / "server.log"
        self.process = None
        self.write_configuration()

    def write_configuration(self):
        (self.folder / "seal").write_text("s1 " + base64.b64encode(self.key("seal")).decode() + "\n")
        (self.folder / "index").write_text("i1 " + base64.b64encode(self.key("index")).decode() + "\n")
        (self.folder / "dev").write_text(self.secret)
        channels.write_keys(self.folder)
        issuer = ("[issuer {name}]\niss = {name}\nkind = {kind}\nchannel = {channel}\nalgorithm = HS256\nkeys = k1=dev\nsigning_key = k1=dev\n"
                  "scopes = {scopes}\nareas = *\nallow_act = {act}\ncash_channels = {cash}\n")
        lines = [f"[server]\nlisten = {self.listen}\nconnections = 600\n",
                 f"[database]\nurl = host={PGHOST} user=gongji_app dbname={self.database}\nowner_url = host={PGHOST} user={PGUSER} dbname={self.database}\n",
                 "[security]\nseal_keys = seal\nindex_keys = index\n",
                 "[clock]\ndevelopment = true\n",
                 issuer.format(name="dev", kind="staff citizen channel", channel="web_hall", scopes=SCOPES, act="true", cash="wechatpay alipay counter"),
                 issuer.format(name="noact", kind="citizen", channel="web_hall", scopes="family account premium", act="false", cash=""),
                 issuer.format(name="nocash", kind="channel", channel="counter", scopes="cash", act="false", cash="")]
        lines += [issuer.format(name="his", kind="institution", channel="institution", scopes="medical", act="false", cash=""),
                  issuer.format(name="card", kind="credential", channel="", scopes="credential", act="false", cash="")]
        lines += [issuer.format(name="dev-" + each, kind="citizen", channel=each, scopes="family account premium events", act="true", cash="") for each in CHANNELS]
        (self.folder / "gongji.ini").write_text("\n".join([*lines, channels.SECTIONS]))

    def key(self, purpose):
        import hashlib
        return hashlib.sha256((purpose + self.secret).encode()).digest()

    def run(self, *arguments, check=True, text=None, environment=None):
        done = subprocess.run([BIN, "--config", self.folder / "gongji.ini", *arguments], input=text, capture_output=True, text=True,
                              timeout=120, cwd=ROOT, env={**os.environ, **self.environment, **(environment or {})})
        assert not check or done.returncode == 0, f"gongji {arguments}: {done.stderr}{done.stdout}"
        return done

    def start(self):
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen([BIN, "--config", self.folder / "gongji.ini", "serve"], stdout=self.log, stderr=self.log, cwd=ROOT,
                                        env={**os.environ, **self.environment})
        for _ in range(200):
            if self.process.poll() is not None:
                raise AssertionError("the server did not start:\n" + self.log_path.read_text()[-2000:])
            try:
                if requests.get(self.url("/readyz"), timeout=2).status_code == 200:
                    return self
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("the server was not ready in time:\n" + self.log_path.read_text()[-2000:])

    def stop(self, how=signal.SIGTERM, wait=30):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(wait) if self.process else None
        self.process = None
        return code

    def url(self, path):
        return f"http://{self.listen}{path}"

    def sql(self, text, *values):
        return sql(self.database, text, *values)

    def log_text(self):
        return self.log_path.read_text(errors="replace")


# --- Callers ----------------------------------------------------------------------------------------------------------
def mint(server, sub, scope=SCOPES, issuer="dev", lifetime=900, **claims):
    now = int(time.time())
    areas = claims.pop("areas", ["*"])
    body = {"iss": issuer, "sub": sub, "aud": "gongji", "iat": now, "exp": now + lifetime, "scope": scope, **claims}
    if areas is not None:
        body["areas"] = areas
    return jwt.encode(body, server.secret, algorithm="HS256", headers={"kid": "k1"})


class Caller:
    """Speaks HTTP as one subject. Every answer is held against config/openapi.yaml."""

    def __init__(self, server, sub, scope=SCOPES, **claims):
        self.server, self.sub = server, sub
        self.session = requests.Session()
        self.session.headers.update({"Authorization": "Bearer " + mint(server, sub, scope, **claims), "Access-Reason": "test"})

    def call(self, method, path, body=None, key=None, **options):
        headers = options.pop("headers", {})
        if key is not None:
            headers = {"Idempotency-Key": key, **headers}
        answer = self.session.request(method, self.server.url(path), json=body, headers=headers, timeout=30, **options)
        check_answer(method, path, answer)
        return answer

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def put(self, path, body, **options):
        return self.call("PUT", path, body, **options)

    def post(self, path, body=None, key=True, **options):
        return self.call("POST", path, body, key=str(uuid.uuid4()) if key is True else key, **options)


def code(answer):
    """The problem's code, or the status line's number when it went well."""
    return answer.json()["code"] if answer.headers.get("Content-Type", "").startswith("application/problem+json") else answer.status_code


def codes(answer):
    return [each["code"] for each in answer.json().get("errors", [])] or [code(answer)]


# --- Answers against the description ------------------------------------------------------------------------------------
OPENAPI_PATH = ROOT / "config/openapi.yaml"
OPENAPI = yaml.safe_load(OPENAPI_PATH.read_text()) if OPENAPI_PATH.exists() else {"paths": {}}
PATTERNS = sorted(((re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), path) for path in OPENAPI["paths"]), key=lambda pair: pair[1].count("{"))
REGISTRY = jsonschema.RefResolver("", OPENAPI)


def resolved(node):
    while isinstance(node, dict) and "$ref" in node:
        node = REGISTRY.resolve(node["$ref"])[1]
    return node


def operation_of(method, path):
    bare = path.split("?")[0]
    for pattern, name in PATTERNS:
        if pattern.match(bare):
            return resolved(OPENAPI["paths"][name]).get("get" if method == "HEAD" else method.lower())
    return None


def check_answer(method, path, answer):
    assert answer.headers.get("Request-Id"), "every answer has a Request-Id"
    operation = operation_of(method, path)
    if operation is None:
        return
    response = resolved(operation["responses"].get(str(answer.status_code), operation["responses"].get("default")))
    assert response is not None, f"{method} {path}: {answer.status_code} is not described: {answer.text[:500]}"
    media = answer.headers.get("Content-Type", "").split(";")[0]
    content = response.get("content")
    if not content:
        assert not answer.content, f"{method} {path}: a body where none is described"
        return
    assert media in content, f"{method} {path}: {media} is not described for {answer.status_code}"
    schema = content[media].get("schema")
    if schema and media.endswith("json"):
        validator = jsonschema.Draft202012Validator(schema, resolver=REGISTRY)
        faults = [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:300]}" for fault in validator.iter_errors(answer.json())]
        assert not faults, f"{method} {path} {answer.status_code}: {faults[:3]}\n{json.dumps(answer.json(), ensure_ascii=False)[:1500]}"


# --- People -----------------------------------------------------------------------------------------------------------
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NUMBERS = itertools.count(int(time.time()) % 100000 * 1000)
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "安宁清远思源书瑶景行嘉禾明哲若水"


def id_number(n=None, birth=None):
    """A synthetic ID number with a right check digit; the n-th is always the same one."""
    n = next(NUMBERS) if n is None else n
    birth = birth or f"{1950 + n // 999 % 55:04}{1 + n // 54945 % 12:02}{1 + n // 659340 % 28:02}"
    head = f"340503{birth}{n % 999 + 1:03}"
    return head + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS)) % 11]


class Person:
    def __init__(self, no, name, number, area, scheme, **more):
        self.no, self.name, self.number, self.area, self.scheme, self.more = no, name, number, area, scheme, more

    def body(self, **changes):
        return {"name": self.name, "id_number": self.number, "area": self.area, "scheme": self.scheme, "status": "normal", **self.more, **changes}


class World:
    """A bureau to test with: staff, people, money, families."""

    def __init__(self, server):
        self.server = server
        self.staff = Caller(server, "op-1")
        self.counter = itertools.count()
        self.tag = secrets.token_hex(3)

    def caller(self, person, scope="family account premium", **claims):
        return Caller(self.server, person.no, scope, **claims)

    def person(self, area="340500", scheme="employee", prior=0, current=0, birth=None, **more):
        n = next(self.counter)
        name = SURNAMES[n % len(SURNAMES)] + GIVEN[n // 7 % len(GIVEN)] + GIVEN[n % len(GIVEN)]
        person = Person(f"p{self.tag}-{n}", name, id_number(birth=birth), area, scheme, **more)
        self.must(self.staff.put(f"/v1/persons/{person.no}", person.body()), 201)
        for year, fen in ((2025, prior), (2026, current)):
            if fen:
                self.contribute(person, fen, year)
        return person

    def child(self, area="340500", **more):
        return self.person(area, "resident", **more)

    def contribute(self, person, fen, year=2025, reference=None):
        return self.must(self.staff.post(f"/v1/persons/{person.no}/contributions",
                                         {"amount_fen": fen, "year": year, "reference": reference or uuid.uuid4().hex}), 201)

    def change(self, person, **changes):
        return self.must(self.staff.put(f"/v1/persons/{person.no}", person.body(**changes)), 200)

    def apply(self, grantor, beneficiary, relation="child", key=True, **more):
        caller = more.pop("caller", None) or self.caller(grantor)
        notice = more.pop("notice_version", None) or caller.get("/v1/bindings/options").json()["notice"]["version"]
        return caller.post("/v1/bindings", {"beneficiary": {"name": beneficiary.name, "id_number": beneficiary.number}, "relation": relation,
                                            "notice_version": notice, **more}, key=key)

    def decide(self, binding_id, decision="approve", **more):
        return Caller(self.server, "reviewer-1", "review").post(f"/v1/bindings/{binding_id}/decision", {"decision": decision, **more})

    def bind(self, grantor, beneficiary, relation="child"):
        """An active binding, reviewed when the area wants that."""
        binding = self.must(self.apply(grantor, beneficiary, relation), 201)
        if binding["status"] == "pending_review":
            self.must(self.decide(binding["id"]), 200)
        return binding["id"]

    def account(self, person):
        return self.must(self.caller(person).get("/v1/accounts/me"), 200)

    def quote(self, caller, insured, year=2027, **more):
        return self.caller(caller).post("/v1/quotes", {"insured_id": insured.no, "benefit_year": year, **more}, key=None)

    def pay(self, caller, insured, year=2027, key=True, **more):
        return self.caller(caller).post("/v1/premium-payments", {"insured_id": insured.no, "benefit_year": year, **more}, key=key)

    def place(self, kind="hospital", area="340500", code=None, **more):
        code = code or f"H{self.tag}-{next(self.counter)}"
        self.must(self.staff.put(f"/v1/institutions/{code}", {"name": "某某医院", "kind": kind, "area": area, "designated_from": "2020-01-01", **more}), 201)
        return code

    def settle(self, place, patient, *items, key=True, shown=None, number=None, **more):
        """A settlement at a place; an item is (use, fen) or a whole object. shown: whose credential, the patient's own unless said."""
        whole = [{"use": item[0], "amount_fen": item[1], "fund_paid_fen": 0, "out_of_scope_fen": 0} if isinstance(item, tuple) else item for item in items]
        more.setdefault("credential", {"kind": "ecode", "token": mint(self.server, (shown or patient).no, issuer="card", areas=None)})
        return Caller(self.server, place, "medical", issuer="his").post(
            "/v1/medical-payments", {"patient_id": patient.no, "settlement_no": number or uuid.uuid4().hex, "items": whole, **more}, key=key)

    def reverse(self, place, payment_id, key=True):
        return Caller(self.server, place, "medical", issuer="his").post(f"/v1/medical-payments/{payment_id}/reverse", {}, key=key)

    @staticmethod
    def must(answer, status):
        assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:800]}"
        return answer.json() if answer.content else None


def split(body):
    """{"own:current_year": 100, …}: whose money pays what, in fen."""
    parts = {}
    for leg in body["legs"]:
        name = leg["source"] + (":" + leg["bucket"] if leg.get("bucket") else "")
        parts[name] = parts.get(name, 0) + leg["amount_fen"]
    return parts

"""The front as production has it: a real nginx with deploy/nginx/ before the server's UNIX socket."""
import gzip
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import requests

from harness import BIN, ROOT, Caller, Server, World, code, free_port, id_number, mint, split
from wire import exchange, request

DEPLOY = ROOT / "deploy/nginx"
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") or "/usr/sbin/nginx"
TEMPORARY = " ".join(f"{each}_temp_path {{folder}}/{each};"
                     for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 256; }}
http {{
    {temporary}
    include {deploy}/gongji-http.conf;
    access_log {folder}/access.log gongji;
    upstream gongji {{ server unix:{folder}/g.sock max_fails=0; keepalive 8; }}
    server {{ listen {listen}; include {deploy}/gongji-server.conf; }}
}}
"""


class Front:
    """nginx and the server behind it; callers see the former's address."""

    def __init__(self, folder, made):
        self.folder, self.listen = folder, f"127.0.0.1:{free_port()}"
        self.behind = Server(folder / "server", made.database, None, f"unix:{folder}/g.sock", made.secret)
        self.process = None
        self.secret, self.database, self.sql = made.secret, made.database, made.sql
        user = "user root;" if os.getuid() == 0 else ""  # without it workers become nobody, who may not use the socket
        (folder / "nginx.conf").write_text(CONFIGURATION.format(temporary=TEMPORARY.format(folder=folder), user=user,
                                                                folder=folder, deploy=DEPLOY,
                                                                listen=self.listen))

    def start(self):
        self.start_behind()
        self.process = subprocess.Popen([NGINX, "-p", self.folder, "-c", self.folder / "nginx.conf", "-e",
                                         self.folder / "error.log"])
        self.await_that(lambda: socket.create_connection(self.listen.split(":")).close() or True)
        return self

    def start_behind(self):
        self.behind.log = open(self.behind.log_path, "ab")
        self.behind.process = subprocess.Popen([BIN, "--config", self.behind.folder / "gongji.ini", "serve"],
                                               stdout=self.behind.log, stderr=self.behind.log, cwd=ROOT,
                                               env={**os.environ, **self.behind.environment})
        self.await_that(lambda: exchange(self.behind.listen, request("GET", "/readyz"), answers=1)[0][0].status == 200)

    @staticmethod
    def await_that(condition):
        for _ in range(250):
            try:
                if condition():
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError("it did not happen in time")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(15)
        self.behind.stop()

    def url(self, path):
        return f"http://{self.listen}{path}"


@pytest.fixture(scope="module")
def front(new_server):
    folder = Path(tempfile.mkdtemp(prefix="gongji-nginx-", dir="/tmp"))  # a socket's path is short
    front = Front(folder, new_server("nginx"))
    try:
        yield front.start()
    finally:
        front.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def town(front):
    return World(front)


def test_the_main_job_goes_through_the_front(town):
    """S0-01 S0-21 behind nginx: bind, review, quote, pay, look at it; JSON, CSV, evidence and imports."""
    mother, girl = town.person(prior=100000), town.child(current=10000)
    shown = town.must(town.caller(mother).post("/v1/evidence", None, key=None,
                                               data=b"\xff\xd8\xff\xe0" + os.urandom(300000),
                                               headers={"Content-Type": "image/jpeg",
                                                        "Evidence-Type": "birth_certificate"}), 201)
    binding = town.must(town.apply(mother, girl, evidence_ids=[shown["id"]]), 201)
    town.must(town.decide(binding["id"]), 200)
    quote = town.must(town.quote(mother, girl), 201)
    payment = town.must(town.caller(mother).post("/v1/premium-payments", {"quote_id": quote["id"]}, key="one"), 201)
    again = town.caller(mother).post("/v1/premium-payments", {"quote_id": quote["id"]}, key="one")
    assert again.json() == payment and again.headers["Idempotency-Replayed"] == "true"
    assert split(payment) == {"own:current_year": 10000, "aid:prior_year": 30000}
    assert town.account(mother)["balance_fen"] == 70000
    csv = town.caller(mother).get("/v1/accounts/me/entries?from=2026-01-01T00:00:00+08:00",
                                  headers={"Accept": "text/csv"})
    assert csv.headers["Content-Type"].startswith("text/csv") and csv.text.count("\r\n") >= 2
    lines = ["person_id,name,id_number,area,scheme,status"] + [f"n{n},王小明,{id_number(60000 + n)},340500,employee,normal" for n in range(2000)]
    report = town.staff.post("/v1/imports?kind=persons", None, key=None, data="\n".join(lines).encode(),
                             headers={"Content-Type": "text/csv"})
    assert town.must(report, 200)["accepted"] == 2000


BODY = json.dumps({"name": "王小明", "id_number": id_number(69999), "area": "340500", "scheme": "employee",
                   "status": "normal"}).encode()
LENGTH, CHUNKED, CHUNKS = f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
TOKEN = b"\1token\1"


def put(*fields, body=BODY, target="/v1/persons/shape", method="PUT", **options):
    return request(method, target, b"Authorization: Bearer " + TOKEN, "Content-Type: application/json", *fields,
                   body=body, **options)


SMUGGLED = put(LENGTH, target="/v1/persons/smuggled")
SHAPES = {
    "two Content-Length": put(LENGTH, "Content-Length: 0"),
    "Content-Length and chunked": put(LENGTH, CHUNKED, body=b"0\r\n\r\n" + SMUGGLED),
    "chunked and Content-Length": put(CHUNKED, "Content-Length: 4", body=b"0\r\n\r\n" + SMUGGLED),
    "chunked twice": put(CHUNKED, CHUNKED, body=CHUNKS),
    "chunked and identity": put("Transfer-Encoding: chunked, identity", body=CHUNKS),
    "xchunked": put("Transfer-Encoding: xchunked", body=CHUNKS),
    "blank before the colon": put("Transfer-Encoding : chunked", body=CHUNKS),
    "chunk size that is no number": put(CHUNKED, body=b"zz\r\n{}\r\n0\r\n\r\n"),
    "chunk size past 64 bits": put(CHUNKED, body=b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    "two Host": put(LENGTH, "Host: b"), "no Host": put(LENGTH, host=None), "Host with a slash": put(LENGTH, host="a/b"),
    "two Authorization": put(LENGTH, b"Authorization: Bearer " + TOKEN),
    "two Content-Type": put(LENGTH, "Content-Type: application/json"),
    "two Idempotency-Key": put(LENGTH, "Idempotency-Key: a", "Idempotency-Key: b"),
    "two Access-Reason": put(LENGTH, "Access-Reason: a", "Access-Reason: b"), "NUL in a value": put(LENGTH, b"X: a\0b"),
    "escape in the path": put(LENGTH, target="/v1/persons/%73hape"),
    "dot segments": put(LENGTH, target="/v1/x/../persons/shape"),
    "two slashes": put(LENGTH, target="//v1/persons/shape"), "backslash": put(LENGTH, target="/v1\\persons\\shape"),
    "fragment": put(LENGTH, target="/v1/persons/shape#x"),
    "blank in the target": put(LENGTH, target="/v1/persons/shape x"),
    "long target": put(LENGTH, target="/v1/persons/shape?" + "a" * 50000),
    "long header": put(LENGTH, "X: " + "a" * 6000), "many long headers": put(LENGTH, *["X: " + "a" * 1000] * 12),
    "method in lower case": put(LENGTH, method="put"), "version 2.0": put(LENGTH, version="HTTP/2.0"),
    "version 0.9": b"PUT /v1/persons/shape\r\n\r\n",
    "TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 600 + b"\r\n\r\n",
}


BEHIND = {"two Content-Type", "two Idempotency-Key", "two Access-Reason"}  # refused only there


@pytest.mark.parametrize("name", SHAPES)
def test_a_malformed_shape_does_not_pass_the_front(front, name):
    written = lambda: front.sql("SELECT count(*) FROM gongji.audit_log UNION ALL SELECT count(*) FROM gongji.person")
    before, token = written(), mint(front, "op-1", "registry").encode()
    answers, closed = exchange(front.listen, SHAPES[name].replace(TOKEN, token), wait=0.3, answers=2)
    assert [each.code for each in answers] in (["REQUEST_MALFORMED"], ["METHOD_NOT_ALLOWED"], [400],
                                               [505]) or (closed and not answers)
    assert written() == before
    if answers and answers[0].header("Request-Id"):
        seen = lambda: f'"request_id":"{answers[0].header("Request-Id")}"' in front.behind.log_text()
        front.await_that(lambda: seen() == (name in BEHIND))  # who refused it
    assert requests.get(front.url("/openapi.json")).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_the_description_comes_small_through_the_front(front, path):
    small = requests.get(front.url(path), headers={"Accept-Encoding": "gzip"}, stream=True)
    own = requests.get(front.url(path), headers={"Accept-Encoding": "identity"})
    assert (small.status_code, small.headers["Content-Encoding"], small.headers["Vary"]) == (200, "gzip", "Accept-Encoding")
    sent = small.raw.read()
    assert len(sent) < len(own.content) / 4 and gzip.decompress(sent) == own.content
    assert small.headers.get("Content-Security-Policy") == own.headers.get("Content-Security-Policy")


def test_the_well_formed_twin_of_those_shapes_is_taken(front):
    for shape in put(LENGTH), put(CHUNKED, body=CHUNKS), put(LENGTH, version="HTTP/1.0"):
        answers, _ = exchange(front.listen, shape.replace(TOKEN, mint(front, "op-1", "registry").encode()), answers=1)
        assert answers[0].status in (200, 201)


def is_problem(answer, status, wanted, retry):
    problem = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"], problem["status"], problem["code"],
            problem["retry"]) == (status, "application/problem+json", status, wanted, retry)
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code", "request_id", "retry"}
    assert answer.headers["Request-Id"] == problem["request_id"] and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Language"] in ("zh-CN", "en") and answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_nginx_refuses_reads_like_the_servers_own_refusals(front, language):
    """The same members, codes and sentences, whoever of the two refuses."""
    headers, told = {"Accept-Language": language}, {}
    told["BODY_TOO_LARGE"] = requests.put(front.url("/v1/persons/x"), data=b" " * 65537, headers=headers)
    told["ROUTE_NOT_FOUND"] = requests.get(front.url("/livez"), headers=headers)
    told["METHOD_NOT_ALLOWED"] = requests.request("TRACE", front.url("/v1/bindings"), headers=headers)
    for name, status in ("BODY_TOO_LARGE", 413), ("ROUTE_NOT_FOUND", 404), ("METHOD_NOT_ALLOWED", 405):
        is_problem(told[name], status, name, "never")
        assert told[name].headers["Content-Language"] == language
    own, fronts = requests.get(front.url("/nope"), headers=headers).json(), told["ROUTE_NOT_FOUND"].json()
    for member in "title", "detail", "code", "type":
        assert own[member] == fronts[member]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_probes_are_not_for_the_world(front, path):
    assert code(requests.get(front.url(path))) == "ROUTE_NOT_FOUND"


@pytest.mark.parametrize("path, media, size, refused", [
    ("/v1/persons/x", "application/json", 65536, False), ("/v1/persons/x", "application/json", 65537, True),
    ("/v1/evidence", "image/png", 5 * 1024 * 1024, False),
    ("/v1/evidence", "image/png", 5 * 1024 * 1024 + 1, True),
    ("/v1/reconciliations/2026-11-01", "text/csv", 16 * 1024 * 1024, False),
    ("/v1/reconciliations/2026-11-01", "text/csv", 16 * 1024 * 1024 + 1, True),
    ("/v1/imports?kind=persons", "text/csv", 6 * 1024 * 1024, False)])
def test_bodies_are_limited_as_behind(front, path, media, size, refused):
    method = "PUT" if "persons/" in path else "POST"
    answer = Caller(front, "op-1", "registry family").session.request(method, front.url(path), data=b" " * size,
                                                                      headers={"Content-Type": media,
                                                                               "Evidence-Type": "other"})
    assert (code(answer) == "BODY_TOO_LARGE") == refused, answer.text


def test_one_name_for_a_request_on_both_sides(front):
    for sent, kept in (("my.id-1", True), ("a b", False), ("x" * 129, False), (None, False)):
        answer = requests.get(front.url("/v1/bindings"), headers={"Request-Id": sent} if sent else {})
        name = answer.headers["Request-Id"]
        assert name == answer.json()["request_id"] and (name == sent) == kept
        front.await_that(lambda: f'"request_id":"{name}"' in front.behind.log_text())
    front.await_that(lambda: f'"request_id":"{name}"' in (front.folder / "access.log").read_text())


def test_the_fronts_logs_name_nobody(front, town):
    number = id_number(69998)
    for path in (f"/v1/persons/{number}", f"/v1/bindings?person_id={number}", f"/{number}", f"/v1/{number}",
                 f"/v1/persons/{number}%20", f"/v1//{number}"):
        requests.get(front.url(path),
                     headers={"User-Agent": number, "Referer": number, "Access-Reason": number,
                              "Authorization": f"Bearer {number}"})
    exchange(front.listen, request("GET", "/x", f"Host: {number}"), answers=1)
    logs = [front.folder / "access.log", front.folder / "error.log"]
    front.await_that(lambda: logs[0].read_text().count("\n") > 40)
    for log in logs:
        assert number not in log.read_text() and "Bearer" not in log.read_text()
    assert all({"request_id", "status",
                "resource"} <= set(json.loads(line)) for line in logs[0].read_text().splitlines())


def test_a_server_that_is_gone_or_stuck_is_a_result_that_is_not_known(front, town):
    """The caller repeats with the same key, and the work is done once."""
    person = town.person(prior=100)
    body = {"amount_fen": 5, "year": 2026, "reference": "again"}
    pay = lambda: town.staff.session.post(front.url(f"/v1/persons/{person.no}/contributions"), json=body,
                                          headers={"Idempotency-Key": "again"})
    front.behind.process.send_signal(signal.SIGSTOP)
    threads = Path(f"/proc/{front.behind.process.pid}/task")
    front.await_that(lambda: all("State:\tT" in (each / "status").read_text() for each in threads.iterdir()))
    try:
        began = time.monotonic()
        stuck = pay()
        is_problem(stuck, 503, "RESULT_UNKNOWN", "same_key")
        assert time.monotonic() - began < 6 and int(stuck.headers["Retry-After"]) >= 1
    finally:
        front.behind.process.send_signal(signal.SIGCONT)
    assert pay().status_code == 201
    assert front.behind.stop() == 0
    is_problem(pay(), 503, "RESULT_UNKNOWN", "same_key")
    front.start_behind()
    repeated = pay()
    assert repeated.status_code == 201 and repeated.headers["Idempotency-Replayed"] == "true"
    assert town.account(person)["balance_fen"] == 105


def test_the_shipped_configuration_as_a_whole_is_good(tmp_path):
    """gongji.conf itself, TLS included; only its paths and ports are moved here."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "1", "-subj", "/CN=test", "-keyout", tmp_path / "private.pem", "-out",
                    tmp_path / "fullchain.pem"],
                   check=True, capture_output=True)
    text = (DEPLOY / "gongji.conf").read_text()
    for there, here in (("/etc/nginx/gongji/", f"{DEPLOY}/"), ("/etc/gongji/tls/", f"{tmp_path}/"),
                        ("/var/log/nginx/", f"{tmp_path}/"), ("/run/gongji/", f"{tmp_path}/")):
        assert there in text
        text = text.replace(there, here)
    text = re.sub(r"listen \[::\]:443[^;]*;", "", text).replace("listen 443 ", f"listen 127.0.0.1:{free_port()} ")
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
                                         f"http {{\n{TEMPORARY.format(folder=tmp_path)}\n{text}\n}}\n")
    done = subprocess.run([NGINX, "-t", "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"],
                          capture_output=True, text=True)
    assert done.returncode == 0 and "warn" not in done.stderr, done.stderr

"""Running it: probes, metrics and logs; starting, refusing to start, draining; a database that goes away and comes back."""
import json
import os
import re
import signal
import socket
import stat
import subprocess
import threading
import time

import psycopg2
import pytest
import requests

from harness import BIN, OPENAPI, PGHOST, PGUSER, ROOT, Caller, Server, World, code, free_port, sql
from wire import connect, exchange, request

PROBES = ["/livez", "/readyz", "/metrics", "/openapi.json", "/docs"]


@pytest.fixture(scope="module")
def post(new_server):
    """A database of its own, so that it may go away."""
    return new_server("operations", {"GONGJI_SERVER_IDLE_SECONDS": "20"})


@pytest.fixture(scope="module")
def running(post):
    return post.start() if not post.process else post


@pytest.fixture(scope="module")
def office(running):
    return World(running)


@pytest.fixture
def beside(post, tmp_path):
    """Starts further servers on the same database."""
    started = []

    def start(environment=None, listen=None):
        server = Server(tmp_path / str(len(started)), post.database, environment, listen, post.secret)
        started.append(server)
        return server.start() if not listen else await_socket(server)

    yield start
    for server in started:
        if server.process:
            server.stop()


def await_socket(server):
    """As Server.start, for an address that requests cannot speak to."""
    server.log = open(server.log_path, "ab")
    server.process = subprocess.Popen([BIN, "--config", server.folder / "gongji.ini", "serve"], stdout=server.log,
                                      stderr=server.log, cwd=ROOT,
                                      env={**os.environ, **server.environment})
    await_that(lambda: '"event":"started"' in server.log_text() or server.process.poll() is not None)
    assert server.process.poll() is None, server.log_text()
    return server


def await_that(condition, seconds=10.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


# --- Probes and metrics -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PROBES)
def test_probes_ask_for_no_token_and_look_at_none(running, path):
    for headers in {}, {"Authorization": "Bearer nonsense"}:
        answer = requests.get(running.url(path), headers=headers)
        assert answer.status_code == 200 and answer.headers["Request-Id"]


def test_the_description_that_is_served_is_the_one_in_the_source(running):
    assert requests.get(running.url("/openapi.json")).json() == json.loads(json.dumps(OPENAPI, default=str))


def metrics(server):
    """{'gongji_requests_total{class="2xx"}': 5.0, …}; each line must be of the Prometheus text format."""
    answer = requests.get(server.url("/metrics"))
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = {}
    for line in answer.text.splitlines():
        if line.startswith("#"):
            assert re.match(r"# (HELP \w+ .+|TYPE \w+ (counter|gauge|histogram))$", line), line
            continue
        name, value = re.match(r'(\w+(?:\{\w+="[^"]*"\})?) ([0-9.e+-]+)$', line).groups()
        assert name not in found, "each series once"
        found[name] = float(value)
    return found


def test_metrics_count_what_happens(running):
    before = metrics(running)
    for _ in range(3):
        requests.get(running.url("/livez"))
    for _ in range(2):
        requests.get(running.url("/v1/bindings"), headers={"Authorization": "Bearer x.y.z"})
    after = metrics(running)
    grown = {name: after[name] - before[name] for name in after}
    assert grown['gongji_requests_total{class="2xx"}'] == 4 and grown['gongji_requests_total{class="4xx"}'] == 2
    assert grown["gongji_tokens_refused_total"] == 2 and grown["gongji_request_seconds_count"] == 6
    assert after['gongji_request_seconds_bucket{le="+Inf"}'] == after["gongji_request_seconds_count"]


# --- Logs -------------------------------------------------------------------------------------------------------------
def test_a_log_is_one_json_object_a_line_and_one_line_a_request(running, office):
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    sent = {"log-1": ("/livez", {"traceparent": trace}),
            "log-2": ("/v1/persons/secret-no?x=secret-q", {"User-Agent": "secret-agent"}),
            "log-3": ("/nope/secret-path", {"traceparent": trace + "x"}),
            "log-4": ("/v1/accounts/me", {"Authorization": office.staff.session.headers["Authorization"]})}
    for name, (path, headers) in sent.items():
        requests.get(running.url(path), headers={"Request-Id": name, **headers})
    exchange(running.listen, request("GET", "/livez", 'Request-Id: a"}{"event":"forged', "traceparent: x\"y"),
             answers=1)
    await_that(lambda: '"request_id":"log-4"' in running.log_text())
    lines = [json.loads(line) for line in running.log_text().splitlines()]
    assert all({"at", "level", "event"} <= set(each) and re.match(r"\d{4}-\d\d-\d\dT[\d:.]+\+08:00$",
                                                                  each["at"]) for each in lines)
    by_id = {name: [each for each in lines if each.get("request_id") == name] for name in sent}
    assert all(len(found) == 1 for found in by_id.values())
    told = {name: found[0] for name, found in by_id.items()}
    assert told["log-1"]["traceparent"] == trace and "traceparent" not in told["log-3"]
    assert told["log-2"]["route"] == "/v1/persons/{person_id}" and "route" not in told["log-3"]
    assert {name: each["status"] for name, each in told.items()} == {"log-1": 200, "log-2": 401, "log-3": 404,
                                                                     "log-4": 404}
    assert told["log-4"]["issuer"] == "dev" and all(each["ms"] >= 0 for each in told.values())
    assert "secret" not in running.log_text() and "forged" not in running.log_text()
    assert office.staff.session.headers["Authorization"].split(".")[2] not in running.log_text()


def test_a_quiet_level_logs_no_requests(beside):
    server = beside({"GONGJI_LOG_LEVEL": "error"})
    requests.get(server.url("/livez"))
    server.stop()
    assert server.log_text() == ""


# --- Refusing to start ------------------------------------------------------------------------------------------------
STARTS = {
    "port in use": ({"GONGJI_SERVER_LISTEN": "{busy}"}, "", "{busy} is in use by another process"),
    "no such host": ({"GONGJI_SERVER_LISTEN": "no-such-host.invalid:80"}, "",
                     "no-such-host.invalid:80 cannot be listened on"),
    "neither port nor path": ({"GONGJI_SERVER_LISTEN": "here"}, "", "neither HOST:PORT nor unix:/path"),
    "no place for probes": ({"GONGJI_SERVER_PROBE_LISTEN": "here"}, "", "here is neither HOST:PORT nor unix:/path"),
    "port past the last": ({"GONGJI_SERVER_LISTEN": "127.0.0.1:65536"}, "", "neither HOST:PORT nor unix:/path"),
    "socket in no folder": ({"GONGJI_SERVER_LISTEN": "unix:/nonexistent/g.sock"}, "",
                            "/nonexistent/g.sock cannot be listened on"),
    "socket path too long": ({"GONGJI_SERVER_LISTEN": "unix:/" + "x" * 120}, "", "too long"),
    "missing database": ({"GONGJI_DATABASE_URL": "host={pg} user={user} dbname=gongji_not_there"}, "",
                         'database "gongji_not_there" does not exist'),
    "nobody at the port": ({"GONGJI_DATABASE_URL": "host=127.0.0.1 port={free} user=x dbname=x"}, "",
                           "cannot connect to the database"),
    "no socket there": ({"GONGJI_DATABASE_URL": "host=/nonexistent user=x dbname=x"}, "",
                        "cannot connect to the database"),
    "not a connection string": ({"GONGJI_DATABASE_URL": "nonsense"}, "",
                                "database.url is not a PostgreSQL connection string"),
    "schema not there": ({"GONGJI_DATABASE_URL": "host={pg} user={user} dbname={empty}"}, "", "run gongji migrate"),
    "unknown key": ({}, "[server]\nlisen = x\n", "unknown key lisen in [server]"),
    "unknown section": ({}, "[sever]\nlisten = x\n", "unknown section [sever]"),
    "unknown key of an issuer": ({}, "[issuer dev]\nsecret = x\n", "unknown key secret in [issuer dev]"),
    "key set twice": ({}, "[clock]\ndevelopment = true\n", "development is set a second time"),
    "line that is neither": ({}, "what is this\n", "neither [section] nor key = value"),
    "number out of range": ({"GONGJI_SERVER_REQUEST_MS": "99"}, "",
                            "GONGJI_SERVER_REQUEST_MS must be a number from 100 to 60000"),
    "not a number": ({"GONGJI_DATABASE_CONNECTIONS": "4x"}, "", "GONGJI_DATABASE_CONNECTIONS must be a number"),
    "unknown log level": ({"GONGJI_LOG_LEVEL": "loud"}, "", "GONGJI_LOG_LEVEL must be debug, info, warn or error"),
    "moved clock outside development": ({"GONGJI_CLOCK_DEVELOPMENT": "false"}, "",
                                        "GONGJI_CLOCK_NOW is for development"),
    "clock that is no time": ({"GONGJI_CLOCK_NOW": "yesterday"}, "", "is not an instant"),
    "no seal keys": ({"GONGJI_SECURITY_SEAL_KEYS": "{folder}/nothing"}, "", "nothing"),
    "index keys that are none": ({"GONGJI_SECURITY_INDEX_KEYS": "{folder}/dev"}, "", "/dev"),
}


@pytest.mark.parametrize("name", STARTS)
def test_what_stops_a_start_is_told_in_one_line(post, running, tmp_path, name):
    environment, more, wanted = STARTS[name]
    empty = post.database + "_empty"
    facts = {"busy": running.listen, "pg": PGHOST, "user": PGUSER, "empty": empty, "free": free_port(),
             "folder": post.folder}
    if name == "schema not there":
        sql("postgres", f'DROP DATABASE IF EXISTS "{empty}"')
        sql("postgres", f'CREATE DATABASE "{empty}"')
    server = Server(tmp_path, post.database, secret=post.secret)
    with open(server.folder / "gongji.ini", "a") as file:
        file.write(more)
    done = server.run("serve", check=False,
                      environment={key: value.format(**facts) for key, value in environment.items()})
    lines = done.stderr.splitlines()
    assert (done.returncode, len(lines), done.stdout) == (1, 1, ""), done.stderr
    assert lines[0].startswith("gongji: ") and wanted.format(**facts) in lines[0]


def test_a_server_does_not_start_on_a_schema_that_is_behind(post, beside):
    sql(post.database, "UPDATE gongji.schema_state SET digest = 'older'")
    try:
        done = post.run("serve", check=False, environment={"GONGJI_SERVER_LISTEN": f"127.0.0.1:{free_port()}"})
        assert done.returncode == 1 and "behind this program: run gongji migrate" in done.stderr
    finally:
        post.run("migrate")
    assert beside().process.poll() is None


def test_a_missing_configuration_file_is_named(post):
    done = post.run("--config", "/nonexistent/gongji.ini", "serve", check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1,
                                                          1) and "/nonexistent/gongji.ini: No such file" in done.stderr


# --- Where it listens -------------------------------------------------------------------------------------------------
def test_a_unix_socket_is_served_guarded_and_removed(post, beside, tmp_path):
    path = tmp_path / "g.sock"
    server = beside(listen=f"unix:{path}")
    answers, _ = exchange(server.listen, request("GET", "/readyz"), answers=1)
    assert answers[0].status == 200
    assert stat.S_IMODE(path.stat().st_mode) == 0o660, "the front's group may connect, the world may not"
    second = Server(tmp_path / "second", post.database, None, server.listen, post.secret)
    done = second.run("serve", check=False)
    assert done.returncode == 1 and "is in use by another process" in done.stderr
    assert server.stop() == 0 and not path.exists()


def test_a_socket_left_by_a_killed_server_is_no_obstacle(beside, tmp_path):
    listen = f"unix:{tmp_path}/g.sock"
    beside(listen=listen).stop(signal.SIGKILL)
    assert (tmp_path / "g.sock").exists()
    answers, _ = exchange(beside(listen=listen).listen, request("GET", "/readyz"), answers=1)
    assert answers[0].status == 200


def test_a_file_that_is_no_socket_is_not_removed(post, tmp_path):
    (tmp_path / "g.sock").write_text("precious")
    done = Server(tmp_path / "s", post.database, None, f"unix:{tmp_path}/g.sock", post.secret).run("serve", check=False)
    assert done.returncode == 1 and (tmp_path / "g.sock").read_text() == "precious"


def test_systemd_hands_the_socket_over_and_is_told_of_start_and_stop(post, tmp_path):
    with socket.socket() as listener, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        notices.bind(str(tmp_path / "notify"))
        notices.settimeout(10)
        server = Server(tmp_path / "s", post.database, {"NOTIFY_SOCKET": str(tmp_path / "notify"), "LISTEN_FDS": "1"},
                        "%s:%d" % listener.getsockname(), post.secret)
        script = f'exec 3<&{listener.fileno()}; export LISTEN_PID=$$; exec "$0" --config "$1" serve'
        server.log = open(server.log_path, "ab")
        server.process = subprocess.Popen(["/bin/bash", "-c", script, BIN, server.folder / "gongji.ini"],
                                          pass_fds=[listener.fileno()], stdout=server.log, stderr=server.log,
                                          env={**os.environ, **server.environment})
        try:
            assert notices.recv(100) == b"READY=1"
            assert requests.get(server.url("/readyz"), timeout=5).status_code == 200
            assert server.stop() == 0 and notices.recv(100) == b"STOPPING=1"
        finally:
            if server.process:
                server.stop(signal.SIGKILL)


# --- Limits of connections --------------------------------------------------------------------------------------------
def test_connections_have_a_limit_that_does_not_last(beside):
    server = beside({"GONGJI_SERVER_CONNECTIONS": "16"})
    held = [connect(server.listen) for _ in range(16)]
    try:
        held[0].sendall(request())
        assert held[0].recv(100).startswith(b"HTTP/1.1 200")
        answers, closed = exchange(server.listen, request(), wait=2.0)
        assert closed and not answers
    finally:
        for each in held:
            each.close()
    await_that(lambda: exchange(server.listen, request(), answers=1)[0])


def test_probes_answer_on_their_own_socket_when_every_connection_is_taken(beside, tmp_path):
    probes = f"unix:{tmp_path}/probes.sock"
    server = beside({"GONGJI_SERVER_CONNECTIONS": "16", "GONGJI_SERVER_PROBE_LISTEN": probes})
    told = lambda *words: exchange(probes, request(*words), answers=1)[0][0].code
    held = [connect(server.listen) for _ in range(16)]
    try:
        held[0].sendall(request())
        assert held[0].recv(100).startswith(b"HTTP/1.1 200")
        assert [told("GET", path) for path in PROBES] == [200] * 3 + ["ROUTE_NOT_FOUND"] * (len(PROBES) - 3)
        assert [told("GET", "/v1/accounts/me"), told("POST", "/v1/quotes"), told("POST", "/livez")] == ["ROUTE_NOT_FOUND"] * 3
    finally:
        for each in held:
            each.close()
    assert server.stop() == 0 and not (tmp_path / "probes.sock").exists()


def test_an_idle_connection_is_closed(beside):
    server = beside({"GONGJI_SERVER_IDLE_SECONDS": "1"})
    answers, closed = exchange(server.listen, request(), wait=4.0)
    assert closed and len(answers) == 1


# --- Draining ---------------------------------------------------------------------------------------------------------
class Held:
    """Holds a person's account from another session, so that calls on it wait."""

    def __init__(self, server, person):
        self.connection = psycopg2.connect(host=PGHOST, user=PGUSER, dbname=server.database)
        self.connection.cursor().execute("SELECT 1 FROM gongji.account a JOIN gongji.person p ON p.id = a.person"
                                         " WHERE p.person_no = %s FOR UPDATE OF a", (person.no,))

    def release(self):
        self.connection.close()


def waiting(server, count):
    rows = lambda: server.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")[0][0]
    await_that(lambda: rows() >= count)


def in_background(calls):
    results = [None] * len(calls)
    def run(n):
        try:
            results[n] = calls[n]()
        except requests.RequestException as failure:
            results[n] = failure
    threads = [threading.Thread(target=run, args=[n]) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    return threads, results


def test_sigterm_lets_requests_in_flight_end_and_takes_no_new_ones(office, beside, tmp_path):
    probes = f"unix:{tmp_path}/probes.sock"
    server = beside({"GONGJI_SERVER_PROBE_LISTEN": probes})
    person = office.person(prior=100)
    callers = [Caller(server, f"op-{n}", "registry") for n in range(3)]
    held, kept = Held(server, person), connect(server.listen)
    kept.sendall(request())
    kept.recv(4096)
    threads, results = in_background([lambda n=n: callers[n].post(f"/v1/persons/{person.no}/contributions",
                                                                  {"amount_fen": 10 ** n, "year": 2026,
                                                                   "reference": f"d{n}"})
                                      for n in range(3)])
    waiting(server, 3)
    server.process.send_signal(signal.SIGTERM)
    await_that(lambda: refuses(server.listen))
    kept.sendall(request("GET", "/readyz"))
    told = kept.recv(4096)
    assert b"503" in told.split(b"\r\n")[0] and b"SERVICE_DRAINING" in told and b"Connection: close" in told
    assert exchange(probes, request("GET", "/readyz"), answers=1)[0][0].code == "SERVICE_DRAINING"
    assert server.process.poll() is None, "it waits"
    held.release()
    for thread in threads:
        thread.join()
    assert [each.status_code for each in results] == [201] * 3
    assert {each.headers["Connection"] for each in results} == {"close"}
    assert server.process.wait(10) == 0 and "drain_cut_short" not in server.log_text()
    assert office.account(person)["balance_fen"] == 211
    assert [json.loads(line)["event"] for line in server.log_text().splitlines()][-1] == "stopped"


def refuses(listen):
    try:
        connect(listen).close()
        return False
    except ConnectionError:
        return True


def test_a_second_signal_ends_it_at_once_and_nothing_is_half_done(office, beside):
    server = beside()
    person = office.person(prior=100)
    caller, held = Caller(server, "op-1", "registry"), Held(server, person)
    threads, results = in_background([lambda: caller.post(f"/v1/persons/{person.no}/contributions",
                                                          {"amount_fen": 7, "year": 2026, "reference": "x"},
                                                          key="again")])
    waiting(server, 1)
    server.process.send_signal(signal.SIGTERM)
    await_that(lambda: refuses(server.listen))
    assert server.stop() == -signal.SIGTERM
    held.release()
    threads[0].join()
    assert isinstance(results[0], requests.ConnectionError)
    again = Caller(office.server, "op-1", "registry").post(f"/v1/persons/{person.no}/contributions",
                                                           {"amount_fen": 7, "year": 2026, "reference": "x"},
                                                           key="again")
    assert again.status_code in (200, 201) and office.account(person)["balance_fen"] == 107


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_at_once_with_0(beside, how):
    server = beside()
    with connect(server.listen):
        began = time.monotonic()
        assert server.stop(how) == 0 and time.monotonic() - began < 3


# --- A database that goes away ----------------------------------------------------------------------------------------
def end_sessions(server):
    """Ends the server's sessions and waits until they are gone, so that none dies in the middle of the next call."""
    ended = sql("postgres", "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", server.database)
    gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY (%s)"
    await_that(lambda: sql("postgres", gone, [pid for pid, _ in ended]) == [(0,)])


def test_without_its_database_the_server_says_so_and_recovers_by_itself(running, office):
    person = office.person(prior=100)
    caller = office.caller(person)
    sql("postgres", f'ALTER DATABASE "{running.database}" ALLOW_CONNECTIONS false')
    try:
        end_sessions(running)
        ready = requests.get(running.url("/readyz"))
        assert (ready.status_code, code(ready)) == (503, "DATABASE_UNAVAILABLE") and ready.json()["retry"] == "later"
        assert requests.get(running.url("/livez")).status_code == 200
        for call in (lambda: caller.get("/v1/accounts/me"), lambda: caller.get("/v1/bindings"),
                     lambda: office.pay(person, person), lambda: office.quote(person, person),
                     lambda: office.staff.get("/v1/ledger/proof")):
            began, answer = time.monotonic(), call()
            assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1, answer.text
            assert code(answer) == "DATABASE_UNAVAILABLE" and time.monotonic() - began < 5
    finally:
        sql("postgres", f'ALTER DATABASE "{running.database}" ALLOW_CONNECTIONS true')
    await_that(lambda: requests.get(running.url("/readyz")).status_code == 200)
    assert office.account(person)["balance_fen"] == 100
    assert code(office.pay(person, person)) == "NOT_RESIDENT_SCHEME"


def test_connections_that_were_cut_are_made_anew_without_an_error(running, office):
    """An administrator ends the idle sessions; the next caller notices nothing."""
    person = office.person(prior=100)
    before = metrics(running)["gongji_database_reconnects_total"]
    end_sessions(running)
    for path in "/v1/accounts/me", "/v1/bindings", "/v1/accounts/me/entries", "/v1/payments":
        answer = office.caller(person).get(path)
        assert answer.status_code == 200, answer.text
    assert metrics(running)["gongji_database_reconnects_total"] > before

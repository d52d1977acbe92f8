"""What was acknowledged is in the books, and nothing is there twice, whatever broke on the way (F3, F19)."""
import random
import select
import signal
import socket
import threading
import time
from contextlib import contextmanager

import pytest
import requests

from harness import PGHOST, World, code, sql
from volley import SECONDS, Load, balances, beside, metric, pay_shot, payments_of, times, volley

AREA, FLOOR_FEN, PREMIUM_FEN = "350100", 200000, 40000
YEARS = (2026, 2027)


@pytest.fixture(scope="module")
def crashing(new_server):
    return new_server("crash")


@pytest.fixture
def server(crashing):
    """Running, whatever the test before did to it."""
    if not crashing.process or crashing.process.poll() is not None:
        crashing.start()
    return crashing


@pytest.fixture
def town(server):
    return World(server)


def street(town, families, children):
    """Mothers with money for all their children and years but one payment, and the shots that ask for all of them."""
    shots, mothers, kids = [], [], []
    for _ in range(families):
        mother = town.person(AREA, prior=FLOOR_FEN + (len(YEARS) * children - 1) * PREMIUM_FEN)
        caller = town.caller(mother)
        notice = caller.get("/v1/bindings/options").json()["notice"]["version"]
        for child in (town.child(AREA) for _ in range(children)):
            town.must(town.apply(mother, child, caller=caller, notice_version=notice), 201)
            shots += [pay_shot(town.server, mother, child, year) for year in YEARS]
            kids.append(child)
        mothers.append(mother)
    random.Random(3).shuffle(shots)
    return shots, mothers, kids


def expect_exact_books(server, shots, mothers, kids, pairs):
    """Retries every key, then holds what was said against what is stored."""
    acknowledged = {shot.key: answer.json() for shot, answer in pairs if answer is not None and answer.status_code == 201}
    retried = [(shot, shot.once()) for shot in shots]
    for shot, answer in retried:
        assert code(answer) in (201, "SHORTFALL_CASH_REQUIRED"), answer.text
        if shot.key in acknowledged:
            assert answer.json() == acknowledged[shot.key] and answer.headers["Idempotency-Replayed"] == "true"
    paid = [answer.json() for _, answer in retried if answer.status_code == 201]
    assert len(paid) == len(shots) - len(mothers), "one payment of each family is left without money"
    assert sorted(id_ for _, _, id_, _ in payments_of(server, *kids)) == sorted(payment["id"] for payment in paid)
    assert balances(server, *mothers) == {mother.no: (FLOOR_FEN, 0) for mother in mothers}
    assert server.run("verify").returncode == 0
    return acknowledged


# --- the server dies ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("round_", range(times(2)))
def test_f3_kill_9_under_load_loses_nothing_acknowledged_and_doubles_nothing(server, town, round_):
    shots, mothers, kids = street(town, 5, 8)
    with Load(shots) as load:
        load.wait_for(len(shots) // (3 + round_ % 3))
        server.stop(signal.SIGKILL)
    pairs = load.pairs()
    assert any(answer is None for _, answer in pairs), "the load was over before the server died"
    server.start()
    assert expect_exact_books(server, shots, mothers, kids, pairs)


def test_a_server_told_to_stop_answers_what_it_took(server, town):
    shots, mothers, kids = street(town, 4, 8)
    with Load(shots) as load:
        load.wait_for(len(shots) // 3)
        assert server.stop(signal.SIGTERM) == 0
    answers = [answer for _, answer in load.pairs() if answer is not None]
    assert {code(answer) for answer in answers} <= {201, "SHORTFALL_CASH_REQUIRED", "OVERLOADED"}
    server.start()
    expect_exact_books(server, shots, mothers, kids, load.pairs())


# --- its connections die ----------------------------------------------------------------------------------------------------
@contextmanager
def connections_dying(server, pause):
    """Every connection of the server is ended again and again, whatever it is doing."""
    over, killed = threading.Event(), []

    def kill():
        while not over.wait(pause):
            killed.extend(server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'gongji'"))

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    yield killed
    over.set()
    killer.join(10)


def test_f3_connections_that_end_in_the_middle_leave_no_doubt_behind(server, town):
    """An end that is not known is found out by asking again under the same key, by the server at once or by the caller later."""
    until = time.monotonic() + SECONDS
    while True:
        shots, mothers, kids = street(town, 5, 8)
        with connections_dying(server, 0.02) as killed, Load(shots) as load:
            load.wait_for(len(shots))
        assert len(killed) > 5
        for _, answer in load.pairs():
            assert code(answer) in (201, "SHORTFALL_CASH_REQUIRED", "RESULT_UNKNOWN", "DATABASE_UNAVAILABLE", "OVERLOADED"), answer.text
            if answer.status_code == 503:
                assert answer.json()["retry"] == ("same_key" if code(answer) == "RESULT_UNKNOWN" else "later")
        expect_exact_books(server, shots, mothers, kids, load.pairs())
        if time.monotonic() >= until:
            return


def test_a_statement_ended_before_its_commit_is_sent_once_more(server, town):
    """A deferred trigger, the last thing before COMMIT, is slow enough to aim at."""
    shots, mothers, kids = street(town, 1, 4)
    unknown = metric(server, "gongji_batch_unknown_total")
    server.sql("""CREATE FUNCTION public.linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.15); RETURN NULL; END';
                  CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON gongji.payment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.linger()""")
    try:
        with connections_dying(server, 0.2), Load(shots, threads=4) as load:
            load.wait_for(len(shots))
    finally:
        server.sql("DROP FUNCTION public.linger() CASCADE")
    assert metric(server, "gongji_batch_unknown_total") > unknown
    expect_exact_books(server, shots, mothers, kids, load.pairs())


class Proxy:
    """Stands between a server and PostgreSQL, and hangs up instead of passing on the answer to a payment when told to."""

    def __init__(self, folder):
        self.swallow, self.lock = 0, threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{folder}/.s.PGSQL.5432")
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near = self.listener.accept()[0]
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{PGHOST}/.s.PGSQL.5432")
            threading.Thread(target=self.carry, args=(near, far), daemon=True).start()

    def carry(self, near, far):
        with near, far:
            deaf = False
            while True:
                for side in select.select([near, far], [], [])[0]:
                    data = side.recv(65536)
                    if not data or (deaf and data.endswith(b"Z\0\0\0\5I")):  # ReadyForQuery, idle: it is committed
                        return
                    if side is near:
                        deaf = deaf or self.takes(data)
                        far.sendall(data)
                    elif not deaf:
                        near.sendall(data)

    def takes(self, data):
        with self.lock:
            mine = self.swallow > 0 and data[:1] == b"B" and b"premium_pay" in data
            self.swallow -= mine
            return mine


@pytest.mark.parametrize("lost_answers", (1, 2, 3))
def test_f3_the_answer_of_a_commit_that_is_lost_is_found_by_its_key(server, town, tmp_path, lost_answers):
    """One lost answer the server makes good by itself; with the second lost it says RESULT_UNKNOWN, and the same key tells."""
    proxy = Proxy(tmp_path)
    behind = beside(server, tmp_path / "server", GONGJI_DATABASE_URL=f"host={tmp_path} user=gongji_app dbname={server.database}").start()
    try:
        shots, mothers, kids = street(town, 1, 1)
        proxy.swallow = lost_answers
        shots[0].server = behind
        answer = shots[0].once()
        if lost_answers == 1:
            assert town.must(answer, 201)["status"] == "succeeded"
        else:
            assert code(answer) == "RESULT_UNKNOWN" and answer.json()["retry"] == "same_key"
        assert len(payments_of(server, *kids)) == 1
        again = shots[0].once()
        assert town.must(again, 201)["id"] == payments_of(server, *kids)[0][2] and again.headers["Idempotency-Replayed"] == "true"
        expect_exact_books(server, shots, mothers, kids, [(shots[0], again)])
    finally:
        assert behind.stop() == 0


def test_f19_without_a_database_everybody_is_told_so_and_it_recovers_by_itself(server, town):
    """F19: 503 and when to come again, not ready but alive, nothing written by halves; and it goes on without anybody's doing."""
    shots, mothers, kids = street(town, 2, 4)
    sql("postgres", f'ALTER DATABASE "{server.database}" ALLOW_CONNECTIONS false')
    try:
        sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", server.database)
        answers = volley(shots)
        assert {code(answer) for answer in answers} <= {"DATABASE_UNAVAILABLE", "RESULT_UNKNOWN"}
        assert all(answer.status_code == 503 and answer.headers["Retry-After"] for answer in answers)
        assert requests.get(server.url("/readyz"), timeout=5).status_code == 503
        assert requests.get(server.url("/livez"), timeout=5).status_code == 200
    finally:
        sql("postgres", f'ALTER DATABASE "{server.database}" ALLOW_CONNECTIONS true')
    expect_exact_books(server, shots, mothers, kids, [])


# --- a statement fails ------------------------------------------------------------------------------------------------------
@contextmanager
def poisoned(server, child):
    """Any payment for this child breaks the statement it is in, as a defect of ours would."""
    server.sql(f"""CREATE FUNCTION public.poison() RETURNS trigger LANGUAGE plpgsql AS $$
                   BEGIN IF NEW.insured = gongji.person_of('{child.no}') THEN RAISE 'poisoned'; END IF; RETURN NEW; END $$;
                   CREATE TRIGGER poison BEFORE INSERT ON gongji.payment FOR EACH ROW EXECUTE FUNCTION public.poison()""")
    try:
        yield
    finally:
        server.sql("DROP FUNCTION public.poison() CASCADE")


def test_one_bad_payment_fails_alone_and_its_key_works_again_after_a_second(server, town):
    shots, mothers, kids = street(town, 8, 3)
    victim = shots[len(shots) // 2].body["insured_id"]
    halved = metric(server, "gongji_batch_halved_total")
    with poisoned(server, next(kid for kid in kids if kid.no == victim)):
        answers = volley(shots)
        for shot, answer in zip(shots, answers):
            bad = shot.body["insured_id"] == victim
            assert code(answer) in (("INTERNAL_ERROR", "SHORTFALL_CASH_REQUIRED") if bad else (201, "SHORTFALL_CASH_REQUIRED")), answer.text
        bad = [(shot, answer) for shot, answer in zip(shots, answers) if answer.status_code == 500]
        assert bad and all(answer.json()["request_id"] for _, answer in bad)
        assert "poisoned" not in "".join(answer.text for _, answer in bad)
        assert metric(server, "gongji_batch_halved_total") > halved
        resting = bad[0][0].once()
        assert code(resting) == "OVERLOADED" and resting.headers["Retry-After"]
        assert victim not in [no for no, _, _, _ in payments_of(server, *kids)]
    time.sleep(1.1)
    expect_exact_books(server, shots, mothers, kids, list(zip(shots, answers)))
    assert "poisoned" in server.log_text()

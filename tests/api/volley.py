"""Many requests at one moment, and load that goes on for a while: what the tests of concurrency, crashes and New Year share."""
import http.client
import json
import os
import threading
import time
import uuid
from types import SimpleNamespace

import requests

from harness import Server, check_answer, mint

EXAMPLES = int(os.environ.get("GONGJI_EXAMPLES", "0"))  # 0: the short form of make test
SECONDS = float(os.environ.get("GONGJI_SECONDS", "0"))


def times(least):
    """How often a test repeats itself: at least this, more in a campaign."""
    return max(least, EXAMPLES)


class Answer:
    """As much of a response as harness.code(), codes(), World.must() and check_answer() look at."""

    def __init__(self, shot, response):
        self.status_code, self.headers, self.content = response.status, response.headers, response.read()
        self.request = SimpleNamespace(method=shot.method, url=shot.path)

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        return json.loads(self.content)


class Shot:
    """A request on a connection of its own, sent but for its last byte: fire() sends that, so that many arrive together."""

    def __init__(self, server, sub, method, path, body, key=None, scope="family account premium", **claims):
        self.server, self.sub, self.method, self.path, self.body = server, sub, method, path, body
        self.scope, self.claims = scope, claims
        self.key = key or str(uuid.uuid4())

    def load(self):
        data = json.dumps(self.body).encode()
        self.connection = http.client.HTTPConnection(self.server.listen, timeout=30)
        self.connection.putrequest(self.method, self.path)
        for name, value in (("Authorization", "Bearer " + mint(self.server, self.sub, self.scope, **self.claims)), ("Idempotency-Key", self.key),
                            ("Content-Type", "application/json"), ("Content-Length", str(len(data)))):
            self.connection.putheader(name, value)
        self.connection.endheaders(data[:-1])
        self.last = data[-1:]

    def fire(self):
        self.connection.send(self.last)

    def answer(self):
        try:
            answer = Answer(self, self.connection.getresponse())
        finally:
            self.connection.close()
        check_answer(self.method, self.path, answer)
        return answer

    def once(self):
        """Loaded, fired and answered; None when the connection broke first."""
        try:
            self.load()
            self.fire()
            return self.answer()
        except (OSError, http.client.HTTPException):
            return None


def volley(shots):
    """All at once; the answers in the order of the shots."""
    for shot in shots:
        shot.load()
    for shot in shots:
        shot.fire()
    return [shot.answer() for shot in shots]


def pay_shot(server, caller, insured, year=2027, key=None, **more):
    return Shot(server, caller.no, "POST", "/v1/premium-payments", {"insured_id": insured.no, "benefit_year": year, **more}, key)


def release_shot(server, person, binding_id):
    return Shot(server, person.no, "POST", f"/v1/bindings/{binding_id}/release", {})


def freeze_shot(server, person, frozen=True):
    return Shot(server, "op-1", "PUT", f"/v1/persons/{person.no}/freeze", {"frozen": frozen, "reason": "test"}, scope="freeze")


def contribution_shot(server, person, fen, year=2025):
    return Shot(server, "op-1", "POST", f"/v1/persons/{person.no}/contributions", {"amount_fen": fen, "year": year, "reference": uuid.uuid4().hex},
                scope="registry")


class Load:
    """Shots fired by a few threads, each the next of the list, until all are gone; (shot, answer or None) pairs afterwards."""

    def __init__(self, shots, threads=8):
        self.shots, self.lock, self.done = iter(shots), threading.Lock(), []
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(threads)]

    def work(self):
        while True:
            with self.lock:
                shot = next(self.shots, None)
            if shot is None:
                return
            try:
                outcome = shot.once()
            except AssertionError as fault:  # an answer that is not described: raised again by pairs()
                outcome = fault
            with self.lock:
                self.done.append((shot, outcome))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for thread in self.threads:
            thread.join(60)

    def count(self):
        with self.lock:
            return len(self.done)

    def wait_for(self, count):
        """Returns when so many were answered: the load is in full course."""
        until = time.monotonic() + 30
        while self.count() < count:
            assert time.monotonic() < until, f"only {self.count()} of {count} were answered in time"
            time.sleep(0.005)

    def pairs(self):
        for _, outcome in self.done:
            if isinstance(outcome, AssertionError):
                raise outcome
        return self.done


def beside(server, folder, **environment):
    """Another server process on the same database, with the same keys."""
    return Server(folder, server.database, {**server.environment, **environment}, secret=server.secret)


def metric(server, name):
    for line in requests.get(server.url("/metrics"), timeout=10).text.splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return 0.0


def payments_of(server, *people):
    """[(insured, year, id, created_at)] of the payments for these people, as stored."""
    return server.sql("""SELECT p.person_no, y.benefit_year, 'pay_' || y.id, y.created_at FROM gongji.payment y JOIN gongji.person p ON p.id = y.insured
                          WHERE p.person_no = ANY (%s) ORDER BY y.created_at""", [person.no for person in people])


def balances(server, *people):
    """{person number: (prior, current)} as stored."""
    return {no: (prior, current) for no, prior, current in server.sql(
        "SELECT p.person_no, a.prior_fen, a.current_fen FROM gongji.account a JOIN gongji.person p ON p.id = a.person WHERE p.person_no = ANY (%s)",
        [person.no for person in people])}

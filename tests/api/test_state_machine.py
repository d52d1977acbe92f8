"""Random families live for forty steps over HTTP, through New Years, while a plain Python model (model.py) says what must come of it.

Time moves: the same database is served by one process a moment of MOMENTS, and a life goes from one to a later one. Rules driven: F4 F5 F6 F7
F8 F12 F13 F14 F15 F16 P-01 P-02 P-03 P-05 P-11 P-12 P-28 P-29 P-30 S0-07 S0-10 S0-21 S0-22 S0-28 S0-39 S0-40 S0-41 S1-12 S1-24 S1-25 S1-45 S1-46, idempotency, one
premium per year, cash in any order, given up, expired, frozen, decided by staff, refunded."""
import itertools
import os
import uuid
from datetime import date, datetime, timedelta

import psycopg2
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from harness import PGHOST, PGUSER, SCOPES, Caller, Server, World, code, codes, split
from model import HOLD, PREMIUM_FEN, WAITING, WINDOWS, Account, Family, Rules
from steps import OPEN, fresh_area, publish, state

# Far enough from each other's midnights, windows, holds and promises that a campaign of an hour passes none of them by itself.
MOMENTS = [datetime.fromisoformat(text) for text in (
    "2026-11-21T10:00", "2026-11-21T10:20", "2026-11-21T13:00", "2026-12-31T22:20", "2027-01-01T00:05", "2027-01-02T09:00", "2027-03-31T12:00",
    "2027-07-01T09:00", "2028-01-01T00:05")]
SMALL = {"GONGJI_PAYMENT_SWEEP_SECONDS": "3600", "GONGJI_DATABASE_CONNECTIONS": "1", "GONGJI_DATABASE_WRITE_LANES": "1"}
PROVINCES = "51 52 53 54 61 62 63 64 65 32 33 35 36 37".split()
ROOTS = st.sampled_from((0, 0, 2, 3, 3, 3))
grantors, children, people, pairs = st.integers(0, 2), st.integers(0, 1), st.integers(0, 4), st.integers(0, 9)
years = st.sampled_from((2027, 2027, 2027, 2026, 2028))
repairs = st.sampled_from(("none", "none", "one", "all", "all", "wrong"))  # of the years missed
amounts = st.sampled_from((1, 15000, 38000, 40000, 100000, 215000, 260001))
policies = st.builds(Rules, st.sampled_from((0, 0, 30000, 200000)), st.sampled_from((("prior",), ("prior", "current"))),
                     st.sampled_from(("benefit_start", "benefit_start", "no_limit", "not_refundable")), st.booleans())
BOOKS = """
    WITH one AS (SELECT id, person_no FROM gongji.person WHERE person_no = ANY (%s)),
         paid AS (SELECT y.* FROM gongji.payment y JOIN one ON one.id = y.insured)
    SELECT jsonb_build_object(
        'accounts', (SELECT jsonb_object_agg(person_no, jsonb_build_array(prior_fen, current_fen, held_prior_fen, held_current_fen, current_year))
                       FROM gongji.account JOIN one ON id = person),
        'bindings', (SELECT jsonb_object_agg('bnd_' || b.id, gongji.binding_state(b, %s::timestamptz)) FROM gongji.binding b JOIN one ON one.id = b.beneficiary),
        'payments', (SELECT jsonb_object_agg('pay_' || id, status) FROM paid),
        'holds', (SELECT jsonb_agg(jsonb_build_array('pay_' || payment_id, person_no, money_year, amount_fen, state)) FROM gongji.hold JOIN one ON id = person),
        'cash', (SELECT jsonb_agg(jsonb_build_array(channel, transaction_id, 'pay_' || payment_id, amount_fen, state))
                   FROM gongji.cash_transaction WHERE payment_id IN (SELECT id FROM paid)),
        'refunds', (SELECT jsonb_agg(jsonb_build_array('pay_' || payment_id, whole, cash_fen, coalesce(cash_channel, ''), coalesce(transaction_id, ''), status))
                      FROM gongji.refund WHERE payment_id IN (SELECT id FROM paid)))"""
ENTRIES = """
    SELECT p.person_no, jsonb_agg(jsonb_build_array(e.kind, e.bucket, e.amount_fen, e.money_year) ORDER BY e.account_version)
      FROM gongji.ledger_entry e JOIN gongji.person p ON p.id = e.person
     WHERE e.account = 'personal' AND p.person_no = ANY (%s) GROUP BY p.person_no"""


class Moment(World):
    """The bureau as one process serves it; callers are kept for one life."""

    def __init__(self, server):
        super().__init__(server)
        self.callers = {}

    def speak(self, sub, scope="family account premium"):
        if (sub, scope) not in self.callers:
            self.callers[sub, scope] = Caller(self.server, sub, scope)
        return self.callers[sub, scope]

    def caller(self, person, scope="family account premium", **claims):
        return self.speak(person.no, scope)

    def begin(self):
        self.callers.clear()
        self.staff = self.speak("op-1", SCOPES)


class Timeline:
    """One database, a process for each moment, and a look past them."""

    def __init__(self, database):
        self.first, self.moments, self.lives = database, [], itertools.count()
        self.connection = psycopg2.connect(host=PGHOST, user=PGUSER, dbname=database.database)
        self.connection.autocommit = True

    def start(self, folder):
        for n, at in enumerate(MOMENTS):
            server = Server(folder / str(n), self.first.database, {"GONGJI_CLOCK_NOW": aware(at), **SMALL}, secret=self.first.secret)
            self.moments.append(Moment(server.start()))

    def sql(self, text, *values):
        with self.connection.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall()

    def sweep(self, at):
        """As the sweeper of a process does, until nothing is due."""
        self.sql("SELECT set_config('gongji.clock_offset_us', (1000000 * extract(epoch FROM %s::timestamptz - clock_timestamp()))::bigint::text, false)", aware(at))
        while self.sql("SELECT (api.payments_expire('{}', 100)).result -> 'expired'")[0][0]:
            pass

    def stop(self):
        self.connection.close()
        for moment in self.moments:
            assert moment.server.stop() == 0, moment.server.log_text()[-3000:]


def three_of(*amounts):
    return st.tuples(*[st.sampled_from(amounts)] * 3)


def aware(at):
    return f"{at.isoformat()}+08:00"


def machine(timeline):
    class Life(RuleBasedStateMachine):
        @initialize(root=ROOTS, rules=policies, reviewed=st.booleans(), prior=three_of(0, 15000, 15000, 40000, 238000), current=three_of(0, 30000, 60000),
                    own=st.tuples(*[st.sampled_from((0, 10000, 25000, 50000))] * 2), bound=st.sets(st.tuples(grantors, children), min_size=3),
                    waits=st.lists(children, min_size=1, max_size=2), covered=st.tuples(*[st.sampled_from((None, 2024, 2024, 2025))] * 2))
        def begin(self, root, rules, reviewed, prior, current, own, bound, waits, covered):
            self.n, self.life = root, next(timeline.lives)
            for moment in timeline.moments:
                moment.begin()
            self.place = fresh_area(self.world, PROVINCES[self.life // 999 % len(PROVINCES)])
            self.family = Family(MOMENTS[root], {}, reviewed)
            self.declare(rules, self.family.today)
            for year, (opens, closes, late) in WINDOWS.items():
                publish(self.world, self.place, year, windows=[{"from": str(opens), "to": str(closes), "late_until": str(late)}])
            self.adults = [self.world.person(self.place) for _ in prior]
            self.kids = [self.world.child(self.place) for _ in range(2)]
            self.people = {person.no: person for person in self.adults + self.kids}
            self.family.accounts = {no: Account(2026) for no in self.people}
            for child, year in zip(self.kids, covered):
                self.family.enrolled[child.no] = {year} - {None}
                if year:
                    self.world.must(self.world.staff.put(f"/v1/persons/{child.no}/enrollments/{year}", {"enrolled": True}), 201)
            self.history = []  # (caller, body, key, answer)
            for who, fen, year in [(who, fen, 2025) for who, fen in enumerate(prior)] + [(who, fen, 2026) for who, fen in enumerate(current + own)]:
                if fen:
                    self.contribution(who, fen, year)
            for who, whom in sorted(bound):
                self.bind_these(who, whom)
            for binding in list(self.family.live(status="pending_review")[:2]):
                self.decided(binding, "approve")
            for whom in waits:
                self.paid(self.kids[whom].no, self.kids[whom].no, 2027, "wechatpay", None)

        @property
        def world(self):
            return timeline.moments[self.n]

        def declare(self, rules, day):
            """The area's rules from a day on: its own, and open in every respect that the model does not know of."""
            state(self.world, self.place, str(day), **{
                **OPEN, "shareable_buckets": [bucket + "_year" for bucket in rules.shareable], "retained_minimum_fen": rules.retained_minimum_fen,
                "review_mode": "manual" if self.family.reviewed else "none", "release_effective": "next_day" if rules.next_day else "immediate",
                "cash_hold_minutes": HOLD // timedelta(minutes=1), "refund_until": rules.refund_until, "waiting": WAITING})
            self.family.rules[day] = rules

        def person(self, who):
            return (self.adults + self.kids)[who]

        # --- time
        @precondition(lambda self: self.n < len(MOMENTS) - 1)
        @rule(steps=st.sampled_from((1, 1, 1, 2)), swept=st.booleans())
        def time_goes_on(self, steps, swept):
            self.goes_on(min(self.n + steps, len(MOMENTS) - 1), swept)

        def goes_on(self, n, swept):
            self.n, self.family.now = n, MOMENTS[n]
            if swept:
                self.sweep()

        @precondition(lambda self: self.family.today.year < MOMENTS[-1].year and self.family.payments)
        @rule(swept=st.booleans(), interest=st.sets(people))
        def a_new_year_comes(self, swept, interest):
            self.goes_on(next(n for n, at in enumerate(MOMENTS) if at.year > self.family.today.year), swept)
            for who in sorted(interest):
                self.contribution(who, 7, self.family.today.year)

        @precondition(lambda self: self.family.due())
        @rule()
        def sweep(self):
            timeline.sweep(self.family.now)
            self.family.sweep()

        # --- rules, money in, people changed
        @rule(rules=policies, day=st.sampled_from((None, None, date(2027, 1, 1), date(2027, 6, 1))))
        def amend(self, rules, day):
            self.declare(rules, max(self.family.today, day or self.family.today))

        @rule(who=people, fen=amounts, ago=st.integers(-1, 2))
        def contribute(self, who, fen, ago):
            self.contribution(who, fen, self.family.today.year - ago)

        def contribution(self, who, fen, year):
            person = self.person(who)
            answer = self.world.staff.post(f"/v1/persons/{person.no}/contributions", {"amount_fen": fen, "year": year, "reference": uuid.uuid4().hex})
            if year > self.family.today.year:
                assert codes(answer) == ["VALIDATION_FAILED"] or code(answer) == "VALIDATION_FAILED"
                return
            self.family.contribute(person.no, fen, year)
            assert self.world.must(answer, 201)["balance_after_fen"] == self.family.accounts[person.no].balance

        @rule(who=people, status=st.sampled_from(("normal",) * 6 + ("paused", "paused", "not_insured", "terminated", "deceased")))
        def change_status(self, who, status):
            person = self.person(who)
            self.world.change(person, status=status)
            self.family.settle(person.no, status)

        @rule(who=people, frozen=st.sampled_from((False, False, True)))
        def freeze(self, who, frozen):
            person = self.person(who)
            self.world.must(self.world.staff.put(f"/v1/persons/{person.no}/freeze", {"frozen": frozen, "reason": "test"}), 200)
            self.family.freeze(person.no, frozen)

        @rule(who=people, sure=st.integers(0, 2))
        def close(self, who, sure):
            if sure:  # an end of much else: seldom
                return
            person = self.person(who)
            answer = self.world.staff.post(f"/v1/persons/{person.no}/account-closure", {"reason": "test", "payee": {"name": "x"}}, key=None)
            closed = self.family.close(person.no)
            if isinstance(closed, str):
                assert codes(answer) == [closed]
            elif closed is None:
                self.world.must(answer, 200)
            else:
                body = self.world.must(answer, 201)
                assert (body["amount_fen"], set(body["released_bindings"])) == closed

        # --- bindings
        @rule(who=grantors, whom=children, until=st.sampled_from((None, None, date(2026, 12, 31), date(2027, 5, 31))))
        def bind(self, who, whom, until):
            self.bind_these(who, whom, until if until and until >= self.family.today else None)

        def bind_these(self, who, whom, until=None):
            grantor, child = self.adults[who], self.kids[whom]
            expected, status = self.family.apply(grantor.no, child.no)
            answer = self.world.apply(grantor, child, notice_version=OPEN["notice_version"], **({"valid_to": str(until)} if until else {}))
            if expected:
                assert codes(answer) == expected
            else:
                binding = self.world.must(answer, 201)
                assert binding["status"] == status
                self.family.bound(binding["id"], grantor.no, child.no, status, until)

        @precondition(lambda self: self.family.live(status="pending_review"))
        @rule(n=st.integers(0, 5), decision=st.sampled_from(("approve", "approve", "approve", "reject")))
        def decide(self, n, decision):
            pending = self.family.live(status="pending_review")
            self.decided(pending[n % len(pending)], decision)

        def decided(self, binding, decision):
            answer = self.world.decide(binding.id, decision, **({"reason": "test"} if decision == "reject" else {}))
            expected = self.family.conditions(binding.grantor) if decision == "approve" else []
            if expected:
                assert codes(answer) == expected
                return
            if decision == "approve":
                self.family.activate(binding)
            else:
                binding.status = "rejected"
            assert self.world.must(answer, 200)["status"] == self.family.state(binding)
            assert code(self.world.decide(binding.id)) == "REVIEW_ALREADY_DECIDED"

        @precondition(lambda self: self.family.bindings)
        @rule(n=st.integers(0, 5), by_child=st.booleans())
        def release(self, n, by_child):
            bindings = self.family.live() if n < 4 and self.family.live() else self.family.bindings
            binding = bindings[n % len(bindings)]
            answer = self.world.speak(binding.child if by_child else binding.grantor).post(f"/v1/bindings/{binding.id}/release", {})
            if self.family.release(binding):
                assert self.world.must(answer, 200)["status"] == self.family.state(binding)
            else:
                assert codes(answer) == ["BINDING_NOT_RELEASABLE"]

        # --- quote and pay
        def pair(self, n):
            """Who pays for whom: mostly one who may, sometimes the child itself or anybody."""
            active = [(binding.grantor, binding.child) for binding in self.family.bindings if self.family.state(binding) == "active"]
            if n < 8 and active:
                caller, child = active[n % len(active)]
                return self.people[caller], self.people[child]
            return (self.kids[0],) * 2 if n == 8 else (self.adults[n % 3], self.kids[n % 2])

        @rule(n=pairs, year=years, repair=repairs)
        def quote(self, n, year, repair):
            caller, child = self.pair(n)
            self.quoted(caller, child, year, self.repaired(child, year, repair))

        def repaired(self, child, year, which):
            missed = self.family.missed(child.no, year)
            return tuple({"none": [], "one": missed[-1:], "all": missed, "wrong": missed[:1] * 2 or [year - 1]}[which])

        def quoted(self, caller, child, year, repair=()):
            answer = self.world.quote(caller, child, year, **({"repair_years": list(repair)} if repair else {}))
            expected = self.family.refusals(caller.no, child.no, year, paying=False, repair=repair)
            if expected:
                assert codes(answer) == expected
                return None
            draws, left = self.family.split(caller.no, child.no, repair)
            quote = self.world.must(answer, 201)
            assert quote["payable_fen"] == PREMIUM_FEN * (1 + len(repair)) and quote["shortfall_fen"] == left
            assert quote["coverage"]["starts_on"] == str(self.family.starts_on(child.no, year, repair))
            assert from_accounts(quote) == [draw.fen for draw in draws]
            return self.family.quoted(quote["id"], caller.no, child.no, year, repair)

        @rule(n=pairs, year=years, fresh=st.booleans(), cash=st.sampled_from((None, "wechatpay", "alipay", "counter")), repair=repairs)
        def pay(self, n, year, fresh, cash, repair):
            caller, child = self.pair(n)
            years = self.repaired(child, year, repair)
            self.paid(caller.no, child.no, year, cash, self.quoted(caller, child, year, years) if fresh else None, years)

        @rule(n=pairs, year=years, cash=st.sampled_from(("wechatpay", "alipay")), repair=repairs)
        def pay_with_cash(self, n, year, cash, repair):
            caller, child = self.pair(n)
            self.paid(caller.no, child.no, year, cash, None, self.repaired(child, year, repair))

        @precondition(lambda self: self.family.quotes)
        @rule(n=st.integers(0, 9), cash=st.sampled_from((None, "wechatpay", "alipay")))
        def pay_as_quoted_once(self, n, cash):
            quote = self.family.quotes[-1 - n % len(self.family.quotes)]
            self.paid(quote.caller, quote.child, quote.year, cash, quote)

        def paid(self, caller, child, year, cash, quote, repair=()):
            repair = quote.repair if quote else repair
            body = {"quote_id": quote.id} if quote else {"insured_id": child, "benefit_year": year, **({"repair_years": list(repair)} if repair else {})}
            if cash:
                body["cash_channel"] = cash
            expected = self.family.refusals(caller, child, year, paying=True, cash=cash, quote=quote, repair=repair)
            key = str(uuid.uuid4())
            answer = self.world.speak(caller).post("/v1/premium-payments", body, key=key)
            if answer.status_code != 400:  # which leaves the key free
                self.history.append((caller, body, key, answer))
            if expected:
                assert codes(answer) == expected
                return
            payment = self.world.must(answer, 201)
            made = self.family.charge(caller, child, year, payment["id"], repair)
            assert payment["status"] == made.status and payment["cash_fen"] == made.cash
            assert payment["coverage"]["starts_on"] == str(made.starts_on)
            assert from_accounts(payment) == [draw.fen for draw in made.draws]
            assert sum(split(payment).values()) == payment["payable_fen"] == PREMIUM_FEN * (1 + len(repair))

        # --- cash, in any order
        def with_cash(self, n):
            """A payment that has to do with cash; mostly one that waits for it."""
            payments = [payment for payment in self.family.payments if payment.cash]
            waiting = [payment for payment in payments if payment.status == "awaiting_cash"]
            return waiting[n % len(waiting)] if n < 2 and waiting else payments[-1 - n % len(payments)]

        @precondition(lambda self: any(payment.status == "awaiting_cash" for payment in self.family.payments))
        @rule(channel=st.sampled_from(("wechatpay", "alipay")))
        def cash_comes_as_awaited(self, channel):
            payment = self.with_cash(0)
            self.reported(payment, (channel, uuid.uuid4().hex), payment.cash)

        @precondition(lambda self: any(payment.cash for payment in self.family.payments))
        @rule(n=st.integers(0, 4), channel=st.sampled_from(("wechatpay", "wechatpay", "alipay")), one_of=st.integers(0, 3),
              fen=st.sampled_from((None, None, 1, 40000)))
        def cash_comes(self, n, channel, one_of, fen):
            """Late or in time, again or anew, by two channels, of the wrong amount, under the number of another payment's."""
            payment = self.with_cash(n)
            self.reported(payment, (channel, f"{self.place}-{self.life}-{one_of}"), fen or payment.cash)

        def reported(self, payment, transaction, fen):
            came_to = self.family.cash(payment, transaction, fen)
            answer = self.world.staff.post(f"/v1/payments/{payment.id}/cash", {"channel": transaction[0], "transaction_id": transaction[1], "amount_fen": fen,
                                                                              "paid_at": aware(MOMENTS[0])})
            if not came_to:
                assert codes(answer) == ["CASH_TRANSACTION_REUSED"]
                return
            body = self.world.must(answer, 200)
            assert (body["received"]["outcome"], body["status"]) == (came_to, payment.status)

        @precondition(lambda self: any(payment.cash for payment in self.family.payments))
        @rule(n=st.sampled_from((0, 0, 2, 3)), by_child=st.booleans())
        def cancel(self, n, by_child):
            payment = self.with_cash(n)
            answer = self.world.speak(payment.child if by_child else payment.payer).post(f"/v1/payments/{payment.id}/cancel", {})
            if payment.status == "awaiting_cash":
                self.family.lift(payment, "cancelled")
                assert self.world.must(answer, 200)["status"] == "cancelled"
            else:
                assert codes(answer) == ["PAYMENT_NOT_CANCELLABLE"]

        @precondition(lambda self: any(payment.cash and payment.transactions for payment in self.family.payments))
        @rule(n=st.integers(0, 2), action=st.sampled_from(("accept", "refund_cash")))
        def resolve(self, n, action):
            doubtful = [payment for payment in self.family.payments if payment.status == "manual_review"]
            payment = doubtful[n % len(doubtful)] if doubtful else self.with_cash(n)
            answer = self.world.speak("op-2", "refund").post(f"/v1/payments/{payment.id}/resolve", {"action": action, "reason": "test"})
            if payment.status == "manual_review":
                self.family.lift(payment, "succeeded" if action == "accept" else "cancelled")
                assert self.world.must(answer, 200)["status"] == payment.status
            else:
                assert codes(answer) == ["PAYMENT_NOT_IN_REVIEW"]

        # --- money back
        @precondition(lambda self: self.family.payments)
        @rule(n=st.integers(0, 5), by_payer=st.booleans(), reason=st.sampled_from(("duplicate", "other", "death")))
        def refund(self, n, by_payer, reason):
            paid = [payment for payment in self.family.payments if payment.status == "succeeded"]
            payment = paid[n % len(paid)] if n < 4 and paid else self.family.payments[-1 - n % len(self.family.payments)]
            caller = self.world.speak(payment.payer) if by_payer else self.world.speak("op-2", "refund")
            answer = caller.post(f"/v1/payments/{payment.id}/refunds", {"reason_code": reason})
            refusal = self.family.refund(payment, corrects=not by_payer and reason != "other")
            if refusal:
                assert codes(answer) == [refusal]
                return
            body = self.world.must(answer, 201)
            assert from_accounts(body) == [draw.fen for draw in payment.draws]
            assert body["status"] == {"refunding": "processing", "refunded": "succeeded"}[payment.status]

        @precondition(lambda self: any(refund.cash for refund in self.family.refunds))
        @rule(n=st.integers(0, 5), status=st.sampled_from(("PROCESSING", "SUCCESS", "SUCCESS", "CLOSED", "ABNORMAL")), stale=st.booleans())
        def channel_says(self, n, status, stale):
            tasks = [refund for refund in self.family.refunds if refund.cash]
            refund = tasks[-1 - n % len(tasks)]
            [(id_,)] = timeline.sql("SELECT id FROM gongji.refund WHERE payment_id = %s AND whole = %s AND cash_channel = %s AND transaction_id = %s",
                                    refund.payment.id[4:], refund.whole, *refund.transaction)
            told = {"status": status, **({"out_refund_no": id_.replace("-", "")} if stale else {})}
            refusal = self.family.tell(refund, status, stale)
            answer = self.world.staff.post(f"/v1/refunds/rfd_{id_}/result", told)
            if refusal:
                assert codes(answer) == [refusal]
            else:
                assert self.world.must(answer, 200)["status"] == refund.status

        # --- the same again
        @precondition(lambda self: self.history)
        @rule(n=st.integers(0, 9))
        def retry_with_the_same_key(self, n):
            caller, body, key, first = self.history[n % len(self.history)]
            again = self.world.speak(caller).post("/v1/premium-payments", body, key=key)
            assert again.status_code == first.status_code and again.headers["Idempotency-Replayed"] == "true"
            if first.status_code == 201:
                assert again.json() == first.json()
            else:
                assert codes(again) == codes(first)

        @precondition(lambda self: self.history)
        @rule(n=st.integers(0, 9))
        def reuse_the_key_for_something_else(self, n):
            caller, body, key, _ = self.history[n % len(self.history)]
            answer = self.world.speak(caller).post("/v1/premium-payments", {**body, "expected_fen": 7}, key=key)
            assert answer.status_code == 422 and code(answer) == "IDEMPOTENCY_KEY_REUSED"
            assert answer.json()["errors"][0]["pointer"] == "/expected_fen"

        # --- what may be read, and what is kept
        @rule(who=people)
        def look(self, who):
            person, account = self.person(who), self.family.account(self.person(who).no)
            seen, free = self.world.account(person), self.family.free(person.no)
            assert seen["buckets"] == {"current_year_fen": account.current, "prior_year_fen": account.prior}
            assert seen["balance_fen"] == account.balance and seen["available_fen"] == sum(free.values())
            if who < 3:
                assert seen["shareable_fen"] == self.family.shareable(person.no)

        @invariant()
        def books_agree(self):
            if hasattr(self, "history"):
                [(books,)] = timeline.sql(BOOKS, list(self.people), aware(self.family.now))
                wanted = self.family.expected()
                assert {name: sorted(part or ()) if isinstance(wanted[name], list) else part or {} for name, part in books.items()} == wanted

        def teardown(self):
            if not hasattr(self, "history"):
                return
            for who in range(5):
                self.look(who)
            kept = dict(timeline.sql(ENTRIES, list(self.people)))
            assert {no: [tuple(entry) for entry in kept.get(no, [])] for no in self.people} == {no: account.entries for no, account in self.family.accounts.items()}
            done = timeline.first.run("verify", check=False)
            assert done.returncode == 0, done.stdout

    return Life


def from_accounts(body):
    return [leg["amount_fen"] for leg in body["legs"] if leg["source"] != "cash"]


@pytest.fixture
def timeline(new_server, tmp_path):
    made = Timeline(new_server("machine"))
    try:
        made.start(tmp_path)
        yield made
    finally:
        made.stop()


def test_random_families_agree_with_the_model_through_the_years(timeline):
    run_state_machine_as_test(machine(timeline), settings=settings(
        max_examples=int(os.environ.get("GONGJI_MACHINE_EXAMPLES", "100")), stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)))

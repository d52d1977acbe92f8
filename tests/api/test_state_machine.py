"""Random families live for thirty steps over HTTP while a plain Python model (model.py) says what must come of it.

Rules driven: F4 F5 F6 F7 F12 F16 P-11 P-12 P-29 P-30 S0-07 S0-10 S0-21 S0-22 S0-28 S0-39 S0-40 S1-12 S1-24 S1-25 S1-45 S1-46, idempotency,
one premium per year, cash in any order, given up, expired, frozen, decided by staff, refunded."""
import os
import uuid

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from harness import Caller, code, codes, split
from model import AREAS, PREMIUM_FEN, Account, Family
from steps import let_expire

grantors = st.integers(0, 2)
children = st.integers(0, 1)
years = st.sampled_from((2027, 2027, 2026))
amounts = st.sampled_from((1, 15000, 38000, 40000, 100000, 215000, 260001))


def machine(world):
    class Life(RuleBasedStateMachine):
        @initialize(area=st.sampled_from(sorted(AREAS)), prior=st.lists(st.sampled_from((0, 40000, 238000)), min_size=3, max_size=3), own=st.sampled_from((0, 10000)))
        def begin(self, area, prior, own):
            self.family = Family(AREAS[area])
            self.adults = [world.person(area, prior=fen) for fen in prior]
            self.kids = [world.child(area, current=own), world.child(area)]
            self.people = {person.no: person for person in self.adults + self.kids}
            for person, fen in zip(self.adults, prior):
                self.family.accounts[person.no] = Account(prior=fen)
            for person, fen in zip(self.kids, (own, 0)):
                self.family.accounts[person.no] = Account(current=fen)
            self.history = []  # (caller, body, key, answer)
            self.reported = {}  # fen by channel and transaction
            self.refunds = []  # (payment, id)

        # --- money in, people changed
        @rule(who=grantors, fen=amounts, this_year=st.booleans())
        def contribute(self, who, fen, this_year):
            person = self.adults[who]
            world.contribute(person, fen, 2026 if this_year else 2025)
            account = self.family.accounts[person.no]
            if this_year:
                account.current += fen
            else:
                account.prior += fen

        @rule(who=st.integers(0, 4), status=st.sampled_from(("normal", "normal", "normal", "paused", "paused", "not_insured", "terminated", "deceased")))
        def change_status(self, who, status):
            person = (self.adults + self.kids)[who]
            world.change(person, status=status)
            self.family.settle(person.no, status)

        @rule(who=st.integers(0, 4), frozen=st.booleans())
        def freeze(self, who, frozen):
            person = (self.adults + self.kids)[who]
            world.must(world.staff.put(f"/v1/persons/{person.no}/freeze", {"frozen": frozen, "reason": "test"}), 200)
            self.family.freeze(person.no, frozen)

        # --- bindings
        @rule(who=grantors, whom=children)
        def bind(self, who, whom):
            grantor, child = self.adults[who], self.kids[whom]
            expected, status = self.family.apply(grantor.no, child.no)
            answer = world.apply(grantor, child)
            if expected:
                assert codes(answer) == expected
            else:
                binding = world.must(answer, 201)
                assert binding["status"] == status
                self.family.bound(binding["id"], grantor.no, child.no, status)

        @rule(n=st.integers(0, 5), decision=st.sampled_from(("approve", "approve", "reject")))
        def decide(self, n, decision):
            pending = [b for b in self.family.bindings if b.status == "pending_review"]
            if not pending:
                return
            binding = pending[n % len(pending)]
            answer = world.decide(binding.id, decision, **({"reason": "test"} if decision == "reject" else {}))
            expected = self.family.conditions(binding.grantor) if decision == "approve" else []
            if expected:
                assert codes(answer) == expected
                return
            status = world.must(answer, 200)["status"]
            if decision == "approve":
                assert status == "active"
                self.family.activate(binding)
            else:
                assert status == "rejected"
                binding.status = "rejected"
            assert code(world.decide(binding.id)) == "REVIEW_ALREADY_DECIDED"

        @rule(n=st.integers(0, 5), by_child=st.booleans())
        def release(self, n, by_child):
            if not self.family.bindings:
                return
            binding = self.family.bindings[n % len(self.family.bindings)]
            person = self.people[binding.child if by_child else binding.grantor]
            answer = world.caller(person).post(f"/v1/bindings/{binding.id}/release", {})
            if binding.status in ("active", "suspended"):
                assert world.must(answer, 200)["status"] == "released"
                binding.status = "released"
            else:
                assert answer.status_code == 409

        # --- quote and pay
        def callers(self, who, whom):
            return self.adults[who] if who < 3 else self.kids[whom]

        @rule(who=st.integers(0, 3), whom=children, year=years)
        def quote(self, who, whom, year):
            caller, child = self.callers(who, whom), self.kids[whom]
            answer = world.quote(caller, child, year)
            expected = self.family.refusals(caller.no, child.no, year, paying=False)
            if expected:
                assert codes(answer) == expected
                return
            draws, left = self.family.split(caller.no, child.no)
            quote = world.must(answer, 201)
            assert quote["payable_fen"] == PREMIUM_FEN and quote["shortfall_fen"] == left
            assert [leg["amount_fen"] for leg in quote["legs"] if leg["source"] != "cash"] == [fen for _, _, fen in draws]

        @rule(who=st.integers(0, 3), whom=children, year=years, quoted=st.booleans(), cash=st.sampled_from((None, "wechatpay", "alipay", "counter")))
        def pay(self, who, whom, year, quoted, cash):
            caller, child = self.callers(who, whom), self.kids[whom]
            body = {"insured_id": child.no, "benefit_year": year}
            if quoted:
                quote = world.quote(caller, child, year)
                if quote.status_code == 201:
                    body = {"quote_id": quote.json()["id"]}
            if cash:
                body["cash_channel"] = cash
            expected = self.family.refusals(caller.no, child.no, year, paying=True, cash=cash)
            key = str(uuid.uuid4())
            answer = world.caller(caller).post("/v1/premium-payments", body, key=key)
            self.history.append((caller, body, key, answer))
            if expected:
                assert codes(answer) == expected
                return
            payment = world.must(answer, 201)
            made = self.family.charge(caller.no, child.no, year, payment["id"])
            assert payment["status"] == made.status and payment["cash_fen"] == made.cash
            assert [leg["amount_fen"] for leg in payment["legs"] if leg["source"] != "cash"] == [fen for _, _, fen in made.draws]
            assert sum(split(payment).values()) == payment["payable_fen"] == PREMIUM_FEN

        # --- cash, in any order
        def with_cash(self, n):
            payments = [payment for payment in self.family.payments if payment.cash]
            return payments[n % len(payments)] if payments else None

        @rule(n=st.integers(0, 5), channel=st.sampled_from(("wechatpay", "alipay")), again=st.integers(0, 2), fen=st.sampled_from((None, None, None, 1, 40000)))
        def cash_comes(self, n, channel, again, fen):
            payment = self.with_cash(n)
            if not payment:
                return
            transaction, fen = f"{payment.id}-{again}", fen or payment.cash
            known = self.reported.setdefault((channel, transaction), fen)
            answer = world.staff.post(f"/v1/payments/{payment.id}/cash", {"channel": channel, "transaction_id": transaction, "amount_fen": fen,
                                                                           "paid_at": "2026-11-21T10:00:00+08:00"})
            if fen != known:
                assert codes(answer) == ["CASH_TRANSACTION_REUSED"]
                return
            body = world.must(answer, 200)
            assert body["received"]["outcome"] == self.family.cash(payment, (channel, transaction), fen)
            assert body["status"] == payment.status

        @rule(n=st.integers(0, 5), by_child=st.booleans())
        def cancel(self, n, by_child):
            payment = self.with_cash(n)
            if not payment:
                return
            answer = world.caller(self.people[payment.child if by_child else payment.payer]).post(f"/v1/payments/{payment.id}/cancel", {})
            if payment.status == "awaiting_cash":
                assert world.must(answer, 200)["status"] == "cancelled"
                self.family.lift(payment, "cancelled")
            else:
                assert codes(answer) == ["PAYMENT_NOT_CANCELLABLE"]

        @rule(n=st.integers(0, 5), action=st.sampled_from(("accept", "refund_cash")))
        def resolve(self, n, action):
            payment = self.with_cash(n)
            if not payment:
                return
            answer = Caller(world.server, "op-2", "refund").post(f"/v1/payments/{payment.id}/resolve", {"action": action, "reason": "test"})
            if payment.status == "manual_review":
                self.family.lift(payment, "succeeded" if action == "accept" else "cancelled")
                assert world.must(answer, 200)["status"] == payment.status
            else:
                assert codes(answer) == ["PAYMENT_NOT_IN_REVIEW"]

        # --- money back
        @rule(n=st.integers(0, 5))
        def refund(self, n):
            if not self.family.payments:
                return
            payment = self.family.payments[n % len(self.family.payments)]
            answer = Caller(world.server, "op-2", "refund").post(f"/v1/payments/{payment.id}/refunds", {"reason_code": "duplicate"})
            refusal = self.family.refund(payment)
            if refusal:
                assert codes(answer) == [refusal]
                return
            body = world.must(answer, 201)
            assert [leg["amount_fen"] for leg in body["legs"] if leg["source"] != "cash"] == [fen for _, _, fen in payment.draws]
            assert body["status"] == ("processing" if payment.cash else "succeeded")
            self.refunds.append((payment, body["id"]))

        @rule(n=st.integers(0, 5), status=st.sampled_from(("PROCESSING", "SUCCESS", "SUCCESS", "CLOSED", "ABNORMAL")))
        def channel_says(self, n, status):
            open_ = [(payment, refund) for payment, refund in self.refunds if payment.status == "refunding"]
            if not open_:
                return
            payment, refund = open_[n % len(open_)]
            told = world.must(world.staff.post(f"/v1/refunds/{refund}/result", {"status": status}), 200)["status"]
            assert told == {"SUCCESS": "succeeded", "ABNORMAL": "failed"}.get(status, "processing")
            if status == "SUCCESS":
                payment.status = "refunded"

        @rule(n=st.integers(0, 5))
        def time_runs_out(self, n):
            payment = self.with_cash(n)
            if payment:
                let_expire(world, payment.id)
                if payment.status == "awaiting_cash":
                    self.family.lift(payment, "expired")

        @rule(n=st.integers(0, 9))
        def retry_with_the_same_key(self, n):
            if not self.history:
                return
            caller, body, key, first = self.history[n % len(self.history)]
            again = world.caller(caller).post("/v1/premium-payments", body, key=key)
            assert again.status_code == first.status_code and again.headers["Idempotency-Replayed"] == "true"
            if first.status_code == 201:
                assert again.json() == first.json()
            else:
                assert codes(again) == codes(first)

        @rule(n=st.integers(0, 9))
        def reuse_the_key_for_something_else(self, n):
            if not self.history:
                return
            caller, body, key, _ = self.history[n % len(self.history)]
            answer = world.caller(caller).post("/v1/premium-payments", {**body, "expected_fen": 7}, key=key)
            assert answer.status_code == 422 and code(answer) == "IDEMPOTENCY_KEY_REUSED"
            assert answer.json()["errors"][0]["pointer"] == "/expected_fen"

        # --- the books agree after every step that could move money
        @invariant()
        def balances_agree(self):
            if not hasattr(self, "family"):
                return
            rows = dict((no, tuple(fen)) for no, *fen in world.server.sql(
                "SELECT p.person_no, a.prior_fen, a.current_fen, a.held_prior_fen, a.held_current_fen FROM gongji.account a JOIN gongji.person p ON p.id = a.person WHERE p.person_no = ANY (%s)",
                list(self.people)))
            assert rows == {no: (account.prior, account.current, account.held_prior, account.held_current) for no, account in self.family.accounts.items()}

        @invariant()
        def bindings_agree(self):
            if not hasattr(self, "family"):
                return
            rows = dict(world.server.sql("SELECT 'bnd_' || b.id, b.status FROM gongji.binding b JOIN gongji.person p ON p.id = b.beneficiary WHERE p.person_no = ANY (%s)",
                                         [kid.no for kid in self.kids]))
            assert rows == {binding.id: binding.status for binding in self.family.bindings}

        def teardown(self):
            for person in getattr(self, "adults", []):
                account, seen = self.family.accounts[person.no], world.account(person)
                assert seen["balance_fen"] == account.balance and seen["available_fen"] == account.balance - account.held
                assert seen["shareable_fen"] == account.shareable(self.family.area)

    return Life


def test_random_families_agree_with_the_model(world):
    run_state_machine_as_test(machine(world), settings=settings(
        max_examples=int(os.environ.get("GONGJI_MACHINE_EXAMPLES", "200")), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)))
    done = world.server.run("verify")
    assert done.returncode == 0, done.stdout

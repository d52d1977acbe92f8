"""Random families live for thirty steps over HTTP while a plain Python model (model.py) says what must come of it.

Rules driven: F12 F16 P-11 P-12 P-30 S0-07 S0-10 S0-21 S0-22 S0-39 S1-12 S1-24 S1-25 S1-45 S1-46, idempotency, one premium per year."""
import os
import uuid

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from harness import code, codes, split
from model import AREAS, PREMIUM_FEN, Account, Family

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
            self.family.accounts[person.no].frozen = frozen

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

        @rule(who=st.integers(0, 3), whom=children, year=years, quoted=st.booleans())
        def pay(self, who, whom, year, quoted):
            caller, child = self.callers(who, whom), self.kids[whom]
            body = {"insured_id": child.no, "benefit_year": year}
            if quoted:
                quote = world.quote(caller, child, year)
                if quote.status_code == 201:
                    body = {"quote_id": quote.json()["id"]}
            expected = self.family.refusals(caller.no, child.no, year, paying=True)
            key = str(uuid.uuid4())
            answer = world.caller(caller).post("/v1/premium-payments", body, key=key)
            self.history.append((caller, body, key, answer))
            if expected:
                assert codes(answer) == expected
                return
            payment = world.must(answer, 201)
            draws = self.family.charge(caller.no, child.no, year, payment["id"])
            assert [leg["amount_fen"] for leg in payment["legs"]] == [fen for _, _, fen in draws]
            assert sum(split(payment).values()) == payment["payable_fen"] == PREMIUM_FEN

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
            rows = dict((no, (prior, current)) for no, prior, current in world.server.sql(
                "SELECT p.person_no, a.prior_fen, a.current_fen FROM gongji.account a JOIN gongji.person p ON p.id = a.person WHERE p.person_no = ANY (%s)",
                list(self.people)))
            assert rows == {no: (account.prior, account.current) for no, account in self.family.accounts.items()}

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
                assert seen["balance_fen"] == account.balance
                assert seen["shareable_fen"] == account.shareable(self.family.area)

    return Life


def test_random_families_agree_with_the_model(world):
    run_state_machine_as_test(machine(world), settings=settings(
        max_examples=int(os.environ.get("GONGJI_MACHINE_EXAMPLES", "200")), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)))
    done = world.server.run("verify")
    assert done.returncode == 0, done.stdout

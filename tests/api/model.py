"""The rules of family mutual aid as plain Python, as far as the state machine drives them: no database, no HTTP, no cleverness.

Nothing is written down that follows from something else: what is held follows from the payments under way, what time alone ends from the
clock. Only an account's year is lazy, as in the program: it moves when money does."""
import calendar
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

PREMIUM_FEN = 40000
HOLD, PROMISE = timedelta(minutes=120), timedelta(minutes=15)
WAITING = {"fixed_months": 3, "months_per_gap_year": 1, "repair_months_per_year": 1, "epoch_year": 2024}
WINDOWS = {  # benefit year: from, to, and until when one may come late
    2026: (date(2025, 9, 1), date(2025, 12, 31), date(2026, 12, 31)),
    2027: (date(2026, 9, 1), date(2026, 12, 31), date(2027, 6, 30)),
    2028: (date(2027, 9, 1), date(2027, 12, 31), date(2028, 12, 31))}
WAITS = ("awaiting_cash", "manual_review")
TAKEN = ("succeeded", "refunding", "refunded")


@dataclass(frozen=True)
class Rules:
    """What a policy row of the area says."""
    retained_minimum_fen: int
    shareable: tuple
    refund_until: str = "benefit_start"
    next_day: bool = False


@dataclass
class Account:
    year: int
    prior: int = 0
    current: int = 0
    frozen: bool = False
    status: str = "normal"
    closed: int = 0  # how often
    entries: list = field(default_factory=list)  # (kind, bucket, fen, money year)

    @property
    def balance(self):
        return self.prior + self.current

    def bucket(self, money_year):
        return "prior" if money_year < self.year else "current"

    def move(self, kind, money_year, fen):
        bucket = self.bucket(money_year)
        setattr(self, bucket, getattr(self, bucket) + fen)
        self.entries.append((kind, bucket + "_year", fen, money_year))

    def in_year(self, year):
        """Earlier years' money by then; its own year never goes back."""
        if self.year >= year:
            return self
        moved = [("rollover", "prior_year", self.current, self.year), ("rollover", "current_year", -self.current, self.year)] if self.current else []
        return replace(self, year=year, prior=self.balance, current=0, entries=self.entries + moved)


@dataclass
class Binding:
    id: str
    grantor: str
    child: str
    status: str
    priority: int
    activated: int = 0
    release_on: date = None
    valid_to: date = None


@dataclass(frozen=True)
class Draw:
    person: str
    money_year: int
    fen: int
    binding: str = None


@dataclass
class Quote:
    id: str
    caller: str
    child: str
    year: int
    repair: tuple
    charges: tuple
    made: datetime


@dataclass
class Payment:
    id: str
    payer: str
    child: str
    year: int
    draws: list
    cash: int
    status: str
    made: datetime
    starts_on: date
    refund_until: str
    repair: tuple  # missed years paid for as well
    transactions: dict = field(default_factory=dict)  # what each came to


@dataclass
class Refund:
    payment: Payment
    whole: bool
    cash: int
    transaction: tuple = None
    status: str = "processing"
    number: int = 1  # of out_refund_no, one more each time the channel closes it


@dataclass
class Family:
    now: datetime
    rules: dict  # first day: what stands from then on
    reviewed: bool
    accounts: dict = field(default_factory=dict)
    enrolled: dict = field(default_factory=dict)  # what the register says: years by person
    bindings: list = field(default_factory=list)
    quotes: list = field(default_factory=list)
    payments: list = field(default_factory=list)
    refunds: list = field(default_factory=list)
    cash_known: dict = field(default_factory=dict)  # (channel, transaction): (payment, fen)
    ticks: int = 0

    @property
    def today(self):
        return self.now.date()

    @property
    def area(self):
        return self.rules[max(day for day in self.rules if day <= self.today)]

    # --- accounts
    def account(self, person):
        """As it stands this year, touched or not."""
        return self.accounts[person].in_year(self.today.year)

    def touch(self, person):
        self.accounts[person] = self.account(person)
        return self.accounts[person]

    def held(self, person, account):
        held = Counter()
        for payment in self.payments:
            for draw in payment.draws if payment.status in WAITS else ():
                if draw.person == person:
                    held[account.bucket(draw.money_year)] += draw.fen
        return held

    def stored(self, person):
        account = self.accounts[person]
        held = self.held(person, account)
        return [account.prior, account.current, held["prior"], held["current"], account.year]

    def free(self, person):
        account = self.account(person)
        held = self.held(person, account)
        return {"prior": account.prior - held["prior"], "current": account.current - held["current"]}

    def shareable(self, person):
        account, free = self.accounts[person], self.free(person)
        if account.frozen or account.status != "normal":
            return 0
        return max(0, min(sum(free[bucket] for bucket in self.area.shareable), sum(free.values()) - self.area.retained_minimum_fen))

    def contribute(self, person, fen, year):
        self.touch(person).move("contribution", year, fen)

    # --- bindings
    def state(self, binding):
        if binding.status in ("active", "suspended"):
            if binding.release_on and binding.release_on <= self.today:
                return "released"
            if binding.valid_to and binding.valid_to < self.today:
                return "expired"
        return binding.status

    def live(self, **wanted):
        return [b for b in self.bindings if self.state(b) in ("pending_review", "active", "suspended") and all(getattr(b, name) == value for name, value in wanted.items())]

    def conditions(self, grantor):
        account = self.accounts[grantor]
        found = []
        if account.status != "normal":
            found.append("GRANTOR_STATUS_ABNORMAL")
        if account.frozen:
            found.append("GRANTOR_FROZEN")
        if account.balance == 0:
            found.append("GRANTOR_NO_BALANCE")
        return found

    def apply(self, grantor, child):
        """(codes, status): the refusals, or the status a new binding has."""
        found = self.conditions(grantor)
        if self.accounts[child].status == "deceased":
            found.append("BENEFICIARY_NOT_INSURED")
        if self.live(grantor=grantor, child=child):
            found.append("BINDING_EXISTS")
        return found, None if found else "pending_review" if self.reviewed else "active"

    def bound(self, id_, grantor, child, status, valid_to):
        self.ticks += 1
        priority = 1 + max((b.priority for b in self.live(child=child)), default=0)
        self.bindings.append(Binding(id_, grantor, child, status, priority, self.ticks if status == "active" else 0, valid_to=valid_to))

    def activate(self, binding):
        self.ticks += 1
        binding.status, binding.activated = "active", self.ticks

    def release(self, binding):
        """Whether it may be: at once, or from the next day on."""
        if self.state(binding) not in ("active", "suspended"):
            return False
        if not self.area.next_day:
            binding.release_on = binding.release_on or self.today
        binding.release_on = binding.release_on or self.today + timedelta(days=1)
        return True

    def settle(self, person, status):
        """A person's insurance changes: what becomes of the bindings on either side. The children are residents: the premium takes any
        status of theirs but death."""
        self.accounts[person].status = status
        if status == "deceased":
            self.cancel(person, lambda payment: True)
        for binding in [b for b in self.live() if person in (b.grantor, b.child)]:
            grantor, child = self.accounts[binding.grantor].status, self.accounts[binding.child].status
            if "deceased" in (grantor, child):
                binding.status = "released"
            elif binding.status == "pending_review":
                continue
            elif grantor == "terminated":
                binding.status = "released"
            else:
                binding.status = "active" if grantor == "normal" else "suspended"

    # --- quotes and payments
    def order(self, caller, child):
        active = sorted((b for b in self.live(child=child) if b.status == "active"), key=lambda b: (b.priority, b.activated))
        return [b for b in active if b.grantor == caller] + [b for b in active if b.grantor != caller]

    def split(self, caller, child, repair=()):
        """The draws and the shortfall."""
        left, draws = PREMIUM_FEN * (1 + len(repair)), []

        def draw(person, bucket, most, binding=None):
            nonlocal left
            fen = min(left, most, self.free(person)[bucket])
            if fen > 0:
                year = self.account(person).year
                draws.append(Draw(person, year if bucket == "current" else year - 1, fen, binding))
                left -= fen
            return max(fen, 0)

        if not self.accounts[child].frozen:
            for bucket in ("current", "prior"):
                draw(child, bucket, left)
        for binding in self.order(caller, child):
            most = self.shareable(binding.grantor)
            for bucket in ("prior", "current"):
                if bucket in self.area.shareable:
                    most -= draw(binding.grantor, bucket, most, binding.id)
        return draws, left

    def window(self, year):
        opens, closes, late = WINDOWS[year]
        return "not_open" if self.today < opens else "open" if self.today <= closes else "late" if self.today <= late else "closed"

    def missed(self, child, year):
        """The years just before without cover, after one with it; a premium paid covers its year and those repaired with it."""
        enrolled = self.enrolled[child] | {each for payment in self.payments if payment.child == child and payment.status == "succeeded"
                                           for each in (payment.year, *payment.repair)}
        found = []
        for each in range(year - 1, WAITING["epoch_year"] - 1, -1):
            if each in enrolled or not any(other < each for other in enrolled):
                break
            found.append(each)
        return found

    def repairs(self, child, year, repair):
        return len(set(repair)) == len(repair) and set(repair) <= set(self.missed(child, year)) and not any(self.standing(child, each) for each in repair)

    def starts_on(self, child, year, repair=()):
        first, missed = date(year, 1, 1), len(self.missed(child, year))
        if self.window(year) != "late" and not missed:
            return first
        variable = WAITING["months_per_gap_year"] * missed - WAITING["repair_months_per_year"] * len(repair)
        return months_after(max(first, self.today), WAITING["fixed_months"] + max(0, variable))

    def charges(self, caller, child, year, repair):
        draws, left = self.split(caller, child, repair)
        return tuple((draw.person, self.account(draw.person).bucket(draw.money_year), draw.fen, draw.binding) for draw in draws), left, self.starts_on(child, year, repair), len(self.missed(child, year))

    def quoted(self, id_, caller, child, year, repair):
        self.quotes.append(Quote(id_, caller, child, year, repair, self.charges(caller, child, year, repair), self.now))
        return self.quotes[-1]

    def standing(self, child, year):
        """The code that a payment of this premium, paid or under way, refuses another with."""
        for payment in self.payments:
            if payment.child == child and year in (payment.year, *payment.repair) and payment.status in ("succeeded",) + WAITS:
                return ["PREMIUM_ALREADY_PAID" if payment.status == "succeeded" else "PREMIUM_PAYMENT_PENDING"]
        return []

    def refusals(self, caller, child, year, paying, cash=None, quote=None, repair=()):
        mine = [self.state(b) for b in self.bindings if b.grantor == caller and b.child == child]
        found = []
        if caller != child and "active" not in mine:
            found = ["BINDING_NOT_ACTIVE" if mine else "BINDING_REQUIRED"]
            if "suspended" not in mine:
                return found
        if self.accounts[child].status == "deceased":
            found.append("BENEFICIARY_STATUS_ABNORMAL")
        found += self.standing(child, year)
        found += {"not_open": ["ENROLLMENT_WINDOW_NOT_OPEN"], "closed": ["ENROLLMENT_CLOSED"]}.get(self.window(year), [])
        sound = self.repairs(child, year, repair)
        if not sound:
            found.append("REPAIR_YEAR_INVALID")
        if caller != child:
            account = self.accounts[caller]
            if account.status != "normal":
                found.append("GRANTOR_STATUS_ABNORMAL")
            if account.frozen:
                found.append("GRANTOR_FROZEN")
        if self.accounts[child].frozen:
            found.append("ACCOUNT_FROZEN")
        elsewhere = bool(found)
        if quote and self.now - quote.made >= PROMISE:
            found.append("QUOTE_EXPIRED")
        if quote and sound and quote.charges != self.charges(caller, child, year, repair):
            found.append("QUOTE_STALE")
        draws, left = self.split(caller, child, repair)
        if paying and left and not elsewhere and not cash:
            found.append("SHORTFALL_CASH_REQUIRED")
            if not any(draw.person != child for draw in draws):
                found.append("MUTUAL_AID_FUNDS_EMPTY")
        return found

    def charge(self, caller, child, year, payment_id, repair=()):
        """Takes the money, or holds it when cash is to come."""
        draws, left = self.split(caller, child, repair)
        payment = Payment(payment_id, caller, child, year, draws, left, "awaiting_cash" if left else "succeeded", self.now, self.starts_on(child, year, repair),
                          self.area.refund_until, repair)
        for draw in draws:
            self.touch(draw.person)
        if not left:
            self.take(payment)
        self.payments.append(payment)
        return payment

    def take(self, payment):
        for draw in payment.draws:
            self.touch(draw.person).move("premium", draw.money_year, -draw.fen)

    def lift(self, payment, status):
        """Ends the holds of a payment that waits, by taking the money or by leaving it."""
        payment.status = status
        if status == "succeeded":
            self.take(payment)
        for transaction, came_to in payment.transactions.items():
            if came_to == "manual_review":
                fen = self.cash_known[transaction][1]
                payment.transactions[transaction] = "captured" if status == "succeeded" else "to_refund"
                if status != "succeeded":
                    self.refunds.append(Refund(payment, False, fen, transaction))
                elif fen > payment.cash:
                    self.refunds.append(Refund(payment, False, fen - payment.cash, transaction))

    # --- cash
    def cash(self, payment, transaction, fen):
        """What a transaction comes to: the same one again is what it was, and never another's; None: refused."""
        if self.cash_known.setdefault(transaction, (payment.id, fen)) != (payment.id, fen):
            return None
        if transaction not in payment.transactions:
            if payment.status != "awaiting_cash":
                payment.transactions[transaction] = "to_refund"
                self.refunds.append(Refund(payment, False, fen, transaction))
            elif fen == payment.cash:
                self.lift(payment, "succeeded")
                payment.transactions[transaction] = "captured"
            else:
                payment.status = payment.transactions[transaction] = "manual_review"
        return payment.transactions[transaction]

    def due(self):
        return [payment for payment in self.payments if payment.status == "awaiting_cash" and self.now - payment.made >= HOLD]

    def sweep(self):
        for payment in self.due():
            self.lift(payment, "expired")

    # --- money back
    def refund(self, payment, corrects=True):
        """The refusal, or None: accounts have their money at once, cash when its channel says so."""
        if payment.status in ("refunding", "refunded"):
            return "ALREADY_REFUNDED"
        if payment.status != "succeeded":
            return "PAYMENT_NOT_REFUNDABLE"
        in_time = {"no_limit": True, "not_refundable": False}.get(payment.refund_until, self.today < payment.starts_on)
        if not in_time and not corrects:
            return "REFUND_PERIOD_ENDED"
        for draw in payment.draws:
            self.touch(draw.person).move("refund", draw.money_year, draw.fen)
        paid = next((transaction for transaction, came_to in payment.transactions.items() if came_to == "captured"), None)
        cash = min(payment.cash, self.cash_known[paid][1]) if paid else 0
        self.refunds.append(Refund(payment, True, cash, paid, "processing" if paid else "succeeded"))
        payment.status = "refunding" if paid else "refunded"
        return None

    def tell(self, refund, status, stale=False):
        """What the channel says of a refund's cash; the refusal, or None."""
        if stale and refund.number > 1:
            return "REFUND_NUMBER_STALE"
        if refund.status == "succeeded":
            return None if status == "SUCCESS" else "REFUND_ALREADY_FINAL"
        refund.status = {"SUCCESS": "succeeded", "ABNORMAL": "failed"}.get(status, "processing")
        refund.number += status == "CLOSED"
        if status == "SUCCESS" and refund.whole:
            refund.payment.status = "refunded"
        return None

    # --- freeze, death, closure
    def freeze(self, person, frozen):
        self.accounts[person].frozen = frozen
        if frozen:
            self.cancel(person, lambda payment: any(draw.person == person for draw in payment.draws))

    def close(self, person):
        """(fen, bindings released) paid out; None: an empty account was closed before; a text: the refusal."""
        account = self.accounts[person]
        if account.balance == 0 and account.closed:
            return None
        if account.frozen:
            return "ACCOUNT_FROZEN"
        self.cancel(person, lambda payment: True)
        account = self.touch(person)
        account.closed += 1
        fen = account.balance
        for money_year in (account.year - 1, account.year):
            in_bucket = getattr(account, account.bucket(money_year))
            if in_bucket:
                account.move("closure", money_year, -in_bucket)
        ended = [binding for binding in self.live() if person in (binding.grantor, binding.child)]
        for binding in ended:
            binding.status = "released"
        return fen, {binding.id for binding in ended}

    def cancel(self, person, concerns):
        """Payments under way that hold the person's money, or are for the person."""
        for payment in self.payments:
            if payment.status in WAITS and concerns(payment) and person in [payment.child] + [draw.person for draw in payment.draws]:
                self.lift(payment, "cancelled")

    # --- what the database has to hold
    def expected(self):
        return {
            "accounts": {person: self.stored(person) for person in self.accounts},
            "bindings": {binding.id: self.state(binding) for binding in self.bindings},
            "payments": {payment.id: payment.status for payment in self.payments},
            "holds": sorted([payment.id, draw.person, draw.money_year, draw.fen,
                             "held" if payment.status in WAITS else "captured" if payment.status in TAKEN else "released"]
                            for payment in self.payments if payment.cash for draw in payment.draws),
            "cash": sorted([channel, transaction, payment.id, self.cash_known[channel, transaction][1], came_to]
                           for payment in self.payments for (channel, transaction), came_to in payment.transactions.items()),
            "refunds": sorted([refund.payment.id, refund.whole, refund.cash, *(refund.transaction or ("", "")), refund.status] for refund in self.refunds)}


def months_after(day, months):
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, calendar.monthrange(day.year + years, month + 1)[1]))

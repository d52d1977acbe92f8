"""The rules of family mutual aid as plain Python, as far as the state machine drives them: no database, no HTTP, no cleverness."""
from dataclasses import dataclass, field

PREMIUM_FEN = 40000


@dataclass
class Area:
    """What the shipped policy of an area says."""
    code: str
    retained_minimum_fen: int
    shareable: tuple
    reviewed: bool


AREAS = {"340500": Area("340500", 0, ("prior",), True), "350100": Area("350100", 200000, ("prior", "current"), False)}


@dataclass
class Account:
    prior: int = 0
    current: int = 0
    frozen: bool = False
    status: str = "normal"

    @property
    def balance(self):
        return self.prior + self.current

    def shareable(self, area):
        if self.frozen or self.status != "normal":
            return 0
        in_buckets = sum(getattr(self, bucket) for bucket in area.shareable)
        return max(0, min(in_buckets, self.balance - area.retained_minimum_fen))


@dataclass
class Binding:
    id: str
    grantor: str
    child: str
    status: str
    priority: int
    activated: int = 0


@dataclass
class Family:
    area: Area
    accounts: dict = field(default_factory=dict)
    bindings: list = field(default_factory=list)
    paid: dict = field(default_factory=dict)
    ticks: int = 0

    # --- bindings
    def live(self, **wanted):
        return [b for b in self.bindings if b.status in ("pending_review", "active", "suspended") and all(getattr(b, name) == value for name, value in wanted.items())]

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
        return found, None if found else "pending_review" if self.area.reviewed else "active"

    def bound(self, id_, grantor, child, status):
        self.ticks += 1
        priority = 1 + max((b.priority for b in self.live(child=child)), default=0)
        self.bindings.append(Binding(id_, grantor, child, status, priority, self.ticks if status == "active" else 0))

    def activate(self, binding):
        self.ticks += 1
        binding.status, binding.activated = "active", self.ticks

    def settle(self, person, status):
        """A person's insurance changes: what becomes of the bindings on either side. The children are residents: the premium takes any
        status of theirs but death."""
        self.accounts[person].status = status
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

    # --- money
    def order(self, caller, child):
        active = sorted((b for b in self.live(child=child) if b.status == "active"), key=lambda b: (b.priority, b.activated))
        return [b for b in active if b.grantor == caller] + [b for b in active if b.grantor != caller]

    def split(self, caller, child):
        """[(person, bucket, fen)] and the shortfall."""
        left, draws = PREMIUM_FEN, []

        def draw(person, bucket, most):
            nonlocal left
            fen = min(left, most, getattr(self.accounts[person], bucket))
            if fen > 0:
                draws.append((person, bucket, fen))
                left -= fen
            return max(fen, 0)

        if not self.accounts[child].frozen:
            for bucket in ("current", "prior"):
                draw(child, bucket, left)
        for binding in self.order(caller, child):
            most = self.accounts[binding.grantor].shareable(self.area)
            for bucket in ("prior", "current"):
                if bucket in self.area.shareable:
                    most -= draw(binding.grantor, bucket, most)
        return draws, left

    def refusals(self, caller, child, year, paying):
        mine = [b for b in self.bindings if b.grantor == caller and b.child == child]
        found = []
        if caller != child and not any(b.status == "active" for b in mine):
            found = ["BINDING_NOT_ACTIVE" if mine else "BINDING_REQUIRED"]
            if not any(b.status == "suspended" for b in mine):
                return found
        if self.accounts[child].status == "deceased":
            found.append("BENEFICIARY_STATUS_ABNORMAL")
        if (child, year) in self.paid:
            found.append("PREMIUM_ALREADY_PAID")
        if caller != child:
            account = self.accounts[caller]
            if account.status != "normal":
                found.append("GRANTOR_STATUS_ABNORMAL")
            if account.frozen:
                found.append("GRANTOR_FROZEN")
        if self.accounts[child].frozen:
            found.append("ACCOUNT_FROZEN")
        draws, left = self.split(caller, child)
        if paying and left and not found:
            found.append("SHORTFALL_CASH_REQUIRED")
            if not any(person != child for person, _, _ in draws):
                found.append("MUTUAL_AID_FUNDS_EMPTY")
        return found

    def charge(self, caller, child, year, payment_id):
        draws, left = self.split(caller, child)
        assert left == 0
        for person, bucket, fen in draws:
            account = self.accounts[person]
            setattr(account, bucket, getattr(account, bucket) - fen)
        self.paid[child, year] = payment_id
        return draws

"""The stories the service must survive, each told from outside from its beginning to its end; the books prove after every one.

Others are told where they belong: F6 and F7 in test_refunds.py, F10 in test_payments.py, F19 in test_crash.py, F20 in test_drift.py."""
import time
import uuid

import pytest

from harness import CLOCK, Caller, Server, World, code, codes, split
from steps import amend, at_once, audited, beside, everything, family, place, publish
from test_cash import history, payment_of, refunds_of, report, until, waiting
from test_crash import Proxy
from test_notifications import by_wechatpay
from test_refunds import paid, refund
from volley import pay_shot, volley


@pytest.fixture(scope="module")
def bureau(new_server):
    return new_server("stories").start()


@pytest.fixture
def world(bureau):
    yield World(bureau)
    assert bureau.run("verify").returncode == 0


@pytest.fixture
def at(world, tmp_path):
    """The same world seen through a process in which it is another time."""
    made = []

    def process(clock, **environment):
        environment = {"GONGJI_CLOCK_NOW": clock, "GONGJI_PAYMENT_SWEEP_SECONDS": "3600", **environment}
        made.append(Server(tmp_path / str(len(made)), world.server.database, environment, secret=world.server.secret).start())
        return beside(world, made[-1])

    yield process
    for each in made:
        each.stop()


def own_entries(world, person):
    """[(kind, fen)] of the person's account, oldest first."""
    return [(entry["kind"], entry["amount_fen"]) for entry in everything(world.caller(person), "/v1/accounts/me/entries")][::-1]


def through(world, channel, person):
    return Caller(world.server, person.no, "premium", issuer="dev-" + channel)


def test_f1_a_double_tap(world):
    """F1: the same payment twice, 20 ms apart: one order, one group of entries, and the second gets the first's result."""
    mother, child, _ = family(world, "340500", prior=100000)
    key = str(uuid.uuid4())
    taps = [pay_shot(world.server, mother, child, key=key) for _ in range(2)]
    for tap in taps:
        tap.load()
    taps[0].fire()
    time.sleep(0.02)
    taps[1].fire()
    first, second = [world.must(tap.answer(), 201) for tap in taps]
    assert first == second
    assert [each["id"] for each in everything(world.caller(mother), "/v1/payments")] == [first["id"]]
    assert own_entries(world, mother) == [("contribution", 100000), ("premium", -40000)]


def test_f2_two_channels_pay_for_the_same_child(world):
    """F2: two tax mini-programs at once: one pays, the other is refused before any debit; cash that came twice goes back, with its reason."""
    father, child, _ = family(world, "340500", prior=100000)
    mother = world.person(prior=100000)
    world.bind(mother, child)
    body = {"insured_id": child.no, "benefit_year": 2027}
    answers = at_once(lambda: through(world, "wechat_tax", father).post("/v1/premium-payments", body),
                      lambda: through(world, "alipay_tax", mother).post("/v1/premium-payments", body))
    assert sorted(code(answer) if answer.status_code != 201 else "" for answer in answers) == ["", "PREMIUM_ALREADY_PAID"]
    assert sorted(own_entries(world, father)[1:] + own_entries(world, mother)[1:]) == [("premium", -40000)]

    father, child, _ = family(world, "340500", prior=30000)
    payment = waiting(world, father, child)
    outcomes = [world.must(report(world, payment, channel=channel), 200)["received"]["outcome"] for channel in ("wechatpay", "alipay")]
    assert outcomes == ["captured", "to_refund"]
    assert [row[:3] for row in refunds_of(world, payment)] == [("processing", "other_cash_first", "alipay")]


def test_f3_the_connection_drops_after_the_debit(world, tmp_path):
    """F3: the answer is lost after COMMIT; asked again by its key the payment is found done, and nothing is debited twice."""
    mother, child, _ = family(world, "340500", prior=100000)
    proxy = Proxy(tmp_path)
    behind = Server(tmp_path / "behind", world.server.database, secret=world.server.secret,
                    environment={"GONGJI_DATABASE_URL": f"host={tmp_path} user=gongji_app dbname={world.server.database}"}).start()
    try:
        proxy.swallow = 2
        shot = pay_shot(behind, mother, child)
        lost = shot.once()
        assert (code(lost), lost.json()["retry"]) == ("RESULT_UNKNOWN", "same_key")
        found = shot.once()
        assert found.headers["Idempotency-Replayed"] == "true" and world.must(found, 201)["status"] == "succeeded"
    finally:
        assert behind.stop() == 0
    assert own_entries(world, mother) == [("contribution", 100000), ("premium", -40000)]


def test_f4_the_cash_never_comes(world, at):
    """F4: the account's part is only held; it is released when the time is over, and cash that comes after all goes back, not lost."""
    father, child, _ = family(world, "340500", prior=30000)
    payment = waiting(world, father, child)
    assert (world.account(father)["balance_fen"], world.account(father)["held_fen"]) == (30000, 30000)
    at("2026-11-21T10:45:00+08:00", GONGJI_PAYMENT_SWEEP_SECONDS="1")
    until(lambda: payment_of(world, father, payment)["status"] == "expired")
    assert (world.account(father)["available_fen"], own_entries(world, father)) == (30000, [("contribution", 30000)])
    late = world.must(report(world, payment), 200)["received"]
    assert late["outcome"] == "to_refund" and [row[:2] for row in refunds_of(world, payment)] == [("processing", "late_cash")]
    assert history(world, father, payment) == ["created", "expired", "cash_to_refund"]


def test_f5_the_notice_comes_late_twice_and_wrong(world, at):
    """F5: the same notice a second and a day later changes nothing; another amount is never a success but somebody's to decide."""
    father, child, _ = family(world, "340500", prior=30000)
    payment = waiting(world, father, child)
    number = "4200" + uuid.uuid4().hex[:20]
    assert by_wechatpay(world, payment, transaction=number).status_code == 204
    done = payment_of(world, father, payment)
    time.sleep(1)
    assert by_wechatpay(world, payment, transaction=number).status_code == 204
    assert by_wechatpay(at("2026-11-22T10:05:00+08:00"), payment, transaction=number).status_code == 204
    assert payment_of(world, father, payment) == done and done["status"] == "succeeded"
    assert history(world, father, payment) == ["created", "captured"] and refunds_of(world, payment) == []

    mother, boy, _ = family(world, "340500", prior=30000)
    other = waiting(world, mother, boy)
    assert by_wechatpay(world, other, fen=other["cash_fen"] - 1).status_code == 204
    assert payment_of(world, mother, other)["status"] == "manual_review"
    assert world.account(mother)["held_fen"] == 30000 and own_entries(world, mother) == [("contribution", 30000)]


def test_f8_the_wrong_child(world):
    """F8: a twin changed since the quote is not paid for; a payment for the wrong one is taken back and made anew, both to be seen."""
    father, child, _ = family(world, "340500", prior=100000)
    twin = world.child()
    world.bind(father, twin)
    quote = world.must(world.quote(father, child), 201)
    world.change(child, name=child.name + "一")
    assert codes(world.caller(father).post("/v1/premium-payments", {"quote_id": quote["id"]})) == ["INSURED_INFO_CHANGED"]
    assert codes(world.pay(father, child, insured_name=twin.name)) == ["INSURED_INFO_CHANGED"]

    wrong = paid(world, father, child)
    world.must(refund(world, wrong, "wrong_insured", reason="孪生兄弟"), 201)
    right = paid(world, father, twin)
    assert {each["id"]: each["status"] for each in everything(world.caller(father), "/v1/payments")} == {wrong["id"]: "refunded", right["id"]: "succeeded"}
    assert own_entries(world, father) == [("contribution", 100000), ("premium", -40000), ("refund", 40000), ("premium", -40000)]


def test_f9_a_race_for_one_grantors_money(world, at):
    """F9: a mother pays for two children at once while others pay for each other's, through two processes: never more than there is to share, and nobody
    waits for ever."""
    servers = world.server, at(CLOCK).server
    mother, first, _ = family(world, "340500", prior=50000)
    second = world.child()
    world.bind(mother, second)
    answers = volley([pay_shot(server, mother, child) for server, child in zip(servers, (first, second))])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert [answer.json()["shortfall_fen"] for answer in answers if answer.status_code == 409] == [30000]
    assert world.account(mother)["balance_fen"] == 10000

    area = place(world)
    father, aunt = world.person(area, prior=150000), world.person(area, prior=150000)
    kids = [world.child(area) for _ in range(8)]
    for n, child in enumerate(kids):
        for grantor in (father, aunt) if n % 2 else (aunt, father):
            world.bind(grantor, child)
    answers = volley([pay_shot(servers[n // 2 % 2], (father, aunt)[n % 2], child) for n, child in enumerate(kids)])
    assert [answer.status_code for answer in answers].count(201) == 7 and {code(answer) for answer in answers if answer.status_code != 201} == {"SHORTFALL_CASH_REQUIRED"}
    assert world.account(father)["balance_fen"] + world.account(aunt)["balance_fen"] == 300000 - 7 * 40000


def test_f11_a_backlog_in_december(world, at):
    """F11: the applicant sees place and time, the desk what is overdue, a lease that ran out goes to the next; applied before the window's end and
    approved after it, the premium is late and says so."""
    area = place(world, review_mode="manual", review_sla_workdays=1)
    publish(world, area, windows=[{"from": "2026-09-01", "to": "2026-11-22"}])
    grantor, kids = world.person(area, prior=100000), [world.child(area) for _ in range(3)]
    cases = [world.must(world.apply(grantor, child), 201) for child in kids]
    reviews = [world.must(world.caller(grantor).get(f"/v1/bindings/{case['id']}"), 200)["review"] for case in cases]
    assert [(review["position"], review["due_at"][:10]) for review in reviews] == [(1, "2026-11-24"), (2, "2026-11-24"), (3, "2026-11-24")]
    desk = [Caller(world.server, name, "review") for name in ("rev-a", "rev-b")]
    assert world.must(desk[0].post("/v1/reviews/claim", {"area": area}, key=None), 200)["binding_id"] == cases[0]["id"]

    later = at("2026-11-25T09:00:00+08:00")
    assert [item["overdue"] for item in everything(Caller(later.server, "rev-b", "review"), f"/v1/reviews?area={area}")] == [True] * 3
    taken = later.must(Caller(later.server, "rev-b", "review").post("/v1/reviews/claim", {"area": area}, key=None), 200)
    assert taken["binding_id"] == cases[0]["id"], "the first reviewer's lease is over"
    later.must(Caller(later.server, "rev-b", "review").post(f"/v1/bindings/{cases[0]['id']}/decision", {"decision": "approve"}), 200)
    assert world.must(world.caller(grantor).get(f"/v1/bindings/{cases[1]['id']}"), 200)["review"]["position"] == 1
    coverage = later.must(later.quote(grantor, kids[0]), 201)["coverage"]
    assert (coverage["rule"], coverage["waiting_months"]) == ("late", 3)


def test_f12_divorce_transfer_and_death_between_approval_and_use(world):
    """F12: what changed since the approval is seen inside the payment; a death ends the binding and gives back what is held for it."""
    area, away = place(world), place(world, "53")
    husband, wife, bound = family(world, area, prior=100000, relation="spouse")
    quote = world.must(world.quote(husband, wife), 201)
    world.must(world.caller(wife).post(f"/v1/bindings/{bound}/release", {"reason": "divorce"}), 200)
    assert codes(world.caller(husband).post("/v1/premium-payments", {"quote_id": quote["id"]})) == ["BINDING_NOT_ACTIVE"]

    mover, girl, _ = family(world, area, prior=100000)
    world.change(mover, area=away)
    assert codes(world.pay(mover, girl)) == ["CROSS_PROVINCE_NOT_ALLOWED"]

    father, boy, binding = family(world, area, prior=30000)
    payment = waiting(world, father, boy)
    world.change(father, status="deceased")
    assert payment_of(world, boy, payment)["status"] == "cancelled"
    assert world.must(world.caller(boy).get(f"/v1/bindings/{binding}"), 200)["status"] == "released"
    assert world.must(report(world, payment), 200)["received"]["outcome"] == "to_refund"
    assert own_entries(world, husband) == own_entries(world, mover) == [("contribution", 100000)]


def test_f13_new_year_with_payments_in_flight(world, at):
    """F13: this year's money becomes last year's once an account; each entry keeps bucket and year, and an order its benefit year."""
    area = place(world, shareable_buckets=["prior_year", "current_year"])
    publish(world, area, windows=[{"from": "2026-09-01", "to": "2027-01-31"}])
    families = [family(world, area, current=40000)[:2] for _ in range(8)]
    father, child, _ = family(world, area, current=30000)
    eve, new_year = at("2026-12-31T23:59:50+08:00"), at("2027-01-01T00:00:05+08:00")
    held = waiting(eve, father, child)
    answers = volley([pay_shot((eve, new_year)[n % 2].server, *each) for n, each in enumerate(families)])
    orders = [world.must(answer, 201) for answer in answers]
    assert {order["benefit_year"] for order in orders} == {2027}
    done = world.must(report(new_year, held), 200)
    assert (done["status"], done["benefit_year"], split(done)) == ("succeeded", 2027, {"aid:prior_year": 30000, "cash": 10000})
    for grantor, _ in [*families, (father, child)]:
        moved = [entry for entry in everything(new_year.caller(grantor), "/v1/accounts/me/entries") if entry["kind"] == "rollover"]
        assert len(moved) in (0, 2) and new_year.account(grantor)["buckets"] == {"current_year_fen": 0, "prior_year_fen": 0}
        entry = [entry for entry in everything(new_year.caller(grantor), "/v1/accounts/me/entries") if entry["kind"] == "premium"][0]
        assert entry["bucket"] == ("prior_year" if moved else "current_year")


def test_f16_a_grantor_paused_at_midnight(world):
    """F16: the next payment says why it is refused; where the area takes a paused grantor it goes through."""
    strict, lenient = place(world), place(world, grantor_status_required=["normal", "paused"])
    families = [family(world, area, prior=100000) for area in (strict, lenient)]
    rows = "".join(f"{grantor.no},{grantor.name},{grantor.number},{grantor.area},employee,paused\n" for grantor, _, _ in families)
    world.must(world.staff.call("POST", "/v1/imports?kind=persons", data=("person_id,name,id_number,area,scheme,status\n" + rows).encode(),
                                headers={"Content-Type": "text/csv"}), 200)
    refused, allowed = [world.pay(grantor, child) for grantor, child, _ in families]
    assert codes(refused)[:2] == ["BINDING_NOT_ACTIVE", "GRANTOR_STATUS_ABNORMAL"]
    assert split(world.must(allowed, 201)) == {"aid:prior_year": 40000}
    amend(world, strict, grantor_status_required=["normal", "paused"])
    world.change(families[0][0], status="normal")
    world.must(world.pay(*families[0][:2]), 201)


def test_f18_an_insider_looks_up_a_celebrity(world):
    """F18: not without a reason, masked even then; every look is recorded and can be reported on, the auditor's own too."""
    star = world.person(prior=100)
    clerk, auditor = Caller(world.server, "curious", "inquiry"), Caller(world.server, "auditor", "audit")
    clerk.session.headers.pop("Access-Reason")
    assert code(clerk.get(f"/v1/persons/{star.no}")) == "ACCESS_REASON_REQUIRED" and audited(world, star.no, "person.read") == []
    seen = clerk.get(f"/v1/persons/{star.no}", headers={"Access-Reason": "好奇".encode()})
    assert seen.status_code == 200 and star.name not in seen.text and star.number not in seen.text
    found = world.must(auditor.get(f"/v1/audit?person_id={star.no}&subject=curious"), 200)["data"]
    assert [(row["action"], row["reason"]) for row in found] == [("person.read", "好奇")]
    assert {row["action"] for row in world.must(auditor.get(f"/v1/audit?person_id={star.no}&subject=auditor"), 200)["data"]} == {"audit.read"}

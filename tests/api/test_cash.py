"""Cash for what the accounts do not cover: held, completed, given up, expired; every fen that comes is captured or goes back."""
import re
import time
import uuid

import pytest
import requests

from harness import Caller, Server, World, code, codes, split
from steps import at_once, beside, everything, family, place, unknown

NOW = "2026-11-21T10:05:00+08:00"


def backend(world, **claims):
    """A channel's backend, which reports cash."""
    return Caller(world.server, "backend-1", "cash", **claims)


def report(world, payment, fen=None, transaction=None, channel="wechatpay", key=True, **more):
    body = {"channel": channel, "transaction_id": transaction or uuid.uuid4().hex, "amount_fen": fen or payment["cash_fen"], "paid_at": NOW, **more}
    return backend(world).post(f"/v1/payments/{payment['id']}/cash", body, key=key)


def waiting(world, grantor, child, channel="wechatpay", year=2027):
    payment = world.must(world.pay(grantor, child, year=year, cash_channel=channel), 201)
    assert payment["status"] == "awaiting_cash"
    return payment


def payment_of(world, person, payment):
    return world.must(world.caller(person).get(f"/v1/payments/{payment['id']}"), 200)


def history(world, person, payment):
    return [event["event"] for event in world.must(world.caller(person).get(f"/v1/payments/{payment['id']}/history"), 200)["data"]]


def refunds_of(world, payment):
    return world.server.sql("SELECT status, reason_code, cash_channel, transaction_id, cash_fen, next_action FROM gongji.refund WHERE payment_id = %s ORDER BY created_at",
                            payment["id"][4:])


@pytest.fixture(scope="module")
def fuzhou_like(world):
    """An area where 2000.00 stay in every account."""
    return place(world, retained_minimum_fen=200000)


@pytest.fixture(scope="module")
def plain(world):
    return place(world)


# --- held, then captured ------------------------------------------------------------------------------------------------
def test_e1_s0_28_s0_40_the_missing_20_yuan_are_paid_by_wechat(world, fuzhou_like):
    """E1 S0-28 S0-39 S0-40: own 0, father 380.00 held, cash 20.00; done when the cash is there."""
    father, child, _ = family(world, fuzhou_like, prior=238000)
    refused = world.pay(father, child)
    assert code(refused) == "SHORTFALL_CASH_REQUIRED" and refused.json()["shortfall_fen"] == 2000
    payment = waiting(world, father, child)
    assert split(payment) == {"aid:prior_year": 38000, "cash": 2000}
    assert payment["cash"] == {"channel": "wechatpay", "out_trade_no": payment["id"][4:].replace("-", ""), "amount_fen": 2000,
                               "expires_at": payment["cash"]["expires_at"]}
    assert "receipt_no" not in payment
    account = world.account(father)
    assert account["balance_fen"] == 238000 and account["held_fen"] == 38000 and account["held"]["prior_year_fen"] == 38000
    assert account["available_fen"] == 200000 and account["shareable_fen"] == 0
    assert code(world.caller(father).get(f"/v1/payments/{payment['id']}/receipt")) == "PAYMENT_NOT_FOUND"

    done = world.must(report(world, payment), 200)
    assert done["status"] == "succeeded" and done["receipt_no"] and done["received"]["outcome"] == "captured"
    account = world.account(father)
    assert account["balance_fen"] == 200000 and account["held_fen"] == 0
    assert world.must(world.caller(child).get(f"/v1/payments/{payment['id']}/receipt"), 200)["receipt_no"] == done["receipt_no"]
    assert history(world, father, payment) == ["created", "captured"]
    entry = world.must(world.caller(father).get("/v1/accounts/me/entries"), 200)["data"][0]
    assert entry["amount_fen"] == -38000 and entry["receipt_no"] == done["receipt_no"]


def test_f4_s1_30_a_past_moment_shows_what_was_held_then(world, plain):
    """Whatever became of a payment that waited, as_of answers what was answered at that moment: held, shareable, available."""
    father, child, _ = family(world, plain, prior=30000)
    seen = [world.account(father)]
    for end in "cancelled", "captured":
        payment = waiting(world, father, child)
        seen.append(world.account(father))
        assert seen[-1]["held"] == {"current_year_fen": 0, "prior_year_fen": 30000} and seen[-1]["available_fen"] == seen[-1]["shareable_fen"] == 0
        if end == "cancelled":
            world.must(world.caller(father).post(f"/v1/payments/{payment['id']}/cancel"), 200)
        else:
            world.must(report(world, payment), 200)
        seen.append(world.account(father))
    assert [account["held_fen"] for account in seen] == [0, 30000, 0, 30000, 0]
    for account in seen:
        assert world.must(world.caller(father).get("/v1/accounts/me", params={"as_of": account["as_of"]}), 200) == account


def test_s0_40_held_money_pays_for_nobody_else(world, plain):
    father, first, _ = family(world, plain, prior=30000)
    second = world.child(plain)
    world.bind(father, second)
    waiting(world, father, first)
    assert split(world.must(world.quote(father, second), 201)) == {"cash": 40000}
    sources = world.must(world.caller(second).get("/v1/accounts/me/aid"), 200)["sources"]
    assert sources[0]["available_fen"] == 0


def test_s0_28_without_a_shortfall_a_cash_channel_changes_nothing(world, plain):
    father, child, _ = family(world, plain, prior=40000)
    payment = world.must(world.pay(father, child, cash_channel="alipay"), 201)
    assert payment["status"] == "succeeded" and "cash" not in payment


def test_s0_28_by_quote_too_and_retried_under_its_key(world, plain):
    """F1 F3: the same payment again, also after its answer was lost, is the first one."""
    father, child, _ = family(world, plain, prior=30000)
    body = {"quote_id": world.must(world.quote(father, child), 201)["id"], "cash_channel": "counter"}
    key = str(uuid.uuid4())
    first = world.must(world.caller(father).post("/v1/premium-payments", body, key=key), 201)
    again = world.caller(father).post("/v1/premium-payments", body, key=key)
    assert again.json() == first and again.headers["Idempotency-Replayed"] == "true"
    assert world.account(father)["held_fen"] == 30000
    found = everything(world.caller(father), f"/v1/payments?insured_id={child.no}&status=awaiting_cash")
    assert [each["id"] for each in found] == [first["id"]]


@pytest.mark.parametrize("channel", ["cash", "", 7, "WECHATPAY"])
def test_a_cash_channel_is_one_of_three(world, plain, channel):
    father, child, _ = family(world, plain, prior=1)
    refused = world.pay(father, child, cash_channel=channel)
    assert refused.status_code == 400 and refused.json()["errors"][0]["pointer"] == "/cash_channel"


def test_p_36_f2_the_premium_is_spoken_for_by_every_way(world, plain):
    """P-36 F2: bank, tax programme and city service at once; one of them pays."""
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    for caller in father, child:
        refused = world.pay(caller, child, cash_channel="alipay")
        assert codes(refused) == ["PREMIUM_PAYMENT_PENDING"] and refused.json()["payment_id"] == payment["id"]
    world.must(report(world, payment), 200)
    assert codes(world.pay(father, child)) == ["PREMIUM_ALREADY_PAID"]


# --- what cash comes to ---------------------------------------------------------------------------------------------------
def test_f5_the_same_notice_a_hundred_times(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    answers = at_once(*[lambda: report(world, payment, transaction="wx-" + payment["id"]) for _ in range(12)])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert history(world, father, payment) == ["created", "captured"]
    assert refunds_of(world, payment) == []


def test_f5_a_repeated_report_under_its_key_is_replayed(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    first = report(world, payment, transaction="t-" + payment["id"], key="k1")
    again = report(world, payment, transaction="t-" + payment["id"], key="k1")
    assert again.headers["Idempotency-Replayed"] == "true" and again.json() == first.json()
    other = report(world, payment, fen=1, transaction="t-" + payment["id"])
    assert other.status_code == 409 and code(other) == "CASH_TRANSACTION_REUSED"


def test_f5_a_transaction_belongs_to_one_payment(world, plain):
    payments = [waiting(world, *family(world, plain, prior=30000)[:2]) for _ in range(2)]
    transaction = uuid.uuid4().hex
    world.must(report(world, payments[0], transaction=transaction), 200)
    assert code(report(world, payments[1], transaction=transaction)) == "CASH_TRANSACTION_REUSED"


def test_f5_another_amount_is_never_a_success(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    answer = world.must(report(world, payment, fen=9999), 200)
    assert answer["status"] == "manual_review" and answer["received"]["outcome"] == "manual_review"
    assert world.account(father)["held_fen"] == 30000
    assert history(world, father, payment) == ["created", "wrong_amount"]
    assert codes(world.pay(father, child, cash_channel="alipay")) == ["PREMIUM_PAYMENT_PENDING"]
    later = world.must(report(world, payment), 200)
    assert later["status"] == "manual_review" and later["received"]["outcome"] == "to_refund"


def test_p_36_f5_two_channels_both_paid(world, plain):
    """P-36 F5: the first completes, the other's cash goes back by its own channel; at once or one after the other."""
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    answers = at_once(lambda: report(world, payment), lambda: report(world, payment, channel="alipay"))
    outcomes = sorted(world.must(answer, 200)["received"]["outcome"] for answer in answers)
    assert outcomes == ["captured", "to_refund"]
    [(status, reason, channel, _, fen, action)] = refunds_of(world, payment)
    assert (status, reason, fen, action) == ("processing", "other_cash_first", 10000, "request")
    captured = payment_of(world, father, payment)["cash"]["channel"]
    assert {captured, channel} == {"wechatpay", "alipay"}


def test_f4_late_cash_after_a_cancel_goes_back(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    cancelled = world.must(world.caller(father).post(f"/v1/payments/{payment['id']}/cancel", {}), 200)
    assert cancelled["status"] == "cancelled" and world.account(father)["held_fen"] == 0
    assert codes(world.caller(father).post(f"/v1/payments/{payment['id']}/cancel", {})) == ["PAYMENT_NOT_CANCELLABLE"]
    late = world.must(report(world, payment), 200)
    assert late["status"] == "cancelled" and late["received"]["outcome"] == "to_refund" and late["received"]["refund_id"].startswith("rfd_")
    assert [row[:2] for row in refunds_of(world, payment)] == [("processing", "late_cash")]
    assert history(world, father, payment) == ["created", "cancelled", "cash_to_refund"]
    again = waiting(world, father, child, channel="counter")
    assert again["id"] != payment["id"]


def test_cancel_is_for_payer_and_insured(world, plain):
    father, child, _ = family(world, plain, prior=10000)
    mother = world.person(plain, prior=10000)
    world.bind(mother, child)
    payment = waiting(world, father, child)
    path = f"/v1/payments/{payment['id']}/cancel"
    assert code(world.caller(mother).post(path, {})) == "PAYMENT_NOT_FOUND", "her money is in it, but she did not pay"
    assert code(world.caller(world.person(plain)).post(path, {})) == "PAYMENT_NOT_FOUND"
    assert code(world.caller(father).post(f"/v1/payments/{unknown('pay')}/cancel", {})) == "PAYMENT_NOT_FOUND"
    assert code(world.caller(father).post(path, {}, key=None)) == "IDEMPOTENCY_KEY_MISSING"
    assert world.must(world.caller(child).post(path, {}), 200)["status"] == "cancelled"
    assert world.account(mother)["held_fen"] == 0


def test_f4_cancel_and_cash_at_once(world, plain):
    """Whichever comes first, nothing is lost: completed, or cancelled with the cash going back."""
    for _ in range(5):
        father, child, _ = family(world, plain, prior=30000)
        payment = waiting(world, father, child)
        cancel, cash = at_once(lambda: world.caller(father).post(f"/v1/payments/{payment['id']}/cancel", {}), lambda: report(world, payment))
        outcome = world.must(cash, 200)["received"]["outcome"]
        assert (cancel.status_code, outcome) in ((200, "to_refund"), (409, "captured"))
        assert world.account(father)["held_fen"] == 0
        assert world.account(father)["balance_fen"] == (30000 if cancel.status_code == 200 else 0)


# --- expiry ---------------------------------------------------------------------------------------------------------------
def until(check, seconds=15):
    for _ in range(seconds * 10):
        found = check()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def short_of_time(new_server, tmp_path):
    """A bureau of its own, as seen at 10:00, and processes of it at 10:45 that look for what is due every second."""
    server = new_server("expiry", {"GONGJI_PAYMENT_SWEEP_SECONDS": "3600"}).start()
    later = [Server(tmp_path / str(n), server.database, {"GONGJI_CLOCK_NOW": "2026-11-21T10:45:00+08:00", "GONGJI_PAYMENT_SWEEP_SECONDS": "1"}, secret=server.secret)
             for n in range(2)]
    yield World(server), later
    for each in later:
        if each.process:
            each.stop()


def test_f4_cash_that_never_comes_releases_the_hold(short_of_time):
    """F4: swept by several processes at once, once each; late cash goes back and the premium may be paid anew."""
    world, later = short_of_time
    area = place(world)
    families = [family(world, area, prior=30000)[:2] for _ in range(6)]
    payments = [waiting(world, *each) for each in families]
    in_time = beside(world, later[0])
    # The row's state decides, not the clock: at 10:45 nobody has released the last one yet, so its cash completes it.
    later[0].environment["GONGJI_PAYMENT_SWEEP_SECONDS"] = "3600"
    later[0].start()
    assert world.must(report(in_time, payments[-1]), 200)["status"] == "succeeded"
    later[0].stop()
    later[0].environment["GONGJI_PAYMENT_SWEEP_SECONDS"] = "1"
    for each in later:
        each.start()
    for (father, _), payment in zip(families[:-1], payments):
        until(lambda: payment_of(world, father, payment)["status"] == "expired")
        assert world.account(father)["held_fen"] == 0
        assert history(world, father, payment) == ["created", "expired"]
    (father, child), payment = families[0], payments[0]
    assert world.must(report(world, payment), 200)["received"]["outcome"] == "to_refund"
    assert waiting(world, father, child)["id"] != payment["id"]


# --- who may report ---------------------------------------------------------------------------------------------------------
def test_cash_is_reported_by_those_who_may(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    body = {"channel": "wechatpay", "transaction_id": "x1", "amount_fen": 10000, "paid_at": NOW}
    path = f"/v1/payments/{payment['id']}/cash"
    assert code(world.caller(father).post(path, body)) == "SCOPE_MISSING"
    assert code(Caller(world.server, "b", "cash", issuer="nocash").post(path, body)) == "CASH_CHANNEL_NOT_ALLOWED"
    assert code(backend(world).post(f"/v1/payments/{unknown('pay')}/cash", body)) == "PAYMENT_NOT_FOUND"
    assert code(backend(world).post(path, body, key=None)) == "IDEMPOTENCY_KEY_MISSING"
    faults = backend(world).post(path, {"channel": "bank", "transaction_id": "", "amount_fen": 0, "paid_at": "yesterday", "more": 1})
    assert faults.status_code == 400
    assert sorted(each["pointer"] for each in faults.json()["errors"]) == ["/amount_fen", "/channel", "/more", "/paid_at", "/transaction_id"]


# --- freeze and death -------------------------------------------------------------------------------------------------------
def test_f12_a_freeze_cancels_what_is_held_of_everyone(world, plain):
    father, child, _ = family(world, plain, prior=10000, own=10000)
    mother = world.person(plain, prior=10000)
    world.bind(mother, child)
    payment = waiting(world, father, child)
    assert [world.account(each)["held_fen"] for each in (father, mother, child)] == [10000, 10000, 10000]
    world.must(world.staff.put(f"/v1/persons/{mother.no}/freeze", {"frozen": True, "reason": "court order"}), 200)
    assert payment_of(world, father, payment)["status"] == "cancelled"
    assert [world.account(each)["held_fen"] for each in (father, mother, child)] == [0, 0, 0]
    assert world.must(report(world, payment), 200)["received"]["outcome"] == "to_refund"


def test_f12_a_death_cancels_what_is_held(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    world.change(father, status="deceased")
    assert payment_of(world, child, payment)["status"] == "cancelled"
    assert world.must(report(world, payment), 200)["received"]["outcome"] == "to_refund"


def test_a_pause_leaves_existing_holds_standing(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    world.change(father, status="paused")
    assert world.must(report(world, payment), 200)["status"] == "succeeded"


def test_f13_new_year_between_hold_and_cash(world, later_server):
    """F13: held of this year's money, captured as last year's; the leg tells where it was taken."""
    area = place(world)
    father, child, _ = family(world, area, current=30000)
    eve = beside(world, later_server("2026-12-31T23:50:00+08:00"))
    payment = waiting(eve, father, child)
    assert split(payment) == {"aid:current_year": 30000, "cash": 10000}
    day = beside(world, later_server("2027-01-01T00:05:00+08:00"))
    assert day.account(father)["held"] == {"current_year_fen": 0, "prior_year_fen": 30000}
    done = world.must(report(day, payment), 200)
    assert split(done) == {"aid:prior_year": 30000, "cash": 10000}


# --- What the metrics tell ----------------------------------------------------------------------------------------------
def test_metrics_count_cash_and_what_is_not_done(new_server):
    """F4 F5: reports of cash by what they came to; waiting payments, decisions and refunds as the sweeper last saw them."""
    server = new_server("gauges", {"GONGJI_PAYMENT_SWEEP_SECONDS": "1"}).start()
    world = World(server)
    area = place(world)

    def shown(name):
        text = requests.get(server.url("/metrics")).text
        return {label: int(value) for label, value in re.findall(rf'^{name}{{\w+="(\w+)"}} (\d+)$', text, re.M)}

    def reports():
        return tuple(shown("gongji_cash_reports_total")[each] for each in ("captured", "manual_review", "to_refund"))

    assert reports() == (0, 0, 0)
    payments = [waiting(world, *family(world, area, prior=30000)[:2]) for _ in range(3)]
    key = uuid.uuid4().hex
    for _ in range(2):  # the second is a replay
        world.must(report(world, payments[0], transaction="t0", key=key), 200)
    world.must(report(world, payments[0], transaction="t1"), 200)
    world.must(report(world, payments[1], fen=1), 200)
    assert reports() == (1, 1, 1)
    wanted = {"payments_awaiting_cash": 1, "payments_in_review": 1, "refunds_processing": 1, "refunds_failed": 0, "cash_unknown": 0}
    for _ in range(100):
        if shown("gongji_open_items") == wanted:
            break
        time.sleep(0.1)
    assert shown("gongji_open_items") == wanted

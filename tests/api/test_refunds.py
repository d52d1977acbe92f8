"""Money back: the whole payment, each leg to where it came from, once; cash by its channel until it has arrived; what is stuck is listed."""
import uuid

import pytest

from harness import Caller, code, codes, split
from steps import at_once, beside, everything, family, place, unknown
from test_cash import backend, history, payment_of, report, waiting


def office(world, **claims):
    return Caller(world.server, "op-refunds", "refund", **claims)


def refund(world, payment, reason_code="other", caller=None, key=True, **more):
    return (caller or office(world)).post(f"/v1/payments/{payment['id']}/refunds", {"reason_code": reason_code, **more}, key=key)


def result(world, refund_, status, key=True, **more):
    return backend(world).post(f"/v1/refunds/{refund_['id']}/result", {"status": status, **more}, key=key)


def resolve(world, payment, action, reason="agreed", **claims):
    return office(world, **claims).post(f"/v1/payments/{payment['id']}/resolve", {"action": action, "reason": reason})


def paid(world, grantor, child, **more):
    """A payment completed, by cash where the accounts fall short."""
    payment = world.must(world.pay(grantor, child, cash_channel="wechatpay", **more), 201)
    return world.must(report(world, payment), 200) if payment["status"] == "awaiting_cash" else payment


@pytest.fixture(scope="module")
def plain(world):
    return place(world)


# --- legs mirrored ----------------------------------------------------------------------------------------------------------
def test_e14_refund_of_e1_before_the_benefit_period(world):
    """E14 P-29: father +380.00 into the same bucket, cash 20.00 by its channel."""
    father, child, _ = family(world, place(world, retained_minimum_fen=200000), prior=238000)
    payment = paid(world, father, child)
    back = world.must(refund(world, payment, "joined_employee", reason="参加职工医保"), 201)
    assert back["status"] == "processing" and split(back) == {"aid:prior_year": 38000, "cash": 2000}
    assert back["cash"]["out_refund_no"] == back["id"][4:].replace("-", "") and back["cash"]["channel"] == "wechatpay"
    account = world.account(father)
    assert account["buckets"] == {"current_year_fen": 0, "prior_year_fen": 238000}
    assert payment_of(world, father, payment)["status"] == "refunding"
    done = world.must(result(world, back, "SUCCESS", out_refund_no=back["cash"]["out_refund_no"]), 200)
    assert done["status"] == "succeeded"
    assert payment_of(world, father, payment)["status"] == "refunded"
    assert history(world, father, payment) == ["created", "captured", "refunding", "refunded"]
    entry = world.must(world.caller(father).get("/v1/accounts/me/entries?kind=refund"), 200)["data"]
    assert [(each["amount_fen"], each["bucket"], each["payment_id"]) for each in entry] == [(38000, "prior_year", payment["id"])]


def test_f7_three_sources_after_unbinding(world, plain):
    """F7 P-29: own 100 + father 280 + cash 20; each returns to its source, bound still or not, frozen or not."""
    father, child, binding = family(world, plain, prior=28000, own=10000)
    payment = paid(world, father, child)
    assert split(payment) == {"own:current_year": 10000, "aid:prior_year": 28000, "cash": 2000}
    world.must(world.caller(father).post(f"/v1/bindings/{binding}/release", {}), 200)
    world.must(world.staff.put(f"/v1/persons/{father.no}/freeze", {"frozen": True, "reason": "test"}), 200)
    back = world.must(refund(world, payment), 201)
    assert split(back) == split(payment) and back["legs"][1]["binding_id"] == binding
    assert (world.account(father)["balance_fen"], world.account(child)["balance_fen"]) == (28000, 10000)


def test_f7_never_twice(world, plain):
    father, child, _ = family(world, plain, prior=40000)
    payment = paid(world, father, child)
    answers = at_once(*[lambda: refund(world, payment) for _ in range(6)])
    made = [answer for answer in answers if answer.status_code == 201]
    assert len(made) == 1 and {code(answer) for answer in answers if answer.status_code != 201} == {"ALREADY_REFUNDED"}
    again = refund(world, payment, caller=world.caller(father, "premium"))
    assert code(again) == "ALREADY_REFUNDED" and again.json()["refund_id"] == made[0].json()["id"]
    assert world.account(father)["balance_fen"] == 40000


def test_without_cash_a_refund_is_done_at_once_and_its_key_replays(world, plain):
    father, child, _ = family(world, plain, prior=40000)
    payment = paid(world, father, child)
    first = refund(world, payment, key="r1-" + payment["id"])
    again = refund(world, payment, key="r1-" + payment["id"])
    assert world.must(first, 201)["status"] == "succeeded" and again.json() == first.json() and again.headers["Idempotency-Replayed"] == "true"
    assert payment_of(world, father, payment)["status"] == "refunded"
    assert world.must(world.pay(father, child), 201)["status"] == "succeeded", "the premium is free again"


# --- who, when, why ---------------------------------------------------------------------------------------------------------
def test_p_28_before_the_cover_yes_after_it_no(world, plain, later_server):
    """P-28: until the benefit starts by staff or payer; then only errors, and only by staff."""
    families = [family(world, plain, prior=40000)[:2] for _ in range(4)]
    payments = [paid(world, *each) for each in families]
    assert world.must(refund(world, payments[0], "joined_employee", caller=world.caller(families[0][0], "premium")), 201)["status"] == "succeeded"
    new_year = beside(world, later_server("2027-01-01T00:00:05+08:00"))
    for caller in None, new_year.caller(families[1][0], "premium"):
        assert code(refund(new_year, payments[1], "joined_employee", caller=caller)) == "REFUND_PERIOD_ENDED"
        assert code(refund(new_year, payments[1], "other", caller=caller)) == "REFUND_PERIOD_ENDED"
    assert code(refund(new_year, payments[1], "duplicate", caller=new_year.caller(families[1][0], "premium"))) == "REFUND_PERIOD_ENDED"
    for payment, reason in zip(payments[1:], ("duplicate", "wrong_insured", "death")):
        assert world.must(refund(new_year, payment, reason), 201)["status"] == "succeeded"


@pytest.mark.parametrize("until, asked, corrected", [("not_refundable", "REFUND_PERIOD_ENDED", 201), ("no_limit", 201, "ALREADY_REFUNDED")])
def test_p_28_areas_have_their_own_rule(world, until, asked, corrected):
    father, child, _ = family(world, place(world, refund_until=until), prior=40000)
    payment = paid(world, father, child)
    assert code(refund(world, payment, "joined_employee", caller=world.caller(father, "premium"))) == asked
    assert code(refund(world, payment, "wrong_insured")) == corrected


def test_p_28_the_rule_is_the_one_it_was_paid_under(world):
    from steps import state
    area = place(world)
    father, child, _ = family(world, area, prior=40000)
    payment = paid(world, father, child)
    state(world, area, refund_until="not_refundable")
    assert world.must(refund(world, payment, "joined_employee"), 201)["status"] == "succeeded"


def test_refunds_are_for_payer_and_staff_of_the_area(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = paid(world, father, child)
    for caller in world.caller(child, "premium"), world.caller(world.person(plain), "premium"), office(world, areas=["340500"]), office(world, areas=None):
        assert code(refund(world, payment, caller=caller)) == "PAYMENT_NOT_FOUND"
    assert code(refund(world, payment, caller=world.caller(father, "account"))) == "SCOPE_MISSING"
    assert code(refund(world, payment, key=None)) == "IDEMPOTENCY_KEY_MISSING"
    assert refund(world, payment, "because").status_code == 400
    assert code(refund(world, {"id": unknown("pay")})) == "PAYMENT_NOT_FOUND"
    back = world.must(refund(world, payment, caller=office(world, areas=[plain])), 201)
    path = f"/v1/refunds/{back['id']}"
    for caller in office(world), office(world, areas=[plain]), backend(world), world.caller(father, "premium"), world.caller(child, "premium"):
        assert world.must(caller.get(path), 200)["history"][0]["event"] == "created"
    for caller in office(world, areas=["340500"]), world.caller(world.person(plain), "premium"), Caller(world.server, "b", "cash", issuer="nocash"):
        assert code(caller.get(path)) == "REFUND_NOT_FOUND"
    assert "by" in office(world).get(path).json()["history"][0] and "by" not in world.caller(father, "premium").get(path).json()["history"][0]


@pytest.mark.parametrize("state", ["awaiting_cash", "cancelled", "manual_review"])
def test_only_what_is_paid_is_refunded(world, plain, state):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    if state == "cancelled":
        world.must(world.caller(father).post(f"/v1/payments/{payment['id']}/cancel", {}), 200)
    if state == "manual_review":
        world.must(report(world, payment, fen=1), 200)
    refused = refund(world, payment)
    assert code(refused) == "PAYMENT_NOT_REFUNDABLE" and refused.json()["payment_status"] == state


def test_s0_41_f8_the_wrong_child(world, plain):
    """S0-41 F8: a twin by one digit; reversal and a new order, both visible."""
    father, child, _ = family(world, plain, prior=80000)
    twin = world.child(plain)
    world.bind(father, twin)
    wrong = paid(world, father, child)
    world.must(refund(world, wrong, "wrong_insured", reason="孪生兄弟，身份证号差一位"), 201)
    right = paid(world, father, twin)
    seen = {each["id"]: each["status"] for each in everything(world.caller(father), "/v1/payments")}
    assert seen == {wrong["id"]: "refunded", right["id"]: "succeeded"}
    entries = world.must(world.caller(father).get("/v1/accounts/me/entries"), 200)["data"]
    assert [(each["kind"], each["amount_fen"]) for each in entries][:3] == [("premium", -40000), ("refund", 40000), ("premium", -40000)]


def test_f13_money_of_last_year_returns_as_such(world, later_server):
    father, child, _ = family(world, place(world, refund_until="no_limit"), current=40000)
    payment = paid(world, father, child)
    assert split(payment) == {"aid:current_year": 40000}
    back = world.must(refund(beside(world, later_server("2027-01-01T00:00:05+08:00")), payment), 201)
    assert split(back) == {"aid:prior_year": 40000}


# --- the channel's part -----------------------------------------------------------------------------------------------------
def test_f6_a_refund_that_takes_its_time(world, plain):
    """F6: PROCESSING for days, ABNORMAL, CLOSED: the same number on retry, a new one only after CLOSED; never done on request."""
    father, child, _ = family(world, plain, prior=30000)
    payment = paid(world, father, child)
    back = world.must(refund(world, payment), 201)
    number = back["cash"]["out_refund_no"]
    assert back["cash"]["next_action"] == "request"
    for attempt in range(1, 4):
        asked = world.must(result(world, back, "PROCESSING", out_refund_no=number), 200)
        assert (asked["status"], asked["cash"]["out_refund_no"], asked["cash"]["attempts"], asked["cash"]["next_action"]) == ("processing", number, attempt, "query")
    stuck = world.must(result(world, back, "ABNORMAL"), 200)
    assert stuck["status"] == "failed" and stuck["cash"]["next_action"] == "intervene"
    assert payment_of(world, father, payment)["status"] == "refunding"
    closed = world.must(result(world, back, "CLOSED", out_refund_no=number), 200)
    assert closed["status"] == "processing" and closed["cash"]["out_refund_no"] == number + "-2" and closed["cash"]["next_action"] == "request"
    late = result(world, back, "SUCCESS", out_refund_no=number)
    assert code(late) == "REFUND_NUMBER_STALE" and late.json()["out_refund_no"] == number + "-2"
    assert world.must(result(world, back, "SUCCESS", out_refund_no=number + "-2", channel_refund_no="5000"), 200)["status"] == "succeeded"
    assert world.must(result(world, back, "SUCCESS"), 200)["status"] == "succeeded"
    assert code(result(world, back, "ABNORMAL")) == "REFUND_ALREADY_FINAL"
    assert payment_of(world, father, payment)["status"] == "refunded"
    told = world.must(office(world).get(f"/v1/refunds/{back['id']}"), 200)
    assert [event["event"] for event in told["history"]] == ["created", "processing", "processing", "processing", "abnormal", "closed", "success"]


def test_f6_results_are_reported_by_the_channels_backend(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    back = world.must(refund(world, paid(world, father, child)), 201)
    path = f"/v1/refunds/{back['id']}/result"
    assert code(office(world).post(path, {"status": "SUCCESS"})) == "SCOPE_MISSING"
    assert code(Caller(world.server, "b", "cash", issuer="nocash").post(path, {"status": "SUCCESS"})) == "REFUND_NOT_FOUND"
    assert code(backend(world).post(path, {"status": "SUCCESS"}, key=None)) == "IDEMPOTENCY_KEY_MISSING"
    assert backend(world).post(path, {"status": "DONE"}).status_code == 400
    assert code(result(world, {"id": unknown("rfd")}, "SUCCESS")) == "REFUND_NOT_FOUND"


def test_f6_a_backend_works_off_its_list(world, plain):
    made = []
    for _ in range(3):
        father, child, _ = family(world, plain, prior=30000)
        made.append(world.must(refund(world, paid(world, father, child)), 201)["id"])
    listed = [each["id"] for each in everything(backend(world), "/v1/refunds?status=processing", limit=2)]
    assert [each for each in listed if each in made] == made
    world.must(result(world, {"id": made[0]}, "SUCCESS"), 200)
    assert made[0] not in [each["id"] for each in everything(backend(world), "/v1/refunds?status=processing")]
    assert made[0] in [each["id"] for each in everything(office(world), "/v1/refunds?status=succeeded")]
    assert everything(office(world, areas=["340100"]), "/v1/refunds") == []
    assert everything(Caller(world.server, "b", "cash", issuer="nocash"), "/v1/refunds") == []


def test_f5_late_cash_goes_back_by_the_same_way(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    world.must(world.caller(father).post(f"/v1/payments/{payment['id']}/cancel", {}), 200)
    received = world.must(report(world, payment, channel="alipay"), 200)["received"]
    told = world.must(backend(world).get(f"/v1/refunds/{received['refund_id']}"), 200)
    assert (told["reason_code"], told["cash_fen"], told["cash"]["channel"], told["cash"]["transaction_id"]) == ("late_cash", 10000, "alipay", received["transaction_id"])
    world.must(result(world, told, "SUCCESS"), 200)
    assert payment_of(world, father, payment)["status"] == "cancelled"
    assert history(world, father, payment) == ["created", "cancelled", "cash_to_refund", "cash_returned"]


# --- decisions --------------------------------------------------------------------------------------------------------------
def test_f5_resolve_takes_what_came(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    world.must(report(world, payment, fen=9900), 200)
    for caller in office(world, areas=["340500"]), office(world, areas=None):
        assert code(caller.post(f"/v1/payments/{payment['id']}/resolve", {"action": "accept", "reason": "x"})) == "PAYMENT_NOT_FOUND"
    assert office(world).post(f"/v1/payments/{payment['id']}/resolve", {"action": "accept"}).status_code == 400
    done = world.must(resolve(world, payment, "accept"), 200)
    assert done["status"] == "succeeded" and done["receipt_no"] and world.account(father)["balance_fen"] == 0
    refused = resolve(world, payment, "accept")
    assert code(refused) == "PAYMENT_NOT_IN_REVIEW" and refused.json()["payment_status"] == "succeeded"
    assert split(world.must(refund(world, payment), 201)) == {"aid:prior_year": 30000, "cash": 9900}


def test_f5_resolve_gives_the_excess_back(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    world.must(report(world, payment, fen=10100), 200)
    assert world.must(resolve(world, payment, "accept"), 200)["status"] == "succeeded"
    rows = world.server.sql("SELECT reason_code, cash_fen FROM gongji.refund WHERE payment_id = %s", payment["id"][4:])
    assert rows == [("excess_cash", 100)]


def test_f5_resolve_sends_all_back(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    world.must(report(world, payment, fen=1), 200)
    assert world.must(resolve(world, payment, "refund_cash"), 200)["status"] == "cancelled"
    assert world.account(father)["held_fen"] == 0
    assert world.server.sql("SELECT reason_code, cash_fen FROM gongji.refund WHERE payment_id = %s", payment["id"][4:]) == [("wrong_amount", 1)]
    assert waiting(world, father, child)["id"] != payment["id"]


# --- work -------------------------------------------------------------------------------------------------------------------
def test_work_items_say_what_to_do_next(world):
    area = place(world)
    staff = office(world, areas=[area])
    assert everything(staff, "/v1/work-items") == []
    father, child, _ = family(world, area, prior=30000)
    payment = waiting(world, father, child)
    assert everything(staff, "/v1/work-items") == [], "what waits in time needs nobody"
    world.must(report(world, payment, fen=1), 200)
    [item] = everything(staff, "/v1/work-items")
    assert (item["kind"], item["id"], item["status"], item["next_action"]) == ("payment", payment["id"], "manual_review", "resolve")
    world.must(resolve(world, payment, "refund_cash"), 200)
    [item] = everything(staff, "/v1/work-items")
    assert (item["kind"], item["status"], item["next_action"], item["amount_fen"], item["channel"]) == ("refund", "processing", "request", 1, "wechatpay")
    world.must(result(world, item, "ABNORMAL"), 200)
    assert [each["next_action"] for each in everything(staff, "/v1/work-items")] == ["intervene"]
    world.must(result(world, item, "SUCCESS"), 200)
    assert everything(staff, "/v1/work-items") == []
    payments = [waiting(world, *family(world, area, prior=30000)[:2]) for _ in range(5)]
    for each in payments:
        world.must(report(world, each, fen=1), 200)
    assert [each["id"] for each in everything(staff, "/v1/work-items", limit=2)] == [each["id"] for each in payments]
    assert code(world.caller(father).get("/v1/work-items")) == "SCOPE_MISSING"


def test_f5_cash_of_an_unknown_order_is_work_and_goes_back(world):
    from test_notifications import WECHATPAY, send
    from channels import wechatpay_notice
    transaction = uuid.uuid4().hex
    assert send(world, WECHATPAY, *wechatpay_notice("ORDER-OF-NOBODY", 700, transaction)).status_code == 204
    [item] = [each for each in everything(office(world), "/v1/work-items") if each.get("transaction_id") == transaction]
    assert (item["kind"], item["status"], item["next_action"], item["amount_fen"], item["out_trade_no"]) == ("cash", "unknown_order", "refund", 700, "ORDER-OF-NOBODY")
    path, body = f"/v1/cash/{item['id']}/resolve", {"action": "refund_cash", "reason": "查无此单"}
    assert code(office(world, areas=["340500"]).post(path, body)) == "CASH_NOT_FOUND"
    assert code(office(world).post(f"/v1/cash/{unknown('csh')}/resolve", body)) == "CASH_NOT_FOUND"
    back = world.must(office(world).post(path, body), 201)
    assert back["reason_code"] == "unknown_order" and "payment_id" not in back
    assert codes(office(world).post(path, body)) == ["ALREADY_REFUNDED"]
    assert world.must(result(world, back, "SUCCESS"), 200)["status"] == "succeeded"


def test_who_may_refund_is_staff_whatever_else_the_token_holds(world, plain):
    father, child, _ = family(world, plain, prior=40000)
    payment = paid(world, father, child)
    back = world.must(refund(world, payment, caller=world.staff), 201)
    for headers in {}, {"Access-Reason": "test"}:
        caller = Caller(world.server, "op-3")
        caller.session.headers.pop("Access-Reason")
        assert world.must(caller.get(f"/v1/refunds/{back['id']}", headers=headers), 200)["history"]
        assert back["id"] in [each["id"] for each in everything(caller, "/v1/refunds")]

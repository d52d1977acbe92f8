"""Reports and reconciliation from outside: a day as JSON and CSV, a bill against it, what the accounts saved families (S0-44)."""
import csv
import io

import pytest

from harness import Caller, World, code


@pytest.fixture(scope="module")
def house(new_server):
    return new_server("reconciliation").start()


@pytest.fixture(scope="module")
def day(house):
    """Three payments of one day through the web hall."""
    world, payments = World(house), []
    for _ in range(3):
        mother, child = world.person(prior=100000), world.child(current=10000)
        world.bind(mother, child)
        payments.append(World.must(world.pay(mother, child), 201)["id"])
    return payments


def auditor(house, **claims):
    return Caller(house, "auditor-1", "audit", **claims)


def compare(house, text, date="2026-11-21", channel="web_hall"):
    return auditor(house).post(f"/v1/reconciliations/{date}?channel={channel}", None, key=None, data=text.encode(), headers={"Content-Type": "text/csv"})


def test_a_day_as_json_and_csv_has_the_same_lines_and_totals(house, day):
    found = World.must(auditor(house).get("/v1/reconciliations/2026-11-21"), 200)
    assert [line["payment_id"] for line in found["lines"]] == day
    assert found["totals"] == {"count": 3, "amount_fen": 120000, "own_fen": 30000, "aid_fen": 90000, "cash_fen": 0}
    table = list(csv.DictReader(io.StringIO(auditor(house).get("/v1/reconciliations/2026-11-21", headers={"Accept": "text/csv"}).text)))
    assert [(row["payment_id"], row["amount_fen"]) for row in table] == [(payment, "40000") for payment in day] + [("total", "120000")]
    assert World.must(auditor(house).get("/v1/reconciliations/2026-11-20"), 200)["totals"]["count"] == 0
    assert found["cash"] == []
    assert code(auditor(house).get("/v1/reconciliations/yesterday")) == "VALIDATION_FAILED"


def test_what_we_gave_out_comes_back_without_a_difference(house, day):
    ours = auditor(house).get("/v1/reconciliations/2026-11-21?channel=web_hall", headers={"Accept": "text/csv"}).text
    answer = World.must(compare(house, "\ufeff" + ours), 200)
    assert answer["classes"] == {"equal": 3, "only_in_bill": 0, "only_here": 0, "amount_differs": 0, "billed_twice": 0} and not answer["differences"]


def test_a_bill_s_differences_are_told_by_class(house, day):
    unknown = "pay_0199d5c5-03f7-7a62-8d1b-94e6b0c7f215"
    answer = World.must(compare(house, f"amount_fen,payment_id\n40000,{day[0]}\n40000,{day[0]}\n39000,{day[1]}\n5,{unknown}\n"), 200)
    assert [(each["class"], each["payment_id"]) for each in answer["differences"]] == [
        ("billed_twice", day[0]), ("amount_differs", day[1]), ("only_in_bill", unknown), ("only_here", day[2])]
    assert (answer["ours"]["amount_fen"], answer["theirs"]["amount_fen"]) == (120000, 119005)


@pytest.mark.parametrize("text", ["", "payment_id\npay_1\n", "payment_id,amount_fen\npay_1,5\n", "payment_id,amount_fen\npay_0199d5c5-03f7-7a62-8d1b-94e6b0c7f215,4.5\n",
                                  "payment_id,amount_fen\npay_0199d5c5-03f7-7a62-8d1b-94e6b0c7f215\n"])
def test_a_bill_that_cannot_be_read_is_refused(house, text):
    assert code(compare(house, text)) == "VALIDATION_FAILED"


def test_f5_f6_a_cash_channel_s_bill_names_its_own_transactions(house):
    """S0-40: what WeChat says it took in and paid back on a day, against what it told us."""
    world, backend = World(house), Caller(house, "backend-1", "cash")
    paid = []
    for n in range(4):
        child = world.child()
        payment = World.must(world.pay(child, child, cash_channel="alipay"), 201)
        World.must(backend.post(f"/v1/payments/{payment['id']}/cash",
                                {"channel": "alipay", "transaction_id": f"ali-{n}", "amount_fen": 40000, "paid_at": f"2026-11-{19 if n == 3 else 20}T12:00:00+08:00"}), 200)
        paid.append(payment["id"])
    open_refund = World.must(Caller(house, "op-1", "refund").post(f"/v1/payments/{paid[0]}/refunds", {"reason_code": "other"}), 201)["id"]
    took = [{"cash_channel": "alipay", "received": 3, "received_fen": 120000, "refunded": 0, "refunded_fen": 0}]
    for channel, cash in ("", took), ("?channel=alipay", took), ("?channel=web_hall", took), ("?channel=wechatpay", []):
        assert World.must(auditor(house).get("/v1/reconciliations/2026-11-20" + channel), 200)["cash"] == cash
    agreed = World.must(compare(house, "transaction_id,amount_fen\nali-0,40000\nali-1,40000\nali-2,40000\n", "2026-11-20", "alipay"), 200)
    assert agreed["differences"] == [] and agreed["classes"]["equal"] == 3 and agreed["ours"] == agreed["theirs"] == {"count": 3, "amount_fen": 120000, "refunded_fen": 0}
    bill = "amount_fen,transaction_id,refund_no\n40000,ali-0,\n-40000,ali-0,r1\n39999,ali-1,\n39999,ali-1,\n40000,ali-3,\n7,ali-x,\n"
    found = World.must(compare(house, bill, "2026-11-20", "alipay"), 200)
    assert [(each["class"], each["kind"], each["transaction_id"], each.get("line")) for each in found["differences"]] == [
        ("refund_open_here", "refund", "ali-0", 3), ("amount_differs", "payment", "ali-1", 4), ("billed_twice", "payment", "ali-1", 5),
        ("other_day_here", "payment", "ali-3", 6), ("only_in_bill", "payment", "ali-x", 7), ("only_here", "payment", "ali-2", None)]
    assert found["differences"][0]["refund_id"] == open_refund and found["differences"][1]["payment_id"] == paid[1] and found["differences"][3]["booked_on"] == "2026-11-19"
    assert World.must(compare(house, bill, "2026-11-20", "wechatpay"), 200)["classes"]["only_in_bill"] == 5, "of another channel nothing is ours"
    refused = compare(house, bill, "2026-11-20", "web_hall")
    assert code(refused) == "VALIDATION_FAILED" and refused.json()["errors"][0]["pointer"] == "?channel"
    assert code(compare(house, "transaction_id,amount_fen\n,5\n", "2026-11-20", "alipay")) == "VALIDATION_FAILED"


def test_s0_44_the_report_tells_what_families_did_not_pay_in_cash(house, day):
    report = World.must(auditor(house).get("/v1/reports/funds?from=2026-11-21&to=2026-11-22"), 200)
    assert report["lines"] == [{"use": "resident_premium", "area": "340500", "payments": 3, "insured": 3, "grantors": 3, "own_fen": 30000, "funds_activated_fen": 90000,
                                "cash_saved_fen": 120000}]
    assert World.must(auditor(house).get("/v1/reports/funds?area=350000"), 200)["lines"] == []
    assert World.must(auditor(house, areas=["350000"]).get("/v1/reports/funds"), 200)["totals"]["cash_saved_fen"] == 0
    assert code(auditor(house).get("/v1/reports/funds?area=999999")) == "AREA_UNKNOWN"
    assert code(Caller(house, "clerk", "inquiry").get("/v1/reports/funds")) == "SCOPE_MISSING"

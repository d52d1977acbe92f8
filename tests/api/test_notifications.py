"""Notices of WeChat Pay and Alipay in their genuine formats: believed only when signed, answered as each channel demands, never lost."""
import json
import signal
import time
import uuid

import pytest
import requests

import channels
from channels import alipay_notice, wechatpay_notice, wechatpay_signed
from harness import Caller, check_answer, split
from steps import at_once, family, place
from test_cash import history, payment_of, refunds_of, waiting

WECHATPAY, ALIPAY = "/v1/notifications/wechatpay/bureau", "/v1/notifications/alipay/tax"


@pytest.fixture(scope="module")
def plain(world):
    return place(world)


def send(world, path, headers, body):
    answer = requests.post(world.server.url(path), data=body, headers=headers, timeout=30)
    check_answer("POST", path, answer)
    return answer


def by_wechatpay(world, payment, fen=None, transaction=None, path=WECHATPAY, **changes):
    return send(world, path, *wechatpay_notice(payment["cash"]["out_trade_no"], fen or payment["cash_fen"], transaction or uuid.uuid4().hex, **changes))


def by_alipay(world, payment, yuan=None, transaction=None, path=ALIPAY, **changes):
    form = alipay_notice(payment["cash"]["out_trade_no"], yuan or f"{payment['cash_fen'] // 100}.{payment['cash_fen'] % 100:02}", transaction or uuid.uuid4().hex, **changes)
    return send(world, path, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, form)


# --- the way it should go ---------------------------------------------------------------------------------------------------
def test_e1_by_a_genuine_wechatpay_notice(world):
    """E1 S0-40: father 380.00 held, 20.00 by WeChat Pay; 204 without a body is what WeChat Pay takes for success."""
    father, child, _ = family(world, place(world, retained_minimum_fen=200000), prior=238000)
    payment = waiting(world, father, child)
    answer = by_wechatpay(world, payment, transaction="4200002581202611217712345678")
    assert answer.status_code == 204 and answer.content == b""
    done = payment_of(world, father, payment)
    assert done["status"] == "succeeded" and split(done) == {"aid:prior_year": 38000, "cash": 2000}
    assert world.account(father)["balance_fen"] == 200000
    event = world.must(Caller(world.server, "op", "inquiry").get(f"/v1/payments/{payment['id']}/history"), 200)["data"][-1]
    assert event["by"] == "wechatpay/bureau" and event["transaction_id"] == "4200002581202611217712345678"


def test_e1_by_a_genuine_alipay_notice(world, plain):
    """S0-40: a yuan string with a fen that a double would lose; the seven bytes `success`."""
    father, child, _ = family(world, plain, prior=39971)
    payment = waiting(world, father, child, channel="alipay")
    assert payment["cash_fen"] == 29
    answer = by_alipay(world, payment, "0.29")
    assert answer.status_code == 200 and answer.content == b"success"
    assert payment_of(world, father, payment)["status"] == "succeeded"


# --- again, late, too much --------------------------------------------------------------------------------------------------
def test_f5_the_same_notice_again_and_at_once(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    answers = at_once(*[lambda: by_wechatpay(world, payment, transaction="w-" + payment["id"]) for _ in range(8)])
    assert {answer.status_code for answer in answers} == {204}
    other = waiting(world, *family(world, plain, prior=30000)[:2], channel="alipay")
    for status in "TRADE_SUCCESS", "TRADE_SUCCESS", "TRADE_FINISHED":
        assert by_alipay(world, other, transaction="a-" + other["id"], trade_status=status).content == b"success"
    for each, whose in (payment, father), (other, None):
        assert refunds_of(world, each) == []
    assert history(world, father, payment) == ["created", "captured"]


def test_f5_a_wrong_amount_is_acknowledged_and_decided_by_staff(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    assert by_wechatpay(world, payment, fen=1).status_code == 204
    assert payment_of(world, father, payment)["status"] == "manual_review"


def test_f4_late_cash_is_acknowledged_and_goes_back(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child, channel="alipay")
    world.must(world.caller(father).post(f"/v1/payments/{payment['id']}/cancel", {}), 200)
    assert by_alipay(world, payment, "100.00", transaction="late-" + payment["id"]).content == b"success"
    assert refunds_of(world, payment) == [("processing", "late_cash", "alipay", "late-" + payment["id"], 10000, "request")]


def test_p_36_two_channels_both_paid(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    answers = at_once(lambda: by_wechatpay(world, payment), lambda: by_alipay(world, payment))
    assert [answer.status_code for answer in answers] == [204, 200]
    assert payment_of(world, father, payment)["status"] == "succeeded"
    assert [row[:2] for row in refunds_of(world, payment)] == [("processing", "other_cash_first")]


@pytest.mark.parametrize("out_trade_no", ["0199d5c503f77a628d1b94e6b0c7f215", "ORDER-2026-1", "0199D5C503F77A628D1B94E6B0C7F215"])
def test_f5_an_unknown_order_loses_nothing(world, out_trade_no):
    transaction = uuid.uuid4().hex
    headers, body = wechatpay_notice(out_trade_no, 500, transaction)
    assert send(world, WECHATPAY, headers, body).status_code == 204
    assert world.server.sql("SELECT state, amount_fen, payment_id, out_trade_no FROM gongji.cash_transaction WHERE transaction_id = %s", transaction) == [
        ("manual_review", 500, None, out_trade_no)]
    assert send(world, WECHATPAY, headers, body).status_code == 204
    other = wechatpay_notice(out_trade_no, 501, transaction)
    assert send(world, WECHATPAY, *other).status_code == 409


def test_f5_a_notice_before_the_commit_of_its_payment(world, plain):
    """The notice finds no payment; when the payment is there, the sweeper brings them together."""
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    transaction = uuid.uuid4().hex
    send(world, WECHATPAY, *wechatpay_notice("before-" + payment["id"][-12:], 10000, transaction))
    world.server.sql("UPDATE gongji.cash_transaction SET out_trade_no = %s WHERE transaction_id = %s", payment["cash"]["out_trade_no"], transaction)
    for _ in range(150):
        if payment_of(world, father, payment)["status"] == "succeeded":
            break
        time.sleep(0.1)
    assert history(world, father, payment) == ["created", "captured"]


# --- what is not believed ---------------------------------------------------------------------------------------------------
def forged(payment):
    """(what is wrong, path, headers, body, status)"""
    number, fen = payment["cash"]["out_trade_no"], payment["cash_fen"]
    headers, body = wechatpay_notice(number, fen, "forged")
    yield "another body", WECHATPAY, headers, body + b" ", 401
    yield "another serial", WECHATPAY, {**headers, "Wechatpay-Serial": channels.NEXT_SERIAL}, body, 401
    yield "an unknown serial", WECHATPAY, {**headers, "Wechatpay-Serial": "00"}, body, 401
    yield "another nonce", WECHATPAY, {**headers, "Wechatpay-Nonce": "x"}, body, 401
    yield "a probe", WECHATPAY, {**headers, "Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]}, body, 401
    yield "six minutes old", WECHATPAY, wechatpay_signed(body, at=time.time() - 360), body, 401
    yield "six minutes early", WECHATPAY, wechatpay_signed(body, at=time.time() + 360), body, 401
    for name in "Timestamp", "Nonce", "Signature", "Serial":
        yield f"no {name}", WECHATPAY, {each: value for each, value in headers.items() if each != "Wechatpay-" + name}, body, 401
    yield "an unknown merchant", WECHATPAY.replace("bureau", "nobody"), headers, body, 404
    yield "another merchant's", WECHATPAY, *wechatpay_notice(number, fen, "forged", mchid="1900000110"), 403
    yield "another app's", WECHATPAY, *wechatpay_notice(number, fen, "forged", appid="wx0"), 403
    yield "a fraction of a fen", WECHATPAY, *wechatpay_notice(number, fen, "forged", amount={"total": 20.5}), 400
    broken = json.loads(body)
    broken["resource"]["nonce"] = "000000000000"
    broken = json.dumps(broken).encode()
    yield "a seal that does not open", WECHATPAY, wechatpay_signed(broken), broken, 401
    yield "signed nonsense", WECHATPAY, wechatpay_signed(b"nonsense"), b"nonsense", 400
    yield "not JSON's media type", WECHATPAY, {**headers, "Content-Type": "text/plain"}, body, 415
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    good = alipay_notice(number, "100.00", "forged")
    yield "another amount", ALIPAY, form, good.replace("total_amount=100.00", "total_amount=1.00"), 401
    yield "a field more", ALIPAY, form, good + "&more=1", 401
    yield "the amount twice", ALIPAY, form, good + "&total_amount=100.00", 400
    yield "RSA and not RSA2", ALIPAY, form, good.replace("sign_type=RSA2", "sign_type=RSA"), 401
    yield "no signature", ALIPAY, form, good.replace("sign=", "sing="), 401
    yield "an unknown app", ALIPAY.replace("tax", "nobody"), form, good, 404
    yield "another app", ALIPAY, form, alipay_notice(number, "100.00", "forged", app_id="1"), 403
    yield "another seller", ALIPAY, form, alipay_notice(number, "100.00", "forged", seller_id="2088000000000000"), 403
    yield "no seller", ALIPAY, form, alipay_notice(number, "100.00", "forged", seller_id=None), 403
    yield "a third decimal", ALIPAY, form, alipay_notice(number, "100.001", "forged"), 400


def test_what_is_not_genuine_is_refused_in_the_channels_form(world, plain):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    for what, path, headers, body, status in forged(payment):
        answer = send(world, path, headers, body)
        assert answer.status_code == status, what
        if status == 415:
            continue
        if "wechatpay" in path:
            assert answer.json() == {"code": "FAIL", "message": answer.json()["message"]}, what
        else:
            assert answer.content == b"failure", what
    assert payment_of(world, father, payment)["status"] == "awaiting_cash"
    assert world.server.sql("SELECT count(*) FROM gongji.cash_transaction WHERE transaction_id = 'forged'") == [(0,)]
    assert '"event":"notice_refused"' in world.server.log_text()


@pytest.mark.parametrize("status", ["WAIT_BUYER_PAY", "TRADE_CLOSED"])
def test_other_news_is_acknowledged_and_left(world, plain, status):
    father, child, _ = family(world, plain, prior=30000)
    payment = waiting(world, father, child)
    assert by_alipay(world, payment, trade_status=status).content == b"success"
    assert by_wechatpay(world, payment, event="PAYSCORE.USER_OPEN_SERVICE").status_code == 204
    assert by_wechatpay(world, payment, trade_state="NOTPAY").status_code == 204
    assert history(world, father, payment) == ["created"]


def test_platform_keys_rotate_without_a_restart(new_server):
    """Certificate rotation: two keys side by side, then the new one alone after SIGHUP; a faulty file keeps the old ones."""
    server = new_server("rotation").start()
    path, number = server.folder / "gongji.ini", "0199d5c503f77a628d1b94e6b0c7f215"

    def sent(name, serial):
        body = wechatpay_notice(number, 500, uuid.uuid4().hex)[1]
        return requests.post(server.url(WECHATPAY), data=body, headers=wechatpay_signed(body, name, serial), timeout=30).status_code

    def reloaded(text, event):
        path.write_text(text)
        before = server.log_text().count(event)
        server.process.send_signal(signal.SIGHUP)
        for _ in range(100):
            if server.log_text().count(event) > before:
                return
            time.sleep(0.05)
        raise AssertionError(f"no {event}")

    assert sent("wechatpay", channels.SERIAL) == sent("wechatpay.next", channels.NEXT_SERIAL) == 204
    both = path.read_text()
    alone = both.replace(f"{channels.SERIAL}=wechatpay.pem ", "")
    reloaded(alone, '"reloaded"')
    assert (sent("wechatpay", channels.SERIAL), sent("wechatpay.next", channels.NEXT_SERIAL)) == (401, 204)
    reloaded(both.replace("wechatpay.pem", "gone.pem"), '"reload_refused"')
    assert sent("wechatpay.next", channels.NEXT_SERIAL) == 204
    path.write_text(alone)


def test_a_database_that_is_away_asks_for_the_notice_again(new_server):
    server = new_server("away").start()
    headers, body = wechatpay_notice("0199d5c503f77a628d1b94e6b0c7f215", 500, "away")
    server.sql("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM gongji_app")
    answer = requests.post(server.url(WECHATPAY), data=body, headers=headers, timeout=30)
    assert answer.status_code >= 500 and answer.json()["code"] == "FAIL"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(server.url(ALIPAY), data=alipay_notice("x", "5.00", "away"), headers=form, timeout=30)
    assert answer.status_code >= 500 and answer.content == b"failure"
    server.sql("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO gongji_app")
    assert requests.post(server.url(WECHATPAY), data=body, headers=headers, timeout=30).status_code == 204

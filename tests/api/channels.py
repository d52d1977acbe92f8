"""Payment channels as they are outside: keys of their own, and notices in the shapes they publish."""
import base64
import json
import time
from urllib.parse import quote_plus

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

APIV3_KEY = b"0123456789abcdef0123456789ABCDEF"
MCHID, APPID = "1900000109", "wx8888888888888888"
APP_ID, SELLER_ID = "2014072300007148", "2088102172161712"
SERIAL, NEXT_SERIAL = "5157F09EFDC096DE15EBE81A47057A72", "5157F09EFDC096DE15EBE81A47057A73"
KEYS = {}
SECTIONS = f"""[wechatpay bureau]
mchid = {MCHID}
appid = {APPID}
apiv3_key = apiv3
platform_keys = {SERIAL}=wechatpay.pem {NEXT_SERIAL}=wechatpay.next.pem
[alipay tax]
app_id = {APP_ID}
seller_id = {SELLER_ID}
public_keys = alipay.pem
"""


def key(name):
    if name not in KEYS:
        KEYS[name] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return KEYS[name]


def write_keys(folder):
    (folder / "apiv3").write_bytes(APIV3_KEY)
    for name in "wechatpay", "wechatpay.next", "alipay":
        (folder / f"{name}.pem").write_bytes(key(name).public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


def sign(name, message):
    return base64.b64encode(key(name).sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def wechatpay_notice(out_trade_no, fen, transaction_id, event="TRANSACTION.SUCCESS", **changes):
    """Headers and body of a payment notice."""
    transaction = {"transaction_id": transaction_id, "amount": {"payer_total": fen, "total": fen, "currency": "CNY", "payer_currency": "CNY"}, "mchid": MCHID,
                   "trade_state": "SUCCESS", "bank_type": "CMC", "success_time": "2026-11-21T10:12:31+08:00", "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
                   "out_trade_no": out_trade_no, "appid": APPID, "trade_state_desc": "支付成功", "trade_type": "JSAPI", "attach": "", **changes}
    nonce = "fdasflkja484"
    sealed = AESGCM(APIV3_KEY).encrypt(nonce.encode(), json.dumps(transaction, ensure_ascii=False).encode(), b"transaction")
    body = json.dumps({"id": "EV-2018022511223320873", "create_time": "2026-11-21T10:12:32+08:00", "resource_type": "encrypt-resource", "event_type": event,
                       "summary": "支付成功", "resource": {"original_type": "transaction", "algorithm": "AEAD_AES_256_GCM", "associated_data": "transaction",
                                                       "ciphertext": base64.b64encode(sealed).decode(), "nonce": nonce}}, ensure_ascii=False).encode()
    return wechatpay_signed(body), body


def wechatpay_signed(body, name="wechatpay", serial=SERIAL, at=None):
    timestamp, nonce = str(int(at or time.time())), "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
    return {"Wechatpay-Timestamp": timestamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": serial, "Content-Type": "application/json",
            "Wechatpay-Signature": sign(name, f"{timestamp}\n{nonce}\n".encode() + body + b"\n")}


def alipay_notice(out_trade_no, yuan, trade_no, **changes):
    """The form of a payment notice."""
    fields = {"app_id": APP_ID, "seller_id": SELLER_ID, "out_trade_no": out_trade_no, "trade_no": trade_no, "total_amount": yuan, "trade_status": "TRADE_SUCCESS",
              "gmt_create": "2026-11-21 10:12:29", "gmt_payment": "2026-11-21 10:12:31", "notify_time": "2026-11-21 10:12:32", "notify_type": "trade_status_sync",
              "notify_id": "ac05099524730693a8b330c5ecf72da9786", "charset": "utf-8", "version": "1.0", "buyer_id": "2088102122524333", "subject": "居民医保 & 补足=差额",
              "fund_bill_list": '[{"amount":"20.00","fundChannel":"ALIPAYACCOUNT"}]', **changes}
    fields = {name: value for name, value in fields.items() if value is not None}
    signed = "&".join(f"{name}={fields[name]}" for name in sorted(fields)).encode()
    return "&".join(f"{name}={quote_plus(value)}" for name, value in {**fields, "sign": sign("alipay", signed), "sign_type": "RSA2"}.items())

"""Who may call: a long list of bad tokens, issuers of every algorithm, keys that come and go, scopes, areas, and who acts for whom."""
import base64
import hashlib
import hmac
import json
import re
import signal
import time

import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from harness import CLOCK, ROOT, SCOPES, Caller, World, code, id_number, mint

CHALLENGE = 'Bearer error="invalid_token"'


# --- Making tokens by hand --------------------------------------------------------------------------------------------
def b64(value):
    text = value if isinstance(value, bytes) else value.encode() if isinstance(value,
                                                                               str) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def sign(text, key):
    """HS256 for a secret, RS256 or ES256 for a private key."""
    if isinstance(key, str):
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def join(header, payload, key):
    """Header and payload: objects, or texts already encoded."""
    text = ".".join(each if isinstance(each, str) else b64(each) for each in (header, payload))
    return text + "." + b64(sign(text, key))


HEADER = {"alg": "HS256", "typ": "JWT", "kid": "k1"}
ABSENT = object()


class Maker:
    """Tokens of one caller, right but for what a case changes."""

    def __init__(self, keys):
        self.keys, self.secret = keys, keys["dev"]

    def claims(self, **changes):
        now = int(time.time())
        body = {"iss": "dev", "sub": "someone", "aud": "gongji", "iat": now, "exp": now + 600, "scope": "account",
                **changes}
        return {name: value for name, value in body.items() if value is not ABSENT}

    def header(self, **changes):
        return {name: value for name, value in {**HEADER, **changes}.items() if value is not ABSENT}

    def head(self, **changes):
        """A token with another header."""
        return join(self.header(**changes), self.claims(), self.secret)

    def body(self, **changes):
        """A token with other claims; 'now' in a value stands for the time."""
        return join(HEADER, self.claims(**changes), self.secret)

    def raw(self, header=None, payload=None):
        """A token whose header or payload is this text, JSON or not."""
        return join(b64(header) if header is not None else HEADER,
                    b64(payload) if payload is not None else self.claims(), self.secret)

    def text(self, name, value):
        """A token whose payload has this member written as this JSON text, however odd."""
        return self.raw(payload=json.dumps(self.claims(**{name: ABSENT}))[:-1] + f', "{name}": {value}}}')

    def parts(self):
        return self.body().split(".")


# --- Issuers of every kind ----------------------------------------------------------------------------------------------
SECTION = "[issuer {0}]\niss = {0}\nkind = citizen\nalgorithm = {1}\nkeys = {2}\nscopes = account\n{3}\n"


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def number(value, length=None):
    return b64(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def jwk(kid, key, **more):
    if isinstance(key, str):
        return {"kty": "oct", "kid": kid, "k": b64(key), **more}
    numbers = key.public_key().public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "kid": kid, "n": number(numbers.n), "e": number(numbers.e), **more}
    return {"kty": "EC", "crv": "P-256", "kid": kid, "x": number(numbers.x, 32), "y": number(numbers.y, 32), **more}


@pytest.fixture(scope="module")
def keys():
    rsa_key = lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ec_key = lambda: ec.generate_private_key(ec.SECP256R1())
    return {"r1": rsa_key(), "r2": rsa_key(), "e1": ec_key(), "e2": ec_key(), "h1": "h1" * 20, "h2": "h2" * 20}


@pytest.fixture(scope="module")
def gate(new_server, keys):
    """A server with issuers of every algorithm and kind of key file beside the usual ones."""
    server = new_server("tokens", {"GONGJI_TOKEN_LEEWAY_SECONDS": "1"})
    keys["dev"] = server.secret
    for name in ("r1", "r2", "e1", "e2"):
        (server.folder / f"{name}.pem").write_bytes(public_pem(keys[name]))
    for name in ("h1", "h2"):
        (server.folder / name).write_text(keys[name] + "\n")
    passed_over = [jwk("enc", keys["r2"], use="enc"), jwk("other", keys["r2"], alg="RS512")]
    sets = {"rset": [*passed_over, jwk("r1", keys["r1"], use="sig", alg="RS256"), jwk("r2", keys["r2"])],
            "eset": [jwk("e1", keys["e1"]), jwk("e2", keys["e2"])],
            "hset": [jwk("h1", keys["h1"]), jwk("h2", keys["h2"])]}
    for name, each in sets.items():
        (server.folder / f"{name}.json").write_text(json.dumps({"keys": each}))
    sections = [("rs", "RS256", "r1=r1.pem r2=r2.pem", ""), ("es", "ES256", "e1=e1.pem e2=e2.pem", ""),
                ("hs", "HS256", "h1=h1 h2=h2", ""), ("rset", "RS256", "rset.json", ""),
                ("eset", "ES256", "eset.json", ""), ("hset", "HS256", "hset.json", ""),
                ("short", "HS256", "h1=h1", "max_lifetime = 60"), ("elsewhere", "HS256", "h1=h1", "aud = elsewhere"),
                ("moving", "RS256", "moving.json", "")]
    (server.folder / "moving.json").write_text(json.dumps({"keys": [jwk("r1", keys["r1"])]}))
    with open(server.folder / "gongji.ini", "a") as file:
        file.write("\n".join(SECTION.format(*each) for each in sections))
        file.write("[issuer cards]\niss = cards\nkind = credential\nalgorithm = HS256\nkeys = h1=h1\nscopes = account\n")
    return server.start()


@pytest.fixture(scope="module")
def make(gate, keys):
    return Maker(keys)


def ask(server, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    return requests.get(server.url("/v1/accounts/me"), headers=headers)


def accepted(server, token):
    """The subject is nobody, so a token that is taken leads to 404."""
    return code(ask(server, "Bearer " + token)) == "PERSON_NOT_FOUND"


# --- Bad tokens -------------------------------------------------------------------------------------------------------
def last_bits(part):
    """The same bytes in another spelling: the last character's unused bits are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(part) % 4, "has no unused bits"
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]


def padded_to(remainder, value):
    """JSON with blanks behind until its base64url has unused bits."""
    text = json.dumps(value)
    while len(text) % 3 != remainder:
        text += " "
    return b64(text)


def unsigned(m, alg):
    return b64({**HEADER, "alg": alg}) + "." + b64(m.claims()) + "."


def hmac_with(m, digest, alg):
    text = b64({**HEADER, "alg": alg}) + "." + b64(m.claims())
    return text + "." + b64(hmac.new(m.secret.encode(), text.encode(), digest).digest())


def confused(m, alg):
    """The public key of an RS256 issuer, known to all, used as if it were a secret."""
    text = b64({"alg": alg, "kid": "r1"}) + "." + b64(m.claims(iss="rs"))
    return text + "." + b64(hmac.new(public_pem(m.keys["r1"]), text.encode(), hashlib.sha256).digest())


def es(m, signature):
    text = b64({"alg": "ES256", "kid": "e1"}) + "." + b64(m.claims(iss="es"))
    return text + "." + b64(signature(text))


def of(m, iss, kid, key, alg, **changes):
    return join({"alg": alg, "kid": kid}, m.claims(iss=iss, **changes), m.keys[key])


def flipped(token, at):
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1:]


NOW = lambda seconds=0: int(time.time()) + seconds

AUTHORIZATIONS = {
    "empty": lambda m: "", "scheme alone": lambda m: "Bearer", "no scheme": lambda m: m.body(),
    "other scheme": lambda m: "Basic " + m.body(), "scheme DPoP": lambda m: "DPoP " + m.body(),
    "two blanks": lambda m: "Bearer  " + m.body(), "tab for the blank": lambda m: "Bearer\t" + m.body(),
    "two tokens": lambda m: f"Bearer {m.body()} {m.body()}",
    "two tokens with a comma": lambda m: f"Bearer {m.body()},{m.body()}", "in quotes": lambda m: f'Bearer "{m.body()}"',
    "as a parameter": lambda m: f"Bearer token={m.body()}",
    "two headers folded into one": lambda m: f"Bearer {m.body()}, Bearer {m.body()}",
}
FORMS = {
    "one part": lambda m: m.parts()[1], "two parts": lambda m: ".".join(m.parts()[:2]),
    "four parts": lambda m: m.body() + ".AA", "dot in front": lambda m: "." + m.body(),
    "dot behind": lambda m: m.body() + ".", "encrypted (five parts)": lambda m: ".".join(m.parts() + ["AA", "AA"]),
    "empty header": lambda m: "." + ".".join(m.parts()[1:]),
    "empty payload": lambda m: join(HEADER, "", m.secret), "empty signature": lambda m: ".".join(m.parts()[:2]) + ".",
    "only dots": lambda m: "..", "letters": lambda m: "a.b.c",
    "padding behind": lambda m: m.body() + "=",
    "padded payload": lambda m: join(HEADER, padded_to(1, m.claims()) + "==", m.secret),
    "base64 with + and /": lambda m: join(b64(HEADER), b64(m.claims(client_id="a")).replace("a", "+"), m.secret),
    "blank inside": lambda m: m.body()[:20] + " " + m.body()[20:],
    "percent escape": lambda m: m.body().replace(".", "%2E"), "more than 4096 bytes": lambda m: m.body(x="x" * 4000),
    "length that base64 cannot have": lambda m: m.body() + "AA",
    "unused bits in the header": lambda m: join(last_bits(padded_to(1, HEADER)), m.claims(), m.secret),
    "unused bits in the payload": lambda m: join(HEADER, last_bits(padded_to(2, m.claims())), m.secret),
    "unused bits in the signature": lambda m: m.body()[:-1] + last_bits(m.body()[-1:] * 3)[-1],
    "letters outside ASCII": lambda m: m.body() + "é",
}
HEADERS = {
    "alg none unsigned": lambda m: unsigned(m, "none"), "alg None unsigned": lambda m: unsigned(m, "None"),
    "alg nOnE with a signature": lambda m: m.head(alg="nOnE"),
    "alg none with a signature": lambda m: m.head(alg="none"), "alg empty": lambda m: m.head(alg=""),
    "alg missing": lambda m: m.head(alg=ABSENT), "alg null": lambda m: m.head(alg=None),
    "alg a number": lambda m: m.head(alg=256), "alg in lower case": lambda m: m.head(alg="hs256"),
    "alg HS384, well signed": lambda m: hmac_with(m, hashlib.sha384, "HS384"),
    "alg HS512, well signed": lambda m: hmac_with(m, hashlib.sha512, "HS512"),
    "alg RS256 over a secret": lambda m: m.head(alg="RS256"), "alg ES256 over a secret": lambda m: m.head(alg="ES256"),
    "public key as secret": lambda m: confused(m, "HS256"),
    "public key as secret, called RS256": lambda m: confused(m, "RS256"),
    "kid unknown": lambda m: m.head(kid="k2"), "kid empty": lambda m: m.head(kid=""),
    "kid a number": lambda m: m.head(kid=1), "kid null": lambda m: m.head(kid=None),
    "kid a path": lambda m: m.head(kid="../../../../dev/null"), "kid of another issuer": lambda m: m.head(kid="h1"),
    "kid with SQL": lambda m: m.head(kid="k1' OR 1=1"),
    "no kid where there are two keys": lambda m: join({"alg": "HS256"}, m.claims(iss="hs"), m.keys["h1"]),
    "key beside its kid": lambda m: of(m, "hs", "h2", "h1", "HS256"),
    "typ JWE": lambda m: m.head(typ="JWE"), "typ a number": lambda m: m.head(typ=1),
    "jku": lambda m: m.head(jku="https://evil.example/keys"), "x5u": lambda m: m.head(x5u="https://evil.example/x"),
    "jwk": lambda m: m.head(jwk=jwk("k1", m.secret)), "x5c": lambda m: m.head(x5c=["MIIB"]),
    "crit": lambda m: m.head(crit=["exp"]), "b64 false": lambda m: m.head(b64=False, crit=["b64"]),
    "zip": lambda m: m.head(zip="DEF"), "cty (nested)": lambda m: m.head(cty="JWT"),
    "unknown member": lambda m: m.head(x="1"), "header an array": lambda m: m.raw(header='["HS256"]'),
    "header a string": lambda m: m.raw(header='"HS256"'), "header no JSON": lambda m: m.raw(header="alg=HS256"),
    "header with a tail": lambda m: m.raw(header=json.dumps(HEADER) + "{}"),
    "header with a byte order mark": lambda m: m.raw(header="\ufeff" + json.dumps(HEADER)),
    "alg twice": lambda m: m.raw(header='{"alg":"none","alg":"HS256","kid":"k1"}'),
    "kid twice": lambda m: m.raw(header='{"alg":"HS256","kid":"k1","kid":"k1"}'),
    "alg twice, once escaped": lambda m: m.raw(header='{"alg":"HS256","\\u0061lg":"HS256","kid":"k1"}'),
}
SIGNATURES = {
    "other secret": lambda m: join(HEADER, m.claims(), "x" * 40),
    "empty secret": lambda m: join(HEADER, m.claims(), ""), "one bit of it": lambda m: flipped(m.body(), -10),
    "one bit of the payload": lambda m: flipped(m.body(), 60),
    "of another payload": lambda m: ".".join(m.parts()[:2] + join(HEADER, m.claims(sub="other"),
                                                                  m.secret).split(".")[2:]),
                                                                  "cut short": lambda m: m.body()[:-4],
                                                                  "longer": lambda m: m.body() + "AAAA",
    "another issuer's key": lambda m: join({**HEADER, "kid": "h1"}, m.claims(), m.keys["h1"]),
    "another issuer's name": lambda m: m.body(iss="hs"),
    "RS256 by the other key": lambda m: of(m, "rs", "r1", "r2", "RS256"),
    "RS256 all zero": lambda m: b64({"alg": "RS256",
                                     "kid": "r1"}) + "." + b64(m.claims(iss="rs")) + "." + b64(b"\0" * 256),
    "RS256 key meant for encryption": lambda m: of(m, "rset", "enc", "r2", "RS256"),
    "RS256 key meant for RS512": lambda m: of(m, "rset", "other", "r2", "RS256"),
    "ES256 by the other key": lambda m: of(m, "es", "e1", "e2", "ES256"),
    "ES256 of zeros": lambda m: es(m, lambda text: b"\0" * 64),
    "ES256 as DER": lambda m: es(m, lambda text: m.keys["e1"].sign(text.encode(), ec.ECDSA(hashes.SHA256()))),
    "ES256 of r alone": lambda m: es(m, lambda text: sign(text, m.keys["e1"])[:32]),
    "ES256 with a zero in front": lambda m: es(m, lambda text: b"\0" + sign(text, m.keys["e1"])),
    "of a credential issuer": lambda m: of(m, "cards", "h1", "h1", "HS256"),
}
CLAIMS = {
    "payload no JSON": lambda m: m.raw(payload="sub=someone"), "payload an array": lambda m: m.raw(payload="[]"),
    "payload null": lambda m: m.raw(payload="null"), "payload a number": lambda m: m.raw(payload="1"),
    "payload not UTF-8": lambda m: m.raw(payload=json.dumps(m.claims())[:-1].encode() + b',"x":"\xff"}'),
    "payload too deep": lambda m: m.text("x", "[" * 17 + "]" * 17),
    "payload with a tail": lambda m: m.raw(payload=json.dumps(m.claims()) + "x"),
    "a claim twice": lambda m: m.raw(payload=json.dumps(m.claims())[:-1] + ',"sub":"other"}'),
    "a claim twice, deep inside": lambda m: m.text("act", '{"sub":"a","sub":"b"}'),
    "NUL in sub": lambda m: m.text("sub", '"some\\u0000one"'),
    "exp missing": lambda m: m.body(exp=ABSENT), "exp below zero by a fraction": lambda m: m.text("exp", "-0.5"),
    "exp with an exponent": lambda m: m.text("exp", "1e10"), "exp a text": lambda m: m.body(exp=str(NOW(600))),
    "exp true": lambda m: m.body(exp=True), "exp null": lambda m: m.body(exp=None),
    "exp below zero": lambda m: m.body(exp=-1), "exp past 64 bits": lambda m: m.text("exp", "99999999999999999999"),
    "exp past all years": lambda m: m.body(exp=2**62), "exp at iat": lambda m: m.body(iat=NOW(), exp=NOW()),
    "exp before iat": lambda m: m.body(iat=NOW(), exp=NOW(-10)),
    "iat missing": lambda m: m.body(iat=ABSENT), "iat a text": lambda m: m.body(iat=str(NOW())),
    "iat to come, with a fraction": lambda m: m.text("iat", f"{NOW(60)}.5"), "iat to come": lambda m: m.body(iat=NOW(60), exp=NOW(600)),
    "lives too long": lambda m: m.body(exp=NOW(3601 + 5)),
    "lives too long for its issuer": lambda m: of(m, "short", "h1", "h1", "HS256"),
    "nbf to come": lambda m: m.body(nbf=NOW(60)),
    "nbf a text": lambda m: m.body(nbf="0"), "nbf null": lambda m: m.body(nbf=None),
    "aud missing": lambda m: m.body(aud=ABSENT), "aud other": lambda m: m.body(aud="other"),
    "aud longer": lambda m: m.body(aud="gongji2"), "aud in capitals": lambda m: m.body(aud="Gongji"),
    "aud empty": lambda m: m.body(aud=""),
    "aud null": lambda m: m.body(aud=None), "aud an empty list": lambda m: m.body(aud=[]),
    "aud a list without us": lambda m: m.body(aud=["a", "b"]),
    "aud a list with a number": lambda m: m.body(aud=["gongji", 1]),
    "aud an object": lambda m: m.body(aud={"gongji": True}),
    "aud of this server, not of this issuer": lambda m: of(m, "elsewhere", "h1", "h1", "HS256"),
    "iss missing": lambda m: m.body(iss=ABSENT), "iss unknown": lambda m: m.body(iss="nobody"),
    "iss in capitals": lambda m: m.body(iss="DEV"), "iss with a slash": lambda m: m.body(iss="dev/"),
    "iss a list": lambda m: m.body(iss=["dev"]),
    "iss null": lambda m: m.body(iss=None), "sub missing": lambda m: m.body(sub=ABSENT),
    "sub empty": lambda m: m.body(sub=""), "sub a number": lambda m: m.body(sub=1),
    "sub null": lambda m: m.body(sub=None), "sub an object": lambda m: m.body(sub={"id": "a"}),
    "sub too long": lambda m: m.body(sub="a" * 65), "sub with a blank": lambda m: m.body(sub="a b"),
    "sub with a line break": lambda m: m.body(sub="a\nb"), "sub with a slash": lambda m: m.body(sub="a/b"),
    "sub with a quote": lambda m: m.body(sub="a'b"), "sub in Chinese": lambda m: m.body(sub="张三"),
    "scope a list": lambda m: m.body(scope=["account"]), "scope a number": lambda m: m.body(scope=1),
    "scope null": lambda m: m.body(scope=None), "scope with a line break": lambda m: m.body(scope="x\naccount"),
    "scope with commas": lambda m: m.body(scope="x,account"),
    "act a text": lambda m: m.body(act="clerk"), "act empty": lambda m: m.body(act={}),
    "act without a name": lambda m: m.body(act={"sub": ""}), "act a number": lambda m: m.body(act={"sub": 1}),
    "act a list": lambda m: m.body(act=[{"sub": "a"}]),
    "act null": lambda m: m.body(act=None), "areas a number": lambda m: m.body(areas=340500),
    "areas of numbers": lambda m: m.body(areas=[340500]), "areas half a code": lambda m: m.body(areas=["34"]),
    "areas a text": lambda m: m.body(areas="340500"),
    "areas without end": lambda m: m.body(areas=["*"] * 513),
    "client_id with a blank": lambda m: m.body(client_id="a b"), "client_id a number": lambda m: m.body(client_id=1),
    "person_id too long": lambda m: m.body(person_id="a" * 33),
    "terminal_id a number": lambda m: m.body(terminal_id=7), "id_sighted a text": lambda m: m.body(id_sighted="true"),
}
BAD = {f"{group}: {name}": make_it for group,
       cases in (("form", FORMS), ("header", HEADERS), ("signature", SIGNATURES), ("claims", CLAIMS)) for name,
       make_it in cases.items()}


def refused(answer, wanted):
    assert (answer.status_code, code(answer)) == (401, wanted)
    assert answer.headers["WWW-Authenticate"] == CHALLENGE


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(gate, make, name):
    """F17: forged, expired, for somebody else, or not quite a token."""
    refused(ask(gate, ("Bearer " + BAD[name](make)).encode()), "TOKEN_INVALID")


@pytest.mark.parametrize("name", AUTHORIZATIONS)
def test_a_header_that_is_not_one_bearer_token_is_refused(gate, make, name):
    refused(ask(gate, AUTHORIZATIONS[name](make)), "TOKEN_INVALID")


def test_no_header_is_told_apart(gate):
    refused(ask(gate, None), "TOKEN_MISSING")


@pytest.mark.parametrize("ago", [5, 60, 100000])
def test_an_expired_token_is_told_apart_when_it_is_good_otherwise(gate, make, ago):
    times = {"iat": NOW(-ago - 600), "exp": NOW(-ago)}
    refused(ask(gate, "Bearer " + make.body(**times)), "TOKEN_EXPIRED")
    refused(ask(gate, "Bearer " + make.body(**times, aud="other")), "TOKEN_INVALID")
    refused(ask(gate, "Bearer " + flipped(make.body(**times), -10)), "TOKEN_INVALID")


GOOD = {
    "plain": lambda m: m.body(), "no typ": lambda m: m.head(typ=ABSENT),
    "typ of RFC 9068": lambda m: m.head(typ="at+jwt"), "no kid where there is one key": lambda m: m.head(kid=ABSENT),
    "aud in a list": lambda m: m.body(aud=["other", "gongji"]),
    "unknown claims": lambda m: m.body(jti="x", x={"y": [1]}),
    "a scope nobody knows": lambda m: m.body(scope="x account"),
    "nbf past": lambda m: m.body(nbf=NOW(-60)),
    "times with fractions (RFC 7519)": lambda m: m.body(iat=NOW(-1) + 0.25, nbf=NOW(-1) + 0.5, exp=NOW(600) + 0.75),
    "lives as long as it may": lambda m: m.body(iat=NOW(), exp=NOW() + 3600),
    "act of an act": lambda m: m.body(act={"sub": "a", "act": {"sub": "b"}}),
    "claims of a counter": lambda m: m.body(id_sighted=True, terminal_id="T-1", client_id="c:1"),
    "unused bits in no part": lambda m: join(padded_to(1, HEADER), padded_to(2, m.claims()), m.secret),
    "RS256 from PEM": lambda m: of(m, "rs", "r1", "r1", "RS256"),
    "RS256, the second key": lambda m: of(m, "rs", "r2", "r2", "RS256"),
    "RS256 from a set": lambda m: of(m, "rset", "r1", "r1", "RS256"),
    "RS256, the second of a set": lambda m: of(m, "rset", "r2", "r2", "RS256"),
    "ES256 from PEM": lambda m: of(m, "es", "e1", "e1", "ES256"),
    "ES256, the second key": lambda m: of(m, "es", "e2", "e2", "ES256"),
    "ES256 from a set": lambda m: of(m, "eset", "e1", "e1", "ES256"),
    "ES256, the second of a set": lambda m: of(m, "eset", "e2", "e2", "ES256"),
    "HS256, the second key": lambda m: of(m, "hs", "h2", "h2", "HS256"),
    "HS256 from a set": lambda m: of(m, "hset", "h1", "h1", "HS256"),
    "short-lived": lambda m: of(m, "short", "h1", "h1", "HS256", exp=NOW(50)),
    "aud of its issuer": lambda m: of(m, "elsewhere", "h1", "h1", "HS256", aud="elsewhere"),
    "RS256 of RFC 9068": lambda m: join({"alg": "RS256", "kid": "r1", "typ": "at+jwt"}, m.claims(iss="rs"),
                                        m.keys["r1"]),
                                        "ES256 of RFC 9068": lambda m: join({"alg": "ES256", "kid": "e1",
                                                                             "typ": "at+jwt"}, m.claims(iss="es"),
                                                                             m.keys["e1"]),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_token_is_taken_twice(gate, make, name):
    token = GOOD[name](make)
    assert accepted(gate, token) and accepted(gate, token)


def test_the_scheme_is_read_in_any_case(gate, make):
    assert code(ask(gate, "bEARER " + make.body())) == "PERSON_NOT_FOUND"


def test_a_token_that_was_taken_expires_all_the_same(gate, make):
    """RS256 and ES256 tokens are remembered once verified; their time is not."""
    times = {"iat": NOW(-10), "exp": NOW(1)}
    tokens = [of(make, *who, **times) for who in (("dev", "k1", "dev", "HS256"), ("rs", "r1", "r1", "RS256"),
                                                  ("es", "e1", "e1", "ES256"))]
    assert all(accepted(gate, token) for token in tokens)
    time.sleep(2.2)
    for token in tokens:
        refused(ask(gate, "Bearer " + token), "TOKEN_EXPIRED")


def test_the_server_says_nothing_of_why(gate, make):
    """An attacker learns no more than that the token is bad."""
    told = {tuple(ask(gate, "Bearer " + BAD[name](make)).json()[member] for member in ("title", "detail",
                                                                                       "code")) for name in list(BAD)[20:60]}
    assert len(told) == 1


# --- Keys that come and go --------------------------------------------------------------------------------------------
def reload(server, event):
    before = server.log_text().count(f'"event":"{event}"')
    server.process.send_signal(signal.SIGHUP)
    for _ in range(100):
        if server.log_text().count(f'"event":"{event}"') > before:
            return
        time.sleep(0.02)
    raise AssertionError(f"no {event} in the log:\n" + server.log_text()[-500:])


def test_sighup_reads_the_keys_again_and_keeps_the_old_ones_when_they_are_faulty(gate, make, keys):
    by = lambda name: of(make, "moving", name, name, "RS256")
    first, second = by("r1"), by("r2")
    def put(*names):
        (gate.folder / "moving.json").write_text(json.dumps({"keys": [jwk(name, keys[name]) for name in names]}))
    assert accepted(gate, first) and not accepted(gate, second)
    put("r1", "r2")
    assert not accepted(gate, second), "nothing is read without being told"
    reload(gate, "reloaded")
    assert accepted(gate, first) and accepted(gate, second)
    put("r2")
    reload(gate, "reloaded")
    assert accepted(gate, second) and not accepted(gate, first), "a remembered token dies with its key"
    for faulty in "", "{", '{"keys": []}', json.dumps({"keys": [jwk("r1", keys["r1"]), jwk("r1", keys["r2"])]}):
        (gate.folder / "moving.json").write_text(faulty)
        reload(gate, "reload_refused")
        assert accepted(gate, second) and not accepted(gate, first)
    assert "moving.json" in gate.log_text().split('"event":"reload_refused"')[1].split("\n")[0]
    put("r1")
    reload(gate, "reloaded")
    assert accepted(gate, first) and not accepted(gate, second)
    (gate.folder / "moving.json").write_text(json.dumps({"keys": [jwk("r1", keys["r2"])]}))
    reload(gate, "reloaded")
    assert not accepted(gate, first), "and when another key takes its kid"


def private_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


WEAK_RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)
OTHER_CURVE = ec.generate_private_key(ec.SECP384R1())
STRONG_EC = ec.generate_private_key(ec.SECP256R1())
STARTS = {
    "missing file": ("HS256", "k=key", None), "empty file": ("HS256", "k=key", b""),
    "line end alone": ("HS256", "k=key", b"\n"), "31 bytes": ("HS256", "k=key", b"a1" * 15 + b"b"),
    "31 bytes and a line end": ("HS256", "k=key", b"a1" * 15 + b"b\n"),
    "one byte repeated": ("HS256", "k=key", b"a" * 40), "RSA of 1024 bits": ("RS256", "k=key", public_pem(WEAK_RSA)),
    "another curve": ("ES256", "k=key", public_pem(OTHER_CURVE)),
    "EC key for RS256": ("RS256", "k=key", public_pem(STRONG_EC)),
    "private key for a public one": ("ES256", "k=key", private_pem(STRONG_EC)),
    "no PEM": ("RS256", "k=key", b"x" * 500), "no kid": ("HS256", "key", b"a1" * 20), "no key": ("HS256", ",", b""),
    "unknown algorithm": ("HS512", "k=key", b"a1" * 40), "algorithm none": ("none", "k=key", b""),
    "kid twice": ("HS256", "k=key k=key", b"a1" * 20), "set that is no JSON": ("RS256", "key.json", b"{"),
    "set without keys": ("RS256", "key.json", b'{"keys": []}'),
    "set of another kind": ("RS256", "key.json", json.dumps({"keys": [jwk("k", "a1" * 20)]}).encode()),
    "set with a short secret": ("HS256", "key.json", json.dumps({"keys": [jwk("k", "a1" * 15)]}).encode()),
    "set with a weak RSA key": ("RS256", "key.json", json.dumps({"keys": [jwk("k", WEAK_RSA)]}).encode()),
    "set with a point off the curve": ("ES256", "key.json",
                                       json.dumps({"keys": [{**jwk("k", STRONG_EC), "x": b64(b"\1" * 32)}]}).encode()),
                                       "set with a key without kid": ("ES256", "key.json",
                                                                      json.dumps({"keys": [{**jwk("k", STRONG_EC),
                                                                                            "kid": ""}]}).encode()),
}


@pytest.mark.parametrize("name", STARTS)
def test_the_server_does_not_start_on_a_key_that_is_missing_empty_or_weak(gate, tmp_path, name):
    algorithm, entries, content = STARTS[name]
    if content is not None:
        (tmp_path / ("key.json" if entries.endswith(".json") else "key")).write_bytes(content)
    text = (gate.folder / "gongji.ini").read_text().split("[issuer")[0].replace("= seal",
                                                                                f"= {gate.folder}/seal").replace("= index", f"= {gate.folder}/index")
    (tmp_path / "gongji.ini").write_text(text + SECTION.format("weak", algorithm, entries, ""))
    done = gate.run("--config", str(tmp_path / "gongji.ini"), "serve", check=False)
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and len(lines) == 1 and lines[0].startswith("gongji: [issuer weak]"), lines


# --- Scopes -----------------------------------------------------------------------------------------------------------
ROUTES = [line.split() for line in (ROOT / "tests/golden/routes.txt").read_text().splitlines()]
GUARDED = [(row[0], re.sub(r"\{[^}]+\}", "x", row[1]),
            [each for each in row[2:] if each in SCOPES.split()]) for row in ROUTES if row[2] != "-"]


def test_the_table_of_routes_was_read():
    assert len(GUARDED) > 30 and all(scopes for _, _, scopes in GUARDED)


@pytest.mark.parametrize("method, path, scopes", GUARDED, ids=lambda value: value if isinstance(value, str) else "")
def test_every_route_takes_its_scopes_and_no_other(gate, method, path, scopes):
    """Without the scope 403, with each single one of them anything but 401 and SCOPE_MISSING."""
    ask = lambda scope: requests.request(method, gate.url(path),
                                         headers={"Authorization": "Bearer " + mint(gate, "someone", scope)})
    for lacking in " ".join(each for each in SCOPES.split() if each not in scopes), "", scopes[0].upper(), scopes[0] + "x":
        answer = ask(lacking)
        assert (answer.status_code, code(answer)) == (403, "SCOPE_MISSING")
        assert answer.headers["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{" ".join(scopes)}"'
    for scope in scopes:
        assert code(ask(scope)) not in ("SCOPE_MISSING", "TOKEN_INVALID", "ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED",
                                        "INTERNAL_ERROR")


def test_an_issuer_cannot_grant_more_than_its_section_says(gate):
    beyond = Caller(gate, "op-1", "registry account", issuer="noact")
    assert code(beyond.get("/v1/persons/x")) == "SCOPE_MISSING"
    assert code(beyond.get("/v1/accounts/me")) == "PERSON_NOT_FOUND"


# --- Who acts for whom ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def bureau(gate):
    return World(gate)


def test_acting_for_another_needs_an_issuer_that_may(bureau):
    """S0-34: a proxy payer is named, and only where the channel may have one."""
    person = bureau.person(prior=100)
    for act in ({"sub": "clerk-7"}, {"sub": person.no}):
        refused_one = bureau.caller(person, issuer="noact", act=act).get("/v1/accounts/me")
        assert (refused_one.status_code, code(refused_one)) == (403, "PROXY_NOT_AUTHORISED")
    assert code(bureau.caller(person, issuer="noact").get("/v1/accounts/me")) == 200
    assert code(bureau.caller(person, act={"sub": "clerk-7"}).get("/v1/accounts/me")) == 200


def test_who_really_acted_and_through_which_channel_is_recorded(gate, bureau):
    """S0-16 S0-34: the grantor is the applicant; the clerk who worked for them stands beside, in the binding's history, the payment and the audit."""
    mother, child = bureau.person(prior=100000), bureau.child()
    clerk = bureau.caller(mother, act={"sub": "clerk-7"})
    binding = bureau.must(bureau.apply(mother, child, caller=clerk), 201)
    bureau.must(bureau.decide(binding["id"]), 200)
    payment = bureau.must(clerk.post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": 2027}), 201)
    assert payment["actor"] == "clerk-7"
    assert "actor" not in bureau.must(bureau.caller(mother).post("/v1/quotes",
                                                                 {"insured_id": bureau.child().no,
                                                                  "benefit_year": 2027}, key=None), 409)
    rows = gate.sql("SELECT action, subject, actor, channel FROM gongji.audit_log WHERE actor = 'clerk-7' AND subject = %s", mother.no)
    assert {row[0].split(".")[0] for row in rows} >= {"binding"} and {row[1:] for row in rows} == {(mother.no,
                                                                                                    "clerk-7",
                                                                                                    "web_hall")}
    assert binding["grantor_id"] == mother.no


def test_another_actor_is_another_request(bureau):
    """The comparison under one key includes `act`."""
    mother, child = bureau.person(prior=100000), bureau.child()
    bureau.bind(mother, child)
    body = {"insured_id": child.no, "benefit_year": 2027}
    bureau.must(bureau.caller(mother, act={"sub": "clerk-7"}).post("/v1/premium-payments", body, key="same"), 201)
    again = bureau.caller(mother, act={"sub": "clerk-8"}).post("/v1/premium-payments", body, key="same")
    assert code(again) == "IDEMPOTENCY_KEY_REUSED" and again.json()["pointer"] == "act"


def test_two_clients_of_one_citizen_do_not_share_keys(bureau):
    person = bureau.person(prior=100000)
    body = {"insured_id": person.no, "benefit_year": 2027}
    told = [bureau.caller(person, client_id=name).post("/v1/premium-payments", {**body, "client_reference": name},
                                                       key="k") for name in ("a", "b")]
    assert [code(each) for each in told] == ["NOT_RESIDENT_SCHEME"] * 2


# --- Areas of staff ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("areas, sees",
                         [(None, False), ([], False), (["340500"], True), (["340000"], True), (["340100"], False),
                          (["350000"], False), (["350100", "340500"], True),
                                         (["*"], True), ("*", True), (["000000"], False)])
def test_staff_see_and_touch_only_their_areas(bureau, areas, sees):
    """No areas, nothing; a province covers its prefectures; outside answers as if nobody were there."""
    person = bureau.person("340500", prior=500)
    clerk = Caller(bureau.server, "op-2", "registry inquiry freeze", areas=areas)
    calls = [clerk.get(f"/v1/persons/{person.no}"), clerk.get(f"/v1/accounts/{person.no}"),
             clerk.get(f"/v1/accounts/{person.no}/entries"),
             clerk.put(f"/v1/persons/{person.no}/freeze", {"frozen": False, "reason": "test"}),
             clerk.post(f"/v1/persons/{person.no}/contributions", {"amount_fen": 1, "year": 2026, "reference": "one"})]
    assert {each.status_code < 300 for each in calls} == {sees}, [each.status_code for each in calls]
    if not sees:
        unknown = clerk.get("/v1/persons/nobody-at-all")
        assert {code(each) for each in calls} == {code(unknown)} == {"PERSON_NOT_FOUND"}
        assert {name: value for name, value in calls[0].json().items() if name not in ("request_id", "instance")} == \
               {name: value for name, value in unknown.json().items() if name not in ("request_id", "instance")}
        assert bureau.account(person)["balance_fen"] == 500


def test_staff_cannot_register_people_in_or_move_them_to_other_areas(bureau):
    clerk, person = Caller(bureau.server, "op-2", "registry", areas=["340000"]), bureau.person("340500")
    fresh = {"name": "王小明", "id_number": id_number(80001), "area": "350100", "scheme": "employee", "status": "normal"}
    assert clerk.put("/v1/persons/fresh", fresh).status_code in (403, 404)
    assert clerk.put(f"/v1/persons/{person.no}", person.body(area="350100")).status_code in (403, 404)
    assert bureau.staff.get(f"/v1/persons/{person.no}").json()["area"] == "340500"
    assert bureau.staff.get("/v1/persons/fresh").status_code == 404


def test_reviewers_see_only_their_areas(bureau):
    mother, child = bureau.person(prior=100000), bureau.child()
    binding = bureau.must(bureau.apply(mother, child), 201)
    for areas, sees in ((["350000"], False), (None, False), (["340500"], True)):
        reviewer = Caller(bureau.server, "reviewer-9", "review", areas=areas)
        assert (binding["id"] in json.dumps(reviewer.get("/v1/reviews?limit=200").json())) == sees
        if not sees:
            assert code(reviewer.post(f"/v1/bindings/{binding['id']}/decision",
                                      {"decision": "approve"})) == "BINDING_NOT_FOUND"


# --- Reading about a person -------------------------------------------------------------------------------------------
REASONS = {
    "in Chinese": ("来电核对", True), "200 letters": ("x" * 200, True), "200 characters": ("汉" * 200, True),
    "none": (None, False),
    "empty": ("", False), "201 letters": ("x" * 201, False), "201 characters": ("汉" * 201, False),
    "not UTF-8": (b"\xff\xfe", False),
}


@pytest.mark.parametrize("name", REASONS)
def test_staff_say_why_they_read_about_a_person_and_it_is_written_down(gate, bureau, name):
    reason, taken = REASONS[name]
    person = bureau.person(prior=1)
    headers = {"Authorization": "Bearer " + mint(gate, "op-3", "inquiry review")}
    if reason is not None:
        headers["Access-Reason"] = reason if isinstance(reason, bytes) else reason.encode()
    for path in (f"/v1/persons/{person.no}", f"/v1/accounts/{person.no}", f"/v1/accounts/{person.no}/entries",
                 f"/v1/accounts/{person.no}/aid",
                 f"/v1/bindings?person_id={person.no}", f"/v1/payments?person_id={person.no}"):
        before = len(reads(gate, person))
        answer = requests.get(gate.url(path), headers=headers)
        if taken:
            assert answer.status_code == 200 and reads(gate, person)[before:] == [("op-3", reason)], path
        else:
            assert (answer.status_code, code(answer)) == (400,
                                                          "ACCESS_REASON_REQUIRED") and len(reads(gate,
                                                                                                  person)) == before, path
    headers.pop("Access-Reason", None)
    assert requests.get(gate.url("/v1/reviews"), headers=headers).status_code == 200, "the queue asks for none"


def reads(server, person):
    return server.sql("SELECT subject, reason FROM gongji.audit_log a JOIN gongji.person p ON p.id = a.person"
                      " WHERE p.person_no = %s AND reason IS NOT NULL AND subject = 'op-3' ORDER BY a.at", person.no)


def test_a_token_lives_by_the_real_clock_not_by_the_business_clock(gate, make):
    """The business clock of this run stands elsewhere; it expires nobody's token."""
    assert gate.environment["GONGJI_CLOCK_NOW"] == CLOCK and accepted(gate, make.body())

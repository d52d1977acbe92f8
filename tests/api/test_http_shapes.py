"""The protocol from outside: malformed shapes, order of checks, headers of every answer, faults of bodies and queries, rate limits."""
import json
import re
import time
import uuid

import pytest
import requests

from harness import Caller, Server, code, codes, id_number, mint
from inside import contents
from wire import connect, exchange, request

JSON = "Content-Type: application/json"
UUID7 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
PROBE = request("GET", "/livez", "Request-Id: probe")


@pytest.fixture(scope="module")
def quiet(new_server):
    """A server that nobody else writes to."""
    return new_server("shapes", load=False).start()


@pytest.fixture(scope="module")
def registrar(quiet):
    return Caller(quiet, "op-1", "registry inquiry")


def person_body(n, **changes):
    return {"name": "王小明", "id_number": id_number(n), "area": "340500", "scheme": "employee", "status": "normal",
            **changes}


# --- Malformed shapes -------------------------------------------------------------------------------------------------
BODY = json.dumps(person_body(70001)).encode()
LENGTH, CHUNKED = f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked"
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
NUL, TOKEN = b"X: a\0b", b"\1token\1"


def put(*fields, body=BODY, target="/v1/persons/shape", method="PUT", **options):
    """The request that would register a person, if the server took its shape; \\1token\\1 becomes a good token."""
    return request(method, target, b"Authorization: Bearer " + TOKEN, JSON, *fields, body=body, **options)


# Each shape stands alone on its connection, followed by a probe, which must not be answered after a refusal that closes.
# Numbers are libmicrohttpd's own refusals, words are ours; None: the connection is given up without a word.
SHAPES = {
    "two equal Content-Length": (put(LENGTH, LENGTH), "REQUEST_MALFORMED"),
    "two different Content-Length": (put(LENGTH, "Content-Length: 3"), "REQUEST_MALFORMED"),
    "Content-Length as a list": (put(f"{LENGTH}, {len(BODY)}"), 400),
    "Content-Length with a plus": (put(f"Content-Length: +{len(BODY)}"), 400),
    "Content-Length below zero": (put("Content-Length: -1"), 400),
    "Content-Length in hexadecimal": (put(f"Content-Length: 0x{len(BODY):x}"), 400),
    "Content-Length with a fraction": (put(f"{LENGTH}.0"), 400),
    "Content-Length empty": (put("Content-Length: "), 400),
    "Content-Length past 64 bits": (put("Content-Length: 99999999999999999999999"), 413),
    "Content-Length and chunked": (put(LENGTH, CHUNKED, body=CHUNKS), "REQUEST_MALFORMED"),
    "chunked and Content-Length": (put(CHUNKED, LENGTH, body=CHUNKS), "REQUEST_MALFORMED"),
    "chunked twice": (put(CHUNKED, CHUNKED, body=CHUNKS), "REQUEST_MALFORMED"),
    "Transfer-Encoding gzip": (put("Transfer-Encoding: gzip"), "REQUEST_MALFORMED"),
    "Transfer-Encoding gzip, chunked": (put("Transfer-Encoding: gzip, chunked", body=CHUNKS), "REQUEST_MALFORMED"),
    "Transfer-Encoding chunked, identity": (put("Transfer-Encoding: chunked, identity", body=CHUNKS),
                                            "REQUEST_MALFORMED"),
    "Transfer-Encoding xchunked": (put("Transfer-Encoding: xchunked", body=CHUNKS), "REQUEST_MALFORMED"),
    "Transfer-Encoding in quotes": (put('Transfer-Encoding: "chunked"', body=CHUNKS), "REQUEST_MALFORMED"),
    "Transfer-Encoding with a blank behind": (put("Transfer-Encoding: chunked ", body=CHUNKS), "REQUEST_MALFORMED"),
    "Transfer-Encoding on a folded line": (put("Transfer-Encoding:\r\n chunked", body=CHUNKS), "REQUEST_MALFORMED"),
    "Transfer-Encoding in HTTP/1.0": (put(CHUNKED, body=CHUNKS, version="HTTP/1.0"), "REQUEST_MALFORMED"),
    "chunk size that is no number": (put(CHUNKED, body=b"zz\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size below zero": (put(CHUNKED, body=b"-2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size past 64 bits": (put(CHUNKED, body=b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n"), 413),
    "chunk longer than it says": (put(CHUNKED, body=b"2\r\n{}{}\r\n0\r\n\r\n"), 400),
    "chunks without end": (put(CHUNKED,
                               body=(b"8000\r\n" + b"a" * 32768 + b"\r\n") * 45), None),
    "two Host": (put(LENGTH, "Host: b"), "REQUEST_MALFORMED"),
    "no Host": (put(LENGTH, host=None), "REQUEST_MALFORMED"),
    "two Authorization": (put(LENGTH, b"Authorization: Bearer " + TOKEN), "REQUEST_MALFORMED"),
    "two Content-Type": (put(LENGTH, JSON), "REQUEST_MALFORMED"),
    "two Content-Encoding": (put(LENGTH, "Content-Encoding: identity", "Content-Encoding: identity"),
                             "REQUEST_MALFORMED"),
    "two Idempotency-Key": (put(LENGTH, "Idempotency-Key: a", "Idempotency-Key: a"), "REQUEST_MALFORMED"),
    "two Access-Reason": (put(LENGTH, "Access-Reason: a", "Access-Reason: b"), "REQUEST_MALFORMED"),
    "two Request-Id": (put(LENGTH, "Request-Id: a", "Request-Id: b"), "REQUEST_MALFORMED"),
    "blank before the colon": (put(f"Content-Length : {len(BODY)}"), "REQUEST_MALFORMED"),
    "tab in a name": (put(LENGTH, "X\tY: 1"), "REQUEST_MALFORMED"),
    "NUL in a name": (put(LENGTH, b"X\0Y: 1"), 400),
    "NUL in a value": (put(LENGTH, NUL), "REQUEST_MALFORMED"),
    "letter outside ASCII in a name": (put(LENGTH, "Xé: 1"), "REQUEST_MALFORMED"),
    "line without a colon": (put(LENGTH, "Xyz"), 400),
    "line without a name": (put(LENGTH, ": v"), "REQUEST_MALFORMED"),
    "folded line": (put(LENGTH, "X: a\r\n b"), "REQUEST_MALFORMED"),
    "folded first line": (request("PUT", "/v1/persons/shape", " X: y", LENGTH, b"Authorization: Bearer " + TOKEN, JSON,
                                  body=BODY), "REQUEST_MALFORMED"),
    "bare CR in a value": (put(LENGTH, "X: a\rb"), "REQUEST_MALFORMED"),
    "control character in a value": (put(LENGTH, b"X: a\x01b"), "REQUEST_MALFORMED"),
    "DEL in a value": (put(LENGTH, b"X: a\x7fb"), "REQUEST_MALFORMED"),
    "lines that end with LF": (put(LENGTH, body=b"").replace(b"\r\n", b"\n") + BODY, "REQUEST_MALFORMED"),
    "escape in the path": (put(LENGTH, target="/v1/persons/%73hape"), "REQUEST_MALFORMED"),
    "NUL escaped in the path": (put(LENGTH, target="/v1/persons/shape%00"), "REQUEST_MALFORMED"),
    "dot segments": (put(LENGTH, target="/v1/x/../persons/shape"), "REQUEST_MALFORMED"),
    "one dot": (put(LENGTH, target="/v1/./persons/shape"), "REQUEST_MALFORMED"),
    "dots at the end": (put(LENGTH, target="/v1/persons/shape/.."), "REQUEST_MALFORMED"),
    "two slashes": (put(LENGTH, target="//v1/persons/shape"), "REQUEST_MALFORMED"),
    "two slashes within": (put(LENGTH, target="/v1//persons/shape"), "REQUEST_MALFORMED"),
    "backslash": (put(LENGTH, target="/v1\\persons\\shape"), "REQUEST_MALFORMED"),
    "fragment": (put(LENGTH, target="/v1/persons/shape#x"), "REQUEST_MALFORMED"),
    "fragment in the query": (put(LENGTH, target="/v1/persons/shape?a=1#x"), "REQUEST_MALFORMED"),
    "absolute form": (put(LENGTH, target="http://a/v1/persons/shape"), "REQUEST_MALFORMED"),
    "no leading slash": (put(LENGTH, target="v1/persons/shape"), "REQUEST_MALFORMED"),
    "asterisk form": (put(LENGTH, target="*"), "REQUEST_MALFORMED"),
    "control character in the path": (put(LENGTH, target=b"/v1/persons/sha\x01pe"), "REQUEST_MALFORMED"),
    "raw UTF-8 in the path": (put(LENGTH, target="/v1/persons/王"), "REQUEST_MALFORMED"),
    "raw UTF-8 in the query": (put(LENGTH, target="/v1/persons/shape?name=王"), "REQUEST_MALFORMED"),
    "blank in the target": (put(LENGTH, target="/v1/persons/shape x"), "REQUEST_MALFORMED"),
    "blank after the target": (put(LENGTH, target="/v1/persons/shape "), "REQUEST_MALFORMED"),
    "two blanks before the target": (put(LENGTH, target=" /v1/persons/shape"), "REQUEST_MALFORMED"),
    "target of 4097 bytes": (put(LENGTH, target="/v1/persons/shape?" + "a" * 4079), "REQUEST_MALFORMED"),
    "target of 50000 bytes": (put(LENGTH, target="/v1/persons/shape?" + "a" * 50000), 414),
    "header of 40000 bytes": (put(LENGTH, "X: " + "a" * 40000), 431),
    "one hundred headers": (put(LENGTH, *["X: a"] * 100), "REQUEST_MALFORMED"),
    "blank in the method": (put(LENGTH, method="P UT"), "REQUEST_MALFORMED"),
    "tab in the method": (put(LENGTH, method="P\tUT"), "REQUEST_MALFORMED"),
    "method in lower case": (put(LENGTH, method="put"), "METHOD_NOT_ALLOWED"),
    "method CONNECT": (put(LENGTH, method="CONNECT"), "METHOD_NOT_ALLOWED"),
    "method TRACE": (put(LENGTH, method="TRACE"), "METHOD_NOT_ALLOWED"),
    "method of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "version 2.0": (put(LENGTH, version="HTTP/2.0"), 505),
    "version 1.2": (put(LENGTH, version="HTTP/1.2"), "REQUEST_MALFORMED"),
    "version 0.9": (b"PUT /v1/persons/shape\r\n\r\n", 400),
    "version in lower case": (put(LENGTH, version="http/1.1"), 400),
    "version with a tail": (put(LENGTH, version="HTTP/1.1x"), 400),
    "another expectation": (put(LENGTH, "Expect: 200-ok"), "EXPECTATION_FAILED"),
    "two expectations": (put(LENGTH, "Expect: 100-continue", "Expect: 100-continue"), "REQUEST_MALFORMED"),
    "TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 600 + b"\r\n\r\n", None),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_malformed_shape_is_refused_closes_and_changes_nothing(quiet, name):
    shape, wanted = SHAPES[name]
    before = contents(quiet)
    shape = shape.replace(TOKEN, mint(quiet, "op-1", "registry").encode())
    answers, closed = exchange(quiet.listen, shape + PROBE)
    assert [each.code for each in answers] == ([wanted] if wanted else []), name
    assert closed, f"{name}: nobody can say where the next request begins"
    assert contents(quiet) == before
    alive, _ = exchange(quiet.listen, PROBE, answers=1)
    assert alive[0].status == 200


def test_the_well_formed_twin_of_those_shapes_is_taken(quiet):
    """So that the table above refuses shapes, and not a request that would fail anyway."""
    bearer = mint(quiet, "op-1", "registry").encode()
    for n, shape in enumerate([put(LENGTH), put(CHUNKED, body=CHUNKS), put("transfer-encoding:\tCHUNKED", body=CHUNKS),
                               b"\r\n" + put(LENGTH)]):
        answers, closed = exchange(quiet.listen, shape.replace(TOKEN, bearer) + PROBE, answers=2)
        assert answers[0].status in (200, 201) and answers[1].status == 200 and not closed, n
    assert quiet.sql("SELECT count(*) FROM gongji.person WHERE person_no = 'shape'") == [(1,)]


def test_the_longest_target_the_longest_token_and_thirty_headers_are_read(quiet):
    """Less than MHD has room for; what is more, it refuses itself."""
    long = request("GET", "/v1/accounts/me?x=" + "a" * 4078, "Authorization: Bearer " + "a" * 4096, "Access-Reason: " + "核" * 200,
                   *[f"X-{n}: {'a' * 30}" for n in range(28)])
    answers, closed = exchange(quiet.listen, long + PROBE, answers=2)
    assert [each.code for each in answers] == ["TOKEN_INVALID", 200] and not closed


@pytest.mark.parametrize("sent",
                         [b"PU", put(LENGTH)[:-len(BODY) - 2], put(LENGTH)[:-1], put(CHUNKED, body=CHUNKS[:-5])],
                         ids=["in the method", "in the headers", "in the body", "before the last chunk"])
def test_a_request_cut_short_has_no_effect(quiet, sent):
    before = contents(quiet)
    with connect(quiet.listen) as connection:
        connection.sendall(sent.replace(TOKEN, mint(quiet, "op-1", "registry").encode()).replace(b"shape", b"cut"))
    alive, _ = exchange(quiet.listen, PROBE, answers=1)
    assert alive[0].status == 200 and contents(quiet) == before


def test_a_body_that_drips_is_given_up_at_the_deadline(quiet, tmp_path):
    slow = Server(tmp_path, quiet.database, {"GONGJI_SERVER_REQUEST_MS": "300"}, secret=quiet.secret).start()
    try:
        def drops():
            yield put("Content-Length: 1000", body=b"").replace(TOKEN, mint(quiet, "op-1", "registry").encode())
            for _ in range(60):
                yield b" "
                time.sleep(0.02)
        answers, closed = exchange(slow.listen, drops())
        assert (answers, closed) == ([], True)
    finally:
        slow.stop()


# --- What keeps a connection ------------------------------------------------------------------------------------------
KEPT = {
    "no token": (request("PUT", "/v1/persons/x", JSON, LENGTH, body=BODY), "TOKEN_MISSING"),
    "no such address": (put(LENGTH, target="/v1/nope"), "ROUTE_NOT_FOUND"),
    "known method that is not served": (put(LENGTH, method="DELETE"), "METHOD_NOT_ALLOWED"),
    "OPTIONS": (put(LENGTH, method="OPTIONS"), "METHOD_NOT_ALLOWED"),
    "other media type": (request("PUT", "/v1/persons/x", b"Authorization: Bearer " + TOKEN, "Content-Type: text/xml",
                                 LENGTH, body=BODY), "MEDIA_TYPE_NOT_SUPPORTED"),
    "body a little too large": (put("Content-Length: 70000", body=b" " * 70000), "BODY_TOO_LARGE"),
    "chunks a little too large": (put(CHUNKED, body=b"11170\r\n" + b" " * 70000 + b"\r\n0\r\n\r\n"), "BODY_TOO_LARGE"),
    "faulty body": (put("Content-Length: 2", body=b"{}"), "VALIDATION_FAILED"),
    "body of a GET": (request("GET", "/livez", "Content-Length: 2", body=b"{}"), "VALIDATION_FAILED"),
    "key missing": (request("POST", "/v1/persons/x/contributions", b"Authorization: Bearer " + TOKEN, JSON,
                            "Content-Length: 2", body=b"{}"), "IDEMPOTENCY_KEY_MISSING"),
}


@pytest.mark.parametrize("name", KEPT)
def test_an_ordinary_refusal_keeps_the_connection_in_step(quiet, name):
    shape, wanted = KEPT[name]
    shape = shape.replace(TOKEN, mint(quiet, "op-1", "registry").encode())
    answers, closed = exchange(quiet.listen, shape + shape + PROBE, answers=3)
    assert [each.code for each in answers] == [wanted, wanted, 200] and not closed
    assert answers[2].header("Request-Id") == "probe"


@pytest.mark.parametrize("name, shape, wanted", [
    ("a large body is not read to its end", put("Content-Length: 5000000", body=b""), ["BODY_TOO_LARGE"]),
    ("no 100 Continue before a refusal", request("PUT", "/v1/persons/x", JSON, LENGTH, "Expect: 100-continue"),
     ["TOKEN_MISSING"]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_refusal_before_the_body_closes(quiet, name, shape, wanted):
    answers, closed = exchange(quiet.listen, shape.replace(TOKEN, mint(quiet, "op-1", "registry").encode()))
    assert [each.code for each in answers] == wanted and closed


def test_expect_100_continue_is_met(quiet):
    shape = put(LENGTH, "Expect: 100-continue").replace(TOKEN, mint(quiet, "op-1", "registry").encode())
    answers, _ = exchange(quiet.listen, shape, answers=2)
    assert [each.status for each in answers][0] == 100 and answers[1].status in (200, 201)


def test_http_1_0_gets_its_answer_and_an_end(quiet):
    answers, closed = exchange(quiet.listen, request("GET", "/livez", version="HTTP/1.0", host=None))
    assert [each.status for each in answers] == [200] and closed


def test_requests_in_one_go_are_answered_in_order(quiet):
    answers, _ = exchange(quiet.listen, b"".join(request("GET", "/livez", f"Request-Id: n{n}") for n in range(20)),
                          answers=20)
    assert [each.header("Request-Id") for each in answers] == [f"n{n}" for n in range(20)]


@pytest.mark.parametrize("path, status",
                         [("/livez", 200), ("/metrics", 200), ("/v1/persons/nobody", 404), ("/nope", 404)])
def test_head_is_get_without_a_body(quiet, registrar, path, status):
    answers, closed = exchange(quiet.listen,
                               request("HEAD", path, "Authorization: " + registrar.session.headers["Authorization"],
                                       "Access-Reason: test"),
                               answers=1, head_only=True)
    got = registrar.get(path)
    assert (answers[0].status, got.status_code, closed) == (status, status, False)
    for name in ("Content-Type", "Cache-Control", "Content-Language", "Vary"):
        assert answers[0].header(name) == got.headers.get(name), name
    assert int(answers[0].header("Content-Length")) > 0
    after, _ = exchange(quiet.listen, request("HEAD", "/livez") + PROBE, wait=0.2, head_only=True)
    assert len(after) == 2, "no body between the two"


# --- Order of checks --------------------------------------------------------------------------------------------------
def test_checks_come_in_the_documented_order(world):
    """404/405, 401, 403, 415, 413, key, body, replay, business: each request below is also wrong in all that comes after."""
    person, child, other = world.person(prior=100000), world.child(), world.child()
    good, poor, key = mint(world.server, person.no, "premium"), mint(world.server, person.no,
                                                                     "account"), str(uuid.uuid4())
    paid = {"insured_id": child.no, "benefit_year": 2027}
    used = requests.post(world.server.url("/v1/premium-payments"), json=paid,
                         headers={"Authorization": "Bearer " + good, "Idempotency-Key": key})
    assert code(used) == "BINDING_REQUIRED"
    large, faulty, differs = b"[" * 70000, b'{"x": 1}', json.dumps({**paid, "insured_id": other.no}).encode()
    steps = [("POST", "/v1/nope", None, "text/xml", large, None, "ROUTE_NOT_FOUND"),
             ("DELETE", "/v1/premium-payments", None, "text/xml", large, None, "METHOD_NOT_ALLOWED"),
             ("POST", "/v1/premium-payments", None, "text/xml", large, None, "TOKEN_MISSING"),
             ("POST", "/v1/premium-payments", "x.y.z", "text/xml", large, None, "TOKEN_INVALID"),
             ("POST", "/v1/premium-payments", poor, "text/xml", large, None, "SCOPE_MISSING"),
             ("POST", "/v1/premium-payments", good, "text/xml", large, None, "MEDIA_TYPE_NOT_SUPPORTED"),
             ("POST", "/v1/premium-payments", good, "application/json", large, None, "BODY_TOO_LARGE"),
             ("POST", "/v1/premium-payments", good, "application/json", faulty, None, "IDEMPOTENCY_KEY_MISSING"),
             ("POST", "/v1/premium-payments", good, "application/json", faulty, "not a key", "IDEMPOTENCY_KEY_INVALID"),
             ("POST", "/v1/premium-payments", good, "application/json", faulty, key, "VALIDATION_FAILED"),
             ("POST", "/v1/premium-payments", good, "application/json", differs, key, "IDEMPOTENCY_KEY_REUSED"),
             ("POST", "/v1/premium-payments", good, "application/json", differs, str(uuid.uuid4()), "BINDING_REQUIRED")]
    for method, path, token, media, body, its_key, wanted in steps:
        headers = {"Content-Type": media, **({"Authorization": "Bearer " + token} if token else {}),
                   **({"Idempotency-Key": its_key} if its_key else {})}
        assert code(requests.request(method, world.server.url(path), data=body, headers=headers)) == wanted


@pytest.mark.parametrize("path, allowed", [
    ("/livez", {"GET", "HEAD"}), ("/v1/bindings", {"GET", "HEAD", "POST"}), ("/v1/persons/x", {"GET", "HEAD", "PUT"}),
    ("/v1/persons/resolve", {"POST"}), ("/v1/imports", {"POST"}), ("/v1/policies/340500/2026-01-01", {"PUT"}),
    ("/v1/persons/x/freeze", {"PUT"}), ("/v1/bindings/options", {"GET", "HEAD"})])
def test_405_says_what_is_allowed(quiet, path, allowed):
    for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - allowed:
        answer = requests.request(method, quiet.url(path))
        assert answer.status_code == 405, method
        assert {each.strip() for each in answer.headers["Allow"].split(",")} == allowed


@pytest.mark.parametrize("path",
                         ["/", "/v1", "/v1/", "/livez/", "/v1/bindings/", "/V1/bindings", "/v1/Bindings",
                          "/v2/bindings", "/v1/persons/a/b",
                                  "/v1/accounts", "/index.html", "/.env"])
def test_404_for_what_is_no_address(quiet, path):
    answer = requests.get(quiet.url(path))
    assert (answer.status_code, code(answer)) == (404, "ROUTE_NOT_FOUND")


@pytest.mark.parametrize("media, taken", [
    ("application/json", True), ("Application/JSON", True), ("application/json; charset=utf-8", True),
    ('application/json;charset="UTF-8"', True),
    (None, False), ("text/plain", False), ("text/json", False), ("application/jsonp", False),
    ("application/json, text/xml", False),
    ("application/json; charset=gbk", False), ("application/json; charset=utf-16", False),
    ("application/x-www-form-urlencoded", False),
    ("multipart/form-data; boundary=x", False), ("", False)])
def test_415_for_bodies_that_are_not_utf_8_json(registrar, media, taken):
    answer = registrar.session.put(registrar.server.url("/v1/persons/media"), data=json.dumps(person_body(70002)),
                                   headers={"Content-Type": media})
    assert (answer.status_code in (200,
                                   201)) if taken else (answer.status_code == 415 and code(answer) == "MEDIA_TYPE_NOT_SUPPORTED")


@pytest.mark.parametrize("coding, status",
                         [("identity", 200), ("gzip", 415), ("deflate", 415), ("br", 415), ("gzip, identity", 415)])
def test_415_for_compressed_bodies(registrar, coding, status):
    answer = registrar.session.put(registrar.server.url("/v1/persons/media"), json=person_body(70002),
                                   headers={"Content-Encoding": coding})
    assert answer.status_code == status or (status == 200 and answer.status_code == 201)


@pytest.mark.parametrize("path, media, limit",
                         [("/v1/persons/size", "application/json", 65536),
                          ("/v1/evidence", "image/png", 5 * 1024 * 1024)])
def test_413_from_the_first_byte_over_the_limit(quiet, path, media, limit):
    method = "POST" if "evidence" in path else "PUT"
    caller = Caller(quiet, "someone", "family registry")
    for size, too_large in ((limit, False), (limit + 1, True)):
        answer = caller.session.request(method, quiet.url(path), data=b" " * size,
                                        headers={"Content-Type": media, "Evidence-Type": "other"})
        assert (code(answer) == "BODY_TOO_LARGE") == too_large and (answer.status_code == 413) == too_large, size


@pytest.mark.parametrize("key, status",
                         [("k" * 255, 404), ('"quoted"', 404), ('"a\\"b"', 404), ("!~", 404), ("k" * 256, 400),
                          ("a b", 400), ('"a', 400), ('""', 400),
                                         ('"a"b"', 400), ('"a\\x"', 400), ("ключ".encode(), 400)])
def test_an_idempotency_key_is_1_to_255_visible_characters(registrar, key, status):
    body = {"amount_fen": 1, "year": 2026, "reference": "r"}
    answer = registrar.session.post(registrar.server.url("/v1/persons/nobody/contributions"), json=body,
                                    headers={"Idempotency-Key": key})
    assert answer.status_code == status and code(answer) == ("PERSON_NOT_FOUND" if status == 404 else "IDEMPOTENCY_KEY_INVALID")


# --- Headers of every answer ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sent, echoed",
                         [("my.id-1_x", True), ("a", True), ("A" * 128, True), ("A" * 129, False), ("a b", False),
                          ("a/b", False), ("a,b", False),
                                          ("", False), ("é", False), ("a;b", False)])
def test_request_id_is_echoed_when_well_formed_and_made_otherwise(quiet, sent, echoed):
    for path in "/livez", "/nope", "/v1/bindings":
        answers, _ = exchange(quiet.listen, request("GET", path, "Request-Id: " + sent), answers=1)
        given = answers[0].header("Request-Id")
        assert given == sent if echoed else UUID7.match(given)
        assert path == "/livez" or json.loads(answers[0].body)["request_id"] == given


def test_no_two_requests_are_named_alike(quiet):
    answers, _ = exchange(quiet.listen, request() * 50, answers=50)
    assert len({each.header("Request-Id") for each in answers}) == 50


@pytest.mark.parametrize("asked, given", [
    (None, "zh-CN"), ("", "zh-CN"), ("zh-CN", "zh-CN"), ("en", "en"), ("EN-us", "en"), ("fr", "zh-CN"), ("*", "zh-CN"),
    ("en,zh", "en"), ("zh,en", "zh-CN"),
    ("en;q=0.9,zh;q=0.8", "en"), ("en;q=0.8, zh-TW;q=0.9", "zh-CN"), ("en;q=0", "zh-CN"), ("fr, en;q=0.5", "en"),
    ("zh;q=0, en;q=0.1", "en"),
    ("en;q=2", "zh-CN"), ("en;q=x", "zh-CN"), ("english", "zh-CN"), (",,;;=q", "zh-CN"),
    ("en;q=0.001,zh;q=0.002", "zh-CN")])
def test_texts_follow_accept_language(quiet, asked, given):
    fields = [] if asked is None else ["Accept-Language: " + asked]
    answers, _ = exchange(quiet.listen, request("GET", "/nope", *fields), answers=1)
    title = json.loads(answers[0].body)["title"]
    assert answers[0].header("Content-Language") == given and answers[0].header("Vary") == "Accept-Language"
    assert title.isascii() == (given == "en")


def test_codes_are_never_translated(quiet):
    told = [requests.get(quiet.url("/v1/bindings"),
                         headers={"Accept-Language": each, "Request-Id": "same"}).json() for each in ("zh-CN", "en")]
    differs = {name for name in told[0] if told[0][name] != told[1][name]}
    assert differs == {"title", "detail"}


def test_a_problem_has_all_its_members(quiet):
    answer = requests.get(quiet.url("/v1/bindings"))
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code", "request_id", "retry"}
    assert problem["status"] == answer.status_code == 401 and problem["code"] == "TOKEN_MISSING" and problem["retry"] == "never"
    assert answer.headers["Cache-Control"] == "no-store" and problem["request_id"] == answer.headers["Request-Id"]


def test_personal_data_is_not_stored_on_the_way(world):
    person = world.person(prior=100)
    for path in ("/v1/accounts/me", "/v1/accounts/me/aid", "/v1/accounts/me/entries", "/v1/bindings",
                 "/v1/bindings/options", "/v1/premiums", "/v1/payments"):
        assert world.caller(person).get(path).headers.get("Cache-Control") == "no-store", path
    for path in f"/v1/persons/{person.no}", f"/v1/accounts/{person.no}", "/v1/reviews":
        assert world.staff.get(path).headers.get("Cache-Control") == "no-store", path
    for path in "/livez", "/openapi.json", "/v1/policies/340500":
        assert "Cache-Control" not in world.staff.get(path).headers, path


# --- Faults of a body -------------------------------------------------------------------------------------------------
GOOD = json.dumps(person_body(70003), ensure_ascii=False)[1:-1]
ALL_MISSING = [(f"/{name}", "missing") for name in ("name", "id_number", "area", "scheme", "status")]
BODIES = {
    "everything at once": ('{"name": "张三", "name": "李四", "id_number": 5, "area": "340500", "scheme": "other",'
                           ' "birth_date": "2020-02-30", "extra": 1, "a/b~c": []}',
                           [("/name", "duplicate_member"), ("/id_number", "wrong_type"), ("/scheme", "not_allowed"),
                            ("/status", "missing"), ("/birth_date", "bad_format"),
                            ("/extra", "unknown_member"), ("/a~1b~0c", "unknown_member")]),
    "nothing": ("{}", ALL_MISSING),
    "null is not absent": ("{%s}" % GOOD.replace('"normal"', "null"), [("/status", "wrong_type")]),
    "text is no truth": ('{%s, "excluded": "true"}' % GOOD, [("/excluded", "wrong_type")]),
    "name too long": ("{%s}" % GOOD.replace("王小明", "王" * 51), [("/name", "bad_format")]),
    "duplicate deep inside": ('{%s, "x": {"a": 1, "b": {"c": 1, "c": 1}}}' % GOOD,
                              [("/x/b/c", "duplicate_member"), ("/x", "unknown_member")]),
    "number past 2^53 overflows": ('{%s, "x": 99999999999999999999}' % GOOD, [("/x", "out_of_range")]),
    "number past all": ('{%s, "x": 1e999}' % GOOD, [("/x", "out_of_range")]),
    "sixteen deep": ('{%s, "x": %s1%s}' % (GOOD, "[" * 15, "]" * 15), [("/x", "unknown_member")]),
    "seventeen deep": ('{%s, "x": %s1%s}' % (GOOD, "[" * 16, "]" * 16), [("", "malformed")]),
    "brackets in a string are no depth": ('{%s, "x": "%s\\"["}' % (GOOD, "[" * 50), [("/x", "unknown_member")]),
    "sixty thousand deep": ("[" * 60000, [("", "malformed")]),
    "an array": ("[]", [("", "wrong_type")]),
    "byte order mark": ("\ufeff{%s}" % GOOD, [("", "malformed")]),
    **{name: (text, [("", "malformed")]) for name, text in {
        "empty": "", "null": "null", "a number": "5", "cut off": "{%s" % GOOD, "a tail": "{%s}x" % GOOD,
        "two objects": "{%s} {}" % GOOD, "NaN": '{"a": NaN}',
        "leading zero": '{"a": 01}', "single quotes": "{'a': 1}", "comma at the end": '{"a": 1,}',
        "comment": '{"a": 1} // x', "NUL in a text": '{"name": "\\u0000"}',
        "half a surrogate pair": '{"name": "\\ud800"}', "raw line break in a text": '{"name": "a\nb"}',
        "not UTF-8": b'{"name": "\xff"}',
        "overlong UTF-8": b'{"name": "\xc0\xaf"}', "UTF-16": "{}".encode("utf-16"),
        "GBK": '{"name": "张三"}'.encode("gbk")}.items()},
}


@pytest.mark.parametrize("name", BODIES)
def test_all_faults_of_a_body_are_told_with_pointers(registrar, name):
    text, wanted = BODIES[name]
    answer = registrar.session.put(registrar.server.url("/v1/persons/body"),
                                   data=text if isinstance(text, bytes) else text.encode(),
                                   headers={"Content-Type": "application/json"})
    assert (answer.status_code, code(answer)) == (400, "VALIDATION_FAILED")
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == wanted
    assert all(each["detail"] for each in answer.json()["errors"])
    assert registrar.get("/v1/persons/body").status_code == 404


@pytest.mark.parametrize("amount", ["1.0", "1e2", "-1", "0", "9007199254740992", '"100"', "true", "null", "[1]"])
def test_money_is_an_integer_of_fen_and_nothing_else(registrar, amount):
    answer = registrar.session.post(registrar.server.url("/v1/persons/nobody/contributions"),
                                    headers={"Content-Type": "application/json",
                                             "Idempotency-Key": "m" + amount[:4].replace(" ", "")},
                                    data='{"amount_fen": %s, "year": 2026, "reference": "r"}' % amount)
    assert code(answer) == "VALIDATION_FAILED"
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/amount_fen"]


def test_a_flood_of_faults_gets_a_bounded_answer(registrar):
    answer = registrar.session.put(registrar.server.url("/v1/persons/body"), json={f"k{n}": 1 for n in range(3000)})
    assert answer.status_code == 400 and len(answer.json()["errors"]) <= 100


# --- Queries ----------------------------------------------------------------------------------------------------------
QUERIES = {
    "limit=0": ["?limit out_of_range"], "limit=201": ["?limit out_of_range"], "limit=x": ["?limit wrong_type"],
    "limit=": ["?limit wrong_type"], "limit=+5": ["?limit wrong_type"],
    "limit=1e1": ["?limit wrong_type"], "limit=%205": ["?limit wrong_type"],
    "limit=1&limit=1": ["?limit duplicate_member"], "limit=1&l%69mit=1": ["?limit duplicate_member"],
    "lim=1&from=x&kind=y": ["?lim unknown_member", "?from bad_format", "?kind not_allowed"],
    "LIMIT=1": ["?LIMIT unknown_member"], "kind=": ["?kind out_of_range"],
    "from=%": ["?from malformed"], "from=%2": ["?from malformed"], "from=%zz": ["?from malformed"],
    "from=%00": ["?from malformed"], "from=%ff": ["?from malformed"],
    "from=%C0%AF": ["?from malformed"], "kind=%0A": ["?kind malformed"], "limit=5&": ["? malformed"],
    "=5": ["? malformed"], "%zz=5": ["? malformed"],
    "from=2026-13-01": ["?from bad_format"], "from=2026-02-29": ["?from bad_format"],
    "from=2026-01-01T24:00:00Z": ["?from bad_format"], "from=2026-01-01T00:00:00": ["?from bad_format"],
    "from=2026-1-1": ["?from bad_format"], "from=2026-01-01T00:00:00%2B15:00": ["?from bad_format"],
    "from=%252026": ["?from bad_format"],
    "from=2026-01-01&to=2026-01-01": "RANGE_INVALID", "from=2026-01-02&to=2026-01-01": "RANGE_INVALID",
    "from=2026-01-01T08:00:00%2B08:00&to=2026-01-01T00:00:00Z": "RANGE_INVALID",
    "cursor=": ["?cursor out_of_range"], "cursor=x": "CURSOR_INVALID", "cursor=eyJ9.00": "CURSOR_INVALID",
    "cursor=.": "CURSOR_INVALID",
    "": 200, "limit=%35": 200, "limit=1": 200, "limit=200": 200, "from=2026-01-01": 200, "from=2024-02-29": 200,
    "from=2026-01-01T00:00:00+08:00": 200,
    "from=2026-01-01T00:00:00%2B08:00": 200, "from=2026-01-01t00:00:00z": 200,
    "from=2026-01-01T00:00:00.123456-05:00&to=2027-01-01": 200,
}


@pytest.fixture(scope="module")
def reader(world):
    return world.caller(world.person(prior=100, current=5))


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_decoded_once_and_strictly(reader, query):
    answers, _ = exchange(reader.server.listen,
                          request("GET", "/v1/accounts/me/entries?" + query,
                                  "Authorization: " + reader.session.headers["Authorization"]), answers=1)
    body, wanted = json.loads(answers[0].body), QUERIES[query]
    if isinstance(wanted, list):
        assert answers[0].code == "VALIDATION_FAILED" and [f"{each['pointer']} {each['code']}" for each in body["errors"]] == wanted
    else:
        assert answers[0].code == wanted


def test_parameters_nobody_reads_are_faults_everywhere(world, reader):
    for caller, path in ((reader, "/v1/accounts/me?x=1"), (reader, "/livez?x=1"), (world.staff, "/v1/ledger/proof?x=1"),
                         (reader, "/v1/bindings/options?limit=1")):
        assert codes(caller.get(path)) == ["unknown_member"], path
    refused = reader.post("/v1/quotes?x=1", {"insured_id": reader.sub, "benefit_year": 2027}, key=None)
    assert codes(refused) == ["unknown_member"]


def test_a_plus_in_a_query_means_the_same_as_its_escape(reader):
    told = [reader.get(f"/v1/accounts/me/entries?from=2026-11-21T00:00:00{plus}08:00").json()["data"] for plus in ("+",
                                                                                                                   "%2B", "%20")]
    assert told[0] == told[1] == told[2] and len(told[0]) == 2


def test_a_cursor_is_good_only_where_it_was_given_out(world, reader):
    page = reader.get("/v1/accounts/me/entries?limit=1").json()
    cursor = page["next_cursor"]
    assert code(reader.get(f"/v1/accounts/me/entries?cursor={cursor}")) == 200
    assert code(reader.get(f"/v1/payments?cursor={cursor}")) == "CURSOR_INVALID"
    assert code(reader.get(f"/v1/accounts/me/entries?cursor={cursor[:-1]}{'0' if cursor[-1] != '0' else '1'}")) == "CURSOR_INVALID"
    assert code(reader.get(f"/v1/accounts/me/entries?cursor=A{cursor}")) == "CURSOR_INVALID"


# --- Rate limits ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def small(quiet, tmp_path_factory):
    limits = {"GONGJI_LIMIT_CLIENT_PER_SECOND": "1", "GONGJI_LIMIT_CLIENT_BURST": "4",
              "GONGJI_LIMIT_RESOLVE_PER_MINUTE": "2"}
    server = Server(tmp_path_factory.mktemp("small"), quiet.database, limits, secret=quiet.secret).start()
    yield server
    server.stop()


def limited(answer, policy):
    assert answer.status_code == 429 and code(answer) == "RATE_LIMITED" and answer.json()["retry"] == "later"
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["RateLimit-Policy"] == policy
    assert re.match(policy.split(";")[0] + r";r=0;t=\d+$", answer.headers["RateLimit"])


def test_a_client_over_its_limit_gets_429_and_the_next_one_does_not(small):
    busy, other = Caller(small, "busy", "account"), Caller(small, "other", "account")
    told = [busy.get("/v1/accounts/me") for _ in range(8)]
    assert {code(each) for each in told[:4]} == {"PERSON_NOT_FOUND"}
    limited(told[-1], '"client";q=1;w=1')
    assert code(other.get("/v1/accounts/me")) == "PERSON_NOT_FOUND"
    time.sleep(int(told[-1].headers["Retry-After"]))
    assert code(busy.get("/v1/accounts/me")) == "PERSON_NOT_FOUND"


def test_guessing_tokens_is_limited_by_address_and_probes_are_not(small):
    told = [code(requests.get(small.url("/v1/accounts/me"),
                              headers={"Authorization": f"Bearer a.b.{n}"})) for n in range(8)]
    assert told[0] == "TOKEN_INVALID" and told[-1] == "RATE_LIMITED"
    assert {requests.get(small.url("/livez")).status_code for _ in range(20)} == {200}


def test_looking_identities_up_has_a_limit_of_its_own(small):
    backend = Caller(small, "backend", "resolve")
    told = [backend.post("/v1/persons/resolve", {"name": "王小明", "id_number": id_number(70009)}) for _ in range(3)]
    assert [code(each) for each in told[:2]] == ["NAME_ID_MISMATCH"] * 2
    limited(told[2], '"resolve";q=2;w=60')

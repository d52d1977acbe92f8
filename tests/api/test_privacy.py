"""Known names and ID numbers go in everywhere a caller could put them, and come out nowhere: logs, errors, metrics, tables, PostgreSQL's log."""
import base64
import json
import os
import urllib.parse
from pathlib import Path

import pytest
import requests

from harness import Caller, World, codes, id_number, mint, sql
from inside import contents
from wire import exchange, request

NAMES = ["慕容漱玉", "司徒望舒", "欧阳拾光", "尉迟听澜", "阿依古丽·买买提"]
NUMBERS = [id_number(91000 + n) for n in range(5)]
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 200


LOUD = "log_statement = 'all'", "log_parameter_max_length = -1", "log_parameter_max_length_on_error = -1", "log_error_verbosity = 'verbose'"


@pytest.fixture(scope="module")
def house(new_server):
    return new_server("privacy", {"GONGJI_LOG_LEVEL": "debug"})


def forms(secret):
    """How a text may hide: as it is, in the escapes of JSON and URLs, in hexadecimal and base64. Of an ID number also the part that a mask hides."""
    raw = secret.encode()
    found = {secret, raw.hex(), base64.b64encode(raw).decode().rstrip("=")[:-1],
             base64.urlsafe_b64encode(raw).decode().rstrip("=")[:-1]}
    if secret.isascii():
        return found | {secret.lower(), secret[3:-2]}
    return found | {json.dumps(secret)[1:-1], urllib.parse.quote(secret), json.dumps(secret[1:])[1:-1], secret[1:],
                    urllib.parse.quote(secret[1:])}


SECRETS = {form for secret in NAMES + NUMBERS for form in forms(secret)}


def leaks(text):
    return sorted(form for form in SECRETS if form in text)


class Told:
    """Collects what the server said to requests that went wrong, and headers of all."""

    def __init__(self):
        self.errors, self.others = [], []

    def __call__(self, answer):
        (self.errors if answer.status_code >= 400 else self.others).append("\n".join(f"{name}: {value}" for name,
                                                                                     value in answer.headers.items()) + "\n" + answer.text)
        return answer


def work(house, told):
    """The ordinary day of a family: everything goes well."""
    world = World(house)
    staff = world.staff
    for n, (name, number) in enumerate(zip(NAMES, NUMBERS)):
        told(staff.put(f"/v1/persons/h{n}",
                       {"name": name, "id_number": number, "area": "340500",
                        "scheme": "resident" if n == 1 else "employee", "status": "normal"}))
    told(staff.post("/v1/persons/h0/contributions", {"amount_fen": 100000, "year": 2025, "reference": "r1"}))
    mother = Caller(house, "h0", "family account premium")
    told(mother.post("/v1/evidence", None, data=JPEG,
                     headers={"Content-Type": "image/jpeg", "Evidence-Type": "birth_certificate"}))
    notice = told(mother.get("/v1/bindings/options")).json()["notice"]["version"]
    girl = {"name": NAMES[1], "id_number": NUMBERS[1]}
    binding = told(mother.post("/v1/bindings",
                               {"beneficiary": girl, "relation": "child", "notice_version": notice})).json()
    told(staff.get("/v1/reviews"))
    told(world.decide(binding["id"]))
    quote = told(mother.post("/v1/quotes", {"insured_id": "h1", "benefit_year": 2027}, key=None)).json()
    paid = told(mother.post("/v1/premium-payments",
                            {"insured_id": "h1", "benefit_year": 2027, "insured_name": NAMES[1]}))
    assert quote["id"] and paid.status_code == 201, paid.text
    told(staff.post("/v1/persons/resolve", girl))
    told(staff.post("/v1/imports?kind=persons", None, data=csv_of(2), headers={"Content-Type": "text/csv"}))
    for path in ("/v1/accounts/me", "/v1/accounts/me/aid", "/v1/accounts/me/entries", "/v1/bindings",
                 f"/v1/bindings/{binding['id']}", f"/v1/bindings/{binding['id']}/history",
                 f"/v1/bindings/{binding['id']}/entries", "/v1/premiums", "/v1/payments",
                 f"/v1/payments/{paid.json()['id']}/receipt"):
        told(mother.get(path))
    told(Caller(house, "op-2", "inquiry registry").get("/v1/persons/h1"))
    assert not told.errors, told.errors


def csv_of(count, header="person_id,name,id_number,area,scheme,status"):
    return "\n".join([header] + [f"h{n},{NAMES[n]},{NUMBERS[n]},340500,employee,normal" for n in range(count)]).encode() + b"\n"


def wrong_number(number):
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def trouble(house, told, language):
    """The same names and numbers where they do not belong, and in requests that are refused."""
    staff, mother = Caller(house, "op-1"), Caller(house, "h0", "family account premium")
    for caller in staff, mother:
        caller.session.headers["Accept-Language"] = language
    name, number = NAMES[2], NUMBERS[2]
    good = {"name": name, "id_number": number, "area": "340500", "scheme": "employee", "status": "normal"}
    bodies = [{**good, "id_number": wrong_number(number)}, {**good, "area": number}, {**good, "scheme": name},
              {**good, "status": [number]}, {**good, "birth_date": number}, {**good, "extra": number},
              {**good, "name": number}, {**good, "name": name * 60}, {**good, "name": name + "\u0007"},
              {**good, "id_number": name}, {**good, "id_number": int(number[:17])}, {**good, number: name},
              {number: {number: 1}}, [name, number], name]
    for body in bodies:
        told(staff.put("/v1/persons/h9", body))
    assert codes(told(staff.put("/v1/persons/h9", good))) == ["ID_NUMBER_TAKEN"]
    for text in (f'{{"name": "{name}", "id_number": "{number}"', f'{{"{number}": 1, "{number}": 2}}',
                 f'{{"id_number": {number[:17]}99999}}', f"{name}{number}", f'{{"name": "{name}\n{number}"}}'):
        told(staff.session.put(house.url("/v1/persons/h9"), data=text.encode(),
                               headers={"Content-Type": "application/json"}))
    told(staff.session.put(house.url("/v1/persons/h9"), data=json.dumps(good, ensure_ascii=False).encode("gbk"),
                           headers={"Content-Type": "application/json"}))
    told(staff.session.put(house.url("/v1/persons/h9"), data=json.dumps(good),
                           headers={"Content-Type": f"application/json; charset={number}"}))
    for who in {"name": name, "id_number": wrong_number(number)}, {"name": NAMES[0],
                                                                   "id_number": number}, {"name": name,
                                                                                          "id_number": number,
                                                                                          "x": number}, {"name": number,
                                                                                                         "id_number": name}:
        told(staff.post("/v1/persons/resolve", who))
        told(mother.post("/v1/bindings", {"beneficiary": who, "relation": "child", "notice_version": "1"}))
    told(mother.post("/v1/bindings",
                     {"beneficiary": {"name": NAMES[1], "id_number": NUMBERS[1]}, "relation": "child",
                      "notice_version": name}))
    told(mother.post("/v1/bindings",
                     {"beneficiary": {"name": NAMES[0], "id_number": NUMBERS[0]}, "relation": name,
                      "notice_version": "1"}))
    told(mother.post("/v1/premium-payments", {"insured_id": "h1", "benefit_year": 2027, "insured_name": name}))
    told(mother.post("/v1/premium-payments", {"insured_id": number, "benefit_year": 2027, "insured_name": number}))
    told(mother.post("/v1/quotes", {"insured_id": number, "benefit_year": 2027, "product": name}, key=None))
    for key in "same", "same":
        told(mother.post("/v1/premium-payments",
                         {"insured_id": "h4", "benefit_year": 2027, "insured_name": name if key else number},
                         key=number))
    told(mother.post("/v1/premium-payments", {"insured_id": "h4", "benefit_year": 2028, "insured_name": NAMES[3]},
                     key=number))
    for csv in (csv_of(5, "person_id,name,id_number,area,scheme,statu"), csv_of(5).split(b"\n", 1)[1],
                csv_of(5).decode().encode("gbk", "replace"), f"{name},{number}\n".encode(),
                csv_of(3).replace(b"340500,", number.encode() + b","),
                csv_of(1).replace(NUMBERS[0].encode(), wrong_number(number).encode()),
                csv_of(1) + f'h8,"{name},{number}'.encode(),
                csv_of(1) + f"h8,{name},{number}\n".encode(), csv_of(1).replace(b"h0", number.encode() + b"-" * 20),
                csv_of(1) + f"h7,{NAMES[3]},{NUMBERS[2]},340500,employee,normal\n".encode()):
        told(staff.session.post(house.url("/v1/imports?kind=persons"), data=csv, headers={"Content-Type": "text/csv"}))
    told(staff.session.post(house.url(f"/v1/imports?kind={number}"), data=b"x", headers={"Content-Type": "text/csv"}))
    told(mother.session.post(house.url("/v1/evidence"), data=number.encode(),
                             headers={"Content-Type": "image/jpeg", "Evidence-Type": name.encode()}))
    for path in (f"/v1/persons/{number}", f"/v1/accounts/{number}", f"/v1/accounts/{number}/aid",
                 f"/v1/persons/{urllib.parse.quote(name)}", f"/v1/bindings/{number}", f"/v1/payments/{number}",
                 f"/v1/evidence/{number}",
                 f"/{number}", f"/v1/{number}/{number}", f"/v1/policies/{number}", f"/v1/bindings?status={number}",
                 f"/v1/bindings?{number}={number}", f"/v1/bindings?status={urllib.parse.quote(name)}",
                 f"/v1/payments?client_reference={number}&cursor={number}", f"/v1/bindings?{number}&{number}",
                 f"/v1/premiums?insured_id={number}&benefit_year={number}", f"/livez?x={number}",
                 f"/v1/reviews?area={number}"):
        for caller in staff, mother:
            told(caller.get(path))
    for method in number, "DELETE", "OPTIONS":
        told(staff.session.request(method, house.url(f"/v1/persons/{number}")))
    odd = {"User-Agent": name, "X-Name": name, "Cookie": number, "Request-Id": number,
           "traceparent": f"00-{number}{'0' * 14}-{number[:16]}-01", "Accept-Language": number, "Accept": number,
           "Referer": f"http://x/{number}",
           "Access-Reason": name * 60, "Idempotency-Key": f"{number} {number}", "Expect": number,
           "X-Forwarded-For": number, "Content-Encoding": number, "If-None-Match": number}
    for header, value in odd.items():
        for method, path in ("GET", "/v1/persons/h0"), ("POST", "/v1/premium-payments"), ("GET", "/nope"):
            told(requests.request(method, house.url(path),
                                  headers={"Authorization": staff.session.headers["Authorization"],
                                           header: value.encode()}, json={} if method == "POST" else None))
    odd_tokens = [number, f"{number}.{number}.{number}", mint(house, "x y" + number), mint(house, "h0", scope=number),
                  mint(house, "h0", client_id=name), mint(house, "h0", act={"sub": name})]
    for token in odd_tokens:
        told(requests.get(house.url("/v1/accounts/me"), headers={"Authorization": f"Bearer {token}"}))
    for shape in (request("GET", f"/{number}", f"{number}: {number}", host=number), request(number, "/livez"),
                  request("GET", f"/x%zz{number}"), request("GET", f"http://{number}/"),
                  request("GET", "/livez", f"Host: {number}"), request("GET", f"/{number}", version=f"HTTP/{number}"),
                  f"{number}\r\n\r\n".encode(), request("POST", "/v1/quotes", f"Content-Length: {number}{number}")):
        told.errors.extend(each.body.decode(errors="replace") for each in exchange(house.listen, shape, wait=0.3)[0])


def postgres_log():
    """Where PostgreSQL writes, when it is a file that we may read; else an empty one."""
    pid = sql("postgres", "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")[0][0].strip()
    try:
        path = Path(os.readlink(f"/proc/{pid}/fd/2"))
        return path if path.is_file() and os.access(path, os.R_OK) else Path(os.devnull)
    except OSError:
        return Path(os.devnull)


def written_since(path, size):
    return path.read_bytes()[size:].decode(errors="replace")


@pytest.fixture(scope="module")
def told(house):
    """Both days. On the first, PostgreSQL logs every statement with its parameters; on the second what it logs by itself."""
    heard, log = Told(), postgres_log()
    for setting in LOUD:
        sql("postgres", f'ALTER DATABASE "{house.database}" SET {setting}')
    house.start()
    heard.log, size = log, log.stat().st_size
    work(house, heard)
    heard.first_day, size = written_since(log, size), log.stat().st_size
    sql("postgres", f'ALTER DATABASE "{house.database}" RESET ALL')
    sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", house.database)
    for language in "zh-CN", "en":  # only English details are made from what was sent
        trouble(house, heard, language)
    heard.second_day = written_since(log, size)
    return heard


def test_the_search_would_find_them(house, told):
    """So that silence below means something: the words did reach the server, and the forms are right."""
    assert len(told.errors) > 130 and len(told.others) > 15
    assert house.sql("SELECT count(*) FROM gongji.person") [0][0] >= 5
    for hidden in (json.dumps({"name": NAMES[0]}), f"x{NUMBERS[0][:-1]}", NUMBERS[1].encode().hex(),
                   urllib.parse.quote(NAMES[2]), base64.b64encode(NAMES[3].encode() + b"tail").decode()):
        assert leaks(hidden)
    assert not leaks(NUMBERS[0][:3] + "*" * 13 + NUMBERS[0][-2:]) and not leaks("慕**玉")


def test_no_answer_holds_a_whole_name_or_number(told):
    """S0-41: masks only, in good answers and bad."""
    for text in told.errors + told.others:
        assert not leaks(text), text[:1500]


def test_masks_are_what_is_shown(house, told):
    shown = Caller(house, "op-2", "inquiry").get("/v1/persons/h0").json()
    assert (shown["name"], shown["id_number"]) == ("慕**玉", NUMBERS[0][:3] + "*" * 13 + NUMBERS[0][-2:])


def test_no_log_line_holds_them(house, told):
    assert len(house.log_text().splitlines()) > 150
    assert not leaks(house.log_text())
    assert not any(token in house.log_text() for token in ("Bearer", "eyJ"))


def test_metrics_hold_none_of_them(house, told):
    assert not leaks(requests.get(house.url("/metrics")).text)


def test_no_table_holds_them_unsealed(house, told):
    """Every column of every table, sealed ones included: what is sealed does not show what it seals."""
    tables = contents(house)
    assert "gongji.person" in tables and "gongji.audit_log" in tables and "gongji.idempotency_key" in tables
    assert {name: leaks(text) for name, text in tables.items() if leaks(text)} == {}


def test_equal_names_are_sealed_differently_every_time(house, told):
    """Nothing can be told from two sealed values being alike."""
    staff = Caller(house, "op-1", "registry")
    for n in range(2):
        staff.put(f"/v1/persons/twin{n}",
                  {"name": "南宫同名", "id_number": id_number(91100 + n), "area": "340500", "scheme": "employee",
                   "status": "normal"})
    rows = house.sql("SELECT name_sealed, name_digest FROM gongji.person WHERE person_no LIKE 'twin%%'")
    assert len({row[0] for row in rows}) == len({row[1] for row in rows}) == 2


def test_they_never_reach_postgresql(house, told):
    """Where they belong, only sealed texts, masks and digests leave the server; what is misplaced is not logged either."""
    if told.log.is_file():
        assert "person_put" in told.first_day, "statements and parameters of that day are there"
    assert not leaks(told.first_day) and not leaks(told.second_day)


def test_the_command_line_tells_no_names_either(house, told, tmp_path):
    faulty = tmp_path / "people.csv"
    more = f"h7,{NAMES[3]},{NUMBERS[2]},340500,employee,normal\n{NAMES[2]}\n".encode()  # somebody else's; one cell
    faulty.write_bytes(csv_of(1).replace(NUMBERS[0].encode(), wrong_number(NUMBERS[2]).encode()) + more)
    done = house.run("import", "persons", str(faulty), check=False)
    assert done.returncode == 1 and "rejected 3" in done.stdout
    assert not leaks(done.stdout + done.stderr)


# --- Accounts: what a relative or a place of care may know of them -----------------------------------------------------
def test_a_grantor_s_whole_balance_is_never_shown_to_others(new_server):
    """S1-22, S1-32: relatives see what may be shared, a hospital only what each account paid; Fuzhou keeps 2000.00 in every account."""
    world = World(new_server("balances").start())
    mother, child, place = world.person("350100", prior=977777), world.child("350100", current=3333), world.place(area="350100")
    world.bind(mother, child)
    calls = world.caller(child)

    def balances(text, held):  # in fen, and in yuan as sentences have it
        return [form for fen in held for form in (str(fen), f"{fen // 100}.{fen % 100:02}") if form in text]

    quote = World.must(world.quote(child, child), 201)
    care = World.must(world.settle(place, child, ("outpatient", 50000)), 201)
    held = [977777, 977777 - (50000 - 3333)]
    for answer in quote, World.must(calls.get("/v1/accounts/me/aid"), 200), World.must(calls.get(f"/v1/payments/{care['id']}"), 200):
        assert not balances(json.dumps(answer), held)
    for leg in quote["legs"] + World.must(calls.get(f"/v1/payments/{care['id']}"), 200)["legs"]:
        assert "retained_minimum_fen" not in leg["facts"], "the minimum set no amount; beside what may be shared it would tell the balance"

    all_of_it = World.must(world.settle(place, child, ("outpatient", 900000)), 201)
    shareable = held[1] - 200000
    assert {leg["source"]: leg["amount_fen"] for leg in all_of_it["legs"]} == {"aid": shareable, "cash": 900000 - shareable}
    assert "2000" in World.must(calls.get(f"/v1/payments/{all_of_it['id']}"), 200)["legs"][0]["why"], "the patient is told why it is no more"

    back = World.must(world.reverse(place, care["id"]), 200)
    for said in care, all_of_it, back:
        assert not balances(json.dumps(said), held + [held[0] - 200000, 200000]), "nor what may be shared, nor the minimum"
        assert not [leg for leg in said["legs"] if "facts" in leg] and "*" not in json.dumps(said["legs"], ensure_ascii=False), "nor who gave"
    assert care["legs"][0]["why"] == "本人账户付33.33元。" and care["legs"][1]["why"] == "家人账户共济466.67元。"
    english = Caller(world.server, place, "medical", issuer="his")
    english.session.headers["Accept-Language"] = "en"
    body = {"patient_id": child.no, "settlement_no": "e1", "items": [{"use": "outpatient", "amount_fen": 100, "fund_paid_fen": 0, "out_of_scope_fen": 0}],
            "credential": {"kind": "ecode", "token": mint(world.server, child.no, issuer="card", areas=None)}}
    assert [leg["why"] for leg in World.must(english.post("/v1/medical-payments", body), 201)["legs"]] == ["The patient's own account pays 1.00 yuan."]

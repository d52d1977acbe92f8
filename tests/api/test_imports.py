"""Imports of persons, contributions and enrollments as CSV: what is read, what is refused whole, and that a bad line never stops the rest."""
import uuid

import pytest

from harness import Caller, code, id_number
from steps import at_once, pointers

PERSONS = "person_id,name,id_number,area,scheme,status"
CONTRIBUTIONS = "person_id,amount_fen,year,reference"


def load(caller, kind, text, content_type="text/csv", **options):
    data = text.encode() if isinstance(text, str) else text
    return caller.call("POST", f"/v1/imports?kind={kind}", data=data, headers={"Content-Type": content_type, **options.pop("headers", {})}, **options)


def lines(rows, end="\n"):
    return end.join(",".join(map(str, row)) for row in rows) + end


def newcomer(**changes):
    row = {"person_id": f"i{uuid.uuid4().hex[:16]}", "name": "周宁远", "id_number": id_number(), "area": "340500", "scheme": "resident", "status": "normal"}
    return {**row, **changes}


def balance(world, no):
    return world.must(Caller(world.server, no, "account").get("/v1/accounts/me"), 200)["balance_fen"]


def known(world, no):
    return world.staff.get(f"/v1/persons/{no}").status_code == 200


# --- What is read -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["no BOM", "BOM"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "cut"])
def test_csv_as_offices_write_it(world, bom, end, last):
    """RFC 4180 with or without BOM, CRLF or LF, a last line with or without its end; columns in any order; quotes where they are needed."""
    one, two = newcomer(), newcomer(name='王"小"明')
    text = bom + end.join(["status,scheme,area,id_number,name,person_id",
                           f'normal,resident,340500,{one["id_number"]},"{one["name"]}",{one["person_id"]}',
                           f'"normal","resident","340500","{two["id_number"]}","王""小""明","{two["person_id"]}"']) + (end if last else "")
    assert world.must(load(world.staff, "persons", text), 200) == {"accepted": 2, "rejected": 0, "errors": [], "errors_truncated": False}
    assert world.must(world.staff.get(f"/v1/persons/{two['person_id']}"), 200)["name"] == '王***明'


def test_optional_columns_and_empty_cells(world):
    """An empty cell is an absent member: the class is general, the flag is false."""
    rows = [newcomer(), newcomer()]
    text = PERSONS + ",person_class,excluded,birth_date\n" + "".join(",".join(row.values()) + more for row, more in zip(rows, (",,,\n", ",student,true,\n")))
    assert world.must(load(world.staff, "persons", text), 200)["accepted"] == 2
    seen = [world.must(world.staff.get(f"/v1/persons/{row['person_id']}"), 200) for row in rows]
    assert [(each["person_class"], each["excluded"]) for each in seen] == [("general", False), ("student", True)]


def test_enrollments_are_imported(world):
    child = world.child()
    text = f"person_id,benefit_year,enrolled\n{child.no},2024,true\n{child.no},2025,false\n{child.no},2026,yes\nnobody,2026,true\n"
    report = world.must(load(world.staff, "enrollments", text), 200)
    assert (report["accepted"], report["rejected"]) == (2, 2)
    assert [(error["line"], error["code"]) for error in report["errors"]] == [(4, "VALIDATION_FAILED"), (5, "PERSON_NOT_FOUND")]


# --- A bad line never stops the rest ----------------------------------------------------------------------------------
def test_bad_lines_are_told_and_left_out(world):
    """Lines are counted as in the file, also behind a quoted line break; every kind of badness has its code."""
    taken, good = world.person(), [newcomer() for _ in range(3)]
    number = good[0]["id_number"]
    bad = [
        ("VALIDATION_FAILED", f'b1,"周\n宁",{id_number()},340500,resident,normal'), ("VALIDATION_FAILED", "b2,周宁远"),
        ("VALIDATION_FAILED", f"b3,周宁远,{id_number()},340500,resident,normal,more"), ("VALIDATION_FAILED", f"b4,周宁远,{id_number()},340500,both,normal"),
        ("ID_NUMBER_INVALID", f"b5,周宁远,{number[:17]}{'0' if number[17] != '0' else '1'},340500,resident,normal"),
        ("AREA_UNKNOWN", f"b6,周宁远,{id_number()},340503,resident,normal"), ("ID_NUMBER_TAKEN", f"b7,周宁远,{taken.number},340500,resident,normal"),
        ("VALIDATION_FAILED", f'b8,周"宁"远,{id_number()},340500,resident,normal'), ("VALIDATION_FAILED", "")]
    text, at, expected = PERSONS + "\n", 2, []
    for n, (what, line) in enumerate(bad):
        if n in (0, 4, 8):
            text, at = text + ",".join(good[n // 4].values()) + "\n", at + 1
        text += line + "\n"
        if line:  # whether an empty line is a bad line or no line is not ours to say
            expected.append((at, what))
        at += 1 + line.count("\n")
    report = world.must(load(world.staff, "persons", text), 200)
    assert report["accepted"] == 3 and report["errors_truncated"] is False
    assert [(error["line"], error["code"]) for error in report["errors"] if error["line"] != at - 1] == expected
    assert all(error["detail"] for error in report["errors"])
    assert all(known(world, each["person_id"]) for each in good) and not any(known(world, f"b{n}") for n in range(1, 9))


def test_errors_follow_the_language_and_stop_at_a_thousand(world):
    text = CONTRIBUTIONS + "\n" + lines((f"nobody-{n}", 1, 2026, "r") for n in range(1200))
    report = world.must(load(world.staff, "contributions", text), 200)
    assert (report["accepted"], report["rejected"], len(report["errors"]), report["errors_truncated"]) == (0, 1200, 1000, True)
    assert [error["line"] for error in report["errors"]] == list(range(2, 1002))
    english = world.must(load(world.staff, "contributions", text, headers={"Accept-Language": "en"}), 200)
    assert english["errors"][0]["code"] == report["errors"][0]["code"] == "PERSON_NOT_FOUND"
    assert english["errors"][0]["detail"].isascii() and not report["errors"][0]["detail"].isascii()


# --- Files refused whole ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("header, pointer", [
    (PERSONS + ",nickname", "/columns/6"), (PERSONS + ",name", "/columns/6"), (PERSONS.replace(",status", ""), "/status"), ("", ""),
    (PERSONS.replace("name", "Name"), "/columns/1"), (PERSONS.replace(",", ";"), "/columns/0"), ('"person_id', "")])
def test_a_header_row_that_does_not_fit_refuses_the_file(world, header, pointer):
    row = newcomer()
    refused = load(world.staff, "persons", header + "\n" + ",".join(row.values()) + "\n" if header else "")
    assert (refused.status_code, code(refused)) == (400, "VALIDATION_FAILED") and pointer in pointers(refused)
    assert not known(world, row["person_id"]) and row["id_number"] not in refused.text


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-16-le", "latin-1"])
def test_other_encodings_refuse_the_file(world, encoding):
    """Also when the first stray byte comes after lines that could be read."""
    rows = [newcomer(), newcomer(name="é" if encoding == "latin-1" else "陈明哲")]
    text = PERSONS + "\n" + lines(row.values() for row in rows)
    encoded = (PERSONS + "\n" + lines([rows[0].values()])).encode() + lines([rows[1].values()]).encode(encoding) if encoding != "utf-16" else text.encode(encoding)
    refused = load(world.staff, "persons", encoded)
    assert (refused.status_code, code(refused)) == (400, "VALIDATION_FAILED")
    assert not known(world, rows[0]["person_id"])


def test_the_kind_and_the_media_type_are_checked_first(world, server):
    text = PERSONS + "\n"
    assert code(load(world.staff, "people", text)) == "VALIDATION_FAILED"
    assert code(world.staff.call("POST", "/v1/imports", data=b"", headers={"Content-Type": "text/csv"})) == "VALIDATION_FAILED"
    for content_type in "application/json", "text/plain", "text/csv; charset=gbk":
        assert code(load(world.staff, "persons", text, content_type)) == "MEDIA_TYPE_NOT_SUPPORTED"
    assert load(world.staff, "persons", text, "text/csv; charset=UTF-8; header=present").status_code == 200
    assert code(load(Caller(server, "op", "inquiry freeze"), "persons", text)) == "SCOPE_MISSING"


# --- Whose lines, and how often ---------------------------------------------------------------------------------------
def test_imports_keep_to_the_areas_of_staff(world, server):
    here, there = world.person("340500"), world.person("350100")
    clerk = Caller(server, "op-4", "registry", areas=["340500"])
    report = world.must(load(clerk, "contributions", f"{CONTRIBUTIONS}\n{there.no},500,2026,r\n{here.no},500,2026,r\n"), 200)
    assert [(error["line"], error["code"]) for error in report["errors"]] == [(2, "PERSON_NOT_FOUND")] and report["accepted"] == 1
    assert (balance(world, here.no), balance(world, there.no)) == (500, 0)


def test_contributions_are_exact_and_a_file_sent_twice_moves_nothing(world):
    person = world.person()
    amounts = [1, 99, 100, 12345, 2 ** 40 + 1, 7]
    text = CONTRIBUTIONS + "\n" + lines((person.no, fen, 2025 + n % 2, f"r{n}") for n, fen in enumerate(amounts))
    for _ in range(2):
        assert world.must(load(world.staff, "contributions", text), 200)["accepted"] == len(amounts)
        assert world.account(person)["buckets"] == {"prior_year_fen": sum(amounts[0::2]), "current_year_fen": sum(amounts[1::2])}
    twice = CONTRIBUTIONS + "\n" + lines((person.no, *rest) for rest in (
        (5, 2026, "same"), (5, 2026, "same"), (6, 2026, "same"), (1.5, 2026, "half"), ("1e3", 2026, "exp"), (5, 2027, "later")))
    report = world.must(load(world.staff, "contributions", twice), 200)
    assert [(error["line"], error["code"]) for error in report["errors"]] == [
        (4, "REFERENCE_REUSED"), (5, "VALIDATION_FAILED"), (6, "VALIDATION_FAILED"), (7, "VALIDATION_FAILED")]
    assert balance(world, person.no) == sum(amounts) + 5


def test_twenty_thousand_lines_and_the_same_again_by_two_offices_at_once(world):
    """20k persons, then money for them: exact to the fen however often and however parallel the file comes."""
    rows = [newcomer(person_id=f"k{world.tag}{n}", area="340500" if n % 2 else "340100") for n in range(20000)]
    people = PERSONS + "\n" + lines(row.values() for row in rows)
    assert world.must(load(world.staff, "persons", people), 200) == {"accepted": 20000, "rejected": 0, "errors": [], "errors_truncated": False}
    money = CONTRIBUTIONS + "\n" + lines((row["person_id"], n + 1, 2025, "2025") for n, row in enumerate(rows))
    for answer in at_once(*[lambda: load(world.staff, "contributions", money)] * 2):
        assert world.must(answer, 200)["accepted"] == 20000
    total, least, entries = world.server.sql(
        "SELECT sum(a.prior_fen), min(a.prior_fen), sum(a.version) FROM gongji.account a JOIN gongji.person p ON p.id = a.person WHERE p.person_no LIKE %s",
        f"k{world.tag}%")[0]
    assert (total, least, entries) == (20000 * 20001 // 2, 1, 20000)
    assert balance(world, f"k{world.tag}123") == 124


def test_an_import_by_command_line_is_the_same_import(world, server, tmp_path):
    row = newcomer()
    (tmp_path / "persons.csv").write_text(PERSONS + "\n" + lines([row.values()]) + "bad line\n")
    done = server.run("import", "persons", tmp_path / "persons.csv", check=False)
    assert known(world, row["person_id"]) and row["id_number"] not in done.stdout + done.stderr
    assert "line 3" in done.stderr and "accepted 1, rejected 1" in done.stdout and done.returncode != 0

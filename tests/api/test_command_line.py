"""The program's subcommands: what they print, what they do, and with which exit code they end (0 done, 1 failed, 2 wrong use)."""
import base64
import json
import re
import subprocess

import pytest
import requests

from conftest import fresh_database
from harness import BIN, PGHOST, PGUSER, ROOT, Caller, Server, World, id_number, sql

COMMANDS = ["serve", "migrate", "import", "policy", "token", "verify", "version"]
POLICIES = sorted((ROOT / "config/policies").glob("*.json"))
STANDARDS = sorted((ROOT / "config/premium-standards").glob("*.json"))
PRODUCTS = sorted((ROOT / "config/products").glob("*.json"))


@pytest.fixture(scope="module")
def desk(new_server):
    return new_server("command_line").start()


def plain(*arguments, **environment):
    """Runs without any configuration."""
    return subprocess.run([BIN, *arguments], capture_output=True, text=True, timeout=60, cwd="/",
                          env={"PATH": "/usr/bin:/bin", **environment})


# --- Help and wrong use -----------------------------------------------------------------------------------------------
def test_version_is_one_line_and_needs_nothing():
    for words in ["version"], ["--version"]:
        done = plain(*words)
        assert done.returncode == 0 and re.match(r"gongji \d+\.\d+\.\d+\n$", done.stdout) and not done.stderr


@pytest.mark.parametrize("words",
                         [["--help"],
                          ["help"]] + [[each, "--help"] for each in COMMANDS] + [["help", each] for each in COMMANDS] +
                         [["policy", "apply", "--help"], ["import", "persons", "x.csv", "--help"],
                          ["--config", "/nonexistent", "serve", "--help"]], ids=" ".join)
def test_help_is_everywhere_and_does_nothing_else(words):
    done = plain(*words)
    assert (done.returncode, done.stderr) == (0, "") and "Usage: gongji" in done.stdout
    named = [each for each in COMMANDS if each in words]
    if named:
        assert f"gongji {named[0]}" in done.stdout and "--config FILE" in done.stdout and "Exit code: 0" in done.stdout
    else:
        assert all(f"\n  {each}" in done.stdout for each in COMMANDS)
    assert all(len(line) <= 130 for line in done.stdout.splitlines())


@pytest.mark.parametrize("words, said", [
    ([], "which command?"), (["nonsense"], "there is no command nonsense"), (["Serve"], "there is no command Serve"),
    (["version", "x"], "version does not take x"), (["migrate", "now"], "migrate does not take now"),
    (["serve", "--port", "80"], "there is no option --port"), (["serve", "--config"], "--config needs a value"),
    (["import"], "import needs KIND FILE"), (["import", "persons"], "import needs KIND FILE"),
    (["import", "persons", "a", "b"], "import does not take b"),
    (["import", "people", "a"], "there is no import people"), (["policy"], "policy needs apply FILE"),
    (["policy", "apply"], "policy needs apply FILE"), (["policy", "drop", "x"], "there is no policy drop"),
    (["token"], "token needs --issuer NAME"), (["token", "--issuer", "dev"], "token needs --sub ID"),
    (["token", "--issuer", "dev", "--sub", "a"], "token needs --scope SCOPES"),
    (["token", "--issuer", "dev", "--sub", "a", "--scope", "x", "--ttl", "soon"], "--ttl soon is not a time"),
    (["token", "--issuer", "dev", "--sub", "a", "--scope", "x", "--ttl", "0s"], "--ttl 0s is not a time"),
    (["token", "--issuer", "dev", "--sub", "a", "--scope", "x", "--ttl", "99999999999h"], "is not a time"),
    (["verify", "--", "--help"], "verify does not take --help"), (["-h"], "there is no command -h")], ids=str)
def test_wrong_use_is_one_line_and_exit_2(words, said):
    done = plain(*words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert done.stderr.startswith("gongji: ") and said in done.stderr and "--help" in done.stderr


def test_a_full_disk_is_noticed():
    with open("/dev/full", "w") as full:
        done = subprocess.run([BIN, "--help"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and "cannot be written" in done.stderr


@pytest.mark.parametrize("words",
                         [["migrate"], ["serve"], ["import", "persons", __file__],
                          ["policy", "apply", str(POLICIES[0])], ["verify"]], ids=lambda words: words[0])
def test_an_unreachable_database_is_one_line(desk, words):
    wanted = 2 if words == ["verify"] else 1
    for url in "host=/nonexistent user=x dbname=x", f"host={PGHOST} user={PGUSER} dbname=gongji_not_there":
        done = desk.run(*words, check=False, environment={"GONGJI_DATABASE_URL": url, "GONGJI_DATABASE_OWNER_URL": url})
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (wanted, "", 1), done.stderr
        assert done.stderr.startswith("gongji: cannot connect to the database")


def test_options_come_from_the_file_and_the_environment_wins(desk):
    wrong = {"GONGJI_DATABASE_OWNER_URL": "host=/nonexistent dbname=x"}
    assert desk.run("migrate", check=False).returncode == 0
    assert desk.run("migrate", check=False, environment=wrong).returncode == 1
    by_environment = {"GONGJI_CONFIG": str(desk.folder / "gongji.ini"),
                      "GONGJI_CLOCK_NOW": desk.environment["GONGJI_CLOCK_NOW"]}
    assert plain("verify", **by_environment).returncode == 0
    assert plain("verify", "--config=/dev/null",
                 **by_environment).returncode == 2, "without a configuration there is nothing to prove"
    assert plain(f"--config={desk.folder}/gongji.ini", "verify", GONGJI_CONFIG="/nonexistent").returncode == 0


# --- migrate ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def bare(desk, tmp_path):
    """A configuration whose database is empty."""
    name = desk.database + "_bare"
    fresh_database(name)
    yield Server(tmp_path, name, secret=desk.secret)
    sql("postgres", f'DROP DATABASE "{name}" WITH (FORCE)')


SCHEMA = """SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
    SELECT pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') FROM pg_proc p
     WHERE p.pronamespace::regnamespace::text IN ('gongji', 'api') AND p.prokind <> 'a'
    UNION ALL SELECT format('%s %s %s %s', attrelid::regclass, attname, atttypid::regtype, attnotnull)
      FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE c.relnamespace = 'gongji'::regnamespace AND attnum > 0
    UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint
     WHERE connamespace = 'gongji'::regnamespace) AS schema (line)"""


def test_migrate_twice_changes_nothing(bare):
    assert bare.run("migrate").stdout == "the schema is up to date\n"
    schema, applied = bare.sql(SCHEMA), bare.sql("SELECT * FROM gongji.schema_migration ORDER BY 1")
    assert bare.run("migrate").returncode == 0
    assert bare.sql(SCHEMA) == schema and bare.sql("SELECT * FROM gongji.schema_migration ORDER BY 1") == applied


def test_migrate_from_several_processes_at_once(bare):
    """On an empty database, the hardest moment: one does the work, the others find it done."""
    command = [BIN, "--config", bare.folder / "gongji.ini", "migrate"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    told = [(each.communicate(timeout=60), each.returncode) for each in running]
    assert [returncode for _, returncode in told] == [0] * 4, told
    assert bare.sql("SELECT count(*) = count(DISTINCT name) FROM gongji.schema_migration") == [(True,)]
    assert bare.run("verify").returncode == 0


def test_migrate_beside_a_running_server_disturbs_nobody(desk):
    world = World(desk)
    person = world.person(prior=100)
    running = [subprocess.Popen([BIN, "--config", desk.folder / "gongji.ini", "migrate"],
                                stdout=subprocess.DEVNULL) for _ in range(2)]
    answers = []
    while any(each.poll() is None for each in running):
        answers.append(world.caller(person).get("/v1/accounts/me").status_code)
    assert set(answers) <= {200, 503} and [each.returncode for each in running] == [0, 0]
    assert world.account(person)["balance_fen"] == 100


def test_migrate_refuses_a_database_of_a_newer_program_or_an_edited_past(bare):
    bare.run("migrate")
    for change, said in (("INSERT INTO gongji.schema_migration (name, sha256) VALUES ('9999_future.sql', 'x')",
                          "newer program"),
                          ("UPDATE gongji.schema_migration SET sha256 = 'x' WHERE name = (SELECT min(name) FROM gongji.schema_migration)", "was edited")):
        bare.sql(change)
        done = bare.run("migrate", check=False)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1) and said in done.stderr
        bare.sql("DELETE FROM gongji.schema_migration WHERE name = '9999_future.sql'")


# --- policy apply -----------------------------------------------------------------------------------------------------
def test_policy_apply_twice_changes_nothing(desk):
    versions = lambda: (desk.sql("SELECT count(*), max(version) FROM gongji.policy"),
                        desk.sql("SELECT count(*), max(version) FROM gongji.premium_standard"))
    before = versions()
    done = desk.run("policy", "apply", *map(str, POLICIES), *map(str, STANDARDS))
    assert versions() == before
    told = [done.stdout.count(each) for each in ("policy ", ", 0 of them new", "premium standard ")]
    assert told == [len(POLICIES), len(POLICIES), len(STANDARDS)]


def test_f15_only_who_owns_the_schema_states_rules_of_days_gone_by(desk):
    """The server's own database user may not: policy loading goes through database.owner_url."""
    app = {"GONGJI_DATABASE_URL": f"host={PGHOST} user=gongji_app dbname={desk.database}"}
    before = desk.sql("SELECT count(*) FROM gongji.policy")
    refused = desk.run("policy", "apply", str(POLICIES[0]), check=False, environment=app)
    assert refused.returncode == 1 and str(POLICIES[0]) in refused.stderr and desk.sql("SELECT count(*) FROM gongji.policy") == before
    owner = {**app, "GONGJI_DATABASE_OWNER_URL": f"host={PGHOST} user={PGUSER} dbname={desk.database}"}
    assert "0 of them new" in desk.run("policy", "apply", str(POLICIES[0]), environment=owner).stdout


def test_products_and_links_load_from_files_once(desk, tmp_path):
    """S1-39, S1-40, S1-42, S0-15: what an area lists and where money may cross, without a call over HTTP."""
    links = tmp_path / "links.json"
    links.write_text(json.dumps({"links": [{"grantor_area": "340000", "beneficiary_area": "360000", "valid_from": "2026-10-01", "uses": ["outpatient", "drug"]},
                                           {"grantor_area": "340000", "beneficiary_area": "370100", "valid_from": "2026-10-01", "uses": ["drug"], "valid_to": "2027-12-31"}]}))
    listed = lambda: (desk.sql("SELECT area, product, use, scheme, valid_from, updated_at FROM gongji.product ORDER BY 1, 2"),
                      desk.sql("SELECT grantor_area, beneficiary_area, version FROM gongji.area_link ORDER BY 1, 2"))
    done = desk.run("policy", "apply", *map(str, PRODUCTS), str(links))
    first = listed()
    assert ("650100", "hongshan_huimin", "city_inclusive", None) in [row[:4] for row in first[0]] and len(first[1]) == 2
    assert "product 650100 hongshan_huimin: city_inclusive" in done.stdout and "area link 340000 to 370100 from 2026-10-01" in done.stdout
    desk.run("policy", "apply", *map(str, PRODUCTS), str(links))
    assert listed() == first
    staff = Caller(desk, "op-1", "policy")
    assert World.must(staff.get("/v1/products/650100/hongshan_huimin"), 200)["use"] == "city_inclusive"
    assert World.must(staff.get("/v1/area-links/340000/370100/2026-10-01"), 200)["valid_to"] == "2027-12-31"


@pytest.mark.parametrize("document, said", [
    ({"area": "650100", "products": []}, "/products"), ({"area": "650100", "products": 1}, "/products"), ({"area": "6501", "products": [{}]}, "/area"),
    ({"area": "650100", "products": [{"product": "a", "use": "drug", "valid_from": "2026-01-01"}]}, "/products/0/use"),
    ({"area": "650100", "products": [{"product": "a", "use": "city_inclusive", "valid_from": "2026-01-02", "valid_to": "2026-01-01"}]}, "/products/0/valid_to"),
    ({"area": "650100", "products": [{"product": "a", "use": "city_inclusive", "valid_from": "2026-01-02"}, {"product": "A"}]}, "/products/1/product"),
    ({"links": [{"grantor_area": "340000", "valid_from": "2026-01-01", "uses": []}]}, "/links/0/beneficiary_area"),
    ({"links": [{"grantor_area": "340000", "beneficiary_area": "35", "valid_from": "2026-01-01", "uses": ["food"]}]}, "/links/0/uses"),
    ({"area": "999999", "products": [{"product": "a", "use": "city_inclusive", "valid_from": "2026-01-02"}]}, "AREA_UNKNOWN")])
def test_a_faulty_file_of_products_or_links_is_told(desk, tmp_path, document, said):
    file = tmp_path / "x.json"
    file.write_text(json.dumps(document))
    before = desk.sql("SELECT count(*) FROM gongji.product")
    done = desk.run("policy", "apply", str(file), check=False)
    assert done.returncode == 1 and said in done.stderr, done.stderr
    assert desk.sql("SELECT count(*) FROM gongji.product") == before


def test_a_faulty_policy_file_loads_none_of_them(desk, tmp_path):
    good, bad = json.loads(POLICIES[0].read_text()), tmp_path / "bad.json"
    new = tmp_path / "new.json"
    new.write_text(json.dumps({**good, "area": "360000"}))
    for text, said in (('{"area": "340500"', "not JSON"), (json.dumps({**good, "rows": []}), "/rows"),
                       (json.dumps({**good, "x": 1}), "/x: is not known here"), ("{}", "has neither"),
                       (json.dumps({**good, "area": "34"}), "/area")):
        bad.write_text(text)
        done = desk.run("policy", "apply", str(new), str(bad), check=False)
        assert (done.returncode, done.stdout) == (1, "") and f"{bad}: " in done.stderr and said in done.stderr
    assert desk.run("policy", "apply", str(tmp_path / "none.json"), check=False).returncode == 1
    assert desk.sql("SELECT count(*) FROM gongji.policy WHERE area = '360000'") == [(0,)]


# --- import -----------------------------------------------------------------------------------------------------------
HEADER = "person_id,name,id_number,area,scheme,status\n"


def wrong_number(n):
    return id_number(n)[:-1] + ("1" if id_number(n)[-1] != "1" else "2")


def row(n, **changes):
    cells = {"person_id": f"c{n}", "name": "王小明", "id_number": id_number(50000 + n), "area": "340500",
             "scheme": "employee", "status": "normal", **changes}
    return ",".join(cells.values()) + "\n"


def test_import_loads_what_is_good_and_names_the_lines_that_are_not(desk, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("\ufeff" + HEADER + "".join(row(n) for n in range(5)))
    done = desk.run("import", "persons", str(file))
    assert (done.stdout, done.stderr) == ("accepted 5, rejected 0\n", "")
    file.write_text(HEADER + row(5) + row(6,
                                          id_number=wrong_number(50006)) + row(7, area="999999") + row(8))
    done = desk.run("import", "persons", str(file), check=False)
    assert (done.returncode, done.stdout) == (1, "accepted 2, rejected 2\n")
    assert [re.search(r"line (\d+): (\w+)", line).groups() for line in done.stderr.splitlines()] == [("3",
                                                                                                      "ID_NUMBER_INVALID"), ("4", "AREA_UNKNOWN")]
    assert desk.sql("SELECT count(*) FROM gongji.person WHERE person_no ~ '^c[0-8]$'") == [(7,)]
    money = tmp_path / "money.csv"
    money.write_text("person_id,amount_fen,year,reference\nc0,12345,2025,r1\n")
    assert desk.run("import", "contributions", str(money)).stdout == "accepted 1, rejected 0\n"
    assert desk.run("import", "contributions", str(money)).stdout == "accepted 1, rejected 0\n"
    assert Caller(desk, "c0", "account").get("/v1/accounts/me").json()["balance_fen"] == 12345
    enrolled = tmp_path / "enrolled.csv"
    enrolled.write_text("person_id,benefit_year,enrolled\nc0,2025,true\n")
    assert desk.run("import", "enrollments", str(enrolled)).stdout == "accepted 1, rejected 0\n"


@pytest.mark.parametrize("kind, content, said",
                         [("persons", "person_id,nam\n", "column 2"), ("persons", "", ""),
                          ("persons", None, "No such file"), ("persons", HEADER.encode() + "王".encode("gbk"), "UTF-8")],
                         ids=["unknown column", "empty file", "no file", "not UTF-8"])
def test_an_import_that_cannot_be_read_loads_nothing(desk, tmp_path, kind, content, said):
    file = tmp_path / "x.csv"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = desk.sql("SELECT count(*) FROM gongji.person")
    done = desk.run("import", kind, str(file), check=False)
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.startswith("gongji: ") and said in done.stderr
    assert desk.sql("SELECT count(*) FROM gongji.person") == before


# --- token ------------------------------------------------------------------------------------------------------------
def test_a_token_of_the_command_line_opens_the_server(desk):
    world = World(desk)
    person = world.person(prior=777)
    for more, claims in (([], {}),
                         (["--act", "clerk-1", "--client", "c1", "--ttl", "15m"],
                          {"act": {"sub": "clerk-1"}, "client_id": "c1"}),
                          (["--act", "clerk-1", "--terminal", "T-1", "--sighted"],
                          {"act": {"sub": "clerk-1"}, "terminal_id": "T-1", "id_sighted": True}),
                         (["--areas", "340500,350000", "--person", "p1"],
                           {"areas": ["340500", "350000"], "person_id": "p1"})):
        done = desk.run("token", "--issuer", "dev", "--sub", person.no, "--scope", "account inquiry", *more)
        token = done.stdout.strip()
        assert re.match(r"^[\w-]+\.[\w-]+\.[\w-]+$", token) and not done.stderr
        said = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        assert said["sub"] == person.no and said["exp"] - said["iat"] == (900 if "15m" in more else 3600)
        assert {name: said.get(name) for name in claims} == claims
        answer = requests.get(desk.url("/v1/accounts/me"), headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200 and answer.json()["balance_fen"] == 777
    staff = desk.run("token", "--issuer", "dev", "--sub", "op-1", "--scope", "registry").stdout.strip()
    answer = requests.get(desk.url(f"/v1/persons/{person.no}"),
                          headers={"Authorization": f"Bearer {staff}", "Access-Reason": "test"})
    assert answer.status_code == 200, "the section's areas are in it"


@pytest.mark.parametrize("words, said", [
    (["--issuer", "nobody", "--sub", "a", "--scope", "account"], "no section [issuer nobody]"),
    (["--issuer", "noact", "--sub", "a", "--scope", "registry"], "may not grant the scope registry"),
    (["--issuer", "noact", "--sub", "a", "--scope", "account", "--act", "b"], "may not act for others"),
    (["--issuer", "dev", "--sub", "a", "--scope", "account", "--ttl", "2h"], "1 to 3600 seconds"),
    (["--issuer", "dev", "--sub", "", "--scope", "account"], "needs a subject")],
    ids=lambda value: value if isinstance(value, str) else "")
def test_a_token_no_server_would_take_is_not_signed(desk, words, said):
    done = desk.run("token", *words, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1) and said in done.stderr


# --- verify -----------------------------------------------------------------------------------------------------------
def test_verify_prints_every_check_and_ends_with_0(desk):
    done = desk.run("verify")
    assert len(done.stdout.splitlines()) >= 5 and all(line.startswith("ok ") for line in done.stdout.splitlines()) and not done.stderr
    proof = Caller(desk, "auditor", "audit").get("/v1/ledger/proof").json()
    assert proof["ok"] and len(proof["checks"]) == len(done.stdout.splitlines())

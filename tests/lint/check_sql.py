#!/usr/bin/python3
"""The schema's source: one function a file with its comment and privileges, every constraint named as the rule it holds."""
import re

from lint import ROOT, finish, numbered

FUNCTION = re.compile(r"CREATE\s+OR\s+REPLACE\s+FUNCTION\s+(\w+)\.(\w+)\s*\(", re.I)
GRANTS = (ROOT / "sql/grants.sql").read_text()
CONSTRAINT = re.compile(r"(CONSTRAINT\s+\w+\s+)?\b(PRIMARY\s+KEY|UNIQUE|CHECK\s*\(|REFERENCES|FOREIGN\s+KEY)", re.I)


def plain(sql):
    """Same lines without comments, quoted text and bodies."""
    token = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|(\$\w*\$).*?\1", re.S)
    return token.sub(lambda found: "\n" * found.group(0).count("\n"), sql)


def check_function(path):
    sql = path.read_text()
    made = FUNCTION.findall(plain(sql))
    if len(made) != 1 or made[0][1] != path.stem:
        yield f"{path.name}: want exactly one function, named as the file"
        return
    schema, name = made[0]
    wanted = [rf"COMMENT\s+ON\s+FUNCTION\s+{schema}\.{name}\b"]
    if schema == "api":
        wanted += [r"SECURITY\s+DEFINER", rf"REVOKE\s+ALL\s+ON\s+FUNCTION\s+api\.{name}\b"]
        if not re.search(rf"^REVOKE EXECUTE ON FUNCTION api\.{name}\b", GRANTS, re.M):  # the owner's alone
            wanted.append(rf"GRANT\s+EXECUTE\s+ON\s+FUNCTION\s+api\.{name}\b")
    for pattern in wanted:
        if not re.search(pattern, sql, re.I):
            words = re.sub(r"\\s\+|\\b|\\", lambda found: {"\\s+": " "}.get(found.group(0), ""), pattern)
            yield f"{path.name}: no {words}"


def check_migration(path):
    """A foreign key may carry its name before the columns, so only the clause that opens a constraint wants one."""
    for number, line in numbered(plain(path.read_text())):
        for name, clause in CONSTRAINT.findall(line):
            named = name or "CONSTRAINT" in line.upper() or "ADD CONSTRAINT" in line.upper()
            if not named and not re.match(r"\s*CREATE\s+UNIQUE", line, re.I):
                yield f"{path.name}:{number}: {clause.strip(' (')} without a name"


sql = ROOT / "sql"
faults = [fault for path in sorted((sql / "functions").glob("*.sql")) for fault in check_function(path)]
faults += [fault for path in sorted((sql / "migrations").glob("*.sql")) for fault in check_migration(path)]
faults += [f"{path.name}: a migration is named NNNN_word.sql" for path in (sql / "migrations").iterdir()
           if not re.fullmatch(r"\d{4}_[a-z_]+\.sql", path.name)]
finish(faults)

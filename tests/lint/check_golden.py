#!/usr/bin/python3
"""Golden copies: tests/golden/ holds routes, statuses, options, migrations and the migrated schema as they were last agreed.

    check_golden.py [--renew]     (make golden renews; the difference belongs into the commit that explains it)
"""
import difflib
import hashlib
import os
import re
import subprocess
import sys

from lint import ROOT, finish
from tables import named_options, options, routes, statuses

GOLDEN = ROOT / "tests/golden"
SHOWN = 40


def lines(rows):
    return "".join(f"{row}\n" for row in rows)


def golden_routes():
    return lines(f"{route.method:4} {route.path}  {route.scopes or '-'}{'  key' if route.keyed else ''}{'  personal' if route.personal else ''}"
                 for route in routes())


def golden_status():
    return lines(f"{status.code} {status.http} {status.retry}" for status in statuses())


def golden_conf():
    return (lines(f"[{each.section}] {each.key} {each.kind} {each.default!r} {each.least}..{each.most}" for each in options())
            + lines(f"[{each.family}] {each.key} {'required' if each.required == 'true' else repr(each.default)}" for each in named_options()))


def golden_migrations():
    """A migration is never edited once it is merged: databases have applied it."""
    return lines(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in sorted((ROOT / "sql/migrations").glob("*.sql")))


def golden_schema():
    """pg_dump's words for tables, views, indexes, triggers, privileges and the heads of functions; the rest of those is in sql/functions."""
    dump = subprocess.run(["pg_dump", "--schema-only", "--no-owner", "-h", os.environ["GONGJI_TEST_PGHOST"], "-U", "postgres",
                           "-n", "gongji", "-n", "api", os.environ["GONGJI_TEST_DATABASE"]], check=True, capture_output=True, text=True).stdout
    dump = re.sub(r"^    AS (\$\w*\$).*?\1;$", "    AS …;", dump, flags=re.M | re.S)
    dump = re.sub(r"^    AS '.*?';$", "    AS …;", dump, flags=re.M | re.S)
    kept = [line for line in dump.splitlines() if line and not re.match(r"--|SET |SELECT pg_catalog\.|COMMENT ON FUNCTION|\\", line)]
    return lines(kept)


COPIES = {"routes.txt": golden_routes, "status.txt": golden_status, "conf.txt": golden_conf,
          "migrations.txt": golden_migrations, "schema.sql": golden_schema}


def difference(name, now):
    path = GOLDEN / name
    before = path.read_text() if path.exists() else ""
    return list(difflib.unified_diff(before.splitlines(), now.splitlines(), f"tests/golden/{name}", "now", n=1, lineterm=""))


faults = []
for name, extract in COPIES.items():
    now = extract()
    changed = difference(name, now)
    if changed and "--renew" in sys.argv:
        print(f"tests/golden/{name}: renewed, {len(changed)} lines of difference")
        (GOLDEN / name).write_text(now)
    elif changed:
        faults += changed[:SHOWN]
if faults:
    faults.append("meant? make golden renews tests/golden; say why in the commit")
finish(faults)

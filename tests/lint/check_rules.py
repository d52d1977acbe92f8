#!/usr/bin/python3
"""Every rule, worked example and story is named by a test that fails when it is broken, or by both READMEs as out of scope.

A test names a rule in its docstring or name (Python), in its description (pgTAP) or beside it (cmocka). What merely stands in the
heading of a file or in a comment proves nothing and does not count."""
import ast
import re

from lint import ROOT, finish, text, tree

RULES = {  # of the two seed documents, of the policies the model must be able to hold, worked examples and stories
    "S0-{:02}": range(1, 46),
    "S1-{:02}": range(1, 49),
    "P-{:02}": (*range(1, 11), 12, 14, 15, 20, 21, *range(23, 32), 37, 38),
    "E{}": (1, 2, 3, 5, 6, 7, 9, 11, 12, 14),
    "F{}": range(1, 21),
}
OPTIONAL = {f"P-{number:02}" for number in range(1, 40)}  # hearsay: a test may name it, none must
ID = re.compile(r"\b(?:S[01]-\d\d|P-\d\d|[EF]\d{1,2})\b")
MISSPELT = re.compile(r"(?<![A-Za-z])(?:S[01]_?\d\d|P_?\d\d|[EF]_\d{1,2})(?![0-9A-Za-z])")
HEADINGS = {"README.md": "Out of scope", "README.zh-CN.md": "不在范围内"}


def python(code):
    """Names and docstrings of the test functions."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{node.name}: {ast.get_docstring(node) or ''}"


def pgtap(code):
    """Literals that read as sentences; identifiers such as 'E1' are none."""
    for literal in re.findall(r"'((?:[^']|'')*)'", re.sub(r"--[^\n]*", "", code)):
        if " " in literal:
            yield literal


SAID = {".py": python, ".sql": pgtap, ".c": lambda code: [code]}
TESTS = [path for path in tree(*SAID) if path.parts[:2] in (("tests", "api"), ("tests", "sql"), ("tests", "unit")) and "helpers" not in path.parts]


def out_of_scope(name):
    section = re.search(rf"^## {HEADINGS[name]}$(.*?)(?=^## |\Z)", text(name), re.M | re.S)
    return set(ID.findall(section.group(1))) if section else set()


required = {form.format(number) for form, numbers in RULES.items() for number in numbers}
named, faults = {}, []
for path in TESTS:
    for said in SAID[path.suffix](text(path)):
        for rule in ID.findall(said):
            named.setdefault(rule, path)
        if path.suffix != ".sql":
            faults += [f"{path}: {rule} is not how a rule is written" for rule in MISSPELT.findall(said)]
excused = {name: out_of_scope(name) for name in HEADINGS}
for name, rules in excused.items():
    faults += [f"{name}: {rule} is out of scope in the other README only" for rule in sorted(set().union(*excused.values()) - rules)]
    faults += [f"{name}: there is no rule {rule}" for rule in sorted(rules - required - OPTIONAL)]
faults += [f"{path}: there is no rule {rule}" for rule, path in sorted(named.items()) if rule not in required | OPTIONAL]
faults += [f"{rule}: no test names it, and no README says that it is out of scope" for rule in sorted(required - set(named) - set().union(*excused.values()))]
finish(faults)

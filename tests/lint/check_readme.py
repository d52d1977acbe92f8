#!/usr/bin/python3
"""The tables of both READMEs hold exactly what the sources hold: routes, codes, options, scopes, commands, make targets. And the
two READMEs show the same commands."""
import re

from lint import ROOT, finish, text
from tables import named_options, options, routes, statuses

READMES = ("README.md", "README.zh-CN.md")
MEANINGS = "README.md"  # the language conf.def is written in
REQUIRED = ("required", "必填")
TARGET = re.compile(r"^([a-z-]+):.*?## ", re.M)
COMMAND = re.compile(r'^    \{ "(\w+)",\s*"([^"]*)",\s*"[^"]*",\s*cli_\w+', re.M)
MEANING = re.compile(r'^(?:OPTION\(\s*(\w+)\s*,\s*(\w+)|(?:ISSUER|WECHATPAY|ALIPAY)_OPTION\(\s*(\w+)).*,\s*"([^"]*)"\)\s*$', re.M)


def rows(name):
    """Every table row of a README as its cells."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text(name).splitlines() if re.match(r"\| (?!---)", line)]


def words(cell):
    """The words of a cell between backticks."""
    return re.findall(r"`([^`]*)`", cell)


def shown(name):
    """{kind: {key: rest}} of the rows that stand for something in a source."""
    found = {"route": {}, "code": {}, "option": {}, "issuer option": {}, "scope": {}, "command": {}, "make target": {}}
    for cells in rows(name):
        first, rest = cells[0], cells[1:]
        word = words(first)[0] if first.startswith("`") and first.endswith("`") else None
        if re.fullmatch("GET|PUT|POST|DELETE", first):
            found["route"][first, *words(rest[0])] = (" ".join(words(rest[1])), rest[2] != "")
        elif re.fullmatch(r"[45]\d\d", first):
            found["code"].update({code: (first, rest[0].strip("`")) for code in words(rest[1])})
        elif word and re.fullmatch(r"[a-z]+\.[a-z_]+", word) and len(rest) == 3:
            found["option"][word] = (*rest[:2], rest[2])
        elif word and re.fullmatch(r"[a-z_\d]+", word) and len(rest) == 2 and (rest[0] in ("", *REQUIRED) or rest[0].startswith("`")):
            found["issuer option"][word] = ("required" if rest[0] in REQUIRED else rest[0], rest[1])
        elif word and re.fullmatch("[a-z]+", word) and len(rest) == 2:
            found["scope"][word] = ()
        elif word and word.startswith("gongji "):
            found["command"][word] = ()
        elif word and word.startswith("make "):
            found["make target"][word] = ()
    return found


def meanings():
    return {f"{section}.{key}".lower() if section else issuer: meaning
            for section, key, issuer, meaning in MEANING.findall(text("include/gongji/base/conf.def"))}


def wanted(name):
    said = meanings() if name == MEANINGS else None
    translated = shown(name)

    def meaning(kind, key):
        return said[key] if said else translated[kind].get(key, ("",))[-1] or "?"

    def default(option):
        return f"`{option.default}`" if option.default else ""

    return {
        "route": {(route.method, route.path): (route.scopes, route.keyed) for route in routes()},
        "code": {status.code: (status.http, status.retry.lower()) for status in statuses() if status.http >= "400"},
        "option": {f"{option.section}.{option.key}": (default(option), f"{option.least} … {option.most}" if option.kind == "INT" else "",
                                                      meaning("option", f"{option.section}.{option.key}")) for option in options()},
        "issuer option": {option.key: ("required" if option.required == "true" else default(option), meaning("issuer option", option.key))
                          for option in named_options()},
        "scope": {scope: () for route in routes() for scope in route.scopes.split()},
        "command": {f"gongji {command} {arguments}".strip(): () for command, arguments in COMMAND.findall(text("src/main.c"))},
        "make target": {f"make {target}": () for target in TARGET.findall(text("Makefile"))},
    }


def check_tables(name):
    here, there = shown(name), wanted(name)
    for kind, expected in there.items():
        for key in sorted(expected.keys() | here[kind].keys(), key=str):
            label = f"{name}: {kind} {' '.join(key) if isinstance(key, tuple) else key}"
            if key not in here[kind]:
                yield f"{label} is missing"
            elif key not in expected:
                yield f"{label} does not exist"
            elif here[kind][key] != expected[key]:
                yield f"{label}: {here[kind][key]} should be {expected[key]}"


def check_links(name):
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", text(name), re.M)}
    for target in re.findall(r"\]\(([^)]+)\)", text(name)):
        if not (target[1:] in anchors if target.startswith("#") else "://" in target or (ROOT / target).exists()):
            yield f"{name}: the link {target} leads nowhere"


def commands(name):
    blocks = re.findall(r"^```sh\n(.*?)^```", text(name), re.M | re.S)
    return [re.sub(r"Accept-Language: [\w-]+", "Accept-Language", block) for block in blocks]


faults = [fault for name in READMES for check in (check_tables, check_links) for fault in check(name)]
if commands(READMES[0]) != commands(READMES[1]):
    faults.append(f"{' and '.join(READMES)} show different commands")
finish(faults)

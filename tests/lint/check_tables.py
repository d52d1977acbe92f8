#!/usr/bin/python3
"""The tables and the texts that repeat them say the same: options and config/gongji.ini, routes and statuses and the OpenAPI
description, all of them and the two READMEs."""
import re

import yaml

from lint import ROOT, finish, text
from tables import named_options, options, routes, statuses

OPENAPI = "config/openapi.yaml"
INI = "config/gongji.ini"


def check_options():
    sections, section = {}, None
    for line in text(INI).splitlines():
        if line.startswith("["):
            section = line[1:-1]
        found = re.match(r"#?([a-z_]+) =", line)
        if found and section and " " not in section:
            sections.setdefault((section, found.group(1)), []).append(line)
    table = {(option.section, option.key): option for option in options()}
    for name in sorted(table.keys() - sections.keys()):
        yield f"{INI}: [{name[0]}] {name[1]} is missing"
    for name in sorted(sections.keys() - table.keys()):
        yield f"{INI}: [{name[0]}] {name[1]} is no option of conf.def"
    for name in sorted(table.keys() & sections.keys()):
        shown = f"#{name[1]} = {table[name].default}".rstrip()
        if shown not in (line.rstrip() for line in sections[name]):
            yield f"{INI}: [{name[0]}] {name[1]}: its default is {table[name].default!r}"
    for option in named_options():
        if not re.search(rf"^#   {option.key} ", text(INI), re.M):
            yield f"{INI}: nothing tells of {option.key} of [{option.family} NAME]"


def operations(description):
    for path, item in description["paths"].items():
        for method, operation in item.items():
            if method in ("get", "put", "post", "delete", "patch"):
                yield (method.upper(), path), [*item.get("parameters", []), *operation.get("parameters", [])], operation


def is_key(parameter, description):
    name = parameter.get("$ref", "").rsplit("/", 1)[-1]
    parameter = description["components"]["parameters"][name] if name else parameter
    return parameter.get("in") == "header" and parameter.get("name", "").lower() == "idempotency-key"


def check_openapi():
    if not (ROOT / OPENAPI).exists():
        yield f"{OPENAPI} does not exist"
        return
    description = yaml.safe_load(text(OPENAPI))
    table = {(route.method, route.path): route for route in routes()}
    described = {name: parameters for name, parameters, _ in operations(description)}
    for method, path in sorted(table.keys() - described.keys()):
        yield f"{OPENAPI}: {method} {path} is missing"
    for method, path in sorted(described.keys() - table.keys()):
        yield f"{OPENAPI}: {method} {path} is no route"
    for name in sorted(table.keys() & described.keys()):
        if any(is_key(parameter, description) for parameter in described[name]) != table[name].keyed:
            yield f"{OPENAPI}: {name[0]} {name[1]}: Idempotency-Key is {'required' if table[name].keyed else 'not used'}"
    whole = text(OPENAPI)
    for status in statuses():
        if status.http >= "400" and not re.search(rf"\b{status.code}\b", whole):
            yield f"{OPENAPI}: nothing answers {status.code}"


def check_readme(name):
    """A README's own words may leave things out; what it names has to exist."""
    if not (ROOT / name).exists():
        yield f"{name} does not exist"
        return
    words = text(name)
    paths = [re.sub(r"\{\w+\}", "[^/ ]+", route.path) for route in routes()]
    for path in sorted(set(re.findall(r"/v1/[\w/{}*-]*[\w}]", words))):
        if not any(re.fullmatch(pattern, re.sub(r"\{\w+\}", "x", path)) for pattern in paths):
            yield f"{name}: {path} is no route"
    for file in sorted(set(re.findall(r"`((?:src|include|sql|config|tests|deploy)/[\w./-]+)`", words))):
        if not (ROOT / file).exists():
            yield f"{name}: {file} does not exist"
    known = {f"GONGJI_{option.section}_{option.key}".upper() for option in options()} | {"GONGJI_CONFIG"}
    for variable in sorted(set(re.findall(r"\bGONGJI_[A-Z_]+[A-Z]\b", words)) - known - {"GONGJI_SECTION_KEY"}):
        yield f"{name}: {variable} is no option"


finish([*check_options(), *check_openapi(), *check_readme("README.md"), *check_readme("README.zh-CN.md")])

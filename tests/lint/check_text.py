#!/usr/bin/python3
"""Every file: UTF-8, plain line ends, nothing left to do; JSON, YAML, Python and shell parse; the Makefile stays short."""
import ast
import json
import re
import subprocess

import yaml

from lint import ROOT, finish, numbered, tree

LEFT_TO_DO = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
MAKEFILE_LINES = 150
BINARY = (".png", ".jpg", ".pdf")


def parse(path, content):
    if path.suffix == ".json":
        json.loads(content)
    elif path.suffix in (".yaml", ".yml"):
        yaml.safe_load(content)
    elif path.suffix == ".py":
        ast.parse(content)
    elif path.suffix == ".sh" or content.startswith("#!/bin/bash"):
        said = subprocess.run(["bash", "-n", ROOT / path], capture_output=True, text=True)
        if said.returncode:
            raise ValueError(said.stderr.strip())


def check(path):
    try:
        content = (ROOT / path).read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        yield f"{path}: not UTF-8"
        return
    for number, line in numbered(content):
        if "\r" in line:
            yield f"{path}:{number}: carriage return"
        if line != line.rstrip(" \t") and path.suffix != ".md":
            yield f"{path}:{number}: blanks at the end of the line"
        if LEFT_TO_DO.search(line) and path.name != "LICENSE":
            yield f"{path}:{number}: something is left to do"
    if content and not content.endswith("\n"):
        yield f"{path}: no newline at the end"
    try:
        parse(path, content)
    except (ValueError, SyntaxError, yaml.YAMLError) as why:
        yield f"{path}: {why}"


faults = [fault for path in tree() if path.suffix not in BINARY for fault in check(path)]
if len((ROOT / "Makefile").read_text().splitlines()) > MAKEFILE_LINES:
    faults.append(f"Makefile: more than {MAKEFILE_LINES} lines")
finish(faults)

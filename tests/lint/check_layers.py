#!/usr/bin/python3
"""Who may include whom, which library lives in which layer, no SQL in C, no function that cannot be used safely."""
import re
from pathlib import Path

from lint import finish, numbered, text, tree, without_comments, without_strings

MAY_INCLUDE = {
    "base": {"base"},
    "domain": {"domain", "base"},
    "channel": {"channel", "domain", "base"},
    "db": {"db", "domain", "base"},
    "http": {"http", "base"},
    "api": {"api", "http", "db", "domain", "channel", "base"},
    "cli": {"cli", "api", "http", "db", "domain", "channel", "base"},
}
ONLY_IN = {  # what a library's names look like, and the layer they belong to
    "http": (r"\bMHD_\w+", r"\bjwt_\w+", r"<(?:microhttpd|jwt)\.h>"),
    "channel": (r"\bcurl_\w+", r"\bCURL\w*", r"<curl/curl\.h>"),
    "db": (r"\bPQ[a-z]\w*", r"\bPG(?:conn|result)\b", r"<libpq-fe\.h>"),
}
BANNED = re.compile(r"\b(v?sprintf|strcpy|strcat|strtok|gmtime|localtime|atoi|atol|atof|gets)\s*\(")
SQL = re.compile(r'"\s*(?:(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|DROP|ALTER|GRANT|REVOKE|SET LOCAL|SET ROLE)\s+[\w*$("\']|'
                 r'(?:BEGIN|COMMIT|ROLLBACK)\s*;?\s*")')
INCLUDE = re.compile(r'\s*#\s*include\s+(?:<gongji/(\w+)/[\w./]+>|"([^"]+)")')


def layer_of(path):
    """src/<layer>/… and include/gongji/<layer>/…; src/main.c stands with cli."""
    parts = path.parts
    if parts[0] == "src":
        return parts[1] if len(parts) > 2 else "cli"
    return parts[2] if parts[:2] == ("include", "gongji") else None


def included_layer(path, found):
    if found.group(1):
        return found.group(1)
    near = Path("/", path.parent, found.group(2)).resolve().relative_to("/")
    return layer_of(near)


def check(path):
    layer = layer_of(path)
    if layer is None:
        return
    if layer not in MAY_INCLUDE:
        yield f"{path}: {layer} is no layer of architecture"
        return
    code = without_comments(text(path))
    for number, line in numbered(code):
        found = INCLUDE.match(line)
        target = included_layer(path, found) if found else layer
        if target not in MAY_INCLUDE[layer]:
            yield f"{path}:{number}: {layer} may not include {target}"
        bare = without_strings(line) if not found else line
        for home, patterns in ONLY_IN.items():
            for name in [] if layer == home else [name for pattern in patterns for name in re.findall(pattern, bare)]:
                yield f"{path}:{number}: {name} belongs to {home}/"
        for name in BANNED.findall(bare):
            yield f"{path}:{number}: {name}() is banned"
        if path.suffix == ".c" and SQL.search(line):
            yield f"{path}:{number}: SQL belongs to sql/"


finish([fault for path in tree(".c", ".h") for fault in check(path)])

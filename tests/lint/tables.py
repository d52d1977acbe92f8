"""The project's tables as data: ROUTES, status.def, conf.def."""
import re
from collections import namedtuple

from lint import text, without_comments

Route = namedtuple("Route", "method path handler scopes keyed personal")
Status = namedtuple("Status", "code http retry texts")  # texts: title zh, en; what to do zh, en
Option = namedtuple("Option", "section key kind default least most")
NamedOption = namedtuple("NamedOption", "family key required default")  # of sections there may be many of: [issuer NAME]

C_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def routes():
    code = without_comments(text("src/api/routes.c"))
    table = code[code.index("ROUTES[]"):code.index("};", code.index("ROUTES[]"))]
    short = re.compile(r'\b(GET|POST|PUT|DELETE)\s*\(\s*"([^"]+)"\s*,\s*(\w+)(.*?)\)\s*,\s*$', re.M)
    whole = re.compile(r'\{\s*\.method\s*=\s*"(\w+)"\s*,\s*\.path\s*=\s*"([^"]+)"\s*,\s*\.handle\s*=\s*(\w+)(.*?)\}\s*,', re.S)
    found = []
    for method, path, handler, rest in short.findall(table) + whole.findall(table):
        scopes = re.search(r'SCOPE\s*\(\s*"([^"]*)"', rest)
        found.append(Route(method, path, handler, scopes.group(1) if scopes else "", "KEYED" in rest, "PERSONAL" in rest))
    return sorted(found, key=lambda route: (route.path, route.method))


def statuses():
    code = without_comments(text("include/gongji/base/status.def"))
    rows = re.findall(r"^STATUS\(\s*(\w+)\s*,\s*(\d+)\s*,\s*(\w+)\s*,(.*)\)$", code, re.M)
    return [Status(*row, [re.sub(r"\\(.)", r"\1", words) for words in C_STRING.findall(texts)]) for *row, texts in rows]


def options():
    code = without_comments(text("include/gongji/base/conf.def"))
    rows = re.findall(r'^OPTION\(\s*(\w+)\s*,\s*(\w+)\s*,\s*(\w+)\s*,\s*"([^"]*)"\s*,\s*(\d+)\s*,\s*(\d+)\s*,', code, re.M)
    return [Option(section.lower(), key.lower(), *rest) for section, key, *rest in rows]


def named_options():
    code = without_comments(text("include/gongji/base/conf.def"))
    rows = re.findall(r'^(ISSUER|WECHATPAY|ALIPAY)_OPTION\(\s*(\w+)\s*,\s*(\w+)\s*,\s*"([^"]*)"', code, re.M)
    return [NamedOption(family.lower(), *rest) for family, *rest in rows]

#!/usr/bin/python3
"""The page of GET /docs, as it is made from the sources here: a row of the error catalogue for each failure of status.def, in its
order, with its status, retry class and four texts; and for each route the words of both READMEs' languages."""
import html
import re
import sys

from lint import ROOT, finish
from tables import routes, statuses

sys.path.insert(0, str(ROOT / "src/api"))
import gen_docs  # noqa: E402

ROW = re.compile(r'<tr id="(\w+)">(.*?)</tr>', re.S)


def catalogue(page):
    return [(code, *(html.unescape(re.sub(r"<[^>]*>", "\n", cells)).split("\n"))) for code, cells in ROW.findall(page)]


def said(row):
    return [words for words in row if words.strip()]


sources = (ROOT / name for name in ("config/openapi.yaml", "include/gongji/base/status.def", "README.zh-CN.md"))
made = gen_docs.read_page(*sources)
page = made.html(gen_docs.read_style())
shown = [said(row) for row in catalogue(page)]
wanted = [[status.code, status.code, status.http, status.retry.lower(), *status.texts] for status in statuses() if status.http >= "400"]
faults = [f"GET /docs: the catalogue has {row}, status.def does not" for row in shown if row not in wanted]
faults += [f"GET /docs: the catalogue lacks {row}" for row in wanted if row not in shown]
if not faults and shown != wanted:
    faults.append("GET /docs: the catalogue is not in the order of status.def")
faults += [f"GET /docs: {route.method} {route.path} has no words in Chinese" for route in routes()
           if (route.method.lower(), route.path) not in made.chinese]
faults += [f"config/openapi.yaml: tag {tag['name']} has no x-zh" for tag in made.document["tags"] if "x-zh" not in tag]
finish(faults)

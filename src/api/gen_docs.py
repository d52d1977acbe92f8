"""Writes docs.c: the page that GET /docs answers, made of config/openapi.yaml, the codes of status.def and, for readers of Chinese,
README.zh-CN.md: its routes table and its rules. No script, nothing from elsewhere, one style sheet (docs.css).

    gen_docs.py OPENAPI_YAML STATUS_DEF README_ZH OUT_FILE
"""
import base64
import hashlib
import html
import json
import re
import shlex
import sys
from collections import namedtuple
from pathlib import Path

import yaml

from gen_openapi import CoreLoader, c_lines

METHODS = ("get", "put", "post", "delete")
PROBLEM = "application/problem+json"
Status = namedtuple("Status", "group code http retry zh en zh_help en_help")


# --- HTML: what is not Html is escaped --------------------------------------------------------------------------------
class Html(str):
    pass


def join(*parts):
    return Html("".join(part if isinstance(part, Html) else html.escape(str(part)) for part in parts))


def tag(name, *inside, **attributes):
    given = "".join(f' {key.rstrip("_")}="{html.escape(value)}"' for key, value in attributes.items() if value)
    return Html(f"<{name}{given}>{join(*inside)}</{name}>")


def link(target, *inside):
    return tag("a", *inside, href=f"#{target}")


def both(zh, en):
    return join(tag("span", zh, lang="zh-CN"), " ", tag("span", en, lang="en"))


def heading(level, zh, en, id_=None):
    return tag(f"h{level}", both(zh, en), id=id_)


# --- Markdown: headings, paragraphs, lists, tables, code, bold; as far as our texts use it ----------------------------
BETWEEN_CHINESE = re.compile(r"(?<=[\u2e80-\uffef])\n\s*(?=[\u2e80-\uffef])")


class Markdown:
    def __init__(self, targets):
        self.targets = targets  # words that are explained on this page

    def inline(self, text):
        parts = re.split(r"`([^`]+)`|\*\*(.+?)\*\*", BETWEEN_CHINESE.sub("", text))
        spans = [parts[0]]
        for code, bold, after in zip(parts[1::3], parts[2::3], parts[3::3]):
            spans += [self.code(code) if code else tag("b", self.inline(bold)), after]
        return join(*spans)

    def code(self, word):
        shown = tag("code", word)
        return link(word, shown) if word in self.targets else shown

    def table(self, lines):
        rows = [[self.inline(cell.strip()) for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|--")]
        return tag("table", *(tag("tr", *(tag("td", cell) for cell in row)) for row in rows))

    def block(self, text):
        if text.startswith("#"):
            return tag("h4", text.lstrip("# "))
        if text.startswith("|"):
            return self.table(text.splitlines())
        if text.startswith("- "):
            return tag("ul", *(tag("li", self.inline(item)) for item in re.split(r"^- ", text, flags=re.M)[1:]))
        return tag("p", self.inline(text))

    def __call__(self, text):
        spaced = re.sub(r"^(#+ .*)$", r"\n\1\n", text or "", flags=re.M)
        return join(*(self.block(block.strip()) for block in re.split(r"\n\s*\n", spaced) if block.strip()))


# --- The sources ------------------------------------------------------------------------------------------------------
STATUS = re.compile(r"^STATUS\((\w+),\s*(\d+),\s*(\w+),\s*" + r",\s*".join([r'"((?:[^"\\]|\\.)*)"'] * 4) + r"\)|^/\* (.*) \*/", re.M)


def statuses(text):
    """The rows that are failures, each with the comment above its group."""
    group, found = "", []
    for code, http, retry, *texts, comment in STATUS.findall(text[text.index("#ifdef"):]):
        group = comment or group
        if code and http >= "400":
            found.append(Status(group, code, http, retry.lower(), *(re.sub(r"\\(.)", r"\1", each) for each in texts)))
    return found


def chinese_routes(readme):
    return {(method.lower(), path): what
            for method, path, what in re.findall(r"^\| (GET|PUT|POST|DELETE) \| `([^`]+)` \|.*\| ([^|]+) \|$", readme, re.M)}


def chinese_rules(readme):
    return re.search(r"^## 须知\n(.*?)^## ", readme, re.M | re.S)[1]


# --- The page ---------------------------------------------------------------------------------------------------------
class Page:
    def __init__(self, document, codes, readme):
        self.document, self.codes, self.readme = document, codes, readme
        self.schemas = document["components"]["schemas"]
        self.chinese = chinese_routes(readme)
        self.markdown = Markdown({status.code for status in codes})
        self.operations = [(method, path, item, item[method]) for path, item in document["paths"].items() for method in item if method in METHODS]

    def resolved(self, node):
        while "$ref" in node:
            at = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                at = at[part]
            node = at
        return node

    # Schemas
    def kind(self, schema):
        """A schema in a few words."""
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return link(name, name)
        if "enum" in schema or "const" in schema:
            words = schema.get("enum", [schema.get("const")])
            return Html(" | ".join(self.markdown.code(str(word)) for word in words))
        for choice in "oneOf", "anyOf":
            if choice in schema and "properties" not in schema:
                return Html(" | ".join(self.kind(each) for each in schema[choice]))
        types = schema.get("type", "object" if "properties" in schema or "allOf" in schema else "any")
        shown = [self.plain(each, schema) for each in (types if isinstance(types, list) else [types])]
        return join(Html(" | ".join(shown)), *(self.limits(schema, f"min{of}", f"max{of}") for of in ("imum", "Length", "Items")))

    def plain(self, type_, schema):
        """One type that JSON has, with what is in it."""
        others = schema.get("additionalProperties")
        if type_ == "array":
            return join("[ ", self.kind(schema.get("items", {})), " ]")
        if type_ == "object" and isinstance(others, dict):
            return join("{ ", self.kind(schema.get("propertyNames", {"type": "string"})), ": ", self.kind(others), " }")
        return join(schema.get("format", type_) if type_ == "string" else type_)

    def limits(self, schema, least, most):
        low, high = schema.get(least), schema.get(most)
        if low is None and high is None:
            return ""
        return f" {'' if low is None else low}…{'' if high in (None, 2 ** 53 - 1) else high}"

    def members(self, schema):
        """(name, schema, required) of an object, parts of allOf together."""
        schema = self.resolved(schema)
        required = schema.get("required", [])
        own = [(name, each, name in required) for name, each in schema.get("properties", {}).items()]
        return [member for part in schema.get("allOf", []) for member in self.members(part)] + own

    def nested(self, schema):
        """The members of a schema that has no name of its own."""
        if "$ref" in schema:
            return Html("")
        inner = [schema[part] for part in ("items", "additionalProperties") if isinstance(schema.get(part), dict)]
        return self.fields(schema) or join(*(self.nested(each) for each in inner + schema.get("oneOf", []) + schema.get("anyOf", [])))

    def field(self, name, kind, required, description, below=""):
        return tag("li", tag("code", name, class_="name"), "" if required else tag("i", "?"), " ", tag("span", kind, class_="kind"), " ",
                   self.markdown(description), below)

    def fields(self, schema):
        rows = [self.field(name, self.kind(each), required, each.get("description"), self.nested(each))
                for name, each, required in self.members(schema)]
        return tag("ul", *rows, class_="fields") if rows else Html("")

    def schema(self, name, schema):
        return tag("details", tag("summary", tag("code", name)), self.markdown(schema.get("description")),
                   self.fields(schema) or tag("p", self.kind(schema), self.pattern(schema), class_="kind"), id=name)

    def pattern(self, schema):
        return join(" ", tag("code", schema["pattern"])) if "pattern" in schema else ""

    def content(self, holder):
        """Bodies: media type, schema, and the members of the schema when it has any."""
        return join(*(join(tag("p", tag("code", media), " ", self.kind_of(each)), self.shape(each.get("schema", {})))
                      for media, each in holder.get("content", {}).items()))

    def shape(self, schema):
        """The members of a schema, or of each of its forms."""
        forms = self.resolved(schema).get("oneOf", [])
        return self.fields(schema) or join(*(join(tag("p", self.kind(form), class_="kind"), self.fields(form)) for form in forms))

    def kind_of(self, holder):
        return tag("span", self.kind(holder["schema"]), class_="kind") if "schema" in holder else ""

    # Operations
    def parameters(self, item, operation):
        return [self.resolved(each) for each in item.get("parameters", []) + operation.get("parameters", [])]

    def everywhere(self):
        """Parameters that every operation takes."""
        names = [{each["name"] for each in self.parameters(item, operation)} for _, _, item, operation in self.operations]
        return set.intersection(*names)

    def parameter_list(self, parameters):
        return tag("ul", *(self.field(each["name"], join(each["in"], ", ", self.kind(each["schema"])), each.get("required"), each.get("description"))
                           for each in parameters), class_="fields")

    def response(self, status, response):
        problem = response.get("content", {}).get(PROBLEM, {}).get("schema", {})
        codes = [code for part in problem.get("allOf", []) for code in part.get("properties", {}).get("code", {}).get("enum", [])]
        listed = tag("span", *(part for code in codes for part in (self.markdown.code(code), " ")), class_="catalogue")
        body = response.get("content", {}).get("application/json")
        shown = [tag("b", status), " ", self.markdown.inline(response["description"]), " ", listed]
        if status < "300" and body:
            return tag("li", *shown, " ", self.kind_of(body), self.shape(body["schema"]))
        return tag("li", *shown, "" if codes else join(*(join(" ", tag("code", media)) for media in response.get("content", {}))))

    def curl(self, method, path, parameters, operation):
        words = ["curl", f'"$H{path}"']
        if method != "get" and not (method == "post" and "requestBody" in operation):
            words[1:1] = ["-X", method.upper()]
        if operation["security"]:
            words.append('-H "Authorization: Bearer $TOKEN"')
        if any(each["name"] == "Idempotency-Key" for each in parameters):
            words.append('-H "Idempotency-Key: $(uuidgen)"')
        for media, body in operation.get("requestBody", {}).get("content", {}).items():
            examples = [self.resolved(each).get("value") for each in body.get("examples", {}).values()] or [{}]
            words.append(f"--json {shlex.quote(json.dumps(examples[0], ensure_ascii=False))}" if media == "application/json"
                         else f"-H 'Content-Type: {media}' --data-binary @FILE")
            break
        return tag("pre", " ".join(words))

    def operation(self, method, path, item, operation, everywhere):
        parameters = self.parameters(item, operation)
        own = [each for each in parameters if each["name"] not in everywhere]
        scopes = [scope for choice in operation["security"] for scope in choice["bearer"]]
        body, words = operation.get("requestBody"), self.markdown.inline(self.chinese.get((method, path), ""))
        may = join(both("权限", "scope"), " ", *(part for scope in scopes for part in (tag("code", scope), " "))) if scopes else both("不需令牌", "no token")
        key = join("· ", tag("code", "Idempotency-Key")) if any(each["name"] == "Idempotency-Key" for each in parameters) else ""
        return tag(
            "details",
            tag("summary", tag("b", method.upper(), class_=method), tag("code", path), tag("span", both(words, operation["summary"]))),
            tag("p", may, " ", key, class_="may"),
            tag("div", self.markdown(operation.get("description")), lang="en"),
            join(heading(4, "参数", "Parameters"), self.parameter_list(own)) if own else "",
            join(heading(4, "请求", "Request"), self.content(self.resolved(body))) if body else "",
            heading(4, "回答", "Responses"),
            tag("ul", *(self.response(status, self.resolved(each)) for status, each in operation["responses"].items()), class_="fields"),
            heading(4, "示例", "Example"), self.curl(method, path, parameters, operation), id=operation["operationId"], class_="operation")

    def tagged(self, group, everywhere):
        return tag("section", heading(3, group.get("x-zh", ""), group["name"], f"tag-{group['name']}"), tag("p", group["description"], lang="en"),
                   *(self.operation(*each, everywhere) for each in self.operations if group["name"] in each[3]["tags"]))

    # Codes
    def catalogue(self):
        rows, group = [], None
        for status in self.codes:
            if status.group != group:
                group = status.group
                rows.append(tag("tr", Html(f'<th colspan="5">{html.escape(group)}</th>')))
            rows.append(tag("tr", tag("td", link(status.code, tag("code", status.code))), tag("td", status.http), tag("td", tag("code", status.retry)),
                            tag("td", both(status.zh, status.en)), tag("td", both(status.zh_help, status.en_help)), id=status.code))
        head = tag("tr", tag("th", "code"), tag("th", "HTTP"), tag("th", "retry"), tag("th", both("含义", "What happened")), tag("th", both("怎么办", "What to do")))
        return tag("table", tag("thead", head), tag("tbody", *rows), class_="catalogue")

    def body(self):
        info, everywhere = self.document["info"], self.everywhere()
        first = self.operations[0]
        common = [each for each in self.parameters(first[2], first[3]) if each["name"] in everywhere]
        nav = [link(f"tag-{group['name']}", both(group.get("x-zh", ""), group["name"])) for group in self.document["tags"]]
        return join(
            tag("nav", link("top", tag("b", "Gongji 共济")), *nav, link("codes", both("错误代码", "Codes")), link("schemas", both("数据结构", "Schemas"))),
            tag("main",
                tag("h1", "Gongji 共济", id="top"),
                tag("p", "职工医保个人账户家庭共济：接口与错误代码。"), tag("p", info["summary"], lang="en"),
                tag("p", tag("a", "/openapi.json", href="/openapi.json"), " · OpenAPI ", self.document["openapi"], " · ", tag("code", "?"), " ",
                    both("可省略", "may be absent")),
                tag("pre", "H=", self.document["servers"][0]["url"],
                    '\nTOKEN=$(build/gongji token --issuer dev --sub demo-mother --scope "family account premium")\n'
                    'curl "$H/v1/accounts/me" -H "Authorization: Bearer $TOKEN" -H "Accept-Language: en"'),
                tag("details", tag("summary", "须知"), self.markdown(chinese_rules(self.readme)), lang="zh-CN"),
                tag("details", tag("summary", "Words and rules"), self.markdown(info["description"]), lang="en"),
                tag("details", tag("summary", both("每个请求都可带", "With every request")), self.parameter_list(common)),
                heading(2, "接口", "Endpoints"), *(self.tagged(group, everywhere) for group in self.document["tags"]),
                heading(2, "错误代码", "Codes", "codes"),
                self.markdown("`never` 同样再来仍不行；`same_key` 用同一个键重试；`new_key` 消除原因后换新键；`later` 什么也没办，稍后再来。"),
                self.markdown("`never` the same again fails the same way; `same_key` repeat it as it is, under the same key; "
                              "`new_key` cure the cause, then a new key; `later` nothing was done, wait and repeat."),
                self.catalogue(),
                heading(2, "数据结构", "Schemas", "schemas"), *(self.schema(*each) for each in self.schemas.items())))

    def html(self, style):
        head = join(Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'),
                    tag("title", "Gongji 共济"), tag("style", Html(style)))
        return Html(f'<!doctype html>\n<html lang="zh-CN"><head>{head}</head><body>{self.body()}</body></html>\n')


def read_page(openapi, status_def, readme):
    return Page(yaml.load(openapi.read_text(), CoreLoader), statuses(status_def.read_text()), readme.read_text())


def read_style():
    return re.sub(r"\s*\n\s*", "\n", Path(__file__).with_name("docs.css").read_text()).strip()


def policy(style):
    """Content-Security-Policy: this page's own style, and nothing else whatever."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def main():
    *sources, out = map(Path, sys.argv[1:])
    style = read_style()
    page = read_page(*sources).html(style)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("/* Generated by src/api/gen_docs.py. */\n#include <stddef.h>\n\n"
                   "extern const char DOCS_HTML[], DOCS_POLICY[];\nextern const size_t DOCS_HTML_LENGTH;\n\n"
                   f"const char DOCS_POLICY[] =\n{''.join(c_lines(policy(style))).rstrip()};\n"
                   f"const char DOCS_HTML[] =\n{''.join(c_lines(page)).rstrip()};\n"
                   "const size_t DOCS_HTML_LENGTH = sizeof DOCS_HTML - 1;\n")


if __name__ == "__main__":
    main()

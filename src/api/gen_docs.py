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

Operation = namedtuple("Operation", "method path parameters spec")
METHODS = ("get", "put", "post", "delete")
JSON, PROBLEM = "application/json", "application/problem+json"
TITLE = "Gongji 共济"
TRY_IT = """TOKEN=$(build/gongji token --issuer dev --sub demo-mother --scope "family account premium")
curl "$H/v1/accounts/me" -H "Authorization: Bearer $TOKEN" -H "Accept-Language: en\""""
RETRY = ("`never` 同样再来仍不行；`same_key` 用同一个键重试；`new_key` 消除原因后换新键；`later` 什么也没办，稍后再来。",
         "`never` the same again fails the same way; `same_key` repeat it as it is, under the same key; `new_key` cure the cause, "
         "then a new key; `later` nothing was done, wait and repeat.")
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
        self.chinese = chinese_routes(readme)
        self.markdown = Markdown({status.code for status in codes})
        self.operations = [self.described(method, path, item) for path, item in document["paths"].items() for method in item if method in METHODS]
        self.parameters_of_all = set.intersection(*({each["name"] for each in operation.parameters} for operation in self.operations))
        self.responses_of_all = set.intersection(*(set(map(str, operation.spec["responses"].items())) for operation in self.operations))

    def described(self, method, path, item):
        parameters = item.get("parameters", []) + item[method].get("parameters", [])
        return Operation(method, path, [self.resolved(each) for each in parameters], item[method])

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

    def shape(self, schema):
        """The members of a schema, or of each of its forms."""
        forms = self.resolved(schema).get("oneOf", [])
        return self.fields(schema) or join(*(join(tag("p", self.kind(form), class_="kind"), self.fields(form)) for form in forms))

    # Operations
    def parameters(self, parameters):
        return tag("ul", *(self.field(each["name"], join(each["in"], ", ", self.kind(each["schema"])), each.get("required"), each.get("description"))
                           for each in parameters), class_="fields")

    def codes_of(self, response):
        problem = response.get("content", {}).get(PROBLEM, {}).get("schema", {})
        return [code for part in problem.get("allOf", []) for code in part.get("properties", {}).get("code", {}).get("enum", [])]

    def response(self, status, response):
        told = [tag("b", status), " ", self.markdown.inline(response["description"])]
        codes = [part for code in self.codes_of(response) for part in (" ", self.markdown.code(code))]
        bodies = {} if codes else response.get("content", {})
        return tag("li", *told, *codes, *(part for media in bodies.items() for part in self.body(*media)))

    def body(self, media, holder):
        """Media type and schema, with the schema's members."""
        schema = holder.get("schema", {})
        return " ", tag("code", media), " ", tag("span", self.kind(schema), class_="kind") if schema else "", self.shape(schema)

    def responses(self, responses):
        return tag("ul", *(self.response(status, self.resolved(each)) for status, each in responses), class_="fields")

    def curl(self, operation, keyed):
        path, bodies = operation.path, operation.spec.get("requestBody", {}).get("content", {})
        implied = operation.method == ("post" if bodies else "get")
        words = ["curl", "" if implied else f"-X {operation.method.upper()}", f'"$H{path}"',
                 '-H "Authorization: Bearer $TOKEN"' if operation.spec["security"] else "",
                 '-H "Idempotency-Key: $(uuidgen)"' if keyed else ""]
        for media, holder in list(bodies.items())[:1]:
            examples = [self.resolved(each)["value"] for each in holder.get("examples", {}).values()] or [{}]
            words.append(f"--json {shlex.quote(json.dumps(examples[0], ensure_ascii=False))}" if media == JSON
                         else f"-H 'Content-Type: {media}' --data-binary @FILE")
        return tag("pre", " ".join(filter(None, words)))

    def operation(self, operation):
        method, path, parameters, spec = operation
        own = [each for each in parameters if each["name"] not in self.parameters_of_all]
        answers = [each for each in spec["responses"].items() if str(each) not in self.responses_of_all]
        keyed = "Idempotency-Key" in [each["name"] for each in own]
        scopes = [tag("code", scope) for choice in spec["security"] for scope in choice["bearer"]]
        words = both(self.markdown.inline(self.chinese.get((method, path), "")), spec["summary"])
        may = [both("权限", "scope"), *(part for scope in scopes for part in (" ", scope))] if scopes else [both("不需令牌", "no token")]
        asked = self.resolved(spec["requestBody"])["content"] if "requestBody" in spec else {}
        return tag(
            "details", tag("summary", tag("b", method.upper(), class_=method), tag("code", path), tag("span", words)),
            tag("p", *may, *((" · ", tag("code", "Idempotency-Key")) if keyed else ()), class_="may"),
            tag("div", self.markdown(spec.get("description")), lang="en"),
            *((heading(4, "参数", "Parameters"), self.parameters(own)) if own else ()),
            *((heading(4, "请求", "Request"), *(tag("div", *self.body(*each)) for each in asked.items())) if asked else ()),
            heading(4, "回答", "Responses"), self.responses(answers),
            heading(4, "示例", "Example"), self.curl(operation, keyed), id=spec["operationId"], class_="operation")

    def tagged(self, group):
        name = group["name"]
        return tag("section", heading(3, group.get("x-zh", ""), name, f"tag-{name}"), tag("p", group["description"], lang="en"),
                   *(self.operation(each) for each in self.operations if name in each.spec["tags"]))

    # Codes
    def catalogue(self):
        head = tag("tr", *(tag("th", each) for each in ("code", "HTTP", "retry", both("含义", "What happened"), both("怎么办", "What to do"))))
        groups = dict.fromkeys(status.group for status in self.codes)
        return tag("table", tag("thead", head), *(self.group(each) for each in groups), class_="catalogue")

    def group(self, group):
        return tag("tbody", tag("tr", tag("th", group, colspan="5")), *(self.code(each) for each in self.codes if each.group == group))

    def code(self, status):
        return tag("tr", tag("td", link(status.code, tag("code", status.code))), tag("td", status.http), tag("td", tag("code", status.retry)),
                   tag("td", both(status.zh, status.en)), tag("td", both(status.zh_help, status.en_help)), id=status.code)

    # The whole
    def nav(self):
        groups = [(f"tag-{group['name']}", group.get("x-zh", ""), group["name"]) for group in self.document["tags"]]
        ends = [("codes", "错误代码", "Codes"), ("schemas", "数据结构", "Schemas")]
        return tag("nav", link("top", tag("b", TITLE)), *(link(target, both(zh, en)) for target, zh, en in groups + ends))

    def intro(self):
        info, first = self.document["info"], self.operations[0]
        common = [each for each in first.parameters if each["name"] in self.parameters_of_all]
        answers = [each for each in first.spec["responses"].items() if str(each) in self.responses_of_all]
        return join(
            tag("h1", TITLE, id="top"), tag("p", "职工医保个人账户家庭共济：接口与错误代码。"), tag("p", info["summary"], lang="en"),
            tag("p", tag("a", "/openapi.json", href="/openapi.json"), " · OpenAPI ", self.document["openapi"], " · ", tag("i", "?"), " ",
                both("可省略", "may be absent")),
            tag("pre", "H=", self.document["servers"][0]["url"], "\n", TRY_IT),
            tag("details", tag("summary", "须知"), self.markdown(chinese_rules(self.readme)), lang="zh-CN"),
            tag("details", tag("summary", "Words and rules"), self.markdown(info["description"]), lang="en"),
            tag("details", tag("summary", both("每个接口都有的参数和回答", "What every endpoint takes and answers")),
                self.parameters(common), self.responses(answers)))

    def html(self, style):
        head = join(Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'),
                    tag("title", TITLE), tag("style", Html(style)))
        main = tag("main", self.intro(),
                   heading(2, "接口", "Endpoints"), *(self.tagged(each) for each in self.document["tags"]),
                   heading(2, "错误代码", "Codes", "codes"), *map(self.markdown, RETRY), self.catalogue(),
                   heading(2, "数据结构", "Schemas", "schemas"), *(self.schema(*each) for each in self.document["components"]["schemas"].items()))
        return Html(f'<!doctype html>\n<html lang="zh-CN"><head>{head}</head><body>{self.nav()}{main}</body></html>\n')


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

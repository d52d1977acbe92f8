#!/usr/bin/python3
"""config/openapi.yaml and the tables it describes say the same: routes with scope, key and body, statuses, closed sets of words;
and its examples are examples of its schemas."""
import importlib.util
import re

import jsonschema
import yaml

from lint import ROOT, finish, text
from tables import routes, statuses

METHODS = ("get", "put", "post", "delete")
PROBLEM = "application/problem+json"

# Sets of words that requests are checked against: schema, file, array.
WORDS = (
    ("Scheme",        "src/domain/person.c",       "SCHEMES"),
    ("InsuredStatus", "src/domain/person.c",       "INSURED_STATUSES"),
    ("PersonClass",   "src/domain/person.c",       "PERSON_CLASSES"),
    ("Relation",      "src/domain/relation.c",     "RELATIONS"),
    ("Bucket",        "src/api/policy_fields.c",   "BUCKETS"),
    ("ReviewMode",    "src/api/policy_fields.c",   "REVIEW_MODES"),
    ("EvidenceType",  "src/api/policy_fields.c",   "EVIDENCE_TYPES"),
    ("EvidenceType",  "src/api/evidence_create.c", "TYPES"),
    ("BindingStatus", "src/api/binding_list.c",    "STATUSES"),
    ("PaymentStatus", "src/api/payment_list.c",    "STATUSES"),
    ("ReviewState",   "src/api/review_list.c",     "STATES"),
    ("MedicalUse",    "src/api/medical_settle.c",  "MEDICAL_USES"),
    ("CredentialKind", "src/api/medical_settle.c", "CREDENTIAL_KINDS"),
    ("ProductUse",    "src/api/policy_fields.c",   "PRODUCT_USES"),
    ("InstitutionKind", "src/api/institution_put.c", "INSTITUTION_KINDS"),
)

faults = []


def fault(where, what):
    faults.append(f"config/openapi.yaml: {where}: {what}")


def read_description():
    """As the program embeds it, so that a day stays text and `on` is no boolean."""
    spec = importlib.util.spec_from_file_location("gen_openapi", ROOT / "src/api/gen_openapi.py")
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    return yaml.load(text("config/openapi.yaml"), generator.CoreLoader)


class Description:
    def __init__(self, document):
        self.document = document

    def resolved(self, node):
        while isinstance(node, dict) and "$ref" in node:
            at = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                at = at[part.replace("~1", "/").replace("~0", "~")]
            node = at
        return node

    def operations(self):
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method, path, item, item[method]

    def parameters(self, item, operation):
        return {parameter["name"]: parameter
                for parameter in map(self.resolved, item.get("parameters", []) + operation.get("parameters", []))}

    def responses(self, operation):
        return {status: self.resolved(response) for status, response in operation["responses"].items()}


def codes_of(response):
    """The codes a response names: the enum of `code` beside Problem."""
    schema = response.get("content", {}).get(PROBLEM, {}).get("schema", {})
    return [code for part in schema.get("allOf", []) for code in part.get("properties", {}).get("code", {}).get("enum", [])]


def in_words_of_others(response):
    """A failure told in a payment channel's own form."""
    return "content" in response and PROBLEM not in response["content"]


def check_codes(where, responses, http):
    for status, response in responses.items():
        codes = codes_of(response)
        if status >= "400" and not codes and not in_words_of_others(response):
            fault(where, f"{status} names no codes")
        for code in codes:
            if http.get(code) != status:
                fault(where, f"{code} under {status}, but status.def has {http.get(code)}")


def check_key(where, route, parameters, responses):
    described = parameters.get("Idempotency-Key", {}).get("required", False)
    codes = {code for response in responses.values() for code in codes_of(response)}
    for name, is_there in (("parameter Idempotency-Key", described),
                           ("400 IDEMPOTENCY_KEY_MISSING", "IDEMPOTENCY_KEY_MISSING" in codes),
                           ("422 IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_REUSED" in codes)):
        if is_there != route.keyed:
            fault(where, f"{name} {'is not wanted' if is_there else 'is missing'}")


def check_headers(where, route, responses):
    for status, response in responses.items():
        headers = response.get("headers", {})
        if "Request-Id" not in headers:
            fault(where, f"{status} has no Request-Id")
        if ("Cache-Control" in headers) != (route.personal or status >= "400") and not in_words_of_others(response):
            fault(where, f"{status}: Cache-Control is not as the route says")


def check_operation(where, route, parameters, operation):
    scopes = " ".join(scope for choice in operation["security"] for scope in choice["bearer"])
    if scopes != route.scopes:
        fault(where, f"scopes {scopes!r}, the route has {route.scopes!r}")
    handler = route.handler.removeprefix("api_")
    if operation["operationId"] not in (handler, f"person_{handler}"):  # a route for staff beside one for citizens
        fault(where, f"operationId {operation['operationId']}, the handler is {route.handler}")
    if ("requestBody" in operation) != (route.method not in ("GET", "DELETE")):
        fault(where, "the route and the description differ on a body")
    for name in re.findall(r"\{(\w+)\}", route.path):
        if parameters.get(name, {}).get("in") != "path":
            fault(where, f"{name} is not described")


def check_routes(description):
    http = {status.code: status.http for status in statuses()}
    table = {(route.method.lower(), route.path): route for route in routes()}
    described = {(method, path): (item, operation) for method, path, item, operation in description.operations()}
    for method, path in described.keys() ^ table.keys():
        fault(f"{method} {path}", "is no route" if (method, path) in described else "is missing")
    for name in described.keys() & table.keys():
        (item, operation), route, where = described[name], table[name], " ".join(name)
        responses, parameters = description.responses(operation), description.parameters(item, operation)
        check_operation(where, route, parameters, operation)
        check_codes(where, responses, http)
        check_key(where, route, parameters, responses)
        check_headers(where, route, responses)


def words_of(path, name):
    body = re.search(rf"\b{name}\[\] = \{{(.*?)\}};", text(path), re.S)[1]
    return re.findall(r'"([^"]+)"', body)


def check_words(schemas):
    for schema, path, name in WORDS:
        if set(schemas[schema]["enum"]) != set(words_of(path, name)):
            fault(schema, f"is not {name} of {path}")
    rules = re.search(r"const struct field rules\[\] = \{(.*?)\{ 0 \}", text("src/api/policy_fields.c"), re.S)[1]
    if list(schemas["PolicyRules"]["properties"]) != re.findall(r'\{ "(\w+)"', rules):
        fault("PolicyRules", "has not the rules of src/api/policy_fields.c in their order")
    if schemas["Use"]["enum"] != words_of("src/api/policy_fields.c", "USES_OR_ANY")[1:]:
        fault("Use", "is not USES of src/api/policy_fields.c")


def media_of(node):
    """Every place where a schema stands beside examples."""
    if isinstance(node, dict):
        if "schema" in node and isinstance(node.get("examples"), dict):
            yield node
        for child in node.values():
            yield from media_of(child)
    elif isinstance(node, list):
        for child in node:
            yield from media_of(child)


def check_examples(description):
    document = description.document
    resolver = jsonschema.RefResolver("", document)
    for media in media_of(document):
        validator = jsonschema.Draft202012Validator(media["schema"], resolver=resolver, format_checker=jsonschema.FormatChecker())
        for name, example in media["examples"].items():
            for error in validator.iter_errors(description.resolved(example)["value"]):
                fault(f"example {name}", f"{error.json_path}: {error.message[:200]}")
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


description = Description(read_description())
check_routes(description)
check_words(description.document["components"]["schemas"])
check_examples(description)
finish(sorted(faults))

#!/usr/bin/env python3
"""Checks the shipped data without a server: JSON and CSV parse, policy files state only known rules in known shapes.

Run from anywhere: python3 tests/lint/check_config.py. One line a fault, exit 1 when there is any."""
import csv
import datetime
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"

CHANNELS = set("wechat_mini web_hall wansht_app wechat_tax alipay_tax nhsa_app wechat_oa website "
               "alipay_city wechat_city third_party counter kiosk".split())
RELATIONS = set("spouse parent child sibling grandparent maternal_grandparent grandchild maternal_grandchild".split())
STATUSES = {"normal", "paused", "terminated", "not_insured", "deceased"}
CLASSES = set("general student newborn migrant_worker extreme_hardship subsistence_allowance relapse_monitored "
              "severe_disability".split())
BUCKETS = {"prior_year", "current_year"}
EVIDENCE = {"birth_certificate", "household_register", "marriage_certificate", "guardianship", "other"}
USES = set("resident_premium outpatient inpatient drug device disinfectant treatment vaccine checkup "
           "large_amount_subsidy long_term_care commercial_supplement city_inclusive".split())
CONFIDENCE = re.compile(r"(A|A-|B|C|demo)(/(A|A-|B|C))?")


def is_list_of(words):
    return lambda v: isinstance(v, list) and len(set(v)) == len(v) and set(v) <= set(words)


def is_map(keys, value):
    return lambda v: isinstance(v, dict) and set(v) <= set(keys) and all(value(x) for x in v.values())


def is_count(v):
    return isinstance(v, int) and not isinstance(v, bool) and v >= 0


def is_limit(v):
    return v is None or is_count(v)


def is_bool(v):
    return isinstance(v, bool)


def is_text(v):
    return isinstance(v, str) and v.strip() != ""


def is_one_of(*words):
    return lambda v: v in words


def is_waiting(v):
    numbers = {"fixed_months", "months_per_gap_year", "free_gap_years", "epoch_year", "repair_months_per_year",
               "floor_gap_years", "floor_months"}
    return set(v) == numbers | {"exempt_classes"} and all(is_count(v[n]) for n in numbers) and is_list_of(CLASSES)(v["exempt_classes"])


RULES = {
    "shareable_buckets": is_list_of(BUCKETS),
    "retained_minimum_fen": is_count,
    "relations": is_list_of(RELATIONS),
    "relation_limits": is_map(RELATIONS, is_count),
    "max_members": is_limit,
    "grantor_status_required": is_list_of(STATUSES),
    "review_mode": is_one_of("none", "commitment", "automatic", "manual"),
    "review_sla_workdays": is_count,
    "evidence_required": is_map(RELATIONS, is_list_of(EVIDENCE)),
    "notice_version": is_text,
    "notice_text": is_text,
    "min_bound_days": is_count,
    "release_effective": is_one_of("immediate", "next_day", "next_day_if_new"),
    "per_payment_cap_editable": is_bool,
    "daily_cap_fen": is_limit,
    "yearly_cap_fen": is_limit,
    "premium_cap_fen": is_limit,
    "rollover_threshold_fen": is_limit,
    "uses": is_map(USES, is_list_of({"self", "relative"})),
    "insured_status_allowed": is_map(USES | {"*"}, is_list_of(STATUSES)),
    "max_grantors_per_beneficiary": is_limit,
    "max_grantors_per_payment": is_limit,
    "grantor_order_editable": is_bool,
    "other_grantors": is_one_of("drawn", "not_drawn"),
    "own_bucket_order": is_list_of(BUCKETS),
    "waiting": is_waiting,
    "newborn_days": is_count,
    "newborn_late": is_one_of("next_month", "general"),
    "cash_hold_minutes": is_count,
    "refund_until": is_one_of("benefit_start", "not_refundable", "no_limit"),
    "channels": lambda v: set(v) == {"bind", "pay", "read"} and is_map({"bind", "pay", "read"}, is_list_of(CHANNELS))(v)
                          and set(v["bind"]) | set(v["pay"]) <= set(v["read"]),
    "cross_area": is_bool,
    "cross_province": is_bool,
}

faults = []


def fault(path, what):
    faults.append(f"{path.relative_to(ROOT)}: {what}")


def unique(pairs):
    names = [name for name, _ in pairs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"members given twice: {', '.join(sorted(twice))}")
    return dict(pairs)


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=unique)
    except ValueError as error:
        fault(path, error)
        return None


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for line, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            fault(path, f"line {line} has {len(row)} columns, the header {len(rows[0])}")
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def check_source(path, source, members):
    notes = {"": source, **source.get("members", {})}
    for name, note in notes.items():
        if not CONFIDENCE.fullmatch(note.get("confidence", "")) or not is_text(note.get("note")):
            fault(path, f"source {name or 'of the row'}: needs confidence (A, A-, B, C, demo) and note")
        if name and name not in members:
            fault(path, f"source speaks of {name}, which the row does not state")


def check_policy_row(path, row):
    rules = {name: value for name, value in row.items() if name not in ("valid_from", "legal_basis", "source")}
    datetime.date.fromisoformat(row["valid_from"])
    if not is_text(row.get("legal_basis")):
        fault(path, "legal_basis is missing")
    for name, value in rules.items():
        if name not in RULES:
            fault(path, f"{name} is no rule")
        elif not RULES[name](value):
            fault(path, f"{name}: {value!r} has not its shape")
    check_source(path, row["source"], rules)
    return rules


def check_policy(path, areas):
    policy = read_json(path)
    if policy is None:
        return
    if set(policy) != {"area", "rows"} or policy["area"] != path.stem or path.stem not in areas:
        fault(path, "members are area and rows; area is the file's name and a known code")
    days = [row["valid_from"] for row in policy["rows"]]
    if days != sorted(set(days)):
        fault(path, "rows are not in order of valid_from")
    stated = [check_policy_row(path, row) for row in policy["rows"]]
    missing = RULES.keys() - stated[0].keys() if path.stem == "000000" else ()
    if missing:
        fault(path, f"the first national row must state every rule; missing: {', '.join(sorted(missing))}")


def in_order(span):
    return datetime.date.fromisoformat(span["from"]) <= datetime.date.fromisoformat(span["to"])


def check_standard(path, areas):
    standard = read_json(path)
    if standard is None:
        return
    names = {"area", "benefit_year", "product", "amount_fen", "benefit", "windows", "subsidies", "source"}
    if set(standard) != names:
        fault(path, f"members differ: {', '.join(sorted(names ^ set(standard)))}")
        return
    if path.stem != f"{standard['area']}-{standard['benefit_year']}" or areas.get(standard["area"], {}).get("pooling") != "true":
        fault(path, "is not named AREA-YEAR.json after a pooling area")
    if not is_count(standard["amount_fen"]) or not in_order(standard["benefit"]) or not all(map(in_order, standard["windows"])):
        fault(path, "amount, benefit or windows are not in order")
    for item in standard["windows"] + standard["subsidies"]:
        if item.get("person_class", "general") not in CLASSES:
            fault(path, f"{item['person_class']} is no person class")
    for subsidy in standard["subsidies"]:
        if set(subsidy) - {"person_class"} != {"full": {"mode"}, "fixed": {"mode", "amount_fen"}, "rate": {"mode", "rate_percent"}}[subsidy["mode"]]:
            fault(path, f"subsidy of {subsidy['person_class']} does not fit its mode")
    check_source(path, standard["source"], standard)


def check_products(path, areas):
    document = read_json(path)
    if document.get("area") != path.stem or path.stem not in areas:
        fault(path, "area is not the file's name, or no area")
    for item in document["products"]:
        if item.get("use") not in USES or item.keys() - {"product", "use", "scheme", "valid_from", "valid_to"}:
            fault(path, f"{item.get('product')}: of no use, or with other members")


def check_areas(path):
    rows = read_csv(path)
    areas = {row["code"]: row for row in rows}
    if len(areas) != len(rows):
        fault(path, "a code is given twice")
    for row in rows:
        if row["province_code"] not in areas or not re.fullmatch(r"[0-9]{6}", row["code"]):
            fault(path, f"{row['code']}: bad code or province")
        if (row["pooling"] == "true") != (row["level"] in ("municipality", "prefecture", "county")):
            fault(path, f"{row['code']}: pooling does not follow from its level")
    return areas


def check_calendar(path):
    """What the file says stands in a migration, no more and no less."""
    said = {(row["day"], row["working"]) for row in read_csv(path)}
    text = "".join(each.read_text(encoding="utf-8") for each in (ROOT / "sql/migrations").glob("*.sql"))
    written = set(re.findall(r"^    \('(\d{4}-\d{2}-\d{2})', (true|false), ", text, re.M))
    for day, working in sorted(said ^ written):
        fault(path, f"{day} {working}: not the same in sql/migrations")


def id_number_fits(number):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
    return "10X98765432"[sum(int(d) * w for d, w in zip(number, weights)) % 11] == number[17]


def check_demo(folder, areas):
    persons = {row["person_id"]: row for row in read_csv(folder / "persons.csv")}
    for row in persons.values():
        if not id_number_fits(row["id_number"]) or areas.get(row["area"], {}).get("pooling") != "true":
            fault(folder / "persons.csv", f"{row['person_id']}: ID number or area")
    for name in ("contributions.csv", "enrollments.csv"):
        for row in read_csv(folder / name):
            if row["person_id"] not in persons:
                fault(folder / name, f"{row['person_id']} is not in persons.csv")


def check_front(folder):
    codes = set(re.findall(r"^STATUS\((\w+)", (ROOT / "include/gongji/base/status.def").read_text(encoding="utf-8"), re.M))
    path = folder / "gongji-http.conf"
    for code in set(re.findall(r"\b[A-Z]+_[A-Z_]+\b", path.read_text(encoding="utf-8"))) - codes:
        fault(path, f"{code} is not in status.def")


def main():
    areas = check_areas(CONFIG / "data" / "pooling_areas.csv")
    check_calendar(CONFIG / "data" / "working_days.csv")
    for path in sorted((CONFIG / "policies").glob("*.json")):
        check_policy(path, areas)
    for path in sorted((CONFIG / "premium-standards").glob("*.json")):
        check_standard(path, areas)
    for path in sorted((CONFIG / "products").glob("*.json")):
        check_products(path, areas)
    check_demo(CONFIG / "demo", areas)
    check_front(ROOT / "deploy" / "nginx")
    print("\n".join(faults) or "config: in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""Steps that the black-box tests share beyond the harness: areas of one's own with their rules, many callers at once, whole lists."""
import collections
import concurrent.futures
import itertools
import threading
import uuid

from harness import Caller, World

TODAY, YEAR, PREMIUM = "2026-11-21", 2027, 40000
SOURCE = {"confidence": "demo", "note": "test"}
OPEN = {  # everything is permitted, nothing is limited, nobody reviews
    "shareable_buckets": ["prior_year", "current_year"], "retained_minimum_fen": 0, "relations": ["spouse", "parent", "child"], "relation_limits": {},
    "max_members": None, "grantor_status_required": ["normal"], "review_mode": "none", "review_sla_workdays": 3, "evidence_required": {},
    "notice_version": "n1", "notice_text": "告知书", "min_bound_days": 0, "release_effective": "immediate",
    "uses": {"resident_premium": ["self", "relative"], "outpatient": ["self", "relative"]}, "max_grantors_per_beneficiary": None,
    "max_grantors_per_payment": None, "grantor_order_editable": True, "other_grantors": "drawn",
    "channels": {"bind": None, "pay": None, "read": None}, "cross_area": True, "cross_province": True}
TAKEN, RULES = collections.Counter(), {}


def fresh_area(world, province="51"):
    """A pooling area of a province that is the test's own: put into the reference table, since the real ones would soon be used up."""
    TAKEN[world.server.database] += 1
    code = f"{province}{9000 + TAKEN[world.server.database] % 1000}"
    world.server.sql("INSERT INTO gongji.pooling_area (code, name, level, province_code, pooling) VALUES (%s, %s, 'prefecture', %s, true)",
                     code, "试验市" + code, province + "0000")
    return code


def state(world, area, valid_from=TODAY, **rules):
    """A policy row of an area."""
    answer = world.staff.put(f"/v1/policies/{area}/{valid_from}", {"legal_basis": "test", "source": SOURCE, **rules})
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def publish(world, area, year=YEAR, amount_fen=PREMIUM, windows=None, subsidies=(), **more):
    """A premium standard of an area, its window open unless said otherwise."""
    body = {"amount_fen": amount_fen, "benefit": {"from": f"{year}-01-01", "to": f"{year}-12-31"}, "subsidies": list(subsidies), "source": SOURCE,
            "windows": windows or [{"from": f"{year - 1}-09-01", "to": f"{year - 1}-12-31"}], **more}
    answer = world.staff.put(f"/v1/premium-standards/{area}/{year}/resident_basic", body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def place(world, province="51", **rules):
    """An area of one's own with a standard for 2027, open in every respect but the rules given."""
    area = fresh_area(world, province)
    RULES[area] = OPEN
    amend(world, area, **rules)
    publish(world, area)
    return area


def amend(world, area, valid_from=TODAY, **rules):
    """The rules of a place of one's own with these changed: a PUT replaces what an earlier one said for the same day."""
    RULES[area] = {**RULES[area], **rules}
    return state(world, area, valid_from, **RULES[area])


def family(world, area, prior=0, current=0, own=0, relation="child", **more):
    """A grantor with money, bound to a child."""
    grantor, child = world.person(area, prior=prior, current=current), world.child(area, current=own, **more)
    return grantor, child, world.bind(grantor, child, relation)


def beside(world, server):
    """The same world seen through another process of the server, say one with a later clock."""
    other = World.__new__(World)
    other.__dict__.update(world.__dict__, server=server, staff=Caller(server, "op-1"))
    return other


def at_once(*calls):
    """Answers of calls made in parallel, in order. They start together; what prepares them is best done before."""
    start = threading.Barrier(len(calls))
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(lambda call=call: (start.wait(), call())[1]) for call in calls]]


def statuses(answers):
    return collections.Counter(answer.status_code for answer in answers)


def everything(caller, path, limit=None):
    """All items of a list, page by page."""
    items, first = [], path + (("&" if "?" in path else "?") + f"limit={limit}" if limit else "")
    for page in itertools.count():
        assert page < 100, "the list does not end"
        body = World.must(caller.get(first), 200)
        items += body["data"]
        assert limit is None or len(body["data"]) <= limit
        if body["next_cursor"] is None:
            return items
        first = path.split("?")[0] + f"?cursor={body['next_cursor']}" + (f"&limit={limit}" if limit else "")


def audited(world, person_id, action):
    """Audit rows about a person: (subject, reason, actor)."""
    return world.server.sql("SELECT a.subject, a.reason, a.actor FROM gongji.audit_log a JOIN gongji.person p ON p.id = a.person"
                            " WHERE p.person_no = %s AND a.action = %s ORDER BY a.id", person_id, action)


def problem(answer):
    """A problem without what names its occurrence: two refusals that must look alike are compared by it."""
    return {name: value for name, value in answer.json().items() if name not in ("instance", "request_id")}


def pointers(answer):
    return [fault["pointer"] for fault in answer.json()["errors"]]


def unknown(prefix):
    """An id as ours are, which nothing has."""
    return f"{prefix}_{uuid.UUID(int=(0x0199 << 112) | (7 << 76) | (2 << 62) | uuid.uuid4().int >> 80)}"

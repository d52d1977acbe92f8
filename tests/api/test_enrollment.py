"""Enrollment: gaps and their waiting periods, missed years repaired with a payment, newborns, windows of a class, one premium a year over all channels."""
import pytest

from harness import Caller, code, codes, split
from steps import amend, at_once, family, place, pointers, publish
from test_cash import report, waiting
from test_imports import load
from test_payments import WAITING, balances, pay_quote, premiums
from test_refunds import refund

RULES = {**WAITING, "epoch_year": 2023}


@pytest.fixture(scope="module")
def area(world):
    here = place(world, waiting=RULES)
    for year in 2026, 2028:
        publish(world, here, year, windows=[{"from": f"{year - 1}-09-01", "to": f"{year - 1}-12-31"}])
    return here


def enroll(world, person, **years):
    rows = "".join(f"{person.no},{year[1:]},{str(enrolled).lower()}\n" for year, enrolled in years.items())
    assert world.must(load(world.staff, "enrollments", "person_id,benefit_year,enrolled\n" + rows), 200)["accepted"] == len(years)


def lapsed(world, area, prior=300000, own=0, **more):
    """Enrolled last in 2024: 2025 and 2026 are missed."""
    grantor, child, _ = family(world, area, prior=prior, own=own, **more)
    enroll(world, child, y2024=True)
    return grantor, child


def missed(world, child, year=2027):
    return premiums(world, child, f"?insured_id={child.no}&benefit_year={year}")[0]["coverage"]["missed_years"]


# --- Repair -----------------------------------------------------------------------------------------------------------
def test_e9_p03_one_of_two_missed_years_repaired(world, area):
    """E9 P-02 P-03: 3 + 2 months, one repaired 3 + 2 - 1; the repair costs one standard more, and is explained in words; quote = charge = receipt."""
    grantor, child = lapsed(world, area)
    (shown,) = premiums(world, child, "?benefit_year=2027")
    assert (shown["coverage"]["missed_years"], shown["coverage"]["waiting_months"], shown["payable_fen"]) == (2, 5, 40000)
    quote = world.must(world.quote(grantor, child, repair_years=[2026]), 201)
    assert (quote["coverage"]["waiting_months"], quote["coverage"]["starts_on"], quote["coverage"]["missed_years"], quote["coverage"]["repaired_years"]) == (4, "2027-05-01", 2, 1)
    assert quote["payable_fen"] == 80000 == quote["standard_fen"] - quote["subsidy_fen"] + quote["repair"]["amount_fen"] and split(quote) == {"aid:prior_year": 80000}
    assert quote["repair_years"] == [2026] and (quote["repair"]["standard_fen"], quote["repair"]["rule"], quote["repair"]["legal_basis"]) == (40000, "repair_years", "test")
    assert "400.00" in quote["repair"]["why"] and "断保2年" in quote["coverage"]["why"] and "4个月" in quote["coverage"]["why"]
    english = world.caller(grantor).post("/v1/quotes", {"insured_id": child.no, "benefit_year": 2027, "repair_years": [2026]}, key=None, headers={"Accept-Language": "en"}).json()
    assert english["repair"]["why"].startswith("Missed years paid for as well: 1,") and "4 months" in english["coverage"]["why"]
    payment = world.must(pay_quote(world, grantor, quote), 201)
    same = ("legs", "payable_fen", "own_fen", "aid_fen", "coverage", "repair_years", "repair")
    receipt = world.must(world.caller(child).get(f"/v1/payments/{payment['id']}/receipt"), 200)
    assert all(payment[name] == quote[name] == receipt[name] for name in same)
    assert world.must(world.caller(child).get(f"/v1/payments/{payment['id']}"), 200) == payment and balances(world, grantor) == [220000]
    assert codes(world.quote(grantor, child, 2026)) == ["PREMIUM_ALREADY_PAID"] and premiums(world, child, "?benefit_year=2026")[0]["paid"] is True


@pytest.mark.parametrize("years, months, payable", [([], 5, 40000), (None, 5, 40000), ([2025], 4, 80000), ([2026, 2025], 3, 120000)], ids=str)
def test_p03_repair_shortens_the_variable_part_only(world, area, years, months, payable):
    grantor, child = lapsed(world, area)
    payment = world.must(world.pay(grantor, child, repair_years=years, expected_fen=payable), 201)
    assert (payment["coverage"]["waiting_months"], payment["payable_fen"], payment.get("repair_years", [])) == (months, payable, years or [])


def test_p03_four_missed_years_wait_six_months_whatever_is_repaired(world, area):
    """P-03: from `floor_gap_years` on the whole is never under `floor_months`."""
    grantor, child, _ = family(world, area, prior=300000)
    enroll(world, child, y2022=True)
    for years, months in ([], 7), ([2026], 6), ([2026, 2025, 2024, 2023], 6):
        coverage = world.must(world.quote(grantor, child, repair_years=years), 201)["coverage"]
        assert (coverage["missed_years"], coverage["waiting_months"]) == (4, months)


def test_p04_one_year_is_free_and_the_epoch_bounds_the_count(world):
    """P-04: the first missed year costs no variable month; years before the epoch are not counted and not repaired."""
    here = place(world, waiting={**RULES, "epoch_year": 2025, "free_gap_years": 1})
    grantor, child, _ = family(world, here, prior=300000)
    enroll(world, child, y2019=True)
    assert (missed(world, child), world.must(world.quote(grantor, child), 201)["coverage"]["waiting_months"]) == (2, 4)
    assert world.must(world.quote(grantor, child, repair_years=[2026]), 201)["coverage"]["waiting_months"] == 3
    assert codes(world.quote(grantor, child, repair_years=[2024])) == ["REPAIR_YEAR_INVALID"]


@pytest.mark.parametrize("years", [[2024], [2027], [2028], [2026, 2026], [2023, 2025, 2026]], ids=str)
def test_p03_a_year_that_was_not_missed_cannot_be_repaired(world, area, years):
    """P-03: 400, and nothing is kept under the key; beside a 409 it is one of the errors, in its place, and is kept."""
    grantor, child = lapsed(world, area)
    assert codes(world.quote(grantor, child, repair_years=years)) == ["REPAIR_YEAR_INVALID"]
    key = f"repair-{child.no}"
    refused = world.pay(grantor, child, repair_years=years, expected_fen=1, insured_name="某某某", key=key)
    assert (refused.status_code, code(refused), codes(refused)) == (400, "REPAIR_YEAR_INVALID", ["REPAIR_YEAR_INVALID", "INSURED_INFO_CHANGED"])
    assert "Idempotency-Replayed" not in world.pay(grantor, child, repair_years=years, expected_fen=1, insured_name="某某某", key=key).headers
    world.must(world.pay(grantor, child, key=key), 201)
    refused = world.pay(grantor, child, repair_years=years, key=key + "-again")
    assert (refused.status_code, codes(refused)) == (409, ["PREMIUM_ALREADY_PAID", "REPAIR_YEAR_INVALID"])
    assert world.pay(grantor, child, repair_years=years, key=key + "-again").headers["Idempotency-Replayed"] == "true"


def test_repair_years_are_part_of_the_request(world, area):
    """The same key with other years is another request; with the same ones a replay."""
    grantor, child = lapsed(world, area)
    first = world.pay(grantor, child, repair_years=[2026], key="same-" + child.no)
    again = world.pay(grantor, child, repair_years=[2026], key="same-" + child.no)
    assert world.must(first, 201) == world.must(again, 201) and again.headers["Idempotency-Replayed"] == "true" and "why" in again.json()["repair"]
    other = world.pay(grantor, child, repair_years=[2025], key="same-" + child.no)
    assert (other.status_code, code(other)) == (422, "IDEMPOTENCY_KEY_REUSED") and "repair_years" in other.text


@pytest.mark.parametrize("body, expected", [
    ({"repair_years": "2026"}, ["/repair_years"]), ({"repair_years": [2026, "2025"]}, ["/repair_years/1"]), ({"repair_years": [1, 2026, 99999999999]}, ["/repair_years/0", "/repair_years/2"]),
    ({"repair_years": list(range(2000, 2021))}, ["/repair_years"])], ids=lambda value: "")
def test_repair_years_are_a_list_of_years(world, area, body, expected):
    child = world.child(area)
    for path in "/v1/quotes", "/v1/premium-payments":
        assert pointers(world.caller(child).post(path, {"insured_id": child.no, "benefit_year": 2027, **body}, key=None if path == "/v1/quotes" else True)) == expected
    assert pointers(world.caller(child).post("/v1/premium-payments", {"quote_id": "quo_x", "repair_years": [2026]})) == ["/quote_id"]


def test_p03_p28_a_refund_makes_the_years_missed_again(world, area):
    """P-03 P-05 P-28: the paid and the repaired year count as enrolled for the next one as long as the payment stands."""
    grantor, child = lapsed(world, area)
    payment = world.must(world.pay(grantor, child, repair_years=[2025, 2026]), 201)
    assert missed(world, child, 2028) == 0
    back = world.must(refund(world, payment), 201)
    assert split(back) == {"aid:prior_year": 120000} and balances(world, grantor) == [300000] and missed(world, child, 2028) == 3
    again = world.must(world.pay(grantor, child, repair_years=[2026]), 201)
    assert again["coverage"]["waiting_months"] == 4 and missed(world, child, 2028) == 0


def test_p03_repair_with_cash_counts_once_it_is_captured(world, area):
    """P-03 P-36: while its cash is awaited the repaired year can neither be paid nor repaired elsewhere; cancelled, it is free again."""
    grantor, child = lapsed(world, area, prior=50000)
    for end in "cancelled", "captured":
        payment = world.must(world.pay(grantor, child, repair_years=[2026], cash_channel="wechatpay"), 201)
        assert payment["status"] == "awaiting_cash" and split(payment) == {"aid:prior_year": 50000, "cash": 30000} and missed(world, child, 2028) == 3
        assert codes(world.quote(child, child, 2026)) == ["PREMIUM_PAYMENT_PENDING"]
        if end == "cancelled":
            world.must(world.caller(grantor).post(f"/v1/payments/{payment['id']}/cancel", {}), 200)
            assert missed(world, child, 2028) == 3 and world.quote(child, child, 2026).status_code == 201
        else:
            assert world.must(report(world, payment), 200)["repair_years"] == [2026]
            assert missed(world, child, 2028) == 0 and codes(world.quote(child, child, 2026)) == ["PREMIUM_ALREADY_PAID"]


def test_p36_a_year_being_paid_is_not_repaired_beside_it(world, area):
    """P-36: its own late payment waits for cash; the next year's payment cannot pay for it once more."""
    child = world.child(area)
    enroll(world, child, y2024=True)
    waiting(world, child, child, year=2026)
    assert codes(world.quote(child, child, repair_years=[2026])) == ["REPAIR_YEAR_INVALID"]
    assert world.quote(child, child, repair_years=[2025]).status_code == 201


def test_f15_a_quote_with_repair_is_honoured_or_refused(world):
    """F15: an equal result under a new policy is honoured; another wait is QUOTE_STALE with the years kept in the fresh quote."""
    here = place(world, waiting=RULES)
    grantor, child = lapsed(world, here)
    quote = world.must(world.quote(grantor, child, repair_years=[2026]), 201)
    amend(world, here, waiting={**RULES, "repair_months_per_year": 2})
    refused = pay_quote(world, grantor, quote)
    assert (refused.status_code, codes(refused)) == (409, ["QUOTE_STALE"])
    fresh = refused.json()["quote"]
    assert (fresh["coverage"]["waiting_months"], fresh["repair_years"], fresh["payable_fen"]) == (3, [2026], 80000) and fresh["repair"]["why"]
    version = amend(world, here, waiting={**RULES, "repair_months_per_year": 2, "exempt_classes": []})["version"]
    payment = world.must(pay_quote(world, grantor, fresh), 201)
    assert payment["legs"] == fresh["legs"] and payment["coverage"] == fresh["coverage"] and payment["policy_version"] == version > fresh["policy_version"]


def test_p25_a_subsidy_never_pays_for_a_repaired_year(world):
    """P-03 P-25: funded in full there is nothing to pay but the repair."""
    here = place(world, waiting=RULES)
    publish(world, here, subsidies=[{"person_class": "extreme_hardship", "mode": "full"}, {"person_class": "subsistence_allowance", "mode": "fixed", "amount_fen": 20000},
                                    {"person_class": "relapse_monitored", "mode": "rate", "rate_percent": 60}])
    for person_class, due in (("extreme_hardship", 0), ("subsistence_allowance", 20000), ("relapse_monitored", 16000), ("general", 40000)):
        grantor, child = lapsed(world, here, person_class=person_class)
        assert world.must(world.quote(grantor, child), 201)["payable_fen"] == due
        payment = world.must(world.pay(grantor, child, repair_years=[2025, 2026]), 201)
        assert payment["payable_fen"] == due + 80000
        assert split(payment) == {"aid:prior_year": due + 80000, **({"subsidy": 40000 - due} if due < 40000 else {})}
    nothing = world.must(world.pay(*[world.child(here, person_class="extreme_hardship")] * 2), 201)
    assert (nothing["status"], nothing["payable_fen"], nothing["legs"]) == ("succeeded", 0, [])


def test_what_if_replays_a_repair(world):
    """P-03: unchanged rules make no difference to a payment with repair; other ones tell it."""
    here = place(world, waiting=RULES)
    grantor, child = lapsed(world, here)
    world.must(world.pay(grantor, child, repair_years=[2026]), 201)
    asked = {"from": "2026-11-21", "to": "2026-11-22"}
    same = world.must(world.staff.post(f"/v1/policies/{here}/what-if", {**asked, "changes": {}}, key=None), 200)
    assert same["differences"]["payments"] == 0
    told = world.must(world.staff.post(f"/v1/policies/{here}/what-if", {**asked, "changes": {"waiting": {**RULES, "repair_months_per_year": 2}}}, key=None), 200)
    assert [(each["before"]["waiting_months"], each["after"]["waiting_months"], each["after"]["payable_fen"]) for each in told["payments"]] == [(4, 3, 80000)]


# --- What counts as enrolled ------------------------------------------------------------------------------------------
def test_p05_history_by_import_and_by_payment(world, area):
    """P-05: imported years, and the years premiums were paid for; no history is no gap."""
    child, newcomer = world.child(area, current=200000), world.child(area)
    enroll(world, child, y2023=True, y2024=False, y2025=True)
    assert (missed(world, child), missed(world, newcomer), missed(world, newcomer, 2028)) == (1, 0, 0)
    late = world.must(world.pay(child, child, 2026), 201)
    assert late["coverage"]["missed_years"] == 0 and missed(world, child) == 0
    world.must(world.pay(child, child), 201)
    assert (missed(world, child, 2028), missed(world, newcomer, 2028)) == (0, 0)


def test_p05_years_with_an_employer_are_no_gap(world, area):
    """Employee years count as enrolled: whoever was in the employee scheme in 2026 has missed nothing when 2027 comes."""
    moved, never = world.person(area), world.child(area)
    for person in moved, never:
        enroll(world, person, y2024=True)
    world.change(moved, scheme="resident")
    assert world.must(world.quote(moved, moved), 201)["coverage"]["missed_years"] == 0 and missed(world, never) == 2


# --- Newborns, classes, channels --------------------------------------------------------------------------------------
def test_p26_a_newborn_pays_two_benefit_years(world):
    """P-26 E11: within 90 days both the year of birth and the next, whatever the windows say, from birth and from New Year."""
    here = place(world, waiting=RULES, newborn_days=90)
    publish(world, here, 2026, windows=[{"from": "2025-09-01", "to": "2025-12-31", "late_until": "2025-12-31"}])
    publish(world, here, 2027, windows=[{"from": "2026-12-20", "to": "2026-12-31"}])
    newborn, older = [world.child(here, current=80000, birth=birth, person_class="newborn", status="not_insured") for birth in ("20261120", "20260101")]
    covers = [world.must(world.pay(newborn, newborn, year), 201)["coverage"] for year in (2026, 2027)]
    assert [(cover["starts_on"], cover["waiting_months"]) for cover in covers] == [("2026-11-20", 0), ("2027-01-01", 0)]
    assert [codes(world.pay(older, older, year)) for year in (2026, 2027)] == [["ENROLLMENT_CLOSED"], ["ENROLLMENT_WINDOW_NOT_OPEN"]]


def test_p33_a_class_with_windows_of_its_own_pays_in_them(world):
    """P-33 S0-35: migrant workers may pay longer than the others, who are late; each class also has the general windows."""
    here = place(world, waiting=RULES)
    publish(world, here, windows=[{"from": "2026-03-01", "to": "2026-03-31", "late_until": "2026-04-30"}, {"from": "2026-09-01", "to": "2026-10-31"},
                                  {"from": "2026-11-01", "to": "2027-02-28", "person_class": "migrant_worker"}])
    for person_class, months, rule in (("migrant_worker", 0, "in_window"), ("general", 3, "late"), ("student", 3, "late")):
        child = world.child(here, current=40000, person_class=person_class)
        coverage = world.must(world.pay(child, child), 201)["coverage"]
        assert (coverage["waiting_months"], coverage["rule"]) == (months, rule), person_class


def test_p23_p24_shipped_standards_say_where_they_come_from(world):
    """P-23 P-24 S0-38: 400 yuan for 2025 and kept for 2026, as rows with their source; 380 is nowhere."""
    for area, year in (("340500", 2025), ("340500", 2026), ("350100", 2025), ("350100", 2026)):
        row = world.must(world.staff.get(f"/v1/premium-standards/{area}/{year}/resident_basic"), 200)
        assert row["amount_fen"] == 40000 and row["source"]["confidence"] == "A-" and "P-23" in row["source"]["note"]


def test_p36_f2_two_channels_pay_one_premium(world):
    """P-36 F2: four channels pay the same child and year at once; one order, one debit, and the others are told of it."""
    mother, child = world.person(prior=100000), world.child()
    world.bind(mother, child)
    channels = [Caller(world.server, mother.no, "premium", issuer="dev-" + channel) for channel in ("wechat_tax", "alipay_tax", "wechat_mini", "nhsa_app")]
    answers = at_once(*[lambda caller=caller: caller.post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": 2027}) for caller in channels])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409] and balances(world, mother) == [60000]
    (paid,) = [answer.json() for answer in answers if answer.status_code == 201]
    assert {(code(answer), answer.json()["payment_id"]) for answer in answers if answer.status_code == 409} == {("PREMIUM_ALREADY_PAID", paid["id"])}


def test_p38_the_year_is_chosen_and_the_receipt_comes_again(world):
    """P-38: for another person declared by name, by year of payment; the receipt is issued anew whenever it is asked for."""
    mother, child = world.person(prior=100000), world.child()
    world.bind(mother, child)
    tax = Caller(world.server, mother.no, "premium", issuer="dev-wechat_tax")
    offered = {each["benefit_year"]: each for each in world.must(tax.get(f"/v1/premiums?insured_id={child.no}"), 200)["data"]}
    assert {2026, 2027} <= set(offered) and (offered[2026]["window"]["state"], offered[2027]["window"]["state"]) == ("late", "open")
    payment = world.must(tax.post("/v1/premium-payments", {"insured_id": child.no, "benefit_year": 2027, "insured_name": child.name,
                                                           "expected_fen": offered[2027]["payable_fen"]}), 201)
    receipts = [world.must(tax.get(f"/v1/payments/{payment['id']}/receipt"), 200) for _ in range(2)]
    assert receipts[0]["receipt_no"] == receipts[1]["receipt_no"] == payment["receipt_no"] and receipts[0]["issued_at"] < receipts[1]["issued_at"]
    assert receipts[0]["benefit_year"] == 2027

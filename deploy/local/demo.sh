#!/bin/bash
# The demonstration, over HTTP: a mother binds her child, a reviewer approves, the child's premium is quoted and paid, and a visit to
# a hospital; in another family cash completes a premium, which is then given back.
# Run again it shows what is there already. Needs LISTEN, GONGJI_BIN and GONGJI_CONFIG, as run.sh sets them.
set -euo pipefail
source "$(dirname "$0")/http.sh"

PRODUCT=resident_basic HOSPITAL=DEMO-HOSPITAL VISIT=demo-visit
WORDS='def yuan: (if . < 0 then "-" else "" end) + (fabs | "\(. / 100 | floor).\(. % 100 + 100 | tostring[1:])");
       def pad($n): tostring | . + " " * ([$n - length, 0] | max);
       def lpad($n): tostring | " " * ([$n - length, 0] | max) + .;
       def purse: {"own": "own account", "aid": "relative   ", "subsidy": "subsidy    "}[.] // "cash       ";
       def minute: .[:16] | sub("T"; " ");
       def legs: .legs[] | "   \(.amount_fen | yuan | lpad(8))  \(.source | purse)  \(.why)";
       def cover: "      cover  \(.coverage.starts_on) to \(.coverage.ends_on): \(.coverage.why)";'

token() { "$GONGJI_BIN" token --issuer "${3:-dev}" --sub "$1" --scope "$2" --ttl 10m; } # SUBJECT SCOPES [ISSUER]
tell() { jq -r --arg their "$their" "$WORDS $1"; } # an answer on standard input, in words
step() { step=$((step + 1)) && echo -n "$step  " && tell "$1"; }

as_grantor() { bearer=$grantor; }
as_child() { bearer=$child; }
as_staff() { bearer=$staff; }

family() # GRANTOR CHILD AREA her|his
{
    CHILD=$2 AREA=$3 their=$4
    grantor=$(token "$1" "family account premium")
    child=$(token "$2" "account premium")
}

child_identity() { awk -F, -v who="$CHILD" '$1 == who { printf "{\"name\": \"%s\", \"id_number\": \"%s\"}", $2, $3 }' config/demo/persons.csv; }

live_binding() # the grantor's with this child, or nothing
{
    call GET "/v1/bindings?role=grantor" |
        jq -c --arg child "$CHILD" '[.data[] | select(.beneficiary.person_id == $child and (.status | IN("pending_review", "active", "suspended")))][0] // empty'
}

bind()
{
    local notice
    as_grantor
    binding=$(live_binding)
    if [[ -n $binding ]]; then
        step '"\(.grantor.name) has bound \($their) child \(.beneficiary.name): \(.id), \(.status)"' <<<"$binding"
        return
    fi
    notice=$(call GET /v1/bindings/options | jq -r .notice.version)
    binding=$(call POST /v1/bindings "{\"beneficiary\": $(child_identity), \"relation\": \"child\", \"notice_version\": \"$notice\"}")
    step '"\(.grantor.name) binds \($their) child \(.beneficiary.name): \(.id), \(.status)" +
          (if .review.due_at then ", to be decided before \(.review.due_at[:10])" else "" end)' <<<"$binding"
}

review()
{
    local id
    [[ $(jq -r .status <<<"$binding") == pending_review ]] || return 0
    as_staff
    id=$(jq -r .id <<<"$binding")
    call POST /v1/reviews/claim "{\"area\": \"$AREA\"}" >/dev/null
    binding=$(call POST "/v1/bindings/$id/decision" '{"decision": "approve"}')
    step '"A reviewer claims it and approves: \(.status) since \(.effective_at | minute), grade \(.grade)"' <<<"$binding"
}

# The year being enrolled now; when no window is open, a demonstration standard for next year opens one.
choose_year()
{
    local today open='[.data[] | select(.window.state == "open")][-1] // empty'
    as_child
    premium=$(call GET "/v1/premiums?insured_id=$CHILD" | jq -c "$open")
    if [[ -z $premium ]]; then
        today=$(call GET /v1/accounts/me | jq -r '.as_of[:10]')
        publish_standard "$today" $((${today%%-*} + 1))
        as_child
        premium=$(call GET "/v1/premiums?insured_id=$CHILD" | jq -c "$open")
    fi
    year=$(jq -r .benefit_year <<<"$premium")
}

publish_standard() # TODAY BENEFIT_YEAR
{
    as_staff
    call PUT "/v1/premium-standards/$AREA/$2/$PRODUCT" "$(jq -n --arg from "$(date -d "$1 - 60 days" +%F)" --arg to "${1%%-*}-12-31" --arg year "$2" '{
        amount_fen: 40000, benefit: {from: "\($year)-01-01", to: "\($year)-12-31"}, windows: [{from: $from, to: $to}], subsidies: [],
        source: {confidence: "demo", note: "DEMONSTRATION VALUES, made by make run since no window was open"}}')" >/dev/null
    # The family's history is told to 2026 only: without this the years since would be missed years.
    call PUT "/v1/persons/$CHILD/enrollments/$(($2 - 1))" '{"enrolled": true}' >/dev/null
}

quote()
{
    as_grantor
    quote=$(call POST /v1/quotes "{\"insured_id\": \"$CHILD\", \"benefit_year\": $year}")
    step '"Quote for benefit year \(.benefit_year): \(.payable_fen | yuan) yuan, split as the policy says", legs, cover' <<<"$quote"
}

pay()
{
    payment=$(call POST /v1/premium-payments "{\"quote_id\": $(jq .id <<<"$quote")}")
    step '"Paid: \(.id), \(.status), receipt \(.receipt_no)"' <<<"$payment"
}

show_payment()
{
    local id
    as_child
    id=$(call GET "/v1/payments?insured_id=$CHILD&status=succeeded" | jq -r --argjson year "$year" '[.data[] | select(.benefit_year == $year)][0].id')
    payment=$(call GET "/v1/payments/$id")
    step '"Paid on \(.created_at | minute): \(.id), \(.status), receipt \(.receipt_no)", legs, cover' <<<"$payment"
}

# The part of a bill that accounts may pay, under a number that is settled once.
treat()
{
    local place visit
    as_staff
    call PUT "/v1/institutions/$HOSPITAL" "{\"name\": \"示范医院\", \"kind\": \"hospital\", \"area\": \"$AREA\", \"designated_from\": \"2020-01-01\"}" >/dev/null
    as_child
    visit=$(call GET "/v1/payments?insured_id=$CHILD" | jq -r --arg number "$VISIT" '.data[] | select(.settlement_no == $number).id')
    if [[ -n $visit ]]; then
        visit=$(call GET "/v1/payments/$visit")
    else
        place=$(token "$HOSPITAL" medical dev-institution)
        bearer=$place
        visit=$(call POST /v1/medical-payments "{\"patient_id\": \"$CHILD\", \"settlement_no\": \"$VISIT\",
            \"credential\": {\"kind\": \"ecode\", \"token\": \"$(token "$CHILD" credential dev-credential)\"},
            \"items\": [{\"use\": \"outpatient\", \"amount_fen\": 20000, \"fund_paid_fen\": 13000, \"out_of_scope_fen\": 1000}]}")
    fi
    step '"The child sees a doctor; of 200.00 yuan, \(.payable_fen | yuan) are for the accounts, settled at the hospital:", legs' <<<"$visit"
}

order_with_cash()
{
    as_grantor
    payment=$(call POST /v1/premium-payments "{\"insured_id\": \"$CHILD\", \"benefit_year\": $year, \"cash_channel\": \"counter\"}")
    step '"Premium \(.payable_fen | yuan) yuan: \(.legs[0].amount_fen | yuan) held on the account, \(.status):", legs' <<<"$payment"
    bearer=$till
    payment=$(call POST "/v1/payments/$(jq -r .id <<<"$payment")/cash" \
        "$(jq '{channel: "counter", transaction_id: .id, amount_fen: .cash_fen, paid_at: .created_at}' <<<"$payment")")
    step '"The counter reports \(.cash_fen | yuan) yuan received: \(.status), receipt \(.receipt_no)"' <<<"$payment"
}

give_back()
{
    local refund
    bearer=$office
    refund=$(call POST "/v1/payments/$(jq -r .id <<<"$payment")/refunds" '{"reason_code": "joined_employee"}')
    bearer=$till
    refund=$(call POST "/v1/refunds/$(jq -r .id <<<"$refund")/result" '{"status": "SUCCESS"}')
    step '"Not needed after all, given back before cover begins: " +
          ([.legs[] | "\(.amount_fen | yuan) \(if .source == "cash" then "in cash" else "to the account" end)"] | join(", ")) + "; \(.status)"' <<<"$refund"
}

balances()
{
    local mine hers
    as_child
    hers=$(call GET /v1/accounts/me)
    as_grantor
    mine=$(call GET /v1/accounts/me)
    step '"Balances: \(.[0].grantor.name) \(.[1].balance_fen | yuan), of which \(.[1].shareable_fen | yuan) may be shared; " +
          "\(.[0].beneficiary.name) \(.[2].balance_fen | yuan)"' <<<"[$binding, $mine, $hers]"
    step '"Usage records of the mother:"' <<<null
    call GET "/v1/accounts/me/entries?limit=5" |
        tell '.data[] | "   \(.at | minute)  \(.amount_fen | yuan | lpad(9))  \(.kind | pad(12)) balance \(.balance_after_fen | yuan)" + (.receipt_no // "" | if . == "" then . else "  " + . end)'
}

step=0 their=her
staff=$(token demo-reviewer "review policy registry")
till=$(token demo-till cash)
office=$(token demo-office refund)
echo
echo "A mother's savings pay her child's premium (Ma'anshan, demonstration people):"
family demo-mother demo-girl 340500 her
bind
review
choose_year
if [[ $(jq -r .paid <<<"$premium") == true ]]; then
    show_payment
else
    quote
    pay
fi
treat
balances
echo
echo "A father's account must keep 2000.00 yuan; cash pays what it may not (Fuzhou):"
family demo-fuzhou-father demo-fuzhou-boy 350100 his
bind
review
choose_year
if [[ $(jq -r .paid <<<"$premium") == true ]]; then
    show_payment
else
    order_with_cash
fi
give_back

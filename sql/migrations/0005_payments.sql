-- Quotes and payments.

CREATE SEQUENCE gongji.receipt_number AS bigint;

CREATE TABLE gongji.quote (
    id uuid NOT NULL,
    insured bigint NOT NULL,
    caller bigint NOT NULL,
    benefit_year integer NOT NULL,
    product text NOT NULL,
    identity_version integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    charges text NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT quote_key PRIMARY KEY (id, insured)
);
COMMENT ON TABLE gongji.quote IS 'What a payment would do, promised until expires_at: charged exactly so or refused';
COMMENT ON COLUMN gongji.quote.charges IS 'Payable, legs and coverage in one line: what makes a quote stale when it comes out differently';

CREATE TABLE gongji.payment (
    id uuid NOT NULL,
    insured bigint NOT NULL,
    payer bigint NOT NULL,
    status text NOT NULL,
    use text NOT NULL,
    benefit_year integer,
    product text,
    payable_fen bigint NOT NULL,
    own_fen bigint NOT NULL,
    aid_fen bigint NOT NULL,
    cash_fen bigint NOT NULL,
    legs jsonb NOT NULL,
    coverage jsonb,
    policy_version bigint NOT NULL,
    standard_version bigint,
    quote_id uuid,
    client_reference text,
    receipt_no text,
    channel text NOT NULL,
    actor text,
    created_at timestamptz NOT NULL,
    CONSTRAINT payment_key PRIMARY KEY (id, insured),
    CONSTRAINT payment_premium_is_whole CHECK (num_nulls(benefit_year, product, coverage, standard_version) IN (0, 4)),
    CONSTRAINT payment_status_known CHECK (status IN ('succeeded', 'awaiting_cash', 'cancelled', 'expired', 'refunding', 'refunded', 'manual_review')),
    CONSTRAINT payment_parts_make_the_whole CHECK (own_fen >= 0 AND aid_fen >= 0 AND cash_fen >= 0 AND own_fen + aid_fen + cash_fen = payable_fen)
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX payment_premium_once ON gongji.payment (insured, benefit_year, product) WHERE status IN ('awaiting_cash', 'manual_review', 'succeeded');
CREATE INDEX payment_of_insured ON gongji.payment (insured, created_at);
COMMENT ON TABLE gongji.payment IS 'A premium or a medical settlement paid: who for, by whom, out of which accounts, under which versions of policy and standard';
COMMENT ON COLUMN gongji.payment.benefit_year IS 'NULL, as product, coverage and standard: no premium but a medical settlement, see medical_settlement';
COMMENT ON COLUMN gongji.payment.legs IS '[{source, binding_id?, bucket?, use?, amount_fen, rule, facts, legal_basis}]: the explained split; the ledger holds the money';
COMMENT ON INDEX gongji.payment_premium_once IS 'One payment per insured, benefit year and product across all channels (F2)';

-- What the payment functions hand each other; never stored.
CREATE TYPE gongji.premium_item AS (
    caller bigint,
    insured bigint,
    benefit_year integer,
    product text,
    channel text,
    actor text,
    quote gongji.quote,
    expected_fen bigint,
    amount_sent boolean,
    name_digests text[],
    client_reference text,
    payment_id uuid,
    quote_id uuid,
    refused text
);
COMMENT ON TYPE gongji.premium_item IS
    'One request to quote or pay; quote: the quote it refers to, if any; payment_id: NULL when only quoting; quote_id: id for a new quote; refused: decided before the rules, the item is passed over';

CREATE TYPE gongji.premium_party AS (
    person bigint,
    person_no text,
    area text,
    scheme text,
    status text,
    person_class text,
    excluded boolean,
    birth_date date,
    identity_version integer,
    name_digest text,
    name_mask text,
    id_number_mask text,
    enrolled_years integer[],
    missed_years integer[],
    stored gongji.account,
    account gongji.account,
    given_today_fen bigint,
    given_year_fen bigint
);
COMMENT ON TYPE gongji.premium_party IS 'An insured or a grantor: the person, the account as stored and as it stands this year, and what the account gave relatives, where a cap counts it';

CREATE TYPE gongji.premium_source AS (insured bigint, binding_id uuid, grantor bigint, active boolean, suspended boolean, per_payment_cap_fen bigint);
COMMENT ON TYPE gongji.premium_source IS 'A binding that may feed a payment, in funding order; a suspended one feeds nothing, but its grantor is known to the insured';

CREATE TYPE gongji.premium_area AS (area text, version bigint, rules gongji.policy_rules, basis jsonb);
COMMENT ON TYPE gongji.premium_area IS 'The rules of an area today; basis: legal basis by member';

CREATE TYPE gongji.premium_draw AS (person bigint, bucket text, amount_fen bigint, binding_id uuid);
COMMENT ON TYPE gongji.premium_draw IS 'Money to take out of one bucket of a personal account; no binding: it is the insured''s own';

CREATE TYPE gongji.premium_split AS (legs jsonb, skipped jsonb, draws gongji.premium_draw[], own_fen bigint, aid_fen bigint, shortfall_fen bigint);
COMMENT ON TYPE gongji.premium_split IS 'Whose money pays what: the explained legs, who was passed over and why, and the draws that make it so';

CREATE TYPE gongji.coverage AS (state text, starts_on date, ends_on date, waiting_months integer, missed_years integer, why text);
COMMENT ON TYPE gongji.coverage IS 'State of the enrollment windows (not_open, open, late, closed) and what paying now buys; why: in_window, late, gap, newborn, newborn_next_month, exempt';

CREATE TYPE gongji.premium_decision AS (code text, codes text[], body jsonb);
COMMENT ON TYPE gongji.premium_decision IS 'The answer to one item of a batch: OK or the first refusal, all refusals, the body or the extra members';

CREATE TYPE gongji.premium_plan AS (
    decisions gongji.premium_decision[],
    quotes gongji.quote[],
    payments gongji.payment[],
    accounts gongji.account[],
    entries gongji.ledger_entry[]
);
COMMENT ON TYPE gongji.premium_plan IS 'What a batch of quotes or payments comes to: an answer per item, and the rows that make it true';

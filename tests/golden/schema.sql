CREATE SCHEMA api;
COMMENT ON SCHEMA api IS 'The functions the server may call, and nothing else';
CREATE SCHEMA gongji;
COMMENT ON SCHEMA gongji IS 'Tables and inner functions of Gongji; nobody but the owner writes here';
CREATE TYPE gongji.coverage AS (
	state text,
	starts_on date,
	ends_on date,
	waiting_months integer,
	missed_years integer,
	why text,
	repaired_years integer
);
COMMENT ON TYPE gongji.coverage IS 'State of the enrollment windows (not_open, open, late, closed) and what paying now buys; why: in_window, late, gap, gap_repaired, newborn, newborn_next_month, exempt; repaired_years: NULL for none';
CREATE TYPE gongji.giving_cap AS (
	rule text,
	cap_fen bigint,
	left_fen bigint
);
COMMENT ON TYPE gongji.giving_cap IS 'The limit that binds first on what a grantor gives: its rule, the limit, and what it still leaves';
CREATE TABLE gongji.idempotency_key (
    key uuid NOT NULL,
    request text NOT NULL,
    code text,
    codes text[],
    result jsonb,
    at timestamp with time zone NOT NULL
)
WITH (fillfactor='25');
COMMENT ON TABLE gongji.idempotency_key IS 'The first answer to a write, stored with its effect; key: first 128 bits of SHA-256 over (iss, client_id, sub, Idempotency-Key); request: digests of the request''s members';
CREATE TYPE gongji.idempotency_batch AS (
	keys uuid[],
	won uuid[],
	first integer[],
	stored gongji.idempotency_key[]
);
COMMENT ON TYPE gongji.idempotency_batch IS 'The keys of a batch by item; those that are ours; of each item the first one with its key; and the answers stored before. Never stored';
CREATE TYPE gongji.ledger_account AS ENUM (
    'personal',
    'contribution_clearing',
    'premium_fund',
    'cash_clearing',
    'payout_clearing',
    'medical_clearing',
    'cash_suspense',
    'cash_difference'
);
COMMENT ON TYPE gongji.ledger_account IS 'personal: a person''s money; premium_fund, contribution_clearing, cash_clearing: the other sides, what the channels hold for us is negative; cash_suspense: cash received that is not, or no longer, a premium and has to go back or be decided; cash_difference: what staff waived when they accepted too little cash';
CREATE TYPE gongji.ledger_bucket AS ENUM (
    'current_year',
    'prior_year'
);
COMMENT ON TYPE gongji.ledger_bucket IS 'Money of the account''s year, and money left from earlier years';
CREATE TYPE gongji.ledger_kind AS ENUM (
    'contribution',
    'rollover',
    'premium',
    'closure',
    'medical',
    'medical_reversal',
    'cash',
    'refund'
);
COMMENT ON TYPE gongji.ledger_kind IS 'Why money moved';
CREATE TYPE gongji.medical_item AS (
	patient bigint,
	patient_no text,
	institution text,
	settlement_no text,
	settlement_key uuid,
	earlier uuid,
	credential_holder text,
	credential_kind text,
	presented_by text,
	presenter bigint,
	items jsonb,
	expected_fen bigint,
	payment_id uuid,
	incident_id uuid,
	channel text,
	request_id text,
	refused text
);
COMMENT ON TYPE gongji.medical_item IS 'One settlement asked for; earlier: the payment that has its settlement_no; credential_holder: NULL when the proof is not valid; refused: decided before the rules';
CREATE TYPE gongji.premium_decision AS (
	code text,
	codes text[],
	body jsonb
);
COMMENT ON TYPE gongji.premium_decision IS 'The answer to one item of a batch: OK or the first refusal, all refusals, the body or the extra members';
CREATE TABLE gongji.account (
    person bigint NOT NULL,
    current_fen bigint DEFAULT 0 NOT NULL,
    prior_fen bigint DEFAULT 0 NOT NULL,
    held_current_fen bigint DEFAULT 0 NOT NULL,
    held_prior_fen bigint DEFAULT 0 NOT NULL,
    current_year integer NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    frozen boolean DEFAULT false NOT NULL,
    frozen_reason text,
    under_review boolean DEFAULT false NOT NULL,
    CONSTRAINT account_balance_not_negative CHECK (((current_fen >= 0) AND (prior_fen >= 0))),
    CONSTRAINT account_hold_within_bucket CHECK ((((held_current_fen >= 0) AND (held_current_fen <= current_fen)) AND ((held_prior_fen >= 0) AND (held_prior_fen <= prior_fen))))
)
WITH (fillfactor='70');
COMMENT ON TABLE gongji.account IS 'One row per person, the only lock: whoever changes anything about a person, a binding or a payment locks it first through lock_accounts (S1-45)';
COMMENT ON COLUMN gongji.account.current_year IS 'The year current_fen belongs to; touched in a later year, current becomes prior first (S0-07)';
COMMENT ON COLUMN gongji.account.version IS 'Of the last personal ledger entry; entries of a person are numbered without a gap';
COMMENT ON COLUMN gongji.account.under_review IS 'The nightly proof named this account: it gives nothing to relatives until a proof passes over it (F20)';
CREATE TABLE gongji.incident (
    patient bigint NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    institution text NOT NULL,
    settlement_no text NOT NULL,
    patient_no text NOT NULL,
    credential_holder text NOT NULL,
    credential_kind text NOT NULL,
    presented_by text,
    request_id text,
    CONSTRAINT incident_kind_known CHECK ((kind = ANY (ARRAY['credential_of_another'::text, 'presenter_not_linked'::text])))
);
COMMENT ON TABLE gongji.incident IS 'Care asked for under another''s credential (S1-05, S1-16): refused, kept and looked at by the bureau; append-only. Patient 0: nobody has that number';
CREATE SEQUENCE gongji.ledger_entry_id
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 64;
CREATE TABLE gongji.ledger_entry (
    person bigint NOT NULL,
    id bigint DEFAULT nextval('gongji.ledger_entry_id'::regclass) NOT NULL,
    account gongji.ledger_account NOT NULL,
    kind gongji.ledger_kind NOT NULL,
    bucket gongji.ledger_bucket,
    money_year integer NOT NULL,
    movement_id uuid NOT NULL,
    amount_fen bigint NOT NULL,
    balance_after_fen bigint,
    account_version bigint,
    at timestamp with time zone NOT NULL,
    effective_on date NOT NULL,
    payment_id uuid,
    binding_id uuid,
    insured bigint,
    use text,
    for_whom text,
    grantor_area text,
    insured_area text,
    grantor_policy bigint,
    insured_policy bigint,
    CONSTRAINT ledger_entry_balance_not_negative CHECK ((balance_after_fen >= 0)),
    CONSTRAINT ledger_entry_moves_something CHECK ((amount_fen <> 0)),
    CONSTRAINT ledger_entry_personal_has_balance CHECK (((account = 'personal'::gongji.ledger_account) = ((account_version IS NOT NULL) AND (balance_after_fen IS NOT NULL) AND (bucket IS NOT NULL)))),
    CONSTRAINT ledger_entry_personal_has_person CHECK (((person > 0) OR (account <> 'personal'::gongji.ledger_account)))
);
COMMENT ON TABLE gongji.ledger_entry IS 'Double-entry, append-only: the legs of a movement sum to zero. Personal legs carry balance and version of their account; fund and clearing legs stand under the insured''s key, without a balance row that could become hot';
COMMENT ON COLUMN gongji.ledger_entry.money_year IS 'The year the money belongs to: of current-year money its year, of prior-year money the year before the account''s current one at the latest';
COMMENT ON COLUMN gongji.ledger_entry.balance_after_fen IS 'Both buckets of the personal account together, after this entry';
CREATE TABLE gongji.medical_settlement (
    payment_id uuid NOT NULL,
    insured bigint NOT NULL,
    institution text NOT NULL,
    settlement_no text NOT NULL,
    credential_kind text NOT NULL,
    presented_by text,
    items jsonb NOT NULL,
    reversed_at timestamp with time zone,
    reversal_reason text
);
COMMENT ON TABLE gongji.medical_settlement IS 'What a medical payment was for, and whose settlement it is; the payment row holds the sums';
COMMENT ON COLUMN gongji.medical_settlement.presented_by IS 'Person number of the relative who showed the patient''s credential, by a credential link; NULL: the patient';
COMMENT ON COLUMN gongji.medical_settlement.items IS '[{use, item_code?, amount_fen, fund_paid_fen, out_of_scope_fen}] as the institution sent them';
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
    created_at timestamp with time zone NOT NULL,
    area text,
    cash_channel text,
    cash_expires_at timestamp with time zone,
    succeeded_at timestamp with time zone,
    repair_years integer[],
    repair jsonb,
    CONSTRAINT payment_parts_make_the_whole CHECK (((own_fen >= 0) AND (aid_fen >= 0) AND (cash_fen >= 0) AND (((own_fen + aid_fen) + cash_fen) = payable_fen))),
    CONSTRAINT payment_premium_is_whole CHECK ((num_nulls(benefit_year, product, coverage, standard_version) = ANY (ARRAY[0, 4]))),
    CONSTRAINT payment_repair_is_whole CHECK ((num_nulls(repair_years, repair) <> 1)),
    CONSTRAINT payment_status_known CHECK ((status = ANY (ARRAY['succeeded'::text, 'awaiting_cash'::text, 'cancelled'::text, 'expired'::text, 'refunding'::text, 'refunded'::text, 'manual_review'::text])))
)
WITH (fillfactor='90');
COMMENT ON TABLE gongji.payment IS 'A premium or a medical settlement paid: who for, by whom, out of which accounts, under which versions of policy and standard';
COMMENT ON COLUMN gongji.payment.benefit_year IS 'NULL, as product, coverage and standard: no premium but a medical settlement, see medical_settlement';
COMMENT ON COLUMN gongji.payment.legs IS '[{source, binding_id?, bucket?, use?, amount_fen, rule, facts, legal_basis}]: the explained split; the ledger holds the money';
COMMENT ON COLUMN gongji.payment.area IS 'The insured''s area when it was paid: whose policy_version this is';
COMMENT ON COLUMN gongji.payment.cash_channel IS 'Where the cash leg is to be paid, under the payment''s id in 32 hexadecimal digits as out_trade_no; once it was captured: where it was paid';
COMMENT ON COLUMN gongji.payment.cash_expires_at IS 'From then on the legs of the accounts may be released; until somebody does so, cash still completes the payment';
COMMENT ON COLUMN gongji.payment.succeeded_at IS 'When the money was taken; NULL: at creation, or never';
COMMENT ON COLUMN gongji.payment.repair_years IS 'Missed years paid for as well; NULL: none. While the payment is a succeeded one they count as enrolled, as its benefit_year does: nothing is copied, nothing has to be undone';
COMMENT ON COLUMN gongji.payment.repair IS '{standard_fen, amount_fen, rule, legal_basis}: what of payable_fen is for repair_years';
CREATE TYPE gongji.medical_plan AS (
	decisions gongji.premium_decision[],
	payments gongji.payment[],
	settlements gongji.medical_settlement[],
	accounts gongji.account[],
	entries gongji.ledger_entry[],
	incidents gongji.incident[]
);
COMMENT ON TYPE gongji.medical_plan IS 'What a batch of settlements comes to: an answer per item, and the rows that make it true';
CREATE TYPE gongji.outcome AS (
	code text,
	codes text[],
	result jsonb,
	replayed boolean
);
COMMENT ON TYPE gongji.outcome IS 'What every api function answers: a code of status.def, all refusals in the documented order, the body (or extra members keyed by code), and whether it is a replay';
CREATE TYPE gongji.policy_rules AS (
	shareable_buckets text[],
	retained_minimum_fen bigint,
	relations text[],
	relation_limits jsonb,
	max_members integer,
	grantor_status_required text[],
	review_mode text,
	review_sla_workdays integer,
	evidence_required jsonb,
	notice_version text,
	notice_text text,
	min_bound_days integer,
	release_effective text,
	per_payment_cap_editable boolean,
	daily_cap_fen bigint,
	yearly_cap_fen bigint,
	premium_cap_fen bigint,
	rollover_threshold_fen bigint,
	uses jsonb,
	insured_status_allowed jsonb,
	max_grantors_per_beneficiary integer,
	max_grantors_per_payment integer,
	grantor_order_editable boolean,
	other_grantors text,
	own_bucket_order text[],
	waiting jsonb,
	newborn_days integer,
	newborn_late text,
	cash_hold_minutes integer,
	refund_until text,
	channels jsonb,
	cross_area boolean,
	cross_province boolean
);
COMMENT ON TYPE gongji.policy_rules IS 'Every rule that differs by region and date (mission S1-48); fen are integers, dates inclusive';
CREATE TYPE gongji.premium_area AS (
	area text,
	version bigint,
	rules gongji.policy_rules,
	basis jsonb
);
COMMENT ON TYPE gongji.premium_area IS 'The rules of an area today; basis: legal basis by member';
CREATE TYPE gongji.premium_draw AS (
	person bigint,
	bucket text,
	amount_fen bigint,
	binding_id uuid
);
COMMENT ON TYPE gongji.premium_draw IS 'Money to take out of one bucket of a personal account; no binding: it is the insured''s own';
CREATE TABLE gongji.quote (
    id uuid NOT NULL,
    insured bigint NOT NULL,
    caller bigint NOT NULL,
    benefit_year integer NOT NULL,
    product text NOT NULL,
    identity_version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    charges text NOT NULL,
    body jsonb NOT NULL,
    repair_years integer[]
);
COMMENT ON TABLE gongji.quote IS 'What a payment would do, promised until expires_at: charged exactly so or refused';
COMMENT ON COLUMN gongji.quote.charges IS 'Payable, legs and coverage in one line: what makes a quote stale when it comes out differently';
COMMENT ON COLUMN gongji.quote.repair_years IS 'Missed years to be paid for as well; NULL: none';
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
	refused text,
	cash_channel text,
	repair_years integer[]
);
COMMENT ON TYPE gongji.premium_item IS 'One request to quote or pay; quote: the quote it refers to, if any; payment_id: NULL when only quoting; quote_id: id for a new quote; refused: decided before the rules, the item is passed over';
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
CREATE TABLE gongji.hold (
    person bigint NOT NULL,
    payment_id uuid NOT NULL,
    n integer NOT NULL,
    insured bigint NOT NULL,
    binding_id uuid,
    bucket gongji.ledger_bucket NOT NULL,
    money_year integer NOT NULL,
    amount_fen bigint NOT NULL,
    grantor_area text NOT NULL,
    grantor_policy bigint NOT NULL,
    state text NOT NULL,
    CONSTRAINT hold_amount_positive CHECK ((amount_fen > 0)),
    CONSTRAINT hold_state_known CHECK ((state = ANY (ARRAY['held'::text, 'captured'::text, 'released'::text])))
)
WITH (fillfactor='90');
COMMENT ON TABLE gongji.hold IS 'Account money set aside for a payment that waits for its cash: inside the account''s held_* columns until captured or released (F4)';
COMMENT ON COLUMN gongji.hold.n IS 'Number among the payment''s legs of account money, from 1';
COMMENT ON COLUMN gongji.hold.bucket IS 'Where the money lay when it was held or captured; a standing hold of an earlier money_year than the account''s is prior-year money now';
CREATE TYPE gongji.premium_plan AS (
	decisions gongji.premium_decision[],
	quotes gongji.quote[],
	payments gongji.payment[],
	accounts gongji.account[],
	entries gongji.ledger_entry[],
	holds gongji.hold[]
);
COMMENT ON TYPE gongji.premium_plan IS 'What a batch of quotes or payments comes to: an answer per item, and the rows that make it true';
CREATE TYPE gongji.premium_source AS (
	insured bigint,
	binding_id uuid,
	grantor bigint,
	active boolean,
	suspended boolean,
	per_payment_cap_fen bigint
);
COMMENT ON TYPE gongji.premium_source IS 'A binding that may feed a payment, in funding order; a suspended one feeds nothing, but its grantor is known to the insured';
CREATE TYPE gongji.premium_split AS (
	legs jsonb,
	skipped jsonb,
	draws gongji.premium_draw[],
	own_fen bigint,
	aid_fen bigint,
	shortfall_fen bigint
);
COMMENT ON TYPE gongji.premium_split IS 'Whose money pays what: the explained legs, who was passed over and why, and the draws that make it so';
CREATE TYPE gongji.standing AS (
	status text,
	reason_code text
);
COMMENT ON TYPE gongji.standing IS 'Where two people''s insurance puts their binding (active, suspended, released), and the reason unless active';
CREATE FUNCTION api.account_aid(p_ctx jsonb, p_person_no text, p_use text DEFAULT 'resident_premium'::text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.account_at(p_ctx jsonb, p_person_no text, p_at timestamp with time zone) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.account_close(p_ctx jsonb, p_person_no text, p_id uuid, p_reason text, p_payee_sealed text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.account_entries(p_ctx jsonb, p_person_no text, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.account_get(p_ctx jsonb[], p_person_no text[], p_wait boolean) RETURNS SETOF gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET enable_seqscan TO 'off'
    AS …;
CREATE FUNCTION api.area_link_get(p_ctx jsonb, p_grantor_area text, p_beneficiary_area text, p_valid_from date) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.area_link_put(p_ctx jsonb, p_grantor_area text, p_beneficiary_area text, p_valid_from date, p_valid_to date, p_uses text[]) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.audit_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_cap(p_ctx jsonb, p_id uuid, p_per_payment_cap_fen bigint) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_create(p_ctx jsonb, p_id uuid, p_blind_indexes text[], p_match_digests text[], p_relation text, p_notice_version text, p_evidence_ids uuid[], p_valid_from date, p_valid_to date) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_entries(p_ctx jsonb, p_binding_id uuid, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_evidence(p_ctx jsonb, p_id uuid, p_evidence_ids uuid[]) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_get(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_history(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_list(p_ctx jsonb, p_person_no text, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_options(p_ctx jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_priority(p_ctx jsonb, p_id uuid, p_priority integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_release(p_ctx jsonb, p_id uuid, p_reason text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.binding_withdraw(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.cash_notify(p_ctx jsonb, p_channel text, p_out_trade_no text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamp with time zone) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.cash_resolve(p_ctx jsonb, p_cash_id uuid, p_reason text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.contribution_create(p_ctx jsonb, p_person_no text, p_amount_fen bigint, p_year integer, p_reference text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.contribution_import(p_ctx jsonb, p_rows jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.credential_link_create(p_ctx jsonb, p_id uuid, p_blind_indexes text[], p_match_digests text[]) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.credential_link_delete(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.credential_link_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.enrollment_import(p_ctx jsonb, p_rows jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.enrollment_put(p_ctx jsonb, p_person_no text, p_benefit_year integer, p_enrolled boolean) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.event_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.evidence_create(p_ctx jsonb, p_id uuid, p_type text, p_media_type text, p_sha256 text, p_size integer, p_content_sealed text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.evidence_get(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.incident_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.institution_import(p_ctx jsonb, p_rows jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.institution_put(p_ctx jsonb, p_row jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.ledger_block(p_ctx jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.ledger_proof(p_ctx jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.ledger_trial_balance(p_ctx jsonb, p_on date) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.medical_reverse(p_ctx jsonb, p_payment_id uuid, p_reason text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.medical_settle(p_ctx jsonb[], p_payment_id uuid[], p_incident_id uuid[], p_patient_no text[], p_credential_holder text[], p_credential_kind text[], p_presented_by text[], p_settlement_no text[], p_expected_fen bigint[], p_items jsonb[], p_wait boolean) RETURNS SETOF gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET enable_seqscan TO 'off'
    AS …;
CREATE FUNCTION api.payment_cancel(p_ctx jsonb, p_payment_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.payment_cash(p_ctx jsonb, p_payment_id uuid, p_channel text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamp with time zone) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.payment_get(p_ctx jsonb, p_payment_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.payment_history(p_ctx jsonb, p_payment_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.payment_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.payment_receipt(p_ctx jsonb, p_payment_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.payment_resolve(p_ctx jsonb, p_payment_id uuid, p_action text, p_reason text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.payments_expire(p_ctx jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.person_freeze(p_ctx jsonb, p_person_no text, p_frozen boolean, p_reason text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.person_get(p_ctx jsonb, p_person_no text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.person_import(p_ctx jsonb, p_rows jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.person_put(p_ctx jsonb, p_record jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.person_resolve(p_ctx jsonb, p_blind_indexes text[], p_match_digests text[]) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.policy_get(p_ctx jsonb, p_area text, p_on date) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.policy_load(p_ctx jsonb, p_area text, p_rows jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.policy_put(p_ctx jsonb, p_area text, p_valid_from date, p_document jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.policy_what_if(p_ctx jsonb, p_area text, p_from timestamp with time zone, p_to timestamp with time zone, p_changes jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.premium_list(p_ctx jsonb, p_insured_no text, p_benefit_year integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.premium_pay(p_ctx jsonb[], p_payment_id uuid[], p_quote_id uuid[], p_fresh_quote_id uuid[], p_insured_no text[], p_benefit_year integer[], p_product text[], p_expected_fen bigint[], p_amount_sent boolean[], p_name_digests text[], p_client_reference text[], p_cash_channel text[], p_repair_years text[], p_wait boolean) RETURNS SETOF gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET enable_seqscan TO 'off'
    AS …;
CREATE FUNCTION api.premium_standard_get(p_ctx jsonb, p_area text, p_benefit_year integer, p_product text) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.premium_standard_put(p_ctx jsonb, p_area text, p_benefit_year integer, p_product text, p_document jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.product_get(p_ctx jsonb, p_area text, p_product text) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.product_put(p_ctx jsonb, p_area text, p_product text, p_use text, p_scheme text, p_valid_from date, p_valid_to date) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.quote_create(p_ctx jsonb[], p_quote_id uuid[], p_insured_no text[], p_benefit_year integer[], p_product text[], p_amount_sent boolean[], p_repair_years text[], p_wait boolean) RETURNS SETOF gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET enable_seqscan TO 'off'
    AS …;
CREATE FUNCTION api.reconciliation_cash(p_ctx jsonb, p_on date, p_channel text, p_bill jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.reconciliation_compare(p_ctx jsonb, p_on date, p_channel text, p_bill jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.reconciliation_get(p_ctx jsonb, p_on date, p_channel text) RETURNS gongji.outcome
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.refund_create(p_ctx jsonb, p_payment_id uuid, p_refund_id uuid, p_reason_code text, p_reason text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.refund_get(p_ctx jsonb, p_refund_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.refund_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.refund_result(p_ctx jsonb, p_refund_id uuid, p_channel_status text, p_out_refund_no text, p_channel_refund_no text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.relation_import(p_ctx jsonb, p_rows jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.report_funds(p_ctx jsonb, p_filter jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.review_claim(p_ctx jsonb, p_area text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.review_decide(p_ctx jsonb, p_binding_id uuid, p_decision text, p_reason_code text, p_reason text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.review_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.schema_state(p_digest text) RETURNS gongji.outcome
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.settlement_suspension_put(p_ctx jsonb, p_person_no text, p_from date, p_to date, p_reason text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.webhook_claim(p_ctx jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.webhook_create(p_ctx jsonb, p_id uuid, p_url text, p_types text[], p_secret_sealed text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.webhook_delete(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.webhook_deliveries(p_ctx jsonb, p_id uuid, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.webhook_list(p_ctx jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.webhook_report(p_ctx jsonb, p_webhook_id uuid, p_event_id uuid, p_attempt integer, p_http_status integer, p_error text, p_duration_ms integer) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.webhook_rotate(p_ctx jsonb, p_id uuid, p_secret_sealed text) RETURNS gongji.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.work_gauges(p_ctx jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION api.work_item_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'gongji', 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION gongji.account_body(p_person_no text, p_area text, p_status text, p_account gongji.account, p_rules gongji.policy_rules, p_as_of timestamp with time zone) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.account_drawn(p_account gongji.account, p_bucket gongji.ledger_bucket, p_fen bigint) RETURNS gongji.account
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.account_held(p_account gongji.account, p_bucket gongji.ledger_bucket, p_fen bigint) RETURNS gongji.account
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.account_in_year(p_account gongji.account, p_year integer) RETURNS gongji.account
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.account_moved(p_account gongji.account, p_moved jsonb) RETURNS gongji.account
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.account_on(p_person bigint, p_at timestamp with time zone, p_before uuid DEFAULT NULL::uuid) RETURNS gongji.account
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.account_pay_out(p_account gongji.account, p_movement uuid, p_now timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.account_save(p_account gongji.account) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.account_touch(p_person bigint, p_at timestamp with time zone) RETURNS gongji.account
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.add_workdays(p_day date, p_count integer) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;
CREATE SEQUENCE gongji.person_id
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE gongji.person (
    id bigint DEFAULT nextval('gongji.person_id'::regclass) NOT NULL,
    person_no text NOT NULL,
    name_sealed text NOT NULL,
    id_number_sealed text NOT NULL,
    name_mask text NOT NULL,
    id_number_mask text NOT NULL,
    name_digest text NOT NULL,
    birth_date date NOT NULL,
    area text NOT NULL,
    scheme text NOT NULL,
    status text NOT NULL,
    person_class text NOT NULL,
    excluded boolean DEFAULT false NOT NULL,
    identity_version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT person_scheme_known CHECK ((scheme = ANY (ARRAY['employee'::text, 'resident'::text]))),
    CONSTRAINT person_status_known CHECK ((status = ANY (ARRAY['normal'::text, 'paused'::text, 'terminated'::text, 'not_insured'::text, 'deceased'::text])))
);
COMMENT ON TABLE gongji.person IS 'The insured-person register; name and ID number are sealed by the server, SQL sees masks and keyed digests only';
COMMENT ON COLUMN gongji.person.name_digest IS 'Keyed digest of (person_no, name): compares a name given at payment without opening the seal (S0-41)';
COMMENT ON COLUMN gongji.person.identity_version IS 'Goes up when name, ID number or area changes: a quote made before is refused (INSURED_INFO_CHANGED)';
CREATE FUNCTION gongji.aid_sources(p_insured gongji.person, p_rules gongji.policy_rules, p_now timestamp with time zone, p_use text) RETURNS TABLE(id uuid, name_mask text, relation text, priority integer, effective_at timestamp with time zone, shareable_fen bigint, why_not text)
    LANGUAGE plpgsql STABLE
    AS …;
CREATE SEQUENCE gongji.policy_version
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE gongji.area_link (
    grantor_area text NOT NULL,
    beneficiary_area text NOT NULL,
    valid_from date NOT NULL,
    version bigint DEFAULT nextval('gongji.policy_version'::regclass) NOT NULL,
    valid_to date,
    uses text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT area_link_days_in_order CHECK (((valid_to IS NULL) OR (valid_from <= valid_to)))
);
COMMENT ON TABLE gongji.area_link IS 'Uses for which money may cross from a grantor''s area or province to a beneficiary''s in another province (S0-15); the greatest version of a valid_from stands';
CREATE FUNCTION gongji.area_link_view(p_link gongji.area_link) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.area_linked(p_grantor_area text, p_insured_area text, p_day date, p_use text) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.area_nearness(p_area text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.area_within(p_area text, p_filter text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.at_in_range(p_at timestamp with time zone, p_filter jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.audit(p_ctx jsonb, p_at timestamp with time zone, p_action text, p_person bigint, p_details jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.audit_body(p_id text, p_at timestamp with time zone, p_action text, p_person bigint, p_issuer text, p_subject text, p_actor text, p_channel text, p_reason text, p_request_id text, p_details jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.audit_page(p_rows jsonb[], p_limit integer) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.audit_trail(p_person bigint) RETURNS TABLE(id text, at timestamp with time zone, action text, person bigint, issuer text, subject text, actor text, channel text, reason text, request_id text, details jsonb)
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.binding_add_evidence(p_beneficiary bigint, p_id uuid, p_evidence_ids uuid[], p_at timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS …;
CREATE TABLE gongji.binding (
    id uuid NOT NULL,
    beneficiary bigint NOT NULL,
    grantor bigint NOT NULL,
    relation text NOT NULL,
    status text NOT NULL,
    priority integer NOT NULL,
    notice_version text NOT NULL,
    valid_from date,
    valid_to date,
    created_at timestamp with time zone NOT NULL,
    effective_at timestamp with time zone,
    release_at timestamp with time zone,
    ended_at timestamp with time zone,
    per_payment_cap_fen bigint,
    issuer text NOT NULL,
    channel text NOT NULL,
    applied_by text NOT NULL,
    actor text,
    policy_version bigint NOT NULL,
    terminal_id text,
    id_sighted boolean,
    CONSTRAINT binding_cap_not_negative CHECK ((per_payment_cap_fen >= 0)),
    CONSTRAINT binding_not_with_oneself CHECK ((grantor <> beneficiary)),
    CONSTRAINT binding_status_known CHECK ((status = ANY (ARRAY['pending_review'::text, 'active'::text, 'suspended'::text, 'rejected'::text, 'withdrawn'::text, 'released'::text, 'expired'::text])))
);
COMMENT ON TABLE gongji.binding IS 'Grantor lets beneficiary use money of the grantor''s account: an authorisation, no transfer (S0-30, S0-42). Its grade is derived from the beneficiary''s status';
COMMENT ON COLUMN gongji.binding.priority IS 'Order in which a beneficiary''s grantors give, then effective_at';
COMMENT ON COLUMN gongji.binding.per_payment_cap_fen IS 'What the grantor gives this beneficiary at most in one payment, counted while policy per_payment_cap_editable holds (P-12); NULL: no such limit';
COMMENT ON COLUMN gongji.binding.terminal_id IS 'Counter or device the application was made at, as the channel''s token says (S1-14, S1-36)';
COMMENT ON COLUMN gongji.binding.id_sighted IS 'True: the clerk had the applicant''s ID document in hand (S1-14)';
CREATE FUNCTION gongji.binding_audit_look(p_ctx jsonb, p_at timestamp with time zone, p_action text, p_binding gongji.binding) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.binding_body(p_beneficiary bigint, p_id uuid, p_now timestamp with time zone) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.binding_end(p_binding gongji.binding) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.binding_grade(p_beneficiary gongji.person) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.binding_is_live(p_binding gongji.binding, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.binding_lapse(p_grantor bigint, p_beneficiary bigint, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.binding_locked(p_ctx jsonb, p_id uuid, p_parties text[]) RETURNS gongji.binding
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.binding_move(p_ctx jsonb, p_beneficiary bigint, p_id uuid, p_event text, p_status text, p_at timestamp with time zone, p_reason_code text DEFAULT NULL::text, p_reason text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.binding_refusals(p_grantor bigint, p_beneficiary bigint, p_relation text, p_now timestamp with time zone) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.binding_release_all(p_ctx jsonb, p_person bigint, p_reason_code text, p_now timestamp with time zone) RETURNS text[]
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.binding_seen(p_ctx jsonb, p_id uuid) RETURNS gongji.binding
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.binding_set_release(p_ctx jsonb, p_binding gongji.binding, p_next_day boolean, p_reason text, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.binding_settle(p_ctx jsonb, p_person bigint, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.binding_standing(p_grantor gongji.person, p_beneficiary gongji.person, p_grantor_rules gongji.policy_rules, p_insured_rules gongji.policy_rules) RETURNS gongji.standing
    LANGUAGE sql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.binding_state(p_binding gongji.binding, p_now timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.binding_status_fits(p_beneficiary gongji.person, p_rules gongji.policy_rules) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.binding_unseen(p_ctx jsonb) RETURNS gongji.outcome
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.binding_write(p_ctx jsonb, p_binding gongji.binding, p_rules gongji.policy_rules, p_evidence_ids uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.bucket_of_year(p_account gongji.account, p_money_year integer) RETURNS gongji.ledger_bucket
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.by_another(p_ctx jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.cash_adopt(p_ctx jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS …;
CREATE TABLE gongji.cash_transaction (
    channel text NOT NULL,
    transaction_id text NOT NULL,
    id uuid NOT NULL,
    insured bigint NOT NULL,
    payment_id uuid,
    out_trade_no text NOT NULL,
    amount_fen bigint NOT NULL,
    paid_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    reported_by text NOT NULL,
    state text NOT NULL,
    CONSTRAINT cash_transaction_amount_positive CHECK ((amount_fen > 0)),
    CONSTRAINT cash_transaction_of_payment_or_nobody CHECK (((payment_id IS NULL) = (insured = 0))),
    CONSTRAINT cash_transaction_state_known CHECK ((state = ANY (ARRAY['captured'::text, 'manual_review'::text, 'to_refund'::text])))
);
COMMENT ON TABLE gongji.cash_transaction IS 'Cash a channel told us of, once each, and what it came to (F5): captured for its payment, manual_review (wrong amount, unknown order), to_refund (late, other cash was first, or so decided)';
COMMENT ON COLUMN gongji.cash_transaction.insured IS 'Of the payment; 0: no payment of ours has this out_trade_no';
CREATE FUNCTION gongji.cash_decide(p_ctx jsonb, p_cash gongji.cash_transaction, p_payment gongji.payment, p_now timestamp with time zone) RETURNS gongji.cash_transaction
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.cash_into_suspense(p_cash gongji.cash_transaction, p_payment gongji.payment, p_now timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.cash_refund(p_ctx jsonb, p_cash gongji.cash_transaction, p_amount_fen bigint, p_reason_code text, p_now timestamp with time zone, p_reason text DEFAULT NULL::text) RETURNS uuid
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.cash_settle(p_ctx jsonb, p_out_trade_no text, p_channel text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamp with time zone) RETURNS gongji.cash_transaction
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.channel_open(p_channels jsonb, p_operation text, p_channel text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.channel_shut(p_ctx jsonb, p_operation text, p_person bigint, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.code_is_stored(p_code text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.contribution_write(p_ctx jsonb, p_person_no text, p_amount_fen bigint, p_year integer, p_reference text) RETURNS gongji.outcome
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.coverage_body(p_coverage gongji.coverage) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE TABLE gongji.credential_link (
    id uuid NOT NULL,
    member bigint NOT NULL,
    holder bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT credential_link_not_with_oneself CHECK ((holder <> member))
);
COMMENT ON TABLE gongji.credential_link IS '亲情账户: holder may show member''s e-credential. Nothing that decides about money reads it but to say that it holds none (S0-42, S0-43, S1-15)';
CREATE FUNCTION gongji.credential_link_body(p_link gongji.credential_link) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.crossing(p_grantor_area text, p_insured_area text, p_grantor_rules gongji.policy_rules, p_insured_rules gongji.policy_rules, p_linked boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.date_cn(p_at timestamp with time zone) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.emit(p_at timestamp with time zone, p_type text, p_person bigint, p_payload jsonb) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.enrollment_before(p_person bigint, p_years integer[]) RETURNS TABLE(benefit_year integer, enrolled boolean)
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.enrollment_history(p_person bigint) RETURNS TABLE(benefit_year integer, enrolled boolean)
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.enrollment_of_employee(p_person bigint, p_now timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.enrollment_write(p_ctx jsonb, p_person_no text, p_benefit_year integer, p_enrolled boolean) RETURNS gongji.outcome
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.entry_body(p_entry gongji.ledger_entry, p_receipt_no text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.entry_page(p_holder bigint, p_binding uuid, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS jsonb
    LANGUAGE sql STABLE
    SET enable_sort TO 'off'
    SET enable_bitmapscan TO 'off'
    AS …;
CREATE SEQUENCE gongji.outbox_id
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE gongji.outbox (
    person bigint NOT NULL,
    id bigint DEFAULT nextval('gongji.outbox_id'::regclass) NOT NULL,
    at timestamp with time zone NOT NULL,
    type text NOT NULL,
    payload jsonb NOT NULL,
    "position" bigint,
    event_id uuid,
    channel text
);
COMMENT ON TABLE gongji.outbox IS 'Events for other systems, written with their cause: ids only, no personal data';
COMMENT ON COLUMN gongji.outbox."position" IS 'Place in the feed; NULL: not told yet';
COMMENT ON COLUMN gongji.outbox.event_id IS 'A UUID of version 7 whose last 48 bits are the position';
COMMENT ON COLUMN gongji.outbox.channel IS 'Whose event it is: the channel through which its binding or payment came; NULL: nobody else''s business';
CREATE FUNCTION gongji.event_body(p_event gongji.outbox) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.event_position(p_event uuid) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.event_publish() RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.event_uuid(p_at timestamp with time zone, p_position bigint) RETURNS uuid
    LANGUAGE sql
    AS …;
CREATE TABLE gongji.evidence (
    id uuid NOT NULL,
    owner bigint NOT NULL,
    type text NOT NULL,
    media_type text NOT NULL,
    sha256 text NOT NULL,
    size integer NOT NULL,
    content_sealed text NOT NULL,
    uploaded_by text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE gongji.evidence IS 'Uploaded proof of a relation (S1-28), sealed by the server';
CREATE FUNCTION gongji.evidence_body(p_evidence gongji.evidence) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.evidence_owned(p_owner bigint, p_ids uuid[]) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.evidence_suffices(p_owner bigint, p_ids uuid[], p_accepted text[]) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.funding_areas(p_parties gongji.premium_party[], p_day date) RETURNS gongji.premium_area[]
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.funding_given(p_parties gongji.premium_party[], p_areas gongji.premium_area[], p_day date) RETURNS gongji.premium_party[]
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.funding_parties(p_people bigint[], p_year integer, p_benefit_years integer[]) RETURNS gongji.premium_party[]
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.funding_sources(p_insureds bigint[], p_now timestamp with time zone) RETURNS gongji.premium_source[]
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.given_fen(p_grantor bigint, p_from date, p_to date) RETURNS bigint
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.giving_cap(p_rules gongji.policy_rules, p_per_payment_fen bigint, p_given_today_fen bigint, p_given_year_fen bigint) RETURNS gongji.giving_cap
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.grantor_refusals(p_grantor bigint, p_now timestamp with time zone) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.grantor_why_not(p_rules gongji.policy_rules, p_account gongji.account, p_status text, p_employed boolean, p_use_open boolean, p_crossing text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.hold_partners(p_people bigint[]) RETURNS bigint[]
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.idempotency_answer(p_request text, p_first gongji.idempotency_key) RETURNS gongji.outcome
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.idempotency_answers(p_ctx jsonb[], p_batch gongji.idempotency_batch, p_decisions gongji.premium_decision[], p_now timestamp with time zone) RETURNS gongji.outcome[]
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.idempotency_claim(p_ctx jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.idempotency_claims(p_ctx jsonb[]) RETURNS gongji.idempotency_batch
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.idempotency_is_replay(p_batch gongji.idempotency_batch, p_n bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.idempotency_store(p_ctx jsonb, p_outcome gongji.outcome) RETURNS gongji.outcome
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.identity_claim(p_person bigint, p_record jsonb) RETURNS integer
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.identity_failed(p_person bigint, p_day date) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.identity_failures_left(p_person bigint, p_day date) RETURNS integer
    LANGUAGE sql STABLE
    AS …;
CREATE TABLE gongji.institution (
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    area text NOT NULL,
    designated_from date NOT NULL,
    designated_to date,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT institution_days_in_order CHECK (((designated_to IS NULL) OR (designated_from <= designated_to))),
    CONSTRAINT institution_kind_known CHECK ((kind = ANY (ARRAY['hospital'::text, 'pharmacy'::text, 'checkup'::text, 'vaccination'::text])))
);
COMMENT ON TABLE gongji.institution IS 'Designated places (S1-20 to S1-22); reference data, the same on every node. Outside its days a place settles nothing';
CREATE FUNCTION gongji.institution_body(p_place gongji.institution) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.institution_serves(p_place gongji.institution, p_use text, p_day date) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.institution_write(p_ctx jsonb, p_row jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.is_workday(p_day date) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.ledger_suspects() RETURNS bigint[]
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.lock_accounts(p_people bigint[], p_wait boolean) RETURNS bigint[]
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS …;
CREATE FUNCTION gongji.lock_people(p_rows jsonb) RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS …;
CREATE FUNCTION gongji.lock_rows(p_rows jsonb) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.lock_with_holds(p_people bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.medical_body(p_payment gongji.payment, p_settlement gongji.medical_settlement, p_insured_no text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.medical_give_back(p_payment gongji.payment, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.medical_payable_fen(p_item jsonb) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.medical_plan(p_items gongji.medical_item[], p_now timestamp with time zone, p_wanted bigint[], p_locked bigint[]) RETURNS gongji.medical_plan
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.movements_sum_to_zero() RETURNS trigger
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.now_cn() RETURNS timestamp with time zone
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.ok(p_result jsonb, p_code text DEFAULT 'OK'::text) RETURNS gongji.outcome
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.operator_name(p_ctx jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.payment_asked(p_ctx jsonb, p_payment_id uuid, p_action text) RETURNS gongji.payment
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.payment_body(p_payment gongji.payment, p_insured_no text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.payment_capture(p_ctx jsonb, p_payment gongji.payment, p_cash gongji.cash_transaction, p_now timestamp with time zone, p_reason text DEFAULT NULL::text) RETURNS gongji.payment
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.payment_cash_body(p_payment_id uuid, p_insured bigint, p_cash gongji.cash_transaction) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.payment_draws(p_payment gongji.payment) RETURNS TABLE(n bigint, person bigint, binding_id uuid, bucket text, amount_fen bigint, use text)
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.payment_history_body(p_insured bigint, p_subject uuid, p_with_by boolean) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.payment_locked(p_payment_id uuid) RETURNS gongji.payment
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.payment_note(p_ctx jsonb, p_insured bigint, p_subject uuid, p_event text, p_status text, p_at timestamp with time zone, p_reason text DEFAULT NULL::text, p_details jsonb DEFAULT '{}'::jsonb) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.payment_parties(p_payment gongji.payment) RETURNS bigint[]
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.payment_readable(p gongji.payment, p_me bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.payment_release(p_ctx jsonb, p_payment gongji.payment, p_status text, p_now timestamp with time zone, p_reason text DEFAULT NULL::text, p_details jsonb DEFAULT '{}'::jsonb) RETURNS gongji.payment
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.payment_view(p_payment gongji.payment) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.payments_cancel_of(p_ctx jsonb, p_person bigint, p_why text, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.payments_holding(p_people bigint[]) RETURNS SETOF gongji.payment
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.person_asked(p_ctx jsonb, p_person_no text) RETURNS gongji.person
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.person_body(p_person bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.person_covered(p_ctx jsonb, p_person bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.person_insurance_moves(p_person bigint, p_record jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.person_label(p_person bigint) RETURNS text
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.person_of(p_person_no text) RETURNS bigint
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.person_of_identity(p_blind_indexes text[], p_match_digests text[]) RETURNS bigint
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.person_on(p_person gongji.person, p_at timestamp with time zone) RETURNS gongji.person
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.person_relatives(p_person bigint) RETURNS bigint[]
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.person_write(p_ctx jsonb, p_record jsonb) RETURNS gongji.outcome
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.places_left(p_limit bigint, p_taken bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.policy_add(p_ctx jsonb, p_at timestamp with time zone, p_area text, p_valid_from date, p_document jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS …;
CREATE TABLE gongji.policy (
    area text NOT NULL,
    valid_from date NOT NULL,
    version bigint DEFAULT nextval('gongji.policy_version'::regclass) NOT NULL,
    states text[] NOT NULL,
    rules gongji.policy_rules NOT NULL,
    legal_basis text NOT NULL,
    source jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL
);
COMMENT ON TABLE gongji.policy IS 'What an area, province (xx0000) or the nation (000000) states from a day on; each change is a new immutable version';
COMMENT ON COLUMN gongji.policy.states IS 'The members this row states; all others are inherited';
CREATE FUNCTION gongji.policy_document(p_policy gongji.policy) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.policy_materialise(p_area text, p_from date, p_version bigint) RETURNS void
    LANGUAGE sql
    AS …;
CREATE TABLE gongji.policy_effective (
    area text NOT NULL,
    valid_from date NOT NULL,
    version bigint NOT NULL,
    rules gongji.policy_rules NOT NULL,
    origins jsonb NOT NULL
)
WITH (toast_tuple_target='8160');
ALTER TABLE ONLY gongji.policy_effective ALTER COLUMN rules SET STORAGE EXTERNAL;
ALTER TABLE ONLY gongji.policy_effective ALTER COLUMN origins SET STORAGE EXTERNAL;
COMMENT ON TABLE gongji.policy_effective IS 'policy with inheritance resolved: for an area and day the row of the greatest valid_from not after it, then the greatest version; append-only, payments name its version';
COMMENT ON COLUMN gongji.policy_effective.origins IS '{member: {area, valid_from, version}}: the policy row that states it';
CREATE FUNCTION gongji.policy_of(p_person bigint, p_now timestamp with time zone) RETURNS gongji.policy_effective
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.policy_on(p_area text, p_day date) RETURNS gongji.policy_effective
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.policy_view(p_area text, p_on date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.policy_with(p_effective gongji.policy_effective, p_area text, p_changes jsonb) RETURNS gongji.policy_rules
    LANGUAGE sql IMMUTABLE
    AS …;
CREATE TABLE gongji.premium_standard (
    area text NOT NULL,
    benefit_year integer NOT NULL,
    product text NOT NULL,
    version bigint DEFAULT nextval('gongji.policy_version'::regclass) NOT NULL,
    amount_fen bigint NOT NULL,
    benefit_from date NOT NULL,
    benefit_to date NOT NULL,
    windows jsonb NOT NULL,
    subsidies jsonb NOT NULL,
    source jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT premium_standard_amount_not_negative CHECK ((amount_fen >= 0)),
    CONSTRAINT premium_standard_benefit_in_order CHECK ((benefit_from <= benefit_to))
);
COMMENT ON TABLE gongji.premium_standard IS 'Individual premium of a product for a benefit year, with its enrollment windows and subsidies (S0-35, S0-38); the greatest version stands';
COMMENT ON COLUMN gongji.premium_standard.windows IS '[{from, to, late_until?, person_class?}], dates inclusive';
COMMENT ON COLUMN gongji.premium_standard.subsidies IS '[{person_class, mode: full|fixed|rate, amount_fen?, rate_percent?}]';
CREATE FUNCTION gongji.premium_coverage(p_rules gongji.policy_rules, p_standard gongji.premium_standard, p_person_class text, p_birth_date date, p_enrolled_years integer[], p_missed_years integer[], p_repaired_years integer, p_today date) RETURNS gongji.coverage
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.premium_plan(p_items gongji.premium_item[], p_now timestamp with time zone, p_wanted bigint[], p_locked bigint[]) RETURNS gongji.premium_plan
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.premium_replay(p_payment gongji.payment, p_area text, p_changes jsonb, p_moved jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.premium_split(p_use text, p_whole_rule text, p_payable bigint, p_insured gongji.premium_party, p_area gongji.premium_area, p_calling integer, p_order integer[], p_sources gongji.premium_source[], p_parties gongji.premium_party[], p_party_ids bigint[], p_areas gongji.premium_area[], p_area_codes text[], p_links text[], p_givers bigint[]) RETURNS gongji.premium_split
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.premium_standard_view(p_standard gongji.premium_standard) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.premium_subsidy_fen(p_standard gongji.premium_standard, p_person_class text) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.premium_window(p_standard gongji.premium_standard, p_person_class text, p_today date) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.presence(p_ctx jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.product_coverage(p_use text, p_rules gongji.policy_rules, p_standard gongji.premium_standard, p_person_class text, p_birth_date date, p_enrolled_years integer[], p_missed_years integer[], p_repaired_years integer, p_today date) RETURNS gongji.coverage
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE TABLE gongji.product (
    area text NOT NULL,
    product text NOT NULL,
    use text NOT NULL,
    scheme text,
    valid_from date NOT NULL,
    valid_to date,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT product_days_in_order CHECK (((valid_to IS NULL) OR (valid_from <= valid_to))),
    CONSTRAINT product_scheme_known CHECK ((scheme = ANY (ARRAY['employee'::text, 'resident'::text]))),
    CONSTRAINT product_use_known CHECK ((use = ANY (ARRAY['resident_premium'::text, 'large_amount_subsidy'::text, 'long_term_care'::text, 'commercial_supplement'::text, 'city_inclusive'::text])))
);
COMMENT ON TABLE gongji.product IS 'What premiums an area lists (S1-39, S1-40, S1-42), and which use of an account each is; an area''s row counts before its province''s and the nation''s. Reference data';
COMMENT ON COLUMN gongji.product.scheme IS 'Only for members of this scheme; NULL: for everybody';
CREATE FUNCTION gongji.product_on(p_area text, p_product text, p_day date) RETURNS gongji.product
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.product_view(p_product gongji.product) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.range_fits(p_filter jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.receipt_no(p_area text, p_day date) RETURNS text
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.reconciliation_cash_lines(p_ctx jsonb, p_on date) RETURNS TABLE(cash_channel text, kind text, transaction_id text, payment_id uuid, refund_id uuid, channel text, amount_fen bigint)
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.reconciliation_lines(p_ctx jsonb, p_on date, p_channel text) RETURNS TABLE(payment_id uuid, kind text, channel text, at timestamp with time zone, receipt_no text, client_reference text, amount_fen bigint, own_fen bigint, aid_fen bigint, cash_fen bigint)
    LANGUAGE sql STABLE
    AS …;
CREATE TABLE gongji.refund (
    id uuid NOT NULL,
    insured bigint NOT NULL,
    payment_id uuid,
    whole boolean NOT NULL,
    reason_code text NOT NULL,
    reason text,
    status text NOT NULL,
    legs jsonb NOT NULL,
    account_fen bigint NOT NULL,
    cash_fen bigint NOT NULL,
    cash_channel text,
    transaction_id text,
    out_refund_no text,
    channel_refund_no text,
    channel_status text,
    attempts integer DEFAULT 0 NOT NULL,
    next_action text,
    next_action_at timestamp with time zone,
    requested_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT refund_cash_has_its_way CHECK (((cash_fen = 0) OR ((cash_channel IS NOT NULL) AND (transaction_id IS NOT NULL) AND (out_refund_no IS NOT NULL)))),
    CONSTRAINT refund_open_has_next_action CHECK (((status = 'succeeded'::text) = (next_action IS NULL))),
    CONSTRAINT refund_parts_not_negative CHECK (((account_fen >= 0) AND (cash_fen >= 0))),
    CONSTRAINT refund_status_known CHECK ((status = ANY (ARRAY['processing'::text, 'succeeded'::text, 'failed'::text])))
);
COMMENT ON TABLE gongji.refund IS 'Money going back: of a whole payment, each leg to the account and bucket it came from and cash by its channel (S0-41, P-29, F7); or only of cash that could not complete a payment';
COMMENT ON COLUMN gongji.refund.whole IS 'The payment as a whole is refunded; once at most';
COMMENT ON COLUMN gongji.refund.status IS 'processing until the channel says that the money arrived, never on our request alone (F6); failed: the channel could not deliver and a person has to act, it may still succeed';
COMMENT ON COLUMN gongji.refund.out_refund_no IS 'Our number at the channel: the same on every retry, a new one only after the channel closed it';
COMMENT ON COLUMN gongji.refund.next_action IS 'request: ask the channel for it; query: ask the channel how it stands; intervene: agree with payer and channel on another way';
CREATE FUNCTION gongji.refund_body(p_refund gongji.refund) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.refund_finish(p_ctx jsonb, p_refund gongji.refund, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.refund_in_time(p_payment gongji.payment, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.refund_locked(p_refund_id uuid) RETURNS gongji.refund
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.refund_move(p_ctx jsonb, p_refund gongji.refund, p_channel_status text, p_channel_refund_no text, p_now timestamp with time zone) RETURNS gongji.refund
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.refund_retry(p_attempts integer) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.refund_seen(p_ctx jsonb, p_refund gongji.refund) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.refund_write(p_ctx jsonb, p_payment gongji.payment, p_refund_id uuid, p_reason_code text, p_reason text, p_now timestamp with time zone) RETURNS gongji.refund
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.refuse(p_codes text[], p_extras jsonb DEFAULT NULL::jsonb) RETURNS gongji.outcome
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.relation_check(p_grantor bigint, p_beneficiary bigint, p_relation text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.relation_evidence(p_rules gongji.policy_rules, p_relation text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.relation_inverse(p_relations text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.relation_write(p_ctx jsonb, p_person_no text, p_relative_no text, p_relations text[]) RETURNS gongji.outcome
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.repair_fits(p_repair_years integer[], p_benefit_year integer, p_missed_years integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.retry_tomorrow(p_now timestamp with time zone) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.review_body(p_beneficiary bigint, p_binding_id uuid, p_now timestamp with time zone) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.review_conflict(p_ctx jsonb, p_binding gongji.binding) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.review_due(p_queued_at timestamp with time zone, p_workdays integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;
CREATE TABLE gongji.review (
    beneficiary bigint NOT NULL,
    binding_id uuid NOT NULL,
    area text NOT NULL,
    mode text NOT NULL,
    state text NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    claimed_by text,
    lease_until timestamp with time zone,
    decision text,
    decided_by text,
    decided_at timestamp with time zone,
    reason_code text,
    reason text,
    automatic_check jsonb,
    CONSTRAINT review_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'claimed'::text, 'more_requested'::text, 'decided'::text])))
);
COMMENT ON TABLE gongji.review IS 'The review desk''s queue (S1-29): oldest first, leased for 15 minutes when claimed; area is the grantor''s';
COMMENT ON COLUMN gongji.review.mode IS 'review_mode of the grantor''s policy; none and commitment are decided from the start and never in the queue';
COMMENT ON COLUMN gongji.review.due_at IS 'When the policy''s review_sla_workdays end; NULL: the policy sets no time';
COMMENT ON COLUMN gongji.review.claimed_by IS 'Issuer and operator, separated by a slash; lease_until says how long the claim counts';
COMMENT ON COLUMN gongji.review.decision IS 'approve or reject; otherwise what ended the application without a decision (withdrawn, released …) or made one needless (applied)';
COMMENT ON COLUMN gongji.review.automatic_check IS 'What data said of the relation when it was decided; while it waits, relation_check() says what is known today';
CREATE FUNCTION gongji.review_is_overdue(p_review gongji.review, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.review_next(p_ctx jsonb, p_area text, p_now timestamp with time zone) RETURNS gongji.review
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.review_position(p_beneficiary bigint, p_binding_id uuid) RETURNS bigint
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.review_refusals(p_ctx jsonb, p_binding gongji.binding, p_review gongji.review, p_decision text, p_now timestamp with time zone) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS …;
CREATE FUNCTION gongji.review_requeue(p_binding gongji.binding, p_now timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS …;
CREATE FUNCTION gongji.review_state(p_review gongji.review, p_now timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.review_write(p_ctx jsonb, p_binding gongji.binding, p_decision text, p_reason_code text, p_reason text, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.rfc3339(p_at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.rollover_entries(p_stored gongji.account, p_year integer, p_now timestamp with time zone) RETURNS gongji.ledger_entry[]
    LANGUAGE plpgsql
    AS …;
CREATE FUNCTION gongji.shareable_fen(p_rules gongji.policy_rules, p_account gongji.account, p_status text) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.source_why_not(p_rules gongji.policy_rules, p_account gongji.account, p_status text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS …;
CREATE FUNCTION gongji.staff_covers(p_ctx jsonb, p_area text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.start_of_day(p_day date) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;
CREATE FUNCTION gongji.uuid_v7(p_at timestamp with time zone) RETURNS uuid
    LANGUAGE sql
    AS …;
CREATE TABLE gongji.webhook (
    id uuid NOT NULL,
    channel text NOT NULL,
    url text NOT NULL,
    types text[],
    secret_sealed text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    previous_secret_sealed text,
    previous_secret_until timestamp with time zone
);
COMMENT ON TABLE gongji.webhook IS 'Where a channel wants its events sent; the signing secret is sealed by the server';
COMMENT ON COLUMN gongji.webhook.types IS 'Which events, a trailing dot meaning all that begin so; NULL: all';
COMMENT ON COLUMN gongji.webhook.disabled_at IS 'Since when nothing is sent there: it answered 410 Gone; it is registered anew by deleting it first';
COMMENT ON COLUMN gongji.webhook.previous_secret_sealed IS 'The secret before the last rotation: signs beside the new one until previous_secret_until';
CREATE FUNCTION gongji.webhook_body(p_webhook gongji.webhook) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
CREATE FUNCTION gongji.workdays_between(p_from date, p_to date) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;
CREATE TABLE gongji.account_closure (
    person bigint NOT NULL,
    id uuid NOT NULL,
    amount_fen bigint NOT NULL,
    reason text NOT NULL,
    payee_sealed text NOT NULL,
    closed_by text NOT NULL,
    at timestamp with time zone NOT NULL,
    result jsonb NOT NULL,
    CONSTRAINT account_closure_amount_not_negative CHECK ((amount_fen >= 0))
);
COMMENT ON TABLE gongji.account_closure IS 'An account emptied at once because its holder died, left or gave it up (P-30), to a payee the server sealed; its id is the movement of the ledger. Append-only';
CREATE SEQUENCE gongji.audit_log_id
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE gongji.audit_log (
    person bigint NOT NULL,
    id bigint DEFAULT nextval('gongji.audit_log_id'::regclass) NOT NULL,
    at timestamp with time zone NOT NULL,
    action text NOT NULL,
    issuer text,
    subject text NOT NULL,
    actor text,
    channel text,
    reason text,
    request_id text,
    details jsonb
);
COMMENT ON TABLE gongji.audit_log IS 'Who did or looked at what (S0-45); append-only; person 0: nobody in particular';
CREATE TABLE gongji.binding_by_grantor (
    grantor bigint NOT NULL,
    id uuid NOT NULL,
    beneficiary bigint NOT NULL
);
COMMENT ON TABLE gongji.binding_by_grantor IS 'Mirror of binding by the other side, written with it: finds a grantor''s bindings without asking every shard';
CREATE TABLE gongji.binding_event (
    beneficiary bigint NOT NULL,
    binding_id uuid NOT NULL,
    n integer NOT NULL,
    at timestamp with time zone NOT NULL,
    event text NOT NULL,
    status text NOT NULL,
    by text NOT NULL,
    actor text,
    channel text,
    reason_code text,
    reason text
);
COMMENT ON TABLE gongji.binding_event IS 'What happened to a binding, in order; append-only';
CREATE TABLE gongji.binding_evidence (
    beneficiary bigint NOT NULL,
    binding_id uuid NOT NULL,
    evidence_id uuid NOT NULL,
    added_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE gongji.binding_evidence IS 'Which documents were shown for a binding';
CREATE TABLE gongji.calendar_exception (
    day date NOT NULL,
    working boolean NOT NULL,
    name text NOT NULL
);
COMMENT ON TABLE gongji.calendar_exception IS 'Days that are off, or worked to make up for it, although the day of the week says otherwise; a year not announced yet has none';
CREATE TABLE gongji.contribution (
    person bigint NOT NULL,
    reference text NOT NULL,
    movement_id uuid NOT NULL,
    amount_fen bigint NOT NULL,
    year integer NOT NULL,
    result jsonb NOT NULL,
    CONSTRAINT contribution_amount_positive CHECK ((amount_fen >= 1))
);
COMMENT ON TABLE gongji.contribution IS 'Money paid into a personal account; reference is unique per person, so that a repeated file moves nothing';
CREATE TABLE gongji.enrollment (
    person bigint NOT NULL,
    benefit_year integer NOT NULL,
    enrolled boolean NOT NULL,
    source text NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE gongji.enrollment IS 'Enrollment history by benefit year: what coverage gaps are counted from (P-01 to P-05)';
CREATE TABLE gongji.event_feed (
    one boolean NOT NULL,
    "position" bigint NOT NULL,
    CONSTRAINT event_feed_is_one_row CHECK (one)
);
COMMENT ON TABLE gongji.event_feed IS 'The last place given out; its row is the lock that gives places one publisher at a time';
CREATE TABLE gongji.identity_failure (
    person bigint NOT NULL,
    day date NOT NULL,
    failures integer NOT NULL
);
COMMENT ON TABLE gongji.identity_failure IS 'Name and ID number mismatches of a grantor and day: the tenth is the last answered';
CREATE TABLE gongji.person_identity (
    blind_index text NOT NULL,
    index_key_id text NOT NULL,
    match_digest text NOT NULL,
    person bigint NOT NULL
);
COMMENT ON TABLE gongji.person_identity IS 'Keyed blind index of an ID number to the person key, one row per active index key; match_digest: keyed digest of (ID number, name)';
CREATE TABLE gongji.person_no_key (
    person_no text NOT NULL,
    person bigint NOT NULL
);
COMMENT ON TABLE gongji.person_no_key IS 'The insurer''s person number to the person key';
CREATE TABLE gongji.settlement_key (
    key uuid NOT NULL,
    insured bigint,
    payment_id uuid
);
COMMENT ON TABLE gongji.settlement_key IS 'One payment per institution and settlement_no; key: MD5 over both. Without a payment only inside the transaction that claims it';
CREATE VIEW gongji.ledger_breach AS
 WITH personal AS (
         SELECT e.person,
            sum(e.amount_fen) FILTER (WHERE (e.bucket = 'current_year'::gongji.ledger_bucket)) AS current_fen,
            sum(e.amount_fen) FILTER (WHERE (e.bucket = 'prior_year'::gongji.ledger_bucket)) AS prior_fen,
            count(*) AS entries,
            min(e.account_version) AS first_version,
            max(e.account_version) AS last_version
           FROM gongji.ledger_entry e
          WHERE (e.account = 'personal'::gongji.ledger_account)
          GROUP BY e.person
        ), leg AS (
         SELECT p.id AS payment,
            p.status,
            (l.value ->> 'source'::text) AS source,
            (l.value ->> 'binding_id'::text) AS binding_id,
            (l.value ->> 'bucket'::text) AS bucket,
            sum(((l.value ->> 'amount_fen'::text))::bigint) AS fen
           FROM (gongji.payment p
             CROSS JOIN LATERAL jsonb_array_elements(p.legs) l(value))
          WHERE ((l.value ->> 'source'::text) <> 'subsidy'::text)
          GROUP BY p.id, p.status, (l.value ->> 'source'::text), (l.value ->> 'binding_id'::text), (l.value ->> 'bucket'::text)
        ), debit AS (
         SELECT e.payment_id AS payment,
                CASE
                    WHEN (e.binding_id IS NULL) THEN 'own'::text
                    ELSE 'aid'::text
                END AS source,
            ('bnd_'::text || e.binding_id) AS binding_id,
            (e.bucket)::text AS bucket,
            (- sum(e.amount_fen)) AS fen
           FROM gongji.ledger_entry e
          WHERE ((e.account = 'personal'::gongji.ledger_account) AND (e.kind = ANY (ARRAY['premium'::gongji.ledger_kind, 'medical'::gongji.ledger_kind])))
          GROUP BY e.payment_id,
                CASE
                    WHEN (e.binding_id IS NULL) THEN 'own'::text
                    ELSE 'aid'::text
                END, ('bnd_'::text || e.binding_id), (e.bucket)::text
        ), parts AS (
         SELECT l.payment,
            COALESCE(sum(l.fen) FILTER (WHERE (l.source = 'own'::text)), (0)::numeric) AS own_fen,
            COALESCE(sum(l.fen) FILTER (WHERE (l.source = 'aid'::text)), (0)::numeric) AS aid_fen,
            COALESCE(sum(l.fen) FILTER (WHERE (l.source = 'cash'::text)), (0)::numeric) AS cash_fen
           FROM leg l
          GROUP BY l.payment
        ), fund AS (
         SELECT e.payment_id AS payment,
            COALESCE(sum(e.amount_fen) FILTER (WHERE (e.account = 'premium_fund'::gongji.ledger_account)), (0)::numeric) AS fund_fen,
            COALESCE((- sum(e.amount_fen) FILTER (WHERE ((e.account)::text = ANY (ARRAY['cash_clearing'::text, 'cash_suspense'::text, 'cash_difference'::text])))), (0)::numeric) AS cash_fen
           FROM gongji.ledger_entry e
          WHERE ((e.kind = 'premium'::gongji.ledger_kind) AND (e.account <> 'personal'::gongji.ledger_account))
          GROUP BY e.payment_id
        ), settled AS (
         SELECT e.payment_id AS payment,
            sum(e.amount_fen) FILTER (WHERE (e.kind = 'medical'::gongji.ledger_kind)) AS taken_fen,
            COALESCE((- sum(e.amount_fen) FILTER (WHERE (e.kind = 'medical_reversal'::gongji.ledger_kind))), (0)::numeric) AS returned_fen
           FROM gongji.ledger_entry e
          WHERE (e.account = 'medical_clearing'::gongji.ledger_account)
          GROUP BY e.payment_id
        ), given_back AS (
         SELECT e.payment_id AS payment,
                CASE
                    WHEN (e.binding_id IS NULL) THEN 'own'::text
                    ELSE 'aid'::text
                END AS source,
            ('bnd_'::text || e.binding_id) AS binding_id,
            sum(e.amount_fen) AS fen
           FROM gongji.ledger_entry e
          WHERE ((e.account = 'personal'::gongji.ledger_account) AND (e.kind = 'medical_reversal'::gongji.ledger_kind))
          GROUP BY e.payment_id,
                CASE
                    WHEN (e.binding_id IS NULL) THEN 'own'::text
                    ELSE 'aid'::text
                END, ('bnd_'::text || e.binding_id)
        ), taken AS (
         SELECT p.id,
            p.insured,
            p.payer,
            p.status,
            p.use,
            p.benefit_year,
            p.product,
            p.payable_fen,
            p.own_fen,
            p.aid_fen,
            p.cash_fen,
            p.legs,
            p.coverage,
            p.policy_version,
            p.standard_version,
            p.quote_id,
            p.client_reference,
            p.receipt_no,
            p.channel,
            p.actor,
            p.created_at,
            p.area,
            p.cash_channel,
            p.cash_expires_at,
            p.succeeded_at,
            p.repair_years,
            p.repair
           FROM gongji.payment p
          WHERE ((p.status = ANY (ARRAY['succeeded'::text, 'refunding'::text, 'refunded'::text])) AND (p.benefit_year IS NOT NULL))
        ), held AS (
         SELECT h.person,
            sum(h.amount_fen) FILTER (WHERE (h.money_year >= a.current_year)) AS current_fen,
            sum(h.amount_fen) FILTER (WHERE (h.money_year < a.current_year)) AS prior_fen
           FROM (gongji.hold h
             JOIN gongji.account a ON ((a.person = h.person)))
          WHERE (h.state = 'held'::text)
          GROUP BY h.person
        ), hold_leg AS (
         SELECT h.payment_id AS payment,
            h.state,
                CASE
                    WHEN (h.binding_id IS NULL) THEN 'own'::text
                    ELSE 'aid'::text
                END AS source,
            ('bnd_'::text || h.binding_id) AS binding_id,
            (h.bucket)::text AS bucket,
            sum(h.amount_fen) AS fen
           FROM gongji.hold h
          GROUP BY h.payment_id, h.state,
                CASE
                    WHEN (h.binding_id IS NULL) THEN 'own'::text
                    ELSE 'aid'::text
                END, ('bnd_'::text || h.binding_id), (h.bucket)::text
        ), refund_leg AS (
         SELECT r.payment_id AS payment,
            (l.value ->> 'source'::text) AS source,
            (l.value ->> 'binding_id'::text) AS binding_id,
            sum(((l.value ->> 'amount_fen'::text))::bigint) AS fen
           FROM (gongji.refund r
             CROSS JOIN LATERAL jsonb_array_elements(r.legs) l(value))
          WHERE (r.whole AND ((l.value ->> 'source'::text) <> 'cash'::text))
          GROUP BY r.payment_id, (l.value ->> 'source'::text), (l.value ->> 'binding_id'::text)
        ), credit AS (
         SELECT e.payment_id AS payment,
                CASE
                    WHEN (e.binding_id IS NULL) THEN 'own'::text
                    ELSE 'aid'::text
                END AS source,
            ('bnd_'::text || e.binding_id) AS binding_id,
            sum(e.amount_fen) AS fen
           FROM gongji.ledger_entry e
          WHERE ((e.account = 'personal'::gongji.ledger_account) AND ((e.kind)::text = 'refund'::text))
          GROUP BY e.payment_id,
                CASE
                    WHEN (e.binding_id IS NULL) THEN 'own'::text
                    ELSE 'aid'::text
                END, ('bnd_'::text || e.binding_id)
        ), nobody AS (
         SELECT '00000000-0000-0000-0000-000000000000'::uuid AS nobody
        ), open_cash AS (
         SELECT COALESCE(o.payment, n.nobody) AS payment,
            sum(o.fen) AS fen
           FROM (nobody n
             CROSS JOIN ( SELECT c.payment_id AS payment,
                    c.amount_fen AS fen
                   FROM gongji.cash_transaction c
                  WHERE (c.state = 'manual_review'::text)
                UNION ALL
                 SELECT r.payment_id,
                    r.cash_fen
                   FROM gongji.refund r
                  WHERE (r.status <> 'succeeded'::text)) o)
          GROUP BY COALESCE(o.payment, n.nobody)
        ), suspense AS (
         SELECT COALESCE(e.payment_id, n.nobody) AS payment,
            sum(e.amount_fen) AS fen
           FROM (nobody n
             CROSS JOIN gongji.ledger_entry e)
          WHERE ((e.account)::text = 'cash_suspense'::text)
          GROUP BY COALESCE(e.payment_id, n.nobody)
        ), at_channels AS (
         SELECT COALESCE(o.payment, n.nobody) AS payment,
            sum(o.fen) AS fen
           FROM (nobody n
             CROSS JOIN ( SELECT c.payment_id AS payment,
                    c.amount_fen AS fen
                   FROM gongji.cash_transaction c
                UNION ALL
                 SELECT r.payment_id,
                    (- r.cash_fen)
                   FROM gongji.refund r
                  WHERE (r.status = 'succeeded'::text)) o)
          GROUP BY COALESCE(o.payment, n.nobody)
        ), clearing AS (
         SELECT COALESCE(e.payment_id, n.nobody) AS payment,
            (- sum(e.amount_fen)) AS fen
           FROM (nobody n
             CROSS JOIN gongji.ledger_entry e)
          WHERE (e.account = 'cash_clearing'::gongji.ledger_account)
          GROUP BY COALESCE(e.payment_id, n.nobody)
        ), running AS (
         SELECT e.person,
            e.account_version,
            e.balance_after_fen,
            sum(e.amount_fen) OVER (PARTITION BY e.person ORDER BY e.account_version) AS sum_fen
           FROM gongji.ledger_entry e
          WHERE (e.account = 'personal'::gongji.ledger_account)
        )
 SELECT 'movements_sum_to_zero'::text AS rule,
    ('movement '::text || e.movement_id) AS subject
   FROM gongji.ledger_entry e
  GROUP BY e.movement_id
 HAVING (sum(e.amount_fen) <> (0)::numeric)
UNION ALL
 SELECT 'account_equals_entries'::text AS rule,
    gongji.person_label(COALESCE(a.person, l.person)) AS subject
   FROM (gongji.account a
     FULL JOIN personal l ON ((l.person = a.person)))
  WHERE (((a.current_fen)::numeric IS DISTINCT FROM COALESCE(l.current_fen, (0)::numeric)) OR ((a.prior_fen)::numeric IS DISTINCT FROM COALESCE(l.prior_fen, (0)::numeric)))
UNION ALL
 SELECT 'entry_versions_without_gap'::text AS rule,
    gongji.person_label(COALESCE(a.person, l.person)) AS subject
   FROM (gongji.account a
     FULL JOIN personal l ON ((l.person = a.person)))
  WHERE ((a.version IS DISTINCT FROM COALESCE(l.entries, (0)::bigint)) OR (l.last_version <> l.entries) OR (l.first_version <> 1))
UNION ALL
 SELECT 'balance_after_is_running_sum'::text AS rule,
    ((gongji.person_label(r.person) || ' version '::text) || r.account_version) AS subject
   FROM running r
  WHERE ((r.balance_after_fen)::numeric IS DISTINCT FROM r.sum_fen)
UNION ALL
 SELECT 'held_equals_holds'::text AS rule,
    gongji.person_label(COALESCE(a.person, h.person)) AS subject
   FROM (gongji.account a
     FULL JOIN held h ON ((h.person = a.person)))
  WHERE (((a.held_current_fen)::numeric IS DISTINCT FROM COALESCE(h.current_fen, (0)::numeric)) OR ((a.held_prior_fen)::numeric IS DISTINCT FROM COALESCE(h.prior_fen, (0)::numeric)))
UNION ALL
 SELECT 'holds_equal_legs'::text AS rule,
    concat_ws(' '::text, 'payment', ('pay_'::text || COALESCE(l.payment, h.payment)), COALESCE(l.binding_id, h.binding_id, 'own'::text), COALESCE(l.bucket, h.bucket)) AS subject
   FROM (( SELECT leg.payment,
            leg.status,
            leg.source,
            leg.binding_id,
            leg.bucket,
            leg.fen
           FROM leg
          WHERE ((leg.source <> 'cash'::text) AND (leg.status = ANY (ARRAY['awaiting_cash'::text, 'manual_review'::text])))) l
     FULL JOIN ( SELECT hold_leg.payment,
            hold_leg.state,
            hold_leg.source,
            hold_leg.binding_id,
            hold_leg.bucket,
            hold_leg.fen
           FROM hold_leg
          WHERE (hold_leg.state = 'held'::text)) h ON (((h.payment = l.payment) AND (h.source = l.source) AND (NOT (h.binding_id IS DISTINCT FROM l.binding_id)) AND (NOT (h.bucket IS DISTINCT FROM l.bucket)))))
  WHERE (l.fen IS DISTINCT FROM h.fen)
UNION ALL
 SELECT 'payments_equal_entries'::text AS rule,
    concat_ws(' '::text, 'payment', ('pay_'::text || COALESCE(l.payment, d.payment)), COALESCE(l.binding_id, d.binding_id, 'own'::text), COALESCE(l.bucket, d.bucket)) AS subject
   FROM (( SELECT leg.payment,
            leg.status,
            leg.source,
            leg.binding_id,
            leg.bucket,
            leg.fen
           FROM leg
          WHERE ((leg.source <> 'cash'::text) AND (leg.status = ANY (ARRAY['succeeded'::text, 'refunding'::text, 'refunded'::text])))) l
     FULL JOIN debit d ON (((d.payment = l.payment) AND (d.source = l.source) AND (NOT (d.binding_id IS DISTINCT FROM l.binding_id)) AND (NOT (d.bucket IS DISTINCT FROM l.bucket)))))
  WHERE (l.fen IS DISTINCT FROM d.fen)
UNION ALL
 SELECT 'payment_parts_equal_legs'::text AS rule,
    ('payment pay_'::text || p.id) AS subject
   FROM (gongji.payment p
     LEFT JOIN parts s ON ((s.payment = p.id)))
  WHERE (((((p.own_fen)::numeric IS DISTINCT FROM COALESCE(s.own_fen, (0)::numeric)) OR ((p.aid_fen)::numeric IS DISTINCT FROM COALESCE(s.aid_fen, (0)::numeric))) OR ((p.cash_fen)::numeric IS DISTINCT FROM COALESCE(s.cash_fen, (0)::numeric))) OR (p.payable_fen IS DISTINCT FROM ((p.own_fen + p.aid_fen) + p.cash_fen)))
UNION ALL
 SELECT 'fund_equals_payments'::text AS rule,
    ('payment pay_'::text || COALESCE(p.id, f.payment)) AS subject
   FROM (taken p
     FULL JOIN fund f ON ((f.payment = p.id)))
  WHERE (((p.payable_fen)::numeric IS DISTINCT FROM COALESCE(f.fund_fen, (0)::numeric)) OR ((p.cash_fen)::numeric IS DISTINCT FROM COALESCE(f.cash_fen, (0)::numeric)))
UNION ALL
 SELECT DISTINCT 'refunds_mirror_payments'::text AS rule,
    concat_ws(' '::text, 'payment', ('pay_'::text || COALESCE(l.payment, c.payment, d.payment)), COALESCE(l.binding_id, c.binding_id, d.binding_id, 'own'::text)) AS subject
   FROM ((refund_leg l
     FULL JOIN credit c ON (((c.payment = l.payment) AND (c.source = l.source) AND (NOT (c.binding_id IS DISTINCT FROM l.binding_id)))))
     FULL JOIN ( SELECT x.payment,
            x.source,
            x.binding_id,
            sum(x.fen) AS fen
           FROM (debit x
             JOIN gongji.payment p ON (((p.id = x.payment) AND (p.status = ANY (ARRAY['refunding'::text, 'refunded'::text])) AND (p.benefit_year IS NOT NULL))))
          GROUP BY x.payment, x.source, x.binding_id) d ON (((d.payment = l.payment) AND (d.source = l.source) AND (NOT (d.binding_id IS DISTINCT FROM l.binding_id)))))
  WHERE ((l.fen IS DISTINCT FROM c.fen) OR (l.fen IS DISTINCT FROM d.fen))
UNION ALL
 SELECT 'refunds_mirror_payments'::text AS rule,
    ('payment pay_'::text || COALESCE(p.id, r.payment_id)) AS subject
   FROM (( SELECT payment.id,
            payment.insured,
            payment.payer,
            payment.status,
            payment.use,
            payment.benefit_year,
            payment.product,
            payment.payable_fen,
            payment.own_fen,
            payment.aid_fen,
            payment.cash_fen,
            payment.legs,
            payment.coverage,
            payment.policy_version,
            payment.standard_version,
            payment.quote_id,
            payment.client_reference,
            payment.receipt_no,
            payment.channel,
            payment.actor,
            payment.created_at,
            payment.area,
            payment.cash_channel,
            payment.cash_expires_at,
            payment.succeeded_at,
            payment.repair_years,
            payment.repair
           FROM gongji.payment
          WHERE ((payment.status = ANY (ARRAY['refunding'::text, 'refunded'::text])) AND (payment.benefit_year IS NOT NULL))) p
     FULL JOIN ( SELECT refund.id,
            refund.insured,
            refund.payment_id,
            refund.whole,
            refund.reason_code,
            refund.reason,
            refund.status,
            refund.legs,
            refund.account_fen,
            refund.cash_fen,
            refund.cash_channel,
            refund.transaction_id,
            refund.out_refund_no,
            refund.channel_refund_no,
            refund.channel_status,
            refund.attempts,
            refund.next_action,
            refund.next_action_at,
            refund.requested_by,
            refund.created_at,
            refund.finished_at
           FROM gongji.refund
          WHERE refund.whole) r ON ((r.payment_id = p.id)))
  WHERE ((p.id IS NULL) OR (r.id IS NULL) OR ((p.status = 'refunded'::text) <> (r.status = 'succeeded'::text)))
UNION ALL
 SELECT 'suspense_equals_open_cash'::text AS rule,
    ('payment pay_'::text || COALESCE(o.payment, s.payment)) AS subject
   FROM (open_cash o
     FULL JOIN suspense s ON ((s.payment = o.payment)))
  WHERE (COALESCE(o.fen, (0)::numeric) <> COALESCE(s.fen, (0)::numeric))
UNION ALL
 SELECT 'clearing_equals_channels'::text AS rule,
    ('payment pay_'::text || COALESCE(o.payment, c.payment)) AS subject
   FROM (at_channels o
     FULL JOIN clearing c ON ((c.payment = o.payment)))
  WHERE (COALESCE(o.fen, (0)::numeric) <> COALESCE(c.fen, (0)::numeric))
UNION ALL
 SELECT 'settlements_equal_entries'::text AS rule,
    ('payment pay_'::text || COALESCE(p.id, e.payment, s.payment_id)) AS subject
   FROM ((( SELECT payment.id,
            payment.insured,
            payment.payer,
            payment.status,
            payment.use,
            payment.benefit_year,
            payment.product,
            payment.payable_fen,
            payment.own_fen,
            payment.aid_fen,
            payment.cash_fen,
            payment.legs,
            payment.coverage,
            payment.policy_version,
            payment.standard_version,
            payment.quote_id,
            payment.client_reference,
            payment.receipt_no,
            payment.channel,
            payment.actor,
            payment.created_at,
            payment.area,
            payment.cash_channel,
            payment.cash_expires_at,
            payment.succeeded_at,
            payment.repair_years,
            payment.repair
           FROM gongji.payment
          WHERE (payment.benefit_year IS NULL)) p
     FULL JOIN settled e ON ((e.payment = p.id)))
     FULL JOIN gongji.medical_settlement s ON ((s.payment_id = COALESCE(p.id, e.payment))))
  WHERE ((p.id IS NULL) OR (s.payment_id IS NULL) OR (((p.payable_fen - p.cash_fen))::numeric <> COALESCE(e.taken_fen, (0)::numeric)) OR ((p.payable_fen)::numeric <> ( SELECT sum(gongji.medical_payable_fen(i.item)) AS sum
           FROM jsonb_array_elements(s.items) i(item))) OR ((p.status = 'refunded'::text) <> (s.reversed_at IS NOT NULL)) OR (COALESCE(e.returned_fen, (0)::numeric) <>
        CASE p.status
            WHEN 'refunded'::text THEN COALESCE(e.taken_fen, (0)::numeric)
            ELSE (0)::numeric
        END) OR (NOT (EXISTS ( SELECT
           FROM gongji.settlement_key k
          WHERE ((k.payment_id = p.id) AND (k.key = (md5(((s.institution || '
'::text) || s.settlement_no)))::uuid))))))
UNION ALL
 SELECT 'reversals_mirror_payments'::text AS rule,
    concat_ws(' '::text, 'payment', ('pay_'::text || COALESCE(g.payment, d.payment)), COALESCE(g.binding_id, d.binding_id, 'own'::text)) AS subject
   FROM (given_back g
     FULL JOIN ( SELECT x.payment,
            x.source,
            x.binding_id,
            sum(x.fen) AS fen
           FROM (debit x
             JOIN gongji.payment p ON (((p.id = x.payment) AND (p.status = 'refunded'::text) AND (p.benefit_year IS NULL))))
          GROUP BY x.payment, x.source, x.binding_id) d ON (((d.payment = g.payment) AND (d.source = g.source) AND (NOT (d.binding_id IS DISTINCT FROM g.binding_id)))))
  WHERE (g.fen IS DISTINCT FROM d.fen)
UNION ALL
 SELECT 'contributions_equal_entries'::text AS rule,
    ((gongji.person_label(COALESCE(c.person, e.person)) || ' movement '::text) || COALESCE(c.movement_id, e.movement_id)) AS subject
   FROM (gongji.contribution c
     FULL JOIN ( SELECT ledger_entry.person,
            ledger_entry.movement_id,
            sum(ledger_entry.amount_fen) AS fen
           FROM gongji.ledger_entry
          WHERE ((ledger_entry.account = 'personal'::gongji.ledger_account) AND (ledger_entry.kind = 'contribution'::gongji.ledger_kind))
          GROUP BY ledger_entry.person, ledger_entry.movement_id) e ON (((e.person = c.person) AND (e.movement_id = c.movement_id))))
  WHERE ((c.amount_fen)::numeric IS DISTINCT FROM e.fen)
UNION ALL
 SELECT 'closures_equal_entries'::text AS rule,
    ((gongji.person_label(COALESCE(c.person, e.person)) || ' movement '::text) || COALESCE(c.id, e.movement_id)) AS subject
   FROM (gongji.account_closure c
     FULL JOIN ( SELECT ledger_entry.person,
            ledger_entry.movement_id,
            (- sum(ledger_entry.amount_fen)) AS fen
           FROM gongji.ledger_entry
          WHERE ((ledger_entry.account = 'personal'::gongji.ledger_account) AND ((ledger_entry.kind)::text = 'closure'::text))
          GROUP BY ledger_entry.person, ledger_entry.movement_id) e ON (((e.person = c.person) AND (e.movement_id = c.id))))
  WHERE (((c.amount_fen)::numeric <> COALESCE(e.fen, (0)::numeric)) OR (c.id IS NULL))
UNION ALL
 SELECT 'binding_mirror_complete'::text AS rule,
    ('binding bnd_'::text || COALESCE(b.id, m.id)) AS subject
   FROM (gongji.binding b
     FULL JOIN gongji.binding_by_grantor m ON (((m.id = b.id) AND (m.grantor = b.grantor) AND (m.beneficiary = b.beneficiary))))
  WHERE ((b.id IS NULL) OR (m.id IS NULL))
UNION ALL
 SELECT 'person_keys_complete'::text AS rule,
    ('person '::text || COALESCE(p.person_no, k.person_no)) AS subject
   FROM (gongji.person p
     FULL JOIN gongji.person_no_key k ON (((k.person = p.id) AND (k.person_no = p.person_no))))
  WHERE ((p.id IS NULL) OR (k.person IS NULL) OR (NOT (EXISTS ( SELECT
           FROM gongji.person_identity i
          WHERE (i.person = p.id)))) OR (NOT (EXISTS ( SELECT
           FROM gongji.account a
          WHERE (a.person = p.id)))))
UNION ALL
 SELECT 'person_keys_complete'::text AS rule,
    ('payment pay_'::text || y.id) AS subject
   FROM gongji.payment y
  WHERE (NOT (EXISTS ( SELECT
           FROM gongji.person p
          WHERE (p.id = y.insured))))
UNION ALL
 SELECT 'no_negative'::text AS rule,
    gongji.person_label(a.person) AS subject
   FROM gongji.account a
  WHERE ((a.current_fen < 0) OR (a.prior_fen < 0))
UNION ALL
 SELECT 'no_negative'::text AS rule,
    ((gongji.person_label(e.person) || ' version '::text) || e.account_version) AS subject
   FROM gongji.ledger_entry e
  WHERE (e.balance_after_fen < 0);
COMMENT ON VIEW gongji.ledger_breach IS 'Every breach of the books there is, by rule and by the person, binding, movement or payment it is about, of a payment the account where one differs (own, or through which binding); ids only; empty when all is well';
CREATE TABLE gongji.payment_event (
    insured bigint NOT NULL,
    subject_id uuid NOT NULL,
    n integer NOT NULL,
    at timestamp with time zone NOT NULL,
    event text NOT NULL,
    status text NOT NULL,
    by text NOT NULL,
    actor text,
    channel text,
    reason text,
    details jsonb NOT NULL
);
COMMENT ON TABLE gongji.payment_event IS 'What happened to a payment after its creation, or to a refund, in order; append-only, ids and codes only';
COMMENT ON COLUMN gongji.payment_event.subject_id IS 'The payment''s or the refund''s id';
CREATE TABLE gongji.pooling_area (
    code text NOT NULL,
    name text NOT NULL,
    level text NOT NULL,
    province_code text NOT NULL,
    pooling boolean NOT NULL,
    CONSTRAINT pooling_area_code_is_six_digits CHECK ((code ~ '^[0-9]{6}$'::text))
);
COMMENT ON TABLE gongji.pooling_area IS 'GB/T 2260 codes down to the prefecture; pooling: a person may be insured there';
CREATE SEQUENCE gongji.receipt_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE gongji.relation_record (
    person bigint NOT NULL,
    relative bigint NOT NULL,
    relations text[] NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT relation_record_not_with_oneself CHECK ((person <> relative)),
    CONSTRAINT relation_record_says_something CHECK ((cardinality(relations) > 0))
);
COMMENT ON TABLE gongji.relation_record IS 'Near relatives known from data (P-20, P-21), each pair from both sides: what relative is to person; decides automatic review and spares documents';
COMMENT ON COLUMN gongji.relation_record.relations IS 'Usually one; a code of GB/T 4761 that does not tell the father''s side from the mother''s leaves two';
CREATE TABLE gongji.schema_migration (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
COMMENT ON TABLE gongji.schema_migration IS 'Migrations applied, with the digest of their text: an edited one is refused';
CREATE TABLE gongji.schema_state (
    digest text NOT NULL,
    major integer NOT NULL,
    "position" bigint NOT NULL,
    migrated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
COMMENT ON TABLE gongji.schema_state IS 'Every source this schema was migrated by, oldest first: a server starts when its own is among them, and the newest is of its major';
CREATE TABLE gongji.settlement_suspension (
    person bigint NOT NULL,
    suspended_from date NOT NULL,
    suspended_to date NOT NULL,
    reason text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_suspension_days_in_order CHECK ((suspended_from <= suspended_to))
);
COMMENT ON TABLE gongji.settlement_suspension IS 'Days on which nothing is settled for a person (S1-16, P-27), both inclusive; earlier ones stand in the audit log';
CREATE TABLE gongji.webhook_attempt (
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    n integer NOT NULL,
    at timestamp with time zone NOT NULL,
    http_status integer,
    error text,
    duration_ms integer NOT NULL
);
COMMENT ON TABLE gongji.webhook_attempt IS 'The delivery log: every attempt and what came of it';
CREATE TABLE gongji.webhook_delivery (
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    person bigint NOT NULL,
    outbox_id bigint NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone NOT NULL,
    CONSTRAINT webhook_delivery_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
);
COMMENT ON TABLE gongji.webhook_delivery IS 'An event on its way to an endpoint: at least once, until delivered or given up';
COMMENT ON COLUMN gongji.webhook_delivery.next_at IS 'When it is to be tried; while an attempt runs, when another process may take it over';
ALTER TABLE ONLY gongji.account_closure
    ADD CONSTRAINT account_closure_key PRIMARY KEY (person, id);
ALTER TABLE ONLY gongji.account
    ADD CONSTRAINT account_key PRIMARY KEY (person);
ALTER TABLE ONLY gongji.area_link
    ADD CONSTRAINT area_link_key PRIMARY KEY (grantor_area, beneficiary_area, valid_from, version);
ALTER TABLE ONLY gongji.audit_log
    ADD CONSTRAINT audit_log_key PRIMARY KEY (person, id);
ALTER TABLE ONLY gongji.binding_by_grantor
    ADD CONSTRAINT binding_by_grantor_key PRIMARY KEY (grantor, id);
ALTER TABLE ONLY gongji.binding_event
    ADD CONSTRAINT binding_event_key PRIMARY KEY (beneficiary, binding_id, n);
ALTER TABLE ONLY gongji.binding_evidence
    ADD CONSTRAINT binding_evidence_key PRIMARY KEY (beneficiary, binding_id, evidence_id);
ALTER TABLE ONLY gongji.binding
    ADD CONSTRAINT binding_key PRIMARY KEY (id, beneficiary);
ALTER TABLE ONLY gongji.calendar_exception
    ADD CONSTRAINT calendar_exception_key PRIMARY KEY (day);
ALTER TABLE ONLY gongji.cash_transaction
    ADD CONSTRAINT cash_transaction_key PRIMARY KEY (channel, transaction_id);
ALTER TABLE ONLY gongji.contribution
    ADD CONSTRAINT contribution_key PRIMARY KEY (person, reference);
ALTER TABLE ONLY gongji.credential_link
    ADD CONSTRAINT credential_link_key PRIMARY KEY (id, member);
ALTER TABLE ONLY gongji.enrollment
    ADD CONSTRAINT enrollment_key PRIMARY KEY (person, benefit_year);
ALTER TABLE ONLY gongji.event_feed
    ADD CONSTRAINT event_feed_key PRIMARY KEY (one);
ALTER TABLE ONLY gongji.evidence
    ADD CONSTRAINT evidence_key PRIMARY KEY (id, owner);
ALTER TABLE ONLY gongji.hold
    ADD CONSTRAINT hold_key PRIMARY KEY (person, payment_id, n);
ALTER TABLE ONLY gongji.idempotency_key
    ADD CONSTRAINT idempotency_key_key PRIMARY KEY (key);
ALTER TABLE ONLY gongji.identity_failure
    ADD CONSTRAINT identity_failure_key PRIMARY KEY (person, day);
ALTER TABLE ONLY gongji.incident
    ADD CONSTRAINT incident_key PRIMARY KEY (patient, id);
ALTER TABLE ONLY gongji.institution
    ADD CONSTRAINT institution_key PRIMARY KEY (code);
ALTER TABLE ONLY gongji.ledger_entry
    ADD CONSTRAINT ledger_entry_key PRIMARY KEY (id, person);
ALTER TABLE ONLY gongji.ledger_entry
    ADD CONSTRAINT ledger_entry_once_per_version UNIQUE (person, account_version);
ALTER TABLE ONLY gongji.medical_settlement
    ADD CONSTRAINT medical_settlement_key PRIMARY KEY (payment_id, insured);
ALTER TABLE ONLY gongji.outbox
    ADD CONSTRAINT outbox_key PRIMARY KEY (id, person);
ALTER TABLE ONLY gongji.payment_event
    ADD CONSTRAINT payment_event_key PRIMARY KEY (insured, subject_id, n);
ALTER TABLE ONLY gongji.payment
    ADD CONSTRAINT payment_key PRIMARY KEY (id, insured);
ALTER TABLE ONLY gongji.person_identity
    ADD CONSTRAINT person_identity_key PRIMARY KEY (blind_index);
ALTER TABLE ONLY gongji.person
    ADD CONSTRAINT person_key PRIMARY KEY (id);
ALTER TABLE ONLY gongji.person_no_key
    ADD CONSTRAINT person_no_key_key PRIMARY KEY (person_no);
ALTER TABLE ONLY gongji.policy_effective
    ADD CONSTRAINT policy_effective_key PRIMARY KEY (area, valid_from, version);
ALTER TABLE ONLY gongji.policy
    ADD CONSTRAINT policy_key PRIMARY KEY (area, valid_from, version);
ALTER TABLE ONLY gongji.pooling_area
    ADD CONSTRAINT pooling_area_key PRIMARY KEY (code);
ALTER TABLE ONLY gongji.premium_standard
    ADD CONSTRAINT premium_standard_key PRIMARY KEY (area, benefit_year, product, version);
ALTER TABLE ONLY gongji.product
    ADD CONSTRAINT product_key PRIMARY KEY (area, product);
ALTER TABLE ONLY gongji.quote
    ADD CONSTRAINT quote_key PRIMARY KEY (id, insured);
ALTER TABLE ONLY gongji.refund
    ADD CONSTRAINT refund_key PRIMARY KEY (id, insured);
ALTER TABLE ONLY gongji.relation_record
    ADD CONSTRAINT relation_record_key PRIMARY KEY (person, relative);
ALTER TABLE ONLY gongji.review
    ADD CONSTRAINT review_key PRIMARY KEY (beneficiary, binding_id);
ALTER TABLE ONLY gongji.schema_migration
    ADD CONSTRAINT schema_migration_key PRIMARY KEY (name);
ALTER TABLE ONLY gongji.schema_state
    ADD CONSTRAINT schema_state_key PRIMARY KEY (digest);
ALTER TABLE ONLY gongji.settlement_key
    ADD CONSTRAINT settlement_key_key PRIMARY KEY (key);
ALTER TABLE ONLY gongji.settlement_suspension
    ADD CONSTRAINT settlement_suspension_key PRIMARY KEY (person);
ALTER TABLE ONLY gongji.webhook_attempt
    ADD CONSTRAINT webhook_attempt_key PRIMARY KEY (webhook_id, event_id, n);
ALTER TABLE ONLY gongji.webhook_delivery
    ADD CONSTRAINT webhook_delivery_key PRIMARY KEY (webhook_id, event_id);
ALTER TABLE ONLY gongji.webhook
    ADD CONSTRAINT webhook_key PRIMARY KEY (id);
ALTER TABLE ONLY gongji.webhook
    ADD CONSTRAINT webhook_once_per_channel UNIQUE (channel, url);
CREATE INDEX audit_log_by_time ON gongji.audit_log USING btree (at, id);
COMMENT ON INDEX gongji.audit_log_by_time IS 'Only staff''s reads and changes write rows, no payment does: a second index costs no hot call anything';
CREATE INDEX binding_of_beneficiary ON gongji.binding USING btree (beneficiary, status);
CREATE UNIQUE INDEX binding_once_at_a_time ON gongji.binding USING btree (beneficiary, grantor) WHERE (status = ANY (ARRAY['pending_review'::text, 'active'::text, 'suspended'::text]));
CREATE INDEX cash_transaction_by_time ON gongji.cash_transaction USING brin (paid_at);
COMMENT ON INDEX gongji.cash_transaction_by_time IS 'The cash of a day, as the channel''s own bill of that day has it';
CREATE INDEX cash_transaction_of_nobody ON gongji.cash_transaction USING btree (received_at) WHERE ((payment_id IS NULL) AND (state = 'manual_review'::text));
CREATE INDEX cash_transaction_of_nobody_by_id ON gongji.cash_transaction USING btree (id) WHERE (payment_id IS NULL);
CREATE INDEX cash_transaction_of_payment ON gongji.cash_transaction USING btree (payment_id);
CREATE INDEX credential_link_of_holder ON gongji.credential_link USING btree (holder) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX credential_link_once_at_a_time ON gongji.credential_link USING btree (member, holder) WHERE (ended_at IS NULL);
CREATE INDEX evidence_of_owner ON gongji.evidence USING btree (owner);
CREATE INDEX hold_standing ON gongji.hold USING btree (person) WHERE (state = 'held'::text);
CREATE INDEX incident_in_time ON gongji.incident USING btree (at, id);
CREATE INDEX ledger_entry_by_time ON gongji.ledger_entry USING brin (at);
CREATE INDEX outbox_of_channel ON gongji.outbox USING btree (channel, "position") WHERE (channel IS NOT NULL);
CREATE INDEX outbox_unpublished ON gongji.outbox USING btree (id) WHERE ("position" IS NULL);
CREATE INDEX payment_awaiting_cash ON gongji.payment USING btree (cash_expires_at) WHERE (status = 'awaiting_cash'::text);
CREATE INDEX payment_by_time ON gongji.payment USING brin (created_at);
CREATE INDEX payment_in_review ON gongji.payment USING btree (created_at) WHERE (status = 'manual_review'::text);
CREATE INDEX payment_of_insured ON gongji.payment USING btree (insured, created_at);
CREATE UNIQUE INDEX payment_premium_once ON gongji.payment USING btree (insured, benefit_year, product) WHERE (status = ANY (ARRAY['awaiting_cash'::text, 'manual_review'::text, 'succeeded'::text]));
COMMENT ON INDEX gongji.payment_premium_once IS 'One payment per insured, benefit year and product across all channels (F2)';
CREATE INDEX payment_repairing ON gongji.payment USING btree (insured) WHERE (repair_years IS NOT NULL);
COMMENT ON INDEX gongji.payment_repairing IS 'The few payments that repaired missed years, so that the many are not looked through for them';
CREATE INDEX person_identity_person ON gongji.person_identity USING btree (person);
CREATE INDEX refund_listed ON gongji.refund USING btree (status, created_at, id);
CREATE INDEX refund_of_payment ON gongji.refund USING btree (payment_id);
CREATE INDEX refund_open ON gongji.refund USING btree (next_action_at) WHERE (status <> 'succeeded'::text);
CREATE UNIQUE INDEX refund_whole_once ON gongji.refund USING btree (insured, payment_id) WHERE whole;
CREATE INDEX review_decided ON gongji.review USING btree (area, queued_at, binding_id) WHERE ((state = 'decided'::text) AND (mode <> ALL (ARRAY['none'::text, 'commitment'::text])));
CREATE INDEX review_open ON gongji.review USING btree (area, queued_at, binding_id) WHERE (state <> 'decided'::text);
COMMENT ON INDEX gongji.review_open IS 'What waits, small however long the history grows: each area''s queue is a piece of it, in order';
CREATE INDEX webhook_delivery_due ON gongji.webhook_delivery USING btree (webhook_id, next_at) WHERE (state = 'pending'::text);
CREATE TRIGGER account_closure_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON gongji.account_closure FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
ALTER TABLE gongji.account_closure ENABLE ALWAYS TRIGGER account_closure_append_only;
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON gongji.audit_log FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
ALTER TABLE gongji.audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
CREATE TRIGGER binding_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON gongji.binding_event FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
ALTER TABLE gongji.binding_event ENABLE ALWAYS TRIGGER binding_event_append_only;
CREATE TRIGGER ledger_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON gongji.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
ALTER TABLE gongji.ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only;
CREATE TRIGGER ledger_entry_movements_sum_to_zero AFTER INSERT ON gongji.ledger_entry REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION gongji.movements_sum_to_zero();
ALTER TABLE gongji.ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_movements_sum_to_zero;
CREATE TRIGGER payment_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON gongji.payment_event FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
ALTER TABLE gongji.payment_event ENABLE ALWAYS TRIGGER payment_event_append_only;
CREATE TRIGGER policy_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON gongji.policy FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
ALTER TABLE gongji.policy ENABLE ALWAYS TRIGGER policy_append_only;
CREATE TRIGGER policy_effective_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON gongji.policy_effective FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
ALTER TABLE gongji.policy_effective ENABLE ALWAYS TRIGGER policy_effective_append_only;
ALTER TABLE ONLY gongji.account_closure
    ADD CONSTRAINT account_closure_of_person FOREIGN KEY (person) REFERENCES gongji.person(id);
ALTER TABLE ONLY gongji.account
    ADD CONSTRAINT account_of_person FOREIGN KEY (person) REFERENCES gongji.person(id);
ALTER TABLE ONLY gongji.area_link
    ADD CONSTRAINT area_link_from_area FOREIGN KEY (grantor_area) REFERENCES gongji.pooling_area(code);
ALTER TABLE ONLY gongji.area_link
    ADD CONSTRAINT area_link_to_area FOREIGN KEY (beneficiary_area) REFERENCES gongji.pooling_area(code);
ALTER TABLE ONLY gongji.binding_by_grantor
    ADD CONSTRAINT binding_by_grantor_of_person FOREIGN KEY (grantor) REFERENCES gongji.person(id);
ALTER TABLE ONLY gongji.binding
    ADD CONSTRAINT binding_of_person FOREIGN KEY (beneficiary) REFERENCES gongji.person(id);
ALTER TABLE ONLY gongji.contribution
    ADD CONSTRAINT contribution_of_person FOREIGN KEY (person) REFERENCES gongji.person(id);
ALTER TABLE ONLY gongji.credential_link
    ADD CONSTRAINT credential_link_of_person FOREIGN KEY (member) REFERENCES gongji.person(id);
ALTER TABLE ONLY gongji.enrollment
    ADD CONSTRAINT enrollment_of_person FOREIGN KEY (person) REFERENCES gongji.person(id);
ALTER TABLE ONLY gongji.institution
    ADD CONSTRAINT institution_of_area FOREIGN KEY (area) REFERENCES gongji.pooling_area(code);
ALTER TABLE ONLY gongji.medical_settlement
    ADD CONSTRAINT medical_settlement_of_person FOREIGN KEY (insured) REFERENCES gongji.person(id);
ALTER TABLE ONLY gongji.policy
    ADD CONSTRAINT policy_of_area FOREIGN KEY (area) REFERENCES gongji.pooling_area(code);
ALTER TABLE ONLY gongji.premium_standard
    ADD CONSTRAINT premium_standard_of_area FOREIGN KEY (area) REFERENCES gongji.pooling_area(code);
ALTER TABLE ONLY gongji.product
    ADD CONSTRAINT product_of_area FOREIGN KEY (area) REFERENCES gongji.pooling_area(code);
ALTER TABLE ONLY gongji.settlement_suspension
    ADD CONSTRAINT settlement_suspension_of_person FOREIGN KEY (person) REFERENCES gongji.person(id);
GRANT USAGE ON SCHEMA api TO gongji_app;
GRANT USAGE ON SCHEMA gongji TO gongji_audit;
GRANT SELECT ON TABLE gongji.idempotency_key TO gongji_audit;
GRANT SELECT ON TABLE gongji.account TO gongji_audit;
GRANT SELECT ON TABLE gongji.incident TO gongji_audit;
GRANT SELECT ON TABLE gongji.ledger_entry TO gongji_audit;
GRANT SELECT ON TABLE gongji.medical_settlement TO gongji_audit;
GRANT SELECT ON TABLE gongji.payment TO gongji_audit;
GRANT SELECT ON TABLE gongji.quote TO gongji_audit;
GRANT SELECT ON TABLE gongji.hold TO gongji_audit;
REVOKE ALL ON FUNCTION api.account_aid(p_ctx jsonb, p_person_no text, p_use text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.account_aid(p_ctx jsonb, p_person_no text, p_use text) TO gongji_app;
REVOKE ALL ON FUNCTION api.account_at(p_ctx jsonb, p_person_no text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION api.account_at(p_ctx jsonb, p_person_no text, p_at timestamp with time zone) TO gongji_app;
REVOKE ALL ON FUNCTION api.account_close(p_ctx jsonb, p_person_no text, p_id uuid, p_reason text, p_payee_sealed text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.account_close(p_ctx jsonb, p_person_no text, p_id uuid, p_reason text, p_payee_sealed text) TO gongji_app;
REVOKE ALL ON FUNCTION api.account_entries(p_ctx jsonb, p_person_no text, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.account_entries(p_ctx jsonb, p_person_no text, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.account_get(p_ctx jsonb[], p_person_no text[], p_wait boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION api.account_get(p_ctx jsonb[], p_person_no text[], p_wait boolean) TO gongji_app;
REVOKE ALL ON FUNCTION api.area_link_get(p_ctx jsonb, p_grantor_area text, p_beneficiary_area text, p_valid_from date) FROM PUBLIC;
GRANT ALL ON FUNCTION api.area_link_get(p_ctx jsonb, p_grantor_area text, p_beneficiary_area text, p_valid_from date) TO gongji_app;
REVOKE ALL ON FUNCTION api.area_link_put(p_ctx jsonb, p_grantor_area text, p_beneficiary_area text, p_valid_from date, p_valid_to date, p_uses text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION api.area_link_put(p_ctx jsonb, p_grantor_area text, p_beneficiary_area text, p_valid_from date, p_valid_to date, p_uses text[]) TO gongji_app;
REVOKE ALL ON FUNCTION api.audit_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.audit_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_cap(p_ctx jsonb, p_id uuid, p_per_payment_cap_fen bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_cap(p_ctx jsonb, p_id uuid, p_per_payment_cap_fen bigint) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_create(p_ctx jsonb, p_id uuid, p_blind_indexes text[], p_match_digests text[], p_relation text, p_notice_version text, p_evidence_ids uuid[], p_valid_from date, p_valid_to date) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_create(p_ctx jsonb, p_id uuid, p_blind_indexes text[], p_match_digests text[], p_relation text, p_notice_version text, p_evidence_ids uuid[], p_valid_from date, p_valid_to date) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_entries(p_ctx jsonb, p_binding_id uuid, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_entries(p_ctx jsonb, p_binding_id uuid, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_evidence(p_ctx jsonb, p_id uuid, p_evidence_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_evidence(p_ctx jsonb, p_id uuid, p_evidence_ids uuid[]) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_get(p_ctx jsonb, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_get(p_ctx jsonb, p_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_history(p_ctx jsonb, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_history(p_ctx jsonb, p_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_list(p_ctx jsonb, p_person_no text, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_list(p_ctx jsonb, p_person_no text, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_options(p_ctx jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_options(p_ctx jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_priority(p_ctx jsonb, p_id uuid, p_priority integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_priority(p_ctx jsonb, p_id uuid, p_priority integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_release(p_ctx jsonb, p_id uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_release(p_ctx jsonb, p_id uuid, p_reason text) TO gongji_app;
REVOKE ALL ON FUNCTION api.binding_withdraw(p_ctx jsonb, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.binding_withdraw(p_ctx jsonb, p_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.cash_notify(p_ctx jsonb, p_channel text, p_out_trade_no text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION api.cash_notify(p_ctx jsonb, p_channel text, p_out_trade_no text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamp with time zone) TO gongji_app;
REVOKE ALL ON FUNCTION api.cash_resolve(p_ctx jsonb, p_cash_id uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.cash_resolve(p_ctx jsonb, p_cash_id uuid, p_reason text) TO gongji_app;
REVOKE ALL ON FUNCTION api.contribution_create(p_ctx jsonb, p_person_no text, p_amount_fen bigint, p_year integer, p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.contribution_create(p_ctx jsonb, p_person_no text, p_amount_fen bigint, p_year integer, p_reference text) TO gongji_app;
REVOKE ALL ON FUNCTION api.contribution_import(p_ctx jsonb, p_rows jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.contribution_import(p_ctx jsonb, p_rows jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.credential_link_create(p_ctx jsonb, p_id uuid, p_blind_indexes text[], p_match_digests text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION api.credential_link_create(p_ctx jsonb, p_id uuid, p_blind_indexes text[], p_match_digests text[]) TO gongji_app;
REVOKE ALL ON FUNCTION api.credential_link_delete(p_ctx jsonb, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.credential_link_delete(p_ctx jsonb, p_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.credential_link_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.credential_link_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.enrollment_import(p_ctx jsonb, p_rows jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.enrollment_import(p_ctx jsonb, p_rows jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.enrollment_put(p_ctx jsonb, p_person_no text, p_benefit_year integer, p_enrolled boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION api.enrollment_put(p_ctx jsonb, p_person_no text, p_benefit_year integer, p_enrolled boolean) TO gongji_app;
REVOKE ALL ON FUNCTION api.event_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.event_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.evidence_create(p_ctx jsonb, p_id uuid, p_type text, p_media_type text, p_sha256 text, p_size integer, p_content_sealed text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.evidence_create(p_ctx jsonb, p_id uuid, p_type text, p_media_type text, p_sha256 text, p_size integer, p_content_sealed text) TO gongji_app;
REVOKE ALL ON FUNCTION api.evidence_get(p_ctx jsonb, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.evidence_get(p_ctx jsonb, p_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.incident_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.incident_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.institution_import(p_ctx jsonb, p_rows jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.institution_import(p_ctx jsonb, p_rows jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.institution_put(p_ctx jsonb, p_row jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.institution_put(p_ctx jsonb, p_row jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.ledger_block(p_ctx jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.ledger_block(p_ctx jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.ledger_proof(p_ctx jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.ledger_proof(p_ctx jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.ledger_trial_balance(p_ctx jsonb, p_on date) FROM PUBLIC;
GRANT ALL ON FUNCTION api.ledger_trial_balance(p_ctx jsonb, p_on date) TO gongji_app;
REVOKE ALL ON FUNCTION api.medical_reverse(p_ctx jsonb, p_payment_id uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.medical_reverse(p_ctx jsonb, p_payment_id uuid, p_reason text) TO gongji_app;
REVOKE ALL ON FUNCTION api.medical_settle(p_ctx jsonb[], p_payment_id uuid[], p_incident_id uuid[], p_patient_no text[], p_credential_holder text[], p_credential_kind text[], p_presented_by text[], p_settlement_no text[], p_expected_fen bigint[], p_items jsonb[], p_wait boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION api.medical_settle(p_ctx jsonb[], p_payment_id uuid[], p_incident_id uuid[], p_patient_no text[], p_credential_holder text[], p_credential_kind text[], p_presented_by text[], p_settlement_no text[], p_expected_fen bigint[], p_items jsonb[], p_wait boolean) TO gongji_app;
REVOKE ALL ON FUNCTION api.payment_cancel(p_ctx jsonb, p_payment_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.payment_cancel(p_ctx jsonb, p_payment_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.payment_cash(p_ctx jsonb, p_payment_id uuid, p_channel text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION api.payment_cash(p_ctx jsonb, p_payment_id uuid, p_channel text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamp with time zone) TO gongji_app;
REVOKE ALL ON FUNCTION api.payment_get(p_ctx jsonb, p_payment_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.payment_get(p_ctx jsonb, p_payment_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.payment_history(p_ctx jsonb, p_payment_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.payment_history(p_ctx jsonb, p_payment_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.payment_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.payment_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.payment_receipt(p_ctx jsonb, p_payment_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.payment_receipt(p_ctx jsonb, p_payment_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.payment_resolve(p_ctx jsonb, p_payment_id uuid, p_action text, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.payment_resolve(p_ctx jsonb, p_payment_id uuid, p_action text, p_reason text) TO gongji_app;
REVOKE ALL ON FUNCTION api.payments_expire(p_ctx jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.payments_expire(p_ctx jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.person_freeze(p_ctx jsonb, p_person_no text, p_frozen boolean, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.person_freeze(p_ctx jsonb, p_person_no text, p_frozen boolean, p_reason text) TO gongji_app;
REVOKE ALL ON FUNCTION api.person_get(p_ctx jsonb, p_person_no text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.person_get(p_ctx jsonb, p_person_no text) TO gongji_app;
REVOKE ALL ON FUNCTION api.person_import(p_ctx jsonb, p_rows jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.person_import(p_ctx jsonb, p_rows jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.person_put(p_ctx jsonb, p_record jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.person_put(p_ctx jsonb, p_record jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.person_resolve(p_ctx jsonb, p_blind_indexes text[], p_match_digests text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION api.person_resolve(p_ctx jsonb, p_blind_indexes text[], p_match_digests text[]) TO gongji_app;
REVOKE ALL ON FUNCTION api.policy_get(p_ctx jsonb, p_area text, p_on date) FROM PUBLIC;
GRANT ALL ON FUNCTION api.policy_get(p_ctx jsonb, p_area text, p_on date) TO gongji_app;
REVOKE ALL ON FUNCTION api.policy_load(p_ctx jsonb, p_area text, p_rows jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION api.policy_put(p_ctx jsonb, p_area text, p_valid_from date, p_document jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.policy_put(p_ctx jsonb, p_area text, p_valid_from date, p_document jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.policy_what_if(p_ctx jsonb, p_area text, p_from timestamp with time zone, p_to timestamp with time zone, p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.policy_what_if(p_ctx jsonb, p_area text, p_from timestamp with time zone, p_to timestamp with time zone, p_changes jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.premium_list(p_ctx jsonb, p_insured_no text, p_benefit_year integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.premium_list(p_ctx jsonb, p_insured_no text, p_benefit_year integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.premium_pay(p_ctx jsonb[], p_payment_id uuid[], p_quote_id uuid[], p_fresh_quote_id uuid[], p_insured_no text[], p_benefit_year integer[], p_product text[], p_expected_fen bigint[], p_amount_sent boolean[], p_name_digests text[], p_client_reference text[], p_cash_channel text[], p_repair_years text[], p_wait boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION api.premium_pay(p_ctx jsonb[], p_payment_id uuid[], p_quote_id uuid[], p_fresh_quote_id uuid[], p_insured_no text[], p_benefit_year integer[], p_product text[], p_expected_fen bigint[], p_amount_sent boolean[], p_name_digests text[], p_client_reference text[], p_cash_channel text[], p_repair_years text[], p_wait boolean) TO gongji_app;
REVOKE ALL ON FUNCTION api.premium_standard_get(p_ctx jsonb, p_area text, p_benefit_year integer, p_product text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.premium_standard_get(p_ctx jsonb, p_area text, p_benefit_year integer, p_product text) TO gongji_app;
REVOKE ALL ON FUNCTION api.premium_standard_put(p_ctx jsonb, p_area text, p_benefit_year integer, p_product text, p_document jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.premium_standard_put(p_ctx jsonb, p_area text, p_benefit_year integer, p_product text, p_document jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.product_get(p_ctx jsonb, p_area text, p_product text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.product_get(p_ctx jsonb, p_area text, p_product text) TO gongji_app;
REVOKE ALL ON FUNCTION api.product_put(p_ctx jsonb, p_area text, p_product text, p_use text, p_scheme text, p_valid_from date, p_valid_to date) FROM PUBLIC;
GRANT ALL ON FUNCTION api.product_put(p_ctx jsonb, p_area text, p_product text, p_use text, p_scheme text, p_valid_from date, p_valid_to date) TO gongji_app;
REVOKE ALL ON FUNCTION api.quote_create(p_ctx jsonb[], p_quote_id uuid[], p_insured_no text[], p_benefit_year integer[], p_product text[], p_amount_sent boolean[], p_repair_years text[], p_wait boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION api.quote_create(p_ctx jsonb[], p_quote_id uuid[], p_insured_no text[], p_benefit_year integer[], p_product text[], p_amount_sent boolean[], p_repair_years text[], p_wait boolean) TO gongji_app;
REVOKE ALL ON FUNCTION api.reconciliation_cash(p_ctx jsonb, p_on date, p_channel text, p_bill jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.reconciliation_cash(p_ctx jsonb, p_on date, p_channel text, p_bill jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.reconciliation_compare(p_ctx jsonb, p_on date, p_channel text, p_bill jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.reconciliation_compare(p_ctx jsonb, p_on date, p_channel text, p_bill jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.reconciliation_get(p_ctx jsonb, p_on date, p_channel text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.reconciliation_get(p_ctx jsonb, p_on date, p_channel text) TO gongji_app;
REVOKE ALL ON FUNCTION api.refund_create(p_ctx jsonb, p_payment_id uuid, p_refund_id uuid, p_reason_code text, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.refund_create(p_ctx jsonb, p_payment_id uuid, p_refund_id uuid, p_reason_code text, p_reason text) TO gongji_app;
REVOKE ALL ON FUNCTION api.refund_get(p_ctx jsonb, p_refund_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.refund_get(p_ctx jsonb, p_refund_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.refund_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.refund_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.refund_result(p_ctx jsonb, p_refund_id uuid, p_channel_status text, p_out_refund_no text, p_channel_refund_no text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.refund_result(p_ctx jsonb, p_refund_id uuid, p_channel_status text, p_out_refund_no text, p_channel_refund_no text) TO gongji_app;
REVOKE ALL ON FUNCTION api.relation_import(p_ctx jsonb, p_rows jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.relation_import(p_ctx jsonb, p_rows jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.report_funds(p_ctx jsonb, p_filter jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.report_funds(p_ctx jsonb, p_filter jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.review_claim(p_ctx jsonb, p_area text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.review_claim(p_ctx jsonb, p_area text) TO gongji_app;
REVOKE ALL ON FUNCTION api.review_decide(p_ctx jsonb, p_binding_id uuid, p_decision text, p_reason_code text, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.review_decide(p_ctx jsonb, p_binding_id uuid, p_decision text, p_reason_code text, p_reason text) TO gongji_app;
REVOKE ALL ON FUNCTION api.review_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.review_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.schema_state(p_digest text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.schema_state(p_digest text) TO gongji_app;
REVOKE ALL ON FUNCTION api.settlement_suspension_put(p_ctx jsonb, p_person_no text, p_from date, p_to date, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.settlement_suspension_put(p_ctx jsonb, p_person_no text, p_from date, p_to date, p_reason text) TO gongji_app;
REVOKE ALL ON FUNCTION api.webhook_claim(p_ctx jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.webhook_claim(p_ctx jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.webhook_create(p_ctx jsonb, p_id uuid, p_url text, p_types text[], p_secret_sealed text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.webhook_create(p_ctx jsonb, p_id uuid, p_url text, p_types text[], p_secret_sealed text) TO gongji_app;
REVOKE ALL ON FUNCTION api.webhook_delete(p_ctx jsonb, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION api.webhook_delete(p_ctx jsonb, p_id uuid) TO gongji_app;
REVOKE ALL ON FUNCTION api.webhook_deliveries(p_ctx jsonb, p_id uuid, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.webhook_deliveries(p_ctx jsonb, p_id uuid, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.webhook_list(p_ctx jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.webhook_list(p_ctx jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.webhook_report(p_ctx jsonb, p_webhook_id uuid, p_event_id uuid, p_attempt integer, p_http_status integer, p_error text, p_duration_ms integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.webhook_report(p_ctx jsonb, p_webhook_id uuid, p_event_id uuid, p_attempt integer, p_http_status integer, p_error text, p_duration_ms integer) TO gongji_app;
REVOKE ALL ON FUNCTION api.webhook_rotate(p_ctx jsonb, p_id uuid, p_secret_sealed text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.webhook_rotate(p_ctx jsonb, p_id uuid, p_secret_sealed text) TO gongji_app;
REVOKE ALL ON FUNCTION api.work_gauges(p_ctx jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION api.work_gauges(p_ctx jsonb) TO gongji_app;
REVOKE ALL ON FUNCTION api.work_item_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION api.work_item_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) TO gongji_app;
REVOKE ALL ON FUNCTION gongji.account_body(p_person_no text, p_area text, p_status text, p_account gongji.account, p_rules gongji.policy_rules, p_as_of timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.account_drawn(p_account gongji.account, p_bucket gongji.ledger_bucket, p_fen bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.account_held(p_account gongji.account, p_bucket gongji.ledger_bucket, p_fen bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.account_in_year(p_account gongji.account, p_year integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.account_moved(p_account gongji.account, p_moved jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.account_on(p_person bigint, p_at timestamp with time zone, p_before uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.account_pay_out(p_account gongji.account, p_movement uuid, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.account_save(p_account gongji.account) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.account_touch(p_person bigint, p_at timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.add_workdays(p_day date, p_count integer) FROM PUBLIC;
GRANT SELECT(id) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(person_no) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(name_mask) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(id_number_mask) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(birth_date) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(area) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(scheme) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(status) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(person_class) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(excluded) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(created_at) ON TABLE gongji.person TO gongji_audit;
GRANT SELECT(updated_at) ON TABLE gongji.person TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.aid_sources(p_insured gongji.person, p_rules gongji.policy_rules, p_now timestamp with time zone, p_use text) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.area_link TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.area_link_view(p_link gongji.area_link) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.area_linked(p_grantor_area text, p_insured_area text, p_day date, p_use text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.area_nearness(p_area text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.area_within(p_area text, p_filter text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.at_in_range(p_at timestamp with time zone, p_filter jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.audit(p_ctx jsonb, p_at timestamp with time zone, p_action text, p_person bigint, p_details jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.audit_body(p_id text, p_at timestamp with time zone, p_action text, p_person bigint, p_issuer text, p_subject text, p_actor text, p_channel text, p_reason text, p_request_id text, p_details jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.audit_page(p_rows jsonb[], p_limit integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.audit_trail(p_person bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_add_evidence(p_beneficiary bigint, p_id uuid, p_evidence_ids uuid[], p_at timestamp with time zone) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.binding TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.binding_audit_look(p_ctx jsonb, p_at timestamp with time zone, p_action text, p_binding gongji.binding) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_body(p_beneficiary bigint, p_id uuid, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_end(p_binding gongji.binding) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_grade(p_beneficiary gongji.person) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_is_live(p_binding gongji.binding, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_lapse(p_grantor bigint, p_beneficiary bigint, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_locked(p_ctx jsonb, p_id uuid, p_parties text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_move(p_ctx jsonb, p_beneficiary bigint, p_id uuid, p_event text, p_status text, p_at timestamp with time zone, p_reason_code text, p_reason text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_refusals(p_grantor bigint, p_beneficiary bigint, p_relation text, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_release_all(p_ctx jsonb, p_person bigint, p_reason_code text, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_seen(p_ctx jsonb, p_id uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_set_release(p_ctx jsonb, p_binding gongji.binding, p_next_day boolean, p_reason text, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_settle(p_ctx jsonb, p_person bigint, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_standing(p_grantor gongji.person, p_beneficiary gongji.person, p_grantor_rules gongji.policy_rules, p_insured_rules gongji.policy_rules) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_state(p_binding gongji.binding, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_status_fits(p_beneficiary gongji.person, p_rules gongji.policy_rules) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_unseen(p_ctx jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.binding_write(p_ctx jsonb, p_binding gongji.binding, p_rules gongji.policy_rules, p_evidence_ids uuid[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.bucket_of_year(p_account gongji.account, p_money_year integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.by_another(p_ctx jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.cash_adopt(p_ctx jsonb) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.cash_transaction TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.cash_decide(p_ctx jsonb, p_cash gongji.cash_transaction, p_payment gongji.payment, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.cash_into_suspense(p_cash gongji.cash_transaction, p_payment gongji.payment, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.cash_refund(p_ctx jsonb, p_cash gongji.cash_transaction, p_amount_fen bigint, p_reason_code text, p_now timestamp with time zone, p_reason text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.cash_settle(p_ctx jsonb, p_out_trade_no text, p_channel text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.channel_open(p_channels jsonb, p_operation text, p_channel text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.channel_shut(p_ctx jsonb, p_operation text, p_person bigint, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.code_is_stored(p_code text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.contribution_write(p_ctx jsonb, p_person_no text, p_amount_fen bigint, p_year integer, p_reference text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.coverage_body(p_coverage gongji.coverage) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.credential_link TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.credential_link_body(p_link gongji.credential_link) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.crossing(p_grantor_area text, p_insured_area text, p_grantor_rules gongji.policy_rules, p_insured_rules gongji.policy_rules, p_linked boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.date_cn(p_at timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.emit(p_at timestamp with time zone, p_type text, p_person bigint, p_payload jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.enrollment_before(p_person bigint, p_years integer[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.enrollment_history(p_person bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.enrollment_of_employee(p_person bigint, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.enrollment_write(p_ctx jsonb, p_person_no text, p_benefit_year integer, p_enrolled boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.entry_body(p_entry gongji.ledger_entry, p_receipt_no text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.entry_page(p_holder bigint, p_binding uuid, p_filter jsonb, p_after jsonb, p_limit integer) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.outbox TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.event_body(p_event gongji.outbox) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.event_position(p_event uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.event_publish() FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.event_uuid(p_at timestamp with time zone, p_position bigint) FROM PUBLIC;
GRANT SELECT(id) ON TABLE gongji.evidence TO gongji_audit;
GRANT SELECT(owner) ON TABLE gongji.evidence TO gongji_audit;
GRANT SELECT(type) ON TABLE gongji.evidence TO gongji_audit;
GRANT SELECT(media_type) ON TABLE gongji.evidence TO gongji_audit;
GRANT SELECT(sha256) ON TABLE gongji.evidence TO gongji_audit;
GRANT SELECT(size) ON TABLE gongji.evidence TO gongji_audit;
GRANT SELECT(uploaded_by) ON TABLE gongji.evidence TO gongji_audit;
GRANT SELECT(created_at) ON TABLE gongji.evidence TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.evidence_body(p_evidence gongji.evidence) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.evidence_owned(p_owner bigint, p_ids uuid[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.evidence_suffices(p_owner bigint, p_ids uuid[], p_accepted text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.funding_areas(p_parties gongji.premium_party[], p_day date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.funding_given(p_parties gongji.premium_party[], p_areas gongji.premium_area[], p_day date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.funding_parties(p_people bigint[], p_year integer, p_benefit_years integer[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.funding_sources(p_insureds bigint[], p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.given_fen(p_grantor bigint, p_from date, p_to date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.giving_cap(p_rules gongji.policy_rules, p_per_payment_fen bigint, p_given_today_fen bigint, p_given_year_fen bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.grantor_refusals(p_grantor bigint, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.grantor_why_not(p_rules gongji.policy_rules, p_account gongji.account, p_status text, p_employed boolean, p_use_open boolean, p_crossing text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.hold_partners(p_people bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.idempotency_answer(p_request text, p_first gongji.idempotency_key) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.idempotency_answers(p_ctx jsonb[], p_batch gongji.idempotency_batch, p_decisions gongji.premium_decision[], p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.idempotency_claim(p_ctx jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.idempotency_claims(p_ctx jsonb[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.idempotency_is_replay(p_batch gongji.idempotency_batch, p_n bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.idempotency_store(p_ctx jsonb, p_outcome gongji.outcome) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.identity_claim(p_person bigint, p_record jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.identity_failed(p_person bigint, p_day date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.identity_failures_left(p_person bigint, p_day date) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.institution TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.institution_body(p_place gongji.institution) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.institution_serves(p_place gongji.institution, p_use text, p_day date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.institution_write(p_ctx jsonb, p_row jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.is_workday(p_day date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.ledger_suspects() FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.lock_accounts(p_people bigint[], p_wait boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.lock_people(p_rows jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.lock_rows(p_rows jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.lock_with_holds(p_people bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.medical_body(p_payment gongji.payment, p_settlement gongji.medical_settlement, p_insured_no text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.medical_give_back(p_payment gongji.payment, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.medical_payable_fen(p_item jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.medical_plan(p_items gongji.medical_item[], p_now timestamp with time zone, p_wanted bigint[], p_locked bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.movements_sum_to_zero() FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.now_cn() FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.ok(p_result jsonb, p_code text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.operator_name(p_ctx jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_asked(p_ctx jsonb, p_payment_id uuid, p_action text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_body(p_payment gongji.payment, p_insured_no text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_capture(p_ctx jsonb, p_payment gongji.payment, p_cash gongji.cash_transaction, p_now timestamp with time zone, p_reason text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_cash_body(p_payment_id uuid, p_insured bigint, p_cash gongji.cash_transaction) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_draws(p_payment gongji.payment) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_history_body(p_insured bigint, p_subject uuid, p_with_by boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_locked(p_payment_id uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_note(p_ctx jsonb, p_insured bigint, p_subject uuid, p_event text, p_status text, p_at timestamp with time zone, p_reason text, p_details jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_parties(p_payment gongji.payment) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_readable(p gongji.payment, p_me bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_release(p_ctx jsonb, p_payment gongji.payment, p_status text, p_now timestamp with time zone, p_reason text, p_details jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payment_view(p_payment gongji.payment) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payments_cancel_of(p_ctx jsonb, p_person bigint, p_why text, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.payments_holding(p_people bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_asked(p_ctx jsonb, p_person_no text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_body(p_person bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_covered(p_ctx jsonb, p_person bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_insurance_moves(p_person bigint, p_record jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_label(p_person bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_of(p_person_no text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_of_identity(p_blind_indexes text[], p_match_digests text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_on(p_person gongji.person, p_at timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_relatives(p_person bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.person_write(p_ctx jsonb, p_record jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.places_left(p_limit bigint, p_taken bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.policy_add(p_ctx jsonb, p_at timestamp with time zone, p_area text, p_valid_from date, p_document jsonb) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.policy TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.policy_document(p_policy gongji.policy) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.policy_materialise(p_area text, p_from date, p_version bigint) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.policy_effective TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.policy_of(p_person bigint, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.policy_on(p_area text, p_day date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.policy_view(p_area text, p_on date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.policy_with(p_effective gongji.policy_effective, p_area text, p_changes jsonb) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.premium_standard TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.premium_coverage(p_rules gongji.policy_rules, p_standard gongji.premium_standard, p_person_class text, p_birth_date date, p_enrolled_years integer[], p_missed_years integer[], p_repaired_years integer, p_today date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.premium_plan(p_items gongji.premium_item[], p_now timestamp with time zone, p_wanted bigint[], p_locked bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.premium_replay(p_payment gongji.payment, p_area text, p_changes jsonb, p_moved jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.premium_split(p_use text, p_whole_rule text, p_payable bigint, p_insured gongji.premium_party, p_area gongji.premium_area, p_calling integer, p_order integer[], p_sources gongji.premium_source[], p_parties gongji.premium_party[], p_party_ids bigint[], p_areas gongji.premium_area[], p_area_codes text[], p_links text[], p_givers bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.premium_standard_view(p_standard gongji.premium_standard) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.premium_subsidy_fen(p_standard gongji.premium_standard, p_person_class text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.premium_window(p_standard gongji.premium_standard, p_person_class text, p_today date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.presence(p_ctx jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.product_coverage(p_use text, p_rules gongji.policy_rules, p_standard gongji.premium_standard, p_person_class text, p_birth_date date, p_enrolled_years integer[], p_missed_years integer[], p_repaired_years integer, p_today date) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.product TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.product_on(p_area text, p_product text, p_day date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.product_view(p_product gongji.product) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.range_fits(p_filter jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.receipt_no(p_area text, p_day date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.reconciliation_cash_lines(p_ctx jsonb, p_on date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.reconciliation_lines(p_ctx jsonb, p_on date, p_channel text) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.refund TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.refund_body(p_refund gongji.refund) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.refund_finish(p_ctx jsonb, p_refund gongji.refund, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.refund_in_time(p_payment gongji.payment, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.refund_locked(p_refund_id uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.refund_move(p_ctx jsonb, p_refund gongji.refund, p_channel_status text, p_channel_refund_no text, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.refund_retry(p_attempts integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.refund_seen(p_ctx jsonb, p_refund gongji.refund) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.refund_write(p_ctx jsonb, p_payment gongji.payment, p_refund_id uuid, p_reason_code text, p_reason text, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.refuse(p_codes text[], p_extras jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.refuse_change() FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.relation_check(p_grantor bigint, p_beneficiary bigint, p_relation text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.relation_evidence(p_rules gongji.policy_rules, p_relation text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.relation_inverse(p_relations text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.relation_write(p_ctx jsonb, p_person_no text, p_relative_no text, p_relations text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.repair_fits(p_repair_years integer[], p_benefit_year integer, p_missed_years integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.retry_tomorrow(p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.review_body(p_beneficiary bigint, p_binding_id uuid, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.review_conflict(p_ctx jsonb, p_binding gongji.binding) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.review_due(p_queued_at timestamp with time zone, p_workdays integer) FROM PUBLIC;
GRANT SELECT ON TABLE gongji.review TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.review_is_overdue(p_review gongji.review, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.review_next(p_ctx jsonb, p_area text, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.review_position(p_beneficiary bigint, p_binding_id uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.review_refusals(p_ctx jsonb, p_binding gongji.binding, p_review gongji.review, p_decision text, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.review_requeue(p_binding gongji.binding, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.review_state(p_review gongji.review, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.review_write(p_ctx jsonb, p_binding gongji.binding, p_decision text, p_reason_code text, p_reason text, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.rfc3339(p_at timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.rollover_entries(p_stored gongji.account, p_year integer, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.shareable_fen(p_rules gongji.policy_rules, p_account gongji.account, p_status text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.source_why_not(p_rules gongji.policy_rules, p_account gongji.account, p_status text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.staff_covers(p_ctx jsonb, p_area text) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.start_of_day(p_day date) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.uuid_v7(p_at timestamp with time zone) FROM PUBLIC;
GRANT SELECT(id) ON TABLE gongji.webhook TO gongji_audit;
GRANT SELECT(channel) ON TABLE gongji.webhook TO gongji_audit;
GRANT SELECT(url) ON TABLE gongji.webhook TO gongji_audit;
GRANT SELECT(types) ON TABLE gongji.webhook TO gongji_audit;
GRANT SELECT(created_by) ON TABLE gongji.webhook TO gongji_audit;
GRANT SELECT(created_at) ON TABLE gongji.webhook TO gongji_audit;
GRANT SELECT(disabled_at) ON TABLE gongji.webhook TO gongji_audit;
GRANT SELECT(previous_secret_until) ON TABLE gongji.webhook TO gongji_audit;
REVOKE ALL ON FUNCTION gongji.webhook_body(p_webhook gongji.webhook) FROM PUBLIC;
REVOKE ALL ON FUNCTION gongji.workdays_between(p_from date, p_to date) FROM PUBLIC;
GRANT SELECT(person) ON TABLE gongji.account_closure TO gongji_audit;
GRANT SELECT(id) ON TABLE gongji.account_closure TO gongji_audit;
GRANT SELECT(amount_fen) ON TABLE gongji.account_closure TO gongji_audit;
GRANT SELECT(reason) ON TABLE gongji.account_closure TO gongji_audit;
GRANT SELECT(closed_by) ON TABLE gongji.account_closure TO gongji_audit;
GRANT SELECT(at) ON TABLE gongji.account_closure TO gongji_audit;
GRANT SELECT(result) ON TABLE gongji.account_closure TO gongji_audit;
GRANT SELECT ON TABLE gongji.audit_log TO gongji_audit;
GRANT SELECT ON TABLE gongji.binding_by_grantor TO gongji_audit;
GRANT SELECT ON TABLE gongji.binding_event TO gongji_audit;
GRANT SELECT ON TABLE gongji.binding_evidence TO gongji_audit;
GRANT SELECT ON TABLE gongji.calendar_exception TO gongji_audit;
GRANT SELECT ON TABLE gongji.contribution TO gongji_audit;
GRANT SELECT ON TABLE gongji.enrollment TO gongji_audit;
GRANT SELECT ON TABLE gongji.event_feed TO gongji_audit;
GRANT SELECT ON TABLE gongji.identity_failure TO gongji_audit;
GRANT SELECT ON TABLE gongji.person_no_key TO gongji_audit;
GRANT SELECT ON TABLE gongji.settlement_key TO gongji_audit;
GRANT SELECT ON TABLE gongji.ledger_breach TO gongji_audit;
GRANT SELECT ON TABLE gongji.payment_event TO gongji_audit;
GRANT SELECT ON TABLE gongji.pooling_area TO gongji_audit;
GRANT SELECT ON TABLE gongji.relation_record TO gongji_audit;
GRANT SELECT ON TABLE gongji.schema_migration TO gongji_audit;
GRANT SELECT ON TABLE gongji.schema_state TO gongji_audit;
GRANT SELECT ON TABLE gongji.settlement_suspension TO gongji_audit;
GRANT SELECT ON TABLE gongji.webhook_attempt TO gongji_audit;
GRANT SELECT ON TABLE gongji.webhook_delivery TO gongji_audit;

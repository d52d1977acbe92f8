-- People, their personal accounts and the ledger. The person key is the distribution value of every table (scale rule 1).

CREATE SEQUENCE gongji.person_id AS bigint;
CREATE SEQUENCE gongji.ledger_entry_id AS bigint CACHE 64;

CREATE TABLE gongji.person (
    id bigint NOT NULL DEFAULT nextval('gongji.person_id'),
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
    excluded boolean NOT NULL DEFAULT false,
    identity_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT person_key PRIMARY KEY (id),
    CONSTRAINT person_scheme_known CHECK (scheme IN ('employee', 'resident')),
    CONSTRAINT person_status_known CHECK (status IN ('normal', 'paused', 'terminated', 'not_insured', 'deceased'))
);
COMMENT ON TABLE gongji.person IS 'The insured-person register; name and ID number are sealed by the server, SQL sees masks and keyed digests only';
COMMENT ON COLUMN gongji.person.name_digest IS 'Keyed digest of (person_no, name): compares a name given at payment without opening the seal (S0-41)';
COMMENT ON COLUMN gongji.person.identity_version IS 'Goes up when name, ID number or area changes: a quote made before is refused (INSURED_INFO_CHANGED)';

CREATE TABLE gongji.person_no_key (
    person_no text CONSTRAINT person_no_key_key PRIMARY KEY,
    person bigint NOT NULL
);
COMMENT ON TABLE gongji.person_no_key IS 'The insurer''s person number to the person key';

CREATE TABLE gongji.person_identity (
    blind_index text NOT NULL,
    index_key_id text NOT NULL,
    match_digest text NOT NULL,
    person bigint NOT NULL,
    CONSTRAINT person_identity_key PRIMARY KEY (blind_index)
);
CREATE INDEX person_identity_person ON gongji.person_identity (person);
COMMENT ON TABLE gongji.person_identity IS 'Keyed blind index of an ID number to the person key, one row per active index key; match_digest: keyed digest of (ID number, name)';

CREATE TABLE gongji.identity_failure (
    person bigint NOT NULL,
    day date NOT NULL,
    failures integer NOT NULL,
    CONSTRAINT identity_failure_key PRIMARY KEY (person, day)
);
COMMENT ON TABLE gongji.identity_failure IS 'Name and ID number mismatches of a grantor and day: the tenth is the last answered';

CREATE TABLE gongji.enrollment (
    person bigint NOT NULL,
    benefit_year integer NOT NULL,
    enrolled boolean NOT NULL,
    source text NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT enrollment_key PRIMARY KEY (person, benefit_year)
);
COMMENT ON TABLE gongji.enrollment IS 'Enrollment history by benefit year: what coverage gaps are counted from (P-01 to P-05)';

CREATE TABLE gongji.account (
    person bigint NOT NULL,
    current_fen bigint NOT NULL DEFAULT 0,
    prior_fen bigint NOT NULL DEFAULT 0,
    held_current_fen bigint NOT NULL DEFAULT 0,
    held_prior_fen bigint NOT NULL DEFAULT 0,
    current_year integer NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    frozen boolean NOT NULL DEFAULT false,
    frozen_reason text,
    under_review boolean NOT NULL DEFAULT false,
    CONSTRAINT account_key PRIMARY KEY (person),
    CONSTRAINT account_balance_not_negative CHECK (current_fen >= 0 AND prior_fen >= 0),
    CONSTRAINT account_hold_within_bucket CHECK (held_current_fen BETWEEN 0 AND current_fen AND held_prior_fen BETWEEN 0 AND prior_fen)
) WITH (fillfactor = 70);
COMMENT ON TABLE gongji.account IS
    'One row per person, the only lock: whoever changes anything about a person, a binding or a payment locks it first through lock_accounts (S1-45)';
COMMENT ON COLUMN gongji.account.current_year IS 'The year current_fen belongs to; touched in a later year, current becomes prior first (S0-07)';
COMMENT ON COLUMN gongji.account.under_review IS 'The nightly proof named this account: it gives nothing to relatives until a proof passes over it (F20)';
COMMENT ON COLUMN gongji.account.version IS 'Of the last personal ledger entry; entries of a person are numbered without a gap';

CREATE TYPE gongji.ledger_account AS ENUM ('personal', 'contribution_clearing', 'premium_fund', 'cash_clearing', 'payout_clearing', 'medical_clearing');
CREATE TYPE gongji.ledger_kind AS ENUM ('contribution', 'rollover', 'premium', 'closure', 'medical', 'medical_reversal');
CREATE TYPE gongji.ledger_bucket AS ENUM ('current_year', 'prior_year');
COMMENT ON TYPE gongji.ledger_account IS 'Whose side of the books an entry stands on: a person''s own account, or one of the derived ones';
COMMENT ON TYPE gongji.ledger_kind IS 'Why money moved';
COMMENT ON TYPE gongji.ledger_bucket IS 'Money of the account''s year, and money left from earlier years';

CREATE TABLE gongji.ledger_entry (
    person bigint NOT NULL,
    id bigint NOT NULL DEFAULT nextval('gongji.ledger_entry_id'),
    account gongji.ledger_account NOT NULL,
    kind gongji.ledger_kind NOT NULL,
    bucket gongji.ledger_bucket,
    money_year integer NOT NULL,
    movement_id uuid NOT NULL,
    amount_fen bigint NOT NULL,
    balance_after_fen bigint,
    account_version bigint,
    at timestamptz NOT NULL,
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
    CONSTRAINT ledger_entry_key PRIMARY KEY (person, id),
    CONSTRAINT ledger_entry_once_per_version UNIQUE (person, account_version),
    CONSTRAINT ledger_entry_moves_something CHECK (amount_fen <> 0),
    CONSTRAINT ledger_entry_personal_has_balance CHECK ((account = 'personal') = (account_version IS NOT NULL AND balance_after_fen IS NOT NULL AND bucket IS NOT NULL)),
    CONSTRAINT ledger_entry_balance_not_negative CHECK (balance_after_fen >= 0)
);
COMMENT ON TABLE gongji.ledger_entry IS
    'Double-entry, append-only: the legs of a movement sum to zero. Personal legs carry balance and version of their account; fund and clearing legs stand under the insured''s key, without a balance row that could become hot';
COMMENT ON COLUMN gongji.ledger_entry.balance_after_fen IS 'Both buckets of the personal account together, after this entry';
COMMENT ON COLUMN gongji.ledger_entry.money_year IS 'The year the money belongs to: of current-year money its year, of prior-year money the year before the account''s current one at the latest';

CREATE TABLE gongji.contribution (
    person bigint NOT NULL,
    reference text NOT NULL,
    movement_id uuid NOT NULL,
    amount_fen bigint NOT NULL,
    year integer NOT NULL,
    result jsonb NOT NULL,
    CONSTRAINT contribution_key PRIMARY KEY (person, reference),
    CONSTRAINT contribution_amount_positive CHECK (amount_fen >= 1)
);
COMMENT ON TABLE gongji.contribution IS 'Money paid into a personal account; reference is unique per person, so that a repeated file moves nothing';

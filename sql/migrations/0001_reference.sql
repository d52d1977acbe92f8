-- Reference data: areas, dated policy, premium standards, area links. Small tables, the same on every node (scale rule 2).

CREATE TYPE gongji.outcome AS (code text, codes text[], result jsonb, replayed boolean);
COMMENT ON TYPE gongji.outcome IS
    'What every api function answers: a code of status.def, all refusals in the documented order, the body (or extra members keyed by code), and whether it is a replay';

CREATE TABLE gongji.pooling_area (
    code text CONSTRAINT pooling_area_key PRIMARY KEY,
    name text NOT NULL,
    level text NOT NULL,
    province_code text NOT NULL,
    pooling boolean NOT NULL,
    CONSTRAINT pooling_area_code_is_six_digits CHECK (code ~ '^[0-9]{6}$')
);
COMMENT ON TABLE gongji.pooling_area IS 'GB/T 2260 codes down to the prefecture; pooling: a person may be insured there';

-- The rules an area may state, named as in the contract; objects are replaced whole, NULL in a stated member means no limit.
CREATE TYPE gongji.policy_rules AS (
    -- decided by the grantor's area
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
    -- decided by the insured's area
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
    -- bind by the grantor's area, pay and read by the insured's
    channels jsonb,
    -- decided by both
    cross_area boolean,
    cross_province boolean
);
COMMENT ON TYPE gongji.policy_rules IS 'Every rule that differs by region and date (mission S1-48); fen are integers, dates inclusive';

CREATE SEQUENCE gongji.policy_version AS bigint;

CREATE TABLE gongji.policy (
    area text NOT NULL CONSTRAINT policy_of_area REFERENCES gongji.pooling_area (code),
    valid_from date NOT NULL,
    version bigint NOT NULL DEFAULT nextval('gongji.policy_version'),
    states text[] NOT NULL,
    rules gongji.policy_rules NOT NULL,
    legal_basis text NOT NULL,
    source jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT policy_key PRIMARY KEY (area, valid_from, version)
);
COMMENT ON TABLE gongji.policy IS 'What an area, province (xx0000) or the nation (000000) states from a day on; each change is a new immutable version';
COMMENT ON COLUMN gongji.policy.states IS 'The members this row states; all others are inherited';

CREATE TABLE gongji.policy_effective (
    area text NOT NULL,
    valid_from date NOT NULL,
    version bigint NOT NULL,
    rules gongji.policy_rules NOT NULL,
    origins jsonb NOT NULL,
    CONSTRAINT policy_effective_key PRIMARY KEY (area, valid_from, version)
);
COMMENT ON TABLE gongji.policy_effective IS
    'policy with inheritance resolved: for an area and day the row of the greatest valid_from not after it, then the greatest version; append-only, payments name its version';
COMMENT ON COLUMN gongji.policy_effective.origins IS '{member: {area, valid_from, version}}: the policy row that states it';

CREATE TABLE gongji.premium_standard (
    area text NOT NULL CONSTRAINT premium_standard_of_area REFERENCES gongji.pooling_area (code),
    benefit_year integer NOT NULL,
    product text NOT NULL,
    version bigint NOT NULL DEFAULT nextval('gongji.policy_version'),
    amount_fen bigint NOT NULL,
    benefit_from date NOT NULL,
    benefit_to date NOT NULL,
    windows jsonb NOT NULL,
    subsidies jsonb NOT NULL,
    source jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT premium_standard_key PRIMARY KEY (area, benefit_year, product, version),
    CONSTRAINT premium_standard_amount_not_negative CHECK (amount_fen >= 0),
    CONSTRAINT premium_standard_benefit_in_order CHECK (benefit_from <= benefit_to)
);
COMMENT ON TABLE gongji.premium_standard IS 'Individual premium of a product for a benefit year, with its enrollment windows and subsidies (S0-35, S0-38); the greatest version stands';
COMMENT ON COLUMN gongji.premium_standard.windows IS '[{from, to, late_until?, person_class?}], dates inclusive';
COMMENT ON COLUMN gongji.premium_standard.subsidies IS '[{person_class, mode: full|fixed|rate, amount_fen?, rate_percent?}]';

CREATE TABLE gongji.area_link (
    grantor_area text NOT NULL CONSTRAINT area_link_from_area REFERENCES gongji.pooling_area (code),
    beneficiary_area text NOT NULL CONSTRAINT area_link_to_area REFERENCES gongji.pooling_area (code),
    valid_from date NOT NULL,
    version bigint NOT NULL DEFAULT nextval('gongji.policy_version'),
    valid_to date,
    uses text[] NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT area_link_key PRIMARY KEY (grantor_area, beneficiary_area, valid_from, version),
    CONSTRAINT area_link_days_in_order CHECK (valid_to IS NULL OR valid_from <= valid_to)
);
COMMENT ON TABLE gongji.area_link IS 'Uses for which money may cross from a grantor''s area or province to a beneficiary''s in another province (S0-15); the greatest version of a valid_from stands';

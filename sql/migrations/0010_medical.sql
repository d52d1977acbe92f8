-- Care and medicine: places, settlements, suspensions, incidents, and links that show a credential but move no money.

CREATE TABLE gongji.institution (
    code text CONSTRAINT institution_key PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    area text NOT NULL CONSTRAINT institution_of_area REFERENCES gongji.pooling_area (code),
    designated_from date NOT NULL,
    designated_to date,
    updated_at timestamptz NOT NULL,
    CONSTRAINT institution_kind_known CHECK (kind IN ('hospital', 'pharmacy', 'checkup', 'vaccination')),
    CONSTRAINT institution_days_in_order CHECK (designated_to IS NULL OR designated_from <= designated_to)
);
COMMENT ON TABLE gongji.institution IS 'Designated places (S1-20 to S1-22); reference data, the same on every node. Outside its days a place settles nothing';

CREATE TABLE gongji.settlement_suspension (
    person bigint NOT NULL,
    suspended_from date NOT NULL,
    suspended_to date NOT NULL,
    reason text NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT settlement_suspension_key PRIMARY KEY (person),
    CONSTRAINT settlement_suspension_days_in_order CHECK (suspended_from <= suspended_to)
);
COMMENT ON TABLE gongji.settlement_suspension IS 'Days on which nothing is settled for a person (S1-16, P-27), both inclusive; earlier ones stand in the audit log';

CREATE TABLE gongji.medical_settlement (
    payment_id uuid NOT NULL,
    insured bigint NOT NULL,
    institution text NOT NULL,
    settlement_no text NOT NULL,
    credential_kind text NOT NULL,
    presented_by text,
    items jsonb NOT NULL,
    reversed_at timestamptz,
    reversal_reason text,
    CONSTRAINT medical_settlement_key PRIMARY KEY (payment_id, insured)
);
COMMENT ON TABLE gongji.medical_settlement IS 'What a medical payment was for, and whose settlement it is; the payment row holds the sums';
COMMENT ON COLUMN gongji.medical_settlement.presented_by IS 'Person number of the relative who showed the patient''s credential, by a credential link; NULL: the patient';
COMMENT ON COLUMN gongji.medical_settlement.items IS '[{use, item_code?, amount_fen, fund_paid_fen, out_of_scope_fen}] as the institution sent them';

CREATE TABLE gongji.settlement_key (
    key uuid NOT NULL,
    insured bigint,
    payment_id uuid,
    CONSTRAINT settlement_key_key PRIMARY KEY (key)
);
COMMENT ON TABLE gongji.settlement_key IS 'One payment per institution and settlement_no; key: MD5 over both. Without a payment only inside the transaction that claims it';

CREATE TABLE gongji.incident (
    patient bigint NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    institution text NOT NULL,
    settlement_no text NOT NULL,
    patient_no text NOT NULL,
    credential_holder text NOT NULL,
    credential_kind text NOT NULL,
    presented_by text,
    request_id text,
    CONSTRAINT incident_key PRIMARY KEY (patient, id),
    CONSTRAINT incident_kind_known CHECK (kind IN ('credential_of_another', 'presenter_not_linked'))
);
CREATE INDEX incident_in_time ON gongji.incident (at, id);
COMMENT ON TABLE gongji.incident IS 'Care asked for under another''s credential (S1-05, S1-16): refused, kept and looked at by the bureau; append-only. Patient 0: nobody has that number';

CREATE TABLE gongji.credential_link (
    id uuid NOT NULL,
    member bigint NOT NULL,
    holder bigint NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT credential_link_key PRIMARY KEY (id, member),
    CONSTRAINT credential_link_not_with_oneself CHECK (holder <> member)
);
CREATE UNIQUE INDEX credential_link_once_at_a_time ON gongji.credential_link (member, holder) WHERE ended_at IS NULL;
CREATE INDEX credential_link_of_holder ON gongji.credential_link (holder) WHERE ended_at IS NULL;
COMMENT ON TABLE gongji.credential_link IS '亲情账户: holder may show member''s e-credential. Nothing that decides about money reads it but to say that it holds none (S0-42, S0-43, S1-15)';

CREATE TABLE gongji.product (
    area text NOT NULL CONSTRAINT product_of_area REFERENCES gongji.pooling_area (code),
    product text NOT NULL,
    use text NOT NULL,
    scheme text,
    valid_from date NOT NULL,
    valid_to date,
    updated_at timestamptz NOT NULL,
    CONSTRAINT product_key PRIMARY KEY (area, product),
    CONSTRAINT product_use_known CHECK (use IN ('resident_premium', 'large_amount_subsidy', 'long_term_care', 'commercial_supplement', 'city_inclusive')),
    CONSTRAINT product_scheme_known CHECK (scheme IN ('employee', 'resident')),
    CONSTRAINT product_days_in_order CHECK (valid_to IS NULL OR valid_from <= valid_to)
);
COMMENT ON TABLE gongji.product IS
    'What premiums an area lists (S1-39, S1-40, S1-42), and which use of an account each is; an area''s row counts before its province''s and the nation''s. Reference data';
COMMENT ON COLUMN gongji.product.scheme IS 'Only for members of this scheme; NULL: for everybody';
INSERT INTO gongji.product (area, product, use, scheme, valid_from, updated_at)
VALUES ('000000', 'resident_basic', 'resident_premium', 'resident', '2000-01-01', '2000-01-01 00:00+08');

-- What the settlement functions hand each other; never stored.
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
COMMENT ON TYPE gongji.medical_item IS
    'One settlement asked for; earlier: the payment that has its settlement_no; credential_holder: NULL when the proof is not valid; refused: decided before the rules';

CREATE TYPE gongji.medical_plan AS (
    decisions gongji.premium_decision[],
    payments gongji.payment[],
    settlements gongji.medical_settlement[],
    accounts gongji.account[],
    entries gongji.ledger_entry[],
    incidents gongji.incident[]
);
COMMENT ON TYPE gongji.medical_plan IS 'What a batch of settlements comes to: an answer per item, and the rows that make it true';

ALTER TABLE gongji.medical_settlement ADD CONSTRAINT medical_settlement_of_person FOREIGN KEY (insured) REFERENCES gongji.person (id);
ALTER TABLE gongji.settlement_suspension ADD CONSTRAINT settlement_suspension_of_person FOREIGN KEY (person) REFERENCES gongji.person (id);
ALTER TABLE gongji.credential_link ADD CONSTRAINT credential_link_of_person FOREIGN KEY (member) REFERENCES gongji.person (id);

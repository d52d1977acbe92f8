-- Cash for what the accounts do not cover: holds, cash received, refunds, and the history of a payment.
-- Functions and views applied in the same transaction may name the new enum values, but only compare them as text.

ALTER TYPE gongji.ledger_account ADD VALUE 'cash_suspense';
ALTER TYPE gongji.ledger_account ADD VALUE 'cash_difference';
ALTER TYPE gongji.ledger_kind ADD VALUE 'cash';
ALTER TYPE gongji.ledger_kind ADD VALUE 'refund';
COMMENT ON TYPE gongji.ledger_account IS
    'personal: a person''s money; premium_fund, contribution_clearing, cash_clearing: the other sides, what the channels hold for us is negative; cash_suspense: cash received that is not, or no longer, a premium and has to go back or be decided; cash_difference: what staff waived when they accepted too little cash';

-- Cash of an unknown order belongs to nobody: person 0 stands for that on clearing accounts; the proof finds personal entries without an account.
ALTER TABLE gongji.ledger_entry DROP CONSTRAINT ledger_entry_of_person;
ALTER TABLE gongji.ledger_entry ADD CONSTRAINT ledger_entry_personal_has_person CHECK (person > 0 OR account <> 'personal');

ALTER TABLE gongji.payment ADD COLUMN area text;
ALTER TABLE gongji.payment ADD COLUMN cash_channel text;
ALTER TABLE gongji.payment ADD COLUMN cash_expires_at timestamptz;
ALTER TABLE gongji.payment ADD COLUMN succeeded_at timestamptz;
CREATE INDEX payment_awaiting_cash ON gongji.payment (cash_expires_at) WHERE status = 'awaiting_cash';
CREATE INDEX payment_in_review ON gongji.payment (created_at) WHERE status = 'manual_review';
COMMENT ON COLUMN gongji.payment.area IS 'The insured''s area when it was paid: whose policy_version this is';
COMMENT ON COLUMN gongji.payment.cash_channel IS 'Where the cash leg is to be paid, under the payment''s id in 32 hexadecimal digits as out_trade_no; once it was captured: where it was paid';
COMMENT ON COLUMN gongji.payment.cash_expires_at IS 'From then on the legs of the accounts may be released; until somebody does so, cash still completes the payment';
COMMENT ON COLUMN gongji.payment.succeeded_at IS 'When the money was taken; NULL: at creation, or never';

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
    CONSTRAINT hold_key PRIMARY KEY (person, payment_id, n),
    CONSTRAINT hold_amount_positive CHECK (amount_fen > 0),
    CONSTRAINT hold_state_known CHECK (state IN ('held', 'captured', 'released'))
) WITH (fillfactor = 90);
CREATE INDEX hold_standing ON gongji.hold (person) WHERE state = 'held';
COMMENT ON TABLE gongji.hold IS 'Account money set aside for a payment that waits for its cash: inside the account''s held_* columns until captured or released (F4)';
COMMENT ON COLUMN gongji.hold.n IS 'Number among the payment''s legs of account money, from 1';
COMMENT ON COLUMN gongji.hold.bucket IS 'Where the money lay when it was held or captured; a standing hold of an earlier money_year than the account''s is prior-year money now';

CREATE TABLE gongji.cash_transaction (
    channel text NOT NULL,
    transaction_id text NOT NULL,
    id uuid NOT NULL,
    insured bigint NOT NULL,
    payment_id uuid,
    out_trade_no text NOT NULL,
    amount_fen bigint NOT NULL,
    paid_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    reported_by text NOT NULL,
    state text NOT NULL,
    CONSTRAINT cash_transaction_key PRIMARY KEY (channel, transaction_id),
    CONSTRAINT cash_transaction_amount_positive CHECK (amount_fen > 0),
    CONSTRAINT cash_transaction_state_known CHECK (state IN ('captured', 'manual_review', 'to_refund')),
    CONSTRAINT cash_transaction_of_payment_or_nobody CHECK ((payment_id IS NULL) = (insured = 0))
);
CREATE INDEX cash_transaction_of_payment ON gongji.cash_transaction (payment_id);
CREATE INDEX cash_transaction_of_nobody_by_id ON gongji.cash_transaction (id) WHERE payment_id IS NULL;
CREATE INDEX cash_transaction_of_nobody ON gongji.cash_transaction (received_at) WHERE payment_id IS NULL AND state = 'manual_review';
COMMENT ON TABLE gongji.cash_transaction IS 'Cash a channel told us of, once each, and what it came to (F5): captured for its payment, manual_review (wrong amount, unknown order), to_refund (late, other cash was first, or so decided)';
COMMENT ON COLUMN gongji.cash_transaction.insured IS 'Of the payment; 0: no payment of ours has this out_trade_no';

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
    attempts integer NOT NULL DEFAULT 0,
    next_action text,
    next_action_at timestamptz,
    requested_by text NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT refund_key PRIMARY KEY (id, insured),
    CONSTRAINT refund_status_known CHECK (status IN ('processing', 'succeeded', 'failed')),
    CONSTRAINT refund_parts_not_negative CHECK (account_fen >= 0 AND cash_fen >= 0),
    CONSTRAINT refund_cash_has_its_way CHECK (cash_fen = 0 OR (cash_channel IS NOT NULL AND transaction_id IS NOT NULL AND out_refund_no IS NOT NULL)),
    CONSTRAINT refund_open_has_next_action CHECK ((status = 'succeeded') = (next_action IS NULL))
);
CREATE UNIQUE INDEX refund_whole_once ON gongji.refund (insured, payment_id) WHERE whole;
CREATE INDEX refund_of_payment ON gongji.refund (payment_id);
CREATE INDEX refund_listed ON gongji.refund (status, created_at, id);
CREATE INDEX refund_open ON gongji.refund (next_action_at) WHERE status <> 'succeeded';
COMMENT ON TABLE gongji.refund IS 'Money going back: of a whole payment, each leg to the account and bucket it came from and cash by its channel (S0-41, P-29, F7); or only of cash that could not complete a payment';
COMMENT ON COLUMN gongji.refund.whole IS 'The payment as a whole is refunded; once at most';
COMMENT ON COLUMN gongji.refund.status IS 'processing until the channel says that the money arrived, never on our request alone (F6); failed: the channel could not deliver and a person has to act, it may still succeed';
COMMENT ON COLUMN gongji.refund.out_refund_no IS 'Our number at the channel: the same on every retry, a new one only after the channel closed it';
COMMENT ON COLUMN gongji.refund.next_action IS 'request: ask the channel for it; query: ask the channel how it stands; intervene: agree with payer and channel on another way';

CREATE TABLE gongji.payment_event (
    insured bigint NOT NULL,
    subject_id uuid NOT NULL,
    n integer NOT NULL,
    at timestamptz NOT NULL,
    event text NOT NULL,
    status text NOT NULL,
    by text NOT NULL,
    actor text,
    channel text,
    reason text,
    details jsonb NOT NULL,
    CONSTRAINT payment_event_key PRIMARY KEY (insured, subject_id, n)
);
COMMENT ON TABLE gongji.payment_event IS 'What happened to a payment after its creation, or to a refund, in order; append-only, ids and codes only';
COMMENT ON COLUMN gongji.payment_event.subject_id IS 'The payment''s or the refund''s id';

-- What the payment functions hand each other.
ALTER TYPE gongji.premium_item ADD ATTRIBUTE cash_channel text;
ALTER TYPE gongji.premium_plan ADD ATTRIBUTE holds gongji.hold[];

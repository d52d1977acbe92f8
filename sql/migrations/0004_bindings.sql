-- Family bindings, their history, evidence and the review queue.

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
    created_at timestamptz NOT NULL,
    effective_at timestamptz,
    release_at timestamptz,
    ended_at timestamptz,
    per_payment_cap_fen bigint,
    issuer text NOT NULL,
    channel text NOT NULL,
    applied_by text NOT NULL,
    actor text,
    policy_version bigint NOT NULL,
    CONSTRAINT binding_key PRIMARY KEY (id, beneficiary),
    CONSTRAINT binding_cap_not_negative CHECK (per_payment_cap_fen >= 0),
    CONSTRAINT binding_not_with_oneself CHECK (grantor <> beneficiary),
    CONSTRAINT binding_status_known CHECK (status IN ('pending_review', 'active', 'suspended', 'rejected', 'withdrawn', 'released', 'expired'))
);
CREATE INDEX binding_of_beneficiary ON gongji.binding (beneficiary, status);
CREATE UNIQUE INDEX binding_once_at_a_time ON gongji.binding (beneficiary, grantor) WHERE status IN ('pending_review', 'active', 'suspended');
COMMENT ON TABLE gongji.binding IS 'Grantor lets beneficiary use money of the grantor''s account: an authorisation, no transfer (S0-30, S0-42). Its grade is derived from the beneficiary''s status';
COMMENT ON COLUMN gongji.binding.per_payment_cap_fen IS 'What the grantor gives this beneficiary at most in one payment, counted while policy per_payment_cap_editable holds (P-12); NULL: no such limit';
COMMENT ON COLUMN gongji.binding.priority IS 'Order in which a beneficiary''s grantors give, then effective_at';

CREATE TABLE gongji.binding_by_grantor (
    grantor bigint NOT NULL,
    id uuid NOT NULL,
    beneficiary bigint NOT NULL,
    CONSTRAINT binding_by_grantor_key PRIMARY KEY (grantor, id)
);
COMMENT ON TABLE gongji.binding_by_grantor IS 'Mirror of binding by the other side, written with it: finds a grantor''s bindings without asking every shard';

CREATE TABLE gongji.binding_event (
    beneficiary bigint NOT NULL,
    binding_id uuid NOT NULL,
    n integer NOT NULL,
    at timestamptz NOT NULL,
    event text NOT NULL,
    status text NOT NULL,
    by text NOT NULL,
    actor text,
    channel text,
    reason_code text,
    reason text,
    CONSTRAINT binding_event_key PRIMARY KEY (beneficiary, binding_id, n)
);
COMMENT ON TABLE gongji.binding_event IS 'What happened to a binding, in order; append-only';

CREATE TABLE gongji.evidence (
    id uuid NOT NULL,
    owner bigint NOT NULL,
    type text NOT NULL,
    media_type text NOT NULL,
    sha256 text NOT NULL,
    size integer NOT NULL,
    content_sealed text NOT NULL,
    uploaded_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT evidence_key PRIMARY KEY (id, owner)
);
CREATE INDEX evidence_of_owner ON gongji.evidence (owner);
COMMENT ON TABLE gongji.evidence IS 'Uploaded proof of a relation (S1-28), sealed by the server';

CREATE TABLE gongji.binding_evidence (
    beneficiary bigint NOT NULL,
    binding_id uuid NOT NULL,
    evidence_id uuid NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT binding_evidence_key PRIMARY KEY (beneficiary, binding_id, evidence_id)
);
COMMENT ON TABLE gongji.binding_evidence IS 'Which documents were shown for a binding';

CREATE TABLE gongji.review (
    beneficiary bigint NOT NULL,
    binding_id uuid NOT NULL,
    area text NOT NULL,
    mode text NOT NULL,
    state text NOT NULL,
    queued_at timestamptz NOT NULL,
    due_at timestamptz,
    claimed_by text,
    lease_until timestamptz,
    decision text,
    decided_by text,
    decided_at timestamptz,
    reason_code text,
    reason text,
    automatic_check jsonb,
    CONSTRAINT review_key PRIMARY KEY (beneficiary, binding_id),
    CONSTRAINT review_state_known CHECK (state IN ('queued', 'claimed', 'more_requested', 'decided'))
);
CREATE INDEX review_open ON gongji.review (area, queued_at, binding_id) WHERE state <> 'decided';
CREATE INDEX review_decided ON gongji.review (area, queued_at, binding_id) WHERE state = 'decided' AND mode NOT IN ('none', 'commitment');
COMMENT ON TABLE gongji.review IS 'The review desk''s queue (S1-29): oldest first, leased for 15 minutes when claimed; area is the grantor''s';
COMMENT ON INDEX gongji.review_open IS 'What waits, small however long the history grows: each area''s queue is a piece of it, in order';
COMMENT ON COLUMN gongji.review.mode IS 'review_mode of the grantor''s policy; none and commitment are decided from the start and never in the queue';
COMMENT ON COLUMN gongji.review.due_at IS 'When the policy''s review_sla_workdays end; NULL: the policy sets no time';
COMMENT ON COLUMN gongji.review.claimed_by IS 'Issuer and operator, separated by a slash; lease_until says how long the claim counts';
COMMENT ON COLUMN gongji.review.automatic_check IS 'What data said of the relation when it was decided; while it waits, relation_check() says what is known today';
COMMENT ON COLUMN gongji.review.decision IS 'approve or reject; otherwise what ended the application without a decision (withdrawn, released …) or made one needless (applied)';

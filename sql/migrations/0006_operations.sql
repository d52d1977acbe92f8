-- Idempotency, audit and events.

CREATE TABLE gongji.idempotency_key (
    key uuid NOT NULL,
    request text NOT NULL,
    code text,
    codes text[],
    result jsonb,
    at timestamptz NOT NULL,
    CONSTRAINT idempotency_key_key PRIMARY KEY (key)
);
COMMENT ON TABLE gongji.idempotency_key IS
    'The first answer to a write, stored with its effect; key: first 128 bits of SHA-256 over (iss, client_id, sub, Idempotency-Key); request: digests of the request''s members';

CREATE TYPE gongji.idempotency_batch AS (keys uuid[], won uuid[], first integer[], stored gongji.idempotency_key[]);
COMMENT ON TYPE gongji.idempotency_batch IS
    'The keys of a batch by item; those that are ours; of each item the first one with its key; and the answers stored before. Never stored';

CREATE SEQUENCE gongji.audit_log_id AS bigint;
CREATE TABLE gongji.audit_log (
    person bigint NOT NULL,
    id bigint NOT NULL DEFAULT nextval('gongji.audit_log_id'),
    at timestamptz NOT NULL,
    action text NOT NULL,
    issuer text,
    subject text NOT NULL,
    actor text,
    channel text,
    reason text,
    request_id text,
    details jsonb,
    CONSTRAINT audit_log_key PRIMARY KEY (person, id)
);
COMMENT ON TABLE gongji.audit_log IS 'Who did or looked at what (S0-45); append-only; person 0: nobody in particular';

CREATE SEQUENCE gongji.outbox_id AS bigint;
CREATE TABLE gongji.outbox (
    person bigint NOT NULL,
    id bigint NOT NULL DEFAULT nextval('gongji.outbox_id'),
    at timestamptz NOT NULL,
    type text NOT NULL,
    payload jsonb NOT NULL,
    CONSTRAINT outbox_key PRIMARY KEY (person, id)
);
COMMENT ON TABLE gongji.outbox IS 'Events for other systems, written with their cause: ids only, no personal data';

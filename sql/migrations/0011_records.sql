-- What the records are read by: the audit log by time.

CREATE INDEX audit_log_by_time ON gongji.audit_log (at, id);
COMMENT ON INDEX gongji.audit_log_by_time IS 'Only staff''s reads and changes write rows, no payment does: a second index costs no hot call anything';

CREATE TABLE gongji.account_closure (
    person bigint NOT NULL,
    id uuid NOT NULL,
    amount_fen bigint NOT NULL,
    reason text NOT NULL,
    payee_sealed text NOT NULL,
    closed_by text NOT NULL,
    at timestamptz NOT NULL,
    result jsonb NOT NULL,
    CONSTRAINT account_closure_key PRIMARY KEY (person, id),
    CONSTRAINT account_closure_amount_not_negative CHECK (amount_fen >= 0)
);
ALTER TABLE gongji.account_closure ADD CONSTRAINT account_closure_of_person FOREIGN KEY (person) REFERENCES gongji.person (id);
COMMENT ON TABLE gongji.account_closure IS
    'An account emptied at once because its holder died, left or gave it up (P-30), to a payee the server sealed; its id is the movement of the ledger. Append-only';

-- The feed of events: an event gets its place in the feed once it is committed, so that a reader who goes by places skips none.
ALTER TABLE gongji.outbox ADD COLUMN position bigint;
ALTER TABLE gongji.outbox ADD COLUMN event_id uuid;
ALTER TABLE gongji.outbox ADD COLUMN channel text;
CREATE INDEX outbox_unpublished ON gongji.outbox (id) WHERE position IS NULL;
CREATE INDEX outbox_of_channel ON gongji.outbox (channel, position) WHERE channel IS NOT NULL;
COMMENT ON COLUMN gongji.outbox.position IS 'Place in the feed; NULL: not told yet';
COMMENT ON COLUMN gongji.outbox.event_id IS 'A UUID of version 7 whose last 48 bits are the position';
COMMENT ON COLUMN gongji.outbox.channel IS 'Whose event it is: the channel through which its binding or payment came; NULL: nobody else''s business';

CREATE TABLE gongji.event_feed (
    one boolean NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT event_feed_key PRIMARY KEY (one),
    CONSTRAINT event_feed_is_one_row CHECK (one)
);
INSERT INTO gongji.event_feed (one, position) VALUES (true, 0);
COMMENT ON TABLE gongji.event_feed IS 'The last place given out; its row is the lock that gives places one publisher at a time';

CREATE TABLE gongji.webhook (
    id uuid NOT NULL,
    channel text NOT NULL,
    url text NOT NULL,
    types text[],
    secret_sealed text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT webhook_key PRIMARY KEY (id),
    CONSTRAINT webhook_once_per_channel UNIQUE (channel, url)
);
COMMENT ON TABLE gongji.webhook IS 'Where a channel wants its events sent; the signing secret is sealed by the server';
COMMENT ON COLUMN gongji.webhook.types IS 'Which events, a trailing dot meaning all that begin so; NULL: all';

CREATE TABLE gongji.webhook_delivery (
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    person bigint NOT NULL,
    outbox_id bigint NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamptz NOT NULL,
    CONSTRAINT webhook_delivery_key PRIMARY KEY (webhook_id, event_id),
    CONSTRAINT webhook_delivery_state_known CHECK (state IN ('pending', 'delivered', 'failed'))
);
CREATE INDEX webhook_delivery_due ON gongji.webhook_delivery (webhook_id, next_at) WHERE state = 'pending';
COMMENT ON TABLE gongji.webhook_delivery IS 'An event on its way to an endpoint: at least once, until delivered or given up';
COMMENT ON COLUMN gongji.webhook_delivery.next_at IS 'When it is to be tried; while an attempt runs, when another process may take it over';

CREATE TABLE gongji.webhook_attempt (
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    n integer NOT NULL,
    at timestamptz NOT NULL,
    http_status integer,
    error text,
    duration_ms integer NOT NULL,
    CONSTRAINT webhook_attempt_key PRIMARY KEY (webhook_id, event_id, n)
);
COMMENT ON TABLE gongji.webhook_attempt IS 'The delivery log: every attempt and what came of it';

-- Books by day and period: a BRIN index costs an insert next to nothing, and rows come in the order of time.
CREATE INDEX ledger_entry_by_time ON gongji.ledger_entry USING brin (at);
CREATE INDEX payment_by_time ON gongji.payment USING brin (created_at);

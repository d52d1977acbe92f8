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

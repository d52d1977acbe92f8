-- What reconciliation reads cash by: a BRIN index costs an insert next to nothing, and cash comes in the order of time.
CREATE INDEX cash_transaction_by_time ON gongji.cash_transaction USING brin (paid_at);
COMMENT ON INDEX gongji.cash_transaction_by_time IS 'The cash of a day, as the channel''s own bill of that day has it';

-- A webhook that is gone, and one whose secret changes.
ALTER TABLE gongji.webhook ADD COLUMN disabled_at timestamptz;
ALTER TABLE gongji.webhook ADD COLUMN previous_secret_sealed text;
ALTER TABLE gongji.webhook ADD COLUMN previous_secret_until timestamptz;
COMMENT ON COLUMN gongji.webhook.disabled_at IS 'Since when nothing is sent there: it answered 410 Gone; it is registered anew by deleting it first';
COMMENT ON COLUMN gongji.webhook.previous_secret_sealed IS 'The secret before the last rotation: signs beside the new one until previous_secret_until';

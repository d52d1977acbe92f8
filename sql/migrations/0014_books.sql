-- What reconciliation reads cash by: a BRIN index costs an insert next to nothing, and cash comes in the order of time.
CREATE INDEX cash_transaction_by_time ON gongji.cash_transaction USING brin (paid_at);
COMMENT ON INDEX gongji.cash_transaction_by_time IS 'The cash of a day, as the channel''s own bill of that day has it';

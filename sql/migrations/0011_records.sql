-- What the records are read by: the audit log by time.

CREATE INDEX audit_log_by_time ON gongji.audit_log (at, id);
COMMENT ON INDEX gongji.audit_log_by_time IS 'Only staff''s reads and changes write rows, no payment does: a second index costs no hot call anything';

-- Append-only and sum-zero triggers: a second guard behind privileges, put up again at every migrate; a distributed engine may leave this file out (it cannot run them).
CREATE OR REPLACE TRIGGER ledger_entry_movements_sum_to_zero AFTER INSERT ON gongji.ledger_entry
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION gongji.movements_sum_to_zero();
CREATE OR REPLACE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gongji.ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
CREATE OR REPLACE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gongji.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
CREATE OR REPLACE TRIGGER binding_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gongji.binding_event
    FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
CREATE OR REPLACE TRIGGER payment_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gongji.payment_event
    FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
CREATE OR REPLACE TRIGGER policy_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gongji.policy
    FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
CREATE OR REPLACE TRIGGER policy_effective_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gongji.policy_effective
    FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();
CREATE OR REPLACE TRIGGER account_closure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gongji.account_closure
    FOR EACH STATEMENT EXECUTE FUNCTION gongji.refuse_change();

-- ALWAYS: they fire under session_replication_role = replica too.
ALTER TABLE gongji.ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_movements_sum_to_zero;
ALTER TABLE gongji.ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only;
ALTER TABLE gongji.audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
ALTER TABLE gongji.binding_event ENABLE ALWAYS TRIGGER binding_event_append_only;
ALTER TABLE gongji.payment_event ENABLE ALWAYS TRIGGER payment_event_append_only;
ALTER TABLE gongji.policy ENABLE ALWAYS TRIGGER policy_append_only;
ALTER TABLE gongji.policy_effective ENABLE ALWAYS TRIGGER policy_effective_append_only;
ALTER TABLE gongji.account_closure ENABLE ALWAYS TRIGGER account_closure_append_only;

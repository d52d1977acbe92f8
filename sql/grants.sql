-- Privileges, run again at every migrate (and after distributing): nothing for everybody, EXECUTE on api for the server, SELECT for audit.
REVOKE ALL ON SCHEMA gongji, api FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA gongji FROM PUBLIC, gongji_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA gongji FROM PUBLIC, gongji_app;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA gongji, api FROM PUBLIC;
GRANT USAGE ON SCHEMA api TO gongji_app;
GRANT USAGE ON SCHEMA gongji TO gongji_audit;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO gongji_app;
-- Only who owns the schema states rules of days gone by.
REVOKE EXECUTE ON FUNCTION api.policy_load(jsonb, text, jsonb) FROM gongji_app;
GRANT SELECT ON ALL TABLES IN SCHEMA gongji TO gongji_audit;
-- What is sealed stays out of the auditors' reach.
REVOKE SELECT ON gongji.person, gongji.evidence, gongji.person_identity, gongji.account_closure, gongji.webhook FROM gongji_audit;
GRANT SELECT (person, id, amount_fen, reason, closed_by, at, result) ON gongji.account_closure TO gongji_audit;
GRANT SELECT (id, channel, url, types, created_by, created_at, disabled_at, previous_secret_until) ON gongji.webhook TO gongji_audit;
GRANT SELECT (id, person_no, name_mask, id_number_mask, birth_date, area, scheme, status, person_class, excluded, created_at, updated_at) ON gongji.person TO gongji_audit;
GRANT SELECT (id, owner, type, media_type, sha256, size, uploaded_by, created_at) ON gongji.evidence TO gongji_audit;

-- Roles, schemas and the migration record: what has to stand before the first migration. Run at every migrate; every statement is repeatable.
-- gongji_owner owns every object and cannot log in; gongji_app may only EXECUTE functions of schema api; gongji_audit only reads.
DO $roles$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['gongji_owner NOLOGIN', 'gongji_app LOGIN', 'gongji_audit LOGIN'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = split_part(v_role, ' ', 1)) THEN
            BEGIN
                EXECUTE 'CREATE ROLE ' || v_role;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- roles belong to the cluster: a migrate of another database made it in this moment
            END;
        END IF;
        IF NOT pg_catalog.pg_has_role(current_user, split_part(v_role, ' ', 1), 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', split_part(v_role, ' ', 1), current_user);
        END IF;
    END LOOP;
END
$roles$;

CREATE SCHEMA IF NOT EXISTS gongji AUTHORIZATION gongji_owner;
CREATE SCHEMA IF NOT EXISTS api AUTHORIZATION gongji_owner;
COMMENT ON SCHEMA gongji IS 'Tables and inner functions of Gongji; nobody but the owner writes here';
COMMENT ON SCHEMA api IS 'The functions the server may call, and nothing else';

SET LOCAL ROLE gongji_owner;
CREATE TABLE IF NOT EXISTS gongji.schema_migration (
    name text CONSTRAINT schema_migration_key PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE gongji.schema_migration IS 'Migrations applied, with the digest of their text: an edited one is refused';
CREATE TABLE IF NOT EXISTS gongji.schema_state (
    digest text CONSTRAINT schema_state_key PRIMARY KEY,
    major integer NOT NULL,
    position bigint NOT NULL,
    migrated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE gongji.schema_state IS
    'Every source this schema was migrated by, oldest first: a server starts when its own is among them, and the newest is of its major';
RESET ROLE;

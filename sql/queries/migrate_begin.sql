-- One migrate of a database at a time; whoever waits sees what the first one did. The limit on locks comes after that,
-- for tables in use.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock(hashtextextended('gongji migrate', 0));
SET LOCAL lock_timeout = '10s';

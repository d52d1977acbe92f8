-- A function ($1, with its schema) whose result or parameter names changed: it is dropped before it is made again.
SELECT 'DROP ROUTINE ' || string_agg(p.oid::regprocedure::text, ', ')
  FROM pg_catalog.pg_proc p
 WHERE p.pronamespace::regnamespace || '.' || p.proname = $1

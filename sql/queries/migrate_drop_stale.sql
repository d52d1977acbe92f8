-- Of the functions listed before all were applied ($1), those that were not replaced: the source no longer has them.
-- What a trigger, a constraint or a default still needs stays until a migration takes that away.
SELECT 'DROP ROUTINE ' || string_agg(p.oid::regprocedure::text, ', ')
  FROM pg_catalog.pg_proc p
 WHERE p.oid || ' ' || p.ctid = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid AND d.classid <> 'pg_proc'::regclass)

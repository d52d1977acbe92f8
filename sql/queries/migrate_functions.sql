-- Every function of ours as it stands: its number and the place of its row, which changes when it is replaced.
SELECT coalesce(array_agg(p.oid || ' ' || p.ctid), '{}')
  FROM pg_catalog.pg_proc p
 WHERE p.pronamespace IN ('api'::regnamespace, 'gongji'::regnamespace)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))

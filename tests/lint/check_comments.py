#!/usr/bin/python3
"""The migrated database explains itself: every table, view, function and type has its comment."""
import os

import psycopg2

from lint import finish

UNEXPLAINED = """
SELECT 'relation ' || c.oid::regclass
  FROM pg_class c
 WHERE c.relnamespace IN ('gongji'::regnamespace, 'api'::regnamespace)
   AND c.relkind IN ('r', 'p', 'v', 'm')
   AND obj_description(c.oid, 'pg_class') IS NULL
 UNION ALL
SELECT 'function ' || p.oid::regprocedure
  FROM pg_proc p
 WHERE p.pronamespace IN ('gongji'::regnamespace, 'api'::regnamespace)
   AND obj_description(p.oid, 'pg_proc') IS NULL
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
 UNION ALL
SELECT 'type ' || t.oid::regtype
  FROM pg_type t
  LEFT JOIN pg_class c ON c.oid = t.typrelid
 WHERE t.typnamespace IN ('gongji'::regnamespace, 'api'::regnamespace)
   AND (t.typtype IN ('e', 'd') OR c.relkind = 'c')
   AND obj_description(t.oid, 'pg_type') IS NULL
 ORDER BY 1
"""

with psycopg2.connect(host=os.environ["GONGJI_TEST_PGHOST"], user="postgres", dbname=os.environ["GONGJI_TEST_DATABASE"]) as database:
    with database.cursor() as cursor:
        cursor.execute(UNEXPLAINED)
        finish([f"{name}: no comment" for name, in cursor.fetchall()])

-- Views are made anew, since CREATE OR REPLACE cannot take a column away; nothing of ours but views depends on views.
SELECT 'DROP VIEW ' || string_agg(c.oid::regclass::text, ', ')
  FROM pg_catalog.pg_class c
 WHERE c.relnamespace IN ('api'::regnamespace, 'gongji'::regnamespace)
   AND c.relkind = 'v'

-- Remembers this source ($1) as the newest. One applied before is the newest again, and what came after is forgotten: a
-- server of that later source must not start on the older functions.
WITH forgotten AS (
    DELETE FROM gongji.schema_state s
     USING gongji.schema_state known
     WHERE known.digest = $1
       AND s.position > known.position
)
INSERT INTO gongji.schema_state (digest, major, position)
SELECT $1, $2::integer, coalesce(max(s.position), 0) + 1
  FROM gongji.schema_state s
    ON CONFLICT (digest) DO UPDATE SET migrated_at = clock_timestamp()

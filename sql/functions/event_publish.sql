CREATE OR REPLACE FUNCTION gongji.event_publish() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    c_at_once CONSTANT integer := 500;
    v_now timestamptz;
    v_position bigint;
    v_count bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM gongji.outbox WHERE position IS NULL AND id > 0) THEN
        RETURN;
    END IF;
    -- One publisher at a time, and what it saw committed before the lock: so places appear in order, without a hole that fills later.
    UPDATE gongji.event_feed SET position = position RETURNING position INTO STRICT v_position;
    v_now := gongji.now_cn();
    WITH todo AS (
        SELECT o.person, o.id, row_number() OVER (ORDER BY o.id) AS n
          FROM (SELECT u.person, u.id FROM gongji.outbox u WHERE u.position IS NULL AND u.id > 0 ORDER BY u.id LIMIT c_at_once) o
    ), told AS (
        UPDATE gongji.outbox o
           SET position = v_position + t.n,
               event_id = gongji.event_uuid(v_now, v_position + t.n),
               channel = coalesce((SELECT b.channel FROM gongji.binding b WHERE b.id = substr(o.payload ->> 'binding_id', 5)::uuid AND b.beneficiary = o.person),
                                  (SELECT y.channel FROM gongji.payment y WHERE y.id = substr(o.payload ->> 'payment_id', 5)::uuid AND y.insured = o.person))
          FROM todo t
         WHERE o.person = t.person AND o.id = t.id
        RETURNING o.*
    ), queued AS (
        INSERT INTO gongji.webhook_delivery (webhook_id, event_id, person, outbox_id, state, attempts, next_at)
        SELECT w.id, o.event_id, o.person, o.id, 'pending', 0, v_now
          FROM told o
          JOIN gongji.webhook w ON w.channel = o.channel AND w.created_at <= o.at AND w.disabled_at IS NULL
           AND (w.types IS NULL OR EXISTS (SELECT FROM unnest(w.types) t WHERE o.type = t OR (right(t, 1) = '.' AND starts_with(o.type, t))))
    )
    SELECT count(*) INTO v_count FROM told;
    UPDATE gongji.event_feed SET position = v_position + v_count;
END
$$;
COMMENT ON FUNCTION gongji.event_publish() IS
    'Gives committed events their place in the feed, the channel they belong to, and queues them for its webhooks. Whoever reads the feed or delivers calls it; several at once wait for each other';

CREATE OR REPLACE FUNCTION gongji.uuid_v7(p_at timestamptz) RETURNS uuid
LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_byte(set_byte(overlay(x.r PLACING substr(int8send(floor(extract(epoch FROM p_at) * 1000)::bigint), 3) FROM 1 FOR 6),
                                    6, get_byte(x.r, 6) & 15 | 112),
                           8, get_byte(x.r, 8) & 63 | 128), 'hex')::uuid
      FROM (SELECT uuid_send(gen_random_uuid()) AS r) x
$$;
COMMENT ON FUNCTION gongji.uuid_v7(timestamptz) IS 'A UUID of version 7 (RFC 9562) for what begins in the database and not with a request';

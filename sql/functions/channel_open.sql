CREATE OR REPLACE FUNCTION gongji.channel_open(p_channels jsonb, p_operation text, p_channel text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_typeof(p_channels -> p_operation) <> 'array' OR p_channels -> p_operation ? p_channel, true)
$$;
COMMENT ON FUNCTION gongji.channel_open(jsonb, text, text) IS
    'Whether policy member channels lets an operation (bind, pay, read) come in by a channel (S0-16, S0-17, S0-32); a list that is null or not stated lets all';

CREATE OR REPLACE FUNCTION gongji.channel_shut(p_ctx jsonb, p_operation text, p_person bigint, p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_ctx ->> 'kind' = 'citizen'
           AND NOT gongji.channel_open((gongji.policy_of(p_person, p_now)).rules.channels, p_operation, p_ctx ->> 'channel')
$$;
COMMENT ON FUNCTION gongji.channel_shut(jsonb, text, bigint, timestamptz) IS
    'Whether this person''s area keeps a citizen''s call from doing an operation (bind, pay, read) through the channel it came by (S0-32); staff are bound by their areas instead';

CREATE OR REPLACE FUNCTION gongji.review_state(p_review gongji.review, p_now timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_review.state = 'claimed' AND p_review.lease_until <= p_now THEN 'queued' ELSE p_review.state END
$$;
COMMENT ON FUNCTION gongji.review_state(gongji.review, timestamptz) IS 'State of a review at an instant: a claim whose lease has run out is back in the queue (F11)';

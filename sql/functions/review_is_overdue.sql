CREATE OR REPLACE FUNCTION gongji.review_is_overdue(p_review gongji.review, p_now timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(p_review.due_at <= coalesce(p_review.decided_at, p_now), false)
$$;
COMMENT ON FUNCTION gongji.review_is_overdue(gongji.review, timestamptz) IS 'Whether a review took, or is taking, longer than the policy allows';

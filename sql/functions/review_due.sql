CREATE OR REPLACE FUNCTION gongji.review_due(p_queued_at timestamptz, p_workdays integer) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT gongji.start_of_day(gongji.add_workdays(gongji.date_cn(p_queued_at), p_workdays) + 1)
$$;
COMMENT ON FUNCTION gongji.review_due(timestamptz, integer) IS
    'When an application is due: 24:00 of the last working day that review_sla_workdays allows after the day it was queued; NULL when the policy sets no time';

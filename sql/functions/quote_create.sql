-- repeatable: the quotes' ids come with the call, a second insert of them changes nothing
CREATE OR REPLACE FUNCTION api.quote_create(p_ctx jsonb[], p_quote_id uuid[], p_insured_no text[], p_benefit_year integer[], p_product text[], p_amount_sent boolean[],
                                            p_repair_years text[], p_wait boolean) RETURNS SETOF gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off AS $$ -- a plan made while a table is empty outlives that
DECLARE
    v_now CONSTANT timestamptz := gongji.now_cn();
    v_items gongji.premium_item[];
    v_plan gongji.premium_plan;
BEGIN
    SELECT array_agg((c.person, s.person, p_benefit_year[r.n], p_product[r.n], r.ctx ->> 'channel', r.ctx ->> 'actor', NULL, NULL, p_amount_sent[r.n], NULL, NULL, NULL, p_quote_id[r.n],
                      CASE WHEN c.person IS NULL THEN 'PERSON_NOT_FOUND' END, NULL, p_repair_years[r.n]::integer[])::gongji.premium_item ORDER BY r.n)
      INTO v_items
      FROM unnest((SELECT p_ctx)) WITH ORDINALITY AS r (ctx, n)
      LEFT JOIN gongji.person_no_key c ON c.person_no = r.ctx ->> 'sub'
      LEFT JOIN gongji.person_no_key s ON s.person_no = p_insured_no[r.n];

    v_plan := gongji.premium_plan(v_items, v_now, NULL, NULL);

    INSERT INTO gongji.quote
    SELECT q.*
      FROM unnest(v_plan.quotes) q
        ON CONFLICT DO NOTHING;

    RETURN QUERY
    SELECT d.code, d.codes, d.body, false
      FROM unnest(v_plan.decisions) WITH ORDINALITY AS d (code, codes, body, n)
     ORDER BY d.n;
END
$$;
COMMENT ON FUNCTION api.quote_create(jsonb[], uuid[], text[], integer[], text[], boolean[], text[], boolean) IS
    'Quotes premiums, one per array element: what a payment now would take from whom and why, promised for 15 minutes; moves nothing and locks nothing (p_wait is ignored). Element of p_repair_years: an integer[] literal, NULL for none';
REVOKE ALL ON FUNCTION api.quote_create(jsonb[], uuid[], text[], integer[], text[], boolean[], text[], boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.quote_create(jsonb[], uuid[], text[], integer[], text[], boolean[], text[], boolean) TO gongji_app;

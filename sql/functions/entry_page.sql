CREATE OR REPLACE FUNCTION gongji.entry_page(p_holder bigint, p_binding uuid, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS jsonb
LANGUAGE sql STABLE SET enable_sort = off SET enable_bitmapscan = off AS $$ -- backwards along the key: an account of many entries is paged like one of few
    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(x.body ORDER BY x.n) FILTER (WHERE x.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN jsonb_build_object('version', min(x.version) FILTER (WHERE x.n <= p_limit)) END)
      FROM (SELECT e.account_version AS version, row_number() OVER (ORDER BY e.account_version DESC) AS n,
                   gongji.entry_body(e, p.receipt_no) AS body
              FROM gongji.ledger_entry e
              LEFT JOIN gongji.payment p ON p.id = e.payment_id AND p.insured = e.insured
             WHERE e.person = p_holder
               AND e.account_version < coalesce((p_after ->> 'version')::bigint, 9223372036854775807)
               AND gongji.at_in_range(e.at, p_filter)
               AND coalesce(e.kind = (p_filter ->> 'kind')::gongji.ledger_kind, true)
               AND (p_binding IS NULL OR e.binding_id = p_binding)
             ORDER BY e.account_version DESC
             LIMIT p_limit + 1) x
$$;
COMMENT ON FUNCTION gongji.entry_page(bigint, uuid, jsonb, jsonb, integer) IS
    'A page of a personal account''s entries, newest first, those of one binding only if one is given; positions are account versions, which have no gap and never move';

CREATE OR REPLACE FUNCTION gongji.premium_window(p_standard gongji.premium_standard, p_person_class text, p_today date) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(
        (SELECT jsonb_build_object('from', w ->> 'from', 'to', w ->> 'to')
           FROM jsonb_array_elements(p_standard.windows) w
          WHERE coalesce(w ->> 'person_class', p_person_class) = p_person_class
          ORDER BY p_today BETWEEN (w ->> 'from')::date AND (w ->> 'to')::date DESC, p_today < (w ->> 'from')::date DESC, abs(p_today - (w ->> 'to')::date)
          LIMIT 1),
        '{"from": null, "to": null}')
$$;
COMMENT ON FUNCTION gongji.premium_window(gongji.premium_standard, text, date) IS
    'The enrollment window to show a person: the open one, else the next to come, else the last that passed; from and to inclusive';

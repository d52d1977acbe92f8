CREATE OR REPLACE FUNCTION gongji.receipt_no(p_area text, p_day date) RETURNS text
LANGUAGE sql VOLATILE AS $$
    SELECT p_area || to_char(p_day, 'YYYYMMDD') || lpad(nextval('gongji.receipt_number')::text, 10, '0')
$$;
COMMENT ON FUNCTION gongji.receipt_no(text, date) IS 'A new receipt number: the insured''s area, the day, and a number that is never given twice';

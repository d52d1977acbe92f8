CREATE OR REPLACE FUNCTION gongji.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION gongji.refuse_change() IS 'Trigger of append-only tables: history is corrected by adding to it';

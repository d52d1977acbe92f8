-- Who was there when a relative was bound with somebody's help: at which terminal, and whether the ID document was sighted.
ALTER TABLE gongji.binding
    ADD COLUMN terminal_id text,
    ADD COLUMN id_sighted boolean;
COMMENT ON COLUMN gongji.binding.terminal_id IS 'Counter or device the application was made at, as the channel''s token says (S1-14, S1-36)';
COMMENT ON COLUMN gongji.binding.id_sighted IS 'True: the clerk had the applicant''s ID document in hand (S1-14)';

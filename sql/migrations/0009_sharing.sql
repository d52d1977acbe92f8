-- Who may share with whom: what a person's insurance makes of a binding, relations known from data, the calendar of working days.

CREATE TYPE gongji.standing AS (status text, reason_code text);
COMMENT ON TYPE gongji.standing IS 'Where two people''s insurance puts their binding (active, suspended, released), and the reason unless active';


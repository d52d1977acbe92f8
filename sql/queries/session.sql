-- What every connection sets first: who it acts as ($1), the server's own limits ($2, $3), and the development clock
-- ($4, empty in production).
SELECT set_config('role', $1, false),
       set_config('TimeZone', 'Asia/Shanghai', false),
       set_config('statement_timeout', $2, false),
       set_config('lock_timeout', $3, false),
       set_config('idle_in_transaction_session_timeout', '5s', false),
       set_config('gongji.clock_offset_us', $4, false)

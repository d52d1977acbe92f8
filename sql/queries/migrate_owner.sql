-- Objects belong to gongji_owner; functions may come in any order.
SET LOCAL ROLE gongji_owner;
SET LOCAL check_function_bodies = off;
SET LOCAL search_path = gongji, public;

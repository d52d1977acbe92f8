-- Once, as the superuser: psql -X -v ON_ERROR_STOP=1 -f roles.sql. Everything else is made by `gongji migrate`.
-- gongji_migrate  logs in for migrate and policy loading, owns the database, may create the roles below; no superuser
-- gongji_owner    owns tables and functions, cannot log in
-- gongji_app      the server: may execute the functions of schema api and nothing else
-- gongji_audit    reads tables, without sealed identities
-- gongji_standby  streams to a standby
CREATE ROLE gongji_migrate LOGIN CREATEROLE;
CREATE ROLE gongji_owner   NOLOGIN;
CREATE ROLE gongji_app     LOGIN;
CREATE ROLE gongji_audit   LOGIN;
CREATE ROLE gongji_standby LOGIN REPLICATION;
GRANT gongji_owner TO gongji_migrate;

CREATE DATABASE gongji OWNER gongji_migrate TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE gongji FROM PUBLIC;
GRANT CONNECT ON DATABASE gongji TO gongji_app, gongji_audit;
\connect gongji
REVOKE ALL ON SCHEMA public FROM PUBLIC;

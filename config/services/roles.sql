-- Purpose: the two database roles and the database. `ansinh_owner` runs migrations and owns every table;
--          `ansinh_app` reads and writes rows and can change no table.
-- Inputs: none; run by psql as a superuser. The embedded server runs it at every start, docker-compose.yml once.
-- Invariant: the application never owns what it writes to, so it cannot drop a trigger or a history.
-- Rerun: adds only what is missing.
\set ON_ERROR_STOP on
\connect template1
SELECT 'CREATE ROLE ansinh_owner LOGIN CREATEDB' WHERE to_regrole('ansinh_owner') IS NULL \gexec
SELECT 'CREATE ROLE ansinh_app LOGIN' WHERE to_regrole('ansinh_app') IS NULL \gexec
GRANT pg_monitor TO ansinh_owner;
-- The owner may do all that the application may, so a test can SET ROLE and see what is refused.
GRANT ansinh_app TO ansinh_owner;
-- In template1, so that the database and every test database inherit them. This extension is the one that only
-- a superuser may create; a migration's CREATE EXTENSION IF NOT EXISTS finds it there.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
ALTER DEFAULT PRIVILEGES FOR ROLE ansinh_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ansinh_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ansinh_owner GRANT USAGE, SELECT ON SEQUENCES TO ansinh_app;
-- Where the server has it, the right to ANALYZE after a bulk load; older ones wait for autovacuum.
SELECT current_setting('server_version_num')::int >= 170000 AS has_maintain \gset
\if :has_maintain
ALTER DEFAULT PRIVILEGES FOR ROLE ansinh_owner GRANT MAINTAIN ON TABLES TO ansinh_app;
\endif
SELECT 'CREATE DATABASE ansinh OWNER ansinh_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'ansinh') \gexec

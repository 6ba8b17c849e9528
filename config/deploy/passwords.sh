#!/bin/sh
# Gives both roles of config/services/roles.sql their passwords, from the environment.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$ANSINH_OWNER_PASSWORD" --set app="$ANSINH_APP_PASSWORD" <<'SQL'
ALTER ROLE ansinh_owner PASSWORD :'owner';
ALTER ROLE ansinh_app PASSWORD :'app';
SQL

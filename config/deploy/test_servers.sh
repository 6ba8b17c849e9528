#!/usr/bin/env bash
# The test suite against Debian's own PostgreSQL 15 and Redis 7, installed where we may: `make test-servers`.
# Arguments go to pytest. The servers are the tests' own and gone afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=/usr/lib/postgresql/15/bin
if [ ! -x "$bin/postgres" ] || ! command -v redis-server >/dev/null; then
    if [ "$(id -u)" != 0 ]; then echo "Install postgresql-15 and redis-server first." >&2; exit 1; fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql-15 redis-server
fi

# Short: a socket's path has a limit.
state=$(mktemp -d /tmp/ansinh-servers-XXXXXX)
redis-server --port 0 --unixsocket "$state/redis.sock" --save "" --appendonly no --dir "$state" >"$state/redis.log" &
redis=$!
stop() {
    ANSINH_TEST_SERVICES=1 ANSINH_TEST_STATE="$state/test" .venv/bin/python -m config.services stop || true
    kill "$redis" 2>/dev/null || true
    rm -rf "$state"
}
trap stop EXIT

"$bin/postgres" --version
redis-server --version
export PG_BINDIR=$bin ANSINH_TEST_STATE=$state/test REDIS_URL=unix://$state/redis.sock
.venv/bin/python -m pytest "$@"

#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL of its own, told in JALON_TEST_PG,
# and removes it whatever happens:  tools/pg.sh go test ./...
# PostgreSQL refuses to run as root, hence the account postgres then.
set -euo pipefail

if [[ -n ${JALON_TEST_PG:-} ]]; then exec "$@"; fi

scratch=$("$(dirname "$0")/scratch.sh")

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1 || true)
if [[ -z $bin ]]; then bin=$(dirname "$(command -v initdb)"); fi

dir=$(mktemp -d "$scratch/jalon-pg.XXXXXX")
as=()
if [[ $(id -u) -eq 0 ]]; then
  chown postgres "$dir"
  as=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$dir")
fi

stop() {
  local status=$?
  trap - EXIT
  (cd / && "${as[@]}" "$bin/pg_ctl" --pgdata="$dir/data" --mode=immediate --silent stop >/dev/null 2>&1) || true
  rm -rf "$dir"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start() {
  cd /
  "${as[@]}" "$bin/initdb" --pgdata="$dir/data" --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions
  "${as[@]}" "$bin/pg_ctl" --pgdata="$dir/data" --log="$dir/log" --wait --silent start --options="\
-c listen_addresses= -c unix_socket_directories=$dir -c max_connections=200 -c shared_buffers=64MB \
-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
}
if ! (start) >"$dir.out" 2>&1; then
  cat "$dir.out" >&2
  rm -f "$dir.out"
  exit 1
fi
rm -f "$dir.out"

JALON_TEST_PG="postgres:///postgres?host=$dir&user=postgres" "$@" </dev/null

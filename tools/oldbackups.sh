#!/usr/bin/env bash
# Makes the backups that the upgrade test starts from: a site of an early version of
# the program, with a person, a role and a published news, on each engine.
#
#   tools/pg.sh tools/oldbackups.sh [COMMIT]
#
# No version of Jalon was released yet. The commit below is the last of schema 31, the
# first where people sign in and work in a COP; once something is released, make the
# backups from its tag. They are committed: a migration that is edited afterwards does
# not make an older database look as if it had always been so.
set -euo pipefail
cd "$(dirname "$0")/.."
commit=${1:-98a4d4a}
out=$PWD/internal/app/testdata
dir=$(mktemp -d /tmp/jalon-old.XXXXXX)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$dir"' EXIT

git archive "$commit" | tar -x -C "$dir"
(cd "$dir" && go build -ldflags "-X main.version=$commit" -o "$dir/jalon" ./cmd/jalon)

# make ENGINE DSN FILE
make() {
  export JALON_DB=$2 JALON_DATA_DIR=$dir/data-$1 JALON_ADDR=127.0.0.1:0 JALON_BASE_URL= JALON_METRICS_ADDR=
  "$dir/jalon" serve >"$dir/$1.out" 2>"$dir/$1.err" &
  local pid=$! url=
  for _ in $(seq 600); do
    url=$(sed -n 's/^Jalon est ouvert.*\(http:\)/\1/p' "$dir/$1.out")
    [[ -n $url ]] && break
    sleep 0.1
  done
  local token
  token=$("$dir/jalon" user add equipe@exemple.fr --role team --scope region:44 --name "Anne Martin" | sed -n 's/.*jeton=\([^ ]*\).*/\1/p')
  local ask=(curl --silent --show-error --fail --location --cookie-jar "$dir/$1.jar" --cookie "$dir/$1.jar" --output "$dir/$1.html")
  "${ask[@]}" --data-urlencode "jeton=$token" "$url/connexion/confirmer"
  "${ask[@]}" --data-urlencode "title=Écrit avec l’ancienne version" --data-urlencode "text=Et toujours lisible." "$url/regions/grand-est/bureau/actualites"
  local id
  id=$(grep -o '/bureau/actualites/[0-9a-f-]*' "$dir/$1.html" | head -n 1 | sed 's/.*\///')
  "${ask[@]}" --data "rev=1&do=publish" "$url/regions/grand-est/bureau/actualites/$id"
  kill "$pid" && wait "$pid"
  "$dir/jalon" backup "$3"
}

make sqlite "$dir/old.db" "$dir/old-backup.db"
gzip --best --no-name --stdout "$dir/old-backup.db" >"$out/old-backup-sqlite.gz"

name=jalon_old_$$
bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
"$bin/psql" --quiet "$JALON_TEST_PG" -c "CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
# The same address, another database.
dsn=$(sed -E "s#(://[^/]*/)[^?]*#\1$name#" <<<"$JALON_TEST_PG")
make postgres "$dsn" "$dir/old-backup.dump"
gzip --best --no-name --stdout "$dir/old-backup.dump" >"$out/old-backup-postgres.gz"
ls -l "$out"/old-backup-*

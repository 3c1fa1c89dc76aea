#!/usr/bin/env bash
# The whole test: go vet, then every test once with SQLite as the engine of
# testkit.DB, then those that open a database once more with PostgreSQL. Fuzz
# seeds and browser journeys are Go tests like the others. What was skipped is
# listed with its reason, and fails the run unless tools/skips.txt declares it.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/need.sh chromium postgresql
TMPDIR=${TMPDIR:-$(tools/scratch.sh)}
export TMPDIR
go vet ./...

mkdir -p bin
go build -o bin/testsum ./tools/testsum

# go vet has just run whole: go test need not run a part of it again. The journeys
# take the longest: they start first, and the others beside them.
both() {
  JALON_TEST_ENGINE=sqlite go test -json -p 2 -vet=off -timeout 30m ./e2e ./... || true
  local stored files twice # the packages whose tests take the engine from the environment
  stored=$(grep -rlE --include='*_test.go' 'testkit\.DB\(' cmd internal e2e 2>/dev/null | xargs -r -n1 dirname | sort -u | sed 's|^|./|' || true)
  # Those of their tests that testkit.Each has run on both engines already are left
  # out, but for a name that another test bears which takes the environment's.
  files=$(for dir in $stored; do echo "$dir"/*_test.go; done)
  # shellcheck disable=SC2086
  twice=$(awk '
    /^func Test/ { name = $2; sub(/\(.*/, "", name); each = own = 0 }
    /testkit\.Each\(/ { each = 1 }
    /testkit\.DB\(/ { own = 1 }
    /^}/ && name != "" { if (each && !own) done[name] = 1; else again[name] = 1; name = "" }
    END { for (n in done) if (!(n in again)) { printf "%s%s", sep, n; sep = "|" } }' $files)
  if [[ -n $stored ]]; then
    echo 'testsum: run PostgreSQL'
    # shellcheck disable=SC2086
    JALON_TEST_ENGINE=postgres go test -json -p 2 -vet=off -timeout 30m -skip "^(${twice:-none})\$" $stored || true
  fi
}
export -f both
# testsum alone judges: a package that does not build or a test that never ends
# is a failure there, so is a run of no test.
tools/pg.sh bash -c 'both 2>&1' | bin/testsum -skips tools/skips.txt

#!/usr/bin/env bash
# Prints the Go benchmarks as a table, then runs the scripts of bench/.
set -euo pipefail
cd "$(dirname "$0")/.."
go test -timeout 60m -run '^$' -bench . -benchmem ./internal/... ./bench/... | awk '
  /^pkg:/ { pkg = $2 }
  /^Benchmark/ { printf "%-28s %-52s %12s %s", pkg, $1, $3, $4; for (i = 5; i + 1 <= NF; i += 2) printf "  %s %s", $i, $(i + 1); print "" }
  /^(FAIL|---|panic)/ { print; bad = 1 }
  END { exit bad }'
for script in bench/*.sh; do
  if [[ -x $script ]]; then "$script"; fi
done

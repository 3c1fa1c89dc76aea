#!/usr/bin/env bash
# Makes sure that the programs the tests start are there. On Debian they are
# installed when that needs no question (root, or sudo without password);
# elsewhere what to install is said, and the tests do not start.
#   tools/need.sh chromium postgresql
set -euo pipefail

have_chromium() {
  local name
  for name in "${JALON_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [[ -n $name ]] && command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

have_postgresql() {
  [[ -n ${JALON_TEST_PG:-} ]] && return 0
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null
}

missing=()
for name in "$@"; do "have_$name" || missing+=("$name"); done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if command -v apt-get >/dev/null; then
  as_root=()
  if [[ $(id -u) -ne 0 ]]; then as_root=(sudo -n); fi
  if [[ $(id -u) -eq 0 ]] || sudo -n true 2>/dev/null; then
    echo "Installing ${missing[*]} (apt-get)…"
    "${as_root[@]}" apt-get update -qq </dev/null
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
  fi
fi

missing=()
for name in "$@"; do "have_$name" || missing+=("$name"); done
if [[ ${#missing[@]} -gt 0 ]]; then
  cat >&2 <<EOF
Il manque pour les tests : ${missing[*]}.
Sous Debian ou Ubuntu : sudo apt-get install ${missing[*]}
Ailleurs : installez Chromium (ou donnez son chemin dans JALON_CHROMIUM) et PostgreSQL 15 ou plus récent
(ou donnez l’adresse d’un serveur jetable dans JALON_TEST_PG), puis relancez.

Missing for the tests: ${missing[*]}.
On Debian or Ubuntu: sudo apt-get install ${missing[*]}
Elsewhere: install Chromium (or set JALON_CHROMIUM to its path) and PostgreSQL 15 or later
(or set JALON_TEST_PG to a throw-away server), then run again.
EOF
  exit 1
fi

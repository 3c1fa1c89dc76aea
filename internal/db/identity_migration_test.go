package db_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

var comment = regexp.MustCompile(`(?m)^--.*$`)

// migration runs one direction of a migration by itself, statement by statement.
func migration(t *testing.T, d *db.DB, name string, up bool) {
	t.Helper()
	b, err := fs.ReadFile(db.Migrations(), name)
	if err != nil {
		t.Fatal(err)
	}
	text, down, ok := strings.Cut(string(b), "-- +goose Down")
	if !ok {
		t.Fatalf("%s has no way back", name)
	}
	if !up {
		text = down
	}
	for _, one := range strings.Split(comment.ReplaceAllString(text, ""), ";") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		if _, err := d.Exec(t.Context(), one); err != nil {
			t.Fatalf("%s: %v", one, err)
		}
	}
}

// The single choice of when to receive messages becomes that of each kind; the
// last sign-in is read in the journal, so that nobody is taken for absent.
func TestAccountsOfBeforeAreCarriedOver(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		migration(t, d, "0040_identity.sql", false)
		for _, text := range []string{
			`INSERT INTO account (id, rev, email, name, notify, state, created_at) VALUES ('a', 1, 'a@exemple.fr', 'A', 'none', 'active', 100), ('b', 1, 'b@exemple.fr', 'B', 'immediate', 'active', 200)`,
			`INSERT INTO journal (id, at, actor, verb, kind, subject) VALUES ('1', 500, 'a', 'sign-in', 'session', 's'), ('2', 700, 'a', 'sign-in', 'session', 's'), ('3', 900, 'a', 'edit', 'account', 'a')`,
			`INSERT INTO session (token_hash, id, account, created_at, seen_at, expires_at, agent) VALUES ('h', 's', 'a', 1, 1, 2, 'x')`,
		} {
			if _, err := d.Exec(ctx, text); err != nil {
				t.Fatal(err)
			}
		}
		migration(t, d, "0040_identity.sql", true)
		for text, want := range map[string]int64{
			`SELECT signed_in_at FROM account WHERE id = 'a'`: 700, `SELECT signed_in_at FROM account WHERE id = 'b'`: 200,
			`SELECT COUNT(*) FROM notice WHERE account = 'a' AND choice = 'none'`: 3, `SELECT COUNT(*) FROM notice WHERE account = 'b' AND choice = 'immediate'`: 3,
			`SELECT COUNT(*) FROM session WHERE issuer = '' AND id_token = ''`: 1,
		} {
			var got int64
			if err := d.QueryRow(ctx, text).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %d, want %d: %v", text, got, want, err)
			}
		}
	})
}

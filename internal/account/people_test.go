package account_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"jalon/internal/account"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// Who works for a region is listed from when their role was given until it
// ended; who only takes part is not.
func TestWorkersAt(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		day := func(n int) int64 { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC).UnixMilli() }
		var rows [][]any
		for i, g := range []struct {
			who, role, kind, scope string
			from                   int
			to                     any
		}{{"a", "team", "region", "44", 1, nil}, {"b", "expert", "region", "44", 1, day(5)}, {"c", "team", "region", "44", 6, nil}, {"a", "department_lead", "department", "67", 1, nil},
			{"d", "facilitator", "group", "g", 1, nil}, {"e", "national_admin", "nation", "", 1, nil}, {"f", "participant", "region", "44", 1, nil}} {
			rows = append(rows, []any{fmt.Sprint(i), g.who, g.role, g.kind, g.scope, "", day(g.from), g.to})
		}
		if _, err := db.Insert(t.Context(), d, "role_grant", []string{"id", "account", "role", "scope_kind", "scope", "granted_by", "at", "ended_at"}, rows, ""); err != nil {
			t.Fatal(err)
		}
		for on, want := range map[int]string{1: "[]", 2: "[a department 67 a region 44 b region 44]", 5: "[a department 67 a region 44 b region 44]", 6: "[a department 67 a region 44]", 7: "[a department 67 a region 44 c region 44]"} {
			list, err := account.WorkersAt(t.Context(), d, time.UnixMilli(day(on)))
			var got []string
			for _, w := range list {
				got = append(got, w.Account+" "+w.ScopeKind+" "+w.Scope)
			}
			slices.Sort(got)
			if err != nil || fmt.Sprint(got) != want {
				t.Errorf("on the %d: %v %v, want %s", on, got, err, want)
			}
		}
	})
}

// A name is told by itself, or an address takes its place: never for pages that many
// read.
func TestWhoIsCalledWhat(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		var rows [][]any
		var ids []string
		for i := range 450 {
			id, name := fmt.Sprintf("p%03d", i), fmt.Sprintf("Personne %d", i)
			if i%2 == 1 {
				name = ""
			}
			rows, ids = append(rows, []any{id, 1, id + "@exemple.fr", name, "none", "active", 1}), append(ids, id)
		}
		if _, err := db.Insert(t.Context(), d, "account", []string{"id", "rev", "email", "name", "notify", "state", "created_at"}, rows, ""); err != nil {
			t.Fatal(err)
		}
		named, err := account.Names(t.Context(), d, ids)
		if err != nil || len(named) != 450 || named["p002"] != "Personne 2" || named["p003"] != "p003@exemple.fr" {
			t.Errorf("%d names, %q, %v", len(named), named["p003"], err)
		}
		called, err := account.Called(t.Context(), d, append(ids, "inconnu"))
		if err != nil || len(called) != 450 || called["p448"] != "Personne 448" || called["p003"] != "" {
			t.Errorf("%d called, %q, %v", len(called), called["p003"], err)
		}
	})
}

func BenchmarkWorkersAt(b *testing.B) {
	d := testkit.Open(b, db.SQLite)
	var rows [][]any
	for i := range 50_000 {
		rows = append(rows, []any{fmt.Sprintf("%06d", i), fmt.Sprintf("p%06d", i), []string{"participant", "team"}[min(1, i%50/49)], "region", fmt.Sprint(i % 18), "", 1})
	}
	if _, err := db.Insert(b.Context(), d, "role_grant", []string{"id", "account", "role", "scope_kind", "scope", "granted_by", "at"}, rows, ""); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := account.WorkersAt(b.Context(), d, time.UnixMilli(100)); err != nil {
			b.Fatal(err)
		}
	}
}

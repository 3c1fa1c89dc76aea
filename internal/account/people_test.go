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

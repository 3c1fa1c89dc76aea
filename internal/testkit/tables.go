package testkit

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"jalon/internal/db"
)

// CheckTables compares the tables that rooms list with the live schema of d:
// each table listed once and none forgotten, the dump order is the whole
// primary key, the personal columns exist, every type is one of the five.
func CheckTables(t testing.TB, d *db.DB, tables []db.Table) {
	t.Helper()
	problems, err := compareTables(context.Background(), d, tables)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

func compareTables(ctx context.Context, d *db.DB, tables []db.Table) (problems []string, err error) {
	live, err := db.LiveTables(ctx, d)
	if err != nil {
		return nil, err
	}
	report := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	listed := map[string]bool{}
	for _, table := range tables {
		if listed[table.Name] {
			report("%s: listed twice", table.Name)
			continue
		}
		listed[table.Name] = true
		if !slices.Contains(live, table.Name) {
			report("%s: listed, but the database has no such table", table.Name)
			continue
		}
		switch table.Scope {
		case db.Nation, db.COP, db.Person, db.Local:
		default:
			report("%s: unknown scope %q", table.Name, table.Scope)
		}
		columns, err := db.Columns(ctx, d, table.Name)
		if err != nil {
			return nil, err
		}
		key := map[int]string{}
		names := map[string]bool{}
		for _, c := range columns {
			names[c.Name] = true
			if c.Key > 0 {
				key[c.Key] = c.Name
			}
			switch c.Type {
			case db.Text, db.BigInt, db.Bool, db.Double, db.Bytes:
			default:
				report("%s.%s: type %s is not one that both engines take", table.Name, c.Name, c.Type)
			}
		}
		var order []string
		for i := 1; i <= len(key); i++ {
			order = append(order, key[i])
		}
		if !slices.Equal(order, table.Order) {
			report("%s: order %v, but the primary key is %v", table.Name, table.Order, order)
		}
		for _, p := range table.Personal {
			if !names[p] {
				report("%s: personal column %s does not exist", table.Name, p)
			}
		}
		for _, p := range slices.Concat(table.Owner, table.Free) {
			if !slices.Contains(table.Personal, p) {
				report("%s: %s is not among the personal columns", table.Name, p)
			}
		}
		for _, p := range table.Secret {
			if !names[p] {
				report("%s: secret column %s does not exist", table.Name, p)
			}
		}
	}
	for _, name := range live {
		if !listed[name] {
			report("%s: in the database, but no room lists it", name)
		}
	}
	return problems, nil
}

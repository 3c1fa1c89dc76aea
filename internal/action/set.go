package action

import (
	"context"
	"strings"

	"jalon/internal/db"
)

// indexed gathers the rows that actions are found and summed by, to be written by sets.
type indexed struct{ levers, places, relations, words, impacts [][]any }

// add gathers those of one action.
func (w *indexed) add(x Action) {
	for i, l := range x.Levers {
		w.levers = append(w.levers, []any{x.ID, l, i == 0 && x.Kind == Sectoral})
	}
	for _, p := range x.Places {
		w.places = append(w.places, []any{x.ID, p.Territory, p.Share})
	}
	for _, r := range x.Relations {
		w.relations = append(w.relations, []any{x.ID, r.Other, r.Kind})
	}
	for _, word := range x.found() {
		w.words = append(w.words, []any{word, x.ID})
	}
	if x.Kind != Sectoral {
		return
	}
	for _, p := range x.Impacts {
		w.impacts = append(w.impacts, []any{x.ID, p.Lever, x.COP, string(x.State), x.Status, int64(YearOf(x.Starts)), string(p.Class), p.Quantity, p.Unit, p.Gross, p.Outside != "", kg(p.Kg), kg(p.KgLow), kg(p.KgHigh), int64(10_000)})
	}
}

// write keeps what was gathered.
func (w *indexed) write(ctx context.Context, tx db.Q) error {
	return sets(ctx, tx, []set{{"action_lever", "action_id lever central", w.levers}, {"action_place", "action_id territory share", w.places}, {"action_relation", "action_id other kind", w.relations},
		{"action_word", "word action_id", w.words}, {"action_impact", "action_id lever cop_id state status first_year class quantity unit gross outside kg kg_low kg_high counted", w.impacts}})
}

type set struct {
	table, columns string
	rows           [][]any
}

func sets(ctx context.Context, tx db.Q, all []set) error {
	for _, s := range all {
		if len(s.rows) == 0 {
			continue
		}
		if _, err := db.Insert(ctx, tx, s.table, strings.Fields(s.columns), s.rows, ""); err != nil {
			return err
		}
	}
	return nil
}

// InsertAll keeps actions that have their ids and numbers already, each with its first
// version and what it is found by, in a few statements whatever their number: what fills
// a register at once. Whoever calls has checked them and the rights, writes the journal
// and moves Version.
func InsertAll(ctx context.Context, tx db.Q, by, reason string, all []Action) error {
	var actions, versions [][]any
	var w indexed
	for _, x := range all {
		row, err := x.row()
		if err != nil {
			return err
		}
		actions = append(actions, row)
		versions = append(versions, []any{x.ID, x.Rev, x.Changed.UnixMilli(), by, reason, row[len(row)-1]})
		w.add(x)
	}
	if err := sets(ctx, tx, []set{{"action", strings.Join(rowColumns, " "), actions}, {"action_version", "id rev at by reason body", versions}}); err != nil {
		return err
	}
	return w.write(ctx, tx)
}

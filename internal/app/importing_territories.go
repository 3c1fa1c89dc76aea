package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/territory"
)

// importTerritories takes a newer edition of the tree: it says what appears,
// merges, vanishes, and puts it in force when asked.
func (c *Core) importTerritories(ctx context.Context, r ImportRequest) (Outcome, error) {
	o := Outcome{File: filepath.Base(r.Path)}
	read, err := readDecoupage(r)
	if err != nil {
		return o, err
	}
	var table bytes.Buffer
	if err := read.WriteTable(&table); err != nil {
		return o, err
	}
	after, err := territory.Parse(table.String())
	if err != nil {
		return o, err
	}
	before, err := c.tree(ctx)
	if err != nil {
		return o, err
	}
	changes := territory.Diff(before, after)
	o.Summary = changeSummary(changes)
	if changes.New.Year < changes.Old.Year {
		o.Warnings = append(o.Warnings, fmt.Sprintf("Cette édition (%d) est plus ancienne que celle en vigueur (%d).", changes.New.Year, changes.Old.Year))
	}
	sum := sha256.Sum256(table.Bytes())
	file := intake.File{Kind: r.Kind, Name: o.File, SHA256: hex.EncodeToString(sum[:]), By: r.By, Again: r.Again}
	if o.Run, err = c.Intake.Stage(ctx, c.DB, file, changeRows(changes), nil); err != nil {
		return o, err
	}
	if r.Apply && o.Run.State == intake.Staged {
		// The edition comes in by its own short transactions and is switched by
		// the last of them.
		if _, err := territory.SaveEdition(ctx, c.DB, table.String(), o.Run.ID, c.now()); err != nil {
			return o, errors.Join(err, c.Intake.Abandon(ctx, c.DB, o.Run))
		}
	}
	if o, err = c.conclude(ctx, r, o, func(context.Context, db.Q) error { return nil }); err != nil || !o.Applied {
		return o, err
	}
	return o, c.followTerritories(ctx, after)
}

// followTerritories brings the organisations that are authorities up to the new
// edition. A database where nobody ever served has none yet: serve adds them.
func (c *Core) followTerritories(ctx context.Context, tree *territory.Tree) error {
	held, err := account.SeededAs(ctx, c.DB)
	if err != nil || held == "" {
		return err
	}
	rooms, err := c.openRooms(ctx)
	if err != nil {
		return err
	}
	return c.seedOrganisations(ctx, rooms.accounts, tree)
}

func readDecoupage(r ImportRequest) (_ *exchange.Decoupage, err error) {
	options := exchange.DecoupageOptions{Year: r.Year}
	info, err := os.Stat(r.Path)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", r.Path)
	}
	if info.IsDir() {
		return exchange.ReadDecoupageDir(os.DirFS(r.Path), options)
	}
	f, err := os.Open(r.Path)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", r.Path)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return exchange.ReadDecoupageArchive(filepath.Base(r.Path), f, options)
}

func changeSummary(c territory.Changes) []string {
	out := []string{fmt.Sprintf("Édition %s (géographie %d) → %s (géographie %d)", c.Old.Name, c.Old.Year, c.New.Name, c.New.Year),
		fmt.Sprintf("Communes\u00a0: %s → %s", french.Integer(c.Communes[0]), french.Integer(c.Communes[1]))}
	if c.Population[0] >= 0 && c.Population[1] >= 0 {
		out = append(out, fmt.Sprintf("Population municipale des 18 régions\u00a0: %s → %s", french.Integer(c.Population[0]), french.Integer(c.Population[1])))
	}
	for _, part := range changeParts(c) {
		if len(part.all) > 0 {
			out = append(out, fmt.Sprintf("%s\u00a0: %s", part.label, french.Integer(len(part.all))))
		}
	}
	if c.Empty() {
		out = append(out, "Rien ne change que le nom de l’édition.")
	}
	return out
}

type changePart struct {
	label string
	all   []territory.Change
}

func changeParts(c territory.Changes) []changePart {
	return []changePart{
		{"communes apparues", c.Appeared}, {"communes fusionnées", c.Merged}, {"communes disparues sans suite connue", c.Vanished},
		{"communes renommées", c.Renamed}, {"communes qui changent d’EPCI", c.Moved},
		{"EPCI apparus", c.GroupsAppeared}, {"EPCI disparus", c.GroupsVanished}, {"EPCI renommés", c.GroupsRenamed},
	}
}

// changeRows tells each change as a line; an edition without any has one line,
// its own.
func changeRows(c territory.Changes) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		if !yield(intake.Accept(1, c.New), nil) {
			return
		}
		line := 1
		for _, part := range changeParts(c) {
			for _, x := range part.all {
				line++
				what := fmt.Sprintf("%s\u00a0: %s %s", part.label, x.Code, x.Was)
				if x.Is != "" {
					what += " → " + x.Is
				}
				if x.Into != "" {
					what += " (dans " + x.Into + ")"
				}
				if !yield(intake.Warn(line, x, what), nil) {
					return
				}
			}
		}
	}
}

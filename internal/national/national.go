// Package national is the board of the national team: what each metric says of
// the 18 COPs on any day, what moved between two days, and the figures that the
// State declared before Jalon counted anything. The board knows no metric by
// name: rooms give theirs to the Registry.
package national

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "metric_day", Order: []string{"cop_id", "metric", "day"}, Scope: db.COP},
		{Name: "metric_night", Order: []string{"cycle", "day"}, Scope: db.Nation},
		{Name: "declared_figure", Order: []string{"id"}, Scope: db.Nation},
		{Name: "declared_figure_version", Order: []string{"id", "rev"}, Scope: db.Nation, Personal: []string{"by"}},
		{Name: "board_visit", Order: []string{"person"}, Scope: db.Person, Personal: []string{"person"}},
	}
}

// Room reads the board and keeps its nights. Time and ids are given.
type Room struct {
	DB       *db.DB
	IDs      *db.IDs
	Now      func() time.Time
	Journal  *journal.Journal
	Registry *Registry
	Tree     func(ctx context.Context) (*territory.Tree, error)
	// Actor says who asks, for figures explained by their key: the registry of
	// figures knows keys alone. Nobody reads anything when it is nil.
	Actor func(ctx context.Context) policy.Actor
}

const nb = french.NoBreak

// paris is where a night of the board is: it speaks of the whole country.
var paris = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.UTC
	}
	return zone
}()

// Today is the day it is in Paris.
func (m *Room) Today() string { return m.Now().In(paris).Format(time.DateOnly) }

// EndOf is the instant at which a day ends in Paris: what was written before it
// is of that day or of an earlier one.
func EndOf(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, paris)
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1)
}

// CheckDay reads a day that a reader asked for; empty is today.
func (m *Room) CheckDay(day string) (string, error) {
	today := m.Today()
	switch _, err := time.Parse(time.DateOnly, day); {
	case day == "":
		return today, nil
	case err != nil:
		return "", apperr.New(apperr.Invalid, err, "La date demandée ne se lit pas\u00a0: écrivez-la comme 2024-05-27.")
	case day > today:
		return "", apperr.Invalidf("Cette date est à venir\u00a0: choisissez une date passée ou celle du jour.")
	case day < "2000-01-01":
		return "", apperr.Invalidf("Cette date est trop ancienne\u00a0: la première COP date de 2023.")
	}
	return day, nil
}

// MayRead admits whoever holds a role that reads the board, wherever they hold
// it: a region's team compares itself with the others. For anyone else there is
// no board.
func MayRead(a policy.Actor) error {
	if !policy.Where(a, policy.Read, policy.Board).None() {
		return nil
	}
	return policy.Check(a, policy.Read, policy.Thing{Kind: policy.Board})
}

// CanExport reports whether an actor may take the whole board away.
func CanExport(a policy.Actor) bool { return !policy.Where(a, policy.Export, policy.Board).None() }

// MayExport is CanExport as an error: «not found» for whoever may not read it
// either.
func MayExport(a policy.Actor) error {
	if err := MayRead(a); err != nil || CanExport(a) {
		return err
	}
	return apperr.New(apperr.Forbidden, nil, "Votre rôle permet de lire le tableau, pas d’en emporter le fichier. Demandez-le à l’équipe nationale.")
}

func (m *Room) record(ctx context.Context, tx db.Q, a policy.Actor, verb, kind, subject string, rev int64) error {
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: kind, Subject: subject, Rev: rev})
	return err
}

// Visit notes that a person read the board today, and returns the day they read
// it before; empty the first time. It writes once a day.
func (m *Room) Visit(ctx context.Context, person string) (before string, err error) {
	defer apperr.Wrap(&err, "national.Visit")
	if person == "" {
		return "", nil
	}
	today := m.Today()
	var day string
	err = m.DB.QueryRow(ctx, `SELECT day, previous FROM board_visit WHERE person = $1`, person).Scan(&day, &before)
	switch {
	case err == nil && day >= today:
		return before, nil
	case err == nil:
		before = day
	case apperr.KindOf(err) != apperr.NotFound:
		return "", err
	}
	_, err = m.DB.Exec(ctx, `
		INSERT INTO board_visit (person, day, previous) VALUES ($1, $2, $3)
		ON CONFLICT (person) DO UPDATE SET day = excluded.day, previous = excluded.previous
		 WHERE board_visit.day < excluded.day`, person, today, before)
	return before, err
}

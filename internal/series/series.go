// Package series holds the figures received from outside: one row for each
// series, territory, year and edition. An edition is one import; the next one
// never overwrites it, the last published one is read.
package series

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/figure"
)

// The families of series, as the first part of their names: allocation keys
// («cle/parc-thermique»), published objectives («objectif/covoiturage») and
// emissions («emissions/transports», «emissions/agriculture/cae_1.ga»).
const (
	Keys       = "cle"
	Objectives = "objectif"
	Equivalent = "equivalent" // physical quantity published beside an objective
	Emissions  = "emissions"
)

// Observation is one figure received from outside. Value is nil when it is
// missing, and Reason (French) then says why.
type Observation struct {
	Series      string       `json:"series"`
	Territory   string       `json:"territory"` // text form of a territory.Ref
	Year        int          `json:"year"`
	Edition     string       `json:"edition"` // id of the import, grows with time
	Value       *float64     `json:"value"`
	Reason      string       `json:"reason,omitempty"`
	AsPublished string       `json:"as_published"`
	Unit        string       `json:"unit"`
	Class       figure.Class `json:"class"`
	Source      string       `json:"source"`
	// Label is the edition as its publisher names it; of an allocation key, what
	// its producer counts when that is not what the State's key counts.
	Label string `json:"label"`
	// Day is when a year was measured, if the source says so: «2024-10-01».
	Day string `json:"day,omitempty"`
}

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "observation", Order: []string{"series", "territory", "year", "edition"}, Scope: db.Nation},
		{Name: "published_edition", Order: []string{"id"}, Scope: db.Nation},
	}
}

// Write adds rows of an edition that is not published yet; rows already there
// are left as they are, so that an interrupted import can be run again. Give it
// a few hundred rows at a time: each call is one short transaction's work.
func Write(ctx context.Context, q db.Q, rows []Observation) (err error) {
	defer apperr.Wrap(&err, "series.Write(%d rows)", len(rows))
	values := make([][]any, len(rows))
	for i, o := range rows {
		var reason any
		if o.Value == nil {
			if o.Reason == "" {
				return apperr.Invalidf("%s, %s\u00a0: une valeur manquante doit porter sa raison.", o.Series, o.Territory)
			}
			reason = o.Reason
		}
		var value any
		if o.Value != nil {
			value = *o.Value
		}
		values[i] = []any{o.Series, o.Territory, o.Year, o.Edition, value, reason, o.AsPublished, o.Unit, string(o.Class), o.Source, o.Label, o.Day}
	}
	_, err = db.Insert(ctx, q, "observation", []string{"series", "territory", "year", "edition", "value", "reason",
		"as_published", "unit", "class", "source", "label", "day"}, values, "ON CONFLICT (series, territory, year, edition) DO NOTHING")
	return err
}

// Publish shows every row of an edition at once; it is the set statement that
// ends an import. Publishing twice is a conflict.
func Publish(ctx context.Context, tx db.Q, edition string, at time.Time) (err error) {
	defer apperr.Wrap(&err, "series.Publish(%s)", edition)
	n, err := tx.Exec(ctx, `
		INSERT INTO published_edition (id, at)
		VALUES ($1, $2)
		    ON CONFLICT (id) DO NOTHING`, edition, at.UnixMilli())
	if err == nil && n == 0 {
		return apperr.Conflictf("Cette édition est déjà publiée.")
	}
	return err
}

// Discard removes the rows of an edition that was never published, and refuses
// to touch one that was: what has been shown stays in the ledger.
func Discard(ctx context.Context, q db.Q, edition string) (err error) {
	defer apperr.Wrap(&err, "series.Discard(%s)", edition)
	_, err = q.Exec(ctx, `
		DELETE FROM observation
		 WHERE edition = $1
		   AND NOT EXISTS (SELECT 1 FROM published_edition e WHERE e.id = $1)`, edition)
	return err
}

// Latest returns, for every series of a family, the last published value of
// each territory and year, by series, territory and year.
func Latest(ctx context.Context, q db.Q, family string) (_ []Observation, err error) {
	defer apperr.Wrap(&err, "series.Latest(%q)", family)
	all, err := find(ctx, q, family+"/", family+"0") // «0» follows «/»
	if err != nil {
		return nil, err
	}
	kept := all[:0]
	for i, o := range all {
		if i+1 < len(all) && sameFigure(o, all[i+1]) {
			continue // an older edition: the greatest id comes last
		}
		kept = append(kept, o)
	}
	return kept, nil
}

// History returns every published edition of a family, oldest first within each
// series, territory and year: what a bundle carries and an explanation tells.
func History(ctx context.Context, q db.Q, family string) (_ []Observation, err error) {
	defer apperr.Wrap(&err, "series.History(%q)", family)
	return find(ctx, q, family+"/", family+"0")
}

func sameFigure(a, b Observation) bool {
	return a.Year == b.Year && a.Territory == b.Territory && a.Series == b.Series
}

func find(ctx context.Context, q db.Q, from, to string) ([]Observation, error) {
	rows, err := q.Query(ctx, `
		SELECT o.series, o.territory, o.year, o.edition, o.value, COALESCE(o.reason, ''), o.as_published, o.unit, o.class, o.source, o.label, o.day
		  FROM observation o
		  JOIN published_edition e ON e.id = o.edition
		 WHERE o.series >= $1 AND o.series < $2
		 ORDER BY o.series, o.territory, o.year, o.edition`, from, to)
	return db.Collect(rows, err, func(r *db.Rows) (o Observation, err error) {
		err = r.Scan(&o.Series, &o.Territory, &o.Year, &o.Edition, &o.Value, &o.Reason, &o.AsPublished, &o.Unit, &o.Class, &o.Source, &o.Label, &o.Day)
		return o, err
	})
}

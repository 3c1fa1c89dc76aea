// Package demo fills a database with a demonstration: the real reference data,
// the 18 real statuses, and invented people who did plausible things until
// today. What they did goes through the rooms, in the order of time, each at its
// moment, so that versions, journal and mails are true. The same day and the
// same seed give the same content.
//
// A later part adds its own: one file with a Step, one line in Steps.
package demo

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"jalon/internal/account"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/diagnosis"
	"jalon/internal/figure"
	"jalon/internal/followup/outcome"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web"
)

// Edition names what the generator writes: change it when a step writes
// something else, and demonstrations made before are made again.
const Edition = "2026-11-10"

// Seed is that of the demonstration that everybody sees.
const Seed = 20240527

// Size is how much is invented.
type Size string

// The sizes. Small gives every role in every region and a full activity in
// three, for tests; Full a full activity everywhere.
const (
	Small Size = "small"
	Full  Size = "full"
)

// keepFor is for how long a demonstration looks alive: older, it is made again.
const keepFor = 7

// State is where a demonstration stands.
type State string

// The states. One left filling was interrupted, and is made anew.
const (
	Filling State = "filling"
	Ready   State = "ready"
)

// Mark is the row that makes a database one of demonstration.
type Mark struct {
	State   State
	Edition string
	Size    Size
	Seed    int64
	Day     string // that it was made for: dates are relative to it
}

// Tables lists the tables of this package.
func Tables() []db.Table {
	return []db.Table{{Name: "demo", Order: []string{"id"}, Scope: db.Nation}}
}

// Read returns the mark of a database; ok says whether it has one.
func Read(ctx context.Context, q db.Q) (m Mark, ok bool, err error) {
	defer apperr.Wrap(&err, "demo.Read")
	err = q.QueryRow(ctx, `SELECT state, edition, size, seed, day FROM demo WHERE id = 'demo'`).Scan(&m.State, &m.Edition, &m.Size, &m.Seed, &m.Day)
	if errors.Is(err, db.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}

// Place is where a demonstration is made, and with what.
type Place struct {
	DB      *db.DB
	Tables  fs.FS      // the tables of data/
	Rooms   []db.Table // every table of the database, in the order of archives
	Tree    *territory.Tree
	Metrics *national.Registry // of the national board
	BaseURL string
	Now     func() time.Time
	Seeds   func(account.Organisation) bool // as account.Room.Seeds
	Sources []survey.Source                 // as survey.Room.Sources

	// What objectives, themes and diagnoses are made from: the panorama, the series,
	// the targets that a territory set itself, and who answers for figures.
	Model   func(ctx context.Context) (*panorama.Model, error)
	Book    func() (*series.Book, error)
	Own     func(ctx context.Context, at territory.Ref) (panorama.Own, error)
	Explain func(Told) figure.Explainer

	// Debate builds the rooms of the debate over what they share, each told of the
	// others.
	Debate func(shared *debate.Room) web.Debate
}

// Told are the rooms of a script that answer for the figures of a document.
type Told struct {
	National    *national.Room
	Survey      *survey.Room
	Restitution *restitution.Room
	Objectives  *objective.Room
	Diagnosis   *diagnosis.Room
	Composed    *composition.Room
	Coverage    *coverage.Room
	Outcome     *outcome.Room
}

// Options says what to make. The zero Options make what «jalon demo» opens.
type Options struct {
	Size  Size
	Seed  int64
	Reset bool // make it anew, even when what is there would do
	// Waiting is told once when another program is filling the same database.
	Waiting func()
}

func (o *Options) complete() {
	if o.Size == "" {
		o.Size = Full
	}
	if o.Seed == 0 {
		o.Seed = Seed
	}
}

// Outcome is what Fill found or made.
type Outcome struct {
	Mark
	Made bool // false when what was there was used again
	Acts int  // things done by invented people, when made
}

// Fill makes the database one of demonstration and fills it, or uses again the
// one that is there when it is recent. It refuses a database that holds anything
// else, and touches nothing there. Filling that was interrupted is begun again
// from nothing.
func Fill(ctx context.Context, p Place, o Options) (out Outcome, err error) {
	defer apperr.Wrap(&err, "demo.Fill")
	o.complete()
	l, again, err := p.claim(ctx, o)
	if err != nil || again {
		out.Mark, _, err = readAfter(ctx, p.DB, err)
		return out, err
	}
	s, err := newScript(p, o)
	if err != nil {
		return out, err
	}
	for _, step := range Steps() {
		s.begin(step.Name)
		step.Write(s)
	}
	if out.Acts, err = s.play(ctx, l); err != nil {
		return out, err
	}
	if err := l.finish(ctx); err != nil {
		return out, err
	}
	out.Mark, _, err = Read(ctx, p.DB)
	out.Made = true
	return out, err
}

func readAfter(ctx context.Context, q db.Q, err error) (Mark, bool, error) {
	if err != nil {
		return Mark{}, false, err
	}
	return Read(ctx, q)
}

// Package support says what helps a lever: typical actions, aids and resources, set
// against the five step types of an action. It is neither exhaustive nor a ranking. The
// nation writes the reference, which first comes with the program; each region completes
// it with its own.
package support

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "measure", Order: []string{"id"}, Scope: db.Nation, Personal: []string{"author"}},
		{Name: "measure_version", Order: []string{"id", "rev"}, Scope: db.Nation, Personal: []string{"by"}},
	}
}

// Version is the name of the version of what the public pages of measures show.
const Version = "measures"

// Room does what people do to measures. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
}

// Kind is what a measure is.
type Kind string

// The kinds.
const (
	Aim      Kind = "aim"
	Action   Kind = "action"
	Resource Kind = "resource"
)

// Kinds lists them with their French names, in the order of the cartography.
func Kinds() [][2]string {
	return [][2]string{{string(Aim), "objectif de l’étape"}, {string(Action), "action usuelle"}, {string(Resource), "ressource"}}
}

// Name is the French name of a kind.
func (k Kind) Name() string { return action.Named(Kinds(), string(k)) }

// The states.
const (
	Active    = "active"
	Withdrawn = "withdrawn"
)

// Audiences lists who an action is for, with their French names.
func Audiences() [][2]string {
	return [][2]string{{"etat", "État et ses établissements"}, {"region", "région"}, {"departement", "département"}, {"epci", "intercommunalité"}, {"commune", "commune"},
		{"syndicat", "syndicat"}, {"bailleur", "bailleur"}, {"copropriete", "copropriété"}, {"habitant", "habitants"}, {"association", "association"},
		{"entreprise", "entreprise"}, {"agriculteur", "agriculteur"}, {"forestier", "propriétaire forestier"}}
}

// Measure is what helps a lever at a step.
type Measure struct {
	ID        string    `json:"id"`
	Rev       int64     `json:"-"`
	Region    string    `json:"region"` // code, empty for the nation's
	Lever     string    `json:"lever"`
	Step      string    `json:"step"` // of action.Steps
	Kind      Kind      `json:"kind"`
	Audience  []string  `json:"audience"`
	Text      string    `json:"text"`
	Publisher string    `json:"publisher,omitempty"` // of a resource
	Link      string    `json:"link,omitempty"`
	Reviewed  string    `json:"reviewed"` // the day it was last read again
	State     string    `json:"state"`
	Author    string    `json:"author"`
	Place     int64     `json:"place"`
	At        time.Time `json:"at"`
}

// stale is after how long a measure is to be read again.
const stale = 12

// ToReview reports whether nobody read a measure again for a year.
func (x Measure) ToReview(now time.Time) bool {
	day, err := time.Parse(time.DateOnly, x.Reviewed)
	return err != nil || day.AddDate(0, stale, 0).Before(now.UTC())
}

// For names who a measure is for.
func (x Measure) For() string {
	var out []string
	for _, a := range x.Audience {
		out = append(out, action.Named(Audiences(), a))
	}
	return strings.Join(out, ", ")
}

// Thing is a measure as policy sees it: of the nation, or of the COPs of a region.
func Thing(ctx context.Context, q db.Q, region string) (policy.Thing, error) {
	t := policy.Thing{Kind: policy.Measure}
	if region == "" {
		return t, nil
	}
	var err error
	t.COPs, err = cop.IDsOfRegion(ctx, q, region)
	return t, err
}

func known(list [][2]string, code string) bool {
	return slices.ContainsFunc(list, func(x [2]string) bool { return x[0] == code })
}

// Package roadmap holds what a COP ends with: its four exit points, the adoption of the
// roadmap that it composed (package composition), what organisations commit to in it,
// and the proof that anyone can check off line.
package roadmap

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	versions := func(name string) db.Table {
		return db.Table{Name: name + "_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}}
	}
	return append(comments(),
		[]db.Table{
			{Name: "roadmap_subject", Order: []string{"id"}, Scope: db.COP}, versions("roadmap_subject"),
			{Name: "roadmap_arrangement", Order: []string{"id"}, Scope: db.COP}, versions("roadmap_arrangement"),
			{Name: "roadmap_close", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
			{Name: "roadmap_evidence", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
			{Name: "roadmap_commitment", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		}...)
}

// Version is the name of the version of all that the public pages of this room show.
const Version = "roadmap"

// Room does what people do to what ends a COP. Time and ids are given.
type Room struct {
	DB       *db.DB
	IDs      *db.IDs
	Now      func() time.Time
	Journal  *journal.Journal
	COPs     *cop.Room
	Composed *composition.Room
	Register *action.Room
	Coverage *coverage.Room
	Model    func(ctx context.Context) (*panorama.Model, error)

	councils councils
}

const nb = "\u00a0"

// record writes the journal and tells public pages that something moved, last.
func (m *Room) record(ctx context.Context, tx db.Q, person, verb, kind, subject string, rev int64, copID string) error {
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: person, Verb: verb, Kind: kind, Subject: subject, Rev: rev, COP: copID}); err != nil {
		return err
	}
	_, err := db.Bump(ctx, tx, Version, m.Now())
	return err
}

// version keeps what a row was at a revision, then records it.
func (m *Room) version(ctx context.Context, tx db.Q, a policy.Actor, verb, table, id string, rev int64, copID, reason string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, table+"_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{id, rev, m.Now().UnixMilli(), a.Person, reason, string(text)}}, ""); err != nil {
		return err
	}
	return m.record(ctx, tx, a.Person, verb, table, id, rev, copID)
}

func thing(copID string) policy.Thing {
	return policy.Thing{Kind: policy.Roadmap, COPs: []string{copID}}
}

package objective

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
)

// Frozen is what a list says: no id of a person, no instant, so that it may be read
// by anyone once it is shared.
type Frozen struct {
	COP       string       `json:"cop"`
	Cycle     string       `json:"cycle"`
	Territory string       `json:"territory"`
	Name      string       `json:"name"`
	Day       string       `json:"day"`
	Edition   string       `json:"edition"`  // of the panorama that was offered
	Panorama  string       `json:"panorama"` // its version
	Lines     []FrozenLine `json:"lines"`
}

// FrozenLine is an objective of a list.
type FrozenLine struct {
	Objective string          `json:"objective"`
	Rev       int64           `json:"rev"`
	Lever     string          `json:"lever"`
	Name      string          `json:"name"`
	Offered   panorama.Amount `json:"offered"`
	Value     Value           `json:"value"`
	Measure   Measure         `json:"measure"`
	Typed     string          `json:"typed"`
	Above     bool            `json:"above"`
	Reason    string          `json:"reason"`
	On        string          `json:"on"` // day on which the value was put on the table
	Dissents  []FrozenDissent `json:"dissents"`
}

// FrozenDissent is who did not hold an objective of a list.
type FrozenDissent struct {
	Party string `json:"party"`
	Name  string `json:"name"`
	Value Value  `json:"value"`
	Typed string `json:"typed"`
	Text  string `json:"text"`
	Day   string `json:"day"`
}

// Who is whose dissent it is, in words.
func (d FrozenDissent) Who() string { return Dissent{Party: d.Party, Name: d.Name}.Who() }

// Holds is what they hold instead, in words.
func (d FrozenDissent) Holds() string { return Dissent{Value: d.Value, Typed: d.Typed}.Holds() }

// Holds is what a party holds instead, in words.
func (d Dissent) Holds() string {
	if d.Typed == "" {
		return "sans autre valeur"
	}
	return d.Value.Text()
}

func freeze(ctx context.Context, tx db.Q, p Place, rows []Objective, day string) (Frozen, error) {
	f := Frozen{COP: p.COP.ID, Cycle: p.COP.Cycle, Territory: p.Ref().String(), Name: p.Panorama.Territory.Name, Day: day, Edition: p.Panorama.Edition, Panorama: p.Panorama.Version}
	held, err := Dissents(ctx, tx, p.COP.ID, true)
	if err != nil {
		return f, err
	}
	for _, o := range rows {
		line, _ := p.Line(o.Lever)
		x := FrozenLine{Objective: o.ID, Rev: o.Rev, Lever: o.Lever, Name: line.Lever.Name, Offered: line.Objective, Value: o.Value, Measure: o.Measure, Typed: o.Typed, Above: o.Above, Reason: o.Reason, On: p.COP.DayAt(o.At)}
		for _, d := range held[o.ID] {
			x.Dissents = append(x.Dissents, FrozenDissent{Party: d.Party, Name: d.Name, Value: d.Value, Typed: d.Typed, Text: d.Text, Day: d.Day})
		}
		f.Lines = append(f.Lines, x)
	}
	return f, nil
}

const sharingColumns = `id, cop_id, seq, state, act, by, at, ended_on, sha256, body`

func scanSharing(r interface{ Scan(...any) error }) (s SharingList, err error) {
	var instant int64
	var body string
	if err := r.Scan(&s.ID, &s.COP, &s.Seq, &s.State, &s.Act, &s.By, &instant, &s.EndedOn, &s.SHA256, &body); err != nil {
		return s, err
	}
	s.At, s.body = time.UnixMilli(instant).UTC(), []byte(body)
	return s, json.Unmarshal(s.body, &s.Frozen)
}

func findSharing(ctx context.Context, q db.Q, id string) (SharingList, error) {
	s, err := scanSharing(q.QueryRow(ctx, `SELECT `+sharingColumns+` FROM objective_sharing WHERE id = $1`, id))
	return s, db.OrNotFound(err, "Cette liste d’objectifs n’existe pas.")
}

// FindSharing returns a list by its id.
func FindSharing(ctx context.Context, q db.Q, id string) (_ SharingList, err error) {
	defer apperr.Wrap(&err, "objective.FindSharing(%q)", id)
	return findSharing(ctx, q, id)
}

// SharingNumbered returns the list of a COP that bears a number.
func SharingNumbered(ctx context.Context, q db.Q, copID string, seq int64) (_ SharingList, err error) {
	defer apperr.Wrap(&err, "objective.SharingNumbered(%q, %d)", copID, seq)
	s, err := scanSharing(q.QueryRow(ctx, `SELECT `+sharingColumns+` FROM objective_sharing WHERE cop_id = $1 AND seq = $2`, copID, seq))
	return s, db.OrNotFound(err, "Cette liste d’objectifs n’existe pas.")
}

// Sharings lists those of a COP, the newest first.
func Sharings(ctx context.Context, q db.Q, copID string) (_ []SharingList, err error) {
	defer apperr.Wrap(&err, "objective.Sharings(%q)", copID)
	rows, err := q.Query(ctx, `SELECT `+sharingColumns+` FROM objective_sharing WHERE cop_id = $1 ORDER BY seq DESC`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (SharingList, error) { return scanSharing(r) })
}

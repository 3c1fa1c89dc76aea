package territory

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
)

// PerimetersVersion is the name under which db.Version tells that a perimeter
// changed.
const PerimetersVersion = "perimeters"

// The states of a perimeter. A withdrawn one keeps its page and its history.
const (
	PerimeterActive    = "active"
	PerimeterWithdrawn = "withdrawn"
)

// FreePerimeter is a dated set of communes: CRTE, PETR, PNR, SCoT or other. A
// commune may be in several.
type FreePerimeter struct {
	ID       string        `json:"-"`
	Rev      int64         `json:"-"`
	Kind     PerimeterKind `json:"kind"`
	Name     string        `json:"name"`
	Holder   string        `json:"holder,omitempty"`
	From     string        `json:"from,omitempty"`
	To       string        `json:"to,omitempty"`
	Demo     bool          `json:"demo,omitempty"`
	State    string        `json:"state"`
	Members  []string      `json:"members"`  // as written: communes and EPCI; empty in a listing
	Communes []string      `json:"communes"` // codes, as expanded on the day it was saved; empty in a listing
	Count    int           `json:"-"`        // of communes
}

// Territory is the perimeter as a page needs it.
func (p FreePerimeter) Territory(t *Tree) Territory {
	at := t.indexes(p.Communes)
	x := Territory{Ref: Ref{Perimeter, p.ID}, Name: p.Name, Kind: p.Kind.Short(), Path: "/perimetres/" + p.ID, Population: t.populationOf(at)}
	for _, part := range t.PartsOf(at) {
		if r := (Ref{RegionS, part.Region}); !slices.Contains(x.Parents, r) {
			x.Parents = append(x.Parents, r)
		}
	}
	for _, part := range t.PartsOf(at) {
		x.Parents = append(x.Parents, Ref{Department, part.Dept})
	}
	return x
}

// Act is who changes something, when and why: what a version remembers.
type Act struct {
	By     string
	Reason string
	At     time.Time
}

// PerimeterVersion is one state of a perimeter in its history.
type PerimeterVersion struct {
	Rev       int64
	Act       Act
	Perimeter FreePerimeter
}

// CreatePerimeter keeps a new perimeter under id.
func CreatePerimeter(ctx context.Context, q db.Q, t *Tree, id string, in PerimeterInput, act Act) (_ FreePerimeter, err error) {
	defer apperr.Wrap(&err, "CreatePerimeter(%q)", id)
	communes, faults := in.Check(t)
	if err := faultsError(faults); err != nil {
		return FreePerimeter{}, err
	}
	p := fromInput(id, 1, in, communes)
	return p, db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `
			INSERT INTO perimeter (id, rev, kind, name, name_fold, holder, valid_from, valid_to, demo, state)
			VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			p.ID, string(p.Kind), p.Name, french.Fold(p.Name), null(p.Holder), null(p.From), null(p.To), p.Demo, p.State); err != nil {
			return err
		}
		return writeVersion(ctx, tx, p, act)
	})
}

// UpdatePerimeter replaces a perimeter that was read at rev. When somebody else
// changed it first nothing is written, and the error is a Conflict: show
// FindPerimeter beside what was typed.
func UpdatePerimeter(ctx context.Context, q db.Q, t *Tree, id string, rev int64, in PerimeterInput, act Act) (_ FreePerimeter, err error) {
	defer apperr.Wrap(&err, "UpdatePerimeter(%q)", id)
	communes, faults := in.Check(t)
	if err := faultsError(faults); err != nil {
		return FreePerimeter{}, err
	}
	p := fromInput(id, rev+1, in, communes)
	return p, db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error { return replace(ctx, tx, p, rev, act) })
}

// WithdrawPerimeter takes a perimeter out of lists; its page and its history
// stay.
func WithdrawPerimeter(ctx context.Context, q db.Q, id string, rev int64, act Act) (err error) {
	defer apperr.Wrap(&err, "WithdrawPerimeter(%q)", id)
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		p, err := FindPerimeter(ctx, tx, id)
		if err != nil {
			return err
		}
		p.Rev, p.State = rev+1, PerimeterWithdrawn
		return replace(ctx, tx, p, rev, act)
	})
}

func fromInput(id string, rev int64, in PerimeterInput, communes []string) FreePerimeter {
	return FreePerimeter{ID: id, Rev: rev, Kind: in.Kind, Name: in.Name, Holder: in.Holder, From: in.From, To: in.To, Demo: in.Demo,
		State: PerimeterActive, Members: in.Members, Communes: communes, Count: len(communes)}
}

// replace begins with the guarded update of the root row: it locks on both
// engines, and touches no row when the revision moved.
func replace(ctx context.Context, tx db.Q, p FreePerimeter, rev int64, act Act) error {
	n, err := tx.Exec(ctx, `
		UPDATE perimeter
		SET rev = rev + 1, kind = $3, name = $4, name_fold = $5, holder = $6, valid_from = $7, valid_to = $8, demo = $9, state = $10
		WHERE id = $1 AND rev = $2 AND state = $11`,
		p.ID, rev, string(p.Kind), p.Name, french.Fold(p.Name), null(p.Holder), null(p.From), null(p.To), p.Demo, p.State, PerimeterActive)
	if err != nil {
		return err
	}
	if n == 0 {
		if _, err := FindPerimeter(ctx, tx, p.ID); err != nil {
			return err
		}
		return apperr.Conflictf("Quelqu’un d’autre a modifié ce périmètre pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.")
	}
	if _, err := tx.Exec(ctx, `DELETE FROM perimeter_member WHERE perimeter = $1`, p.ID); err != nil {
		return err
	}
	return writeVersion(ctx, tx, p, act)
}

func writeVersion(ctx context.Context, tx db.Q, p FreePerimeter, act Act) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO perimeter_version (id, rev, at, by, reason, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		p.ID, p.Rev, act.At.UnixMilli(), act.By, act.Reason, string(body)); err != nil {
		return err
	}
	rows := make([][]any, 0, len(p.Communes))
	for _, c := range p.Communes {
		rows = append(rows, []any{p.ID, c})
	}
	if _, err := db.Insert(ctx, tx, "perimeter_member", []string{"perimeter", "commune"}, rows, ""); err != nil {
		return err
	}
	_, err = db.Bump(ctx, tx, PerimetersVersion, act.At)
	return err
}

// FindPerimeter reads a perimeter with its members, withdrawn or not.
func FindPerimeter(ctx context.Context, q db.Q, id string) (_ FreePerimeter, err error) {
	defer apperr.Wrap(&err, "FindPerimeter(%q)", id)
	v := PerimeterVersion{}
	var body string
	err = q.QueryRow(ctx, `
		SELECT p.rev, v.body
		FROM perimeter p
		JOIN perimeter_version v ON v.id = p.id AND v.rev = p.rev
		WHERE p.id = $1`, id).Scan(&v.Rev, &body)
	if err != nil {
		return FreePerimeter{}, db.OrNotFound(err, "Périmètre inconnu\u00a0: «\u00a0%s\u00a0». Il a pu être retiré\u00a0; la liste des périmètres est à jour.", clip(id))
	}
	return decodePerimeter(id, v.Rev, body)
}

// PerimeterHistory reads every version of a perimeter, the last one first.
func PerimeterHistory(ctx context.Context, q db.Q, id string) (_ []PerimeterVersion, err error) {
	defer apperr.Wrap(&err, "PerimeterHistory(%q)", id)
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM perimeter_version WHERE id = $1 ORDER BY rev DESC`, id)
	return db.Collect(rows, err, func(r *db.Rows) (v PerimeterVersion, err error) {
		var at int64
		var body string
		if err := r.Scan(&v.Rev, &at, &v.Act.By, &v.Act.Reason, &body); err != nil {
			return v, err
		}
		v.Act.At = time.UnixMilli(at).UTC()
		v.Perimeter, err = decodePerimeter(id, v.Rev, body)
		return v, err
	})
}

func decodePerimeter(id string, rev int64, body string) (FreePerimeter, error) {
	p := FreePerimeter{}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return FreePerimeter{}, err
	}
	p.ID, p.Rev, p.Count = id, rev, len(p.Communes)
	return p, nil
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

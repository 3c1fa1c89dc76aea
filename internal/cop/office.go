package cop

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// Office is who heads a side of a COP, between which days. A head may have no
// account: their office is known by its title, and others act by delegation.
type Office struct {
	ID           string `json:"id"`
	Rev          int64  `json:"-"`
	COP          string `json:"cop"`
	Side         Side   `json:"side"`
	Person       string `json:"person"` // account, empty when they have none
	Name         string `json:"name"`
	Title        string `json:"title"`        // «préfète de la région Grand Est»
	Organisation string `json:"organisation"` // id
	From         string `json:"from"`
	To           string `json:"to"` // empty: still
}

// SetOffice says who heads a side from a day on. Who headed it until then keeps
// their acts; the delegations that they gave end, since a delegation lapses with
// whoever gave it.
func (m *Room) SetOffice(ctx context.Context, a policy.Actor, in Office, reason string) (x Office, err error) {
	defer apperr.Wrap(&err, "cop.SetOffice(%s, %s)", in.COP, in.Side)
	if err := day(in.From, "Début de la fonction"); err != nil {
		return x, err
	}
	switch {
	case in.Side != StateSide && in.Side != RegionSide:
		return x, apperr.Invalidf("Choisissez la tête de la COP\u00a0: l’État ou la Région.")
	case strings.TrimSpace(in.Title) == "" || len(in.Title) > 300:
		return x, apperr.Invalidf("Indiquez la fonction, en 300 caractères au plus\u00a0: «\u00a0préfète de la région Grand Est\u00a0».")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The root first: two successions at once come one after the other.
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, in.COP); err != nil {
			return err
		}
		c, err := Find(ctx, tx, in.COP)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Create, c.Thing(policy.RoleGrant)); err != nil {
			return err
		}
		if in.Side == RegionSide && !c.Both {
			return apperr.Invalidf("Cette COP n’a qu’une tête, le préfet du département.")
		}
		before, err := Offices(ctx, tx, in.COP)
		if err != nil {
			return err
		}
		for _, o := range before {
			if o.Side != in.Side || o.To != "" {
				continue
			}
			if in.From <= o.From {
				return apperr.Invalidf("La fonction actuelle a commencé le %s\u00a0: la suivante commence après.", french.Day(o.From))
			}
			if err := m.endOffice(ctx, tx, a, o, in, reason); err != nil {
				return err
			}
		}
		x = in
		x.Rev, x.To = 1, ""
		if x.ID, err = m.IDs.New(); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "office", []string{"id", "rev", "cop_id", "side", "person", "name", "title", "organisation", "from_day", "to_day"},
			[][]any{{x.ID, x.Rev, x.COP, string(x.Side), x.Person, x.Name, x.Title, x.Organisation, x.From, x.To}}, ""); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", "office", x.ID, x.Rev, x.COP, reason, x)
	})
	return x, err
}

// EndOffice says until when somebody headed a side, when nobody has followed
// them yet. The delegations that they gave end.
func (m *Room) EndOffice(ctx context.Context, a policy.Actor, copID, id, to, reason string) (err error) {
	defer apperr.Wrap(&err, "cop.EndOffice(%s)", id)
	if err := day(to, "Fin de la fonction"); err != nil {
		return err
	}
	last, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, copID); err != nil {
			return err
		}
		c, err := Find(ctx, tx, copID)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Create, c.Thing(policy.RoleGrant)); err != nil {
			return err
		}
		all, err := Offices(ctx, tx, copID)
		if err != nil {
			return err
		}
		for _, o := range all {
			switch {
			case o.ID != id:
				continue
			case o.To != "":
				return apperr.Conflictf("Cette fonction est déjà terminée\u00a0: rechargez la page.")
			case to < o.From:
				return apperr.Invalidf("Cette fonction a commencé le %s\u00a0: elle ne peut pas finir avant.", french.Day(o.From))
			case to > m.today(c):
				return apperr.Invalidf("Cette date est à venir\u00a0: une fonction se termine un jour passé, ou aujourd’hui.")
			}
			return m.endOffice(ctx, tx, a, o, Office{From: last.AddDate(0, 0, 1).Format(time.DateOnly)}, reason)
		}
		return apperr.NotFoundf("Cette fonction n’existe pas dans cette COP.")
	})
}

func (m *Room) endOffice(ctx context.Context, tx db.Q, a policy.Actor, o, next Office, reason string) error {
	from, err := time.Parse(time.DateOnly, next.From)
	if err != nil {
		return err
	}
	o.To = from.AddDate(0, 0, -1).Format(time.DateOnly)
	o.Rev++
	if _, err := tx.Exec(ctx, `UPDATE office SET rev = rev + 1, to_day = $2 WHERE id = $1`, o.ID, o.To); err != nil {
		return err
	}
	if o.Person != "" && o.Person != next.Person {
		if _, err := tx.Exec(ctx, `UPDATE delegation SET ended_at = $4 WHERE cop_id = $1 AND side = $2 AND giver = $3 AND ended_at IS NULL`,
			o.COP, string(o.Side), o.Person, m.Now().UnixMilli()); err != nil {
			return err
		}
	}
	return m.kept(ctx, tx, a, "end", "office", o.ID, o.Rev, o.COP, reason, o)
}

// Offices lists who headed each side of a COP, oldest first.
func Offices(ctx context.Context, q db.Q, copID string) ([]Office, error) {
	rows, err := q.Query(ctx, `SELECT id, rev, cop_id, side, person, name, title, organisation, from_day, to_day
		FROM office WHERE cop_id = $1 ORDER BY side, from_day, id`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (o Office, err error) {
		err = r.Scan(&o.ID, &o.Rev, &o.COP, &o.Side, &o.Person, &o.Name, &o.Title, &o.Organisation, &o.From, &o.To)
		return o, err
	})
}

// HeadOn is who headed a side on a day; the zero Office when nobody said.
func HeadOn(offices []Office, s Side, on string) Office {
	for _, o := range offices {
		if o.Side == s && o.From <= on && (o.To == "" || o.To >= on) {
			return o
		}
	}
	return Office{}
}

// Word is one head's validation as it reads, in the terms of the day it was
// given: a later head changes nothing to it.
type Word struct {
	Consent
	Title    string // of the office in whose name it was given; empty when unknown
	Head     string // name of who held it then
	Decision string // that gives the delegation, when it was by delegation
}

// Text is how the validation reads, with the name of the person.
func (w Word) Text(name string) string {
	title := w.Title
	if title == "" {
		title = w.Side.Name()
	}
	if w.Delegation == "" {
		return name + ", " + title
	}
	return name + ", par délégation de " + title
}

// Words tells who validated an act, in whose name.
func Words(c COP, act Act, offices []Office, delegations []Delegation) []Word {
	out := make([]Word, 0, len(act.Consents))
	for _, x := range act.Consents {
		head := HeadOn(offices, x.Side, c.DayAt(x.At))
		w := Word{Consent: x, Title: head.Title, Head: head.Name}
		for _, d := range delegations {
			if d.ID == x.Delegation {
				w.Decision = d.Decision
			}
		}
		out = append(out, w)
	}
	return out
}

package roadmap

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
)

// Validation is a «validation enregistrée»: for which head, by whom, when, on which
// digest. It is never a signature.
type Validation struct {
	Side       string `json:"side"` // state, region
	Head       string `json:"head"` // l’État, la Région
	Office     string `json:"office,omitempty"`
	Name       string `json:"name,omitempty"`
	Delegation string `json:"delegation,omitempty"` // the decision by which they acted for the head
	At         string `json:"at"`                   // RFC 3339
	SHA256     string `json:"sha256"`
}

// Capacity is in which office somebody gave their word: their own, or that of the head who
// delegated it, with the decision.
func (v Validation) Capacity() string {
	if v.Delegation == "" {
		return v.Office
	}
	out := "par délégation"
	if v.Office != "" {
		out += " de " + french.Quoted(v.Office)
	}
	return out + " (" + v.Delegation + ")"
}

// Who is who gave their word and in which office; empty for an account that was erased and
// held none.
func (v Validation) Who() string {
	return strings.Join(slices.DeleteFunc([]string{v.Name, v.Capacity()}, func(s string) bool { return s == "" }), ", ")
}

// Adoption is what both heads recorded of an edition.
type Adoption struct {
	Act         string       `json:"act"`
	Title       string       `json:"title"`
	State       string       `json:"state"` // recorded, alone
	Both        bool         `json:"both"`  // the COP has two heads
	Asked       string       `json:"asked"` // when the other was asked
	Ended       string       `json:"ended"`
	Reason      string       `json:"reason,omitempty"` // why one head went on alone
	SHA256      string       `json:"sha256"`
	Validations []Validation `json:"validations"`
}

// AdoptionOf reads who validated an edition.
func AdoptionOf(ctx context.Context, q db.Q, c cop.COP, e composition.Edition) (x Adoption, err error) {
	defer apperr.Wrap(&err, "roadmap.AdoptionOf(%s)", e.ID)
	act, err := cop.FindAct(ctx, q, e.Act)
	if err != nil {
		return x, err
	}
	x = Adoption{Act: act.ID, Title: act.Title, State: string(act.State), Both: c.Both, Asked: act.At.UTC().Format(time.RFC3339), Reason: act.Reason, SHA256: act.SHA256, Validations: []Validation{}}
	if !act.EndedAt.IsZero() {
		x.Ended = act.EndedAt.UTC().Format(time.RFC3339)
	}
	offices, err := cop.Offices(ctx, q, c.ID)
	if err != nil {
		return x, err
	}
	given, err := cop.Delegations(ctx, q, c.ID)
	if err != nil {
		return x, err
	}
	for _, w := range act.Consents {
		v := Validation{Side: string(w.Side), Head: c.Head(w.Side), At: w.At.UTC().Format(time.RFC3339), SHA256: act.SHA256}
		day := c.DayAt(w.At)
		for _, o := range offices {
			if o.Side == w.Side && o.From <= day && (o.To == "" || day <= o.To) {
				v.Office = o.Title
				if w.Delegation == "" {
					v.Name = o.Name
				}
			}
		}
		if i := slices.IndexFunc(given, func(d cop.Delegation) bool { return d.ID == w.Delegation }); w.Delegation != "" && i >= 0 {
			v.Delegation = given[i].Decision
		}
		if v.Name == "" {
			who, err := account.Find(ctx, q, w.Person)
			if err != nil && apperr.KindOf(err) != apperr.NotFound {
				return x, err
			}
			v.Name = who.Name // empty for who is erased: the act stays
		}
		x.Validations = append(x.Validations, v)
	}
	return x, nil
}

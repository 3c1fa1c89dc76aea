package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apikey"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/web/wording"
)

type ctx = context.Context

// written is what a program says of an action. What is a pointer stays as it is when it
// is not given: a program that knows nothing of it takes nothing away.
type written struct {
	COP     string `json:"cop"`
	Origin  string `json:"origin"`
	State   string `json:"state"` // draft or proposed, when it is made
	Reason  string `json:"reason"`
	Kind    string `json:"kind"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	Theme   string `json:"theme"`
	Cross   string `json:"cross"`

	Levers       []string           `json:"levers"`
	Places       []action.Place     `json:"places"`
	Holder       action.Party       `json:"holder"`
	CoHolders    []action.Party     `json:"co_holders"`
	Partners     []action.Party     `json:"partners"`
	Contact      string             `json:"contact"`
	Email        string             `json:"email"`
	Referent     string             `json:"referent"`
	Step         string             `json:"step"`
	Starts       string             `json:"starts"`
	Ends         string             `json:"ends"`
	Phase        string             `json:"phase"`
	Status       string             `json:"status"`
	StatusReason string             `json:"status_reason"`
	StatusOn     string             `json:"status_on"`
	Tasks        []action.Task      `json:"tasks"`
	Budget       action.Budget      `json:"budget"`
	Funding      []action.Funding   `json:"funding"`
	Indicators   []action.Indicator `json:"indicators"`
	Hidden       []string           `json:"hidden"`

	Impacts   *[]action.Impact   `json:"impacts"`
	Relations *[]action.Relation `json:"relations"`
	Self      *assessed          `json:"self_assessment"`
}

// into writes what was said over an action.
func (in written) into(x action.Action) action.Action {
	x.Kind, x.Title, x.Summary, x.Theme, x.Cross = action.Kind(in.Kind), in.Title, in.Summary, in.Theme, in.Cross
	if x.Kind == "" {
		x.Kind = action.Sectoral
	}
	x.Levers, x.Places, x.Holder, x.CoHolders, x.Partners = in.Levers, in.Places, in.Holder, in.CoHolders, in.Partners
	x.Contact, x.Email, x.Referent, x.Step, x.Starts, x.Ends = in.Contact, in.Email, in.Referent, in.Step, in.Starts, in.Ends
	x.Phase, x.Status, x.StatusReason, x.StatusOn = in.Phase, in.Status, in.StatusReason, in.StatusOn
	x.Tasks, x.Budget, x.Funding, x.Indicators, x.Hidden = in.Tasks, in.Budget, in.Funding, in.Indicators, in.Hidden
	if in.Relations != nil {
		x.Relations = *in.Relations
	}
	return x
}

// readBody reads one JSON object and refuses a field that nothing reads: it would be lost.
func readBody(r *http.Request) (in written, err error) {
	if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		return in, apperr.Invalidf("Envoyez l’action en JSON, avec l’en-tête Content-Type: application/json. Rien n’a été enregistré.")
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	err = dec.Decode(&in)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return in, apperr.New(apperr.TooLarge, err, "Cette action dépasse %d\u00a0Ko\u00a0: rien n’a été enregistré.", large.Limit>>10)
	case err != nil && strings.Contains(err.Error(), "unknown field"):
		return in, apperr.Invalidf("Champ inconnu\u00a0: %s. Rien n’a été enregistré\u00a0: lisez la liste des champs dans /api/v1/openapi.json.", err.Error()[strings.Index(err.Error(), "unknown field")+len("unknown field "):])
	case err != nil:
		return in, apperr.Invalidf("Ce JSON ne peut pas être lu. Rien n’a été enregistré\u00a0: vérifiez les types et les virgules.")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return in, apperr.Invalidf("Envoyez une seule action par demande. Rien n’a été enregistré.")
	}
	return in, nil
}

// act runs what a key writes, with what its person may until it ends.
func (d Deps) act(r *http.Request, do func(ctx ctx, tx db.Q, o apikey.Opened) error) error {
	secret := bearer(r)
	k, err := d.Keys.Find(r.Context(), d.Q, secret)
	if err != nil {
		return err
	}
	if err := d.slow(r, k, "write", mostWrites); err != nil {
		return err
	}
	if !k.Writes() {
		return apperr.New(apperr.Forbidden, nil, "Cette clé permet de lire, pas d’écrire. Rien n’a été enregistré.")
	}
	return db.Tx(action.Through(r.Context(), k.ID), d.Keys.DB, func(ctx ctx, tx db.Q) error {
		o, err := d.Keys.Open(ctx, tx, secret)
		if err != nil {
			return err
		}
		return do(ctx, tx, o)
	})
}

const outOfScope = "Cette action n’est pas dans la portée de la clé. Rien n’a été enregistré."

// originOf names what a program made, apart from what files made.
func originOf(text string) string {
	if text == "" {
		return ""
	}
	return "api:" + text
}

// actionAdd makes an action. Sent twice with one «origin», it is made once.
func (d Deps) actionAdd(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	var out actionWhole
	status := http.StatusCreated
	m, err := d.Model(r.Context()) // before the transaction, where no other statement is made
	if err != nil {
		return err
	}
	err = d.act(r, func(ctx ctx, tx db.Q, o apikey.Opened) error {
		in, err := readBody(r)
		if err != nil {
			return err
		}
		if len(in.Origin) > 200 || in.State != "" && in.State != string(action.Draft) && in.State != string(action.Proposed) {
			return apperr.Invalidf("origin a 200 caractères au plus\u00a0; state est draft ou proposed. Rien n’a été enregistré.")
		}
		if in.COP == "" && o.ScopeKind == apikey.InCOP {
			in.COP = o.Scope
		}
		c, err := cop.Find(ctx, tx, in.COP)
		if err != nil {
			return err
		}
		x, err := d.weighed(ctx, tx, m, c, in, in.into(action.Action{State: action.State(in.State), Origin: originOf(in.Origin)}))
		if err != nil {
			return err
		}
		x.COP, x.Author = c.ID, o.Person
		if !o.Holds(x.Thing(c)) {
			return apperr.New(apperr.Forbidden, nil, outOfScope)
		}
		if x.Origin != "" {
			// The row of the COP is held, so that two demands of one origin come one after the other.
			if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, c.ID); err != nil {
				return err
			}
			id, err := action.WithOrigin(ctx, tx, c.ID, x.Origin)
			if err != nil {
				return err
			}
			if id != "" {
				was, _, err := action.Find(ctx, tx, o.Actor, id)
				if err != nil {
					return err
				}
				if !o.Holds(was.Thing(c)) {
					return apperr.New(apperr.Forbidden, nil, outOfScope)
				}
				status, out = http.StatusOK, seen(o, was, c)
				return nil
			}
		}
		made, err := d.Actions.Add(ctx, tx, o.Actor, c, x)
		if err != nil {
			return err
		}
		made, err = d.assess(ctx, tx, o, in, made)
		out = seen(o, made, c)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/actions/"+out.ID)
	return sendOne(w, status, out)
}

func sendOne(w http.ResponseWriter, status int, x actionWhole) error {
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("ETag", tagOf(x.Rev))
	w.WriteHeader(status)
	_, err = w.Write(append(body, '\n'))
	return err
}

// actionSave writes an action over the revision that If-Match names; the second of two
// writers gets 409 and the action as it is now.
func (d Deps) actionSave(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	var out actionWhole
	var current *actionWhole
	m, err := d.Model(r.Context()) // before the transaction, where no other statement is made
	if err != nil {
		return err
	}
	err = d.act(r, func(ctx ctx, tx db.Q, o apikey.Opened) error {
		rev, err := strconv.ParseInt(strings.Trim(r.Header.Get("If-Match"), `"`), 10, 64)
		if err != nil || rev < 1 {
			return apperr.Invalidf("Dites quelle version vous changez, dans l’en-tête If-Match\u00a0: le numéro «\u00a0rev\u00a0» que la lecture a donné. Rien n’a été enregistré.")
		}
		in, err := readBody(r)
		if err != nil {
			return err
		}
		was, c, err := action.Find(ctx, tx, o.Actor, r.PathValue("id"))
		if err != nil {
			return err
		}
		if !o.Holds(was.Thing(c)) {
			if policy.Can(policy.Actor{}, policy.Read, was.Thing(c)) {
				return apperr.New(apperr.Forbidden, nil, outOfScope)
			}
			return apperr.NotFoundf("Cette action n’existe pas, ou elle n’est pas dans la portée de la clé.")
		}
		if in.COP != "" && in.COP != was.COP || in.State != "" && in.State != string(was.State) || in.Origin != "" && originOf(in.Origin) != was.Origin {
			return apperr.Invalidf("cop, state et origin ne changent pas ici\u00a0: laissez-les, ou donnez ce qu’ils sont. Rien n’a été enregistré.")
		}
		x := in.into(was)
		if x.Rev = rev; was.Rev == rev { // else the second writer is told first
			if x, err = d.weighed(ctx, tx, m, c, in, x); err != nil {
				return err
			}
		}
		if !o.Holds(x.Thing(c)) {
			return apperr.New(apperr.Forbidden, nil, outOfScope)
		}
		saved, err := d.Actions.Save(ctx, tx, o.Actor, x, in.Reason)
		if apperr.KindOf(err) == apperr.Conflict && was.Rev != rev {
			now := seen(o, was, c)
			current = &now
		}
		if err != nil {
			return err
		}
		saved, err = d.assess(ctx, tx, o, in, saved)
		out = seen(o, saved, c)
		return err
	})
	if current != nil {
		return conflict(w, err, *current)
	}
	if err != nil {
		return err
	}
	return sendOne(w, http.StatusOK, out)
}

func conflict(w http.ResponseWriter, err error, now actionWhole) error {
	body, failed := json.Marshal(struct {
		Status  int         `json:"status"`
		Message string      `json:"message"`
		Current actionWhole `json:"current"`
		Page    string      `json:"page"`
	}{http.StatusConflict, apperr.Message(err), now, wording.ActionPath(now.ID)})
	if failed != nil {
		return failed
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("ETag", tagOf(now.Rev))
	w.WriteHeader(http.StatusConflict)
	_, failed = w.Write(append(body, '\n'))
	return failed
}

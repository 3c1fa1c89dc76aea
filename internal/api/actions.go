package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/apikey"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/wording"
)

// actionLine is one action in a list.
type actionLine struct {
	ID      string   `json:"id"`
	COP     string   `json:"cop"`
	Region  string   `json:"region"`
	Number  int64    `json:"number"`
	Kind    string   `json:"kind"`
	State   string   `json:"state"`
	Title   string   `json:"title"`
	Levers  []string `json:"levers"`
	Cross   string   `json:"cross,omitempty"`
	Holder  string   `json:"holder,omitempty"`
	Places  []string `json:"places"`
	Step    string   `json:"step,omitempty"`
	Phase   string   `json:"phase,omitempty"`
	Status  string   `json:"status,omitempty"`
	Starts  string   `json:"starts,omitempty"`
	Ends    string   `json:"ends,omitempty"`
	Brings  mass     `json:"brings_2030"`
	Changed string   `json:"changed_at"`
	Page    string   `json:"page"`
}

// mostReads bounds what one key reads in an hour, mostWrites what it writes.
const (
	mostReads  = 3000
	mostWrites = 600
)

// bearer is the key of a request, empty when it has none. It is read in its header
// alone, so that no address nor browser carries it.
func bearer(r *http.Request) string {
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return r.Header.Get("Authorization") // whatever it is, it is no key: it is refused as one
	}
	return strings.TrimSpace(secret)
}

// reader is who reads: nobody in particular, or a key with what its person may.
func (d Deps) reader(r *http.Request) (o apikey.Opened, err error) {
	secret := bearer(r)
	if secret == "" {
		return o, nil
	}
	k, err := d.Keys.Find(r.Context(), d.Q, secret)
	if err != nil {
		return o, err
	}
	if err := d.slow(r, k, "read", mostReads); err != nil {
		return o, err
	}
	err = db.Tx(r.Context(), d.Keys.DB, func(ctx ctx, tx db.Q) error {
		o, err = d.Keys.Open(ctx, tx, secret)
		return err
	})
	return o, err
}

func (d Deps) slow(r *http.Request, k apikey.Key, what string, most int64) error {
	over, err := d.Tried(r.Context(), "api-"+what+"|"+k.ID, most)
	if err == nil && over {
		return apperr.New(apperr.TooMany, nil, "Cette clé a fait plus de %d demandes en une heure. Rien n’a été fait\u00a0: reprenez plus tard.", most)
	}
	return err
}

// own says how an answer may be kept: with a key, not at all.
func own(w http.ResponseWriter, o apikey.Opened) {
	w.Header().Set("Vary", "Authorization")
	w.Header().Set("Cache-Control", "no-store")
	if o.ID == "" {
		w.Header().Set("Cache-Control", "public, max-age=60, must-revalidate")
	}
}

// actions answers /api/v1/actions: what anyone reads, or what a key lets read in its scope.
func (d Deps) actions(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "limit", "cursor", "region", "cop", "state", "lever", "theme", "place", "step", "phase", "status", "kind", "q", "since")
	if err != nil {
		return err
	}
	limit, err := limitOf(q, 200)
	if err != nil {
		return err
	}
	o, err := d.reader(r)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	f := action.Filter{COP: q.Get("cop"), Lever: q.Get("lever"), Theme: q.Get("theme"), Step: q.Get("step"), Phase: q.Get("phase"), Status: q.Get("status"), Kind: action.Kind(q.Get("kind")), Words: q.Get("q"), Order: action.ByNumber}
	if s := q.Get("state"); s != "" {
		f.States = []action.State{action.State(s)}
	}
	if text := q.Get("since"); text != "" {
		if f.Since, err = time.Parse(time.RFC3339, text); err != nil {
			return apperr.Invalidf("since est un instant\u00a0: écrivez par exemple 2026-03-01T00:00:00Z.")
		}
	}
	if code := q.Get("region"); code != "" {
		if _, err := m.Tree().Region(code); err != nil {
			return err
		}
		c, err := cop.OfRegion(r.Context(), d.Q, code)
		if err != nil {
			return err
		}
		if f.COP != "" && f.COP != c.ID {
			return apperr.Invalidf("Donnez region ou cop, pas les deux.")
		}
		f.COP = c.ID
	}
	if text := q.Get("place"); text != "" {
		ref, err := territory.ParseRef(text)
		if err != nil {
			return err
		}
		if f.Places, err = action.Inside(m.Tree(), ref); err != nil {
			return err
		}
	}
	switch {
	case o.ID != "" && o.ScopeKind == apikey.InOrg:
		f.Org = o.Scope
	case o.ID != "" && f.COP != "" && f.COP != o.Scope:
		o.Actor = policy.Actor{} // out of its scope, a key reads what anyone reads
	case o.ID != "":
		f.COP = o.Scope
	}
	p, err := d.Actions.List(r.Context(), d.Q, o.Actor, f, q.Get("cursor"), limit)
	if err != nil {
		return err
	}
	if err := action.Dress(r.Context(), d.Q, p.Rows); err != nil {
		return err
	}
	out := struct {
		Items []actionLine `json:"items"`
		Total int64        `json:"total"`
		More  bool         `json:"total_is_a_minimum"`
		Next  *string      `json:"next"`
	}{[]actionLine{}, p.Total, p.More, nil}
	if p.Next != "" {
		out.Next = &p.Next
	}
	for _, x := range p.Rows {
		l := actionLine{x.ID, x.COP, x.Region, x.Seq, string(x.Kind), string(x.State), x.Title, slices.Concat([]string{}, x.Levers), x.Cross, x.Holder, []string{}, x.Step, x.Phase, x.Status, x.Starts, x.Ends,
			mass{Reason: "Aucun apport chiffré."}, x.Changed.Format(time.RFC3339), wording.ActionPath(x.ID)}
		for _, at := range x.Places {
			l.Places = append(l.Places, at.Territory)
		}
		if kg, ok := x.Brings(); ok {
			l.Brings = kgOf(kg)
		}
		out.Items = append(out.Items, l)
	}
	own(w, o)
	return answer(w, out)
}

// actionWhole is one action, as whoever asks may read it.
type actionWhole struct {
	action.Action
	Rev  int64  `json:"rev"`
	Page string `json:"page"`
}

// seen is an action for who asks. A key reads no more than anyone out of its scope.
func seen(o apikey.Opened, x action.Action, c cop.COP) actionWhole {
	if !o.Holds(x.Thing(c)) {
		o.Actor = policy.Actor{}
	}
	x = x.For(o.Actor, c)
	x.Author, x.Grid = "", nameless(x.Grid) // an account is nobody's business
	return actionWhole{x, x.Rev, wording.ActionPath(x.ID)}
}

// action answers /api/v1/actions/{id}.
func (d Deps) action(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	o, err := d.reader(r)
	if err != nil {
		return err
	}
	x, c, err := action.Find(r.Context(), d.Q, o.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !o.Holds(x.Thing(c)) {
		if err := policy.Check(policy.Actor{}, policy.Read, x.Thing(c)); err != nil {
			return err
		}
	}
	own(w, o)
	w.Header().Set("ETag", tagOf(x.Rev))
	return answer(w, seen(o, x, c))
}

func tagOf(rev int64) string { return `"` + strconv.FormatInt(rev, 10) + `"` }

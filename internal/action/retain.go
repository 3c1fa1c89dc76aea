package action

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

const nb = french.NoBreak

// The states of a list.
const (
	ListingProposed  = "proposed"
	ListingRetained  = "retained"
	ListingWithdrawn = "withdrawn"
)

// Listing is a list of actions given to both heads, then the «relevé de décisions»
// once they retained it. Seq numbers those of a COP.
type Listing struct {
	ID, COP string
	Seq     int64
	State   string
	Act     string
	By      string
	At      time.Time
	EndedOn string // day
	Title   string
	SHA256  string // of the body
	Frozen  FrozenList

	body []byte
}

// Body is what was frozen, byte by byte as its digest was taken.
func (l Listing) Body() []byte { return l.body }

// Intact reports whether the digest still is that of what was frozen.
func (l Listing) Intact() bool {
	sum := sha256.Sum256(l.body)
	return strings.EqualFold(hex.EncodeToString(sum[:]), l.SHA256)
}

// Name is how pages name a list.
func (l Listing) Name() string { return "relevé de décisions n°" + nb + french.Integer(l.Seq) }

// FrozenList is what a list says: no id of a person, no instant, so that anyone may
// read it once it is retained.
type FrozenList struct {
	COP     string         `json:"cop"`
	Cycle   string         `json:"cycle"`
	Region  string         `json:"region"`
	Title   string         `json:"title"`
	Day     string         `json:"day"`
	Actions []FrozenAction `json:"actions"`
}

// FrozenAction is one action of a list, at its revision.
type FrozenAction struct {
	Action   string   `json:"action"`
	Rev      int64    `json:"rev"`
	Seq      int64    `json:"seq"`
	Kind     Kind     `json:"kind"`
	Title    string   `json:"title"`
	Summary  string   `json:"summary"`
	Levers   []string `json:"levers"`
	Cross    string   `json:"cross,omitempty"` // name of the theme, that day
	Holder   string   `json:"holder"`
	Places   []Place  `json:"places"`
	Starts   string   `json:"starts,omitempty"`
	Ends     string   `json:"ends,omitempty"`
	Budget   Budget   `json:"budget"`
	Impacts  []Impact `json:"impacts,omitempty"`
	Reason   string   `json:"reason,omitempty"` // why it was qualified
	Debated  string   `json:"debated,omitempty"`
	ByHidden []string `json:"hidden,omitempty"` // groups of fields that are not public
}

func (x Action) frozen(themes []CrossTheme) FrozenAction {
	f := FrozenAction{Action: x.ID, Rev: x.Rev, Seq: x.Seq, Kind: x.Kind, Title: x.Title, Summary: x.Summary, Levers: x.Levers, Holder: x.Holder.Name, Places: x.Places, Starts: x.Starts, Ends: x.Ends,
		Impacts: slices.Clone(x.Impacts), Debated: x.Debate.On, ByHidden: x.Hidden}
	if !slices.Contains(x.Hidden, "budget") {
		f.Budget = x.Budget
	}
	for i := range f.Impacts {
		f.Impacts[i].By = "" // a name, which the list does not need
	}
	if x.Kind == CrossCutting {
		f.Cross, f.Impacts = CrossName(themes, x.Cross), nil
	}
	if x.Grid.Decision != nil {
		f.Reason = x.Grid.Decision.Reason
	}
	return f
}

// Pick is an action of a list to retain, at the revision that the page showed.
type Pick struct {
	ID  string
	Rev int64
}

// Stale is a list made from a page that is no longer up to date: nothing is proposed.
// Moved are the sentences that say what moved.
type Stale struct{ Moved []string }

// Error is the sentence a user reads.
func (s *Stale) Error() string {
	n := len(s.Moved)
	return "Depuis que vous avez ouvert cette page, " + french.Integer(n) + nb + french.Plural(n, "action de votre liste a changé", "actions de votre liste ont changé") + ". Rien n’a été proposé aux deux têtes\u00a0: relisez, puis proposez de nouveau. " + strings.Join(s.Moved, " ")
}

// Unwrap makes it a conflict.
func (s *Stale) Unwrap() error { return apperr.Conflictf("%s", s.Error()) }

// mostListed bounds one list.
const mostListed = 1000

// ProposeListing asks both heads to retain a list of debated actions, each frozen at
// its revision. It fails with Stale when one of them is no more what the page showed.
func (m *Room) ProposeListing(ctx context.Context, a policy.Actor, c cop.COP, title string, picks []Pick) (l Listing, err error) {
	defer apperr.Wrap(&err, "action.ProposeListing(%s)", c.ID)
	if err := policy.Check(a, policy.Propose, c.Thing(policy.Action)); err != nil {
		return l, err
	}
	title = strings.Join(strings.Fields(title), " ")
	if err := sized("title", "Titre de la liste", title, LongestTitle); err != nil {
		return l, err
	}
	picks = slices.Clone(picks)
	slices.SortFunc(picks, func(a, b Pick) int { return cmp.Compare(a.ID, b.ID) })
	picks = slices.CompactFunc(picks, func(a, b Pick) bool { return a.ID == b.ID })
	switch {
	case len(picks) == 0:
		return l, fault("pick", "Cochez au moins une action à retenir.")
	case len(picks) > mostListed:
		return l, fault("pick", "Une liste a "+french.Integer(mostListed)+" actions au plus\u00a0: faites-en plusieurs.")
	}
	// Rows are held in one order, as many changed at once are: the two never wait both ways.
	picks = slices.Clone(picks)
	slices.SortFunc(picks, func(x, y Pick) int { return cmp.Compare(x.ID, y.ID) })
	now := m.Now()
	l = Listing{COP: c.ID, State: ListingProposed, By: a.Person, At: now, Title: title}
	if l.ID, err = m.IDs.New(); err != nil {
		return l, err
	}
	err = m.change(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The COP is the root of its lists: of two who propose at once, the second reads
		// what the first did.
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, c.ID); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) + 1 FROM action_listing WHERE cop_id = $1`, c.ID).Scan(&l.Seq); err != nil {
			return err
		}
		if l.Title == "" {
			l.Title = "Actions retenues, liste n°" + nb + french.Integer(l.Seq)
		}
		taken, err := m.takeUp(ctx, tx, a, c, l.ID, picks)
		if err != nil {
			return err
		}
		themes, err := CrossThemes(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		l.Frozen = FrozenList{COP: c.ID, Cycle: c.Cycle, Region: c.Region, Title: l.Title, Day: c.DayAt(now)}
		slices.SortFunc(taken, func(a, b Action) int { return cmp.Compare(a.Seq, b.Seq) })
		for _, x := range taken {
			l.Frozen.Actions = append(l.Frozen.Actions, x.frozen(themes))
		}
		if l.body, err = json.Marshal(l.Frozen); err != nil {
			return err
		}
		sum := sha256.Sum256(l.body)
		l.SHA256 = hex.EncodeToString(sum[:])
		if _, err := db.Insert(ctx, tx, "action_listing", []string{"id", "cop_id", "seq", "state", "act", "by", "at", "ended_on", "title", "sha256", "body"},
			[][]any{{l.ID, l.COP, l.Seq, l.State, "", l.By, l.At.UnixMilli(), "", l.Title, l.SHA256, string(l.body)}}, ""); err != nil {
			return err
		}
		n := len(taken)
		act, err := m.COPs.ProposeIn(ctx, tx, a, c.ID, cop.NewAct{Kind: cop.ActionsAct, Subject: l.ID, SHA256: l.SHA256,
			Title: "Retenir " + french.Integer(n) + nb + french.Plural(n, "action", "actions") + nb + ": " + l.Title})
		if err != nil {
			return err
		}
		// An act that one head alone ends is ended already: its list is as End left it.
		if _, err := tx.Exec(ctx, `UPDATE action_listing SET act = $2 WHERE id = $1`, l.ID, act.ID); err != nil {
			return err
		}
		if l, err = findListing(ctx, tx, l.ID); err != nil {
			return err
		}
		return m.note(ctx, tx, a.Person, "propose", "action_listing", l.ID, l.Seq, l.COP)
	})
	return l, err
}

// takeUp brings the actions of a list to the state where they wait for both heads.
func (m *Room) takeUp(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, list string, picks []Pick) (taken []Action, err error) {
	var moved []string
	for _, p := range picks {
		x, err := lock(ctx, tx, p.ID)
		if err != nil {
			return nil, err
		}
		if x.COP != c.ID {
			return nil, apperr.Invalidf("La liste nomme une action d’une autre COP. Rechargez la page et recommencez.")
		}
		name := "Action n°" + nb + strconv.FormatInt(x.Seq, 10) + " «\u00a0" + x.Title + "\u00a0»"
		switch lacks := Missing(Guards(x, Retaining)); {
		case x.State != Debated:
			moved = append(moved, name+nb+": elle est maintenant "+x.State.Name()+".")
			continue
		case x.Rev != p.Rev:
			moved = append(moved, name+nb+": quelqu’un l’a modifiée.")
			continue
		case len(lacks) > 0:
			return nil, &Unready{append([]string{name + nb + ":"}, lacks...)}
		}
		x.State, x.List = Retaining, list
		if x, err = m.turned(ctx, tx, a.Person, "retaining", "Proposée aux deux têtes.", x, Debated); err != nil {
			return nil, err
		}
		taken = append(taken, x)
	}
	if len(moved) > 0 {
		return nil, &Stale{moved}
	}
	return taken, nil
}

// End brings a list of actions where its act leaves it: retained by both heads, or its
// actions given back as debated.
func (m *Room) End(ctx context.Context, tx db.Q, act cop.Act) (err error) {
	defer apperr.Wrap(&err, "action.End(%s)", act.ID)
	c, err := cop.Find(ctx, tx, act.COP)
	if err != nil {
		return err
	}
	day, state, reason := c.DayAt(m.Now()), ListingRetained, "Retenue par les deux têtes de la COP."
	to, verb := Retained, "retain"
	switch act.State {
	case cop.ActWithdrawn:
		state, reason, to, verb = ListingWithdrawn, "La liste a été retirée\u00a0: "+act.Reason, Debated, "debate"
	case cop.ActAlone:
		reason = "Retenue par une tête, l’autre n’ayant pas répondu\u00a0: " + act.Reason
	}
	n, err := tx.Exec(ctx, `UPDATE action_listing SET state = $2, ended_on = $3 WHERE id = $1 AND cop_id = $4 AND state = 'proposed'`, act.Subject, state, day, act.COP)
	if err != nil || n == 0 {
		return err
	}
	by := act.ProposedBy
	if len(act.Consents) > 0 {
		by = act.Consents[len(act.Consents)-1].Person
	}
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.list_id = $1 AND x.state = 'retaining' ORDER BY x.id`, act.Subject)
	all, err := collect(rows, err)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.State = to; to == Retained {
			x.RetainedOn = day
		} else {
			x.List = ""
		}
		if _, err := m.turned(ctx, tx, by, verb, reason, x, Retaining); err != nil {
			return err
		}
	}
	if err := m.note(ctx, tx, by, map[string]string{ListingRetained: "publish", ListingWithdrawn: "withdraw"}[state], "action_listing", act.Subject, 0, act.COP); err != nil {
		return err
	}
	return m.moved(ctx, tx, act.COP)
}

const listingColumns = `l.id, l.cop_id, l.seq, l.state, l.act, l.by, l.at, l.ended_on, l.title, l.sha256, l.body`

func scanListing(r interface{ Scan(...any) error }) (l Listing, err error) {
	var at int64
	var body string
	if err := r.Scan(&l.ID, &l.COP, &l.Seq, &l.State, &l.Act, &l.By, &at, &l.EndedOn, &l.Title, &l.SHA256, &body); err != nil {
		return l, err
	}
	l.At, l.body = time.UnixMilli(at).UTC(), []byte(body)
	return l, json.Unmarshal(l.body, &l.Frozen)
}

const noListing = "Ce relevé de décisions n’existe pas, ou il n’est pas encore public."

func findListing(ctx context.Context, q db.Q, id string) (Listing, error) {
	l, err := scanListing(q.QueryRow(ctx, `SELECT `+listingColumns+` FROM action_listing l WHERE l.id = $1`, id))
	return l, db.OrNotFound(err, noListing)
}

// FindListing returns a list of a COP by its number, or by its id where an act names it,
// as far as somebody may read it: anyone once it is retained.
func FindListing(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, n string) (l Listing, err error) {
	defer apperr.Wrap(&err, "action.FindListing(%s, %q)", c.ID, n)
	if seq, wrong := strconv.ParseInt(n, 10, 64); wrong == nil {
		l, err = scanListing(q.QueryRow(ctx, `SELECT `+listingColumns+` FROM action_listing l WHERE l.cop_id = $1 AND l.seq = $2`, c.ID, seq))
		err = db.OrNotFound(err, noListing)
	} else {
		l, err = findListing(ctx, q, n)
	}
	if err == nil && (l.COP != c.ID || !l.readable(a, c)) {
		return Listing{}, apperr.NotFoundf(noListing)
	}
	return l, err
}

func (l Listing) readable(a policy.Actor, c cop.COP) bool {
	return l.State == ListingRetained || policy.Can(a, policy.Read, c.Thing(policy.Action))
}

// Listings lists the lists of a COP that somebody may read, the last first.
func Listings(ctx context.Context, q db.Q, a policy.Actor, c cop.COP) (out []Listing, err error) {
	defer apperr.Wrap(&err, "action.Listings(%s)", c.ID)
	rows, err := q.Query(ctx, `SELECT `+listingColumns+` FROM action_listing l WHERE l.cop_id = $1 ORDER BY l.seq DESC`, c.ID)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Listing, error) { return scanListing(r) })
	for _, l := range all {
		if l.readable(a, c) {
			out = append(out, l)
		}
	}
	return out, err
}

// InStates lists the actions of a COP in some states, by number.
func InStates(ctx context.Context, q db.Q, copID string, states ...State) (_ []Action, err error) {
	defer apperr.Wrap(&err, "action.InStates(%s)", copID)
	args, holes := []any{copID}, []string{}
	for _, s := range states {
		args = append(args, string(s))
		holes = append(holes, "$"+strconv.Itoa(len(args)))
	}
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.cop_id = $1 AND x.state IN (`+strings.Join(holes, ", ")+`) ORDER BY x.seq`, args...)
	return collect(rows, err)
}

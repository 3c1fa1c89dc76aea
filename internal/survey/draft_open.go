package survey

import (
	"context"
	"fmt"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// Desk is all that a page of a response shows.
type Desk struct {
	Seat     Seat
	Response Response
	Campaign Campaign
	Path     *Path
	Drafts   map[string]Draft
	Answers  questionnaire.Answers
	Progress questionnaire.Progress
	// Left are answers to what is asked no more: kept, and in no count.
	Left []Draft
	// Stamp tells this state of the answers from every other: a validation names it.
	Stamp string
}

// Form is the path of the authority.
func (t Desk) Form() questionnaire.Form { return t.Path.Form }

// Open reads a response for somebody who sits at its table; the first time it
// writes what is known already, to be confirmed.
func (m *Room) Open(ctx context.Context, q db.Q, s Seat, response string) (t Desk, err error) {
	defer apperr.Wrap(&err, "survey.Open(%s)", response)
	if t.Response, err = FindResponse(ctx, q, response); err != nil {
		return t, err
	}
	if err := s.may(policy.Read, t.Response); err != nil {
		return t, err
	}
	t.Seat = s
	if t.Campaign, err = FindCampaign(ctx, q, t.Response.Campaign); err != nil {
		return t, err
	}
	if t.Response, err = m.follow(ctx, q, t.Response, t.Campaign, false); err != nil {
		return t, err
	}
	if t.Path, err = m.PathOf(ctx, q, t.Campaign.Form, t.Response.FormVersion, t.Response.Kind); err != nil {
		return t, err
	}
	if t.Response.fresh() && t.Campaign.State.Takes() {
		if err := m.fill(ctx, q, t.Response, t.Path); err != nil {
			return t, err
		}
		if t.Response, err = FindResponse(ctx, q, response); err != nil {
			return t, err
		}
	}
	drafts, err := Drafts(ctx, q, response)
	t.weigh(drafts)
	t.Left = Leftovers(t.Path.Form, drafts)
	return t, err
}

// follow has a response take the version that its campaign asks now, and counts
// again what that version asks.
func (m *Room) follow(ctx context.Context, q db.Q, r Response, c Campaign, again bool) (out Response, err error) {
	if r.FormVersion == c.FormVersion || !again && (r.State == Submitted || r.State == Done) {
		return r, nil
	}
	p, err := m.PathOf(ctx, q, c.Form, c.FormVersion, r.Kind)
	if err != nil {
		return r, err
	}
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if out, err = m.Follow(ctx, tx, r, c, again); err != nil || out.Asked == 0 {
			return err // nobody opened it yet: its rows are counted then
		}
		drafts, err := Drafts(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		g := p.Graph.Given(AnswersOf(drafts)).Progress()
		if _, err = tx.Exec(ctx, `UPDATE response SET rows_asked = $2, rows_rated = $3 WHERE id = $1`, r.ID, g.Rows, g.Rated); err != nil {
			return err
		}
		out, err = FindResponse(ctx, tx, r.ID)
		return err
	})
	return out, err
}

// fresh reports whether nobody has opened a response yet.
func (r Response) fresh() bool {
	return r.Asked == 0 && (r.State == Listed || r.State == Invited || r.State == Opened)
}

func (t *Desk) weigh(drafts []Draft) {
	t.Drafts = make(map[string]Draft, len(drafts))
	for _, d := range drafts {
		t.Drafts[d.Key] = d
	}
	t.Answers, t.Stamp = AnswersOf(drafts), stamp(drafts)
	t.Progress = t.Path.Graph.Given(t.Answers).Progress()
}

// stamp names a state of the answers: revisions only grow.
func stamp(drafts []Draft) string {
	var sum int64
	for _, d := range drafts {
		sum += d.Rev
	}
	return fmt.Sprintf("%d-%d", len(drafts), sum)
}

// Hints are what is known about the cells of a response, beside them.
func (m *Room) Hints(ctx context.Context, q db.Q, r Response, f questionnaire.Form) (map[string][]Hint, error) {
	out := map[string][]Hint{}
	for _, source := range m.Sources {
		hints, err := source(ctx, q, r, f)
		if err != nil {
			return nil, err
		}
		for _, h := range hints {
			out[h.Key] = append(out[h.Key], h)
		}
	}
	return out, nil
}

// fill writes, once, what sources know and counts what is asked. Two people who
// come first at once write it once.
func (m *Room) fill(ctx context.Context, q db.Q, r Response, p *Path) error {
	hints, err := m.Hints(ctx, q, r, p.Form)
	if err != nil {
		return err
	}
	var rows [][]any
	answers := questionnaire.Answers{}
	now := m.Now().UnixMilli()
	for _, key := range p.order {
		c := p.cells[key]
		i := slices.IndexFunc(hints[key], func(h Hint) bool { return h.Fill && h.Value != "" })
		if i < 0 {
			continue
		}
		h := hints[key][i]
		// A rating never comes without saying where from.
		value, _, err := questionnaire.Check(p.Form, c, h.Value)
		if err != nil || value == "" || h.Source == "" {
			continue
		}
		rows = append(rows, []any{r.ID, key, value, orClass(h.Class), h.Source, "", "", now, 1})
		answers[key] = value
	}
	g := p.Graph.Given(answers).Progress()
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1, state = 'opened', opened_at = COALESCE(opened_at, $2), rows_asked = $3, rows_rated = $4, prefilled = $5, answered = $5
			WHERE id = $1 AND rows_asked = 0 AND state IN ('listed', 'invited', 'opened')`, r.ID, now, g.Rows, g.Rated, len(rows))
		if err != nil || n == 0 {
			return err
		}
		_, err = db.Insert(ctx, tx, "draft", draftColumns, rows, "ON CONFLICT DO NOTHING")
		return err
	})
}

func orClass(class string) string {
	if class == "" {
		return string(figure.Provider)
	}
	return class
}

// ToConfirm reports whether a cell came filled and nobody has said yet that it is
// right.
func (d Draft) ToConfirm() bool {
	return d.Value != "" && d.Source != "" && d.Class != string(figure.Declared) && d.Class != string(figure.ConfirmedZero) && d.Class != string(figure.Missing)
}

// Corrected reports whether a cell that came filled was changed.
func (d Draft) Corrected() bool {
	return d.Source != "" && d.Class == string(figure.Declared) && d.Reason != Kept && !d.FromPaper()
}

// Kept is the reason of a prefilled answer that was found right.
const Kept = "confirmé"

// Blocker is what must be settled before an answer is validated.
type Blocker struct{ Section, Key, Message string }

// Blockers lists them in the order of the form.
func (t Desk) Blockers() []Blocker {
	var out []Blocker
	f := t.Form()
	required := map[string]bool{}
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			required[q.ID] = q.Required
		}
	}
	for _, c := range t.Path.Graph.Given(t.Answers).Visible() {
		d := t.Drafts[c.Key]
		add := func(text string) { out = append(out, Blocker{c.Section, c.Key, text}) }
		if d.Value == "" {
			if required[c.Question] && c.Row == "" && !c.Flag {
				add("Cette question attend une réponse.")
			}
			continue
		}
		_, warning, err := questionnaire.Check(f, c, d.Value)
		switch {
		case err != nil:
			add(apperr.Message(err))
		case d.Corrected() && d.Reason == "":
			add("Dites en quelques mots pourquoi vous corrigez cette réponse préremplie.")
		case d.Value == "0" && c.Type == questionnaire.Number && d.Source == "" && d.Class != string(figure.ConfirmedZero):
			add(ZeroAsked)
		case warning != "" && d.Reason == "" && d.Source == "" && d.Class != string(figure.ConfirmedZero):
			add(warning)
		}
	}
	for _, x := range questionnaire.CheckSums(f, t.Answers) {
		out = append(out, Blocker{t.Path.cells[x.Keys[0]].Section, x.Keys[0], x.Message})
	}
	return out
}

// Responses lists those at whose tables a browser or an account sits, the last
// campaign first.
func (m *Room) Responses(ctx context.Context, q db.Q, cookie string, who policy.Actor) (out []Opening, err error) {
	defer apperr.Wrap(&err, "survey.Responses")
	add := func(s Seat, r Response) error {
		if slices.ContainsFunc(out, func(o Opening) bool { return o.Response.ID == r.ID }) {
			return nil
		}
		c, err := FindCampaign(ctx, q, r.Campaign)
		out = append(out, Opening{Seat: s, Response: r, Campaign: c})
		return err
	}
	for _, id := range m.CookieSeats(cookie) {
		s, err := FindSeat(ctx, q, id)
		if apperr.KindOf(err) == apperr.NotFound && err != nil || err == nil && !s.EndedAt.IsZero() {
			continue
		}
		if err != nil {
			return nil, err
		}
		r, err := FindResponse(ctx, q, s.Response)
		if err != nil {
			return nil, err
		}
		if err := add(s, r); err != nil {
			return nil, err
		}
	}
	for _, g := range who.Grants {
		if g.Org == "" || g.Role != policy.Writer && g.Role != policy.Validator {
			continue
		}
		all, err := ResponsesOf(ctx, q, g.Org)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			if s, err := AccountSeat(who, "", r); err == nil {
				if err := add(s, r); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// Last is the cell that somebody wrote last: where to take up again.
func (t Desk) Last() (d Draft, ok bool) {
	for _, x := range t.Drafts {
		if x.By != "" && (!ok || x.At.After(d.At) || x.At.Equal(d.At) && x.Key > d.Key) {
			d, ok = x, true
		}
	}
	return d, ok
}

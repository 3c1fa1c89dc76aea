package minutes

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// The words of decisions, as code and name, in the order of forms.
var (
	Kinds   = [][2]string{{"decision", "Décision"}, {"orientation", "Orientation"}, {"demande", "Demande"}, {"accord", "Point d’accord"}, {"desaccord", "Désaccord noté"}}
	Reaches = [][2]string{{"consensus", "par consensus"}, {"vote", "par un vote"}, {"heads", "par les deux têtes de la COP"}}
	States  = [][2]string{{"taken", "prise"}, {"applied", "appliquée"}, {"dropped", "abandonnée"}}
)

// Word is the name of a code in one of the lists above, "" for an unknown one.
func Word(list [][2]string, code string) string {
	for _, x := range list {
		if x[0] == code {
			return x[1]
		}
	}
	return ""
}

// Decision is what a meeting decided, in one sentence.
type Decision struct {
	ID            string   `json:"id"`
	Rev           int64    `json:"-"`
	COP           string   `json:"cop"`
	Meeting       string   `json:"meeting"`
	Item          string   `json:"item"` // of the agenda, empty for none
	Sentence      string   `json:"sentence"`
	Kind          string   `json:"kind"`
	Reached       string   `json:"reached"`
	Ballot        string   `json:"ballot"` // when it was reached by a vote
	State         string   `json:"state"`
	Reason        string   `json:"reason"` // why it was dropped, or what applied it
	Day           string   `json:"day"`
	Part          string   `json:"part"` // that of its meeting
	Levers        []string `json:"levers"`
	Contributions []string `json:"contributions"`
	MeetingTitle  string   `json:"-"`
}

const decisionSelect = `SELECT d.id, d.rev, d.cop_id, d.meeting_id, d.item_id, d.sentence, d.kind, d.reached, d.ballot_id, d.state, d.reason, m.day, m.part, m.title FROM decision d JOIN meeting m ON m.id = d.meeting_id `

func scanDecision(r *db.Rows) (d Decision, err error) {
	err = r.Scan(&d.ID, &d.Rev, &d.COP, &d.Meeting, &d.Item, &d.Sentence, &d.Kind, &d.Reached, &d.Ballot, &d.State, &d.Reason, &d.Day, &d.Part, &d.MeetingTitle)
	return d, err
}

// Decisions lists the decisions of a meeting, the first first. The caller read the
// meeting under its rights.
func Decisions(ctx context.Context, q db.Q, meeting string) (_ []Decision, err error) {
	defer apperr.Wrap(&err, "minutes.Decisions(%s)", meeting)
	rows, err := q.Query(ctx, decisionSelect+`WHERE d.meeting_id = $1 ORDER BY d.id`, meeting)
	list, err := db.Collect(rows, err, scanDecision)
	if err != nil {
		return nil, err
	}
	levers, err := leversOf(ctx, q, link.Decision, `SELECT id FROM decision WHERE meeting_id = $2`, meeting)
	for i := range list {
		list[i].Levers = levers[list[i].ID]
	}
	return list, err
}

// FindDecision returns a decision, for who may read its meeting.
func FindDecision(ctx context.Context, q db.Q, a policy.Actor, id string) (d Decision, x cop.Meeting, c cop.COP, err error) {
	defer apperr.Wrap(&err, "minutes.FindDecision(%s)", id)
	rows, err := q.Query(ctx, decisionSelect+`WHERE d.id = $1`, id)
	list, err := db.Collect(rows, err, scanDecision)
	if err == nil && len(list) == 0 {
		err = apperr.NotFoundf("Cette décision n’existe pas.")
	}
	if err != nil {
		return d, x, c, err
	}
	d = list[0]
	if x, c, err = cop.FindMeeting(ctx, q, a, d.Meeting); err != nil {
		return d, x, c, err
	}
	links, err := link.From(ctx, q, link.End{Kind: link.Decision, ID: d.ID})
	for _, l := range links {
		switch l.To.Kind {
		case link.Lever:
			d.Levers = append(d.Levers, l.To.ID)
		case link.Contribution:
			d.Contributions = append(d.Contributions, l.To.ID)
		}
	}
	return d, x, c, err
}

// DecisionsOf lists the decisions of a COP that anyone may read (of public meetings),
// the latest day first; all gives those of its other meetings too.
func (m *Room) DecisionsOf(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, cursor string, limit int) (p cop.Page[Decision], err error) {
	defer apperr.Wrap(&err, "minutes.DecisionsOf(%s)", c.ID)
	internal := cop.Meeting{Part: cop.Internal}.Thing(c)
	all := policy.Can(a, policy.Read, internal)
	name := "decisions?cop=" + c.ID
	if all {
		name += "&all"
	}
	from, err := m.Cursors.Open(name, cursor, 2)
	if err != nil {
		return p, err
	}
	if from == nil {
		from = []string{"~", ""}
	}
	rows, err := q.Query(ctx, decisionSelect+`WHERE d.cop_id = $1 AND (m.part = 'public' OR $2) AND (m.day, d.id) < ($3, $4) ORDER BY m.day DESC, d.id DESC LIMIT $5`, c.ID, all, from[0], from[1], int64(limit)+1)
	if p.Rows, err = db.Collect(rows, err, scanDecision); err != nil {
		return p, err
	}
	if len(p.Rows) > limit {
		p.Rows = p.Rows[:limit]
		last := p.Rows[limit-1]
		p.Next = m.Cursors.Seal(name, last.Day, last.ID)
	}
	return p, nil
}

// DecisionInput is what somebody says of a decision: the sentence alone is asked.
type DecisionInput struct {
	Sentence, Kind, Reached, Ballot, Item string
	Levers, Contributions                 []string
}

const sentenceMost = 300

func (in *DecisionInput) check() error {
	in.Sentence = debate.Line(in.Sentence)
	if in.Kind == "" {
		in.Kind = Kinds[0][0]
	}
	if in.Reached == "" {
		in.Reached = Reaches[0][0]
	}
	if in.Reached != "vote" {
		in.Ballot = ""
	}
	switch {
	case in.Sentence == "":
		return apperr.Invalidf("Écrivez la décision en une phrase.")
	case Word(Kinds, in.Kind) == "" || Word(Reaches, in.Reached) == "":
		return apperr.Invalidf("Choisissez dans les listes ce que c’est, et comment la réunion y est arrivée.")
	case len(in.Levers) > 20 || len(in.Contributions) > 50:
		return apperr.Invalidf("Une décision est reliée à 20 leviers et 50 contributions au plus.")
	}
	return debate.Long("la phrase", in.Sentence, sentenceMost)
}

// owned checks that what a decision names is of its meeting, or of its COP.
func (in DecisionInput) owned(ctx context.Context, tx db.Q, x cop.Meeting) error {
	one := func(text, id, of, wrong string) error {
		if id == "" {
			return nil
		}
		var n int64
		if err := tx.QueryRow(ctx, text, id, of).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Invalidf("%s", wrong)
		}
		return nil
	}
	if err := one(`SELECT COUNT(*) FROM ballot WHERE id = $1 AND meeting_id = $2 AND state <> 'void'`, in.Ballot, x.ID, "Ce vote n’est pas de cette réunion, ou il est annulé."); err != nil {
		return err
	}
	if err := one(`SELECT COUNT(*) FROM minutes_item WHERE id = $1 AND meeting_id = $2`, in.Item, x.ID, "Ce point n’est pas à l’ordre du jour de cette réunion."); err != nil {
		return err
	}
	for _, id := range in.Contributions {
		if err := one(`SELECT COUNT(*) FROM debate_post WHERE id = $1 AND cop_id = $2 AND kind = 'contribution'`, id, x.COP, "Une des contributions n’est pas de cette COP\u00a0: copiez son adresse, ou son identifiant."); err != nil {
			return err
		}
	}
	return nil
}

// Decide records a decision of a meeting.
func (m *Room) Decide(ctx context.Context, a policy.Actor, meeting string, in DecisionInput) (d Decision, err error) {
	if err := in.check(); err != nil {
		return d, err
	}
	err = m.write(ctx, a, meeting, "Decide", func(ctx context.Context, tx db.Q, x cop.Meeting, _ cop.COP) error {
		if err := in.owned(ctx, tx, x); err != nil {
			return err
		}
		d = Decision{Rev: 1, COP: x.COP, Meeting: x.ID, Item: in.Item, Sentence: in.Sentence, Kind: in.Kind, Reached: in.Reached, Ballot: in.Ballot, State: "taken", Day: x.Day, Part: x.Part, Levers: in.Levers, Contributions: in.Contributions}
		if d.ID, err = m.IDs.New(); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "decision", []string{"id", "rev", "cop_id", "meeting_id", "item_id", "sentence", "kind", "reached", "ballot_id", "state", "reason"},
			[][]any{{d.ID, d.Rev, d.COP, d.Meeting, d.Item, d.Sentence, d.Kind, d.Reached, d.Ballot, d.State, ""}}, ""); err != nil {
			return err
		}
		return m.linked(ctx, tx, a, "create", d, "")
	})
	return d, err
}

func (m *Room) linked(ctx context.Context, tx db.Q, a policy.Actor, verb string, d Decision, reason string) error {
	from := link.End{Kind: link.Decision, ID: d.ID}
	if err := m.relink(ctx, tx, a, d.COP, from, link.Lever, d.Levers); err != nil {
		return err
	}
	if err := m.relink(ctx, tx, a, d.COP, from, link.Contribution, d.Contributions); err != nil {
		return err
	}
	return m.kept(ctx, tx, a, verb, "decision", d.ID, d.Rev, d.COP, reason, d)
}

// SaveDecision edits a decision as it was at a revision.
func (m *Room) SaveDecision(ctx context.Context, a policy.Actor, meeting, id string, rev int64, in DecisionInput) error {
	if err := in.check(); err != nil {
		return err
	}
	return m.write(ctx, a, meeting, "SaveDecision", func(ctx context.Context, tx db.Q, x cop.Meeting, _ cop.COP) error {
		if err := in.owned(ctx, tx, x); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE decision SET rev = rev + 1, sentence = $4, kind = $5, reached = $6, ballot_id = $7, item_id = $8 WHERE id = $1 AND meeting_id = $2 AND rev = $3`, id, x.ID, rev, in.Sentence, in.Kind, in.Reached, in.Ballot, in.Item)
		if err != nil {
			return err
		}
		if n == 0 {
			return moved("cette décision")
		}
		d, _, _, err := FindDecision(ctx, tx, a, id)
		if err != nil {
			return err
		}
		d.Levers, d.Contributions = in.Levers, in.Contributions
		return m.linked(ctx, tx, a, "edit", d, "")
	})
}

// Settle says what became of a decision: applied, dropped with its reason, or taken
// again. It lives on after the minutes are approved.
func (m *Room) Settle(ctx context.Context, a policy.Actor, id string, rev int64, state, reason string) (err error) {
	defer apperr.Wrap(&err, "minutes.Settle(%s)", id)
	reason = debate.Line(reason)
	switch {
	case Word(States, state) == "":
		return apperr.Invalidf("Choisissez dans la liste ce que la décision est devenue.")
	case state == "dropped" && reason == "":
		return apperr.Invalidf("Dites pourquoi cette décision est abandonnée\u00a0: la raison paraît à côté d’elle.")
	}
	if err := debate.Long("la raison", reason, 500); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE decision SET rev = rev + 1, state = $3, reason = $4 WHERE id = $1 AND rev = $2`, id, rev, state, reason)
		if err != nil {
			return err
		}
		d, x, c, err := FindDecision(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
			return err
		}
		if n == 0 {
			return moved("cette décision")
		}
		return m.kept(ctx, tx, a, state, "decision", d.ID, d.Rev, d.COP, reason, d)
	})
}

// day is a date that somebody typed, or why it is none.
func day(text string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return apperr.New(apperr.Invalid, err, "Écrivez une date, par exemple 2026-05-27.")
	}
	return nil
}

package aid

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Need is what nobody helps yet: somebody looked for an aid and found none that does.
type Need struct {
	ID         string    `json:"id"`
	Rev        int64     `json:"-"`
	COP        string    `json:"cop"`
	Region     string    `json:"region"`
	Department string    `json:"department"` // of its territory, empty for a region or several
	Org        string    `json:"org"`
	Author     string    `json:"author"`
	Territory  string    `json:"territory"`
	Lever      string    `json:"lever"`
	Step       string    `json:"step"`     // of an action, empty for any
	Action     string    `json:"action"`   // its id, empty for a lever alone
	Audience   string    `json:"audience"` // who looked for it
	Text       string    `json:"text"`
	State      NeedState `json:"state"`
	Answer     string    `json:"answer"`
	Obstacle   string    `json:"obstacle"` // with which it went up
	At         time.Time `json:"at"`
}

// NeedState is what became of a need.
type NeedState string

// The states.
const (
	NeedOpen   NeedState = "open"
	NeedSent   NeedState = "sent" // with an obstacle of the region
	NeedHelped NeedState = "helped"
	NeedAside  NeedState = "aside"
)

// NeedStates lists them with their French names.
func NeedStates() [][2]string {
	return [][2]string{{string(NeedOpen), "sans réponse"}, {string(NeedSent), "joint à un frein"}, {string(NeedHelped), "une aide existe"}, {string(NeedAside), "écarté"}}
}

// Thing is a need for the table of rights.
func (n Need) Thing() policy.Thing {
	return policy.Thing{Kind: policy.Need, COPs: []string{n.COP}, Department: n.Department, Org: n.Org, Author: n.Author}
}

const needColumns = `n.id, n.rev, n.cop_id, n.region, n.department, n.org, n.author, n.territory, n.lever, n.step, n.action_id, n.audience, n.text, n.state, n.answer, n.obstacle, n.at`

func scanNeed(r interface{ Scan(...any) error }) (n Need, err error) {
	var at int64
	err = r.Scan(&n.ID, &n.Rev, &n.COP, &n.Region, &n.Department, &n.Org, &n.Author, &n.Territory, &n.Lever, &n.Step, &n.Action, &n.Audience, &n.Text, &n.State, &n.Answer, &n.Obstacle, &at)
	n.At = time.UnixMilli(at).UTC()
	return n, err
}

func (n Need) check() error {
	if strings.TrimSpace(n.Lever) == "" {
		return fault("lever", "Choisissez le levier pour lequel vous cherchez une aide.")
	}
	if n.Step != "" && !known(action.Steps(), n.Step) {
		return fault("step", "Choisissez l’étape dans la liste.")
	}
	if n.Audience != "" && !known(Audiences(), n.Audience) {
		return fault("audience", "Choisissez le bénéficiaire dans la liste.")
	}
	if ref, err := territory.ParseRef(n.Territory); err != nil || ref == territory.France {
		return fault("territory", "Dites de quel territoire il s’agit.")
	}
	if strings.TrimSpace(n.Text) == "" {
		return fault("text", "Dites en quelques mots ce que vous cherchiez et n’avez pas trouvé.")
	}
	return sized("text", "Ce qui manque", n.Text, longestPlain)
}

// AddNeed records a need in a COP.
func (m *Room) AddNeed(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, n Need) (_ Need, err error) {
	defer apperr.Wrap(&err, "aid.AddNeed(%s)", c.ID)
	n.Rev, n.COP, n.Region, n.Author, n.State, n.Answer, n.Obstacle = 1, c.ID, c.Region, a.Person, NeedOpen, "", ""
	if n.Department = ""; strings.HasPrefix(n.Territory, "department:") {
		n.Department = strings.TrimPrefix(n.Territory, "department:")
	}
	if err := policy.Check(a, policy.Create, n.Thing()); err != nil {
		return n, err
	}
	if err := n.check(); err != nil {
		return n, err
	}
	if n.ID, err = m.IDs.New(); err != nil {
		return n, err
	}
	n.At = m.Now().UTC().Truncate(time.Millisecond)
	return n, db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "need", strings.Fields(strings.NewReplacer("n.", "", ",", " ").Replace(needColumns)),
			[][]any{{n.ID, n.Rev, n.COP, n.Region, n.Department, n.Org, n.Author, n.Territory, n.Lever, n.Step, n.Action, n.Audience, n.Text, string(n.State), n.Answer, n.Obstacle, n.At.UnixMilli()}}, ""); err != nil {
			return err
		}
		return m.keptNeed(ctx, tx, a.Person, "create", "", n)
	})
}

func (m *Room) keptNeed(ctx context.Context, tx db.Q, by, verb, reason string, n Need) error {
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "need_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{n.ID, n.Rev, m.Now().UnixMilli(), by, reason, string(body)}}, ""); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: "need", Subject: n.ID, Rev: n.Rev, COP: n.COP})
	return err
}

// FindNeed returns a need that the actor may read.
func FindNeed(ctx context.Context, q db.Q, a policy.Actor, id string) (n Need, err error) {
	defer apperr.Wrap(&err, "aid.FindNeed(%q)", id)
	n, err = scanNeed(q.QueryRow(ctx, `SELECT `+needColumns+` FROM need n WHERE n.id = $1`, id))
	if err != nil {
		return n, db.OrNotFound(err, "Ce besoin n’existe pas, ou il est réservé à d’autres rôles que les vôtres.")
	}
	return n, policy.Check(a, policy.Read, n.Thing())
}

// turn changes what became of a need, as it was at a revision.
func (m *Room) turn(ctx context.Context, tx db.Q, a policy.Actor, n Need, rev int64, verb string) (Need, error) {
	if err := policy.Check(a, policy.Edit, n.Thing()); err != nil {
		return n, err
	}
	done, err := tx.Exec(ctx, `UPDATE need SET rev = rev + 1, state = $3, answer = $4, obstacle = $5 WHERE id = $1 AND rev = $2`, n.ID, rev, string(n.State), n.Answer, n.Obstacle)
	if err != nil {
		return n, err
	}
	if done == 0 {
		return n, apperr.Conflictf("Quelqu’un a déjà répondu à ce besoin\u00a0: relisez-le, puis recommencez. Rien n’a été enregistré.")
	}
	n.Rev = rev + 1
	return n, m.keptNeed(ctx, tx, a.Person, verb, n.Answer, n)
}

// AnswerNeed says that an aid exists, or sets the need aside, with the reason.
func (m *Room) AnswerNeed(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, state NeedState, answer string) (n Need, err error) {
	defer apperr.Wrap(&err, "aid.AnswerNeed(%q)", id)
	if state != NeedHelped && state != NeedAside && state != NeedOpen {
		return n, fault("state", "Choisissez une réponse de la liste.")
	}
	if strings.TrimSpace(answer) == "" && state != NeedOpen {
		return n, fault("answer", "Dites quelle aide existe, ou pourquoi ce besoin est écarté.")
	}
	if err := sized("answer", "Réponse", answer, longestPlain); err != nil {
		return n, err
	}
	if n, err = FindNeed(ctx, q, a, id); err != nil {
		return n, err
	}
	n.State, n.Answer = state, answer
	return n, db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		n, err = m.turn(ctx, tx, a, n, rev, "answer")
		return err
	})
}

// SendNeed joins a need to the obstacle that stands for its lever in the region: the first
// creates it, for the team to examine and send up to the nation; the others join it, with a
// trace on each need. lever and place are as people say them.
func (m *Room) SendNeed(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, region territory.Region, lever string) (n Need, err error) {
	defer apperr.Wrap(&err, "aid.SendNeed(%q)", id)
	if n, err = FindNeed(ctx, q, a, id); err != nil {
		return n, err
	}
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		x, _, err := m.Knowledge.Propose(ctx, tx, "besoin:"+n.COP+":"+n.Lever, a.Person, knowledge.Item{Kind: knowledge.Obstacle, Region: n.Region, Organisation: "Équipe de la COP, " + region.Name, Territory: "region:" + n.Region, Scale: "region",
			Levers: []string{n.Lever}, Title: "Aucune aide trouvée pour le levier «\u00a0" + lever + "\u00a0»", Text: "Des acteurs de la région cherchent une aide pour ce levier et n’en trouvent pas qui convienne.",
			Evidence: fmt.Sprintf("Besoins recensés dans la région\u00a0: voir la liste des besoins sans aide, levier «\u00a0%s\u00a0».", lever), Nature: "financement", Level: "national"})
		if err != nil {
			return err
		}
		n.State, n.Obstacle = NeedSent, x.ID
		n, err = m.turn(ctx, tx, a, n, rev, "send")
		return err
	})
	return n, err
}

// NeedFilter chooses needs; a zero field chooses all.
type NeedFilter struct {
	COP    string
	Lever  string
	State  NeedState
	Action string
}

// Needs lists the needs that an actor may read, the last first, at most some, after the one
// that ended the page before.
func Needs(ctx context.Context, q db.Q, a policy.Actor, f NeedFilter, before string, most int) (_ []Need, err error) {
	defer apperr.Wrap(&err, "aid.Needs")
	where, args := readable(a)
	args = append(args, f.COP, f.Lever, string(f.State), f.Action, before, int64(most))
	at := len(args) - 6
	rows, err := q.Query(ctx, fmt.Sprintf(`SELECT `+needColumns+` FROM need n
		 WHERE %s AND (CAST($%d AS TEXT) = '' OR n.cop_id = $%[2]d) AND (CAST($%d AS TEXT) = '' OR n.lever = $%[3]d) AND (CAST($%d AS TEXT) = '' OR n.state = $%[4]d) AND (CAST($%d AS TEXT) = '' OR n.action_id = $%[5]d)
		   AND (CAST($%d AS TEXT) = '' OR n.id < $%[6]d) ORDER BY n.id DESC LIMIT $%d`, where, at+1, at+2, at+3, at+4, at+5, at+6), args...)
	return db.Collect(rows, err, func(r *db.Rows) (Need, error) { return scanNeed(r) })
}

// readable is what an actor may read of needs, as SQL.
func readable(a policy.Actor) (string, []any) {
	f := policy.Where(a, policy.Read, policy.Need)
	if f.All {
		return "TRUE", nil
	}
	var args []any
	text := "(FALSE"
	in := func(column string, values []string) {
		if len(values) == 0 {
			return
		}
		first := len(args) + 1
		for _, v := range values {
			args = append(args, v)
		}
		text += " OR " + column + " IN (" + db.Params(first, len(values)) + ")"
	}
	in("n.cop_id", f.COPs)
	in("n.department", f.Departments)
	in("n.org", f.Orgs)
	if f.Own != "" {
		in("n.author", []string{f.Own})
	}
	return text + ")", args
}

// Sum is how many needs are unanswered for a lever in a region.
type Sum struct {
	Lever, Region string
	Open, All     int64
	Places        int64 // territories that said so
}

// Sums counts needs by lever and region, of one COP or of all that an actor reads, in one
// statement; the most wanted first.
func Sums(ctx context.Context, q db.Q, a policy.Actor, copID string) (_ []Sum, err error) {
	defer apperr.Wrap(&err, "aid.Sums")
	where, args := readable(a)
	args = append(args, copID)
	n := len(args)
	rows, err := q.Query(ctx, fmt.Sprintf(`
		SELECT n.lever, n.region, CAST(SUM(CASE WHEN n.state IN ('open', 'sent') THEN 1 ELSE 0 END) AS BIGINT) AS open, COUNT(*), COUNT(DISTINCT n.territory)
		  FROM need n WHERE %s AND (CAST($%d AS TEXT) = '' OR n.cop_id = $%[2]d) GROUP BY n.lever, n.region ORDER BY open DESC, n.lever, n.region LIMIT 2000`, where, n), args...)
	return db.Collect(rows, err, func(r *db.Rows) (s Sum, err error) {
		return s, r.Scan(&s.Lever, &s.Region, &s.Open, &s.All, &s.Places)
	})
}

// Unanswered counts the needs of a COP that nobody answered, by lever: a count of what is
// missing, that says nothing of who looked for it. It is what a document of the COP may
// say; a lever that one or two territories alone spoke of is not told apart.
func Unanswered(ctx context.Context, q db.Q, copID string) (_ []Sum, err error) {
	defer apperr.Wrap(&err, "aid.Unanswered(%s)", copID)
	rows, err := q.Query(ctx, `
		SELECT n.lever, n.region, COUNT(*) AS open, COUNT(*), COUNT(DISTINCT n.territory)
		  FROM need n WHERE n.cop_id = $1 AND n.state IN ('open', 'sent') GROUP BY n.lever, n.region ORDER BY open DESC, n.lever`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (s Sum, err error) {
		return s, r.Scan(&s.Lever, &s.Region, &s.Open, &s.All, &s.Places)
	})
}

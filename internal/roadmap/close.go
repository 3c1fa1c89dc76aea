package roadmap

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// CloseState is where the close of a COP stands.
type CloseState string

// The states of a close.
const (
	CloseProposed  CloseState = "proposed"
	Closed         CloseState = "closed"
	CloseWithdrawn CloseState = "withdrawn"
)

// Close is a COP that both heads close, or did. What they validate is its body: the four
// points as they stood that day, and why each that lacks does.
type Close struct {
	ID, COP string
	Seq     int64
	State   CloseState
	Act, By string
	At      time.Time
	EndedOn string // day
	SHA256  string
	Body    CloseBody

	bytes []byte
}

// CloseBody is what a close froze. It holds no id of a person, so that anyone may read
// it once the COP is closed.
type CloseBody struct {
	COP    string       `json:"cop"`
	Cycle  string       `json:"cycle"`
	Region string       `json:"region"`
	Day    string       `json:"day"`
	Points []ClosePoint `json:"points"`
}

// ClosePoint is one of the four points as it stood.
type ClosePoint struct {
	Code    string   `json:"code"`
	Title   string   `json:"title"`
	Rule    string   `json:"rule"`
	Met     bool     `json:"met"`
	Finding string   `json:"finding"`
	Lacks   []string `json:"lacks"`
	Reason  string   `json:"reason"` // why the COP closes without it; empty when it is met
}

// Intact reports whether the digest still is that of what was frozen.
func (x Close) Intact() bool { return strings.EqualFold(sum(x.bytes), x.SHA256) }

// Bytes are what was frozen, byte by byte as the digest was taken.
func (x Close) Bytes() []byte { return x.bytes }

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

const closeColumns = `x.id, x.cop_id, x.seq, x.state, x.act, x.by, x.at, x.ended_on, x.sha256, x.body`

func scanClose(r interface{ Scan(...any) error }) (x Close, err error) {
	var at int64
	var body string
	if err := r.Scan(&x.ID, &x.COP, &x.Seq, &x.State, &x.Act, &x.By, &at, &x.EndedOn, &x.SHA256, &body); err != nil {
		return x, err
	}
	x.At, x.bytes = time.UnixMilli(at).UTC(), []byte(body)
	return x, json.Unmarshal(x.bytes, &x.Body)
}

// CloseOf is the close of a COP that waits or is in force; the zero one when there is
// none.
func CloseOf(ctx context.Context, q db.Q, copID string) (_ Close, err error) {
	defer apperr.Wrap(&err, "roadmap.CloseOf(%s)", copID)
	x, err := scanClose(q.QueryRow(ctx, `SELECT `+closeColumns+` FROM roadmap_close x WHERE x.cop_id = $1 AND x.state <> 'withdrawn'`, copID))
	if err = db.OrNotFound(err, "Cette COP n’est pas close."); apperr.KindOf(err) == apperr.NotFound && err != nil {
		return Close{}, nil
	}
	return x, err
}

// waiting counts the acts of a COP that wait for a head, but for one.
func waiting(ctx context.Context, tx db.Q, copID, but string) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM act WHERE cop_id = $1 AND state = 'pending' AND id <> $2`, copID, but).Scan(&n)
	return n, err
}

func errPending(n int64) error {
	return apperr.Conflictf("%s encore une tête de la COP\u00a0: elle ne se clôt pas tant qu’une validation est en cours. Rien n’a été enregistré. Validez ou retirez au bureau, puis recommencez.",
		map[bool]string{true: "Une validation attend", false: french.Integer(n) + "\u00a0validations attendent"}[n == 1])
}

// MinReason is the shortest reason that says something.
const MinReason = 10

// ProposeClose freezes where the four points stand, with the reason of each that lacks,
// and asks both heads to close the COP. reasons are by the code of the point; a point
// that came to lack since the page was read has none, and is asked.
func (m *Room) ProposeClose(ctx context.Context, a policy.Actor, copID string, reasons map[string]string) (x Close, err error) {
	defer apperr.Wrap(&err, "roadmap.ProposeClose(%s)", copID)
	c, err := cop.Find(ctx, m.DB, copID)
	if err != nil {
		return x, err
	}
	if err := policy.Check(a, policy.Propose, thing(c.ID)); err != nil {
		return x, err
	}
	if c.Parent != "" {
		return x, apperr.Invalidf("Les points de sortie sont ceux de la COP de la région.")
	}
	model, err := m.Model(ctx)
	if err != nil {
		return x, err
	}
	id, err := m.IDs.New()
	if err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The COP is the root: of two who close at once, the second reads what the first did.
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, c.ID); err != nil {
			return err
		}
		held, err := CloseOf(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		switch held.State {
		case CloseProposed:
			return apperr.Conflictf("La clôture de cette COP attend déjà ses deux têtes\u00a0: rien n’a été ajouté. Lisez-la au bureau.")
		case Closed:
			return apperr.Conflictf("Cette COP est close depuis le %s\u00a0: rien n’a été ajouté.", french.Day(held.EndedOn))
		}
		n, err := waiting(ctx, tx, c.ID, "")
		if err != nil {
			return err
		}
		if n > 0 {
			return errPending(n)
		}
		e, err := m.Of(ctx, tx, model, c)
		if err != nil {
			return err
		}
		x = Close{ID: id, COP: c.ID, State: CloseProposed, By: a.Person, At: m.Now()}
		if x.Body, err = e.freeze(reasons); err != nil {
			return err
		}
		if x.bytes, err = json.Marshal(x.Body); err != nil {
			return err
		}
		x.SHA256 = sum(x.bytes)
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) + 1 FROM roadmap_close WHERE cop_id = $1`, c.ID).Scan(&x.Seq); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "roadmap_close", []string{"id", "cop_id", "seq", "state", "act", "by", "at", "ended_on", "sha256", "body"},
			[][]any{{x.ID, x.COP, x.Seq, string(x.State), "", x.By, x.At.UnixMilli(), "", x.SHA256, string(x.bytes)}}, ""); err != nil {
			return err
		}
		if err := m.record(ctx, tx, a.Person, "propose", "roadmap_close", x.ID, x.Seq, x.COP); err != nil {
			return err
		}
		met := e.Met()
		act, err := m.COPs.ProposeIn(ctx, tx, a, c.ID, cop.NewAct{Kind: cop.CloseAct, Subject: x.ID, SHA256: x.SHA256,
			Title: "Clôture de la COP, " + french.Integer(met) + nb + french.Plural(met, "point de sortie atteint", "points de sortie atteints") + " sur 4, au " + french.Day(e.Day)})
		if err != nil {
			return err
		}
		// An act that one head alone ends is ended already: its close is as EndClose left it.
		if _, err := tx.Exec(ctx, `UPDATE roadmap_close SET act = $2 WHERE id = $1`, x.ID, act.ID); err != nil {
			return err
		}
		x, err = CloseOf(ctx, tx, c.ID)
		return err
	})
	return x, err
}

// freeze is what a close says: reasons are asked for what lacks, and for nothing else.
func (x Exit) freeze(reasons map[string]string) (CloseBody, error) {
	b := CloseBody{COP: x.COP.ID, Cycle: x.COP.Cycle, Region: x.COP.Region, Day: x.Day}
	for _, p := range x.Points() {
		f := ClosePoint{Code: p.Code, Title: p.Title, Rule: p.Rule, Met: p.Met, Finding: p.Finding, Lacks: []string{}}
		for _, l := range p.Lacks {
			f.Lacks = append(f.Lacks, l.Text)
		}
		if !p.Met {
			f.Reason = strings.TrimSpace(reasons[p.Code])
			label := "Pourquoi la COP se clôt sans le point " + french.Integer(p.N)
			if err := long("raison-"+p.Code, label, f.Reason, LongestText, true); err != nil {
				return b, err
			}
			if len([]rune(f.Reason)) < MinReason {
				return b, &Fault{"raison-" + p.Code, label + nb + ": écrivez une raison que chacun puisse comprendre."}
			}
		}
		b.Points = append(b.Points, f)
	}
	return b, nil
}

// EndClose closes a COP, or drops its close, when its act ends. A COP where another act
// waits is not closed: the word that would have closed it is not taken.
func (m *Room) EndClose(ctx context.Context, tx db.Q, act cop.Act) (err error) {
	defer apperr.Wrap(&err, "roadmap.EndClose(%s)", act.ID)
	if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, act.COP); err != nil {
		return err
	}
	c, err := cop.Find(ctx, tx, act.COP)
	if err != nil {
		return err
	}
	state, verb := Closed, "publish"
	if act.State == cop.ActWithdrawn {
		state, verb = CloseWithdrawn, "withdraw"
	} else {
		n, err := waiting(ctx, tx, act.COP, act.ID)
		if err != nil {
			return err
		}
		if n > 0 {
			return errPending(n)
		}
	}
	n, err := tx.Exec(ctx, `UPDATE roadmap_close SET state = $2, ended_on = $3 WHERE id = $1 AND cop_id = $4 AND state = 'proposed'`, act.Subject, string(state), c.DayAt(m.Now()), act.COP)
	if err != nil || n == 0 {
		return err
	}
	by := act.ProposedBy
	if len(act.Consents) > 0 {
		by = act.Consents[len(act.Consents)-1].Person
	}
	return m.record(ctx, tx, by, verb, "roadmap_close", act.Subject, 0, act.COP)
}

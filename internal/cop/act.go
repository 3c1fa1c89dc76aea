package cop

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// The kinds of acts that this room knows what to do with, besides PriorityAct.
const (
	StageAct   = "stage"
	RetractAct = "retract" // of an event that both heads had validated
	// RestitutionAct publishes what the authorities of a COP answered together: what
	// it brings into force is another room's (see Room.OnEnd).
	RestitutionAct = "restitution"
	// ObjectivesAct shares a list of objectives, ThemesAct says which themes come
	// first, DiagnosisAct publishes an edition of the diagnosis.
	ObjectivesAct = "objectives"
	ThemesAct     = "themes"
	DiagnosisAct  = "diagnosis"
	// RoadmapAct adopts an edition of the roadmap, ReviewAct publishes the review of a
	// year, CloseAct closes a COP with what lacks, CommitAct is an organisation’s own.
	RoadmapAct = "roadmap"
	ReviewAct  = "review"
	CloseAct   = "close"
	// MinutesAct validates an approved version of the minutes of a meeting: nothing comes
	// into force with it.
	MinutesAct = "minutes"
	// ActionsAct retains a list of actions.
	ActionsAct = "actions"
)

// ActState is where an act stands.
type ActState string

// The states of an act. Alone is what one head recorded after the other was
// asked and did not act within the period set by the COP.
const (
	ActPending   ActState = "pending"
	ActRecorded  ActState = "recorded"
	ActAlone     ActState = "alone"
	ActWithdrawn ActState = "withdrawn"
)

// Act is what needs both heads. Recorded, it is a «validation enregistrée»,
// never an electronic signature.
type Act struct {
	ID, COP    string
	Rev        int64
	Kind       string
	Subject    string
	Title      string // French
	SHA256     string // of what is validated, when it is a document
	State      ActState
	ProposedBy string
	Side       Side // who proposed; the other was asked from At on
	At         time.Time
	EndedAt    time.Time
	Reason     string // why one head went on alone, or withdrew
	Consents   []Consent
}

// Consent is one head's word, their own or a delegate's.
type Consent struct {
	Act        string
	Side       Side
	Person     string
	Delegation string // «par délégation de», empty for the head themselves
	At         time.Time
}

// Has reports whether a side gave its word.
func (a Act) Has(s Side) bool {
	return slices.ContainsFunc(a.Consents, func(c Consent) bool { return c.Side == s })
}

// WaitsFor is the side whose word is missing, empty when none is.
func (a Act) WaitsFor() Side {
	if a.State != ActPending {
		return ""
	}
	if a.Has(StateSide) {
		return RegionSide
	}
	return StateSide
}

// AloneFrom is the day from which the head who gave their word may go on without
// the other.
func (a Act) AloneFrom(c COP) time.Time { return a.At.AddDate(0, 0, int(c.Patience)) }

// NewAct is what an act is about.
type NewAct struct{ Kind, Subject, Title, SHA256 string }

// Propose opens an act: whoever proposes gives their own side's word, the other
// head is asked from then on.
func (m *Room) Propose(ctx context.Context, a policy.Actor, copID string, in NewAct) (act Act, err error) {
	defer apperr.Wrap(&err, "cop.Propose(%s)", copID)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		act, err = m.ProposeIn(ctx, tx, a, copID, in)
		return err
	})
	return act, err
}

// ProposeIn is Propose within the transaction of what the act is about.
func (m *Room) ProposeIn(ctx context.Context, tx db.Q, a policy.Actor, copID string, in NewAct) (Act, error) {
	if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, copID); err != nil {
		return Act{}, err
	}
	c, err := Find(ctx, tx, copID)
	if err != nil {
		return Act{}, err
	}
	return m.propose(ctx, tx, a, c, in)
}

// propose opens an act within the transaction of what it is about. Somebody who
// is no head (the team) proposes without giving a word: both heads are asked.
func (m *Room) propose(ctx context.Context, tx db.Q, a policy.Actor, c COP, in NewAct) (Act, error) {
	id, err := m.IDs.New()
	if err != nil {
		return Act{}, err
	}
	now := m.Now()
	act := Act{ID: id, COP: c.ID, Rev: 1, Kind: in.Kind, Subject: in.Subject, Title: in.Title, SHA256: in.SHA256, State: ActPending, ProposedBy: a.Person, At: now}
	side, delegation, err := m.sideOf(ctx, tx, a, c, in.Kind, "")
	// Only a refusal lets the team propose without a word: a database that does
	// not answer says nothing of who they are.
	if err != nil && (unlessRefused(err) != nil || !policy.Can(a, policy.Create, c.Thing(policy.StageEvent))) {
		return Act{}, err
	}
	act.Side = side
	if _, err := db.Insert(ctx, tx, "act", []string{"id", "rev", "cop_id", "kind", "subject", "title", "sha256", "state", "proposed_by", "side", "at", "reason"},
		[][]any{{act.ID, act.Rev, act.COP, act.Kind, act.Subject, act.Title, act.SHA256, string(act.State), act.ProposedBy, string(act.Side), now.UnixMilli(), ""}}, ""); err != nil {
		return Act{}, err
	}
	if err := m.recordFor(ctx, tx, a, delegation, "propose", "validation", act.ID, act.Rev, c.ID); err != nil {
		return Act{}, err
	}
	if side != "" {
		if act, err = m.consent(ctx, tx, a, c, act, side, delegation); err != nil {
			return Act{}, err
		}
	}
	return act, m.ask(ctx, tx, c, act)
}

// Consent gives one head's word to an act. The second word ends it, and what it
// is about comes into force in the same transaction.
func (m *Room) Consent(ctx context.Context, a policy.Actor, actID string) (act Act, err error) {
	defer apperr.Wrap(&err, "cop.Consent(%s)", actID)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var c COP
		if act, c, err = m.lockAct(ctx, tx, a, actID); err != nil {
			return err
		}
		side, delegation, err := m.sideOf(ctx, tx, a, c, act.Kind, act.ID)
		if err != nil {
			return err
		}
		act, err = m.consent(ctx, tx, a, c, act, side, delegation)
		return err
	})
	return act, err
}

// lockAct takes an act that is still open: of two who come at once, the second
// reads what the first did.
func (m *Room) lockAct(ctx context.Context, tx db.Q, a policy.Actor, id string) (Act, COP, error) {
	n, err := tx.Exec(ctx, `UPDATE act SET rev = rev + 1 WHERE id = $1 AND state = 'pending'`, id)
	if err != nil {
		return Act{}, COP{}, err
	}
	act, err := FindAct(ctx, tx, id)
	if err != nil {
		return Act{}, COP{}, err
	}
	c, err := Find(ctx, tx, act.COP)
	if err != nil {
		return Act{}, COP{}, err
	}
	if n == 0 {
		if err := policy.Check(a, policy.Read, c.Thing(policy.Validation)); err != nil {
			return Act{}, COP{}, err
		}
		return Act{}, COP{}, apperr.Conflictf("Cette validation est déjà close\u00a0: rien n’a été ajouté. Rechargez la page pour la lire.")
	}
	return act, c, nil
}

func (m *Room) consent(ctx context.Context, tx db.Q, a policy.Actor, c COP, act Act, side Side, delegation string) (Act, error) {
	n, err := db.Insert(ctx, tx, "act_consent", []string{"act", "side", "person", "delegation", "at"},
		[][]any{{act.ID, string(side), a.Person, null(delegation), m.Now().UnixMilli()}}, "ON CONFLICT (act, side) DO NOTHING")
	if err != nil {
		return Act{}, err
	}
	if n == 0 {
		return Act{}, apperr.Conflictf("%s a déjà validé cet acte. Rien n’a été ajouté.", upper(c.Head(side)))
	}
	act.Consents = append(act.Consents, Consent{Act: act.ID, Side: side, Person: a.Person, Delegation: delegation, At: m.Now()})
	if err := m.recordFor(ctx, tx, a, delegation, "consent", "validation", act.ID, act.Rev, c.ID); err != nil {
		return Act{}, err
	}
	if act.Has(StateSide) && (act.Has(RegionSide) || !c.Both) {
		return m.end(ctx, tx, act, ActRecorded, "")
	}
	return act, nil
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// GoAlone ends an act that the other head left without an answer longer than
// the COP's period. The act says since when they were asked, and why.
func (m *Room) GoAlone(ctx context.Context, a policy.Actor, actID, reason string) (act Act, err error) {
	defer apperr.Wrap(&err, "cop.GoAlone(%s)", actID)
	if reason == "" {
		return Act{}, apperr.Invalidf("Dites pourquoi vous poursuivez sans l’autre tête\u00a0: la raison figure dans l’acte.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var c COP
		if act, c, err = m.lockAct(ctx, tx, a, actID); err != nil {
			return err
		}
		side, delegation, err := m.sideOf(ctx, tx, a, c, act.Kind, act.ID)
		if err != nil {
			return err
		}
		if !act.Has(side) {
			return apperr.Invalidf("Validez d’abord l’acte vous-même\u00a0: on ne poursuit seul que ce que l’on a validé.")
		}
		if from := act.AloneFrom(c); m.Now().Before(from) {
			return apperr.New(apperr.Forbidden, nil, "%s a reçu la demande le %s\u00a0: vous pourrez poursuivre seul à partir du %s, après les %d jours que la COP a fixés.",
				upper(c.Head(side.other())), french.Date(act.At), french.Date(from), c.Patience)
		}
		if err := m.recordFor(ctx, tx, a, delegation, "go-alone", "validation", act.ID, act.Rev, c.ID); err != nil {
			return err
		}
		act, err = m.end(ctx, tx, act, ActAlone, reason)
		return err
	})
	return act, err
}

// Withdraw takes an open act back; only the side that proposed it may.
func (m *Room) Withdraw(ctx context.Context, a policy.Actor, actID, reason string) (act Act, err error) {
	defer apperr.Wrap(&err, "cop.Withdraw(%s)", actID)
	if reason == "" {
		return Act{}, apperr.Invalidf("Dites pourquoi vous retirez cette proposition.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var c COP
		if act, c, err = m.lockAct(ctx, tx, a, actID); err != nil {
			return err
		}
		if act.ProposedBy != a.Person {
			side, _, err := m.sideOf(ctx, tx, a, c, act.Kind, act.ID)
			if err != nil {
				return err
			}
			if act.Side != "" && side != act.Side {
				return apperr.New(apperr.Forbidden, nil, "Cette proposition a été faite par %s\u00a0: cette tête seule peut la retirer.", c.Head(act.Side))
			}
		}
		if err := m.record(ctx, tx, a, "withdraw", "validation", act.ID, act.Rev, c.ID); err != nil {
			return err
		}
		act, err = m.end(ctx, tx, act, ActWithdrawn, reason)
		return err
	})
	return act, err
}

// end closes an act and brings what it is about into force, or drops it.
func (m *Room) end(ctx context.Context, tx db.Q, act Act, state ActState, reason string) (Act, error) {
	now := m.Now()
	if _, err := tx.Exec(ctx, `UPDATE act SET state = $2, ended_at = $3, reason = $4 WHERE id = $1`, act.ID, string(state), now.UnixMilli(), reason); err != nil {
		return Act{}, err
	}
	act.State, act.EndedAt, act.Reason = state, now, reason
	if act.Kind == StageAct {
		to := Recorded
		if state == ActWithdrawn {
			to = Withdrawn
		}
		if _, err := tx.Exec(ctx, `UPDATE cop_event SET state = $2 WHERE act = $1`, act.ID, to); err != nil {
			return Act{}, err
		}
	}
	if then := m.OnEnd[act.Kind]; then != nil {
		return act, then(ctx, tx, act)
	}
	switch act.Kind {
	case PriorityAct:
		return act, m.endPriority(ctx, tx, act)
	case RetractAct:
		if state != ActWithdrawn {
			return act, takeBack(ctx, tx, act.COP, act.Subject)
		}
	}
	return act, nil
}

const actColumns = `id, rev, cop_id, kind, subject, title, sha256, state, proposed_by, side, at, COALESCE(ended_at, 0), reason`

func scanAct(r interface{ Scan(...any) error }) (a Act, err error) {
	var at, ended int64
	err = r.Scan(&a.ID, &a.Rev, &a.COP, &a.Kind, &a.Subject, &a.Title, &a.SHA256, &a.State, &a.ProposedBy, &a.Side, &at, &ended, &a.Reason)
	a.At = time.UnixMilli(at).UTC()
	if ended > 0 {
		a.EndedAt = time.UnixMilli(ended).UTC()
	}
	return a, err
}

// FindAct returns an act with the words given so far.
func FindAct(ctx context.Context, q db.Q, id string) (Act, error) {
	a, err := scanAct(q.QueryRow(ctx, `SELECT `+actColumns+` FROM act WHERE id = $1`, id))
	if err != nil {
		return Act{}, db.OrNotFound(err, "Cette validation n’existe pas.")
	}
	rows, err := q.Query(ctx, `SELECT act, side, person, COALESCE(delegation, ''), at FROM act_consent WHERE act = $1 ORDER BY at, side`, id)
	a.Consents, err = db.Collect(rows, err, scanConsent)
	return a, err
}

func scanConsent(r *db.Rows) (c Consent, err error) {
	var at int64
	err = r.Scan(&c.Act, &c.Side, &c.Person, &c.Delegation, &at)
	c.At = time.UnixMilli(at).UTC()
	return c, err
}

// Acts lists the acts of a COP with their words, newest first, in two
// statements.
func Acts(ctx context.Context, q db.Q, copID string) ([]Act, error) {
	rows, err := q.Query(ctx, `SELECT `+actColumns+` FROM act WHERE cop_id = $1 ORDER BY id DESC`, copID)
	acts, err := db.Collect(rows, err, func(r *db.Rows) (Act, error) { return scanAct(r) })
	if err != nil || len(acts) == 0 {
		return acts, err
	}
	rows, err = q.Query(ctx, `SELECT act, side, person, COALESCE(delegation, ''), at
		FROM act_consent WHERE act IN (SELECT id FROM act WHERE cop_id = $1) ORDER BY at, side`, copID)
	words, err := db.Collect(rows, err, scanConsent)
	for _, w := range words {
		if i := slices.IndexFunc(acts, func(a Act) bool { return a.ID == w.Act }); i >= 0 {
			acts[i].Consents = append(acts[i].Consents, w)
		}
	}
	return acts, err
}

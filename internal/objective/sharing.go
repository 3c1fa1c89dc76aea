package objective

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// Pick is a lever of a list to share, as the page that it was picked from showed it.
type Pick struct {
	Lever string
	Rev   int64 // of the objective, zero when there was none
	// AsOffered takes up what the panorama offers where nothing is on the table; Kg is
	// what the page said that it offers.
	AsOffered bool
	Kg        panorama.Kg
}

// Moved is a lever whose value is no more the one that a list was made from.
type Moved struct {
	Lever    string // name
	Was, Now string // French
}

// Stale is a list made from a page that is no longer up to date: nothing is shared.
type Stale struct{ Moved []Moved }

// Error is the sentence a user reads.
func (s *Stale) Error() string {
	return "Depuis que vous avez ouvert cette page, " + french.Integer(len(s.Moved)) + nb + french.Plural(len(s.Moved), "objectif de votre liste a changé", "objectifs de votre liste ont changé") + ". Rien n’a été proposé au partage\u00a0: relisez les valeurs, puis proposez de nouveau."
}

// Unwrap makes it a conflict.
func (s *Stale) Unwrap() error { return apperr.Conflictf("%s", s.Error()) }

// asOffered is the reason kept beside a value taken up as the State offers it.
const asOffered = "Proposition de l’État, reprise telle quelle."

// ProposeSharing asks both heads to share a list of objectives of a place. What they
// are asked to validate is frozen: each objective at its revision, with its value,
// its reason and its dissent. It fails with Stale when the list was made from a page
// that is no longer up to date.
func (m *Room) ProposeSharing(ctx context.Context, a policy.Actor, p Place, picks []Pick) (s SharingList, err error) {
	defer apperr.Wrap(&err, "objective.ProposeSharing(%s, %s)", p.COP.ID, p.Ref())
	if err := policy.Check(a, policy.Propose, p.Thing(false)); err != nil {
		return s, err
	}
	picks = slices.Clone(picks)
	slices.SortFunc(picks, func(a, b Pick) int { return cmp.Compare(a.Lever, b.Lever) })
	picks = slices.CompactFunc(picks, func(a, b Pick) bool { return a.Lever == b.Lever })
	if len(picks) == 0 {
		return s, fault("pick", "Choisissez au moins un levier à partager.")
	}
	for _, x := range picks {
		if line, ok := p.Line(x.Lever); !ok || x.AsOffered && !line.Objective.Known {
			return s, apperr.Invalidf("La liste nomme un levier qui n’a rien à partager dans ce territoire. Rechargez la page et recommencez.")
		}
	}
	now := m.Now()
	s = SharingList{COP: p.COP.ID, State: SharingProposed, By: a.Person, At: now}
	if s.ID, err = m.IDs.New(); err != nil {
		return s, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The COP is the root of its lists: of two who propose at once, the second reads
		// what the first did.
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, p.COP.ID); err != nil {
			return err
		}
		rows, moved, err := m.take(ctx, tx, a, p, s.ID, picks)
		if err != nil {
			return err
		}
		if len(moved) > 0 {
			return &Stale{moved}
		}
		if s.Frozen, err = freeze(ctx, tx, p, rows, p.COP.DayAt(now)); err != nil {
			return err
		}
		if s.body, err = json.Marshal(s.Frozen); err != nil {
			return err
		}
		sum := sha256.Sum256(s.body)
		s.SHA256 = hex.EncodeToString(sum[:])
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) + 1 FROM objective_sharing WHERE cop_id = $1`, p.COP.ID).Scan(&s.Seq); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "objective_sharing", []string{"id", "cop_id", "seq", "state", "act", "by", "at", "ended_on", "sha256", "body"},
			[][]any{{s.ID, s.COP, s.Seq, s.State, "", s.By, s.At.UnixMilli(), "", s.SHA256, string(s.body)}}, ""); err != nil {
			return err
		}
		act, err := m.COPs.ProposeIn(ctx, tx, a, p.COP.ID, cop.NewAct{Kind: cop.ObjectivesAct, Subject: s.ID, SHA256: s.SHA256,
			Title: "Partage de " + french.Integer(len(rows)) + nb + french.Plural(len(rows), "objectif", "objectifs") + nb + ": " + p.Panorama.Territory.Name + ", liste n°" + nb + french.Integer(s.Seq)})
		if err != nil {
			return err
		}
		// An act that one head alone ends is ended already: its list is as End left it.
		if _, err = tx.Exec(ctx, `UPDATE objective_sharing SET act = $2 WHERE id = $1`, s.ID, act.ID); err != nil {
			return err
		}
		if s, err = findSharing(ctx, tx, s.ID); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "propose", "objective_sharing", s.ID, s.Seq, s.COP)
	})
	return s, err
}

// take brings the objectives of a list into the state of sharing, and tells those
// that are no more what the list was made from.
func (m *Room) take(ctx context.Context, tx db.Q, a policy.Actor, p Place, list string, picks []Pick) (rows []Objective, moved []Moved, err error) {
	for _, x := range picks {
		line, _ := p.Line(x.Lever)
		var n int64
		switch {
		case x.AsOffered && line.Objective.Kg != x.Kg:
			moved = append(moved, Moved{line.Lever.Name, "proposé\u00a0: " + KtText(x.Kg), "proposé\u00a0: " + KtText(line.Objective.Kg)})
			continue
		case x.AsOffered:
			n, err = m.takeOffered(ctx, tx, a, p, list, x, line)
		default:
			n, err = tx.Exec(ctx, `UPDATE objective SET rev = rev + 1, state = 'sharing', sharing = $5 WHERE cop_id = $1 AND territory = $2 AND lever = $3 AND rev = $4 AND state = 'discussed'`,
				p.COP.ID, p.Ref().String(), x.Lever, x.Rev, list)
		}
		if err != nil {
			return nil, nil, err
		}
		o, err := at(ctx, tx, p.COP.ID, p.Ref().String(), x.Lever)
		if err != nil {
			return nil, nil, err
		}
		if n == 0 {
			was, err := m.shown(ctx, tx, o, x, line)
			if err != nil {
				return nil, nil, err
			}
			moved = append(moved, Moved{line.Lever.Name, was, stateText(o)})
			continue
		}
		if err := m.version(ctx, tx, a.Person, o, "Proposé au partage."); err != nil {
			return nil, nil, err
		}
		rows = append(rows, o)
	}
	return rows, moved, nil
}

// takeOffered puts what the panorama offers on the table, already in a list.
func (m *Room) takeOffered(ctx context.Context, tx db.Q, a policy.Actor, p Place, list string, x Pick, line panorama.Line) (int64, error) {
	o := m.offered(a, p, line)
	o.State, o.Reason, o.Sharing = Sharing, asOffered, list
	_, n, err := m.lay(ctx, tx, o, x.Rev)
	if db.IsConflict(err) {
		return 0, nil
	}
	return n, err
}

// offered is what the panorama offers, as somebody who puts it on the table writes it.
func (m *Room) offered(a policy.Actor, p Place, line panorama.Line) Objective {
	o := p.blank(line.Lever.Code)
	o.Value, o.Measure, o.Typed, o.By, o.At = p.Offered(line), InKt, panorama.FieldKt(line.Objective.Kg), a.Person, m.Now()
	return o
}

// lay puts an objective where nothing is on the table: rev is the revision of a value
// that was withdrawn, zero when there was never one. n is 0 when there is one again.
func (m *Room) lay(ctx context.Context, tx db.Q, o Objective, rev int64) (_ Objective, n int64, err error) {
	if rev == 0 {
		if o.ID, err = m.IDs.New(); err != nil {
			return o, 0, err
		}
		return o, 1, insert(ctx, tx, o)
	}
	n, err = tx.Exec(ctx, `
		UPDATE objective SET rev = rev + 1, state = $15, kg = $5, level = $6, unit = $7, measure = $8, typed = $9, above = $10, reason = $11, by = $12, at = $13, sharing = $14
		 WHERE cop_id = $1 AND territory = $2 AND lever = $3 AND rev = $4 AND state = 'withdrawn'`,
		o.COP, o.Territory, o.Lever, rev, kgOf(o.Value.Kg), levelOf(o.Value.Level), o.Value.Unit, string(o.Measure), o.Typed, false, o.Reason, o.By, o.At.UnixMilli(), o.Sharing, string(o.State))
	return o, n, err
}

// shown is what the page of a list said of a lever.
func (m *Room) shown(ctx context.Context, tx db.Q, o Objective, x Pick, line panorama.Line) (string, error) {
	if x.AsOffered {
		return "proposé\u00a0: " + KtText(line.Objective.Kg), nil
	}
	v, err := versionAt(ctx, tx, o.ID, x.Rev)
	if apperr.KindOf(err) == apperr.NotFound {
		return "une valeur qui n’est pas de cette page", nil
	}
	return stateText(v.Objective), err
}

// stateText is where an objective stands and with what, for a list that moved.
func stateText(o Objective) string {
	if o.State == Withdrawn {
		return "retiré"
	}
	return o.State.Name() + nb + ": " + o.Value.Text()
}

// End brings a list of objectives where its act leaves it: shared by both heads, or
// given back to discussion.
func (m *Room) End(ctx context.Context, tx db.Q, act cop.Act) (err error) {
	defer apperr.Wrap(&err, "objective.End(%s)", act.ID)
	c, err := cop.Find(ctx, tx, act.COP)
	if err != nil {
		return err
	}
	day, state, reason := c.DayAt(m.Now()), SharingShared, "Partagé par les deux têtes de la COP."
	switch act.State {
	case cop.ActWithdrawn:
		state, reason = SharingWithdrawn, "Le partage a été retiré\u00a0: "+act.Reason
	case cop.ActAlone:
		reason = "Partagé par une tête, l’autre n’ayant pas répondu\u00a0: " + act.Reason
	}
	n, err := tx.Exec(ctx, `UPDATE objective_sharing SET state = $2, ended_on = $3 WHERE id = $1 AND cop_id = $4 AND state = 'proposed'`, act.Subject, state, day, act.COP)
	if err != nil || n == 0 {
		return err
	}
	if state == SharingShared {
		_, err = tx.Exec(ctx, `UPDATE objective SET rev = rev + 1, state = 'shared', shared_rev = rev + 1, shared_kg = kg, shared_level = level, shared_unit = unit, shared_on = $2 WHERE sharing = $1 AND state = 'sharing'`, act.Subject, day)
	} else {
		_, err = tx.Exec(ctx, `UPDATE objective SET rev = rev + 1, state = 'discussed' WHERE sharing = $1 AND state = 'sharing'`, act.Subject)
	}
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.sharing = $1 ORDER BY o.lever`, act.Subject)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
	if err != nil {
		return err
	}
	by := act.ProposedBy
	if len(act.Consents) > 0 {
		by = act.Consents[len(act.Consents)-1].Person
	}
	for _, o := range all {
		if state == SharingWithdrawn {
			if o, err = giveBack(ctx, tx, o); err != nil {
				return err
			}
		}
		if err := m.version(ctx, tx, by, o, reason); err != nil {
			return err
		}
	}
	return m.record(ctx, tx, policy.Actor{Person: by}, map[string]string{SharingShared: "publish", SharingWithdrawn: "withdraw"}[state], "objective_sharing", act.Subject, 0, act.COP)
}

// giveBack names again the list that shared the value in force of an objective whose
// new sharing was withdrawn.
func giveBack(ctx context.Context, tx db.Q, o Objective) (Objective, error) {
	o.Sharing = ""
	if o.SharedRev > 0 {
		v, err := versionAt(ctx, tx, o.ID, o.SharedRev)
		if err != nil {
			return o, err
		}
		o.Sharing = v.Objective.Sharing
	}
	_, err := tx.Exec(ctx, `UPDATE objective SET sharing = $2 WHERE id = $1`, o.ID, o.Sharing)
	return o, err
}

// The states of a list.
const (
	SharingProposed  = "proposed"
	SharingShared    = "shared"
	SharingWithdrawn = "withdrawn"
)

// SharingList is a list of objectives given to both heads. Seq numbers those of a COP.
type SharingList struct {
	ID, COP string
	Seq     int64
	State   string
	Act     string
	By      string
	At      time.Time
	EndedOn string // day
	SHA256  string // of the body
	Frozen  Frozen

	body []byte
}

// Body is what was frozen, byte by byte as its digest was taken.
func (s SharingList) Body() []byte { return s.body }

// Intact reports whether the digest still is that of what was frozen.
func (s SharingList) Intact() bool {
	sum := sha256.Sum256(s.body)
	return strings.EqualFold(hex.EncodeToString(sum[:]), s.SHA256)
}

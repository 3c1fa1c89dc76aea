package objective

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// The states of a dissent.
const (
	DissentHeld   = "held"
	DissentLifted = "lifted"
)

// Who is whose dissent it is, in words.
func (d Dissent) Who() string {
	if d.Name == "" {
		return PartyName(d.Party)
	}
	return d.Name + " (" + PartyName(d.Party) + ")"
}

// PartyName is the French name of a party.
func PartyName(code string) string {
	i := slices.IndexFunc(Parties(), func(p [2]string) bool { return p[0] == code })
	if i < 0 {
		return code
	}
	return Parties()[i][1]
}

// NewDissent is what is recorded of somebody who does not hold the value on the
// table. Typed is empty when they name no other value; Day when it is today.
type NewDissent struct {
	Lever   string
	Party   string
	Name    string
	Org     string
	Measure Measure
	Typed   string
	Text    string
	Day     string
	// OfOffered tells that it is about what the State offers, where nobody put a value:
	// that value comes on the table with it, to stand beside.
	OfOffered bool
}

// forDissent is the reason kept beside a value that comes on the table so.
const forDissent = "Valeur proposée par l’État, mise sur la table pour y noter un désaccord."

// Dissent keeps who does not hold the value on the table beside it. It is refused
// while both heads are asked to share that value: their list holds the dissent.
func (m *Room) Dissent(ctx context.Context, a policy.Actor, p Place, in NewDissent) (d Dissent, err error) {
	defer apperr.Wrap(&err, "objective.Dissent(%s, %s, %s)", p.COP.ID, p.Ref(), in.Lever)
	if err := policy.Check(a, policy.Edit, p.Thing(false)); err != nil {
		return d, err
	}
	line, ok := p.Line(in.Lever)
	if !ok {
		return d, apperr.NotFoundf("Ce levier n’est pas de ceux de ce territoire.")
	}
	now := m.Now()
	d = Dissent{Rev: 1, COP: p.COP.ID, Party: in.Party, Name: in.Name, Org: in.Org, Measure: in.Measure, Typed: strings.TrimSpace(in.Typed), Text: in.Text, Day: in.Day, State: DissentHeld, By: a.Person, At: now}
	if d.Day == "" {
		d.Day = p.COP.DayAt(now)
	}
	if err := d.check(p.COP.DayAt(now)); err != nil {
		return d, err
	}
	if d.Typed != "" {
		if d.Value, err = p.Read(line, in.Measure, in.Typed); err != nil {
			return d, err
		}
	} else {
		d.Measure = ""
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if in.OfOffered {
			if err := m.layOffered(ctx, tx, a, p, line, d); err != nil {
				return err
			}
		}
		o, err := lock(ctx, tx, p, in.Lever)
		if err != nil {
			return err
		}
		if d.ID, err = m.IDs.New(); err != nil {
			return err
		}
		d.Objective = o.ID
		// A button that is pressed twice notes one dissent.
		if err := notNoted(ctx, tx, o.ID, d); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "objective_dissent", []string{"id", "rev", "objective_id", "cop_id", "party", "name", "org", "kg", "level", "measure", "typed", "text", "day", "state", "by", "at"},
			[][]any{{d.ID, d.Rev, d.Objective, d.COP, d.Party, d.Name, d.Org, kgOf(d.Value.Kg), levelOf(d.Value.Level), string(d.Measure), d.Typed, d.Text, d.Day, d.State, d.By, d.At.UnixMilli()}}, ""); err != nil {
			return err
		}
		return m.keptDissent(ctx, tx, a, "create", o, d, d.Text)
	})
	return d, err
}

// notNoted refuses what is held of an objective in the same words already.
func notNoted(ctx context.Context, tx db.Q, id string, d Dissent) error {
	all, err := dissentsOf(ctx, tx, id)
	if err == nil && slices.ContainsFunc(all, func(x Dissent) bool { return x.State == DissentHeld && x.says(d) }) {
		err = apperr.Conflictf("Ce désaccord est déjà noté, dans les mêmes mots. Rien n’a été ajouté.")
	}
	return err
}

// says reports whether two dissents are one, in the same words of the same day.
func (d Dissent) says(x Dissent) bool {
	return d.Party == x.Party && d.Name == x.Name && d.Text == x.Text && d.Measure == x.Measure && d.Typed == x.Typed && d.Day == x.Day
}

func (d Dissent) check(today string) error {
	if !slices.ContainsFunc(Parties(), func(p [2]string) bool { return p[0] == d.Party }) {
		return fault("party", "Choisissez de quelle partie vient ce désaccord.")
	}
	if err := text("name", d.Name, "Dites qui\u00a0: un organisme, un collège, un élu.", short); err != nil {
		return err
	}
	if err := text("text", d.Text, "Dites ce que cette partie ne tient pas, et pourquoi.", longest); err != nil {
		return err
	}
	if _, err := time.Parse(time.DateOnly, d.Day); err != nil || d.Day > today {
		return fault("day", "Écrivez le jour où cela a été dit, passé ou d’aujourd’hui, par exemple 2024-05-27.")
	}
	return nil
}

// lock takes an objective that is not being shared: every change of its dissent is
// one of its own.
func lock(ctx context.Context, tx db.Q, p Place, lever string) (Objective, error) {
	n, err := tx.Exec(ctx, `UPDATE objective SET rev = rev + 1 WHERE cop_id = $1 AND territory = $2 AND lever = $3 AND state IN ('discussed', 'shared')`, p.COP.ID, p.Ref().String(), lever)
	if err != nil {
		return Objective{}, err
	}
	o, err := at(ctx, tx, p.COP.ID, p.Ref().String(), lever)
	switch {
	case err != nil:
		return o, err
	case n == 0 && o.State == Sharing:
		return o, errSharing()
	case n == 0:
		return o, apperr.Conflictf("Aucune valeur n’est sur la table pour ce levier\u00a0: mettez-en une d’abord. Rien n’a été enregistré.")
	}
	return o, nil
}

// layOffered puts what the State offers on the table, and nothing in the place of a
// value that somebody put meanwhile.
func (m *Room) layOffered(ctx context.Context, tx db.Q, a policy.Actor, p Place, line panorama.Line, d Dissent) error {
	if !line.Objective.Known {
		return apperr.Conflictf("L’État ne propose aucune valeur pour ce levier\u00a0: mettez-en une sur la table d’abord. Rien n’a été enregistré.")
	}
	was, err := at(ctx, tx, p.COP.ID, p.Ref().String(), line.Lever.Code)
	if err != nil && apperr.KindOf(err) != apperr.NotFound {
		return err
	}
	if err := notNoted(ctx, tx, was.ID, d); err != nil {
		return err
	}
	o := m.offered(a, p, line)
	o.State, o.Reason = Discussed, forDissent
	_, n, err := m.lay(ctx, tx, o, was.Rev)
	switch {
	case err != nil && !db.IsConflict(err):
		return err
	case err != nil || n == 0:
		return apperr.Conflictf("Une valeur est venue sur la table pendant votre saisie\u00a0: ce désaccord porterait sur elle. Rien n’a été enregistré, et votre saisie est conservée\u00a0: relisez la valeur, puis notez-le de nouveau.")
	}
	if o, err = at(ctx, tx, o.COP, o.Territory, o.Lever); err != nil {
		return err
	}
	return m.kept(ctx, tx, a, "create", o, o.Reason)
}

// Lift ends a dissent, with the reason: it stays in the history of the objective.
func (m *Room) Lift(ctx context.Context, a policy.Actor, p Place, lever, id string, rev int64, reason string) (d Dissent, err error) {
	defer apperr.Wrap(&err, "objective.Lift(%s)", id)
	if err := policy.Check(a, policy.Edit, p.Thing(false)); err != nil {
		return d, err
	}
	if err := text("lift-reason", reason, "Dites pourquoi ce désaccord est levé.", longest); err != nil {
		return d, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		o, err := lock(ctx, tx, p, lever)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE objective_dissent SET rev = rev + 1, state = 'lifted', by = $4, at = $5 WHERE id = $1 AND objective_id = $2 AND rev = $3 AND state = 'held'`,
			id, o.ID, rev, a.Person, m.Now().UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Ce désaccord a déjà été levé, ou n’est pas de cet objectif. Rien n’a été enregistré.")
		}
		all, err := dissentsOf(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		d = all[slices.IndexFunc(all, func(x Dissent) bool { return x.ID == id })]
		return m.keptDissent(ctx, tx, a, "lift", o, d, reason)
	})
	return d, err
}

// liftWith lifts what was noted against a value that leaves the table: all that the
// last value shared did not bear.
func (m *Room) liftWith(ctx context.Context, tx db.Q, a policy.Actor, o Objective, reason string) error {
	all, err := dissentsOf(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(d Dissent) bool { return d.State != DissentHeld })
	if len(all) == 0 {
		return nil
	}
	borne, err := borneShared(ctx, tx, o)
	if err != nil {
		return err
	}
	for _, d := range all {
		if borne[d.ID] {
			continue
		}
		d.Rev, d.State, d.By, d.At = d.Rev+1, DissentLifted, a.Person, m.Now()
		if _, err := tx.Exec(ctx, `UPDATE objective_dissent SET rev = rev + 1, state = 'lifted', by = $2, at = $3 WHERE id = $1`, d.ID, d.By, d.At.UnixMilli()); err != nil {
			return err
		}
		if err := m.dissentVersion(ctx, tx, a, d, "La valeur a été retirée\u00a0: "+reason); err != nil {
			return err
		}
		if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "lift", Kind: "objective_dissent", Subject: d.ID, Rev: d.Rev, COP: d.COP}); err != nil {
			return err
		}
	}
	return nil
}

// borneShared are the dissents that stood beside the last value shared when another
// was put on the table; none when nothing was ever shared.
func borneShared(ctx context.Context, q db.Q, o Objective) (map[string]bool, error) {
	out := map[string]bool{}
	if o.SharedRev == 0 {
		return out, nil
	}
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM objective_version WHERE id = $1 AND rev >= $2 ORDER BY rev DESC`, o.ID, o.SharedRev)
	past, err := db.Collect(rows, err, func(r *db.Rows) (Past, error) { return scanPast(r) })
	if i := slices.IndexFunc(past, func(v Past) bool { return v.Objective.State == Shared }); i >= 0 {
		for _, d := range past[i].Dissents {
			out[d.ID] = true
		}
	}
	return out, err
}

func (m *Room) dissentVersion(ctx context.Context, tx db.Q, a policy.Actor, d Dissent, reason string) error {
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "objective_dissent_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{d.ID, d.Rev, m.Now().UnixMilli(), a.Person, reason, string(body)}}, "")
	return err
}

func (m *Room) keptDissent(ctx context.Context, tx db.Q, a policy.Actor, verb string, o Objective, d Dissent, reason string) error {
	if err := m.dissentVersion(ctx, tx, a, d, reason); err != nil {
		return err
	}
	if err := m.version(ctx, tx, a.Person, o, reason); err != nil {
		return err
	}
	return m.record(ctx, tx, a, verb, "objective_dissent", d.ID, d.Rev, o.COP)
}

const dissentColumns = `d.id, d.rev, d.objective_id, d.cop_id, d.party, d.name, d.org, d.kg, d.level, o.unit, d.measure, d.typed, d.text, d.day, d.state, d.by, d.at`

func scanDissent(r *db.Rows) (d Dissent, err error) {
	var kg *int64
	var level *float64
	var instant int64
	var unit string
	err = r.Scan(&d.ID, &d.Rev, &d.Objective, &d.COP, &d.Party, &d.Name, &d.Org, &kg, &level, &unit, &d.Measure, &d.Typed, &d.Text, &d.Day, &d.State, &d.By, &instant)
	d.Value, d.At = valueOf(kg, level, unit), time.UnixMilli(instant).UTC()
	return d, err
}

// dissentsOf lists the dissent of an objective, lifted ones too, in the order in
// which it was recorded.
func dissentsOf(ctx context.Context, q db.Q, id string) ([]Dissent, error) {
	rows, err := q.Query(ctx, `SELECT `+dissentColumns+` FROM objective_dissent d JOIN objective o ON o.id = d.objective_id WHERE d.objective_id = $1 ORDER BY d.id`, id)
	return db.Collect(rows, err, scanDissent)
}

// Dissents lists the dissent that is held in a COP, by objective. Who may not read
// the table reads that of the values in force: what was recorded before they were
// shared, or since while nothing else is discussed.
func Dissents(ctx context.Context, q db.Q, copID string, onTable bool) (_ map[string][]Dissent, err error) {
	defer apperr.Wrap(&err, "objective.Dissents(%q)", copID)
	rows, err := q.Query(ctx, `
		SELECT `+dissentColumns+`
		  FROM objective_dissent d JOIN objective o ON o.id = d.objective_id LEFT JOIN objective_version v ON v.id = o.id AND v.rev = o.shared_rev
		 WHERE d.cop_id = $1 AND d.state = 'held' AND (CAST($2 AS BIGINT) = 1 OR o.shared_rev > 0 AND (o.state = 'shared' OR d.at <= v.at)) ORDER BY d.id`, copID, flag(onTable))
	all, err := db.Collect(rows, err, scanDissent)
	out := map[string][]Dissent{}
	for _, d := range all {
		out[d.Objective] = append(out[d.Objective], d)
	}
	return out, err
}

// DissentsOf lists all the dissent ever recorded of an objective, lifted too.
func DissentsOf(ctx context.Context, q db.Q, id string) (_ []Dissent, err error) {
	defer apperr.Wrap(&err, "objective.DissentsOf(%q)", id)
	return dissentsOf(ctx, q, id)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

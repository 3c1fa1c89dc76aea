package action

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/plan"
	"jalon/internal/policy"
)

// Past is an action as it stood at a revision.
type Past struct {
	Rev    int64
	At     time.Time
	By     string // account
	Reason string
	Action Action
}

// Versions lists those of an action, the newest first, at most fifty.
func Versions(ctx context.Context, q db.Q, id string) (_ []Past, err error) {
	defer apperr.Wrap(&err, "action.Versions(%q)", id)
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM action_version WHERE id = $1 ORDER BY rev DESC LIMIT 50`, id)
	return db.Collect(rows, err, func(r *db.Rows) (Past, error) { return scanPast(r) })
}

// VersionAt reads one version of an action.
func VersionAt(ctx context.Context, q db.Q, id string, rev int64) (_ Past, err error) {
	defer apperr.Wrap(&err, "action.VersionAt(%q, %d)", id, rev)
	v, err := scanPast(q.QueryRow(ctx, `SELECT rev, at, by, reason, body FROM action_version WHERE id = $1 AND rev = $2`, id, rev))
	return v, db.OrNotFound(err, "Cette version n’existe pas.")
}

func scanPast(r interface{ Scan(...any) error }) (v Past, err error) {
	var at int64
	var body string
	if err := r.Scan(&v.Rev, &at, &v.By, &v.Reason, &body); err != nil {
		return v, err
	}
	v.At = time.UnixMilli(at).UTC()
	err = json.Unmarshal([]byte(body), &v.Action)
	v.Action.Rev = v.Rev
	return v, err
}

// Restore writes an older version of an action as its newest one: what an edit never
// moves stays as it is now.
func (m *Room) Restore(ctx context.Context, q db.Q, a policy.Actor, id string, rev, from int64, reason string) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Restore(%q, %d)", id, from)
	past, err := VersionAt(ctx, q, id, from)
	if err != nil {
		return x, err
	}
	in := past.Action
	in.ID, in.Rev = id, rev
	return m.Save(ctx, q, a, in, cmp.Or(strings.TrimSpace(reason), "Reprise de la version "+strconv.FormatInt(from, 10)+"."))
}

// Words names codes for people: levers, territories, themes.
type Words struct {
	Lever, Place, Theme func(code string) string
}

// Difference is one thing that changed between two versions, in words.
type Difference struct{ What, From, To string }

// Diff tells what changed from a version to another, field by field.
func Diff(from, to Action, w Words) (out []Difference) {
	a, b := from.told(w), to.told(w)
	for i := range b {
		if a[i][1] != b[i][1] {
			out = append(out, Difference{What: b[i][0], From: a[i][1], To: b[i][1]})
		}
	}
	return out
}

// told is an action as lines of a label and a text, always the same labels.
func (x Action) told(w Words) [][2]string {
	name := func(f func(string) string, codes ...string) string {
		out := make([]string, 0, len(codes))
		for _, c := range codes {
			if f != nil && c != "" {
				c = f(c)
			}
			out = append(out, c)
		}
		return strings.Join(out, ", ")
	}
	lines := func(n int, line func(i int) string) string {
		out := make([]string, n)
		for i := range n {
			out[i] = line(i)
		}
		return strings.Join(out, "\n")
	}
	parties := func(all []Party) string {
		return lines(len(all), func(i int) string { return join(" – ", all[i].Name, all[i].Role) })
	}
	sorted := slices.Clone(x.Hidden)
	slices.Sort(sorted)
	return [][2]string{
		{"État", x.State.Name()}, {"Statut au vivier", Named(PoolStates(), x.PoolState)}, {"Nature", x.Kind.Name()}, {"Titre", x.Title}, {"Résumé", x.Summary}, {"Thématique", name(w.Theme, x.Theme)}, {"Thème transversal", x.Cross},
		{"Leviers", name(w.Lever, x.Levers...)},
		{"Territoires", lines(len(x.Places), func(i int) string {
			text := name(w.Place, x.Places[i].Territory)
			if s := x.Places[i].Share; s != nil {
				text += " (" + percentOf(*s) + ")"
			}
			return text
		})},
		{"Porteur", x.Holder.Name}, {"Co-porteurs", parties(x.CoHolders)}, {"Partenaires", parties(x.Partners)}, {"Contact", join(", ", x.Contact, x.Email)}, {"Élu référent", x.Referent},
		{"Étape", Named(Steps(), x.Step)}, {"Début", x.Starts}, {"Fin", x.Ends}, {"Phase", Named(Phases(), x.Phase)}, {"Statut", join(" – ", Named(Statuses(), x.Status), x.StatusReason, x.StatusOn)},
		{"Tâches", lines(len(x.Tasks), func(i int) string {
			t := x.Tasks[i]
			return join(" – ", t.Title, t.Who, t.Due, map[bool]string{true: "faite le " + t.Done}[t.Done != ""])
		})},
		{"Investissement", eurosOf(x.Budget.Invest)}, {"Fonctionnement, par an", eurosOf(x.Budget.Operation)}, {"Équivalents temps plein", hundredths(x.Budget.FTE)}, {"Note sur le budget", x.Budget.Note},
		{"Plan de financement", lines(len(x.Funding), func(i int) string {
			f := x.Funding[i]
			return join(" – ", f.Funder, eurosOf(f.Amount), Named(FundingStates(), f.State), f.Note)
		})},
		{"Indicateurs", lines(len(x.Indicators), func(i int) string { return x.Indicators[i].told() })},
		{"Freins rencontrés", lines(len(x.Met), func(i int) string { return cmp.Or(x.Met[i].Text, x.Met[i].Item) })},
		{"Documents", lines(len(x.Files), func(i int) string { return cmp.Or(x.Files[i].Title, x.Files[i].Name) })},
		{"Liens avec d’autres actions", lines(len(x.Relations), func(i int) string { return Named(Relations(), x.Relations[i].Kind) + " " + x.Relations[i].Other })},
		{"Apports", lines(len(x.Impacts), func(i int) string { return name(w.Lever, x.Impacts[i].Lever) + nb + ": " + x.Impacts[i].told() })},
		{"Non publié", strings.Join(groupNames(sorted), ", ")},
	}
}

// told is an indicator in one line.
func (i Indicator) told() string {
	text := i.Name
	if i.Target != nil {
		text += ", cible " + number(*i.Target) + nb + i.Unit
		if i.Year > 0 {
			text += " en " + strconv.Itoa(i.Year)
		}
	}
	if n := len(i.Values); n > 0 {
		last := i.Values[n-1]
		text += ", " + number(last.V) + nb + i.Unit + " le " + french.Day(last.Day)
	}
	return text
}

// told is what an action brings to a lever, in one line.
func (p Impact) told() string {
	if p.Class != Quantified {
		return join(" – ", p.Class.Name(), p.How)
	}
	text := ""
	if p.Quantity != nil {
		text = number(*p.Quantity) + nb + p.Unit
	}
	if p.Low != nil && p.High != nil {
		text += " (de " + number(*p.Low) + " à " + number(*p.High) + ")"
	}
	if p.Kg != nil {
		text = join(", ", text, p.Kg.Text())
	}
	if p.Gross {
		text += ", brut"
	}
	return join(" – ", text, p.How)
}

func join(sep string, words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return strings.TrimSpace(s) == "" }), sep)
}

func number(v float64) string { return plan.Exact(v) }

// eurosOf writes cents, «» when they are missing.
func eurosOf(cents *int64) string {
	if cents == nil {
		return ""
	}
	return Euros(*cents)
}

// Euros writes an amount of cents: whole euros without decimals.
func Euros(cents int64) string {
	if cents%100 == 0 {
		return french.Integer(cents/100) + nb + "€"
	}
	return french.Number(float64(cents)/100, 2) + nb + "€"
}

func hundredths(v *int64) string {
	if v == nil {
		return ""
	}
	return number(float64(*v) / 100)
}

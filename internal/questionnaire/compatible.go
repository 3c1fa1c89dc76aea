package questionnaire

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"jalon/internal/french"
)

// Effect is what a new version does to answers given to the one before.
type Effect struct {
	// Refused says that the meaning of what is kept would change: the new version
	// cannot take the place of the old one. What is not refused is only told.
	Refused bool
	Keys    []string // of cells
	Message string   // French
}

// Compatible says what would lose the answers to a version, or change what they
// mean, once another takes its place. Refused: a type or a unit that changes under
// the same key, an answer of a list that goes or changes its place, since answers
// are packed by it. Told: what is no longer asked (its answers are kept and
// listed), bounds that exclude, words that change.
func Compatible(old, next Form) []Effect {
	var out []Effect
	add := func(refused bool, message string, keys ...string) {
		out = append(out, Effect{Refused: refused, Keys: keys, Message: message})
	}
	_, was := questionsOf(old)
	order, is := questionsOf(next)
	for _, s := range old.Scales {
		scale := next.Scale(s.Code)
		if scale.Code != "" && !prefix(codes(s.Options), codes(scale.Options)) {
			add(true, "L’échelle "+quote(s.Label)+" perd une réponse, ou en change l’ordre\u00a0: les réponses gardées changeraient de sens. Renommez une réponse, ou ajoutez-en à la fin.")
		}
	}
	for _, id := range order {
		o, there := was[id]
		if !there {
			continue
		}
		a, b := o.x, is[id].x
		name := "La question " + quote(b.Label)
		switch {
		case a.Type != b.Type:
			add(true, name+" change de type\u00a0: les réponses gardées ne seraient plus lisibles. Donnez à la nouvelle question un autre identifiant.", id)
			continue
		case a.Unit != b.Unit:
			add(true, name+" change d’unité\u00a0: les nombres gardés changeraient de sens. Donnez à la nouvelle question un autre identifiant.", id)
		case !prefix(codes(a.Options), codes(b.Options)):
			add(true, name+" perd une réponse, ou en change l’ordre\u00a0: les réponses gardées changeraient de sens. Renommez une réponse, ou ajoutez-en à la fin.", id)
		}
		if narrower(a.Min, b.Min, func(x, y float64) bool { return y > x }) || narrower(a.Max, b.Max, func(x, y float64) bool { return y < x }) {
			add(false, name+" a des bornes plus étroites\u00a0: un nombre déjà donné peut être à corriger.", id)
		}
		if length(b) < length(a) {
			add(false, name+" admet un texte plus court\u00a0: un texte déjà donné peut être à raccourcir.", id)
		}
		if a.Label != b.Label {
			add(false, name+" est reformulée\u00a0: vérifiez qu’elle demande la même chose.", id)
		}
	}
	return append(out, lost(old, next)...)
}

func prefix(old, next []string) bool {
	return len(old) <= len(next) && slices.Equal(old, next[:len(old)])
}

func narrower(old, next *float64, tighter func(x, y float64) bool) bool {
	return next != nil && (old == nil || tighter(*old, *next))
}

// lost tells, path by path, the cells that are asked no more and the rows whose
// words changed.
func lost(old, next Form) []Effect {
	var out []Effect
	type loss struct {
		kinds []string
		keys  []string
	}
	var order []string
	losses := map[string]*loss{}
	_, rows := rowsOf(old)
	for _, k := range Kinds() {
		g := next.Path(k).Graph()
		for _, c := range old.Path(k).Cells() {
			if _, kept := g.byKey[c.Key]; kept {
				continue
			}
			what := "La question " + quote(c.Question)
			switch {
			case c.Flag:
				what = "Le geste «\u00a0pas notre compétence\u00a0» de " + quote(c.Section)
			case c.Row != "":
				what = "La ligne " + quote(rows[c.Row].x.Label)
			default:
				if q, ok := old.Question(c.Question); ok {
					what = "La question " + quote(q.Label)
				}
			}
			x := losses[what]
			if x == nil {
				x = &loss{}
				losses[what], order = x, append(order, what)
			}
			if n := k.Name(); !slices.Contains(x.kinds, n) {
				x.kinds = append(x.kinds, n)
			}
			if !slices.Contains(x.keys, c.Key) {
				x.keys = append(x.keys, c.Key)
			}
		}
	}
	for _, what := range order {
		x := losses[what]
		out = append(out, Effect{Keys: x.keys, Message: what + " n’est plus demandée (" + strings.Join(x.kinds, ", ") + ")\u00a0: les réponses déjà données sont gardées et listées à part."})
	}
	ids, after := rowsOf(next)
	for _, id := range ids {
		if o, there := rows[id]; there && o.x.Label != after[id].x.Label {
			out = append(out, Effect{Keys: []string{id}, Message: "La ligne " + quote(after[id].x.Label) + " est reformulée\u00a0: vérifiez qu’elle désigne la même action."})
		}
	}
	return out
}

// Refusals are the effects that forbid a new version, as faults.
func Refusals(effects []Effect) Faults {
	var out Faults
	for _, e := range effects {
		if e.Refused && len(out) < MostFaults {
			out = append(out, Fault{Message: e.Message})
		}
	}
	return out
}

// Variant starts a region's own questionnaire from a national template, before
// anything is changed.
func Variant(base Form, code string) Form {
	v := base.Clone()
	v.Code, v.Version = code, 1
	v.Base = &Base{Code: base.Code, Version: base.Version}
	return v
}

// Clone is a copy that shares nothing with the form.
func (f Form) Clone() Form {
	doc, err := json.Marshal(f)
	if err != nil {
		return f // a form always marshals but for numbers that no document holds
	}
	var out Form
	if err := json.Unmarshal(doc, &out); err != nil {
		return f
	}
	return out
}

// Prefix is what the ids that a region adds begin with.
func Prefix(region string) string { return "r" + region + "-" }

// Vary says in a variant what it changed of its template: a sentence by the team,
// then every difference.
func Vary(base, v Form, sentence string) Form {
	said := &Base{Code: base.Code, Version: base.Version}
	if s := strings.TrimSpace(sentence); s != "" {
		said.Changes = append(said.Changes, s)
	}
	for _, c := range Diff(base, v) {
		said.Changes = append(said.Changes, c.Text)
	}
	v.Base = said
	return v
}

// VariantFaults says what a variant may not do: give an id of its own without the
// region's prefix, change what the template's answers mean or what they are worth,
// since the nation adds up the answers to every variant.
func VariantFaults(base, v Form, region string) Faults {
	out := Refusals(Compatible(base, v))
	say := func(where, message string) {
		if len(out) < MostFaults {
			out = append(out, Fault{where, message})
		}
	}
	known := map[string]bool{}
	walkIDs(base, func(id, _ string) { known[id] = true })
	walkIDs(v, func(id, where string) {
		if !known[id] && !strings.HasPrefix(id, Prefix(region)) {
			say(where, "ce qu’une région ajoute porte un identifiant qui commence par «\u00a0"+Prefix(region)+"\u00a0».")
		}
	})
	for _, s := range base.Scales {
		scale := v.Scale(s.Code)
		if len(scale.Options) < len(s.Options) {
			continue // removed with the matrices that used it, or refused above
		}
		for i, o := range s.Options {
			if !reflect.DeepEqual(o.Score, scale.Options[i].Score) {
				say("échelle "+quote(s.Label), "la valeur de "+quote(o.Label)+" est celle du modèle national, la même dans toutes les régions.")
			}
		}
	}
	return out
}

// NationalFaults refuses a template whose ids are those of a region.
func NationalFaults(f Form) Faults {
	var out Faults
	walkIDs(f, func(id, where string) {
		if regional(id) && len(out) < MostFaults {
			out = append(out, Fault{where, "ce début d’identifiant est réservé à ce qu’une région ajoute."})
		}
	})
	return out
}

func regional(id string) bool {
	head, _, _ := strings.Cut(id, "-")
	return len(head) > 2 && head[0] == 'r' && strings.Trim(head[1:], "0123456789") == "" && len(id) > len(head)
}

// walkIDs calls do with each id of sections, questions and rows, and where it is.
func walkIDs(f Form, do func(id, where string)) {
	for _, s := range f.Sections {
		at := "section " + quote(s.ID)
		do(s.ID, at)
		for _, q := range s.Questions {
			here := at + ", question " + quote(q.ID)
			do(q.ID, here)
			for _, r := range q.Rows {
				do(r.ID, here+", ligne "+quote(r.ID))
			}
		}
	}
}

// Name is the French name of a type of question.
func (t Type) Name() string {
	return map[Type]string{Choice: "un choix", Choices: "plusieurs choix", Matrix: "grille d’actions", Number: "nombre", Date: "date", File: "fichier", Text: "texte libre", Sheet: "fiche action"}[t]
}

// Types lists the types in the order of forms.
func Types() []Type { return []Type{Matrix, Choice, Choices, Number, Date, Text, Sheet, File} }

// Cap is how many rows a path may ask, and the minutes that it should take: a
// commune has ten, the others half an hour.
func Cap(k Kind) (rows, minutes int) {
	if k == Commune {
		return 25, 10
	}
	return 60, 30
}

// Load is what a path asks, beside what it may.
type Load struct {
	Kind                      Kind
	Sections, Questions, Rows int
	Minutes, Whole            int // for what is expected, and with all that is optional
	MostRows, MostMinutes     int
}

// Over says what is over the cap, in French; empty when nothing is.
func (l Load) Over() string {
	switch {
	case l.Rows > l.MostRows:
		return "trop de lignes\u00a0: " + french.Integer(l.MostRows) + " au plus"
	case l.Minutes > l.MostMinutes:
		return "trop long\u00a0: " + french.Integer(l.MostMinutes) + "\u00a0min au plus"
	}
	return ""
}

// Loads measures each path.
func (f Form) Loads() []Load {
	var out []Load
	for _, k := range Kinds() {
		p := f.Path(k)
		l := Load{Kind: k, Sections: len(p.Sections), Rows: p.Rows()}
		l.Minutes, l.Whole = p.Duration()
		l.MostRows, l.MostMinutes = Cap(k)
		for _, s := range p.Sections {
			l.Questions += len(s.Questions)
		}
		out = append(out, l)
	}
	return out
}

package questionnaire

import (
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"

	"jalon/internal/french"
)

// ChangeKind is what sort of change one is.
type ChangeKind string

// The kinds of changes.
const (
	Added    ChangeKind = "added"
	Removed  ChangeKind = "removed"
	Reworded ChangeKind = "reworded"
	Moved    ChangeKind = "moved"
	Altered  ChangeKind = "altered" // bounds, options, kinds, conditions
)

// Name is the French name of a kind.
func (k ChangeKind) Name() string {
	return map[ChangeKind]string{Added: "ajout", Removed: "retrait", Reworded: "reformulation", Moved: "déplacement", Altered: "modification"}[k]
}

// Change is one difference between two versions.
type Change struct {
	Kind ChangeKind
	// What is «questionnaire», «échelle», «section», «question» or «ligne», and ID
	// which one.
	What, ID string
	Section  string // title of its section, empty for the whole and for scales
	Text     string // French, a sentence
	// Before and After are the words, where words changed.
	Before, After string
}

// differ collects changes.
type differ struct {
	a, b Form
	out  []Change
}

func (d *differ) add(c Change) { d.out = append(d.out, c) }

// Diff says what changed from a to b, in the order of b: what was removed comes
// where it was.
func Diff(a, b Form) []Change {
	d := &differ{a: a, b: b}
	whole := Change{What: "questionnaire", ID: b.Code}
	d.words(whole, "Le titre du questionnaire", a.Title, b.Title)
	d.words(whole, "La présentation du questionnaire", a.Intro, b.Intro)
	if a.Framework != b.Framework {
		d.add(Change{Kind: Altered, What: whole.What, ID: whole.ID, Text: "Le référentiel passe de " + a.Framework + " à " + b.Framework + "."})
	}
	if a.pace() != b.pace() {
		d.add(Change{Kind: Altered, What: whole.What, ID: whole.ID, Text: "Le temps estimé change\u00a0: " + strconv.Itoa(b.pace().Row) + "\u00a0s par ligne et " + strconv.Itoa(b.pace().Other) + "\u00a0s par autre question."})
	}
	d.scales()
	d.sections()
	d.questions()
	d.rows()
	return d.out
}

// words says that a text changed.
func (d *differ) words(c Change, what, before, after string) {
	if before == after {
		return
	}
	c.Kind, c.Before, c.After = Reworded, before, after
	switch {
	case before == "":
		c.Text = what + " est ajoutée\u00a0: " + quote(after) + "."
	case after == "":
		c.Text = what + " est retirée."
	default:
		c.Text = what + " change\u00a0: " + quote(before) + " devient " + quote(after) + "."
	}
	d.add(c)
}

func quote(s string) string {
	if r := []rune(s); len(r) > 140 {
		s = string(r[:139]) + "…"
	}
	return "«\u00a0" + s + "\u00a0»"
}

func (d *differ) scales() {
	was, is := index(d.a.Scales, func(s Scale) string { return s.Code }), index(d.b.Scales, func(s Scale) string { return s.Code })
	for _, s := range d.a.Scales {
		if _, kept := is[s.Code]; !kept {
			d.add(Change{Kind: Removed, What: "échelle", ID: s.Code, Text: "L’échelle " + quote(s.Label) + " est retirée."})
		}
	}
	for _, s := range d.b.Scales {
		old, there := was[s.Code]
		if !there {
			d.add(Change{Kind: Added, What: "échelle", ID: s.Code, Text: "L’échelle " + quote(s.Label) + " est ajoutée."})
			continue
		}
		c := Change{What: "échelle", ID: s.Code}
		d.words(c, "Le nom de l’échelle "+quote(old.Label), old.Label, s.Label)
		d.words(c, "L’aide de l’échelle "+quote(s.Label), old.Help, s.Help)
		d.options(c, "L’échelle "+quote(s.Label), old.Options, s.Options)
	}
}

// options says what changed in a list of answers.
func (d *differ) options(c Change, what string, before, after []Option) {
	was, is := index(before, func(o Option) string { return o.Code }), index(after, func(o Option) string { return o.Code })
	c.Kind = Altered
	say := func(text string) { c.Text = what + text; d.add(c) }
	for _, o := range before {
		if _, kept := is[o.Code]; !kept {
			say(" perd la réponse " + quote(o.Label) + ".")
		}
	}
	for _, o := range after {
		old, there := was[o.Code]
		switch {
		case !there:
			say(" gagne la réponse " + quote(o.Label) + ".")
		case old.Label != o.Label:
			say("\u00a0: la réponse " + quote(old.Label) + " devient " + quote(o.Label) + ".")
		}
		if there && !reflect.DeepEqual(old.Score, o.Score) {
			say("\u00a0: la valeur de " + quote(o.Label) + " passe de " + bound(old.Score) + " à " + bound(o.Score) + ".")
		}
	}
	if len(moved(codes(before), codes(after))) > 0 {
		say("\u00a0: l’ordre des réponses change.")
	}
}

func codes(options []Option) []string {
	var out []string
	for _, o := range options {
		out = append(out, o.Code)
	}
	return out
}

func bound(v *float64) string {
	if v == nil {
		return "«\u00a0rien\u00a0»"
	}
	return french.Significant(*v, 6)
}

func index[T any](list []T, key func(T) string) map[string]T {
	out := make(map[string]T, len(list))
	for _, x := range list {
		out[key(x)] = x
	}
	return out
}

// moved lists what does not keep its place among what both lists hold: all but a
// longest run that stays in order.
func moved(before, after []string) map[string]bool {
	rank := map[string]int{}
	for i, id := range before {
		rank[id] = i
	}
	var common []string
	for _, id := range after {
		if _, ok := rank[id]; ok {
			common = append(common, id)
		}
	}
	// Patience: tails[k] ends the run of length k+1 that ends lowest.
	var tails []int
	previous := make([]int, len(common))
	for i, id := range common {
		k := sort.Search(len(tails), func(k int) bool { return rank[common[tails[k]]] >= rank[id] })
		previous[i] = -1
		if k > 0 {
			previous[i] = tails[k-1]
		}
		if k == len(tails) {
			tails = append(tails, i)
		} else {
			tails[k] = i
		}
	}
	stays := map[string]bool{}
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = previous[i] {
			stays[common[i]] = true
		}
	}
	out := map[string]bool{}
	for _, id := range common {
		if !stays[id] {
			out[id] = true
		}
	}
	return out
}

func (d *differ) sections() {
	id := func(s Section) string { return s.ID }
	was, is := index(d.a.Sections, id), index(d.b.Sections, id)
	for _, s := range d.a.Sections {
		if _, kept := is[s.ID]; !kept {
			d.add(Change{Kind: Removed, What: "section", ID: s.ID, Section: s.Title, Text: "La section " + quote(s.Title) + " est retirée."})
		}
	}
	away := moved(ids(d.a.Sections, id), ids(d.b.Sections, id))
	for _, s := range d.b.Sections {
		c := Change{What: "section", ID: s.ID, Section: s.Title}
		old, there := was[s.ID]
		if !there {
			c.Kind, c.Text = Added, "La section "+quote(s.Title)+" est ajoutée."
			d.add(c)
			continue
		}
		name := "La section " + quote(s.Title)
		d.words(c, "Le titre de la section", old.Title, s.Title)
		d.words(c, "L’aide de la section "+quote(s.Title), old.Help, s.Help)
		if away[s.ID] {
			c.Kind, c.Text = Moved, name+" change de place."
			d.add(c)
		}
		d.altered(c, name, old.Lever != s.Lever || old.Theme != s.Theme, " change de levier ou de thématique.")
		if old.Skippable != s.Skippable {
			d.altered(c, name, s.Skippable, " peut se passer d’un geste, «\u00a0pas notre compétence\u00a0».")
			d.altered(c, name, !s.Skippable, " ne peut plus se passer d’un geste.")
		}
		d.kinds(c, name, old.For, s.For)
		d.altered(c, name, !reflect.DeepEqual(old.When, s.When), " n’est plus posée dans les mêmes cas.")
	}
}

func ids[T any](list []T, id func(T) string) []string {
	var out []string
	for _, x := range list {
		out = append(out, id(x))
	}
	return out
}

func (d *differ) altered(c Change, name string, yes bool, text string) {
	if yes {
		c.Kind, c.Text = Altered, name+text
		d.add(c)
	}
}

func (d *differ) kinds(c Change, name string, before, after []Kind) {
	if a, b := kindNames(before), kindNames(after); a != b {
		c.Kind, c.Text = Altered, name+" était posée à "+a+"\u00a0; elle l’est maintenant à "+b+"."
		d.add(c)
	}
}

func kindNames(kinds []Kind) string {
	var out []string
	for _, k := range Kinds() {
		if len(kinds) > 0 && slices.Contains(kinds, k) {
			out = append(out, map[Kind]string{Commune: "la commune", Group: "l’intercommunalité", Department: "le département", Region: "la région"}[k])
		}
	}
	if len(out) == 0 || len(out) == len(Kinds()) {
		return "toutes les collectivités"
	}
	return strings.ReplaceAll(french.List(out), " et le ", " et au ")
}

// placed is a question or a row, with where it stands.
type placed[T any] struct {
	x                T
	section, title   string
	question, asking string
}

func questionsOf(f Form) (order []string, at map[string]placed[Question]) {
	at = map[string]placed[Question]{}
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			order = append(order, q.ID)
			at[q.ID] = placed[Question]{x: q, section: s.ID, title: s.Title}
		}
	}
	return order, at
}

func rowsOf(f Form) (order []string, at map[string]placed[Row]) {
	at = map[string]placed[Row]{}
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			for _, r := range q.Rows {
				order = append(order, r.ID)
				at[r.ID] = placed[Row]{x: r, section: s.ID, title: s.Title, question: q.ID, asking: q.Label}
			}
		}
	}
	return order, at
}

func (d *differ) questions() {
	before, was := questionsOf(d.a)
	after, is := questionsOf(d.b)
	for _, id := range before {
		if _, kept := is[id]; !kept {
			p := was[id]
			d.add(Change{Kind: Removed, What: "question", ID: id, Section: p.title, Text: "La question " + quote(p.x.Label) + " est retirée de " + quote(p.title) + "."})
		}
	}
	away := moved(before, after)
	sectionAway := moved(ids(d.a.Sections, func(s Section) string { return s.ID }), ids(d.b.Sections, func(s Section) string { return s.ID }))
	for _, id := range after {
		p := is[id]
		q, name := p.x, "La question "+quote(p.x.Label)
		c := Change{What: "question", ID: id, Section: p.title}
		o, there := was[id]
		if !there {
			c.Kind, c.Text = Added, name+" est ajoutée à "+quote(p.title)+"."
			d.add(c)
			continue
		}
		old := o.x
		d.words(c, "Une question de "+quote(p.title), old.Label, q.Label)
		d.words(c, "L’aide de la question "+quote(q.Label), old.Help, q.Help)
		switch {
		case o.section != p.section:
			c.Kind, c.Text = Moved, name+" passe de "+quote(o.title)+" à "+quote(p.title)+"."
			d.add(c)
		case away[id] && !sectionAway[p.section]:
			c.Kind, c.Text = Moved, name+" change de place dans "+quote(p.title)+"."
			d.add(c)
		}
		d.altered(c, name, old.Type != q.Type, " change de type\u00a0: "+old.Type.Name()+" devient "+q.Type.Name()+".")
		if old.Required != q.Required {
			d.altered(c, name, q.Required, " attend maintenant une réponse.")
			d.altered(c, name, !q.Required, " devient facultative.")
		}
		d.kinds(c, name, old.For, q.For)
		d.altered(c, name, !reflect.DeepEqual(old.When, q.When), " n’est plus posée dans les mêmes cas.")
		d.altered(c, name, old.Role != q.Role, " change d’usage.")
		d.altered(c, name, old.Unit != q.Unit, " change d’unité\u00a0: "+quote(old.Unit)+" devient "+quote(q.Unit)+".")
		d.altered(c, name, !same(old.Min, q.Min) || !same(old.Max, q.Max), " change de bornes\u00a0: de "+bound(q.Min)+" à "+bound(q.Max)+" (de "+bound(old.Min)+" à "+bound(old.Max)+" auparavant).")
		d.altered(c, name, !same(old.UsualMin, q.UsualMin) || !same(old.UsualMax, q.UsualMax), " change de bornes habituelles\u00a0: de "+bound(q.UsualMin)+" à "+bound(q.UsualMax)+" (de "+bound(old.UsualMin)+" à "+bound(old.UsualMax)+" auparavant).")
		d.altered(c, name, old.Sum != q.Sum, " change de groupe de somme.")
		d.altered(c, name, old.Length != q.Length, " change de longueur\u00a0: "+strconv.Itoa(length(q))+" caractères au plus.")
		d.altered(c, name, !slices.Equal(old.Columns, q.Columns), " change de colonnes.")
		d.options(c, name, old.Options, q.Options)
	}
}

func same(a, b *float64) bool { return reflect.DeepEqual(a, b) }

func length(q Question) int {
	if q.Length == 0 {
		return usualLength
	}
	return q.Length
}

func (d *differ) rows() {
	before, was := rowsOf(d.a)
	after, is := rowsOf(d.b)
	for _, id := range before {
		if _, kept := is[id]; !kept {
			p := was[id]
			d.add(Change{Kind: Removed, What: "ligne", ID: id, Section: p.title, Text: "La ligne " + quote(p.x.Label) + " est retirée de " + quote(p.title) + "."})
		}
	}
	// Rows that move with their question have not moved.
	away := map[string]bool{}
	_, questions := questionsOf(d.a)
	for _, s := range d.b.Sections {
		for _, q := range s.Questions {
			if old, ok := questions[q.ID]; ok {
				for id := range moved(ids(old.x.Rows, func(r Row) string { return r.ID }), ids(q.Rows, func(r Row) string { return r.ID })) {
					away[id] = true
				}
			}
		}
	}
	for _, id := range after {
		p := is[id]
		r, name := p.x, "La ligne "+quote(p.x.Label)
		c := Change{What: "ligne", ID: id, Section: p.title}
		o, there := was[id]
		if !there {
			c.Kind, c.Text = Added, name+" est ajoutée à "+quote(p.title)+"."
			d.add(c)
			continue
		}
		d.words(c, "Une ligne de "+quote(p.title), o.x.Label, r.Label)
		d.words(c, "L’aide de la ligne "+quote(r.Label), o.x.Help, r.Help)
		switch {
		case o.question != p.question:
			c.Kind, c.Text = Moved, name+" passe de "+quote(o.title)+" à "+quote(p.title)+"."
			d.add(c)
		case away[id]:
			c.Kind, c.Text = Moved, name+" change de place dans "+quote(p.title)+"."
			d.add(c)
		}
		d.altered(c, name, o.x.Step != r.Step, " change de nature\u00a0: «\u00a0"+o.x.Step.Name()+"\u00a0» devient «\u00a0"+r.Step.Name()+"\u00a0».")
		d.kinds(c, name, o.x.For, r.For)
	}
}

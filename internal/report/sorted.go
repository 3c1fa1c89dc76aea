package report

import (
	"cmp"
	"slices"
	"strings"

	"jalon/internal/chart"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/restitution"
)

// Sorted is a lever in its family, with its number in the quadrant chart: zero
// when it has no place in it.
type Sorted struct {
	restitution.LeverOf
	Number    int
	Family    restitution.Family
	Stability restitution.Stability
}

// SortLevers puts the levers of a group in the order of the screens: by family, then
// the most relevant first. Those that too few rated come last.
func SortLevers(g restitution.Group, th restitution.Thresholds) []Sorted {
	var out []Sorted
	for _, l := range g.Levers() {
		r, m := l.Scores[restitution.Relevance], l.Scores[restitution.Mobilisation]
		out = append(out, Sorted{LeverOf: l, Family: th.Of(r, m), Stability: th.Stability(r, m)})
	}
	rank := func(s Sorted) int {
		if i := slices.Index(restitution.Families(), s.Family); i >= 0 {
			return i
		}
		return len(restitution.Families())
	}
	slices.SortStableFunc(out, func(a, b Sorted) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Scores[restitution.Relevance].Value, a.Scores[restitution.Relevance].Value),
			cmp.Compare(b.Scores[restitution.Mobilisation].Value, a.Scores[restitution.Mobilisation].Value), cmp.Compare(a.Lever.Code, b.Lever.Code))
	})
	n := 0
	for i := range out {
		if out[i].Scores[restitution.Relevance].Known && out[i].Scores[restitution.Mobilisation].Known {
			n++
			out[i].Number = n
		}
	}
	return out
}

// CountFamilies counts the levers of each family.
func CountFamilies(all []Sorted) map[restitution.Family]int {
	out := map[restitution.Family]int{}
	for _, s := range all {
		out[s.Family]++
	}
	return out
}

// FamiliesFound is the finding of a title: «12 leviers à amplifier, 9 à débloquer,
// 5 à clarifier».
func FamiliesFound(all []Sorted) string {
	n := CountFamilies(all)
	var out []string
	for _, f := range restitution.Families() {
		if n[f] == 0 {
			continue
		}
		words := french.Integer(n[f]) + nb
		if len(out) == 0 {
			words += french.Plural(n[f], "levier", "leviers") + " "
		}
		out = append(out, words+f.Name())
	}
	if len(out) == 0 {
		return "trop peu de réponses encore pour classer un levier"
	}
	return strings.Join(out, ", ")
}

// Held says between which thresholds the family of a lever stays what it is.
func Held(s Sorted) string {
	r, m := french.Number(s.Scores[restitution.Relevance].Value*100, 0), french.Number(s.Scores[restitution.Mobilisation].Value*100, 0)
	switch s.Family {
	case restitution.Amplify:
		return "seuils jusqu’à " + r + " et " + m
	case restitution.Unblock:
		return "seuil de pertinence jusqu’à " + r + ", de mobilisation au-dessus de " + m
	case restitution.Clarify:
		return "seuil de pertinence au-dessus de " + r
	}
	return "–"
}

// HeldWhy warns of a family that other answers could change; empty when none could.
func HeldWhy(s Sorted) string {
	if !s.Stability.Fragile {
		return ""
	}
	var on []string
	for _, a := range s.Stability.On {
		on = append(on, a.Name())
	}
	return "classement fragile" + nb + ": l’intervalle de " + strings.Join(on, " et de ") + " contient le seuil"
}

// marks tell families apart: a shape, a tone and what is written over it.
var marks = map[restitution.Family]struct {
	shape      chart.MarkShape
	tone, over chart.Tone
}{
	restitution.Amplify: {chart.Square, chart.Accent, chart.Paper},
	restitution.Unblock: {chart.Diamond, chart.Scale2, chart.Ink},
	restitution.Clarify: {chart.Disc, chart.Faint, chart.Ink},
}

// Quadrant draws the levers that have both scores: a square to amplify, a diamond
// to unblock, a disc to clarify, each with its number in the table.
func Quadrant(all []Sorted, th restitution.Thresholds, href func(lever string) string) document.Chart {
	q := chart.Quadrant{W: 1160, H: 640, CutX: th.Mobilisation, CutY: th.Relevance, AxisX: "Mobilisation, sur 100 →", AxisY: "↑ Pertinence perçue, sur 100",
		TopRight: "À amplifier", TopLeft: "À débloquer", Bottom: "À clarifier"}
	var data [][]document.Cell
	for _, s := range all {
		if s.Number == 0 {
			continue
		}
		r, m := s.Scores[restitution.Relevance], s.Scores[restitution.Mobilisation]
		k := marks[s.Family]
		title := french.Integer(s.Number) + ". " + s.Lever.Title + nb + ": " + s.Family.Name() + ", pertinence " + r.Percent() + ", mobilisation " + m.Percent() + " sur 100"
		x := chart.Mark2D{X: m.Value, Y: r.Value, Number: s.Number, Shape: k.shape, Tone: k.tone, Over: k.over, Title: title}
		if href != nil {
			x.Href = href(s.Lever.Code)
		}
		q.Marks = append(q.Marks, x)
		data = append(data, []document.Cell{cell(french.Integer(s.Number) + ". " + s.Lever.Title), cell(s.Family.Name()), cell(r.Percent()), cell(m.Percent())})
	}
	out := document.Chart{ID: "carte-des-leviers", Title: "Les leviers selon la pertinence perçue et la mobilisation",
		Description: "De bas en haut, la pertinence\u00a0; de gauche à droite, la mobilisation. Carré" + nb + ": à amplifier\u00a0; losange" + nb + ": à débloquer\u00a0; rond" + nb + ": à clarifier. Les tirets sont les seuils (" +
			french.Number(th.Relevance*100, 0) + " et " + french.Number(th.Mobilisation*100, 0) + "). Chaque numéro est celui du tableau.",
		Table: document.Table{ID: "carte-donnees", Caption: "Les leviers de la carte", Columns: []document.Column{{Label: "Levier"}, {Label: "Famille"}, {Label: "Pertinence", Unit: "sur 100", Number: true}, {Label: "Mobilisation", Unit: "sur 100", Number: true}}, Rows: data}}
	if len(q.Marks) > 0 {
		out.Drawing = q.Drawing()
	}
	return out
}

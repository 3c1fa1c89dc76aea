package diagnosis

import (
	"cmp"
	"slices"
	"strings"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/restitution"
)

// The questionnaire, and what people tag with a lever, speak of the 50 levers of
// March 2025; the panorama of the 30 of 2023-24, or of those of overseas.

// names are what a lever of the panorama is called elsewhere: its own code and those
// of the same lever in other versions; the wider one of 2025 that it is a part of;
// the levers of 2025 that are parts of it.
type names struct {
	same  []string
	wider string
	parts []string
}

func namesOf(fw *framework.Framework, code string) names {
	out := names{same: []string{code}}
	for i := 0; i < len(out.same); i++ {
		for _, k := range fw.Crosswalk(out.same[i]) {
			if k.Kind == framework.OneToOne && !slices.Contains(out.same, k.Other(out.same[i])) {
				out.same = append(out.same, k.Other(out.same[i]))
			}
		}
	}
	for _, k := range fw.Crosswalk(code) {
		if k.Kind != framework.PartOf {
			continue
		}
		if l, err := fw.Lever(k.Other(code)); err != nil || l.Version != framework.March2025 {
			continue
		}
		if k.From == code {
			out.wider = k.To
		} else {
			out.parts = append(out.parts, k.From)
		}
	}
	return out
}

// LeverName is the name of a lever in the lists of this room: its own, or the short
// one when another lever of its version bears the same (the boilers of homes and of
// offices). The code names one that is no more.
func LeverName(fw *framework.Framework, code string) string {
	l, err := fw.Lever(code)
	if err != nil {
		return code
	}
	for _, x := range fw.Levers(l.Version) {
		if x.Code != l.Code && x.Name == l.Name {
			return l.ShortName
		}
	}
	return l.Name
}

// family reads the lever of the questionnaire that is this one, or the wider one
// that holds it, or the mean of those that are parts of it.
func (g *gathered) family(code string) Fact {
	if !g.asked {
		return unknown(g.told)
	}
	n := namesOf(g.fw, code)
	for _, c := range n.same {
		if i, ok := g.view.Layout.Lever(c); ok {
			return g.familyAt(i)
		}
	}
	if i, ok := g.view.Layout.Lever(n.wider); ok {
		f := g.familyAt(i)
		if f.Known {
			f.Beside = "Note du levier plus large du questionnaire, «\u00a0" + LeverName(g.fw, n.wider) + "\u00a0»."
		}
		return f
	}
	out, reason := Fact{}, "le questionnaire de la région ne pose pas de question sur ce levier"
	var texts, notes []string
	sum := 0.0
	for _, c := range n.parts {
		i, ok := g.view.Layout.Lever(c)
		if !ok {
			continue
		}
		f := g.familyAt(i)
		if !f.Known {
			reason = f.Reason
			continue
		}
		if out.Key == "" {
			out.Key = f.Key
		}
		texts, notes = append(texts, LeverName(g.fw, c)+"\u00a0: "+f.Text), append(notes, decimal(f.Note))
		sum += f.Note
	}
	if len(notes) == 0 {
		return unknown(reason)
	}
	out.Known, out.Note, out.Text = true, clamp(sum/float64(len(notes))), strings.Join(texts, "\u00a0; ")
	out.Numbers = "(" + strings.Join(notes, " + ") + ") ÷ " + french.Integer(len(notes)) + " = " + decimal(out.Note)
	out.Beside = "Moyenne des leviers du questionnaire qui en sont des parties."
	return out
}

// familyAt reads a lever of the questionnaire by its place.
func (g *gathered) familyAt(i int) Fact {
	x := g.answers.Lever(i)
	relevance, mobilisation := x.Scores[restitution.Relevance], x.Scores[restitution.Mobilisation]
	f := g.view.Thresholds().Of(relevance, mobilisation)
	if x.Hidden || f == restitution.Unsorted {
		return unknown(cmp.Or(x.Reason(restitution.Relevance), x.Reason(restitution.Mobilisation), f.Means()))
	}
	part := familyPart[string(f)]
	note := clamp(relevance.Value * part)
	return Fact{Known: true, Note: note, Text: f.Name() + ", pertinence " + relevance.Percent() + " sur 100", Key: g.view.FigureKey(restitution.All, restitution.Relevance.Name(), x.Lever.Code),
		Numbers: decimal(relevance.Value) + " × " + french.Number(part, 1) + " = " + decimal(note)}
}

// count reads what is retained on a lever. Nothing on it is a true zero once the
// region has retained something on some lever; before that nothing is known.
func (g *gathered) count(kind knowledge.Kind, code string) Fact {
	all := g.tagged[kind]
	one, many, page := "frein retenu", "freins retenus", "/freins"
	if kind == knowledge.Strength {
		one, many, page = "point fort retenu", "points forts retenus", "/points-forts"
	}
	if len(all) == 0 {
		return unknown("la région n’a encore aucun " + one + " sur un levier")
	}
	n := namesOf(g.fw, code)
	seen, link := map[string]bool{}, code
	beside := ""
	for _, c := range append(n.same, n.parts...) {
		for _, id := range all[c] {
			seen[id] = true
		}
		if len(all[c]) > len(all[link]) {
			link = c
		}
	}
	if n.wider != "" && len(all[n.wider]) > 0 {
		for _, id := range all[n.wider] {
			seen[id] = true
		}
		beside = "Compte aussi ceux du levier plus large «\u00a0" + LeverName(g.fw, n.wider) + "\u00a0»."
	}
	held := len(seen)
	note := clamp(float64(held) / Enough)
	return Fact{Known: true, Note: note, Text: french.Integer(held) + "\u00a0" + french.Plural(held, one, many), Beside: beside, Page: "/regions/" + g.slug + page + "?levier=" + link,
		Numbers: french.Integer(held) + " ÷ " + french.Integer(Enough) + ", au plus 1 = " + decimal(note)}
}

package diagnosis

import (
	"slices"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/restitution"
)

// The questionnaire, and what people tag with a lever, speak of the 50 levers of
// March 2025; the panorama of the 30 of 2023-24, or of those of overseas.

// names lists the codes under which a lever of the panorama is spoken of: its own
// and those of the same lever in other versions, then the wider one of 2025 that it
// is a part of, when it has no equal there.
func names(fw *framework.Framework, code string) (same []string, wider string) {
	same = []string{code}
	for i := 0; i < len(same); i++ {
		for _, k := range fw.Crosswalk(same[i]) {
			if k.Kind == framework.OneToOne && !slices.Contains(same, k.Other(same[i])) {
				same = append(same, k.Other(same[i]))
			}
		}
	}
	for _, k := range fw.Crosswalk(code) {
		if k.Kind == framework.PartOf && k.From == code && k.ToVersion == framework.March2025 {
			wider = k.To
		}
	}
	return same, wider
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
// that holds it.
func (g *gathered) family(code string) Fact {
	if !g.asked {
		return unknown(g.told)
	}
	same, wider := names(g.fw, code)
	found, beside := -1, ""
	for _, c := range same {
		if i, ok := g.view.Layout.Lever(c); ok {
			found = i
			break
		}
	}
	if found < 0 && wider != "" {
		if i, ok := g.view.Layout.Lever(wider); ok {
			found, beside = i, "Note du levier plus large du questionnaire, «\u00a0"+LeverName(g.fw, wider)+"\u00a0»."
		}
	}
	if found < 0 {
		return unknown("le questionnaire ne pose pas de question sur ce levier\u00a0: aucun des 50 leviers de mars 2025 ne lui correspond")
	}
	x := g.answers.Lever(found)
	relevance, mobilisation := x.Scores[restitution.Relevance], x.Scores[restitution.Mobilisation]
	f := g.view.Thresholds().Of(relevance, mobilisation)
	if x.Hidden || f == restitution.Unsorted {
		reason := x.Reason(restitution.Relevance)
		if reason == "" {
			reason = x.Reason(restitution.Mobilisation)
		}
		if reason == "" {
			reason = f.Means()
		}
		return unknown(reason)
	}
	part := familyPart[string(f)]
	note := clamp(relevance.Value * part)
	return Fact{Known: true, Note: note, Text: f.Name() + ", pertinence " + relevance.Percent() + " sur 100", Beside: beside,
		Key:     g.view.FigureKey(restitution.All, restitution.Relevance.Name(), x.Lever.Code),
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
	same, wider := names(g.fw, code)
	seen, link := map[string]bool{}, code
	beside := ""
	for _, c := range same {
		for _, id := range all[c] {
			seen[id] = true
		}
		if len(all[c]) > len(all[link]) {
			link = c
		}
	}
	if wider != "" && len(all[wider]) > 0 {
		for _, id := range all[wider] {
			seen[id] = true
		}
		beside = "Compte aussi ceux du levier plus large «\u00a0" + LeverName(g.fw, wider) + "\u00a0»."
	}
	n := len(seen)
	note := clamp(float64(n) / Enough)
	return Fact{Known: true, Note: note, Text: french.Integer(n) + "\u00a0" + french.Plural(n, one, many), Beside: beside, Page: "/regions/" + g.slug + page + "?levier=" + link,
		Numbers: french.Integer(n) + " ÷ " + french.Integer(Enough) + ", au plus 1 = " + decimal(note)}
}

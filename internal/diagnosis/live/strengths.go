package live

import (
	"context"
	"slices"

	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/restitution"
	"jalon/internal/series"
)

// strengths is what works: strong points and good practices.
func strengths() []block {
	return []block{
		usually(composition.Strengths, "retenus", "Les points forts retenus", "Ce qui marche déjà, par thématique\u00a0: où, avec quel résultat, et d’où on le sait. Points forts retenus par l’équipe.", strong),
		usually(composition.Strengths, "pratiques", "Les bonnes pratiques d’autres régions", "Celles dont la région s’inspire, et celles qui touchent aux leviers qui ne vont pas assez vite ou restent à débloquer.", borrowed),
	}
}

const mostOfTheme = 12

// strong are the strong points by theme.
func strong(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	list, err := r.strengths(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(list) == 0 {
		return lacking("L’équipe de la COP n’a encore retenu aucun point fort.", "Ceux qu’elle retiendra se liront ici, avec leur lieu, leur résultat et leur source."), nil
	}
	by := map[string][]knowledge.Item{}
	for _, x := range list {
		by[r.theme(x)] = append(by[r.theme(x)], x)
	}
	out := composition.Made{Notes: []string{"Points forts proposés par les parties et retenus par l’équipe de la COP, au " + french.Day(r.Day) + ". Chacun se lit en entier sur sa page."}}
	best, themes := "", 0
	for _, th := range slices.Concat(knowledge.Themes(), [][2]string{{"", "Sans thématique"}}) {
		all := by[th[0]]
		if len(all) == 0 {
			continue
		}
		themes++
		if len(all) > len(by[best]) || best == "" {
			best = th[0]
		}
		t := document.Table{ID: "points-forts-" + th[0], Caption: th[1], Columns: []document.Column{textColumn("Point fort"), textColumn("Où"), textColumn("Résultat"), textColumn("D’où on le sait")}}
		for _, x := range all[:min(mostOfTheme, len(all))] {
			t.Rows = append(t.Rows, []document.Cell{hrefCell(x.Title, r.base()+"/points-forts/"+x.ID), word(r.where(x)), orWhy(short(x.Result, 200), "l’auteur n’a pas donné de résultat"), r.knownFrom(x)})
		}
		if n := len(all) - mostOfTheme; n > 0 {
			t.Note = "Les plus récents\u00a0; " + howMany(n, "autre se lit", "autres se lisent") + " sur la page des points forts."
		}
		out.Blocks = append(out.Blocks, t)
	}
	out.Title = howMany(len(list), "point fort est retenu", "points forts sont retenus")
	ties := 0
	for _, all := range by {
		if len(all) == len(by[best]) {
			ties++
		}
	}
	switch {
	case themes > 1 && ties == 1:
		out.Title += ", d’abord pour " + guillemets(knowledge.Named(knowledge.Themes(), best)) + " (" + french.Integer(len(by[best])) + ")"
	case themes > 1:
		out.Title += ", dans " + howMany(themes, "thématique", "thématiques")
	}
	return out, nil
}

// knownFrom is where an item is known from: its source, with its link.
func (r *reading) knownFrom(x knowledge.Item) document.Cell {
	c := orWhy(short(x.Source, 120), "l’auteur n’a pas nommé de source")
	if x.Source == "" && x.Organisation != "" {
		c = word(short(x.Organisation, 120))
	}
	if x.Link != "" {
		if c.Text == "" {
			c = word("document en ligne")
		}
		c.Href = x.Link
	}
	return c
}

// wanting is a lever that practices of others could help, with why.
type wanting struct {
	name  string
	codes []string
	why   string
}

// wants lists the levers of the region that do not go fast enough, then those that
// authorities find relevant and hardly do.
func (r *reading) wants(ctx context.Context) ([]wanting, error) {
	var out []wanting
	all, err := r.trends(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if v := all[i].Verdict(); v == series.Behind || v == series.Wrong {
			l := all[i].Line.Lever
			out = append(out, wanting{l.ShortName, r.same(l.Code), v.Label()})
		}
	}
	p, err := r.told(ctx)
	if err != nil || p.None != "" {
		return out, err
	}
	for _, s := range p.Sorted() {
		if s.Family == restitution.Unblock {
			out = append(out, wanting{s.Lever.Title, r.same(s.Lever.Code), s.Family.Name()})
		}
	}
	return out, nil
}

// borrowed are the practices of others: taken up, then those that would fit.
func borrowed(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.shared(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	wants, err := r.wants(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	var out composition.Made
	if len(all.taken) > 0 {
		t := document.Table{ID: "pratiques-reprises", Caption: "Celles dont la région s’inspire", Columns: []document.Column{textColumn("Pratique"), textColumn("Région"), textColumn("Ce qu’elle en reprend")}}
		for _, x := range all.taken {
			t.Rows = append(t.Rows, []document.Cell{hrefCell(x.Title, "/bonnes-pratiques/"+x.ID), word(r.regionName(x.Region)), orWhy(short(all.notes[x.ID].Note, 200), "la région ne l’a pas précisé")})
		}
		out.Blocks = append(out.Blocks, t)
	}
	fit := document.Table{ID: "pratiques-utiles", Caption: "Celles qui touchent aux leviers en question", Columns: []document.Column{textColumn("Pratique"), textColumn("Région"), textColumn("Levier"), textColumn("Pourquoi")}}
	fits := 0
	for _, x := range all.shared {
		if _, taken := all.notes[x.ID]; taken {
			continue
		}
		i := slices.IndexFunc(wants, func(w wanting) bool { return touches(x, w.codes) })
		if i < 0 {
			continue
		}
		if fits++; fits <= mostOfTheme {
			fit.Rows = append(fit.Rows, []document.Cell{hrefCell(x.Title, "/bonnes-pratiques/"+x.ID), word(r.regionName(x.Region)), word(wants[i].name), word(wants[i].why)})
		}
	}
	if fits > 0 {
		out.Blocks = append(out.Blocks, fit)
	}
	conduct := document.Table{ID: "pratiques-conduite", Caption: "Celles qui touchent à la conduite de la COP", Columns: []document.Column{textColumn("Pratique"), textColumn("Région")}}
	for _, x := range all.shared {
		if _, taken := all.notes[x.ID]; !taken && x.Theme == knowledge.Conduct && len(conduct.Rows) < 6 {
			conduct.Rows = append(conduct.Rows, []document.Cell{hrefCell(x.Title, "/bonnes-pratiques/"+x.ID), word(r.regionName(x.Region))})
		}
	}
	if len(all.taken) == 0 && fits == 0 && len(conduct.Rows) == 0 {
		return lacking("La région ne s’inspire encore d’aucune bonne pratique, et aucune de celles que les autres partagent ne touche à ses leviers en retard ou à débloquer.", "Elles se liront ici dès qu’une équipe en reprend une, ou qu’une région en partage une."), nil
	}
	if len(conduct.Rows) > 0 {
		out.Blocks = append(out.Blocks, conduct)
	}
	switch {
	case len(all.taken) > 0:
		out.Title = "La région s’inspire de " + howMany(len(all.taken), "bonne pratique d’une autre région", "bonnes pratiques d’autres régions")
	case fits > 0:
		out.Title = howMany(fits, "bonne pratique d’une autre région touche", "bonnes pratiques d’autres régions touchent") + " aux leviers en retard ou à débloquer"
	default:
		out.Title = howMany(len(conduct.Rows), "bonne pratique d’une autre région peut", "bonnes pratiques d’autres régions peuvent") + " servir à conduire la COP"
	}
	out.Title = upper(out.Title)
	out.Notes = []string{"Bonnes pratiques" + nbsp + ": points forts retenus par une région et partagés avec les autres, au " + french.Day(r.Day) + ".",
		"En retard ou à contre-sens" + nbsp + ": verdict des séries publiées. À débloquer" + nbsp + ": famille de la restitution publiée, quand il y en a une."}
	return out, nil
}

func (r *reading) regionName(code string) string {
	if x, err := r.model.Tree().Region(code); err == nil {
		return x.Name
	}
	return code
}

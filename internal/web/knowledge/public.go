package knowledge

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/knowledge"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// public lists what the team of a region retained.
func (p pages) public(w http.ResponseWriter, r *http.Request) error {
	x, err := p.seen(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f := knowledge.Filter{Kind: p.kind, Region: x.Code, State: knowledge.Retained, Words: shell.Clean(q.Get("q")), Theme: shell.Clean(q.Get("theme")), Lever: shell.Clean(q.Get("levier"))}
	list, err := p.Room.List(r.Context(), p.Q, policy.Actor{}, f, q.Get("suite"), perPage)
	if err != nil {
		return err
	}
	answers := map[string]knowledge.Group{}
	if p.kind == knowledge.Obstacle {
		if answers, err = knowledge.AnswersTo(r.Context(), p.Q, list.Rows); err != nil {
			return err
		}
	}
	here := x.base() + p.path()
	v := view{Heading: ui.Heading{Overline: p.title(), Title: x.Name + nb + ": " + counted(list.Total, list.More, p.kind.Name()+" retenu", p.plural()+" retenus"), Scope: []string{"retenus par l’équipe de la COP"}},
		Tabs: tabs(x, false, here), FilterTo: here, ListTitle: p.title(), Pager: ui.Pager{Next: next(r, list.Next)},
		Empty: ui.Empty{Title: "Aucun " + p.kind.Name() + " à cette adresse", Text: "Ceux qui travaillent pour la région en proposent, et l’équipe de la COP les retient."},
		Links: []ui.Link{{Label: "Les bonnes pratiques de toutes les régions", Href: practicesPath}, {Label: "Proposer un " + p.kind.Name() + " (réservé à ceux qui travaillent pour la région)", Href: x.base() + "/bureau" + p.path()}},
		Foot:  ui.Source{Text: "contributions signées, retenues par l’équipe de la COP.", Print: true}}
	v.Filters = []ui.Field{{ID: "q-mots", Name: "q", Label: "Mots", Type: "search", Value: f.Words}, choose("theme", "Thématique", f.Theme, "toutes", knowledge.Themes()), choose("levier", "Levier", f.Lever, "tous", leverOptions(x.fw))}
	v.List = ui.Table{ID: "tous", Caption: p.title() + " de la région", Columns: []ui.Column{{Label: "Titre", Wide: true}, {Label: "Qui"}, {Label: "Levier ou thématique"}}}
	if p.kind == knowledge.Obstacle {
		v.List.Columns = append(v.List.Columns, ui.Column{Label: "Niveau"}, ui.Column{Label: "Échelon national"})
	} else {
		v.List.Columns = append(v.List.Columns, ui.Column{Label: "Résultat", Wide: true})
	}
	for _, t := range list.Rows {
		row := []ui.Cell{{Text: t.Title, Href: here + "/" + t.ID}, {Text: t.Organisation}, {Text: about(x.fw, t.Levers, t.Theme)}}
		if p.kind == knowledge.Obstacle {
			up := ui.Cell{Text: "non remonté"}
			if g, ok := answers[t.Group]; ok {
				up = ui.Cell{Text: answered(g)}
			} else if t.MergedInto != "" {
				up = ui.Cell{Text: "compte avec un autre"}
			}
			row = append(row, ui.Cell{Text: knowledge.Named(knowledge.Levels(), t.Level)}, up)
		} else {
			result := ui.Cell{Text: wording.Clip(t.Result, 160)}
			if t.Result == "" {
				result = ui.Cell{Missing: "le résultat n’est pas encore dit"}
			}
			row = append(row, result)
		}
		v.List.Rows = append(v.List.Rows, ui.Row{Cells: row})
	}
	return p.show(w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: p.title()})...)
}

func (p pages) publicOne(w http.ResponseWriter, r *http.Request) error {
	x, err := p.seen(r)
	if err != nil {
		return err
	}
	t, err := knowledge.Find(r.Context(), p.Q, policy.Actor{}, r.PathValue("id"))
	if err == nil && (t.Region != x.Code || t.Kind != p.kind) {
		err = apperr.NotFoundf("Ce %s n’est pas de cette région.", p.kind.Name())
	}
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: p.title(), Title: t.Title, Scope: []string{placeName(x.tree, t.Territory)}}, Tabs: tabs(x, false, x.base()+p.path()), Foot: ui.Source{Text: "retenu par l’équipe de la COP.", Print: true}}
	v.Facts, v.Texts, v.Links = said2(x, t)
	if err := p.relations(r, x.base()+"/freins/", t, &v); err != nil {
		return err
	}
	if err := p.actions(r, policy.Actor{}, t, &v); err != nil {
		return err
	}
	if t.Shared {
		v.Links = append(v.Links, ui.Link{Label: "La lire parmi les bonnes pratiques", Href: "/bonnes-pratiques/" + t.ID})
	}
	return p.show(w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: p.title(), Href: x.base() + p.path()}, ui.Link{Label: wording.Clip(t.Title, 60)})...)
}

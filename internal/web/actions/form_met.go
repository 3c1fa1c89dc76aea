package actions

import (
	"net/url"
	"slices"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
)

// obstaclesPart are the obstacles that an action meets: those of the register of obstacles,
// that are ticked, and others in words.
func obstaclesPart() part {
	return part{code: "freins", name: "Freins rencontrés",
		lead: "Ce qui ralentit ou bloque l’action\u00a0: un frein déjà connu de la région, ou un autre, en mots. L’équipe de la COP peut le porter au registre des freins.",
		values: func(_ writing, x action.Action) url.Values {
			v := url.Values{}
			for _, m := range x.Met {
				if m.Item != "" {
					v.Add("items", m.Item)
				}
			}
			for i, m := range written(x.Met) {
				v.Set(at("obstacles", i, "text"), m.Text)
			}
			return v
		},
		groups: func(w writing, v url.Values) (out []sections.Group) {
			if f := w.known(v["items"]); len(f.Options) > 0 {
				out = append(out, sections.Group{Fields: []ui.Field{f}})
			}
			g := sections.Group{Title: "En mots"}
			for i := range rows(v, "obstacles") + emptyRows {
				g.Fields = append(g.Fields, area(v, at("obstacles", i, "text"), "Frein"+french.NoBreak+strconv.Itoa(i+1), "", 2))
			}
			return append(out, g)
		},
		read: func(w writing, v url.Values, x *action.Action, bad faults) error {
			kept := x.Met
			x.Met = nil
			for _, m := range kept { // what its writer does not read is not dropped
				if m.Item != "" && (slices.Contains(v["items"], m.Item) || !w.reads(m.Item)) {
					x.Met = append(x.Met, m)
				}
			}
			for _, id := range v["items"] {
				if id == "" || slices.ContainsFunc(x.Met, func(m action.Met) bool { return m.Item == id }) {
					continue
				}
				if _, err := w.ofEnd(link.End{Kind: link.Obstacle, ID: id}); err != nil {
					if apperr.KindOf(err) != apperr.NotFound && apperr.KindOf(err) != apperr.Forbidden {
						return err
					}
					bad.add("items", "Un des freins cochés n’est plus au registre, ou n’est pas de cette région.")
					continue
				}
				x.Met = append(x.Met, action.Met{Item: id})
			}
			for _, i := range filled(v, "obstacles", "text") {
				x.Met = append(x.Met, action.Met{Text: v.Get(at("obstacles", i, "text"))})
			}
			return nil
		}}
}

// reads reports whether an obstacle of the register is there for who writes.
func (w writing) reads(item string) bool {
	_, err := w.ofEnd(link.End{Kind: link.Obstacle, ID: item})
	return err == nil
}

// fewKnown bounds how many obstacles of the register a form offers.
const fewKnown = 30

// known are the obstacles of the register that a form offers: those that are ticked, then
// those that the region retained for the levers of the action.
func (w writing) known(ticked []string) ui.Field {
	f := ui.Field{ID: "items", Label: "Freins du registre de la région", Type: "checkbox", Help: "Ceux des leviers de l’action. Un autre se lie depuis «\u00a0Liens\u00a0», par l’adresse de sa page."}
	add := func(id, label string, selected bool) {
		if !slices.ContainsFunc(f.Options, func(o ui.Option) bool { return o.Value == id }) {
			f.Options = append(f.Options, ui.Option{Value: id, Label: label, Selected: selected})
		}
	}
	for _, id := range ticked {
		if o, err := w.ofEnd(link.End{Kind: link.Obstacle, ID: id}); err == nil && id != "" {
			add(id, french.Upper(o.name), true)
		}
	}
	for _, lever := range w.x.Levers {
		list, err := w.d.Known.List(w.r.Context(), w.d.Q, policy.Actor{}, knowledge.Filter{Kind: knowledge.Obstacle, Region: w.region.Code, State: knowledge.Retained, Lever: lever, From: knowledge.ByPeople}, "", fewKnown)
		if err != nil {
			continue // the page is written without them all the same
		}
		for _, t := range list.Rows {
			if t.MergedInto == "" && len(f.Options) < fewKnown+len(ticked) {
				add(t.ID, t.Title, false)
			}
		}
	}
	return f
}

// written are the obstacles said in words; the others are of the register.
func written(all []action.Met) []action.Met {
	return slices.DeleteFunc(slices.Clone(all), func(m action.Met) bool { return m.Item != "" })
}

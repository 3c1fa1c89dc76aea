package levers

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"jalon/internal/action"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// fewActions is how many actions the page of a lever shows, the last that moved first:
// the others are on the page of their region.
const fewActions = 10

// actions are those that anyone reads and that serve the lever: the last ones, then how
// many in each region, with what they bring.
func (d Deps) actions(ctx context.Context, m *panorama.Model, v *leverView) error {
	if d.Actions == nil {
		return nil
	}
	f := action.Filter{Lever: v.Lever.Code, States: []action.State{action.Retained, action.Debated, action.Retaining}, Order: action.ByChange}
	page, err := d.Actions.List(ctx, d.Q, policy.Actor{}, f, "", fewActions)
	if err != nil || len(page.Rows) == 0 {
		return err
	}
	tally, err := d.Actions.TallyBy(ctx, d.Q, policy.Actor{}, f, "region")
	if err != nil {
		return err
	}
	v.Actions = ui.Table{ID: "actions-levier", Caption: "Actions qui servent ce levier", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Région"}, {Label: "Porteur"}, {Label: "CO₂e en moins pour ce levier, par an en 2030", Number: true}, {Label: "Où elle en est"}}}
	for _, a := range page.Rows {
		brings := ui.Cell{Missing: "Ce qu’elle apporte à ce levier n’est pas chiffré."}
		if i := slices.IndexFunc(a.Impacts, func(p action.RowImpact) bool { return p.Lever == v.Lever.Code && p.Kg != nil }); i >= 0 {
			brings = ui.Cell{Text: a.Impacts[i].Kg.Text()}
		}
		holder := ui.Cell{Text: a.Holder}
		if a.Holder == "" {
			holder = ui.Cell{Missing: "Personne ne la porte encore."}
		}
		region := a.Region
		if r, err := m.Tree().Region(a.Region); err == nil {
			region = r.Name
		}
		v.Actions.Rows = append(v.Actions.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Title, Href: wording.ActionPath(a.ID), Sub: wording.ActionNumber(a.Seq)}, {Text: region}, holder, brings, {Text: a.State.Name(), Sub: action.Named(action.Statuses(), a.Status)}}})
	}
	v.ActionsBy = ui.Table{ID: "actions-par-region", Caption: "Actions qui servent ce levier, par région", Columns: []ui.Column{{Label: "Région", Wide: true}, {Label: "Actions", Number: true}, {Label: "Chiffrées", Number: true}}}
	total := int64(0)
	slices.SortStableFunc(tally, func(a, b action.Tally) int { return cmp.Compare(b.Count, a.Count) })
	for _, t := range tally {
		r, err := m.Tree().Region(t.Code)
		if err != nil {
			return err
		}
		total += t.Count
		v.ActionsBy.Rows = append(v.ActionsBy.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Name, Href: "/regions/" + r.Slug + "/actions?levier=" + url.QueryEscape(v.Lever.Code)}, {Text: french.Integer(t.Count)}, {Text: french.Integer(t.Counted)}}})
	}
	v.ActionsLead = french.Integer(total) + nb + french.Plural(total, "action retenue ou en débat sert ce levier.", "actions retenues ou en débat servent ce levier.")
	if total > int64(len(page.Rows)) {
		v.ActionsLead += " Voici les " + french.Integer(len(page.Rows)) + " dernières qui ont changé\u00a0; les autres sont dans la liste de leur région."
	}
	return nil
}

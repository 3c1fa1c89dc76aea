package aids

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

var fitWords = map[aid.Fit]string{aid.Fits: "Oui\u00a0:", aid.Doubt: "À vérifier\u00a0:", aid.Part: "Attention\u00a0:", aid.Miss: "Non\u00a0:"}

// matches is what fits an action, with why and why not.
func (d Deps) matches(w http.ResponseWriter, r *http.Request) error {
	return d.showMatches(w, r, http.StatusOK, nil, nil)
}

func (d Deps) showMatches(w http.ResponseWriter, r *http.Request, status int, typed *aid.Need, wrong error) error {
	ctx, a := r.Context(), shell.Actor(r)
	m, err := d.Model(ctx)
	if err != nil {
		return err
	}
	x, c, err := action.Find(ctx, d.Q, a, r.PathValue("id"))
	if err != nil {
		return err
	}
	shelf, err := d.Aid.Shelf(ctx)
	if err != nil {
		return err
	}
	today, here := d.Aid.Today(), "/actions/"+x.ID+"/aides"
	want, err := aid.WantIn(ctx, d.Q, x)
	if err != nil {
		return err
	}
	got := shelf.Match(want, today, m.Tree())
	title := french.Integer(got.AllFits) + nb + french.Plural(got.AllFits, "aide convient", "aides conviennent") + " à cette action"
	if got.AllFits == 0 {
		title = "Aucune aide recensée ne convient tout à fait à cette action"
	}
	v := view{Heading: ui.Heading{Overline: "Aides pour une action", Title: title, Scope: []string{x.Title, "au " + french.Day(today)},
		Lead: "Chaque aide dit pourquoi elle convient, ou non. Ce rapprochement lit les leviers, le porteur, le territoire, les dates, l’étape et le budget de l’action\u00a0: il ne remplace pas les conditions écrites par le porteur de l’aide."}, Foot: ui.Source{Text: "catalogue des aides de Jalon\u00a0; la source de chacune est sur sa fiche.", Print: true}}
	edit := policy.Can(a, policy.Edit, x.Thing(c))
	for _, g := range []struct {
		id, title string
		all       int
		list      []aid.Match
	}{{"convient", "Convient", got.AllFits, got.Fits}, {"en-partie", "Convient en partie", got.AllPart, got.Part}, {"ne-convient-pas", "Ne convient pas, et pourquoi", got.AllMiss, got.Miss}} {
		if g.all == 0 {
			continue
		}
		out := matchGroup{ID: g.id, Title: g.title + nb + "(" + french.Integer(g.all) + ")"}
		if g.all > len(g.list) {
			out.Lead = "Les " + french.Integer(len(g.list)) + " plus proches sont montrées."
		}
		for _, mt := range g.list {
			out.Matches = append(out.Matches, matched(mt, x, here, today, edit && g.id != "ne-convient-pas"))
		}
		v.Groups = append(v.Groups, out)
	}
	if got.Unsaid > 0 {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: french.Integer(got.Unsaid) + nb + french.Plural(got.Unsaid, "aide du catalogue ne dit", "aides du catalogue ne disent") + " aucun levier", Text: "Elles ne sont pas comparées ici\u00a0: cherchez-les par leurs mots.", Links: []ui.Link{{Label: "Chercher dans toutes les aides", Href: "/aides"}}})
	}
	needs, err := aid.Needs(ctx, d.Q, a, aid.NeedFilter{Action: x.ID}, "", 20)
	if err != nil {
		return err
	}
	if len(needs) > 0 {
		v.Tables = append(v.Tables, titled{ID: "besoins", Title: "Ce que cette action cherche encore", Table: needTable(m, needs)})
	}
	if f, ok := d.needForm(m, a, c, x, here, typed, wrong); ok {
		v.Forms = append(v.Forms, f)
	}
	return d.show(w, r, status, v, true, ui.Link{Label: wording.Clip(x.Title, 60), Href: "/actions/" + x.ID}, ui.Link{Label: "Aides"})
}

func matched(mt aid.Match, x action.Action, here, today string, edit bool) matchView {
	out := matchView{Anchor: "aide-" + mt.Aid.ID, Name: mt.Aid.Name, Href: mt.Aid.Path(), About: strings.Join(scope(mt.Aid, today), " · "), Planned: mt.Planned}
	for _, why := range mt.Reasons {
		out.Reasons = append(out.Reasons, [2]string{fitWords[why.Fit], why.Text + "."})
	}
	if edit {
		out.Add = formView{Action: here, Rev: strconv.FormatInt(x.Rev, 10), Hidden: [][2]string{{"aid", mt.Aid.ID}}, Buttons: [][2]string{{"plan", "Ajouter au plan de financement"}}}
		if x.State == action.Retained {
			out.Add.Fields = []ui.Field{{ID: "reason-" + mt.Aid.ID, Name: "reason", Label: "Pourquoi changer cette action retenue", Required: true}}
		}
	}
	return out
}

// needForm is the form by which somebody says that nothing fits.
func (d Deps) needForm(m *panorama.Model, a policy.Actor, c cop.COP, x action.Action, here string, typed *aid.Need, wrong error) (formView, bool) {
	n := aid.Need{COP: c.ID, Region: x.Region, Org: x.Holder.Org, Author: a.Person, Department: x.Department()}
	if !policy.Can(a, policy.Create, n.Thing()) || len(x.Levers) == 0 {
		return formView{}, false
	}
	n.Lever, n.Step = x.Levers[0], x.Step
	if typed != nil {
		n = *typed
	}
	var levers [][2]string
	for _, l := range x.Levers {
		levers = append(levers, [2]string{l, leverName(m.Framework(), l)})
	}
	f := []ui.Field{choose("lever", "Levier", n.Lever, "", levers), choose("step", "Étape", n.Step, "toutes", action.Steps()), {ID: "text", Label: "Ce qui manque", Type: "textarea", Rows: 3, Required: true, Value: n.Text, Help: "Par exemple\u00a0: une aide aux études pour une petite commune."}}
	wrongIn(f, wrong)
	return formView{ID: "besoin", Title: "Aucune ne convient\u00a0?", Lead: "Dites-le\u00a0: ces besoins se comptent par levier et par territoire, et remontent avec les freins.", Action: here + "/besoin", Fields: f, Buttons: [][2]string{{"need", "Enregistrer ce besoin"}}}, true
}

// plan adds an aid to the funding plan of an action, as considered.
func (d Deps) plan(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	ctx, a := r.Context(), shell.Actor(r)
	x, _, err := action.Find(ctx, d.Q, a, r.PathValue("id"))
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	id := shell.Typed(r, "aid")
	got, err := aid.Find(ctx, d.Q, id)
	if err != nil {
		return err
	}
	here := "/actions/" + x.ID + "/aides"
	if slices.ContainsFunc(x.Funding, func(f action.Funding) bool { return f.Aid == id }) {
		return shell.SeeOther(w, r, back(here, "plan")) // twice is once
	}
	funder := got.Holder()
	if funder == "" {
		funder = got.Name
	}
	x.Rev, x.Funding = rev, append(slices.Clone(x.Funding), action.Funding{Funder: funder, Aid: id, State: "considered", Note: got.Name})
	if _, err = d.Room.Save(ctx, d.Q, a, x, shell.Typed(r, "reason")); err != nil {
		return err
	}
	return shell.SeeOther(w, r, back(here, "plan"))
}

func (d Deps) actionNeed(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	ctx, a := r.Context(), shell.Actor(r)
	x, c, err := action.Find(ctx, d.Q, a, r.PathValue("id"))
	if err != nil {
		return err
	}
	n := aid.Need{Action: x.ID, Org: x.Holder.Org, Audience: x.Holder.Kind, Lever: shell.Typed(r, "lever"), Step: shell.Typed(r, "step"), Text: shell.Typed(r, "text"), Territory: "region:" + x.Region}
	if len(x.Places) > 0 {
		n.Territory = x.Places[0].Territory
	}
	if !slices.Contains(x.Levers, n.Lever) {
		err = &aid.Fault{Field: "lever", Message: "Choisissez un levier de l’action."}
	} else {
		_, err = d.Aid.AddNeed(ctx, d.Q, a, c, n)
	}
	if shell.Beside(err) && policy.Can(a, policy.Create, aid.Need{COP: c.ID, Org: n.Org, Author: a.Person, Department: x.Department()}.Thing()) {
		return d.showMatches(w, r, apperr.Status(err), &n, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, back("/actions/"+x.ID+"/aides", "besoin"))
}

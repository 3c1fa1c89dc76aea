package aids

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func needTable(m *panorama.Model, list []aid.Need) ui.Table {
	t := ui.Table{ID: "table-besoins", Caption: "Les besoins sans aide", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Ce qui manque", Wide: true}, {Label: "Levier"}, {Label: "Où"}, {Label: "Le"}, {Label: "État"}}}
	for _, n := range list {
		c := ui.Cell{Text: n.Text}
		if n.Action != "" {
			c.Href = "/actions/" + n.Action
		}
		state := ui.Cell{Text: aid.Named(aid.NeedStates(), string(n.State)), Sub: n.Answer}
		if n.Obstacle != "" {
			if region, err := m.Tree().Region(n.Region); err == nil {
				state.Href = "/regions/" + region.Slug + "/bureau/freins/" + n.Obstacle
			}
		}
		lever := ui.Cell{Text: leverName(m.Framework(), n.Lever), Sub: action.Named(action.Steps(), n.Step)}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{c, lever, {Text: placeName(m.Tree(), n.Territory)}, {Text: french.Date(n.At)}, state}})
	}
	return t
}

// notes reports whether somebody may note a need in a region, or in one of its départements.
func (o owner) notes(a policy.Actor) bool {
	if policy.Can(a, policy.Create, aid.Need{COP: o.cop.ID, Author: a.Person}.Thing()) {
		return true
	}
	for _, dept := range o.model.Tree().Departments() {
		if dept.Region == o.region.Code && policy.Can(a, policy.Create, aid.Need{COP: o.cop.ID, Department: dept.Code, Author: a.Person}.Thing()) {
			return true
		}
	}
	return false
}

// needsOf is the region of an address, for who reads its needs; nobody else knows the page.
func (d Deps) needsOf(r *http.Request) (o owner, err error) {
	if o, err = d.regionOf(r); err != nil {
		return o, err
	}
	o.base = "/regions/" + o.region.Slug + "/bureau/besoins"
	a := shell.Actor(r)
	if policy.Can(a, policy.Read, aid.Need{COP: o.cop.ID}.Thing()) {
		return o, nil
	}
	for _, dept := range o.model.Tree().Departments() {
		if dept.Region == o.region.Code && policy.Can(a, policy.Read, aid.Need{COP: o.cop.ID, Department: dept.Code}.Thing()) {
			return o, nil
		}
	}
	return o, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
}

func (d Deps) needs(w http.ResponseWriter, r *http.Request) error {
	return d.showNeeds(w, r, http.StatusOK, nil, nil)
}

// countRule is where the counts of needs come from.
const countRule = "D’où viennent ces nombres" + nb + ": chaque ligne compte les besoins enregistrés pour le levier, ceux de la liste plus bas. «\u00a0Sans réponse\u00a0»" + nb + ": ouverts ou transmis, ni pourvus ni clos. «\u00a0Territoires\u00a0»" + nb + ": les lieux différents d’où ils viennent. Un même acteur compte autant de fois qu’il a de besoins."

func sums(m *panorama.Model, list []aid.Sum, byRegion bool) ui.Table {
	t := ui.Table{ID: "sommes", Caption: "Les besoins par levier", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Sans réponse", Number: true}, {Label: "En tout", Number: true}, {Label: "Territoires", Number: true}}}
	if byRegion {
		t.Columns = append([]ui.Column{t.Columns[0], {Label: "Région"}}, t.Columns[1:]...)
	}
	for _, s := range list {
		cells := []ui.Cell{{Text: leverName(m.Framework(), s.Lever), Href: "/aides?levier=" + s.Lever}}
		if byRegion {
			name := s.Region
			if region, err := m.Tree().Region(s.Region); err == nil {
				name = region.Name
			}
			cells = append(cells, ui.Cell{Text: name})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append(cells, ui.Cell{Text: french.Integer(s.Open)}, ui.Cell{Text: french.Integer(s.All)}, ui.Cell{Text: french.Integer(s.Places)})})
	}
	return t
}

// lacking are the levers for which the catalogue has no aid: each counts as a need.
func (d Deps) lacking(r *http.Request, m *panorama.Model, metropolitan bool) (titled, error) {
	shelf, err := d.Aid.Shelf(r.Context())
	if err != nil {
		return titled{}, err
	}
	t := titled{ID: "sans-aide", Title: "Leviers sans aide recensée", Lead: "Aucune aide recensée à ce jour pour ces leviers\u00a0: importez-en, ou signalez celles que vous connaissez.", Table: ui.Table{ID: "leviers-sans-aide", Caption: "Leviers sans aide recensée", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}}}}
	for _, l := range leverOptions(m.Framework()) {
		if metropolitan && strings.HasPrefix(l[0], "om-") {
			continue
		}
		if n, _ := shelf.Count(l[0], d.Aid.Today()); n == 0 {
			t.Table.Rows = append(t.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: l[1], Href: wording.LeverPath(l[0])}}})
		}
	}
	if len(t.Table.Rows) == 0 {
		t.Lead = "Chaque levier a au moins une aide recensée."
	}
	return t, nil
}

func (d Deps) showNeeds(w http.ResponseWriter, r *http.Request, status int, typed *aid.Need, wrong error) error {
	ctx, a := r.Context(), shell.Actor(r)
	o, err := d.needsOf(r)
	if err != nil {
		return err
	}
	list, err := aid.Needs(ctx, d.Q, a, aid.NeedFilter{COP: o.cop.ID, Lever: shell.Clean(r.URL.Query().Get("levier"))}, shell.Clean(r.URL.Query().Get("suite")), perPage)
	if err != nil {
		return err
	}
	total, err := aid.Sums(ctx, d.Q, a, o.cop.ID)
	if err != nil {
		return err
	}
	open := int64(0)
	for _, s := range total {
		open += s.Open
	}
	tabs := owner{region: o.region}.tabs()
	tabs[1].Current, tabs[2].Current = false, true
	v := view{Heading: ui.Heading{Overline: "Bureau de la COP, " + o.region.Name, Title: french.Integer(open) + nb + french.Plural(open, "besoin sans aide", "besoins sans aide"), Scope: []string{"réservé à la COP", "cycle " + o.cop.Cycle}, Lead: "Ce que des acteurs de la région cherchent et ne trouvent pas."}, Tabs: tabs}
	if len(total) > 0 {
		v.Tables = append(v.Tables, titled{ID: "par-levier", Title: "Par levier", Lead: countRule, Table: sums(o.model, total, false)}, titled{ID: "besoins", Title: "Les derniers besoins", Table: needTable(o.model, list)})
	}
	lack, err := d.lacking(r, o.model, !o.region.Overseas)
	if err != nil {
		return err
	}
	v.Tables = append(v.Tables, lack)
	if len(list) == perPage {
		v.Links = append(v.Links, ui.Link{Label: "Besoins plus anciens", Href: nextPage(r, list[perPage-1].ID)})
	}
	for _, n := range list {
		if n.State != aid.NeedOpen || !policy.Can(a, policy.Edit, n.Thing()) {
			continue
		}
		v.Forms = append(v.Forms, formView{ID: "besoin-" + n.ID, Title: "Répondre\u00a0: " + wording.Clip(n.Text, 80), Action: o.base + "/" + n.ID, Rev: strconv.FormatInt(n.Rev, 10), Fields: []ui.Field{{ID: "answer-" + n.ID, Name: "answer", Label: "Réponse", Help: "L’aide qui existe, ou pourquoi ce besoin est écarté. Rien pour le joindre à un frein."}},
			Buttons: [][2]string{{"send", "Joindre au frein de ce levier"}, {"helped", "Une aide existe"}, {"aside", "Écarter"}}})
	}
	if o.notes(a) {
		n := aid.Need{Territory: "region:" + o.region.Code}
		if typed != nil {
			n = *typed
		}
		f := []ui.Field{choose("lever", "Levier", n.Lever, "à choisir", leverOptions(o.model.Framework())), choose("step", "Étape", n.Step, "toutes", action.Steps()), choose("audience", "Qui cherche", n.Audience, "non dit", aid.Audiences()),
			{ID: "territory", Label: "Où", Value: placeName(o.model.Tree(), n.Territory)}, {ID: "text", Label: "Ce qui manque", Type: "textarea", Rows: 3, Required: true, Value: n.Text}}
		f[0].Required = true
		wrongIn(f, wrong)
		v.Forms = append(v.Forms, formView{ID: "noter", Title: "Noter un besoin", Action: o.base, Fields: f, Buttons: [][2]string{{"need", "Enregistrer ce besoin"}}})
	}
	return d.show(w, r, status, v, true, wording.RegionTrail(o.region, ui.Link{Label: "Besoins sans aide"})...)
}

func (d Deps) needAdd(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	o, err := d.needsOf(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	n := aid.Need{Lever: shell.Typed(r, "lever"), Step: shell.Typed(r, "step"), Audience: shell.Typed(r, "audience"), Text: shell.Typed(r, "text"), Territory: shell.Typed(r, "territory")}
	if !o.notes(a) {
		return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	place, ok := placeOf(o.model.Tree(), n.Territory)
	switch _, lerr := o.model.Framework().Lever(n.Lever); {
	case lerr != nil:
		err = &aid.Fault{Field: "lever", Message: "Choisissez le levier pour lequel vous cherchez une aide."}
	case !ok || place == "":
		err = &aid.Fault{Field: "territory", Message: "Ce territoire n’est pas connu\u00a0: vérifiez son nom."}
	default:
		n.Territory = place
		_, err = d.Aid.AddNeed(r.Context(), d.Q, a, o.cop, n)
	}
	if shell.Beside(err) {
		return d.showNeeds(w, r, apperr.Status(err), &n, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, back(o.base, "besoin"))
}

func (d Deps) needTurn(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	o, err := d.needsOf(r)
	if err != nil {
		return err
	}
	ctx, a := r.Context(), shell.Actor(r)
	n, err := aid.FindNeed(ctx, d.Q, a, r.PathValue("id"))
	if err == nil && n.COP != o.cop.ID {
		err = apperr.NotFoundf("Ce besoin n’est pas de ceux de la région.")
	}
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	if do := shell.Typed(r, "do"); do == "send" {
		_, err = d.Aid.SendNeed(ctx, d.Q, a, n.ID, rev, o.region, leverName(o.model.Framework(), n.Lever))
	} else {
		_, err = d.Aid.AnswerNeed(ctx, d.Q, a, n.ID, rev, aid.NeedState(strings.TrimSpace(do)), shell.Typed(r, "answer"))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, back(o.base, "1"))
}

// nationalNeeds are the needs of all regions, by lever.
func (d Deps) nationalNeeds(w http.ResponseWriter, r *http.Request) error {
	ctx, a := r.Context(), shell.Actor(r)
	if err := policy.Check(a, policy.Read, policy.Thing{Kind: policy.Need}); err != nil {
		return err
	}
	m, err := d.Model(ctx)
	if err != nil {
		return err
	}
	total, err := aid.Sums(ctx, d.Q, a, "")
	if err != nil {
		return err
	}
	list, err := aid.Needs(ctx, d.Q, a, aid.NeedFilter{Lever: shell.Clean(r.URL.Query().Get("levier"))}, shell.Clean(r.URL.Query().Get("suite")), perPage)
	if err != nil {
		return err
	}
	open := int64(0)
	for _, s := range total {
		open += s.Open
	}
	v := view{Heading: ui.Heading{Overline: "Tableau national", Title: french.Integer(open) + nb + french.Plural(open, "besoin sans aide", "besoins sans aide") + " dans les régions", Scope: []string{"réservé à l’administration nationale"}},
		Tabs: []ui.Link{{Label: "Tableau national", Href: "/national"}, {Label: "Freins", Href: "/national/freins"}, {Label: "Besoins sans aide", Href: "/national/besoins", Current: true}}}
	if len(total) > 0 {
		v.Tables = append(v.Tables, titled{ID: "par-levier", Title: "Par levier et par région", Lead: countRule, Table: sums(m, total, true)}, titled{ID: "besoins", Title: "Les derniers besoins", Table: needTable(m, list)})
	} else {
		v.Empty = ui.Empty{Title: "Aucun besoin enregistré", Text: "Les équipes des régions et les porteurs d’actions les notent quand aucune aide ne convient."}
	}
	lack, err := d.lacking(r, m, false)
	if err != nil {
		return err
	}
	v.Tables = append(v.Tables, lack)
	if len(list) == perPage {
		v.Links = append(v.Links, ui.Link{Label: "Besoins plus anciens", Href: nextPage(r, list[perPage-1].ID)})
	}
	return d.show(w, r, http.StatusOK, v, true, ui.Link{Label: "Tableau national", Href: "/national"}, ui.Link{Label: "Besoins sans aide"})
}

package knowledge

import (
	"net/http"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const practicesPath = "/bonnes-pratiques"

func regionOptions(m *panorama.Model) [][2]string {
	var out [][2]string
	for _, x := range m.Tree().Regions() {
		out = append(out, [2]string{x.Code, x.Name})
	}
	return out
}

// practices lists the good practices of every region.
func (d Deps) practices(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f := knowledge.Filter{Kind: knowledge.Strength, Shared: true, State: knowledge.Retained, Words: shell.Clean(q.Get("mots")), Theme: shell.Clean(q.Get("theme")), Lever: shell.Clean(q.Get("levier")), Scale: shell.Clean(q.Get("echelle")), Region: shell.Clean(q.Get("region"))}
	list, err := d.Room.List(r.Context(), d.Q, policy.Actor{}, f, q.Get("suite"), perPage)
	if err != nil {
		return err
	}
	counts, err := knowledge.UptakeCounts(r.Context(), d.Q, list.Rows)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "D’une région à l’autre", Title: counted(list.Total, list.More, "bonne pratique à reprendre", "bonnes pratiques à reprendre"), Scope: []string{"retenues et partagées par les équipes des COP"}},
		FilterTo: practicesPath, ListTitle: "Les bonnes pratiques", Pager: ui.Pager{Next: next(r, list.Next)},
		Empty: ui.Empty{Title: "Aucune bonne pratique ne répond à cette recherche", Text: "Essayez d’autres mots, ou un filtre de moins.", Action: ui.Link{Label: "Voir toutes les bonnes pratiques", Href: practicesPath}},
		Foot:  ui.Source{Text: "équipes des COP, et SGPE pour les seize premières (point d’étape du 27" + nb + "mai" + nb + "2024).", Print: true}}
	v.Filters = []ui.Field{{ID: "mots", Label: "Mots", Type: "search", Value: f.Words}, choose("theme", "Thématique", f.Theme, "toutes", knowledge.Themes()), choose("levier", "Levier", f.Lever, "tous", leverOptions(m.Framework())),
		choose("region", "Région", f.Region, "toutes", regionOptions(m)), choose("echelle", "Type de territoire", f.Scale, "tous", knowledge.Scales())}
	v.List = ui.Table{ID: "pratiques", Caption: "Les bonnes pratiques", Columns: []ui.Column{{Label: "Pratique", Wide: true}, {Label: "Où"}, {Label: "Levier ou thématique"}, {Label: "S’en inspirent", Unit: "régions", Number: true}}}
	for _, t := range list.Rows {
		v.List.Rows = append(v.List.Rows, ui.Row{Cells: []ui.Cell{{Text: t.Title, Href: practicesPath + "/" + t.ID, Sub: wording.Clip(t.Text, 180)}, {Text: placeName(m.Tree(), t.Territory)}, {Text: about(m.Framework(), t.Levers, t.Theme)}, {Text: french.Integer(counts[t.ID])}}})
	}
	return d.show(w, r, http.StatusOK, v, false, ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Bonnes pratiques"})
}

// taking draws what a practice is and who takes it up.
func (d Deps) taking(r *http.Request) (v view, m *panorama.Model, t knowledge.Item, taken []knowledge.Uptake, err error) {
	if m, err = d.Model(r.Context()); err != nil {
		return v, m, t, nil, err
	}
	if t, err = knowledge.Practice(r.Context(), d.Q, r.PathValue("id")); err != nil {
		return v, m, t, nil, err
	}
	region, err := m.Tree().Region(t.Region)
	if err != nil {
		return v, m, t, nil, err
	}
	if taken, err = knowledge.UptakesOf(r.Context(), d.Q, t.ID); err != nil {
		return v, m, t, nil, err
	}
	x := where{Region: region, tree: m.Tree(), fw: m.Framework()}
	v = view{Heading: ui.Heading{Overline: "Bonne pratique", Title: t.Title, Scope: []string{placeName(m.Tree(), t.Territory), french.Integer(len(taken)) + nb + french.Plural(len(taken), "région s’en inspire", "régions s’en inspirent")}}}
	v.Facts, v.Texts, v.Links = said2(x, t)
	who := titled{ID: "inspirent", Title: "Qui s’en inspire", Lead: "Aucune région ne l’a encore dit.", Table: ui.Table{ID: "regions", Caption: "Les régions qui s’en inspirent", Columns: []ui.Column{{Label: "Région"}, {Label: "Depuis"}, {Label: "Ce qu’elle en reprend", Wide: true}}}}
	for _, u := range taken {
		by, err := m.Tree().Region(u.Region)
		if err != nil {
			return v, m, t, nil, err
		}
		note := ui.Cell{Text: u.Note}
		if u.Note == "" {
			note = ui.Cell{Missing: "la région ne l’a pas précisé"}
		}
		who.Lead = ""
		who.Table.Rows = append(who.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: by.Name, Href: "/regions/" + by.Slug}, {Text: french.Date(u.At)}, note}})
	}
	v.Tables = []titled{who}
	return v, m, t, taken, nil
}

func practiceTrail(t knowledge.Item) []ui.Link {
	return []ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Bonnes pratiques", Href: practicesPath}, {Label: wording.Clip(t.Title, 60), Href: practicesPath + "/" + t.ID}}
}

func (d Deps) practice(w http.ResponseWriter, r *http.Request) error {
	v, _, t, _, err := d.taking(r)
	if err != nil {
		return err
	}
	if err := d.actions(r, policy.Actor{}, t, &v); err != nil {
		return err
	}
	v.Links = append(v.Links, ui.Link{Label: "Je m’en inspire (réservé aux équipes des COP)", Href: practicesPath + "/" + t.ID + "/inspirer"})
	v.Foot = ui.Source{Text: "partagée par l’équipe de la COP.", Print: true}
	if t.Author == cop.Seed {
		v.Foot.Text = "SGPE, point d’étape des COP régionales, 27" + nb + "mai" + nb + "2024, en nos mots."
	}
	return d.show(w, r, http.StatusOK, v, false, practiceTrail(t)...)
}

func (d Deps) take(w http.ResponseWriter, r *http.Request) error {
	return d.showTake(w, r, http.StatusOK, "", "", nil)
}

// showTake is the page where a team says that its region takes up a practice.
func (d Deps) showTake(w http.ResponseWriter, r *http.Request, status int, region, note string, wrong error) error {
	if policy.Where(shell.Actor(r), policy.Judge, policy.Strength).None() {
		return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	v, m, t, taken, err := d.taking(r)
	if err != nil {
		return err
	}
	mine := [][2]string{}
	for _, o := range regionOptions(m) {
		if o[0] == t.Region {
			continue
		}
		ok, err := knowledge.MayTakeUp(r.Context(), d.Q, shell.Actor(r), o[0])
		if err != nil {
			return err
		}
		if ok {
			mine = append(mine, o)
		}
	}
	if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	if len(mine) == 0 {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Vous ne travaillez pour aucune autre région", Text: "Ce sont les équipes des autres régions qui disent s’en inspirer."})
	} else {
		if region == "" {
			region = mine[0][0]
		}
		f := formView{ID: "inspirer", Title: "Je m’en inspire", Action: practicesPath + "/" + t.ID + "/inspirer",
			Fields: []ui.Field{choose("region", "Pour la COP de", region, "", mine), {ID: "note", Label: "Ce que nous en reprenons", Type: "textarea", Rows: 3, Value: note}}}
		already := 0
		for _, o := range mine {
			if slices.ContainsFunc(taken, func(u knowledge.Uptake) bool { return o[0] == u.Region }) {
				already++
			}
		}
		if already < len(mine) {
			f.Buttons = append(f.Buttons, [2]string{"take", "Nous nous en inspirons"})
		}
		if already > 0 {
			f.Buttons = append(f.Buttons, [2]string{"leave", "Nous ne nous en inspirons plus"})
		}
		wrongIn(f.Fields, wrong)
		v.Forms = []formView{f}
	}
	return d.show(w, r, status, v, true, append(practiceTrail(t), ui.Link{Label: "Je m’en inspire"})...)
}

func (d Deps) taken(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	if policy.Where(shell.Actor(r), policy.Judge, policy.Strength).None() {
		return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	region, note := shell.Typed(r, "region"), shell.Typed(r, "note")
	_, err := d.Room.TakeUp(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"), region, shell.Typed(r, "do") != "leave", note)
	if err != nil && beside(err) {
		return d.showTake(w, r, apperr.Status(err), region, note, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, practicesPath+"/"+r.PathValue("id")+"/inspirer?fait=1")
}

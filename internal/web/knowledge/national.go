package knowledge

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const nationalPath = "/national/freins"

func groupFilter(r *http.Request) knowledge.GroupFilter {
	q := r.URL.Query()
	return knowledge.GroupFilter{Nature: shell.Clean(q.Get("nature")), Level: shell.Clean(q.Get("niveau")), Lever: shell.Clean(q.Get("levier")), Status: shell.Clean(q.Get("statut"))}
}

func nationalTrail(last ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: "Tableau national", Href: "/national"}, {Label: "Freins", Href: nationalPath}}, last...)
}

// names are those of some regions, in the order given.
func names(m *panorama.Model, codes []string) string {
	var out []string
	for _, c := range codes {
		if x, err := m.Tree().Region(c); err == nil {
			out = append(out, x.Name)
		}
	}
	return strings.Join(out, ", ")
}

// national lists what the regions sent up, the heaviest first.
func (d Deps) national(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	f := groupFilter(r)
	list, err := d.Room.Groups(r.Context(), d.Q, shell.Actor(r), f, r.URL.Query().Get("suite"), perPage)
	if err != nil {
		return err
	}
	regions, err := knowledge.RegionsOf(r.Context(), d.Q, list.Rows)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Tableau national", Title: counted(list.Total, list.More, "frein remonté", "freins remontés") + " par les régions", Scope: []string{"regroupés sur les 18 régions", "le plus lourd d’abord"}},
		Tabs:     ui.Pages{Tabs: []ui.Link{{Label: "Tableau national", Href: "/national"}, {Label: "Freins", Href: nationalPath, Current: true}}},
		FilterTo: nationalPath, ListTitle: "Par poids", Lead: knowledge.WeightRule, Pager: ui.Pager{Next: next(r, list.Next)},
		Empty: ui.Empty{Title: "Aucun frein remonté à cette adresse", Text: "Les équipes des régions font remonter ce qu’elles ne peuvent pas lever seules."},
		Foot:  ui.Source{Text: "équipes des COP régionales.", Downloads: []ui.Link{{Label: "Cette liste (CSV)", Href: nationalPath + ".csv?" + r.URL.RawQuery}}, Print: true}}
	v.Filters = []ui.Field{choose("nature", "Nature", f.Nature, "toutes", knowledge.Natures()), choose("levier", "Levier", f.Lever, "tous", leverOptions(m.Framework())), choose("niveau", "Niveau", f.Level, "tous", knowledge.Levels()),
		choose("statut", "Statut", f.Status, "tous", knowledge.Statuses())}
	v.List = ui.Table{ID: "freins-nationaux", Caption: "Les freins remontés par les régions", Columns: []ui.Column{{Label: "Frein", Wide: true}, {Label: "Régions", Number: true}, {Label: "Signalements", Number: true}, {Label: "Nature"}, {Label: "Levier"}, {Label: "Réponse"}}}
	for _, g := range list.Rows {
		lever := ui.Cell{Missing: "ce frein est d’une thématique, non d’un levier"}
		if l, err := m.Framework().Lever(g.Lever); err == nil {
			lever = ui.Cell{Text: l.ShortName}
		}
		v.List.Rows = append(v.List.Rows, ui.Row{Cells: []ui.Cell{{Text: g.Title, Href: nationalPath + "/" + g.ID, Sub: names(m, regions[g.ID])}, {Text: french.Integer(g.Regions)}, {Text: french.Integer(g.Raisers)},
			{Text: knowledge.Named(knowledge.Natures(), g.Nature)}, lever, {Text: answered(g)}}})
	}
	return d.show(w, r, http.StatusOK, v, true, nationalTrail()...)
}

const csvMost = 100_000

func (d Deps) nationalCSV(w http.ResponseWriter, r *http.Request) error {
	a := shell.Actor(r)
	if err := policy.Check(a, policy.Export, knowledge.National()); err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.Comma, out.UseCRLF = ';', true
	rows := [][]string{{"frein", "nature", "niveau", "levier", "regions", "nombre_de_regions", "signale_par", "statut", "date_de_la_reponse", "reponse"}}
	for cursor, n := "", 0; n < csvMost; {
		list, err := d.Room.Groups(r.Context(), d.Q, a, groupFilter(r), cursor, 500)
		if err != nil {
			return err
		}
		regions, err := knowledge.RegionsOf(r.Context(), d.Q, list.Rows)
		if err != nil {
			return err
		}
		for _, g := range list.Rows {
			rows = append(rows, []string{exchange.Inert(g.Title), g.Nature, g.Level, g.Lever, names(m, regions[g.ID]), strconv.FormatInt(g.Regions, 10), strconv.FormatInt(g.Raisers, 10),
				knowledge.Named(knowledge.Statuses(), g.Status), g.Day, exchange.Inert(g.Answer)})
		}
		n += len(list.Rows)
		if cursor = list.Next; cursor == "" {
			break
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="freins.csv"`)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // whoever left does not need to hear that they left
	return nil
}

func (d Deps) line(w http.ResponseWriter, r *http.Request) error {
	return d.showLine(w, r, http.StatusOK, nil, nil)
}

func replyFields(in knowledge.Reply) []ui.Field {
	return []ui.Field{{ID: "title", Label: "Titre", Required: true, Value: in.Title, Help: "Celui sous lequel les freins regroupés se lisent."}, choose("nature", "Nature", in.Nature, "", knowledge.Natures()), choose("level", "Niveau", in.Level, "", knowledge.Levels()),
		choose("status", "Statut", in.Status, "", knowledge.Statuses()), {ID: "answer", Label: "Réponse", Type: "textarea", Rows: 6, Value: in.Answer, Help: "Elle se lit sur la page de chaque région, et part à ceux qui ont signalé le frein."},
		{ID: "day", Label: "Date de la réponse", Type: "date", Value: in.Day}}
}

// showLine draws a line of the nation's list: what it holds, and the forms by
// which the national team answers and groups.
func (d Deps) showLine(w http.ResponseWriter, r *http.Request, status int, typed *knowledge.Reply, wrong error) error {
	ctx, a := r.Context(), shell.Actor(r)
	m, err := d.Model(ctx)
	if err != nil {
		return err
	}
	g, err := knowledge.FindGroup(ctx, d.Q, a, r.PathValue("id"))
	if err != nil {
		return err
	}
	held, err := knowledge.Held(ctx, d.Q, g.ID)
	if err != nil {
		return err
	}
	here := nationalPath + "/" + g.ID
	v := view{Heading: ui.Heading{Overline: "Frein remonté", Title: g.Title, Scope: []string{french.Integer(g.Regions) + nb + french.Plural(int(g.Regions), "région", "régions"), french.Integer(g.Raisers) + nb + french.Plural(int(g.Raisers), "signalement", "signalements"), answered(g)}},
		Tabs:  ui.Pages{Tabs: []ui.Link{{Label: "Tableau national", Href: "/national"}, {Label: "Freins", Href: nationalPath, Current: true}}},
		Facts: [][2]string{{"Nature", knowledge.Named(knowledge.Natures(), g.Nature)}, {"Niveau", knowledge.Named(knowledge.Levels(), g.Level)}, {"Poids", knowledge.WeightRule}},
		Texts: []text{{"description", "De quoi il s’agit", g.Text}}}
	if g.Answer != "" {
		v.Texts = append(v.Texts, text{"reponse", "La réponse", g.Answer})
	}
	if g.Weight == 0 {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Cette ligne ne compte plus aucun frein", Text: "Ils sont regroupés ailleurs\u00a0; la ligne reste lisible."})
	}
	t := ui.Table{ID: "freins-tenus", Caption: "Les freins qui comptent ici", Columns: []ui.Column{{Label: "Frein", Wide: true}, {Label: "Région"}, {Label: "Qui"}, {Label: "Pourquoi il remonte", Wide: true}}}
	judge := policy.Can(a, policy.Judge, knowledge.National())
	var movable []knowledge.Item
	for _, x := range held {
		region, err := m.Tree().Region(x.Region)
		if err != nil {
			return err
		}
		why := ui.Cell{Text: x.Said}
		if x.MergedInto != "" {
			why = ui.Cell{Text: "regroupé par sa région avec un autre"}
		} else if x.Group != x.Home {
			movable = append(movable, x)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Title, Href: "/regions/" + region.Slug + "/freins/" + x.ID}, {Text: region.Name}, {Text: x.Organisation}, why}})
	}
	v.Tables = []titled{{ID: "tenus", Title: "Ce qu’elle regroupe", Table: t}}
	if !judge {
		return d.show(w, r, status, v, true, nationalTrail(ui.Link{Label: wording.Clip(g.Title, 60)})...)
	}
	kept := knowledge.Reply{Title: g.Title, Nature: g.Nature, Level: g.Level, Status: g.Status, Answer: g.Answer, Day: g.Day}
	shown := kept
	if typed != nil {
		shown = *typed
	}
	fields := replyFields(shown)
	if typed != nil {
		wrongIn(fields, wrong)
		if status == http.StatusConflict {
			v.Conflict = ui.TwoVersions(replyFields(kept), fields)
		}
	} else if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	v.Forms = []formView{{ID: "repondre", Title: "Répondre", Action: here, Rev: strconv.FormatInt(g.Rev, 10), Hidden: [][2]string{{"do", "answer"}}, Submit: "Enregistrer la réponse", Fields: fields}}
	group, err := d.groupForm(r, g, held, here)
	if err != nil {
		return err
	}
	v.Forms = append(v.Forms, group...)
	if len(movable) > 0 {
		var options [][2]string
		for _, x := range movable {
			options = append(options, [2]string{x.ID + " " + strconv.FormatInt(x.Rev, 10), wording.Clip(x.Title, 80) + " (" + names(m, []string{x.Region}) + ")"})
		}
		v.Forms = append(v.Forms, formView{ID: "separer", Title: "Séparer un frein", Action: here, Hidden: [][2]string{{"do", "ungroup"}}, Submit: "Compter à part", Lead: "Le frein retrouve sa propre ligne, avec la réponse qu’elle avait.",
			Fields: []ui.Field{choose("item", "Frein à compter à part", "", "", options)}})
	}
	return d.show(w, r, status, v, true, nationalTrail(ui.Link{Label: wording.Clip(g.Title, 60)})...)
}

// groupForm counts the obstacles of this line, which came up by themselves, in
// another.
func (d Deps) groupForm(r *http.Request, g knowledge.Group, held []knowledge.Item, here string) ([]formView, error) {
	list, err := d.Room.Groups(r.Context(), d.Q, shell.Actor(r), knowledge.GroupFilter{}, "", 200)
	if err != nil {
		return nil, err
	}
	var options, own [][2]string
	for _, x := range list.Rows {
		if x.ID != g.ID {
			options = append(options, [2]string{x.ID, wording.Clip(x.Title, 80) + " (" + french.Integer(x.Regions) + nb + french.Plural(int(x.Regions), "région", "régions") + ")"})
		}
	}
	for _, x := range held {
		if x.MergedInto == "" {
			own = append(own, [2]string{x.ID + " " + strconv.FormatInt(x.Rev, 10), wording.Clip(x.Title, 80)})
		}
	}
	if len(options) == 0 || len(own) == 0 {
		return nil, nil
	}
	return []formView{{ID: "regrouper", Title: "Regrouper avec un frein semblable", Action: here, Hidden: [][2]string{{"do", "group"}}, Submit: "Regrouper", Lead: "Le frein compte dans l’autre ligne, et reçoit sa réponse. Il se sépare à tout moment.",
		Fields: []ui.Field{choose("item-grouped", "Frein", "", "", own), choose("into", "Compter avec", "", "", options)}}}, nil
}

func (d Deps) lineSave(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	ctx, a := r.Context(), shell.Actor(r)
	if err := policy.Check(a, policy.Judge, knowledge.National()); err != nil {
		return err
	}
	id := r.PathValue("id")
	var typed *knowledge.Reply
	var err error
	switch do := shell.Typed(r, "do"); do {
	case "group", "ungroup":
		field := "item"
		if do == "group" {
			field = "item-grouped"
		}
		item, at, _ := strings.Cut(shell.Typed(r, field), " ")
		n, perr := strconv.ParseInt(at, 10, 64)
		switch {
		case perr != nil:
			err = &knowledge.Fault{Field: field, Message: "Choisissez un frein de la liste."}
		case do == "group":
			_, err = d.Room.Join(ctx, d.Q, a, item, n, shell.Typed(r, "into"), shell.Typed(r, "reason"))
			id = shell.Typed(r, "into")
		default:
			_, err = d.Room.Leave(ctx, d.Q, a, item, n, shell.Typed(r, "reason"))
		}
	default:
		n, rerr := shell.Rev(r)
		if rerr != nil {
			return rerr
		}
		in := knowledge.Reply{Title: shell.Typed(r, "title"), Nature: shell.Typed(r, "nature"), Level: shell.Typed(r, "level"), Status: shell.Typed(r, "status"), Answer: shell.Typed(r, "answer"), Day: shell.Typed(r, "day")}
		typed = &in
		_, err = d.Room.Answer(ctx, d.Q, a, id, n, in, "saisie")
	}
	if err != nil && beside(err) {
		return d.showLine(w, r, apperr.Status(err), typed, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, nationalPath+"/"+id+"?fait=1")
}

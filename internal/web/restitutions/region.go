package restitutions

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// at reads the region of an address and its restitution.
func (d Deps) at(r *http.Request) (x reading, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return x, err
	}
	return d.read(r, region, m)
}

// region is the restitution of a region.
func (d Deps) region(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Restitution du questionnaire"}, Tabs: x.tabs()}
	if x.empty != "" {
		v.Heading.Title = x.region.Name + nb + ": la restitution n’est pas encore publiée"
		v.Empty = ui.Empty{Title: "Rien à lire ici pour l’instant", Text: x.empty + " Elle dira, levier par levier, ce que les collectivités jugent pertinent, ce qu’elles ont engagé, ce qui les freine et ce qui leur manque."}
		return d.show(w, r, x, v, x.trail(ui.Link{Label: "Restitution"})...)
	}
	sorted := report.SortLevers(x.group, x.Thresholds())
	v.Heading.Title = x.region.Name + nb + ": " + report.FamiliesFound(sorted)
	v.Heading.Scope = x.scope(d.Now())
	v.Heading.Explain = x.figure(restitution.MeasureAnswers, "")
	v.Notices = x.notices()
	v.Filters, v.FilterTo = []ui.Field{x.groups()}, x.base
	v.Hidden = x.hidden()
	v.Figures = x.keyFigures(sorted)
	v.Parts = x.parts(sorted)
	v.Publish, err = d.publishing(r, x)
	if err != nil {
		return err
	}
	v.Foot = x.foot()
	return d.show(w, r, x, v, x.trail(ui.Link{Label: "Restitution"})...)
}

// hidden keeps cycle and view when a group is chosen.
func (x reading) hidden() [][2]string {
	var out [][2]string
	for _, name := range []string{"cycle", "vue", "edition"} {
		if v := x.asked.Get(name); v != "" {
			out = append(out, [2]string{name, v})
		}
	}
	return out
}

func (x reading) notices() []ui.Alert {
	var out []ui.Alert
	if !x.Public {
		a := ui.Alert{State: "info", Title: "Vous lisez les réponses telles qu’elles sont maintenant", Text: "Cette page est réservée à ceux qui conduisent la COP. Les chiffres bougent avec chaque réponse validée\u00a0; de petits groupes y sont visibles\u00a0: ne la diffusez pas telle quelle."}
		if c, ok := x.Campaigns[x.region.Code]; ok && c.PublishedOn != "" {
			a.Links = []ui.Link{{Label: "Lire l’édition publiée", Href: x.base + x.query("vue", "publique")}}
		}
		out = append(out, a)
	}
	return out
}

func (x reading) keyFigures(sorted []report.Sorted) []ui.KeyFigure {
	n := report.CountFamilies(sorted)
	rate := ui.Value{Missing: "aucune collectivité n’est destinataire"}
	if x.group.Population > 0 {
		rate = ui.Value{Text: french.Number(100*float64(x.group.Answers)/float64(x.group.Population), 0), Unit: "%", Explain: x.figure(restitution.MeasureAnswers, ""), Name: "taux de réponse", Provenance: "computed", ProvenanceLabel: "calculé par Jalon"}
	}
	out := []ui.KeyFigure{{Label: "Taux de réponse", Value: rate, Meaning: french.Integer(x.group.Answers) + nb + french.Plural(x.group.Answers, "réponse validée", "réponses validées") + " sur " + french.Integer(x.group.Population) + nb + "destinataires."}}
	fragile := map[restitution.Family]int{}
	for _, s := range sorted {
		if s.Stability.Fragile {
			fragile[s.Family]++
		}
	}
	for _, f := range restitution.Families() {
		k := ui.KeyFigure{Label: "Leviers " + f.Name(), Value: ui.Value{Text: french.Integer(n[f])}, Meaning: "Levier " + f.Means() + "."}
		if fragile[f] > 0 {
			k.Trend = "dont " + french.Integer(fragile[f]) + nb + french.Plural(fragile[f], "classement fragile", "classements fragiles")
		}
		out = append(out, k)
	}
	return out
}

// parts are the sections of the restitution of a group.
func (x reading) parts(sorted []report.Sorted) []part {
	out := []part{
		{ID: "carte-des-leviers", Title: "Pertinence perçue et mobilisation", Chart: x.chart(sorted, "Les leviers de "+x.placeName()+nb+": "+report.FamiliesFound(sorted)), Lead: "Une lecture proposée par Jalon, pas un verdict" + nb + ": les seuils sont un choix, et des réponses en plus peuvent déplacer un levier proche d’un seuil."},
		{ID: "tableau-des-leviers", Title: "Chaque levier, et ce qui ferait changer sa famille", Tables: []ui.Table{x.families(sorted)},
			Lead: "Sous chaque score, son intervalle de confiance à 95" + nb + "%. La dernière colonne dit entre quels seuils le levier resterait dans sa famille."},
		{ID: "familles", Title: "Trois familles, trois sortes de débat", Families: x.debates(sorted)},
	}
	if t := x.actions(20); len(t.Rows) > 0 {
		out = append(out, part{ID: "actions-engagees", Title: "Les actions les plus engagées", Lead: "Part des collectivités qui ont engagé ou déployé l’action, parmi celles qu’elle concerne (cinq au moins).", Tables: []ui.Table{t}})
	}
	out = append(out,
		part{ID: "freins-et-besoins", Title: "Ce qui freine, et ce qui manque", Lead: "La question est posée une fois par levier, à celles qui en ont noté une action.", Tables: []ui.Table{x.blocked()}},
		part{ID: "qui-a-repondu", Title: "Qui a répondu", List: x.leftOut(), Tables: x.whoAnswered()},
		part{ID: "methode", Title: "Comment ces chiffres sont faits", List: x.method()})
	return out
}

func (x reading) whoAnswered() []ui.Table {
	if x.region.Code == "" {
		return []ui.Table{x.rates(restitution.ByKind, "taux-types", "Réponses par type de collectivité", "Type")}
	}
	return []ui.Table{x.rates(restitution.ByKind, "taux-types", "Réponses par type de collectivité", "Type"), x.rates(restitution.ByDepartment, "taux-departements", "Réponses par département", "Département")}
}

func (x reading) placeName() string {
	if x.region.Code == "" {
		return "la France"
	}
	return x.region.Name
}

func (x reading) debates(sorted []report.Sorted) []family {
	var out []family
	for _, f := range restitution.Families() {
		y := family{Name: "Leviers " + f.Name(), Means: f.Means(), Debate: f.Debate()}
		for _, s := range sorted {
			if s.Family == f {
				y.Levers = append(y.Levers, ui.Link{Label: s.Lever.Title, Href: x.leverHref(s.Lever.Code)})
			}
		}
		out = append(out, y)
	}
	return out
}

func (x reading) method() []string {
	var out []string
	for _, item := range report.MethodItems(x.Thresholds()) {
		text := ""
		for _, s := range item {
			text += s.Text
		}
		out = append(out, text)
	}
	return out
}

func (x reading) foot() ui.Source {
	f := ui.Source{Text: "réponses validées des collectivités au questionnaire de la COP" + nb + "; calculs de Jalon, écrits sur chaque chiffre.", Print: true}
	for _, t := range csvTables(x.region.Code == "") {
		f.Downloads = append(f.Downloads, ui.Link{Label: t.Label, Href: x.base + "/tableaux/" + t.Code + ".csv" + x.query(), Note: "CSV"})
	}
	if x.region.Code == "" {
		f.Sources = append(f.Sources, ui.Link{Label: "L’étude en un document", Href: x.base + "/etude" + x.query()})
		return f
	}
	for _, dept := range x.departments() {
		f.Sources = append(f.Sources, ui.Link{Label: "Dossier de restitution, " + dept.Name, Href: "/departements/" + dept.Code + "/restitution" + x.query()})
	}
	return f
}

func (x reading) departments() []territory.Dept {
	var out []territory.Dept
	for _, dept := range x.tree.Departments() {
		if dept.Region == x.region.Code {
			out = append(out, dept)
		}
	}
	return out
}

// publishing is the part of those who may ask both heads to publish.
func (d Deps) publishing(r *http.Request, x reading) (*publishing, error) {
	if !x.mayPropose(shell.Actor(r)) {
		return nil, nil //nolint:nilnil // nothing to draw
	}
	c := x.Campaigns[x.region.Code]
	all, err := restitution.Editions(r.Context(), d.Q, c.ID)
	if err != nil {
		return nil, err
	}
	p := &publishing{Action: x.base + "/publication", Cycle: x.Cycle, Desk: "/regions/" + x.region.Slug + "/bureau"}
	p.Editions = ui.Table{ID: "editions", Caption: "Éditions de la restitution", Columns: []ui.Column{{Label: "Édition"}, {Label: "Réponses au"}, {Label: "Réponses", Number: true}, {Label: "État"}, {Label: "Empreinte SHA-256"}}}
	states := map[restitution.EditionState]string{restitution.EditionProposed: "attend les deux têtes", restitution.EditionPublished: "publiée", restitution.EditionWithdrawn: "retirée"}
	for _, e := range all {
		state := states[e.State]
		if e.State == restitution.EditionPublished {
			state += " le " + french.Day(e.PublishedOn)
		}
		if e.State == restitution.EditionProposed {
			p.Waiting = "Une publication attend la validation des deux têtes, au bureau de la COP."
		}
		p.Editions.Rows = append(p.Editions.Rows, ui.Row{Cells: []ui.Cell{{Text: "n°" + nb + french.Integer(e.Seq), Href: x.base + "?edition=" + e.ID}, {Text: french.Day(e.Day)}, {Text: french.Integer(e.Answers)}, {Text: state}, {Text: e.SHA256[:16] + "…"}}})
	}
	return p, nil
}

// publish proposes the publication to both heads.
func (d Deps) publish(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	r.URL.RawQuery = "" // what the form says alone counts
	if cycle := r.PostForm.Get("cycle"); cycle != "" {
		q := r.URL.Query()
		q.Set("cycle", cycle)
		r.URL.RawQuery = q.Encode()
	}
	x, err := d.at(r)
	if err != nil {
		return err
	}
	if x.empty != "" || !x.mayPropose(shell.Actor(r)) {
		return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	if _, err := d.Room.Propose(r.Context(), shell.Actor(r), x.Campaigns[x.region.Code].ID); err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base+x.query()+"#publication")
}

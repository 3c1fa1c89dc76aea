package aids

import (
	"cmp"
	"net/http"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// readFilter reads the filter of a list of aids; «pour» is another name of the place, by
// which an authority asks what it can get.
func readFilter(r *http.Request, tree *territory.Tree) (f aid.Filter, forWhom string, err error) {
	q := r.URL.Query()
	f = aid.ReadQuery(q)
	if pour := shell.Clean(q.Get("pour")); pour != "" {
		forWhom, f.Place = pour, pour
		if f.Audience == "" {
			f.Audience = map[string]string{"commune": "commune", "epci": "epci", "ept": "epci", "department": "department", "region": "region"}[strings.SplitN(pour, ":", 2)[0]]
		}
	}
	if f.Place != "" {
		place, ok := placeOf(tree, f.Place)
		if !ok {
			return f, "", apperr.Invalidf("Aucun territoire ne s’appelle «\u00a0%s\u00a0»\u00a0: vérifiez son nom, ou donnez sa référence, par exemple epci:246700488.", f.Place)
		}
		f.Place = place
	}
	return f, forWhom, f.Check()
}

// filters are the fields of a filter, in the order of a sentence: who, where, for what.
func filters(m *panorama.Model, f aid.Filter) []ui.Field {
	place := ""
	if f.Place != "" {
		place = placeName(m.Tree(), f.Place)
	}
	return []ui.Field{choose("public", "Qui", f.Audience, "tous les bénéficiaires", aid.Audiences()), {ID: "lieu", Label: "Où", Value: place, Help: "Une commune, une intercommunalité, un département ou une région."},
		choose("levier", "Levier", f.Lever, "tous", leverOptions(m.Framework())), choose("etape", "Étape de l’action", f.Step, "toutes", action.Steps()), choose("type", "Type de soutien", f.Type, "tous", aid.Types()),
		choose("porteur", "Porteur", f.Holder, "tous", aid.HolderKinds()), {ID: "mots", Label: "Mots", Type: "search", Value: f.Words},
		{ID: "closes", Label: "Dates", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Montrer aussi celles qui sont closes ou pas encore ouvertes", Selected: f.Over}}}}
}

// rows are aids as a list shows them.
func rows(m *panorama.Model, list []aid.Aid, today, path string) ui.Table {
	t := ui.Table{ID: "aides", Caption: "Les aides", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Aide", Wide: true}, {Label: "Porteur"}, {Label: "Soutien"}, {Label: "Dates"}, {Label: "Leviers"}, {Label: "Vérifiée le"}}}
	for _, x := range list {
		var levers []string
		for _, s := range x.Said() {
			name := leverName(m.Framework(), s.Lever)
			if s.Suggested {
				name += " (suggéré)"
			}
			levers = append(levers, name)
		}
		href := x.Path()
		if path != "" {
			href = path + "/" + x.ID
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Name, Href: href, Sub: aid.Names(aid.Audiences(), x.Audiences)}, cell(x.Holder(), "la source ne dit pas qui porte l’aide"), cell(aid.Names(aid.Types(), x.Types), "la source ne dit pas le type de soutien"),
			cell(dates(x, today), "la source ne donne pas de date"), cell(strings.Join(levers, ", "), "personne n’a dit quels leviers cette aide sert"), checked(x, today)}})
	}
	return t
}

func cell(text, missing string) ui.Cell {
	if text == "" {
		return ui.Cell{Missing: missing}
	}
	return ui.Cell{Text: text}
}

func checked(x aid.Aid, today string) ui.Cell {
	c := cell(french.Day(x.Checked), "jamais vérifiée")
	if x.Stale(today) {
		c.Sub = "à vérifier"
	}
	return c
}

// dates is when one can apply, in a few words.
func dates(x aid.Aid, today string) string {
	switch {
	case x.State == aid.Closed:
		return "close, une édition suivante existe"
	case x.State == aid.Withdrawn:
		return "retirée"
	case x.Expired(today):
		return "close depuis le " + french.Day(x.Closes)
	case x.Opens > today:
		return "ouvre le " + french.Day(x.Opens)
	case x.Recurrence == "ongoing":
		return "permanente"
	case x.Closes != "":
		return "jusqu’au " + french.Day(x.Closes)
	}
	return ""
}

// list is the catalogue, as a reader searches it.
func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	m, err := d.Model(ctx)
	if err != nil {
		return err
	}
	f, forWhom, err := readFilter(r, m.Tree())
	if err != nil {
		return err
	}
	p, err := d.Aid.List(ctx, f, r.URL.Query().Get("suite"), perPage)
	if err != nil {
		return err
	}
	open := " ouverte"
	if p.Total > 1 {
		open += "s"
	}
	if f.Over {
		open = ""
	}
	v := view{Heading: ui.Heading{Overline: "Ce qui aide à agir", Title: french.Integer(p.Total) + nb + french.Plural(p.Total, "aide", "aides") + open, Scope: []string{"collectivités, entreprises, associations, agriculteurs, particuliers"},
		Lead: "Cette liste n’est ni complète ni un classement. Chaque aide dit où elle a été lue et quand elle a été vérifiée\u00a0: ses conditions se lisent chez son porteur."},
		Filters: filters(m, f), FilterTo: "/aides", ListTitle: "Les aides", Next: nextPage(r, p.Next), List: rows(m, p.Aids, d.Aid.Today(), ""),
		Foot: ui.Source{Text: "sources nommées sur chaque fiche.", Print: true}}
	if forWhom != "" {
		v.Heading.Overline, v.Heading.Title = "Aides", placeName(m.Tree(), f.Place)+nb+": "+french.Integer(p.Total)+nb+french.Plural(p.Total, "aide qui peut être demandée", "aides qui peuvent être demandées")+" maintenant"
	}
	if p.Total == 0 {
		v.Heading.Title = "Aucune aide recensée à ce jour"
		if f.Lever != "" {
			v.Heading.Title += " pour le levier «\u00a0" + leverName(m.Framework(), f.Lever) + "\u00a0»"
		}
		v.Empty = ui.Empty{Title: "Aucune aide recensée à ce jour", Text: "Cela ne veut pas dire qu’il n’y en a pas\u00a0: cette recherche compte comme un besoin si vous le signalez. Essayez aussi un filtre de moins."}
		v.EmptyLinks = []ui.Link{{Label: "Voir toutes les aides", Href: "/aides"}, {Label: "Importer des aides (administration nationale)", Href: "/national/aides/importer"}, {Label: "Signaler ce besoin à l’équipe de votre région", Href: "/regions"}}
	}
	v.Links = []ui.Link{{Label: "Recevoir cette recherche par courriel", Href: "/aides/suivre?" + f.Query()}, {Label: "Ce qui aide chaque levier, étape par étape (mesures)", Href: "/mesures"}}
	return d.show(w, r, http.StatusOK, v, false, trail()...)
}

// one is the page of an aid.
func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	m, err := d.Model(ctx)
	if err != nil {
		return err
	}
	x, err := aid.Find(ctx, d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	shelf, err := d.Aid.Shelf(ctx)
	if err != nil {
		return err
	}
	texts := x.Texts
	if on, ok := shelf.Find(x.ID); ok {
		x = on // with what its generic aid hands down, and the levers that its words suggest
	}
	today := d.Aid.Today()
	v := view{Heading: ui.Heading{Overline: "Aide", Title: x.Name, Scope: scope(x, today)}, Facts: facts(m, x), Links: outside(x), Foot: ui.Source{Text: sourceOf(x), Print: true}}
	v.Notices = warnings(x, shelf, today)
	for _, t := range []text{{"description", "Ce que c’est", texts.Description}, {"conditions", "Conditions", texts.Eligibility}, {"exemples", "Exemples de projets", texts.Examples}, {"contact", "Contact", texts.Contact}, {"local", "Particularités locales", x.Local}} {
		if t.Markdown != "" {
			v.Texts = append(v.Texts, t)
		}
	}
	if list := shelf.Editions(x.ID); len(list) > 1 {
		t := titled{ID: "editions", Title: "Les éditions de cette aide", Table: ui.Table{ID: "table-editions", Caption: "Les éditions", CaptionHidden: true, Columns: []ui.Column{{Label: "Édition", Wide: true}, {Label: "Dates"}}}}
		for _, e := range list {
			c := ui.Cell{Text: e.Name, Href: e.Path()}
			if e.ID == x.ID {
				c = ui.Cell{Text: e.Name, Sub: "cette page"}
			}
			t.Table.Rows = append(t.Table.Rows, ui.Row{Cells: []ui.Cell{c, cell(dates(e, today), "la source ne donne pas de date")}})
		}
		v.Tables = append(v.Tables, t)
	}
	if list := shelf.Locals(x.ID); len(list) > 0 {
		v.Tables = append(v.Tables, titled{ID: "locales", Title: "Ses versions locales", Lead: "Là où une version locale est ouverte, elle remplace celle-ci dans les recherches.", Table: rows(m, list, today, "")})
	}
	v.Links = append(v.Links, ui.Link{Label: "Signaler une erreur sur cette page", Href: x.Path() + "/signaler"})
	return d.show(w, r, http.StatusOK, v, x.State == aid.Withdrawn, trail(ui.Link{Label: wording.Clip(x.Name, 60)})...)
}

func scope(x aid.Aid, today string) []string {
	var out []string
	for _, s := range []string{x.Holder(), aid.Names(aid.Types(), x.Types), dates(x, today)} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func sourceOf(x aid.Aid) string {
	out := x.Source
	if out == "" {
		out = "écrite dans Jalon"
	}
	if x.ReadOn != "" {
		out += ", lue le " + french.Day(x.ReadOn)
	}
	return out + "."
}

// outside are the links that leave Jalon: those of the source alone.
func outside(x aid.Aid) []ui.Link {
	var out []ui.Link
	for _, l := range [][2]string{{"En savoir plus chez le porteur", x.Origin}, {"Candidater", x.Apply}, {"La page où cette aide a été lue", x.Address}} {
		if link, ok := aid.Link(l[1]); ok {
			out = append(out, ui.Link{Label: l[0], Href: link})
		}
	}
	return out
}

func warnings(x aid.Aid, shelf *aid.Shelf, today string) (out []ui.Alert) {
	switch {
	case x.State == aid.Withdrawn:
		out = append(out, ui.Alert{State: "warning", Title: "Cette aide a été retirée du catalogue", Text: "Elle n’est plus proposée\u00a0; cette page reste pour mémoire."})
	case x.State == aid.Closed:
		list := shelf.Editions(x.ID)
		out = append(out, ui.Alert{State: "info", Title: "Une édition suivante existe", Text: "Celle-ci est close\u00a0; elle reste lisible.", Links: []ui.Link{{Label: list[len(list)-1].Name, Href: list[len(list)-1].Path()}}})
	case x.Expired(today):
		out = append(out, ui.Alert{State: "info", Title: "Cette aide est close depuis le " + french.Day(x.Closes), Text: "Elle n’est plus proposée\u00a0; elle reste lisible."})
	}
	if x.Broken {
		out = append(out, ui.Alert{State: "warning", Title: "Son lien ne répondait pas le " + french.Day(x.Tried), Text: "Cherchez cette aide chez son porteur, et signalez-nous sa nouvelle adresse."})
	}
	if x.Stale(today) {
		said := "Personne ne l’a vérifiée."
		if x.Checked != "" {
			said = "Dernière vérification\u00a0: " + french.Day(x.Checked) + "."
		}
		out = append(out, ui.Alert{State: "warning", Title: "À vérifier", Text: said + " Confirmez auprès du porteur qu’elle existe encore."})
	}
	return out
}

// unsaid stands for what one looks for first, when the source does not say it.
const unsaid = "– (la source ne le dit pas)"

func facts(m *panorama.Model, x aid.Aid) (out [][2]string) {
	add := func(label, value string) {
		if value != "" {
			out = append(out, [2]string{label, value})
		}
	}
	add("Porteur", x.Holder())
	add("Instruite par", strings.Join(x.Instructors, ", "))
	add("Soutien", aid.Names(aid.Types(), x.Types))
	add("Pour qui", cmp.Or(aid.Names(aid.Audiences(), x.Audiences), unsaid))
	add("Où", cmp.Or(x.PlaceName(m.Tree()), unsaid))
	add("Étapes du projet", aid.Names(aid.Moments(), x.Moments))
	add("Dépenses couvertes", aid.Names(aid.Destinations(), x.Pays))
	add("Ouverture", french.Day(x.Opens))
	add("Pré-dépôt", french.Day(x.Predeposit))
	add("Clôture", cmp.Or(french.Day(x.Closes), unsaid))
	add("Récurrence", aid.Named(aid.Recurrences(), x.Recurrence))
	add("Taux", rate(x))
	if x.Loan != nil {
		add("Prêt au plus", french.Integer(*x.Loan)+nb+"€")
	}
	if x.Advance != nil {
		add("Avance récupérable", french.Integer(*x.Advance)+nb+"€")
	}
	if x.Call {
		add("Appel à projets", "oui, ou appel à manifestation d’intérêt")
	}
	if x.Charged {
		add("Payante", "oui")
	}
	add("Programmes", strings.Join(x.Programmes, ", "))
	var levers []string
	for _, s := range x.Said() {
		name := leverName(m.Framework(), s.Lever)
		if steps := action.Steps(); len(s.Steps) > 0 {
			name += " (" + aid.Names(steps, s.Steps) + ")"
		}
		if s.Suggested {
			name += " – suggéré par les mots de l’aide, personne ne l’a confirmé"
		}
		levers = append(levers, name)
	}
	add("Leviers", strings.Join(levers, "\u00a0; "))
	add("Vérifiée le", french.Day(x.Checked))
	return out
}

func rate(x aid.Aid) string {
	out := ""
	switch {
	case x.RateMin != nil && x.RateMax != nil && *x.RateMin != *x.RateMax:
		out = "de " + french.Integer(*x.RateMin) + " à " + french.Integer(*x.RateMax) + nb + "%"
	case x.RateMax != nil:
		out = french.Integer(*x.RateMax) + nb + "% au plus"
	case x.RateMin != nil:
		out = french.Integer(*x.RateMin) + nb + "% au moins"
	}
	if x.RateNote != "" && out != "" {
		out += ", "
	}
	return out + x.RateNote
}

package adaptations

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// seen are the priorities that a reader of a desk works with: those of their département
// as they are written, or those that went up to their region.
func (d Deps) seen(r *http.Request, p place) ([]adaptation.Priority, error) {
	if p.ofDept() {
		return adaptation.Of(r.Context(), d.Q, p.actor, p.cop)
	}
	return adaptation.Adopted(r.Context(), d.Q, p.cop.Cycle, p.cop.Region, "")
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	p, err := d.atDesk(r)
	if err != nil {
		return err
	}
	list, err := d.seen(r, p)
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: "Fiches d’adaptation", Title: p.where + nb + ": les priorités d’adaptation", Scope: []string{p.cycleWord(), french.Integer(len(list)) + nb + french.Plural(len(list), "fiche", "fiches")}}, Tabs: p.tabs("desk")}
	v.Parts = append(v.Parts, p.warmingPart())
	part := sections.Part{ID: "fiches", Title: "Les fiches", Lead: "Seize champs, ceux de la table de l’État. Une fiche incomplète peut être adoptée" + nb + ": ce qui manque est dit, et n’empêche rien."}
	if !p.ofDept() {
		part.Lead = "Ce que les COP des départements ont adopté. La région reprend chaque priorité, la fusionne ou l’écarte, avec sa raison."
	}
	if part.Tables = []ui.Table{p.deskTable(list)}; len(list) == 0 {
		part.Tables, part.Empty = nil, ui.Empty{Title: "Aucune fiche pour l’instant", Text: "Écrivez la première, ou importez la table Grist de l’État."}
		if !p.ofDept() {
			part.Empty.Text = "Elles paraîtront ici quand les COP des départements les auront adoptées."
		}
	}
	if p.writes() {
		part.Links = append(part.Links, ui.Link{Label: "Écrire une fiche", Href: p.desk() + "/nouvelle"})
	}
	if len(list) > 0 {
		part.Links = append(part.Links, ui.Link{Label: "Voir et imprimer toutes les fiches, une par page", Href: p.desk() + "/fiches"})
		for _, f := range d.files() {
			part.Links = append(part.Links, ui.Link{Label: f[1], Href: p.desk() + "/fichiers/" + f[0]})
		}
	}
	v.Parts = append(v.Parts, part)
	meetings, err := d.meetings(r, p)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, meetings)
	return sections.Show(d.Shell, w, r, http.StatusOK, v, true, p.trail(ui.Link{Label: "Fiches d’adaptation"})...)
}

// deskTable lists fiches with how full each is, and what there is to do.
func (p place) deskTable(list []adaptation.Priority) ui.Table {
	t := ui.Table{ID: "fiches-tableau", Caption: "Les priorités d’adaptation", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Priorité", Wide: true}, {Label: "État"}, {Label: "Effet"}, {Label: "Levier"}, {Label: "Niveau"}, {Label: "Champs remplis"}}}
	if !p.ofDept() {
		t.Columns = append([]ui.Column{{Label: "Département"}}, t.Columns...)
	}
	for _, x := range list {
		to := p.desk() + "/" + x.ID
		if !p.ofDept() {
			to = p.cop.Path() + "/bureau/priorites/" + x.ID // where the region answers
		}
		row := []ui.Cell{{Text: x.Title, Href: to}, {Text: x.State.Name()}, cellOf(x.EffectName(), unsaid), cellOf(p.short(x.Lever), unsaid), cellOf(x.LevelName(), unsaid),
			{Text: french.Integer(x.Input().Filled()) + nb + "sur" + nb + "16"}}
		if !p.ofDept() {
			row = append([]ui.Cell{{Text: p.deptName(x.Department)}}, row...)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t
}

func (p place) short(lever string) string {
	if l, err := p.frame.Lever(lever); err == nil {
		return l.ShortName
	}
	return lever
}

// meetings are the workshops and the meetings of the COP: they are prepared and reported
// on where all its meetings are.
func (d Deps) meetings(r *http.Request, p place) (part sections.Part, err error) {
	part = sections.Part{ID: "ateliers", Title: "Ateliers et réunions", Lead: "Un atelier est une réunion de la COP" + nb + ": son thème est dans son titre, son ordre du jour et ses décisions sur sa page."}
	page, err := d.Room.COPs.Meetings(r.Context(), d.Q, p.actor, p.cop, "", 20)
	if err != nil {
		return part, err
	}
	t := ui.Table{ID: "ateliers-tableau", Caption: "Réunions de la COP", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Réunion", Wide: true}, {Label: "Nature"}, {Label: "Le"}, {Label: "Lieu"}, {Label: "Présents", Number: true}}}
	for _, m := range page.Rows {
		n := ui.Cell{Missing: "Personne n’a dit combien étaient là."}
		if m.Attendance != nil {
			n = ui.Cell{Text: french.Integer(*m.Attendance)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: m.Title, Href: "/reunions/" + m.ID}, {Text: m.Kind.Name()}, {Text: french.Day(m.Day)}, cellOf(m.Place, "Le lieu n’est pas dit."), n}})
	}
	if part.Tables = []ui.Table{t}; len(t.Rows) == 0 {
		part.Tables, part.Empty = nil, ui.Empty{Title: "Aucune réunion annoncée", Text: "Les ateliers de la COP paraîtront ici, avec leur date et leur lieu."}
	}
	if policy.Can(p.actor, policy.Create, p.cop.Thing(policy.Meeting)) {
		part.Links = []ui.Link{{Label: "Annoncer un atelier ou noter une réunion", Href: p.cop.Path() + "/bureau/reunions"}}
	}
	return part, nil
}

// form are the fields of a fiche, in four parts.
func (p place) form(in adaptation.Input) []sections.Group {
	area := func(id, help, value string, rows int) ui.Field {
		return ui.Field{ID: id, Label: labelOf(id), Type: "textarea", Rows: rows, Value: value, Help: help}
	}
	levers := [][2]string{}
	for _, l := range p.frame.Levers(framework.Adaptation) {
		levers = append(levers, [2]string{l.Code, l.Name})
	}
	return []sections.Group{
		{Title: "1. La priorité", Fields: []ui.Field{
			{ID: "title", Label: labelOf("title"), Required: true, Value: in.Title, Help: "Une phrase, 300" + nb + "caractères au plus."},
			sections.Choose("effect", labelOf("effect"), in.Effect, "À dire plus tard", adaptation.Effects()),
			{ID: "effect_other", Label: "Autre effet, en quelques mots", Value: in.EffectOther, Help: "Seulement si l’effet n’est pas dans la liste."},
			area("sensitivity", "Ce qui est exposé ici, et pourquoi"+nb+": personnes, activités, bâtiments, milieux.", in.Sensitivity, 4),
			sections.Choose("lever", "Levier d’adaptation", in.Lever, "À dire plus tard", levers),
			sections.Choose("level", labelOf("level"), in.Level, "À dire plus tard", adaptation.Levels()),
			{ID: "level_other", Label: "Autre niveau, en quelques mots", Value: in.LevelOther, Help: "Seulement si le niveau n’est pas dans la liste."},
			area("text", "Ce que le département veut faire. Une ligne vide sépare les paragraphes, «"+nb+"-"+nb+"» commence une liste.", in.Text, 8)}},
		{Title: "2. La réussite", Fields: []ui.Field{
			{ID: "ends", Label: labelOf("ends"), Value: in.Ends, Help: "Une année (2028), un mois (2028-06) ou un jour (30/06/2028)."},
			area("criteria", "À quoi vous verrez que c’est réussi. Des mots suffisent quand aucune quantité n’existe.", in.Criteria, 4),
			{ID: "budget", Label: labelOf("budget"), Value: in.Budget, Help: "Comme vous l’écrivez" + nb + ": 350" + nb + "000" + nb + "€, 1,2" + nb + "M€, «" + nb + "entre 1 et 2" + nb + "M€" + nb + "». Vide" + nb + ": pas encore connu, ce n’est pas zéro."}}},
		{Title: "3. Avec qui", Fields: []ui.Field{
			area("parties", "Une par ligne, si elles sont déjà connues.", in.Parties, 4),
			area("engineering", "Qui peut aider à étudier et à monter le projet, si c’est identifié.", in.Engineering, 2),
			area("funding", "Qui peut aider à payer, si c’est identifié.", in.Funding, 2)}},
		{Title: "4. Les freins à lever", Fields: []ui.Field{
			area("regional", "Ce que la région peut lever.", in.Regional, 3),
			area("national", "Ce que seule la nation peut lever"+nb+": une règle, un financement, une donnée. La vue nationale le reprend.", in.National, 3)}},
	}
}

func labelOf(key string) string {
	for _, f := range adaptation.Fields() {
		if f.Key == key {
			return f.Label
		}
	}
	return key
}

// typed is what a form sent.
func typed(r *http.Request) adaptation.Input {
	get := func(name string) string { return strings.TrimSpace(shell.Typed(r, name)) }
	return adaptation.Input{Title: get("title"), Text: get("text"), Sheet: adaptation.Sheet{Effect: get("effect"), EffectOther: get("effect_other"), Sensitivity: get("sensitivity"), Lever: get("lever"),
		Level: get("level"), LevelOther: get("level_other"), Ends: get("ends"), Criteria: get("criteria"), Parties: get("parties"), Engineering: get("engineering"), Funding: get("funding"),
		Regional: get("regional"), National: get("national"), Budget: get("budget")}}
}

// wrongIn puts an error beside its field in a form, or above it.
func wrongIn(groups []sections.Group, err error) []ui.Alert {
	if err == nil {
		return nil
	}
	field := fieldOf(err)
	for i := range groups {
		if out := sections.Wrong(groups[i].Fields, field, err); out == nil {
			return nil
		}
	}
	return []ui.Alert{{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(err)}}
}

func (d Deps) fresh(w http.ResponseWriter, r *http.Request) error {
	p, err := d.atDesk(r)
	if err != nil {
		return err
	}
	if err := policy.Check(p.actor, policy.Create, p.cop.Thing(policy.Priority)); err != nil {
		return err
	}
	return d.showFresh(w, r, http.StatusOK, p, adaptation.Input{}, nil)
}

func (d Deps) showFresh(w http.ResponseWriter, r *http.Request, status int, p place, in adaptation.Input, wrong error) error {
	groups := p.form(in)
	v := sections.View{Heading: ui.Heading{Overline: "Fiches d’adaptation", Title: "Écrire une fiche d’adaptation", Scope: []string{p.where, p.cycleWord()}, Lead: "L’intitulé suffit pour garder la fiche en rédaction" + nb + ": vous y reviendrez."}, Tabs: p.tabs("desk"), Notices: wrongIn(groups, wrong)}
	v.Parts = []sections.Part{p.warmingPart(), {ID: "fiche", Forms: []sections.Form{{ID: "fiche-nouvelle", Action: p.desk() + "/nouvelle", Submit: "Garder en rédaction", Groups: groups}}}}
	return sections.Show(d.Shell, w, r, status, v, true, p.trail(ui.Link{Label: "Fiches d’adaptation", Href: p.desk()}, ui.Link{Label: "Nouvelle fiche"})...)
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, err := d.atDesk(r)
	if err != nil {
		return err
	}
	x, err := d.Room.Add(r.Context(), p.actor, p.cop.ID, typed(r))
	if err != nil && shell.Beside(err) {
		if apperr.KindOf(err) == apperr.Forbidden {
			return err
		}
		return d.showFresh(w, r, apperr.Status(err), p, typed(r), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, p.desk()+"/"+x.ID+"?fait=1")
}

// rev is a revision as a form sends it.
func revOf(n int64) string { return strconv.FormatInt(n, 10) }

// adopts says whose act the adoption is.
func (p place) adopts() string {
	if p.cop.Both {
		return "L’adoption est un acte des deux têtes du département" + nb + ": le préfet et la présidence du conseil départemental. Adoptée, la fiche ne se modifie plus, elle devient publique et monte à la région."
	}
	return "L’adoption est un acte du préfet de département. Adoptée, la fiche ne se modifie plus, elle devient publique et monte à la région."
}

// answered is what the region said of a priority.
func answered(x adaptation.Priority) []ui.Alert {
	switch x.State {
	case cop.TakenUp, cop.Merged, cop.SetAside:
		return []ui.Alert{{State: "info", Title: "Réponse de la région" + nb + ": " + x.State.Name(), Text: x.Reason}}
	}
	return nil
}

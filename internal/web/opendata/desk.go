package opendata

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/restitution"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.find(r)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, x, restitution.Consent{}, nil)
}

// showDesk says what an edition made now would publish, lets the team make it, and
// keeps the consents.
func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x where, typed restitution.Consent, wrong error) error {
	ctx, a := r.Context(), shell.Actor(r)
	base := x.cop.Path() + "/bureau/questionnaire"
	here := base + "/donnees"
	v := view{Done: r.URL.Query().Get("fait") == "1", Tabs: []ui.Link{{Label: "La COP", Href: x.cop.Path()}, {Label: "Bureau", Href: x.cop.Path() + "/bureau"}, {Label: "Questionnaire", Href: base}, {Label: "Textes libres", Href: base + "/textes"}, {Label: "Données ouvertes", Href: here, Current: true}},
		Heading: ui.Heading{Overline: "Données ouvertes du questionnaire", Title: x.name + nb + ": pas encore d’édition", Scope: []string{"réservé à l’équipe de la COP"}}, Rules: true}
	if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	draw := func() error {
		page := d.Shell.Page(r, v.Heading.Title, "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: x.name, Href: x.cop.Path()}, ui.Link{Label: "Questionnaire", Href: base}, ui.Link{Label: "Données ouvertes"})
		page.NoIndex, page.Canonical = true, ""
		return d.Shell.RenderStatus(w, r, status, page, openPage(v))
	}
	if x.none {
		v.Empty = ui.Empty{Title: "Pas encore de campagne", Text: "Une édition se publie à partir des réponses validées d’une campagne.", Action: ui.Link{Label: "Préparer la campagne", Href: base}}
		return draw()
	}
	editions, err := restitution.OpenEditions(ctx, d.Q, x.campaign.ID)
	if err != nil {
		return err
	}
	p, err := d.Room.Prepare(ctx, d.Q, a, x.campaign)
	if err != nil {
		return err
	}
	next := p.Data.Edition
	if n := len(editions); n > 0 {
		v.Heading.Title = x.name + nb + ": " + french.Integer(n) + " " + french.Plural(n, "édition publiée", "éditions publiées")
		t := ui.Table{ID: "publiees", Caption: "Éditions publiées", Columns: []ui.Column{{Label: "Édition"}, {Label: "Arrêtée le"}, {Label: "Réponses", Number: true}, {Label: "Groupes", Number: true}}}
		for _, e := range editions {
			cell := ui.Cell{Text: e.Number(), Href: Address(e, x.slug)}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{cell, {Text: french.Day(e.Day)}, {Text: french.Integer(e.Respondents)}, {Text: french.Integer(len(e.Groups))}}})
		}
		v.Tables = append(v.Tables, tableView{ID: "editions", Title: "Ce qui est publié", Table: t})
	}
	t := ui.Table{ID: "a-venir", Caption: "Ce que publierait l’" + next.Number(), Columns: []ui.Column{{Label: "Groupe ou total", Wide: true}, {Label: "Réponses", Number: true}, {Label: "Compté depuis"}}}
	for _, g := range p.Data.Groups {
		label := exchange.GroupLabel(g, d.names(ctx))
		if len(g.Total) > 0 {
			label = "Total" + nb + ": " + label
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: label}, {Text: french.Integer(g.Respondents)}, {Text: "édition " + strconv.FormatInt(g.Since, 10)}}})
	}
	var notes []string
	if len(next.Kept.Groups) > 0 {
		notes = append(notes, french.Integer(len(next.Kept.Groups))+" "+french.Plural(len(next.Kept.Groups), "groupe garde ses", "groupes gardent leurs")+" chiffres"+nb+": moins de cinq collectivités y ont répondu ou corrigé depuis. "+
			french.Integer(next.Kept.Waiting)+" "+french.Plural(next.Kept.Waiting, "réponse attend", "réponses attendent")+" une édition suivante.")
	}
	for _, kind := range next.Kept.Out {
		notes = append(notes, "Trop peu de réponses pour publier"+nb+": "+exchange.GroupLabel(restitution.OpenCounts{Group: restitution.OpenGroup{Kind: kind}}, nil)+".")
	}
	if next.Kept.Consents > 0 {
		notes = append(notes, french.Integer(next.Kept.Consents)+" "+french.Plural(next.Kept.Consents, "accord attend", "accords attendent")+nb+": publier seule cette collectivité laisserait trop peu des autres dans leur groupe.")
	}
	if len(t.Rows) == 0 {
		notes = append(notes, "Aucun groupe n’atteint encore cinq réponses.")
	}
	v.Tables = append(v.Tables, tableView{ID: "prochaine", Title: "La prochaine édition, si elle était publiée maintenant", Lead: strings.Join(notes, " "), Table: t})
	switch {
	case x.campaign.PublishedOn == "":
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "La restitution n’est pas encore publiée", Text: "Une édition se publie une fois que les deux co-animateurs ont publié la restitution."})
	case len(t.Rows) > 0 && !p.Same():
		v.Forms = append(v.Forms, formView{ID: "publier", Title: "Publier l’" + next.Number(), Action: here, Submit: "Publier l’" + next.Number(), Hidden: [][2]string{{"edition", strconv.FormatInt(next.Seq, 10)}},
			Lead: "Une édition publiée ne change plus et ne se retire pas" + nb + ": elle aura une adresse permanente et des fichiers CSV, JSON et XLSX. Relisez la liste ci-dessus d’abord."})
	case len(t.Rows) > 0:
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Rien d’assez nouveau depuis la dernière édition", Text: "Un groupe change quand cinq de ses collectivités ont répondu ou corrigé."})
	}
	consents, err := restitution.Consents(ctx, d.Q, a, x.campaign)
	if err != nil {
		return err
	}
	if len(consents) > 0 {
		v.consents(here, consents, typed, wrong)
	}
	return draw()
}

// consents adds to a page what each région and département said, and the form that
// keeps it.
func (v *view) consents(here string, list []restitution.Consent, typed restitution.Consent, wrong error) {
	t := ui.Table{ID: "accords", Caption: "Accords des régions et des départements", Columns: []ui.Column{{Label: "Collectivité", Wide: true}, {Label: "A répondu"}, {Label: "Accord"}, {Label: "Document", Wide: true}, {Label: "Du"}}}
	who := ui.Field{ID: "response", Label: "Collectivité", Type: "select", Required: true, Options: []ui.Option{{Label: "choisissez"}}}
	for _, c := range list {
		state, answered, document, day := "aucun", "non", ui.Cell{Missing: "aucun document enregistré"}, ui.Cell{Missing: "aucun document enregistré"}
		if c.State != "" {
			state, document, day = "retiré", ui.Cell{Text: c.Document}, ui.Cell{Text: french.Day(c.Day)}
		}
		if c.Given() {
			state = "donné"
		}
		if c.Answered {
			answered = "oui"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Name}, {Text: answered}, {Text: state}, document, day}})
		value := c.Response + ":" + strconv.FormatInt(c.Rev, 10)
		who.Options = append(who.Options, ui.Option{Value: value, Label: c.Name, Selected: c.Response == typed.Response && typed.Response != ""})
	}
	v.Tables = append(v.Tables, tableView{ID: "accords-ecrits", Title: "Accords écrits", Lead: "La région et les départements sont publiés ensemble. L’un d’eux l’est aussi seul quand il l’accepte par écrit" + nb + ": enregistrez le document qui le dit.", Table: t})
	says := ui.Field{ID: "state", Label: "Ce que dit le document", Type: "radio", Required: true, Options: []ui.Option{{Value: "given", Label: "accord pour être publiée seule", Selected: typed.State == "given"}, {Value: "withdrawn", Label: "retrait de cet accord", Help: "Les éditions déjà publiées ne changent pas.", Selected: typed.State == "withdrawn"}}}
	fields := []ui.Field{who, says, {ID: "document", Label: "Document", Required: true, Value: typed.Document, Help: "Nature, auteur et référence" + nb + ": «" + nb + "courrier du président du conseil départemental, n° 2026-114" + nb + "»."}, {ID: "day", Label: "Date du document", Type: "date", Required: true, Value: typed.Day}}
	if wrong != nil && typed.State+typed.Document+typed.Day != "" {
		fields[2].Error = apperr.Message(wrong)
	}
	v.Forms = append(v.Forms, formView{ID: "accord", Title: "Enregistrer un accord ou son retrait", Action: here + "/accords", Submit: "Enregistrer", Fields: fields})
}

func (d Deps) publish(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, errForm, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	x, err := d.find(r)
	if err != nil {
		return err
	}
	if x.none {
		return apperr.NotFoundf("Cette COP n’a pas encore de campagne de questionnaire.")
	}
	p, err := d.Room.Prepare(r.Context(), d.Q, shell.Actor(r), x.campaign)
	if err != nil {
		return err
	}
	if want := r.PostForm.Get("edition"); want != strconv.FormatInt(p.Data.Edition.Seq, 10) {
		err = apperr.Conflictf("Une autre édition a été publiée depuis que vous avez ouvert cette page. Rien n’a été publié" + nb + ": relisez ce qu’elle contient.")
	} else {
		_, err = d.Room.Publish(r.Context(), d.Q, shell.Actor(r), x.campaign)
	}
	if err != nil && beside(err) {
		return d.showDesk(w, r, apperr.Status(err), x, restitution.Consent{}, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.cop.Path()+"/bureau/questionnaire/donnees?fait=1")
}

func (d Deps) consent(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, errForm, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	x, err := d.find(r)
	if err != nil {
		return err
	}
	if x.none {
		return apperr.NotFoundf("Cette COP n’a pas encore de campagne de questionnaire.")
	}
	get := func(name string) string {
		return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get(name), "\x00", ""), ""))
	}
	id, rev, _ := strings.Cut(get("response"), ":")
	in := restitution.Consent{Response: id, Document: get("document"), Day: get("day"), State: get("state")}
	in.Rev, err = strconv.ParseInt(rev, 10, 64)
	if err != nil {
		err = apperr.New(apperr.Invalid, err, "Choisissez la collectivité. Votre saisie est conservée.")
	} else {
		err = d.Room.SayConsent(r.Context(), d.Q, shell.Actor(r), x.campaign, in)
	}
	if err != nil && beside(err) {
		return d.showDesk(w, r, apperr.Status(err), x, in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.cop.Path()+"/bureau/questionnaire/donnees?fait=1")
}

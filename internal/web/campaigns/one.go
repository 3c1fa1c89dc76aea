package campaigns

import (
	"net/http"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// found is a response of the campaign of an address, for who follows it.
func (d Deps) found(r *http.Request) (x place, y survey.Response, err error) {
	if x, err = d.running(r); err != nil {
		return x, y, err
	}
	y, err = d.Room.FindFollowed(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"))
	if err == nil && y.Campaign != x.campaign.ID {
		err = errUnknown
	}
	return x, y, err
}

// one is what the team knows of one authority: where it is, who was written to,
// who answers.
func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	x, y, err := d.found(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, x, y, nil)
}

func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, x place, y survey.Response, wrong error) error {
	ctx, a := r.Context(), shell.Actor(r)
	contacts, err := survey.Contacts(ctx, d.Q, y.ID)
	if err != nil {
		return err
	}
	seats, err := survey.Seats(ctx, d.Q, y.ID)
	if err != nil {
		return err
	}
	here := x.base() + "/" + y.ID
	may := policy.Can(a, policy.Edit, y.Thing())
	v := view{Heading: ui.Heading{Overline: "Questionnaire, " + survey.TypeName(y), Title: y.Name + nb + ": réponse " + y.State.Name(), Scope: []string{x.Name, "campagne " + x.campaign.State.Name(), "réservé à la COP"}}, Tabs: x.tabs(r, "")}
	if y.Reason != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "À savoir", Text: y.Reason})
	}
	v.Facts = x.facts(y)
	v.Links = []ui.Link{{Label: "La page de l’organisme", Href: "/organisations/" + y.Authority}}
	if may && x.campaign.State.Takes() {
		v.Links = append([]ui.Link{{Label: "Saisir sa réponse à sa place, d’après un papier", Href: "/reponses/" + y.ID + "/papier"}, {Label: "Imprimer son questionnaire", Href: "/reponses/" + y.ID + "/imprimer"},
			{Label: "Son formulaire à remplir hors ligne (XLSX)", Href: "/reponses/" + y.ID + "/formulaire.xlsx"}}, v.Links...)
	}
	t := ui.Table{ID: "contacts", Caption: "À qui le questionnaire est envoyé", CaptionHidden: true, Columns: []ui.Column{{Label: "Adresse"}, {Label: "Nom"}, {Label: "Fonction"}, {Label: "D’où elle vient"}, {Label: "État"}}}
	for _, c := range contacts {
		state := "reçoit les courriels"
		switch {
		case c.Silent:
			state = "à ne pas contacter"
		case c.Bounced:
			state = "l’adresse ne répond pas"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Email}, {Text: c.Name}, {Text: c.Title}, {Text: c.Source}, {Text: state}}})
	}
	p := part{ID: "a-qui", Title: "À qui on écrit", Table: t, Lead: []string{"Sans contact ici, on écrit aux personnes que l’organisme a désignées, puis à son adresse générale. L’équipe n’est jamais écrite à sa place" + nb + ": elle imprime une lettre."}}
	past, err := d.history(r, y, seats)
	if err != nil {
		return err
	}
	v.Before = []part{p, seatTable(seats)}
	v.Parts = []part{past}
	if may {
		v.Forms = oneForms(here, x, y, contacts, seats)
	}
	if wrong != nil && !refill(r, v.Forms, wrong) {
		v.Notices = append(v.Notices, problem(wrong))
	}
	return d.show(w, r, status, v, true, x.desk(ui.Link{Label: y.Name})...)
}

func (x place) facts(y survey.Response) [][2]string {
	dept := "aucun"
	if d, err := x.tree.Dept(y.Department); err == nil {
		dept = d.Name
	}
	counts := "oui"
	if !y.Counted {
		counts = "non"
	}
	caps := strings.NewReplacer("region", "région", "departement", "département", "epci", "intercommunalité", "ept", "établissement public territorial").Replace(strings.Join(y.Capacities, ", "))
	out := [][2]string{{"Département du siège", dept}, {"Compétences", caps}, {"Taille", sizeName(y.Size)}, {"Compte dans le taux", counts}}
	if y.Asked > 0 {
		out = append(out, [2]string{"Avancement", french.Integer(y.Rated) + " des " + french.Integer(y.Asked) + " actions renseignées"})
	}
	for _, t := range []struct{ label, day string }{{"Invitée", dayOf(y.InvitedAt)}, {"Ouverte", dayOf(y.OpenedAt)}, {"Commencée", dayOf(y.StartedAt)}, {"Soumise à validation", dayOf(y.SubmittedAt)}, {"Validée", dayOf(y.ValidatedAt)}, {"Dernière relance", dayOf(y.RemindedAt)}} {
		if t.day != "" {
			out = append(out, [2]string{t.label, t.day})
		}
	}
	return append(out, [2]string{"Relances", french.Integer(y.Reminders) + " sur " + french.Integer(x.campaign.RemindMax)})
}

// seatTable lists who holds a link, and when it was first opened.
func seatTable(seats []survey.Seat) part {
	t := ui.Table{ID: "liens", Caption: "Qui a reçu un lien", CaptionHidden: true, Columns: []ui.Column{{Label: "Qui"}, {Label: "Rôle"}, {Label: "Donné le"}, {Label: "Ouvert le"}, {Label: "État"}}}
	for _, s := range seats {
		who, state, opened := s.Known(), "en service", ui.Cell{Text: dayOf(s.OpenedAt)}
		if who == "" {
			who = "lettre imprimée"
		}
		if !s.EndedAt.IsZero() {
			state = "fermé le " + dayOf(s.EndedAt)
		}
		if s.OpenedAt.IsZero() {
			opened = ui.Cell{Missing: "ce lien n’a pas encore été ouvert"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: who}, {Text: s.Role.Name()}, {Text: dayOf(s.At)}, opened, {Text: state}}})
	}
	p := part{ID: "qui-repond", Title: "Qui tient la plume", Table: t}
	if len(seats) == 0 {
		p.Lead = []string{"Personne n’a encore reçu de lien."}
	}
	return p
}

// history is what was done about one authority, from the journal.
func (d Deps) history(r *http.Request, y survey.Response, seats []survey.Seat) (part, error) {
	p := part{ID: "historique", Title: "Historique", Lead: []string{"Les invitations et les relances de chaque matin sont datées plus haut\u00a0; ici, ce que des personnes ont fait."}}
	list, err := d.Room.Journal.List(r.Context(), d.Q, journal.Filter{Subject: y.ID}, "", 50)
	if err != nil || len(list.Entries) == 0 {
		p.Lead = []string{"Personne n’a encore rien fait au sujet de cette réponse."}
		return p, err
	}
	var ids []string
	for _, e := range list.Entries {
		ids = append(ids, e.Actor)
	}
	names, err := d.names(r, ids)
	if err != nil {
		return p, err
	}
	for _, s := range seats {
		names["seat:"+s.ID] = s.Known()
	}
	p.Table = ui.Table{ID: "actes", Caption: "Ce qui a été fait", CaptionHidden: true, Columns: []ui.Column{{Label: "Quand"}, {Label: "Qui"}, {Label: "Quoi", Wide: true}}}
	for _, e := range list.Entries {
		who := names[e.Actor]
		if who == "" {
			who = "une personne dont le compte est effacé"
		}
		p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Date(e.At)}, {Text: who}, {Text: cop.Sentence(e)}}})
	}
	return p, nil
}

// oneForms are the acts of the team on one authority.
func oneForms(here string, x place, y survey.Response, contacts []survey.Contact, seats []survey.Seat) []formView {
	out := []formView{{ID: "ajouter", Title: "Ajouter une adresse", Action: here, Hidden: [][2]string{{"do", "contact"}}, Submit: "Ajouter cette adresse",
		Fields: []ui.Field{{ID: "email", Label: "Adresse électronique", Type: "email", Required: true}, {ID: "name", Label: "Nom"}, {ID: "title", Label: "Fonction"}}}}
	if len(contacts) > 0 {
		var options [][2]string
		for _, c := range contacts {
			options = append(options, [2]string{c.Email, c.Email})
		}
		out = append(out, formView{ID: "adresse", Title: "Une adresse", Action: here, Fields: []ui.Field{choose("contact", "Adresse", "", "", options)},
			Buttons: [][2]string{{"taire", "Ne plus lui écrire"}, {"reprendre", "Lui écrire de nouveau"}, {"oublier", "Retirer l’adresse"}}})
	}
	var live [][2]string
	for _, s := range seats {
		if s.EndedAt.IsZero() {
			label := s.Known() + ", " + s.Role.Name()
			if s.Email == "" {
				label = "lettre imprimée, " + s.Role.Name()
			}
			live = append(live, [2]string{s.ID, label})
		}
	}
	if len(live) > 0 && x.campaign.State.Takes() {
		out = append(out, formView{ID: "lien", Title: "Renvoyer un lien", Action: here, Fields: []ui.Field{choose("seat", "Lien", "", "", live)}, Lead: "Renvoyer redonne le même lien. Remplacer ferme l’ancien, par exemple s’il a été transmis par erreur" + nb + "; ce qui a été écrit reste.",
			Buttons: [][2]string{{"renvoyer", "Renvoyer le lien"}, {"remplacer", "Remplacer le lien"}}})
	}
	quiet := formView{ID: "ne-pas-contacter", Title: "Ne pas contacter", Action: here, Lead: "Une collectivité muette ne reçoit ni invitation ni relance. Si elle répond, sa réponse est prise.", Buttons: [][2]string{{"muette", "Ne plus contacter cette collectivité"}}}
	if y.Silent {
		quiet.Buttons = [][2]string{{"parlante", "Pouvoir la contacter de nouveau"}}
	}
	out = append(out, quiet)
	if y.State == survey.Refused {
		out = append(out, formView{ID: "refus", Title: "Refus", Action: here, Buttons: [][2]string{{"retirer-refus", "Elle répondra finalement"}}})
	} else if y.State != survey.Done && y.State != survey.Submitted {
		out = append(out, formView{ID: "refus", Title: "Noter un refus", Action: here, Hidden: [][2]string{{"do", "refus"}}, Submit: "Noter ce refus", Lead: "Elle a dit qu’elle ne répondra pas" + nb + ": plus aucune relance ne part, et elle compte parmi les non-réponses.",
			Fields: []ui.Field{{ID: "reason", Label: "Ce qu’elle a dit", Required: true}}})
	}
	return out
}

// change is an act of the team on one authority.
func (d Deps) change(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, y, err := d.found(r)
	if err != nil {
		return err
	}
	ctx, a := r.Context(), shell.Actor(r)
	switch shell.Typed(r, "do") {
	case "contact":
		err = d.Room.AddContact(ctx, a, y.ID, shell.Typed(r, "email"), shell.Typed(r, "name"), shell.Typed(r, "title"))
	case "taire":
		err = d.Room.SilenceContact(ctx, a, y.ID, shell.Typed(r, "contact"), true)
	case "reprendre":
		err = d.Room.SilenceContact(ctx, a, y.ID, shell.Typed(r, "contact"), false)
	case "oublier":
		err = d.Room.RemoveContact(ctx, a, y.ID, shell.Typed(r, "contact"))
	case "renvoyer":
		err = d.Room.Resend(ctx, a, y.ID, shell.Typed(r, "seat"), false)
	case "remplacer":
		err = d.Room.Resend(ctx, a, y.ID, shell.Typed(r, "seat"), true)
	case "muette":
		err = d.Room.Silence(ctx, a, y.ID, true)
	case "parlante":
		err = d.Room.Silence(ctx, a, y.ID, false)
	case "refus":
		if shell.Typed(r, "reason") == "" {
			err = &survey.Fault{Field: "reason", Message: "Écrivez ce que la collectivité a dit."}
			break
		}
		err = d.Room.Refuse(ctx, a, y.ID, shell.Typed(r, "reason"))
	case "retirer-refus":
		err = d.Room.Refuse(ctx, a, y.ID, "")
	default:
		err = policy.Check(a, policy.Edit, y.Thing())
		if err == nil {
			err = errForm
		}
	}
	if shell.Beside(err) {
		if y, e := survey.FindResponse(ctx, d.Q, y.ID); e == nil {
			return d.showOne(w, r, apperr.Status(err), x, y, err)
		}
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/"+y.ID+"?fait=1")
}

// refill gives back to the form that was sent what it held, with the error beside
// its field. It reports whether the error has such a place.
func refill(r *http.Request, forms []formView, wrong error) bool {
	for i := range forms {
		f := &forms[i]
		if len(f.Hidden) == 0 || f.Hidden[0] != [2]string{"do", shell.Typed(r, "do")} || len(f.Fields) == 0 {
			continue
		}
		for j := range f.Fields {
			f.Fields[j].Value = shell.Typed(r, f.Fields[j].ID)
		}
		wrongIn(f.Fields, wrong)
		return true
	}
	return false
}

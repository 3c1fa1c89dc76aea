package aids

import (
	"net/http"
	"net/url"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// report is the form by which a reader says what is wrong.
func (d Deps) report(w http.ResponseWriter, r *http.Request) error {
	return d.showReport(w, r, http.StatusOK, "", nil)
}

func (d Deps) showReport(w http.ResponseWriter, r *http.Request, status int, typed string, wrong error) error {
	x, err := aid.Find(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	f := []ui.Field{{ID: "text", Label: "Ce qui est faux, ou ce qui manque", Type: "textarea", Rows: 5, Required: true, Value: typed, Help: "Un lien mort, une date passée, une condition qui a changé… Ne donnez pas de données personnelles."}}
	wrongIn(f, wrong)
	v := view{Heading: ui.Heading{Overline: "Signaler une erreur", Title: x.Name, Lead: "Votre message est gardé pour l’administration nationale, qui tient le catalogue. Il n’est pas publié."},
		Forms: []formView{{ID: "signaler", Title: "Votre signalement", Action: x.Path() + "/signaler", Fields: f, Buttons: [][2]string{{"send", "Envoyer"}}}}}
	return d.show(w, r, status, v, true, trail(ui.Link{Label: wording.Clip(x.Name, 60), Href: x.Path()}, ui.Link{Label: "Signaler"})...)
}

func (d Deps) reported(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	typed := shell.Typed(r, "text")
	err := d.Aid.Tell(r.Context(), shell.Actor(r), shell.Machine(r, d.Trusted), r.PathValue("id"), typed)
	if err != nil && (shell.Beside(err) || apperr.KindOf(err) == apperr.TooMany) {
		return d.showReport(w, r, apperr.Status(err), typed, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, back("/aides/"+r.PathValue("id")+"/signaler", "signale"))
}

// follow is the form by which a search is followed by mail.
func (d Deps) follow(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	f, _, err := readFilter(r, m.Tree())
	if err != nil {
		return err
	}
	return d.showFollow(w, r, http.StatusOK, f, "", "weekly", nil)
}

func (d Deps) showFollow(w http.ResponseWriter, r *http.Request, status int, f aid.Filter, email, rhythm string, wrong error) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	var fields []ui.Field
	if !shell.Of(r).SignedIn() {
		fields = append(fields, ui.Field{ID: "email", Label: "Votre adresse électronique", Type: "email", Required: true, Value: email, Autocomplete: "email", Help: "Un lien à confirmer y sera envoyé\u00a0: rien ne part avant."})
	}
	fields = append(fields, choose("rhythm", "Rythme", rhythm, "", aid.Rhythms()))
	wrongIn(fields, wrong)
	v := view{Heading: ui.Heading{Overline: "Aides", Title: "Recevoir cette recherche par courriel", Lead: "Un message quand une aide nouvelle répond à la recherche, ou qu’une aide ferme dans les trente jours\u00a0; aucun quand il n’y a rien. Chaque message porte un lien pour arrêter."},
		Facts: asked(m.Tree(), f, func(code string) string { return leverName(m.Framework(), code) }), Forms: []formView{{ID: "suivre", Title: "Suivre", Action: "/aides/suivre", Hidden: [][2]string{{"query", f.Query()}}, Fields: fields, Buttons: [][2]string{{"follow", "Suivre cette recherche"}}}}}
	return d.show(w, r, status, v, true, trail(ui.Link{Label: "Suivre"})...)
}

func (d Deps) followed(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	q, err := url.ParseQuery(shell.Typed(r, "query"))
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	f, email, rhythm := aid.ReadQuery(q), shell.Typed(r, "email"), shell.Typed(r, "rhythm")
	_, err = d.Aid.Follow(r.Context(), shell.Actor(r), shell.Machine(r, d.Trusted), email, f, rhythm)
	if err != nil && (shell.Beside(err) || apperr.KindOf(err) == apperr.TooMany) && f.Check() == nil {
		return d.showFollow(w, r, apperr.Status(err), f, email, rhythm, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, back("/aides/suivre", "alerte"))
}

// alert is where the links of mails lead: it says what a button will do.
func (d Deps) alert(w http.ResponseWriter, r *http.Request) error {
	x, confirm, err := d.Aid.AlertOf(r.Context(), d.Q, r.PathValue("jeton"))
	if err != nil {
		return err
	}
	return d.showAlert(w, r, x, confirm, false)
}

func (d Deps) showAlert(w http.ResponseWriter, r *http.Request, x aid.Alert, confirm, did bool) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	q, err := url.ParseQuery(x.Query)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Alerte sur les aides"}, Facts: append(asked(m.Tree(), aid.ReadQuery(q), func(code string) string { return leverName(m.Framework(), code) }), [2]string{"Rythme", aid.Named(aid.Rhythms(), x.Rhythm)}), Links: []ui.Link{{Label: "Voir la recherche", Href: "/aides?" + x.Query}}}
	form := formView{ID: "alerte", Title: "Votre choix", Action: r.URL.Path}
	switch {
	case did && confirm, confirm && x.State == "on":
		v.Heading.Title = "Votre alerte est en place"
	case did, x.State == "ended":
		v.Heading.Title = "Votre alerte est arrêtée"
	case confirm:
		v.Heading.Title, form.Buttons = "Confirmer votre alerte", [][2]string{{"confirm", "Confirmer"}}
	default:
		v.Heading.Title, form.Buttons = "Arrêter votre alerte", [][2]string{{"stop", "Ne plus recevoir cette alerte"}}
	}
	if len(form.Buttons) > 0 {
		v.Forms = []formView{form}
	}
	return d.show(w, r, http.StatusOK, v, true, trail(ui.Link{Label: "Alerte"})...)
}

func (d Deps) alertTurn(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, confirm, err := d.Aid.Turn(r.Context(), r.PathValue("jeton"))
	if err != nil {
		return err
	}
	ended := confirm && x.State == "ended"
	return d.showAlert(w, r, x, confirm && !ended, true)
}

// asked says a search in words.
func asked(tree *territory.Tree, f aid.Filter, lever func(string) string) (out [][2]string) {
	for _, x := range [][2]string{{"Mots", f.Words}, {"Qui", aid.Named(aid.Audiences(), f.Audience)}, {"Où", f.Place}, {"Levier", f.Lever}, {"Étape", action.Named(action.Steps(), f.Step)}, {"Type de soutien", aid.Named(aid.Types(), f.Type)}, {"Porteur", aid.Named(aid.HolderKinds(), f.Holder)}} {
		switch {
		case x[1] == "":
			continue
		case x[0] == "Où":
			x[1] = placeName(tree, x[1])
		case x[0] == "Levier":
			x[1] = lever(x[1])
		}
		out = append(out, x)
	}
	if len(out) == 0 {
		out = [][2]string{{"Recherche", "toutes les aides ouvertes"}}
	}
	return out
}

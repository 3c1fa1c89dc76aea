package papers

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// forms is the page of a team where the workbooks of a campaign leave and come
// back together.
func (d Deps) forms(w http.ResponseWriter, r *http.Request) error {
	return d.showForms(w, r, http.StatusOK, nil)
}

func (d Deps) showForms(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	list, err := survey.Returns(r.Context(), d.Q, x.Code, "", 50)
	if err != nil {
		return err
	}
	here := x.base() + "/formulaires"
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: x.Name + nb + ": formulaires à remplir hors ligne", Scope: []string{"réservé à l’équipe"},
		Lead: "Pour les collectivités qui répondent sans connexion ou sur papier. Chaque formulaire est propre à une collectivité et porte une signature" + nb + ": un formulaire d’une autre région ou modifié est refusé."},
		Tabs: x.tabs(here)}
	if x.has {
		v.Links = []ui.Link{{Label: "Télécharger tous les formulaires (archive ZIP de classeurs XLSX)", Href: x.base() + "/formulaires.zip"}}
		for _, k := range []struct{ code, name string }{{"commune", "d’une commune"}, {"epci", "d’une intercommunalité"}, {"departement", "d’un département"}, {"region", "d’une région"}} {
			v.Links = append(v.Links, ui.Link{Label: "Imprimer le questionnaire vierge " + k.name, Href: "/questionnaires/" + x.campaign.Form + "/imprimer?type=" + k.code + "&version=" + strconv.FormatInt(x.campaign.FormVersion, 10)})
		}
		v.Forms = []formView{{ID: "deposer", Title: "Déposer des formulaires remplis", Action: here, Submit: "Lire les formulaires", Files: true, Fields: []ui.Field{fileField(wrong, true)},
			Lead: "Ils sont lus pendant que vous faites autre chose. Vous relisez chaque verdict avant que rien ne soit enregistré, comme brouillon de chaque collectivité."}}
	} else {
		v.Notices = []ui.Alert{{State: "info", Title: "Cette COP n’a pas encore de campagne", Text: "Préparez-la d’abord" + nb + ": les formulaires seront ici."}}
	}
	v.Tables = []titled{{ID: "depots", Title: "Formulaires déposés", Table: d.returns(list, here), Empty: "Aucun formulaire n’a encore été déposé."}}
	return d.show(w, r, status, v, x.trail(ui.Link{Label: "Formulaires"})...)
}

func (d Deps) formsSend(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	ret, err := d.take(r, shell.Actor(r), x.Code, x.cop.ID, "")
	if err != nil && beside(err) {
		return d.showForms(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/formulaires/"+ret.ID)
}

// regional is a return of the region of the address.
func (d Deps) regional(r *http.Request) (x place, ret survey.Return, err error) {
	if x, err = d.working(r); err != nil {
		return x, ret, err
	}
	ret, err = survey.FindReturn(r.Context(), d.Q, r.PathValue("retour"))
	if err != nil || ret.Region != x.Code || ret.Response != "" || ret.COP != x.cop.ID {
		return x, ret, errUnknown
	}
	return x, ret, nil
}

func (d Deps) formsRead(w http.ResponseWriter, r *http.Request) error {
	x, ret, err := d.regional(r)
	if err != nil {
		return err
	}
	return d.showReturn(w, r, ret, x.base()+"/formulaires", x.tabs(x.base()+"/formulaires"), "", x.trail(ui.Link{Label: "Formulaires", Href: x.base() + "/formulaires"}, ui.Link{Label: "Dépôt"})...)
}

func (d Deps) formsApply(w http.ResponseWriter, r *http.Request) error {
	x, ret, err := d.regional(r)
	if err != nil {
		return err
	}
	return d.applied(w, r, shell.Actor(r), ret, x.base()+"/formulaires/"+ret.ID)
}

var verdictNames = map[string]string{"waiting": "pas encore lu", "ok": "prêt", "warning": "prêt, avec des remarques", "error": "refusé"}

// showReturn shows the verdict of each form, the lines that are said something of,
// and the button that records the others.
func (d Deps) showReturn(w http.ResponseWriter, r *http.Request, ret survey.Return, base string, tabs []ui.Link, answer string, trail ...ui.Link) error {
	ctx := r.Context()
	tally, err := survey.TallyOf(ctx, d.Q, ret.ID)
	if err != nil {
		return err
	}
	const perPage = 100
	all := r.URL.Query().Get("tous") == "1" || ret.Forms <= perPage
	after, _ := strconv.ParseInt(r.URL.Query().Get("apres"), 10, 64) // nothing is the first page
	list, err := survey.FormsOf(ctx, d.Q, ret.ID, !all, after, perPage+1)
	if err != nil {
		return err
	}
	here := base + "/" + ret.ID
	ready := tally.OK + tally.Warning
	v := view{Heading: ui.Heading{Overline: "Formulaires déposés", Scope: []string{french.Date(ret.At), returnStates[ret.State]}}, Tabs: tabs}
	counted := func(n int64, one, many string) string {
		return french.Integer(n) + nb + french.Plural(int(n), one, many)
	}
	switch ret.State {
	case survey.ReturnReading:
		v.Heading.Title = "Lecture en cours" + nb + ": " + counted(ret.Forms-tally.Waiting, "formulaire lu", "formulaires lus") + " sur " + french.Integer(ret.Forms)
		v.Notices = []ui.Alert{{State: "info", Title: "Vous pouvez quitter cette page", Text: "La lecture continue. Rechargez la page pour voir où elle en est."}}
	case survey.ReturnRead:
		v.Heading.Title = counted(ready, "formulaire prêt", "formulaires prêts") + " à enregistrer, " + counted(tally.Error, "refusé", "refusés")
		if ready > 0 && tally.Filled > 0 {
			v.Forms = []formView{{ID: "enregistrer", Title: "Enregistrer comme brouillon", Action: here, Submit: "Enregistrer " + counted(tally.Filled, "réponse", "réponses"), Hidden: [][2]string{{"rev", strconv.FormatInt(ret.Rev, 10)}},
				Lead: "Rien n’est encore enregistré. Les lignes refusées ne le seront pas" + nb + "; les autres deviennent le brouillon de chaque collectivité, qui reste à relire et à valider."}}
		} else {
			v.Notices = []ui.Alert{{State: "info", Title: "Rien à enregistrer", Text: "Aucune réponse de ces formulaires ne diffère de ce qui est déjà en ligne."}}
		}
	case survey.ReturnApplying:
		v.Heading.Title = "Enregistrement en cours" + nb + ": " + counted(tally.Written, "réponse enregistrée", "réponses enregistrées")
		v.Notices = []ui.Alert{{State: "info", Title: "Vous pouvez quitter cette page", Text: "L’enregistrement continue. Rechargez la page pour voir où il en est."}}
	default:
		v.Heading.Title = counted(tally.Written, "réponse enregistrée comme brouillon", "réponses enregistrées comme brouillon")
		if tally.Kept > 0 {
			v.Notices = []ui.Alert{{State: "warning", Title: counted(tally.Kept, "réponse du formulaire n’a pas été enregistrée", "réponses des formulaires n’ont pas été enregistrées"), Text: "Elles avaient changé en ligne, ou la réponse n’en prenait plus. Elles sont listées plus bas, rien n’en est perdu."}}
		}
	}
	if answer != "" && ret.State == survey.ReturnApplied {
		v.Links = []ui.Link{{Label: "Relire la réponse en ligne", Href: answer}}
	}
	forms := ui.Table{ID: "t-formulaires", Caption: "Verdict de chaque formulaire", CaptionHidden: true, Columns: []ui.Column{{Label: "Fichier", Wide: true}, {Label: "Collectivité", Wide: true}, {Label: "Verdict"}, {Label: "Réponses", Number: true}, {Label: "Lignes refusées", Number: true}, {Label: "Enregistrées", Number: true}}}
	notes := ui.Table{ID: "t-lignes", Caption: "Remarques, ligne par ligne", CaptionHidden: true, Columns: []ui.Column{{Label: "Fichier"}, {Label: "Ligne", Number: true}, {Label: "Colonne", Number: true}, {Label: "Valeur lue", Wide: true}, {Label: "Remarque", Wide: true}}}
	for i, f := range list {
		if i == perPage {
			v.Pager.Next = here + "?apres=" + strconv.FormatInt(list[i-1].N, 10)
			if all {
				v.Pager.Next += "&tous=1"
			}
			break
		}
		written := ui.Cell{Missing: "pas encore enregistré"}
		if f.Written != nil {
			written = ui.Cell{Text: french.Integer(*f.Written)}
		}
		name := ui.Cell{Text: f.Name}
		if f.Name == "" {
			name = ui.Cell{Missing: "collectivité non reconnue"}
		}
		forms.Rows = append(forms.Rows, ui.Row{Cells: []ui.Cell{{Text: f.File}, name, {Text: verdictNames[f.Verdict]}, {Text: french.Integer(f.Filled)}, {Text: french.Integer(f.Refused)}, written}})
		for _, n := range f.Notes {
			if len(notes.Rows) < 1000 {
				notes.Rows = append(notes.Rows, ui.Row{Cells: []ui.Cell{{Text: f.File}, number(n.Line), number(n.Col), {Text: n.Value}, {Text: n.Reason}}})
			}
		}
	}
	if !all {
		v.Links = append(v.Links, ui.Link{Label: "Voir tous les formulaires, ceux sans remarque compris", Href: here + "?tous=1"})
	}
	v.Tables = []titled{{ID: "formulaires", Title: "Formulaires", Table: forms, Empty: "Aucun formulaire n’appelle de remarque."}, {ID: "lignes", Title: "Remarques", Table: notes, Empty: "Aucune ligne n’appelle de remarque."}}
	return d.show(w, r, http.StatusOK, v, trail...)
}

func number(n int) ui.Cell {
	if n == 0 {
		return ui.Cell{Missing: "le fichier entier"}
	}
	return ui.Cell{Text: strconv.Itoa(n)}
}

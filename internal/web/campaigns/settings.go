package campaigns

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// settings is the form of a campaign, new or not, with its versions.
func (d Deps) settings(w http.ResponseWriter, r *http.Request) error {
	x, err := d.led(r)
	if err != nil {
		return err
	}
	in := survey.DefaultInput()
	if x.has {
		in = survey.InputOf(x.campaign)
	}
	return d.showSettings(w, r, http.StatusOK, x, in, nil)
}

func (d Deps) showSettings(w http.ResponseWriter, r *http.Request, status int, x place, in survey.CampaignInput, wrong error) error {
	forms, err := survey.PublishedForms(r.Context(), d.Q, x.Code)
	if err != nil {
		return err
	}
	var options [][2]string
	for _, f := range forms {
		label := f.Title + ", version " + french.Integer(f.Version) + " (" + french.Date(f.At) + ")"
		if f.Region != "" {
			label = "Variante de la région" + nb + ": " + label
		}
		options = append(options, [2]string{f.Code + "@" + strconv.FormatInt(f.Version, 10), label})
	}
	number := func(v float64) string { return french.Number(v, 2) }
	fields := []ui.Field{
		choose("form", "Questionnaire et version", in.Form+"@"+strconv.FormatInt(in.FormVersion, 10), "", options),
		{ID: "communes", Label: "Communes", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Inviter aussi les communes", Selected: in.Communes, Help: "Elles suivent un parcours de dix minutes, et leur taux est donné à part."}}},
		{ID: "opens_on", Label: "Ouverture", Type: "date", Value: in.OpensOn, Help: "Pour mémoire" + nb + ": c’est le bouton «\u00a0Ouvrir\u00a0» qui envoie les invitations."},
		{ID: "closes_on", Label: "Clôture annoncée", Type: "date", Value: in.ClosesOn, Help: "Dite dans les courriels. La campagne reste ouverte jusqu’à ce que vous la closiez."},
		{ID: "message", Label: "Message de l’équipe", Type: "textarea", Rows: 6, Value: in.Message, Help: "Dans son cadre, au milieu de l’invitation. 4\u00a0000 caractères au plus."},
		{ID: "contact", Label: "Qui répond aux questions", Value: in.Contact, Help: "Une adresse ou un service" + nb + "; les réponses aux courriels y arrivent. À défaut, le contact de la COP."},
		{ID: "remind_max", Label: "Relances au plus", Type: "number", Required: true, Value: french.Integer(in.RemindMax), Help: "Par destinataire, de 0 (aucune) à 6."},
		{ID: "remind_every", Label: "Jours entre deux courriels", Type: "number", Required: true, Unit: "jours", Value: french.Integer(in.RemindEvery), Help: "De 3 à 90."},
		{ID: "relevance", Label: "Seuil de pertinence", Type: "number", Required: true, Value: number(in.Relevance), Help: "Entre 0 et 1" + nb + ": au-dessus, un levier est dit pertinent dans la restitution. Proposition de Jalon" + nb + ": 0,5."},
		{ID: "mobilisation", Label: "Seuil de mobilisation", Type: "number", Required: true, Value: number(in.Mobilisation), Help: "Entre 0 et 1" + nb + ": au-dessus, il est dit engagé. Proposition de Jalon" + nb + ": 0,5."},
		{ID: "reason", Label: "Raison du changement", Value: in.Reason, Help: "Gardée dans l’historique."},
	}
	wrongIn(fields, wrong)
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: x.Name + nb + ": préparer la campagne", Scope: []string{"réservé à l’équipe"}}, Tabs: x.tabs(r, x.base()+"/reglages"),
		Acts: []formView{{ID: "reglages", Title: "La campagne", Action: x.base() + "/reglages", Fields: fields, Submit: "Préparer la campagne"}}}
	if x.has {
		v.Heading.Title, v.Acts[0].Submit, v.Acts[0].Rev = x.Name+nb+": réglages de la campagne", "Enregistrer les réglages", revText(x.campaign.Rev)
		past, err := survey.CampaignHistory(r.Context(), d.Q, x.campaign.ID)
		if err != nil {
			return err
		}
		ids := make([]string, 0, len(past))
		for _, p := range past {
			ids = append(ids, p.By)
		}
		names, err := d.names(r, ids)
		if err != nil {
			return err
		}
		t := ui.Table{ID: "versions", Caption: "Historique de la campagne", CaptionHidden: true, Columns: []ui.Column{{Label: "Quand"}, {Label: "Qui"}, {Label: "État"}, {Label: "Questionnaire"}, {Label: "Raison", Wide: true}}}
		for _, p := range past {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Date(p.At)}, {Text: names[p.By]}, {Text: p.Campaign.State.Name()}, {Text: p.Campaign.Form + ", version " + french.Integer(p.Campaign.FormVersion)}, {Text: p.Reason}}})
		}
		v.Parts = []part{{ID: "historique", Title: "Historique", Table: t}}
	}
	return d.show(w, r, status, v, true, x.desk(ui.Link{Label: "Réglages"})...)
}

// names are who acted, as the journal names them.
func (d Deps) names(r *http.Request, ids []string) (map[string]string, error) {
	out, err := account.Names(r.Context(), d.Q, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if id == "" {
			out[id] = "Jalon"
		}
	}
	return out, nil
}

// save keeps the form: it makes the campaign of a COP that has none.
func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.led(r)
	if err != nil {
		return err
	}
	in, wrong := inputOf(r)
	status := http.StatusUnprocessableEntity
	if wrong == nil {
		if x.has {
			n, err := rev(r)
			if err != nil {
				return err
			}
			_, wrong = d.Room.SaveCampaign(r.Context(), shell.Actor(r), x.campaign.ID, n, in)
		} else {
			_, wrong = d.Room.Create(r.Context(), shell.Actor(r), x.cop.ID, in)
		}
		status = apperr.Status(wrong)
	}
	if shell.Beside(wrong) {
		if x, err = d.led(r); err != nil { // as it is now: a second press keeps what was typed
			return err
		}
		return d.showSettings(w, r, status, x, in, wrong)
	}
	if wrong != nil {
		return wrong
	}
	return shell.SeeOther(w, r, x.base()+"?fait=1")
}

// inputOf reads the form. What cannot be read is said beside its field.
func inputOf(r *http.Request) (in survey.CampaignInput, err error) {
	code, version, _ := strings.Cut(shell.Typed(r, "form"), "@")
	in = survey.CampaignInput{Form: code, Communes: shell.Typed(r, "communes") == "1", OpensOn: shell.Typed(r, "opens_on"), ClosesOn: shell.Typed(r, "closes_on"), Message: shell.Typed(r, "message"), Contact: shell.Typed(r, "contact"), Reason: shell.Typed(r, "reason")}
	in.FormVersion, _ = strconv.ParseInt(version, 10, 64)
	for _, x := range []struct {
		id string
		to *int64
	}{{"remind_max", &in.RemindMax}, {"remind_every", &in.RemindEvery}} {
		n, bad := strconv.ParseInt(strings.Join(strings.Fields(shell.Typed(r, x.id)), ""), 10, 64)
		if bad != nil && err == nil {
			err = &survey.Fault{Field: x.id, Message: "Écrivez un nombre entier, comme 14."}
		}
		*x.to = n
	}
	for _, x := range []struct {
		id string
		to *float64
	}{{"relevance", &in.Relevance}, {"mobilisation", &in.Mobilisation}} {
		v, bad := strconv.ParseFloat(strings.ReplaceAll(shell.Typed(r, x.id), ",", "."), 64)
		if bad != nil && err == nil {
			err = &survey.Fault{Field: x.id, Message: "Écrivez un nombre entre 0 et 1, comme 0,5."}
		}
		*x.to = v
	}
	return in, err
}

// turns are the changes of state that may follow, each with what it will do.
func turns(x place) []formView {
	var out []formView
	for _, act := range survey.ActsFrom(x.campaign.State) {
		f := formView{ID: "acte-" + string(act), Title: act.Name(), Action: x.base() + "/etat", Rev: revText(x.campaign.Rev), Hidden: [][2]string{{"act", string(act)}}, Submit: act.Name()}
		day := ui.Field{ID: "day-" + string(act), Name: "day", Label: "Date", Type: "date", Help: "Aujourd’hui si vous ne l’écrivez pas."}
		reason := ui.Field{ID: "reason-" + string(act), Name: "reason", Label: "Raison"}
		switch act {
		case survey.OpenIt:
			f.Lead = "Chaque collectivité qui a une adresse reçoit son lien et son code. Les autres apparaissent dans «\u00a0sans adresse\u00a0»" + nb + ": importez leurs contacts, ou imprimez leurs lettres."
			reason.Label = ""
		case survey.Nearly:
			f.Lead = "La région entre dans le taux national, à cette date. Les réponses arrivent encore."
			f.Fields = []ui.Field{day}
		case survey.CloseIt:
			f.Lead = "Les liens n’ouvrent plus le questionnaire, et plus aucune relance ne part. Ce qui est écrit est gardé" + nb + "; vous pourrez rouvrir, avec une raison."
			f.Fields = []ui.Field{day}
		case survey.ReopenIt:
			reason.Required = true
			f.Lead = "La région sort du taux national jusqu’à un nouveau marquage. La raison est gardée dans le journal."
			f.Fields = []ui.Field{reason}
		}
		out = append(out, f)
	}
	return out
}

// turn opens, marks, closes or reopens.
func (d Deps) turn(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.ledRunning(r)
	if err != nil {
		return err
	}
	n, err := rev(r)
	if err != nil {
		return err
	}
	act := survey.Act(shell.Typed(r, "act"))
	if act.Name() == "" {
		return errForm
	}
	_, err = d.Room.Turn(r.Context(), shell.Actor(r), x.campaign.ID, n, act, shell.Typed(r, "day"), shell.Typed(r, "reason"))
	if shell.Beside(err) {
		again, e := d.ledRunning(r)
		if e != nil {
			return e
		}
		return d.showDesk(w, r, apperr.Status(err), again, err)
	}
	if err != nil {
		return err
	}
	done := "1"
	if act == survey.OpenIt {
		done = "ouverte"
	}
	return shell.SeeOther(w, r, x.base()+"?fait="+done)
}

// recipientForms add a recipient outside the tree, and bring the list up to date.
func (x place) recipientForms(wrong error, org, reason string) []formView {
	fields := []ui.Field{{ID: "organisation", Label: "Code de l’organisme", Required: true, Value: org, Help: "Un PETR, un pays, un PNR, un syndicat dont le siège est dans la région. Le code est sur sa page, dans la liste des organismes" + nb + "; créez-le là s’il manque."},
		{ID: "reason", Label: "Raison", Value: reason}}
	wrongIn(fields, wrong)
	return []formView{{ID: "ajouter", Title: "Ajouter un destinataire hors du découpage", Action: x.base() + "/destinataires", Fields: fields, Hidden: [][2]string{{"do", "ajouter"}}, Submit: "Ajouter ce destinataire",
		Lead: "Il répond comme une intercommunalité, et ne compte dans aucun taux. L’ajout est gardé dans le journal."},
		{ID: "actualiser", Title: "Mettre les destinataires à jour", Action: x.base() + "/destinataires", Hidden: [][2]string{{"do", "actualiser"}}, Submit: "Reprendre le découpage en vigueur",
			Lead: "Jalon le fait chaque nuit. Les communes nouvelles sont ajoutées" + nb + "; celles qui ont fusionné gardent ce qu’elles ont écrit, hors du taux."}}
}

// recipients adds one outside the tree, or brings all up to date.
func (d Deps) recipients(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.ledRunning(r)
	if err != nil {
		return err
	}
	switch shell.Typed(r, "do") {
	case "actualiser":
		b, err := d.Room.Refresh(r.Context(), shell.Actor(r), x.campaign.ID)
		if err != nil {
			return err
		}
		done := "1"
		if b.None() {
			done = "aucun"
		}
		return shell.SeeOther(w, r, x.base()+"?fait="+done)
	case "ajouter":
		y, err := d.Room.AddOutside(r.Context(), shell.Actor(r), x.campaign.ID, shell.Typed(r, "organisation"), shell.Typed(r, "reason"))
		if shell.Beside(err) {
			v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: "Ajouter un destinataire", Scope: []string{x.Name}}, Tabs: x.tabs(r, ""), Forms: x.recipientForms(err, shell.Typed(r, "organisation"), shell.Typed(r, "reason"))[:1]}
			return d.show(w, r, apperr.Status(err), v, true, x.desk(ui.Link{Label: "Ajouter un destinataire"})...)
		}
		if err != nil {
			return err
		}
		return shell.SeeOther(w, r, x.base()+"/"+y.ID+"?fait=1")
	}
	return errForm
}

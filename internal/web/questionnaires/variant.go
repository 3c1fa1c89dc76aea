package questionnaires

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// showNone offers a region to start its variant.
func (d Deps) showNone(w http.ResponseWriter, r *http.Request, status int, k desk, wrong error) error {
	all, err := survey.Published(r.Context(), d.Q)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Ce qui est demandé", Title: k.region.Name + nb + ": le questionnaire de la région", Scope: []string{"réservé à l’équipe", "cycle " + k.cycle},
		Lead: "La région pose le modèle national. Si elle veut y ajouter des actions, en retirer ou les reformuler, elle part d’une copie\u00a0: sa variante, qui dit ce qu’elle change."}}
	tell(&v, "", wrong)
	var options [][2]string
	for _, x := range all {
		if x.Region == "" {
			v.Links = append(v.Links, ui.Link{Label: "Lire «" + nb + x.Title + nb + "»", Href: "/questionnaires/" + x.Code})
			options = append(options, [2]string{x.Code + " " + number(x.Version), x.Title + ", version " + number(x.Version)})
		}
	}
	v.Forms = []formView{{ID: "creer", Title: "Créer la variante de la région", Action: k.base + "/creer", Hidden: [][2]string{{"rev", "0"}}, Fields: []ui.Field{choose("base", "À partir de", get(r, "base"), options)}, Buttons: [][2]string{{"make", "Créer la variante"}}, Open: true,
		Lead: "Rien ne change pour les collectivités avant que vous publiiez la variante, puis la posiez à votre campagne."}}
	return d.show(w, r, status, v, true, k.trail()...)
}

// make starts the variant of a region.
func (d Deps) make(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	k, err := d.desk(r)
	if err != nil {
		return err
	}
	code, version, ok := strings.Cut(get(r, "base"), " ")
	n, perr := strconv.ParseInt(version, 10, 64)
	if !ok || perr != nil {
		err = apperr.Invalidf("Choisissez le modèle de départ.")
	} else {
		_, err = d.Room.MakeVariant(r.Context(), d.Q, shell.Actor(r), code, n, k.region.Code, k.cycle)
	}
	if err != nil && beside(err) {
		return d.showEditor(w, r, apperr.Status(err), "", err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, k.base+"?fait=1")
}

// following offers a region what its template became since its variant began.
func (d Deps) following(r *http.Request, k desk, v *view) error {
	n, err := survey.NewerTemplate(r.Context(), d.Q, k.x)
	if n == nil || err != nil {
		return err
	}
	base := "/questionnaires/" + k.x.Form.Base.Code
	pair := strconv.Itoa(k.x.Form.Base.Version) + ".." + number(n.Version)
	v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Le modèle national a une version " + number(n.Version), Text: "Votre variante part de la version " + strconv.Itoa(k.x.Form.Base.Version) + ".", Links: []ui.Link{{Label: "Ce que le modèle a changé", Href: base + "/versions/" + pair}, {Label: "Le reprendre", Href: "#reprendre"}}})
	lead := "Ce que vous aviez laissé tel quel suit le modèle\u00a0; ce que la région a ajouté, retiré ou reformulé reste. Rien n’est publié\u00a0: vous relirez d’abord."
	if len(n.Kept) > 0 {
		lead += " " + strings.Join(n.Kept, " ")
	}
	v.Forms = append([]formView{{ID: "reprendre", Title: "Reprendre la version " + number(n.Version) + " du modèle", Action: k.base, Hidden: k.hidden("what", "template"), Buttons: [][2]string{{"follow", "Reprendre le modèle"}}, Open: true, Lead: lead}}, v.Forms...)
	return nil
}

func (d Deps) follow(w http.ResponseWriter, r *http.Request, k desk, at int64) error {
	_, err := d.Room.FollowTemplate(r.Context(), d.Q, shell.Actor(r), k.x.Code, at)
	if err != nil && beside(err) {
		return d.showEditor(w, r, apperr.Status(err), "", err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, k.base+"?fait=1")
}

// applying offers to have the region's campaign take the version that is
// published, and says what it does to the answers.
func (d Deps) applying(r *http.Request, k desk, v *view, did string, wrong error) error {
	c, err := survey.CampaignOf(r.Context(), d.Q, cop.RegionID(k.x.Cycle, k.x.Region))
	if apperr.KindOf(err) == apperr.NotFound {
		return nil // the team has not prepared its campaign yet: it will choose then
	}
	if err != nil || c.Form == k.x.Code && c.FormVersion == k.x.Version || c.State == survey.CampaignClosed {
		return err
	}
	p, err := survey.WouldApply(r.Context(), d.Q, c, k.x.Code, k.x.Version)
	if err != nil {
		return err
	}
	lead := "La campagne pose aujourd’hui la version " + number(c.FormVersion) + " de " + c.Form + ". " + french.Integer(p.Moving) + nb + french.Plural(p.Moving, "réponse en cours passera", "réponses en cours passeront") + " à la nouvelle version, rien n’est perdu\u00a0; " +
		french.Integer(p.Kept) + nb + french.Plural(p.Kept, "réponse validée garde", "réponses validées gardent") + " la sienne."
	for _, e := range p.Effects {
		lead += " " + e.Message
	}
	fields := []ui.Field{{ID: "pourquoi", Name: "reason", Label: "Pourquoi", Required: true, Value: get(r, "reason")}}
	if did == "apply" {
		wrongIn(fields, "reason", wrong)
	}
	v.Forms = append(v.Forms, formView{ID: "appliquer", Title: "Poser la version " + number(k.x.Version) + " à la campagne", Action: k.base + "/appliquer", Lead: lead, Hidden: [][2]string{{"rev", number(c.Rev)}, {"campaign", c.ID}, {"version", number(k.x.Version)}}, Fields: fields, Buttons: [][2]string{{"apply", "Poser cette version"}}, Open: true})
	return nil
}

func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	k, err := d.written(r)
	if err != nil {
		return err
	}
	at, err := shell.Rev(r)
	version, perr := strconv.ParseInt(get(r, "version"), 10, 64)
	switch {
	case err != nil:
	case perr != nil:
		err = apperr.Invalidf("Le formulaire est incomplet. Rechargez la page et recommencez.")
	case get(r, "reason") == "":
		err = apperr.Invalidf("Dites pourquoi la campagne change de version.")
	default:
		_, _, err = d.Room.ApplyForm(r.Context(), d.Q, shell.Actor(r), get(r, "campaign"), at, k.x.Code, version, get(r, "reason"))
	}
	if err != nil && beside(err) {
		return d.showEditor(w, r, apperr.Status(err), "apply", err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, k.base+"?fait=1")
}

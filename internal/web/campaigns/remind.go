package campaigns

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// postedFilter is the filter that a form kept.
func postedFilter(r *http.Request) survey.Follow {
	return survey.Follow{State: shell.Typed(r, "etat"), Department: shell.Typed(r, "departement"), Type: shell.Typed(r, "type"), Words: shell.Typed(r, "nom")}
}

// mostShown is how many addressees a preview names; it counts them all.
const mostShown = 200

// remind shows who would be written to and why the others would not, then writes:
// two presses.
func (d Deps) remind(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.running(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	if f := policy.Where(a, policy.Edit, policy.Response); f.None() {
		return policy.Check(a, policy.Edit, policy.Thing{Kind: policy.Campaign, COPs: []string{x.cop.ID}})
	}
	f, ids := postedFilter(r), slices.DeleteFunc(slices.Clone(r.PostForm["id"]), func(s string) bool { return s == "" || len(s) > 64 })
	switch shell.Typed(r, "do") {
	case "selection":
		if len(ids) == 0 {
			return d.showDesk(w, r, http.StatusUnprocessableEntity, x, apperr.Invalidf("Cochez au moins un destinataire, ou relancez tous ceux du filtre."))
		}
		f = survey.Follow{}
	case "filtre":
		ids = nil
	case "envoyer":
		n, err := d.Room.Remind(r.Context(), a, x.campaign.ID, f, ids, shell.Typed(r, "press"))
		if shell.Beside(err) {
			return d.showDesk(w, r, apperr.Status(err), x, err)
		}
		if err != nil {
			return err
		}
		return shell.SeeOther(w, r, x.base()+"?fait=relances-"+strconv.Itoa(n))
	default:
		return errForm
	}
	p, err := d.Room.PlanReminders(r.Context(), d.Q, a, x.campaign.ID, f, ids)
	if err != nil {
		return err
	}
	press, err := d.Room.IDs.New()
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Relance", Title: french.Integer(len(p.Due)) + nb + french.Plural(len(p.Due), "destinataire serait relancé", "destinataires seraient relancés"), Scope: []string{x.Name, "rien n’est encore envoyé"}}, Tabs: x.tabs(r, "")}
	if len(p.Due) > 0 {
		form := formView{ID: "envoyer", Title: "Envoyer", Action: x.base() + "/relances", Hidden: append(hiddenOf(f), [2]string{"press", press}, [2]string{"do", "envoyer"}), Submit: "Envoyer " + french.Integer(len(p.Due)) + nb + french.Plural(len(p.Due), "relance", "relances"),
			Lead: "Chacun reçoit la phrase qui convient à l’état de sa réponse, avec le même lien et le même code. Quand une réponse attend sa validation, c’est la personne élue qui est relancée."}
		for _, id := range ids {
			form.Hidden = append(form.Hidden, [2]string{"id", id})
		}
		v.Acts = []formView{form}
	} else {
		v.Empty = ui.Empty{Title: "Personne n’est à relancer ici", Text: "Les raisons sont ci-dessous.", Action: ui.Link{Label: "Revenir au suivi", Href: x.base()}}
	}
	spared := ui.Table{ID: "epargnes", Caption: "Qui n’est pas relancé, et pourquoi", CaptionHidden: true, Columns: []ui.Column{{Label: "Raison"}, {Label: "Destinataires", Number: true}, {Label: "Lesquels", Wide: true}}}
	for _, g := range p.Spared {
		names := strings.Join(g.Names, ", ")
		if g.N > len(g.Names) {
			names += "…"
		}
		spared.Rows = append(spared.Rows, ui.Row{Cells: []ui.Cell{{Text: g.Why}, {Text: french.Integer(g.N)}, {Text: names}}})
	}
	due := ui.Table{ID: "relances", Caption: "Qui est relancé", CaptionHidden: true, Columns: []ui.Column{{Label: "Collectivité"}, {Label: "Où elle en est"}, {Label: "À qui", Wide: true}, {Label: "Relances déjà reçues", Number: true}}}
	for _, y := range p.Due[:min(mostShown, len(p.Due))] {
		var to []string
		for _, t := range y.To {
			to = append(to, t.Email)
		}
		due.Rows = append(due.Rows, ui.Row{Cells: []ui.Cell{{Text: y.Response.Name, Href: x.base() + "/" + y.Response.ID}, {Text: y.Response.State.Name()}, {Text: strings.Join(to, ", ")}, {Text: french.Integer(y.Response.Reminders)}}})
	}
	if len(spared.Rows) > 0 {
		v.Parts = append(v.Parts, part{ID: "pas-relances", Title: "Qui n’est pas relancé", Table: spared})
	}
	if len(due.Rows) > 0 {
		lead := []string(nil)
		if len(p.Due) > mostShown {
			lead = []string{"Les " + french.Integer(mostShown) + " premiers sont nommés ici\u00a0; tous seront relancés."}
		}
		v.Parts = append(v.Parts, part{ID: "a-relancer", Title: "Qui est relancé", Table: due, Lead: lead})
	}
	return d.show(w, r, http.StatusOK, v, true, x.desk(ui.Link{Label: "Relance"})...)
}

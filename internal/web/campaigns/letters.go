package campaigns

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// lettersView is the invitations to print, one a sheet.
type lettersView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Notice  ui.Alert
	Letters []letterLine
	Action  string
	Sender  string
	Contact string
	Message string
	Until   string
	Code    string // where a code is typed
}

type letterLine struct{ ID, Name, Link, SIREN, Code, Minutes string }

func lettersForm(x place, f survey.Follow) formView {
	if !x.campaign.State.Takes() {
		return formView{ID: "lettres", Title: "Lettres", Lead: "Les lettres s’impriment une fois la campagne ouverte."}
	}
	f.State = survey.NoAddress
	return formView{ID: "lettres", Title: "Imprimer des lettres", Action: x.base() + "/lettres", Hidden: append(hiddenOf(f), [2]string{"do", "imprimer"}), Submit: "Préparer les lettres",
		Lead: "Une page par collectivité sans adresse qui fonctionne, avec son lien et son code, dans le département et le type du filtre ci-dessus. Réimprimée, une lettre porte le même lien."}
}

// letters prints the invitations of those that have no address, then notes that
// they were posted.
func (d Deps) letters(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.running(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	if policy.Where(a, policy.Edit, policy.Response).None() {
		return policy.Check(a, policy.Edit, policy.Thing{Kind: policy.Campaign, COPs: []string{x.cop.ID}})
	}
	switch shell.Typed(r, "do") {
	case "imprimer":
		list, more, err := d.Room.Letters(r.Context(), a, x.campaign.ID, postedFilter(r))
		if shell.Beside(err) {
			return d.showDesk(w, r, apperr.Status(err), x, err)
		}
		if err != nil {
			return err
		}
		return d.showLetters(w, r, x, list, more)
	case "postees":
		if _, err := d.Room.MarkPosted(r.Context(), a, x.campaign.ID, r.PostForm["id"]); err != nil {
			if shell.Beside(err) {
				return d.showDesk(w, r, apperr.Status(err), x, err)
			}
			return err
		}
		return shell.SeeOther(w, r, x.base()+"?fait=1")
	}
	return errForm
}

func (d Deps) showLetters(w http.ResponseWriter, r *http.Request, x place, list []survey.Letter, more bool) error {
	v := lettersView{Heading: ui.Heading{Overline: "Lettres", Title: french.Integer(len(list)) + nb + french.Plural(len(list), "lettre à imprimer", "lettres à imprimer"), Scope: []string{x.Name, "réservé à la COP"}}, Tabs: x.tabs(r, ""),
		Action: x.base() + "/lettres", Sender: x.cop.SenderName(), Contact: x.campaign.Contact, Message: x.campaign.Message, Code: d.Room.BaseURL + "/questionnaire",
		Notice: ui.Alert{State: "info", Title: "Imprimez cette page", Text: "Chaque lettre sort sur sa feuille. Une fois postées, notez-le en bas" + nb + ": ces collectivités seront dites invitées."}}
	if v.Contact == "" {
		v.Contact = x.cop.Contact
	}
	if x.campaign.ClosesOn != "" {
		v.Until = french.Day(x.campaign.ClosesOn)
	}
	if more {
		v.Notice.Text += " Les 300 premières sont ici" + nb + "; recommencez pour les suivantes après les avoir postées."
	}
	for _, l := range list {
		y := letterLine{ID: l.Response.ID, Name: l.Response.Name, Link: l.Door.Link, SIREN: spaced(l.SIREN), Code: l.Door.Code[:4] + nb + l.Door.Code[4:], Minutes: "une demi-heure"}
		if l.Response.Kind == "commune" {
			y.Minutes = "dix minutes"
		}
		v.Letters = append(v.Letters, y)
	}
	page := d.Shell.Page(r, v.Heading.Title, "", x.desk(ui.Link{Label: "Lettres"})...)
	page.NoIndex, page.Canonical = true, ""
	w.Header().Set("Referrer-Policy", "no-referrer")
	return d.Shell.Render(w, r, page, lettersPage(v))
}

// spaced is a SIREN as it is read: three by three.
func spaced(siren string) string {
	if len(siren) != 9 {
		return siren
	}
	return siren[:3] + nb + siren[3:6] + nb + siren[6:]
}

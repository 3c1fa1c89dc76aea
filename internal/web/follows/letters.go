package follows

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/follow"
	"jalon/internal/french"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// region is the COP of the region of an address.
func (d Deps) region(r *http.Request) (c cop.COP, g territory.Region, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return c, g, err
	}
	if g, err = m.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return c, g, err
	}
	c, err = cop.OfRegion(r.Context(), d.Q, g.Code)
	return c, g, err
}

type letterLine struct{ Title, When, Href, Note string }

type lettersView struct {
	Heading ui.Heading
	Letters []letterLine
	Fields  []ui.Field
	Action  string
	Notice  *ui.Alert
	Known   bool
	Consent string
	Empty   ui.Empty
	Foot    ui.Source
}

func letterLines(c cop.COP, list []follow.Letter, base string) (out []letterLine) {
	for _, x := range list {
		l := letterLine{Title: x.Title, Href: base + "/" + x.ID, When: "brouillon"}
		if x.State != follow.Draft {
			l.When = french.Date(x.SentAt.In(c.Location()))
			if x.Count > 0 {
				l.Note = french.Integer(x.Count) + nb + french.Plural(x.Count, "envoi", "envois")
			}
		}
		if x.State == follow.Sending {
			l.Note = strings.TrimPrefix(l.Note+", envoi en cours", ", ")
		}
		out = append(out, l)
	}
	return out
}

func (d Deps) letters(w http.ResponseWriter, r *http.Request) error {
	return d.showLetters(w, r, http.StatusOK, "", "", nil)
}

func (d Deps) showLetters(w http.ResponseWriter, r *http.Request, status int, email, wrong string, notice *ui.Alert) error {
	c, g, err := d.region(r)
	if err != nil {
		return err
	}
	list, err := follow.Letters(r.Context(), d.Q, c, false)
	if err != nil {
		return err
	}
	base := c.Path() + "/lettre"
	v := lettersView{Heading: ui.Heading{Overline: g.Name, Title: "La lettre de la " + c.SenderName(), Lead: "Ce qui s’est passé, ce qui a été décidé, ce qui vient\u00a0: l’équipe de la COP l’écrit, vous la recevez par courriel si vous la demandez."},
		Letters: letterLines(c, list, base), Action: base, Notice: notice, Known: shell.Of(r).SignedIn(), Consent: follow.Consent(c),
		Empty: ui.Empty{Title: "Aucune lettre n’est encore partie", Text: "La première paraîtra ici, et arrivera à ceux qui l’ont demandée."},
		Foot:  ui.Source{Text: "équipe de la " + c.SenderName() + ".", Print: true}}
	agree := ui.Field{ID: "accord", Label: "Votre accord", Type: "checkbox", Required: true, Options: []ui.Option{{Value: "1", Label: v.Consent}}}
	address := addressField(email, "")
	switch {
	case wrong == "":
	case shell.Typed(r, "accord") == "":
		agree.Error = wrong
	default:
		address.Error = wrong
	}
	agree.Options[0].Selected = r.PostForm != nil && shell.Typed(r, "accord") == "1"
	if !v.Known {
		v.Fields = append(v.Fields, address)
	}
	v.Fields = append(v.Fields, agree)
	page := d.Shell.Page(r, v.Heading.Title, v.Heading.Lead, wording.RegionTrail(g, ui.Link{Label: "Lettre"})...)
	return d.Shell.RenderStatus(w, r, status, page, v.page())
}

func (d Deps) askLetter(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	c, _, err := d.region(r)
	if err != nil {
		return err
	}
	email, known, sure := shell.Typed(r, "email"), shell.Of(r).SignedIn(), false
	if shell.Typed(r, "site") == "" {
		if err = d.counted(r, "letter"); err == nil && !known {
			err = d.fewTo(r, email)
		}
		if err == nil {
			sure, err = d.Room.Read(r.Context(), shell.Actor(r), c, debate.Speaker{Email: email}, shell.Typed(r, "accord") == "1")
		}
	}
	if err != nil && !shell.Beside(err) {
		return err
	}
	if err != nil {
		return d.showLetters(w, r, apperr.Status(err), email, apperr.Message(err), nil)
	}
	done := ui.Alert{State: "success", Title: "C’est enregistré", Text: "Vous recevrez la prochaine lettre."}
	if !sure {
		done = ui.Alert{State: "info", Title: "Ouvrez le message qui vient de partir", Text: "Un lien est parti à l’adresse " + email + ". La lettre vous parviendra quand vous l’aurez suivi\u00a0; regardez aussi parmi les indésirables."}
	}
	return d.showLetters(w, r, http.StatusOK, "", "", &done)
}

type letterView struct {
	Heading ui.Heading
	Text    string
	Auto    []follow.Part
	Back    string
	Foot    ui.Source
}

func (d Deps) letter(w http.ResponseWriter, r *http.Request) error {
	c, g, err := d.region(r)
	if err != nil {
		return err
	}
	x, err := follow.FindLetter(r.Context(), d.Q, policy.Actor{}, c, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := letterView{Heading: ui.Heading{Overline: "Lettre de la " + c.SenderName(), Title: x.Title, Scope: []string{"envoyée le " + french.Date(x.SentAt.In(c.Location()))}}, Text: x.Text, Auto: x.Auto,
		Back: c.Path() + "/lettre", Foot: ui.Source{Text: "équipe de la " + c.SenderName() + ".", Print: true}}
	page := d.Shell.Page(r, x.Title, "", wording.RegionTrail(g, ui.Link{Label: "Lettre", Href: v.Back}, ui.Link{Label: wording.Clip(x.Title, 60)})...)
	return d.Shell.Render(w, r, page, v.page())
}

type deskView struct {
	Heading                ui.Heading
	Notice                 *ui.Alert
	Letters                []letterLine
	Fields                 []ui.Field
	Action, Rev            string
	Readers                string
	Draft, Started         bool
	Preview                letterView
	Mail                   string // as text
	Send                   string // what the button will do
	Versions               *ui.Table
	Empty                  ui.Empty
	Public, TestTo, Status string
}

// writing is the COP of a desk, for who writes its letter.
func (d Deps) writing(r *http.Request) (c cop.COP, g territory.Region, err error) {
	if c, g, err = d.region(r); err != nil {
		return c, g, err
	}
	return c, g, policy.Check(shell.Actor(r), policy.Create, c.Thing(policy.News))
}

func letterFields(title, text, wrong string) []ui.Field {
	return []ui.Field{{ID: "title", Label: "Titre, et objet du message", Required: true, Value: title, Error: wrong},
		{ID: "text", Label: "Texte", Type: "textarea", Rows: 14, Required: true, Value: text, Help: "Une ligne vide sépare les paragraphes, «\u00a0# Titre\u00a0» fait un intertitre, «\u00a0-\u00a0» commence une liste, [mot](https://…) fait un lien."}}
}

func (d Deps) letterDesk(w http.ResponseWriter, r *http.Request) error {
	return d.showLetterDesk(w, r, http.StatusOK, "", "", "")
}

func (d Deps) showLetterDesk(w http.ResponseWriter, r *http.Request, status int, title, text, wrong string) error {
	c, g, err := d.writing(r)
	if err != nil {
		return err
	}
	list, err := follow.Letters(r.Context(), d.Q, c, true)
	if err != nil {
		return err
	}
	n, err := follow.ReadersOf(r.Context(), d.Q, c)
	if err != nil {
		return err
	}
	base := c.Path() + "/bureau/lettre"
	v := deskView{Heading: ui.Heading{Overline: "Lettre", Title: g.Name + nb + ": la lettre de la COP", Scope: []string{"un brouillon n’est lu que par l’équipe"}}, Letters: letterLines(c, list, base),
		Fields: letterFields(title, text, wrong), Action: base, Readers: readersText(n), Public: c.Path() + "/lettre",
		Empty: ui.Empty{Title: "Aucune lettre pour l’instant", Text: "Écrivez-en une ci-dessous\u00a0: elle reste un brouillon jusqu’à son envoi."}}
	return d.desk(w, r, status, v.Heading.Title, g, v.page(), ui.Link{Label: "Lettre"})
}

func readersText(n follow.Readers) string {
	out := french.Integer(n.On) + nb + french.Plural(n.On, "personne la reçoit", "personnes la reçoivent")
	if n.Waiting > 0 {
		out += ", " + french.Integer(n.Waiting) + nb + french.Plural(n.Waiting, "n’a pas confirmé son adresse", "n’ont pas confirmé leur adresse")
	}
	if n.Gone > 0 {
		out += ", " + french.Integer(n.Gone) + nb + french.Plural(n.Gone, "l’a quittée", "l’ont quittée")
	}
	return out + "."
}

func (d Deps) addLetter(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	c, _, err := d.writing(r)
	if err != nil {
		return err
	}
	title, text := shell.Typed(r, "title"), shell.Typed(r, "text")
	x, err := d.Room.AddLetter(r.Context(), shell.Actor(r), c, title, text)
	if err != nil && shell.Beside(err) {
		return d.showLetterDesk(w, r, apperr.Status(err), title, text, apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/lettre/"+x.ID)
}

func (d Deps) letterDraft(w http.ResponseWriter, r *http.Request) error {
	var notice *ui.Alert
	switch r.URL.Query().Get("fait") {
	case "enregistre":
		notice = &ui.Alert{State: "success", Title: "Brouillon enregistré"}
	case "essai":
		notice = &ui.Alert{State: "success", Title: "L’essai est parti", Text: "Vous le recevrez à l’adresse de votre compte."}
	case "envoi":
		notice = &ui.Alert{State: "success", Title: "La lettre part", Text: "L’envoi se fait en arrière-plan\u00a0: vous pouvez quitter cette page."}
	}
	return d.showDraft(w, r, http.StatusOK, nil, notice)
}

func (d Deps) showDraft(w http.ResponseWriter, r *http.Request, status int, typed *follow.Letter, notice *ui.Alert) error {
	c, g, err := d.writing(r)
	if err != nil {
		return err
	}
	x, err := follow.FindLetter(r.Context(), d.Q, shell.Actor(r), c, r.PathValue("id"))
	if err != nil {
		return err
	}
	n, err := follow.ReadersOf(r.Context(), d.Q, c)
	if err != nil {
		return err
	}
	if x.State == follow.Draft {
		if x.Auto, err = d.Room.Auto(r.Context(), d.Q, c); err != nil {
			return err
		}
	}
	v := deskView{Heading: ui.Heading{Overline: "Lettre", Title: x.Title, Scope: []string{"brouillon"}}, Notice: notice, Action: c.Path() + "/bureau/lettre/" + x.ID, Rev: strconv.FormatInt(x.Rev, 10),
		Draft: x.State == follow.Draft, Readers: readersText(n), Public: follow.LetterPath(c, x.ID), Mail: d.Room.Mail(c, x, "").Text(),
		Preview: letterView{Text: x.Text, Auto: x.Auto}}
	v.Send = "Envoyer à " + french.Integer(n.On) + nb + french.Plural(n.On, "personne", "personnes")
	if !v.Draft {
		v.Heading.Scope = []string{"partie le " + french.Date(x.SentAt.In(c.Location())), french.Integer(x.Count) + nb + french.Plural(x.Count, "envoi", "envois")}
		if x.State == follow.Sending {
			v.Heading.Scope = append(v.Heading.Scope, "envoi en cours")
		}
	}
	v.Fields = letterFields(x.Title, x.Text, "")
	if typed != nil {
		kept := v.Fields
		v.Fields = letterFields(typed.Title, typed.Text, "")
		if status == http.StatusConflict {
			t := ui.TwoVersions(kept, v.Fields)
			v.Versions = &t
		}
	}
	return d.desk(w, r, status, x.Title, g, v.draftPage(), ui.Link{Label: "Lettre", Href: c.Path() + "/bureau/lettre"}, ui.Link{Label: wording.Clip(x.Title, 60)})
}

func (d Deps) changeLetter(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	c, _, err := d.writing(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	a, id, done := shell.Actor(r), r.PathValue("id"), "enregistre"
	var typed *follow.Letter
	switch shell.Typed(r, "do") {
	case "send":
		done = "envoi"
		_, err = d.Room.SendLetter(r.Context(), a, c, id, rev)
	case "test":
		done = "essai"
		var who account.Account
		if who, err = account.Find(r.Context(), d.Q, a.Person); err == nil {
			err = d.Room.TestLetter(r.Context(), a, c, id, mail.Address{Email: who.Email, Name: who.Name})
		}
	default:
		typed = &follow.Letter{Title: shell.Typed(r, "title"), Text: shell.Typed(r, "text")}
		_, err = d.Room.SaveLetter(r.Context(), a, c, id, rev, typed.Title, typed.Text)
	}
	if err != nil && shell.Beside(err) {
		return d.showDraft(w, r, apperr.Status(err), typed, &ui.Alert{State: "warning", Title: "Rien n’est enregistré", Text: apperr.Message(err)})
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/lettre/"+id+"?fait="+done)
}

package contributions

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/french"
	"jalon/internal/textmining"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// formView is the page of the form.
type formView struct {
	Heading  ui.Heading
	Notices  []ui.Alert
	Near     []nearView
	Action   string
	Hidden   [][2]string
	Fields   []ui.Field
	Live     string // where near ones are asked for while one types
	Personal []textmining.Warning
	Know     ui.Field // the box that says so
	Rules    string
	Submit   string
	Again    string // the address of the draft
	Throw    bool
}

// nearView is a contribution close to what is typed.
type nearView struct{ Title, Href, Text, About, Support string }

// nearest reads those close to what is typed, the page that its author may support.
func (d Deps) nearest(r *http.Request, x place, title, text string) ([]nearView, error) {
	if len(title)+len(text) < 12 {
		return nil, nil
	}
	list, err := d.Room.Near(r.Context(), d.Q, x.cop, clip(title, 1000), clip(text, 20_000), 3)
	var out []nearView
	for _, p := range list {
		out = append(out, nearView{Title: p.Title, Href: x.base() + "/" + p.ID, Text: excerpt(p.Text), About: p.Signed + ", " + x.dayOf(p.PublishedAt) + ", " + supports(p.Supports), Support: x.base() + "/" + p.ID + "/soutenir"})
	}
	return out, err
}

func clip(s string, n int) string { return s[:min(len(s), n)] }

// draftCookie finds the draft of a browser again.
const draftCookie = "jalon_brouillon"

func (d Deps) cookie(w http.ResponseWriter, x place, token string) {
	age := 90 * 24 * 3600
	if token == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{Name: draftCookie, Value: token, Path: x.base(), MaxAge: age, HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
}

// blank is the form as one comes to it: empty, or with the draft that was kept.
func (d Deps) blank(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	s := sent{wrong: map[string]string{}, Draft: contribution.Draft{Speaker: debate.Person, Theme: shell.Clean(q.Get("theme")), Lever: shell.Clean(q.Get("levier")), Place: shell.Clean(q.Get("lieu")), Name: shell.Of(r).Name}}
	token := q.Get("brouillon")
	if c, err := r.Cookie(draftCookie); err == nil && token == "" {
		token = c.Value
	}
	kept, token, at, ok, err := d.Room.Kept(r.Context(), d.Q, shell.Actor(r), x.cop, token)
	if err != nil {
		return err
	}
	v := d.form(r, x, s)
	if ok {
		s.Draft, s.token = kept, token
		v = d.form(r, x, s)
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Votre brouillon du " + x.dayOf(at) + " est ci-dessous", Text: "Il n’est lu que par vous. Il attend 90" + nb + "jours."})
	}
	return d.showForm(w, r, http.StatusOK, x, v)
}

func (d Deps) showForm(w http.ResponseWriter, r *http.Request, status int, x place, v formView) error {
	page := d.Shell.Page(r, "Déposer une contribution", "Dites ce que vous proposez pour la COP de "+x.Name+", en deux minutes et sans compte.", x.trail(ui.Link{Label: "Déposer"})...)
	page.Live = true
	return d.Shell.RenderStatus(w, r, status, page, formPage(v))
}

// form draws the form from what was typed.
func (d Deps) form(r *http.Request, x place, s sent) formView {
	v := formView{Heading: ui.Heading{Overline: x.cop.SenderName(), Title: "Déposer une contribution", Scope: []string{"deux minutes", "sans compte", "lue par un modérateur avant d’être publiée"}},
		Action: x.base() + "/nouvelle", Live: x.base() + "/proches", Rules: x.base() + "/regles", Submit: "Déposer", Throw: s.token != ""}
	opened := s.opened
	if opened == "" {
		opened = d.Room.Cursors.Seal("opened", strconv.FormatInt(d.Now().UnixMilli(), 10))
	}
	v.Hidden = [][2]string{{"ouvert", opened}, {"brouillon", s.token}}
	if s.token != "" {
		v.Again = d.Shell.Absolute(x.base() + "/nouvelle?brouillon=" + s.token)
	}
	if s.seen {
		v.Hidden = append(v.Hidden, [2]string{"vu", "1"})
	}
	who := shell.Of(r)
	live := templ.Attributes{"hx-post": v.Live, "hx-trigger": "input changed delay:600ms", "hx-target": "#proches", "hx-swap": "innerHTML", "hx-params": "titre,texte", "hx-sync": "closest form:replace"}
	f := []ui.Field{
		{ID: "titre", Label: "Titre", Required: true, Value: s.Title, Help: "En quelques mots" + nb + ": 150" + nb + "caractères au plus.", Attributes: live},
		{ID: "texte", Label: "Votre contribution", Type: "textarea", Rows: 8, Required: true, Value: s.Text, Help: "De 30 à 5" + french.NarrowSpace + "000" + nb + "caractères. Ce que vous constatez, ce que vous proposez, qui pourrait le faire.", Attributes: live},
		{ID: "theme", Label: "Thématique", Type: "select", Value: s.Theme, Options: choose(append([]ui.Option{{Label: "je ne sais pas"}}, x.themes()...), s.Theme), Help: "Au moins une thématique ou un levier."},
		{ID: "levier", Label: "Levier", Type: "select", Value: s.Lever, Options: choose(append([]ui.Option{{Label: "je ne sais pas"}}, x.levers()...), s.Lever), Help: "Un levier est une action type qui réduit les émissions, par exemple «" + nb + "vélo" + nb + "»."},
		{ID: "lieu", Label: "Commune, intercommunalité ou département concerné", Value: s.Place, Help: "Écrivez son nom ou son code. Vide" + nb + ": toute la région."},
	}
	if len(s.choices) > 0 {
		pick := ui.Field{ID: "lieu-choix", Label: "De quel territoire s’agit-il" + nb + "?", Type: "radio", Required: true}
		for _, h := range s.choices {
			pick.Options = append(pick.Options, ui.Option{Value: h.Territory.Ref.String(), Label: h.Territory.Name, Help: h.Territory.Kind + ", " + h.Place})
		}
		f = append(f, pick)
	} else if s.chosen != "" {
		v.Hidden = append(v.Hidden, [2]string{"lieu-choix", s.chosen})
	}
	speaker := ui.Field{ID: "parole", Label: "Vous écrivez", Type: "radio", Required: true}
	for _, code := range debate.Speakers() {
		speaker.Options = append(speaker.Options, ui.Option{Value: code, Label: debate.SpeakerName(code)})
	}
	choose(speaker.Options, s.Speaker)
	sign := map[bool]string{false: "nom", true: "lieu"}[s.Unnamed]
	f = append(f, speaker,
		ui.Field{ID: "organismes", Label: "Nom de l’organisme", Type: "textarea", Rows: 2, Value: s.Orgs, Help: "Si vous écrivez pour un organisme" + nb + "; pour plusieurs, un nom par ligne. Ces noms sont publiés."},
		ui.Field{ID: "nom", Label: "Votre nom", Value: s.Name, Autocomplete: "name", Help: "Il est publié seulement si vous signez de votre nom."},
		ui.Field{ID: "signer", Label: "Signer", Type: "radio", Required: true, Options: choose([]ui.Option{{Value: "nom", Label: "de mon nom, ou de celui de l’organisme"}, {Value: "lieu", Label: "sans mon nom" + nb + ": «" + nb + "une habitante ou un habitant" + nb + "», avec la commune si elle est dite"}}, sign)})
	switch {
	case who.SignedIn(): // their address is known
	case who.Voice != "":
		f = append(f, ui.Field{ID: "courriel", Label: "Autre adresse électronique", Type: "email", Value: s.Email, Autocomplete: "email", Help: "Vide" + nb + ": l’adresse que ce navigateur a déjà confirmée. Elle n’est jamais publiée."})
	default:
		f = append(f, ui.Field{ID: "courriel", Label: "Adresse électronique", Type: "email", Required: true, Value: s.Email, Autocomplete: "email", Help: "Pour confirmer que c’est vous et vous dire la suite. Elle n’est jamais publiée."})
	}
	if len(s.Files) > 0 {
		kept := ui.Field{ID: "garde", Label: "Fichiers déjà reçus", Type: "checkbox"}
		for _, x2 := range s.Files {
			kept.Options = append(kept.Options, ui.Option{Value: d.fileToken(x, x2), Label: x2.FileName + " (" + weight(x2.Size) + ")", Selected: true})
		}
		f = append(f, kept)
	}
	f = append(f, ui.Field{ID: "fichiers", Label: "Joindre des fichiers", Type: "file", Accept: ".pdf,.odt,.docx,.jpg,.jpeg,.png", Attributes: templ.Attributes{"multiple": true}, Help: "Trois au plus, 10" + nb + "Mo chacun" + nb + ": PDF, ODT, DOCX, JPEG ou PNG."},
		ui.Field{ID: "accord", Label: "Publication", Type: "checkbox", Required: true, Options: []ui.Option{{Value: "oui", Label: "J’accepte que ce texte, sa signature et ses fichiers soient publiés, et réutilisables par tous", Selected: s.Consent, Help: "Vous pourrez faire effacer votre nom à tout moment. Votre adresse électronique n’est jamais publiée."}}})
	for i := range f {
		f[i].Error = s.wrong[f[i].ID]
	}
	v.Fields = f
	return v
}

func weight(size int64) string {
	if size < 1_000_000 {
		return french.Integer(max(size/1000, 1)) + nb + "ko"
	}
	return french.Number(float64(size)/1e6, 1) + nb + "Mo"
}

// leave takes the form: it keeps a draft, shows what is to be settled first, or
// deposits.
func (d Deps) leave(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	s, err := d.receive(w, r, x)
	if err != nil {
		return err
	}
	if s.trap != "" {
		if err := d.Room.Caught(r.Context(), x.cop, s.Machine); err != nil {
			return err
		}
		return shell.SeeOther(w, r, x.base()+"/merci")
	}
	switch s.do {
	case "brouillon":
		return d.keepDraft(w, r, x, s)
	case "jeter":
		if err := d.Room.Forget(r.Context(), shell.Actor(r), x.cop, s.token); err != nil {
			return err
		}
		d.cookie(w, x, "")
		return shell.SeeOther(w, r, x.base()+"/nouvelle")
	}
	s.locate(x)
	for _, f := range s.Check(x.fw, x.tree, x.Code) {
		if s.wrong[f.Field] == "" {
			s.wrong[f.Field] = f.Message
		}
	}
	if who := shell.Of(r); !who.SignedIn() && who.Voice == "" && s.Email == "" {
		s.wrong["courriel"] = "Écrivez votre adresse électronique. Si vous étiez connecté, votre session est terminée" + nb + ": votre texte est gardé ci-dessous."
	}
	if len(s.wrong) > 0 {
		return d.showForm(w, r, http.StatusBadRequest, x, d.form(r, x, s))
	}
	warnings := s.Warnings()
	var near []nearView
	if !s.seen {
		if near, err = d.nearest(r, x, s.Title, s.Text); err != nil {
			return err
		}
	}
	if know := digest(warnings); know != s.agreed || len(near) > 0 {
		return d.settle(w, r, x, s, warnings, near)
	}
	p, _, err := d.Room.Leave(r.Context(), shell.Actor(r), x.cop, s.Draft)
	if err != nil && shell.Beside(err) {
		field := "titre"
		if apperr.KindOf(err) == apperr.Invalid {
			field = "courriel" // Check said that the rest is right
		}
		v := d.form(r, x, s)
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Votre contribution n’est pas déposée", Text: apperr.Message(err)})
		for i := range v.Fields {
			if v.Fields[i].ID == field && field == "courriel" {
				v.Fields[i].Error = apperr.Message(err)
			}
		}
		return d.showForm(w, r, apperr.Status(err), x, v)
	}
	if err != nil {
		return err
	}
	if s.token != "" {
		if err := d.Room.Forget(r.Context(), shell.Actor(r), x.cop, s.token); err != nil {
			return err
		}
	}
	d.cookie(w, x, "")
	return shell.SeeOther(w, r, x.base()+"/merci?pour="+d.Room.Cursors.Seal("thanks"+x.cop.ID, p.ID))
}

// settle shows the form once more with what its author should know first: near ones
// that may be supported instead, and what may be personal. What is typed is kept as a
// draft meanwhile: who leaves to support another finds it again.
func (d Deps) settle(w http.ResponseWriter, r *http.Request, x place, s sent, warnings []textmining.Warning, near []nearView) error {
	if token, err := d.Room.Keep(r.Context(), shell.Actor(r), x.cop, s.token, s.Draft); err == nil {
		s.token = token
		d.cookie(w, x, token)
	} else if !shell.Beside(err) {
		return err
	}
	s.seen = true
	v := d.form(r, x, s)
	v.Near, v.Submit = near, "Déposer quand même"
	if len(near) == 0 {
		v.Submit = "Déposer"
	}
	status := http.StatusOK
	if know := digest(warnings); know != s.agreed {
		status = http.StatusBadRequest
		v.Personal = warnings
		v.Know = ui.Field{ID: "su", Label: "Données personnelles", Type: "checkbox", Required: true, Options: []ui.Option{{Value: know, Label: "Je sais que ces données seront publiques, et j’ai le droit de les publier"}}}
	} else if know != "" {
		v.Hidden = append(v.Hidden, [2]string{"su", know})
	}
	return d.showForm(w, r, status, x, v)
}

func (d Deps) keepDraft(w http.ResponseWriter, r *http.Request, x place, s sent) error {
	token, err := d.Room.Keep(r.Context(), shell.Actor(r), x.cop, s.token, s.Draft)
	if err != nil && shell.Beside(err) {
		v := d.form(r, x, s)
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Le brouillon n’est pas gardé", Text: apperr.Message(err)})
		return d.showForm(w, r, apperr.Status(err), x, v)
	}
	if err != nil {
		return err
	}
	s.token, s.wrong = token, map[string]string{}
	d.cookie(w, x, token)
	v := d.form(r, x, s)
	n := ui.Alert{State: "success", Title: "Brouillon gardé à " + d.Now().In(x.cop.Location()).Format("15:04"), Text: "Ce navigateur le retrouve pendant 90" + nb + "jours. Pour le reprendre ailleurs, gardez l’adresse écrite au bas du formulaire."}
	if shell.Of(r).SignedIn() {
		n.Text = "Vous le retrouverez ici, connecté, pendant 90" + nb + "jours."
	}
	v.Notices = append(v.Notices, n)
	return d.showForm(w, r, http.StatusOK, x, v)
}

// near is the part of the form that follows what is typed.
func (d Deps) near(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	title, text := shell.Typed(r, "titre"), shell.Typed(r, "texte")
	list, err := d.nearest(r, x, title, text)
	if err != nil {
		return err
	}
	n := len([]rune(debate.Tidy(clip(text, 200_000))))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return nearPart(list, french.Integer(n)+nb+french.Plural(n, "caractère", "caractères")+" sur 5"+french.NarrowSpace+"000 au plus").Render(r.Context(), w)
}

// thanks says what happens next, and when.
func (d Deps) thanks(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	delay, err := d.delay(r, x)
	if err != nil {
		return err
	}
	v := thanksView{Heading: ui.Heading{Overline: x.cop.SenderName(), Title: "Merci, votre contribution est bien reçue"}, Back: x.base()}
	read := "Un modérateur la lit sous " + delay + ". Il ne juge pas les idées" + nb + ": il vérifie que les règles de publication sont respectées."
	parts, err := d.Room.Cursors.Open("thanks"+x.cop.ID, r.URL.Query().Get("pour"), 1)
	if err == nil && len(parts) == 1 {
		p, err := debate.FindPost(r.Context(), d.Q, parts[0])
		if err != nil {
			return err
		}
		v.Heading.Lead = "«" + nb + p.Title + nb + "»"
		if p.State == debate.PostUnconfirmed {
			v.Heading.Title = "Encore un pas" + nb + ": confirmez votre adresse"
			v.Steps = append(v.Steps, "Un message vient de partir à l’adresse que vous avez donnée. Ouvrez-le et suivez son lien, valable 7"+nb+"jours. Sans cela, rien n’est publié.")
		}
	}
	v.Steps = append(v.Steps, read, "Une fois publiée, chacun peut la soutenir et la commenter.", "L’équipe de la COP l’étudie et dit ce qu’elle en retient, avec sa raison. Vous recevez un message à chaque étape, jusqu’aux actions qui en découlent.")
	v.Rules = x.base() + "/regles"
	page := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", x.trail(ui.Link{Label: "Merci"})...)
	page.NoIndex = true
	return d.Shell.Render(w, r, page, thanksPage(v))
}

type thanksView struct {
	Heading     ui.Heading
	Steps       []string
	Rules, Back string
}

func supports(n int64) string {
	if n == 0 {
		return "aucun soutien"
	}
	return french.Integer(n) + nb + french.Plural(int(n), "soutien", "soutiens")
}

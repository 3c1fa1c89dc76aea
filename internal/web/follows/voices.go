package follows

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type confirmView struct {
	What, Email, COP, Action string
	Used, Done, Post         bool
	Own                      string
}

// confirmable shows what a link confirms: opening it changes nothing, for mail
// readers open links too.
func (d Deps) confirmable(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("jeton")
	x, err := d.Room.Confirmable(r.Context(), d.Q, token)
	if err != nil {
		return err
	}
	v, c, err := d.speaker(r, x.Voice)
	if err != nil {
		return err
	}
	view := confirmView{Email: v.Email, COP: c.Name, Action: "/voix/confirmer/" + token, Used: x.Used}
	if x.Used {
		return d.own(w, r, http.StatusOK, "Adresse déjà confirmée", c, view.page())
	}
	if view.What, err = d.Room.NameOf(r.Context(), d.Q, x); err != nil {
		return err
	}
	return d.own(w, r, http.StatusOK, "Confirmer votre adresse", c, view.page())
}

func (d Deps) speaker(r *http.Request, id string) (v debate.Voice, c cop.COP, err error) {
	if v, err = debate.FindVoice(r.Context(), d.Q, id); err != nil {
		return v, c, err
	}
	c, err = cop.Find(r.Context(), d.Q, v.COP)
	return v, c, err
}

// confirm takes the address as confirmed; this browser may then act for it.
func (d Deps) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := d.counted(r, "confirm"); err != nil {
		return err
	}
	token := r.PathValue("jeton")
	before, err := d.Room.Confirmable(r.Context(), d.Q, token)
	if err != nil {
		return err
	}
	v, path, err := d.Room.Confirm(r.Context(), token)
	if err != nil {
		return err
	}
	_, c, err := d.speaker(r, v.ID)
	if err != nil {
		return err
	}
	if before.Used { // who finds an old link opens nothing with it
		return d.own(w, r, http.StatusOK, "Adresse déjà confirmée", c, confirmView{Email: v.Email, COP: c.Name, Used: true}.page())
	}
	value, until := d.Room.VoiceCookie(v.ID)
	http.SetCookie(w, &http.Cookie{Name: shell.VoiceCookie, Value: value, Path: "/", Expires: until, MaxAge: int(until.Sub(d.Now()).Seconds()), HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
	if path != "" {
		return shell.SeeOther(w, r, path)
	}
	view := confirmView{Email: v.Email, COP: c.Name, Done: true, Own: d.Room.VoicePath(v.ID), Post: debate.Kind(before.Kind).Name() != ""}
	if view.What, err = d.Room.NameOf(r.Context(), d.Q, before); err != nil {
		return err
	}
	return d.own(w, r, http.StatusOK, "Adresse confirmée", c, view.page())
}

// held is the voice of an address that somebody opened. A guess is counted: a
// machine that guesses gets no more answers.
func (d Deps) held(r *http.Request) (v debate.Voice, c cop.COP, err error) {
	if v, err = d.Room.OpenVoice(r.Context(), d.Q, r.PathValue("jeton")); err != nil {
		if many := d.counted(r, "guess"); many != nil {
			return v, c, many
		}
		return v, c, err
	}
	c, err = cop.Find(r.Context(), d.Q, v.COP)
	return v, c, err
}

type leftLine struct{ ID, Rev, Title, Text, State, Verdict, Path, When, Kind string }

func (l leftLine) takenBack() bool { return l.State == debate.PostWithdrawn.Name() }

type ownView struct {
	Heading  ui.Heading
	Notices  []ui.Alert
	Fields   []ui.Field
	Rev      string
	Base     string
	Posts    []leftLine
	Sections []debate.Section
	Versions *ui.Table
	Empty    ui.Empty
}

func (d Deps) voice(w http.ResponseWriter, r *http.Request) error {
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	var notices []ui.Alert
	switch r.URL.Query().Get("fait") {
	case "reglages":
		notices = append(notices, ui.Alert{State: "success", Title: "Vos réglages sont enregistrés"})
	case "retire":
		notices = append(notices, ui.Alert{State: "success", Title: "Votre texte est retiré", Text: "Plus personne ne le lit, sauf vous, sur cette page."})
	case "fin":
		notices = append(notices, ui.Alert{State: "success", Title: "C’est fait"})
	}
	return d.showVoice(w, r, http.StatusOK, v, c, d.voiceFields(r, v), nil, notices...)
}

func (d Deps) showVoice(w http.ResponseWriter, r *http.Request, status int, v debate.Voice, c cop.COP, fields []ui.Field, versions *ui.Table, notices ...ui.Alert) error {
	ctx := r.Context()
	left, err := d.Room.LeftBy(ctx, d.Q, v)
	if err != nil {
		return err
	}
	sections, err := d.Room.SectionsOf(ctx, d.Q, v)
	if err != nil {
		return err
	}
	view := ownView{Heading: ui.Heading{Overline: c.Name, Title: "Ce que j’ai déposé, et les messages que je reçois", Scope: []string{v.Email},
		Lead: "Cette page est la vôtre\u00a0: quiconque en connaît l’adresse peut agir à votre place. Ne la transmettez pas."},
		Notices: notices, Fields: fields, Rev: strconv.FormatInt(v.Rev, 10), Base: d.Room.VoicePath(v.ID), Sections: sections, Versions: versions,
		Empty: ui.Empty{Title: "Vous n’avez encore rien écrit dans ce débat", Text: "Ce que vous déposerez sous cette adresse paraîtra ici, avec ce qu’il devient.", Action: ui.Link{Label: "Voir le débat", Href: c.Path() + "/debat"}}}
	for _, p := range left {
		l := leftLine{ID: p.ID, Rev: strconv.FormatInt(p.Rev, 10), Title: p.Title, Text: p.Text, State: p.State.Name(), Verdict: p.Verdict, When: french.Date(p.At.In(c.Location())), Kind: french.Upper(p.Kind.Name())}
		if p.Read() {
			l.Path = p.Path
		}
		if l.Title == "" {
			l.Title = l.Kind
		}
		view.Posts = append(view.Posts, l)
	}
	return d.own(w, r, status, view.Heading.Title, c, view.page())
}

var notifyChoices = [][3]string{{debate.TellEach, "à chaque nouvelle", ""}, {debate.TellDigest, "une fois par jour au plus, réunies", ""}, {debate.TellNone, "jamais", "Les liens qui confirment une adresse partent toujours."}}

func (d Deps) voiceFields(r *http.Request, v debate.Voice) []ui.Field {
	notify := ui.Field{ID: "notify", Label: "Quand m’écrire de ce que deviennent mes textes", Type: "radio", Required: true}
	for _, o := range notifyChoices {
		notify.Options = append(notify.Options, ui.Option{Value: o[0], Label: o[1], Help: o[2], Selected: v.Notify == o[0]})
	}
	college := ui.Field{ID: "college", Label: "Je parle comme", Type: "select", Options: []ui.Option{{Value: "", Label: "je ne le dis pas", Selected: v.College == ""}}}
	for _, k := range debate.Colleges() {
		college.Options = append(college.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: v.College == k})
	}
	return []ui.Field{notify, {ID: "name", Label: "Mon nom", Autocomplete: "name", Value: v.Name, Help: "Pour vos prochains textes\u00a0: ceux qui sont publiés gardent leur signature."},
		{ID: "org_name", Label: "Mon organisme", Autocomplete: "organization", Value: v.OrgName}, college,
		{ID: "commune", Label: "Ma commune", Value: d.communeText(r, v.Territory), Help: "Son nom ou son code INSEE. Exemple\u00a0: 67482"}}
}

// communeText is a commune as people read and type it.
func (d Deps) communeText(r *http.Request, ref string) string {
	code, ok := strings.CutPrefix(ref, "commune:")
	m, err := d.Model(r.Context())
	if !ok || err != nil {
		return ref
	}
	x, err := m.Tree().Commune(code)
	if err != nil {
		return code
	}
	return x.Name + " (" + code + ")"
}

// commune reads what communeText wrote, a code, or a name that one commune bears in
// the region.
func (d Deps) commune(r *http.Request, text string, c cop.COP) (string, error) {
	text = debate.Line(text)
	if text == "" || strings.HasPrefix(text, "commune:") {
		return text, nil
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return "", err
	}
	code := text
	if _, after, ok := strings.Cut(text, "("); ok {
		code = strings.TrimSuffix(after, ")")
	}
	if x, err := m.Tree().Commune(strings.ToUpper(strings.TrimSpace(code))); err == nil {
		return "commune:" + x.Code, nil
	}
	var found []territory.Commune
	for _, x := range m.Tree().Communes() {
		if x.Region == c.Region && french.Fold(x.Name) == french.Fold(text) {
			found = append(found, x)
		}
	}
	switch len(found) {
	case 0:
		return "", apperr.Invalidf("Aucune commune de cette région ne porte ce nom. Écrivez son nom entier, ou son code INSEE à cinq caractères.")
	case 1:
		return "commune:" + found[0].Code, nil
	}
	return "", apperr.Invalidf("Plusieurs communes de cette région portent ce nom\u00a0: écrivez le code INSEE de la vôtre, par exemple %s.", found[0].Code)
}

func (d Deps) saveVoice(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	if err := d.counted(r, "voice"); err != nil {
		return err
	}
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	kept := v
	if v.Rev, err = shell.Rev(r); err != nil {
		return err
	}
	v.Name, v.OrgName, v.College, v.Notify = shell.Typed(r, "name"), shell.Typed(r, "org_name"), debate.College(shell.Typed(r, "college")), shell.Typed(r, "notify")
	at, wrong := d.commune(r, shell.Typed(r, "commune"), c)
	if wrong == nil {
		v.Territory = at
		_, err = d.Room.SaveVoice(r.Context(), v)
	} else {
		err = wrong
	}
	if err == nil {
		return shell.SeeOther(w, r, d.Room.VoicePath(v.ID)+"?fait=reglages")
	}
	if !shell.Beside(err) {
		return err
	}
	fields := d.voiceFields(r, v)
	fields[4].Value = shell.Typed(r, "commune")
	if apperr.KindOf(err) == apperr.Conflict {
		t := ui.TwoVersions(d.voiceFields(r, kept), fields)
		v.Rev = kept.Rev
		return d.showVoice(w, r, http.StatusConflict, v, c, fields, &t, ui.Alert{State: "warning", Title: "Rien n’est enregistré", Text: apperr.Message(err)})
	}
	at2 := 1
	if wrong != nil {
		at2 = 4
	}
	fields[at2].Error = apperr.Message(err)
	v.Rev = kept.Rev
	return d.showVoice(w, r, apperr.Status(err), v, c, fields, nil)
}

func (d Deps) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	if err := d.counted(r, "voice"); err != nil {
		return err
	}
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	if err := d.Room.Withdraw(r.Context(), v, r.PathValue("id"), rev); err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.showVoice(w, r, apperr.Status(err), v, c, d.voiceFields(r, v), nil, ui.Alert{State: "error", Title: "Votre texte n’est pas retiré", Text: apperr.Message(err)})
	}
	return shell.SeeOther(w, r, d.Room.VoicePath(v.ID)+"?fait=retire#textes")
}

// voiceData is everything that is kept of a voice, as a file to take away.
func (d Deps) voiceData(w http.ResponseWriter, r *http.Request) error {
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	left, err := d.Room.LeftBy(r.Context(), d.Q, v)
	if err != nil {
		return err
	}
	sections, err := d.Room.SectionsOf(r.Context(), d.Q, v)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(map[string]any{"cop": c.Name, "email": v.Email, "name": v.Name, "organisation": v.OrgName, "college": v.College, "territory": v.Territory,
		"notify": v.Notify, "since": v.At, "texts": left, "sections": sections}, "", "  ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="jalon-mes-textes.json"`)
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever left does not need to hear it
	return nil
}

func erasePhrase(value, wrong string) ui.Field {
	return ui.Field{ID: "phrase", Label: "Pour continuer, écrivez\u00a0: " + debate.ErasePhrase, Required: true, Value: value, Error: wrong, Autocomplete: "off"}
}

func (d Deps) eraseAsk(w http.ResponseWriter, r *http.Request) error {
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	return d.own(w, r, http.StatusOK, "Effacer ce que j’ai laissé", c, erasePage(d.Room.VoicePath(v.ID), erasePhrase("", ""), v.Account != ""))
}

func (d Deps) erase(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	if err := d.counted(r, "voice"); err != nil {
		return err
	}
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	typed := r.PostForm.Get("phrase")
	if err := d.Room.EraseSelf(r.Context(), v, typed); err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.own(w, r, apperr.Status(err), "Effacer ce que j’ai laissé", c, erasePage(d.Room.VoicePath(v.ID), erasePhrase(typed, apperr.Message(err)), v.Account != ""))
	}
	http.SetCookie(w, &http.Cookie{Name: shell.VoiceCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
	return d.own(w, r, http.StatusOK, "C’est effacé", c, erasedPage(c.Path()))
}

type stopView struct {
	Base, Email, What string
	Done              bool
}

func (d Deps) stopPage(w http.ResponseWriter, r *http.Request) error {
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	return d.own(w, r, http.StatusOK, "Ne plus recevoir ces messages", c, stopView{Base: d.Room.VoicePath(v.ID), Email: v.Email}.page())
}

// stop stops the mails by a POST alone, from a person or from their mail reader
// (RFC 8058): no session is asked.
func (d Deps) stop(w http.ResponseWriter, r *http.Request) error {
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	if err := d.Room.Silence(r.Context(), v); err != nil {
		return err
	}
	return d.own(w, r, http.StatusOK, "Ne plus recevoir ces messages", c, stopView{Base: d.Room.VoicePath(v.ID), Email: v.Email, Done: true}.page())
}

type mineView struct{ Links []ui.Link }

// mine leads somebody who signed in to what they left in each debate.
func (d Deps) mine(w http.ResponseWriter, r *http.Request) error {
	all, err := debate.VoicesOf(r.Context(), d.Q, shell.Of(r).Account)
	if err != nil {
		return err
	}
	var v mineView
	for _, x := range all {
		c, err := cop.Find(r.Context(), d.Q, x.COP)
		if err != nil {
			return err
		}
		v.Links = append(v.Links, ui.Link{Label: c.Name, Href: d.Room.VoicePath(x.ID)})
	}
	page := d.Shell.Page(r, "Ce que j’ai déposé dans les débats", "", ui.Link{Label: "Mon espace", Href: "/mon-espace"}, ui.Link{Label: "Débats"})
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.Render(w, r, page, v.page())
}

package consultations

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/consultation"
	"jalon/internal/debate/follow"
	"jalon/internal/french"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

type line struct{ Title, Href, Note string }

type listView struct {
	Heading ui.Heading
	Lines   []line
	Empty   ui.Empty
	Fields  []ui.Field
	Action  string
	MayAdd  bool
}

func (d Deps) all(w http.ResponseWriter, r *http.Request) error {
	p, err := d.place(r)
	if err != nil {
		return err
	}
	list, err := consultation.All(r.Context(), d.Q, p.c, false)
	if err != nil {
		return err
	}
	title := "aucun texte soumis à consultation"
	if n := int64(len(list)); n > 0 {
		title = french.Integer(n) + nb + french.Plural(n, "texte soumis à consultation", "textes soumis à consultation")
	}
	v := listView{Heading: ui.Heading{Overline: "Consultations", Title: p.g.Name + nb + ": " + title, Lead: "Des projets de texte, que chacun lit, commente et amende article par article. L’équipe de la COP répond à chaque amendement."},
		Empty: ui.Empty{Title: "Aucun texte n’est en consultation", Text: "Quand l’équipe de la COP soumettra un projet, il paraîtra ici.", Action: ui.Link{Label: "La page de la COP", Href: p.c.Path()}}}
	for _, x := range list {
		v.Lines = append(v.Lines, line{Title: x.Title, Href: x.Path(p.c), Note: phaseText(x, d.today(p))})
	}
	return d.show(w, r, http.StatusOK, p, v.Heading, v.page(), ui.Link{Label: "Consultations"})
}

type articleLine struct {
	Origin, Title, Text, Href, Count, Verdicts string
}

// counts says how many amendments an article has, and how many are answered.
func (l articleLine) counts() string {
	if l.Verdicts == "" {
		return l.Count
	}
	return l.Count + ", " + l.Verdicts
}

// numbered reports whether the titles bear numbers of their own.
func numbered(list []articleLine) bool {
	for _, a := range list {
		if a.Title == "" || a.Title[0] < '0' || a.Title[0] > '9' {
			return false
		}
	}
	return true
}

// The spaces around changed words stand outside of their marks.
func inside(s string) string {
	if t := strings.TrimSpace(s); t != "" {
		return t
	}
	return "¶" // a line that comes or goes
}

func before(s string) string { return s[:len(s)-len(strings.TrimLeftFunc(s, unicode.IsSpace))] }

func after(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s[len(strings.TrimRightFunc(s, unicode.IsSpace)):]
}

type oneView struct {
	Heading              ui.Heading
	Presentation         string
	Articles             []articleLine
	Versions             []line
	Seal, Follow, Totals string
	Notice               *ui.Alert
	About                *ui.Alert // the document that the text is a draft of
	Foot                 ui.Source
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	p, x, err := d.read(r)
	if err != nil {
		return err
	}
	articles, err := consultation.ArticlesOf(r.Context(), d.Q, x.ID, x.Version)
	if err != nil {
		return err
	}
	by, err := consultation.Counts(r.Context(), d.Q, x.ID)
	if err != nil {
		return err
	}
	texts, err := consultation.TextsOf(r.Context(), d.Q, x.ID)
	if err != nil {
		return err
	}
	all, answered := 0, 0
	for _, n := range by {
		all, answered = all+n.All, answered+n.Answered
	}
	base := x.Path(p.c)
	v := oneView{Heading: ui.Heading{Overline: "Consultation, " + p.g.Name, Title: x.Title, Scope: []string{phaseText(x, d.today(p)), counted(len(articles), "article", "articles"), counted(all, "amendement publié", "amendements publiés")}},
		Presentation: x.Presentation, Follow: wording.FollowPath(p.c, follow.Subject{Kind: follow.Consultation, ID: x.ID}, base),
		Foot: ui.Source{Text: "projet soumis par l’équipe de la " + p.c.SenderName() + ". Les amendements sont modérés avant publication.", Print: true,
			Downloads: []ui.Link{{Label: "Amendements et réponses (CSV)", Href: base + "/amendements.csv"}, {Label: "Amendements et réponses (ODT)", Href: base + "/amendements.odt"}, {Label: "Le texte (Markdown)", Href: base + "/texte.md"}}}}
	if all > 0 {
		v.Totals = "L’équipe a répondu à " + french.Integer(answered) + " des " + french.Integer(all) + " amendements publiés."
	}
	switch x.Phase(d.today(p)) {
	case consultation.Coming:
		v.Notice = &ui.Alert{State: "info", Title: "La consultation ouvre le " + french.Day(x.OpensOn), Text: "Le texte se lit déjà\u00a0; les amendements seront reçus à partir de ce jour."}
	case consultation.Closed:
		v.Notice = &ui.Alert{State: "info", Title: "La consultation est close depuis le soir du " + french.Day(x.ClosesOn), Text: "Les amendements reçus restent ici, avec les réponses de l’équipe."}
	case consultation.Draft, consultation.Open:
	}
	if v.About, err = d.about(r, p, x, false); err != nil {
		return err
	}
	for _, a := range articles {
		l := articleLine{Origin: a.Origin, Title: a.Title, Text: a.Text, Href: base + "/articles/" + a.Origin, Count: counted(by[a.Origin].All, "amendement", "amendements")}
		if n := by[a.Origin].Answered; n > 0 {
			l.Verdicts = french.Integer(n) + nb + french.Plural(n, "réponse", "réponses")
		}
		v.Articles = append(v.Articles, l)
	}
	for _, t := range texts {
		l := line{Title: "Version " + french.Integer(t.Version) + ", " + french.Date(t.At.In(p.c.Location())), Note: t.Note}
		if t.Version > 1 {
			l.Href = base + "/versions/" + strconv.FormatInt(t.Version, 10)
		}
		if t.Version == x.Version {
			v.Seal = t.SHA256
		}
		v.Versions = append(v.Versions, l)
	}
	return d.show(w, r, http.StatusOK, p, v.Heading, v.page(), ui.Link{Label: "Consultations", Href: p.c.Path() + "/consultations"}, ui.Link{Label: wording.Clip(x.Title, 60)})
}

type amendmentLine struct {
	ID, Rev, Signed, When, Form, Why, Verdict, Reason, Supports, Action, Version, Article, Href string
	Diff                                                                                        []consultation.Chunk
	Fields                                                                                      []ui.Field
}

// amendmentLines are amendments as pages show them, with what they change of the text
// that their authors read.
func (d Deps) amendmentLines(r *http.Request, p place, x consultation.Consultation, all []consultation.Amendment) (out []amendmentLine, err error) {
	texts, known := map[int64]map[string]consultation.Article{}, d.known(r, p)
	for _, a := range all {
		if texts[a.Version] == nil {
			texts[a.Version] = map[string]consultation.Article{}
			list, err := consultation.ArticlesOf(r.Context(), d.Q, x.ID, a.Version)
			if err != nil {
				return nil, err
			}
			for _, b := range list {
				texts[a.Version][b.Origin] = b
			}
		}
		l := amendmentLine{ID: a.ID, Rev: strconv.FormatInt(a.Rev0, 10), Signed: a.Signed, When: french.Date(a.PublishedAt.In(p.c.Location())), Form: french.Upper(a.Form.Name()), Why: a.Why, Article: texts[a.Version][a.Origin].Title, Href: consultation.PathOf(x, p.c, a)}
		if a.Form == consultation.Rewrite {
			l.Diff = consultation.Diff(texts[a.Version][a.Origin].Text, a.Proposed)
		}
		if a.Version != x.Version {
			l.Version = "sur la version " + french.Integer(a.Version)
		}
		if a.Verdict != "" {
			l.Verdict, l.Reason = french.Upper(a.Verdict.Name()), a.Reason
		}
		if a.Supports > 0 {
			l.Supports = french.Integer(a.Supports) + nb + french.Plural(a.Supports, "soutien", "soutiens")
		}
		if d.Room.Support != nil {
			l.Action = x.Path(p.c) + "/amendements/" + a.ID + "/soutien"
			if !known {
				l.Fields = []ui.Field{{ID: "email-" + a.ID, Name: "email", Label: "Votre adresse électronique", Type: "email", Autocomplete: "email", Required: true, Help: "Elle n’est pas publiée. Un lien y sera envoyé pour la confirmer."}}
			}
		}
		out = append(out, l)
	}
	return out, nil
}

type articleView struct {
	Heading    ui.Heading
	Text       string
	Amendments []amendmentLine
	Empty      ui.Empty
	Fields     []ui.Field
	Action     string
	Open       bool
	Refused    *ui.Alert
	Notice     *ui.Alert
	Around     []ui.Link
	Version    string
}

func (d Deps) article(w http.ResponseWriter, r *http.Request) error {
	return d.showArticle(w, r, http.StatusOK, nil, nil, "")
}

func (d Deps) showArticle(w http.ResponseWriter, r *http.Request, status int, typed *consultation.Proposal, notice *ui.Alert, wrong string) error {
	p, x, err := d.read(r)
	if err != nil {
		return err
	}
	articles, err := consultation.ArticlesOf(r.Context(), d.Q, x.ID, x.Version)
	if err != nil {
		return err
	}
	i := -1
	for k, a := range articles {
		if a.Origin == r.PathValue("article") {
			i = k
		}
	}
	if i < 0 {
		return apperr.NotFoundf("Cet article n’est pas dans le texte en consultation.")
	}
	at, base := articles[i], x.Path(p.c)
	all, err := consultation.Amendments(r.Context(), d.Q, x.ID, at.Origin)
	if err != nil {
		return err
	}
	v := articleView{Heading: ui.Heading{Overline: x.Title, Title: at.Title, Scope: []string{"article " + strconv.Itoa(i+1) + " sur " + strconv.Itoa(len(articles)), phaseText(x, d.today(p)), counted(len(all), "amendement", "amendements")}},
		Text: at.Text, Action: base + "/articles/" + at.Origin, Open: x.Phase(d.today(p)) == consultation.Open, Notice: notice, Version: strconv.FormatInt(x.Version, 10),
		Empty: ui.Empty{Title: "Aucun amendement publié sur cet article", Text: "Ceux qui seront déposés paraîtront ici, une fois lus par la modération."}}
	if v.Amendments, err = d.amendmentLines(r, p, x, all); err != nil {
		return err
	}
	if i > 0 {
		v.Around = append(v.Around, ui.Link{Label: "Article précédent\u00a0: " + articles[i-1].Title, Href: base + "/articles/" + articles[i-1].Origin})
	}
	if i+1 < len(articles) {
		v.Around = append(v.Around, ui.Link{Label: "Article suivant\u00a0: " + articles[i+1].Title, Href: base + "/articles/" + articles[i+1].Origin})
	}
	v.Around = append(v.Around, ui.Link{Label: "Le texte entier", Href: base})
	if typed == nil {
		typed = &consultation.Proposal{Proposed: at.Text, Form: consultation.Rewrite, Speaker: debate.Person}
	}
	v.Fields = d.proposalFields(r, p, *typed, wrong)
	if wrong != "" && !v.Open { // somebody wrote while it closed: their text is theirs to copy
		v.Refused = &ui.Alert{State: "error", Title: "Votre amendement n’est pas enregistré", Text: wrong}
		v.Fields = d.proposalFields(r, p, *typed, "")
	}
	return d.show(w, r, status, p, v.Heading, v.page(), ui.Link{Label: "Consultations", Href: p.c.Path() + "/consultations"}, ui.Link{Label: wording.Clip(x.Title, 40), Href: base}, ui.Link{Label: wording.Clip(at.Title, 40)})
}

func (d Deps) proposalFields(r *http.Request, p place, in consultation.Proposal, wrong string) []ui.Field {
	form := ui.Field{ID: "form", Label: "Ce que je propose", Type: "radio", Required: true}
	helps := map[consultation.Form]string{consultation.Rewrite: "Changez le texte ci-dessous\u00a0: les différences seront montrées mot à mot.", consultation.Remark: "Une question, un avis, une précision\u00a0; le texte ci-dessous ne compte pas.", consultation.Remove: ""}
	for _, f := range consultation.Forms() {
		form.Options = append(form.Options, ui.Option{Value: string(f), Label: f.Name(), Help: helps[f], Selected: in.Form == f})
	}
	speaker := ui.Field{ID: "speaker", Label: "J’écris", Type: "radio", Required: true}
	for _, s := range debate.Speakers() {
		speaker.Options = append(speaker.Options, ui.Option{Value: s, Label: debate.SpeakerName(s), Selected: in.Speaker == s})
	}
	out := []ui.Field{form, {ID: "proposed", Label: "Texte proposé pour l’article", Type: "textarea", Rows: 10, Value: in.Proposed},
		{ID: "why", Label: "Pourquoi", Type: "textarea", Rows: 5, Required: true, Value: in.Why, Error: wrong, Help: "En quelques phrases\u00a0: l’équipe y répondra."},
		speaker, {ID: "name", Label: "Nom affiché", Autocomplete: "name", Value: in.Who.Name, Help: "Sans nom, votre amendement sera signé «\u00a0anonyme\u00a0»."},
		{ID: "org_name", Label: "Organisme", Autocomplete: "organization", Value: in.Who.OrgName, Help: "Si vous écrivez en son nom\u00a0: c’est lui qui signera."}}
	if !d.known(r, p) {
		out = append(out, ui.Field{ID: "email", Label: "Votre adresse électronique", Type: "email", Autocomplete: "email", Required: true, Value: in.Who.Email,
			Help: "Elle n’est pas publiée. Un lien y sera envoyé pour confirmer que c’est la vôtre. Exemple\u00a0: anne.martin@exemple.fr"})
	}
	return out
}

type changeLine struct {
	Title, Text, State string
	TitleDiff          []consultation.Chunk
	Diff               []consultation.Chunk
	Because            []line
}

type changesView struct {
	Heading ui.Heading
	Note    string
	Changes []changeLine
	Same    string
	Back    string
	Foot    ui.Source
}

// changes tells what changed from a version to the next, and which amendments led to
// it.
func (d Deps) changes(w http.ResponseWriter, r *http.Request) error {
	p, x, err := d.read(r)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil || n < 2 || n > x.Version {
		return apperr.New(apperr.NotFound, err, "Cette version n’existe pas.")
	}
	before, err := consultation.ArticlesOf(r.Context(), d.Q, x.ID, n-1)
	if err != nil {
		return err
	}
	after, err := consultation.ArticlesOf(r.Context(), d.Q, x.ID, n)
	if err != nil {
		return err
	}
	all, err := consultation.Amendments(r.Context(), d.Q, x.ID, "")
	if err != nil {
		return err
	}
	texts, err := consultation.TextsOf(r.Context(), d.Q, x.ID)
	if err != nil {
		return err
	}
	because := map[string][]line{}
	for _, a := range all {
		if a.Version < n && (a.Verdict == consultation.Retained || a.Verdict == consultation.Partly) {
			because[a.Origin] = append(because[a.Origin], line{Title: french.Upper(a.Form.Name()) + ", " + a.Signed, Href: consultation.PathOf(x, p.c, a), Note: a.Verdict.Name()})
		}
	}
	base := x.Path(p.c)
	v := changesView{Heading: ui.Heading{Overline: x.Title, Title: "Ce qui a changé de la version " + french.Integer(n-1) + " à la version " + french.Integer(n)}, Back: base,
		Foot: ui.Source{Text: "versions publiées par l’équipe de la " + p.c.SenderName() + ", comparées mot à mot.", Print: true}}
	same := 0
	for _, c := range consultation.Compare(before, after) {
		l := changeLine{Title: c.Article.Title, Because: because[c.Article.Origin], TitleDiff: c.Title, Diff: c.Text}
		switch {
		case c.Same():
			same++
			continue
		case c.New:
			l.State, l.Text = "article nouveau", c.Article.Text
		case c.Gone:
			l.State, l.Text = "article supprimé", c.Article.Text
		default:
			l.State = "article modifié"
		}
		v.Changes = append(v.Changes, l)
	}
	v.Heading.Scope = []string{counted(len(v.Changes), "article changé", "articles changés"), counted(same, "article inchangé", "articles inchangés")}
	for _, t := range texts {
		if t.Version == n {
			v.Note = t.Note
		}
	}
	return d.show(w, r, http.StatusOK, p, v.Heading, v.page(), ui.Link{Label: "Consultations", Href: p.c.Path() + "/consultations"}, ui.Link{Label: wording.Clip(x.Title, 40), Href: base}, ui.Link{Label: "Version " + french.Integer(n)})
}

package consultations

import (
	"cmp"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/debate/consultation"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// working is the place of a desk, for who works on consultations there.
func (d Deps) working(r *http.Request, verb policy.Verb) (place, error) {
	p, err := d.place(r)
	if err != nil {
		return p, err
	}
	return p, policy.Check(shell.Actor(r), verb, p.c.Thing(policy.Debate))
}

func inputFields(in consultation.Input, wrong string) []ui.Field {
	return []ui.Field{{ID: "title", Label: "Titre", Required: true, Value: in.Title, Error: wrong},
		{ID: "presentation", Label: "Présentation", Type: "textarea", Rows: 6, Value: in.Presentation, Help: "Ce qu’est ce texte, ce que l’équipe attend, ce qu’elle fera des amendements."},
		{ID: "opens_on", Label: "Ouverture", Type: "date", Required: true, Value: in.OpensOn}, {ID: "closes_on", Label: "Dernier jour", Type: "date", Required: true, Value: in.ClosesOn, Help: "Inclus, à l’heure de la région."}}
}

func typedInput(r *http.Request) consultation.Input {
	return consultation.Input{Title: shell.Typed(r, "title"), Presentation: shell.Typed(r, "presentation"), OpensOn: shell.Typed(r, "opens_on"), ClosesOn: shell.Typed(r, "closes_on")}
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	return d.showDesk(w, r, http.StatusOK, consultation.Input{}, "")
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, in consultation.Input, wrong string) error {
	p, err := d.working(r, policy.Create)
	if err != nil {
		return err
	}
	list, err := consultation.All(r.Context(), d.Q, p.c, true)
	if err != nil {
		return err
	}
	base := p.c.Path() + "/bureau/consultations"
	v := listView{Heading: ui.Heading{Overline: "Consultations", Title: p.g.Name + nb + ": les textes en consultation", Scope: []string{"un brouillon n’est lu que par l’équipe"}},
		Action: base, MayAdd: true, Fields: inputFields(in, wrong), Empty: ui.Empty{Title: "Aucune consultation", Text: "Préparez-en une ci-dessous\u00a0: son texte se colle ensuite."}}
	for _, x := range list {
		v.Lines = append(v.Lines, line{Title: x.Title, Href: base + "/" + x.ID, Note: phaseText(x, d.today(p))})
	}
	return d.private(w, r, status, p, v.Heading, v.page(), ui.Link{Label: "Consultations"})
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, err := d.working(r, policy.Create)
	if err != nil {
		return err
	}
	in := typedInput(r)
	x, err := d.Room.Create(r.Context(), shell.Actor(r), p.c, in)
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, apperr.Status(err), in, apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, p.c.Path()+"/bureau/consultations/"+x.ID)
}

type articleForm struct {
	N, Origin string
	Fields    []ui.Field
}

type editView struct {
	Heading  ui.Heading
	Notice   *ui.Alert
	About    *ui.Alert // the document that the text is a draft of
	Versions *ui.Table
	Action   string
	Rev      string
	Fields   []ui.Field
	Articles []articleForm
	Paste    *ui.Field
	File     ui.Field
	MayCut   bool
	Started  bool // a text is being written
	Note     ui.Field
	Publish  string
	Effect   string
	Links    []ui.Link
}

// typed is what a form of the desk sent and that was not kept.
type typed struct {
	in       *consultation.Input
	articles []consultation.Article
	paste    string
	wrong    string // beside the first field of the form that was sent
}

func (d Deps) edit(w http.ResponseWriter, r *http.Request) error {
	var notice *ui.Alert
	switch r.URL.Query().Get("fait") {
	case "enregistre":
		notice = &ui.Alert{State: "success", Title: "Enregistré"}
	case "deja":
		notice = &ui.Alert{State: "info", Title: "Une consultation sur ce projet se prépare déjà\u00a0: la voici", Text: "Rien n’a été créé. Son texte est celui du projet quand elle a été préparée\u00a0; reprenez-le ici s’il a changé depuis."}
	case "publie":
		notice = &ui.Alert{State: "success", Title: "Le texte est publié", Text: "Il est figé, et son empreinte est sur la page publique."}
	}
	return d.showEdit(w, r, http.StatusOK, typed{}, notice)
}

func (d Deps) editing(r *http.Request, verb policy.Verb) (p place, x consultation.Consultation, err error) {
	if p, err = d.working(r, verb); err != nil {
		return p, x, err
	}
	x, err = consultation.Find(r.Context(), d.Q, shell.Actor(r), p.c, r.PathValue("id"))
	return p, x, err
}

func (d Deps) showEdit(w http.ResponseWriter, r *http.Request, status int, t typed, notice *ui.Alert) error {
	p, x, err := d.editing(r, policy.Edit)
	if err != nil {
		return err
	}
	writing, err := consultation.ArticlesOf(r.Context(), d.Q, x.ID, x.Version+1)
	if err != nil {
		return err
	}
	started := len(writing) > 0
	if !started && x.Version > 0 { // the next version begins as the one that is read
		if writing, err = consultation.ArticlesOf(r.Context(), d.Q, x.ID, x.Version); err != nil {
			return err
		}
	}
	base := p.c.Path() + "/bureau/consultations/" + x.ID
	v := editView{Heading: ui.Heading{Overline: "Consultation", Title: x.Title, Scope: []string{phaseText(x, d.today(p)), "version publiée" + nb + ": " + version(x.Version)}}, Notice: notice, Action: base, Rev: strconv.FormatInt(x.Rev, 10), Started: started, MayCut: x.Version == 0,
		Note: ui.Field{ID: "note", Label: "Un mot sur cette version", Type: "textarea", Rows: 3, Help: "Ce qui a changé, et pourquoi. Publié avec le texte."}, Publish: "Ouvrir la consultation",
		Effect: "Le texte est figé, paraît sur la page publique avec son empreinte, et reçoit les amendements du premier au dernier jour. Il ne se retire plus."}
	if x.Version > 0 {
		v.Publish, v.Effect = "Publier la version "+version(x.Version+1), "La nouvelle version remplace celle qui est lue. Les différences paraissent article par article, avec les amendements retenus."
		v.Links = []ui.Link{{Label: "Répondre aux amendements", Href: base + "/amendements"}, {Label: "La page publique", Href: x.Path(p.c)}}
	}
	if v.About, err = d.about(r, p, x, true); err != nil {
		return err
	}
	kept := consultation.Input{Title: x.Title, Presentation: x.Presentation, OpensOn: x.OpensOn, ClosesOn: x.ClosesOn}
	v.Fields = inputFields(kept, "")
	if t.in != nil {
		before := v.Fields
		v.Fields = inputFields(*t.in, t.wrong)
		if status == http.StatusConflict {
			both := ui.TwoVersions(before, v.Fields)
			v.Versions = &both
		}
	}
	shown := writing
	if t.articles != nil {
		shown = t.articles
		if status == http.StatusConflict {
			both := ui.TwoVersions([]ui.Field{{Label: "Le texte entier", Value: consultation.Markdown(writing)}}, []ui.Field{{Value: consultation.Markdown(t.articles)}})
			v.Versions = &both
		}
	}
	v.Articles = articleForms(shown)
	if t.articles != nil && t.wrong != "" && len(v.Articles) > 0 && status != http.StatusConflict {
		v.Notice = &ui.Alert{State: "error", Title: "Rien n’est enregistré", Text: t.wrong}
	}
	v.Paste = &ui.Field{ID: "paste", Label: "Le texte entier", Type: "textarea", Rows: 12, Value: t.paste, Help: "En Markdown\u00a0: chaque ligne qui commence par «\u00a0#\u00a0» est le titre d’un article. Vous corrigerez le découpage ensuite."}
	if t.in == nil && t.articles == nil {
		v.Paste.Error = t.wrong
	}
	v.File = ui.Field{ID: "file", Label: "Ou un fichier texte (.md, .txt)", Type: "file", Accept: ".md,.txt,text/plain,text/markdown"}
	return d.private(w, r, status, p, v.Heading, v.page(), ui.Link{Label: "Consultations", Href: p.c.Path() + "/bureau/consultations"}, ui.Link{Label: wording.Clip(x.Title, 60)})
}

func version(n int64) string {
	if n == 0 {
		return "aucune"
	}
	return strconv.FormatInt(n, 10)
}

// articleForms are the articles as a form, with an empty one to add.
func articleForms(list []consultation.Article) (out []articleForm) {
	for i, a := range append(slices.Clone(list), consultation.Article{}) {
		n := strconv.Itoa(i + 1)
		f := articleForm{N: n, Origin: a.Origin, Fields: []ui.Field{
			{ID: "rang-" + n, Label: "Place", Type: "number", Value: n, Required: true}, {ID: "titre-" + n, Label: "Titre de l’article " + n, Value: a.Title, Required: true}, {ID: "texte-" + n, Label: "Texte de l’article " + n, Type: "textarea", Rows: 6, Value: a.Text}}}
		if i == len(list) {
			f.Fields[1].Label, f.Fields[1].Required, f.Fields[0].Required, f.Fields[2].Label = "Titre d’un article à ajouter", false, false, "Son texte"
		}
		out = append(out, f)
	}
	return out
}

// typedArticles reads the form of articles: in the order of their places, without those
// that are left out, and without the empty one.
func typedArticles(r *http.Request) (out []consultation.Article) {
	type placed struct {
		consultation.Article
		at float64
	}
	var all []placed
	for i := 1; i <= 1000; i++ {
		n := strconv.Itoa(i)
		if _, ok := r.PostForm["titre-"+n]; !ok {
			break
		}
		a := placed{Article: consultation.Article{Origin: shell.Typed(r, "origine-"+n), Title: shell.Typed(r, "titre-"+n), Text: shell.Typed(r, "texte-"+n)}, at: float64(i)}
		if k, err := strconv.ParseFloat(strings.ReplaceAll(shell.Typed(r, "rang-"+n), ",", "."), 64); err == nil {
			a.at = k
		}
		if shell.Typed(r, "retirer-"+n) == "1" || a.Origin == "" && a.Title == "" && a.Text == "" {
			continue
		}
		all = append(all, a)
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	out = []consultation.Article{}
	for _, a := range all {
		out = append(out, a.Article)
	}
	return out
}

const mostFile = 4 << 20

// pasted reads the text that was pasted, or that of the file.
func pasted(r *http.Request) (string, error) {
	text := shell.Typed(r, "paste")
	f, _, err := r.FormFile("file")
	if err != nil {
		return text, nil // no file was sent
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, mostFile+1))
	if err != nil {
		return text, err
	}
	switch {
	case len(body) > mostFile:
		return text, apperr.Invalidf("Ce fichier dépasse 4\u00a0Mo. Rien n’est enregistré.")
	case len(body) > 0 && (!utf8.Valid(body) || strings.ContainsRune(string(body), 0)):
		return text, apperr.Invalidf("Ce fichier n’est pas un texte (UTF-8). Enregistrez votre document en texte, ou copiez-collez-le. Rien n’est enregistré.")
	case len(body) > 0:
		return string(body), nil
	}
	return text, nil
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := readAny(r); err != nil {
		return err
	}
	p, x, err := d.editing(r, policy.Edit)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	a, t, done := shell.Actor(r), typed{}, "enregistre"
	switch shell.Typed(r, "do") {
	case "cut":
		if t.paste, err = pasted(r); err != nil {
			break
		}
		if x.Version > 0 {
			err = apperr.Invalidf("Ce texte est déjà ouvert\u00a0: corrigez-le article par article, pour que les amendements restent attachés aux leurs.")
			break
		}
		_, err = d.Room.Write(r.Context(), a, p.c, x.ID, rev, consultation.Cut(t.paste))
	case "articles":
		t.articles = typedArticles(r)
		_, err = d.Room.Write(r.Context(), a, p.c, x.ID, rev, t.articles)
	case "publish":
		done = "publie"
		_, err = d.Room.Publish(r.Context(), a, p.c, x.ID, rev, shell.Typed(r, "note"))
	default:
		in := typedInput(r)
		t.in = &in
		_, err = d.Room.Save(r.Context(), a, p.c, x.ID, rev, in)
	}
	if err != nil && shell.Beside(err) {
		t.wrong = apperr.Message(err)
		var notice *ui.Alert
		if apperr.KindOf(err) == apperr.Conflict || done == "publie" {
			notice = &ui.Alert{State: "warning", Title: "Rien n’est enregistré", Text: t.wrong}
			t.wrong = ""
		}
		return d.showEdit(w, r, apperr.Status(err), t, notice)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, p.c.Path()+"/bureau/consultations/"+x.ID+"?fait="+done)
}

// readAny reads a form, with a file or without.
func readAny(r *http.Request) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := r.ParseMultipartForm(mostFile); err != nil {
			return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
		}
		return nil
	}
	return shell.ReadForm(r)
}

type judgingView struct {
	Heading ui.Heading
	Notice  *ui.Alert
	Lines   []amendmentLine
	Base    string
	Empty   ui.Empty
	Public  string
	First   string
	Next    string
}

// judgingPage is how many amendments are answered on a page.
const judgingPage = 50

func (d Deps) judging(w http.ResponseWriter, r *http.Request) error {
	var notice *ui.Alert
	if r.URL.Query().Get("fait") == "1" {
		notice = &ui.Alert{State: "success", Title: "La réponse est publiée", Text: "Son auteur est prévenu."}
	}
	return d.showJudging(w, r, http.StatusOK, "", "", "", notice)
}

func (d Deps) showJudging(w http.ResponseWriter, r *http.Request, status int, post, verdict, reason string, notice *ui.Alert) error {
	p, x, err := d.editing(r, policy.Judge)
	if err != nil {
		return err
	}
	n, err := consultation.Counts(r.Context(), d.Q, x.ID)
	if err != nil {
		return err
	}
	after, _ := strconv.Atoi(r.URL.Query().Get("apres"))
	after = max(after, 0)
	all, err := consultation.ToAnswer(r.Context(), d.Q, x.ID, after, judgingPage)
	if err != nil {
		return err
	}
	if post != "" && !slices.ContainsFunc(all, func(a consultation.Amendment) bool { return a.ID == post }) {
		a, err := consultation.FindAmendment(r.Context(), d.Q, x.ID, post) // what was typed about it is not lost
		if err != nil {
			return err
		}
		all = slices.Insert(all, 0, a)
	}
	v := judgingView{Heading: ui.Heading{Overline: x.Title, Title: "Répondre aux amendements"}, Notice: notice, Base: p.c.Path() + "/bureau/consultations/" + x.ID + "/amendements", Public: x.Path(p.c),
		Empty: ui.Empty{Title: "Aucun amendement publié", Text: "Ceux que la modération publie paraîtront ici."}}
	var total consultation.Count
	for _, of := range n {
		total.All, total.Answered = total.All+of.All, total.Answered+of.Answered
	}
	v.Heading.Scope = []string{counted(total.All, "amendement publié", "amendements publiés"), french.Integer(total.All-total.Answered) + nb + "sans réponse"}
	if total.All > judgingPage {
		v.Heading.Scope = append(v.Heading.Scope, "ceux qui attendent une réponse d’abord")
	}
	if after+judgingPage < total.All {
		v.Next = v.Base + "?apres=" + strconv.Itoa(after+judgingPage)
	}
	if after > 0 {
		v.First = v.Base
	}
	if v.Lines, err = d.amendmentLines(r, p, x, all); err != nil {
		return err
	}
	for i, a := range all {
		chosen, why := string(a.Verdict), a.Reason
		if a.ID == post {
			chosen, why = verdict, reason
		}
		f := ui.Field{ID: "verdict-" + a.ID, Name: "verdict", Label: "Réponse de l’équipe", Type: "select", Required: true, Options: []ui.Option{{Label: "à choisir"}}}
		for _, k := range consultation.Verdicts() {
			f.Options = append(f.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: chosen == string(k)})
		}
		v.Lines[i].Fields = []ui.Field{f, {ID: "reason-" + a.ID, Name: "reason", Label: "Raison, publiée", Type: "textarea", Rows: 3, Required: true, Value: why}}
	}
	return d.private(w, r, status, p, v.Heading, v.page(), ui.Link{Label: "Consultations", Href: p.c.Path() + "/bureau/consultations"}, ui.Link{Label: wording.Clip(x.Title, 40), Href: p.c.Path() + "/bureau/consultations/" + x.ID}, ui.Link{Label: "Amendements"})
}

func (d Deps) judge(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, x, err := d.editing(r, policy.Judge)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	post, verdict, reason := r.PathValue("post"), shell.Typed(r, "verdict"), shell.Typed(r, "reason")
	if _, err := d.Room.Judge(r.Context(), shell.Actor(r), p.c, x.ID, post, rev, consultation.Verdict(verdict), reason); err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.showJudging(w, r, apperr.Status(err), post, verdict, reason, &ui.Alert{State: "error", Title: "La réponse n’est pas enregistrée", Text: apperr.Message(err), Links: []ui.Link{{Label: "Reprendre votre réponse", Href: "#amendement-" + post}}})
	}
	return shell.SeeOther(w, r, p.c.Path()+"/bureau/consultations/"+x.ID+"/amendements?fait=1")
}

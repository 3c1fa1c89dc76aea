package questions

import (
	"net/http"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/follow"
	"jalon/internal/debate/question"
	"jalon/internal/diagnosis"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// voterCookie is what a browser keeps to be the same voter in one debate: its path is
// that of the debate, so that nothing ties what one answers in two of them.
const voterCookie = "jalon_avis"

// voterLife is how long it does: a debate lasts weeks, and may open again.
const voterLife = 180 * 24 * time.Hour

// voter is who sends a request.
func (d Deps) voter(r *http.Request, x where) (question.Voter, error) {
	cookie := ""
	if c, err := r.Cookie(voterCookie); err == nil {
		cookie = c.Value
	}
	who := shell.Of(r)
	return d.Room.VoterIn(r.Context(), x.Question, policy.Actor{Person: who.Account}, who.Voice, cookie)
}

// greet gives a browser what makes it a voter; nothing is written before it votes.
func (d Deps) greet(w http.ResponseWriter, x where) error {
	value, err := d.Room.Browser(x.Question)
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: voterCookie, Value: value, Path: x.page(), MaxAge: int(voterLife.Seconds()), HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
	return nil
}

// card is the statement that is asked.
type card struct {
	Action      string
	N, Text     string
	Done, Total int
	Now         string // what the voter answered to it already
	Said        string // what was kept just now, and how to change it
	SaidHref    string
	Skip        string
	Links       []ui.Link
}

// vote asks one statement after the other.
func (d Deps) vote(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	return d.showVote(w, r, http.StatusOK, x, number(r.URL.Query().Get("affirmation")), nil)
}

// number reads the number of a statement, 0 when it is none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// showVote draws the statement asked for, or the next one; wrong tells why an answer
// was refused.
func (d Deps) showVote(w http.ResponseWriter, r *http.Request, status int, x where, asked int64, wrong error) error {
	snap, err := d.Room.Snapshot(r.Context(), x.ID)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: x.Title, Title: x.Question.Question, Scope: []string{d.when(x)}}}
	if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Cette réponse n’est pas enregistrée", Text: apperr.Message(wrong)})
	}
	links := []ui.Link{{Label: "Voir les résultats", Href: x.page() + "/resultats"}}
	if x.State != question.Draft {
		links = append(links, wording.FollowLink(x.cop, follow.Question, x.ID, "cette question", x.page()))
	}
	if !x.Takes(x.cop, d.Now()) {
		if wrong == nil {
			v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ce débat ne prend pas de réponse", Text: "Il est " + d.when(x) + "."})
		}
		v.Parts = d.presentation(x, false)
		v.Parts = append([]part{{ID: "suite", Title: "Ce que le débat a montré", Links: append(links, ui.Link{Label: "Les autres débats de la région", Href: x.base()})}}, v.Parts...)
		return d.show(w, r, status, v, false, x.trail(ui.Link{Label: x.Title})...)
	}
	who, err := d.voter(r, x)
	if err != nil {
		return err
	}
	if who.ID == 0 {
		if err := d.greet(w, x); err != nil {
			return err
		}
	}
	answers, err := d.Room.Answers(r.Context(), x.Question, who)
	if err != nil {
		return err
	}
	c := card{Action: x.page(), Done: snap.Progress(answers), Total: len(snap.Statements)}
	last := number(r.URL.Query().Get("apres"))
	if value, ok := answers[last]; ok && last > 0 {
		c.Said, c.SaidHref = "Réponse enregistrée\u00a0: "+answerNames[value]+".", x.page()+"?affirmation="+text(last)+"#affirmation"
	}
	s, ok := snap.Get(asked)
	if !ok {
		s, ok = snap.Next(who, answers, number(r.URL.Query().Get("passer")))
	}
	if len(answers) > 0 {
		links = append(links, ui.Link{Label: "Mes réponses", Href: x.page() + "/moi"})
	}
	if d.Room.MayPropose(shell.Actor(r), x.cop, x.Question) == nil {
		links = append(links, ui.Link{Label: "Proposer une affirmation", Href: x.page() + "/proposer"})
	}
	c.Links = links
	if ok {
		c.N, c.Text = text(s.N), s.Text
		if value, done := answers[s.N]; done {
			c.Now = answerNames[value]
		}
		if c.Done+1 < c.Total {
			c.Skip = x.page() + "?passer=" + c.N + "#affirmation"
		}
	}
	v.Parts = append(v.Parts, part{ID: "affirmation", Title: progress(c), Body: voteCard(c)})
	if about := d.invites(x, who, c); about != nil {
		v.Parts = append(v.Parts, *about)
	}
	v.Parts = append(v.Parts, d.presentation(x, true)...)
	return d.show(w, r, status, v, false, x.trail(ui.Link{Label: x.Title})...)
}

func progress(c card) string {
	if c.N == "" {
		return "Vous avez répondu à toutes les affirmations"
	}
	if c.Done == 0 {
		return "Que pensez-vous de cette affirmation" + nb + "?"
	}
	return strconv.Itoa(c.Done) + " sur " + strconv.Itoa(c.Total) + nb + ": et celle-ci" + nb + "?"
}

// invites asks once somebody answered a little what they may say of themselves.
func (d Deps) invites(x where, who question.Voter, c card) *part {
	if !who.Known || !x.AsksCollege && !x.AsksTerritory || who.College != "" || who.Territory != "" || c.Done < 5 && c.N != "" {
		return nil
	}
	return &part{ID: "dire", Title: "Dire d’où vous parlez, si vous le voulez", Lead: "C’est facultatif, et ne sert qu’à voir si les avis diffèrent d’un endroit ou d’un collège à l’autre.", Links: []ui.Link{{Label: "Dire d’où je parle", Href: x.page() + "/moi#dire"}}}
}

func (d Deps) presentation(x where, open bool) []part {
	p := part{ID: "presentation", Title: "Ce débat, et comment il marche"}
	if x.Text != "" {
		p.Body = prose(x.Text)
	}
	if open {
		p.List = []string{"Une affirmation à la fois\u00a0: vous êtes d’accord, pas d’accord, ou vous passez. Vous pouvez vous arrêter quand vous voulez, et changer une réponse tant que le débat est ouvert.",
			"Aucun compte n’est nécessaire. Votre navigateur garde un témoin (cookie) qui ne sert qu’à ce débat, pour que vos réponses comptent une fois.",
			"Les réponses sont publiées sans nom ni adresse, dans un ordre qui ne dit pas quand elles sont venues."}
	}
	for _, code := range x.Levers {
		if l, err := x.fw.Lever(code); err == nil {
			p.Links = append(p.Links, ui.Link{Label: "Levier\u00a0: " + diagnosis.LeverName(x.fw, l.Code), Href: "/leviers/" + code})
		}
	}
	p.Links = append(p.Links, ui.Link{Label: "Comment les groupes d’opinion sont calculés", Href: methodPath})
	return []part{p}
}

// cast keeps an answer, and goes on to the next statement.
func (d Deps) cast(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	n := number(shell.Typed(r, "affirmation"))
	value, ok := answerCodes[shell.Typed(r, "reponse")]
	if !ok {
		value = 9 // refused below, with the others
	}
	who, err := d.voter(r, x)
	if err != nil {
		return err
	}
	if who.ID == 0 && x.Takes(x.cop, d.Now()) {
		return d.showVote(w, r, http.StatusBadRequest, x, n, apperr.Invalidf("Votre navigateur n’a pas gardé le témoin (cookie) de ce débat, ou il a expiré. Répondez de nouveau ci-dessous\u00a0; si ce message revient, autorisez les cookies pour ce site, ou connectez-vous."))
	}
	if err := d.Room.Cast(r.Context(), x.cop, x.Question, who, n, value, shell.Machine(r, d.Trusted)); err != nil {
		if !shell.Beside(err) && apperr.KindOf(err) != apperr.Unavailable {
			return err
		}
		if now, ferr := question.Find(r.Context(), d.Q, x.ID); ferr == nil {
			x.Question = now
		}
		return d.showVote(w, r, apperr.Status(err), x, n, err)
	}
	if shell.Typed(r, "retour") == "moi" {
		return shell.SeeOther(w, r, x.page()+"/moi")
	}
	return shell.SeeOther(w, r, x.page()+"?apres="+text(n)+"#affirmation")
}

// mine is what a voter answered, and what they say of themselves.
func (d Deps) mine(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	who, err := d.voter(r, x)
	if err != nil {
		return err
	}
	return d.showMine(w, r, http.StatusOK, x, who, who.Territory, who.College, nil)
}

func (d Deps) showMine(w http.ResponseWriter, r *http.Request, status int, x where, who question.Voter, territory string, college debate.College, wrong error) error {
	snap, err := d.Room.Snapshot(r.Context(), x.ID)
	if err != nil {
		return err
	}
	answers, err := d.Room.Answers(r.Context(), x.Question, who)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: x.Title, Title: "Mes réponses" + nb + ": " + strconv.Itoa(snap.Progress(answers)) + " sur " + strconv.Itoa(len(snap.Statements)), Scope: []string{d.when(x)}}}
	if r.URL.Query().Get("fait") == "1" {
		v.Done = "C’est enregistré"
	}
	open := x.Takes(x.cop, d.Now())
	t := ui.Table{ID: "reponses", Stack: true, Caption: "Ce que vous avez répondu", CaptionHidden: true, Columns: []ui.Column{{Label: "Affirmation", Wide: true}, {Label: "Votre réponse"}}}
	for _, s := range snap.Statements {
		value, ok := answers[s.N]
		if !ok {
			continue
		}
		c := ui.Cell{Text: s.Text}
		if open {
			c.Href = x.page() + "?affirmation=" + text(s.N) + "#affirmation"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{c, {Text: answerNames[value]}}})
	}
	p := part{ID: "mes-reponses", Title: "Une par une", Lead: "Ouvrez une affirmation pour changer votre réponse\u00a0: la dernière compte.", Tables: []ui.Table{t}, Links: []ui.Link{{Label: "Continuer", Href: x.page()}}}
	if !open {
		p.Lead, p.Links = "Le débat est "+d.when(x)+"\u00a0: vos réponses ne changent plus.", []ui.Link{{Label: "Voir les résultats", Href: x.page() + "/resultats"}}
	}
	if len(t.Rows) == 0 {
		p.Lead, p.Tables, p.Empty = "", nil, ui.Empty{Title: "Vous n’avez encore répondu à rien", Text: "Vos réponses viendront ici."}
	}
	v.Parts = append(v.Parts, p)
	if open && who.Known && (x.AsksCollege || x.AsksTerritory) {
		f := formView{Action: x.page() + "/moi", Submit: "Enregistrer", Fields: x.aboutFields(territory, college)}
		v.Parts = append(v.Parts, part{ID: "dire", Title: "D’où vous parlez", Lead: "Facultatif. Cela sert à voir si les avis diffèrent d’un département ou d’un collège à l’autre. Aucun nombre de moins de " + strconv.Itoa(question.LeastPlace) + nb + "personnes n’est montré, et rien de cela n’est dans le fichier des votes.",
			Notices: wrongIn(f.Fields, wrong), Forms: []formView{f}})
	}
	return d.show(w, r, status, v, true, x.trail(ui.Link{Label: x.Title, Href: x.page()}, ui.Link{Label: "Mes réponses"})...)
}

func (x where) aboutFields(territory string, college debate.College) []ui.Field {
	var out []ui.Field
	if x.AsksTerritory {
		f := ui.Field{ID: "territory", Label: "Votre département", Type: "select", Options: []ui.Option{{Label: "je ne le dis pas"}}}
		for _, dept := range x.tree.Departments() {
			if dept.Region == x.Code {
				f.Options = append(f.Options, ui.Option{Value: "department:" + dept.Code, Label: dept.Name, Selected: territory == "department:"+dept.Code})
			}
		}
		out = append(out, f)
	}
	if x.AsksCollege {
		f := ui.Field{ID: "college", Label: "Vous parlez comme", Type: "select", Options: []ui.Option{{Label: "je ne le dis pas"}}}
		for _, c := range debate.Colleges() {
			f.Options = append(f.Options, ui.Option{Value: string(c), Label: c.Name(), Selected: c == college})
		}
		out = append(out, f)
	}
	return out
}

func (d Deps) about(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	who, err := d.voter(r, x)
	if err != nil {
		return err
	}
	territory, college := shell.Typed(r, "territory"), debate.College(shell.Typed(r, "college"))
	if err := d.Room.About(r.Context(), x.cop, x.Question, who, territory, college); err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.showMine(w, r, apperr.Status(err), x, who, territory, college, err)
	}
	return shell.SeeOther(w, r, x.page()+"/moi?fait=1")
}

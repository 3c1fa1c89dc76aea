package moderation

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/moderation"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// queueView is a list of texts on which one decision is taken for those that are
// ticked.
type queueView struct {
	Action         string
	Filters        []ui.Field
	FilterTo, List string
	Lines          []queueLine
	Fields         []ui.Field
	Pager          ui.Pager
	Empty          ui.Empty
	Bulk           bool // a decision may be taken on several
}

type queueLine struct {
	ID, Pick, Title, Href string
	Checked               bool
	Facts                 []string
	Late                  string
	Text                  string
	More                  bool // the text is longer than what is shown
	Spots                 []moderation.Spot
	Reports               []string
	Quick                 bool // it may be published at once
}

// The lists of the desk, as its address names them.
const (
	listWaiting  = ""
	listHidden   = "masques"
	listReported = "signales"
	listAppeals  = "recours"
	listRefused  = "refuses"
	listDone     = "traites"
)

// shownText is how much of a text the queue shows: most are read whole there.
const shownText = 1500

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.moderating(r)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, x, nil, nil)
}

// showDesk draws the desk: with what a form held, when it is shown again.
func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x where, wrong error, notices []ui.Alert) error {
	ctx, a := r.Context(), shell.Actor(r)
	waiting, err := moderation.WaitingIn(ctx, d.Q, x.cop.ID, d.Now())
	if err != nil {
		return err
	}
	set, err := moderation.SettingOf(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	list := shell.Clean(r.URL.Query().Get("liste"))
	v := view{Tabs: x.deskTabs(x.desk()), Notices: notices}
	v.Heading = ui.Heading{Overline: "Modération", Title: x.Name + nb + ": " + finding(waiting), Scope: []string{"délai annoncé" + nb + ": " + set.Delay(), "réservé à l’équipe de la COP"}}
	for _, l := range []struct {
		code, label string
		n           int64
	}{{listWaiting, "À lire", waiting.Read}, {listHidden, "Masqués, à revoir", waiting.Hidden}, {listReported, "Signalés", waiting.Reported}, {listAppeals, "Recours", waiting.Appeals}, {listRefused, "Refusés", -1}, {listDone, "Décisions prises", -1}} {
		link := ui.Link{Label: l.label, Href: x.desk(), Current: list == l.code}
		if l.n >= 0 {
			link.Label += " (" + capped(l.n) + ")"
		}
		if l.code != "" {
			link.Href += "?liste=" + l.code
		}
		v.Views = append(v.Views, link)
	}
	cursor := r.URL.Query().Get("suite")
	switch list {
	case listWaiting, listHidden, listRefused:
		err = d.queue(r, x, &v, list, cursor, wrong)
	case listReported:
		items, ierr := d.Room.Reported(ctx, d.Q, a, x.cop.ID, 100)
		if ierr != nil {
			return ierr
		}
		v.Queue = &queueView{Action: x.desk(), Lines: d.lines(r, x, items, false), Empty: ui.Empty{Title: "Aucun signalement n’attend", Text: "Quand un lecteur signale un texte publié, il apparaît ici. À " + french.Integer(set.Reports) + nb + "signalements, le texte se masque de lui-même jusqu’à votre relecture."}}
	case listAppeals:
		err = d.appeals(r, x, &v)
	case listDone:
		err = d.acts(r, x, &v, cursor)
	default:
		return apperr.NotFoundf("Cette liste n’existe pas.")
	}
	if err != nil {
		return err
	}
	if list == listWaiting {
		v.Parts = append(v.Parts, d.settingsPart(x, set))
	}
	return d.show(w, r, status, v, true, x.trail(ui.Link{Label: "Bureau", Href: x.base() + "/bureau"}, ui.Link{Label: "Modération"})...)
}

func finding(w moderation.Waiting) string {
	switch {
	case !w.Any():
		return "rien n’attend les modérateurs"
	case w.Late > 0:
		return capped(w.Late) + nb + french.Plural(w.Late, "texte attend", "textes attendent") + " au-delà du délai annoncé"
	case w.Read > 0:
		return capped(w.Read) + nb + french.Plural(w.Read, "texte à lire", "textes à lire")
	}
	return "des textes signalés, masqués ou en recours attendent"
}

func (d Deps) queue(r *http.Request, x where, v *view, list, cursor string, wrong error) error {
	state := map[string]debate.PostState{listWaiting: debate.PostWaiting, listHidden: debate.PostHidden, listRefused: debate.PostRefused}[list]
	kind := debate.Kind(shell.Clean(r.URL.Query().Get("genre")))
	l, err := d.Room.Queue(r.Context(), d.Q, shell.Actor(r), x.cop.ID, state, kind, cursor, perPage)
	if err != nil {
		return err
	}
	q := &queueView{Action: x.desk(), FilterTo: x.desk(), List: list, Bulk: list != listRefused, Lines: d.lines(r, x, l.Items, list != listRefused), Pager: ui.Pager{Next: next(r, l.Next)}}
	if list != listWaiting {
		q.Action += "?liste=" + list
	}
	q.Empty = ui.Empty{Title: "Rien à lire", Text: "Ce que les habitants déposent arrive ici, le plus ancien d’abord, avant que quiconque le lise."}
	if list == listHidden {
		q.Empty = ui.Empty{Title: "Aucun texte masqué", Text: "Un texte publié se masque quand plusieurs lecteurs le signalent, ou quand vous le décidez."}
	}
	if list == listRefused {
		q.Empty = ui.Empty{Title: "Aucun texte refusé", Text: "Les textes refusés restent ici\u00a0: une décision se revoit, et son auteur peut faire un recours."}
	}
	f := ui.Field{ID: "genre", Label: "Nature du texte", Type: "select", Options: []ui.Option{{Label: "tous"}}}
	for _, k := range []debate.Kind{debate.Contribution, debate.Comment, debate.Statement, debate.Amendment} {
		f.Options = append(f.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: k == kind})
	}
	q.Filters = []ui.Field{f}
	verb := ui.Field{ID: "verb", Label: "Votre décision pour les textes cochés", Type: "radio", Required: true, Options: []ui.Option{
		{Value: string(moderation.Publish), Label: "Publier", Selected: shell.Typed(r, "verb") == string(moderation.Publish)}, {Value: string(moderation.Refuse), Label: "Refuser", Selected: shell.Typed(r, "verb") == string(moderation.Refuse)}}}
	reason := reasonField("reason", "aucune\u00a0: ils sont publiés", shell.Typed(r, "reason"))
	reason.Help = "Nécessaire pour refuser. L’auteur la lit, avec la façon de faire un recours."
	q.Fields = []ui.Field{verb, reason, {ID: "note", Label: "Un mot aux auteurs", Type: "textarea", Rows: 3, Value: shell.Typed(r, "note")}}
	if wrong != nil {
		at := 0
		if m := apperr.Message(wrong); strings.Contains(m, "raison") {
			at = 1
		}
		q.Fields[at].Error = apperr.Message(wrong)
	}
	v.Queue = q
	return nil
}

// lines draws texts of the queue; those that were ticked are ticked again.
func (d Deps) lines(r *http.Request, x where, items []moderation.Item, pick bool) (out []queueLine) {
	ticked := map[string]bool{}
	for _, p := range r.PostForm["post"] {
		id, _, _ := strings.Cut(p, ":")
		ticked[id] = true
	}
	for _, i := range items {
		p := i.Post
		l := queueLine{ID: p.ID, Title: wording.Upper(p.Kind.Name()) + nb + ": " + quoted(p), Href: x.desk() + "/textes/" + p.ID, Text: p.Text, Spots: i.Spots, Checked: ticked[p.ID]}
		if pick {
			l.Pick, l.Quick = p.ID+":"+strconv.FormatInt(p.Rev, 10), true
		}
		if r := []rune(p.Text); len(r) > shownText {
			l.Text, l.More = string(r[:shownText])+"…", true
		}
		if p.Signed != "" {
			l.Facts = append(l.Facts, "signé "+p.Signed)
		}
		l.Facts = append(l.Facts, "déposé le "+french.Date(p.At.In(x.cop.Location())))
		if p.State == debate.PostWaiting {
			l.Facts = append(l.Facts, waits(i.Since, d.Now()))
			if i.Late {
				l.Late = "en retard sur le délai annoncé"
			}
		}
		l.Reports = reported(i.Reports)
		out = append(out, l)
	}
	return out
}

// reported counts reports by reason, and gives what readers added.
func reported(list []moderation.Report) (out []string) {
	for _, reason := range moderation.Reasons() {
		n := 0
		var notes []string
		for _, x := range list {
			if x.Reason == reason.Code {
				n++
				if x.Note != "" && len(notes) < 5 {
					notes = append(notes, "«"+nb+wording.Clip(debate.Line(x.Note), 200)+nb+"»")
				}
			}
		}
		if n > 0 {
			text := french.Integer(n) + nb + french.Plural(n, "lecteur", "lecteurs") + nb + ": " + wording.Lower(reason.Name)
			if len(notes) > 0 {
				text += " – " + strings.Join(notes, ", ")
			}
			out = append(out, text)
		}
	}
	return out
}

func (d Deps) appeals(r *http.Request, x where, v *view) error {
	list, err := moderation.OpenAppeals(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	p := part{ID: "recours", Title: "Les recours qui attendent"}
	t := ui.Table{ID: "liste-recours", Stack: true, Caption: "Recours, le plus ancien d’abord", Columns: []ui.Column{{Label: "Ce que dit l’auteur", Wide: true}, {Label: "Déposé le"}, {Label: "Attente"}}}
	for _, l := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: wording.Clip(debate.Line(l.Text), 140), Href: x.desk() + "/recours/" + l.ID}, {Text: french.Date(l.At.In(x.cop.Location()))}, {Text: strings.TrimPrefix(waits(l.At, d.Now()), "attend depuis ")}}})
	}
	if len(t.Rows) > 0 {
		p.Tables = []ui.Table{t}
	} else {
		p.Empty = ui.Empty{Title: "Aucun recours n’attend", Text: "Un auteur dont le texte est refusé peut écrire pourquoi il le conteste\u00a0: une autre personne que celle qui a refusé tranche."}
	}
	v.Parts = append(v.Parts, p)
	return nil
}

func (d Deps) acts(r *http.Request, x where, v *view, cursor string) error {
	list, after, err := d.Room.Acts(r.Context(), d.Q, shell.Actor(r), x.cop.ID, cursor, perPage)
	if err != nil {
		return err
	}
	p := part{ID: "decisions", Title: "Les décisions prises"}
	t := ui.Table{ID: "liste-decisions", Caption: "Décisions, la dernière d’abord", Columns: []ui.Column{{Label: "Texte", Wide: true}, {Label: "Décision"}, {Label: "Raison"}, {Label: "Par"}, {Label: "Le"}}}
	names := map[string]string{}
	for _, y := range list {
		if names[y.Act.By] == "" {
			if names[y.Act.By], err = d.name(r, y.Act.By); err != nil {
				return err
			}
		}
		reason := ui.Cell{Text: moderation.ReasonName(y.Act.Reason)}
		if reason.Text == "" {
			reason = ui.Cell{Missing: "une publication n’a pas de raison, un signalement a les siennes"}
		}
		verb := ui.Cell{Text: y.Act.Verb.Name()}
		if y.Act.Masked > 0 {
			verb.Sub = french.Integer(y.Act.Masked) + nb + french.Plural(y.Act.Masked, "passage masqué", "passages masqués")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: quoted(y.Post), Href: x.desk() + "/textes/" + y.Post.ID, Sub: y.Act.Kind.Name()}, verb, reason, {Text: names[y.Act.By]}, {Text: french.Date(y.Act.At.In(x.cop.Location()))}}})
	}
	if len(t.Rows) > 0 {
		p.Tables = []ui.Table{t}
	} else {
		p.Empty = ui.Empty{Title: "Aucune décision pour l’instant", Text: "Chaque décision reste ici, avec sa raison et qui l’a prise."}
	}
	if after != "" {
		p.Links = []ui.Link{{Label: "Décisions plus anciennes", Href: next(r, after)}}
	}
	v.Parts = append(v.Parts, p)
	return nil
}

// picks reads the texts that were ticked, each with the revision that was read.
func picks(values []string) (out []moderation.Pick, err error) {
	for _, v := range values {
		id, rev, ok := strings.Cut(shell.Clean(v), ":")
		n, bad := strconv.ParseInt(rev, 10, 64)
		if !ok || bad != nil {
			return nil, apperr.Invalidf("Le formulaire est incomplet. Rechargez la page et recommencez.")
		}
		out = append(out, moderation.Pick{Post: id, Rev: n})
	}
	return out, nil
}

// many takes one decision on the texts that were ticked, or publishes the one whose
// button was used.
func (d Deps) many(w http.ResponseWriter, r *http.Request) error {
	x, err := d.moderating(r)
	if err != nil {
		return err
	}
	chosen, decision := r.PostForm["post"], moderation.Decision{Verb: moderation.Verb(shell.Typed(r, "verb")), Reason: shell.Typed(r, "reason"), Note: shell.Typed(r, "note")}
	if one := shell.Typed(r, "publish"); one != "" {
		chosen, decision = []string{one}, moderation.Decision{Verb: moderation.Publish}
	}
	list, err := picks(chosen)
	if err != nil {
		return err
	}
	out, err := d.Room.DecideMany(r.Context(), shell.Actor(r), x.cop.ID, list, decision)
	if err != nil && shell.Beside(err) && apperr.KindOf(err) != apperr.Forbidden {
		return d.showDesk(w, r, apperr.Status(err), x, err, nil)
	}
	if err != nil {
		return err
	}
	var notice ui.Alert
	done := 0
	for _, o := range out {
		if o.Err == nil {
			done++
			continue
		}
		text := quoted(o.Post) + nb + ": "
		if o.Post.COP != x.cop.ID {
			text = "Un texte coché n’existe plus."
		} else if o.Last.ID == "" || apperr.KindOf(o.Err) == apperr.Invalid {
			text += apperr.Message(o.Err)
		} else {
			said, err := d.decided(r, x.cop, o.Last)
			if err != nil {
				return err
			}
			text += said
		}
		link := ui.Link{Label: text}
		if o.Post.COP == x.cop.ID {
			link.Href = x.desk() + "/textes/" + o.Post.ID
		}
		notice.Links = append(notice.Links, link)
	}
	if done == len(out) {
		to := x.desk() + "?fait=1"
		if l := shell.Clean(r.URL.Query().Get("liste")); l != "" {
			to += "&liste=" + l
		}
		return shell.SeeOther(w, r, to)
	}
	left := len(out) - done
	notice.State, notice.Title = "warning", french.Integer(done)+nb+french.Plural(done, "texte traité", "textes traités")+"\u00a0; "+french.Integer(left)+nb+french.Plural(left, "ne l’est pas", "ne le sont pas")
	notice.Text = "Quelqu’un d’autre est passé avant vous. Sa décision est gardée, la vôtre n’a rien changé à " + french.Plural(left, "ce texte", "ces textes") + nb + ":"
	return d.showDesk(w, r, http.StatusConflict, x, nil, []ui.Alert{notice})
}

func (d Deps) settingsPart(x where, set moderation.Setting) part {
	return part{ID: "reglages", Title: "Ce que la COP annonce", Lead: "Le délai est affiché aux habitants, et les statistiques publiées disent s’il est tenu.",
		Links: []ui.Link{{Label: "Les règles publiées", Href: x.base() + "/contributions/regles"}, {Label: "Les statistiques publiées", Href: x.base() + "/contributions/moderation"}},
		Form: &formView{Action: x.desk() + "/reglages", Rev: strconv.FormatInt(set.Rev, 10), Submit: "Enregistrer", Fields: []ui.Field{
			{ID: "days", Label: "Délai annoncé", Type: "number", Unit: "jours", Required: true, Value: strconv.FormatInt(set.Days, 10)},
			{ID: "reports", Label: "Un texte se masque à partir de", Type: "number", Unit: "signalements", Required: true, Value: strconv.FormatInt(set.Reports, 10), Help: "Il reste masqué jusqu’à la relecture d’un modérateur."}}}}
}

func (d Deps) settings(w http.ResponseWriter, r *http.Request) error {
	x, err := d.moderating(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	days, bad := strconv.ParseInt(shell.Typed(r, "days"), 10, 64)
	reports, worse := strconv.ParseInt(shell.Typed(r, "reports"), 10, 64)
	if bad != nil || worse != nil {
		err = apperr.Invalidf("Écrivez des nombres entiers.")
	} else {
		err = d.Room.SaveSetting(r.Context(), shell.Actor(r), x.cop.ID, moderation.Setting{Rev: rev, Days: days, Reports: reports})
	}
	if err != nil && shell.Beside(err) {
		now, serr := moderation.SettingOf(r.Context(), d.Q, x.cop.ID)
		if serr != nil {
			return serr
		}
		p := d.settingsPart(x, now)
		p.Form.Fields[0].Value, p.Form.Fields[1].Value = shell.Typed(r, "days"), shell.Typed(r, "reports")
		p.Form.Fields[0].Error = apperr.Message(err)
		if strings.Contains(apperr.Message(err), "masque") {
			p.Form.Fields[0].Error, p.Form.Fields[1].Error = "", apperr.Message(err)
		}
		p.Lead = "Enregistré à ce jour\u00a0: " + now.Delay() + ", " + french.Integer(now.Reports) + nb + "signalements."
		return d.show(w, r, apperr.Status(err), view{Heading: ui.Heading{Overline: "Modération", Title: x.Name + nb + ": les réglages de la modération"}, Tabs: x.deskTabs(x.desk()), Parts: []part{p}}, true,
			x.trail(ui.Link{Label: "Modération", Href: x.desk()}, ui.Link{Label: "Réglages"})...)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"?fait=1")
}

package ballots

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/debate/ballot"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// listView lists the votes of a meeting.
type listView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Notice  *ui.Alert
	Rows    []lineView
	Empty   ui.Empty
	Form    *formView
}

// lineView is a vote in a list, with its results when they are shown.
type lineView struct {
	Question, About, Href string
	Result                *resultView
}

type formView struct {
	Action, Rev, Submit string
	Fields              []ui.Field
}

// deskView is a vote, for who runs it.
type deskView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Ballot  ballot.Ballot
	Rev     string
	Action  string
	Done    bool
	Wrong   string
	Counts  countView
	Result  *resultView
	Edit    *formView
	Hands   []ui.Field
	Reason  ui.Field
	Slips   string // how many were made and used
}

// countView is what moves while a vote is open.
type countView struct {
	Live   string
	Keys   []ui.KeyFigure
	Alerts []ui.Alert
}

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	return d.showList(w, r, http.StatusOK, ballot.Input{Kind: ballot.Single, Most: 2, Options: []string{"Oui", "Non", "Je ne me prononce pas"}}, nil)
}

func (d Deps) showList(w http.ResponseWriter, r *http.Request, status int, in ballot.Input, wrong error) error {
	x, err := d.meeting(r)
	if err != nil {
		return err
	}
	all, err := ballot.OfMeeting(r.Context(), d.Q, x.meeting.ID)
	if err != nil {
		return err
	}
	v := listView{Heading: ui.Heading{Overline: "Votes en séance", Title: wording.OfMeeting("Les votes", x.meeting), Scope: wording.MeetingScope(x.meeting)}, Tabs: wording.MeetingTabs(x.meeting, wording.MeetingVotes),
		Empty: ui.Empty{Title: "Aucun vote à lire", Text: "Les résultats d’un vote paraissent ici une fois que l’animateur les a montrés."}}
	for _, b := range all {
		if !x.may && (b.State != ballot.Closed || !b.Shown) {
			continue
		}
		line := lineView{Question: b.Question, About: about(b)}
		if x.may {
			line.Href = x.base() + "/" + b.ID
		}
		if b.Shown {
			res, err := d.counted.Of(r.Context(), d.Q, b)
			if err != nil {
				return err
			}
			line.Result = resultOf(b, res, false)
		}
		v.Rows = append(v.Rows, line)
	}
	if x.may {
		v.Empty.Text = "Préparez une question ci-dessous\u00a0: la salle répond par téléphone, sans compte, avec un code de 6 lettres et chiffres."
		v.Form = &formView{Action: x.base(), Submit: "Préparer le vote", Fields: fieldsOf(in, apperr.Message(wrong), wrong != nil)}
	}
	return d.page(w, r, status, x, v.Heading, listPage(v), false, ui.Link{Label: "Votes"})
}

func about(b ballot.Ballot) string {
	out := []string{b.State.Name(), b.Kind.Name()}
	if b.Slips {
		out = append(out, "à bulletins")
	}
	if b.State != ballot.Draft {
		out = append(out, voices(b.Voices))
	}
	if b.State == ballot.Void {
		out = append(out, "raison"+nb+": "+b.Reason)
	}
	return strings.Join(out, " – ")
}

func fieldsOf(in ballot.Input, wrong string, failed bool) []ui.Field {
	kind := ui.Field{ID: "kind", Label: "On répond par", Type: "select", Required: true, Help: "Le degré d’accord a ses propres réponses, de «\u00a0pas du tout\u00a0» à «\u00a0tout à fait d’accord\u00a0»."}
	for _, k := range ballot.Kinds() {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: k == in.Kind})
	}
	q := ui.Field{ID: "question", Label: "Question posée à la salle", Required: true, Value: in.Question}
	if failed {
		q.Error = wrong
	}
	return []ui.Field{q, kind,
		{ID: "options", Label: "Réponses, une par ligne", Type: "textarea", Rows: 4, Value: strings.Join(in.Options, "\n"), Help: "De 2 à 12. Sans effet pour un degré d’accord."},
		{ID: "most", Label: "Choix possibles par voix", Type: "number", Value: strconv.FormatInt(in.Most, 10), Help: "Pour plusieurs choix seulement."},
		{ID: "more", Label: "Réglages", Type: "checkbox", Options: []ui.Option{
			{Value: "colleges", Label: "Proposer de dire son collège", Help: "Facultatif pour qui vote\u00a0; les résultats se lisent aussi par collège.", Selected: in.Colleges},
			{Value: "slips", Label: "Un bulletin papier par personne inscrite", Help: "Pour un vote important\u00a0: chaque voix demande un code à usage unique, imprimé et remis à l’entrée.", Selected: in.Slips}}}}
}

func typedInput(r *http.Request) ballot.Input {
	most, err := strconv.ParseInt(shell.Typed(r, "most"), 10, 64)
	if err != nil {
		most = 0
	}
	in := ballot.Input{Question: shell.Typed(r, "question"), Kind: ballot.Kind(shell.Typed(r, "kind")), Options: ballot.Options(shell.Typed(r, "options")), Most: most}
	for _, m := range r.PostForm["more"] {
		in.Slips, in.Colleges = in.Slips || m == "slips", in.Colleges || m == "colleges"
	}
	return in
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.led(r)
	if err != nil {
		return err
	}
	in := typedInput(r)
	b, err := d.Room.Create(r.Context(), shell.Actor(r), x.meeting.ID, in)
	if err != nil && shell.Beside(err) {
		return d.showList(w, r, apperr.Status(err), in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/"+b.ID)
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	return d.showOne(w, r, http.StatusOK, nil, "")
}

func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, typed *ballot.Input, wrong string) error {
	x, b, err := d.ledVote(r)
	if err != nil {
		return err
	}
	v := deskView{Heading: ui.Heading{Overline: "Vote en séance", Title: b.Question, Scope: []string{b.State.Name(), b.Kind.Name(), "code" + nb + b.Code}}, Tabs: wording.MeetingTabs(x.meeting, wording.MeetingVotes),
		Ballot: b, Rev: strconv.FormatInt(b.Rev, 10), Action: x.base() + "/" + b.ID, Done: r.URL.Query().Get("fait") == "1", Wrong: wrong}
	if v.Counts, err = d.counts(r, x, b); err != nil {
		return err
	}
	if b.State == ballot.Closed || b.State == ballot.Void || b.Shown {
		res, err := d.counted.Of(r.Context(), d.Q, b)
		if err != nil {
			return err
		}
		v.Result = resultOf(b, res, true)
	}
	if b.State == ballot.Draft {
		in := ballot.Input{Question: b.Question, Kind: b.Kind, Options: b.Options, Most: b.Most, Slips: b.Slips, Colleges: b.Colleges}
		if typed != nil {
			in = *typed
		}
		v.Edit = &formView{Action: v.Action, Rev: v.Rev, Submit: "Enregistrer la question", Fields: fieldsOf(in, "", false)}
	} else if b.State != ballot.Void {
		for i, o := range b.Options {
			f := ui.Field{ID: "main-" + strconv.Itoa(i), Label: o, Type: "number", Value: r.PostForm.Get("main-" + strconv.Itoa(i))}
			if b.Hands != nil && f.Value == "" {
				f.Value = strconv.FormatInt(b.Hands[i], 10)
			}
			v.Hands = append(v.Hands, f)
		}
	}
	v.Reason = ui.Field{ID: "reason", Label: "Raison de l’annulation", Required: true, Value: r.PostForm.Get("reason"), Help: "Elle figure au compte rendu. La question peut ensuite être reprise sous un nouveau code."}
	if b.Slips {
		made, used, err := ballot.SlipsOf(r.Context(), d.Q, b.ID)
		if err != nil {
			return err
		}
		v.Slips = french.Integer(made) + nb + french.Plural(made, "bulletin imprimé", "bulletins imprimés") + ", " + french.Integer(used) + nb + french.Plural(used, "utilisé", "utilisés")
	}
	return d.page(w, r, status, x, v.Heading, deskPage(v), b.State == ballot.Open, ui.Link{Label: "Votes", Href: x.base()}, ui.Link{Label: b.Code})
}

// counts is how many voices came, beside how many people are there, and what does not
// fit.
func (d Deps) counts(r *http.Request, x place, b ballot.Ballot) (v countView, err error) {
	v.Live = x.base() + "/" + b.ID + "/voix"
	var n int64
	known := b.Present != nil
	if known {
		n = *b.Present
	} else if n, known, err = d.Room.There(r.Context(), d.Q, x.meeting); err != nil {
		return v, err
	}
	present := ui.KeyFigure{Label: "Présents", Value: ui.Value{Missing: "personne n’a compté les présents\u00a0: indiquez-les sur la page de la réunion"}, Meaning: "La participation se lit sur ce nombre."}
	if known {
		present.Value, present.Meaning = ui.Value{Text: french.Integer(n)}, percent(b.Voices, n)+" ont voté."
		if b.Voices > n {
			present.Meaning = "Moins que de voix reçues."
		}
	}
	v.Keys = []ui.KeyFigure{{Label: "Voix reçues", Value: ui.Value{Text: french.Integer(b.Voices)}, Meaning: "Une par appareil\u00a0; elle peut changer jusqu’à la clôture."}, present}
	if b.Slips {
		v.Keys[0].Meaning = "Une par bulletin\u00a0; elle peut changer jusqu’à la clôture."
	}
	if known && b.Voices > n {
		v.Alerts = append(v.Alerts, ui.Alert{State: "warning", Title: "Plus de voix que de personnes présentes", Text: french.Integer(b.Voices) + " voix pour " + french.Integer(n) + " présents\u00a0: des personnes votent de l’extérieur, avec deux appareils, ou un robot vote. Comptez à main levée, ou annulez ce vote et reprenez-le avec des bulletins."})
	}
	if b.Refused > 0 {
		v.Alerts = append(v.Alerts, ui.Alert{State: "info", Title: french.Integer(b.Refused) + nb + french.Plural(b.Refused, "envoi refusé", "envois refusés") + " d’appareils qui ne gardent pas de cookie", Text: "Quelques-uns sont des téléphones réglés ainsi\u00a0: comptez leurs mains. Beaucoup d’un coup trahissent un robot, dont aucune voix n’est comptée."})
	}
	if b.State == ballot.Open && b.Voices > 0 {
		wide, err := ballot.Widest(r.Context(), d.Q, b.ID)
		if err != nil {
			return v, err
		}
		v.Keys = append(v.Keys, ui.KeyFigure{Label: "D’un même réseau", Value: ui.Value{Text: french.Integer(wide)}, Meaning: "Le Wi-Fi de la salle n’en fait qu’un. Plus que de présents, c’est un robot."})
	}
	return v, nil
}

// live is the counts alone, for a page that stays open.
func (d Deps) live(w http.ResponseWriter, r *http.Request) error {
	x, b, err := d.ledVote(r)
	if err != nil {
		return err
	}
	v, err := d.counts(r, x, b)
	if err != nil {
		return err
	}
	return fragment(w, r, countsInside(v))
}

func (d Deps) change(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, b, err := d.ledVote(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	ctx, a, to := r.Context(), shell.Actor(r), x.base()+"/"+b.ID+"?fait=1"
	var typed *ballot.Input
	switch shell.Typed(r, "do") {
	case "edit":
		in := typedInput(r)
		typed = &in
		_, err = d.Room.Edit(ctx, a, b.ID, rev, in)
	case "open":
		_, err = d.Room.Start(ctx, a, b.ID, rev)
	case "close":
		_, err = d.Room.Close(ctx, a, b.ID, rev)
	case "show", "hide":
		_, err = d.Room.Show(ctx, a, b.ID, rev, shell.Typed(r, "do") == "show")
	case "void":
		_, err = d.Room.Cancel(ctx, a, b.ID, rev, shell.Typed(r, "reason"))
	case "hands":
		var hands []int64
		if hands, err = typedHands(r, len(b.Options)); err == nil {
			_, err = d.Room.Raise(ctx, a, b.ID, rev, hands)
		}
	case "again":
		var next ballot.Ballot
		next, err = d.Room.Again(ctx, a, b.ID)
		to = x.base() + "/" + next.ID
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && shell.Beside(err) {
		return d.showOne(w, r, apperr.Status(err), typed, apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, to)
}

// typedHands are the numbers of raised hands, nil when every field was left empty.
func typedHands(r *http.Request, options int) ([]int64, error) {
	out, some := make([]int64, options), false
	for i := range out {
		text := shell.Typed(r, "main-"+strconv.Itoa(i))
		if text == "" {
			continue
		}
		some = true
		n, err := strconv.ParseInt(strings.Join(strings.Fields(text), ""), 10, 64)
		if err != nil {
			return nil, apperr.New(apperr.Invalid, err, "Écrivez les mains levées en nombres entiers.")
		}
		out[i] = n
	}
	if !some {
		return nil, nil
	}
	return out, nil
}

// slipsView prints one-use codes.
type slipsView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Ballot  ballot.Ballot
	Action  string
	Field   ui.Field
	Codes   []string
	Address string
}

func (d Deps) slips(w http.ResponseWriter, r *http.Request) error {
	return d.showSlips(w, r, http.StatusOK, nil, "")
}

func (d Deps) showSlips(w http.ResponseWriter, r *http.Request, status int, codes []string, wrong string) error {
	x, b, err := d.ledVote(r)
	if err != nil {
		return err
	}
	v := slipsView{Heading: ui.Heading{Overline: "Bulletins à imprimer", Title: b.Question, Scope: []string{b.State.Name(), "code" + nb + b.Code}}, Tabs: wording.MeetingTabs(x.meeting, wording.MeetingVotes), Ballot: b,
		Action: x.base() + "/" + b.ID + "/bulletins", Codes: codes, Address: strings.TrimPrefix(strings.TrimPrefix(d.Shell.Site(r), "https://"), "http://") + "/vote",
		Field: ui.Field{ID: "n", Label: "Combien de bulletins", Type: "number", Required: true, Value: r.PostForm.Get("n"), Error: wrong, Help: "Jusqu’à 500 à la fois. Les codes ne sont montrés qu’une fois, sur la page qui suit\u00a0: imprimez-la aussitôt."}}
	return d.page(w, r, status, x, v.Heading, slipsPage(v), false, ui.Link{Label: "Votes", Href: x.base()}, ui.Link{Label: b.Code, Href: x.base() + "/" + b.ID}, ui.Link{Label: "Bulletins"})
}

func (d Deps) makeSlips(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	_, b, err := d.ledVote(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(shell.Typed(r, "n"))
	if err != nil {
		n = 0
	}
	codes, err := d.Room.NewSlips(r.Context(), shell.Actor(r), b.ID, n)
	if err != nil && shell.Beside(err) {
		return d.showSlips(w, r, apperr.Status(err), nil, apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return d.showSlips(w, r, http.StatusOK, codes, "")
}

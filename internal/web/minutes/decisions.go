package minutes

import (
	"net/http"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate/ballot"
	"jalon/internal/debate/minutes"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) decisions(w http.ResponseWriter, r *http.Request) error {
	return d.showDecisions(w, r, http.StatusOK, minutes.DecisionInput{}, nil)
}

func (x place) aboutDecision(one minutes.Decision) string {
	state := minutes.Word(minutes.States, one.State)
	if one.Reason != "" {
		state += nb + ": " + one.Reason
	}
	levers := ""
	if len(one.Levers) > 0 {
		levers = french.Plural(len(one.Levers), "levier", "leviers") + nb + ": " + x.leverNames(one.Levers)
	}
	return join(minutes.Word(minutes.Kinds, one.Kind)+", "+minutes.Word(minutes.Reaches, one.Reached), state, levers)
}

func (d Deps) showDecisions(w http.ResponseWriter, r *http.Request, status int, in minutes.DecisionInput, bad error) error {
	x, err := d.meeting(r)
	if err != nil {
		return err
	}
	list, err := minutes.Decisions(r.Context(), d.Q, x.meeting.ID)
	if err != nil {
		return err
	}
	v := view{Heading: x.heading("Décisions", french.Integer(len(list))+nb+french.Plural(len(list), "décision", "décisions")+nb+": "+x.meeting.Title)}
	for _, one := range list {
		l := lineView{ID: one.ID, Title: one.Sentence, About: x.aboutDecision(one)}
		if x.may {
			l.Href = x.path(wording.MeetingDecisions) + "/" + one.ID
		}
		v.Lines = append(v.Lines, l)
	}
	if len(list) == 0 {
		v.Heading.Title = wording.OfMeeting("Les décisions", x.meeting)
		v.Empty = &ui.Empty{Title: "Aucune décision pour l’instant", Text: "Ce que la réunion décide paraîtra ici, une phrase par décision."}
	}
	if x.may {
		fields, err := d.decisionFields(r, x, in, bad)
		if err != nil {
			return err
		}
		v.First = []formView{{ID: "ajouter", Title: "Noter une décision", Action: x.path(wording.MeetingDecisions), Fields: fields[:1], More: fields[1:], Buttons: [][2]string{{"add", "Noter la décision"}}}}
	}
	return d.show(w, r, status, x, wording.MeetingDecisions, v, ui.Link{Label: "Décisions"})
}

// decisionFields are the questions about a decision, the sentence first: it is the only
// one that has to be answered in the room.
func (d Deps) decisionFields(r *http.Request, x place, in minutes.DecisionInput, bad error) ([]ui.Field, error) {
	items, err := minutes.Agenda(r.Context(), d.Q, x.meeting)
	if err != nil {
		return nil, err
	}
	votes, err := ballot.OfMeeting(r.Context(), d.Q, x.meeting.ID)
	if err != nil {
		return nil, err
	}
	sentence := ui.Field{ID: "sentence", Label: "La décision, en une phrase", Type: "textarea", Rows: 3, Required: true, Value: in.Sentence, Help: "300 caractères au plus. Le reste peut attendre."}
	if bad != nil {
		sentence.Error = apperr.Message(bad)
	}
	point := ui.Field{ID: "item", Label: "Point de l’ordre du jour", Type: "select", Options: []ui.Option{{Label: "aucun en particulier"}}}
	for _, i := range items {
		point.Options = append(point.Options, ui.Option{Value: i.ID, Label: i.Title, Selected: i.ID == in.Item})
	}
	vote := ui.Field{ID: "ballot", Label: "Le vote, s’il y en a eu un en séance", Type: "select", Options: []ui.Option{{Label: "aucun"}}}
	for _, b := range votes {
		if b.State != ballot.Void {
			vote.Options = append(vote.Options, ui.Option{Value: b.ID, Label: b.Question, Selected: b.ID == in.Ballot})
		}
	}
	return []ui.Field{sentence, selected("kind", "C’est", minutes.Kinds, in.Kind), selected("reached", "La réunion y est arrivée", minutes.Reaches, in.Reached), vote, point, x.leverField(in.Levers),
		{ID: "contributions", Label: "Contributions auxquelles elle répond", Type: "textarea", Rows: 2, Value: strings.Join(in.Contributions, "\n"), Help: "L’adresse de chacune, une par ligne."}}, nil
}

func (x place) typedDecision(r *http.Request) minutes.DecisionInput {
	in := minutes.DecisionInput{Sentence: shell.Typed(r, "sentence"), Kind: shell.Typed(r, "kind"), Reached: shell.Typed(r, "reached"), Ballot: shell.Typed(r, "ballot"), Item: shell.Typed(r, "item"), Levers: x.chosen(r)}
	for line := range strings.FieldsSeq(shell.Typed(r, "contributions")) {
		in.Contributions = append(in.Contributions, line[strings.LastIndexByte(strings.TrimRight(line, "/"), '/')+1:])
	}
	if in.Ballot != "" && in.Reached == "consensus" {
		in.Reached = "vote" // a vote was named: it is how they got there
	}
	return in
}

func (d Deps) decide(w http.ResponseWriter, r *http.Request) error {
	x, _, err := d.sent(r)
	if err != nil {
		return err
	}
	in := x.typedDecision(r)
	if _, err := d.Room.Decide(r.Context(), shell.Actor(r), x.meeting.ID, in); err != nil {
		if shell.Beside(err) {
			return d.showDecisions(w, r, apperr.Status(err), in, err)
		}
		return err
	}
	return shell.SeeOther(w, r, x.path(wording.MeetingDecisions)+"?fait=1")
}

func (d Deps) decision(w http.ResponseWriter, r *http.Request) error {
	return d.showDecision(w, r, http.StatusOK, nil, nil)
}

func (d Deps) showDecision(w http.ResponseWriter, r *http.Request, status int, typed *minutes.DecisionInput, bad error) error {
	x, err := d.led(r)
	if err != nil {
		return err
	}
	one, of, _, err := minutes.FindDecision(r.Context(), d.Q, shell.Actor(r), r.PathValue("decision"))
	if err == nil && of.ID != x.meeting.ID {
		err = apperr.NotFoundf("Cette décision n’est pas de cette réunion.")
	}
	if err != nil {
		return err
	}
	in := minutes.DecisionInput{Sentence: one.Sentence, Kind: one.Kind, Reached: one.Reached, Ballot: one.Ballot, Item: one.Item, Levers: one.Levers, Contributions: one.Contributions}
	v := view{Heading: x.heading("Décision", one.Sentence, minutes.Word(minutes.States, one.State)), Notices: wrong(bad)}
	fields, err := d.decisionFields(r, x, in, nil)
	if err != nil {
		return err
	}
	if typed != nil {
		kept := fields
		if fields, err = d.decisionFields(r, x, *typed, nil); err != nil {
			return err
		}
		if status == http.StatusConflict {
			v.Conflict = ui.TwoVersions(kept, fields)
		}
	}
	if wording.Proposes(shell.Actor(r), x.cop) {
		v.Links = append(v.Links, ui.Link{Label: "En faire une action", Href: wording.ProposePath(x.cop, "decision", one.ID)})
	}
	to := x.path(wording.MeetingDecisions) + "/" + one.ID
	reason := ui.Field{ID: "reason", Label: "Raison, ou ce qui l’applique", Value: one.Reason, Help: "Nécessaire pour une décision abandonnée."}
	v.Forms = []formView{{ID: "suite", Title: "Ce qu’elle est devenue", Action: to, Rev: rev(one.Rev), Fields: []ui.Field{selected("state", "La décision est", minutes.States, one.State), reason}, Buttons: [][2]string{{"settle", "Enregistrer la suite"}}},
		{ID: "modifier", Title: "Modifier la décision", Action: to, Rev: rev(one.Rev), Fields: fields, Buttons: [][2]string{{"save", "Enregistrer"}}}}
	return d.show(w, r, status, x, wording.MeetingDecisions, v, ui.Link{Label: "Décisions", Href: x.path(wording.MeetingDecisions)}, ui.Link{Label: "Une décision"})
}

func (d Deps) changeDecision(w http.ResponseWriter, r *http.Request) error {
	x, n, err := d.sent(r)
	if err != nil {
		return err
	}
	ctx, a, id := r.Context(), shell.Actor(r), r.PathValue("decision")
	var typed *minutes.DecisionInput
	if shell.Typed(r, "do") == "settle" {
		err = d.Room.Settle(ctx, a, id, n, shell.Typed(r, "state"), shell.Typed(r, "reason"))
	} else {
		in := x.typedDecision(r)
		typed = &in
		err = d.Room.SaveDecision(ctx, a, x.meeting.ID, id, n, in)
	}
	if err != nil && shell.Beside(err) {
		return d.showDecision(w, r, apperr.Status(err), typed, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.path(wording.MeetingDecisions)+"?fait=1")
}

// decisionsPage is how many decisions a page lists.
const decisionsPage = 50

// ofCOP lists the decisions of a COP, those of public meetings for everybody.
func (d Deps) ofCOP(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return err
	}
	c, err := cop.OfRegion(r.Context(), d.Q, region.Code)
	if err != nil {
		return err
	}
	list, err := d.Room.DecisionsOf(r.Context(), d.Q, shell.Actor(r), c, r.URL.Query().Get("apres"), decisionsPage)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Décisions des réunions", Title: decisionsTitle(region.Name, int64(len(list.Rows)), list.Next != ""), Scope: []string{"cycle " + c.Cycle, "une phrase par décision, la plus récente d’abord"}}, Pages: wording.RegionTabs(region, wording.TabDebate)}
	for _, one := range list.Rows {
		v.Lines = append(v.Lines, lineView{ID: one.ID, Title: one.Sentence, Href: "/reunions/" + one.Meeting + "/decisions#decision-" + one.ID, About: join(french.Day(one.Day), one.MeetingTitle, place{}.aboutDecision(one))})
	}
	if len(list.Rows) == 0 {
		v.Empty = &ui.Empty{Title: "Aucune décision à lire", Text: "Les décisions des réunions publiques paraîtront ici, avec leur réunion et leur suite."}
	}
	if list.Next != "" {
		v.Pager.Next = "/regions/" + region.Slug + "/decisions?apres=" + list.Next
	}
	p := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", wording.RegionTrail(region, ui.Link{Label: "Débat", Href: "/regions/" + region.Slug + "/debat"}, ui.Link{Label: "Décisions"})...)
	return d.Shell.Render(w, r, p, onePage(v))
}

// decisionsTitle counts the decisions when the page holds them all.
func decisionsTitle(region string, n int64, more bool) string {
	switch {
	case more:
		return region + nb + ": ce que les réunions de la COP ont décidé"
	case n == 0:
		return region + nb + ": aucune décision publiée pour l’instant"
	}
	return region + nb + ": " + french.Integer(n) + nb + french.Plural(n, "décision prise en réunion", "décisions prises en réunion")
}

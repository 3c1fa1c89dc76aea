package cops

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// deskView is what the team and the two heads work on: what waits for whom, the
// next event to record, what both heads validated.
type deskView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Done    bool
	Action  string // where the forms of this desk go
	Waiting []actLine
	Ended   []actLine
	Fields  []ui.Field
	MayAdd  bool
	Error   string
	Desk    cop.Desk
	Moved   []moveLine
	Checks  []checkGroup
	Given   []delegationLine
	Give    []ui.Field
	Feed    string // since when the reader has a private calendar, empty for none
	MayFeed bool
	Who     map[string][]string // of an act: whom it waits for, by name
	Holders []string            // who heads the COP today
	Others  []ui.Link           // the other desks of the territory
	Known   []ui.Link           // where what is known of the region is kept
	Asked   askedLine           // where the questionnaire stands
}

// actLine is an act and what the reader may do about it.
type actLine struct {
	ID, Title, Waits, State string
	Words                   []string
	MayConsent, MayAlone    bool
	MayWithdraw             bool
	AloneFrom               string
	Read                    string // where what is to be validated is read, empty when nowhere
}

type delegationLine struct {
	ID, Text string
	MayEnd   bool
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	return d.showDesk(w, r, http.StatusOK, cop.NewEvent{}, "", "")
}

// showDesk draws the desk; on says beside which form an error stands.
func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, typed cop.NewEvent, on, wrong string) error {
	c, name, err := d.find(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	acts, err := cop.Acts(r.Context(), d.Q, c.ID)
	if err != nil {
		return err
	}
	given, err := cop.Delegations(r.Context(), d.Q, c.ID)
	if err != nil {
		return err
	}
	workers, err := d.names(r, c)
	if err != nil {
		return err
	}
	people := maps.Clone(workers)
	if err := d.know(r, people, wordsOf(acts)...); err != nil {
		return err
	}
	base := c.Path()
	v := deskView{
		Heading: ui.Heading{Overline: "Bureau de la COP", Title: name + nb + ": " + deskFinding(acts), Scope: []string{"cycle " + c.Cycle, "réservé à la COP"}},
		Tabs:    tabs(r, c, "/bureau"),
		Done:    r.URL.Query().Get("fait") == "1", Action: base + "/bureau", MayAdd: policy.Can(a, policy.Create, c.Thing(policy.StageEvent)),
		Fields: eventFields(c, typed, only(on == "event", wrong)),
	}
	if on == "act" {
		v.Error = wrong
	}
	since, err := d.Room.Visit(r.Context(), a, c.ID)
	if err != nil {
		return err
	}
	if v.Desk, err = d.Room.Desk(r.Context(), d.Q, a, c.ID, since); err != nil {
		return err
	}
	if err := d.debateDue(r, c, &v.Desk); err != nil {
		return err
	}
	if v.Moved, err = d.moves(r, v.Desk.Moved, people, base+"/bureau", v.MayAdd); err != nil {
		return err
	}
	v.Checks = checkGroups(v.Desk.Checklist)
	side := sideOf(a, c)
	for _, x := range acts {
		as := side
		if x.State == cop.ActPending { // a delegation may cover this one
			if as, err = d.Room.SideOf(r.Context(), d.Q, a, c, x); err != nil {
				return err
			}
		}
		line := d.actLine(x, c, as, a, people)
		if x.State == cop.ActPending {
			v.Waiting = append(v.Waiting, line)
		} else {
			v.Ended = append(v.Ended, line)
		}
	}
	for _, g := range given {
		line := delegationLine{ID: g.ID, Text: capital(c.Head(g.Side)) + " délègue à " + people[g.Person] + " " + reachText(g, c, acts) + ", du " + french.Day(g.From) + " au " + french.Day(g.To) + " (" + g.Decision + ")"}
		if !g.EndedAt.IsZero() {
			line.Text += ", terminée le " + french.Date(g.EndedAt)
		} else {
			line.MayEnd = g.Side == side
		}
		v.Given = append(v.Given, line)
	}
	if side != "" {
		v.Give = delegationFields(workers, a.Person, only(on == "delegation", wrong), r, reaches(c, acts))
	}
	v.MayFeed = policy.Can(a, policy.Read, partOf(c.Thing(policy.Meeting), cop.Internal))
	feed, err := cop.FeedSince(r.Context(), d.Q, a, c.ID)
	if err != nil {
		return err
	}
	if !feed.IsZero() {
		v.Feed = french.Date(feed.In(c.Location()))
	}
	if c.Department() == "" {
		at := cop.RegionPath(c.Slug, cop.First) + "/bureau"
		v.Known = []ui.Link{{Label: "Le questionnaire aux collectivités", Href: at + "/questionnaire"}, {Label: "Les objectifs sur la table", Href: c.Path() + "/bureau/objectifs"}, {Label: "Les plans et leurs objectifs", Href: at + "/plans"}, {Label: "Les points forts", Href: at + "/points-forts"}, {Label: "Les freins", Href: at + "/freins"}, {Label: "Les notes d’expertise", Href: at + "/notes"}, {Label: "Les thèmes et leurs priorités", Href: c.Path() + "/bureau/themes"}, {Label: "Le diagnostic partagé", Href: c.Path() + "/bureau/diagnostic"}}
	}
	v.Known = append(v.Known, debateLinks(a, c)...)
	adopted, err := d.adoption(r, c)
	if err != nil {
		return err
	}
	v.Known = append(v.Known, adopted...)
	line, ok, err := d.asked(r, c, d.now(c))
	if err != nil {
		return err
	}
	if c.Department() == "" && c.Cycle == cop.First {
		if !ok {
			line.Text = "Aucune campagne n’est préparée pour l’instant."
		}
		line.Label, line.Href = "Suivre la campagne", "/regions/"+c.Slug+"/bureau/questionnaire"
		v.Asked = line
	}
	if v.Others, err = d.desks(r, c); err != nil {
		return err
	}
	v.Who = map[string][]string{}
	for _, x := range v.Desk.Waiting {
		v.Who[x.Act.ID] = append(v.Who[x.Act.ID], x.Who)
	}
	for _, s := range []cop.Side{cop.StateSide, cop.RegionSide} {
		if o := cop.HeadOn(v.Desk.Offices, s, d.now(c)); o.ID != "" {
			v.Holders = append(v.Holders, officeText(c, o))
		}
	}
	return d.private(w, r, status, v.Heading, deskPage(v), trail(c, name, ui.Link{Label: "Bureau"})...)
}

// faulty is the field of an event that a message is about: its first words say.
func faulty(wrong string) int {
	for start, at := range map[string]int{"Date de": 2, "Cette date": 2, "Cette étape s’est ouverte": 2, "Dites ce qui": 1, "Ce qui s’est fait hors": 4, "La preuve": 4} {
		if strings.HasPrefix(wrong, start) {
			return at
		}
	}
	return 0
}

// capital begins a sentence with a word.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func only(when bool, text string) string {
	if when {
		return text
	}
	return ""
}

func deskFinding(acts []cop.Act) string {
	n := 0
	for _, x := range acts {
		if x.State == cop.ActPending {
			n++
		}
	}
	if n == 0 {
		return "rien n’attend de validation"
	}
	return french.Integer(n) + nb + french.Plural(n, "acte attend une validation", "actes attendent une validation")
}

// sideOf is the head that the reader is by their own role, for what the page
// offers; the room judges again.
func sideOf(a policy.Actor, c cop.COP) cop.Side { return cop.Headed(a, c) }

func (d Deps) actLine(x cop.Act, c cop.COP, side cop.Side, a policy.Actor, people map[string]string) actLine {
	line := actLine{ID: x.ID, Title: x.Title}
	line.Read = readFirst(x, c)
	for _, w := range x.Consents {
		text := c.Head(w.Side) + nb + ": validation enregistrée le " + french.Date(w.At) + " par " + people[w.Person]
		if w.Delegation != "" {
			text += ", par délégation"
		}
		line.Words = append(line.Words, text)
	}
	switch x.State {
	case cop.ActPending:
		line.State = "en attente"
		var missing []string
		for _, s := range []cop.Side{cop.StateSide, cop.RegionSide} {
			if !x.Has(s) && (s == cop.StateSide || c.Both) {
				missing = append(missing, c.Head(s))
			}
		}
		line.Waits = "Attend " + strings.Join(missing, " et ") + ", depuis le " + french.Date(x.At)
		line.MayConsent = side != "" && !x.Has(side)
		line.MayAlone = side != "" && x.Has(side) && !d.Now().Before(x.AloneFrom(c))
		line.MayWithdraw = x.ProposedBy == a.Person || side != "" && x.Side == side
		if side != "" && x.Has(side) && !line.MayAlone {
			line.AloneFrom = "Sans réponse, vous pourrez poursuivre seul à partir du " + french.Date(x.AloneFrom(c)) + "."
		}
	case cop.ActRecorded:
		if line.State = "validé par les deux têtes le " + french.Date(x.EndedAt); !c.Both {
			line.State = "validé par le préfet de département le " + french.Date(x.EndedAt)
		}
	case cop.ActAlone:
		line.State = "poursuivi par une seule tête le " + french.Date(x.EndedAt) + ", l’autre étant sollicitée depuis le " + french.Date(x.At) + nb + ": " + x.Reason
	case cop.ActWithdrawn:
		line.State = "retiré le " + french.Date(x.EndedAt) + nb + ": " + x.Reason
	}
	return line
}

func eventFields(c cop.COP, in cop.NewEvent, wrong string) []ui.Field {
	stage := ui.Field{ID: "stage", Label: "Étape", Type: "select", Required: true}
	for _, s := range cop.Stages() {
		stage.Options = append(stage.Options, ui.Option{Value: string(s), Label: s.Name(), Selected: in.Stage == s})
	}
	heads := "les deux têtes"
	if !c.Both {
		heads = c.Head(cop.StateSide)
	}
	mark := ui.Field{ID: "mark", Label: "Ce qui s’est passé", Type: "select", Required: true, Help: "Un lancement, un diagnostic achevé et une feuille de route achevée engagent la COP\u00a0: ils attendent " + heads + "."}
	for _, k := range []cop.Mark{cop.Opened, cop.Held, cop.Done, cop.Announced} {
		mark.Options = append(mark.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: in.Mark == k})
	}
	elsewhere := ui.Field{ID: "elsewhere", Label: "Cela s’est fait hors de Jalon", Type: "checkbox", Value: "1", Help: "Une preuve est alors demandée, et aucune validation n’est attendue."}
	elsewhere.Options = []ui.Option{{Value: "1", Label: "Oui, hors de Jalon", Selected: in.Elsewhere}}
	fields := []ui.Field{stage, mark, {ID: "day", Label: "Date", Type: "date", Required: true, Value: in.Day}, elsewhere,
		{ID: "evidence", Label: "Preuve", Value: in.Evidence, Help: "L’adresse d’une page ou d’un document, par exemple https://…"},
		{ID: "note", Label: "Précision", Value: in.Note}}
	fields[faulty(wrong)].Error = wrong
	return fields
}

func form(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	return nil
}

func beside(err error) bool {
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Conflict, apperr.Forbidden:
		return true
	}
	return false
}

func (d Deps) back(w http.ResponseWriter, r *http.Request, c cop.COP) error {
	return shell.SeeOther(w, r, c.Path()+"/bureau?fait=1")
}

func (d Deps) addEvent(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	in := typedEvent(r)
	if _, _, err := d.Room.AddEvent(r.Context(), shell.Actor(r), c.ID, in); err != nil {
		if beside(err) {
			return d.showDesk(w, r, apperr.Status(err), in, "event", apperr.Message(err))
		}
		return err
	}
	return d.back(w, r, c)
}

func (d Deps) act(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	id, reason := r.PathValue("id"), strings.TrimSpace(r.PostForm.Get("reason"))
	x, err := cop.FindAct(r.Context(), d.Q, id)
	if err != nil || x.COP != c.ID {
		return apperr.New(apperr.NotFound, err, "Cette validation n’existe pas dans cette COP.")
	}
	switch r.PostForm.Get("do") {
	case "consent":
		_, err = d.Room.Consent(r.Context(), shell.Actor(r), id)
		if apperr.KindOf(err) == apperr.Conflict && d.consented(r, id) {
			err = nil // a second click on the same button
		}
	case "alone":
		_, err = d.Room.GoAlone(r.Context(), shell.Actor(r), id, reason)
	case "withdraw":
		_, err = d.Room.Withdraw(r.Context(), shell.Actor(r), id, reason)
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && beside(err) {
		return d.showDesk(w, r, apperr.Status(err), cop.NewEvent{}, "act", apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return d.back(w, r, c)
}

// consented reports whether the reader has validated an act already: who clicks
// twice did what they meant to, once.
func (d Deps) consented(r *http.Request, id string) bool {
	x, err := cop.FindAct(r.Context(), d.Q, id)
	return err == nil && slices.ContainsFunc(x.Consents, func(w cop.Consent) bool { return w.Person == shell.Actor(r).Person })
}

// checkGroup is the checklist of a stage.
type checkGroup struct {
	Title string
	Lines []cop.Check
	Left  int
}

func checkGroups(checks []cop.Check) (out []checkGroup) {
	for _, x := range checks {
		if len(out) == 0 || out[len(out)-1].Title != x.Stage.Name() {
			out = append(out, checkGroup{Title: x.Stage.Name()})
		}
		g := &out[len(out)-1]
		g.Lines = append(g.Lines, x)
		if !x.Done {
			g.Left++
		}
	}
	return out
}

func left(g checkGroup) string {
	if g.Left == 0 {
		return "tout est fait"
	}
	return french.Integer(g.Left) + nb + french.Plural(g.Left, "point à faire", "points à faire")
}

// dueHref is where a thing to do is done.
func dueHref(x cop.Due, base string) string {
	switch x.Kind {
	case "act":
		return base + "#acte-" + x.Subject
	case "meeting":
		return base + "/reunions#reunion-" + x.Subject
	case "news":
		return base + "/actualites#actualite-" + x.Subject
	case "office":
		return base + "/reglages#tetes"
	case "priority":
		return base + "/priorites/" + x.Subject
	case "event":
		return base + "#evenement"
	case "delegation":
		return base + "#delegations"
	case "moderation":
		return base + "/moderation"
	case "qualify":
		return base + "/actions?etat=proposed"
	case "study":
		return base + "/contributions?a=moi"
	case "task":
		return "/reunions/" + x.Subject + "/taches"
	}
	return ""
}

// currentStep tells screen readers where the COP stands.
func currentStep(s step) templ.Attributes {
	if !s.Current {
		return nil
	}
	return templ.Attributes{"aria-current": "step"}
}

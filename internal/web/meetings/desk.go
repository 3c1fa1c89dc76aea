package meetings

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate/group"
	"jalon/internal/debate/meeting"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// deskView is where a meeting is organised.
type deskView struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Notices  []ui.Alert
	Action   string
	Rev      string
	EntryRev string
	Meeting  []ui.Field
	Entry    []ui.Field
	Pasted   []ui.Field
	Orgs     []ui.Field
	Groups   []ui.Field
	Said     []string // where registrations and invitations stand
	Open     bool     // it is still to come
}

// typed is what a form of this page came back with, and what is wrong with it.
type typed struct {
	on, wrong string
	conflict  bool
	meeting   *cop.Meeting
	entry     *entryText
	pasted    string
	sent      string
}

// entryText is a form of registration as it was typed.
type entryText struct{ mode, capacity, opens, closes, words, reminders string }

func textOf(e meeting.Entry) entryText {
	t := entryText{mode: string(e.Mode), opens: e.OpensOn, closes: e.ClosesOn, words: e.Words}
	if e.Capacity != nil {
		t.capacity = strconv.FormatInt(*e.Capacity, 10)
	}
	for i, n := range e.Remind {
		if i > 0 {
			t.reminders += ", "
		}
		t.reminders += strconv.Itoa(n)
	}
	return t
}

// entry reads the form: what does not read is said.
func (t entryText) entry(e meeting.Entry) (meeting.Entry, error) {
	e.Mode, e.OpensOn, e.ClosesOn, e.Words, e.Capacity, e.Remind = meeting.Mode(t.mode), t.opens, t.closes, t.words, nil, nil
	if text := strings.Join(strings.Fields(t.capacity), ""); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return e, apperr.Invalidf("Le nombre de places s’écrit en chiffres\u00a0; laissez le champ vide quand il n’y a pas de limite.")
		}
		e.Capacity = &n
	}
	for day := range strings.FieldsFuncSeq(t.reminders, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		n, err := strconv.Atoi(day)
		if err != nil {
			return e, apperr.Invalidf("Les rappels sont des nombres de jours, séparés par des virgules\u00a0: 7, 1.")
		}
		e.Remind = append(e.Remind, n)
	}
	return e, nil
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	f, err := d.organised(r)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, f, typed{sent: r.URL.Query().Get("fait")})
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, f found, t typed) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	v := deskView{Heading: ui.Heading{Overline: "Organiser", Title: f.x.Title, Scope: f.scope()}, Tabs: f.tabs("/organiser"), Action: f.x.Path() + "/organiser", Open: f.x.State == cop.Planned && d.today(f.c) <= f.x.Day}
	on := func(what string) string {
		if t.on == what {
			return t.wrong
		}
		return ""
	}
	show, entry := f.x, textOf(f.e)
	if t.meeting != nil {
		show = *t.meeting
	}
	if t.entry != nil {
		entry = *t.entry
	}
	v.Rev, v.EntryRev = strconv.FormatInt(f.x.Rev, 10), strconv.FormatInt(f.e.Rev, 10)
	if t.conflict { // both versions: theirs is what is kept, the reader's what is in the form
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: t.wrong, Text: "Ce qui est enregistré" + nb + ": " + f.kept(t.on) + " Votre saisie est dans le formulaire ci-dessous" + nb + "; l’enregistrer remplace ce qui précède."})
		t.wrong = ""
	}
	v.Meeting = wording.MeetingFields(m.Tree(), f.c, show, on("meeting"))
	if field, ok, err := d.groupField(r, f.c, show); err != nil {
		return err
	} else if ok {
		v.Meeting = append(v.Meeting, field)
	}
	v.Meeting = append(v.Meeting, ui.Field{ID: "note", Label: "Présentation", Type: "textarea", Rows: 5, Value: show.Note, Help: "Lue sur la page de la réunion et dans les agendas."},
		ui.Field{ID: "state", Label: "État", Type: "select", Required: true, Options: []ui.Option{{Value: cop.Planned, Label: "prévue", Selected: show.State == cop.Planned}, {Value: cop.MeetingOn, Label: "tenue", Selected: show.State == cop.MeetingOn}, {Value: cop.Cancelled, Label: "annulée", Selected: show.State == cop.Cancelled}},
			Help: "Un changement de date, de lieu ou une annulation est annoncé par mail aux inscrits et aux invités."})
	v.Entry = entryFields(entry, on("entry"))
	v.Pasted = []ui.Field{{ID: "pasted", Label: "Adresses à inviter", Type: "textarea", Rows: 4, Required: true, Value: t.pasted, Error: on("pasted"), Help: "Une par ligne, ou séparées par des virgules. Une adresse déjà invitée ne reçoit rien de plus."}}
	if policy.Can(f.a, policy.Read, f.c.Thing(policy.Organisation)) {
		v.Orgs = d.orgFields(m.Tree().Departments(), f.c, f.x.Department, on("orgs"))
	}
	if field, ok, err := d.groupField(r, f.c, f.x); err != nil {
		return err
	} else if ok {
		field.ID, field.Name, field.Required, field.Error = "invite_group", "group", true, on("group")
		field.Options, field.Help = field.Options[1:], "Ceux qui y siègent le jour de la réunion. Une adresse déjà invitée ne reçoit rien de plus."
		v.Groups = []ui.Field{field}
	}
	if v.Said, err = d.standing(r, f); err != nil {
		return err
	}
	if t.sent != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: sentText(t.sent)})
	}
	if t.wrong != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Rien n’est enregistré", Text: t.wrong})
	}
	return d.private(w, r, status, "Organiser"+nb+": "+f.x.Title, deskTemplate(v), f.trail(ui.Link{Label: "Organiser"})...)
}

// kept says what is recorded of the part that two people changed.
func (f found) kept(on string) string {
	if on == "entry" {
		t := textOf(f.e)
		out := f.e.Mode.Name()
		if t.capacity != "" {
			out += ", " + t.capacity + nb + "places"
		}
		if t.words != "" {
			out += ", texte" + nb + ": «" + nb + t.words + nb + "»"
		}
		return out + "."
	}
	out := f.x.Title + ", " + meeting.When(f.x)
	if f.x.Place != "" {
		out += ", " + f.x.Place
	}
	return out + ", " + stateOf(f.x, "") + "."
}

// sentText says what became of a form, from the word that the address holds: numbers
// for invitations.
func sentText(code string) string {
	part := strings.Split(code, ".")
	if len(part) != 4 {
		return "C’est enregistré"
	}
	var n [4]int64
	for i, text := range part {
		n[i], _ = strconv.ParseInt(text, 10, 32) // what somebody wrote in the address says nothing
	}
	out := french.Integer(n[0]) + nb + french.Plural(n[0], "invitation part", "invitations partent")
	for i, text := range []string{"", "déjà invités", "refusent les messages de cette COP", "organismes sans adresse"} {
		if i > 0 && n[i] > 0 {
			out += nb + "; " + french.Integer(n[i]) + nb + text
		}
	}
	return out + "."
}

func entryFields(t entryText, wrong string) []ui.Field {
	mode := ui.Field{ID: "mode", Label: "Inscription", Type: "radio", Required: true, Error: wrong}
	for _, x := range meeting.Modes() {
		mode.Options = append(mode.Options, ui.Option{Value: string(x), Label: x.Name(), Selected: string(x) == t.mode})
	}
	return []ui.Field{mode, {ID: "capacity", Label: "Places dans la salle", Type: "number", Value: t.capacity, Help: "Vide quand il n’y a pas de limite. Une place compte une fois l’adresse confirmée\u00a0; qui suit à distance n’en prend pas. Au-delà, une liste d’attente."},
		{ID: "opens_on", Label: "Ouverture des inscriptions", Type: "date", Value: t.opens, Help: "Vide\u00a0: tout de suite."},
		{ID: "closes_on", Label: "Dernier jour pour s’inscrire", Type: "date", Value: t.closes, Help: "Vide\u00a0: la veille de la réunion."},
		{ID: "words", Label: "Texte pour les inscrits", Type: "textarea", Rows: 4, Value: t.words, Help: "Accès, pièce d’identité, documents à lire. Envoyé avec la confirmation et les rappels."},
		{ID: "reminders", Label: "Rappels, en jours avant la réunion", Value: t.reminders, Help: "Par exemple 7, 1. Envoyés aux seules personnes inscrites et confirmées."}}
}

// groupField is the question of the working group that holds a meeting, among those
// whose meetings the reader organises; ok is false when there are none.
func (d Deps) groupField(r *http.Request, c cop.COP, x cop.Meeting) (f ui.Field, ok bool, err error) {
	all, err := group.Choices(r.Context(), d.Q, c.ID)
	if err != nil {
		return f, false, err
	}
	a := shell.Actor(r)
	f = ui.Field{ID: "group", Label: "Groupe de travail", Type: "select", Help: "Celui qui se réunit, s’il y en a un.", Options: []ui.Option{{Label: "aucun"}}}
	known := x.Group == ""
	for _, g := range all {
		if d.Room.MayPlan(a, c, cop.Meeting{COP: c.ID, Group: g.ID, Department: x.Department}) == nil {
			known = known || g.ID == x.Group
			f.Options = append(f.Options, ui.Option{Value: g.ID, Label: g.Name, Selected: g.ID == x.Group})
		}
	}
	if !known { // a group that was closed since keeps its meetings
		name, err := group.Name(r.Context(), d.Q, x.Group)
		if err != nil {
			return f, false, err
		}
		if name != "" {
			f.Options = append(f.Options, ui.Option{Value: x.Group, Label: name, Selected: true})
		}
	}
	return f, len(f.Options) > 1, nil
}

// standing says where registrations and invitations are.
func (d Deps) standing(r *http.Request, f found) ([]string, error) {
	n, err := meeting.Invites(r.Context(), d.Q, f.x.ID)
	if err != nil {
		return nil, err
	}
	out := []string{french.Upper(f.e.Mode.Name()) + "."}
	if f.e.Mode != meeting.None {
		out = append(out, french.Integer(f.e.Taken)+nb+french.Plural(f.e.Taken, "place prise", "places prises")+", "+french.Integer(f.e.Waiting)+nb+"en liste d’attente.")
	}
	return append(out, french.Integer(n)+nb+french.Plural(n, "adresse invitée", "adresses invitées")+"."), nil
}

func (d Deps) saveDesk(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	f, err := d.organised(r)
	if err != nil {
		return err
	}
	t := typed{on: shell.Typed(r, "do")}
	done := "1"
	switch t.on {
	case "meeting":
		err = d.saveMeeting(r, f, &t)
	case "entry":
		in := entryText{shell.Typed(r, "mode"), shell.Typed(r, "capacity"), shell.Typed(r, "opens_on"), shell.Typed(r, "closes_on"), shell.Typed(r, "words"), shell.Typed(r, "reminders")}
		t.entry = &in
		var e meeting.Entry
		if e, err = in.entry(f.e); err == nil {
			if e.Rev, err = shell.Rev(r); err == nil {
				_, err = d.Room.SaveEntry(r.Context(), f.a, e)
			}
		}
	case "pasted":
		t.pasted = shell.Typed(r, "pasted")
		done, err = sentCode(d.Room.InvitePasted(r.Context(), f.a, f.x.ID, t.pasted))
	case "orgs":
		var kinds []account.OrgKind
		for _, k := range r.PostForm["kind"] {
			kinds = append(kinds, account.OrgKind(k))
		}
		done, err = sentCode(d.Room.InviteDepartment(r.Context(), f.a, f.x.ID, shell.Typed(r, "of"), kinds))
	case "group":
		done, err = sentCode(d.Room.InviteGroup(r.Context(), f.a, f.x.ID, shell.Typed(r, "group")))
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && shell.Beside(err) {
		t.wrong, t.conflict = apperr.Message(err), apperr.KindOf(err) == apperr.Conflict
		if t.conflict {
			if f, err = d.organised(r); err != nil { // as the other writer left it
				return err
			}
			return d.showDesk(w, r, http.StatusConflict, f, t)
		}
		return d.showDesk(w, r, apperr.Status(err), f, t)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, f.x.Path()+"/organiser?fait="+done)
}

func sentCode(n meeting.Sent, err error) (string, error) {
	var out []string
	for _, x := range []int{n.New, n.Already, n.Refused, n.Nobody} {
		out = append(out, strconv.Itoa(x))
	}
	return strings.Join(out, "."), err
}

// readMeeting is what was typed of a meeting, over what the form does not show.
func readMeeting(r *http.Request, x cop.Meeting) cop.Meeting {
	get := func(name string) string { return shell.Typed(r, name) }
	x.Title, x.Kind, x.Stage, x.Day, x.Start, x.End = get("title"), cop.MeetingKind(get("kind")), cop.Stage(get("stage")), get("day"), get("start"), get("end")
	x.Place, x.Part, x.Department, x.JoinURL, x.Note = get("place"), get("part"), get("department"), get("join_url"), get("note")
	if _, shown := r.PostForm["group"]; shown {
		x.Group = get("group")
	}
	return x
}

func (d Deps) saveMeeting(r *http.Request, f found, t *typed) (err error) {
	x := readMeeting(r, f.x)
	x.State = shell.Typed(r, "state")
	if x.State != cop.MeetingOn {
		x.Attendance, x.Counted = nil, false
	}
	t.meeting = &x
	if x.Rev, err = shell.Rev(r); err != nil {
		return err
	}
	return d.Room.Save(r.Context(), f.a, x)
}

func (d Deps) newMeeting(w http.ResponseWriter, r *http.Request) error {
	c, err := d.copOf(r)
	if err != nil {
		return err
	}
	x := cop.Meeting{COP: c.ID, Part: policy.Public, State: cop.Planned, Group: r.URL.Query().Get("groupe"), Stage: cop.Debate, Kind: cop.GroupMeeting}
	if err := d.Room.MayPlan(shell.Actor(r), c, x); err != nil {
		return err
	}
	return d.showNew(w, r, http.StatusOK, c, x, "")
}

func (d Deps) showNew(w http.ResponseWriter, r *http.Request, status int, c cop.COP, x cop.Meeting, wrong string) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	v := formView{Heading: ui.Heading{Overline: "Réunions", Title: "Prévoir une réunion", Scope: []string{c.Name, "cycle " + c.Cycle}}, Action: c.Path() + "/bureau/reunions/nouvelle", Button: "Enregistrer la réunion",
		Fields: wording.MeetingFields(m.Tree(), c, x, wrong), After: []string{"L’inscription, les invitations et le code à l’entrée se règlent à l’étape suivante."}}
	if field, ok, err := d.groupField(r, c, x); err != nil {
		return err
	} else if ok {
		v.Fields = append(v.Fields, field)
	}
	v.Fields = append(v.Fields, ui.Field{ID: "note", Label: "Présentation", Type: "textarea", Rows: 5, Value: x.Note})
	return d.private(w, r, status, v.Heading.Title, formTemplate(v), ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: c.Name, Href: c.Path()}, ui.Link{Label: "Prévoir une réunion"})
}

func (d Deps) plan(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	c, err := d.copOf(r)
	if err != nil {
		return err
	}
	x := readMeeting(r, cop.Meeting{COP: c.ID, State: cop.Planned})
	kept, err := d.Room.Plan(r.Context(), shell.Actor(r), c, x)
	if err != nil {
		if shell.Beside(err) {
			return d.showNew(w, r, apperr.Status(err), c, x, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, kept.Path()+"/organiser?fait=1")
}

package meetings

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/group"
	"jalon/internal/debate/meeting"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// meetingView is the page of a meeting, as anyone who may read it does.
type meetingView struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Notices  []ui.Alert
	Place    string
	Join     string // only to those who hold a seat, and to those who organise
	Remote   bool   // it may be joined from afar
	Note     string
	Group    string
	How      string // how one comes
	Left     string // the seats that are left
	Register string // where one registers, empty when one may not
	Mine     string // where one's own registration is
	Parts    []ui.Link
	Calendar string
}

// held is the registration of whoever reads, by their account or the address that this
// browser confirmed.
func (d Deps) held(r *http.Request, f found) (s meeting.Seat, ok bool, err error) {
	who := shell.Of(r)
	voice := who.Voice
	if f.a.Person != "" {
		v, err := debate.VoiceOf(r.Context(), d.Q, f.c.ID, f.a.Person)
		if err == nil {
			voice = v.ID
		} else if apperr.KindOf(err) != apperr.NotFound {
			return s, false, err
		}
	}
	if voice == "" {
		return s, false, nil
	}
	s, err = meeting.SeatOf(r.Context(), d.Q, f.x.ID, voice)
	if err != nil && apperr.KindOf(err) == apperr.NotFound {
		return s, false, nil
	}
	return s, err == nil, err
}

func (d Deps) meeting(w http.ResponseWriter, r *http.Request) error {
	f, err := d.find(r)
	if err != nil {
		return err
	}
	s, held, err := d.held(r, f)
	if err != nil {
		return err
	}
	today := d.today(f.c)
	v := meetingView{Heading: ui.Heading{Overline: f.c.Name, Title: f.x.Title, Scope: f.scope()}, Tabs: f.tabs(""), Place: f.x.Place, Remote: f.x.JoinURL != "", Note: f.x.Note, Calendar: f.x.Path() + "/reunion.ics"}
	if f.x.JoinURL != "" && (f.mine || held && s.State == meeting.Confirmed) {
		v.Join = f.x.JoinURL
	}
	switch r.URL.Query().Get("fait") {
	case "organise":
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "La réunion est enregistrée"})
	}
	if f.x.State == cop.Cancelled {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Cette réunion est annulée", Text: "Les personnes inscrites ont reçu un message."})
	}
	if held && s.State != meeting.Unconfirmed && s.State != meeting.Cancelled {
		v.Mine = d.Room.SeatPath(s)
		text := "Vous êtes inscrit."
		if s.State == meeting.Waiting {
			text = "Vous êtes en liste d’attente."
		}
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: text, Links: []ui.Link{{Label: "Relire ou annuler mon inscription", Href: v.Mine}}})
	}
	if v.How, v.Left = f.how(today); v.Mine != "" {
		v.How, v.Left = "", "" // said to those who may still register
	}
	if f.e.Takes(f.x, today) == "" && v.Mine == "" {
		may := f.e.Mode == meeting.Open || f.mine
		if !may && shell.Of(r).SignedIn() {
			if may, err = d.invitedHere(r, f); err != nil {
				return err
			}
		}
		if may {
			v.Register = f.x.Path() + "/inscription"
		}
	}
	if v.Group, err = group.Name(r.Context(), d.Q, f.x.Group); err != nil {
		return err
	}
	for _, part := range d.Parts {
		links, err := part(r.Context(), f.a, f.x, f.c)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, links...)
	}
	page := d.Shell.Page(r, f.x.Title, f.x.Kind.Name()+", "+meeting.When(f.x)+".", f.trail()...)
	page.NoIndex = f.x.Part != policy.Public
	return d.Shell.Render(w, r, page, meetingPage(v))
}

// invitedHere tells whether the address of whoever signed in was invited.
func (d Deps) invitedHere(r *http.Request, f found) (bool, error) {
	email, err := d.ownEmail(r)
	if err != nil || email == "" {
		return false, err
	}
	return d.Room.Invited(r.Context(), d.Q, f.x, email)
}

// how says how one comes, and which seats are left.
func (f found) how(today string) (how, left string) {
	how = f.e.Takes(f.x, today)
	if how == "" {
		how = "L’inscription est ouverte jusqu’au " + french.Day(f.e.LastDay(f.x)) + "."
		if f.e.Mode == meeting.Invited {
			how = "On s’inscrit sur invitation, jusqu’au " + french.Day(f.e.LastDay(f.x)) + "."
		}
		n, limited := f.e.Left()
		switch {
		case !limited:
		case n > 0:
			left = french.Integer(n) + nb + french.Plural(n, "place reste", "places restent") + " sur " + french.Integer(*f.e.Capacity) + "."
		default:
			left = "La salle est complète (" + french.Integer(*f.e.Capacity) + nb + "places)" + nb + ": vous pouvez entrer en liste d’attente."
			if f.e.Waiting > 0 {
				left = "La salle est complète (" + french.Integer(*f.e.Capacity) + nb + "places), " + french.Integer(f.e.Waiting) + nb + french.Plural(f.e.Waiting, "personne attend", "personnes attendent") + nb + ": vous pouvez entrer en liste d’attente."
			}
		}
	} else if f.e.OpensOn != "" && today < f.e.OpensOn {
		how += " Elles ouvrent le " + french.Day(f.e.OpensOn) + "."
	}
	return how, left
}

// ics is the meeting alone, for the calendar of whoever comes.
func (d Deps) ics(w http.ResponseWriter, r *http.Request) error {
	f, err := d.find(r)
	if err != nil {
		return err
	}
	body := []byte(cop.ICS(f.x.Title, d.Shell.BaseURL, []cop.Appointment{f.x.Appointment(f.c)}))
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="reunion.ics"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err = w.Write(body)
	return err
}

// listView is the list of the meetings of a COP.
type listView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Field   ui.Field
	Action  string
	Past    bool
	Table   ui.Table
	Empty   *ui.Empty
	Pager   ui.Pager
	Links   []ui.Link
}

const listPage = 50

// copOf is the COP of the region that an address names, of the first cycle or of the
// one that it asks for.
func (d Deps) copOf(r *http.Request) (cop.COP, error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return cop.COP{}, err
	}
	cycle := r.PathValue("cycle")
	if cycle == "" {
		cycle = r.URL.Query().Get("cycle")
	}
	if code := r.PathValue("code"); code != "" {
		return cop.FindIn(r.Context(), d.Q, cmp.Or(cycle, cop.First), "department:"+code)
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return cop.COP{}, err
	}
	if cycle == "" {
		return cop.OfRegion(r.Context(), d.Q, region.Code)
	}
	return cop.FindIn(r.Context(), d.Q, cycle, "region:"+region.Code)
}

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	c, err := d.copOf(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	past, dept := q.Get("passees") == "1", q.Get("departement")
	f := cop.MeetingFilter{Past: past, Today: d.today(c), Department: dept}
	list, err := d.Room.COPs.MeetingList(r.Context(), d.Q, shell.Actor(r), c, f, q.Get("apres"), listPage)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	base := "/regions/" + c.Slug + "/reunions"
	keep := ""
	if c.Cycle != cop.First {
		keep = "&cycle=" + c.Cycle
	}
	what := "les réunions à venir"
	if past {
		what = "les réunions passées"
	}
	v := listView{Heading: ui.Heading{Overline: "Réunions", Title: c.Name + nb + ": " + what, Scope: []string{"cycle " + c.Cycle}}, Past: past, Action: base,
		Tabs:  []ui.Link{{Label: "À venir", Href: base + "?a=venir" + keep, Current: !past}, {Label: "Passées", Href: base + "?passees=1" + keep, Current: past}},
		Field: ui.Field{ID: "departement", Label: "Département", Type: "select", Options: []ui.Option{{Label: "tous, et toute la région"}}},
		Links: []ui.Link{{Label: "Qui est venu, par département", Href: base + "/participation" + strings.Replace(keep, "&", "?", 1)}, {Label: "Suivre le calendrier de la COP (iCalendar)", Href: "/regions/" + c.Slug + "/calendrier.ics"}}}
	names := map[string]string{}
	for _, x := range m.Tree().Departments() {
		if x.Region == c.Region {
			names[x.Code] = x.Name
			v.Field.Options = append(v.Field.Options, ui.Option{Value: x.Code, Label: x.Name, Selected: x.Code == dept})
		}
	}
	v.Table = ui.Table{ID: "reunions", Caption: "Les réunions", CaptionHidden: true, Columns: []ui.Column{{Label: "Réunion", Wide: true}, {Label: "Date"}, {Label: "Type"}, {Label: "Département"}, {Label: "État"}}}
	for _, x := range list.Rows {
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Title, Href: x.Path(), Sub: x.Place}, {Text: strings.TrimPrefix(meeting.When(x), "le ")}, {Text: x.Kind.Name()}, {Text: names[x.Department]}, {Text: stateOf(x, f.Today)}}})
	}
	if len(list.Rows) == 0 {
		v.Empty = &ui.Empty{Title: "Aucune réunion ici", Text: "Les réunions publiques paraissent dès que l’équipe de la COP les annonce."}
	}
	if list.Next != "" {
		v.Pager.Next = base + "?apres=" + list.Next + keep
		if past {
			v.Pager.Next += "&passees=1"
		}
		if dept != "" {
			v.Pager.Next += "&departement=" + dept
		}
	}
	page := d.Shell.Page(r, v.Heading.Title, "Les réunions de la COP, à venir et passées.", ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: c.Name, Href: c.Path()}, ui.Link{Label: "Réunions"})
	return d.Shell.Render(w, r, page, listTemplate(v))
}

func stateOf(x cop.Meeting, today string) string {
	switch {
	case x.State == cop.Cancelled:
		return "annulée"
	case x.State == cop.MeetingOn:
		return "tenue"
	case x.Day < today:
		return "à confirmer" // nobody said yet whether it was held
	}
	return "prévue"
}

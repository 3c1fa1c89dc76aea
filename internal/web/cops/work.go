package cops

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// workView is the page of a COP's meetings, or of its news.
type workView struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Done     bool
	Error    string
	Action   string
	Meetings []meetingLine
	News     []newsLine
	Fields   []ui.Field
	MayAdd   bool
	Empty    *ui.Empty
	Pager    ui.Pager
	Table    ui.Table // of the journal
	Download string
}

type meetingLine struct {
	ID, Rev, Title, Href, When, Where, Kind, State, Came string
	Internal, MayEdit                                    bool
}

type newsLine struct {
	ID, Rev, Title, Text, When string
	Draft                      bool
}

const workPage = 50

func (d Deps) meetings(w http.ResponseWriter, r *http.Request) error {
	return d.showMeetings(w, r, http.StatusOK, cop.Meeting{Part: policy.Public, State: cop.Planned}, "")
}

func (d Deps) showMeetings(w http.ResponseWriter, r *http.Request, status int, typed cop.Meeting, wrong string) error {
	c, name, err := d.find(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	list, err := d.Room.Meetings(r.Context(), d.Q, a, c, r.URL.Query().Get("apres"), workPage)
	if err != nil {
		return err
	}
	v := workView{Heading: ui.Heading{Overline: "Réunions", Title: name + nb + ": les réunions de la COP", Scope: []string{"cycle " + c.Cycle, "les réunions publiques paraissent sur la page de la COP"}},
		Tabs: tabs(r, c, "/bureau/reunions"), Done: r.URL.Query().Get("fait") == "1", Action: c.Path() + "/bureau/reunions",
		MayAdd: policy.Can(a, policy.Create, c.Thing(policy.Meeting))}
	if v.Fields, err = d.meetingFields(r, c, typed, wrong); err != nil {
		return err
	}
	for _, x := range list.Rows {
		v.Meetings = append(v.Meetings, lineOf(x, policy.Can(a, policy.Edit, x.Thing(c))))
	}
	if len(list.Rows) == 0 {
		v.Empty = &ui.Empty{Title: "Aucune réunion pour l’instant", Text: "Enregistrez ci-dessous une réunion prévue ou déjà tenue."}
	}
	if list.Next != "" {
		v.Pager.Next = v.Action + "?apres=" + list.Next
	}
	return d.workPage(w, r, status, name, c, v, meetingsPage)
}

func lineOf(x cop.Meeting, mayEdit bool) meetingLine {
	l := meetingLine{ID: x.ID, Rev: strconv.FormatInt(x.Rev, 10), Title: x.Title, Href: x.Path(), When: french.Day(x.Day), Where: x.Place, Kind: x.Kind.Name(), Internal: x.Part != policy.Public, MayEdit: mayEdit}
	if x.Start != "" {
		l.When += ", " + x.Start
		if x.End != "" {
			l.When += " à " + x.End
		}
	}
	switch x.State {
	case cop.Cancelled:
		l.State = "annulée"
	case cop.MeetingOn:
		l.State = "tenue"
		if x.Attendance != nil {
			l.Came = french.Integer(*x.Attendance) + nb + french.Plural(*x.Attendance, "personne", "personnes")
			if x.Counted {
				l.Came += ", comptées"
			} else {
				l.Came += ", déclarées"
			}
		}
	default:
		l.State = "prévue"
	}
	return l
}

// about says what a meeting is, in one line.
func (l meetingLine) about() string {
	out := l.Kind
	for _, x := range []string{l.State, l.Came, l.Where} {
		if x != "" {
			out += ", " + x
		}
	}
	return out
}

func (d Deps) meetingFields(r *http.Request, c cop.COP, x cop.Meeting, wrong string) ([]ui.Field, error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return nil, err
	}
	return wording.MeetingFields(m.Tree(), c, x, wrong), nil
}

func typedMeeting(r *http.Request, c cop.COP) cop.Meeting {
	f := r.PostForm
	get := func(name string) string { return strings.TrimSpace(f.Get(name)) }
	return cop.Meeting{COP: c.ID, Title: get("title"), Kind: cop.MeetingKind(get("kind")), Stage: cop.Stage(get("stage")), Day: get("day"), Start: get("start"), End: get("end"),
		Place: get("place"), Part: get("part"), Department: get("department"), JoinURL: get("join_url"), State: cop.Planned}
}

func (d Deps) addMeeting(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	x := typedMeeting(r, c)
	if _, err := d.Room.AddMeeting(r.Context(), shell.Actor(r), x); err != nil {
		if beside(err) {
			return d.showMeetings(w, r, apperr.Status(err), x, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/reunions?fait=1")
}

// saveMeeting says that a meeting was held, with how many came, or cancelled.
func (d Deps) saveMeeting(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	x, of, err := cop.FindMeeting(r.Context(), d.Q, a, r.PathValue("id"))
	if err != nil || of.ID != c.ID {
		return apperr.New(apperr.NotFound, err, "Cette réunion n’existe pas dans cette COP.")
	}
	if x.Rev, err = strconv.ParseInt(r.PostForm.Get("rev"), 10, 64); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	reason := "réunion tenue"
	switch r.PostForm.Get("do") {
	case "held":
		x.State, x.Attendance, x.Counted = cop.MeetingOn, nil, false
		if text := strings.Join(strings.Fields(r.PostForm.Get("attendance")), ""); text != "" {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return d.showMeetings(w, r, http.StatusBadRequest, cop.Meeting{Part: policy.Public}, "Le nombre de présents s’écrit en chiffres, par exemple 120.")
			}
			x.Attendance, x.Counted = &n, r.PostForm.Get("counted") == "1"
		}
	case "cancel":
		x.State, x.Attendance, x.Counted, reason = cop.Cancelled, nil, false, "réunion annulée"
	default:
		return apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if _, err := d.Room.SaveMeeting(r.Context(), a, x, reason); err != nil {
		if beside(err) {
			return d.showMeetings(w, r, apperr.Status(err), cop.Meeting{Part: policy.Public}, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/reunions?fait=1")
}

func (d Deps) news(w http.ResponseWriter, r *http.Request) error {
	return d.showNews(w, r, http.StatusOK, "", "", "")
}

func (d Deps) showNews(w http.ResponseWriter, r *http.Request, status int, title, text, wrong string) error {
	c, name, err := d.find(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	list, err := d.Room.NewsOf(r.Context(), d.Q, a, c, r.URL.Query().Get("apres"), workPage)
	if err != nil {
		return err
	}
	v := workView{Heading: ui.Heading{Overline: "Actualités", Title: name + nb + ": les actualités de la COP", Scope: []string{"un brouillon n’est lu que par l’équipe"}},
		Tabs: tabs(r, c, "/bureau/actualites"), Done: r.URL.Query().Get("fait") == "1", Action: c.Path() + "/bureau/actualites",
		MayAdd: policy.Can(a, policy.Create, c.Thing(policy.News)),
		Fields: []ui.Field{{ID: "title", Label: "Titre", Required: true, Value: title, Error: wrong},
			{ID: "text", Label: "Texte", Type: "textarea", Rows: 8, Required: true, Value: text, Help: "Une ligne vide sépare les paragraphes, «\u00a0-\u00a0» commence une liste, [mot](https://…) fait un lien."}}}
	for _, x := range list.Rows {
		v.News = append(v.News, newsOf(x))
	}
	if len(list.Rows) == 0 {
		v.Empty = &ui.Empty{Title: "Aucune actualité pour l’instant", Text: "Écrivez-en une ci-dessous\u00a0: elle reste un brouillon jusqu’à sa publication."}
	}
	if list.Next != "" {
		v.Pager.Next = v.Action + "?apres=" + list.Next
	}
	return d.workPage(w, r, status, name, c, v, newsPage)
}

func newsOf(x cop.News) newsLine {
	l := newsLine{ID: x.ID, Rev: strconv.FormatInt(x.Rev, 10), Title: x.Title, Text: x.Text, Draft: x.Part != policy.Public}
	if !x.PublishedAt.IsZero() {
		l.When = french.Date(x.PublishedAt)
	}
	return l
}

func (d Deps) addNews(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	title, text := strings.TrimSpace(r.PostForm.Get("title")), r.PostForm.Get("text")
	if _, err := d.Room.AddNews(r.Context(), shell.Actor(r), c.ID, title, text); err != nil {
		if beside(err) {
			return d.showNews(w, r, apperr.Status(err), title, text, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/actualites?fait=1")
}

func (d Deps) changeNews(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	a, id := shell.Actor(r), r.PathValue("id")
	rev, err := strconv.ParseInt(r.PostForm.Get("rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	if _, of, ferr := cop.FindNews(r.Context(), d.Q, a, id); ferr != nil || of.ID != c.ID {
		return apperr.New(apperr.NotFound, ferr, "Cette actualité n’existe pas dans cette COP.")
	}
	if r.PostForm.Get("do") == "publish" {
		_, err = d.Room.Publish(r.Context(), a, id, rev)
	} else {
		_, err = d.Room.Unpublish(r.Context(), a, id, rev, strings.TrimSpace(r.PostForm.Get("reason")))
	}
	if err != nil && beside(err) {
		return d.showNews(w, r, apperr.Status(err), "", "", apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/actualites?fait=1")
}

// tick marks a line of the checklist as done, or not any more.
func (d Deps) tick(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	if err := d.Room.Tick(r.Context(), shell.Actor(r), c.ID, r.PostForm.Get("key"), r.PostForm.Get("done") == "1", ""); err != nil {
		return err
	}
	return d.back(w, r, c)
}

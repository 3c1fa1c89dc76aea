package meetings

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/meeting"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// presenceLine is a person of the list.
type presenceLine struct {
	ID, Name, About, Needs string // ID is that of the seat
	Presence               string
	Here                   bool
}

// presenceView is the list of those who come, ticked by those who organise.
type presenceView struct {
	Heading   ui.Heading
	Tabs      []ui.Link
	Notices   []ui.Alert
	Keys      []ui.KeyFigure
	Action    string
	Search    string
	Listed    []presenceLine
	Others    []presenceLine // who had not registered
	Add       []ui.Field
	Once      string
	Heads     []ui.Field
	EntryRev  string
	Early     bool // the day has not come
	MayClose  bool
	Downloads []ui.Link
}

func (d Deps) presences(w http.ResponseWriter, r *http.Request) error {
	f, err := d.organised(r)
	if err != nil {
		return err
	}
	return d.showPresences(w, r, http.StatusOK, f, person{}, "", "")
}

func (d Deps) showPresences(w http.ResponseWriter, r *http.Request, status int, f found, p person, on, wrong string) error {
	search := shell.Clean(r.URL.Query().Get("q"))
	lines, err := d.Room.List(r.Context(), d.Q, f.a, f.x.ID, search)
	if err != nil {
		return err
	}
	seats, known, err := d.Room.Seats(r.Context(), d.Q, f.x)
	if err != nil {
		return err
	}
	v := presenceView{Heading: ui.Heading{Overline: "Présences", Title: wording.OfMeeting("Qui est là", f.x), Scope: f.scope()}, Tabs: f.tabs("/presences"), Action: f.x.Path() + "/presences", Search: search, EntryRev: strconv.FormatInt(f.e.Rev, 10),
		Early: d.today(f.c) < f.x.Day, MayClose: known && f.x.State == cop.Planned && d.today(f.c) >= f.x.Day, Once: rand.Text(), Add: p.fields("add-"),
		Downloads: []ui.Link{{Label: "Inscrits et présents (CSV)", Href: f.x.Path() + "/presences.csv"}, {Label: "Feuille d’émargement, à imprimer", Href: f.x.Path() + "/emargement"}}}
	for i := range v.Add {
		if v.Add[i].Name == "name" && on == "add" && wrong != "" {
			v.Add[i].Error = wrong
		}
	}
	here, listed := int64(0), int64(0)
	for _, l := range lines {
		if l.Here {
			here++
		}
		line := presenceLine{ID: l.Seat.ID, Name: l.Name(), Presence: l.Presence.ID, Here: l.Here, Needs: l.Seat.Needs, About: d.about(l)}
		if line.Name == "" {
			line.Name = "nom effacé"
		}
		if l.Seat.ID == "" {
			v.Others = append(v.Others, line)
			continue
		}
		listed++
		v.Listed = append(v.Listed, line)
	}
	filled := ui.Value{Missing: "aucune présence n’est notée, et personne n’a été compté"}
	if known {
		filled = ui.Value{Text: french.Integer(seats)}
	}
	meaning := "les personnes notées présentes"
	if f.e.Heads != nil {
		meaning = "les personnes comptées dans la salle"
	}
	v.Keys = []ui.KeyFigure{{Label: "Places occupées", Value: filled, Meaning: meaning}, {Label: "Noms notés présents", Value: ui.Value{Text: french.Integer(here)}, Meaning: "par la liste, le code à l’entrée ou ajoutés sur place"}, {Label: "Inscrits", Value: ui.Value{Text: french.Integer(listed)}, Meaning: "confirmés ou en liste d’attente"}}
	if search != "" {
		v.Keys = nil
	}
	v.Heads = headFields(f.e, on == "heads", wrong)
	switch r.URL.Query().Get("fait") {
	case "1":
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "C’est enregistré"})
	case "close":
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "La réunion est notée comme tenue", Text: "Ce que vous corrigez encore ci-dessous change aussitôt le nombre de présents."})
	}
	if wrong != "" && on != "add" && on != "heads" {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Rien n’est enregistré", Text: wrong})
	}
	return d.private(w, r, status, "Présences"+nb+": "+f.x.Title, presenceTemplate(v), f.trail(ui.Link{Label: "Présences"})...)
}

// about says for whom somebody comes, and how.
func (d Deps) about(l meeting.Line) string {
	var out []string
	say := func(s string) {
		if s != "" {
			out = append(out, s)
		}
	}
	say(l.Of())
	if l.Seat.ID != "" {
		say(l.Seat.College.Name())
		if l.Seat.Remote {
			say("à distance")
		}
		if l.Seat.State != meeting.Confirmed {
			say(l.Seat.State.Name())
		}
	} else {
		say(l.Presence.College.Name())
	}
	switch l.Presence.How {
	case meeting.ByDoor:
		say("code à l’entrée")
	case meeting.BySpot:
		say("ajouté sur place")
	}
	return strings.Join(out, ", ")
}

func headFields(e meeting.Entry, mine bool, wrong string) []ui.Field {
	text := func(n *int64) string {
		if n == nil {
			return ""
		}
		return strconv.FormatInt(*n, 10)
	}
	all := ui.Field{ID: "heads", Label: "Personnes dans la salle", Type: "number", Value: text(e.Heads), Help: "Comptées une à une, celles de la liste comprises. Vide\u00a0: la liste seule compte."}
	if mine {
		all.Error = wrong
	}
	out := []ui.Field{all}
	for _, c := range debate.Colleges() {
		f := ui.Field{ID: "heads-" + string(c), Label: "dont\u00a0: " + c.Name(), Type: "number"}
		if n, ok := e.Colleges[c]; ok {
			f.Value = text(&n)
		}
		out = append(out, f)
	}
	return out
}

func number(text string) (*int64, error) {
	text = strings.Join(strings.Fields(text), "")
	if text == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "Le nombre de personnes s’écrit en chiffres, par exemple 120.")
	}
	return &n, nil
}

func (d Deps) savePresences(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	f, err := d.organised(r)
	if err != nil {
		return err
	}
	do, p, done := shell.Typed(r, "do"), person{}, "1"
	switch {
	case do == "list":
		here, was := r.PostForm["here"], r.PostForm["was"]
		err = d.Room.Tick(r.Context(), f.a, f.x.ID, but(here, was), but(was, here))
	case do == "add":
		var open bool
		if p, open, err = d.read(r, f.c); err != nil {
			return err
		}
		if open {
			return d.showPresences(w, r, http.StatusUnprocessableEntity, f, p, "", "")
		}
		err = d.Room.Add(r.Context(), f.a, f.x.ID, meeting.NewPresence{Name: p.name, Org: p.org, OrgName: p.orgText, College: p.college, Territory: p.territory, Once: shell.Typed(r, "once")})
	case strings.HasPrefix(do, "leave:"):
		err = d.Room.Leave(r.Context(), f.a, f.x.ID, strings.TrimPrefix(do, "leave:"))
	case do == "heads":
		err = d.setHeads(r, f)
	case do == "close":
		done = "close"
		err = d.Room.Close(r.Context(), f.a, f.x.ID)
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && shell.Beside(err) {
		status, wrong := apperr.Status(err), apperr.Message(err)
		if apperr.KindOf(err) == apperr.Conflict {
			wrong += " Vous aviez écrit " + debate.Line(shell.Typed(r, "heads")) + "."
			if f, err = d.organised(r); err != nil {
				return err
			}
		}
		return d.showPresences(w, r, status, f, p, do, wrong)
	}
	if err != nil {
		return err
	}
	back := f.x.Path() + "/presences?fait=" + done
	if q := shell.Typed(r, "q"); q != "" && do == "list" {
		back = f.x.Path() + "/presences?fait=1" // the search is over: the next person is looked for
	}
	return shell.SeeOther(w, r, back)
}

// but lists what is in a list and not in another.
func but(a, b []string) (out []string) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

func (d Deps) setHeads(r *http.Request, f found) error {
	heads, err := number(shell.Typed(r, "heads"))
	if err != nil {
		return err
	}
	colleges := map[debate.College]int64{}
	for _, c := range debate.Colleges() {
		n, err := number(shell.Typed(r, "heads-"+string(c)))
		if err != nil {
			return err
		}
		if n != nil {
			colleges[c] = *n
		}
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	return d.Room.SetHeads(r.Context(), f.a, f.x.ID, rev, heads, colleges)
}

func (d Deps) csv(w http.ResponseWriter, r *http.Request) error {
	f, err := d.organised(r)
	if err != nil {
		return err
	}
	lines, err := d.Room.List(r.Context(), d.Q, f.a, f.x.ID, "")
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: "presences-" + f.x.Day}
	for _, name := range []string{"nom", "adresse", "organisme", "code_organisme", "collectivite", "college", "commune", "inscription", "a_distance", "besoins", "present", "note_par"} {
		data.Fields = append(data.Fields, exchange.Field{Name: name})
	}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, l := range lines {
			if !yield(csvRow(l), nil) {
				return
			}
		}
	}
	var b bytes.Buffer
	if _, err := exchange.WriteCSV(&b, data, ','); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+data.Name+`.csv"`)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, err = w.Write(b.Bytes())
	return err
}

func csvRow(l meeting.Line) []exchange.Datum {
	yes := func(b bool) string {
		if b {
			return "oui"
		}
		return "non"
	}
	how := map[string]string{meeting.ByList: "liste", meeting.ByDoor: "code à l’entrée", meeting.BySpot: "ajout sur place"}[l.Presence.How]
	org, authority, college, territory, state, remote := l.Presence.Org, l.Presence.Authority, l.Presence.College, l.Presence.Territory, "sans inscription", ""
	if l.Seat.ID != "" {
		org, authority, college, territory, state, remote = l.Seat.Org, l.Seat.Authority, l.Seat.College, l.Seat.Territory, l.Seat.State.Name(), yes(l.Seat.Remote)
	}
	var out []exchange.Datum
	for _, text := range []string{l.Name(), l.Email, l.Of(), org, authority, college.Name(), territory, state, remote, l.Seat.Needs, yes(l.Here), how} {
		out = append(out, exchange.Text(text))
	}
	return out
}

// sheetView is the paper that people sign at the door.
type sheetView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Rows    []presenceLine
	Blank   []int
}

func (d Deps) sheet(w http.ResponseWriter, r *http.Request) error {
	f, err := d.organised(r)
	if err != nil {
		return err
	}
	lines, err := d.Room.List(r.Context(), d.Q, f.a, f.x.ID, "")
	if err != nil {
		return err
	}
	v := sheetView{Heading: ui.Heading{Overline: "Feuille d’émargement", Title: f.x.Title, Scope: append(f.scope(), f.x.Place)}, Tabs: f.tabs("/emargement"), Blank: make([]int, 16)}
	for _, l := range lines {
		if l.Seat.ID != "" && l.Seat.State == meeting.Confirmed && !l.Seat.Remote {
			v.Rows = append(v.Rows, presenceLine{Name: l.Name(), About: l.Of()})
		}
	}
	return d.private(w, r, http.StatusOK, "Feuille d’émargement"+nb+": "+f.x.Title, sheetTemplate(v), f.trail(ui.Link{Label: "Émargement"})...)
}

package api

import (
	"net/http"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// regionOf reads the region that an address names, and its COP; what says in French
// what is read of it.
func (d Deps) regionOf(r *http.Request, what string) (place, cop.COP, error) {
	ref, err := territory.ParseRef(r.PathValue("territory"))
	if err != nil {
		return place{}, cop.COP{}, err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return place{}, cop.COP{}, err
	}
	t, err := m.Tree().Lookup(ref)
	if err != nil {
		return place{}, cop.COP{}, err
	}
	if ref.Scale != territory.RegionS {
		return place{}, cop.COP{}, apperr.Invalidf("%s se lisent pour une région\u00a0: écrivez par exemple region:44.", what)
	}
	c, err := cop.OfRegion(r.Context(), d.Q, ref.Code)
	return placeOf(t), c, err
}

// listOf is a part of a list of a region.
type listOf[T any] struct {
	Territory place   `json:"territory"`
	COP       string  `json:"cop"`
	Items     []T     `json:"items"`
	Next      *string `json:"next"`
}

// sendList sends a part of a list, which anyone may keep for a minute.
func sendList[T any](w http.ResponseWriter, out listOf[T], next string) error {
	if next != "" {
		out.Next = &next
	}
	w.Header().Set("Cache-Control", "public, max-age=60, must-revalidate")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return answer(w, out)
}

// meetingOf is a public meeting. Where it is joined from afar is for those who come.
type meetingOf struct {
	ID         string `json:"id"`
	Kind       string `json:"kind"`
	Title      string `json:"title"`
	Day        string `json:"day"`
	Start      string `json:"start,omitempty"`
	End        string `json:"end,omitempty"`
	Place      string `json:"place,omitempty"`
	Remote     bool   `json:"remote"`
	Department string `json:"department,omitempty"`
	State      string `json:"state"`
	Attendance *int64 `json:"attendance"`
	Counted    bool   `json:"counted"`
	Page       string `json:"page"`
}

// meetings answers /api/v1/meetings/{territory}: the public meetings of a region, those
// to come, the soonest first, or with past=1 the others, the latest first.
func (d Deps) meetings(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "limit", "cursor", "past")
	if err != nil {
		return err
	}
	limit, err := limitOf(q, 200)
	if err != nil {
		return err
	}
	if p := q.Get("past"); p != "" && p != "1" {
		return apperr.Invalidf("past vaut 1, ou ne s’écrit pas.")
	}
	t, c, err := d.regionOf(r, "Les réunions")
	if err != nil {
		return err
	}
	f := cop.MeetingFilter{Past: q.Get("past") == "1", Today: d.Now().In(c.Location()).Format(time.DateOnly)}
	list, err := d.COPs.MeetingList(r.Context(), d.Q, policy.Actor{}, c, f, q.Get("cursor"), limit)
	if err != nil {
		return err
	}
	out := listOf[meetingOf]{t, c.ID, []meetingOf{}, nil}
	for _, x := range list.Rows {
		out.Items = append(out.Items, meetingOf{x.ID, string(x.Kind), x.Title, x.Day, x.Start, x.End, x.Place, x.JoinURL != "", x.Department, x.State, x.Attendance, x.Counted, x.Path()})
	}
	return sendList(w, out, list.Next)
}

// decisionOf is what a public meeting decided.
type decisionOf struct {
	ID       string   `json:"id"`
	Sentence string   `json:"sentence"`
	Kind     string   `json:"kind"`
	Reached  string   `json:"reached"`
	State    string   `json:"state"`
	Reason   string   `json:"reason,omitempty"`
	Day      string   `json:"day"`
	Meeting  string   `json:"meeting"`
	Levers   []string `json:"levers"`
	Page     string   `json:"page"`
}

// decisions answers /api/v1/decisions/{territory}: what the public meetings of a region
// decided, the latest first.
func (d Deps) decisions(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "limit", "cursor")
	if err != nil {
		return err
	}
	limit, err := limitOf(q, 200)
	if err != nil {
		return err
	}
	t, c, err := d.regionOf(r, "Les décisions")
	if err != nil {
		return err
	}
	list, err := d.Minutes.DecisionsOf(r.Context(), d.Q, policy.Actor{}, c, q.Get("cursor"), limit)
	if err != nil {
		return err
	}
	out := listOf[decisionOf]{t, c.ID, []decisionOf{}, nil}
	for _, x := range list.Rows {
		out.Items = append(out.Items, decisionOf{x.ID, x.Sentence, x.Kind, x.Reached, x.State, x.Reason, x.Day, x.Meeting, append([]string{}, x.Levers...), "/reunions/" + x.Meeting + "/decisions#decision-" + x.ID})
	}
	return sendList(w, out, list.Next)
}

// debateOf is a debate on a question that was opened.
type debateOf struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Question   string   `json:"question"`
	State      string   `json:"state"`
	OpensOn    string   `json:"opens_on,omitempty"`
	ClosesOn   string   `json:"closes_on,omitempty"`
	Theme      string   `json:"theme,omitempty"`
	Levers     []string `json:"levers"`
	Statements int64    `json:"statements"`
	People     int64    `json:"people"`
	Votes      *int64   `json:"votes"`             // at the last computation, null before the first
	ComputedAt *string  `json:"votes_computed_at"` // when that was
	Conclusion string   `json:"conclusion,omitempty"`
	Page       string   `json:"page"`
	Data       string   `json:"data"`
}

// debates answers /api/v1/debates/{territory}: the debates on a question of a region,
// the newest first.
func (d Deps) debates(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "cursor")
	if err != nil {
		return err
	}
	t, c, err := d.regionOf(r, "Les débats")
	if err != nil {
		return err
	}
	list, next, err := d.Debates.List(r.Context(), d.Q, policy.Actor{}, c, q.Get("cursor"))
	if err != nil {
		return err
	}
	out := listOf[debateOf]{t, c.ID, []debateOf{}, nil}
	for _, x := range list {
		one := debateOf{ID: x.ID, Title: x.Title, Question: x.Question.Question, State: string(x.State), OpensOn: x.OpensOn, ClosesOn: x.ClosesOn, Theme: x.Theme, Levers: append([]string{}, x.Levers...),
			Statements: x.Shown, People: x.People, Conclusion: x.Conclusion, Page: c.Path() + "/debats/" + x.ID, Data: c.Path() + "/debats/" + x.ID + "/votes.json"}
		if !x.Computed.IsZero() {
			at := x.Computed.UTC().Format(time.RFC3339)
			one.Votes, one.ComputedAt = &x.Votes, &at
		}
		out.Items = append(out.Items, one)
	}
	return sendList(w, out, next)
}

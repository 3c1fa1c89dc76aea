// Package minutes serves what a meeting says: agenda, minutes, decisions, tasks,
// record.
package minutes

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/minutes"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const nb = french.NoBreak

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *minutes.Room
	// PDF prints a document, nil without a browser on the machine.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"agenda": d.agenda, "agenda-add": d.addItem, "agenda-item": d.item, "agenda-change": d.changeItem,
		"minutes": d.minutes, "minutes-turn": d.turn, "minutes-text": d.text, "minutes-write": d.write, "minutes-draft-file": d.draftFile, "minutes-file": d.file,
		"decisions": d.decisions, "decision-add": d.decide, "decision": d.decision, "decision-change": d.changeDecision, "cop-decisions": d.ofCOP,
		"tasks": d.tasks, "task-add": d.addTask, "task-end": d.endTask,
		"meeting-files": d.files, "meeting-file-add": d.addFile, "meeting-file": d.openFile, "meeting-file-withdraw": d.withdrawFile,
	}
}

// place is a meeting with who reads it.
type place struct {
	meeting cop.Meeting
	cop     cop.COP
	may     bool              // the reader writes what it says
	levers  map[string]string // names by code
	codes   []string          // in the order of the referential
}

func (x place) path(part string) string { return wording.MeetingPath(x.meeting) + part }

func (x place) lever(code string) string {
	if n := x.levers[code]; n != "" {
		return n
	}
	return code
}

func (d Deps) meeting(r *http.Request) (x place, err error) {
	if x.meeting, x.cop, err = cop.FindMeeting(r.Context(), d.Q, shell.Actor(r), r.PathValue("id")); err != nil {
		return x, err
	}
	x.may = policy.Can(shell.Actor(r), policy.Edit, x.meeting.Thing(x.cop))
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.levers = map[string]string{}
	version := framework.National
	if strings.HasPrefix(x.cop.Region, "0") { // the regions of overseas have their own levers
		version = framework.Overseas
	}
	for _, l := range m.Framework().Levers(version) {
		x.levers[l.Code] = l.Name
		x.codes = append(x.codes, l.Code)
	}
	return x, nil
}

// led is a meeting, for who writes what it says.
func (d Deps) led(r *http.Request) (x place, err error) {
	if x, err = d.meeting(r); err != nil {
		return x, err
	}
	return x, policy.Check(shell.Actor(r), policy.Edit, x.meeting.Thing(x.cop))
}

// sent is led, of a form that was read.
func (d Deps) sent(r *http.Request) (x place, rev int64, err error) {
	if err := shell.ReadForm(r); err != nil {
		return x, 0, err
	}
	if x, err = d.led(r); err != nil {
		return x, 0, err
	}
	rev, err = strconv.ParseInt(shell.Typed(r, "rev"), 10, 64)
	if err != nil {
		rev = -1 // no revision: what needs one finds a conflict
	}
	return x, rev, nil
}

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Pages    ui.Pages
	Done     bool
	Notices  []ui.Alert
	Conflict ui.Table
	Lead     string
	Links    []ui.Link
	Items    []itemView
	Table    ui.Table
	Lines    []lineView
	Empty    *ui.Empty
	Body     templ.Component
	Paper    bool       // Body has its own title
	First    []formView // above the lists: what is done in the room
	Forms    []formView
	Pager    ui.Pager
}

// lineView is a decision, a task or a file of a list.
type lineView struct {
	ID, Title, About, Href string
	Late                   bool
	Forms                  []formView
}

// itemView is a point of the agenda.
type itemView struct {
	At, Title, About, Href, Move, Rev string
	First, Last                       bool
}

// formView is a form; Buttons are values of «do» with their labels.
type formView struct {
	ID, Title, Lead, Action, Rev string
	Fields                       []ui.Field
	Buttons                      [][2]string
	Folded, Files                bool
	More                         []ui.Field // what may wait, folded under the buttons
}

// wrong is a notice for what was refused and has no field.
func wrong(err error) []ui.Alert {
	if err == nil {
		return nil
	}
	return []ui.Alert{{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(err)}}
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, x place, current string, v view, last ...ui.Link) error {
	v.Tabs, v.Done = wording.MeetingTabs(x.meeting, current), r.URL.Query().Get("fait") == "1" && status == http.StatusOK
	p := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", wording.MeetingTrail(x.meeting, x.cop, last...)...)
	if x.meeting.Part != policy.Public {
		p.NoIndex, p.Canonical = true, ""
	}
	return d.Shell.RenderStatus(w, r, status, p, onePage(v))
}

func (x place) heading(overline, title string, scope ...string) ui.Heading {
	return ui.Heading{Overline: overline, Title: title, Scope: wording.MeetingScope(x.meeting, scope...)}
}

// names gives the names of accounts, for who reads the people of the COP.
func (d Deps) names(ctx context.Context, ids ...string) (func(string) string, error) {
	known, err := account.Names(ctx, d.Q, ids)
	return func(id string) string {
		if n := known[id]; n != "" {
			return n
		}
		return "une personne dont le compte est effacé"
	}, err
}

// leverField offers the levers of the referential.
func (x place) leverField(chosen []string) ui.Field {
	f := ui.Field{ID: "levers", Label: "Leviers", Type: "checkbox", Help: "Un levier est un des gisements de réduction du référentiel national."}
	in := map[string]bool{}
	for _, c := range chosen {
		in[c] = true
	}
	for _, c := range x.codes {
		f.Options = append(f.Options, ui.Option{Value: c, Label: x.levers[c], Selected: in[c]})
	}
	return f
}

// chosen are the levers that a form names, those of the referential alone.
func (x place) chosen(r *http.Request) (out []string) {
	for _, c := range r.PostForm["levers"] {
		if x.levers[c] != "" {
			out = append(out, c)
		}
	}
	return out
}

func (x place) leverNames(codes []string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = x.lever(c)
	}
	return french.List(out)
}

func selected(id, label string, list [][2]string, value string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "select", Required: true}
	for _, o := range list {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
	}
	return f
}

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " – ")
}

func rev(n int64) string { return strconv.FormatInt(n, 10) }

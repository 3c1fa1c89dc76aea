// Package questions serves debates on a question: voting, statements, groups of
// opinion.
package questions

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/group"
	"jalon/internal/debate/question"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/static"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell   *shell.Shell
	Model   func(ctx context.Context) (*panorama.Model, error)
	Q       db.Q
	Now     func() time.Time
	Room    *question.Room
	Secure  bool // cookies only over https
	Trusted []netip.Prefix
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"questions": d.list, "question": d.vote, "question-vote": d.cast, "question-results": d.results, "question-statements": d.statements,
		"question-mine": d.mine, "question-about": d.about, "question-propose": d.propose, "question-proposed": d.proposed, "question-csv": d.csv, "question-json": d.json, "opinion-method": d.method,
		"question-desk": d.desk, "question-add": d.add, "question-one": d.one, "question-save": d.save, "question-seed": d.seed, "question-turn": d.turn, "question-conclude": d.conclude, "question-withdraw": d.withdraw}
}

const nb = french.NoBreak

const methodPath = "/methode/groupes-d-opinion"

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Done     string
	Notices  []ui.Alert
	Conflict ui.Table
	Parts    []part
	Foot     ui.Source
}

// part is a section of a page.
type part struct {
	ID, Title, Lead string
	Notices         []ui.Alert
	Body            templ.Component
	Tables          []ui.Table
	List            []string
	Links           []ui.Link
	Fold            string // folds forms and lists under these words
	Unfolded        bool
	Forms           []formView
	Empty           ui.Empty
}

type formView struct {
	Action, Rev, Submit string
	Secondary           bool
	Trap                bool // a field that robots fill
	Fields              []ui.Field
	Hidden              [][2]string
}

// where is the COP of an address, and the debate when it names one.
type where struct {
	groups []group.Choice // those of the COP, at the desk
	territory.Region
	cop  cop.COP
	tree *territory.Tree
	fw   *framework.Framework
	question.Question
}

func (x where) base() string { return "/regions/" + x.Slug + "/debats" }
func (x where) page() string { return x.base() + "/" + x.ID }
func (x where) desk() string { return "/regions/" + x.Slug + "/bureau/debats" }

// region is the region of an address. Its COP is that of the first cycle, as on the
// other pages of a region.
func (d Deps) region(r *http.Request) (x where, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree, x.fw = m.Tree(), m.Framework()
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.cop, err = cop.OfRegion(r.Context(), d.Q, x.Code)
	return x, err
}

// seen is the debate of an address, for who may read it.
func (d Deps) seen(r *http.Request) (x where, err error) {
	if r.Method == http.MethodPost {
		if err := shell.ReadForm(r); err != nil {
			return x, err
		}
	}
	if x, err = d.region(r); err != nil {
		return x, err
	}
	if x.Question, err = question.Find(r.Context(), d.Q, r.PathValue("id")); err != nil {
		return x, err
	}
	if x.Question.COP != x.cop.ID {
		return x, apperr.NotFoundf("Ce débat n’est pas de cette région.")
	}
	if policy.Can(shell.Actor(r), policy.Read, x.Thing(x.cop)) {
		return x, nil
	}
	return x, apperr.NotFoundf("Ce débat n’existe pas, ou n’est pas encore ouvert.")
}

func (x where) trail(last ...ui.Link) []ui.Link {
	return wording.RegionTrail(x.Region, append([]ui.Link{{Label: "Débats", Href: x.base()}}, last...)...)
}

// when says when votes are taken.
func (d Deps) when(x where) string {
	from, until := x.Span(x.cop)
	switch now := d.Now(); {
	case x.State == question.Draft:
		return "en préparation"
	case now.Before(from):
		return "ouvre le " + french.Date(from.In(x.cop.Location()))
	case x.Takes(x.cop, now) && x.ClosesOn != "":
		return "ouvert jusqu’au " + french.Day(x.ClosesOn)
	case x.Takes(x.cop, now):
		return "ouvert"
	case x.State == question.Closed:
		return "clos depuis le " + french.Date(until.In(x.cop.Location()))
	}
	return "clos depuis le " + french.Day(x.ClosesOn) + " au soir"
}

// show draws a page.
func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, private bool, way ...ui.Link) error {
	page := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", way...)
	page.Styles = append(page.Styles, static.URL("debate.css"))
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

// wrongIn puts each message of an error beside its field, and gives back what is
// about the whole.
func wrongIn(fields []ui.Field, err error) []ui.Alert {
	if err == nil {
		return nil
	}
	var faults question.Faults
	left := !errors.As(err, &faults)
	for _, f := range faults {
		i := slices.IndexFunc(fields, func(x ui.Field) bool { return x.ID == f.Field })
		if i < 0 {
			left = true
			continue
		}
		fields[i].Error = f.Message
	}
	if !left {
		return nil
	}
	return []ui.Alert{{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(err)}}
}

func count[T ~int | ~int64](n T, one, many string) string {
	return french.Integer(n) + nb + french.Plural(n, one, many)
}

func text(n int64) string { return strconv.FormatInt(n, 10) }

// stamp is an instant where the COP is held.
func (x where) stamp(t time.Time) string {
	at := t.In(x.cop.Location())
	return french.Date(at) + " à " + at.Format("15:04")
}

var answerNames = map[int64]string{question.Agree: "d’accord", question.Disagree: "pas d’accord", question.Pass: "je passe"}

// answerCodes are what forms send.
var answerCodes = map[string]int64{"accord": question.Agree, "pas-accord": question.Disagree, "passe": question.Pass}

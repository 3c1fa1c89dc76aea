// Package restitutions serves what authorities answered together: the restitution
// of a region, each lever of it, the file of each département, and the study of
// the nation. What one reads depends on who asks: the answers as they stand, or
// the edition that both heads published.
package restitutions

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/web/paper"
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
	Room  *restitution.Room
	Book  *series.Book
	// PDF prints a document, nil without a browser on the machine.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"restitution": d.region, "restitution-lever": d.lever, "restitution-csv": d.regionCSV, "restitution-publish": d.publish,
		"restitution-department": d.department, "restitution-department-file": d.departmentFile,
		"restitution-national": d.national, "restitution-national-csv": d.nationalCSV, "restitution-study": d.study, "restitution-study-file": d.studyFile,
	}
}

// reading is a restitution as whoever asks may read it.
type reading struct {
	restitution.View
	region territory.Region // zero for the nation
	m      *panorama.Model
	tree   *territory.Tree
	base   string // address of the restitution
	group  restitution.Group
	key    string // of the group in addresses: «tous», «type:epci»
	asked  url.Values
	// Empty says why there is nothing to read yet.
	empty string
}

// read finds the restitution of an address, for the region that it names or for
// the nation. What is not published yet is an empty page, not an error: the page
// says what will come.
func (d Deps) read(r *http.Request, region territory.Region, m *panorama.Model) (x reading, err error) {
	x = reading{region: region, m: m, tree: m.Tree(), base: "/national/restitution", asked: r.URL.Query()}
	if region.Code != "" {
		x.base = "/regions/" + region.Slug + "/restitution"
	}
	cycle := x.asked.Get("cycle")
	if cycle == "" {
		if cycle, err = restitution.LatestCycle(r.Context(), d.Q, region.Code, cop.First); err != nil {
			return x, err
		}
	}
	if id := x.asked.Get("edition"); id != "" {
		return d.preview(r, x, id)
	}
	x.View, err = d.Room.For(r.Context(), shell.Actor(r), cycle, region.Code, x.asked.Get("vue") == "publique")
	if apperr.KindOf(err) == apperr.NotFound {
		x.empty = apperr.Message(err)
		return x, nil
	}
	if err != nil {
		return x, err
	}
	return x.choose()
}

// choose reads the group of an address.
func (x reading) choose() (_ reading, err error) {
	if x.key = x.asked.Get("groupe"); x.key == "" {
		x.key = restitution.All
	}
	x.group, err = x.Group(x.key)
	return x, err
}

// preview is an edition as anyone will read it, for those who conduct the COP:
// what both heads validate.
func (d Deps) preview(r *http.Request, x reading, id string) (reading, error) {
	b, e, err := d.Room.Preview(r.Context(), id)
	if err != nil {
		return x, err
	}
	if err := policy.Check(shell.Actor(r), policy.Read, policy.Thing{Kind: policy.Restitution, COPs: []string{e.COP}}); err != nil || e.Region != x.region.Code {
		return x, apperr.NotFoundf("Cette édition n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	x.View = restitution.View{Board: b, Cycle: e.Cycle, Region: e.Region, Public: true}
	return x.choose()
}

// query keeps what was asked from one address to the next.
func (x reading) query(more ...string) string {
	q := url.Values{}
	for _, name := range []string{"cycle", "groupe", "vue", "edition"} {
		if v := x.asked.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// who names the group that is read.
func (x reading) who() string {
	d, _, _ := strings.Cut(x.key, ":")
	if x.key == restitution.All {
		d = ""
	}
	return x.group.Name(restitution.Dimension(d), x.tree)
}

func (x reading) figure(measure, about string) string {
	return wording.FigurePath(x.FigureKey(x.key, measure, about))
}

// scope are the facts that bound a finding.
func (x reading) scope(today time.Time) []string {
	out := []string{x.Scope(today)}
	if x.key != restitution.All {
		out = append(out, "groupe"+nb+": "+strings.ToLower(x.who()))
	}
	if x.Public {
		if e, ok := x.Editions[x.region.Code]; ok {
			if e.State == restitution.EditionPublished {
				out = append(out, "publiée le "+french.Day(e.PublishedOn)+" par les deux têtes de la COP")
			} else {
				out = append(out, "édition n°"+nb+french.Integer(e.Seq)+", non publiée")
			}
		}
	} else {
		out = append(out, "non publiée, réservée aux équipes")
	}
	return append(out, "interprétation proposée par Jalon")
}

func (x reading) trail(last ...ui.Link) []ui.Link {
	if x.region.Code == "" {
		return append([]ui.Link{{Label: "France", Href: "/france/panorama"}}, last...)
	}
	return wording.RegionTrail(x.region, last...)
}

func (x reading) tabs() ui.Pages {
	if x.region.Code == "" {
		return ui.Pages{}
	}
	return wording.RegionTabs(x.region, wording.TabAnswers)
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, x reading, v view, trail ...ui.Link) error {
	page := d.Shell.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", trail...)
	if !x.Public && x.empty == "" || x.asked.Get("vue") != "" || x.asked.Get("edition") != "" {
		page.NoIndex, page.Canonical = true, ""
	}
	page.Styles = append(page.Styles, paper.Stylesheet())
	return d.Shell.Render(w, r, page, onePage(v))
}

// mayTake refuses to let what is not published be taken away by who may only read
// it. department narrows it to what is told of one.
func (x reading) mayTake(a policy.Actor, department string) error {
	if x.Public {
		return nil
	}
	thing := policy.Thing{Kind: policy.Restitution, Department: department}
	if c, ok := x.Campaigns[x.region.Code]; ok {
		thing.COPs = []string{c.COP}
	}
	if policy.Can(a, policy.Export, thing) {
		return nil
	}
	return apperr.New(apperr.Forbidden, nil, "Votre rôle permet de lire cette restitution, pas d’en emporter les fichiers tant qu’elle n’est pas publiée. Demandez-les à l’équipe de la COP.")
}

// mayPropose reports whether somebody may propose the publication: who conducts
// the COP.
func (x reading) mayPropose(a policy.Actor) bool {
	c, ok := x.Campaigns[x.region.Code]
	return ok && !x.Public && policy.Can(a, policy.Create, policy.Thing{Kind: policy.StageEvent, COPs: []string{c.COP}})
}

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Notices  []ui.Alert
	Empty    ui.Empty
	Filters  []ui.Field
	Hidden   [][2]string
	FilterTo string
	Figures  []ui.KeyFigure
	Parts    []part
	Publish  *publishing
	Foot     ui.Source
}

// part is a section of a page.
type part struct {
	ID, Title, Lead string
	Chart           *document.Chart
	Links           []ui.Link
	Bars            []ui.Bars
	Tables          []ui.Table
	List            []string
	Families        []family
}

// family is what a family of levers is, and what it leads to debate.
type family struct {
	Name, Means string
	Levers      []ui.Link
	Debate      []string
}

type publishing struct {
	Action   string
	Cycle    string
	Waiting  string // says that a proposal waits, and where
	Editions ui.Table
	Desk     string
}

package web_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/app"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/meeting"
	"jalon/internal/diagnosis"
	"jalon/internal/exchange"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/mail"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/restitution"
	"jalon/internal/roadmap"
	"jalon/internal/series"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/web"
	"jalon/internal/web/method"
	"jalon/internal/web/operator"
	"jalon/internal/web/reports"
	"jalon/internal/web/shell"
	"jalon/internal/web/static"
)

// site is the whole web over one database, as internal/app builds it.
type site struct {
	t         testing.TB
	d         *db.DB
	q         db.Q // what pages read: d, unless a test counts
	desk      *operator.Desk
	ids       *db.IDs
	now       time.Time
	store     *panorama.Store
	accounts  *account.Room
	cops      *cop.Room
	board     *national.Room
	plans     *plan.Room
	known     *knowledge.Room
	survey    *survey.Room
	answers   *restitution.Room
	aims      *objective.Room
	diagnose  *diagnosis.Room
	composing *composition.Room
	debate    web.Debate
	register  *action.Room
	act       web.Action
	ends      *roadmap.Room
	follow    web.Follow
	ill       atomic.Bool // the database does not answer
	trusted   []netip.Prefix
	rebuild   func()
	http.Handler
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newSite(t testing.TB, d *db.DB) *site {
	t.Helper()
	ctx := t.Context()
	s := &site{t: t, d: d, q: d, now: noon}
	clock := func() time.Time { return s.now }
	s.ids = db.NewIDs(clock, rand.Reader)
	s.store = panorama.NewStore(d, data.FS, func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) })
	var err error
	if s.desk, err = operator.Open(ctx, d, clock, rand.Reader, false); err != nil {
		t.Fatal(err)
	}
	tree, err := territory.LoadActive(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	rooms := &cop.Room{DB: d, IDs: s.ids, Now: clock, Journal: journal.New(s.ids, clock, db.NewCursors([]byte("essai"))), Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := rooms.Load(ctx, data.FS, tree); err != nil {
		t.Fatal(err)
	}
	s.cops, s.plans = rooms, &plan.Room{DB: d, IDs: s.ids, Now: clock, Journal: rooms.Journal, Intake: intake.New(s.ids, clock),
		Held: func(ctx context.Context, tx db.Q, person string) (policy.Actor, error) {
			return s.accounts.Held(ctx, tx, person)
		}}
	keys := db.NewCursors([]byte("essai"))
	queue := jobs.New(s.ids, clock)
	s.accounts = &account.Room{DB: d, IDs: s.ids, Now: clock, Random: rand.Reader, Key: []byte("essai"), BaseURL: "http://jalon.example", Journal: rooms.Journal,
		Outbox: mail.New(mail.Options{IDs: s.ids, Now: clock, Queue: queue, Cursors: keys}), COPsOf: cop.IDsOfRegion,
		Cursors: keys, RegionsOf: cop.RegionsOf, Queue: queue, Intake: intake.New(s.ids, clock), Delegations: rooms.MoveDelegations,
		HomeOf: func(ctx context.Context, q db.Q, region string) (account.Home, error) {
			c, err := cop.HomeOf(ctx, q, region)
			return account.Home{COP: c.ID, Name: c.SenderName(), Contact: c.Contact}, err
		},
		Tree: func(ctx context.Context) (*territory.Tree, error) {
			m, err := s.store.Model(ctx)
			if err != nil {
				return nil, err
			}
			return m.Tree(), nil
		}}
	s.known = &knowledge.Room{DB: d, IDs: s.ids, Now: clock, Journal: rooms.Journal, Cursors: keys, Queue: queue, Outbox: s.accounts.Outbox, BaseURL: "http://jalon.example",
		Slug: func(_ context.Context, region string) (string, error) {
			r, err := tree.Region(region)
			return r.Slug, err
		}}
	if err := s.known.Load(ctx, data.FS, tree); err != nil {
		t.Fatal(err)
	}
	s.survey = &survey.Room{DB: d, IDs: s.ids, Now: clock, Random: rand.Reader, Journal: rooms.Journal, Cursors: keys, Queue: queue, Outbox: s.accounts.Outbox, BaseURL: "http://jalon.example", Tried: s.accounts.Tried,
		Writers: exchange.SurveyWriters(), ReadForm: exchange.ReadSurveyForm, WriteForm: exchange.WriteSurveyForm}
	if err := s.survey.Load(ctx, data.FS); err != nil {
		t.Fatal(err)
	}
	treeOf := func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) }
	s.survey.Tree, s.survey.Intake = treeOf, intake.New(s.ids, clock)
	s.board = &national.Room{DB: d, IDs: s.ids, Now: clock, Journal: rooms.Journal, Registry: app.Metrics(treeOf, nil, nil, nil), Tree: treeOf,
		Actor: func(ctx context.Context) policy.Actor { return shell.In(ctx).Actor }}
	if err := s.board.Load(ctx, data.FS); err != nil {
		t.Fatal(err)
	}
	s.answers = &restitution.Room{DB: d, IDs: s.ids, Now: clock, Journal: rooms.Journal, COPs: rooms, Tree: treeOf, Actor: s.board.Actor}
	openData := &restitution.OpenRoom{DB: d, IDs: s.ids, Now: clock, Journal: rooms.Journal, Write: exchange.OpenDataFiles, Departments: func(context.Context, string) ([]string, error) { return nil, nil }}
	rooms.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.RestitutionAct: s.answers.End}
	s.aims = &objective.Room{DB: d, IDs: s.ids, Now: clock, Journal: rooms.Journal, COPs: rooms}
	rooms.OnEnd[cop.ObjectivesAct] = s.aims.End
	var figures figure.Registry
	figures.Register(restitution.Prefix, s.answers.Explain)
	figures.Register(national.Prefix, s.board.Explain)
	figures.Register("panorama", func(ctx context.Context, key string) (figure.Explanation, error) {
		m, err := s.store.Model(ctx)
		if err != nil {
			return figure.Explanation{}, err
		}
		return m.Explain(ctx, key)
	})
	figures.Register(plan.Prefix, func(ctx context.Context, key string) (figure.Explanation, error) {
		m, err := s.store.Model(ctx)
		if err != nil {
			return figure.Explanation{}, err
		}
		return plan.Explain(ctx, d, m, key)
	})
	figures.Register(objective.Prefix, func(ctx context.Context, key string) (figure.Explanation, error) {
		m, err := s.store.Model(ctx)
		if err != nil {
			return figure.Explanation{}, err
		}
		return s.aims.Explain(ctx, m, key)
	})
	figures.Register(meeting.Prefix, func(ctx context.Context, key string) (figure.Explanation, error) {
		m, err := s.store.Model(ctx)
		if err != nil {
			return figure.Explanation{}, err
		}
		return s.debate.Meeting.Explain(ctx, m, key)
	})
	book, err := series.LoadBook(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	figures.Register(series.Trends, func(ctx context.Context, key string) (figure.Explanation, error) {
		return book.Explain(ctx, d, func(string) (string, string, error) { return "Essai", "", nil }, key)
	})
	s.diagnose = &diagnosis.Room{DB: d, IDs: s.ids, Now: clock, Journal: rooms.Journal, COPs: rooms, Model: s.store.Model, Book: func() (*series.Book, error) { return book, nil }, Restitution: s.answers,
		Own: func(ctx context.Context, at territory.Ref) (panorama.Own, error) {
			m, err := s.store.Model(ctx)
			if err != nil {
				return nil, err
			}
			return plan.Own(ctx, d, m, at)
		}}
	rooms.OnEnd[cop.ThemesAct] = s.diagnose.EndChoice
	s.composing = &composition.Room{DB: d, IDs: s.ids, Now: clock, Journal: rooms.Journal, COPs: rooms}
	for _, k := range composition.Kinds() {
		rooms.OnEnd[k.Act()] = s.composing.EndEdition
	}
	figures.Register(diagnosis.Prefix, s.diagnose.ExplainScore)
	s.debate = s.debateRooms(queue, treeOf)
	s.act = s.actionRooms(book, &figures)
	s.register = s.act.Register
	rooms.OnEnd[cop.ActionsAct] = s.register.End
	s.ends = s.endsRoom(rooms, &figures)
	s.follow = s.followRooms(queue)
	more := elsewhere()
	for name, h := range s.documents(rooms.Journal, figures.Explain) {
		more[name] = h
	}
	s.rebuild = func() {
		s.Handler = web.New(web.Deps{
			Book: book, Diagnosis: s.diagnose,
			BaseURL: "http://jalon.example", Version: "test", Now: clock, Random: rand.Reader,
			Static: static.Handler(), Asset: static.URL, Model: s.store.Model, Explain: figures.Explain,
			DataVersion: func(ctx context.Context) (string, error) {
				m, err := s.store.Model(ctx)
				if err != nil {
					return "", err
				}
				n, err := db.Version(ctx, d, territory.PerimetersVersion)
				return m.Version() + "-" + french.Integer(n), err
			},
			Health: func(context.Context) (string, error) {
				if s.ill.Load() {
					return string(d.Engine()), errors.New("no answer")
				}
				return string(d.Engine()), nil
			},
			Ambition: func(ctx context.Context, region string) (plan.Ambition, error) {
				m, err := s.store.Model(ctx)
				if err != nil {
					return nil, err
				}
				return objective.Ambition(ctx, d, m, region)
			},
			DB: s.q, NewID: s.ids.New, Desk: s.desk, COPs: rooms, Plans: s.plans, Knowledge: s.known, Survey: s.survey, OpenData: openData, Restitution: s.answers, Objectives: s.aims, Composed: s.composing, Blocks: map[composition.Kind]composition.Catalogue{composition.Diagnosis: shelf{composition.Diagnosis}, composition.Roadmap: s.roadmapBlocks(), composition.Review: shelf{composition.Review}}, Debate: s.debate, Action: s.act, Follow: s.follow, National: s.board, Accounts: s.accounts, Outbox: s.accounts.Outbox, More: more,
			TrustedProxies: s.trusted, Keep: method.Periods{Accounts: 1095, SignIn: 7, Mail: 90},
		})
	}
	s.rebuild()
	return s
}

// elsewhere stands for the handlers that internal/app brings; their own tests
// read what they answer.
func elsewhere() map[string]shell.Handler {
	plain := func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err := io.WriteString(w, "elsewhere")
		return err
	}
	all := map[string]shell.Handler{"data": plain, "data-file": plain}
	for name := range reports.Handlers(reports.Deps{}) {
		all[name] = plain
	}
	return all
}

// page is an answer and, when it is HTML, its tree.
type page struct {
	t testing.TB
	*http.Response
	body string
	root *html.Node
}

func (s *site) do(r *http.Request) page {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	p := page{t: s.t, Response: w.Result(), body: w.Body.String()}
	if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		root, err := html.Parse(strings.NewReader(p.body))
		if err != nil {
			s.t.Fatal(err)
		}
		p.root = root
	}
	return p
}

func (s *site) get(path string) page {
	s.t.Helper()
	return s.do(httptest.NewRequest(http.MethodGet, "http://jalon.example"+path, nil))
}

// texts are the texts of what a selector finds, spaces made plain.
func (p page) texts(selector string) []string {
	p.t.Helper()
	var out []string
	for _, n := range cascadia.QueryAll(p.root, cascadia.MustCompile(selector)) {
		out = append(out, plain(textOf(n)))
	}
	return out
}

func (p page) text(selector string) string {
	p.t.Helper()
	all := p.texts(selector)
	if len(all) == 0 {
		p.t.Fatalf("no %s in page", selector)
	}
	return all[0]
}

func (p page) has(selector, want string) {
	p.t.Helper()
	for _, s := range p.texts(selector) {
		if strings.Contains(s, want) {
			return
		}
	}
	p.t.Errorf("%s: no %s says %q; they say %q", p.where(), selector, want, p.texts(selector))
}

// where names the page in messages.
func (p page) where() string {
	if p.root == nil {
		return p.Status
	}
	return strings.Join(p.texts("h1"), " ")
}

func (p page) attr(selector, name string) []string {
	var out []string
	for _, n := range cascadia.QueryAll(p.root, cascadia.MustCompile(selector)) {
		for _, a := range n.Attr {
			if a.Key == name {
				out = append(out, a.Val)
			}
		}
	}
	return out
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (c.Data == "script" || c.Data == "style") {
			continue
		}
		b.WriteString(textOf(c))
	}
	return b.String()
}

func plain(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer(french.NoBreak, " ", french.NarrowSpace, " ").Replace(s)), " ")
}

// row is the texts of the table row whose header says name.
func (p page) row(table, name string) []string {
	p.t.Helper()
	for _, tr := range cascadia.QueryAll(p.root, cascadia.MustCompile(table+" tr")) {
		var cells []string
		for c := tr.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode {
				cells = append(cells, plain(textOf(c)))
			}
		}
		if len(cells) > 0 && strings.HasPrefix(cells[0], name) {
			return cells
		}
	}
	p.t.Fatalf("%s: no row %q in %s", p.where(), name, table)
	return nil
}

// browser keeps cookies over a real connection.
func (s *site) browser() (*http.Client, string) {
	s.t.Helper()
	server := httptest.NewServer(s)
	s.t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{Jar: jar}, server.URL
}

func (s *site) visit(c *http.Client, address string, form url.Values) page {
	s.t.Helper()
	var res *http.Response
	var err error
	if form == nil {
		res, err = c.Get(address)
	} else {
		res, err = c.PostForm(address, form)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return s.read(res)
}

// read takes an answer whole.
func (s *site) read(res *http.Response) page {
	s.t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(b)))
	if err != nil {
		s.t.Fatal(err)
	}
	return page{t: s.t, Response: res, body: string(b), root: root}
}

func sqlite(t *testing.T) *site { return newSite(t, testkit.Open(t, db.SQLite)) }

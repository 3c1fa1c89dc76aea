package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
	"jalon/internal/testkit"
	"jalon/internal/testkit/debated"
)

// debateSize is how much of a debate there is.
type debateSize struct {
	contributions, comments, waiting, reports, meetings, groups, seats, questions, statements, amendments int
}

// The few are what a COP has in its first days, the many ten times and more; the most is
// what a page has to bear.
var (
	fewDebate  = debateSize{50, 50, 50, 50, 50, 12, 20, 31, 60, 50}
	manyDebate = debateSize{1_500, 1_500, 500, 400, 600, 60, 40, 60, 200, 600}
	mostDebate = debateSize{100_000, 20_000, 10_000, 2_000, 5_000, 120, 30, 60, 1_000, 5_000}
)

// debatedSite is a site whose COP of Grand Est holds such a debate.
func debatedSite(t testing.TB, d *db.DB, z debateSize) (s *site, ids []string) {
	t.Helper()
	s = newSite(t, d)
	s.debate.Shared.Tree = s.accounts.Tree // kept in memory, as the program keeps it
	ctx, of := t.Context(), cop.RegionID(cop.First, "44")
	from := s.now.AddDate(0, 0, -110)
	ids, err := debated.Fill(ctx, d, debated.Size{Contributions: z.contributions, Comments: z.comments, Supports: z.contributions, Voices: max(z.contributions/3, 40), COP: of,
		Places: []string{"region:44", "department:67", "department:68", "commune:67482", "commune:68224", "commune:51454"}, Levers: []string{"voitures-electriques", "biogaz", "haies"}, From: from, Seed: 7})
	if err == nil {
		err = debated.Surround(ctx, d, debated.Around{COP: of, Contributions: ids, Waiting: z.waiting, Reports: z.reports, Meetings: z.meetings, Groups: z.groups, Seats: z.seats, Questions: z.questions, Statements: z.statements, Amendments: z.amendments,
			From: from, Today: s.now.Format(time.DateOnly)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s, ids
}

// debatePage is a page of the debate; most is what it may take, 30 ms when it is zero.
type debatePage struct {
	name, path string
	team       bool
	most       time.Duration
}

// debatePages are the pages that list something of the debate.
func debatePages(id string) []debatePage {
	const at, desk = "/regions/grand-est", "/regions/grand-est/bureau"
	const search = 50 * time.Millisecond
	return []debatePage{
		{name: "hub", path: at + "/debat"},
		{name: "contributions", path: at + "/contributions"},
		{name: "contributions by support", path: at + "/contributions?tri=soutiens"},
		{name: "contributions of a departement", path: at + "/contributions?lieu=department%3A67"},
		{name: "contributions of three filters", path: at + "/contributions?theme=se-loger&suite-donnee=aucun&parole=" + debate.Person},
		{name: "search of a word in five", path: at + "/contributions?q=" + debated.Often, most: search},
		{name: "the same by support", path: at + "/contributions?tri=soutiens&q=" + debated.Often, most: search},
		{name: "one contribution", path: at + "/contributions/" + id},
		{name: "contribution themes", path: at + "/contributions/themes"},
		{name: "moderation figures", path: at + "/contributions/moderation"},
		{name: "meetings", path: at + "/reunions"},
		{name: "meetings held", path: at + "/reunions?quand=passees"},
		{name: "participation", path: at + "/reunions/participation"},
		{name: "one meeting", path: "/reunions/" + debated.Meeting},
		{name: "decisions", path: at + "/decisions"},
		{name: "decisions of a meeting", path: "/reunions/" + debated.Meeting + "/decisions"},
		{name: "groups", path: at + "/groupes"},
		{name: "one group", path: at + "/groupes/" + debated.Group},
		{name: "questions", path: at + "/debats"},
		{name: "one question", path: at + "/debats/" + debated.Question},
		{name: "statements", path: at + "/debats/" + debated.Question + "/affirmations"},
		{name: "consultations", path: at + "/consultations"},
		{name: "one consultation", path: at + "/consultations/" + debated.Consultation},
		{name: "one article", path: at + "/consultations/" + debated.Consultation + "/articles/" + debated.Article},
		{name: "desk", path: desk, team: true},
		{name: "moderation queue", path: desk + "/moderation", team: true},
		{name: "moderation reported", path: desk + "/moderation?liste=signales", team: true},
		{name: "moderation decided", path: desk + "/moderation?liste=traites", team: true},
		{name: "study desk", path: desk + "/contributions", team: true},
		{name: "study desk of answered", path: desk + "/contributions?etat=answered", team: true},
		{name: "study desk of a group", path: desk + "/contributions?groupe=" + debated.Group, team: true},
		{name: "meetings desk", path: desk + "/reunions", team: true},
		{name: "groups desk", path: desk + "/groupes", team: true},
		{name: "one group desk", path: desk + "/groupes/" + debated.Group, team: true},
		{name: "questions desk", path: desk + "/debats", team: true},
		{name: "one question desk", path: desk + "/debats/" + debated.Question, team: true},
		{name: "amendments desk", path: desk + "/consultations/" + debated.Consultation + "/amendements", team: true},
	}
}

// A page of the debate asks as much of the base with thousands of things as with a few:
// none goes through what it lists one by one.
func TestTheDebateCostsTheSameFewAndMany(t *testing.T) {
	cost := func(t *testing.T, d *db.DB, z debateSize) (all []int64, pages []debatePage) {
		t.Helper()
		s, ids := debatedSite(t, d, z)
		var n atomic.Int64
		s.q = counter{d, &n}
		s.rebuild()
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		home, _ := url.Parse(base)
		pages = debatePages(ids[len(ids)/2])
		for _, p := range pages {
			r := httptest.NewRequest(http.MethodGet, base+p.path, nil)
			if p.team {
				for _, c := range team.Jar.Cookies(home) {
					r.AddCookie(c)
				}
			}
			for range 2 { // what a first reading keeps in memory is not counted
				n.Store(0)
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					t.Fatalf("%s (%s): %d %.300s", p.name, p.path, w.Code, w.Body.String())
				}
			}
			all = append(all, n.Load())
		}
		return all, pages
	}
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		few, pages := cost(t, d, fewDebate)
		many, _ := cost(t, testkit.Open(t, d.Engine()), manyDebate)
		for i, p := range pages {
			if few[i] != many[i] || few[i] == 0 {
				t.Errorf("%s: %d statements with few, %d with many", p.name, few[i], many[i])
			}
		}
		t.Logf("at most %d statements a page", slices.Max(many))
	})
}

// processorTime is what this process used: others that share the machine change it less
// than they do the time that passes. PostgreSQL is another process.
func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkDebate is what a page of the debate costs on the server, from the request to
// the compressed bytes, with 100 000 contributions and all that surrounds them. Beside
// the mean it tells the median and the processor's time of one page.
func BenchmarkDebate(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			s, ids := debatedSite(b, testkit.Open(b, engine), mostDebate)
			if err := s.debate.Contribution.Warm(b.Context()); err != nil { // as the program does when it opens
				b.Fatal(err)
			}
			team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
			home, _ := url.Parse(base)
			b.Run("near while typing", func(b *testing.B) {
				c, err := cop.Find(b.Context(), s.d, cop.RegionID(cop.First, "44"))
				if err != nil {
					b.Fatal(err)
				}
				before := processorTime(b)
				for b.Loop() {
					if _, err := s.debate.Contribution.Near(b.Context(), s.d, c, "Des pistes", "Il faudrait une piste cyclable vers la gare du village.", 3); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric((processorTime(b)-before).Seconds()*1e3/float64(b.N), "cpu-ms/op")
				b.ReportMetric(50, "target-ms")
			})
			for _, p := range debatePages(ids[len(ids)/2]) {
				r := httptest.NewRequest(http.MethodGet, base+p.path, nil)
				r.Header.Set("Accept-Encoding", "gzip")
				if p.team {
					for _, c := range team.Jar.Cookies(home) {
						r.AddCookie(c)
					}
				}
				serve := func(b *testing.B) int {
					w := &sink{header: http.Header{}}
					s.ServeHTTP(w, r)
					if w.status != http.StatusOK {
						b.Fatal(w.status)
					}
					return w.bytes
				}
				b.Run(p.name, func(b *testing.B) {
					serve(b) // what a first reading keeps
					var took []time.Duration
					size, before := 0, processorTime(b)
					for b.Loop() {
						from := time.Now()
						size = serve(b)
						took = append(took, time.Since(from))
					}
					b.ReportMetric((processorTime(b)-before).Seconds()*1e3/float64(b.N), "cpu-ms/op")
					slices.Sort(took)
					b.ReportMetric(took[len(took)/2].Seconds()*1e3, "p50-ms")
					if p.most == 0 {
						p.most = 30 * time.Millisecond
					}
					b.ReportMetric(p.most.Seconds()*1e3, "target-ms")
					b.ReportMetric(float64(size), "bytes/page")
				})
			}
		})
	}
}

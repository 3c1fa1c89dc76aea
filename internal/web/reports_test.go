package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/report"
	"jalon/internal/testkit"
	"jalon/internal/web/paper"
	"jalon/internal/web/reports"
	"jalon/internal/web/shell"
	"jalon/internal/web/static"
)

// documents are the national documents, on a machine without a browser: the
// journeys of e2e print the PDF.
func (s *site) documents(j *journal.Journal, explain figure.Explainer) map[string]shell.Handler {
	clock := func() time.Time { return s.now }
	frame := &shell.Shell{BaseURL: "http://jalon.example", Version: "test", Now: clock, Asset: static.URL}
	room := &report.Room{DB: s.d, IDs: s.ids, Now: clock, Journal: j, Explain: explain, Draw: func(ctx context.Context, d document.Document) ([]document.File, error) {
		page, err := paper.Standalone(ctx, d)
		return []document.File{{Path: document.PagePart, Body: page}}, err
	}}
	return reports.Handlers(reports.Deps{Shell: frame, Model: s.store.Model, DB: s.d, Now: clock, Room: room,
		Store: &reports.Store{DB: s.d, NewID: s.ids.New, Now: clock, Dir: s.t.TempDir()}})
}

const mayReport = "/national/point-d-etape?jour=2024-05-27"

// Each role reads, takes away and freezes what the table of rights foresees,
// and nothing else.
func TestRolesOnTheNationalDocuments(t *testing.T) {
	s := sqlite(t)
	for _, role := range policy.Roles() {
		kind, scope := "region", "03"
		switch role {
		case policy.Operator:
			continue // no account holds it
		case policy.NationalAdmin, policy.NationalReader:
			kind, scope = "nation", ""
		case policy.DepartmentLead:
			kind, scope = "department", "973"
		}
		c, base := s.signIn(string(role)+"@exemple.fr", role, kind, scope)
		a, err := s.accounts.Appoint(t.Context(), string(role)+"@exemple.fr", "", role, kind, scope, "")
		if err != nil {
			t.Fatal(err)
		}
		actor, err := s.accounts.Actor(t.Context(), a.Account)
		if err != nil {
			t.Fatal(err)
		}
		reads := !policy.Where(actor, policy.Read, policy.Report).None()
		takes := !policy.Where(actor, policy.Export, policy.Report).None()
		freezes := policy.Can(actor, policy.Create, policy.Thing{Kind: policy.Report})
		for path, may := range map[string]bool{"/national/documents": reads, mayReport: reads, "/national/documents/figer?document=point-d-etape&jour=2024-05-27": freezes} {
			want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[may]
			if !may && policy.Can(actor, policy.Read, policy.Thing{Kind: policy.Report}) {
				want = http.StatusForbidden
			}
			p := s.visit(c, base+path, nil)
			if p.StatusCode != want {
				t.Errorf("%s at %s: %s, want %d", role, path, p.Status, want)
			}
			if may && path == mayReport && (len(p.texts(`#emporter a`)) == 3) != takes {
				t.Errorf("%s sees files that they may not take, or none that they may", role)
			}
		}
		for _, ext := range []string{"pptx", "odt"} {
			want := http.StatusNotFound
			switch {
			case takes:
				want = http.StatusOK
			case reads:
				want = http.StatusForbidden
			}
			if p := s.visit(c, base+strings.Replace(mayReport, "?", "."+ext+"?", 1), nil); p.StatusCode != want {
				t.Errorf("%s takes %s: %s, want %d", role, ext, p.Status, want)
			}
		}
		if p := s.visit(c, base+"/national/documents/figer", url.Values{"document": {"point-d-etape"}, "jour": {"2024-05-27"}}); (p.StatusCode == http.StatusOK) != freezes {
			t.Errorf("%s freezes: %s", role, p.Status)
		}
	}
	anyone, base := s.browser()
	for _, path := range []string{"/national/documents", mayReport, "/national/point-d-etape.pptx", "/national/documents/figer", "/national/publications/x", "/national/publications/x/document.pptx"} {
		if p := s.visit(anyone, base+path, nil); p.Request.URL.Path != "/connexion" {
			t.Errorf("anyone at %s is sent to %s", path, p.Request.URL)
		}
	}
}

func TestTheReportOnItsPage(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.signIn("nation@exemple.fr", policy.NationalReader, "nation", "")
		p := s.visit(c, base+mayReport, nil)
		p.has("h1", "27 mai 2024")
		p.has("main", "16 COP sont lancées sur 18")
		checkPage(t, "point d’étape", p)
		checkPage(t, "documents", s.visit(c, base+"/national/documents", nil))
		for _, cycle := range []string{"2025", "2026"} {
			p := s.visit(c, base+mayReport+"&cycle="+cycle, nil)
			p.has("main", "Aucune COP de ce cycle")
			checkPage(t, cycle, p)
		}
		for query, status := range map[string]int{"jour=2999-01-01": 400, "jour=hier": 400, "jour=2024-02-30": 400, "jour=%00": 400, "cycle=1999": 404, "cycle=%00": 404} {
			if p := s.visit(c, base+"/national/point-d-etape?"+query, nil); p.StatusCode != status {
				t.Errorf("%s: %s", query, p.Status)
			}
			if p := s.visit(c, base+"/national/point-d-etape.odt?"+query, nil); p.StatusCode != status {
				t.Errorf("the text, %s: %s", query, p.Status)
			}
		}
		p = s.visit(c, base+"/national/point-d-etape.pdf?jour=2024-05-27", nil)
		if p.StatusCode != http.StatusServiceUnavailable || !strings.Contains(p.body, "ODT") {
			t.Errorf("a PDF without a browser: %s", p.Status)
		}
	})
}

// What is sent is whole, bears its length and its digest, is the same twice, and
// leaves a row.
func TestTheFilesOfTheReport(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.signIn("nation@exemple.fr", policy.NationalReader, "nation", "")
		for _, ext := range []string{"pptx", "odt"} {
			var before string
			for range 2 {
				r, err := c.Get(base + "/national/point-d-etape." + ext + "?jour=2024-05-27")
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(r.Body)
				_ = r.Body.Close()
				sum := sha256.Sum256(body)
				digest := hex.EncodeToString(sum[:])
				if err != nil || r.Header.Get("ETag") != `"`+digest+`"` || r.ContentLength != int64(len(body)) || r.Header.Get("Cache-Control") != "private, no-store" ||
					!strings.Contains(r.Header.Get("Content-Disposition"), "point-d-etape-2024-05-27."+ext) || r.Header.Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%s: %v %v", ext, r.Header, err)
				}
				if before != "" && before != digest {
					t.Errorf("%s: other bytes", ext)
				}
				before = digest
			}
			var rows, people int64
			if err := d.QueryRow(t.Context(), `SELECT COUNT(*), COUNT(CASE WHEN by <> '' THEN 1 END) FROM export WHERE sha256 = $1`, before).Scan(&rows, &people); err != nil || rows != 2 || people != 2 {
				t.Errorf("%s: %d rows, %d with who, %v", ext, rows, people, err)
			}
		}
		if page := s.get("/etudes/guide-du-panorama.odt?region=bretagne"); page.StatusCode != http.StatusOK || page.Header.Get("Repr-Digest") == "" {
			t.Errorf("a study for anyone: %s", page.Status)
		}
	})
}

func TestStudiesForAnyone(t *testing.T) {
	s := sqlite(t)
	checkPage(t, "studies", s.get("/etudes"))
	for _, path := range []string{"/etudes/guide-du-panorama", "/etudes/guide-du-panorama?region=france", "/etudes/guide-du-panorama?region=grand-est", "/etudes/guide-du-panorama?region=guyane", "/etudes/guide-du-panorama?region=corse",
		"/etudes/retour-des-questionnaires", "/etudes/retour-des-questionnaires?cycle=2025", "/etudes/actions-et-mesures", "/etudes/actions-et-mesures?region=la-reunion", "/etudes/actions-et-mesures?cycle=2026&region=bretagne"} {
		p := s.get(path)
		if p.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, p.Status)
			continue
		}
		checkPage(t, path, p)
		if strings.Contains(p.body, "/chiffres/national/") {
			t.Errorf("%s leads anyone to a figure of the board", path)
		}
	}
	for path, status := range map[string]int{"/etudes/rien": 404, "/etudes/point-d-etape": 404, "/etudes/guide-du-panorama.exe": 404, "/etudes/guide-du-panorama.": 404, "/etudes/guide-du-panorama?region=rien": 404,
		"/etudes/guide-du-panorama?jour=2999-01-01": 400, "/etudes/actions-et-mesures?cycle=rien": 404} {
		if p := s.get(path); p.StatusCode != status {
			t.Errorf("%s: %s, want %d", path, p.Status, status)
		}
	}
}

// Frozen with two sentences, found again byte for byte, though a COP has moved
// since.
func TestAnEditionIsFrozen(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.signIn("nation@exemple.fr", policy.NationalAdmin, "nation", "")
		form := url.Values{"document": {"point-d-etape"}, "jour": {"2026-03-01"}, "cycle": {"2023-24"}, "intro": {" Une première phrase. "}, "remarque-suites": {"À compléter\x00\xff en juin."}, "remarque-rien": {"d’une partie qui n’existe pas"}}
		long := url.Values{"document": {"point-d-etape"}, "jour": {"2026-03-01"}, "remarque-suites": {strings.Repeat("é", 1501)}}
		if p := s.visit(c, base+"/national/documents/figer", long); p.StatusCode != http.StatusUnprocessableEntity || len(p.texts("#erreurs li")) != 1 || !strings.Contains(p.body, strings.Repeat("é", 1501)) {
			t.Errorf("too long: %s", p.Status)
		} else {
			checkPage(t, "too long", p)
		}
		for _, bad := range []url.Values{{"document": {"rien"}}, {}, {"document": {"guide-du-panorama"}, "region": {"rien"}}} {
			if p := s.visit(c, base+"/national/documents/figer", bad); p.StatusCode != http.StatusNotFound {
				t.Errorf("%v: %s", bad, p.Status)
			}
		}
		p := s.visit(c, base+"/national/documents/figer", form)
		p.has("h1", "Point d’étape")
		p.has("#fichiers", "Diaporama")
		checkPage(t, "publication", p)
		path := p.Request.URL.Path
		before := s.visit(c, base+path+"/document.odt", nil)
		again := s.visit(c, base+"/national/documents/figer", form)
		if again.Request.URL.Path != path {
			t.Errorf("frozen again at %s", again.Request.URL)
		}
		team, base2 := s.signIn("equipe@exemple.fr", policy.StateChair, "region", "03")
		if p := s.visit(team, base2+bureau+"/evenements", url.Values{"stage": {"lancement"}, "mark": {"announced"}, "day": {"2026-06-01"}}); p.StatusCode != http.StatusOK {
			t.Fatal(p.Status)
		}
		if after := s.visit(c, base+path+"/document.odt", nil); after.body != before.body || len(after.body) < 1000 {
			t.Error("what was frozen has changed")
		}
		page := s.visit(c, base+path+"/page.html", nil)
		if !strings.Contains(page.body, "Une première phrase.") || !strings.Contains(page.body, "À compléter en juin.") || !strings.Contains(page.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the page: %v", page.Header)
		}
		s.visit(c, base+"/national/documents", nil).has("#editions-figees", "Anne Martin")
		// A region's head reads the list, and may not take the files.
		if p := s.visit(team, base2+path, nil); p.StatusCode != http.StatusOK || len(p.texts("#fichiers a")) != 0 {
			t.Errorf("a head reads: %s", p.Status)
		}
		if p := s.visit(team, base2+path+"/document.odt", nil); p.StatusCode != http.StatusForbidden {
			t.Errorf("a head takes: %s", p.Status)
		}
		for _, bad := range []string{path + "/rien.odt", path + "/..%2Fdocument.odt", "/national/publications/rien", "/national/publications/rien/document.odt"} {
			if p := s.visit(c, base+bad, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", bad, p.Status)
			}
		}
	})
}

// Twenty clicks at once on one edition are one publication, though each drew
// other bytes, as a printer of PDF does.
func TestOneEditionIsFrozenOnce(t *testing.T) {
	d := testkit.Open(t, db.PostgreSQL)
	s := newSite(t, d)
	m, err := s.store.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	drawn := 0
	room := &report.Room{DB: d, IDs: s.ids, Now: func() time.Time { return s.now }, Journal: journal.New(s.ids, func() time.Time { return s.now }, db.NewCursors([]byte("essai"))), Explain: m.Explain,
		Draw: func(context.Context, document.Document) ([]document.File, error) {
			mu.Lock()
			defer mu.Unlock()
			drawn++
			return []document.File{{Path: document.PagePart, Body: fmt.Appendf(nil, "<!DOCTYPE html><title>%d</title>", drawn)}}, nil
		}}
	doc, err := report.Guide(t.Context(), m, "44", report.Edition{Day: "2026-03-01"})
	if err != nil {
		t.Fatal(err)
	}
	admin := policy.Actor{Person: "p", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
	ids := map[string]bool{}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			p, err := room.Publish(t.Context(), admin, doc)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			ids[p.ID] = true
			mu.Unlock()
		})
	}
	group.Wait()
	list, err := report.Publications(t.Context(), d, admin, 100)
	if err != nil || len(list) != 1 || len(ids) != 1 || list[0].Seq != 1 {
		t.Errorf("%d publications, %d answers, %v", len(list), len(ids), err)
	}
	var acts int64
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM journal WHERE verb = 'freeze' AND kind = 'report'`).Scan(&acts); err != nil || acts != 1 {
		t.Errorf("%d acts, %v", acts, err)
	}
	if _, err := room.Publish(t.Context(), policy.Actor{Person: "q"}, doc); err == nil {
		t.Error("frozen by anyone")
	}
}

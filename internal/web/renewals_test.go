package web_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/adaptation"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/renewal"
	"jalon/internal/testkit"
)

// renewal is the room that opens a COP from the last one.
func (s *site) renewal() *renewal.Room {
	return &renewal.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Journal: s.cops.Journal, COPs: s.cops, Register: s.register, Knowledge: s.known, Coverage: s.act.Coverage, Adaptation: &adaptation.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Journal: s.cops.Journal, COPs: s.cops, Model: s.store.Model}, Model: s.store.Model}
}

// A team opens its COP of 2025 from that of 2023-24: it settles the levers that do not
// map, carries over, reads its receipt, and each page says where it comes from.
func TestATeamOpensTheNextCOP(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ctx := t.Context()
		c, err := cop.OfRegion(ctx, d, "44")
		if err != nil {
			t.Fatal(err)
		}
		team := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
		browser, base := s.signIn("equipe@grandest.example", policy.Team, "region", "44")
		desk := base + "/regions/grand-est/bureau/reprise"
		p := s.visit(browser, desk, nil)
		checkPage(t, "no next COP", p)
		p.has("main", "Aucune COP ne suit celle du cycle 2023-24")

		m, err := s.store.Model(ctx)
		if err != nil {
			t.Fatal(err)
		}
		nation := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
		if _, err := s.cops.OpenCycle(ctx, nation, "2025", m.Tree()); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, lever := range []string{"gestion-haies", "covoiturage"} {
			x, err := s.register.Add(ctx, d, team, c, action.Action{Kind: action.Sectoral, State: action.Proposed, Title: "Action " + lever, Levers: []string{lever}, Places: []action.Place{{Territory: "department:67"}}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Exec(ctx, `UPDATE action SET state = 'retained' WHERE id = $1`, x.ID); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, x.ID)
		}
		p = s.visit(browser, desk, nil)
		checkPage(t, "carry-over", p)
		p.has("#leviers", "sans correspondance")
		p.has("#choix", "Action covoiturage")
		seen := p.attr("input[name=seen]", "value")
		form := url.Values{"do": {"choose"}, "rev": {"0"}, "seen": seen, "take": {"action/" + ids[0], "action/" + ids[1]}, "way.gestion-haies": {"cross"}, "way.covoiturage": {"leave"}, "theme": {"adaptation"}}
		p = s.visit(browser, desk, form)
		if p.StatusCode != http.StatusBadRequest {
			t.Errorf("left behind without a reason: %s", p.Status)
		}
		p.has("main", "Dites pourquoi le levier")
		form.Set("why.covoiturage", "hors du sujet de 2025")
		p = s.visit(browser, desk, form)
		p.has("main", "C’est enregistré")
		p.has("#reprendre", "reprendra 1 action")
		if again := s.visit(browser, desk, form); again.StatusCode != http.StatusConflict {
			t.Errorf("choices of before replace others: %s", again.Status)
		}
		apply := url.Values{"do": {"apply"}, "rev": p.attr("#appliquer input[name=rev]", "value"), "digest": p.attr("#appliquer input[name=digest]", "value")}
		stranger, _ := s.signIn("ailleurs@bretagne.example", policy.Team, "region", "53")
		if q := s.visit(stranger, desk, apply); q.StatusCode != http.StatusNotFound && q.StatusCode != http.StatusForbidden {
			t.Errorf("another team carries over: %s", q.Status)
		}
		p = s.visit(browser, desk, apply)
		checkPage(t, "receipt", p)
		p.has("#repris", "Action gestion-haies")
		if again := s.visit(browser, desk, apply); again.StatusCode != http.StatusConflict {
			t.Errorf("a replay: %s", again.Status)
		}

		next := s.visit(browser, base+"/regions/grand-est/cycles/2025", nil)
		checkPage(t, "the new COP", next)
		next.has("main", "Cette COP reprend la COP 2023-24 : 1 action")
		s.visit(browser, base+"/regions/grand-est", nil).has("main", "Cette COP est suivie par la COP 2025")
		for _, cycle := range []string{"2023-24", "2025"} {
			checkPage(t, "archive", s.visit(browser, base+"/regions/grand-est/cycles/"+cycle+"/archive", nil))
		}
		p = s.visit(browser, base+"/regions/grand-est/bureau/actions?cycle=2025", nil)
		checkPage(t, "register of 2025", p)
		p.has("h1", "1 action, 1 à qualifier")
		if strings.Contains(p.body, "Action covoiturage") {
			t.Error("the register of 2025 shows what stayed behind")
		}
		checkPage(t, "actions of 2025", s.visit(browser, base+"/regions/grand-est/actions?cycle=2025", nil))
		made, err := renewal.CarriedFrom(ctx, d, renewal.Actions, ids[0])
		if err != nil || len(made) != 1 {
			t.Fatalf("%v %v", made, err)
		}
		s.visit(browser, base+"/actions/"+made[0].Made, nil).has("main", "Suite de")
		s.visit(browser, base+"/actions/"+ids[0], nil).has("main", "Continuée par")
		edit := s.visit(browser, base+"/actions/"+made[0].Made+"/modifier/presentation", nil)
		if edit.StatusCode != http.StatusOK || strings.Contains(edit.body, `value="gestion-haies"`) {
			t.Errorf("the form of an action of 2025 offers the levers of 2023-24: %s", edit.Status)
		}
		if p = s.visit(browser, base+"/regions/grand-est/actions/nouvelle?cycle=2025", nil); p.StatusCode != http.StatusOK {
			t.Errorf("an action of 2025 cannot be proposed: %s", p.Status)
		}
		if p = s.visit(browser, base+"/regions/grand-est/actions?cycle=1999", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("an unknown cycle: %s", p.Status)
		}
	})
}

// The nation tries a crosswalk: a loop is shown on its line and never put in force.
func TestTheNationTriesACrosswalk(t *testing.T) {
	s := sqlite(t)
	browser, base := s.signIn("nation@jalon.example", policy.NationalAdmin, "nation", "")
	page := base + "/national/correspondances"
	checkPage(t, "crosswalks", s.visit(browser, page, nil))
	send := func(body string) page2 {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		f, err := w.CreateFormFile("file", "table.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := browser.Post(page, w.FormDataContentType(), &b)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		return page2{r.StatusCode, r.Request.URL.Path}
	}
	const head = "from;to;kind;reason;source;to_version\n"
	if got := send("rien"); got.status != http.StatusBadRequest {
		t.Errorf("what is no crosswalk: %d", got.status)
	}
	// The table in force, sent back as it was downloaded, is good line by line.
	r, err := browser.Get(page + "/table.csv")
	if err != nil {
		t.Fatal(err)
	}
	table, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil || r.StatusCode != http.StatusOK || bytes.Count(table, []byte("\n")) < 240 {
		t.Fatalf("the table in force: %s, %d lines, %v", r.Status, bytes.Count(table, []byte("\n")), err)
	}
	whole := s.visit(browser, base+send(string(table)).path, nil)
	whole.has("main", "Toutes les lignes sont bonnes")
	got := send(head + "velo-transports-commun;t26-transports-commun;part-of;Essai.;jalon;2026\n")
	p := s.visit(browser, base+got.path, nil)
	checkPage(t, "a loop", p)
	p.has("main", "tourne en rond")
	if len(p.texts("#tourner")) > 0 {
		t.Error("a loop may be put in force")
	}
	got = send(head + "gestion-haies;l25-gestion-haies;one-to-one;Même levier.;jalon;2025\n")
	p = s.visit(browser, base+got.path, nil)
	p.has("main", "Toutes les lignes sont bonnes")
	form := url.Values{"do": {"current"}, "rev": {"1"}, "reason": {""}}
	if p = s.visit(browser, base+got.path, form); p.StatusCode != http.StatusBadRequest {
		t.Errorf("without a word: %s", p.Status)
	}
	form.Set("reason", "demandée")
	s.visit(browser, base+got.path, form).has("main", "C’est enregistré")
	if p = s.visit(browser, base+got.path, form); p.StatusCode != http.StatusConflict {
		t.Errorf("a replay: %s", p.Status)
	}
	s.visit(browser, page, nil).has("#deposees", "en vigueur")
}

// page2 is where a file that was sent led.
type page2 struct {
	status int
	path   string
}

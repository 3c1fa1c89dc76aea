package aid_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
)

// Needs are counted by lever, and those of one lever go up with one obstacle of the region.
func TestNeedsGoUpWithOneObstacle(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		region, err := k.tree.Region("44")
		if err != nil {
			t.Fatal(err)
		}
		var obstacles []string
		for _, place := range []string{"department:67", "epci:246700488"} {
			n, err := k.room.AddNeed(ctx, k.db, k.team, k.cop, aid.Need{Lever: "biogaz", Step: "study", Territory: place, Text: "Aucune aide aux études"})
			if err != nil {
				t.Fatal(err)
			}
			if n, err = k.room.SendNeed(ctx, k.db, k.team, n.ID, n.Rev, region, "Biogaz"); err != nil || n.State != aid.NeedSent {
				t.Fatal(n, err)
			}
			obstacles = append(obstacles, n.Obstacle)
			if _, err := k.room.AnswerNeed(ctx, k.db, k.team, n.ID, 1, aid.NeedAside, "déjà aidé"); apperr.KindOf(err) != apperr.Conflict {
				t.Errorf("an old revision: %v", err)
			}
		}
		if obstacles[0] == "" || obstacles[0] != obstacles[1] {
			t.Errorf("two obstacles for one lever: %v", obstacles)
		}
		if _, err := k.room.AddNeed(ctx, k.db, policy.Actor{}, k.cop, aid.Need{Lever: "biogaz", Territory: "region:44", Text: "x"}); err == nil {
			t.Error("anyone notes a need")
		}
		if _, err := k.room.AddNeed(ctx, k.db, k.team, k.cop, aid.Need{Lever: "biogaz", Territory: "region:44", Text: " "}); apperr.KindOf(err) != apperr.Invalid {
			t.Error(err)
		}
		for a, want := range map[string]int{"nation": 1, "": 0} {
			actor := k.nation
			if a == "" {
				actor = policy.Actor{}
			}
			sums, err := aid.Sums(ctx, k.db, actor, "")
			if err != nil || len(sums) != want || want == 1 && (sums[0].Open != 2 || sums[0].Places != 2) {
				t.Errorf("%q: %+v %v", a, sums, err)
			}
		}
		list, err := aid.Needs(ctx, k.db, k.team, aid.NeedFilter{COP: k.cop.ID, Lever: "biogaz"}, "", 10)
		if err != nil || len(list) != 2 {
			t.Error(list, err)
		}
	})
}

// A reader's report is kept for the nation, and a machine cannot send too many, even at once.
func TestReportsAreBounded(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		x, err := k.room.Add(t.Context(), k.db, k.nation, hedges())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() { errs[i] = k.room.Tell(t.Context(), policy.Actor{}, "10.0.0.1", x.ID, "Lien mort") })
		}
		wg.Wait()
		kept := 0
		for _, err := range errs {
			if err == nil {
				kept++
			} else if apperr.KindOf(err) != apperr.TooMany {
				t.Error(err)
			}
		}
		list, err := aid.Reports(t.Context(), k.db, k.nation, 50)
		if err != nil || kept != 6 || len(list) != kept {
			t.Errorf("%d kept, %d listed, %v", kept, len(list), err)
		}
		if _, err := aid.Reports(t.Context(), k.db, k.team, 50); err == nil {
			t.Error("a team reads what readers told the nation")
		}
		if err := k.room.JudgeReport(t.Context(), k.db, k.nation, list[0].ID, 1, true, "corrigé"); err != nil {
			t.Error(err)
		}
		if err := k.room.JudgeReport(t.Context(), k.db, k.nation, list[0].ID, 1, true, "corrigé"); apperr.KindOf(err) != apperr.Conflict {
			t.Error(err)
		}
	})
}

// An address confirms first; then it is told what is new and what closes soon, once, and
// stops by the link of a mail.
func TestAlertsTellOnceAndStop(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		count := func() (n int) {
			page, err := k.room.Outbox.List(ctx, k.db, mail.Filter{Email: "maire@exemple.fr"}, "", 50)
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Mails)
		}
		last := func() string {
			page, err := k.room.Outbox.List(ctx, k.db, mail.Filter{Email: "maire@exemple.fr"}, "", 50)
			if err != nil || len(page.Mails) == 0 {
				t.Fatal(err)
			}
			return page.Mails[0].Letter.Text()
		}
		sealed := func(text string) string {
			_, rest, _ := strings.Cut(text, "/alertes-aides/")
			return strings.Fields(rest)[0]
		}
		f := aid.Filter{Lever: "gestion-haies"}
		for range 2 {
			if sure, err := k.room.Follow(ctx, policy.Actor{}, "10.0.0.1", "Maire@exemple.fr", f, "daily"); err != nil || sure {
				t.Fatal(sure, err)
			}
		}
		if count() != 1 {
			t.Fatalf("%d mails to confirm", count())
		}
		confirm := sealed(last())
		if n, err := k.room.TellAlerts(ctx); err != nil || n != 0 {
			t.Error("told before it was confirmed", n, err)
		}
		if _, yes, err := k.room.Turn(ctx, confirm); err != nil || !yes {
			t.Fatal(yes, err)
		}
		k.now = k.now.Add(24 * time.Hour)
		if _, err := k.room.Add(ctx, k.db, k.nation, hedges()); err != nil {
			t.Fatal(err)
		}
		other := hedges()
		other.Name, other.Serves = "Autre levier", []aid.Serve{{Lever: "biogaz"}}
		if _, err := k.room.Add(ctx, k.db, k.nation, other); err != nil {
			t.Fatal(err)
		}
		k.now = k.now.Add(time.Minute)
		for i, want := range []int{1, 0} {
			if n, err := k.room.TellAlerts(ctx); err != nil || n != want {
				t.Errorf("time %d: %d told, %v", i, n, err)
			}
		}
		if text := last(); !strings.Contains(text, "Planter des haies, Région Grand Est, jusqu’au 12") || strings.Contains(text, "Autre levier") {
			t.Error(text)
		}
		k.now = time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC)
		if n, err := k.room.TellAlerts(ctx); err != nil || n != 1 || !strings.Contains(last(), "ferment bientôt") {
			t.Error(n, err, last())
		}
		stop := last()
		stop = sealed(stop[strings.LastIndex(stop, "Ne plus recevoir"):])
		if _, yes, err := k.room.Turn(ctx, stop); err != nil || yes {
			t.Error(yes, err)
		}
		if _, _, err := k.room.Turn(ctx, confirm); err != nil { // the first link does not begin it again
			t.Error(err)
		}
		if x, _, err := k.room.AlertOf(ctx, k.db, stop); err != nil || x.State != "ended" {
			t.Error(x, err)
		}
		if _, _, err := k.room.AlertOf(ctx, k.db, "forge"); apperr.KindOf(err) != apperr.NotFound {
			t.Error(err)
		}
		refused := 0
		for i := range 12 {
			if _, err := k.room.Follow(ctx, policy.Actor{}, "10.0.0.2", "a"+strings.Repeat("b", i)+"@exemple.fr", f, "daily"); apperr.KindOf(err) == apperr.TooMany {
				refused++
			}
		}
		if refused != 6 {
			t.Errorf("%d refused of 12 from one machine", refused)
		}
	})
}

// Links that are gone are marked; what fails for a while is not, and nothing inside a
// network is ever reached, be it by a redirection.
func TestDeadLinks(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		asked := 0
		inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
		defer inside.Close()
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/mort":
				w.WriteHeader(http.StatusNotFound)
			case "/panne":
				w.WriteHeader(http.StatusBadGateway)
			case "/boucle":
				http.Redirect(w, r, "/boucle", http.StatusFound)
			}
		}))
		defer web.Close()
		ids := map[string]string{}
		for _, path := range []string{"/vif", "/mort", "/panne", "/boucle"} {
			x := hedges()
			x.Name, x.Origin = path, web.URL+path
			x, err := k.room.Add(ctx, k.db, k.nation, x)
			if err != nil {
				t.Fatal(err)
			}
			ids[path] = x.ID
		}
		n, err := k.room.CheckLinks(ctx, aid.Checker{Allow: func(netip.Addr) bool { return true }})
		if err != nil || n != 4 {
			t.Fatal(n, err)
		}
		for path, id := range ids {
			if x, err := aid.Find(ctx, k.db, id); err != nil || x.Broken != (path == "/mort") || x.Tried != "2026-03-02" {
				t.Errorf("%s: broken %v, tried %q, %v", path, x.Broken, x.Tried, err)
			}
		}
		if n, err := k.room.CheckLinks(ctx, aid.Checker{Allow: func(netip.Addr) bool { return true }}); err != nil || n != 0 {
			t.Errorf("asked again the same day: %d %v", n, err)
		}
		x := hedges()
		x.Name, x.Origin = "dedans", inside.URL
		if _, err := k.room.Add(ctx, k.db, k.nation, x); err != nil {
			t.Fatal(err)
		}
		if _, err := k.room.CheckLinks(ctx, aid.Checker{}); err != nil || asked != 0 {
			t.Errorf("a private address was asked %d times, %v", asked, err)
		}
	})
}

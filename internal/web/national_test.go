package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// The national team reads the 18 as of a day, filters, sorts, opens a figure,
// and takes the table away.
func TestTheNationalBoard(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		reader, base := s.signIn("nation@exemple.fr", policy.NationalReader, "nation", "")
		p := s.visit(reader, base+"/national", nil)
		p.has("h1", "sans événement daté depuis six mois")
		p.has("#bouge", "Rien n’a bougé")
		checkPage(t, "board", p)
		const may = "/national?jour=2024-05-27"
		p = s.visit(reader, base+may+"&tri=depuis", nil)
		checkPage(t, "board of May 2024", p)
		rows := p.texts("#tableau-national tbody tr")
		if len(rows) != 18 || !strings.Contains(rows[0], "2023") || !strings.HasPrefix(rows[17], "Mayotte") {
			t.Errorf("%d rows: %.80q … %q", len(rows), rows[0], rows[17])
		}
		p.has(".key", "16 sur 18")
		p.has("#avant-jalon", "environ 3 000 personnes")
		p.has(".fr-alert", "faits datés")
		if sorted := p.attr("th[aria-sort]", "aria-sort"); len(sorted) != 1 || sorted[0] != "descending" {
			t.Errorf("sorted by %q", sorted)
		}
		for filter, want := range map[string]int{"etape=preparation": 2, "territoire=outre-mer": 5, "territoire=metropole": 13, "region=gran": 1, "immobile=9999": 2, "etape=suivi": 0, "region=%00": 18} {
			p := s.visit(reader, base+may+"&"+filter, nil)
			if got := len(p.texts("#tableau-national tbody tr")); got != want || p.StatusCode != http.StatusOK {
				t.Errorf("%s: %s, %d rows, want %d", filter, p.Status, got, want)
			}
			checkPage(t, filter, p)
		}
		p = s.visit(reader, base+may+"&col=cop/feuille-de-route&col=suivi/points-d-avancement&tri=region&ordre=decroissant", nil)
		if rows := p.texts("#tableau-national tbody tr"); !strings.HasPrefix(rows[0], "Provence") || len(p.texts("#tableau-national thead th")) != 3 {
			t.Errorf("%q", rows[0])
		}
		p.has(".notes", "aucun relevé de nuit")
		for _, bad := range []string{"jour=demain", "jour=2999-01-01", "etape=rien", "territoire=ailleurs", "immobile=-1", "immobile=beaucoup", "ordre=autre"} {
			if p := s.visit(reader, base+"/national?"+bad, nil); p.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %s", bad, p.Status)
			}
		}
		for _, bad := range []string{"?cycle=1999", "?col=cop/rien", "?tri=rien", "/indicateurs/cop/rien", "/indicateurs/cop/rien/valeurs.csv", "/chiffres-declares/rien"} {
			if p := s.visit(reader, base+"/national"+bad, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", bad, p.Status)
			}
		}
		csv := s.visit(reader, base+"/national/tableau.csv?jour=2024-05-27", nil)
		lines := strings.Split(strings.TrimSpace(csv.body), "\r\n")
		if len(lines) != 19 || strings.Count(csv.body, ";Lancement;") < 12 || !strings.Contains(csv.body, ";Guyane;Préparation;") {
			t.Errorf("%d lines: %.500s", len(lines), csv.body)
		}
	})
}

// Every figure of the board opens its definition, its rows and its address.
func TestAMetricExplainsItself(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		typed := url.Values{"title": {"Groupe mobilité"}, "kind": {"groupe"}, "stage": {"debat"}, "day": {"2026-02-20"}, "part": {"public"}}
		p := s.visit(team, base+"/regions/grand-est/bureau/reunions", typed)
		id := p.attr(`form[action^="/regions/grand-est/bureau/reunions/"]`, "action")[0]
		s.visit(team, base+id, url.Values{"rev": {"1"}, "do": {"held"}, "attendance": {"42"}, "counted": {"1"}})
		reader, base := s.signIn("nation@exemple.fr", policy.NationalReader, "nation", "")
		for _, m := range s.board.Registry.Metrics() {
			p := s.visit(reader, base+"/national/indicateurs/"+m.Key+"?jour=2026-03-02", nil)
			if p.StatusCode != http.StatusOK || len(p.texts("#par-region tbody tr")) != 18 {
				t.Errorf("%s: %s", m.Key, p.Status)
			}
			checkPage(t, m.Key, p)
			p.has("#definition", m.Key)
		}
		p = s.visit(reader, base+"/national/indicateurs/cop/personnes-comptees", nil)
		p.has("h1", "42 personnes, 1 COP a un chiffre")
		p.has("#avant-jalon", "environ 3 000")
		if row := p.row("#par-region", "Grand Est"); row[1] != "42" {
			t.Errorf("%q", row)
		}
		const key = "national/cop/personnes-comptees/region:44/2026-03-02"
		if hrefs := p.attr(`#par-region a[href="/chiffres/`+key+`"]`, "href"); len(hrefs) != 1 {
			t.Errorf("no link to %s", key)
		}
		p = s.visit(reader, base+"/chiffres/"+key, nil)
		p.has("h1", "Personnes comptées, Grand Est")
		checkPage(t, "figure of the board", p)
		nation := s.visit(reader, base+"/chiffres/national/cop/personnes-comptees/nation/2026-03-02", nil)
		if rows := nation.texts("#termes tbody tr"); len(rows) != 18 {
			t.Errorf("%d terms", len(rows))
		}
		for _, bad := range []string{"cop/personnes-comptees/region:99/2026-03-02", "cop/personnes-comptees/department:67/2026-03-02", "cop/rien/region:44/2026-03-02", "cop/etape/region:44/2026-03-02",
			"cop/personnes-comptees/region:44/2026-03-02/2023-24", "cop/personnes-comptees/region:44", "cop/personnes-comptees/region:44/2026-03-02/1999"} {
			if p := s.visit(reader, base+"/chiffres/national/"+bad, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", bad, p.Status)
			}
		}
		if p := s.visit(reader, base+"/chiffres/national/cop/personnes-comptees/region:44/2999-01-01", nil); p.StatusCode != http.StatusBadRequest {
			t.Errorf("a day to come: %s", p.Status)
		}
		if csv := s.visit(reader, base+"/national/indicateurs/cop/personnes-comptees/valeurs.csv", nil); !strings.Contains(csv.body, "tableau;2026-03-02;2023-24;44;Grand Est;42;") {
			t.Errorf("%.400s", csv.body)
		}
		// An address that hides the prefix from the list of routes reaches nobody.
		for _, path := range []string{"/chiffres/national%2Fcop/personnes-comptees/region:44/2026-03-02", "/api/v1/figures/national%2Fcop/personnes-comptees/region:44/2026-03-02"} {
			if p := s.get(path); p.StatusCode != http.StatusNotFound || strings.Contains(p.body, "42") {
				t.Errorf("%s: %s", path, p.Status)
			}
			if p := s.visit(reader, base+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s, by a reader: %s", path, p.Status)
			}
		}
		if p := s.get("/api/v1/board"); p.StatusCode != http.StatusNotFound {
			t.Errorf("the API to anyone: %s", p.Status)
		}
		p = s.visit(reader, base+"/national/mouvements?du=2026-02-01&au=2026-03-02", nil)
		p.has("#r-44 td", "42")
		checkPage(t, "moves", p)
		p = s.visit(reader, base+"/national/frise?jour=2024-05-27", nil)
		if lanes := p.attr(".lanes svg[role=img]", "aria-label"); len(lanes) != 18 {
			t.Errorf("%d lanes", len(lanes))
		}
		checkPage(t, "timeline", p)
		checkPage(t, "metrics", s.visit(reader, base+"/national/indicateurs", nil))
	})
}

// A national administrator enters a figure from before Jalon once, then replaces
// it with the reason; a reader reads it, and changes nothing.
func TestDeclaredFigures(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		admin, base := s.signIn("admin@exemple.fr", policy.NationalAdmin, "nation", "")
		const path = "/national/chiffres-declares"
		checkPage(t, "declared", s.visit(admin, base+path, nil))
		in := url.Values{"name": {"COP départementales"}, "value": {"80 et plus"}, "published": {"plus de 80"}, "unit": {"COP"}, "day": {"2025-11-27"}, "scope": {"France entière"}, "source": {"Ministère"}, "metric": {"cop/cop-departementales"}}
		p := s.visit(admin, base+path, in)
		if v := p.attr("input#published", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "plus de 80" {
			t.Fatalf("%s %q", p.Status, v)
		}
		in.Set("value", "80")
		s.visit(admin, base+path, in).has("#declares td", "plus de 80 COP")
		if p := s.visit(admin, base+path, in); p.StatusCode != http.StatusConflict {
			t.Errorf("twice: %s", p.Status)
		}
		one := base + path + "/2025-11-27-cop-departementales"
		in.Set("rev", "1")
		in.Set("published", "environ 85")
		if p := s.visit(admin, one, in); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "Dites pourquoi") {
			t.Errorf("without a reason: %s", p.Status)
		}
		in.Set("reason", "le ministère a précisé")
		p = s.visit(admin, one, in)
		p.has("#versions td", "le ministère a précisé")
		checkPage(t, "declared, one", p)
		in.Set("published", "90")
		p = s.visit(admin, one, in)
		if p.StatusCode != http.StatusConflict {
			t.Errorf("an older revision: %s", p.Status)
		}
		p.has("#deux-versions td", "environ 85")
		reader, base2 := s.signIn("nation@exemple.fr", policy.NationalReader, "nation", "")
		if p := s.visit(reader, base2+path, in); p.StatusCode != http.StatusForbidden {
			t.Errorf("a reader declares: %s", p.Status)
		}
		p = s.visit(reader, base2+path, nil)
		if len(p.texts("form.form")) != 0 {
			t.Error("a reader is shown the form")
		}
		in.Set("rev", "2")
		in.Set("do", "withdraw")
		s.visit(admin, one, in).has("h1", "chiffre retiré")
		if p := s.visit(reader, base2+path, nil); strings.Contains(p.body, "environ 85") {
			t.Error("a withdrawn figure is still listed")
		}
		team, base3 := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		for _, form := range []url.Values{nil, in} {
			if p := s.visit(team, base3+path, form); p.StatusCode != http.StatusNotFound {
				t.Errorf("a team at the declared figures: %s", p.Status)
			}
		}
	})
}

// counter counts the statements of a page.
type counter struct {
	db.Q
	n *atomic.Int64
}

func (c counter) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	c.n.Add(1)
	return c.Q.Query(ctx, query, args...)
}

func (c counter) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	c.n.Add(1)
	return c.Q.QueryRow(ctx, query, args...)
}

// The board costs as many statements empty as full.
func TestTheBoardCostsTheSameEmptyAndFull(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		count := func() int64 {
			var n atomic.Int64
			q := counter{d, &n}
			for _, day := range []string{"", "2026-02-28"} {
				if _, err := s.board.Read(t.Context(), q, cop.First, day); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.board.Moved(t.Context(), q, cop.First, "2026-02-01", "2026-03-02"); err != nil {
				t.Fatal(err)
			}
			if _, err := national.DeclaredAt(t.Context(), q, "2026-03-02"); err != nil {
				t.Fatal(err)
			}
			return n.Load()
		}
		empty := count()
		var meetings, acts, roles, events [][]any
		for i := range 3000 {
			id, at := "m"+string(rune('a'+i%26))+strings.Repeat("x", i/26), cop.RegionID(cop.First, []string{"44", "53", "03"}[i%3])
			meetings = append(meetings, []any{id, 1, at, "groupe", "debat", "R", "2026-01-10", "", "", "", "public", i, true, "", "held"})
			acts = append(acts, []any{id, 1, at, "stage", "s", "T", "", "pending", "p", "state", 1, ""})
			roles = append(roles, []any{id, id, "participant", "region", "44", "", 1})
			events = append(events, []any{id, at, "debat", "held", "2026-01-10", "day", "2026-01-10", true, "", "x", "", "recorded", "", 1})
		}
		for _, x := range []struct {
			table, columns string
			rows           [][]any
		}{{"meeting", "id rev cop_id kind stage title day start_at end_at place part attendance counted note state", meetings}, {"act", "id rev cop_id kind subject title sha256 state proposed_by side at reason", acts},
			{"role_grant", "id account role scope_kind scope granted_by at", roles}, {"cop_event", "id cop_id stage mark day precision_ known_on elsewhere evidence source note state by at", events}} {
			if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
				_, err := db.Insert(ctx, tx, x.table, strings.Fields(x.columns), x.rows, "")
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if full := count(); full != empty || empty == 0 {
			t.Errorf("%d statements empty, %d full", empty, full)
		}
	})
}

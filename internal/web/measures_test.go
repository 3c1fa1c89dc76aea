package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func mesure(text string) url.Values {
	return url.Values{"lever": {"l25-velo"}, "step": {"infrastructure"}, "kind": {"action"}, "text": {text}, "audience": {"epci", "commune"}, "reviewed": {"2026-03-01"}}
}

// Anyone reads the cartography of a lever, its aids, and that of the levers that answer
// to it; the files say the same.
func TestTheCartographyOfALever(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		if err := s.support().Load(t.Context(), data.FS); err != nil {
			t.Fatal(err)
		}
		p := s.get("/leviers/l25-velo/mesures")
		p.has("main", "ni exhaustif, ni un classement")
		p.has("#etape-own", "Directement à la main de la collectivité")
		p.has(".carto", "Poser des abris fermés dans les gares")
		p.has(".carto", "Aide aux abris")
		p.has(".carto", "à vérifier")
		if n := len(p.attr(".carto-step", "class")); n != 5 {
			t.Errorf("%d steps", n)
		}
		if links := p.attr(`.carto a[href^="/regions/"]`, "href"); len(links) != 0 {
			t.Errorf("no region is chosen: %v", links)
		}
		p = s.get("/leviers/velo-transports-commun/mesures?region=guyane")
		p.has(".carto-lead", "Vélo et Transports en commun.")
		p.has(".carto", "Augmenter l’offre et la rendre fiable")
		if links := p.attr(`.carto-propose a`, "href"); len(links) != 5 || links[1] != "/regions/guyane/actions/nouvelle?levier=velo-transports-commun&etape=study" {
			t.Errorf("%v", links)
		}
		p = s.get("/leviers/covoiturage/mesures?region=guyane")
		p.has(".carto", "Aucune aide recensée à ce jour")
		if links := p.attr(`.carto a[href="/regions/guyane/bureau/besoins?levier=l25-covoiturage"]`, "href"); len(links) != 5 {
			t.Errorf("a need is said %d times", len(links))
		}
		s.get("/leviers/om-carburants-aerien/mesures").has(".carto-own", "Rien d’usuel à ce stade")
		s.get("/leviers/l25-nucleaire/mesures").has(".carto", "Pas encore écrit pour ce levier")
		s.get("/mesures").has("#t-se-deplacer", "5 sur 5")
		for path, want := range map[string]int{"/leviers/inconnu/mesures": http.StatusNotFound, "/leviers/l25-velo/mesures?region=inconnue": http.StatusNotFound} {
			if got := s.get(path).StatusCode; got != want {
				t.Errorf("%s: %d, want %d", path, got, want)
			}
		}
		var open struct {
			Steps map[string]struct {
				Actions []struct{ Texte string }
			} `json:"etapes_types"`
			Aides []struct {
				Porteur string
				Etapes  []string `json:"etapes_applicables"`
			}
		}
		if err := json.Unmarshal([]byte(s.get("/leviers/l25-velo/mesures.json").body), &open); err != nil || len(open.Steps) != 5 || len(open.Steps["own"].Actions) != 3 || len(open.Aides) != 1 || len(open.Aides[0].Etapes) != 2 {
			t.Errorf("%+v, %v", open, err)
		}
		if csv := s.get("/leviers/l25-velo/mesures.csv").body; !strings.Contains(csv, "infrastructure;aide;Aide aux abris;Fédération;subvention") {
			t.Errorf("%s", csv)
		}
	})
}

// A region adds its own, which its readers alone see; the nation changes the reference;
// whoever writes second reads both versions and loses nothing.
func TestTheDesksOfMeasures(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		if err := s.support().Load(t.Context(), data.FS); err != nil {
			t.Fatal(err)
		}
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		nation, top := s.signIn("nation@exemple.fr", policy.NationalAdmin, "nation", "")
		desk := base + "/regions/guyane/bureau/mesures"
		for field, wrong := range map[string]string{"text": "", "lever": "inconnu", "link": "javascript:alert(1)", "reviewed": "hier"} {
			form := mesure("Relier les pistes du fleuve")
			form.Set(field, wrong)
			p := s.visit(team, desk, form)
			if p.StatusCode != http.StatusBadRequest || field != "text" && !strings.Contains(p.body, "Relier les pistes du fleuve") {
				t.Errorf("%s: %d", field, p.StatusCode)
			}
		}
		if p := s.visit(team, desk, mesure("Relier les pistes <b>du fleuve</b>")); p.StatusCode != http.StatusOK {
			t.Fatal(p.StatusCode, p.body)
		}
		p := s.visit(team, desk, nil)
		p.has("main", "Relier les pistes <b>du fleuve</b>")
		one := p.attr(`#ecrites a[href^="/regions/guyane/bureau/mesures/"]`, "href")
		if len(one) != 1 {
			t.Fatal(one)
		}
		s.get("/leviers/l25-velo/mesures?region=guyane").has(".carto-by", "ajouté par la région Guyane")
		if p := s.get("/leviers/l25-velo/mesures?region=bretagne"); strings.Contains(p.body, "du fleuve") {
			t.Error("another region shows it")
		}
		if p := s.visit(team, base+"/regions/guyane/bureau/mesures/l25-velo.study.1", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("the nation's, at the desk of a region: %d", p.StatusCode)
		}
		if p := s.visit(team, base+"/national/mesures", nil); p.StatusCode != http.StatusForbidden {
			t.Errorf("a team at the nation's desk: %d", p.StatusCode)
		}

		at := top + "/national/mesures/l25-velo.study.1"
		s.visit(nation, top+"/national/mesures?levier=l25-velo", nil).has("#ecrites", "Relever les coupures du réseau cyclable")
		form := url.Values{"lever": {"l25-velo"}, "step": {"study"}, "kind": {"action"}, "text": {"Relever les coupures, avec les usagers"}, "reviewed": {"2026-03-02"}, "state": {"active"}, "rev": {"1"}}
		if p := s.visit(nation, at, form); p.StatusCode != http.StatusOK {
			t.Fatal(p.StatusCode, p.body)
		}
		form.Set("text", "Recenser les coupures")
		p = s.visit(nation, at, form)
		if p.StatusCode != http.StatusConflict {
			t.Fatal(p.StatusCode)
		}
		p.has("#deux-versions", "Relever les coupures, avec les usagers")
		p.has("#deux-versions", "Recenser les coupures")
		form.Set("rev", "2")
		form.Set("state", "withdrawn")
		p = s.visit(nation, at, form)
		if p.StatusCode != http.StatusBadRequest {
			t.Errorf("withdrawn without a reason: %d", p.StatusCode)
		}
		p.has("main", "Dites pourquoi vous la retirez")
		form.Set("reason", "dit ailleurs")
		if p := s.visit(nation, at, form); p.StatusCode != http.StatusOK {
			t.Errorf("%d", p.StatusCode)
		}
		s.visit(nation, at, nil).has("#histoire", "dit ailleurs")
		if p := s.get("/leviers/l25-velo/mesures"); strings.Contains(p.body, "coupures") {
			t.Error("withdrawn, and still read")
		}
		s.now = s.now.Add(400 * 24 * time.Hour)
		s.get("/leviers/l25-velo/mesures?region=guyane").has(".carto", "à revoir")
	})
}

package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

var themeID = regexp.MustCompile(`id="theme-([0-9a-f-]{36})"`)

func (p page) themes() []string {
	var out []string
	for _, m := range themeID.FindAllStringSubmatch(p.body, -1) {
		out = append(out, m[1])
	}
	return out
}

// A team makes its list from nothing, changes it, and both heads choose; what anyone
// reads says why, and nothing before.
func TestARegionMakesItsThemesAndItsHeadsChoose(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		const desk = "/regions/grand-est/bureau/themes"
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		state, there := s.signIn("prefet@exemple.fr", policy.StateChair, "region", "44")
		head, her := s.signIn("presidente@exemple.fr", policy.RegionChair, "region", "44")

		p := s.visit(team, base+desk, nil)
		p.has("main", "Partir des six thèmes du plan")
		checkPage(t, "an empty list", p)
		s.get("/regions/grand-est/themes").has("main", "Aucun thème pour l’instant")
		p = s.visit(team, base+desk+"/depart", url.Values{})
		ids := p.themes()
		if len(ids) != 6 {
			t.Fatalf("%d themes: %s", len(ids), p.text("h1"))
		}
		checkPage(t, "a list", p)
		p.has("#leviers", "Chaque levier du panorama est dans un thème au moins")

		// Reordered without script, and read in the new order.
		p = s.visit(team, base+desk+"/"+ids[0]+"/ordre", url.Values{"do": {"down"}})
		if now := p.themes(); now[0] != ids[1] || now[1] != ids[0] {
			t.Errorf("order: %v", now)
		}

		// A lever in two themes, and levers in none, are said.
		form := url.Values{"rev": {"1"}, "name": {"Se déplacer autrement"}, "kind": {"levers"}, "maps": {"se-deplacer"}, "levers": {"covoiturage", "biogaz"}}
		if p = s.visit(team, base+desk+"/"+ids[0], form); p.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", p.Status, p.text("main"))
		}
		checkPage(t, "a theme", p)
		p = s.visit(team, base+desk, nil)
		p.has("#leviers", "Biogaz : dans « Se déplacer autrement » et « Mieux produire »")
		p.has("#leviers", "Vélo et transports en commun")

		// A second writer sees both versions, their own kept in the form.
		form.Set("name", "Mobilités")
		p = s.visit(team, base+desk+"/"+ids[0], form)
		if p.StatusCode != http.StatusConflict || p.filled("#modifier form").Get("name") != "Mobilités" {
			t.Errorf("%s, the form holds %q", p.Status, p.filled("#modifier form").Get("name"))
		}
		p.has("#deux-versions", "Se déplacer autrement")
		p.has("#deux-versions", "Mobilités")
		// Emptied: refused, nothing lost.
		form = url.Values{"rev": {"2"}, "name": {"Vidé"}, "kind": {"levers"}, "maps": {"se-deplacer"}}
		p = s.visit(team, base+desk+"/"+ids[0], form)
		if p.StatusCode != http.StatusBadRequest || p.filled("#modifier form").Get("name") != "Vidé" {
			t.Errorf("%s, the form holds %q", p.Status, p.filled("#modifier form").Get("name"))
		}
		p.has("#levers-erreur", "un au moins")
		// Withdrawn with its reason, and brought back.
		if p = s.visit(team, base+desk+"/"+ids[5]+"/retrait", url.Values{"rev": {"1"}, "do": {"withdraw"}}); p.StatusCode != http.StatusBadRequest {
			t.Errorf("withdrawn without a reason: %s", p.Status)
		}
		p = s.visit(team, base+desk+"/"+ids[5]+"/retrait", url.Values{"rev": {"1"}, "do": {"withdraw"}, "why": {"repris ailleurs"}})
		p.has("main", "repris ailleurs")
		s.visit(team, base+desk, nil).has("#thematiques-retirees", "Mieux consommer")

		scores := s.visit(team, base+desk+"/notes", nil)
		checkPage(t, "scores", scores)
		scores.has("#classement", "Production industrielle")
		if p = s.visit(team, base+desk+"/notes", url.Values{"rev": {"0"}, "ecart": {"deux"}, "reason": {"essai"}}); p.StatusCode != http.StatusBadRequest || p.filled("#ponderation form").Get("ecart") != "deux" {
			t.Errorf("weights in words: %s", p.Status)
		}
		p = s.visit(team, base+desk+"/notes", url.Values{"rev": {"0"}, "ecart": {"1,5"}, "rythme": {"2"}, "poids": {"3"}, "questionnaire": {"0"}, "freins": {"1"}, "points-forts": {"1"}, "turned": {"points-forts"}, "reason": {"ce que l’on mesure"}})
		p.has("#poids-versions", "ce que l’on mesure")
		p.has("#regles", "retourné le sens")

		// The préfet chooses below what the scores say: the page says so, and asks why.
		choice := s.visit(state, there+desk+"/choix", nil)
		checkPage(t, "the choice", choice)
		sent := choice.filled("#choisir form")
		sent.Set("chosen", ids[4])
		sent.Set("why-"+ids[4], "Les haies se décident ici.")
		p = s.visit(state, there+desk+"/choix", sent)
		if p.StatusCode != http.StatusBadRequest || p.filled("#choisir form").Get("why-"+ids[4]) != "Les haies se décident ici." {
			t.Errorf("%s: %s", p.Status, p.text("#choisir"))
		}
		p.has("#choisir", "Ce choix s’écarte des scores")
		p.has("#against-"+ids[4]+"-erreur", "Pourquoi s’écarter des scores")
		checkPage(t, "the choice, refused", p)
		sent = p.filled("#choisir form")
		sent.Set("against-"+ids[4], "La biodiversité ne se compte pas en tonnes.")
		p = s.visit(state, there+desk+"/choix", sent)
		p.has("#attente", "Un choix attend la validation des deux têtes")
		checkPage(t, "a choice that waits", p)
		if p = s.visit(head, her+desk+"/choix", sent); p.StatusCode != http.StatusConflict {
			t.Errorf("the other head proposes at once: %s", p.Status)
		}
		p.has("#choisir", "Ce choix s’écarte des scores")
		if body := s.get("/regions/grand-est/themes").body; strings.Contains(body, "Les haies se décident ici") || !strings.Contains(body, "aucun n’est encore prioritaire") {
			t.Error("a choice that waits is public")
		}

		act := regexp.MustCompile(`#acte-([0-9a-f-]{36})`).FindStringSubmatch(p.body)
		if act == nil {
			t.Fatal("the page does not lead to the act")
		}
		s.visit(head, her+"/regions/grand-est/bureau/actes/"+act[1], url.Values{"do": {"consent"}})
		p = s.get("/regions/grand-est/themes")
		checkPage(t, "the public page", p)
		p.has("h1", "1 thème prioritaire sur 5")
		p.has("#priorites", "Les haies se décident ici.")
		p.has("#priorites", "La biodiversité ne se compte pas en tonnes.")
		if got := s.get("/api/v1/themes/region:44").body; strings.Count(got, `"priority":true`) != 1 || strings.Count(got, `"name"`) != 5+1 || !strings.Contains(got, `"reason":"Les haies se décident ici."`) || strings.Contains(got, "repris ailleurs") {
			t.Errorf("a program reads %s", got)
		}
		p.has("#scores", "Mieux préserver")
		if strings.Contains(p.body, "repris ailleurs") || strings.Contains(p.body, "Mieux consommer") {
			t.Error("what was withdrawn is public")
		}

		// Its levers leave the panorama: it stays first, with a notice, and the choice
		// unchanged; it is not put first again.
		s.exec(`UPDATE diagnosis_theme SET levers = 'parti' WHERE id = $1`, ids[4])
		s.visit(team, base+desk, nil).has("#theme-"+ids[4], "Il reste prioritaire")
		choice = s.visit(state, there+desk+"/choix", nil)
		choice.has("#choisir", "il ne peut pas être mis en priorité")
		choice.has("#en-vigueur", "Gestion des haies")
		if p = s.visit(state, there+desk+"/choix", choice.filled("#choisir form")); p.StatusCode != http.StatusBadRequest {
			t.Errorf("an emptied theme is put first: %s", p.Status)
		}
		p.has("#chosen-"+ids[4]+"-erreur", "n’a plus de levier")
		s.get("/regions/grand-est/themes").has("#priorites", "Les haies se décident ici.")

		nation, board := s.signIn("nation@exemple.fr", policy.NationalReader, "nation", "")
		p = s.visit(nation, board+"/national/themes", nil)
		checkPage(t, "the nation's page", p)
		if row := p.row("#par-region", "Grand Est"); len(row) != 8 || row[6] != "Mieux préserver" || row[2] != "aucun" {
			t.Errorf("Grand Est: %q", row)
		}
	})
}

package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// Evidence is a file that says what it is, once; nobody but those who lead the COP joins
// it, and its address opens nothing else.
func TestEvidenceIsJoinedOnceByWhoMay(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		const editions, desk = "/regions/guyane/feuille-de-route/editions/", "/regions/guyane/bureau/feuille-de-route/adoption/"
		join := func(who *http.Client, base, name, body string) page {
			return s.sendAs(who, base+desk+"1/preuves", "file", name, body, url.Values{"title": {"Lettre signée"}, "side": {"state"}})
		}
		if p := join(team, base, "lettre.pdf", "%PDF-1.7\nsigné"); p.StatusCode != http.StatusNotFound {
			t.Errorf("before anything is adopted: %s", p.Status)
		}
		s.adopt(team, base, "")
		for name, x := range map[string]struct{ file, body, words string }{
			"an empty file":         {"lettre.pdf", "", "est vide"},
			"a page named PDF":      {"lettre.pdf", "<html><script>alert(1)</script>", "lettre.pdf"},
			"a text":                {"lettre.txt", "signé", "lettre.txt"},
			"a picture that is not": {"lettre.png", "%PDF-1.7", "lettre.png"},
		} {
			p := join(team, base, x.file, x.body)
			if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text("#file-erreur"), x.words) {
				t.Errorf("%s: %s %q", name, p.Status, p.text("#file-erreur"))
			}
			if got := p.attr("input#title", "value"); len(got) != 1 || got[0] != "Lettre signée" {
				t.Errorf("%s: what was typed is lost: %q", name, got)
			}
			p.has("#joindre", "n’a pas été gardé : choisissez-le à nouveau")
		}
		join(team, base, "lettre.pdf", "%PDF-1.7\nsigné").has("main", "C’est enregistré")
		p := join(team, base, "autre-nom.pdf", "%PDF-1.7\nsigné")
		if p.StatusCode != http.StatusConflict || !strings.Contains(p.text("main"), "déjà joint à cette édition") {
			t.Errorf("the same twice: %s %s", p.Status, p.text(".fr-alert"))
		}
		checkPage(t, "the same evidence twice", p)
		if n := len(s.get(editions+"1/adoption").attr("#preuves-jointes a", "href")); n != 1 {
			t.Errorf("%d pieces of evidence", n)
		}

		// By the address of others.
		expert, b1 := s.signIn("expert@exemple.fr", policy.Expert, "region", "03")
		other, b2 := s.signIn("voisine@exemple.fr", policy.Team, "region", "44")
		anyone, b3 := s.browser()
		for name, p := range map[string]page{"an expert": join(expert, b1, "x.pdf", "%PDF-1.7\nautre"), "another region": join(other, b2, "x.pdf", "%PDF-1.7\nautre"), "anyone": join(anyone, b3, "x.pdf", "%PDF-1.7\nautre")} {
			if strings.Contains(p.text("main"), "C’est enregistré") || strings.Contains(p.body, "Joindre une preuve") && name != "an expert" {
				t.Errorf("%s joins an evidence: %s", name, p.Status)
			}
		}
		link := s.get(editions+"1/adoption").attr("#preuves-jointes a", "href")
		if len(link) != 1 {
			t.Fatalf("%d pieces of evidence after those of others", len(link))
		}
		res := s.get(link[0])
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") || res.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("an evidence is sent as %v", res.Header)
		}
		s.adopt(team, base, "Une action de plus.")
		for name, at := range map[string]string{"another edition": strings.Replace(link[0], "/editions/1/", "/editions/2/", 1), "another region": strings.Replace(link[0], "guyane", "bretagne", 1), "another id": link[0] + "0"} {
			if p := s.get(at); p.StatusCode != http.StatusNotFound {
				t.Errorf("the evidence at %s: %s", name, p.Status)
			}
		}
		id := link[0][strings.LastIndex(link[0], "/")+1:]
		p = s.visit(team, base+desk+"1", url.Values{"do": {"unjoin"}, "id": {id}, "reason": {""}})
		if p.StatusCode != http.StatusBadRequest {
			t.Errorf("taken back without a reason: %s", p.Status)
		}
		s.visit(team, base+desk+"1", url.Values{"do": {"unjoin"}, "id": {id}, "reason": {"Mauvais fichier."}}).has("main", "C’est enregistré")
		if p := s.get(link[0]); p.StatusCode != http.StatusNotFound {
			t.Errorf("an evidence taken back: %s", p.Status)
		}
		s.get(editions+"1/adoption").has("#preuves", "Mauvais fichier.")
		if p = s.visit(team, base+desk+"1", url.Values{"do": {"unjoin"}, "id": {id}, "reason": {"Encore."}}); p.StatusCode != http.StatusConflict {
			t.Errorf("taken back twice: %s", p.Status)
		}
	})
}

// Who writes for an organisation validates its own part in an action, of the edition that
// they read; the page of the adoption says it to anyone.
func TestAnOrganisationCommitsFromItsPage(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.seedOrganisations()
		c := s.copOf("03")
		x := action.Action{ID: "haies-guyane", Rev: 1, COP: c.ID, Cycle: c.Cycle, Region: c.Region, Seq: 901, Kind: action.Sectoral, State: action.Retained, Title: "Planter des haies", Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "region:03"}},
			Holder: action.Party{Name: "Eurométropole", Org: strasbourg}, Status: "going", RetainedOn: "2025-06-01", At: s.cops.Now(), Changed: s.cops.Now()}
		if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
			return action.InsertAll(ctx, tx, "", "", []action.Action{x})
		}); err != nil {
			t.Fatal(err)
		}
		const mine = "/organismes/" + strasbourg + "/engagements/guyane"
		writer, wb := s.signIn("epci@exemple.fr", policy.Writer, "organisation", strasbourg)
		p := s.visit(writer, wb+mine, nil)
		checkPage(t, "before adoption", p)
		p.has("main", "pas encore adoptée")
		if p = s.visit(writer, wb+mine, url.Values{"action": {x.ID}, "sha256": {strings.Repeat("0", 64)}}); p.StatusCode != http.StatusConflict {
			t.Errorf("before adoption: %s", p.Status)
		}
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		s.adopt(team, base, "")
		p = s.visit(writer, wb+mine, nil)
		checkPage(t, "commitments", p)
		p.has("main", "Planter des haies")
		hash := p.attr("input[name=sha256]", "value")
		if len(hash) != 1 {
			t.Fatalf("%d digests", len(hash))
		}
		p = s.visit(writer, wb+mine, url.Values{"action": {x.ID}, "sha256": {strings.Repeat("0", 64)}, "words": {"Nous plantons."}})
		if p.StatusCode != http.StatusConflict || !strings.Contains(p.text("main"), "son empreinte est autre") || !strings.Contains(p.body, "Nous plantons.") {
			t.Errorf("another digest: %s %s", p.Status, p.text(".fr-alert"))
		}
		checkPage(t, "another digest", p)
		head, hb := s.signIn("prefete@exemple.fr", policy.StateChair, "region", "03")
		anyone, ab := s.browser()
		for name, p := range map[string]page{
			"the team":             s.visit(team, base+mine, url.Values{"action": {x.ID}, "sha256": hash}),
			"a head":               s.visit(head, hb+mine, url.Values{"action": {x.ID}, "sha256": hash}),
			"another organisation": s.visit(writer, wb+"/organismes/region-44/engagements/guyane", url.Values{"action": {x.ID}, "sha256": hash}),
			"anyone":               s.visit(anyone, ab+mine, url.Values{"action": {x.ID}, "sha256": hash}),
		} {
			if strings.Contains(p.text("main"), "C’est enregistré") || strings.Contains(p.text("main"), "Validation enregistrée") {
				t.Errorf("%s validates for it: %s", name, p.Status)
			}
		}
		if got := s.get("/regions/guyane/feuille-de-route/editions/1/adoption").text("#engagements"); !strings.Contains(got, "Aucun organisme") {
			t.Errorf("what others sent is kept: %s", got)
		}
		p = s.visit(writer, wb+mine, url.Values{"action": {x.ID}, "sha256": hash, "words": {"Nous plantons."}})
		p.has("main", "Validation enregistrée")
		p.has("main", "Nous plantons.")
		checkPage(t, "committed", p)
		if p = s.visit(writer, wb+mine, url.Values{"action": {x.ID}, "sha256": hash}); p.StatusCode != http.StatusConflict {
			t.Errorf("twice: %s", p.Status)
		}
		p = s.get("/regions/guyane/feuille-de-route/editions/1/adoption")
		p.has("#engagements", "Nous plantons.")
		p.has("#engagements a[href='/actions/haies-guyane']", "Planter des haies")
		checkPage(t, "adoption with a commitment", p)

		// Who writes for an organisation that has a part finds it from their space and from
		// its page, the trail leads back, and the team finds its desk.
		var org string
		if err := d.QueryRow(t.Context(), `SELECT id FROM organisation WHERE region = '03' AND state = 'active' ORDER BY id LIMIT 1`).Scan(&org); err != nil {
			t.Fatal(err)
		}
		own, ob := s.signIn("region@exemple.fr", policy.Writer, "organisation", org)
		theirs := "/organismes/" + org + "/engagements/guyane"
		for _, page := range []string{"/mon-espace", "/organisations/" + org} { // it has no part in any action
			if got := s.visit(own, ob+page, nil).texts("main a[href='" + theirs + "']"); len(got) > 0 {
				t.Errorf("%s leads to nothing to validate: %q", page, got)
			}
		}
		for _, page := range []string{"/mon-espace", "/organisations/" + strings.Split(mine, "/")[2]} {
			s.visit(writer, wb+page, nil).has("main a[href='"+mine+"']", "toutes vos parts sont validées")
		}
		p = s.visit(own, ob+theirs, nil)
		p.has("main", "dans aucune action retenue")
		for _, href := range p.attr(".fr-breadcrumb a, nav[aria-label='Fil d’Ariane'] a", "href") {
			if p := s.visit(own, ob+href, nil); p.StatusCode != http.StatusOK {
				t.Errorf("the trail leads to %s: %s", href, p.Status)
			}
		}
		p = s.visit(team, base+"/regions/guyane/bureau/feuille-de-route/publication", nil)
		p.has("#les-editions a[href='/regions/guyane/bureau/feuille-de-route/adoption/1']", "2 mars 2026")
	})
}

package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/testkit"
)

// adopt has both heads of Guyane adopt what its team composed, as pages do.
func (s *site) adopt(team *http.Client, base, why string) {
	s.t.Helper()
	const desk = "/regions/guyane/bureau/feuille-de-route"
	c := s.copOf("03")
	if _, err := composition.Of(s.t.Context(), s.d, composition.Roadmap, c.ID, ""); err != nil {
		s.visit(team, base+desk, url.Values{"do": {"plan"}})
	}
	d, err := composition.Of(s.t.Context(), s.d, composition.Roadmap, c.ID, "")
	if err != nil {
		s.t.Fatal(err)
	}
	p := s.visit(team, base+desk+"/publication", url.Values{"rev": {strconv.FormatInt(d.Rev, 10)}, "why": {why}})
	if p.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %v", p.Status, p.texts(".fr-alert"))
	}
	for role, who := range map[policy.Role]string{policy.StateChair: "prefete", policy.RegionChair: "presidente"} {
		head, base := s.signIn(who+"@exemple.fr", role, "region", "03")
		id := actID.FindStringSubmatch(s.visit(head, base+bureau, nil).body)
		if id == nil {
			s.t.Fatal("nothing to validate")
		}
		s.visit(head, base+bureau+"/actes/"+id[1], url.Values{"do": {"consent"}})
	}
}

// An adopted edition says who validated it, takes evidence, proves itself by its archive,
// says what changed since the one before, and is withdrawn with its reason.
func TestAdoptionPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		s.adopt(team, base, "")
		const edition, desk = "/regions/guyane/feuille-de-route/editions/1", "/regions/guyane/bureau/feuille-de-route/adoption/1"
		s.get(edition).has("main", "preuves et engagements")
		s.get(edition).has("#edition", "Anne Martin : validation enregistrée le")
		p := s.get(edition + "/adoption")
		p.has("#validations", "L’État")
		p.has("#validations", "La Région")
		checkPage(t, "adoption", p)
		checkPage(t, "first changes", s.get(edition+"/ecarts"))
		p = s.sendAs(team, base+desk+"/preuves", "file", "lettre.pdf", "%PDF-1.7\nsigné", url.Values{"title": {""}, "side": {"state"}})
		if p.StatusCode != http.StatusBadRequest {
			t.Fatalf("an evidence without a title: %s", p.Status)
		}
		checkPage(t, "desk of adoption", p)
		p = s.sendAs(team, base+desk+"/preuves", "file", "lettre.exe", "MZ", url.Values{"title": {"Lettre"}, "side": {"state"}})
		if p.StatusCode != http.StatusBadRequest || len(p.attr("input#title", "value")) != 1 || p.attr("input#title", "value")[0] != "Lettre" {
			t.Errorf("a program: %s", p.Status)
		}
		p = s.sendAs(team, base+desk+"/preuves", "file", "lettre.pdf", "%PDF-1.7\n"+strings.Repeat("x", 26<<20), url.Values{"title": {"Lettre"}, "side": {"state"}})
		if p.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("26 MB: %s", p.Status)
		}
		s.sendAs(team, base+desk+"/preuves", "file", "lettre.pdf", "%PDF-1.7\nsigné", url.Values{"title": {"Lettre signée"}, "side": {"state"}}).has("main", "C’est enregistré")
		p = s.get(edition + "/adoption")
		link := p.attr("#preuves-jointes a", "href")
		if len(link) != 1 || s.get(link[0]).body != "%PDF-1.7\nsigné" {
			t.Errorf("evidence: %v", link)
		}
		body := []byte(s.get(edition + "/archive.zip").body)
		c, err := roadmap.Check(bytes.NewReader(body), int64(len(body)))
		if err != nil || len(c.Differences) > 0 || c.Evidence != 1 {
			t.Errorf("%v %v", c.Differences, err)
		}
		p.has("#prouver", c.Seal)
		p.has("#prouver", c.Manifest)

		rev := must2(composition.Of(t.Context(), d, composition.Roadmap, cop.RegionID(cop.First, "03"), ""))(t).Rev
		p = s.visit(team, base+"/regions/guyane/bureau/feuille-de-route/publication", url.Values{"rev": {strconv.FormatInt(rev, 10)}})
		p.has("#why-erreur", "dites pourquoi")
		s.adopt(team, base, "Une action de plus.")
		s.get("/regions/guyane/feuille-de-route/editions/2").has("main", "Une action de plus.")
		p = s.get("/regions/guyane/feuille-de-route/editions/2/ecarts")
		p.has("main", "Une action de plus.")
		checkPage(t, "changes", p)
		p = s.visit(team, base+desk, url.Values{"do": {"retire"}, "why": {""}})
		if p.StatusCode != http.StatusBadRequest {
			t.Errorf("withdrawn without a reason: %s", p.Status)
		}
		s.visit(team, base+desk, url.Values{"do": {"retire"}, "why": {"Un total était faux."}}).has("main", "C’est enregistré")
		s.get(edition).has("main", "Un total était faux.")
		s.get("/regions/guyane/feuille-de-route/editions").has("main", "retirée le")
		if p := s.get(edition + "/archive.zip"); p.StatusCode != http.StatusOK {
			t.Errorf("the archive of what is withdrawn: %s", p.Status)
		}
		expert, base2 := s.signIn("expert@exemple.fr", policy.Expert, "region", "03")
		if p := s.visit(expert, base2+desk, url.Values{"do": {"retire"}, "why": {"x"}}); p.StatusCode < 400 {
			t.Errorf("an expert: %s", p.Status)
		}
	})
}

func must2[T any](x T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

// Whoever speaks for an organisation reads, on its page and on theirs, which parts of an
// adopted roadmap wait for it, and validates them; nobody else is led there.
func TestWhatWaitsForAnOrganisation(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.seedOrganisations()
		c := s.copOf("03")
		ours := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
		x, err := s.register.Add(t.Context(), d, ours, c, action.Action{Kind: action.Sectoral, State: action.Proposed, Title: "Réparer les pirogues", Levers: []string{"covoiturage"}, Places: []action.Place{{Territory: "region:03"}}, Holder: action.Party{Org: orgs["guyane"], Name: "La collectivité"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(t.Context(), `UPDATE action SET state = 'retained' WHERE id = $1`, x.ID); err != nil {
			t.Fatal(err)
		}
		voice, at := s.signIn("elue@guyane.example", policy.Validator, "organisation", orgs["guyane"])
		page := "/organisations/" + orgs["guyane"]
		if p := s.visit(voice, at+page, nil); len(p.texts("#engagements")) != 0 {
			t.Error("something waits before a roadmap is adopted")
		}
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		s.adopt(team, base, "")
		s.visit(team, base+bureau, nil).has("main", "preuves et engagements des organismes")
		if p := s.visit(team, base+page, nil); len(p.texts("#engagements")) != 0 {
			t.Error("a team is led to what an organisation validates")
		}
		p := s.visit(voice, at+page, nil)
		checkPage(t, "an organisation", p)
		p.has("#engagements", "1 part de votre organisme attend votre validation")
		to := p.attr("#engagements a", "href")[0]
		s.visit(voice, at+"/mon-espace", nil).has("main", "1 part de votre organisme attend votre validation")
		p = s.visit(voice, at+to, nil)
		checkPage(t, "its commitments", p)
		form := p.filled("#valider-" + x.ID)
		if links := p.attr("nav[aria-label] a", "href"); !slices.Contains(links, page) {
			t.Errorf("no way back to the organisation: %v", links)
		}
		stranger, other := s.signIn("elue@bretagne.example", policy.Validator, "organisation", orgs["bretagne"])
		if q := s.visit(stranger, other+to, form); q.StatusCode != http.StatusNotFound {
			t.Errorf("another organisation: %s", q.Status)
		}
		s.visit(voice, at+to, form).has("main", "C’est enregistré")
		s.visit(voice, at+page, nil).has("#engagements", "toutes vos parts sont validées")
	})
}

package web_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/testkit/registered"
)

var (
	consultationPath = regexp.MustCompile(`/bureau/consultations/([0-9a-f-]+)`)
	commentPath      = regexp.MustCompile(`/bureau/feuille-de-route/relecture/[0-9a-f-]+`)
	passagePath      = regexp.MustCompile(`/bureau/feuille-de-route/relecture\?bloc=[0-9a-f-]+&(?:amp;)?passage=1`)
)

// The team composes a roadmap, an expert comments it, it is put in consultation, both
// heads adopt it; then anyone reads it, each of its actions at an address of its own.
func TestARoadmapFromItsFirstPageToItsActions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, err := cop.OfRegion(t.Context(), d, "44")
		if err != nil {
			t.Fatal(err)
		}
		tree, err := territory.Embedded()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := registered.Fill(t.Context(), d, tree, registered.Size{Actions: 60, COPs: []cop.COP{c}, At: noon.AddDate(0, -2, 0), Seed: 3}); err != nil {
			t.Fatal(err)
		}
		list, err := action.RetainedOf(t.Context(), d, c.ID)
		if err != nil || len(list) < 5 {
			t.Fatalf("%d retained actions (%v)", len(list), err)
		}
		const desk, public = "/regions/grand-est/bureau/feuille-de-route", "/regions/grand-est/feuille-de-route"
		p := s.get(public)
		checkPage(t, public, p)
		p.has("h1", "la feuille de route se prépare")
		p.has("main", "actions sont déjà retenues")

		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		at := func(path string) page { return s.visit(team, base+path, nil) }
		send := func(path string, form url.Values) page { return s.visit(team, base+path, form) }
		send(desk, url.Values{"do": {"plan"}})
		p = at(desk + "/apercu")
		checkPage(t, desk+"/apercu", p)
		p.has("main", "Projet, non publié")

		// What is said of a passage is answered, once; it is read by who reads the draft.
		p = at(desk + "/relecture")
		checkPage(t, desk+"/relecture", p)
		p.has("h1", "personne n’a encore commenté")
		where := passagePath.FindString(p.body)
		if where == "" {
			t.Fatal("no passage to comment")
		}
		p = at("/regions/grand-est" + strings.ReplaceAll(where, "&amp;", "&"))
		checkPage(t, where, p)
		form := url.Values{"bloc": {p.attr("#commenter input[name=bloc]", "value")[0]}, "passage": {"1"}, "citation": {p.attr("#commenter input[name=citation]", "value")[0]}}
		p = send(desk+"/relecture", form)
		p.has("#commenter .fr-error-text, .fr-alert--error", "est vide")
		form.Set("texte", "Dire d’abord ce qui manque.")
		p = send(desk+"/relecture", form)
		p.has("main", "Dire d’abord ce qui manque.")
		to := commentPath.FindString(p.body)
		reply := url.Values{"rev": {"1"}, "reponse": {"Nous l’avons remonté."}}
		send("/regions/grand-est"+to, reply).has("main", "Nous l’avons remonté.")
		send("/regions/grand-est"+to, reply).has(".fr-alert--error", "avant vous")
		if p := s.get(desk + "/relecture"); p.StatusCode == 200 {
			t.Error("what is said of a draft is read by anyone")
		}

		// In consultation: a draft, an article for each part, one at a time.
		p = send(desk+"/consultation", url.Values{})
		checkPage(t, "consultation", p)
		p.has("main", "Article 12")
		p.has(".fr-alert", "Ce texte est le projet de la feuille de route")
		p = send(desk+"/consultation", url.Values{})
		p.has(".fr-alert", "se prépare déjà")
		p.has("main", "Article 12")
		p = at(desk + "/publication")
		checkPage(t, desk+"/publication", p)
		p.has("#consultation-publique", "en préparation")
		found := consultationPath.FindStringSubmatch(p.body)
		if found == nil {
			t.Fatal("the publication does not lead to its consultation")
		}
		if len(p.attr("#consulter", "id")) != 0 {
			t.Error("a second consultation is offered while one is being prepared")
		}
		if p := s.get(public); strings.Contains(p.body, "/consultations/"+found[1]) {
			t.Error("a consultation that is not open is told to anyone")
		}

		// Open, it is told on the page of the roadmap, and says what it is a draft of.
		asked, talk := "/regions/grand-est/bureau/consultations/"+found[1], "/regions/grand-est/consultations/"+found[1]
		send(asked, url.Values{"do": {"save"}, "rev": {"1"}, "title": {"Votre avis"}, "opens_on": {"2024-05-01"}, "closes_on": {"2124-05-01"}})
		send(asked, url.Values{"do": {"publish"}, "rev": {"2"}}).has("main", "version publiée")
		p = s.get(public)
		checkPage(t, public, p)
		p.has(".fr-alert a[href='"+talk+"']", "donner votre avis")
		p = s.get(talk)
		checkPage(t, talk, p)
		p.has(".fr-alert", "la première édition")
		p.has(".fr-alert a[href='"+public+"']", "La feuille de route")
		s.amended(t, c.ID, found[1])

		// Both heads adopt it.
		p = at(desk + "/publication")
		send(desk+"/publication", url.Values{"rev": p.attr("#proposer input[name=rev]", "value")})
		waiting, err := composition.Editions(t.Context(), d, composition.Roadmap, c.ID, "")
		if err != nil || len(waiting) != 1 {
			t.Fatalf("%d editions (%v)", len(waiting), err)
		}
		for email, role := range map[string]policy.Role{"prefet@exemple.fr": policy.StateChair, "presidente@exemple.fr": policy.RegionChair} {
			head, base := s.signIn(email, role, "region", "44")
			s.visit(head, base+"/regions/grand-est/bureau/actes/"+waiting[0].Act, url.Values{"do": {"consent"}})
		}
		p = s.get(public)
		checkPage(t, public, p)
		p.has("main", "publiée par les deux têtes de la COP")
		one := public + "/editions/1/actions/" + list[0].ID
		p = s.get(one)
		checkPage(t, one, p)
		p.has("h1", list[0].Title)
		if p := s.get(public + "/editions/1/actions/inconnue"); p.StatusCode != 404 {
			t.Errorf("an action that is not there: %s", p.Status)
		}
		s.get("/actions/"+list[0].ID).has("#feuille-de-route a", "dans la feuille de route")
		p = s.get(public + "/editions/1")
		checkPage(t, public+"/editions/1", p)
		p.has("#emporter a", "Tableaux (XLSX)")
		p.has("main", "1 amendement publié, avec sa réponse")
		p.has("main a[href='"+talk+"']", "La consultation sur le projet")
		p.has("table", "Parce que les haies manquent.")
		if strings.Contains(p.body, "Zoé Passante") {
			t.Error("what is frozen names a person who may take their text back")
		}
		p = s.get(talk)
		p.has(".fr-alert", "Il a mené à l’édition n° 1")
		p.has(".fr-alert a[href='"+public+"/editions/1']", "Lire l’édition")
		if p := s.get(public + "/editions/2/affiche"); p.StatusCode != 404 {
			t.Errorf("the poster of an edition that is not there: %s", p.Status)
		}
		p = s.get(public + "/editions/1/affiche")
		checkPage(t, public+"/editions/1/affiche", p)
		p.has(".poster", list[0].Title)
		leads := p.attr(".poster a[href*='/actions/']", "href")
		if len(leads) == 0 || slices.ContainsFunc(leads, func(to string) bool { return !strings.HasPrefix(to, public+"/editions/1/actions/") }) {
			t.Errorf("the poster leads to %q, not to the edition", leads)
		}
		if len(p.attr(".paper-poster .qr svg", "aria-label")) == 0 {
			t.Error("no address for phones on the poster")
		}

		// The register moves on; what was adopted stays.
		if _, err := d.Exec(t.Context(), `UPDATE action SET title = 'Un autre titre', body = REPLACE(body, $2, 'Un autre titre') WHERE id = $1`, list[0].ID, list[0].Title); err != nil {
			t.Fatal(err)
		}
		s.get(one).has("h1", list[0].Title)
	})
}

// amended leaves an amendment of a person on the first article of a consultation, and
// what the team decided of it.
func (s *site) amended(t *testing.T, copID, id string) {
	t.Helper()
	for _, text := range []string{
		`INSERT INTO debate_post (id, rev, cop_id, kind, parent, voice_id, state, title, text, speaker, signed, theme, lever, territory, at, published_at, supports, comments)
			SELECT 'amendement-1', 1, $1, 'amendment', a.origin, '', 'published', 'Article', 'Plus de haies.', 'personne', 'Zoé Passante', '', '', '', 1, 1, 0, 0 FROM consultation_article a WHERE a.consultation_id = $2 AND a.version = 1 AND a.seq = 1`,
		`INSERT INTO amendment (post_id, rev, cop_id, consultation_id, origin, version, form, verdict, reason, judged_at)
			SELECT 'amendement-1', 1, $1, $2, a.origin, 1, 'remark', 'retenu', 'Parce que les haies manquent.', 2 FROM consultation_article a WHERE a.consultation_id = $2 AND a.version = 1 AND a.seq = 1`,
	} {
		if _, err := s.q.Exec(t.Context(), text, copID, id); err != nil {
			t.Fatal(err)
		}
	}
}

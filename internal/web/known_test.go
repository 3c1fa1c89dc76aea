package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

var itemID = regexp.MustCompile(`/bureau/(?:freins|points-forts|notes)/([0-9a-f-]{36})`)

func frein(title string) url.Values {
	return url.Values{"title": {title}, "organisation": {"DDT"}, "lever": {"biogaz"}, "text": {"Le permis <script>alert(1)</script> **dure** [ici](javascript:alert(1))."}, "nature": {"norme"}, "level": {"national"}, "evidence": {"trois projets"}}
}

// A team records an obstacle, the form comes back filled when something is wrong,
// sends it up; the nation answers; the region reads the answer.
func TestAnObstacleGoesUpAndItsAnswerComesDown(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		nation, top := s.signIn("nation@exemple.fr", policy.NationalAdmin, "nation", "")
		desk := base + "/regions/guyane/bureau/freins"
		for field, wrong := range map[string]string{"lever": "inconnu", "nature": "magie", "territory": "region:44", "link": "javascript:alert(1)", "text": strings.Repeat("a", 20_000)} {
			form := frein("Permis trop longs")
			form.Set(field, wrong)
			p := s.visit(team, desk, form)
			if v := p.attr("input#title", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "Permis trop longs" || len(p.texts("#"+field+"-erreur")) != 1 {
				t.Errorf("%s: %s, the title holds %q", field, p.Status, v)
			}
		}
		form := frein("Trop")
		form.Set("text", strings.Repeat("a", 1<<20))
		if p := s.visit(team, desk, form); p.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("1 MB: %s", p.Status)
		}
		p := s.visit(team, desk, frein("Permis trop longs"))
		p.has("h1", "Permis trop longs")
		checkPage(t, "an obstacle", p)
		if strings.Contains(p.body, "<script>alert") || strings.Contains(strings.Join(p.attr("a", "href"), " "), "javascript") {
			t.Error("a script went through")
		}
		one := base + p.Request.URL.Path
		id := one[strings.LastIndex(one, "/")+1:]
		if p := s.visit(team, base+"/regions/bretagne/bureau/freins/"+id, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("by another region's address: %s", p.Status)
		}
		if p := s.get("/regions/guyane/freins/" + id); p.StatusCode != http.StatusNotFound {
			t.Errorf("read by anyone: %s", p.Status)
		}
		p = s.visit(team, one+"/suite", url.Values{"rev": {"1"}, "do": {"aside"}})
		if p.StatusCode != http.StatusBadRequest {
			t.Errorf("set aside without a reason: %s", p.Status)
		}
		p = s.visit(team, one+"/suite", url.Values{"rev": {"1"}, "do": {"retain"}})
		p.has(".fr-alert", "enregistré")
		stale := frein("Autre titre")
		stale.Set("rev", "1")
		p = s.visit(team, one, stale)
		if p.StatusCode != http.StatusConflict {
			t.Errorf("an older revision: %s", p.Status)
		}
		p.has("#deux-versions", "Permis trop longs")
		p.has("#deux-versions", "Autre titre")
		p = s.visit(team, desk, frein("Délais d’instruction"))
		other := base + p.Request.URL.Path
		s.visit(team, other+"/suite", url.Values{"rev": {"1"}, "do": {"retain"}})
		p = s.visit(team, other+"/suite", url.Values{"rev": {"2"}, "do": {"merge"}, "into": {id}, "reason": {"le même"}})
		p.has(".fr-alert", "regroupé avec un autre")
		p = s.visit(team, one+"/suite", url.Values{"rev": {"3"}, "do": {"escalate"}, "reason": {"le code est national"}})
		p.has("dl", "sans réponse")
		p.has("#regroupes", "Délais d’instruction")

		p = s.visit(nation, top+"/national/freins?nature=norme&levier=biogaz", nil)
		p.has("#freins-nationaux", "Permis trop longs")
		checkPage(t, "the nation's list", p)
		line := top + p.attr("#freins-nationaux tbody a", "href")[0]
		reply := url.Values{"rev": {"1"}, "do": {"answer"}, "title": {"Permis"}, "nature": {"norme"}, "level": {"national"}, "status": {"etude"}, "answer": {"Un décret **se prépare**."}, "day": {"2999-01-01"}}
		p = s.visit(nation, line, reply)
		if p.StatusCode != http.StatusBadRequest || len(p.texts("#day-erreur")) != 1 {
			t.Errorf("a day to come: %s", p.Status)
		}
		reply.Set("day", "2026-03-01")
		p = s.visit(nation, line, reply)
		p.has("#reponse", "se prépare")
		checkPage(t, "a line", p)
		if p := s.visit(nation, line, reply); p.StatusCode != http.StatusConflict {
			t.Errorf("answered twice: %s", p.Status)
		}
		s.visit(team, one, nil).has("#reponse", "Un décret se prépare")
		s.visit(team, other, nil).has("#reponse", "Un décret se prépare")
		s.get("/regions/guyane/freins").has("#tous", "à l’étude, le 1er mars 2026")
		p = s.get("/regions/guyane/freins/" + id)
		p.has("#reponse", "Un décret se prépare")
		checkPage(t, "an obstacle, in public", p)
		csv := s.visit(nation, top+"/national/freins.csv", nil)
		if csv.StatusCode != http.StatusOK || !strings.Contains(csv.body, "Permis;norme;national;biogaz;Guyane;1;1;à l’étude;2026-03-01") {
			t.Errorf("the table: %s", csv.body)
		}
	})
}

// The team first reads what people wrote; what was ticked in the questionnaire is
// one line above, which leads to it.
func TestWhatWasTickedIsALineAboveWhatWasWritten(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		desk := base + "/regions/guyane/bureau/freins"
		s.visit(team, desk, frein("Permis trop longs"))
		if p := s.visit(team, desk, nil); len(p.texts("#coches")) != 0 {
			t.Error("a line about nothing")
		}
		s.exec(`INSERT INTO knowledge_item (id, rev, kind, region, department, org, author, origin, organisation, raiser, territory, scale, theme, levers, title, text, result, contact, replicable, evidence, nature, level,
			source, link, day, state, said, shared, merged_into, grp, home, escalated_by, at, ticked)
			VALUES ('coche', 1, 'obstacle', '03', '', '', '', 'answer/1/freins', 'Cayenne', 'r', 'region:03', 'region', 'preserver', '', 'Eau : freins cochés (financement)', 'Texte', '', '', '', 'x', 'financement', 'regional',
			'', '', '', 'proposed', '', FALSE, '', '', '', '', 9000000000000, TRUE)`)
		p := s.visit(team, desk, nil)
		p.has("#coches", "1 frein coché dans le questionnaire")
		p.has("#tous", "Permis trop longs")
		if strings.Contains(p.text("#tous"), "freins cochés") {
			t.Error("a box stands among what was written")
		}
		checkPage(t, "the team's obstacles", p)
		if to := p.attr("#coches a", "href"); len(to) != 2 || to[0] != "/regions/guyane/restitution" || to[1] != "/regions/guyane/bureau/freins?origine=questionnaire" {
			t.Errorf("leads to %q", to)
		}
		p = s.visit(team, desk+"?origine=questionnaire&etat=proposed", nil)
		p.has("#tous", "freins cochés (financement)")
		if strings.Contains(p.text("#tous"), "Permis") {
			t.Error("what was written stands among boxes")
		}
		checkPage(t, "what was ticked", p)
		if p := s.visit(team, desk+"?origine=tous", nil); !strings.Contains(p.text("#tous"), "Permis") || !strings.Contains(p.text("#tous"), "freins cochés") {
			t.Error("all of them are not all there")
		}
		for _, path := range []string{"freins?origine=magie", "points-forts?origine=questionnaire"} {
			if p := s.visit(team, base+"/regions/guyane/bureau/"+path, nil); p.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %s", path, p.Status)
			}
		}
	})
}

// A good practice is found by its words, whatever their number or accents, taken
// up by a region, and let go.
func TestAGoodPracticeIsTakenUp(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		p := s.get("/bonnes-pratiques")
		p.has("h1", "16 bonnes pratiques")
		checkPage(t, "good practices", p)
		for q, want := range map[string]string{"mots=observatoires": "Bretagne", "mots=COMMUNE+reponse": "", "mots=tourismes": "Provence", "region=02": "Martinique", "echelle=commune": "", "mots=communes&theme=conduite": "Bourgogne"} {
			p := s.get("/bonnes-pratiques?" + q)
			if got := strings.Join(p.texts("#pratiques"), " "); want == "" && got != "" && strings.HasPrefix(q, "echelle") || !strings.Contains(got, want) {
				t.Errorf("%s: %s", q, got)
			}
		}
		if p := s.get("/bonnes-pratiques?theme=inconnu"); p.StatusCode != http.StatusBadRequest {
			t.Errorf("an unknown theme: %s", p.Status)
		}
		if p := s.get("/bonnes-pratiques?suite=forgee"); p.StatusCode != http.StatusBadRequest {
			t.Errorf("a made-up cursor: %s", p.Status)
		}
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		take := base + "/bonnes-pratiques/etape-2024-corse/inspirer"
		p = s.visit(team, take, url.Values{"do": {"take"}, "region": {"44"}, "note": {"notre manière"}})
		if p.StatusCode != http.StatusBadRequest || p.text("textarea#note") != "notre manière" {
			t.Errorf("for another region: %s", p.Status)
		}
		p = s.visit(team, take, url.Values{"do": {"take"}, "region": {"03"}, "note": {"notre manière"}})
		p.has("#regions", "Guyane")
		checkPage(t, "taken up", p)
		if p := s.visit(team, take, url.Values{"do": {"take"}, "region": {"03"}}); p.StatusCode != http.StatusConflict {
			t.Errorf("twice: %s", p.Status)
		}
		if row := s.get("/bonnes-pratiques?region=94").row("#pratiques", "Réunir"); row[3] != "1" {
			t.Errorf("%q", row)
		}
		s.visit(team, take, url.Values{"do": {"leave"}, "region": {"03"}})
		s.get("/bonnes-pratiques/etape-2024-corse").has(".scope, h1, p", "0 région")
	})
}

// A note is asked for, written by an expert with a file, published by the team;
// anyone then reads it, and its earlier words until the next are published.
func TestANoteOfExpertise(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		expert, there := s.signIn("experte@exemple.fr", policy.Expert, "region", "03")
		desk := "/regions/guyane/bureau/notes"
		p := s.visit(team, base+desk, url.Values{"do": {"ask"}, "title": {"Forêt et biomasse"}, "theme": {"preserver"}, "asked_of": {"DEAL Guyane"}})
		if v := p.attr("#demande-title", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "Forêt et biomasse" || len(p.texts("#demande-due-erreur")) != 1 {
			t.Errorf("without a day: %s %q", p.Status, v)
		}
		p = s.visit(team, base+desk, url.Values{"do": {"ask"}, "title": {"Forêt et biomasse"}, "theme": {"preserver"}, "asked_of": {"DEAL Guyane"}, "due": {"2026-02-01"}})
		p.has("h1", "Forêt et biomasse")
		path := p.Request.URL.Path
		id := path[strings.LastIndex(path, "/")+1:]
		p = s.visit(expert, there+desk, nil)
		p.has("#toutes", "en retard")
		checkPage(t, "the notes of a desk", p)
		words := url.Values{"rev": {"1"}, "title": {"Forêt et biomasse"}, "theme": {"preserver"}, "findings": {"La biomasse **suffit**."}, "sources": {"IGN"}, "limits": {"Une seule année."}, "signature": {"DEAL Guyane"}, "day": {"2026-02-20"}}
		p = s.visit(expert, there+path, words)
		p.has("#les-constats", "suffit")
		if p := s.visit(expert, there+path+"/suite", url.Values{"rev": {"2"}, "do": {"publish"}}); p.StatusCode != http.StatusForbidden {
			t.Errorf("published by its author: %s", p.Status)
		}
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		f, err := m.CreateFormFile("fichier", "mesures.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte("annee;valeur\n2024;3\n")); err != nil {
			t.Fatal(err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		res, err := expert.Post(there+path, m.FormDataContentType(), &b)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res, err)
		}
		defer res.Body.Close()
		file := "/regions/guyane/notes/" + id + "/fichiers/1"
		if p := s.get(file); p.StatusCode != http.StatusNotFound {
			t.Errorf("a file before its note is published: %s", p.Status)
		}
		p = s.visit(team, base+path+"/suite", url.Values{"rev": {"3"}, "do": {"publish"}})
		checkPage(t, "a note of a desk", p)
		p = s.get("/regions/guyane/notes/" + id)
		p.has("#les-constats", "La biomasse suffit")
		checkPage(t, "a note", p)
		if p := s.get(file); p.StatusCode != http.StatusOK || !strings.Contains(p.Header.Get("Content-Disposition"), "attachment") || p.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(p.body, "2024;3") {
			t.Errorf("its file: %s %v", p.Status, p.Header)
		}
		if p := s.get("/regions/bretagne/notes/" + id + "/fichiers/1"); p.StatusCode != http.StatusNotFound {
			t.Errorf("by another region's address: %s", p.Status)
		}
		words.Set("rev", "4")
		words.Set("findings", "Elle ne suffit plus.")
		s.visit(expert, there+path, words)
		s.get("/regions/guyane/notes/"+id).has("#les-constats", "La biomasse suffit")
		s.visit(team, base+path+"/suite", url.Values{"rev": {"5"}, "do": {"publish"}})
		s.get("/regions/guyane/notes/"+id).has("#les-constats", "Elle ne suffit plus")
		s.visit(team, base+path+"/suite", url.Values{"rev": {"6"}, "do": {"withdraw"}, "reason": {"fausse"}})
		if p := s.get("/regions/guyane/notes/" + id); p.StatusCode != http.StatusNotFound {
			t.Errorf("withdrawn: %s", p.Status)
		}
	})
}

// Who writes for an authority proposes in the region of its seat, corrects what
// the team asks to complete, and sees nothing of what others proposed.
func TestAnAuthorityProposesAStrongPoint(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		writer, base := s.signIn("redactrice@exemple.fr", policy.Writer, "organisation", "epci-249730037")
		team, there := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		form := url.Values{"title": {"Navette fluviale"}, "organisation": {"Communauté"}, "territory": {"249730037"}, "theme": {"se-deplacer"}, "text": {"Une navette."}}
		p := s.visit(writer, base+"/regions/guyane/bureau/points-forts", form)
		p.has("h1", "Navette fluviale")
		path := p.Request.URL.Path
		if p := s.visit(writer, base+"/regions/bretagne/bureau/points-forts", form); p.StatusCode != http.StatusNotFound {
			t.Errorf("in another region: %s", p.Status)
		}
		s.visit(team, there+path+"/suite", url.Values{"rev": {"1"}, "do": {"complete"}, "reason": {"Donnez le résultat."}})
		s.visit(writer, base+path, nil).has(".fr-alert", "Donnez le résultat")
		form.Set("rev", "2")
		form.Set("result", "300 passagers par jour.")
		s.visit(writer, base+path, form).has("#resultat", "300 passagers")
		p = s.visit(team, there+"/regions/guyane/bureau/points-forts", url.Values{"title": {"Secret"}, "organisation": {"DDT"}, "theme": {"produire"}, "text": {"Un texte."}})
		if hidden := s.visit(writer, base+p.Request.URL.Path, nil); hidden.StatusCode != http.StatusNotFound {
			t.Errorf("what the team proposed: %s", hidden.Status)
		}
		if list := s.visit(writer, base+"/regions/guyane/bureau/points-forts", nil); strings.Contains(list.body, "Secret") || !itemID.MatchString(list.body) {
			t.Error("the list of an authority")
		}
	})
}

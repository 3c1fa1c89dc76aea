package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/question"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// seeded are statements enough to open a debate.
const seeded = "Des pistes cyclables partout.\n- Moins de voitures en ville.\nUn train toutes les heures.\nLa prime au covoiturage.\nDes cantines locales.\n=1+1 est une formule.\n<script>alert(1)</script> reste un texte."

// A team opens a debate, a citizen answers on a phone without an account nor script,
// changes a vote, proposes a statement and reads the results; after closing nothing is
// taken.
func TestADebateIsPlayed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		const desk = "/regions/grand-est/bureau/debats"
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")

		// The team prepares: refused with its words kept, then made.
		form := url.Values{"title": {"Bouger"}, "question": {""}, "proposals": {"anyone"}, "asks": {"college", "territory"}, "closes_on": {"2026-04-01"}, "levers": {"covoiturage"}}
		p := s.visit(team, base+desk, form)
		if p.StatusCode != http.StatusBadRequest || p.filled("#preparer form").Get("title") != "Bouger" {
			t.Fatalf("%s: %s", p.Status, p.text("main"))
		}
		p.has("#question-erreur", "question")
		form.Set("question", "Comment aller au travail ?")
		p = s.visit(team, base+desk, form)
		here := p.Request.URL.Path
		id := here[strings.LastIndex(here, "/")+1:]
		page := "/regions/grand-est/debats/" + id
		if s.get(page).StatusCode != http.StatusNotFound {
			t.Error("a draft is public")
		}
		p = s.visit(team, base+here+"/etat", url.Values{"rev": {"1"}, "do": {"open"}})
		if p.StatusCode != http.StatusBadRequest {
			t.Errorf("opened without statements: %s", p.Status)
		}
		p = s.visit(team, base+here+"/affirmations", url.Values{"lines": {seeded + "\nUn train toutes les heures"}})
		p.has("main", "7 affirmations ajoutées")
		checkPage(t, "the debate at the desk", p)
		p = s.visit(team, base+here+"/affirmations", url.Values{"lines": {"Moins de voitures en ville."}})
		if p.StatusCode != http.StatusBadRequest || p.filled("#ecrire form").Get("lines") != "Moins de voitures en ville." {
			t.Errorf("a double: %s", p.Status)
		}
		s.visit(team, base+here+"/etat", url.Values{"rev": {"1"}, "do": {"open"}}).has("main", "Les réponses arrivent")
		s.get("/regions/grand-est/debats").has("#debats", "Comment aller au travail")
		hub := s.get("/regions/grand-est/debat")
		hub.has("#maintenant", "Donner son avis sur une question")
		hub.has("#questions", "Personnes")

		// Two of the team edit: the second reads both versions, its own kept.
		edit := url.Values{"rev": {"2"}, "title": {"Se déplacer"}, "question": {"Comment aller au travail ?"}, "proposals": {"anyone"}, "asks": {"college", "territory"}, "closes_on": {"2026-04-01"}}
		if p = s.visit(team, base+here, edit); p.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", p.Status, p.text("main"))
		}
		edit.Set("title", "Aller et venir")
		p = s.visit(team, base+here, edit)
		if p.StatusCode != http.StatusConflict || p.filled("#modifier form").Get("title") != "Aller et venir" {
			t.Errorf("%s, the form holds %q", p.Status, p.filled("#modifier form").Get("title"))
		}
		p.has("#deux-versions", "Se déplacer")

		// A citizen, a cookie jar and no account.
		citizen, at := s.browser()
		p = s.visit(citizen, at+page, nil)
		checkPage(t, "voting", p)
		first := p.filled("form.vote")
		p = s.visit(citizen, at+page, url.Values{"affirmation": {first.Get("affirmation")}, "reponse": {"accord"}})
		p.has("#affirmation", "1 sur 7")
		p.has(".vote-said", "Réponse enregistrée : d’accord.")
		if again := p.filled("form.vote").Get("affirmation"); again == first.Get("affirmation") {
			t.Error("the same statement is asked again")
		}
		p = s.visit(citizen, at+page+"?affirmation="+first.Get("affirmation"), nil)
		p.has("form.vote", "Vous avez répondu : d’accord")
		s.visit(citizen, at+page, url.Values{"affirmation": {first.Get("affirmation")}, "reponse": {"pas-accord"}}).has("#affirmation", "1 sur 7")
		p = s.visit(citizen, at+page+"/moi", nil)
		p.has("#reponses", "pas d’accord")
		checkPage(t, "my answers", p)
		s.visit(citizen, at+page+"/moi", url.Values{"territory": {"department:67"}, "college": {"citoyens"}}).has("main", "C’est enregistré")
		if p = s.visit(citizen, at+page+"/moi", url.Values{"territory": {"department:35"}}); p.StatusCode != http.StatusBadRequest {
			t.Errorf("a département of elsewhere: %s", p.Status)
		}
		if p = s.visit(citizen, at+page, url.Values{"affirmation": {"x"}, "reponse": {"oui"}}); p.StatusCode != http.StatusBadRequest {
			t.Errorf("no answer: %s", p.Status)
		}

		// A forged cookie, or none, votes for nobody.
		u, err := url.Parse(at + page)
		if err != nil {
			t.Fatal(err)
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		jar.SetCookies(u, []*http.Cookie{{Name: "jalon_avis", Value: "bm9uZQ", Path: page}})
		p = s.visit(&http.Client{Jar: jar}, at+page, url.Values{"affirmation": {"1"}, "reponse": {"accord"}})
		if p.StatusCode != http.StatusBadRequest {
			t.Errorf("a forged cookie votes: %s", p.Status)
		}
		p.has("main", "n’a pas gardé le témoin")

		// A statement: what is near first, then left for a moderator.
		p = s.visit(citizen, at+page+"/proposer", url.Values{"text": {"Un train par heure"}, "email": {"cycliste@exemple.fr"}})
		p.has("#proches", "Un train toutes les heures")
		checkPage(t, "what is near", p)
		sent := p.filled("#proposer form")
		if sent.Get("text") != "Un train par heure" {
			t.Errorf("lost: %v", sent)
		}
		s.visit(citizen, at+page+"/proposer", sent).has("h1", "Confirmez votre adresse")
		sent.Set("site", "http://robot.example")
		s.visit(citizen, at+page+"/proposer", sent).has("h1", "reçue")
		var n int
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM debate_post WHERE kind = 'statement' AND state = 'unconfirmed'`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d statements wait, %v", n, err)
		}
		p = s.visit(citizen, at+page+"/proposer", url.Values{"text": {strings.Repeat("é", 300)}, "email": {"x@exemple.fr"}, "lu": {"1"}})
		if p.StatusCode != http.StatusBadRequest || p.filled("#proposer form").Get("text") == "" {
			t.Errorf("a long one: %s", p.Status)
		}
		p.has("#text-erreur", "240 au plus")

		// Results: nothing under ten people, then the figures and their file.
		s.get(page+"/resultats").has("main", "Pas encore assez de réponses")
		if p := s.get(page + "/votes.json"); p.StatusCode != http.StatusNotFound {
			t.Errorf("a file of one person: %s", p.Status)
		}
		for i := range 30 {
			who, at := s.browser()
			p := s.visit(who, at+page, nil)
			for range 7 {
				a := p.filled("form.vote").Get("affirmation")
				answer := "accord"
				if i%2 == 0 && a > "3" {
					answer = "pas-accord"
				}
				p = s.visit(who, at+page, url.Values{"affirmation": {a}, "reponse": {answer}})
			}
			p.has("#affirmation", "Vous avez répondu à toutes les affirmations")
		}
		x, err := question.Find(t.Context(), d, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.debate.Question.Refresh(t.Context(), x.Num); err != nil {
			t.Fatal(err)
		}
		p = s.get(page + "/resultats")
		p.has("main", "calculé le 2 mars 2026 à 13:00 sur 211 votes de 31 personnes")
		p.has("#tailles", "Groupe B")
		p.has("#partage", "Des pistes cyclables")
		p.has("#colleges", "Trop peu de personnes")
		checkPage(t, "results", p)
		if strings.Contains(p.body, "<script>alert") {
			t.Error("a script is written in the page")
		}
		checkPage(t, "statements", s.get(page+"/affirmations"))
		if f := s.get(page + "/votes.csv"); !strings.Contains(f.body, `"6. =1+1 est une formule."`) || len(strings.Split(f.body, "\r\n")) != 33 {
			t.Error(f.body)
		}
		var m question.Matrix
		if err := json.Unmarshal([]byte(s.get(page+"/votes.json").body), &m); err != nil || len(m.Votes) != 211 {
			t.Fatal(len(m.Votes), err)
		}
		if again, err := m.Compute(); err != nil || again.Sizes[0] != m.Figures.Sizes[0] || again.Divisive[0] != m.Figures.Divisive[0] {
			t.Errorf("%+v %v", again, err)
		}
		if _, err := d.Exec(t.Context(), `UPDATE debate_result SET failed_at = $1`, s.now.Add(time.Hour).UnixMilli()); err != nil {
			t.Fatal(err)
		}
		s.get(page+"/resultats").has("main", "Le dernier calcul n’a pas abouti")

		// Concluded, closed: the page says when, and takes nothing.
		s.visit(team, base+here+"/conclusion", url.Values{"rev": {"3"}, "conclusion": {"Le train d’abord."}})
		s.get(page+"/resultats").has("#conclusion", "Le train d’abord.")
		s.visit(team, base+here+"/etat", url.Values{"rev": {"4"}, "do": {"close"}}).has("main", "Les réponses sont closes")
		p = s.visit(citizen, at+page, url.Values{"affirmation": {"2"}, "reponse": {"accord"}})
		if p.StatusCode != http.StatusConflict {
			t.Errorf("after closing: %s", p.Status)
		}
		p.has("main", "clos depuis le 2 mars 2026 à 13:00")
		p = s.visit(citizen, at+page+"/proposer", url.Values{"text": {"Trop tard"}, "lu": {"1"}})
		if p.StatusCode != http.StatusConflict {
			t.Errorf("a statement after closing: %s", p.Status)
		}
		p.has("main", "Trop tard")
	})
}

// The page of many statements holds fifty of them, and leads to the others.
func TestManyStatementsAreRead50AtATime(t *testing.T) {
	s := sqlite(t)
	ctx := t.Context()
	c, err := cop.Find(ctx, s.d, cop.RegionID(cop.First, "44"))
	if err != nil {
		t.Fatal(err)
	}
	a := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
	x, err := s.debate.Question.Create(ctx, a, c, question.Input{Title: "Débat", Question: "Que faire\u00a0?", Proposals: question.Nobody})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for i := range 600 {
		lines = append(lines, "Affirmation "+strings.Repeat("très ", i%7)+string(rune('a'+i%26))+string(rune('a'+i/26))+".")
	}
	if _, _, err := s.debate.Question.Seed(ctx, a, c, x, strings.Join(lines, "\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.debate.Question.OpenIt(ctx, a, c, x.ID, x.Rev); err != nil {
		t.Fatal(err)
	}
	path, rows := "/regions/grand-est/debats/"+x.ID+"/affirmations", 0
	for page := 1; path != ""; page++ {
		p := s.get(path)
		if n := len(p.texts("#affirmations tbody tr")); n != 50 || len(p.body) > 100<<10 || page > 12 {
			t.Fatalf("page %d: %d rows, %d bytes", page, n, len(p.body))
		}
		rows += 50
		path = ""
		for _, l := range p.attr("#liste a", "href") {
			if strings.Contains(l, "apres=") {
				path = l
			}
		}
	}
	if rows != 600 {
		t.Errorf("%d statements are read", rows)
	}
}

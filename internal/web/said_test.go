package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/debate/ballot"
	"jalon/internal/debate/minutes"
	"jalon/internal/policy"
)

// said makes one thing of each kind that a meeting says.
func (s *site) said(team policy.Actor, meeting, slug string, out map[string]string) {
	s.t.Helper()
	ctx, m := s.t.Context(), s.debate.Minutes
	ok := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	point, err := m.AddItem(ctx, team, meeting, minutes.ItemInput{Title: "Point"})
	ok(err)
	decision, err := m.Decide(ctx, team, meeting, minutes.DecisionInput{Sentence: "Une décision."})
	ok(err)
	task, err := m.AddTask(ctx, team, meeting, minutes.TaskInput{What: "À faire", Org: "DREAL"})
	ok(err)
	file, err := m.AddFile(ctx, team, meeting, minutes.FileInput{Part: policy.Public}, strings.NewReader("bonjour\n"), blob.Claim{Name: "a.txt"})
	ok(err)
	vote, err := s.debate.Ballot.Create(ctx, team, meeting, ballot.Input{Question: "Q", Kind: ballot.Single, Options: []string{"Oui", "Non"}})
	ok(err)
	out[slug+"/point"], out[slug+"/decision"], out[slug+"/task"], out[slug+"/meeting-file"], out[slug+"/vote"] = point.ID, decision.ID, task.ID, file.ID, vote.ID
	out[slug+"/file-minutes-draft-file"] = "compte-rendu.odt"
	out[slug+"/file-action-export-file"] = "actions.csv"
}

// gathering is a site with a meeting of Grand Est and somebody of its team.
func gathering(t *testing.T) (s *site, c *http.Client, base, at string) {
	t.Helper()
	s = sqlite(t)
	c, base = s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
	team := policy.Actor{Person: "essai", Grants: []policy.Grant{{Role: policy.Team, COP: "2023-24-r44"}}}
	x, err := s.cops.AddMeeting(t.Context(), team, cop.Meeting{COP: "2023-24-r44", Kind: cop.GroupMeeting, Stage: cop.Launch, Title: "Groupe mobilité", Day: "2026-03-02", Start: "14:00", Part: policy.Public, State: cop.Planned})
	if err != nil {
		t.Fatal(err)
	}
	return s, c, base, "/reunions/" + x.ID
}

// A facilitator puts a question to the room; phones vote, change their mind, and are
// refused once it is closed; the screen says no more than it should.
func TestVoteInTheRoom(t *testing.T) {
	s, c, base, at := gathering(t)
	p := s.visit(c, base+at+"/votes", url.Values{"question": {"Deux lignes ?"}, "kind": {"single"}, "options": {"Oui"}, "most": {"1"}})
	if p.StatusCode != http.StatusBadRequest {
		t.Errorf("one answer alone: %s", p.Status)
	}
	p.has("main", "Écrivez de 2 à 12 réponses")
	if got := p.attr(`input[name="question"]`, "value"); len(got) != 1 || got[0] != "Deux lignes ?" {
		t.Errorf("the form comes back with %q", got)
	}
	p = s.visit(c, base+at+"/votes", url.Values{"question": {"Deux lignes ?"}, "kind": {"single"}, "options": {"Oui\nNon"}, "most": {"1"}})
	code, desk := p.text("strong.ballot-code"), p.Request.URL.Path
	act := func(do string) page {
		t.Helper()
		now := s.visit(c, base+desk, nil)
		return s.visit(c, base+desk, url.Values{"do": {do}, "rev": now.attr(`input[name="rev"]`, "value")[:1]})
	}
	phone, home := s.browser()
	s.visit(phone, home+"/vote/"+code, nil).has("h1", "Le vote va s’ouvrir")
	if body := s.get("/ecran/" + code).body; strings.Contains(body, "Deux lignes") {
		t.Error("the screen shows a question before it is put")
	}
	act("open")
	s.visit(phone, home+"/vote?code="+strings.ToLower(code), nil).has("h1", "Deux lignes ?")
	s.visit(phone, home+"/vote/"+code, url.Values{"choix": {"0"}}).has("main", "Votre voix est enregistrée")
	s.visit(phone, home+"/vote/"+code, url.Values{"choix": {"1"}}).has("main", "Votre voix est changée")
	// A robot keeps no cookie: none of its votes counts, and the facilitator sees it.
	r := httptest.NewRequest(http.MethodPost, "http://jalon.example/vote/"+code, strings.NewReader("choix=0"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if p := s.do(r); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "témoin (cookie)") || !strings.Contains(p.body, "checked") {
		t.Errorf("without a cookie: %s", p.Status)
	}
	s.visit(c, base+desk, nil).has("main", "1 envoi refusé")
	// Whoever asks again for what did not move reads nothing.
	screen := s.get("/ecran/" + code + "?partie=1")
	if !strings.Contains(screen.body, "<strong>1</strong> voix reçue") || strings.Contains(screen.body, "100") {
		t.Errorf("the screen shows more than how many: %s", screen.body)
	}
	r = httptest.NewRequest(http.MethodGet, "http://jalon.example/ecran/"+code+"?partie=1", nil)
	r.Header.Set("If-None-Match", screen.Header.Get("ETag"))
	if p := s.do(r); p.StatusCode != http.StatusNotModified || p.body != "" {
		t.Errorf("asked again: %s", p.Status)
	}
	act("close")
	p = s.visit(phone, home+"/vote/"+code, url.Values{"choix": {"0"}})
	if p.StatusCode != http.StatusConflict {
		t.Errorf("after the close: %s", p.Status)
	}
	p.has("main", "Votre voix n’est pas enregistrée")
	p.has("main", "Le vote est clos.")
	if p := s.get(at + "/votes"); strings.Contains(p.body, "Deux lignes") {
		t.Error("anyone reads results that were not shown")
	}
	act("show")
	s.visit(phone, home+"/vote/"+code, nil).has("main", "100 % – 1 voix")
	s.get(at+"/votes").has("main", "100 % – 1 voix")
	p = s.get("/vote/CCCCCC")
	if p.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown code: %s", p.Status)
	}
	p.has("main", "Aucun vote ne porte ce code")
}

// Decisions are noted in a sentence each, the record is there, two writers of one text
// read both versions, and what is approved is frozen.
func TestWhatAMeetingSays(t *testing.T) {
	s, c, base, at := gathering(t)
	for _, d := range []string{"Ouvrir une ligne de car.", "Demander une étude.", "Se revoir en mai."} {
		s.visit(c, base+at+"/decisions", url.Values{"sentence": {d}, "levers": {"covoiturage"}}).has("main", d)
	}
	p := s.visit(c, base+at+"/decisions", url.Values{"sentence": {strings.Repeat("x", 301)}})
	if p.StatusCode != http.StatusBadRequest || p.text("#sentence") != strings.Repeat("x", 301) {
		t.Errorf("too long: %s, the form holds %d characters", p.Status, len(p.text("#sentence")))
	}
	s.visit(c, base+at+"/ordre-du-jour", url.Values{"title": {"Lignes"}, "planned": {"30"}}).has("main", "14:00 Lignes")
	s.visit(c, base+at+"/taches", url.Values{"what": {"Écrire la note"}, "holder": {"Paul"}, "due": {"2026-02-01"}}).has("main", "En retard")
	s.visit(c, base+"/regions/grand-est/bureau", nil).has("#a-faire", "Tâche de réunion (Paul) : Écrire la note")
	write := func(rev, text string) page {
		return s.visit(c, base+at+"/compte-rendu/textes/ouverture", url.Values{"rev": {rev}, "text": {text}, "do": {"leave"}})
	}
	write("0", "Le premier texte.").has("main", "Le premier texte.")
	p = write("0", "Le second texte.")
	if p.StatusCode != http.StatusConflict || p.text("#text") != "Le second texte." {
		t.Errorf("the second writer: %s, %q in the form", p.Status, p.text("#text"))
	}
	p.has("#deux-versions", "Le premier texte.")
	p.has("#deux-versions", "Le second texte.")
	// Nobody else reads the draft; the decisions of a public meeting are public.
	if p := s.get(at + "/compte-rendu"); strings.Contains(p.body, "premier texte") {
		t.Error("anyone reads the draft")
	}
	s.get(at+"/decisions").has("main", "Demander une étude.")
	s.get("/regions/grand-est/decisions").has("main", "Se revoir en mai.")
	rev := func() []string {
		t.Helper()
		return s.visit(c, base+at+"/compte-rendu", nil).attr(`input[name="rev"]`, "value")[:1]
	}
	s.visit(c, base+at+"/compte-rendu", url.Values{"do": {"propose"}, "rev": rev()}).has("main", "Approuver")
	old := rev()
	s.visit(c, base+at+"/compte-rendu", url.Values{"do": {"approve"}, "rev": old}).has("main", "Approuvé par Anne Martin")
	if p := s.visit(c, base+at+"/compte-rendu", url.Values{"do": {"approve"}, "rev": old}); p.StatusCode != http.StatusConflict {
		t.Errorf("approved twice: %s", p.Status)
	}
	p = s.get(at + "/compte-rendu")
	for _, want := range []string{"Le premier texte.", "3 décisions", "Écrire la note", "Personne n’a compté les présents", "SHA-256"} {
		p.has("main", want)
	}
	if p := s.get(at + "/compte-rendu/versions/1/document.odt"); p.StatusCode != http.StatusOK || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the text that was frozen: %s %s", p.Status, p.Header.Get("Content-Disposition"))
	}
	if p := write("1", "Après."); p.StatusCode != http.StatusConflict {
		t.Errorf("written after the approval: %s", p.Status)
	}
}

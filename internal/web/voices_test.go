package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/consultation"
	"jalon/internal/debate/follow"
	"jalon/internal/jobs"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

var (
	confirmInMail = regexp.MustCompile(`http://jalon\.example(/voix/confirmer/\S+)`)
	voiceInMail   = regexp.MustCompile(`http://jalon\.example(/voix/[\w-]+)\n`)
)

func (s *site) copOf(code string) cop.COP {
	s.t.Helper()
	c, err := cop.Find(s.t.Context(), s.d, cop.RegionID(cop.First, code))
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// publish lets a post be read, as a moderator would.
func (s *site) publishVoiced(id string) {
	s.t.Helper()
	if err := db.Tx(s.t.Context(), s.d, func(ctx context.Context, tx db.Q) error {
		p, err := debate.FindPost(ctx, tx, id)
		if err == nil {
			_, err = s.debate.Shared.Turn(ctx, tx, policy.Actor{}, p, debate.PostPublished, "")
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
}

// Somebody without an account amends a draft, confirms their address, reads the answer
// on their own page, changes what they receive, takes back a text and has all erased.
func TestAVoiceOnPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ctx, c := t.Context(), s.copOf("44")
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
		room := s.debate.Consultation
		x, err := room.Create(ctx, team, c, consultation.Input{Title: "Feuille de route", Presentation: "Lisez.", OpensOn: "2026-03-01", ClosesOn: "2026-03-31"})
		if err != nil {
			t.Fatal(err)
		}
		if x, err = room.Write(ctx, team, c, x.ID, x.Rev, consultation.Cut("# Transports\n\nDes trains chaque heure.\n\n# Bois\n\nDu bois local.")); err != nil {
			t.Fatal(err)
		}
		if x, err = room.Publish(ctx, team, c, x.ID, x.Rev, ""); err != nil {
			t.Fatal(err)
		}
		articles, err := consultation.ArticlesOf(ctx, d, x.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		b, base := s.browser()
		p := s.visit(b, base+x.Path(c), nil)
		p.has("ol.contents li", "Transports")
		checkPage(t, "consultation", p)
		form := url.Values{"form": {"rewrite"}, "proposed": {"Des trains chaque demi-heure <script>alert(1)</script>"}, "why": {""}, "speaker": {"personne"}, "name": {"Anne"}, "email": {"anne@exemple.fr"}}
		at := base + x.Path(c) + "/articles/" + articles[0].Origin
		if p = s.visit(b, at, form); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text("#proposed"), "demi-heure") {
			t.Errorf("%s: %s", p.Status, p.text("#proposed"))
		}
		form.Set("why", "Trop peu.")
		s.visit(b, at, form).has("main", "Ouvrez le message")
		link := confirmInMail.FindStringSubmatch(s.letter("anne@exemple.fr"))[1]
		p = s.visit(b, base+link, nil)
		p.has("main", "anne@exemple.fr")
		p.has("main", "votre amendement « Article")
		checkPage(t, "confirm", p)
		p = s.visit(b, base+link, url.Values{})
		p.has("h1", "Votre adresse est confirmée")
		cookie := p.Header.Get("Set-Cookie")
		if !strings.Contains(cookie, "jalon_voix=") || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
			t.Errorf("cookie %q", cookie)
		}
		own := p.attr("main a.fr-btn", "href")[0]
		p = s.visit(b, base+link, url.Values{})
		p.has("h1", "déjà confirmée")
		if p.Header.Get("Set-Cookie") != "" {
			t.Error("an old link opens a browser")
		}
		p = s.visit(b, at, nil)
		if len(p.attr("input#email", "id")) != 0 {
			t.Error("the browser that confirmed is asked its address again")
		}
		p = s.visit(b, base+own, nil)
		p.has("#textes li", "en attente de modération")
		checkPage(t, "voice", p)
		if p.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(p.Header.Get("X-Robots-Tag"), "noindex") || p.Header.Get("Referrer-Policy") != "same-origin" || strings.Contains(p.body, `rel="canonical"`) {
			t.Errorf("the page of a voice leaks: %v", p.Header)
		}
		var id string
		if err := d.QueryRow(ctx, `SELECT id FROM debate_post WHERE kind = 'amendment'`).Scan(&id); err != nil {
			t.Fatal(err)
		}
		s.publishVoiced(id)
		p = s.visit(b, at, nil)
		p.has(".diff ins", "demi-heure")
		p.has(".diff ins", "ajouté")
		p.has(".diff del", "heure")
		if len(p.attr(".amendment script", "src")) != 0 || strings.Contains(p.body, "<script>alert") {
			t.Error("a script of somebody runs")
		}
		checkPage(t, "article", p)
		boss, bossBase := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		judging := bossBase + c.Path() + "/bureau/consultations/" + x.ID + "/amendements"
		checkPage(t, "judging", s.visit(boss, judging, nil))
		p = s.visit(boss, judging+"/"+id, url.Values{"rev": {"1"}, "verdict": {"retenu"}, "reason": {""}})
		p.has("main", "la raison est publiée")
		p = s.visit(boss, judging+"/"+id, url.Values{"rev": {"1"}, "verdict": {"retenu"}, "reason": {"Oui, dès 2027."}})
		p.has("main", "La réponse est publiée")
		p = s.visit(boss, judging+"/"+id, url.Values{"rev": {"1"}, "verdict": {"hors"}, "reason": {"Ma réponse à moi."}})
		if p.StatusCode != http.StatusConflict || !strings.Contains(p.body, "Ma réponse à moi.") {
			t.Errorf("a second answer: %s", p.Status)
		}
		if path := voiceInMail.FindStringSubmatch(s.letter("anne@exemple.fr")); path == nil || path[1] != own {
			t.Errorf("the mail leads to %v, the voice is at %s", path, own)
		}
		s.visit(b, base+own, nil).has("#textes li", "Oui, dès 2027.")
		editor := bossBase + c.Path() + "/bureau/consultations/" + x.ID
		checkPage(t, "consultation desk", s.visit(boss, editor, nil))
		p = s.visit(boss, editor, url.Values{"do": {"articles"}, "rev": {"0"}, "titre-1": {"Transports"}, "texte-1": {"Perdu ?"}, "rang-1": {"1"}})
		if p.StatusCode != http.StatusConflict || !strings.Contains(p.body, "Perdu ?") || len(p.texts("#deux-versions")) == 0 {
			t.Errorf("a second writer: %s", p.Status)
		}
		rev := s.visit(boss, editor, nil).attr("#articles input[name=rev]", "value")[0]
		p = s.visit(boss, editor, url.Values{"do": {"articles"}, "rev": {rev}, "origine-1": {articles[0].Origin}, "titre-1": {"Transports"}, "texte-1": {"Des trains chaque demi-heure."}, "rang-1": {"2"},
			"origine-2": {articles[1].Origin}, "titre-2": {"Bois"}, "texte-2": {"Du bois local."}, "rang-2": {"1"}, "titre-3": {""}, "texte-3": {""}, "rang-3": {"3"}})
		rev = p.attr("#publier input[name=rev]", "value")[0]
		s.visit(boss, editor, url.Values{"do": {"publish"}, "rev": {rev}, "note": {"Après lecture."}}).has("main", "Le texte est publié")
		p = s.visit(b, base+x.Path(c)+"/versions/2", nil)
		p.has("article.amendment", "Anne")
		p.has("article.amendment ins", "demi-heure")
		checkPage(t, "changes", p)
		if p = s.visit(b, base+x.Path(c)+"/amendements.csv", nil); !strings.Contains(p.body, "Oui, dès 2027.") || strings.Contains(p.body, "anne@exemple.fr") {
			t.Errorf("the file of amendments: %s", p.body)
		}
		if p = s.visit(b, base+x.Path(c)+"/amendements.odt", nil); !strings.HasPrefix(p.body, "PK") {
			t.Errorf("the document of amendments: %s", p.Status)
		}
		p = s.visit(b, base+own, url.Values{"rev": {"0"}, "notify": {"none"}, "name": {"Anne Martin"}})
		if p.StatusCode != http.StatusConflict || len(p.texts("#deux-versions")) == 0 {
			t.Errorf("settings of an old page: %s", p.Status)
		}
		rev = s.visit(b, base+own, nil).attr("#reglages input[name=rev]", "value")[0]
		p = s.visit(b, base+own, url.Values{"rev": {rev}, "notify": {"none"}, "name": {"Anne Martin"}, "commune": {"Nulle-Part"}})
		if p.StatusCode != http.StatusBadRequest || p.attr("input#commune", "value")[0] != "Nulle-Part" {
			t.Errorf("a commune that is none: %s", p.Status)
		}
		s.visit(b, base+own, url.Values{"rev": {rev}, "notify": {"digest"}, "name": {"Anne Martin"}, "commune": {"Strasbourg"}}).has("main", "enregistrés")
		if v := s.visit(b, base+own, nil).attr("input#commune", "value"); v[0] != "Strasbourg (67482)" {
			t.Errorf("%q", v)
		}
		if p = s.visit(b, base+own+"/mes/donnees.json", nil); !strings.Contains(p.body, "Trop peu.") || !strings.Contains(p.body, "Oui, dès 2027.") {
			t.Errorf("data: %s", p.body)
		}
		r := httptest.NewRequest(http.MethodPost, "http://jalon.example"+own+"/mes/messages", strings.NewReader("List-Unsubscribe=One-Click"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		s.do(r).has("main", "C’est enregistré")
		if v := s.visit(b, base+own, nil).attr("#reglages input[checked]", "value"); len(v) != 1 || v[0] != "none" {
			t.Errorf("%q", v)
		}
		checkPage(t, "voice erase", s.visit(b, base+own+"/mes/effacement", nil))
		if p = s.visit(b, base+own+"/mes/effacement", url.Values{"phrase": {"non"}}); p.StatusCode != http.StatusBadRequest || p.attr("input#phrase", "value")[0] != "non" {
			t.Errorf("%s", p.Status)
		}
		s.visit(b, base+own+"/mes/effacement", url.Values{"phrase": {debate.ErasePhrase}}).has("h1", "C’est effacé")
		if p = s.visit(b, base+own, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("an erased voice: %s", p.Status)
		}
		s.visit(b, at, nil).has(".amendment h3", debate.Erased)
		for _, path := range []string{"/voix/inconnue", own + "x", "/voix/confirmer/deadbeef"} {
			if p := s.visit(b, base+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", path, p.Status)
			}
		}
	})
}

// A text is lost by nobody who writes while a consultation closes.
func TestAfterTheLastDay(t *testing.T) {
	s := sqlite(t)
	ctx, c := t.Context(), s.copOf("44")
	team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
	x, err := s.debate.Consultation.Create(ctx, team, c, consultation.Input{Title: "Projet", OpensOn: "2026-03-01", ClosesOn: "2026-03-02"})
	if err != nil {
		t.Fatal(err)
	}
	if x, err = s.debate.Consultation.Write(ctx, team, c, x.ID, x.Rev, consultation.Cut("# Un\n\nTexte.")); err != nil {
		t.Fatal(err)
	}
	if _, err = s.debate.Consultation.Publish(ctx, team, c, x.ID, x.Rev, ""); err != nil {
		t.Fatal(err)
	}
	articles, err := consultation.ArticlesOf(ctx, s.d, x.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.now = s.now.AddDate(0, 0, 1)
	b, base := s.browser()
	p := s.visit(b, base+x.Path(c)+"/articles/"+articles[0].Origin, url.Values{"form": {"remark"}, "proposed": {""}, "why": {"Trop tard ?"}, "speaker": {"personne"}, "email": {"a@exemple.fr"}})
	if p.StatusCode != http.StatusBadRequest || p.text("textarea#why") != "Trop tard ?" {
		t.Errorf("%s %q", p.Status, p.text("textarea#why"))
	}
	p.has("main", "close depuis le soir du")
	if len(p.attr("#amender button", "type")) != 0 {
		t.Error("a closed form has a button")
	}
}

// The letter: asked with consent, confirmed, written, tried, sent, read, left.
func TestTheLetterOnPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c := s.copOf("44")
		b, base := s.browser()
		p := s.visit(b, base+c.Path()+"/lettre", nil)
		checkPage(t, "letters", p)
		p = s.visit(b, base+c.Path()+"/lettre", url.Values{"email": {"anne@exemple.fr"}})
		if p.StatusCode != http.StatusBadRequest || p.attr("input#email", "value")[0] != "anne@exemple.fr" {
			t.Errorf("without consent: %s", p.Status)
		}
		s.visit(b, base+c.Path()+"/lettre", url.Values{"email": {"robot@exemple.fr"}, "accord": {"1"}, "site": {"http://spam"}}).has("main", "Ouvrez le message")
		s.visit(b, base+c.Path()+"/lettre", url.Values{"email": {"anne@exemple.fr"}, "accord": {"1"}}).has("main", "Ouvrez le message")
		var n int64
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM letter_reader`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d readers, %v", n, err)
		}
		link := confirmInMail.FindStringSubmatch(s.letter("anne@exemple.fr"))[1]
		p = s.visit(b, base+link, url.Values{})
		own := p.attr("main a.fr-btn", "href")[0]
		s.visit(b, base+own, nil).has("#lettre li", "J’accepte que l’équipe")
		boss, bossBase := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		desk := bossBase + c.Path() + "/bureau/lettre"
		checkPage(t, "letter desk", s.visit(boss, desk, nil))
		p = s.visit(boss, desk, url.Values{"title": {""}, "text": {"Gardé"}})
		if p.StatusCode != http.StatusBadRequest || p.text("textarea#text") != "Gardé" {
			t.Errorf("%s", p.Status)
		}
		p = s.visit(boss, desk, url.Values{"title": {"Mars"}, "text": {"# Bonjour\n\nUn texte <b>fort</b>."}})
		at := p.Request.URL.String()
		checkPage(t, "letter draft", p)
		p.has("#message", "Un texte")
		if p = s.visit(boss, at, url.Values{"rev": {"7"}, "title": {"Mars"}, "text": {"Perdu ?"}}); p.StatusCode != http.StatusConflict || p.text("textarea#text") != "Perdu ?" || len(p.texts("#deux-versions")) == 0 {
			t.Errorf("a second writer: %s", p.Status)
		}
		s.visit(boss, at, url.Values{"rev": {"1"}, "do": {"test"}}).has("main", "L’essai est parti")
		if text := s.letter("equipe@exemple.fr"); !strings.Contains(text, "Bonjour") {
			t.Error(text)
		}
		s.visit(boss, at, url.Values{"rev": {"1"}, "do": {"send"}}).has("main", "La lettre part")
		conf := jobs.Config{Handlers: map[string]jobs.Handler{}}
		s.debate.Follow.RegisterJobs(&conf)
		var args string
		if err := d.QueryRow(t.Context(), `SELECT args FROM job WHERE kind = 'letter.send'`).Scan(&args); err != nil {
			t.Fatal(err)
		}
		if err := conf.Handlers[follow.SendKind].Do(t.Context(), jobs.Job{Args: []byte(args)}); err != nil {
			t.Fatal(err)
		}
		p = s.visit(b, base+c.Path()+"/lettre", nil)
		p.has("#lettres li", "1 envoi")
		public := p.attr("#lettres a", "href")[0]
		if text := s.letter("anne@exemple.fr"); !strings.Contains(text, "http://jalon.example"+public) || !strings.Contains(text, "http://jalon.example"+own+"/mes/lettre") {
			t.Error(text)
		}
		checkPage(t, "letter", s.visit(b, base+public, nil))
		s.visit(b, base+own+"/mes/lettre", nil).has("button", "Ne plus la recevoir")
		s.visit(b, base+own+"/mes/lettre", url.Values{}).has("main", "ne vous parviendra plus")
		if p = s.visit(b, base+own, nil); len(p.texts("#lettre")) != 0 {
			t.Error("somebody who left still gets the letter")
		}
	})
}

// A subject is followed from its page, and left from one's own.
func TestFollowOnPages(t *testing.T) {
	s := sqlite(t)
	c := s.copOf("44")
	b, base := s.browser()
	ask := base + "/suivre?cop=" + c.ID + "&sorte=region&objet=" + c.ID + "&retour=" + url.QueryEscape("https://ailleurs.example/")
	p := s.visit(b, ask, nil)
	checkPage(t, "follow", p)
	if back := p.attr("input[name=retour]", "value"); len(back) != 1 || strings.Contains(back[0], "ailleurs") {
		t.Errorf("it leads to %q", back)
	}
	form := url.Values{"cop": {c.ID}, "sorte": {"region"}, "objet": {c.ID}, "email": {"pas une adresse"}}
	if p = s.visit(b, base+"/suivre", form); p.StatusCode != http.StatusBadRequest || p.attr("input#email", "value")[0] != "pas une adresse" {
		t.Errorf("%s", p.Status)
	}
	form.Set("email", "anne@exemple.fr")
	for range 6 {
		s.visit(b, base+"/suivre", form).has("main", "Ouvrez le message")
	}
	if p = s.visit(b, base+"/suivre", form); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the seventh link in an hour: %s", p.Status)
	}
	p = s.visit(b, base+confirmInMail.FindStringSubmatch(s.letter("anne@exemple.fr"))[1], url.Values{})
	own := p.attr("main a.fr-btn", "href")[0]
	s.visit(b, ask, nil).has("main", "Vous suivez déjà")
	p = s.visit(b, base+own, nil)
	p.has("#abonnements li", "tout ce que publie la COP Grand Est")
	stop := p.attr("#abonnements form", "action")[0]
	p = s.visit(b, base+stop, url.Values{})
	if len(p.texts("#abonnements")) != 0 {
		t.Error("still followed")
	}
	if p = s.visit(b, base+"/suivre?cop="+c.ID+"&sorte=lever&objet=inconnu", nil); p.StatusCode != http.StatusNotFound {
		t.Errorf("a lever that is none: %s", p.Status)
	}
}

// What another site frames acts on nothing, keeps nothing, and leads out.
func TestEmbeds(t *testing.T) {
	s := sqlite(t)
	for _, what := range []string{"debat", "contributions", "reunions", "lettre"} {
		p := s.get("/integrer/regions/grand-est/" + what)
		h := p.Header
		if p.StatusCode != http.StatusOK || !strings.HasSuffix(h.Get("Content-Security-Policy"), "frame-ancestors *") || h.Get("Set-Cookie") != "" || h.Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%s: %s %v", what, p.Status, h)
		}
		if strings.Contains(p.body, "<script") || strings.Contains(p.body, "<form") || strings.Count(p.body, "<a ") != strings.Count(p.body, `target="_blank" rel="noopener"`) {
			t.Errorf("%s acts: %s", what, p.body)
		}
	}
	if p := s.get("/integrer/regions/grand-est/secret"); p.StatusCode != http.StatusNotFound || strings.HasSuffix(p.Header.Get("Content-Security-Policy"), "*") {
		t.Errorf("%s %v", p.Status, p.Header)
	}
	p := s.get("/regions/grand-est/integrer")
	p.has("textarea#code-debat", `<iframe src="http://jalon.example/integrer/regions/grand-est/debat"`)
}

package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// asked opens a round over the actions of Grand Est, and gives the personal link of Anne.
func (s *site) asked(team *http.Client, base string) (link, round string) {
	s.t.Helper()
	desk := base + "/regions/grand-est/bureau/suivi"
	p := s.visit(team, desk, url.Values{"name": {"Printemps"}, "period": {"2020-01-01"}, "closes_on": {"2031-01-01"}, "days": {"7"}})
	at := p.Request.URL.Path
	s.visit(team, base+at, url.Values{"do": {"open"}, "rev": {formRev(p)}})
	round = at[strings.LastIndex(at, "/")+1:]
	if err := s.follow.FollowUp.Ask(s.t.Context(), round); err != nil {
		s.t.Fatal(err)
	}
	var id string
	if err := s.d.QueryRow(s.t.Context(), `SELECT id FROM mail_outbox WHERE to_email = $1`, "anne@exemple.fr").Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	m, err := mail.Find(s.t.Context(), s.d, id)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, b := range m.Letter.Blocks {
		if i := strings.Index(b.URL, "/point/"); i >= 0 {
			link = b.URL[i:]
		}
	}
	return link, round
}

// A holder without an account joins a file by their personal link; the team and the holder
// open it, nobody else; a file that is not one comes back beside its field with all that
// was typed.
func TestAFileComesByAPersonalLink(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		x := s.retainedHedges("haies-a", 901)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		link, round := s.asked(team, base)
		asks, err := followup.Asks(t.Context(), d, round)
		if err != nil || len(asks) != 1 {
			t.Fatal(asks, err)
		}
		anyone, ab := s.browser()
		form := ab + link + "/" + asks[0].ID
		said := url.Values{"do": {"say"}, "seen": {"0"}, "progress": {"40"}, "status": {"going"}, "next": {"Commander les plants"}, "said_by": {"Anne"}}
		for name, file := range map[string]struct{ name, body, words string }{
			"an empty file":    {"bilan.pdf", "", "est vide"},
			"a program":        {"bilan.exe", "MZ", "bilan.exe"},
			"a page named PDF": {"bilan.pdf", "<html>", "bilan.pdf"},
			"too large":        {"bilan.pdf", "%PDF-1.7\n" + strings.Repeat("x", 26<<20), "25 Mo"},
		} {
			p := s.sendAs(anyone, form, "file", file.name, file.body, said)
			if p.StatusCode < 400 || p.StatusCode > 499 || !strings.Contains(p.text("#file-erreur"), file.words) || !strings.Contains(p.body, "Commander les plants") {
				t.Errorf("%s: %s %q", name, p.Status, p.text("#file-erreur"))
			}
			checkPage(t, name, p)
		}
		if all, err := followup.Of(t.Context(), d, x.ID); err != nil || len(all) != 0 {
			t.Fatalf("what was refused is kept: %+v %v", all, err)
		}
		// The form comes back for another reason: it says that the file is to choose again.
		said.Set("progress", "beaucoup")
		p := s.sendAs(anyone, form, "file", "bilan.pdf", "%PDF-1.7\nbilan", said)
		if p.StatusCode != http.StatusBadRequest {
			t.Errorf("words for a number: %s", p.Status)
		}
		p.has("main", "Votre fichier « bilan.pdf » n’a pas été gardé : choisissez-le à nouveau")
		said.Set("progress", "40")
		p = s.sendAs(anyone, form, "file", "bilan.pdf", "%PDF-1.7\nbilan", said)
		if p.StatusCode != http.StatusOK || !strings.Contains(p.text("main"), "Merci, c’est enregistré") {
			t.Fatalf("a file: %s %s", p.Status, p.text("main"))
		}
		p.has("main", "un fichier, que l’équipe ouvre")
		p = s.visit(team, base+"/actions/"+x.ID, nil)
		files := p.attr("#suivi a[href*='/point/pieces/']", "href")
		if len(files) != 1 {
			t.Fatalf("the team finds %d files on the sheet", len(files))
		}
		if p = s.visit(team, base+files[0], nil); p.body != "%PDF-1.7\nbilan" || p.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(p.Header.Get("Content-Disposition"), "bilan.pdf") {
			t.Errorf("the file: %s %v", p.Status, p.Header)
		}
		other, ob := s.signIn("voisine@exemple.fr", policy.Team, "region", "53")
		if p = s.visit(other, ob+files[0], nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("another region opens it: %s", p.Status)
		}
		if p = s.visit(anyone, ab+files[0], nil); p.body == "%PDF-1.7\nbilan" {
			t.Error("anyone opens it")
		}
		if p = s.visit(anyone, ab+"/actions/"+x.ID, nil); strings.Contains(p.body, "/point/pieces/") || strings.Contains(p.text("#suivi"), "bilan.pdf") {
			t.Error("anyone is told of the file")
		}
	})
}

// Nobody says any more where an action stands once it is withdrawn or the round is closed;
// what was typed stays on the page, by the link and with an account.
func TestAnUpdateOfAnActionThatIsWithdrawn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		x := s.retainedHedges("haies-a", 901)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		link, round := s.asked(team, base)
		asks, err := followup.Asks(t.Context(), d, round)
		if err != nil || len(asks) != 1 {
			t.Fatal(asks, err)
		}
		anyone, ab := s.browser()
		form, own := ab+link+"/"+asks[0].ID, base+"/actions/"+x.ID+"/point"
		said := url.Values{"do": {"say"}, "seen": {"0"}, "day": {s.cops.Now().UTC().Format("2006-01-02")}, "progress": {"40"}, "blocked": {"Plus un seul plant"}, "said_by": {"Anne Porteuse"}}
		if _, err := d.Exec(t.Context(), `UPDATE action SET state = 'withdrawn', body = REPLACE(body, '"state":"retained"', '"state":"withdrawn"') WHERE id = $1`, x.ID); err != nil {
			t.Fatal(err)
		}
		kept := func(what string, p page, words ...string) {
			t.Helper()
			if p.StatusCode != http.StatusConflict || !strings.Contains(p.text("main"), "Plus rien ne s’enregistre ici") {
				t.Errorf("%s: %s %s", what, p.Status, p.text("main"))
			}
			for _, w := range words {
				if !strings.Contains(p.text("#ecrit"), w) {
					t.Errorf("%s: %q is lost: %s", what, w, p.text("#ecrit"))
				}
			}
			checkPage(t, what, p)
		}
		kept("by the link", s.visit(anyone, form, said), "Plus un seul plant", "40", "Anne Porteuse")
		kept("with an account", s.visit(team, own, said), "Plus un seul plant", "40", "Anne Porteuse")
		p := s.visit(team, own, nil)
		if p.StatusCode != http.StatusOK || len(p.attr("#point", "id")) != 0 || len(p.attr("#ecrit", "id")) != 0 {
			t.Errorf("a form where nothing is kept: %s", p.Status)
		}
		if all, err := followup.Of(t.Context(), d, x.ID); err != nil || len(all) != 0 {
			t.Errorf("%+v %v", all, err)
		}
		if _, err := d.Exec(t.Context(), `UPDATE action SET state = 'retained', body = REPLACE(body, '"state":"withdrawn"', '"state":"retained"') WHERE id = $1`, x.ID); err != nil {
			t.Fatal(err)
		}
		var rev int64
		if err := d.QueryRow(t.Context(), `SELECT rev FROM followup_round WHERE id = $1`, round).Scan(&rev); err != nil {
			t.Fatal(err)
		}
		if _, err := s.follow.FollowUp.CloseRound(t.Context(), policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: s.copOf("44").ID}}}, round, rev); err != nil {
			t.Fatal(err)
		}
		kept("after the round", s.visit(anyone, form, said), "Plus un seul plant", "40")
		kept("the right person, after the round", s.visit(anyone, form, url.Values{"do": {"refuse"}, "reason": {"Voir Bruno"}}), "Voir Bruno")
	})
}

package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/mail"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// retainedHedges is an action that both heads retained, whose contact is Anne.
func (s *site) retainedHedges(id string, seq int64) action.Action {
	s.t.Helper()
	c, err := cop.OfRegion(s.t.Context(), s.d, "44")
	if err != nil {
		s.t.Fatal(err)
	}
	kg, km, now := panorama.Kg(1_000_000), 100.0, s.cops.Now()
	x := action.Action{ID: id, Rev: 1, COP: c.ID, Cycle: c.Cycle, Region: c.Region, Seq: seq, Kind: action.Sectoral, State: action.Retained, Title: "Planter des haies, " + id, Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "region:44"}},
		Holder: action.Party{Name: "Chambre d’agriculture"}, Contact: "Anne Porteuse", Email: "anne@exemple.fr", Status: "going", RetainedOn: "2025-06-01", At: now, Changed: now,
		Impacts: []action.Impact{{Lever: "gestion-haies", Class: action.Quantified, Quantity: &km, Unit: "km", Factor: 100, Kg: &kg}}}
	if err := db.Tx(s.t.Context(), s.d, func(ctx context.Context, tx db.Q) error {
		return action.InsertAll(ctx, tx, "", "", []action.Action{x})
	}); err != nil {
		s.t.Fatal(err)
	}
	return x
}

// The team opens a round in a page; a holder answers from the link of the mail, without
// an account, and corrects; the sheet of the action says it to anyone.
func TestARoundGoesFromTheDeskToTheSheet(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		x := s.retainedHedges("haies-a", 901)
		s.retainedHedges("haies-b", 902)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		desk := base + "/regions/grand-est/bureau/suivi"
		p := s.visit(team, desk, nil)
		if p.StatusCode != http.StatusOK || !strings.Contains(p.text("main"), "Aucun tour n’a encore eu lieu") || !strings.Contains(p.text("#fraicheur"), "Planter des haies, haies-a") {
			t.Fatalf("the desk: %s %s", p.Status, p.text("main"))
		}
		p = s.visit(team, desk, url.Values{"name": {""}, "period": {"2026-01-01"}, "closes_on": {"2030-01-01"}, "days": {"7"}, "note": {"Un mot gardé"}})
		if p.StatusCode != http.StatusBadRequest && p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Un mot gardé") {
			t.Errorf("a round without a name: %s", p.Status)
		}
		p = s.visit(team, desk, url.Values{"name": {"Printemps"}, "period": {"2020-01-01"}, "closes_on": {"2031-01-01"}, "days": {"7"}})
		if p.StatusCode != http.StatusOK || !strings.Contains(p.text("#ouvrir"), "2 actions seront demandées à 1 contact") {
			t.Fatalf("a round is prepared: %s %s", p.Status, p.text("main"))
		}
		round := p.Request.URL.Path
		if p = s.visit(team, base+round, url.Values{"do": {"open"}, "rev": {formRev(p)}}); p.StatusCode != http.StatusOK {
			t.Fatalf("opened: %s %s", p.Status, p.text("main"))
		}
		if err := s.follow.FollowUp.Ask(t.Context(), round[strings.LastIndex(round, "/")+1:]); err != nil {
			t.Fatal(err)
		}
		var id string
		if err := s.d.QueryRow(t.Context(), `SELECT id FROM mail_outbox WHERE to_email = $1`, "anne@exemple.fr").Scan(&id); err != nil {
			t.Fatal(err)
		}
		m, err := mail.Find(t.Context(), s.d, id)
		if err != nil {
			t.Fatal(err)
		}
		link := ""
		for _, b := range m.Letter.Blocks {
			if strings.Contains(b.URL, "/point/") {
				link = base + b.URL[strings.Index(b.URL, "/point/"):]
			}
		}
		anyone, _ := s.browser()
		p = s.visit(anyone, link, nil)
		if p.StatusCode != http.StatusOK || !strings.Contains(p.text("#actions"), "haies-b") || p.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("the link: %s %s", p.Status, p.text("main"))
		}
		asks, err := followup.Asks(t.Context(), s.d, round[strings.LastIndex(round, "/")+1:])
		if err != nil || len(asks) != 2 {
			t.Fatal(asks, err)
		}
		form := link + "/" + asks[0].ID
		if p = s.visit(anyone, form, nil); !strings.Contains(p.body, `name="quantity-gestion-haies"`) || !strings.Contains(p.body, "L’action prévoit 100") {
			t.Fatalf("the form: %s %s", p.Status, p.text("main"))
		}
		said := url.Values{"do": {"say"}, "seen": {"0"}, "progress": {"40"}, "status": {"going"}, "quantity-gestion-haies": {"140"}, "quantity-gestion-haies-unit": {"km"}, "quantity-gestion-haies-class": {"declared"}, "blocked": {"Plants trop rares <b>"}, "next": {"Commander"}, "said_by": {"Anne"}}
		if p = s.visit(anyone, form, said); p.StatusCode == http.StatusOK || !strings.Contains(p.body, `name="confirm"`) || !strings.Contains(p.body, "Plants trop rares &lt;b&gt;") {
			t.Errorf("more than planned is not asked again: %s", p.Status)
		}
		said.Set("quantity-gestion-haies", "quarante")
		if p = s.visit(anyone, form, said); p.StatusCode == http.StatusOK || !strings.Contains(p.body, "quarante") {
			t.Errorf("words for a number: %s", p.Status)
		}
		said.Set("quantity-gestion-haies", "40")
		if p = s.visit(anyone, form, said); p.StatusCode != http.StatusOK || !strings.Contains(p.text("main"), "Merci, c’est enregistré") {
			t.Fatalf("said: %s %s", p.Status, p.text("main"))
		}
		if p = s.visit(team, base+"/actions/"+x.ID+"/point", url.Values{"do": {"say"}, "seen": {"1"}, "day": {s.cops.Now().UTC().Format("2006-01-02")}, "progress": {"45"}}); p.StatusCode != http.StatusOK {
			t.Fatalf("the team says: %s %s", p.Status, p.text("main"))
		}
		said.Set("seen", "1")
		said.Set("progress", "60")
		if p = s.visit(anyone, form, said); p.StatusCode != http.StatusConflict || !strings.Contains(p.text("#deux-versions"), "45") || !strings.Contains(p.text("#deux-versions"), "60") {
			t.Errorf("the team wrote meanwhile: %s %s", p.Status, p.text("main"))
		}
		said.Set("seen", "2")
		if p = s.visit(anyone, form, said); p.StatusCode != http.StatusOK {
			t.Errorf("a correction: %s", p.Status)
		}
		p = s.visit(anyone, base+"/actions/"+x.ID, nil)
		if got := p.text("#suivi"); !strings.Contains(got, "60") || !strings.Contains(got, "déclaré") || strings.Contains(got, "Anne") {
			t.Errorf("the sheet: %s", got)
		}
		if p = s.visit(team, base+round, nil); !strings.Contains(p.text("#reponses"), "1 réponse sur") {
			t.Errorf("the round: %s", p.text("main"))
		}
		if p = s.visit(anyone, base+"/point/"+strings.Repeat("B", 32), nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("a forged link: %s", p.Status)
		}
		if p = s.visit(anyone, link+"/"+asks[1].ID, url.Values{"do": {"refuse"}, "reason": {"Voir Bruno"}}); p.StatusCode != http.StatusOK || !strings.Contains(p.text("main"), "C’est noté") {
			t.Errorf("refused: %s %s", p.Status, p.text("main"))
		}
	})
}

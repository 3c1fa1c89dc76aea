package web_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

// What is known of a part is said at its head, and of a row beside it, with its
// source; a rating that it offers is not given by it.
func TestWhatIsKnownIsShownBesideWhatIsAsked(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.campaign()
		s.survey.Sources = []survey.Source{func(context.Context, db.Q, survey.Response, questionnaire.Form) ([]survey.Hint, error) {
			return []survey.Hint{
				{Key: "velo", Text: "Repère pour 2030\u00a0: 2,65 kt de moins.", Source: "panorama des leviers", Class: "computed", Link: "/chiffres/panorama"},
				{Key: "velo-garage.mobilisation", Value: "engage", Text: "Projet financé en 2023\u00a0: un garage.", Source: "Fonds vert", Class: "provider"},
			}, nil
		}}
		link := s.response("r1", "epci-1", "CC du Pays de Wissembourg")
		c, base := s.browser()
		s.visit(c, base+link, url.Values{"nom": {"Camille"}, "mel": {"camille@exemple.fr"}})
		p := s.visit(c, base+"/reponses/r1/velo", nil)
		checkPage(t, "a part", p)
		hints := p.texts(".answer-hint")
		if len(hints) != 2 || !strings.Contains(hints[0], "2,65 kt de moins") || !strings.Contains(hints[0], "panorama des leviers") || !strings.Contains(hints[1], "un garage") {
			t.Errorf("%q", hints)
		}
		if n := p.attr(".answer-hint a", "href"); len(n) != 1 || n[0] != "/chiffres/panorama" {
			t.Errorf("links: %v", n)
		}
		for _, v := range p.attr(".answer-row input[checked]", "value") {
			if v != "" {
				t.Errorf("rated for them: %q", v)
			}
		}
		p.has(".answer-hint button", "Compter comme « engagé »")
	})
}

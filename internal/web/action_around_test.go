package web_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// The page of a lever lists the actions that anyone reads of it, and the page of who
// wrote, holds or answers for an action lists it with what waits for them.
func TestActionsAreFoundFromLeversAndByThoseTheyAreOf(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		s := newSite(t, d)
		s.seedOrganisations()
		c, err := cop.OfRegion(ctx, d, "44")
		if err != nil {
			t.Fatal(err)
		}
		team := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
		x := s.retained("Planter des haies", "gestion-haies", "2026", "km", 12, "region:44")
		if _, err := s.register.Add(ctx, d, team, c, action.Action{Kind: action.Sectoral, Title: "Une haie secrète", Levers: []string{"gestion-haies"}}); err != nil {
			t.Fatal(err)
		}
		lever := s.get("/leviers/gestion-haies")
		checkPage(t, "lever", lever)
		if !strings.Contains(lever.text("#actions"), "1 action retenue ou en débat sert ce levier") || !strings.Contains(lever.body, `href="/actions/`+x.ID+`"`) || !strings.Contains(lever.body, "/regions/grand-est/actions?levier=gestion-haies") || strings.Contains(lever.body, "secrète") {
			t.Errorf("the lever: %s", lever.text("#actions"))
		}
		if p := s.get("/leviers/covoiturage"); strings.Contains(p.body, "Les actions des COP qui servent") {
			t.Error("a lever without action shows an empty section")
		}
		for path, want := range map[string]string{"/mesures": "/aides", "/aides": "/mesures", "/regions/grand-est/actions": "/aides?lieu=region:44", "/actions/" + x.ID: "/leviers/gestion-haies/mesures?region=grand-est"} {
			p := s.get(path)
			if !strings.Contains(p.text("nav"), "Mesures et aides") && !strings.Contains(p.body, ">Mesures et aides</a>") {
				t.Errorf("%s: the menu does not lead to what helps", path)
			}
			if !strings.Contains(p.text("main")+p.body, `href="`+want) {
				t.Errorf("%s does not lead to %s", path, want)
			}
		}

		// Who belongs to its holder, who wrote one, who is its contact, and who is none.
		x.Holder, x.Email, x.Contact, x.Tasks = action.Party{Org: strasbourg, Name: "Eurométropole"}, "Contact@Exemple.fr", "Mme Muller", []action.Task{{ID: "1", Title: "Choisir", Due: "2020-01"}}
		if x, err = s.register.Save(ctx, d, team, x, "porteur"); err != nil {
			t.Fatal(err)
		}
		writer, base := s.signIn("epci@exemple.fr", policy.Writer, "organisation", strasbourg)
		mine := s.proposed(writer, base, "", url.Values{"title": {"Former les élus au covoiturage"}, "lever": {"covoiturage"}})
		p := s.visit(writer, base+"/mon-espace", nil)
		checkPage(t, "own", p)
		if got := p.text("#actions"); !strings.Contains(got, "Former les élus au covoiturage") || !strings.Contains(got, "Remplir l’auto-évaluation") || !strings.Contains(p.body, "/actions/"+x.ID) || strings.Contains(got, "secrète") {
			t.Errorf("own page: %s", got)
		}
		contact, base := s.signIn("contact@exemple.fr", policy.Expert, "region", "53")
		p = s.visit(contact, base+"/mon-espace", nil)
		if !strings.Contains(p.body, "/actions/"+x.ID) || strings.Contains(p.body, "/actions/"+mine.ID) {
			t.Errorf("the contact reads %s", p.text("main"))
		}
		member, base := s.signIn("equipe@grandest.example", policy.Team, "region", "44")
		if p = s.visit(member, base+"/mon-espace", nil); strings.Contains(p.body, "Mes actions") {
			t.Errorf("who has none reads %s", p.text("main"))
		}
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			return s.register.EraseAddress(ctx, tx, "contact@exemple.fr")
		}); err != nil {
			t.Fatal(err)
		}
		if p = s.visit(contact, base+"/mon-espace", nil); strings.Contains(p.body, "/actions/"+x.ID) {
			t.Error("an address that was erased still leads to its actions")
		}
	})
}

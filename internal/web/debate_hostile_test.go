package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
	"jalon/internal/testkit"
	"jalon/internal/web"
)

// Nothing of what waits, was refused, hidden or taken back, nor of what is said of it,
// is on any page, file, frame or fragment that anyone may read, nor under the address
// of another region or for its team.
func TestNothingUnreadOfTheDebateIsRead(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		anyone, base := s.browser()
		const secret = "OCELOT"
		form := base + contributionsOf + "/nouvelle"
		turn := func(p debate.Post, to debate.PostState) debate.Post {
			t.Helper()
			if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) (err error) {
				p, err = s.debate.Shared.Turn(ctx, tx, policy.Actor{Person: "modo"}, p, to, "")
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return p
		}
		left := func(title string) debate.Post {
			t.Helper()
			v := contributed(title, title+" Ouvrir des pistes pour les vélos entre Strasbourg et les villages du Kochersberg.")
			v.Set("vu", "1")
			s.visit(anyone, form, v)
			return s.posted(title)
		}
		read := s.publish(left("Des pistes lues"))
		ids := map[string]string{}
		for _, to := range []debate.PostState{debate.PostUnconfirmed, debate.PostWaiting, debate.PostRefused, debate.PostHidden, debate.PostWithdrawn} {
			p := left(secret + " " + string(to))
			switch to {
			case debate.PostUnconfirmed:
			case debate.PostHidden, debate.PostWithdrawn:
				p = turn(s.publish(p), to)
			default:
				p = turn(p, to)
			}
			ids[string(to)] = p.ID
		}
		s.visit(anyone, base+contributionsOf+"/"+read.ID+"/commentaires", url.Values{"commentaire": {secret + " en attente"}, "signature": {secret}, "courriel": {"anne@exemple.fr"}})
		paths := []string{contributionsOf + "?q=ocelot", contributionsOf + "?q=v%C3%A9los", contributionsOf + "?tri=soutiens", contributionsOf + ".csv", contributionsOf + ".json", contributionsOf + "/" + read.ID, contributionsOf + "/themes",
			"/integrer/regions/grand-est/debat", "/integrer/regions/grand-est/contributions", "/regions/grand-est/debat", "/regions/grand-est/lettre"}
		for _, rt := range web.Routes() {
			if rt.Method == http.MethodGet && !rt.SignIn && rt.Sample != "" {
				paths = append(paths, rt.Sample)
			}
		}
		id, err := s.debate.Shared.IDs.New()
		if err != nil {
			t.Fatal(err)
		}
		for _, post := range append([]string{id}, ids["unconfirmed"], ids["waiting"], ids["refused"], ids["hidden"], ids["withdrawn"]) {
			for _, region := range []string{"grand-est", "bretagne"} {
				at := "/regions/" + region + "/contributions/" + post
				paths = append(paths, at, at+"/signaler", at+"/fichiers/1")
			}
			paths = append(paths, "/signaler/"+post, "/suivre?cop="+read.COP+"&sorte=contribution&objet="+post)
		}
		other, there := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		desk := []string{"/regions/grand-est/bureau/moderation", "/regions/bretagne/bureau/moderation"}
		for _, post := range ids {
			for _, region := range []string{"grand-est", "bretagne"} {
				desk = append(desk, "/regions/"+region+"/bureau/moderation/textes/"+post, "/regions/"+region+"/bureau/contributions/"+post)
			}
		}
		for _, path := range paths {
			if p := s.get(path); strings.Contains(strings.ReplaceAll(p.body, "?q=ocelot", ""), secret) || p.StatusCode >= 500 {
				t.Errorf("anyone reads %s: %s", path, p.Status)
			}
		}
		for _, path := range append(paths, desk...) {
			if p := s.visit(other, there+path, nil); strings.Contains(p.body, secret) || p.StatusCode >= 500 {
				t.Errorf("the team of another region reads %s: %s", path, p.Status)
			}
		}
		if p := s.visit(anyone, base+contributionsOf+"/proches", url.Values{"titre": {"Pistes vélos"}, "texte": {"Ouvrir des pistes pour les vélos entre Strasbourg et les villages du Kochersberg."}}); strings.Contains(p.body, secret) || !strings.Contains(p.body, "Des pistes lues") {
			t.Errorf("near texts: %s", p.body)
		}
		// What is sent under the address of another region, or by its team, changes nothing.
		for _, post := range ids {
			for path, sent := range map[string]url.Values{
				"/regions/bretagne/bureau/moderation/textes/" + post:    {"rev": {"2"}, "do": {"publish"}},
				"/regions/grand-est/bureau/moderation/textes/" + post:   {"rev": {"2"}, "do": {"publish"}},
				"/regions/bretagne/bureau/contributions/" + post:        {"rev": {"1"}, "do": {"answer"}, "answer-verdict": {"retenue"}, "reason": {"Une raison assez longue."}},
				"/regions/bretagne/contributions/" + post + "/soutenir": {"courriel": {"x@exemple.fr"}},
			} {
				if p := s.visit(other, there+path, sent); p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusForbidden {
					t.Errorf("%s: %s", path, p.Status)
				}
			}
		}
		for state, post := range ids {
			if p, err := debate.FindPost(t.Context(), d, post); err != nil || string(p.State) != state {
				t.Errorf("%s became %s, %v", state, p.State, err)
			}
		}
	})
}

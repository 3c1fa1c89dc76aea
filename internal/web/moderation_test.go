package web_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/moderation"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// left is a contribution that waits for a moderator.
func (s *site) left(copID, code, title, text string) debate.Post {
	s.t.Helper()
	ctx := s.t.Context()
	c, err := cop.Find(ctx, s.d, copID)
	if err != nil {
		s.t.Fatal(err)
	}
	email := "voix" + strconv.FormatInt(s.count("debate_post"), 10) + "@exemple.fr"
	var v debate.Voice
	err = db.Tx(ctx, s.d, func(ctx context.Context, tx db.Q) error {
		if v, _, err = s.debate.Shared.Speak(ctx, tx, policy.Actor{}, c, debate.Speaker{Email: email, Name: "Anne"}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE debate_voice SET state = 'confirmed' WHERE id = $1`, v.ID)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	p, _, err := s.debate.Shared.Deposit(ctx, policy.Actor{}, c, debate.Post{Kind: debate.Contribution, Title: title, Text: text, Speaker: debate.Person, Signed: "Anne", Theme: "se-deplacer", Territory: "region:" + code}, debate.Speaker{Voice: v.ID}, "votre contribution",
		func(ctx context.Context, tx db.Q, p debate.Post, _ debate.Voice) error {
			_, err := db.Insert(ctx, tx, "contribution", strings.Fields("post_id cop_id seq changed_at stems study merged_into orgs marks consent_at"), [][]any{{p.ID, p.COP, int64(1), s.now.UnixMilli(), "", "", "", "", "", s.now.UnixMilli()}}, "")
			return err
		})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// contributed is a contribution that a moderator published.
func (s *site) contributed(copID, code, title string) debate.Post {
	s.t.Helper()
	p := s.left(copID, code, title, "Un texte qui dit ce que l’on propose.")
	p, err := s.debate.Moderation.Decide(s.t.Context(), policy.Actor{Person: "fixture", Grants: []policy.Grant{{Role: policy.Team, COP: copID}}}, p.ID, p.Rev, moderation.Decision{Verb: moderation.Publish})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

const moderated = "/regions/grand-est/bureau/moderation"

// A moderator reads the queue in the morning, publishes one, refuses several at once,
// masks a telephone, and is told what a colleague did meanwhile.
func TestAMorningOfModeration(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		id := cop.RegionID(cop.First, "44")
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		s.visit(team, base+moderated, nil).has("h1", "rien n’attend les modérateurs")
		var all []debate.Post
		for i := range 4 {
			all = append(all, s.left(id, "44", "Titre "+strconv.Itoa(i+1), "Achetez ma voiture, appelez le 06 12 34 56 78 <script>alert(1)</script>"))
		}
		s.now = s.now.Add(9 * 24 * time.Hour)
		p := s.visit(team, base+moderated, nil)
		p.has("h1", "4 textes attendent au-delà du délai annoncé")
		p.has(".act mark", "06 12 34 56 78")
		p.has(".act strong", "en retard sur le délai annoncé")
		if strings.Contains(p.body, "<script>alert") {
			t.Error("a text acts on the page")
		}
		pick := func(n int) string { return all[n].ID + ":1" }
		if p = s.visit(team, base+moderated, url.Values{"publish": {pick(0)}}); p.StatusCode != http.StatusOK {
			t.Error(p.Status)
		}
		p = s.visit(team, base+moderated, url.Values{"post": {pick(1), pick(2)}, "verb": {"refuse"}, "note": {"Pas ici."}})
		p.has(".fr-error-text", "Choisissez la raison")
		if p.StatusCode != http.StatusBadRequest || p.text("#note") != "Pas ici." || len(p.attr("input[name=post][checked]", "value")) != 2 {
			t.Errorf("%s: the form was not given back", p.Status)
		}
		// A colleague comes first on one of two.
		other, _ := s.signIn("collegue@exemple.fr", policy.Team, "region", "44")
		s.visit(other, base+moderated, url.Values{"publish": {pick(1)}})
		p = s.visit(team, base+moderated, url.Values{"post": {pick(1), pick(2)}, "verb": {"refuse"}, "reason": {"publicite"}})
		p.has(".fr-alert", "1 texte traité")
		p.has(".fr-alert", "Publié par")
		if p.StatusCode != http.StatusConflict {
			t.Error(p.Status)
		}
		one := base + moderated + "/textes/" + all[3].ID
		s.visit(team, one, nil).has("#decider", "06 12 34 56 78")
		p = s.visit(team, one, url.Values{"rev": {"1"}, "do": {"publish"}, "passages": {"absent"}, "note": {"Bonjour."}})
		p.has(".fr-error-text", "n’est pas dans le texte")
		if p.text("#note") != "Bonjour." {
			t.Error("the note was lost")
		}
		s.visit(team, one, url.Values{"rev": {"1"}, "do": {"publish"}, "mask": {"06 12 34 56 78"}})
		s.visit(team, one, nil).has("#histoire", "1 passage masqué")
		p = s.visit(other, one, url.Values{"rev": {"1"}, "do": {"refuse"}, "reason": {"illicite"}})
		p.has(".fr-alert", "Quelqu’un a traité ce texte avant vous")
		if p.StatusCode != http.StatusConflict {
			t.Error(p.Status)
		}
		for _, list := range []string{"masques", "signales", "recours", "refuses", "traites"} {
			if p := s.visit(team, base+moderated+"?liste="+list, nil); p.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", list, p.Status)
			}
		}
		s.get("/regions/grand-est/contributions/regles").has("h1", "lu en 7 jours")
		p = s.get("/regions/grand-est/contributions/moderation")
		p.has("h1", "4 textes lus, 3 publiés")
		p.has("#mois .notes", "moins de 5 textes lus")
		if body := s.get("/regions/grand-est/contributions/moderation.csv").body; !strings.Contains(body, "Publicité") {
			t.Error(body)
		}
		p = s.visit(team, base+moderated+"/reglages", url.Values{"rev": {"0"}, "days": {"99"}, "reports": {"3"}})
		p.has(".fr-error-text", "de 1 à 60")
		s.visit(team, base+moderated+"/reglages", url.Values{"rev": {"0"}, "days": {"3"}, "reports": {"2"}}).has(".fr-alert", "enregistré")
		s.get("/regions/grand-est/contributions/regles").has("h1", "lu en 3 jours")

		// The author of the refused one appeals; who refused leaves it to another.
		acts, err := moderation.ActsOn(t.Context(), d, all[2].ID)
		if err != nil || len(acts) != 1 {
			t.Fatal(acts, err)
		}
		path := s.debate.Moderation.AppealPath(acts[0].ID)
		author := &http.Client{Jar: must(cookiejar.New(nil))}
		p = s.visit(author, base+path, url.Values{"text": {""}})
		p.has(".fr-error-text", "une phrase suffit")
		s.visit(author, base+path, url.Values{"text": {"Ce n’est pas une publicité."}}).has("h1", "attend une réponse")
		var appeal string
		if err := d.QueryRow(t.Context(), `SELECT id FROM moderation_appeal`).Scan(&appeal); err != nil {
			t.Fatal(err)
		}
		at := base + moderated + "/recours/" + appeal
		s.visit(team, at, nil).has(".fr-alert", "Une autre personne tranche")
		p = s.visit(other, at, url.Values{"rev": {"1"}, "do": {"publish"}, "note": {""}})
		p.has(".fr-error-text", "définitive")
		s.visit(other, at, url.Values{"rev": {"1"}, "do": {"publish"}, "note": {"C’est une proposition."}}).has("h1", "publié après recours")
		s.visit(author, base+path, nil).has("h1", "le texte est publié")

		// Two readers report it: it is hidden until somebody looks.
		report := "/regions/grand-est/contributions/" + all[0].ID + "/signaler"
		s.visit(author, base+report, nil).has("h1", "Signaler une contribution")
		s.visit(author, base+report, url.Values{"note": {"x"}}).has(".fr-error-text", "Choisissez ce qui pose problème")
		s.visit(author, base+report, url.Values{"reason": {"publicite"}, "site": {"http://robot"}}).has("h1", "Merci")
		if n := s.count("moderation_report"); n != 0 {
			t.Errorf("%d reports by a robot", n)
		}
		s.visit(author, base+report, url.Values{"reason": {"publicite"}, "email": {"lecteur@exemple.fr"}}).has("h1", "Merci")
		p = s.visit(team, base+"/signaler/"+all[0].ID, url.Values{"reason": {"publicite"}})
		p.has("h1", "Merci")
		s.visit(team, base+moderated+"?liste=masques", nil).has(".act", "2 lecteurs")
		if p := s.visit(author, base+report, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("a hidden text is read to be reported: %s", p.Status)
		}
	})
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

const studied = "/regions/grand-est/bureau/contributions"

// A team gives contributions, an expert advises, the team answers, merges and cuts; the
// second writer reads both versions.
func TestContributionsAreStudiedAndAnswered(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		id := cop.RegionID(cop.First, "44")
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		expert, _ := s.signIn("experte@exemple.fr", policy.Expert, "region", "44")
		s.visit(team, base+studied, nil).has("h1", "aucune contribution n’est encore publiée")
		a, b := s.contributed(id, "44", "Des trains la nuit"), s.contributed(id, "44", "Un train de nuit")
		p := s.visit(team, base+studied, nil)
		p.has("h1", "0 contribution sur 2 a sa réponse")
		p.has("#contributions th", "Des trains la nuit")
		who, err := s.accounts.Appoint(t.Context(), "experte@exemple.fr", "", policy.Expert, "region", "44", "")
		if err != nil {
			t.Fatal(err)
		}
		p = s.visit(team, base+studied, url.Values{"post": {a.ID + ":1"}})
		p.has(".fr-error-text", "à qui les attribuer")
		s.visit(team, base+studied, url.Values{"post": {a.ID + ":1", b.ID + ":1"}, "person": {who.Account}, "due": {"2026-04-01"}}).has(".fr-alert", "enregistré")
		p = s.visit(team, base+studied, url.Values{"post": {a.ID + ":1"}, "person": {who.Account}})
		p.has(".fr-alert", "0 contribution attribuée")
		if p.StatusCode != http.StatusConflict {
			t.Error(p.Status)
		}
		s.visit(expert, base+studied+"?a=moi", nil).has("#contributions th", "Un train de nuit")
		one := base + studied + "/" + a.ID
		p = s.visit(expert, one, nil)
		if strings.Contains(p.body, "Publier la réponse") {
			t.Error("an expert is offered to answer")
		}
		why := "La Région le prévoit dans son plan, avec un financement."
		p = s.visit(expert, one, url.Values{"rev": {"2"}, "do": {"advise"}, "verdict": {"partly"}, "text": {"Non."}})
		p.has(".fr-error-text", "une phrase au moins")
		s.visit(expert, one, url.Values{"rev": {"2"}, "do": {"advise"}, "verdict": {"partly"}, "text": {why}}).has("#avis-1", why)
		if p := s.visit(expert, one, url.Values{"rev": {"3"}, "do": {"answer"}, "answer-verdict": {"retained"}, "reason": {why}}); p.StatusCode != http.StatusForbidden {
			t.Errorf("an expert answers: %s", p.Status)
		}
		s.visit(team, one, url.Values{"rev": {"3"}, "do": {"answer"}, "answer-verdict": {"retained"}, "reason": {why}}).has("#reponse", why)
		p = s.visit(team, one, url.Values{"rev": {"3"}, "do": {"answer"}, "answer-verdict": {"not-retained"}, "reason": {"Une autre réponse, écrite en même temps."}})
		p.has("#deux-versions td", "Une autre réponse, écrite en même temps.")
		if p.StatusCode != http.StatusConflict || p.text("#reason") != "Une autre réponse, écrite en même temps." {
			t.Errorf("%s", p.Status)
		}
		s.visit(team, base+studied, nil).has("h1", "1 contribution sur 2 a sa réponse")
		s.get("/regions/grand-est/contributions/"+a.ID).has("main", why)
		two := base + studied + "/" + b.ID
		s.visit(team, two, url.Values{"rev": {"2"}, "do": {"merge"}, "into": {"nulle part"}, "why-merge": {why}}).has(".fr-error-text", "vérifiez son adresse")
		s.visit(team, two, url.Values{"rev": {"2"}, "do": {"merge"}, "into": {base + "/regions/grand-est/contributions/" + a.ID + "?x=1"}, "why-merge": {why}}).has("#liens td", "lue avec celle-là")
		s.visit(team, one, nil).has("#liens td", "lue avec celle-ci")
		s.visit(team, two, url.Values{"rev": {"3"}, "do": {"unmerge"}, "why-unmerge": {why}}).has("#liens td", "jusqu’au")
		p = s.visit(team, two, url.Values{"rev": {"4"}, "do": {"cut"}, "title-1": {"Un"}, "text-1": {"Un texte."}, "why-split": {why}})
		p.has(".fr-error-text", "deux contributions au moins")
		s.visit(team, two, url.Values{"rev": {"4"}, "do": {"cut"}, "title-1": {"Un"}, "text-1": {"Un texte."}, "title-2": {"Deux"}, "text-2": {"Un autre."}, "why-split": {why}}).has("#liens td", "issue de celle-ci")
		if x, err := contribution.FindInstruction(t.Context(), d, b.ID); err != nil || x.State != contribution.Split {
			t.Errorf("%+v %v", x, err)
		}
		away, other := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		for _, path := range []string{studied, studied + "/" + a.ID, moderated, moderated + "/textes/" + a.ID} {
			if p := s.visit(away, other+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s from another region: %s", path, p.Status)
			}
		}
	})
}

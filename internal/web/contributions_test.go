package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
	"jalon/internal/testkit"
	"jalon/internal/web/shell"
)

const contributionsOf = "/regions/grand-est/contributions"

func contributed(title, text string) url.Values {
	return url.Values{"titre": {title}, "texte": {text}, "theme": {"se-deplacer"}, "lieu": {"Strasbourg"}, "parole": {"personne"}, "nom": {"Anne Martin"}, "signer": {"nom"}, "courriel": {"anne@exemple.fr"}, "accord": {"oui"}, "do": {"deposer"}}
}

// posted is the last post with a title.
func (s *site) posted(title string) debate.Post {
	s.t.Helper()
	p, err := debate.ScanPost(s.d.QueryRow(s.t.Context(), `SELECT `+debate.PostColumns+` FROM debate_post p WHERE p.title = $1 ORDER BY p.id DESC LIMIT 1`, title))
	if err != nil {
		s.t.Fatal(title, err)
	}
	return p
}

// publish has a moderator publish a post.
func (s *site) publish(p debate.Post) debate.Post {
	s.t.Helper()
	err := db.Tx(s.t.Context(), s.d, func(ctx context.Context, tx db.Q) (err error) {
		p, err = s.debate.Shared.Turn(ctx, tx, policy.Actor{Person: "modo"}, p, debate.PostPublished, "")
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

var toConfirm = regexp.MustCompile(`/voix/confirmer/([0-9a-f]+)`)

// confirm follows the link that an address got last, as the page of voices does.
func (s *site) confirm(email string) string {
	s.t.Helper()
	token := toConfirm.FindStringSubmatch(s.letter(email))
	if token == nil {
		s.t.Fatalf("no link in the mail to %s", email)
	}
	v, _, err := s.debate.Shared.Confirm(s.t.Context(), token[1])
	if err != nil {
		s.t.Fatal(err)
	}
	return v.ID
}

// A citizen contributes without an account; what is wrong comes back filled; once
// moderated it is read, found, supported and commented.
func TestACitizenContributes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		anyone, base := s.browser()
		form := base + contributionsOf + "/nouvelle"
		p := s.visit(anyone, form, nil)
		checkPage(t, "the form", p)
		const text = "Ouvrir des pistes <script>alert(1)</script> pour les vélos \u202eentre Strasbourg et\u200b les villages."
		for field, wrong := range map[string]string{"titre": "", "texte": strings.Repeat("a", 100_000), "theme": "magie", "levier": "magie", "lieu": "Rennes", "parole": "roi", "accord": "", "courriel": "pas une adresse"} {
			v := contributed("Des pistes", text)
			v.Set(field, wrong)
			p := s.visit(anyone, form, v)
			if len(p.texts("#"+field+"-erreur")) != 1 || p.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %s, %q", field, p.Status, p.texts(".fr-error-text"))
			}
			if field != "titre" && (len(p.attr("#titre", "value")) != 1 || p.attr("#titre", "value")[0] != "Des pistes") {
				t.Errorf("%s: the title is lost", field)
			}
			if field == "texte" && len(p.text("#texte")) != 100_000 {
				t.Errorf("the long text is lost")
			}
			checkPage(t, "wrong "+field, p)
		}
		p = s.visit(anyone, form, contributed("Des pistes", text))
		p.has("h1", "confirmez votre adresse")
		p.has("main", "7 jours")
		checkPage(t, "thanks", p)
		if one := s.get(contributionsOf + "/" + s.posted("Des pistes").ID); one.StatusCode != http.StatusNotFound {
			t.Errorf("read by anyone before it is published: %s", one.Status)
		}
		s.confirm("anne@exemple.fr")
		post := s.publish(s.posted("Des pistes"))
		here := contributionsOf + "/" + post.ID
		p = s.get(here)
		p.has("#texte-contribution", "Ouvrir des pistes <script>alert(1)</script> pour les vélos entre Strasbourg et les villages.")
		p.has("#suite", "Publiée")
		if strings.Contains(p.body, "<script>alert") || strings.Contains(p.body, "\u202e") {
			t.Error("a script, or a mark that turns the text, went through")
		}
		checkPage(t, "a contribution", p)
		p = s.get(contributionsOf + "?q=v%C3%A9lo&lieu=department:67&tri=soutiens")
		p.has("h1", "1 contribution pour cette recherche")
		p.has("#liste h3", "Des pistes")
		p.has("#departements", "Bas-Rhin")
		checkPage(t, "the list", p)
		for _, q := range []string{"theme=magie", "levier=magie", "lieu=lune:1", "suite-donnee=magie", "parole=roi", "tri=hasard", "suite=faux", "q=" + strings.Repeat("a", 400)} {
			if p := s.get(contributionsOf + "?" + q); p.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %s", q, p.Status)
			}
		}
		if p := s.get("/regions/bretagne/contributions/" + post.ID); p.StatusCode != http.StatusNotFound {
			t.Errorf("by another region's address: %s", p.Status)
		}
		// Somebody supports it, confirms the address once, then comments in one click.
		p = s.visit(anyone, base+here+"/soutenir", url.Values{"courriel": {"x"}})
		if p.StatusCode != http.StatusBadRequest || len(p.texts("#soutien-courriel-erreur")) != 1 {
			t.Errorf("a support without an address: %s", p.Status)
		}
		s.visit(anyone, base+here+"/soutenir", url.Values{"courriel": {"leo@exemple.fr"}}).has(".fr-alert", "Confirmez votre adresse")
		voice := s.confirm("leo@exemple.fr")
		if got := s.posted("Des pistes"); got.Supports != 1 {
			t.Errorf("%d supports", got.Supports)
		}
		value, _ := s.debate.Shared.VoiceCookie(voice)
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		anyone.Jar.SetCookies(u, []*http.Cookie{{Name: shell.VoiceCookie, Value: value, Path: "/"}})
		p = s.visit(anyone, base+here, nil)
		p.has("#soutenir", "Vous soutenez cette contribution")
		s.visit(anyone, base+here+"/soutenir", url.Values{"do": {"retirer"}}).has("#soutenir", "aucun soutien")
		s.visit(anyone, base+here+"/soutenir", url.Values{}).has("#soutenir", "1 soutien")
		p = s.visit(anyone, base+here+"/commentaires", url.Values{"commentaire": {""}, "signature": {"Léo"}})
		if p.StatusCode != http.StatusBadRequest || p.attr("#signature", "value")[0] != "Léo" {
			t.Errorf("an empty comment: %s", p.Status)
		}
		s.visit(anyone, base+here+"/commentaires", url.Values{"commentaire": {"Et jusqu’à Kehl\u00a0?"}, "signature": {"Léo"}}).has(".fr-alert", "bien reçu")
		var comment string
		if err := d.QueryRow(t.Context(), `SELECT id FROM debate_post WHERE kind = 'comment'`).Scan(&comment); err != nil {
			t.Fatal(err)
		}
		first, err := debate.FindPost(t.Context(), d, comment)
		if err != nil {
			t.Fatal(err)
		}
		s.publish(first)
		p = s.get(here + "?repondre=" + comment)
		p.has("#commentaires", "Et jusqu’à Kehl ?")
		p.has("#commenter", "Vous répondez à Léo")
		checkPage(t, "a contribution and its comment", p)
	})
}

// What is close to a published one is shown once before it is left; what may be
// personal is shown, and left once its author says so.
func TestWhatIsSettledBeforeAContributionIsLeft(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		anyone, base := s.browser()
		form := base + contributionsOf + "/nouvelle"
		const text = "Ouvrir des pistes pour les vélos entre Strasbourg et les villages du Kochersberg."
		s.visit(anyone, form, contributed("Des pistes cyclables", text))
		s.confirm("anne@exemple.fr")
		s.publish(s.posted("Des pistes cyclables"))

		again := contributed("Pistes pour les vélos", "Il faut des pistes pour les vélos entre Strasbourg et les villages. 06 12 34 56 78.")
		p := s.visit(anyone, form, again)
		p.has("#avant", "Des pistes cyclables")
		p.has("#personnel", "06 12 34 56 78")
		checkPage(t, "what is settled", p)
		again.Set("vu", "1")
		if p = s.visit(anyone, form, again); p.StatusCode != http.StatusBadRequest {
			t.Errorf("personal data, and nothing said of them: %s", p.Status)
		}
		again["su"] = p.attr(`input[name="su"]`, "value")
		// Another number asks again.
		other := url.Values{}
		for k, v := range again {
			other[k] = slices.Clone(v)
		}
		other.Set("texte", again.Get("texte")+" Ou au 06 98 76 54 32.")
		s.visit(anyone, form, other).has("#personnel", "06 98 76 54 32")
		p = s.visit(anyone, base+contributionsOf+"/nouvelle", nil) // another tab: the draft is there
		p.has("#texte", "Il faut des pistes")
		s.visit(anyone, form, again).has("h1", "confirmez votre adresse")
		if got := s.posted("Pistes pour les vélos"); got.State != debate.PostUnconfirmed {
			t.Errorf("left: %+v", got)
		}
		p = s.visit(anyone, base+contributionsOf+"/proches", url.Values{"titre": {"Pistes vélos"}, "texte": {text}})
		p.has("li", "Des pistes cyclables")
		p.has("p", "sur 5 000")
		s.visit(anyone, form, url.Values{"titre": {"à moitié"}, "do": {"brouillon"}}).has(".fr-alert", "Brouillon gardé")
		p = s.visit(anyone, form, nil)
		if v := p.attr("#titre", "value"); v[0] != "à moitié" {
			t.Errorf("the draft holds %q", v)
		}
		checkPage(t, "a draft", p)
		token := p.attr(`input[name="brouillon"]`, "value")
		s.visit(anyone, form, url.Values{"brouillon": token, "do": {"jeter"}})
		if v := s.visit(anyone, form, nil).attr("#titre", "value"); v[0] != "" {
			t.Errorf("thrown away, and there: %q", v)
		}
	})
}

func TestRobotsAndFloodsAreRefused(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		anyone, base := s.browser()
		form := base + contributionsOf + "/nouvelle"
		caught := contributed("Achetez", "Achetez mes produits, ils sont les meilleurs de tous les produits.")
		caught.Set("site", "https://spam.example")
		s.visit(anyone, form, caught).has("h1", "Merci")
		var n int64
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM debate_post`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d kept of a robot, %v", n, err)
		}
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM journal WHERE verb = 'trap'`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d lines in the journal, %v", n, err)
		}
		last := page{}
		for range 40 {
			if last = s.visit(anyone, form, contributed("Encore", "La même chose encore une fois, pour voir ce qui se passe.")); last.StatusCode == http.StatusTooManyRequests {
				break
			}
		}
		if last.StatusCode != http.StatusTooManyRequests || last.attr("#titre", "value")[0] != "Encore" {
			t.Errorf("a flood: %s", last.Status)
		}
		last.has(".fr-alert", "rien n’est perdu")
	})
}

// attached sends the form with files.
func (s *site) attached(c *http.Client, address string, form url.Values, files ...[3]string) page {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, v := range values {
			if err := w.WriteField(name, v); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="fichiers"; filename="` + f[0] + `"`}, "Content-Type": {f[1]}})
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := part.Write([]byte(f[2])); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	res, err := c.Post(address, w.FormDataContentType(), &body)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.read(res)
}

// A file of a wrong type is refused and said; the good one beside it is kept while
// the form comes back, and shows once the contribution is published.
func TestFilesOfAContribution(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		anyone, base := s.browser()
		form := base + contributionsOf + "/nouvelle"
		const pdf = "%PDF-1.4\nun plan\n%%EOF"
		v := contributed("Avec un plan", "Voici un plan des pistes que nous voudrions ouvrir autour de la ville.")
		p := s.attached(anyone, form, v, [3]string{"plan.pdf", "application/pdf", pdf}, [3]string{"faux.pdf", "application/pdf", "MZ\x00\x01 un programme"}, [3]string{"page.html", "text/html", "<script>"})
		if p.StatusCode != http.StatusBadRequest || len(p.texts("#fichiers-erreur")) != 1 {
			t.Errorf("wrong files: %s", p.Status)
		}
		p.has("#garde", "plan.pdf")
		checkPage(t, "a file is kept", p)
		v["garde"] = p.attr(`input[name="garde"]`, "value")
		s.attached(anyone, form, v).has("h1", "confirmez votre adresse")
		s.confirm("anne@exemple.fr")
		file := contributionsOf + "/" + s.posted("Avec un plan").ID + "/fichiers/1"
		if p := s.get(file); p.StatusCode != http.StatusNotFound {
			t.Errorf("before it is published: %s", p.Status)
		}
		s.publish(s.posted("Avec un plan"))
		p = s.get(file)
		if p.StatusCode != http.StatusOK || p.body != pdf || !strings.Contains(p.Header.Get("Content-Disposition"), "attachment") || p.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("the file: %s, %v", p.Status, p.Header)
		}
		v.Set("garde", "un faux")
		v.Set("titre", "Avec un faux jeton")
		s.attached(anyone, form, v)
		var n int64
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM contribution_file`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d files kept, %v", n, err)
		}
	})
}

// What is taken away names organisations and nobody else, and its digest is right.
func TestOpenDataOfContributions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		anyone, base := s.browser()
		form := base + contributionsOf + "/nouvelle"
		s.visit(anyone, form, contributed("=Des pistes", "Ouvrir des pistes pour les vélos autour de la ville de Strasbourg."))
		org := contributed("Des haies", "Planter des haies le long des chemins, avec les agriculteurs du canton.")
		org.Set("parole", "organisme")
		org.Set("organismes", "Chambre d’agriculture")
		s.visit(anyone, form, org)
		for _, title := range []string{"=Des pistes", "Des haies"} {
			s.now = s.now.Add(time.Second)
			s.publish(s.posted(title))
		}
		for _, ext := range []string{"csv", "json"} {
			p := s.get(contributionsOf + "." + ext)
			sum := sha256.Sum256([]byte(p.body))
			digest := hex.EncodeToString(sum[:])
			if beside := s.get(contributionsOf + "." + ext + ".sha256").body; p.StatusCode != http.StatusOK || beside != digest+"  contributions-grand-est."+ext+"\n" || p.Header.Get("ETag") != `"`+digest+`"` {
				t.Errorf("%s: %s, beside it %q", ext, p.Status, beside)
			}
			if strings.Contains(p.body, "Anne") || strings.Contains(p.body, "@") || !strings.Contains(p.body, "Chambre d’agriculture") || !strings.Contains(p.body, "Strasbourg") {
				t.Errorf("%s: %s", ext, p.body)
			}
			if ext == "csv" && strings.Contains(p.body, ";=Des") {
				t.Error("a cell that a spreadsheet would compute")
			}
			var rows int64
			if err := d.QueryRow(t.Context(), `SELECT rows FROM export WHERE what = $1`, "contributions-grand-est."+ext).Scan(&rows); err != nil || rows != 2 {
				t.Errorf("%s: %d rows recorded, %v", ext, rows, err)
			}
		}
		if p := s.get(contributionsOf + "-dictionnaire.csv"); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "suite_donnee") {
			t.Errorf("the codebook: %s", p.Status)
		}
		var got struct {
			Items []struct{ Title, Speaker, Page string }
			Next  *string
		}
		if err := json.Unmarshal([]byte(s.get("/api/v1/contributions/region:44?limit=1").body), &got); err != nil || len(got.Items) != 1 || got.Next == nil || got.Items[0].Title != "=Des pistes" {
			t.Fatalf("the API: %+v, %v", got, err)
		}
		if err := json.Unmarshal([]byte(s.get("/api/v1/contributions/region:44?limit=1&cursor="+url.QueryEscape(*got.Next)).body), &got); err != nil || got.Items[0].Title != "Des haies" || got.Next != nil {
			t.Errorf("its second page: %+v, %v", got, err)
		}
	})
}

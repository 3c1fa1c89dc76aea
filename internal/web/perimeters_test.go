package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

// enter signs a browser in by the operator's link, which works once.
func (s *site) enter(c *http.Client, base string) {
	s.t.Helper()
	link, err := s.desk.Link(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	key := strings.TrimPrefix(link, "/operateur?cle=")
	s.visit(c, base+link, nil) // a scanner of mails follows links: nothing is used up
	p := s.visit(c, base+link, nil)
	p.has("main button", "Me connecter comme opérateur")
	p = s.visit(c, base+"/operateur", url.Values{"cle": {key}})
	p.has("main", "Vous êtes connecté comme opérateur")
	if p := s.visit(&http.Client{}, base+"/operateur", url.Values{"cle": {key}}); p.StatusCode != http.StatusForbidden {
		s.t.Errorf("the link worked twice: %s", p.Status)
	}
}

func TestOnlyTheOperatorDraws(t *testing.T) {
	s := sqlite(t)
	c, base := s.browser()
	for _, path := range []string{"/perimetres/nouveau", "/perimetres/x/modifier"} {
		if p := s.visit(c, base+path, nil); p.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", path, p.Status)
		}
	}
	if p := s.visit(c, base+"/perimetres/nouveau", url.Values{"name": {"x"}}); p.StatusCode != http.StatusForbidden {
		t.Errorf("POST: %s", p.Status)
	}
	s.enter(c, base)
	if p := s.visit(c, base+"/perimetres/nouveau", nil); p.StatusCode != http.StatusOK {
		t.Errorf("operator: %s", p.Status)
	}
	s.now = s.now.Add(13 * time.Hour)
	if p := s.visit(c, base+"/perimetres/nouveau", nil); p.StatusCode != http.StatusForbidden {
		t.Errorf("thirteen hours later: %s", p.Status)
	}
}

func TestForgedCookie(t *testing.T) {
	s := sqlite(t)
	for _, value := range []string{"", ".", "zzzzzz.", "zzzzzz.AAAA", "1.2.3"} {
		r := request("/perimetres/nouveau", "Cookie", "jalon_operateur="+value)
		if p := s.do(r); p.StatusCode != http.StatusForbidden {
			t.Errorf("cookie %q: %s", value, p.Status)
		}
	}
}

func TestPerimeterForm(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.browser()
		s.get("/perimetres").has(".empty-title", "Aucun périmètre")
		s.enter(c, base)

		// A wrong form comes back filled, each error beside its field.
		p := s.visit(c, base+"/perimetres/nouveau", url.Values{"name": {"Pays d’essai"}, "holder": {"123456789"}, "members": {"67482\n00000\nHaguenau"}})
		if p.StatusCode != http.StatusUnprocessableEntity {
			t.Fatal(p.Status)
		}
		p.has("#kind-erreur", "Choisissez le type")
		p.has("#holder-erreur", "SIREN")
		p.has("#members-erreur", "00000")
		if v := p.attr("input#name", "value"); len(v) != 1 || v[0] != "Pays d’essai" {
			t.Errorf("the name was lost: %q", v)
		}
		p.has("textarea#members", "Haguenau")

		good := url.Values{"kind": {"crte"}, "name": {"Pays d’essai"}, "from": {"2024-01-01"}, "members": {"67482 Strasbourg\nHaguenau, 246700488"}}
		p = s.visit(c, base+"/perimetres/nouveau", good)
		if p.StatusCode != http.StatusOK || !strings.HasSuffix(p.Request.URL.Path, "/panorama") {
			t.Fatalf("%s at %s: %s", p.Status, p.Request.URL, p.texts(".fr-error-text"))
		}
		p.has("h1", "Pays d’essai")
		p.has(".title-over", "CRTE")
		checkPage(t, "perimeter", p)
		path := strings.TrimSuffix(p.Request.URL.Path, "/panorama")
		s.get("/perimetres").has(".hits li", "Pays d’essai")

		// Two people open the form; the second to save reads both versions.
		edit := base + path + "/modifier"
		form := s.visit(c, edit, nil)
		rev := form.attr("input[name=rev]", "value")[0]
		form.has("textarea#members", "67180 Haguenau")
		mine := url.Values{"rev": {rev}, "kind": {"crte"}, "name": {"Pays d’essai un"}, "members": {"67482"}, "reason": {"nom"}}
		theirs := url.Values{"rev": {rev}, "kind": {"petr"}, "name": {"Pays d’essai deux"}, "members": {"67180"}, "reason": {"type"}}
		if p := s.visit(c, edit, mine); p.StatusCode != http.StatusOK {
			t.Fatal(p.Status)
		}
		p = s.visit(c, edit, theirs)
		if p.StatusCode != http.StatusConflict {
			t.Fatal(p.Status)
		}
		p.has("#deux-versions td", "Pays d’essai un")
		p.has("#deux-versions td", "Pays d’essai deux")
		if v := p.attr("input#name", "value"); v[0] != "Pays d’essai deux" {
			t.Errorf("what was typed was lost: %q", v)
		}
		theirs.Set("rev", p.attr("form.form input[name=rev]", "value")[0])
		s.visit(c, edit, theirs).has("h1", "Pays d’essai deux")

		// Without a reason nothing changes; withdrawn, it leaves the list only.
		rev = s.visit(c, edit, nil).attr("input[name=rev]", "value")[0]
		if p := s.visit(c, base+path+"/retirer", url.Values{"rev": {rev}}); p.StatusCode != http.StatusBadRequest {
			t.Error(p.Status)
		}
		s.visit(c, base+path+"/retirer", url.Values{"rev": {rev}, "reason": {"fin du contrat"}}).has(".empty-title", "Aucun périmètre")
		s.get(path+"/panorama").has(".title-over", "retiré de la liste")
	})
}

func TestPerimeterPages(t *testing.T) {
	s := sqlite(t)
	c, base := s.browser()
	s.enter(c, base)
	for i := range 53 {
		name := "Périmètre " + string(rune('A'+i/26)) + string(rune('A'+i%26))
		if p := s.visit(c, base+"/perimetres/nouveau", url.Values{"kind": {"pnr"}, "name": {name}, "members": {"67482"}}); p.StatusCode != http.StatusOK {
			t.Fatal(p.Status)
		}
	}
	p := s.get("/perimetres")
	if n := len(p.texts(".hits li")); n != 50 {
		t.Errorf("%d on the first page", n)
	}
	next := p.attr("a[rel=next]", "href")
	if len(next) != 1 {
		t.Fatal("no next page")
	}
	if n := len(s.get(next[0]).texts(".hits li")); n != 3 {
		t.Errorf("%d on the last page", n)
	}
	for _, wrong := range []string{next[0][:len(next[0])-1], next[0] + "&q=A", "/perimetres?apres=zz"} {
		if p := s.get(wrong); p.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", wrong, p.Status)
		}
	}
}

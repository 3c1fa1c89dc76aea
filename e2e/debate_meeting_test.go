package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"
)

// room is how many phones vote in it at the same time.
const room = 300

// meets: the facilitator plans a meeting of the group, somebody registers without an
// account, and is noted at the door by the code that is shown there.
func (x *debating) meets() {
	x.t.Helper()
	p := x.facilitator
	p.Visit(x.group)
	both(p)
	p.Follow(`#mandat a[href*="/bureau/reunions/nouvelle"]`)
	both(p)
	p.holds("group", x.group[strings.LastIndex(x.group, "/")+1:])
	p.set(map[string]string{"title": "Premier atelier", "day": x.today, "start": "18:00", "place": "Mairie de Truchtersheim", "part": "public"})
	p.Follow("main form.form button")
	x.meeting = strings.TrimSuffix(strings.Split(p.Path(), "?")[0], "/organiser")
	both(p)
	p.set(map[string]string{"mode": "open", "capacity": "300", "closes_on": x.today})
	p.Follow(`form:has([name=do][value=entry]) button`)
	p.reads(".fr-alert--success", "enregistré")

	c := Open(x.t, x.a.URL())
	c.Resize(320, 640)
	c.NoScript()
	c.Visit(debateHub)
	c.reads("main", "Premier atelier")
	c.Follow(`main a[href="` + x.meeting + `"]`)
	bare(c)
	c.Follow(`main a[href="` + x.meeting + `/inscription"]`)
	bare(c)
	c.set(map[string]string{"name": "Paul Weber", "email": "paul", "commune": "Truchtersheim"})
	Eval[bool](c, `(document.querySelector("main form.form").noValidate = true)`)
	c.refused("main form.form button", "400")
	c.holds("name", "Paul Weber")
	bare(c)
	c.set(map[string]string{"email": "paul@exemple.fr"})
	c.Follow("main form.form button")
	c.reads("h1", "Ouvrez votre messagerie")
	x.confirms(c, bare, "paul@exemple.fr", "Premier atelier")
	c.reads("main", "vous venez")

	p.Visit(x.meeting + "/entree")
	p.Follow("main form button")
	p.reads("main", "Visez ce code")
	both(p)
	code := p.Text(".qr-typed strong")
	c.Visit("/entree")
	bare(c)
	c.set(map[string]string{"code": strings.ToLower(code)})
	c.Follow("main form button")
	c.reads("main", "Paul Weber, vous êtes inscrit")
	bare(c)
	c.Follow("main form button")
	c.reads(".fr-alert--success", "Vous êtes noté présent")
	p.Visit(x.meeting + "/presences")
	p.reads("main", "Paul Weber")
	both(p)
	p.Visit(x.meeting + "/emargement")
	both(p)
}

// votes: a live vote that three phones and three hundred others answer at once.
func (x *debating) votes() {
	x.t.Helper()
	p := x.facilitator
	p.Visit(x.meeting + "/votes")
	both(p)
	p.set(map[string]string{"question": "Commencer par le Kochersberg ?", "kind": "single", "options": "Oui"})
	p.refused("#preparer form button", "400")
	p.holds("question", "Commencer par le Kochersberg ?")
	p.set(map[string]string{"options": "Oui\nNon"})
	p.Follow("#preparer form button")
	desk := strings.Split(p.Path(), "?")[0]
	both(p)
	code := p.Text("strong.ballot-code")
	screen := Open(x.t, x.a.URL())
	screen.Visit("/ecran/" + code)
	if strings.Contains(screen.Text("body"), "Kochersberg") {
		x.t.Error("the question is shown before it is put")
	}
	p.Follow("button[value=open]")
	both(p)
	for i := range 3 {
		c := Open(x.t, x.a.URL())
		c.Resize(320, 640)
		look := phone
		if i == 1 {
			c.NoScript()
			look = bare
		}
		c.Visit("/vote")
		look(c)
		c.set(map[string]string{"code": strings.ToLower(code)})
		c.Follow("main form button")
		look(c)
		c.set(map[string]string{"choix": []string{"0", "0", "1"}[i]})
		c.Follow(".ballot-form button")
		c.reads("main", "Votre voix est enregistrée")
		look(c)
	}
	start := time.Now()
	x.manyVote(code)
	x.t.Logf("%d voices in %v", room, time.Since(start).Round(time.Millisecond))
	screen.Visit("/ecran/" + code)
	screen.reads("body", "Kochersberg", "303 voix")
	both(screen)
	p.Visit(desk)
	p.reads("main", "303")
	p.Follow("button[value=close]")
	both(p)
	p.Follow("button[value=show]")
	p.reads("#resultats", "202", "101")
	both(p)
	x.citizen.Visit(x.meeting + "/votes")
	x.citizen.reads("main", "Commencer par le Kochersberg", "202 voix")
	phone(x.citizen)
	screen.Visit("/ecran/" + code)
	screen.reads("body", "202 voix")
	both(screen)
}

// manyVote has as many phones as there are people in the room read the page and send
// their voice, all together, each with the cookie it was given: two in three say yes.
func (x *debating) manyVote(code string) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), patience)
	defer cancel()
	transport := &http.Transport{MaxIdleConnsPerHost: room}
	defer transport.CloseIdleConnections()
	vote := func(choice string) error {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return err
		}
		c := &http.Client{Jar: jar, Transport: transport}
		at := x.a.URL() + "/vote/" + code
		for _, form := range []url.Values{nil, {"choix": {choice}}} {
			method := http.MethodGet
			if form != nil {
				method = http.MethodPost
			}
			r, err := http.NewRequestWithContext(ctx, method, at, strings.NewReader(form.Encode()))
			if err != nil {
				return err
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res, err := c.Do(r)
			if err != nil {
				return err
			}
			if err := res.Body.Close(); err != nil {
				return err
			}
			if res.StatusCode != http.StatusOK {
				return fmt.Errorf("%s of a vote: %s", method, res.Status)
			}
		}
		return nil
	}
	var wg sync.WaitGroup
	for n := range room {
		wg.Go(func() {
			choice := "0"
			if n%3 == 2 {
				choice = "1"
			}
			if err := vote(choice); err != nil {
				x.t.Error(err)
			}
		})
	}
	wg.Wait()
}

// decides: three decisions, one that answers the contribution; minutes are proposed,
// approved, and read in every form.
func (x *debating) decides() {
	x.t.Helper()
	p := x.facilitator
	p.Visit(x.meeting + "/ordre-du-jour")
	p.set(map[string]string{"title": "Les pistes", "planned": "30"})
	p.Follow("#ajouter form button")
	both(p)
	p.Visit(x.meeting + "/decisions")
	both(p)
	for i, d := range []string{"Étudier la piste de Truchtersheim.", "Demander un comptage des vélos.", "Se revoir en mars."} {
		fields := map[string]string{"sentence": d}
		if i == 0 {
			fields["contributions"] = x.a.URL() + x.post
		}
		p.set(fields)
		p.Follow("#ajouter form button")
		p.reads("main", d)
	}
	both(p)
	p.Visit(x.meeting + "/taches")
	p.set(map[string]string{"what": "Écrire au Département", "holder": "Luc Petit", "due": "2099-03-01"})
	p.Follow("#ajouter form button")
	both(p)
	p.Visit(x.meeting + "/compte-rendu")
	both(p)
	p.set(nil) // the texts are folded
	p.Follow("a[href$='/textes/ouverture']")
	p.Fill("#text", "L’atelier s’est tenu **à la mairie**.")
	p.Follow("button[value=leave]")
	p.reads("main", "à la mairie")
	p.Follow("button[value=propose]")
	both(p)
	p.Follow("button[value=approve]")
	p.reads("main", "Approuvé par", "3 décisions", "202")
	both(p)
	c := x.citizen
	c.Visit(x.meeting + "/compte-rendu")
	c.reads("main", "à la mairie", "Étudier la piste de Truchtersheim.", "SHA-256")
	phone(c)
	files := Eval[[]string](c, `[...document.querySelectorAll("#versions tbody a")].map(a => a.getAttribute("href"))`)
	odt, pdf := 0, 0
	for _, path := range files {
		f, body := c.fetch(path)
		switch {
		case f.Status != 200:
			x.t.Errorf("%s: %d", path, f.Status)
		case strings.HasSuffix(path, ".odt") && strings.HasPrefix(string(body), "PK"):
			odt++
		case strings.HasSuffix(path, ".pdf") && strings.HasPrefix(string(body), "%PDF-"):
			pdf++
		}
	}
	if odt != 1 || pdf != 1 {
		x.t.Errorf("%d ODT and %d PDF among %q", odt, pdf, files)
	}
	p.Visit(x.meeting + "/presences")
	p.Follow("#fin button")
	p.reads(".fr-alert--success", "tenue")
	c.Visit("/regions/grand-est/decisions")
	c.reads("main", "Demander un comptage des vélos.")
	both(c)
	c.Visit("/regions/grand-est/reunions/participation")
	both(c)
}

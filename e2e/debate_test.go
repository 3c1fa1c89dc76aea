package e2e

import (
	"crypto/rand"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"jalon/internal/app"
	"jalon/internal/testkit"
)

const (
	debateHub  = "/regions/grand-est/debat"
	debateDesk = "/regions/grand-est/bureau"
	callPage   = "/regions/grand-est/contributions"
)

// debating is the people of a debate, each in a browser of their own.
type debating struct {
	t   *testing.T
	a   *app.App
	pit *testkit.Mailpit

	team, moderator, facilitator, expert *Page
	citizen, neighbour                   *Page
	group, post, meeting                 string // paths
	today                                string
}

// A debate of a region from its call to the answers, as people who have never seen
// Jalon play it: the team makes a group and names its facilitator and an expert; a
// citizen contributes from a phone without an account, a neighbour supports; a
// moderator publishes by keyboard, refuses, and a refusal is appealed; the expert
// advises, the team answers; the group meets, votes, decides and approves its minutes;
// the author is told.
func TestADebateFromTheCallToTheAnswers(t *testing.T) {
	t.Parallel()
	// The day of the program begins in the morning: none of it is played across midnight.
	began := time.Now()
	morning := began.UTC().Truncate(24 * time.Hour).Add(9 * time.Hour)
	a, pit := startWithMail(t, app.WithSeeds(few), app.WithClock(func() time.Time { return morning.Add(time.Since(began)) }, rand.Reader))
	x := &debating{t: t, a: a, pit: pit, today: morning.Format(time.DateOnly)}
	x.callsOut()
	x.contributes()
	x.supports()
	x.moderates()
	x.appeals()
	x.answers()
	x.meets()
	x.votes()
	x.decides()
	x.becameOfIt()
	x.asks()
	x.consults()
	x.letters()
}

// set puts values in the fields of a page by their ids, or their names where a value is
// to be ticked.
func (p *Page) set(fields map[string]string) {
	p.t.Helper()
	missing := Eval[[]string](p, `(() => { const missing = []; 
		for (const d of document.querySelectorAll("main details")) d.open = true;
		for (const [k, v] of Object.entries(`+quote(fields)+` || {})) {
			const e = document.getElementById(k), tick = [...document.getElementsByName(k)].find(i => i.value === v && (i.type === "radio" || i.type === "checkbox"));
			if (tick) tick.checked = true;
			else if (e) { e.value = v; if (e.options && e.value !== v) missing.push(k + "=" + v + " among " + [...(e.options || [])].map(o => o.value)); }
			else missing.push(k);
		}
		return missing; })()`)
	if len(missing) > 0 {
		p.t.Fatalf("%s: no field to hold %q", p.Path(), missing)
	}
}

// reads fails unless each text is in what a person reads.
func (p *Page) reads(css string, wants ...string) {
	p.t.Helper()
	spaces := strings.NewReplacer("\u00a0", " ", "\u202f", " ")
	text := strings.Join(strings.Fields(spaces.Replace(p.Text(css))), " ")
	for _, want := range wants {
		if !strings.Contains(text, want) {
			p.t.Errorf("%s, %s: no «%s» in %.1500s", p.Path(), css, want, text)
		}
	}
}

// holds fails unless a field holds a value.
func (p *Page) holds(id, want string) {
	p.t.Helper()
	if got := Eval[string](p, `document.getElementById(`+quote(id)+`).value`); got != want {
		p.t.Errorf("%s: #%s holds %q, want %q: what was typed is lost", p.Path(), id, got, want)
	}
}

// phone looks at a page as it is on a small screen.
func phone(p *Page) {
	p.t.Helper()
	p.Narrow()
	p.Axe()
	p.Picture(320, 640)
}

// bare looks at a page that came without script: the eyes of the checker need some.
func bare(p *Page) {
	p.t.Helper()
	p.Script()
	phone(p)
	p.NoScript()
}

// refused presses what is not taken: the page comes back with a status.
func (p *Page) refused(css, status string) {
	p.t.Helper()
	p.Expect(status)
	p.Follow(css)
}

var (
	confirmLink = regexp.MustCompile(`https?://[^/\s]+(/voix/confirmer/[0-9a-f]+)`)
	voiceLink   = regexp.MustCompile(`https?://[^/\s]+(/voix/[\w-]+)\s`)
	appealLink  = regexp.MustCompile(`https?://[^/\s]+(/recours/[^\s]+)`)
)

// mailed is the path of a link in the last mail of an address that says some words.
func (x *debating) mailed(email, words string, link *regexp.Regexp) string {
	x.t.Helper()
	text := mailTo(x.t, x.pit, email, words)
	found := link.FindStringSubmatch(text)
	if found == nil {
		x.t.Fatalf("no such link in the mail to %s:\n%s", email, text)
	}
	return found[1]
}

// confirms follows the link that an address got for something.
func (x *debating) confirms(p *Page, look func(*Page), email, what string) {
	x.t.Helper()
	p.Visit(x.mailed(email, what, confirmLink))
	look(p)
	p.Follow("main form button")
	look(p)
}

// callsOut: the region's page of the debate calls for contributions; the team makes a
// group, names who facilitates it, and who studies.
func (x *debating) callsOut() {
	x.t.Helper()
	x.team = signIn(x.t, x.a, "equipe.debat@exemple.fr", "team", "region:44")
	x.moderator = signIn(x.t, x.a, "moderation.debat@exemple.fr", "team", "region:44")
	x.expert = signIn(x.t, x.a, "experte.debat@exemple.fr", "expert", "region:44")
	p := x.team
	p.Visit(debateHub)
	p.reads("#maintenant", "Déposer une contribution")
	both(p)
	p.Visit(debateDesk + "/groupes")
	both(p)
	p.set(map[string]string{"name": "Se déplacer chaque jour", "part": "public"})
	p.refused("#creer form button", "400")
	p.holds("name", "Se déplacer chaque jour")
	both(p)
	p.set(map[string]string{"mandate": "Dire comment se déplacer sans voiture seule."})
	p.Follow("#creer form button")
	p.reads("h1", "Se déplacer chaque jour")
	x.group = p.Path()
	if at := strings.Index(x.group, "?"); at >= 0 {
		x.group = x.group[:at]
	}
	both(p)
	p.set(map[string]string{"facilitator-email": "animation.debat@exemple.fr", "facilitator-name": "Farid Animateur"})
	p.Follow("#animer button")
	p.reads("#animation", "Farid Animateur")
	p.set(map[string]string{"list": "organisme;nom;adresse;collège\nAlsace Nature;Luc Petit;luc@exemple.fr;Associations"})
	p.Follow("#coller button")
	both(p)
	p.Follow(`#liste button[value=apply]`)
	p.reads("#membres", "Luc Petit")
	x.facilitator = x.comesIn("animation.debat@exemple.fr")
	x.facilitator.reads("main", "Se déplacer chaque jour")
}

// comesIn signs in by the link that an address asks for.
func (x *debating) comesIn(email string) *Page {
	x.t.Helper()
	p := Open(x.t, x.a.URL())
	p.Visit("/connexion")
	p.Fill("#email", email)
	p.Follow("main form button")
	p.Visit(x.mailed(email, "/connexion/confirmer", signInLink))
	p.Follow("main form button")
	return p
}

// contributed is the form of a contribution, as typed by somebody.
func contributed(title, text, email string) map[string]string {
	return map[string]string{"titre": title, "texte": text, "theme": "se-deplacer", "lieu": "Strasbourg", "parole": "personne", "nom": "Anne Martin", "signer": "nom", "courriel": email, "accord": "oui"}
}

// contributes: a phone of 320 px, without an account. A wrong field loses nothing; the
// mail's link confirms.
func (x *debating) contributes() {
	x.t.Helper()
	p := Open(x.t, x.a.URL())
	x.citizen = p
	p.Resize(320, 640)
	p.Visit(debateHub)
	phone(p)
	p.Follow(`#maintenant a[href="` + callPage + `/nouvelle"]`)
	phone(p)
	p.set(contributed("Des pistes sûres", "Relier les villages du Kochersberg à Strasbourg par des pistes cyclables séparées des voitures.", "anne"))
	p.set(map[string]string{"lieu": "Rennes"})
	p.Click(`form button[value=brouillon]`) // kept, and found again
	p.Until(`!!document.querySelector("#adresse-brouillon")`)
	phone(p)
	p.holds("titre", "Des pistes sûres")
	p.set(map[string]string{"courriel": "anne@exemple", "accord": "oui"})
	p.refused(`form button[value=deposer]`, "400")
	p.holds("lieu", "Rennes")
	p.holds("titre", "Des pistes sûres")
	phone(p)
	p.set(contributed("Des pistes sûres", "Relier les villages du Kochersberg à Strasbourg par des pistes cyclables séparées des voitures.", "anne@exemple.fr"))
	p.Follow(`form button[value=deposer]`)
	p.reads("h1", "confirmez votre adresse")
	phone(p)
	x.confirms(p, phone, "anne@exemple.fr", "Des pistes sûres")
	p.reads("main", "Votre adresse est confirmée")
}

// supports: once it is published, by keyboard alone, a neighbour is shown it and supports it,
// then comments, all without script.
func (x *debating) supports() {
	x.t.Helper()
	m := x.moderator
	m.Visit(debateDesk + "/moderation")
	m.reads(".act", "Des pistes sûres")
	both(m)
	x.byKeyboard(m, "Publier : Contribution : « Des pistes sûres »")
	m.Visit(callPage)
	m.reads("#liste", "Des pistes sûres")
	m.Follow("#liste h3 a")
	x.post = m.Path()

	// Somebody who writes the same is shown it, and supports it instead.
	n := Open(x.t, x.a.URL())
	x.neighbour = n
	n.NoScript()
	n.Resize(320, 640)
	n.Visit(callPage + "/nouvelle")
	n.set(contributed("Pistes cyclables séparées", "Des pistes cyclables séparées des voitures entre Strasbourg et les villages du Kochersberg.", "leo@exemple.fr"))
	n.Expect("400")
	n.Follow(`form button[value=deposer]`)
	n.reads("#avant", "Des pistes sûres")
	bare(n)
	n.Follow(`#avant a[href="` + x.post + `#soutenir"]`)
	bare(n)
	n.set(map[string]string{"soutien-courriel": "leo@exemple.fr"})
	n.Follow("#soutenir form button")
	n.reads("main", "Confirmez votre adresse")
	x.confirms(n, bare, "leo@exemple.fr", "Des pistes sûres")
	n.Visit(x.post)
	n.reads("#soutenir", "Vous soutenez cette contribution")
	n.set(map[string]string{"commentaire": "", "signature": "Léo"})
	Eval[bool](n, `(document.querySelector("#commenter form").noValidate = true)`)
	n.refused("#commenter form button", "400")
	n.holds("signature", "Léo")
	bare(n)
	n.set(map[string]string{"commentaire": "Et jusqu’à Kehl ? Appelez-moi au 06 12 34 56 78."})
	n.Follow("#commenter form button")
	bare(n)
	n.Script()
}

// byKeyboard goes with Tab to a button by its name, and presses Enter.
func (x *debating) byKeyboard(p *Page, name string) {
	x.t.Helper()
	var met []string
	for range 120 {
		p.Press(kb.Tab)
		at := Eval[stop](p, focused)
		met = append(met, at.Name)
		if strings.TrimSpace(at.Name) == name {
			if !at.Visible {
				x.t.Errorf("%s: the focus cannot be seen at «%s»", p.Path(), name)
			}
			p.Enter()
			return
		}
	}
	x.t.Fatalf("%s: the keyboard does not reach «%s», but %q", p.Path(), name, met)
}

// moderates: a telephone is spotted and masked, an advertisement refused with its reason.
func (x *debating) moderates() {
	x.t.Helper()
	p := x.citizen
	p.Visit(callPage + "/nouvelle")
	p.set(map[string]string{"titre": "Mes vélos à vendre", "texte": "Achetez mes vélos électriques de qualité, livrés partout dans la région.", "theme": "se-deplacer", "parole": "personne", "nom": "Anne Martin", "signer": "nom", "accord": "oui"})
	p.Follow(`form button[value=deposer]`)
	phone(p)

	m := x.moderator
	m.Visit(debateDesk + "/moderation")
	m.reads(".act mark", "06 12 34 56 78")
	both(m)
	m.Follow(`.act:has(mark) h3 a`)
	both(m)
	m.set(map[string]string{"mask": "06 12 34 56 78"})
	m.Follow(`#decider button[value=publish]`)
	both(m)
	m.Visit(debateDesk + "/moderation")
	m.Follow(`.act h3 a`)
	m.reads("h1", "Mes vélos à vendre")
	m.Expect("400")
	m.set(map[string]string{"note": "La page n’est pas faite pour vendre."})
	m.Follow(`#decider button[value=refuse]`)
	m.holds("note", "La page n’est pas faite pour vendre.")
	both(m)
	m.set(map[string]string{"reason": "publicite"})
	m.Follow(`#decider button[value=refuse]`)
	both(m)
	x.neighbour.Visit(x.post)
	x.neighbour.reads("#commentaires", "Et jusqu’à Kehl")
	if text := x.neighbour.Text("main"); strings.Contains(text, "06 12 34") {
		x.t.Errorf("the telephone is read: %s", text)
	}
	phone(x.neighbour)
}

// appeals: the author of what was refused says why, and another moderator answers.
func (x *debating) appeals() {
	x.t.Helper()
	p := x.citizen
	p.Visit(x.mailed("anne@exemple.fr", "Publicité", appealLink))
	phone(p)
	p.set(map[string]string{"text": "Je donne ces vélos, je ne les vends pas."})
	p.Follow("#recours form button")
	p.reads("main", "Je donne ces vélos")
	phone(p)
	p = x.team
	p.Visit(debateDesk + "/moderation?liste=recours")
	both(p)
	p.Follow("#liste-recours a")
	both(p)
	p.set(map[string]string{"note": "Le titre dit «\u00a0à vendre\u00a0»\u00a0: proposez un autre texte."})
	p.Follow(`#trancher button[value=uphold]`)
	p.reads("main", "proposez un autre texte")
	mailTo(x.t, x.pit, "anne@exemple.fr", "proposez un autre texte")
	for _, path := range []string{"/regles", "/moderation"} {
		x.citizen.Visit(callPage + path)
		both(x.citizen)
	}
}

// answers: the team assigns to the expert, who advises; the team answers, in public.
func (x *debating) answers() {
	x.t.Helper()
	p, at := x.team, debateDesk+"/contributions/"+x.post[strings.LastIndex(x.post, "/")+1:]
	p.Visit(debateDesk + "/contributions")
	both(p)
	p.Visit(at)
	both(p)
	who := Eval[string](p, `[...document.querySelector("#assign select[name=person]").options].find(o => o.textContent.includes("experte")).value`)
	p.set(map[string]string{"person": who, "due": "2099-01-31"})
	p.Follow("#assign form button")
	p.reads("#texte", "experte")
	e := x.expert
	e.Visit(at)
	both(e)
	e.set(map[string]string{"verdict": "retained", "text": "Le schéma cyclable le prévoit pour 2028."})
	e.Follow("#advise form button")
	e.reads("#avis-1", "Le schéma cyclable le prévoit pour 2028.")
	p.Visit(at)
	p.reads("#avis-1", "Le schéma cyclable")
	p.set(map[string]string{"answer-verdict": "retained"})
	Eval[bool](p, `(document.querySelector("#answer form").noValidate = true)`)
	p.refused("#answer form button", "400")
	both(p)
	p.set(map[string]string{"reason": "Elles entrent dans le schéma cyclable de 2028."})
	p.Follow("#answer form button")
	p.reads("#reponse", "Elles entrent dans le schéma cyclable de 2028.")
	both(p)
}

// becameOfIt: the author is told, and reads it.
func (x *debating) becameOfIt() {
	x.t.Helper()
	text := mailTo(x.t, x.pit, "anne@exemple.fr", "Elles entrent dans le schéma cyclable de 2028.")
	own := voiceLink.FindStringSubmatch(text)
	if own == nil {
		x.t.Fatalf("no way to one's own page in the mail:\n%s", text)
	}
	p := x.citizen
	p.Visit(x.post)
	p.reads("#suite", "schéma cyclable de 2028")
	phone(p)
	p.Visit(own[1])
	p.reads("#textes", "Des pistes sûres", "schéma cyclable de 2028")
	phone(p)
}

package e2e

import (
	"regexp"
	"strings"
)

var lettersOut = regexp.MustCompile(`https?://[^/\s]+(/voix/[\w-]+/mes/lettre)`)

// asks: a debate on a question; a statement is proposed by somebody without an account
// and published, people vote, and the results come once the job has run, without groups
// while there are too few people.
func (x *debating) asks() {
	x.t.Helper()
	p, desk, public := x.team, debateDesk+"/debats", "/regions/grand-est/debats"
	p.Visit(desk)
	both(p)
	p.set(map[string]string{"title": "Bouger", "proposals": "anyone"})
	Eval[bool](p, `(document.querySelector("#preparer form").noValidate = true)`)
	p.refused("#preparer form button", "400")
	p.holds("title", "Bouger")
	both(p)
	p.set(map[string]string{"question": "Comment aller au travail ?", "asks": "college"})
	p.Follow("#preparer form button")
	both(p)
	one := strings.Split(p.Path(), "?")[0]
	p.set(map[string]string{"lines": "Il faut plus de trains.\nLe covoiturage doit être payé.\nLe vélo est trop dangereux.\nTélétravailler suffit.\nLes cars doivent rouler le dimanche.\nLes parkings relais doivent être gratuits."})
	p.Follow(`form[action$="/affirmations"] button`)
	p.reads("main", "6 affirmations ajoutées")
	p.Follow("#etat form button")
	p.reads("#etat", "Les réponses arrivent")
	at := public + one[strings.LastIndex(one, "/"):]
	both(p)

	n := x.neighbour // confirmed already: no address is asked
	n.Resize(320, 640)
	n.Visit(public)
	phone(n)
	n.Visit(at + "/proposer")
	phone(n)
	n.set(map[string]string{"text": "Il faut un train toutes les heures le soir", "name": "Léo"})
	n.Follow("#proposer form button")
	if n.Count("#proches") > 0 {
		phone(n)
		n.Follow("#proposer form button")
	}
	n.reads("h1", "reçue")
	phone(n)
	m := x.moderator
	m.Visit(debateDesk + "/moderation")
	m.Follow(`button[name=publish][aria-label*="train toutes les heures"]`)

	c := Open(x.t, x.a.URL())
	c.Resize(320, 640)
	c.Visit(at)
	c.reads("main", "Comment aller au travail")
	phone(c)
	c.Follow(`button[value=accord]`)
	c.reads(".vote-said", "Réponse enregistrée : d’accord.")
	phone(c)
	for i := range 6 {
		c.Follow(`button[value=` + []string{"accord", "pas-accord", "passe"}[i%3] + `]`)
	}
	c.reads("#affirmation", "Vous avez répondu à toutes les affirmations")
	phone(c)
	c.Visit(at + "/moi")
	phone(c)
	n.NoScript()
	n.Visit(at)
	n.Follow(`button[value=pas-accord]`)
	n.Script()
	phone(n)

	// The job has its own time: the page is read again until it has run.
	c.Visit(at + "/resultats")
	c.Until(`document.querySelector("main").textContent.replace(/\s/g, " ").includes("8 votes de 2 personnes") || (fetch(location.href).then(r => r.text()).then(t => { document.querySelector("main").innerHTML = new DOMParser().parseFromString(t, "text/html").querySelector("main").innerHTML }), false)`)
	c.Visit(at + "/resultats")
	c.reads("main", "8 votes de 2 personnes")
	if c.Count("#groupe-a") > 0 {
		x.t.Error("opinion groups are shown of two people")
	}
	both(c)
	c.Visit(at + "/affirmations")
	c.reads("main", "Il faut un train toutes les heures le soir")
	phone(c)
	p.Visit(one)
	p.set(map[string]string{"conclusion": "Le train d’abord."})
	p.Follow("#conclure form button")
	p.Follow("#etat form button")
	both(p)
	c.Visit(at)
	c.reads("main", "clos depuis")
	phone(c)
}

// consults: a draft is submitted, an article amended, and the amendment answered.
func (x *debating) consults() {
	x.t.Helper()
	p, desk := x.team, debateDesk+"/consultations"
	p.Visit(desk)
	both(p)
	p.set(map[string]string{"title": "Feuille de route", "presentation": "Lisez, et dites ce qui manque.", "opens_on": x.today, "closes_on": "2099-03-31"})
	p.Follow("#ajouter form button")
	one := strings.Split(p.Path(), "?")[0]
	both(p)
	p.set(map[string]string{"paste": "# Transports\n\nDes trains chaque heure.\n\n# Bois\n\nDu bois local."})
	p.Follow("#coller button[value=cut]")
	both(p)
	p.Follow("#publier button")
	p.reads("main", "Le texte est publié")

	c := x.citizen
	c.Visit(debateHub)
	c.Visit("/regions/grand-est/consultations")
	phone(c)
	c.Follow(`main a[href*="/consultations/"]`)
	both(c)
	c.Follow(`#texte a[href*="/articles/"]`)
	phone(c)
	c.set(map[string]string{"form": "rewrite", "proposed": "Des trains chaque demi-heure.", "speaker": "personne", "name": "Anne Martin"})
	Eval[bool](c, `(document.querySelector("#amender form").noValidate = true)`)
	c.refused("#amender form button", "400")
	c.holds("proposed", "Des trains chaque demi-heure.")
	phone(c)
	c.set(map[string]string{"why": "Une heure, c’est trop long."})
	c.Follow("#amender form button")
	article := strings.Split(strings.Split(c.Path(), "?")[0], "#")[0]
	phone(c)
	x.moderator.Visit(debateDesk + "/moderation")
	x.moderator.Follow(`button[name=publish][aria-label*="Transports"]`)
	c.Visit(article)
	c.reads(".diff ins", "demi-heure")
	both(c)
	p.Visit(one + "/amendements")
	both(p)
	p.choose(`select[name=verdict]`, "retenu")
	p.Fill(`textarea[name=reason]`, "Oui, dès 2028.")
	p.Follow(".amendment form button")
	p.reads("main", "La réponse est publiée")
	c.Visit(article)
	c.reads("#amendements", "Oui, dès 2028.")
	phone(c)
	mailTo(x.t, x.pit, "anne@exemple.fr", "Oui, dès 2028.")
}

// letters: the letter of a region is asked for, with consent; one click leaves it.
func (x *debating) letters() {
	x.t.Helper()
	c := Open(x.t, x.a.URL())
	c.Resize(320, 640)
	c.Visit("/regions/grand-est/lettre")
	phone(c)
	c.set(map[string]string{"email": "marie@exemple.fr"})
	Eval[bool](c, `(document.querySelector("#recevoir form").noValidate = true)`)
	c.refused("#recevoir form button", "400")
	c.holds("email", "marie@exemple.fr")
	phone(c)
	c.set(map[string]string{"accord": "1"})
	c.Follow("#recevoir form button")
	phone(c)
	x.confirms(c, phone, "marie@exemple.fr", "lettre")
	p := x.team
	p.Visit(debateDesk + "/lettre")
	both(p)
	p.set(map[string]string{"title": "La lettre de la COP", "text": "# Ce qui a été décidé\n\nUne piste **à l’étude**."})
	p.Follow("#ecrire form button")
	both(p)
	p.Follow("button[value=send]")
	p.reads("main", "La lettre part")
	text := mailTo(x.t, x.pit, "marie@exemple.fr", "Ce qui a été décidé")
	own := lettersOut.FindStringSubmatch(text)
	if own == nil {
		x.t.Fatalf("no way out of the letter:\n%s", text)
	}
	c.NoScript()
	c.Visit(own[1])
	bare(c)
	c.Follow("main form button")
	c.reads("main", "ne vous parviendra plus")
	bare(c)
}

package demo

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/consultation"
	"jalon/internal/debate/follow"
	"jalon/internal/debate/moderation"
	"jalon/internal/policy"
)

const draftText = `# 1. Une solution avant une contrainte

Aucune restriction n’est proposée dans un territoire où il n’existe pas d’autre manière de se déplacer. Les intercommunalités volontaires dressent la liste de ces territoires.

# 2. Douze lieux pour partager sa voiture

Douze arrêts de covoiturage sont équipés avant l’été : un abri, un éclairage, un panneau qui dit dans combien de temps on part.

# 3. Un billet commun

Les réseaux volontaires acceptent un même billet. Il reste possible de payer sans téléphone.

# 4. Les petites lignes, aux heures utiles

Une étude dit ce que coûterait l’ouverture de deux lignes le vendredi et le dimanche. Son résultat est publié, quel qu’il soit.

# 5. Aller à vélo jusqu’à la gare

Les liaisons de moins de huit kilomètres entre un bourg et sa gare sont aménagées d’abord.

# 6. Dire ce qui n’a pas été fait

Chaque année, une page dit ce qui est fait, ce qui est en retard, et ce qui est abandonné, avec la raison.`

// proposals are amendments: on which article, of what form, why, and the wording.
var proposals = []struct {
	article      int
	form         consultation.Form
	why, wording string
	verdict      consultation.Verdict
	reason, org  string
	waits        bool
}{
	{article: 0, form: consultation.Rewrite, why: "« Territoire » est trop large : à l’échelle d’une intercommunalité, il y a toujours un bus quelque part.", wording: "Aucune restriction n’est proposée dans une commune où il n’existe pas d’autre manière de se déplacer matin et soir. Les intercommunalités volontaires dressent la liste de ces communes.", verdict: consultation.Retained, reason: "L’échelle de la commune est plus juste, et « matin et soir » se vérifie."},
	{article: 1, form: consultation.Remark, why: "Douze pour toute la région, c’est un peu plus d’un par département. Pourquoi douze ?", verdict: consultation.Partly, reason: "Douze est ce que les volontaires peuvent équiper cette année. La version suivante le dit, et prévoit la suite."},
	{article: 1, form: consultation.Rewrite, why: "Sans retour garanti, personne n’attendra à un arrêt.", wording: "Douze arrêts de covoiturage sont équipés avant l’été : un abri, un éclairage, un panneau qui dit dans combien de temps on part, et un retour garanti jusqu’à 21 heures.", verdict: consultation.Retained, reason: "C’est la condition la plus citée dans les contributions comme dans le débat sur l’ambition.", org: "Les Roues libres (association inventée)"},
	{article: 2, form: consultation.Remark, why: "Précisez que les moins de 18 ans et les demandeurs d’emploi paient moins.", verdict: consultation.Outside, reason: "Les tarifs sont votés par chaque réseau : la COP ne les fixe pas."},
	{article: 3, form: consultation.Remove, why: "Encore une étude. On les connaît, les chiffres.", verdict: consultation.Refused, reason: "Les chiffres connus portent sur une exploitation de toute la semaine ; celle de deux jours n’a pas été étudiée."},
	{article: 4, form: consultation.Rewrite, why: "Une gare sans abri à vélos fermé ne sert à rien.", wording: "Les liaisons de moins de huit kilomètres entre un bourg et sa gare sont aménagées d’abord, avec un abri fermé à l’arrivée.", verdict: consultation.Retained, reason: "Repris tel quel."},
	{article: 4, form: consultation.Remark, why: "Et les rollers, et les fauteuils ? Écrivez « sans moteur, ou presque ».", waits: true},
	{article: 5, form: consultation.Remark, why: "Je souhaite que cette page soit lue en plénière, pas seulement mise en ligne.", org: "Entraide des villages (association inventée)"},
}

// consultations puts a draft chapter to the public, with amendments and what the team
// decided of them; a second version followed.
func consultations(s *Script) {
	f := s.forum["44"]
	if f == nil {
		return
	}
	team := s.Holding(policy.Team, "44")[:2]
	kept := new(consultation.Consultation)
	s.in(team[0], "44", 34, "consultation", func(ctx context.Context, a policy.Actor, c cop.COP) (err error) {
		in := consultation.Input{Title: fr("Projet de chapitre : se déplacer"), Presentation: fr("Voici le premier chapitre du projet de feuille de route, tel que le groupe l’a écrit. **Tout y est modifiable** : proposez une autre rédaction, une remarque, ou la suppression d’un article. Chaque proposition reçoit une réponse publique."), OpensOn: s.Date(33), ClosesOn: s.Date(-26)}
		if *kept, err = s.Debate.Consultation.Create(ctx, a, c, in); err != nil {
			return err
		}
		if *kept, err = s.Debate.Consultation.Write(ctx, a, c, kept.ID, kept.Rev, consultation.Cut(fr(draftText))); err != nil {
			return err
		}
		*kept, err = s.Debate.Consultation.Publish(ctx, a, c, kept.ID, kept.Rev, "")
		return err
	})
	for i := range proposals {
		s.amended(f, kept, i, team[i%2])
	}
	s.in(team[0], "44", 5, "second version", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		now, err := consultation.Find(ctx, s.db, a, c, kept.ID)
		if err != nil {
			return err
		}
		text, err := consultation.ArticlesOf(ctx, s.db, now.ID, now.Version)
		if err != nil {
			return err
		}
		for _, x := range proposals {
			if x.verdict == consultation.Retained {
				text[x.article].Text = fr(x.wording)
			}
		}
		text[1].Text += fr(" Ce sont les premiers : la liste est revue chaque printemps.")
		if now, err = s.Debate.Consultation.Write(ctx, a, c, now.ID, now.Rev, text); err != nil {
			return err
		}
		*kept, err = s.Debate.Consultation.Publish(ctx, a, c, now.ID, now.Rev, fr("Trois articles changent, à la suite de vos propositions : chacune a sa réponse."))
		return err
	})
}

// amended is one amendment, moderated then decided; the last ones wait.
func (s *Script) amended(f *forum, kept *consultation.Consultation, i int, by *Person) {
	x, v, at, post := proposals[i], f.voices[(i*29+3)%len(f.voices)], 30-2*i, new(debate.Post)
	if x.waits {
		at = 1
	}
	s.said("44", s.At(at), "amendment", func(ctx context.Context, c cop.COP) error {
		now, err := consultation.Find(ctx, s.db, policy.Actor{}, c, kept.ID)
		if err != nil {
			return err
		}
		text, err := consultation.ArticlesOf(ctx, s.db, now.ID, now.Version)
		if err != nil {
			return err
		}
		in := consultation.Proposal{Origin: text[x.article].Origin, Version: now.Version, Form: x.form, Why: fr(x.why), Proposed: fr(x.wording), Speaker: debate.Person, Who: v.speaker()}
		if in.Who.OrgName = ""; x.org != "" {
			in.Speaker, in.Who.OrgName = debate.Organisation, x.org
		}
		*post, _, err = s.Debate.Consultation.Amend(ctx, policy.Actor{}, c, kept.ID, in)
		return err
	})
	if x.waits {
		return
	}
	s.in(by, "44", at-1, "moderation of an amendment", func(ctx context.Context, a policy.Actor, _ cop.COP) (err error) {
		*post, err = s.Debate.Moderation.Decide(ctx, a, post.ID, post.Rev, moderation.Decision{Verb: moderation.Publish})
		return err
	})
	if x.verdict == "" {
		return
	}
	s.in(by, "44", max(at-6, 6), "verdict on an amendment", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		y, err := consultation.FindAmendment(ctx, s.db, kept.ID, post.ID)
		if err == nil {
			_, err = s.Debate.Consultation.Judge(ctx, a, c, kept.ID, post.ID, y.Rev0, x.verdict, fr(x.reason))
		}
		return err
	})
}

// publishAll publishes what waits under something.
func (s *Script) publishAll(ctx context.Context, a policy.Actor, parent string) error {
	ids, err := s.listed(ctx, `SELECT id FROM debate_post WHERE parent = $1 AND state = 'waiting' ORDER BY id`, parent)
	for _, id := range ids {
		p, err := debate.FindPost(ctx, s.db, id)
		if err != nil {
			return err
		}
		if _, err := s.Debate.Moderation.Decide(ctx, a, p.ID, p.Rev, moderation.Decision{Verb: moderation.Publish}); err != nil {
			return err
		}
	}
	return err
}

const letterText = `Près de cent contributions sont publiées, et une sur deux ou presque a déjà sa réponse : **retenue, retenue en partie, non retenue ou hors champ, toujours avec la raison**.

- le chapitre « se déplacer » est en consultation : ses articles changent déjà avec vos propositions ;
- la plénière d’hiver est ouverte aux inscriptions ;
- deux leviers sont en débat : dites jusqu’où cela vous paraît tenable.

Merci à celles et ceux qui sont venus aux restitutions, et à celles et ceux qui nous ont contredits.`

// letters sends one to those who asked for it, and has others follow what they care for.
func letters(s *Script) {
	f := s.forum["44"]
	if f == nil {
		return
	}
	var rows []*voice
	for i, v := range f.voices {
		if i%4 == 0 {
			rows = append(rows, v)
		}
	}
	s.said("44", s.At(45), "readers of the letter", func(ctx context.Context, c cop.COP) error {
		for i, v := range rows {
			who := debate.Speaker{Voice: v.id}
			if _, err := s.Debate.Follow.Read(ctx, policy.Actor{}, c, who, true); err != nil {
				return err
			}
			subjects := []follow.Subject{{Kind: follow.Lever, ID: "covoiturage"}, {Kind: follow.Region, ID: c.ID}, {Kind: follow.Group, ID: f.groups["mobilite"].ID}}
			if _, _, err := s.Debate.Follow.Follow(ctx, policy.Actor{}, c, who, subjects[i%3]); err != nil {
				return err
			}
		}
		return nil
	})
	s.in(s.Head(policy.Team, "44"), "44", 4, "letter", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		x, err := s.Debate.Follow.AddLetter(ctx, a, c, fr("Bientôt cent contributions, et des réponses"), fr(letterText))
		if err == nil {
			_, err = s.Debate.Follow.SendLetter(ctx, a, c, x.ID, x.Rev)
		}
		return err
	})
	s.in(s.Head(policy.Team, "44"), "44", 1, "draft of a letter", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		_, err := s.Debate.Follow.AddLetter(ctx, a, c, fr("Avant la plénière d’hiver"), fr("À compléter : l’ordre du jour, et ce qui aura changé d’ici là."))
		return err
	})
}

package survey

import (
	"strconv"

	"jalon/internal/french"
	"jalon/internal/mail"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// hello greets without a name: whoever gave the seat wrote it, and what people write
// stays in its box.
func hello(Seat) string { return "Bonjour," }

// door puts the link and the code of a seat at the end of a letter.
func (m *Room) door(l mail.Letter, label string, s Seat) mail.Letter {
	d := m.Door(s.ID)
	l.Blocks = append(l.Blocks, mail.Link(label, d.Link),
		mail.Para("Si le lien ne s’ouvre pas, allez sur "+m.BaseURL+"/questionnaire et saisissez votre adresse et ce code\u00a0:"), mail.Code(d.Code[:4]+" "+d.Code[4:]))
	return l
}

const seatReason = "Ce lien est à vous\u00a0: il sert jusqu’à la clôture de la campagne. Si vous n’attendiez pas ce message, ne faites rien\u00a0; sans ce lien, personne ne répond à votre place."

// seatLetter tells somebody that they were given a part, or named to validate.
// Names that people wrote stay in their boxes.
func (m *Room) seatLetter(r Response, to, by Seat) mail.Letter {
	l := mail.Letter{Greeting: hello(to), Reason: seatReason}
	who := mail.Quote("La personne qui pilote la réponse", by.Known())
	if to.Role == Validates {
		l.Subject = "Vous validez la réponse de votre collectivité au questionnaire de la COP"
		l.Blocks = []mail.Block{mail.Para("Votre collectivité répond au questionnaire de la COP régionale, et vous confie la validation de sa réponse\u00a0:"),
			mail.Quote("Collectivité", r.Name), who,
			mail.Para("Vous recevrez un message quand la réponse sera prête. Vous pouvez déjà la lire, sur ordinateur ou téléphone\u00a0: la validation prend cinq minutes.")}
		return m.door(l, "Ouvrir la réponse", to)
	}
	l.Subject = "Une partie du questionnaire de la COP vous est confiée"
	l.Blocks = []mail.Block{mail.Para("Votre collectivité répond au questionnaire de la COP régionale. Une partie vous en est confiée\u00a0:"), mail.Quote("Collectivité", r.Name), who,
		mail.Para(strconv.Itoa(len(to.Sections)) + " " + french.Plural(len(to.Sections), "partie", "parties") + " à remplir. Ce que vous écrivez s’enregistre à mesure\u00a0: vous pouvez vous arrêter et reprendre.")}
	return m.door(l, "Répondre à ma partie", to)
}

func (m *Room) submittedLetter(r Response, to, by Seat) mail.Letter {
	l := mail.Letter{Subject: "La réponse de votre collectivité attend votre validation", Greeting: hello(to), Reason: seatReason,
		Blocks: []mail.Block{mail.Para("La réponse au questionnaire de la COP est prête. Elle compte une fois que vous l’avez validée\u00a0:"), mail.Quote("Collectivité", r.Name), mail.Quote("Envoyée par", by.Known()),
			mail.Para("Relisez le résumé, puis validez ou renvoyez-la avec un mot. Cinq minutes suffisent, sur téléphone aussi.")}}
	return m.door(l, "Relire et valider", to)
}

func (m *Room) sentBackLetter(r Response, to, by Seat) mail.Letter {
	l := mail.Letter{Subject: "La réponse au questionnaire de la COP vous est renvoyée", Greeting: hello(to), Reason: seatReason,
		Blocks: []mail.Block{mail.Para("Avant de valider, une précision vous est demandée. Rien de ce que vous avez écrit n’a changé, et la réponse est de nouveau ouverte\u00a0:"), mail.Quote("Collectivité", r.Name), mail.Quote(by.Known(), r.Reason)}}
	return m.door(l, "Reprendre la réponse", to)
}

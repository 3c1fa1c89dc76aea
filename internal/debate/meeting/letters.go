package meeting

import (
	"strings"

	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// When says the day and the hours of a meeting: «le 20 mars 2026, de 14:30 à 17:00».
func When(x cop.Meeting) string {
	out := "le " + french.Day(x.Day)
	switch {
	case x.Start != "" && x.End != "":
		out += ", de " + x.Start + " à " + x.End
	case x.Start != "":
		out += ", à " + x.Start
	}
	return out
}

// where lists where a meeting is, for those who may know.
func where(x cop.Meeting, join bool) (out []mail.Block) {
	if x.Place != "" {
		out = append(out, mail.Para("Lieu"+nb+": "+x.Place))
	}
	if join && x.JoinURL != "" {
		out = append(out, mail.Link("Rejoindre la réunion à distance", x.JoinURL))
	}
	return out
}

// links lead to the page of a meeting and to its entry of a calendar. key opens them to
// those who come to an internal meeting and hold no role.
func (m *Room) links(x cop.Meeting, key string) []mail.Block {
	if x.Part == policy.Public {
		key = ""
	}
	return []mail.Block{mail.Link("La page de la réunion", m.BaseURL+x.Path()+key), mail.Link("L’ajouter à mon agenda (iCalendar)", m.BaseURL+x.Path()+"/reunion.ics"+key)}
}

func (m *Room) seatKey(s Seat) string { return "?inscription=" + m.Cursors.Seal("seat", s.ID) }

func (m *Room) inviteKey(x cop.Meeting, email string) string {
	return "?invitation=" + m.Cursors.Seal("invite?"+x.ID, strings.ToLower(email))
}

const becauseSeat = "Vous recevez ce message parce que vous êtes inscrit à cette réunion, ou l’avez été."

// seatLetter tells somebody where their registration stands.
func (m *Room) seatLetter(c cop.COP, x cop.Meeting, e Entry, s Seat, why string) mail.Letter {
	l := mail.Letter{Reason: becauseSeat}
	say := func(text string) { l.Blocks = append(l.Blocks, mail.Para(text)) }
	if why != "" {
		say(why)
	}
	switch s.State {
	case Waiting:
		l.Subject = "Liste d’attente" + nb + ": " + x.Title
		say("La réunion «" + nb + x.Title + nb + "», " + When(x) + ", est complète. Vous êtes en liste d’attente. Si une place se libère au plus tard la veille, elle vous revient dans l’ordre des inscriptions, et vous recevez un message.")
	case Cancelled:
		l.Subject = "Désinscription" + nb + ": " + x.Title
		say("Vous n’êtes plus inscrit à la réunion «" + nb + x.Title + nb + "», " + When(x) + ".")
		l.Blocks = append(l.Blocks, m.links(x, m.seatKey(s))[0])
		return l
	default:
		l.Subject = "Inscription confirmée" + nb + ": " + x.Title
		say("Vous êtes inscrit à la réunion «" + nb + x.Title + nb + "», " + When(x) + ", " + here(s) + ".")
		l.Blocks = append(l.Blocks, where(x, true)...)
		if e.Words != "" {
			l.Blocks = append(l.Blocks, mail.Quote(c.SenderName(), e.Words))
		}
	}
	l.Blocks = append(l.Blocks, m.links(x, m.seatKey(s))...)
	l.Blocks = append(l.Blocks, mail.Link("Mon inscription"+nb+": la relire ou l’annuler", m.BaseURL+m.SeatPath(s)))
	return l
}

func here(s Seat) string {
	if s.Remote {
		return "à distance"
	}
	return "sur place"
}

// reminder tells those who come that the day is near.
func (m *Room) reminder(c cop.COP, x cop.Meeting, e Entry, s Seat, days int64) mail.Letter {
	l := mail.Letter{Subject: "Rappel" + nb + ": " + x.Title + ", " + When(x), Reason: becauseSeat}
	soon := "dans " + french.Integer(days) + nb + "jours"
	if days == 1 {
		soon = "demain"
	}
	l.Blocks = append(l.Blocks, mail.Para("La réunion «"+nb+x.Title+nb+"» a lieu "+soon+", "+When(x)+". Vous êtes inscrit, "+here(s)+"."))
	l.Blocks = append(l.Blocks, where(x, true)...)
	if e.Words != "" {
		l.Blocks = append(l.Blocks, mail.Quote(c.SenderName(), e.Words))
	}
	l.Blocks = append(l.Blocks, m.links(x, m.seatKey(s))...)
	l.Blocks = append(l.Blocks, mail.Link("Je ne viendrai pas"+nb+": laisser ma place", m.BaseURL+m.SeatPath(s)))
	return l
}

// notice tells that a meeting is cancelled, or is elsewhere or at another time. It is
// empty when nothing changed that people need to know.
func (m *Room) notice(before, x cop.Meeting, join bool, key string) mail.Letter {
	l := mail.Letter{Reason: "Vous recevez ce message parce que vous êtes inscrit ou invité à cette réunion."}
	if x.State == cop.Cancelled {
		if before.State == cop.Cancelled {
			return mail.Letter{}
		}
		l.Subject = "Réunion annulée" + nb + ": " + x.Title
		l.Blocks = []mail.Block{mail.Para("La réunion «" + nb + x.Title + nb + "», prévue " + When(before) + ", est annulée."), m.links(x, key)[0]}
		return l
	}
	var changes []string
	if before.State == cop.Cancelled {
		changes = append(changes, "La réunion, qui avait été annulée, a bien lieu, "+When(x))
	} else if When(before) != When(x) {
		changes = append(changes, "Date"+nb+": "+When(x)+", au lieu "+strings.Replace(" "+When(before), " le ", "du ", 1))
	}
	if before.Place != x.Place {
		place := x.Place
		if place == "" {
			place = "à distance, sans salle"
		}
		changes = append(changes, "Lieu"+nb+": "+place)
	}
	if join && before.JoinURL != x.JoinURL {
		changes = append(changes, "Le lien pour la suivre à distance a changé")
	}
	if len(changes) == 0 {
		return mail.Letter{}
	}
	l.Subject = "Changement" + nb + ": " + x.Title
	l.Blocks = append([]mail.Block{mail.Para("La réunion «" + nb + x.Title + nb + "» change."), mail.List(changes...)}, where(x, join)...)
	l.Blocks = append(l.Blocks, m.links(x, key)...)
	return l
}

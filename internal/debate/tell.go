package debate

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/mail"
)

// digestHour is when the digest of a day leaves, in the time of the COP.
const digestHour = 7

// Tell puts a mail for a voice in the outbox, in the transaction of what it tells of,
// as that voice wants it: at once, with the digest of its day, or not at all. soft
// tells that it may wait for the digest even for those who want each. Whatever the
// voice, the mail ends with the address where it manages what it left and what it
// receives. A voice that was never confirmed, or is erased, is told nothing.
func (m *Room) Tell(ctx context.Context, tx db.Q, c cop.COP, voice, dedup string, l mail.Letter, soft bool) (err error) {
	defer apperr.Wrap(&err, "debate.Tell(%s)", dedup)
	v, err := FindVoice(ctx, tx, voice)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return nil
	}
	if err != nil || !v.Confirmed() || v.Notify == TellNone {
		return err
	}
	x := mail.Mail{Dedup: dedup + "/" + v.ID, To: mail.Address{Email: v.Email, Name: v.Name}, Person: v.ID, FromName: c.SenderName(), ReplyTo: c.ReplyTo(), COP: c.ID, Letter: l}
	if x.Letter.Greeting == "" {
		x.Letter.Greeting = "Bonjour,"
	}
	x.Letter.Blocks = append(append([]mail.Block{}, l.Blocks...), mail.Link("Ce que j’ai déposé, et les messages que je reçois", m.BaseURL+m.VoicePath(v.ID)))
	if strings.HasPrefix(m.BaseURL, "https://") { // a one-click address must be: RFC 8058
		x.Unsubscribe = m.BaseURL + m.VoicePath(v.ID) + "/mes/messages"
	}
	if soft || v.Notify == TellDigest {
		zone := c.Location()
		if zone == nil {
			zone = time.UTC
		}
		x.Slot = mail.NextSlot(m.Now(), digestHour, zone)
	}
	_, err = m.Outbox.Enqueue(ctx, tx, x)
	return err
}

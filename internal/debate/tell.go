package debate

import (
	"context"
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

// Erase makes anonymous what the voices of an account left: their texts stay, under
// «auteur effacé»; the address, the name and the versions that held them go.
func (m *Room) Erase(ctx context.Context, tx db.Q, account string) (err error) {
	defer apperr.Wrap(&err, "debate.Erase")
	rows, err := tx.Query(ctx, `SELECT `+voiceColumns+` FROM debate_voice WHERE account = $1`, account)
	voices, err := db.Collect(rows, err, func(r *db.Rows) (Voice, error) { return scanVoice(r) })
	if err != nil {
		return err
	}
	for _, v := range voices {
		if err := m.EraseVoice(ctx, tx, v); err != nil {
			return err
		}
	}
	return nil
}

// EraseVoice is Erase for one voice, with or without an account.
func (m *Room) EraseVoice(ctx context.Context, tx db.Q, v Voice) (err error) {
	defer apperr.Wrap(&err, "debate.EraseVoice")
	for _, text := range []string{
		`UPDATE debate_voice SET rev = rev + 1, email = 'voix-' || id || '@efface.invalid', name = '', account = '', org = '', org_name = '', state = 'erased', notify = 'none' WHERE id = $1`,
		`DELETE FROM debate_confirmation WHERE voice_id = $1`,
		`UPDATE debate_post_version SET body = '{}' WHERE id IN (SELECT id FROM debate_post WHERE voice_id = $1)`,
		`UPDATE debate_post SET rev = rev + 1, state = 'withdrawn', title = '', text = '' WHERE voice_id = $1 AND state IN ('draft', 'unconfirmed', 'waiting', 'refused')`,
		`UPDATE debate_post SET signed = '` + Erased + `' WHERE voice_id = $1 AND speaker = 'personne'`,
	} {
		if _, err := tx.Exec(ctx, text, v.ID); err != nil {
			return err
		}
	}
	return nil
}

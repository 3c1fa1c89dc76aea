package survey

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Share gives sections to a colleague, by mail.
func (m *Room) Share(ctx context.Context, q db.Q, s Seat, response string, p Person, sections []string) (given Seat, err error) {
	defer apperr.Wrap(&err, "survey.Share(%s)", response)
	r, path, err := m.at(ctx, q, s, response)
	if err != nil {
		return given, err
	}
	sections = sectionsOf(path.Form, sections)
	if len(sections) == 0 {
		return given, &Fault{Field: "parties", Message: "Choisissez au moins une partie à confier."}
	}
	return m.invite(ctx, q, s, r, p, Seat{Role: Colleague, Sections: sections})
}

// NameValidator says who validates, an elected person, and writes to them.
func (m *Room) NameValidator(ctx context.Context, q db.Q, s Seat, response string, p Person, title string) (given Seat, err error) {
	defer apperr.Wrap(&err, "survey.NameValidator(%s)", response)
	r, err := FindResponse(ctx, q, response)
	if err != nil {
		return given, err
	}
	title = strings.Join(strings.Fields(title), " ")
	if title == "" || utf8.RuneCountInString(title) > 120 {
		return given, &Fault{Field: "fonction", Message: "Écrivez sa fonction (120 caractères au plus), comme «\u00a0maire\u00a0» ou «\u00a0vice-présidente au climat\u00a0»."}
	}
	return m.invite(ctx, q, s, r, p, Seat{Role: Validates, Title: title})
}

// invitedPerHour is how many invitations leave one table within an hour.
const invitedPerHour = 40

var errInvited = apperr.New(apperr.TooMany, nil, "Beaucoup d’invitations sont déjà parties pour cette réponse. Celle-ci n’a pas été envoyée\u00a0: attendez une heure, puis recommencez.")

// invite adds a seat, or brings up to date the one that the address has already.
func (m *Room) invite(ctx context.Context, q db.Q, s Seat, r Response, p Person, want Seat) (given Seat, err error) {
	if err := s.may(policy.Edit, r); err != nil {
		return given, err
	}
	if s.Role == Colleague {
		return given, apperr.New(apperr.Forbidden, nil, "Une partie de la réponse vous est confiée\u00a0: c’est à la personne qui pilote la réponse d’inviter. Rien n’a changé.")
	}
	if p, err = p.check(); err != nil {
		return given, err
	}
	if m.Tried != nil { // each invitation is a mail, to an address that anybody types
		if over, err := m.Tried(ctx, "survey-share|"+r.ID, invitedPerHour); err != nil || over {
			return given, cmp.Or(err, errInvited)
		}
	}
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1 WHERE id = $1 AND EXISTS (SELECT 1 FROM campaign c WHERE c.id = response.campaign_id AND c.state IN ('open', 'nearly'))`, r.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return m.notNow(ctx, tx, r.ID)
		}
		all, err := Seats(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		for _, x := range all {
			if x.Role != want.Role || x.Email != p.Email || !x.EndedAt.IsZero() {
				continue
			}
			given = x
			given.Name, given.Title, given.Sections = p.Name, want.Title, want.Sections
			if _, err := tx.Exec(ctx, `UPDATE response_seat SET name = $2, title = $3, sections = $4 WHERE id = $1`, x.ID, p.Name, want.Title, strings.Join(want.Sections, " ")); err != nil {
				return err
			}
			break
		}
		if given.ID == "" {
			if len(all) >= maxSeats {
				return errTable
			}
			want.Response, want.Name, want.Email, want.By = r.ID, p.Name, p.Email, s.ID
			if given, _, err = m.NewSeat(ctx, tx, want); err != nil {
				return err
			}
		}
		now, err := FindResponse(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if err := m.record(ctx, tx, s, now, "share", now.Rev); err != nil {
			return err
		}
		return m.writeTo(ctx, tx, now, given, "seat", m.seatLetter(now, given, s))
	})
	return given, err
}

// EndSeat takes a seat back, and those of people who came by its link. What they
// wrote stays. The first seat of the authority is not ended from inside: its team
// does it.
func (m *Room) EndSeat(ctx context.Context, q db.Q, s Seat, response, seat string) (err error) {
	defer apperr.Wrap(&err, "survey.EndSeat(%s)", seat)
	r, err := FindResponse(ctx, q, response)
	if err != nil {
		return err
	}
	if err := s.may(policy.Edit, r); err != nil {
		return err
	}
	if s.Role == Colleague && s.ID != seat {
		return apperr.New(apperr.Forbidden, nil, "C’est à la personne qui pilote la réponse de fermer un accès. Rien n’a changé.")
	}
	target, err := FindSeat(ctx, q, seat)
	if err != nil || target.Response != r.ID {
		return cmp.Or(err, errSeat)
	}
	if target.Role == Writes && !strings.HasPrefix(target.By, "seat:") {
		return apperr.Conflictf("C’est le lien de la collectivité : l’équipe de la COP seule le remplace. Rien n’a changé.")
	}
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1 WHERE id = $1`, r.ID); err != nil {
			return err
		}
		// «seat:…» marks who came by the link of a seat, apart from whom its holder invited.
		n, err := tx.Exec(ctx, `UPDATE response_seat SET ended_at = $3 WHERE response_id = $1 AND (id = $2 OR by = $4) AND ended_at IS NULL`, r.ID, seat, m.Now().UnixMilli(), "seat:"+seat)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Cet accès est déjà fermé.")
		}
		now, err := FindResponse(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		return m.record(ctx, tx, s, now, "end-seat", now.Rev)
	})
}

// writeTo puts a letter to the holder of a seat. One act at one revision tells one
// person once.
func (m *Room) writeTo(ctx context.Context, tx db.Q, r Response, to Seat, what string, l mail.Letter) error {
	if to.Email == "" {
		return nil
	}
	from, err := m.senderOf(ctx, tx, r)
	if err != nil {
		return err
	}
	_, err = m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: mailPrefix + r.ID + "/" + what + "/" + to.ID + "/" + itoa(r.Rev), To: mail.Address{Name: to.Name, Email: to.Email},
		Person: "seat:" + to.ID, FromName: from.name, ReplyTo: from.reply, Letter: l, Secret: true, COP: r.COP})
	return err
}

// senderOf is in whose name mails about a response leave.
func (m *Room) senderOf(ctx context.Context, q db.Q, r Response) (sender, error) {
	c, err := FindCampaign(ctx, q, r.Campaign)
	if err != nil {
		return sender{}, err
	}
	from, err := m.sender(ctx, q, c)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return sender{campaign: c, name: "Jalon"}, nil
	}
	return from, err
}

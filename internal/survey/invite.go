package survey

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/jobs"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// inviteKind is the job that invites who is listed and not yet invited; refreshKind
// brings the recipients up to the territories in force.
const (
	inviteKind  = "survey.invite"
	refreshKind = "survey.recipients"
)

// inviteArgs names a campaign; One is a single response of it.
type inviteArgs struct{ Campaign, One string }

// invitedAtOnce is how many authorities one short transaction invites.
const invitedAtOnce = 100

// reach finds who may be written to for some responses: their own contacts, else
// who the room of people knows for the authority, its contacts then its address.
// The team is never written to in the stead of an authority: it prints a letter.
func (m *Room) reach(ctx context.Context, q db.Q, list []Response) (map[string][]mail.Address, error) {
	out := map[string][]mail.Address{}
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	contacts, err := contactsOf(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	silent := map[string]bool{}
	for _, c := range contacts {
		switch {
		case c.Silent:
			silent[c.Response+"|"+c.Email] = true
		case !c.Bounced:
			out[c.Response] = append(out[c.Response], mail.Address{Name: c.Name, Email: c.Email})
		}
	}
	for _, r := range list {
		if len(out[r.ID]) > 0 || m.Contacts == nil {
			continue
		}
		to, step, err := m.Contacts(ctx, q, r.Authority)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return nil, err
		}
		if err == nil && step < 2 {
			out[r.ID] = slices.DeleteFunc(to, func(a mail.Address) bool { return silent[r.ID+"|"+strings.ToLower(a.Email)] })
		}
	}
	return out, nil
}

// sender is in whose name the mails of a campaign leave.
type sender struct {
	campaign Campaign
	name     string // «COP régionale, Grand Est»
	contact  string // who answers questions
	reply    string
}

func (m *Room) sender(ctx context.Context, q db.Q, c Campaign) (s sender, err error) {
	home, err := cop.Find(ctx, q, c.COP)
	if err != nil {
		return s, err
	}
	s = sender{campaign: c, name: home.SenderName(), contact: c.Contact}
	if s.contact == "" {
		s.contact = home.Contact
	}
	for word := range strings.FieldsFuncSeq(s.contact, func(r rune) bool { return strings.ContainsRune(" ,;:()<>«»\"\u00a0", r) }) {
		if email, err := mail.ParseAddress(word); err == nil && strings.Contains(email, "@") {
			s.reply = email
			break
		}
	}
	return s, nil
}

// Invite invites now who is listed in a campaign, as its job does.
func (m *Room) Invite(ctx context.Context, campaign string) error {
	return m.inviteSome(ctx, inviteArgs{Campaign: campaign})
}

// inviteSome invites who is listed in a campaign, a hundred at a time. It may stop and
// be done again at any moment: nobody is invited twice.
func (m *Room) inviteSome(ctx context.Context, args inviteArgs) (err error) {
	defer apperr.Wrap(&err, "survey.invite(%s)", args.Campaign)
	for after := ""; ; {
		c, err := FindCampaign(ctx, m.DB, args.Campaign)
		if err != nil || !c.State.Takes() {
			return err // closed meanwhile: the rest is invited when it opens again
		}
		from, err := m.sender(ctx, m.DB, c)
		if err != nil {
			return err
		}
		rows, err := m.DB.Query(ctx, `SELECT `+responseColumns+` FROM response r
			 WHERE r.campaign_id = $1 AND r.state = 'listed' AND NOT r.silent AND r.id > $2 AND ($3 = '' OR r.id = $3) ORDER BY r.id LIMIT $4`, c.ID, after, args.One, int64(invitedAtOnce))
		list, err := db.Collect(rows, err, func(r *db.Rows) (Response, error) { return scanResponse(r) })
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1].ID
		who, err := m.reach(ctx, m.DB, list)
		if err != nil {
			return err
		}
		err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.inviteBatch(ctx, tx, from, list, who) })
		if err != nil || len(list) < invitedAtOnce {
			return err
		}
	}
}

func (m *Room) inviteBatch(ctx context.Context, tx db.Q, from sender, list []Response, who map[string][]mail.Address) error {
	var seats []Seat
	var about []Response
	for _, r := range list {
		if len(who[r.ID]) == 0 {
			continue // it stays listed, where the team sees that it has no address
		}
		n, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1, state = 'invited', invited_at = $2 WHERE id = $1 AND state = 'listed' AND NOT silent`, r.ID, m.Now().UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			continue // another worker was here
		}
		for _, to := range who[r.ID] {
			seats, about = append(seats, Seat{Response: r.ID, Role: Writes, Name: to.Name, Email: to.Email, By: "campaign:" + from.campaign.ID}), append(about, r)
		}
	}
	made, doors, err := m.NewSeats(ctx, tx, seats)
	if err != nil {
		return err
	}
	for i, s := range made {
		if err := m.post(ctx, tx, from, about[i], s, "invite/"+s.ID, m.inviteLetter(from, about[i], s, doors[i])); err != nil {
			return err
		}
	}
	return nil
}

// mailPrefix begins the names of the mails of this room, followed by the id of
// the response.
const mailPrefix = "survey/"

// post puts a letter in the outbox. It opens a door, so that what it said is
// forgotten once it has gone.
func (m *Room) post(ctx context.Context, tx db.Q, from sender, r Response, s Seat, name string, l mail.Letter) error {
	stop := m.BaseURL + "/questionnaire/ne-plus-recevoir/" + m.NoMail(r.ID, s.Email)
	l.Blocks = append(l.Blocks, mail.Link("Ne plus recevoir ces courriels", stop))
	out := mail.Mail{Dedup: mailPrefix + r.ID + "/" + name, To: mail.Address{Name: s.Name, Email: s.Email}, Person: "seat:" + s.ID, FromName: from.name, ReplyTo: from.reply, COP: from.campaign.COP, Letter: l, Secret: true}
	if strings.HasPrefix(stop, "https:") {
		out.Unsubscribe = stop
	}
	_, err := m.Outbox.Enqueue(ctx, tx, out)
	return err
}

// minutes is how long a questionnaire takes, as it is announced.
func minutes(r Response) string {
	if string(r.Kind) == "commune" {
		return "dix minutes"
	}
	return "une demi-heure"
}

func (from sender) until() string {
	if from.campaign.ClosesOn == "" {
		return ""
	}
	return " Vous pouvez répondre jusqu’au " + french.Day(from.campaign.ClosesOn) + "."
}

// inviteLetter asks an authority to answer. What the team wrote stays in its box.
func (m *Room) inviteLetter(from sender, r Response, s Seat, d Door) mail.Letter {
	l := mail.Letter{Subject: "Votre réponse est attendue\u00a0: questionnaire de la " + from.name, Greeting: greet(s),
		Reason: "Vous recevez ce message parce que cette adresse est celle de " + r.Name + " pour la " + from.name + ". Vous n’êtes pas la bonne personne\u00a0? Transmettez-le dans votre collectivité\u00a0: le lien y sert à tous."}
	l.Blocks = append(l.Blocks,
		mail.Para("La "+from.name+" demande à chaque collectivité ce qu’elle fait déjà et ce qui la freine. "+r.Name+" répond une seule fois, à plusieurs si vous le souhaitez."),
		mail.Para("Comptez "+minutes(r)+". Ce qui est déjà connu est rempli\u00a0; tout s’enregistre au fil de la saisie, et vous reprenez quand vous voulez."+from.until()))
	if from.campaign.Message != "" {
		l.Blocks = append(l.Blocks, mail.Quote("L’équipe de la COP", from.campaign.Message))
	}
	return withDoor(l, from, d)
}

func withDoor(l mail.Letter, from sender, d Door) mail.Letter {
	l.Blocks = append(l.Blocks, mail.Link("Répondre au questionnaire", d.Link),
		mail.Para("Si le lien ne s’ouvre pas, allez sur Jalon à la page «\u00a0Répondre au questionnaire\u00a0» et saisissez votre adresse et ce code\u00a0:"), mail.Code(d.Code[:4]+"\u00a0"+d.Code[4:]))
	if from.contact != "" {
		l.Blocks = append(l.Blocks, mail.Quote("Une question\u00a0? L’équipe de la COP", from.contact))
	}
	return l
}

func greet(s Seat) string {
	if s.Name != "" {
		return "Bonjour " + s.Name + ","
	}
	return "Bonjour,"
}

// inviteOne puts the job that invites one response, when its campaign runs.
func (m *Room) inviteOne(ctx context.Context, tx db.Q, c Campaign, r Response) error {
	if !c.State.Takes() {
		return nil
	}
	_, err := m.Queue.Enqueue(ctx, tx, inviteKind, inviteArgs{c.ID, r.ID}, jobs.Opts{Dedup: inviteKind + ":" + r.ID + ":" + itoa(r.Rev)})
	return err
}

// Resend writes the same link again to a seat; renew ends it and gives a new one:
// the old link then opens nothing, and what was written stays.
func (m *Room) Resend(ctx context.Context, a policy.Actor, response, seat string, renew bool) error {
	verb := "resend"
	if renew {
		verb = "renew"
	}
	return m.touch(ctx, a, response, verb, func(ctx context.Context, tx db.Q, r Response) error {
		s, err := FindSeat(ctx, tx, seat)
		if err != nil {
			return err
		}
		c, err := FindCampaign(ctx, tx, r.Campaign)
		if err != nil {
			return err
		}
		switch {
		case s.Response != r.ID || !s.EndedAt.IsZero():
			return apperr.Conflictf("Ce lien n’est plus en service. Rien n’a été envoyé\u00a0; rechargez la page.")
		case !c.State.Takes():
			return apperr.Conflictf("La campagne ne prend pas de réponse en ce moment\u00a0: aucun lien n’a été envoyé.")
		case s.Email == "" && !renew:
			return apperr.Invalidf("Ce lien a été imprimé, sans adresse électronique\u00a0: réimprimez la lettre.")
		}
		name := "resend/" + s.ID + "/" + itoa(r.Rev)
		if renew {
			if _, err := tx.Exec(ctx, `UPDATE response_seat SET ended_at = $2 WHERE id = $1`, s.ID, m.Now().UnixMilli()); err != nil {
				return err
			}
			if s, _, err = m.NewSeat(ctx, tx, Seat{Response: r.ID, Role: s.Role, Name: s.Name, Email: s.Email, Title: s.Title, Sections: s.Sections, By: a.Person}); err != nil {
				return err
			}
			name = "renew/" + s.ID
		}
		if s.Email == "" {
			return nil
		}
		from, err := m.sender(ctx, tx, c)
		if err != nil {
			return err
		}
		l := m.inviteLetter(from, r, s, m.Door(s.ID))
		if renew {
			l.Blocks = slices.Insert(l.Blocks, 0, mail.Para("Voici un nouveau lien. Le précédent n’ouvre plus rien\u00a0; ce qui a été écrit est gardé."))
		}
		return m.post(ctx, tx, from, r, s, name, l)
	})
}

// OnBounce passes to the next contact of an authority what could not reach one. It
// reports whether the mail was of this room.
func (m *Room) OnBounce(ctx context.Context, tx db.Q, k mail.Kept) (mine bool, err error) {
	defer apperr.Wrap(&err, "survey.OnBounce")
	rest, mine := strings.CutPrefix(k.Dedup, mailPrefix)
	if !mine {
		return false, nil
	}
	id, _, _ := strings.Cut(rest, "/")
	if _, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1 WHERE id = $1`, id); err != nil {
		return true, err
	}
	r, err := FindResponse(ctx, tx, id)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return true, nil // removed since
	}
	if err != nil {
		return true, err
	}
	// The seat of an address that does not exist is nobody's; one that was opened is.
	if _, err := tx.Exec(ctx, `UPDATE response_seat SET ended_at = $3 WHERE response_id = $1 AND email = $2 AND opened_at IS NULL AND ended_at IS NULL`, r.ID, strings.ToLower(k.To.Email), m.Now().UnixMilli()); err != nil {
		return true, err
	}
	seats, err := Seats(ctx, tx, r.ID)
	if err != nil {
		return true, err
	}
	for _, s := range seats {
		if s.EndedAt.IsZero() && s.Role == Writes {
			return true, nil // somebody else holds a link
		}
	}
	if r.State != Invited {
		return true, nil
	}
	// Nobody holds it: it waits to be invited again, by the next address if there is
	// one, else by a letter.
	if _, err := tx.Exec(ctx, `UPDATE response SET state = 'listed', invited_at = NULL WHERE id = $1 AND state = 'invited'`, r.ID); err != nil {
		return true, err
	}
	c, err := FindCampaign(ctx, tx, r.Campaign)
	if err != nil {
		return true, err
	}
	return true, m.inviteOne(ctx, tx, c, r)
}

// inviteJob is invite as the worker calls it.
func (m *Room) inviteJob(ctx context.Context, j jobs.Job) error {
	var args inviteArgs
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return jobs.Permanent(err)
	}
	return m.inviteSome(ctx, args)
}

func dedup(name string) jobs.Opts { return jobs.Opts{Dedup: name} }

package meeting

import (
	"context"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// mostInvited is how many people one act invites.
const mostInvited = 2000

// Sent is what became of an invitation to many.
type Sent struct {
	New     int // invited now
	Already int // invited before: nobody is told twice
	Refused int // asked to receive nothing from this COP
	Nobody  int // organisations without any address of their own
}

// guest is somebody to invite.
type guest struct {
	mail.Address
	org string
}

// InvitePasted invites the addresses that somebody pasted, one a line or separated by
// commas.
func (m *Room) InvitePasted(ctx context.Context, a policy.Actor, id, text string) (n Sent, err error) {
	defer apperr.Wrap(&err, "meeting.InvitePasted(%s)", id)
	var all []guest
	for i, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ',' || r == ';' }) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if from := strings.LastIndexByte(line, '<'); from >= 0 { // Prénom Nom <adresse>
			line = strings.TrimSuffix(strings.TrimSpace(line[from+1:]), ">")
		}
		email, err := account.Address(line)
		if err != nil {
			return n, apperr.Invalidf("L’adresse n°\u00a0%d, «\u00a0%.100s\u00a0», ne se lit pas. Personne n’est invité\u00a0: corrigez-la, ou retirez-la.", i+1, line)
		}
		all = append(all, guest{Address: mail.Address{Email: email}})
	}
	return m.invite(ctx, a, id, "adresses", all, n)
}

// InviteGroup invites the members of a working group of the COP.
func (m *Room) InviteGroup(ctx context.Context, a policy.Actor, id, group string) (n Sent, err error) {
	defer apperr.Wrap(&err, "meeting.InviteGroup(%s)", id)
	_, c, err := m.mine(ctx, m.DB, a, id)
	if err != nil {
		return n, err
	}
	if err := m.ofCOP(ctx, m.DB, c, group); err != nil || m.Members == nil {
		return n, err
	}
	members, err := m.Members(ctx, m.DB, group)
	if err != nil {
		return n, err
	}
	all := make([]guest, len(members))
	for i, x := range members {
		all[i] = guest{Address: x}
	}
	return m.invite(ctx, a, id, "groupe", all, n)
}

// ofCOP refuses a group of another COP.
func (m *Room) ofCOP(ctx context.Context, q db.Q, c cop.COP, group string) error {
	if group == "" {
		return nil
	}
	if m.Groups != nil {
		all, err := m.Groups(ctx, q, c)
		if err != nil {
			return err
		}
		for _, g := range all {
			if g.ID == group {
				return nil
			}
		}
	}
	return apperr.Invalidf("Ce groupe de travail n’est pas de cette COP\u00a0: choisissez-le dans la liste.")
}

// InviteDepartment invites the organisations whose seat is in a département, of some
// kinds or of all, by their contacts or else their generic address.
func (m *Room) InviteDepartment(ctx context.Context, a policy.Actor, id, department string, kinds []account.OrgKind) (n Sent, err error) {
	defer apperr.Wrap(&err, "meeting.InviteDepartment(%s, %s)", id, department)
	if _, _, err := m.mine(ctx, m.DB, a, id); err != nil {
		return n, err
	}
	if len(kinds) == 0 {
		kinds = account.OrgKinds()
	}
	var all []guest
	for _, k := range kinds {
		for cursor := ""; ; {
			p, err := m.Accounts.Organisations(ctx, m.DB, a, account.OrgFilter{Department: department, Kind: k}, cursor, 200)
			if err != nil {
				return n, err
			}
			for _, o := range p.Rows {
				if o.State != account.OrgActive {
					continue
				}
				to, step, err := m.Accounts.Contacts(ctx, m.DB, o)
				if err != nil {
					return n, err
				}
				if step > 1 || len(to) == 0 { // the team stands for whoever has no address: it knows already
					n.Nobody++
					continue
				}
				for _, x := range to {
					all = append(all, guest{x, o.ID})
				}
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
	}
	return m.invite(ctx, a, id, "departement:"+department, all, n)
}

// invite writes each invitation and its mail, once for each address.
func (m *Room) invite(ctx context.Context, a policy.Actor, id, source string, all []guest, n Sent) (Sent, error) {
	if len(all) > mostInvited {
		return n, apperr.Invalidf("C’est plus de 2\u202f000 invitations en une fois. Personne n’est invité\u00a0: choisissez moins d’organismes.")
	}
	err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := m.mine(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if today := c.DayAt(m.Now()); x.State != cop.Planned || today > x.Day {
			return apperr.Invalidf("Cette réunion n’est plus à venir\u00a0: personne n’y est invité.")
		}
		e, err := m.ensure(ctx, tx, x)
		if err != nil {
			return err
		}
		for _, g := range all {
			if err := m.inviteOne(ctx, tx, a, c, x, e, source, g, &n); err != nil {
				return err
			}
		}
		if n.New == 0 {
			return nil
		}
		return m.record(ctx, tx, a, "invite", x.ID, x.Rev, x.COP)
	})
	return n, err
}

func (m *Room) inviteOne(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, x cop.Meeting, e Entry, source string, g guest, n *Sent) error {
	g.Email = strings.ToLower(g.Email)
	deaf, err := m.deaf(ctx, tx, x.COP, g.Email)
	if err != nil || deaf {
		if deaf {
			n.Refused++
		}
		return err
	}
	added, err := db.Insert(ctx, tx, "meeting_invite", []string{"meeting_id", "email", "cop_id", "name", "org", "source", "at", "by"},
		[][]any{{x.ID, g.Email, x.COP, g.Name, g.org, source, m.Now().UnixMilli(), a.Person}}, "ON CONFLICT (meeting_id, email) DO NOTHING")
	if err != nil || added == 0 {
		if err == nil {
			n.Already++
		}
		return err
	}
	n.New++
	l := mail.Letter{Subject: "Invitation" + nb + ": " + x.Title + ", " + When(x), Greeting: "Bonjour,",
		Reason: "Vous recevez ce message parce que l’équipe de la COP invite cette adresse à cette réunion. Elle n’est gardée que pour cela."}
	l.Blocks = append(l.Blocks, mail.Para(c.SenderName()+" vous invite à la réunion «"+nb+x.Title+nb+"», "+When(x)+"."))
	l.Blocks = append(l.Blocks, where(x, false)...)
	if e.Mode != None {
		l.Blocks = append(l.Blocks, mail.Link("S’inscrire, en une minute", m.BaseURL+m.InvitePath(x, g.Email)))
	}
	l.Blocks = append(l.Blocks, m.links(x, m.inviteKey(x, g.Email))...)
	_, err = m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: "meeting-invite/" + x.ID + "/" + g.Email, To: g.Address, FromName: c.SenderName(), ReplyTo: c.ReplyTo(), COP: c.ID, Letter: l})
	return err
}

// deaf reports whether an address asked to receive nothing from a COP.
func (m *Room) deaf(ctx context.Context, q db.Q, copID, email string) (bool, error) {
	var n int64
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM debate_voice WHERE cop_id = $1 AND email = $2 AND notify = 'none'`, copID, email).Scan(&n)
	return n > 0, err
}

// InvitePath is the address at which an invited person registers: whoever holds it
// received the invitation.
func (m *Room) InvitePath(x cop.Meeting, email string) string {
	return x.Path() + "/inscription" + m.inviteKey(x, email)
}

// OpenInvite is the address to which such an invitation was sent, "" for none.
func (m *Room) OpenInvite(x cop.Meeting, token string) string {
	parts, err := m.Cursors.Open("invite?"+x.ID, token, 1)
	if err != nil || len(parts) != 1 {
		return ""
	}
	return parts[0]
}

// Invited tells whether an address was invited.
func (m *Room) Invited(ctx context.Context, q db.Q, x cop.Meeting, email string) (bool, error) {
	var n int64
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM meeting_invite WHERE meeting_id = $1 AND email = $2`, x.ID, strings.ToLower(email)).Scan(&n)
	return n > 0, err
}

// Invites counts those who were.
func Invites(ctx context.Context, q db.Q, meeting string) (n int64, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM meeting_invite WHERE meeting_id = $1`, meeting).Scan(&n)
	return n, err
}

// invited refuses whoever was not invited, but those who organise.
func (m *Room) invited(ctx context.Context, tx db.Q, a policy.Actor, x cop.Meeting, c cop.COP, email string) error {
	ok, err := m.Invited(ctx, tx, x, email)
	if err != nil || ok || policy.Can(a, policy.Edit, x.Thing(c)) {
		return err
	}
	return errInvited
}

var errInvited = apperr.New(apperr.Forbidden, nil, "On s’inscrit à cette réunion sur invitation. Ouvrez le lien du message d’invitation, ou écrivez à l’équipe de la COP. Rien n’est enregistré.")

package meeting

import (
	"context"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/group"
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

// InviteGroup invites those who sit in a working group of the COP on the day of the
// meeting, by their own address; an organisation whose person is not known is invited
// by its contacts.
func (m *Room) InviteGroup(ctx context.Context, a policy.Actor, id, of string) (n Sent, err error) {
	defer apperr.Wrap(&err, "meeting.InviteGroup(%s)", id)
	x, c, err := m.mine(ctx, m.DB, a, id)
	if err != nil {
		return n, err
	}
	if of == "" {
		return n, errNoGroup()
	}
	if err := m.MayPlan(a, c, cop.Meeting{COP: c.ID, Group: of, Department: x.Department}); err != nil { // who is in it is theirs to write to
		return n, err
	}
	if err := m.ofCOP(ctx, m.DB, c, of); err != nil {
		return n, err
	}
	members, err := group.Members(ctx, m.DB, of)
	if err != nil {
		return n, err
	}
	var all []guest
	for _, who := range members {
		switch {
		case !who.Sits(x.Day):
		case who.Email != "":
			all = append(all, guest{mail.Address{Email: who.Email, Name: who.Name}, who.Org})
		case who.Org == "":
			n.Nobody++
		default:
			o, err := account.FindOrganisation(ctx, m.DB, who.Org)
			if err != nil {
				return n, err
			}
			to, err := m.contacts(ctx, o)
			if err != nil {
				return n, err
			}
			if len(to) == 0 {
				n.Nobody++
			}
			all = append(all, to...)
		}
	}
	return m.invite(ctx, a, id, "groupe:"+of, all, n)
}

// contacts are the addresses of an organisation: its contacts or else its generic
// address. The team stands for whoever has none: it knows already.
func (m *Room) contacts(ctx context.Context, o account.Organisation) (out []guest, err error) {
	to, step, err := m.Accounts.Contacts(ctx, m.DB, o)
	if err != nil || step > 1 {
		return nil, err
	}
	for _, x := range to {
		out = append(out, guest{x, o.ID})
	}
	return out, nil
}

// ofCOP refuses a group of another COP, and one that is closed.
func (m *Room) ofCOP(ctx context.Context, q db.Q, c cop.COP, id string) error {
	if id == "" {
		return nil
	}
	all, err := group.Choices(ctx, q, c.ID)
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.ID == id {
			return nil
		}
	}
	return errNoGroup()
}

func errNoGroup() error {
	return apperr.Invalidf("Ce groupe de travail n’est pas de cette COP, ou il est clos\u00a0: choisissez-le dans la liste.")
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
				to, err := m.contacts(ctx, o)
				if err != nil {
					return n, err
				}
				if len(to) == 0 {
					n.Nobody++
				}
				all = append(all, to...)
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
	return apperr.New(apperr.Forbidden, nil, "On s’inscrit à cette réunion sur invitation. Ouvrez le lien du message d’invitation, ou écrivez à l’équipe de la COP. Rien n’est enregistré.")
}

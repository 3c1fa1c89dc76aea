package account

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

var inText = regexp.MustCompile(`[^\s<>();,:«»"]+@[^\s<>();,:«»"]+\.[^\s<>();,:«»".]+`)

// addressIn finds the address in a contact that a person wrote: «Équipe de la
// COP, cop@exemple.fr». Empty when there is none.
func addressIn(contact string) string {
	email, err := Address(inText.FindString(contact))
	if err != nil {
		return ""
	}
	return email
}

// Chain lists, in order, how to reach an organisation: its contacts, its generic
// address, then the team of the COP where it answers. but leaves out a person
// who could not be reached. It fits mail.Reach.
func (m *Room) Chain(o Organisation, but string) []mail.Step {
	return []mail.Step{
		func(ctx context.Context, q db.Q) ([]mail.Address, error) {
			rows, err := q.Query(ctx, `SELECT a.name, a.email FROM membership x JOIN account a ON a.id = x.account
				WHERE x.organisation = $1 AND x.contact AND x.ended_at IS NULL AND a.state = 'active' AND a.id <> $2 ORDER BY x.id`, o.ID, but)
			return db.Collect(rows, err, scanAddress)
		},
		func(context.Context, db.Q) ([]mail.Address, error) {
			if o.Contact == "" {
				return nil, nil
			}
			return []mail.Address{{Name: o.Name, Email: o.Contact}}, nil
		},
		m.teamOf(o.Region, but),
	}
}

func scanAddress(r *db.Rows) (a mail.Address, err error) {
	err = r.Scan(&a.Name, &a.Email)
	return a, err
}

// teamOf reaches the team of a region's COP: the contact that it shows when it
// holds an address, else the people of the team.
func (m *Room) teamOf(region, but string) mail.Step {
	return func(ctx context.Context, q db.Q) ([]mail.Address, error) {
		if region == "" {
			return nil, nil
		}
		home, err := m.homeOf(ctx, q, region)
		if err != nil {
			return nil, err
		}
		if email := addressIn(home.Contact); email != "" {
			return []mail.Address{{Name: home.Name, Email: email}}, nil
		}
		rows, err := q.Query(ctx, `SELECT DISTINCT a.name, a.email FROM role_grant g JOIN account a ON a.id = g.account
			WHERE g.scope_kind = 'region' AND g.scope = $1 AND g.role = $2 AND g.ended_at IS NULL AND a.state = 'active' AND a.id <> $3
			ORDER BY a.email`, region, string(policy.Team), but)
		return db.Collect(rows, err, scanAddress)
	}
}

// Contacts lists who would be written to for an organisation now, and which
// step of its chain it is: 0 its contacts, 1 its address, 2 the team; 3 nobody.
func (m *Room) Contacts(ctx context.Context, q db.Q, o Organisation) (to []mail.Address, step int, err error) {
	to, step, err = mail.Reach(ctx, q, m.Chain(o, "")...)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return nil, step, nil
	}
	return to, step, err
}

const relayed = "relay/"

// OnBounce puts what could not reach a person on its way to who stands next in
// their organisations: contacts, generic address, team. A letter that opens a
// door goes to nobody else; nobody receives the same twice; and the chain ends by
// itself, since an address that bounced is not written to again.
func (m *Room) OnBounce(ctx context.Context, tx db.Q, k mail.Kept) (err error) {
	defer apperr.Wrap(&err, "account.OnBounce(%q)", k.Dedup)
	if k.Person == "" || k.Secret {
		return nil
	}
	a, err := Find(ctx, tx, k.Person)
	if err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			return nil
		}
		return err
	}
	orgs, regions, err := m.placesOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	root := k.Dedup
	if strings.HasPrefix(root, relayed) { // relay/<address>/<root>
		_, root, _ = strings.Cut(root[len(relayed):], "/")
	}
	var chain []mail.Step
	var about []Organisation
	for step := range 3 { // the contacts of every organisation, then their addresses, then the teams
		for _, o := range orgs {
			chain, about = append(chain, m.Chain(o, a.ID)[step]), append(about, o)
		}
	}
	for _, r := range regions {
		chain, about = append(chain, m.teamOf(r, a.ID)), append(about, Organisation{Region: r})
	}
	to, step, err := mail.Reach(ctx, tx, chain...)
	if err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			return nil // nobody stands next: the operator sees the bounce
		}
		return err
	}
	home, err := m.homeOf(ctx, tx, about[step].Region)
	if err != nil {
		return err
	}
	for _, next := range to {
		letter := relayLetter(k.Letter, a, about[step])
		if _, err := m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: relayed + next.Email + "/" + root, To: next, Person: a.ID, FromName: or(k.FromName, home.Name),
			ReplyTo: or(k.ReplyTo, addressIn(home.Contact)), COP: or(k.COP, home.COP), Expires: k.Expires, Letter: letter}); err != nil {
			return err
		}
	}
	return nil
}

// relayLetter says first for whom the letter was.
func relayLetter(l mail.Letter, a Account, o Organisation) mail.Letter {
	why := "Ce message était destiné à " + a.Email + ", dont l’adresse ne répond pas. Vous le recevez à sa place\u00a0: transmettez-le, ou prévenez l’équipe de la COP que la personne a changé."
	blocks := []mail.Block{mail.Para(why)}
	if o.Name != "" {
		blocks = append(blocks, mail.Quote("Organisme de cette personne", o.Name))
	}
	if first := l.Blocks; len(first) > 0 && first[0].Kind == "para" && strings.HasPrefix(first[0].Text, "Ce message était destiné à ") { // relayed already
		l.Blocks = slices.Clone(first[1:])
		if len(l.Blocks) > 0 && l.Blocks[0].Kind == "quote" {
			l.Blocks = l.Blocks[1:]
		}
	} else {
		l.Subject = "Pour transmission\u00a0: " + l.Subject
	}
	l.Blocks = append(blocks, l.Blocks...)
	l.Greeting = "Bonjour,"
	return l
}

// placesOf finds where a person belongs: the organisations that they are of or
// act for, and the regions where they hold a role.
func (m *Room) placesOf(ctx context.Context, q db.Q, account string) (orgs []Organisation, regions []string, err error) {
	rows, err := q.Query(ctx, `SELECT `+orgColumns+` FROM organisation o
		WHERE o.id IN (SELECT x.organisation FROM membership x WHERE x.account = $1 AND x.ended_at IS NULL)
		   OR o.id IN (SELECT g.scope FROM role_grant g WHERE g.account = $1 AND g.scope_kind = 'organisation' AND g.ended_at IS NULL)
		ORDER BY o.id`, account)
	if orgs, err = db.Collect(rows, err, func(r *db.Rows) (Organisation, error) { return scanOrg(r) }); err != nil {
		return nil, nil, err
	}
	rows, err = q.Query(ctx, `SELECT DISTINCT scope FROM role_grant WHERE account = $1 AND scope_kind = 'region' AND ended_at IS NULL ORDER BY scope`, account)
	regions, err = db.Strings(rows, err)
	return orgs, regions, err
}

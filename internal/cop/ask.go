package cop

import (
	"context"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// SenderName is who the mails of a COP come from: «COP Grand Est».
func (c COP) SenderName() string {
	for _, long := range []string{"COP régionale, ", "COP départementale, "} {
		if rest, ok := strings.CutPrefix(c.Name, long); ok {
			return "COP " + rest
		}
	}
	return c.Name
}

// ReplyTo is the address that answers to the mails of a COP go to: its contact,
// when that is an address.
func (c COP) ReplyTo() string {
	address, err := mail.ParseAddress(c.Contact)
	if err != nil {
		return ""
	}
	return address
}

// ask tells by mail those who may give the words that an act still waits for:
// the head of each side, and whom they let act. Each is told once of an act,
// when they choose to be.
func (m *Room) ask(ctx context.Context, tx db.Q, c COP, act Act) error {
	if m.People == nil || act.State != ActPending {
		return nil
	}
	told := map[string]bool{act.ProposedBy: true}
	for _, side := range []Side{StateSide, RegionSide} {
		if act.Has(side) || side == RegionSide && !c.Both {
			continue
		}
		people, err := m.whoMayActFor(ctx, tx, c, side, act)
		if err != nil {
			return err
		}
		for _, id := range people {
			if told[id] {
				continue
			}
			told[id] = true
			if err := m.askOne(ctx, tx, c, act, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *Room) askOne(ctx context.Context, tx db.Q, c COP, act Act, person string) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = nil
	}
	from := "L’équipe de la COP"
	if act.Side != "" {
		from = upper(act.Side.Name())
	}
	// What is proposed may bear words that somebody typed: they stand in a box.
	// No name of a person does, which would outlive their account.
	letter := mail.Letter{Subject: "Une validation vous attend",
		Blocks: []mail.Block{mail.Para("Une proposition de la COP attend votre validation depuis le " + french.Date(act.At.In(orUTC(zone))) + "."), mail.Quote(from, act.Title)},
		Reason: "Vous recevez ce message parce que vous conduisez cette COP, ou que l’une de ses têtes vous a donné délégation. Réglez ces messages dans «\u00a0Mon espace\u00a0»."}
	if c.Both {
		letter.Blocks = append(letter.Blocks, mail.Para("Passé "+days(c.Patience)+" sans réponse, l’autre tête pourra poursuivre seule."))
	}
	letter.Blocks = append(letter.Blocks, mail.Link("Lire et valider", m.People.BaseURL+c.Path()+"/bureau#acte-"+act.ID))
	_, err = m.People.Notify(ctx, tx, person, account.Tasks, zone, mail.Mail{Dedup: "act/" + act.ID + "/" + person, FromName: c.SenderName(), ReplyTo: c.ReplyTo(), COP: c.ID, Letter: letter})
	return err
}

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

func days(n int64) string {
	if n == 1 {
		return "un jour"
	}
	return french.Integer(n) + "\u00a0jours"
}

// whoMayActFor lists the accounts whose word would be that of a side: the same
// table as sideOf, read the other way.
func (m *Room) whoMayActFor(ctx context.Context, q db.Q, c COP, side Side, act Act) (people []string, err error) {
	held, err := account.Holders(ctx, q, "region", c.Region)
	if err != nil {
		return nil, err
	}
	if c.Parent != "" {
		leads, err := account.Holders(ctx, q, "department", strings.TrimPrefix(c.Territory, "department:"))
		if err != nil {
			return nil, err
		}
		held = append(held, leads...)
	}
	for _, h := range held {
		switch {
		case side == StateSide && (h.Role == policy.StateChair || c.Parent != "" && h.Role == policy.DepartmentLead), side == RegionSide && h.Role == policy.RegionChair:
			people = append(people, h.Account)
		}
	}
	today := m.today(c)
	rows, err := q.Query(ctx, `SELECT DISTINCT person FROM delegation
		WHERE cop_id = $1 AND side = $2 AND ended_at IS NULL AND from_day <= $3 AND to_day >= $3
		  AND (reach = 'all' OR reach = 'kind' AND target = $4 OR reach = 'act' AND target = $5)
		ORDER BY person`, c.ID, string(side), today, act.Kind, act.ID)
	delegates, err := db.Strings(rows, err)
	return append(people, delegates...), err
}

// Erase forgets what this room holds of a person who is erased: their visits and
// calendars, the delegations that they gave or received. Their acts stay, under
// an id that no longer tells who they were.
func (m *Room) Erase(ctx context.Context, tx db.Q, person string) (err error) {
	defer apperr.Wrap(&err, "cop.Erase")
	if _, err := tx.Exec(ctx, `DELETE FROM cop_visit WHERE person = $1`, person); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM calendar_feed WHERE person = $1`, person); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE delegation SET ended_at = $2 WHERE (person = $1 OR giver = $1) AND ended_at IS NULL`, person, m.Now().UnixMilli())
	return err
}

package exchange

import (
	"fmt"
	"iter"
	"strings"

	"jalon/internal/account"
)

// InvitationColumns are the headers of a file of invitations, as its model has
// them.
func InvitationColumns() []string { return []string{"email", "nom", "role", "organisme", "fonction"} }

var invitationColumns = Synonyms{
	"email":        {"adresse électronique", "e-mail", "mail", "courriel", "adresse mail", "adresse e-mail", "adresse", "mél"},
	"name":         {"nom", "nom et prénom", "prénom et nom", "nom prénom", "prénom nom", "personne", "full name"},
	"role":         {"rôle", "roles", "rôles"},
	"organisation": {"organisme", "collectivité", "structure", "code", "code organisme", "code collectivité", "code insee", "siren", "organization", "territory", "territoire"},
	"function":     {"fonction", "titre", "poste", "qualité", "title", "position"},
}

// InvitationLimits are those of a file of invitations: as many as an import may
// hold, and far fewer rows.
func InvitationLimits() Limits {
	l := UploadLimits()
	l.Rows, l.Columns, l.Cell = account.MaxInvitations+1, 50, 1000
	return l
}

// ReadInvitations reads «email; name; role; organisation; function», one person
// a row, and several rows for a person who has several roles. Only the first
// column is needed. A cell that a spreadsheet would run is refused.
func ReadInvitations(t *Table, m Mapping) (iter.Seq2[account.InviteRow, error], error) {
	c, err := t.Columns(invitationColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("email"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) account.InviteRow {
		r := account.InviteRow{Line: row.Line}
		for key, to := range map[string]*account.InviteCell{"email": &r.Email, "name": &r.Name, "role": &r.Role, "organisation": &r.Org, "function": &r.Title} {
			cell := c.Cell(row, key)
			*to = account.InviteCell{Text: cell.Value, Col: cell.Col, Column: cell.Column}
		}
		steps := []func() error{func() error { return filled(c.Cell(row, "email")) }}
		for _, key := range []string{"email", "name", "role", "organisation", "function"} {
			steps = append(steps, func() error { return harmless(c.Cell(row, key)) })
		}
		r.Err = first(steps...)
		return r
	}), nil
}

// harmless refuses what a spreadsheet takes for a formula: it may have come from
// one, and would run in the next.
func harmless(c Cell) error {
	text, err := c.Text()
	if err != nil {
		return err
	}
	if strings.ContainsAny(text, "\r\n\t") {
		return c.Fault("cette cellule tient sur plusieurs lignes\u00a0: écrivez-la sur une seule")
	}
	if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		return c.Fault("cette cellule commence par «\u00a0%c\u00a0» comme une formule\u00a0: écrivez le texte seul", text[0])
	}
	return nil
}

// TypedInvitations opens lines that a person typed, with or without a header.
func TypedInvitations(text string) (*Table, error) {
	head, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if strings.Contains(head, "@") {
		delimiter := ";"
		if !strings.Contains(head, ";") {
			delimiter = ","
		}
		if strings.Contains(head, "\t") {
			delimiter = "\t"
		}
		columns := InvitationColumns()
		width := min(strings.Count(head, delimiter)+1, len(columns))
		for line := range strings.SplitSeq(text, "\n") {
			width = max(width, min(strings.Count(line, delimiter)+1, len(columns)))
		}
		text = strings.Join(columns[:width], delimiter) + "\n" + strings.TrimLeft(text, " \r\n")
	}
	t, err := ReadTable("Lignes saisies", strings.NewReader(text), InvitationLimits())
	if err != nil {
		return nil, fmt.Errorf("typed invitations: %w", err)
	}
	return t, nil
}

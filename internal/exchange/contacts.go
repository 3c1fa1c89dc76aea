package exchange

import (
	"iter"

	room "jalon/internal/survey"
)

// ContactColumns are the headers of a file of contacts, as its model has them.
func ContactColumns() []string { return []string{"collectivité", "email", "nom", "fonction"} }

var contactColumns = Synonyms{
	"authority": {"collectivité", "code", "code insee", "insee", "siren", "code collectivité", "organisme", "commune", "epci", "destinataire", "nom de la collectivité", "libellé"},
	"email":     {"adresse électronique", "e-mail", "mail", "courriel", "adresse mail", "adresse e-mail", "mél", "adresse"},
	"name":      {"nom", "nom et prénom", "prénom et nom", "nom prénom", "contact", "personne"},
	"function":  {"fonction", "titre", "poste", "qualité"},
}

// ContactLimits are those of a file of contacts.
func ContactLimits() Limits {
	l := UploadLimits()
	l.Rows, l.Columns, l.Cell = room.MaxContacts+1, 60, 1000
	return l
}

// ReadContacts reads «collectivité; email; nom; fonction», one address a row. A
// cell that a spreadsheet would run is refused.
func ReadContacts(t *Table, m Mapping) (iter.Seq2[room.ContactRow, error], error) {
	c, err := t.Columns(contactColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("authority", "email"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) room.ContactRow {
		r := room.ContactRow{Line: row.Line}
		for key, to := range map[string]*room.ContactCell{"authority": &r.Authority, "email": &r.Email, "name": &r.Name, "function": &r.Title} {
			cell := c.Cell(row, key)
			*to = room.ContactCell{Text: cell.Value, Col: cell.Col, Column: cell.Column}
		}
		steps := []func() error{func() error { return filled(c.Cell(row, "authority")) }, func() error { return filled(c.Cell(row, "email")) }}
		for _, key := range []string{"authority", "email", "name", "function"} {
			steps = append(steps, func() error { return harmless(c.Cell(row, key)) })
		}
		r.Err = first(steps...)
		return r
	}), nil
}

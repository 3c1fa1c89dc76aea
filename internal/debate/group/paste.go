package group

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
)

// PasteColumns are the columns of a pasted list of members, in the order of its model.
func PasteColumns() []string {
	return []string{"groupe", "organisme", "nom", "adresse", "fonction", "siège", "collège", "département", "depuis"}
}

// MostPasted bounds a list that is pasted at once.
const MostPasted = 2000

// Pasted is a line of a list of members, with what becomes of it.
type Pasted struct {
	Line   int // in the text, from 1
	Member Member
	Group  string // its name, as written
	Wrong  string // why the list may not be kept, empty when this line is fine
	Said   string // what was understood, for a line that is fine
}

// Paste reads a list of members that was pasted or comes from a CSV file: a line of
// titles, then a line for each member, with tabs, semicolons or commas between. at is
// the group of those lines that name none, empty when each must. Nothing is kept:
// AddMembers does.
func (m *Room) Paste(ctx context.Context, q db.Q, copID, region string, groups []Group, at, text string) (out []Pasted, err error) {
	defer apperr.Wrap(&err, "group.Paste")
	text = strings.TrimPrefix(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), ""), "\ufeff")
	if strings.TrimSpace(text) == "" {
		return nil, apperr.Invalidf("Collez la liste, avec sa ligne de titres.")
	}
	first, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, false
	switch {
	case strings.Contains(first, "\t"):
		r.Comma = '\t'
	case strings.Contains(first, ";"):
		r.Comma = ';'
	}
	head, err := r.Read()
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "La première ligne n’a pas été lue\u00a0: elle doit donner les titres des colonnes.")
	}
	place, err := titles(head)
	if err != nil {
		return nil, err
	}
	open := map[string]Group{}
	for _, g := range groups {
		if g.State == Active {
			open[french.Fold(g.Name)] = g
		}
	}
	seen := map[string]int{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			return nil, apperr.New(apperr.Invalid, err, "La ligne %d n’a pas été lue\u00a0: vérifiez ses guillemets et ses séparateurs.", line)
		}
		if strings.TrimSpace(strings.Join(record, "")) == "" {
			continue
		}
		if len(out) == MostPasted {
			return nil, apperr.Invalidf("La liste compte plus de %s lignes\u00a0: collez-la en plusieurs fois.", french.Integer(MostPasted))
		}
		get := func(column string) string {
			if i, ok := place[column]; ok && i < len(record) {
				return debate.Line(record[i])
			}
			return ""
		}
		p := Pasted{Line: line, Group: get("groupe"), Member: Member{COP: copID, Group: at, OrgName: get("organisme"), Name: get("nom"), Email: get("adresse"), Title: get("fonction"), Department: strings.ToUpper(get("departement")), From: get("depuis")}}
		if err := m.understand(ctx, q, region, open, &p, get("siege"), get("college")); err != nil {
			if apperr.KindOf(err) != apperr.Invalid {
				return nil, err
			}
			p.Wrong = apperr.Message(err)
		}
		if key := p.Member.Group + "|" + strings.ToLower(p.Member.Email); p.Wrong == "" && p.Member.Email != "" {
			if was, twice := seen[key]; twice {
				p.Wrong = "Cette adresse est déjà à la ligne " + french.Integer(was) + " pour ce groupe."
			}
			seen[key] = line
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, apperr.Invalidf("La liste n’a que sa ligne de titres\u00a0: ajoutez les membres en dessous.")
	}
	return out, m.sitting(ctx, q, copID, out)
}

// titles finds the columns by their names.
func titles(head []string) (map[string]int, error) {
	place := map[string]int{}
	for i, h := range head {
		name := french.Fold(debate.Line(h))
		switch name {
		case "email", "courriel", "mail", "adresse electronique", "e-mail":
			name = "adresse"
		case "organisation", "structure":
			name = "organisme"
		case "qualite", "titre":
			name = "fonction"
		}
		place[name] = i
	}
	_, org := place["organisme"]
	_, name := place["nom"]
	if !org && !name {
		return nil, apperr.Invalidf("La première ligne doit donner les titres des colonnes, dont «\u00a0organisme\u00a0» ou «\u00a0nom\u00a0». Titres possibles\u00a0: %s.", strings.Join(PasteColumns(), ", "))
	}
	return place, nil
}

// understand reads the words of a line: its group, its seat, its college.
func (m *Room) understand(ctx context.Context, q db.Q, region string, open map[string]Group, p *Pasted, seat, college string) error {
	if p.Group != "" {
		g, ok := open[french.Fold(p.Group)]
		if !ok {
			return apperr.Invalidf("Aucun groupe actif ne s’appelle «\u00a0%s\u00a0».", p.Group)
		}
		p.Member.Group = g.ID
	}
	if p.Member.Group == "" {
		return apperr.Invalidf("Cette ligne ne dit pas dans quel groupe.")
	}
	switch s := french.Fold(seat); {
	case s == "" || strings.HasPrefix(s, "titulaire"):
		p.Member.Seat = Holder
	case strings.HasPrefix(s, "suppleant"):
		p.Member.Seat = Substitute
	default:
		return apperr.Invalidf("Siège «\u00a0%s\u00a0»\u00a0: écrivez titulaire ou suppléant.", seat)
	}
	if college != "" {
		for _, c := range debate.Colleges() {
			if french.Fold(c.Name()) == french.Fold(college) || string(c) == french.Fold(college) {
				p.Member.College = c
			}
		}
		if p.Member.College == "" {
			return apperr.Invalidf("Collège «\u00a0%s\u00a0» inconnu\u00a0: %s.", college, collegeNames())
		}
	}
	var err error
	if p.Member, err = m.Located(ctx, q, region, p.Member); err != nil {
		return err
	}
	if err := p.Member.tidy(); err != nil {
		return err
	}
	switch {
	case p.Member.OrgName == "":
		p.Said = "à titre personnel"
	case p.Member.Org == "":
		p.Said = "organisme absent de l’annuaire, gardé comme écrit"
	default:
		p.Said = "organisme reconnu"
	}
	return nil
}

func collegeNames() string {
	var out []string
	for _, c := range debate.Colleges() {
		out = append(out, c.Name())
	}
	return strings.Join(out, ", ")
}

// sitting marks the addresses that sit already in their group.
func (m *Room) sitting(ctx context.Context, q db.Q, copID string, list []Pasted) error {
	rows, err := q.Query(ctx, `SELECT group_id, email FROM working_group_member WHERE cop_id = $1 AND email <> '' AND until_day = ''`, copID)
	held, err := db.Collect(rows, err, func(r *db.Rows) (x [2]string, err error) {
		err = r.Scan(&x[0], &x[1])
		return x, err
	})
	if err != nil {
		return err
	}
	sits := make(map[[2]string]bool, len(held))
	for _, x := range held {
		sits[x] = true
	}
	for i, p := range list {
		if p.Wrong == "" && p.Member.Email != "" && sits[[2]string{p.Member.Group, p.Member.Email}] {
			list[i].Wrong = "Cette adresse siège déjà dans ce groupe\u00a0: retirez la ligne."
		}
	}
	return nil
}

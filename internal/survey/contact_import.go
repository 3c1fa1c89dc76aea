package survey

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// MaxContacts is how many rows one file of contacts may hold: three for each
// authority of the largest region, and what one short transaction writes.
const MaxContacts = 20_000

// ContactCell is one cell of a file of contacts, with its place.
type ContactCell struct {
	Text   string
	Col    int
	Column string
}

// ContactRow is one row as it was read; Err is what makes it unreadable.
type ContactRow struct {
	Line                          int
	Authority, Email, Name, Title ContactCell
	Err                           error
}

// IncomingContact is a row that can be applied, as it is staged.
type IncomingContact struct {
	Response  string `json:"response,omitempty"`
	Authority string `json:"authority,omitempty"` // its name
	Email     string `json:"email,omitempty"`
	Name      string `json:"name,omitempty"`
	Title     string `json:"title,omitempty"`
	Raw       string `json:"raw,omitempty"` // the authority as it was written
}

// contactFault refuses a cell, with its place.
type contactFault struct {
	line   int
	cell   ContactCell
	reason string
}

func (f *contactFault) Error() string { return f.reason }
func (f *contactFault) Unwrap() error { return apperr.Invalidf("%s", f.reason) }

// Verdict gives the place and the reason apart, as intake lists them.
func (f *contactFault) Verdict() (line, col int, reason string) {
	reason = f.reason
	if f.cell.Column != "" {
		reason = "«\u00a0" + f.cell.Column + "\u00a0»\u00a0: " + reason
	}
	if f.cell.Text != "" {
		reason += " (lu\u00a0: «\u00a0" + f.cell.Text + "\u00a0»)"
	}
	return f.line, f.cell.Col, reason
}

func (r ContactRow) fault(c ContactCell, format string, args ...any) error {
	return &contactFault{r.Line, c, fmt.Sprintf(format, args...)}
}

// contactsKind begins the kinds of the runs of contacts.
const contactsKind = "contacts/"

// ContactsRun is the kind of the runs of a campaign, for intake.
func ContactsRun(campaign string) string { return contactsKind + campaign }

// FindContactsRun returns a run of a campaign to whoever may change it.
func (m *Room) FindContactsRun(ctx context.Context, a policy.Actor, campaign, id string) (intake.Run, error) {
	if err := m.mayCampaign(ctx, a, policy.Edit, campaign); err != nil {
		return intake.Run{}, err
	}
	run, err := intake.Find(ctx, m.DB, id)
	if err == nil && run.Kind != ContactsRun(campaign) {
		err = apperr.NotFoundf("Cet import n’existe pas.")
	}
	return run, err
}

// addressee is a recipient that a row of a file may name.
type addressee struct{ response, id, siren, name string }

// addressees are found by the code of their organisation, the INSEE code of a
// commune, a SIREN, or a name that no other recipient bears.
type addressees struct {
	byCode map[string]addressee
	byName map[string][]addressee
	byBare map[string][]addressee // without the letters of its kind: «Colmar Agglomération»
}

func addresseesOf(ctx context.Context, q db.Q, campaign string) (x addressees, err error) {
	rows, err := q.Query(ctx, `SELECT r.id, r.authority, COALESCE(o.siren, ''), r.name FROM response r LEFT JOIN organisation o ON o.id = r.authority WHERE r.campaign_id = $1 ORDER BY r.id`, campaign)
	x.byCode, x.byName, x.byBare = map[string]addressee{}, map[string][]addressee{}, map[string][]addressee{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var a addressee
		err := r.Scan(&a.response, &a.id, &a.siren, &a.name)
		x.byCode[a.id] = a
		if insee, ok := strings.CutPrefix(a.id, "commune-"); ok {
			x.byCode[insee] = a
		}
		if a.siren != "" {
			x.byCode[a.siren] = a
		}
		name := french.Fold(a.name)
		x.byName[name] = append(x.byName[name], a)
		for _, kind := range kinds {
			if rest, ok := strings.CutPrefix(name, kind[0]); ok {
				x.byBare[rest] = append(x.byBare[rest], a)
			}
		}
		return struct{}{}, err
	})
	return x, err
}

// before are the words that files put before the name of a commune.
var before = []string{"commune de ", "commune d ", "mairie de ", "mairie d ", "ville de ", "ville d ", "mairie du ", "commune du ", "mairie des ", "commune des "}

// kinds are how official names and people write the kinds of intercommunalities.
var kinds = [][2]string{{"cc ", "communaute de communes "}, {"ca ", "communaute d agglomeration "}, {"cu ", "communaute urbaine "}}

func (x addressees) find(r ContactRow) (addressee, error) {
	text := strings.TrimSpace(r.Authority.Text)
	code := strings.Join(strings.Fields(text), "")
	for _, c := range []string{text, code, strings.ToUpper(code), "0" + code} { // a spreadsheet eats the first zero of 08105
		if a, ok := x.byCode[c]; ok && (c != "0"+code || len(code) == 4) {
			return a, nil
		}
	}
	name := french.Fold(text)
	found := x.byName[name]
	for _, b := range before {
		if rest, ok := strings.CutPrefix(name, b); ok && len(found) == 0 {
			found = x.byName[rest]
		}
	}
	for _, kind := range kinds {
		if rest, ok := strings.CutPrefix(name, kind[1]); ok && len(found) == 0 {
			found = x.byName[kind[0]+rest]
		}
	}
	if len(found) == 0 {
		found = x.byBare[name]
	}
	switch len(found) {
	case 0:
		return addressee{}, r.fault(r.Authority, "cette collectivité n’est pas destinataire de la campagne\u00a0: écrivez son code INSEE, son SIREN ou son nom exact")
	case 1:
		return found[0], nil
	}
	var codes []string
	for _, a := range found {
		codes = append(codes, a.id)
	}
	slices.Sort(codes)
	return addressee{}, r.fault(r.Authority, "%d destinataires portent ce nom\u00a0: écrivez le code de l’un d’eux (%s)", len(found), strings.Join(codes[:min(4, len(codes))], ", "))
}

// JudgeContacts gives each row its verdict: nothing is written. It reads the
// recipients once and the contacts there are once, whatever the number of rows.
func (m *Room) JudgeContacts(ctx context.Context, q db.Q, campaign string, rows iter.Seq2[ContactRow, error]) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		who, err := addresseesOf(ctx, q, campaign)
		if err != nil {
			yield(intake.Row{}, err)
			return
		}
		there := map[string]bool{}
		found, err := q.Query(ctx, `SELECT k.response_id, k.email, k.silent FROM response_contact k JOIN response r ON r.id = k.response_id WHERE r.campaign_id = $1`, campaign)
		if _, err = db.Collect(found, err, func(r *db.Rows) (struct{}, error) {
			var id, email string
			var silent bool
			err := r.Scan(&id, &email, &silent)
			there[id+"|"+email] = silent
			return struct{}{}, err
		}); err != nil {
			yield(intake.Row{}, err)
			return
		}
		seen := map[string]int{}
		for r, err := range rows {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			if !yield(judgeContact(r, who, there, seen), nil) {
				return
			}
		}
	}
}

func judgeContact(r ContactRow, who addressees, there map[string]bool, seen map[string]int) intake.Row {
	in := IncomingContact{Raw: r.Authority.Text, Email: r.Email.Text, Name: r.Name.Text, Title: r.Title.Text}
	refuse := func(err error) intake.Row {
		row := intake.Refuse(r.Line, err)
		row.Data = in
		return row
	}
	if r.Err != nil {
		return refuse(r.Err)
	}
	email, err := mail.ParseAddress(strings.ToLower(strings.TrimSpace(r.Email.Text)))
	if err != nil || len(email) > 254 {
		return refuse(r.fault(r.Email, "ce n’est pas une adresse électronique"))
	}
	for _, c := range []ContactCell{r.Name, r.Title} {
		if utf8.RuneCountInString(c.Text) > 200 {
			return refuse(r.fault(c, "200 caractères au plus"))
		}
	}
	a, err := who.find(r)
	if err != nil {
		return refuse(err)
	}
	in.Response, in.Authority, in.Email = a.response, a.name, email
	key := a.response + "|" + email
	first, twice := seen[key]
	if !twice {
		seen[key] = r.Line
	}
	silent, known := there[key]
	switch {
	case twice:
		return intake.Warn(r.Line, in, fmt.Sprintf("même collectivité et même adresse qu’à la ligne %d\u00a0: elles n’en feront qu’une", first))
	case silent:
		return intake.Warn(r.Line, in, "cette adresse a demandé à ne plus recevoir de courriel\u00a0: elle reste muette")
	case known:
		return intake.Warn(r.Line, in, "cette adresse est déjà connue\u00a0: le nom et la fonction seront ceux du fichier")
	}
	return intake.Accept(r.Line, in)
}

// ApplyContacts makes a staged run real, all of it or nothing; who was waiting for
// an address is then invited.
func (m *Room) ApplyContacts(ctx context.Context, a policy.Actor, campaign, id string, rev int64) (n int64, err error) {
	defer apperr.Wrap(&err, "survey.ApplyContacts(%s)", id)
	run, err := m.FindContactsRun(ctx, a, campaign, id)
	if err != nil {
		return 0, err
	}
	run.Rev = rev
	at := map[string]int{}
	var rows [][]any
	for in, err := range intake.Each[IncomingContact](ctx, m.DB, id) {
		if err != nil {
			return 0, err
		}
		row := []any{in.Response, in.Email, in.Name, in.Title, "fichier «\u00a0" + run.FileName + "\u00a0»", false, m.Now().UnixMilli()}
		key := in.Response + "|" + in.Email
		if i, twice := at[key]; twice {
			rows[i] = row // the last line wins, once
			continue
		}
		at[key] = len(rows)
		rows = append(rows, row)
	}
	_, err = m.Intake.Apply(ctx, m.DB, run, true, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE campaign SET rev = rev WHERE id = $1`, campaign); err != nil {
			return err
		}
		c, err := FindCampaign(ctx, tx, campaign)
		if err != nil {
			return err
		}
		// A recipient may have gone since the file was read.
		there, err := tx.Query(ctx, `SELECT r.id FROM response r WHERE r.campaign_id = $1`, campaign)
		ids, err := db.Strings(there, err)
		if err != nil {
			return err
		}
		slices.Sort(ids)
		rows = slices.DeleteFunc(rows, func(row []any) bool {
			id, _ := row[0].(string)
			_, found := slices.BinarySearch(ids, id)
			return !found
		})
		if n, err = db.Insert(ctx, tx, "response_contact", contactWritten, rows, keepSilence); err != nil {
			return err
		}
		if c.State.Takes() {
			if _, err := m.Queue.Enqueue(ctx, tx, inviteKind, inviteArgs{Campaign: c.ID}, dedup(inviteKind+":"+c.ID+":"+id)); err != nil {
				return err
			}
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "import", Kind: "campaign", Subject: c.ID, Rev: c.Rev, COP: c.COP})
		return err
	})
	return n, err
}

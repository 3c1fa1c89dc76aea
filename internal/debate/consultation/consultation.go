// Package consultation holds public consultations on a draft: its articles, the
// amendments and the verdict on each.
package consultation

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	versions := func(name string) db.Table {
		return db.Table{Name: name + "_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}}
	}
	return []db.Table{
		{Name: "consultation", Order: []string{"id"}, Scope: db.COP}, versions("consultation"),
		{Name: "consultation_text", Order: []string{"consultation_id", "version"}, Scope: db.COP},
		{Name: "consultation_article", Order: []string{"consultation_id", "version", "origin"}, Scope: db.COP},
		{Name: "amendment", Order: []string{"post_id"}, Scope: db.COP}, versions("amendment"),
	}
}

// Room does what people do here.
type Room struct {
	*debate.Room
	// Announce tells those who follow a consultation; nil tells nobody.
	Announce func(ctx context.Context, tx db.Q, c cop.COP, consultation, dedup string, l mail.Letter) error
	// Support adds the support of whoever acts to an amendment; sure is false while the
	// address is not confirmed. Nobody supports when nil.
	Support func(ctx context.Context, a policy.Actor, c cop.COP, id string, s debate.Speaker, machine string) (sure bool, v debate.Voice, err error)
}

// Phase is where a consultation stands on a day.
type Phase string

// The phases.
const (
	Draft  Phase = "draft"
	Coming Phase = "coming" // read, not yet open to what people write
	Open   Phase = "open"
	Closed Phase = "closed"
)

// Consultation puts a draft in debate.
type Consultation struct {
	ID           string    `json:"id"`
	Rev          int64     `json:"-"`
	COP          string    `json:"cop"`
	State        string    `json:"state"`
	Title        string    `json:"title"`
	Presentation string    `json:"presentation"` // markdown
	OpensOn      string    `json:"opens_on"`
	ClosesOn     string    `json:"closes_on"` // the last day
	Version      int64     `json:"version"`   // of the text that is read; 0 before it opens
	At           time.Time `json:"at"`
}

// Phase tells where it stands on a day.
func (x Consultation) Phase(today string) Phase {
	switch {
	case x.State == "draft":
		return Draft
	case today < x.OpensOn:
		return Coming
	case today > x.ClosesOn:
		return Closed
	}
	return Open
}

// Thing is a consultation as policy sees it: public once it was opened.
func (x Consultation) Thing(c cop.COP) policy.Thing {
	t := c.Thing(policy.Debate)
	if x.State != "draft" {
		t.Part = policy.Public
	}
	return t
}

// Path is the address where anyone reads it.
func (x Consultation) Path(c cop.COP) string { return c.Path() + "/consultations/" + x.ID }

const columns = `id, rev, cop_id, state, title, presentation, opens_on, closes_on, version, at`

func scan(r interface{ Scan(...any) error }) (x Consultation, err error) {
	var at int64
	err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.State, &x.Title, &x.Presentation, &x.OpensOn, &x.ClosesOn, &x.Version, &at)
	x.At = time.UnixMilli(at).UTC()
	return x, err
}

// Find returns a consultation of a COP that an actor may read.
func Find(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, id string) (x Consultation, err error) {
	defer apperr.Wrap(&err, "consultation.Find(%s)", id)
	x, err = scan(q.QueryRow(ctx, `SELECT `+columns+` FROM consultation WHERE id = $1 AND cop_id = $2`, id, c.ID))
	if err = db.OrNotFound(err, "Cette consultation n’existe pas, ou n’est pas ouverte."); err != nil {
		return x, err
	}
	return x, policy.Check(a, policy.Read, x.Thing(c))
}

// All lists the consultations of a COP, the latest first; all tells whether drafts are
// among them.
func All(ctx context.Context, q db.Q, c cop.COP, all bool) (_ []Consultation, err error) {
	defer apperr.Wrap(&err, "consultation.All")
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM consultation WHERE cop_id = $1 AND (state <> 'draft' OR $2) ORDER BY opens_on DESC, id DESC LIMIT 200`, c.ID, all)
	return db.Collect(rows, err, func(r *db.Rows) (Consultation, error) { return scan(r) })
}

// Input is what the team gives of a consultation.
type Input struct{ Title, Presentation, OpensOn, ClosesOn string }

func (in *Input) check() error {
	in.Title, in.Presentation = debate.Line(in.Title), debate.Tidy(in.Presentation)
	if in.Title == "" {
		return apperr.Invalidf("Donnez un titre à la consultation.")
	}
	if err := debate.Long("le titre", in.Title, 200); err != nil {
		return err
	}
	if err := debate.Long("la présentation", in.Presentation, 20_000); err != nil {
		return err
	}
	for _, day := range []string{in.OpensOn, in.ClosesOn} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return apperr.New(apperr.Invalid, err, "Donnez le jour de l’ouverture et le dernier jour, par exemple 2026-05-27.")
		}
	}
	if in.ClosesOn < in.OpensOn {
		return apperr.Invalidf("Le dernier jour vient avant l’ouverture.")
	}
	return nil
}

// Create begins a consultation: a draft, without text.
func (m *Room) Create(ctx context.Context, a policy.Actor, c cop.COP, in Input) (x Consultation, err error) {
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, err = m.CreateIn(ctx, tx, a, c, in, nil)
		return err
	})
	return x, err
}

// CreateIn begins a consultation with the text that is being written, none when the list
// is nil, in the transaction of the act that makes it.
func (m *Room) CreateIn(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, in Input, list []Article) (x Consultation, err error) {
	defer apperr.Wrap(&err, "consultation.Create")
	if err := policy.Check(a, policy.Create, c.Thing(policy.Debate)); err != nil {
		return x, err
	}
	if err := in.check(); err != nil {
		return x, err
	}
	list = slices.Clone(list)
	if list != nil {
		if err := checkArticles(list); err != nil {
			return x, err
		}
	}
	x = Consultation{Rev: 1, COP: c.ID, State: "draft", Title: in.Title, Presentation: in.Presentation, OpensOn: in.OpensOn, ClosesOn: in.ClosesOn, At: m.Now()}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	if _, err := db.Insert(ctx, tx, "consultation", []string{"id", "rev", "cop_id", "state", "title", "presentation", "opens_on", "closes_on", "version", "at"},
		[][]any{{x.ID, x.Rev, x.COP, x.State, x.Title, x.Presentation, x.OpensOn, x.ClosesOn, x.Version, x.At.UnixMilli()}}, ""); err != nil {
		return x, err
	}
	var more any
	if list != nil {
		if err := m.place(ctx, tx, x, list, nil); err != nil {
			return x, err
		}
		more = list
	}
	return x, m.kept(ctx, tx, a, "create", x, more)
}

func (m *Room) kept(ctx context.Context, tx db.Q, a policy.Actor, verb string, x Consultation, more any) error {
	body, err := json.Marshal(struct {
		Consultation
		More any `json:"more,omitempty"`
	}{x, more})
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "consultation_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{x.ID, x.Rev, m.Now().UnixMilli(), a.Person, verb, string(body)}}, ""); err != nil {
		return err
	}
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: "consultation", Subject: x.ID, Rev: x.Rev, COP: x.COP}); err != nil {
		return err
	}
	_, err = db.Bump(ctx, tx, Version, m.Now())
	return err
}

// Version is the name of the version of what the pages of this room show.
const Version = "consultations"

// change does something to a consultation as it was at revision rev: of two who do it
// at once the second gets a conflict.
func (m *Room) change(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64, verb string, more any, do func(ctx context.Context, tx db.Q, x *Consultation) error) (x Consultation, err error) {
	defer apperr.Wrap(&err, "consultation.%s(%s)", verb, id)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE consultation SET rev = rev + 1 WHERE id = $1 AND rev = $2 AND cop_id = $3`, id, rev, c.ID)
		if err != nil {
			return err
		}
		if x, err = Find(ctx, tx, a, c, id); err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre a modifié cette consultation pendant votre saisie. Rien n’est enregistré\u00a0: comparez les deux versions, puis enregistrez de nouveau.")
		}
		if err := do(ctx, tx, &x); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, verb, x, more)
	})
	return x, err
}

// Save changes what the team gave. Once open, a consultation may end later, never
// sooner: somebody may be writing.
func (m *Room) Save(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64, in Input) (Consultation, error) {
	if err := in.check(); err != nil {
		return Consultation{}, err
	}
	return m.change(ctx, a, c, id, rev, "edit", nil, func(ctx context.Context, tx db.Q, x *Consultation) error {
		if x.State != "draft" && in.ClosesOn < x.ClosesOn {
			return apperr.Invalidf("La consultation est annoncée jusqu’au %s\u00a0: elle peut durer plus longtemps, pas moins.", french.Day(x.ClosesOn))
		}
		if x.State != "draft" && x.OpensOn <= c.DayAt(m.Now()) && in.OpensOn != x.OpensOn {
			return apperr.Invalidf("La consultation est ouverte depuis le %s\u00a0: ce jour ne change plus.", french.Day(x.OpensOn))
		}
		x.Title, x.Presentation, x.OpensOn, x.ClosesOn = in.Title, in.Presentation, in.OpensOn, in.ClosesOn
		_, err := tx.Exec(ctx, `UPDATE consultation SET title = $2, presentation = $3, opens_on = $4, closes_on = $5 WHERE id = $1`, id, x.Title, x.Presentation, x.OpensOn, x.ClosesOn)
		return err
	})
}

// Publish freezes the text that is being written: the first time it opens the
// consultation; after, it is the next version, with a word on what changed.
func (m *Room) Publish(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64, note string) (Consultation, error) {
	note = debate.Tidy(note)
	if err := debate.Long("le mot sur cette version", note, 2000); err != nil {
		return Consultation{}, err
	}
	return m.change(ctx, a, c, id, rev, "publish", nil, func(ctx context.Context, tx db.Q, x *Consultation) error {
		text, err := ArticlesOf(ctx, tx, id, x.Version+1)
		if err != nil {
			return err
		}
		if len(text) == 0 {
			return apperr.Invalidf("Il n’y a pas de texte à publier\u00a0: collez-le d’abord.")
		}
		if x.State == "draft" && x.ClosesOn < c.DayAt(m.Now()) {
			return apperr.Invalidf("Le dernier jour est déjà passé\u00a0: changez les dates avant d’ouvrir.")
		}
		x.Version, x.State = x.Version+1, "open"
		if _, err := db.Insert(ctx, tx, "consultation_text", []string{"consultation_id", "version", "at", "sha256", "note"}, [][]any{{id, x.Version, m.Now().UnixMilli(), Hash(text), note}}, ""); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE consultation SET version = $2, state = 'open' WHERE id = $1`, id, x.Version); err != nil {
			return err
		}
		if m.Announce == nil {
			return nil
		}
		subject := "Nouvelle version du texte en consultation\u00a0: " + x.Title
		if x.Version == 1 {
			subject = "Consultation\u00a0: " + x.Title
		}
		return m.Announce(ctx, tx, c, id, "consultation/"+id+"/"+strconv.FormatInt(x.Version, 10), mail.Letter{Subject: subject,
			Blocks: []mail.Block{mail.Para("Du " + french.Day(x.OpensOn) + " au " + french.Day(x.ClosesOn) + ", chacun peut commenter et amender ce texte, article par article."), mail.Link("Lire le texte", m.BaseURL+x.Path(c))}})
	})
}

// Text is a version that was published.
type Text struct {
	Version int64
	At      time.Time
	SHA256  string
	Note    string
}

// TextsOf lists the versions of a consultation, the first first.
func TextsOf(ctx context.Context, q db.Q, id string) (_ []Text, err error) {
	defer apperr.Wrap(&err, "consultation.TextsOf")
	rows, err := q.Query(ctx, `SELECT version, at, sha256, note FROM consultation_text WHERE consultation_id = $1 ORDER BY version`, id)
	return db.Collect(rows, err, func(r *db.Rows) (t Text, err error) {
		var at int64
		err = r.Scan(&t.Version, &at, &t.SHA256, &t.Note)
		t.At = time.UnixMilli(at).UTC()
		return t, err
	})
}

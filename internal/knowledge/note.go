package knowledge

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Note is what a service, an operator, an observatory or an authority's
// department says, as experts, of a lever or a theme on a territory: dated and
// signed, with its sources and its limits.
type Note struct {
	ID         string    `json:"id"`
	Rev        int64     `json:"-"`
	Region     string    `json:"region"`
	Department string    `json:"department"`
	Org        string    `json:"org"`
	Author     string    `json:"author"`   // account of who wrote it, empty while it is asked for
	AskedBy    string    `json:"asked_by"` // account, empty when nobody asked
	AskedOf    string    `json:"asked_of"` // a service, in words
	Due        string    `json:"due"`
	Territory  string    `json:"territory"`
	Lever      string    `json:"lever"`
	Theme      string    `json:"theme"`
	Title      string    `json:"title"`
	Signature  string    `json:"signature"` // who signs: «DREAL Grand Est, service climat»
	Findings   string    `json:"findings"`  // markdown
	Sources    string    `json:"sources"`
	Limits     string    `json:"limits"`
	Series     string    `json:"series"` // series that it proposes, in words
	Day        string    `json:"day"`
	State      NoteState `json:"state"`
	Said       string    `json:"said"`
	Published  int64     `json:"-"` // revision that everybody reads, 0 for none
	At         time.Time `json:"-"`
}

// NoteState is where a note stands.
type NoteState string

// The states of a note. One that is written again keeps its published revision
// readable until the team publishes the next.
const (
	Asked     NoteState = "asked"
	Written   NoteState = "written"
	Published NoteState = "published"
	Withdrawn NoteState = "withdrawn"
)

// Name is the French name of a state.
func (s NoteState) Name() string {
	return map[NoteState]string{Asked: "demandée", Written: "à publier", Published: "publiée", Withdrawn: "retirée"}[s]
}

// Thing is a note as policy sees it.
func (n Note) Thing(cops []string) policy.Thing {
	t := policy.Thing{Kind: policy.Note, COPs: cops, Department: n.Department, Org: n.Org, Author: n.Author}
	if n.Published > 0 && n.State != Withdrawn {
		t.Part = policy.Public
	}
	return t
}

// Late reports whether a note that was asked for is past its day.
func (n Note) Late(today string) bool { return n.State == Asked && n.Due != "" && n.Due < today }

func (n Note) subject() error {
	ref, err := territory.ParseRef(n.Territory)
	switch {
	case err != nil || ref == territory.France:
		return fault("territory", "Dites de quel territoire il s’agit, par exemple region:44 ou epci:246700488.")
	case n.Lever == "" && !known(Themes(), n.Theme):
		return fault("theme", "Choisissez un levier, ou la thématique à défaut.")
	case n.Theme != "" && !known(Themes(), n.Theme):
		return fault("theme", "Choisissez la thématique dans la liste.")
	}
	return nil
}

func (n Note) check() error {
	return first(n.subject(), sized("title", "Titre", n.Title, short, true), sized("signature", "Signature", n.Signature, short, true), sized("findings", "Constats", n.Findings, 40_000, true),
		sized("sources", "Sources", n.Sources, longer, true), sized("limits", "Limites", n.Limits, longer, true), sized("series", "Séries proposées", n.Series, longer, false), dated(n.Day))
}

func dated(text string) error {
	if text == "" {
		return fault("day", "Donnez la date de la note.")
	}
	return checkDay("day", text)
}

const noteColumns = `n.id, n.rev, n.region, n.department, n.org, n.author, n.asked_by, n.asked_of, n.due, n.territory, n.lever, n.theme, n.title, n.signature, n.findings, n.sources, n.limits, n.series, n.day, n.state, n.said, n.published, n.at`

func scanNote(r interface{ Scan(...any) error }) (n Note, err error) {
	var at int64
	err = r.Scan(&n.ID, &n.Rev, &n.Region, &n.Department, &n.Org, &n.Author, &n.AskedBy, &n.AskedOf, &n.Due, &n.Territory, &n.Lever, &n.Theme, &n.Title, &n.Signature, &n.Findings, &n.Sources, &n.Limits, &n.Series, &n.Day, &n.State, &n.Said, &n.Published, &at)
	n.At = time.UnixMilli(at).UTC()
	return n, err
}

func oneNote(ctx context.Context, q db.Q, id string) (Note, error) {
	n, err := scanNote(q.QueryRow(ctx, `SELECT `+noteColumns+` FROM note n WHERE n.id = $1`, id))
	return n, db.OrNotFound(err, "Cette note n’existe pas, ou elle n’est pas publiée.")
}

func mayNote(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, n Note) (bool, error) {
	cops, err := cop.IDsOfRegion(ctx, q, n.Region)
	return policy.Can(a, v, n.Thing(cops)), err
}

func checkNote(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, n Note) error {
	cops, err := cop.IDsOfRegion(ctx, q, n.Region)
	if err != nil {
		return err
	}
	return policy.Check(a, v, n.Thing(cops))
}

// FindNote returns a note as it stands, for who works on it: the region's team,
// its experts, its author.
func FindNote(ctx context.Context, q db.Q, a policy.Actor, id string) (n Note, err error) {
	if n, err = oneNote(ctx, q, id); err != nil {
		return n, err
	}
	cops, err := cop.IDsOfRegion(ctx, q, n.Region)
	if err != nil {
		return n, err
	}
	t := n.Thing(cops)
	t.Part = "" // what is being written is not what is published
	return n, policy.Check(a, policy.Read, t)
}

// MayJudgeNote reports whether an actor publishes a note.
func MayJudgeNote(ctx context.Context, q db.Q, a policy.Actor, n Note) (bool, error) {
	return mayNote(ctx, q, a, policy.Judge, n)
}

// MayWriteNote reports whether an actor writes a note: whoever may bring one of
// the region while it is only asked for, then its author and the team.
func MayWriteNote(ctx context.Context, q db.Q, a policy.Actor, n Note) (bool, error) {
	v := policy.Edit
	if n.State == Asked {
		v = policy.Create
	}
	return mayNote(ctx, q, a, v, n)
}

// Ask asks for a note, by a day: an empty one, which an expert then writes.
func (m *Room) Ask(ctx context.Context, q db.Q, a policy.Actor, n Note) (_ Note, err error) {
	defer apperr.Wrap(&err, "knowledge.Ask")
	n = Note{Region: n.Region, Department: n.Department, AskedBy: a.Person, AskedOf: n.AskedOf, Due: n.Due, Territory: n.Territory, Lever: n.Lever, Theme: n.Theme, Title: n.Title, State: Asked}
	if err := checkNote(ctx, q, a, policy.Judge, n); err != nil {
		return n, err
	}
	if err := first(n.subject(), sized("title", "Titre", n.Title, short, true), sized("asked_of", "Demandée à", n.AskedOf, short, true), checkDay("due", n.Due)); err != nil {
		return n, err
	}
	if n.Due == "" {
		return n, fault("due", "Donnez la date à laquelle vous attendez la note.")
	}
	return m.addNote(ctx, q, a, "ask", n)
}

// Bring keeps a note that nobody asked for, for the team to publish.
func (m *Room) Bring(ctx context.Context, q db.Q, a policy.Actor, n Note) (_ Note, err error) {
	defer apperr.Wrap(&err, "knowledge.Bring")
	n.Author, n.AskedBy, n.AskedOf, n.Due, n.Said, n.Published, n.State = "", "", "", "", "", 0, Written
	if err := checkNote(ctx, q, a, policy.Create, n); err != nil {
		return n, err
	}
	n.Author = a.Person
	if err := n.check(); err != nil {
		return n, err
	}
	return m.addNote(ctx, q, a, "create", n)
}

func (m *Room) addNote(ctx context.Context, q db.Q, a policy.Actor, verb string, n Note) (_ Note, err error) {
	if n.ID, err = m.IDs.New(); err != nil {
		return n, err
	}
	n.Rev, n.At = 1, m.Now().UTC().Truncate(time.Millisecond)
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "note", strings.Fields("id rev region department org author asked_by asked_of due territory lever theme title signature findings sources limits series day state said published at"),
			[][]any{{n.ID, n.Rev, n.Region, n.Department, n.Org, n.Author, n.AskedBy, n.AskedOf, n.Due, n.Territory, n.Lever, n.Theme, n.Title, n.Signature, n.Findings, n.Sources, n.Limits, n.Series, n.Day, string(n.State), n.Said, n.Published, n.At.UnixMilli()}}, ""); err != nil {
			return err
		}
		return m.kept(ctx, tx, a.Person, verb, "note", "note", n.ID, n.Rev, "", n)
	})
	return n, err
}

// changeNote runs one guarded change of a note as it was at a revision.
func (m *Room) changeNote(ctx context.Context, q db.Q, a policy.Actor, verb, id, reason string, change func(ctx context.Context, tx db.Q, was Note) error) (n Note, err error) {
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE note SET rev = rev WHERE id = $1`, id); err != nil {
			return err
		}
		was, err := FindNote(ctx, tx, a, id)
		if n = was; err != nil {
			return err
		}
		if err := change(ctx, tx, was); err != nil {
			return err
		}
		if n, err = oneNote(ctx, tx, id); err != nil {
			return err
		}
		return m.kept(ctx, tx, a.Person, verb, "note", "note", n.ID, n.Rev, reason, n)
	})
	return n, err
}

// Write writes a note, or writes it again: the team then publishes it. What was
// published before stays readable until then.
func (m *Room) Write(ctx context.Context, q db.Q, a policy.Actor, in Note, reason string) (n Note, err error) {
	defer apperr.Wrap(&err, "knowledge.Write(%s)", in.ID)
	if err := in.check(); err != nil {
		return n, err
	}
	return m.changeNote(ctx, q, a, "write", in.ID, reason, func(ctx context.Context, tx db.Q, was Note) error {
		ok, err := MayWriteNote(ctx, tx, a, was)
		switch {
		case err != nil:
			return err
		case !ok:
			return apperr.New(apperr.Forbidden, nil, "Cette note est écrite par quelqu’un d’autre. Rien n’a été enregistré.")
		case was.State == Withdrawn:
			return apperr.Conflictf("Cette note est retirée. Rien n’a été enregistré.")
		case was.Rev != in.Rev:
			return errMoved("cette note")
		}
		author, org := was.Author, was.Org
		if author == "" {
			author, org = a.Person, in.Org
		}
		_, err = tx.Exec(ctx, `UPDATE note SET rev = rev + 1, author = $2, org = $3, department = $4, territory = $5, lever = $6, theme = $7, title = $8, signature = $9, findings = $10, sources = $11, limits = $12,
			series = $13, day = $14, state = 'written' WHERE id = $1`, in.ID, author, org, in.Department, in.Territory, in.Lever, in.Theme, in.Title, in.Signature, in.Findings, in.Sources, in.Limits, in.Series, in.Day)
		return err
	})
}

// Publish shows a written note to everybody; Withdraw takes it back, and says
// why.
func (m *Room) Publish(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64) (n Note, err error) {
	defer apperr.Wrap(&err, "knowledge.Publish(%s)", id)
	return m.changeNote(ctx, q, a, "publish", id, "", func(ctx context.Context, tx db.Q, was Note) error {
		if err := checkNote(ctx, tx, a, policy.Judge, was); err != nil {
			return err
		}
		if was.Rev != rev || was.State != Written {
			return errMoved("cette note")
		}
		_, err := tx.Exec(ctx, `UPDATE note SET rev = rev + 1, state = 'published', said = '', published = rev + 1 WHERE id = $1`, id)
		return err
	})
}

// Withdraw takes a note off the pages that everybody reads.
func (m *Room) Withdraw(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, reason string) (n Note, err error) {
	defer apperr.Wrap(&err, "knowledge.Withdraw(%s)", id)
	if err := sized("reason", "Pourquoi", reason, longer, true); err != nil {
		return n, err
	}
	return m.changeNote(ctx, q, a, "withdraw", id, reason, func(ctx context.Context, tx db.Q, was Note) error {
		if err := checkNote(ctx, tx, a, policy.Judge, was); err != nil {
			return err
		}
		if was.Rev != rev || was.State == Withdrawn {
			return errMoved("cette note")
		}
		_, err := tx.Exec(ctx, `UPDATE note SET rev = rev + 1, state = 'withdrawn', said = $2 WHERE id = $1`, id, reason)
		return err
	})
}

// publishedSelect reads notes as they were published, not as they are being
// written again.
const publishedSelect = `SELECT n.id, n.published, v.body, v.at FROM note n JOIN note_version v ON v.id = n.id AND v.rev = n.published `

func publishedNotes(rows *db.Rows, err error) ([]Note, error) {
	return db.Collect(rows, err, func(r *db.Rows) (n Note, err error) {
		var id, body string
		var rev, at int64
		if err := r.Scan(&id, &rev, &body, &at); err != nil {
			return n, err
		}
		if err := json.Unmarshal([]byte(body), &n); err != nil {
			return n, err
		}
		n.ID, n.Rev, n.Published, n.At = id, rev, rev, time.UnixMilli(at).UTC()
		return n, nil
	})
}

// PublishedNote returns a note as everybody reads it.
func PublishedNote(ctx context.Context, q db.Q, id string) (Note, error) {
	rows, err := q.Query(ctx, publishedSelect+`WHERE n.id = $1 AND n.state <> 'withdrawn'`, id)
	list, err := publishedNotes(rows, err)
	if err == nil && len(list) == 0 {
		err = apperr.NotFoundf("Cette note n’existe pas, ou elle n’est pas publiée.")
	}
	if err != nil {
		return Note{}, err
	}
	return list[0], nil
}

// NotesFor lists the published notes of a territory about a lever, the latest
// first, to be shown beside its charts; without a lever, all of them. At most
// twenty.
func NotesFor(ctx context.Context, q db.Q, place, lever string) ([]Note, error) {
	rows, err := q.Query(ctx, publishedSelect+`WHERE n.territory = $1 AND ($2 = '' OR n.lever = $2) AND n.state <> 'withdrawn' ORDER BY n.day DESC, n.id DESC LIMIT 20`, place, lever)
	return publishedNotes(rows, err)
}

// PublishedNotes lists the published notes of a region, the latest first, at
// most a hundred.
func PublishedNotes(ctx context.Context, q db.Q, region string) ([]Note, error) {
	rows, err := q.Query(ctx, publishedSelect+`WHERE n.region = $1 AND n.state <> 'withdrawn' ORDER BY n.day DESC, n.id DESC LIMIT 100`, region)
	return publishedNotes(rows, err)
}

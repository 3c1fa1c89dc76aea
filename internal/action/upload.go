package action

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// partSize is how many bytes of a file one row holds; kept is how long a file waits for
// somebody to say what its columns hold, and mostKept how many of one person do: the
// oldest makes room. unseen is how long what an import wrote unseen may be its own still:
// it is applied in minutes.
const (
	partSize = 256 << 10
	kept     = 24 * time.Hour
	mostKept = 3
	unseen   = time.Hour
)

// Upload is a file of actions that somebody sent for a COP.
type Upload struct {
	ID, COP, Name, SHA256 string
	Size                  int64
	Said                  [][2]string // a header, and what it holds
	Chosen                Chosen
	Header                []string
	Run                   string // of intake, empty while columns wait
	At                    time.Time
	By                    string
}

// Chosen is what its sender said of a file as a whole.
type Chosen struct {
	Choices
	Encoding string `json:"encoding,omitempty"`
	Sheet    string `json:"sheet,omitempty"`
	Again    bool   `json:"again,omitempty"`
}

// RunKind is the kind of the files of actions of a COP, for intake.
func RunKind(copID string) string { return "actions:" + copID }

func importing() []db.Table {
	return []db.Table{
		{Name: "action_import", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "action_import_part", Order: []string{"import_id", "n"}, Scope: db.COP},
		{Name: "action_mapping", Order: []string{"cop_id", "fingerprint"}, Scope: db.COP, Personal: []string{"by"}},
	}
}

// Keep stores a file that was sent, whole, until it is applied.
func (m *Room) Keep(ctx context.Context, a policy.Actor, c cop.COP, departments []string, u Upload, r io.Reader) (_ Upload, err error) {
	defer apperr.Wrap(&err, "action.Keep(%s)", c.ID)
	if err := MayImport(a, c, departments); err != nil {
		return u, err
	}
	if err := m.DropStale(ctx); err != nil {
		return u, err
	}
	if u.ID, err = m.IDs.New(); err != nil {
		return u, err
	}
	u.COP, u.By, u.At = c.ID, a.Person, m.Now().UTC().Truncate(time.Millisecond)
	sum := sha256.New()
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		buf := make([]byte, partSize)
		for n := int64(0); ; n++ {
			size, err := io.ReadFull(r, buf)
			if size > 0 {
				sum.Write(buf[:size])
				u.Size += int64(size)
				if _, err := tx.Exec(ctx, `INSERT INTO action_import_part (import_id, n, data) VALUES ($1, $2, $3)`, u.ID, n, buf[:size]); err != nil {
					return err
				}
			}
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				break
			}
			if err != nil {
				return err
			}
		}
		u.SHA256 = hex.EncodeToString(sum.Sum(nil))
		said, chosen, header, err := u.texts()
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO action_import (id, cop_id, name, sha256, size, said, chosen, header, run, at, by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10)`,
			u.ID, u.COP, u.Name, u.SHA256, u.Size, said, chosen, header, u.At.UnixMilli(), u.By)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			DELETE FROM action_import_part
			WHERE import_id IN (SELECT id FROM action_import WHERE by = $1)
			  AND import_id NOT IN (SELECT id FROM action_import WHERE by = $1 ORDER BY at DESC, id DESC LIMIT $2)`, u.By, int64(mostKept))
		return err
	})
	return u, err
}

func (u Upload) texts() (said, chosen, header string, err error) {
	for _, t := range []struct {
		from any
		to   *string
	}{{u.Said, &said}, {u.Chosen, &chosen}, {u.Header, &header}} {
		b, err := json.Marshal(t.from)
		if err != nil {
			return "", "", "", err
		}
		*t.to = string(b)
	}
	return said, chosen, header, nil
}

// FindUpload returns a file to whoever sent it, by its id or by its run.
func FindUpload(ctx context.Context, q db.Q, a policy.Actor, copID, id string) (u Upload, err error) {
	defer apperr.Wrap(&err, "action.FindUpload(%s)", id)
	var said, chosen, header string
	var at int64
	err = q.QueryRow(ctx, `SELECT id, cop_id, name, sha256, size, said, chosen, header, run, at, by FROM action_import WHERE id = $1 OR run = $1 AND run <> ''`, id).
		Scan(&u.ID, &u.COP, &u.Name, &u.SHA256, &u.Size, &said, &chosen, &header, &u.Run, &at, &u.By)
	const none = "Cet import n’existe pas, ou il est à quelqu’un d’autre."
	if err = db.OrNotFound(err, none); err != nil {
		return u, err
	}
	if u.COP != copID || a.Person == "" || u.By != a.Person {
		return Upload{}, apperr.NotFoundf(none)
	}
	u.At = time.UnixMilli(at).UTC()
	for text, to := range map[string]any{said: &u.Said, chosen: &u.Chosen, header: &u.Header} {
		if err := json.Unmarshal([]byte(text), to); err != nil && text != "null" {
			return u, err
		}
	}
	return u, nil
}

// Describe keeps what was said of a file: the meaning of its columns, its run.
func (m *Room) Describe(ctx context.Context, u Upload) (err error) {
	defer apperr.Wrap(&err, "action.Describe(%s)", u.ID)
	said, chosen, header, err := u.texts()
	if err != nil {
		return err
	}
	_, err = m.DB.Exec(ctx, `UPDATE action_import SET said = $2, chosen = $3, header = $4, run = $5 WHERE id = $1`, u.ID, said, chosen, header, u.Run)
	return err
}

// Fingerprint names a header, whatever its case and accents.
func Fingerprint(header []string) string {
	folded := make([]string, len(header))
	for i, h := range header {
		folded[i] = french.Fold(h)
	}
	sum := sha256.Sum256([]byte(strings.Join(folded, "\x1f")))
	return hex.EncodeToString(sum[:16])
}

// Remembered is what somebody of the COP said last of a header; empty when nobody did.
func Remembered(ctx context.Context, q db.Q, copID string, header []string) (said [][2]string, err error) {
	defer apperr.Wrap(&err, "action.Remembered(%s)", copID)
	rows, err := q.Query(ctx, `SELECT said FROM action_mapping WHERE cop_id = $1 AND fingerprint = $2`, copID, Fingerprint(header))
	all, err := db.Collect(rows, err, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) })
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return said, json.Unmarshal([]byte(all[0]), &said)
}

// Remember keeps what a header means for the next file that has it.
func (m *Room) Remember(ctx context.Context, a policy.Actor, copID string, header []string, said [][2]string) (err error) {
	defer apperr.Wrap(&err, "action.Remember(%s)", copID)
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = m.DB.Exec(ctx, `INSERT INTO action_mapping (cop_id, fingerprint, said, at, by) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (cop_id, fingerprint) DO UPDATE SET said = excluded.said, at = excluded.at, by = excluded.by`, copID, Fingerprint(header), string(text), m.Now().UnixMilli(), a.Person)
	return err
}

// MayImport refuses whoever judges no action of a COP, nor of one of its départements.
func MayImport(a policy.Actor, c cop.COP, departments []string) error {
	t := c.Thing(policy.Action)
	for _, d := range departments {
		of := t
		if of.Department = d; policy.Can(a, policy.Judge, of) {
			return nil
		}
	}
	return policy.Check(a, policy.Judge, t)
}

// Referee judges whether somebody may bring an action of a file.
func Referee(a policy.Actor, c cop.COP) func(Action) error {
	return func(x Action) error {
		x.State = cmp.Or(x.State, Draft)
		if x.State.Public() {
			x.State = Draft
		}
		if !policy.Can(a, policy.Create, x.Thing(c)) {
			return fault("places", "vos droits ne vont pas jusqu’à cette action\u00a0: ils s’arrêtent à votre département")
		}
		return nil
	}
}

// Judge starts the judgement of a file for a COP: what its register holds, who the
// accounts know, what financed projects are about.
func (m *Room) Judge(ctx context.Context, q db.Q, model *panorama.Model, c cop.COP, choices Choices) (_ *Incoming, err error) {
	defer apperr.Wrap(&err, "action.Judge(%s)", c.ID)
	in := NewIncoming(model, c.Region, choices)
	if m.Parties != nil {
		if in.Party, err = m.Parties(ctx, q); err != nil {
			return nil, err
		}
	}
	if m.Suggest != nil {
		in.Suggest = m.Suggest
	}
	rows, err := q.Query(ctx, `SELECT id, rev, seq, state, COALESCE(origin, ''), title FROM action WHERE cop_id = $1`, c.ID)
	_, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var k Known
		var state, origin, title string
		if err = r.Scan(&k.ID, &k.Rev, &k.Seq, &state, &origin, &title); err == nil {
			k.State = State(state)
			in.Has(origin, title, k)
		}
		return none, err
	})
	return in, err
}

// FindRun returns a file sent for a COP to whoever sent it.
func FindRun(ctx context.Context, q db.Q, a policy.Actor, copID, id string) (run intake.Run, err error) {
	defer apperr.Wrap(&err, "action.FindRun(%s)", id)
	run, err = intake.Find(ctx, q, id)
	if err == nil && (run.Kind != RunKind(copID) || a.Person == "" || run.By != a.Person) {
		err = apperr.NotFoundf("Cet import n’existe pas, ou il est à quelqu’un d’autre.")
	}
	return run, err
}

// DropStale forgets files that nobody came back to, and what a killed import had
// written unseen.
func (m *Room) DropStale(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "action.DropStale")
	before := m.Now().Add(-kept).UnixMilli()
	for _, text := range []string{`DELETE FROM action_import_part WHERE import_id IN (SELECT id FROM action_import WHERE at < $1)`, `DELETE FROM action_import WHERE run = '' AND at < $1`} {
		if _, err := m.DB.Exec(ctx, text, before); err != nil {
			return err
		}
	}
	return m.dropHidden(ctx, `SELECT id FROM action WHERE cop_id >= 'import:' AND cop_id < 'import;' AND at < $1`, m.Now().Add(-unseen).UnixMilli())
}

// dropHidden deletes what was written unseen, a few hundred actions at a time.
func (m *Room) dropHidden(ctx context.Context, which string, args ...any) error {
	for {
		rows, err := m.DB.Query(ctx, which+` ORDER BY id LIMIT 500`, args...)
		ids, err := db.Collect(rows, err, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) })
		if err != nil || len(ids) == 0 {
			return err
		}
		err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
			for _, id := range ids {
				for _, text := range []string{`DELETE FROM action_lever WHERE action_id = $1`, `DELETE FROM action_place WHERE action_id = $1`, `DELETE FROM action_word WHERE action_id = $1`,
					`DELETE FROM action_version WHERE id = $1`, `DELETE FROM action WHERE id = $1`} {
					if _, err := tx.Exec(ctx, text, id); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

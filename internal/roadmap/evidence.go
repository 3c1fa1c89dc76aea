package roadmap

import (
	"context"
	"errors"
	"io"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// EvidenceTypes are the files that prove an adoption: what was signed, as a PDF or a
// picture of it.
func EvidenceTypes() []string { return []string{"application/pdf", "image/png", "image/jpeg"} }

// Sides are who an evidence comes from, with their French names.
func Sides() [][2]string {
	return [][2]string{{"both", "les deux têtes ensemble"}, {"state", "l’État"}, {"region", "la Région"}}
}

// SideName is the French name of one of them.
func SideName(code string) string {
	for _, s := range Sides() {
		if s[0] == code {
			return s[1]
		}
	}
	return ""
}

// Evidence is a document joined after an adoption: it proves it besides its record, and
// changes nothing of what was validated.
type Evidence struct {
	ID       string    `json:"id"`
	COP      string    `json:"-"`
	Edition  string    `json:"-"`
	Side     string    `json:"side"`
	Title    string    `json:"title"`
	FileName string    `json:"file_name"`
	Type     string    `json:"type"`
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"`
	By       string    `json:"-"`
	At       time.Time `json:"at"`
	State    string    `json:"state"`
	Reason   string    `json:"reason,omitempty"` // why it was withdrawn
}

const evidenceColumns = `x.id, x.cop_id, x.edition_id, x.side, x.title, x.file_name, x.type, x.size, x.sha256, x.by, x.at, x.state, x.reason`

func scanEvidence(r interface{ Scan(...any) error }) (x Evidence, err error) {
	var at int64
	err = r.Scan(&x.ID, &x.COP, &x.Edition, &x.Side, &x.Title, &x.FileName, &x.Type, &x.Size, &x.SHA256, &x.By, &at, &x.State, &x.Reason)
	x.At = time.UnixMilli(at).UTC()
	return x, err
}

// EvidenceOf lists what was joined to an edition, what is withdrawn too.
func EvidenceOf(ctx context.Context, q db.Q, edition string) (_ []Evidence, err error) {
	defer apperr.Wrap(&err, "roadmap.EvidenceOf(%s)", edition)
	rows, err := q.Query(ctx, `SELECT `+evidenceColumns+` FROM roadmap_evidence x WHERE x.edition_id = $1 ORDER BY x.at, x.id`, edition)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Evidence, error) { return scanEvidence(r) })
	if list == nil {
		list = []Evidence{}
	}
	return list, err
}

// Join keeps an evidence of an adopted edition. Either side's people or the team may.
func (m *Room) Join(ctx context.Context, a policy.Actor, e composition.Edition, in Evidence, file io.Reader, mediaType string) (x Evidence, err error) {
	defer apperr.Wrap(&err, "roadmap.Join(%s)", e.ID)
	if err := policy.Check(a, policy.Edit, thing(e.COP)); err != nil {
		return x, err
	}
	switch {
	case e.PublishedOn == "":
		return x, apperr.Invalidf("Cette édition n’est pas encore adoptée\u00a0: une preuve se joint après l’adoption. Rien n’a été enregistré.")
	case SideName(in.Side) == "":
		return x, &Fault{"side", "Dites de qui vient ce document."}
	}
	if err := long("title", "Ce qu’est ce document", in.Title, LongestLine, true); err != nil {
		return x, err
	}
	staged, err := blob.Stage(ctx, "", file, blob.Claim{Name: in.FileName, Type: mediaType, Only: EvidenceTypes()})
	if err != nil {
		if apperr.KindOf(err) == apperr.Invalid {
			return x, &Fault{"file", apperr.Message(err)}
		}
		return x, err
	}
	defer func() { err = errors.Join(err, staged.Close()) }()
	x = in
	x.COP, x.Edition, x.Type, x.Size, x.SHA256, x.By, x.At, x.State, x.Reason = e.COP, e.ID, staged.Type, staged.Size, staged.SHA256, a.Person, m.Now(), Kept, ""
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := staged.Store(ctx, tx, m.Now()); err != nil {
			return err
		}
		n, err := db.Insert(ctx, tx, "roadmap_evidence", []string{"id", "cop_id", "edition_id", "side", "title", "file_name", "type", "size", "sha256", "by", "at", "state", "reason"},
			[][]any{{x.ID, x.COP, x.Edition, x.Side, x.Title, x.FileName, x.Type, x.Size, x.SHA256, x.By, x.At.UnixMilli(), x.State, ""}}, "ON CONFLICT (edition_id, sha256) DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Ce fichier est déjà joint à cette édition\u00a0: rien n’a été ajouté.")
		}
		return m.record(ctx, tx, a.Person, "create", "roadmap_evidence", x.ID, 0, x.COP)
	})
	return x, err
}

// Unjoin withdraws an evidence, with its reason; its line and its digest stay.
func (m *Room) Unjoin(ctx context.Context, a policy.Actor, id, reason string) (err error) {
	defer apperr.Wrap(&err, "roadmap.Unjoin(%s)", id)
	x, err := scanEvidence(m.DB.QueryRow(ctx, `SELECT `+evidenceColumns+` FROM roadmap_evidence x WHERE x.id = $1`, id))
	if err != nil {
		return db.OrNotFound(err, "Cette preuve n’existe pas.")
	}
	if err := policy.Check(a, policy.Edit, thing(x.COP)); err != nil {
		return err
	}
	if err := long("reason", "Pourquoi", reason, LongestLine, true); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE roadmap_evidence SET state = 'withdrawn', reason = $2 WHERE id = $1 AND state = 'kept'`, id, reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Cette preuve est déjà retirée.")
		}
		return m.record(ctx, tx, a.Person, "withdraw", "roadmap_evidence", id, 0, x.COP)
	})
}

// OpenEvidence reads an evidence that anyone may read: of an edition that was published,
// and not withdrawn.
func OpenEvidence(ctx context.Context, q db.Q, edition, id string) (x Evidence, body *blob.Reader, err error) {
	defer apperr.Wrap(&err, "roadmap.OpenEvidence(%s)", id)
	const none = "Cette preuve n’existe pas, ou elle est retirée."
	if x, err = scanEvidence(q.QueryRow(ctx, `SELECT `+evidenceColumns+` FROM roadmap_evidence x WHERE x.id = $1 AND x.edition_id = $2 AND x.state = 'kept'`, id, edition)); err != nil {
		return x, nil, db.OrNotFound(err, none)
	}
	body, err = blob.Open(ctx, q, x.SHA256)
	return x, body, err
}

package survey

import (
	"context"
	"fmt"
	"io"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// ExportKind is what an export is.
type ExportKind string

// The exports, in the order of the page.
const (
	ExportLong     ExportKind = "reponses.csv"  // one answer a row
	ExportWide     ExportKind = "tableau.xlsx"  // one authority a row
	ExportJSON     ExportKind = "reponses.json" // one authority an object
	ExportCodebook ExportKind = "codebook.csv"  // what the codes mean
)

// ExportKinds lists them.
func ExportKinds() []ExportKind {
	return []ExportKind{ExportLong, ExportWide, ExportJSON, ExportCodebook}
}

// Name is what a person reads of it.
func (k ExportKind) Name() string {
	return map[ExportKind]string{ExportLong: "Réponses, une par ligne (CSV)", ExportWide: "Tableau, une collectivité par ligne (XLSX)", ExportJSON: "Réponses (JSON)", ExportCodebook: "Dictionnaire des questions et des réponses (CSV)"}[k]
}

// zipped reports whether its bytes are kept compressed: a workbook already is.
func (k ExportKind) zipped() bool { return k != ExportWide }

// Scope is whose answers are exported: a cycle, in a region or a département of
// it; the nation when Region is empty.
type Scope struct{ Cycle, Region, Department string }

// Writer writes an export and says how many rows it has.
type Writer func(ctx context.Context, w io.Writer, x Extract) (rows int64, err error)

// Extract is what an export is made from: one view of the database.
type Extract struct {
	What  ExportKind
	Scope Scope
	Slots questionnaire.Slots
	Forms []questionnaire.Form // those that the answers were given to, by code and version
	Texts bool                 // free texts too
	At    time.Time
	// Each calls f for each authority that answered, in the order of responses.
	// What f is given lives until it returns.
	Each func(ctx context.Context, f func(*Answered) error) error
}

// Answered is the last validated version of an authority.
type Answered struct {
	Response, Authority, SIREN, INSEE, Name string
	Kind                                    questionnaire.Kind
	Region, Department, Size                string
	Form                                    string
	FormVersion, Seq                        int64
	At                                      time.Time
	Role                                    string // of who validated: a seat's, or account
	Packed                                  []byte
	Doc                                     []byte // empty when only closed answers are asked for
}

// extract reads what an export of a scope needs, within one snapshot.
func extract(ctx context.Context, q db.Q, what ExportKind, s Scope, texts bool, at time.Time) (x Extract, err error) {
	x = Extract{What: what, Scope: s, Texts: texts, At: at}
	if x.Slots, err = Slots(ctx, q); err != nil {
		return x, err
	}
	rows, err := q.Query(ctx, `
		SELECT v.form, v.form_version
		  FROM answer a
		  JOIN response_version v ON v.response_id = a.response_id AND v.seq = a.seq
		 WHERE a.cycle = $1 AND ($2 = '' OR a.region = $2) AND ($3 = '' OR a.department = $3)
		 GROUP BY v.form, v.form_version
		 ORDER BY v.form, v.form_version`, s.Cycle, s.Region, s.Department)
	type asked struct {
		code    string
		version int64
	}
	forms, err := db.Collect(rows, err, func(r *db.Rows) (f asked, err error) {
		err = r.Scan(&f.code, &f.version)
		return f, err
	})
	if err != nil {
		return x, err
	}
	for _, a := range forms {
		f, err := FormAt(ctx, q, a.code, a.version)
		if err != nil {
			return x, err
		}
		x.Forms = append(x.Forms, f)
	}
	x.Each = func(ctx context.Context, f func(*Answered) error) error { return eachAnswered(ctx, q, x, f) }
	return x, nil
}

// NeedsDoc reports whether something that is not packed is to be written: the class
// and source of each answer, what is not closed.
func (x Extract) NeedsDoc() bool {
	if x.What == ExportLong {
		return true
	}
	for _, f := range x.Forms {
		for _, c := range f.Cells() {
			switch c.Type {
			case questionnaire.Text, questionnaire.Sheet, questionnaire.File:
				if x.Texts {
					return true
				}
			default:
				if !c.Closed() {
					return true
				}
			}
		}
	}
	return false
}

// eachAnswered streams in the order of the key. The cycle is compared as an
// expression, so that no index on it is taken: SQLite would then sort whole rows in
// memory, and for the nation run out of it. Documents, a gigabyte for the nation, are
// read when they are needed.
func eachAnswered(ctx context.Context, q db.Q, x Extract, f func(*Answered) error) (err error) {
	doc := int64(0)
	if x.NeedsDoc() {
		doc = 1
	}
	rows, err := q.Query(ctx, `
		SELECT a.response_id, a.authority, COALESCE(o.siren, ''), COALESCE(o.territory, ''), r.name, a.kind, a.region, a.department, a.size, v.form, v.form_version, a.seq, a.at,
		       COALESCE(s.role, 'account'), a.packed, CASE WHEN $4 = 1 THEN v.doc ELSE '' END
		  FROM answer a
		  JOIN response r ON r.id = a.response_id
		  JOIN response_version v ON v.response_id = a.response_id AND v.seq = a.seq
		  LEFT JOIN organisation o ON o.id = a.authority
		  LEFT JOIN response_seat s ON s.id = v.by
		 WHERE a.cycle || '' = $1 AND ($2 = '' OR a.region || '' = $2) AND ($3 = '' OR a.department = $3)
		 ORDER BY a.response_id`, x.Scope.Cycle, x.Scope.Region, x.Scope.Department, doc)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = cerr
		}
	}()
	var a Answered
	var territory string
	var at int64
	for n := 0; rows.Next(); n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := rows.Scan(&a.Response, &a.Authority, &a.SIREN, &territory, &a.Name, &a.Kind, &a.Region, &a.Department, &a.Size, &a.Form, &a.FormVersion, &a.Seq, &at, &a.Role, &a.Packed, &a.Doc); err != nil {
			return err
		}
		a.At, a.INSEE = time.UnixMilli(at).UTC(), inseeOf(territory)
		if err := f(&a); err != nil {
			return err
		}
	}
	return rows.Err()
}

// inseeOf is the code of the commune that an organisation decides on.
func inseeOf(territory string) string {
	const commune = "commune:"
	if len(territory) > len(commune) && territory[:len(commune)] == commune {
		return territory[len(commune):]
	}
	return ""
}

// MayExport reports whether an actor may take away the answers of a scope, by
// the COP of its region: name by name, free texts included.
func MayExport(a policy.Actor, cop string, s Scope) bool {
	if s.Region == "" {
		return policy.Where(a, policy.Export, policy.Response).All
	}
	t := policy.Thing{Kind: policy.Response, COPs: []string{cop}, Department: s.Department}
	return policy.Can(a, policy.Export, t)
}

// ExportState is what became of an export.
type ExportState string

// The states of an export.
const (
	ExportWaiting ExportState = "waiting"
	ExportRunning ExportState = "running"
	ExportReady   ExportState = "ready"
	ExportFailed  ExportState = "failed"
	ExportExpired ExportState = "expired" // its file is no longer kept, its record is
)

// stale is how long a running export may be silent before its page says so.
const stale = 3 * time.Minute

// Export is an export that somebody asked for.
type Export struct {
	ID          string
	Rev         int64
	Scope       Scope
	What        ExportKind
	Texts       bool
	By          string
	At          time.Time
	State       ExportState
	Beat        time.Time
	File        string
	Encoding    string
	Size, Kept  int64
	Rows        int64
	SHA256      string
	DataVersion string
	Reason      string
}

// Silent reports whether it is said to run and has not moved for long: the
// program that made it stopped.
func (e Export) Silent(now time.Time) bool {
	return e.State == ExportRunning && now.Sub(e.Beat) > stale
}

// Filter says in French whose answers it holds.
func (e Export) Filter() string {
	text := "cycle " + e.Scope.Cycle
	switch {
	case e.Scope.Department != "":
		text += ", département " + e.Scope.Department
	case e.Scope.Region != "":
		text += ", région " + e.Scope.Region
	default:
		text += ", France"
	}
	if e.What == ExportCodebook {
		return text
	}
	if e.Texts {
		return text + ", textes libres compris"
	}
	return text + ", sans les textes libres"
}

const exportColumns = `id, rev, cycle, region, department, what, texts, by, at, state, beat, file, encoding, size, kept, rows, sha256, data_version, reason`

func scanExport(s scanner) (e Export, err error) {
	var at, beat int64
	err = s.Scan(&e.ID, &e.Rev, &e.Scope.Cycle, &e.Scope.Region, &e.Scope.Department, &e.What, &e.Texts, &e.By, &at, &e.State, &beat, &e.File, &e.Encoding, &e.Size, &e.Kept, &e.Rows, &e.SHA256, &e.DataVersion, &e.Reason)
	e.At, e.Beat = time.UnixMilli(at).UTC(), time.UnixMilli(beat).UTC()
	return e, err
}

// FindExport returns an export by its id.
func FindExport(ctx context.Context, q db.Q, id string) (Export, error) {
	e, err := scanExport(q.QueryRow(ctx, `SELECT `+exportColumns+` FROM survey_export WHERE id = $1`, id))
	return e, db.OrNotFound(err, "Cet export n’existe pas.")
}

// Exports lists those that were asked for in a region ("" for the nation), the
// newest first, after one ("" for the first page).
func Exports(ctx context.Context, q db.Q, region, department, after string, limit int) (_ []Export, err error) {
	defer apperr.Wrap(&err, "survey.Exports")
	rows, err := q.Query(ctx, `
		SELECT `+exportColumns+`
		  FROM survey_export
		 WHERE region = $1 AND ($2 = '' OR department = $2) AND ($3 = '' OR id < $3)
		 ORDER BY id DESC
		 LIMIT $4`, region, department, after, limit)
	return db.Collect(rows, err, func(r *db.Rows) (Export, error) { return scanExport(r) })
}

// fileName is how an export is called when it is taken away.
func (e Export) fileName() string {
	where := "france"
	if e.Scope.Region != "" {
		where = "r" + e.Scope.Region
	}
	if e.Scope.Department != "" {
		where = "d" + e.Scope.Department
	}
	return fmt.Sprintf("questionnaire-%s-%s-%s-%s", e.Scope.Cycle, where, e.At.Format("20060102-1504"), e.What)
}

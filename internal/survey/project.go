package survey

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Project is a public project that was financed in an authority's name.
type Project struct {
	ID        string
	SIREN     string // of who receives the money, empty when the file gives none
	Year      int
	Programme string // French: «Fonds vert»
	Measure   string // of the programme, as published
	Name      string
	Cents     *int64 // nil when not published: never zero
	Commune   string // INSEE code, empty when not given
	Source    string // French, with its year
}

// nameMost bounds the name of a project, in characters.
const nameMost = 500

// ProjectID names a project by what does not change from one edition of its
// file to the next, so that a file read again touches the same rows: amounts do
// change. nth tells apart those that a file gives twice, as the State's does for
// a project financed by two decisions.
func ProjectID(p Project, file string, nth int) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{p.Programme, strconv.Itoa(p.Year), file, p.SIREN, p.Measure, p.Name, strconv.Itoa(nth)}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Financed is what keeping projects did.
type Financed struct{ Added, Changed, Same int64 }

// KeepProjects writes projects, whose ids are distinct: those that are known
// already are brought up to date, none is dropped, for a file may hold one region
// alone.
func KeepProjects(ctx context.Context, tx db.Q, projects []Project, at time.Time) (did Financed, err error) {
	defer apperr.Wrap(&err, "survey.KeepProjects")
	count := func() (n int64, err error) {
		err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM funded_project`).Scan(&n)
		return n, err
	}
	before, err := count()
	if err != nil {
		return did, err
	}
	rows := make([][]any, 0, len(projects))
	for _, p := range projects {
		var cents any
		if p.Cents != nil {
			cents = *p.Cents
		}
		rows = append(rows, []any{p.ID, p.SIREN, int64(p.Year), p.Programme, p.Measure, shorten(p.Name, nameMost), cents, p.Commune, p.Source, at.UnixMilli()})
	}
	touched, err := db.Insert(ctx, tx, "funded_project", []string{"id", "siren", "year", "programme", "measure", "name", "cents", "commune", "source", "at"}, rows,
		`ON CONFLICT (id) DO UPDATE SET cents = excluded.cents, commune = excluded.commune, source = excluded.source, at = excluded.at
		 WHERE COALESCE(funded_project.cents, -1) <> COALESCE(excluded.cents, -1) OR funded_project.commune <> excluded.commune OR funded_project.source <> excluded.source`)
	if err != nil {
		return did, err
	}
	after, err := count()
	did.Added = after - before
	did.Changed = touched - did.Added
	did.Same = int64(len(projects)) - touched
	return did, err
}

// projectsMost bounds how many projects of one authority are shown: the largest
// holder of the Fonds vert has a few dozen a year.
const projectsMost = 400

// ProjectsOf lists the projects financed in the name of a SIREN, the newest and
// the largest first.
func ProjectsOf(ctx context.Context, q db.Q, siren string) (_ []Project, err error) {
	defer apperr.Wrap(&err, "survey.ProjectsOf")
	if siren == "" {
		return nil, nil
	}
	rows, err := q.Query(ctx, `SELECT id, siren, year, programme, measure, name, cents, commune, source FROM funded_project WHERE siren = $1
		ORDER BY year DESC, COALESCE(cents, 0) DESC, id LIMIT $2`, siren, int64(projectsMost))
	return db.Collect(rows, err, func(r *db.Rows) (p Project, err error) {
		var year int64
		err = r.Scan(&p.ID, &p.SIREN, &year, &p.Programme, &p.Measure, &p.Name, &p.Cents, &p.Commune, &p.Source)
		p.Year = int(year)
		return p, err
	})
}

// Title is the name of a project on a line.
func (p Project) Title() string { return shorten(p.Name, 140) }

// shorten cuts a text to so many characters, with an ellipsis, at a word.
func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	r := []rune(s)[:most-1]
	text := string(r)
	if i := strings.LastIndexByte(text, ' '); i > len(text)/2 {
		text = text[:i]
	}
	return text + "…"
}

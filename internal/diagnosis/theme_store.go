package diagnosis

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// The states of a theme.
const (
	ThemeKept      = "kept"
	ThemeWithdrawn = "withdrawn"
)

const themeColumns = `t.id, t.rev, t.cop_id, t.region, t.cycle, t.position, t.name, t.text, t.kind, t.subject, t.maps, t.levers, t.state, t.priority, t.chosen_why, t.choice`

func scanTheme(r interface{ Scan(...any) error }) (t Theme, err error) {
	var maps, levers string
	err = r.Scan(&t.ID, &t.Rev, &t.COP, &t.Region, &t.Cycle, &t.Position, &t.Name, &t.Text, &t.Kind, &t.Subject, &maps, &levers, &t.State, &t.Priority, &t.Why, &t.Choice)
	t.Maps, t.Levers = strings.Fields(maps), strings.Fields(levers)
	return t, err
}

// Themes lists the themes that a COP keeps, in its own order.
func Themes(ctx context.Context, q db.Q, copID string) (_ []Theme, err error) {
	defer apperr.Wrap(&err, "diagnosis.Themes(%s)", copID)
	return themesIn(ctx, q, copID, ThemeKept)
}

// WithdrawnThemes lists those that a COP took out of its list.
func WithdrawnThemes(ctx context.Context, q db.Q, copID string) (_ []Theme, err error) {
	defer apperr.Wrap(&err, "diagnosis.WithdrawnThemes(%s)", copID)
	return themesIn(ctx, q, copID, ThemeWithdrawn)
}

func themesIn(ctx context.Context, q db.Q, copID, state string) ([]Theme, error) {
	rows, err := q.Query(ctx, `SELECT `+themeColumns+` FROM diagnosis_theme t WHERE t.cop_id = $1 AND t.state = $2 ORDER BY t.position, t.id`, copID, state)
	return db.Collect(rows, err, func(r *db.Rows) (Theme, error) { return scanTheme(r) })
}

// ThemesOfCycle lists the themes that the COPs of a cycle keep, by region: a few
// hundred.
func ThemesOfCycle(ctx context.Context, q db.Q, cycle string) (_ []Theme, err error) {
	defer apperr.Wrap(&err, "diagnosis.ThemesOfCycle(%s)", cycle)
	rows, err := q.Query(ctx, `SELECT `+themeColumns+` FROM diagnosis_theme t WHERE t.cycle = $1 AND t.state = 'kept' ORDER BY t.region, t.position, t.id`, cycle)
	return db.Collect(rows, err, func(r *db.Rows) (Theme, error) { return scanTheme(r) })
}

// FindTheme returns a theme by its id.
func FindTheme(ctx context.Context, q db.Q, id string) (_ Theme, err error) {
	defer apperr.Wrap(&err, "diagnosis.FindTheme(%q)", id)
	t, err := scanTheme(q.QueryRow(ctx, `SELECT `+themeColumns+` FROM diagnosis_theme t WHERE t.id = $1`, id))
	return t, db.OrNotFound(err, "Ce thème n’existe pas, ou il est réservé à d’autres rôles que les vôtres.")
}

// Past is one version of a thing of this room: what it was, when, and why it changed.
type Past[T any] struct {
	Rev    int64
	At     time.Time
	By     string
	Reason string
	Body   T
}

func pastOf[T any](ctx context.Context, q db.Q, table, id string) ([]Past[T], error) {
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM `+table+`_version WHERE id = $1 ORDER BY rev DESC`, id)
	return db.Collect(rows, err, func(r *db.Rows) (v Past[T], err error) {
		var at int64
		var body string
		if err := r.Scan(&v.Rev, &at, &v.By, &v.Reason, &body); err != nil {
			return v, err
		}
		v.At = time.UnixMilli(at).UTC()
		return v, json.Unmarshal([]byte(body), &v.Body)
	})
}

// ThemeHistory lists what a theme was, the last version first.
func ThemeHistory(ctx context.Context, q db.Q, id string) (_ []Past[Theme], err error) {
	defer apperr.Wrap(&err, "diagnosis.ThemeHistory(%q)", id)
	return pastOf[Theme](ctx, q, "diagnosis_theme", id)
}

// Same reports whether a theme still says what it said: its place in the list and
// whether it is put first are not what it says.
func (t Theme) Same(was Theme) bool {
	return t.Name == was.Name && t.Text == was.Text && t.Kind == was.Kind && t.Subject == was.Subject && t.State == was.State &&
		slices.Equal(t.Maps, was.Maps) && slices.Equal(t.Levers, was.Levers)
}

// Alive are the levers of a theme that the panorama of its region still holds,
// which exist tells.
func (t Theme) Alive(exist map[string]bool) []string {
	var out []string
	for _, l := range t.Levers {
		if exist[l] {
			out = append(out, l)
		}
	}
	return out
}

// Emptied reports whether a theme of levers has none left.
func (t Theme) Emptied(exist map[string]bool) bool {
	return t.Kind == OfLevers && len(t.Alive(exist)) == 0
}

// SubjectName is the French name of a subject, its code when it is none.
func SubjectName(code string) string {
	for _, s := range Subjects() {
		if s[0] == code {
			return s[1]
		}
	}
	return code
}

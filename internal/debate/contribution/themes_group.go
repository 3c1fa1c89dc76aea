package contribution

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/textmining"
)

// When contributions are grouped. They are parameters: these are our proposals.
const (
	fewest    = 12             // contributions under which there is nothing to group
	muchIsNew = 5              // that came or left since the last grouping, or one in twenty of all
	stale     = 24 * time.Hour // after which one is enough
)

const (
	themesTick  = "debate.themes" // looks which COPs have enough that is new
	regroupKind = "debate.regroup"
	kept        = 500 // texts written by transaction
)

type regroupArgs struct {
	COP string `json:"cop"`
}

// RegisterThemes gives the worker the grouping of contributions.
func (m *Room) RegisterThemes(c *jobs.Config) {
	c.Handlers[themesTick] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error {
		cops, err := m.toRegroup(ctx)
		if err != nil {
			return err
		}
		tick := strconv.FormatInt(m.Now().Unix()/900, 10)
		for _, id := range cops {
			if _, err := m.Queue.Enqueue(ctx, m.DB, regroupKind, regroupArgs{COP: id}, jobs.Opts{Dedup: regroupKind + ":" + id + ":" + tick}); err != nil {
				return err
			}
		}
		return nil
	}}
	c.Handlers[regroupKind] = jobs.Handler{Do: func(ctx context.Context, j jobs.Job) error {
		var args regroupArgs
		if err := json.Unmarshal(j.Args, &args); err != nil {
			return jobs.Permanent(err)
		}
		return m.Regroup(ctx, args.COP)
	}}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: themesTick, Last: jobs.Every(15 * time.Minute)})
}

// toRegroup lists the COPs where enough contributions came, or left, since they were
// last grouped.
func (m *Room) toRegroup(ctx context.Context) (cops []string, err error) {
	defer apperr.Wrap(&err, "contribution.toRegroup")
	type news struct {
		cop                     string
		total, fresh, at, texts int64
	}
	rows, err := m.DB.Query(ctx, `SELECT p.cop_id, COUNT(*), CAST(SUM(CASE WHEN p.published_at > COALESCE(s.at, 0) THEN 1 ELSE 0 END) AS BIGINT), COALESCE(s.at, 0), COALESCE(s.texts, 0)
		   FROM debate_post p LEFT JOIN debate_theme_set s ON s.cop_id = p.cop_id WHERE p.kind = 'contribution' AND p.state = 'published' GROUP BY p.cop_id, s.at, s.texts ORDER BY p.cop_id`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (n news, err error) {
		err = r.Scan(&n.cop, &n.total, &n.fresh, &n.at, &n.texts)
		return n, err
	})
	now := m.Now()
	for _, n := range all {
		// What is fresh came, or what makes more of them (the clock of another machine
		// may be late); what is missing without being fresh left.
		came := max(n.fresh, n.total-n.texts)
		moved := came + n.texts + came - n.total
		enough := max(muchIsNew, n.total/20)
		if n.total >= fewest && (n.at == 0 || moved >= enough || moved > 0 && now.Sub(time.UnixMilli(n.at)) >= stale) {
			cops = append(cops, n.cop)
		}
	}
	return cops, err
}

// former are the themes that a COP shows.
type former struct {
	grouping string
	ids      []string // of themes
	known    []textmining.Known
}

func (m *Room) former(ctx context.Context, copID string) (f former, err error) {
	err = m.DB.QueryRow(ctx, `SELECT grouping_id FROM debate_theme_set WHERE cop_id = $1`, copID).Scan(&f.grouping)
	if err != nil {
		return f, err
	}
	at := map[string]int{}
	rows, err := m.DB.Query(ctx, `SELECT theme_id, words FROM debate_theme_run WHERE grouping_id = $1 ORDER BY n`, f.grouping)
	f.known, err = db.Collect(rows, err, func(r *db.Rows) (k textmining.Known, err error) {
		var id, words string
		err = r.Scan(&id, &words)
		at[id] = len(f.ids)
		f.ids, k.Terms = append(f.ids, id), strings.Fields(words)
		return k, err
	})
	if err != nil {
		return f, err
	}
	rows, err = m.DB.Query(ctx, `SELECT theme_id, post_id FROM debate_theme_text WHERE grouping_id = $1 ORDER BY theme_id, n`, f.grouping)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var theme, post string
		err := r.Scan(&theme, &post)
		if i, ok := at[theme]; ok {
			f.known[i].Members = append(f.known[i].Members, post)
		}
		return struct{}{}, err
	})
	return f, err
}

// readable reads the texts of a COP that everybody reads, and their ids.
func (m *Room) readable(ctx context.Context, copID string) (ids, texts []string, err error) {
	rows, err := m.DB.Query(ctx, `SELECT id, title, text FROM debate_post WHERE cop_id = $1 AND kind = 'contribution' AND state = 'published' ORDER BY id`, copID)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var id, title, text string
		err := r.Scan(&id, &title, &text)
		ids, texts = append(ids, id), append(texts, title+"\n"+text)
		return struct{}{}, err
	})
	return ids, texts, err
}

// Regroup groups the contributions of a COP anew: in the background, as it takes
// seconds for many. It writes beside what is shown, by short transactions, then shows
// it at once; when another grouping was shown meanwhile, it leaves that one.
func (m *Room) Regroup(ctx context.Context, copID string) (err error) {
	defer apperr.Wrap(&err, "contribution.Regroup(%s)", copID)
	at := m.Now() // before reading: what comes while one groups is new
	if _, err := m.DB.Exec(ctx, `INSERT INTO debate_theme_set (cop_id, rev, grouping_id, at, texts) VALUES ($1, 0, '', 0, 0) ON CONFLICT DO NOTHING`, copID); err != nil {
		return err
	}
	old, err := m.former(ctx, copID)
	if err != nil {
		return err
	}
	ids, texts, err := m.readable(ctx, copID)
	if err != nil {
		return err
	}
	g := textmining.Grouping{}
	for _, k := range old.known {
		var of []int
		for _, id := range k.Members {
			if i, ok := slices.BinarySearch(ids, id); ok {
				of = append(of, i)
			}
		}
		g.Former = append(g.Former, of)
	}
	themes, alone := textmining.Read(texts).Themes(g)
	known := make([]textmining.Known, len(themes))
	for i, t := range themes {
		known[i].Terms = t.Terms
		for _, n := range t.Members {
			known[i].Members = append(known[i].Members, ids[n])
		}
	}
	run := grouping{cop: copID, at: at, texts: len(ids), alone: len(alone), known: known, themes: make([]string, len(known)), fresh: make([]bool, len(known))}
	if run.id, err = m.IDs.New(); err != nil {
		return err
	}
	for i, o := range textmining.Match(old.known, known) {
		if o >= 0 {
			run.themes[i] = old.ids[o]
			continue
		}
		run.fresh[i] = true
		if run.themes[i], err = m.IDs.New(); err != nil {
			return err
		}
	}
	if err := m.writeTexts(ctx, run); err != nil {
		return err
	}
	if err := m.show(ctx, run, old.grouping); err != nil {
		return err
	}
	return m.forgetTexts(ctx, copID, old.grouping)
}

// grouping is a run, before it is shown.
type grouping struct {
	id, cop      string
	at           time.Time
	texts, alone int
	known        []textmining.Known
	themes       []string // ids
	fresh        []bool   // themes that continue no other
}

func (m *Room) writeTexts(ctx context.Context, run grouping) error {
	var rows [][]any
	for i, k := range run.known {
		for n, post := range k.Members {
			rows = append(rows, []any{run.id, run.themes[i], int64(n), post})
		}
	}
	if _, err := db.Insert(ctx, m.DB, "debate_grouping", []string{"id", "cop_id", "at", "texts", "alone"}, [][]any{{run.id, run.cop, run.at.UnixMilli(), int64(run.texts), int64(run.alone)}}, ""); err != nil {
		return err
	}
	for part := range slices.Chunk(rows, kept) {
		if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
			_, err := db.Insert(ctx, tx, "debate_theme_text", []string{"grouping_id", "theme_id", "n", "post_id"}, part, "")
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func (m *Room) show(ctx context.Context, run grouping, former string) error {
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE debate_theme_set SET rev = rev + 1, grouping_id = $3, at = $4, texts = $5 WHERE cop_id = $1 AND grouping_id = $2`, run.cop, former, run.id, run.at.UnixMilli(), int64(run.texts))
		if err != nil || n == 0 {
			return err
		}
		var themes, rows [][]any
		for i, k := range run.known {
			if run.fresh[i] {
				themes = append(themes, []any{run.themes[i], int64(1), run.cop, "", run.at.UnixMilli()})
			}
			rows = append(rows, []any{run.id, run.themes[i], int64(i), strings.Join(k.Terms, " "), int64(len(k.Members))})
		}
		if _, err := db.Insert(ctx, tx, "debate_theme", []string{"id", "rev", "cop_id", "name", "at"}, themes, ""); err != nil {
			return err
		}
		_, err = db.Insert(ctx, tx, "debate_theme_run", []string{"grouping_id", "theme_id", "n", "words", "texts"}, rows, "")
		return err
	})
}

// forgetTexts leaves out the texts of groupings that are not shown: those of the one
// before, and those that a stop left half written.
func (m *Room) forgetTexts(ctx context.Context, copID, former string) error {
	rows, err := m.DB.Query(ctx, `SELECT DISTINCT x.grouping_id, x.theme_id FROM debate_theme_text x JOIN debate_grouping g ON g.id = x.grouping_id JOIN debate_theme_set s ON s.cop_id = g.cop_id
		   WHERE g.cop_id = $1 AND g.id <> s.grouping_id AND (g.id = $2 OR g.at < $3)`, copID, former, m.Now().Add(-stale).UnixMilli())
	old, err := db.Collect(rows, err, func(r *db.Rows) (x [2]string, err error) {
		err = r.Scan(&x[0], &x[1])
		return x, err
	})
	if err != nil {
		return err
	}
	for _, x := range old {
		if _, err := m.DB.Exec(ctx, `DELETE FROM debate_theme_text WHERE grouping_id = $1 AND theme_id = $2`, x[0], x[1]); err != nil {
			return err
		}
	}
	return nil
}

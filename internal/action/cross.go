package action

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// CrossTheme is a cross-cutting theme that the actions of a COP may serve.
type CrossTheme struct {
	Code, Name string
	Rev        int64 // 0 when the COP never changed it
	Withdrawn  bool  // no action takes it any more; those that have it keep it
	seq        int64
}

// firstThemes are those that every COP begins with: those of the plans that regions
// published, in our words.
var firstThemes = []CrossTheme{
	{Code: "emploi-competences", Name: "Emploi et compétences"}, {Code: "transition-juste", Name: "Transition juste"}, {Code: "sante", Name: "Santé"},
	{Code: "adaptation", Name: "Adaptation au changement climatique"}, {Code: "sensibilisation", Name: "Sensibilisation et mobilisation"},
	{Code: "recherche-innovation", Name: "Recherche et innovation"}, {Code: "numerique", Name: "Numérique responsable"}, {Code: "achats", Name: "Achats et financements"},
}

// FirstThemes are the themes that every COP begins with, as codes and names.
func FirstThemes() (out [][2]string) {
	for _, t := range firstThemes {
		out = append(out, [2]string{t.Code, t.Name})
	}
	return out
}

// CrossThemes lists the cross-cutting themes of a COP, those withdrawn too.
func CrossThemes(ctx context.Context, q db.Q, copID string) (out []CrossTheme, err error) {
	defer apperr.Wrap(&err, "action.CrossThemes(%s)", copID)
	rows, err := q.Query(ctx, `SELECT code, rev, name, state, seq FROM action_cross WHERE cop_id = $1 ORDER BY seq, code`, copID)
	own, err := db.Collect(rows, err, func(r *db.Rows) (t CrossTheme, err error) {
		var state string
		err = r.Scan(&t.Code, &t.Rev, &t.Name, &state, &t.seq)
		t.Withdrawn = state == "withdrawn"
		return t, err
	})
	for i, t := range firstThemes {
		t.seq = int64(i + 1)
		if at := slices.IndexFunc(own, func(o CrossTheme) bool { return o.Code == t.Code }); at < 0 {
			out = append(out, t)
		}
	}
	out = append(out, own...)
	slices.SortStableFunc(out, func(a, b CrossTheme) int { return cmp.Or(cmp.Compare(a.seq, b.seq), cmp.Compare(a.Code, b.Code)) })
	return out, err
}

// CrossName is the name of a theme, its code when the list does not know it.
func CrossName(themes []CrossTheme, code string) string {
	for _, t := range themes {
		if t.Code == code {
			return t.Name
		}
	}
	return code
}

var notInCode = regexp.MustCompile(`[^a-z0-9]+`)

func slugOf(name string) string {
	return strings.Trim(notInCode.ReplaceAllString(french.Fold(name), "-"), "-")
}

// mostThemes bounds the list of a COP.
const mostThemes = 40

// SaveCross names a cross-cutting theme of a COP, adds one (no code), withdraws one or
// takes it up again. Rev is that of the page.
func (m *Room) SaveCross(ctx context.Context, a policy.Actor, c cop.COP, in CrossTheme) (err error) {
	defer apperr.Wrap(&err, "action.SaveCross(%s)", c.ID)
	if err := policy.Check(a, policy.Judge, c.Thing(policy.Action)); err != nil {
		return err
	}
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	if in.Name == "" {
		return fault("name", "Donnez un nom au thème.")
	}
	if err := sized("name", "Nom du thème", in.Name, 120); err != nil {
		return err
	}
	return m.change(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The COP is the root of its themes.
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, c.ID); err != nil {
			return err
		}
		all, err := CrossThemes(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		added := in.Code == ""
		if added {
			if in.Code = slugOf(in.Name); in.Code == "" {
				return fault("name", "Donnez au thème un nom fait de lettres.")
			}
		}
		at := slices.IndexFunc(all, func(t CrossTheme) bool { return t.Code == in.Code })
		same := slices.IndexFunc(all, func(t CrossTheme) bool { return t.Code != in.Code && french.SortKey(t.Name) == french.SortKey(in.Name) })
		switch {
		case added && at >= 0 || same >= 0:
			return fault("name", "Un thème porte déjà ce nom dans la liste.")
		case added && len(all) >= mostThemes:
			return fault("name", "La liste a "+french.Integer(mostThemes)+" thèmes au plus.")
		case !added && at < 0:
			return apperr.NotFoundf("Ce thème n’est pas dans la liste.")
		case !added && all[at].Rev != in.Rev:
			return apperr.Conflictf("Quelqu’un a changé ce thème pendant que vous l’écriviez. Rien n’a été enregistré\u00a0: rechargez la page et recommencez.")
		}
		state := "kept"
		if in.Withdrawn {
			state = "withdrawn"
		}
		seq := int64(1)
		if added {
			for _, t := range all {
				seq = max(seq, t.seq+1)
			}
		} else {
			seq = all[at].seq
		}
		if in.Rev == 0 {
			_, err = db.Insert(ctx, tx, "action_cross", []string{"cop_id", "code", "rev", "name", "state", "seq", "by", "at"}, [][]any{{c.ID, in.Code, int64(1), in.Name, state, seq, a.Person, m.Now().UnixMilli()}}, "")
		} else {
			_, err = tx.Exec(ctx, `UPDATE action_cross SET rev = rev + 1, name = $3, state = $4, by = $5, at = $6 WHERE cop_id = $1 AND code = $2 AND rev = $7`, c.ID, in.Code, in.Name, state, a.Person, m.Now().UnixMilli(), in.Rev)
		}
		if err != nil {
			return err
		}
		return m.note(ctx, tx, a.Person, "edit", "action_cross", c.ID+"/"+in.Code, in.Rev+1, c.ID)
	})
}

// note writes a row of the journal of what is not an action itself.
func (m *Room) note(ctx context.Context, tx db.Q, by, verb, kind, subject string, rev int64, copID string) error {
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: kind, Subject: subject, Rev: rev, COP: copID})
	return err
}

// CrossCount is how many cross-cutting actions serve a theme.
type CrossCount struct{ All, Retained int64 }

// CrossCounts counts the cross-cutting actions of a COP by theme: those that were
// proposed and stand, and those retained. They are in no other count.
func CrossCounts(ctx context.Context, q db.Q, copID string) (_ map[string]CrossCount, err error) {
	defer apperr.Wrap(&err, "action.CrossCounts(%s)", copID)
	rows, err := q.Query(ctx, `
		SELECT cross_theme, COUNT(*), CAST(SUM(CASE WHEN state = 'retained' THEN 1 ELSE 0 END) AS BIGINT)
		  FROM action WHERE cop_id = $1 AND kind = 'cross' AND state IN ('proposed', 'qualified', 'debated', 'retaining', 'retained') GROUP BY cross_theme`, copID)
	type row struct {
		code string
		CrossCount
	}
	all, err := db.Collect(rows, err, func(r *db.Rows) (x row, err error) { err = r.Scan(&x.code, &x.All, &x.Retained); return x, err })
	out := map[string]CrossCount{}
	for _, x := range all {
		out[x.code] = x.CrossCount
	}
	return out, err
}

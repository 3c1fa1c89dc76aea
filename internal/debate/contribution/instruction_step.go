package contribution

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/territory"
)

// FactKind is what sort of thing happened to a contribution.
type FactKind string

// The kinds of facts.
const (
	FactPublished FactKind = "published"
	FactMerged    FactKind = "merged"   // it is read with another one
	FactReceived  FactKind = "received" // another one is read with it
	FactUnmerged  FactKind = "unmerged"
	FactSplit     FactKind = "split"
	FactPart      FactKind = "part" // it comes from another one
	FactVerdict   FactKind = "verdict"
	FactLinked    FactKind = "linked"   // a decision or an action answers it
	FactProgress  FactKind = "progress" // that action moved
)

// Fact is something that happened to a contribution, as anyone reads it.
type Fact struct {
	Kind    FactKind
	Subject string // what makes it happen once: the id of a decision, a revision
	Text    string // French, one sentence
	Path    string // where it leads, empty for nowhere
	At      time.Time
}

// step adds a step, once for its kind and subject.
func (m *Room) step(ctx context.Context, tx db.Q, cop, post string, s Fact) error {
	_, err := m.stepped(ctx, tx, cop, post, s)
	return err
}

func (m *Room) stepped(ctx context.Context, tx db.Q, cop, post string, s Fact) (fresh bool, err error) {
	id, err := m.IDs.New()
	if err != nil {
		return false, err
	}
	n, err := db.Insert(ctx, tx, "contribution_step", []string{"id", "cop_id", "post_id", "kind", "subject", "text", "path", "at"},
		[][]any{{id, cop, post, string(s.Kind), s.Subject, s.Text, s.Path, m.Now().UnixMilli()}}, "ON CONFLICT (post_id, kind, subject) DO NOTHING")
	return n > 0, err
}

// Became tells what became of a contribution, the first step first.
func Became(ctx context.Context, q db.Q, post string) (_ []Fact, err error) {
	defer apperr.Wrap(&err, "contribution.Became(%s)", post)
	rows, err := q.Query(ctx, `SELECT kind, subject, text, path, at FROM contribution_step WHERE post_id = $1 ORDER BY at, id LIMIT 200`, post)
	return db.Collect(rows, err, func(r *db.Rows) (s Fact, err error) {
		var at int64
		err = r.Scan(&s.Kind, &s.Subject, &s.Text, &s.Path, &at)
		s.At = time.UnixMilli(at).UTC()
		return s, err
	})
}

// beside says of a contribution what joins it to another one, by the title of that one:
// without it when it may not be read.
func beside(k FactKind, title string) string {
	named, within := "", ""
	if title != "" {
		named, within = " «"+nb+title+nb+"»", ", «"+nb+title+nb+"»"
	}
	switch k {
	case FactMerged:
		return "Elle est lue avec une contribution proche" + within + ". Ses soutiens y sont comptés."
	case FactReceived:
		if within != "" {
			within += ","
		}
		return "Une contribution proche" + within + " est maintenant lue avec elle."
	case FactPart:
		if named == "" {
			return "Issue d’une contribution qui disait plusieurs choses."
		}
		return "Issue de la contribution" + named + ", qui disait plusieurs choses."
	}
	return ""
}

// asRead tells facts as the other contributions that they name stand now: one whose
// title was masked bears its new title, one that is hidden or taken back is not named.
func (m *Room) asRead(ctx context.Context, q db.Q, facts []Fact) error {
	var ids []string
	other := func(f Fact) string { return f.Path[strings.LastIndexByte(f.Path, '/')+1:] }
	for _, f := range facts {
		if beside(f.Kind, "") != "" {
			ids = append(ids, other(f))
		}
	}
	list, err := m.posts(ctx, q, ids)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, p := range list {
		titles[p.ID] = p.Title
	}
	for i, f := range facts {
		if beside(f.Kind, "") == "" {
			continue
		}
		title := titles[other(f)]
		if facts[i].Text = beside(f.Kind, title); title == "" {
			facts[i].Path = ""
		}
	}
	return nil
}

// Fates say where contributions are read and what the team answered, for their authors.
// One that is read with another says so on its page, where the answer is that of both.
func (m *Room) Fates(ctx context.Context, q db.Q, posts []debate.Post) (_ map[string]debate.Fate, err error) {
	defer apperr.Wrap(&err, "contribution.Fates")
	out, cops := map[string]debate.Fate{}, map[string]cop.COP{}
	for _, p := range posts {
		if !p.Read() {
			continue
		}
		c, ok := cops[p.COP]
		if !ok {
			if c, err = cop.Find(ctx, q, p.COP); err != nil {
				return nil, err
			}
			cops[p.COP] = c
		}
		f := debate.Fate{Path: Path(c, p.ID)}
		x, err := FindInstruction(ctx, q, p.ID)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return nil, err
		}
		if err == nil && x.Verdict != "" {
			f.Verdict = x.Verdict.Name() + nb + ": " + x.Reason
		}
		out[p.ID] = f
	}
	return out, nil
}

// departmentOf is the code of the département of a territory, as its reference says it:
// empty for a region or an intercommunalité, which may lie in several.
func departmentOf(ref string) string {
	at, err := territory.ParseRef(ref)
	switch {
	case err != nil:
		return ""
	case at.Scale == territory.Department:
		return at.Code
	case at.Scale == territory.CommuneS && strings.HasPrefix(at.Code, "97"):
		return at.Code[:3]
	case at.Scale == territory.CommuneS:
		return at.Code[:2]
	}
	return ""
}

package contribution

import (
	"context"
	"slices"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// StudyFilter chooses what to study; a zero field chooses all.
type StudyFilter struct {
	State      InstructionState
	Verdict    Study
	Theme      string
	Lever      string
	Department string
	Group      string
	Assignee   string
}

// StudyRow is a contribution to study.
type StudyRow struct {
	Post        debate.Post
	Instruction Instruction
}

// StudyPage is a part of a list; Total is exact to 1 000, More tells that there are
// more.
type StudyPage struct {
	Rows  []StudyRow
	Total int64
	More  bool
	Next  string
}

const studyTo = 1000

// Studying lists the contributions of a COP to study that somebody may read, those
// that wait for the longest first. Whoever may read none does not know the page.
func (m *Room) Studying(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, f StudyFilter, cursor string, limit int) (out StudyPage, err error) {
	defer apperr.Wrap(&err, "contribution.Studying(%s)", c.ID)
	where, args, err := m.studies(ctx, q, a, c, f)
	if err != nil {
		return out, err
	}
	name := "instruction/" + c.ID + "/" + string(f.State) + "/" + string(f.Verdict) + "/" + f.Theme + "/" + f.Lever + "/" + f.Department + "/" + f.Group + "/" + f.Assignee
	after, err := m.Cursors.Open(name, cursor, 2)
	if err != nil {
		return out, err
	}
	const from = ` FROM contribution_instruction i JOIN debate_post p ON p.id = i.post_id WHERE `
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1`+from+where+` LIMIT `+strconv.Itoa(studyTo+1)+`) x`, args...).Scan(&out.Total); err != nil {
		return out, err
	}
	if out.More = out.Total > studyTo; out.More {
		out.Total = studyTo
	}
	if after != nil {
		at, err := strconv.ParseInt(after[0], 10, 64)
		if err != nil {
			return out, err
		}
		n := strconv.Itoa(len(args) + 1)
		args = append(args, at, after[1])
		where += ` AND i.published_at >= $` + n + ` AND (i.published_at > $` + n + ` OR i.post_id > $` + strconv.Itoa(len(args)) + `)`
	}
	args = append(args, int64(limit+1))
	rows, err := q.Query(ctx, `SELECT `+debate.PostColumns+`, `+InstructionColumns+from+where+` ORDER BY i.published_at, i.post_id LIMIT $`+strconv.Itoa(len(args)), args...)
	out.Rows, err = db.Collect(rows, err, func(r *db.Rows) (x StudyRow, err error) {
		var published, answered, took int64
		x.Post, err = debate.ScanPost(r, x.Instruction.dest(&published, &answered, &took)...)
		x.Instruction.dated(published, answered, took)
		return x, err
	})
	if err == nil && len(out.Rows) > limit {
		out.Rows = out.Rows[:limit]
		last := out.Rows[limit-1].Instruction
		out.Next = m.Cursors.Seal(name, strconv.FormatInt(last.PublishedAt.UnixMilli(), 10), last.Post)
	}
	return out, err
}

// studies writes the filter of a list with what policy lets somebody read.
func (m *Room) studies(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, f StudyFilter) (where string, args []any, err error) {
	bind := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	where = `i.cop_id = ` + bind(c.ID) + ` AND p.state = 'published'`
	may := policy.Where(a, policy.Read, policy.Instruction)
	thing := c.Thing(policy.Instruction)
	if !policy.Can(a, policy.Read, thing) {
		own := ``
		for column, list := range map[string][]string{"i.group_id": may.Groups, "i.department": may.Departments} {
			if len(list) == 0 {
				continue
			}
			if own != "" {
				own += ` OR `
			}
			marks, more := in(args, list)
			args, own = more, own+column+` IN (`+marks+`)`
		}
		var n int64
		if own != "" {
			// Whoever facilitates a group of another COP does not know this page.
			if n, err = m.within(ctx, q, c, may); err != nil {
				return "", nil, err
			}
		}
		if n == 0 {
			return "", nil, policy.Check(a, policy.Read, thing)
		}
		where += ` AND (` + own + `)`
	}
	switch {
	case f.State != "" && !slices.Contains(append(InstructionStates(), Split), f.State), f.Verdict != "" && !verdict(f.Verdict):
		return "", nil, apperr.Invalidf("Ce filtre n’existe pas\u00a0: choisissez dans les listes.")
	case f.State == "":
		where += ` AND i.state NOT IN ('merged', 'split')` // the others nearly all: read in their order
	default:
		where += ` AND i.state = ` + bind(string(f.State))
	}
	for _, x := range []struct{ column, value string }{{"i.verdict", string(f.Verdict)}, {"p.theme", f.Theme}, {"p.lever", f.Lever}, {"i.department", f.Department}, {"i.group_id", f.Group}, {"i.assignee", f.Assignee}} {
		if x.value != "" {
			where += ` AND ` + x.column + ` = ` + bind(x.value)
		}
	}
	return where, args, nil
}

// within counts what ties a reader to a COP when no role over it does: a group of it
// that they facilitate, a département of its region that they lead.
func (m *Room) within(ctx context.Context, q db.Q, c cop.COP, may policy.Filter) (n int64, err error) {
	if len(may.Groups) > 0 {
		list, args := in([]any{c.ID}, may.Groups)
		if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM working_group WHERE cop_id = $1 AND id IN (`+list+`)`, args...).Scan(&n); err != nil || n > 0 {
			return n, err
		}
	}
	if len(may.Departments) == 0 || m.Tree == nil {
		return 0, nil
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return 0, err
	}
	for _, code := range may.Departments {
		if d, err := tree.Dept(code); err == nil && d.Region == c.Region {
			n++
		}
	}
	return n, nil
}

// DueFor counts what somebody was given to study in a COP and did not give an opinion
// on, and the first day by which one is due.
func DueFor(ctx context.Context, q db.Q, copID, person string) (n int64, first string, err error) {
	defer apperr.Wrap(&err, "contribution.DueFor(%s)", copID)
	err = q.QueryRow(ctx, `SELECT COUNT(*), COALESCE(MIN(CASE WHEN due = '' THEN NULL ELSE due END), '') FROM contribution_instruction WHERE assignee = $1 AND state = 'studied' AND cop_id = $2`, person, copID).Scan(&n, &first)
	return n, first, err
}

// Answers is how a COP answers what is contributed to it.
type Answers struct {
	Received int64 // published, but for those that were cut into several
	Answered int64 // with a verdict, their own or that of the one they are read with
	Median   time.Duration
	Verdicts map[Study]int64
}

// Answers is AnswersOf, kept until what readers find of a contribution changes.
func (m *Room) Answers(ctx context.Context, q db.Q, c cop.COP) (f Answers, err error) {
	defer apperr.Wrap(&err, "contribution.Answers")
	var turn int64
	known := false
	if err := m.onShelf(ctx, q, c, func(s *shelf) error {
		if turn = s.turn; s.told != nil {
			f, known = *s.told, true
		}
		return nil
	}); err != nil || known {
		return f, err
	}
	if f, err = AnswersOf(ctx, q, c.ID); err != nil {
		return f, err
	}
	s := m.shelf(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turn == turn { // nothing changed while it was counted
		s.told = &f
	}
	return f, nil
}

// AnswersOf counts the contributions of a COP and the answers to them.
func AnswersOf(ctx context.Context, q db.Q, copID string) (f Answers, err error) {
	defer apperr.Wrap(&err, "contribution.AnswersOf(%s)", copID)
	f.Verdicts = map[Study]int64{}
	own := int64(0)
	count := func(sign int64, text string) error {
		rows, err := q.Query(ctx, text, copID)
		_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
			var state InstructionState
			var v Study
			var n int64
			err := r.Scan(&state, &v, &n)
			if n *= sign; state != Split {
				f.Received += n
			}
			if state == Answered {
				f.Answered, own, f.Verdicts[v] = f.Answered+n, own+n, f.Verdicts[v]+n
			}
			return struct{}{}, err
		})
		return err
	}
	if err := count(1, `SELECT state, verdict, COUNT(*) FROM contribution_instruction WHERE cop_id = $1 GROUP BY state, verdict`); err != nil {
		return f, err
	}
	// What is not read any more is not counted.
	if err := count(-1, `SELECT i.state, i.verdict, COUNT(*) FROM debate_post p JOIN contribution_instruction i ON i.post_id = p.id
		WHERE p.cop_id = $1 AND p.kind = 'contribution' AND p.state IN ('hidden', 'refused', 'withdrawn') GROUP BY i.state, i.verdict`); err != nil {
		return f, err
	}
	var joined int64
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM contribution_relation r JOIN contribution_instruction i ON i.post_id = r.into_id JOIN contribution_instruction o ON o.post_id = r.from_id
		WHERE r.cop_id = $1 AND r.kind = 'merge' AND r.ended_at = 0 AND i.state = 'answered' AND o.state = 'merged'`, copID).Scan(&joined); err != nil {
		return f, err
	}
	f.Answered += joined
	var took int64
	rows, err := q.Query(ctx, `SELECT took FROM contribution_instruction WHERE cop_id = $1 AND state = 'answered' ORDER BY took LIMIT 1 OFFSET $2`, copID, max(0, (own-1)/2))
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) { return struct{}{}, r.Scan(&took) })
	f.Median = time.Duration(took) * time.Millisecond
	return f, err
}

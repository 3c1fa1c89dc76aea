package knowledge

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/policy"
)

// Group is one line of the nation's list: an obstacle that a region escalated,
// and those of others that the national team counts with it.
type Group struct {
	ID      string    `json:"id"`
	Rev     int64     `json:"-"`
	Title   string    `json:"title"`
	Text    string    `json:"text"`
	Nature  string    `json:"nature"`
	Level   string    `json:"level"`
	Lever   string    `json:"lever"`
	Status  string    `json:"status"`
	Answer  string    `json:"answer"` // markdown
	Day     string    `json:"day"`    // of the answer
	Regions int64     `json:"-"`
	Raisers int64     `json:"-"`
	Weight  int64     `json:"-"`
	At      time.Time `json:"-"`
}

// WeightRule is how the nation's list is weighed, as its page says it.
const WeightRule = "Le poids d’un frein est le nombre de régions qui l’ont fait remonter, puis, à égalité, le nombre de ceux qui l’ont signalé\u00a0: " +
	"chaque collectivité, service ou organisation compte une fois par frein, qu’il ait été signalé à part ou regroupé avec un autre."

// aRegion is what one region weighs: more than all the raisers of a line.
const aRegion = 1_000_000

const groupColumns = `g.id, g.rev, g.title, g.text, g.nature, g.level, g.lever, g.status, g.answer, g.day, g.regions, g.raisers, g.weight, g.at`

func scanGroup(r interface{ Scan(...any) error }) (g Group, err error) {
	var at int64
	err = r.Scan(&g.ID, &g.Rev, &g.Title, &g.Text, &g.Nature, &g.Level, &g.Lever, &g.Status, &g.Answer, &g.Day, &g.Regions, &g.Raisers, &g.Weight, &at)
	g.At = time.UnixMilli(at).UTC()
	return g, err
}

func oneGroup(ctx context.Context, q db.Q, id string) (Group, error) {
	g, err := scanGroup(q.QueryRow(ctx, `SELECT `+groupColumns+` FROM obstacle_group g WHERE g.id = $1`, id))
	return g, db.OrNotFound(err, "Ce frein n’existe pas à l’échelon national.")
}

// National is the nation's list as policy sees it: no region's.
func National() policy.Thing { return policy.Thing{Kind: policy.Obstacle} }

// FindGroup returns a line of the nation's list, for who reads it.
func FindGroup(ctx context.Context, q db.Q, a policy.Actor, id string) (Group, error) {
	if err := policy.Check(a, policy.Read, National()); err != nil {
		return Group{}, err
	}
	return oneGroup(ctx, q, id)
}

// AnswerOf is what the nation says of an obstacle: the line that it counts in,
// through the one it is merged into; ok is false when it never went up.
func AnswerOf(ctx context.Context, q db.Q, x Item) (g Group, ok bool, err error) {
	id := x.Group
	if x.MergedInto != "" {
		root, err := oneItem(ctx, q, x.MergedInto)
		if err != nil {
			return g, false, err
		}
		if root.Group != "" {
			id = root.Group
		}
	}
	if id == "" {
		return g, false, nil
	}
	g, err = oneGroup(ctx, q, id)
	return g, err == nil, err
}

// Escalate sends a retained obstacle up to the nation, with the reason why the
// region cannot lift it alone.
func (m *Room) Escalate(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, reason string) (x Item, err error) {
	defer apperr.Wrap(&err, "knowledge.Escalate(%s)", id)
	if err := sized("reason", "Pourquoi", reason, longer, true); err != nil {
		return x, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		was, err := m.forTeam(ctx, tx, a, id, rev)
		if x = was; err != nil {
			return err
		}
		switch {
		case was.Kind != Obstacle:
			return apperr.Invalidf("Seul un frein remonte à l’échelon national.")
		case was.State != Retained:
			return apperr.Conflictf("Retenez ce frein avant de le faire remonter. Rien n’a été enregistré.")
		case was.MergedInto != "":
			return apperr.Conflictf("Ce frein est regroupé avec un autre\u00a0: c’est celui-là qui remonte. Rien n’a été enregistré.")
		case was.Escalated():
			return apperr.Conflictf("Ce frein est déjà remonté à l’échelon national. Rien n’a été enregistré.")
		}
		g := Group{Rev: 1, Title: was.Title, Text: was.Text, Nature: was.Nature, Level: was.Level, Status: Waiting}
		if len(was.Levers) > 0 {
			g.Lever = was.Levers[0]
		}
		if g.ID, err = m.IDs.New(); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "obstacle_group", strings.Fields("id rev title text nature level lever status answer day regions raisers weight at"),
			[][]any{{g.ID, g.Rev, g.Title, g.Text, g.Nature, g.Level, g.Lever, g.Status, "", "", 0, 0, 0, m.Now().UnixMilli()}}, ""); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev + 1, grp = $2, home = $2, said = $3, escalated_by = $4 WHERE id = $1`, id, g.ID, reason, a.Person); err != nil {
			return err
		}
		if x, err = oneItem(ctx, tx, id); err != nil {
			return err
		}
		if err := m.recount(ctx, tx, g.ID); err != nil {
			return err
		}
		if err := m.kept(ctx, tx, a.Person, "create", "obstacle_group", "obstacle", g.ID, g.Rev, reason, g); err != nil {
			return err
		}
		return m.kept(ctx, tx, a.Person, "escalate", "knowledge_item", string(Obstacle), x.ID, x.Rev, reason, x)
	})
	return x, err
}

// recount counts again what some lines of the nation weigh, in the order of their
// ids. An obstacle merged into one that went up counts with it.
func (m *Room) recount(ctx context.Context, tx db.Q, groups ...string) error {
	groups = slices.Clone(groups)
	slices.Sort(groups)
	for _, id := range slices.Compact(groups) {
		if id == "" {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE obstacle_group SET rev = rev WHERE id = $1`, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			UPDATE obstacle_group SET regions = n.regions, raisers = n.raisers, weight = n.regions * $2 + n.raisers
			  FROM (SELECT COUNT(DISTINCT i.region) AS regions, COUNT(DISTINCT i.raiser) AS raisers
			          FROM knowledge_item i
			         WHERE i.grp = $1 AND NOT EXISTS (SELECT 1 FROM knowledge_item r WHERE r.id = i.merged_into AND r.grp <> '' AND r.grp <> $1)
			            OR i.merged_into IN (SELECT p.id FROM knowledge_item p WHERE p.grp = $1)) n
			 WHERE obstacle_group.id = $1`, id, int64(aRegion)); err != nil {
			return err
		}
	}
	return nil
}

// Join counts an obstacle of the nation's list in another line of it.
func (m *Room) Join(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, into, reason string) (x Item, err error) {
	defer apperr.Wrap(&err, "knowledge.Join(%s, %s)", id, into)
	if into == "" {
		return x, fault("into", "Choisissez un autre frein de la liste.")
	}
	return m.move(ctx, q, a, "group", id, rev, reason, func(ctx context.Context, tx db.Q, was Item) (string, error) {
		if was.Group == into {
			return "", apperr.Conflictf("Ce frein compte déjà ici. Rien n’a été enregistré.")
		}
		g, err := oneGroup(ctx, tx, into)
		if err == nil && g.Weight == 0 {
			err = apperr.Conflictf("Les freins de cette ligne viennent d’être regroupés ailleurs. Rien n’a été enregistré\u00a0: choisissez une autre ligne.")
		}
		return into, err
	})
}

// Leave counts an obstacle in the line of its own escalation again.
func (m *Room) Leave(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, reason string) (x Item, err error) {
	defer apperr.Wrap(&err, "knowledge.Leave(%s)", id)
	return m.move(ctx, q, a, "ungroup", id, rev, reason, func(_ context.Context, _ db.Q, was Item) (string, error) {
		if was.Group == was.Home {
			return "", apperr.Conflictf("Ce frein compte déjà à part. Rien n’a été enregistré.")
		}
		return was.Home, nil
	})
}

func (m *Room) move(ctx context.Context, q db.Q, a policy.Actor, verb, id string, rev int64, reason string, to func(ctx context.Context, tx db.Q, was Item) (string, error)) (x Item, err error) {
	if err := policy.Check(a, policy.Judge, National()); err != nil {
		return x, err
	}
	if err := sized("reason", "Pourquoi", reason, longer, false); err != nil {
		return x, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		was, err := lock(ctx, tx, id)
		if x = was; err != nil {
			return err
		}
		switch {
		case !was.Escalated():
			return apperr.NotFoundf("Ce frein n’est pas remonté à l’échelon national.")
		case was.Rev != rev:
			return errMoved("ce frein")
		}
		into, err := to(ctx, tx, was)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev + 1, grp = $2 WHERE id = $1`, id, into); err != nil {
			return err
		}
		if x, err = oneItem(ctx, tx, id); err != nil {
			return err
		}
		if err := m.recount(ctx, tx, was.Group, into); err != nil {
			return err
		}
		return m.kept(ctx, tx, a.Person, verb, "knowledge_item", string(Obstacle), x.ID, x.Rev, reason, x)
	})
	return x, err
}

// Reply is what the national team says of a line.
type Reply struct{ Title, Nature, Level, Status, Answer, Day string }

// Answer says, or corrects, what the nation answers to a line as it was at a
// revision. Who raised what it holds is told by mail, once for each answer.
func (m *Room) Answer(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, in Reply, reason string) (g Group, err error) {
	defer apperr.Wrap(&err, "knowledge.Answer(%s)", id)
	if err := policy.Check(a, policy.Judge, National()); err != nil {
		return g, err
	}
	answered := in.Status != Waiting
	if err := first(sized("title", "Titre", in.Title, short, true), sized("answer", "Réponse", in.Answer, longest, answered), checkDay("day", in.Day)); err != nil {
		return g, err
	}
	switch {
	case !known(Statuses(), in.Status):
		return g, fault("status", "Choisissez le statut dans la liste.")
	case !known(Natures(), in.Nature):
		return g, fault("nature", "Choisissez la nature du frein dans la liste.")
	case !known(Levels(), in.Level):
		return g, fault("level", "Dites à quel niveau ce frein peut être levé.")
	case answered && in.Day == "":
		return g, fault("day", "Donnez la date de la réponse.")
	case answered && in.Day > m.Now().AddDate(0, 0, 1).Format(time.DateOnly):
		return g, fault("day", "Cette date est à venir\u00a0: donnez celle de la réponse.")
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		was, err := oneGroup(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE obstacle_group SET rev = rev + 1, title = $3, nature = $4, level = $5, status = $6, answer = $7, day = $8 WHERE id = $1 AND rev = $2`,
			id, rev, in.Title, in.Nature, in.Level, in.Status, in.Answer, in.Day)
		if err != nil {
			return err
		}
		if g, err = oneGroup(ctx, tx, id); err != nil {
			return err
		}
		if n == 0 {
			return errMoved("ce frein")
		}
		if told := was.Status != g.Status || was.Answer != g.Answer || was.Day != g.Day; told && answered && m.Queue != nil {
			if _, err := m.Queue.Enqueue(ctx, tx, tellKind, tellArgs{id, g.Rev, ""}, jobs.Opts{Dedup: tellKind + ":" + id + ":" + revText(g.Rev)}); err != nil {
				return err
			}
		}
		return m.kept(ctx, tx, a.Person, "answer", "obstacle_group", "obstacle", g.ID, g.Rev, reason, g)
	})
	return g, err
}

// Held lists the obstacles of a line, by region, those merged into them with
// them, at most 500.
func Held(ctx context.Context, q db.Q, group string) ([]Item, error) {
	rows, err := q.Query(ctx, `SELECT `+itemColumns+` FROM knowledge_item i
		 WHERE i.grp = $1 OR i.merged_into IN (SELECT p.id FROM knowledge_item p WHERE p.grp = $1) ORDER BY i.region, i.id LIMIT 500`, group)
	return items(rows, err)
}

// Tally is what a region's COP holds, for the national board.
type Tally struct {
	Region                        string
	Strengths, Escalated, Replied int64
}

// TallyNow counts them for every region, in one statement, as they are now.
func TallyNow(ctx context.Context, q db.Q) ([]Tally, error) {
	rows, err := q.Query(ctx, `
		SELECT i.region,
		       COUNT(CASE WHEN i.kind = 'strength' AND i.state = 'retained' THEN 1 END),
		       COUNT(CASE WHEN i.home <> '' THEN 1 END),
		       COUNT(CASE WHEN i.home <> '' AND g.status <> 'attente' THEN 1 END)
		  FROM knowledge_item i LEFT JOIN obstacle_group g ON g.id = i.grp
		 WHERE i.author <> $1
		 GROUP BY i.region ORDER BY i.region`, cop.Seed)
	return db.Collect(rows, err, func(r *db.Rows) (t Tally, err error) {
		err = r.Scan(&t.Region, &t.Strengths, &t.Escalated, &t.Replied)
		return t, err
	})
}

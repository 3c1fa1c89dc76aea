package knowledge

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Uptake is a region that took up a good practice of another: «je m'en inspire».
type Uptake struct {
	ID     string    `json:"id"`
	Rev    int64     `json:"-"`
	Item   string    `json:"item"`
	Region string    `json:"region"`
	Active bool      `json:"active"`
	Note   string    `json:"note"`
	At     time.Time `json:"-"`
}

// Practice returns a good practice: a retained strong point that its region
// shares. Anyone reads it.
func Practice(ctx context.Context, q db.Q, id string) (Item, error) {
	x, err := oneItem(ctx, q, id)
	if err == nil && (x.Kind != Strength || x.State != Retained || !x.Shared) {
		err = apperr.NotFoundf("Cette bonne pratique n’existe pas, ou sa région ne la partage plus.")
	}
	return x, err
}

// MayTakeUp reports whether an actor speaks for the COP of a region when it takes
// up a good practice.
func MayTakeUp(ctx context.Context, q db.Q, a policy.Actor, region string) (bool, error) {
	cops, err := cop.IDsOfRegion(ctx, q, region)
	return len(cops) > 0 && policy.Can(a, policy.Judge, policy.Thing{Kind: policy.Strength, COPs: cops}), err
}

// TakeUp says that a region takes up a good practice, or does no longer: once
// for each region, whoever of its team says so.
func (m *Room) TakeUp(ctx context.Context, q db.Q, a policy.Actor, id, region string, active bool, note string) (u Uptake, err error) {
	defer apperr.Wrap(&err, "knowledge.TakeUp(%s, %s)", id, region)
	ok, err := MayTakeUp(ctx, q, a, region)
	if err != nil {
		return u, err
	}
	if !ok {
		return u, fault("region", "Choisissez une région pour laquelle vous travaillez.")
	}
	if err := sized("note", "Ce que nous en reprenons", note, longer, false); err != nil {
		return u, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		x, err := Practice(ctx, tx, id)
		if err != nil {
			return err
		}
		if x.Region == region {
			return fault("region", "Cette pratique est celle de votre région\u00a0: ce sont les autres qui s’en inspirent.")
		}
		key, verb := id+"/"+region, "take_up"
		var n int64
		if active {
			n, err = tx.Exec(ctx, `INSERT INTO practice_uptake (id, rev, item, region, active, note, at) VALUES ($1, 1, $2, $3, $4, $5, $6)
				ON CONFLICT (item, region) DO UPDATE SET rev = practice_uptake.rev + 1, active = excluded.active, note = excluded.note, at = excluded.at WHERE practice_uptake.active <> excluded.active`,
				key, id, region, true, note, m.Now().UnixMilli())
		} else {
			verb = "let_go"
			n, err = tx.Exec(ctx, `UPDATE practice_uptake SET rev = rev + 1, active = $3, note = $4, at = $5 WHERE item = $1 AND region = $2 AND active = $6`, id, region, false, note, m.Now().UnixMilli(), true)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("C’est déjà le cas\u00a0: quelqu’un de votre équipe l’a dit avant vous. Rien n’a été enregistré.")
		}
		var at int64
		if err := tx.QueryRow(ctx, `SELECT id, rev, item, region, active, note, at FROM practice_uptake WHERE item = $1 AND region = $2`, id, region).
			Scan(&u.ID, &u.Rev, &u.Item, &u.Region, &u.Active, &u.Note, &at); err != nil {
			return err
		}
		u.At = time.UnixMilli(at).UTC()
		return m.kept(ctx, tx, a.Person, verb, "practice_uptake", "practice", u.ID, u.Rev, "", u)
	})
	return u, err
}

// UptakesOf lists the regions that take up a good practice.
func UptakesOf(ctx context.Context, q db.Q, id string) ([]Uptake, error) {
	rows, err := q.Query(ctx, `SELECT id, rev, item, region, active, note, at FROM practice_uptake WHERE item = $1 AND active = $2 ORDER BY at, region`, id, true)
	return db.Collect(rows, err, func(r *db.Rows) (u Uptake, err error) {
		var at int64
		err = r.Scan(&u.ID, &u.Rev, &u.Item, &u.Region, &u.Active, &u.Note, &at)
		u.At = time.UnixMilli(at).UTC()
		return u, err
	})
}

// UptakeCounts counts the regions that take up each practice of a page, in one
// statement.
func UptakeCounts(ctx context.Context, q db.Q, list []Item) (map[string]int64, error) {
	var b binder
	ids := make([]string, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	active := b.bind(true)
	rows, err := q.Query(ctx, `SELECT item, COUNT(*) FROM practice_uptake WHERE active = `+active+` AND item IN (`+b.in(ids)+`) GROUP BY item`, b.args...)
	out := map[string]int64{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var id string
		var n int64
		err := r.Scan(&id, &n)
		out[id] = n
		return struct{}{}, err
	})
	return out, err
}

// TakenUp lists the practices of others that a region takes up, the newest first,
// with what it said of each: two statements.
func TakenUp(ctx context.Context, q db.Q, region string) (list []Item, said map[string]Uptake, err error) {
	defer apperr.Wrap(&err, "knowledge.TakenUp(%s)", region)
	said = map[string]Uptake{}
	rows, err := q.Query(ctx, `SELECT u.id, u.rev, u.item, u.region, u.active, u.note, u.at FROM practice_uptake u WHERE u.region = $1 AND u.active = $2 ORDER BY u.at DESC, u.item`, region, true)
	if _, err = db.Collect(rows, err, func(r *db.Rows) (u Uptake, err error) {
		var at int64
		err = r.Scan(&u.ID, &u.Rev, &u.Item, &u.Region, &u.Active, &u.Note, &at)
		u.At = time.UnixMilli(at).UTC()
		said[u.Item] = u
		return u, err
	}); err != nil {
		return nil, nil, err
	}
	rows, err = q.Query(ctx, `SELECT `+itemColumns+` FROM practice_uptake u JOIN knowledge_item i ON i.id = u.item
		WHERE u.region = $1 AND u.active = $2 AND i.kind = $3 AND i.state = $4 AND i.shared = $2 ORDER BY u.at DESC, i.id`, region, true, string(Strength), string(Retained))
	list, err = items(rows, err)
	return list, said, err
}

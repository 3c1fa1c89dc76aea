package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Whoever fills says so every moment in a row of this installation: a program
// that was killed says nothing more, and another one begins again.
const (
	leaseName = "demo.lease"
	leaseLife = 10 * time.Second
	lookEvery = 200 * time.Millisecond
)

// Refuse says no to a database that holds anything that the demonstration did
// not make. It reads, and touches nothing: it comes before the schema is brought
// up to date.
func Refuse(ctx context.Context, q db.Q) (err error) {
	defer apperr.Wrap(&err, "demo.Refuse")
	live, err := db.LiveTables(ctx, q)
	if err != nil {
		return err
	}
	marked := func() (ok bool, err error) {
		if slices.Contains(live, "demo") {
			_, ok, err = Read(ctx, q)
		}
		return ok, err
	}
	if ok, err := marked(); err != nil || ok {
		return err
	}
	for _, table := range live {
		rows, err := q.Query(ctx, `SELECT 1 FROM `+table+` LIMIT 1`)
		found, err := db.Collect(rows, err, func(r *db.Rows) (one int64, err error) { return one, r.Scan(&one) })
		if err != nil {
			return err
		}
		if len(found) == 0 {
			continue
		}
		if ok, err := marked(); err != nil || ok {
			return err // another program began meanwhile: its mark comes with its first row
		}
		return apperr.Invalidf("Cette base contient des données qui ne viennent pas de la démonstration (table «\u00a0%s\u00a0»)\u00a0: elle est peut-être réelle. Rien n’y a été touché. Laissez JALON_DB vide, ou indiquez-y une base vide.", table)
	}
	return nil
}

// lease is the right to fill, until somebody takes it.
type lease struct {
	p     Place
	owner string
	value string // of the row, as last written
}

func (l *lease) next() string {
	return l.owner + " " + strconv.FormatInt(l.p.Now().UnixMilli(), 10)
}

// claim takes the right to fill an empty or an outdated demonstration. again
// says that the one that is there will do. It waits for another program that is
// filling, as long as that one is alive.
func (p Place) claim(ctx context.Context, o Options) (l *lease, again bool, err error) {
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return nil, false, err
	}
	l = &lease{p: p, owner: hex.EncodeToString(id)}
	for told := false; ; told = true {
		if err := Refuse(ctx, p.DB); err != nil {
			return nil, false, err
		}
		m, there, err := Read(ctx, p.DB)
		if err != nil {
			return nil, false, err
		}
		// Whoever waited for another one uses what that one made.
		if there && m.State == Ready && (told || !o.Reset) && o.fits(m, p.Now()) {
			return l, true, nil
		}
		held, alive, err := p.held(ctx)
		if err != nil {
			return nil, false, err
		}
		if !there || m.State == Ready || !alive {
			won, err := l.begin(ctx, o, m.State, held)
			if err != nil {
				return nil, false, err
			}
			if won {
				return l, false, nil
			}
		}
		if !told && o.Waiting != nil {
			o.Waiting()
		}
		select {
		case <-ctx.Done():
			return nil, false, ctx.Err()
		case <-time.After(lookEvery):
		}
	}
}

// fits reports whether a demonstration is the one asked for, and recent.
func (o Options) fits(m Mark, now time.Time) bool {
	day, err := time.Parse(time.DateOnly, m.Day)
	age := today(now).Sub(day)
	return err == nil && m.Edition == Edition && m.Size == o.Size && m.Seed == o.Seed && age >= 0 && age <= keepFor*24*time.Hour
}

// held reads who fills, and whether they were there a moment ago.
func (p Place) held(ctx context.Context) (value string, alive bool, err error) {
	rows, err := p.DB.Query(ctx, `SELECT value FROM setting WHERE name = $1`, leaseName)
	found, err := db.Strings(rows, err)
	if err != nil || len(found) == 0 {
		return "", false, err
	}
	_, text, _ := strings.Cut(found[0], " ")
	ms, err := strconv.ParseInt(text, 10, 64)
	return found[0], p.Now().Sub(time.UnixMilli(ms)).Abs() < leaseLife, err
}

// beat says that this program is still filling, and learns whether another one
// took over.
func (l *lease) beat(ctx context.Context) error {
	value := l.next()
	n, err := l.p.DB.Exec(ctx, `UPDATE setting SET value = $3 WHERE name = $1 AND value = $2`, leaseName, l.value, value)
	if err != nil {
		return err
	}
	if n == 0 {
		return apperr.Conflictf("Une autre commande a repris le remplissage de cette base. Attendez qu’elle finisse, puis relancez «\u00a0jalon demo\u00a0».")
	}
	l.value = value
	return nil
}

// finish says that the demonstration is whole, and gives the lease back.
func (l *lease) finish(ctx context.Context) error {
	if err := l.beat(ctx); err != nil {
		return err
	}
	return db.Tx(ctx, l.p.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE demo SET state = $1 WHERE id = 'demo'`, string(Ready)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM setting WHERE name = $1 AND value = $2`, leaseName, l.value)
		return err
	})
}

// begin takes the lease in the state that was read, writes the mark of a
// demonstration being filled, and empties all that an earlier one left, in one
// transaction; won is false when somebody else did first. What identifies the
// installation stays (its secret), and the versions of data only grow, so that
// no cache of another program shows what is gone.
func (l *lease) begin(ctx context.Context, o Options, was State, held string) (won bool, err error) {
	p, value := l.p, l.next()
	err = db.Tx(ctx, p.DB, func(ctx context.Context, tx db.Q) (err error) {
		day := today(p.Now()).Format(time.DateOnly)
		var n int64
		if was == "" {
			n, err = tx.Exec(ctx, `INSERT INTO demo (id, state, edition, size, seed, day) VALUES ('demo', $1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
				string(Filling), Edition, string(o.Size), o.Seed, day)
		} else {
			n, err = tx.Exec(ctx, `UPDATE demo SET state = $1, edition = $2, size = $3, seed = $4, day = $5 WHERE id = 'demo' AND state = $6`,
				string(Filling), Edition, string(o.Size), o.Seed, day, string(was))
		}
		if err != nil || n == 0 {
			return err
		}
		// The row of the mark is locked: of two, the second finds another lease.
		rows, err := tx.Query(ctx, `SELECT value FROM setting WHERE name = $1`, leaseName)
		found, err := db.Strings(rows, err)
		if err != nil {
			return err
		}
		if was == Filling && len(found) > 0 && found[0] != held {
			return errTaken // and nothing of the above
		}
		if _, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, leaseName, value); err != nil {
			return err
		}
		won, l.value = true, value
		if err := p.empty(ctx, tx); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE data_version SET version = version + 1, at = $1`, p.Now().UnixMilli())
		return err
	})
	if errors.Is(err, errTaken) {
		return false, nil
	}
	return won && err == nil, err
}

var errTaken = errors.New("demo: somebody else is filling")

// empty removes every row of the rooms' tables, the last first: an archive is
// loaded in their order, so what others point to comes before.
func (p Place) empty(ctx context.Context, tx db.Q) error {
	keep := []string{"demo", "setting", "data_version"}
	for _, table := range slices.Backward(p.Rooms) {
		if slices.Contains(keep, table.Name) {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM `+table.Name); err != nil {
			return err
		}
	}
	return nil
}

// today is the day it is in Paris, where the whole country's pages count.
func today(now time.Time) time.Time {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		zone = time.UTC
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

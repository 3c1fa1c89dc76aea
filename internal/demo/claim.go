package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
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
	leaseLife = 5 * time.Second
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
	if slices.Contains(live, "demo") {
		if _, ok, err := Read(ctx, q); err != nil || ok {
			return err
		}
	}
	for _, table := range live {
		var one int64
		rows, err := q.Query(ctx, `SELECT 1 FROM `+table+` LIMIT 1`)
		found, err := db.Collect(rows, err, func(r *db.Rows) (int64, error) { return one, r.Scan(&one) })
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return apperr.Invalidf("Cette base contient des données qui ne viennent pas de la démonstration (table «\u00a0%s\u00a0»)\u00a0: elle est peut-être réelle. Rien n’y a été touché. Laissez JALON_DB vide, ou indiquez-y une base vide.", table)
		}
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
		if there && m.State == Ready && !o.Reset && o.fits(m, p.Now()) {
			return l, true, nil
		}
		held, alive, err := p.held(ctx)
		if err != nil {
			return nil, false, err
		}
		if !there || m.State == Ready || !alive {
			won, err := l.take(ctx, held)
			if err != nil {
				return nil, false, err
			}
			if won {
				return l, false, p.begin(ctx, o)
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

// take writes the lease in the place of the one that was read; false says that
// somebody else did first.
func (l *lease) take(ctx context.Context, held string) (bool, error) {
	value := l.next()
	var n int64
	var err error
	if held == "" {
		n, err = l.p.DB.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, leaseName, value)
	} else {
		n, err = l.p.DB.Exec(ctx, `UPDATE setting SET value = $3 WHERE name = $1 AND value = $2`, leaseName, held, value)
	}
	l.value = value
	return n == 1, err
}

// beat says that this program is still filling, and learns whether another one
// took over.
func (l *lease) beat(ctx context.Context) error {
	won, err := l.take(ctx, l.value)
	if err != nil || won {
		return err
	}
	return apperr.Conflictf("Une autre commande a repris le remplissage de cette base. Attendez qu’elle finisse, puis relancez «\u00a0jalon demo\u00a0».")
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

// begin writes the mark of a demonstration being filled, and empties all that an
// earlier one left. What identifies the installation stays (its secret), and the
// versions of data only grow, so that no cache of another program shows what is
// gone.
func (p Place) begin(ctx context.Context, o Options) error {
	return db.Tx(ctx, p.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `
			INSERT INTO demo (id, state, edition, size, seed, day) VALUES ('demo', $1, $2, $3, $4, $5)
			    ON CONFLICT (id) DO UPDATE SET state = excluded.state, edition = excluded.edition, size = excluded.size, seed = excluded.seed, day = excluded.day`,
			string(Filling), Edition, string(o.Size), o.Seed, today(p.Now()).Format(time.DateOnly)); err != nil {
			return err
		}
		if err := p.empty(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE data_version SET version = version + 1, at = $1`, p.Now().UnixMilli())
		return err
	})
}

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

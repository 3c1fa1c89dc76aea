package question

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
)

// Answers to a statement.
const (
	Agree    = int64(1)
	Pass     = int64(0)
	Disagree = int64(-1)
)

// Vote is what one answers to a statement.
type Vote struct {
	Debate, Voter, Statement, Value int64
	// New tells that the voter may have no row yet: Account or Voice when they are
	// known by one.
	New            bool
	Account, Voice string
}

// perMachine are the new voters that one machine may bring in an hour: a school or a
// town hall votes behind one address.
const perMachine = 300

// shut says why a debate takes no votes.
func (m *Room) shut(c cop.COP, x Question) error {
	from, until := x.Span(c)
	switch {
	case x.State == Draft:
		return apperr.NotFoundf("Ce débat n’existe pas, ou n’est pas encore ouvert.")
	case m.Now().Before(from):
		return apperr.Conflictf("Le débat ouvre le %s. Rien n’est enregistré avant.", french.Date(from.In(c.Location())))
	}
	at := until.In(c.Location())
	if x.State == Open { // its last day is over
		return apperr.Conflictf("Le débat est clos depuis le %s au soir. Cette réponse n’est pas enregistrée\u00a0; celles que vous aviez données avant comptent.", french.Day(x.ClosesOn))
	}
	return apperr.Conflictf("Le débat est clos depuis le %s à %s. Cette réponse n’est pas enregistrée\u00a0; celles que vous aviez données avant comptent.", french.Date(at), at.Format("15:04"))
}

// Cast keeps the answer of a voter to a statement, in the place of the one they gave
// before. It is on the disk when it returns. machine is where it comes from: what
// brings too many new voters is refused, those who voted already are not.
func (m *Room) Cast(ctx context.Context, c cop.COP, x Question, who Voter, statement, value int64, machine string) (err error) {
	defer apperr.Wrap(&err, "question.Cast(%s)", x.ID)
	if !x.Takes(c, m.Now()) {
		return m.shut(c, x)
	}
	snap, err := m.Snapshot(ctx, x.ID)
	if err != nil {
		return err
	}
	if value < Disagree || value > Agree {
		return apperr.Invalidf("Choisissez une réponse\u00a0: d’accord, pas d’accord, ou je passe.")
	}
	if !snap.Has(statement) {
		return apperr.Invalidf("Cette affirmation n’est plus dans le débat. Votre réponse n’est pas enregistrée\u00a0; passez à la suivante.")
	}
	v := Vote{Debate: x.Num, Voter: who.ID, Statement: statement, Value: value, New: !who.Known, Account: who.Account, Voice: who.Voice}
	if v.New {
		over, err := m.Accounts.Tried(ctx, "voter|"+machine, perMachine)
		if err != nil {
			return err
		}
		if over {
			return apperr.New(apperr.TooMany, nil, "Trop de nouvelles personnes ont voté depuis cette connexion depuis une heure. Cette réponse n’est pas enregistrée. Réessayez dans une heure, ou depuis une autre connexion (celle de votre téléphone, par exemple)\u00a0; celles et ceux qui ont déjà voté peuvent continuer.")
		}
	}
	err = m.votes.put(ctx, v, m.keep)
	if errors.Is(err, errShut) {
		m.forget(x.ID)
		if now, ferr := Find(ctx, m.DB, x.ID); ferr == nil {
			return m.shut(c, now)
		}
	}
	return err
}

var errShut = errors.New("question: the debate takes no votes")

// combiner keeps votes that arrive together by one transaction: a database on one
// disk writes some hundreds of times a second, whatever it writes each time. The first
// to come writes at once; those that come meanwhile are written together, next.
type combiner struct {
	mu      sync.Mutex
	waiting []waiting
	busy    bool
}

type waiting struct {
	vote Vote
	done chan error
}

// mostWaiting bounds what waits for the disk: beyond, it does not follow any more.
const mostWaiting = 5000

var errBusy = apperr.New(apperr.Unavailable, nil, "Trop de votes arrivent en ce moment. Cette réponse n’est pas enregistrée\u00a0: renvoyez-la dans quelques secondes.")

func (x *combiner) put(ctx context.Context, v Vote, keep func(context.Context, []Vote) ([]error, error)) error {
	w := waiting{v, make(chan error, 1)}
	x.mu.Lock()
	if len(x.waiting) >= mostWaiting {
		x.mu.Unlock()
		return errBusy
	}
	x.waiting = append(x.waiting, w)
	first := !x.busy
	x.busy = true
	x.mu.Unlock()
	if first {
		// Others wait for it: it does not end with the request that began it.
		go x.run(context.WithoutCancel(ctx), keep)
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// atOnce is how many votes one transaction keeps.
const atOnce = 512

func (x *combiner) run(ctx context.Context, keep func(context.Context, []Vote) ([]error, error)) {
	for {
		x.mu.Lock()
		n := min(len(x.waiting), atOnce)
		if n == 0 {
			x.busy, x.waiting = false, nil
			x.mu.Unlock()
			return
		}
		batch := slices.Clone(x.waiting[:n])
		x.waiting = x.waiting[n:]
		x.mu.Unlock()
		x.settle(ctx, batch, keep)
	}
}

// settle answers each of a batch, whatever happens to it.
func (x *combiner) settle(ctx context.Context, batch []waiting, keep func(context.Context, []Vote) ([]error, error)) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	votes := make([]Vote, len(batch))
	for i, w := range batch {
		votes[i] = w.vote
	}
	var each []error
	err := errBusy
	defer func() {
		for i, w := range batch {
			if err == nil {
				w.done <- each[i]
			} else {
				w.done <- err
			}
		}
	}()
	each, err = keep(ctx, votes)
}

// keep writes votes by one transaction: that of each debate takes its pulse first,
// which tells whether it is open, in ascending order; then new voters, then votes.
func (m *Room) keep(ctx context.Context, votes []Vote) (each []error, err error) {
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		each = make([]error, len(votes))
		order := make([]int, len(votes))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			x, y := votes[a], votes[b]
			return cmp.Or(cmp.Compare(x.Debate, y.Debate), cmp.Compare(x.Voter, y.Voter), cmp.Compare(x.Statement, y.Statement))
		})
		var rows, voters [][]any
		now := m.Now().UnixMilli()
		for i := 0; i < len(order); {
			end := i + 1
			for end < len(order) && votes[order[end]].Debate == votes[order[i]].Debate {
				end++
			}
			of := order[i:end]
			i = end
			fresh := 0
			for j, n := range of {
				if votes[n].New && (j == 0 || votes[of[j-1]].Voter != votes[n].Voter) {
					fresh++
				}
			}
			seats, err := m.beat(ctx, tx, votes[of[0]].Debate, len(of), fresh, now)
			if errors.Is(err, errShut) {
				for _, n := range of {
					each[n] = errShut
				}
				continue
			}
			if err != nil {
				return err
			}
			for j, n := range of {
				v := votes[n]
				if v.New && (j == 0 || votes[of[j-1]].Voter != v.Voter) {
					voters = append(voters, []any{v.Debate, v.Voter, seats, v.Account, v.Voice, "", "", now})
					seats++
				}
				if j+1 < len(of) && votes[of[j+1]].Voter == v.Voter && votes[of[j+1]].Statement == v.Statement {
					continue // two tabs: the last one counts
				}
				rows = append(rows, []any{v.Debate, v.Voter, v.Statement, v.Value, now})
			}
		}
		if _, err := db.Insert(ctx, tx, "debate_voter", []string{"debate", "voter", "seat", "account", "voice_id", "college", "territory", "at"}, voters, "ON CONFLICT DO NOTHING"); err != nil {
			return err
		}
		_, err := db.Insert(ctx, tx, "debate_vote", []string{"debate", "voter", "statement", "value", "at"}, rows, "ON CONFLICT (debate, voter, statement) DO UPDATE SET value = excluded.value, at = excluded.at")
		return err
	})
	return each, err
}

// beat counts votes in the pulse of a debate when it takes them, and puts the
// computation that must follow when none waits. seats is the number of the first of
// the new voters.
func (m *Room) beat(ctx context.Context, tx db.Q, debate int64, votes, fresh int, now int64) (seats int64, err error) {
	var voters, due int64
	err = tx.QueryRow(ctx, `
		UPDATE debate_pulse
		   SET ticks = ticks + $2, voters = voters + $3
		 WHERE debate = $1 AND from_at <= $4 AND until_at > $4
		RETURNING voters, due`, debate, int64(votes), int64(fresh), now).Scan(&voters, &due)
	if errors.Is(err, db.ErrNoRows) {
		return 0, errShut
	}
	if err != nil || due > now-lost.Milliseconds() {
		return voters - int64(fresh), err
	}
	return voters - int64(fresh), m.ask(ctx, tx, debate, soon)
}

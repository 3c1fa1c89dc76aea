package question

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// Voter is who votes in a debate: a browser, or an account or a confirmed address when
// there is one. One of them has one row.
type Voter struct {
	ID             int64 // 0: nobody yet, see NewBrowser
	Known          bool  // voted already
	Account, Voice string
	College        debate.College
	Territory      string // department:67
}

// Browser is what a browser keeps to be the same voter in one debate, for a new one.
func (m *Room) Browser(x Question) (cookie string, err error) {
	id, err := m.number()
	return m.Cursors.Seal("voter/"+x.ID, strconv.FormatInt(id, 36)), err
}

// VoterIn finds who votes: by account, by confirmed address, by what the browser
// keeps. An account whose browser voted already before it signed in keeps that vote.
// ID is 0 when nothing names them.
func (m *Room) VoterIn(ctx context.Context, x Question, a policy.Actor, voice, cookie string) (v Voter, err error) {
	defer apperr.Wrap(&err, "question.VoterIn(%s)", x.ID)
	browser := m.opened(x, cookie)
	if v.Account = a.Person; v.Account == "" && voice != "" {
		held, err := debate.FindVoice(ctx, m.DB, voice)
		switch {
		case err != nil && apperr.KindOf(err) != apperr.NotFound:
			return v, err
		case err == nil && held.Confirmed() && held.COP == x.COP:
			v.Voice = voice
		}
	}
	if v.Account == "" && v.Voice == "" {
		return m.seated(ctx, x, browser)
	}
	column, name := "account", v.Account
	if name == "" {
		column, name = "voice_id", v.Voice
	}
	var id int64
	err = m.DB.QueryRow(ctx, `SELECT voter FROM debate_voter WHERE debate = $1 AND `+column+` = $2 AND `+column+` <> ''`, x.Num, name).Scan(&id)
	switch {
	case err == nil:
		return m.seated(ctx, x, id)
	case !errors.Is(err, db.ErrNoRows):
		return v, err
	}
	if browser != 0 {
		n, err := m.DB.Exec(ctx, `UPDATE debate_voter SET `+column+` = $3 WHERE debate = $1 AND voter = $2 AND account = '' AND voice_id = ''`, x.Num, browser, name)
		if err != nil && !db.IsConflict(err) {
			return v, err
		}
		if err == nil && n > 0 {
			return m.seated(ctx, x, browser)
		}
	}
	// Two browsers of the same person, at once: both come to the same number.
	v.ID = m.numberOf(x, column, name)
	return v, nil
}

// opened is the voter that a cookie names, 0 when it is not one of ours.
func (m *Room) opened(x Question, cookie string) int64 {
	parts, err := m.Cursors.Open("voter/"+x.ID, cookie, 1)
	if err != nil || len(parts) != 1 {
		return 0
	}
	id, err := strconv.ParseInt(parts[0], 36, 64)
	if err != nil || id <= 0 {
		return 0
	}
	return id
}

// numberOf is the number of a voter that is known by a name, which tells nobody the
// name.
func (m *Room) numberOf(x Question, column, name string) int64 {
	sum := sha256.Sum256([]byte(m.Cursors.Seal("voter-of/"+x.ID+"/"+column, name)))
	return int64(binary.BigEndian.Uint64(sum[:])>>2) | 1
}

// seated reads the row of a voter.
func (m *Room) seated(ctx context.Context, x Question, id int64) (v Voter, err error) {
	v.ID = id
	if id == 0 {
		return v, nil
	}
	err = m.DB.QueryRow(ctx, `SELECT account, voice_id, college, territory FROM debate_voter WHERE debate = $1 AND voter = $2`, x.Num, id).Scan(&v.Account, &v.Voice, &v.College, &v.Territory)
	if errors.Is(err, db.ErrNoRows) {
		return v, nil
	}
	v.Known = err == nil
	return v, err
}

// Answers are what a voter answered, by number of statement.
func (m *Room) Answers(ctx context.Context, x Question, v Voter) (_ map[int64]int64, err error) {
	defer apperr.Wrap(&err, "question.Answers")
	out := map[int64]int64{}
	if v.ID == 0 {
		return out, nil
	}
	rows, err := m.DB.Query(ctx, `SELECT statement, value FROM debate_vote WHERE debate = $1 AND voter = $2`, x.Num, v.ID)
	_, err = db.Collect(rows, err, func(r *db.Rows) (n int64, err error) {
		var value int64
		err = r.Scan(&n, &value)
		out[n] = value
		return n, err
	})
	return out, err
}

// About keeps what a voter says of themselves, which they may leave empty: the
// département where they live, the college they speak from.
func (m *Room) About(ctx context.Context, c cop.COP, x Question, v Voter, territory string, college debate.College) (err error) {
	defer apperr.Wrap(&err, "question.About")
	if !x.Takes(c, m.Now()) {
		return m.shut(c, x)
	}
	if !v.Known {
		return apperr.Invalidf("Répondez d’abord à une affirmation.")
	}
	if college != "" && (college.Name() == "" || !x.AsksCollege) {
		return fault("college", "Choisissez dans la liste, ou laissez vide.")
	}
	if territory != "" {
		tree, err := m.Tree(ctx)
		if err != nil {
			return err
		}
		code, ok := strings.CutPrefix(territory, "department:")
		d, err := tree.Dept(code)
		if !ok || err != nil || d.Region != c.Region || !x.AsksTerritory {
			return fault("territory", "Choisissez dans la liste, ou laissez vide.")
		}
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE debate_voter SET territory = $3, college = $4 WHERE debate = $1 AND voter = $2`, x.Num, v.ID, territory, string(college)); err != nil {
			return err
		}
		return m.ask(ctx, tx, x.Num, soon)
	})
}

// EraseVoice makes anonymous the votes of a voice that is erased, with or without an
// account: they stay counted, and nothing joins them to what it said of itself.
func (m *Room) EraseVoice(ctx context.Context, tx db.Q, v debate.Voice) (err error) {
	defer apperr.Wrap(&err, "question.EraseVoice")
	_, err = tx.Exec(ctx, `UPDATE debate_voter SET voice_id = '', college = '', territory = '' WHERE voice_id = $1`, v.ID)
	return err
}

// Erase leaves the votes of an account to nobody: they count, and what it said of
// itself goes. It runs before the voices of the account are erased.
func (m *Room) Erase(ctx context.Context, tx db.Q, account string) (err error) {
	defer apperr.Wrap(&err, "question.Erase")
	_, err = tx.Exec(ctx, `
		UPDATE debate_voter
		   SET account = '', voice_id = '', college = '', territory = ''
		 WHERE account = $1 OR voice_id <> '' AND voice_id IN (SELECT id FROM debate_voice WHERE account = $1)`, account)
	return err
}

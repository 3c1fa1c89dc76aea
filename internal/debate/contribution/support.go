package contribution

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// SupportKind names a support where an address is confirmed.
const SupportKind = "support"

// Support adds the support of whoever acts to a published contribution, or amendment of
// a text in consultation: at once when
// their address is known, once it is confirmed otherwise (sure is false). Supporting
// twice is supporting once.
func (m *Room) Support(ctx context.Context, a policy.Actor, c cop.COP, id string, s debate.Speaker, machine string) (sure bool, v debate.Voice, err error) {
	defer apperr.Wrap(&err, "contribution.Support(%s)", id)
	who := s.Email
	if a.Person != "" {
		who = a.Person
	}
	if err := m.busy(ctx, c, "support", machine, who, supporting); err != nil {
		return false, v, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		p, err := supportable(ctx, tx, c, id)
		if err != nil {
			return err
		}
		if v, sure, err = m.Speak(ctx, tx, a, c, s); err != nil {
			return err
		}
		if !sure {
			return m.AskConfirm(ctx, tx, c, v, SupportKind, p.ID, "votre soutien à «"+nb+p.Title+nb+"»")
		}
		return m.support(ctx, tx, p, v)
	})
	return sure, v, err
}

// supportable is what one may support: a contribution, the one that it is read with
// when there is one, or an amendment.
func supportable(ctx context.Context, q db.Q, c cop.COP, id string) (debate.Post, error) {
	p, err := debate.FindPost(ctx, q, id)
	if err == nil && p.Kind == debate.Amendment && p.COP == c.ID && p.Read() {
		return p, nil
	}
	return findRead(ctx, q, c, id)
}

// Supported takes a support whose address was confirmed: what OnConfirm calls.
func (m *Room) Supported(ctx context.Context, tx db.Q, v debate.Voice, id string) (path string, err error) {
	defer apperr.Wrap(&err, "contribution.Supported(%s)", id)
	c, err := cop.Find(ctx, tx, v.COP)
	if err != nil {
		return "", err
	}
	// A contribution may have been joined to another one since: that is where supports
	// count.
	p, err := supportable(ctx, tx, c, id)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	path = Path(c, p.ID)
	if where, ok := m.Room.Fates[p.Kind]; ok && p.Kind != debate.Contribution {
		fates, err := where(ctx, tx, []debate.Post{p})
		if err != nil {
			return "", err
		}
		path = fates[p.ID].Path
	}
	return path, m.support(ctx, tx, p, v)
}

func (m *Room) support(ctx context.Context, tx db.Q, p debate.Post, v debate.Voice) error {
	n, err := db.Insert(ctx, tx, "debate_support", []string{"post_id", "voice_id", "cop_id", "at"}, [][]any{{p.ID, v.ID, p.COP, m.Now().UnixMilli()}}, "ON CONFLICT (post_id, voice_id) DO NOTHING")
	if err != nil {
		return err
	}
	return m.supported(ctx, tx, p.ID, n)
}

// supported moves the counter of a post, the last thing before its row in the lists.
func (m *Room) supported(ctx context.Context, tx db.Q, id string, n int64) error {
	if n == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE debate_post SET supports = supports + $2 WHERE id = $1`, id, n); err != nil {
		return err
	}
	return m.touch(ctx, tx, id)
}

// Unsupport takes back a support.
func (m *Room) Unsupport(ctx context.Context, a policy.Actor, c cop.COP, id, voice string) (err error) {
	defer apperr.Wrap(&err, "contribution.Unsupport(%s)", id)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		v, err := m.voice(ctx, tx, a, c, voice)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `DELETE FROM debate_support WHERE post_id = $1 AND voice_id = $2`, id, v)
		if err != nil || n == 0 {
			return err
		}
		return m.supported(ctx, tx, id, -n)
	})
}

// Supports reports whether whoever acts supports a post.
func (m *Room) Supports(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, id, voice string) (bool, error) {
	v, err := m.voice(ctx, q, a, c, voice)
	if err != nil || v == "" {
		return false, err
	}
	var n int64
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM debate_support WHERE post_id = $1 AND voice_id = $2`, id, v).Scan(&n)
	return n > 0, err
}

// voice is the voice of whoever acts in a COP, "" for none: that of their account, or
// the one that their browser confirmed.
func (m *Room) voice(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, held string) (string, error) {
	if a.Person != "" {
		v, err := debate.VoiceOf(ctx, q, c.ID, a.Person)
		if err == nil || apperr.KindOf(err) != apperr.NotFound {
			return v.ID, err
		}
	}
	if held == "" {
		return "", nil
	}
	v, err := debate.FindVoice(ctx, q, held)
	if err != nil && apperr.KindOf(err) == apperr.NotFound || err == nil && (v.COP != c.ID || !v.Confirmed()) {
		return "", nil
	}
	return v.ID, err
}

// Path is the address of a contribution, that of the region whatever the COP.
func Path(c cop.COP, id string) string { return "/regions/" + c.Slug + "/contributions/" + id }

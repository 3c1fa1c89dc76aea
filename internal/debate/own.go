package debate

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Fate is what became of a post: where it is read, and what was decided of it.
type Fate struct {
	Path    string `json:"path,omitempty"`
	Verdict string `json:"verdict,omitempty"` // «retenue : …», empty before
}

// Left is a post as its author reads it.
type Left struct {
	Post
	Fate
}

// Section is a part of a voice's own page: what it left in a room.
type Section struct {
	ID    string    `json:"id"` // anchor, and key of the file of one's data
	Title string    `json:"title"`
	Rows  []LeftRow `json:"rows"`
}

// LeftRow is a line of a section.
type LeftRow struct {
	Text string    `json:"text"`
	Note string    `json:"note,omitempty"`
	Path string    `json:"path,omitempty"`
	At   time.Time `json:"at"`
	// Stop is the address that takes it back by a POST, with Label on its button; it
	// begins where the page of the voice ends.
	Stop  string `json:"-"`
	Label string `json:"-"`
}

// ownMost is how many posts a voice's own page and file hold, the newest first.
const ownMost = 1000

// LeftBy lists what a voice wrote, the newest first, with what became of it.
func (m *Room) LeftBy(ctx context.Context, q db.Q, v Voice) (_ []Left, err error) {
	defer apperr.Wrap(&err, "debate.LeftBy")
	rows, err := q.Query(ctx, `SELECT `+PostColumns+` FROM debate_post p WHERE p.voice_id = $1 ORDER BY p.at DESC, p.id DESC LIMIT $2`, v.ID, int64(ownMost))
	posts, err := db.Collect(rows, err, func(r *db.Rows) (Post, error) { return ScanPost(r) })
	if err != nil {
		return nil, err
	}
	by := map[Kind][]Post{}
	for _, p := range posts {
		by[p.Kind] = append(by[p.Kind], p)
	}
	fates := map[string]Fate{}
	for kind, of := range by {
		tell, ok := m.Fates[kind]
		if !ok {
			continue
		}
		found, err := tell(ctx, q, of)
		if err != nil {
			return nil, err
		}
		for id, f := range found {
			fates[id] = f
		}
	}
	out := make([]Left, len(posts))
	for i, p := range posts {
		out[i] = Left{p, fates[p.ID]}
	}
	return out, nil
}

// SectionsOf lists what the rooms show of a voice; empty ones are left out.
func (m *Room) SectionsOf(ctx context.Context, q db.Q, v Voice) (out []Section, err error) {
	defer apperr.Wrap(&err, "debate.SectionsOf")
	for _, one := range m.Sections {
		s, err := one(ctx, q, v)
		if err != nil {
			return nil, err
		}
		if len(s.Rows) > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}

// NameOf says what a link confirms, as part of a sentence.
func (m *Room) NameOf(ctx context.Context, q db.Q, x Confirmation) (_ string, err error) {
	defer apperr.Wrap(&err, "debate.NameOf(%s)", x.Kind)
	if name, ok := m.Names[x.Kind]; ok {
		return name(ctx, q, x.Thing)
	}
	name := Kind(x.Kind).Name()
	if name == "" {
		return "votre adresse", nil
	}
	p, err := FindPost(ctx, q, x.Thing)
	if err != nil {
		return "", err
	}
	if text := p.Title; text != "" {
		return "votre " + name + " «" + nb + text + nb + "»", nil
	}
	return "votre " + name, nil
}

// HeldVoices is the statement that lists the voices of an account ($1) or of its
// address ($2): what was left under them is about that person.
const HeldVoices = `SELECT v.id FROM debate_voice v WHERE v.account = $1 OR v.email = $2`

// VoicesOf lists the voices of an account, those of the newest COPs first.
func VoicesOf(ctx context.Context, q db.Q, account string) (_ []Voice, err error) {
	defer apperr.Wrap(&err, "debate.VoicesOf")
	rows, err := q.Query(ctx, `SELECT `+voiceColumns+` FROM debate_voice WHERE account = $1 AND state <> 'erased' ORDER BY cop_id DESC, id`, account)
	return db.Collect(rows, err, func(r *db.Rows) (Voice, error) { return scanVoice(r) })
}

// SaveVoice changes what a voice says of itself and what it receives, as it was at
// revision v.Rev: of two who do it at once the second gets a conflict.
func (m *Room) SaveVoice(ctx context.Context, v Voice) (out Voice, err error) {
	defer apperr.Wrap(&err, "debate.SaveVoice")
	v.Name, v.OrgName = Line(v.Name), Line(v.OrgName)
	if err := Long("le nom", v.Name, 100); err != nil {
		return v, err
	}
	if err := Long("le nom de l’organisme", v.OrgName, 200); err != nil {
		return v, err
	}
	if v.College != "" && v.College.Name() == "" {
		return v, apperr.Invalidf("Choisissez le collège dans la liste.")
	}
	if v.Notify != TellEach && v.Notify != TellDigest && v.Notify != TellNone {
		return v, apperr.Invalidf("Choisissez dans la liste quand vous voulez être prévenu.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE debate_voice SET rev = rev + 1, name = $3, org_name = $4, college = $5, territory = $6, notify = $7, org = CASE WHEN org_name = $4 THEN org ELSE '' END
			 WHERE id = $1 AND rev = $2 AND state <> 'erased'`, v.ID, v.Rev, v.Name, v.OrgName, string(v.College), v.Territory, v.Notify)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Ces réglages ont changé ailleurs depuis que vous avez ouvert la page. Rien n’est enregistré\u00a0: comparez, puis enregistrez de nouveau.")
		}
		if out, err = FindVoice(ctx, tx, v.ID); err != nil {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Verb: "edit", Kind: "voice", Subject: v.ID, Rev: out.Rev, COP: v.COP})
		return err
	})
	return out, err
}

// Silence stops every mail to a voice but those that confirm. Twice is once.
func (m *Room) Silence(ctx context.Context, v Voice) (err error) {
	defer apperr.Wrap(&err, "debate.Silence")
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE debate_voice SET rev = rev + 1, notify = 'none' WHERE id = $1 AND notify <> 'none'`, v.ID)
		if err != nil || n == 0 {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Verb: "silence", Kind: "voice", Subject: v.ID, COP: v.COP})
		return err
	})
}

// Withdraw takes back a post of a voice, read by others or not.
func (m *Room) Withdraw(ctx context.Context, v Voice, id string, rev int64) (err error) {
	defer apperr.Wrap(&err, "debate.Withdraw(%s)", id)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		p, err := FindPost(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.Voice != v.ID {
			return apperr.NotFoundf("Ce texte n’est pas parmi les vôtres.")
		}
		if p.State == PostWithdrawn {
			return nil
		}
		p.Rev = rev
		_, err = m.Turn(ctx, tx, policy.Actor{Person: v.Account}, p, PostWithdrawn, "retiré par son auteur")
		return err
	})
}

package contribution

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// Relation joins a contribution to the one that it is read with, or to one of those
// that it was cut into.
type Relation struct {
	ID, COP, Kind, From, Into, Reason, By string
	At, EndedAt                           time.Time // EndedAt is zero while it stands
	FromTitle, IntoTitle                  string
}

// The kinds of relations.
const (
	Merging   = "merge"
	Splitting = "split"
)

// RelationsOf lists the relations of a contribution, both ways, the oldest first.
func RelationsOf(ctx context.Context, q db.Q, post string) (_ []Relation, err error) {
	defer apperr.Wrap(&err, "contribution.RelationsOf(%s)", post)
	rows, err := q.Query(ctx, `SELECT r.id, r.cop_id, r.kind, r.from_id, r.into_id, r.reason, r.by, r.at, r.ended_at, f.title, i.title
		FROM contribution_relation r JOIN debate_post f ON f.id = r.from_id JOIN debate_post i ON i.id = r.into_id
		WHERE r.from_id = $1 OR r.into_id = $1 ORDER BY r.at, r.id LIMIT 200`, post)
	return db.Collect(rows, err, func(r *db.Rows) (x Relation, err error) {
		var at, ended int64
		err = r.Scan(&x.ID, &x.COP, &x.Kind, &x.From, &x.Into, &x.Reason, &x.By, &at, &ended, &x.FromTitle, &x.IntoTitle)
		if x.At = time.UnixMilli(at).UTC(); ended > 0 {
			x.EndedAt = time.UnixMilli(ended).UTC()
		}
		return x, err
	})
}

func (m *Room) relate(ctx context.Context, tx db.Q, a policy.Actor, x Relation) (id string, err error) {
	if id, err = m.IDs.New(); err != nil {
		return id, err
	}
	_, err = db.Insert(ctx, tx, "contribution_relation", []string{"id", "cop_id", "kind", "from_id", "into_id", "reason", "by", "at", "ended_at"},
		[][]any{{id, x.COP, x.Kind, x.From, x.Into, x.Reason, a.Person, m.Now().UnixMilli(), int64(0)}}, "")
	return id, err
}

// Merge has a contribution read with another one of its COP, each as its study was at a
// revision. Its supports count there once for each voice; its comments stay readable;
// Unmerge takes it back.
func (m *Room) Merge(ctx context.Context, a policy.Actor, post string, rev int64, into, reason string) (x Instruction, err error) {
	defer apperr.Wrap(&err, "contribution.Merge(%s, %s)", post, into)
	reason = debate.Tidy(reason)
	if into = strings.TrimSpace(into); into == "" || into == post {
		return x, fault("into", "Choisissez une autre contribution.")
	}
	if err := reasoned("why-merge", reason); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		was, c, err := m.ask(ctx, tx, a, policy.Judge, post, rev)
		if x = was; err != nil {
			return err
		}
		stays, err := FindInstruction(ctx, tx, into)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return err
		}
		if err != nil || stays.COP != x.COP {
			return fault("into", "Cette contribution n’est pas publiée dans cette COP\u00a0: vérifiez son adresse.")
		}
		// The one that stays is taken too: two merges that cross find a row that moved.
		for _, y := range []*Instruction{&x, &stays} {
			if y.State == Joined || y.State == Split {
				return apperr.Conflictf("L’une des deux contributions est déjà %s. Rien n’a été enregistré.", y.State.Name())
			}
		}
		if stays, err = m.move(ctx, tx, a, "receive", stays, stays.Rev, reason); err != nil {
			return err
		}
		var held int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM contribution_relation WHERE into_id = $1 AND kind = 'merge' AND ended_at = 0`, post).Scan(&held); err != nil {
			return err
		}
		if held > 0 {
			return apperr.Conflictf("D’autres contributions sont fusionnées dans celle-ci\u00a0: gardez celle-ci, ou séparez-les d’abord. Rien n’a été enregistré.")
		}
		x.State = Joined
		if x, err = m.move(ctx, tx, a, "merge", x, x.Rev, reason); err != nil {
			return err
		}
		p, err := m.published(ctx, tx, post)
		if err != nil {
			return err
		}
		other, err := m.published(ctx, tx, into)
		if err != nil {
			return err
		}
		id, err := m.relate(ctx, tx, a, Relation{COP: c.ID, Kind: Merging, From: post, Into: into, Reason: reason})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO contribution_united (relation_id, voice_id) SELECT CAST($3 AS TEXT), s.voice_id FROM debate_support s
			WHERE s.post_id = $1 AND s.voice_id NOT IN (SELECT o.voice_id FROM debate_support o WHERE o.post_id = $2)`, post, into, id); err != nil {
			return err
		}
		if err := m.Follow(ctx, tx, c, post, Event{Fact: Fact{Kind: FactMerged, Subject: id, Text: beside(FactMerged, other.Title), Path: Path(c, into)}, Subject: "Une contribution est jointe à une autre"}); err != nil {
			return err
		}
		if err := m.Follow(ctx, tx, c, into, Event{Fact: Fact{Kind: FactReceived, Subject: id, Text: beside(FactReceived, p.Title), Path: Path(c, post)}, Subject: "Une contribution proche est jointe à une autre"}); err != nil {
			return err
		}
		if _, err := m.Turn(ctx, tx, a, p, debate.PostMerged, reason); err != nil {
			return err
		}
		return m.SetMerged(ctx, tx, post, into)
	})
	return x, err
}

// published is a contribution that everybody reads by itself.
func (m *Room) published(ctx context.Context, tx db.Q, id string) (debate.Post, error) {
	p, err := debate.FindPost(ctx, tx, id)
	if err == nil && p.State != debate.PostPublished {
		err = apperr.Conflictf("La contribution «\u00a0%s\u00a0» n’est plus publiée. Rien n’a été enregistré.", p.Title)
	}
	return p, err
}

// Unmerge has a contribution read alone again. The supports that it gave go back.
func (m *Room) Unmerge(ctx context.Context, a policy.Actor, post string, rev int64, reason string) (x Instruction, err error) {
	defer apperr.Wrap(&err, "contribution.Unmerge(%s)", post)
	reason = debate.Tidy(reason)
	if err := reasoned("why-unmerge", reason); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var c cop.COP
		if x, c, err = m.ask(ctx, tx, a, policy.Judge, post, rev); err != nil {
			return err
		}
		var id, into string
		err := tx.QueryRow(ctx, `SELECT id, into_id FROM contribution_relation WHERE from_id = $1 AND kind = 'merge' AND ended_at = 0`, post).Scan(&id, &into)
		if err = db.OrNotFound(err, "Cette contribution n’est fusionnée avec aucune autre."); err != nil {
			return err
		}
		switch {
		case x.Verdict != "":
			x.State = Answered
		case x.Group != "" || x.Assignee != "":
			x.State = Studied
		default:
			x.State = Unassigned
		}
		if x, err = m.move(ctx, tx, a, "unmerge", x, x.Rev, reason); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE contribution_relation SET ended_at = $2 WHERE id = $1`, id, m.Now().UnixMilli()); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `DELETE FROM debate_support WHERE post_id = $1 AND voice_id IN (SELECT u.voice_id FROM contribution_united u WHERE u.relation_id = $2)`, into, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM contribution_united WHERE relation_id = $1`, id); err != nil {
			return err
		}
		p, err := debate.FindPost(ctx, tx, post)
		if err != nil {
			return err
		}
		merged := p.State == debate.PostMerged
		if merged { // what its author took back meanwhile stays so
			if _, err = m.Turn(ctx, tx, a, p, debate.PostPublished, reason); err != nil {
				return err
			}
		}
		if err := m.supported(ctx, tx, into, -n); err != nil {
			return err
		}
		if err := m.SetMerged(ctx, tx, post, ""); err != nil || !merged {
			return err
		}
		return m.Follow(ctx, tx, c, post, Event{Fact: Fact{Kind: FactUnmerged, Subject: id, Text: "Elle est de nouveau lue et étudiée à part."}, Subject: "Une contribution est de nouveau lue à part"})
	})
	return x, err
}

// Piece is one of the contributions that one is cut into.
type Piece struct{ Title, Text string }

// Cut makes several contributions of one that says several things, each with its own
// text, answered by itself. The one that they come from stays readable.
func (m *Room) Cut(ctx context.Context, a policy.Actor, post string, rev int64, pieces []Piece, reason string) (ids []string, err error) {
	defer apperr.Wrap(&err, "contribution.Cut(%s)", post)
	if reason = debate.Tidy(reason); len(pieces) < 2 {
		return nil, fault("title-2", "Écrivez deux contributions au moins, chacune avec son titre et son texte.")
	}
	if err := reasoned("why-split", reason); err != nil {
		return nil, err
	}
	for i, x := range pieces {
		n := string(rune('1' + i))
		if pieces[i] = (Piece{debate.Line(x.Title), debate.Tidy(x.Text)}); pieces[i].Title == "" || pieces[i].Text == "" {
			return nil, fault("title-"+n, "Écrivez le titre et le texte de cette partie.")
		}
		if err := debate.Long("le titre", pieces[i].Title, LongTitle); err != nil {
			return nil, fault("title-"+n, apperr.Message(err))
		}
		if err := debate.Long("le texte", pieces[i].Text, LongText); err != nil {
			return nil, fault("text-"+n, apperr.Message(err))
		}
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := m.ask(ctx, tx, a, policy.Judge, post, rev)
		if err != nil {
			return err
		}
		if x.State == Joined || x.State == Split || x.State == Answered {
			return apperr.Conflictf("Cette contribution est %s\u00a0: elle ne se scinde plus. Rien n’a été enregistré.", x.State.Name())
		}
		x.State = Split
		if _, err = m.move(ctx, tx, a, "split", x, x.Rev, reason); err != nil {
			return err
		}
		p, err := m.published(ctx, tx, post)
		if err != nil {
			return err
		}
		for _, piece := range pieces {
			id, err := m.piece(ctx, tx, a, c, p, piece, reason)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		if err := m.SetStudy(ctx, tx, post, Assigned); err != nil {
			return err
		}
		return m.Follow(ctx, tx, c, post, Event{Fact: Fact{Kind: FactSplit, Subject: ids[0], Text: "Elle disait plusieurs choses" + nb + ": chacune est maintenant une contribution, qui aura sa réponse (" + titlesOf(pieces) + ").", Path: Path(c, ids[0])}, Subject: "Une contribution est scindée en plusieurs"})
	})
	return ids, err
}

func titlesOf(pieces []Piece) string {
	var out []string
	for _, x := range pieces {
		out = append(out, "«"+nb+x.Title+nb+"»")
	}
	return strings.Join(out, ", ")
}

// piece publishes a contribution that is a part of another one, in the name of its
// author.
func (m *Room) piece(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, from debate.Post, in Piece, reason string) (string, error) {
	p := from
	var err error
	if p.ID, err = m.IDs.New(); err != nil {
		return "", err
	}
	p.Rev, p.State, p.Title, p.Text, p.At, p.PublishedAt, p.Supports, p.Comments = 1, debate.PostWaiting, in.Title, in.Text, m.Now(), time.Time{}, 0, 0
	if _, err := db.Insert(ctx, tx, "debate_post", []string{"id", "rev", "cop_id", "kind", "parent", "voice_id", "state", "title", "text", "speaker", "signed", "theme", "lever", "territory", "at", "published_at", "supports", "comments"},
		[][]any{{p.ID, p.Rev, p.COP, string(p.Kind), p.Parent, p.Voice, string(p.State), p.Title, p.Text, p.Speaker, p.Signed, p.Theme, p.Lever, p.Territory, p.At.UnixMilli(), int64(0), int64(0), int64(0)}}, ""); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO contribution (post_id, cop_id, seq, changed_at, stems, study, merged_into, orgs, marks, consent_at)
		SELECT CAST($2 AS TEXT), cop_id, 1, CAST($3 AS BIGINT), '', '', '', orgs, '', consent_at FROM contribution WHERE post_id = $1`, from.ID, p.ID, m.Now().UnixMilli()); err != nil {
		return "", err
	}
	if err := m.KeptPost(ctx, tx, a, "split", p, reason); err != nil {
		return "", err
	}
	if _, err := m.relate(ctx, tx, a, Relation{COP: c.ID, Kind: Splitting, From: from.ID, Into: p.ID, Reason: reason}); err != nil {
		return "", err
	}
	if p, err = m.Turn(ctx, tx, a, p, debate.PostPublished, reason); err != nil {
		return "", err
	}
	return p.ID, m.step(ctx, tx, c.ID, p.ID, Fact{Kind: FactPart, Subject: from.ID, Text: beside(FactPart, from.Title), Path: Path(c, from.ID)})
}

// Turned is what this room does when the state of a contribution changes: lists and
// searches follow, and its study begins when it is published.
func (m *Room) Turned(ctx context.Context, tx db.Q, p debate.Post, from debate.PostState) error {
	if err := m.Moved(ctx, tx, p, from); err != nil {
		return err
	}
	return m.Opened(ctx, tx, p, from)
}

// Alike lists the published contributions closest to a post, itself apart, for
// moderators.
func (m *Room) Alike(ctx context.Context, p debate.Post) ([]debate.Post, error) {
	if p.Kind != debate.Contribution {
		return nil, nil
	}
	c, err := cop.Find(ctx, m.DB, p.COP)
	if err != nil {
		return nil, err
	}
	list, err := m.Near(ctx, m.DB, c, p.Title, p.Text, 4)
	out := list[:0]
	for _, x := range list {
		if x.ID != p.ID {
			out = append(out, x)
		}
	}
	return out, err
}

package composition

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// errBlockMoved is what the second writer of a block reads.
var errBlockMoved = apperr.Conflictf("Quelqu’un d’autre a modifié ce bloc pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.")

// liveOf is the live block of a code in a list.
func liveOf(list []Live, code string) (Live, bool) {
	i := slices.IndexFunc(list, func(l Live) bool { return l.Code == code })
	if i < 0 {
		return Live{}, false
	}
	return list[i], true
}

// check refuses what a block may not hold, and leaves out the choices that the
// live block does not know.
func (b *Block) check(k Kind, list []Live) error {
	b.Title, b.Text = strings.TrimSpace(b.Title), strings.TrimSpace(b.Text)
	switch {
	case k.PartName(b.Part) == "":
		return &Refusal{"partie", "Choisissez la partie dans la liste."}
	case utf8.RuneCountInString(b.Title) > LongestBlockTitle:
		return &Refusal{"titre", fmt.Sprintf("Le titre tient en %d\u00a0caractères. Le vôtre est resté dans le formulaire.", LongestBlockTitle)}
	case utf8.RuneCountInString(b.Text) > LongestBlockText:
		return &Refusal{"texte", fmt.Sprintf("Le texte tient en %d\u202f000\u00a0caractères. Le vôtre est resté dans le formulaire.", LongestBlockText/1000)}
	}
	kept := map[string]string{}
	l, ok := liveOf(list, b.Live)
	if b.Live != "" && !ok {
		kept = b.Params // a block that left the catalogue keeps what was chosen
	}
	for _, o := range l.Options {
		v := strings.TrimSpace(b.Params[o.Name])
		switch {
		case len(o.Values) > 0 && v != "" && !slices.ContainsFunc(o.Values, func(x [2]string) bool { return x[0] == v }):
			return &Refusal{"option-" + o.Name, "Choisissez «\u00a0" + o.Label + "\u00a0» dans la liste."}
		case utf8.RuneCountInString(v) > longestParam:
			return &Refusal{"option-" + o.Name, fmt.Sprintf("«\u00a0%s\u00a0» tient en %d\u00a0caractères.", o.Label, longestParam)}
		}
		if v != "" {
			kept[o.Name] = v
		}
	}
	if b.Params = kept; b.Params == nil {
		b.Params = map[string]string{}
	}
	return nil
}

// AddBlock adds a block at the end of its part: a live one of the catalogue, or a
// text of the team when Live is empty.
func (m *Room) AddBlock(ctx context.Context, a policy.Actor, d Composition, list []Live, in Block) (b Block, err error) {
	defer apperr.Wrap(&err, "composition.AddBlock(%s)", d.ID)
	if _, ok := liveOf(list, in.Live); in.Live != "" && !ok {
		return b, apperr.Invalidf("Ce bloc n’est pas dans le catalogue. Rien n’a été ajouté\u00a0: choisissez-en un dans la liste.")
	}
	if err := in.check(d.Kind, list); err != nil {
		return b, err
	}
	in.Rev, in.Of, in.State = 1, d.ID, BlockKept
	if in.ID, err = m.IDs.New(); err != nil {
		return b, err
	}
	err = m.changeDraft(ctx, a, d.ID, func(ctx context.Context, tx db.Q, d Composition) error {
		var n, last int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM composition_block WHERE composition_id = $1`, d.ID).Scan(&n); err != nil {
			return err
		}
		if n >= MostBlocks {
			return apperr.Invalidf("Ce document tient en %d\u00a0blocs, retirés compris. Rien n’a été ajouté\u00a0: reprenez un bloc retiré, ou réunissez des textes.", MostBlocks)
		}
		if last, err = lastIn(ctx, tx, d.ID, in.Part); err != nil {
			return err
		}
		in.Position = last + spread
		b = in
		if err := m.insertBlock(ctx, tx, a, b, ""); err != nil {
			return err
		}
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "create", Kind: d.Kind.block(), Subject: b.ID, Rev: b.Rev, COP: d.COP})
		return err
	})
	return b, err
}

// lastIn is the position of the last block of a part, 0 for none.
func lastIn(ctx context.Context, q db.Q, id string, part Part) (last int64, err error) {
	err = q.QueryRow(ctx, `SELECT COALESCE(MAX(position), 0) FROM composition_block WHERE composition_id = $1 AND part = $2`, id, string(part)).Scan(&last)
	return last, err
}

// SaveBlock writes the title, the text and the choices of a block as it was at a
// revision. One that was only moved since is no other block: it is saved.
func (m *Room) SaveBlock(ctx context.Context, a policy.Actor, list []Live, in Block, reason string) (b Block, err error) {
	defer apperr.Wrap(&err, "composition.SaveBlock(%s)", in.ID)
	if utf8.RuneCountInString(reason) > LongestBlockTitle {
		return in, &Refusal{"reason", fmt.Sprintf("La raison tient en %d\u00a0caractères.", LongestBlockTitle)}
	}
	was, d, err := FindBlock(ctx, m.DB, in.ID)
	if err != nil {
		return b, err
	}
	in.Live, in.Part = was.Live, was.Part
	if _, ok := liveOf(list, was.Live); was.Live != "" && !ok {
		in.Params = was.Params // its form asks for none
	}
	if err := in.check(d.Kind, list); err != nil {
		return was, err
	}
	err = m.changeDraft(ctx, a, d.ID, func(ctx context.Context, tx db.Q, d Composition) error {
		now, _, err := FindBlock(ctx, tx, in.ID)
		if b = now; err != nil {
			return err
		}
		if same, err := sameWords(ctx, tx, now, in.Rev); err != nil || !same {
			if err == nil {
				err = errBlockMoved
			}
			return err
		}
		if now.Title == in.Title && now.Text == in.Text && maps.Equal(now.Params, in.Params) {
			return nil // nothing to keep
		}
		params, err := json.Marshal(in.Params)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE composition_block SET rev = rev + 1, title = $2, text = $3, params = $4 WHERE id = $1`, in.ID, in.Title, in.Text, string(params)); err != nil {
			return err
		}
		if b, _, err = FindBlock(ctx, tx, in.ID); err != nil {
			return err
		}
		return m.keepBlock(ctx, tx, a, "edit", d, b, reason)
	})
	return b, err
}

// sameWords reports whether a block says what it said at a revision.
func sameWords(ctx context.Context, q db.Q, now Block, rev int64) (bool, error) {
	if now.Rev == rev {
		return true, nil
	}
	var body string
	err := q.QueryRow(ctx, `SELECT body FROM composition_block_version WHERE id = $1 AND rev = $2`, now.ID, rev).Scan(&body)
	if err = db.OrNotFound(err, "Cette version n’existe pas."); err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			return false, nil
		}
		return false, err
	}
	var was Block
	if err := json.Unmarshal([]byte(body), &was); err != nil {
		return false, err
	}
	return was.Title == now.Title && was.Text == now.Text && maps.Equal(was.Params, now.Params), nil
}

// Step is what is done to the place of a block.
type Step string

// The steps.
const (
	StepUp       Step = "up"
	StepDown     Step = "down"
	StepPart     Step = "part"
	StepWithdraw Step = "withdraw"
	StepRestore  Step = "restore"
)

// PlaceBlock moves a block as it was at a revision, takes it out of the document,
// or brings it back.
func (m *Room) PlaceBlock(ctx context.Context, a policy.Actor, id string, rev int64, step Step, part Part, reason string) (b Block, err error) {
	defer apperr.Wrap(&err, "composition.PlaceBlock(%s, %s)", id, step)
	_, d, err := FindBlock(ctx, m.DB, id)
	if err != nil {
		return b, err
	}
	if utf8.RuneCountInString(reason) > LongestBlockTitle {
		return b, &Refusal{"reason", fmt.Sprintf("La raison tient en %d\u00a0caractères.", LongestBlockTitle)}
	}
	err = m.changeDraft(ctx, a, d.ID, func(ctx context.Context, tx db.Q, d Composition) error {
		now, _, err := FindBlock(ctx, tx, id)
		if b = now; err != nil {
			return err
		}
		if now.Rev != rev {
			return apperr.Conflictf("Quelqu’un d’autre a modifié ou déplacé ce bloc. Rien n’a changé\u00a0: la page montre maintenant où il en est.")
		}
		verb := "move"
		switch step {
		case StepUp, StepDown:
			if b.Position, err = beside(ctx, tx, d, now, step); err != nil {
				return err
			}
		case StepPart:
			if d.Kind.PartName(part) == "" {
				return &Refusal{"partie", "Choisissez la partie dans la liste."}
			}
			if part == now.Part {
				return nil
			}
			b.Part = part
			if b.Position, err = lastIn(ctx, tx, d.ID, part); err != nil {
				return err
			}
			b.Position += spread
		case StepWithdraw:
			b.State, verb = BlockWithdrawn, "withdraw"
		case StepRestore:
			b.State, verb = BlockKept, "restore"
		default:
			return apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
		}
		if b.State == now.State && (step == StepWithdraw || step == StepRestore) {
			return nil
		}
		if b.Part == now.Part && b.Position == now.Position && b.State == now.State {
			return nil // first or last already
		}
		if _, err := tx.Exec(ctx, `UPDATE composition_block SET rev = rev + 1, part = $2, position = $3, state = $4 WHERE id = $1`, id, string(b.Part), b.Position, b.State); err != nil {
			return err
		}
		if b, _, err = FindBlock(ctx, tx, id); err != nil {
			return err
		}
		return m.keepBlock(ctx, tx, a, verb, d, b, reason)
	})
	return b, err
}

// beside is the position that sets a block before the one above it, or after the
// one below: its own when there is none. When no number is left between two
// blocks, those of the part are numbered anew, which says nothing of any of them.
func beside(ctx context.Context, tx db.Q, d Composition, b Block, step Step) (int64, error) {
	for range 2 {
		all, err := Blocks(ctx, tx, d)
		if err != nil {
			return 0, err
		}
		kept := slices.DeleteFunc(all, func(x Block) bool { return x.Part != b.Part || x.State != BlockKept && x.ID != b.ID })
		i := slices.IndexFunc(kept, func(x Block) bool { return x.ID == b.ID })
		from, to := i-2, i-1 // between the two above
		if step == StepDown {
			from, to = i+1, i+2
		}
		if to < 0 || from >= len(kept) {
			return kept[i].Position, nil
		}
		var low int64
		if from >= 0 {
			low = kept[from].Position
		}
		high := low + 2*spread
		if to < len(kept) {
			high = kept[to].Position
		}
		if high-low > 1 {
			return low + (high-low)/2, nil
		}
		for n, x := range kept {
			if _, err := tx.Exec(ctx, `UPDATE composition_block SET position = $2 WHERE id = $1`, x.ID, int64(n+1)*spread); err != nil {
				return 0, err
			}
		}
	}
	return b.Position, nil
}

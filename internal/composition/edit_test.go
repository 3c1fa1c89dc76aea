package composition

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// order is what the document shows of a part, by titles.
func order(t *testing.T, m *Room, d Composition, p Part) (out []string) {
	t.Helper()
	all, err := Blocks(t.Context(), m.DB, d)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range Kept(all) {
		if b.Part == p {
			out = append(out, b.Title)
		}
	}
	return out
}

func TestBlocksAreWrittenMovedAndBroughtBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), conference(t, d, noon), newShelf()
		root, err := m.Begin(ctx, team, Diagnosis, grandEst.COP, "", s.list, false)
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Begin(ctx, team, Diagnosis, grandEst.COP, "", s.list, true)
		kind(t, "begun twice", err, apperr.Conflict)
		var list []Block
		for _, title := range []string{"a", "b", "c", "d"} {
			b, err := m.AddBlock(ctx, team, root, s.list, Block{Part: Aims, Title: title})
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, b)
		}
		move := func(i int, step Step, part Part, want string) {
			t.Helper()
			b, err := m.PlaceBlock(ctx, team, list[i].ID, list[i].Rev, step, part, "")
			if err != nil {
				t.Fatal(err)
			}
			list[i] = b
			if got := strings.Join(order(t, m, root, Aims), ""); got != want {
				t.Errorf("%s %s: %s, want %s", list[i].Title, step, got, want)
			}
		}
		move(0, StepUp, "", "abcd")
		move(3, StepDown, "", "abcd")
		move(3, StepUp, "", "abdc")
		move(0, StepDown, "", "badc")
		move(1, StepWithdraw, "", "adc")
		move(3, StepUp, "", "dac") // over the one that was withdrawn
		move(1, StepRestore, "", "dbac")
		move(2, StepPart, Priorities, "dba")
		for range 30 { // no number is left between two blocks: they are numbered anew
			move(0, StepUp, "", "dab")
			move(0, StepDown, "", "dba")
		}
		if got := order(t, m, root, Priorities); !slices.Equal(got, []string{"c"}) {
			t.Error(got)
		}
		_, err = m.PlaceBlock(ctx, team, list[0].ID, 1, StepUp, "", "")
		kind(t, "moved from an old page", err, apperr.Conflict)
		past, err := BlockHistory(ctx, d, list[1].ID)
		if err != nil || len(past) != 3 || past[0].Block.State != BlockKept || past[1].Block.State != BlockWithdrawn || past[2].By != "équipe" {
			t.Errorf("%+v %v", past, err)
		}
	})
}

func TestTheSecondWriterOfABlock(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), conference(t, d, noon), newShelf()
		root, blocks := begun(t, m, s)
		b := blocks[2]
		save := func(rev int64, text string) (Block, error) {
			return m.SaveBlock(ctx, team, s.list, Block{ID: b.ID, Rev: rev, Text: text, Params: map[string]string{"nombre": "tous", "inconnu": "x"}}, "parce que")
		}
		one, err := save(1, "Un.")
		if err != nil || one.Rev != 2 || one.Params["nombre"] != "tous" || len(one.Params) != 1 {
			t.Fatalf("%+v %v", one, err)
		}
		now, err := save(1, "Deux.")
		kind(t, "the second writer", err, apperr.Conflict)
		if now.Text != "Un." {
			t.Errorf("what is kept: %+v", now)
		}
		// Moved since, it says the same: what was typed is kept.
		if _, err := m.PlaceBlock(ctx, team, b.ID, 2, StepUp, "", ""); err != nil {
			t.Fatal(err)
		}
		if two, err := save(2, "Deux."); err != nil || two.Text != "Deux." || two.Rev != 4 {
			t.Errorf("after a move: %+v %v", two, err)
		}
		if same, err := save(4, "Deux."); err != nil || same.Rev != 4 {
			t.Errorf("the same again: %+v %v", same, err)
		}
		for field, in := range map[string]Block{"titre": {ID: b.ID, Rev: 4, Title: strings.Repeat("é", 201)}, "texte": {ID: b.ID, Rev: 4, Text: strings.Repeat("é", LongestBlockText+1)}, "option-nombre": {ID: b.ID, Rev: 4, Params: map[string]string{"nombre": "mille"}},
			"option-mot": {ID: b.ID, Rev: 4, Params: map[string]string{"mot": strings.Repeat("m", 201)}}} {
			_, err := m.SaveBlock(ctx, team, s.list, in, "")
			var r *Refusal
			if !errors.As(err, &r) || r.Field != field || apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, a := range []policy.Actor{{}, stranger} {
			_, err := m.SaveBlock(ctx, a, s.list, Block{ID: b.ID, Rev: 4}, "")
			kind(t, "written by a stranger", err, apperr.NotFound)
			_, err = m.PlaceBlock(ctx, a, b.ID, 4, StepWithdraw, "", "")
			kind(t, "withdrawn by a stranger", err, apperr.NotFound)
			_, err = m.AddBlock(ctx, a, root, s.list, Block{Part: Aims})
			kind(t, "added by a stranger", err, apperr.NotFound)
		}
		_, err = m.SaveBlock(ctx, over("expert", policy.Expert, "44"), s.list, Block{ID: b.ID, Rev: 4}, "")
		kind(t, "written by who reads", err, apperr.Forbidden)
		_, err = m.AddBlock(ctx, team, root, s.list, Block{Part: Aims, Live: "inconnu"})
		kind(t, "a block that is not there", err, apperr.Invalid)
		titled, err := m.Rename(ctx, team, root.ID, "", "Un titre")
		if err != nil || titled.Title != "Un titre" {
			t.Error(titled, err)
		}
		_, err = m.Rename(ctx, team, root.ID, "", "Un autre")
		kind(t, "renamed from an old page", err, apperr.Conflict)
	})
}

// Twenty people write one block at once: one is kept, the others see it. Twenty
// others add a block each: all are there, each in its place.
func TestTwentyWriteAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), conference(t, d, noon), newShelf()
		root, blocks := begun(t, m, s)
		var won, begins atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				_, err := m.SaveBlock(ctx, team, s.list, Block{ID: blocks[0].ID, Rev: 1, Text: fmt.Sprint("texte ", i)}, "")
				if err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				if _, err := m.AddBlock(ctx, team, root, s.list, Block{Part: Strengths, Title: fmt.Sprint(i)}); err != nil {
					return err
				}
				if _, err := m.Begin(context.WithoutCancel(ctx), over("bzh", policy.Team, "53"), Diagnosis, "2023-24-r53", "", s.list, true); err == nil {
					begins.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 || begins.Load() != 1 {
			t.Fatalf("%d kept, %d begun, %v", won.Load(), begins.Load(), err)
		}
		all, err := Blocks(ctx, d, root)
		if err != nil || len(all) != 28 {
			t.Fatal(len(all), err)
		}
		seen := map[string]bool{}
		for _, b := range all {
			at := fmt.Sprint(b.Part, b.Position)
			if seen[at] {
				t.Errorf("two blocks at %s", at)
			}
			seen[at] = true
		}
		if now, err := Of(ctx, d, Diagnosis, root.COP, ""); err != nil || now.Rev != 1+1+20 {
			t.Errorf("revision %d, %v", now.Rev, err)
		}
	})
}

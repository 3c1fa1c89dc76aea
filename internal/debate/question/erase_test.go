package question

import (
	"context"
	"testing"

	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// Whoever has no account and is erased leaves their votes, and nothing of what they
// said of themselves.
func TestAVoiceWithoutAnAccountLeavesItsVotes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		h.OnErase = append(h.OnErase, h.EraseVoice)
		x := h.opened(5)
		var v debate.Voice
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) (err error) {
			if v, _, err = h.Speak(ctx, tx, policy.Actor{}, h.cop, debate.Speaker{Email: "eve@exemple.fr", Name: "Ève"}); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `UPDATE debate_voice SET state = 'confirmed' WHERE id = $1`, v.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		who, err := h.VoterIn(ctx, x, policy.Actor{}, v.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		h.cast(x, who, 1, Agree)
		if who, err = h.VoterIn(ctx, x, policy.Actor{}, v.ID, ""); err != nil || !who.Known {
			t.Fatal(who, err)
		}
		if err := h.About(ctx, h.cop, x, who, "department:67", debate.Citizens); err != nil {
			t.Fatal(err)
		}
		if err := h.EraseSelf(ctx, v, debate.ErasePhrase); err != nil {
			t.Fatal(err)
		}
		if n := h.one(`SELECT COUNT(*) FROM debate_voter WHERE voice_id <> '' OR college <> '' OR territory <> ''`); n != 0 {
			t.Error("something is left of who was erased")
		}
		if n := h.one(`SELECT COUNT(*) FROM debate_vote WHERE voter = $1`, who.ID); n != 1 {
			t.Error("the vote went with its author")
		}
	})
}

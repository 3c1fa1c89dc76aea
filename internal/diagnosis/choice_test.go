package diagnosis

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// picked fills the form of a choice as its page gives it.
func picked(themes []Theme, chosen ...string) ChoiceInput {
	in := ChoiceInput{Revs: map[string]int64{}, Chosen: map[string]bool{}, Why: map[string]string{}, Against: map[string]string{}}
	for _, x := range themes {
		in.Revs[x.ID] = x.Rev
		if slices.Contains(chosen, x.Name) {
			in.Chosen[x.ID], in.Why[x.ID], in.Against[x.ID] = true, "parce que "+x.Name, "malgré le score de "+x.Name
		}
	}
	return in
}

func names2(themes []Theme) string {
	var out []string
	for _, x := range themes {
		if x.Priority {
			out = append(out, x.Name)
		}
	}
	return strings.Join(out, ", ")
}

func TestBothHeadsPutThemesFirst(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
		list := func() []Theme { return must[[]Theme](t)(Themes(ctx, d, theCOP)) }
		all := list()
		if _, ok, err := LastChoice(ctx, d, theCOP); err != nil || ok {
			t.Fatalf("a choice before any: %v", err)
		}
		c := must[Choice](t)(m.ProposeChoice(ctx, thePrefet, theCOP, picked(all, all[0].Name, all[1].Name)))
		if names2(list()) != "" {
			t.Error("put first on one word alone")
		}
		if w, ok, err := WaitingChoice(ctx, d, theCOP); err != nil || !ok || w.ID != c.ID {
			t.Errorf("none waits: %v", err)
		}
		text, _ := json.Marshal(c.Body)
		var kept string
		if err := d.QueryRow(ctx, `SELECT body FROM diagnosis_choice WHERE id = $1`, c.ID).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256([]byte(kept)); hex.EncodeToString(sum[:]) != c.SHA256 || len(text) == 0 {
			t.Error("the digest is not that of what is kept")
		}
		act, err := cop.FindAct(ctx, d, c.Act)
		if err != nil || act.Kind != cop.ThemesAct || act.Subject != c.ID || act.SHA256 != c.SHA256 || !act.Has(cop.StateSide) {
			t.Fatalf("act: %+v %v", act, err)
		}

		// A theme that changes meanwhile changes nothing in what waits.
		changed := must[Theme](t)(m.SaveTheme(ctx, theTeam, all[0].ID, 1, ThemeInput{Name: "Autre nom", Kind: OfLevers, Maps: all[0].Maps, Levers: all[0].Levers[:1]}, "précisé"))
		if _, err := m.COPs.Consent(ctx, theHead, c.Act); err != nil {
			t.Fatal(err)
		}
		last, ok, err := LastChoice(ctx, d, theCOP)
		if err != nil || !ok || last.State != ChoiceRecorded || last.EndedOn != "2026-03-02" || last.SHA256 != c.SHA256 || last.Body.Themes[0].Theme.Name != all[0].Name || last.Body.Themes[0].Rev != 1 || len(last.Body.Scoring.Levers) == 0 {
			t.Fatalf("recorded: %+v %v", last.State, err)
		}
		now := list()
		if now[0].Same(last.Body.Themes[0].Theme) || !now[1].Same(last.Body.Themes[1].Theme) {
			t.Error("what changed since is not seen")
		}
		if names2(now) != "Autre nom, "+all[1].Name || now[0].Why != "parce que "+all[0].Name || now[0].Choice != c.ID || now[0].Rev != changed.Rev+1 {
			t.Errorf("first: %s, %+v", names2(now), now[0])
		}
		if past := must[[]Past[Theme]](t)(ThemeHistory(ctx, d, now[1].ID)); len(past) != 2 || !past[0].Body.Priority || past[0].By != "présidente" {
			t.Errorf("history: %+v", past)
		}

		// Another choice takes its place, and says so in the history of each theme.
		c2 := must[Choice](t)(m.ProposeChoice(ctx, theHead, theCOP, picked(now, all[1].Name, all[2].Name)))
		if c2.Seq != 2 {
			t.Errorf("seq %d", c2.Seq)
		}
		if _, err := m.COPs.Consent(ctx, thePrefet, c2.Act); err != nil {
			t.Fatal(err)
		}
		if got := names2(list()); got != all[1].Name+", "+all[2].Name {
			t.Errorf("first after the second choice: %s", got)
		}
		if first := must[Choice](t)(FindChoice(ctx, d, c.ID)); first.SHA256 != c.SHA256 || len(first.Body.Chosen()) != 2 {
			t.Error("the first choice changed")
		}
		// A withdrawn proposal leaves everything as it was.
		now = list()
		c3 := must[Choice](t)(m.ProposeChoice(ctx, theTeam, theCOP, picked(now, now[5].Name)))
		if _, err := m.COPs.Withdraw(ctx, theTeam, c3.Act, "à revoir"); err != nil {
			t.Fatal(err)
		}
		if c3 = must[Choice](t)(FindChoice(ctx, d, c3.ID)); c3.State != ChoiceWithdrawn || names2(list()) != all[1].Name+", "+all[2].Name {
			t.Errorf("withdrawn: %s, first: %s", c3.State, names2(list()))
		}
	})
}

func TestAChoiceAsksItsReasons(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
		all := must[[]Theme](t)(Themes(ctx, d, theCOP))
		scores := ScoreThemes(all, must[Scoring](t)(m.ScoresOf(ctx, theCOP, true)).Levers)
		best, worst := 0, 0
		for i, s := range scores {
			if !s.Known {
				if s.Reason == "" || all[i].Kind != Cross {
					t.Fatalf("%s has no score: %s", all[i].Name, s.Reason)
				}
				continue
			}
			if s.Score > scores[best].Score {
				best = i
			}
			if s.Score < scores[worst].Score {
				worst = i
			}
		}
		fields := func(err error) string {
			var f ThemeFaults
			if !errors.As(err, &f) {
				return "no fault: " + apperr.Message(err)
			}
			var out []string
			for _, x := range f {
				name, _, _ := strings.Cut(x.Field, "-")
				out = append(out, name)
			}
			return strings.Join(out, " ")
		}
		_, err := m.ProposeChoice(ctx, thePrefet, theCOP, picked(all))
		if got := fields(err); got != "chosen" {
			t.Errorf("nothing chosen: %s", got)
		}
		in := picked(all, all[worst].Name)
		in.Why[all[worst].ID], in.Against[all[worst].ID] = "", " "
		_, err = m.ProposeChoice(ctx, thePrefet, theCOP, in)
		if got := fields(err); got != "why against" {
			t.Errorf("no reason, below a theme left aside: %s", got)
		}
		in = picked(all, all[best].Name)
		in.Against[all[best].ID] = ""
		c := must[Choice](t)(m.ProposeChoice(ctx, thePrefet, theCOP, in))
		if _, err := m.COPs.Withdraw(ctx, thePrefet, c.Act, "essai"); err != nil {
			t.Fatal(err)
		}
		c = must[Choice](t)(m.ProposeChoice(ctx, thePrefet, theCOP, picked(all, all[worst].Name)))
		if x := c.Body.Chosen()[0]; !slices.Contains(x.Above, all[best].Name) || x.Against != "malgré le score de "+all[worst].Name {
			t.Errorf("the departure is not kept: %+v", x)
		}
		if _, err := m.COPs.Withdraw(ctx, thePrefet, c.Act, "essai"); err != nil {
			t.Fatal(err)
		}
		must[Theme](t)(m.SaveTheme(ctx, theTeam, all[0].ID, 1, ThemeInput{Name: "Autre", Kind: Cross, Subject: "emploi", Maps: all[0].Maps}, ""))
		_, err = m.ProposeChoice(ctx, thePrefet, theCOP, picked(all, all[1].Name))
		if kindIs(t, "a page out of date", err, apperr.Conflict); !strings.Contains(apperr.Message(err), "Autre") {
			t.Errorf("what changed is not named: %v", err)
		}
		_, err = m.ProposeChoice(ctx, holding("experte", policy.Expert, "44"), theCOP, picked(all, all[1].Name))
		kindIs(t, "by who only reads", err, apperr.Forbidden)
	})
}

func TestAThemeWithoutLeversIsNotPutFirst(t *testing.T) {
	ctx, m := t.Context(), themed(t, testkit.Open(t, db.SQLite))
	must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
	all := must[[]Theme](t)(Themes(ctx, m.DB, theCOP))
	s := must[Scoring](t)(m.ScoresOf(ctx, theCOP, true))
	exist, err := m.Exist(ctx, "44")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all[0].Levers {
		delete(exist, l)
	}
	if !all[0].Emptied(exist) || all[1].Emptied(exist) {
		t.Fatal("which theme was emptied is not seen")
	}
	_, err = freezeChoice(all, exist, s, picked(all, all[0].Name))
	var f ThemeFaults
	if !errors.As(err, &f) || f[0].Field != "chosen-"+all[0].ID {
		t.Errorf("an emptied theme is put first: %v", err)
	}
	if _, err := freezeChoice(all, exist, s, picked(all, all[1].Name)); err != nil {
		t.Errorf("and keeps the others from being: %v", err)
	}
}

func TestOfTwentyWhoProposeOneWins(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
		all := must[[]Theme](t)(Themes(ctx, d, theCOP))
		var won, lost atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				who := []policy.Actor{thePrefet, theHead}[i%2]
				_, err := m.ProposeChoice(ctx, who, theCOP, picked(all, all[i%6].Name))
				switch {
				case err == nil:
					won.Add(1)
				case apperr.KindOf(err) == apperr.Conflict && strings.Contains(apperr.Message(err), "attend déjà"):
					lost.Add(1)
				default:
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 || lost.Load() != 19 {
			t.Fatalf("%v: %d won, %d lost", err, won.Load(), lost.Load())
		}
		// Both words, and twenty changes of themes at once: nobody waits for ever, and
		// each theme is at the revision that its history says.
		c, _, err := WaitingChoice(ctx, d, theCOP)
		if err != nil {
			t.Fatal(err)
		}
		act, err := cop.FindAct(ctx, d, c.Act)
		if err != nil {
			t.Fatal(err)
		}
		other := theHead
		if act.WaitsFor() == cop.StateSide {
			other = thePrefet
		}
		g = errgroup.Group{}
		g.Go(func() error { _, err := m.COPs.Consent(ctx, other, c.Act); return err })
		for i := range 20 {
			g.Go(func() error {
				x := all[i%6]
				_, err := m.SaveTheme(ctx, theTeam, x.ID, x.Rev, ThemeInput{Name: x.Name + " bis", Kind: x.Kind, Subject: x.Subject, Maps: x.Maps, Levers: x.Levers}, "")
				if apperr.KindOf(err) == apperr.Conflict {
					return nil
				}
				return err
			})
			g.Go(func() error { return m.MoveTheme(ctx, theTeam, all[i%6].ID, i%2 == 0) })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		for _, x := range must[[]Theme](t)(Themes(ctx, d, theCOP)) {
			if past := must[[]Past[Theme]](t)(ThemeHistory(ctx, d, x.ID)); past[0].Rev != x.Rev || past[0].Body.Priority != x.Priority || past[0].Body.Name != x.Name {
				t.Errorf("%s at %d: its history says %+v", x.Name, x.Rev, past[0])
			}
		}
	})
}

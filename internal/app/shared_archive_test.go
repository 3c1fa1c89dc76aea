package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jalon/internal/account"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/objective"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// words is a catalogue without live blocks.
type words struct{}

func (words) List() []composition.Live { return nil }

func (words) Open(context.Context, composition.Place) (composition.Reading, error) {
	return words{}, nil
}

func (words) Make(context.Context, string, map[string]string) (composition.Made, error) {
	return composition.Made{}, composition.ErrUnknown
}

// frozenIn is every byte that both heads validated, and what verifying them says.
func frozenIn(t *testing.T, d *db.DB, copID string) string {
	t.Helper()
	var b strings.Builder
	lists, err := objective.Sharings(t.Context(), d, copID)
	if err != nil || len(lists) != 1 {
		t.Fatalf("%d lists, %v", len(lists), err)
	}
	b.WriteString(string(lists[0].Body()))
	choice, ok, err := diagnosis.LastChoice(t.Context(), d, copID)
	if err != nil || !ok {
		t.Fatal(err)
	}
	b.WriteString(choice.SHA256)
	editions, err := composition.PublishedEditions(t.Context(), d, composition.Diagnosis, copID, "")
	if err != nil || len(editions) != 1 {
		t.Fatalf("%d editions, %v", len(editions), err)
	}
	p, err := document.Find(t.Context(), d, editions[0].Publication)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range p.Manifest {
		r, err := document.Open(t.Context(), d, p, e.Path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&b, r); err != nil {
			t.Fatal(err)
		}
	}
	o, err := objective.Verify(t.Context(), d)
	if err != nil || o.Lists != 1 || len(o.Problems) > 0 {
		t.Errorf("%+v %v", o, err)
	}
	v, err := diagnosis.Verify(t.Context(), d)
	if err != nil || v.Choices != 1 || len(v.Problems) > 0 {
		t.Errorf("%+v %v", v, err)
	}
	e, err := composition.Verify(t.Context(), d)
	if err != nil || e.Editions != 1 || len(e.Problems) > 0 {
		t.Errorf("%+v %v", e, err)
	}
	return b.String()
}

// What both heads shared stays, byte for byte: when one of them is erased, and from
// one database to another through an archive; and it names no account.
func TestWhatIsSharedOutlivesItsAuthors(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	k, ctx := someone(t, d), t.Context()
	id := cop.RegionID(cop.First, "03")
	m, err := k.core.Model(ctx)
	k.must(err)
	c, err := cop.Find(ctx, d, id)
	k.must(err)
	p, err := objective.PlaceOf(ctx, d, m, c, territory.Ref{Scale: territory.RegionS, Code: "03"})
	k.must(err)
	lever := ""
	for _, l := range p.Panorama.Lines {
		if l.Objective.Known {
			lever = l.Lever.Code
		}
	}
	_, err = k.objectives.Put(ctx, k.her, p, objective.NewValue{Lever: lever, Measure: objective.InKt, Typed: "1,234567", Reason: "Décidé.", Confirmed: true})
	k.must(err)
	_, err = k.objectives.Dissent(ctx, k.her, p, objective.NewDissent{Lever: lever, Party: "experts", Name: "Un collège", Text: "Trop peu."})
	k.must(err)
	list, err := k.objectives.ProposeSharing(ctx, k.her, p, []objective.Pick{{Lever: lever, Rev: 2}})
	k.must(err)
	theme, err := k.diagnosis.AddTheme(ctx, k.her, id, diagnosis.ThemeInput{Name: "Un thème", Kind: diagnosis.OfLevers, Maps: []string{"produire"}, Levers: []string{lever}})
	k.must(err)
	choice, err := k.diagnosis.ProposeChoice(ctx, k.her, id, diagnosis.ChoiceInput{Revs: map[string]int64{theme.ID: 1}, Chosen: map[string]bool{theme.ID: true}, Why: map[string]string{theme.ID: "Parce que."}})
	k.must(err)
	root, err := k.composed.Begin(ctx, k.her, composition.Diagnosis, id, "", nil, false)
	k.must(err)
	_, err = k.composed.AddBlock(ctx, k.her, root, nil, composition.Block{Part: composition.Opening, Title: "Pourquoi", Text: "Nos mots."})
	k.must(err)
	edition, err := k.composed.ProposeEdition(ctx, k.her, root.Rev+1, composition.Diagnosis, "", composition.Place{COP: id, Cycle: cop.First, Region: territory.Region{Code: "03", Slug: "guyane", Name: "Guyane"}, Day: "2026-03-02"},
		composition.Press{Catalogue: words{}, Explain: func(context.Context, string) (figure.Explanation, error) { return figure.Explanation{}, nil },
			Draw:  func(context.Context, document.Document) ([]document.File, error) { return nil, nil },
			Sheet: func(int64) composition.Sheet { return composition.Sheet{Author: "COP"} }})
	k.must(err)
	for _, act := range []string{list.Act, choice.Act, edition.Act} {
		_, err := k.cops.Consent(ctx, k.chair, act)
		k.must(err)
	}
	before := frozenIn(t, d, id)
	for _, who := range []string{k.her.Person, k.chair.Person, herEmail, herName} {
		if strings.Contains(before, who) {
			t.Errorf("what is frozen names %q", who)
		}
	}
	token, err := k.accounts.AskErase(ctx, k.her, k.session, account.ErasePhrase)
	k.must(err)
	k.must(k.accounts.EraseSelf(ctx, k.her, k.session, token))
	if frozenIn(t, d, id) != before {
		t.Error("erasing its author changed what was frozen")
	}
	archive := filepath.Join(t.TempDir(), "a.zip")
	_, err = k.core.Dump(ctx, archive)
	k.must(err)
	counts := func(d *db.DB) (out string) {
		for _, x := range slices.Concat(objective.Tables(), diagnosis.Tables(), composition.Tables()) {
			out += fmt.Sprint(x.Name, " ", rowsIn(t, d, x.Name), " ")
		}
		return out
	}
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		to := testkit.Empty(t, engine)
		_, err := coreOn(to).Load(ctx, archive)
		k.must(err)
		if frozenIn(t, to, id) != before || counts(to) != counts(d) {
			t.Errorf("%s holds %s, not %s", engine, counts(to), counts(d))
		}
	}
}

package restitution

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

var openNoon = time.Date(2026, 12, 20, 12, 0, 0, 0, time.UTC)

// openRooms are the rooms of a campaign of Grand Est whose restitution is public.
func openRooms(t testing.TB, d *db.DB) (*OpenRoom, survey.Campaign, questionnaire.Form, questionnaire.Slots) {
	t.Helper()
	ctx, now := t.Context(), func() time.Time { return openNoon }
	ids := db.NewIDs(now, rand.Reader)
	j := journal.New(ids, now, db.NewCursors([]byte("essai")))
	if err := (&survey.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j}).Load(ctx, data.FS); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Insert(ctx, d, "campaign", strings.Fields("id rev cop_id region cycle form form_version communes opens_on closes_on state marked_on message contact remind_max remind_every relevance mobilisation published_on at"),
		[][]any{{"c44", 1, "cycle-r44", "44", "cycle", survey.National, 1, true, "2026-10-01", "2026-12-15", "closed", "2026-12-16", "", "", 3, 10, 0.5, 0.5, "2026-12-18", 0}}, ""); err != nil {
		t.Fatal(err)
	}
	c, err := survey.FindCampaign(ctx, d, "c44")
	if err != nil {
		t.Fatal(err)
	}
	f, err := survey.FormAt(ctx, d, survey.National, 1)
	if err != nil {
		t.Fatal(err)
	}
	slots, err := survey.Slots(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	m := &OpenRoom{DB: d, IDs: ids, Now: now, Journal: j, Departments: func(context.Context, string) ([]string, error) { return []string{"08", "67"}, nil },
		Write: func(o OpenData) ([]OpenFile, error) {
			return []OpenFile{{Name: "lisez-moi.md", Title: "Essai", Body: []byte(fmt.Sprintf("%d groupes, édition %d", len(o.Groups), o.Edition.Seq))}}, nil
		}}
	return m, c, f, slots
}

// openAnswer keeps a validated version of one response.
func openAnswer(t testing.TB, d *db.DB, f questionnaire.Form, slots questionnaire.Slots, id string, k questionnaire.Kind, department string, seq int64, a questionnaire.Answers) {
	t.Helper()
	ctx := t.Context()
	packed := f.Path(k).Pack(slots, a)
	if packed == nil {
		packed = []byte{}
	}
	for _, x := range []string{`DELETE FROM response WHERE id = $1`, `DELETE FROM answer WHERE response_id = $1`} {
		if _, err := d.Exec(ctx, x, id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Insert(ctx, d, "response", strings.Fields(`id rev campaign_id authority cop_id region department kind size capacities metropole counted name sort_key state form_version seq
		rows_asked rows_rated prefilled answered silent reminders reason`), [][]any{{id, 1, "c44", "auth-" + id, "cycle-r44", "44", department, string(k), "s4", "", false, !strings.HasPrefix(id, "petr"), "Collectivité " + id, id, "validated", 1, seq, 0, 0, 0, 0, false, 0, ""}}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Insert(ctx, d, "response_version", strings.Fields("response_id seq form form_version packed doc sha256 by at reason"), [][]any{{id, seq, survey.National, 1, packed, "{}", "", "", 0, ""}}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Insert(ctx, d, "answer", strings.Fields("response_id cycle region department authority kind size seq at packed"), [][]any{{id, "cycle", "44", department, "auth-" + id, string(k), "s4", seq, 0, packed}}, ""); err != nil {
		t.Fatal(err)
	}
}

func openTeam() policy.Actor {
	return policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: "cycle-r44"}}}
}

// counted reads one number of an edition that would be made.
func counted(t testing.TB, p Prepared, group, key, option string) int {
	t.Helper()
	i := slices.IndexFunc(p.Data.Groups, func(x OpenCounts) bool { return x.Group.Key == group })
	n := slices.IndexFunc(p.Data.Cells, func(c OpenCell) bool { return c.Key == key })
	if i < 0 || n < 0 {
		t.Fatalf("no %s or %s in %d groups, %d cells", group, key, len(p.Data.Groups), len(p.Data.Cells))
	}
	for o, x := range p.Data.Cells[n].Options {
		if x.Code == option {
			return p.Data.Groups[i].Counts[n][o]
		}
	}
	return p.Data.Groups[i].Counts[n][len(p.Data.Cells[n].Options)]
}

func TestEditionsOfOpenData(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, c, f, slots := openRooms(t, d)
		if _, err := m.Publish(ctx, d, openTeam(), c); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("nobody answered: %v", err)
		}
		group := f.Path(questionnaire.Group)
		row := ""
		for _, x := range group.Cells() {
			if x.Column == questionnaire.Mobilisation {
				row = x.Key
				break
			}
		}
		for i := range 8 {
			dep := "67"
			if i < 2 {
				dep = "08"
			}
			openAnswer(t, d, f, slots, fmt.Sprintf("r%d", i), questionnaire.Group, dep, 1, questionnaire.Answers{row: "engage", "deplacements-freins": "norme financement"})
		}
		openAnswer(t, d, f, slots, "petr1", questionnaire.Group, "67", 1, questionnaire.Answers{row: "engage"})
		p, err := m.Prepare(ctx, d, openTeam(), c)
		if err != nil {
			t.Fatal(err)
		}
		const all = "epci.08-67.s1-s2-s3-s4-s5-s6"
		if n := counted(t, p, all, row, "engage"); n != 8 || len(p.Data.Groups) != 1 {
			t.Errorf("%d engaged in %d groups; a syndicat counts for nobody", n, len(p.Data.Groups))
		}
		if a, b := counted(t, p, all, "deplacements-freins", "norme"), counted(t, p, all, "deplacements-freins", "foncier"); a != 8 || b != 0 {
			t.Errorf("obstacles: %d %d", a, b)
		}
		for name, who := range map[string]policy.Actor{"nobody": {}, "the nation's reader": {Person: "n", Grants: []policy.Grant{{Role: policy.NationalReader, Nation: true}}}} {
			if _, err := m.Publish(ctx, d, who, c); err == nil {
				t.Errorf("published by %s", name)
			}
		}
		hidden := c
		hidden.PublishedOn = ""
		if _, err := m.Publish(ctx, d, openTeam(), hidden); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("before the restitution is public: %v", err)
		}
		// Twenty at once: one edition.
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				if _, err := m.Publish(context.Background(), d, openTeam(), c); err != nil && apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		editions, err := OpenEditions(ctx, d, c.ID)
		if err != nil || len(editions) != 1 || editions[0].Seq != 1 || len(editions[0].Files) != 1 || len(editions[0].SHA256) != 64 || editions[0].Respondents != 8 {
			t.Fatalf("%+v %v", editions, err)
		}
		// Four corrections wait, and the numbers of the first edition are counted again
		// from what was said then; a fifth brings them all.
		for i := range 4 {
			openAnswer(t, d, f, slots, fmt.Sprintf("r%d", i), questionnaire.Group, "67", 2, questionnaire.Answers{row: "deploye"})
		}
		if p, err = m.Prepare(ctx, d, openTeam(), c); err != nil || counted(t, p, all, row, "engage") != 8 || p.Data.Edition.Kept.Waiting != 4 || p.Data.Groups[0].Since != 1 {
			t.Errorf("four: %+v %v", p.Data.Edition.Kept, err)
		}
		if _, err := m.Publish(ctx, d, openTeam(), c); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("nothing new enough: %v", err)
		}
		openAnswer(t, d, f, slots, "r4", questionnaire.Group, "67", 2, questionnaire.Answers{row: "deploye"})
		e, err := m.Publish(ctx, d, openTeam(), c)
		if err != nil || e.Seq != 2 {
			t.Fatal(e, err)
		}
		if p, err = m.Prepare(ctx, d, openTeam(), c); err != nil || counted(t, p, all, row, "deploye") != 5 {
			t.Errorf("five: %v", err)
		}
		r, file, err := OpenPart(ctx, d, e, "lisez-moi.md")
		if err != nil || file.Size == 0 || r == nil {
			t.Errorf("%+v %v", file, err)
		}
		if _, _, err := OpenPart(ctx, d, e, "../secret"); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("another file: %v", err)
		}
	})
}

func TestConsentIsWritten(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, c, f, slots := openRooms(t, d)
		for i := range 7 {
			openAnswer(t, d, f, slots, fmt.Sprintf("d%d", i), questionnaire.Department, "67", 1, questionnaire.Answers{})
		}
		openAnswer(t, d, f, slots, "e1", questionnaire.Group, "67", 1, questionnaire.Answers{})
		good := Consent{Response: "d0", Document: "Courrier du président, n° 2026-114", Day: "2026-12-01", State: "given"}
		for what, wrong := range map[string]func(*Consent){"no document": func(x *Consent) { x.Document = " " }, "a day to come": func(x *Consent) { x.Day = "2027-06-01" }, "no day": func(x *Consent) { x.Day = "hier" },
			"an unknown state": func(x *Consent) { x.State = "peut-être" }, "an intercommunalité": func(x *Consent) { x.Response = "e1" }, "another response": func(x *Consent) { x.Response = "zz" }} {
			x := good
			wrong(&x)
			if err := m.SayConsent(ctx, d, openTeam(), c, x); err == nil {
				t.Errorf("%s: kept", what)
			}
		}
		if err := m.SayConsent(ctx, d, policy.Actor{}, c, good); err == nil {
			t.Error("kept by nobody")
		}
		if err := m.SayConsent(ctx, d, openTeam(), c, good); err != nil {
			t.Fatal(err)
		}
		if err := m.SayConsent(ctx, d, openTeam(), c, good); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("twice: %v", err)
		}
		p, err := m.Prepare(ctx, d, openTeam(), c)
		if err != nil || len(p.Data.Groups) != 2 || p.Data.Groups[1].Group.Name != "Collectivité d0" || p.Data.Edition.Respondents != 7 {
			t.Errorf("%+v %v", p.Data.Groups, err)
		}
		good.State, good.Rev = "withdrawn", 1
		if err := m.SayConsent(ctx, d, openTeam(), c, good); err != nil {
			t.Fatal(err)
		}
		if p, err = m.Prepare(ctx, d, openTeam(), c); err != nil || len(p.Data.Groups) != 1 {
			t.Errorf("withdrawn: %d groups %v", len(p.Data.Groups), err)
		}
		list, err := Consents(ctx, d, openTeam(), c)
		if err != nil || len(list) != 7 || list[0].Rev != 2 || list[0].Given() {
			t.Errorf("%+v %v", list[0], err)
		}
	})
}

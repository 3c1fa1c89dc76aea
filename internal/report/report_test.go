package report_test

import (
	"context"
	"crypto/rand"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/app"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/journal"
	"jalon/internal/national"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/report"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var today = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func now() time.Time { return today }

// site is a database as it is on the first day, and its panorama.
type site struct {
	db    *db.DB
	model *panorama.Model
	cops  *cop.Room
	board *national.Room
}

func open(t testing.TB, d *db.DB) site {
	t.Helper()
	ctx := context.Background()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	ids := db.NewIDs(now, rand.Reader)
	s := site{db: d, cops: &cop.Room{DB: d, IDs: ids, Now: now, Journal: journal.New(ids, now, db.NewCursors([]byte("k")))}}
	if err := s.cops.Load(ctx, data.FS, tree); err != nil {
		t.Fatal(err)
	}
	s.board = &national.Room{DB: d, IDs: ids, Now: now, Journal: s.cops.Journal, Registry: app.Metrics(func(context.Context) (*territory.Tree, error) { return tree, nil }, nil, nil, nil), Tree: func(context.Context) (*territory.Tree, error) { return tree, nil }}
	if err := s.board.Load(ctx, data.FS); err != nil {
		t.Fatal(err)
	}
	if s.model, err = panorama.NewStore(d, data.FS, func(context.Context) (*territory.Tree, error) { return tree, nil }).Model(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s site) national(t testing.TB, day string) document.Document {
	t.Helper()
	doc, err := report.National(context.Background(), s.db, s.model, report.Edition{Cycle: cop.First, Day: day})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func part(t *testing.T, doc document.Document, id string) document.Part {
	t.Helper()
	i := slices.IndexFunc(doc.Parts, func(p document.Part) bool { return p.ID == id })
	if i < 0 {
		t.Fatalf("no part %s", id)
	}
	return doc.Parts[i]
}

// The order is the one that readers know since May 2024.
func TestThePartsStandInTheirOrder(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		doc := open(t, d).national(t, "2024-05-27")
		var got []string
		for _, p := range doc.Parts {
			got = append(got, p.ID)
			if p.Title == "" || (p.Missing == "") == (len(p.Blocks) == 0) {
				t.Errorf("%s: a part has a title, and either blocks or the reason why there are none", p.ID)
			}
			if len(p.Notes) == 0 && p.Missing == "" {
				t.Errorf("%s has no source", p.ID)
			}
		}
		want := strings.Fields("les-cop etat-des-cop etapes piliers panorama panorama-thematiques panorama-regions biodiversite-ressources diagnostic taux-de-reponse " +
			"familles-de-leviers synthese-des-questionnaires mobilisation bonnes-pratiques action-cop mesures points-de-sortie etudes facteurs-de-succes suites")
		if !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	})
}

func TestTheSameDayGivesTheSameDocument(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		for _, day := range []string{"2024-05-27", "2025-05-07", "2026-03-01"} {
			if a, b := s.national(t, day), s.national(t, day); !reflect.DeepEqual(a, b) || a.Version == "" {
				t.Errorf("%s: two documents differ", day)
			}
		}
		if s.national(t, "2024-05-27").Version == s.national(t, "2025-05-07").Version {
			t.Error("two documents of two days bear one version")
		}
	})
}

func TestTheDayDecidesWhatIsKnown(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		for _, c := range []struct{ day, launched, launching, adopted, title string }{
			{"2023-09-29", "0", "0", "0", "0 COP est lancée sur 18"},
			{"2024-05-27", "16", "2", "0", "16 COP sont lancées sur 18 au 27 mai 2024, et 2 sont en cours de lancement"},
			{"2024-07-24", "17", "0", "0", "17 COP sont lancées"},
			{"2025-05-07", "17", "0", "9", "9 feuilles de route sont adoptées"},
			{"2026-03-01", "17", "0", "10", "10 feuilles de route sont adoptées"},
		} {
			p := part(t, s.national(t, c.day), "etat-des-cop")
			k := p.Blocks[0].(document.KeyFigures).Figures
			if k[0].Value != c.launched || k[1].Value != c.launching || k[3].Value != c.adopted {
				t.Errorf("%s: %s launched, %s being launched, %s adopted", c.day, k[0].Value, k[1].Value, k[3].Value)
			}
			if got := strings.ReplaceAll(p.Title, "\u00a0", " "); !strings.Contains(got, c.title) {
				t.Errorf("%s: %s", c.day, got)
			}
		}
	})
}

// La Réunion has two dates: both are said, the State's first.
func TestTwoDatesAreBothSaid(t *testing.T) {
	p := part(t, open(t, testkit.DB(t)).national(t, "2024-05-27"), "etat-des-cop")
	if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, "La Réunion") || !strings.Contains(notes, "6\u00a0décembre\u00a02023") || !strings.Contains(notes, "8\u00a0décembre\u00a02023") {
		t.Errorf("notes: %s", notes)
	}
	i := slices.IndexFunc(p.Blocks, func(b document.Block) bool { _, ok := b.(document.Chart); return ok })
	for _, r := range p.Blocks[i].(document.Chart).Table.Rows {
		if r[0].Text == "La Réunion" && (!strings.HasPrefix(r[2].Text, "6\u00a0décembre") || r[4].Text != "SGPE") {
			t.Errorf("row: %+v", r)
		}
	}
}

// What was declared before Jalon is of its day, and joins no sum.
func TestDeclaredFiguresStandApart(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		if p := part(t, s.national(t, "2024-05-26"), "taux-de-reponse"); p.Missing == "" {
			t.Error("the day before it is said, the rate is there")
		}
		k := part(t, s.national(t, "2024-05-27"), "taux-de-reponse").Blocks[0].(document.KeyFigures).Figures
		if k[0].Value != "65" || k[0].Class != "déclaré" || k[len(k)-1].Missing == "" || k[len(k)-1].Value != "" {
			t.Errorf("got %+v", k)
		}
		ctx := context.Background()
		people := int64(57)
		admin := policy.Actor{Person: "p", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}
		if _, err := s.cops.AddMeeting(ctx, admin, cop.Meeting{COP: cop.RegionID(cop.First, "44"), Kind: cop.GroupMeeting, Stage: cop.Debate, Title: "Groupe", Day: "2024-05-02",
			Part: policy.Public, State: cop.MeetingOn, Attendance: &people, Counted: true}); err != nil {
			t.Fatal(err)
		}
		p := part(t, s.national(t, "2024-05-27"), "mobilisation")
		counted, told := p.Blocks[0].(document.KeyFigures).Figures, p.Blocks[2].(document.KeyFigures).Figures
		if counted[0].Value != "1" || counted[1].Value != "57" || !strings.HasPrefix(told[0].Value, "environ") {
			t.Errorf("counted %+v, declared %+v", counted, told)
		}
		if p := part(t, s.national(t, "2024-05-01"), "mobilisation"); p.Missing == "" {
			t.Error("a meeting counts before it was held")
		}
	})
}

func TestWhatIsAnnouncedAndWhatWasNeverHeardOf(t *testing.T) {
	s := open(t, testkit.DB(t))
	if got := part(t, s.national(t, "2024-05-27"), "suites").Blocks[0].(document.Table).Rows; len(got) != 2 {
		t.Errorf("announced: %v", got)
	}
	late := part(t, s.national(t, "2026-03-01"), "suites").Blocks[0].(document.Table)
	// Guyane, Occitanie, Corse and Pays de la Loire: nobody said what followed.
	if late.ID != "sans-suite" || len(late.Rows) != 4 {
		t.Errorf("overdue: %+v", late)
	}
}

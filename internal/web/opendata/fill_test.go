package opendata_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	prng "math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/mail"
	"jalon/internal/panorama"
	"jalon/internal/questionnaire"
	"jalon/internal/restitution"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

var noon = time.Date(2026, 12, 20, 12, 0, 0, 0, time.UTC)

// rooms are those that what comes out of a questionnaire needs.
type rooms struct {
	d      *db.DB
	survey *survey.Room
	known  *knowledge.Room
	open   *restitution.OpenRoom
	model  func(context.Context) (*panorama.Model, error)
	tree   *territory.Tree
}

func newRooms(t testing.TB, d *db.DB) *rooms {
	t.Helper()
	ctx, now := t.Context(), func() time.Time { return noon }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	queue, j := jobs.New(ids, now), journal.New(ids, now, keys)
	box := mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})
	store := panorama.NewStore(d, data.FS, func(context.Context) (*territory.Tree, error) { return territory.Embedded() })
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	m := &rooms{d: d, tree: tree, model: store.Model, survey: &survey.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Cursors: keys, Queue: queue, Outbox: box, BaseURL: "https://jalon.example"},
		known: &knowledge.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Queue: queue, Outbox: box, BaseURL: "https://jalon.example", Slug: func(context.Context, string) (string, error) { return "grand-est", nil }},
		open: &restitution.OpenRoom{DB: d, IDs: ids, Now: now, Journal: j, Write: exchange.OpenDataFiles, Departments: func(context.Context, string) (out []string, err error) {
			for _, x := range tree.Departments() {
				if x.Region == "44" {
					out = append(out, x.Code)
				}
			}
			return out, nil
		}}}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(ctx, data.FS, tree); err != nil {
		t.Fatal(err)
	}
	if err := m.survey.Load(ctx, data.FS); err != nil {
		t.Fatal(err)
	}
	return m
}

// sentences are what people would write in the box of remarks.
func sentences(t testing.TB) (out []string) {
	t.Helper()
	text, err := os.ReadFile("../../textmining/testdata/comments.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if _, words, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			out = append(out, words)
		}
	}
	return out
}

// fill writes a campaign of the real Grand Est whose restitution is public: its
// région, its départements, two EPCI in three and as many communes, each with a
// validated answer passed on. It returns the ids of the responses, by authority.
func (m *rooms) fill(t testing.TB, communes int) map[string]string {
	t.Helper()
	ctx := t.Context()
	if _, err := db.Insert(ctx, m.d, "campaign", strings.Fields("id rev cop_id region cycle form form_version communes opens_on closes_on state marked_on message contact remind_max remind_every relevance mobilisation published_on at"),
		[][]any{{"c44", 1, cop.RegionID(cop.First, "44"), "44", cop.First, survey.National, 1, true, "2026-10-01", "2026-12-15", "closed", "2026-12-16", "", "", 3, 10, 0.5, 0.5, "2026-12-18", 0}}, ""); err != nil {
		t.Fatal(err)
	}
	form, err := survey.FormAt(ctx, m.d, survey.National, 1)
	if err != nil {
		t.Fatal(err)
	}
	slots, err := survey.Slots(ctx, m.d)
	if err != nil {
		t.Fatal(err)
	}
	authorities, err := m.tree.Authorities()
	if err != nil {
		t.Fatal(err)
	}
	remarks := sentences(t)
	r := prng.New(prng.NewPCG(1, 2))
	paths := map[questionnaire.Kind]questionnaire.Form{}
	out := map[string]string{}
	n := 0
	pass := m.survey.PassOn(m.known)
	for a := range authorities.All() {
		if a.Home != "44" || a.Has(territory.AsGroup) && r.IntN(3) == 0 {
			continue
		}
		if a.Has(territory.AsCommune) {
			if communes--; communes < 0 {
				break
			}
		}
		var capacities []string
		for _, c := range a.Capacities {
			capacities = append(capacities, string(c))
		}
		kind := questionnaire.KindOf(capacities)
		if _, ok := paths[kind]; !ok {
			paths[kind] = form.Path(kind)
		}
		population := int64(0)
		for _, ref := range a.Land {
			if x, err := m.tree.Lookup(ref); err == nil {
				population += x.Population
			}
		}
		answers := questionnaire.Answers{}
		for _, c := range paths[kind].Cells() {
			if c.Row == "" || r.IntN(6) == 0 {
				continue
			}
			answers[c.Key] = c.Options[r.IntN(len(c.Options))].Code
		}
		if n%3 == 0 {
			answers["deplacements-commentaire"] = remarks[r.IntN(len(remarks))]
			answers["deplacements-freins"], answers["deplacements-besoins"] = "financement", "ingenierie"
			answers["covoiturage-point-fort"] = remarks[r.IntN(len(remarks))]
		}
		if n == 30 {
			answers["deplacements-commentaire"] = "Merci à Mme Martin, 06 12 34 56 78, qui suit le dossier."
		}
		id := fmt.Sprintf("r%04d", n)
		out[a.Code] = id
		department := ""
		if len(a.Departments) > 0 && kind != questionnaire.Region {
			department = a.Departments[0]
		}
		m.keep(t, id, a.Code, a.Name, department, kind, survey.SizeOf(population), 1, paths[kind], slots, answers)
		if x, err := survey.FindResponse(ctx, m.d, id); err != nil {
			t.Fatal(err)
		} else if err := pass(ctx, m.d, survey.Validated{Response: x, Form: paths[kind], Answers: answers, Seq: 1}); err != nil {
			t.Fatal(err)
		}
		n++
	}
	return out
}

// keep writes a validated version of a response.
func (m *rooms) keep(t testing.TB, id, authority, name, department string, kind questionnaire.Kind, size string, seq int64, f questionnaire.Form, slots questionnaire.Slots, a questionnaire.Answers) {
	t.Helper()
	ctx := t.Context()
	packed := append([]byte{}, f.Pack(slots, a)...)
	v := survey.Frozen{Response: id, Authority: authority, Name: name, Kind: string(kind), Form: survey.National, FormVersion: 1, Seq: seq, At: noon, Answers: []survey.FrozenCell{}}
	for key, value := range a {
		v.Answers = append(v.Answers, survey.FrozenCell{Key: key, Value: value, Class: "declared"})
	}
	doc, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []string{`DELETE FROM response WHERE id = $1`, `DELETE FROM answer WHERE response_id = $1`} {
		if _, err := m.d.Exec(ctx, x, id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Insert(ctx, m.d, "response", strings.Fields(`id rev campaign_id authority cop_id region department kind size capacities metropole counted name sort_key state form_version seq
		rows_asked rows_rated prefilled answered silent reminders validated_at reason`), [][]any{{id, 1, "c44", authority, cop.RegionID(cop.First, "44"), "44", department, string(kind), size, "", false, true, name, id, "validated", 1, seq, 0, 0, 0, 0, false, 0, noon.UnixMilli(), ""}}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Insert(ctx, m.d, "response_version", strings.Fields("response_id seq form form_version packed doc sha256 by at reason"), [][]any{{id, seq, survey.National, 1, packed, string(doc), "", "", noon.UnixMilli(), ""}}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Insert(ctx, m.d, "answer", strings.Fields("response_id cycle region department authority kind size seq at packed"), [][]any{{id, cop.First, "44", department, authority, string(kind), size, seq, 0, packed}}, ""); err != nil {
		t.Fatal(err)
	}
}

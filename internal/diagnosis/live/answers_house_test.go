package live_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/diagnosis/live"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/mail"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/testkit/answered"
)

const today = "2026-03-02"

// house is the rooms that the blocks read, as the program builds them.
type house struct {
	db        *db.DB
	model     *panorama.Model
	book      *series.Book
	cops      *cop.Room
	told      *restitution.Room
	themes    *diagnosis.Room
	known     *knowledge.Room
	catalogue *live.Catalogue
	figures   *figure.Registry
}

func build(t testing.TB, d *db.DB) *house {
	t.Helper()
	ctx := t.Context()
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	j := journal.New(ids, now, keys)
	tree, err := territory.LoadActive(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: d, figures: &figure.Registry{}}
	if h.model, err = panorama.FromObservations(tree, fw, data.FS, nil); err != nil {
		t.Fatal(err)
	}
	if h.book, err = series.LoadBook(data.FS); err != nil {
		t.Fatal(err)
	}
	h.cops = &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := h.cops.Load(ctx, data.FS, tree); err != nil {
		t.Fatal(err)
	}
	treeOf := func(context.Context) (*territory.Tree, error) { return tree, nil }
	h.told = &restitution.Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: h.cops, Tree: treeOf,
		// Whoever asks for a figure leads the region: it must be explained as anyone reads it.
		Actor: func(context.Context) policy.Actor { return as(policy.Team, "44") }}
	h.cops.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.RestitutionAct: h.told.End}
	queue := jobs.New(ids, now)
	h.known = &knowledge.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Queue: queue, BaseURL: "https://jalon.example", Outbox: mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys}),
		Slug: func(context.Context, string) (string, error) { return "grand-est", nil }}
	if err := h.known.Load(ctx, data.FS, tree); err != nil {
		t.Fatal(err)
	}
	modelOf := func(context.Context) (*panorama.Model, error) { return h.model, nil }
	h.themes = &diagnosis.Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: h.cops, Model: modelOf, Book: func() (*series.Book, error) { return h.book, nil }, Restitution: h.told,
		Own: func(ctx context.Context, at territory.Ref) (panorama.Own, error) {
			return plan.Own(ctx, d, h.model, at)
		}}
	h.cops.OnEnd[cop.ThemesAct] = h.themes.EndChoice
	h.catalogue = live.New(live.Sources{DB: d, Now: now, Model: modelOf, Book: h.book, Restitution: h.told,
		Diagnosis: h.themes})
	rates := &survey.Room{DB: d, Now: now, Tree: treeOf}
	h.figures.Register("panorama", h.model.Explain)
	h.figures.Register(restitution.Prefix, h.told.Explain)
	h.figures.Register(diagnosis.Prefix, h.themes.ExplainScore)
	h.figures.Register(survey.Figures, rates.Explain)
	h.figures.Register(series.Trends, func(ctx context.Context, key string) (figure.Explanation, error) {
		return h.book.Explain(ctx, d, func(ref string) (string, string, error) { return ref, "/", nil }, key)
	})
	return h
}

func as(role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: string(role), Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

// programForm is the form of the program: its levers are those of 2025.
func programForm(t testing.TB) questionnaire.Form {
	t.Helper()
	body, err := data.FS.ReadFile("questionnaire-national.json")
	if err != nil {
		t.Fatal(err)
	}
	var f questionnaire.Form
	if err := json.Unmarshal(body, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// asked gives Grand Est and Bretagne a campaign and its answers.
func (h *house) asked(t testing.TB) {
	t.Helper()
	answered.Fill(t, h.db, answered.Campaign{Form: programForm(t), Cycle: cop.First, Regions: map[string][]string{"04": {"974"}, "44": {"08", "10", "51", "52", "54", "55", "57", "67", "68", "88"}, "53": {"22", "29", "35", "56"}},
		Communes: 30, Groups: 8, Share: 0.7, Seed: 3, COP: func(r string) string { return cop.RegionID(cop.First, r) }})
	// What a rate of a day is read from: the campaign as it was, and what was validated.
	for _, region := range []string{"04", "44", "53"} {
		c, err := survey.FindCampaign(t.Context(), h.db, "campagne-"+region)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Insert(t.Context(), h.db, "campaign_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{c.ID, 100, time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC).UnixMilli(), "", "", string(body)}}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.db.Exec(t.Context(), `INSERT INTO response_version (response_id, seq, form, form_version, packed, doc, sha256, by, at, reason)
		SELECT a.response_id, 1, 'essai', 1, a.packed, '', '', '', a.at, '' FROM answer a WHERE TRUE`); err != nil {
		t.Fatal(err)
	}
}

// publish has both heads of Grand Est publish its restitution.
func (h *house) publish(t testing.TB) {
	t.Helper()
	h.publishIn(t, "44")
}

func (h *house) publishIn(t testing.TB, region string) {
	t.Helper()
	e, err := h.told.Propose(t.Context(), as(policy.Team, region), "campagne-"+region)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []policy.Role{policy.StateChair, policy.RegionChair} {
		if _, err := h.cops.Consent(t.Context(), as(role, region), e.Act); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *house) keep(t testing.TB, x knowledge.Item, does ...knowledge.Decision) knowledge.Item {
	t.Helper()
	ctx, team := t.Context(), as(policy.Team, x.Region)
	x, err := h.known.Add(ctx, h.db, team, x)
	for _, do := range append([]knowledge.Decision{knowledge.Retain}, does...) {
		if err == nil {
			x, err = h.known.Judge(ctx, h.db, team, x.ID, x.Rev, do, "")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// knows gives the region strong points, obstacles of which one went up and was
// answered, and a good practice of Bretagne.
func (h *house) knows(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	strong := knowledge.Item{Kind: knowledge.Strength, Region: "44", Organisation: "Syndicat", Territory: "department:67", Scale: "department", Levers: []string{"l25-velo"}, Title: "Un réseau cyclable continu", Text: "Ce qui marche.", Result: "120 km en trois ans.", Source: "Rapport du syndicat", Link: "https://exemple.fr/rapport"}
	h.keep(t, strong)
	strong.Levers, strong.Theme, strong.Title, strong.Result, strong.Source, strong.Link = nil, "preserver", "Des haies replantées", "", "", ""
	h.keep(t, strong)
	stop := knowledge.Item{Kind: knowledge.Obstacle, Region: "44", Organisation: "Service", Territory: "region:44", Scale: "region", Levers: []string{"biogaz"}, Title: "Le raccordement prend trois ans", Text: "Ce qui bloque.", Evidence: "Trois projets arrêtés.", Nature: "norme", Level: "national"}
	up := h.keep(t, stop)
	stop.Title = "Le foncier manque"
	h.keep(t, stop)
	up, err := h.known.Escalate(ctx, h.db, as(policy.Team, "44"), up.ID, up.Rev, "Il faut changer un décret.")
	if err != nil {
		t.Fatal(err)
	}
	admin := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
	g, err := knowledge.FindGroup(ctx, h.db, admin, up.Group)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.known.Answer(ctx, h.db, admin, g.ID, g.Rev, knowledge.Reply{Title: g.Title, Nature: g.Nature, Level: g.Level, Status: "cours", Answer: "Un décret est en préparation.", Day: "2026-03-01"}, ""); err != nil {
		t.Fatal(err)
	}
	h.keep(t, knowledge.Item{Kind: knowledge.Strength, Region: "53", Organisation: "Région", Territory: "region:53", Scale: "region", Levers: []string{"voitures-electriques"}, Title: "Des bornes partagées", Text: "Ce qui marche."}, knowledge.Share)
	taken := h.keep(t, knowledge.Item{Kind: knowledge.Strength, Region: "53", Organisation: "Région", Territory: "region:53", Scale: "region", Levers: []string{"covoiturage"}, Title: "Des lignes de covoiturage", Text: "Ce qui marche."}, knowledge.Share)
	if _, err := h.known.TakeUp(ctx, h.db, as(policy.Team, "44"), taken.ID, "44", true, "Deux lignes à l’essai."); err != nil {
		t.Fatal(err)
	}
}

// themed gives Grand Est two themes, of which both heads put one first.
func (h *house) themed(t testing.TB) {
	t.Helper()
	ctx, copID := t.Context(), cop.RegionID(cop.First, "44")
	in := diagnosis.ChoiceInput{Revs: map[string]int64{}, Chosen: map[string]bool{}, Why: map[string]string{}, Against: map[string]string{}}
	for i, x := range []diagnosis.ThemeInput{{Name: "Rouler autrement", Kind: diagnosis.OfLevers, Maps: []string{"se-deplacer"}, Levers: []string{"voitures-electriques", "covoiturage"}},
		{Name: "Emplois de la transition", Kind: diagnosis.Cross, Subject: "emploi", Maps: []string{"produire"}}} {
		y, err := h.themes.AddTheme(ctx, as(policy.Team, "44"), copID, x)
		if err != nil {
			t.Fatal(err)
		}
		in.Revs[y.ID] = y.Rev
		if in.Chosen[y.ID] = i == 0; i == 0 {
			in.Why[y.ID] = "Tout le monde roule."
		}
	}
	says(t, h.make(t, "44", "synthese/choix", nil), "2\u00a0thèmes sont sur la table", "sujet transversal")
	says(t, h.make(t, "44", "synthese/themes", nil), "n’ont encore mis aucun thème")
	c, err := h.themes.ProposeChoice(ctx, as(policy.Team, "44"), copID, in)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []policy.Role{policy.StateChair, policy.RegionChair} {
		if _, err := h.cops.Consent(ctx, as(role, "44"), c.Act); err != nil {
			t.Fatal(err)
		}
	}
}

// mine are the blocks of this half of the catalogue.
func mine(c *live.Catalogue) []composition.Live {
	return slices.DeleteFunc(c.List(), func(l composition.Live) bool {
		return l.Part != composition.Answers && l.Part != composition.Strengths && l.Part != composition.Priorities
	})
}

func (h *house) open(t testing.TB, region string) composition.Reading {
	t.Helper()
	x, err := h.model.Tree().Region(region)
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.catalogue.Open(t.Context(), composition.Place{COP: cop.RegionID(cop.First, region), Cycle: cop.First, Region: x, Day: today})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (h *house) make(t testing.TB, region, code string, params map[string]string) composition.Made {
	t.Helper()
	m, err := h.open(t, region).Make(t.Context(), code, params)
	if err != nil {
		t.Fatalf("%s of %s: %v", code, region, err)
	}
	return m
}

// text is all that a block says.
func text(t testing.TB, m composition.Made) string {
	t.Helper()
	p := document.Part{ID: "bloc", Title: m.Title, Blocks: m.Blocks, Notes: m.Notes, Missing: m.Missing}
	body, err := p.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func says(t testing.TB, m composition.Made, want ...string) {
	t.Helper()
	for _, w := range want {
		if got := text(t, m); !strings.Contains(got, w) {
			t.Errorf("no %q in %s", w, got)
		}
	}
}

package panorama_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

var shared struct {
	tree *territory.Tree
	fw   *framework.Framework
}

func model(t testing.TB, imported ...series.Observation) *panorama.Model {
	t.Helper()
	if shared.tree == nil {
		tree, err := territory.Embedded()
		if err != nil {
			t.Fatal(err)
		}
		fw, err := framework.Load(data.FS)
		if err != nil {
			t.Fatal(err)
		}
		shared.tree, shared.fw = tree, fw
	}
	m, err := panorama.FromObservations(shared.tree, shared.fw, data.FS, imported)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func of(t testing.TB, m *panorama.Model, ref string) panorama.Panorama {
	t.Helper()
	r, err := territory.ParseRef(ref)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func line(t testing.TB, p panorama.Panorama, lever string) panorama.Line {
	t.Helper()
	for _, l := range p.Lines {
		if l.Lever.Code == lever {
			return l
		}
	}
	t.Fatalf("%s has no line %s", p.Territory.Name, lever)
	return panorama.Line{}
}

func TestGrandEst(t *testing.T) {
	p := of(t, model(t), "region:44")
	if got := math.Round(p.Total.Kg.Kt()); got != 22116 {
		t.Errorf("displayed total %v kt, want 22 116", got)
	}
	if got := math.Round(p.WithoutForest.Kg.Kt()); got != 21016 {
		t.Errorf("total without forests %v kt, want 21 016", got)
	}
	if p.Total.Known != 30 || p.Total.Scope != "30 leviers, forêts comprises" {
		t.Errorf("scope %q of %d levers", p.Total.Scope, p.Total.Known)
	}
	ev := line(t, p, "voitures-electriques")
	if got := math.Round(ev.Objective.Kg.Kt()*100) / 100; got != 966.14 {
		t.Errorf("electric cars %v kt, want 966.14", got)
	}
	if ev.Equiv.Start.V != 7.8 || ev.Equiv.Target.V != 459.7 || ev.Equiv.Change.V != 451.9 {
		t.Errorf("electric cars %+v, want 7.8 → 459.7", ev.Equiv)
	}
	oil := line(t, p, "residentiel-fioul").Equiv
	if oil.Start.V != 367.4 || oil.Target.V != 89.7 {
		t.Errorf("oil-heated dwellings %v → %v, want 367.4 → 89.7", oil.Start.V, oil.Target.V)
	}
}

func TestARateIsTheRegionsOwnEverywhereBelow(t *testing.T) {
	m := model(t)
	for _, ref := range []string{"region:44", "department:67", "epci:246700488"} {
		e := line(t, of(t, m, ref), "reduction-deplacements").Equiv
		if math.Round(e.Change.V) != 600 {
			t.Errorf("%s reads %v %s, want 600 km/voiture", ref, e.Change.V, e.Unit)
		}
		if below := ref != "region:44"; e.RegionAverage != below {
			t.Errorf("%s: marked as a regional average: %v", ref, e.RegionAverage)
		}
	}
}

func TestThreeTotalsNeverOneSum(t *testing.T) {
	s := model(t).Scopes()
	for _, c := range []struct {
		name string
		got  panorama.Total
		want float64
	}{{"national", s.National, 201000}, {"mainland", s.Mainland, 194915}, {"overseas", s.Overseas, 7039}} {
		if got := math.Round(c.got.Kg.Kt()); got != c.want {
			t.Errorf("%s: %v kt, want %v", c.name, got, c.want)
		}
	}
}

func TestMissingIsNeverZero(t *testing.T) {
	m := model(t)
	for _, c := range []struct{ ref, lever string }{
		{"region:11", panorama.ForestLever}, {"region:11", "captage-methane"}, {"region:94", "fret-decarbone-multimodalite"},
		{"region:94", "electricite-renouvelable"}, {"department:67", "production-industrielle"}, {"commune:67482", "voitures-electriques"},
		{"region:03", "om-voitures-electriques"}, {"department:67", "residentiel-fioul"},
	} {
		l := line(t, of(t, m, c.ref), c.lever)
		if l.Objective.Known || l.Objective.Reason == "" || l.Class != figure.Missing {
			t.Errorf("%s %s: %+v, want missing with a reason", c.ref, c.lever, l.Objective)
		}
		if l.Share.Known || l.Equiv.Change.Known && l.Equiv.Kind != framework.Rate {
			t.Errorf("%s %s: a missing objective has a share or a quantity", c.ref, c.lever)
		}
	}
}

func TestCorseReadsItsOwnMix(t *testing.T) {
	p := of(t, model(t), "region:94")
	if mix := line(t, p, panorama.MixLever); mix.Objective.Kg.Kt() != 700 || mix.Share.Known {
		t.Errorf("mix électrique of Corse: %+v, share %+v", mix.Objective, mix.Share)
	}
}

func TestOverseas(t *testing.T) {
	m := model(t)
	region, dept := of(t, m, "region:04"), of(t, m, "department:974")
	if region.Total != dept.Total || dept.SameAs != "La Réunion" {
		t.Errorf("department:974 shows %+v, region:04 %+v", dept.Total, region.Total)
	}
	if got := region.Total.Kg.Kt(); got != 3235 || region.Total.Known != 13 {
		t.Errorf("La Réunion: %v kt over %d levers", got, region.Total.Known)
	}
	below := of(t, m, "commune:97411")
	for _, l := range below.Lines {
		if l.Objective.Known {
			t.Errorf("Saint-Denis is given %s", l.Lever.Name)
		}
	}
}

func TestOutsideTheRegionsNothingIsOffered(t *testing.T) {
	m := model(t)
	for _, c := range m.Tree().Communes() {
		if c.Region != "" {
			continue
		}
		p := of(t, m, "commune:"+c.Code)
		if p.Total.Known != 0 || len(p.Lines) != 30 || p.Lines[0].Objective.Reason == "" {
			t.Fatalf("%s (%s): %+v", c.Name, c.Code, p.Total)
		}
		return
	}
	t.Fatal("the tree holds no commune outside the regions")
}

func TestStatesByScale(t *testing.T) {
	m := model(t)
	for _, c := range []struct {
		ref, lever string
		want       panorama.State
	}{
		{"region:44", "covoiturage", panorama.Published}, {"department:67", "covoiturage", panorama.Keyed},
		{"commune:67482", "covoiturage", panorama.Keyed}, {"epci:246700488", "voitures-electriques", panorama.Substitute},
		{"commune:67482", "voitures-electriques", panorama.Unallocated}, {"epci:246700488", "gestion-haies", panorama.Unallocated},
	} {
		if got := line(t, of(t, m, c.ref), c.lever).State; got != c.want {
			t.Errorf("%s %s: %s, want %s", c.ref, c.lever, got, c.want)
		}
	}
}

func TestEPCIOverTwoRegionsShowsItsParts(t *testing.T) {
	m := model(t)
	seen := 0
	for _, g := range m.Tree().Groups() {
		p := of(t, m, "epci:"+g.SIREN)
		if len(p.Regions) < 2 {
			continue
		}
		seen++
		var sum panorama.Kg
		for _, part := range p.Parts {
			sum += part.Total.Kg
		}
		if len(p.Parts) != len(p.Regions) || sum != p.Total.Kg {
			t.Errorf("%s: parts %d over %d regions, sum %d of %d", g.Name, len(p.Parts), len(p.Regions), sum, p.Total.Kg)
		}
	}
	if seen != 26 {
		t.Errorf("%d EPCI over several regions, want 26", seen)
	}
}

func TestVerifyCloses(t *testing.T) {
	r := model(t).Verify()
	for _, p := range r.Problems {
		t.Error(p)
	}
	if r.Recomputed != 14 || r.Adjusted != 12 || len(r.Lines) != 30 {
		t.Errorf("recomputed %d, adjusted %d, lines %d", r.Recomputed, r.Adjusted, len(r.Lines))
	}
	t.Logf("overseas cells: December %d, July %d", r.Overseas[0], r.Overseas[1])
}

func observation(seriesName, ref string, year int, v float64) series.Observation {
	return series.Observation{Series: seriesName, Territory: ref, Year: year, Value: &v, Source: "essai", Edition: "e1", Label: "2025"}
}

func TestImportedKeyTurnsAbsenceIntoAKeyEverywhere(t *testing.T) {
	base := model(t)
	var rows []series.Observation
	for _, c := range base.Tree().Communes() {
		if c.Region == "44" {
			rows = append(rows, observation("cle/logements-fioul-2019", "commune:"+c.Code, 2022, float64(c.Population%97)+0.5))
		}
	}
	m := model(t, rows...)
	if m.Version() == base.Version() {
		t.Error("an import does not change the version")
	}
	var sum panorama.Kg
	for _, d := range []string{"08", "10", "51", "52", "54", "55", "57", "67", "68", "88"} {
		l := line(t, of(t, m, "department:"+d), "residentiel-fioul")
		if l.State != panorama.Keyed || l.Key.Year != 2022 {
			t.Fatalf("%s: %s %+v", d, l.State, l.Key)
		}
		sum += l.Objective.Kg
	}
	if want := line(t, of(t, m, "region:44"), "residentiel-fioul").Objective.Kg; sum != want {
		t.Errorf("départements sum to %d, region %d", sum, want)
	}
	if l := line(t, of(t, m, "commune:67482"), "residentiel-fioul"); l.State != panorama.Keyed {
		t.Errorf("the commune reads %s", l.State)
	}
	// One commune less: the key is incomplete, is not applied, and it is said.
	short := model(t, rows[1:]...)
	if l := line(t, of(t, short, "department:67"), "residentiel-fioul"); l.State != panorama.Unallocated {
		t.Errorf("an incomplete key is applied: %s", l.State)
	}
	cov := short.Coverages()
	if len(cov) != 1 || len(cov[0].Missing) != 1 || cov[0].Scale != "" {
		t.Errorf("coverage %+v", cov)
	}
	if problems := m.Verify().Problems; len(problems) > 0 {
		t.Error(problems)
	}
}

func TestKeyKnownByDepartmentSplitsThereFirst(t *testing.T) {
	var rows []series.Observation
	for i, d := range []string{"08", "10", "51", "52", "54", "55", "57", "67", "68", "88"} {
		rows = append(rows, observation("cle/parc-thermique", "department:"+d, 2023, float64(1000*(i+1))))
	}
	m := model(t, rows...)
	region := line(t, of(t, m, "region:44"), "voitures-electriques").Objective.Kg
	dept := line(t, of(t, m, "department:67"), "voitures-electriques")
	if want := float64(region) * 8 / 55; math.Abs(float64(dept.Objective.Kg)-want) > 1 || dept.State != panorama.Keyed {
		t.Errorf("Bas-Rhin %d %s, want %v", dept.Objective.Kg, dept.State, want)
	}
	if e := line(t, of(t, m, "epci:246700488"), "voitures-electriques"); e.State != panorama.Substitute {
		t.Errorf("below the key's scale an EPCI reads %s", e.State)
	}
}

func TestEmissionsMethodStandsBeside(t *testing.T) {
	m := model(t,
		observation("emissions/residentiel", "epci:246700488", 2019, 500),
		observation("emissions/residentiel", "epci:246700488", 2030, 300),
		observation("emissions/agriculture/cae_1.ga", "epci:246700488", 2019, 50),
		observation("emissions/agriculture/cae_1.ga", "epci:246700488", 2030, 40))
	p := of(t, m, "epci:246700488")
	oil := line(t, p, "residentiel-fioul").Emissions
	if oil == nil || !oil.Amount.Known || oil.Amount.Kg.Kt() != 200*oil.Percent/100 {
		t.Errorf("oil: %+v", oil)
	}
	if e := line(t, p, "production-industrielle").Emissions; e == nil || e.Amount.Known || e.Amount.Reason == "" {
		t.Errorf("a sector that was not imported: %+v", e)
	}
	if len(p.Beside) != 1 || p.Beside[0].Lever.Code != "l25-gestion-forets-produits-bois" || p.Beside[0].Share.Amount.Known {
		t.Errorf("beside the 30: %+v", p.Beside)
	}
	if e := line(t, of(t, model(t), "epci:246700488"), "residentiel-fioul").Emissions; e != nil {
		t.Errorf("nothing imported, yet %+v", e)
	}
}

func TestPublishedObjectiveStandsBesideWithItsGap(t *testing.T) {
	m := model(t, observation("objectif/covoiturage", "department:67", 2030, 50))
	l := line(t, of(t, m, "department:67"), "covoiturage")
	if len(l.Imported) != 1 || l.Imported[0].Kg.Kt() != 50 || l.Imported[0].Gap.Kg != l.Objective.Kg-50*panorama.KgPerKt {
		t.Errorf("%+v", l.Imported)
	}
}

func TestExplain(t *testing.T) {
	m := model(t)
	for key, want := range map[string]string{
		"panorama/2024-07/voitures-electriques/region:44":                  "966,1",
		"panorama/2024-07/voitures-electriques/region:44/2030":             "459,7",
		"panorama/2024-07/voitures-electriques/region:44/part":             "÷",
		"panorama/2024-07/covoiturage/department:67":                       "×",
		"panorama/2024-07/total/region:44":                                 "22",
		"panorama/2024-07/total-hors-forets/region:44":                     "21",
		"panorama/2023-12/voitures-electriques/region:11":                  "1418,1777",
		"panorama/2024-07/voitures-electriques/nation":                     "11",
		"panorama/2024-07/reduction-deplacements/epci:246700488/variation": "",
	} {
		x, err := m.Explain(context.Background(), key)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		if x.Figure.Key != key || !strings.Contains(x.Numbers, want) || x.Title == "" || x.Sentence == "" || x.Figure.Version == "" {
			t.Errorf("%s: %+v", key, x)
		}
	}
	for _, key := range []string{"panorama/2024-07/x/region:44", "panorama/1999/covoiturage/region:44", "panorama/2024-07/covoiturage/region:99", "panorama/2024-07", "panorama/2024-07/covoiturage/region:44/autre"} {
		if _, err := m.Explain(context.Background(), key); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("%s: %v, want not found", key, err)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	m := model(b)
	for _, s := range []string{"region:75", "department:59", "epci:246700488", "commune:67482", "nation"} {
		ref, _ := territory.ParseRef(s)
		b.Run(s, func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Of(ref); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNewModel(b *testing.B) {
	model(b)
	for b.Loop() {
		model(b)
	}
}

func TestAnImportIsWithdrawnByALaterOneWithoutValue(t *testing.T) {
	first := observation("objectif/covoiturage", "department:67", 2030, 50)
	gone := first
	gone.Edition, gone.Value, gone.Reason = "e2", nil, "publié par erreur"
	if l := line(t, of(t, model(t, first, gone), "department:67"), "covoiturage"); len(l.Imported) != 0 {
		t.Errorf("a withdrawn objective is still shown: %+v", l.Imported)
	}
	back := first
	back.Edition = "e3"
	if l := line(t, of(t, model(t, first, gone, back), "department:67"), "covoiturage"); len(l.Imported) != 1 {
		t.Errorf("an objective published again is not shown: %+v", l.Imported)
	}
}

func TestAPublishedEquivalentStandsBesideItsObjective(t *testing.T) {
	level := observation("equivalent/covoiturage", "department:67", 2030, 120)
	level.Unit = "km/voiture"
	l := line(t, of(t, model(t, observation("objectif/covoiturage", "department:67", 2030, 50), level), "department:67"), "covoiturage")
	if len(l.Imported) != 1 || l.Imported[0].Level.V != 120 || l.Imported[0].Unit != "km/voiture" {
		t.Errorf("%+v", l.Imported)
	}
}

func TestAnExplanationShowsTheUnitOfTheImport(t *testing.T) {
	var rows []series.Observation
	for _, d := range []string{"08", "10", "51", "52", "54", "55", "57", "67", "68", "88"} {
		o := observation("cle/conso-tertiaire-2019", "department:"+d, 2023, 935)
		o.Unit = "GWh"
		rows = append(rows, o)
	}
	x, err := model(t, rows...).Explain(context.Background(), "panorama/2024-07/tertiaire-sobriete-isolation/department:67")
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range x.Inputs {
		if in.Symbol == "k" && in.Value != "935\u00a0GWh" {
			t.Errorf("the key reads %q", in.Value)
		}
	}
}

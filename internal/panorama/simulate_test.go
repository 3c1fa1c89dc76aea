package panorama

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/territory"
)

// grandEst is a hand-made region with one lever of each kind: relative,
// relative with a falling stock, a change alone, a rate with a tiny ratio,
// without unit, without objective, and the two levers that share an id.
func grandEst() Panorama {
	line := func(code, source, sector string, kg Kg, e Equivalent) Line {
		return Line{
			Lever:     framework.Lever{Code: code, SourceID: source, Sector: sector, Name: code},
			Objective: Amount{Kg: kg, Known: kg != 0, Reason: "Objectif non régionalisé."},
			Equiv:     e,
		}
	}
	quantity := func(unit string, ratio, start float64, relative bool, decimals int) Equivalent {
		return Equivalent{Unit: unit, Kind: framework.Quantity, Ratio: ratio, Relative: relative, Start: Value{V: start, Known: relative}, Decimals: decimals}
	}
	rate := quantity("L/100 km", -0.0005, 6.4867, true, 2)
	rate.Kind = framework.Rate
	return Panorama{
		Territory: territory.Territory{Ref: territory.Ref{Scale: territory.RegionS, Code: "44"}, Name: "Grand Est", Path: "/regions/grand-est"},
		Edition:   July,
		Lines: []Line{
			line("residentiel-fioul", "reduc_rfioul", "residentiel", 1083_422_700, quantity("milliers de logements", -0.2563, 367.3804, true, 1)),
			line("voitures-electriques", "augm_voitelec", "transport-voyageurs", 966_140_800, quantity("milliers de véhicules", 0.4677, 7.821, true, 1)),
			line("efficacite-carburants-vehicules", "reduc_consovp", "transport-voyageurs", 526_985_900, rate),
			line("velo-transports-commun", "augm_vélotc", "transport-voyageurs", 412_403_500, quantity("km/voiture", 2.4248, 0, false, 0)),
			line("electricite-renouvelable", "co2_enr", "energie", 0, Equivalent{Kind: framework.NoUnit}),
			line("om-mix-electrique", "co2_enr", "energie", 700_000_000, Equivalent{Kind: framework.NoUnit}),
		},
	}
}

func simulation(t testing.TB) *Simulation {
	t.Helper()
	s, err := NewSimulation(grandEst())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSimulationOnlyInARegion(t *testing.T) {
	p := grandEst()
	p.Territory.Ref = territory.Ref{Scale: territory.Department, Code: "67"}
	if _, err := NewSimulation(p); apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("a département gave %v, want invalid", err)
	}
}

func TestLevelsAreThoseOfTheState(t *testing.T) {
	s := simulation(t)
	for lever, want := range map[string]string{
		"voitures-electriques":            "459,7",
		"residentiel-fioul":               "89,7",
		"velo-transports-commun":          "1000",
		"efficacite-carburants-vehicules": "6,22",
		"om-mix-electrique":               "",
	} {
		if got := s.Field(Entry{lever, Aim}, true); got != want {
			t.Errorf("%s: level of the objective %q, want %q", lever, got, want)
		}
	}
}

func TestEitherDrivesTheOther(t *testing.T) {
	ve := Entry{"voitures-electriques", Aim}
	tests := []struct {
		name, kt, unit    string
		wantKt, wantLevel string
		wantQuery         string
	}{
		{"nothing changed", "966,1", "459,7", "966,1", "459,7", ""},
		{"kt drives", "500", "459,7", "500", "241,7", "v-voitures-electriques=500"},
		{"unit drives", "966,1", "300", "624,7", "300,0", "v-voitures-electriques=624.7"},
		{"both changed, unit drives", "10", "300", "624,7", "300,0", "v-voitures-electriques=624.7"},
		{"both changed and the same, kt is exact", "500,123456", "241,7", "500,123456", "241,7", "v-voitures-electriques=500.123456"},
		{"kt emptied", "", "459,7", "966,1", "459,7", ""},
		{"both emptied", "", "", "966,1", "459,7", ""},
		{"kt with unit emptied", "12,5", "", "12,5", "13,7", "v-voitures-electriques=12.5"},
		{"spaces and point", "1\u202f234.5", "459,7", "1234,5", "585,2", "v-voitures-electriques=1234.5"},
		{"an increase", "−20", "459,7", "-20", "-1,5", "v-voitures-electriques=-20"},
		{"zero is said", "0", "459,7", "0", "7,8", "v-voitures-electriques=0"},
		{"the objective again, by its unit", "966,1", "459,70", "966,1", "459,7", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := simulation(t)
			form := url.Values{FormState: {""}, FieldName(ve, false): {tt.kt}, FieldName(ve, true): {tt.unit}}
			remarks, err := s.ReadForm(form.Encode())
			if err != nil || len(remarks) > 0 {
				t.Fatalf("remarks %v, error %v", remarks, err)
			}
			if got := [3]string{s.Field(ve, false), s.Field(ve, true), s.Query()}; got != [3]string{tt.wantKt, tt.wantLevel, tt.wantQuery} {
				t.Errorf("got %q, want %q", got, [3]string{tt.wantKt, tt.wantLevel, tt.wantQuery})
			}
		})
	}
}

func TestFormStartsFromItsState(t *testing.T) {
	s := simulation(t)
	ve := Entry{"voitures-electriques", Aim}
	form := url.Values{
		FormState:            {"depart=zero&f-residentiel-fioul=40&v-voitures-electriques=500"},
		FieldName(ve, false): {"500"}, FieldName(ve, true): {"250"},
	}
	if _, err := s.ReadForm(form.Encode()); err != nil {
		t.Fatal(err)
	}
	if got, want := s.Query(), "depart=zero&f-residentiel-fioul=40&v-voitures-electriques=517.8"; got != want {
		t.Errorf("query %q, want %q", got, want)
	}
}

func TestReadAddress(t *testing.T) {
	tests := []struct {
		name, query, want string
		remarks           int
	}{
		{"nothing", "", "", 0},
		{"ours", "v-voitures-electriques=500&f-voitures-electriques=120,50", "f-voitures-electriques=120.5&v-voitures-electriques=500", 0},
		{"foreign parameters are ignored", "utm_source=lettre&v-voitures-electriques=500", "v-voitures-electriques=500", 0},
		{"an aim at the objective is not kept", "v-voitures-electriques=966.1408", "", 0},
		{"unless the start is blank", "depart=zero&v-voitures-electriques=966.1408", "depart=zero&v-voitures-electriques=966.1408", 0},
		{"unknown lever", "v-inconnu=5", "", 1},
		{"not a number", "v-voitures-electriques=beaucoup", "", 1},
		{"too large", "v-voitures-electriques=1000001", "", 1},
		{"given twice", "v-voitures-electriques=5&v-voitures-electriques=6", "v-voitures-electriques=5", 1},
		{"seven decimals", "v-voitures-electriques=5.0000001", "", 1},
		{"damaged", "v-voitures-electriques=5&f-%zz=1", "v-voitures-electriques=5", 1},
		{"public: done alone keeps the objective", "c-augm_voitelec=120", "f-voitures-electriques=120", 0},
		{"public: the rest comes after what is done", "c-augm_voitelec=120&t-augm_voitelec=300", "f-voitures-electriques=120&v-voitures-electriques=420", 0},
		{"public: the rest alone", "t-augm_voitelec=300", "v-voitures-electriques=300", 0},
		{"public: accented id", "t-augm_v%C3%A9lotc=400", "v-velo-transports-commun=400", 0},
		{"public: accented id, decomposed", "t-augm_ve%CC%81lotc=400", "v-velo-transports-commun=400", 0},
		{"public: ambiguous id is that of the region", "t-co2_enr=650", "v-om-mix-electrique=650", 0},
		{"public: unknown id", "c-co2_hfc=1", "", 1},
		{"ours before theirs", "t-augm_voitelec=300&v-voitures-electriques=500", "v-voitures-electriques=500", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := simulation(t)
			remarks, err := s.Read(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			if len(remarks) != tt.remarks {
				t.Errorf("remarks %+v, want %d", remarks, tt.remarks)
			}
			if got := s.Query(); got != tt.want {
				t.Errorf("query %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAddressIsBounded(t *testing.T) {
	s := simulation(t)
	if _, err := s.Read("x=" + strings.Repeat("1", maxQueryBytes)); apperr.KindOf(err) != apperr.TooLarge {
		t.Errorf("a long address gave %v", err)
	}
	if _, err := s.Read(strings.Repeat("&a=1", maxQueryParams+1)); apperr.KindOf(err) != apperr.TooLarge {
		t.Errorf("an address of many parameters gave %v", err)
	}
}

func TestTally(t *testing.T) {
	s := simulation(t)
	if _, err := s.Read("f-voitures-electriques=100&v-voitures-electriques=966&v-electricite-renouvelable=10"); err != nil {
		t.Fatal(err)
	}
	want := Tally{Sector: "transport-voyageurs", Objective: 1905_530_200, Aim: 1905_389_400, Done: 100_000_000, Levers: 3, Aimed: 3, DoneKnown: 1}
	if diff := cmp.Diff(want, s.Tally("transport-voyageurs")); diff != "" {
		t.Error(diff)
	}
	if got := s.Tally("transport-voyageurs").Rest(); got != 140_800 {
		t.Errorf("rest %d kg, want 140800", got)
	}
	all := s.Tally("")
	if all.Levers != 6 || all.Without != 1 || all.Aimed != 6 {
		t.Errorf("all levers: %+v", all)
	}
	var sum Tally
	for _, sec := range s.BySector([]string{"energie"}) {
		sum.Aim, sum.Objective, sum.Done = sum.Aim+sec.Aim, sum.Objective+sec.Objective, sum.Done+sec.Done
	}
	if sum.Aim != all.Aim || sum.Objective != all.Objective || sum.Done != all.Done {
		t.Errorf("sectors add up to %+v, all levers to %+v", sum, all)
	}
	s.StartBlank()
	if got := s.Tally("residentiel"); got.Aim != 0 || got.Aimed != 0 {
		t.Errorf("blank start: %+v", got)
	}
}

func TestWarnings(t *testing.T) {
	s := simulation(t)
	if _, err := s.Read("v-residentiel-fioul=1500&f-residentiel-fioul=1600"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Warning{UnderDone, UnderZero}, s.Warnings("residentiel-fioul")); diff != "" {
		t.Error(diff)
	}
	if got := s.Warnings("voitures-electriques"); got != nil {
		t.Errorf("the objective itself warns: %v", got)
	}
}

func TestPublicLink(t *testing.T) {
	tests := []struct{ link, slug, query string }{
		{"https://exemple.fr/territoire/grand-est/ambition/edition?c-augm_voitelec=12", "grand-est", "c-augm_voitelec=12"},
		{" https://exemple.fr/territoire/paca/diagnostic \n", "paca", ""},
		{"/simulateur/Bretagne?v-covoiturage=1", "bretagne", "v-covoiturage=1"},
		{"https://exemple.fr/territoire/", "", ""},
		{"https://exemple.fr/a-propos", "", ""},
		{"bonjour", "", ""},
		{"http://[", "", ""},
	}
	for _, tt := range tests {
		slug, query, err := PublicLink(tt.link)
		if slug != tt.slug || query != tt.query || (err == nil) != (tt.slug != "") {
			t.Errorf("PublicLink(%q) = %q, %q, %v", tt.link, slug, query, err)
		}
	}
}

// What one types in the physical unit is what one reads again, whatever the
// ratio, and the canonical address gives the same simulation back.
func TestSimulationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := grandEst()
		for i := range p.Lines {
			if e := &p.Lines[i].Equiv; e.Ratio != 0 {
				e.Ratio *= rapid.Float64Range(0.01, 100).Draw(t, "ratio")
				e.Decimals = rapid.IntRange(-1, 3).Draw(t, "decimals")
			}
		}
		s, err := NewSimulation(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.Lines {
			e := Entry{l.Lever.Code, rapid.SampledFrom(Sides()).Draw(t, "side")}
			if !HasUnit(l.Equiv) {
				continue
			}
			v := RoundTo(rapid.Float64Range(-500, 500).Draw(t, "level"), l.Equiv.Decimals)
			if s.SetLevel(e, v) != nil {
				continue // out of bounds
			}
			if kg, _ := s.Value(e); Level(l.Equiv, kg) != v {
				t.Fatalf("%v: typed %v, read again %v", e, v, Level(l.Equiv, kg))
			}
		}
		again, _ := NewSimulation(p)
		if remarks, err := again.Read(s.Query()); err != nil || len(remarks) > 0 || again.Query() != s.Query() {
			t.Fatalf("%q read again as %q (%v, %v)", s.Query(), again.Query(), remarks, err)
		}
	})
}

func FuzzReadAddress(f *testing.F) {
	f.Add("c-augm_v%C3%A9lotc=12&t-co2_enr=1,5&v-voitures-electriques=-3&depart=zero")
	f.Add("f-x=1;v-%zz=2&v-=3&t-=&c-co2_enr=1e9")
	f.Add("etat=v-voitures-electriques%3D500&vu-voitures-electriques=300&vk-voitures-electriques=")
	f.Fuzz(func(t *testing.T, raw string) {
		for _, form := range []bool{false, true} {
			s := simulation(t)
			read := s.Read
			if form {
				read = s.ReadForm
			}
			remarks, err := read(raw)
			if err != nil {
				if apperr.KindOf(err) == apperr.Internal {
					t.Fatalf("internal error: %v", err)
				}
				continue
			}
			if len(remarks) > maxRemarks+2 {
				t.Fatalf("%d remarks", len(remarks))
			}
			q := s.Query()
			again := simulation(t)
			if r, err := again.Read(q); err != nil || len(r) > 0 || again.Query() != q {
				t.Fatalf("canonical %q is not stable: %q, %v, %v", q, again.Query(), r, err)
			}
		}
	})
}

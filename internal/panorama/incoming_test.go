package panorama_test

import (
	"errors"
	"strings"
	"testing"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

var realModel = func() func(t testing.TB) *panorama.Model {
	var m *panorama.Model
	return func(t testing.TB) *panorama.Model {
		t.Helper()
		if m != nil {
			return m
		}
		tree, err := territory.Embedded()
		if err != nil {
			t.Fatal(err)
		}
		fw, err := framework.Load(data.FS)
		if err != nil {
			t.Fatal(err)
		}
		m, err = panorama.FromObservations(tree, fw, data.FS, nil)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}()

func number(v float64) *float64 { return &v }

func TestIncomingKey(t *testing.T) {
	in := realModel(t).Incoming()
	ok := panorama.Received{Line: 2, Territory: "commune:67482", Name: "parc-thermique", Year: 2021, Value: number(1), Unit: "véhicules"}
	change := func(f func(*panorama.Received)) panorama.Received {
		r := ok
		r.Territory, r.Line = "commune:67001", 3
		f(&r)
		return r
	}
	for _, tt := range []struct {
		name  string
		row   panorama.Received
		field string
		says  string
	}{
		{"good", ok, "", ""},
		{"doubled", ok, "territory", "la ligne\u00a02 donne déjà"},
		{"unknown commune", change(func(r *panorama.Received) { r.Territory = "commune:67999" }), "territory", "67999"},
		{"a département as a commune", change(func(r *panorama.Received) { r.Territory = "commune:67" }), "territory", "department:67"},
		{"bare département", change(func(r *panorama.Received) { r.Territory = "67" }), "territory", "department:67"},
		{"lost zero", change(func(r *panorama.Received) { r.Territory = "1004" }), "territory", "01004"},
		{"bare commune", change(func(r *panorama.Received) {}), "", ""},
		{"wrong scale", change(func(r *panorama.Received) { r.Territory = "region:44" }), "territory", "mauvaise échelle"},
		{"no territory", change(func(r *panorama.Received) { r.Territory = "" }), "territory", ""},
		{"key misspelt", change(func(r *panorama.Received) { r.Name = "parc-termique" }), "key", "parc-thermique"},
		{"lever for a key", change(func(r *panorama.Received) { r.Name = "voitures-electriques" }), "key", "sa clé est"},
		{"negative", change(func(r *panorama.Received) { r.Value = number(-1) }), "value", "négative"},
		{"other unit", change(func(r *panorama.Received) { r.Unit = "milliers" }), "unit", "véhicules"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := in.Key(tt.row)
			wantField(t, err, tt.field, tt.says)
		})
	}
}

func TestIncomingObjective(t *testing.T) {
	in := realModel(t).Incoming()
	for _, tt := range []struct {
		name        string
		ref, lever  string
		kt          float64
		field, says string
		series      string
	}{
		{"by code", "department:67", "voitures-electriques", 200, "", "", "objectif/voitures-electriques"},
		{"by a name that one lever has", "department:67", "Covoiturage", 20, "", "", "objectif/covoiturage"},
		{"by a name that two have", "department:68", "Changement de chaudière à fioul", 20, "lever", "residentiel-fioul", ""},
		{"overseas name", "department:974", "Véhicules électriques", 20, "", "", "objectif/voitures-electriques"},
		{"misspelt", "department:67", "voitures-electrique", 20, "lever", "voitures-electriques", ""},
		{"kilograms", "department:68", "covoiturage", 2e9, "kt", "unité", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, err := in.Objective(panorama.Received{Line: 2, Territory: tt.ref, Name: tt.lever, Value: number(tt.kt)})
			wantField(t, err, tt.field, tt.says)
			if o.Series != tt.series && err == nil {
				t.Errorf("series %q, want %q", o.Series, tt.series)
			}
		})
	}
	_, err := in.Equivalent(panorama.Received{Line: 2, Territory: "department:67", Name: "voitures-electriques", Value: number(1), Unit: "véhicules"})
	wantField(t, err, "unit", "milliers de véhicules électriques")
	_, err = in.Equivalent(panorama.Received{Line: 2, Territory: "department:67", Name: "biogaz", Value: number(1), Unit: "TWh"})
	wantField(t, err, "equivalent", "n’a pas d’unité")
}

func TestIncomingEmission(t *testing.T) {
	in := realModel(t).Incoming()
	row := func(sector, sub, unit string, year int) panorama.Received {
		return panorama.Received{Line: 2, Territory: "246700488", Name: sector, Sub: sub, Unit: unit, Year: year, Value: number(1234567)}
	}
	o, err := in.Emission(row("Transports", "", "tCO₂e", 2019))
	if err != nil || *o.Value != 1234.567 || o.Unit != "ktCO₂e" || o.Territory != "epci:246700488" {
		t.Errorf("got %+v, %v", o, err)
	}
	if _, err := in.Emission(row("agriculture", "CAE_1.ga", "t CO2e", 2030)); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		row         panorama.Received
		field, says string
	}{
		{row("transport aérien", "", "t", 2019), "sector", "transports"},
		{row("agriculture", "cae_9", "t", 2019), "subsector", "cae_1.ga"},
		{row("industrie", "x", "t", 2019), "subsector", "laissez la cellule vide"},
		{row("industrie", "", "GWh", 2019), "unit", "tCO₂e"},
		{row("industrie", "", "kt", 2019), "value", "vérifiez l’unité"},
		{row("industrie", "", "t", 2020), "year", "2019"},
		{panorama.Received{Territory: "commune:67482", Name: "industrie", Unit: "t", Year: 2019}, "territory", "par EPCI"},
	} {
		_, err := in.Emission(tt.row)
		wantField(t, err, tt.field, tt.says)
	}
}

func TestGapsNameWhatIsMissing(t *testing.T) {
	in := realModel(t).Incoming()
	tree := realModel(t).Tree()
	var rows []series.Observation
	idx, err := tree.CommunesOf(territory.Ref{Scale: territory.RegionS, Code: "94"})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range idx[:len(idx)-7] {
		o, err := in.Key(panorama.Received{Line: int(i), Territory: tree.Communes()[i].Code, Name: "parc-thermique", Year: 2021, Value: number(1)})
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, o)
	}
	got := in.Gaps(rows)
	if len(got) != 1 || !strings.Contains(got[0], "Corse") || !strings.Contains(got[0], "7 territoire(s)") {
		t.Errorf("got %q", got)
	}
}

func wantField(t *testing.T, err error, field, says string) {
	t.Helper()
	if field == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var f *panorama.FieldError
	if !errors.As(err, &f) || f.Field != field || !strings.Contains(f.Message, says) {
		t.Errorf("got %v, want field %s saying %q", err, field, says)
	}
	if err != nil && apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("kind %v", apperr.KindOf(err))
	}
}

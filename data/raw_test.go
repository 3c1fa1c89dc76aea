package data_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// raw reads a file of the working data that stands beside the checkout. These
// files are not part of the project: a test that needs them says so and stops
// where they are absent.
func raw(t testing.TB, name string) []record {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", filepath.FromSlash(name))
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not beside this checkout: the tables are not compared with the publication", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []record
	for _, cells := range rows[1:] {
		r := record{}
		for i, c := range cells {
			r[strings.TrimPrefix(rows[0][i], "\ufeff")] = c
		}
		out = append(out, r)
	}
	return out
}

// published gives the State's id of each lever, by version.
func published(t testing.TB) map[[2]string]string {
	t.Helper()
	ids := map[[2]string]string{}
	for _, l := range table(t, "levers.csv") {
		ids[[2]string{l["version"], l["source_id"]}] = l["code"]
	}
	return ids
}

// Each published cell is ours, digit for digit, and we hold no other.
func TestRegionalCellsAreThePublishedOnes(t *testing.T) {
	for edition, from := range map[string]struct{ file, ratio string }{
		"2023-12": {"panorama/repartition-2023-12.csv", "ratio"},
		"2024-07": {"panorama/objectifs-regionaux-2024-07.csv", "ratio_phys_per_ktco2e"},
	} {
		ours := map[[2]string]record{}
		for _, r := range table(t, "objectives-regional.csv") {
			if r["edition"] == edition && r["as_published"] != "" {
				ours[[2]string{r["region"], r["lever"]}] = r
			}
		}
		rows, ids := raw(t, from.file), published(t)
		if len(rows) != len(ours) {
			t.Errorf("%s: %d published cells, %d of ours", edition, len(rows), len(ours))
		}
		for _, r := range rows {
			version := "2023-24"
			if edition == "2024-07" && (overseas(r["region_code"]) || r["region_code"] == "94" && r["lever_id"] == "co2_enr") {
				version = "2023-24-om"
			}
			code := ids[[2]string{version, r["lever_id"]}]
			o, ok := ours[[2]string{r["region_code"], code}]
			if !ok {
				t.Errorf("%s: %s %s (%s) is missing", edition, r["region_code"], r["lever_id"], code)
				continue
			}
			if o["as_published"] != r["obj_ktco2e"] || o["kt"] != "" && o["kt"] != r["obj_ktco2e"] || o["kt"] == "" && number(t, r["obj_ktco2e"]) != 0 {
				t.Errorf("%s %s %s: %q, published %q", edition, r["region_code"], code, o["kt"], r["obj_ktco2e"])
			}
			unit := strings.TrimSpace(r["unit_phys"]) != ""
			if unit != (o["unit"] != "") {
				t.Errorf("%s %s %s: unit %q, published %q", edition, r["region_code"], code, o["unit"], r["unit_phys"])
			}
			if unit && o["ratio"] != r[from.ratio] {
				t.Errorf("%s %s %s: ratio %q, published %q", edition, r["region_code"], code, o["ratio"], r[from.ratio])
			}
			if start := r["start_2019"]; unit && (o["start_2019"] == "") != (number(t, start) == 0) || o["start_2019"] != "" && o["start_2019"] != start {
				t.Errorf("%s %s %s: start %q, published %q", edition, r["region_code"], code, o["start_2019"], start)
			}
			if rel := strings.ToLower(r["relative"]); unit && rel != "" && o["relative"] != rel {
				t.Errorf("%s %s %s: relative %q, published %q", edition, r["region_code"], code, o["relative"], rel)
			}
		}
	}
}

func TestNationalObjectivesAreThePublishedOnes(t *testing.T) {
	ids, ours := published(t), map[string]string{}
	for _, r := range table(t, "objectives-national.csv") {
		ours[r["lever"]] = r["kt"]
	}
	for _, r := range raw(t, "panorama/sommes-par-levier.csv") {
		if code := ids[[2]string{"2023-24", r["lever_id"]}]; ours[code] != r["national_panorama"] {
			t.Errorf("%s: %q, published %q", code, ours[code], r["national_panorama"])
		}
	}
}

func TestPopulationsAreThoseOfTheEdition(t *testing.T) {
	ours := map[string]string{}
	for _, r := range table(t, "key-inputs.csv") {
		if r["key"] == "population-2020" {
			ours[r["region"]] = r["value"]
		}
	}
	for _, r := range raw(t, "panorama/population-regions-par-edition.csv") {
		if r["package_version"] != "2.3.1" {
			continue
		}
		for region, v := range ours { // Mayotte keeps its 2017 census there: ours is worked out
			if region != "06" && r[region] != v {
				t.Errorf("region %s: %s, published %s", region, v, r[region])
			}
		}
	}
}

func TestDynamicsAreThePublishedOnes(t *testing.T) {
	ids := published(t)
	count := map[string]int{}
	id := func(region, lever, year, text string) string {
		return strings.Join([]string{region, lever, year, text}, "/")
	}
	for _, r := range table(t, "dynamics.csv") {
		count[id(r["region"], r["lever"], r["year"], r["as_published"])]++
		if (r["value"] == "") != (r["reason"] != "") {
			t.Errorf("%v: a missing value needs its reason", r)
		}
		if r["value"] != "" && strings.ReplaceAll(r["as_published"], ",", ".") != r["value"] {
			t.Errorf("value %q, published %q", r["value"], r["as_published"])
		}
	}
	for _, r := range raw(t, "panorama/dynamiques.csv") {
		count[id(r["region_code"], ids[[2]string{"2023-24", r["lever_id"]}], r["period"], r["value_text"])]--
	}
	for k, n := range count {
		if n != 0 {
			t.Errorf("%s: %+d row", k, n)
		}
	}
}

func TestPercentagesAreThePublishedOnes(t *testing.T) {
	count := map[string]int{}
	flat := func(s string) string { return strings.NewReplacer("É", "E", ", ", "|").Replace(s) }
	for _, r := range table(t, "epci-percentages.csv") {
		count[strings.Join([]string{flat(r["lever_name_source"]), r["sector"], r["subsector"], r["region"], r["pct"]}, "/")]++
	}
	for _, r := range raw(t, "epci/leviers-par-region-pct.csv") {
		count[strings.Join([]string{flat(r["levier"]), strings.ToLower(r["secteur"]), flat(r["indicateurs"]), r["region_code"], r["pct"]}, "/")]--
	}
	for k, n := range count {
		if n != 0 {
			t.Errorf("%s: %+d row", k, n)
		}
	}
}

// Names are counted as the files write them: one list uses a name twice.
func TestLeverListsAreThePublishedOnes(t *testing.T) {
	count := map[string]int{}
	for _, l := range table(t, "levers.csv") {
		if l["version"] == "2025" || l["version"] == "2026" {
			count[l["version"]+"/"+l["source_id"]+"/"+l["territorial"]]++
		}
	}
	for _, r := range raw(t, "referentiel/leviers-50-2025-03.csv") {
		count["2025/"+r["levier"]+"/"]--
	}
	for _, r := range raw(t, "referentiel/leviers-2026.csv") {
		if r["Chantier associé"] == "" { // four rows class indicators, they are no levers
			continue
		}
		territorial := "false"
		if r["Leviers territoriaux"] == "true" {
			territorial = "true"
		}
		count["2026/"+r["Levier"]+"/"+territorial]--
	}
	for k, n := range count {
		if n != 0 {
			t.Errorf("%s: %+d", k, n)
		}
	}
}

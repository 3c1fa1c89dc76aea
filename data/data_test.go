package data_test

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jalon/data"
)

type record map[string]string

func table(t testing.TB, name string) []record {
	t.Helper()
	f, err := data.FS.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]record, 0, len(rows)-1)
	for _, cells := range rows[1:] {
		r := record{}
		for i, c := range cells {
			r[rows[0][i]] = c
		}
		out = append(out, r)
	}
	return out
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func near(a, b, within float64) bool { return math.Abs(a-b) <= within }

func overseas(region string) bool { return strings.HasPrefix(region, "0") }

func TestTablesAreCleanText(t *testing.T) {
	names, err := fs.Glob(data.FS, "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]bool{}
	for _, s := range table(t, "sources.csv") {
		sources[s["id"]] = true
	}
	for _, name := range names {
		b, err := fs.ReadFile(data.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(b) || strings.Contains(string(b), "\r") || !strings.HasSuffix(string(b), "\n") {
			t.Errorf("%s: want UTF-8, LF and a final newline", name)
		}
		for i, r := range table(t, name) {
			if s, ok := r["source"]; ok && !sources[s] && name != "aids.csv" { // whose sources are pages, in docs/sources
				t.Errorf("%s, row %d: source %q is not in sources.csv", name, i+1, s)
			}
		}
	}
}

func TestNationalObjectivesAddUp(t *testing.T) {
	sum, rows := 0.0, table(t, "objectives-national.csv")
	for _, r := range rows {
		sum += number(t, r["kt"])
	}
	if len(rows) != 30 || sum != 201000 {
		t.Errorf("%d levers for %v kt, want 30 for 201 000", len(rows), sum)
	}
}

func TestThreeTotalsNeverOne(t *testing.T) {
	var mainland, islands, east, eastNoForest float64
	for _, r := range table(t, "objectives-regional.csv") {
		if r["edition"] != "2024-07" || r["kt"] == "" {
			continue
		}
		kt := number(t, r["kt"])
		if overseas(r["region"]) {
			islands += kt
		} else {
			mainland += kt
		}
		if r["region"] == "44" {
			east += kt
			if r["lever"] != "gestion-forets" {
				eastNoForest += kt
			}
		}
	}
	got := []string{fmt.Sprintf("%.0f", mainland), fmt.Sprintf("%.0f", islands), fmt.Sprintf("%.0f", east), fmt.Sprintf("%.0f", eastNoForest)}
	if d := cmp.Diff([]string{"194915", "7039", "22116", "21016"}, got); d != "" {
		t.Errorf("13 regions, overseas, Grand Est, Grand Est without forests (-want +got):\n%s", d)
	}
}

func TestEveryRegionalCellHasItsValueOrItsReason(t *testing.T) {
	published, notCovered, cells, seen := map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}
	for _, r := range table(t, "objectives-regional.csv") {
		id := r["edition"] + "/" + r["region"] + "/" + r["lever"]
		if seen[id] {
			t.Errorf("%s twice", id)
		}
		seen[id] = true
		cells[r["edition"]]++
		if (r["kt"] == "") != (r["reason"] != "") {
			t.Errorf("%s: kt %q, reason %q", id, r["kt"], r["reason"])
		}
		if r["kt"] != "" && number(t, r["kt"]) == 0 {
			t.Errorf("%s: a zero stands for a missing value", id)
		}
		if (r["unit"] == "") != (r["unit_reason"] != "") || (r["unit"] == "") != (r["ratio"] == "") {
			t.Errorf("%s: unit %q, ratio %q, reason %q", id, r["unit"], r["ratio"], r["unit_reason"])
		}
		if r["relative"] == "true" && r["start_2019"] == "" && !overseas(r["region"]) {
			t.Errorf("%s: relative without a start", id)
		}
		if r["as_published"] != "" {
			published[r["edition"]]++
			if r["kt"] == "" {
				notCovered[r["edition"]]++
			}
		}
	}
	if d := cmp.Diff(map[string]int{"2023-12": 540, "2024-07": 456}, cells); d != "" {
		t.Errorf("cells (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]int{"2023-12": 538, "2024-07": 444}, published); d != "" {
		t.Errorf("published cells (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]int{"2023-12": 76, "2024-07": 1}, notCovered); d != "" {
		t.Errorf("published zeros that mean «not covered» (-want +got):\n%s", d)
	}
}

func TestDecemberClosesOnTheNationWithItsKnownResiduals(t *testing.T) {
	gap := map[string]float64{}
	for _, r := range table(t, "objectives-national.csv") {
		gap[r["lever"]] = -number(t, r["kt"])
	}
	for _, r := range table(t, "objectives-regional.csv") {
		if r["edition"] == "2023-12" && r["kt"] != "" {
			gap[r["lever"]] += number(t, r["kt"])
		}
	}
	for _, r := range table(t, "known-residuals.csv") {
		if r["edition"] != "2023-12" || r["reason"] == "" {
			t.Errorf("residual without reason: %v", r)
		}
		gap[r["lever"]] -= number(t, r["residual_kt"])
	}
	for lever, g := range gap { // four published decimals over 18 regions
		if !near(g, 0, 0.05) {
			t.Errorf("%s: %v kt are not explained", lever, g)
		}
	}
}

func TestTheTwelveAdjustedCellsAreTheOnlyMainlandDifferences(t *testing.T) {
	cells := map[[3]string]string{}
	for _, r := range table(t, "objectives-regional.csv") {
		if !overseas(r["region"]) {
			cells[[3]string{r["edition"], r["region"], r["lever"]}] = r["kt"]
		}
	}
	adjusted := map[[2]string]bool{}
	byRegion := map[string]int{}
	for _, r := range table(t, "adjusted-cells.csv") {
		adjusted[[2]string{r["region"], r["lever"]}] = true
		byRegion[r["region"]]++
		if got := cells[[3]string{"2023-12", r["region"], r["lever"]}]; got != r["kt_2023_12"] {
			t.Errorf("%s %s: December holds %q, the list says %q", r["region"], r["lever"], got, r["kt_2023_12"])
		}
		if got := cells[[3]string{"2024-07", r["region"], r["lever_2024_07"]}]; got != r["kt_2024_07"] {
			t.Errorf("%s %s: July holds %q, the list says %q", r["region"], r["lever_2024_07"], got, r["kt_2024_07"])
		}
		if r["reason"] == "" {
			t.Errorf("%s %s: no reason", r["region"], r["lever"])
		}
	}
	if d := cmp.Diff(map[string]int{"11": 9, "94": 3}, byRegion); d != "" {
		t.Errorf("adjusted cells by region (-want +got):\n%s", d)
	}
	for id, december := range cells {
		if id[0] == "2023-12" && cells[[3]string{"2024-07", id[1], id[2]}] != december && !adjusted[[2]string{id[1], id[2]}] {
			t.Errorf("%s %s differs between the editions and is not in the list", id[1], id[2])
		}
	}
}

func TestFourteenKeysReproduceTheDecemberShares(t *testing.T) {
	published := map[string]map[string]float64{}
	for _, r := range table(t, "objectives-regional.csv") {
		if r["edition"] == "2023-12" && r["kt"] != "" {
			if published[r["lever"]] == nil {
				published[r["lever"]] = map[string]float64{}
			}
			published[r["lever"]][r["region"]] = number(t, r["kt"])
		}
	}
	inputs := map[string]map[string]float64{}
	for _, r := range table(t, "key-inputs.csv") {
		if inputs[r["key"]] == nil {
			inputs[r["key"]] = map[string]float64{}
		}
		inputs[r["key"]][r["region"]] = number(t, r["value"])
	}
	recomputable := map[string]bool{}
	for _, r := range table(t, "keys.csv") {
		recomputable[r["key"]] = r["recomputable"] == "true"
	}
	n := 0
	for _, r := range table(t, "lever-keys.csv") {
		key := inputs[r["key"]]
		if !recomputable[r["key"]] {
			continue
		}
		n++
		var keys, kts float64
		for region, v := range key {
			keys += v
			kts += published[r["lever"]][region]
		}
		for region, v := range key {
			if gap := 100*v/keys - 100*published[r["lever"]][region]/kts; !near(gap, 0, 0.05) {
				t.Errorf("%s, region %s: %.4f point from the published share", r["lever"], region, gap)
			}
		}
		if c := number(t, r["coefficient"]); !near(c*keys/kts, 1, 1e-4) {
			t.Errorf("%s: coefficient %v × keys is not %v kt", r["lever"], c, kts)
		}
	}
	if n != 14 {
		t.Errorf("%d levers have a key that can be recomputed, want 14", n)
	}
}

func TestEveryLeverHasAStateAtEveryScale(t *testing.T) {
	want := map[string]int{"department/key": 3, "department/substitute": 7, "department/unallocated": 20, "epci/key": 3, "epci/substitute": 7, "epci/unallocated": 20, "commune/key": 3, "commune/unallocated": 27}
	got := map[string]int{}
	for _, r := range table(t, "lever-scales.csv") {
		got[r["scale"]+"/"+r["state"]]++
		if r["reason"] == "" || (r["state"] == "unallocated") != (r["key"] == "") {
			t.Errorf("%s at %s: state %s, key %q, reason %q", r["lever"], r["scale"], r["state"], r["key"], r["reason"])
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("states by scale (-want +got):\n%s", d)
	}
}

func TestPercentagesSumToAHundredWhereTheyApplyToASector(t *testing.T) {
	sums := map[string]float64{}
	levers := map[string]bool{}
	for _, r := range table(t, "epci-percentages.csv") {
		levers[r["lever"]] = true
		if (r["in_total"] == "true") != (r["sector"] != "energie") {
			t.Errorf("%s: in_total %s in sector %s", r["lever"], r["in_total"], r["sector"])
		}
		base := r["sector"]
		if r["subsector"] != "" { // in agriculture and land use, of the sub-sector
			base = r["subsector"]
		}
		if r["in_total"] == "true" {
			sums[base+"/"+r["region"]] += number(t, r["pct"])
		}
	}
	for base, sum := range sums {
		if !near(sum, 100, 1) {
			t.Errorf("%s sums to %v %%", base, sum)
		}
	}
	if len(levers) != 29 {
		t.Errorf("%d levers, want 29", len(levers))
	}
}

// What a table says to exist stands where the tree says it can: each network
// has its member in each region or département where the law puts one.
func TestReferenceOrganisationsStandEverywhere(t *testing.T) {
	kinds := map[string]bool{"ministry": true, "prefecture": true, "state": true, "operator": true, "observatory": true, "mayors": true, "chamber": true}
	codes, names := map[string]bool{}, map[string]bool{}
	perPrefix := map[string]int{}
	regions := map[string]map[string]bool{}
	for i, r := range table(t, "organisations.csv") {
		if codes[r["code"]] || names[r["name"]] || r["name"] == "" || r["label"] == "" || !kinds[r["kind"]] || strings.ContainsAny(r["code"], " _.:|") {
			t.Errorf("row %d: %v", i+2, r)
		}
		codes[r["code"]], names[r["name"]] = true, true
		prefix := r["code"]
		if j := strings.LastIndexByte(prefix, '-'); j > 0 {
			prefix = prefix[:j]
		}
		perPrefix[prefix]++
		if regions[prefix] == nil {
			regions[prefix] = map[string]bool{}
		}
		regions[prefix][r["region"]] = true
		if strings.Contains(r["name"], "'") {
			t.Errorf("row %d: a straight apostrophe in %q", i+2, r["name"])
		}
	}
	for prefix, want := range map[string]int{
		"prefecture-region": 18, "prefecture": 96, "sgar": 12, "dreal": 12, "drieat": 1, "deal": 4, "dgtm": 1, "ddt": 66, "ddtm": 24,
		"dreets": 12, "drieets": 1, "deets": 4, "dgcopop": 1, "draaf": 12, "driaaf": 1, "daaf": 4, "ars": 18, "ademe": 18, "office-eau": 4,
		"air": 18, "maires": 97, "cci": 18, "cma": 18, "agri": 18,
	} {
		if perPrefix[prefix] != want {
			t.Errorf("%s: %d rows, want %d", prefix, perPrefix[prefix], want)
		}
	}
	for _, prefix := range []string{"prefecture-region", "ars", "air", "cci", "cma", "agri"} {
		if len(regions[prefix]) != 18 {
			t.Errorf("%s stands in %d regions", prefix, len(regions[prefix]))
		}
	}
}

// The 16 good practices of the founding document, one a region, none of a region
// whose COP was still to be launched.
func TestGoodPractices(t *testing.T) {
	regions, titles := map[string]bool{}, map[string]bool{}
	for _, r := range table(t, "good-practices.csv") {
		if regions[r["region"]] || titles[r["title"]] || r["region"] == "03" || r["region"] == "06" {
			t.Errorf("%s: twice, or of a COP that had not begun", r["id"])
		}
		regions[r["region"]], titles[r["title"]] = true, true
		if n := strings.Count(r["text"], ". ") + 1; n > 2 || !strings.HasSuffix(r["text"], ".") || r["theme"] != "conduite" || r["source"] != "sgpe-point-etape-2024-05" || !strings.HasPrefix(r["id"], "etape-2024-") {
			t.Errorf("%v", r)
		}
	}
	if len(regions) != 16 {
		t.Errorf("%d regions", len(regions))
	}
}

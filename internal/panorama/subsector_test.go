package panorama_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"jalon/data"
	"jalon/internal/panorama"
)

// Every sub-sector to which a percentage applies has a French name, its own.
func TestEverySubsectorHasItsName(t *testing.T) {
	f, err := data.FS.Open("epci-percentages.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	names := map[string]string{}
	for _, row := range rows[1:] {
		for code := range strings.SplitSeq(row[column["subsector"]], "|") {
			if code == "" {
				continue
			}
			name := panorama.SubsectorName(code)
			if other, taken := names[name]; name == code || taken && other != code {
				t.Errorf("%s is called %q, as %q", code, name, other)
			}
			names[name] = code
		}
	}
	if len(names) != 8 {
		t.Errorf("%d sub-sectors", len(names))
	}
	if got := panorama.SubsectorNames("cae_63.b|cae_63.e"); got != "forêts et produits bois" {
		t.Errorf("got %q", got)
	}
}

package territory

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

func authorities(t *testing.T) *Authorities {
	t.Helper()
	s, err := embedded(t).Authorities()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func codes(list []Authority) []string {
	var out []string
	for _, a := range list {
		out = append(out, a.Code)
	}
	return out
}

func TestAuthoritiesOfRegions(t *testing.T) {
	s := authorities(t)
	for region, want := range map[string]struct {
		region      string
		title       string
		departments int
	}{
		"44": {"region-44", "président du conseil régional", 9},
		"94": {"corse", "président du conseil exécutif de Corse", 1},
		"02": {"martinique", "président du conseil exécutif de Martinique", 1},
		"03": {"guyane", "président de la collectivité territoriale de Guyane", 1},
		"06": {"mayotte", "président de l’assemblée de Mayotte", 1},
		"01": {"region-01", "président du conseil régional", 1},
		"04": {"region-04", "président du conseil régional", 1},
		"11": {"region-11", "président du conseil régional", 8},
		"84": {"region-84", "président du conseil régional", 13}, // Rhône and Métropole de Lyon
	} {
		head, err := s.ElectedHead(region)
		if err != nil || head.Code != want.region || head.ElectedTitle != want.title {
			t.Errorf("region %s: %s, %s, %v", region, head.Code, head.ElectedTitle, err)
		}
		if n := len(s.OfRegion(region, AsRegion)); n != 1 {
			t.Errorf("region %s: %d region authorities", region, n)
		}
		if got := s.OfRegion(region, AsDepartment); len(got) != want.departments {
			t.Errorf("region %s: %v", region, codes(got))
		}
	}
	heads, depts := 0, 0
	for _, r := range embedded(t).Regions() {
		heads += len(s.OfRegion(r.Code, AsRegion))
		depts += len(s.OfRegion(r.Code, AsDepartment))
	}
	// 101 départements, two in Alsace and two in Corse under one council, and
	// the Métropole de Lyon beside the Rhône.
	if heads != 18 || depts != 101-1-1+1 {
		t.Errorf("%d region authorities, %d departmental", heads, depts)
	}
	if _, err := s.ElectedHead("99"); apperr.KindOf(err) != apperr.NotFound {
		t.Error(err)
	}
}

func TestAuthoritiesThatAreSeveralThings(t *testing.T) {
	s := authorities(t)
	for code, want := range map[string][]Capacity{
		"commune-75056":  {AsCommune, AsDepartment},
		"epci-200046977": {AsGroup, AsDepartment},
		"corse":          {AsRegion, AsDepartment},
		"alsace":         {AsDepartment},
		"epci-200054781": {AsGroup},
		"commune-67482":  {AsCommune},
	} {
		a, err := s.Find(code)
		if err != nil || !cmp.Equal(a.Capacities, want) {
			t.Errorf("%s: %v, %v", code, a.Capacities, err)
		}
	}
	for commune, want := range map[string][]string{
		"75056": {"region-11", "commune-75056", "epci-200054781"},
		"69123": {"region-84", "epci-200046977", "commune-69123"},
		"69264": {"region-84", "departement-69", "epci-200040590", "commune-69264"}, // Villefranche-sur-Saône
		"67482": {"region-44", "alsace", "epci-246700488", "commune-67482"},
		"2A004": {"corse", "epci-242010056", "commune-2A004"},
		"93066": {"region-11", "departement-93", "epci-200054781", "ept-200057867", "commune-93066"},
		"85113": {"region-52", "departement-85", "commune-85113"},
	} {
		got, err := s.On(commune)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, codes(got)); d != "" {
			t.Errorf("%s: %s", commune, d)
		}
	}
	if _, err := s.Find("commune-59355"); apperr.KindOf(err) != apperr.NotFound {
		t.Error(err)
	}
}

// Each commune has one council per capacity; together they cover the country.
func TestAuthoritiesCover(t *testing.T) {
	s, tree := authorities(t), embedded(t)
	all, _ := tree.CommunesOf(France)
	covered := map[Capacity]map[int32]int{AsRegion: {}, AsDepartment: {}, AsCommune: {}, AsGroup: {}}
	seen := map[string]bool{}
	sirens := map[string]string{}
	n := 0
	for a := range s.All() {
		n++
		if seen[a.Code] || a.Name == "" || a.ElectedTitle == "" || a.Home == "" || len(a.Departments) == 0 {
			t.Errorf("%+v", a)
		}
		seen[a.Code] = true
		if a.SIREN != "" {
			if !french.ValidSIREN(a.SIREN) || sirens[a.SIREN] != "" {
				t.Errorf("%s: SIREN %s, also %s", a.Code, a.SIREN, sirens[a.SIREN])
			}
			sirens[a.SIREN] = a.Code
		}
		communes, err := s.CommunesOf(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range a.Capacities {
			if m := covered[c]; m != nil && !(c == AsDepartment && a.Code == "") {
				for _, i := range communes {
					m[i]++
				}
			}
		}
	}
	if want := 18 + 96 + 1255 + 11 + 34_875 - 1; n < 36_000 || n > want+2 {
		t.Errorf("%d authorities", n)
	}
	for _, c := range []Capacity{AsRegion, AsDepartment, AsCommune} {
		for _, i := range all {
			if covered[c][i] != 1 {
				t.Fatalf("%s: %s is covered %d times", c, tree.Communes()[i].Code, covered[c][i])
			}
		}
	}
	if len(covered[AsGroup]) != len(all)-4 {
		t.Errorf("%d communes in an EPCI", len(covered[AsGroup]))
	}
}

package series_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/series"
	"jalon/internal/territory"
)

var embedded = sync.OnceValues(territory.Embedded)

func tree(t testing.TB) *territory.Tree {
	t.Helper()
	tr, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// in is one row: indicator, territory, year or day, value.
func in(line int, ind, ref, when, value string) series.Received {
	r, err := territory.ParseRef(ref)
	if err != nil {
		panic(err)
	}
	out := series.Received{Line: line, Indicator: ind, Ref: r, Written: value, Source: "essai", Label: "essai"}
	if len(when) == 4 {
		out.Year, _ = strconv.Atoi(when)
	} else {
		out.Day = when
	}
	if value != "" {
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			panic(err)
		}
		out.Value = &v
	} else {
		out.Reason = "absente"
	}
	return out
}

func TestEveryBadRowHasItsReason(t *testing.T) {
	aimed := in(1, "conso-enaf", "region:44", "2019", "10")
	aimed.Aim = 2018
	aim := in(1, "conso-enaf", "region:44", "2019", "10")
	aim.Aim = 2030
	unit := in(1, "conso-enaf", "region:44", "2019", "10")
	unit.Unit = "km²"
	misnamed := in(1, "points-recharge", "department:44", "2024-12-31", "10")
	misnamed.Name = "Grand Est"
	for _, c := range []struct {
		name string
		rows []series.Received
		want string // part of the reason of the last refused or remarked row; empty when all is accepted plainly
		bad  bool   // refused, not told
	}{
		{"plain", []series.Received{in(1, "conso-enaf", "region:44", "2019", "10")}, "", false},
		{"unknown series", []series.Received{in(1, "rien", "region:44", "2019", "10")}, "inconnue", true},
		{"unknown region", []series.Received{in(1, "conso-enaf", "region:99", "2019", "10")}, "", true},
		{"department written as a region", []series.Received{in(1, "conso-enaf", "region:67", "2019", "10")}, "67", true},
		{"unit of another catalogue", []series.Received{unit}, "unité", true},
		{"negative", []series.Received{in(1, "conso-enaf", "region:44", "2019", "-1")}, "négative", true},
		{"more than all", []series.Received{in(1, "part-bio", "region:44", "2019", "101")}, "100", true},
		{"aim before its base", []series.Received{aimed}, "après l’année de départ", true},
		{"aim among observations", []series.Received{aim}, "cible", true},
		{"region named beside a département", []series.Received{misnamed}, "code de région", true},
		{"year twice, two values", []series.Received{in(1, "conso-enaf", "region:44", "2019", "10"), in(2, "conso-enaf", "region:44", "2019", "11")}, "en double", true},
		{"year twice, one value", []series.Received{in(1, "conso-enaf", "region:44", "2019", "10"), in(2, "conso-enaf", "region:44", "2019", "10")}, "deux fois", false},
		{"year twice, once without value", []series.Received{in(1, "conso-enaf", "region:44", "2018", "9"), in(2, "conso-enaf", "region:44", "2019", ""), in(3, "conso-enaf", "region:44", "2019", "10")}, "sans valeur", false},
		{"hole", []series.Received{in(1, "conso-enaf", "region:44", "2015", "10"), in(2, "conso-enaf", "region:44", "2019", "10")}, "entre 2015 et 2019", false},
		{"survey of two years", []series.Received{in(1, "dma-par-habitant", "region:44", "2019", "0.5"), in(2, "dma-par-habitant", "region:44", "2021", "0.5")}, "", false},
		{"odd jump", []series.Received{in(1, "conso-enaf", "region:44", "2018", "10"), in(2, "conso-enaf", "region:44", "2019", "60")}, "à vérifier", false},
		{"absurd jump", []series.Received{in(1, "conso-enaf", "region:44", "2017", "10"), in(2, "conso-enaf", "region:44", "2018", "11"), in(3, "conso-enaf", "region:44", "2019", "12000")}, "laissée de côté", false},
		{"before the series is whole", []series.Received{in(1, "fret-origine", "region:44", "2012", "5")}, "avant 2014", false},
		{"31 December and 1 January", []series.Received{in(1, "conso-enaf", "region:44", "2018-12-31", "10"), in(2, "conso-enaf", "region:44", "2019-01-01", "10")}, "se touchent", true},
		{"two dates of one year", []series.Received{in(1, "points-recharge", "region:44", "2023-07-01", "10"), in(2, "points-recharge", "region:44", "2023-12-01", "12")}, "", false},
		{"day of another year", []series.Received{{Line: 1, Indicator: "conso-enaf", Ref: territory.Ref{Scale: territory.RegionS, Code: "44"}, Year: 2019, Day: "2018-12-31"}}, "n’est pas de l’année", true},
	} {
		said, refused := "", false
		for _, j := range book(t).Incoming(tree(t)).Judge(c.rows) {
			if j.Err != nil {
				said, refused = apperr.Message(j.Err), true
				if j.Keep != nil {
					t.Errorf("%s: refused and kept", c.name)
				}
			} else if j.Remark != "" && !refused {
				said = j.Remark
			}
		}
		if refused != c.bad || !strings.Contains(said, c.want) || c.want == "" && !c.bad && said != "" {
			t.Errorf("%s: refused %v, %q; want refused %v, %q", c.name, refused, said, c.bad, c.want)
		}
	}
}

// What is absurd is left out, its neighbours stay; the last date of a year counts.
func TestWhatIsKept(t *testing.T) {
	kept := func(rows ...series.Received) string {
		var out []string
		for _, j := range book(t).Incoming(tree(t)).Judge(rows) {
			if j.Keep != nil {
				out = append(out, j.Keep.AsPublished)
			}
		}
		return strings.Join(out, " ")
	}
	if got := kept(in(1, "conso-enaf", "region:44", "2016", "0.001"), in(2, "conso-enaf", "region:44", "2017", "10"), in(3, "conso-enaf", "region:44", "2018", "11"), in(4, "conso-enaf", "region:44", "2019", "12")); got != "10 11 12" {
		t.Errorf("an absurd beginning: %s", got)
	}
	if got := kept(in(1, "points-recharge", "region:44", "2023-12-01", "12"), in(2, "points-recharge", "region:44", "2023-07-01", "10")); got != "12" {
		t.Errorf("two dates of a year: %s", got)
	}
	if got := kept(in(1, "conso-enaf", "region:44", "2016", ""), in(2, "conso-enaf", "region:44", "2017", "10"), in(3, "conso-enaf", "region:44", "2018", "")); got != "10 " {
		t.Errorf("years before a series begins: %q", got)
	}
}

// Eighteen codes of regions in a column of départements are refused together, for
// each of them is also the code of a département.
func TestRegionCodesGivenForDepartments(t *testing.T) {
	var rows []series.Received
	for i, r := range tree(t).Regions() {
		if _, err := tree(t).Dept(r.Code); err == nil {
			rows = append(rows, in(i+1, "points-recharge", "department:"+r.Code, "2024-12-31", "10"))
		}
	}
	if len(rows) < 10 {
		t.Fatalf("%d codes are both", len(rows))
	}
	for _, j := range book(t).Incoming(tree(t)).Judge(rows) {
		if j.Err == nil || !strings.Contains(apperr.Message(j.Err), "codes de région") {
			t.Errorf("line %d: %v", j.Line, j.Err)
		}
	}
}

// A file in which everything is a thousand times what is known has changed unit.
func TestAUnitThatChangesWithoutAWord(t *testing.T) {
	b := book(t)
	c, ok := b.Embedded("conso-enaf", "region:44")
	if !ok {
		t.Fatal("no conso-enaf in the table")
	}
	var rows []series.Received
	for i, p := range c.Points {
		rows = append(rows, in(i+1, "conso-enaf", "region:44", strconv.Itoa(p.Year), strconv.FormatFloat(p.Value*1000, 'f', -1, 64)))
	}
	for _, j := range b.Incoming(tree(t)).Judge(rows) {
		if j.Err == nil || !strings.Contains(apperr.Message(j.Err), "mille fois") {
			t.Errorf("line %d: %v", j.Line, j.Err)
		}
	}
}

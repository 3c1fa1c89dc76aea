package series_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"jalon/data"
	"jalon/internal/series"
)

var loaded = sync.OnceValues(func() (*series.Book, error) { return series.LoadBook(data.FS) })

func book(t testing.TB) *series.Book {
	t.Helper()
	b, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// up is an indicator that should rise, in the unit of its target.
func up() *series.Indicator {
	return &series.Indicator{Code: "essai", Name: "Essai", Unit: "t", Published: "t", TargetUnit: "t", Factor: 1, Kind: series.Quantity, Direction: series.Up, Every: 1}
}

func curve(ind *series.Indicator, from int, values ...float64) *series.Curve {
	c := &series.Curve{Indicator: ind, Territory: "region:44", Decimals: 6}
	for i, v := range values {
		p := series.Point{Year: from + i, Value: v, Known: !math.IsNaN(v)}
		if !p.Known {
			p.Reason = "absente"
		}
		c.Points = append(c.Points, p)
	}
	return c
}

func target(v float64) series.Target {
	return series.Target{Origin: series.Panorama, Value: v, Unit: "t", Year: 2030}
}

func TestVerdicts(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		name   string
		dir    series.Direction
		from   int
		values []float64
		target float64
		want   series.Verdict
		years  int
	}{
		{"needs 10 a year, has 10", series.Up, 2020, []float64{0, 10, 20, 30}, 100, series.OnTrack, 3},
		{"needs 10 a year, has 12", series.Up, 2020, []float64{0, 12, 24, 36}, 120, series.OnTrack, 3},
		{"has 1.2 times what it needs", series.Up, 2020, []float64{0, 12, 24, 36}, 106, series.Ahead, 3},
		{"has 0.8 times what it needs", series.Up, 2020, []float64{0, 8, 16, 24}, 94, series.OnTrack, 3},
		{"has less", series.Up, 2020, []float64{0, 8, 16, 24}, 95, series.Behind, 3},
		{"goes away", series.Up, 2020, []float64{30, 29, 28, 27}, 100, series.Wrong, 3},
		{"does not move", series.Up, 2020, []float64{30, 30, 30, 30}, 100, series.Behind, 3},
		{"moves away by nothing", series.Up, 2020, []float64{30, 30, 30, 29.9}, 100, series.Behind, 3},
		{"reached, going up", series.Up, 2020, []float64{90, 95, 99, 101}, 100, series.Ahead, 3},
		{"reached, going down", series.Down, 2020, []float64{50, 45, 40, 39}, 40, series.Ahead, 3},
		{"falls as it should", series.Down, 2020, []float64{100, 90, 80, 70}, 0, series.OnTrack, 3},
		{"rises though it should fall", series.Down, 2020, []float64{70, 75, 80, 85}, 40, series.Wrong, 3},
		{"two years stand for three", series.Up, 2021, []float64{0, none, 20}, 90, series.OnTrack, 2},
		{"four years stand for three", series.Up, 2019, []float64{0, none, none, none, 40}, 110, series.OnTrack, 4},
		{"one year stands for three", series.Up, 2022, []float64{20, 30}, 100, series.OnTrack, 1},
		{"a hole of five years", series.Up, 2018, []float64{0, none, none, none, none, 40}, 110, series.Insufficient, 0},
		{"one value", series.Up, 2023, []float64{10}, 100, series.Insufficient, 0},
		{"too old", series.Up, 2015, []float64{0, 10, 20, 30}, 100, series.Insufficient, 3},
	} {
		ind := up()
		ind.Direction = c.dir
		j := series.DefaultRules().Judge(curve(ind, c.from, c.values...), []series.Target{target(c.target)}, 2026)
		if j.Verdict != c.want || j.Reason == "" {
			t.Errorf("%s: %q (%s), want %q", c.name, j.Verdict, j.Reason, c.want)
		}
		if j.Pace.Known != (c.years > 0) || j.Pace.Known && j.Pace.Years() != c.years {
			t.Errorf("%s: judged over %d years, want %d", c.name, j.Pace.Years(), c.years)
		}
	}
}

// A target of another unit, another start or a year before its base judges nothing.
func TestATargetMustFit(t *testing.T) {
	c := curve(up(), 2019, 100, 110, 120, 130, 140)
	rules := series.DefaultRules()
	for _, x := range []struct {
		name string
		t    series.Target
		ok   bool
	}{
		{"same start", series.Target{Value: 200, Unit: "t", Year: 2030, Base: 102, BaseYear: 2019}, true},
		{"another measure", series.Target{Value: 200, Unit: "t", Year: 2030, Base: 110, BaseYear: 2019}, false},
		{"another unit", series.Target{Value: 200, Unit: "kt", Year: 2030, Base: 100, BaseYear: 2019}, false},
		{"no start", series.Target{Value: 200, Unit: "t", Year: 2030}, true},
		{"aims at the past", series.Target{Value: 200, Unit: "t", Year: 2019, Base: 100, BaseYear: 2019}, false},
	} {
		if ok, reason := rules.Fits(c, x.t); ok != x.ok || !ok && reason == "" {
			t.Errorf("%s: %v %q", x.name, ok, reason)
		}
	}
	// «8» beside «7,4» is 8,0: the rounding of a table is that of its finest value.
	rough := curve(up(), 2019, 1.3, 1.3, 1.4)
	rough.Decimals = 1
	if ok, why := rules.Fits(rough, series.Target{Value: 0.5, Unit: "t", Year: 2030, Base: 1.2526, BaseYear: 2019}); !ok {
		t.Errorf("within the published rounding, and refused: %s", why)
	}
	down := up()
	down.Direction = series.Down
	rough.Indicator = down
	if j := rules.Judge(rough, []series.Target{target(0.5)}, 2023); j.Verdict != series.Behind {
		t.Errorf("0.1 more, rounded twice to 0.1: %q", j.Verdict)
	}
}

// The first target that fits is taken: a shared objective before the panorama's.
func TestTheFirstTargetThatFitsJudges(t *testing.T) {
	c := curve(up(), 2020, 0, 10, 20, 30)
	wrongUnit, shared, state := target(1), target(500), target(100)
	wrongUnit.Unit, shared.Origin = "kt", series.Shared
	j := series.DefaultRules().Judge(c, []series.Target{wrongUnit, shared, state}, 2026)
	if j.Target == nil || j.Target.Origin != series.Shared || j.Verdict != series.Behind {
		t.Errorf("%+v", j)
	}
	if j := series.DefaultRules().Judge(c, []series.Target{wrongUnit}, 2026); j.Verdict != series.NoTarget || j.Verdict.Given() || !strings.Contains(j.Reason, "kt") {
		t.Errorf("a target of another unit: %+v", j)
	}
}

// The pace that is required, kept up to the year of the target, gets there; who
// keeps it is on its trajectory, and a faster pace is never judged worse.
func TestPaceProperties(t *testing.T) {
	order := []series.Verdict{series.Wrong, series.Behind, series.OnTrack, series.Ahead}
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Float64Range(10, 1e6).Draw(t, "start")
		slope := rapid.Float64Range(-0.2, 0.2).Draw(t, "slope") * start
		aim := start + 3*slope + rapid.Float64Range(0.05, 3).Draw(t, "left")*start
		c := curve(up(), 2020, start, start+slope, start+2*slope, start+3*slope)
		last, _ := c.Last()
		need := c.Required(aim, 2030)
		if got := last.Value + need.PerYear*7; math.Abs(got-aim) > 1e-6*math.Abs(aim) {
			t.Fatalf("the required pace leads to %v, not to %v", got, aim)
		}
		rules := series.DefaultRules()
		worse := rules.Judge(c, []series.Target{target(aim)}, 2026).Verdict
		// The same last value, come from lower: faster.
		faster := curve(up(), 2020, start-start/2, 0, 0, last.Value)
		better := rules.Judge(faster, []series.Target{target(aim)}, 2026).Verdict
		if faster.PaceOver(3).PerYear >= c.PaceOver(3).PerYear && slices.Index(order, better) < slices.Index(order, worse) {
			t.Fatalf("faster is %s, slower %s", better, worse)
		}
		on := curve(up(), 2020, last.Value-3*need.PerYear, last.Value-2*need.PerYear, last.Value-need.PerYear, last.Value)
		if v := rules.Judge(on, []series.Target{target(aim)}, 2026).Verdict; v != series.OnTrack {
			t.Fatalf("the required pace itself is %s", v)
		}
	})
}

// A value that is missing or of a year that was not over is in no pace.
func TestMissingIsNeverZero(t *testing.T) {
	c := curve(up(), 2020, 10, math.NaN(), 30, 400)
	c.Points[3].Day, c.Points[3].Partial = "2023-10-01", true
	last, ok := c.Last()
	if !ok || last.Year != 2022 || c.PaceOver(1).Known || c.PaceOver(2).PerYear != 10 {
		t.Errorf("last %+v, pace over 1 %+v, over 2 %+v", last, c.PaceOver(1), c.PaceOver(2))
	}
	for day, want := range map[string]bool{"": false, "2024-01-01": false, "2024-12-31": false, "2024-12-01": false, "2024-10-01": true, "2024-01-31": true, "2024-11-30": true} {
		if series.Partial(day) != want {
			t.Errorf("Partial(%q) = %v", day, !want)
		}
	}
	if !series.Touching("2022-12-31", "2023-01-01") || !series.Touching("2023-01-01", "2022-12-31") || series.Touching("2022-12-31", "2024-01-01") || series.Touching("2022-01-01", "2023-01-01") {
		t.Error("which days touch")
	}
}

// A ratio is made of its terms, never of ratios: (1+9)/(10+10), not the mean.
func TestARatioIsRecomputed(t *testing.T) {
	part, whole := up(), up()
	part.Code, whole.Code = "part", "tout"
	ratio := &series.Indicator{Code: "taux", Published: "%", Unit: "%", Factor: 1, Kind: series.Ratio, Numerator: "part", Denominator: "tout", Every: 1}
	n := series.Sum("region:44", []*series.Curve{curve(part, 2020, 1, 2), curve(part, 2020, 9, 8)})
	d := series.Sum("region:44", []*series.Curve{curve(whole, 2020, 10, 10), curve(whole, 2020, 10, math.NaN())})
	c := series.Recompute(ratio, n, d)
	if c == nil || len(c.Points) != 1 || c.Points[0].Value != 50 {
		t.Fatalf("%+v", c)
	}
	if series.Recompute(ratio, n, nil) != nil || series.Sum("x", []*series.Curve{c, c}) != nil {
		t.Error("a ratio without its terms, or added, is shown")
	}
	zero := curve(whole, 2020, 0)
	if got := series.Recompute(ratio, curve(part, 2020, 1), zero); got != nil {
		t.Errorf("over nothing: %+v", got)
	}
	other := curve(part, 2020, 1, 2)
	other.Edition = "2"
	if series.Sum("x", []*series.Curve{curve(part, 2020, 1, 2), other}) != nil {
		t.Error("two editions are added")
	}
}

func TestRanking(t *testing.T) {
	rate := &series.Indicator{Code: "taux", Unit: "%", Published: "%", Factor: 1, Kind: series.Ratio, Direction: series.Up, Every: 1}
	all := map[string]*series.Curve{}
	for name, v := range map[string]float64{"region:11": 10, "region:24": 30, "region:27": 20, "region:44": 20, "region:04": 90} {
		all[name] = curve(rate, 2020, v)
		all[name].Territory = name
	}
	mainland := []string{"region:11", "region:24", "region:27", "region:44"}
	rank, order, reason := series.Ranking(all, mainland, "region:44")
	if reason != "" || rank.Place != 2 || rank.Of != 4 || slices.Contains(order, "region:04") || order[0] != "region:24" {
		t.Errorf("%+v %v %q", rank, order, reason)
	}
	all["region:24"].Edition = "2" // another edition is not compared
	if rank, _, _ := series.Ranking(all, mainland, "region:44"); rank.Place != 1 || rank.Of != 3 {
		t.Errorf("%+v", rank)
	}
	rate.Kind = series.Quantity
	if _, _, reason := series.Ranking(all, mainland, "region:44"); reason == "" {
		t.Error("a quantity is ranked")
	}
}

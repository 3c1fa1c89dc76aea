package national

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/french"
	"jalon/internal/national"
)

// point is a night on a curve.
type point struct {
	day   string
	value float64
	text  string
}

func sorted(days []string) []string {
	slices.Sort(days)
	return days
}

// plot draws a curve from zero in a frame of 1000 by 200, which stretches with
// the page: its words stand outside it.
func plot(m national.Metric, points []point) *curve {
	first, last := points[0], points[len(points)-1]
	high := 0.0
	for _, p := range points {
		high = math.Max(high, p.value)
	}
	start, _ := time.Parse(time.DateOnly, first.day)
	end, _ := time.Parse(time.DateOnly, last.day)
	span := end.Sub(start).Hours()
	var b strings.Builder
	for i, p := range points {
		at, _ := time.Parse(time.DateOnly, p.day)
		x, y := 0.0, 200.0
		if span > 0 {
			x = 1000 * at.Sub(start).Hours() / span
		}
		if high > 0 {
			y = 200 - 190*p.value/high
		}
		// A night holds until the next: the curve goes by steps, it invents nothing
		// between two.
		if i == 0 {
			b.WriteByte('M')
		} else {
			b.WriteString("H" + short(x) + "V" + short(y))
			continue
		}
		b.WriteString(short(x) + " " + short(y))
	}
	c := &curve{Path: b.String(), From: french.Day(first.day), To: french.Day(last.day), Low: "0", High: french.Number(high, decimals(m))}
	unit := m.UnitText()
	c.Title = m.Name + nb + ": de " + first.text + " à " + last.text + nb + unit
	c.Text = "Du " + c.From + " au " + c.To + ", " + strconv.Itoa(len(points)) + nb + "relevés de nuit. Le tableau qui suit donne les valeurs."
	return c
}

func decimals(m national.Metric) int {
	if m.Kind == national.Rate {
		return 1
	}
	return 0
}

func short(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

package report_test

import (
	"context"
	"math"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/report"
	"jalon/internal/testkit"
)

// keysOf are the figures that a document sends its readers to, with what it
// shows of each.
func keysOf(doc document.Document) map[string][]string {
	out := map[string][]string{}
	add := func(key, shown string) {
		if key != "" {
			out[key] = append(out[key], shown)
		}
	}
	spans := func(list []document.Span) {
		for _, s := range list {
			add(s.Figure, s.Text)
		}
	}
	table := func(t document.Table) {
		for _, r := range t.Rows {
			for _, c := range r {
				add(c.Figure, c.Text)
			}
		}
	}
	for _, p := range doc.Parts {
		for _, b := range p.Blocks {
			switch x := b.(type) {
			case document.Text:
				spans(x.Spans)
			case document.List:
				for _, i := range x.Items {
					spans(i)
				}
			case document.Quote:
				spans(x.Spans)
			case document.KeyFigures:
				for _, k := range x.Figures {
					add(k.Figure, k.Value)
				}
			case document.Table:
				table(x)
			case document.Chart:
				table(x.Table)
			}
		}
	}
	return out
}

func (s site) documents(t *testing.T, day string) []document.Document {
	t.Helper()
	ctx := context.Background()
	in := report.Edition{Cycle: cop.First, Day: day}
	out := []document.Document{s.national(t, day)}
	survey, err := report.SurveyStudy(ctx, s.db, s.model, in)
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, survey)
	regions := []string{""}
	for _, r := range s.model.Tree().Regions() {
		regions = append(regions, r.Code)
	}
	for _, r := range regions {
		guide, err := report.Guide(ctx, s.model, r, in)
		if err != nil {
			t.Fatal(err)
		}
		measures, err := report.MeasureStudy(ctx, s.db, s.model, r, in)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, guide, measures)
	}
	return out
}

// A number that leads nowhere, or to another number, is worse than none.
func TestEveryFigureIsExplainedAndShownAsItIs(t *testing.T) {
	s := open(t, testkit.DB(t))
	var registry figure.Registry
	registry.Register("panorama", s.model.Explain)
	registry.Register(national.Prefix, s.board.Figure)
	seen := 0
	for _, doc := range s.documents(t, "2024-05-27") {
		for key, shown := range keysOf(doc) {
			x, err := registry.Explain(context.Background(), key)
			if err != nil {
				t.Errorf("%s: %s: %v", doc.Title, key, err)
				continue
			}
			seen++
			for _, text := range shown {
				if !same(text, x.Figure) {
					t.Errorf("%s: %s shows %q, the figure is %v %s", doc.Title, key, text, x.Figure.Value, x.Figure.Unit)
				}
			}
		}
	}
	if seen < 1500 {
		t.Errorf("only %d figures", seen)
	}
}

// same reports whether a text is a reading of a figure, at its own precision.
// A phrase (an equivalent in words) is not a number alone and is left out.
func same(text string, f figure.Figure) bool {
	plain := strings.NewReplacer("\u202f", "", "\u00a0", " ", ",", ".", "−", "-", "+", "").Replace(text)
	word, rest, _ := strings.Cut(plain, " ")
	v, err := strconv.ParseFloat(word, 64)
	if err != nil || strings.Contains(rest, "→") {
		return true
	}
	_, frac, _ := strings.Cut(word, ".")
	for _, scale := range []float64{1, 1e-3, 1e3, 100} { // kt, Mt, t, a ratio in percent
		got := f.Value * scale
		for d := len(frac); d >= -3; d-- { // whole numbers may be rounded to their significant digits
			if math.Abs(got-v) <= 0.5*math.Pow10(-d)*(1+1e-9) && (d == len(frac) || french.Round(v, d) == v) {
				return true
			}
		}
	}
	return false
}

func TestEveryDocumentIsWhole(t *testing.T) {
	s := open(t, testkit.DB(t))
	for _, doc := range s.documents(t, "2026-03-01") {
		ids := map[string]bool{}
		if doc.Title == "" || doc.Version == "" || len(doc.Scope) == 0 {
			t.Errorf("%s: a title, a version, a scope", doc.Kind)
		}
		for _, p := range doc.Parts {
			if ids[p.ID] {
				t.Errorf("%s: part %s twice", doc.Title, p.ID)
			}
			ids[p.ID] = true
			if (p.Missing == "") == (len(p.Blocks) == 0) {
				t.Errorf("%s, %s: either blocks or why there are none", doc.Subtitle, p.ID)
			}
			for _, b := range p.Blocks {
				if x, ok := b.(document.Table); ok {
					rectangular(t, doc, x)
				}
				if x, ok := b.(document.Chart); ok {
					rectangular(t, doc, x.Table)
					if len(x.Drawing.Shapes) == 0 || x.Description == "" {
						t.Errorf("%s, %s: a chart is drawn and described", doc.Subtitle, x.ID)
					}
				}
			}
		}
	}
}

// rectangular: each row has a cell for each column, and each cell says
// something, or why it does not.
func rectangular(t *testing.T, doc document.Document, x document.Table) {
	t.Helper()
	if len(x.Rows) == 0 || x.Caption == "" {
		t.Errorf("%s: table %s is empty or has no caption", doc.Subtitle, x.ID)
	}
	for _, r := range x.Rows {
		if len(r) != len(x.Columns) {
			t.Errorf("%s: table %s, row %q: %d cells for %d columns", doc.Subtitle, x.ID, r[0].Text, len(r), len(x.Columns))
		}
		for i, c := range r {
			if c.Text == "" && c.Missing == "" {
				t.Errorf("%s: table %s, row %q, column %s says nothing", doc.Subtitle, x.ID, r[0].Text, x.Columns[i].Label)
			}
		}
	}
}

package geo

import (
	"strings"
	"testing"
)

func TestEveryTerritoryHasItsOutline(t *testing.T) {
	if n := len(Regions()); n != 18 {
		t.Errorf("%d regions, want 18", n)
	}
	if n := len(Departments()); n != 101 {
		t.Errorf("%d départements, want 101", n)
	}
	frames := map[string]int{}
	for _, o := range Regions() {
		frames[o.Frame]++
	}
	if frames[Mainland] != 13 || len(frames) != 6 {
		t.Errorf("frames %v, want 13 regions on the mainland and five frames of one", frames)
	}
	if len(regionsCSV) > 12<<10 {
		t.Errorf("the map of regions takes %d bytes, at most 12 KiB", len(regionsCSV))
	}
}

func TestOutlinesLieInTheDrawing(t *testing.T) {
	for _, set := range []map[string]Outline{Regions(), Departments()} {
		for code, o := range set {
			b := o.Box
			if b.X < 0 || b.Y < 0 || b.X+b.W > Width || b.Y+b.H > Height || b.W == 0 || b.H == 0 {
				t.Errorf("%s: %+v leaves the drawing", code, b)
			}
			if f, overseas := Frames()[o.Frame]; overseas {
				if f.Join(b) != f {
					t.Errorf("%s: %+v leaves its frame %+v", code, b, f)
				}
				b = f
			}
			if o.LabelX < b.X || o.LabelX > b.X+b.W || o.LabelY < b.Y || o.LabelY > b.Y+b.H {
				t.Errorf("%s: its label is outside its box", code)
			}
		}
	}
}

func TestOverseasCodesAreInTheirFrame(t *testing.T) {
	for code, frame := range map[string]string{"01": "guadeloupe", "02": "martinique", "03": "guyane", "04": "la-reunion", "06": "mayotte"} {
		if got := Regions()[code].Frame; got != frame {
			t.Errorf("region %s is in frame %q, want %q", code, got, frame)
		}
		if got := Departments()["97"+strings.TrimPrefix(code, "0")].Frame; got != frame {
			t.Errorf("département 97%s is in frame %q, want %q", code[1:], got, frame)
		}
	}
}

func TestParseRefusesABrokenTable(t *testing.T) {
	for _, table := range []string{
		"h,h,h,h,h\n01,f,x,2,M0 0l1 1z",
		"h,h,h,h,h\n01,f,1,2,M0 0",
		"h,h,h,h,h\n01,f,1,2,M0 0l1z",
		"h,h,h,h,h\n01,f,1,2,M0 0l1 1z\n01,f,1,2,M0 0l1 1z",
	} {
		if _, err := Parse(table); err == nil {
			t.Errorf("Parse(%q) accepted it", table)
		}
	}
}

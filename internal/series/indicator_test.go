package series

import "testing"

// A change a year says «par an» once, whatever the unit.
func TestPaceUnitSaysByTheYearOnce(t *testing.T) {
	for unit, want := range map[string]string{"%": "point par an", "kg/hab": "kg/hab par an", "milliers de trajets par an": "milliers de trajets par an, chaque année"} {
		if got := (&Indicator{Unit: unit}).PaceUnit(); got != want {
			t.Errorf("%s: %q, want %q", unit, got, want)
		}
	}
}

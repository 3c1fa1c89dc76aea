package actions

import (
	"testing"

	"jalon/internal/action"
)

// A calendar reads as French does, whatever is known of it.
func TestCalendarsReadAsFrench(t *testing.T) {
	for _, c := range []struct{ starts, ends, want string }{
		{"2025", "2030", "de 2025 à 2030"}, {"2025-03-14", "2026-05-02", "du 14\u00a0mars\u00a02025 au 2\u00a0mai\u00a02026"}, {"2025-04", "2026-08", "d’avril\u00a02025 à août\u00a02026"},
		{"2025-03-14", "", "à partir du 14\u00a0mars\u00a02025"}, {"", "2030", "jusqu’en 2030"}, {"", "2026-05-02", "jusqu’au 2\u00a0mai\u00a02026"}, {"", "", ""},
	} {
		if got := span(action.Action{Starts: c.starts, Ends: c.ends}); got != c.want {
			t.Errorf("%s, %s: %q", c.starts, c.ends, got)
		}
	}
}

// Nothing is said to be lacking of money that the reader does not see.
func TestNoGapWithoutFunding(t *testing.T) {
	v, given := int64(100_00), int64(40_00)
	a := action.Action{Budget: action.Budget{Invest: &v}, Funding: []action.Funding{{Funder: "Région", State: "granted", Amount: &given}}}
	if gap := (where{inner: true}).gapOf(a); gap == nil || *gap != 60_00 {
		t.Error(gap)
	}
	a.Hidden = []string{"funding"}
	if (where{}).gapOf(a.Public()) != nil {
		t.Error("a hidden plan leaves a gap")
	}
}

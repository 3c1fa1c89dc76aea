package live

import (
	"testing"

	"jalon/internal/cop"
)

// An event that a team recorded has no source: who says so is told, not nothing.
func TestAnEventWithoutASourceIsTheTeams(t *testing.T) {
	for source, want := range map[string]string{"": "saisi par la COP", "SGPE.": "source\u00a0: SGPE"} {
		if got := toldBy(cop.Event{Source: source}); got != want {
			t.Errorf("%q is told %q, want %q", source, got, want)
		}
	}
}

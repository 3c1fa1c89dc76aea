package french

import (
	"strings"
	"testing"
	"time"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Number(1234.5, 1), "1 234,5"},
		{Number(1234567, 0), "1 234 567"},
		{Number(-0.04, 1), "0,0"},
		{Number(-12.34, 1), "−12,3"},
		{Integer(34969), "34 969"},
		{Significant(966.14, 3), "966"},
		{Significant(0.012345, 3), "0,0123"},
		{Significant(600.0, 3), "600"},
		{Significant(9.996, 3), "10"},
		{Significant(22116.2, 3), "22 100"},
		{Significant(0, 3), "0"},
		{MassText(22_116_000_000), "22,1 MtCO₂e"},
		{MassText(966_140_000), "966 ktCO₂e"},
		{MassText(999_900_000), "1 MtCO₂e"},
		{MassText(850_000), "850 tCO₂e"},
		{MassText(12), "12 kgCO₂e"},
		{MassText(-5_000_000), "−5 ktCO₂e"},
		{Kt(966_140_000, 1), "966,1"},
		{Percent(0.0878, 3), "8,78 %"},
		{Date(time.Date(2024, 5, 27, 0, 0, 0, 0, time.UTC)), "27 mai 2024"},
		{Date(time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)), "1er mai 2024"},
		{Month("2024-07"), "juillet 2024"},
		{List([]string{"a", "b", "c"}), "a, b et c"},
		{Plural(1, "levier", "leviers"), "levier"},
	} {
		// The table is written with plain spaces to be readable; which space it
		// is has its own check below.
		if got := strings.NewReplacer(NarrowSpace, " ", NoBreak, " ").Replace(c.got); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if got, want := Number(1234, 0)+NoBreak+"kt", "1\u202f234\u00a0kt"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

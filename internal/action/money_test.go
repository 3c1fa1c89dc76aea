package action_test

import (
	"errors"
	"strings"
	"testing"

	"jalon/internal/action"
)

// Amounts are read as they are written here and elsewhere; what may be read in two ways
// is refused beside its field, in a sentence that says how to write it.
func TestAmountsAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "21667": 2_166_700, "21 667,00 €": 2_166_700, "21\u00a0667,00\u00a0€": 2_166_700, "21\u202f667,5": 2_166_750, "21,667.00": 2_166_700, "21.667,00": 2_166_700, "€ 21,667.00": 2_166_700,
		"1.234.567": 123_456_700, "1,234,567": 123_456_700, "1'234'567.89 EUR": 123_456_789, "12 k€": 1_200_000, "12K€": 1_200_000, "1,5 M€": 150_000_000, "1.234 M€": 123_400_000, "2 millions d’euros": 200_000_000,
		"3,25 Md€": 325_000_000_000, "100 milliards": 10_000_000_000_000, "  7,1 ": 710, "0.5": 50, "0,125 k€": 12_500, "1 234.50 euros": 123_450, "12,50": 1_250, "12,500.5": 1_250_050, "0001": 100, "12 000.0": 1_200_000,
	} {
		got, err := action.Cents("invest", text)
		if err != nil || got == nil || *got != want {
			t.Errorf("%q: %v, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "  ", "\u00a0"} {
		if got, err := action.Cents("invest", text); got != nil || err != nil {
			t.Errorf("%q: %v, %v: a missing amount is not zero", text, got, err)
		}
	}
	for _, text := range []string{"12.500", "1,234", "12,500 €", "-5", "−5 €", "(5)", "21 66,00", "1 2", "12 34", "1.23.456", "1,2,3", "1.2,3.4", "12,", ",5", "1e9", "NaN", "∞", "12 $", "douze", "=1+1", "12 k k", "0,001", "1 000 000 M€", "99999999999999999999",
		strings.Repeat("9", 10_000), "12\x00", "1..2", "12 000,000.5,1", "١٢"} {
		var f *action.Fault
		if got, err := action.Cents("invest", text); !errors.As(err, &f) || f.Field != "invest" || got != nil || len(f.Message) > 400 {
			t.Errorf("%.20q: %v, %v", text, got, err)
		}
	}
}

// What is read is what is written back, whatever the amount.
func FuzzCents(f *testing.F) {
	for _, s := range []string{"21 667,00 €", "12 k€", "1.234.567,89", "12.500"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := action.Cents("invest", text)
		if err != nil || got == nil {
			return
		}
		if *got < 0 {
			t.Fatalf("%q is %d", text, *got)
		}
		again, err := action.Cents("invest", action.Euros(*got))
		if err != nil || again == nil || *again != *got {
			t.Fatalf("%q is %d, written %q, read %v, %v", text, *got, action.Euros(*got), again, err)
		}
	})
}

package exchange

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		in      string
		decimal Decimal
		want    float64
		err     error
	}{
		{in: "0", want: 0},
		{in: " 1\u00a0234,5\u202f", want: 1234.5},
		{in: "1\u202f234\u202f567", want: 1234567},
		{in: "1 234 567.25", want: 1234567.25},
		{in: "−3,5", want: -3.5},
		{in: "- 3", want: -3},
		{in: "+7", want: 7},
		{in: ",5", want: 0.5},
		{in: "5.", want: 5},
		{in: "1,5E+03", want: 1500},
		{in: "0,125", want: 0.125},
		{in: "1,2345", want: 1.2345},
		{in: "1.234", want: 1.234},
		{in: "1,234", err: ErrNumberAmbiguous},
		{in: "1,234", decimal: CommaDecimal, want: 1.234},
		{in: "1,234", decimal: PointDecimal, want: 1234},
		{in: "1,234,567.5", decimal: PointDecimal, want: 1234567.5},
		{in: "1,23,456", decimal: PointDecimal, err: ErrNumberGrouping},
		{in: "1.234,5", err: ErrNumberAmbiguous},
		{in: "1,234.5", err: ErrNumberAmbiguous},
		{in: "1.234,5", decimal: CommaDecimal, err: ErrNumberAmbiguous},
		{in: "1.5", decimal: CommaDecimal, want: 1.5},
		{in: "1,2,3", err: ErrNumberAmbiguous},
		{in: "12 34", err: ErrNumberGrouping},
		{in: "1  234", err: ErrNumberGrouping},
		{in: "1234 567", err: ErrNumberGrouping},
		{in: "", err: ErrNumberEmpty},
		{in: "\u00a0", err: ErrNumberEmpty},
		{in: "12,5 %", err: ErrNumberPercent},
		{in: "n.d.", err: ErrNumberAmbiguous},
		{in: "s", err: ErrNumberMalformed},
		{in: "-", err: ErrNumberMalformed},
		{in: ",", err: ErrNumberMalformed},
		{in: "--1", err: ErrNumberMalformed},
		{in: "0x10", err: ErrNumberMalformed},
		{in: "NaN", err: ErrNumberMalformed},
		{in: "Inf", err: ErrNumberMalformed},
		{in: "1_000", err: ErrNumberMalformed},
		{in: "1e400", err: ErrNumberTooLarge},
		{in: "1e9999", err: ErrNumberMalformed},
		{in: "(12)", err: ErrNumberMalformed},
	} {
		got, err := ParseNumber(c.in, c.decimal)
		if got != c.want || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("ParseNumber(%q, %d) = %v, %v; want %v, %v", c.in, c.decimal, got, err, c.want, c.err)
		}
	}
}

func TestParseShare(t *testing.T) {
	for in, want := range map[string]float64{"12,5 %": 0.125, "50\u202f%": 0.5, "0.25": 0.25} {
		if got, err := ParseShare(in, Undeclared); err != nil || got != want {
			t.Errorf("ParseShare(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
}

func TestParseInt(t *testing.T) {
	if got, err := ParseInt("34 969", CommaDecimal); err != nil || got != 34969 {
		t.Errorf("ParseInt = %d, %v", got, err)
	}
	if _, err := ParseInt("1,5", CommaDecimal); !errors.Is(err, ErrNumberWhole) {
		t.Errorf("a fraction is refused: %v", err)
	}
	if _, err := ParseInt("9e18", CommaDecimal); !errors.Is(err, ErrNumberTooLarge) {
		t.Errorf("what a double does not hold exactly is refused: %v", err)
	}
}

// A number written as the screen writes it is read back unchanged.
func TestNumberRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1<<52, 1<<52).Draw(t, "n")
		plain := strconv.FormatInt(n, 10)
		sign, body := "", plain
		if n < 0 {
			sign, body = "\u2212", plain[1:]
		}
		var groups []string
		for len(body) > 3 {
			groups = append([]string{body[len(body)-3:]}, groups...)
			body = body[:len(body)-3]
		}
		space := rapid.SampledFrom([]string{" ", "\u00a0", "\u202f"}).Draw(t, "space")
		french := sign + strings.Join(append([]string{body}, groups...), space) + ",50"
		want, err := strconv.ParseFloat(plain+".5", 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseNumber(french, Undeclared); err != nil || got != want {
			t.Fatalf("ParseNumber(%q) = %v, %v; want %v", french, got, err, want)
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1 234,5", "−3", "1,234.5", "1e5", "", "%", "1\u202f000", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := ParseNumber(s, Undeclared); err == nil {
			again, err := ParseNumber(s, CommaDecimal)
			if err != nil || again != v {
				t.Fatalf("%q: undeclared %v, declared %v %v", s, v, again, err)
			}
		}
		_, _ = ParseNumber(s, PointDecimal)
		_, _ = ParseShare(s, Undeclared)
	})
}

package exchange

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"jalon/internal/french"
)

// errAmount are the reasons for refusing an amount, as a user reads them.
var (
	errAmountLarge    = errors.New("ce montant est trop grand pour une action")
	errAmountNegative = errors.New("un montant n’est pas négatif")
	errAmountCents    = errors.New("un montant en euros a deux décimales au plus")
)

// ParseEuros reads an amount as whole cents: «21 667,00 €», «12 k€», «1,2 M€»,
// «21,667.00», «1.234,56». A number that holds both signs says by their order which
// one is decimal; one sign alone that could be of thousands is refused.
func ParseEuros(text string, d Decimal) (int64, error) {
	body, factor := trimSpaces(text), 1.0
	folded := strings.ToLower(body)
	for _, end := range []string{"ttc", "ht"} {
		folded = trimSpaces(strings.TrimSuffix(folded, end))
	}
	for _, u := range []struct {
		end    string
		factor float64
	}{{"milliards d’euros", 1e9}, {"millions d’euros", 1e6}, {"milliers d’euros", 1e3}, {"md€", 1e9}, {"mds€", 1e9}, {"m€", 1e6}, {"k€", 1e3}, {"keur", 1e3}, {"meur", 1e6}, {"euros", 1}, {"euro", 1}, {"eur", 1}, {"€", 1}} {
		if rest, ok := strings.CutSuffix(strings.ReplaceAll(folded, "'", "’"), u.end); ok {
			folded, factor = trimSpaces(rest), u.factor
			break
		}
	}
	folded = trimSpaces(strings.TrimPrefix(folded, "€"))
	v, err := parseMixed(folded, d)
	if err != nil {
		return 0, err
	}
	v *= factor
	n := math.Round(v * 100)
	switch {
	case v < 0:
		return 0, errAmountNegative
	case n > 1e14:
		return 0, errAmountLarge
	case math.Abs(v*100-n) > 1e-3:
		return 0, errAmountCents
	}
	return int64(n), nil
}

// parseMixed is ParseNumber for numbers of anybody's: with both signs, the last one is
// decimal when the other cuts groups of three, which no other reading does.
func parseMixed(s string, d Decimal) (float64, error) {
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	if comma < 0 || point < 0 {
		return ParseNumber(s, d)
	}
	group, sign := ",", "."
	if comma > point {
		group, sign = ".", ","
	}
	whole, decimals, _ := strings.Cut(s, sign)
	parts := strings.Split(whole, group)
	if strings.Contains(decimals, sign) || strings.Contains(decimals, group) || len(parts[0]) == 0 || len(parts[0]) > 4 {
		return 0, ErrNumberMalformed
	}
	for _, p := range parts[1:] {
		if len(p) != 3 || !digits(p) {
			return 0, ErrNumberMalformed
		}
	}
	return ParseNumber(strings.Join(parts, "")+"."+decimals, PointDecimal)
}

// ParseQuantity reads a number and the unit written after it: «3 MW», «1 234,5 km».
func ParseQuantity(text string, d Decimal) (v float64, unit string, err error) {
	s := trimSpaces(text)
	end := len(s)
	for i, r := range s {
		if i == 0 && (r == '-' || r == '\u2212' || r == '+') || r >= '0' && r <= '9' || r == ',' || r == '.' || isSpace(r) {
			continue
		}
		end = i
		break
	}
	if v, err = parseMixed(trimSpaces(s[:end]), d); err != nil {
		return 0, "", err
	}
	return v, trimSpaces(s[end:]), nil
}

var monthNames = []string{"janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"}

// ParseWhen reads a day, a month or a year in the shapes people write, and gives it as
// 2025-03-14, 2025-03 or 2025.
func ParseWhen(text string) (string, error) {
	s := trimSpaces(text)
	if date, hour, timed := strings.Cut(s, "T"); timed && len(date) == len(time.DateOnly) && len(hour) >= 5 {
		s = date // the hour of an action is nobody's question
	}
	if date, hour, timed := strings.Cut(s, " "); timed && len(date) == len(time.DateOnly) && strings.Count(hour, ":") > 0 {
		s = date
	}
	folded := french.Fold(s)
	for i, name := range monthNames {
		if before, after, ok := strings.Cut(folded, name); ok {
			day := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(before), "er"))
			s = fmt.Sprintf("%02d/%s", i+1, strings.TrimSpace(after))
			if day != "" {
				s = day + "/" + s
			}
		}
	}
	for _, l := range []struct{ in, out string }{{time.DateOnly, time.DateOnly}, {"2/1/2006", time.DateOnly}, {"2.1.2006", time.DateOnly}, {"2-1-2006", time.DateOnly}, {"2006/1/2", time.DateOnly}, {"20060102", time.DateOnly},
		{"2006-01", "2006-01"}, {"1/2006", "2006-01"}, {"2006", "2006"}} {
		if t, err := time.Parse(l.in, s); err == nil {
			if y := t.Year(); y < 1900 || y > 2200 {
				return "", fmt.Errorf("la date «\u00a0%s\u00a0» n’est pas d’une année possible", clip(text))
			}
			return t.Format(l.out), nil
		}
	}
	if _, err := time.Parse("2/1/06", s); err == nil {
		return "", errors.New("une année à deux chiffres peut être de deux siècles\u00a0: écrivez-la en entier")
	}
	return "", errors.New("ce n’est pas une date\u00a0: écrivez 2025, 2025-03 ou 2025-03-14")
}

package exchange

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Decimal says which sign separates the decimals of a file's numbers.
type Decimal int

// Undeclared accepts the comma and the point, and refuses what can be read two
// ways, «1,234» included; CommaDecimal is a French file (a lone point is read as
// a decimal sign too: State files mix them, and French never groups by points);
// PointDecimal is an English one.
const (
	Undeclared Decimal = iota
	CommaDecimal
	PointDecimal
)

// The reasons for refusing a number are errors so that callers can compare
// them; their text is what a user reads.
var (
	ErrNumberEmpty     = errors.New("nombre attendu, la cellule est vide")
	ErrNumberMalformed = errors.New("ce n’est pas un nombre")
	ErrNumberAmbiguous = errors.New("nombre ambigu : virgule ou point de décimale, ou de milliers ? Écrivez 1234,5 sans séparateur de milliers")
	ErrNumberGrouping  = errors.New("les espaces de milliers doivent séparer des groupes de trois chiffres")
	ErrNumberTooLarge  = errors.New("nombre trop grand pour être lu exactement")
	ErrNumberPercent   = errors.New("un nombre est attendu ici, pas un pourcentage")
	ErrNumberWhole     = errors.New("un nombre entier est attendu")
)

// ParseNumber reads «1 234,5», «−3», «1234.5» or «1,5E+03». Thousands are
// separated by spaces only (ordinary, no-break or narrow), in groups of three;
// a form with both a comma and a point is refused unless the file's decimal
// sign is declared, because a factor of a thousand is the costliest of typos.
func ParseNumber(s string, d Decimal) (float64, error) {
	s = trimSpaces(s)
	if s == "" {
		return 0, ErrNumberEmpty
	}
	if strings.HasSuffix(s, "%") {
		return 0, ErrNumberPercent
	}
	sign, body := splitSign(s)
	mantissa, exponent, err := splitExponent(body)
	if err != nil {
		return 0, err
	}
	whole, decimals, err := splitDecimals(mantissa, d)
	if err != nil {
		return 0, err
	}
	whole, err = ungroup(whole)
	if err != nil {
		return 0, err
	}
	if !digits(whole) || !digits(decimals) || whole+decimals == "" {
		return 0, ErrNumberMalformed
	}
	v, err := strconv.ParseFloat(sign+"0"+whole+"."+decimals+"0"+exponent, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, ErrNumberTooLarge
	}
	return v, nil
}

// ParseShare reads a fraction: «12,5 %» is 0.125, and a number without its sign
// is taken as it is.
func ParseShare(s string, d Decimal) (float64, error) {
	s = trimSpaces(s)
	body, percent := strings.CutSuffix(s, "%")
	v, err := ParseNumber(body, d)
	if err != nil {
		return 0, err
	}
	if percent {
		v /= 100
	}
	return v, nil
}

// ParseInt reads a whole number that a float64 holds exactly.
func ParseInt(s string, d Decimal) (int64, error) {
	v, err := ParseNumber(s, d)
	if err != nil {
		return 0, err
	}
	return wholeOf(v)
}

func wholeOf(v float64) (int64, error) {
	const exact = 1 << 53
	if v != math.Trunc(v) {
		return 0, ErrNumberWhole
	}
	if math.Abs(v) > exact {
		return 0, ErrNumberTooLarge
	}
	return int64(v), nil
}

func splitSign(s string) (sign, rest string) {
	for _, m := range []string{"-", "\u2212"} {
		if r, ok := strings.CutPrefix(s, m); ok {
			return "-", trimSpaces(r)
		}
	}
	return "", strings.TrimPrefix(s, "+")
}

func splitExponent(s string) (mantissa, exponent string, err error) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, "", nil
	}
	e := s[i+1:]
	unsigned := strings.TrimPrefix(strings.TrimPrefix(e, "+"), "-")
	if len(e)-len(unsigned) > 1 || unsigned == "" || len(unsigned) > 3 || !digits(unsigned) {
		return "", "", ErrNumberMalformed
	}
	return s[:i], "e" + e, nil
}

func splitDecimals(s string, d Decimal) (whole, decimals string, err error) {
	commas, points := strings.Count(s, ","), strings.Count(s, ".")
	switch {
	case commas+points == 0:
		return s, "", nil
	case d == PointDecimal:
		return splitEnglish(s)
	case commas+points > 1:
		return "", "", ErrNumberAmbiguous
	case points == 1:
		whole, decimals, _ = strings.Cut(s, ".")
		return whole, decimals, nil
	}
	whole, decimals, _ = strings.Cut(s, ",")
	if d == Undeclared && thousandsLike(whole, decimals) {
		return "", "", ErrNumberAmbiguous
	}
	return whole, decimals, nil
}

// splitEnglish cuts at the point and takes commas for the thousands, which must
// then stand every three digits.
func splitEnglish(s string) (whole, decimals string, err error) {
	whole, decimals, _ = strings.Cut(s, ".")
	if strings.ContainsAny(decimals, ",.") {
		return "", "", ErrNumberMalformed
	}
	if strings.Contains(whole, ",") {
		if strings.ContainsFunc(whole, isSpace) {
			return "", "", ErrNumberMalformed
		}
		whole = strings.ReplaceAll(whole, ",", " ")
	}
	return whole, decimals, nil
}

// thousandsLike says that «1,234» could be one thousand two hundred and
// thirty-four for whoever wrote it.
func thousandsLike(whole, decimals string) bool {
	return len(decimals) == 3 && len(whole) >= 1 && len(whole) <= 3 && whole[0] != '0' && digits(whole) && digits(decimals)
}

func ungroup(s string) (string, error) {
	if !strings.ContainsFunc(s, isSpace) {
		return s, nil
	}
	groups := strings.FieldsFunc(s, isSpace)
	spaces := 0
	for _, r := range s {
		if isSpace(r) {
			spaces++
		}
	}
	if spaces != len(groups)-1 {
		return "", ErrNumberGrouping
	}
	for i, g := range groups {
		if !digits(g) {
			return "", ErrNumberMalformed
		}
		if (i == 0 && len(g) > 3) || (i > 0 && len(g) != 3) {
			return "", ErrNumberGrouping
		}
	}
	return strings.Join(groups, ""), nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// isSpace holds for the blanks found around and inside numbers and headers.
func isSpace(r rune) bool {
	switch r {
	case ' ', '\t', '\u00a0', '\u202f', '\u2009', '\u2007':
		return true
	}
	return false
}

func trimSpaces(s string) string { return strings.TrimFunc(s, isSpace) }

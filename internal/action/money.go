package action

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"
)

// scales are what an amount may be followed by, once folded, as powers of ten.
var scales = map[string]int64{"": 0, "€": 0, "eur": 0, "euro": 0, "euros": 0, "k": 3, "k€": 3, "keur": 3, "keuros": 3, "mille€": 3, "milleeuros": 3, "m": 6, "m€": 6, "meur": 6, "meuros": 6,
	"million": 6, "millions": 6, "million€": 6, "millions€": 6, "milliond'euros": 6, "millionsd'euros": 6, "md": 9, "md€": 9, "mdeur": 9, "mds€": 9, "milliard": 9, "milliards": 9, "milliardd'euros": 9, "milliardsd'euros": 9}

var (
	amount  = regexp.MustCompile(`^([0-9][0-9 .,']*)(.*)$`)
	grouped = regexp.MustCompile(`^[0-9]{1,3}(?:[ .,'][0-9]{3})*$`)
	plain   = regexp.MustCompile(`^[0-9]+$`)
)

// Cents reads an amount of euros as people and files write it: «21 667,00 €»,
// «21,667.00», «12 k€», «1,5 M€». Nothing is nil: a missing amount is not zero. What may
// be read in two ways («12.500») is refused, never guessed.
func Cents(field, text string) (*int64, error) {
	said := strings.TrimSpace(text)
	if said == "" {
		return nil, nil
	}
	refuse := func(why string) (*int64, error) {
		if r := []rune(said); len(r) > 40 {
			said = string(r[:40]) + "…"
		}
		return nil, fault(field, "«\u00a0"+said+"\u00a0» "+why+" Écrivez par exemple 21\u00a0667,00 ou 12\u00a0k€.")
	}
	t := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u202f', r == '\u2009', r == '_':
			return ' '
		case r == '’', r == '\u2032':
			return '\''
		}
		return unicode.ToLower(r)
	}, said)
	t = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(t), "€"))
	if strings.HasPrefix(t, "-") || strings.HasPrefix(t, "−") || strings.HasPrefix(t, "(") {
		return refuse("est négatif\u00a0: un montant ne l’est pas.")
	}
	parts := amount.FindStringSubmatch(t)
	if parts == nil {
		return refuse("n’est pas un montant en euros.")
	}
	scale, ok := scales[strings.ReplaceAll(parts[2], " ", "")]
	if !ok {
		return refuse("n’est pas un montant en euros.")
	}
	whole, decimals, why := digits(strings.Trim(parts[1], " "), scale > 0)
	if why != "" {
		return refuse(why)
	}
	cents, ok := new(big.Int).SetString(whole+decimals, 10)
	if !ok {
		return refuse("n’est pas un montant en euros.")
	}
	ten, by := big.NewInt(10), scale+2-int64(len(decimals))
	cents.Mul(cents, new(big.Int).Exp(ten, big.NewInt(max(by, 0)), nil))
	if by < 0 {
		rest := new(big.Int)
		if cents.QuoRem(cents, new(big.Int).Exp(ten, big.NewInt(-by), nil), rest); rest.Sign() != 0 {
			return refuse("est plus fin que le centime.")
		}
	}
	if !cents.IsInt64() || cents.Int64() > mostCents {
		return refuse("dépasse cent milliards d’euros\u00a0: vérifiez l’unité.")
	}
	out := cents.Int64()
	return &out, nil
}

// digits parts a number into its whole and its decimals, or says why it cannot. Scaled
// tells that a unit follows («1,234 M€»): a mark then opens decimals.
func digits(t string, scaled bool) (whole, decimals, why string) {
	if len(t) > 40 {
		return "", "", "n’est pas un montant en euros."
	}
	dots, commas := strings.Count(t, "."), strings.Count(t, ",")
	at := -1 // where decimals begin
	switch {
	case dots > 0 && commas > 0:
		at = max(strings.LastIndex(t, "."), strings.LastIndex(t, ","))
		if strings.Count(t, t[at:at+1]) > 1 {
			return "", "", "mêle points et virgules\u00a0: on ne sait pas le lire."
		}
	case dots+commas == 1:
		at = strings.IndexAny(t, ".,")
		// One mark and three digits: thousands for some, decimals for others.
		if after := t[at+1:]; len(after) == 3 && plain.MatchString(after) && !scaled && grouped.MatchString(t) && !strings.ContainsAny(t[:at], " '") && strings.Trim(t[:at], "0") != "" {
			return "", "", "se lit de deux façons (milliers ou décimales)."
		}
	}
	whole = t
	if at >= 0 {
		whole, decimals = t[:at], t[at+1:]
		if !plain.MatchString(decimals) {
			return "", "", "n’est pas un montant en euros."
		}
	}
	marks := 0
	for _, mark := range " .,'" {
		if strings.ContainsRune(whole, mark) {
			marks++
		}
	}
	if marks > 1 || !plain.MatchString(whole) && !grouped.MatchString(whole) {
		return "", "", "a des milliers mal séparés."
	}
	return strings.NewReplacer(" ", "", ".", "", ",", "", "'", "").Replace(whole), decimals, ""
}

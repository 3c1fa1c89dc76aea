package survey

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/questionnaire"
)

// checkCell writes an answer as it is kept.
func checkCell(f questionnaire.Form, c questionnaire.Cell, text string) (canonical, warning string, err error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", "", apperr.Invalidf("Ce texte contient des caractères illisibles. Retapez-le.")
	}
	if text == "" {
		return "", "", nil
	}
	var q questionnaire.Question
	if s, ok := f.Section(c.Section); ok {
		if i := slices.IndexFunc(s.Questions, func(x questionnaire.Question) bool { return x.ID == c.Question }); i >= 0 {
			q = s.Questions[i]
		}
	}
	has := func(code string) bool {
		return slices.ContainsFunc(c.Options, func(o questionnaire.Option) bool { return o.Code == code })
	}
	unknown := apperr.Invalidf("Cette réponse n’est pas dans la liste proposée. Choisissez-en une.")
	switch c.Type {
	case questionnaire.Choice:
		if !has(text) {
			return "", "", unknown
		}
		return text, "", nil
	case questionnaire.Choices:
		given := strings.Fields(text)
		for _, g := range given {
			if !has(g) {
				return "", "", unknown
			}
		}
		var kept []string
		for _, o := range c.Options {
			if slices.Contains(given, o.Code) {
				kept = append(kept, o.Code)
			}
		}
		return strings.Join(kept, " "), "", nil
	case questionnaire.Number:
		clean := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(text)
		n, err := strconv.ParseFloat(clean, 64)
		if err != nil || strings.ContainsAny(clean, "xXpPnNiI_") {
			return "", "", apperr.Invalidf("Écrivez un nombre, comme 1\u00a0234,5.")
		}
		if q.Min != nil && n < *q.Min || q.Max != nil && n > *q.Max {
			return "", "", apperr.Invalidf("Ce nombre est hors des bornes possibles.")
		}
		if n == 0 {
			warning = "Zéro est-il bien la valeur\u00a0? Confirmez-le, ou videz le champ si vous ne savez pas."
		} else if q.UsualMin != nil && n < *q.UsualMin || q.UsualMax != nil && n > *q.UsualMax {
			warning = "Cette valeur est inhabituelle. Vérifiez-la, puis confirmez-la."
		}
		return strconv.FormatFloat(n, 'f', -1, 64), warning, nil
	case questionnaire.Date:
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return "", "", apperr.Invalidf("Écrivez une date, comme 2026-11-26.")
		}
		return text, "", nil
	case questionnaire.Sheet:
		if !json.Valid([]byte(text)) || len(text) > 20_000 {
			return "", "", apperr.Invalidf("Cette fiche ne peut pas être lue. Reprenez ses champs.")
		}
		return text, "", nil
	}
	most := q.Length
	if most == 0 {
		most = 4000
	}
	if n := utf8.RuneCountInString(text); n > most {
		return "", "", apperr.Invalidf("Ce texte a %d caractères\u00a0: %d au plus. Raccourcissez-le, il est resté dans le champ.", n, most)
	}
	return text, "", nil
}

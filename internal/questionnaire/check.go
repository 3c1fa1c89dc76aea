package questionnaire

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

// Lengths of free answers, in characters.
const (
	usualLength = 4000
	mostLength  = 10_000
)

// Question finds a question by its id.
func (f Form) Question(id string) (Question, bool) {
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			if q.ID == id {
				return q, true
			}
		}
	}
	return Question{}, false
}

// Check reads what somebody wrote in a cell: canonical is what is kept, empty for
// no answer; warning asks to confirm what is unusual, and is kept all the same. An
// error is apperr.Invalid, in French: what was typed must come back to whoever
// typed it.
func Check(f Form, c Cell, text string) (canonical, warning string, err error) {
	q, _ := f.Question(c.Question)
	return check(q, c, text)
}

func refuse(message string) error { return apperr.New(apperr.Invalid, nil, "%s", message) }

func check(q Question, c Cell, text string) (canonical, warning string, err error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", "", refuse("La réponse contient un caractère qui ne se garde pas. Retapez-la.")
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return "", "", nil
	}
	switch c.Type {
	case Choice:
		canonical, err = oneOf(c.Options, text)
	case Choices:
		canonical, err = someOf(c.Options, text)
	case Number:
		return q.number(text)
	case Date:
		canonical, err = day(text)
	case File:
		canonical, err = file(text)
	case Sheet:
		canonical, err = checkSheet(text)
	case Text:
		canonical, err = q.text(text)
	default:
		err = refuse("Cette réponse est d’un type que Jalon ne connaît pas\u00a0: " + string(c.Type) + ".")
	}
	return canonical, "", err
}

// oneOf takes the code of an option, or its text as a person reads it.
func oneOf(options []Option, text string) (string, error) {
	for _, o := range options {
		if o.Code == text {
			return o.Code, nil
		}
	}
	folded := french.Fold(text)
	for _, o := range options {
		if french.Fold(o.Label) == folded {
			return o.Code, nil
		}
	}
	return "", refuse("«\u00a0" + cut(text) + "\u00a0» n’est pas une des réponses possibles. Choisissez dans la liste.")
}

// someOf takes codes with spaces between, and keeps them in the order of the list.
func someOf(options []Option, text string) (string, error) {
	ticked := strings.Fields(text)
	var out []string
	for _, o := range options {
		if slices.Contains(ticked, o.Code) {
			out = append(out, o.Code)
		}
	}
	for _, code := range ticked {
		if !slices.Contains(out, code) {
			return "", refuse("«\u00a0" + cut(code) + "\u00a0» n’est pas une des réponses possibles. Choisissez dans la liste.")
		}
	}
	return strings.Join(out, " "), nil
}

func (q Question) number(text string) (canonical, warning string, err error) {
	if q.Unit != "" {
		text = strings.TrimSpace(strings.TrimSuffix(text, q.Unit))
	}
	v, err := parseNumber(text)
	if err != nil {
		return "", "", err
	}
	unit := ""
	if q.Unit != "" {
		unit = "\u00a0" + q.Unit
	}
	if q.Min != nil && v < *q.Min || q.Max != nil && v > *q.Max {
		return "", "", refuse(say(v) + unit + " est hors des bornes admises\u00a0: " + between(q.Min, q.Max, unit) + ". Corrigez ce nombre.")
	}
	if q.UsualMin != nil && v < *q.UsualMin || q.UsualMax != nil && v > *q.UsualMax {
		warning = "Inhabituel\u00a0: d’ordinaire " + between(q.UsualMin, q.UsualMax, unit) + ". Confirmez " + say(v) + unit + ", ou corrigez."
	}
	return strconv.FormatFloat(v, 'f', -1, 64), warning, nil
}

// say writes a number in French, whole.
func say(v float64) string { return french.Significant(v, 12) }

func between(low, high *float64, unit string) string {
	switch {
	case low != nil && high != nil:
		return "de " + say(*low) + " à " + say(*high) + unit
	case low != nil:
		return "au moins " + say(*low) + unit
	}
	return "au plus " + say(*high) + unit
}

// day takes «2026-11-26», and «26/11/2026» as it is written by hand.
func day(text string) (string, error) {
	for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			if t.Year() < 1900 || t.Year() > 2200 {
				break
			}
			return t.Format(time.DateOnly), nil
		}
	}
	return "", refuse("«\u00a0" + cut(text) + "\u00a0» n’est pas une date. Écrivez par exemple 26/11/2026.")
}

var fileAnswer = regexp.MustCompile(`^[0-9a-f]{64} [^\x00-\x1f/\\]{1,200}$`)

func file(text string) (string, error) {
	if !fileAnswer.MatchString(text) {
		return "", refuse("Ce fichier n’a pas été reçu. Envoyez-le de nouveau.")
	}
	return text, nil
}

func (q Question) text(text string) (string, error) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	most := usualLength
	if q.Length > 0 {
		most = min(q.Length, mostLength)
	}
	if n := utf8.RuneCountInString(text); n > most {
		return "", refuse("Ce texte fait " + french.Integer(n) + " caractères, " + french.Integer(most) + " au plus. Il n’a pas été enregistré\u00a0: raccourcissez-le.")
	}
	return text, nil
}

// near is how far from 100 a sum may be: shares are rounded.
const near = 0.5

// SumFault is a group of numbers that do not make 100 together.
type SumFault struct {
	Group, Message string
	Keys           []string
	Total          float64
	// Whole says that every number of the group is there; what is not whole is
	// only wrong when it is over 100 already.
	Whole bool
}

// CheckSums holds the groups of numbers that make 100 together, among those that
// are asked, to it (to half a point: shares are rounded).
func CheckSums(f Form, a Answers) []SumFault {
	s := f.Graph().Given(a)
	groups := map[string]*SumFault{}
	var order []string
	for i, n := range s.g.nodes {
		if !s.shown[i] || n.question == nil || n.question.Sum == "" {
			continue
		}
		x := groups[n.question.Sum]
		if x == nil {
			x = &SumFault{Group: n.question.Sum, Whole: true}
			groups[x.Group], order = x, append(order, n.question.Sum)
		}
		x.Keys = append(x.Keys, n.id)
		v, err := strconv.ParseFloat(a[n.id], 64)
		if err != nil {
			x.Whole = false
			continue
		}
		x.Total += v
	}
	var out []SumFault
	for _, group := range order {
		x := groups[group]
		if x.Total <= 100+near && (!x.Whole || math.Abs(x.Total-100) <= near) {
			continue
		}
		x.Message = "Ces nombres font " + french.Significant(x.Total, 6) + " ensemble\u00a0: il faut 100."
		out = append(out, *x)
	}
	return out
}

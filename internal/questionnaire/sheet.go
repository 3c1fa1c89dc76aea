package questionnaire

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/french"
)

// ActionSheet is an action that an authority tells of, kept as data: the register
// of actions promotes it. Its fields are those of SheetFields.
type ActionSheet struct {
	Title    string   `json:"title"`
	Summary  string   `json:"summary,omitempty"`
	Holder   string   `json:"holder,omitempty"`
	Partners string   `json:"partners,omitempty"`
	State    string   `json:"state,omitempty"`    // of SheetStates
	Starts   string   `json:"starts,omitempty"`   // «2026», «2026-05» or «2026-05-27»
	Ends     string   `json:"ends,omitempty"`     // the same
	Budget   *int64   `json:"budget,omitempty"`   // euros; nil is not known, never zero
	Quantity *float64 `json:"quantity,omitempty"` // in Unit
	Unit     string   `json:"unit,omitempty"`
	Place    string   `json:"place,omitempty"`
	Link     string   `json:"link,omitempty"`
}

// SheetField is a field of an action sheet, for the form that asks for it. Type is
// one of text, textarea, number, month, select, url.
type SheetField struct {
	Name, Label, Help, Type string
	Most                    int
	Required                bool
}

// SheetFields lists the fields of a sheet, in the order of forms.
func SheetFields() []SheetField {
	return []SheetField{
		{"title", "Titre de l’action", "", "text", 200, true},
		{"summary", "Ce qu’elle fait", "En quelques phrases\u00a0: quoi, pour qui, où.", "textarea", 4000, false},
		{"holder", "Qui la porte", "Le service ou l’organisme.", "text", 200, false},
		{"partners", "Avec qui", "", "text", 500, false},
		{"state", "Où elle en est", "", "select", 20, false},
		{"starts", "Début", "Une année, ou un mois\u00a0: 2026 ou 2026-05.", "month", 10, false},
		{"ends", "Fin", "Une année, ou un mois\u00a0: 2028 ou 2028-12.", "month", 10, false},
		{"budget", "Budget total, en euros", "Laissez vide s’il n’est pas connu.", "number", 20, false},
		{"quantity", "Quantité", "Ce que l’action produit\u00a0: kilomètres, logements, hectares…", "number", 30, false},
		{"unit", "Unité de cette quantité", "", "text", 60, false},
		{"place", "Lieu", "", "text", 200, false},
		{"link", "Page de l’action", "Une adresse qui commence par https://.", "url", 500, false},
	}
}

// SheetStates lists where an action may stand: code and French name.
func SheetStates() [][2]string {
	return [][2]string{{"idee", "à l’idée"}, {"etude", "à l’étude"}, {"lancee", "lancée"}, {"realisee", "réalisée"}, {"abandonnee", "abandonnée"}}
}

// SheetFault refuses a field of a sheet.
type SheetFault struct{ Field, Message string }

func (f *SheetFault) Error() string { return f.Message }

// Unwrap makes it an invalid input.
func (f *SheetFault) Unwrap() error { return refuse(f.Message) }

// ReadSheet reads a sheet that was kept.
func ReadSheet(text string) (s ActionSheet, err error) {
	if text == "" {
		return s, nil
	}
	return s, json.Unmarshal([]byte(text), &s)
}

// MakeSheet is the answer that a form's fields give; no text at all when they are
// all empty. The error is a *SheetFault.
func MakeSheet(fields map[string]string) (string, error) {
	get := func(name string) string { return strings.TrimSpace(fields[name]) }
	s := ActionSheet{Title: get("title"), Summary: get("summary"), Holder: get("holder"), Partners: get("partners"), State: get("state"), Starts: get("starts"), Ends: get("ends"), Unit: get("unit"), Place: get("place"), Link: get("link")}
	for _, name := range []string{"budget", "quantity"} {
		text := get(name)
		if text == "" {
			continue
		}
		v, err := parseNumber(text)
		if err != nil {
			return "", &SheetFault{name, err.Error()}
		}
		if name == "quantity" {
			s.Quantity = &v
			continue
		}
		if v != math.Trunc(v) || v < 0 || v > 1e12 {
			return "", &SheetFault{name, "Écrivez un nombre entier d’euros."}
		}
		euros := int64(v)
		s.Budget = &euros
	}
	return s.canonical()
}

// canonical checks a sheet and writes it the one way that it is kept.
func (s ActionSheet) canonical() (string, error) {
	if s == (ActionSheet{}) {
		return "", nil
	}
	text := map[string]string{"title": s.Title, "summary": s.Summary, "holder": s.Holder, "partners": s.Partners, "state": s.State, "starts": s.Starts, "ends": s.Ends, "unit": s.Unit, "place": s.Place, "link": s.Link}
	for _, f := range SheetFields() {
		switch v := text[f.Name]; {
		case f.Required && blank(v):
			return "", &SheetFault{f.Name, "Donnez un titre à l’action\u00a0: il manque."}
		case utf8.RuneCountInString(v) > f.Most:
			return "", &SheetFault{f.Name, "«\u00a0" + f.Label + "\u00a0» dépasse " + french.Integer(f.Most) + " caractères\u00a0: raccourcissez ce texte."}
		case strings.ContainsRune(v, 0) || !utf8.ValidString(v):
			return "", &SheetFault{f.Name, "«\u00a0" + f.Label + "\u00a0» contient un caractère qui ne se garde pas."}
		}
	}
	if s.State != "" && !known(SheetStates(), s.State) {
		return "", &SheetFault{"state", "Choisissez où en est l’action dans la liste."}
	}
	for name, v := range map[string]string{"starts": s.Starts, "ends": s.Ends} {
		if v != "" && !monthLike(v) {
			return "", &SheetFault{name, "Écrivez une année (2026), un mois (2026-05) ou un jour (2026-05-27)."}
		}
	}
	if n := min(len(s.Starts), len(s.Ends)); n > 0 && s.Starts[:n] > s.Ends[:n] {
		return "", &SheetFault{"ends", "La fin vient avant le début."}
	}
	if s.Budget != nil && (*s.Budget < 0 || *s.Budget > 1e12) {
		return "", &SheetFault{"budget", "Écrivez un nombre entier d’euros."}
	}
	if s.Link != "" && !strings.HasPrefix(s.Link, "https://") && !strings.HasPrefix(s.Link, "http://") {
		return "", &SheetFault{"link", "L’adresse commence par https://."}
	}
	out, err := json.Marshal(s)
	return string(out), err
}

func monthLike(v string) bool {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if t, err := time.Parse(layout, v); err == nil {
			return t.Year() >= 1900 && t.Year() <= 2200
		}
	}
	return false
}

func known(list [][2]string, code string) bool {
	for _, x := range list {
		if x[0] == code {
			return true
		}
	}
	return false
}

func checkSheet(text string) (string, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	var s ActionSheet
	if err := d.Decode(&s); err != nil || d.More() {
		return "", refuse("Cette fiche action ne peut pas être lue. Remplissez-la de nouveau.")
	}
	return s.canonical()
}

// ParseNumber reads a number as the French write it: «1 234,5», «1234.5», «−3».
func ParseNumber(text string) (float64, error) { return parseNumber(text) }

func parseNumber(text string) (float64, error) {
	s := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "\u2009", "", "−", "-").Replace(strings.TrimSpace(text))
	s = strings.TrimPrefix(s, "+")
	if strings.Count(s, ",")+strings.Count(s, ".") > 1 {
		return 0, refuse("«\u00a0" + cut(text) + "\u00a0» se lit de deux façons. Écrivez 1234,5 sans point de milliers.")
	}
	s = strings.Replace(s, ",", ".", 1)
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || strings.Trim(digits, "0123456789.") != "" || strings.Trim(digits, ".") == "" {
		return 0, refuse("«\u00a0" + cut(text) + "\u00a0» n’est pas un nombre. Écrivez par exemple 1234,5.")
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(v) >= 1e15 {
		return 0, refuse("Ce nombre est trop grand pour être gardé exactement.")
	}
	return v + 0, nil
}

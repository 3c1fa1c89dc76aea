package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

// HubSeries is one answer of the hub of territorial indicators (API Cube), from
// its load endpoint or from a file that keeps one.
type HubSeries struct {
	File    string
	Cube    string // «surface_bio_dpt»
	Measure string // «id_23»
	Label   string // of the indicator, as the hub names it
	Unit    string // as the hub writes it, empty when the answer does not say
	Rows    []HubRow
}

// HubRow is one element of its data. Place is the code that the hub gives, of
// the finest scale present; Dims are the other dimensions (fuel, mode…).
type HubRow struct {
	Line  int // rank of the element, from 1
	Scale string
	Place string
	Name  string
	Day   string // «2022-01-01»
	Value *float64
	Text  string // the value as the hub writes it
	Dims  map[string]string
	Err   error
}

// The scales of the codes that the hub gives.
const (
	HubRegion     = "region"
	HubDepartment = "department"
	HubEPCI       = "epci"
	HubCommune    = "commune"
)

// hubLimits bound an answer: the largest public one weighs 600 kB.
const (
	hubSize = 64 << 20
	hubRows = 200_000
)

// hubFile is what surrounds the data. A kept file names its measure; an answer of
// the API repeats its query.
type hubFile struct {
	Cube    string          `json:"cubeName"`
	Measure string          `json:"measureName"`
	Time    string          `json:"timeDimension"`
	Error   string          `json:"error"`
	Meta    hubMeta         `json:"measureMeta"`
	Query   hubQuery        `json:"query"`
	Data    json.RawMessage `json:"data"`
}

type hubMeta struct {
	Label string `json:"libelle_indicateur"`
	Unit  string `json:"unite"`
}

type hubQuery struct {
	Measures []string `json:"measures"`
	Times    []struct {
		Dimension string `json:"dimension"`
	} `json:"timeDimensions"`
}

// ReadHub reads an answer whole: half of one is refused, as is one that says it
// has failed. What is wrong with one element is its Err.
func ReadHub(name string, r io.Reader) (HubSeries, error) { return ReadHubOf(name, r, "") }

// ReadHubOf is ReadHub for an answer to a question about one measure: it may not
// name it, and may not name another.
func ReadHubOf(name string, r io.Reader, measure string) (HubSeries, error) {
	s := HubSeries{File: name}
	text, err := io.ReadAll(io.LimitReader(r, hubSize+1))
	if err != nil {
		return s, apperr.New(apperr.Unavailable, err, "%s\u00a0: la lecture s’est interrompue. Rien n’a été enregistré.", name)
	}
	if len(text) > hubSize {
		return s, tooLarge(name, hubSize)
	}
	f, err := hubAnswer(name, text, measure)
	if err != nil {
		return s, err
	}
	cube, measure, _ := strings.Cut(f.Measure, ".")
	if f.Cube != "" && f.Cube != cube {
		return s, apperr.Invalidf("%s\u00a0: la mesure «\u00a0%s\u00a0» n’est pas du cube «\u00a0%s\u00a0».", name, clip(f.Measure), clip(f.Cube))
	}
	s.Cube, s.Measure, s.Label, s.Unit = cube, measure, strings.TrimSpace(f.Meta.Label), strings.TrimSpace(f.Meta.Unit)
	d := json.NewDecoder(bytes.NewReader(f.Data))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return s, apperr.Invalidf("%s\u00a0: «\u00a0data\u00a0» n’est pas une liste.", name)
	}
	for d.More() {
		var element map[string]any
		if err := d.Decode(&element); err != nil {
			return s, apperr.Invalidf("%s, élément\u00a0%d\u00a0: ce n’est pas un objet JSON.", name, len(s.Rows)+1)
		}
		if len(s.Rows) == hubRows {
			return s, apperr.New(apperr.TooLarge, nil, "%s\u00a0: plus de %s éléments. Demandez moins d’années ou une échelle moins fine.", name, french.Integer(hubRows))
		}
		s.Rows = append(s.Rows, hubRow(len(s.Rows)+1, element, f))
	}
	if len(s.Rows) == 0 {
		return s, apperr.Invalidf("%s\u00a0: la réponse ne contient aucune valeur.", name)
	}
	return s, nil
}

// hubAnswer reads the object and says what is not one.
func hubAnswer(name string, text []byte, measure string) (hubFile, error) {
	var f hubFile
	err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &f)
	var syntax *json.SyntaxError
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return f, apperr.Invalidf("%s\u00a0: le fichier est vide.", name)
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(text)):
		return f, apperr.Invalidf("%s\u00a0: le JSON s’arrête au milieu, après %s octets\u00a0: la réception a été coupée. Rien n’a été enregistré.", name, french.Integer(len(text)))
	case err != nil:
		return f, apperr.Invalidf("%s\u00a0: ce n’est pas une réponse du hub d’indicateurs (JSON)\u00a0: %s.", name, clip(err.Error()))
	case f.Error != "":
		return f, apperr.Invalidf("%s\u00a0: le hub répond une erreur\u00a0: «\u00a0%s\u00a0».", name, clip(f.Error))
	}
	if f.Measure == "" && len(f.Query.Measures) == 1 {
		f.Measure = f.Query.Measures[0]
	}
	if f.Measure == "" {
		f.Measure = measure
	}
	if measure != "" && f.Measure != measure {
		return f, apperr.Invalidf("%s\u00a0: le hub répond pour «\u00a0%s\u00a0», ce n’est pas ce qui était demandé.", name, clip(f.Measure))
	}
	if f.Time == "" && len(f.Query.Times) == 1 {
		f.Time = f.Query.Times[0].Dimension
	}
	if !strings.Contains(f.Measure, ".") || f.Data == nil {
		return f, apperr.Invalidf("%s\u00a0: la réponse ne nomme pas sa mesure («\u00a0measureName\u00a0» ou «\u00a0query.measures\u00a0») ou n’a pas de «\u00a0data\u00a0».", name)
	}
	if f.Time == "" {
		cube, _, _ := strings.Cut(f.Measure, ".")
		f.Time = cube + ".date_mesure"
	}
	return f, nil
}

// hubRow reads an element: its place at the finest scale, its day, its value and
// whatever other dimensions it bears.
func hubRow(line int, element map[string]any, f hubFile) HubRow {
	r := HubRow{Line: line, Dims: map[string]string{}}
	cube, _, _ := strings.Cut(f.Measure, ".")
	places := map[string]string{}
	year := ""
	keys := make([]string, 0, len(element))
	for k := range element {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		text, ok := hubText(element[k])
		if !ok {
			r.Err = fmt.Errorf("le champ «\u00a0%s\u00a0» n’est pas une valeur simple", clip(k))
			return r
		}
		if len(text) > 2000 {
			r.Err = fmt.Errorf("le champ «\u00a0%s\u00a0» est trop long", clip(k))
			return r
		}
		short := strings.TrimPrefix(k, cube+".")
		switch {
		case k == f.Measure:
			r.Text = text
		case k == f.Time:
			r.Day = text
		case strings.HasPrefix(k, f.Time+"."):
			year = text
		case short == "geocode_region", short == "geocode_departement", short == "geocode_epci", short == "geocode_commune":
			places[strings.TrimPrefix(short, "geocode_")] = text
		case strings.HasPrefix(short, "libelle_"):
			r.Name = text
		default:
			r.Dims[short] = text
		}
	}
	for _, p := range [][2]string{{"commune", HubCommune}, {"epci", HubEPCI}, {"departement", HubDepartment}, {"region", HubRegion}} {
		if code, ok := places[p[0]]; ok && r.Scale == "" {
			r.Scale, r.Place = p[1], code
		}
	}
	r.Err = r.finish(year)
	return r
}

func (r *HubRow) finish(year string) (err error) {
	if r.Scale == "" {
		return errors.New("aucun code de territoire («\u00a0geocode_region\u00a0», «\u00a0geocode_departement\u00a0»…)")
	}
	if r.Day == "" {
		r.Day = year
	}
	if r.Day, err = day(r.Day); err != nil {
		return err
	}
	if year != "" && !strings.HasPrefix(year, r.Day[:4]) {
		return fmt.Errorf("la date «\u00a0%s\u00a0» n’est pas de l’année «\u00a0%s\u00a0» que le hub écrit à côté", r.Day, clip(year))
	}
	if r.Text == "" {
		return nil
	}
	v, err := ParseNumber(r.Text, PointDecimal)
	if err != nil {
		return fmt.Errorf("valeur «\u00a0%s\u00a0»\u00a0: %w", clip(r.Text), err)
	}
	r.Value = &v
	return nil
}

// hubText writes a scalar; a missing one is the empty text.
func hubText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return trimSpaces(v), true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

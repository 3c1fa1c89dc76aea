package questionnaire

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

// Schema is the published JSON Schema of the document (draft 2020-12): what Read
// holds a document to, before what it alone can check.
//
//go:embed questionnaire.schema.json
var Schema []byte

// Most is how many bytes a document may have.
const Most = 2 << 20

// mostCells bounds what a questionnaire asks.
const mostCells = 20_000

// Fault is one thing that is wrong in a document.
type Fault struct {
	Where   string // French: «section «vélo», question «velo-actions», ligne 3»
	Message string // French
}

func (f Fault) String() string {
	if f.Where == "" {
		return f.Message
	}
	return capital(f.Where) + "\u00a0: " + f.Message
}

// Faults are all that is wrong in a document, at most MostFaults of them.
type Faults []Fault

// MostFaults is how many faults are told: whoever has more mends these first.
const MostFaults = 100

// Error says the first, and how many others there are.
func (f Faults) Error() string {
	text := f[0].String()
	if n := len(f) - 1; n > 0 {
		text += " Et " + french.Integer(n) + "\u00a0" + french.Plural(n, "autre défaut", "autres défauts") + "."
	}
	return text
}

// Unwrap makes them an invalid input, for pages.
func (f Faults) Unwrap() error { return apperr.Invalidf("%s", f.Error()) }

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("questionnaire.schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("questionnaire.schema.json")
})

// Read loads a document, held to the schema and to what it means: the error is
// Faults, each said in French with where it is.
func Read(doc []byte) (Form, error) {
	if len(doc) > Most {
		return Form{}, Faults{{Message: "Le document dépasse " + french.Integer(Most>>20) + "\u00a0Mo. Rien n’a été lu."}}
	}
	schema, err := compiled()
	if err != nil {
		return Form{}, err
	}
	doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		return Form{}, Faults{{Where: lineOf(doc, err), Message: "ce n’est pas du JSON lisible. Une virgule, un guillemet ou une accolade y manque, ou y est de trop."}}
	}
	if err := schema.Validate(value); err != nil {
		var invalid *jsonschema.ValidationError
		if !errors.As(err, &invalid) {
			return Form{}, err
		}
		return Form{}, told(invalid, value)
	}
	if at, found := nul(value, nil); found {
		return Form{}, Faults{{Where: where(value, at), Message: "le texte contient un caractère nul, qu’aucune base ne garde. Ôtez-le."}}
	}
	var f Form
	d := json.NewDecoder(bytes.NewReader(doc))
	if err := d.Decode(&f); err != nil {
		return Form{}, Faults{{Message: "le document ne peut pas être lu\u00a0: un nombre y est trop grand ou mal écrit."}}
	}
	if faults := f.Faults(); len(faults) > 0 {
		return Form{}, faults
	}
	return f, nil
}

// Validate holds a form made otherwise, by an editor, to what Read demands.
func Validate(f Form) error {
	doc, err := json.Marshal(f)
	if err != nil {
		return err
	}
	_, err = Read(doc)
	return err
}

// nul finds a text that holds a NUL, which PostgreSQL refuses.
func nul(value any, at []string) ([]string, bool) {
	switch v := value.(type) {
	case string:
		return at, strings.ContainsRune(v, 0)
	case []any:
		for i, x := range v {
			if where, found := nul(x, append(at, strconv.Itoa(i))); found {
				return where, true
			}
		}
	case map[string]any:
		for k, x := range v {
			if where, found := nul(x, append(at, k)); found {
				return where, true
			}
		}
	}
	return nil, false
}

// lineOf says on which line JSON breaks off.
func lineOf(doc []byte, err error) string {
	var at int64
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	} else {
		d := json.NewDecoder(bytes.NewReader(doc))
		for {
			if _, terr := d.Token(); terr != nil {
				if at = d.InputOffset(); terr == io.EOF {
					at = int64(len(doc))
				}
				break
			}
		}
	}
	at = min(max(at, 0), int64(len(doc)))
	return "ligne " + strconv.Itoa(1+bytes.Count(doc[:at], []byte("\n")))
}

// told says in French what the schema refuses.
func told(e *jsonschema.ValidationError, value any) Faults {
	var out Faults
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if _, one := e.ErrorKind.(*kind.OneOf); !one && len(e.Causes) > 0 {
			for _, c := range e.Causes {
				walk(c)
			}
			return
		}
		f := Fault{Where: where(value, e.InstanceLocation), Message: refused(e)}
		if len(out) < MostFaults && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	walk(e)
	slices.SortStableFunc(out, func(a, b Fault) int { return strings.Compare(a.Where, b.Where) })
	return out
}

var words = map[string]string{"sections": "section", "questions": "question", "rows": "ligne", "options": "option", "scales": "échelle", "columns": "colonne", "for": "type de collectivité", "changes": "changement",
	"all": "toutes ces conditions, n°", "any": "une de ces conditions, n°", "in": "réponse"}

// where names the place of a value: each thing of a list by its id when it has
// one, by its rank otherwise.
func where(value any, location []string) string {
	var out []string
	for i := 0; i < len(location); i++ {
		step := location[i]
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
			if list, ok := value.([]any); ok && i+1 < len(location) {
				n, err := strconv.Atoi(location[i+1])
				if err != nil || n >= len(list) {
					break
				}
				word := words[step]
				if word == "" {
					word = step
				}
				value = list[n]
				out = append(out, word+" "+named(value, n))
				i++
				continue
			}
			out = append(out, "champ «\u00a0"+step+"\u00a0»")
		}
	}
	return strings.Join(out, ", ")
}

func named(value any, n int) string {
	if m, ok := value.(map[string]any); ok {
		for _, field := range []string{"id", "code"} {
			if s, ok := m[field].(string); ok && s != "" && len(s) <= 80 {
				return "«\u00a0" + s + "\u00a0»"
			}
		}
	}
	return strconv.Itoa(n + 1)
}

var jsonTypes = map[string]string{"string": "un texte", "number": "un nombre", "integer": "un nombre entier", "boolean": "true ou false", "array": "une liste", "object": "un objet", "null": "null"}

func refused(e *jsonschema.ValidationError) string {
	list := func(names []string) string {
		var out []string
		for _, n := range names[:min(len(names), 10)] {
			out = append(out, "«\u00a0"+cut(n)+"\u00a0»")
		}
		return french.List(out)
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		return "il manque " + list(k.Missing) + "."
	case *kind.AdditionalProperties:
		return french.Plural(len(k.Properties), "le champ ", "les champs ") + list(k.Properties) + french.Plural(len(k.Properties), " n’existe pas ici.", " n’existent pas ici.")
	case *kind.Type:
		want := []string{}
		for _, w := range k.Want {
			want = append(want, jsonTypes[w])
		}
		return "il faut " + strings.Join(want, " ou ") + "."
	case *kind.Enum:
		var want []string
		for _, w := range k.Want {
			if s, ok := w.(string); ok {
				want = append(want, s)
			}
		}
		return "il faut l’un de " + list(want) + "."
	case *kind.Pattern:
		return "«\u00a0" + cut(k.Got) + "\u00a0» n’est pas un identifiant\u00a0: minuscules sans accent, chiffres, un tiret entre les mots."
	case *kind.MinLength:
		return "le texte est vide."
	case *kind.MaxLength:
		return "le texte dépasse " + french.Integer(k.Want) + " caractères."
	case *kind.MinItems:
		return "la liste est vide."
	case *kind.MaxItems:
		return "la liste dépasse " + french.Integer(k.Want) + " éléments."
	case *kind.UniqueItems:
		return "le même élément y est deux fois."
	case *kind.Minimum, *kind.Maximum:
		return "le nombre est hors de ce qui est admis."
	case *kind.OneOf:
		return "une condition tient en un seul de ces champs\u00a0: all, any, not, key, rated."
	case *kind.DependentRequired:
		return "«\u00a0in\u00a0» accompagne «\u00a0key\u00a0»."
	}
	return "ce n’est pas ce que le schéma demande."
}

func capital(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

func cut(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

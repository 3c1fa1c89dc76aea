package panorama

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// FieldError refuses one field of a row received from outside, by its name in
// the row, so that whoever read the row says in which column it stands.
type FieldError struct {
	Field   string
	Message string
}

// Error is the sentence a user reads, without its place.
func (e *FieldError) Error() string { return e.Message }

// Unwrap makes it an invalid input.
func (e *FieldError) Unwrap() error { return apperr.Invalidf("%s", e.Message) }

func fault(field, format string, args ...any) error {
	return &FieldError{Field: field, Message: fmt.Sprintf(format, args...)}
}

// Incoming judges the rows of one file, in their order: each against the tree
// and the referential, and against the rows before it.
type Incoming struct {
	m     *Model
	lines map[string]int    // series, territory and year → the line that gave it
	units map[string]string // key → the unit of its first row
	keys  map[string]bool   // the keys that divide a lever
	names map[string][]framework.Lever
}

// Incoming starts the judgement of a file.
func (m *Model) Incoming() *Incoming {
	in := &Incoming{m: m, lines: map[string]int{}, units: map[string]string{}, keys: map[string]bool{}, names: map[string][]framework.Lever{}}
	for lever, k := range m.ref.Official {
		// Forests are not regionalised: no key may divide them.
		if lever != ForestLever {
			in.keys[k.Key] = true
		}
	}
	for _, l := range m.levers {
		for _, name := range []string{l.Name, l.ShortName} {
			folded := french.Fold(name)
			if !slices.ContainsFunc(in.names[folded], func(o framework.Lever) bool { return o.Code == l.Code }) {
				in.names[folded] = append(in.names[folded], l)
			}
		}
	}
	return in
}

// Received is what a row says before anything is known of it.
type Received struct {
	Line      int
	Territory string
	Name      string // the key, the lever or the sector
	Sub       string // the sub-sector
	Year      int
	Value     *float64
	Reason    string // why there is no value
	Written   string // the value as the file writes it
	Unit      string
	Label     string // the edition as its publisher names it
	Source    string
	Class     figure.Class
}

func (r Received) observation(name string, ref territory.Ref) series.Observation {
	return series.Observation{Series: name, Territory: ref.String(), Year: r.Year, Value: r.Value, Reason: r.Reason,
		AsPublished: r.Written, Unit: r.Unit, Class: r.Class, Source: r.Source, Label: r.Label}
}

// Key judges a value of an allocation key: a key that divides a lever, for a
// commune, an EPCI or a département.
func (in *Incoming) Key(r Received) (series.Observation, error) {
	ref, err := in.place(r.Territory)
	if err != nil {
		return series.Observation{}, err
	}
	switch ref.Scale {
	case territory.CommuneS, territory.EPCI, territory.Department:
	default:
		return series.Observation{}, fault("territory", "mauvaise échelle\u00a0: une clé répartit l’objectif d’une région entre ses communes, ses EPCI ou ses départements, pas pour %s (%s)", ref, ref.Scale.Label())
	}
	if err := in.key(r.Name); err != nil {
		return series.Observation{}, err
	}
	if r.Value != nil && *r.Value < 0 {
		return series.Observation{}, fault("value", "une clé de répartition ne peut pas être négative")
	}
	if _, err := Weights([]float64{valueOr0(r.Value)}); err != nil {
		return series.Observation{}, fault("value", "%s", apperr.Message(err))
	}
	if first, ok := in.units[r.Name]; !ok {
		in.units[r.Name] = r.Unit
	} else if first != r.Unit {
		return series.Observation{}, fault("unit", "unité différente de celle de la première ligne de cette clé («\u00a0%s\u00a0»)\u00a0: une clé se donne dans une seule unité", first)
	}
	name := series.Keys + "/" + r.Name
	return r.observation(name, ref), in.once(name, ref, r.Year, r.Line)
}

func (in *Incoming) key(name string) error {
	if in.keys[name] {
		return nil
	}
	if k, ok := in.m.ref.Official[name]; ok {
		return fault("key", "«\u00a0%s\u00a0» est un levier\u00a0; sa clé est «\u00a0%s\u00a0» (%s)", name, k.Key, k.Label)
	}
	all := sortedKeys(in.keys)
	if close := closest(name, all); close != "" {
		return fault("key", "clé inconnue\u00a0; vouliez-vous dire «\u00a0%s\u00a0»\u00a0?", close)
	}
	return fault("key", "clé inconnue\u00a0; les clés sont %s", strings.Join(all, ", "))
}

// Objective judges an objective published for a territory, in kt of CO₂e a year
// in 2030 against 2019.
func (in *Incoming) Objective(r Received) (series.Observation, error) {
	ref, err := in.place(r.Territory)
	if err != nil {
		return series.Observation{}, err
	}
	l, err := in.lever(r.Name, ref)
	if err != nil {
		return series.Observation{}, err
	}
	if r.Value != nil {
		if math.Abs(*r.Value) > 1e6 {
			return series.Observation{}, fault("kt", "plus d’un million de ktCO₂e\u00a0: vérifiez l’unité (la colonne est en kilotonnes)")
		}
		*r.Value = math.Round(*r.Value*KgPerKt) / KgPerKt
	}
	r.Year, r.Unit = 2030, "ktCO₂e"
	name := series.Objectives + "/" + l.Code
	return r.observation(name, ref), in.once(name, ref, r.Year, r.Line)
}

// Equivalent judges the order of magnitude published beside an objective: its
// unit must be the lever's.
func (in *Incoming) Equivalent(r Received) (series.Observation, error) {
	ref, err := in.place(r.Territory)
	if err != nil {
		return series.Observation{}, err
	}
	l, err := in.lever(r.Name, ref)
	if err != nil {
		return series.Observation{}, err
	}
	if l.UnitKind == framework.NoUnit {
		return series.Observation{}, fault("equivalent", "le levier «\u00a0%s\u00a0» n’a pas d’unité physique\u00a0: laissez la cellule vide", l.Name)
	}
	unit := french.Fold(r.Unit)
	if unit != french.Fold(l.Unit) && unit != french.Fold(l.UnitShort) {
		return series.Observation{}, fault("unit", "unité différente de celle du levier\u00a0: «\u00a0%s\u00a0» (ou «\u00a0%s\u00a0») est attendu", l.Unit, l.UnitShort)
	}
	r.Year, r.Unit = 2030, l.Unit
	name := series.Equivalent + "/" + l.Code
	return r.observation(name, ref), in.once(name, ref, r.Year, r.Line)
}

// lever finds a lever by its code, or by a name that only one has. An overseas
// region has its own thirteen.
func (in *Incoming) lever(text string, ref territory.Ref) (framework.Lever, error) {
	if i, ok := in.m.index[text]; ok {
		return in.m.levers[i], nil
	}
	found := in.names[french.Fold(text)]
	if len(found) > 1 {
		overseas := in.overseas(ref)
		found = slices.DeleteFunc(slices.Clone(found), func(l framework.Lever) bool { return (l.Version == "2023-24-om") != overseas })
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		codes := make([]string, len(in.m.levers))
		for i, l := range in.m.levers {
			codes[i] = l.Code
		}
		if close := closest(text, codes); close != "" {
			return framework.Lever{}, fault("lever", "levier inconnu\u00a0; vouliez-vous dire «\u00a0%s\u00a0»\u00a0?", close)
		}
		return framework.Lever{}, fault("lever", "levier inconnu\u00a0: donnez le code ou le nom d’un levier de 2023-24 (page «\u00a0Leviers\u00a0»)")
	}
	codes := make([]string, len(found))
	for i, l := range found {
		codes[i] = "«\u00a0" + l.Code + "\u00a0»"
	}
	return framework.Lever{}, fault("lever", "plusieurs leviers portent ce nom\u00a0: donnez le code, %s", strings.Join(codes, " ou "))
}

func (in *Incoming) overseas(ref territory.Ref) bool {
	idx, err := in.m.tree.CommunesOf(ref)
	if err != nil || len(idx) == 0 {
		return false
	}
	r, err := in.m.tree.Region(in.m.communes[idx[0]].Region)
	return err == nil && r.Overseas
}

// massUnits are the units of emissions that are read, and their worth in kt.
var massUnits = map[string]float64{
	"kt": 1, "ktco2e": 1, "ktco2": 1, "kteqco2": 1, "ktco2eq": 1,
	"t": 1e-3, "tco2e": 1e-3, "tco2": 1e-3, "teqco2": 1e-3, "tco2eq": 1e-3,
}

// massUnit returns what one unit is worth in kt.
func massUnit(text string) (float64, bool) {
	word := strings.ReplaceAll(french.Fold(strings.ReplaceAll(text, "₂", "2")), " ", "")
	worth, ok := massUnits[word]
	return worth, ok
}

// Emission judges the emissions of an EPCI for a sector or one of the
// sub-sectors to which the second method applies its percentages.
func (in *Incoming) Emission(r Received) (series.Observation, error) {
	ref, err := in.place(r.Territory)
	if err != nil {
		return series.Observation{}, err
	}
	if ref.Scale != territory.EPCI {
		return series.Observation{}, fault("territory", "mauvaise échelle\u00a0: les émissions s’importent par EPCI (epci:SIREN), pas pour %s (%s)", ref, ref.Scale.Label())
	}
	sector, sub, err := in.sector(r.Name, r.Sub)
	if err != nil {
		return series.Observation{}, err
	}
	if r.Year != 2019 && r.Year != 2030 {
		return series.Observation{}, fault("year", "2019 (inventaire) ou 2030 (objectif) est attendu")
	}
	worth, ok := massUnit(r.Unit)
	if !ok {
		return series.Observation{}, fault("unit", "unité inconnue\u00a0: tCO₂e ou ktCO₂e est attendu")
	}
	if r.Value != nil {
		kt := math.Round(*r.Value*worth*KgPerKt) / KgPerKt
		if math.Abs(kt) > 1e6 {
			return series.Observation{}, fault("value", "plus d’un million de ktCO₂e pour un EPCI\u00a0: vérifiez l’unité")
		}
		r.Value = &kt
	}
	r.Written += " " + r.Unit
	r.Unit = "ktCO₂e"
	name := series.Emissions + "/" + sector
	if sub != "" {
		name += "/" + sub
	}
	return r.observation(name, ref), in.once(name, ref, r.Year, r.Line)
}

// sector finds a sector and sub-sector among those of the percentages.
func (in *Incoming) sector(name, sub string) (string, string, error) {
	subs := map[string][]string{}
	for _, p := range in.m.ref.Percentages {
		if _, ok := subs[p.Sector]; !ok {
			subs[p.Sector] = nil
		}
		for s := range strings.SplitSeq(p.Subsector, "|") {
			if s != "" && !slices.Contains(subs[p.Sector], s) {
				subs[p.Sector] = append(subs[p.Sector], s)
			}
		}
	}
	folded := strings.ToLower(french.Fold(name))
	known, ok := subs[folded]
	if !ok {
		return "", "", fault("sector", "secteur inconnu\u00a0: %s sont attendus", strings.Join(sortedKeys(subs), ", "))
	}
	slices.Sort(known)
	if sub == "" {
		return folded, "", nil
	}
	if code, ok := subsector(known, sub); ok {
		return folded, code, nil
	}
	if len(known) == 0 {
		return "", "", fault("subsector", "le secteur «\u00a0%s\u00a0» n’a pas de sous-secteur dans cette méthode\u00a0: laissez la cellule vide", folded)
	}
	return "", "", fault("subsector", "sous-secteur inconnu\u00a0: %s sont attendus, par leur code ou par leur nom", listSubsectors(known))
}

// place reads a territory: a reference («commune:67482»), or a bare code that
// can be only one thing, five characters for a commune, nine digits for an EPCI.
func (in *Incoming) place(text string) (territory.Ref, error) {
	var ref territory.Ref
	switch {
	case strings.Contains(text, ":") || text == string(territory.Nation):
		r, err := territory.ParseRef(text)
		if err != nil {
			return r, fault("territory", "%s", apperr.Message(err))
		}
		ref = r
	case len(text) == 9 && digitsOnly(text):
		ref = territory.Ref{Scale: territory.EPCI, Code: text}
	case len(text) == 5:
		ref = territory.Ref{Scale: territory.CommuneS, Code: strings.ToUpper(text)}
	case len(text) == 4 && digitsOnly(text):
		return ref, fault("territory", "code à quatre chiffres\u00a0: un tableur a sans doute effacé le zéro de tête («\u00a00%s\u00a0»). Mettez la colonne en texte", text)
	case len(text) <= 3:
		return ref, fault("territory", "«\u00a0%s\u00a0» peut être une région ou un département\u00a0: écrivez department:%s ou region:%s", text, text, text)
	default:
		return ref, fault("territory", "territoire illisible\u00a0: écrivez par exemple commune:67482, epci:246700488 ou department:67")
	}
	if ref.Scale == territory.Perimeter {
		return ref, fault("territory", "mauvaise échelle\u00a0: un périmètre est un ensemble de communes, donnez les valeurs par commune")
	}
	if _, err := in.m.tree.Lookup(ref); err != nil {
		return ref, fault("territory", "%s", apperr.Message(err))
	}
	return ref, nil
}

func (in *Incoming) once(name string, ref territory.Ref, year, line int) error {
	k := name + " " + ref.String() + " " + strconv.Itoa(year)
	if first, twice := in.lines[k]; twice {
		return fault("territory", "ligne en double\u00a0: la ligne\u00a0%d donne déjà cette valeur (%s, %d)", first, ref, year)
	}
	in.lines[k] = line
	return nil
}

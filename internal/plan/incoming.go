package plan

import (
	"slices"
	"strings"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Received is a row of a file before anything is known of it.
type Received struct {
	Line      int
	Kind      string
	Territory string
	Name      string
	Adopted   string
	From, To  int
	Link      string
	State     string
	Source    string
	Lever     string
	Indicator string
	Measure   string
	BaseYear  int
	Base      *float64
	Year      int
	Target    float64
	Written   string
	Unit      string
	Page      string
}

// Row is a row that was understood: a plan, and one of its objectives.
type Row struct {
	Plan      Plan      `json:"plan"`
	Objective Objective `json:"objective"`
	// Warning is what must be known before it is applied, in French.
	Warning string `json:"-"`
}

// Incoming judges the rows of a file, in their order: each against the tree and
// the referential, and against the rows before it.
type Incoming struct {
	m     *panorama.Model
	place func(ref territory.Ref) (region, department string, err error)
	plans map[string]Plan // by key, as the first row of each gives it
	first map[string]int
	seen  map[string]int // objective → its line
}

// NewIncoming starts the judgement of a file. place says in which region and
// département a territory is read, free perimeters included.
func NewIncoming(m *panorama.Model, place func(ref territory.Ref) (region, department string, err error)) *Incoming {
	return &Incoming{m: m, place: place, plans: map[string]Plan{}, first: map[string]int{}, seen: map[string]int{}}
}

// Key names a plan of a file: the same kind of document, of the same territory,
// under the same name.
func (p Plan) Key() string { return string(p.Kind) + "|" + p.Territory + "|" + french.Fold(p.Name) }

// Key names an objective within its plan.
func (o Objective) Key() string {
	return o.Lever + "|" + french.Fold(o.Indicator) + "|" + Number(float64(o.TargetYear))
}

// Row judges one row; a *Fault names the field that is wrong.
func (in *Incoming) Row(r Received) (out Row, err error) {
	p := Plan{Territory: strings.TrimSpace(r.Territory), Name: strings.TrimSpace(r.Name), Adopted: r.Adopted, From: r.From, To: r.To, Link: strings.TrimSpace(r.Link), Source: r.Source}
	if p.Kind, err = parseKind(r.Kind); err != nil {
		return out, err
	}
	if p.State, err = parseState(r.State); err != nil {
		return out, err
	}
	if p.Territory, err = in.territory(p.Territory); err != nil {
		return out, err
	}
	ref, err := territory.ParseRef(p.Territory)
	if err != nil {
		return out, fault("territory", "Ce territoire ne se lit pas.")
	}
	if p.Region, p.Department, err = in.place(ref); err != nil {
		return out, fault("territory", "Ce territoire n’est pas connu\u00a0: "+p.Territory+".")
	}
	if err := p.check(); err != nil {
		return out, err
	}
	o := Objective{Indicator: strings.TrimSpace(r.Indicator), BaseYear: r.BaseYear, TargetYear: r.Year, Target: r.Target, Written: r.Written, Page: r.Page, State: "active"}
	if o.Base = missing("le plan ne donne pas la valeur de départ"); r.Base != nil {
		o.Base = known(*r.Base)
	}
	if o.Lever, err = in.lever(r.Lever); err != nil {
		return out, err
	}
	if o.Gain, err = parseMeasure(r.Measure); err != nil {
		return out, err
	}
	unit, comparable := ParseUnit(strings.TrimSpace(r.Unit))
	if o.Unit = unit; !comparable {
		out.Warning = "unité «\u00a0" + unit + "\u00a0» inconnue\u00a0: l’objectif est gardé comme il est écrit, et ne se compare pas"
	}
	if err := o.check(); err != nil {
		return out, err
	}
	if err := in.once(p, o, r.Line); err != nil {
		return out, err
	}
	out.Plan, out.Objective = p, o
	return out, nil
}

// once refuses a plan that two rows describe differently, and an objective that
// is given twice.
func (in *Incoming) once(p Plan, o Objective, line int) error {
	key := p.Key()
	if was, ok := in.plans[key]; ok && was != p {
		return fault("name", "ce plan n’est pas décrit de la même façon qu’à la ligne\u00a0"+french.Integer(in.first[key])+"\u00a0: type, dates, lien, statut et source doivent être les mêmes")
	} else if !ok {
		in.plans[key], in.first[key] = p, line
	}
	of := key + "|" + o.Key()
	if at, twice := in.seen[of]; twice {
		return fault("target_year", "objectif en double\u00a0: il est déjà à la ligne\u00a0"+french.Integer(at))
	}
	in.seen[of] = line
	return nil
}

// territory reads a reference, a SIREN or the code of a region.
func (in *Incoming) territory(text string) (string, error) {
	if ref, err := territory.ParseRef(text); err == nil {
		return ref.String(), nil
	}
	for _, scale := range []territory.Scale{territory.EPCI, territory.EPT, territory.RegionS} {
		ref := territory.Ref{Scale: scale, Code: text}
		if _, err := in.m.Tree().Lookup(ref); err == nil {
			return ref.String(), nil
		}
	}
	return "", fault("territory", "territoire inconnu\u00a0: écrivez par exemple region:44, ou le SIREN d’une intercommunalité")
}

// lever reads a code or a name; the name of several levers is refused. Empty is
// an indicator of the plan's own.
func (in *Incoming) lever(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if _, err := in.m.Framework().Lever(text); err == nil {
		return text, nil
	}
	var found []string
	for _, version := range []string{framework.National, framework.Overseas, framework.March2025} {
		for _, l := range in.m.Framework().Levers(version) {
			if french.Fold(l.Name) == french.Fold(text) || french.Fold(l.ShortName) == french.Fold(text) {
				found = append(found, l.Code)
			}
		}
		if len(found) > 0 {
			break // the panorama's own levers first: those are what is compared
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fault("lever", "levier inconnu\u00a0: écrivez son code, ou son nom tel que la page «\u00a0Leviers\u00a0» le donne")
	}
	return "", fault("lever", "plusieurs leviers portent ce nom\u00a0: écrivez le code ("+strings.Join(found, ", ")+")")
}

func parseKind(text string) (Kind, error) {
	folded := french.Fold(text)
	i := slices.IndexFunc(Kinds(), func(k Kind) bool { return french.Fold(k.Name()) == folded || french.Fold(string(k)) == folded })
	if i < 0 {
		names := make([]string, len(Kinds()))
		for i, k := range Kinds() {
			names[i] = k.Name()
		}
		return "", fault("plan", "type de plan inconnu\u00a0: "+strings.Join(names, ", ")+" sont attendus")
	}
	return Kinds()[i], nil
}

func parseState(text string) (State, error) {
	folded := french.Fold(text)
	if folded == "" {
		return InForce, nil
	}
	for s, name := range stateNames {
		if french.Fold(name) == folded || french.Fold(string(s)) == folded {
			return s, nil
		}
	}
	return "", fault("state", "statut inconnu\u00a0: en élaboration, en vigueur, en vigueur, en révision, ou qui n’est plus en vigueur")
}

func parseMeasure(text string) (gain bool, err error) {
	switch french.Fold(text) {
	case "", "niveau", "level":
		return false, nil
	case "gain", "reduction", "evite", "en plus":
		return true, nil
	}
	return false, fault("measure", "écrivez «\u00a0niveau\u00a0» (ce qui sera atteint) ou «\u00a0gain\u00a0» (ce qui est gagné depuis l’année de départ)")
}

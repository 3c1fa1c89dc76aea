package territory

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

// PerimeterKind says under which policy communes joined.
type PerimeterKind string

// The kinds. A CRTE becomes a PTRTE where its partners chose the newer name.
const (
	CRTE           PerimeterKind = "crte"
	PETR           PerimeterKind = "petr"
	PNR            PerimeterKind = "pnr"
	SCoT           PerimeterKind = "scot"
	OtherPerimeter PerimeterKind = "autre"
)

// PerimeterKinds lists the kinds in the order of a menu.
func PerimeterKinds() []PerimeterKind { return []PerimeterKind{CRTE, PETR, PNR, SCoT, OtherPerimeter} }

// Label is the French name of the kind, written out.
func (k PerimeterKind) Label() string {
	switch k {
	case CRTE:
		return "contrat pour la réussite de la transition écologique (CRTE, PTRTE)"
	case PETR:
		return "pôle d’équilibre territorial et rural (PETR)"
	case PNR:
		return "parc naturel régional (PNR)"
	case SCoT:
		return "schéma de cohérence territoriale (SCoT)"
	}
	return "autre périmètre"
}

// Short is the abbreviation that people use.
func (k PerimeterKind) Short() string {
	switch k {
	case CRTE:
		return "CRTE / PTRTE"
	case PETR, PNR:
		return strings.ToUpper(string(k))
	case SCoT:
		return "SCoT"
	}
	return "autre"
}

// ParsePerimeterKind reads a kind as files write it, in any case.
func ParsePerimeterKind(s string) (PerimeterKind, error) {
	switch french.Fold(s) {
	case "crte", "ptrte", "crte ptrte", "pacte territorial pour la reussite de la transition ecologique":
		return CRTE, nil
	case "petr":
		return PETR, nil
	case "pnr", "parc naturel regional":
		return PNR, nil
	case "scot":
		return SCoT, nil
	case "autre", "other":
		return OtherPerimeter, nil
	}
	return "", apperr.Invalidf("Type de périmètre inconnu\u00a0: «\u00a0%s\u00a0». Attendu\u00a0: CRTE, PTRTE, PETR, PNR, SCoT ou autre.", clip(s))
}

// PerimeterInput is a perimeter as someone writes it, in a form or a file.
type PerimeterInput struct {
	Kind    PerimeterKind
	Name    string
	Holder  string   // SIREN of who carries it, or empty
	From    string   // day «2024-05-27», or empty
	To      string   // last day, or empty
	Members []string // codes of communes, SIREN of EPCI
	Demo    bool     // invented for the demonstration, and shown as such
}

// PerimeterFault is what is wrong with one field, so that a form can say it
// beside the field and a file beside the cell.
type PerimeterFault struct {
	Field   string // kind, name, holder, from, to, members
	Value   string
	Message string
}

const maxPerimeterMembers = 5_000

// Check cleans the input, and expands its members to codes of communes in
// force, ascending and without doubles. A former commune stands for today's. It
// reports every fault, not the first one.
func (in *PerimeterInput) Check(t *Tree) (communes []string, faults []PerimeterFault) {
	fault := func(field, value, message string) {
		faults = append(faults, PerimeterFault{field, clip(value), message})
	}
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	in.Holder = strings.Join(strings.Fields(in.Holder), "")
	in.From, in.To = strings.TrimSpace(in.From), strings.TrimSpace(in.To)
	if !slices.Contains(PerimeterKinds(), in.Kind) {
		fault("kind", string(in.Kind), "Choisissez le type du périmètre.")
	}
	switch n := utf8.RuneCountInString(in.Name); {
	case french.Fold(in.Name) == "":
		fault("name", in.Name, "Donnez un nom au périmètre.")
	case n > 200 || !utf8.ValidString(in.Name):
		fault("name", in.Name, "Le nom est trop long\u00a0: 200\u00a0caractères au plus.")
	}
	if in.Holder != "" && !french.ValidSIREN(in.Holder) {
		fault("holder", in.Holder, "Ce SIREN n’est pas valide\u00a0: neuf chiffres, dont le dernier contrôle les autres.")
	}
	from, okFrom := day(in.From)
	to, okTo := day(in.To)
	if !okFrom {
		fault("from", in.From, "Date de début illisible\u00a0: écrivez-la ainsi, 2024-05-27.")
	}
	if !okTo {
		fault("to", in.To, "Date de fin illisible\u00a0: écrivez-la ainsi, 2030-12-31.")
	}
	if okFrom && okTo && in.From != "" && in.To != "" && to.Before(from) {
		fault("to", in.To, "La date de fin précède la date de début.")
	}
	if in.Members = cleanMembers(in.Members); len(in.Members) == 0 {
		fault("members", "", "Indiquez au moins une commune ou un EPCI.")
	}
	if len(in.Members) > maxPerimeterMembers {
		fault("members", "", "Trop de membres\u00a0: indiquez les EPCI plutôt que chaque commune.")
		return nil, faults
	}
	set := map[string]bool{}
	for _, code := range in.Members {
		if list, err := t.expand(code); err != nil {
			fault("members", code, apperr.Message(err))
		} else {
			for _, i := range list {
				set[t.communes[i].Code] = true
			}
		}
	}
	for code := range set {
		communes = append(communes, code)
	}
	slices.Sort(communes)
	return communes, faults
}

// expand reads one member: a commune, a former commune, an EPCI or an EPT.
func (t *Tree) expand(code string) ([]int32, error) {
	if i, ok := t.CommuneIndex(code); ok {
		return []int32{i}, nil
	}
	if c, ok := t.Successor(code); ok {
		i, _ := t.CommuneIndex(c.Code)
		return []int32{i}, nil
	}
	if i, ok := t.groupAt[code]; ok {
		return t.groups[i].Communes, nil
	}
	if i, ok := t.eptAt[code]; ok {
		return t.epts[i].Communes, nil
	}
	if len(code) == 9 {
		return nil, t.unknown(Ref{EPCI, code})
	}
	return nil, t.unknown(Ref{CommuneS, code})
}

func cleanMembers(members []string) []string {
	var out []string
	for _, m := range members {
		if m = strings.ToUpper(strings.Join(strings.Fields(m), "")); m != "" && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

func day(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	d, err := time.Parse(time.DateOnly, s)
	return d, err == nil
}

// faultsError sums faults up in one sentence, for a caller that has no form.
func faultsError(faults []PerimeterFault) error {
	if len(faults) == 0 {
		return nil
	}
	var all []string
	for _, f := range faults[:min(len(faults), 5)] {
		if f.Value != "" {
			all = append(all, f.Message+" (lu\u00a0: «\u00a0"+f.Value+"\u00a0»)")
		} else {
			all = append(all, f.Message)
		}
	}
	return apperr.Invalidf("%s Rien n’a été enregistré.", strings.Join(all, " "))
}

package exchange

import (
	"strconv"

	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// PanoramaFields are the columns of a panorama as a table. Their names are
// public: the command, the downloads and the API share them.
func PanoramaFields() []Field {
	return []Field{
		{Name: "lever", Label: "Code permanent du levier"},
		{Name: "name", Label: "Nom du levier"},
		{Name: "sector", Label: "Code du secteur"},
		{Name: "objective_kt", Label: "Objectif indicatif\u00a0: baisse attendue en 2030 par rapport à 2019", Unit: "ktCO₂e par an", Number: true, Missing: "pas de valeur à cette échelle (la raison est dans «\u00a0reason\u00a0» quand la colonne existe)\u00a0; jamais zéro"},
		{Name: "share", Label: "Part de l’objectif national du levier, de 0 à 1", Number: true, Missing: "objectif absent, ou levier sans objectif national"},
		{Name: "key", Label: "Code de la clé de répartition (table des clés)\u00a0: celle de l’État pour une région, celle que Jalon applique en dessous", Missing: "levier non réparti, ou sans clé publiée"},
		{Name: "provenance", Label: "Provenance\u00a0: reference (publié par l’État), computed (réparti par une clé), estimated (réparti par une clé de substitution), missing (non réparti)"},
		{Name: "equivalent_2019", Label: "Ordre de grandeur, état de départ en 2019", Number: true, Missing: "levier sans unité, ou quantité inconnue à cette échelle"},
		{Name: "equivalent_2030", Label: "Ordre de grandeur, niveau visé en 2030", Number: true, Missing: "levier sans unité, ou quantité inconnue à cette échelle"},
		{Name: "equivalent_change", Label: "Ordre de grandeur, évolution de 2019 à 2030\u00a0; sous la région, un taux est celui de la région", Number: true, Missing: "levier sans unité"},
		{Name: "equivalent_unit", Label: "Unité de l’ordre de grandeur", Missing: "levier sans unité"},
		{Name: "version", Label: "Version des données et des règles\u00a0: deux fichiers de même version donnent les mêmes valeurs"},
	}
}

// PanoramaRow is one lever of a panorama in the order of PanoramaFields.
func PanoramaRow(m *panorama.Model, p *panorama.Panorama, l *panorama.Line) []Datum {
	objective, share := "", ""
	if l.Objective.Known {
		objective = KgAsKt(int64(l.Objective.Kg))
	}
	if l.Share.Known {
		share = strconv.FormatFloat(french.Round(l.Share.V, 8), 'f', -1, 64)
	}
	e := &l.Equiv
	return []Datum{
		Text(l.Lever.Code), Text(l.Lever.Name), Text(l.Lever.Sector), Number(objective), Number(share), Text(KeyCode(m, l)),
		Text(string(l.Class)), Number(equivalent(e, e.Start)), Number(equivalent(e, e.Target)), Number(equivalent(e, e.Change)),
		Text(e.Unit), Text(p.Version),
	}
}

// KeyCode is the key behind a line: the State's own from nation to region, the
// one that Jalon divided by below; "" when there is none.
func KeyCode(m *panorama.Model, l *panorama.Line) string {
	if l.Key != nil {
		return l.Key.Code
	}
	if l.State == panorama.Published {
		return m.Reference().Official[l.Lever.Code].Key
	}
	return ""
}

func equivalent(e *panorama.Equivalent, v panorama.Value) string {
	if !v.Known {
		return ""
	}
	return Fixed(french.Round(v.V, e.Decimals), e.Decimals)
}

// Panorama is the panorama of one territory as a data set. Totals are never
// rows: they would be summed again.
func Panorama(m *panorama.Model, p panorama.Panorama) Dataset {
	rows := make([][]Datum, len(p.Lines))
	for i := range p.Lines {
		rows[i] = PanoramaRow(m, &p, &p.Lines[i])
	}
	return Dataset{
		Name:   "jalon-panorama-" + fileName(p.Territory.Ref),
		Title:  "Panorama des leviers, " + p.Territory.Name,
		Note:   p.Total.Scope,
		Source: panoramaSource, Fields: PanoramaFields(), Rows: Slice(rows),
	}
}

const panoramaSource = "SGPE, simulateur territorial de la planification écologique, juillet 2024\u00a0; répartition sous la région calculée par Jalon"

// fileName is a reference without the sign that file systems refuse.
func fileName(r territory.Ref) string {
	if r.Scale == territory.Nation {
		return string(r.Scale)
	}
	return string(r.Scale) + "-" + r.Code
}

// Panoramas is the panorama of many territories as one data set, computed row by
// row as it is written: each row names its territory, and says why a value is
// absent.
func Panoramas(name, title string, m *panorama.Model, refs []territory.Ref) Dataset {
	fields := append([]Field{
		{Name: "territory", Label: "Territoire\u00a0: échelle et code"},
		{Name: "territory_name", Label: "Nom du territoire"},
	}, PanoramaFields()...)
	fields = append(fields, Field{Name: "reason", Label: "Raison de l’absence d’objectif", Missing: "l’objectif est donné"})
	return Dataset{
		Name: name, Title: title, Source: panoramaSource, Fields: fields,
		Note: "Objectifs indicatifs, non contraignants. Une ligne par territoire et par levier\u00a0; aucune ligne de total.",
		Rows: func(yield func([]Datum, error) bool) {
			for _, ref := range refs {
				p, err := m.Of(ref)
				if err != nil {
					yield(nil, err)
					return
				}
				for i := range p.Lines {
					l := &p.Lines[i]
					row := append([]Datum{Text(ref.String()), Text(p.Territory.Name)}, PanoramaRow(m, &p, l)...)
					if !yield(append(row, Text(l.Objective.Reason)), nil) {
						return
					}
				}
			}
		},
	}
}

// CommunePanoramas is what each commune reads of its own: a million of empty
// rows would hide them, so only the levers that have a value there are rows.
func CommunePanoramas(name string, m *panorama.Model) Dataset {
	fields := PanoramaFields()
	return Dataset{
		Name: name, Title: "Panorama des communes", Source: panoramaSource,
		Note: "Objectifs indicatifs, non contraignants. Seuls les leviers qui ont une valeur à l’échelle de la commune\u00a0; les autres se lisent à celle de son EPCI et de sa région.",
		Fields: append([]Field{
			{Name: "territory", Label: "Commune\u00a0: échelle et code"},
			{Name: "territory_name", Label: "Nom de la commune"},
		}, fields...),
		Rows: func(yield func([]Datum, error) bool) {
			for _, ref := range Refs(m, territory.CommuneS) {
				p, err := m.Of(ref)
				if err != nil {
					yield(nil, err)
					return
				}
				for i := range p.Lines {
					l := &p.Lines[i]
					if l.Objective.Known && !yield(append([]Datum{Text(ref.String()), Text(p.Territory.Name)}, PanoramaRow(m, &p, l)...), nil) {
						return
					}
				}
			}
		},
	}
}

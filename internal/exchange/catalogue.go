package exchange

import (
	"encoding/csv"
	"io/fs"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Catalogue lists every data set that Jalon gives away, in the order of its
// page. Rows are read when a set is written, not before. observed are the
// figures received by import.
func Catalogue(m *panorama.Model, tables fs.FS, observed []series.Observation) ([]Dataset, error) {
	out := []Dataset{
		Panoramas("panorama-regions", "Panorama des 18 régions", m, Refs(m, territory.RegionS)),
		Panoramas("panorama-departements", "Panorama des 101 départements", m, Refs(m, territory.Department)),
		Panoramas("panorama-epci", "Panorama des intercommunalités", m, Refs(m, territory.EPCI)),
		CommunePanoramas("panorama-communes", m),
	}
	for _, t := range referenceTables {
		d, err := reference(tables, t)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return append(out, places(m.Tree()), imported(observed)), nil
}

type referenceTable struct {
	file, name, title, note string
}

const ours = "Jalon, d’après les sources que nomme la colonne «\u00a0source\u00a0» (jeu «\u00a0sources\u00a0»)"

// referenceTables are the tables of data/ that go out as they are.
var referenceTables = []referenceTable{
	{"objectives-regional.csv", "objectifs-regionaux", "Objectifs régionaux, éditions de décembre 2023 et juillet 2024", "Une ligne par édition, région et levier. L’édition affichée est celle de juillet 2024\u00a0; celle de décembre 2023 est la répartition théorique."},
	{"objectives-national.csv", "objectifs-nationaux", "Objectifs nationaux des 30 leviers", "Baisse attendue en 2030 par rapport à 2019. La somme est de 201\u202f000 ktCO₂e."},
	{"levers.csv", "leviers", "Leviers, toutes versions du référentiel", "Le code d’un levier est permanent\u00a0; son nom ne l’est pas, et trois noms servent deux fois."},
	{"crosswalks.csv", "correspondances", "Correspondances entre versions du référentiel", "Correspondances établies par Jalon. Un objectif en kt ne suit qu’une correspondance d’un à un ou de plusieurs à un, jamais partagé."},
	{"keys.csv", "cles", "Clés de répartition", "Les clés de l’État de la nation aux régions, et leurs données."},
	{"lever-keys.csv", "cles-des-leviers", "Clé officielle de chaque levier", ""},
	{"key-inputs.csv", "donnees-des-cles", "Données publiques des clés qui se recalculent", ""},
	{"lever-scales.csv", "echelles", "État de chaque levier à chaque échelle", "key\u00a0: la clé de l’État\u00a0; substitute\u00a0: une clé de substitution, donc une estimation\u00a0; unallocated\u00a0: non réparti sans clé importée."},
	{"epci-percentages.csv", "pourcentages-epci", "Seconde méthode\u00a0: part de chaque levier dans la baisse d’un secteur", ""},
	{"adjusted-cells.csv", "cellules-ajustees", "Valeurs régionales changées entre les deux éditions", ""},
	{"dynamics.csv", "dynamiques", "Séries régionales citées par l’État", ""},
	{"targets-national.csv", "cibles-nationales", "Cibles nationales des autres axes", ""},
	{"collectivites.csv", "collectivites", "Collectivités\u00a0: qui décide où", "Une collectivité est un conseil qui décide\u00a0; ce n’est pas un territoire."},
	{"sources.csv", "sources", "Sources", "Chaque ligne des autres jeux renvoie ici par son identifiant."},
}

// numeric are the columns of data/ that hold numbers.
var numeric = []string{"kt", "ratio", "start_2019", "value", "pct", "coefficient", "kt_2023_12", "kt_2024_07"}

// labels say in French what the columns of data/ hold.
var labels = map[string]string{
	"edition": "Édition de la publication", "region": "Code de la région", "lever": "Code permanent du levier", "kt": "Objectif, en ktCO₂e par an",
	"as_published": "Valeur telle que publiée", "reason": "Raison d’une absence ou d’un choix", "ratio": "Unité physique par kt", "start_2019": "État de départ en 2019",
	"relative": "true\u00a0: le niveau de 2030 est celui de 2019 plus l’évolution", "unit": "Unité", "unit_reason": "Raison d’une unité absente", "unit_short": "Unité, en bref",
	"unit_kind": "quantity\u00a0: s’additionne\u00a0; rate\u00a0: ne s’additionne jamais\u00a0; none\u00a0: sans unité", "note": "Remarque", "source": "Identifiant de la source", "year": "Année",
	"base_year": "Année de référence", "code": "Code permanent", "version": "Version du référentiel", "source_id": "Identifiant chez l’État (pas toujours unique)",
	"name": "Nom", "short_name": "Nom court", "sector": "Code du secteur", "theme": "Code de la thématique", "axes": "Axes, séparés par |",
	"direction": "Sens attendu de la quantité physique", "scope": "Portée", "regional": "true\u00a0: l’État le régionalise", "gloss": "En une phrase", "workstream": "Chantier de 2026",
	"territorial": "true\u00a0: levier territorial de 2026", "wider": "Levier plus large sous lequel il se lit", "from": "Levier de départ", "to": "Levier d’arrivée",
	"kind": "one-to-one, part-of ou no-match", "key": "Code de la clé", "label": "Libellé", "producer": "Producteur", "recomputable": "true\u00a0: se recalcule de données publiques",
	"formula": "Formule", "coefficient": "ktCO₂e par unité de la clé", "value": "Valeur", "class": "Provenance", "scale": "Échelle", "state": "État du levier",
	"lever_name_source": "Nom chez le producteur", "subsector": "Code du sous-secteur", "pct": "Pourcentage de la baisse", "in_total": "true\u00a0: compte dans le total",
	"kt_2023_12": "Objectif de décembre 2023", "kt_2024_07": "Objectif de juillet 2024", "indicator": "Indicateur", "target": "Cible", "text": "Phrase",
	"lever_2024_07": "Levier qui porte la valeur en juillet 2024", "to_version": "Version du levier d’arrivée", "capacities": "Compétences, séparées par |",
	"territories": "Territoires où elle les exerce, séparés par |", "departments": "Départements", "regions": "Régions", "siren": "SIREN", "elected_title": "Titre de la personne élue à sa tête",
	"id": "Identifiant", "title": "Titre", "publisher": "Éditeur", "date": "Date", "licence": "Licence", "address": "Adresse",
}

func reference(tables fs.FS, t referenceTable) (Dataset, error) {
	f, err := tables.Open(t.file)
	if err != nil {
		return Dataset{}, err
	}
	defer func() { _ = f.Close() }()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil || len(all) == 0 {
		return Dataset{}, apperr.New(apperr.Internal, err, "La table %s est illisible.", t.file)
	}
	head, rows := all[0], all[1:]
	d := Dataset{Name: t.name, Title: t.title, Note: t.note, Source: ours}
	number := make([]bool, len(head))
	for i, h := range head {
		// A column of numbers in one table holds words in another («value» of the
		// targets): it is one of numbers only where each cell is.
		number[i] = slices.Contains(numeric, h) && !slices.ContainsFunc(rows, func(r []string) bool {
			_, err := ParseNumber(r[i], PointDecimal)
			return r[i] != "" && err != nil
		})
		d.Fields = append(d.Fields, Field{Name: h, Label: labels[h], Number: number[i], Missing: missingOf(number[i])})
	}
	cells := make([][]Datum, len(rows))
	for n, r := range rows {
		cells[n] = make([]Datum, len(r))
		for i, c := range r {
			cells[n][i] = Datum{Text: c, Number: number[i]}
		}
	}
	d.Rows = Slice(cells)
	return d, nil
}

func missingOf(number bool) string {
	if number {
		return "valeur manquante, jamais zéro\u00a0; la raison est dans la colonne «\u00a0reason\u00a0» ou «\u00a0unit_reason\u00a0»"
	}
	return ""
}

// places is the tree of territories as one table.
func places(t *territory.Tree) Dataset {
	e := t.Edition()
	return Dataset{
		Name: "territoires", Title: "Territoires\u00a0: régions, départements, intercommunalités, communes", Source: e.Source,
		Note: "Géographie au 1er janvier " + Integer(e.Year).Text + ", populations municipales " + Integer(e.PopulationYear).Text + ".",
		Fields: []Field{
			{Name: "territory", Label: "Échelle et code"}, {Name: "scale", Label: "Échelle"}, {Name: "code", Label: "Code officiel, gardé en texte"}, {Name: "name", Label: "Nom"},
			{Name: "kind", Label: "Nature"}, {Name: "population", Label: "Population municipale", Unit: "habitants", Number: true, Missing: "population inconnue"},
			{Name: "parents", Label: "Territoires qui le contiennent ou le croisent, séparés par |"}, {Name: "epci", Label: "SIREN de l’intercommunalité d’une commune", Missing: "commune hors intercommunalité"},
		},
		Rows: func(yield func([]Datum, error) bool) {
			for _, ref := range allRefs(t) {
				x, err := t.Lookup(ref)
				if err != nil {
					yield(nil, err)
					return
				}
				population := ""
				if x.Population >= 0 {
					population = Integer(x.Population).Text
				}
				parents := make([]string, len(x.Parents))
				epci := ""
				for i, p := range x.Parents {
					parents[i] = p.String()
					if p.Scale == territory.EPCI {
						epci = p.Code
					}
				}
				if !yield([]Datum{Text(ref.String()), Text(string(ref.Scale)), Text(ref.Code), Text(x.Name), Text(x.Kind), Number(population), Text(strings.Join(parents, "|")), Text(epci)}, nil) {
					return
				}
			}
		},
	}
}

func allRefs(t *territory.Tree) []territory.Ref {
	var out []territory.Ref
	for _, x := range t.Regions() {
		out = append(out, territory.Ref{Scale: territory.RegionS, Code: x.Code})
	}
	for _, x := range t.Departments() {
		out = append(out, territory.Ref{Scale: territory.Department, Code: x.Code})
	}
	for _, x := range t.Groups() {
		out = append(out, territory.Ref{Scale: territory.EPCI, Code: x.SIREN})
	}
	for _, x := range t.EPTs() {
		out = append(out, territory.Ref{Scale: territory.EPT, Code: x.SIREN})
	}
	for _, x := range t.Communes() {
		out = append(out, territory.Ref{Scale: territory.CommuneS, Code: x.Code})
	}
	return out
}

// ImportedName is the data set of the figures received by import, the only one
// that needs them to be written.
const ImportedName = "donnees-importees"

// imported are the figures received by import, every edition.
func imported(all []series.Observation) Dataset {
	return Dataset{
		Name: ImportedName, Title: "Chiffres reçus par import\u00a0: clés, objectifs publiés, émissions", Source: "colonne «\u00a0source\u00a0» de chaque ligne",
		Note: "Chaque import garde ses valeurs\u00a0; pour une série, un territoire et une année, la dernière édition est celle qui sert.",
		Fields: []Field{
			{Name: "series", Label: "Série\u00a0: cle/…, objectif/…, equivalent/…, emissions/…"}, {Name: "territory", Label: "Échelle et code"}, {Name: "year", Label: "Année", Number: true},
			{Name: "value", Label: "Valeur", Number: true, Missing: "valeur manquante, dont la raison est dans «\u00a0reason\u00a0»"}, {Name: "reason", Label: "Raison d’une absence"},
			{Name: "as_published", Label: "Valeur telle que reçue"}, {Name: "unit", Label: "Unité"}, {Name: "provenance", Label: "Provenance"}, {Name: "source", Label: "Source"},
			{Name: "label", Label: "Édition chez le producteur\u00a0; pour une clé, ce qu’elle compte quand ce n’est pas ce que compte celle de l’État"}, {Name: "edition", Label: "Import qui l’a apportée, dans l’ordre du temps"},
		},
		Rows: func(yield func([]Datum, error) bool) {
			for _, o := range all {
				value := ""
				if o.Value != nil {
					value = Plain(*o.Value)
				}
				if !yield([]Datum{Text(o.Series), Text(o.Territory), Integer(o.Year), Number(value), Text(o.Reason), Text(o.AsPublished), Text(o.Unit),
					Text(string(o.Class)), Text(o.Source), Text(o.Label), Text(o.Edition)}, nil) {
					return
				}
			}
		},
	}
}

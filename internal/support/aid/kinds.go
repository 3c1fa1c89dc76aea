package aid

import (
	"slices"
	"strings"

	"jalon/internal/french"
)

// Types are the kinds of support, with their French names: money first, then people.
func Types() [][2]string {
	return [][2]string{{"grant", "subvention"}, {"loan", "prêt"}, {"recoverable-advance", "avance récupérable"}, {"cee", "certificats d’économies d’énergie (CEE)"}, {"other", "autre aide financière"},
		{"technical-engineering", "ingénierie technique"}, {"financial-engineering", "ingénierie financière"}, {"legal-engineering", "ingénierie juridique ou administrative"}}
}

// Moments are the steps of a project that an aid serves, with their French names.
func Moments() [][2]string {
	return [][2]string{{"preop", "réflexion, conception"}, {"op", "mise en œuvre, réalisation"}, {"postop", "usage, valorisation"}}
}

// Destinations are what is paid for, with their French names.
func Destinations() [][2]string {
	return [][2]string{{"supply", "dépenses de fonctionnement"}, {"investment", "dépenses d’investissement"}}
}

// Recurrences say how an aid comes back, with their French names.
func Recurrences() [][2]string {
	return [][2]string{{"oneoff", "ponctuelle"}, {"ongoing", "permanente"}, {"recurring", "récurrente"}}
}

// Audiences are who an aid is for, with their French names. Holders of actions bear the
// same codes.
func Audiences() [][2]string {
	return [][2]string{{"commune", "communes"}, {"epci", "EPCI et pays"}, {"department", "départements"}, {"region", "régions"}, {"special", "collectivités d’outre-mer à statut particulier"},
		{"public-org", "établissements publics et services de l’État"}, {"public-cies", "entreprises publiques locales"}, {"association", "associations"}, {"private-sector", "entreprises privées"},
		{"private-person", "particuliers"}, {"farmer", "agriculteurs"}, {"researcher", "recherche"}}
}

// forWhom are the audiences with their article, after «ouverte».
var forWhom = map[string]string{"commune": "aux communes", "epci": "aux EPCI", "department": "aux départements", "region": "aux régions", "special": "aux collectivités d’outre-mer à statut particulier",
	"public-org": "aux établissements publics et services de l’État", "public-cies": "aux entreprises publiques locales", "association": "aux associations", "private-sector": "aux entreprises",
	"private-person": "aux particuliers", "farmer": "aux agriculteurs", "researcher": "à la recherche"}

// Scales are those of the perimeters of aids, with their French names. What is a basin or
// made for one aid is kept by its name alone: Jalon does not know its communes.
func Scales() [][2]string {
	return [][2]string{{"continent", "Union européenne"}, {"country", "France"}, {"mainland", "France métropolitaine"}, {"overseas", "outre-mer"}, {"region", "région"}, {"department", "département"},
		{"epci", "EPCI"}, {"commune", "commune"}, {"basin", "bassin hydrographique"}, {"adhoc", "périmètre propre à l’aide"}}
}

// HolderKinds are what a holder is, with their French names.
func HolderKinds() [][2]string {
	return [][2]string{{"state", "État et ses opérateurs"}, {"europe", "Union européenne"}, {"region", "région"}, {"department", "département"}, {"epci", "EPCI"}, {"commune", "commune"}, {"other", "autre"}}
}

// Named is the French name of a code, the code when the list does not hold it.
func Named(list [][2]string, code string) string {
	if i := slices.IndexFunc(list, func(x [2]string) bool { return x[0] == code }); i >= 0 {
		return list[i][1]
	}
	return code
}

// Names are the French names of some codes, in the order of the list.
func Names(list [][2]string, codes []string) string {
	var out []string
	for _, x := range list {
		if slices.Contains(codes, x[0]) {
			out = append(out, x[1])
		}
	}
	return strings.Join(out, ", ")
}

func known(list [][2]string, code string) bool {
	return slices.ContainsFunc(list, func(x [2]string) bool { return x[0] == code })
}

// Technical reports whether a type is people rather than money.
func Technical(code string) bool { return strings.HasSuffix(code, "-engineering") }

// said are the labels under which Aides-territoires says its codes, folded, beside the codes
// themselves: a list, so that a new label is told and never guessed.
var said = map[string]map[string]string{
	"type": {"subvention": "grant", "pret": "loan", "avance recuperable": "recoverable-advance", "certificat d economie d energie": "cee", "certificat d economie d energie cee": "cee", "cee": "cee",
		"autre aide financiere": "other", "autre": "other", "ingenierie technique": "technical-engineering", "ingenierie financiere": "financial-engineering",
		"ingenierie juridique administrative": "legal-engineering", "ingenierie juridique et administrative": "legal-engineering", "ingenierie juridique": "legal-engineering"},
	"step":        {"reflexion conception": "preop", "mise en oeuvre realisation": "op", "usage valorisation": "postop"},
	"destination": {"depenses de fonctionnement": "supply", "depenses d investissement": "investment", "fonctionnement": "supply", "investissement": "investment"},
	"recurrence":  {"ponctuelle": "oneoff", "permanente": "ongoing", "recurrente": "recurring"},
	"audience": {"communes": "commune", "commune": "commune", "intercommunalites pays": "epci", "intercommunalite pays": "epci", "epci a fiscalite propre": "epci", "epci": "epci", "departements": "department", "departement": "department",
		"regions": "region", "region": "region", "collectivites d outre mer a statuts particuliers": "special", "collectivite d outre mer a statuts particuliers": "special", "collectivites d outre mer a statut particulier": "special",
		"etablissements publics ecoles bibliotheques services de l etat": "public-org", "etablissement public dont services de l etat": "public-org", "etablissements publics dont services de l etat": "public-org",
		"entreprises publiques locales sem spl semop": "public-cies", "entreprise publique locale sem spl semop": "public-cies", "associations": "association", "association": "association", "entreprises privees": "private-sector", "entreprise privee": "private-sector",
		"particuliers": "private-person", "particulier": "private-person", "agriculteurs": "farmer", "agriculteur": "farmer", "recherche": "researcher"},
	"scale": {"commune": "commune", "epci": "epci", "bassin hydrographique": "basin", "departement": "department", "region": "region", "outre mer": "overseas", "metropole": "mainland", "ad hoc": "adhoc", "pays": "country", "continent": "continent"},
}

// plain is a label as the lists above hold it: folded, words alone.
func plain(label string) string {
	return strings.Join(strings.FieldsFunc(strings.ReplaceAll(french.Fold(label), "œ", "oe"), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), " ")
}

// coded is the code that a label says; false when no list holds it.
func coded(kind string, list [][2]string, label string) (string, bool) {
	word := plain(label)
	if c, ok := said[kind][word]; ok {
		return c, true
	}
	code := strings.ReplaceAll(word, " ", "-")
	return code, known(list, code)
}

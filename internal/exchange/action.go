package exchange

import (
	"slices"
	"strings"

	"jalon/internal/french"
)

// ActionField is what a column of a file of actions may hold.
type ActionField struct {
	Key, Label string
	// Many tells that several columns may hold it, one after the other.
	Many bool
	// words are what a header says when it probably holds it: a suggestion that a
	// person confirms, never a reading.
	words []string
}

// ActionFields lists them in the order of the screens and of the files that go out.
func ActionFields() []ActionField { return slices.Clone(actionFields) }

var actionFields = []ActionField{
	{Key: "id", Label: "Identifiant", words: []string{"id", "identifiant", "code action", "reference", "numero"}},
	{Key: "title", Label: "Titre", words: []string{"titre", "intitule", "nom", "action", "projet"}},
	{Key: "summary", Label: "Résumé", words: []string{"resume", "description", "descriptif", "contenu"}},
	{Key: "kind", Label: "Nature", words: []string{"nature", "transversale"}},
	{Key: "levers", Label: "Leviers", words: []string{"levier", "leviers"}},
	{Key: "places", Label: "Territoires", Many: true, words: []string{"territoire", "territoires", "commune", "insee", "departement", "epci", "perimetre"}},
	{Key: "holder", Label: "Porteur", words: []string{"porteur", "pilote", "beneficiaire", "maitre d ouvrage", "structure"}},
	{Key: "siren", Label: "SIREN ou SIRET du porteur", words: []string{"siren", "siret"}},
	{Key: "co_holders", Label: "Autres porteurs", Many: true, words: []string{"co porteur", "coporteur", "autres porteurs"}},
	{Key: "partners", Label: "Partenaires", Many: true, words: []string{"partenaire", "partenaires", "parties prenantes"}},
	{Key: "contact", Label: "Contact", Many: true, words: []string{"contact", "personne", "referent"}},
	{Key: "email", Label: "Adresse électronique", words: []string{"email", "mail", "courriel"}},
	{Key: "referent", Label: "Élu référent", words: []string{"elu", "elue"}},
	{Key: "step", Label: "Étape-type", words: []string{"etape type", "type d action"}},
	{Key: "starts", Label: "Début", words: []string{"debut", "demarrage", "lancement", "date"}},
	{Key: "ends", Label: "Fin", words: []string{"fin", "echeance", "achevement"}},
	{Key: "phase", Label: "Phase", words: []string{"phase"}},
	{Key: "status", Label: "Statut du projet", words: []string{"statut", "avancement", "etat"}},
	{Key: "pool", Label: "Statut au vivier", words: []string{"vivier"}},
	{Key: "invest", Label: "Budget d’investissement (€)", words: []string{"budget", "cout", "investissement", "montant"}},
	{Key: "operation", Label: "Budget de fonctionnement (€ par an)", words: []string{"fonctionnement"}},
	{Key: "fte", Label: "Équivalents temps plein", words: []string{"etp", "temps plein"}},
	{Key: "funder1", Label: "Financeur 1", words: []string{"financeur"}},
	{Key: "amount1", Label: "Montant 1 (€)", words: []string{"subvention", "montant accorde", "aide"}},
	{Key: "granted1", Label: "État du financement 1"},
	{Key: "funder2", Label: "Financeur 2"}, {Key: "amount2", Label: "Montant 2 (€)"}, {Key: "granted2", Label: "État du financement 2"},
	{Key: "funder3", Label: "Financeur 3"}, {Key: "amount3", Label: "Montant 3 (€)"}, {Key: "granted3", Label: "État du financement 3"},
	{Key: "indicator", Label: "Indicateur", words: []string{"indicateur"}},
	{Key: "quantity", Label: "Quantité visée", words: []string{"quantite", "cible", "objectif chiffre"}},
	{Key: "unit", Label: "Unité", words: []string{"unite"}},
	{Key: "year", Label: "Année visée", words: []string{"annee visee", "horizon"}},
	{Key: "tasks", Label: "Tâches", words: []string{"tache", "taches", "jalons"}},
	{Key: "note", Label: "Ajouter au résumé", Many: true, words: []string{"commentaire", "remarque", "objectif", "freins", "moyens", "priorite"}},
}

// ActionFormat is a shape of files of actions.
type ActionFormat struct {
	ID, Name string
	// Document is where its columns were read, Link its address, empty for our own.
	Document, Link string
	// prefix begins the origin of what it brings.
	prefix string
	// known are the columns of the document: a header, and what it holds.
	known [][2]string
	// signs are the headers by which a file is told to be of this shape.
	signs []string
}

// Known are the columns as the document gives them, each with what it holds: a key of
// ActionFields, a place of the shape alone, or Ignored.
func (f ActionFormat) Known() [][2]string { return slices.Clone(f.known) }

// The shapes that are read and written.
const (
	GenericActions = "generique"
	TeTActions     = "tet"
	CommunsActions = "communs"
	VivierActions  = "vivier"
	FundedActions  = "fonds-vert"
	GristActions   = "grist"
)

// tetColumns are the 28 columns, in their order. «Titre de la fiche action» is what an
// older model of the same file calls the fourth.
var tetColumns = [][2]string{
	{"Axe (x)", "note"}, {"Sous-axe (x.x)", "note"}, {"Sous-sous axe (x.x.x)", "note"}, {"Titre de l'action", "title"}, {"Titre de la sous-action", "sub"}, {"Descriptif", "summary"},
	{"Instances de gouvernance", "note"}, {"Objectifs", "note"}, {"Indicateurs liés", "note"}, {"Structure pilote", "holder"}, {"Moyens humains et techniques", "note"}, {"Partenaires", "partners"},
	{"Direction ou service pilote", "note"}, {"Personne pilote", "contact"}, {"Élu·e référent·e", "referent"}, {"Participation Citoyenne", "note"}, {"Financements", "note"},
	{"Financeur 1", "funder1"}, {"Montant € HT", "amount1"}, {"Financeur 2", "funder2"}, {"Montant € HT", "amount2"}, {"Financeur 3", "funder3"}, {"Montant € HT", "amount3"},
	{"Budget prévisionnel total € HT", "invest"}, {"Statut", "status"}, {"Niveau de priorité", "note"}, {"Date de début", "starts"}, {"Date de fin", "ends"},
}

var communsColumns = [][2]string{
	{"id", "id"}, {"createdAt", Ignored}, {"updatedAt", Ignored}, {"nom", "title"}, {"description", "summary"}, {"budgetPrevisionnel", "invest"}, {"dateDebutPrevisionnelle", "starts"}, {"phase", "phase"}, {"phaseStatut", "status"},
	{"programme", "note"}, {"porteurCodeSiret", "siren"}, {"porteurReferentEmail", "email"}, {"porteurReferentTelephone", Ignored}, {"porteurReferentPrenom", "contact"}, {"porteurReferentNom", "contact"},
	{"porteurReferentFonction", "contact"}, {"competences", Ignored}, {"leviers", "levers"}, {"mecId", Ignored}, {"tetId", Ignored}, {"recocoId", Ignored}, {"collectiviteIds", Ignored},
}

// ActionFormats lists the shapes, the generic one last.
func ActionFormats() []ActionFormat {
	generic := make([][2]string, 0, len(actionFields))
	for _, f := range aboutActions {
		generic = append(generic, [2]string{f.Label, Ignored})
	}
	for _, f := range actionFields {
		if f.Key != "note" {
			generic = append(generic, [2]string{f.Label, f.Key})
		}
	}
	return []ActionFormat{
		{ID: TeTActions, Name: "Plan de Territoires en Transitions (28 colonnes)", prefix: "tet", known: tetColumns, signs: []string{"Axe (x)", "Descriptif", "Structure pilote"},
			Document: "modèle d’import de plan de Territoires en Transitions, tel que son lecteur le vérifie (28 colonnes dans l’ordre, en-tête en ligne 2, données dès la ligne 4)",
			Link:     "https://github.com/incubateur-ademe/territoires-en-transitions"},
		{ID: VivierActions, Name: "Vivier COP", prefix: "vivier", signs: []string{"nom", "copStatutVivier"},
			known:    append(slices.Clone(communsColumns), [2]string{"copMillesime", "note"}, [2]string{"copStatutVivier", "pool"}, [2]string{"territoire", "places"}),
			Document: "API des Communs de la transition écologique, source «\u00a0Vivier COP\u00a0» (copStatutVivier, copMillesime, identifiants cop_…)", Link: "https://github.com/betagouv/communs-de-la-transition-ecologique-des-collectivites"},
		{ID: CommunsActions, Name: "Schéma des projets de transition écologique (Communs)", prefix: "communs", known: communsColumns, signs: []string{"nom", "phaseStatut"},
			Document: "schéma de données «\u00a0Projets de transition écologique\u00a0», version 0.1.1 du 16 avril 2025 (22 champs)", Link: "https://github.com/betagouv/schema-projet-collectivites-transition-ecologique"},
		{ID: FundedActions, Name: "Projets financés par le Fonds vert", prefix: "fonds-vert", signs: []string{"nom_demarche_ds", "nom_du_projet", "montant_engage"},
			known: [][2]string{{"nom_region", Ignored}, {"code_departement", "department"}, {"nom_departement", Ignored}, {"code_commune", "places"}, {"nom_commune", Ignored}, {"axe", Ignored}, {"numero_demarche_ds", Ignored},
				{"nom_demarche_ds", "measure"}, {"numero_dossier_ds", "id"}, {"nom_du_projet", "title"}, {"nom_beneficiaire_principal", "holder"}, {"siren", "siren"}, {"montant_engage", "amount1"}},
			Document: "export public des projets financés par le Fonds vert, édition 2023 (13 colonnes)", Link: "https://www.data.gouv.fr/datasets/fonds-vert-liste-des-projets-subventionnes/"},
		{ID: GristActions, Name: "Priorités d’adaptation (Grist, 16 champs)", prefix: "grist", signs: []string{"Intitulé de la priorité", "Niveau de priorité"},
			known: [][2]string{{"Intitulé de la priorité", "title"}, {"Région", Ignored}, {"Département", "places"}, {"Effet du changement climatique", "note"}, {"Sensibilité", "note"}, {"Levier", "levers"}, {"Niveau de priorité", "note"},
				{"Description", "summary"}, {"Date de fin prévue", "ends"}, {"Critères de réussite (indicateurs)", "note"}, {"Parties prenantes à mobiliser", "partners"}, {"Porteur d'aide ingénierie", "note"},
				{"Porteur d'aide financement", "note"}, {"Freins à lever - remontées régionales", "note"}, {"Freins - remontées nationales", "note"}, {"Budget total anticipé", "invest"}},
			Document: "fiche d’adaptation du document Grist des COP 2025 (16 champs)", Link: "https://github.com/planification-ecologique/cop-adaptation"},
		{ID: GenericActions, Name: "Tableur, colonnes à faire correspondre", prefix: "fichier", known: generic, Document: "modèle de Jalon"},
	}
}

// FindActionFormat returns a shape by its id.
func FindActionFormat(id string) (ActionFormat, bool) {
	all := ActionFormats()
	i := slices.IndexFunc(all, func(f ActionFormat) bool { return f.ID == id })
	if i < 0 {
		return ActionFormat{}, false
	}
	return all[i], true
}

// formatOf tells the shape of a file by its header.
func formatOf(header []string) ActionFormat {
	folded := map[string]bool{}
	for _, h := range header {
		folded[french.Fold(h)] = true
	}
	all := ActionFormats()
	for _, f := range all {
		if len(f.signs) > 0 && !slices.ContainsFunc(f.signs, func(s string) bool { return !folded[french.Fold(s)] }) {
			return f
		}
	}
	return all[len(all)-1]
}

// decide gives each header what it holds: what a person said, then what the document of
// the shape says; empty when nobody did. A header that comes twice takes its meanings in
// their order, as the amounts of the 28 columns do.
func (f ActionFormat) decide(header []string, said [][2]string) []string {
	out := make([]string, len(header))
	take := func(from [][2]string) {
		taken := make([]bool, len(from))
		for i, h := range header {
			folded := french.Fold(h)
			if f.ID == TeTActions && folded == french.Fold("Titre de la fiche action") {
				folded = french.Fold("Titre de l'action") // as an older model calls it
			}
			for k, known := range from {
				if out[i] == "" && !taken[k] && french.Fold(known[0]) == folded {
					out[i], taken[k] = known[1], true
				}
			}
		}
	}
	for i, h := range header {
		if slices.Contains(refusedHeads[:], h) || french.Fold(h) == "" {
			out[i] = Ignored
		}
	}
	take(said)
	take(f.known)
	return out
}

// SuggestField is what a header may hold by its words: the longest words first, so
// that «budget de fonctionnement» is no investment. Empty for none.
func SuggestField(header string) string {
	folded, best, key := " "+french.Fold(header)+" ", 0, ""
	for _, f := range actionFields {
		for _, w := range append([]string{french.Fold(f.Label)}, f.words...) {
			if len(w) > best && strings.Contains(folded, " "+w+" ") {
				best, key = len(w), f.Key
			}
		}
	}
	return key
}

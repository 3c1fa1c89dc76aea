package composition

import (
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// Kind is what is composed. What is written of it in tables and addresses is its
// code, which never changes.
type Kind string

// The kinds, in the order of a COP.
const (
	Diagnosis Kind = "diagnostic"
	Roadmap   Kind = "feuille-de-route"
	Review    Kind = "revue"
)

// Words are how sentences name a kind of document in French.
type Words struct {
	Bare     string // diagnostic
	The      string // le diagnostic
	Of       string // du diagnostic
	A        string // un diagnostic
	This     string // ce diagnostic
	Shared   string // Diagnostic partagé: over the title of a page
	OfShared string // du diagnostic partagé
	Feminine bool
}

// E is the ending of an adjective or of a participle said of the document.
func (w Words) E() string {
	if w.Feminine {
		return "e"
	}
	return ""
}

// Pronoun is «le» or «la».
func (w Words) Pronoun() string {
	if w.Feminine {
		return "la"
	}
	return "le"
}

type definition struct {
	words    Words
	subtitle string
	title    func(region, term string) string
	parts    [][2]string
	journal  string // kind of the rows of the journal; its blocks add «_block»
	policy   policy.Kind
	act      string
	usual    func(p Part) string // title of the text that opens a part
}

var definitions = map[Kind]definition{
	Diagnosis: {
		words:    Words{Bare: "diagnostic", The: "le diagnostic", Of: "du diagnostic", A: "un diagnostic", This: "ce diagnostic", Shared: "Diagnostic partagé", OfShared: "du diagnostic partagé"},
		subtitle: "Diagnostic partagé de la COP", title: func(region, _ string) string {
			return region + french.NoBreak + ": le diagnostic partagé de la région"
		},
		parts: [][2]string{{string(Opening), "Ouverture"}, {string(Aims), "Cibles et objectifs"}, {string(Dynamics), "Dynamiques en cours"},
			{string(Answers), "Ce que disent les collectivités"}, {string(Strengths), "Points forts du territoire"}, {string(Priorities), "Synthèse et thèmes prioritaires"}},
		journal: "diagnosis", policy: policy.Diagnosis, act: cop.DiagnosisAct,
		usual: func(p Part) string {
			if p == Opening {
				return "Pourquoi ce diagnostic"
			}
			return "Ce que nous en retenons"
		},
	},
	Roadmap: {
		words:    Words{Bare: "feuille de route", The: "la feuille de route", Of: "de la feuille de route", A: "une feuille de route", This: "cette feuille de route", Shared: "Feuille de route", OfShared: "de la feuille de route", Feminine: true},
		subtitle: "Feuille de route de la COP régionale", title: func(region, _ string) string { return region + french.NoBreak + ": la feuille de route de la région" },
		parts: [][2]string{{string(Preface), "Préface"}, {string(Objectives), "Les objectifs partagés"}, {string(Picture), "Le territoire aujourd’hui"}, {string(Plan), "Le plan d’action"},
			{string(Cover), "Ce que couvrent les actions"}, {string(Needs), "Ce qui manque encore"}, {string(Following), "Le suivi et la prochaine COP"}, {string(Annexes), "Annexes et méthode"}},
		journal: "roadmap", policy: policy.Roadmap, act: cop.RoadmapAct,
		usual: func(p Part) string {
			return map[Part]string{Preface: "Le mot des deux co-animateurs", Plan: "Comment lire ce plan", Following: "Comment nous suivrons ces actions"}[p]
		},
	},
	Review: {
		words:    Words{Bare: "revue annuelle", The: "la revue annuelle", Of: "de la revue annuelle", A: "une revue annuelle", This: "cette revue", Shared: "Revue annuelle", OfShared: "de la revue annuelle", Feminine: true},
		subtitle: "Revue annuelle de la feuille de route", title: func(region, term string) string {
			return region + french.NoBreak + ": la revue " + term + " de la feuille de route"
		},
		parts: [][2]string{{string(Preface), "L’essentiel"}, {string(Progress), "Où en sont les actions"}, {string(Cover), "Prévu, fait, observé"}, {string(Compared), "Ce qui a changé depuis la dernière revue"},
			{string(Needs), "Ce qui bloque, ce qui a été répondu"}, {string(Lessons), "Ce que nous apprenons"}, {string(Following), "La suite"}},
		journal: "review", policy: policy.FollowUp, act: cop.ReviewAct,
		usual: func(p Part) string {
			return map[Part]string{Preface: "Ce que nous en retenons", Following: "Ce que nous ferons l’an prochain"}[p]
		},
	},
}

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{Diagnosis, Roadmap, Review} }

// Words are how sentences name it.
func (k Kind) Words() Words { return definitions[k].words }

// Name is how routes and the journal name a kind: diagnosis, roadmap, review.
func (k Kind) Name() string { return definitions[k].journal }

// Path is the end of its address under that of a region, of a term when it has one.
func (k Kind) Path(term string) string {
	if k == Review {
		return "/suivi/revues/" + term
	}
	return "/" + string(k)
}

// File is how its files begin.
func (k Kind) File(term string) string {
	if term == "" {
		return string(k)
	}
	return string(k) + "-" + term
}

// Policy is its kind in the table of rights.
func (k Kind) Policy() policy.Kind { return definitions[k].policy }

// Act is the kind of the act by which both heads publish an edition.
func (k Kind) Act() string { return definitions[k].act }

// Parts lists its parts with their French names, in the order of the document.
func (k Kind) Parts() [][2]string { return definitions[k].parts }

// PartName is the French name of a part, empty for what is none.
func (k Kind) PartName(p Part) string {
	for _, x := range k.Parts() {
		if x[0] == string(p) {
			return x[1]
		}
	}
	return ""
}

func (k Kind) block() string { return definitions[k].journal + "_block" }

package action

import (
	"slices"
	"strings"
	"unicode/utf8"

	"jalon/internal/french"
)

// Grid is the grid of the COP action, from the founding document: a new dimension, one
// criterion at least, and structuring, all three. What somebody says of it has three
// turns: who proposes assesses it, the team gives its opinion, then it is decided.
type Grid struct {
	Self     *Assessment `json:"self,omitempty"`
	Opinion  *Assessment `json:"opinion,omitempty"`
	Decision *Assessment `json:"decision,omitempty"`
}

// Assessment is one reading of the grid. Met is by code of Criteria and of their ways,
// Why by code of Criteria, or of the way «autre».
type Assessment struct {
	Met     map[string]bool   `json:"met"`
	Why     map[string]string `json:"why,omitempty"`
	Levers  []string          `json:"levers,omitempty"`  // those that a cross-cutting action serves
	Verdict string            `json:"verdict,omitempty"` // opinion: favourable, reserved, unfavourable; decision: qualified, pool
	Reason  string            `json:"reason,omitempty"`
	Person  string            `json:"person,omitempty"` // account
	By      string            `json:"by,omitempty"`     // name, as shown
	On      string            `json:"on,omitempty"`     // day
}

// Turn is one of the three readings of the grid.
type Turn string

// The turns.
const (
	SelfTurn     Turn = "self"
	OpinionTurn  Turn = "opinion"
	DecisionTurn Turn = "decision"
)

// Name is the French name of a turn.
func (t Turn) Name() string {
	switch t {
	case SelfTurn:
		return "auto-évaluation"
	case OpinionTurn:
		return "avis de l’équipe"
	}
	return "décision"
}

// Verdicts are what a turn may conclude, with their French names; who proposes
// concludes nothing.
func (t Turn) Verdicts() [][2]string {
	switch t {
	case OpinionTurn:
		return [][2]string{{"favourable", "favorable"}, {"reserved", "réservé"}, {"unfavourable", "défavorable"}}
	case DecisionTurn:
		return [][2]string{{string(Qualified), "qualifiée"}, {string(Pool), "au vivier"}}
	}
	return nil
}

// Of is what was said at a turn, nil when nothing was.
func (g Grid) Of(t Turn) *Assessment {
	switch t {
	case SelfTurn:
		return g.Self
	case OpinionTurn:
		return g.Opinion
	}
	return g.Decision
}

// Way is one way to meet a criterion that has several: one of them at least.
type Way struct{ Code, Label string }

// Criterion is one question of the grid. Structuring ones are all asked for; of the
// others, which make the new dimension, one is enough.
type Criterion struct {
	Code, Label, Help string
	Structuring       bool
	Ways              []Way
}

// The codes of what the rule names.
const (
	leverCode = "lever"
	otherWay  = "actors.other" // needs words
	// leastServed is how many levers a cross-cutting action serves at least.
	leastServed = 2
)

// Criteria lists the questions of the grid for a kind of action, in its order.
func Criteria(k Kind) []Criterion {
	lever := Criterion{Code: leverCode, Structuring: true, Label: "Le levier est l’objet central de l’action",
		Help: "Le levier de la planification écologique auquel l’action répond est ce qu’elle vise d’abord, et non un effet secondaire."}
	potential := "au regard de l’ambition du levier"
	if k == CrossCutting {
		lever.Label, lever.Help = "L’action sert plusieurs leviers", "Cochez-les ci-dessous, deux au moins, et dites en quoi l’action les sert. Aucune tonne ne lui est comptée."
		potential = "au regard de l’ambition des leviers qu’elle sert"
	}
	return []Criterion{
		{Code: "born", Label: "Une initiative nouvelle, issue des réflexions de la COP", Help: "Elle n’existait pas avant les travaux de la COP."},
		{Code: "study", Label: "Un projet en cours de réflexion ou de conception, cohérent avec les thématiques de la COP", Help: "Le projet n’est pas lancé et va dans le sens de ce que la COP discute."},
		{Code: "amplified", Label: "Un projet existant ou en cours, que la COP donne raison d’amplifier, d’accélérer ou de réorienter", Help: "Dites par quoi\u00a0: une de ces voies au moins.",
			Ways: []Way{{"amplified.method", "une méthode nouvelle"}, {"amplified.structure", "un changement de structure"}, {"amplified.simplification", "une simplification"}}},
		lever,
		{Code: "potential", Structuring: true, Label: "Un potentiel significatif " + potential, Help: "Une évaluation au moins qualitative suffit\u00a0: dites sur quoi elle repose."},
		{Code: "actors", Structuring: true, Label: "L’action repose sur la mobilisation de plusieurs acteurs du territoire", Help: "Par exemple l’une de ces formes, ou une autre que vous décrivez.",
			Ways: []Way{{"actors.territories", "coopération entre territoires\u00a0: enjeux communs, moyens mutualisés, solidarité"}, {"actors.actors", "coopération entre acteurs\u00a0: filière, engagement public-privé"},
				{"actors.deployment", "déploiement sur plusieurs parties du territoire, pour généraliser de bonnes pratiques"}, {otherWay, "une autre forme, décrite ci-dessous"}}},
	}
}

// meets reports whether an assessment says that a criterion is met, as the rule reads
// it: its box, one of its ways where it has several, words for another way, and two
// levers for what a cross-cutting action serves.
func (a *Assessment) meets(c Criterion, k Kind) bool {
	if a == nil || !a.Met[c.Code] {
		return false
	}
	if c.Code == leverCode && k == CrossCutting {
		return len(slices.Compact(slices.Sorted(slices.Values(a.Levers)))) >= leastServed
	}
	return len(c.Ways) == 0 || slices.ContainsFunc(c.Ways, func(w Way) bool {
		return a.Met[w.Code] && (w.Code != otherWay || strings.TrimSpace(a.Why[otherWay]) != "")
	})
}

// Eligible reports whether an assessment lets an action into the COP: a new dimension
// by one criterion at least, and structuring by all three. What lacks is said in French.
func Eligible(a *Assessment, k Kind) (ok bool, lacks []string) {
	fresh := false
	for _, c := range Criteria(k) {
		met := a.meets(c, k)
		switch {
		case !c.Structuring:
			fresh = fresh || met
		case !met:
			lacks = append(lacks, c.lacking(a, k))
		}
	}
	if !fresh {
		lacks = append([]string{"Dimension nouvelle\u00a0: aucun des trois critères n’est rempli, il en faut un au moins."}, lacks...)
	}
	return len(lacks) == 0, lacks
}

// lacking says why a structuring criterion is not met.
func (c Criterion) lacking(a *Assessment, k Kind) string {
	text := "Action structurante\u00a0: «\u00a0" + c.Label + "\u00a0» n’est pas rempli."
	if a == nil || !a.Met[c.Code] {
		return text
	}
	if c.Code == leverCode && k == CrossCutting {
		return text + " Nommez au moins deux leviers."
	}
	return text + " Cochez au moins une forme de mobilisation, et décrivez-la si c’est une autre."
}

// longestWhy bounds a reason of the grid, in characters.
const longestWhy = 4_000

// Unsaid lists what a reading of the grid still lacks to be whole, whether it says yes
// or no: an answer to each structuring criterion and to one of the others, a reason
// beside each yes and each structuring no, then the verdict and its reason.
func (a *Assessment) Unsaid(t Turn, k Kind) (out []string) {
	if a == nil {
		return []string{"L’" + t.Name() + " n’est pas faite."}
	}
	if t != DecisionTurn { // a decision gives one reason for the whole
		for _, c := range Criteria(k) {
			answered := false
			if _, said := a.Met[c.Code]; said {
				answered = true
			}
			switch {
			case c.Structuring && !answered:
				out = append(out, "Répondez par oui ou non\u00a0: «\u00a0"+c.Label+"\u00a0».")
			case (a.Met[c.Code] || c.Structuring) && strings.TrimSpace(a.Why[c.Code]) == "":
				out = append(out, "Dites pourquoi\u00a0: «\u00a0"+c.Label+"\u00a0».")
			}
		}
	}
	if all := t.Verdicts(); all != nil {
		if !slices.ContainsFunc(all, func(v [2]string) bool { return v[0] == a.Verdict }) {
			out = append(out, "Choisissez "+map[Turn]string{OpinionTurn: "le sens de l’avis", DecisionTurn: "la décision"}[t]+".")
		}
		if strings.TrimSpace(a.Reason) == "" {
			out = append(out, "Donnez la raison de "+map[Turn]string{OpinionTurn: "l’avis", DecisionTurn: "la décision"}[t]+".")
		}
	}
	return out
}

// clean keeps of an assessment what the grid asks for, and refuses what is too long.
func (a Assessment) clean(t Turn, k Kind) (*Assessment, error) {
	out := Assessment{Met: map[string]bool{}, Why: map[string]string{}, Verdict: a.Verdict, Reason: strings.TrimSpace(a.Reason), Person: a.Person, By: a.By, On: a.On}
	take := func(code, label string) error {
		if met, said := a.Met[code]; said {
			out.Met[code] = met
		}
		why := strings.TrimSpace(a.Why[code])
		if utf8.RuneCountInString(why) > longestWhy {
			return fault("why."+code, "La raison de «\u00a0"+label+"\u00a0» dépasse "+french.Integer(longestWhy)+" caractères\u00a0: raccourcissez-la. Votre texte est resté dans le formulaire.")
		}
		if why != "" {
			out.Why[code] = why
		}
		return nil
	}
	for _, c := range Criteria(k) {
		if err := take(c.Code, c.Label); err != nil {
			return nil, err
		}
		for _, w := range c.Ways {
			if err := take(w.Code, w.Label); err != nil {
				return nil, err
			}
		}
	}
	if utf8.RuneCountInString(out.Reason) > longestWhy {
		return nil, fault("reason", "La raison dépasse "+french.Integer(longestWhy)+" caractères\u00a0: raccourcissez-la. Votre texte est resté dans le formulaire.")
	}
	if k == CrossCutting {
		out.Levers = slices.Compact(slices.Sorted(slices.Values(a.Levers)))
		if len(out.Levers) > mostLevers {
			return nil, fault("levers", "Nommez douze leviers au plus, ceux que l’action sert vraiment.")
		}
	}
	if t == SelfTurn {
		out.Verdict, out.Reason = "", ""
	}
	return &out, nil
}

package roadmap

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// The codes of the four points, in their order.
const (
	Shared    = "objectifs"
	Portrayed = "etat-des-lieux"
	Covered   = "plan-d-action"
	Handed    = "suite"
)

// Codes lists the four points in their order.
func Codes() []string { return []string{Shared, Portrayed, Covered, Handed} }

// rules are what each point asks, word for word: what is written is what is computed.
var rules = map[string][2]string{
	Shared: {"Des objectifs partagés à l’échelle de la région, levier par levier",
		"Atteint quand chaque levier du panorama de la région a un objectif régional, en CO₂, que les deux têtes de la COP ont partagé. Un objectif partagé par une COP d’avant, dans la même région, compte tant qu’aucun autre n’est partagé à sa place\u00a0; celui d’une COP d’après ne compte pas. Sa valeur ne compte pas\u00a0: un objectif plus bas que la proposition de l’État est un objectif partagé."},
	Portrayed: {"Un état des lieux qui a mobilisé la majorité des collectivités",
		"Atteint quand le diagnostic est publié par les deux têtes, et que plus de la moitié des régions, départements et intercommunalités (EPCI) de la région, comptés ensemble, y ont pris part. Une collectivité prend part par une réponse validée au questionnaire, par une présence notée en son nom à une réunion tenue, ou par une contribution publiée et signée en son nom\u00a0; elle compte une fois, quel que soit le nombre de ces traces. Les communes sont comptées à part, hors de la règle."},
	Covered: {"Un plan d’action qui couvre les thèmes prioritaires du diagnostic",
		"Atteint quand les deux têtes ont choisi des thèmes prioritaires, et que chacun a au moins une action retenue, non abandonnée, avec un porteur et une date de fin. Une action sectorielle sert un thème par l’un de ses leviers\u00a0; une action transversale, par son propre thème. Aucun seuil de couverture n’est fixé\u00a0: la couverture de chaque levier se lit à côté."},
	Handed: {"Les sujets de la prochaine COP, et les modalités de suivi de celle-ci",
		"Atteint quand au moins un sujet pour la prochaine COP est rendu public, et au moins une modalité de suivi\u00a0: qui suit, par quels indicateurs, à quel rythme, et une prochaine date qui n’est pas passée."},
}

// Title is the name of a point, Rule what it asks.
func Title(code string) string { return rules[code][0] }

// Rule is what a point asks, word for word.
func Rule(code string) string { return rules[code][1] }

// Lever is a lever of the panorama of a region.
type Lever struct{ Code, Name string }

// Authority is a council that the rule of the second point may count, and what it left.
type Authority struct {
	territory.Authority
	Answered, Came, Wrote bool
}

// Took reports whether it took part.
func (a Authority) Took() bool { return a.Answered || a.Came || a.Wrote }

// Share is a part of a whole.
type Share struct{ Part, Whole int }

func (s *Share) add(in bool) {
	s.Whole++
	if in {
		s.Part++
	}
}

// Most reports whether the part is more than half. Half is not.
func (s Share) Most() bool { return s.Whole > 0 && 2*s.Part > s.Whole }

// Participation is who took part in a COP.
type Participation struct {
	// Counted are régions, départements and EPCI, each once, by name.
	Counted []Authority
	Total   Share
	// Those of the total by what they are: who is two things is in both.
	Regions, Departments, EPCI Share
	Communes                   Share // apart
	// How they did, of those counted: one authority may be in the three.
	Answered, Came, Wrote int
}

// ThemeCover is a priority theme and the retained actions that serve it.
type ThemeCover struct {
	Theme diagnosis.Theme
	// Actions are retained and not abandoned; Whole of them have a holder and an end.
	Actions, Whole int64
}

// Carried is how many objectives the COP of an earlier cycle shared that are still in force.
type Carried struct {
	Cycle  string
	Levers int
}

// Exit is where a COP stands on the four points, as of now.
type Exit struct {
	COP    cop.COP
	Region territory.Region
	Day    string // today, where the COP is held

	Levers  []Lever   // all of the region's panorama
	Missing []Lever   // those without a shared objective
	Earlier []Carried // of those with one, what earlier COPs shared, the newest first

	Published     []composition.Edition // of the diagnosis, in their order
	Participation Participation

	Themes []ThemeCover // put first by both heads

	Subjects     []Subject // kept
	Arrangements []Arrangement

	// Roadmap are the adopted editions of the roadmap, in their order.
	Roadmap []composition.Edition
	Close   Close // waiting or in force; zero for none
}

// SharedLevers is how many levers have a shared objective.
func (x Exit) SharedLevers() int { return len(x.Levers) - len(x.Missing) }

// keep counts a lever whose objective the COP of an earlier cycle shared.
func (x *Exit) keep(cycle string) {
	i, found := slices.BinarySearchFunc(x.Earlier, cycle, func(k Carried, cycle string) int { return cmp.Compare(cycle, k.Cycle) })
	if !found {
		x.Earlier = slices.Insert(x.Earlier, i, Carried{Cycle: cycle})
	}
	x.Earlier[i].Levers++
}

// kept says what earlier COPs shared that is still in force, empty for nothing.
func (x Exit) kept() string {
	var out []string
	for _, k := range x.Earlier {
		out = append(out, french.Integer(k.Levers)+" de la COP "+k.Cycle)
	}
	if len(out) == 0 {
		return ""
	}
	return french.List(out) + ", toujours en vigueur"
}

// Uncovered are the priority themes that no action serves with a holder and an end.
func (x Exit) Uncovered() (out []ThemeCover) {
	for _, t := range x.Themes {
		if t.Whole == 0 {
			out = append(out, t)
		}
	}
	return out
}

// Lack is what a point lacks, and where a team mends it (a path under the desk of the
// region, empty when there is nowhere).
type Lack struct{ Text, Mend string }

// Point is one of the four, as it stands.
type Point struct {
	N       int
	Code    string
	Title   string
	Rule    string
	Met     bool
	Finding string // a sentence
	Lacks   []Lack
}

// Points are the four, in their order.
func (x Exit) Points() []Point {
	out := []Point{x.shared(), x.portrayed(), x.covered(), x.handed()}
	for i := range out {
		out[i].N, out[i].Title, out[i].Rule, out[i].Met = i+1, Title(out[i].Code), Rule(out[i].Code), len(out[i].Lacks) == 0
	}
	return out
}

// Met is how many of the four points are met.
func (x Exit) Met() (n int) {
	for _, p := range x.Points() {
		if p.Met {
			n++
		}
	}
	return n
}

func of(part, whole int) string { return french.Integer(part) + " sur " + french.Integer(whole) }

func (x Exit) shared() Point {
	p := Point{Code: Shared, Finding: of(x.SharedLevers(), len(x.Levers)) + french.Plural(len(x.Levers), " levier a", " leviers ont") + " un objectif partagé."}
	if kept := x.kept(); kept != "" {
		p.Finding = strings.TrimSuffix(p.Finding, ".") + ", dont " + kept + "."
	}
	if len(x.Levers) == 0 {
		p.Finding = "Le panorama n’a pas de levier pour cette région."
		p.Lacks = append(p.Lacks, Lack{Text: "Le panorama n’a pas de levier pour cette région\u00a0: rien ne peut être partagé."})
	}
	for _, l := range x.Missing {
		p.Lacks = append(p.Lacks, Lack{"Pas d’objectif partagé pour le levier «\u00a0" + l.Name + "\u00a0».", "/objectifs"})
	}
	return p
}

func (x Exit) portrayed() Point {
	t := x.Participation.Total
	p := Point{Code: Portrayed, Finding: of(t.Part, t.Whole) + " régions, départements et EPCI ont pris part"}
	switch {
	case len(x.Published) == 0:
		p.Finding += ", et le diagnostic n’est pas publié."
		p.Lacks = append(p.Lacks, Lack{"Le diagnostic n’est pas publié par les deux têtes.", "/diagnostic/publication"})
	default:
		p.Finding += ", et le diagnostic est publié."
	}
	if !t.Most() {
		need := t.Whole/2 + 1 - t.Part
		p.Lacks = append(p.Lacks, Lack{"Il manque " + strconv.Itoa(need) + nb + french.Plural(need, "collectivité", "collectivités") + " pour dépasser la moitié.", "/questionnaire"})
	}
	return p
}

func (x Exit) covered() Point {
	p := Point{Code: Covered}
	if len(x.Themes) == 0 {
		p.Finding = "Aucun thème prioritaire n’est choisi."
		p.Lacks = append(p.Lacks, Lack{"Les deux têtes n’ont pas choisi de thèmes prioritaires.", "/themes/choix"})
		return p
	}
	bare := x.Uncovered()
	p.Finding = of(len(x.Themes)-len(bare), len(x.Themes)) + french.Plural(len(x.Themes), " thème prioritaire a", " thèmes prioritaires ont") + " au moins une action retenue, avec un porteur et une date de fin."
	for _, t := range bare {
		text := "Aucune action retenue ne sert le thème «\u00a0" + t.Theme.Name + "\u00a0»."
		if t.Actions > 0 {
			text = "Le thème «\u00a0" + t.Theme.Name + "\u00a0» a " + french.Integer(t.Actions) + nb + french.Plural(t.Actions, "action retenue", "actions retenues") + ", sans porteur ou sans date de fin."
		}
		p.Lacks = append(p.Lacks, Lack{text, "/actions"})
	}
	return p
}

func (x Exit) handed() Point {
	subjects, inner := 0, 0
	for _, s := range x.Subjects {
		if s.Part == cop.Internal {
			inner++
		} else {
			subjects++
		}
	}
	follow, past, closed := 0, 0, 0
	for _, a := range x.Arrangements {
		switch {
		case a.Part == cop.Internal:
			closed++
		case a.NextOn < x.Day:
			past++
		default:
			follow++
		}
	}
	n := follow + past
	p := Point{Code: Handed, Finding: count(subjects, "sujet public", "sujets publics") + " pour la prochaine COP, " + count(n, "modalité de suivi publique", "modalités de suivi publiques") + "."}
	switch {
	case subjects == 0 && inner > 0:
		p.Lacks = append(p.Lacks, Lack{"Les sujets de la prochaine COP sont encore réservés au bureau.", "/points-de-sortie#sujets"})
	case subjects == 0:
		p.Lacks = append(p.Lacks, Lack{"Aucun sujet n’est écrit pour la prochaine COP.", "/points-de-sortie#sujets"})
	}
	switch {
	case follow > 0:
	case past > 0:
		p.Lacks = append(p.Lacks, Lack{"La prochaine date de suivi est passée\u00a0: donnez la suivante.", "/points-de-sortie#suivi"})
	case closed > 0:
		p.Lacks = append(p.Lacks, Lack{"Les modalités de suivi sont encore réservées au bureau.", "/points-de-sortie#suivi"})
	default:
		p.Lacks = append(p.Lacks, Lack{"Aucune modalité de suivi n’est écrite\u00a0: qui, quels indicateurs, quel rythme, quelle prochaine date.", "/points-de-sortie#suivi"})
	}
	return p
}

func count(n int, one, many string) string {
	if n == 0 {
		return "aucun" + map[bool]string{true: "e"}[one[0] == 'm'] + nb + one
	}
	return french.Integer(n) + nb + french.Plural(n, one, many)
}

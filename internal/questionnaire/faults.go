package questionnaire

import (
	"slices"
	"strings"

	"jalon/internal/french"
)

// deepest is how far conditions may hold one another.
const deepest = 8

// checker collects what is wrong in a form that the schema accepts.
type checker struct {
	f      Form
	g      *Graph
	faults Faults
	ids    map[string]string // where an id is already
	scales map[string]bool
	sums   map[string]int
}

func (c *checker) say(where, message string) {
	if len(c.faults) < MostFaults {
		c.faults = append(c.faults, Fault{where, message})
	}
}

// Faults says what is wrong in a form that its schema cannot say: ids that are
// not unique, scales that are not there, bounds out of order, conditions on what
// does not exist or that wait for each other.
func (f Form) Faults() Faults {
	c := &checker{f: f, g: f.Graph(), ids: map[string]string{}, scales: map[string]bool{}, sums: map[string]int{}}
	if blank(f.Title) {
		c.say("", "Le questionnaire n’a pas de titre.")
	}
	if f.Base != nil && f.Base.Code == f.Code {
		c.say("champ «\u00a0base\u00a0»", "une variante a un autre code que son modèle.")
	}
	for _, s := range f.Scales {
		at := "échelle «\u00a0" + s.Code + "\u00a0»"
		if c.scales[s.Code] {
			c.say(at, "ce code sert déjà à une autre échelle.")
		}
		c.scales[s.Code] = true
		if "."+s.Code == seen || s.Code == "sans-objet" {
			c.say(at, "ce code est réservé.")
		}
		if blank(s.Label) {
			c.say(at, "l’échelle n’a pas de nom.")
		}
		c.options(at, s.Options)
	}
	for _, s := range f.Sections {
		at := "section «\u00a0" + s.ID + "\u00a0»"
		c.id(at, s.ID)
		if blank(s.Title) {
			c.say(at, "la section n’a pas de titre.")
		}
		c.condition(at, s.When, 1)
		for _, q := range s.Questions {
			c.question(at+", question «\u00a0"+q.ID+"\u00a0»", q)
		}
	}
	for group, n := range c.sums {
		if n < 2 {
			c.say("groupe «\u00a0"+group+"\u00a0»", "il faut au moins deux nombres pour faire 100 ensemble.")
		}
	}
	if n := len(c.g.cells); n > mostCells {
		c.say("", "Le questionnaire demande "+french.Integer(n)+" réponses\u00a0: "+french.Integer(mostCells)+" au plus.")
	}
	if cycle := c.g.Cycle(); len(cycle) > 0 {
		var names []string
		for _, id := range cycle[:min(len(cycle), 10)] {
			names = append(names, "«\u00a0"+id+"\u00a0»")
		}
		c.say("", "Des conditions s’attendent l’une l’autre, ou attendent ce qu’elles cachent\u00a0: "+french.List(names)+". Rien de cela ne serait jamais posé.")
	}
	return c.faults
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func (c *checker) id(at, id string) {
	if first, double := c.ids[id]; double {
		c.say(at, "cet identifiant sert déjà\u00a0: "+first+". Un identifiant ne sert qu’une fois.")
		return
	}
	c.ids[id] = at
}

func (c *checker) options(at string, options []Option) {
	codes := map[string]bool{}
	for _, o := range options {
		where := at + ", option «\u00a0" + o.Code + "\u00a0»"
		if codes[o.Code] {
			c.say(where, "ce code est deux fois dans la liste.")
		}
		codes[o.Code] = true
		if blank(o.Label) {
			c.say(where, "l’option n’a pas de texte.")
		}
	}
}

func (c *checker) question(at string, q Question) {
	c.id(at, q.ID)
	if blank(q.Label) {
		c.say(at, "la question n’a pas de texte.")
	}
	closed := q.Type == Choice || q.Type == Choices
	switch {
	case closed && len(q.Options) == 0:
		c.say(at, "une question à choix a des options.")
	case !closed && len(q.Options) > 0:
		c.say(at, "seule une question à choix a des options.")
	}
	c.options(at, q.Options)
	if q.Type == Matrix {
		c.matrix(at, q)
	} else if len(q.Rows) > 0 || len(q.Columns) > 0 {
		c.say(at, "seule une grille a des lignes et des colonnes.")
	}
	c.number(at, q)
	if q.Length > 0 && q.Type != Text {
		c.say(at, "seul un texte a une longueur.")
	}
	switch q.Role {
	case RoleObstacles, RoleNeeds:
		if !closed {
			c.say(at, "les freins et les besoins sont une question à choix.")
		}
	case RoleStrength, RoleComment:
		if q.Type != Text && q.Type != Sheet {
			c.say(at, "un point fort ou un commentaire est un texte libre.")
		}
	}
	c.condition(at, q.When, 1)
}

func (c *checker) matrix(at string, q Question) {
	if len(q.Rows) == 0 || len(q.Columns) == 0 {
		c.say(at, "une grille a au moins une ligne et une colonne.")
	}
	for i, col := range q.Columns {
		if !c.scales[col] {
			c.say(at, "la colonne «\u00a0"+col+"\u00a0» n’est pas une échelle du questionnaire.")
		}
		if slices.Contains(q.Columns[:i], col) {
			c.say(at, "la colonne «\u00a0"+col+"\u00a0» y est deux fois.")
		}
	}
	for _, r := range q.Rows {
		where := at + ", ligne «\u00a0" + r.ID + "\u00a0»"
		c.id(where, r.ID)
		if blank(r.Label) {
			c.say(where, "la ligne n’a pas de texte.")
		}
	}
}

func (c *checker) number(at string, q Question) {
	if q.Type != Number {
		if q.Min != nil || q.Max != nil || q.UsualMin != nil || q.UsualMax != nil || q.Unit != "" || q.Sum != "" {
			c.say(at, "seul un nombre a une unité, des bornes ou un groupe de somme.")
		}
		return
	}
	after := func(low, high *float64) bool { return low != nil && high != nil && *low > *high }
	switch {
	case after(q.Min, q.Max):
		c.say(at, "le minimum dépasse le maximum.")
	case after(q.UsualMin, q.UsualMax):
		c.say(at, "le minimum habituel dépasse le maximum habituel.")
	case after(q.Min, q.UsualMin), after(q.UsualMax, q.Max), after(q.Min, q.UsualMax), after(q.UsualMin, q.Max):
		c.say(at, "les bornes habituelles sortent des bornes admises.")
	}
	if q.Sum != "" {
		c.sums[q.Sum]++
	}
}

func (c *checker) condition(at string, when *Condition, deep int) {
	if when == nil {
		return
	}
	if deep > deepest {
		c.say(at, "la condition est trop imbriquée\u00a0: simplifiez-la.")
		return
	}
	for i := range when.All {
		c.condition(at, &when.All[i], deep+1)
	}
	for i := range when.Any {
		c.condition(at, &when.Any[i], deep+1)
	}
	c.condition(at, when.Not, deep+1)
	if when.Rated != "" {
		if _, ok := c.g.matrix[when.Rated]; !ok {
			c.say(at, "la condition attend la grille «\u00a0"+when.Rated+"\u00a0», qui n’existe pas.")
		}
	}
	if when.Key == "" {
		return
	}
	i, ok := c.g.byKey[when.Key]
	if !ok {
		c.say(at, "la condition attend la réponse «\u00a0"+when.Key+"\u00a0», qui n’existe pas.")
		return
	}
	cell := c.g.cells[i]
	for _, code := range when.In {
		if !slices.ContainsFunc(cell.Options, func(o Option) bool { return o.Code == code }) {
			c.say(at, "la condition attend «\u00a0"+code+"\u00a0» de «\u00a0"+when.Key+"\u00a0», qui n’a pas cette option.")
		}
	}
}

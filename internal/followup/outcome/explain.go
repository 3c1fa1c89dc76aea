package outcome

import (
	"context"
	"fmt"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Part is one of the figures of a lever, as the address of its explanation writes it.
type Part string

// The parts. Gap parts are those of a class.
const (
	DueIs       Part = "prevu-a-ce-jour"
	DeclaredIs  Part = "declare"
	EstimatedIs Part = "estime"
	MeasuredIs  Part = "mesure"
	StatusIs    Part = "avancement"
	FreshIs     Part = "fraicheur"

	gapPrefix = "ecart-"
)

// All stands for every lever in a key.
const All = "total"

// PartOf is the part of what is said of a class.
func PartOf(c followup.Class) Part {
	return map[followup.Class]Part{followup.Declared: DeclaredIs, followup.Estimated: EstimatedIs, followup.Observed: MeasuredIs}[c]
}

// GapOf is the part of the gap of a class.
func GapOf(c followup.Class) Part { return gapPrefix + PartOf(c) }

// Key is the permanent address of a figure: of a lever, or of all of them.
func Key(lever string, at territory.Ref, part Part) string {
	return Prefix + "/" + lever + "/" + at.String() + "/" + string(part)
}

// KeyOn is the address of a figure of a region as of a past day, which a review shows.
func KeyOn(lever string, at territory.Ref, part Part, day string) string {
	return Key(lever, at, part) + "/" + day
}

// Explain answers for «suivi/{lever}/{territory}/{part}», and as of a day for «…/{day}».
func (m *Room) Explain(ctx context.Context, key string) (e figure.Explanation, err error) {
	defer apperr.Wrap(&err, "outcome.Explain(%q)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) < 4 || len(parts) > 5 || parts[0] != Prefix {
		return e, none
	}
	day := ""
	if len(parts) == 5 {
		day = parts[4]
		if _, err := time.Parse(time.DateOnly, day); err != nil || day > m.today(Ask{}) {
			return e, none
		}
	}
	ref, err := territory.ParseRef(parts[2])
	if err != nil {
		return e, none
	}
	o, page, err := m.at(ctx, ref, day)
	if err != nil {
		return e, err
	}
	n, name := o.Total, "tous les leviers"
	if parts[1] != All {
		l, ok := o.Lever(parts[1])
		if !ok {
			return e, none
		}
		n, name = l.Numbers, l.Line.Lever.Name
	}
	place := o.Place.Name
	if ref.Scale == territory.Nation {
		place = "France"
	}
	e = figure.Explanation{Title: name + ", " + place, Page: page, Figure: figure.Figure{Key: key, Unit: "ktCO₂e par an", Territory: ref.String(), Class: figure.Computed, Source: "registre des actions et points d’avancement", Version: o.Day}}
	if o.AsOf {
		e.Notes = append(e.Notes, AsOfRule)
	}
	if all := parts[1] == All; !n.explain(&e, o, Part(parts[3]), all) && !o.explainCover(&e, parts[1], Part(parts[3])) && !(all && o.explainCount(&e, Part(parts[3]))) {
		return figure.Explanation{}, none
	}
	return e, nil
}

// at reads what an address of a figure names.
func (m *Room) at(ctx context.Context, ref territory.Ref, day string) (o Outcome, page string, err error) {
	switch ref.Scale {
	case territory.Nation:
		if day != "" {
			return o, "", apperr.NotFoundf("Le suivi de la France se lit au jour d’aujourd’hui.")
		}
		n, err := m.OfNation(ctx, m.DB, day)
		return n.Outcome, "/national/suivi", err
	case territory.RegionS:
		o, err = m.Of(ctx, m.DB, Ask{Region: ref.Code, Day: day})
		return o, "/regions/" + o.At.Slug + "/suivi", err
	case territory.Department:
		o, err = m.Of(ctx, m.DB, Ask{Department: ref.Code, Day: day})
		return o, "/departements/" + ref.Code + "/suivi", err
	}
	return o, "", apperr.NotFoundf("Le suivi se lit par région, par département ou pour la France.")
}

func kilograms(kg panorama.Kg) string { return french.Significant(kg.Kt(), 6) }

// without says that a figure is missing, and why.
func without(e *figure.Explanation, reason string) {
	e.Figure.Class, e.Figure.Reason = figure.Missing, reason
}

func (n Numbers) explain(e *figure.Explanation, o Outcome, part Part, all bool) bool {
	switch part {
	case DueIs:
		e.Title += "\u00a0: prévu à ce jour"
		e.Sentence, e.Formula = "Ce qui devrait être en place le "+french.Day(o.Day)+", d’après les dates et la montée en charge des actions retenues.", "somme de (apport en 2030 × part en place à ce jour)"
		e.Figure.Value, e.Numbers = n.Due.Kg.Kt(), count(n.Due.Actions)+" = "+kilograms(n.Due.Kg)+"\u00a0ktCO₂e par an"
		e.Notes = append(e.Notes, DueRule)
		if n.Undated > 0 {
			e.Notes = append(e.Notes, count(n.Undated)+" sans dates\u00a0: rien ne dit ce qui devrait en être là. Elles n’y sont pas.")
		}
		if n.Due.Actions == 0 {
			e.Numbers = ""
			without(e, "aucune action retenue, chiffrée et datée")
		}
		return true
	case StatusIs, FreshIs:
		return all && o.explainStanding(e, part)
	}
	for _, class := range Classes() {
		switch part {
		case PartOf(class):
			n.explainSaid(e, class)
			return true
		case GapOf(class):
			n.explainGap(e, class)
			return true
		}
	}
	return false
}

func count(n int64) string {
	return french.Integer(n) + "\u00a0" + french.Plural(n, "action", "actions")
}

func (n Numbers) explainSaid(e *figure.Explanation, class followup.Class) {
	s := n.Said[class]
	e.Title += "\u00a0: " + ByHolders(class)
	e.Sentence, e.Formula = "Ce que les porteurs disent fait, d’après le dernier point d’avancement de chaque action.", "somme de (quantité dite × facteur de l’action)"
	switch class {
	case followup.Estimated:
		e.Figure.Class = figure.Estimated
	case followup.Declared:
		e.Figure.Class = figure.Declared
	}
	e.Figure.Value, e.Numbers = s.Kg.Kt(), count(s.Actions)+" = "+kilograms(s.Kg)+"\u00a0ktCO₂e par an"
	e.Notes = append(e.Notes, ThreeRule)
	if n.Silent > 0 {
		e.Notes = append(e.Notes, count(n.Silent)+" dont aucune quantité n’a été dite\u00a0: ce n’est pas un zéro.")
	}
	if n.Unweighed > 0 {
		e.Notes = append(e.Notes, count(n.Unweighed)+" dont la quantité dite ne se convertit pas en kt, faute de facteur.")
	}
	if s.Actions == 0 {
		e.Numbers = ""
		without(e, "aucun porteur n’a dit de quantité de cette sorte")
	}
}

func (n Numbers) explainGap(e *figure.Explanation, class followup.Class) {
	g := n.Gaps[class]
	e.Title += "\u00a0: écart entre le prévu et ce qui est " + ByHolders(class)
	e.Sentence, e.Formula = GapRule, "délai + volume + facteur = fait − prévu"
	if g.Actions == 0 {
		without(e, "aucune action dont une quantité de cette sorte soit dite et dont les dates soient connues")
		return
	}
	e.Figure.Value = (g.Done - g.Due).Kt()
	e.Numbers = fmt.Sprintf("%s + %s + %s = %s − %s = %s\u00a0ktCO₂e par an, sur %s", kilograms(g.Delay), kilograms(g.Volume), kilograms(g.Factor), kilograms(g.Done), kilograms(g.Due), kilograms(g.Done-g.Due), count(g.Actions))
	for _, x := range []struct {
		symbol, label string
		kg            panorama.Kg
	}{{"P", "prévu à ce jour par les deux têtes, au ratio du levier", g.Due}, {"F", "dit fait, au facteur de l’action", g.Done}, {"D", "délai", g.Delay}, {"V", "volume", g.Volume}, {"f", "facteur", g.Factor}} {
		e.Inputs = append(e.Inputs, figure.Input{Symbol: x.symbol, Label: x.label, Value: kilograms(x.kg) + "\u00a0ktCO₂e par an", Source: "registre des actions, points d’avancement"})
	}
	if g.Unrated > 0 {
		e.Notes = append(e.Notes, count(g.Unrated)+" dont l’unité ne se lit pas au ratio du levier\u00a0: leur propre facteur en tient lieu, et leur part «\u00a0facteur\u00a0» est nulle.")
	}
}

func (o Outcome) explainStanding(e *figure.Explanation, part Part) bool {
	e.Figure.Unit = "actions"
	if part == StatusIs {
		e.Title += "\u00a0: actions terminées"
		e.Sentence, e.Formula = "Les actions retenues dont le statut est «\u00a0terminé\u00a0», d’après le registre que les points d’avancement tiennent à jour.", "actions terminées"
		e.Figure.Value, e.Numbers = float64(o.Statuses["done"]), french.Integer(o.Statuses["done"])+" sur "+count(o.Actions)
		if o.Actions == 0 {
			e.Numbers = ""
			without(e, "aucune action n’est retenue")
		}
		return true
	}
	e.Title += "\u00a0: actions dont on a des nouvelles"
	e.Sentence, e.Formula = "Les actions retenues, ni terminées ni abandonnées, dont un point d’avancement parle d’un jour de moins d’un an.", "actions avec un point de moins d’un an"
	e.Figure.Value, e.Numbers = float64(o.Fresh), french.Integer(o.Fresh)+" sur "+count(o.Awaited)
	if o.Awaited == 0 {
		e.Numbers = ""
		without(e, "aucune action retenue n’est en cours")
	}
	return true
}

package action

import (
	"math"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/plan"
)

// kg is a mass as a column holds it, NULL when it is missing.
func kg(v *panorama.Kg) any {
	if v == nil {
		return nil
	}
	return int64(*v)
}

// Against is what an impact is held against when it is computed.
type Against struct {
	// Objective is that of the lever in the region: what both heads shared, else what the
	// panorama offers.
	Objective panorama.Amount
	// Whole tells that the action takes place in the whole region: an average of the
	// region moves only there.
	Whole bool
	// Confirmed tells that somebody read that the impact is above the whole objective,
	// and keeps it.
	Confirmed bool
}

// Remark is something to know of an impact that is taken all the same.
type Remark struct{ Field, Text string }

// Unconfirmed is an impact that is above the whole objective of its lever: it is taken
// once somebody confirmed it.
type Unconfirmed struct {
	Impact    Impact // computed
	Objective panorama.Kg
}

// Error is the sentence a user reads.
func (e *Unconfirmed) Error() string {
	return "Cette action apporterait à elle seule " + ktText(*e.Impact.Kg) + " par an, plus que tout l’objectif de la région pour ce levier (" + ktText(e.Objective) +
		"). Vérifiez l’unité et la quantité, puis confirmez si c’est bien cela. Rien n’a été enregistré."
}

// Unwrap makes it an invalid input.
func (e *Unconfirmed) Unwrap() error { return apperr.Invalidf("%s", e.Error()) }

// ktText writes a mass as people read it.
func ktText(v panorama.Kg) string {
	return french.Significant(v.Kt(), 4) + "\u00a0" + carbonUnit
}

const (
	carbonUnit = "ktCO₂e"
	// mostKt bounds an impact: twice the whole objective of the nation.
	mostKt = 500_000
)

// Compute turns what somebody says an action brings to a lever into kg of CO₂e per year
// in 2030 against 2019. The quantity is a change, as the ratio counts it: fewer boilers
// is a negative one, and is avoided emissions where the ratio is negative. line is that
// of the lever in the region. It fails with a Fault that names the field, or with
// Unconfirmed.
func Compute(in Impact, line panorama.Line, a Against) (out Impact, remarks []Remark, err error) {
	out = in
	out.Lever, out.Above = line.Lever.Code, false
	out.Kg, out.KgLow, out.KgHigh = nil, nil, nil
	switch in.Class {
	case Unassessed:
		out.Quantity, out.Low, out.High, out.Unit, out.Factor, out.Own, out.Ramp = nil, nil, nil, "", 0, false, nil
		return out, nil, nil
	case Qualitative:
		out.Factor, out.Own, out.Ramp = 0, false, nil
		if len(strings.Fields(in.How)) < 3 {
			return in, nil, fault("how", "Dites en une phrase ce que l’action change pour ce levier, puisqu’elle n’est pas chiffrée.")
		}
		return out, nil, nil
	case Quantified:
	default:
		return in, nil, fault("class", "Dites si l’apport est chiffré, qualitatif ou non évalué.")
	}
	if err := in.checkQuantity(); err != nil {
		return in, nil, err
	}
	perUnit, err := out.factor(line, a) // kt per unit
	if err != nil {
		return in, nil, err
	}
	if err := out.weigh(perUnit); err != nil {
		return in, nil, err
	}
	if err := checkRamp(in.Ramp); err != nil {
		return in, nil, err
	}
	remarks = out.remarks(line)
	if a.Objective.Known && a.Objective.Kg > 0 && *out.Kg > a.Objective.Kg {
		if out.Above = a.Confirmed; !out.Above {
			return out, remarks, &Unconfirmed{out, a.Objective.Kg}
		}
	}
	return out, remarks, nil
}

// checkQuantity wants a number, and a range around it in order.
func (p Impact) checkQuantity() error {
	if p.Quantity == nil {
		return fault("quantity", "Donnez la quantité, ou dites que l’apport est qualitatif ou non évalué\u00a0: un apport inconnu n’est pas un zéro.")
	}
	for _, v := range []struct {
		field string
		v     *float64
	}{{"quantity", p.Quantity}, {"low", p.Low}, {"high", p.High}} {
		if v.v != nil && (math.IsNaN(*v.v) || math.IsInf(*v.v, 0)) {
			return fault(v.field, "Écrivez un nombre, comme 1\u202f234,5.")
		}
	}
	if p.Low != nil && *p.Low > *p.Quantity {
		return fault("low", "La valeur basse dépasse la valeur centrale\u00a0: elles vont de la plus petite à la plus grande.")
	}
	if p.High != nil && *p.High < *p.Quantity {
		return fault("high", "La valeur haute est sous la valeur centrale\u00a0: elles vont de la plus petite à la plus grande.")
	}
	return nil
}

// factor is what one unit of the impact makes in kt; it keeps which factor that was.
func (p *Impact) factor(line panorama.Line, a Against) (float64, error) {
	unit, known := plan.ParseUnit(strings.TrimSpace(p.Unit))
	if known {
		p.Unit = unit
	}
	switch {
	case strings.TrimSpace(p.Unit) == "":
		return 0, fault("unit", "Choisissez l’unité de la quantité"+accepted(line)+".")
	case p.Own:
		switch {
		case math.IsNaN(p.Factor) || math.IsInf(p.Factor, 0) || p.Factor == 0:
			return 0, fault("factor", "Donnez le facteur de l’action, en kg de CO₂e par an et par unité.")
		case strings.TrimSpace(p.Source) == "":
			return 0, fault("source", "Un facteur propre à l’action se dit avec sa source\u00a0: qui l’a calculé, où on le lit.")
		}
		return p.Factor / panorama.KgPerKt, nil
	case known && plan.IsCarbon(unit):
		if len(strings.Fields(p.How)) < 3 {
			return 0, fault("how", "Une quantité donnée en gaz à effet de serre se dit avec son calcul\u00a0: comment l’avez-vous obtenue\u00a0?")
		}
		p.Factor = 0
		kt, _ := plan.Convert(1, unit, carbonUnit)
		return kt, nil
	}
	return p.byRatio(line, a)
}

// byRatio reads the ratio of the lever, which counts units for each kt.
func (p *Impact) byRatio(line panorama.Line, a Against) (float64, error) {
	eq := line.Equiv
	if eq.Reason != "" || eq.Ratio == 0 || line.Lever.UnitShort == "" {
		return 0, fault("unit", "Le panorama ne donne pas d’unité physique pour ce levier"+accepted(line)+". Donnez un facteur propre à l’action, ou dites l’apport qualitatif.")
	}
	in, ok := plan.Convert(1, p.Unit, line.Lever.UnitShort)
	if !ok {
		return 0, fault("unit", "Ce levier ne se compte pas en «\u00a0"+p.Unit+"\u00a0»"+accepted(line)+". Pour une autre unité, donnez un facteur propre à l’action.")
	}
	if eq.Kind == framework.Rate && !a.Whole {
		return 0, fault("unit", "«\u00a0"+p.Unit+"\u00a0» est une moyenne de la région\u00a0: les moyennes ne s’additionnent pas d’une action à l’autre. Elle ne se chiffre ainsi que pour une action sur toute la région\u00a0; "+
			"sinon, donnez un facteur propre à l’action, ou l’apport en "+carbonUnit+" avec son calcul.")
	}
	p.Factor = eq.Ratio
	return in / eq.Ratio, nil
}

// accepted names the units that a lever takes, as the end of a sentence.
func accepted(line panorama.Line) string {
	units := plan.Alike(line.Lever.UnitShort)
	if line.Equiv.Reason != "" || line.Equiv.Ratio == 0 {
		units = nil
	}
	return "\u00a0: unités acceptées\u00a0: " + strings.Join(append(units, plan.Alike(carbonUnit)...), ", ")
}

// weigh makes the masses of the quantity and of its range. Where more of the unit emits
// more, the lowest quantity gives the highest mass.
func (p *Impact) weigh(perUnit float64) error {
	mass := func(q *float64) *panorama.Kg {
		if q == nil {
			return nil
		}
		v := panorama.Kg(math.Round(*q * perUnit * panorama.KgPerKt))
		return &v
	}
	for _, q := range []*float64{p.Quantity, p.Low, p.High} {
		if q != nil && math.Abs(*q*perUnit) > mostKt {
			return fault("quantity", "Cette quantité dépasserait ce que toute la France peut éviter\u00a0: vérifiez l’unité (milliers, tonnes, kilotonnes).")
		}
	}
	p.Kg, p.KgLow, p.KgHigh = mass(p.Quantity), mass(p.Low), mass(p.High)
	if perUnit < 0 {
		p.KgLow, p.KgHigh = p.KgHigh, p.KgLow
	}
	return nil
}

// remarks are what readers should know of an impact.
func (p Impact) remarks(line panorama.Line) (out []Remark) {
	if *p.Kg < 0 {
		text := "Cette action augmenterait les émissions de " + ktText(-*p.Kg) + " par an\u00a0: elle est comptée ainsi."
		if !p.Own && line.Equiv.Ratio < 0 && *p.Quantity > 0 {
			text += " Si elle en enlève au lieu d’en ajouter, écrivez la quantité avec le signe moins."
		}
		out = append(out, Remark{"quantity", text})
	}
	if *p.Kg == 0 {
		out = append(out, Remark{"quantity", "Cette quantité ne change rien aux émissions. Si l’apport n’est pas connu, dites-le non évalué\u00a0: ce n’est pas un zéro."})
	}
	if p.Gross {
		out = append(out, Remark{"gross", GrossNote})
	}
	for i := 1; i < len(p.Ramp); i++ {
		if p.Ramp[i].Part < p.Ramp[i-1].Part {
			out = append(out, Remark{"ramp", "La montée en charge redescend en " + strconv.Itoa(p.Ramp[i].Year) + "\u00a0: elle est gardée ainsi."})
			break
		}
	}
	return out
}

// GrossNote is what pages say of a gross quantity.
const GrossNote = "Quantité brute\u00a0: ce qui disparaît pendant ce temps n’en est pas retiré, alors que l’objectif se compte net. La couverture peut en être surestimée."

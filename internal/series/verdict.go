package series

import (
	"fmt"
	"math"

	"jalon/internal/french"
)

// Verdict is what the last values say of a target.
type Verdict string

// The five verdicts, and NoTarget, which is not one.
const (
	Ahead        Verdict = "ahead"
	OnTrack      Verdict = "on-track"
	Behind       Verdict = "behind"
	Wrong        Verdict = "wrong"
	Insufficient Verdict = "insufficient"
	NoTarget     Verdict = ""
)

// Label is the French name of a verdict.
func (v Verdict) Label() string {
	switch v {
	case Ahead:
		return "en avance"
	case OnTrack:
		return "sur la trajectoire"
	case Behind:
		return "en retard"
	case Wrong:
		return "à contre-sens"
	case Insufficient:
		return "données insuffisantes"
	}
	return "pas de cible régionale"
}

// Given says whether the data let one judge.
func (v Verdict) Given() bool { return v == Ahead || v == OnTrack || v == Behind || v == Wrong }

// Rules are the thresholds of the verdicts. They are written on the pages.
type Rules struct {
	Ahead   float64 // from this multiple of the required pace on, ahead
	OnTrack float64 // from this one on, on track; below, behind
	Still   float64 // a change smaller than this part of the last value, a year, is none
	Base    float64 // the part by which series and target may differ in their common year
	MaxAge  int     // years after which the last value says nothing of today
	Windows []int   // lengths of the judged pace, in order of preference
}

// DefaultRules are those of Jalon.
func DefaultRules() Rules {
	return Rules{Ahead: 1.2, OnTrack: 0.8, Still: 0.002, Base: 0.03, MaxAge: 5, Windows: []int{3, 2, 4, 1}}
}

// Text states the rules in French, as pages show them.
func (r Rules) Text() []string {
	pct := func(v float64) string { return french.Significant(v*100, 3) + "\u00a0%" }
	return []string{
		fmt.Sprintf("En avance\u00a0: la cible est déjà atteinte, ou le rythme observé vaut au moins %s du rythme requis jusqu’en %d.", pct(r.Ahead), Horizon),
		fmt.Sprintf("Sur la trajectoire\u00a0: le rythme observé vaut entre %s et %s du rythme requis.", pct(r.OnTrack), pct(r.Ahead)),
		fmt.Sprintf("En retard\u00a0: le rythme observé vaut moins de %s du rythme requis, ou la valeur ne bouge pas (moins de %s par an, ou moins que l’arrondi publié).", pct(r.OnTrack), pct(r.Still)),
		fmt.Sprintf("À contre-sens\u00a0: la valeur s’éloigne de la cible de plus de %s par an, et de plus que l’arrondi publié.", pct(r.Still)),
		fmt.Sprintf("Données insuffisantes\u00a0: moins de deux valeurs d’années entières dans les quatre dernières années de la série, ou une dernière valeur de plus de %d\u00a0ans.", r.MaxAge),
		"Le rythme observé est celui des trois dernières années de la série\u00a0; à défaut de deux, de quatre, puis d’une.",
		fmt.Sprintf("Une cible ne juge une série que si elle est de la même unité, pour le même territoire, et si toutes deux donnent la même valeur pour l’année de départ, à %s près (ou à l’arrondi publié).", pct(r.Base)),
	}
}

// Origin says whose a target is, in the order in which one is taken.
type Origin string

// The region's shared objective, the State's panorama, the region's plan; and
// the nation's, which is drawn at most and judges nothing.
const (
	Shared   Origin = "shared"
	Panorama Origin = "panorama"
	Plan     Origin = "plan"
	Nation   Origin = "nation"
)

// Target is a level to reach in a year, for one territory and in one unit.
type Target struct {
	Origin    Origin
	Label     string // «panorama de l’État, juillet 2024»
	Value     float64
	Low, High float64 // of a range; both zero when there is none
	Unit      string  // as the panorama words it
	Year      int
	Base      float64 // the value that the target starts from
	BaseYear  int     // 0 when it has none
	Source    string
	Key       string // of its figure
}

// Ranged says whether the target is a range.
func (t Target) Ranged() bool { return t.Low != 0 || t.High != 0 }

// Judgement is a curve against its target.
type Judgement struct {
	Verdict  Verdict
	Reason   string // why this verdict, or why none
	Pace     Pace   // the judged one
	Required Pace
	Target   *Target
}

// Fits says whether a target may judge a curve, and why not: one unit, and one
// value in the year they share.
func (r Rules) Fits(c *Curve, t Target) (bool, string) {
	if c.Indicator.TargetUnit == "" || foldUnit(c.Indicator.TargetUnit) != foldUnit(t.Unit) {
		return false, fmt.Sprintf("la cible de la région est en «\u00a0%s\u00a0», cette série compte autre chose («\u00a0%s\u00a0»)", t.Unit, c.Indicator.Unit)
	}
	if t.BaseYear > 0 && t.Year <= t.BaseYear {
		return false, fmt.Sprintf("l’année de la cible (%d) n’est pas après son année de départ (%d)", t.Year, t.BaseYear)
	}
	start, ok := c.In(t.BaseYear)
	if t.BaseYear == 0 || !ok {
		return true, ""
	}
	tolerance := math.Max(r.Base*math.Abs(t.Base), c.Rounding())
	if math.Abs(start.Value-t.Base) > tolerance*(1+1e-9) {
		return false, fmt.Sprintf("la série vaut %s en %d, la cible part de %s\u00a0: ce n’est pas la même mesure", french.Significant(start.Value, 3), t.BaseYear, french.Significant(t.Base, 3))
	}
	return true, ""
}

// Judge compares a curve with the first target that fits it. now is the year in
// course.
func (r Rules) Judge(c *Curve, targets []Target, now int) Judgement {
	var why string
	for i := range targets {
		ok, reason := r.Fits(c, targets[i])
		if ok {
			return r.against(c, &targets[i], now)
		}
		if why == "" {
			why = reason
		}
	}
	if why == "" {
		why = "aucune cible n’est publiée pour ce territoire dans une unité mesurable"
	}
	return Judgement{Reason: "Pas de cible régionale comparable\u00a0: " + why + ".", Pace: c.JudgedPace(r)}
}

func (r Rules) against(c *Curve, t *Target, now int) Judgement {
	j := Judgement{Target: t, Pace: c.JudgedPace(r), Required: c.Required(t.Value, t.Year)}
	last, ok := c.Last()
	switch {
	case !ok:
		return j.say(Insufficient, "La série n’a aucune valeur d’année entière.")
	case now-last.Year > r.MaxAge:
		return j.say(Insufficient, fmt.Sprintf("La dernière valeur est de %d\u00a0: elle ne dit plus rien d’aujourd’hui.", last.Year))
	case !j.Pace.Known:
		return j.say(Insufficient, fmt.Sprintf("Il manque une valeur avant celle de %d pour mesurer un rythme.", last.Year))
	case r.reached(last.Value, t, c.Indicator.Direction):
		return j.say(Ahead, fmt.Sprintf("La cible de %d est déjà atteinte en %d.", t.Year, last.Year))
	case !j.Required.Known:
		return j.say(Behind, fmt.Sprintf("L’année de la cible (%d) est passée sans qu’elle soit atteinte.", t.Year))
	}
	still := math.Max(r.Still*math.Abs(last.Value), 2*c.Rounding()/float64(j.Pace.Years())*(1+1e-9))
	ratio := j.Pace.PerYear / j.Required.PerYear
	says := fmt.Sprintf("Rythme observé sur %d\u00a0%s\u00a0: %s du rythme requis.", j.Pace.Years(), french.Plural(j.Pace.Years(), "an", "ans"), french.Percent(ratio, 2))
	switch {
	case ratio < 0 && math.Abs(j.Pace.PerYear) > still:
		return j.say(Wrong, "La valeur s’éloigne de la cible.")
	case ratio <= 0:
		return j.say(Behind, "La valeur ne bouge pas, ou pas plus que l’arrondi publié.")
	case ratio >= r.Ahead:
		return j.say(Ahead, says)
	case ratio >= r.OnTrack:
		return j.say(OnTrack, says)
	}
	return j.say(Behind, says)
}

// reached says whether a value is already at its target, on the side that the
// indicator should go to; without direction, only on the very value.
func (r Rules) reached(last float64, t *Target, d Direction) bool {
	switch {
	case d == Up:
		return last >= t.Value
	case d == Down:
		return last <= t.Value
	}
	return same(last, t.Value)
}

func (j Judgement) say(v Verdict, reason string) Judgement {
	j.Verdict, j.Reason = v, reason
	return j
}

package followup

import (
	"encoding/hex"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/plan"
)

// LongestText bounds what is written in one field of an update, in characters.
const LongestText = 4_000

const (
	mostEvidence = 10
	longestName  = 200
	mostCents    = 10_000_000_000_000 // a hundred billion euros
	mostQuantity = 1e12
	firstDay     = "2019-01-01"
	mostKg       = 500_000 * panorama.KgPerKt // twice the objective of the nation
)

// Unconfirmed is an update that says more than was planned, or the other way round: it
// is taken once somebody confirmed it.
type Unconfirmed struct {
	Field, Message string
}

// Error is the sentence a user reads.
func (e *Unconfirmed) Error() string { return e.Message }

// Unwrap makes it an invalid input.
func (e *Unconfirmed) Unwrap() error { return apperr.Invalidf("%s", e.Message) }

func fault(field, message string) error { return &action.Fault{Field: field, Message: message} }

// Classes lists the classes of quantities, with their French names and what each means.
func Classes() [][3]string {
	return [][3]string{
		{string(Observed), "observé", "mesuré ou compté, avec sa source ou une pièce"},
		{string(Declared), "déclaré", "ce que dit le porteur, sans pièce"},
		{string(Estimated), "estimé", "un ordre de grandeur"},
	}
}

// Name is the French name of a class.
func (c Class) Name() string {
	for _, x := range Classes() {
		if x[0] == string(c) {
			return x[1]
		}
	}
	return string(c)
}

// FieldOf is the name of the field of a quantity, in forms and in refusals.
func FieldOf(lever string) string { return "quantity-" + lever }

// check refuses what an update may not say of an action, field by field.
func (u *Update) check(x action.Action, today string) error {
	day, err := time.Parse(time.DateOnly, u.Day)
	switch {
	case err != nil:
		return fault("day", "Écrivez le jour, par exemple 2026-05-27.")
	case day.Format(time.DateOnly) > today:
		return fault("day", "Ce jour n’est pas encore passé\u00a0: dites où en est l’action aujourd’hui, ou à une date passée.")
	case u.Day < firstDay:
		return fault("day", "Un point d’avancement parle d’un jour depuis le 1ᵉʳ janvier 2019.")
	}
	if u.Progress != nil && (*u.Progress < 0 || *u.Progress > 100) {
		return fault("progress", "L’avancement va de 0 à 100\u00a0%.")
	}
	if u.Status != "" && action.Named(action.Statuses(), u.Status) == u.Status {
		return fault("status", "Choisissez le statut dans la liste.")
	}
	if u.Spent != nil && (*u.Spent < 0 || *u.Spent > mostCents) {
		return fault("spent", "Écrivez la dépense depuis le début en euros, sans signe, cent milliards au plus\u00a0: vérifiez l’unité.")
	}
	for _, t := range []struct {
		field, label string
		text         *string
		most         int
	}{{"blocked", "Ce qui bloque", &u.Blocked, LongestText}, {"next", "Prochaine étape", &u.Next, LongestText}, {"note", "Remarque", &u.Note, LongestText}, {"said_by", "Votre nom", &u.SaidBy, longestName}} {
		*t.text = strings.TrimSpace(*t.text)
		if utf8.RuneCountInString(*t.text) > t.most {
			return fault(t.field, "«\u00a0"+t.label+"\u00a0» dépasse "+french.Integer(t.most)+" caractères\u00a0: raccourcissez-le. Votre texte est resté dans le formulaire.")
		}
	}
	if u.NextBy != "" {
		if _, err := time.Parse(time.DateOnly, u.NextBy); err != nil {
			return fault("next_by", "Écrivez la date de la prochaine étape, par exemple 2026-09-30, ou laissez-la vide.")
		}
	}
	if err := u.checkEvidence(); err != nil {
		return err
	}
	if err := u.checkQuantities(x); err != nil {
		return err
	}
	if u.Status == "blocked" && u.Blocked == "" {
		return fault("blocked", "Dites ce qui bloque, puisque l’action est bloquée.")
	}
	if u.empty() {
		return fault("progress", "Dites au moins une chose\u00a0: l’avancement, une quantité, ce qui bloque ou la prochaine étape. Si rien n’a changé, le bouton du haut suffit.")
	}
	if !u.Confirmed {
		return u.plausible(x)
	}
	return nil
}

func (u *Update) empty() bool {
	return u.Progress == nil && u.Status == "" && len(u.Quantities) == 0 && u.Spent == nil && u.Blocked == "" && u.Next == "" && u.Note == "" && len(u.Evidence) == 0 && !u.Unchanged
}

// IsFile reports whether a piece of evidence is a kept file, by its SHA-256.
func IsFile(evidence string) bool {
	b, err := hex.DecodeString(evidence)
	return err == nil && len(b) == 32
}

func (u *Update) checkEvidence() error {
	var out []string
	for _, e := range u.Evidence {
		if e = strings.TrimSpace(e); e != "" && !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	u.Evidence = out
	if len(out) > mostEvidence {
		return fault("evidence", "Dix pièces au plus\u00a0: gardez celles qui montrent le plus.")
	}
	for _, e := range out {
		if IsFile(e) {
			continue
		}
		a, err := url.Parse(e)
		if err != nil || a.Scheme != "https" && a.Scheme != "http" || a.Host == "" || a.User != nil || len(e) > 2_000 {
			return fault("evidence", "Collez l’adresse complète de la page, qui commence par https://, ou laissez ce champ vide.")
		}
	}
	return nil
}

// impactOf is what an action is planned to bring to a lever.
func impactOf(x action.Action, lever string) (action.Impact, bool) {
	i := slices.IndexFunc(x.Impacts, func(p action.Impact) bool { return p.Lever == lever })
	if i < 0 {
		return action.Impact{}, false
	}
	return x.Impacts[i], true
}

func (u *Update) checkQuantities(x action.Action) error {
	seen := map[string]bool{}
	for i := range u.Quantities {
		q := &u.Quantities[i]
		field := FieldOf(q.Lever)
		planned, isPlanned := impactOf(x, q.Lever)
		switch {
		case !isPlanned && !slices.Contains(x.Levers, q.Lever):
			return fault(field, "Cette action ne porte pas sur ce levier\u00a0: sa quantité n’y est pas comptée.")
		case seen[q.Lever]:
			return fault(field, "Une seule quantité par levier.")
		}
		seen[q.Lever] = true
		if q.Source = strings.TrimSpace(q.Source); utf8.RuneCountInString(q.Source) > LongestText {
			return fault(field, "La source est trop longue\u00a0: raccourcissez-la.")
		}
		if q.Quantity == nil {
			if q.Reason = strings.TrimSpace(q.Reason); q.Reason == "" {
				q.Reason = "Le porteur n’a pas donné de quantité."
			}
			continue
		}
		if v := *q.Quantity; math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > mostQuantity {
			return fault(field, "Écrivez un nombre, comme 1\u202f234,5, et vérifiez l’unité.")
		}
		unit, known := plan.ParseUnit(strings.TrimSpace(q.Unit))
		if known {
			q.Unit = unit
		}
		if isPlanned && planned.Unit != "" {
			if _, ok := plan.Convert(1, q.Unit, planned.Unit); !ok && q.Unit != planned.Unit {
				return fault(field, "Cette quantité se compte en «\u00a0"+planned.Unit+"\u00a0», comme l’action l’a prévu\u00a0: «\u00a0"+q.Unit+"\u00a0» ne s’y convertit pas.")
			}
		} else if strings.TrimSpace(q.Unit) == "" || utf8.RuneCountInString(q.Unit) > 60 {
			return fault(field, "Dites en quelle unité la quantité est comptée.")
		}
		switch q.Class {
		case Observed:
			if q.Source == "" && len(u.Evidence) == 0 {
				return fault(field, "Une quantité observée se dit avec sa source ou une pièce. Sans elle, dites-la déclarée ou estimée.")
			}
		case Declared, Estimated:
		default:
			return fault(field, "Dites si la quantité est observée, déclarée ou estimée.")
		}
		if kg := KgOf(x, *q); kg != nil && (*kg > mostKg || *kg < -mostKg) {
			return fault(field, "Cette quantité dépasserait ce que toute la France peut éviter\u00a0: vérifiez l’unité.")
		}
	}
	return nil
}

// plausible asks to confirm what is above what was planned, or of the other sign.
func (u *Update) plausible(x action.Action) error {
	for _, q := range u.Quantities {
		if q.Quantity == nil {
			continue
		}
		p, ok := impactOf(x, q.Lever)
		said, field := *q.Quantity, FieldOf(q.Lever)
		if !ok || p.Quantity == nil {
			if said < 0 {
				return &Unconfirmed{field, "Vous avez écrit une quantité négative, " + plan.Exact(said) + "\u00a0" + q.Unit + ". Confirmez si c’est bien une diminution. Rien n’a été enregistré."}
			}
			continue
		}
		in, ok := plan.Convert(said, q.Unit, p.Unit)
		if !ok {
			in = said // the same unit by its words
		}
		switch {
		case in != 0 && (in < 0) != (*p.Quantity < 0):
			return &Unconfirmed{field, "La quantité " + plan.Exact(said) + "\u00a0" + q.Unit + " va en sens contraire de ce que l’action prévoit (" + plan.Exact(*p.Quantity) + "\u00a0" + p.Unit + "). Vérifiez le signe, puis confirmez si c’est bien cela. Rien n’a été enregistré."}
		case math.Abs(in) > math.Abs(*p.Quantity):
			return &Unconfirmed{field, "La quantité " + plan.Exact(said) + "\u00a0" + q.Unit + " dépasse tout ce que l’action prévoit d’ici 2030 (" + plan.Exact(*p.Quantity) + "\u00a0" + p.Unit + "). Vérifiez l’unité, puis confirmez si c’est bien cela. Rien n’a été enregistré."}
		}
	}
	if u.Spent != nil && x.Budget.Invest != nil && *u.Spent > *x.Budget.Invest && x.Budget.Operation == nil {
		return &Unconfirmed{"spent", "La dépense " + action.Euros(*u.Spent) + " dépasse l’investissement prévu (" + action.Euros(*x.Budget.Invest) + "). Vérifiez, puis confirmez si c’est bien cela. Rien n’a été enregistré."}
	}
	return nil
}

// KgOf is a quantity in kg of CO₂e a year, by the factor that the action's own impact
// was computed with, nil when that lever has none.
func KgOf(x action.Action, q Quantity) *int64 {
	p, ok := impactOf(x, q.Lever)
	if !ok || x.Kind == action.CrossCutting || q.Quantity == nil || p.Class != action.Quantified || p.Kg == nil || p.Quantity == nil || *p.Quantity == 0 {
		return nil
	}
	in, ok := plan.Convert(*q.Quantity, q.Unit, p.Unit)
	if !ok {
		if q.Unit != p.Unit {
			return nil
		}
		in = *q.Quantity
	}
	v := math.Round(in / *p.Quantity * float64(*p.Kg))
	if math.Abs(v) > math.MaxInt64/2 {
		return nil
	}
	kg := int64(v)
	return &kg
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

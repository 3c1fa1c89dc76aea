package followup

import (
	"cmp"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/french"
)

// Rule is a written rule of the alerts: what is looked at, and when it speaks.
type Rule struct {
	Code, Name string
	// Says is the rule in words, with its parameters.
	Says func(r Rules) string
}

func days(n int64) string { return french.Integer(n) + "\u00a0" + french.Plural(n, "jour", "jours") }

// AlertRules lists the rules in the order of the screens.
func AlertRules() []Rule {
	fixed := func(text string) func(Rules) string { return func(Rules) string { return text } }
	return []Rule{
		{"pace", "Levier hors de son rythme", func(r Rules) string {
			return "L’indicateur observé du levier avance moins vite que ce qu’il faudrait jusqu’en 2030, de plus de " + french.Integer(r.Pace) + "\u00a0%."
		}},
		{"blocked", "Action bloquée", fixed("Le statut de l’action est «\u00a0bloqué\u00a0», ou son dernier point d’avancement dit ce qui bloque.")},
		{"late", "Action en retard", fixed("Le statut de l’action est «\u00a0en retard\u00a0», ou sa date de fin est passée sans qu’elle soit terminée.")},
		{"silent", "Sans nouvelles", func(r Rules) string {
			return "Personne n’a dit où en est l’action depuis " + days(r.Silent) + ", ou depuis qu’elle est retenue."
		}},
		{"funding", "Financement incomplet", fixed("L’action a commencé, et ce que les financeurs ont accordé ou versé ne couvre pas son investissement.")},
		{"aid", "Aide bientôt close", func(r Rules) string {
			return "Une aide envisagée ou demandée pour l’action se ferme dans moins de " + days(r.Aid) + "."
		}},
		{"gone", "Porteur injoignable", fixed("L’adresse du contact de l’action n’existe plus, ou l’action n’a plus de contact.")},
	}
}

// RuleNamed is the name of a rule.
func RuleNamed(code string) string {
	for _, r := range AlertRules() {
		if r.Code == code {
			return r.Name
		}
	}
	return code
}

// Lagging is a lever whose observed indicator is behind: Short is how far its pace is
// under the one that is needed, in percent.
type Lagging struct {
	Lever, Name string
	Short       int64
}

// Closing is an aid that closes on a day.
type Closing struct{ Name, On string }

// Facts is what the rules look at, in one COP on one day.
type Facts struct {
	Today   string
	Actions []action.Action // retained
	Last    map[string]Update
	Lagging []Lagging
	Aids    map[string]Closing // by id
	Bounced map[string]bool    // addresses that do not exist
}

// Finding is what a rule finds: one thing, in one sentence that stays the same while its
// cause does.
type Finding struct {
	Rule, Kind, Subject, Said string
}

// Live names a finding while its cause lasts.
func (f Finding) Live(copID string) string {
	return copID + ":" + f.Rule + ":" + f.Kind + ":" + f.Subject
}

// Find applies the rules to what is known. It is pure: the same facts give the same
// findings, in the same order.
func Find(f Facts, r Rules) (out []Finding) {
	add := func(rule, kind, subject, said string) {
		if !slices.Contains(r.Off, rule) {
			out = append(out, Finding{rule, kind, subject, said})
		}
	}
	for _, l := range f.Lagging {
		if l.Short >= 100 {
			add("pace", "lever", l.Lever, "L’indicateur observé du levier «\u00a0"+l.Name+"\u00a0» n’avance pas, ou s’éloigne de ce qu’il faudrait en 2030.")
		} else if l.Short > r.Pace {
			add("pace", "lever", l.Lever, "Le rythme observé du levier «\u00a0"+l.Name+"\u00a0» est inférieur de "+french.Integer(l.Short)+"\u00a0% à celui qu’il faudrait jusqu’en 2030.")
		}
	}
	for _, x := range f.Actions {
		if Ended(x) != "" || x.Status == "done" {
			continue
		}
		last, spoken := f.Last[x.ID]
		one := func(rule, said string) { add(rule, "action", x.ID, said) }
		switch {
		case spoken && last.Blocked != "" && last.Status != "done":
			one("blocked", "Bloquée, dit le point du "+french.Day(last.Day)+"\u00a0: "+cut(last.Blocked, 300))
		case x.Status == "blocked":
			one("blocked", "Bloquée"+when(x.StatusOn)+"\u00a0: "+cut(x.StatusReason, 300))
		}
		end := lastDay(x.Ends)
		switch {
		case x.Status == "late":
			one("late", "En retard"+when(x.StatusOn)+"\u00a0: "+cut(x.StatusReason, 300))
		case end != "" && end < f.Today:
			one("late", "Sa fin était prévue "+ended(x.Ends)+", et elle n’est pas terminée.")
		}
		since := cmp.Or(last.Day, x.RetainedOn)
		if age, _ := r.AgeOf(since, f.Today); since != "" && age == Silent {
			if spoken {
				one("silent", "Sans nouvelles depuis le "+french.Day(since)+".")
			} else {
				one("silent", "Sans aucune nouvelle depuis qu’elle a été retenue, le "+french.Day(since)+".")
			}
		}
		if gap, _ := x.Gap(); gap != nil && *gap > 0 && len(x.Funding) > 0 && x.Starts != "" && firstOf(x.Starts) <= f.Today {
			one("funding", "Elle a commencé, et il manque "+action.Euros(*gap)+" d’investissement accordé.")
		}
		for _, g := range x.Funding {
			a, ok := f.Aids[g.Aid]
			if !ok || g.Aid == "" || a.On < f.Today || g.State != "considered" && g.State != "asked" {
				continue
			}
			if _, n := r.AgeOf(f.Today, a.On); n <= r.Aid {
				one("aid", "L’aide «\u00a0"+a.Name+"\u00a0» se ferme le "+french.Day(a.On)+".")
				break
			}
		}
		email := strings.ToLower(strings.TrimSpace(x.Email))
		switch {
		case email != "" && f.Bounced[email]:
			one("gone", "L’adresse de son contact n’existe plus.")
		case email == "" && x.Author == "" && x.Holder.Org == "":
			one("gone", "Elle n’a pas de contact\u00a0: personne ne peut dire où elle en est.")
		}
	}
	return out
}

// lastDay is the last day of a date that may be a year or a month, firstOf its first.
func lastDay(d string) string {
	switch len(d) {
	case 4:
		return d + "-12-31"
	case 7:
		return d + "-31"
	}
	return d
}

func firstOf(d string) string {
	switch len(d) {
	case 4:
		return d + "-01-01"
	case 7:
		return d + "-01"
	}
	return d
}

func ended(d string) string {
	if len(d) == len("2006-01-02") {
		return "le " + french.Day(d)
	}
	return "en " + french.When(d)
}

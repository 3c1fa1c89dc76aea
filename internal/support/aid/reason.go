package aid

import (
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// reasons says in sentences what score counted, in the same order.
func (s *Shelf) reasons(i int, w Want, day string, here []map[string]bool) []Reason {
	x := &s.Aids[i]
	var out []Reason
	say := func(f Fit, text string) {
		if text != "" {
			out = append(out, Reason{f, text})
		}
	}
	if len(w.Levers) > 0 {
		switch s.lever(i, w) {
		case Fits:
			say(Fits, "sert le levier de l’action")
		default:
			say(Doubt, "sert peut-être le levier\u00a0: suggéré par les mots de l’aide, personne ne l’a confirmé")
		}
	}
	f := s.audience(i, w)
	say(f, x.sayAudience(f, w))
	f = s.place(i, w, here)
	say(f, x.sayPlace(f, len(here) > 0, s.nameOf))
	f = s.dates(i, w, day)
	say(f, x.sayDates(f, w, day))
	f = s.moment(i, w)
	say(f, x.sayMoment(f, w))
	f = s.pays(i, w)
	say(f, x.sayPays(f))
	if x.RateMax != nil {
		say(Fits, "finance jusqu’à "+french.Integer(*x.RateMax)+"\u00a0% de la dépense retenue")
	}
	if x.Charged {
		say(Doubt, "est payante")
	}
	if x.Broken {
		say(Doubt, "son lien ne répondait pas le "+french.Day(x.Tried))
	}
	if x.Stale(day) {
		say(Doubt, "à vérifier\u00a0: personne ne l’a relue depuis plus de six mois")
	}
	return out
}

func (x *Aid) sayAudience(f Fit, w Want) string {
	whom := forWhom[w.Holder]
	switch {
	case f == Fits:
		return "ouverte " + whom
	case f == Miss && len(x.Audiences) > 0:
		return "n’accepte pas " + withoutTo(whom) + "\u00a0: elle s’adresse " + forAll(x.Audiences)
	case w.Holder == "" && len(x.Audiences) > 0:
		return "s’adresse " + forAll(x.Audiences) + "\u00a0: dites quel est le porteur de l’action pour en juger"
	}
	return "ne dit pas à qui elle s’adresse"
}

// withoutTo is «les EPCI» of «aux EPCI», «la recherche» of «à la recherche».
func withoutTo(whom string) string {
	if rest, ok := strings.CutPrefix(whom, "aux "); ok {
		return "les " + rest
	}
	return strings.TrimPrefix(whom, "à ")
}

func forAll(codes []string) string {
	var out []string
	for _, a := range Audiences() {
		if slices.Contains(codes, a[0]) {
			out = append(out, forWhom[a[0]])
		}
	}
	if len(out) > 1 {
		return strings.Join(out[:len(out)-1], ", ") + " et " + out[len(out)-1]
	}
	return strings.Join(out, "")
}

// PlaceName is where an aid is open, in words.
func (x Aid) PlaceName(tree *territory.Tree) string {
	return x.placeName(func(t string) string {
		ref, err := territory.ParseRef(t)
		if err != nil || tree == nil {
			return ""
		}
		p, err := tree.Lookup(ref)
		if err != nil {
			return ""
		}
		return p.Name
	})
}

// nameOf is the name of a territory that some aid names.
func (s *Shelf) nameOf(t string) string { return s.places[t].name }

func (x *Aid) placeName(nameOf func(string) string) string {
	const few = 4
	if slices.Contains(x.Territories, "nation") {
		return "France"
	}
	if x.Place != "" && len(x.Territories) > few {
		return x.Place
	}
	var names []string
	for _, t := range x.Territories[:min(len(x.Territories), few)] {
		if n := nameOf(t); n != "" {
			names = append(names, n)
		}
	}
	switch {
	case len(names) == 0:
		return x.Place
	case len(x.Territories) > few:
		return strings.Join(names, ", ") + "…"
	}
	return strings.Join(names, ", ")
}

func (x *Aid) sayPlace(f Fit, asked bool, nameOf func(string) string) string {
	name := x.placeName(nameOf)
	switch {
	case f == Fits && slices.Contains(x.Territories, "nation"):
		return "ouverte partout en France"
	case f == Fits:
		return "ouverte dans le territoire de l’action (" + name + ")"
	case f == Part:
		return "n’est ouverte que dans une partie du territoire de l’action (" + name + ")"
	case f == Miss:
		return "n’est pas ouverte dans le territoire de l’action\u00a0: elle l’est dans «\u00a0" + name + "\u00a0»"
	case name == "":
		return "ne dit pas où elle est ouverte"
	case !asked:
		return "ouverte dans «\u00a0" + name + "\u00a0»\u00a0: dites où l’action a lieu pour en juger"
	}
	return "ouverte dans «\u00a0" + name + "\u00a0», un périmètre dont Jalon ne connaît pas les communes\u00a0: à vérifier auprès du porteur"
}

func (x *Aid) sayDates(f Fit, w Want, day string) string {
	switch {
	case x.Expired(day) && x.Recurrence == "recurring":
		return "close depuis le " + french.Day(x.Closes) + "\u00a0; elle est récurrente, une autre édition peut s’ouvrir"
	case x.Expired(day):
		return "close depuis le " + french.Day(x.Closes)
	case x.Opens > day:
		return "n’ouvre que le " + french.Day(x.Opens)
	case f == Part:
		return "ferme le " + french.Day(x.Closes) + ", l’action commence " + when(w.Starts) + "\u00a0: la demande est à déposer avant"
	case x.Recurrence == "ongoing":
		return "ouverte en permanence"
	case x.Closes != "":
		return "ouverte, ferme le " + french.Day(x.Closes)
	}
	return "ne dit pas quand elle ferme"
}

func (x *Aid) sayMoment(f Fit, w Want) string {
	wanted := Named(Moments(), momentOf(w))
	switch {
	case f == Fits:
		return "sert à cette étape du projet (" + wanted + ")"
	case f == Part:
		step := Named(action.Steps(), w.Step)
		if step == "" {
			step = Named(action.Phases(), w.Phase)
		}
		return "sert à une autre étape du projet (" + Names(Moments(), x.Moments) + ")\u00a0; l’action en est à «\u00a0" + step + "\u00a0»"
	}
	return ""
}

func (x *Aid) sayPays(f Fit) string {
	switch f {
	case Fits:
		return "couvre les dépenses prévues (" + Names(Destinations(), x.Pays) + ")"
	case Part:
		return "ne couvre que les " + Names(Destinations(), x.Pays) + ", l’action n’en prévoit pas"
	}
	return ""
}

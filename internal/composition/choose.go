package composition

import "slices"

// Choose reads the choices of a block: those that it does not know are left aside, those
// that it is not given take their first value. Wrong says (French) which value an option
// no longer has: it is told, never replaced, for the text above the block may speak of it.
func (l Live) Choose(params map[string]string) (chosen map[string]string, wrong string) {
	chosen = map[string]string{}
	for _, o := range l.Options {
		value := params[o.Name]
		switch {
		case len(o.Values) == 0 || slices.ContainsFunc(o.Values, func(v [2]string) bool { return v[0] == value }):
		case value == "":
			value = o.Values[0][0]
		default:
			return nil, "Le choix «\u00a0" + value + "\u00a0» de ce bloc (" + o.Label + ") n’existe plus\u00a0: choisissez-en un autre en modifiant le bloc."
		}
		chosen[o.Name] = value
	}
	return chosen, ""
}

package panorama

import (
	"slices"
	"strings"

	"jalon/internal/french"
)

// SubsectorName says in French what a sub-sector of the second method is; the
// codes, which tell nothing, and the names are those of the platform that
// publishes the percentages. It is the code itself for one that is not known.
func SubsectorName(code string) string {
	switch code {
	case "cae_1.ga":
		return "énergie"
	case "cae_1.gb":
		return "élevage"
	case "cae_1.gc":
		return "pratiques culturales"
	case "cae_63.b":
		return "forêts"
	case "cae_63.ca":
		return "cultures"
	case "cae_63.cb":
		return "prairies"
	case "cae_63.db":
		return "sols artificiels"
	case "cae_63.e":
		return "produits bois"
	}
	return code
}

// SubsectorNames names the sub-sectors of a percentage («a|b»), empty when it
// applies to a whole sector.
func SubsectorNames(codes string) string {
	var names []string
	for code := range strings.SplitSeq(codes, "|") {
		if code != "" {
			names = append(names, SubsectorName(code))
		}
	}
	return strings.Join(names, " et ")
}

// subsector finds the code of a sub-sector written by its code or its name.
func subsector(known []string, text string) (string, bool) {
	folded := french.Fold(text)
	i := slices.IndexFunc(known, func(code string) bool {
		return french.Fold(code) == folded || french.Fold(SubsectorName(code)) == folded
	})
	if i < 0 {
		return "", false
	}
	return known[i], true
}

// listSubsectors writes codes with their names, for a message.
func listSubsectors(codes []string) string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = code + " (" + SubsectorName(code) + ")"
	}
	return strings.Join(out, ", ")
}

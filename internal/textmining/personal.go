package textmining

import (
	"regexp"
	"slices"
)

// Warning is a part of a text that may name a person or tell where they live: for
// a reader to look at, never a verdict.
type Warning struct {
	What string // French
	Text string // the part
}

var personal = []struct {
	what string
	re   *regexp.Regexp
}{
	{"adresse électronique", regexp.MustCompile(`(?i)[\p{L}\d._%+-]+\s?(?:@|\(at\)|\[at\])\s?[\p{L}\d.-]+\.\p{L}{2,}`)},
	{"numéro de téléphone", regexp.MustCompile(`(?:\+\s?33[\s.\x{a0}-]?(?:\(0\))?|\b0)[\s.\x{a0}-]?[1-9](?:[\s.\x{a0}-]?\d{2}){4}\b`)},
	{"nom d’une personne", regexp.MustCompile(`(?:\b(?:M\.|MM\.|Mr\.?|Mme\.?|Mmes|Mlle|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|Dr\.?|Me|Maître|Docteur))[\s\x{a0}]+(?:(?:le|la|de|du|des|l’|l')[\s\x{a0}]*)?\p{Lu}[\p{L}’'-]+(?:[\s\x{a0}]+\p{Lu}[\p{L}’'-]+){0,2}`)},
	{"adresse postale", regexp.MustCompile(`(?i)\b\d{1,4}\s?(?:bis|ter|quater)?,?\s+(?:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|allée|allee|route|quai|square|cours|lotissement|faubourg|passage)\s+\p{L}[\p{L}’' -]{2,40}`)},
	{"numéro de sécurité sociale", regexp.MustCompile(`\b[12]\s?\d{2}\s?(?:0[1-9]|1[0-2])\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?:\s?\d{2})?\b`)},
}

// Personal lists what may be personal in a text, in its order of kinds.
func Personal(text string) []Warning {
	var out []Warning
	for _, p := range personal {
		for _, m := range p.re.FindAllString(text, 10) {
			if w := (Warning{p.what, m}); !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

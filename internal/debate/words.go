package debate

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/french"
)

// College is what part of society somebody speaks from.
type College string

// The colleges.
const (
	State        College = "etat"
	Authorities  College = "collectivites"
	Economic     College = "economie"
	Associations College = "associations"
	Citizens     College = "citoyens"
	Experts      College = "experts"
)

var collegeNames = map[College]string{State: "État et opérateurs", Authorities: "Collectivités", Economic: "Acteurs économiques", Associations: "Associations",
	Citizens: "Habitants", Experts: "Recherche et expertise"}

// Colleges lists the colleges in the order of the screens.
func Colleges() []College {
	return []College{State, Authorities, Economic, Associations, Citizens, Experts}
}

// Name is the French name of a college, empty for an unknown one.
func (c College) Name() string { return collegeNames[c] }

// CollegeOf is the college of an organisation by what it is.
func CollegeOf(k account.OrgKind) College {
	switch k {
	case account.OrgMinistry, account.OrgPrefecture, account.OrgState, account.OrgOperator:
		return State
	case account.OrgChamber, account.OrgCompany:
		return Economic
	case account.OrgAssociation:
		return Associations
	case account.OrgCitizens:
		return Citizens
	case account.OrgObservatory:
		return Experts
	}
	return Authorities
}

// Speaker is in whose name something is written.
const (
	Person       = "personne"
	Organisation = "organisme"
	Organised    = "groupe" // a group of organisations
)

var speakerNames = map[string]string{Person: "en mon nom", Organisation: "au nom d’un organisme", Organised: "au nom de plusieurs organismes"}

// Speakers lists in whose name one may write, in the order of forms.
func Speakers() []string { return []string{Person, Organisation, Organised} }

// SpeakerName says in French in whose name something is written.
func SpeakerName(code string) string { return speakerNames[code] }

// Tidy is a text that somebody typed, as everybody may read it: without what is not
// seen and changes what is (control characters, marks that turn the direction of
// writing, joiners of no width, tags), with at most one empty line between two.
func Tidy(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200d', unicode.Is(unicode.Co, r), unicode.Is(unicode.Variation_Selector, r) && r != '\ufe0f':
			return -1
		}
		return r
	}, s)
	lines := strings.Split(s, "\n")
	out, empty := lines[:0], true
	for _, l := range lines {
		l = strings.TrimRightFunc(l, unicode.IsSpace)
		if l == "" && empty {
			continue
		}
		empty = l == ""
		out = append(out, calm(l))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// calm keeps at most four marks on a letter: more of them cover the lines around.
func calm(s string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		if !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Me, r) {
			marks = 0
			return r
		}
		if marks++; marks > 4 {
			return -1
		}
		return r
	}, s)
}

// Line is Tidy on one line. A run of spaces is one; one that does not break, as French
// sets it before a colon, stays so.
func Line(s string) string {
	var b strings.Builder
	gap := rune(0)
	for _, r := range Tidy(s) {
		switch {
		case r == '\u00a0' || r == '\u202f':
			gap = r
		case unicode.IsSpace(r):
			if gap == 0 {
				gap = ' '
			}
		default:
			if gap != 0 && b.Len() > 0 {
				b.WriteRune(gap)
			}
			gap = 0
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Long refuses a text that is longer than a number of characters, and says by how
// much. what names it with its article: «le titre».
func Long(what, text string, most int) error {
	n := utf8.RuneCountInString(text)
	if n <= most {
		return nil
	}
	return apperr.Invalidf("%s compte %s caractères, %s au plus\u00a0: raccourcissez de %s. Rien n’est perdu, votre texte est dans le formulaire.",
		french.Upper(what), french.Integer(n), french.Integer(most), french.Integer(n-most))
}

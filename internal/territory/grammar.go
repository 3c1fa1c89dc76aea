package territory

import (
	"strings"

	"jalon/internal/french"
)

// Of is the territory after «de», as a sentence of a page needs it: «du Grand
// Est», «de l’Île-de-France», «de La Réunion», «des Vosges», «d’Ambérieu».
func (x Territory) Of() string {
	switch x.Ref.Scale {
	case Nation:
		return "de la France"
	case RegionS:
		if g, ok := regionArticle(x.Ref.Code); ok {
			return g.of + x.Name
		}
	case Department:
		if g, ok := departmentArticle(x.Ref.Code); ok {
			return g.of + x.Name
		}
	case CommuneS:
		return of(x.Name)
	case EPCI:
		switch {
		case abbreviated(x.Name), strings.HasPrefix(x.Name, "Métropole "), strings.HasPrefix(x.Name, "Communauté "):
			return "de la " + x.Name
		case strings.HasPrefix(x.Name, "Eurométropole "):
			return "de l’" + x.Name
		}
		return of(x.Name)
	case EPT:
		return "de l’EPT " + x.Name
	}
	return "de «\u00a0" + x.Name + "\u00a0»"
}

// In is the territory after «dans», «en» or «à»: «en Bretagne», «dans le Grand
// Est», «à Strasbourg», «aux Sables-d’Olonne».
func (x Territory) In() string {
	switch x.Ref.Scale {
	case Nation:
		return "en France"
	case RegionS:
		if g, ok := regionArticle(x.Ref.Code); ok {
			return g.in + x.Name
		}
	case Department:
		if g, ok := departmentArticle(x.Ref.Code); ok {
			return g.in + x.Name
		}
	case CommuneS:
		return in(x.Name)
	case EPCI:
		switch {
		case abbreviated(x.Name), strings.HasPrefix(x.Name, "Métropole "), strings.HasPrefix(x.Name, "Communauté "):
			return "dans la " + x.Name
		case strings.HasPrefix(x.Name, "Eurométropole "):
			return "dans l’" + x.Name
		}
		return "dans " + x.Name
	case EPT:
		return "dans l’EPT " + x.Name
	}
	return "dans «\u00a0" + x.Name + "\u00a0»"
}

// abbreviated tells a group whose published name begins with its kind.
func abbreviated(name string) bool {
	return strings.HasPrefix(name, "CC ") || strings.HasPrefix(name, "CA ") || strings.HasPrefix(name, "CU ")
}

// of contracts the article that a commune carries in its name.
func of(name string) string {
	switch {
	case strings.HasPrefix(name, "Le "):
		return "du " + name[len("Le "):]
	case strings.HasPrefix(name, "Les "):
		return "des " + name[len("Les "):]
	case elides(name):
		return "d’" + name
	}
	return "de " + name
}

func in(name string) string {
	switch {
	case strings.HasPrefix(name, "Le "):
		return "au " + name[len("Le "):]
	case strings.HasPrefix(name, "Les "):
		return "aux " + name[len("Les "):]
	}
	return "à " + name
}

// elides tells whether «de» becomes «d’»: before a vowel, and before a y that
// sounds like one (Yvetot, Ytrac; not Yutz). An h keeps «de», since no rule
// tells the aspirated ones apart.
func elides(name string) bool {
	f := french.Fold(name)
	if f == "" {
		return false
	}
	if f[0] == 'y' {
		return len(f) == 1 || !strings.ContainsRune("aeiou", rune(f[1]))
	}
	return strings.ContainsRune("aeiou", rune(f[0]))
}

type article struct{ of, in string }

// The usages that names share.
var (
	masculine = article{"du ", "dans le "}
	feminine  = article{"de la ", "dans la "}
	vowel     = article{"de l’", "dans l’"}
	plural    = article{"des ", "dans les "}
)

// regionArticle is the usage for each region, by code.
func regionArticle(code string) (article, bool) {
	switch code {
	case "44": // Grand Est
		return masculine, true
	case "32", "52": // Hauts-de-France, Pays de la Loire
		return plural, true
	case "11", "76": // Île-de-France, Occitanie
		return article{"de l’", "en "}, true
	case "84": // Auvergne-Rhône-Alpes
		return article{"d’", "en "}, true
	case "27", "93": // Bourgogne-Franche-Comté, Provence-Alpes-Côte d’Azur
		return article{"de ", "en "}, true
	case "24": // Centre-Val de Loire
		return article{"du ", "en "}, true
	case "01", "02", "03", "28", "53", "75", "94":
		return article{"de la ", "en "}, true
	case "04", "06": // La Réunion, Mayotte
		return article{"de ", "à "}, true
	}
	return article{}, false
}

// departmentArticle is the usage for each département, by code.
func departmentArticle(code string) (article, bool) {
	switch code {
	case "14", "15", "18", "25", "29", "30", "32", "39", "46", "45", "56", "59", "62", "63", "67", "68", "69", "81", "83", "84", "90", "94", "95", "41":
		return masculine, true
	case "23", "26", "42", "50", "51", "55", "58", "72", "80", "86":
		return feminine, true
	case "16", "17", "19", "21", "24", "2A", "2B", "31", "33", "43", "44", "48", "52", "53", "57", "70", "73", "74", "76", "85", "87", "93", "971", "972", "973":
		return article{"de la ", "en "}, true
	case "01", "02", "03", "10", "11", "27", "34", "36", "60", "61", "89", "91":
		return vowel, true
	case "07", "09", "12", "38":
		return article{"de l’", "en "}, true
	case "04", "05", "06", "08", "13", "22", "40", "64", "65", "66", "78", "79", "88", "92":
		return plural, true
	case "28", "35", "37": // Eure-et-Loir, Ille-et-Vilaine, Indre-et-Loire
		return article{"d’", "en "}, true
	case "49", "54", "71", "77": // Maine-et-Loire, Meurthe-et-Moselle, Saône-et-Loire, Seine-et-Marne
		return article{"de ", "en "}, true
	case "47", "82": // Lot-et-Garonne, Tarn-et-Garonne
		return article{"du ", "en "}, true
	case "75", "974", "976": // Paris, La Réunion, Mayotte
		return article{"de ", "à "}, true
	}
	return article{}, false
}

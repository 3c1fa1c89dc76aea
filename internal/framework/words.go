package framework

import (
	"strings"

	"jalon/internal/french"
)

// Inside is a sector after «dans».
func (s Sector) Inside() string {
	switch s.Code {
	case "industrie":
		return "l’industrie"
	case "energie":
		return "l’énergie"
	case "residentiel":
		return "les logements"
	case "tertiaire":
		return "les bureaux, commerces et services"
	case "dechets":
		return "les déchets"
	case "transport":
		return "les transports"
	case "batiment":
		return "les bâtiments"
	case "agriculture-forets-sols":
		return "l’agriculture, les forêts et les sols"
	case "transport-voyageurs", "transport-marchandises":
		return "le " + strings.ToLower(s.Name)
	}
	return "le secteur «" + french.NoBreak + s.Name + french.NoBreak + "»"
}

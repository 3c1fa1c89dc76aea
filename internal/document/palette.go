package document

import (
	"strconv"
	"strings"

	"jalon/internal/chart"
	"jalon/internal/office"
)

// The colours of the light scheme of the site's style sheet, which a test
// compares them with: a chart looks the same on a page, a slide and a text.
const (
	ink      office.Color = "14201f"
	muted    office.Color = "435257"
	paper    office.Color = "ffffff"
	soft     office.Color = "f1f5f5"
	accent   office.Color = "0b4f57"
	hairline office.Color = "c9d3d5"
	control  office.Color = "66767b"
	warn     office.Color = "633d00"
	warnBack office.Color = "fff4dc"
)

var sectorColors = [...]office.Color{"0d3b66", "7fb8e6", "f4b942", "fae29c", "451a45", "f08a6c", "c3ccd1", "1d5c33", "8fd6c4", "7a2e12"}

var scaleColors = [...]office.Color{"dff0ec", "a9d5cd", "6cb0ab", "1d676e", "063c43"}

// sectorNumbers is the place of each sector in the palette, as data/sectors.csv
// gives it.
var sectorNumbers = map[string]int{
	"transport-voyageurs": 1, "transport-marchandises": 2, "residentiel": 3, "tertiaire": 4, "industrie": 5,
	"energie": 6, "dechets": 7, "agriculture-forets-sols": 8, "transport": 9, "batiment": 10,
}

// color is what a tone looks like; a tone that is not known is ink.
func color(t chart.Tone) office.Color {
	switch t {
	case "":
		return ""
	case chart.Ink:
		return ink
	case chart.Faint:
		return hairline
	case chart.Paper:
		return paper
	case chart.Accent:
		return accent
	case chart.Second, chart.Absent:
		return control
	}
	if n, ok := scaleNumber(t); ok {
		return scaleColors[n-1]
	}
	if code, ok := strings.CutPrefix(string(t), "sector-"); ok {
		if n := sectorNumbers[code]; n > 0 {
			return sectorColors[n-1]
		}
		return control
	}
	return ink
}

func scaleNumber(t chart.Tone) (int, bool) {
	s, ok := strings.CutPrefix(string(t), "scale-")
	n, err := strconv.Atoi(s)
	return n, ok && err == nil && n >= 1 && n <= len(scaleColors)
}

// Over is the tone of a text that is read over a tone: ink or paper, whichever
// has the contrast.
func Over(t chart.Tone) chart.Tone {
	switch t {
	case chart.Accent, chart.Ink, chart.Scale4, chart.Scale5, chart.Second,
		"sector-transport-voyageurs", "sector-industrie", "sector-agriculture-forets-sols", "sector-batiment":
		return chart.Paper
	}
	return chart.Ink
}

func theme() office.Theme {
	return office.Theme{Ink: ink, Paper: paper, Muted: muted, Accent: accent, Line: hairline, Warn: warn, WarnBack: warnBack,
		Accents: [6]office.Color{accent, sectorColors[0], sectorColors[2], sectorColors[5], sectorColors[7], control}}
}

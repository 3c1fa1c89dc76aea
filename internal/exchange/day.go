package exchange

import (
	"fmt"
	"strings"
	"time"
)

// day reads «2022-01-01», «2022-01-01T00:00:00.000» and «31/12/2021»; the hour is
// that of midnight or is refused, for it could mean another day elsewhere.
func day(text string) (string, error) {
	date, hour, timed := strings.Cut(text, "T")
	if timed && strings.Trim(strings.TrimSuffix(hour, "Z"), "0:.") != "" {
		return "", fmt.Errorf("la date «\u00a0%s\u00a0» porte une heure\u00a0: on ne sait pas de quel jour elle est", clip(text))
	}
	for _, layout := range []string{time.DateOnly, "02/01/2006"} {
		if t, err := time.Parse(layout, date); err == nil {
			if y := t.Year(); y < 1800 || y > 2200 {
				return "", fmt.Errorf("la date «\u00a0%s\u00a0» n’est pas d’une année possible", clip(text))
			}
			return t.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("«\u00a0%s\u00a0» n’est pas une date\u00a0: écrivez 2022-12-31", clip(text))
}

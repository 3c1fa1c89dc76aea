package series

import (
	"io/fs"

	"jalon/internal/apperr"
)

// Axis is one line of the panorama of biodiversity and resources: what the nation
// aims at on an axis that has no kt, and the series that looks at it, if any.
type Axis struct {
	Code      string
	Axis      string // attenuation, adaptation, eau, economie-circulaire, pollution, biodiversite
	Name      string
	Lever     string // with Target, names a row of targets-national.csv
	Target    string
	Indicator string // empty when no series of the catalogue looks at it
	Note      string // what a reader must know before comparing the two
}

// LoadNature reads the lines of the panorama of biodiversity and resources.
func LoadNature(fsys fs.FS, c *Catalogue) (out []Axis, err error) {
	defer apperr.Wrap(&err, "series.LoadNature")
	err = readTable(fsys, "nature.csv", func(get func(string) string) error {
		a := Axis{Code: get("code"), Axis: get("axis"), Name: get("name"), Lever: get("lever"), Target: get("target"), Indicator: get("indicator"), Note: get("note")}
		if a.Code == "" || a.Name == "" {
			return apperr.Invalidf("ligne vide")
		}
		if a.Indicator != "" {
			if _, err := c.Find(a.Indicator); err != nil {
				return err
			}
		}
		out = append(out, a)
		return nil
	})
	return out, err
}

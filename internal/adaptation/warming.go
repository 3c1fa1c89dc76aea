package adaptation

import (
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
)

// Step is a year of a trajectory of warming.
type Step struct {
	Year   int
	Tenths int64 // of a degree
}

// Text is the step as it reads: «+2,7 °C en 2050».
func (s Step) Text() string {
	return s.Degrees() + " en " + strconv.Itoa(s.Year)
}

// Degrees is the warming alone: «+2,7 °C».
func (s Step) Degrees() string {
	decimals := 1
	if s.Tenths%10 == 0 {
		decimals = 0
	}
	sign := "+"
	if s.Tenths < 0 {
		sign = ""
	}
	return sign + french.Number(float64(s.Tenths)/10, decimals) + "\u00a0°C"
}

// Warming is what a region prepares for; without steps, Missing says why.
type Warming struct {
	Steps     []Step
	Reference string // what it is compared with: «l’ère préindustrielle»
	Source    string
	Address   string
	Missing   string
}

// Text is the trajectory in a sentence, or why there is none.
func (w Warming) Text() string {
	if len(w.Steps) == 0 {
		return w.Missing
	}
	steps := make([]string, len(w.Steps))
	for i, s := range w.Steps {
		steps[i] = s.Text()
	}
	return french.List(steps) + ", par rapport à " + w.Reference + "."
}

// Mainland is the trajectory of the embedded table: mainland and Corse.
func Mainland(tables fs.FS) (w Warming, err error) {
	defer apperr.Wrap(&err, "adaptation.Mainland")
	f, err := tables.Open("warming.csv")
	if err != nil {
		return w, err
	}
	rows, err := csv.NewReader(f).ReadAll()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return w, err
	}
	if len(rows) < 2 || strings.Join(rows[0], ",") != "scope,year,degrees,reference,source" {
		return w, fmt.Errorf("warming.csv: columns")
	}
	for _, r := range rows[1:] {
		year, errY := strconv.Atoi(r[1])
		tenths, errT := tenthsOf(r[2])
		if errY != nil || errT != nil || r[0] != "metropole" {
			return w, fmt.Errorf("warming.csv: %v", r)
		}
		w.Steps = append(w.Steps, Step{year, tenths})
		w.Reference, w.Source = r[3], r[4]
	}
	return w, nil
}

// tenthsOf reads degrees as whole tenths.
func tenthsOf(text string) (int64, error) {
	whole, decimal, _ := strings.Cut(strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(text), "+"), ",", "."), ".")
	if len(decimal) > 1 {
		return 0, fmt.Errorf("«\u00a0%s\u00a0»\u00a0: un dixième de degré au plus", text)
	}
	n, err := strconv.ParseInt(whole+(decimal + "0")[:1], 10, 64)
	if err != nil || n < -50 || n > 150 {
		return 0, fmt.Errorf("«\u00a0%s\u00a0» n’est pas un réchauffement en degrés", text)
	}
	return n, nil
}

// WarmingOf is what a region prepares for: the trajectory of the nation for mainland and
// Corse, what was imported elsewhere, or why nothing is known.
func (m *Room) WarmingOf(ctx context.Context, q db.Q, region string, mainland Warming) (w Warming, err error) {
	defer apperr.Wrap(&err, "adaptation.WarmingOf(%s)", region)
	if !strings.HasPrefix(region, "0") {
		return mainland, nil
	}
	rows, err := q.Query(ctx, `SELECT year, tenths, reference, source, address FROM adaptation_warming WHERE region = $1 ORDER BY year`, region)
	_, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var year, tenths int64
		if err := r.Scan(&year, &tenths, &w.Reference, &w.Source, &w.Address); err != nil {
			return none, err
		}
		w.Steps = append(w.Steps, Step{int(year), tenths})
		return none, nil
	})
	if len(w.Steps) == 0 {
		w.Missing = "La trajectoire de réchauffement embarquée vaut pour l’Hexagone et la Corse\u00a0: celle de cette région n’a pas encore été importée, avec sa source."
	}
	return w, err
}

// Degree is a row of a file of warming.
type Degree struct {
	Region, Degrees, Reference, Source, Address string
	Year                                        int
}

// ReadDegree judges a row of a file: a region overseas, a year, a warming, and where it
// comes from, which nothing goes without.
func ReadDegree(region, year, degrees, reference, source, address string) (d Degree, err error) {
	d = Degree{Region: strings.TrimPrefix(region, "region:"), Degrees: degrees, Reference: strings.TrimSpace(reference), Source: strings.TrimSpace(source), Address: strings.TrimSpace(address)}
	if d.Year, err = strconv.Atoi(year); err != nil || d.Year < 2020 || d.Year > 2150 {
		return d, apperr.Invalidf("«\u00a0%s\u00a0» n’est pas une année entre 2020 et 2150.", year)
	}
	if _, err := tenthsOf(degrees); err != nil {
		return d, apperr.Invalidf("%s.", err.Error())
	}
	switch {
	case !strings.HasPrefix(d.Region, "0") || len(d.Region) != 2:
		return d, apperr.Invalidf("«\u00a0%s\u00a0» n’est pas une région d’outre-mer\u00a0: la trajectoire de l’Hexagone et de la Corse est embarquée.", region)
	case d.Reference == "" || d.Source == "":
		return d, apperr.Invalidf("Dites par rapport à quoi ce réchauffement est compté (reference), et d’où il vient (source).")
	case len(d.Reference) > 300 || len(d.Source) > 300 || len(d.Address) > 500 || d.Address != "" && !strings.HasPrefix(d.Address, "https://"):
		return d, apperr.Invalidf("La référence et la source font 300\u00a0caractères au plus, l’adresse commence par https://.")
	}
	return d, nil
}

// ImportWarming replaces what is known of the regions of a file, in the transaction that
// applies it.
func ImportWarming(ctx context.Context, tx db.Q, by string, at time.Time, list []Degree) (err error) {
	defer apperr.Wrap(&err, "adaptation.ImportWarming")
	cleared := map[string]bool{}
	for _, d := range list {
		if !cleared[d.Region] {
			if _, err := tx.Exec(ctx, `DELETE FROM adaptation_warming WHERE region = $1`, d.Region); err != nil {
				return err
			}
			cleared[d.Region] = true
		}
		tenths, err := tenthsOf(d.Degrees)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO adaptation_warming (region, year, tenths, reference, source, address, at, by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (region, year) DO UPDATE SET tenths = excluded.tenths`, d.Region, int64(d.Year), tenths, d.Reference, d.Source, d.Address, at.UnixMilli(), by); err != nil {
			return err
		}
	}
	_, err = db.Bump(ctx, tx, cop.Version, at)
	return err
}

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// The kinds of imports that bring series.
const (
	seriesHub       = "series-hub"
	seriesBarometer = "series-barometer"
	seriesFile      = "series"
	seriesNational  = "series-national"
)

// mostSeriesRows bounds an import that is judged as a whole: a series is compared
// with itself, so that its rows are all held at once.
const mostSeriesRows = 500_000

// seriesRead is what the files of one import say, before it is judged.
type seriesRead struct {
	rows   []series.Received
	before []intake.Row // what was set aside or refused while reading
	line   int
	digest string
	names  []string
}

func (s *seriesRead) next() int {
	s.line++
	return s.line
}

func (s *seriesRead) aside(what string) {
	s.before = append(s.before, intake.Warn(s.next(), nil, what))
}

func (s *seriesRead) refuse(err error) {
	s.before = append(s.before, intake.Refuse(s.next(), err))
}

func (s *seriesRead) keep(r series.Received) error {
	if len(s.rows) == mostSeriesRows {
		return apperr.New(apperr.TooLarge, nil, "Plus de %s valeurs dans un import de séries. Découpez-le par série ou par territoire. Rien n’a été enregistré.", french.Integer(mostSeriesRows))
	}
	r.Line = s.next()
	s.rows = append(s.rows, r)
	return nil
}

// importSeries reads one file, several, or those of a folder as one import: all
// of it is applied, or nothing, and it is one edition.
func (c *Core) importSeries(ctx context.Context, r ImportRequest) (_ Outcome, err error) {
	book, err := c.Book()
	if err != nil {
		return Outcome{}, err
	}
	m, err := c.Model(ctx)
	if err != nil {
		return Outcome{}, err
	}
	var read *seriesRead
	if r.FromHub {
		read, err = c.readFromHub(ctx, book)
	} else {
		read, err = c.readSeriesFiles(ctx, r, book)
	}
	if err != nil {
		return Outcome{File: filepath.Base(r.Path)}, err
	}
	o := Outcome{File: strings.Join(read.names, ", "), located: true}
	if len(read.names) > 3 {
		o.File = fmt.Sprintf("%s et %d autres", read.names[0], len(read.names)-1)
	}
	judged := book.Incoming(m.Tree()).Judge(read.rows)
	run, err := c.Intake.Stage(ctx, c.DB, intake.File{Kind: r.Kind, Name: o.File, SHA256: read.digest, By: r.By, Again: r.Again}, o.watch(stagedSeries(read.before, judged)), writeUnseen(r.Apply))
	if err != nil {
		return o, err
	}
	if o.Run = run; run.State == intake.Staged {
		o.Summary = append(o.Summary, french.Integer(len(read.names))+"\u00a0"+french.Plural(len(read.names), "fichier", "fichiers")+"\u00a0: "+series.Files(judged)+".")
	}
	return c.conclude(ctx, r, o, func(ctx context.Context, tx db.Q) error {
		if err := series.Publish(ctx, tx, run.ID, c.now()); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, series.TrendsVersion, c.now())
		return err
	})
}

// stagedSeries turns judgements into rows of the dry run.
func stagedSeries(before []intake.Row, judged []series.Judged) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for _, row := range before {
			if !yield(row, nil) {
				return
			}
		}
		for _, j := range judged {
			var keep []series.Observation
			if j.Keep != nil {
				keep = []series.Observation{*j.Keep}
			}
			row := intake.Accept(j.Line, keep)
			switch {
			case j.Err != nil:
				row = intake.Refuse(j.Line, j.Err)
			case j.Remark != "":
				row = intake.Warn(j.Line, keep, j.Remark)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// seriesFiles lists the files of a path: itself, or those of a folder.
func seriesFiles(kind, path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", path)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	patterns := []string{"*.csv", "*.csv.gz", "*.xlsx"}
	if kind == seriesHub {
		patterns = []string{"*.json"}
	}
	var out []string
	for _, p := range patterns {
		found, err := filepath.Glob(filepath.Join(path, p))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	if len(out) == 0 {
		return nil, apperr.Invalidf("%s\u00a0: ce dossier ne contient aucun fichier %s.", path, strings.Join(patterns, " ou "))
	}
	return out, nil
}

func (c *Core) readSeriesFiles(ctx context.Context, r ImportRequest, book *series.Book) (*seriesRead, error) {
	var files []string
	for _, path := range append([]string{r.Path}, r.More...) {
		found, err := seriesFiles(r.Kind, path)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	read := &seriesRead{}
	sum := sha256.New()
	for _, path := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		digest, err := readSeriesFile(r, path, book, read)
		if err != nil {
			return nil, err
		}
		_, _ = sum.Write(digest) // a hash never fails
		read.names = append(read.names, filepath.Base(path))
	}
	read.digest = hex.EncodeToString(sum.Sum(nil))
	return read, nil
}

// readSeriesFile reads one file, and the digest of its bytes.
func readSeriesFile(r ImportRequest, path string, book *series.Book, read *seriesRead) (_ []byte, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", path)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	name, limits := filepath.Base(path), exchange.DefaultLimits()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, limits.Size+1)); err != nil {
		return nil, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu.", path)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if r.Kind == seriesHub {
		s, err := exchange.ReadHub(name, f)
		if err != nil {
			return nil, err
		}
		return h.Sum(nil), receivedFromHub(s, book, "", read)
	}
	plain, body, err := exchange.Inflate(name, f, limits)
	if err != nil {
		return nil, err
	}
	options := exchange.Options{Sheet: r.Sheet, SkipRows: r.SkipRows}
	if r.Kind == seriesBarometer {
		options.Decimal = exchange.PointDecimal
	}
	if strings.EqualFold(r.Encoding, "windows-1252") || strings.EqualFold(r.Encoding, "cp1252") {
		options.Encoding = exchange.Windows1252
	}
	if body, err = plainReader(f, body, plain == name); err != nil {
		return nil, err
	}
	t, err := exchange.ReadTableWith(plain, body, options)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	switch r.Kind {
	case seriesBarometer:
		return h.Sum(nil), receivedFromBarometer(t, r.Mapping, book, read)
	case seriesNational:
		return h.Sum(nil), judgedNational(t, r.Mapping, book, read)
	}
	return h.Sum(nil), receivedFromFile(t, r.Mapping, read)
}

// plainReader gives a file that is not compressed as itself: it can then be read
// anywhere, without a copy.
func plainReader(f *os.File, body io.Reader, same bool) (io.Reader, error) {
	if !same {
		return body, nil
	}
	_, err := f.Seek(0, io.SeekStart)
	return f, err
}

// receivedFromHub turns an answer of the hub into rows to be judged. Places that
// are not of the tree (another country, «non précisé») are set aside, once each.
func receivedFromHub(s exchange.HubSeries, book *series.Book, edition string, read *seriesRead) error {
	ind := book.Catalogue.OfHubMeasure(s.Cube + "." + s.Measure)
	if ind == nil {
		read.refuse(apperr.Invalidf("%s\u00a0: la mesure «\u00a0%s.%s\u00a0» n’est pas dans le catalogue d’indicateurs", s.File, s.Cube, s.Measure))
		return nil
	}
	if s.Unit != "" && !ind.Measured(s.Unit) {
		read.refuse(apperr.Invalidf("%s\u00a0: unité «\u00a0%s\u00a0»\u00a0: le catalogue attend «\u00a0%s\u00a0» pour cette série", s.File, s.Unit, ind.Published))
		return nil
	}
	if edition == "" {
		edition = "Hub d’indicateurs territoriaux, fichier " + s.File
	}
	scales := map[string]territory.Scale{exchange.HubRegion: territory.RegionS, exchange.HubDepartment: territory.Department, exchange.HubEPCI: territory.EPCI, exchange.HubCommune: territory.CommuneS}
	outside := map[string]bool{}
	for _, r := range s.Rows {
		where := fmt.Sprintf("%s, élément\u00a0%d", s.File, r.Line)
		if r.Err != nil {
			read.refuse(apperr.Invalidf("%s\u00a0: %s", where, r.Err))
			continue
		}
		if !ind.Holds(r.Dims) {
			continue
		}
		ref := territory.Ref{Scale: scales[r.Scale], Code: r.Place}
		if elsewhere(r.Place) {
			if !outside[r.Place] {
				outside[r.Place] = true
				name := r.Place
				if r.Name != "" {
					name += ", " + r.Name
				}
				read.aside(fmt.Sprintf("%s\u00a0: «\u00a0%s\u00a0» n’est pas une région\u00a0: ses lignes sont laissées de côté", where, name))
			}
			continue
		}
		reason := ""
		if r.Value == nil {
			reason = "Le hub ne donne pas de valeur pour cette année."
		}
		row := series.Received{Where: where, Indicator: ind.Code, Ref: ref, Name: nameBeside(r), Day: r.Day, Value: r.Value, Reason: reason, Written: r.Text,
			Unit: s.Unit, Source: "Écolab, hub d’indicateurs territoriaux", Label: edition}
		if err := read.keep(row); err != nil {
			return err
		}
	}
	return nil
}

// elsewhere tells the codes by which the hub writes what is in no region.
func elsewhere(code string) bool {
	return code == "" || code == "0" || code == "99" || len(code) == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}

// nameBeside is the name that the hub writes, when it is of the same scale.
func nameBeside(r exchange.HubRow) string {
	if r.Scale == exchange.HubRegion || r.Scale == exchange.HubDepartment {
		return r.Name
	}
	return ""
}

func receivedFromBarometer(t *exchange.Table, m exchange.Mapping, book *series.Book, read *seriesRead) error {
	rows, err := exchange.ReadBarometer(t, m)
	if err != nil {
		return err
	}
	for r, err := range rows {
		if err != nil {
			return err
		}
		if r.Err != nil {
			read.refuse(r.Err)
			continue
		}
		ind, ok := book.Catalogue.OfBarometer(r.Indicator.Value)
		if !ok {
			read.refuse(r.Indicator.Fault("série inconnue du catalogue"))
			continue
		}
		ref := territory.Ref{Code: r.Code.Value}
		switch french.Fold(r.Level.Value) {
		case "departement":
			ref.Scale = territory.Department
		case "region":
			ref.Scale = territory.RegionS
		case "france":
			ref = territory.France
		default:
			read.refuse(r.Level.Fault("échelle inconnue\u00a0: departement, region ou france"))
			continue
		}
		row := series.Received{Where: place(t, r.Line), Indicator: ind.Code, Ref: ref, Day: r.Day, Value: r.Quantity.Value, Reason: r.Quantity.Reason, Written: r.Quantity.Cell.Value,
			Unit: r.Unit.Value, Source: "Baromètre des résultats de l’action publique", Label: r.Source}
		if err := read.keep(row); err != nil {
			return err
		}
	}
	return nil
}

func receivedFromFile(t *exchange.Table, m exchange.Mapping, read *seriesRead) error {
	rows, err := exchange.ReadSeries(t, m)
	if err != nil {
		return err
	}
	for r, err := range rows {
		if err != nil {
			return err
		}
		if r.Err != nil {
			read.refuse(r.Err)
			continue
		}
		ref, err := territory.ParseRef(r.Territory.Value)
		if err != nil {
			read.refuse(r.Territory.Fault("%s", strings.TrimSuffix(apperr.Message(err), ".")))
			continue
		}
		label := r.Edition
		if label == "" {
			label = r.Source + ", fichier " + t.Name
		}
		row := series.Received{Where: place(t, r.Line), Indicator: r.Series.Value, Ref: ref, Year: r.Year, Day: r.Day, Value: r.Quantity.Value, Reason: r.Quantity.Reason, Written: r.Quantity.Cell.Value,
			Unit: r.Unit.Value, Source: r.Source, Label: label, Aim: r.Aim}
		if err := read.keep(row); err != nil {
			return err
		}
	}
	return nil
}

func place(t *exchange.Table, line int) string {
	return fmt.Sprintf("%s, ligne\u00a0%d", t.Name, line)
}

// judgedNational reads the State's referential: the values and the target of each
// indicator that the table of the binary knows. They are the nation's, which no
// page of a region draws; a target that is a rate is named on it.
func judgedNational(t *exchange.Table, m exchange.Mapping, book *series.Book, read *seriesRead) error {
	rows, err := exchange.ReadNational(t, m)
	if err != nil {
		return err
	}
	seen := map[string]int{}
	for r, err := range rows {
		if err != nil {
			return err
		}
		if r.Err != nil {
			read.refuse(r.Err)
			continue
		}
		ours, known := book.Catalogue.NationalOf(r.ID, r.Name, r.Part)
		if !known {
			if len(r.Targets) > 0 || r.Name == "" {
				read.aside(place(t, r.Line) + "\u00a0: «\u00a0" + r.Name + "\u00a0» n’est pas un indicateur connu de cette version\u00a0: laissé de côté")
			}
			continue
		}
		if before := seen[ours.Code]; before > 0 {
			read.refuse(apperr.Invalidf("%s\u00a0: le même indicateur est déjà à la ligne\u00a0%d", place(t, r.Line), before))
			continue
		}
		seen[ours.Code] = r.Line
		all, remark, err := series.JudgeNational(ours, r.Unit, nationalValues(r.Values), nationalValues(r.Targets), "Référentiel national, fichier "+t.Name)
		row := intake.Accept(read.next(), all)
		switch {
		case err != nil:
			row = intake.Refuse(row.Line, apperr.New(apperr.Invalid, err, "%s\u00a0: %s", place(t, r.Line), apperr.Message(err)))
		case remark != "":
			row = intake.Warn(row.Line, all, place(t, r.Line)+"\u00a0: "+remark)
		}
		read.before = append(read.before, row)
	}
	return nil
}

func nationalValues(all map[int]exchange.NationalValue) map[int]series.Written {
	out := map[int]series.Written{}
	for y, v := range all {
		out[y] = series.Written{Value: v.Value, Text: v.Text}
	}
	return out
}

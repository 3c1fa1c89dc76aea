package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/figure"
	"jalon/internal/intake"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/support/aid"
)

// ImportRequest is one file to bring in. Without Apply it is a dry run: every
// row gets its verdict, nothing is kept.
type ImportRequest struct {
	Kind     string // keys, objectives, emissions, perimeters, territories, or the name of a public format
	Path     string
	Apply    bool
	Again    bool // the same bytes, once more
	By       string
	Mapping  exchange.Mapping
	Encoding string // windows-1252, when the sender vouches for it
	Sheet    string
	SkipRows int
	Year     int      // geography of the edition, for territories; of the projects, for financed ones
	More     []string // further files of one import of series
	FromHub  bool     // series asked of the hub, not read from a file
	API      string   // address of the API that aids are asked of, instead of a file
	Region   string   // whose COP takes the actions of a file
}

// Outcome is what an import did, for a person to read.
type Outcome struct {
	Run      intake.Run
	File     string
	Applied  bool
	Format   *exchange.Format // the public format that was read
	Accepted int64
	Warnings []string // about the file as a whole
	Summary  []string // what changed, for territories and perimeters
	Lines    []intake.Line
	More     int64 // lines that are not in Lines

	fault   error // what ended the reading of the file
	located bool  // the reasons say their own place
}

// ImportKinds lists what can be imported, with its French title.
func ImportKinds() [][2]string {
	return [][2]string{
		{"keys", "clés de répartition\u00a0: territory, key, year, value, source (et unit, reason)"},
		{"objectives", "objectifs publiés\u00a0: territory, lever, kt, equivalent, unit, edition, source"},
		{"emissions", "émissions et objectifs d’EPCI\u00a0: territory, sector, subsector, year, value, unit, source"},
		{"perimeters", "périmètres\u00a0: type, name, holder, member (commune ou EPCI), from, to"},
		{"plans", "plans et leurs objectifs\u00a0: plan, territory, name, lever, base_year, base, target_year, target, unit, page, source…"},
		{"actions", "actions d’une COP (--region CODE)\u00a0: modèle de Jalon, 28 colonnes de Territoires en Transitions, schéma des projets, vivier, Grist, Fonds vert"},
		{"territories", "édition du découpage\u00a0: archive .tgz ou dossier de @etalab/decoupage-administratif"},
		{"insee-logement", "INSEE, base-cc-logement\u00a0: logements chauffés au fioul et au gaz"},
		{"sdes-parc", "SDES, parc de voitures par commune"},
		{seriesHub, "séries du hub d’indicateurs territoriaux (JSON)\u00a0: fichiers, dossier, ou --from-hub"},
		{seriesBarometer, "séries du baromètre des résultats de l’action publique (.csv, .csv.gz)"},
		{seriesNational, "référentiel national (CSV de Grist)\u00a0: valeurs et cibles de la nation"},
		{seriesFile, "séries\u00a0: territory, series, year ou date, value, unit, source (et edition, reason)"},
		{"cerema-artif", "Cerema, conso_com\u00a0: consommation d’espaces par commune"},
		{aid.RunKind, "aides d’Aides-territoires\u00a0: fichier JSON ou CSV de son API, ou --api ADRESSE (jeton\u00a0: JALON_AIDS_TOKEN)"},
		{warming, "réchauffement auquel une région d’outre-mer se prépare\u00a0: region, year, degrees, reference, source (et address)"},
		{fondsVert, "projets financés par le Fonds vert (export public, --year ANNÉE), mis à côté des actions du questionnaire"},
	}
}

// abandonedAfter is how long a dry run, or an import that was killed, waits for
// somebody to come back to it.
const abandonedAfter = 24 * time.Hour

// Import reads a file through its dry run and, when asked and when no row is
// refused, applies it whole.
func (c *Core) Import(ctx context.Context, r ImportRequest) (_ Outcome, err error) {
	defer apperr.Wrap(&err, "app.Import(%s)", r.Kind)
	if err := c.sweep(ctx); err != nil {
		return Outcome{}, err
	}
	switch r.Kind {
	case "territories":
		return c.importTerritories(ctx, r)
	case "actions":
		return c.importActions(ctx, r)
	case seriesHub, seriesBarometer, seriesFile, seriesNational:
		return c.importSeries(ctx, r)
	case aid.RunKind:
		return c.importAids(ctx, r)
	}
	o := Outcome{File: filepath.Base(r.Path)}
	table, file, err := openTable(r)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, table.Close(), file.Close()) }()
	if table.Encoding == exchange.Windows1252 {
		o.Warnings = append(o.Warnings, "Le fichier est en Windows-1252, comme déclaré\u00a0: vérifiez les accents des noms.")
	}
	digest, err := fileDigest(file)
	if err != nil {
		return o, err
	}
	switch r.Kind {
	case "perimeters":
		return c.importPerimeters(ctx, r, table, digest, o)
	case "plans":
		return c.importPlans(ctx, r, table, digest, o)
	case warming:
		return c.importWarming(ctx, r, table, digest, o)
	case fondsVert:
		return c.importProjects(ctx, r, table, digest, o)
	}
	m, err := c.Model(ctx)
	if err != nil {
		return o, err
	}
	judge := m.Incoming()
	kept := []series.Observation{}
	rows, format, err := observationRows(r.Kind, table, r.Mapping, judge, m.Tree(), &kept)
	if err != nil {
		return o, err
	}
	o.Format = format
	run, err := c.Intake.Stage(ctx, c.DB, intake.File{Kind: r.Kind, Name: o.File, SHA256: digest, By: r.By, Again: r.Again}, o.watch(rows), writeUnseen(r.Apply))
	if err != nil {
		return o, err
	}
	if o.Run = run; run.State == intake.Staged {
		o.Warnings = append(o.Warnings, judge.Gaps(kept)...)
	}
	return c.conclude(ctx, r, o, func(ctx context.Context, tx db.Q) error {
		if err := series.Publish(ctx, tx, run.ID, c.now()); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, panorama.DataVersion, c.now())
		return err
	})
}

// sweep drops what a killed import left behind, which weighs on the database
// and serves nobody: the figures it had written unseen, then its rows.
func (c *Core) sweep(ctx context.Context) error {
	before := c.now().Add(-abandonedAfter)
	stale, err := intake.Stale(ctx, c.DB, before)
	if err != nil {
		return err
	}
	for _, run := range stale {
		if err := series.Discard(ctx, c.DB, run.ID); err != nil {
			return err
		}
	}
	for {
		if n, err := intake.Sweep(ctx, c.DB, before); n == 0 || err != nil {
			return err
		}
	}
}

// conclude reads the verdicts back and applies the run, or gives it up: a dry
// run leaves nothing that could be applied later by mistake.
func (c *Core) conclude(ctx context.Context, r ImportRequest, o Outcome, set func(context.Context, db.Q) error) (Outcome, error) {
	if err := c.verdicts(ctx, &o); err != nil {
		return o, err
	}
	switch {
	case o.Run.State != intake.Staged:
		if err := series.Discard(ctx, c.DB, o.Run.ID); err != nil {
			return o, err
		}
		note := o.Run.Note
		if note == "" {
			note = "Des lignes sont refusées."
		}
		return o, apperr.New(apperr.Invalid, o.fault, "%s Rien n’a été enregistré.", note)
	case !r.Apply:
		return o, c.Intake.Abandon(ctx, c.DB, o.Run)
	}
	run, err := c.Intake.Apply(ctx, c.DB, o.Run, r.Again, set)
	if err != nil {
		return o, err
	}
	o.Run, o.Applied = run, true
	return o, nil
}

// watch keeps the error that ends a file: the run holds only its sentence, and
// whoever asked may know how to mend it.
func (o *Outcome) watch(rows iter.Seq2[intake.Row, error]) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for row, err := range rows {
			if err != nil {
				o.fault = err
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// shownLines is how many verdicts a person is shown at most.
const shownLines = 500

// verdicts lists every row of a small file, and of a large one those that are
// not plainly accepted.
func (c *Core) verdicts(ctx context.Context, o *Outcome) error {
	o.Accepted = o.Run.Rows - o.Run.Errors
	kinds := []intake.Verdict{intake.Error, intake.Warning}
	if o.Run.Rows <= 50 {
		kinds = []intake.Verdict{""}
	}
	for _, kind := range kinds {
		lines, err := intake.Verdicts(ctx, c.DB, o.Run.ID, kind, 0, shownLines)
		if err != nil {
			return err
		}
		o.Lines = append(o.Lines, lines...)
	}
	refused := int64(0)
	for _, l := range o.Lines {
		if l.Verdict == intake.Error {
			refused++
		}
	}
	o.More = o.Run.Errors - refused
	return nil
}

// writeUnseen fills the ledger while the rows are staged: they are seen only
// once the edition is published. A dry run writes none.
func writeUnseen(apply bool) intake.Also {
	if !apply {
		return nil
	}
	return func(ctx context.Context, tx db.Q, run intake.Run, rows []intake.Row) error {
		var all []series.Observation
		for _, row := range rows {
			if obs, ok := row.Data.([]series.Observation); ok {
				for _, o := range obs {
					o.Edition = run.ID
					all = append(all, o)
				}
			}
		}
		return series.Write(ctx, tx, all)
	}
}

func openTable(r ImportRequest) (*exchange.Table, *os.File, error) {
	f, err := os.Open(r.Path)
	if err != nil {
		return nil, nil, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", r.Path)
	}
	options := exchange.Options{Sheet: r.Sheet, SkipRows: r.SkipRows}
	switch r.Encoding {
	case "", "utf-8", "UTF-8":
	case "windows-1252", "cp1252", "Windows-1252":
		options.Encoding = exchange.Windows1252
	default:
		return nil, nil, errors.Join(apperr.Invalidf("Encodage inconnu\u00a0: «\u00a0%s\u00a0». Écrivez utf-8 ou windows-1252.", r.Encoding), f.Close())
	}
	t, err := exchange.ReadTableWith(filepath.Base(r.Path), f, options)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return t, f, nil
}

// fileDigest names the bytes of a file that the reader already bounded.
func fileDigest(f *os.File) (string, error) {
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, info.Size())); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// observationRows reads the rows of one kind, judged, and keeps what they say.
func observationRows(kind string, t *exchange.Table, m exchange.Mapping, judge *panorama.Incoming, tree placeFinder, kept *[]series.Observation) (iter.Seq2[intake.Row, error], *exchange.Format, error) {
	switch kind {
	case "keys":
		rows, err := exchange.ReadKeys(t, m)
		return judged(rows, kept, func(r exchange.KeyRow) (int, []series.Observation, error) { return keyRow(judge, r) }), nil, err
	case "objectives":
		rows, err := exchange.ReadObjectives(t, m)
		return judged(rows, kept, func(r exchange.ObjectiveRow) (int, []series.Observation, error) { return objectiveRow(judge, r) }), nil, err
	case "emissions":
		rows, err := exchange.ReadEmissions(t, m)
		return judged(rows, kept, func(r exchange.EmissionRow) (int, []series.Observation, error) { return emissionRow(judge, r) }), nil, err
	}
	read := map[string]func(*exchange.Table, exchange.Mapping) (exchange.Format, error){
		"insee-logement": exchange.ReadHousing, "sdes-parc": exchange.ReadFleet, "cerema-artif": exchange.ReadLand,
	}[kind]
	if read == nil {
		return nil, nil, apperr.Invalidf("Import inconnu\u00a0: «\u00a0%s\u00a0». Lancez «\u00a0jalon import --help\u00a0» pour la liste.", kind)
	}
	f, err := read(t, m)
	if err != nil {
		return nil, nil, err
	}
	return formatRows(f, judge, tree, kept), &f, nil
}

// judged turns typed rows into staged ones.
func judged[T any](rows iter.Seq2[T, error], kept *[]series.Observation, judge func(T) (int, []series.Observation, error)) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for r, err := range rows {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			line, obs, err := judge(r)
			row := intake.Accept(line, obs)
			if err != nil {
				row = intake.Refuse(line, err)
			} else {
				*kept = append(*kept, obs...)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func keyRow(judge *panorama.Incoming, r exchange.KeyRow) (int, []series.Observation, error) {
	if r.Err != nil {
		return r.Line, nil, r.Err
	}
	o, err := judge.Key(panorama.Received{Line: r.Line, Territory: r.Territory.Value, Name: r.Key.Value, Year: r.Year,
		Value: r.Quantity.Value, Reason: r.Quantity.Reason, Written: r.Quantity.Cell.Value, Unit: r.Unit.Value, Source: r.Source, Class: figure.Provider})
	return r.Line, []series.Observation{o}, at(err, map[string]exchange.Cell{"territory": r.Territory, "key": r.Key, "value": r.Quantity.Cell, "unit": r.Unit})
}

func objectiveRow(judge *panorama.Incoming, r exchange.ObjectiveRow) (int, []series.Observation, error) {
	if r.Err != nil {
		return r.Line, nil, r.Err
	}
	cells := map[string]exchange.Cell{"territory": r.Territory, "lever": r.Lever, "kt": r.Kt.Cell, "equivalent": r.EquivCell, "unit": r.Unit}
	received := panorama.Received{Line: r.Line, Territory: r.Territory.Value, Name: r.Lever.Value, Value: r.Kt.Value, Reason: r.Kt.Reason,
		Written: r.Kt.Cell.Value, Label: r.Edition, Source: r.Source, Class: figure.Reference}
	o, err := judge.Objective(received)
	if err != nil || r.Equivalent == nil {
		return r.Line, []series.Observation{o}, at(err, cells)
	}
	received.Value, received.Reason, received.Written, received.Unit = r.Equivalent, "", r.EquivCell.Value, r.Unit.Value
	e, err := judge.Equivalent(received)
	return r.Line, []series.Observation{o, e}, at(err, cells)
}

func emissionRow(judge *panorama.Incoming, r exchange.EmissionRow) (int, []series.Observation, error) {
	if r.Err != nil {
		return r.Line, nil, r.Err
	}
	o, err := judge.Emission(panorama.Received{Line: r.Line, Territory: r.Territory.Value, Name: r.Sector.Value, Sub: r.Subsector.Value, Year: r.Year,
		Value: r.Quantity.Value, Reason: r.Quantity.Reason, Written: r.Quantity.Cell.Value, Unit: r.Unit.Value, Source: r.Source, Class: figure.Provider})
	return r.Line, []series.Observation{o}, at(err, map[string]exchange.Cell{"territory": r.Territory, "sector": r.Sector, "subsector": r.Subsector, "value": r.Quantity.Cell, "unit": r.Unit})
}

// at gives the place of a refused field: its line and column in the file.
func at(err error, cells map[string]exchange.Cell) error {
	var f *panorama.FieldError
	if !errors.As(err, &f) {
		return err
	}
	if cell, ok := cells[f.Field]; ok {
		return cell.Fault("%s", f.Message)
	}
	return err
}

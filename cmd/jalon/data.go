package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/user"
	"strings"

	"jalon/internal/app"
	"jalon/internal/apperr"
	"jalon/internal/config"
	"jalon/internal/exchange"
)

var importCommand = command{
	name: "import", args: "GENRE FICHIER [--apply]",
	short: "importe un fichier\u00a0: essai à blanc d’abord, puis --apply",
	long:  importHelp(),
	setup: func(fs *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		r := app.ImportRequest{Mapping: exchange.Mapping{}}
		fs.BoolVar(&r.Apply, "apply", false, "applique l’import si aucune ligne n’est refusée\u00a0; sinon c’est un essai à blanc")
		fs.BoolVar(&r.Again, "again", false, "importe de nouveau un fichier déjà importé")
		fs.StringVar(&r.Encoding, "encoding", "", "`ENCODAGE` du fichier texte\u00a0: utf-8 (détecté) ou windows-1252")
		fs.StringVar(&r.Sheet, "sheet", "", "`FEUILLE` du classeur à lire (la première visible sinon)")
		fs.IntVar(&r.SkipRows, "skip-rows", 0, "`NOMBRE` de lignes de titre avant l’en-tête")
		fs.IntVar(&r.Year, "year", 0, "`ANNÉE` de la géographie ou des projets financés, quand le fichier ne la dit pas")
		fs.StringVar(&r.Region, "region", "", "`CODE` de la région dont la COP reçoit les actions (genre actions)")
		fs.BoolVar(&r.FromHub, "from-hub", false, "demande les séries au hub réglé par JALON_HUB_URL, sans fichier (genre series-hub)")
		fs.StringVar(&r.API, "api", "", "`ADRESSE` de l’API à qui demander les aides, sans fichier (genre aids), par exemple https://aides-territoires.beta.gouv.fr/api")
		fs.Func("map", "`COLONNE=CHAMP`, sens d’une colonne que le format ne connaît pas (champ «\u00a0-\u00a0» pour l’ignorer)\u00a0; répétable", func(s string) error {
			column, field, ok := strings.Cut(s, "=")
			if !ok || column == "" || field == "" {
				return errors.New("écrivez COLONNE=CHAMP")
			}
			r.Mapping[column] = field
			return nil
		})
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := importArgs(&r, args); err != nil {
				return err
			}
			if r.Kind == "cop" {
				return importCOP(ctx, cfg, t, r.Path, r.Apply)
			}
			r.By = who()
			if !knownKind(r.Kind) {
				return apperr.Invalidf("Import inconnu\u00a0: «\u00a0%s\u00a0». Lancez «\u00a0jalon import --help\u00a0» pour la liste.", r.Kind)
			}
			c, err := app.Open(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			o, err := c.Import(ctx, r)
			w := t.out
			if err != nil {
				w = t.err
			}
			if _, werr := fmt.Fprint(w, o); werr != nil {
				err = errors.Join(err, werr)
			}
			return errors.Join(mendable(err), c.Close())
		}
	},
}

// importArgs reads the kind and the files: one, but for series, of which several
// files or a folder make one import, and the hub none.
func importArgs(r *app.ImportRequest, args []string) error {
	if len(args) > 0 {
		r.Kind = args[0]
	}
	if r.FromHub {
		if err := need(args, "GENRE"); err != nil {
			return err
		}
		if r.Kind != "series-hub" {
			return apperr.Invalidf("--from-hub ne vaut que pour le genre series-hub.")
		}
		return nil
	}
	if r.API != "" {
		if err := need(args, "GENRE"); err != nil {
			return err
		}
		if r.Kind != "aids" {
			return apperr.Invalidf("--api ne vaut que pour le genre aids.")
		}
		return nil
	}
	if strings.HasPrefix(r.Kind, "series") && len(args) > 2 {
		r.Path, r.More = args[1], args[2:]
		return nil
	}
	if err := need(args, "GENRE", "FICHIER"); err != nil {
		return err
	}
	r.Path = args[1]
	return nil
}

// mendable adds to what a person reads the flags that mend it, if any does.
func mendable(err error) error {
	if flags := remedy(err); flags != "" {
		return apperr.New(apperr.KindOf(err), err, "%s\n%s", apperr.Message(err), flags)
	}
	return err
}

// remedy names the flags that mend what the reader of a file could not decide;
// it is empty when the file itself is to be changed.
func remedy(err error) string {
	var columns *exchange.MappingError
	if errors.As(err, &columns) {
		var b strings.Builder
		example := "COLONNE"
		if len(columns.Unknown) > 0 {
			example = columns.Unknown[0]
		}
		fmt.Fprintf(&b, "Dites ce que contient une colonne par --map \"%s=CHAMP\", ou \"%[1]s=-\" pour l’ignorer. Champs\u00a0: %s.", example, strings.Join(columns.Fields, ", "))
		if len(columns.Missing) > 0 {
			b.WriteString("\nSi l’en-tête est plus bas, --skip-rows NOMBRE passe les lignes de titre (sans compter les lignes vides).")
		}
		return b.String()
	}
	var cell *exchange.CellError
	if errors.As(err, &cell) && cell.Undeclared == exchange.Windows1252 {
		return "Pour déclarer cet encodage\u00a0: --encoding windows-1252."
	}
	return ""
}

func importHelp() string {
	var b strings.Builder
	b.WriteString("Sans --apply, chaque ligne est jugée et rien n’est enregistré. Une seule ligne\nrefusée refuse le fichier entier (code de sortie 2).\n\nGenres\u00a0:\n")
	for _, k := range app.ImportKinds() {
		fmt.Fprintf(&b, "  %-15s %s\n", k[0], k[1])
	}
	fmt.Fprintf(&b, "  %-15s %s\n", "cop", "toute la COP d’une région, archive de «\u00a0jalon export cop\u00a0»")
	return b.String()
}

func knownKind(kind string) bool {
	for _, k := range app.ImportKinds() {
		if k[0] == kind {
			return true
		}
	}
	return false
}

// who is the name that the history of an import keeps.
func who() string {
	if u, err := user.Current(); err == nil {
		return "commande (" + u.Username + ")"
	}
	return "commande"
}

// output is where a command writes: a file whole or not at all, or the terminal.
func output(t terminal, path string, write func(w *bytes.Buffer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if path == "" || path == "-" {
		_, err := t.out.Write(b.Bytes())
		return err
	}
	return app.WriteFile(path, func(f *os.File) error {
		_, err := f.Write(b.Bytes())
		return err
	})
}

func decimal(text string) (rune, error) {
	switch text {
	case ",", "virgule", "comma":
		return ',', nil
	case ".", "point":
		return '.', nil
	}
	return 0, apperr.Invalidf("Signe décimal inconnu\u00a0: «\u00a0%s\u00a0». Écrivez virgule ou point.", text)
}

var panoramaCommand = command{
	name: "panorama", args: "--territory region:44 [--format table|csv|json|xlsx] [--output FICHIER]",
	short: "écrit le panorama des leviers d’un territoire",
	long: "Le territoire s’écrit region:44, department:67, epci:246700488, commune:67482,\nperimeter:ID ou nation. Les totaux et les raisons d’absence ne sont jamais des lignes de\n" +
		"données\u00a0: ils vont sous la table, ou sur la sortie d’erreur pour les autres formats.\n\nLe CSV est celui des tableurs français\u00a0: UTF-8 avec BOM, «\u00a0;\u00a0» et virgule décimale\n(pandas\u00a0: sep=\";\", decimal=\",\"\u00a0; R\u00a0: read.csv2). --decimal point met un point.",
	setup: func(fs *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		var r app.PanoramaRequest
		var path, sign string
		fs.StringVar(&r.Territory, "territory", "", "`TERRITOIRE`, échelle et code")
		fs.StringVar(&r.Format, "format", app.TableFormat, "`FORMAT`\u00a0: table, csv, json ou xlsx")
		fs.StringVar(&path, "output", "", "`FICHIER` à écrire, au lieu de la sortie")
		fs.StringVar(&sign, "decimal", "virgule", "`SIGNE` décimal du CSV\u00a0: virgule ou point")
		return func(ctx context.Context, cfg config.Config, args []string) (err error) {
			if err := need(args); err != nil {
				return err
			}
			if r.Territory == "" {
				return apperr.Invalidf("Indiquez un territoire, par exemple --territory region:44.")
			}
			if r.Decimal, err = decimal(sign); err != nil {
				return err
			}
			c, err := app.OpenToRead(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			err = output(t, path, func(w *bytes.Buffer) error { return c.WritePanorama(ctx, w, t.err, r) })
			return errors.Join(err, c.Close())
		}
	},
}

var verifyCommand = command{
	name: "verify", args: "[--bundle FICHIER | --board JOUR | --counters]",
	short: "recalcule tout et dit si cela se referme",
	long:  "Sort avec le code 1 si un écart n’est pas connu par son nom. Avec --bundle, recalcule\nle lot à partir de lui seul et compare chaque ligne de ses résultats. Avec --board, recalcule le tableau national d’une\nnuit et dit ce qui a été corrigé depuis son relevé. Avec --counters, recompte les soutiens et les commentaires.",
	setup: func(fs *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		var bundle, night string
		var counters bool
		fs.BoolVar(&counters, "counters", false, "recompte ce que tiennent les compteurs du débat")
		fs.StringVar(&bundle, "bundle", "", "`FICHIER` d’un lot téléchargé (.zip)")
		fs.StringVar(&night, "board", "", "`JOUR` d’un relevé de nuit du tableau national (2026-03-02)")
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args); err != nil {
				return err
			}
			switch {
			case bundle != "" && night != "", counters && bundle+night != "":
				return apperr.Invalidf("Choisissez --bundle, --board ou --counters, un seul à la fois.")
			case bundle != "":
				return app.VerifyBundle(ctx, bundle, t.out)
			case night != "":
				c, err := app.OpenExisting(ctx, cfg, app.WithVersion(version))
				if err != nil {
					return err
				}
				return errors.Join(c.VerifyBoard(ctx, t.out, night), c.Close())
			}
			c, err := app.OpenToRead(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			if counters {
				return errors.Join(c.VerifyCounters(ctx, t.out), c.Close())
			}
			return errors.Join(c.Verify(ctx, t.out), c.Close())
		}
	},
}

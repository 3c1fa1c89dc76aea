package main

import (
	"context"
	"errors"
	"flag"

	"jalon/internal/app"
	"jalon/internal/apperr"
	"jalon/internal/config"
)

var exportCommand = command{
	name: "export", args: "[FICHIER] [--output DOSSIER] [--decimal point]",
	short: "écrit un fichier de la page «\u00a0Données\u00a0», avec son empreinte",
	long:  "Sans nom de fichier, liste tous ceux que l’on peut demander\u00a0: chaque jeu en .csv, .xlsx et\n.json, le dictionnaire des colonnes (codebook) et le lot qui se recalcule (.zip).\n\nLe CSV est celui des tableurs français\u00a0: UTF-8 avec BOM, «\u00a0;\u00a0» et virgule décimale. --decimal point\nmet un point\u00a0; le fichier n’est alors pas celui de la page «\u00a0Données\u00a0», et son empreinte diffère.",
	setup: func(fs *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		var dir, sign string
		fs.StringVar(&dir, "output", ".", "`DOSSIER` où écrire")
		fs.StringVar(&sign, "decimal", "virgule", "`SIGNE` décimal du CSV\u00a0: virgule ou point")
		return func(ctx context.Context, cfg config.Config, args []string) error {
			name := ""
			switch len(args) {
			case 0:
			case 1:
				name = args[0]
			default:
				return apperr.Invalidf("Un seul fichier à la fois.")
			}
			point, err := decimal(sign)
			if err != nil {
				return err
			}
			c, err := app.Open(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			return errors.Join(c.Export(ctx, app.ExportRequest{Name: name, Dir: dir, Decimal: point}, t.out), c.Close())
		}
	},
}

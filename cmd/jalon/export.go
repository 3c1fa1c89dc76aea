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
	name: "export", args: "[FICHIER] [--output DOSSIER]",
	short: "écrit un fichier de la page «\u00a0Données\u00a0», avec son empreinte",
	long:  "Sans nom de fichier, liste tous ceux que l’on peut demander\u00a0: chaque jeu en .csv, .xlsx et\n.json, le dictionnaire des colonnes (codebook) et le lot qui se recalcule (.zip).",
	setup: func(fs *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		var dir string
		fs.StringVar(&dir, "output", ".", "`DOSSIER` où écrire")
		return func(ctx context.Context, cfg config.Config, args []string) error {
			name := ""
			switch len(args) {
			case 0:
			case 1:
				name = args[0]
			default:
				return apperr.Invalidf("Un seul fichier à la fois.")
			}
			c, err := app.Open(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			return errors.Join(c.Export(ctx, name, dir, t.out), c.Close())
		}
	},
}

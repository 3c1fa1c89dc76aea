package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"jalon/internal/app"
	"jalon/internal/apperr"
	"jalon/internal/config"
	"jalon/internal/french"
)

var exportCommand = command{
	name: "export", args: "[FICHIER] [--output DOSSIER] [--decimal point]\n       jalon export cop FICHIER.zip --region 44 [--cycle 2023-24]",
	short: "écrit un fichier de la page «\u00a0Données\u00a0» avec son empreinte, ou toute la COP d’une région",
	long: "Sans nom de fichier, liste tous ceux que l’on peut demander\u00a0: chaque jeu en .csv, .xlsx et\n.json, le dictionnaire des colonnes (codebook) et le lot qui se recalcule (.zip).\n\nLe CSV est celui des tableurs français\u00a0: UTF-8 avec BOM, «\u00a0;\u00a0» et virgule décimale. --decimal point\nmet un point\u00a0; le fichier n’est alors pas celui de la page «\u00a0Données\u00a0», et son empreinte diffère.\n\n" +
		"«\u00a0export cop\u00a0» écrit toute la COP d’une région, celles de ses départements comprises, pour l’importer\nailleurs (jalon import cop). Les personnes y sont par leur nom, sans adresse ni accès\u00a0; les textes, les\nfichiers et les noms y sont tels quels\u00a0: gardez et transmettez cette archive comme un document qui porte\ndes données personnelles. Ce qu’elle laisse, et pourquoi, est dans son manifest.json.",
	setup: func(fs *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		var dir, sign, region, cycle string
		fs.StringVar(&region, "region", "", "`CODE` de la région (avec «\u00a0cop\u00a0»)")
		fs.StringVar(&cycle, "cycle", "2023-24", "`CYCLE` de la COP (avec «\u00a0cop\u00a0»)")
		fs.StringVar(&dir, "output", ".", "`DOSSIER` où écrire")
		fs.StringVar(&sign, "decimal", "virgule", "`SIGNE` décimal du CSV\u00a0: virgule ou point")
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if len(args) > 0 && args[0] == "cop" {
				return exportCOP(ctx, cfg, t, args[1:], region, cycle)
			}
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

func exportCOP(ctx context.Context, cfg config.Config, t terminal, args []string, region, cycle string) error {
	if err := need(args, "FICHIER.zip"); err != nil {
		return err
	}
	if region == "" {
		return apperr.Invalidf("Indiquez la région par son code, par exemple --region 44.")
	}
	c, err := app.OpenExisting(ctx, cfg, app.WithVersion(version))
	if err != nil {
		return err
	}
	m, err := c.ExportCOP(ctx, region, cycle, args[0])
	if err == nil {
		_, err = fmt.Fprintf(t.out, "%s\u00a0: %s lignes de la COP, %s de la région et de ce qui est cité, %d tables\u00a0; %d tables laissées, avec leur raison.\nEmpreinte du manifeste (SHA-256)\u00a0: %s\n",
			args[0], french.Integer(m.Rows("cop")), french.Integer(m.Rows("region", "cited", "alike")), len(m.Tables), len(m.LeftOut), m.Digest)
	}
	return errors.Join(err, c.Close())
}

func importCOP(ctx context.Context, cfg config.Config, t terminal, path string, apply bool) error {
	c, err := app.Open(ctx, cfg, app.WithVersion(version))
	if err != nil {
		return err
	}
	o, err := c.ImportCOP(ctx, path, apply)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	m := o.Manifest
	said := fmt.Sprintf("COP de la région %s, cycle %s, exportée le %s (version %s de Jalon).\nChaque partie correspond à son empreinte. Manifeste (SHA-256)\u00a0: %s\n", m.Region, m.Cycle, m.CreatedAt, m.Version, m.Digest)
	switch {
	case o.Already:
		said += "Cette archive est déjà importée ici\u00a0: rien n’a été changé.\n"
	case o.Applied:
		said += fmt.Sprintf("Importée\u00a0: %s lignes ajoutées, %s qui étaient déjà ici laissées telles quelles. Donnez les rôles des personnes (jalon user add).\n", french.Integer(o.Added), french.Integer(o.Kept))
	default:
		said += fmt.Sprintf("Essai à blanc\u00a0: %s lignes de la COP et %s autres. Rien n’est enregistré\u00a0; relancez avec --apply.\n", french.Integer(m.Rows("cop")), french.Integer(m.Rows("region", "cited", "alike")))
	}
	_, err = fmt.Fprint(t.out, said)
	return errors.Join(err, c.Close())
}

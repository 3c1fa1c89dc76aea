package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/french"
)

var migrateCommand = command{
	name: "migrate", args: "",
	short: "met à jour le schéma de la base de données",
	setup: func(_ *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args); err != nil {
				return err
			}
			c, err := app.Open(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			schema, _, err := c.DB.SchemaVersion(ctx)
			if err == nil {
				fmt.Fprintf(t.out, "Le schéma de la base de données est à jour (version %d).\n", schema)
			}
			return errors.Join(err, c.Close())
		}
	},
}

var versionCommand = command{
	name: "version", args: "",
	short: "dit la version du programme",
	setup: func(_ *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		return func(_ context.Context, _ config.Config, args []string) error {
			if err := need(args); err != nil {
				return err
			}
			_, err := fmt.Fprintln(t.out, "jalon "+version)
			return err
		}
	},
}

var backupCommand = command{
	name: "backup", args: "FICHIER",
	short: "sauvegarde la base de données, vérifiée, pendant qu’elle sert",
	setup: func(_ *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args, "FICHIER"); err != nil {
				return err
			}
			c, err := app.OpenExisting(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			return errors.Join(c.Backup(ctx, args[0], t.out), c.Close())
		}
	},
}

var restoreCommand = command{
	name: "restore", args: "FICHIER",
	short: "reprend une sauvegarde à une place neuve, et la vérifie",
	long:  "La place est celle que dit JALON_DB\u00a0: un fichier qui n’existe pas encore (SQLite), ou une base qui ne\ncontient aucune table (PostgreSQL). Rien n’est jamais remplacé. Une sauvegarde d’une version plus récente\nest refusée. Celle d’une version plus ancienne garde son schéma\u00a0: «\u00a0jalon migrate\u00a0» le met à jour.",
	setup: func(_ *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args, "FICHIER"); err != nil {
				return err
			}
			return app.Restore(ctx, cfg, args[0], t.out, app.WithVersion(version))
		}
	},
}

var dumpCommand = command{
	name: "dump", args: "FICHIER.zip",
	short: "écrit toute la base dans une archive portable d’un moteur à l’autre",
	setup: func(_ *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args, "FICHIER.zip"); err != nil {
				return err
			}
			c, err := app.OpenExisting(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			m, err := c.Dump(ctx, args[0])
			if err == nil {
				fmt.Fprintf(t.out, "%s\u00a0: %d tables, %s lignes. Laissées à cette installation\u00a0: %s.\n", args[0], len(m.Tables), french.Integer(m.Rows()), strings.Join(m.LeftOut, ", "))
			}
			return errors.Join(err, c.Close())
		}
	},
}

var loadCommand = command{
	name: "load", args: "FICHIER.zip",
	short: "remplit une base vide depuis une archive de «\u00a0jalon dump\u00a0»",
	setup: func(_ *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args, "FICHIER.zip"); err != nil {
				return err
			}
			c, err := app.OpenBare(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			m, err := c.Load(ctx, args[0])
			if err == nil {
				fmt.Fprintf(t.out, "%s\u00a0: %d tables, %s lignes chargées et vérifiées.\n", args[0], len(m.Tables), french.Integer(m.Rows()))
			}
			return errors.Join(err, c.Close())
		}
	},
}

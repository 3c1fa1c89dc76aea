package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"

	"jalon/internal/app"
	"jalon/internal/config"
)

var serveCommand = command{
	name: "serve", args: "",
	short: "démarre le site",
	long:  "Réglages, par variables d’environnement\u00a0:\n" + config.Help(),
	setup: func(_ *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args); err != nil {
				return err
			}
			log := slog.New(slog.NewJSONHandler(t.err, nil))
			a, err := app.New(ctx, cfg, app.WithVersion(version), app.WithLog(log))
			if err != nil {
				return err
			}
			link, err := a.OperatorLink(ctx)
			if err != nil {
				return errors.Join(err, a.Close())
			}
			fmt.Fprintf(t.out, "Jalon est ouvert\u00a0: %s\nPour agir en opérateur (une fois)\u00a0: %s\n", a.Home(), link)
			return errors.Join(a.Run(ctx), a.Close())
		}
	},
}

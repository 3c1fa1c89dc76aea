package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"jalon/internal/app"
	"jalon/internal/config"
)

var serveCommand = command{
	name: "serve", args: "[--no-jobs] [--drain 5s]",
	short: "démarre le site",
	long:  "Réglages, par variables d’environnement\u00a0:\n" + config.Help(),
	setup: func(fs *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		var noJobs bool
		var drain time.Duration
		fs.BoolVar(&noJobs, "no-jobs", false, "ne sert que les pages\u00a0: les tâches de fond sont à un autre exemplaire («\u00a0jalon worker\u00a0»)")
		fs.DurationVar(&drain, "drain", 0, "`DURÉE` pendant laquelle, à l’arrêt, Jalon répond encore en disant sur /readyz qu’il n’est plus prêt (5s par exemple)")
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args); err != nil {
				return err
			}
			part := app.Whole
			if noJobs {
				part = app.PagesOnly
			}
			log := slog.New(slog.NewJSONHandler(t.err, nil))
			a, err := app.New(ctx, cfg, app.WithVersion(version), app.WithLog(log), app.WithPart(part), app.WithDrain(drain))
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

var workerCommand = command{
	name: "worker", args: "",
	short: "fait les tâches de fond, sans servir de page",
	long:  "Pour plusieurs exemplaires sur une base PostgreSQL\u00a0: des «\u00a0jalon serve --no-jobs\u00a0» et un ou deux\n«\u00a0jalon worker\u00a0». Une tâche n’est jamais prise par deux d’entre eux. Avec JALON_METRICS_ADDR, répond aussi\nsur /healthz, /readyz et /metrics.",
	setup: func(_ *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args); err != nil {
				return err
			}
			log := slog.New(slog.NewJSONHandler(t.err, nil))
			a, err := app.New(ctx, cfg, app.WithVersion(version), app.WithLog(log), app.WithPart(app.WorkOnly))
			if err != nil {
				return err
			}
			fmt.Fprintln(t.out, "Les tâches de fond sont prises.")
			return errors.Join(a.Run(ctx), a.Close())
		}
	},
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/demo"
	"jalon/internal/french"
)

var demoCommand = command{
	name: "demo", args: "[--reset]",
	short: "ouvre une démonstration\u00a0: les vrais objectifs, des personnes et une activité inventées",
	long: "La démonstration a sa propre base (jalon-demo.db dans JALON_DATA_DIR, ou celle de JALON_DB si elle est vide)\u00a0: elle ne\n" +
		"s’ouvre jamais sur une base qui contient autre chose. Elle est reprise d’une fois à l’autre, et refaite au bout d’une\n" +
		"semaine, pour que ses dates restent actuelles. Aucun courriel ne part.",
	setup: func(fs *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		o := demo.Options{Waiting: func() {
			fmt.Fprintln(t.out, "Une autre commande remplit cette démonstration\u00a0: elle sera reprise dès qu’elle est prête…")
		}}
		small := false
		fs.BoolVar(&o.Reset, "reset", false, "refait la démonstration\u00a0: ce qui y a été saisi est perdu")
		fs.BoolVar(&small, "small", false, "n’invente une pleine activité que dans trois régions")
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args); err != nil {
				return err
			}
			if small {
				o.Size = demo.Small
			}
			cfg = app.DemoConfig(cfg)
			opts := []app.Option{app.WithVersion(version), app.WithLog(slog.New(slog.NewJSONHandler(t.err, nil)))}
			out, err := app.FillDemo(ctx, cfg, o, opts...)
			if err != nil {
				return err
			}
			a, err := app.New(ctx, cfg, opts...)
			if err != nil {
				return err
			}
			made := "reprise telle que vous l’aviez laissée (--reset la refait)"
			if out.Made {
				made = "faite à l’instant, " + french.Integer(out.Acts) + " actes inventés"
			}
			fmt.Fprintf(t.out, "Démonstration du %s, %s.\nJalon est ouvert\u00a0: %s\nPour y entrer dans n’importe quel rôle\u00a0: %s\n", french.Day(out.Day), made, a.Home(), a.DemoLink())
			return errors.Join(a.Run(ctx), a.Close())
		}
	},
}

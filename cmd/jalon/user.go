package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"jalon/internal/app"
	"jalon/internal/apperr"
	"jalon/internal/config"
	"jalon/internal/policy"
)

var userCommand = command{
	name: "user", args: "add|link ADRESSE [--role RÔLE] [--scope PÉRIMÈTRE] [--name NOM]",
	short: "donne un rôle à une personne, ou un lien pour se connecter",
	long:  userHelp(),
	setup: func(fs *flag.FlagSet, t terminal) func(context.Context, config.Config, []string) error {
		var r app.UserRequest
		fs.StringVar(&r.Role, "role", "", "`RÔLE` donné, dans la liste ci-dessus")
		fs.StringVar(&r.Scope, "scope", "nation", "`PÉRIMÈTRE` où il s’exerce\u00a0: nation, region:44, department:67")
		fs.StringVar(&r.Name, "name", "", "`NOM` de la personne")
		return func(ctx context.Context, cfg config.Config, args []string) error {
			if err := need(args, "add|link", "ADRESSE"); err != nil {
				return err
			}
			r.Email = args[1]
			c, err := app.Open(ctx, cfg, app.WithVersion(version))
			if err != nil {
				return err
			}
			var link string
			switch args[0] {
			case "add":
				link, err = c.AddUser(ctx, r)
			case "link":
				link, err = c.UserLink(ctx, r.Email)
			default:
				err = apperr.Invalidf("«\u00a0%s\u00a0»\u00a0: écrivez «\u00a0jalon user add ADRESSE --role RÔLE\u00a0» ou «\u00a0jalon user link ADRESSE\u00a0».", args[0])
			}
			if err == nil {
				fmt.Fprintf(t.out, "Lien de connexion de %s, pour une fois et pendant une heure\u00a0:\n%s\n", r.Email, link)
			}
			return errors.Join(err, c.Close())
		}
	},
}

func userHelp() string {
	text := "«\u00a0add\u00a0» donne un rôle, et crée le compte s’il n’existe pas\u00a0; «\u00a0link\u00a0» affiche un lien de connexion, là où\nles courriels ne partent pas. Les autres rôles se donnent ensuite sur le site, page «\u00a0Les rôles\u00a0».\n\nRôles\u00a0:\n"
	for _, r := range policy.Roles() {
		if r != policy.Operator {
			text += fmt.Sprintf("  %-20s %s\n", r, r.Name())
		}
	}
	return text
}

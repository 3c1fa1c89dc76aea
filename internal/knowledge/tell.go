package knowledge

import (
	"context"
	"encoding/json"
	"strconv"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/mail"
)

// tellKind is the job that tells who raised an obstacle what the nation answers.
const tellKind = "knowledge.tell"

// tellArgs names an answer, and the obstacle after which this job goes on.
type tellArgs struct {
	Group string
	Rev   int64
	After string
}

const tellMany = 200

func revText(rev int64) string { return strconv.FormatInt(rev, 10) }

// Register gives the worker what this room does in the background.
func (m *Room) Register(c *jobs.Config) {
	c.Handlers[tellKind] = jobs.Handler{Do: m.tell}
}

// tell puts a letter in the outbox for each person who raised an obstacle of a
// line, or sent it up: once for each answer, whatever number of obstacles they
// raised. It goes by 200 obstacles, so that no transaction lasts.
func (m *Room) tell(ctx context.Context, j jobs.Job) (err error) {
	defer apperr.Wrap(&err, "knowledge.tell")
	var in tellArgs
	if err := json.Unmarshal(j.Args, &in); err != nil {
		return jobs.Permanent(err)
	}
	g, err := oneGroup(ctx, m.DB, in.Group)
	if err != nil {
		return err
	}
	if g.Rev != in.Rev || g.Status == Waiting {
		return nil // a later answer tells it, or there is none any more
	}
	rows, err := m.DB.Query(ctx, `SELECT `+itemColumns+` FROM knowledge_item i
		 WHERE (i.grp = $1 OR i.merged_into IN (SELECT p.id FROM knowledge_item p WHERE p.grp = $1)) AND i.id > $2 ORDER BY i.id LIMIT $3`, in.Group, in.After, int64(tellMany))
	list, err := items(rows, err)
	if err != nil {
		return err
	}
	slugs := map[string]string{}
	for _, x := range list { // before the transaction: the tree is read on the pool
		if slugs[x.Region] == "" {
			if slugs[x.Region], err = m.Slug(ctx, x.Region); err != nil {
				return err
			}
		}
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for _, x := range list {
			people, err := m.concerned(ctx, tx, x)
			if err != nil {
				return err
			}
			for _, p := range people {
				if _, err := m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: "knowledge-answer/" + g.ID + "/" + revText(g.Rev) + "/" + p.ID, To: mail.Address{Name: p.Name, Email: p.Email}, Person: p.ID,
					Letter: m.letter(g, x, slugs[x.Region], p.Name)}); err != nil {
					return err
				}
			}
		}
		if len(list) < tellMany {
			return nil
		}
		next := list[len(list)-1].ID
		_, err := m.Queue.Enqueue(ctx, tx, tellKind, tellArgs{in.Group, in.Rev, next}, jobs.Opts{Dedup: tellKind + ":" + in.Group + ":" + revText(in.Rev) + ":" + next})
		return err
	})
}

// concerned are who raised an obstacle and who sent it up, when they have an
// account and take mail.
func (m *Room) concerned(ctx context.Context, q db.Q, x Item) ([]account.Account, error) {
	ids := []string{x.Author}
	if x.EscalatedBy != x.Author {
		ids = append(ids, x.EscalatedBy)
	}
	var out []account.Account
	for _, id := range ids {
		if id == "" {
			continue
		}
		p, err := account.Find(ctx, q, id)
		if apperr.KindOf(err) == apperr.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if p.State == "active" && p.Notify != "none" {
			out = append(out, p)
		}
	}
	return out, nil
}

func (m *Room) letter(g Group, x Item, slug, name string) mail.Letter {
	greeting := "Bonjour,"
	if name != "" {
		greeting = "Bonjour " + name + ","
	}
	return mail.Letter{Subject: "Réponse à un frein que vous avez signalé", Greeting: greeting, Blocks: []mail.Block{
		mail.Para("L’administration nationale a répondu à un frein que vous avez signalé ou fait remonter."),
		mail.Para("Statut\u00a0: " + Named(Statuses(), g.Status) + "."),
		mail.Quote("Votre frein", x.Title),
		mail.Quote("La réponse", g.Answer),
		mail.Link("Lire la réponse dans Jalon", m.BaseURL+"/regions/"+slug+"/bureau/freins/"+x.ID),
	}, Reason: "Vous recevez ce message parce que vous avez signalé ce frein, ou que vous l’avez fait remonter. Vous pouvez ne plus en recevoir depuis votre espace."}
}

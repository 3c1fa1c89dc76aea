package followup

import (
	"context"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// Unfinished says why no good practice is drawn from an action, empty when one may be: it
// is retained and over.
func Unfinished(x action.Action) string {
	switch {
	case x.State != action.Retained:
		return "Une bonne pratique se tire d’une action que les deux têtes ont retenue\u00a0: celle-ci ne l’est pas."
	case x.Status != "done":
		return "Une bonne pratique se tire d’une action terminée\u00a0: le statut de celle-ci ne le dit pas. Dites d’abord qu’elle est terminée."
	}
	return ""
}

// DrawPractice keeps the good practice that somebody draws from an action that is over,
// and ties both: each page leads to the other. Who may bring strong points for the place
// proposes it, and the team retains it; share asks for it to be retained and offered to
// the other regions at once. There is one for each action: the second of two people gets a
// conflict, and the one that is there.
func (m *Room) DrawPractice(ctx context.Context, q db.Q, a policy.Actor, id string, in knowledge.Item, share bool) (out knowledge.Item, err error) {
	defer apperr.Wrap(&err, "followup.DrawPractice(%s)", id)
	if _, _, err := action.Find(ctx, q, a, id); err != nil {
		return in, err
	}
	out = in
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		x, err := action.Hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if why := Unfinished(x); why != "" {
			return apperr.Conflictf("%s", why+" Rien n’a été enregistré, et votre texte est resté dans le formulaire.")
		}
		in.Region = x.Region
		if out, err = m.Knowledge.AddFromAction(ctx, tx, a, id, in, share); err != nil {
			return err
		}
		if err := m.Register.Links.Join(ctx, tx, x.COP, a.Person, link.End{Kind: link.Action, ID: id}, link.End{Kind: link.Practice, ID: out.ID}); err != nil {
			return err
		}
		_, err = db.Bump(ctx, tx, action.Version, m.Now()) // its sheet shows it
		return err
	})
	return out, err
}

package demo

import (
	"context"
	"strings"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/followup"
	"jalon/internal/policy"
)

// reachable gives the contact of a holder who exists in the demonstration alone.
func reachable(x *action.Action) {
	var slug strings.Builder
	for _, r := range strings.ToLower(x.Holder.Name) {
		if r >= 'a' && r <= 'z' && slug.Len() < 24 {
			slug.WriteRune(r)
		}
	}
	if slug.Len() > 0 {
		x.Contact, x.Email = fr("Contact du porteur (inventé)"), "suivi-"+slug.String()+"@"+account.DemoDomain
	}
}

// followed is what became of retained actions in Grand Est: what was said over two years,
// a round that is closed, one that is open, and what the rules raised.
func followed(s *Script) {
	team := s.Holding(policy.Team, "44")[0]
	acting := func(ago int, what string, do func(ctx context.Context, a policy.Actor, c cop.COP) error) {
		s.in(team, "44", ago, what, do)
	}
	acting(9, "what was said before", s.saidBefore)
	acting(9, "rules of the follow-up", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		r := followup.Proposed()
		r.Off = []string{"funding"} // so many budgets are invented that it would speak of each
		return s.Followup.SetRules(ctx, a, c, r, fr("Les plans de financement sont encore en cours de montage."))
	})
	var closed, open followup.Round
	acting(8, "first round", func(ctx context.Context, a policy.Actor, c cop.COP) (err error) {
		closed, err = s.round(ctx, a, c, "Premier tour", 3, "Merci de dire en deux minutes où vous en êtes.")
		return err
	})
	acting(7, "answers to the first round", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		return s.holders(ctx, a, closed, 5)
	})
	acting(6, "end of the first round", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		r, _, err := followup.FindRound(ctx, s.db, a, closed.ID)
		if err == nil {
			_, err = s.Followup.CloseRound(ctx, a, r.ID, r.Rev)
		}
		return err
	})
	acting(4, "second round", func(ctx context.Context, a policy.Actor, c cop.COP) (err error) {
		open, err = s.round(ctx, a, c, "Point de printemps", -27, "Si rien n’a changé, un seul bouton le dit.")
		return err
	})
	acting(3, "answers to the second round", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		return s.holders(ctx, a, open, 2)
	})
	acting(2, "alerts", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		if _, _, err := s.Followup.Watch(ctx, c); err != nil {
			return err
		}
		live, _, err := followup.Alerts(ctx, s.db, c.ID)
		if err != nil || len(live) == 0 {
			return err
		}
		_, err = s.Followup.AnswerAlert(ctx, a, live[0].ID, live[0].Rev, "taken", fr("L’équipe appelle le porteur cette semaine."))
		return err
	})
}

func (s *Script) round(ctx context.Context, a policy.Actor, c cop.COP, name string, closes int, note string) (r followup.Round, err error) {
	r, err = s.Followup.AddRound(ctx, a, c, followup.Round{Name: name, Period: c.DayAt(s.clock), ClosesOn: s.Date(closes), Note: fr(note), Fallback: followup.Fallback{Days: 7}})
	if err != nil {
		return r, err
	}
	if r, err = s.Followup.OpenRound(ctx, a, r.ID, r.Rev); err != nil {
		return r, err
	}
	return r, s.Followup.Ask(ctx, r.ID)
}

// saidBefore is what the team noted of the first years, from the reports of holders.
func (s *Script) saidBefore(ctx context.Context, a policy.Actor, c cop.COP) error {
	list, err := followup.RetainedOf(ctx, s.db, c.ID)
	if err != nil {
		return err
	}
	for i, x := range list {
		if i >= 8 {
			break
		}
		for j, ago := range []int{640, 290, 40 + 30*i} {
			done := int64(5 + 12*j + 3*i)
			u := followup.Update{Action: x.ID, Day: s.Date(ago), Confirmed: true, Said: followup.Said{Progress: &done, Next: fr("Faire le point avec les partenaires.")}}
			if len(x.Impacts) > 0 && x.Impacts[0].Quantity != nil {
				v := *x.Impacts[0].Quantity * float64(done) / 100
				q := followup.Quantity{Lever: x.Impacts[0].Lever, Quantity: &v, Unit: x.Impacts[0].Unit, Class: followup.Declared}
				switch i % 3 {
				case 1:
					q.Class = followup.Estimated
				case 2:
					q.Class, q.Source = followup.Observed, fr("Relevé de terrain (inventé)")
				}
				u.Quantities = []followup.Quantity{q}
			}
			if _, err := s.Followup.Say(ctx, s.db, a, u); err != nil && apperr.KindOf(err) != apperr.Conflict {
				return err
			}
		}
	}
	return nil
}

// holders answer a round by their links: one says what blocks, the others where they are.
func (s *Script) holders(ctx context.Context, _ policy.Actor, r followup.Round, most int) error {
	asks, err := followup.Asks(ctx, s.db, r.ID)
	if err != nil {
		return err
	}
	n := 0
	for _, k := range asks {
		if n >= most || k.Email == "" || !k.Waits() {
			continue
		}
		token, _, err := s.Followup.WaitingFor(ctx, s.db, "", k.Email)
		if err != nil || token == "" {
			return err
		}
		done := int64(30 + 7*n)
		u := followup.Update{Said: followup.Said{Progress: &done, Next: fr("Signer le marché de travaux."), NextBy: s.Date(-60)}}
		if n == 1 {
			u.Blocked = fr("La seule entreprise qui a répondu demande le double du prix prévu.")
		}
		if _, err := s.Followup.Answer(ctx, token, k.ID, u); err != nil {
			return err
		}
		n++
	}
	return nil
}

package app

import (
	"context"
	"slices"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/consultation"
	"jalon/internal/debate/follow"
	"jalon/internal/french"
	"jalon/internal/mail"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web"
)

// WireFollow joins addresses, subscriptions, the letter and consultations to the rooms
// that they speak of.
func WireFollow(d web.Debate, model func(context.Context) (*panorama.Model, error)) {
	shared, f := d.Shared, d.Follow
	shared.OnConfirm[follow.Confirmation], shared.OnConfirm[follow.LetterConfirmation] = f.Confirmed, f.ReadConfirmed
	if shared.Names == nil {
		shared.Names = map[string]func(context.Context, db.Q, string) (string, error){}
	}
	shared.Names[follow.Confirmation] = f.NameOfID
	shared.Names[follow.LetterConfirmation] = func(context.Context, db.Q, string) (string, error) {
		return "votre abonnement à la lettre de cette COP", nil
	}
	shared.Sections = append(shared.Sections, f.Section, f.LetterSection)
	shared.OnErase = append(shared.OnErase, f.Forget)
	if f.Names == nil {
		f.Names = map[follow.Kind]func(context.Context, db.Q, cop.COP, string) (follow.Named, error){}
	}
	f.Names[follow.Lever] = func(ctx context.Context, _ db.Q, _ cop.COP, id string) (n follow.Named, err error) {
		m, err := model(ctx)
		if err != nil {
			return n, err
		}
		l, err := m.Framework().Lever(id)
		if err != nil {
			return n, err
		}
		return follow.Named{Name: "le levier «\u00a0" + l.Name + "\u00a0»", Path: "/leviers/" + id}, nil
	}
	f.Names[follow.Territory] = func(ctx context.Context, _ db.Q, _ cop.COP, id string) (n follow.Named, err error) {
		m, err := model(ctx)
		if err != nil {
			return n, err
		}
		ref, err := territory.ParseRef(id)
		if err != nil {
			return n, err
		}
		t, err := m.Tree().Lookup(ref)
		return follow.Named{Name: t.Name, Path: t.Path}, err
	}
	f.Names[follow.Region] = func(_ context.Context, _ db.Q, c cop.COP, id string) (n follow.Named, err error) {
		if id != c.ID {
			return n, apperr.NotFoundf("Cette COP n’existe pas.")
		}
		return follow.Named{Name: "tout ce que publie la " + c.SenderName(), Path: c.Path()}, nil
	}
	f.Names[follow.Contribution] = func(ctx context.Context, q db.Q, c cop.COP, id string) (n follow.Named, err error) {
		p, err := debate.FindPost(ctx, q, id)
		if err == nil && (p.COP != c.ID || p.Kind != debate.Contribution || !p.Read()) {
			err = apperr.NotFoundf("Cette contribution n’existe pas, ou n’est pas publiée.")
		}
		return follow.Named{Name: "la contribution «\u00a0" + p.Title + "\u00a0»", Path: c.Path() + "/contributions/" + id}, err
	}
	decisions := decisionsSince(d)
	f.Since = append(f.Since, newsSince(shared),
		func(ctx context.Context, q db.Q, c cop.COP, from time.Time) (follow.Part, error) {
			return decisions(ctx, q, c, c.DayAt(from))
		},
		func(ctx context.Context, q db.Q, c cop.COP, from time.Time) (follow.Part, error) {
			return answersSince(ctx, q, c, from.UnixMilli())
		},
		meetingsToCome(shared), consultationsOpen(shared))
	d.Consultation.Announce = func(ctx context.Context, tx db.Q, c cop.COP, id, dedup string, l mail.Letter) error {
		return f.Announce(ctx, tx, c, []follow.Subject{{Kind: follow.Consultation, ID: id}, {Kind: follow.Region, ID: c.ID}}, dedup, l)
	}
	f.Names[follow.Consultation] = func(ctx context.Context, q db.Q, c cop.COP, id string) (follow.Named, error) {
		x, err := consultation.Find(ctx, q, policy.Actor{}, c, id)
		return follow.Named{Name: "la consultation «\u00a0" + x.Title + "\u00a0»", Path: x.Path(c)}, err
	}
	if shared.Fates == nil {
		shared.Fates = map[debate.Kind]func(context.Context, db.Q, []debate.Post) (map[string]debate.Fate, error){}
	}
	shared.Fates[debate.Amendment] = d.Consultation.Fates
	shared.Fates[debate.Contribution] = d.Contribution.Fates
}

// listed is how many lines a part of the letter holds.
const listed = 12

func newsSince(m *debate.Room) func(context.Context, db.Q, cop.COP, time.Time) (follow.Part, error) {
	return func(ctx context.Context, q db.Q, c cop.COP, from time.Time) (follow.Part, error) {
		out := follow.Part{Title: "Actualités"}
		list, err := m.COPs.NewsOf(ctx, q, policy.Actor{}, c, "", listed)
		for _, x := range list.Rows {
			if x.PublishedAt.After(from) {
				out.Items = append(out.Items, follow.Item{Text: x.Title + ", " + french.Date(x.PublishedAt.In(c.Location())), Path: c.Path() + "#actualites"})
			}
		}
		return out, err
	}
}

func meetingsToCome(m *debate.Room) func(context.Context, db.Q, cop.COP, time.Time) (follow.Part, error) {
	return func(ctx context.Context, q db.Q, c cop.COP, _ time.Time) (follow.Part, error) {
		out, today := follow.Part{Title: "Réunions à venir"}, c.DayAt(m.Now())
		list, err := m.COPs.Meetings(ctx, q, policy.Actor{}, c, "", 200) // the latest first
		for _, x := range slices.Backward(list.Rows) {
			if x.Day >= today && x.State == cop.Planned && len(out.Items) < listed {
				text := french.Day(x.Day)
				if x.Start != "" {
					text += ", " + x.Start
				}
				text += "\u00a0: " + x.Title
				if x.Place != "" {
					text += ", " + x.Place
				}
				out.Items = append(out.Items, follow.Item{Text: text, Path: "/reunions/" + x.ID})
			}
		}
		return out, err
	}
}

func consultationsOpen(m *debate.Room) func(context.Context, db.Q, cop.COP, time.Time) (follow.Part, error) {
	return func(ctx context.Context, q db.Q, c cop.COP, _ time.Time) (follow.Part, error) {
		out := follow.Part{Title: "Textes en consultation"}
		list, err := consultation.All(ctx, q, c, false)
		for _, x := range list {
			if p := x.Phase(c.DayAt(m.Now())); p == consultation.Open || p == consultation.Coming {
				out.Items = append(out.Items, follow.Item{Text: x.Title + ", du " + french.Day(x.OpensOn) + " au " + french.Day(x.ClosesOn), Path: x.Path(c)})
			}
		}
		return out, err
	}
}

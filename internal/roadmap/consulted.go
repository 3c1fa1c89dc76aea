package roadmap

import (
	"context"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/consultation"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// Consultations are those that were made from a document of a COP, as far as somebody may
// read them.
func Consultations(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, of composition.Composition) (out []consultation.Consultation, err error) {
	defer apperr.Wrap(&err, "roadmap.Consultations(%s)", of.ID)
	list, err := link.To(ctx, q, link.End{Kind: link.Document, ID: of.ID})
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		if l.From.Kind != link.Consultation {
			continue
		}
		x, err := consultation.Find(ctx, q, a, c, l.From.ID)
		if apperr.KindOf(err) == apperr.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// Unanswered counts the amendments of a consultation that nobody answered yet.
func Unanswered(ctx context.Context, q db.Q, id string) (n int, err error) {
	counts, err := consultation.Counts(ctx, q, id)
	for _, x := range counts {
		n += x.All - x.Answered
	}
	return n, err
}

// About is the document that a consultation puts in debate: which edition was in force
// when it was prepared, and which one followed it.
type About struct {
	Document composition.Composition
	Before   *composition.Edition // nil when none was adopted yet
	After    *composition.Edition // the first that was adopted since; nil for none
}

// AboutOf tells which draft a consultation is about; ok is false for one that is about
// another text.
func AboutOf(ctx context.Context, q db.Q, x consultation.Consultation) (about About, ok bool, err error) {
	defer apperr.Wrap(&err, "roadmap.AboutOf(%s)", x.ID)
	list, err := link.From(ctx, q, link.End{Kind: link.Consultation, ID: x.ID})
	if err != nil {
		return about, false, err
	}
	i := slices.IndexFunc(list, func(l link.Link) bool { return l.To.Kind == link.Document })
	if i < 0 {
		return about, false, nil
	}
	if about.Document, err = composition.Find(ctx, q, list[i].To.ID); err != nil {
		return about, false, err
	}
	editions, err := composition.ReadEditions(ctx, q, about.Document.Kind, about.Document.COP, about.Document.Term)
	if err != nil {
		return about, false, err
	}
	about.Before, about.After = around(x, editions)
	return about, true, nil
}

// around are the editions, the newest first, between which a consultation was prepared.
func around(x consultation.Consultation, editions []composition.Edition) (before, after *composition.Edition) {
	for i := range editions {
		if editions[i].At.Before(x.At) {
			before = &editions[i]
			break
		}
		after = &editions[i]
	}
	return before, after
}

// Consulted are the consultations that anyone reads on the roadmap of a COP: those that
// prepared an edition, or, without one, those that prepare the next.
func Consulted(ctx context.Context, q db.Q, c cop.COP, edition string) (out []consultation.Consultation, err error) {
	defer apperr.Wrap(&err, "roadmap.Consulted(%s, %s)", c.ID, edition)
	of, err := composition.Of(ctx, q, composition.Roadmap, c.ID, "")
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := Consultations(ctx, q, policy.Actor{}, c, of)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	editions, err := composition.ReadEditions(ctx, q, composition.Roadmap, c.ID, "")
	for _, x := range all {
		_, after := around(x, editions)
		if after == nil && edition == "" || after != nil && after.ID == edition {
			out = append(out, x)
		}
	}
	return out, err
}

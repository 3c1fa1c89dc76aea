package minutes

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/ballot"
	"jalon/internal/debate/minutes"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Links are what a meeting says, in short, for the page of the meeting: the votes that
// are open first, then its agenda, its decisions, its tasks, its minutes, its files,
// each with how many there are.
func Links(q db.Q) func(ctx context.Context, a policy.Actor, x cop.Meeting, c cop.COP) ([]ui.Link, error) {
	return func(ctx context.Context, a policy.Actor, x cop.Meeting, c cop.COP) (out []ui.Link, err error) {
		at := wording.MeetingPath(x)
		votes, err := ballot.OfMeeting(ctx, q, x.ID)
		if err != nil {
			return nil, err
		}
		for _, b := range votes {
			if b.State == ballot.Open {
				out = append(out, ui.Link{Label: "Voter" + nb + ": " + b.Question, Href: "/vote/" + b.Code})
			}
		}
		agenda, err := minutes.Agenda(ctx, q, x)
		if err != nil {
			return nil, err
		}
		decisions, err := minutes.Decisions(ctx, q, x.ID)
		if err != nil {
			return nil, err
		}
		tasks, err := minutes.Tasks(ctx, q, x.ID)
		if err != nil {
			return nil, err
		}
		files, err := minutes.Files(ctx, q, a, x, c)
		if err != nil {
			return nil, err
		}
		now, err := minutes.Of(ctx, q, x)
		if err != nil {
			return nil, err
		}
		may := policy.Can(a, policy.Edit, x.Thing(c))
		count := func(n int, one, many, none, path string) {
			switch {
			case n > 0:
				out = append(out, ui.Link{Label: french.Integer(n) + nb + french.Plural(n, one, many), Href: at + path})
			case may:
				out = append(out, ui.Link{Label: none, Href: at + path})
			}
		}
		count(len(agenda), "point à l’ordre du jour", "points à l’ordre du jour", "Préparer l’ordre du jour", wording.MeetingAgenda)
		count(len(decisions), "décision", "décisions", "Noter une décision", wording.MeetingDecisions)
		count(len(tasks), "suite à donner", "suites à donner", "Confier une tâche", wording.MeetingTasks)
		count(len(files), "document", "documents", "Déposer un document", wording.MeetingFiles)
		if may {
			out = append(out, ui.Link{Label: "Votes en séance", Href: at + wording.MeetingVotes})
		}
		if may || now.State == minutes.Approved || now.Reason != "" {
			out = append(out, ui.Link{Label: "Compte rendu (" + now.State.Name() + ")", Href: at + wording.MeetingMinutes})
		}
		return out, nil
	}
}

package live

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
)

// ending is what a COP says of its follow-up and of the next one, as anyone reads it.
type ending struct {
	Arrangements []line // who follows what, with which indicators, how often
	Subjects     []line // of the next COP
	Next         string // day of the next meeting of the follow-up, empty when it is not set
}

// line is something said in a few words: its name, then what is said of it.
type line struct{ Name, Text string }

// endingOf reads what is public of it, and stands.
func endingOf(ctx context.Context, q db.Q, copID string) (out ending, err error) {
	arrangements, err := roadmap.Arrangements(ctx, q, copID)
	if err != nil {
		return out, err
	}
	for _, x := range arrangements {
		if x.State != roadmap.Kept || x.Part != policy.Public {
			continue
		}
		said := slices.DeleteFunc([]string{x.Indicators, roadmap.PaceName(x.Every), strings.TrimSuffix(x.Note, ".")}, func(s string) bool { return s == "" })
		out.Arrangements = append(out.Arrangements, line{Name: x.Who, Text: strings.Join(said, "\u00a0; ")})
		if x.NextOn != "" && (out.Next == "" || x.NextOn < out.Next) {
			out.Next = x.NextOn
		}
	}
	subjects, err := roadmap.Subjects(ctx, q, copID)
	for _, x := range subjects {
		if x.State == roadmap.Kept && x.Part == policy.Public {
			out.Subjects = append(out.Subjects, line{Name: x.Title, Text: x.Text})
		}
	}
	return out, err
}

package app

import (
	"context"

	"jalon/internal/composition"
	"jalon/internal/db"
	told "jalon/internal/diagnosis/live"
	review "jalon/internal/followup/live"
	"jalon/internal/policy"
	"jalon/internal/renewal"
	"jalon/internal/roadmap"
	blocks "jalon/internal/roadmap/live"
	"jalon/internal/series"
)

// blocks are the catalogues of live blocks, one for each kind of document.
func (a *App) blocks(book *series.Book) map[composition.Kind]composition.Catalogue {
	diagnosis := told.New(told.Sources{DB: a.DB, Now: a.now, Model: a.Model, Book: book, Restitution: a.restitution, Diagnosis: a.diagnosis})
	return map[composition.Kind]composition.Catalogue{composition.Diagnosis: diagnosis, composition.Roadmap: a.roadmapBlocks(diagnosis), composition.Review: review.New(review.Sources{DB: a.DB, Outcome: a.follow.Outcome, Told: diagnosis})}
}

// roadmapBlocks are those of a roadmap, which may hold those of the diagnosis.
func (a *App) roadmapBlocks(diagnosis composition.Catalogue) composition.Catalogue {
	return blocks.New(blocks.Sources{DB: a.DB, Model: a.Model, Coverage: a.action.Coverage, Told: diagnosis})
}

// left are the subjects that a COP leaves to the next one.
func left(ctx context.Context, q db.Q, copID string) (out []renewal.Subject, err error) {
	all, err := roadmap.Subjects(ctx, q, copID)
	for _, x := range all {
		if x.State == roadmap.Kept {
			out = append(out, renewal.Subject{ID: x.ID, Title: x.Title, Text: x.Text, Public: x.Part == policy.Public})
		}
	}
	return out, err
}

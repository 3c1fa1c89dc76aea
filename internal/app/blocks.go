package app

import (
	"jalon/internal/composition"
	"jalon/internal/diagnosis/live"
	review "jalon/internal/followup/live"
	"jalon/internal/series"
)

// blocks are the catalogues of live blocks, one for each kind of document.
func (a *App) blocks(book *series.Book) map[composition.Kind]composition.Catalogue {
	told := a.diagnosisBlocks(book)
	return map[composition.Kind]composition.Catalogue{composition.Diagnosis: told, composition.Roadmap: told, composition.Review: review.New(review.Sources{DB: a.DB, Outcome: a.follow.Outcome, Told: told})}
}

func (a *App) diagnosisBlocks(book *series.Book) composition.Catalogue {
	return live.New(live.Sources{DB: a.DB, Now: a.now, Model: a.Model, Book: book, Restitution: a.restitution, Diagnosis: a.diagnosis})
}

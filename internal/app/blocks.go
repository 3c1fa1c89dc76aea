package app

import (
	"jalon/internal/composition"
	told "jalon/internal/diagnosis/live"
	roadmap "jalon/internal/roadmap/live"
	"jalon/internal/series"
)

// blocks are the catalogues of live blocks, one for each kind of document.
func (a *App) blocks(book *series.Book) map[composition.Kind]composition.Catalogue {
	diagnosis := told.New(told.Sources{DB: a.DB, Now: a.now, Model: a.Model, Book: book, Restitution: a.restitution, Diagnosis: a.diagnosis})
	return map[composition.Kind]composition.Catalogue{composition.Diagnosis: diagnosis, composition.Roadmap: a.roadmapBlocks(diagnosis), composition.Review: diagnosis}
}

// roadmapBlocks are those of a roadmap, which may hold those of the diagnosis.
func (a *App) roadmapBlocks(diagnosis composition.Catalogue) composition.Catalogue {
	return roadmap.New(roadmap.Sources{DB: a.DB, Model: a.Model, Coverage: a.action.Coverage, Told: diagnosis})
}

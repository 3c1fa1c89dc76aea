package app

import (
	"jalon/internal/diagnosis"
	"jalon/internal/diagnosis/live"
	"jalon/internal/series"
)

// blocks is the catalogue of live blocks of diagnoses.
func (a *App) blocks(book *series.Book) diagnosis.Catalogue {
	return live.New(live.Sources{DB: a.DB, Now: a.now, Model: a.Model, Book: book, Restitution: a.restitution, Diagnosis: a.diagnosis})
}

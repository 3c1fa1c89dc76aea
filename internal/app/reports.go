package app

import (
	"context"

	"jalon/internal/document"
	"jalon/internal/report"
	"jalon/internal/web/paper"
	"jalon/internal/web/reports"
	"jalon/internal/web/shell"
)

// reports are the national documents: their pages, their files, what freezes
// them. A PDF needs a browser on the machine.
func (a *App) reports(frame *shell.Shell) reports.Deps {
	store := &reports.Store{DB: a.DB, NewID: a.IDs.New, Now: a.now, Dir: a.temp}
	if document.Browser() != "" {
		store.PDF = printed
	}
	room := &report.Room{DB: a.DB, IDs: a.IDs, Now: a.now, Journal: a.journal, Explain: a.figures.Explain, Draw: func(ctx context.Context, d document.Document) ([]document.File, error) {
		return drawn(ctx, d, store.PDF)
	}}
	return reports.Deps{Shell: frame, Model: a.Model, DB: a.DB, Now: a.now, Store: store, Room: room, Restitution: a.restitution.Past}
}

// pdf prints documents, nil without a browser on the machine.
func (a *App) pdf() func(context.Context, document.Document) ([]byte, error) {
	if document.Browser() == "" {
		return nil
	}
	return printed
}

func printed(ctx context.Context, d document.Document) ([]byte, error) {
	page, err := paper.Standalone(ctx, d)
	if err != nil {
		return nil, err
	}
	if d.Poster {
		return document.PosterPDF(ctx, page)
	}
	return document.PDF(ctx, page)
}

// drawn are the parts of a publication that are drawn as a page.
func drawn(ctx context.Context, d document.Document, pdf func(context.Context, document.Document) ([]byte, error)) ([]document.File, error) {
	page, err := paper.Standalone(ctx, d)
	if err != nil {
		return nil, err
	}
	parts := []document.File{{Path: document.PagePart, Body: page}}
	if pdf == nil {
		return parts, nil
	}
	sheet, err := pdf(ctx, d)
	if err != nil {
		return nil, err
	}
	return append(parts, document.File{Path: document.PDFPart, Body: sheet}), nil
}

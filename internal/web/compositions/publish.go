package compositions

import (
	"context"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/web/paper"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// publish says what an edition would lack, before the act that both heads validate.
func (d Deps) publish(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	return d.showPublish(w, r, x, http.StatusOK, nil)
}

func (d Deps) showPublish(w http.ResponseWriter, r *http.Request, x place, status int, wrong error) error {
	t, err := d.draft(r.Context(), x)
	if err != nil {
		return err
	}
	if !t.begun {
		return shell.SeeOther(w, r, x.base())
	}
	list, err := composition.Editions(r.Context(), d.Q, x.kind, x.cop.ID, x.term)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: x.words().Shared, Title: x.Name + nb + ": publier " + x.words().The, Scope: []string{"cycle " + x.cop.Cycle, "les deux têtes publient ensemble"},
		Lead: "Proposer fige le document tel qu’il est\u00a0: la page, le texte, le PDF, le diaporama et l’explication de chaque chiffre. Les deux têtes valident cette édition, et personne d’autre ne la lit avant. Ce que vous changez ensuite ne change que le projet."}, Tabs: x.tabs(shell.Actor(r), tabPublish)}
	if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Rien n’a été proposé", Text: apperr.Message(wrong), Links: []ui.Link{{Label: "Relire le projet", Href: x.base() + "/apercu"}}})
	}
	var waiting *composition.Edition
	for i := range list {
		if list[i].State == composition.EditionProposed {
			waiting = &list[i]
		}
	}
	if waiting != nil {
		act, err := cop.FindAct(r.Context(), d.Q, waiting.Act)
		if err != nil {
			return err
		}
		whom := "des deux têtes"
		if len(act.Consents) > 0 { // one gave their word
			whom = map[cop.Side]string{cop.StateSide: "de l’État", cop.RegionSide: "de la Région"}[act.WaitsFor()]
		}
		v.Heading.Title = x.Name + nb + ": l’édition n°" + nb + french.Integer(waiting.Seq) + " attend la validation " + whom
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "L’édition n°" + nb + french.Integer(waiting.Seq) + " attend la validation " + whom,
			Text:  "Elle a été figée le " + french.Date(waiting.At.In(x.cop.Location())) + ". Pour en proposer une autre, retirez-la d’abord au bureau.",
			Links: []ui.Link{{Label: "Lire l’édition proposée", Href: x.base() + "/editions/" + waiting.ID}, {Label: "Aller au bureau", Href: x.page() + "/bureau#acte-" + waiting.Act}}})
	} else {
		made, err := d.compose(r, x, t)
		if err != nil {
			return err
		}
		if err := d.lacks(r, x, made, &v); err != nil {
			return err
		}
		if n := len(made.Lacks); n > 0 && len(made.Document.Parts) > 0 {
			v.Heading.Title = x.Name + nb + ": " + x.words().The + " peut être proposé" + x.words().E() + ", " + french.Integer(n) + nb + french.Plural(n, "bloc n’y montre", "blocs n’y montrent") + " encore rien"
		} else if n == 0 {
			v.Heading.Title = x.Name + nb + ": " + x.words().The + " est prêt" + x.words().E() + " à être proposé" + x.words().E()
		}
		if policy.Can(shell.Actor(r), policy.Propose, x.thing()) && len(made.Document.Parts) > 0 {
			v.Forms = append(v.Forms, formView{ID: "proposer", Title: "Proposer aux deux têtes", Action: x.base() + "/publication", Rev: strconv.FormatInt(t.Rev, 10), Submit: "Figer et proposer la publication",
				Lead: "L’édition portera la date du " + french.Day(d.today(x)) + ". La préparer prend quelques secondes."})
			asked, err := composition.AsksWhy(r.Context(), d.Q, x.kind, x.cop.ID, x.term)
			if err != nil {
				return err
			}
			if asked {
				f := &v.Forms[len(v.Forms)-1]
				f.Fields = []ui.Field{{ID: "why", Label: "Pourquoi cette nouvelle édition", Type: "textarea", Rows: 3, Required: true, Value: shell.Typed(r, "why"), Help: "Une édition est déjà adoptée. La raison paraît avec celle-ci, et avec la liste de ce qui change."}}
				wrongIn(f.Fields, wrong)
			}
		}
	}
	if err := d.consulted(r, x, t, &v); err != nil {
		return err
	}
	if len(list) > 0 {
		e := ui.Table{ID: "editions", Caption: "Les éditions, la dernière d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Édition"}, {Label: "Situation au"}, {Label: "État"}, {Label: "Publiée le"}, {Label: "Empreinte SHA-256", Wide: true}}}
		for _, one := range list {
			on := ui.Cell{Missing: "pas publiée"}
			if one.PublishedOn != "" {
				on = ui.Cell{Text: french.Day(one.PublishedOn)}
			}
			e.Rows = append(e.Rows, ui.Row{Cells: []ui.Cell{{Text: "n°" + nb + french.Integer(one.Seq), Href: x.base() + "/editions/" + one.ID}, {Text: french.Day(one.Day)}, {Text: stateOf(one)}, on, {Text: one.SHA256}}})
		}
		v.Tables = append(v.Tables, section{ID: "les-editions", Title: "Les éditions", Table: e})
	}
	return d.show(w, r, status, v, trail(x, x.here(x.base()), ui.Link{Label: "Publication"})...)
}

// stateOf says where an edition stands.
func stateOf(e composition.Edition) string {
	if e.Retired() {
		return "retirée le " + french.Day(e.EndedOn)
	}
	return e.State.Name()
}

// lacks says what the document would lack: blocks that show nothing, figures that
// nobody explains.
func (d Deps) lacks(r *http.Request, x place, made composition.Draft, v *view) error {
	figures := made.Document.Figures()
	bare := ui.Table{ID: "chiffres", Caption: "Les chiffres sans explication", Columns: []ui.Column{{Label: "Chiffre"}, {Label: "Pourquoi", Wide: true}}}
	ctx := d.Together(r.Context())
	for _, key := range figures {
		switch _, err := d.explain(ctx, key); {
		case apperr.KindOf(err) == apperr.NotFound && err != nil:
			bare.Rows = append(bare.Rows, ui.Row{Cells: []ui.Cell{{Text: key}, {Text: apperr.Message(err)}}})
		case err != nil:
			return err
		}
	}
	gaps := ui.Table{ID: "manques", Caption: "Les blocs qui ne montrent rien", Columns: []ui.Column{{Label: "Bloc"}, {Label: "Partie"}, {Label: "Pourquoi", Wide: true}}}
	for _, g := range made.Lacks {
		gaps.Rows = append(gaps.Rows, ui.Row{Cells: []ui.Cell{{Text: g.Name, Href: x.base() + "/blocs/" + g.Block.ID}, {Text: x.kind.PartName(g.Block.Part)}, {Text: g.Reason}}})
	}
	v.Facts = [][2]string{{"Titres dans le document", french.Integer(len(made.Document.Parts))}, {"Chiffres expliqués", french.Integer(len(figures)-len(bare.Rows)) + " sur " + french.Integer(len(figures))}}
	switch {
	case len(made.Document.Parts) == 0:
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Le document est vide", Text: "Écrivez un texte ou ajoutez un bloc avant de le proposer.", Links: []ui.Link{{Label: "Composer " + x.words().The, Href: x.base()}}})
	case len(gaps.Rows)+len(bare.Rows) == 0:
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "Rien ne manque", Text: "Chaque bloc montre quelque chose, et chaque chiffre a son explication."})
	default:
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "À lire avant de proposer", Text: "Ce qui manque est dit dans le document, à sa place\u00a0; vous pouvez proposer tout de même."})
	}
	if len(gaps.Rows) > 0 {
		v.Before = append(v.Before, section{ID: "ce-qui-manque", Title: "Ce qui manque", Lead: "Un bloc vivant sans donnée garde sa place et dit pourquoi\u00a0; un texte qui n’est pas écrit n’y paraît pas.", Table: gaps})
	}
	if len(bare.Rows) > 0 {
		v.Before = append(v.Before, section{ID: "sans-explication", Title: "Chiffres sans explication", Lead: "Ils paraîtront, et leur page dira qu’aucune explication n’a pu être gardée.", Table: bare})
	}
	return nil
}

// propose freezes the draft and asks both heads.
func (d Deps) propose(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.working(r)
	if err != nil {
		return err
	}
	n, err := shell.Rev(r)
	if err != nil {
		return err
	}
	press := composition.Press{Why: shell.Typed(r, "why"), Catalogue: d.Catalogue, Explain: d.Explain, Together: d.Together, Draw: d.draw, Sheet: func(seq int64) composition.Sheet {
		at := x.public() + "/editions/" + strconv.FormatInt(seq, 10)
		return composition.Sheet{Author: d.author(x), Demo: d.Shell.Demo, Version: "édition n°" + nb + strconv.FormatInt(seq, 10), Address: d.Shell.Site(r) + at, FigureBase: at + "/chiffres/"}
	}}
	if x.kind == composition.Roadmap {
		press.Differs = roadmap.Compare
	}
	_, err = d.Room.ProposeEdition(anyone(r.Context()), shell.Actor(r), n, x.kind, x.term, d.place(x), press)
	if err != nil && shell.Beside(err) {
		return d.showPublish(w, r, x, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/publication?fait=1")
}

// draw gives the page of an edition and its PDF, when there is what prints it.
func (d Deps) draw(ctx context.Context, doc document.Document) ([]document.File, error) {
	page, err := paper.Standalone(ctx, doc)
	if err != nil {
		return nil, err
	}
	files := []document.File{{Path: document.PagePart, Body: page}}
	if d.Kind == composition.Roadmap {
		book, err := exchange.RoadmapBook(doc)
		if err != nil {
			return nil, err
		}
		files = append(files, document.File{Path: exchange.TablesPart, Body: book})
	}
	if d.PDF == nil {
		return files, nil
	}
	sheet, err := d.PDF(ctx, doc)
	if err != nil {
		return nil, err
	}
	return append(files, document.File{Path: document.PDFPart, Body: sheet}), nil
}

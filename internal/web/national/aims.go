package national

import (
	"net/http"
	"net/url"

	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// fillAims sums up what the COPs of the cycle aim at together, as the reader may
// know it.
func (d Deps) fillAims(r *http.Request, a asked, v *boardView) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	all, err := objective.ReadConsolidation(r.Context(), d.Q, m, a.Cycle, shell.Actor(r))
	if err != nil {
		return err
	}
	t := all.Total
	v.AimsHref = "/national/objectifs"
	if a.Cycle != cop.First {
		v.AimsHref += "?cycle=" + url.QueryEscape(a.Cycle)
	}
	kt := func(label string, kg int64, explain, meaning string) ui.KeyFigure {
		return ui.KeyFigure{Label: label, Value: ui.Value{Text: french.Kt(kg, 0), Unit: wording.Kilotonnes, Explain: explain, Name: label}, Meaning: meaning}
	}
	sum := "" // what is only discussed has no address that explains it
	if t.Discussed == 0 {
		sum = wording.FigurePath(objective.SumKey(objective.TotalSum, a.Cycle))
	}
	shared := ui.KeyFigure{Label: "Objectifs partagés", Value: ui.Value{Text: french.Integer(t.Shared), Unit: "sur" + nb + french.Integer(t.Shared+t.Discussed+t.Only), Name: "Objectifs partagés"},
		Meaning: "un par levier et par région, pour les 13 régions et les 30 leviers"}
	if t.Discussed > 0 {
		shared.Meaning += "\u00a0; " + french.Integer(t.Discussed) + nb + french.Plural(t.Discussed, "autre est discuté", "autres sont discutés") + " là où vous pouvez le lire"
	}
	v.Aims = []ui.KeyFigure{shared, kt("À ce jour, 13 régions", int64(t.Sum.Kg), sum, "partagé, sinon discuté, sinon proposé par le panorama\u00a0; proposé"+nb+": "+wording.Mass(t.Offered.Kg)),
		kt("Objectif national", int64(t.National.Kg), wording.FigurePath(wording.TotalKey(panorama.July, territory.France)), "sur les mêmes 30 leviers\u00a0; l’outre-mer a les siens, à part")}
	return nil
}

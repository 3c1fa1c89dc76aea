// Package method serves the pages that say how Jalon works and who answers for
// it: the method, the glossary, the legal pages.
package method

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/diagnosis"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Keep  Periods
}

// Periods is how many days what tells of people is kept, as the installation
// was set; Accounts of zero is for ever. Provider names the one that people may
// sign in by, empty for none.
type Periods struct {
	Accounts, SignIn, Mail int
	Provider               string
}

// days writes a number of days as people count them.
func days(n int) string {
	switch {
	case n == 1:
		return "un jour"
	case n%365 == 0 && n > 365:
		return strconv.Itoa(n/365) + "\u00a0ans"
	}
	return french.Integer(n) + "\u00a0jours"
}

// Handlers are the pages of this folder, by route name.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"method":   d.method,
		"glossary": d.glossary,
		"legal":    d.still("Mentions légales", "Qui édite et héberge ce site, sous quelles licences sont ses données.", legalPage()),
		"privacy":  d.still("Données personnelles", "Ce que Jalon enregistre, pourquoi et combien de temps.", privacyPage(d.Keep)),
		"accessibility": d.still("Accessibilité : partiellement conforme",
			"Déclaration d’accessibilité de Jalon : ce qui est vérifié, ce qui reste à vérifier.", accessibilityPage()),
	}
}

// still is a page that depends on nothing.
func (d Deps) still(title, description string, body templ.Component) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return d.Shell.Render(w, r, d.Shell.Page(r, title, description, ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: title, Href: r.URL.Path}), body)
	}
}

// methodView is what the method page shows of the data.
type methodView struct {
	Version, Edition        string
	National, Land, Beyond  string
	States, Keys, Residuals ui.Table
	Adjusted, Coverage      ui.Table
	Criteria                ui.Table
	Draws, Theme            string
	HasCoverage             bool
	Sources                 []framework.Source
	PopulationYear          string
}

func (d Deps) method(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	report := m.Verify()
	v := methodView{
		Version: m.Version(), Edition: french.Month(panorama.July),
		National: wording.Mass(report.Scopes.National.Kg), Land: wording.Mass(report.Scopes.Mainland.Kg), Beyond: wording.Mass(report.Scopes.Overseas.Kg),
		States: states(m), Keys: keys(m, report), Residuals: residuals(report), Adjusted: adjusted(m),
		Coverage: coverage(m, report), HasCoverage: len(report.Coverages) > 0,
		Criteria: criteria(), Draws: diagnosis.DrawsRule, Theme: diagnosis.ThemeRule,
		Sources: m.Framework().Sources(), PopulationYear: strconv.Itoa(m.Tree().Edition().PopulationYear),
	}
	page := d.Shell.Page(r, "Méthode : d’où viennent les chiffres et comment ils se répartissent",
		"Sources, clés de répartition, arrondis et limites du panorama des leviers.", ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: "Méthode", Href: "/methode"})
	return d.Shell.Render(w, r, page, methodPage(v))
}

// criteria is what the score of a lever is made of, with the weights that Jalon
// proposes to teams.
func criteria() ui.Table {
	t := ui.Table{ID: "criteres", Caption: "Les critères d’un score, et les poids que Jalon propose",
		Columns: []ui.Column{{Label: "Critère"}, {Label: "Règle", Wide: true}, {Label: "Poids proposé", Number: true}, {Label: "Son sens se retourne"}}}
	w := diagnosis.ProposedWeights()
	for _, c := range diagnosis.Criteria() {
		turns := "non"
		if c.Turns {
			turns = "oui, par l’équipe"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Name}, {Text: c.Rule}, {Text: w.Text(c.Code)}, {Text: turns}}})
	}
	return t
}

func stateCell(r panorama.ScaleRule) ui.Cell {
	switch r.State {
	case panorama.Keyed:
		return ui.Cell{Text: "clé"}
	case panorama.Substitute:
		return ui.Cell{Text: "estimation", Mark: ui.Estimated}
	}
	return ui.Cell{Text: "non réparti", Mark: ui.Outlined}
}

// states is the table of the three states of each lever at each scale.
func states(m *panorama.Model) ui.Table {
	t := ui.Table{ID: "etats", Caption: "Comment chaque levier se répartit sous la région, sans donnée importée",
		Columns: []ui.Column{{Label: "Levier"}, {Label: "Département"}, {Label: "Intercommunalité"}, {Label: "Commune"}, {Label: "Pourquoi", Wide: true}}}
	for _, l := range m.Framework().Levers(framework.National) {
		dep := m.Reference().Rule(l.Code, territory.Department)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: l.ShortName, Href: wording.LeverPath(l.Code)}, stateCell(dep), stateCell(m.Reference().Rule(l.Code, territory.EPCI)),
			stateCell(m.Reference().Rule(l.Code, territory.CommuneS)), {Text: dep.Reason},
		}})
	}
	return t
}

// keys is the State's key of each lever and how well it is recomputed.
func keys(m *panorama.Model, report panorama.Report) ui.Table {
	t := ui.Table{ID: "cles", Caption: "La clé de l’État pour chaque levier, de la nation aux régions",
		Columns: []ui.Column{{Label: "Levier"}, {Label: "Clé de répartition", Wide: true}, {Label: "Producteur"}, {Label: "Écart au calcul de Jalon", Unit: "points", Number: true}}}
	for _, l := range report.Lines {
		gap := ui.Cell{Missing: l.KeyGap.Reason}
		if l.KeyGap.Known {
			gap = ui.Cell{Text: french.Number(l.KeyGap.V, 3)}
		}
		lever, err := m.Framework().Lever(l.Lever)
		if err != nil {
			continue
		}
		k := m.Reference().Official[l.Lever]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: lever.ShortName, Href: wording.LeverPath(l.Lever)}, {Text: k.Label}, {Text: k.Producer}, gap}})
	}
	return t
}

func residuals(report panorama.Report) ui.Table {
	t := ui.Table{ID: "ecarts", Caption: "Leviers dont la somme des régions (décembre 2023) n’est pas l’objectif national",
		Columns: []ui.Column{{Label: "Levier"}, {Label: "Écart", Unit: "kt", Number: true}, {Label: "Explication", Wide: true}}}
	for _, l := range report.Lines {
		if l.Named != "" {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Name}, {Text: french.Kt(int64(l.Residual), 1)}, {Text: l.Named}}})
		}
	}
	return t
}

func amountCell(a panorama.Amount) ui.Cell {
	if !a.Known {
		return ui.Cell{Missing: a.Reason}
	}
	return ui.Cell{Text: french.Kt(int64(a.Kg), 1), Exact: wording.Exact(a.Kg)}
}

func adjusted(m *panorama.Model) ui.Table {
	t := ui.Table{ID: "ajustements", Caption: "Valeurs ajustées par l’État entre décembre 2023 et juillet 2024",
		Columns: []ui.Column{{Label: "Région"}, {Label: "Levier"}, {Label: "Décembre 2023", Unit: "kt", Number: true}, {Label: "Juillet 2024", Unit: "kt", Number: true}, {Label: "Raison", Wide: true}}}
	for _, a := range m.Reference().Adjusted {
		region, err := m.Tree().Region(a.Region)
		if err != nil {
			continue
		}
		name := a.Lever
		if l, err := m.Framework().Lever(a.Lever); err == nil {
			name = l.ShortName
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: region.Name}, {Text: name}, amountCell(a.From), amountCell(a.To), {Text: a.Reason}}})
	}
	return t
}

// coverage says which imported keys are applied, and what the others lack.
func coverage(m *panorama.Model, report panorama.Report) ui.Table {
	t := ui.Table{ID: "imports", Caption: "Clés importées dans cette installation",
		Columns: []ui.Column{{Label: "Clé"}, {Label: "Année", Number: true}, {Label: "Région"}, {Label: "Effet", Wide: true}}}
	for _, c := range report.Coverages {
		name, label := c.Region, c.Key
		if r, err := m.Tree().Region(c.Region); err == nil {
			name = r.Name
		}
		if k, ok := m.Reference().Keys[c.Key]; ok {
			label = k.Label
		}
		effect := "appliquée, par " + c.Scale.Label()
		if c.Scale == "" {
			var missing []string
			for _, ref := range c.Missing[:min(3, len(c.Missing))] {
				missing = append(missing, ref.Code)
			}
			effect = "non appliquée : il manque " + french.Integer(len(c.Missing)) + " " + french.Plural(len(c.Missing), "territoire", "territoires") + " (" + strings.Join(missing, ", ")
			if len(c.Missing) > 3 {
				effect += "…"
			}
			effect += ")"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: label}, {Text: strconv.Itoa(c.Year)}, {Text: name}, {Text: effect}}})
	}
	return t
}

func (d Deps) glossary(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	terms := slices.Clone(m.Framework().Glossary())
	slices.SortFunc(terms, func(a, b framework.Term) int {
		return strings.Compare(french.SortKey(a.Term), french.SortKey(b.Term))
	})
	page := d.Shell.Page(r, "Glossaire : les mots de la planification écologique", "Levier, clé de répartition, EPCI, ktCO₂e : chaque mot en une phrase.",
		ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: "Glossaire", Href: "/glossaire"})
	return d.Shell.Render(w, r, page, glossaryPage(terms))
}

// anchor is the address of a term in the glossary.
func anchor(term string) string {
	return strings.ReplaceAll(french.Fold(term), " ", "-")
}

package restitutions

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/web/shell"
)

// tableCSV is a table that can be taken away.
type tableCSV struct{ Code, Label string }

// csvTables lists them; those of the nation are by region too.
func csvTables(nation bool) []tableCSV {
	out := []tableCSV{{"leviers", "Les leviers et leur famille"}, {"actions", "Les actions et leur engagement"}, {"freins-besoins", "Freins et besoins cités"}, {"types", "Les leviers par type de collectivité"}, {"reponses", "Réponses par groupe"}}
	if nation {
		return append(out, tableCSV{"regions", "Les leviers par région"})
	}
	return append(out, tableCSV{"departements", "Les leviers par département"}, tableCSV{"tailles", "Les leviers par taille d’intercommunalité"})
}

func (d Deps) regionCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	return d.send(w, r, x)
}

func (d Deps) nationalCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.nation(r)
	if err != nil {
		return err
	}
	return d.send(w, r, x)
}

func (d Deps) send(w http.ResponseWriter, r *http.Request, x reading) error {
	if x.empty != "" {
		return apperr.NotFoundf("%s", x.empty)
	}
	if err := x.mayTake(shell.Actor(r), ""); err != nil {
		return err
	}
	code, ok := strings.CutSuffix(r.PathValue("table"), ".csv")
	if !ok {
		return apperr.NotFoundf("Ce tableau n’existe pas. La page de la restitution les liste.")
	}
	rows, err := x.csvRows(code)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.Comma = ';'
	out.UseCRLF = true
	for _, row := range rows {
		for i := range row {
			row[i] = exchange.Inert(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	if out.Flush(); out.Error() != nil {
		return out.Error()
	}
	name := "restitution-" + code
	if x.region.Slug != "" {
		name += "-" + x.region.Slug
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+"-"+x.Day(d.Now())+`.csv"`)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, err = w.Write(b.Bytes())
	return err
}

var leverHead = []string{"groupe", "levier", "nom", "famille", "classement", "pertinence", "pertinence_bas", "pertinence_haut", "mobilisation", "mobilisation_bas", "mobilisation_haut", "ont_note_pertinence", "ont_note_mobilisation", "interrogees", "repondu", "pas_notre_competence", "rien_note", "notes_non_concerne", "actions_sans_note"}

func (x reading) csvRows(code string) ([][]string, error) {
	switch code {
	case "leviers":
		return append([][]string{leverHead}, x.leverRows(x.who(), x.group)...), nil
	case "types", "departements", "tailles", "regions":
		d := map[string]restitution.Dimension{"types": restitution.ByKind, "departements": restitution.ByDepartment, "tailles": restitution.BySize, "regions": restitution.ByRegion}[code]
		out := [][]string{leverHead}
		for _, g := range x.Cut(d) {
			out = append(out, x.leverRows(g.Name(d, x.tree), g)...)
		}
		return out, nil
	case "reponses":
		out := [][]string{{"dimension", "groupe", "reponses_validees", "destinataires"}}
		add := func(dim, name string, g restitution.Group) {
			out = append(out, []string{dim, name, whole(g.Answers), whole(g.Population)})
		}
		add("ensemble", "Toutes les collectivités", x.Whole())
		dims := []restitution.Dimension{restitution.ByKind, restitution.ByDepartment}
		if x.region.Code == "" {
			dims = []restitution.Dimension{restitution.ByKind, restitution.ByRegion}
		}
		for _, d := range dims {
			for _, g := range x.Cut(d) {
				add(string(d), g.Name(d, x.tree), g)
			}
		}
		return out, nil
	case "actions":
		out := [][]string{{"groupe", "levier", "action", "nom", "sorte", "engagees_ou_deployees", "concernees", "part"}}
		for _, r := range x.group.Implemented() {
			n, of := r.Engaged()
			out = append(out, []string{x.who(), r.Lever.Code, r.Row.ID, r.Row.Label, r.Row.Step.Name(), whole(n), whole(of), decimal(100*float64(n)/float64(of), 1)})
		}
		return out, nil
	case "freins-besoins":
		out := [][]string{{"groupe", "levier", "question", "option", "nom", "cite_par", "ont_repondu"}}
		for i := range x.Layout.Levers {
			obstacles, n := x.group.Obstacles(i)
			needs, m := x.group.Needs(i)
			for k, all := range [][]restitution.Ticked{obstacles, needs} {
				total := []int{n, m}[k]
				if total == 0 || x.Public && total < restitution.Fewest {
					continue
				}
				for _, o := range all {
					out = append(out, []string{x.who(), x.Layout.Levers[i].Code, []string{"frein", "besoin"}[k], o.Code, o.Label, whole(o.N), whole(total)})
				}
			}
		}
		return out, nil
	}
	return nil, apperr.NotFoundf("Ce tableau n’existe pas. La page de la restitution les liste.")
}

// leverRows are the levers of a group; what is not known, or not told, is an empty
// cell, never a zero.
func (x reading) leverRows(name string, g restitution.Group) [][]string {
	var out [][]string
	for _, s := range report.SortLevers(g, x.Thresholds()) {
		firm := "ferme"
		if s.Stability.Fragile {
			firm = "fragile"
		}
		row := []string{name, s.Lever.Code, s.Lever.Title, s.Family.Name(), firm}
		if s.Family == restitution.Unsorted {
			row[4] = ""
		}
		for _, a := range []restitution.Axis{restitution.Relevance, restitution.Mobilisation} {
			if y := s.Scores[a]; y.Known {
				row = append(row, decimal(100*y.Value, 2), decimal(100*y.Low, 2), decimal(100*y.High, 2))
			} else {
				row = append(row, "", "", "")
			}
		}
		if s.Hidden {
			row = append(row, "", "", whole(s.Population), "", "", "", "", "")
		} else {
			row = append(row, whole(s.Scores[restitution.Relevance].N), whole(s.Scores[restitution.Mobilisation].N), whole(s.Population), whole(s.Answers), whole(s.Skipped), whole(s.Silent), whole(s.Out), whole(s.Blank))
		}
		out = append(out, row)
	}
	return out
}

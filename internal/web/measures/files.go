package measures

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"jalon/internal/exchange"
	"jalon/internal/support"
)

// openChart is the open schema of a cartography: steps, each with its actions, then the
// aids and the resources with the steps that they serve.
type openChart struct {
	Lever     string          `json:"levier"`
	Code      string          `json:"code"`
	Region    string          `json:"region,omitempty"`
	Warning   string          `json:"avertissement"`
	Steps     map[string]step `json:"etapes_types"`
	Aids      []openAid       `json:"aides"`
	Resources []openResource  `json:"ressources"`
}

type step struct {
	Name    string       `json:"nom"`
	Aims    []string     `json:"objectifs"`
	Actions []openAction `json:"actions"`
}

type openAction struct {
	ID       string   `json:"id"`
	Text     string   `json:"texte"`
	For      []string `json:"publics"`
	Region   string   `json:"region,omitempty"`
	Reviewed string   `json:"relu_le"`
}

type openAid struct {
	ID      string   `json:"id"`
	Name    string   `json:"nom"`
	Holder  string   `json:"porteur"`
	Types   string   `json:"type_de_support"`
	Link    string   `json:"lien,omitempty"`
	Checked string   `json:"vue_le,omitempty"`
	Steps   []string `json:"etapes_applicables"`
}

type openResource struct {
	ID        string   `json:"id"`
	Title     string   `json:"titre"`
	Publisher string   `json:"editeur"`
	Link      string   `json:"lien,omitempty"`
	Region    string   `json:"region,omitempty"`
	Steps     []string `json:"etapes_applicables"`
}

const warning = "Ni exhaustif, ni un classement."

func (c chart) open() openChart {
	out := openChart{Lever: c.Lever.Name, Code: c.Lever.Code, Region: c.Region.Code, Warning: warning, Steps: map[string]step{}, Aids: []openAid{}, Resources: []openResource{}}
	seen := map[string]bool{}
	for _, x := range c.Cells {
		s := step{Name: x.Name, Aims: []string{}, Actions: []openAction{}}
		for _, y := range x.Aims {
			s.Aims = append(s.Aims, y.Text)
		}
		for _, y := range x.Actions {
			s.Actions = append(s.Actions, openAction{ID: y.ID, Text: y.Text, For: append([]string{}, y.Audience...), Region: y.Region, Reviewed: y.Reviewed})
		}
		out.Steps[x.Step] = s
		for _, a := range x.Aids {
			if !seen[a.ID] {
				seen[a.ID] = true
				out.Aids = append(out.Aids, openAid{ID: a.ID, Name: a.Name, Holder: a.Holder, Types: a.Types, Link: a.Link, Checked: a.Checked, Steps: a.Steps})
			}
		}
		for _, y := range x.Resources {
			out.Resources = append(out.Resources, openResource{ID: y.ID, Title: y.Text, Publisher: y.Publisher, Link: y.Link, Region: y.Region, Steps: []string{x.Step}})
		}
	}
	return out
}

// json gives the cartography of a lever in its open schema.
func (d Deps) json(w http.ResponseWriter, r *http.Request) error {
	c, _, err := d.chartOf(r)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(c.open()); err != nil {
		return err
	}
	return send(w, "application/json; charset=utf-8", "mesures-"+c.Lever.Code+".json", body.Bytes())
}

// csv gives it row by row.
func (d Deps) csv(w http.ResponseWriter, r *http.Request) error {
	c, _, err := d.chartOf(r)
	if err != nil {
		return err
	}
	set := exchange.Dataset{Name: "mesures-" + c.Lever.Code}
	for _, name := range []string{"levier", "etape", "nature", "texte", "publics_ou_porteur", "type_de_support", "lien", "region", "date"} {
		set.Fields = append(set.Fields, exchange.Field{Name: name})
	}
	set.Rows = func(yield func([]exchange.Datum, error) bool) {
		row := func(cells ...string) bool {
			out := []exchange.Datum{exchange.Text(c.Lever.Code)}
			for _, x := range cells {
				out = append(out, exchange.Text(x))
			}
			return yield(out, nil)
		}
		for _, x := range c.Cells {
			for _, list := range [][]support.Measure{x.Aims, x.Actions} {
				for _, y := range list {
					if !row(x.Step, y.Kind.Name(), y.Text, y.For(), "", y.Link, y.Region, y.Reviewed) {
						return
					}
				}
			}
			for _, a := range x.Aids {
				if !row(x.Step, "aide", a.Name, a.Holder, a.Types, a.Link, "", a.Checked) {
					return
				}
			}
			for _, y := range x.Resources {
				if !row(x.Step, y.Kind.Name(), y.Text, y.Publisher, "", y.Link, y.Region, y.Reviewed) {
					return
				}
			}
		}
	}
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, set, ','); err != nil {
		return err
	}
	return send(w, "text/csv; charset=utf-8", strings.ToLower(set.Name)+".csv", body.Bytes())
}

func send(w http.ResponseWriter, media, name string, body []byte) error {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := w.Write(body)
	return err
}

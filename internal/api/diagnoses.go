package api

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/diagnosis"
	"jalon/internal/document"
	"jalon/internal/territory"
)

// conference finds the COP of the region of a path, in a cycle: the first one unless
// the query names another.
func (d Deps) conference(r *http.Request) (at place, region territory.Region, c cop.COP, err error) {
	q, err := query(r, "cycle")
	if err != nil {
		return at, region, c, err
	}
	ref, err := territory.ParseRef(r.PathValue("territory"))
	if err != nil {
		return at, region, c, err
	}
	if ref.Scale != territory.RegionS {
		return at, region, c, apperr.Invalidf("Les thèmes et les diagnostics sont ceux d’une région\u00a0: écrivez par exemple region:44.")
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return at, region, c, err
	}
	t, err := m.Tree().Lookup(ref)
	if err != nil {
		return at, region, c, err
	}
	if region, err = m.Tree().Region(ref.Code); err != nil {
		return at, region, c, err
	}
	cycle := q.Get("cycle")
	if cycle == "" {
		cycle = cop.First
	}
	c, err = cop.FindIn(r.Context(), d.Q, cycle, ref.String())
	return placeOf(t), region, c, err
}

type publishedEdition struct {
	Number      int64    `json:"number"`
	Title       string   `json:"title"`
	Day         string   `json:"day"`
	PublishedOn string   `json:"published_on"`
	SHA256      string   `json:"sha256"`
	Page        string   `json:"page"`
	Files       []fileOf `json:"files"`
}

type fileOf struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// diagnoses answers /api/v1/diagnoses/{territory}: the editions that both heads
// published, the newest first.
func (d Deps) diagnoses(w http.ResponseWriter, r *http.Request) error {
	at, region, c, err := d.conference(r)
	if err != nil {
		return err
	}
	all, err := composition.PublishedEditions(r.Context(), d.Q, composition.Diagnosis, c.ID, "")
	if err != nil {
		return err
	}
	out := struct {
		Territory place              `json:"territory"`
		Notice    string             `json:"notice"`
		Cycle     string             `json:"cycle"`
		Items     []publishedEdition `json:"items"`
	}{at, notice, c.Cycle, []publishedEdition{}}
	for _, e := range all {
		p, err := document.Find(r.Context(), d.Q, e.Publication)
		if err != nil {
			return err
		}
		x := publishedEdition{Number: e.Seq, Title: p.Title, Day: e.Day, PublishedOn: e.PublishedOn, SHA256: e.SHA256, Page: "/regions/" + region.Slug + "/diagnostic/editions/" + strconv.FormatInt(e.Seq, 10), Files: []fileOf{}}
		for _, f := range p.Manifest {
			x.Files = append(x.Files, fileOf{Name: f.Path, Path: x.Page + "/" + f.Path, Bytes: f.Size, SHA256: f.SHA256})
		}
		out.Items = append(out.Items, x)
	}
	return answer(w, out)
}

type themeOf struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Subject  string   `json:"subject,omitempty"`
	Themes   []string `json:"themes"`
	Levers   []string `json:"levers"`
	Priority bool     `json:"priority"`
	Reason   string   `json:"reason,omitempty"`
}

// themes answers /api/v1/themes/{territory}: the region's own list, and what both
// heads put first.
func (d Deps) themes(w http.ResponseWriter, r *http.Request) error {
	at, _, c, err := d.conference(r)
	if err != nil {
		return err
	}
	all, err := diagnosis.Themes(r.Context(), d.Q, c.ID)
	if err != nil {
		return err
	}
	last, _, err := diagnosis.LastChoice(r.Context(), d.Q, c.ID)
	if err != nil {
		return err
	}
	out := struct {
		Territory place     `json:"territory"`
		Cycle     string    `json:"cycle"`
		ChosenOn  string    `json:"chosen_on,omitempty"`
		SHA256    string    `json:"sha256,omitempty"`
		Items     []themeOf `json:"items"`
	}{at, c.Cycle, last.EndedOn, last.SHA256, []themeOf{}}
	for _, t := range all {
		x := themeOf{Name: t.Name, Kind: string(t.Kind), Subject: t.Subject, Themes: orEmpty(t.Maps), Levers: orEmpty(t.Levers), Priority: t.Priority}
		if t.Priority {
			x.Reason = t.Why
		}
		out.Items = append(out.Items, x)
	}
	return answer(w, out)
}

// orEmpty is a list that is never null.
func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

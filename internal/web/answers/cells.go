package answers

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
)

// cellIn is a cell as the page sends it.
type cellIn struct {
	Key     string            `json:"key"`
	Value   string            `json:"value"`
	Sheet   map[string]string `json:"sheet,omitempty"`
	Rev     int64             `json:"rev"`
	Reason  string            `json:"reason,omitempty"`
	Confirm bool              `json:"confirm,omitempty"`
}

// cellOut is what became of it.
type cellOut struct {
	Key     string `json:"key"`
	Verdict string `json:"verdict"`
	Value   string `json:"value"` // kept
	Shown   string `json:"shown"` // as a control shows it
	Said    string `json:"said"`  // in words
	Rev     int64  `json:"rev"`
	Message string `json:"message,omitempty"`
	Confirm string `json:"confirm,omitempty"`
	Reason  bool   `json:"reason,omitempty"` // a reason is asked
}

type cellsOut struct {
	At       string    `json:"at"`
	Cells    []cellOut `json:"cells"`
	Asked    int64     `json:"asked"`
	Rated    int64     `json:"rated"`
	Message  string    `json:"message,omitempty"`
	Shutting bool      `json:"stop,omitempty"` // sending again is of no use
}

// cells keeps what one types, cell by cell. Its errors are for the script of the
// page: it shows their sentence and keeps what was typed.
func (d Deps) cells(w http.ResponseWriter, r *http.Request) error {
	out, err := d.keepCells(r)
	status := http.StatusOK
	if err != nil {
		status = apperr.Status(err)
		if status >= http.StatusInternalServerError {
			return err
		}
		out = cellsOut{Message: apperr.Message(err), Shutting: true}
	}
	body, err := json.Marshal(out)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever left sends it again
	return nil
}

func (d Deps) keepCells(r *http.Request) (out cellsOut, err error) {
	s, err := d.seat(r)
	if err != nil {
		return out, err
	}
	var in struct {
		Cells []cellIn `json:"cells"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return out, apperr.New(apperr.TooLarge, err, "Votre envoi dépasse 1\u00a0Mo. Rien n’a été enregistré\u00a0: raccourcissez le texte, il est resté dans le champ.")
		}
		return out, apperr.New(apperr.Invalid, err, "Cet envoi ne peut pas être lu. Rechargez la page\u00a0: ce que vous venez d’écrire y revient.")
	}
	var changes []survey.Change
	for _, c := range in.Cells {
		if c.Sheet != nil {
			if c.Value, err = makeSheet(c.Sheet); err != nil {
				return out, err
			}
		}
		changes = append(changes, survey.Change{Key: shell.Clean(c.Key), Value: c.Value, Rev: c.Rev, Reason: shell.Clean(c.Reason), Confirm: c.Confirm})
	}
	kept, err := d.Room.Save(r.Context(), d.Q, s, r.PathValue("id"), changes)
	if err != nil {
		return out, err
	}
	return d.told(r, s, kept)
}

// told writes outcomes for the page. Only what a conflict must say reads more.
func (d Deps) told(r *http.Request, s survey.Seat, kept survey.Saving) (out cellsOut, err error) {
	x, p := kept.Response, kept.Path
	t := table{zone: d.zoneOf(r.Context(), x.COP), names: map[string]string{}}
	t.Seat, t.Path, t.Response = s, p, x
	out = cellsOut{At: d.clock(t, kept.At), Asked: kept.Asked, Rated: kept.Rated, Cells: []cellOut{}}
	for _, o := range kept.Outcomes {
		c, _ := p.Cell(o.Key)
		one := cellOut{Key: o.Key, Verdict: string(o.Verdict), Value: o.Value, Shown: display(c.Type, o.Value), Said: said(c, o.Value), Rev: o.Rev, Message: o.Message, Reason: o.Corrected() && o.Value != ""}
		switch {
		case o.Verdict == survey.Clash:
			if len(t.names) == 0 {
				seats, err := survey.Seats(r.Context(), d.Q, x.ID)
				if err != nil {
					return out, err
				}
				for _, y := range seats {
					t.names[y.ID] = y.Known()
				}
				t.Drafts = map[string]survey.Draft{o.Key: o.Draft}
				if err := d.nameAccounts(r.Context(), &t); err != nil {
					return out, err
				}
			}
			one.Message = d.clash(t, c, o)
		case o.Verdict == survey.ToSay && !(one.Reason && o.Reason == ""):
			one.Confirm = "Oui, c’est bien la valeur"
		}
		out.Cells = append(out.Cells, one)
	}
	return out, nil
}

package questions

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/debate/question"
)

// matrix is what figures were computed from, for who may read the debate.
func (d Deps) matrix(r *http.Request) (question.Matrix, error) {
	x, err := d.seen(r)
	if err != nil {
		return question.Matrix{}, err
	}
	return d.Room.Exported(r.Context(), x.Question)
}

// csv is one person a line and one statement a column: 1 agrees, -1 disagrees, 0
// passes, nothing was not answered. A column begins with its number, so that no
// spreadsheet takes a text for a formula.
func (d Deps) csv(w http.ResponseWriter, r *http.Request) error {
	m, err := d.matrix(r)
	if err != nil {
		return err
	}
	column := map[int]int{}
	var b bytes.Buffer
	b.WriteString("\ufeffpersonne")
	for i, c := range m.Statements {
		column[c.N] = i
		b.WriteString(`;"` + strconv.Itoa(c.N) + ". " + strings.ReplaceAll(c.Text, `"`, `""`) + `"`)
	}
	row := make([]string, len(m.Statements))
	at := 0
	for person := range m.People {
		clear(row)
		for ; at < len(m.Votes) && m.Votes[at][0] == person; at++ {
			if i, ok := column[m.Votes[at][1]]; ok {
				row[i] = strconv.Itoa(m.Votes[at][2])
			}
		}
		b.WriteString("\r\n" + strconv.Itoa(person+1))
		for _, x := range row {
			b.WriteByte(';')
			b.WriteString(x)
		}
	}
	b.WriteString("\r\n")
	return send(w, "text/csv; charset=utf-8", "votes-"+m.Debate+".csv", b.Bytes())
}

// json is the votes, the parameters and the figures: what computes them again.
func (d Deps) json(w http.ResponseWriter, r *http.Request) error {
	m, err := d.matrix(r)
	if err != nil {
		return err
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return send(w, "application/json", "votes-"+m.Debate+".json", body)
}

func send(w http.ResponseWriter, kind, name string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever left does not need to hear that they left
	return nil
}

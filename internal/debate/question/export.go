package question

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/opinion"
)

// Matrix is what figures were computed from, as anyone may take it away: who answered
// what, people without any name, in an order that tells nothing of when they came,
// with the parameters. Compute gives the figures again.
type Matrix struct {
	Debate     string          `json:"debate"`
	Title      string          `json:"title"`
	Question   string          `json:"question"`
	ComputedAt time.Time       `json:"computed_at"`
	Options    opinion.Options `json:"options"`
	// Before is what the computation before left, so that groups keep their letter.
	Before     opinion.State `json:"before"`
	People     int           `json:"people"` // rows, numbered from 0
	Statements []Column      `json:"statements"`
	// Votes are [person, statement, answer]: 1 agrees, -1 disagrees, 0 passes. What is
	// not there was not answered.
	Votes [][3]int `json:"votes"`
	// Figures are those that were shown then.
	Figures Figures `json:"figures"`
}

// Column is a statement of a matrix.
type Column struct {
	N    int    `json:"n"`
	Text string `json:"text"`
}

// Compute gives the figures of a matrix again. Those by college and territory, and by
// day, are not in it: a matrix holds nothing that people said of themselves.
func (x Matrix) Compute() (Figures, error) {
	shown, most := make([]Statement, len(x.Statements)), 0
	for i, c := range x.Statements {
		shown[i] = Statement{N: int64(c.N), Text: c.Text}
		most = max(most, c.N)
	}
	v, err := opinion.Collect(x.People, most+1, len(x.Votes), func(yield func(opinion.Vote) bool) {
		for _, y := range x.Votes {
			if !yield(opinion.Vote{Participant: int32(y[0]), Statement: int32(y[1]), Value: int8(y[2])}) {
				return
			}
		}
	})
	if err != nil {
		return Figures{}, err
	}
	f := figuresOf(v, opinion.Refresh(v, x.Options, x.Before), shown)
	f.At = x.ComputedAt
	return f, nil
}

// head is what stands before the votes of a packed matrix.
type head struct {
	People     int           `json:"people"`
	Before     opinion.State `json:"before"`
	Statements []Column      `json:"statements"`
}

// pack writes the matrix of a computation: its head, then for each person the number
// of answers and, for each, how far its statement is from the one before, and the
// answer.
func (in matrix) pack() ([]byte, error) {
	h := head{People: len(in.seats), Before: in.before}
	for _, s := range in.shown {
		h.Statements = append(h.Statements, Column{int(s.N), s.Text})
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	out := append(binary.AppendUvarint(nil, uint64(len(text))), text...)
	person, row := int32(0), []byte(nil)
	n, last := uint64(0), int32(0)
	flush := func(to int32) {
		for ; person < to; person++ {
			out = append(binary.AppendUvarint(out, n), row...)
			n, row, last = 0, row[:0], 0
		}
	}
	for v := range in.votes.All() {
		flush(v.Participant)
		row = binary.AppendUvarint(row, uint64(v.Statement-last)<<2|uint64(v.Value+1))
		n, last = n+1, v.Statement
	}
	flush(int32(len(in.seats)))
	return out, nil
}

var errPacked = errors.New("question: a packed matrix is cut short")

// unpack reads what pack wrote, and calls put with each answer.
func unpack(b []byte, put func(person, statement, value int)) (h head, err error) {
	next := func() uint64 {
		x, n := binary.Uvarint(b)
		if n <= 0 {
			err = errPacked
			return 0
		}
		b = b[n:]
		return x
	}
	size := next()
	if err != nil || size > uint64(len(b)) {
		return h, errPacked
	}
	if err := json.Unmarshal(b[:size], &h); err != nil {
		return h, err
	}
	b = b[size:]
	for person := range h.People {
		at := 0
		for range next() {
			x := next()
			if err != nil {
				return h, err
			}
			at += int(x >> 2)
			put(person, at, int(x&3)-1)
		}
	}
	return h, err
}

// Exported is the matrix that the figures shown were computed from.
func (m *Room) Exported(ctx context.Context, x Question) (out Matrix, err error) {
	defer apperr.Wrap(&err, "question.Exported(%s)", x.ID)
	var body string
	var packed []byte
	err = m.DB.QueryRow(ctx, `SELECT body, matrix FROM debate_result WHERE debate = $1`, x.Num).Scan(&body, &packed)
	if err = db.OrNotFound(err, "Rien n’a encore été calculé pour ce débat\u00a0: il n’y a pas encore de fichier."); err != nil {
		return out, err
	}
	if err := json.Unmarshal([]byte(body), &out.Figures); err != nil {
		return out, err
	}
	if !out.Figures.Enough() {
		return out, apperr.NotFoundf("Moins de %d personnes ont voté\u00a0: les votes ne sont pas encore publiés.", LeastPeople)
	}
	out.Debate, out.Title, out.Question, out.ComputedAt, out.Options = x.ID, x.Title, x.Question, out.Figures.At, x.Options()
	h, err := unpack(packed, func(person, statement, value int) {
		out.Votes = append(out.Votes, [3]int{person, statement, value})
	})
	out.People, out.Before, out.Statements = h.People, h.Before, h.Statements
	return out, err
}

// ReadMatrix reads an exported matrix.
func ReadMatrix(r io.Reader) (x Matrix, err error) {
	return x, json.NewDecoder(r).Decode(&x)
}

package exchange

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// longCell is a cell of a form as its rows begin: by the code of an option, or
// for whatever is written.
type longCell struct {
	codes  [][]byte
	pieces [][]byte // key, label, code, label of the option
	many   bool     // several choices: a row for each
	head   []byte   // key, label, of what is not closed
	number bool     // written with a comma: beside «;» a point would make Excel read a day
}

// writeSurveyLong writes one answer a row, read from the documents: the class and
// the source of each answer stand there. A question of several choices has a row
// for each option that was ticked.
func writeSurveyLong(ctx context.Context, w io.Writer, x survey.Extract) (rows int64, err error) {
	forms := map[string]map[string]*longCell{}
	for _, f := range x.Forms {
		forms[formKey(f.Code, int64(f.Version))] = longCells(f, x.Texts)
	}
	out := make([]byte, 0, 1<<20)
	out = append(out, bom...)
	out = append(out, strings.Join(longColumns, ";")...)
	out = append(out, "\r\n"...)
	var before, after, tail []byte
	err = x.Each(ctx, func(a *survey.Answered) error {
		cells, ok := forms[formKey(a.Form, a.FormVersion)]
		if !ok {
			return noForm(a)
		}
		before = csvCells(before[:0], a.Authority, a.SIREN, a.INSEE, a.Name, a.Kind.Name(), a.Region, a.Department, sizeName(a.Size), a.Form)
		before = append(strconv.AppendInt(before, a.FormVersion, 10), ';')
		after = a.At.AppendFormat(after[:0], "2006-01-02")
		after = append(append(append(after, ';'), validatedBy(a.Role)...), "\r\n"...)
		err := eachAnswer(a.Doc, func(one frozen) error {
			key, _ := bare(one.key)
			c, ok := cells[string(key)]
			if !ok { // not asked in this export, or only a mark of progress
				return nil
			}
			class, _ := bare(one.class)
			tail = append(append(tail[:0], class...), ';')
			if len(one.source) > 2 {
				source, err := unquote(one.source)
				if err != nil {
					return err
				}
				tail = csvText(tail, source)
			}
			tail = append(append(tail, ';'), after...)
			value, plain := bare(one.value)
			if c.head != nil {
				text := string(value)
				if !plain {
					var err error
					if text, err = unquote(one.value); err != nil {
						return err
					}
				}
				out = append(append(out, before...), c.head...)
				out = append(append(appendCSV(out, Datum{Text: text, Number: c.number}, 0, ','), ";;"...), tail...)
				rows++
				return nil
			}
			for len(value) > 0 {
				code := value
				value = nil
				if i := bytes.IndexByte(code, ' '); c.many && i >= 0 {
					code, value = code[:i], code[i+1:]
				}
				for i := range c.codes {
					if bytes.Equal(c.codes[i], code) {
						out = append(append(append(out, before...), c.pieces[i]...), tail...)
						rows++
						break
					}
				}
			}
			return nil
		})
		if err == nil && len(out) >= 512<<10 {
			_, err = w.Write(out)
			out = out[:0]
		}
		return err
	})
	if err != nil {
		return rows, err
	}
	_, err = w.Write(out)
	return rows, err
}

func longCells(f questionnaire.Form, texts bool) map[string]*longCell {
	out := map[string]*longCell{}
	labels := cellLabels(f)
	for _, c := range f.Cells() {
		one := &longCell{many: c.Type == questionnaire.Choices}
		switch {
		case c.Closed():
			for _, o := range c.Options {
				one.codes, one.pieces = append(one.codes, []byte(o.Code)), append(one.pieces, csvCells(nil, c.Key, labels[c.Key], o.Code, o.Label))
			}
		case free(c.Type) && !texts:
			continue
		default:
			one.head, one.number = csvCells(nil, c.Key, labels[c.Key]), c.Type == questionnaire.Number
		}
		out[c.Key] = one
	}
	return out
}

package exchange

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/intake"
)

// judgeAdaptation judges one row that was kept; false for the head of the table.
func judgeAdaptation(judge *adaptation.Incoming, columns []string, l intake.Line) (row intake.Row, ok bool) {
	if l.Verdict == intake.Error { // it could not be read at all
		return intake.Row{Line: l.Line, Col: l.Col, Verdict: l.Verdict, Reason: l.Reason}, true
	}
	var raw AdaptationRow
	if err := json.Unmarshal(l.Data, &raw); err != nil {
		return intake.Refuse(l.Line, apperr.New(apperr.Invalid, err, "Cette ligne ne se relit pas\u00a0: envoyez le fichier de nouveau.")), true
	}
	if len(raw.Header) > 0 {
		return intake.Row{}, false
	}
	values := map[string]string{}
	for i, key := range columns {
		if key != Ignored && i < len(raw.Cells) {
			values[key] = raw.Cells[i]
		}
	}
	refuse := func(err error) (intake.Row, bool) {
		r := intake.Refuse(l.Line, err)
		var f *adaptation.Fault
		if errors.As(err, &f) {
			key, _, _ := strings.Cut(f.Field, "_")
			r.Col = slices.Index(columns, key) + 1
		}
		r.Data = Refused{Cells: raw.Cells}
		return r, true
	}
	if text := values["ends"]; text != "" {
		day, err := ParseWhen(text)
		if err != nil {
			return refuse(&adaptation.Fault{Field: "ends", Message: "«\u00a0" + clip(text) + "\u00a0»\u00a0: " + err.Error() + "."})
		}
		values["ends"] = day
	}
	x, remark, err := judge.Row(l.Line, values)
	if err != nil {
		return refuse(err)
	}
	remarks := raw.Remarks
	if remark != "" {
		remarks = append(remarks, remark)
	}
	if len(remarks) > 0 {
		return intake.Warn(l.Line, x, strings.Join(remarks, "\u00a0; ")), true
	}
	return intake.Accept(l.Line, x), true
}

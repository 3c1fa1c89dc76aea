package exchange

import (
	"cmp"
	"context"
	"iter"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/intake"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// StageActions stages a file of actions, each row with its verdict.
func StageActions(ctx context.Context, m *action.Room, model *panorama.Model, a policy.Actor, c cop.COP, f *ActionFile, u action.Upload) (run intake.Run, err error) {
	defer apperr.Wrap(&err, "exchange.StageActions(%s)", u.Name)
	judge, err := m.Judge(ctx, m.DB, model, c, u.Chosen.Choices)
	if err != nil {
		return run, err
	}
	return m.Intake.Stage(ctx, m.DB, intake.File{Kind: action.RunKind(c.ID), Name: u.Name, SHA256: u.SHA256, By: a.Person, Again: u.Chosen.Again}, JudgeActions(f, judge, action.Referee(a, c)), nil)
}

// JudgeActions gives each row its verdict, at its line and column. may, when it is
// there, judges the right to bring an action. What is refused keeps its cells, so that
// it goes out again to be mended.
func JudgeActions(f *ActionFile, judge *action.Incoming, may func(action.Action) error) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for r, err := range f.Read() {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			if !yield(r.judge(judge, may), nil) {
				return
			}
		}
	}
}

func (r ActionRow) judge(judge *action.Incoming, may func(action.Action) error) intake.Row {
	err := r.Err
	var x action.Incomer
	if err == nil {
		x, err = judge.Row(r.Received)
	}
	if err == nil && may != nil && x.Do != action.DoLeave && x.Do != action.DoTask {
		err = may(x.Action)
	}
	if err != nil {
		row := intake.Refuse(r.Line, r.place(err))
		row.Data = Refused{Cells: r.Raw}
		return row
	}
	remarks := r.Remarks
	if x.Warning != "" {
		remarks = append(remarks, x.Warning)
	}
	if len(remarks) == 0 {
		return intake.Accept(r.Line, x)
	}
	return intake.Warn(r.Line, x, strings.Join(remarks, "\u00a0; "))
}

// RefusedActions is a sheet of the rows to mend: the columns of the file that was sent,
// after the line, the column and the reason.
func RefusedActions(name string, header []string, lines iter.Seq2[intake.Line, error], cells func(intake.Line) []string) Dataset {
	d := Dataset{Name: name, Title: "Lignes refusées, à corriger et à renvoyer", Note: "Corrigez les cellules, puis renvoyez ce classeur\u00a0: les trois premières colonnes sont laissées de côté.", Source: "Jalon",
		Fields: []Field{{Name: refusedHeads[0], Label: "ligne du fichier envoyé"}, {Name: refusedHeads[1], Label: "colonne fautive"}, {Name: refusedHeads[2], Label: "raison du refus"}}}
	for i, h := range header {
		d.Fields = append(d.Fields, Field{Name: cmp.Or(h, headerName(h, i)), Label: h})
	}
	d.Rows = func(yield func([]Datum, error) bool) {
		for l, err := range lines {
			if err != nil {
				yield(nil, err)
				return
			}
			row := []Datum{Integer(l.Line), Text(""), Text(l.Reason)}
			if l.Col > 0 && l.Col <= len(header) {
				row[1] = Text(header[l.Col-1])
			}
			for _, c := range cells(l) {
				row = append(row, Text(c))
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return d
}

// refusedHeads head what a file of refused rows adds; sent back, they hold nothing.
var refusedHeads = [3]string{"Jalon\u00a0: ligne", "Jalon\u00a0: colonne", "Jalon\u00a0: raison"}

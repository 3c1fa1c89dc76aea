package exchange

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/survey"
)

// formLimits bound a form that came back: a few hundred rows are asked.
func formLimits() Limits {
	l := UploadLimits()
	l.Size, l.Expanded, l.Rows, l.Columns, l.Strings = 8<<20, 64<<20, 5_000, 60, 16<<20
	return l.orDefault()
}

// ReadSurveyForm reads a workbook that should be a form of Jalon. What is wrong with
// a line is a note; what is wrong with the file is the error. Rows are known by
// their key, wherever they stand.
func ReadSurveyForm(name string, r io.ReaderAt, size int64) (f survey.FormFile, err error) {
	limits := formLimits()
	if size > limits.Size {
		return f, tooLarge(name, limits.Size)
	}
	head := make([]byte, 8)
	if n, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) || sniff(head[:n]) != "zip" {
		if kind := sniff(head[:n]); kind != "" {
			return f, apperr.Invalidf("%s\u00a0: ce fichier est %s. Renvoyez le formulaire enregistré en XLSX.", name, kind)
		}
		return f, apperr.Invalidf("%s\u00a0: ce fichier n’est pas un classeur XLSX. Renvoyez le formulaire téléchargé depuis Jalon, enregistré en XLSX.", name)
	}
	b, err := openArchive(name, r, size, limits)
	if err != nil {
		return f, err
	}
	for part := range b.parts {
		if strings.HasSuffix(part, "vbaproject.bin") {
			return f, apperr.Invalidf("%s\u00a0: ce classeur contient des macros, il n’a pas été lu. Enregistrez-le en «\u00a0Classeur Excel (.xlsx)\u00a0», sans macro.", name)
		}
	}
	wb, err := b.workbook()
	if err != nil {
		return f, err
	}
	have := map[string]string{}
	for _, s := range wb.sheets {
		have[s.name] = s.target
	}
	if have[formSeal] == "" || have[formSheet] == "" {
		return f, apperr.Invalidf("%s\u00a0: ce classeur n’est pas un formulaire de Jalon (feuilles «\u00a0%s\u00a0» et «\u00a0%s\u00a0» attendues). Téléchargez le formulaire de la collectivité et recopiez-y les réponses.", name, formSheet, formSeal)
	}
	words, err := b.sharedStrings(wb.strings)
	if err != nil {
		return f, err
	}
	dates, err := b.dateStyles(wb.styles)
	if err != nil {
		return f, err
	}
	each := func(target string, do func(Row)) error {
		part, err := b.open(target)
		if err != nil {
			return err
		}
		s := &sheetReader{marks: newMarks(part), name: name, limits: limits, words: words, dates: dates, since1904: wb.since1904}
		for {
			row, err := s.next()
			if errors.Is(err, io.EOF) {
				return part.Close()
			}
			if err != nil {
				return errors.Join(err, part.Close())
			}
			do(row)
		}
	}
	if err := each(have[formSeal], func(row Row) { identifyForm(&f, row) }); err != nil {
		return f, err
	}
	return f, each(have[formSheet], func(row Row) { readFormRow(&f, row) })
}

// identifyForm reads a row of the hidden sheet.
func identifyForm(f *survey.FormFile, row Row) {
	if len(row.Cells) < 2 {
		return
	}
	value := trimSpaces(row.Cells[1])
	switch trimSpaces(row.Cells[0]) {
	case "reponse":
		f.Response = value
	case "questionnaire":
		f.Form = value
	case "version":
		f.Version, _ = strconv.ParseInt(value, 10, 64) // what is no number has no signature either
	case "signature":
		f.Seal = value
	}
}

// readFormRow reads a row that has keys: an answer stands under each, from the
// fourth column on.
func readFormRow(f *survey.FormFile, row Row) {
	if len(row.Cells) == 0 || row.Line == 1 {
		return
	}
	keys := strings.Fields(row.Cells[0])
	var marks []string
	if len(row.Cells) > 1 {
		marks = strings.Fields(row.Cells[1])
	}
	if row.Fault != nil && len(keys) > 0 {
		f.Notes = append(f.Notes, survey.FormNote{Line: row.Line, Col: row.Fault.Col, Value: row.Fault.Value, Reason: capital(row.Fault.Reason) + ". Cette ligne n’a pas été reprise."})
		return
	}
	if len(keys) == 0 && row.kind(0) != cellFormula {
		loose(f, row)
		return
	}
	for i, key := range keys {
		at := 3 + i
		if at >= len(row.Cells) {
			break
		}
		text := strings.TrimSpace(row.Cells[at])
		kind := row.kind(at)
		if text == "" && kind != cellFormula {
			continue
		}
		switch kind {
		case cellFormula:
			f.Notes = append(f.Notes, survey.FormNote{Line: row.Line, Col: at + 1, Value: clip(text), Reason: "Cette case contient une formule, qui n’est pas lue : remplacez-la par sa valeur."})
			continue
		case cellFault:
			f.Notes = append(f.Notes, survey.FormNote{Line: row.Line, Col: at + 1, Value: clip(text), Reason: "Cette case contient une erreur de calcul : écrivez la réponse."})
			continue
		}
		c := survey.FormCell{Line: row.Line, Col: at + 1, Key: key, Text: text}
		if i < len(marks) {
			c.Mark = marks[i]
		}
		f.Cells = append(f.Cells, c)
	}
}

// loose says that something was written where no question is: a row whose key was
// emptied, or one that was added below.
func loose(f *survey.FormFile, row Row) {
	const most = 200
	for at := 3; at < len(row.Cells); at++ {
		if row.kind(at) == cellText && row.Cells[at] != "" && len(row.Cells) > 2 && row.Cells[2] == "" && len(f.Notes) < most {
			f.Notes = append(f.Notes, survey.FormNote{Line: row.Line, Col: at + 1, Value: clip(row.Cells[at]), Reason: "Cette ligne ne porte la clé d’aucune question. La valeur n’a pas été reprise."})
			return
		}
	}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

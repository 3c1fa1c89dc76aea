package exchange

import (
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"

	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// The sheets of a form. What says whose it is stands in one that spreadsheets do
// not show.
const (
	formSheet = "Questionnaire"
	formLists = "Listes"
	formSeal  = "jalon"
	formHelp  = "Lisez-moi"
)

// Styles of a form: plain, bold, an answer that can be written, a title, wrapped.
const formStyles = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="14"/><name val="Calibri"/></font></fonts>` +
	`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFF7DB"/><bgColor indexed="64"/></patternFill></fill></fills>` +
	`<borders count="2"><border/><border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf xfId="0"><alignment vertical="top" wrapText="1"/></xf><xf xfId="0" fontId="1" applyFont="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf xfId="0" numFmtId="49" fillId="2" borderId="1" applyFill="1" applyBorder="1" applyProtection="1" applyAlignment="1" applyNumberFormat="1"><alignment vertical="top" wrapText="1"/><protection locked="0"/></xf><xf xfId="0" fontId="2" applyFont="1"/><xf xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>`

// formBook is the workbook of one authority being written.
type formBook struct {
	paper survey.PaperForm
	out   []byte
	line  int
	wide  int              // columns of answers
	lists []string         // each: the labels of a list, joined
	at    map[string]int   // list → its column in formLists
	where map[int][]string // list → cells that take it
	form  questionnaire.Form

	choices map[string][]questionnaire.Option
}

// WriteSurveyForm makes the workbook of one authority: protected but for its
// answers, with a list for each closed one, filled with what is answered already.
func WriteSurveyForm(w io.Writer, p survey.PaperForm) error {
	b := &formBook{paper: p, form: p.Form, at: map[string]int{}, where: map[int][]string{}, wide: 1}
	b.choices = map[string][]questionnaire.Option{}
	for _, c := range p.Form.Cells() {
		b.choices[c.Key] = c.Options
	}
	for _, s := range p.Form.Sections {
		for _, q := range s.Questions {
			b.wide = max(b.wide, len(q.Columns))
		}
	}
	book := newSheetBook(w, flate.BestSpeed)
	help, err := book.sheet(formHelp, "")
	if err != nil {
		return err
	}
	if _, err := help.Write(b.help()); err != nil {
		return err
	}
	sheet, err := book.sheet(formSheet, "")
	if err != nil {
		return err
	}
	if _, err := sheet.Write(b.questions()); err != nil {
		return err
	}
	lists, err := book.sheet(formLists, "hidden")
	if err != nil {
		return err
	}
	if _, err := lists.Write(b.options()); err != nil {
		return err
	}
	seal, err := book.sheet(formSeal, "veryHidden")
	if err != nil {
		return err
	}
	out := []byte(`<sheetData>`)
	for _, pair := range [][2]string{{"champ", "valeur"}, {"reponse", p.Response.ID}, {"questionnaire", p.Campaign.Form}, {"version", strconv.FormatInt(p.Response.FormVersion, 10)}, {"signature", p.Seal}} {
		out = append(cellInline(cellInline(append(out, `<row>`...), pair[0]), pair[1]), `</row>`...)
	}
	if _, err := seal.Write(append(out, `</sheetData></worksheet>`...)); err != nil {
		return err
	}
	return book.close(formStyles, nil, "")
}

func (b *formBook) help() []byte {
	p := b.paper
	out := []byte(`<cols><col min="1" max="1" width="100" customWidth="1"/></cols><sheetData>`)
	for i, text := range []string{p.Form.Title, p.Response.Name,
		"Remplissez les cases jaunes de la feuille «\u00a0Questionnaire\u00a0», enregistrez le classeur en XLSX, puis déposez-le sur la page de votre réponse, ou renvoyez-le à l’équipe de la COP" + contact(p.Campaign.Contact) + ".",
		"Les réponses à choisir sont dans la liste de chaque case. Une case laissée vide ne change rien à ce qui est déjà enregistré en ligne.",
		"N’écrivez pas de formule\u00a0: elle ne serait pas lue. Vous pouvez trier ou déplacer des lignes entières\u00a0: chaque question est reconnue par sa clé.",
		"Ce que vous déposez devient un brouillon, que vous relisez en ligne\u00a0: seul votre élu, ou la personne qu’il désigne, valide la réponse.",
		"Ce formulaire est propre à votre collectivité\u00a0: ne le transmettez pas à une autre, il serait refusé."} {
		style := "0"
		if i < 2 {
			style = "3"
		}
		out = append(out, `<row><c s="`+style+`" t="inlineStr"><is><t>`...)
		out = append(xmlText(out, text), `</t></is></c></row>`...)
	}
	return append(out, `</sheetData></worksheet>`...)
}

func contact(address string) string {
	if address == "" {
		return ""
	}
	return " (" + address + ")"
}

func (b *formBook) questions() []byte {
	b.out = append(b.out, `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="2" width="9" hidden="1" customWidth="1"/><col min="3" max="3" width="70" customWidth="1"/><col min="4" max="`...)
	b.out = strconv.AppendInt(b.out, int64(3+b.wide), 10)
	b.out = append(b.out, `" width="28" customWidth="1"/><col min="`...)
	b.out = strconv.AppendInt(b.out, int64(4+b.wide), 10)
	b.out = append(b.out, `" max="`...)
	b.out = strconv.AppendInt(b.out, int64(4+b.wide), 10)
	b.out = append(b.out, `" width="60" customWidth="1"/></cols><sheetData>`...)
	header := []string{"Clé", "Version", "Question", "Réponse"}
	for i := 2; i <= b.wide; i++ {
		header = append(header, "Réponse "+strconv.Itoa(i))
	}
	b.text(1, append(header, "Précisions")...)
	for _, s := range b.form.Sections {
		b.text(3, "", "", s.Title)
		if s.Help != "" {
			b.text(0, "", "", s.Help)
		}
		if s.Skippable {
			b.question([]string{s.Skip()}, "Ce sujet n’est pas de votre compétence\u00a0? Choisissez «\u00a0pas notre compétence\u00a0» et passez au suivant.", []string{"pas notre compétence"}, "")
		}
		for _, q := range s.Questions {
			b.one(q)
		}
	}
	b.out = append(b.out, `</sheetData><sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0" sort="0"/>`...)
	if len(b.lists) > 0 {
		b.out = append(b.out, `<dataValidations count="`+strconv.Itoa(len(b.lists))+`">`...)
		for i, list := range b.lists {
			col := columnName(i)
			b.out = append(b.out, `<dataValidation type="list" allowBlank="1" showErrorMessage="1" errorTitle="Réponse inconnue" error="Choisissez une réponse de la liste, ou laissez vide." sqref="`+strings.Join(b.where[i], " ")+`"><formula1>`+formLists+`!$`+col+`$1:$`+col+`$`+strconv.Itoa(strings.Count(list, "\x00")+1)+`</formula1></dataValidation>`...)
		}
		b.out = append(b.out, `</dataValidations>`...)
	}
	return append(b.out, `</worksheet>`...)
}

// one writes the rows of a question.
func (b *formBook) one(q questionnaire.Question) {
	switch q.Type {
	case questionnaire.Matrix:
		names := []string{"", "", q.Label}
		for _, col := range q.Columns {
			names = append(names, b.form.Scale(col).Label)
		}
		b.text(1, names...)
		for _, r := range q.Rows {
			var keys []string
			var lists []string
			for _, col := range q.Columns {
				keys, lists = append(keys, r.ID+"."+col), append(lists, labelsOf(b.form.Scale(col).Options))
			}
			b.question(keys, r.Label, lists, r.Help)
		}
	case questionnaire.Choices:
		b.text(1, "", "", q.Label)
		for _, o := range q.Options {
			b.question([]string{q.ID + ":" + o.Code}, o.Label, []string{"oui\x00non"}, q.Help)
		}
	case questionnaire.Choice:
		b.question([]string{q.ID}, q.Label, []string{labelsOf(q.Options)}, q.Help)
	case questionnaire.File, questionnaire.Sheet:
		b.text(0, "", "", q.Label+" (à remplir en ligne)")
	default:
		label := q.Label
		if q.Unit != "" {
			label += " (" + q.Unit + ")"
		}
		if q.Type == questionnaire.Date {
			label += " (jour/mois/année)"
		}
		b.question([]string{q.ID}, label, []string{""}, q.Help)
	}
}

func labelsOf(options []questionnaire.Option) string {
	labels := make([]string, len(options))
	for i, o := range options {
		labels[i] = o.Label
	}
	return strings.Join(labels, "\x00")
}

// text writes a row that nobody fills.
func (b *formBook) text(style int, cells ...string) {
	b.line++
	b.out = append(b.out, `<row>`...)
	for _, s := range cells {
		if s == "" {
			b.out = append(b.out, `<c/>`...)
			continue
		}
		b.styled(style, s)
	}
	b.out = append(b.out, `</row>`...)
}

func (b *formBook) styled(style int, s string) {
	b.out = strconv.AppendInt(append(b.out, `<c s="`...), int64(style), 10)
	if s == "" {
		b.out = append(b.out, `"/>`...)
		return
	}
	b.out = append(b.out, `" t="inlineStr"><is><t xml:space="preserve">`...)
	b.out = append(xmlText(b.out, s), `</t></is></c>`...)
}

// question writes a row to fill: its keys, what its cells were filled from, its
// label, an answer under each key.
func (b *formBook) question(keys []string, label string, lists []string, help string) {
	b.line++
	var marks, values []string
	for i, key := range keys {
		name, option, several := strings.Cut(key, ":")
		marks = append(marks, b.paper.Mark(name))
		value := b.paper.Drafts[name].Value
		switch {
		case several:
			if strings.Contains(" "+value+" ", " "+option+" ") {
				value = "oui"
			} else {
				value = ""
			}
		case lists[i] != "":
			value = b.labelOf(key, value)
		}
		values = append(values, value)
	}
	b.out = append(b.out, `<row>`...)
	b.styled(0, strings.Join(keys, " "))
	b.styled(0, strings.Join(marks, " "))
	b.styled(4, label)
	for i, v := range values {
		b.styled(2, v)
		if lists[i] != "" {
			n, ok := b.at[lists[i]]
			if !ok {
				n = len(b.lists)
				b.at[lists[i]] = n
				b.lists = append(b.lists, lists[i])
			}
			b.where[n] = append(b.where[n], columnName(3+i)+strconv.Itoa(b.line))
		}
	}
	for range b.wide - len(values) {
		b.out = append(b.out, `<c/>`...)
	}
	if help != "" {
		b.styled(0, help)
	}
	b.out = append(b.out, `</row>`...)
}

func (b *formBook) labelOf(key, code string) string {
	if code == "" {
		return ""
	}
	for _, o := range b.choices[key] {
		if o.Code == code {
			return o.Label
		}
	}
	return code
}

// options writes each list in a column.
func (b *formBook) options() []byte {
	out := []byte(`<sheetData>`)
	var columns [][]string
	rows := 0
	for _, l := range b.lists {
		labels := strings.Split(l, "\x00")
		columns, rows = append(columns, labels), max(rows, len(labels))
	}
	for i := range rows {
		out = append(out, `<row>`...)
		for _, c := range columns {
			if i < len(c) {
				out = cellInline(out, c[i])
				continue
			}
			out = append(out, `<c/>`...)
		}
		out = append(out, `</row>`...)
	}
	return append(out, `</sheetData></worksheet>`...)
}

// columnName is the letters of a column, from 0.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

package exchange

import (
	"context"
	"io"
	"strconv"
	"strings"

	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// writeSurveyCodebook says what each key and each code mean: one option a row, in
// each version that was answered.
func writeSurveyCodebook(_ context.Context, w io.Writer, x survey.Extract) (rows int64, err error) {
	return WriteCSV(w, surveyCodebook(x.Forms), ',')
}

// surveyCodebook is the data set of what was asked.
func surveyCodebook(forms []questionnaire.Form) Dataset {
	d := Dataset{Name: "codebook", Title: "Questions et réponses possibles", Source: "Jalon",
		Note: "Une réponse possible par ligne. Une cellule vide d’un export est une question sans réponse, jamais un zéro.",
		Fields: []Field{{Name: "questionnaire", Label: "Code du questionnaire"}, {Name: "version", Label: "Version", Number: true}, {Name: "section", Label: "Levier ou thème"}, {Name: "levier", Label: "Code du levier", Missing: "la section n’est pas un levier"},
			{Name: "question", Label: "Clé de la question"}, {Name: "intitule", Label: "Intitulé"}, {Name: "type", Label: "Type de la réponse"}, {Name: "unite", Label: "Unité", Missing: "sans unité"}, {Name: "valeur", Label: "Code de la réponse", Missing: "réponse libre"},
			{Name: "libelle", Label: "Réponse"}, {Name: "score", Label: "Score de 0 à 1", Number: true, Missing: "ne compte pas dans les scores"}, {Name: "posee_a", Label: "À qui la question est posée"}}}
	var out [][]Datum
	for _, f := range forms {
		labels := cellLabels(f)
		who := map[string][]string{}
		for _, k := range questionnaire.Kinds() {
			for _, c := range f.Path(k).Cells() {
				who[c.Key] = append(who[c.Key], k.Name())
			}
		}
		units := map[string]string{}
		levers := map[string]string{}
		titles := map[string]string{}
		for _, s := range f.Sections {
			levers[s.ID], titles[s.ID] = s.Lever, s.Title
			for _, q := range s.Questions {
				units[q.ID] = q.Unit
			}
		}
		for _, c := range f.Cells() {
			row := func(code, label, score string) {
				out = append(out, []Datum{Text(f.Code), Integer(f.Version), Text(titles[c.Section]), Text(levers[c.Section]), Text(c.Key), Text(labels[c.Key]), Text(typeName(c.Type)), Text(units[c.Key]),
					Text(code), Text(label), Number(score), Text(strings.Join(who[c.Key], ", "))})
			}
			if len(c.Options) == 0 {
				row("", "", "")
			}
			for _, o := range c.Options {
				score := ""
				if o.Score != nil {
					score = strconv.FormatFloat(*o.Score, 'f', -1, 64)
				}
				row(o.Code, o.Label, score)
			}
		}
	}
	d.Rows = Slice(out)
	return d
}

func typeName(t questionnaire.Type) string {
	return map[questionnaire.Type]string{questionnaire.Choice: "un choix", questionnaire.Choices: "plusieurs choix", questionnaire.Number: "nombre", questionnaire.Date: "date", questionnaire.File: "fichier", questionnaire.Text: "texte libre", questionnaire.Sheet: "fiche action"}[t]
}

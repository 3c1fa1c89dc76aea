package campaigns

import (
	"strconv"
	"strings"
	"time"

	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/web/ui"
)

// curve is the validated answers day after day; its table says the same.
type curve struct{ Title, Text, High, Path, From, To string }

// curveOf draws the running total; one day alone is no curve.
func curveOf(days []survey.DayCount, title string) curve {
	if len(days) < 2 {
		return curve{}
	}
	first, last := days[0], days[len(days)-1]
	from, err := time.Parse(time.DateOnly, first.Day)
	if err != nil {
		return curve{}
	}
	to, err := time.Parse(time.DateOnly, last.Day)
	if err != nil || !to.After(from) || last.Total <= 0 {
		return curve{}
	}
	span := to.Sub(from).Hours()
	var b strings.Builder
	for i, d := range days {
		at, err := time.Parse(time.DateOnly, d.Day)
		if err != nil {
			return curve{}
		}
		x := int(at.Sub(from).Hours() / span * 1000)
		y := 200 - int(d.Total*200/last.Total)
		if i == 0 {
			b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y))
		} else {
			b.WriteString("H" + strconv.Itoa(x) + "V" + strconv.Itoa(y)) // nothing happens between two days
		}
	}
	return curve{Title: title, Path: b.String(), High: french.Integer(last.Total), From: french.Day(first.Day), To: french.Day(last.Day),
		Text: "De " + french.Integer(first.Total) + " le " + french.Day(first.Day) + " à " + french.Integer(last.Total) + " le " + french.Day(last.Day) + "."}
}

// mostDays is how many days the table lists, the last ones.
const mostDays = 120

func daysTable(days []survey.DayCount) part {
	p := part{ID: "jours", Title: "Jour après jour", Lead: []string{"Chaque collectivité compte le jour de sa première validation" + nb + "; une correction ne la déplace pas. Les jours sans validation ne sont pas écrits."}}
	if len(days) == 0 {
		p.Lead = []string{"Aucune réponse n’est encore validée."}
		return p
	}
	p.Table = ui.Table{ID: "table-jours", Caption: "Réponses validées par jour", CaptionHidden: true, Columns: []ui.Column{{Label: "Jour"}, {Label: "Ce jour-là", Number: true}, {Label: "Depuis le début", Number: true}}}
	for i := len(days) - 1; i >= max(0, len(days)-mostDays); i-- {
		d := days[i]
		p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Day(d.Day)}, {Text: french.Integer(d.N)}, {Text: french.Integer(d.Total)}}})
	}
	return p
}

package answers

import (
	"encoding/json"
	"strings"

	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/web/ui"
)

// cell draws one thing to answer, as it is kept or as it was typed.
func (d Deps) cell(t table, c questionnaire.Cell, q questionnaire.Question, outcomes map[string]survey.Outcome) cellView {
	kept := t.Drafts[c.Key]
	x := cellView{Key: c.Key, Type: string(c.Type), Label: q.Label, Help: q.Help, Unit: q.Unit, Value: display(c.Type, kept.Value), Required: q.Required, Length: q.Length}
	if c.Row != "" {
		scale := t.Form().Scale(c.Column)
		x.Label, x.Help = scale.Label, ""
	}
	if c.Flag {
		x.Label = "Ce n’est pas notre compétence\u00a0: passer cette partie"
	}
	o, judged := outcomes[c.Key]
	if judged && (o.Verdict == survey.Clash || o.Verdict == survey.Rejected) {
		x.Value = o.Mine
	}
	chosen := strings.Fields(x.Value)
	for _, opt := range c.Options {
		on := x.Value == opt.Code
		if c.Type == questionnaire.Choices {
			on = false
			for _, code := range chosen {
				on = on || code == opt.Code
			}
		}
		x.Options = append(x.Options, ui.Option{Value: opt.Code, Label: opt.Label, Selected: on})
	}
	if c.Type == questionnaire.File && kept.Value != "" {
		x.Value, x.File = said(c, kept.Value), t.path+"/fichiers/"+c.Key
	}
	if c.Type == questionnaire.Sheet {
		x.Sheet = sheetFields(c.Key, x.Value)
	}
	d.say(t, &x, c, kept, o, judged)
	return x
}

// say is what there is to say of a cell, the gravest first.
func (d Deps) say(t table, x *cellView, c questionnaire.Cell, kept survey.Draft, o survey.Outcome, judged bool) {
	prefilled := kept.Source != "" && kept.Value != ""
	x.AskReason = prefilled && kept.Corrected()
	if x.AskReason || judged && o.Reason != "" {
		x.Reason = kept.Reason
	}
	switch {
	case judged && o.Verdict == survey.Clash:
		x.Kind, x.Theirs = "conflict", true
		x.Say = d.clash(t, c, o)
	case judged && o.Verdict == survey.Rejected:
		x.Kind, x.Say = "refused", o.Message
	case kept.ToConfirm():
		x.Kind, x.Say, x.Confirm = "prefilled", "Prérempli\u00a0: "+kept.Source, "C’est juste"
	case x.AskReason:
		x.Kind, x.Say = "corrected", "Vous corrigez ce qui était prérempli ("+kept.Source+")."
	case judged && o.Verdict == survey.ToSay:
		x.Kind, x.Say, x.Confirm = "confirm", o.Message, "Oui, c’est bien la valeur"
	case kept.Value != "" && kept.Source == "" && kept.Reason == "" && kept.Class != string(figure.ConfirmedZero) && c.Type == questionnaire.Number:
		if _, warning, err := questionnaire.Check(t.Form(), c, kept.Value); err == nil && (warning != "" || kept.Value == "0") {
			x.Kind, x.Say, x.Confirm = "confirm", warning, "Oui, c’est bien la valeur"
			if warning == "" {
				x.Say = survey.ZeroAsked
			}
		}
	case kept.Class == string(figure.ConfirmedZero):
		x.Kind, x.Say = "by", "Zéro confirmé."
	case prefilled:
		x.Kind, x.Say = "by", "Confirmé\u00a0: "+kept.Source
	case kept.By != "" && kept.By != t.Seat.ID && kept.Value != "" && c.Type == questionnaire.Text:
		x.Kind, x.Say = "by", "Écrit par "+t.who(kept.By)+", "+d.clock(t, kept.At)
	}
}

// clash says both values, who wrote the other and when.
func (d Deps) clash(t table, c questionnaire.Cell, o survey.Outcome) string {
	theirs := "a vidé cette réponse"
	if o.Value != "" {
		theirs = "a répondu «\u00a0" + said(c, o.Value) + "\u00a0»"
	}
	return t.who(o.By) + " " + theirs + " à " + d.clock(t, o.At) + ", pendant que vous écriviez. La vôtre n’est pas enregistrée\u00a0: choisissez."
}

// said is an answer in words.
func said(c questionnaire.Cell, value string) string {
	switch c.Type {
	case questionnaire.Choice, questionnaire.Choices:
		var words []string
		for _, code := range strings.Fields(value) {
			word := code
			for _, o := range c.Options {
				if o.Code == code {
					word = o.Label
				}
			}
			words = append(words, word)
		}
		return strings.Join(words, ", ")
	case questionnaire.Number:
		return strings.Replace(value, ".", ",", 1)
	case questionnaire.Date:
		return french.Day(value)
	case questionnaire.File:
		_, name, _ := strings.Cut(value, " ")
		return name
	case questionnaire.Sheet:
		s, err := questionnaire.ReadSheet(value)
		if err != nil {
			return ""
		}
		return s.Title
	}
	return value
}

// sheetFields are the fields of an action sheet.
func sheetFields(key, value string) []ui.Field {
	values := map[string]string{}
	if s, err := questionnaire.ReadSheet(value); err == nil {
		values = sheetValues(s)
	} else if err := json.Unmarshal([]byte(value), &values); err != nil {
		values = map[string]string{}
	}
	var out []ui.Field
	for _, f := range questionnaire.SheetFields() {
		x := ui.Field{ID: "c-" + key + "-" + f.Name, Name: key + ":" + f.Name, Label: f.Label, Help: f.Help, Value: values[f.Name], Type: f.Type, Attributes: map[string]any{"data-sheet": f.Name}}
		switch f.Type {
		case "month", "url":
			x.Type = "text"
		case "select":
			x.Options = append(x.Options, ui.Option{Label: "non précisé"})
			for _, o := range questionnaire.SheetStates() {
				x.Options = append(x.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == values[f.Name]})
			}
		}
		out = append(out, x)
	}
	return out
}

// makeSheet is the answer that the fields of a sheet give. Fields that make none are
// sent as they were typed: they are refused, and come back so.
func makeSheet(fields map[string]string) (string, error) {
	made, err := questionnaire.MakeSheet(fields)
	if err == nil {
		return made, nil
	}
	raw, err := json.Marshal(fields)
	return string(raw), err
}

func sheetValues(s questionnaire.ActionSheet) map[string]string {
	out := map[string]string{"title": s.Title, "summary": s.Summary, "holder": s.Holder, "partners": s.Partners, "state": s.State, "starts": s.Starts, "ends": s.Ends, "unit": s.Unit, "place": s.Place, "link": s.Link}
	if s.Budget != nil {
		out["budget"] = french.Integer(*s.Budget)
	}
	if s.Quantity != nil {
		out["quantity"] = french.Significant(*s.Quantity, 12)
	}
	return out
}

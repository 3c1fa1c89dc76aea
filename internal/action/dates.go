package action

import (
	"strings"
	"time"
)

// The years that a calendar may hold.
const (
	firstYear = 1990
	lastYear  = 2100
)

// span is the first and the last day that a year, a month or a day holds; false when it
// is none of these.
func span(when string) (first, last time.Time, ok bool) {
	for _, l := range []struct {
		layout        string
		years, months int
	}{{"2006", 1, 0}, {"2006-01", 0, 1}, {time.DateOnly, 0, 0}} {
		if len(when) != len(l.layout) {
			continue
		}
		first, err := time.Parse(l.layout, when)
		if err != nil || first.Year() < firstYear || first.Year() > lastYear {
			return first, last, false
		}
		last = first
		if l.years+l.months > 0 {
			last = first.AddDate(l.years, l.months, -1)
		}
		return first, last, true
	}
	return first, last, false
}

// Ended reports whether a date, to its last day, is before a day.
func Ended(when, day string) bool {
	_, last, ok := span(when)
	return ok && last.Format(time.DateOnly) < day
}

// Started reports whether a date, from its first day, is at a day or before.
func Started(when, day string) bool {
	first, _, ok := span(when)
	return ok && first.Format(time.DateOnly) <= day
}

// checkDates wants dates that exist, and an end that is not before the start.
func (x Action) checkDates() error {
	for _, d := range []struct{ field, label, when string }{{"starts", "Début", x.Starts}, {"ends", "Fin", x.Ends}} {
		if _, _, ok := span(d.when); d.when != "" && !ok {
			return fault(d.field, "«\u00a0"+d.label+"\u00a0» n’est pas une date\u00a0: écrivez 2026, 2026-03 ou 2026-03-14.")
		}
	}
	first, _, began := span(x.Starts)
	_, last, ends := span(x.Ends)
	if began && ends && last.Before(first) {
		return fault("ends", "La fin ("+x.Ends+") est avant le début ("+x.Starts+")\u00a0: corrigez l’une des deux.")
	}
	for _, t := range x.Tasks {
		for _, day := range []string{t.Due, t.Done} {
			if _, _, ok := span(day); day != "" && !ok {
				return fault("tasks", "La tâche «\u00a0"+t.Title+"\u00a0» a une date qui n’existe pas\u00a0: "+day+".")
			}
		}
	}
	return nil
}

// checkStatus wants a reason for what stops or is late, and the day when it was said.
func (x Action) checkStatus() error {
	switch x.Status {
	case "late", "paused", "blocked", "abandoned":
		if strings.TrimSpace(x.StatusReason) == "" {
			return fault("status_reason", "Dites pourquoi l’action est «\u00a0"+Named(Statuses(), x.Status)+"\u00a0»\u00a0: qui la suit le demandera.")
		}
	}
	if _, _, ok := span(x.StatusOn); x.StatusOn != "" && !ok {
		return fault("status_on", "La date du statut n’existe pas\u00a0: écrivez 2026-03-14.")
	}
	return nil
}

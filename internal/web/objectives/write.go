package objectives

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/objective"
	"jalon/internal/web/shell"
	"jalon/internal/web/wording"
)

// put writes or withdraws the value of a lever.
func (d Deps) put(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.lever(r)
	if err != nil {
		return err
	}
	rev, err := revOf(shell.Typed(r, "rev"))
	if err != nil {
		return err
	}
	code, b := x.line.Lever.Code, back{form: "value", value: typedValue{shell.Typed(r, "measure"), shell.Typed(r, "value"), shell.Typed(r, "reason")}}
	if shell.Typed(r, "do") == "withdraw" {
		b = back{form: "withdraw", reason: shell.Typed(r, "withdraw-reason")}
		_, b.err = d.Room.Withdraw(r.Context(), shell.Actor(r), x.place, code, rev, b.reason)
	} else {
		_, b.err = d.Room.Put(r.Context(), shell.Actor(r), x.place, objective.NewValue{Lever: code, Rev: rev, Measure: objective.Measure(b.value.measure), Typed: b.value.value, Reason: b.value.reason, Confirmed: shell.Typed(r, "confirm") == "1"})
	}
	return d.answer(w, r, x, b)
}

// dissent notes who does not hold the value of a lever, or lifts it.
func (d Deps) dissent(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.lever(r)
	if err != nil {
		return err
	}
	code, b := x.line.Lever.Code, back{form: "dissent"}
	if shell.Typed(r, "do") == "lift" {
		rev, err := revOf(shell.Typed(r, "rev"))
		if err != nil {
			return err
		}
		b.form, b.reason = shell.Typed(r, "subject"), shell.Typed(r, "lift-reason")
		_, b.err = d.Room.Lift(r.Context(), shell.Actor(r), x.place, code, b.form, rev, b.reason)
	} else {
		b.dissent = objective.NewDissent{Lever: code, Party: shell.Typed(r, "party"), Name: shell.Typed(r, "name"), Measure: objective.Measure(shell.Typed(r, "measure")), Typed: shell.Typed(r, "value"), Text: shell.Typed(r, "text"), Day: shell.Typed(r, "day"), OfOffered: shell.Typed(r, "subject") == dissentOfOffered}
		_, b.err = d.Room.Dissent(r.Context(), shell.Actor(r), x.place, b.dissent)
	}
	return d.answer(w, r, x, b)
}

// answer leads back to the page of the lever, or shows the form again, filled.
func (d Deps) answer(w http.ResponseWriter, r *http.Request, x lever, b back) error {
	if b.err != nil && shell.Beside(b.err) {
		return d.showOne(w, r, apperr.Status(b.err), b)
	}
	if b.err != nil {
		return b.err
	}
	return shell.SeeOther(w, r, x.where.lever(x.line.Lever.Code)+"?fait=1")
}

// prefilled is the form as a link fills it: a value that participants hold reachable,
// with where it comes from. Nothing is written until somebody sends the form.
func prefilled(r *http.Request, t typedValue) typedValue {
	q := r.URL.Query()
	if value := shell.Clean(q.Get("valeur")); value != "" && len(value) < 40 {
		t = typedValue{wording.Clip(shell.Clean(q.Get("mesure")), 10), value, wording.Clip(shell.Clean(q.Get("raison")), 300)}
	}
	return t
}

package questions

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/debate/question"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
)

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, "save", func(x where, rev int64, f *forms) error {
		f.input, f.reason = x.readInput(r, x.Input), shell.Typed(r, "reason")
		_, err := d.Room.Save(r.Context(), shell.Actor(r), x.cop, x.ID, rev, f.input, f.reason)
		return err
	})
}

func (d Deps) turn(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, "turn", func(x where, rev int64, _ *forms) error {
		do := d.Room.OpenIt
		if shell.Typed(r, "do") == "close" {
			do = d.Room.Close
		}
		_, err := do(r.Context(), shell.Actor(r), x.cop, x.ID, rev)
		return err
	})
}

func (d Deps) conclude(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, "conclude", func(x where, rev int64, f *forms) error {
		f.conclusion = shell.Typed(r, "conclusion")
		_, err := d.Room.Conclude(r.Context(), shell.Actor(r), x.cop, x.ID, rev, f.conclusion)
		return err
	})
}

func (d Deps) withdraw(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, "withdraw", func(x where, _ int64, f *forms) error {
		f.post, f.why = shell.Typed(r, "post"), shell.Typed(r, "why")
		post, typed, _ := strings.Cut(f.post, ":")
		rev, err := strconv.ParseInt(typed, 10, 64)
		if err != nil {
			return apperr.Invalidf("Choisissez une affirmation dans la liste.")
		}
		return d.Room.Withdraw(r.Context(), shell.Actor(r), x.cop, x.Question, post, rev, f.why)
	})
}

// act does one act on a debate, and goes back to its page: with the form as it was
// typed when it was refused, beside what is kept now.
func (d Deps) act(w http.ResponseWriter, r *http.Request, on string, do func(x where, rev int64, f *forms) error) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	rev, need := int64(0), x.Thing(x.cop)
	verb := policy.Edit
	if on == "withdraw" {
		verb, need = policy.Judge, x.cop.Thing(policy.Post)
	}
	if err := policy.Check(shell.Actor(r), verb, need); err != nil {
		return err
	}
	if on != "withdraw" { // a statement has its own
		if rev, err = shell.Rev(r); err != nil {
			return err
		}
	}
	f := forms{on: on, input: x.Input}
	err = do(x, rev, &f)
	if err == nil {
		return shell.SeeOther(w, r, x.desk()+"/"+x.ID+"?fait=1")
	}
	if !shell.Beside(err) {
		return err
	}
	now, ferr := question.Find(r.Context(), d.Q, x.ID)
	if ferr != nil {
		return ferr
	}
	if on != "save" {
		f.input = now.Input
	}
	x.Question, f.wrong = now, err
	return d.showOne(w, r, apperr.Status(err), x, f)
}

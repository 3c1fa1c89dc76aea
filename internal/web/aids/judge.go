package aids

import (
	"net/http"

	"jalon/internal/web/shell"
)

// judgeReport closes what a reader told of an aid.
func (d Deps) judgeReport(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	if _, err := d.nation(r); err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	if err := d.Aid.JudgeReport(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"), rev, shell.Typed(r, "do") == "done", shell.Typed(r, "answer")); err != nil {
		return err
	}
	return shell.SeeOther(w, r, back(nationalPath, "1"))
}

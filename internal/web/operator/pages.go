package operator

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type operatorView struct {
	Key string
	In  bool
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(s *shell.Shell, d *Desk) map[string]shell.Handler {
	p := pages{s, d}
	return map[string]shell.Handler{"operator": p.show, "operator-enter": p.enter, "operator-leave": p.leave}
}

type pages struct {
	shell *shell.Shell
	desk  *Desk
}

// show asks for confirmation: following a link, as mail scanners do, must not
// use it up.
func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	page := p.shell.Page(r, "Espace de l’opérateur", "", ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: "Opérateur"})
	page.NoIndex, page.Canonical = true, ""
	return p.shell.Render(w, r, page, operatorPage(operatorView{Key: r.URL.Query().Get("cle"), In: p.desk.Actor(r).Is(policy.Operator)}))
}

func (p pages) enter(w http.ResponseWriter, r *http.Request) error {
	if p.desk == nil {
		return apperr.New(apperr.Forbidden, nil, "Cette installation n’a pas d’espace d’opérateur.")
	}
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rouvrez le lien et recommencez.")
	}
	cookie, err := p.desk.enter(r.Context(), r.PostForm.Get("cle"))
	if err != nil {
		return err
	}
	http.SetCookie(w, cookie)
	return shell.SeeOther(w, r, "/operateur")
}

func (p pages) leave(w http.ResponseWriter, r *http.Request) error {
	if p.desk != nil {
		http.SetCookie(w, p.desk.Dismiss())
	}
	return shell.SeeOther(w, r, "/operateur")
}

package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/web/ui"
)

// problemPage says what happened, what was kept and what to do, by status.
func problemPage(status int, err error, reference string) ui.Problem {
	p := ui.Problem{Status: status}
	if err != nil {
		p.Message = apperr.Message(err)
	}
	home := ui.Link{Label: "Revenir à l’accueil", Href: "/"}
	switch status {
	case http.StatusNotFound:
		p.Title = "Cette page n’existe pas"
		p.Advice = []string{
			"Cherchez ci-dessous un territoire par son nom, son code ou son code postal.",
			"Ou partez de la carte des régions, sur la page d’accueil.",
		}
		p.SearchAction = true
		p.Links = []ui.Link{home, {Label: "Les 18 régions", Href: "/territoires"}, {Label: "Tous les leviers", Href: "/leviers"}}
	case http.StatusMethodNotAllowed:
		p.Title = "Cette action n’est pas possible ici"
		p.Message = "Cette adresse se lit, mais ne reçoit pas ce qui lui a été envoyé. Rien n’a été enregistré."
		p.Links = []ui.Link{home}
	case http.StatusBadRequest:
		p.Title = "Cette demande n’a pas pu être lue"
		p.SearchAction = true
		p.Links = []ui.Link{home}
	case http.StatusForbidden:
		p.Title = "Cette page est réservée"
		p.Links = []ui.Link{home}
	case http.StatusConflict:
		p.Title = "Quelqu’un d’autre a modifié la même chose"
		p.Links = []ui.Link{home}
	case http.StatusRequestEntityTooLarge:
		p.Title = "L’envoi est trop volumineux"
		p.Links = []ui.Link{home}
	case http.StatusTooManyRequests:
		p.Title = "Trop de demandes à la fois"
		p.Advice = []string{"Attendez quelques secondes, puis rechargez la page."}
	case http.StatusServiceUnavailable:
		p.Title = "Jalon ne répond pas pour l’instant"
		p.Advice = []string{"Rechargez la page dans un instant."}
		p.Reference = reference
	default:
		p.Title = "Une erreur s’est produite"
		if p.Message == "" {
			p.Message = apperr.Message(nil)
		}
		p.Advice = []string{"Rechargez la page. Si l’erreur revient, signalez-la en citant la référence ci-dessous."}
		p.Links = []ui.Link{home}
		p.Reference = reference
	}
	return p
}

// problemJSON is the same for a program: RFC 9457.
func problemJSON(w http.ResponseWriter, status int, p ui.Problem) {
	if status == http.StatusNotFound {
		p.Title = "Adresse inconnue" // a program asked for no page
	}
	body, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{"about:blank", p.Title, status, p.Message})
	if err != nil {
		http.Error(w, p.Title, status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever left does not need to hear it
}

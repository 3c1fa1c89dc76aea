package cops

import (
	"net/http"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
)

// names gives the names of the people who work for a COP, by their account.
func (d Deps) names(r *http.Request, c cop.COP) (map[string]string, error) {
	held, err := account.AtWork(r.Context(), d.Q, "region", c.Region)
	if err != nil {
		return nil, err
	}
	if code := c.Department(); code != "" {
		more, err := account.AtWork(r.Context(), d.Q, "department", code)
		if err != nil {
			return nil, err
		}
		held = append(held, more...)
	}
	out := map[string]string{}
	for _, h := range held {
		out[h.Account] = h.Name
		if h.Name == "" {
			out[h.Account] = h.Email
		}
	}
	return out, nil
}

// know adds the names of those who did something and are not of the COP, or no
// more: the nation, whoever left.
func (d Deps) know(r *http.Request, people map[string]string, ids ...string) error {
	for _, id := range ids {
		if _, ok := people[id]; ok || id == "" {
			continue
		}
		a, err := account.Find(r.Context(), d.Q, id)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return err
		}
		people[id] = a.Name // of somebody erased, none
	}
	return nil
}

// wordsOf lists who validated something.
func wordsOf(acts []cop.Act) (ids []string) {
	for _, x := range acts {
		for _, w := range x.Consents {
			ids = append(ids, w.Person)
		}
	}
	return ids
}

// moveLine is something that somebody did since the last visit, and the page
// where it can be read.
type moveLine struct{ Text, Href, Day string }

func (d Deps) moves(r *http.Request, all []cop.Moved, people map[string]string, base string, open bool) (out []moveLine, err error) {
	for _, x := range all {
		if err := d.know(r, people, x.Entry.Actor); err != nil {
			return nil, err
		}
		who := people[x.Entry.Actor]
		switch {
		case x.Entry.Actor == "":
			who = "Jalon"
		case who == "":
			who = "Quelqu’un qui n’est plus là"
		}
		line := moveLine{Text: who + " " + x.Text, Day: french.Date(x.At)}
		kind := x.Entry.Kind
		if v := x.Entry.Verb; !open || v == "refuse" || v == "withdraw" && kind != "validation" {
			kind = "" // it is no more where it was, or the reader does not go there
		}
		switch kind {
		case "stage_event":
			line.Href = base + "/evenements/" + x.Entry.Subject
		case "validation":
			line.Href = base + "#acte-" + x.Entry.Subject
		case "meeting":
			line.Href = base + "/reunions#reunion-" + x.Entry.Subject
		case "news":
			line.Href = base + "/actualites#actualite-" + x.Entry.Subject
		case "document":
			line.Href = base + "/documents/" + x.Entry.Subject
		case "priority":
			line.Href = base + "/priorites/" + x.Entry.Subject
		}
		out = append(out, line)
	}
	return out, nil
}

package ballots

import "github.com/a-h/templ"

// live asks a part of a page again while it is read; without script the page itself
// comes again, where nothing is typed.
func live(path, every string) templ.Attributes {
	return templ.Attributes{"hx-get": path, "hx-trigger": every, "hx-swap": "innerHTML"}
}

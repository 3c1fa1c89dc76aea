package campaigns

import "github.com/a-h/templ"

// liveAttributes ask the figures again while the page is read; without script they
// stay as they came.
func liveAttributes(v view) templ.Attributes {
	if v.Live == "" {
		return nil
	}
	return templ.Attributes{"hx-get": v.Live, "hx-trigger": "every 5s", "hx-swap": "innerHTML"}
}

func enctype(f formView) templ.Attributes {
	if !f.Files {
		return nil
	}
	return templ.Attributes{"enctype": "multipart/form-data"}
}

// emptyID is the anchor of a list that holds nothing.
func emptyID(v view) string {
	if len(v.Filters) > 0 {
		return "liste"
	}
	return "vide"
}

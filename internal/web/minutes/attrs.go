package minutes

import "github.com/a-h/templ"

func enctype(f formView) templ.Attributes {
	if !f.Files {
		return nil
	}
	return templ.Attributes{"enctype": "multipart/form-data"}
}

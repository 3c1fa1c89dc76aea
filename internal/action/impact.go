package action

import "jalon/internal/panorama"

// kg is a mass as a column holds it, NULL when it is missing.
func kg(v *panorama.Kg) any {
	if v == nil {
		return nil
	}
	return int64(*v)
}

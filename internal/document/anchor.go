package document

import (
	"strconv"
	"strings"

	"jalon/internal/french"
)

// Anchors are the anchors of the parts, in order: their ids, made harmless and
// told apart, so that a link to one works in every format.
func (d Document) Anchors() []string {
	out := make([]string, len(d.Parts))
	seen := map[string]bool{}
	for i, p := range d.Parts {
		id := slug(p.ID)
		if id == "" {
			id = "partie-" + strconv.Itoa(i+1)
		}
		for base, n := id, 2; seen[id]; n++ {
			id = base + "-" + strconv.Itoa(n)
		}
		seen[id] = true
		out[i] = id
	}
	return out
}

// slug is the part of an id that any format takes, letters without accents,
// figures and dashes.
func slug(s string) string {
	var b strings.Builder
	for _, r := range french.Fold(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			b.WriteRune(r)
		case r == ' ', r == '/', r == '.':
			b.WriteByte('-')
		}
	}
	out := strings.Trim(b.String(), "-")
	if len(out) > 80 {
		out = strings.Trim(out[:80], "-")
	}
	if out != "" && (out[0] >= '0' && out[0] <= '9') {
		out = "p-" + out
	}
	return out
}

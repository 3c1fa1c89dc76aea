package survey

import (
	"bytes"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/policy"
	"jalon/internal/survey"
)

// filled is the form of an authority as it comes back: its cells are what Answers
// says, and its marks those of an empty one.
func filled(b *testing.B, p survey.PaperForm, n int) []byte {
	b.Helper()
	p.Drafts, p.Blank = map[string]survey.Draft{}, true
	for i, c := range p.Form.Cells() {
		if c.Row != "" {
			p.Drafts[c.Key] = survey.Draft{Key: c.Key, Value: c.Options[Answer(n, i, len(c.Options))].Code}
		}
	}
	var out bytes.Buffer
	if err := exchange.WriteSurveyForm(&out, p); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// teams is a member of each region's team.
func teams() policy.Actor {
	a := policy.Actor{Person: "bench"}
	for _, r := range []string{"11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94", "01", "02", "03", "04", "06"} {
		a.Grants = append(a.Grants, policy.Grant{Role: policy.Team, COP: cop.RegionID(cop.First, r)})
	}
	return a
}

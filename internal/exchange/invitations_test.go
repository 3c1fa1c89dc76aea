package exchange

import (
	"strings"
	"testing"
)

// Whatever a file of invitations holds, reading ends, each row has its line, and
// no cell that a spreadsheet would run passes.
func FuzzInvitations(f *testing.F) {
	f.Add("email;nom;role;organisme;fonction\na@b.fr;Anne;validation;67482;maire\n")
	f.Add("a@b.fr,Anne,participant")
	f.Add("Courriel;Nom\n=a@b.fr;\"x\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := TypedInvitations(text)
		if err != nil {
			return
		}
		defer func() { _ = table.Close() }()
		rows, err := ReadInvitations(table, nil)
		if err != nil {
			return
		}
		for r, err := range rows {
			if err != nil {
				return
			}
			if r.Err == nil && (r.Line < 1 || r.Email.Text == "" || strings.ContainsAny(r.Email.Text[:1], "=+-@") || strings.ContainsAny(r.Name.Text+r.Title.Text, "\r\n\t")) {
				t.Fatalf("%+v", r)
			}
		}
	})
}

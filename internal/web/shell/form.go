package shell

import "strings"

// Clean is a text that somebody typed, as a database takes it.
func Clean(s string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), ""))
}

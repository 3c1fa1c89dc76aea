package db

import (
	"strings"
)

// rewritten is a statement as SQLite takes it.
type rewritten struct {
	text   string
	writes bool // must go to the writer
}

// rewrite turns $n into ?n for SQLite, once per text: SQLite takes "$2" for a
// name and numbers names by order of appearance, so that "$2 … $1" would bind
// the wrong way round, silently.
func (d *DB) rewrite(query string) rewritten {
	if r, ok := d.rewrites.Load(query); ok {
		return r.(rewritten)
	}
	r := rewritten{text: numbered(query), writes: writes(query)}
	d.rewrites.Store(query, r)
	return r
}

// numbered replaces $n by ?n outside quotes and comments.
func numbered(query string) string {
	var b strings.Builder
	b.Grow(len(query))
	for i := 0; i < len(query); {
		end := skip(query, i)
		if end == i {
			c := query[i]
			if c == '$' && i+1 < len(query) && '0' <= query[i+1] && query[i+1] <= '9' {
				c = '?'
			}
			b.WriteByte(c)
			i++
			continue
		}
		b.WriteString(query[i:end])
		i = end
	}
	return b.String()
}

// skip returns the end of the quoted text or comment that starts at i, or i.
func skip(s string, i int) int {
	until := func(from int, mark string) int {
		if n := strings.Index(s[from:], mark); n >= 0 {
			return from + n + len(mark)
		}
		return len(s)
	}
	switch {
	case s[i] == '\'' || s[i] == '"': // a doubled quote reads as two texts side by side
		return until(i+1, s[i:i+1])
	case strings.HasPrefix(s[i:], "--"):
		return until(i+2, "\n")
	case strings.HasPrefix(s[i:], "/*"):
		return until(i+2, "*/")
	}
	return i
}

// writes tells a statement that changes rows from one that reads, by its
// keywords outside quotes: a WITH may end in either.
func writes(query string) bool {
	for i := 0; i < len(query); {
		if end := skip(query, i); end > i {
			i = end
			continue
		}
		if !letter(query[i]) {
			i++
			continue
		}
		j := i
		for j < len(query) && (letter(query[j]) || '0' <= query[j] && query[j] <= '9') {
			j++
		}
		switch strings.ToUpper(query[i:j]) {
		case "INSERT", "UPDATE", "DELETE", "REPLACE":
			// replace(…) and «FOR UPDATE» read; the first is a function call.
			if rest := strings.TrimLeft(query[j:], " \t\n"); !strings.HasPrefix(rest, "(") {
				return true
			}
		case "CREATE", "DROP", "ALTER", "VACUUM", "REINDEX", "ANALYZE":
			return true
		}
		i = j
	}
	return false
}

func letter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

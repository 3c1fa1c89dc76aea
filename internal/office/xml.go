package office

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// Clean is the part of s that XML can hold and a reader can see: control
// characters and invalid UTF-8 are left out, tabs and ends of lines are spaces.
func Clean(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c >= 0x7f {
			return clean(s)
		}
	}
	return s
}

func clean(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case r == utf8.RuneError && n <= 1:
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\ufffe' || r == '\uffff':
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069': // they turn the text around them
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// doc is an XML document in the making.
type doc struct{ b []byte }

func (d *doc) raw(parts ...string) {
	for _, p := range parts {
		d.b = append(d.b, p...)
	}
}

func (d *doc) int(v int) { d.b = strconv.AppendInt(d.b, int64(v), 10) }

// text writes what comes from outside, made inert: in an element and in an
// attribute alike.
func (d *doc) text(s string) {
	s = Clean(s)
	last := 0
	for i := 0; i < len(s); i++ {
		var esc string
		switch s[i] {
		case '&':
			esc = "&amp;"
		case '<':
			esc = "&lt;"
		case '>':
			esc = "&gt;"
		case '"':
			esc = "&quot;"
		default:
			continue
		}
		d.raw(s[last:i], esc)
		last = i + 1
	}
	d.raw(s[last:])
}

// attr writes one attribute whose value comes from outside.
func (d *doc) attr(name, value string) {
	d.raw(" ", name, `="`)
	d.text(value)
	d.raw(`"`)
}

func (d *doc) intAttr(name string, v int) {
	d.raw(" ", name, `="`)
	d.int(v)
	d.raw(`"`)
}

// lenAttr writes a length in centimetres, given in thousandths of a point.
func (d *doc) lenAttr(name string, milli int) {
	d.raw(" ", name, `="`, cm(milli), `"`)
}

// cm writes thousandths of a point as centimetres with three decimals.
func cm(milli int) string {
	sign := ""
	if milli < 0 {
		sign, milli = "-", -milli
	}
	t := (milli*2540 + 36000) / 72000 // thousandths of a centimetre
	frac := strconv.Itoa(t % 1000)
	return sign + strconv.Itoa(t/1000) + "." + "000"[:3-len(frac)] + frac + "cm"
}

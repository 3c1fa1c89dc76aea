package questionnaire

import (
	"slices"
	"strings"
)

// None is the byte of a closed answer that was not given.
const None byte = 255

// Slots gives each closed answer its place in a packed response. A slot is
// allotted once for the whole installation, to a key, and never used again: a
// packed response is read whatever the version or the variant that it answers.
type Slots map[string]int

// Keys lists the keys that need a slot, in the order of the form: that of each
// closed cell, and «key:option» for each option of a question of several choices.
func (f Form) Keys() []string {
	var out []string
	for _, c := range f.Cells() {
		switch c.Type {
		case Choice:
			out = append(out, c.Key)
		case Choices:
			for _, o := range c.Options {
				out = append(out, c.Key+":"+o.Code)
			}
		}
	}
	return out
}

// Pack writes the closed answers, one byte each: the place of the option in its
// list. Of several choices each option is 1 when ticked, 0 when another one is.
// What is not answered, or has no slot, is None; the end is cut off.
func (f Form) Pack(slots Slots, a Answers) []byte {
	var out []byte
	set := func(key string, b byte) {
		i, ok := slots[key]
		if !ok {
			return
		}
		for len(out) <= i {
			out = append(out, None)
		}
		out[i] = b
	}
	for _, c := range f.Cells() {
		value := a[c.Key]
		if value == "" {
			continue
		}
		switch c.Type {
		case Choice:
			if i := slices.IndexFunc(c.Options, func(o Option) bool { return o.Code == value }); i >= 0 && i < int(None) {
				set(c.Key, byte(i))
			}
		case Choices:
			ticked := strings.Fields(value)
			for _, o := range c.Options {
				b := byte(0)
				if slices.Contains(ticked, o.Code) {
					b = 1
				}
				set(c.Key+":"+o.Code, b)
			}
		}
	}
	return out
}

// At reads one slot of a packed response.
func At(packed []byte, slot int) byte {
	if slot < 0 || slot >= len(packed) {
		return None
	}
	return packed[slot]
}

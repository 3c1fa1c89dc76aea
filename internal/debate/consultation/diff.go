package consultation

import (
	"strings"
	"unicode"
)

// Chunk is a run of words: kept, added or removed.
type Chunk struct {
	Mark Mark
	Text string
}

// Mark says what became of words.
type Mark int

// The marks.
const (
	Kept Mark = iota
	Added
	Removed
)

// words cuts a text into words, each with the space or the mark that follows it as a
// word of its own.
func words(s string) (out []string) {
	start, kind := 0, -1
	for i, r := range s {
		k := 0
		switch {
		case r == '\n':
			k = 3
		case unicode.IsSpace(r):
			k = 1
		case unicode.IsPunct(r) && r != '-' && r != '’' && r != '\'':
			k = 2
		}
		if i > 0 && (k != kind || k >= 2) {
			out = append(out, s[start:i])
			start = i
		}
		kind = k
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// mostCells bounds the work of one comparison: two texts of 3 000 words.
const mostCells = 36_000_000

// Diff compares two texts word by word. Of texts too long to compare so, all that
// differs is removed, then added.
func Diff(before, after string) []Chunk {
	a, b := words(before), words(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out chunks
	out.add(Kept, a[:head]...)
	x, y := a[head:len(a)-tail], b[head:len(b)-tail]
	if len(x)*len(y) > mostCells {
		out.add(Removed, x...)
		out.add(Added, y...)
	} else {
		out.compare(x, y)
	}
	out.add(Kept, a[len(a)-tail:]...)
	return out.tidy()
}

type chunks []Chunk

func (c *chunks) add(m Mark, texts ...string) {
	text := strings.Join(texts, "")
	if text == "" {
		return
	}
	if n := len(*c); n > 0 && (*c)[n-1].Mark == m {
		(*c)[n-1].Text += text
		return
	}
	*c = append(*c, Chunk{m, text})
}

// compare walks the longest common run of two lists of words.
func (c *chunks) compare(a, b []string) {
	if len(a) == 0 || len(b) == 0 {
		c.add(Removed, a...)
		c.add(Added, b...)
		return
	}
	width := len(b) + 1
	length := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			c.add(Kept, a[i])
			i, j = i+1, j+1
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			c.add(Removed, a[i])
			i++
		default:
			c.add(Added, b[j])
			j++
		}
	}
	c.add(Removed, a[i:]...)
	c.add(Added, b[j:]...)
}

// tidy takes spaces that stand between two changes into them: a run of changed words
// reads as one.
func (c chunks) tidy() []Chunk {
	for i := 1; i+1 < len(c); i++ {
		if c[i].Mark == Kept && c[i].Text != "" && strings.Trim(c[i].Text, " \t") == "" && c[i-1].Mark != Kept && c[i+1].Mark != Kept {
			return c.merged()
		}
	}
	return c
}

// merged is the list with each run of changes as what goes, then what comes.
func (c chunks) merged() []Chunk {
	var out chunks
	var gone, come string
	flush := func() {
		out.add(Removed, gone)
		out.add(Added, come)
		gone, come = "", ""
	}
	for i, x := range c {
		switch {
		case x.Mark == Removed:
			gone += x.Text
		case x.Mark == Added:
			come += x.Text
		case strings.Trim(x.Text, " \t") == "" && i > 0 && i+1 < len(c) && c[i-1].Mark != Kept && c[i+1].Mark != Kept:
			gone, come = gone+x.Text, come+x.Text
		default:
			flush()
			out.add(Kept, x.Text)
		}
	}
	flush()
	return out
}

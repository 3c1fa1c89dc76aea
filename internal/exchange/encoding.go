package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const bom = "\xef\xbb\xbf"

// glance is what one pass over a text file says of its letters, before any of
// it is taken for data.
type glance struct {
	bom       bool
	valid     bool // UTF-8 throughout
	multibyte bool // holds something else than ASCII
	nul       bool
	undefined bool // a byte that Windows-1252 does not use
}

// surveyText reads the whole file once, in flat memory.
func surveyText(at io.ReaderAt, size int64) (glance, error) {
	s := glance{valid: true}
	r := io.NewSectionReader(at, 0, size)
	buf := make([]byte, 64<<10)
	kept := 0
	for first := true; ; first = false {
		n, err := io.ReadFull(r, buf[kept:])
		chunk := buf[:kept+n]
		if first && bytes.HasPrefix(chunk, []byte(bom)) {
			s.bom, chunk = true, chunk[len(bom):]
		}
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return s, fmt.Errorf("read text: %w", err)
		}
		whole := chunk
		if !last {
			whole = chunk[:len(chunk)-partialRune(chunk)]
		}
		s.look(whole)
		if last {
			return s, nil
		}
		kept = copy(buf, chunk[len(whole):])
	}
}

func (s *glance) look(b []byte) {
	s.nul = s.nul || bytes.IndexByte(b, 0) >= 0
	s.valid = s.valid && utf8.Valid(b)
	if s.multibyte && s.undefined {
		return
	}
	for _, c := range b {
		if c < 0x80 {
			continue
		}
		s.multibyte = true
		switch c {
		case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
			s.undefined = true
		}
	}
}

// partialRune is the length of the unfinished rune at the end of b, 0 if none.
func partialRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// verdict is the encoding to read the file in, and the reason to refuse the
// first cell that is not UTF-8 ("" when all can be read).
func (s glance) verdict(declared Encoding) (Encoding, string) {
	switch {
	case s.valid && s.bom:
		return UTF8BOM, ""
	case s.valid:
		return UTF8, ""
	case declared == Windows1252 && !s.bom && !s.undefined:
		return Windows1252, ""
	case !s.bom && !s.undefined && !s.nul:
		return Windows1252, "le fichier n’est pas en UTF-8, il semble enregistré en Windows-1252 (ANSI)\u00a0: enregistrez-le en «\u00a0CSV UTF-8\u00a0», ou déclarez cet encodage à l’envoi"
	}
	return UTF8, "texte illisible\u00a0: le fichier n’est pas en UTF-8"
}

// fromWindows1252 decodes a cell; every byte has a meaning once the glance has
// found none of the five unused ones.
func fromWindows1252(b []byte) string {
	out := make([]byte, 0, len(b)+len(b)/8)
	for _, c := range b {
		out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(c))
	}
	return string(out)
}

package exchange

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// errMarkup says that XML is built to exhaust its reader.
var errMarkup = errors.New("markup beyond the limits")

// marks is an XML decoder whose memory is bounded whatever the file: in depth,
// and in bytes between two tokens (a decoder holds a whole token).
type marks struct {
	dec   *xml.Decoder
	meter *meter
	depth int
}

func newMarks(r io.Reader) *marks {
	m := &meter{r: r}
	dec := xml.NewDecoder(m)
	dec.Strict = true
	return &marks{dec: dec, meter: m}
}

// next returns the next token, io.EOF only at the end of a whole document. The
// token's bytes are valid until the following call.
func (m *marks) next() (xml.Token, error) {
	m.meter.since = 0
	tok, err := m.dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok.(type) {
	case xml.StartElement:
		if m.depth++; m.depth > maxDepth {
			return nil, fmt.Errorf("%w: %d nested elements", errMarkup, m.depth)
		}
	case xml.EndElement:
		m.depth--
	case xml.Directive: // no document type: no entities
		return nil, fmt.Errorf("%w: directive", errMarkup)
	}
	return tok, nil
}

// text joins the text of the element just opened, up to its end, without that
// of phonetic guides. Past most bytes the rest is read and dropped.
func (m *marks) text(most int) (string, error) {
	var b strings.Builder
	inText, inGuide := false, 0
	for bottom := m.depth - 1; m.depth > bottom; {
		tok, err := m.next()
		if err != nil {
			return "", unexpectedEOF(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if e.Name.Local == "rPh" {
				inGuide = m.depth
			}
			inText = e.Name.Local == "t" && inGuide == 0
		case xml.EndElement:
			if e.Name.Local == "rPh" {
				inGuide = 0
			}
			inText = false
		case xml.CharData:
			if inText && b.Len() < most {
				b.Write(e[:min(len(e), most-b.Len())])
			}
		}
	}
	return b.String(), nil
}

// chars is the text directly inside the element just opened.
func (m *marks) chars(most int) (string, error) {
	var b strings.Builder
	for bottom := m.depth - 1; m.depth > bottom; {
		tok, err := m.next()
		if err != nil {
			return "", unexpectedEOF(err)
		}
		if e, ok := tok.(xml.CharData); ok && b.Len() < most {
			b.Write(e[:min(len(e), most-b.Len())])
		}
	}
	return b.String(), nil
}

func unexpectedEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// meter fails when one token asks for too many bytes.
type meter struct {
	r     io.Reader
	since int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.since > maxToken {
		return 0, fmt.Errorf("%w: a token over %d bytes", errMarkup, maxToken)
	}
	n, err := m.r.Read(p)
	m.since += n
	return n, err
}

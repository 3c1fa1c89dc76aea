package office

import (
	"archive/zip"
	"bufio"
	"io"
	"iter"
	"strings"
)

// SheetCell is one cell of a sheet: exact decimal text with a point when it is a number.
type SheetCell struct {
	Text   string
	Number bool
}

const odsType = "application/vnd.oasis.opendocument.spreadsheet"

const odsNames = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3"`

// WriteSheet writes a spreadsheet (ODS, OpenDocument 1.3) of one sheet: a header in
// bold, then rows as they come, in flat memory. A text is never a formula, whatever it
// begins with. It returns the number of rows.
func WriteSheet(w io.Writer, name string, heads []string, rows iter.Seq2[[]SheetCell, error]) (n int64, err error) {
	z := zip.NewWriter(w)
	manifest := xmlHead + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="` + odsType +
		`"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`
	for _, p := range []part{{name: "mimetype", body: []byte(odsType), store: true}, {name: "META-INF/manifest.xml", body: []byte(manifest)}} {
		if err := p.add(z); err != nil {
			return 0, err
		}
	}
	h := &zip.FileHeader{Name: "content.xml", Method: zip.Deflate}
	h.ModifiedDate = day1980 //nolint:staticcheck // as every part
	content, err := z.CreateHeader(h)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(content, 64<<10)
	var d doc
	d.raw(xmlHead, `<office:document-content`, odsNames, `><office:automatic-styles><style:style style:name="tete" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles><office:body><office:spreadsheet><table:table`)
	d.attr("table:name", name)
	d.raw(`><table:table-header-rows><table:table-row>`)
	for _, h := range heads {
		d.raw(`<table:table-cell table:style-name="tete" office:value-type="string"><text:p>`)
		d.text(h)
		d.raw(`</text:p></table:table-cell>`)
	}
	d.raw(`</table:table-row></table:table-header-rows>`)
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		d.raw(`<table:table-row>`)
		for _, c := range row {
			d.cell(c)
		}
		d.raw(`</table:table-row>`)
		if _, err := out.Write(d.b); err != nil {
			return n, err
		}
		d.b = d.b[:0]
		n++
	}
	d.raw(`</table:table></office:spreadsheet></office:body></office:document-content>`)
	if _, err := out.Write(d.b); err != nil {
		return n, err
	}
	if err := out.Flush(); err != nil {
		return n, err
	}
	return n, z.Close()
}

// cell writes one cell: a number by its exact text, a text line by line.
func (d *doc) cell(c SheetCell) {
	switch {
	case c.Text == "":
		d.raw(`<table:table-cell/>`)
	case c.Number:
		d.raw(`<table:table-cell office:value-type="float"`)
		d.attr("office:value", c.Text)
		d.raw(`><text:p>`)
		d.text(strings.Replace(c.Text, ".", ",", 1))
		d.raw(`</text:p></table:table-cell>`)
	default:
		d.raw(`<table:table-cell office:value-type="string">`)
		for line := range strings.SplitSeq(c.Text, "\n") {
			d.raw(`<text:p>`)
			d.text(strings.TrimSuffix(line, "\r"))
			d.raw(`</text:p>`)
		}
		d.raw(`</table:table-cell>`)
	}
}

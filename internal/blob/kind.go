package blob

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
)

// kind is a type of file that Jalon keeps.
type kind struct {
	ext     []string
	media   string
	also    []string // other media types that browsers claim for it
	french  string   // «un document PDF»
	content content
}

// content is what the bytes of a file are, as far as they tell.
type content string

const (
	isPDF     content = "un document PDF"
	isPNG     content = "une image PNG"
	isJPEG    content = "une image JPEG"
	isGIF     content = "une image GIF"
	isWebP    content = "une image WebP"
	isDOCX    content = "un document Word (.docx)"
	isXLSX    content = "un classeur Excel (.xlsx)"
	isPPTX    content = "une présentation PowerPoint (.pptx)"
	isODT     content = "un document ODT"
	isODS     content = "un classeur ODS"
	isODP     content = "une présentation ODP"
	isMacro   content = "un document qui contient des macros"
	isZip     content = "une archive ZIP"
	isOldDoc  content = "un document d’un ancien Microsoft Office"
	isProgram content = "un programme"
	isHTML    content = "une page web"
	isSVG     content = "une image SVG"
	isXML     content = "un document XML"
	isJSON    content = "des données JSON"
	isText    content = "du texte"
	isOther   content = "d’un type que Jalon ne reconnaît pas"
)

// kinds is the list of what is accepted. Formats that may carry programs (SVG,
// HTML, macros, the old Office) are not in it.
func kinds() []kind {
	return []kind{
		{[]string{".pdf"}, "application/pdf", []string{"application/x-pdf"}, string(isPDF), isPDF},
		{[]string{".png"}, "image/png", nil, string(isPNG), isPNG},
		{[]string{".jpg", ".jpeg"}, "image/jpeg", []string{"image/jpg", "image/pjpeg"}, string(isJPEG), isJPEG},
		{[]string{".gif"}, "image/gif", nil, string(isGIF), isGIF},
		{[]string{".webp"}, "image/webp", nil, string(isWebP), isWebP},
		{[]string{".docx"}, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", nil, string(isDOCX), isDOCX},
		{[]string{".xlsx"}, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", nil, string(isXLSX), isXLSX},
		{[]string{".pptx"}, "application/vnd.openxmlformats-officedocument.presentationml.presentation", nil, string(isPPTX), isPPTX},
		{[]string{".odt"}, "application/vnd.oasis.opendocument.text", nil, string(isODT), isODT},
		{[]string{".ods"}, "application/vnd.oasis.opendocument.spreadsheet", nil, string(isODS), isODS},
		{[]string{".odp"}, "application/vnd.oasis.opendocument.presentation", nil, string(isODP), isODP},
		// Windows gives CSV the type of Excel.
		{[]string{".csv"}, "text/csv", []string{"application/csv", "application/vnd.ms-excel", "text/plain", "text/x-csv"}, "un fichier CSV", isText},
		{[]string{".txt"}, "text/plain", nil, "un fichier texte", isText},
		{[]string{".md"}, "text/markdown", []string{"text/plain", "text/x-markdown"}, "un fichier Markdown", isText},
		{[]string{".json"}, "application/json", []string{"text/json"}, "un fichier JSON", isJSON},
		{[]string{".geojson"}, "application/geo+json", []string{"application/json", "application/vnd.geo+json"}, "un fichier GeoJSON", isJSON},
		{[]string{".zip"}, "application/zip", []string{"application/x-zip-compressed"}, string(isZip), isZip},
	}
}

// Types lists the media types that can be kept.
func Types() []string {
	var all []string
	for _, k := range kinds() {
		all = append(all, k.media)
	}
	return all
}

// Extensions lists the extensions of some types (nil for all), for forms and
// messages.
func Extensions(types []string) []string {
	var all []string
	for _, k := range kinds() {
		if types == nil || slices.Contains(types, k.media) {
			all = append(all, k.ext...)
		}
	}
	return all
}

// kind is what the claim says, before any byte is read.
func (c Claim) kind() (kind, error) {
	ext := strings.ToLower(path.Ext(c.Name))
	if c.Made && ext == ".html" {
		return kind{[]string{".html"}, "text/html", nil, string(isHTML), isHTML}, nil
	}
	i := slices.IndexFunc(kinds(), func(k kind) bool { return slices.Contains(k.ext, ext) })
	if i < 0 || c.Only != nil && !slices.Contains(c.Only, kinds()[i].media) {
		return kind{}, apperr.Invalidf("«\u00a0%s\u00a0» n’est pas d’un type accepté. Rien n’a été enregistré. Types acceptés\u00a0: %s.", c.Name, strings.Join(Extensions(c.Only), ", "))
	}
	k := kinds()[i]
	claimed, _, err := mime.ParseMediaType(c.Type)
	if c.Type != "" && (err != nil || claimed != "application/octet-stream" && claimed != k.media && !slices.Contains(k.also, claimed)) {
		return kind{}, apperr.Invalidf("«\u00a0%s\u00a0» est envoyé comme «\u00a0%s\u00a0», ce qui n’est pas le type de %s. Rien n’a été enregistré\u00a0: vérifiez ce fichier.", c.Name, c.Type, k.french)
	}
	return k, nil
}

// check compares the bytes with the claim.
func (c Claim) check(k kind, r io.ReaderAt, size int64) error {
	found, err := sniff(r, size)
	if err != nil {
		return err
	}
	if found == k.content || k.content == isText && found == isJSON {
		return nil
	}
	if k.content == isJSON && found == isText {
		return apperr.Invalidf("«\u00a0%s\u00a0» ne se lit pas comme %s\u00a0: sa syntaxe est fausse ou le fichier est coupé. Rien n’a été enregistré.", c.Name, k.french)
	}
	is := "c’est " + string(found)
	if found == isOther {
		is = "il est " + string(found) + ", ou abîmé"
	}
	return apperr.Invalidf("«\u00a0%s\u00a0» n’est pas %s\u00a0: %s. Rien n’a été enregistré\u00a0: envoyez le fichier d’origine, sous son vrai nom.", c.Name, k.french, is)
}

// sniff says what bytes are, by themselves alone.
func sniff(r io.ReaderAt, size int64) (content, error) {
	head := make([]byte, min(size, 64<<10))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return "", err
	}
	for _, m := range []struct {
		at   int
		mark string
		is   content
	}{
		{0, "%PDF-", isPDF}, {0, "\x89PNG\r\n\x1a\n", isPNG}, {0, "\xff\xd8\xff", isJPEG}, {0, "GIF87a", isGIF}, {0, "GIF89a", isGIF},
		{8, "WEBPVP8", isWebP}, {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", isOldDoc},
		{0, "\x7fELF", isProgram}, {0, "#!", isProgram}, {0, "\xca\xfe\xba\xbe", isProgram}, {0, "\xcf\xfa\xed\xfe", isProgram},
	} {
		if len(head) >= m.at && bytes.HasPrefix(head[m.at:], []byte(m.mark)) {
			return m.is, nil
		}
	}
	if bytes.HasPrefix(head, []byte("MZ")) && bytes.IndexByte(head, 0) >= 0 { // a table may begin with these letters
		return isProgram, nil
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return sniffZip(r, size), nil
	}
	return sniffText(r, size, head)
}

// sniffZip tells the documents that are archives apart by the names within; it
// decompresses nothing but the one line of OpenDocument.
func sniffZip(r io.ReaderAt, size int64) content {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return isOther
	}
	has := map[string]bool{}
	for _, f := range z.File {
		has[f.Name] = true
		if strings.HasSuffix(strings.ToLower(f.Name), "vbaproject.bin") {
			return isMacro
		}
	}
	if has["[Content_Types].xml"] {
		switch {
		case has["word/document.xml"]:
			return isDOCX
		case has["xl/workbook.xml"]:
			return isXLSX
		case has["ppt/presentation.xml"]:
			return isPPTX
		}
	}
	if len(z.File) > 0 && z.File[0].Name == "mimetype" && has["content.xml"] {
		switch mimetype(z.File[0]) {
		case "application/vnd.oasis.opendocument.text":
			return isODT
		case "application/vnd.oasis.opendocument.spreadsheet":
			return isODS
		case "application/vnd.oasis.opendocument.presentation":
			return isODP
		}
	}
	return isZip
}

func mimetype(f *zip.File) string {
	r, err := f.Open()
	if err != nil {
		return ""
	}
	defer r.Close()
	line, err := io.ReadAll(io.LimitReader(r, 100))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(line))
}

// sniffText takes for text what holds no control character: UTF-8, UTF-16 with
// its mark, or an older encoding of one byte a letter.
func sniffText(r io.ReaderAt, size int64, head []byte) (content, error) {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return isText, nil
	}
	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	for _, mark := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<iframe"} {
		if bytes.HasPrefix(start, []byte(mark)) {
			return isHTML, nil
		}
	}
	if bytes.HasPrefix(start, []byte("<svg")) || bytes.HasPrefix(start, []byte("<?xml")) {
		if bytes.Contains(start, []byte("<svg")) {
			return isSVG, nil
		}
		return isXML, nil
	}
	plain := &plainText{}
	if _, err := io.Copy(plain, io.NewSectionReader(r, 0, size)); err != nil {
		return "", err
	}
	if plain.control {
		return isOther, nil
	}
	if len(start) > 0 && (start[0] == '{' || start[0] == '[') && wellFormed(io.NewSectionReader(r, 0, size)) {
		return isJSON, nil
	}
	return isText, nil
}

// plainText looks for what no text holds.
type plainText struct{ control bool }

func (p *plainText) Write(b []byte) (int, error) {
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1a || c == 0x7f {
			p.control = true
		}
	}
	return len(b), nil
}

// wellFormed reads JSON by tokens, without keeping any.
func wellFormed(r io.Reader) bool {
	d := json.NewDecoder(r)
	depth, any := 0, false
	for {
		t, err := d.Token()
		if err == io.EOF {
			return any && depth == 0
		}
		if err != nil || any && depth == 0 {
			return false
		}
		any = true
		switch v := t.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				depth++
			} else {
				depth--
			}
		case string:
			if !utf8.ValidString(v) {
				return false
			}
		}
	}
}

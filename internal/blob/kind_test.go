package blob

import (
	"bytes"
	"strings"
	"testing"

	"jalon/internal/apperr"
)

func stageError(t *testing.T, body []byte, c Claim) error {
	t.Helper()
	s, err := Stage(t.Context(), t.TempDir(), bytes.NewReader(body), c)
	if err == nil {
		if s.Type == "" || s.Size != int64(len(body)) {
			t.Errorf("%s: %+v", c.Name, s.Blob)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	return err
}

func samples(t *testing.T) map[string][]byte {
	return map[string][]byte{
		"a.pdf": pdf(100), "a.png": []byte("\x89PNG\r\n\x1a\n...."), "a.JPG": []byte("\xff\xd8\xff\xe0...."), "a.gif": []byte("GIF89a...."),
		"a.webp": []byte("RIFF....WEBPVP8 "),
		"a.docx": archive(t, "[Content_Types].xml", "word/document.xml"),
		"a.xlsx": archive(t, "[Content_Types].xml", "xl/workbook.xml"),
		"a.pptx": archive(t, "[Content_Types].xml", "ppt/presentation.xml"),
		"a.odt":  archive(t, "mimetype=application/vnd.oasis.opendocument.text", "content.xml"),
		"a.ods":  archive(t, "mimetype=application/vnd.oasis.opendocument.spreadsheet", "content.xml"),
		"a.odp":  archive(t, "mimetype=application/vnd.oasis.opendocument.presentation", "content.xml"),
		"a.zip":  archive(t, "a.txt=texte"),
		"a.csv":  []byte("\xef\xbb\xbfnom;adresse\r\nÉvry;a@b.fr\r\n"), "a.txt": []byte("MZ, du texte"), "a.md": []byte("# Titre\n"),
		"a.json": []byte(`{"a": [1, 2]}`), "a.geojson": []byte(`{"type":"FeatureCollection","features":[]}`),
	}
}

func TestEachTypeIsTakenUnderItsOwnNameOnly(t *testing.T) {
	files := samples(t)
	if len(files) < len(Types()) {
		t.Errorf("%d samples of %d types", len(files), len(Types()))
	}
	// What is text may be called so; an archive may not pass for a document.
	text := map[string]bool{"a.csv": true, "a.txt": true, "a.md": true, "a.json": true, "a.geojson": true}
	for from, body := range files {
		for as := range files {
			err := stageError(t, body, Claim{Name: as})
			jsonFile := from == "a.json" || from == "a.geojson"
			wantJSON := as == "a.json" || as == "a.geojson"
			ok := from == as || text[from] && text[as] && (!wantJSON || jsonFile)
			if (err == nil) != ok {
				t.Errorf("%s sent as %s: %v", from, as, err)
			}
			if err != nil && apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%s as %s: %v", from, as, err)
			}
		}
	}
}

func TestAFileThatLiesIsRefusedInFrench(t *testing.T) {
	for _, c := range []struct {
		name, media, body, want string
	}{
		{"rapport.pdf", "", "\x89PNG\r\n\x1a\n", "«\u00a0rapport.pdf\u00a0» n’est pas un document PDF\u00a0: c’est une image PNG. Rien n’a été enregistré\u00a0: envoyez le fichier d’origine, sous son vrai nom."},
		{"rapport.pdf", "", "MZ\x90\x00\x03", "c’est un programme"},
		{"rapport.pdf", "", "\x01\x02\x03", "il est d’un type que Jalon ne reconnaît pas, ou abîmé"},
		{"rapport.docx", "", "PK\x03\x04 coupé", "abîmé"},
		{"rapport.docx", "", string(archive(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")), "macros"},
		{"note.txt", "", "  <!DOCTYPE html><p>", "une page web"},
		{"note.csv", "", "<?xml version='1.0'?><svg onload=''/>", "une image SVG"},
		{"note.csv", "", "<?xml version='1.0'?><a/>", "un document XML"},
		{"note.csv", "", "a;b\x00c", "ne reconnaît pas"},
		{"note.json", "", `{"a": [1, 2}`, "sa syntaxe est fausse"},
		{"note.json", "", `{"a": 1} {"b": 2}`, "sa syntaxe est fausse"},
		{"ancien.doc", "", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "n’est pas d’un type accepté"},
		{"dessin.svg", "image/svg+xml", "<svg/>", "n’est pas d’un type accepté"},
		{"sans-extension", "", "texte", "n’est pas d’un type accepté"},
		{"rapport.pdf", "image/png", "%PDF-1.7", "est envoyé comme «\u00a0image/png\u00a0»"},
		{"rapport.pdf", "///", "%PDF-1.7", "est envoyé comme"},
		{"vide.txt", "", "", "est vide"},
	} {
		err := stageError(t, []byte(c.body), Claim{Name: c.name, Type: c.media})
		if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), c.want) {
			t.Errorf("%s %s: %v", c.name, c.media, err)
		}
	}
	for _, c := range []Claim{
		{Name: "liste.csv", Type: "application/vnd.ms-excel"}, {Name: "liste.csv", Type: "text/csv; charset=utf-8"},
		{Name: "liste.csv", Type: "application/octet-stream"}, {Name: "liste.csv", Only: []string{"text/csv"}},
	} {
		if err := stageError(t, []byte("a;b\n"), c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	err := stageError(t, pdf(100), Claim{Name: "note.pdf", Only: []string{"text/csv"}})
	if !strings.HasSuffix(apperr.Message(err), "Types acceptés\u00a0: .csv.") {
		t.Error(err)
	}
}

func FuzzSniff(f *testing.F) {
	for _, s := range []string{"%PDF-1.7", "PK\x03\x04", "PK\x05\x06" + strings.Repeat("\x00", 18), "{}", "[1,", "<svg>", "\xff\xfea", "RIFF....WEBPVP8 ", "MZ"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if is, err := sniff(bytes.NewReader(body), int64(len(body))); err != nil || is == "" {
			t.Error(is, err)
		}
	})
}

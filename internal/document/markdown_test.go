package document

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMarkdownBecomesBlocks(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []Block
	}{
		{"nothing", "  \n\n", nil},
		{"paragraphs", "Un\ndeux.\n\nTrois &amp; \\* quatre.", []Block{Para("Un deux."), Para("Trois & * quatre.")}},
		{"manners", "Un **gras**, un *penché*, [un lien](https://exemple.fr) et [une page](/leviers).", []Block{Text{[]Span{{Text: "Un "}, {Text: "gras", Bold: true}, {Text: ", un "},
			{Text: "penché", Italic: true}, {Text: ", "}, {Text: "un lien", Href: "https://exemple.fr"}, {Text: " et "}, {Text: "une page", Href: "/leviers"}, {Text: "."}}}}},
		{"heading", "# Titre\n\nTexte", []Block{Text{[]Span{{Text: "Titre", Bold: true}}}, Para("Texte")}},
		{"list", "- un\n- deux\n  - trois\n\n3. a\n4. **b**", []Block{List{Items: [][]Span{Plain("un"), Plain("deux"), {{Text: "–" + nb}, {Text: "trois"}}}},
			List{Ordered: true, Items: [][]Span{Plain("a"), {{Text: "b", Bold: true}}}}}},
		{"quote", "> Dit *ainsi*.\n>\n> Et puis.", []Block{Quote{Spans: []Span{{Text: "Dit "}, {Text: "ainsi", Italic: true}, {Text: "."}}}, Quote{Spans: Plain("Et puis.")}}},
		{"what acts", "<script>alert(1)</script>\n\n[clic](javascript:alert(1)) <b>x</b> [hors](//ailleurs.fr/x)", []Block{Para("clic x hors")}},
		{"image", "![une carte](https://exemple.fr/x.png)", []Block{Para("une carte")}},
		{"code", "    quatre espaces\n    et suite", []Block{Para("quatre espaces et suite")}},
	} {
		if diff := cmp.Diff(c.want, Markdown(c.in)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// A document of before keeps its bytes: what is new is not written when empty.
func TestNewFieldsLeaveOldDocumentsAlone(t *testing.T) {
	body, err := json.Marshal(Specimen())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"FigureBase", "Mark", "chapter"} {
		if bytes.Contains(body, []byte(`"`+name+`"`)) {
			t.Errorf("%s is written of a document that has none", name)
		}
	}
}

// The figures of a document that keeps its explanations lead to them, in text and
// deck, and those behind a plain address are kept too.
func TestFiguresLeadToTheirOwnExplanations(t *testing.T) {
	d := Document{Kind: "diagnostic", Title: "Essai", Address: "https://jalon.example/x", FigureBase: "/regions/grand-est/diagnostic/editions/1/chiffres/", Mark: "Projet, non publié", Parts: []Part{
		{ID: "a", Title: "Un", Chapter: "Chapitre", Blocks: []Block{Text{[]Span{{Text: "5", Figure: "panorama/x"}, {Text: "6", Href: "/chiffres/plans/y"}}},
			KeyFigures{[]KeyFigure{{Label: "l", Value: "7", Figure: "series/z"}}}}}, {ID: "b", Title: "Deux", Blocks: []Block{Para("x")}}}}
	if diff := cmp.Diff([]string{"panorama/x", "plans/y", "series/z"}, d.Figures()); diff != "" {
		t.Error(diff)
	}
	var odt, pptx bytes.Buffer
	if err := WriteODT(&odt, d); err != nil {
		t.Fatal(err)
	}
	if err := WritePPTX(&pptx, d); err != nil {
		t.Fatal(err)
	}
	text, deck := unzipped(t, odt.Bytes()), unzipped(t, pptx.Bytes())
	for _, key := range d.Figures() {
		if want := "https://jalon.example" + d.FigureBase + key; !strings.Contains(text, want) || !strings.Contains(deck, want) {
			t.Errorf("%s leads elsewhere", key)
		}
	}
	for _, body := range []string{text, deck} {
		if !strings.Contains(body, d.Mark) || !strings.Contains(body, "Chapitre") {
			t.Error("neither its mark nor its chapter is written")
		}
	}
	if d.Slides() != 4 {
		t.Errorf("%d slides", d.Slides())
	}
}

func unzipped(t *testing.T, body []byte) string {
	t.Helper()
	var b strings.Builder
	for _, text := range parts(t, body) {
		b.WriteString(text)
	}
	return b.String()
}

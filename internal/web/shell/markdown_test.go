package shell

import (
	"strings"
	"testing"
)

func TestMarkdownIsHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"# Titre\n\nUn *mot*.":                          "<h3>Titre</h3>\n<p>Un <em>mot</em>.</p>\n",
		"[ici](https://exemple.fr)":                     `<p><a href="https://exemple.fr" rel="nofollow">ici</a></p>` + "\n",
		"[ici](javascript:alert(1))":                    "<p>ici</p>\n",
		"<script>alert(1)</script>":                     "",
		"<img src=x onerror=alert(1)>":                  "",
		"<p style='position:fixed' class=x>Bonjour</p>": "",
		"![image](https://exemple.fr/pixel.png)":        "<p></p>\n",
	} {
		var b strings.Builder
		if err := Markdown(text).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

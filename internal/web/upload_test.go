package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"jalon/internal/policy"
	"jalon/internal/web"
)

// Whoever sends a file to whichever form, taken or refused, nothing of it stays in the
// temporary folder once the answer is there: else files that are refused fill the disk.
func TestNoFileStaysBehind(t *testing.T) {
	s := sqlite(t)
	made := s.fixtures()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, name := range []string{"file", "fichier", "scan"} { // more than stays in memory
		f, err := w.CreateFormFile(name, "table.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(bytes.Repeat([]byte("from;to;kind\n"), 50_000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	team, base := s.signIn("equipe-fichiers@exemple.fr", policy.Team, "region", "03")
	nation, _ := s.signIn("nation-fichiers@exemple.fr", policy.NationalAdmin, "nation", "")
	reached := 0
	for _, rt := range web.Routes() {
		if rt.Method != http.MethodPost || rt.Body < int64(body.Len()) {
			continue
		}
		n, ok := foreseen[rt.Name]
		if !ok {
			n, ok = foreseenActions[rt.Name]
		}
		if !ok {
			n = foreseenFollow[rt.Name]
		}
		path := n.path
		if path == "" {
			path = strings.ReplaceAll(strings.ReplaceAll(rt.Pattern, "{slug}", "guyane"), "{cycle}", "2023-24")
		}
		path = strings.ReplaceAll(path, "{id}", made["guyane/"+n.made])
		for _, who := range []*http.Client{team, nation, nil} {
			// The handler itself is called: over a connection, an answer comes before its end.
			r := httptest.NewRequest(http.MethodPost, base+path, bytes.NewReader(body.Bytes()))
			r.Header.Set("Content-Type", w.FormDataContentType())
			if who != nil {
				for _, c := range who.Jar.Cookies(r.URL) {
					r.AddCookie(c)
				}
			}
			a := s.do(r)
			if a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusForbidden {
				reached++
			}
			left, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range left {
				if strings.HasPrefix(f.Name(), "multipart-") {
					t.Errorf("%s %s (%s): a file stays behind: %s", rt.Method, path, a.Status, f.Name())
					if err := os.Remove(dir + "/" + f.Name()); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	if reached < 8 {
		t.Errorf("only %d forms read the file", reached)
	}
}

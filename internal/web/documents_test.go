package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

var pdf = []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n")

// endless gives zeros.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// send posts a form with a file, which flows: nothing holds it whole.
func (s *site) send(c *http.Client, address string, fields url.Values, name string, file io.Reader) page {
	s.t.Helper()
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		for _, k := range []string{"rev", "title", "kind", "stage", "day", "part", "reason"} {
			if v, ok := fields[k]; ok {
				if err := form.WriteField(k, v[0]); err != nil {
					w.CloseWithError(err)
					return
				}
			}
		}
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = io.Copy(part, file)
		}
		if err == nil {
			err = form.Close()
		}
		w.CloseWithError(err)
	}()
	res, err := c.Post(address, form.FormDataContentType(), r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(b))
	if err != nil {
		s.t.Fatal(err)
	}
	return page{t: s.t, Response: res, body: string(b), root: root}
}

// fetch reads an address with some headers.
func (s *site) fetch(c *http.Client, address string, headers ...string) page {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return page{t: s.t, Response: res, body: string(b)}
}

func (s *site) refusals() int {
	s.t.Helper()
	n, _, err := journal.Count(s.t.Context(), s.d, journal.Filter{Verb: "refuse", Kind: "document"})
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *site) count(what string) (n int64) {
	s.t.Helper()
	if err := s.d.QueryRow(s.t.Context(), "SELECT COUNT(*) FROM "+what).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

var documentID = regexp.MustCompile(`/documents/([0-9a-f-]{36})`)

// A team deposits a PDF that the public downloads, replaces it and withdraws it;
// what lies or is too large is refused in words, with nothing half-done.
func TestDocumentsOfACOP(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		anyone, base2 := s.browser()
		page := base + bureau + "/documents"
		fields := url.Values{"title": {"Décision de lancement"}, "kind": {"decision"}, "stage": {"lancement"}, "day": {"2026-02-27"}, "part": {"internal"}}

		checkPage(t, "documents", s.visit(team, page, nil))
		p := s.send(team, page, fields, "décision.pdf", strings.NewReader("<html><script>"))
		if v := p.attr("input#title", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "Décision de lancement" {
			t.Fatalf("a file that lies: %s, the title holds %q", p.Status, v)
		}
		p.has(".fr-error-text", "Rien n’a été enregistré")
		checkPage(t, "documents refused", p)
		p = s.send(team, page, fields, "décision.pdf", io.MultiReader(bytes.NewReader(pdf), io.LimitReader(endless{}, 100<<20)))
		if p.StatusCode != http.StatusRequestEntityTooLarge {
			t.Fatalf("100 MB: %s", p.Status)
		}
		p.has("#file-erreur", "25 Mo")
		if v := p.attr("input#title", "value"); len(v) != 1 || v[0] != "Décision de lancement" {
			t.Errorf("after 100 MB the title holds %q", v)
		}
		if p := s.send(team, page, fields, "", strings.NewReader("")); p.StatusCode != http.StatusBadRequest {
			t.Errorf("no file: %s", p.Status)
		}
		if p := s.visit(team, page, url.Values{"title": {"x"}}); p.StatusCode != http.StatusBadRequest {
			t.Errorf("a form without file: %s", p.Status)
		}
		if n := s.count("cop_document") + s.count("blob") + s.count("blob_chunk"); n != 0 || s.refusals() != 2 {
			t.Fatalf("%d rows of refused files, %d refusals in the journal", n, s.refusals())
		}

		p = s.send(team, page, fields, "décision.pdf", bytes.NewReader(pdf))
		p.has("#liste li", "interne à la COP")
		id := documentID.FindStringSubmatch(p.body)[1]
		file := "/documents/" + id
		for name, at := range map[string]string{"internal": base2 + file, "unknown": base2 + "/documents/rien", "version": base2 + file + "?version=1"} {
			if p := s.fetch(anyone, at); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s for anyone: %s", name, p.Status)
			}
		}
		if strings.Contains(s.get("/regions/guyane").body, "Décision de lancement") {
			t.Error("an internal document is on the public page")
		}
		p = s.visit(team, page+"/"+id, nil)
		checkPage(t, "document", p)
		fields.Set("rev", "1")
		fields.Set("part", "public")
		fields.Set("reason", "version signée")
		newer := append(bytes.Clone(pdf), "% signé\n"...)
		p = s.send(team, page+"/"+id, fields, "décision.pdf", bytes.NewReader(newer))
		p.has("#versions td", "version signée")
		p = s.send(team, page+"/"+id, fields, "", strings.NewReader(""))
		if p.StatusCode != http.StatusConflict {
			t.Errorf("the same form twice: %s", p.Status)
		}
		p.has("main", "Quelqu’un d’autre a modifié")
		s.get("/regions/guyane").has("#documents li", "Décision de lancement")
		checkPage(t, "public page with a document", s.get("/regions/guyane"))

		p = s.fetch(anyone, base2+file)
		sum := sha256.Sum256(newer)
		tag := `"` + hex.EncodeToString(sum[:]) + `"`
		h := p.Header
		if p.body != string(newer) || h.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") || !strings.Contains(h.Get("Content-Disposition"), "d%C3%A9cision.pdf") ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("ETag") != tag || p.ContentLength != int64(len(newer)) || h.Get("Cache-Control") != "public, no-cache" {
			t.Errorf("%v", h)
		}
		if p := s.fetch(anyone, base2+file, "If-None-Match", tag); p.StatusCode != http.StatusNotModified {
			t.Errorf("known already: %s", p.Status)
		}
		if p := s.fetch(anyone, base2+file, "Range", "bytes=0-3"); p.StatusCode != http.StatusPartialContent || p.body != "%PDF" {
			t.Errorf("a part: %s %q", p.Status, p.body)
		}
		if p := s.fetch(anyone, base2+file+"?version=1"); p.StatusCode != http.StatusNotFound {
			t.Errorf("an older version for anyone: %s", p.Status)
		}
		if p := s.fetch(team, base+file+"?version=1"); p.body != string(pdf) || p.Header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("an older version for the team: %s %v", p.Status, p.Header)
		}

		// It is evidence of an event of its COP, and of no other one.
		p = s.visit(team, base+bureau+"/evenements", url.Values{"stage": {"preparation"}, "mark": {"done"}, "day": {"2026-02-27"}, "evidence": {file}})
		p.has("main", "C’est enregistré")
		if hrefs := s.get("/regions/guyane").attr("#evenements a", "href"); len(hrefs) == 0 || hrefs[0] != file {
			t.Errorf("the evidence: %q", hrefs)
		}
		other, base3 := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		p = s.visit(other, base3+"/regions/bretagne/bureau/evenements", url.Values{"stage": {"preparation"}, "mark": {"done"}, "day": {"2026-02-27"}, "evidence": {file}})
		p.has(".fr-error-text", "pas dans cette COP")
		for _, path := range []string{"/regions/bretagne/bureau/documents/" + id, bureau + "/documents/" + id, bureau + "/documents"} {
			if p := s.visit(other, base3+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("another team at %s: %s", path, p.Status)
			}
		}
		if p := s.send(other, base3+bureau+"/documents/"+id, fields, "a.pdf", bytes.NewReader(pdf)); p.StatusCode != http.StatusNotFound {
			t.Errorf("another team replaces it: %s", p.Status)
		}

		if p := s.visit(team, page+"/"+id+"/retirer", url.Values{"rev": {"2"}, "reason": {" "}}); p.StatusCode != http.StatusBadRequest {
			t.Errorf("withdrawn without a reason: %s", p.Status)
		}
		s.visit(team, page+"/"+id+"/retirer", url.Values{"rev": {"2"}, "reason": {"erreur de fichier"}}).has("main", "C’est enregistré")
		if p := s.fetch(anyone, base2+file); p.StatusCode != http.StatusNotFound {
			t.Errorf("withdrawn, for anyone: %s", p.Status)
		}
		p = s.visit(team, page+"/"+id, nil)
		p.has("main", "Ce document a été retiré")
		checkPage(t, "withdrawn document", p)
		if hrefs := s.get("/regions/guyane").attr("#evenements a", "href"); len(hrefs) > 0 && hrefs[0] == file {
			t.Error("a withdrawn document is still shown as evidence")
		}
	})
}

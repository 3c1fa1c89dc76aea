// Package mail writes, keeps and sends mails. A room puts a letter in the outbox
// within the transaction of the act that it tells of; a job sends it to a real
// SMTP server, or groups it into the digest of a day. A mail has a name of its
// own and is put once under it. What is kept is the letter, as blocks: its text
// and its HTML are made of the same words, each time it is sent or shown.
package mail

import (
	"encoding/json"
	"errors"
	"html/template"
	"net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"jalon/internal/apperr"
)

// Letter is what a mail says, in French.
type Letter struct {
	Subject  string  `json:"subject"`
	Greeting string  `json:"greeting,omitempty"` // «Bonjour Anne Martin,»
	Blocks   []Block `json:"blocks"`
	// Reason says, at the foot, why the reader receives this and what to do not
	// to: a mail that nobody asked for says who asked.
	Reason string `json:"reason,omitempty"`
}

// Block is one part of a letter; the functions below make them.
type Block struct {
	Kind  string   `json:"kind"`
	Text  string   `json:"text,omitempty"`
	URL   string   `json:"url,omitempty"`
	Items []string `json:"items,omitempty"`
}

// Para is a paragraph.
func Para(text string) Block { return Block{Kind: "para", Text: text} }

// Heading titles what follows it.
func Heading(text string) Block { return Block{Kind: "heading", Text: text} }

// Link is an address to follow, under the words that say what it does.
func Link(label, address string) Block { return Block{Kind: "link", Text: label, URL: address} }

// Code is a short code to type again.
func Code(code string) Block { return Block{Kind: "code", Text: code} }

// List is a list of short items.
func List(items ...string) Block { return Block{Kind: "list", Items: items} }

// Quote is what a person wrote, in a box of its own that says who: nothing that
// a user writes may pass for what Jalon says.
func Quote(author, text string) Block {
	return Block{Kind: "quote", Text: text, Items: []string{author}}
}

// check refuses what must not leave: a letter without subject, an address that
// is not of the web.
func (l Letter) check() error {
	if strings.TrimSpace(l.Subject) == "" || len(l.Blocks) == 0 {
		return errors.New("mail: a letter has a subject and a text")
	}
	for _, b := range l.Blocks {
		if b.Kind == "link" && !webAddress(b.URL) {
			return errors.New("mail: a link is an absolute web address: " + b.URL)
		}
	}
	return nil
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && clean(text) == text
}

func (l Letter) encode() (string, error) {
	b, err := json.Marshal(l)
	return string(b), err
}

// Text is the letter for readers without HTML.
func (l Letter) Text() string {
	var parts []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			parts = append(parts, s)
		}
	}
	add(l.Greeting)
	for _, b := range l.Blocks {
		switch b.Kind {
		case "heading":
			add(b.Text + "\n" + strings.Repeat("-", min(60, utf8.RuneCountInString(b.Text))))
		case "link":
			add(b.Text + "\u00a0:\n" + b.URL)
		case "code":
			add("    " + b.Text)
		case "list":
			if len(b.Items) > 0 {
				add("- " + strings.Join(b.Items, "\n- "))
			}
		case "quote":
			add(strings.Join(b.Items, "") + " a écrit\u00a0:\n> " + strings.ReplaceAll(strings.TrimSpace(b.Text), "\n", "\n> "))
		default:
			add(b.Text)
		}
	}
	if l.Reason != "" {
		add("-- \n" + l.Reason)
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// HTML is the same letter as a page that every mail reader draws: one column,
// no image, nothing fetched.
func (l Letter) HTML() string {
	var b strings.Builder
	t, err := template.New("letter").Parse(page)
	if err != nil || t.Execute(&b, l) != nil {
		return "" // the template fits the type: a test draws every block
	}
	return b.String()
}

const page = `<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Subject}}</title></head>
<body style="margin:0;background:#fff;color:#161616">
<div style="max-width:600px;margin:0 auto;padding:24px 16px;font:16px/1.5 Arial,sans-serif">
{{- with .Greeting}}
<p>{{.}}</p>{{end}}
{{- range .Blocks}}
{{- if eq .Kind "heading"}}
<h2 style="font-size:18px;margin:24px 0 8px">{{.Text}}</h2>
{{- else if eq .Kind "link"}}
<p><a href="{{.URL}}" style="display:inline-block;padding:8px 16px;background:#1a4b84;color:#fff">{{.Text}}</a></p>
<p style="font-size:14px">Si le bouton ne répond pas, copiez cette adresse&nbsp;:<br><a href="{{.URL}}" style="color:#1a4b84;word-break:break-all">{{.URL}}</a></p>
{{- else if eq .Kind "code"}}
<p style="font:24px/1.5 monospace;letter-spacing:2px"><strong>{{.Text}}</strong></p>
{{- else if eq .Kind "list"}}
<ul>{{range .Items}}<li>{{.}}</li>{{end}}</ul>
{{- else if eq .Kind "quote"}}
<p style="margin-bottom:0">{{range .Items}}{{.}}{{end}} a écrit&nbsp;:</p>
<blockquote style="margin:8px 0 16px;padding:8px 16px;border:1px solid #666;white-space:pre-wrap">{{.Text}}</blockquote>
{{- else}}
<p>{{.Text}}</p>
{{- end}}{{end}}
{{- with .Reason}}
<hr style="border:0;border-top:1px solid #ccc;margin:24px 0 8px">
<p style="font-size:14px;color:#555">{{.}}</p>{{end}}
</div>
</body>
</html>
`

// Address is a person or a body that reads mail.
type Address struct{ Name, Email string }

// ParseAddress reads what a person typed as one mail address, in lower case. It
// refuses what mail servers would dispute: two addresses, a name, quotes,
// letters beyond ASCII.
func ParseAddress(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	bad := apperr.Invalidf("«\u00a0%s\u00a0» n’est pas une adresse électronique. Écrivez-la comme prenom.nom@exemple.fr, sans accent ni espace.", short(text, 100))
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || len(text) > 254 {
		return "", bad
	}
	local, domain, _ := strings.Cut(text, "@")
	if len(local) > 64 || strings.ContainsAny(local, `"\ `) || !strings.Contains(domain, ".") || strings.ContainsAny(domain, "[]_@") {
		return "", bad
	}
	for _, label := range strings.Split(domain, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "", bad
		}
	}
	for _, r := range text {
		if r > unicode.MaxASCII || unicode.IsControl(r) {
			return "", bad
		}
	}
	return text, nil
}

// clean makes one line of a text that goes into a header: no control character
// survives, so that no text begins a header of its own.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == utf8.RuneError:
			return ' '
		case unicode.Is(unicode.Bidi_Control, r): // would show an address the wrong way round
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }), " ")
}

// short cuts a text to n characters, and shows that it did.
func short(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

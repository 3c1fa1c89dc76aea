package follow

import (
	"regexp"
	"strings"

	"jalon/internal/cop"
	"jalon/internal/mail"
)

var linkText = regexp.MustCompile(`\[([^\]\n]+)\]\(([^)\s]+)\)`)

// plainText is a paragraph of markdown as a mail says it: links written out, emphasis
// left to the words.
func plainText(s string) string {
	s = linkText.ReplaceAllString(s, "$1 ($2)")
	return strings.NewReplacer("**", "", "__", "", "`", "").Replace(strings.Join(strings.Fields(s), " "))
}

// Blocks are a text in markdown as the blocks of a mail: headings, lists, paragraphs.
func Blocks(text string) (out []mail.Block) {
	for _, part := range strings.Split(text, "\n\n") {
		var para, items []string
		flush := func() {
			if len(para) > 0 {
				out = append(out, mail.Para(plainText(strings.Join(para, " "))))
			}
			if len(items) > 0 {
				out = append(out, mail.List(items...))
			}
			para, items = nil, nil
		}
		for _, line := range strings.Split(part, "\n") {
			line = strings.TrimSpace(line)
			switch {
			case line == "":
			case strings.HasPrefix(line, "#"):
				flush()
				out = append(out, mail.Heading(plainText(strings.TrimLeft(line, "# "))))
			case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "* "):
				if len(para) > 0 {
					flush()
				}
				items = append(items, plainText(line[2:]))
			case len(items) > 0:
				items[len(items)-1] += " " + plainText(line)
			default:
				para = append(para, line)
			}
		}
		flush()
	}
	return out
}

// Mail is a letter as a voice gets it; without voice, as who writes it tries it. It
// holds no image and no address that tells who opened it.
func (m *Room) Mail(c cop.COP, x Letter, voice string) mail.Letter {
	l := mail.Letter{Subject: x.Title, Greeting: "Bonjour,", Blocks: Blocks(x.Text)}
	if len(x.Auto) > 0 {
		l.Blocks = append(l.Blocks, mail.Heading("Depuis la dernière lettre"))
		for _, p := range x.Auto {
			items := make([]string, 0, len(p.Items))
			for _, i := range p.Items {
				if i.Path != "" {
					i.Text += "\u00a0: " + m.BaseURL + i.Path
				}
				items = append(items, i.Text)
			}
			l.Blocks = append(l.Blocks, mail.Para(p.Title), mail.List(items...))
		}
	}
	l.Blocks = append(l.Blocks, mail.Link("Lire cette lettre sur le site", m.BaseURL+LetterPath(c, x.ID)))
	if voice != "" {
		l.Blocks = append(l.Blocks, mail.Link("Ne plus recevoir la lettre", m.BaseURL+m.leavePath(voice)))
	}
	l.Reason = "Vous recevez cette lettre parce que vous l’avez demandée et confirmée. Rien ne dit à l’équipe si vous l’avez ouverte."
	return l
}

// LetterPath is the public address of a letter that left.
func LetterPath(c cop.COP, id string) string { return c.Path() + "/lettre/" + id }

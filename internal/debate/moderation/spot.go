package moderation

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/textmining"
)

// Masked is written in the place of what a moderator masks.
const Masked = "[masqué]"

// Spot is what a moderator is shown of a text besides it: never a verdict.
type Spot struct {
	What string // French
	Text string // the part, empty when it is about the whole
	Mask bool   // it may be masked
}

// The marks that forms leave.
const (
	MarkUnseen = "unseen" // characters that are not seen were taken out
	MarkTags   = "tags"   // something was written like the code of a page
	MarkLong   = "long"   // it was cut
	MarkQuick  = "quick"  // it was sent sooner than anybody types
)

var markNames = map[string]string{MarkUnseen: "caractères invisibles retirés", MarkTags: "balises écrites dans le texte", MarkLong: "texte très long", MarkQuick: "envoyé plus vite qu’on n’écrit"}

var (
	address = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>«»]{3,200}`)
	tag     = regexp.MustCompile(`(?i)<\s*/?\s*(?:script|style|iframe|img|svg|a|form|object)\b`)
)

// Noticed are the marks of a text as it was typed, before it was tidied.
func Noticed(typed string) (marks []string) {
	letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if letters(debate.Tidy(typed)) != letters(strings.ReplaceAll(typed, "\ufeff", "")) {
		marks = append(marks, MarkUnseen)
	}
	if tag.MatchString(typed) {
		marks = append(marks, MarkTags)
	}
	return marks
}

// Mark keeps what a form noticed of a post, in the transaction that leaves it.
func Mark(ctx context.Context, tx db.Q, post string, marks ...string) (err error) {
	defer apperr.Wrap(&err, "moderation.Mark(%s)", post)
	slices.Sort(marks)
	for _, what := range slices.Compact(marks) {
		if _, err := db.Insert(ctx, tx, "moderation_mark", []string{"post_id", "what"}, [][]any{{post, what}}, "ON CONFLICT (post_id, what) DO NOTHING"); err != nil {
			return err
		}
	}
	return nil
}

// spots is what is to be seen in a post, with the marks of the form that took it.
func spots(p debate.Post, marks []string) (out []Spot) {
	whole := p.Title + "\n" + p.Text
	for _, w := range textmining.Personal(whole) {
		out = append(out, Spot{What: w.What, Text: w.Text, Mask: true})
	}
	for _, l := range address.FindAllString(whole, 5) {
		out = append(out, Spot{What: "lien", Text: strings.TrimRight(l, ".,;:!?)"), Mask: true})
	}
	for _, k := range marks {
		if name := markNames[k]; name != "" {
			out = append(out, Spot{What: name})
		}
	}
	return out
}

// mask replaces passages of a post, and counts them; one that is not there is
// refused, for the moderator would think it masked.
func mask(p debate.Post, passages []string) (debate.Post, int64, error) {
	// The longest first: a name may hold another one.
	passages = slices.Clone(passages)
	slices.SortFunc(passages, func(a, b string) int { return len(b) - len(a) })
	var n int64
	before := p.Title + "\n" + p.Text
	for _, passage := range passages {
		if passage = strings.TrimSpace(passage); passage == "" || strings.Contains(Masked, passage) {
			continue
		}
		found := strings.Count(p.Title, passage) + strings.Count(p.Text, passage)
		if !strings.Contains(before, passage) {
			return p, 0, apperr.Invalidf("Le passage «\u00a0%s\u00a0» n’est pas dans le texte\u00a0: recopiez-le tel qu’il est écrit. Rien n’a été enregistré.", clip(passage, 60))
		}
		p.Title, p.Text = strings.ReplaceAll(p.Title, passage, Masked), strings.ReplaceAll(p.Text, passage, Masked)
		n += int64(found)
	}
	return p, n, nil
}

// clip cuts a text to n characters, and shows that it did.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

package framework

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// Verdict is what is said of one line of a crosswalk that somebody sends.
type Verdict struct {
	Line   int
	Link   Link
	Reason string // French: why it is refused, empty when it is taken
}

// The longest crosswalk that somebody may send.
const (
	mostCrosswalk = 1 << 20
	mostLinks     = 5_000
)

// CrosswalkColumns are those of a crosswalk, in the order of its model.
func CrosswalkColumns() []string {
	return []string{"from", "to", "kind", "reason", "source", "to_version"}
}

// Crosswalked is the referential with a crosswalk that somebody sends. Between each pair
// of lists that the file speaks of, its lines take the place of those that come with the
// program; the others stay. Each line is checked as those are, and the whole must not go
// round. The referential is nil when a line is refused: verdicts say which and why.
func (f *Framework) Crosswalked(body []byte) (_ *Framework, verdicts []Verdict, err error) {
	defer apperr.Wrap(&err, "framework.Crosswalked")
	if len(body) > mostCrosswalk {
		return nil, nil, apperr.Invalidf("Ce fichier dépasse 1\u00a0Mo\u00a0: une table de correspondance a quelques centaines de lignes.")
	}
	all, err := readCrosswalk(body)
	if err != nil {
		return nil, nil, err
	}
	out := *f
	out.links = map[string][]Link{}
	pairs := map[[2]string]bool{}
	for _, v := range all {
		if i, ok := f.index[v.Link.From]; ok {
			pairs[pair(f.levers[i].Version, v.Link.ToVersion)] = true
		}
	}
	for code, links := range f.links {
		for _, k := range links {
			if from := f.levers[f.index[k.From]].Version; !pairs[pair(from, k.ToVersion)] {
				out.links[code] = append(out.links[code], k)
			}
		}
	}
	good := true
	for i := range all {
		v := &all[i]
		if v.Reason == "" {
			v.Reason = reasonOf(out.checkLink(v.Link))
		}
		if v.Reason == "" {
			// A line that closes a ring is the one that is refused.
			held := maps.Clone(out.links)
			out.keepLink(v.Link)
			if err := errors.Join(out.checkTwins(), out.checkLoops()); err != nil {
				out.links, v.Reason = held, reasonOf(err)
			}
		}
		good = good && v.Reason == ""
	}
	if !good {
		return nil, all, nil
	}
	return &out, all, nil
}

// pair names two lists, whichever is first.
func pair(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	return apperr.Message(err)
}

// readCrosswalk reads the lines of a file: «;» or «,», with or without a mark.
func readCrosswalk(body []byte) (out []Verdict, err error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	first, _, _ := bytes.Cut(body, []byte("\n"))
	rd := csv.NewReader(bytes.NewReader(body))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		rd.Comma = ';'
	}
	rd.FieldsPerRecord = -1
	head, err := rd.Read()
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "Ce fichier n’a pas de ligne d’en-tête lisible\u00a0: attendu %s.", strings.Join(CrosswalkColumns(), ", "))
	}
	at := map[string]int{}
	for i, c := range head {
		at[strings.TrimSpace(c)] = i
	}
	for _, c := range CrosswalkColumns() {
		if _, ok := at[c]; !ok && c != "source" {
			return nil, apperr.Invalidf("La colonne «\u00a0%s\u00a0» manque\u00a0: attendu %s.", c, strings.Join(CrosswalkColumns(), ", "))
		}
	}
	for {
		cells, err := rd.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				return nil, apperr.New(apperr.Invalid, err, "La ligne %d ne se lit pas\u00a0: vérifiez ses guillemets.", bad.StartLine)
			}
			return nil, err
		}
		line, _ := rd.FieldPos(0)
		get := func(c string) string {
			if i, ok := at[c]; ok && i < len(cells) {
				return strings.TrimSpace(cells[i])
			}
			return ""
		}
		v := Verdict{Line: line, Link: Link{From: get("from"), To: get("to"), Kind: LinkKind(get("kind")), Reason: get("reason"), Source: get("source"), ToVersion: get("to_version")}}
		switch {
		case len(cells) != len(head):
			v.Reason = "cette ligne a " + strconv.Itoa(len(cells)) + " colonnes au lieu de " + strconv.Itoa(len(head))
		case len(v.Link.Reason) > 1_000:
			v.Reason = "la raison dépasse 1\u00a0000 caractères"
		}
		if v.Link.Source == "" {
			v.Link.Source = "jalon"
		}
		if out = append(out, v); len(out) > mostLinks {
			return nil, apperr.Invalidf("Ce fichier a plus de 5\u00a0000 lignes\u00a0: est-ce bien une table de correspondance\u00a0?")
		}
	}
	if len(out) == 0 {
		return nil, apperr.Invalidf("Ce fichier n’a aucune ligne sous son en-tête.")
	}
	return out, nil
}

// keepLink adds a link that was checked, on copies: the referential it was made from is
// read by others.
func (f *Framework) keepLink(l Link) {
	f.links[l.From] = append(slices.Clip(f.links[l.From]), l)
	if l.To != "" {
		f.links[l.To] = append(slices.Clip(f.links[l.To]), l)
	}
}

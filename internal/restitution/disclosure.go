package restitution

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"jalon/internal/questionnaire"
)

// The rule of open data, pure: who is published with whom, and what of a new
// edition may differ from those before. docs/decisions/0092-open-data.md says why.

// Least is the number of respondents under which nothing is published of a group,
// and of a change.
const Least = 5

// Heads is the kind under which régions and départements are published together:
// each is alone, or nearly, in its region.
const Heads = "region-departement"

// Respondent is one validated answer, with what it is grouped by.
type Respondent struct {
	Response   string
	Name       string // used for those who consented to be named, and nobody else
	Kind       questionnaire.Kind
	Size       string
	Department string
	Seq        int64
	Packed     []byte
	Consent    bool // to be published by itself, in writing
}

// kind is the kind that a respondent is published under.
func (r Respondent) kind() string {
	if r.Kind == questionnaire.Region || r.Kind == questionnaire.Department {
		return Heads
	}
	return string(r.Kind)
}

// digest names what a respondent answered: the same answers, the same digest,
// whatever the version that they are in.
func (r Respondent) digest() string {
	answered := r.Packed
	for len(answered) > 0 && answered[len(answered)-1] == questionnaire.None {
		answered = answered[:len(answered)-1]
	}
	sum := sha256.Sum256(answered)
	return hex.EncodeToString(sum[:])
}

// OpenGroup is a group that is published: every authority of its kind whose
// département and size are among these. Alone is the response of one that
// consented to be published by itself.
type OpenGroup struct {
	Key         string   `json:"key"`
	Kind        string   `json:"kind"`
	Departments []string `json:"departments,omitempty"`
	Sizes       []string `json:"sizes,omitempty"`
	Alone       string   `json:"alone,omitempty"`
	Name        string   `json:"name,omitempty"` // of one alone
}

func (g OpenGroup) takes(r Respondent) bool {
	if g.Alone != "" || g.Kind != r.kind() {
		return false
	}
	return g.Kind == Heads || slices.Contains(g.Departments, r.Department) && slices.Contains(g.Sizes, r.Size)
}

// Held is a respondent as it stands in a group of an edition.
type Held struct {
	Response string
	Group    string
	Seq      int64
	Digest   string
}

// Content is what one edition publishes.
type Content struct {
	Groups []OpenGroup
	Held   []Held
}

// of lists who stands in a group.
func (c Content) of(group string) []Held {
	var out []Held
	for _, h := range c.Held {
		if h.Group == group {
			out = append(out, h)
		}
	}
	return out
}

// Kept says what an edition leaves as it was, or leaves out.
type Kept struct {
	Groups   []string // keys of those that keep what the edition before said
	Waiting  int      // respondents whose answers, or corrections, wait for a later edition
	Out      []string // kinds of which too few answered
	Consents int      // consents that wait, for they would leave too few others
}

// cut is a set of codes that stand together, and how many respondents they have.
type cut struct {
	codes []string
	n     int
}

// mergeSmall joins the smallest set to the smallest of the others until each has
// enough respondents; by the code where two are as small. One that stays alone
// may have too few.
func mergeSmall(count map[string]int, least int) []cut {
	var all []cut
	for code, n := range count {
		all = append(all, cut{[]string{code}, n})
	}
	order := func(a, b cut) int { return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.codes[0], b.codes[0])) }
	for slices.SortFunc(all, order); len(all) > 1 && all[0].n < least; slices.SortFunc(all, order) {
		both := cut{append(slices.Clone(all[0].codes), all[1].codes...), all[0].n + all[1].n}
		slices.Sort(both.codes)
		all = append(all[2:], both)
	}
	slices.SortFunc(all, func(a, b cut) int { return cmp.Compare(a.codes[0], b.codes[0]) })
	return all
}

// Partition groups the respondents of a kind: first by département, the smallest
// joined to the smallest until each has enough, then each by size the same way.
// Every département and every size is in a group, even those that nobody has
// answered from yet, so that a later answer finds its place. Nothing comes of a
// kind of which too few answered.
func Partition(kind string, all []Respondent, departments, sizes []string) []OpenGroup {
	own := slices.DeleteFunc(slices.Clone(all), func(r Respondent) bool { return r.kind() != kind })
	if len(own) < Least {
		return nil
	}
	if kind == Heads {
		return []OpenGroup{{Key: Heads, Kind: Heads}}
	}
	byDepartment := map[string]int{}
	for _, d := range departments {
		byDepartment[d] = 0
	}
	for _, r := range own {
		byDepartment[r.Department]++
	}
	var out []OpenGroup
	for _, d := range mergeSmall(byDepartment, Least) {
		bySize := map[string]int{}
		for _, s := range sizes {
			bySize[s] = 0
		}
		for _, r := range own {
			if slices.Contains(d.codes, r.Department) {
				bySize[r.Size]++
			}
		}
		for _, s := range mergeSmall(bySize, Least) {
			out = append(out, OpenGroup{Key: kind + "." + strings.Join(d.codes, "-") + "." + strings.Join(s.codes, "-"), Kind: kind, Departments: d.codes, Sizes: s.codes})
		}
	}
	return out
}

// hidden counts those of a content who are not published alone.
func hidden(content []Held, open map[Held]bool) int {
	n := 0
	for _, h := range content {
		if !open[Held{Response: h.Response, Digest: h.Digest}] {
			n++
		}
	}
	return n
}

// safe reports whether each group of some editions, once those who are open are
// taken off, is of nobody or of enough, and changed from one to another for nobody
// or for enough.
func safe(editions []Content, open map[Held]bool) bool {
	few := func(n int) bool { return n > 0 && n < Least }
	past := map[string][][]Held{}
	for _, c := range editions {
		for _, g := range c.Groups {
			if g.Alone != "" {
				continue
			}
			now := c.of(g.Key)
			if few(hidden(now, open)) || slices.ContainsFunc(past[g.Key], func(was []Held) bool { return few(changed(was, now, open)) }) {
				return false
			}
			past[g.Key] = append(past[g.Key], now)
		}
	}
	return true
}

// openly are the answers that their authors consented to publish alone, in one
// edition or another: they hide nobody, and are not hidden.
func openly(former []Content, next []Respondent) map[Held]bool {
	out := map[Held]bool{}
	for _, c := range former {
		for _, g := range c.Groups {
			if g.Alone == "" {
				continue
			}
			for _, h := range c.of(g.Key) {
				out[Held{Response: h.Response, Digest: h.Digest}] = true
			}
		}
	}
	for _, r := range next {
		if r.Consent && r.kind() == Heads {
			out[Held{Response: r.Response, Digest: r.digest()}] = true
		}
	}
	return out
}

// changed counts the respondents of whom two contents of a group say different
// things, those who consented left out.
func changed(a, b []Held, open map[Held]bool) int {
	said := map[string][2]string{}
	for i, list := range [][]Held{a, b} {
		for _, h := range list {
			x := said[h.Response]
			x[i] = h.Digest
			said[h.Response] = x
		}
	}
	n := 0
	for response, x := range said {
		hidden := func(digest string) bool {
			return digest != "" && !open[Held{Response: response, Digest: digest}]
		}
		if x[0] != x[1] && (hidden(x[0]) || hidden(x[1])) {
			n++
		}
	}
	return n
}

// NextEdition says what a new edition publishes, after those before it, the first
// one first. Groups made once stay as they are, and a respondent stays in the
// group where it was published. A group takes its new answers when at least Least
// respondents changed since each of the editions before, else it keeps what the
// last one said. A consent waits while it would leave too few others in a group.
func NextEdition(former []Content, all []Respondent, departments, sizes []string) (c Content, kept Kept) {
	all = slices.SortedFunc(slices.Values(all), func(a, b Respondent) int { return cmp.Compare(a.Response, b.Response) })
	consents := map[string]bool{}
	for i, r := range all {
		consents[r.Response] = r.Consent && r.kind() == Heads
		all[i].Consent = false
	}
	waiting := 0
	for i, r := range all {
		if !consents[r.Response] {
			continue
		}
		all[i].Consent = true
		open := openly(former, all)
		next, _ := edition(former, all, open, departments, sizes)
		if !safe(append(slices.Clone(former), next), open) {
			all[i].Consent = false
			waiting++
		}
	}
	open := openly(former, all)
	c, kept = edition(former, all, open, departments, sizes)
	kept.Consents = waiting
	for _, r := range all {
		if r.Consent {
			g := OpenGroup{Key: aloneKey(r.Response), Kind: string(r.Kind), Alone: r.Response, Name: r.Name}
			c.Groups, c.Held = append(c.Groups, g), append(c.Held, Held{r.Response, g.Key, r.Seq, r.digest()})
		}
	}
	return c, kept
}

// edition is NextEdition without those who stand alone.
func edition(former []Content, all []Respondent, open map[Held]bool, departments, sizes []string) (c Content, kept Kept) {
	var last Content
	place := map[string]string{}
	for _, f := range former {
		last = f
		for _, g := range f.Groups {
			if g.Alone == "" {
				for _, h := range f.of(g.Key) {
					place[h.Response] = g.Key
				}
			}
		}
	}
	for _, g := range last.Groups {
		if g.Alone == "" {
			c.Groups = append(c.Groups, g)
		}
	}
	for _, kind := range []string{string(questionnaire.Commune), string(questionnaire.Group), Heads} {
		if slices.ContainsFunc(c.Groups, func(g OpenGroup) bool { return g.Kind == kind }) {
			continue
		}
		// Who consents hides nobody: the others must be enough by themselves.
		others := slices.DeleteFunc(slices.Clone(all), func(r Respondent) bool {
			return open[Held{Response: r.Response, Digest: r.digest()}]
		})
		made := Partition(kind, others, departments, sizes)
		if c.Groups = append(c.Groups, made...); len(made) == 0 && slices.ContainsFunc(others, func(r Respondent) bool { return r.kind() == kind }) {
			kept.Out = append(kept.Out, kind)
		}
	}
	for _, g := range c.Groups {
		var now []Held
		for _, r := range all {
			if at, was := place[r.Response]; was && at == g.Key || !was && g.takes(r) {
				now = append(now, Held{r.Response, g.Key, r.Seq, r.digest()})
			}
		}
		before := last.of(g.Key)
		if hidden(now, open) < Least || slices.ContainsFunc(former, func(f Content) bool {
			n := changed(f.of(g.Key), now, open)
			return n > 0 && n < Least
		}) {
			kept.Groups, kept.Waiting = append(kept.Groups, g.Key), kept.Waiting+changed(before, now, nil)
			now = before
		}
		c.Held = append(c.Held, now...)
	}
	return c, kept
}

// Union is a total that is published: whole groups put together, never a part of
// one.
type Union struct {
	Key         string
	Kind        string
	Departments []string // all of them when empty
	Groups      []string
}

// Unions lists the totals of an edition: each kind, and each set of départements
// of it, when it has several groups.
func (c Content) Unions() []Union {
	var out []Union
	at := map[string]int{}
	add := func(key, kind string, departments []string, group string) {
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Union{Key: key, Kind: kind, Departments: departments})
		}
		out[i].Groups = append(out[i].Groups, group)
	}
	for _, g := range c.Groups {
		if g.Alone == "" && g.Kind != Heads {
			add(g.Kind, g.Kind, nil, g.Key)
			add(g.Kind+"."+strings.Join(g.Departments, "-"), g.Kind, g.Departments, g.Key)
		}
	}
	return slices.DeleteFunc(out, func(u Union) bool { return len(u.Groups) < 2 })
}

// aloneKey is the group of an authority that consented to be published by itself.
func aloneKey(response string) string { return "accord." + response }

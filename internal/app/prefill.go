package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// prefill says what is known of an authority before it answers. What it is (name,
// population) and what it validated last is written into its draft, to be
// confirmed; the rest is shown beside: what its territory is invited to
// contribute, the pace of its indicators, the projects financed in its name. A
// rating is never written without saying where from.
type prefill struct {
	core  *Core
	rules func() ([]projectRule, error)

	mu          sync.Mutex
	tree        *territory.Tree
	authorities *territory.Authorities // of tree
}

// prefilled is an authority as the sources see it.
type prefilled struct {
	m    *panorama.Model
	all  *territory.Authorities
	who  territory.Authority // without code for a recipient outside the tree
	form questionnaire.Form
	cell map[string]questionnaire.Cell
}

// prefill gives the sources of the questionnaire: one, so that the model is asked
// for once.
func (c *Core) prefill() []survey.Source {
	p := &prefill{core: c, rules: sync.OnceValues(func() ([]projectRule, error) { return loadProjectRules(c.tables) })}
	return []survey.Source{p.hints}
}

func (p *prefill) hints(ctx context.Context, q db.Q, r survey.Response, f questionnaire.Form) (_ []survey.Hint, err error) {
	defer apperr.Wrap(&err, "app.prefill(%s)", r.Authority)
	x := prefilled{form: f, cell: map[string]questionnaire.Cell{}}
	for _, c := range f.Cells() {
		x.cell[c.Key] = c
	}
	if x.m, err = p.core.Model(ctx); err != nil {
		return nil, err
	}
	if x.all, err = p.of(x.m.Tree()); err != nil {
		return nil, err
	}
	if x.who, err = x.all.Find(r.Authority); err != nil && apperr.KindOf(err) != apperr.NotFound {
		return nil, err
	}
	out := x.identity(r)
	answers, at, err := survey.Earlier(ctx, q, r)
	if err != nil {
		return nil, err
	}
	out = append(out, x.earlier(answers, "votre réponse validée le "+french.Date(at))...)
	if x.who.Code == "" {
		return out, nil
	}
	plans, err := x.planned(ctx, q, r)
	if err != nil {
		return nil, err
	}
	out = append(out, plans...)
	invited, err := x.invited()
	if err != nil {
		return nil, err
	}
	out = append(out, invited...)
	paces, err := p.paces(ctx, q, r, x)
	if err != nil {
		return nil, err
	}
	out = append(out, paces...)
	projects, err := survey.ProjectsOf(ctx, q, x.who.SIREN)
	if err != nil || len(projects) == 0 {
		return out, err
	}
	rules, err := p.rules()
	return append(out, x.financed(projects, rules)...), err
}

// of reads the councils of a tree once: pages of a response ask for them each time.
func (p *prefill) of(tree *territory.Tree) (*territory.Authorities, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tree == tree {
		return p.authorities, nil
	}
	all, err := tree.Authorities()
	if err == nil {
		p.tree, p.authorities = tree, all
	}
	return all, err
}

// identity is what the authority is: its name, its population, its kind and who
// heads it. What is filled needs no text: its page says that it is, and from where.
func (x *prefilled) identity(r survey.Response) (out []survey.Hint) {
	fill := func(key, value, source string, class figure.Class) {
		if _, asked := x.cell[key]; asked && value != "" {
			out = append(out, survey.Hint{Key: key, Value: value, Source: source, Class: string(class), Fill: true})
		}
	}
	tree := x.m.Tree().Edition()
	edition := "découpage officiel au 1er janvier " + strconv.Itoa(tree.Year)
	if x.who.Code == "" {
		fill("identite-nom", r.Name, "liste des destinataires de la campagne", figure.Declared)
		return out
	}
	fill("identite-nom", x.who.Name, edition, figure.Reference)
	if idx, err := x.all.CommunesOf(x.who); err == nil && len(idx) > 0 {
		var people int64
		for _, i := range idx {
			people += x.m.Tree().Communes()[i].Population
		}
		fill("population-"+string(r.Kind), strconv.FormatInt(people, 10), "INSEE, population municipale "+strconv.Itoa(tree.PopulationYear), figure.Provider)
	}
	if s := identitySection; slices.ContainsFunc(x.form.Sections, func(y questionnaire.Section) bool { return y.ID == s }) {
		text := "Vous répondez comme " + x.who.Kind
		if x.who.Kind != r.Kind.Name() {
			text += " (questions pour\u00a0: " + r.Kind.Name() + ")"
		}
		text += "."
		if x.who.ElectedTitle != "" {
			text += " À sa tête\u00a0: " + x.who.ElectedTitle + "."
		}
		out = append(out, survey.Hint{Key: s, Text: text, Source: edition, Class: string(figure.Reference)})
	}
	return out
}

// The sections of the national template that are about the authority, and about
// what it brings: neither is a lever.
const (
	identitySection = "collectivite"
	closingSection  = "pour-finir"
)

// earlier takes up what was validated in an earlier campaign, cell by cell, where
// the question and its option are still asked. What somebody brings to a COP is
// new each time. It is a stand-in, until it is confirmed.
func (x *prefilled) earlier(answers questionnaire.Answers, source string) (out []survey.Hint) {
	for _, c := range x.form.Cells() {
		value := answers[c.Key]
		if value == "" || c.Section == closingSection || strings.HasSuffix(c.Key, "-commentaire") || !stillOffered(c, value) {
			continue
		}
		out = append(out, survey.Hint{Key: c.Key, Value: value, Source: source, Class: string(figure.Estimated), Fill: true})
	}
	return out
}

// stillOffered reports whether each option that was chosen is one of today's.
func stillOffered(c questionnaire.Cell, value string) bool {
	if !c.Closed() {
		return true
	}
	for _, code := range strings.Fields(value) {
		if !slices.ContainsFunc(c.Options, func(o questionnaire.Option) bool { return o.Code == code }) {
			return false
		}
	}
	return true
}

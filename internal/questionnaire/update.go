package questionnaire

import (
	"reflect"
	"slices"
)

// updater brings what a template changed into a variant of it.
type updater struct{ kept []string }

// Update is a variant once its template went from one version to another: what the
// region left as it was follows the template, what it changed, added or took away
// stays. kept says in French where both changed the same thing, and the region's
// words stand.
func Update(old, next, mine Form) (f Form, kept []string) {
	old, next, f = old.Clone(), next.Clone(), mine.Clone()
	u := &updater{}
	f.Title = ours(u, "Le titre du questionnaire", old.Title, next.Title, f.Title)
	f.Intro = ours(u, "La présentation du questionnaire", old.Intro, next.Intro, f.Intro)
	f.Framework = next.Framework
	f.Pace = ours(u, "Le temps estimé", old.Pace, next.Pace, f.Pace)
	f.Scales = threeWays(u, old.Scales, next.Scales, f.Scales, func(s Scale) (string, string) { return s.Code, "L’échelle " + quote(s.Label) },
		func(o, n, m Scale) Scale { return ours(u, "L’échelle "+quote(m.Label), o, n, m) })
	f.Sections = threeWays(u, old.Sections, next.Sections, f.Sections, func(s Section) (string, string) { return s.ID, "La section " + quote(s.Title) }, u.section)
	f.Base = &Base{Code: next.Code, Version: next.Version}
	return f, u.kept
}

// ours is the region's value where it changed it, the template's elsewhere.
func ours[T any](u *updater, what string, old, next, mine T) T {
	switch {
	case reflect.DeepEqual(old, mine):
		return next
	case !reflect.DeepEqual(old, next) && !reflect.DeepEqual(next, mine):
		u.kept = append(u.kept, what+" a changé des deux côtés\u00a0: la vôtre est gardée.")
	}
	return mine
}

func (u *updater) section(o, n, m Section) Section {
	questions := threeWays(u, o.Questions, n.Questions, m.Questions, func(q Question) (string, string) { return q.ID, "La question " + quote(q.Label) }, u.question)
	o.Questions, n.Questions, m.Questions = nil, nil, nil
	m = ours(u, "La section "+quote(m.Title), o, n, m)
	m.Questions = questions
	return m
}

func (u *updater) question(o, n, m Question) Question {
	rows := threeWays(u, o.Rows, n.Rows, m.Rows, func(r Row) (string, string) { return r.ID, "La ligne " + quote(r.Label) },
		func(o, n, m Row) Row { return ours(u, "La ligne "+quote(m.Label), o, n, m) })
	o.Rows, n.Rows, m.Rows = nil, nil, nil
	m = ours(u, "La question "+quote(m.Label), o, n, m)
	m.Rows = rows
	return m
}

// threeWays merges lists: mine keeps its order, what the template adds comes after
// what it follows there.
func threeWays[T any](u *updater, old, next, mine []T, name func(T) (id, what string), blend func(o, n, m T) T) []T {
	id := func(x T) string { i, _ := name(x); return i }
	was, is, own := index(old, id), index(next, id), index(mine, id)
	var out []T
	for _, m := range mine {
		key, what := name(m)
		o, inOld := was[key]
		n, inNext := is[key]
		switch {
		case inOld && inNext:
			out = append(out, blend(o, n, m))
		case inOld && reflect.DeepEqual(o, m):
			// The template took it away, and the region had left it as it was.
		case inOld:
			u.kept = append(u.kept, what+" n’est plus dans le modèle\u00a0: vous l’aviez modifiée, elle est gardée.")
			out = append(out, m)
		default:
			out = append(out, m)
		}
	}
	for i, n := range next {
		key := id(n)
		if _, before := was[key]; before {
			continue
		}
		if _, there := own[key]; there {
			continue
		}
		at := 0
		for j := i - 1; j >= 0 && at == 0; j-- {
			at = 1 + slices.IndexFunc(out, func(x T) bool { return id(x) == id(next[j]) })
		}
		out = slices.Insert(out, at, n)
	}
	return out
}

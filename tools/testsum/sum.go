package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// event is what go test -json says; build-output and build-fail events carry
// ImportPath instead of Package.
type event struct {
	Action, Package, ImportPath, Test, Output, FailedBuild string
	Elapsed                                                float64
}

// allowed is one declared skip.
type allowed struct{ pkg, test, reason *regexp.Regexp }

func readAllowed(r io.Reader) ([]allowed, error) {
	var list []allowed
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		fields := strings.SplitN(text, " ", 3)
		if len(fields) < 3 {
			return nil, fmt.Errorf("skips, line %d: want package, test and reason", n)
		}
		var a allowed
		var err error
		for i, to := range []**regexp.Regexp{&a.pkg, &a.test, &a.reason} {
			pattern := fields[i]
			if i < 2 {
				pattern = "^(?:" + pattern + ")$"
			}
			if *to, err = regexp.Compile(pattern); err != nil {
				return nil, fmt.Errorf("skips, line %d: %w", n, err)
			}
		}
		list = append(list, a)
	}
	return list, lines.Err()
}

type result struct {
	action string
	output []string
	parent bool // has subtests, which count in its place
}

type pkg struct {
	tests map[string]*result
	order []string
	loose []string // output of no test: panics, build errors
}

type skip struct{ pkg, test, reason string }

type sum struct {
	out                     io.Writer
	allowed                 []allowed
	pkgs                    map[string]*pkg
	builds                  map[string][]string
	passed, failed, skipped int
	skips                   []skip
	failures                []string
	undeclared              int
	engine                  string
}

func newSum(out io.Writer, a []allowed) *sum {
	return &sum{out: out, allowed: a, pkgs: map[string]*pkg{}, builds: map[string][]string{}}
}

// read takes the events until the end. A line that is no event is shown as it
// is: it comes from go itself, and says why a package never ran.
func (s *sum) read(in io.Reader) error {
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadBytes('\n')
		if len(line) > 0 {
			s.line(line)
		}
		if err == io.EOF {
			s.cut()
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *sum) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Action == "" {
		text := strings.TrimRight(string(line), "\n")
		if engine, ok := strings.CutPrefix(text, "testsum: run "); ok {
			s.cut()
			s.engine = engine
			text = "— " + engine
		}
		fmt.Fprintln(s.out, text)
		return
	}
	switch e.Action {
	case "build-output":
		s.builds[e.ImportPath] = append(s.builds[e.ImportPath], e.Output)
		return
	case "build-fail":
		return
	}
	p := s.pkgs[e.Package]
	if p == nil {
		p = &pkg{tests: map[string]*result{}}
		s.pkgs[e.Package] = p
	}
	if e.Test == "" {
		s.packageEvent(p, e)
		return
	}
	t := p.tests[e.Test]
	if t == nil {
		t = &result{}
		p.tests[e.Test] = t
		p.order = append(p.order, e.Test)
		if i := strings.LastIndexByte(e.Test, '/'); i >= 0 && p.tests[e.Test[:i]] != nil {
			p.tests[e.Test[:i]].parent = true
		}
	}
	switch e.Action {
	case "output":
		t.output = append(t.output, e.Output)
	case "pass", "fail", "skip":
		t.action = e.Action
	}
}

func (s *sum) packageEvent(p *pkg, e event) {
	switch e.Action {
	case "output":
		p.loose = append(p.loose, e.Output)
	case "pass", "fail", "skip":
		s.closePackage(e, p)
		delete(s.pkgs, e.Package)
	}
}

// closePackage counts the leaves: a test that holds subtests stands for itself
// only when it failed and none of them did.
func (s *sum) closePackage(e event, p *pkg) {
	passed, failed, skipped := 0, 0, 0
	for _, name := range p.order {
		t := p.tests[name]
		switch {
		case t.action == "skip":
			skipped++
			s.skips = append(s.skips, skip{e.Package, name, reasonOf(t.output)})
		case t.action == "pass" && !t.parent:
			passed++
		case t.action == "pass":
		case t.parent && failedBelow(p, name):
			s.failures = append(s.failures, block(e.Package, name, t.output))
		default: // failed, or never came to its end
			failed++
			s.failures = append(s.failures, block(e.Package, name, t.output))
		}
	}
	if e.Action == "fail" && failed == 0 {
		failed++
		loose := p.loose
		if e.FailedBuild != "" {
			loose = append(s.builds[e.FailedBuild], loose...)
		}
		s.failures = append(s.failures, block(e.Package, "", loose))
	} else if e.Action == "fail" && panicked(p.loose) {
		s.failures = append(s.failures, block(e.Package, "", p.loose))
	}
	s.passed, s.failed, s.skipped = s.passed+passed, s.failed+failed, s.skipped+skipped
	if len(p.order) == 0 && e.Action != "fail" {
		return // no test file: go vet has seen the package
	}
	word := "ok  "
	if failed > 0 || e.Action == "fail" {
		word = "FAIL"
	}
	fmt.Fprintf(s.out, "%s %-42s %4d passed %3d failed %3d skipped %7.1fs\n", word, e.Package, passed, failed, skipped, e.Elapsed)
}

// cut fails the packages whose end was never said.
func (s *sum) cut() {
	names := make([]string, 0, len(s.pkgs))
	for name := range s.pkgs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		s.closePackage(event{Action: "fail", Package: name}, s.pkgs[name])
		delete(s.pkgs, name)
	}
}

func failedBelow(p *pkg, name string) bool {
	for _, other := range p.order {
		if strings.HasPrefix(other, name+"/") && p.tests[other].action != "pass" && p.tests[other].action != "skip" {
			return true
		}
	}
	return false
}

func panicked(lines []string) bool {
	return slices.ContainsFunc(lines, func(l string) bool {
		return strings.HasPrefix(l, "panic:") || strings.HasPrefix(l, "fatal error:")
	})
}

func block(pkg, test string, output []string) string {
	return strings.TrimSpace("--- "+pkg+" "+test) + "\n" + strings.TrimRight(strings.Join(output, ""), "\n")
}

var source = regexp.MustCompile(`^\s+[\w.-]+\.go:\d+: `)

// reasonOf is what a skipped test said.
func reasonOf(output []string) string {
	var said []string
	for _, line := range output {
		if strings.HasPrefix(line, "=== ") || strings.HasPrefix(strings.TrimSpace(line), "--- ") {
			continue
		}
		said = append(said, strings.TrimSpace(source.ReplaceAllString(line, "")))
	}
	return strings.TrimSpace(strings.Join(said, " "))
}

// close prints what is left to say and reports whether all is well.
func (s *sum) close() bool {
	for _, f := range s.failures {
		fmt.Fprintf(s.out, "\n%s\n", f)
	}
	for _, k := range s.skips {
		note := ""
		if !s.declared(k) {
			s.undeclared++
			note = " (undeclared: see tools/skips.txt)"
		}
		fmt.Fprintf(s.out, "skipped %s %s: %s%s\n", k.pkg, k.test, k.reason, note)
	}
	ran := s.passed+s.failed > 0
	if !ran {
		fmt.Fprintln(s.out, "no test ran")
	}
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
	return ran && s.failed == 0 && s.undeclared == 0
}

func (s *sum) declared(k skip) bool {
	return slices.ContainsFunc(s.allowed, func(a allowed) bool {
		return k.reason != "" && a.pkg.MatchString(k.pkg) && a.test.MatchString(k.test) && a.reason.MatchString(k.reason)
	})
}

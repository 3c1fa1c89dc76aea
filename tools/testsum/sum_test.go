package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestSum(t *testing.T) {
	const pass = `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/x"}
{"Action":"pass","Package":"p","Test":"TestA/x"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":1}
`
	const skipped = `{"Action":"output","Package":"p","Test":"TestB","Output":"=== RUN TestB\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:3: no shared data beside the checkout\n"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"pass","Package":"p"}
`
	for _, c := range []struct {
		name, in, skips string
		ok              bool
		says            []string
	}{
		{name: "a parent counts once with its subtest", in: pass, ok: true, says: []string{"1 passed, 0 failed, 0 skipped"}},
		{name: "a declared skip", in: pass + skipped, skips: "p TestB shared", ok: true, says: []string{"skipped p TestB: no shared data beside the checkout", "1 passed, 0 failed, 1 skipped"}},
		{name: "an undeclared skip fails", in: pass + skipped, says: []string{"undeclared", "1 passed, 0 failed, 1 skipped"}},
		{name: "a skip declared for another reason fails", in: pass + skipped, skips: "p TestB network", says: []string{"undeclared"}},
		{name: "no test ran", in: "", says: []string{"no test ran", "0 passed, 0 failed, 0 skipped"}},
		{name: "a failure is shown whole", in: pass + `{"Action":"output","Package":"q","Test":"TestC","Output":"got 1\n"}
{"Action":"fail","Package":"q","Test":"TestC"}
{"Action":"fail","Package":"q"}
`, says: []string{"--- q TestC\ngot 1", "1 passed, 1 failed, 0 skipped"}},
		{name: "a package that does not build fails", in: pass + `{"ImportPath":"q [q.test]","Action":"build-output","Output":"q.go:1: syntax error\n"}
{"ImportPath":"q [q.test]","Action":"build-fail"}
{"Action":"start","Package":"q"}
{"Action":"fail","Package":"q","FailedBuild":"q [q.test]"}
`, says: []string{"q.go:1: syntax error", "1 passed, 1 failed, 0 skipped"}},
		{name: "a run cut short fails", in: pass + `{"Action":"run","Package":"q","Test":"TestD"}
`, says: []string{"1 passed, 1 failed, 0 skipped"}},
		{name: "both engines add up", in: pass + "testsum: run PostgreSQL\n" + pass, ok: true, says: []string{"— PostgreSQL", "2 passed, 0 failed, 0 skipped"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			declared, err := readAllowed(strings.NewReader(c.skips))
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			s := newSum(&out, declared)
			if err := s.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			if ok := s.close(); ok != c.ok {
				t.Errorf("ok is %t\n%s", ok, &out)
			}
			for _, say := range c.says {
				if !strings.Contains(out.String(), say) {
					t.Errorf("%q is not said in\n%s", say, &out)
				}
			}
			last := out.String()[strings.LastIndexByte(strings.TrimSpace(out.String()), '\n')+1:]
			if !strings.Contains(last, " passed, ") {
				t.Errorf("the closing line is %q", last)
			}
		})
	}
}

func TestAMalformedSkipIsAnError(t *testing.T) {
	for _, in := range []string{"p TestA", "( x y"} {
		if _, err := readAllowed(strings.NewReader(in)); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}

// Command testsum reads what `go test -json` prints, shows one line for each
// package and every failure whole, lists every skipped test with its reason, and
// closes on «N passed, N failed, N skipped». It exits 1 on a failure, on a skip
// that the file given by -skips does not declare, and when no test ran at all.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	skips := flag.String("skips", "", "file of the skips that are allowed")
	flag.Parse()
	ok, err := run(*skips, os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func run(skips string, in io.Reader, out io.Writer) (ok bool, err error) {
	var declared []allowed
	if skips != "" {
		f, err := os.Open(skips)
		if err != nil {
			return false, err
		}
		defer f.Close()
		if declared, err = readAllowed(f); err != nil {
			return false, err
		}
	}
	s := newSum(out, declared)
	if err := s.read(in); err != nil {
		return false, err
	}
	return s.close(), nil
}

package ui

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The three corners by which a reader finds a code stand where they must, whatever the
// address: a reversed or shifted drawing would be read by no phone.
func TestAQRCodeHasItsCorners(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := QR{Address: "https://jalon.example/vote/" + rapid.StringMatching(`[A-Z0-9]{1,60}`).Draw(t, "code")}
		path, side := x.drawn()
		if n := side - 2*quiet; n < 21 || (n-21)%4 != 0 {
			t.Fatalf("%d modules a side", n)
		}
		far := side - quiet - 7
		for _, at := range [][2]int{{quiet, quiet}, {far, quiet}, {quiet, far}} {
			for _, want := range []string{run(at[0], at[1], 7), run(at[0]+2, at[1]+2, 3), run(at[0], at[1]+6, 7)} {
				if !strings.Contains(path, want) {
					t.Fatalf("no %s in %.300s", want, path)
				}
			}
		}
		for _, r := range strings.Split(path, "M")[1:] {
			if strings.HasPrefix(r, "0 ") || strings.HasPrefix(r, "3 ") {
				t.Fatalf("the quiet border is written on: %s", r)
			}
		}
	})
}

func run(x, y, n int) string {
	i := strconv.Itoa
	return "M" + i(x) + " " + i(y) + "h" + i(n) + "v1h-" + i(n) + "z"
}

func TestAQRCodeSaysItsAddressInClear(t *testing.T) {
	html := render(t, QRCode(QR{Address: "https://jalon.example/vote/K7PX", Code: "K7PX", Title: "Voter"}))
	wants(t, html, "jalon.example/vote/K7PX", "<strong>K7PX</strong>", `aria-label="Voter"`, "<title>Voter</title>", `fill="#fff"`)
	if strings.Contains(html, "style=") {
		t.Error("an inline style")
	}
	if html := render(t, QRCode(QR{Address: strings.Repeat("x", 5000)})); strings.Contains(html, "<svg") {
		t.Error("a drawing of an address that no code holds")
	}
}

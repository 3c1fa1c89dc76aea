package ui

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// QR is an address that a phone reads on a screen or on paper. Code is what to type
// for who has no camera, written beside it in clear; Title says what it leads to.
type QR struct {
	Address string
	Code    string
	Title   string
}

// quiet is the empty border around a QR code, in modules: readers need it.
const quiet = 4

// drawn is the code as one path of an SVG drawing, and the side of that drawing in
// modules; empty for an address that no QR code holds.
func (x QR) drawn() (path string, side int) {
	// Level M bears a stain or a reflection on 15 % of it.
	code, err := qr.Encode(x.Address, qr.M, qr.Auto)
	if err != nil {
		return "", 0
	}
	n := code.Bounds().Dx()
	dark := func(i, j int) bool {
		r, _, _, _ := code.At(i, j).RGBA()
		return r == 0
	}
	var b strings.Builder
	for j := range n {
		for i := 0; i < n; i++ {
			from := i
			for i < n && dark(i, j) {
				i++
			}
			if i > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, j+quiet, i-from, i-from)
			}
		}
	}
	return b.String(), n + 2*quiet
}

func (x QR) box() string {
	_, side := x.drawn()
	return fmt.Sprintf("0 0 %d %d", side, side)
}

func (x QR) path() string {
	path, _ := x.drawn()
	return path
}

// spoken is the address as somebody reads it aloud: without what browsers add.
func (x QR) spoken() string {
	return strings.TrimPrefix(strings.TrimPrefix(x.Address, "https://"), "http://")
}

package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

func gradient(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x + y) % 256), 255})
		}
	}
	return img
}

func TestReduceHoldsItsPalette(t *testing.T) {
	img := gradient(200, 120)
	for _, n := range []int{16, 64, 256} {
		got := reduce(img, n)
		if len(got.Palette) > n || got.Bounds() != img.Bounds() {
			t.Errorf("%d colours wanted, %d made in %v", n, len(got.Palette), got.Bounds())
		}
	}
}

func TestFewColoursAreKeptExactly(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 30, 10))
	for x := range 30 {
		for y := range 10 {
			img.Set(x, y, color.RGBA{uint8(8 * (x / 3)), 40, 90, 255})
		}
	}
	var before bytes.Buffer
	if err := png.Encode(&before, img); err != nil {
		t.Fatal(err)
	}
	after, err := shrink(before.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !same(before.Bytes(), after) {
		t.Error("a picture of ten colours came out changed")
	}
	img.Set(3, 3, color.RGBA{255, 0, 0, 255})
	var other bytes.Buffer
	if err := png.Encode(&other, img); err != nil {
		t.Fatal(err)
	}
	if same(other.Bytes(), after) {
		t.Error("a changed pixel was not seen")
	}
}

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// heaviest is what one picture may weigh: a README is read over slow lines too.
const heaviest = 150_000

// shrink gives a picture a palette, of as many colours as the weight allows.
func shrink(picture []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	for _, colours := range []int{256, 128, 64, 32, 16} {
		var b bytes.Buffer
		e := png.Encoder{CompressionLevel: png.BestCompression}
		if err := e.Encode(&b, reduce(img, colours)); err != nil {
			return nil, err
		}
		if b.Len() <= heaviest {
			return b.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("more than %d kB whatever the palette: take a smaller window", heaviest/1000)
}

// same compares what two pictures show.
func same(a, b []byte) bool {
	x, errX := png.Decode(bytes.NewReader(a))
	y, errY := png.Decode(bytes.NewReader(b))
	if errX != nil || errY != nil || x.Bounds() != y.Bounds() {
		return false
	}
	for py := x.Bounds().Min.Y; py < x.Bounds().Max.Y; py++ {
		for px := x.Bounds().Min.X; px < x.Bounds().Max.X; px++ {
			if opaque(x.At(px, py)) != opaque(y.At(px, py)) {
				return false
			}
		}
	}
	return true
}

func opaque(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	return color.RGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: 255}
}

// counted is a colour and how many pixels bear it.
type counted struct {
	c color.RGBA
	n int
}

// reduce draws img with at most n colours, by median cut, without dots: a page
// is flat colours and the soft edges of letters.
func reduce(img image.Image, n int) *image.Paletted {
	bounds := img.Bounds()
	counts := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[opaque(img.At(x, y))]++
		}
	}
	all := make([]counted, 0, len(counts))
	for c, n := range counts {
		all = append(all, counted{c, n})
	}
	slices.SortFunc(all, func(a, b counted) int { // the same palette each time
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(packed(a.c), packed(b.c)))
	})
	palette := cut(all, n)
	out := image.NewPaletted(bounds, palette)
	index := make(map[color.RGBA]uint8, len(counts))
	for c := range counts {
		index[c] = uint8(palette.Index(c))
	}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			out.SetColorIndex(x, y, index[opaque(img.At(x, y))])
		}
	}
	return out
}

func packed(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }

// cut keeps the commonest colours as they are, which are those of surfaces, and
// divides the others into boxes, each shown by its most frequent colour.
func cut(all []counted, n int) color.Palette {
	var palette color.Palette
	if len(all) <= n {
		for _, c := range all {
			palette = append(palette, c.c)
		}
		return palette
	}
	kept := n / 2
	for _, c := range all[:kept] {
		palette = append(palette, c.c)
	}
	boxes := [][]counted{slices.Clone(all[kept:])}
	for len(boxes) < n-kept {
		widest, channel, span := 0, 0, 0
		for i, box := range boxes {
			for ch := range 3 {
				if s := spread(box, ch); s > span {
					widest, channel, span = i, ch, s
				}
			}
		}
		if span == 0 {
			break
		}
		box := boxes[widest]
		slices.SortFunc(box, func(a, b counted) int {
			return cmp.Or(cmp.Compare(value(a.c, channel), value(b.c, channel)), cmp.Compare(packed(a.c), packed(b.c)))
		})
		boxes[widest] = box[:len(box)/2]
		boxes = append(boxes, box[len(box)/2:])
	}
	for _, box := range boxes {
		most := slices.MaxFunc(box, func(a, b counted) int {
			return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(packed(b.c), packed(a.c)))
		})
		palette = append(palette, most.c)
	}
	return palette
}

func spread(box []counted, channel int) int {
	least, most := 255, 0
	for _, c := range box {
		v := value(c.c, channel)
		least, most = min(least, v), max(most, v)
	}
	return max(0, most-least)
}

func value(c color.RGBA, channel int) int {
	return int([3]uint8{c.R, c.G, c.B}[channel])
}

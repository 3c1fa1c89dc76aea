package office

import "strconv"

// Drawing writes a drawing as a group of shapes in a paragraph of its own, at
// most as wide and as high as asked, in points.
func (t *Text) Drawing(d Drawing, width, height float64) {
	f := fitted(Frame{W: width, H: height}, d.W, d.H)
	some := false
	for _, x := range d.Shapes {
		some = some || !x.Empty()
	}
	if f.W == 0 || !some {
		return
	}
	k := f.W / float64(d.W) * 1000 // thousandths of a point a unit
	t.objects++
	style := t.style("G", "graphic", "", `<style:graphic-properties style:vertical-pos="top" style:vertical-rel="baseline" style:horizontal-pos="from-left" style:horizontal-rel="paragraph" style:flow-with-text="false" draw:fill="none" draw:stroke="none"/>`)
	t.body.raw(`<text:p text:style-name="`, t.placed("Image", Left), `"><draw:g text:anchor-type="as-char" draw:z-index="`, strconv.Itoa(t.objects), `" draw:style-name="`, style, `" draw:name="Graphique `, strconv.Itoa(t.objects), `">`)
	t.describe(d.Title, d.Description)
	// A frame that shows nothing keeps the size of the drawing.
	t.open("draw:rect", t.look(Shape{}, k), 0, 0, f.W*1000, f.H*1000)
	t.body.raw(`/>`)
	for _, x := range d.Shapes {
		if !x.Empty() {
			t.linked(x, func() { t.shape(x, k) })
		}
	}
	t.body.raw(`</draw:g></text:p>`)
}

// linked wraps a shape in its link.
func (t *Text) linked(x Shape, draw func()) {
	href := safe(x.Href)
	if href == "" {
		draw()
		return
	}
	t.body.raw(`<draw:a xlink:type="simple"`)
	t.body.attr("xlink:href", href)
	t.body.raw(`>`)
	draw()
	t.body.raw(`</draw:a>`)
}

func (t *Text) describe(title, description string) {
	if title != "" {
		t.body.raw(`<svg:title>`)
		t.body.text(title)
		t.body.raw(`</svg:title>`)
	}
	if description != "" {
		t.body.raw(`<svg:desc>`)
		t.body.text(description)
		t.body.raw(`</svg:desc>`)
	}
}

// look is the style of a shape.
func (t *Text) look(x Shape, k float64) string {
	props := ` draw:fill="none"`
	if x.Fill != "" {
		props = ` draw:fill="solid" draw:fill-color="#` + string(x.Fill) + `"`
	}
	if x.Kind == Path {
		props += ` svg:fill-rule="evenodd"`
	}
	switch {
	case x.Edge == "" || x.Kind == Label:
		props += ` draw:stroke="none"`
	case x.Dashed:
		props += ` draw:stroke="dash" draw:stroke-dash="Tirets" svg:stroke-color="#` + string(x.Edge) + `"`
	default:
		props += ` draw:stroke="solid" svg:stroke-color="#` + string(x.Edge) + `"`
	}
	if x.Edge != "" && x.Kind != Label {
		props += ` svg:stroke-width="` + cm(max(500, int(k*float64(max(x.Width, 1))))) + `"`
	}
	if x.Kind == Label {
		props += ` draw:auto-grow-width="false" draw:auto-grow-height="false" fo:padding="0cm" fo:wrap-option="no-wrap" draw:textarea-vertical-align="top" draw:textarea-horizontal-align="` + map[Align]string{Left: "left", Center: "center", Right: "right"}[x.Anchor] + `"`
	}
	return t.style("D", "graphic", "", `<style:graphic-properties`+props+` style:run-through="foreground"/>`)
}

// open begins the element of a shape; lengths are thousandths of a point.
func (t *Text) open(tag, style string, x, y, w, h float64) {
	t.body.raw(`<`, tag, ` draw:style-name="`, style, `"`)
	t.body.lenAttr("svg:x", int(x))
	t.body.lenAttr("svg:y", int(y))
	t.body.lenAttr("svg:width", int(w))
	t.body.lenAttr("svg:height", int(h))
}

func (t *Text) shape(x Shape, k float64) {
	x0, y0, x1, y1 := x.bounds()
	fx, fy, fw, fh := float64(x0)*k, float64(y0)*k, float64(x1-x0)*k, float64(y1-y0)*k
	style := t.look(x, k)
	switch x.Kind {
	case Label:
		t.drawLabel(x, style, k)
	case Line:
		t.body.raw(`<draw:line draw:style-name="`, style, `"`)
		t.body.lenAttr("svg:x1", int(float64(x.From.X)*k))
		t.body.lenAttr("svg:y1", int(float64(x.From.Y)*k))
		t.body.lenAttr("svg:x2", int(float64(x.To.X)*k))
		t.body.lenAttr("svg:y2", int(float64(x.To.Y)*k))
		t.body.raw(`>`)
		t.describe(x.Title, "")
		t.body.raw(`</draw:line>`)
	case Path:
		t.open("draw:path", style, fx, fy, fw, fh)
		t.body.raw(` svg:viewBox="0 0 `, strconv.Itoa(x1-x0), ` `, strconv.Itoa(y1-y0), `" svg:d="`)
		for _, ring := range x.Rings {
			if len(ring) < 3 {
				continue
			}
			for i, p := range ring {
				cmd := "L"
				if i == 0 {
					cmd = "M"
				}
				t.body.raw(cmd, strconv.Itoa(p.X-x0), " ", strconv.Itoa(p.Y-y0))
			}
			t.body.raw("Z")
		}
		t.body.raw(`">`)
		t.describe(x.Title, "")
		t.body.raw(`</draw:path>`)
	default:
		t.open("draw:rect", style, fx, fy, fw, fh)
		t.body.raw(`>`)
		t.describe(x.Title, "")
		t.body.raw(`</draw:rect>`)
	}
}

// drawLabel writes one line of text in a shape that is not seen.
func (t *Text) drawLabel(x Shape, style string, k float64) {
	size := max(float64(x.Size)*k/1000, 1)
	w := (Width(x.Text, size, x.Bold) + 4) * 1000
	fx, fy := float64(x.From.X)*k, float64(x.From.Y)*k-0.905*size*1000
	align := "start"
	switch x.Anchor {
	case Center:
		fx, align = fx-w/2, "center"
	case Right:
		fx, align = fx-w, "end"
	}
	t.open("draw:rect", style, fx, fy, w, 1.15*size*1000)
	props := ` fo:font-size="` + strconv.FormatFloat(size, 'f', 1, 64) + `pt"`
	if x.Bold {
		props += ` fo:font-weight="bold"`
	}
	if x.Edge != "" {
		props += ` fo:color="#` + string(x.Edge) + `"`
	}
	t.body.raw(`><text:p text:style-name="`, t.style("P", "paragraph", "Standard", `<style:paragraph-properties fo:text-align="`+align+`"/>`),
		`"><text:span text:style-name="`, t.style("T", "text", "", `<style:text-properties`+props+`/>`), `">`)
	t.body.text(x.Text)
	t.body.raw(`</text:span></text:p></draw:rect>`)
}

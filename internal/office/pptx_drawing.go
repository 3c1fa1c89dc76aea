package office

// scale places the units of a drawing in a frame of a slide.
type scale struct {
	f      Frame
	kx, ky float64 // points a unit
}

// fitted is the frame that a drawing takes within another, in proportion.
func fitted(f Frame, w, h int) Frame {
	if w <= 0 || h <= 0 || f.W <= 0 || f.H <= 0 {
		return Frame{X: f.X, Y: f.Y}
	}
	k := min(f.W/float64(w), f.H/float64(h))
	out := Frame{W: k * float64(w), H: k * float64(h)}
	out.X, out.Y = f.X+(f.W-out.W)/2, f.Y+(f.H-out.H)/2
	return out
}

// picture writes a drawing as a group of shapes.
func (s *sheet) picture(p Picture) {
	d := p.Drawing
	f := fitted(p.Frame, d.W, d.H)
	if f.W == 0 || len(d.Shapes) == 0 {
		return
	}
	k := scale{f, f.W / float64(d.W), f.H / float64(d.H)}
	id := s.next()
	s.raw(`<p:grpSp><p:nvGrpSpPr><p:cNvPr id="`, id, `"`)
	s.attr("name", "Graphique "+id)
	s.attr("title", d.Title)
	s.attr("descr", d.Description)
	s.raw(`/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>`)
	for _, tag := range []string{"", "ch"} {
		off, ext := "off", "ext"
		if tag != "" {
			off, ext = "chOff", "chExt"
		}
		s.raw(`<a:`, off)
		s.intAttr("x", int(f.X*emu))
		s.intAttr("y", int(f.Y*emu))
		s.raw(`/><a:`, ext)
		s.intAttr("cx", int(f.W*emu))
		s.intAttr("cy", int(f.H*emu))
		s.raw(`/>`)
	}
	s.raw(`</a:xfrm></p:grpSpPr>`)
	for _, x := range d.Shapes {
		if x.Empty() {
			continue
		}
		s.shape(x, k)
	}
	s.raw(`</p:grpSp>`)
}

func (s *sheet) shape(x Shape, k scale) {
	if x.Kind == Label {
		s.label(x, k)
		return
	}
	tag, nv, properties := "p:sp", "p:nvSpPr", "p:cNvSpPr"
	if x.Kind == Line {
		tag, nv, properties = "p:cxnSp", "p:nvCxnSpPr", "p:cNvCxnSpPr"
	}
	id := s.next()
	s.raw(`<`, tag, `><`, nv, `><p:cNvPr id="`, id, `"`)
	name := x.Title
	if name == "" {
		name = "Forme " + id
	}
	s.attr("name", name)
	if x.Title != "" {
		s.attr("descr", x.Title)
	}
	s.raw(`>`)
	s.click(x.Href, x.Title)
	s.raw(`</p:cNvPr><`, properties, `/><p:nvPr/></`, nv, `><p:spPr>`)
	x0, y0, x1, y1 := x.bounds()
	s.raw(`<a:xfrm`)
	if x.Kind == Line && (x.To.X-x.From.X)*(x.To.Y-x.From.Y) < 0 {
		s.raw(` flipV="1"`)
	}
	s.raw(`><a:off`)
	s.intAttr("x", int((k.f.X+k.kx*float64(x0))*emu))
	s.intAttr("y", int((k.f.Y+k.ky*float64(y0))*emu))
	s.raw(`/><a:ext`)
	s.intAttr("cx", int(k.kx*float64(x1-x0)*emu))
	s.intAttr("cy", int(k.ky*float64(y1-y0)*emu))
	s.raw(`/></a:xfrm>`)
	switch x.Kind {
	case Path:
		s.rings(x, x0, y0, x1, y1)
	case Line:
		s.raw(`<a:prstGeom prst="line"><a:avLst/></a:prstGeom>`)
	default:
		s.raw(`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>`)
	}
	if x.Kind != Line {
		s.raw(solid(x.Fill))
	}
	s.outline(x, k)
	s.raw(`</p:spPr></`, tag, `>`)
}

// outline writes the line of a shape, half a point at least.
func (s *sheet) outline(x Shape, k scale) {
	if x.Edge == "" {
		s.raw(`<a:ln><a:noFill/></a:ln>`)
		return
	}
	s.raw(`<a:ln`)
	s.intAttr("w", int(max(0.5, k.kx*float64(max(x.Width, 1)))*emu))
	s.raw(`>`, solid(x.Edge))
	if x.Dashed {
		s.raw(`<a:prstDash val="dash"/>`)
	}
	s.raw(`<a:round/></a:ln>`)
}

// rings writes closed rings in the units of the drawing: where they overlap
// twice, there is a hole.
func (s *sheet) rings(x Shape, x0, y0, x1, y1 int) {
	s.raw(`<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path`)
	s.intAttr("w", x1-x0)
	s.intAttr("h", y1-y0)
	s.raw(`>`)
	for _, ring := range x.Rings {
		if len(ring) < 3 {
			continue
		}
		for i, p := range ring {
			tag := "a:lnTo"
			if i == 0 {
				tag = "a:moveTo"
			}
			s.raw(`<`, tag, `><a:pt`)
			s.intAttr("x", p.X-x0)
			s.intAttr("y", p.Y-y0)
			s.raw(`/></`, tag, `>`)
		}
		s.raw(`<a:close/>`)
	}
	s.raw(`</a:path></a:pathLst></a:custGeom>`)
}

// label writes one line of text that stands by its base line.
func (s *sheet) label(x Shape, k scale) {
	size := max(k.ky*float64(x.Size), 1)
	w := Width(x.Text, size, x.Bold) + 4
	f := Frame{X: k.f.X + k.kx*float64(x.From.X), Y: k.f.Y + k.ky*float64(x.From.Y) - 0.905*size, W: w, H: 1.15 * size}
	switch x.Anchor {
	case Center:
		f.X -= w / 2
	case Right:
		f.X -= w
	}
	id := s.next()
	s.raw(`<p:sp><p:nvSpPr><p:cNvPr id="`, id, `"`)
	s.attr("name", x.Text)
	s.raw(`/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>`)
	s.xfrm("a:xfrm", f)
	s.raw(`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:noAutofit/></a:bodyPr><a:lstStyle/>`)
	s.para(Para{Align: x.Anchor, Runs: []Run{{Text: x.Text, Size: float64(int(size*10)) / 10, Bold: x.Bold, Color: x.Edge, Href: x.Href}}})
	s.raw(`</p:txBody></p:sp>`)
}

package office

import "strconv"

// sheet is a slide in the making: its ids and its relations.
type sheet struct {
	doc
	rels rels
	id   int
	pack *pack
}

func (s *sheet) next() string {
	s.id++
	return strconv.Itoa(s.id)
}

func (p *pack) slide(i int) {
	k := p.deck.Slides[i]
	s := &sheet{pack: p, id: 1}
	body := -1
	for j, e := range k.Elements {
		if b, ok := e.(TextBox); ok && b.Body && !k.Cover {
			body = j
			break
		}
	}
	layout := "3"
	switch {
	case k.Cover:
		layout = "1"
	case body >= 0:
		layout = "2"
	}
	s.rels.add("slideLayout", "../slideLayouts/slideLayout"+layout+".xml")
	n := strconv.Itoa(i + 1)
	s.rels.add("notesSlide", "../notesSlides/notesSlide"+n+".xml")
	s.raw(xmlHead, `<p:sld`, mainNames, `><p:cSld><p:spTree>`, emptyTree)
	s.title(k)
	for j, e := range k.Elements {
		switch e := e.(type) {
		case TextBox:
			s.box(e, j == body)
		case Grid:
			s.grid(e)
		case Picture:
			s.picture(e)
		}
	}
	if p.deck.Mark != "" {
		t := p.deck.Theme
		w := MarkWidth(p.deck.Mark)
		s.box(TextBox{Name: "Avertissement", Frame: Frame{840 - w, 506, w, 20}, Fill: t.WarnBack, Edge: t.Warn, Middle: true,
			Paras: []Para{{Align: Center, Runs: []Run{{Text: p.deck.Mark, Size: 10, Bold: true, Color: t.Warn}}}}}, false)
	}
	if !k.Cover {
		s.foot("Pied de page", `type="ftr" sz="quarter" idx="10"`, func() {
			s.raw(`<a:pPr algn="l"/><a:r>`)
			s.footLook()
			s.raw(`<a:t>`)
			s.text(p.deck.Footer)
			s.raw(`</a:t></a:r>`)
		})
		s.foot("Numéro", `type="sldNum" sz="quarter" idx="11"`, func() {
			s.raw(`<a:pPr algn="r"/><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">`)
			s.footLook()
			s.raw(`<a:t>`, n, `</a:t></a:fld>`)
		})
	}
	s.raw(`</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>`)
	p.add("ppt/slides/slide"+n+".xml", presentationML+"slide", s.b)
	p.add("ppt/slides/_rels/slide"+n+".xml.rels", "", s.rels.bytes())
	p.notes(n, k.Notes)
}

func (s *sheet) foot(name, kind string, text func()) {
	s.raw(`<p:sp><p:nvSpPr><p:cNvPr id="`, s.next(), `" name="`, name, `"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph `, kind, `/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p>`)
	text()
	s.raw(`</a:p></p:txBody></p:sp>`)
}

// footLook says the look of a footer again: not every program takes it from
// the layout.
func (s *sheet) footLook() {
	s.raw(`<a:rPr lang="fr-FR" sz="1000">`, solid(s.pack.deck.Theme.Muted), `<a:latin typeface="+mn-lt"/></a:rPr>`)
}

func (s *sheet) title(k Slide) {
	kind, anchor := `type="title"`, "ctr"
	if k.Cover {
		kind, anchor = `type="ctrTitle"`, "b"
	}
	s.raw(`<p:sp><p:nvSpPr><p:cNvPr id="`, s.next(), `" name="Titre"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph `, kind, `/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="`, anchor, `"><a:noAutofit/></a:bodyPr><a:lstStyle/>`)
	size := k.TitleSize
	if size == 0 && k.Cover {
		size = 36
	}
	s.para(Para{Runs: []Run{{Text: k.Title, Size: size}}})
	s.raw(`</p:txBody></p:sp>`)
	if k.Cover && k.Subtitle != "" {
		s.raw(`<p:sp><p:nvSpPr><p:cNvPr id="`, s.next(), `" name="Sous-titre"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="subTitle" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0"><a:noAutofit/></a:bodyPr><a:lstStyle/>`)
		s.para(Para{Runs: []Run{{Text: k.Subtitle, Size: 20}}})
		s.raw(`</p:txBody></p:sp>`)
	}
}

// box writes a text box, or the body of the slide.
func (s *sheet) box(b TextBox, body bool) {
	name := b.Name
	if name == "" {
		name = "Texte"
	}
	id := s.next()
	s.raw(`<p:sp><p:nvSpPr><p:cNvPr id="`, id, `"`)
	s.attr("name", name+" "+id)
	if body {
		s.raw(`/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph idx="1"/></p:nvPr></p:nvSpPr><p:spPr>`)
	} else {
		s.raw(`/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>`)
	}
	s.xfrm("a:xfrm", b.Frame)
	s.raw(`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>`, solid(b.Fill), `<a:ln`)
	if b.Edge != "" {
		s.raw(` w="9525"`)
	}
	s.raw(`>`, solid(b.Edge), `</a:ln></p:spPr><p:txBody><a:bodyPr wrap="square"`)
	for _, side := range []string{"lIns", "tIns", "rIns", "bIns"} {
		s.intAttr(side, int(b.Inset*emu))
	}
	if b.Middle {
		s.raw(` anchor="ctr"`)
	} else {
		s.raw(` anchor="t"`)
	}
	s.raw(`><a:noAutofit/></a:bodyPr><a:lstStyle/>`)
	for _, p := range b.Paras {
		s.para(p)
	}
	if len(b.Paras) == 0 {
		s.raw(`<a:p><a:endParaRPr lang="fr-FR"/></a:p>`)
	}
	s.raw(`</p:txBody></p:sp>`)
}

func algn(a Align) string {
	switch a {
	case Center:
		return "ctr"
	case Right:
		return "r"
	}
	return "l"
}

func (s *sheet) para(p Para) {
	s.raw(`<a:p><a:pPr`)
	switch p.Bullet {
	case "":
		s.raw(` marL="0" indent="0"`)
	case "1":
		s.intAttr("marL", 26*emu)
		s.intAttr("indent", -26*emu)
	default:
		s.intAttr("marL", 18*emu)
		s.intAttr("indent", -18*emu)
	}
	s.raw(` algn="`, algn(p.Align), `">`)
	if p.After > 0 {
		s.raw(`<a:spcAft><a:spcPts`)
		s.intAttr("val", int(p.After*100))
		s.raw(`/></a:spcAft>`)
	}
	switch p.Bullet {
	case "":
		s.raw(`<a:buNone/>`)
	case "1":
		s.raw(`<a:buFont typeface="+mj-lt"/><a:buAutoNum type="arabicPeriod"`)
		if p.Start > 1 {
			s.intAttr("startAt", min(p.Start, 32767))
		}
		s.raw(`/>`)
	default:
		s.raw(`<a:buFont typeface="Arial"/><a:buChar`)
		s.attr("char", p.Bullet)
		s.raw(`/>`)
	}
	s.raw(`</a:pPr>`)
	before := len(s.b)
	size := 0.0
	for _, r := range p.Runs {
		s.run(r)
		size = max(size, r.Size)
	}
	if len(s.b) == before { // an empty line has a height too
		s.raw(`<a:endParaRPr lang="fr-FR"`)
		if size > 0 {
			s.intAttr("sz", int(size*100))
		}
		s.raw(`/>`)
	}
	s.raw(`</a:p>`)
}

func (s *sheet) run(r Run) {
	if Clean(r.Text) == "" {
		return
	}
	s.raw(`<a:r><a:rPr lang="fr-FR"`)
	if r.Size > 0 {
		s.intAttr("sz", int(r.Size*100))
	}
	if r.Bold {
		s.raw(` b="1"`)
	}
	if r.Italic {
		s.raw(` i="1"`)
	}
	s.raw(` dirty="0">`)
	if r.Color != "" {
		s.raw(solid(r.Color))
	}
	s.click(r.Href, "")
	s.raw(`</a:rPr><a:t>`)
	s.text(r.Text)
	s.raw(`</a:t></a:r>`)
}

// click makes a link of a run or of a shape.
func (s *sheet) click(href, tip string) {
	if href = safe(href); href == "" {
		return
	}
	s.raw(`<a:hlinkClick r:id="`, s.rels.link(href), `"`)
	if tip != "" {
		s.attr("tooltip", tip)
	}
	s.raw(`/>`)
}

// grid writes a table.
func (s *sheet) grid(g Grid) {
	if len(g.Widths) == 0 || len(g.Rows) == 0 {
		return
	}
	f := Frame{X: g.X, Y: g.Y}
	for _, w := range g.Widths {
		f.W += w
	}
	for _, h := range g.Heights {
		f.H += h
	}
	id := s.next()
	s.raw(`<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="`, id, `"`)
	s.attr("name", "Tableau "+id)
	s.attr("descr", g.Description)
	s.raw(`/><p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>`)
	s.xfrm("p:xfrm", f)
	s.raw(`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr firstRow="1" firstCol="1"/><a:tblGrid>`)
	for _, w := range g.Widths {
		s.raw(`<a:gridCol`)
		s.intAttr("w", int(w*emu))
		s.raw(`/>`)
	}
	s.raw(`</a:tblGrid>`)
	line := `<a:noFill/></a:lnL><a:lnR w="0"><a:noFill/></a:lnR><a:lnT w="6350">` + solid(s.pack.deck.Theme.Line) + `</a:lnT><a:lnB w="6350">` + solid(s.pack.deck.Theme.Line) + `</a:lnB>`
	for i, row := range g.Rows {
		s.raw(`<a:tr`)
		h := 0.0
		if i < len(g.Heights) {
			h = g.Heights[i]
		}
		s.intAttr("h", int(h*emu))
		s.raw(`>`)
		for j := range g.Widths {
			var c GridCell
			if j < len(row) {
				c = row[j]
			}
			s.raw(`<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>`)
			s.para(Para{Runs: c.Runs, Align: c.Align})
			s.raw(`</a:txBody><a:tcPr`)
			s.intAttr("marL", CellPad*emu)
			s.intAttr("marR", CellPad*emu)
			s.intAttr("marT", CellRise*emu)
			s.intAttr("marB", CellRise*emu)
			s.raw(` anchor="ctr"><a:lnL w="0">`, line, solid(c.Fill), `</a:tcPr></a:tc>`)
		}
		s.raw(`</a:tr>`)
	}
	s.raw(`</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`)
}

// The room that a cell of a slide keeps around its text, in points.
const (
	CellPad  = 5
	CellRise = 2
)

func (p *pack) notes(n string, lines []string) {
	s := &sheet{pack: p, id: 1}
	s.rels.add("notesMaster", "../notesMasters/notesMaster1.xml")
	s.rels.add("slide", "../slides/slide"+n+".xml")
	s.raw(xmlHead, `<p:notes`, mainNames, `><p:cSld><p:spTree>`, emptyTree,
		`<p:sp><p:nvSpPr><p:cNvPr id="2" name="Diapositive"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp>`,
		`<p:sp><p:nvSpPr><p:cNvPr id="3" name="Commentaires"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>`)
	for _, line := range lines {
		s.para(Para{Runs: []Run{{Text: line}}})
	}
	if len(lines) == 0 {
		s.raw(`<a:p><a:endParaRPr lang="fr-FR"/></a:p>`)
	}
	s.raw(`</p:txBody></p:sp></p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>`)
	p.add("ppt/notesSlides/notesSlide"+n+".xml", presentationML+"notesSlide", s.b)
	p.add("ppt/notesSlides/_rels/notesSlide"+n+".xml.rels", "", s.rels.bytes())
}

// MarkWidth is what the warning of every slide takes of the foot, in points.
func MarkWidth(mark string) float64 { return max(150, Width(mark, 10, true)+14) }

package office

// The places that the master fixes on each slide, in points.
var (
	titleFrame  = Frame{40, 22, 880, 62}
	bodyFrame   = Frame{40, 98, 880, 396}
	footerFrame = Frame{40, 506, 640, 22}
	numberFrame = Frame{840, 506, 80, 22}
	coverTitle  = Frame{72, 150, 816, 130}
	coverSub    = Frame{72, 290, 816, 60}
)

// Body is the place of what stands under the title of a slide.
func Body() Frame { return bodyFrame }

// TitleLines is the place of a title: its width, and its height.
func TitleLines() (width, height float64) { return titleFrame.W, titleFrame.H }

func (d *doc) xfrm(tag string, f Frame) {
	d.raw("<", tag, `><a:off`)
	d.intAttr("x", int(f.X*emu))
	d.intAttr("y", int(f.Y*emu))
	d.raw(`/><a:ext`)
	d.intAttr("cx", max(int(f.W*emu), 0))
	d.intAttr("cy", max(int(f.H*emu), 0))
	d.raw(`/></`, tag, `>`)
}

func solid(c Color) string {
	if c == "" {
		return `<a:noFill/>`
	}
	return `<a:solidFill><a:srgbClr val="` + string(c) + `"/></a:solidFill>`
}

const emptyTree = `<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>`

// holder writes a placeholder of a master or a layout.
func (d *doc) holder(id, name, kind string, f Frame, text string) {
	d.raw(`<p:sp><p:nvSpPr><p:cNvPr id="`, id, `" name="`, name, `"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph `, kind, `/></p:nvPr></p:nvSpPr><p:spPr>`)
	d.xfrm("a:xfrm", f)
	d.raw(`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p>`, text, `</a:p></p:txBody></p:sp>`)
}

// small writes a placeholder with the size of a footer.
func (d *doc) small(id, name, kind string, f Frame, align string, c Color, text string) {
	d.raw(`<p:sp><p:nvSpPr><p:cNvPr id="`, id, `" name="`, name, `"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph `, kind, `/></p:nvPr></p:nvSpPr><p:spPr>`)
	d.xfrm("a:xfrm", f)
	d.raw(`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/><a:lstStyle><a:lvl1pPr algn="`, align, `"><a:defRPr sz="1000">`, solid(c), `</a:defRPr></a:lvl1pPr></a:lstStyle><a:p>`, text, `</a:p></p:txBody></p:sp>`)
}

// plate writes a coloured rectangle that means nothing.
func (d *doc) plate(id, name string, f Frame, c Color) {
	d.raw(`<p:sp><p:nvSpPr><p:cNvPr id="`, id, `" name="`, name, `"><a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst></p:cNvPr><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>`)
	d.xfrm("a:xfrm", f)
	d.raw(`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>`, solid(c), `<a:ln><a:noFill/></a:ln></p:spPr></p:sp>`)
}

const slideNumber = `<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="fr-FR"/><a:t>‹N°›</a:t></a:fld>`

// masters writes the master, its three layouts, the master of notes and the
// themes.
func (p *pack) masters() {
	t := p.deck.Theme
	var r rels
	layouts := []string{r.add("slideLayout", "../slideLayouts/slideLayout1.xml"), r.add("slideLayout", "../slideLayouts/slideLayout2.xml"), r.add("slideLayout", "../slideLayouts/slideLayout3.xml")}
	r.add("theme", "../theme/theme1.xml")
	var d doc
	d.raw(xmlHead, `<p:sldMaster`, mainNames, `><p:cSld><p:bg><p:bgPr>`, solid(t.Paper), `<a:effectLst/></p:bgPr></p:bg><p:spTree>`, emptyTree)
	d.plate("7", "Filet", Frame{0, 26, 12, 54}, t.Accent)
	d.plate("8", "Pied", Frame{40, 500, 880, 1}, t.Line)
	d.holder("2", "Titre", `type="title"`, titleFrame, `<a:r><a:rPr lang="fr-FR"/><a:t>Titre</a:t></a:r>`)
	d.holder("3", "Texte", `type="body" idx="1"`, bodyFrame, `<a:pPr lvl="0"/><a:r><a:rPr lang="fr-FR"/><a:t>Texte</a:t></a:r>`)
	d.small("4", "Pied de page", `type="ftr" sz="quarter" idx="3"`, footerFrame, "l", t.Muted, `<a:endParaRPr lang="fr-FR"/>`)
	d.small("5", "Numéro", `type="sldNum" sz="quarter" idx="4"`, numberFrame, "r", t.Muted, slideNumber)
	d.raw(`</p:spTree></p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:sldLayoutIdLst>`)
	for i, id := range layouts {
		d.raw(`<p:sldLayoutId id="`)
		d.int(2147483649 + i)
		d.raw(`" r:id="`, id, `"/>`)
	}
	d.raw(`</p:sldLayoutIdLst><p:hf hdr="0" dt="0"/><p:txStyles><p:titleStyle><a:lvl1pPr algn="l"><a:lnSpc><a:spcPct val="95000"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/><a:defRPr sz="2600" b="1" kern="1200">`, solid(t.Accent),
		`<a:latin typeface="+mj-lt"/></a:defRPr></a:lvl1pPr></p:titleStyle><p:bodyStyle><a:lvl1pPr marL="0" indent="0" algn="l"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/><a:defRPr sz="1800" kern="1200">`, solid(t.Ink),
		`<a:latin typeface="+mn-lt"/></a:defRPr></a:lvl1pPr></p:bodyStyle><p:otherStyle><a:lvl1pPr><a:defRPr sz="1800">`, solid(t.Ink), `<a:latin typeface="+mn-lt"/></a:defRPr></a:lvl1pPr></p:otherStyle></p:txStyles></p:sldMaster>`)
	body := string(d.b)
	p.add("ppt/slideMasters/slideMaster1.xml", presentationML+"slideMaster", []byte(body))
	p.add("ppt/slideMasters/_rels/slideMaster1.xml.rels", "", r.bytes())
	p.layout("1", "title", "Couverture", func(d *doc) {
		d.plate("7", "Bandeau", Frame{0, 0, 24, SlideHeight}, t.Accent)
		d.holder("2", "Titre", `type="ctrTitle"`, coverTitle, `<a:r><a:rPr lang="fr-FR"/><a:t>Titre</a:t></a:r>`)
		d.holder("3", "Sous-titre", `type="subTitle" idx="1"`, coverSub, `<a:r><a:rPr lang="fr-FR"/><a:t>Sous-titre</a:t></a:r>`)
	})
	foot := func(d *doc) {
		d.small("4", "Pied de page", `type="ftr" sz="quarter" idx="10"`, footerFrame, "l", t.Muted, `<a:endParaRPr lang="fr-FR"/>`)
		d.small("5", "Numéro", `type="sldNum" sz="quarter" idx="11"`, numberFrame, "r", t.Muted, slideNumber)
	}
	p.layout("2", "obj", "Titre et texte", func(d *doc) {
		d.holder("2", "Titre", `type="title"`, titleFrame, `<a:r><a:rPr lang="fr-FR"/><a:t>Titre</a:t></a:r>`)
		d.holder("3", "Texte", `idx="1"`, bodyFrame, `<a:r><a:rPr lang="fr-FR"/><a:t>Texte</a:t></a:r>`)
		foot(d)
	})
	p.layout("3", "titleOnly", "Titre seul", func(d *doc) {
		d.holder("2", "Titre", `type="title"`, titleFrame, `<a:r><a:rPr lang="fr-FR"/><a:t>Titre</a:t></a:r>`)
		foot(d)
	})
	p.notesMaster()
	p.theme("1")
	p.theme("2")
}

func (p *pack) layout(n, kind, name string, shapes func(*doc)) {
	var d doc
	d.raw(xmlHead, `<p:sldLayout`, mainNames, ` type="`, kind, `" preserve="1"`)
	if kind == "title" {
		d.raw(` showMasterSp="0"`)
	}
	d.raw(`><p:cSld name="`, name, `"><p:spTree>`, emptyTree)
	shapes(&d)
	d.raw(`</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>`)
	p.add("ppt/slideLayouts/slideLayout"+n+".xml", presentationML+"slideLayout", d.b)
	var r rels
	r.add("slideMaster", "../slideMasters/slideMaster1.xml")
	p.add("ppt/slideLayouts/_rels/slideLayout"+n+".xml.rels", "", r.bytes())
}

func (p *pack) notesMaster() {
	var d doc
	d.raw(xmlHead, `<p:notesMaster`, mainNames, `><p:cSld><p:bg><p:bgPr>`, solid(p.deck.Theme.Paper), `<a:effectLst/></p:bgPr></p:bg><p:spTree>`, emptyTree)
	d.raw(`<p:sp><p:nvSpPr><p:cNvPr id="2" name="Diapositive"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg" idx="2"/></p:nvPr></p:nvSpPr><p:spPr>`)
	d.xfrm("a:xfrm", Frame{30, 54, 480, 270})
	d.raw(`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:sp>`)
	d.holder("3", "Commentaires", `type="body" sz="quarter" idx="3"`, Frame{54, 342, 432, 340}, `<a:r><a:rPr lang="fr-FR"/><a:t>Commentaires</a:t></a:r>`)
	d.raw(`</p:spTree></p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:notesStyle><a:lvl1pPr><a:defRPr sz="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/></a:defRPr></a:lvl1pPr></p:notesStyle></p:notesMaster>`)
	p.add("ppt/notesMasters/notesMaster1.xml", presentationML+"notesMaster", d.b)
	var r rels
	r.add("theme", "../theme/theme2.xml")
	p.add("ppt/notesMasters/_rels/notesMaster1.xml.rels", "", r.bytes())
}

func (p *pack) theme(n string) {
	t := p.deck.Theme
	var d doc
	d.raw(xmlHead, `<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Jalon"><a:themeElements><a:clrScheme name="Jalon">`)
	for _, c := range []struct {
		tag   string
		color Color
	}{{"dk1", t.Ink}, {"lt1", t.Paper}, {"dk2", t.Accent}, {"lt2", t.Line},
		{"accent1", t.Accents[0]}, {"accent2", t.Accents[1]}, {"accent3", t.Accents[2]}, {"accent4", t.Accents[3]}, {"accent5", t.Accents[4]}, {"accent6", t.Accents[5]},
		{"hlink", t.Accent}, {"folHlink", t.Accent}} {
		v := string(c.color)
		if v == "" {
			v = "000000"
			if c.tag == "lt1" {
				v = "ffffff"
			}
		}
		d.raw(`<a:`, c.tag, `><a:srgbClr val="`, v, `"/></a:`, c.tag, `>`)
	}
	font := `<a:latin typeface="` + Font + `"/><a:ea typeface=""/><a:cs typeface=""/>`
	fill := `<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>`
	line := `<a:ln w="9525">` + fill + `<a:prstDash val="solid"/></a:ln>`
	effect := `<a:effectStyle><a:effectLst/></a:effectStyle>`
	d.raw(`</a:clrScheme><a:fontScheme name="Jalon"><a:majorFont>`, font, `</a:majorFont><a:minorFont>`, font, `</a:minorFont></a:fontScheme><a:fmtScheme name="Jalon"><a:fillStyleLst>`,
		fill, fill, fill, `</a:fillStyleLst><a:lnStyleLst>`, line, line, line, `</a:lnStyleLst><a:effectStyleLst>`, effect, effect, effect, `</a:effectStyleLst><a:bgFillStyleLst>`, fill, fill, fill, `</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`)
	p.add("ppt/theme/theme"+n+".xml", "vnd.openxmlformats-officedocument.theme", d.b)
}

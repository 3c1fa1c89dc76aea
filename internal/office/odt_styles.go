package office

const fontFace = `<style:font-face style:name="` + Font + `" svg:font-family="` + Font + `, 'Liberation Sans', Helvetica, sans-serif" style:font-family-generic="swiss" style:font-pitch="variable"/>`

// paraStyle writes one style of paragraphs.
func (d *doc) paraStyle(name, display, parent, para, text string, more ...string) {
	d.raw(`<style:style style:name="`, name, `" style:display-name="`, display, `" style:family="paragraph"`)
	if parent != "" {
		d.raw(` style:parent-style-name="`, parent, `"`)
	}
	d.raw(more...)
	d.raw(`><style:paragraph-properties `, para, `/><style:text-properties `, text, `/></style:style>`)
}

// styles is styles.xml: the styles by the names that a writer finds in the
// list of the program, and the page.
func (t *Text) styles() []byte {
	c := t.props.Theme
	col := func(c Color) string {
		if c == "" {
			c = "000000"
		}
		return ` fo:color="#` + string(c) + `"`
	}
	back := ""
	if c.WarnBack != "" {
		back = ` fo:background-color="#` + string(c.WarnBack) + `"`
	}
	line := "000000"
	if c.Line != "" {
		line = string(c.Line)
	}
	accent := "000000"
	if c.Accent != "" {
		accent = string(c.Accent)
	}
	var d doc
	d.raw(xmlHead, `<office:document-styles`, odtNames, `><office:font-face-decls>`, fontFace, `</office:font-face-decls><office:styles>`,
		`<style:default-style style:family="paragraph"><style:paragraph-properties fo:hyphenation-ladder-count="no-limit" style:tab-stop-distance="1.25cm"/><style:text-properties style:font-name="`, Font, `" fo:font-size="11pt" fo:language="fr" fo:country="FR"`, col(c.Ink), `/></style:default-style>`,
		`<style:default-style style:family="graphic"><style:graphic-properties draw:fill="none" draw:stroke="none"/></style:default-style>`,
		`<style:default-style style:family="table"><style:table-properties table:border-model="collapsing"/></style:default-style>`,
		`<draw:stroke-dash draw:name="Tirets" draw:style="rect" draw:dots1="1" draw:dots1-length="0.1cm" draw:distance="0.08cm"/>`,
		`<style:style style:name="Standard" style:family="paragraph" style:class="text"/>`)
	d.paraStyle(BodyStyle, "Corps de texte", "Standard", `fo:margin-bottom="0.25cm" fo:line-height="125%" fo:orphans="2" fo:widows="2"`, ``)
	d.paraStyle("Liste", "Liste", "Standard", `fo:margin-bottom="0.12cm" fo:line-height="120%"`, ``)
	d.paraStyle(TitleStyle, "Titre principal", "Standard", `fo:margin-top="6cm" fo:margin-bottom="0.5cm" fo:padding-left="0.4cm" fo:border-left="3pt solid #`+accent+`"`, `fo:font-size="28pt" fo:font-weight="bold"`+col(c.Accent), ` style:class="chapter"`)
	d.paraStyle(SubtitleStyle, "Sous-titre", "Standard", `fo:margin-bottom="1cm"`, `fo:font-size="16pt"`+col(c.Ink), ` style:class="chapter"`)
	d.paraStyle(CoverStyle, "Couverture", "Standard", `fo:margin-bottom="0.15cm"`, `fo:font-size="11pt"`+col(c.Muted))
	for _, h := range []struct{ n, size, top, bottom string }{{"1", "18pt", "0.9cm", "0.3cm"}, {"2", "14pt", "0.6cm", "0.25cm"}, {"3", "12pt", "0.45cm", "0.2cm"}} {
		d.paraStyle("Heading_20_"+h.n, "Heading "+h.n, "Standard", `fo:margin-top="`+h.top+`" fo:margin-bottom="`+h.bottom+`" fo:keep-with-next="always"`, `fo:font-size="`+h.size+`" fo:font-weight="bold"`+col(c.Accent), ` style:next-style-name="`+BodyStyle+`" style:default-outline-level="`+h.n+`" style:class="text"`)
	}
	quote := `fo:margin-left="0.5cm" fo:padding-left="0.4cm" fo:border-left="2pt solid #` + accent + `"`
	d.paraStyle(QuoteTitle, "Citation titre", "Standard", quote+` fo:keep-with-next="always"`, `fo:font-weight="bold"`)
	d.paraStyle(QuoteStyle, "Citation", "Standard", quote+` fo:margin-bottom="0.3cm" fo:line-height="120%"`, ``)
	d.paraStyle(NoteStyle, "Note", "Standard", `fo:margin-bottom="0.1cm"`, `fo:font-size="9pt"`+col(c.Muted))
	d.paraStyle(CaptionStyle, "Légende", "Standard", `fo:margin-top="0.4cm" fo:margin-bottom="0.15cm" fo:keep-with-next="always"`, `fo:font-weight="bold"`, ` style:class="extra"`)
	d.paraStyle(KeyLabel, "Chiffre libellé", "Standard", `fo:keep-with-next="always"`, `fo:font-size="9.5pt"`+col(c.Muted))
	d.paraStyle(KeyStyle, "Chiffre clé", "Standard", `fo:keep-with-next="always"`, `fo:font-size="20pt" fo:font-weight="bold"`+col(c.Accent))
	d.paraStyle(MissingStyle, "À venir", "Standard", `fo:margin-bottom="0.3cm" fo:padding="0.25cm" fo:border="0.75pt dashed #`+line+`"`, `fo:font-style="italic"`)
	d.paraStyle(cellStyle, "Cellule", "Standard", `fo:margin-bottom="0cm"`, `fo:font-size="9pt"`)
	d.paraStyle(headStyle, "Tête de colonne", cellStyle, `fo:keep-with-next="always"`, `fo:font-weight="bold"`)
	d.paraStyle("Image", "Image", "Standard", `fo:margin-bottom="0.2cm" fo:text-align="start"`, ``)
	d.paraStyle("Mark", "Avertissement", "Standard", `fo:text-align="center" fo:padding="0.05cm"`+back, `fo:font-size="9pt" fo:font-weight="bold"`+col(c.Warn))
	d.paraStyle("Header", "Header", "Standard", `fo:padding-bottom="0.1cm" fo:border-bottom="0.5pt solid #`+line+`"`, `fo:font-size="9pt"`+col(c.Muted), ` style:class="extra"`)
	d.raw(`<style:style style:name="Footer" style:display-name="Footer" style:family="paragraph" style:parent-style-name="Standard" style:class="extra"><style:paragraph-properties><style:tab-stops><style:tab-stop style:position="17cm" style:type="right"/></style:tab-stops></style:paragraph-properties><style:text-properties fo:font-size="9pt"`, col(c.Muted), `/></style:style>`)
	d.paraStyle("Contents_20_Heading", "Contents Heading", "Standard", `fo:margin-bottom="0.4cm"`, `fo:font-size="18pt" fo:font-weight="bold"`+col(c.Accent), ` style:class="index"`)
	for _, l := range []struct{ n, left, width string }{{"1", "0cm", "17cm"}, {"2", "0.5cm", "16.5cm"}} {
		d.raw(`<style:style style:name="Contents_20_`, l.n, `" style:display-name="Contents `, l.n, `" style:family="paragraph" style:parent-style-name="Standard" style:class="index"><style:paragraph-properties fo:margin-left="`, l.left, `" fo:margin-bottom="0.12cm"><style:tab-stops><style:tab-stop style:position="`, l.width, `" style:type="right" style:leader-style="dotted" style:leader-text="."/></style:tab-stops></style:paragraph-properties></style:style>`)
	}
	d.raw(`<style:style style:name="Internet_20_link" style:display-name="Internet link" style:family="text"><style:text-properties`, col(c.Accent), ` style:text-underline-style="solid" style:text-underline-width="auto" style:text-underline-color="font-color"/></style:style>`)
	d.raw(`<style:style style:name="Index_20_Link" style:display-name="Index Link" style:family="text"><style:text-properties`, col(c.Ink), ` style:text-underline-style="none"/></style:style>`)
	d.listStyle("Liste_20_a_20_puces", "Liste à puces", `<text:list-level-style-bullet text:level="1" text:bullet-char="•">`, `</text:list-level-style-bullet>`)
	d.listStyle("Liste_20_numerotee", "Liste numérotée", `<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix=".">`, `</text:list-level-style-number>`)
	d.raw(`</office:styles><office:automatic-styles>`)
	for _, name := range []string{"Page", "Premiere"} {
		d.raw(`<style:page-layout style:name="`, name, `"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" style:print-orientation="portrait" fo:margin-top="1.5cm" fo:margin-bottom="1.3cm" fo:margin-left="2cm" fo:margin-right="2cm"/><style:header-style><style:header-footer-properties fo:min-height="0.9cm" fo:margin-bottom="0.5cm"/></style:header-style><style:footer-style><style:header-footer-properties fo:min-height="0.9cm" fo:margin-top="0.4cm"/></style:footer-style></style:page-layout>`)
	}
	d.raw(`</office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:display-name="Page" style:page-layout-name="Page"><style:header>`)
	t.mark(&d)
	d.raw(`<text:p text:style-name="Header">`)
	d.text(t.props.Header)
	d.raw(`</text:p></style:header><style:footer><text:p text:style-name="Footer">`)
	d.text(t.props.Footer)
	d.raw(`<text:tab/><text:page-number text:select-page="current">1</text:page-number>&#160;/&#160;<text:page-count>1</text:page-count></text:p></style:footer></style:master-page>`,
		`<style:master-page style:name="Premiere" style:display-name="Première page" style:page-layout-name="Premiere" style:next-style-name="Standard"><style:header>`)
	if !t.mark(&d) {
		d.raw(`<text:p/>`)
	}
	d.raw(`</style:header></style:master-page></office:master-styles></office:document-styles>`)
	return d.b
}

func (t *Text) mark(d *doc) bool {
	if t.props.Mark == "" {
		return false
	}
	d.raw(`<text:p text:style-name="Mark">`)
	d.text(t.props.Mark)
	d.raw(`</text:p>`)
	return true
}

func (d *doc) listStyle(name, display, open, closing string) {
	d.raw(`<text:list-style style:name="`, name, `" style:display-name="`, display, `">`, open,
		`<style:list-level-properties text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab" text:list-tab-stop-position="0.75cm" fo:text-indent="-0.6cm" fo:margin-left="0.75cm"/></style:list-level-properties>`,
		closing, `</text:list-style>`)
}

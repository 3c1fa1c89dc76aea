package ui

// VerdictMark is a verdict on a trend: State is «ahead», «on-track», «behind»,
// «wrong», «insufficient» or «none»; the word is always beside the icon.
type VerdictMark struct{ State, Word string }

// verdict writes the badge inside a cell of a table.
func (b *markup) verdict(v *VerdictMark) {
	b.raw(`<span class="verdict verdict-`)
	b.text(v.State)
	b.raw(`"><svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><path d="`, iconPath("verdict-"+v.State), `"></path></svg> `)
	b.text(v.Word)
	b.raw(`</span>`)
}

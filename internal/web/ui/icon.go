package ui

// iconPath is the outline of an icon on a grid of 16 units; an unknown name is
// a dot.
func iconPath(name string) string {
	switch name {
	case "info":
		return "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1m-1 6v5h2V7zm0-3v2h2V4z"
	case "success", "prov-reference":
		return "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1m-1 8L5 7 3.6 8.4 7 11.8l5.8-5.8-1.4-1.4z"
	case "warning":
		return "M8 1l7.5 14H.5zm-1 5v4h2V6zm0 5.5v2h2v-2z"
	case "error":
		return "M5 1h6l4 4v6l-4 4H5l-4-4V5zm2 3v5h2V4zm0 6v2h2v-2z"
	case "download":
		return "M7 1h2v7l2.5-2.5L13 7l-5 5-5-5 1.5-1.5L7 8zM2 13h12v2H2z"
	case "prov-provider":
		return "M2 13h12v2H2zM3 8h2v4H3zm4-4h2v8H7zm4-3h2v11h-2z"
	case "prov-computed":
		return "M2 2h12v2H6.5l4 4-4 4H14v2H2v-2l5-4-5-4z"
	case "prov-declared":
		return "M11.5 1l3.5 3.5L6 13.5 1.5 14.5 2.5 10zM2 15h12v1H2z"
	case "prov-estimated":
		return "M1 5c3-4 5-4 7-2s4 2 6-1l1 1.5c-3 4-5 4-7 2S4 3.5 2 6.5zm0 6c3-4 5-4 7-2s4 2 6-1l1 1.5c-3 4-5 4-7 2s-4-2-6 1z"
	case "prov-confirmed_zero":
		return "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1m0 2a5 5 0 1 0 0 10A5 5 0 0 0 8 3"
	case "verdict-ahead":
		return "M8 1l6 6h-4v8H6V7H2z"
	case "verdict-on-track":
		return "M1 6.5h8v-4L15 8l-6 5.5v-4H1z"
	case "verdict-behind":
		return "M7 2h2v6l4 4-1.4 1.4L7 9zM8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0m0 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13"
	case "verdict-wrong":
		return "M15 9.5H7v4L1 8l6-5.5v4h8z"
	case "verdict-insufficient", "verdict-none":
		return "M2 7h12v2H2z"
	case "prov-missing":
		return "M2 7h12v2H2z"
	}
	return "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6"
}

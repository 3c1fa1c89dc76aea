package app

import (
	"context"
	"log/slog"
	"regexp"
)

// address is what looks like the address of somebody, or like a password before its
// host.
var address = regexp.MustCompile(`[^\s"'<>(),;:=/\\]+@[^\s"'<>(),;:/\\]+`)

// discreet keeps the addresses of people out of the log: causes come from elsewhere
// (a mail server repeats whom it refuses), and whoever reads a log is not always one
// who may read the register.
type discreet struct{ slog.Handler }

// Handle writes a record without the addresses in it.
func (h discreet) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, without(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(discreetly(a))
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

// WithAttrs keeps the addresses out of what every record of a logger says.
func (h discreet) WithAttrs(all []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(all))
	for i, a := range all {
		clean[i] = discreetly(a)
	}
	return discreet{h.Handler.WithAttrs(clean)}
}

// WithGroup opens a group as the handler below does.
func (h discreet) WithGroup(name string) slog.Handler { return discreet{h.Handler.WithGroup(name)} }

func without(text string) string { return address.ReplaceAllString(text, "(adresse)") }

func discreetly(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, without(v.String()))
	case slog.KindGroup:
		all := make([]slog.Attr, 0, len(v.Group()))
		for _, x := range v.Group() {
			all = append(all, discreetly(x))
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(all...)}
	case slog.KindAny: // an error, the cause of a panic
		return slog.String(a.Key, without(v.String()))
	default:
		return a
	}
}

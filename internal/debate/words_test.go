package debate

import (
	"strings"
	"testing"
)

func TestTidy(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", " Des pistes  cyclables. ", "Des pistes  cyclables."},
		{"marks that turn the writing", "Voter \u202eoui\u202c ou non", "Voter oui ou non"},
		{"joiners of no width", "gra\u200btuit\ufeff\u2060", "gratuit"},
		{"an emoji keeps its joiner", "👩\u200d🌾", "👩\u200d🌾"},
		{"controls", "a\x00b\x1bc\u0085d", "abcd"},
		{"invalid bytes", "caf\xe9", "caf"},
		{"tags of plane 14", "x\U000E0041\U000E007F", "x"},
		{"empty lines", "un\r\n\r\n\r\n\r\ndeux\n \n\ntrois", "un\n\ndeux\n\ntrois"},
		{"marks that cover the lines around", "z" + strings.Repeat("\u0301", 50) + "é", "z" + strings.Repeat("\u0301", 4) + "é"},
		{"HTML is text", "<script>alert(1)</script>", "<script>alert(1)</script>"},
	} {
		if got := Tidy(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := Line("  un\n\n titre\tlong\u00a0: "); got != "un titre long\u00a0:" {
		t.Errorf("a line: %q", got)
	}
}

func FuzzTidy(f *testing.F) {
	for _, s := range []string{"", "un\r\n\r\n\r\ndeux", "\u202egauche", "z\u0301\u0301\u0301\u0301\u0301\u0301", "\xff\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Tidy(s)
		if twice := Tidy(once); twice != once {
			t.Errorf("not the same twice: %q, %q", once, twice)
		}
		if strings.ContainsAny(once, "\u202e\u202d\u200b\ufeff\x00\r") || strings.Contains(once, "\n\n\n") {
			t.Errorf("%q is left as %q", s, once)
		}
	})
}

func TestLong(t *testing.T) {
	if err := Long("le titre", strings.Repeat("é", 100), 100); err != nil {
		t.Error(err)
	}
	err := Long("le titre", strings.Repeat("é", 1203), 100)
	if err == nil || !strings.Contains(err.Error(), "Le titre compte 1\u202f203 caractères, 100 au plus\u00a0: raccourcissez de 1\u202f103.") {
		t.Errorf("too long: %v", err)
	}
}

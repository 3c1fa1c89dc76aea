// Package apperr holds the few kinds of error that cross rooms. A user reads
// Message (French: what happened, what was kept, what to do); the log reads the
// wrapped cause.
package apperr

import (
	"errors"
	"fmt"
)

// Kind says what an error means to whoever asked, whatever the room.
type Kind int

// The kinds, each with its HTTP status and exit code in Status and ExitCode.
const (
	Internal Kind = iota
	NotFound
	Invalid
	Conflict
	Forbidden
	TooLarge
	TooMany
	Unavailable
)

// Error is a kind and a safe French message, with the cause kept for the log.
type Error struct {
	Kind    Kind
	Message string
	Cause   error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Cause }

// New makes an error of kind k; a %w in format keeps its cause for the log.
func New(k Kind, cause error, format string, args ...any) error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// NotFoundf says that a thing does not exist, or may not be known to exist.
func NotFoundf(format string, args ...any) error { return New(NotFound, nil, format, args...) }

// Invalidf says that an input cannot be read, and what to do.
func Invalidf(format string, args ...any) error { return New(Invalid, nil, format, args...) }

// Conflictf says that somebody else changed the same thing first.
func Conflictf(format string, args ...any) error { return New(Conflict, nil, format, args...) }

// KindOf returns the kind of the first Error in err's chain, Internal if none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Message returns what a user may read of err; the unknown becomes one sentence.
func Message(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "Une erreur inattendue s’est produite. Rien n’a été modifié ; réessayez, et si elle revient, signalez-la avec l’heure."
}

// Status is the HTTP status of err.
func Status(err error) int {
	switch KindOf(err) {
	case NotFound:
		return 404
	case Invalid:
		return 400
	case Conflict:
		return 409
	case Forbidden:
		return 403
	case TooLarge:
		return 413
	case TooMany:
		return 429
	case Unavailable:
		return 503
	}
	return 500
}

// ExitCode is the exit status of a command that ends with err: 2 for what the
// user can mend, 1 for the rest.
func ExitCode(err error) int {
	switch KindOf(err) {
	case Internal, Unavailable:
		return 1
	}
	return 2
}

// Wrap adds a call trail to *errp, without noise when it is nil. Use it first
// in an exported function: defer apperr.Wrap(&err, "Load(%q)", path).
func Wrap(errp *error, format string, args ...any) {
	if *errp != nil {
		*errp = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *errp)
	}
}

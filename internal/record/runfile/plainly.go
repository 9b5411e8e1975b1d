package runfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// aTime is a time as run files hold it.
const aTime = `"2026-11-23T06:34:00Z"`

// plainly says what is wrong with a record in the words of its reader, where encoding/json and package time speak of Go
// types and layouts.
func plainly(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return fmt.Errorf("%s where %s is wanted", article(wrong.Value), kindOfType(wrong.Type))
		}
		return fmt.Errorf("%s is %s, and not %s", wrong.Field, article(wrong.Value), kindOfType(wrong.Type))
	}
	if wrong, ok := errors.AsType[*time.ParseError](err); ok {
		return fmt.Errorf("%q is no time; write it like %s", wrong.Value, aTime)
	}
	if strings.HasPrefix(err.Error(), "Time.UnmarshalJSON") {
		return fmt.Errorf("a time is no string; write it like %s", aTime)
	}
	return err
}

// article puts the article before the word of encoding/json for a JSON value.
func article(value string) string {
	switch value {
	case "array", "object":
		return "an " + value
	case "bool":
		return "true or false"
	}
	return "a " + value
}

func kindOfType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "an object"
}

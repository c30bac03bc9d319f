// sdf.c - records of an SD file and the fields of their data.
#include "io/io.h"

// A line of text[at .. len): where it stops, and where the next one starts.
typedef struct span { int64_t stop, next; bool whole; } span;

static span line_at(const char *text, int64_t len, int64_t at)
{
    const char *newline = at < len ? memchr(text + at, '\n', (size_t)(len - at)) : NULL;
    int64_t stop = newline ? newline - text : len;
    return (span){stop, newline ? stop + 1 : len, newline != NULL};
}

static bool begins(const char *text, int64_t at, int64_t stop, const char *word)
{
    int64_t n = (int64_t)strlen(word);
    return stop - at >= n && !memcmp(text + at, word, (size_t)n);
}

static bool only_blanks(const char *text, int64_t at, int64_t stop)
{
    for (; at < stop; at++)
        if (text[at] != ' ' && text[at] != '\t' && text[at] != '\r' && text[at] != '\n') return false;
    return true;
}

// The molfile reaches to its "M  END", or to the end of the record if that is missing.
static void divide(const char *text, int64_t stop, io_sdf_record *out)
{
    int64_t at = 0, end = stop;
    while (at < stop) {
        span s = line_at(text, stop, at);
        if (begins(text, at, s.stop, "M  END")) {
            end = s.next;
            break;
        }
        at = s.next;
    }
    out->mol = (io_text){text, end};
    out->data = (io_text){text + end, stop - end};
}

bool io_sdf_next(const char *text, int64_t len, bool last, int64_t *seen, io_sdf_record *out)
{
    for (int64_t at = *seen; at < len;) {
        span s = line_at(text, len, at);
        if (!s.whole && !last) return false;
        if (begins(text, at, s.stop, "$$$$")) {
            divide(text, at, out);
            out->used = s.next;
            *seen = 0;
            return true;
        }
        at = *seen = s.next;
    }
    if (!last || only_blanks(text, 0, len)) return false;
    divide(text, len, out);
    out->used = len;
    *seen = 0;
    return true;
}

// ---- fields

static io_text stripped(const char *text, int64_t at, int64_t stop)
{
    return io_strip((io_text){text + at, stop - at}, " \t\r");
}

// Does a value end at this line? Empty, or white space that does not begin with a blank or a tab.
static bool ends_value(const char *text, int64_t at, int64_t stop)
{
    return only_blanks(text, at, stop) && (at == stop || (text[at] != ' ' && text[at] != '\t'));
}

// Between the first '<' and the last '>' of a header line; empty: it has no name.
static io_text field_name(io_text header)
{
    int64_t from = 1, to = header.len;
    while (from < header.len && header.p[from] != '<') from++;
    while (to > from && header.p[to - 1] != '>') to--;
    return to - from > 2 ? (io_text){header.p + from + 1, to - from - 2} : (io_text){header.p, 0};
}

bool io_sdf_next_field(io_text *rest, io_sdf_field *out)
{
    const char *text = rest->p;
    int64_t at = 0, len = rest->len;
    while (at < len) {
        span s = line_at(text, len, at);
        io_text line = stripped(text, at, s.stop);
        at = s.next;
        if (!line.len) continue;
        if (*line.p != '>') break;
        out->name = field_name(line);
        span first = line_at(text, len, at);
        if (!out->name.len) {   // passed over if it has no value either
            if (stripped(text, at, first.stop).len) break;
            at = first.next;
            continue;
        }
        int64_t from = at, to = at;
        while (at < len) {
            s = line_at(text, len, at);
            bool ends = ends_value(text, at, s.stop);
            at = s.next;
            if (ends) break;
            to = s.stop;
        }
        out->value = (io_text){text + from, to - from};
        *rest = (io_text){text + at, len - at};
        return true;
    }
    *rest = (io_text){text + len, 0};
    return false;
}

int64_t io_sdf_value(io_text value, char *out)
{
    int64_t n = 0;
    for (int64_t i = 0; i < value.len; i++) {
        bool at_line_end = i + 1 == value.len || value.p[i + 1] == '\n';
        if (value.p[i] != '\r' || !at_line_end) out[n++] = value.p[i];
    }
    return n;
}

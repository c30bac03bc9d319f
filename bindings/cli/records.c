// records.c - rows out of molecule files, some thousands at a time.
//
//   smi   SMILES [|extensions|] [name up to a tab]; empty lines and lines that begin with # are passed over, as is a
//         first line that begins with the word "smiles"
//   csv   a header; the column of SMILES is --column, else the one called smiles or canonical_smiles; the id is
//   tsv   --id-column, else the one called id or name
//   sdf   records end with $$$$; the id is the first line
#include <ctype.h>
#include <strings.h>

#include "cli.h"

enum { MOST_BYTES = 16 << 20, READ_SIZE = 1 << 18 };

struct reader {
    source *in;
    const char *path;
    int format;
    char *buf;                   // [begin, end) is unread
    size_t begin, end, cap;
    bool at_end;
    int64_t line, record;        // of what was read last
    int64_t next_line;
    int column, id_column;       // of a table
    char separator;
    char *fields;                // the record's fields, unquoted, one after another
    size_t *field_start;
    size_t fields_cap, starts_cap;
    int n_fields;
};

// ---- pieces of the file

// More bytes behind `end`; 1, 0 at the end of the file, -1 on failure.
static int refill(reader *r)
{
    if (r->at_end) return 0;
    if (r->begin) {
        memmove(r->buf, r->buf + r->begin, r->end - r->begin);
        r->end -= r->begin;
        r->begin = 0;
    }
    r->buf = more_room(r->buf, &r->cap, r->end + READ_SIZE, 1);
    int64_t got = source_read(r->in, r->buf + r->end, r->cap - r->end);
    if (got < 0) return -1;
    if (got == 0) r->at_end = true;
    r->end += (size_t)got;
    return got > 0;
}

static int64_t count_lines(const char *p, const char *end)
{
    int64_t n = 0;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) p++, n++;
    return n;
}

// The next piece of the file, up to where `ends` finds its end: 1, 0, -1 as above. `ends` is given the piece so far and
// says how many bytes it has with its terminator, or 0: not yet; *seen is what it need not look at again.
typedef size_t (*end_finder)(const char *text, size_t len, size_t *seen);
static int next_piece(reader *r, end_finder ends, const char **text, size_t *len)
{
    size_t seen = 0, n = 0;
    while (!(n = ends(r->buf + r->begin, r->end - r->begin, &seen))) {
        int more = refill(r);
        if (more < 0) return -1;
        if (more) continue;
        n = r->end - r->begin;   // the last one may lack its terminator
        if (!n) return 0;
        break;
    }
    *text = r->buf + r->begin;
    *len = n;
    r->begin += n;
    r->line = r->next_line;
    r->next_line += count_lines(*text, *text + n);
    r->record++;
    return 1;
}

static size_t end_of_line(const char *text, size_t len, size_t *seen)
{
    const char *newline = len > *seen ? memchr(text + *seen, '\n', len - *seen) : NULL;
    *seen = len;
    return newline ? (size_t)(newline - text) + 1 : 0;
}

static size_t end_of_csv(const char *text, size_t len, size_t *seen)   // a newline outside quotes
{
    bool quoted = false, fresh = true;   // fresh: at the start of a field, where a quote means something
    for (size_t i = 0; i < len; i++) {   // from the start again; records of tables are short
        if (quoted) {
            if (text[i] != '"') continue;
            if (i + 1 < len && text[i + 1] == '"') i++;
            else quoted = false;
        } else if (text[i] == '\n') {
            return i + 1;
        } else {
            quoted = fresh && text[i] == '"';
            fresh = text[i] == ',';
        }
    }
    *seen = len;
    return 0;
}

static size_t end_of_sdf(const char *text, size_t len, size_t *seen)
{
    for (size_t i = *seen; i < len;) {
        const char *newline = memchr(text + i, '\n', len - i);
        if (!newline) return 0;
        if (newline - (text + i) >= 4 && !memcmp(text + i, "$$$$", 4)) return (size_t)(newline - text) + 1;
        i = *seen = (size_t)(newline - text) + 1;
    }
    return 0;
}

static size_t without_line_end(const char *text, size_t len)
{
    if (len && text[len - 1] == '\n') len--;
    if (len && text[len - 1] == '\r') len--;
    return len;
}

// ---- adding rows

static void add_row(records *out, const char *text, size_t len, const char *id, size_t id_len, int64_t place)
{
    size_t n = (size_t)out->n, at = (size_t)out->offsets[n], id_at = (size_t)out->id_offsets[n];
    char number[24];
    while (id_len && isspace((unsigned char)*id)) id++, id_len--;
    while (id_len && isspace((unsigned char)id[id_len - 1])) id_len--;
    if (!id_len) {
        id = number;
        id_len = (size_t)snprintf(number, sizeof number, "%lld", (long long)place);
    }
    out->text = more_room(out->text, &out->text_cap, at + len + 1, 1);
    out->ids = more_room(out->ids, &out->ids_cap, id_at + id_len + 1, 1);
    out->offsets = more_room(out->offsets, &out->offsets_cap, n + 2, sizeof *out->offsets);
    out->id_offsets = more_room(out->id_offsets, &out->id_offsets_cap, n + 2, sizeof *out->id_offsets);
    out->places = more_room(out->places, &out->places_cap, n + 1, sizeof *out->places);
    memcpy(out->text + at, text, len);
    memcpy(out->ids + id_at, id, id_len);
    out->places[n] = place;
    out->offsets[n + 1] = (int64_t)(at + len);
    out->id_offsets[n + 1] = (int64_t)(id_at + id_len);
    out->n++;
}

static void add_smi(reader *r, records *out, const char *text, size_t len)
{
    len = without_line_end(text, len);
    size_t begin = 0, end;
    while (begin < len && (text[begin] == ' ' || text[begin] == '\t')) begin++;
    if (begin == len || text[begin] == '#') return;
    for (end = begin; end < len && text[end] != ' ' && text[end] != '\t'; end++) {}
    if (r->line == 1 && end - begin == 6 && !strncasecmp(text + begin, "smiles", 6)) return;
    size_t name = end;
    if (name + 1 < len && text[name + 1] == '|') {                // extensions belong to the SMILES
        const char *close = memchr(text + name + 2, '|', len - name - 2);
        if (close) name = end = (size_t)(close - text) + 1;
    }
    if (name < len) name++;
    size_t name_end = name;
    while (name_end < len && text[name_end] != '\t') name_end++;
    add_row(out, text + begin, end - begin, text + name, name_end - name, r->line);
}

static void add_sdf(reader *r, records *out, const char *text, size_t len)
{
    const char *newline = memchr(text, '\n', len);
    size_t name = newline ? (size_t)(newline - text) : len;
    bool blank = true;
    for (size_t i = 0; i < len && blank; i++) blank = isspace((unsigned char)text[i]);
    if (blank) {                                                  // what follows the last $$$$
        r->record--;
        return;
    }
    add_row(out, text, len, text, name, r->record);
}

// ---- tables

static void split_fields(reader *r, const char *text, size_t len)
{
    len = without_line_end(text, len);
    r->fields = more_room(r->fields, &r->fields_cap, len + 1, 1);
    size_t to = 0, i = 0;
    r->n_fields = 0;
    for (;;) {
        r->field_start = more_room(r->field_start, &r->starts_cap, (size_t)r->n_fields + 2, sizeof *r->field_start);
        r->field_start[r->n_fields++] = to;
        if (r->separator == ',' && i < len && text[i] == '"') {
            for (i++; i < len; i++) {
                if (text[i] == '"' && (i + 1 == len || text[i + 1] != '"')) break;
                if (text[i] == '"') i++;
                r->fields[to++] = text[i];
            }
            i++;
        }
        while (i < len && text[i] != r->separator) r->fields[to++] = text[i++];
        if (i >= len) break;
        i++;
    }
    r->field_start[r->n_fields] = to;
}

static size_t field(const reader *r, int i, const char **text)
{
    if (i < 0 || i >= r->n_fields) return 0;
    *text = r->fields + r->field_start[i];
    return r->field_start[i + 1] - r->field_start[i];
}

static int find_column(const reader *r, const char *name)
{
    for (int i = 0; i < r->n_fields; i++) {
        const char *text = "";
        size_t len = field(r, i, &text);
        if (len == strlen(name) && !strncasecmp(text, name, len)) return i;
    }
    return -1;
}

// A column by name, or by its number from 1; `guess` when none was named.
static int choose_column(const reader *r, const char *name, const char *const *guess)
{
    if (!name) {
        for (; *guess; guess++)
            if (find_column(r, *guess) >= 0) return find_column(r, *guess);
        return -1;
    }
    int found = find_column(r, name);
    char *end;
    long number = strtol(name, &end, 10);
    return found < 0 && !*end && number >= 1 && number <= r->n_fields ? (int)number - 1 : found;
}

static bool read_header(reader *r, const reader_options *o)
{
    static const char *const smiles[] = {"smiles", "canonical_smiles", NULL}, *const id[] = {"id", "name", NULL};
    const char *text = "";
    size_t len = 0;
    int got = 1;
    if (!o->no_header) {
        got = next_piece(r, r->separator == ',' ? end_of_csv : end_of_line, &text, &len);
        if (got < 0) return false;
        if (got && len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) text += 3, len -= 3;   // byte order mark
        if (got) split_fields(r, text, len);
    } else {
        r->n_fields = 1 << 20;                                    // columns go by number
    }
    if (!got) {
        complain(FAILED, "%s is empty; a table begins with the names of its columns", r->path);
        return false;
    }
    if (o->no_header) {
        r->column = o->column ? atoi(o->column) - 1 : 0;
        r->id_column = o->id_column ? atoi(o->id_column) - 1 : -1;
        if (r->column >= 0 && (!o->id_column || r->id_column >= 0)) return true;
        complain(USAGE, "with --no-header columns are numbers from 1");
        return false;
    }
    r->column = choose_column(r, o->column, smiles);
    r->id_column = choose_column(r, o->id_column, id);
    if (r->column >= 0 && (!o->id_column || r->id_column >= 0)) return true;
    const char *missing = r->column < 0 ? o->column ? o->column : "smiles" : o->id_column;
    fprintf(stderr, "aryl: %s has no column '%s'; it has", r->path, missing);
    for (int i = 0; i < r->n_fields && i < 20; i++) {
        len = field(r, i, &text);
        fprintf(stderr, "%s %.*s", i ? "," : "", (int)len, text);
    }
    fputs(r->column < 0 && !o->column ? "; name one with --column\n" : "\n", stderr);
    return false;
}

static void add_fields(reader *r, records *out, const char *text, size_t len)
{
    if (!without_line_end(text, len)) return;                     // an empty line
    split_fields(r, text, len);
    const char *smiles = "", *id = "";
    size_t n = field(r, r->column, &smiles), id_len = field(r, r->id_column, &id);
    add_row(out, smiles, n, id, id_len, r->line);
}

// ---- the reader

static int format_of(const char *path, const char *name)
{
    static const struct { const char *name; int format; } names[] = {
        {"smi", FORMAT_SMI}, {"smiles", FORMAT_SMI}, {"ism", FORMAT_SMI}, {"csv", FORMAT_CSV}, {"tsv", FORMAT_TSV},
        {"tab", FORMAT_TSV}, {"sdf", FORMAT_SDF}, {"sd", FORMAT_SDF}, {"mol", FORMAT_SDF},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char suffix[16];
        snprintf(suffix, sizeof suffix, ".%s", names[i].name);
        if (name ? !strcasecmp(name, names[i].name) : path && has_suffix(path, suffix)) return names[i].format;
    }
    return name ? FORMAT_AUTO : FORMAT_SMI;
}

reader *reader_open(const reader_options *o)
{
    int format = format_of(o->path, o->format);
    if (format == FORMAT_AUTO) {
        complain(USAGE, "no format '%s'; there are smi, csv, tsv, sdf", o->format);
        return NULL;
    }
    source *in = source_open(o->path);
    if (!in) return NULL;
    reader *r = must(calloc(1, sizeof *r));
    r->in = in;
    r->path = o->path ? o->path : "stdin";
    r->format = format;
    r->next_line = 1;
    r->separator = format == FORMAT_CSV ? ',' : '\t';
    r->buf = more_room(NULL, &r->cap, READ_SIZE, 1);
    if ((format == FORMAT_CSV || format == FORMAT_TSV) && !read_header(r, o)) {
        reader_close(r);
        return NULL;
    }
    return r;
}

bool reader_is_mol(const reader *r) { return r->format == FORMAT_SDF; }

int reader_next(reader *r, int64_t most, records *out)
{
    static const end_finder finders[] = {[FORMAT_SMI] = end_of_line, [FORMAT_CSV] = end_of_csv, [FORMAT_TSV] = end_of_line,
                                         [FORMAT_SDF] = end_of_sdf};
    out->offsets = more_room(out->offsets, &out->offsets_cap, 1, sizeof *out->offsets);
    out->id_offsets = more_room(out->id_offsets, &out->id_offsets_cap, 1, sizeof *out->id_offsets);
    out->text = more_room(out->text, &out->text_cap, 1, 1);
    out->ids = more_room(out->ids, &out->ids_cap, 1, 1);
    out->places = more_room(out->places, &out->places_cap, 1, sizeof *out->places);
    out->n = out->offsets[0] = out->id_offsets[0] = 0;
    while (out->n < most && out->offsets[out->n] < MOST_BYTES) {
        const char *text;
        size_t len;
        int got = next_piece(r, finders[r->format], &text, &len);
        if (got < 0) return -1;
        if (!got) break;
        if (r->format == FORMAT_SMI) add_smi(r, out, text, len);
        else if (r->format == FORMAT_SDF) add_sdf(r, out, text, len);
        else add_fields(r, out, text, len);
    }
    return out->n > 0;
}

void reader_close(reader *r)
{
    if (!r) return;
    source_close(r->in);
    free(r->buf);
    free(r->fields);
    free(r->field_start);
    free(r);
}

void records_free(records *r)
{
    free(r->text);
    free(r->ids);
    free(r->offsets);
    free(r->id_offsets);
    free(r->places);
}

// fps.c - FPS, fingerprints as lines of hex (http://chemfp.com/fps_format). A byte is two digits, its bits counted from the
// lowest, so "0c" at the start of a row sets bits 2 and 3. Files and their compression are the caller's.
#include <stdio.h>

#include "search/search.h"

static const uint8_t digit[256] = {   // value + 1; 0 is no digit
    ['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16};

int32_t search_hex(const char *text, int32_t bytes, uint8_t *row)
{
    for (int32_t i = 0; i < bytes; i++) {
        int32_t high = digit[(uint8_t)text[2 * i]], low = digit[(uint8_t)text[2 * i + 1]];
        if (!high) return 2 * i;
        if (!low) return 2 * i + 1;
        row[i] = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    return -1;
}

// Length of the line at text[at ..) without its end; *next is where the next one starts, or len with *open set.
static int64_t line_at(const char *text, int64_t len, int64_t at, int64_t *next, bool *open)
{
    const char *end = memchr(text + at, '\n', (size_t)(len - at));
    *open = !end;
    int64_t stop = end ? end - text : len;
    *next = end ? stop + 1 : len;
    if (stop > at && text[stop - 1] == '\r') stop--;
    return stop - at;
}

static int64_t hex_digits(const char *text, int64_t len)
{
    int64_t n = 0;
    while (n < len && digit[(uint8_t)text[n]]) n++;
    return n;
}

aryl_status search_fps_header(const char *text, int64_t len, aryl_fps_header *header, int64_t *used, aryl_error *err)
{
    aryl_fps_header h = {header->size};
    int64_t at = 0, next, n;
    bool open;
    for (; at < len; at = next) {
        n = line_at(text, len, at, &next, &open);
        const char *line = text + at;
        if (n && line[0] != '#') break;
        if (at == 0 && n >= 5 && !memcmp(line, "#FPS1", 5)) h.marked = 1;
        if (n > 10 && !memcmp(line, "#num_bits=", 10)) {
            int64_t bits;
            if (text_read_int(line + 10, n - 10, &bits) != n - 10 || bits < 1 || bits > SEARCH_MOST_BITS)
                return fail_at(err, ARYL_E_FORMAT, at, "num_bits is not a number from 1 to %d", SEARCH_MOST_BITS);
            h.bits = (int32_t)bits;
        } else if (n >= 6 && !memcmp(line, "#type=", 6)) {
            h.type = line + 6;
            h.type_len = n - 6;
        } else if (n >= 10 && !memcmp(line, "#software=", 10)) {
            h.software = line + 10;
            h.software_len = n - 10;
        }
    }
    if (!h.bits && at < len) {
        n = line_at(text, len, at, &next, &open);
        int64_t digits = hex_digits(text + at, n);
        if (!digits || digits % 2 || digits > SEARCH_MOST_BITS / 4)
            return fail_at(err, ARYL_E_FORMAT, at, "no num_bits, and the first row has %lld hex digits", (long long)digits);
        h.bits = (int32_t)digits * 4;
    }
    *used = at;
    *header = h;
    return ARYL_OK;
}

aryl_status search_fps_rows(const char *text, int64_t len, bool last, int32_t bits, uint8_t *rows, int64_t stride, int64_t *ids,
                            int32_t *id_lens, int64_t capacity, int64_t *n, int64_t *used, aryl_error *err)
{
    int32_t bytes = search_row_bytes(bits), spare = 8 * bytes - bits;
    int64_t at = 0, next;
    *n = *used = 0;
    for (; at < len && *n < capacity; *used = at = next) {
        bool open;
        int64_t size = line_at(text, len, at, &next, &open);
        if (open && !last) break;
        const char *line = text + at;
        if (!size || line[0] == '#') continue;
        const char *tab = memchr(line, '\t', (size_t)size);
        int64_t digits = tab ? tab - line : hex_digits(line, size);
        if (digits != 2 * (int64_t)bytes)
            return fail_at(err, ARYL_E_FORMAT, at, "%lld hex digits where %d bits have %d", (long long)digits, (int)bits, 2 * (int)bytes);
        if (!tab && digits < size) return fail_at(err, ARYL_E_FORMAT, at + digits, "neither a hex digit nor a tab");
        uint8_t *row = rows + *n * stride;
        int32_t bad = search_hex(line, bytes, row);
        if (bad >= 0) return fail_at(err, ARYL_E_FORMAT, at + bad, "not a hex digit");
        if (spare && row[bytes - 1] >> (8 - spare))
            return fail_at(err, ARYL_E_FORMAT, at + digits - 2, "a bit beyond the %d of the row", (int)bits);
        int64_t from = tab ? digits + 1 : size;
        const char *stop = from < size ? memchr(line + from, '\t', (size_t)(size - from)) : NULL;   // further columns are not ours
        int64_t id_len = (stop ? stop - line : size) - from;
        if (id_len > INT32_MAX) return fail_at(err, ARYL_E_FORMAT, at + from, "an id of %lld bytes", (long long)id_len);
        ids[*n] = at + from;
        id_lens[*n] = (int32_t)id_len;
        ++*n;
    }
    return ARYL_OK;
}

static bool has_line_end(const char *text) { return text && text[strcspn(text, "\r\n")]; }

aryl_status search_fps_write_header(int32_t bits, const char *type, const char *source, char *buf, int64_t cap, int64_t *len,
                                    aryl_error *err)
{
    if (bits < 1 || bits > SEARCH_MOST_BITS || has_line_end(type) || has_line_end(source))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "an FPS head of %d bits, or a line end in it", (int)bits);
    int n = snprintf(buf, cap > 0 ? (size_t)cap : 0, "#FPS1\n#num_bits=%d\n%s%s%s#software=aryl/%s\n%s%s%s", (int)bits,
                     type ? "#type=" : "", type ? type : "", type ? "\n" : "", ARYL_VERSION, source ? "#source=" : "",
                     source ? source : "", source ? "\n" : "");
    *len = n;
    return n < cap ? ARYL_OK : fail_at(err, ARYL_E_SPACE, -1, "the head has %d bytes", n);
}

aryl_status search_fps_write_row(const uint8_t *row, int32_t bits, const char *id, int64_t id_len, char *buf, int64_t cap,
                                 int64_t *len, aryl_error *err)
{
    if (bits < 1 || bits > SEARCH_MOST_BITS || id_len < 0) return fail_at(err, ARYL_E_ARGUMENT, -1, "a row of %d bits", (int)bits);
    int32_t bytes = search_row_bytes(bits);
    *len = 2 * (int64_t)bytes + id_len + 2;
    for (int64_t i = 0; i < id_len; i++)
        if (id[i] == '\t' || id[i] == '\n' || id[i] == '\r' || !id[i])
            return fail_at(err, ARYL_E_ARGUMENT, i, "an id with a tab or line end");
    if (*len > cap) return fail_at(err, ARYL_E_SPACE, -1, "the row has %lld bytes", (long long)*len);
    for (int32_t i = 0; i < bytes; i++) {
        *buf++ = "0123456789abcdef"[row[i] >> 4];
        *buf++ = "0123456789abcdef"[row[i] & 15];
    }
    *buf++ = '\t';
    if (id_len) memcpy(buf, id, (size_t)id_len);
    buf[id_len] = '\n';
    return ARYL_OK;
}

// table.c - values as text, and rows as .npy.
#include <errno.h>

#include "cli.h"

FILE *output_open(const char *path)
{
    if (!path || !strcmp(path, "-")) return stdout;
    FILE *f = fopen(path, "wb");
    if (!f) complain(FAILED, "%s: %s", path, strerror(errno));
    return f;
}

bool output_close(FILE *f, const char *path)
{
    errno = 0;
    bool bad = fflush(f) || ferror(f);
    if (f != stdout) bad |= fclose(f) != 0;
    if (bad) complain(FAILED, "%s: %s", path ? path : "stdout", strerror(errno ? errno : EIO));
    return !bad;
}

static bool breaks_line(char c) { return c == '\t' || c == '\n' || c == '\r'; }

void put_field(FILE *f, const char *text, size_t len, char separator)
{
    if (separator != ',') {                  // tab-separated files have no quotes: what would break a line becomes a space
        size_t begin = 0;
        for (size_t i = 0; i < len; i++) {
            if (!breaks_line(text[i])) continue;
            fwrite(text + begin, 1, i - begin, f);
            fputc(' ', f);
            begin = i + 1;
        }
        fwrite(text + begin, 1, len - begin, f);
        return;
    }
    bool quote = false;
    for (size_t i = 0; i < len && !quote; i++) quote = strchr(",\"\r\n", text[i]) && text[i];
    if (!quote) {
        fwrite(text, 1, len, f);
        return;
    }
    fputc('"', f);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"') fputc('"', f);
        fputc(text[i], f);
    }
    fputc('"', f);
}

void put_json(FILE *f, const char *text, size_t len)
{
    fputc('"', f);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') fprintf(f, "\\%c", c);
        else if (c < 0x20) fprintf(f, "\\u%04x", c);
        else fputc(c, f);
    }
    fputc('"', f);
}

int answer_form(const char *to, const char *path, char *separator, bool *json)
{
    if (!to) to = path && has_suffix(path, ".csv") ? "csv" : path && has_suffix(path, ".jsonl") ? "jsonl" : "tsv";
    *json = !strcmp(to, "jsonl");
    *separator = !strcmp(to, "csv") ? ',' : '\t';
    if (*json || *separator == ',' || !strcmp(to, "tsv")) return DONE;
    return complain(USAGE, "no form '%s'; there are tsv, csv, jsonl", to);
}

void put_number(FILE *f, double value)
{
    char text[32];
    fwrite(text, 1, (size_t)aryl_write_double(value, text), f);
}

void put_hex(FILE *f, const uint8_t *row, int64_t bytes)
{
    static char pair[256][2];                // a byte's two digits; writing is a good part of making FPS
    if (!pair[0][0])
        for (int i = 0; i < 256; i++) memcpy(pair[i], (char[2]){"0123456789abcdef"[i >> 4], "0123456789abcdef"[i & 15]}, 2);
    char text[1024];
    while (bytes > 0) {
        int64_t n = bytes < 512 ? bytes : 512;
        for (int64_t i = 0; i < n; i++) memcpy(text + 2 * i, pair[row[i]], 2);
        fwrite(text, 2, (size_t)n, f);
        row += n;
        bytes -= n;
    }
}

bool put_npy_header(FILE *f, const char *type, int64_t rows, int64_t columns)
{
    char text[129] = "\x93NUMPY\x01";
    text[7] = 0;
    text[8] = 118;                           // 128 bytes with the ten of the magic, the length in two
    text[9] = 0;
    int n = snprintf(text + 10, 119, "{'descr': '%s', 'fortran_order': False, 'shape': (%lld, %lld), }", type,
                     (long long)rows, (long long)columns);
    memset(text + 10 + n, ' ', (size_t)(117 - n));
    text[127] = '\n';
    return fwrite(text, 1, 128, f) == 128;
}

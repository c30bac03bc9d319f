// table.c - values as text, and rows as .npy.
#include <errno.h>
#include <math.h>

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

void put_field(FILE *f, const char *text, size_t len, char separator)
{
    if (separator != ',') {                  // tab-separated files have no quotes: what would break a line becomes a space
        for (size_t i = 0; i < len; i++) fputc(text[i] == '\t' || text[i] == '\n' || text[i] == '\r' ? ' ' : text[i], f);
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

void put_number(FILE *f, double value)
{
    char text[40];
    if (isnan(value)) {
        fputs("nan", f);
    } else if (value == floor(value) && fabs(value) < 1e15) {
        fprintf(f, "%.0f", value);
    } else {
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, value);
            if (strtod(text, NULL) == value) break;
        }
        fputs(text, f);
    }
}

void put_hex(FILE *f, const uint8_t *row, int64_t bytes)
{
    static const char digit[] = "0123456789abcdef";
    char text[1024];
    size_t n = 0;
    for (int64_t i = 0; i < bytes; i++) {
        text[n++] = digit[row[i] >> 4];
        text[n++] = digit[row[i] & 15];
        if (n == sizeof text) {
            fwrite(text, 1, n, f);
            n = 0;
        }
    }
    fwrite(text, 1, n, f);
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

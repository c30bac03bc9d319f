// source.c - bytes of a file or of stdin, decompressed if they are gzip and zlib was there when this was built.
#include <errno.h>
#include <strings.h>

#ifdef HAVE_ZLIB
#include <unistd.h>
#include <zlib.h>
#endif

#include "cli.h"

struct source {
    const char *path;
#ifdef HAVE_ZLIB
    gzFile gz;               // reads plain files as they are
#else
    FILE *f;
    bool begun;
#endif
};

static bool is_stdin(const char *path) { return !path || !strcmp(path, "-"); }

bool has_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), m = strlen(suffix);
    if (n > 3 && !strcasecmp(path + n - 3, ".gz")) n -= 3;
    return n >= m && !strncasecmp(path + n - m, suffix, m);
}

source *source_open(const char *path)
{
    source *s = must(calloc(1, sizeof *s));
    s->path = is_stdin(path) ? "stdin" : path;
#ifdef HAVE_ZLIB
    errno = 0;
    s->gz = is_stdin(path) ? gzdopen(dup(0), "rb") : gzopen(path, "rb");
    bool open = s->gz != NULL;
    if (open) gzbuffer(s->gz, 1 << 18);
#else
    s->f = is_stdin(path) ? stdin : fopen(path, "rb");
    bool open = s->f != NULL;
#endif
    if (open) return s;
    complain(FAILED, "%s: %s", s->path, strerror(errno ? errno : ENOMEM));
    free(s);
    return NULL;
}

int64_t source_read(source *s, char *buf, size_t size)
{
#ifdef HAVE_ZLIB
    int got = gzread(s->gz, buf, (unsigned)(size < (1u << 30) ? size : 1u << 30));
    int code;
    const char *why = gzerror(s->gz, &code);
    if (got < 0 || (got == 0 && code != Z_OK && code != Z_STREAM_END)) {
        complain(FAILED, "%s: %s", s->path, code == Z_ERRNO ? strerror(errno) : why);
        return -1;
    }
    return got;
#else
    size_t got = fread(buf, 1, size, s->f);
    if (ferror(s->f)) {
        complain(FAILED, "%s: %s", s->path, strerror(errno));
        return -1;
    }
    if (!s->begun && got > 1 && !memcmp(buf, "\x1F\x8B", 2)) {
        complain(FAILED, "%s is compressed, and this aryl was built without zlib; try: gzip -dc FILE | aryl ...", s->path);
        return -1;
    }
    s->begun = true;
    return (int64_t)got;
#endif
}

void source_close(source *s)
{
    if (!s) return;
#ifdef HAVE_ZLIB
    gzclose(s->gz);
#else
    if (s->f != stdin) fclose(s->f);
#endif
    free(s);
}

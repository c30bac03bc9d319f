// manifest.c - reading and writing the manifest of a collection.
#define _POSIX_C_SOURCE 200809L
#include "search/manifest.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "search/disk.h"
#include "search/file.h"

enum { MOST = 64 << 20, MOST_SEGMENTS = 100000 };

bool manifest_there(const char *folder)
{
    char *path = disk_join(folder, "MANIFEST");
    bool there = path && !access(path, F_OK);
    mem_free(path);
    return there;
}

void manifest_free(manifest *m)
{
    mem_free(m->spec);
    mem_free(m->reference);
    mem_free(m->segments);
    *m = (manifest){0};
}

bool manifest_add_segment(manifest *m, int64_t base, int64_t n, int64_t span)
{
    manifest_segment *more = mem_resize(m->segments, (size_t)(m->n_segments + 1) * sizeof *more);
    if (!more) return false;
    m->segments = more;
    manifest_segment *g = &more[m->n_segments++];
    *g = (manifest_segment){.base = base, .n = n, .span = span};
    snprintf(g->name, sizeof g->name, "seg-%lld.fpb", (long long)m->generation);
    return true;
}

// The value of the line if it starts with "key="; ends it.
static char *value_of(char *line, const char *key)
{
    size_t n = strlen(key);
    return !strncmp(line, key, n) && line[n] == '=' ? line + n + 1 : NULL;
}

static char *copy_of(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = mem_alloc(n);
    if (copy) memcpy(copy, text, n);
    return copy;
}

static bool file_name_ok(const char *name)   // of the folder itself, nothing else
{
    return *name && strlen(name) < MANIFEST_NAME && !strchr(name, '/') && name[0] != '.';
}

static bool number_of(const char *text, int64_t *out)
{
    int64_t len = (int64_t)strlen(text);
    return len && text_read_int(text, len, out) == len && *out >= 0;
}

static bool read_segment(char *text, manifest *m)   // "name base n span"
{
    char *part[4] = {text};
    for (int32_t i = 1; i < 4; i++) {
        char *space = strchr(part[i - 1], ' ');
        if (!space) return false;
        *space = 0;
        part[i] = space + 1;
    }
    int64_t base, n, span;
    if (!file_name_ok(part[0]) || !number_of(part[1], &base) || !number_of(part[2], &n) || !number_of(part[3], &span)) return false;
    if (m->n_segments >= MOST_SEGMENTS || n > span || !manifest_add_segment(m, base, n, span)) return false;
    memcpy(m->segments[m->n_segments - 1].name, part[0], strlen(part[0]) + 1);
    return true;
}

static bool read_line(char *line, manifest *m)
{
    char *v;
    int64_t n;
    if ((v = value_of(line, "bits"))) {
        if (!number_of(v, &n) || n < 1 || n > SEARCH_MOST_BITS) return false;
        m->bits = (int32_t)n;
        return true;
    }
    if ((v = value_of(line, "generation"))) return number_of(v, &m->generation);
    if ((v = value_of(line, "next"))) return number_of(v, &m->next) && m->next <= SEARCH_MOST_ROWS;
    if ((v = value_of(line, "spec"))) return !m->spec && (m->spec = copy_of(v));
    if ((v = value_of(line, "reference"))) return !m->reference && (m->reference = copy_of(v));
    if ((v = value_of(line, "segment"))) return read_segment(v, m);
    if ((v = value_of(line, "deleted"))) {
        if (!file_name_ok(v)) return false;
        memcpy(m->deleted, v, strlen(v) + 1);
        return true;
    }
    return false;
}

aryl_status manifest_read(const char *folder, manifest *m, aryl_error *err)
{
    static const char title[] = "aryl collection 1\n";
    char *path = disk_join(folder, "MANIFEST"), *text;
    int64_t size;
    *m = (manifest){0};
    if (!path) return disk_failed(folder, ENOMEM, err);
    aryl_status s = disk_get(path, MOST, &text, &size, err);
    if (s == ARYL_OK) {
        char sum[40];
        int64_t tail = 26;   // "checksum=", 16 digits, newline
        bool good = size >= (int64_t)sizeof title - 1 + tail && !memcmp(text, title, sizeof title - 1) && !memchr(text, 0, (size_t)size);
        if (good) {
            snprintf(sum, sizeof sum, "checksum=%016llx\n", (unsigned long long)search_checksum(0, text, (size_t)(size - tail)));
            good = !strcmp(sum, text + size - tail);
        }
        for (char *line = text + sizeof title - 1, *end = text + size - tail, *next; good && line < end; line = next) {
            next = strchr(line, '\n') + 1;   // the checksum's line ends with one, so there is one
            next[-1] = 0;
            good = read_line(line, m);
        }
        for (int32_t i = 0; good && i < m->n_segments; i++) good = m->segments[i].span <= m->next - m->segments[i].base;
        if (!good || !m->bits) {
            manifest_free(m);
            s = fail_at(err, ARYL_E_FORMAT, -1, "%s: damaged, or not of a collection", path);
        }
        mem_free(text);
    }
    mem_free(path);
    return s;
}

aryl_status manifest_write(const char *folder, const manifest *m, aryl_error *err)
{
    size_t cap = 512 + (m->spec ? strlen(m->spec) : 0) + (m->reference ? strlen(m->reference) : 0) + (size_t)m->n_segments * (MANIFEST_NAME + 80);
    char *path = disk_join(folder, "MANIFEST"), *text = mem_alloc(cap);
    aryl_status s;
    if (path && text) {
        size_t n = 0;
        n += (size_t)snprintf(text + n, cap - n, "aryl collection 1\nbits=%d\ngeneration=%lld\nnext=%lld\n", (int)m->bits,
                              (long long)m->generation, (long long)m->next);
        if (m->spec) n += (size_t)snprintf(text + n, cap - n, "spec=%s\n", m->spec);
        if (m->reference) n += (size_t)snprintf(text + n, cap - n, "reference=%s\n", m->reference);
        for (int32_t i = 0; i < m->n_segments; i++) {
            const manifest_segment *g = &m->segments[i];
            n += (size_t)snprintf(text + n, cap - n, "segment=%s %lld %lld %lld\n", g->name, (long long)g->base, (long long)g->n, (long long)g->span);
        }
        if (m->deleted[0]) n += (size_t)snprintf(text + n, cap - n, "deleted=%s\n", m->deleted);
        n += (size_t)snprintf(text + n, cap - n, "checksum=%016llx\n", (unsigned long long)search_checksum(0, text, n));
        s = disk_put(path, text, (int64_t)n, err);
    } else s = disk_failed(folder, ENOMEM, err);
    mem_free(path);
    mem_free(text);
    return s;
}

// options.c - command lines, and the help that describes them.
#include <stdarg.h>

#include "cli.h"

int complain(int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("aryl: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return status;
}

void *must(void *memory)
{
    if (memory) return memory;
    complain(FAILED, "out of memory");
    exit(FAILED);
}

void *more_room(void *memory, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap) return memory;
    size_t want = *cap ? *cap : 1024;
    while (want < need) want *= 2;
    *cap = want;
    return must(realloc(memory, want * size));
}

static void help(const command *c, const option *options)
{
    printf("usage: aryl %s %s\n\n%s\n\n", c->name, c->arguments, c->summary);
    for (const option *o = options; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s--%s%s%s", o->letter ? "-" : "", o->letter ? o->letter : "",
                 o->letter ? ", " : "    ", o->name, o->value ? " " : "", o->value ? o->value : "");
        printf("  %-24s %s\n", left, o->help);
    }
    puts("  -h, --help               this");
    if (c->more) printf("\n%s\n", c->more);
}

static int set(const option *o, const char *name, const char *value)
{
    char *end = NULL;
    if (!value) return complain(USAGE, "%s needs a value", name);
    if (o->type == OPT_TEXT) *(const char **)o->to = value;
    if (o->type == OPT_INT) *(int64_t *)o->to = strtoll(value, &end, 10);
    if (o->type == OPT_REAL) *(double *)o->to = strtod(value, &end);
    if (o->type != OPT_TEXT && (*end || end == value)) return complain(USAGE, "%s: '%s' is not a number", name, value);
    if (o->type == OPT_INT && *(int64_t *)o->to < 0) return complain(USAGE, "%s: %s is negative", name, value);
    return -1;
}

static const option *find(const option *options, const char *arg, size_t len)
{
    for (const option *o = options; o->name; o++) {
        if (arg[1] == '-' ? len - 2 == strlen(o->name) && !memcmp(arg + 2, o->name, len - 2)
                          : o->letter && arg[1] == o->letter[0] && (len == 2 || o->type != OPT_FLAG))
            return o;
    }
    return NULL;
}

int options_read(const command *c, const option *options, int argc, char **argv, const char **positional, int most, int *n)
{
    bool only_files = false;
    *n = 0;
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        if (only_files || arg[0] != '-' || !arg[1]) {
            if (*n == most) return complain(USAGE, "'%s' is one argument too many; see aryl %s --help", arg, c->name);
            positional[(*n)++] = arg;
            continue;
        }
        if (!strcmp(arg, "--")) {
            only_files = true;
            continue;
        }
        if (!strcmp(arg, "-h") || !strcmp(arg, "--help")) {
            help(c, options);
            return DONE;
        }
        const char *equals = arg[1] == '-' ? strchr(arg, '=') : NULL;
        size_t len = equals ? (size_t)(equals - arg) : strlen(arg);
        const option *o = find(options, arg, len);
        if (!o) return complain(USAGE, "no option %.*s; see aryl %s --help", (int)len, arg, c->name);
        if (o->type == OPT_FLAG) {
            if (equals) return complain(USAGE, "%.*s takes no value", (int)len, arg);
            *(bool *)o->to = true;
            continue;
        }
        const char *attached = equals ? equals + 1 : arg[1] != '-' && arg[2] ? arg + 2 : NULL;   // --k=5, -k5
        int status = set(o, arg, attached ? attached : i + 1 < argc ? argv[++i] : NULL);
        if (status >= 0) return status;
    }
    return -1;
}

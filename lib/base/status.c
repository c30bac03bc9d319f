// status.c - failing as a value.
#include <stdarg.h>
#include <stdio.h>

#include "base/base.h"

static const char *const names[] = {
    [ARYL_OK] = "ok", [ARYL_E_NULL] = "null", [ARYL_E_SYNTAX] = "syntax", [ARYL_E_VALENCE] = "valence",
    [ARYL_E_KEKULE] = "kekule", [ARYL_E_UNSUPPORTED] = "unsupported", [ARYL_E_LIMIT] = "limit",
    [ARYL_E_ARGUMENT] = "argument", [ARYL_E_UNKNOWN] = "unknown", [ARYL_E_SPACE] = "space", [ARYL_E_NOMEM] = "nomem",
    [ARYL_E_IO] = "io", [ARYL_E_FORMAT] = "format", [ARYL_E_MISMATCH] = "mismatch", [ARYL_E_CANCELLED] = "cancelled",
    [ARYL_E_INTERNAL] = "internal",
};

const char *status_name(aryl_status status)
{
    if (status < 0 || status >= (int32_t)(sizeof names / sizeof *names)) return "unknown status";
    return names[status];
}

aryl_status fail_at(aryl_error *err, aryl_status code, int64_t offset, const char *format, ...)
{
    if (!err) return code;
    err->code = code;
    err->line = 0;
    err->offset = offset;
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    for (char *c = err->message; *c; c++)       // bytes of the input may have come along
        if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = '?';
    return code;
}

/** core.h - what every call of the library shares: status codes, the error record, versions, threads.
 *
 *  Nothing in aryl aborts, prints, or keeps a "last error": a call returns a status, and on request says where
 *  in the input the trouble is.
 */
#ifndef ARYL_CORE_H
#define ARYL_CORE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define ARYL_API __attribute__((visibility("default")))
#else
#define ARYL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define ARYL_VERSION "0.1.0"          /* of this header; aryl_version() is the library's */
#define ARYL_ABI_VERSION 0            /* the soname's number */
#define ARYL_REFERENCE "rdkit-2026.09.1" /* whose answers the library's are compared with */

/** What a call, or a row of a batch, came to. Values are pinned and only ever appended to. */
typedef int32_t aryl_status;
enum {
    ARYL_OK = 0,
    ARYL_E_NULL = 1,         /* the row is null */
    ARYL_E_SYNTAX = 2,       /* the text breaks its grammar */
    ARYL_E_VALENCE = 3,      /* an atom has more bonds, or another charge, than it can have */
    ARYL_E_KEKULE = 4,       /* aromatic atoms that no arrangement of double bonds explains */
    ARYL_E_UNSUPPORTED = 5,  /* understood, not computed */
    ARYL_E_LIMIT = 6,        /* larger, or more work, than the caller's limits allow */
    ARYL_E_ARGUMENT = 7,     /* a bad argument */
    ARYL_E_UNKNOWN = 8,      /* no such kind, parameter, descriptor ... */
    ARYL_E_SPACE = 9,        /* the caller's buffer is too small; how much is needed was told */
    ARYL_E_NOMEM = 10,       /* out of memory */
    ARYL_E_IO = 11,          /* a file could not be read or written */
    ARYL_E_FORMAT = 12,      /* a damaged or foreign file */
    ARYL_E_MISMATCH = 13,    /* spec or reference of two things differ */
    ARYL_E_CANCELLED = 14,   /* the caller's cancel callback said so */
    ARYL_E_INTERNAL = 15     /* a bug of ours */
};

/** Where and why something failed. Lives on the caller's stack; every call takes NULL for "do not tell".
 *  offset   bytes from the start of the text that was passed in, -1 when there is no place to point at
 *  line     line of a multi-line text counted from 1, 0 when the text has no lines
 *  message  one line, no newline, always terminated
 */
typedef struct aryl_error {
    int32_t code, line;
    int64_t offset;
    char message[240];
} aryl_error;

/** Name of a status, "valence"; "unknown status" for any other number. Static text. */
ARYL_API const char *aryl_status_name(aryl_status status);

/** Version of the library that was loaded, "0.1.0". Static text. */
ARYL_API const char *aryl_version(void);

/** Number in the soname of the library that was loaded; callers through ctypes compare it with theirs. */
ARYL_API int32_t aryl_abi_version(void);

/** Name of the kernel set in use on this machine: "serial", "avx2", "avx512", "neon". Static text.
 *  The environment variable ARYL_SIMD names another one, if this machine can run it.
 */
ARYL_API const char *aryl_simd_name(void);

/** What stands behind parallel work: "openmp", "pool" or "none". Static text. */
ARYL_API const char *aryl_threads_name(void);

/** Threads that n_threads = 0 means here and now: ARYL_NUM_THREADS, else OMP_NUM_THREADS, else the affinity mask. */
ARYL_API int32_t aryl_default_threads(void);

/** The shortest text that reads back as the same double, "0.1", "1e-300", "nan", "inf"; whatever the locale. For writers of
 *  tables, whose time printf would take.
 *  shape    buf has room for 32 bytes, is terminated; returns the length
 */
ARYL_API int32_t aryl_write_double(double value, char *buf);

#ifdef __cplusplus
}
#endif
#endif

// convert.h - text <-> finished molecule: the one place where io and perceive meet.
#ifndef ARYL_CONVERT_H
#define ARYL_CONVERT_H

#include "io/io.h"
#include "perceive/perceive.h"

typedef enum convert_format { FORMAT_SMILES, FORMAT_MOL } convert_format;

// "smiles", "mol"; -1 for any other name.
int32_t convert_format_by_name(const char *name, int64_t len);

// Reads and perceives one molecule; *out lives in mem until it is rewound.
aryl_status convert_load(const char *text, int64_t len, convert_format format, uint32_t want, const io_limits *limits,
                         arena *mem, aryl_mol **out, aryl_error *err);

#endif

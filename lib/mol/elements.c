// elements.c - what the periodic table says. The numbers are RDKit's and not always IUPAC's: identical answers need
// identical masses.
#include "mol/mol.h"

#define ISOTOPE(z, n, mass)
#define SYMBOLS(first, ...)
#define ELEMENT(z, symbol, outer, isotope, weight, mass, rb0, ...) \
    [z] = {symbol, {__VA_ARGS__}, outer, isotope, weight, mass, rb0},
const element elements[ELEMENT_MAX + 1] = {
#include "mol/elements_gen.h"
};
#undef ELEMENT
#undef ISOTOPE

typedef struct isotope_row { int32_t key; double mass; } isotope_row;   // key: z * 1024 + mass number, ascending
#define ELEMENT(...)
#define ISOTOPE(z, n, mass) {(z) * 1024 + (n), mass},
static const isotope_row isotopes[] = {
#include "mol/elements_gen.h"
};
#undef ISOTOPE
#undef SYMBOLS

#define ISOTOPE(z, n, mass)
#define SYMBOLS(first, ...) {__VA_ARGS__},
static const uint8_t by_letters[26][27] = {
#include "mol/elements_gen.h"
};

int32_t element_by_symbol(const char *symbol, int32_t len)
{
    if (len == 1 && symbol[0] == '*') return 0;
    if (len < 1 || len > 2 || symbol[0] < 'A' || symbol[0] > 'Z') return -1;
    int32_t second = 0;
    if (len == 2) {
        if (symbol[1] < 'a' || symbol[1] > 'z') return -1;
        second = symbol[1] - 'a' + 1;
    }
    int32_t z = by_letters[symbol[0] - 'A'][second];
    return z ? z : -1;
}

double element_isotope_mass(int32_t z, int32_t isotope)
{
    if (isotope <= 0 || isotope >= 1024) return 0;
    int32_t key = z * 1024 + isotope, low = 0, high = (int32_t)(sizeof isotopes / sizeof *isotopes);
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (isotopes[middle].key < key) low = middle + 1;
        else high = middle;
    }
    return low < (int32_t)(sizeof isotopes / sizeof *isotopes) && isotopes[low].key == key ? isotopes[low].mass : 0;
}

// Sets of atomic numbers as bits: element z is bit z % 64 of word z / 64.
static bool in_set(const uint64_t set[2], int32_t z) { return z >= 0 && z < 128 && set[z >> 6] >> (z & 63) & 1; }
#define RANGE(from, to) ((~0ull >> (63 - (to))) & (~0ull << (from)))

bool element_is_metal(int32_t z)
{
    static const uint64_t nonmetal[2] = {
        RANGE(0, 2) | RANGE(5, 10) | RANGE(14, 18) | RANGE(33, 36) | RANGE(52, 54),
        RANGE(85 - 64, 86 - 64),
    };
    return !in_set(nonmetal, z);
}

bool element_is_early(int32_t z)
{
    static const uint64_t early[2] = {
        RANGE(3, 5) | RANGE(11, 13) | RANGE(19, 22) | RANGE(30, 32) | RANGE(37, 41) | RANGE(48, 51) | RANGE(55, 61),
        RANGE(72 - 64, 73 - 64) | RANGE(80 - 64, 83 - 64) | RANGE(87 - 64, 93 - 64) | RANGE(104 - 64, 118 - 64),
    };
    return in_set(early, z);
}

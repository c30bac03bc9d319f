/** aryl.h - everything: RDKit's molecule features, bit for bit, from a small C library.
 *
 *  One molecule at a time: mol.h, then fp.h and desc.h. A column of molecules, many features, many threads: batch.h.
 *  Substructures: smarts.h. Nearest neighbours among rows of bits: search.h. What all of them share: core.h.
 */
#ifndef ARYL_H
#define ARYL_H

#include "aryl/batch.h"
#include "aryl/core.h"
#include "aryl/desc.h"
#include "aryl/fp.h"
#include "aryl/index.h"
#include "aryl/mol.h"
#include "aryl/search.h"
#include "aryl/smarts.h"

#endif

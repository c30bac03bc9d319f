// batch.h - columns -> columns: a plan says what is wanted, a run reads each row once and fills every output.
#ifndef ARYL_BATCH_ROOM_H
#define ARYL_BATCH_ROOM_H

#include "aryl/batch.h"
#include "convert/convert.h"
#include "desc/desc.h"
#include "fp/fp.h"

#endif

// core.c - what every caller asks first: versions, names, the machine.
#include "api/api.h"
#include "simd/simd.h"

ARYL_API const char *aryl_status_name(aryl_status status) { return status_name(status); }
ARYL_API const char *aryl_version(void) { return ARYL_VERSION; }
ARYL_API int32_t aryl_abi_version(void) { return ARYL_ABI_VERSION; }
ARYL_API const char *aryl_simd_name(void) { return simd_get()->name; }
ARYL_API const char *aryl_threads_name(void) { return par_name(); }
ARYL_API int32_t aryl_default_threads(void) { return par_threads(0); }
int32_t aryl_write_double(double value, char *buf) { return text_write_double(value, buf); }

/* registry.c - what the library can compute: kinds of fingerprints with their parameters, and descriptors. */
#include <aryl.h>
#include <stdio.h>

int main(void)
{
    printf("aryl %s, answers as %s, kernels %s, threads by %s\n", aryl_version(), ARYL_REFERENCE, aryl_simd_name(), aryl_threads_name());
    for (int32_t i = 0; i < aryl_fp_n_kinds(); i++) {
        aryl_fp_info kind = {.size = sizeof kind};
        if (aryl_fp_kind(i, &kind)) return 1;
        printf("%s: %s (%s)\n", kind.name, kind.summary, kind.source);
        for (int32_t k = 0; k < kind.n_params; k++) {
            aryl_param_info param = {.size = sizeof param};
            if (aryl_fp_param(i, k, &param)) return 1;
            printf("  %s=%d, %d .. %d: %s\n", param.name, param.value, param.least, param.most, param.help);
        }
    }
    for (int32_t i = 0; i < aryl_desc_n_known(); i++) {
        aryl_desc_info desc = {.size = sizeof desc};
        if (aryl_desc_known(i, &desc)) return 1;
        printf("%s [%s]: %s\n", desc.name, desc.unit, desc.summary);
    }
    return 0;
}

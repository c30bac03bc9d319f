// fuzz_spec.c - any text as a spec: refused with a place in it, or its canonical form means the same.
#include "rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *spec = malloc(size + 1);
    memcpy(spec, data, size);
    spec[size] = 0;
    aryl_plan *plan, *again;
    aryl_fp *fp;
    aryl_desc *desc;
    aryl_error err = {0};
    aryl_status s = aryl_plan_new(spec, &plan, &err);
    if (s) {
        must(!plan && err.code == s && err.message[0], "a refusal is explained");
        must(err.offset >= -1 && err.offset <= (int64_t)strlen(spec), "a refusal's place lies in the spec");
    } else {
        must(aryl_plan_new(aryl_plan_canonical(plan), &again, &err) == ARYL_OK, "a canonical spec is a spec");
        must(!strcmp(aryl_plan_canonical(plan), aryl_plan_canonical(again)), "a canonical spec stays as it is");
        must(aryl_plan_n_outputs(plan) == aryl_plan_n_outputs(again), "a canonical spec has the same outputs");
        aryl_plan_free(again);
    }
    aryl_plan_free(plan);
    aryl_fp_new(spec, &fp, &err);
    aryl_fp_free(fp);
    aryl_desc_new(spec, &desc, &err);
    aryl_desc_free(desc);
    free(spec);
    return 0;
}

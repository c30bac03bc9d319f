// pairs.h - the body of hash_pairs, for the vectors of lists.h and: DISTANCES32 (16-bit numbers as a vector), STORE64 (a
// vector as 64-bit numbers), GREATER32 (all bits or none), ANY32.
KERNEL static bool hash_pairs(uint32_t key, const uint32_t *keys, const int16_t *distance, int32_t n, const simd_pair_form *form,
                              uint32_t *hash, uint64_t *id)
{
    static const uint32_t first_lanes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const VEC32 one = SET32(key), lane = LOAD32(first_lanes), least = SET32(form->least), most = SET32(form->most);
    VEC32 outside = SET32(0);
    for (int32_t at = 0; at < n; at += LANES32) {
        VEC32 other = LOAD32(keys + at), d = DISTANCES32(distance + at), low = MIN32(one, other), high = MAX32(one, other);
        STORE32(hash + at, mix(mix(mix(SET32(0), low), d), high));
        STORE64(id + at, OR32(d, OR32(SHIFTL32(low, form->low_at), SHIFTL32(high, form->high_at))));
        VEC32 far = OR32(GREATER32(least, d), GREATER32(d, most));
        outside = OR32(outside, AND32(far, GREATER32(SET32(n - at), lane)));
    }
    return !ANY32(outside);
}

/* sweep() and block() again for processors with AVX2: the same integers, sixteen pixels at a time.
 * Which of the two runs is asked of the processor once; the bytes are the same.
 */
#ifndef GLYPHDATA_AVX2_H
#define GLYPHDATA_AVX2_H

#if defined(__GNUC__) && defined(__x86_64__)
#define HAS_AVX2 1
#include <immintrin.h>

#include "_blend.h"

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((target("avx2"), always_inline))

/* Running sums of four cells on top of `carry`, whose lanes become the last of them. */
AVX2_INLINE __m128i running(__m128i v, __m128i *carry) {
    v = _mm_add_epi32(v, _mm_slli_si128(v, 4));
    v = _mm_add_epi32(v, _mm_slli_si128(v, 8));
    v = _mm_add_epi32(v, *carry);
    *carry = _mm_shuffle_epi32(v, 0xFF);
    v = _mm_min_epi32(_mm_abs_epi32(_mm_max_epi32(v, _mm_set1_epi32(-FULL))), _mm_set1_epi32(FULL));
    v = _mm_sub_epi32(_mm_slli_epi32(v, 8), v);
    return _mm_srli_epi32(_mm_add_epi32(v, _mm_set1_epi32(FULL / 2)), 17);
}

AVX2 static void sweep_avx2(Coverage *c) {
    static const uint8_t KEEP[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                     255, 255, 255, 255, 255, 255, 255, 255};
    const __m128i none = _mm_setzero_si128();
    const __m128i last = _mm_loadu_si128((const __m128i *)(KEEP + c->blocks * BLOCK - c->width));
    uint32_t *row = c->area;
    uint8_t *out = c->cover;
    for (int y = 0; y < c->height; y++) {
        __m128i carry = none, cover = none;
        for (int b = 0; b < c->blocks; b++, row += BLOCK, out += BLOCK) {
            __m128i *cells = (__m128i *)row;
            __m128i v0 = running(_mm_loadu_si128(cells), &carry);
            __m128i v1 = running(_mm_loadu_si128(cells + 1), &carry);
            __m128i v2 = running(_mm_loadu_si128(cells + 2), &carry);
            __m128i v3 = running(_mm_loadu_si128(cells + 3), &carry);
            cover = _mm_packus_epi16(_mm_packs_epi32(v0, v1), _mm_packs_epi32(v2, v3));
            _mm_storeu_si128((__m128i *)out, cover);
            for (int i = 0; i < 4; i++) _mm_storeu_si128(cells + i, none);
        }
        _mm_storeu_si128((__m128i *)(out - BLOCK), _mm_and_si128(cover, last));
        *row++ = 0;
    }
}

/* Sums that go to `under` once they are complete; the square of luma is in two halves. */
typedef struct {
    __m256i color[3]; /* 16 bits per byte of the picture */
    __m256i a, r, g, b, luma, high, low;
    int64_t *under; /* may be NULL, with all sums zero */
    int pending;    /* how many blocks they may hold */
} Wide;

AVX2_INLINE uint64_t total(__m256i v) {
    uint32_t lanes[8];
    uint64_t sum = 0;
    _mm256_storeu_si256((__m256i *)lanes, v);
    for (int i = 0; i < 8; i++) sum += lanes[i];
    return sum;
}

AVX2 static void settle(Wide *w, int64_t *next) {
    int64_t *under = w->under;
    w->under = next;
    w->pending = 0;
    if (!under) return;
    under[0] += (int64_t)total(w->a);
    under[1] += (int64_t)total(w->r);
    under[2] += (int64_t)total(w->g);
    under[3] += (int64_t)total(w->b);
    under[4] += (int64_t)total(w->luma);
    under[5] += (int64_t)(total(w->high) * 256 + total(w->low));
    w->a = w->r = w->g = w->b = w->luma = w->high = w->low = _mm256_setzero_si256();
}

#define __ -1 /* a byte that a shuffle leaves empty */

/* One channel of sixteen pixels, 16 bits each; the masks pick it out of each third. */
#define CHANNEL(m0, m1, m2)                                                                   \
    _mm256_cvtepu8_epi16(_mm_or_si128(                                                        \
        _mm_or_si128(_mm_shuffle_epi8(d[0], m0), _mm_shuffle_epi8(d[1], m1)),                 \
        _mm_shuffle_epi8(d[2], m2)))

AVX2_INLINE void tally_avx2(Wide *w, const __m128i *d, __m128i alpha) {
    __m256i a = _mm256_cvtepu8_epi16(alpha);
    __m256i r = CHANNEL(_mm_setr_epi8(0, 3, 6, 9, 12, 15, __, __, __, __, __, __, __, __, __, __),
                        _mm_setr_epi8(__, __, __, __, __, __, 2, 5, 8, 11, 14, __, __, __, __, __),
                        _mm_setr_epi8(__, __, __, __, __, __, __, __, __, __, __, 1, 4, 7, 10, 13));
    __m256i g = CHANNEL(_mm_setr_epi8(1, 4, 7, 10, 13, __, __, __, __, __, __, __, __, __, __, __),
                        _mm_setr_epi8(__, __, __, __, __, 0, 3, 6, 9, 12, 15, __, __, __, __, __),
                        _mm_setr_epi8(__, __, __, __, __, __, __, __, __, __, __, 2, 5, 8, 11, 14));
    __m256i b = CHANNEL(_mm_setr_epi8(2, 5, 8, 11, 14, __, __, __, __, __, __, __, __, __, __, __),
                        _mm_setr_epi8(__, __, __, __, __, 1, 4, 7, 10, 13, __, __, __, __, __, __),
                        _mm_setr_epi8(__, __, __, __, __, __, __, __, __, __, 0, 3, 6, 9, 12, 15));
    __m256i luma = _mm256_add_epi16(_mm256_mullo_epi16(r, _mm256_set1_epi16(77)),
                                    _mm256_mullo_epi16(g, _mm256_set1_epi16(150)));
    luma = _mm256_add_epi16(luma, _mm256_mullo_epi16(b, _mm256_set1_epi16(29)));
    luma = _mm256_srli_epi16(luma, 8);
    __m256i square = _mm256_mullo_epi16(luma, luma);
    __m256i high = _mm256_srli_epi16(square, 8);
    __m256i low = _mm256_and_si256(square, _mm256_set1_epi16(255));
    w->a = _mm256_add_epi32(w->a, _mm256_madd_epi16(a, _mm256_set1_epi16(1)));
    w->r = _mm256_add_epi32(w->r, _mm256_madd_epi16(a, r));
    w->g = _mm256_add_epi32(w->g, _mm256_madd_epi16(a, g));
    w->b = _mm256_add_epi32(w->b, _mm256_madd_epi16(a, b));
    w->luma = _mm256_add_epi32(w->luma, _mm256_madd_epi16(a, luma));
    w->high = _mm256_add_epi32(w->high, _mm256_madd_epi16(a, high));
    w->low = _mm256_add_epi32(w->low, _mm256_madd_epi16(a, low));
}

/* Sixteen bytes of a picture: dst * (255 - a) + color * a, divided by 255 as blend() does. */
AVX2_INLINE void mix(uint8_t *dst, __m128i d, __m256i rest, __m256i ink) {
    __m256i t = _mm256_add_epi16(_mm256_mullo_epi16(_mm256_cvtepu8_epi16(d), rest), ink);
    t = _mm256_srli_epi16(_mm256_add_epi16(t, _mm256_srli_epi16(t, 8)), 8);
    _mm_storeu_si128((__m128i *)dst,
                     _mm_packus_epi16(_mm256_castsi256_si128(t), _mm256_extracti128_si256(t, 1)));
}

AVX2_INLINE int mark_avx2(Target *t, const Glyph *g, size_t p, __m128i alpha) {
    __m128i *strength = (__m128i *)(t->strength + p);
    __m128i before = _mm_loadu_si128(strength);
    __m128i enough = _mm_max_epu8(alpha, _mm_set1_epi8((char)t->threshold));
    __m128i lost = _mm_cmpeq_epi8(_mm_max_epu8(alpha, before), before);
    __m128i wins = _mm_andnot_si128(lost, _mm_cmpeq_epi8(enough, alpha));
    _mm_storeu_si128(strength, _mm_max_epu8(before, alpha));
    if (!_mm_movemask_epi8(wins)) return 0;
    __m128i owned = _mm_cmpeq_epi8(_mm_max_epu8(before, _mm_set1_epi8((char)t->threshold)), before);
    t->contested |= _mm_movemask_epi8(_mm_and_si128(wins, owned));
    if (t->narrow) {
        __m128i *mask = (__m128i *)((uint8_t *)t->mask + p);
        __m128i id = _mm_set1_epi8((char)g->id);
        _mm_storeu_si128(mask, _mm_blendv_epi8(_mm_loadu_si128(mask), id, wins));
    } else {
        __m256i *mask = (__m256i *)((uint16_t *)t->mask + p), id = _mm256_set1_epi16((short)g->id);
        __m256i won = _mm256_cvtepi8_epi16(wins);
        _mm256_storeu_si256(mask, _mm256_blendv_epi8(_mm256_loadu_si256(mask), id, won));
    }
    if (t->box_mask) {
        __m128i *box = (__m128i *)(t->box_mask + p);
        _mm_storeu_si128(box, _mm_blendv_epi8(_mm_loadu_si128(box),
                                              _mm_set1_epi8((char)(g->box + 1)), wins));
    }
    return 1;
}

AVX2_INLINE int block_avx2(Target *t, const Glyph *g, Wide *w, size_t p, __m128i alpha) {
    const __m128i THIRDS[3] = {
        _mm_setr_epi8(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5),
        _mm_setr_epi8(5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10),
        _mm_setr_epi8(10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15)};
    uint8_t *canvas = t->canvas + 3 * p, *layer = t->layer ? t->layer + 3 * p : NULL;
    __m128i d[3];
    for (int i = 0; i < 3; i++) d[i] = _mm_loadu_si128((const __m128i *)canvas + i);
    __m128i fresh = alpha;
    if (t->mask) { /* where a glyph has been is no ground, but ink of ours */
        __m128i claimed = _mm_loadu_si128((const __m128i *)(t->strength + p));
        fresh = _mm_and_si128(alpha, _mm_cmpeq_epi8(claimed, _mm_setzero_si128()));
    }
    tally_avx2(w, d, fresh);
    for (int i = 0; i < 3; i++) {
        __m256i a = _mm256_cvtepu8_epi16(_mm_shuffle_epi8(alpha, THIRDS[i]));
        __m256i rest = _mm256_sub_epi16(_mm256_set1_epi16(255), a);
        __m256i ink = _mm256_add_epi16(_mm256_mullo_epi16(a, w->color[i]), _mm256_set1_epi16(128));
        mix(canvas + 16 * i, d[i], rest, ink);
        if (layer) mix(layer + 16 * i, _mm_loadu_si128((const __m128i *)layer + i), rest, ink);
    }
    return t->mask ? mark_avx2(t, g, p, alpha) : 0;
}

AVX2_INLINE void dip(Wide *w, const uint8_t *color) {
    __m128i c = _mm_setr_epi8((char)color[0], (char)color[1], (char)color[2], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                              0, 0, 0);
    const __m128i FROM[3] = {_mm_setr_epi8(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0),
                             _mm_setr_epi8(1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1),
                             _mm_setr_epi8(2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2)};
    for (int i = 0; i < 3; i++) w->color[i] = _mm256_cvtepu8_epi16(_mm_shuffle_epi8(c, FROM[i]));
}

AVX2 static int lay_avx2(Coverage *c, Target *t, const Glyph *g, Wide *w) {
    size_t pixels = (size_t)t->width * (size_t)t->height;
    int won = 0;
    const uint8_t *cover = c->cover;
    dip(w, g->color);
    if (w->under != g->under) settle(w, g->under);
    clear_columns(c);
    for (int y = 0; y < c->height; y++) {
        size_t p = (size_t)(c->top + y) * t->width + c->left;
        uint8_t *columns = c->columns;
        int inked = 0;
        if ((w->pending += c->blocks) > 32768) { /* before a lane's 32 bits run over */
            settle(w, g->under);
            w->pending = c->blocks;
        }
        for (int b = 0; b < c->blocks; b++, p += BLOCK, cover += BLOCK, columns += BLOCK) {
            __m128i alpha = _mm_loadu_si128((const __m128i *)cover);
            if (_mm_testz_si128(alpha, alpha)) continue;
            inked = 1;
            __m128i *any = (__m128i *)columns;
            _mm_storeu_si128(any, _mm_or_si128(_mm_loadu_si128(any), alpha));
            won |= p + BLOCK <= pixels ? block_avx2(t, g, w, p, alpha)
                                       : block(t, g, p, cover, (int)(pixels - p));
        }
        if (inked) note_row(c, y);
    }
    return won;
}

#endif
#endif

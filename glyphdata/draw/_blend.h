/* From summed areas to coverage, and what that does to the pixels: colour, layer, masks, sums. */
#ifndef GLYPHDATA_BLEND_H
#define GLYPHDATA_BLEND_H

#include <stddef.h>

#include "_coverage.h"

#define BLOCK 16

/* |v| of FULL, as 0..255. */
static inline uint8_t share(int32_t v) {
    v = v < -FULL ? FULL : v < 0 ? -v : v > FULL ? FULL : v;
    return (uint8_t)((v * 255 + FULL / 2) >> 17);
}

/* Sum the areas along each row into 0..255 and leave them zero for the next glyph. */
static void sweep(Coverage *c) {
    int stride = c->blocks * 16;
    for (int y = 0; y < c->height; y++) {
        uint32_t *row = c->area + (size_t)y * c->area_stride;
        uint8_t *out = c->cover + (size_t)y * stride;
        int32_t sums[16];
        uint32_t sum = 0;
        for (int x = 0; x < stride; x += 16) {
            for (int i = 0; i < 16; i++) sums[i] = (int32_t)(sum += row[x + i]);
            for (int i = 0; i < 16; i++) out[x + i] = share(sums[i]);
        }
        memset(out + c->width, 0, (size_t)(stride - c->width));
        memset(row, 0, (size_t)c->area_stride * sizeof *row);
    }
}

typedef struct {
    uint8_t *canvas, *layer; /* height x width x 3; the layer may be NULL */
    void *mask;              /* may be NULL; else strength is there too */
    int narrow;              /* has the mask 8 bits, not 16? */
    uint8_t *strength, *box_mask;
    int width, height, threshold;
    int contested; /* did a glyph take a pixel of another's, or find none of its own? */
} Target;

typedef struct {
    const uint8_t *color;
    uint16_t id;
    uint8_t box;
    int64_t *under; /* sums of a, a*R, a*G, a*B, a*luma, a*luma^2 */
} Glyph;

/* Colour and coverage of a block, one entry per byte of the picture. */
typedef struct {
    uint8_t color[3 * BLOCK], alpha[3 * BLOCK];
} Ink;

/* round((dst * (255 - a) + color * a) / 255), exact: every step fits 16 bits. */
static inline void blend(uint8_t *dst, const Ink *ink, int bytes) {
    for (int i = 0; i < bytes; i++) {
        uint16_t t = (uint16_t)(dst[i] * (255 - ink->alpha[i]) + ink->color[i] * ink->alpha[i] + 128);
        dst[i] = (uint8_t)((uint16_t)(t + (t >> 8)) >> 8);
    }
}

static inline void tally(int64_t *under, const uint8_t *dst, const uint8_t *alpha, int n) {
    uint32_t sa = 0, sr = 0, sg = 0, sb = 0, sl = 0, ss = 0;
    for (int i = 0; i < n; i++) {
        uint32_t a = alpha[i], r = dst[3 * i], g = dst[3 * i + 1], b = dst[3 * i + 2];
        uint32_t luma = (77 * r + 150 * g + 29 * b) >> 8;
        sa += a;
        sr += a * r;
        sg += a * g;
        sb += a * b;
        sl += a * luma;
        ss += a * luma * luma;
    }
    under[0] += sa;
    under[1] += sr;
    under[2] += sg;
    under[3] += sb;
    under[4] += sl;
    under[5] += ss;
}

/* The larger coverage wins a pixel, the earlier glyph a tie. `g->id` never fights itself: where both
 * claimants are the same, either gives the same mask. The strength is the largest coverage so far,
 * below the threshold too: where it is 0, nothing but ground has been. */
static inline int mark(Target *t, const Glyph *g, size_t p, const uint8_t *alpha, int n) {
    uint8_t wins[BLOCK], threshold = (uint8_t)t->threshold, any = 0, taken = 0;
    uint8_t *strength = t->strength + p;
    for (int i = 0; i < n; i++) {
        uint8_t before = strength[i], a = alpha[i];
        uint8_t w = (uint8_t)-((a >= threshold) & (a > before));
        wins[i] = w;
        strength[i] = a > before ? a : before;
        any |= w;
        taken |= w & (uint8_t)-(before >= threshold);
    }
    if (!any) return 0;
    t->contested |= taken;
    if (t->narrow) {
        uint8_t *mask = (uint8_t *)t->mask + p, id = (uint8_t)g->id;
        for (int i = 0; i < n; i++) mask[i] = wins[i] ? id : mask[i];
    } else {
        uint16_t *mask = (uint16_t *)t->mask + p, id = g->id;
        for (int i = 0; i < n; i++) mask[i] = wins[i] ? id : mask[i];
    }
    if (t->box_mask) {
        uint8_t *boxes = t->box_mask + p, box = (uint8_t)(g->box + 1);
        for (int i = 0; i < n; i++) boxes[i] = wins[i] ? box : boxes[i];
    }
    return 1;
}

static inline int block(Target *t, const Glyph *g, size_t p, const uint8_t *alpha, int n) {
    uint8_t fresh[BLOCK];
    Ink ink;
    for (int i = 0; i < 3 * n; i++) ink.color[i] = g->color[i % 3];
    for (int i = 0; i < 3 * n; i++) ink.alpha[i] = alpha[i / 3];
    /* Where a glyph has been is no ground, but ink of ours. */
    for (int i = 0; i < n; i++) fresh[i] = t->mask && t->strength[p + i] ? 0 : alpha[i];
    tally(g->under, t->canvas + 3 * p, fresh, n);
    blend(t->canvas + 3 * p, &ink, 3 * n);
    if (t->layer) blend(t->layer + 3 * p, &ink, 3 * n);
    return t->mask ? mark(t, g, p, alpha, n) : 0;
}

static inline void clear_columns(Coverage *c) {
    memset(c->columns, 0, (size_t)c->blocks * BLOCK);
    c->first = c->end = 0;
}

static inline void note_row(Coverage *c, int y) {
    if (!c->end) c->first = y;
    c->end = y + 1;
}

/* Lay the glyph's ink on everything, and note where there is any; did it win a pixel of the mask? A
 * block may reach past the glyph, even into the next row: coverage is 0 there, which changes nothing. */
static int lay(Coverage *c, Target *t, const Glyph *g) {
    size_t pixels = (size_t)t->width * (size_t)t->height;
    int won = 0;
    clear_columns(c);
    for (int y = 0; y < c->height; y++) {
        const uint8_t *alpha = c->cover + (size_t)y * c->blocks * BLOCK;
        size_t p = (size_t)(c->top + y) * t->width + c->left;
        for (int b = 0; b < c->blocks; b++, p += BLOCK, alpha += BLOCK) {
            uint64_t any[2];
            memcpy(any, alpha, sizeof any);
            if (!(any[0] | any[1])) continue;
            note_row(c, y);
            for (int i = 0; i < BLOCK; i++) c->columns[b * BLOCK + i] |= alpha[i];
            won |= p + BLOCK <= pixels ? block(t, g, p, alpha, BLOCK)
                                       : block(t, g, p, alpha, (int)(pixels - p));
        }
    }
    return won;
}

static inline int is_free(const Target *t, size_t p) {
    return t->narrow ? !((const uint8_t *)t->mask)[p] : !((const uint16_t *)t->mask)[p];
}

/* A glyph that lost everywhere takes its strongest pixel among those that nobody has. */
static void rescue(const Coverage *c, Target *t, const Glyph *g) {
    t->contested = 1;
    size_t best = 0;
    uint8_t most = 0;
    for (int y = 0; y < c->height; y++) {
        const uint8_t *alpha = c->cover + (size_t)y * c->blocks * BLOCK;
        size_t p = (size_t)(c->top + y) * t->width + c->left;
        for (int x = 0; x < c->width; x++) {
            if (alpha[x] > most && is_free(t, p + x)) {
                most = alpha[x];
                best = p + x;
            }
        }
    }
    if (!most) return;
    if (t->narrow)
        ((uint8_t *)t->mask)[best] = (uint8_t)g->id;
    else
        ((uint16_t *)t->mask)[best] = g->id;
    if (t->box_mask) t->box_mask[best] = (uint8_t)(g->box + 1);
}

/* Has any pixel of the mask between left, top, right and bottom that id? */
static int holds(const Target *t, uint16_t id, const int32_t *ink) {
    for (int y = ink[1]; y < ink[3]; y++) {
        size_t row = (size_t)y * (size_t)t->width;
        for (int x = ink[0]; x < ink[2]; x++) {
            size_t p = row + (size_t)x;
            if (t->narrow ? ((const uint8_t *)t->mask)[p] == (uint8_t)id : ((const uint16_t *)t->mask)[p] == id)
                return 1;
        }
    }
    return 0;
}

/* Does the mask hold each glyph's id somewhere in its ink? Where no glyph took a pixel of another's or
 * went without, it does for all with any. */
static void mark_held(const Target *t, const int32_t *ink, const uint16_t *ids, ptrdiff_t n, uint8_t *held) {
    for (ptrdiff_t i = 0; i < n; i++, ink += 4)
        held[i] = t->mask && ink[3] && (!t->contested || holds(t, ids[i], ink));
}

/* Left, top, right, bottom of the pixels with any ink that lay() noted; zeros where there is none. */
static void measure(const Coverage *c, int32_t *ink) {
    int left = 0, right = c->width;
    memset(ink, 0, 4 * sizeof *ink);
    if (!c->end) return;
    while (!c->columns[left]) left++;
    while (!c->columns[right - 1]) right--;
    ink[0] = c->left + left;
    ink[1] = c->top + c->first;
    ink[2] = c->left + right;
    ink[3] = c->top + c->end;
}

#endif

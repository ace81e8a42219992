/* From summed areas to coverage, and what that does to the pixels: colour, layer, masks, sums. */
#ifndef GLYPHDATA_BLEND_H
#define GLYPHDATA_BLEND_H

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

static inline void expand(Ink *ink, const uint8_t *alpha, int n) {
    for (int i = 0; i < n; i++)
        ink->alpha[3 * i] = ink->alpha[3 * i + 1] = ink->alpha[3 * i + 2] = alpha[i];
}

static inline int block(Target *t, const Glyph *g, Ink *ink, size_t p, const uint8_t *alpha,
                        int n) {
    uint8_t fresh[BLOCK];
    expand(ink, alpha, n);
    /* Where a glyph has been is no ground, but ink of ours. */
    for (int i = 0; i < n; i++) fresh[i] = t->mask && t->strength[p + i] ? 0 : alpha[i];
    tally(g->under, t->canvas + 3 * p, fresh, n);
    blend(t->canvas + 3 * p, ink, 3 * n);
    if (t->layer) blend(t->layer + 3 * p, ink, 3 * n);
    return t->mask ? mark(t, g, p, alpha, n) : 0;
}

/* Lay the glyph's ink on everything; did it win a pixel of the mask? A block may reach past the
 * glyph, even into the next row: coverage is 0 there, which changes nothing. */
static int lay(const Coverage *c, Target *t, const Glyph *g) {
    Ink ink;
    size_t pixels = (size_t)t->width * (size_t)t->height;
    int won = 0;
    for (int i = 0; i < 3 * BLOCK; i++) ink.color[i] = g->color[i % 3];
    for (int y = 0; y < c->height; y++) {
        const uint8_t *alpha = c->cover + (size_t)y * c->blocks * BLOCK;
        size_t p = (size_t)(c->top + y) * t->width + c->left;
        for (int b = 0; b < c->blocks; b++, p += BLOCK, alpha += BLOCK) {
            uint64_t any[2];
            memcpy(any, alpha, sizeof any);
            if (!(any[0] | any[1])) continue;
            won |= p + BLOCK <= pixels ? block(t, g, &ink, p, alpha, BLOCK)
                                       : block(t, g, &ink, p, alpha, (int)(pixels - p));
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

/* Left, top, right, bottom of the pixels with any ink; zeros where there is none. */
static void measure(const Coverage *c, uint8_t *columns, int32_t *ink) {
    int stride = c->blocks * BLOCK, top = -1, bottom = 0, left = 0, right = c->width;
    memset(columns, 0, (size_t)stride);
    memset(ink, 0, 4 * sizeof *ink);
    for (int y = 0; y < c->height; y++) {
        const uint8_t *alpha = c->cover + (size_t)y * stride;
        uint8_t any = 0;
        for (int x = 0; x < stride; x++) {
            columns[x] |= alpha[x];
            any |= alpha[x];
        }
        if (!any) continue;
        if (top < 0) top = y;
        bottom = y + 1;
    }
    if (top < 0) return;
    while (!columns[left]) left++;
    while (!columns[right - 1]) right--;
    ink[0] = c->left + left;
    ink[1] = c->top + top;
    ink[2] = c->left + right;
    ink[3] = c->top + bottom;
}

#endif

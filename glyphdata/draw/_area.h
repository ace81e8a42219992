/* Signed areas: what a straight edge adds to each cell of a window. Whole numbers from here on, so that
 * no order of summing matters.
 */
#ifndef GLYPHDATA_AREA_H
#define GLYPHDATA_AREA_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

#define SUB 256                   /* steps per pixel */
#define FULL (2 * SUB * SUB)      /* the area of one whole pixel */
#define REACH 268435456.0         /* 2^28 steps: points further out are pulled in to here */
#define FINITE 1e15               /* steps: beyond this a coordinate is taken for a mistake */

typedef struct {
    double *points; /* transformed: x, y, w; x and y in steps */
    size_t points_room;
    uint32_t *area; /* signed area per cell; all zero between glyphs */
    size_t area_room;
    uint8_t *cover; /* 0..255 per pixel, rows of `blocks * 16` */
    size_t cover_room;
    int32_t *chain; /* one contour's points in steps, relative to the window: x, y (AVX2 alone) */
    size_t chain_room;
    uint8_t *columns; /* where any row of the window has ink, one byte per pixel */
    size_t columns_room;
    int first, end; /* its rows with ink: the first, and the one after the last; 0, 0 without */
    int left, top, width, height; /* the glyph's window on the canvas */
    int blocks;                   /* of 16 pixels, per row */
    int area_stride;              /* one cell more than the blocks have */
    int projective, inside;       /* does the canvas cut nothing off a glyph that is flat on it? */
} Coverage;

static void coverage_free(Coverage *c) {
    free(c->points);
    free(c->area);
    free(c->cover);
    free(c->chain);
    free(c->columns);
}

static inline double reach(double v) { return v < -REACH ? -REACH : (v > REACH ? REACH : v); }

/* Round to the nearest whole number, halves to even: adding 1.5 * 2^52 leaves it in the low bits of the
 * mantissa. |v| < 2^31. */
static inline int32_t rounded(double v) {
    int64_t bits;
    v += 6755399441055744.0;
    memcpy(&bits, &v, sizeof bits);
    return (int32_t)bits;
}

static inline int32_t steps(double v) { return rounded(reach(v)); }

static inline int min_int(int a, int b) { return a < b ? a : b; }
static inline int max_int(int a, int b) { return a > b ? a : b; }

/* The part of one row between xl <= xr that rises by h: `row` is the row of cells, w its pixels. */
static inline void add_span(uint32_t *row, int w, int xl, int xr, int h) {
    int c = xl >> 8, last = (xr - (xr > xl)) >> 8;
    if (c == last) {
        if (c < 0) {
            row[0] += h * (2 * SUB);
        } else if (c < w) {
            int s = xl + xr - 2 * SUB * c;
            row[c] += h * (2 * SUB - s);
            row[c + 1] += h * s;
        }
        return;
    }
    if (c >= w) return;
    double slope = (double)h / (double)(xr - xl);
    int done = 0, x = xl;
    if (c < 0) { /* all that lies left of the canvas counts in full from its edge on */
        done = last < 0 ? h : rounded((double)(0 - xl) * slope);
        row[0] += done * (2 * SUB);
        if (last < 0) return;
        c = 0;
        x = 0;
    }
    for (int end = min_int(last, w - 1); c <= end; c++) {
        int next = min_int(xr, (c + 1) * SUB);
        int reached = next == xr ? h : rounded((double)(next - xl) * slope);
        int d = reached - done, s = x + next - 2 * SUB * c;
        row[c] += d * (2 * SUB - s);
        row[c + 1] += d * s;
        done = reached, x = next;
    }
}

static void add_line(Coverage *c, int x0, int y0, int x1, int y1) {
    if (y0 == y1) return;
    int sign = 1;
    if (y0 > y1) {
        int x = x0, y = y0;
        x0 = x1, y0 = y1, x1 = x, y1 = y;
        sign = -1;
    }
    int row = max_int(y0 >> 8, 0), last = min_int((y1 - 1) >> 8, c->height - 1);
    if (row > last) return;
    uint32_t *cells = c->area + (size_t)row * c->area_stride;
    if ((y1 - 1) >> 8 == y0 >> 8) {
        int h = sign * (y1 - y0);
        add_span(cells, c->width, min_int(x0, x1), max_int(x0, x1), h);
        return;
    }
    double slope = (double)(x1 - x0) / (double)(y1 - y0);
    int y = max_int(y0, row * SUB);
    int x = y == y0 ? x0 : x0 + rounded((double)(y - y0) * slope);
    for (; row <= last; row++, cells += c->area_stride) {
        int below = min_int(y1, (row + 1) * SUB);
        int at = below == y1 ? x1 : x0 + rounded((double)(below - y0) * slope);
        add_span(cells, c->width, min_int(x, at), max_int(x, at), sign * (below - y));
        x = at, y = below;
    }
}

/* add_span() between a and b where nothing is cut off: nearly all parts lie in one cell or two. */
INLINE void span_inside(uint32_t *row, int a, int b, int h) {
    int xl = min_int(a, b), xr = max_int(a, b), c = xl >> 8, last = (xr - (xr > xl)) >> 8;
    if (c == last) {
        int s = xl + xr - 2 * SUB * c;
        row[c] += (uint32_t)(h * (2 * SUB - s));
        row[c + 1] += (uint32_t)(h * s);
    } else if (c + 1 == last) {
        int middle = last * SUB, s = xl - c * SUB, t = xr - middle;
        int done = rounded((double)(middle - xl) * ((double)h / (double)(xr - xl))), rest = h - done;
        row[c] += (uint32_t)(done * (SUB - s));
        row[c + 1] += (uint32_t)(done * (SUB + s) + rest * (2 * SUB - t));
        row[c + 2] += (uint32_t)(rest * t);
    } else {
        add_span(row, INT32_MAX, xl, xr, h);
    }
}

/* add_line() where nothing is cut off. */
static inline void line_inside(Coverage *c, int x0, int y0, int x1, int y1) {
    int swap = -(y0 > y1), sign = swap | 1, across = (x0 ^ x1) & swap, along = (y0 ^ y1) & swap;
    x0 ^= across, x1 ^= across, y0 ^= along, y1 ^= along;
    int row = y0 >> 8, last = (y1 - 1) >> 8, x = x0, y = y0;
    uint32_t *cells = c->area + (size_t)row * (size_t)c->area_stride;
    if (row < last) {
        double slope = (double)(x1 - x0) / (double)(y1 - y0);
        for (int below = (row + 1) * SUB; row < last; row++, below += SUB) {
            int at = x0 + rounded((double)(below - y0) * slope);
            span_inside(cells, x, at, sign * (below - y));
            x = at, y = below, cells += c->area_stride;
        }
    }
    span_inside(cells, x, x1, sign * (y1 - y));
}

#endif

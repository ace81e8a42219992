/* From an outline to the exact share of every pixel that it covers.
 *
 * Curves are flattened in IEEE doubles, their points rounded to 1/256 pixel, and all that follows is
 * integer arithmetic: a sum of areas does not depend on the order of its terms, so any other
 * program that takes the same steps (twin.py does) finds the same bytes.
 */
#ifndef GLYPHDATA_COVERAGE_H
#define GLYPHDATA_COVERAGE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOVE, LINE, QUAD, CUBIC };

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

#define SUB 256                   /* steps per pixel */
#define FULL (2 * SUB * SUB)      /* the area of one whole pixel */
#define REACH 268435456.0         /* 2^28 steps: points further out are pulled in to here */
#define FINITE 1e15               /* steps: beyond this a coordinate is taken for a mistake */
#define MAX_PIECES 256            /* per curve */
/* 1 / (4 * 7.68)^2 and (0.75 / 7.68)^2: 7.68 steps are 0.03 px, the largest distance between a curve
 * and its chords (h^2 / 8 times the largest second derivative). */
#define QUAD_FACTOR 0.0010596381293402778
#define CUBIC_FACTOR 0.0095367431640625

typedef struct {
    double *points; /* transformed: x, y, w; x and y in steps */
    size_t points_room;
    uint32_t *area; /* signed area per cell; all zero between glyphs */
    size_t area_room;
    uint8_t *cover; /* 0..255 per pixel, rows of `blocks * 16` */
    size_t cover_room;
    int left, top, width, height; /* the glyph's window on the canvas */
    int blocks;                   /* of 16 pixels, per row */
    int area_stride;
    int projective;
} Coverage;

static void coverage_free(Coverage *c) {
    free(c->points);
    free(c->area);
    free(c->cover);
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

typedef struct {
    Coverage *c;
    int x, y; /* the pen, relative to the window */
    int home_x, home_y;
    int projective;
} Pen;

/* A point in whole steps, relative to the window. place() has pulled flat ones within reach. */
INLINE void settle_point(const Pen *pen, double x, double y, double w, int *px, int *py) {
    *px = (pen->projective ? steps(x / w) : rounded(x)) - pen->c->left * SUB;
    *py = (pen->projective ? steps(y / w) : rounded(y)) - pen->c->top * SUB;
}

INLINE void line_to(Pen *pen, double x, double y, double w) {
    int px, py;
    settle_point(pen, x, y, w, &px, &py);
    add_line(pen->c, pen->x, pen->y, px, py);
    pen->x = px;
    pen->y = py;
}

/* How many chords keep within tolerance, where `bend` is the squared length of the control points'
 * second difference times the curve's factor: the least n with n^4 >= bend. Eight comparisons cost less
 * than one branch guessed wrong. */
INLINE int pieces(double bend) {
    int n = 1 + (bend > 1.0) + (bend > 16.0) + (bend > 81.0) + (bend > 256.0) + (bend > 625.0) +
            (bend > 1296.0) + (bend > 2401.0);
    if (n == 8)
        while (n < MAX_PIECES && bend > (double)n * n * n * n) n++;
    return n;
}

/* The squared second difference of three control points, as they lie on the canvas. */
static inline double bend(int projective, const double *p, const double *q, const double *r) {
    double x, y;
    if (projective) {
        x = (p[0] / p[2] - 2.0 * (q[0] / q[2])) + r[0] / r[2];
        y = (p[1] / p[2] - 2.0 * (q[1] / q[2])) + r[1] / r[2];
    } else {
        x = (p[0] - 2.0 * q[0]) + r[0];
        y = (p[1] - 2.0 * q[1]) + r[1];
    }
    return x * x + y * y;
}

INLINE void quad_to(Pen *pen, const double *p, const double *q, const double *r) {
    int n = pieces(bend(pen->projective, p, q, r) * QUAD_FACTOR);
    double step = 1.0 / n;
    double ax = (p[0] - 2.0 * q[0]) + r[0], bx = 2.0 * (q[0] - p[0]);
    double ay = (p[1] - 2.0 * q[1]) + r[1], by = 2.0 * (q[1] - p[1]);
    double aw = (p[2] - 2.0 * q[2]) + r[2], bw = 2.0 * (q[2] - p[2]);
    for (int k = 1; k < n; k++) {
        double t = k * step;
        double w = pen->projective ? (aw * t + bw) * t + p[2] : 1.0;
        line_to(pen, (ax * t + bx) * t + p[0], (ay * t + by) * t + p[1], w);
    }
    line_to(pen, r[0], r[1], r[2]);
}

INLINE void cubic_to(Pen *pen, const double *p, const double *q, const double *r, const double *s) {
    double one = bend(pen->projective, p, q, r), two = bend(pen->projective, q, r, s);
    int n = pieces((one > two ? one : two) * CUBIC_FACTOR);
    double step = 1.0 / n, a[3], b[3], d[3];
    for (int i = 0; i < 3; i++) {
        a[i] = (s[i] - p[i]) + 3.0 * (q[i] - r[i]);
        b[i] = 3.0 * ((p[i] - 2.0 * q[i]) + r[i]);
        d[i] = 3.0 * (q[i] - p[i]);
    }
    for (int k = 1; k < n; k++) {
        double t = k * step;
        double w = pen->projective ? ((a[2] * t + b[2]) * t + d[2]) * t + p[2] : 1.0;
        line_to(pen, ((a[0] * t + b[0]) * t + d[0]) * t + p[0],
                ((a[1] * t + b[1]) * t + d[1]) * t + p[1], w);
    }
    line_to(pen, s[0], s[1], s[2]);
}

INLINE void move_to(Pen *pen, double x, double y, double w) {
    add_line(pen->c, pen->x, pen->y, pen->home_x, pen->home_y);
    settle_point(pen, x, y, w, &pen->home_x, &pen->home_y);
    pen->x = pen->home_x, pen->y = pen->home_y;
}

/* The caller has checked that the verbs use up exactly the points there are. */
INLINE void walk(Coverage *c, const uint8_t *verbs, int n_verbs, int projective) {
    Pen pen = {c, 0, 0, 0, 0, projective};
    const double *p = c->points;
    for (int i = 0; i < n_verbs; i++) {
        switch (verbs[i]) {
        case MOVE:
            move_to(&pen, p[0], p[1], p[2]);
            p += 3;
            break;
        case LINE:
            line_to(&pen, p[0], p[1], p[2]);
            p += 3;
            break;
        case QUAD:
            quad_to(&pen, p - 3, p, p + 3);
            p += 6;
            break;
        default:
            cubic_to(&pen, p - 3, p, p + 3, p + 6);
            p += 9;
        }
    }
    add_line(c, pen.x, pen.y, pen.home_x, pen.home_y);
}

static void walk_flat(Coverage *c, const uint8_t *verbs, int n) { walk(c, verbs, n, 0); }
static void walk_tilted(Coverage *c, const uint8_t *verbs, int n) { walk(c, verbs, n, 1); }

/* A buffer of at least n >= 1 items, zeroed if it is new; NULL where memory is short. */
static void *room(void *buffer, size_t *have, size_t n, size_t size) {
    if (n <= *have) return buffer;
    size_t want = n > 2 * *have ? n : 2 * *have;
    free(buffer);
    buffer = calloc(want, size);
    *have = buffer ? want : 0;
    return buffer;
}

typedef enum { DRAWN, NOTHING, NO_MEMORY, NOT_FINITE, BEHIND } Outcome;

/* Take the outline's points (em, y up) to the canvas; the window is where they may leave ink. */
static Outcome place(Coverage *c, const float *em, int n, const double *m, int width, int height) {
    double h[9], lo_x = REACH, lo_y = REACH, hi_x = -REACH, hi_y = -REACH;
    int bad = 0, behind = 0;
    for (int i = 0; i < 9; i++) h[i] = i < 6 ? m[i] * SUB : m[i];
    c->projective = m[6] != 0.0 || m[7] != 0.0 || m[8] != 1.0;
    c->points = room(c->points, &c->points_room, (size_t)n * 3, sizeof *c->points);
    if (!c->points) return NO_MEMORY;
    for (int i = 0; i < n; i++) {
        double ex = em[2 * i], ey = em[2 * i + 1], *p = c->points + 3 * i;
        double x = (h[0] * ex + h[1] * ey) + h[2], y = (h[3] * ex + h[4] * ey) + h[5];
        if (c->projective) {
            double w = (h[6] * ex + h[7] * ey) + h[8];
            p[0] = x, p[1] = y, p[2] = w;
            behind |= w <= 1e-9;
            bad |= !(fabs(w) <= FINITE);
            x /= w;
            y /= w;
        } else {
            p[0] = reach(x), p[1] = reach(y), p[2] = 1.0;
        }
        bad |= !(fabs(x) <= FINITE && fabs(y) <= FINITE);
        lo_x = x < lo_x ? x : lo_x;
        hi_x = x > hi_x ? x : hi_x;
        lo_y = y < lo_y ? y : lo_y;
        hi_y = y > hi_y ? y : hi_y;
    }
    if (behind) return BEHIND;
    if (bad) return NOT_FINITE;
    /* One step of slack: a chord's point may round to just outside its control points. */
    c->left = max_int((steps(lo_x) - 1) >> 8, 0);
    c->top = max_int((steps(lo_y) - 1) >> 8, 0);
    c->width = min_int(((steps(hi_x) + 1) >> 8) + 1, width) - c->left;
    c->height = min_int(((steps(hi_y) + 1) >> 8) + 1, height) - c->top;
    return c->width > 0 && c->height > 0 ? DRAWN : NOTHING;
}

/* Sum up `c->area` for one outline within the canvas; sweep() turns it into coverage. */
static Outcome trace(Coverage *c, const float *em, int n, const uint8_t *verbs, int n_verbs,
                     const double *m, int width, int height) {
    Outcome outcome = place(c, em, n, m, width, height);
    if (outcome != DRAWN) return outcome;
    c->blocks = (c->width + 15) / 16;
    c->area_stride = c->blocks * 16 + 1;
    size_t rows = (size_t)c->height;
    c->area = room(c->area, &c->area_room, rows * (size_t)c->area_stride, sizeof *c->area);
    c->cover = room(c->cover, &c->cover_room, rows * (size_t)c->blocks * 16, 1);
    if (!c->area || !c->cover) return NO_MEMORY;
    (c->projective ? walk_tilted : walk_flat)(c, verbs, n_verbs);
    return DRAWN;
}

#endif

/* From an outline to the exact share of every pixel that it covers.
 *
 * Curves are flattened in IEEE doubles, their points rounded to 1/256 pixel, and all that follows is
 * integer arithmetic: a sum of areas does not depend on the order of its terms, so any other
 * program that takes the same steps (twin.py does) finds the same bytes.
 */
#ifndef GLYPHDATA_COVERAGE_H
#define GLYPHDATA_COVERAGE_H

#include <math.h>

#include "_area.h"

enum { MOVE, LINE, QUAD, CUBIC };

#define MAX_PIECES 256 /* per curve */
/* 1 / (4 * 7.68)^2 and (0.75 / 7.68)^2: 7.68 steps are 0.03 px, the largest distance between a curve
 * and its chords (h^2 / 8 times the largest second derivative). */
#define QUAD_FACTOR 0.0010596381293402778
#define CUBIC_FACTOR 0.0095367431640625

/* The points (em, y up) and verbs of a glyph; the caller has checked that they belong together. */
typedef struct {
    const uint8_t *verbs;
    const float *points;
    int n_verbs, n_points;
} Outline;

typedef struct {
    Coverage *c;
    int x, y; /* the pen, relative to the window */
    int home_x, home_y;
    int projective, inside;
} Pen;

INLINE void chord(const Pen *pen, int x, int y) {
    (pen->inside ? line_inside : add_line)(pen->c, pen->x, pen->y, x, y);
}

/* A point in whole steps, relative to the window. place() has pulled flat ones within reach. */
INLINE void settle_point(const Pen *pen, double x, double y, double w, int *px, int *py) {
    *px = (pen->projective ? steps(x / w) : rounded(x)) - pen->c->left * SUB;
    *py = (pen->projective ? steps(y / w) : rounded(y)) - pen->c->top * SUB;
}

INLINE void line_to(Pen *pen, double x, double y, double w) {
    int px, py;
    settle_point(pen, x, y, w, &px, &py);
    chord(pen, px, py);
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
    chord(pen, pen->home_x, pen->home_y);
    settle_point(pen, x, y, w, &pen->home_x, &pen->home_y);
    pen->x = pen->home_x, pen->y = pen->home_y;
}

INLINE void walk_as(Coverage *c, const Outline *o, int projective, int inside) {
    Pen pen = {c, 0, 0, 0, 0, projective, inside};
    const double *p = c->points;
    for (int i = 0; i < o->n_verbs; i++) {
        switch (o->verbs[i]) {
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
    chord(&pen, pen.home_x, pen.home_y);
}

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

/* The window of a glyph between these coordinates. One step of slack: a chord's point may round to just
 * outside its control points. */
static Outcome window(Coverage *c, double lo_x, double lo_y, double hi_x, double hi_y, int width,
                      int height) {
    int left = (steps(lo_x) - 1) >> 8, right = ((steps(hi_x) + 1) >> 8) + 1;
    int top = (steps(lo_y) - 1) >> 8, bottom = ((steps(hi_y) + 1) >> 8) + 1;
    c->inside = !c->projective && left >= 0 && top >= 0 && right <= width && bottom <= height;
    c->left = max_int(left, 0);
    c->top = max_int(top, 0);
    c->width = min_int(right, width) - c->left;
    c->height = min_int(bottom, height) - c->top;
    return c->width > 0 && c->height > 0 ? DRAWN : NOTHING;
}

/* Take the outline's points (em, y up) to the canvas; the window is where they may leave ink. */
static Outcome place(Coverage *c, const Outline *o, const double *m, int width, int height) {
    const float *em = o->points;
    int n = o->n_points;
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
    return window(c, lo_x, lo_y, hi_x, hi_y, width, height);
}

/* Memory for the window, zeroed; 0 where it is short. */
static int make_room(Coverage *c) {
    size_t rows = (size_t)c->height;
    c->blocks = (c->width + 15) / 16;
    c->area_stride = c->blocks * 16 + 1;
    c->area = room(c->area, &c->area_room, rows * (size_t)c->area_stride, sizeof *c->area);
    c->cover = room(c->cover, &c->cover_room, rows * (size_t)c->blocks * 16, 1);
    c->columns = room(c->columns, &c->columns_room, (size_t)c->blocks * 16, 1);
    return c->area && c->cover && c->columns;
}

static void walk_inside(Coverage *c, const Outline *o) { walk_as(c, o, 0, 1); }
static void walk_flat(Coverage *c, const Outline *o) { walk_as(c, o, 0, 0); }
static void walk_tilted(Coverage *c, const Outline *o) { walk_as(c, o, 1, 0); }

/* Sum up `c->area` for the outline that was placed; sweep() turns it into coverage. */
static Outcome walk(Coverage *c, const Outline *o) {
    (c->projective ? walk_tilted : c->inside ? walk_inside : walk_flat)(c, o);
    return DRAWN;
}

#endif

/* place() and walk() for glyphs that lie flat and whole on the canvas, nearly all there are, for processors with
 * AVX2: a contour is first cut into points, four of a curve at a time, then added chord by chord. The
 * doubles take the same steps in the same order, so the integers are the same.
 */
#ifndef GLYPHDATA_FLAT_AVX2_H
#define GLYPHDATA_FLAT_AVX2_H

#include "_avx2.h"

#ifdef HAS_AVX2

/* Take the outline's points to the canvas, x and y in steps; the window is where they leave ink. What
 * is not inside is left to place(). */
AVX2 static Outcome place_avx2(Coverage *c, const Outline *o, const double *m, int width, int height) {
    if (m[6] != 0.0 || m[7] != 0.0 || m[8] != 1.0) return place(c, o, m, width, height);
    const __m256d sub = _mm256_set1_pd(SUB), far = _mm256_set1_pd(FINITE);
    const __m256d along = _mm256_mul_pd(_mm256_setr_pd(m[0], m[3], m[0], m[3]), sub);
    const __m256d upward = _mm256_mul_pd(_mm256_setr_pd(m[1], m[4], m[1], m[4]), sub);
    const __m256d shift = _mm256_mul_pd(_mm256_setr_pd(m[2], m[5], m[2], m[5]), sub);
    __m256d low = _mm256_set1_pd(REACH), high = _mm256_set1_pd(-REACH), good = _mm256_cmp_pd(
        low, low, _CMP_EQ_OQ);
    const float *em = o->points;
    int n = o->n_points;
    c->points = room(c->points, &c->points_room, (size_t)n * 3 + 4, sizeof *c->points);
    if (!c->points) return NO_MEMORY;
    for (int i = 0; i < n; i += 2) {
        int other = i + 1 < n ? i + 1 : i; /* an odd one out is taken twice */
        __m128 pair = _mm_loadl_pi(_mm_setzero_ps(), (const __m64 *)(em + 2 * i));
        __m256d p = _mm256_cvtps_pd(_mm_loadh_pi(pair, (const __m64 *)(em + 2 * other)));
        __m256d at = _mm256_add_pd(_mm256_add_pd(_mm256_mul_pd(along, _mm256_movedup_pd(p)),
                                                 _mm256_mul_pd(upward, _mm256_permute_pd(p, 15))),
                                   shift);
        _mm256_storeu_pd(c->points + 2 * i, at);
        low = _mm256_min_pd(at, low);
        high = _mm256_max_pd(at, high);
        __m256d size = _mm256_andnot_pd(_mm256_set1_pd(-0.0), at);
        good = _mm256_and_pd(good, _mm256_cmp_pd(size, far, _CMP_LE_OQ));
    }
    if (_mm256_movemask_pd(good) != 15) return NOT_FINITE;
    __m128d lo = _mm_min_pd(_mm256_castpd256_pd128(low), _mm256_extractf128_pd(low, 1));
    __m128d hi = _mm_max_pd(_mm256_castpd256_pd128(high), _mm256_extractf128_pd(high, 1));
    c->projective = 0;
    Outcome outcome = window(c, _mm_cvtsd_f64(lo), _mm_cvtsd_f64(_mm_unpackhi_pd(lo, lo)),
                             _mm_cvtsd_f64(hi), _mm_cvtsd_f64(_mm_unpackhi_pd(hi, hi)), width, height);
    return outcome != DRAWN || c->inside ? outcome : place(c, o, m, width, height);
}

/* The points of a contour so far; `origin` is the window's corner, in steps, twice. */
typedef struct {
    int32_t *to;
    __m128i origin;
} Chain;

AVX2_INLINE void add_point(Chain *chain, __m128d p) {
    __m128i at = _mm_sub_epi32(_mm_cvtpd_epi32(p), chain->origin);
    _mm_storel_epi64((__m128i *)chain->to, at);
    chain->to += 2;
}

/* pieces() by counting the powers that are too small. */
AVX2_INLINE int pieces_avx2(double bend) {
    __m256d b = _mm256_set1_pd(bend);
    int over = _mm256_movemask_pd(_mm256_cmp_pd(b, _mm256_setr_pd(1, 16, 81, 256), _CMP_GT_OQ));
    int more = _mm256_movemask_pd(_mm256_cmp_pd(b, _mm256_setr_pd(625, 1296, 2401, 1e300), _CMP_GT_OQ));
    int n = 1 + __builtin_popcount((unsigned)(over | more << 4));
    return n < 8 ? n : pieces(bend);
}

AVX2_INLINE double squared(__m128d v) {
    v = _mm_mul_pd(v, v);
    return _mm_cvtsd_f64(_mm_add_sd(v, _mm_unpackhi_pd(v, v)));
}

AVX2_INLINE __m128d second_difference(__m128d p, __m128d q, __m128d r) {
    return _mm_add_pd(_mm_sub_pd(p, _mm_mul_pd(_mm_set1_pd(2.0), q)), r);
}

typedef struct {
    __m256d x[4], y[4]; /* coefficients, the constant first; in every lane the same */
} Curve;

AVX2_INLINE void coefficient(Curve *curve, int i, __m128d v) {
    curve->x[i] = _mm256_broadcastsd_pd(v);
    curve->y[i] = _mm256_broadcastsd_pd(_mm_unpackhi_pd(v, v));
}

/* Points 1 to n of a curve of that degree, the last of which is `end` itself. There is memory for
 * whole fours. */
AVX2_INLINE void add_curve(Chain *chain, const Curve *curve, int degree, int n, __m128d end) {
    __m256d k = _mm256_setr_pd(1, 2, 3, 4), step = _mm256_set1_pd(1.0 / n);
    for (int i = 0; i < n; i += 4, k = _mm256_add_pd(k, _mm256_set1_pd(4.0))) {
        __m256d t = _mm256_mul_pd(k, step), x = curve->x[degree], y = curve->y[degree];
        for (int d = degree - 1; d >= 0; d--) {
            x = _mm256_add_pd(_mm256_mul_pd(x, t), curve->x[d]);
            y = _mm256_add_pd(_mm256_mul_pd(y, t), curve->y[d]);
        }
        __m128i xs = _mm256_cvtpd_epi32(x), ys = _mm256_cvtpd_epi32(y);
        __m128i *to = (__m128i *)(chain->to + 2 * i);
        _mm_storeu_si128(to, _mm_sub_epi32(_mm_unpacklo_epi32(xs, ys), chain->origin));
        _mm_storeu_si128(to + 1, _mm_sub_epi32(_mm_unpackhi_epi32(xs, ys), chain->origin));
    }
    chain->to += 2 * (n - 1);
    add_point(chain, end);
}

AVX2_INLINE void add_quad(Chain *chain, const double *points) {
    __m128d p = _mm_loadu_pd(points), q = _mm_loadu_pd(points + 2), r = _mm_loadu_pd(points + 4);
    __m128d bent = second_difference(p, q, r);
    Curve curve;
    coefficient(&curve, 0, p);
    coefficient(&curve, 1, _mm_mul_pd(_mm_set1_pd(2.0), _mm_sub_pd(q, p)));
    coefficient(&curve, 2, bent);
    add_curve(chain, &curve, 2, pieces_avx2(squared(bent) * QUAD_FACTOR), r);
}

AVX2_INLINE void add_cubic(Chain *chain, const double *points) {
    const __m128d three = _mm_set1_pd(3.0);
    __m128d p = _mm_loadu_pd(points), q = _mm_loadu_pd(points + 2);
    __m128d r = _mm_loadu_pd(points + 4), s = _mm_loadu_pd(points + 6);
    __m128d bent = second_difference(p, q, r);
    double one = squared(bent), two = squared(second_difference(q, r, s));
    Curve curve;
    coefficient(&curve, 0, p);
    coefficient(&curve, 1, _mm_mul_pd(three, _mm_sub_pd(q, p)));
    coefficient(&curve, 2, _mm_mul_pd(three, bent));
    coefficient(&curve, 3, _mm_add_pd(_mm_sub_pd(s, p), _mm_mul_pd(three, _mm_sub_pd(q, r))));
    add_curve(chain, &curve, 3, pieces_avx2((one > two ? one : two) * CUBIC_FACTOR), s);
}

/* Add the contour whose points are there, closed, and begin the next. */
static void close_contour(Coverage *c, Chain *chain) {
    int32_t *p = c->chain, *end = chain->to;
    if (end > p) {
        end[0] = p[0], end[1] = p[1];
        for (; p < end; p += 2) line_inside(c, p[0], p[1], p[2], p[3]);
    }
    chain->to = c->chain;
}

/* Memory for one more verb, whatever it is. */
static int longer(Coverage *c, Chain *chain) {
    size_t used = (size_t)(chain->to - c->chain), need = used + 2 * MAX_PIECES + 16;
    if (need <= c->chain_room) return 1;
    int32_t *grown = realloc(c->chain, 2 * need * sizeof *grown);
    if (!grown) return 0;
    c->chain = grown;
    c->chain_room = 2 * need;
    chain->to = grown + used;
    return 1;
}

AVX2 static Outcome walk_avx2(Coverage *c, const Outline *o) {
    if (!c->inside) return walk(c, o);
    Chain chain = {c->chain, _mm_setr_epi32(c->left * SUB, c->top * SUB, c->left * SUB, c->top * SUB)};
    const double *p = c->points;
    for (int i = 0; i < o->n_verbs; i++) {
        if (!longer(c, &chain)) return NO_MEMORY;
        switch (o->verbs[i]) {
        case MOVE:
            close_contour(c, &chain); /* and on to */ /* fall through */
        case LINE:
            add_point(&chain, _mm_loadu_pd(p));
            p += 2;
            break;
        case QUAD:
            add_quad(&chain, p - 2);
            p += 4;
            break;
        default:
            add_cubic(&chain, p - 2);
            p += 6;
        }
    }
    close_contour(c, &chain);
    return DRAWN;
}

#endif
#endif

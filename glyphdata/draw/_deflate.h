/* A zlib stream (RFC 1950, 1951) of the rows of a PNG, made for masks: a greedy matcher that knows two
 * distances only (the pixel before, the byte above) and one dynamic Huffman block. The bytes depend on
 * the pixels alone, on no library and no processor.
 */
#ifndef GLYPHDATA_DEFLATE_H
#define GLYPHDATA_DEFLATE_H

#include "_huffman.h"

#if defined(__GNUC__) && defined(__SSE2__)
#define HAS_SSE2 1
#include <emmintrin.h>
#endif

#if defined(__GNUC__)
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE
#endif

/* The n bytes of a PNG's rows. Most of a mask is empty above and below its text: all bytes before `to`
 * are zero, and all from `from` on. Only bytes lo to hi are in memory, at bytes[0] and on: enough for
 * everything that a match may reach from the bytes between. */
typedef struct {
    const uint8_t *bytes;
    size_t n, lo, hi, to, from;
    size_t near, above; /* distances: the pixel before, the byte above, perhaps out of reach */
} Raw;

/* Memory that is kept for the next picture, if it is not too much. */
typedef struct {
    void *memory;
    size_t size;
} Kept;

#define REACHABLE 32768 /* bytes: no distance in a stream is longer */
#define KEPT_BYTES ((size_t)4 << 20)

static void *borrow(Kept *kept, size_t size) {
    if (size <= kept->size) return kept->memory;
    free(kept->memory);
    kept->memory = malloc(size);
    kept->size = kept->memory ? size : 0;
    return kept->memory;
}

static void give_back(Kept *kept) {
    if (kept->size <= KEPT_BYTES) return;
    free(kept->memory);
    *kept = (Kept){NULL, 0};
}

static int empty64(const uint8_t *p) {
    uint64_t q[8], any = 0;
    memcpy(q, p, 64);
    for (int i = 0; i < 8; i++) any |= q[i];
    return !any;
}

/* How many zero bytes there are at the start and at the end, to 64. */
static size_t zeros_before(const uint8_t *p, size_t n) {
    size_t k = 0;
    while (k + 64 <= n && empty64(p + k)) k += 64;
    return k;
}

static size_t zeros_after(const uint8_t *p, size_t n) {
    size_t k = 0;
    while (k + 64 <= n && empty64(p + n - k - 64)) k += 64;
    return k;
}

/* Which of 64 bytes differ, one bit each. */
static inline uint64_t differing(const uint8_t *p, const uint8_t *q) {
    uint64_t bits = 0;
#ifdef HAS_SSE2
    for (int i = 0; i < 4; i++) {
        __m128i a = _mm_loadu_si128((const __m128i *)p + i), b = _mm_loadu_si128((const __m128i *)q + i);
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b)) << 16 * i;
    }
    return ~bits;
#else
    for (int i = 0; i < 64; i++) bits |= (uint64_t)(p[i] != q[i]) << i;
    return bits;
#endif
}

/* How many bytes are the same, of at most `most`. */
NOINLINE static int same(const uint8_t *p, const uint8_t *q, int most) {
    int n = 0;
    while (n + 64 <= most && !differing(p + n, q + n)) n += 64;
    while (n < most && p[n] == q[n]) n++;
    return n;
}

/* What the next bytes are like: bit k of each word says that byte k differs from its match. The words
 * are good for `bits` bytes, at most 63, and the bit after those is set. */
typedef struct {
    uint64_t left, up;
    int bits;
} View;

#if defined(__GNUC__)
#define FIRST_BIT(v) __builtin_ctzll(v)
#else
static inline int first_bit(uint64_t v) {
    int n = 0;
    for (; !(v & 1); v >>= 1) n++;
    return n;
}
#define FIRST_BIT(v) first_bit(v)
#endif

/* The lengths of both matches at byte i, and the view from there on. */
NOINLINE static void look(const Raw *raw, size_t i, View *view, int *left, int *up) {
    int most = raw->n - i < LONGEST ? (int)(raw->n - i) : LONGEST, done = 0;
    view->bits = *left = *up = 0;
    if (i < raw->near) return;
    if (i + (size_t)most <= raw->to || i - raw->near >= raw->from) {
        *left = most;
        return;
    }
    int reaches = i >= raw->above && raw->above <= REACHABLE;
    const uint8_t *p = raw->bytes + (i - raw->lo), *before = p - raw->near;
    const uint8_t *over = reaches ? p - raw->above : before;
    if (reaches && i + 64 <= raw->hi) {
        const uint64_t end = (uint64_t)1 << 63;
        *view = (View){differing(p, before) | end, differing(p, over) | end, done = 63};
        *left = FIRST_BIT(view->left);
        *up = FIRST_BIT(view->up);
    }
    if (*left == done) *left += same(p + done, before + done, most - done);
    if (*up == done && reaches && *left < most) *up += same(p + done, over + done, most - done);
}

/* Cut the bytes into tokens and count them; the number of tokens. The nearer match wins a tie: its
 * distance takes fewer bits. Most tokens are short: one view serves several, without a look at memory
 * that would have to wait for the token before. */
static size_t tokenize(const Raw *raw, uint16_t *tokens, uint32_t *counts) {
    size_t made = 0;
    View view = {1, 1, 0};
    for (size_t i = 0; i < raw->n;) {
        int left = FIRST_BIT(view.left), up = FIRST_BIT(view.up);
        if (left >= view.bits || up >= view.bits) look(raw, i, &view, &left, &up);
        int best = up > left ? up : left, found = best >= SHORTEST;
        int literal = i - raw->lo < raw->hi - raw->lo ? raw->bytes[i - raw->lo] : 0;
        int match = 256 + 2 * (best - SHORTEST) + (up > left);
        int token = found ? match : literal, step = found ? best : 1;
        counts[token]++;
        tokens[made++] = (uint16_t)token;
        i += (size_t)step;
        if (step < view.bits) {
            view.left >>= step;
            view.up >>= step;
            view.bits -= step;
        } else {
            view = (View){1, 1, 0};
        }
    }
    return made;
}

/* The sum of 64 bytes, and that of each times how many are left from it on: 64 for the first. */
static inline void sum64(const uint8_t *p, uint32_t *sum, uint32_t *rising) {
#ifdef HAS_SSE2
    const __m128i none = _mm_setzero_si128(), eight = _mm_set1_epi16(8);
    __m128i plain = none, weighted = none;
    __m128i weight = _mm_setr_epi16(64, 63, 62, 61, 60, 59, 58, 57);
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)p + i);
        plain = _mm_add_epi64(plain, _mm_sad_epu8(v, none));
        weighted = _mm_add_epi32(weighted, _mm_madd_epi16(_mm_unpacklo_epi8(v, none), weight));
        weight = _mm_sub_epi16(weight, eight);
        weighted = _mm_add_epi32(weighted, _mm_madd_epi16(_mm_unpackhi_epi8(v, none), weight));
        weight = _mm_sub_epi16(weight, eight);
    }
    plain = _mm_add_epi32(plain, _mm_unpackhi_epi64(plain, plain));
    weighted = _mm_add_epi32(weighted, _mm_unpackhi_epi64(weighted, weighted));
    weighted = _mm_add_epi32(weighted, _mm_shuffle_epi32(weighted, 1));
    *sum = (uint32_t)_mm_cvtsi128_si32(plain);
    *rising = (uint32_t)_mm_cvtsi128_si32(weighted);
#else
    *sum = *rising = 0;
    for (int i = 0; i < 64; i++) {
        *sum += p[i];
        *rising += (uint32_t)(64 - i) * p[i];
    }
#endif
}

/* Adler-32 of the bytes (RFC 1950, 9). n zero bytes add n times a to b, and nothing to a. */
static uint32_t adler32(const Raw *raw) {
    uint32_t a = 1, b = (uint32_t)(raw->to % 65521);
    const uint8_t *p = raw->bytes + (raw->to - raw->lo);
    size_t n = raw->from - raw->to;
    while (n) {
        size_t chunk = n < 5504 ? n : 5504; /* 86 * 64: as far as 32 bits hold b */
        n -= chunk;
        for (; chunk >= 64; chunk -= 64, p += 64) {
            uint32_t sum, rising;
            sum64(p, &sum, &rising);
            b += 64 * a + rising;
            a += sum;
        }
        for (; chunk; chunk--) {
            a += *p++;
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    b = (uint32_t)((b + (uint64_t)a * ((raw->n - raw->from) % 65521)) % 65521);
    return b << 16 | a;
}

static Kept kept_tokens;

/* The zlib stream of the bytes, in memory to be freed; NULL where memory is short. */
static uint8_t *zlib_stream(const Raw *raw, size_t *size) {
    uint32_t counts[TOKENS] = {0}, symbols[LITERALS] = {0};
    uint8_t lengths[LITERALS], distances[DISTANCES] = {0};
    uint16_t codes[LITERALS];
    Word words[TOKENS];
    /* At most one for each byte between, and one for each match of zeros around, less than whole at
     * both ends of either. */
    size_t most = raw->hi - raw->lo + raw->n / LONGEST + 16;
    uint16_t *tokens = borrow(&kept_tokens, most * sizeof *tokens);
    if (!tokens) return NULL;
    size_t made = tokenize(raw, tokens, counts);
    int reachable = raw->above <= REACHABLE;
    Coded distance[2] = {coded_distance((int)raw->near), coded_distance(reachable ? (int)raw->above : 4)};
    for (int t = 0; t < TOKENS; t++)
        if (counts[t]) symbols[t < 256 ? t : coded_length((t - 256) / 2 + SHORTEST).symbol] += counts[t];
    symbols[END] = 1;
    code_lengths(symbols, LITERALS, 15, lengths);
    assign_codes(lengths, LITERALS, codes);
    distances[distance[0].symbol] = distances[distance[1].symbol] = 1;
    uint64_t bits = words_of(counts, distance, lengths, codes, words);
    uint8_t *out = malloc((size_t)(bits / 8) + 1024); /* no header is longer than 600 bytes */
    if (out) {
        int n_literals = LITERALS, n_distances = distance[1].symbol + 1;
        while (!lengths[n_literals - 1]) n_literals--;
        Writer w = {out + 2, 0, 0};
        out[0] = 0x78;
        out[1] = 0x01;
        put_header(&w, lengths, n_literals, distances, n_distances);
        for (size_t i = 0; i < made; i++) put(&w, words[tokens[i]].value, words[tokens[i]].bits);
        put(&w, codes[END], lengths[END]);
        if (w.bits) w.out++; /* the bits held are in memory already */
        uint32_t check = adler32(raw);
        for (int i = 0; i < 4; i++) *w.out++ = (uint8_t)(check >> (24 - 8 * i));
        *size = (size_t)(w.out - out);
    }
    give_back(&kept_tokens);
    return out;
}

/* PNG's rows of an array: a filter byte 0, then the samples, of two bytes the high one first. */
static void lay_rows(uint8_t *raw, const uint8_t *from, size_t rows, size_t width, int wide_samples) {
    for (size_t y = 0; y < rows; y++, raw += width + 1, from += width) {
        raw[0] = 0;
        if (!wide_samples) {
            memcpy(raw + 1, from, width);
            continue;
        }
        size_t x = 0;
#ifdef HAS_SSE2
        for (; x + 16 <= width; x += 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(from + x));
            v = _mm_or_si128(_mm_slli_epi16(v, 8), _mm_srli_epi16(v, 8));
            _mm_storeu_si128((__m128i *)(raw + 1 + x), v);
        }
#endif
        for (; x < width; x += 2) {
            uint16_t v;
            memcpy(&v, from + x, 2);
            uint8_t both[2] = {(uint8_t)(v >> 8), (uint8_t)v};
            memcpy(raw + 1 + x, both, 2);
        }
    }
}

static Kept kept_rows;

/* The zlib stream of an array of that many rows of `width` bytes; NULL where memory is short. */
static uint8_t *deflate_array(const uint8_t *array, size_t rows, size_t width, size_t near,
                              int wide_samples, size_t *size) {
    size_t all = rows * width, stride = width + 1, blank = zeros_before(array, all);
    size_t first = blank < all ? blank / width : 0;
    size_t last = blank < all ? (all - zeros_after(array + blank, all - blank) - 1) / width + 1 : 0;
    /* As many rows of zeros around as a match may reach. */
    size_t above = (LONGEST + near) / stride + 2, below = (LONGEST + near) / stride + 1;
    size_t start = first > above ? first - above : 0, end = last + below < rows ? last + below : rows;
    uint8_t *bytes = borrow(&kept_rows, (end - start) * stride);
    if (!bytes) return NULL;
    lay_rows(bytes, array + start * width, end - start, width, wide_samples);
    Raw raw = {bytes, rows * stride, start * stride, end * stride, first * stride, last * stride,
               near, stride};
    uint8_t *out = zlib_stream(&raw, size);
    give_back(&kept_rows);
    return out;
}

#endif

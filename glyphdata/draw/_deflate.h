/* A zlib stream (RFC 1950, 1951) of the rows of a PNG, made for masks: a greedy matcher that knows two
 * distances only (the pixel before, the byte above) and one dynamic Huffman block. The bytes depend on
 * the pixels alone, on no library and no processor.
 */
#ifndef GLYPHDATA_DEFLATE_H
#define GLYPHDATA_DEFLATE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SHORTEST = 3, LONGEST = 258, END = 256, LITERALS = 286, DISTANCES = 30, LENGTHS = 19 };

/* A token is a literal byte, or 256 + 2 * (length - 3) + (1 for the byte above). */
#define TOKENS (256 + 2 * (LONGEST - SHORTEST + 1))

typedef struct {
    uint8_t *out;
    uint64_t held;
    int bits;
} Writer;

/* The writer's memory has eight bytes more than the stream needs. */
static inline void put(Writer *w, uint64_t value, int bits) {
    w->held |= value << w->bits;
    w->bits += bits;
    for (int i = 0; i < 8; i++) w->out[i] = (uint8_t)(w->held >> (8 * i));
    w->out += w->bits >> 3;
    w->held >>= w->bits & ~7;
    w->bits &= 7;
}

static int by_weight(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Code lengths of at most `limit` bits: Huffman's tree; where it is too deep, once more with the counts
 * halved. Of equal weights the lower symbol goes first, and a leaf before a branch. */
static void code_lengths(const uint32_t *counts, int n, int limit, uint8_t *lengths) {
    uint64_t leaves[LITERALS], weight[2 * LITERALS];
    int parent[2 * LITERALS], depth[2 * LITERALS];
    for (int halved = 0;; halved++) {
        int used = 0, deepest = 0;
        memset(lengths, 0, (size_t)n);
        for (int i = 0; i < n; i++) {
            uint64_t count = counts[i];
            for (int k = 0; k < halved; k++) count = (count + 1) / 2;
            if (count) leaves[used++] = count << 16 | (uint64_t)i;
        }
        qsort(leaves, (size_t)used, sizeof *leaves, by_weight);
        for (int i = 0; i < used; i++) weight[i] = leaves[i] >> 16;
        int leaf = 0, branch = used, made = used;
        for (; made < 2 * used - 1; made++) {
            weight[made] = 0;
            for (int k = 0; k < 2; k++) {
                int left = leaf < used && (branch == made || weight[leaf] <= weight[branch]);
                int child = left ? leaf++ : branch++;
                parent[child] = made;
                weight[made] += weight[child];
            }
        }
        depth[made - 1] = 0;
        for (int i = made - 2; i >= 0; i--) {
            depth[i] = depth[parent[i]] + 1;
            if (i < used && depth[i] > deepest) deepest = depth[i];
        }
        if (deepest > limit) continue;
        for (int i = 0; i < used; i++) lengths[leaves[i] & 0xFFFF] = (uint8_t)depth[i];
        return;
    }
}

/* Canonical codes (RFC 1951, 3.2.2), bit-reversed as the stream wants them. */
static void assign_codes(const uint8_t *lengths, int n, uint16_t *codes) {
    uint32_t next = 0;
    for (int bits = 1; bits <= 15; bits++) {
        next <<= 1;
        for (int i = 0; i < n; i++) {
            if (lengths[i] != bits) continue;
            uint32_t code = next++, reversed = 0;
            for (int b = 0; b < bits; b++) reversed |= (code >> b & 1) << (bits - 1 - b);
            codes[i] = (uint16_t)reversed;
        }
    }
}

typedef struct {
    int symbol, extra_bits, extra;
} Coded;

static int log2_of(uint32_t v) {
    int n = 0;
    while (v >>= 1) n++;
    return n;
}

static Coded coded_length(int length) {
    int v = length - SHORTEST, h = v > 3 ? log2_of((uint32_t)v) : 2;
    if (length == LONGEST) return (Coded){285, 0, 0};
    if (v < 4) return (Coded){257 + v, 0, 0};
    return (Coded){257 + 4 * (h - 1) + (v >> (h - 2) & 3), h - 2, v & ((1 << (h - 2)) - 1)};
}

static Coded coded_distance(int distance) {
    int v = distance - 1, h = v > 1 ? log2_of((uint32_t)v) : 1;
    if (v < 2) return (Coded){v, 0, 0};
    return (Coded){2 * h + (v >> (h - 1) & 1), h - 1, v & ((1 << (h - 1)) - 1)};
}

static inline int same(const uint8_t *p, const uint8_t *q, int most) {
    int n = 0;
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; n + 8 <= most; n += 8) {
        uint64_t a, b;
        memcpy(&a, p + n, 8);
        memcpy(&b, q + n, 8);
        if (a != b) return n + (__builtin_ctzll(a ^ b) >> 3);
    }
#endif
    while (n < most && p[n] == q[n]) n++;
    return n;
}

/* Where the bytes at the start and at the end that are all zero stop and begin, to 64 bytes: most of
 * a mask is empty above and below its text. */
typedef struct {
    size_t to, from;
} Empty;

static int empty64(const uint8_t *p) {
    uint64_t q[8], any = 0;
    memcpy(q, p, 64);
    for (int i = 0; i < 8; i++) any |= q[i];
    return !any;
}

static Empty empty_ends(const uint8_t *raw, size_t n) {
    Empty e = {0, n};
    while (e.to + 64 <= n && empty64(raw + e.to)) e.to += 64;
    while (e.from >= e.to + 64 && empty64(raw + e.from - 64)) e.from -= 64;
    return e;
}

/* Cut `raw` into tokens and count them; the number of tokens. The nearer match wins a tie: its
 * distance takes fewer bits. */
static size_t tokenize(const uint8_t *raw, size_t n, Empty empty, size_t near, size_t above,
                       uint16_t *tokens, uint32_t *counts) {
    size_t made = 0;
    for (size_t i = 0; i < n;) {
        int most = n - i < LONGEST ? (int)(n - i) : LONGEST;
        int known = i >= near && (i + (size_t)most <= empty.to || i - near >= empty.from);
        int left = known ? most : i >= near ? same(raw + i, raw + i - near, most) : 0;
        int up = left < most && i >= above ? same(raw + i, raw + i - above, most) : 0;
        int best = up > left ? up : left;
        int token = raw[i];
        if (best >= SHORTEST)
            token = 256 + 2 * (best - SHORTEST) + (up > left);
        else
            best = 1;
        counts[token]++;
        tokens[made++] = (uint16_t)token;
        i += (size_t)best;
    }
    return made;
}

/* n zero bytes add n times a to b, and nothing to a. */
static uint32_t adler32(const uint8_t *raw, size_t all, Empty empty) {
    uint32_t a = 1, b = (uint32_t)(empty.to % 65521);
    const uint8_t *p = raw + empty.to;
    size_t n = empty.from - empty.to;
    while (n) {
        size_t chunk = n < 5504 ? n : 5504; /* 86 * 64: as far as 32 bits hold b */
        n -= chunk;
        for (; chunk >= 64; chunk -= 64, p += 64) {
            b += 64 * a;
            if (empty64(p)) continue;
            uint32_t sum = 0, rising = 0;
            for (int i = 0; i < 64; i++) {
                sum += p[i];
                rising += (uint32_t)(64 - i) * p[i];
            }
            a += sum;
            b += rising;
        }
        for (; chunk; chunk--) {
            a += *p++;
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    b = (uint32_t)((b + (uint64_t)a * ((all - empty.from) % 65521)) % 65521);
    return b << 16 | a;
}

/* The lengths of both alphabets, run-length coded: symbols 0..18, and what follows 16, 17, 18. */
static int runs(const uint8_t *lengths, int n, uint8_t *symbols, uint8_t *extras) {
    int made = 0;
    for (int i = 0; i < n;) {
        int value = lengths[i], run = 1;
        while (i + run < n && lengths[i + run] == value) run++;
        i += run;
        if (value) { /* the value itself, then repeats of 3 to 6 */
            symbols[made] = (uint8_t)value;
            extras[made++] = 0;
            run--;
        }
        int least = 3, most = value ? 6 : 138;
        while (run >= least) {
            int take = run < most ? run : most;
            symbols[made] = value ? 16 : take < 11 ? 17 : 18;
            extras[made++] = (uint8_t)(take - (value || take < 11 ? 3 : 11));
            run -= take;
        }
        for (; run > 0; run--) {
            symbols[made] = (uint8_t)value;
            extras[made++] = 0;
        }
    }
    return made;
}

static void put_header(Writer *w, const uint8_t *literals, int n_literals, const uint8_t *distances,
                       int n_distances) {
    static const uint8_t ORDER[LENGTHS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                           11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t all[LITERALS + DISTANCES], symbols[LITERALS + DISTANCES], extras[LITERALS + DISTANCES];
    uint8_t lengths[LENGTHS];
    uint16_t codes[LENGTHS];
    uint32_t counts[LENGTHS] = {0};
    memcpy(all, literals, (size_t)n_literals);
    memcpy(all + n_literals, distances, (size_t)n_distances);
    int made = runs(all, n_literals + n_distances, symbols, extras), shown = LENGTHS;
    for (int i = 0; i < made; i++) counts[symbols[i]]++;
    code_lengths(counts, LENGTHS, 7, lengths);
    assign_codes(lengths, LENGTHS, codes);
    while (shown > 4 && !lengths[ORDER[shown - 1]]) shown--;
    put(w, 5, 3); /* the last block, dynamic */
    put(w, (uint64_t)(n_literals - 257), 5);
    put(w, (uint64_t)(n_distances - 1), 5);
    put(w, (uint64_t)(shown - 4), 4);
    for (int i = 0; i < shown; i++) put(w, lengths[ORDER[i]], 3);
    for (int i = 0; i < made; i++) {
        int s = symbols[i];
        put(w, codes[s], lengths[s]);
        if (s > 15) put(w, extras[i], s == 16 ? 2 : s == 17 ? 3 : 7);
    }
}

typedef struct {
    uint64_t value;
    int bits;
} Word;

/* What each token is written as; the bits of the whole stream's tokens. */
static uint64_t words_of(const uint32_t *counts, const Coded *distance, const uint8_t *lengths,
                         const uint16_t *codes, Word *words) {
    uint64_t bits = 0;
    for (int t = 0; t < TOKENS; t++) {
        Word *w = &words[t];
        if (!counts[t]) continue;
        if (t < 256) {
            w->value = codes[t];
            w->bits = lengths[t];
        } else {
            int up = t & 1;
            Coded c = coded_length((t - 256) / 2 + SHORTEST), d = distance[up];
            w->value = codes[c.symbol];
            w->bits = lengths[c.symbol];
            w->value |= (uint64_t)c.extra << w->bits;
            w->bits += c.extra_bits;
            w->value |= (uint64_t)(distance[!up].symbol < d.symbol) << w->bits++;
            w->value |= (uint64_t)d.extra << w->bits;
            w->bits += d.extra_bits;
        }
        bits += (uint64_t)counts[t] * (uint64_t)w->bits;
    }
    return bits;
}

/* The zlib stream of n >= 1 bytes, in memory to be freed; NULL where memory is short. */
static uint8_t *zlib_stream(const uint8_t *raw, size_t n, size_t near, size_t above, size_t *size) {
    uint32_t counts[TOKENS] = {0}, symbols[LITERALS] = {0};
    uint8_t lengths[LITERALS], distances[DISTANCES] = {0};
    uint16_t codes[LITERALS];
    Word words[TOKENS];
    uint16_t *tokens = malloc(n * sizeof *tokens);
    if (!tokens) return NULL;
    int reachable = above <= 32768;
    Empty empty = empty_ends(raw, n);
    size_t made = tokenize(raw, n, empty, near, reachable ? above : n, tokens, counts);
    Coded distance[2] = {coded_distance((int)near), coded_distance(reachable ? (int)above : 4)};
    for (int t = 0; t < TOKENS; t++)
        symbols[t < 256 ? t : coded_length((t - 256) / 2 + SHORTEST).symbol] += counts[t];
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
        uint32_t check = adler32(raw, n, empty);
        for (int i = 0; i < 4; i++) *w.out++ = (uint8_t)(check >> (24 - 8 * i));
        *size = (size_t)(w.out - out);
    }
    free(tokens);
    return out;
}

#endif

/* Huffman codes as a zlib stream holds them (RFC 1951): lengths, canonical codes, the header of a dynamic
 * block, and bits in memory.
 */
#ifndef GLYPHDATA_HUFFMAN_H
#define GLYPHDATA_HUFFMAN_H

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
    uint32_t next[17] = {0};
    for (int i = 0; i < n; i++) next[lengths[i] + 1]++;
    next[1] = 0; /* what does not occur has no code */
    for (int bits = 2; bits <= 16; bits++) next[bits] = (next[bits] + next[bits - 1]) << 1;
    for (int i = 0; i < n; i++) {
        if (!lengths[i]) continue;
        uint32_t code = next[lengths[i]]++, reversed = 0;
        for (int b = 0; b < lengths[i]; b++) reversed = reversed << 1 | (code >> b & 1);
        codes[i] = (uint16_t)reversed;
    }
}

typedef struct {
    int symbol, extra_bits, extra;
} Coded;

static int log2_of(uint32_t v) {
#if defined(__GNUC__)
    return 31 - __builtin_clz(v);
#else
    int n = 0;
    while (v >>= 1) n++;
    return n;
#endif
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

#endif

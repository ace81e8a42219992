/* One text box of layout.json, written from the arrays of its labels byte for byte as orjson writes it in
 * encode.py: whole numbers, no spaces.
 */
#ifndef GLYPHDATA_LAYOUT_H
#define GLYPHDATA_LAYOUT_H

#include <stdint.h>
#include <string.h>

#define WIDEST 12 /* characters of a number and its comma, at most */
#define KEYS 96   /* characters around the numbers of a line, a word or the clusters, at most */

/* 00 to 99 */
static const char TENS[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

/* A table of int32: its rows are `stride` bytes apart, its columns `step`. */
typedef struct {
    const char *at;
    int64_t rows, columns, stride, step;
} Numbers;

/* A number of any length, and a comma. */
static char *any_number(char *out, int64_t v) {
    char digits[24];
    int n = 0;
    if (v < 0) {
        *out++ = '-';
        v = -v;
    }
    do digits[n++] = (char)('0' + v % 10);
    while (v /= 10);
    while (n) *out++ = digits[--n];
    *out++ = ',';
    return out;
}

/* A number and a comma, with up to four characters of rubbish after it. Most have one to four digits:
 * all four are made, and those that lead in vain are shifted out. */
static inline char *number(char *out, int32_t v) {
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if ((uint32_t)v < 10000) {
        int vain = (v < 10) + (v < 100) + (v < 1000);
        uint16_t high, low;
        memcpy(&high, TENS + 2 * ((uint32_t)v / 100), 2);
        memcpy(&low, TENS + 2 * ((uint32_t)v % 100), 2);
        uint64_t four = (high | (uint64_t)low << 16 | (uint64_t)',' << 32) >> 8 * vain;
        memcpy(out, &four, 8);
        return out + 5 - vain;
    }
#endif
    return any_number(out, v);
}

static inline int32_t entry(const Numbers *n, int64_t row, int64_t column) {
    int32_t v;
    memcpy(&v, n->at + row * n->stride + column * n->step, 4);
    return v;
}

static char *text(char *out, const char *words) {
    size_t n = strlen(words);
    memcpy(out, words, n);
    return out + n;
}

/* The numbers of some rows and columns as a list; what opens it stands there already. */
static char *list(char *out, const Numbers *n, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    if (!rows || !columns) return text(out, "]");
    for (int64_t r = row; r < row + rows; r++)
        for (int64_t c = column; c < column + columns; c++) out = number(out, entry(n, r, c));
    out[-1] = ']';
    return out;
}

static char *named(char *out, const char *key, int32_t v) { return number(text(out, key), v) - 1; }

enum { LINES, LINE_QUADS, BASELINES, WORDS, WORD_QUADS, CLUSTERS, CLUSTER_QUADS, INK_BOXES, TABLES };

static const int64_t COLUMNS[TABLES] = {2, 8, 4, 3, 8, 4, 8, 4};

/* No box takes more memory than this. */
static size_t layout_size(const Numbers *t) {
    int64_t size = 4 * KEYS;
    for (int i = 0; i < TABLES; i++) size += t[i].rows * t[i].columns * WIDEST;
    return (size_t)(size + (t[LINES].rows + t[WORDS].rows) * KEYS);
}

/* The box's JSON; the end of it. */
static char *put_layout(char *out, int64_t id, const Numbers *t) {
    out = any_number(text(out, "{\"id\":"), id);
    out = text(out, "\"lines\":[");
    for (int64_t r = 0; r < t[LINES].rows; r++) {
        out = named(out, r ? ",{\"start\":" : "{\"start\":", entry(&t[LINES], r, 0));
        out = named(out, ",\"end\":", entry(&t[LINES], r, 1));
        out = list(text(out, ",\"quad\":["), &t[LINE_QUADS], r, 1, 0, 8);
        out = list(text(out, ",\"baseline\":["), &t[BASELINES], r, 1, 0, 4);
        *out++ = '}';
    }
    out = text(out, "],\"words\":[");
    for (int64_t r = 0; r < t[WORDS].rows; r++) {
        out = named(out, r ? ",{\"start\":" : "{\"start\":", entry(&t[WORDS], r, 0));
        out = named(out, ",\"end\":", entry(&t[WORDS], r, 1));
        out = named(out, ",\"line\":", entry(&t[WORDS], r, 2));
        out = list(text(out, ",\"quad\":["), &t[WORD_QUADS], r, 1, 0, 8);
        *out++ = '}';
    }
    const Numbers *c = &t[CLUSTERS];
    out = list(text(out, "],\"clusters\":{\"start\":["), c, 0, c->rows, 0, 1);
    out = list(text(out, ",\"end\":["), c, 0, c->rows, 1, 1);
    out = list(text(out, ",\"line\":["), c, 0, c->rows, 2, 1);
    out = list(text(out, ",\"mask\":["), c, 0, c->rows, 3, 1);
    out = list(text(out, ",\"quads\":["), &t[CLUSTER_QUADS], 0, t[CLUSTER_QUADS].rows, 0, 8);
    out = list(text(out, ",\"ink\":["), &t[INK_BOXES], 0, t[INK_BOXES].rows, 0, 4);
    return text(out, "}}");
}

#endif

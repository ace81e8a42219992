/* Where lines of plain prose may end, without ICU: letters, digits, spaces and everyday marks. */
#ifndef GLYPHDATA_TYPESET_BREAKS_H
#define GLYPHDATA_TYPESET_BREAKS_H

#include "_arrays.h"

/* Classes of UAX #14, in its order of rules; ODD is for whatever is better left to ICU. */
enum { NONE, LETTER, DIGIT, STOP, BANG, QUOTE, FORE_QUOTE, AFT_QUOTE, OPEN, CLOSE, HYPHEN, SPACE, ODD };

/* The character at `at`, which is moved past it. UTF-8 as Python encodes it is well formed; what
 * is cut off reads as 0. */
static int32_t next_char(const uint8_t *data, Py_ssize_t size, Py_ssize_t *at)
{
    int32_t lead = data[(*at)++];
    if (lead < 0x80)
        return lead;
    int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (*at + more > size) {
        *at = size;
        return 0;
    }
    int32_t code = lead & (0x3F >> more);
    for (int i = 0; i < more; i++)
        code = code << 6 | (data[(*at)++] & 0x3F);
    return code;
}

static int break_class(int32_t code)
{
    if ((code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
        (code >= 0xC0 && code <= 0x24F && code != 0xD7 && code != 0xF7) ||
        (code >= 0x391 && code <= 0x3A9 && code != 0x3A2) || (code >= 0x3AC && code <= 0x3CE) ||
        (code >= 0x400 && code <= 0x45F))
        return LETTER;
    if (code >= '0' && code <= '9')
        return DIGIT;
    switch (code) {
    case ' ':
        return SPACE;
    case '.': case ',': case ':': case ';':
        return STOP;
    case '!': case '?':
        return BANG;
    case '"': case '\'':
        return QUOTE;
    case 0x2018: case 0x201C:
        return FORE_QUOTE;
    case 0x2019: case 0x201D:
        return AFT_QUOTE;
    case '(':
        return OPEN;
    case ')':
        return CLOSE;
    case '-':
        return HYPHEN;
    default:
        return ODD;
    }
}

/* May a line end between the two, with nothing but spaces between them where `spaced`? -1 where
 * ICU knows better. Behind each answer stands its rule of UAX #14. */
static int may_break(int before, int after, int spaced)
{
    int quote = before == QUOTE || before == FORE_QUOTE || before == AFT_QUOTE;
    int word = after == LETTER || after == DIGIT;
    if (after == ODD || before == ODD)
        return -1;
    if (spaced) {
        if (before == NONE || before == OPEN || before == FORE_QUOTE || before == HYPHEN)
            return -1; /* LB14, LB15a, LB20a */
        if (word || after == QUOTE || after == FORE_QUOTE)
            return 1; /* LB18 */
        return after == OPEN && !quote ? 1 : -1;
    }
    if (before == NONE)
        return after == HYPHEN ? -1 : 0;
    if (quote || after == QUOTE || after == FORE_QUOTE || after == AFT_QUOTE)
        return 0; /* LB19 */
    if (before == OPEN || after == CLOSE || after == STOP || after == BANG)
        return 0; /* LB13, LB14 */
    if (before == LETTER || before == DIGIT)
        return 0; /* LB21, LB23, LB28, LB30 */
    if ((before == STOP || before == CLOSE) && word)
        return 0; /* LB25, LB29, LB30 */
    return -1;
}

/* The bytes at which lines may end, in `ends` (room for `size`), and how many they are; -1 where
 * the text is not plain enough. */
static Py_ssize_t find_breaks(const uint8_t *data, Py_ssize_t size, int32_t *ends)
{
    Py_ssize_t count = 0;
    int last = NONE, before = NONE, spaced = 0;
    for (Py_ssize_t at = 0; at < size;) {
        Py_ssize_t start = at;
        int found = break_class(next_char(data, size, &at));
        if (found == SPACE) {
            spaced = 1;
            continue;
        }
        int answer = may_break(last, found, spaced);
        if (!spaced && last == HYPHEN && before == LETTER && found == LETTER)
            answer = 1; /* LB21 lets a line end after a hyphen, and none of its exceptions holds */
        if (answer < 0)
            return -1;
        if (answer)
            ends[count++] = (int32_t)start;
        before = spaced ? NONE : last;
        last = found;
        spaced = 0;
    }
    return count;
}

/* breaks(data, ends) -> count, or -1 where the text is not plain enough */
static PyObject *breaks(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    Py_ssize_t count = -1;
    int32_t *ends = NULL;
    const uint8_t *data = take(&buffers, args, 0, -1, 1, 0);
    if (data == NULL)
        goto done;
    Py_ssize_t size = items_of(&buffers, 1);
    ends = take(&buffers, args, 1, size, sizeof *ends, 1);
    if (ends == NULL)
        goto done;
    count = find_breaks(data, size, ends);
done:
    release(&buffers);
    return ends == NULL ? NULL : PyLong_FromSsize_t(count);
}

#endif

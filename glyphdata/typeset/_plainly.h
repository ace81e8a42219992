/* Plain text from HarfBuzz's answer to where its glyphs stand, at one go. */
#ifndef GLYPHDATA_TYPESET_PLAINLY_H
#define GLYPHDATA_TYPESET_PLAINLY_H

#include "_arrays.h"
#include "_gather.h"
#include "_read.h"

/* What plain text is set from, and what of it has been set. */
typedef struct {
    Setting setting;
    const uint8_t *data, *inked;
    const int32_t *known;
    Py_ssize_t size, faces_glyphs, rows, n;
    int32_t *glyphs, *starts;
    uint8_t *hangs;
    Py_ssize_t done, at; /* glyphs and bytes */
    Property properties[NUMBERS];
} Plain;

/* The next glyph, as `numbers_of` read it, stands for the byte `start` plus its cluster. 0 where
 * the text is not plain after all, or not known well enough. */
static int set_next(Plain *plain, const long *found, long start)
{
    Py_ssize_t i = plain->done, at = plain->at;
    long glyph = found[CODEPOINT];
    if (i >= plain->n || start + found[CLUSTER] != at || at >= plain->size || glyph <= 0 ||
        glyph >= plain->faces_glyphs)
        return 0;
    int32_t row = plain->known[glyph];
    if (row < 0 || row >= plain->rows)
        return 0;
    uint8_t lead = plain->data[at];
    int hangs = !plain->inked[row];
    if (hangs && lead != ' ')
        return 0;
    const double units[3] = {(double)found[ADVANCE], (double)found[X_OFFSET],
                             (double)found[Y_OFFSET]};
    plain->glyphs[i] = (int32_t)glyph;
    plain->starts[i] = (int32_t)at;
    plain->hangs[i] = (uint8_t)hangs;
    set_glyph(&plain->setting, i, units, row, hangs);
    plain->done++;
    plain->at += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return 1;
}

/* One part: (start, infos, positions). 1 where it is set, 0 where it is not plain, -1 on errors. */
static int set_part(Plain *plain, PyObject *part)
{
    PyObject *infos, *positions;
    long start;
    if (!PyArg_ParseTuple(part, "lOO", &start, &infos, &positions))
        return -1;
    Py_ssize_t size = PyList_Size(infos);
    if (size < 0)
        return -1;
    for (int k = 0; k < NUMBERS && size > 0 && plain->properties[k].descriptor == NULL; k++) {
        PyObject *list = k < ADVANCE ? infos : positions;
        if (property_of(PyList_GetItem(list, 0), NAMES[k], &plain->properties[k]) < 0)
            return -1;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        long found[NUMBERS];
        Py_ssize_t from = plain->setting.backwards ? size - 1 - i : i;
        if (numbers_of(infos, positions, from, plain->properties, found) < 0)
            return -1;
        if (!set_next(plain, found, start))
            return 0;
    }
    return 1;
}

static int take_plain(Buffers *buffers, PyObject *args, Plain *plain)
{
    Setting *setting = &plain->setting;
    if ((plain->data = take(buffers, args, 1, -1, 1, 0)) == NULL)
        return 0;
    plain->size = items_of(buffers, 1);
    if ((plain->known = take(buffers, args, 2, -1, sizeof *plain->known, 0)) == NULL)
        return 0;
    plain->faces_glyphs = items_of(buffers, sizeof *plain->known);
    if ((plain->inked = take(buffers, args, 3, -1, 1, 0)) == NULL)
        return 0;
    plain->rows = items_of(buffers, 1);
    setting->extents = take(buffers, args, 4, plain->rows, 4 * sizeof *setting->extents, 0);
    if (setting->extents == NULL ||
        (plain->glyphs = take(buffers, args, 9, -1, sizeof *plain->glyphs, 1)) == NULL)
        return 0;
    plain->n = items_of(buffers, sizeof *plain->glyphs);
    if ((plain->starts = take(buffers, args, 10, plain->n + 1, sizeof *plain->starts, 1)) == NULL ||
        (plain->hangs = take(buffers, args, 11, plain->n, 1, 1)) == NULL ||
        !take_glyphs(buffers, args, 12, plain->n, 1, &setting->to))
        return 0;
    setting->to.along[0] = 0.0;
    return 1;
}

/* set_plainly(parts, data, known, inked, extents, em, backwards, ascent, descent, glyphs, starts,
 *             hangs, flat) -> (ascent, descent), or None where the text is not plain */
static PyObject *set_plainly(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    Plain plain = {.setting = {.em = number(args, 5), .backwards = number(args, 6) != 0.0}};
    plain.setting.top = number(args, 7);
    plain.setting.bottom = -number(args, 8);
    PyObject *parts = PyTuple_GetItem(args, 0), *out = NULL;
    int good = -1;
    if (!PyErr_Occurred() && take_plain(&buffers, args, &plain))
        good = PyList_Size(parts) < 0 ? -1 : 1;
    for (Py_ssize_t part = 0; good > 0 && part < PyList_Size(parts); part++)
        good = set_part(&plain, PyList_GetItem(parts, part));
    if (good > 0 && plain.done == plain.n && plain.at == plain.size) {
        plain.starts[plain.n] = (int32_t)plain.size;
        out = Py_BuildValue("(dd)", plain.setting.top, -plain.setting.bottom);
    } else if (good >= 0) {
        out = Py_None;
        Py_INCREF(out);
    }
    for (int k = 0; k < NUMBERS; k++)
        Py_XDECREF(plain.properties[k].descriptor);
    release(&buffers);
    return out;
}

/* Is the glyph at which the cluster from byte `end` on begins flagged UNSAFE_TO_BREAK? -1 on
 * errors. */
static int is_unsafe(PyObject *infos, const Property *flags, const int32_t *starts,
                     const int32_t *first, Py_ssize_t count, long end)
{
    if (end <= 0 || end > starts[count - 1])
        return 0; /* the ends of the text; and who breaks the last cluster is refused later */
    Py_ssize_t at = holding(starts, count, (int32_t)end);
    at += starts[at] < end;
    long found;
    PyObject *info = PyList_GetItem(infos, first[at]);
    if (info == NULL || whole(info, flags, &found) < 0)
        return -1;
    return (int)(found & 1);
}

/* unsafe(infos, starts, first, ends) -> the ends, in order, that may not part the glyphs */
static PyObject *unsafe(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    Property flags = {NULL, NULL};
    PyObject *infos = PyTuple_GetItem(args, 0), *ends = PyTuple_GetItem(args, 3), *out = NULL;
    const int32_t *first = NULL, *starts = take(&buffers, args, 1, -1, sizeof *starts, 0);
    Py_ssize_t count = starts ? items_of(&buffers, sizeof *starts) - 1 : 0;
    if (starts != NULL)
        first = take(&buffers, args, 2, count + 1, sizeof *first, 0);
    Py_ssize_t lines = first ? PyTuple_Size(ends) : -1;
    if (lines >= 0)
        out = PyList_New(0);
    if (out != NULL && count > 0 && property_of(PyList_GetItem(infos, 0), NAMES[FLAGS], &flags) < 0)
        Py_CLEAR(out);
    for (Py_ssize_t line = 0; out != NULL && count > 0 && line < lines; line++) {
        PyObject *end = PyTuple_GetItem(ends, line);
        long byte = PyLong_AsLong(end);
        int found = byte == -1 && PyErr_Occurred()
                        ? -1
                        : is_unsafe(infos, &flags, starts, first, count, byte);
        if (found < 0 || (found && PyList_Append(out, end) < 0))
            Py_CLEAR(out);
    }
    Py_XDECREF(flags.descriptor);
    release(&buffers);
    return out;
}

#endif

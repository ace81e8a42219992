/* Where the glyphs of a text and their ink stand along an endless line. */
#ifndef GLYPHDATA_TYPESET_GATHER_H
#define GLYPHDATA_TYPESET_GATHER_H

#include "_arrays.h"

#include <math.h>

/* plain(data, found, rows, inked, starts, hangs) -> bool */
static PyObject *plain(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    const uint8_t *data = NULL, *inked;
    uint8_t *hangs = NULL;
    const int32_t *found, *rows;
    int32_t *starts;
    int holds = 0;
    if ((rows = take(&buffers, args, 2, -1, sizeof *rows, 0)) == NULL)
        goto done;
    Py_ssize_t n = items_of(&buffers, sizeof *rows);
    if ((inked = take(&buffers, args, 3, -1, 1, 0)) == NULL)
        goto done;
    Py_ssize_t known = items_of(&buffers, 1);
    if ((data = take(&buffers, args, 0, -1, 1, 0)) == NULL)
        goto done;
    Py_ssize_t size = items_of(&buffers, 1), at = 0;
    if ((found = take(&buffers, args, 1, n, sizeof *found, 0)) == NULL ||
        (starts = take(&buffers, args, 4, n + 1, sizeof *starts, 1)) == NULL ||
        (hangs = take(&buffers, args, 5, n, 1, 1)) == NULL)
        goto done;
    holds = 1;
    for (Py_ssize_t i = 0; i < n && holds; i++) {
        if (found[i] != at || at >= size || rows[i] < 0 || rows[i] >= known) {
            holds = 0;
            break;
        }
        uint8_t lead = data[at];
        starts[i] = (int32_t)at;
        hangs[i] = !inked[rows[i]];
        holds = !hangs[i] || lead == ' ';
        at += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    }
    starts[n] = (int32_t)size;
    holds = holds && at == size;
done:
    release(&buffers);
    return hangs == NULL ? NULL : PyBool_FromLong(holds);
}

/* Glyphs that are set one after the other, and how high and low their ink reaches. */
typedef struct {
    Glyphs to;
    const float *extents;
    double em, top, bottom;
    int backwards;
} Setting;

/* Glyph `i` after those before it: its advance and offsets in font units, and its outline. */
static void set_glyph(Setting *setting, Py_ssize_t i, const double *units, int32_t row, int hangs)
{
    Glyphs *to = &setting->to;
    const float *box = setting->extents + 4 * (Py_ssize_t)row;
    double advance = units[0] * setting->em;
    double x = units[1] * setting->em, y = units[2] * setting->em;
    double low = (double)box[1] + y, high = (double)box[3] + y;
    double start = (double)box[0] + x, stop = (double)box[2] + x;
    to->advances[i] = advance;
    to->offsets[2 * i] = x;
    to->offsets[2 * i + 1] = y;
    to->ink[2 * i] = start;
    to->ink[2 * i + 1] = stop;
    to->along[i + 1] = to->along[i] + advance;
    double pen = setting->backwards ? -to->along[i + 1] : to->along[i];
    to->pens[i] = pen;
    to->left[i] = hangs ? INFINITY : pen + (start < 0.0 ? start : 0.0);
    to->right[i] = hangs ? -INFINITY : pen + (stop > advance ? stop : advance);
    setting->top = high > setting->top ? high : setting->top;
    setting->bottom = low < setting->bottom ? low : setting->bottom;
}

/* gather(units, rows, extents, hangs, em, backwards, ascent, descent, glyphs)
 * -> (ascent, descent) */
static PyObject *gather(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    PyObject *out = NULL;
    Setting setting = {.em = number(args, 4), .backwards = number(args, 5) != 0.0};
    setting.top = number(args, 6);
    setting.bottom = -number(args, 7);
    if (PyErr_Occurred())
        return NULL;
    const int32_t *rows = take(&buffers, args, 1, -1, sizeof *rows, 0);
    if (rows == NULL)
        goto done;
    Py_ssize_t n = items_of(&buffers, sizeof *rows);
    setting.extents = take(&buffers, args, 2, -1, 4 * sizeof *setting.extents, 0);
    if (setting.extents == NULL)
        goto done;
    Py_ssize_t known = items_of(&buffers, 4 * sizeof *setting.extents);
    const double *units = take(&buffers, args, 0, 3 * n, sizeof *units, 0);
    const uint8_t *hangs = units ? take(&buffers, args, 3, n, 1, 0) : NULL;
    if (hangs == NULL || !take_glyphs(&buffers, args, 8, n, 1, &setting.to))
        goto done;
    setting.to.along[0] = 0.0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (rows[i] < 0 || rows[i] >= known) {
            PyErr_Format(PyExc_IndexError, "there is no outline in row %d", (int)rows[i]);
            goto done;
        }
        set_glyph(&setting, i, units + 3 * i, rows[i], hangs[i]);
    }
    out = Py_BuildValue("(dd)", setting.top, -setting.bottom);
done:
    release(&buffers);
    return out;
}

#endif

/* The arithmetic of typesetting over flat arrays: see setting.py, whose numpy functions say what
 * each of these does and give the same numbers to the last bit.
 *
 * Arrays come as buffers; every length is checked against the others before anything is read.
 */
#include "_arrays.h"
#include "_read.h"

#include <math.h>

/* gather(units, rows, extents, hangs, em, backwards, ascent, descent,
 *        advances, offsets, ink, along, pens, left, right) -> (ascent, descent) */
static PyObject *gather(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    PyObject *out = NULL;
    double em = number(args, 4), ascent = number(args, 6), descent = number(args, 7);
    int backwards = number(args, 5) != 0.0;
    if (PyErr_Occurred())
        return NULL;
    const int32_t *rows = take(&buffers, args, 1, -1, sizeof *rows, 0);
    if (rows == NULL)
        goto done;
    Py_ssize_t n = items_of(&buffers, sizeof *rows);
    const float *extents = take(&buffers, args, 2, -1, 4 * sizeof *extents, 0);
    if (extents == NULL)
        goto done;
    Py_ssize_t known = items_of(&buffers, 4 * sizeof *extents);
    const double *units = take(&buffers, args, 0, 3 * n, sizeof *units, 0);
    const uint8_t *hangs = units ? take(&buffers, args, 3, n, 1, 0) : NULL;
    double *to[7] = {NULL};
    const Py_ssize_t sizes[7] = {n, 2 * n, 2 * n, n + 1, n, n, n};
    if (hangs == NULL)
        goto done;
    for (int i = 0; i < 7; i++)
        if ((to[i] = take(&buffers, args, 8 + i, sizes[i], sizeof(double), 1)) == NULL)
            goto done;
    double *advances = to[0], *offsets = to[1], *ink = to[2], *along = to[3];
    double *pens = to[4], *left = to[5], *right = to[6];
    double top = ascent, bottom = -descent;
    along[0] = 0.0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (rows[i] < 0 || rows[i] >= known) {
            PyErr_Format(PyExc_IndexError, "there is no outline in row %d", (int)rows[i]);
            goto done;
        }
        const float *box = extents + 4 * (Py_ssize_t)rows[i];
        double advance = units[3 * i] * em;
        double x = units[3 * i + 1] * em, y = units[3 * i + 2] * em;
        double low = (double)box[1] + y, high = (double)box[3] + y;
        advances[i] = advance;
        offsets[2 * i] = x;
        offsets[2 * i + 1] = y;
        ink[2 * i] = (double)box[0] + x;
        ink[2 * i + 1] = (double)box[2] + x;
        along[i + 1] = along[i] + advance;
        pens[i] = backwards ? -along[i + 1] : along[i];
        left[i] = hangs[i] ? INFINITY : pens[i] + (ink[2 * i] < 0.0 ? ink[2 * i] : 0.0);
        right[i] =
            hangs[i] ? -INFINITY : pens[i] + (ink[2 * i + 1] > advance ? ink[2 * i + 1] : advance);
        top = high > top ? high : top;
        bottom = low < bottom ? low : bottom;
    }
    PyObject *up = PyFloat_FromDouble(top), *down = PyFloat_FromDouble(-bottom);
    if (up != NULL && down != NULL)
        out = PyTuple_Pack(2, up, down);
    Py_XDECREF(up);
    Py_XDECREF(down);
done:
    release(&buffers);
    return out;
}

/* lay(pens, left, right, advances, offsets, first, ends, edge, size, width, share, clipped,
 *     row, starts, out_pens, out_clusters, out_spans, out_lines) */
static PyObject *lay(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    int done = 0;
    double size = number(args, 8), width = number(args, 9), share = number(args, 10);
    int clipped = number(args, 11) != 0.0;
    if (PyErr_Occurred())
        return NULL;
    const double *pens = take(&buffers, args, 0, -1, sizeof *pens, 0);
    if (pens == NULL)
        goto out;
    Py_ssize_t n = items_of(&buffers, sizeof *pens);
    const int32_t *ends = take(&buffers, args, 6, -1, sizeof *ends, 0);
    if (ends == NULL)
        goto out;
    Py_ssize_t lines = items_of(&buffers, sizeof *ends);
    const int32_t *first = take(&buffers, args, 5, -1, sizeof *first, 0);
    if (first == NULL)
        goto out;
    Py_ssize_t count = items_of(&buffers, sizeof *first) - 1;
    const double *left, *right, *advances, *offsets, *edge, *row;
    const int32_t *starts;
    double *out_pens, *out_spans, *out_lines;
    int32_t *out_clusters;
    if ((left = take(&buffers, args, 1, n, sizeof *left, 0)) == NULL ||
        (right = take(&buffers, args, 2, n, sizeof *right, 0)) == NULL ||
        (advances = take(&buffers, args, 3, n, sizeof *advances, 0)) == NULL ||
        (offsets = take(&buffers, args, 4, 2 * n, sizeof *offsets, 0)) == NULL ||
        (edge = take(&buffers, args, 7, lines, sizeof *edge, 0)) == NULL ||
        (row = take(&buffers, args, 12, 3 * lines, sizeof *row, 0)) == NULL ||
        (starts = take(&buffers, args, 13, count + 1, sizeof *starts, 0)) == NULL ||
        (out_pens = take(&buffers, args, 14, 2 * n, sizeof *out_pens, 1)) == NULL ||
        (out_clusters = take(&buffers, args, 15, 3 * count, sizeof *out_clusters, 1)) == NULL ||
        (out_spans = take(&buffers, args, 16, 2 * count, sizeof *out_spans, 1)) == NULL ||
        (out_lines = take(&buffers, args, 17, 3 * lines, sizeof *out_lines, 1)) == NULL)
        goto out;
    if (!rising(first, count + 1, n)) {
        PyErr_SetString(PyExc_ValueError, "clusters do not part the glyphs");
        goto out;
    }
    int32_t cluster = 0;
    for (Py_ssize_t line = 0; line < lines; line++) {
        int32_t end = ends[line];
        if (end < cluster || end > count) {
            PyErr_SetString(PyExc_ValueError, "lines do not end between clusters");
            goto out;
        }
        double low = edge[line], high = edge[line];
        for (int32_t i = first[cluster]; i < first[end]; i++) {
            low = left[i] < low ? left[i] : low;
            high = right[i] > high ? right[i] : high;
        }
        double start = low * size, stop = high * size;
        double shift = (width - (stop - start)) * share - start;
        out_lines[3 * line] = start + shift;
        out_lines[3 * line + 1] = stop + shift;
        out_lines[3 * line + 2] = shift;
        for (int32_t i = first[cluster]; i < first[end]; i++) {
            out_pens[2 * i] = (pens[i] + offsets[2 * i]) * size + shift;
            out_pens[2 * i + 1] = row[3 * line + 1] - offsets[2 * i + 1] * size;
        }
        for (; cluster < end; cluster++) {
            double from = INFINITY, to = -INFINITY;
            for (int32_t i = first[cluster]; i < first[cluster + 1]; i++) {
                double a = pens[i] * size + shift, b = (pens[i] + advances[i]) * size + shift;
                from = a < from ? a : from;
                to = b > to ? b : to;
            }
            if (clipped) {
                from = from < 0.0 ? 0.0 : from > width ? width : from;
                to = to < 0.0 ? 0.0 : to > width ? width : to;
            }
            out_clusters[3 * cluster] = starts[cluster];
            out_clusters[3 * cluster + 1] = starts[cluster + 1];
            out_clusters[3 * cluster + 2] = (int32_t)line;
            out_spans[2 * cluster] = from;
            out_spans[2 * cluster + 1] = to;
        }
    }
    done = 1;
out:
    release(&buffers);
    if (!done)
        return NULL;
    Py_RETURN_NONE;
}

/* reach(words, starts, first, ends, left, right, lines, size, out_words, out_spans) -> count */
static PyObject *reach(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    PyObject *out = NULL;
    Py_ssize_t used = 0;
    double size = number(args, 7);
    if (PyErr_Occurred())
        return NULL;
    const int32_t *words = take(&buffers, args, 0, -1, 2 * sizeof *words, 0);
    if (words == NULL)
        goto done;
    Py_ssize_t many = items_of(&buffers, 2 * sizeof *words);
    const int32_t *ends = take(&buffers, args, 3, -1, sizeof *ends, 0);
    if (ends == NULL)
        goto done;
    Py_ssize_t lines = items_of(&buffers, sizeof *ends);
    const double *left = take(&buffers, args, 4, -1, sizeof *left, 0);
    if (left == NULL)
        goto done;
    Py_ssize_t n = items_of(&buffers, sizeof *left);
    const int32_t *starts = take(&buffers, args, 1, -1, sizeof *starts, 0);
    if (starts == NULL)
        goto done;
    Py_ssize_t count = items_of(&buffers, sizeof *starts) - 1;
    const int32_t *first;
    const double *right, *line_spans;
    int32_t *out_words;
    double *out_spans;
    if ((first = take(&buffers, args, 2, count + 1, sizeof *first, 0)) == NULL ||
        (right = take(&buffers, args, 5, n, sizeof *right, 0)) == NULL ||
        (line_spans = take(&buffers, args, 6, 3 * lines, sizeof *line_spans, 0)) == NULL ||
        (out_words = take(&buffers, args, 8, 3 * (many + lines), sizeof *out_words, 1)) == NULL ||
        (out_spans = take(&buffers, args, 9, 2 * (many + lines), sizeof *out_spans, 1)) == NULL)
        goto done;
    if (!rising(first, count + 1, n) || !rising(ends, lines, count)) {
        PyErr_SetString(PyExc_ValueError, "lines or clusters do not rise");
        goto done;
    }
    Py_ssize_t line = 0;
    for (Py_ssize_t word = 0; word < many; word++) {
        Py_ssize_t at = holding(starts, count, words[2 * word]);
        Py_ssize_t stop = at;
        while (stop < count && starts[stop] < words[2 * word + 1])
            stop++;
        while (at < stop) {
            while (line < lines && ends[line] <= at)
                line++;
            if (line == lines || used == many + lines) {
                PyErr_SetString(PyExc_ValueError, "words do not lie in the lines");
                goto done;
            }
            Py_ssize_t end = stop < ends[line] ? stop : ends[line];
            double low = INFINITY, high = -INFINITY;
            for (int32_t i = first[at]; i < first[end]; i++) {
                low = left[i] < low ? left[i] : low;
                high = right[i] > high ? right[i] : high;
            }
            /* A joiner or a control after a space hangs with it: there is nothing to see. */
            if (low <= high) {
                out_words[3 * used] = starts[at];
                out_words[3 * used + 1] = starts[end];
                out_words[3 * used + 2] = (int32_t)line;
                out_spans[2 * used] = low * size + line_spans[3 * line + 2];
                out_spans[2 * used + 1] = high * size + line_spans[3 * line + 2];
                used++;
            }
            at = end;
        }
    }
    out = PyLong_FromSsize_t(used);
done:
    release(&buffers);
    return out;
}

static PyMethodDef METHODS[] = {
    {"read", read_out, METH_VARARGS, "Glyphs, clusters and positions of a HarfBuzz buffer."},
    {"gather", gather, METH_VARARGS, "Where glyphs and their ink stand along an endless line."},
    {"reach", reach, METH_VARARGS, "Where words stand, those broken over lines in parts."},
    {"lay", lay, METH_VARARGS, "Where glyphs, clusters and lines stand in a frame."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_setting", "The arithmetic of typesetting, compiled.", -1, METHODS,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__setting(void)
{
    if (!name_attributes())
        return NULL;
    return PyModule_Create(&MODULE);
}

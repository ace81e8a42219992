/* Where everything stands on the canvas, for one text box: the compiled twin of annotate.py.
 *
 * The same sums in the same order as there, in IEEE double without contraction, so that the whole
 * numbers that come out are the same.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define UNIT 16.0
/* Adding and taking away 1.5 * 2^52 rounds to the nearest whole number, ties to even. */
#define MAGIC 6755399441055744.0

typedef struct {
    double a, b, c, d, e, f, g, h, i;
    int affine;
} Place;

static void corner(const Place *place, double x, double y, int32_t *out)
{
    double px = place->a * x + place->b * y + place->c;
    double py = place->d * x + place->e * y + place->f;
    if (!place->affine) {
        double w = place->g * x + place->h * y + place->i;
        px /= w;
        py /= w;
    }
    out[0] = (int32_t)((px * UNIT + MAGIC) - MAGIC);
    out[1] = (int32_t)((py * UNIT + MAGIC) - MAGIC);
}

static void quad(const Place *place, double left, double top, double right, double bottom,
                 int32_t *out)
{
    corner(place, left, top, out);
    corner(place, right, top, out + 2);
    corner(place, right, bottom, out + 4);
    corner(place, left, bottom, out + 6);
}

static int fits(Py_ssize_t lines, Py_ssize_t count, const int32_t *table)
{
    for (Py_ssize_t k = 0; k < count; k++)
        if (table[3 * k + 2] < 0 || table[3 * k + 2] >= lines)
            return 0;
    return 1;
}

/* quads(place, width, height, line_spans, line_rows, words, word_spans, clusters, cluster_spans,
 *       out): out is (1 + lines + words + clusters + lines) x 8; the last rows are baselines. */
static PyObject *quads(PyObject *self, PyObject *args)
{
    Place p;
    double width, height;
    Py_buffer spans, rows, words, word_spans, clusters, cluster_spans, out;
    if (!PyArg_ParseTuple(args, "(ddddddddd)ddy*y*y*y*y*y*w*", &p.a, &p.b, &p.c, &p.d, &p.e, &p.f,
                          &p.g, &p.h, &p.i, &width, &height, &spans, &rows, &words, &word_spans,
                          &clusters, &cluster_spans, &out))
        return NULL;
    p.affine = p.g == 0.0 && p.h == 0.0 && p.i == 1.0;
    Py_ssize_t l = spans.len / 16, w = word_spans.len / 16, c = cluster_spans.len / 16;
    const double *span = spans.buf, *row = rows.buf;
    int sound = spans.len == 16 * l && rows.len == 24 * l && words.len == 12 * w &&
                word_spans.len == 16 * w && clusters.len == 12 * c &&
                cluster_spans.len == 16 * c && out.len == 32 * (1 + 2 * l + w + c) &&
                fits(l, w, words.buf) && fits(l, c, clusters.buf);
    if (sound) {
        int32_t *to = out.buf;
        quad(&p, 0.0, 0.0, width, height, to);
        to += 8;
        for (Py_ssize_t k = 0; k < l; k++, to += 8)
            quad(&p, span[2 * k], row[3 * k], span[2 * k + 1], row[3 * k + 2], to);
        const int32_t *table = words.buf;
        const double *edges = word_spans.buf;
        for (Py_ssize_t k = 0; k < w; k++, to += 8) {
            const double *on = row + 3 * table[3 * k + 2];
            quad(&p, edges[2 * k], on[0], edges[2 * k + 1], on[2], to);
        }
        table = clusters.buf;
        edges = cluster_spans.buf;
        for (Py_ssize_t k = 0; k < c; k++, to += 8) {
            const double *on = row + 3 * table[3 * k + 2];
            quad(&p, edges[2 * k], on[0], edges[2 * k + 1], on[2], to);
        }
        for (Py_ssize_t k = 0; k < l; k++, to += 8)
            quad(&p, span[2 * k], row[3 * k + 1], span[2 * k + 1], row[3 * k + 1], to);
    }
    PyBuffer_Release(&spans);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&words);
    PyBuffer_Release(&word_spans);
    PyBuffer_Release(&clusters);
    PyBuffer_Release(&cluster_spans);
    PyBuffer_Release(&out);
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "arrays of a box that do not belong together");
        return NULL;
    }
    Py_RETURN_NONE;
}

/* ink(owner, ink, clusters, first, seen, numbered, out): numbered is c x 4, out is c x 4 of zeros. */
static PyObject *ink(PyObject *self, PyObject *args)
{
    Py_buffer owners, inks, clusters, seen, numbered, out;
    int first;
    if (!PyArg_ParseTuple(args, "y*y*y*iy*w*w*", &owners, &inks, &clusters, &first, &seen,
                          &numbered, &out))
        return NULL;
    Py_ssize_t n = owners.len / 4, c = clusters.len / 12;
    int sound = owners.len == 4 * n && inks.len == 16 * n && clusters.len == 12 * c &&
                numbered.len == 16 * c && out.len == 16 * c &&
                first >= 0 && first + c <= seen.len;
    const int32_t *owner = owners.buf, *drawn = inks.buf, *table = clusters.buf;
    int32_t *box = out.buf, *row = numbered.buf;
    for (Py_ssize_t k = 0; sound && k < n; k++) {
        if (owner[k] < 0 || owner[k] >= c) {
            sound = 0;
            break;
        }
        const int32_t *from = drawn + 4 * k;
        int32_t *to = box + 4 * owner[k];
        if (from[2] <= 0)
            continue;
        if (to[2] == 0) {
            for (int j = 0; j < 4; j++)
                to[j] = 16 * from[j];
            continue;
        }
        for (int j = 0; j < 2; j++) {
            if (16 * from[j] < to[j])
                to[j] = 16 * from[j];
            if (16 * from[j + 2] > to[j + 2])
                to[j + 2] = 16 * from[j + 2];
        }
    }
    for (Py_ssize_t k = 0; sound && k < c; k++) {
        for (int j = 0; j < 3; j++)
            row[4 * k + j] = table[3 * k + j];
        int there = ((const uint8_t *)seen.buf)[first + k];
        row[4 * k + 3] = there ? first + (int32_t)k : 0;
        for (int j = 0; !there && j < 4; j++)
            box[4 * k + j] = 0;
    }
    PyBuffer_Release(&owners);
    PyBuffer_Release(&inks);
    PyBuffer_Release(&clusters);
    PyBuffer_Release(&seen);
    PyBuffer_Release(&numbered);
    PyBuffer_Release(&out);
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "arrays of a box that do not belong together");
        return NULL;
    }
    Py_RETURN_NONE;
}

/* seen(mask, seen): seen[v] = 1 for each value v of a mask of 8 or 16 bits; others stay as they are.
 * `seen` has 2^8 or 2^16 bytes, one for each value that the mask can hold. */
static PyObject *mark_seen(PyObject *self, PyObject *args)
{
    Py_buffer mask, seen;
    if (!PyArg_ParseTuple(args, "y*w*", &mask, &seen))
        return NULL;
    uint8_t *to = seen.buf;
    const uint8_t *from = mask.buf;
    int sound = (mask.itemsize == 1 && seen.len == 256) || (mask.itemsize == 2 && seen.len == 65536);
    for (Py_ssize_t at = 0; sound && at < mask.len;) {
        uint64_t eight = 1;
        if (at + 8 <= mask.len)
            memcpy(&eight, from + at, 8);
        if (!eight) { /* most of a mask is ground */
            at += 8;
            continue;
        }
        Py_ssize_t end = at + 8 < mask.len ? at + 8 : mask.len;
        if (mask.itemsize == 1)
            for (; at < end; at++)
                to[from[at]] = 1;
        else
            for (; at < end; at += 2) {
                uint16_t value;
                memcpy(&value, from + at, 2);
                to[value] = 1;
            }
    }
    PyBuffer_Release(&mask);
    PyBuffer_Release(&seen);
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "a mask of 8 or 16 bits, and a byte for each value of it");
        return NULL;
    }
    Py_RETURN_NONE;
}

/* matrices(place, size, pens, out): em units, y up, to the canvas; out is n x 9. */
static PyObject *matrices(PyObject *self, PyObject *args)
{
    Place p;
    double size;
    Py_buffer pens, out;
    if (!PyArg_ParseTuple(args, "(ddddddddd)dy*w*", &p.a, &p.b, &p.c, &p.d, &p.e, &p.f, &p.g, &p.h,
                          &p.i, &size, &pens, &out))
        return NULL;
    Py_ssize_t n = pens.len / 16;
    int sound = pens.len == 16 * n && out.len == 72 * n;
    const double *pen = pens.buf;
    double *to = out.buf;
    for (Py_ssize_t k = 0; sound && k < n; k++, pen += 2, to += 9) {
        to[0] = p.a * size;
        to[1] = -p.b * size;
        to[2] = p.a * pen[0] + p.b * pen[1] + p.c;
        to[3] = p.d * size;
        to[4] = -p.e * size;
        to[5] = p.d * pen[0] + p.e * pen[1] + p.f;
        to[6] = p.g * size;
        to[7] = -p.h * size;
        to[8] = p.g * pen[0] + p.h * pen[1] + p.i;
    }
    PyBuffer_Release(&pens);
    PyBuffer_Release(&out);
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "arrays of a box that do not belong together");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"quads", quads, METH_VARARGS, "The quads of a box, its lines, words and clusters."},
    {"ink", ink, METH_VARARGS, "The visible ink of each cluster, and its value in the mask."},
    {"matrices", matrices, METH_VARARGS, "Each glyph's map from em units to the canvas."},
    {"seen", mark_seen, METH_VARARGS, "Which values a mask holds."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_labels", "Labels of a text box by arithmetic.", -1, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__labels(void)
{
    return PyModule_Create(&module);
}

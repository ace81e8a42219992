/* Where everything stands on the canvas, for one text box: the compiled twin of annotate.py.
 *
 * The same sums in the same order as there, in IEEE double without contraction, so that the whole
 * numbers that come out are the same.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "_layout.h"

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

/* ink(owner, ink, held, clusters, first, numbered, out): numbered and out are c x 4. */
static PyObject *ink(PyObject *self, PyObject *args)
{
    Py_buffer owners, inks, held, clusters, numbered, out;
    int first;
    if (!PyArg_ParseTuple(args, "y*y*y*y*iw*w*", &owners, &inks, &held, &clusters, &first,
                          &numbered, &out))
        return NULL;
    Py_ssize_t n = owners.len / 4, c = clusters.len / 12;
    int sound = owners.len == 4 * n && inks.len == 16 * n && clusters.len == 12 * c &&
                numbered.len == 16 * c && out.len == 16 * c &&
                held.len == n;
    const int32_t *owner = owners.buf, *drawn = inks.buf, *table = clusters.buf;
    const uint8_t *holds = held.buf;
    int32_t *box = out.buf, *row = numbered.buf;
    if (sound) {
        memset(box, 0, (size_t)out.len);
        for (Py_ssize_t k = 0; k < c; k++) row[4 * k + 3] = 0;
    }
    for (Py_ssize_t k = 0; sound && k < n; k++) {
        if (owner[k] < 0 || owner[k] >= c) {
            sound = 0;
            break;
        }
        const int32_t *from = drawn + 4 * k;
        int32_t *to = box + 4 * owner[k];
        if (holds[k])
            row[4 * owner[k] + 3] = first + owner[k];
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
        int there = row[4 * k + 3];
        for (int j = 0; !there && j < 4; j++)
            box[4 * k + j] = 0;
    }
    PyBuffer_Release(&owners);
    PyBuffer_Release(&inks);
    PyBuffer_Release(&held);
    PyBuffer_Release(&clusters);
    PyBuffer_Release(&numbered);
    PyBuffer_Release(&out);
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "arrays of a box that do not belong together");
        return NULL;
    }
    Py_RETURN_NONE;
}

/* gather(place, size, color, pens, glyph_clusters, rows, box, first, start, owner, ids, outlines, matrices,
 *        colors): the n glyphs of a box, written into arrays for a whole picture from glyph `start` on;
 *        matrices take em units, y up, to the canvas. */
static PyObject *gather(PyObject *self, PyObject *args)
{
    Place p;
    double size;
    unsigned char color[3], box;
    unsigned short first;
    Py_ssize_t start;
    Py_buffer pens, clusters, rows, owner, ids, outlines, matrices, colors;
    if (!PyArg_ParseTuple(args, "(ddddddddd)d(bbb)y*y*y*bHnw*w*w*w*w*", &p.a, &p.b, &p.c, &p.d, &p.e,
                          &p.f, &p.g, &p.h, &p.i, &size, &color[0], &color[1], &color[2], &pens,
                          &clusters, &rows, &box, &first, &start, &owner, &ids, &outlines, &matrices,
                          &colors))
        return NULL;
    Py_ssize_t n = rows.len / 4, all = owner.len;
    int sound = rows.len == 4 * n && pens.len == 16 * n && clusters.len == 4 * n && start >= 0 &&
                n <= all && start <= all - n && ids.len == 2 * all && outlines.len == 4 * all &&
                matrices.len == 72 * all && colors.len == 3 * all;
    if (sound) {
        const double *pen = pens.buf;
        const int32_t *cluster = clusters.buf;
        double *to = (double *)matrices.buf + 9 * start;
        uint16_t *id = (uint16_t *)ids.buf + start;
        uint8_t *dye = (uint8_t *)colors.buf + 3 * start;
        memset((uint8_t *)owner.buf + start, box, (size_t)n);
        memcpy((int32_t *)outlines.buf + start, rows.buf, (size_t)rows.len);
        for (Py_ssize_t k = 0; k < n; k++, pen += 2, to += 9, dye += 3) {
            id[k] = (uint16_t)(first + cluster[k]);
            memcpy(dye, color, 3);
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
    }
    Py_buffer *taken[] = {&pens, &clusters, &rows, &owner, &ids, &outlines, &matrices, &colors};
    for (int k = 0; k < 8; k++)
        PyBuffer_Release(taken[k]);
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "arrays of a box that do not belong together");
        return NULL;
    }
    Py_RETURN_NONE;
}

/* A table of int32, whatever lies between its numbers; 0 for any other array. */
static int table_of(const Py_buffer *view, int64_t columns, Numbers *out)
{
    const char *format = view->format ? view->format : "B";
    if (view->ndim != 2 || view->itemsize != 4 || !strchr("il", format[0]) || format[1] ||
        view->shape[1] != columns)
        return 0;
    *out = (Numbers){view->buf, view->shape[0], columns, view->strides[0], view->strides[1]};
    return 1;
}

/* layout(id, lines, line_quads, baselines, words, word_quads, clusters, cluster_quads, ink): the box's
 * JSON. */
static PyObject *layout(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_buffer views[TABLES];
    Numbers tables[TABLES];
    int taken = 0, sound = 1;
    if (n != 1 + TABLES)
        return PyErr_Format(PyExc_TypeError, "layout takes %d arguments", 1 + TABLES);
    long long id = PyLong_AsLongLong(args[0]);
    if (id == -1 && PyErr_Occurred())
        return NULL;
    while (sound && taken < TABLES) {
        if (PyObject_GetBuffer(args[1 + taken], &views[taken], PyBUF_RECORDS_RO) < 0)
            break;
        sound = table_of(&views[taken], COLUMNS[taken], &tables[taken]);
        taken++;
    }
    PyObject *json = NULL;
    if (sound && taken == TABLES)
        sound = tables[LINE_QUADS].rows == tables[LINES].rows &&
                tables[BASELINES].rows == tables[LINES].rows &&
                tables[WORD_QUADS].rows == tables[WORDS].rows;
    if (!sound)
        PyErr_SetString(PyExc_ValueError, "arrays of a box that do not belong together");
    if (sound && taken == TABLES) {
        char *bytes = malloc(layout_size(tables));
        if (bytes)
            json = PyBytes_FromStringAndSize(bytes, put_layout(bytes, id, tables) - bytes);
        else
            PyErr_NoMemory();
        free(bytes);
    }
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return json;
}

static PyMethodDef methods[] = {
    {"layout", (PyCFunction)(void (*)(void))layout, METH_FASTCALL, "A box of layout.json."},
    {"quads", quads, METH_VARARGS, "The quads of a box, its lines, words and clusters."},
    {"ink", ink, METH_VARARGS, "The visible ink of each cluster, and its value in the mask."},
    {"gather", gather, METH_VARARGS, "A box's glyphs as the drawing kernel wants them."},
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

/* Reading HarfBuzz's answer out of the objects that uharfbuzz makes of it. */
#ifndef GLYPHDATA_TYPESET_READ_H
#define GLYPHDATA_TYPESET_READ_H

#include "_arrays.h"

static PyObject *NAME_CODEPOINT, *NAME_CLUSTER, *NAME_ADVANCE, *NAME_X_OFFSET, *NAME_Y_OFFSET;

static int whole(PyObject *object, PyObject *name, long *out)
{
    PyObject *value = PyObject_GetAttr(object, name);
    if (value == NULL)
        return -1;
    *out = PyLong_AsLong(value);
    Py_DECREF(value);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

/* read(infos, positions, start, backwards, glyphs, clusters, units) */
static PyObject *read_out(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    PyObject *infos = PyTuple_GetItem(args, 0), *positions = PyTuple_GetItem(args, 1);
    if (infos == NULL || positions == NULL)
        return NULL;
    Py_ssize_t n = PyList_Size(infos);
    if (n < 0)
        return NULL;
    long start = (long)number(args, 2);
    int backwards = number(args, 3) != 0.0;
    int32_t *glyphs = NULL, *clusters = NULL;
    double *units = NULL;
    if (!PyErr_Occurred())
        glyphs = take(&buffers, args, 4, n, sizeof *glyphs, 1);
    if (glyphs != NULL)
        clusters = take(&buffers, args, 5, n, sizeof *clusters, 1);
    if (clusters != NULL)
        units = take(&buffers, args, 6, 3 * n, sizeof *units, 1);
    int failed = units == NULL;
    for (Py_ssize_t i = 0; i < n && !failed; i++) {
        Py_ssize_t to = backwards ? n - 1 - i : i;
        PyObject *info = PyList_GetItem(infos, i), *position = PyList_GetItem(positions, i);
        long glyph = 0, cluster = 0, advance = 0, x = 0, y = 0;
        failed = info == NULL || position == NULL || whole(info, NAME_CODEPOINT, &glyph) < 0 ||
                 whole(info, NAME_CLUSTER, &cluster) < 0 ||
                 whole(position, NAME_ADVANCE, &advance) < 0 ||
                 whole(position, NAME_X_OFFSET, &x) < 0 || whole(position, NAME_Y_OFFSET, &y) < 0;
        glyphs[to] = (int32_t)glyph;
        clusters[to] = (int32_t)(start + cluster);
        units[3 * to] = (double)advance;
        units[3 * to + 1] = (double)x;
        units[3 * to + 2] = (double)y;
    }
    release(&buffers);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static int name_attributes(void)
{
    NAME_CODEPOINT = PyUnicode_InternFromString("codepoint");
    NAME_CLUSTER = PyUnicode_InternFromString("cluster");
    NAME_ADVANCE = PyUnicode_InternFromString("x_advance");
    NAME_X_OFFSET = PyUnicode_InternFromString("x_offset");
    NAME_Y_OFFSET = PyUnicode_InternFromString("y_offset");
    return NAME_CODEPOINT && NAME_CLUSTER && NAME_ADVANCE && NAME_X_OFFSET && NAME_Y_OFFSET;
}

#endif

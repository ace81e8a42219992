/* Reading HarfBuzz's answer out of the objects that uharfbuzz makes of it. */
#ifndef GLYPHDATA_TYPESET_READ_H
#define GLYPHDATA_TYPESET_READ_H

#include "_arrays.h"

/* The numbers that are read of each glyph, two of its info and three of its position; and of a few
 * the flags. */
enum { CODEPOINT, CLUSTER, ADVANCE, X_OFFSET, Y_OFFSET, NUMBERS, FLAGS = NUMBERS, NAMED };

static PyObject *NAMES[NAMED];

/* A property of a class, looked up once for all of the class's objects. */
typedef struct {
    PyObject *descriptor;
    descrgetfunc get;
} Property;

static int property_of(PyObject *object, PyObject *name, Property *out)
{
    if (object == NULL)
        return -1;
    out->descriptor = PyObject_GetAttr((PyObject *)Py_TYPE(object), name);
    if (out->descriptor == NULL)
        return -1;
    out->get = (descrgetfunc)PyType_GetSlot(Py_TYPE(out->descriptor), Py_tp_descr_get);
    if (out->get != NULL)
        return 0;
    PyErr_SetString(PyExc_TypeError, "the numbers of a glyph are not properties of its class");
    return -1;
}

/* The property itself refuses an object of another class. */
static int whole(PyObject *object, const Property *property, long *out)
{
    PyObject *value = property->get(property->descriptor, object, (PyObject *)Py_TYPE(object));
    if (value == NULL)
        return -1;
    *out = PyLong_AsLong(value);
    Py_DECREF(value);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

/* Glyph `i` of the lists, as it is numbered in NAMES. */
static int numbers_of(PyObject *infos, PyObject *positions, Py_ssize_t i, Property *properties,
                      long *out)
{
    PyObject *info = PyList_GetItem(infos, i);
    PyObject *position = info == NULL ? NULL : PyList_GetItem(positions, i);
    if (position == NULL)
        return -1;
    for (int k = 0; k < NUMBERS; k++)
        if (whole(k < ADVANCE ? info : position, &properties[k], &out[k]) < 0)
            return -1;
    return 0;
}

/* read(infos, positions, start, backwards, glyphs, clusters, units) -> how many are glyph 0 */
static PyObject *read_out(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    Property properties[NUMBERS] = {{NULL, NULL}};
    PyObject *infos = PyTuple_GetItem(args, 0), *positions = PyTuple_GetItem(args, 1);
    if (infos == NULL || positions == NULL)
        return NULL;
    Py_ssize_t n = PyList_Size(infos), missing = 0;
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
    for (int k = 0; k < NUMBERS && n > 0 && !failed; k++) {
        PyObject *list = k < ADVANCE ? infos : positions;
        failed = property_of(PyList_GetItem(list, 0), NAMES[k], &properties[k]) < 0;
    }
    for (Py_ssize_t i = 0; i < n && !failed; i++) {
        Py_ssize_t to = backwards ? n - 1 - i : i;
        long found[NUMBERS] = {0};
        failed = numbers_of(infos, positions, i, properties, found) < 0;
        missing += found[CODEPOINT] == 0;
        glyphs[to] = (int32_t)found[CODEPOINT];
        clusters[to] = (int32_t)(start + found[CLUSTER]);
        units[3 * to] = (double)found[ADVANCE];
        units[3 * to + 1] = (double)found[X_OFFSET];
        units[3 * to + 2] = (double)found[Y_OFFSET];
    }
    for (int k = 0; k < NUMBERS; k++)
        Py_XDECREF(properties[k].descriptor);
    release(&buffers);
    return failed ? NULL : PyLong_FromSsize_t(missing);
}

static int name_attributes(void)
{
    const char *const names[NAMED] = {"codepoint", "cluster", "x_advance", "x_offset", "y_offset",
                                      "flags"};
    for (int k = 0; k < NAMED; k++)
        if ((NAMES[k] = PyUnicode_InternFromString(names[k])) == NULL)
            return 0;
    return 1;
}

#endif

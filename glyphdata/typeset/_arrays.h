/* Arrays handed over from Python as buffers, and what holds of them. */
#ifndef GLYPHDATA_TYPESET_ARRAYS_H
#define GLYPHDATA_TYPESET_ARRAYS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>

enum { MAX_BUFFERS = 16 };

typedef struct {
    Py_buffer views[MAX_BUFFERS];
    int count;
} Buffers;

static void release(Buffers *buffers)
{
    for (int i = 0; i < buffers->count; i++)
        PyBuffer_Release(&buffers->views[i]);
}

/* Takes the buffer of argument `at`; NULL, with the error set, unless it has `items` of `width`
 * bytes (any number where `items` is negative). */
static void *take(Buffers *buffers, PyObject *args, Py_ssize_t at, Py_ssize_t items,
                  Py_ssize_t width, int writable)
{
    Py_buffer *view = &buffers->views[buffers->count];
    PyObject *array = PyTuple_GetItem(args, at);
    if (array == NULL ||
        PyObject_GetBuffer(array, view, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE) < 0)
        return NULL;
    buffers->count++;
    if (view->len % width != 0 || (items >= 0 && view->len != items * width)) {
        PyErr_Format(PyExc_ValueError, "array %zd has %zd bytes, not %zd items of %zd", at,
                     view->len, items, width);
        return NULL;
    }
    return view->buf;
}

static Py_ssize_t items_of(const Buffers *buffers, Py_ssize_t width)
{
    return buffers->views[buffers->count - 1].len / width;
}

/* Shaped glyphs along an endless line: views of the one flat array that `Shaped` keeps. */
typedef struct {
    Py_ssize_t n;
    double *along, *advances, *pens, *left, *right, *offsets, *ink;
} Glyphs;

/* Takes argument `at` as the flat array of n glyphs, of any number where n is negative. */
static int take_glyphs(Buffers *buffers, PyObject *args, Py_ssize_t at, Py_ssize_t n, int writable,
                       Glyphs *out)
{
    double *flat = take(buffers, args, at, n < 0 ? -1 : 9 * n + 1, sizeof *flat, writable);
    if (flat == NULL)
        return 0;
    n = items_of(buffers, sizeof *flat);
    if (n % 9 != 1) {
        PyErr_Format(PyExc_ValueError, "array %zd holds no glyphs: it has %zd items", at, n);
        return 0;
    }
    n /= 9;
    *out = (Glyphs){n, flat, flat + n + 1, flat + 2 * n + 1, flat + 3 * n + 1, flat + 4 * n + 1,
                    flat + 5 * n + 1, flat + 7 * n + 1};
    return 1;
}

static double number(PyObject *args, Py_ssize_t at)
{
    PyObject *value = PyTuple_GetItem(args, at);
    return value == NULL ? -1.0 : PyFloat_AsDouble(value);
}

/* Do the bounds rise from 0 and stay within `most`? */
static int rising(const int32_t *bounds, Py_ssize_t count, Py_ssize_t most)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (bounds[i] < (i ? bounds[i - 1] : 0) || bounds[i] > most)
            return 0;
    return 1;
}

/* The last of the `count` rising `bounds` that is not beyond `value`. */
static Py_ssize_t holding(const int32_t *bounds, Py_ssize_t count, int32_t value)
{
    Py_ssize_t low = 0, high = count;
    while (high - low > 1) {
        Py_ssize_t middle = (low + high) / 2;
        if (bounds[middle] <= value)
            low = middle;
        else
            high = middle;
    }
    return low;
}

#endif

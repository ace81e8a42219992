/* Plain prose fitted to a rectangle at one go: breaks, stretches, and the largest size. */
#ifndef GLYPHDATA_TYPESET_FITTED_H
#define GLYPHDATA_TYPESET_FITTED_H

#include "_arrays.h"
#include "_breaks.h"
#include "_fit.h"

/* The bytes at which the lines end whose last stretches are `last`. */
static PyObject *bytes_of(const Endless *text, const int32_t *ends, const int32_t *last,
                          Py_ssize_t lines)
{
    PyObject *out = PyTuple_New(lines);
    for (Py_ssize_t line = 0; line < lines && out != NULL; line++) {
        PyObject *end = PyLong_FromLong(text->starts[ends[last[line]]]);
        if (end == NULL || PyTuple_SetItem(out, line, end) < 0) {
            Py_DECREF(out);
            out = NULL;
        }
    }
    return out;
}

static PyObject *no_answer(PyObject *answer)
{
    Py_INCREF(answer);
    return answer;
}

/* What `fit_prose` returns, given room for all that is found on the way. */
static PyObject *fit_found(Endless *text, Room *room, double smallest, int32_t *ends,
                           int32_t *last, double *spans)
{
    int32_t paragraph;
    text->turns = NULL;
    text->many = 1;
    room->m = stretch_out(text, ends, spans, &paragraph, &room->many);
    room->spans = spans;
    room->paragraphs = &paragraph;
    Found best;
    if (!find_largest(room, smallest, last, last + room->m, &best))
        return no_answer(Py_None);
    PyObject *bytes = bytes_of(text, ends, last, best.lines);
    return bytes == NULL ? NULL : Py_BuildValue("(ddN)", best.size, best.widest, bytes);
}

/* fit_prose(glyphs, starts, first, data, backwards, height_em, spacing, width, height, smallest,
 *           largest, most) -> (size, widest, line_ends), None, or False where it is no plain prose
 */
static PyObject *fit_prose(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    PyObject *out = NULL;
    int32_t *ints = NULL;
    double *spans = NULL;
    Endless text = {.backwards = number(args, 4) != 0.0};
    Room room = {.height_em = number(args, 5), .spacing = number(args, 6)};
    room.width = number(args, 7);
    room.height = number(args, 8);
    double smallest = number(args, 9);
    room.largest = number(args, 10);
    room.most = (Py_ssize_t)number(args, 11);
    if (PyErr_Occurred() || !take_text(&buffers, args, &text))
        goto done;
    Py_ssize_t size = text.starts[text.count];
    const uint8_t *data = take(&buffers, args, 3, size, 1, 0);
    if (data == NULL)
        goto done;
    ints = PyMem_Malloc(4 * (size + 1) * sizeof *ints);
    spans = PyMem_Malloc(2 * (size + 1) * sizeof *spans);
    if (ints == NULL || spans == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    text.breaks = ints;
    text.most = find_breaks(data, size, ints) + 1;
    out = text.most > 0 ? fit_found(&text, &room, smallest, ints + size, ints + 2 * size + 1, spans)
                        : no_answer(Py_False);
done:
    PyMem_Free(ints);
    PyMem_Free(spans);
    release(&buffers);
    return out;
}

#endif

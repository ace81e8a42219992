/* Where the glyphs, clusters, words and lines of a box stand in its frame. */
#ifndef GLYPHDATA_TYPESET_PLACE_H
#define GLYPHDATA_TYPESET_PLACE_H

#include "_arrays.h"

#include <math.h>

typedef struct {
    Glyphs of;
    const int32_t *starts, *first;
    Py_ssize_t count, lines; /* clusters and lines */
    double size, width, share;
    int clipped, backwards;
    double *out_pens, *out_spans, *out_line_spans, *out_rows, *out_word_spans;
    int32_t *out_clusters, *out_lines, *out_words;
    Py_ssize_t words, room; /* words found so far, and how many there is room for */
} Frame;

/* Line ends from bytes in the tuple to `ends`, the clusters they end before; 0 where they do not
 * rise to the end of the text from cluster to cluster, -1 with the error set. */
static int ends_of(const Frame *frame, PyObject *bytes, int32_t *ends)
{
    Py_ssize_t before = frame->starts[frame->count] > 0 ? 0 : -1; /* no line is empty */
    for (Py_ssize_t line = 0; line < frame->lines; line++) {
        long end = PyLong_AsLong(PyTuple_GetItem(bytes, line));
        if (end == -1 && PyErr_Occurred())
            return -1;
        if (end <= before || end > frame->starts[frame->count])
            return 0;
        ends[line] = (int32_t)holding(frame->starts, frame->count + 1, (int32_t)end);
        if (frame->starts[ends[line]] != end)
            return 0;
        before = end;
    }
    return before == frame->starts[frame->count];
}

/* The clusters `cluster` to `end` and their glyphs on line `line`, whose baseline is at `y`; what
 * is returned shifts the line. */
static double lay_line(Frame *frame, Py_ssize_t line, int32_t cluster, int32_t end, double y)
{
    const Glyphs *of = &frame->of;
    const int32_t *first = frame->first;
    double size = frame->size, width = frame->width;
    double edge = line ? of->along[first[cluster]] : 0.0;
    edge = frame->backwards ? -edge : edge;
    double low = edge, high = edge;
    for (int32_t i = first[cluster]; i < first[end]; i++) {
        low = of->left[i] < low ? of->left[i] : low;
        high = of->right[i] > high ? of->right[i] : high;
    }
    double start = low * size, stop = high * size;
    double shift = (width - (stop - start)) * frame->share - start;
    frame->out_lines[2 * line] = frame->starts[cluster];
    frame->out_lines[2 * line + 1] = frame->starts[end];
    frame->out_line_spans[2 * line] = start + shift;
    frame->out_line_spans[2 * line + 1] = stop + shift;
    for (; cluster < end; cluster++) {
        double from = INFINITY, to = -INFINITY;
        for (int32_t i = first[cluster]; i < first[cluster + 1]; i++) {
            double a = of->pens[i] * size + shift, b = (of->pens[i] + of->advances[i]) * size + shift;
            frame->out_pens[2 * i] = (of->pens[i] + of->offsets[2 * i]) * size + shift;
            frame->out_pens[2 * i + 1] = y - of->offsets[2 * i + 1] * size;
            from = a < from ? a : from;
            to = b > to ? b : to;
        }
        if (frame->clipped) {
            from = from < 0.0 ? 0.0 : from > width ? width : from;
            to = to < 0.0 ? 0.0 : to > width ? width : to;
        }
        frame->out_clusters[3 * cluster] = frame->starts[cluster];
        frame->out_clusters[3 * cluster + 1] = frame->starts[cluster + 1];
        frame->out_clusters[3 * cluster + 2] = (int32_t)line;
        frame->out_spans[2 * cluster] = from;
        frame->out_spans[2 * cluster + 1] = to;
    }
    return shift;
}

/* The word of bytes `start` to `stop` in its parts, each on its line; 0 where there is no room. */
static int reach(Frame *frame, const int32_t *ends, const double *shifts, int32_t start,
                 int32_t stop, Py_ssize_t *line)
{
    const int32_t *starts = frame->starts, *first = frame->first;
    Py_ssize_t at = holding(starts, frame->count, start), last = at;
    while (last < frame->count && starts[last] < stop)
        last++;
    while (at < last) {
        while (*line < frame->lines && ends[*line] <= at)
            (*line)++;
        if (*line == frame->lines || frame->words == frame->room)
            return 0;
        Py_ssize_t end = last < ends[*line] ? last : ends[*line];
        double low = INFINITY, high = -INFINITY;
        for (int32_t i = first[at]; i < first[end]; i++) {
            low = frame->of.left[i] < low ? frame->of.left[i] : low;
            high = frame->of.right[i] > high ? frame->of.right[i] : high;
        }
        /* A joiner or a control after a space hangs with it: there is nothing to see. */
        if (low <= high) {
            Py_ssize_t used = frame->words++;
            frame->out_words[3 * used] = starts[at];
            frame->out_words[3 * used + 1] = starts[end];
            frame->out_words[3 * used + 2] = (int32_t)*line;
            frame->out_word_spans[2 * used] = low * frame->size + shifts[*line];
            frame->out_word_spans[2 * used + 1] = high * frame->size + shifts[*line];
        }
        at = end;
    }
    return 1;
}

/* Every word: those of `words` (w × 2 bytes), or where that is NULL what stands between the spaces
 * of `data`. */
static int reach_all(Frame *frame, const int32_t *ends, const double *shifts, const int32_t *words,
                     Py_ssize_t many, const uint8_t *data, Py_ssize_t size)
{
    Py_ssize_t line = 0;
    if (words != NULL) {
        for (Py_ssize_t w = 0; w < many; w++)
            if (!reach(frame, ends, shifts, words[2 * w], words[2 * w + 1], &line))
                return 0;
        return 1;
    }
    for (Py_ssize_t at = 0; at < size;) {
        while (at < size && data[at] == ' ')
            at++;
        Py_ssize_t start = at;
        while (at < size && data[at] != ' ')
            at++;
        if (start < at && !reach(frame, ends, shifts, (int32_t)start, (int32_t)at, &line))
            return 0;
    }
    return 1;
}

static int take_frame(Buffers *buffers, PyObject *args, Frame *frame)
{
    Py_ssize_t n, c, l = frame->lines;
    if (!take_glyphs(buffers, args, 0, -1, 0, &frame->of) ||
        (frame->starts = take(buffers, args, 1, -1, sizeof *frame->starts, 0)) == NULL)
        return 0;
    n = frame->of.n;
    c = frame->count = items_of(buffers, sizeof *frame->starts) - 1;
    if ((frame->out_words = take(buffers, args, 18, -1, 3 * sizeof(int32_t), 1)) == NULL)
        return 0;
    frame->room = items_of(buffers, 3 * sizeof(int32_t));
    frame->first = take(buffers, args, 2, c + 1, sizeof *frame->first, 0);
    if (frame->first == NULL || c < 0 || !rising(frame->first, c + 1, n)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "clusters do not part the glyphs");
        return 0;
    }
    const uint8_t *hangs = take(buffers, args, 3, n, 1, 0);
    if (hangs == NULL)
        return 0;
    for (Py_ssize_t i = 0; i < n && !frame->clipped; i++)
        frame->clipped = hangs[i];
    const size_t wide = sizeof(double);
    return (frame->out_pens = take(buffers, args, 12, 2 * n, wide, 1)) != NULL &&
           (frame->out_clusters = take(buffers, args, 13, 3 * c, sizeof(int32_t), 1)) != NULL &&
           (frame->out_spans = take(buffers, args, 14, 2 * c, wide, 1)) != NULL &&
           (frame->out_lines = take(buffers, args, 15, 2 * l, sizeof(int32_t), 1)) != NULL &&
           (frame->out_line_spans = take(buffers, args, 16, 2 * l, wide, 1)) != NULL &&
           (frame->out_rows = take(buffers, args, 17, 3 * l, wide, 1)) != NULL &&
           (frame->out_word_spans = take(buffers, args, 19, 2 * frame->room, wide, 1)) != NULL;
}

/* place(glyphs, starts, first, hangs, data, words, line_ends, size, (width, share), (ascent,
 *       descent), spacing, backwards, out_pens, out_clusters, out_spans, out_lines,
 *       out_line_spans, out_rows, out_words, out_word_spans) -> words, or -1 */
static PyObject *place(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    Frame frame = {.size = number(args, 7), .clipped = 0, .words = 0};
    double ascent, descent, spacing = number(args, 10);
    frame.backwards = number(args, 11) != 0.0;
    PyObject *bytes = PyTuple_GetItem(args, 6), *words = PyTuple_GetItem(args, 5), *out = NULL;
    PyObject *across = PyTuple_GetItem(args, 8), *tall = PyTuple_GetItem(args, 9);
    double *shifts = NULL;
    int32_t *ends = NULL;
    if (PyErr_Occurred() || !PyArg_ParseTuple(across, "dd", &frame.width, &frame.share) ||
        !PyArg_ParseTuple(tall, "dd", &ascent, &descent) ||
        (frame.lines = PyTuple_Size(bytes)) < 0 || !take_frame(&buffers, args, &frame))
        goto done;
    const int32_t *spans = NULL;
    Py_ssize_t many = 0;
    if (words != Py_None) {
        if ((spans = take(&buffers, args, 5, -1, 2 * sizeof *spans, 0)) == NULL)
            goto done;
        many = items_of(&buffers, 2 * sizeof *spans);
    }
    const uint8_t *data = take(&buffers, args, 4, frame.starts[frame.count], 1, 0);
    if (data == NULL)
        goto done;
    shifts = PyMem_Malloc((frame.lines + 1) * sizeof *shifts);
    ends = PyMem_Malloc((frame.lines + 1) * sizeof *ends);
    if (shifts == NULL || ends == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    int good = ends_of(&frame, bytes, ends);
    if (good <= 0) {
        out = good < 0 ? NULL : PyLong_FromLong(-1);
        goto done;
    }
    double height = (ascent + descent) * frame.size, pitch = height * spacing;
    for (Py_ssize_t line = 0; line < frame.lines; line++) {
        double *row = frame.out_rows + 3 * line;
        row[0] = (double)line * pitch;
        row[1] = row[0] + ascent * frame.size;
        row[2] = row[0] + height;
        shifts[line] = lay_line(&frame, line, line ? ends[line - 1] : 0, ends[line], row[1]);
    }
    if (!reach_all(&frame, ends, shifts, spans, many, data, frame.starts[frame.count]))
        PyErr_SetString(PyExc_ValueError, "words do not lie in the lines");
    else
        out = PyLong_FromSsize_t(frame.words);
done:
    PyMem_Free(shifts);
    PyMem_Free(ends);
    release(&buffers);
    return out;
}

#endif

/* Lines broken greedily, and the largest size at which they fit a rectangle. */
#ifndef GLYPHDATA_TYPESET_FIT_H
#define GLYPHDATA_TYPESET_FIT_H

#include "_arrays.h"

#include <math.h>
#include <string.h>

/* stretch(glyphs, starts, first, breaks, turns, backwards, out_ends, out_spans, out_paragraphs)
 * -> (stretches, paragraphs) */
static PyObject *stretch(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    PyObject *out = NULL;
    Glyphs of;
    const int32_t *starts, *first, *breaks, *turns;
    int32_t *ends, *paragraphs;
    double *spans;
    int backwards = number(args, 5) != 0.0;
    if (PyErr_Occurred())
        return NULL;
    if (!take_glyphs(&buffers, args, 0, -1, 0, &of) ||
        (starts = take(&buffers, args, 1, -1, sizeof *starts, 0)) == NULL)
        goto done;
    Py_ssize_t count = items_of(&buffers, sizeof *starts) - 1;
    if ((breaks = take(&buffers, args, 3, -1, sizeof *breaks, 0)) == NULL)
        goto done;
    Py_ssize_t most = items_of(&buffers, sizeof *breaks) + 1;
    if ((turns = take(&buffers, args, 4, -1, sizeof *turns, 0)) == NULL)
        goto done;
    Py_ssize_t many = items_of(&buffers, sizeof *turns) + 1;
    if ((first = take(&buffers, args, 2, count + 1, sizeof *first, 0)) == NULL ||
        (ends = take(&buffers, args, 6, most, sizeof *ends, 1)) == NULL ||
        (spans = take(&buffers, args, 7, 2 * most, sizeof *spans, 1)) == NULL ||
        (paragraphs = take(&buffers, args, 8, many, sizeof *paragraphs, 1)) == NULL)
        goto done;
    if (count < 0 || !rising(first, count + 1, of.n)) {
        PyErr_SetString(PyExc_ValueError, "clusters do not part the glyphs");
        goto done;
    }
    Py_ssize_t m = 0, cluster = 0, from = 0, turn = 0, paragraph = 0;
    double reached = 0.0;
    for (Py_ssize_t i = 0; i < most; i++) {
        int32_t stop_at = i < most - 1 ? breaks[i] : starts[count];
        while (cluster < count && starts[cluster] < stop_at)
            cluster++;
        if (starts[cluster] != stop_at || (m && ends[m - 1] == cluster))
            continue; /* no line ends within a cluster, or where one has ended */
        double low = of.along[from], high = -INFINITY;
        for (Py_ssize_t g = from; g < first[cluster]; g++) {
            double start = backwards ? -of.right[g] : of.left[g];
            double stop = backwards ? -of.left[g] : of.right[g];
            low = start < low ? start : low;
            high = stop > high ? stop : high;
        }
        reached = high > reached ? high : reached;
        /* A paragraph ends before the first stretch that ends beyond its own last byte. */
        for (; turn < many - 1 && turns[turn] < stop_at; turn++)
            if (m && (!paragraph || paragraphs[paragraph - 1] != m))
                paragraphs[paragraph++] = (int32_t)m;
        ends[m] = (int32_t)cluster;
        spans[2 * m] = low;
        spans[2 * m + 1] = reached;
        from = first[cluster];
        m++;
    }
    if (m && (!paragraph || paragraphs[paragraph - 1] != m))
        paragraphs[paragraph++] = (int32_t)m;
    for (Py_ssize_t i = m - 1; i > 0; i--)
        if (spans[2 * i] < spans[2 * (i - 1)])
            spans[2 * (i - 1)] = spans[2 * i];
    out = Py_BuildValue("(nn)", m, paragraph);
done:
    release(&buffers);
    return out;
}

typedef struct {
    const double *spans; /* m × 2: where a line that starts, or ends, with a stretch does so */
    const int32_t *paragraphs;
    Py_ssize_t m, many, most; /* most lines allowed; none where negative */
    double height_em, spacing, width, height, largest;
} Room;

typedef struct {
    double size, widest;
    Py_ssize_t lines;
} Found;

static const double NEAR = 1.002, SLACK = 1.0 + 1e-9;

/* The last stretch of each line no wider than `width`, and how many; -1 where one is wider, unless
 * `overfull`. */
static Py_ssize_t wrap(const Room *room, double width, int overfull, int32_t *last)
{
    Py_ssize_t lines = 0, start = 0;
    for (Py_ssize_t p = 0; p < room->many; p++)
        while (start < room->paragraphs[p]) {
            double limit = room->spans[2 * start] + width;
            Py_ssize_t low = start, high = room->paragraphs[p];
            while (low < high) {
                Py_ssize_t middle = (low + high) / 2;
                if (limit < room->spans[2 * middle + 1])
                    high = middle;
                else
                    low = middle + 1;
            }
            if (low == start) {
                if (!overfull)
                    return -1;
                low++;
            }
            last[lines++] = (int32_t)(low - 1);
            start = low;
        }
    return lines;
}

/* Do lines at `size` fit? Then `found` is the largest size for the same lines. */
static int attempt(const Room *room, double size, int32_t *last, Found *found)
{
    Py_ssize_t lines = wrap(room, room->width / size * SLACK, 0, last);
    if (lines < 0 || (room->most >= 0 && lines > room->most))
        return 0;
    double rows = room->height_em * (1.0 + (double)(lines - 1) * room->spacing);
    if (rows * size > room->height * SLACK)
        return 0;
    double widest = 0.0;
    for (Py_ssize_t line = 0, start = 0; line < lines; start = last[line++] + 1) {
        double wide = room->spans[2 * last[line] + 1] - room->spans[2 * start];
        widest = wide > widest ? wide : widest;
    }
    double most = widest > 0.0 ? room->width / widest : room->largest;
    most = room->height / rows < most ? room->height / rows : most;
    most = room->largest < most ? room->largest : most;
    *found = (Found){size > most ? size : most, widest, lines};
    return 1;
}

/* The arguments 0 and 1, spans and paragraphs, and the array `out` of as many items. */
static int32_t *take_room(Buffers *buffers, PyObject *args, Py_ssize_t out, Room *room)
{
    if ((room->spans = take(buffers, args, 0, -1, 2 * sizeof *room->spans, 0)) == NULL)
        return NULL;
    room->m = items_of(buffers, 2 * sizeof *room->spans);
    if ((room->paragraphs = take(buffers, args, 1, -1, sizeof *room->paragraphs, 0)) == NULL)
        return NULL;
    room->many = items_of(buffers, sizeof *room->paragraphs);
    if (!rising(room->paragraphs, room->many, room->m)) {
        PyErr_SetString(PyExc_ValueError, "paragraphs do not part the stretches");
        return NULL;
    }
    return take(buffers, args, out, room->m, sizeof(int32_t), 1);
}

/* largest(spans, paragraphs, height_em, spacing, width, height, smallest, largest, most, last)
 * -> (size, widest, lines) or None */
static PyObject *largest(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    Room room = {.height_em = number(args, 2), .spacing = number(args, 3)};
    room.width = number(args, 4);
    room.height = number(args, 5);
    double smallest = number(args, 6);
    room.largest = number(args, 7);
    room.most = (Py_ssize_t)number(args, 8);
    PyObject *out = NULL;
    int32_t *last = NULL, *trial = NULL;
    if (PyErr_Occurred() || (last = take_room(&buffers, args, 9, &room)) == NULL)
        goto done;
    if ((trial = PyMem_Malloc((room.m + 1) * sizeof *trial)) == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    Found best, found;
    if (!attempt(&room, room.largest, last, &best) && !attempt(&room, smallest, last, &best)) {
        out = Py_None;
        Py_INCREF(out);
        goto done;
    }
    double over = room.height / room.height_em;
    over = over < room.largest ? over : room.largest;
    while (best.size * NEAR < over) {
        double middle = pow(best.size * over, 0.5);
        if (attempt(&room, middle, trial, &found)) {
            best = found;
            memcpy(last, trial, best.lines * sizeof *last);
        } else {
            over = middle;
        }
    }
    out = Py_BuildValue("(ddn)", best.size, best.widest, best.lines);
done:
    PyMem_Free(trial);
    release(&buffers);
    return out;
}

/* wrap(spans, paragraphs, width, last) -> lines */
static PyObject *wrap_overfull(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    Room room = {.width = number(args, 2)};
    Py_ssize_t lines = -1;
    int32_t *last = PyErr_Occurred() ? NULL : take_room(&buffers, args, 3, &room);
    if (last != NULL)
        lines = wrap(&room, room.width * SLACK, 1, last);
    release(&buffers);
    return last == NULL ? NULL : PyLong_FromSsize_t(lines);
}

#endif

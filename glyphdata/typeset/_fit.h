/* Lines broken greedily, and the largest size at which they fit a rectangle. */
#ifndef GLYPHDATA_TYPESET_FIT_H
#define GLYPHDATA_TYPESET_FIT_H

#include "_arrays.h"

#include <math.h>
#include <string.h>

/* A text that lines are found for: its glyphs and clusters, and the bytes at which lines may end
 * (`most` - 1 of them) or must (`many` - 1). */
typedef struct {
    Glyphs of;
    const int32_t *starts, *first, *breaks, *turns;
    Py_ssize_t count, most, many;
    int backwards;
} Endless;

/* Its unbreakable stretches and its paragraphs; how many there are of the former is returned. */
static Py_ssize_t stretch_out(const Endless *text, int32_t *ends, double *spans,
                              int32_t *paragraphs, Py_ssize_t *parted)
{
    const Glyphs *of = &text->of;
    const int32_t *starts = text->starts, *first = text->first;
    Py_ssize_t m = 0, cluster = 0, from = 0, turn = 0, paragraph = 0;
    double reached = 0.0;
    for (Py_ssize_t i = 0; i < text->most; i++) {
        int32_t stop_at = i < text->most - 1 ? text->breaks[i] : starts[text->count];
        while (cluster < text->count && starts[cluster] < stop_at)
            cluster++;
        if (starts[cluster] != stop_at || (m && ends[m - 1] == cluster))
            continue; /* no line ends within a cluster, or where one has ended */
        double low = of->along[from], high = -INFINITY;
        for (Py_ssize_t g = from; g < first[cluster]; g++) {
            double start = text->backwards ? -of->right[g] : of->left[g];
            double stop = text->backwards ? -of->left[g] : of->right[g];
            low = start < low ? start : low;
            high = stop > high ? stop : high;
        }
        reached = high > reached ? high : reached;
        /* A paragraph ends before the first stretch that ends beyond its own last byte. */
        for (; turn < text->many - 1 && text->turns[turn] < stop_at; turn++)
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
    *parted = paragraph;
    return m;
}

/* Takes the arguments 0 to 2, glyphs, starts and first, which must agree. */
static int take_text(Buffers *buffers, PyObject *args, Endless *text)
{
    if (!take_glyphs(buffers, args, 0, -1, 0, &text->of) ||
        (text->starts = take(buffers, args, 1, -1, sizeof *text->starts, 0)) == NULL)
        return 0;
    text->count = items_of(buffers, sizeof *text->starts) - 1;
    text->first = take(buffers, args, 2, text->count + 1, sizeof *text->first, 0);
    if (text->first == NULL)
        return 0;
    if (text->count >= 0 && rising(text->first, text->count + 1, text->of.n))
        return 1;
    PyErr_SetString(PyExc_ValueError, "clusters do not part the glyphs");
    return 0;
}

/* stretch(glyphs, starts, first, breaks, turns, backwards, out_ends, out_spans, out_paragraphs)
 * -> (stretches, paragraphs) */
static PyObject *stretch(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    PyObject *out = NULL;
    int32_t *ends, *paragraphs;
    double *spans;
    Endless text = {.backwards = number(args, 5) != 0.0};
    if (PyErr_Occurred())
        return NULL;
    if (!take_text(&buffers, args, &text) ||
        (text.breaks = take(&buffers, args, 3, -1, sizeof *text.breaks, 0)) == NULL)
        goto done;
    text.most = items_of(&buffers, sizeof *text.breaks) + 1;
    if ((text.turns = take(&buffers, args, 4, -1, sizeof *text.turns, 0)) == NULL)
        goto done;
    text.many = items_of(&buffers, sizeof *text.turns) + 1;
    if ((ends = take(&buffers, args, 6, text.most, sizeof *ends, 1)) == NULL ||
        (spans = take(&buffers, args, 7, 2 * text.most, sizeof *spans, 1)) == NULL ||
        (paragraphs = take(&buffers, args, 8, text.many, sizeof *paragraphs, 1)) == NULL)
        goto done;
    Py_ssize_t parted, m = stretch_out(&text, ends, spans, paragraphs, &parted);
    out = Py_BuildValue("(nn)", m, parted);
done:
    release(&buffers);
    return out;
}

/* How wide the clusters `from` to `to` are as a line. */
static double width_of(const Endless *text, int32_t from, int32_t to)
{
    const Glyphs *of = &text->of;
    double edge = of->along[text->first[from]];
    double low = text->backwards ? -edge : edge, high = low;
    for (int32_t g = text->first[from]; g < text->first[to]; g++) {
        low = of->left[g] < low ? of->left[g] : low;
        high = of->right[g] > high ? of->right[g] : high;
    }
    return high - low;
}

/* widest(glyphs, starts, first, backwards, line_ends) -> em */
static PyObject *widest(PyObject *self, PyObject *args)
{
    (void)self;
    Buffers buffers = {.count = 0};
    PyObject *bytes = PyTuple_GetItem(args, 4);
    Endless text = {.backwards = number(args, 3) != 0.0};
    double most = -1.0;
    Py_ssize_t lines = PyErr_Occurred() ? -1 : PyTuple_Size(bytes);
    if (lines >= 0 && take_text(&buffers, args, &text)) {
        int32_t from = 0;
        most = 0.0;
        for (Py_ssize_t line = 0; line < lines; line++) {
            long end = PyLong_AsLong(PyTuple_GetItem(bytes, line));
            if (PyErr_Occurred())
                break;
            int32_t to = from;
            while (to < text.count && text.starts[to] < end)
                to++;
            double wide = width_of(&text, from, to);
            most = wide > most ? wide : most;
            from = to;
        }
    }
    release(&buffers);
    return PyErr_Occurred() ? NULL : PyFloat_FromDouble(most);
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

/* The largest size from `smallest` on at which lines fit; 0 where not even that does. `trial` has
 * room for as many lines as `last`. */
static int find_largest(const Room *room, double smallest, int32_t *last, int32_t *trial,
                        Found *best)
{
    if (!attempt(room, room->largest, last, best) && !attempt(room, smallest, last, best))
        return 0;
    double over = room->height / room->height_em;
    over = over < room->largest ? over : room->largest;
    while (best->size * NEAR < over) {
        Found found;
        double middle = pow(best->size * over, 0.5);
        if (attempt(room, middle, trial, &found)) {
            *best = found;
            memcpy(last, trial, best->lines * sizeof *last);
        } else {
            over = middle;
        }
    }
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
    Found best;
    if (find_largest(&room, smallest, last, trial, &best)) {
        out = Py_BuildValue("(ddn)", best.size, best.widest, best.lines);
    } else {
        out = Py_None;
        Py_INCREF(out);
    }
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

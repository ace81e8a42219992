/* glyphdata.draw._kernel: the compiled half of glyphdata.draw.kernel, which says what all this does.
 * Every array comes in over the buffer protocol and is checked here, so that no call can write out
 * of bounds. twin.py is the same program in numpy, byte for byte.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_avx2.h"
#include "_blend.h"
#include "_coverage.h"
#include "_deflate.h"
#include "_flat_avx2.h"

/* ---- arrays ---------------------------------------------------------------------------------- */

enum { CANVAS, LAYER, MASK, STRENGTH, BOX_MASK, POINTS, VERBS, STARTS, ROWS, MATRICES, COLORS, IDS,
       BOXES, INK, UNDER, HELD, ARRAYS };

typedef struct {
    const char *name;
    char format;
    char writes, optional;
    int ndim;
} Want;

#define NARROW_OR_WIDE 'M' /* unsigned whole numbers of 8 or of 16 bits */

static const Want WANTS[ARRAYS] = {
    {"canvas", 'B', 1, 0, 3},  {"layer", 'B', 1, 1, 3},    {"mask", NARROW_OR_WIDE, 1, 1, 2},
    {"strength", 'B', 1, 1, 2}, {"box_mask", 'B', 1, 1, 2}, {"points", 'f', 0, 0, 2},
    {"verbs", 'B', 0, 0, 1},   {"starts", 'i', 0, 0, 2},   {"rows", 'i', 0, 0, 1},
    {"matrices", 'd', 0, 0, 2}, {"colors", 'B', 0, 0, 2},   {"ids", 'H', 0, 0, 1},
    {"boxes", 'B', 0, 0, 1},   {"ink", 'i', 1, 0, 2},      {"under", 'q', 1, 0, 2},
    {"held", 'B', 1, 0, 1},
};

static Py_ssize_t item_size(char format) {
    return format == 'B' ? 1 : format == 'H' ? 2 : format == 'i' || format == 'f' ? 4 : 8;
}

/* numpy spells int64 'l' or 'q', whichever C type has eight bytes. */
static int same_format(const char *have, char want) {
    char f = have ? have[0] : 'B';
    int same = f == want || (want == 'q' && f == 'l') || (want == 'i' && f == 'l') ||
               (want == NARROW_OR_WIDE && (f == 'B' || f == 'H'));
    return same && (!have || !have[1]);
}

static int take(PyObject *object, const Want *want, Py_buffer *view) {
    if (object == Py_None && want->optional) {
        view->obj = NULL;
        view->buf = NULL;
        return 1;
    }
    int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (want->writes ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(object, view, flags) < 0) {
        view->obj = NULL;
        PyErr_Format(PyExc_ValueError, "%s must be a%s C-contiguous array", want->name,
                     want->writes ? " writable," : "");
        return 0;
    }
    if (view->ndim == want->ndim && same_format(view->format, want->format) &&
        (want->format == NARROW_OR_WIDE || view->itemsize == item_size(want->format)))
        return 1;
    PyErr_Format(PyExc_ValueError, "%s must have %d dimensions of type '%c'", want->name, want->ndim,
                 want->format);
    return 0;
}

static int shaped(const Py_buffer *view, const char *name, Py_ssize_t a, Py_ssize_t b) {
    if (!view->buf && !view->obj) return 1;
    if (view->shape[0] == a && (b < 0 || view->shape[1] == b)) return 1;
    PyErr_Format(PyExc_ValueError, "%s does not have the shape of its fellows", name);
    return 0;
}

static int fellows(const Py_buffer *v) {
    Py_ssize_t h = v[CANVAS].shape[0], w = v[CANVAS].shape[1], n = v[ROWS].shape[0];
    if (v[CANVAS].shape[2] != 3 || (v[LAYER].obj && v[LAYER].shape[2] != 3) || h > 65536 || w > 65536) {
        PyErr_SetString(PyExc_ValueError, "canvas and layer must be height x width x 3, sides <= 65536");
        return 0;
    }
    if (v[MASK].obj && !v[STRENGTH].obj) {
        PyErr_SetString(PyExc_ValueError, "a mask needs its strength");
        return 0;
    }
    return shaped(&v[LAYER], "layer", h, w) && shaped(&v[MASK], "mask", h, w) &&
           shaped(&v[STRENGTH], "strength", h, w) && shaped(&v[BOX_MASK], "box_mask", h, w) &&
           shaped(&v[POINTS], "points", v[POINTS].shape[0], 2) &&
           shaped(&v[STARTS], "starts", v[STARTS].shape[0], 2) &&
           shaped(&v[MATRICES], "matrices", n, 9) && shaped(&v[COLORS], "colors", n, 3) &&
           shaped(&v[IDS], "ids", n, -1) && shaped(&v[BOXES], "boxes", n, -1) &&
           shaped(&v[INK], "ink", n, 4) && shaped(&v[UNDER], "under", v[UNDER].shape[0], 6) &&
           shaped(&v[HELD], "held", n, -1);
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* Outline number `row`; 0 where there is none or its verbs do not use up its points. */
static int outline_at(const Py_buffer *v, int row, Outline *out) {
    const int32_t *starts = v[STARTS].buf;
    if (row < 0 || row >= v[STARTS].shape[0] - 1) return 0;
    const int32_t *s = starts + 2 * (Py_ssize_t)row;
    if (s[0] < 0 || s[2] < s[0] || s[2] > v[VERBS].shape[0]) return 0;
    if (s[1] < 0 || s[3] < s[1] || s[3] > v[POINTS].shape[0]) return 0;
    out->verbs = (const uint8_t *)v[VERBS].buf + s[0];
    out->points = (const float *)v[POINTS].buf + 2 * (Py_ssize_t)s[1];
    out->n_verbs = s[2] - s[0];
    out->n_points = s[3] - s[1];
    static const uint8_t uses[4] = {1, 1, 2, 3};
    int64_t used = 0;
    uint8_t high = 0;
    for (int i = 0; i < out->n_verbs; i++) {
        high |= out->verbs[i];
        used += uses[out->verbs[i] & 3];
    }
    return high <= CUBIC && used == out->n_points && (!out->n_verbs || out->verbs[0] == MOVE);
}

static PyObject *fault(Outcome outcome, Py_ssize_t i) {
    if (outcome == NO_MEMORY) return PyErr_NoMemory();
    PyErr_Format(PyExc_ValueError,
                 outcome == BEHIND ? "glyph %zd reaches behind the viewer"
                                   : "glyph %zd has a coordinate that is not finite",
                 i);
    return NULL;
}

static int wide; /* may AVX2 be used? */

#ifdef HAS_AVX2
#define PLACE place_avx2
#define WALK walk_avx2
#else
#define PLACE place
#define WALK walk
typedef struct {
    char none;
} Wide;
static void settle(Wide *w, int64_t *next) { (void)w, (void)next; }
#endif

/* Ask for the pixels of the window, whose rows lie far apart, while its outline is walked. */
static void fetch(const Coverage *c, const Target *t) {
#if defined(__GNUC__)
    size_t p = (size_t)c->top * (size_t)t->width + (size_t)c->left, last = (size_t)c->width - 1;
    for (int y = 0; y < c->height; y++, p += (size_t)t->width) {
        __builtin_prefetch(t->canvas + 3 * p, 1);
        __builtin_prefetch(t->canvas + 3 * (p + last), 1);
        if (!t->mask) continue;
        __builtin_prefetch(t->strength + p, 1);
        __builtin_prefetch((const uint8_t *)t->mask + (t->narrow ? p : 2 * p), 1);
    }
#endif
}

/* The summed areas of a glyph. */
static Outcome trace(Coverage *c, const Outline *o, const double *matrix, const Target *t) {
    Outcome outcome = wide ? PLACE(c, o, matrix, t->width, t->height)
                           : place(c, o, matrix, t->width, t->height);
    if (outcome != DRAWN) return outcome;
    if (!make_room(c)) return NO_MEMORY;
    fetch(c, t);
    return wide ? WALK(c, o) : walk(c, o);
}

static int ink_in(Coverage *c, Target *t, const Glyph *g, Wide *w) {
#ifdef HAS_AVX2
    if (wide) {
        sweep_avx2(c);
        return lay_avx2(c, t, g, w);
    }
#endif
    (void)w;
    sweep(c);
    return lay(c, t, g);
}

static PyObject *draw_all(const Py_buffer *v, int threshold) {
    int narrow = v[MASK].obj && v[MASK].itemsize == 1;
    Target t = {v[CANVAS].buf, v[LAYER].buf, v[MASK].buf, narrow, v[STRENGTH].buf,
                v[BOX_MASK].buf, (int)v[CANVAS].shape[1], (int)v[CANVAS].shape[0], threshold, 0};
    Coverage c = {0};
    Wide w = {0};
    PyObject *result = NULL;
    int top = t.height, bottom = 0;
    for (Py_ssize_t i = 0; i < v[ROWS].shape[0]; i++) {
        Outline o;
        int32_t *ink = (int32_t *)v[INK].buf + 4 * i;
        uint8_t box = ((const uint8_t *)v[BOXES].buf)[i];
        if (!outline_at(v, ((const int32_t *)v[ROWS].buf)[i], &o) || box >= v[UNDER].shape[0]) {
            PyErr_Format(PyExc_ValueError, "glyph %zd has no such outline or box", i);
            goto done;
        }
        memset(ink, 0, 4 * sizeof *ink);
        if (!o.n_points) continue;
        Outcome outcome = trace(&c, &o, (const double *)v[MATRICES].buf + 9 * i, &t);
        if (outcome == NOTHING) continue;
        if (outcome != DRAWN) {
            fault(outcome, i);
            goto done;
        }
        Glyph g = {(const uint8_t *)v[COLORS].buf + 3 * i, ((const uint16_t *)v[IDS].buf)[i], box,
                   (int64_t *)v[UNDER].buf + 6 * box};
        int won = ink_in(&c, &t, &g, &w);
        measure(&c, ink);
        if (ink[3]) {
            top = min_int(top, ink[1]);
            bottom = max_int(bottom, ink[3]);
        }
        if (t.mask && !won) rescue(&c, &t, &g);
    }
    mark_held(&t, v[INK].buf, v[IDS].buf, v[ROWS].shape[0], v[HELD].buf);
    result = Py_BuildValue("ii", min_int(top, bottom), bottom);
done:
    if (wide) settle(&w, NULL);
    coverage_free(&c);
    return result;
}

static PyObject *draw(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    (void)module;
    Py_buffer views[ARRAYS];
    PyObject *result = NULL;
    int taken = 0;
    if (n != ARRAYS + 1) return PyErr_Format(PyExc_TypeError, "draw takes %d arguments", ARRAYS + 1);
    long threshold = PyLong_AsLong(args[BOXES + 1]);
    if (threshold == -1 && PyErr_Occurred()) return NULL;
    int sound = threshold >= 0 && threshold <= 255;
    if (!sound) PyErr_SetString(PyExc_ValueError, "threshold must be 0 to 255");
    for (; sound && taken < ARRAYS; taken++)
        sound = take(args[taken + (taken > BOXES)], &WANTS[taken], &views[taken]);
    if (sound && fellows(views)) result = draw_all(views, (int)threshold);
    while (taken--)
        if (views[taken].obj) PyBuffer_Release(&views[taken]);
    return result;
}

/* ---- deflate --------------------------------------------------------------------------------- */

static PyObject *as_bytes(uint8_t *out, size_t size) {
    if (!out) return PyErr_NoMemory();
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)out, (Py_ssize_t)size);
    free(out);
    return bytes;
}

static PyObject *deflate_view(const Py_buffer *view) {
    int sound = view->ndim == 2 ? same_format(view->format, 'B') || same_format(view->format, 'H')
                                : view->ndim == 3 && same_format(view->format, 'B') && view->shape[2] == 3;
    if (!sound || !view->len)
        return PyErr_Format(PyExc_ValueError,
                            "a picture must be uint8 or uint16 (h, w) or uint8 (h, w, 3), not empty");
    size_t rows = (size_t)view->shape[0], size = 0;
    size_t near = view->ndim == 3 ? 3 : (size_t)view->itemsize;
    uint8_t *out = deflate_array(view->buf, rows, (size_t)view->len / rows, near, view->itemsize == 2, &size);
    return as_bytes(out, size);
}

static PyObject *deflate_filtered(const Py_buffer *view, size_t pixel) {
    size_t n = (size_t)view->len, size = 0;
    Raw raw = {view->buf, n, 0, n, 0, n, pixel, (size_t)view->shape[1]};
    uint8_t *out = zlib_stream(&raw, &size);
    return as_bytes(out, size);
}

static PyObject *deflate(PyObject *module, PyObject *array) {
    (void)module;
    Py_buffer view;
    if (PyObject_GetBuffer(array, &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) return NULL;
    PyObject *bytes = deflate_view(&view);
    PyBuffer_Release(&view);
    return bytes;
}

static PyObject *deflate_rows(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    (void)module;
    Py_buffer view;
    if (n != 2) return PyErr_Format(PyExc_TypeError, "deflate_rows takes 2 arguments");
    long pixel = PyLong_AsLong(args[1]);
    if (pixel == -1 && PyErr_Occurred()) return NULL;
    if (PyObject_GetBuffer(args[0], &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) return NULL;
    PyObject *bytes = NULL;
    if (view.ndim != 2 || !same_format(view.format, 'B') || !view.len || pixel < 1 || pixel > 3 ||
        pixel >= view.shape[1])
        PyErr_SetString(PyExc_ValueError,
                        "rows must be uint8 (h, 1 + bytes), with 1 to 3 bytes to the pixel");
    else
        bytes = deflate_filtered(&view, (size_t)pixel);
    PyBuffer_Release(&view);
    return bytes;
}

/* ---- module ---------------------------------------------------------------------------------- */

/* Use the wide instructions from now on, if wanted and there; are they used? */
static PyObject *widen(PyObject *module, PyObject *wanted) {
    (void)module;
    int want = PyObject_IsTrue(wanted);
    if (want < 0) return NULL;
    wide = 0;
#ifdef HAS_AVX2
    __builtin_cpu_init();
    wide = want && __builtin_cpu_supports("avx2");
#endif
    return PyBool_FromLong(wide);
}

static PyMethodDef METHODS[] = {
    {"draw", (PyCFunction)(void (*)(void))draw, METH_FASTCALL, "Draw glyphs; see glyphdata.draw.kernel."},
    {"deflate", deflate, METH_O, "The zlib stream of a picture's PNG rows."},
    {"deflate_rows", (PyCFunction)(void (*)(void))deflate_rows, METH_FASTCALL,
     "The zlib stream of PNG rows with their filter bytes."},
    {"widen", widen, METH_O, "Use wide instructions, if wanted and there; are they used?"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_kernel", "The compiled drawing kernel.", 0, METHODS, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernel(void) {
    Py_XDECREF(widen(NULL, Py_True));
    return PyModuleDef_Init(&MODULE);
}

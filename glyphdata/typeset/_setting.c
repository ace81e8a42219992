/* The arithmetic of typesetting over flat arrays: see setting.py, whose numpy functions say what
 * each of these does and give the same numbers to the last bit.
 *
 * Arrays come as buffers; every length is checked against the others before anything is read.
 */
#include "_arrays.h"

#include "_breaks.h"
#include "_fit.h"
#include "_fitted.h"
#include "_gather.h"
#include "_read.h"
#include "_place.h"
#include "_plainly.h"

static PyMethodDef METHODS[] = {
    {"read", read_out, METH_VARARGS, "Glyphs, clusters and positions of a HarfBuzz buffer."},
    {"plain", plain, METH_VARARGS, "Has each character one glyph, and ink or a space?"},
    {"set_plainly", set_plainly, METH_VARARGS, "Where the glyphs of plain text stand, at one go."},
    {"unsafe", unsafe, METH_VARARGS, "The line ends at which glyphs may not be parted."},
    {"gather", gather, METH_VARARGS, "Where glyphs and their ink stand along an endless line."},
    {"breaks", breaks, METH_VARARGS, "Where lines of plain prose may end."},
    {"stretch", stretch, METH_VARARGS, "The unbreakable stretches of a text."},
    {"largest", largest, METH_VARARGS, "The largest size at which lines fit a rectangle."},
    {"widest", widest, METH_VARARGS, "The width of the widest line."},
    {"fit_prose", fit_prose, METH_VARARGS, "The largest size and the lines of plain prose."},
    {"wrap", wrap_overfull, METH_VARARGS, "Lines no wider than a width, where that is possible."},
    {"place", place, METH_VARARGS, "Where glyphs, clusters, words and lines stand in a frame."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_setting", "The arithmetic of typesetting, compiled.", -1, METHODS,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__setting(void)
{
    if (!name_attributes())
        return NULL;
    return PyModule_Create(&MODULE);
}

/* What a part of a picture looks like: mean colour, mean luma and its deviation. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>

/* look(pixels, width, left, top, right, bottom, across, down): every across-th pixel of every down-th
 * row of a rectangle of an RGB picture. Returns means of red, green, blue and luma, luma being
 * (77R + 150G + 29B) >> 8, and the standard deviation of luma. */
static PyObject *look(PyObject *self, PyObject *args)
{
    Py_buffer picture;
    Py_ssize_t width, left, top, right, bottom, across, down;
    if (!PyArg_ParseTuple(args, "y*nnnnnnn", &picture, &width, &left, &top, &right, &bottom,
                          &across, &down))
        return NULL;
    int sound = across > 0 && down > 0 && left >= 0 && top >= 0 && left < right && top < bottom &&
                right <= width && bottom <= picture.len / (3 * (width > 0 ? width : 1));
    uint64_t count = 0, red = 0, green = 0, blue = 0, luma = 0, squared = 0;
    for (Py_ssize_t y = top; sound && y < bottom; y += down) {
        const uint8_t *pixel = (const uint8_t *)picture.buf + 3 * (y * width + left);
        for (Py_ssize_t x = left; x < right; x += across, pixel += 3 * across) {
            uint32_t bright = (77u * pixel[0] + 150u * pixel[1] + 29u * pixel[2]) >> 8;
            count += 1;
            red += pixel[0];
            green += pixel[1];
            blue += pixel[2];
            luma += bright;
            squared += bright * bright;
        }
    }
    PyBuffer_Release(&picture);
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "the rectangle does not lie in the picture");
        return NULL;
    }
    double n = (double)count, mean = (double)luma / n;
    double noise = (double)squared / n - mean * mean;
    return Py_BuildValue("ddddd", (double)red / n, (double)green / n, (double)blue / n, mean,
                         noise > 0.0 ? sqrt(noise) : 0.0);
}

static PyMethodDef methods[] = {
    {"look", look, METH_VARARGS, "Mean colour, mean luma and its deviation of a rectangle."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_ground", "What lies behind a box.", -1, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__ground(void)
{
    return PyModule_Create(&module);
}

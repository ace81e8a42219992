/* What a part of a picture looks like: mean colour, mean luma and its deviation. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>

/* look(pixels, width, left, top, right, bottom, step): every step-th row of a rectangle of an RGB
 * picture. Returns means of red, green, blue and luma, luma being (77R + 150G + 29B) >> 8, and the
 * standard deviation of luma. */
static PyObject *look(PyObject *self, PyObject *args)
{
    Py_buffer picture;
    Py_ssize_t width, left, top, right, bottom, step;
    if (!PyArg_ParseTuple(args, "y*nnnnnn", &picture, &width, &left, &top, &right, &bottom, &step))
        return NULL;
    int sound = step > 0 && left >= 0 && top >= 0 && left < right && top < bottom &&
                right <= width && bottom <= picture.len / (3 * (width > 0 ? width : 1));
    uint64_t count = 0, red = 0, green = 0, blue = 0, luma = 0, squared = 0;
    for (Py_ssize_t y = top; sound && y < bottom; y += step) {
        const uint8_t *pixel = (const uint8_t *)picture.buf + 3 * (y * width + left);
        /* 32 bits hold the sums of 4096 pixels: 4096 times 255 squared is below 2^32. */
        for (Py_ssize_t from = left; from < right; from += 4096) {
            Py_ssize_t until = right - from > 4096 ? from + 4096 : right;
            uint32_t r = 0, g = 0, b = 0, l = 0, s = 0;
            for (Py_ssize_t x = from; x < until; x++, pixel += 3) {
                uint32_t bright = (77u * pixel[0] + 150u * pixel[1] + 29u * pixel[2]) >> 8;
                r += pixel[0];
                g += pixel[1];
                b += pixel[2];
                l += bright;
                s += bright * bright;
            }
            red += r;
            green += g;
            blue += b;
            luma += l;
            squared += s;
        }
        count += (uint64_t)(right - left);
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

/* The first of many places at which a turned box keeps apart from others: the compiled twin of
 * layouts/scatter.py, with the same sums in the same order. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>

#define AXES 6
#define MOST_QUADS 256

typedef struct {
    double x, y, low, high; /* a unit axis; a centre at or beyond either bound is apart */
} Axis;

static double outward(double share)
{
    return share * (0.5 + share * (1.5 - share));
}

/* The four edge normals of a quad, then the box's own two axes, with the bounds along each. */
static void axes_of(const double *quad, const double *own, const double *size, double gap,
                    Axis *axes)
{
    for (int k = 0; k < AXES; k++) {
        double nx, ny;
        if (k < 4) {
            int next = (k + 1) % 4;
            nx = quad[2 * next + 1] - quad[2 * k + 1];
            ny = -(quad[2 * next] - quad[2 * k]);
            double length = sqrt(nx * nx + ny * ny);
            if (length < 1e-12)
                length = 1e-12;
            nx /= length;
            ny /= length;
        } else {
            nx = own[2 * (k - 4)];
            ny = own[2 * (k - 4) + 1];
        }
        double reach = fabs(nx * own[0] + ny * own[1]) * (size[0] / 2.0) +
                       fabs(nx * own[2] + ny * own[3]) * (size[1] / 2.0) + gap;
        double low = INFINITY, high = -INFINITY;
        for (int c = 0; c < 4; c++) {
            double at = nx * quad[2 * c] + ny * quad[2 * c + 1];
            low = at < low ? at : low;
            high = at > high ? at : high;
        }
        axes[k] = (Axis){nx, ny, low - reach, high + reach};
    }
}

static int apart(const Axis *axes, double x, double y)
{
    for (int k = 0; k < AXES; k++) {
        double at = axes[k].x * x + axes[k].y * y;
        if (at >= axes[k].high || at <= axes[k].low)
            return 1;
    }
    return 0;
}

/* first_free(even, start, room, reach, own, size, quads, gap) -> (x, y) or None */
static PyObject *first_free(PyObject *self, PyObject *args)
{
    Py_buffer even, quads;
    double sx, sy, rx, ry, ox, oy, own[4], size[2], gap;
    if (!PyArg_ParseTuple(args, "y*(dd)(dd)(dd)(dddd)(dd)y*d", &even, &sx, &sy, &rx, &ry, &ox, &oy,
                          &own[0], &own[1], &own[2], &own[3], &size[0], &size[1], &quads, &gap))
        return NULL;
    Py_ssize_t count = quads.len / 64, tries = even.len / 16;
    Axis axes[MOST_QUADS * AXES];
    if (count > MOST_QUADS || quads.len != 64 * count || even.len != 16 * tries) {
        PyBuffer_Release(&even);
        PyBuffer_Release(&quads);
        PyErr_SetString(PyExc_ValueError, "quads are n x 8 doubles, at most 256 of them");
        return NULL;
    }
    for (Py_ssize_t q = 0; q < count; q++)
        axes_of((const double *)quads.buf + 8 * q, own, size, gap, axes + AXES * q);
    const double *share = even.buf;
    double x = 0.0, y = 0.0;
    int found = 0;
    for (Py_ssize_t k = 0; k < tries && !found; k++) {
        double u = share[2 * k] + sx, v = share[2 * k + 1] + sy;
        x = outward(u - floor(u)) * rx + ox;
        y = outward(v - floor(v)) * ry + oy;
        found = 1;
        for (Py_ssize_t q = 0; q < count && found; q++)
            found = apart(axes + AXES * q, x, y);
    }
    PyBuffer_Release(&even);
    PyBuffer_Release(&quads);
    if (!found)
        Py_RETURN_NONE;
    return Py_BuildValue("(dd)", x, y);
}

static PyMethodDef methods[] = {
    {"first_free", first_free, METH_VARARGS, "The first place apart from all the quads."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_places", "Places apart from taken ones.", -1, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__places(void)
{
    return PyModule_Create(&module);
}

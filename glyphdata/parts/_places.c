/* Of many places those at which a turned box keeps apart from others, and of these the calmest: the
 * compiled twins of layouts/scatter.py and layouts/quiet.py, with the same sums in the same order. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>

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

/* One (x, y) added to a list; 0, or -1 with an exception set. */
static int noted(PyObject *list, double x, double y)
{
    PyObject *place = Py_BuildValue("(dd)", x, y);
    if (place == NULL)
        return -1;
    int failed = PyList_Append(list, place);
    Py_DECREF(place);
    return failed;
}

/* free_places(even, start, room, (size, own, reach), quads, gap, most) -> [(x, y), ...] */
static PyObject *free_places(PyObject *self, PyObject *args)
{
    Py_buffer even, quads;
    Py_ssize_t most;
    double sx, sy, rx, ry, ox, oy, own[4], size[2], gap;
    if (!PyArg_ParseTuple(args, "y*(dd)(dd)((dd)(dddd)(dd))y*dn", &even, &sx, &sy, &rx, &ry,
                          &size[0], &size[1], &own[0], &own[1], &own[2], &own[3], &ox, &oy, &quads,
                          &gap, &most))
        return NULL;
    Py_ssize_t count = quads.len / 64, tries = even.len / 16;
    PyObject *found = NULL;
    Axis axes[MOST_QUADS * AXES];
    if (count > MOST_QUADS || quads.len != 64 * count || even.len != 16 * tries) {
        PyErr_SetString(PyExc_ValueError, "quads are n x 8 doubles, at most 256 of them");
        goto done;
    }
    found = PyList_New(0);
    for (Py_ssize_t q = 0; q < count; q++)
        axes_of((const double *)quads.buf + 8 * q, own, size, gap, axes + AXES * q);
    const double *share = even.buf;
    for (Py_ssize_t k = 0; found != NULL && k < tries && PyList_Size(found) < most; k++) {
        double u = share[2 * k] + sx, v = share[2 * k + 1] + sy;
        double x = outward(u - floor(u)) * rx + ox, y = outward(v - floor(v)) * ry + oy;
        int free = 1;
        for (Py_ssize_t q = 0; q < count && free; q++)
            free = apart(axes + AXES * q, x, y);
        if (free && noted(found, x, y) < 0)
            Py_CLEAR(found);
    }
done:
    PyBuffer_Release(&even);
    PyBuffer_Release(&quads);
    return found;
}

enum { ROWS = 20, COLUMNS = 40, APART = 2 }; /* as in quiet.py */

static int luma(const uint8_t *p)
{
    return (77 * p[0] + 150 * p[1] + 29 * p[2]) >> 8;
}

static Py_ssize_t within(double at, Py_ssize_t low, Py_ssize_t high)
{
    return at < (double)low ? low : at > (double)high ? high : (Py_ssize_t)at;
}

/* How restless a part of the picture is: 16 times its luma's variance and mean square of edges. */
static int64_t unrest(const uint8_t *pixels, Py_ssize_t width, Py_ssize_t height, double x,
                      double y, double reach_x, double reach_y)
{
    Py_ssize_t left = within(floor(x - reach_x), 0, width - 1);
    Py_ssize_t top = within(floor(y - reach_y), 0, height - 1);
    Py_ssize_t right = within(ceil(x + reach_x), left + 1, width);
    Py_ssize_t bottom = within(ceil(y + reach_y), top + 1, height);
    /* Odd, so that no texture repeats with both this step and the one between neighbours. */
    Py_ssize_t across = (1 + (right - left) / COLUMNS) | 1, down = (1 + (bottom - top) / ROWS) | 1;
    int64_t count = 0, sum = 0, squares = 0, edges = 0;
    for (Py_ssize_t row = top; row < bottom; row += down) {
        const uint8_t *here = pixels + 3 * width * row;
        const uint8_t *below = here + 3 * width * (row + APART < height ? APART : height - 1 - row);
        for (Py_ssize_t column = left; column < right; column += across) {
            Py_ssize_t beside = column + APART < width ? column + APART : width - 1;
            int at = luma(here + 3 * column);
            int along = luma(here + 3 * beside) - at, under = luma(below + 3 * column) - at;
            count++;
            sum += at;
            squares += at * at;
            edges += along * along + under * under;
        }
    }
    return 16 * (count * squares - sum * sum) / (count * count) + 16 * edges / count;
}

/* calmest(pixels, height, width, [(x, y), ...], (reach x, reach y)) -> the number of a place */
static PyObject *calmest(PyObject *self, PyObject *args)
{
    Py_buffer pixels;
    Py_ssize_t height, width;
    PyObject *places;
    double reach_x, reach_y;
    if (!PyArg_ParseTuple(args, "y*nnO!(dd)", &pixels, &height, &width, &PyList_Type, &places,
                          &reach_x, &reach_y))
        return NULL;
    Py_ssize_t best = -1, count = PyList_Size(places);
    int64_t least = 0;
    int sound = height > 0 && width > 0 && height <= PY_SSIZE_T_MAX / 3 / width &&
                pixels.len == 3 * height * width && count > 0;
    if (!sound)
        PyErr_SetString(PyExc_ValueError, "a picture is height x width x 3 bytes, with a place");
    for (Py_ssize_t k = 0; sound && k < count; k++) {
        double x, y;
        sound = PyArg_ParseTuple(PyList_GetItem(places, k), "dd", &x, &y);
        if (!sound)
            break;
        int64_t found = unrest(pixels.buf, width, height, x, y, reach_x, reach_y);
        if (best < 0 || found < least) {
            best = k;
            least = found;
        }
    }
    PyBuffer_Release(&pixels);
    return sound ? PyLong_FromSsize_t(best) : NULL;
}

static PyMethodDef methods[] = {
    {"free_places", free_places, METH_VARARGS, "The first places apart from all the quads."},
    {"calmest", calmest, METH_VARARGS, "The place around which a picture is calmest."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_places", "Places for boxes.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__places(void)
{
    return PyModule_Create(&module);
}

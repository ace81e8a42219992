/* The inner part of rng.py, compiled: a SplitMix64 stream with names. Same words, same draws. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define STEP 0x9E3779B97F4A7C15ULL

typedef struct {
    PyObject_HEAD
    uint64_t key, word;
} Stream;

static uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

static uint64_t next(Stream *self)
{
    self->word += STEP;
    return mixed(self->word);
}

static double share(Stream *self)
{
    return (double)(next(self) >> 11) * 0x1p-53;
}

static PyObject *made(PyTypeObject *type, uint64_t key)
{
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Stream *self = (Stream *)alloc(type, 0);
    if (self)
        self->key = self->word = key;
    return (PyObject *)self;
}

static PyObject *stream_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    unsigned long long key;
    static char *names[] = {"key", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, named, "K", names, &key))
        return NULL;
    return made(type, key);
}

static void stream_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

/* names: decision -> its 64 bits, filled by `named`, the Python function that makes them. */
static PyObject *names, *named;

static int bits_of(PyObject *decision, uint64_t *bits)
{
    PyObject *known = PyDict_GetItemWithError(names, decision);
    if (!known) {
        if (PyErr_Occurred())
            return 0;
        PyObject *fresh = PyObject_CallFunctionObjArgs(named, decision, NULL);
        if (!fresh)
            return 0;
        int failed = PyDict_SetItem(names, decision, fresh);
        *bits = PyLong_AsUnsignedLongLongMask(fresh);
        Py_DECREF(fresh);
        return !failed && !PyErr_Occurred();
    }
    *bits = PyLong_AsUnsignedLongLongMask(known);
    return 1;
}

static PyObject *at(Stream *self, PyObject *const *args, Py_ssize_t count)
{
    uint64_t bits;
    if (count < 1) {
        PyErr_SetString(PyExc_TypeError, "at() takes the name of a decision");
        return NULL;
    }
    if (!bits_of(args[0], &bits))
        return NULL;
    uint64_t key = mixed(self->key ^ bits);
    for (Py_ssize_t k = 1; k < count; k++) {
        uint64_t number = PyLong_AsUnsignedLongLongMask(args[k]);
        if (PyErr_Occurred())
            return NULL;
        key = mixed(key + STEP * (number + 1));
    }
    return made(Py_TYPE(self), key);
}

static PyObject *word(Stream *self, PyObject *none)
{
    (void)none;
    return PyLong_FromUnsignedLongLong(next(self));
}

static PyObject *random_(Stream *self, PyObject *none)
{
    (void)none;
    return PyFloat_FromDouble(share(self));
}

static PyObject *uniform(Stream *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "uniform() takes low and high");
        return NULL;
    }
    double low = PyFloat_AsDouble(args[0]), high = PyFloat_AsDouble(args[1]);
    if (PyErr_Occurred())
        return NULL;
    double drawn = (high - low) * share(self);
    return PyFloat_FromDouble(low + drawn);
}

/* The high 64 bits of a product of two 64-bit numbers. */
static uint64_t high_bits(uint64_t a, uint64_t b)
{
    uint64_t a0 = a & 0xFFFFFFFF, a1 = a >> 32, b0 = b & 0xFFFFFFFF, b1 = b >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
    uint64_t low = (middle & 0xFFFFFFFF) + a0 * b1;
    return a1 * b1 + (middle >> 32) + (low >> 32);
}

static PyObject *integer(Stream *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "integer() takes low and high");
        return NULL;
    }
    long long low = PyLong_AsLongLong(args[0]), high = PyLong_AsLongLong(args[1]);
    if (PyErr_Occurred())
        return NULL;
    if (high < low) {
        PyErr_SetString(PyExc_ValueError, "high is below low");
        return NULL;
    }
    uint64_t span = (uint64_t)high - (uint64_t)low;
    return PyLong_FromLongLong((long long)((uint64_t)low + high_bits(next(self), span)));
}

static PyObject *key_of(Stream *self, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLongLong(self->key);
}

#define CALL(f) ((PyCFunction)(void (*)(void))(f))
static PyMethodDef methods[] = {
    {"at", CALL(at), METH_FASTCALL, "The stream of a named decision."},
    {"word", CALL(word), METH_NOARGS, "The next 64 bits."},
    {"random", CALL(random_), METH_NOARGS, "A number in [0, 1), of 53 bits."},
    {"uniform", CALL(uniform), METH_FASTCALL, "A number between low and high."},
    {"integer", CALL(integer), METH_FASTCALL, "A whole number in [low, high): high is exclusive."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef members[] = {
    {"key", (getter)key_of, NULL, "What tells the stream apart.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, stream_new},
    {Py_tp_dealloc, stream_free},
    {Py_tp_methods, methods},
    {Py_tp_getset, members},
    {0, NULL},
};

static PyType_Spec spec = {
    "glyphdata.scene._stream.Stream", sizeof(Stream), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    slots,
};

/* name_with(function): from now on the bits of a decision come from this function. */
static PyObject *name_with(PyObject *module, PyObject *function)
{
    (void)module;
    Py_INCREF(function);
    Py_XDECREF(named);
    named = function;
    PyDict_Clear(names);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"name_with", name_with, METH_O, "Set the function that gives a decision's 64 bits."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_stream", "Named streams of numbers.", -1, functions,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__stream(void)
{
    PyObject *made_module = PyModule_Create(&module), *type = PyType_FromSpec(&spec);
    names = PyDict_New();
    if (!made_module || !type || !names || PyModule_AddObject(made_module, "Stream", type) < 0) {
        Py_XDECREF(made_module);
        Py_XDECREF(type);
        return NULL;
    }
    return made_module;
}

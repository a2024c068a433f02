#pragma once
// Python, nanobind and the C interface of NumPy, whose table of functions lives in module.cpp.

#include <nanobind/nanobind.h>

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#define PY_ARRAY_UNIQUE_SYMBOL gibbs_numpy_api
#ifndef GIBBS_IMPORTS_NUMPY
#define NO_IMPORT_ARRAY
#endif
#include <numpy/arrayobject.h>

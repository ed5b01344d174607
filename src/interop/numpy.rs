//! NumPy's arrays of a running Python: read where they are, and made of tensors without a copy.
//!
//! Apart from `ndarray`, in whose terms the `numpy` crate speaks, because here another language holds the memory: who
//! may write, how elements lie, and what Python is told when something does not fit. Tensors of PyTorch and all others
//! that speak DLPack come and go as NumPy's arrays, which lend and take memory by the same protocol.
#![allow(unsafe_code, reason = "memory of another interpreter is lent and borrowed")]

use ::ndarray::{ArrayView, Dimension, IxDyn};
use ::numpy::prelude::*;
use ::numpy::{BorrowError, Element, PyArray, PyArrayDescr, PyArrayDyn, PyReadonlyArrayDyn, PyUntypedArray, dtype};
use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::View;
use super::ndarray::{ArrayRank, NdarrayDim, shape_of, sizes};
use crate::device::Host;
use crate::dtype::Elem;
use crate::error::Error;
use crate::files::error::FileError;
use crate::shape::{Shape, extent};
use crate::tensor::Tensor;

/// An array of a running Python as the argument of a `#[pyfunction]`, borrowed for reading until it is dropped.
///
/// It may be a NumPy array, or whatever lends its memory by DLPack (`__dlpack__`: a tensor of PyTorch or JAX on the
/// CPU), which is read in place as well. The other way, `torch.from_dlpack(array)` takes over what was returned.
///
/// Python sees a `TypeError` where it passes something else than an array of this element type, a `ValueError` where
/// Rust is writing to the array at the time, its elements are not aligned, or a `bool` is neither 0 nor 1, and a
/// `BufferError` where memory cannot be lent: of another device, or needed for a gradient.
///
/// `f16` is NumPy's `float16`. NumPy has no `bfloat16` of its own: where no package that brings one was imported, such
/// as `ml_dtypes`, arrays of `bf16` are a `TypeError`.
///
/// ```no_run
/// use congruent::{interop::NumpyArray, prelude::*};
/// use pyo3::prelude::*;
/// dims! { Batch = ? }
///
/// /// `softmax(x)` of a float32 array with three columns. The result is handed to Python without a copy.
/// #[pyfunction]
/// fn softmax(x: NumpyArray<'_, f32>) -> PyResult<Tensor<(Batch, D<3>)>> {
///     let x: Tensor<(Batch, D<3>)> = x.to_tensor()?;
///     Ok(x.softmax().eval())
/// }
/// ```
#[derive(Debug)]
pub struct NumpyArray<'py, E: Element> {
    array: PyReadonlyArrayDyn<'py, E>,
}

impl<'py, E: Elem + Element> NumpyArray<'py, E> {
    /// Borrows an array for reading, as extracting an argument does.
    ///
    /// # Errors
    /// `ValueError` where Rust is writing to it, the elements are not aligned, or a `bool` is neither 0 nor 1.
    pub fn borrow(array: &Bound<'py, PyArrayDyn<E>>) -> PyResult<Self> {
        if !array.is_aligned() && !array.is_empty() {
            let words = "the elements of the array are not aligned: `numpy.require(x, requirements='A')` copies them";
            return Err(PyValueError::new_err(words));
        }
        let array = array.try_readonly().map_err(borrowed)?;
        if E::NAME == "bool" {
            check_truths(&array)?;
        }
        Ok(Self { array })
    }

    /// The sizes of the axes.
    pub fn dims(&self) -> &[usize] {
        self.array.shape()
    }

    /// The elements in place, as a typed shape. Static axes must have the size of the type.
    ///
    /// # Errors
    /// [`Error::Shape`] when the number of axes or a size differs; [`Error::Value`] when the elements are not in C
    /// order, one after the other: [`to_tensor`](Self::to_tensor) reads those.
    pub fn view<S: Shape>(&self) -> Result<View<'_, S, E>, Error> {
        let shape = shape_of::<S>(self.dims())?;
        match self.array.as_array().to_slice() {
            Some(values) => Ok(View { shape, values }),
            None => Err(Error::Value {
                what: "array to be read in place",
                found: format!("strides of {:?} bytes for shape {:?}", self.array.strides(), self.dims()),
                rule: "the elements stand in C order, as `numpy.ascontiguousarray(x)` copies them",
            }),
        }
    }

    /// A tensor with a copy of the elements, whatever their strides.
    ///
    /// # Errors
    /// [`Error::Shape`] when the number of axes or a size differs.
    pub fn to_tensor<S: Shape>(&self) -> Result<Tensor<S, E>, Error> {
        Tensor::from_ndarray(&self.array.as_array())
    }
}

/// NumPy lets one make `bool`s of any bytes, `x.view(bool)`; to Rust they must not be shown.
fn check_truths<E: Element>(array: &PyReadonlyArrayDyn<'_, E>) -> PyResult<()> {
    let bytes = array.as_array().raw_view().cast::<u8>();
    // SAFETY: the array is borrowed, its elements are one byte each, and any byte is a `u8`.
    let bytes: ArrayView<'_, u8, IxDyn> = unsafe { bytes.deref_into_view() };
    match bytes.iter().find(|&&byte| byte > 1) {
        Some(byte) => Err(PyValueError::new_err(format!("a bool of the array is {byte}: it is neither 0 nor 1"))),
        None => Ok(()),
    }
}

fn borrowed(error: BorrowError) -> PyErr {
    PyValueError::new_err(format!("the array cannot be read now: {error}"))
}

/// The `numpy` crate panics where NumPy does not know an element type; only `bf16` comes from another package.
fn check_known<E: Elem>(py: Python<'_>) -> PyResult<()> {
    if E::NAME == "bf16" {
        let words = "NumPy knows no bfloat16: `import ml_dtypes` brings it";
        PyArrayDescr::new(py, "bfloat16").map_err(|_| PyTypeError::new_err(words))?;
    }
    Ok(())
}

impl<'a, 'py, E: Elem + Element> FromPyObject<'a, 'py> for NumpyArray<'py, E> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        check_known::<E>(object.py())?;
        let array = lent(&object)?;
        if let Ok(array) = array.cast::<PyArrayDyn<E>>() {
            return Self::borrow(array);
        }
        let wanted = dtype::<E>(object.py());
        Err(PyTypeError::new_err(match array.cast::<PyUntypedArray>() {
            Ok(array) => format!("an array of {}, wanted {wanted}: `x.astype('{wanted}')` converts", array.dtype()),
            Err(_) => format!("an object of {}, wanted a numpy.ndarray of {wanted}", object.get_type()),
        }))
    }
}

/// The object itself, or the NumPy array of the memory that it lends by DLPack.
fn lent<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if object.cast::<PyUntypedArray>().is_ok() || !object.hasattr("__dlpack__")? {
        return Ok(object.clone());
    }
    object.py().import("numpy")?.call_method1("from_dlpack", (object,))
}

impl<S: Shape<Rank: ArrayRank>, E: Elem + Element, D: Host> Tensor<S, E, D> {
    /// The tensor as a NumPy array, which keeps its memory alive. Nothing is copied, unless other tensors share the
    /// memory: Python may write to it.
    ///
    /// Returned from a `#[pyfunction]`, a tensor becomes an array in the same way.
    ///
    /// # Errors
    /// What Python says where it has no memory for the array's head; a `TypeError` for `bf16` where NumPy does not know
    /// that type.
    pub fn into_numpy(mut self, py: Python<'_>) -> PyResult<Bound<'_, PyArray<E, NdarrayDim<S>>>> {
        check_known::<E>(py)?;
        let (len, sizes) = (self.len(), sizes(self.shape()));
        assert_eq!(extent(sizes.slice()), Some(len), "a tensor has as many elements as its shape");
        let start = self.as_mut_slice().as_mut_ptr();
        let owner = PyCapsule::new_with_value(py, self, c"congruent.tensor")?;
        // SAFETY: the owner keeps the tensor, whose elements are `sizes` many, as was asked above, are aligned, and do
        // not move with it; no other handle shares them, since they were asked for by `&mut`. The view ends here.
        let view = unsafe { ArrayView::from_shape_ptr(sizes, start) };
        // SAFETY: as above; NumPy drops the owner together with the array.
        Ok(unsafe { PyArray::borrow_from_array(&view, owner.into_any()) })
    }
}

impl<'py, S: Shape<Rank: ArrayRank>, E: Elem + Element, D: Host> IntoPyObject<'py> for Tensor<S, E, D> {
    type Target = PyArray<E, NdarrayDim<S>>;
    type Output = Bound<'py, Self::Target>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        self.into_numpy(py)
    }
}

/// A `ValueError` with the same words; an `OSError` where a file cannot be read or written.
impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        match error {
            Error::File(error) => error.into(),
            other => PyValueError::new_err(other.to_string()),
        }
    }
}

/// An `OSError` where the system refuses, with its words; a `ValueError` where the content is wrong.
impl From<FileError> for PyErr {
    fn from(error: FileError) -> Self {
        match &error {
            FileError::Io { .. } => PyOSError::new_err(error.to_string()),
            _ => PyValueError::new_err(error.to_string()),
        }
    }
}

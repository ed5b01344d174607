//! Products of matrices by cuBLAS, which is looked for at the first of them.
#![allow(unsafe_code, reason = "a library of C functions")]

use super::driver::{Address, Handle};
use super::functions::functions;
use super::module::BlasHandle;
use super::runtime::Runtime;
use crate::error::DeviceError;
use std::ffi::{CStr, c_char, c_int, c_longlong, c_void};
use std::ptr;
use std::sync::PoisonError;

functions! {
    /// The library of products.
    Cublas, "libcublas" by cudarc::cublas::sys;
    "install the CUDA toolkit, 13 or 12, or this library alone (`pip install nvidia-cublas`), and put its folder on \
     LD_LIBRARY_PATH";
    checked {
        create = "cublasCreate_v2"(handle: *mut Handle);
        version = "cublasGetVersion_v2"(handle: Handle, version: *mut c_int);
        set_stream = "cublasSetStream_v2"(handle: Handle, stream: Handle);
        multiply = "cublasGemmStridedBatchedEx"(
            handle: Handle, a_operation: c_int, b_operation: c_int, m: c_int, n: c_int, k: c_int,
            alpha: *const c_void,
            a: Address, a_type: c_int, a_column: c_int, a_step: c_longlong,
            b: Address, b_type: c_int, b_column: c_int, b_step: c_longlong,
            beta: *const c_void,
            c: Address, c_type: c_int, c_column: c_int, c_step: c_longlong,
            count: c_int, compute: c_int, algorithm: c_int
        );
    }
    others {
        status_name = "cublasGetStatusName"(u32) -> *const c_char;
    }
}

impl Cublas {
    /// What the library calls an error.
    fn meaning(&self, code: u32) -> String {
        // SAFETY: any number may be asked for; the words are the library's, for good.
        let words = unsafe { CStr::from_ptr((self.status_name)(code)) };
        words.to_string_lossy().into_owned()
    }
}

/// Whether this machine has the library.
pub(super) fn is_there() -> bool {
    Cublas::get().is_ok()
}

/// The version of the library, as it counts.
pub(super) fn version() -> Result<c_int, DeviceError> {
    let mut version = 0;
    // SAFETY: it writes one number, and for this it needs no handle.
    unsafe { Cublas::get()?.version(ptr::null_mut(), &mut version)? };
    Ok(version)
}

/// The element types of products, by the library's numbers: of the type, and of what sums are kept in. Those of 32 bits
/// are never cut to fewer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::device) enum GemmType {
    F16,
    Bf16,
    F32,
    F64,
}

impl GemmType {
    fn numbers(self) -> (c_int, c_int) {
        match self {
            GemmType::F32 => (0, 68),
            GemmType::F64 => (1, 70),
            GemmType::F16 => (2, 68),
            GemmType::Bf16 => (14, 68),
        }
    }
}

/// Where the matrices of one operand lie, column after column.
#[derive(Clone, Copy, Debug)]
pub(in crate::device) struct Columns {
    /// The first element of the first matrix.
    pub(in crate::device) address: Address,
    /// Elements from the start of a column to that of the next.
    pub(in crate::device) column: i32,
    /// Elements from the start of a matrix to that of the next; 0 where it is one for all.
    pub(in crate::device) step: i64,
    /// Whether the product takes its columns for rows; of the result always false.
    pub(in crate::device) transposed: bool,
}

/// `count` products `C = alpha A·B + beta C`, where A is (m, k), B is (k, n) and C is (m, n); where beta is 0, C is not
/// read. A matrix that lies row after row is one of columns, transposed: `C' = B'·A'`.
#[derive(Clone, Copy, Debug)]
pub(in crate::device) struct Gemm {
    pub(in crate::device) dtype: GemmType,
    pub(in crate::device) sizes: [i32; 3],
    pub(in crate::device) count: i32,
    pub(in crate::device) alpha: f64,
    pub(in crate::device) a: Columns,
    pub(in crate::device) b: Columns,
    pub(in crate::device) beta: f64,
    pub(in crate::device) c: Columns,
}

impl Runtime {
    /// Multiplies matrices after all that was asked for before.
    ///
    /// # Safety
    /// The operands are memory of this device, where so many elements lie as the sizes say.
    pub(in crate::device) unsafe fn gemm(&self, gemm: &Gemm) -> Result<(), DeviceError> {
        let Gemm { dtype, sizes: [m, n, k], count, alpha, a, b, beta, c } = *gemm;
        let cublas = Cublas::get()?;
        self.driver()?;
        // One call at a time: a handle has a workspace that its calls share.
        let mut handle = self.blas.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = match *handle {
            Some(known) => known.0,
            None => handle.insert(BlasHandle(self.new_handle(cublas)?)).0,
        };
        let ((dtype, compute), operation) = (dtype.numbers(), |matrix: Columns| c_int::from(matrix.transposed));
        let (singles, doubles) = ([alpha as f32, beta as f32], [alpha, beta]);
        let scales: [*const c_void; 2] = match gemm.dtype {
            GemmType::F64 => doubles.each_ref().map(|scale| ptr::from_ref(scale).cast()),
            _ => singles.each_ref().map(|scale| ptr::from_ref(scale).cast()),
        };
        const DEFAULT_ALGORITHM: c_int = -1;
        // SAFETY: the caller's contract; the scales are of the type that sums are kept in, and read before it returns.
        unsafe {
            cublas.multiply(
                handle,
                operation(a),
                operation(b),
                m,
                n,
                k,
                scales[0],
                a.address,
                dtype,
                a.column,
                a.step,
                b.address,
                dtype,
                b.column,
                b.step,
                scales[1],
                c.address,
                dtype,
                c.column,
                c.step,
                count,
                compute,
                DEFAULT_ALGORITHM,
            )
        }
    }

    fn new_handle(&self, cublas: &Cublas) -> Result<Handle, DeviceError> {
        let mut handle = ptr::null_mut();
        // SAFETY: the context is current; the handle is kept for good, as the stream is.
        unsafe {
            cublas.create(&mut handle)?;
            cublas.set_stream(handle, self.stream)?;
        }
        Ok(handle)
    }
}

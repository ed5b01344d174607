//! What a gemm engine is given, and what it may ask for.
//!
//! Apart from the engines because an element type names its own.

/// One product `C = A · B`, or `C += A · B`, over raw memory; C is of the type `W` that elements `E` are computed in.
///
/// Each matrix is its first element and the steps from row to row and from column to column.
#[derive(Clone, Copy)]
pub struct GemmCall<E, W> {
    /// Rows of A and C; columns of A, which are rows of B; columns of B and C.
    pub(crate) sizes: [usize; 3],
    pub(crate) a: (*const E, isize, isize),
    pub(crate) b: (*const E, isize, isize),
    pub(crate) c: (*mut W, isize, isize),
    pub(crate) add: bool,
}

/// Gives so many elements of memory for packed factors, aligned for `W`, any numbers in them.
pub(crate) type Memory<'a, W> = &'a mut dyn FnMut(usize) -> *mut W;

/// Calls a task once for each number below a count, on as many threads as pay, and returns when all are done.
pub(crate) type Share<'a> = &'a dyn Fn(usize, &(dyn Fn(usize) + Sync));

/// An engine over lanes: a product, memory beside its matrices, and a way to share tasks.
///
/// All places that the call names lie inside of their matrices, C overlaps neither A nor B, no two places of C are one.
pub(crate) type Engine<E, W> = unsafe fn(&GemmCall<E, W>, Memory<'_, W>, Share<'_>);

/// A gemm engine of another crate, `C = α · A · B + β · C`: sizes `m`, `k` and `n`, `α`, then A, B and, after `β`, C,
/// each by its first element and the strides of rows and columns.
///
/// Called with places inside of the three matrices, where C overlaps neither A nor B.
pub(crate) type Gemm<E> =
    unsafe fn(usize, usize, usize, E, *const E, isize, isize, *const E, isize, isize, E, *mut E, isize, isize);

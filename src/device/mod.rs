//! Devices: what a machine must do for tensors, in families of work, never one method an operation.
//!
//! | family | methods | serves |
//! |---|---|---|
//! | memory | `unwritten`, `zeroed`, `upload`, `download`, `show`, `unshared` | every tensor |
//! | regions | `evaluate`, `evaluate_exact`, `total`, `pull`, `add`, `sum_parts` | every pointwise formula, both ways |
//! | rows | `fold_rows`, `map_rows`, `fold_exact` | reductions, softmax, normalisation, and their gradients |
//! | products | `multiply`, `multiply_exact` | matmul, linear layers, and their gradients |
//! | order | `order_rows`, `extremes`, `search_sorted` | sorting, `argmax`, quantiles, bins |
//! | scans | `scan_rows`, `scan_exact` | running sums and products, and their gradients |
//! | rows by index | `take_rows`, `add_rows`, `put_rows`, `combine_rows` | indexing, scattering, their gradients |
//! | labels | `pick`, `add_at` | losses of classifiers, and their gradients |
//! | draws | `keep_mask` | dropout |
//! | updates | `update` | optimizers |
//! | copies | `copy_strided`, `put_strided`, `scaled`, `convert` | permutations, casts |

pub(crate) mod cpu;

pub use crate::memory::{Buf, cached_bytes, empty_cache};
pub use cpu::Cpu;

use crate::dtype::{Discrete, Elem, Integer, Never, Real, Undefined};
use crate::error::Error;
use crate::layout::{Axes, Strided};
use crate::loops::{Body, Combine, ExactBody, ExactFold, Frame, Product, RowInput, RowProgram, Rows, Scan, Update};
use crate::random::Key;

/// A place where tensors live and operations run. The value is a cheap token: holding it proves that the device is
/// there.
///
/// # Safety
/// Loops over raw memory trust what a device gives. Whoever implements one vouches that
/// - each method gives as many elements as its words say: `unwritten`, `zeroed`, `drawn` and `keep_mask` the `len` that
///   they are asked for, `upload`, `adopt`, `unshared`, `scaled` and `convert` those of their argument, and what takes
///   a `&mut Buf` leaves its length as it is;
/// - `unshared` gives the only handle to its memory, and `unwritten` and `zeroed` the only handles to memory that
///   nobody else reads or writes;
/// - the methods that are not `unsafe` hold their arguments against each other, panic or return an error where lengths,
///   places, indices or labels do not fit, and have no other effect than they say;
/// - formulas (bodies, programs, scans, folds, updates, `fill`) are code of users: they may panic, call back into the
///   crate and give another value each time, and are run on the threads of the host only as long as the call lasts.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a device", label = "expected `Cpu`")]
#[expect(unsafe_code, reason = "loops over raw memory trust the lengths that a device gives")]
pub unsafe trait Device: Copy + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Memory whose contents are left over from earlier use.
    fn unwritten<E: Real>(self, len: usize) -> Buf<E>;
    /// Memory full of zeros.
    fn zeroed<E: Elem>(self, len: usize) -> Buf<E>;
    /// A copy of host memory.
    fn upload<E: Elem>(self, values: &[E]) -> Buf<E>;
    /// Host memory that the caller no longer needs; a device with memory of its own copies it.
    fn adopt<E: Elem>(self, values: Buf<E>) -> Buf<E> {
        self.upload(values.host())
    }
    /// A copy in host memory.
    fn download<E: Elem>(self, buf: &Buf<E>) -> Vec<E>;
    /// Shows the elements in host memory: where they are, if they are there, else a copy.
    fn show<E: Elem, T>(self, buf: &Buf<E>, see: impl FnOnce(&[E]) -> T) -> T {
        see(&self.download(buf))
    }
    /// The same values under a handle that nobody else has: the buffer itself where it is the only one, else a copy.
    fn unshared<E: Elem>(self, buf: Buf<E>) -> Buf<E>;

    /// The only element of a buffer.
    fn download_scalar<E: Elem>(self, buf: &Buf<E>) -> E {
        self.download(buf)[0]
    }

    /// One element.
    fn scalar<E: Elem>(self, value: E) -> Buf<E> {
        self.upload(&[value])
    }

    /// Writes the value of a region, row-major, to `out`.
    ///
    /// # Safety
    /// The body's operands were checked against the frame; `out` has room for the frame's elements.
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn evaluate<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, out: *mut E);

    /// The values of a region over elements without gradients, row-major; or the position of the first one that has no
    /// value, and the reason.
    ///
    /// # Safety
    /// The body's operands were checked against the frame.
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn evaluate_exact<E: Discrete, B: ExactBody<E>>(
        self,
        frame: &Frame,
        body: B,
    ) -> Result<Buf<E>, (usize, Undefined)>;

    /// `scale` times the sum of a region's values, as one element. Chunks are added in their order, in `f64`.
    ///
    /// # Safety
    /// The body's operands were checked against the frame.
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn total<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, scale: f64) -> Buf<E>;

    /// Reverse mode through a region; `seed` is the gradient of its value.
    ///
    /// # Safety
    /// The operands of both bodies were checked against the frame, gradients do not overlap.
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn pull<E: Real, B: Body<E>, G: Body<E>>(self, frame: &Frame, body: &B, seed: &G);

    /// Adds a buffer of the same length.
    fn add<E: Real>(self, target: &mut Buf<E>, other: &Buf<E>);
    /// Adds each part (a multiple of the target's length) to the target, in order. The parts are of `E::Wide`, each in
    /// the memory of `E::WORDS` elements, and the sum is rounded once.
    fn sum_parts<E: Real>(self, target: &mut Buf<E>, parts: &Buf<E>);

    /// One result for each row: what the last pass of the program gives.
    fn fold_rows<E: Real, P: RowProgram>(self, rows: Rows, program: P, inputs: &[RowInput<'_, E>]) -> Buf<E>;
    /// One result for each element: what the program finishes with.
    fn map_rows<E: Real, P: RowProgram>(self, rows: Rows, program: P, inputs: &[RowInput<'_, E>]) -> Buf<E>;
    /// The same, and the number of each row that the program says it keeps.
    fn map_rows_keeping<E: Real, P: RowProgram>(
        self,
        rows: Rows,
        program: P,
        inputs: &[RowInput<'_, E>],
    ) -> (Buf<E>, Buf<E>);

    /// One result for each row of elements without gradients. The order of rows, blocks and elements is not specified:
    /// folds are exact.
    fn fold_exact<E: Discrete, F: ExactFold<E>>(self, rows: Rows, values: &Buf<E>) -> Buf<F::Out>;

    /// Along each row, the positions of its first `keep` elements in ascending or descending order; the result has
    /// `keep` in place of the rows' length. Equal elements keep their order; NaN is larger than every number.
    fn order_rows<E: Elem>(self, rows: Rows, values: &Buf<E>, descending: bool, keep: usize) -> Buf<i64>;
    /// The position of the largest or smallest element of each row, the first of equal ones; `running`: of the elements
    /// up to each one, the latest of equal ones. NaN is the extreme; empty rows give 0.
    fn extremes<E: Elem>(self, rows: Rows, values: &Buf<E>, largest: bool, running: bool) -> Buf<i64>;
    /// How many elements of sorted memory come before each value; `right`: or equal it. NaN is larger than every
    /// number.
    fn search_sorted<E: Elem>(self, sorted: &Buf<E>, values: &Buf<E>, right: bool) -> Buf<i64>;
    /// One result for each element: what the running formula gives there.
    fn scan_rows<E: Real, P: Scan>(self, rows: Rows, program: P, inputs: &[&Buf<E>]) -> Buf<E>;

    /// One result for each element without gradients: the fold of those up to it along its row.
    fn scan_exact<E: Discrete, F: ExactFold<E>>(self, rows: Rows, values: &Buf<E>) -> Buf<F::Out>;

    /// `C = A · B` for every matrix of a batch of integers, which wrap around; C has `len` elements in row-major order,
    /// and the columns of B are one element apart.
    fn multiply_exact<E: Integer>(self, product: &Product<'_, E>, len: usize) -> Buf<E>;

    /// `C = A · B` or `C += A · B` for every matrix of a batch.
    fn multiply<E: Real>(self, product: &Product<'_, E>, out: &mut Buf<E>);

    /// Row `ids[i]` of a table, for each `i`; an index outside is an error.
    fn take_rows<E: Elem>(self, table: &Buf<E>, width: usize, ids: &Buf<i64>) -> Result<Buf<E>, Error>;
    /// Adds row `i` of `rows` to row `ids[i]` of the target, in order of `i`; the indices were checked before.
    fn add_rows<E: Real>(self, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>);
    /// Writes row `i` of `rows` to row `ids[i]` of the target, in order of `i`, so that the last one stays; a single
    /// row serves all ids. The indices were checked before.
    fn put_rows<E: Elem>(self, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>);
    /// Combines row `i` of `rows` with row `ids[i]` of the target, in order of `i`; the indices were checked before.
    fn combine_rows<E: Real>(self, how: Combine, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>);

    /// Element `labels[i]` of row `i`, for each row of this width; a label outside of the row is an error.
    fn pick<E: Real>(self, rows: &Buf<E>, width: usize, labels: &Buf<i64>) -> Result<Buf<E>, Error>;
    /// Adds `scale · values[i]` to element `labels[i]` of row `i`; a single value serves all rows. The labels were
    /// checked before.
    fn add_at<E: Real>(self, rows: &mut Buf<E>, width: usize, labels: &Buf<i64>, values: &Buf<E>, scale: f64);

    /// Elements of which each depends on its number alone: `fill` writes a few at a time, from the number on that it is
    /// given. The host shares large ones among threads.
    fn drawn<E: Elem>(self, len: usize, fill: impl Fn(u64, &mut [E]) + Sync) -> Buf<E> {
        self.adopt(cpu::drawn(len, &fill))
    }

    /// 1, or 0 with probability `p`; element `i` depends on the key and `i` alone.
    fn keep_mask<E: Real>(self, key: Key, len: usize, p: f64) -> Buf<E> {
        self.adopt(cpu::keep_mask(key, len, p))
    }

    /// Renews a weight and its state from its gradient in one loop. A weight or state that shares its memory gets
    /// memory of its own first.
    ///
    /// `exact` is what the weights were before they were rounded to 16 bits: the formula is given this where the weight
    /// is still what it was rounded to, so that changes below a step of the type add up. Other types pass nothing.
    ///
    /// # Panics
    /// When the buffers differ in length.
    fn update<E: Real, U: Update<N>, const N: usize>(
        self,
        update: U,
        weight: &mut Buf<E>,
        gradient: &Buf<E>,
        state: [&mut Buf<E::Precise>; N],
        exact: Option<&mut Buf<E::Precise>>,
    );

    /// The elements of strided memory in row-major order.
    fn copy_strided<E: Elem>(self, memory: &Strided<E>) -> Buf<E>;
    /// Writes `values`, in row-major order of the axes, to their places in the target.
    fn put_strided<E: Elem>(self, target: &mut Buf<E>, offset: usize, axes: &Axes, values: &Buf<E>);
    /// Every element times a number.
    fn scaled<E: Real>(self, buf: &Buf<E>, scale: f64) -> Buf<E>;
    /// Every element converted as Rust's `as` does.
    fn convert<A: Elem, B: Elem>(self, buf: &Buf<A>) -> Buf<B>;
}

/// A device whose memory the program can read directly.
///
/// # Safety
/// The elements of every buffer of the device are memory that the process can read and write.
#[diagnostic::on_unimplemented(
    message = "this tensor lives on `{Self}`: bring it over with `.to(&Cpu)`",
    label = "`{Self}` memory is not visible to the host"
)]
#[expect(unsafe_code, reason = "slices are made of the memory of a host")]
pub unsafe trait Host: Device {
    /// The elements of a buffer. That of a device whose memory the host does not read raises [`Error::Foreign`].
    ///
    /// ```
    /// use congruent::device::{Cpu, Device, Host};
    /// assert_eq!(Cpu.slice(&Cpu.upload(&[1.0, 2.0])), [1.0, 2.0]);
    /// ```
    #[inline]
    #[track_caller]
    fn slice<E: Elem>(self, buf: &Buf<E>) -> &[E] {
        buf.host()
    }

    /// The elements for writing; copies them first when another handle shares them. Raises as [`slice`](Host::slice).
    ///
    /// ```
    /// use congruent::device::{Cpu, Device, Host};
    /// let mut buf = Cpu.upload(&[1.0, 2.0]);
    /// let before = buf.clone();
    /// Cpu.slice_mut(&mut buf)[0] = 3.0;
    /// assert_eq!((Cpu.slice(&buf), Cpu.slice(&before)), (&[3.0, 2.0][..], &[1.0, 2.0][..]));
    /// ```
    #[inline]
    #[track_caller]
    fn slice_mut<E: Elem>(self, buf: &mut Buf<E>) -> &mut [E] {
        buf.make_mut()
    }
}

/// Devices that may meet in one operation: the same one twice.
#[diagnostic::on_unimplemented(
    message = "operands live on different devices: `{Self}` and `{Rhs}`",
    label = "`{Self}` and `{Rhs}` never meet implicitly",
    note = "move one side: `x.to(&device)`"
)]
pub trait SameDevice<Rhs> {}

#[diagnostic::do_not_recommend]
impl<D: Device> SameDevice<D> for D {}
#[diagnostic::do_not_recommend]
impl<D: Device> SameDevice<Never> for D {}

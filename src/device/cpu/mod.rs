//! The CPU: loops over SIMD lanes chosen at run time, shared among threads where that pays.
//!
//! | file | family |
//! |---|---|
//! | `region` | fused pointwise loops |
//! | `exact`, `integers` | the same over integers and `bool`; their sums and products |
//! | `rows` | row programs |
//! | `product` | matrix products |
//! | `index` | rows by index, labels |
//! | `order`, `scan` | sorting and searching; what runs along rows |
//! | `draw` | random elements and masks |
//! | `update` | what optimizers do to weights |
//! | `combine` | how the terms of a row become one |
//! | `copy` | strided copies |
//! | `cascade` | long sums without loss |
//! | `widen` | 16-bit floats as `f32` |
//! | `parallel` | how work is shared; never by the number of threads |

mod cascade;
mod combine;
mod copy;
mod draw;
mod exact;
mod index;
mod integers;
mod order;
mod parallel;
mod product;
mod region;
mod rows;
mod scan;
mod update;
mod widen;

pub(super) use draw::{drawn, keep_mask};

use super::{Buf, Device, Host};
use crate::dtype::{Discrete, Elem, Integer, Real, Undefined, convert};
use crate::error::Error;
use crate::layout::{Axes, Strided};
use crate::loops::{Body, Combine, ExactBody, ExactFold, Frame, Product, RowInput, RowProgram, Rows, Scan, Update};

/// The processor and its memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cpu;

// SAFETY: the memory is the process's own.
#[expect(unsafe_code, reason = "the promise that the host reads the memory")]
unsafe impl Host for Cpu {}

// SAFETY: each method checks its arguments as the trait says; a `Buf` is made by `Buf`'s own constructors.
#[expect(unsafe_code, reason = "the promise that memory is as long as was asked for")]
unsafe impl Device for Cpu {
    #[expect(unsafe_code, reason = "any bits are a valid float")]
    fn unwritten<E: Real>(self, len: usize) -> Buf<E> {
        // SAFETY: recycled or zeroed memory is initialised, and any bits are a valid float.
        unsafe { Buf::unwritten(len) }
    }
    fn zeroed<E: Elem>(self, len: usize) -> Buf<E> {
        Buf::zeros(len)
    }
    fn upload<E: Elem>(self, values: &[E]) -> Buf<E> {
        Buf::from_slice(values)
    }
    fn adopt<E: Elem>(self, values: Buf<E>) -> Buf<E> {
        values.host(); // of no other device
        values
    }
    fn download<E: Elem>(self, buf: &Buf<E>) -> Vec<E> {
        buf.host().to_vec()
    }
    fn show<E: Elem, T>(self, buf: &Buf<E>, see: impl FnOnce(&[E]) -> T) -> T {
        see(buf.host())
    }
    fn download_scalar<E: Elem>(self, buf: &Buf<E>) -> E {
        buf.host()[0]
    }
    fn unshared<E: Elem>(self, buf: Buf<E>) -> Buf<E> {
        let values = buf.host();
        if buf.is_unique() { buf } else { Buf::from_slice(values) }
    }

    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn evaluate<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, out: *mut E) {
        // SAFETY: the caller's contract.
        unsafe { region::evaluate(frame, body, out) }
    }
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn total<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, scale: f64) -> Buf<E> {
        // SAFETY: the caller's contract.
        let sum = unsafe { region::total(frame, body) };
        self.scalar(E::of_f64(sum * scale))
    }
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn pull<E: Real, B: Body<E>, G: Body<E>>(self, frame: &Frame, body: &B, seed: &G) {
        // SAFETY: the caller's contract.
        unsafe { region::pull(frame, body, seed) }
    }
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn evaluate_exact<E: Discrete, B: ExactBody<E>>(
        self,
        frame: &Frame,
        body: B,
    ) -> Result<Buf<E>, (usize, Undefined)> {
        // SAFETY: the caller's contract.
        unsafe { exact::evaluate(frame, body) }
    }
    #[expect(unsafe_code, reason = "partial sums are of another type than the buffer that holds them")]
    fn sum_parts<E: Real>(self, target: &mut Buf<E>, parts: &Buf<E>) {
        let words = target.len().saturating_mul(E::WORDS);
        assert_eq!(parts.len() % words.max(1), 0, "partial sums of another length than their target");
        let count = parts.len().checked_div(words).unwrap_or(0);
        assert!(parts.host().as_ptr().cast::<E::Wide>().is_aligned(), "partial sums in memory of others");
        // SAFETY: there are `count` parts of `E::Wide`. Any bits are a valid one.
        unsafe { region::sum_parts::<E, E::Wide>(target.make_mut(), parts.host().as_ptr().cast(), count) }
    }
    #[expect(unsafe_code, reason = "the contract of a loop over raw parts")]
    fn add<E: Real>(self, target: &mut Buf<E>, other: &Buf<E>) {
        assert_eq!(target.len(), other.len(), "two gradients of one value differ in length");
        // SAFETY: the other one is as long as the target.
        unsafe { region::sum_parts::<E, E>(target.make_mut(), other.host().as_ptr(), 1) }
    }

    fn fold_rows<E: Real, P: RowProgram>(self, rows: Rows, program: P, inputs: &[RowInput<'_, E>]) -> Buf<E> {
        rows::fold(rows, program, inputs)
    }
    fn map_rows<E: Real, P: RowProgram>(self, rows: Rows, program: P, inputs: &[RowInput<'_, E>]) -> Buf<E> {
        rows::map(rows, program, inputs)
    }
    fn map_rows_keeping<E: Real, P: RowProgram>(
        self,
        rows: Rows,
        program: P,
        inputs: &[RowInput<'_, E>],
    ) -> (Buf<E>, Buf<E>) {
        rows::map_keeping(rows, program, inputs)
    }
    fn fold_exact<E: Discrete, F: ExactFold<E>>(self, rows: Rows, values: &Buf<E>) -> Buf<F::Out> {
        integers::fold::<E, F>(rows, values.host())
    }
    fn order_rows<E: Elem>(self, rows: Rows, values: &Buf<E>, descending: bool, keep: usize) -> Buf<i64> {
        order::order(rows, values.host(), descending, keep)
    }
    fn extremes<E: Elem>(self, rows: Rows, values: &Buf<E>, largest: bool, running: bool) -> Buf<i64> {
        scan::extremes(rows, values.host(), largest, running)
    }
    fn search_sorted<E: Elem>(self, sorted: &Buf<E>, values: &Buf<E>, right: bool) -> Buf<i64> {
        order::search(sorted.host(), values.host(), right)
    }
    fn scan_rows<E: Real, P: Scan>(self, rows: Rows, program: P, inputs: &[&Buf<E>]) -> Buf<E> {
        scan::scan(rows, program, inputs)
    }
    fn scan_exact<E: Discrete, F: ExactFold<E>>(self, rows: Rows, values: &Buf<E>) -> Buf<F::Out> {
        integers::scan::<E, F>(rows, values.host())
    }
    fn multiply_exact<E: Integer>(self, product: &Product<'_, E>, len: usize) -> Buf<E> {
        integers::multiply(product, len)
    }
    fn multiply<E: Real>(self, product: &Product<'_, E>, out: &mut Buf<E>) {
        product::multiply(product, out.make_mut());
    }
    fn take_rows<E: Elem>(self, table: &Buf<E>, width: usize, ids: &Buf<i64>) -> Result<Buf<E>, Error> {
        index::take_rows(table.host(), width, ids.host())
    }
    fn add_rows<E: Real>(self, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>) {
        index::add_rows(target.make_mut(), width, ids.host(), rows.host());
    }
    fn put_rows<E: Elem>(self, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>) {
        index::put_rows(target.make_mut(), width, ids.host(), rows.host());
    }
    fn combine_rows<E: Real>(self, how: Combine, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>) {
        index::combine_rows(how, target.make_mut(), width, ids.host(), rows.host());
    }
    fn pick<E: Real>(self, rows: &Buf<E>, width: usize, labels: &Buf<i64>) -> Result<Buf<E>, Error> {
        index::pick(rows.host(), width, labels.host())
    }
    fn add_at<E: Real>(self, rows: &mut Buf<E>, width: usize, labels: &Buf<i64>, values: &Buf<E>, scale: f64) {
        index::add_at(rows.make_mut(), width, labels.host(), values.host(), scale);
    }
    fn update<E: Real, U: Update<N>, const N: usize>(
        self,
        update: U,
        weight: &mut Buf<E>,
        gradient: &Buf<E>,
        state: [&mut Buf<E::Precise>; N],
        exact: Option<&mut Buf<E::Precise>>,
    ) {
        update::update(update, weight.make_mut(), gradient.host(), state, exact);
    }
    fn put_strided<E: Elem>(self, target: &mut Buf<E>, offset: usize, axes: &Axes, values: &Buf<E>) {
        copy::put(target.make_mut(), offset, axes, values.host());
    }
    fn copy_strided<E: Elem>(self, memory: &Strided<E>) -> Buf<E> {
        copy::strided(memory)
    }
    fn scaled<E: Real>(self, buf: &Buf<E>, scale: f64) -> Buf<E> {
        let values = buf.host();
        if E::NARROW {
            return Buf::from_fn(values.len(), |i| E::of_f64(values[i].as_f64() * scale));
        }
        let scale = E::of_f64(scale);
        Buf::from_fn(values.len(), |i| values[i] * scale)
    }
    fn convert<A: Elem, B: Elem>(self, buf: &Buf<A>) -> Buf<B> {
        let values = buf.host();
        widen::between(buf).unwrap_or_else(|| Buf::from_fn(values.len(), |i| convert(values[i])))
    }
}

//! Copies: from and to strided memory, scaled, converted to another type.

use super::cpu::{Cpu, copy, spread};
use super::storage::Storage;
use crate::dtype::{Elem, Real};
use crate::layout::{Axes, Strided};
use crate::memory::Buf;

/// Copies of elements. By default they are made on the host.
pub trait CopyWork: Storage {
    /// The elements of strided memory in row-major order.
    fn copy_strided<E: Elem>(self, memory: &Strided<E>) -> Buf<E> {
        self.adopt(copy::strided(&self.read(&memory.buf), memory.offset, &memory.axes))
    }
    /// Writes `values`, in row-major order of the axes, to their places in the target, no two of which are one.
    fn put_strided<E: Elem>(self, target: &mut Buf<E>, offset: usize, axes: &Axes, values: &Buf<E>) {
        let values = self.read(values);
        self.change(target, |target| copy::put(target, offset, axes, &values));
    }
    /// Adds `values`, in row-major order of the axes, to their places in the target: the transpose of `copy_strided`.
    /// What meets at one place is added in that order, in `E::Sum`, and rounded once.
    fn add_strided<E: Real>(self, target: &mut Buf<E>, offset: usize, axes: &Axes, values: &Buf<E>) {
        add_on_host(self, target, offset, axes, values);
    }
    /// Every element times a number.
    fn scaled<E: Real>(self, buf: &Buf<E>, scale: f64) -> Buf<E> {
        self.adopt(copy::scaled(&self.read(buf), scale))
    }
    /// Every element converted as Rust's `as` does.
    fn convert<A: Elem, B: Elem>(self, buf: &Buf<A>) -> Buf<B> {
        convert_on_host(self, buf)
    }
}

/// [`add_strided`](CopyWork::add_strided) by the host's loops.
pub(super) fn add_on_host<D: Storage, E: Real>(
    device: D,
    target: &mut Buf<E>,
    offset: usize,
    axes: &Axes,
    values: &Buf<E>,
) {
    let values = device.read(values);
    device.change(target, |target| spread::add(target, offset, axes, &values));
}

/// [`convert`](CopyWork::convert) by the host's loops.
pub(super) fn convert_on_host<D: Storage, A: Elem, B: Elem>(device: D, buf: &Buf<A>) -> Buf<B> {
    device.adopt(copy::converted(&Buf::adopted(device.download(buf))))
}

impl CopyWork for Cpu {
    fn convert<A: Elem, B: Elem>(self, buf: &Buf<A>) -> Buf<B> {
        copy::converted(buf)
    }
}

//! Copies on the device: strided memory, scaled elements, other element types.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::kernels::Text;
use super::token::Cuda;
use crate::device::copies::{add_on_host, convert_on_host};
use crate::device::{CopyWork, Storage};
use crate::dtype::{Elem, Real};
use crate::layout::{Axes, MAX_AXES, Strided};
use crate::loops::{Combine, count_product as product};
use crate::memory::Buf;

impl<const ORDINAL: usize> CopyWork for Cuda<ORDINAL> {
    #[track_caller]
    fn copy_strided<E: Elem>(self, memory: &Strided<E>) -> Buf<E> {
        let Strided { buf, offset, axes } = memory;
        assert!(axes.fits(*offset, buf.len()), "strided memory reaches outside of its buffer");
        let out = self.unwritten(product(&axes.sizes()));
        let from = self.address(buf) + (offset * size_of::<E>()) as u64;
        self.along((Text::Copies(size_of::<E>()), "copy_strided"), axes, from, self.address(&out), out.len());
        out
    }
    #[track_caller]
    fn put_strided<E: Elem>(self, target: &mut Buf<E>, offset: usize, axes: &Axes, values: &Buf<E>) {
        assert!(axes.fits(offset, target.len()), "strided memory reaches outside of its buffer");
        assert_eq!(values.len(), product(&axes.sizes()), "as many values as places");
        assert!(axes.is_injective() || values.is_empty(), "values for places that lie on each other");
        let (to, len) = (self.writable(target) + (offset * size_of::<E>()) as u64, values.len());
        self.along((Text::Copies(size_of::<E>()), "put_strided"), axes, to, self.address(values), len);
    }
    #[track_caller]
    fn add_strided<E: Real>(self, target: &mut Buf<E>, offset: usize, axes: &Axes, values: &Buf<E>) {
        assert!(axes.fits(offset, target.len()), "strided memory reaches outside of its buffer");
        assert_eq!(values.len(), product(&axes.sizes()), "as many values as places");
        if values.is_empty() {
            return;
        }
        let size = size_of::<E>() as u64;
        if axes.is_injective() {
            let to = self.writable(target) + offset as u64 * size;
            return self.along((Text::Scatter(E::NAME), "add_strided"), axes, to, self.address(values), values.len());
        }
        let [before, reach] = extent(axes);
        let Some(groups) = self.grouped_places(axes, values.len(), [before, reach]) else {
            return add_on_host(self, target, offset, axes, values);
        };
        let to = self.writable(target) + (offset - before) as u64 * size;
        // SAFETY: there is a value for each term, and the axes, which are inside the target, reach over its places.
        unsafe { self.combine_groups::<E>(Combine::Sum, &groups, 1, [self.address(values), to], 0) }
    }
    #[track_caller]
    fn scaled<E: Real>(self, buf: &Buf<E>, scale: f64) -> Buf<E> {
        self.times(buf, scale)
    }
    #[track_caller]
    fn convert<A: Elem, B: Elem>(self, buf: &Buf<A>) -> Buf<B> {
        let rounds_twice = |from: &str, to: &str| {
            matches!(to, "f16" | "bf16") && matches!(from, "f64" | "i32" | "u32" | "i64" | "u64")
        };
        if rounds_twice(A::NAME, B::NAME) {
            return convert_on_host(self, buf);
        }
        let (len, out) = (buf.len(), self.unwritten::<B>(buf.len()));
        let words = [len as u64, self.address(buf), self.address(&out)];
        if len > 0 {
            // SAFETY: both buffers have so many elements of these types.
            unsafe { self.run((Text::Conversion(A::NAME, B::NAME), "convert"), self.over(len), &words) }
        }
        out
    }
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// A kernel over memory that is walked by axes and memory in order.
    #[track_caller]
    pub(super) fn along(self, kernel: (Text, &'static str), axes: &Axes, strided: u64, dense: u64, len: usize) {
        let mut each = Vec::new();
        for (size, stride) in axes.sizes().into_iter().zip(axes.strides()).rev() {
            if size != 1 {
                each.extend([size as u64, stride as u64]);
            }
        }
        let mut words = vec![len as u64, strided, dense, each.len() as u64 / 2];
        each.resize(2 * MAX_AXES, 0);
        words.extend(each);
        if len > 0 {
            // SAFETY: the callers have compared the axes with the one buffer, or a kernel that only counts places has
            // none there, and the length with the other.
            unsafe { self.run(kernel, self.over(len), &words) }
        }
    }
}

/// How many elements lie before the place at index zero, and from the first place to behind the last one. No axis is
/// empty.
fn extent(axes: &Axes) -> [usize; 2] {
    let (mut before, mut after) = (0, 0);
    for (size, stride) in axes.sizes().into_iter().zip(axes.strides()) {
        let reach = (size - 1) * stride.unsigned_abs();
        if stride < 0 { before += reach } else { after += reach }
    }
    [before, before + after + 1]
}

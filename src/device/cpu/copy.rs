//! Strided copies. Axes are walked in the order of the output.

use crate::device::Buf;
use crate::dtype::Elem;
use crate::graph::Strided;

/// The elements in row-major order of the axes.
pub(super) fn strided<E: Elem>(memory: &Strided<E>) -> Buf<E> {
    let (size, stride) = (memory.axes.size, memory.axes.stride);
    let len: usize = size.iter().product();
    assert!(memory.axes.fits(memory.offset, memory.buf.len()), "strided memory reaches outside of its buffer");
    let mut index = [0; 6];
    let mut place = memory.offset as isize;
    Buf::from_fn(len, |_| {
        let value = memory.buf[place as usize];
        for axis in (0..6).rev() {
            index[axis] += 1;
            place += stride[axis];
            if index[axis] < size[axis] {
                break;
            }
            place -= stride[axis] * size[axis] as isize;
            index[axis] = 0;
        }
        value
    })
}

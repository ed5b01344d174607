//! Elements as the bytes of files, where they are: files are little-endian, and so are most machines.
//!
//! Apart from the formats because looking at elements as bytes takes a promise about every element type, and they are
//! known here.
#![allow(unsafe_code, reason = "elements are read and written as bytes")]

use super::buf::Buf;
use crate::dtype::Elem;

/// How many elements are converted at once where bytes have another order.
const PORTION: usize = 1 << 13;

/// Shows the elements as little-endian bytes, in as many portions as it takes: one where memory is so ordered.
pub(crate) fn show_bytes<E: Elem, X>(values: &[E], mut show: impl FnMut(&[u8]) -> Result<(), X>) -> Result<(), X> {
    if cfg!(target_endian = "little") {
        // SAFETY: elements are numbers and `bool`, sealed by `Elem`: all their bytes are initialised, none is padding.
        return show(unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) });
    }
    let mut bytes = Vec::with_capacity(PORTION * size_of::<E>());
    values.chunks(PORTION).try_for_each(|portion| {
        bytes.clear();
        portion.iter().for_each(|value| value.write_le(&mut bytes));
        show(&bytes)
    })
}

impl<E: Elem> Buf<E> {
    /// `len` elements, whose little-endian bytes `fill` writes to memory full of zeros. Any bits are a number; a byte
    /// of `bool` other than 0 is true.
    pub(crate) fn from_bytes<X>(len: usize, fill: impl FnOnce(&mut [u8]) -> Result<(), X>) -> Result<Self, X> {
        let buf = Self::zeros(len);
        // SAFETY: as many bytes as the elements have, initialised, and ours alone: the handle is new, and not used as
        // long as the bytes are borrowed.
        let bytes = unsafe { std::slice::from_raw_parts_mut(buf.address().cast::<u8>(), len * size_of::<E>()) };
        let filled = fill(bytes);
        if E::TRUTH {
            bytes.iter_mut().for_each(|byte| *byte = u8::from(*byte != 0));
        }
        if cfg!(target_endian = "big") {
            bytes.chunks_exact_mut(size_of::<E>()).for_each(<[u8]>::reverse);
        }
        filled.map(|()| buf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use half::{bf16, f16};

    fn comes_back<E: Elem>(values: &[E]) {
        let mut bytes = Vec::new();
        let keep = |portion: &[u8]| {
            bytes.extend_from_slice(portion);
            Ok::<_, ()>(())
        };
        show_bytes(values, keep).expect("memory takes it");
        let mut wanted = Vec::new();
        values.iter().for_each(|value| value.write_le(&mut wanted));
        assert_eq!(bytes, wanted);
        let again = Buf::<E>::from_bytes(values.len(), |memory| {
            memory.copy_from_slice(&bytes);
            Ok::<_, ()>(())
        });
        assert_eq!(again.expect("nothing failed").host(), values);
    }

    #[test]
    fn elements_of_every_type_are_their_bytes() {
        comes_back(&[1.5f32, -0.0, f32::INFINITY, f32::MIN_POSITIVE / 2.0]);
        comes_back(&[1.5f64, -0.0]);
        comes_back(&[f16::from_f32(1.5), f16::NEG_INFINITY]);
        comes_back(&[bf16::from_f32(1.5)]);
        comes_back(&[true, false, true]);
        comes_back(&[i64::MIN, 7]);
        comes_back(&[u16::MAX, 258]);
        comes_back::<u8>(&[]);
    }

    #[test]
    fn any_byte_is_a_truth_and_a_failure_is_handed_on() {
        let fill = |memory: &mut [u8]| {
            memory.copy_from_slice(&[0, 1, 7]);
            Ok::<_, ()>(())
        };
        assert_eq!(Buf::<bool>::from_bytes(3, fill).expect("nothing failed").host(), [false, true, true]);
        let failed = Buf::<bool>::from_bytes(1, |memory| {
            memory[0] = 9;
            Err("stop")
        });
        assert_eq!(failed.map(drop), Err("stop"));
    }
}

//! What optimizers do to weights of the device.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::compiled::Compiled;
use super::source::UpdateKey;
use super::token::Cuda;
use crate::device::UpdateWork;
use crate::dtype::Real;
use crate::loops::Update;
use crate::memory::Buf;

static UPDATES: Compiled<UpdateKey> = Compiled::none();

impl<const ORDINAL: usize> UpdateWork for Cuda<ORDINAL> {
    fn update<E: Real, U: Update<N>, const N: usize>(
        self,
        update: U,
        weight: &mut Buf<E>,
        gradient: &Buf<E>,
        state: [&mut Buf<E::Precise>; N],
        exact: Option<&mut Buf<E::Precise>>,
    ) {
        let len = weight.len();
        let equal = gradient.len() == len && state.iter().all(|state| state.len() == len);
        let equal = equal && exact.as_ref().is_none_or(|exact| exact.len() == len);
        assert!(equal, "a weight of {len} elements has a gradient or state of another length");
        // Of other types than 16-bit floats nothing is rounded.
        let exact = exact.filter(|_| E::NARROW);
        let (key, numbers, whole) = UpdateKey::of::<E, U, N>(update, exact.is_some());
        let mut words = vec![len as u64, self.writable(weight), self.address(gradient)];
        words.push(exact.map_or(0, |exact| self.writable(exact)));
        words.extend(state.into_iter().map(|state| self.writable(state)));
        words.extend(numbers.iter().map(|number| number.to_bits()));
        words.extend(whole.iter().map(|&number| number as u64));
        let kernel = UPDATES.kernel(self.runtime(), key, |key| (key.source(), "update"));
        if len > 0 {
            // SAFETY: all buffers have so many elements, and are of this device.
            unsafe { self.launch(kernel, self.over(len), &words) }
        }
    }
}

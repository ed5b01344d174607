//! Updates of weights: one loop over weight, gradient and state, shared among threads where that pays.
#![allow(unsafe_code, reason = "lanes are read from and written to slices of one length")]

use super::parallel::{SharedPtr, for_each};
use crate::dtype::Real;
use crate::loops::Update;
use crate::memory::Buf;
use crate::num::{Kernel, Lane, Simd, dispatch};

/// Elements of a task, so that small parameters stay on one thread.
const TASK: usize = 1 << 15;
/// At least as many elements as any lane holds.
const MOST: usize = 16;

struct Job<E: Simd, U, const N: usize> {
    update: U,
    weight: SharedPtr<E>,
    gradient: SharedPtr<E>,
    state: [SharedPtr<E::Wide>; N],
    /// The weights before they were rounded, of 16-bit floats.
    exact: Option<SharedPtr<E::Wide>>,
    from: usize,
    to: usize,
}

impl<E: Real, U: Update<N>, const N: usize> Job<E, U, N> {
    /// The same job for other elements. A method, so that closures capture the whole job.
    fn part(&self, from: usize, to: usize) -> Self {
        Job { from, to, ..*self }
    }
}

/// What the weight was before it was rounded; where it has been written to since, the weight as it is.
///
/// # Safety
/// As that of [`Lane::load`].
#[cfg_attr(optimised, inline(always))]
unsafe fn unrounded<E: Real, V: Lane<E>>(weight: V, exact: *const E::Wide, lanes: usize) -> V {
    let mut rounded = [E::default(); MOST];
    // SAFETY: the caller's contract; no lane holds more than `MOST`.
    unsafe {
        let exact = V::of_wide(V::Wide::load(exact, lanes));
        exact.store(rounded.as_mut_ptr(), lanes);
        V::select_eq(V::load(rounded.as_ptr(), lanes), weight, exact, weight)
    }
}

impl<E: Real, U: Update<N>, const N: usize> Kernel<E> for Job<E, U, N> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let mut i = self.from;
        while i < self.to {
            let lanes = V::N.min(self.to - i);
            // SAFETY: `update` below checked that every buffer has `to` elements, and gives each job its own part.
            unsafe {
                let mut weight = V::load(self.weight.get().add(i), lanes);
                let gradient = V::load(self.gradient.get().add(i), lanes);
                let state = self.state.map(|state| V::of_wide(V::Wide::load(state.get().add(i), lanes)));
                if let (true, Some(exact)) = (E::NARROW, self.exact) {
                    weight = unrounded(weight, exact.get().add(i), lanes);
                }
                let (weight, renewed) = self.update.renew(weight, gradient, state);
                weight.store(self.weight.get().add(i), lanes);
                if let (true, Some(exact)) = (E::NARROW, self.exact) {
                    weight.wide().store(exact.get().add(i), lanes);
                }
                for (state, renewed) in self.state.iter().zip(renewed) {
                    renewed.wide().store(state.get().add(i), lanes);
                }
            }
            i += V::N;
        }
    }
}

/// The elements as lanes know them: `Precise` is `Wide`, which the compiler is not told.
fn shared<E: Real>(buf: &mut Buf<E::Precise>) -> SharedPtr<E::Wide> {
    const { assert!(size_of::<E::Precise>() == size_of::<E::Wide>()) };
    SharedPtr::new(buf.make_mut().as_mut_ptr().cast())
}

pub(in crate::device) fn update<E: Real, U: Update<N>, const N: usize>(
    update: U,
    weight: &mut [E],
    gradient: &[E],
    state: [&mut Buf<E::Precise>; N],
    exact: Option<&mut Buf<E::Precise>>,
) {
    let len = weight.len();
    let equal = gradient.len() == len && state.iter().all(|state| state.len() == len);
    let equal = equal && exact.as_ref().is_none_or(|exact| exact.len() == len);
    assert!(equal, "a weight of {len} elements has a gradient or state of another length");
    let job = Job {
        update,
        weight: SharedPtr::new(weight.as_mut_ptr()),
        gradient: SharedPtr::new(gradient.as_ptr().cast_mut()), // only read
        state: state.map(shared::<E>),
        exact: exact.map(shared::<E>),
        from: 0,
        to: len,
    };
    if len <= TASK {
        return dispatch(job);
    }
    for_each(len.div_ceil(TASK), len, |task| dispatch(job.part(task * TASK, len.min((task + 1) * TASK))));
}

//! Updates of weights: one loop over weight, gradient and state, shared among threads where that pays.
#![allow(unsafe_code)]

use super::parallel::{SharedPtr, for_each};
use crate::device::Update;
use crate::dtype::Real;
use crate::num::{Kernel, Lane, dispatch};

/// Elements of a task, so that small parameters stay on one thread.
const TASK: usize = 1 << 15;

#[derive(Clone, Copy)]
struct Job<E, U, const N: usize> {
    update: U,
    weight: SharedPtr<E>,
    gradient: SharedPtr<E>,
    state: [SharedPtr<E>; N],
    from: usize,
    to: usize,
}

impl<E: Real, U: Update<N>, const N: usize> Job<E, U, N> {
    /// The same job for other elements. A method, so that closures capture the whole job.
    fn part(&self, from: usize, to: usize) -> Self {
        Job { from, to, ..*self }
    }
}

impl<E: Real, U: Update<N>, const N: usize> Kernel<E> for Job<E, U, N> {
    type Out = ();
    #[inline(always)]
    fn run<V: Lane<E>>(self) {
        let mut i = self.from;
        while i < self.to {
            let lanes = V::N.min(self.to - i);
            // SAFETY: `update` below checked that every buffer has `to` elements, and gives each job its own part.
            unsafe {
                let weight = V::load(self.weight.get().add(i), lanes);
                let gradient = V::load(self.gradient.get().add(i), lanes);
                let state = self.state.map(|state| V::load(state.get().add(i), lanes));
                let (weight, renewed) = self.update.renew(weight, gradient, state);
                weight.store(self.weight.get().add(i), lanes);
                for (state, renewed) in self.state.iter().zip(renewed) {
                    renewed.store(state.get().add(i), lanes);
                }
            }
            i += V::N;
        }
    }
}

pub(super) fn update<E: Real, U: Update<N>, const N: usize>(
    update: U,
    weight: &mut [E],
    gradient: &[E],
    state: [&mut [E]; N],
) {
    let len = weight.len();
    let equal = gradient.len() == len && state.iter().all(|state| state.len() == len);
    assert!(equal, "a weight of {len} elements has a gradient or state of another length");
    let job = Job {
        update,
        weight: SharedPtr::new(weight.as_mut_ptr()),
        gradient: SharedPtr::new(gradient.as_ptr().cast_mut()), // only read
        state: state.map(|state| SharedPtr::new(state.as_mut_ptr())),
        from: 0,
        to: len,
    };
    for_each(len.div_ceil(TASK), len, |task| dispatch(job.part(task * TASK, len.min((task + 1) * TASK))));
}

//! Attention of each element type, compiled here and not once more in each crate that attends.
//!
//! Apart from the tasks, which are generic: here an element type is one of a list.
#![allow(unsafe_code, reason = "tasks write through pointers")]

use super::backward::{self, Gradients};
use super::call::{Call, Side, Slices};
use super::forward::{self, Results};
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::elements::for_each_float;
use crate::loops::{Attention, HeadPlace};
use crate::memory::Buf;
use std::any::Any;

/// The results, row-major, and two numbers for each query, in the type that is computed in.
pub(in crate::device) fn forward<E: Real>(how: &Attention<'_, E>, slices: &Slices<'_, E>) -> (Buf<E>, Buf<E>) {
    let (call, sizes) = (Call::of(how, slices), how.sizes);
    let (queries, elements) = sizes.results();
    if sizes.is_empty() {
        return (Buf::zeros(elements), Buf::zeros(0));
    }
    let (mut out, mut kept) = (unwritten::<E>(elements), unwritten::<E>(2 * queries * E::WORDS));
    let results = Results { out: out.make_mut().as_mut_ptr(), kept: kept.make_mut().as_mut_ptr().cast() };
    // SAFETY: places were compared, and there are as many results.
    unsafe { forward_of(&(call, results)) }
    (out, kept)
}

/// The gradients at the places that are wanted.
pub(in crate::device) fn backward<E: Real>(
    how: &Attention<'_, E>,
    slices: &Slices<'_, E>,
    [kept, out, gradient]: [&[E]; 3],
    places: [Option<(HeadPlace, usize)>; 3],
) -> [Option<Buf<E>>; 3] {
    let (call, sizes) = (Call::of(how, slices), how.sizes);
    let none = sizes.is_empty();
    how.assert_results([kept.len(), out.len(), gradient.len()]);
    let mut slopes = places.map(|place| place.map(|(_, len)| if none { Buf::zeros(len) } else { unwritten(len) }));
    if none {
        return slopes;
    }
    how.assert_apart(places);
    let mut starts = [None; 3];
    let rows = [sizes.queries, sizes.keys, sizes.keys];
    for i in 0..3 {
        if let (Some((place, _)), Some(slope)) = (places[i], &mut slopes[i]) {
            starts[i] = Some(Side::new(slope.make_mut().as_mut_ptr(), place, rows[i]));
        }
    }
    // Memory of a buffer is aligned for all elements; a copy on the host for its own.
    let moved = (!kept.as_ptr().cast::<E::Wide>().is_aligned()).then(|| Buf::from_slice(kept));
    let kept = moved.as_ref().map_or(kept, Buf::host).as_ptr().cast();
    let gradients = Gradients { kept, out: out.as_ptr(), gradient: gradient.as_ptr(), slopes: starts };
    // SAFETY: places were compared, no two of a gradient are one, and there are as many results.
    unsafe { backward_of(&(call, gradients)) }
    slopes
}

/// # Safety
/// As for `forward::forward`.
unsafe fn forward_of(work: &dyn Any) {
    macro_rules! each {
        ($($E:ty),*) => { $(
            if let Some((call, results)) = work.downcast_ref::<(Call<$E>, Results<$E>)>() {
                // SAFETY: the caller's contract.
                unsafe { forward::forward(call, *results) }
            }
        )* };
    }
    for_each_float!(each);
}

/// # Safety
/// As for `backward::backward`.
unsafe fn backward_of(work: &dyn Any) {
    macro_rules! each {
        ($($E:ty),*) => { $(
            if let Some((call, gradients)) = work.downcast_ref::<(Call<$E>, Gradients<$E>)>() {
                // SAFETY: the caller's contract.
                unsafe { backward::backward(call, *gradients) }
            }
        )* };
    }
    for_each_float!(each);
}

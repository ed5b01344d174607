//! Walking two forms of one model side by side, once it is known that they have the same parameters.
//!
//! Apart from `tree`, whose walk of three is what optimizers do: types do not say how long a `Vec` of layers is.

use super::{Each, Gradient, Grads, Map, Part, Path, Tree, Weights, Zip};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::error::{Error, raise};

/// Forms whose parameters and statistics have a number of elements.
pub(super) trait Lengths: Part {
    /// That of a parameter.
    fn of_param(raw: &Self::Raw) -> usize;
    /// That of a statistic, if there is one.
    fn of_stat(stat: &Self::Stat) -> Option<usize>;
}

impl<E: Real, D: Device> Lengths for Weights<E, D> {
    fn of_param((values, _): &(Buf<E>, D)) -> usize {
        values.len()
    }
    fn of_stat((values, _): &(Buf<E::Precise>, D)) -> Option<usize> {
        Some(values.len())
    }
}

impl<E: Real, D: Device> Lengths for Grads<E, D> {
    fn of_param(gradient: &Gradient<E, D>) -> usize {
        gradient.len()
    }
    fn of_stat(recorded: &Option<Buf<E::Precise>>) -> Option<usize> {
        recorded.as_ref().map(Buf::len)
    }
}

/// Walks a model and another form of it. Where they have not the same parameters it raises, before `visit` is called.
#[track_caller]
pub(super) fn walk<M, P, Q, F>(own: &mut M, other: &M::With<Q>, visit: &mut F)
where
    M: Tree<P>,
    P: Lengths,
    Q: Lengths<Elem = P::Elem, Dev = P::Dev>,
    F: Zip<P, Q, Each<(), P::Elem, P::Dev>>,
{
    let [mut there, mut present] = [(); 2].map(|()| Sizes::default());
    let mut nothing = own.map::<Each<(), P::Elem, P::Dev>, _>(&mut present, &Path::ROOT);
    let _ = Tree::<Q>::map::<Each<(), P::Elem, P::Dev>, _>(other, &mut there, &Path::ROOT);
    let mut fits = Fits::default();
    own.zip(other, &mut nothing, &mut fits, &Path::ROOT);
    if fits.misfit || present != there || fits.parameters != present.parameters {
        let (what, found) = ("number of parameters that both models have", fits.parameters.to_string());
        raise(Error::Value { what, found, rule: "both have the same ones, of the same sizes" });
    }
    own.zip(other, &mut nothing, visit, &Path::ROOT);
}

/// The parameters of a model, and their sizes, one after the other.
#[derive(Default, PartialEq)]
struct Sizes {
    parameters: usize,
    dims: Vec<usize>,
}

impl<'a, P: Part> Map<'a, P, Each<(), P::Elem, P::Dev>> for Sizes {
    fn param(&mut self, _: &Path<'_>, dims: &[usize], _: &'a P::Raw) {
        self.parameters += 1;
        self.dims.extend(dims);
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a P::Stat) {}
}

/// Counts the parameters that two forms have in common, and finds out whether their sizes agree.
#[derive(Default)]
struct Fits {
    parameters: usize,
    misfit: bool,
}

impl<P: Lengths, Q: Lengths<Elem = P::Elem, Dev = P::Dev>> Zip<P, Q, Each<(), P::Elem, P::Dev>> for Fits {
    fn param(&mut self, _: &Path<'_>, own: &mut P::Raw, other: &Q::Raw, (): &mut ()) {
        self.parameters += 1;
        self.misfit |= P::of_param(own) != Q::of_param(other);
    }
    fn stat(&mut self, _: &Path<'_>, own: &mut P::Stat, other: &Q::Stat, (): &mut ()) {
        self.misfit |= P::of_stat(own).zip(Q::of_stat(other)).is_some_and(|(own, other)| own != other);
    }
}

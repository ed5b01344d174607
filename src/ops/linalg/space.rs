//! The vector product of three-dimensional space.
//!
//! Apart from the other products, which are products of matrices: this one rotates coordinates.

use crate::device::{Buf, Device};
use crate::dims::D;
use crate::dtype::{Elem, Never, Real};
use crate::graph::{Binary, Both, Described, Differentiable, Ex, Formula2, Given, SlopeRule, Work};
use crate::ops::arithmetic::{Mul, Sub};
use crate::ops::{Evaluate, Movement, Slicing};
use crate::shape::{LastAxis, Shape};
use crate::tensor::Tensor;

/// Two tensors of vectors in space.
#[diagnostic::on_unimplemented(
    message = "cross: `{Self}` and `{R}` are not vectors of space in one shape",
    label = "expected `[.., 3]` twice, found `{Self}` and `{R}`",
    note = "the last axis is `D<3>`; nothing broadcasts here: `x.expand(shape)` first where that is meant"
)]
pub trait SpaceVectors<R>: Shape {}
#[diagnostic::do_not_recommend]
impl<S: LastAxis<Last = D<3>>> SpaceVectors<S> for S {}
/// No user has one: with a second candidate the compiler reports our text in place of unifying first.
#[diagnostic::do_not_recommend]
impl<S: LastAxis<Last = D<3>>> SpaceVectors<Never> for S {}

mod rows {
    crate::dims! {
        /// How many vectors.
        pub Count = ?,
    }
}
use rows::Count;

/// `a × b` of vectors one after the other.
#[track_caller]
pub(super) fn across<E: Elem, Dev: Device>(device: Dev, factors: [&Buf<E>; 2]) -> Buf<E>
where
    Mul: Formula2<E>,
    Sub: Formula2<E>,
{
    let shape = (Count(factors[0].len() / 3), D::<3>);
    let [a, b] = factors.map(|buf| Tensor { buf: buf.clone(), shape, device });
    // Twice in a row: `a₁ a₂ a₀` and `a₂ a₀ a₁` are parts of `a₀ a₁ a₂ a₀ a₁ a₂`.
    let (stretched, flat) = ((shape.0, D::<2>, D::<3>), (shape.0, D::<6>));
    let twice =
        |x: &Tensor<_, E, Dev>| Tensor { buf: x.unsqueeze::<1>().expand(stretched).eval().buf, shape: flat, device };
    let (a, b) = (twice(&a), twice(&b));
    let part = |start: usize| (a.narrow::<1, D<3>>(start, D), b.narrow::<1, D<3>>(3 - start, D));
    let ((a1, b2), (a2, b1)) = (part(1), part(2));
    let [left, right] = [(a1, b2), (a2, b1)].map(|(a, b)| Binary { op: Mul, a: a.node, b: b.node });
    Ex::<_, E, _, _>::new(Binary { op: Sub, a: left, b: right }, shape, device).eval().buf
}

/// The backward of [`cross`](super::VectorProducts::cross): `da = b × dy`, `db = dy × a`.
pub struct CrossBack<E>(pub(super) [Buf<E>; 2]);

impl<E: 'static> Described for CrossBack<E> {
    const NAME: &'static str = "cross";
    const KIND: Work = Work::FusedLoop;
}

impl<S: Shape, E: Real, A: Differentiable<E>, B: Differentiable<E>> SlopeRule<E, Both<Given<S, A>, Given<S, B>>>
    for CrossBack<E>
{
    fn slopes<Dev: Device>(
        self,
        device: Dev,
        x: &Both<Given<S, A>, Given<S, B>>,
        gradient: Buf<E>,
        _: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        let ([a, b], [of_a, of_b]) = (&self.0, x.wanted());
        [of_a.then(|| across(device, [b, &gradient])), of_b.then(|| across(device, [&gradient, a]))]
    }
}

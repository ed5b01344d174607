//! The structure of a model, which `derive(Model)` writes: how to turn it into another form, visit it, and walk three
//! forms side by side.

use super::{Buffer, Param, Part, Path, StaticCount};
use crate::shape::Shape;

/// A structure that holds `P` for each parameter. `With<Q>` is the same structure holding `Q`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model or parameter",
    label = "expected a model or parameter made of `{P}`",
    note = "a model is `#[derive(Model)] struct Net<P: Part = Weights> {{ .. }}`, \
            a parameter is `Param<Shape![..], P>`",
    note = "a model inside of `value_and_grad` or `infer` holds variables; what owns its tensors is the model outside"
)]
pub trait Tree<P: Part>: Sized {
    /// How many parameters models of this type have: elements, not tensors; statistics are left out. A derived model
    /// has it as a number, too: `Net::PARAMETERS`.
    ///
    /// ```
    /// use congruent::{model::{StaticCount, Tree}, prelude::*};
    /// type Pair = (Linear<D<3>, D<2>>, LayerNorm<D<2>>);
    /// assert_eq!(<Pair as Tree<Weights>>::STATIC_COUNT, StaticCount::Known(12));
    /// const _: () = assert!(Linear::<D<3>, D<2>>::PARAMETERS < 10);
    /// ```
    const STATIC_COUNT: StaticCount = StaticCount::Unknown(None);
    /// The same structure holding `Q`.
    type With<Q: Part>: Tree<Q>;
    /// Turns every parameter and statistic into what the other form holds.
    fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, f: &mut F, at: &Path<'_>) -> Self::With<Q>;
    /// Visits every parameter and statistic.
    fn each_mut<F: EachMut<P>>(&mut self, f: &mut F, at: &Path<'_>);
    /// Walks three forms of the same model.
    fn zip<Q: Part, R: Part, F: Zip<P, Q, R>>(
        &mut self,
        b: &Self::With<Q>,
        c: &mut Self::With<R>,
        f: &mut F,
        at: &Path<'_>,
    );
}

/// What [`Tree::map`] does at each field.
pub trait Map<'a, P: Part, Q: Part> {
    /// A parameter of these sizes.
    fn param(&mut self, at: &Path<'_>, dims: &[usize], x: &'a P::Raw) -> Q::Raw;
    /// A statistic of these sizes.
    fn stat(&mut self, at: &Path<'_>, dims: &[usize], x: &'a P::Stat) -> Q::Stat;
}

/// What [`Tree::each_mut`] does at each field.
pub trait EachMut<P: Part> {
    /// A parameter of these sizes.
    fn param(&mut self, at: &Path<'_>, dims: &[usize], x: &mut P::Raw);
    /// A statistic of these sizes.
    fn stat(&mut self, at: &Path<'_>, dims: &[usize], x: &mut P::Stat) {
        let _ = (at, dims, x);
    }
}

/// What [`Tree::zip`] does at each field.
pub trait Zip<P: Part, Q: Part, R: Part> {
    /// A parameter in its three forms.
    fn param(&mut self, at: &Path<'_>, a: &mut P::Raw, b: &Q::Raw, c: &mut R::Raw);
    /// A statistic in its three forms.
    fn stat(&mut self, at: &Path<'_>, a: &mut P::Stat, b: &Q::Stat, c: &mut R::Stat) {
        let _ = (at, a, b, c);
    }
}

macro_rules! field_trees {
    ($($name:ident $method:ident $count:expr;)*) => {$(
        impl<S: Shape, P: Part> Tree<P> for $name<S, P> {
            const STATIC_COUNT: StaticCount = $count;
            type With<Q: Part> = $name<S, Q>;
            fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, f: &mut F, at: &Path<'_>) -> $name<S, Q> {
                $name { raw: f.$method(at, &self.shape.dims(), &self.raw), shape: self.shape }
            }
            fn each_mut<F: EachMut<P>>(&mut self, f: &mut F, at: &Path<'_>) {
                f.$method(at, &self.shape.dims(), &mut self.raw);
            }
            fn zip<Q: Part, R: Part, F: Zip<P, Q, R>>(
                &mut self,
                b: &$name<S, Q>,
                c: &mut $name<S, R>,
                f: &mut F,
                at: &Path<'_>,
            ) {
                f.$method(at, &mut self.raw, &b.raw, &mut c.raw);
            }
        }
    )*};
}
field_trees! {
    Param param StaticCount::of(S::STATIC_LEN);
    Buffer stat StaticCount::Known(0);
}

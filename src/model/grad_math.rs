//! Gradients as values: adding them up, scaling, choosing, looking at them by name.
//!
//! Apart from `inspect`, which looks at weights: a gradient may not have arrived, and that is kept apart from zeros.

use super::norm::LongNorm;
use super::{Each, EachMut, Gradient, Grads, Map, Path, Tree, Weights, Zip, pairs};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::Pointwise2;
use crate::num::Num;
use crate::ops::arithmetic::Affine;

/// Methods of the gradients of every model, which are its own struct with a gradient in place of each parameter.
///
/// ```
/// use congruent::prelude::*;
/// let mut model = Linear::<D<1>, D<1>>::new(Key::new(0));
/// let batches = [Cpu.tensor([[1.0], [2.0]]), Cpu.tensor([[3.0], [4.0]])];
/// let mut opt = Sgd::new(&model, 0.01);
/// let mut grads = model.zero_grads();
/// for x in &batches {
///     grads.accumulate(&model.value_and_grad(|m| m.forward(x).mse(x))?.1);
/// }
/// grads.scale(1.0 / batches.len() as f64);
/// opt.step(&mut model, &grads); // one step, of both batches
/// # Ok::<(), congruent::Error>(())
/// ```
pub trait GradMath<E: Real, D: Device>: Tree<Grads<E, D>> {
    /// Adds other gradients to these: `g ← g + other`. What has arrived in one of the two has arrived.
    ///
    /// Of a running statistic there is no sum: what the other step has recorded takes the place of what was there.
    /// Gradients of other parameters (a `Vec` of another length, other run-time sizes) raise
    /// [`Error::Value`](crate::Error::Value), and nothing has changed then.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model: (Param<Shape![2]>, Param<Shape![1]>) = (Cpu.ones().into(), Cpu.ones().into());
    /// let (_, mut grads) = model.value_and_grad(|(a, _)| (a * 3.0).sum())?;
    /// let (_, other) = model.value_and_grad(|(a, b)| a.sum() + b.sum())?;
    /// grads.accumulate(&other);
    /// assert_eq!((grads.0.as_slice(), grads.1.as_slice()), (&[4.0, 4.0][..], &[1.0][..]));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn accumulate(&mut self, other: &Self::With<Grads<E, D>>) {
        pairs::walk(self, other, &mut Sum);
    }

    /// Multiplies all gradients by a number: `g ← factor · g`. One that is not there stays away.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    /// let (_, mut grads) = w.value_and_grad(|w| w.square().sum())?;
    /// grads.scale(0.5);
    /// assert_eq!(grads.as_slice(), [1.0, 2.0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn scale(&mut self, factor: f64) {
        self.each_mut(&mut Scale(factor), &Path::ROOT);
    }

    /// Multiplies each element by that of a mask, which is a model of the same kind: `g ← mask · g`, and 0 where the
    /// mask is, whatever the gradient is there. Masks of other parameters raise [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    /// let (_, mut grads) = w.value_and_grad(|w| w.square().sum())?;
    /// grads.mask(&Cpu.tensor([0.0, 1.0]).into());
    /// assert_eq!(grads.as_slice(), [0.0, 4.0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn mask(&mut self, mask: &Self::With<Weights<E, D>>) {
        pairs::walk(self, mask, &mut Mask);
    }

    /// Keeps the gradients of parameters that `keep` chooses by name and sizes. The others are as if they had never
    /// arrived: an optimizer's step leaves their parameters alone.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let (_, mut grads) = model.value_and_grad(|m| m.forward(&Cpu.ones::<Shape![4, 3]>()).sum())?;
    /// grads.retain(|name, dims| name != "bias" && dims.len() == 2);
    /// assert!(grads.weight.reached() && !grads.bias.reached());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn retain(&mut self, keep: impl FnMut(&str, &[usize]) -> bool) {
        self.each_mut(&mut Retain(keep), &Path::ROOT);
    }

    /// Shows every parameter's gradient: its name, sizes and elements, if it has arrived.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let (_, grads) = model.value_and_grad(|m| m.forward(&Cpu.ones::<Shape![4, 3]>()).sum())?;
    /// let mut seen = vec![];
    /// grads.visit(|name, dims, gradient| seen.push(format!("{name} {dims:?} {:?}", gradient.map(|g| g[0]))));
    /// assert_eq!(seen, ["weight [3, 2] Some(4.0)", "bias [2] Some(4.0)"]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn visit(&self, show: impl FnMut(&str, &[usize], Option<&[E]>)) {
        let _ = Tree::map::<Each<(), E, D>, _>(self, &mut Show(show), &Path::ROOT);
    }

    /// Lets `change` write to every gradient that has arrived.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let w: Param<Shape![2]> = Cpu.tensor([1.0, -2.0]).into();
    /// let (_, mut grads) = w.value_and_grad(|w| w.square().sum())?;
    /// grads.visit_mut(|_, _, gradient| gradient.iter_mut().for_each(|g| *g = g.signum()));
    /// assert_eq!(grads.as_slice(), [1.0, -1.0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn visit_mut(&mut self, change: impl FnMut(&str, &[usize], &mut [E])) {
        self.each_mut(&mut Change(change), &Path::ROOT);
    }

    /// The norm of all gradients as one long vector, `√Σ g²`, neither overflowing nor vanishing on the way. NaN where
    /// one is.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let w: Param<Shape![2]> = Cpu.tensor([3.0, 4.0]).into();
    /// let (_, grads) = w.value_and_grad(|w| (w.square() * 0.5).sum())?;
    /// assert_eq!(grads.norm(), 5.0);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn norm(&self) -> f64 {
        let mut all = All(LongNorm::new());
        let _ = Tree::map::<Each<(), E, D>, _>(self, &mut all, &Path::ROOT);
        all.0.value()
    }

    /// The norm of each gradient under its parameter's name, in the order of the model; 0 where none has arrived.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model: (Param<Shape![2]>, Param<Shape![1]>) = (Cpu.tensor([3.0, 4.0]).into(), Cpu.ones().into());
    /// let (_, grads) = model.value_and_grad(|(a, _)| (a.square() * 0.5).sum())?;
    /// assert_eq!(grads.norms(), [("0".to_owned(), 5.0), ("1".to_owned(), 0.0)]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn norms(&self) -> Vec<(String, f64)> {
        let mut norms = Norms(Vec::new());
        let _ = Tree::map::<Each<(), E, D>, _>(self, &mut norms, &Path::ROOT);
        norms.0
    }
}
impl<E: Real, D: Device, G: Tree<Grads<E, D>>> GradMath<E, D> for G {}

/// What a step has recorded of a statistic.
type Recorded<E> = Option<Buf<<E as Real>::Precise>>;

struct Sum;
impl<E: Real, D: Device> Zip<Grads<E, D>, Grads<E, D>, Each<(), E, D>> for Sum {
    fn param(&mut self, _: &Path<'_>, own: &mut Gradient<E, D>, other: &Gradient<E, D>, (): &mut ()) {
        own.add(other);
    }
    fn stat(&mut self, _: &Path<'_>, own: &mut Recorded<E>, other: &Recorded<E>, (): &mut ()) {
        if other.is_some() {
            own.clone_from(other);
        }
    }
}

impl<E: Real, D: Device> Zip<Weights<E, D>, Grads<E, D>, Grads<E, D>> for Sum {
    fn param(&mut self, _: &Path<'_>, _: &mut (Buf<E>, D), other: &Gradient<E, D>, own: &mut Gradient<E, D>) {
        own.add(other);
    }
    fn stat(&mut self, _: &Path<'_>, _: &mut (Buf<E::Precise>, D), other: &Recorded<E>, own: &mut Recorded<E>) {
        if other.is_some() {
            own.clone_from(other);
        }
    }
}

/// [`accumulate`](GradMath::accumulate) for code that knows of both gradients only that they are of this model.
pub(crate) fn accumulate<M: Tree<Weights<E, D>>, E: Real, D: Device>(
    model: &mut M,
    own: &mut M::With<Grads<E, D>>,
    other: &M::With<Grads<E, D>>,
) {
    model.zip(other, own, &mut Sum, &Path::ROOT);
}

struct Mask;
impl<E: Real, D: Device> Zip<Grads<E, D>, Weights<E, D>, Each<(), E, D>> for Mask {
    fn param(&mut self, _: &Path<'_>, own: &mut Gradient<E, D>, (mask, _): &(Buf<E>, D), (): &mut ()) {
        own.combine(Masked, mask);
    }
}

/// `gradient · mask`, and 0 where the mask is.
#[derive(Clone, Copy)]
struct Masked;
impl Pointwise2 for Masked {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, gradient: V, mask: V) -> V {
        V::select_eq(mask, V::c(0.0), V::c(0.0), gradient * mask)
    }
}

struct Scale(f64);
impl<E: Real, D: Device> EachMut<Grads<E, D>> for Scale {
    fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &mut Gradient<E, D>) {
        gradient.apply(Affine { slope: self.0, shift: 0.0 });
    }
}

struct Retain<F>(F);
impl<E: Real, D: Device, F: FnMut(&str, &[usize]) -> bool> EachMut<Grads<E, D>> for Retain<F> {
    fn param(&mut self, at: &Path<'_>, dims: &[usize], gradient: &mut Gradient<E, D>) {
        if !(self.0)(&at.to_string(), dims) {
            *gradient = Gradient::new(gradient.device(), gradient.len(), None);
        }
    }
}

struct Change<F>(F);
impl<E: Real, D: Device, F: FnMut(&str, &[usize], &mut [E])> EachMut<Grads<E, D>> for Change<F> {
    fn param(&mut self, at: &Path<'_>, dims: &[usize], gradient: &mut Gradient<E, D>) {
        let device = gradient.device();
        gradient.replace(|values| {
            let mut values = device.download(values);
            (self.0)(&at.to_string(), dims, &mut values);
            device.upload(&values)
        });
    }
}

macro_rules! looks {
    ($([$($generics:tt)*] $Look:ty: |$own:ident, $at:ident, $dims:ident, $gradient:ident| $body:expr;)*) => {$(
        impl<'a, E: Real, D: Device, $($generics)*> Map<'a, Grads<E, D>, Each<(), E, D>> for $Look {
            fn param(&mut self, $at: &Path<'_>, $dims: &[usize], $gradient: &'a Gradient<E, D>) {
                let $own = self;
                $body
            }
            fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a Recorded<E>) {}
        }
    )*};
}

struct Show<F>(F);
struct All(LongNorm);
struct Norms(Vec<(String, f64)>);

looks! {
    [F: FnMut(&str, &[usize], Option<&[E]>)] Show<F>: |own, at, dims, gradient| match gradient.get() {
        Some(values) => gradient.device().show(values, |values| (own.0)(&at.to_string(), dims, Some(values))),
        None => (own.0)(&at.to_string(), dims, None),
    };
    [] All: |own, _at, _dims, gradient| own.0.add(gradient);
    [] Norms: |own, at, _dims, gradient| {
        let mut norm = LongNorm::new();
        norm.add(gradient);
        own.0.push((at.to_string(), norm.value()));
    };
}

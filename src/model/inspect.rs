//! Looking at models as values: visiting, counting, listing, moving, casting.

use super::{Each, EachMut, Map, Path, Summary, Tree, Weights};
use crate::device::{Buf, Device};
use crate::dtype::{Real, convert};

/// Methods of every model that holds [`Weights`].
pub trait Inspect<E: Real, D: Device>: Tree<Weights<E, D>> {
    /// Shows every parameter and statistic: its name (`blocks.3.up.weight`), sizes and elements. Statistics of `f16`
    /// and `bf16` models, which are kept in `f32`, are shown rounded.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut names = vec![];
    /// Linear::<D<3>, D<2>>::new(Key::new(0)).visit(|name, dims, _| names.push(format!("{name} {dims:?}")));
    /// assert_eq!(names, ["weight [3, 2]", "bias [2]"]);
    /// ```
    fn visit(&self, show: impl FnMut(&str, &[usize], &[E])) {
        let _ = Tree::map::<Each<(), E, D>, _>(self, &mut Show(show), &Path::ROOT);
    }

    /// Lets `change` write to every parameter and statistic. Statistics of `f16` and `bf16` models are shown rounded;
    /// elements that are not written to stay as exact as they are.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// model.visit_mut(|name, _, values| if name == "bias" { values.fill(1.0) });
    /// assert_eq!(model.bias.as_slice(), [1.0, 1.0]);
    /// ```
    fn visit_mut(&mut self, change: impl FnMut(&str, &[usize], &mut [E])) {
        self.each_mut(&mut Change(change), &Path::ROOT);
    }

    /// The number of parameters: elements, not tensors; statistics are left out.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Linear::<D<3>, D<2>>::new(Key::new(0)).count(), 8);
    /// ```
    fn count(&self) -> usize {
        let mut count = Count(0);
        let _ = Tree::map::<Each<(), E, D>, _>(self, &mut count, &Path::ROOT);
        count.0
    }

    /// The parameters and statistics as a table: names, shapes, numbers, bytes, and the total.
    ///
    /// What running the model computes, stores and costs in operations, says
    /// [`explain`](crate::ops::Explain::explain) of its output.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// #[derive(Model)]
    /// struct Net<P: Part = Weights> {
    ///     hidden: Linear<D<784>, D<30>, P>,
    ///     out: Linear<D<30>, D<10>, P>,
    /// }
    /// let net = Net { hidden: Linear::new(Key::new(0)), out: Linear::new(Key::new(1)) };
    /// let table = "\
    /// part           shape      dtype  parameters   bytes
    /// ───────────────────────────────────────────────────
    /// hidden.weight  [784, 30]  f32        23 520  94 080
    /// hidden.bias    [30]       f32            30     120
    /// out.weight     [30, 10]   f32           300   1 200
    /// out.bias       [10]       f32            10      40
    /// ───────────────────────────────────────────────────
    /// total                                23 860  95 440";
    /// assert_eq!(net.summary().to_string(), table);
    /// const _: () = assert!(Net::PARAMETERS < 100_000);
    /// ```
    fn summary(&self) -> Summary {
        Summary::of(self)
    }

    /// The model on another device.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0)).to(&Cpu);
    /// ```
    fn to<D2: Device>(&self, device: &D2) -> Self::With<Weights<E, D2>> {
        self.map(&mut Move(*device), &Path::ROOT)
    }

    /// The model with other elements.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let double: Linear<D<3>, D<2>, Weights<f64>> = Linear::<D<3>, D<2>>::new(Key::new(0)).cast();
    /// ```
    fn cast<E2: Real>(&self) -> Self::With<Weights<E2, D>> {
        self.map(&mut Cast, &Path::ROOT)
    }
}
impl<E: Real, D: Device, M: Tree<Weights<E, D>>> Inspect<E, D> for M {}

/// The same function for parameters and statistics.
macro_rules! both {
    ([$($generics:tt)*] $walker:ty, $E:ty, $D:ty => $Q:ty,
     |$own:ident, $at:ident, $dims:ident, $x:ident| $body:expr, $Out:ty; $stat:expr, $Stat:ty) => {
        impl<'a, $($generics)*> Map<'a, Weights<$E, $D>, $Q> for $walker {
            fn param(&mut self, $at: &Path<'_>, $dims: &[usize], $x: &'a (Buf<$E>, $D)) -> $Out {
                let $own = self;
                $body
            }
            fn stat(&mut self, $at: &Path<'_>, $dims: &[usize], $x: &'a (Buf<<$E as Real>::Precise>, $D)) -> $Stat {
                let $own = self;
                $stat
            }
        }
    };
}

struct Show<F>(F);
both! {
    [E: Real, D: Device, F: FnMut(&str, &[usize], &[E])] Show<F>, E, D => Each<(), E, D>,
    |own, at, dims, x| (own.0)(&at.to_string(), dims, &x.1.download(&x.0)), ();
    (own.0)(&at.to_string(), dims, &x.1.download(&x.1.convert::<_, E>(&x.0))), ()
}

struct Move<D2>(D2);
both! {
    [E: Real, D: Device, D2: Device] Move<D2>, E, D => Weights<E, D2>,
    |own, _at, _dims, x| (own.0.upload(&x.1.download(&x.0)), own.0), (Buf<E>, D2);
    (own.0.upload(&x.1.download(&x.0)), own.0), (Buf<E::Precise>, D2)
}

struct Cast;
both! {
    [E: Real, E2: Real, D: Device] Cast, E, D => Weights<E2, D>,
    |_own, _at, _dims, x| (x.1.convert(&x.0), x.1), (Buf<E2>, D); (x.1.convert(&x.0), x.1), (Buf<E2::Precise>, D)
}

struct Count(usize);
impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Each<(), E, D>> for Count {
    fn param(&mut self, _: &Path<'_>, dims: &[usize], _: &'a (Buf<E>, D)) {
        self.0 += dims.iter().product::<usize>();
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a (Buf<E::Precise>, D)) {}
}

struct Change<F>(F);
impl<F> Change<F> {
    fn apply<E: Real, D: Device>(&mut self, at: &Path<'_>, dims: &[usize], (buf, device): &mut (Buf<E>, D))
    where
        F: FnMut(&str, &[usize], &mut [E]),
    {
        let mut values = device.download(buf);
        (self.0)(&at.to_string(), dims, &mut values);
        *buf = device.upload(&values);
    }
}
impl<E: Real, D: Device, F: FnMut(&str, &[usize], &mut [E])> EachMut<Weights<E, D>> for Change<F> {
    fn param(&mut self, at: &Path<'_>, dims: &[usize], x: &mut (Buf<E>, D)) {
        self.apply(at, dims, x);
    }
    fn stat(&mut self, at: &Path<'_>, dims: &[usize], (buf, device): &mut (Buf<E::Precise>, D)) {
        let shown = device.download(&device.convert::<_, E>(buf));
        let (mut changed, mut exact) = (shown.clone(), device.download(buf));
        (self.0)(&at.to_string(), dims, &mut changed);
        for ((exact, shown), changed) in exact.iter_mut().zip(shown).zip(changed) {
            if changed != shown {
                *exact = convert(changed);
            }
        }
        *buf = device.upload(&exact);
    }
}

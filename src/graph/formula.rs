//! Formulas: what a pointwise operation says of its elements, over floats and over integers.
//!
//! Apart from the nodes (`pointwise`), which carry a formula through a fused loop and ask only for that of the element
//! type at hand: which kind of formula it is, is decided here, once.

use super::origin::{Called, Constants};
use crate::dtype::{Elem, Integer, Logical, NoFloat, Real};
use crate::loops::{Bits, Faults, Int};
use crate::num::{Dual, Lane, Num, Trace, Traced};

/// What a formula is called that says no name.
const UNNAMED: &str = "formula";

/// A formula of one operand, written once over any [`Num`].
pub trait Pointwise1: Copy + Send + Sync + 'static {
    /// Its name where a graph is explained.
    const NAME: &'static str = UNNAMED;
    /// The value of the type, where there is no other: of it everything is known when the graph is gone.
    const ONLY: Option<Self> = None;
    /// The constants in it, as they are written there.
    #[inline]
    fn constants(&self) -> Constants {
        Vec::new()
    }
    /// The value.
    fn value<V: Num>(self, x: V) -> V;
    /// Whether 16-bit floats have a value of their own.
    const HALVES: bool = false;
    /// The value of 16-bit floats, which is rounded to these afterwards.
    #[cfg_attr(optimised, inline(always))]
    fn of_halves<V: Num>(self, x: V) -> V {
        self.value(x)
    }
    /// The value and its derivative; dual numbers unless the operation knows better.
    #[cfg_attr(optimised, inline(always))]
    fn with_derivative<V: Num>(self, x: V) -> (V, V) {
        let y = self.value(Dual { value: x, tangent: V::c(1.0) });
        (y.value, y.tangent)
    }
}

/// A formula of two operands.
pub trait Pointwise2: Copy + Send + Sync + 'static {
    /// Its name where a graph is explained.
    const NAME: &'static str = UNNAMED;
    /// The value of the type, where there is no other: of it everything is known when the graph is gone.
    const ONLY: Option<Self> = None;
    /// The constants in it, as they are written there.
    #[inline]
    fn constants(&self) -> Constants {
        Vec::new()
    }
    /// The value.
    fn value<V: Num>(self, x: V, y: V) -> V;
    /// Whether 16-bit floats have a value of their own.
    const HALVES: bool = false;
    /// The value of 16-bit floats, which is rounded to these afterwards.
    #[cfg_attr(optimised, inline(always))]
    fn of_halves<V: Num>(self, x: V, y: V) -> V {
        self.value(x, y)
    }
    /// The value and both partial derivatives; dual numbers unless the operation knows better.
    #[cfg_attr(optimised, inline(always))]
    fn with_derivative<V: Num>(self, x: V, y: V) -> (V, V, V) {
        let (zero, one) = (V::c(0.0), V::c(1.0));
        let by_x = self.value(Dual { value: x, tangent: one }, Dual { value: y, tangent: zero });
        let by_y = self.value(Dual { value: x, tangent: zero }, Dual { value: y, tangent: one });
        (by_x.value, by_x.tangent, by_y.tangent)
    }
}

/// A formula of three operands.
pub trait Pointwise3: Copy + Send + Sync + 'static {
    /// Its name where a graph is explained.
    const NAME: &'static str = UNNAMED;
    /// The value of the type, where there is no other: of it everything is known when the graph is gone.
    const ONLY: Option<Self> = None;
    /// The constants in it, as they are written there.
    #[inline]
    fn constants(&self) -> Constants {
        Vec::new()
    }
    /// The value.
    fn value<V: Num>(self, x: V, y: V, z: V) -> V;
    /// Whether 16-bit floats have a value of their own.
    const HALVES: bool = false;
    /// The value of 16-bit floats, which is rounded to these afterwards.
    #[cfg_attr(optimised, inline(always))]
    fn of_halves<V: Num>(self, x: V, y: V, z: V) -> V {
        self.value(x, y, z)
    }
    /// The value and the three partial derivatives; dual numbers unless the operation knows better.
    #[cfg_attr(optimised, inline(always))]
    fn with_derivative<V: Num>(self, x: V, y: V, z: V) -> (V, V, V, V) {
        let dual = |value: V, on: f64| Dual { value, tangent: V::c(on) };
        let by_x = self.value(dual(x, 1.0), dual(y, 0.0), dual(z, 0.0));
        let by_y = self.value(dual(x, 0.0), dual(y, 1.0), dual(z, 0.0));
        let by_z = self.value(dual(x, 0.0), dual(y, 0.0), dual(z, 1.0));
        (by_x.value, by_x.tangent, by_y.tangent, by_z.tangent)
    }
}

/// A formula of one operand of integers `E`, written once over any [`Int`].
pub trait Exact1<E: Integer>: Copy + Send + Sync + 'static {
    /// Its name where a graph is explained.
    const NAME: &'static str = UNNAMED;
    /// The value of the type, where there is no other: of it everything is known when the graph is gone.
    const ONLY: Option<Self> = None;
    /// The constants in it, as they are written there.
    #[inline]
    fn constants(&self) -> Constants {
        Vec::new()
    }
    /// The value.
    fn value<V: Int<E>>(self, x: V, faults: &mut Faults) -> V;
}

/// A formula of two operands of integers `E`.
pub trait Exact2<E: Integer>: Copy + Send + Sync + 'static {
    /// Its name where a graph is explained.
    const NAME: &'static str = UNNAMED;
    /// The value of the type, where there is no other: of it everything is known when the graph is gone.
    const ONLY: Option<Self> = None;
    /// The constants in it, as they are written there.
    #[inline]
    fn constants(&self) -> Constants {
        Vec::new()
    }
    /// The value.
    fn value<V: Int<E>>(self, x: V, y: V, faults: &mut Faults) -> V;
}

/// A formula of three operands of integers `E`.
pub trait Exact3<E: Integer>: Copy + Send + Sync + 'static {
    /// Its name where a graph is explained.
    const NAME: &'static str = UNNAMED;
    /// The value of the type, where there is no other: of it everything is known when the graph is gone.
    const ONLY: Option<Self> = None;
    /// The constants in it, as they are written there.
    #[inline]
    fn constants(&self) -> Constants {
        Vec::new()
    }
    /// The value.
    fn value<V: Int<E>>(self, x: V, y: V, z: V, faults: &mut Faults) -> V;
}

/// A formula of one operand of bits, which is also one of integers.
pub trait Bitwise1: Copy + Send + Sync + 'static {
    /// Its name where a graph is explained.
    const NAME: &'static str;
    /// The value.
    fn value<V: Bits>(self, x: V) -> V;
}

/// A formula of two operands of bits, which is also one of integers.
pub trait Bitwise2: Copy + Send + Sync + 'static {
    /// Its name where a graph is explained.
    const NAME: &'static str;
    /// The value.
    fn value<V: Bits>(self, x: V, y: V) -> V;
}

/// The formula of an operation over elements `E`: a [`Pointwise1`] over floats, an [`Exact1`] over integers.
macro_rules! by_kind {
    ($($(#[$doc:meta])* $Formula:ident of $Pointwise:ident or $Exact:ident, $($x:ident $V:ident),*;)*) => {$(
        $(#[$doc])*
        #[diagnostic::on_unimplemented(
            message = "`{Self}` is not an operation on `{E}`",
            label = "has no formula for `{E}` elements"
        )]
        pub trait $Formula<E: Elem, Float = <E as Elem>::Float>: Copy + Send + Sync + 'static {
            /// The value, in lanes.
            fn lanes<V: Lane<E>>(self, $($x: V),*) -> V where E: Real {
                $(let _ = $x;)*
                unreachable!("lanes are of floats")
            }
            /// The value and the derivative by each operand.
            fn slopes<V: Lane<E>>(self, $($x: V),*) -> (V, $($V),*) where E: Real {
                $(let _ = $x;)*
                unreachable!("gradients are of floats")
            }
            /// The value of one element, where there are no lanes, or a note of why there is none.
            fn element(self, $($x: E,)* faults: &mut Faults) -> E {
                let _ = ($($x,)* faults);
                unreachable!("floats run in lanes")
            }
            /// The value, written down.
            fn traced(self, $($x: Traced),*) -> Traced;
            /// The value and the derivative by each operand, written down.
            fn traced_slopes(self, $($x: Traced),*) -> (Traced, $(by_kind!(@ traced $x)),*) {
                $(let _ = $x;)*
                unreachable!("gradients are of floats")
            }
            /// What it is called, and how much arithmetic it is: of its type alone, nothing of constants or arithmetic.
            fn called(op: Option<&Self>) -> Called;
        }

        #[diagnostic::do_not_recommend]
        impl<E: Real, Op: $Pointwise> $Formula<E, E> for Op {
            #[cfg_attr(optimised, inline(always))]
            fn lanes<V: Lane<E>>(self, $($x: V),*) -> V {
                match Op::HALVES && E::NARROW {
                    true => self.of_halves($($x),*),
                    false => $Pointwise::value(self, $($x),*),
                }
            }
            #[cfg_attr(optimised, inline(always))]
            fn slopes<V: Lane<E>>(self, $($x: V),*) -> (V, $($V),*) {
                let all = self.with_derivative($($x),*);
                match Op::HALVES && E::NARROW {
                    true => by_kind!(@ all self.of_halves($($x),*), $($x),*),
                    false => all,
                }
            }
            fn traced(self, $($x: Traced),*) -> Traced {
                match Op::HALVES && E::NARROW {
                    true => self.of_halves($($x),*),
                    false => $Pointwise::value(self, $($x),*),
                }
            }
            fn traced_slopes(self, $($x: Traced),*) -> (Traced, $(by_kind!(@ traced $x)),*) {
                let all = self.with_derivative($($x),*);
                match Op::HALVES && E::NARROW {
                    true => by_kind!(@ all self.of_halves($($x),*), $($x),*),
                    false => all,
                }
            }
            fn called(op: Option<&Self>) -> Called {
                let op = op.copied().or(<Op as $Pointwise>::ONLY);
                let steps = |op: Op| Trace::work(E::NAME, || $Pointwise::value(op, $(by_kind!(@ input $x)),*));
                let constants = op.as_ref().map_or_else(Vec::new, $Pointwise::constants);
                Called { name: <Op as $Pointwise>::NAME, constants, steps: op.map(steps) }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<E: Integer, Op: $Exact<E>> $Formula<E, NoFloat> for Op {
            #[cfg_attr(optimised, inline(always))]
            fn element(self, $($x: E,)* faults: &mut Faults) -> E {
                $Exact::value(self, $($x,)* faults)
            }
            fn traced(self, $($x: Traced),*) -> Traced {
                $Exact::<E>::value(self, $($x,)* &mut Faults::default())
            }
            fn called(op: Option<&Self>) -> Called {
                let op = op.copied().or(<Op as $Exact<E>>::ONLY);
                let steps = |op: Op| {
                    let mut faults = Faults::default();
                    Trace::work(E::NAME, || $Exact::<E>::value(op, $(by_kind!(@ input $x),)* &mut faults))
                };
                let constants = op.as_ref().map_or_else(Vec::new, $Exact::<E>::constants);
                Called { name: <Op as $Exact<E>>::NAME, constants, steps: op.map(steps) }
            }
        }
    )*};
    (@ input $x:ident) => { Traced::input(0) };
    (@ traced $x:ident) => { Traced };
    (@ $all:ident $y:expr, $x:ident) => { ($y, $all.1) };
    (@ $all:ident $y:expr, $x:ident, $z:ident) => { ($y, $all.1, $all.2) };
    (@ $all:ident $y:expr, $x:ident, $z:ident, $w:ident) => { ($y, $all.1, $all.2, $all.3) };
}
by_kind! {
    /// The formula of an operation of one operand over elements `E`: [`Pointwise1`] of floats, [`Exact1`] of integers.
    Formula1 of Pointwise1 or Exact1, x V;
    /// The formula of an operation of two operands over elements `E`: [`Pointwise2`] of floats, [`Exact2`] of integers.
    Formula2 of Pointwise2 or Exact2, x V, y V;
    /// The formula of an operation of three operands over elements `E`: [`Pointwise3`] of floats, [`Exact3`] of
    /// integers.
    Formula3 of Pointwise3 or Exact3, x V, y V, z V;
}

/// Of truth values the formula of an operation is one of bits.
macro_rules! of_truth {
    ($($Formula:ident by $Bitwise:ident, $($x:ident),*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<Op: $Bitwise> $Formula<bool, NoFloat<Logical>> for Op {
            #[cfg_attr(optimised, inline(always))]
            fn element(self, $($x: bool,)* _: &mut Faults) -> bool {
                $Bitwise::value(self, $($x),*)
            }
            fn traced(self, $($x: Traced),*) -> Traced {
                $Bitwise::value(self, $($x),*)
            }
            fn called(_: Option<&Self>) -> Called {
                Called { name: Op::NAME, constants: Vec::new(), steps: Some(1) }
            }
        }
    )*};
}
of_truth! {
    Formula1 by Bitwise1, x;
    Formula2 by Bitwise2, x, y;
}

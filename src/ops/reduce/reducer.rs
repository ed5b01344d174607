//! What a reduction is, and how one is written down.
//!
//! Apart from the reductions because each of them is a few formulas in this form.

use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::loops::{RowProgram, Rows};

/// A reduction: a program for its value and one for its gradient.
pub trait Reducer: Copy + Send + Sync + 'static {
    /// Gives the value in its last pass.
    type Forward: RowProgram;
    /// Finishes with the gradient of each element, from the elements, the row's gradient and the row's value.
    type Backward: RowProgram;
    /// The method.
    const NAME: &'static str;
    /// Whether the gradient of every element depends on nothing but the row's length: see [`Reducer::uniform`].
    const UNIFORM: bool = false;
    /// See [`Reducer::averages`].
    const AVERAGES: bool = false;
    /// The forward program.
    fn forward(self) -> Self::Forward;
    /// The backward program for rows of `len` elements.
    fn backward(self, len: usize) -> Self::Backward;
    /// The gradient of every element, where it depends on nothing but the row's length.
    fn uniform(self, len: usize) -> Option<f64> {
        let _ = len;
        None
    }
    /// Whether the value lies among the elements, though their sum may be too large.
    #[cfg_attr(optimised, inline(always))]
    fn averages(self) -> bool {
        Self::AVERAGES
    }
    /// The results with those made good that the forward program has marked by NaN, by another way.
    fn mended<E: Real, D: Device>(self, device: D, rows: Rows, values: &Buf<E>, out: Buf<E>) -> Buf<E> {
        let _ = (device, rows, values);
        out
    }
    /// The gradient of each element likewise; `inputs` are those of the backward program.
    fn mended_gradient<E: Real, D: Device>(self, device: D, rows: Rows, inputs: [&Buf<E>; 3], out: Buf<E>) -> Buf<E> {
        let _ = (device, rows, inputs);
        out
    }
}

macro_rules! program {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $T:ty),* } $passes:literal passes
        $(, draft $draft:literal)? $(, from $start:expr)? $(, keeps $kept:literal)? $(, called $called:literal)?;
     combine $combine:expr;
     term |$self:ident, $pass:ident, $x:ident, $s:ident| $term:expr;
     $(closed |$dself:ident, $dpass:ident, $dtotal:ident, $dlen:ident, $ds:ident| $closed:expr;)?
     $(close |$cself:ident, $cpass:ident, $total:ident, $len:ident, $cs:ident| $close:expr;)?
     $(again $rounds:literal |$aself:ident, $as:ident, $alen:ident, $reach:ident| $again:expr;)?
     $(settle |$eself:ident, $es:ident, $elen:ident| $settle:expr;)?
     $(finish |$fself:ident, $fx:ident, $fs:ident| $finish:expr;)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name { $(pub(crate) $field: $T),* }
        impl RowProgram for $name {
            $(const NAME: &'static str = $called;)?
            const PASSES: usize = $passes;
            $(const DRAFT: Option<usize> = Some($draft);)?
            $(const START: Values<f64> = $start;)?
            $(const KEPT: usize = $kept;)?
            $(const ROUNDS: usize = $rounds;)?
            #[cfg_attr(optimised, inline(always))]
            fn combine(self, pass: usize) -> Combine { $combine[pass] }
            #[cfg_attr(optimised, inline(always))]
            fn term<V: Num>($self, $pass: usize, $x: Values<V>, $s: Values<V>) -> V { $term }
            $(#[cfg_attr(optimised, inline(always))]
            fn closed<V: Num>($dself, $dpass: usize, $dtotal: V, $dlen: f64, $ds: Values<V>) -> Values<V> {
                $closed
            })?
            $(#[cfg_attr(optimised, inline(always))]
            fn close<V: Num>($cself, $cpass: usize, $total: V, $len: f64, $cs: Values<V>) -> V { $close })?
            $(#[cfg_attr(optimised, inline(always))]
            fn again<V: Num>($aself, $as: Values<V>, $alen: f64, $reach: $crate::loops::Reach) -> (V, Values<V>) {
                $again
            })?
            $(#[cfg_attr(optimised, inline(always))]
            fn settle<V: Num>($eself, $es: Values<V>, $elen: f64) -> Values<V> { $settle })?
            $(#[cfg_attr(optimised, inline(always))]
            fn finish<V: Num>($fself, $fx: Values<V>, $fs: Values<V>) -> V { $finish })?
        }
    };
}
pub(crate) use program;

macro_rules! reducer {
    ($name:ident $called:literal: $Forward:ty = |$own:ident| $forward:expr,
     $Backward:ty = |$self:ident, $len:ident| $backward:expr) => {
        impl $crate::ops::reduce::Reducer for $name {
            type Forward = $Forward;
            type Backward = $Backward;
            const NAME: &'static str = $called;
            fn forward(self) -> $Forward {
                let $own = self;
                $forward
            }
            fn backward(self, $len: usize) -> $Backward {
                let ($self, _) = (self, $len);
                $backward
            }
        }
    };
}

pub(crate) use reducer;

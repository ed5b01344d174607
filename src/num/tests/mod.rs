//! Tests of the lane algebra: a formula applied to a slice at each level, in one place for all of them.
//!
//! Apart from the sources because each test walks all registers, which no single source file knows.

#[cfg(target_arch = "x86_64")]
mod base;
mod dispatch;
mod dual;
mod edges;
mod half;
mod memory;
mod one;
mod special;
mod ulp;

use super::{Kernel, Lane, Level, Num, Simd, dispatch as run_kernel, with_level};

/// A function of up to two numbers that is still generic over the number.
pub(super) trait Formula: Copy {
    /// Its value.
    fn at<V: Num>(self, x: V, y: V) -> V;
}

/// Names a list of formulas: a type each, and a macro-free way to walk them.
macro_rules! formulas {
    ($visit:ident, $visitor:ident: $($name:ident |$x:ident, $y:ident| $value:expr;)*) => {
        /// Something to be done with each formula.
        pub(super) trait $visitor {
            /// Called once for each formula.
            fn visit(&mut self, name: &'static str, formula: impl $crate::num::tests::Formula);
        }

        /// Calls the visitor for each formula.
        pub(super) fn $visit(visitor: &mut impl $visitor) {
            $({
                #[derive(Clone, Copy)]
                struct This;
                impl $crate::num::tests::Formula for This {
                    #[inline(always)]
                    fn at<V: $crate::num::Num>(self, $x: V, $y: V) -> V {
                        let _ = $y;
                        $value
                    }
                }
                visitor.visit(stringify!($name), This);
            })*
        }
    };
}
pub(super) use formulas;

/// Applies a formula to slices.
struct Map<'a, E, F> {
    formula: F,
    x: &'a [E],
    y: &'a [E],
    out: &'a mut [E],
}

impl<E: Simd, F: Formula> Kernel<E> for Map<'_, E, F> {
    type Out = ();

    #[inline(always)]
    fn run<V: Lane<E>>(self) {
        for start in (0..self.x.len()).step_by(V::N) {
            let n = V::N.min(self.x.len() - start);
            // SAFETY: `n` elements from `start` on are left in each of the three slices, which are equally long.
            unsafe {
                let x = V::load(self.x.as_ptr().add(start), n);
                let y = V::load(self.y.as_ptr().add(start), n);
                self.formula.at(x, y).store(self.out.as_mut_ptr().add(start), n);
            }
        }
    }
}

/// The formula of each pair of elements.
fn map<E: Simd>(formula: impl Formula, x: &[E], y: &[E]) -> Vec<E> {
    assert_eq!(x.len(), y.len());
    let mut out = x.to_vec();
    run_kernel(Map { formula, x, y, out: &mut out });
    out
}

/// Runs `work` at each level that the processor has.
fn at_each_level(mut work: impl FnMut(Level)) {
    for level in Level::ALL {
        with_level(level, || {
            if super::level() == level {
                work(level);
            }
        });
    }
}

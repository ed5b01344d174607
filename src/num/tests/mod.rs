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

use super::primitives::{composed, of_one, of_two};
use super::{Kernel, Lane, Level, Num, Simd, dispatch as run_kernel, with_level};

/// A function of up to two numbers that is still generic over the number.
pub(super) trait Formula: Copy {
    /// Its value.
    fn at<V: Num>(self, x: V, y: V) -> V;
}

/// A formula as a value.
macro_rules! formula {
    (|$x:ident, $y:ident| $value:expr) => {{
        #[derive(Clone, Copy)]
        struct This;
        impl $crate::num::tests::Formula for This {
            #[cfg_attr(optimised, inline(always))]
            fn at<V: $crate::num::Num>(self, $x: V, $y: V) -> V {
                let _ = $y;
                $value
            }
        }
        This
    }};
}
use formula;

/// Something to be done with each of some formulas.
pub(super) trait Visitor {
    /// Called once for each formula.
    fn visit(&mut self, name: &'static str, formula: impl Formula);
}

/// Names a list of formulas beside the tables: a way to walk all of them.
macro_rules! formulas {
    ($visit:ident: $($name:ident |$x:ident, $y:ident| $value:expr;)*) => {
        /// Calls the visitor for each formula.
        pub(super) fn $visit(visitor: &mut impl $crate::num::tests::Visitor) {
            $crate::num::tests::each_primitive(visitor);
            $(visitor.visit(stringify!($name), $crate::num::tests::formula!(|$x, $y| $value));)*
        }
    };
}
use formulas;

/// Visits the functions of the tables of primitives.
macro_rules! visited {
    ([$visitor:ident] $(
        $(#[$doc:meta])*
        $name:ident($x:ident) = $y:ident: $single:path, $double:path, $lanes:ident, $kind:ident $($slope:expr)?;
    )*) => { $($visitor.visit(stringify!($name), formula!(|x, y| x.$name()));)* };
    ([$visitor:ident] $(
        $(#[$doc:meta])* $name:ident($x:ident) = $y:ident: $formula:expr, $kind:ident $($slope:expr)?;
    )*) => { $($visitor.visit(stringify!($name), formula!(|x, y| x.$name()));)* };
    ([$visitor:ident] $(
        $(#[$doc:meta])* $name:ident($arg:ident): $single:path, $double:path, $lanes:ident;
    )*) => { $($visitor.visit(stringify!($name), formula!(|x, y| x.$name(y)));)* };
}

/// Calls the visitor for each row of the tables of primitives.
fn each_primitive(visitor: &mut impl Visitor) {
    of_one!(visited[visitor]);
    of_two!(visited[visitor]);
    composed!(visited[visitor]);
}

/// Applies a formula to slices.
struct Map<'a, E, F> {
    formula: F,
    x: &'a [E],
    y: &'a [E],
    out: &'a mut [E],
}

impl<E: Simd, F: Formula> Kernel<E> for Map<'_, E, F> {
    type Out = ();

    #[cfg_attr(optimised, inline(always))]
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

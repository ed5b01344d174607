//! Row programs made of others.
//!
//! Apart from `rows`, which says what a program is.

use super::rows::{Combine, MAX_STATS, Reach, RowProgram};
use crate::num::Num;

/// What a program takes over from the one inside of it: everything before the result of an element.
macro_rules! as_inside {
    ($inside:tt) => {
        const NAME: &'static str = P::NAME;
        const PASSES: usize = P::PASSES;
        const DRAFT: Option<usize> = P::DRAFT;
        const START: [f64; MAX_STATS] = P::START;
        const ROUNDS: usize = P::ROUNDS;
        const KEPT: usize = P::KEPT;
        #[cfg_attr(optimised, inline(always))]
        fn combine(self, pass: usize) -> Combine {
            self.$inside.combine(pass)
        }
        #[cfg_attr(optimised, inline(always))]
        fn term<V: Num>(self, pass: usize, x: [V; MAX_STATS], stats: [V; MAX_STATS]) -> V {
            self.$inside.term(pass, x, stats)
        }
        #[cfg_attr(optimised, inline(always))]
        fn close<V: Num>(self, pass: usize, combined: V, len: f64, stats: [V; MAX_STATS]) -> V {
            self.$inside.close(pass, combined, len, stats)
        }
        #[cfg_attr(optimised, inline(always))]
        fn closed<V: Num>(self, pass: usize, combined: V, len: f64, stats: [V; MAX_STATS]) -> [V; MAX_STATS] {
            self.$inside.closed(pass, combined, len, stats)
        }
        #[cfg_attr(optimised, inline(always))]
        fn again<V: Num>(self, stats: [V; MAX_STATS], len: f64, reach: Reach) -> (V, [V; MAX_STATS]) {
            self.$inside.again(stats, len, reach)
        }
        #[cfg_attr(optimised, inline(always))]
        fn settle<V: Num>(self, stats: [V; MAX_STATS], len: f64) -> [V; MAX_STATS] {
            self.$inside.settle(stats, len)
        }
    };
}

/// A program whose rows lie along the last axis, known when the operation is compiled: loops for rows that lie across
/// the memory are dear to compile, and most programs never meet one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlongLast<P>(pub P);

impl<P: RowProgram> RowProgram for AlongLast<P> {
    as_inside!(0);
    const CONTIGUOUS: bool = true;
    const BESIDE: bool = P::BESIDE;
    #[cfg_attr(optimised, inline(always))]
    fn finish<V: Num>(self, x: [V; MAX_STATS], stats: [V; MAX_STATS]) -> V {
        self.0.finish(x, stats)
    }
    #[cfg_attr(optimised, inline(always))]
    fn beside<V: Num>(self, x: [V; MAX_STATS], stats: [V; MAX_STATS]) -> V {
        self.0.beside(x, stats)
    }
}

/// A program over one input, each of whose results is multiplied by the second input and has the third one added, if
/// there is one. What it was before that is beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaledRow<P> {
    /// What is scaled.
    pub(crate) program: P,
    /// Whether there is a third input.
    pub(crate) shifted: bool,
}

impl<P: RowProgram> RowProgram for ScaledRow<P> {
    as_inside!(program);
    const BESIDE: bool = true;
    #[cfg_attr(optimised, inline(always))]
    fn finish<V: Num>(self, x: [V; MAX_STATS], stats: [V; MAX_STATS]) -> V {
        let scaled = self.program.finish(x, stats) * x[1];
        if self.shifted { scaled + x[2] } else { scaled }
    }
    #[cfg_attr(optimised, inline(always))]
    fn beside<V: Num>(self, x: [V; MAX_STATS], stats: [V; MAX_STATS]) -> V {
        self.program.finish(x, stats)
    }
}

//! Elements without a value: what stops a loop over integers.
//!
//! Apart from the bodies because formulas note faults, and the loops read them.

use crate::dtype::{Elem, Undefined};
use crate::num::Traced;

/// What went wrong in a loop so far. A loop goes on: the first element without a value is looked for afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults(u8);

impl Faults {
    /// The value, or a 0 in its place and a note of why there is none.
    #[cfg_attr(optimised, inline(always))]
    pub fn settle<E: Elem>(&mut self, value: Result<E, Undefined>) -> E {
        match value {
            Ok(value) => value,
            Err(reason) => {
                self.0 |= reason as u8;
                E::default()
            }
        }
    }

    /// Whether every element so far had a value.
    #[cfg_attr(optimised, inline(always))]
    pub fn is_clean(self) -> bool {
        self.0 == 0
    }

    /// The reason, of those that there are.
    pub(crate) fn reason(self) -> Undefined {
        if self.0 & Undefined::DivisionByZero as u8 == 0 { Undefined::NegativePower } else { Undefined::DivisionByZero }
    }
}

/// The value of a formula over integers: the number itself, or a result that may have no value.
///
/// ```
/// use congruent::{dtype::Undefined, loops::{Faults, Outcome}};
/// let mut faults = Faults::default();
/// assert_eq!((Outcome::<i32>::value(5, &mut faults), faults.is_clean()), (5, true));
/// let none: Result<i32, Undefined> = Err(Undefined::DivisionByZero);
/// assert_eq!((none.value(&mut faults), faults.is_clean()), (0, false));
/// ```
pub trait Outcome<E> {
    /// The number, 0 where there is none.
    fn value(self, faults: &mut Faults) -> E;
}
impl<E: Elem> Outcome<E> for E {
    #[cfg_attr(optimised, inline(always))]
    fn value(self, _: &mut Faults) -> E {
        self
    }
}
impl Outcome<Traced> for Traced {
    fn value(self, _: &mut Faults) -> Traced {
        self
    }
}
impl<E: Elem> Outcome<E> for Result<E, Undefined> {
    #[cfg_attr(optimised, inline(always))]
    fn value(self, faults: &mut Faults) -> E {
        faults.settle(self)
    }
}

//! Truth as a type: `On` and `Off`, with *or* and *and*.
//!
//! Apart from the dims because other facts that types carry (has it a gradient, is it contiguous) use the same two.

/// A type that is either true or false, so that code chosen by it is chosen at compile time.
///
/// | `A`   | `B`   | `A::Or<B>` | `A::And<B>` |
/// |-------|-------|------------|-------------|
/// | `On`  | `On`  | `On`       | `On`        |
/// | `On`  | `Off` | `On`       | `Off`       |
/// | `Off` | `On`  | `On`       | `Off`       |
/// | `Off` | `Off` | `Off`      | `Off`       |
///
/// ```
/// use congruent_dims::{Flag, Off, On};
/// assert!(<On as Flag>::Or::<Off>::ON);
/// assert!(!<On as Flag>::And::<Off>::ON);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither `On` nor `Off`",
    label = "a type-level truth value is needed here"
)]
pub trait Flag: Copy + Send + Sync + 'static {
    /// The truth as a value: `true` for [`On`].
    const ON: bool;
    /// `On` where either is `On`.
    type Or<B: Flag>: Flag;
    /// `On` where both are `On`.
    type And<B: Flag>: Flag;
}

/// True.
#[derive(Clone, Copy, Debug, Default)]
pub struct On;

/// False.
#[derive(Clone, Copy, Debug, Default)]
pub struct Off;

impl Flag for On {
    const ON: bool = true;
    /// true ∨ b = true
    type Or<B: Flag> = On;
    /// true ∧ b = b
    type And<B: Flag> = B;
}

impl Flag for Off {
    const ON: bool = false;
    /// false ∨ b = b
    type Or<B: Flag> = B;
    /// false ∧ b = false
    type And<B: Flag> = Off;
}

#[cfg(test)]
mod tests {
    use super::{Flag, Off, On};

    /// `[a or b, a and b]`
    fn both<A: Flag, B: Flag>() -> [bool; 2] {
        [A::Or::<B>::ON, A::And::<B>::ON]
    }

    #[test]
    fn truth_tables() {
        assert_eq!(both::<On, On>(), [true, true]);
        assert_eq!(both::<On, Off>(), [true, false]);
        assert_eq!(both::<Off, On>(), [true, false]);
        assert_eq!(both::<Off, Off>(), [false, false]);
    }
}

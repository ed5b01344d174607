//! Elements that have no value, of which integers have some.

/// Why an element has no value: what stops a loop over integers, as an [`Error`](crate::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Undefined {
    /// An integer divided by 0.
    DivisionByZero = 1,
    /// An integer to a negative power.
    NegativePower = 2,
}

impl Undefined {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Undefined::DivisionByZero => "an integer is divided by 0",
            Undefined::NegativePower => "an integer is raised to a negative power",
        }
    }
}

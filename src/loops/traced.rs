//! What bodies note down while they are traced: the operands, the values that lets share, and how gradients go back.
//!
//! Apart from the bodies, each of which traces itself, and from what comes of it (`region`).

use super::frame::OUTER;
use crate::num::{Num, Traced};

/// An operand of a traced region: memory with a stride for each loop of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// [`NAME`](crate::dtype::Elem::NAME) of its elements.
    pub elem: &'static str,
    /// Where its first element lies.
    pub address: usize,
    /// Elements from one place of the inner loop to the next: 0 where one element stretches.
    pub step: isize,
    /// The same of the outer loops, the fastest first.
    pub outer: [isize; OUTER],
    /// Whether the step is 1, by its type.
    pub dense: bool,
    /// Where its gradient goes.
    pub gradient: Option<GradientPlace>,
}

/// Where the gradient of an operand goes: to memory that has the operand's layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GradientPlace {
    /// Where its first element lies.
    pub address: usize,
    /// Whether the memory is the first of several partial sums, in the type that the elements are computed in, and the
    /// device will be asked to add these up ([`sum_parts`](crate::device::Device::sum_parts)).
    pub partial: bool,
    /// Whether it is added to what is there.
    pub add: bool,
}

/// A body as it traces itself: its value, and how a gradient goes on from there.
pub struct TracedBody {
    pub(crate) value: Traced,
    pub(crate) back: Back,
}

/// How the gradient of a traced value goes on.
pub(crate) enum Back {
    /// Not at all.
    Nowhere,
    /// To each operand of a formula, times its slope.
    Slopes(Vec<(Traced, Back)>),
    /// To the place of this operand.
    Operand(usize),
    /// To a shared value.
    Shared(u32),
    /// Through the body of a let, and what the shared value of this name gets there, through that.
    Let { name: u32, value: Box<Back>, body: Box<Back> },
}

/// What bodies note down while they are traced.
#[derive(Default)]
pub struct Tracing {
    accesses: Vec<Access>,
    /// The lets around, and their values.
    shared: Vec<(u32, Traced)>,
    /// Whether slopes are wanted.
    slopes: bool,
}

impl Tracing {
    /// For a body through which gradients will go back.
    pub(super) fn with_slopes() -> Self {
        Tracing { slopes: true, ..Tracing::default() }
    }

    /// The operands that were met.
    pub(super) fn into_accesses(self) -> Vec<Access> {
        self.accesses
    }

    /// The value of an operand.
    pub(crate) fn operand(&mut self, access: Access) -> TracedBody {
        let back = if access.gradient.is_some() { Back::Operand(self.accesses.len()) } else { Back::Nowhere };
        let value = Traced::input(self.accesses.len() as u32);
        self.accesses.push(access);
        TracedBody { value, back }
    }

    /// Whether a gradient will go back through what is traced.
    pub(crate) fn wants_slopes(&self) -> bool {
        self.slopes
    }

    /// The value of a let around.
    pub(crate) fn shared(&self, name: u32) -> TracedBody {
        match self.shared.iter().rev().find(|(there, _)| *there == name) {
            Some(&(_, value)) => TracedBody { value, back: Back::Shared(name) },
            None => super::unbound(),
        }
    }

    /// A body in which a value has a name.
    pub(crate) fn within(
        &mut self,
        name: u32,
        value: TracedBody,
        body: impl FnOnce(&mut Self) -> TracedBody,
    ) -> TracedBody {
        self.shared.push((name, value.value));
        let body = body(self);
        self.shared.pop();
        let back = Back::Let { name, value: Box::new(value.back), body: Box::new(body.back) };
        TracedBody { value: body.value, back }
    }
}

impl TracedBody {
    /// A value through which no gradient goes.
    pub(crate) fn constant(value: Traced) -> Self {
        TracedBody { value, back: Back::Nowhere }
    }
}

impl Back {
    /// Reverse mode: `g` is the gradient of the value, `sums` are those of the lets around.
    pub(super) fn pull(self, g: Traced, sums: &mut Vec<(u32, Traced)>, out: &mut Vec<(usize, Traced)>) {
        match self {
            Back::Nowhere => {}
            Back::Operand(access) => out.push((access, g)),
            Back::Slopes(operands) => {
                for (slope, back) in operands {
                    if !matches!(back, Back::Nowhere) {
                        back.pull(g * slope, sums, out);
                    }
                }
            }
            Back::Shared(name) => match sums.iter_mut().rev().find(|(there, _)| *there == name) {
                Some((_, sum)) => *sum = *sum + g,
                None => super::unbound(),
            },
            Back::Let { name, value, body } => {
                sums.push((name, Traced::c(0.0)));
                body.pull(g, sums, out);
                if let Some((_, sum)) = sums.pop() {
                    value.pull(sum, sums, out);
                }
            }
        }
    }
}

//! Programs by name: what runs, on which element type, on operands of which shapes.
//!
//! Apart from the programs because this is where types meet files: each program keeps its types inside a closure.

use congruent::dtype::Elem;
use congruent::io::raw::RawArray;
use congruent::prelude::*;
use std::collections::BTreeMap;

/// A program over the arrays of a case.
type Program = Box<dyn Fn(&[RawArray]) -> Result<RawArray, Error>>;

/// All programs, under names as `sum 0 2|f32|(A, B, C)`.
#[derive(Default)]
pub struct Table {
    programs: BTreeMap<String, Program>,
}

impl Table {
    /// Adds a program of one operand.
    pub fn one<S: Shape, E: Elem>(&mut self, name: &str, run: impl Fn(&Tensor<S, E>) -> RawArray + 'static) {
        let name = format!("{name}|{}|{}", E::NAME, S::describe_type());
        let program = move |inputs: &[RawArray]| {
            let x = inputs[0].tensor("x")?;
            attempt(|| run(&x))
        };
        self.add(name, Box::new(program));
    }

    /// Adds a program of two operands.
    pub fn two<S: Shape, S2: Shape, E: Elem>(
        &mut self,
        name: &str,
        run: impl Fn(&Tensor<S, E>, &Tensor<S2, E>) -> RawArray + 'static,
    ) {
        let name = format!("{name}|{}|{}|{}", E::NAME, S::describe_type(), S2::describe_type());
        let program = move |inputs: &[RawArray]| {
            let (x, y) = (inputs[0].tensor("x")?, inputs[1].tensor("y")?);
            attempt(|| run(&x, &y))
        };
        self.add(name, Box::new(program));
    }

    fn add(&mut self, name: String, program: Program) {
        assert!(self.programs.insert(name.clone(), program).is_none(), "{name} comes twice");
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.programs.keys().map(String::as_str)
    }

    pub fn get(&self, name: &str) -> Option<&Program> {
        self.programs.get(name)
    }
}

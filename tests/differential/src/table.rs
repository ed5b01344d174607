//! Programs by name: what runs, on which element type, on operands of which shapes.
//!
//! Apart from the programs because this is where types meet files: each program keeps its types inside a closure.

use congruent::dtype::{Elem, Real};
use congruent::io::raw::RawArray;
use congruent::prelude::*;
use std::collections::BTreeMap;

/// A program over the arrays of a case.
type Program = Box<dyn Fn(&[RawArray]) -> Result<Vec<RawArray>, Error>>;

/// All programs, under names as `sum 0 2|f32|(A, B, C)`.
#[derive(Default)]
pub struct Table {
    programs: BTreeMap<String, Program>,
}

impl Table {
    /// Adds a program of one operand.
    #[allow(dead_code, reason = "each of the two binaries has some of the kinds")]
    pub fn one<S: Shape, E: Elem>(&mut self, name: &str, run: impl Fn(&Tensor<S, E>) -> RawArray + 'static) {
        let name = format!("{name}|{}|{}", E::NAME, S::describe_type());
        let program = move |inputs: &[RawArray]| {
            let x = inputs[0].tensor("x")?;
            attempt(|| vec![run(&x)])
        };
        self.add(name, Box::new(program));
    }

    /// Adds a program of two operands.
    #[allow(dead_code, reason = "as above")]
    pub fn two<S: Shape, S2: Shape, E: Elem>(
        &mut self,
        name: &str,
        run: impl Fn(&Tensor<S, E>, &Tensor<S2, E>) -> RawArray + 'static,
    ) {
        let name = format!("{name}|{}|{}|{}", E::NAME, S::describe_type(), S2::describe_type());
        let program = move |inputs: &[RawArray]| {
            let (x, y) = (inputs[0].tensor("x")?, inputs[1].tensor("y")?);
            attempt(|| vec![run(&x, &y)])
        };
        self.add(name, Box::new(program));
    }

    /// Adds a program under its whole name, whose arrays are `f64` in files whatever it computes in.
    #[allow(dead_code, reason = "as above")]
    pub fn wide(&mut self, name: String, run: impl Fn(&[RawArray]) -> Result<Vec<RawArray>, Error> + 'static) {
        self.add(name, Box::new(run));
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

/// The tensor of an array of `f64`, each of which is a number of `E` already.
#[allow(dead_code, reason = "as above")]
pub fn read<S: Shape, E: Real>(array: &RawArray) -> Result<Tensor<S, E>, Error> {
    let x: Tensor<S, f64> = array.tensor("operand")?;
    Ok(Cpu.from_vec(x.shape(), x.as_slice().iter().map(|&x| E::of_f64(x)).collect())?)
}

/// The array of numbers, as `f64`.
#[allow(dead_code, reason = "as above")]
pub fn written<S: Shape, E: Real>(shape: S, values: &[E]) -> RawArray {
    let values: Vec<f64> = values.iter().map(|x| x.as_f64()).collect();
    RawArray::from_values(&shape.dims(), &values).expect("a tensor has as many values as its shape says")
}

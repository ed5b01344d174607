//! Every row of every table of formulas, both ways.

use crate::device;
use crate::entry::{Entry, Matrix, catalogue, catalogue_on};
use crate::near::near;
use congruent::random::Key;

/// Operands of a row, from its sample ranges.
fn samples(entry: &Entry, count: usize) -> Vec<Vec<f64>> {
    let draw = |(operand, &(low, high)): (usize, &(f64, f64))| {
        let key = Key::new(1).fold_in(operand as u64);
        (0..count as u64).map(|i| low + (high - low) * key.uniform_f64(i)).collect()
    };
    entry.row.samples.iter().enumerate().map(draw).collect()
}

// Two halves, for two threads: each row has its kernels compiled.
#[test]
fn every_second_row_is_that_of_the_processor() {
    rows_are_those_of_the_processor(0);
}

#[test]
fn every_other_row_is_that_of_the_processor() {
    rows_are_those_of_the_processor(1);
}

fn rows_are_those_of_the_processor(first: usize) {
    let Some(device) = device() else { return };
    for (here, there) in catalogue().into_iter().zip(catalogue_on(device)).skip(first).step_by(2) {
        let name = here.row.name;
        for size in [0, 1, 1021] {
            let x = samples(&here, size);
            let cotangent: Vec<f64> = (0..size as u64).map(|i| 0.5 + Key::new(2).uniform_f64(i)).collect();
            let (found, wanted) = ((there.double)(&x, &cotangent), (here.double)(&x, &cotangent));
            near(&found.values, &wanted.values, 1e-11, &format!("{name} of {size}"));
            for (found, wanted) in found.gradients.into_iter().zip(wanted.gradients) {
                near(&found, &wanted, 1e-9, &format!("the gradient of {name} of {size}"));
            }
            near(&(there.single)(&x), &(here.single)(&x), 1e-4, &format!("{name} of {size} in f32"));
        }
        let operands = samples(&here, 5 * 19);
        let matrix = Matrix { size: (5, 19), operands: &operands };
        for (found, wanted) in (there.stretched)(matrix).into_iter().zip((here.stretched)(matrix)) {
            near(&found.values, &wanted.values, 1e-11, &format!("{name} of {:?}", wanted.forms));
        }
    }
}

//! Every row of every table of formulas, both ways.

use crate::entry::{Entry, Matrix, catalogue, catalogue_on};
use crate::vault::Vault;
use congruent::random::Key;

/// Operands of a row, from its sample ranges.
fn samples(entry: &Entry, count: usize) -> Vec<Vec<f64>> {
    let draw = |(operand, &(low, high)): (usize, &(f64, f64))| {
        let key = Key::new(1).fold_in(operand as u64);
        (0..count as u64).map(|i| low + (high - low) * key.uniform_f64(i)).collect()
    };
    entry.row.samples.iter().enumerate().map(draw).collect()
}

#[test]
fn every_row_gives_the_same_bits() {
    let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
    for (here, there) in catalogue().into_iter().zip(catalogue_on(Vault::<0>)) {
        let name = here.row.name;
        for size in [0, 1, 7, 1021] {
            let x = samples(&here, size);
            let cotangent: Vec<f64> = (0..size as u64).map(|i| 0.5 + Key::new(2).uniform_f64(i)).collect();
            let (found, wanted) = ((there.double)(&x, &cotangent), (here.double)(&x, &cotangent));
            assert_eq!(bits(found.values), bits(wanted.values), "{name} of {size}");
            for (found, wanted) in found.gradients.into_iter().zip(wanted.gradients) {
                assert_eq!(bits(found), bits(wanted), "the gradient of {name} of {size}");
            }
            assert_eq!(bits((there.single)(&x)), bits((here.single)(&x)), "{name} of {size} in f32");
        }
        let operands = samples(&here, 5 * 19);
        let matrix = Matrix { size: (5, 19), operands: &operands };
        for (found, wanted) in (there.stretched)(matrix).into_iter().zip((here.stretched)(matrix)) {
            assert_eq!(bits(found.values), bits(wanted.values), "{name} of {:?}", wanted.forms);
        }
    }
}

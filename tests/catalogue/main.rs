//! Every pointwise operation against finite differences, its own formula, another element type, instruction sets,
//! numbers of threads, and PyTorch. The tests walk the tables: nobody lists operations by hand.

mod conventions;
mod entry;
mod extremes;
mod golden;

use congruent::num::{Level, with_level};
use congruent::random::Key;
use entry::{Entry, Matrix, Outcome, catalogue};
use std::collections::BTreeMap;

/// Random operands of a row, from its sample ranges, no nearer to a kink than this.
const KINK: f64 = 1e-2;

fn samples(entry: &Entry, count: usize, seed: u64) -> Vec<Vec<f64>> {
    let key = Key::new(seed);
    let draw = |operand: usize, (low, high): (f64, f64)| {
        let numbers = (0..).map(move |i| low + (high - low) * key.fold_in(operand as u64).uniform_f64(i));
        let smooth = |x: &f64| operand > 0 || entry.row.kinks.iter().all(|kink| (x - kink).abs() > KINK);
        // Numbers of `f32`, so that both element types see the same ones.
        numbers.map(|x| f64::from(x as f32)).filter(smooth).take(count).collect()
    };
    entry.row.samples.iter().enumerate().map(|(operand, &range)| draw(operand, range)).collect()
}

fn ones(count: usize) -> Vec<f64> {
    vec![1.0; count]
}

/// Collects what is wrong with all rows, to report it at once.
#[derive(Default)]
struct Report(Vec<String>);

impl Report {
    fn close(&mut self, what: impl Fn() -> String, found: &[f64], expected: &[f64], relative: f64, floor: f64) {
        if found.len() != expected.len() {
            return self.0.push(format!("{}: {} values, expected {}", what(), found.len(), expected.len()));
        }
        let wrong = found.iter().zip(expected).enumerate().find(|(_, (found, expected))| {
            let near = (*found - *expected).abs() <= relative * expected.abs().max(floor);
            !(near || found == expected || (found.is_nan() && expected.is_nan()))
        });
        if let Some((place, (found, expected))) = wrong {
            self.0.push(format!("{}: at {place} found {found:e}, expected {expected:e}", what()));
        }
    }

    fn finish(self) {
        assert!(self.0.is_empty(), "\n{}", self.0.join("\n"));
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    const STEP: f64 = 1e-5;
    let mut report = Report::default();
    for entry in catalogue() {
        let x = samples(&entry, 17, 1);
        let cotangent: Vec<f64> = (0..17).map(|i| 0.5 + Key::new(2).uniform_f64(i)).collect();
        let Outcome { gradients, .. } = (entry.double)(&x, &cotangent);
        assert_eq!(gradients.len(), x.len());
        for (operand, gradient) in gradients.iter().enumerate() {
            let moved = |by: f64| {
                let mut x = x.clone();
                x[operand].iter_mut().for_each(|x| *x += by);
                (entry.double)(&x, &cotangent).values
            };
            let slopes = moved(STEP).into_iter().zip(moved(-STEP)).map(|(up, down)| (up - down) / (2.0 * STEP));
            let expected: Vec<f64> = slopes.zip(&cotangent).map(|(slope, cotangent)| slope * cotangent).collect();
            report.close(|| format!("{} by operand {operand}", entry.row.name), gradient, &expected, 1e-6, 1e-2);
            assert!(!entry.row.flat || gradient.iter().all(|&g| g == 0.0), "{} is flat", entry.row.name);
        }
    }
    report.finish();
}

#[test]
fn single_precision_agrees_with_double() {
    let mut report = Report::default();
    for entry in catalogue() {
        let x = samples(&entry, 1021, 3);
        let (single, double) = ((entry.single)(&x), (entry.double)(&x, &ones(1021)));
        report.close(|| entry.row.name.to_owned(), &single, &double.values, 2e-6, 2e-1);
    }
    report.finish();
}

#[test]
fn every_size_agrees_with_the_formula() {
    let mut report = Report::default();
    for entry in catalogue() {
        for size in [0, 1, 7, 17, 1021] {
            let x = samples(&entry, size, 4);
            let place = |i: usize| x.iter().map(|operand| operand[i]).collect::<Vec<_>>();
            let expected: Vec<f64> = (0..size).map(|i| (entry.formula)(&place(i))).collect();
            let found = (entry.double)(&x, &ones(size));
            report.close(|| format!("{} of {size}", entry.row.name), &found.values, &expected, 1e-14, 1e-1);
            assert!(found.gradients.iter().all(|gradient| gradient.len() == size));
        }
    }
    report.finish();
}

#[test]
fn broadcast_operands_agree_with_the_formula() {
    let mut report = Report::default();
    let size = (5, 19);
    for entry in catalogue().into_iter().filter(|entry| entry.row.samples.len() > 1) {
        let operands = samples(&entry, size.0 * size.1, 5);
        let matrix = Matrix { size, operands: &operands };
        let ways = (entry.stretched)(matrix);
        assert!(ways.len() >= 2);
        for way in ways {
            let element = |place: usize| {
                let operands = way.forms.iter().enumerate();
                operands.map(|(operand, &form)| matrix.element(operand, form, place)).collect::<Vec<_>>()
            };
            let expected: Vec<f64> = (0..size.0 * size.1).map(|place| (entry.formula)(&element(place))).collect();
            report.close(|| format!("{} of {:?}", entry.row.name, way.forms), &way.values, &expected, 1e-14, 1e-1);
        }
    }
    report.finish();
}

#[test]
fn instruction_sets_agree() {
    let mut report = Report::default();
    for entry in catalogue() {
        let x = samples(&entry, 53, 6);
        let run = |level| with_level(level, || ((entry.single)(&x), (entry.double)(&x, &ones(53))));
        let (single, double) = run(Level::Portable);
        for level in [Level::Avx2, Level::Avx512] {
            let found = run(level);
            let what = || format!("{} at {level:?}", entry.row.name);
            report.close(what, &found.0, &single, 2e-6, 1e-1);
            report.close(what, &found.1.values, &double.values, 1e-14, 1e-1);
            for (found, expected) in found.1.gradients.iter().zip(&double.gradients) {
                report.close(what, found, expected, 1e-13, 1e-1);
            }
        }
    }
    report.finish();
}

/// Long enough to be cut into chunks, and for the pool to wake up.
#[test]
fn the_number_of_threads_does_not_matter() {
    const SIZE: usize = 70_001;
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a thread pool");
    let (one, three) = (pool(1), pool(3));
    for index in 0..catalogue().len() {
        let x = &samples(&catalogue()[index], SIZE, 7);
        let run = move || {
            let entry = catalogue().swap_remove(index);
            (entry.row.name, (entry.single)(x), (entry.double)(x, &ones(SIZE)))
        };
        let (alone, shared) = (one.install(run), three.install(run));
        assert!(alone == shared, "{}: one thread and three do not give the same bits", alone.0);
    }
}

#[test]
fn names_are_unique() {
    let mut seen = BTreeMap::new();
    for Entry { row, .. } in catalogue() {
        if let Some(other) = seen.insert(row.name, row.op) {
            panic!("two rows are named `{}`: {other} and {}", row.name, row.op);
        }
    }
    assert!(seen.len() > 80, "only {} rows were found", seen.len());
}

#[test]
fn every_row_says_what_it_is() {
    for Entry { row, .. } in catalogue() {
        assert!(!row.docs.trim().is_empty() && !row.formula.is_empty(), "{} has no docs", row.name);
        assert!(row.samples.iter().all(|(low, high)| low < high), "{} has an empty range", row.name);
    }
}

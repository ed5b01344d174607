//! How far every pointwise function of one number is off, over all `f32`: `ulps [--step N] [NAME..]`.
//!
//! It walks the catalogue, so that a new row joins by itself, and prints a row of docs/ulps.md for each function:
//! values at each instruction set against the same formula in `f64`, whose own error is 2⁻²⁹ of what is measured (and
//! is held against 200-bit numbers by `num`'s tests); the worst number, and where; whether `f32` ever falls where `f64`
//! rises; the slope; and all numbers of the 16-bit types. `--step 65535` takes one of so many numbers.

mod measure;
mod sweep;

use congruent::num::{Level, Num};
use congruent::ops::{self, Catalogue, Pointwise1, Pointwise2, Pointwise3, Row, Visitor};
use std::env;

/// The functions of `Num` that no row of the catalogue is.
#[derive(Clone, Copy)]
struct Polygamma(u32);

impl Pointwise1 for Polygamma {
    #[inline(always)]
    fn value<V: Num>(self, x: V) -> V {
        x.polygamma(self.0)
    }
}

/// Measures each function whose name is asked for.
struct Functions {
    step: u32,
    names: Vec<String>,
}

impl Functions {
    fn measure(&self, name: &str, op: impl Pointwise1) {
        if !self.names.is_empty() && !self.names.iter().any(|wanted| wanted == name) {
            return;
        }
        let levels = sweep::singles(op, self.step);
        let slope = sweep::slopes(op, self.step.max(257));
        let halves = sweep::halves(op);
        let worst = levels.iter().max_by(|a, b| a.normal.ulps.total_cmp(&b.normal.ulps)).expect("there is a level");
        let tiny = levels.iter().map(|found| found.tiny.ulps).fold(0.0, f64::max);
        let falls = levels.iter().map(|found| found.falls).max().expect("there is a level");
        let mut cells = vec![format!("`{name}`")];
        cells.extend(levels.iter().map(|found| ulps(found.normal.ulps)));
        // What this processor lacks keeps its column.
        cells.resize(1 + Level::ALL.len(), "-".into());
        cells.push(if worst.normal.ulps == 0.0 { "-".into() } else { format!("{:e}", worst.normal.x as f32) });
        cells.push(ulps(tiny));
        cells.push(if falls == 0 { "yes".into() } else { format!("{falls} are not") });
        cells.extend([slope.normal.ulps, halves[0].normal.ulps, halves[1].normal.ulps].map(ulps));
        println!("| {} |", cells.join(" | "));
        for (what, found) in levels.iter().map(|found| ("value", found)).chain([("slope", &slope)]) {
            if let Some((x, y, wanted)) = found.wrong {
                eprintln!("{name}, {what}: {} of another kind, first at {x:e}: {y:e} for {wanted:e}", found.wrongs);
            }
        }
    }
}

/// Two places, or where no digit is right the order of magnitude.
fn ulps(ulps: f64) -> String {
    if ulps < 1e4 { format!("{ulps:.2}") } else { format!("{ulps:.0e}") }
}

impl Visitor for Functions {
    fn unary<Op: Pointwise1>(&mut self, row: &Row, op: Op) {
        // What takes a constant is measured with the one of its example.
        self.measure(row.name, op);
    }
    fn binary<Op: Pointwise2>(&mut self, _: &Row, _: Op) {}
    fn ternary<Op: Pointwise3>(&mut self, _: &Row, _: Op) {}
}

fn main() {
    let mut functions = Functions { step: 1, names: Vec::new() };
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--step" {
            functions.step = words.next().and_then(|n| n.parse().ok()).expect("--step takes a number");
        } else {
            functions.names.push(word);
        }
    }
    let lacking = Level::ALL.len() - sweep::levels_once().len();
    if lacking > 0 {
        eprintln!("this processor lacks the last {lacking} of {:?}: they are not measured", Level::ALL);
    }
    ops::UnaryMathTable::visit(&mut functions);
    functions.measure("polygamma(1)", Polygamma(1));
    functions.measure("polygamma(2)", Polygamma(2));
    ops::ActivationsTable::visit(&mut functions);
}

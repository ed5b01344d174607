//! Values and slopes of every operation at numbers of all sizes, 0, infinities and NaN, against a table that mpmath
//! made: no wrong NaN, no wrong 0 or infinity, and errors of few units of the last place.
//!
//! Apart from the other tests, which draw from the range of each row: there nothing overflows. `scripts/extremes.py`
//! writes the table, and says how it is read. Gradients over `f32` are asked of the formulas, one number at a time.

use crate::entry::{Entry, catalogue};
use congruent::ops::{Catalogue, LossTermsTable, MoreLossTermsTable, Pointwise1, Pointwise2, Pointwise3, Row, Visitor};
use std::collections::BTreeMap;

/// Units of the last place that a value, and a slope, may be off.
const ULPS: [f64; 2] = [16.0, 64.0];

/// What is asked of a number: nothing, or a value and by how many powers of two the bound is wider.
type Wanted = Option<(f64, i32)>;

struct Table {
    /// The points that operations of one, two and three operands are asked at.
    grids: [Vec<Vec<f64>>; 3],
    rows: BTreeMap<&'static str, Vec<Wanted>>,
}

fn number(token: &str) -> f64 {
    match token {
        "n" => f64::NAN,
        "i" => f64::INFINITY,
        "-i" => f64::NEG_INFINITY,
        token => token.parse().expect("a number"),
    }
}

fn wanted(token: &'static str) -> Wanted {
    let (value, more) = token.split_once('~').unwrap_or((token, "0"));
    (token != "?").then(|| (number(value), more.parse().expect("a power of two")))
}

/// All lists of `count` of these numbers, the last one changing fastest.
fn points(numbers: &[f64], count: usize) -> Vec<Vec<f64>> {
    let mut points = vec![Vec::new()];
    for _ in 0..count {
        let longer = |point: Vec<f64>| numbers.iter().map(move |&x| [&point[..], &[x]].concat());
        points = points.into_iter().flat_map(longer).collect();
    }
    points
}

impl Table {
    fn read() -> Self {
        let mut lines = include_str!("extremes.txt").lines().map(|line| {
            let mut tokens = line.split(' ');
            (tokens.next().expect("a name"), tokens)
        });
        let grids = [1, 2, 3].map(|count| {
            let (_, tokens) = lines.next().expect("a grid");
            points(&tokens.map(number).collect::<Vec<_>>(), count)
        });
        Table { grids, rows: lines.map(|(name, tokens)| (name, tokens.map(wanted).collect())).collect() }
    }
}

/// What rounding an element type has.
#[derive(Clone, Copy)]
struct Rounding {
    name: &'static str,
    epsilon: f64,
    largest: f64,
    smallest: f64,
}

const SINGLE: Rounding = Rounding {
    name: "f32",
    epsilon: f32::EPSILON as f64,
    largest: f32::MAX as f64,
    smallest: f32::MIN_POSITIVE as f64,
};
const DOUBLE: Rounding =
    Rounding { name: "f64", epsilon: f64::EPSILON, largest: f64::MAX, smallest: f64::MIN_POSITIVE };

impl Rounding {
    fn agrees(self, found: f64, (wanted, more): (f64, i32), ulps: f64) -> bool {
        let part = ulps * self.epsilon * 2f64.powi(more);
        let bound = part * (wanted.abs() + self.smallest);
        match (found.is_nan(), wanted.is_nan()) {
            (true, true) => true,
            (true, false) | (false, true) => false,
            _ if found == wanted => true,
            _ if found.is_infinite() => {
                found.signum() == wanted.signum() && wanted.abs() * (1.0 + part) >= self.largest
            }
            _ if wanted.abs() > self.largest => {
                found.signum() == wanted.signum() && found.abs() * (1.0 + part) >= self.largest
            }
            _ => (found - wanted).abs() <= bound,
        }
    }
}

/// The names of rows that no table of extremes has: their shapes are those of statistics, not of functions.
struct Losses(Vec<&'static str>);

impl Visitor for Losses {
    fn unary<Op: Pointwise1>(&mut self, row: &Row, _: Op) {
        self.0.push(row.name);
    }
    fn binary<Op: Pointwise2>(&mut self, row: &Row, _: Op) {
        self.0.push(row.name);
    }
    fn ternary<Op: Pointwise3>(&mut self, row: &Row, _: Op) {
        self.0.push(row.name);
    }
}

fn losses() -> Vec<&'static str> {
    let mut losses = Losses(Vec::new());
    LossTermsTable::visit(&mut losses);
    MoreLossTermsTable::visit(&mut losses);
    losses.0
}

/// The places where the row is not what the table says.
fn wrong(entry: &Entry, table: &Table) -> Vec<String> {
    let name = entry.row.name;
    let Some(row) = table.rows.get(name) else {
        return vec![format!(
            "{name}: the table does not know it; add it to scripts/mathematics and run scripts/extremes.py"
        )];
    };
    let count = entry.row.samples.len();
    let points = &table.grids[count - 1];
    assert_eq!(row.len(), points.len() * (count + 1), "{name}: the table is of another grid");
    let operands: Vec<Vec<f64>> = (0..count).map(|i| points.iter().map(|point| point[i]).collect()).collect();
    let double = (entry.double)(&operands, &vec![1.0; points.len()]);
    let single = (entry.single)(&operands);
    let mut report = Vec::new();
    for (i, (point, row)) in points.iter().zip(row.chunks_exact(count + 1)).enumerate() {
        let mut compare = |rounding: Rounding, what: usize, found: f64| {
            let Some(wanted) = row[what] else { return };
            if !rounding.agrees(found, wanted, ULPS[what.min(1)]) {
                let what = if what == 0 { "value".to_owned() } else { format!("slope {what}") };
                let (of, wanted) = (rounding.name, wanted.0);
                report.push(format!("{name} {point:?} in {of}: {what} is {found:e}, not {wanted:e}"));
            }
        };
        compare(DOUBLE, 0, double.values[i]);
        (0..count).for_each(|operand| compare(DOUBLE, operand + 1, double.gradients[operand][i]));
        if point.iter().all(|&x| f64::from(x as f32) == x || x.is_nan()) {
            compare(SINGLE, 0, single[i]);
            let slopes = (entry.slopes)(point);
            slopes.into_iter().enumerate().for_each(|(operand, slope)| compare(SINGLE, operand + 1, slope));
        }
    }
    report
}

#[test]
fn rows_agree_with_mathematics_at_all_sizes() {
    let (table, losses) = (Table::read(), losses());
    let mut entries = catalogue();
    entries.retain(|entry| !losses.contains(&entry.row.name));
    let strangers = table.rows.keys().filter(|name| entries.iter().all(|entry| entry.row.name != **name));
    let strangers =
        strangers.map(|name| format!("{name}: no operation has this name; take it out of scripts/mathematics"));
    let report: Vec<String> = entries.iter().flat_map(|entry| wrong(entry, &table)).chain(strangers).collect();
    assert!(report.is_empty(), "{} wrong\n{}", report.len(), report.join("\n"));
}

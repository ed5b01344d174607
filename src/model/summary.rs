//! The parameters of a model as a table: where they stand, how large they are, what they take.
//!
//! Apart from `inspect`, whose walks it takes, because a table is for people; what an expression computes, and how many
//! operations that takes, says [`explain`](crate::ops::Explain::explain).

use super::{Each, Map, Path, Tree, Weights};
use crate::device::{Buf, Device};
use crate::dtype::{Elem, Real};
use std::fmt::{self, Display, Formatter};

/// The parameters and statistics of a model, one row each: what [`summary`](super::Inspect::summary) gives. Printed, it
/// is a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    rows: Vec<SummaryRow>,
}

/// A row of a [`Summary`]: a parameter, a statistic, or a part with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SummaryRow {
    /// Its name, `blocks.3.up.weight`; empty for the model itself.
    pub path: String,
    /// The sizes of its axes; `None` for a part of several.
    pub dims: Option<Vec<usize>>,
    /// The element type, such as `f32`.
    pub dtype: &'static str,
    /// The number of trained elements: 0 for a statistic.
    pub parameters: usize,
    /// The number of elements that are kept beside them, and never trained.
    pub statistics: usize,
    /// The bytes of both.
    pub bytes: usize,
}

impl Summary {
    pub(super) fn of<E: Real, D: Device, M: Tree<Weights<E, D>>>(model: &M) -> Self {
        let mut rows = Rows(vec![]);
        let _ = model.map::<Each<(), E, D>, _>(&mut rows, &Path::ROOT);
        Summary { rows: rows.0 }
    }

    /// The rows, in the order of the model's fields.
    pub fn rows(&self) -> &[SummaryRow] {
        &self.rows
    }

    /// The number of parameters: [`count`](super::Inspect::count).
    pub fn parameters(&self) -> usize {
        self.rows.iter().map(|row| row.parameters).sum()
    }

    /// The bytes of all parameters and statistics.
    pub fn bytes(&self) -> usize {
        self.rows.iter().map(|row| row.bytes).sum()
    }

    /// The same with one row for each part whose name has so many words: of depth 1 are the model's fields, of depth 0
    /// is the model. Parts that hold one tensor keep its shape.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = [(); 2].map(|()| (Linear::<D<3>, D<2>>::new(Key::new(0)), LayerNorm::<D<2>>::new()));
    /// let parts = model.summary().at_depth(1);
    /// let found: Vec<_> = parts.rows().iter().map(|row| (&*row.path, row.parameters)).collect();
    /// assert_eq!(found, [("0", 12), ("1", 12)]);
    /// assert_eq!(model.summary().at_depth(0).rows()[0].bytes, 96);
    /// ```
    #[must_use]
    pub fn at_depth(&self, words: usize) -> Summary {
        let mut parts: Vec<SummaryRow> = vec![];
        for row in &self.rows {
            let path = row.path.split('.').take(words).collect::<Vec<_>>().join(".");
            match parts.last_mut().filter(|part| part.path == path) {
                None => parts.push(SummaryRow { path, ..row.clone() }),
                Some(part) => {
                    part.dims = None;
                    part.dtype = if part.dtype == row.dtype { part.dtype } else { "mixed" };
                    part.parameters += row.parameters;
                    part.statistics += row.statistics;
                    part.bytes += row.bytes;
                }
            }
        }
        Summary { rows: parts }
    }
}

/// Collects a row for each tensor.
struct Rows(Vec<SummaryRow>);

impl Rows {
    fn push<E: Elem>(&mut self, at: &Path<'_>, dims: &[usize], trained: bool) {
        let elements: usize = dims.iter().product();
        let [parameters, statistics] = if trained { [elements, 0] } else { [0, elements] };
        let bytes = elements * size_of::<E>();
        let (path, dims) = (at.to_string(), Some(dims.to_vec()));
        self.0.push(SummaryRow { path, dims, dtype: E::NAME, parameters, statistics, bytes });
    }
}

impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Each<(), E, D>> for Rows {
    fn param(&mut self, at: &Path<'_>, dims: &[usize], _: &'a (Buf<E>, D)) {
        self.push::<E>(at, dims, true);
    }
    fn stat(&mut self, at: &Path<'_>, dims: &[usize], _: &'a (Buf<E::Precise>, D)) {
        self.push::<E::Precise>(at, dims, false);
    }
}

/// What stands above the columns.
const HEAD: [&str; 5] = ["part", "shape", "dtype", "parameters", "bytes"];

impl SummaryRow {
    fn cells(&self) -> [String; 5] {
        let shape = self.dims.as_ref().map_or_else(String::new, |dims| format!("{dims:?}"));
        let counted = match (self.parameters, self.statistics) {
            (0, 1..) => "statistic".to_owned(),
            (parameters, _) => grouped(parameters),
        };
        [self.path.clone(), shape, self.dtype.to_owned(), counted, grouped(self.bytes)]
    }
}

impl Display for Summary {
    /// A line for each row, numbers to the right, and the total below.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let statistics = self.rows.iter().map(|row| row.statistics).sum();
        let (parameters, bytes) = (self.parameters(), self.bytes());
        let total = SummaryRow { path: "total".to_owned(), dims: None, dtype: "", parameters, statistics, bytes };
        let last = [total.path, String::new(), String::new(), grouped(total.parameters), grouped(total.bytes)];
        let mut lines = vec![HEAD.map(str::to_owned)];
        lines.extend(self.rows.iter().map(SummaryRow::cells));
        lines.push(last);
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 5] = std::array::from_fn(width);
        let rule = "─".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1));
        let end = lines.len() - 1;
        for (place, [path, shape, dtype, parameters, bytes]) in lines.iter().enumerate() {
            if place == 1 || place == end {
                writeln!(f, "{rule}")?;
            }
            let [a, b, c, d, e] = widths;
            let line = format!("{path:<a$}  {shape:<b$}  {dtype:<c$}  {parameters:>d$}  {bytes:>e$}");
            if place == end { f.write_str(&line)? } else { writeln!(f, "{line}")? }
        }
        if statistics > 0 { write!(f, "\nand {} elements of statistics", grouped(statistics)) } else { Ok(()) }
    }
}

/// A number with its digits in groups of three, as `1 234 567`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;
    use crate::prelude::*;

    #[test]
    fn digits_stand_in_groups() {
        let cases = [(0, "0"), (999, "999"), (1000, "1 000"), (1_234_567, "1 234 567")];
        for (number, text) in cases {
            assert_eq!(grouped(number), text);
        }
    }

    /// Columns are as wide as their widest cell, also where a name is long; a model of nothing is a table, too.
    #[test]
    fn a_table_is_aligned() {
        let model = (Linear::<D<64>, D<32>>::new(Key::new(0)), (BatchNorm::<D<32>>::new(),), Vec::<Param<()>>::new());
        let text = model.summary().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "part              shape     dtype  parameters  bytes");
        assert_eq!(lines[2], "0.weight          [64, 32]  f32         2 048  8 192");
        assert_eq!(lines[6], "1.0.running_mean  [32]      f32     statistic    128");
        assert_eq!(lines[9], "total                                   2 144  8 832");
        assert_eq!(lines[10], "and 64 elements of statistics");
        assert!(lines[..10].iter().all(|line| line.chars().count() == lines[0].chars().count()), "{text}");
        assert_eq!(Vec::<Param<()>>::new().summary().to_string().lines().count(), 3);
    }

    /// The total is what counting and the memory of a model say, in half precision too, whose statistics are wider.
    #[test]
    fn the_total_is_that_of_the_model() {
        let model: BatchNorm<D<8>, Weights<f16>> = BatchNorm::<D<8>>::new().cast();
        let summary = model.summary();
        assert_eq!((summary.parameters(), summary.bytes()), (model.count(), 16 * 2 + 16 * 4));
        let whole = summary.at_depth(0);
        assert_eq!((whole.rows().len(), whole.rows()[0].dtype, whole.rows()[0].statistics), (1, "mixed", 16));
        assert_eq!((whole.parameters(), whole.bytes()), (summary.parameters(), summary.bytes()));
    }
}

//! What the reader and the writer of a file are told.
//!
//! Apart from both because either asks for it.

use super::cell::Missing;
use super::select::Columns;

/// How a file of comma-separated values is read and written.
///
/// As it begins: commas, a first line with the names of the columns, no comments, all columns, and an empty field is an
/// error. Spaces around a field are no part of it, blank lines do not count, quotes are RFC 4180's, and every line has
/// as many fields as the first.
///
/// ```
/// use congruent::{io::csv::Csv, prelude::*};
/// dims! { People = ? }
///
/// let text = "name; height; weight\n# in cm and kg\nAda; 165; 55.5\nBlaise; 170;\n";
/// let csv = Csv::new().delimiter(b';').comment(b'#').columns(["weight", "height"]);
/// let error = csv.read_from::<_, D<2>, f32>(text.as_bytes(), "people.csv", People).unwrap_err();
/// assert_eq!(error.to_string(), "people.csv, line 4, column 3 (`weight`): the field is empty, wanted f32");
///
/// let csv = csv.missing(congruent::io::csv::Missing::Nan);
/// let x: Tensor<(People, D<2>)> = csv.read_from(text.as_bytes(), "people.csv", People)?;
/// assert_eq!((x.shape().0, &x.as_slice()[..2]), (People(2), &[55.5, 165.0][..]));
/// assert!(x.as_slice()[2].is_nan());
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    pub(super) delimiter: u8,
    pub(super) header: bool,
    pub(super) comment: Option<u8>,
    pub(super) missing: Missing,
    pub(super) columns: Columns,
}

impl Default for Csv {
    fn default() -> Self {
        Self { delimiter: b',', header: true, comment: None, missing: Missing::Error, columns: Columns::All }
    }
}

impl Csv {
    /// Commas, a header, no comments, all columns, and an empty field is an error.
    pub fn new() -> Self {
        Self::default()
    }

    /// What stands between two fields: `b','` unless it is said here, often `b';'` or `b'\t'`.
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Whether the first line holds the names of the columns; it does unless it is said here.
    #[must_use]
    pub fn header(mut self, header: bool) -> Self {
        self.header = header;
        self
    }

    /// Lines that begin with this byte are left out.
    #[must_use]
    pub fn comment(mut self, comment: u8) -> Self {
        self.comment = Some(comment);
        self
    }

    /// What an empty field is, or one that says `NA`.
    #[must_use]
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// Takes these columns, in this order, by the names of the header. When writing, they are the names of the header.
    #[must_use]
    pub fn columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.columns = Columns::Named(names.into_iter().map(Into::into).collect());
        self
    }

    /// Takes these columns, in this order, counted from 0. When writing, they have no effect.
    #[must_use]
    pub fn columns_at(mut self, indices: impl IntoIterator<Item = usize>) -> Self {
        self.columns = Columns::At(indices.into_iter().collect());
        self
    }
}

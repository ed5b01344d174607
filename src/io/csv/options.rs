//! What the reader and the writer of a file are told.
//!
//! Apart from both because either asks for it.

use super::cell::{self, Missing};
use super::records::Fields;
use super::select::Columns;
use crate::dtype::Elem;

/// How a file of comma-separated values is read and written.
///
/// As it begins: commas, a first line with the names of the columns unless it is numbers, no comments, all columns,
/// and an empty field is an error. Spaces around a field are no part of it, blank lines do not count, quotes are RFC
/// 4180's, and every line has as many fields as the first.
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
    pub(super) header: Option<bool>,
    pub(super) skip: usize,
    pub(super) comment: Option<u8>,
    pub(super) missing: Missing,
    pub(super) missing_words: Vec<String>,
    pub(super) columns: Columns,
}

impl Default for Csv {
    fn default() -> Self {
        Self {
            delimiter: b',',
            header: None,
            skip: 0,
            comment: None,
            missing: Missing::Error,
            missing_words: ["", "NA"].map(String::from).to_vec(),
            columns: Columns::All,
        }
    }
}

impl Csv {
    /// Commas, a header unless the first line is numbers, no comments, all columns, and an empty field is an error.
    pub fn new() -> Self {
        Self::default()
    }

    /// What stands between two fields: `b','` unless it is said here, often `b';'` or `b'\t'`.
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Whether the first line holds the names of the columns. Unless it is said here, it does where one of its fields
    /// is neither a number nor missing, and where columns are asked for by name. A header is written where names are
    /// given.
    ///
    /// ```
    /// use congruent::{io::csv::Csv, prelude::*};
    /// dims! { Rows = ? }
    /// let years = "2019,2020\n1,2\n";
    /// let read = |csv: Csv| csv.read_from::<Rows, D<2>, i64>(years.as_bytes(), "a.csv", Rows);
    /// assert_eq!(read(Csv::new())?.as_slice(), [2019, 2020, 1, 2]);
    /// assert_eq!(read(Csv::new().header(true))?.as_slice(), [1, 2]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[must_use]
    pub fn header(mut self, header: bool) -> Self {
        self.header = Some(header);
        self
    }

    /// Leaves out so many lines at the beginning, whatever they hold; NumPy's `skiprows`.
    ///
    /// ```
    /// use congruent::{io::csv::Csv, prelude::*};
    /// dims! { Rows = ? }
    /// let text = "Measured on Monday, \"by hand\na,b\n1,2\n";
    /// let x: Tensor<(Rows, D<2>)> = Csv::new().skip(1).read_from(text.as_bytes(), "a.csv", Rows)?;
    /// assert_eq!(x.as_slice(), [1.0, 2.0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[must_use]
    pub fn skip(mut self, lines: usize) -> Self {
        self.skip = lines;
        self
    }

    /// Lines that begin with this byte are left out.
    #[must_use]
    pub fn comment(mut self, comment: u8) -> Self {
        self.comment = Some(comment);
        self
    }

    /// What a field without a value is: an empty one, or one that says `NA`.
    #[must_use]
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// Fields that say one of these have no value, in place of those that are empty or say `NA`: pandas' `na_values`.
    ///
    /// ```
    /// use congruent::{io::csv::{Csv, Missing}, prelude::*};
    /// dims! { Rows = ? }
    /// let csv = Csv::new().missing(Missing::Nan).missing_words(["?", "-999"]);
    /// let x: Tensor<(Rows, D<2>)> = csv.read_from("a,b\n1,-999\n?,2\n".as_bytes(), "a.csv", Rows)?;
    /// assert!(x.is_nan().eval().as_slice() == [false, true, true, false]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[must_use]
    pub fn missing_words<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.missing_words = words.into_iter().map(Into::into).collect();
        self
    }

    /// Whether a header is written: where it is asked for, or has names.
    pub(super) fn writes_header(&self) -> bool {
        self.header.unwrap_or(matches!(self.columns, Columns::Named(_)))
    }

    /// Whether a field has no value.
    pub(super) fn lacks(&self, field: &[u8]) -> bool {
        self.missing_words.iter().any(|word| word.as_bytes() == field)
    }

    /// Whether the first line, which has these fields, is a header over elements of a type.
    pub(super) fn has_header<E: Elem>(&self, first: &Fields) -> bool {
        let number = |field: &[u8]| cell::parse::<E>(field).is_some() || cell::parse::<f64>(field).is_some();
        let lacking = |field: &[u8]| field.is_empty() || self.lacks(field);
        let numbers = first.iter().all(|field| number(field) || lacking(field));
        self.header.unwrap_or(matches!(self.columns, Columns::Named(_)) || !numbers)
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
